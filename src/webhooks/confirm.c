/*
 * Events of which nothing here could prove that they are genuine: stored as they came, and found out about by a job.  Anybody can
 * send them, so they wait in a lane without refunds, and a slice of them gives way to what else waits there: after a few seconds, which
 * is at the first call to a provider that hangs, and not at the first of those that are refused at once, as forgeries may be.
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/vault.h"
#include "store/db.h"
#include "webhooks/inbox.h"
#include "webhooks/sender.h"
#include "webhooks/webhooks.h"

enum {
	SIGNATURES_MAX = 16000,
	SEAL_BYTES_MAX = 64,
	HEADERS_MAX = 8,
	KEPT_SECONDS = 600,
	WAIT_MAX_SECONDS = 60,
	DIGEST = 32,
	SLICE_MS = 3000
};

/* What came, as it came. */
struct claim {
	struct bytes payload, signatures, hash;
};

static const struct member claim_members[] = {
	M_BYTES(struct claim, payload, "payload", WEBHOOK_BYTES_MAX + SEAL_BYTES_MAX),
	M_BYTES(struct claim, signatures, "signatures", SIGNATURES_MAX),
	M_BYTES(struct claim, hash, "payload_hash", DIGEST),
};
SHAPE(struct claim, claim_shape, "WebhookClaim", claim_members);

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

/* What older programs stored was not sealed. */
static struct bytes
unsealed(struct work *work, const char *purpose, struct bytes stored)
{
	struct bytes plain;

	return vault_open(work->arena, work->config->auth.seal_secret, purpose, stored, &plain) ? plain : stored;
}

static void
open_claim(struct work *work, struct claim *claim)
{
	struct bytes sealed = { .length = 0 };

	claim->payload = unsealed(work, SEALED_PAYLOAD, claim->payload);
	sealed.bytes =
	    base64url_decode(work->arena, (const char *)claim->signatures.bytes, claim->signatures.length, &sealed.length);
	if (sealed.bytes != NULL)
		claim->signatures = unsealed(work, SEALED_SIGNATURES, sealed);
}

/* It has its id now, as if it had just come; false when another worker has taken it. */
static const struct problem *
take_up(struct work *work, const struct provider *provider, const struct due_event *event, const struct claim *claim,
    enum inbox_status status, const char *error, bool *taken)
{
	int64_t changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE webhook_events SET status = ?, claim = '', payload = ?, signatures = NULL, attempts = 0, error = ?, "
	    "next_attempt_at = IF(? = 'deferred', NOW(3), NULL) WHERE id = ? AND status = 'unverified'",
	    P(inbox_status_values[status]),
	    P(provider_strip(work->arena, provider, (const char *)claim->payload.bytes, claim->payload.length)), P(error),
	    P(inbox_status_values[status]), P(event->id)));
	*taken = changed > 0;
	return OK;
}

static const struct problem *
apply_confirmed(struct work *work, const struct provider *provider, const struct due_event *event, const struct claim *claim,
    const struct provider_event *parsed)
{
	enum inbox_status  status = parsed->kind == EVENT_IS_IGNORED ? INBOX_IGNORED : INBOX_PROCESSED;
	enum inbox_outcome ignored;
	bool               taken;

	TRY(take_up(work, provider, event, claim, status, NULL, &taken));
	if (!taken)
		return OK;
	return apply_event(work, provider, parsed, event->id, &ignored);
}

static const struct problem *
defer_confirmed(struct work *work, const struct provider *provider, const struct due_event *event, const struct claim *claim,
    const char *error)
{
	bool taken;

	TRY(take_up(work, provider, event, claim, INBOX_DEFERRED, error, &taken));
	return taken ? job_enqueue(work, JOB_REPLAY_WEBHOOK, "replay_webhooks", NULL, NULL, NULL) : OK;
}

static const struct problem *
delete_event(struct work *work, const struct due_event *event)
{
	return db_run(work->db, NULL, "DELETE FROM webhook_events WHERE id = ? AND status = 'unverified'", P(event->id));
}

/* Genuine, but another confirmed one has the id: the same event a second time, or a second one under its id. */
static const struct problem *
discard_duplicate(struct work *work, const struct provider *provider, const struct due_event *event, const struct claim *claim,
    const struct provider_event *parsed)
{
	enum inbox_outcome ignored;

	TRY(compare_with_stored(work, provider, parsed, claim->hash, claim->payload, &ignored));
	return delete_event(work, event);
}

