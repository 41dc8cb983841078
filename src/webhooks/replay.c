/* Deferred events, taken up again: 2^attempts seconds apart, at most an hour; after the last attempt they are dead. */
#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/db.h"
#include "webhooks/inbox.h"
#include "webhooks/sender.h"
#include "webhooks/webhooks.h"

struct stored_payload {
	struct bytes payload;
};

static const struct member stored_payload_members[] = {
	M_BYTES(struct stored_payload, payload, "payload", WEBHOOK_BYTES_MAX),
};
SHAPE(struct stored_payload, stored_payload_shape, "StoredPayload", stored_payload_members);

/* From when it was received, which its id begins with. */
static void
observe_latency(const struct due_event *event)
{
	int64_t received_ms = 0;

	for (int i = 0; i < 6; i++)
		received_ms = received_ms << 8 | event->id.bytes[i];
	metric_observe_us(METRIC_WEBHOOK_SECONDS, metric_label_index(LABEL_PROVIDER, event->provider), 0,
	    (instant_now().unix_ms - received_ms) * 1000);
}

static const struct problem *
apply_deferred(
    struct work *work, const struct due_event *event, const struct provider *provider, const struct provider_event *parsed)
{
	enum inbox_outcome ignored;
	int64_t            changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE webhook_events SET status = 'processed', attempts = attempts + 1, next_attempt_at = NULL, error = NULL "
	    "WHERE id = ? AND status = 'deferred'",
	    P(event->id)));
	if (changed == 0)
		return OK; /* another worker applied it, or somebody dropped it */
	TRY(apply_event(work, provider, parsed, event->id, &ignored));
	observe_latency(event);
	return OK;
}

static const struct problem *
defer_again(struct work *work, const struct due_event *event, const struct provider_event *parsed, const struct problem *why)
{
	int64_t attempts = event->attempts + 1, limit = work->config->jobs.attempts, max = work->config->jobs.backoff_max_seconds;
	int64_t wait = attempts >= 30 || (INT64_C(1) << attempts) > max ? max : INT64_C(1) << attempts;
	bool    dead = attempts >= limit;

	LOG_(dead ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING, dead ? "webhook event dead" : "webhook event deferred",
	    LOG_ID("webhook", uuid_text(work->arena, event->id)), LOG_ID("provider", event->provider),
	    LOG_TEXT("transaction", parsed == NULL ? NULL : parsed->transaction_id), LOG_NUMBER("attempts", attempts),
	    LOG_TEXT("cause", why->message));
	return db_run(work->db, NULL,
	    "UPDATE webhook_events SET attempts = ?, status = ?, error = ?, "
	    "next_attempt_at = IF(?, NULL, NOW(3) + INTERVAL ? SECOND) WHERE id = ? AND status = 'deferred'",
	    P(attempts), P(dead ? "dead" : "deferred"), P(why->message), P(dead), P(wait), P(event->id));
}

/* The stored event among those that came in one body with it. */
static const struct problem *
parse_stored(
    struct work *work, const struct due_event *event, const struct provider *provider, const struct provider_event **parsed)
{
	struct provider_events *events = ARENA_NEW(work->arena, struct provider_events);
	struct stored_payload  *stored;

	if (provider == NULL)
		return problem(NOT_FOUND, "unknown provider");
	TRY(db_one(work->db, &stored_payload_shape, &stored, "SELECT {w} FROM webhook_events w WHERE w.id = ?", P(event->id)));
	TRY(provider->parse_events(work->arena, stored->payload, events));
	*parsed = event_of_body(events, event->event_id);
	return *parsed != NULL ? OK : problem(NOT_FOUND, "the event is not in its payload");
}

/* Whatever is wrong with one of them holds up no other. */
static const struct problem *
replay_one(struct work *work, const struct due_event *event)
{
	const struct provider       *provider = sender_known(event->provider);
	const struct provider_event *parsed = NULL;
	const struct problem        *problem = parse_stored(work, event, provider, &parsed);

	log_about_event(event->event_id, parsed);
	if (problem == OK)
		problem = db_transaction(work, apply_deferred(work, event, provider, parsed));
	if (problem_is(problem, PROBLEM_DATABASE_LOST))
		return problem;
	return problem == OK ? OK : defer_again(work, event, parsed, problem);
}

static const struct problem *
come_back(struct work *work)
{
	struct instant when;
	bool           waiting;

	TRY(when_due(work, INBOX_DEFERRED, "", &when, &waiting));
	return waiting ? job_enqueue(work, JOB_REPLAY_WEBHOOK, "replay_webhooks", &when, NULL, NULL) : OK;
}

const struct problem *
replay_webhooks_job(struct work *work, const struct job *job)
{
	struct due_event *events;
	size_t            count;

	TRY(due_events(work, INBOX_DEFERRED, "", &events, &count));
	for (size_t i = 0; i < count; i++) {
		struct arena_mark mark = arena_mark(work->arena);

		TRY(replay_one(work, &events[i]));
		TRY(job_heartbeat(work, job));
		arena_release(work->arena, mark);
	}
	return db_transaction(work, come_back(work));
}
