#include "notify/sqs_dead.h"

#include "events/audit.h"
#include "store/db.h"
#include "store/work.h"

static const struct member dead_message_members[] = {
	M_ID(struct dead_message, event, "event_id"),
	M_TEXT(struct dead_message, group, "group_id", 128),
	M_TEXT(struct dead_message, status, "status", 16),
	M_TEXT(struct dead_message, type, "type", 64, .computed = true),
	M_INTEGER(struct dead_message, attempts, "attempts", 0, INT32_MAX),
	M_TEXT(struct dead_message, last_error, "last_error", 255, .multiline = true),
	M_TIME(struct dead_message, created_at, "created_at"),
	M_TIME(struct dead_message, updated_at, "updated_at"),
};
SHAPE_SHARED(struct dead_message, dead_message_shape, "SqsRefusedMessage", dead_message_members, .noun = "message");

/* Without its event there is nothing to send. */
#define SEND_AGAIN \
	"UPDATE sqs_queue q SET q.status = 'waiting', q.attempts = 0, q.due_at = NOW(3) " \
	"WHERE q.status = 'dead' AND EXISTS (SELECT 1 FROM events v WHERE v.id = q.event_id) "

const struct problem *
dead_messages(struct work *work, size_t limit, struct dead_message **messages, size_t *count)
{
	return db_rows(work->db, &dead_message_shape, limit, messages, count,
	    "SELECT {q}, v.type FROM sqs_queue q LEFT JOIN events v ON v.id = q.event_id WHERE q.status = 'dead' "
	    "ORDER BY q.due_at DESC LIMIT ?",
	    P(limit));
}

const struct problem *
show_refused_message(struct work *work, struct uuid event, struct dead_message **message)
{
	return db_one(work->db, &dead_message_shape, message,
	    "SELECT {q}, v.type FROM sqs_queue q LEFT JOIN events v ON v.id = q.event_id WHERE q.event_id = ?", P(event));
}

/* Locked, so that what the audit trail tells of it is what it was. */
static const struct problem *
lock_dead(struct work *work, struct uuid event, struct dead_message **message)
{
	int64_t dead;

	TRY(db_value(
	    work->db, &dead, "SELECT COUNT(*) FROM sqs_queue WHERE event_id = ? AND status = 'dead' FOR UPDATE", P(event)));
	TRY(show_refused_message(work, event, message));
	return dead == 1 ? OK : problem(CONFLICT, "the message is not dead");
}

static const struct problem *
replay_one(struct work *work, struct uuid event)
{
	struct dead_message *before, *after;

	TRY(lock_dead(work, event, &before));
	if (before->type == NULL)
		return problem(CONFLICT, "the event of the message is no longer kept");
	TRY(db_run(work->db, NULL, SEND_AGAIN "AND q.event_id = ?", P(event)));
	TRY(show_refused_message(work, event, &after));
	return audit_record(work, "sqs_message.replayed", "event", event, &dead_message_shape, before, after);
}

/* What the audit trail keeps of many: how many those were. */
struct sent_again {
	int64_t messages;
};

static const struct member sent_again_members[] = {
	M_INTEGER(struct sent_again, messages, "messages", 0, INT64_MAX),
};
SHAPE(struct sent_again, sent_again_shape, "MessagesSentAgain", sent_again_members);

static const struct problem *
replay_all(struct work *work, int64_t *replayed)
{
	TRY(db_run(work->db, replayed, SEND_AGAIN));
	if (*replayed == 0)
		return OK;
	return audit_record(work, "sqs_messages.replayed", "event", (struct uuid) { { 0 } }, &sent_again_shape, NULL,
	    &(struct sent_again) { *replayed });
}

/* What the audit trail keeps of one. */
struct dropped_message {
	const char *group, *type, *last_error, *reason;
};

static const struct member dropped_members[] = {
	M_TEXT(struct dropped_message, group, "group_id", 128),
	M_TEXT(struct dropped_message, type, "type", 64),
	M_TEXT(struct dropped_message, last_error, "last_error", 255, .multiline = true),
	M_TEXT(struct dropped_message, reason, "reason", 500, .multiline = true),
};
SHAPE(struct dropped_message, dropped_shape, "DroppedMessage", dropped_members);

static const struct problem *
drop_one(struct work *work, struct uuid event, const char *reason)
{
	struct dead_message *message;

	TRY(lock_dead(work, event, &message));
	TRY(db_run(work->db, NULL, "DELETE FROM sqs_queue WHERE event_id = ?", P(event)));
	return audit_record(work, "sqs_message.dropped", "event", event, &dropped_shape,
	    &(struct dropped_message) { message->group, message->type, message->last_error, reason }, NULL);
}

const struct problem *
replay_dead_message(struct work *work, struct uuid event)
{
	return db_transaction(work, replay_one(work, event));
}

const struct problem *
replay_dead_messages(struct work *work, int64_t *replayed)
{
	*replayed = 0;
	return db_transaction(work, replay_all(work, replayed));
}

const struct problem *
drop_dead_message(struct work *work, struct uuid event, const char *reason)
{
	return db_transaction(work, drop_one(work, event, reason));
}
