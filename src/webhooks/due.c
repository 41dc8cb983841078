/* The stored events whose time has come, and the job that finds out about those that nobody has verified. */
#include "webhooks/inbox.h"

#include "base/arena.h"
#include "store/db.h"

enum { BATCH = 50 };

const char *const inbox_status_values[] = { "processed", "deferred", "ignored", "dead", "dropped", "unverified", NULL };

static const struct member due_event_members[] = {
	M_ID(struct due_event, id, "id"),
	M_TEXT(struct due_event, provider, "provider", 32),
	M_TEXT(struct due_event, event_id, "event_id", 191),
	M_INTEGER(struct due_event, attempts, "attempts", 0, INT32_MAX),
};
SHAPE(struct due_event, due_event_shape, "DueEvent", due_event_members);

const struct problem *
due_events(struct work *work, enum inbox_status status, const char *provider, struct due_event **events, size_t *count)
{
	return db_rows(work->db, &due_event_shape, BATCH, events, count,
	    "SELECT {w} FROM webhook_events w WHERE w.status = ? AND w.next_attempt_at <= NOW(3) AND "
	    "? IN ('', w.provider) ORDER BY w.next_attempt_at LIMIT ?",
	    P(inbox_status_values[status]), P(provider), P(BATCH));
}

const struct problem *
when_due(struct work *work, enum inbox_status status, const char *provider, struct instant *when, bool *waiting)
{
	const char *name = inbox_status_values[status];
	int64_t     count, seconds;

	*waiting = false;
	TRY(db_value(work->db, &count, "SELECT EXISTS (SELECT 1 FROM webhook_events WHERE status = ? AND ? IN ('', provider))",
	    P(name), P(provider)));
	if (count == 0)
		return OK;
	TRY(db_value(work->db, &seconds,
	    "SELECT GREATEST(0, TIMESTAMPDIFF(SECOND, NOW(3), MIN(next_attempt_at))) FROM webhook_events "
	    "WHERE status = ? AND ? IN ('', provider)",
	    P(name), P(provider)));
	*waiting = true;
	*when = instant_add_seconds(instant_now(), seconds + 1);
	return OK;
}

static const struct member confirmation_members[] = {
	M_TEXT(struct confirmation, provider, "provider", 32),
};
SHAPE_SHARED(struct confirmation, confirmation_shape, "WebhookConfirmation", confirmation_members);

const struct problem *
confirm_soon(struct work *work, const char *provider, const struct instant *when)
{
	return job_enqueue(work, JOB_CONFIRM_WEBHOOK, arena_format(work->arena, "confirm_webhooks:%s", provider), when,
	    &confirmation_shape, &(struct confirmation) { provider });
}