static const struct problem *
apply_confirmed_event(struct work *work, const struct provider *provider, const struct due_event *event,
    const struct claim *claim, const struct provider_event *parsed)
{
	const struct problem *problem = db_transaction(work, apply_confirmed(work, provider, event, claim, parsed));

	if (problem == OK || problem_is(problem, PROBLEM_DATABASE_LOST))
		return problem;
	if (!db_duplicate(work->db, problem, UNIQUE_EVENT))
		problem = db_transaction(work, defer_confirmed(work, provider, event, claim, problem->message));
	if (db_duplicate(work->db, problem, UNIQUE_EVENT))
		problem = db_transaction(work, discard_duplicate(work, provider, event, claim, parsed));
	return problem;
}

/* Nobody can tell yet; if nobody could for long enough it goes, and what it told of is found when its payment is asked about. */
static const struct problem *
ask_later(struct work *work, const struct due_event *event, const struct problem *why)
{
	int64_t wait = event->attempts >= 6 ? WAIT_MAX_SECONDS : INT64_C(1) << event->attempts, deleted;

	TRY(db_run(work->db, &deleted,
	    "DELETE FROM webhook_events WHERE id = ? AND status = 'unverified' AND received_at <= NOW(3) - INTERVAL ? SECOND",
	    P(event->id), P(KEPT_SECONDS)));
	if (deleted > 0) {
		log_error("webhook event deleted: nobody could tell whether it is genuine", LOG_ID("provider", event->provider),
		    LOG_TEXT("cause", why->message));
		return OK;
	}
	return db_run(work->db, NULL,
	    "UPDATE webhook_events SET attempts = attempts + 1, error = ?, "
	    "next_attempt_at = LEAST(NOW(3) + INTERVAL ? SECOND, received_at + INTERVAL ? SECOND) "
	    "WHERE id = ? AND status = 'unverified'",
	    P(why->message), P(wait), P(KEPT_SECONDS), P(event->id));
}

static const struct problem *
ask_about(struct work *work, const struct provider *provider, const struct due_event *event, const struct claim *claim,
    const struct provider_event **parsed)
{
	struct provider_events *events = ARENA_NEW(work->arena, struct provider_events);
	const char             *signatures[HEADERS_MAX] = { NULL };

	if (provider == NULL || provider->confirm_event == NULL)
		return problem(NOT_FOUND, "the provider cannot confirm events");
	split_signatures(work->arena, claim->signatures, signatures);
	TRY(provider->parse_events(work->arena, claim->payload, events));
	*parsed = event_of_body(events, event->event_id);
	if (*parsed == NULL)
		return problem(NOT_FOUND, "the event is not in its body");
	return provider->confirm_event(work, signatures, claim->payload, *parsed);
}

const struct problem *
confirm_event(struct work *work, const struct provider *provider, const struct due_event *event)
{
	const struct provider_event *parsed = NULL;
	const struct problem        *problem;
	struct claim                *claim;

	TRY(db_row(work->db, &claim_shape, &claim, "SELECT {w} FROM webhook_events w WHERE w.id = ? AND w.status = 'unverified'",
	    P(event->id)));
	if (claim == NULL)
		return OK; /* another worker has taken it */
	open_claim(work, claim);
	log_about_event(event->event_id, NULL);
	problem = ask_about(work, provider, event, claim, &parsed);
	log_about_event(event->event_id, parsed);
	if (problem == OK)
		return apply_confirmed_event(work, provider, event, claim, parsed);
	if (!problem_is(problem, PROBLEM_BAD_SIGNATURE))
		return ask_later(work, event, problem);
	log_warning("webhook event is forged: deleted", LOG_ID("provider", event->provider), LOG_TEXT("cause", problem->message));
	return delete_event(work, event);
}

static const struct problem *
come_back(struct work *work, const char *provider)
{
	struct instant when;
	bool           waiting;

	TRY(when_due(work, INBOX_UNVERIFIED, provider, &when, &waiting));
	return waiting ? confirm_soon(work, provider, &when) : OK;
}

static const struct problem *
confirm_all_soon(struct work *work)
{
	for (const char *const *name = sender_names(); *name != NULL; name++)
		TRY(confirm_soon(work, *name, NULL));
	return OK;
}

const struct problem *
confirm_webhooks_job(struct work *work, const struct job *job)
{
	int64_t             end_ms = monotonic_ms() + SLICE_MS;
	struct confirmation of = { NULL };
	struct due_event   *events;
	size_t              count;

	TRY(job_payload(work, job, &confirmation_shape, &of));
	if (of.provider == NULL)
		return db_transaction(work, confirm_all_soon(work));
	TRY(due_events(work, INBOX_UNVERIFIED, of.provider, &events, &count));
	for (size_t i = 0; i < count && monotonic_ms() < end_ms; i++) {
		struct arena_mark mark = arena_mark(work->arena);

		TRY(confirm_event(work, sender_known(of.provider), &events[i]));
		TRY(job_heartbeat(work, job));
		arena_release(work->arena, mark);
	}
	return db_transaction(work, come_back(work, of.provider));
}
