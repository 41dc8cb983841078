/* Events that only their provider can tell to be genuine: stored as they came, and asked about by a job. */
#include "base/arena.h"
#include "base/log.h"
#include "events/job.h"
#include "store/db.h"
#include "webhooks/inbox.h"
#include "webhooks/webhooks.h"

enum { BATCH = 50, PAYLOAD_MAX = 1 << 20, SIGNATURES_MAX = 16000, HEADERS_MAX = 8, GIVE_UP_SECONDS = 600, WAIT_MAX_SECONDS = 60 };

static const struct member unverified_event_members[] = {
	M_ID(struct unverified_event, id, "id"),
	M_TEXT(struct unverified_event, provider, "provider", 32),
	M_TEXT(struct unverified_event, event_id, "event_id", 191),
	M_BYTES(struct unverified_event, payload, "payload", PAYLOAD_MAX),
	M_BYTES(struct unverified_event, signatures, "signatures", SIGNATURES_MAX),
	M_INTEGER(struct unverified_event, attempts, "attempts", 0, INT32_MAX),
	M_INTEGER(struct unverified_event, age_seconds, "age_seconds", INT64_MIN, INT64_MAX, .computed = true),
};
SHAPE(struct unverified_event, unverified_event_shape, "UnverifiedEvent", unverified_event_members);

const struct problem *
unverified_events(struct work *work, struct unverified_event **events, size_t *count)
{
	return db_rows(work->db, &unverified_event_shape, BATCH, events, count,
	    "SELECT {w}, TIMESTAMPDIFF(SECOND, w.received_at, NOW(3)) AS age_seconds FROM webhook_events w "
	    "WHERE w.status = 'unverified' AND w.next_attempt_at <= NOW(3) ORDER BY w.next_attempt_at LIMIT 50");
}

/* One line a header, an empty one where it was missing. */
static void
split_signatures(struct arena *arena, struct bytes lines, const char **signatures)
{
	char *rest = arena_copy(arena, (const char *)lines.bytes, lines.length);

	for (size_t i = 0; i < HEADERS_MAX && *rest != '\0'; i++) {
		size_t length = strcspn(rest, "\n");
		bool   more = rest[length] == '\n';

		rest[length] = '\0';
		signatures[i] = length > 0 ? rest : NULL;
		rest += length + more;
	}
}

/* As if it had just come; false when another worker has taken it. */
static const struct problem *
take_up(struct work *work, const struct provider *provider, const struct unverified_event *event, enum inbox_status status,
    const char *error, bool *taken)
{
	int64_t changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE webhook_events SET status = ?, payload = ?, signatures = NULL, attempts = 0, error = ?, "
	    "next_attempt_at = IF(? = 'deferred', NOW(3), NULL) WHERE id = ? AND status = 'unverified'",
	    P(inbox_status_values[status]),
	    P(provider_strip(work->arena, provider, (const char *)event->payload.bytes, event->payload.length)), P(error),
	    P(inbox_status_values[status]), P(event->id)));
	*taken = changed > 0;
	return OK;
}

static const struct problem *
apply_confirmed(
    struct work *work, const struct provider *provider, const struct unverified_event *event, const struct provider_event *parsed)
{
	bool taken, done;

	TRY(take_up(work, provider, event, parsed->kind == EVENT_IS_IGNORED ? INBOX_IGNORED : INBOX_PROCESSED, NULL, &taken));
	if (!taken)
		return OK;
	TRY(apply_event(work, provider, parsed, &done));
	return done ? OK : problem(NOT_FOUND, "the payment is not known yet");
}

static const struct problem *
defer_confirmed(struct work *work, const struct provider *provider, const struct unverified_event *event, const char *error)
{
	bool taken;

	TRY(take_up(work, provider, event, INBOX_DEFERRED, error, &taken));
	return taken ? job_enqueue(work, JOB_REPLAY_WEBHOOK, "replay_webhooks", NULL, NULL, NULL) : OK;
}

