#include "notify/sqs_queue.h"

#include "base/arena.h"
#include "events/feed.h"
#include "store/db.h"
#include "store/work.h"

enum { ATTEMPTS_MAX = 20, DELAY_MAX_SECONDS = 300, DOUBLINGS_MAX = 9 };

static const struct member group_members[] = {
	M_TEXT(struct sqs_group, name, "group_id", 128),
	M_INTEGER(struct sqs_group, due, "due", 0, 1, .computed = true),
};
SHAPE(struct sqs_group, group_shape, "SqsGroup", group_members);

const struct problem *
sqs_group_before(struct work *work, const char *name, struct sqs_group **group)
{
	return db_row(work->db, &group_shape, group,
	    "SELECT {q}, q.due_at <= NOW(3) AS due FROM sqs_queue q FORCE INDEX (ix_sqs_queue_groups) "
	    "WHERE q.status = 'waiting' AND q.group_id < ? ORDER BY q.group_id DESC, q.due_at DESC LIMIT 1",
	    P(name));
}

static int64_t
delay_seconds(int64_t attempts)
{
	return attempts >= DOUBLINGS_MAX ? DELAY_MAX_SECONDS : INT64_C(1) << attempts;
}

/* It may stand there: the window before was written down, and nobody has told us. */
static const struct problem *
keep(struct work *work, const struct sqs_result *o)
{
	int64_t attempts = o->kind == SQS_IS_BEHIND ? 0 : 1;

	return db_run(work->db, NULL,
	    "INSERT INTO sqs_queue (event_id, group_id, position, status, attempts, due_at, last_error) "
	    "VALUES (?, ?, ?, ?, ?, NOW(3) + INTERVAL ? SECOND, ?) "
	    "ON DUPLICATE KEY UPDATE status = VALUES(status), attempts = VALUES(attempts), due_at = VALUES(due_at), "
	    "last_error = VALUES(last_error)",
	    P(o->message->event), P(o->message->group), P(o->message->position), P(o->kind == SQS_IS_DEAD ? "dead" : "waiting"),
	    P(attempts), P(attempts == 0 ? 0 : delay_seconds(attempts)), P(o->error));
}

static const struct problem *
change(struct work *work, const struct sqs_result *o)
{
	int64_t attempts = o->message->attempts + 1;
	bool    dead = o->kind == SQS_IS_DEAD || attempts >= ATTEMPTS_MAX;

	if (o->kind == SQS_IS_BEHIND)
		return OK;
	if (o->kind == SQS_IS_SENT)
		return db_run(work->db, NULL, "DELETE FROM sqs_queue WHERE event_id = ?", P(o->message->event));
	return db_run(work->db, NULL,
	    "UPDATE sqs_queue SET attempts = ?, status = ?, due_at = NOW(3) + INTERVAL ? SECOND, last_error = ? WHERE event_id = ?",
	    P(attempts), P(dead ? "dead" : "waiting"), P(delay_seconds(attempts)), P(o->error), P(o->message->event));
}

static const struct problem *
record(struct work *work, const struct feed *feed, int64_t last, bool again, const struct sqs_result *outcomes, size_t count)
{
	TRY(feed_advance(work, feed, last));
	for (size_t i = 0; i < count; i++)
		if (again)
			TRY(change(work, &outcomes[i]));
		else if (outcomes[i].kind != SQS_IS_SENT)
			TRY(keep(work, &outcomes[i]));
	return OK;
}

const struct problem *
sqs_record(struct work *work, const struct feed *feed, int64_t last, bool again, const struct sqs_result *outcomes, size_t count)
{
	return db_transaction(work, record(work, feed, last, again, outcomes, count));
}
