/* Deferred events, taken up again: 2^attempts seconds apart, at most an hour; after the last attempt they are dead. */
#include "base/config.h"
#include "base/log.h"
#include "events/job.h"
#include "store/db.h"
#include "webhooks/inbox.h"
#include "webhooks/webhooks.h"

enum { BATCH = 50, PAYLOAD_MAX = 1 << 20 };

struct deferred_event {
	struct uuid  id;
	const char  *provider, *event_id;
	struct bytes payload;
	int64_t      attempts;
};

static const struct member deferred_event_members[] = {
	M_ID(struct deferred_event, id, "id"),
	M_TEXT(struct deferred_event, provider, "provider", 32),
	M_TEXT(struct deferred_event, event_id, "event_id", 191),
	M_BYTES(struct deferred_event, payload, "payload", PAYLOAD_MAX),
	M_INTEGER(struct deferred_event, attempts, "attempts", 0, INT32_MAX),
};
SHAPE(struct deferred_event, deferred_event_shape, "DeferredEvent", deferred_event_members);

static const struct problem *
apply_deferred(
    struct work *work, const struct deferred_event *event, const struct provider *provider, const struct provider_event *parsed)
{
	int64_t changed;
	bool    done;

	TRY(db_run(work->db, &changed,
	    "UPDATE webhook_events SET status = 'processed', attempts = attempts + 1, next_attempt_at = NULL, error = NULL "
	    "WHERE id = ? AND status = 'deferred'",
	    P(event->id)));
	if (changed == 0)
		return OK; /* another worker applied it, or somebody dropped it */
	TRY(apply_event(work, provider, parsed, &done));
	return done ? OK : problem(NOT_FOUND, "the payment is not known yet");
}

static const struct problem *
put_off(struct work *work, const struct deferred_event *event, const struct problem *why)
{
	int64_t attempts = event->attempts + 1, limit = work->config->jobs.attempts,
		most = work->config->jobs.backoff_max_seconds;
	int64_t wait = attempts >= 30 || (INT64_C(1) << attempts) > most ? most : INT64_C(1) << attempts;
	bool    dead = attempts >= limit;

	log_warning(dead ? "a webhook event is dead" : "a webhook event is put off",
	    LOG_ID("event", uuid_text(work->arena, event->id)), LOG_NUMBER("attempts", attempts),
	    LOG_TEXT("cause", why->message));
	return db_run(work->db, NULL,
	    "UPDATE webhook_events SET attempts = ?, status = ?, error = ?, "
	    "next_attempt_at = IF(?, NULL, NOW(3) + INTERVAL ? SECOND) WHERE id = ? AND status = 'deferred'",
	    P(attempts), P(dead ? "dead" : "deferred"), P(why->message), P(dead), P(wait), P(event->id));
}

/* The stored event among those that came in one body with it. */
static const struct problem *
parse_stored(
    struct work *work, const struct deferred_event *event, const struct provider *provider, const struct provider_event **parsed)
{
	struct provider_events *events = ARENA_NEW(work->arena, struct provider_events);

	if (provider == NULL)
		return problem(NOT_FOUND, "the provider is not known");
	TRY(provider->parse_events(work->arena, event->payload, events));
	for (size_t i = 0; i < events->count; i++)
		if (strcmp(events->list[i].id, event->event_id) == 0) {
			*parsed = &events->list[i];
			return OK;
		}
	return problem(NOT_FOUND, "the event is not in its payload");
}

static const struct problem *
replay_one(struct work *work, const struct deferred_event *event)
{
	const struct provider       *provider = provider_known(event->provider);
	const struct provider_event *parsed;
	const struct problem        *problem = parse_stored(work, event, provider, &parsed);

	if (problem == OK)
		problem = db_transaction(work, apply_deferred(work, event, provider, parsed));
	if (problem_is(problem, PROBLEM_DATABASE_LOST))
		return problem;
	return problem == OK ? OK : put_off(work, event, problem);
}

/* Come back when the next one is due. */
static const struct problem *
enqueue_next(struct work *work)
{
	int64_t        seconds, waiting;
	struct instant when;

	TRY(db_value(work->db, &waiting, "SELECT EXISTS (SELECT 1 FROM webhook_events WHERE status = 'deferred')"));
	if (waiting == 0)
		return OK;
	TRY(db_value(work->db, &seconds,
	    "SELECT GREATEST(0, TIMESTAMPDIFF(SECOND, NOW(3), MIN(next_attempt_at))) FROM webhook_events "
	    "WHERE status = 'deferred'"));
	when = instant_add_seconds(instant_now(), seconds + 1);
	return job_enqueue(work, JOB_REPLAY_WEBHOOK, "replay_webhooks", &when, NULL, NULL);
}

const struct problem *
replay_webhooks_job(struct work *work, const struct job *job)
{
	struct deferred_event *events;
	size_t                 count;

	TRY(db_rows(work->db, &deferred_event_shape, BATCH, &events, &count,
	    "SELECT {e} FROM webhook_events e WHERE e.status = 'deferred' AND e.next_attempt_at <= NOW(3) "
	    "ORDER BY e.next_attempt_at LIMIT 50"));
	for (size_t i = 0; i < count; i++) {
		TRY(replay_one(work, &events[i]));
		TRY(job_heartbeat(work, job));
	}
	return db_transaction(work, enqueue_next(work));
}