static const struct problem *
delete_event(struct work *work, const struct unverified_event *event, const struct problem *why)
{
	log_warning("a webhook event was not genuine, or could not be confirmed", LOG_ID("provider", event->provider),
	    LOG_TEXT("cause", why->message));
	return db_run(work->db, NULL, "DELETE FROM webhook_events WHERE id = ? AND status = 'unverified'", P(event->id));
}

static const struct problem *
ask_later(struct work *work, const struct unverified_event *event, const struct problem *why)
{
	int64_t wait = event->attempts >= 6 ? WAIT_MAX_SECONDS : INT64_C(1) << event->attempts;

	return db_run(work->db, NULL,
	    "UPDATE webhook_events SET attempts = attempts + 1, error = ?, next_attempt_at = NOW(3) + INTERVAL ? SECOND "
	    "WHERE id = ? AND status = 'unverified'",
	    P(why->message), P(wait), P(event->id));
}

/* The event of that id as its body tells it. */
static const struct problem *
parse_unverified(
    struct work *work, const struct provider *provider, const struct unverified_event *event, struct provider_event *parsed)
{
	struct provider_events *events = ARENA_NEW(work->arena, struct provider_events);

	TRY(provider->parse_events(work->arena, event->payload, events));
	for (size_t i = 0; i < events->count; i++)
		if (strcmp(events->list[i].id, event->event_id) == 0) {
			*parsed = events->list[i];
			return OK;
		}
	return problem(BAD_SIGNATURE, "the event is not in its body");
}

const struct problem *
confirm_event(struct work *work, const struct provider *provider, const struct unverified_event *event)
{
	const char           *signatures[HEADERS_MAX] = { NULL };
	struct provider_event parsed;
	const struct problem *problem;

	split_signatures(work->arena, event->signatures, signatures);
	problem = parse_unverified(work, provider, event, &parsed);
	if (problem == OK)
		problem = provider->confirm_event(work, signatures, event->payload, &parsed);
	if (problem_is(problem, PROBLEM_BAD_SIGNATURE) || (problem != OK && event->age_seconds >= GIVE_UP_SECONDS))
		return delete_event(work, event, problem);
	if (problem != OK)
		return ask_later(work, event, problem);
	problem = db_transaction(work, apply_confirmed(work, provider, event, &parsed));
	if (problem == OK || problem_is(problem, PROBLEM_DATABASE_LOST))
		return problem;
	return db_transaction(work, defer_confirmed(work, provider, event, problem->message));
}

/* Come back when the next one is due. */
static const struct problem *
enqueue_next(struct work *work)
{
	int64_t        waiting, seconds;
	struct instant when;

	TRY(db_value(work->db, &waiting, "SELECT EXISTS (SELECT 1 FROM webhook_events WHERE status = 'unverified')"));
	if (waiting == 0)
		return OK;
	TRY(db_value(work->db, &seconds,
	    "SELECT GREATEST(0, TIMESTAMPDIFF(SECOND, NOW(3), MIN(next_attempt_at))) FROM webhook_events "
	    "WHERE status = 'unverified'"));
	when = instant_add_seconds(instant_now(), seconds + 1);
	return job_enqueue(work, JOB_CONFIRM_WEBHOOK, "confirm_webhooks", &when, NULL, NULL);
}

const struct problem *
confirm_webhooks_job(struct work *work, const struct job *job)
{
	struct unverified_event *events;
	size_t                   count;

	TRY(unverified_events(work, &events, &count));
	for (size_t i = 0; i < count; i++) {
		const struct provider *provider = provider_known(events[i].provider);

		if (provider == NULL || provider->confirm_event == NULL)
			TRY(delete_event(work, &events[i], problem(NOT_FOUND, "nobody can be asked about the event")));
		else
			TRY(confirm_event(work, provider, &events[i]));
		TRY(job_heartbeat(work, job));
	}
	return db_transaction(work, enqueue_next(work));
}
