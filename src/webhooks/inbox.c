#include "webhooks/inbox.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/text.h"
#include "events/job.h"
#include "events/record.h"
#include "store/db.h"

#define UNIQUE_EVENT "uq_webhook_events_event"

enum { DIGEST = 32, FIRST_WAIT_SECONDS = 2 };

/* An event as it came: what is stored of its body, and the hash of the whole. */
struct received_event {
	const struct provider       *provider;
	const struct provider_event *event;
	const char                  *payload, *signatures; /* signatures: NULL unless the provider must be asked */
	unsigned char                hash[DIGEST];
};

const char *const inbox_status_values[] = { "processed", "deferred", "ignored", "dead", "dropped", "unverified", NULL };

const struct problem *
apply_event(struct work *work, const struct provider *provider, const struct provider_event *event, bool *done)
{
	struct payment *payment;

	*done = true;
	if (event->kind == EVENT_IS_IGNORED)
		return OK;
	TRY(find_payment_of_provider(work, provider->name, event->transaction_id, event->reference, &payment));
	if (payment == NULL) {
		*done = false;
		return OK;
	}
	if (event->kind == EVENT_IS_PAYMENT)
		return apply_answer(work, payment->id, &event->payment);
	if (strcmp(event->refund_amount.currency, payment->amount.currency) != 0)
		return problem(CONFLICT, "the refund is in another currency than its payment");
	return apply_refund_event(work, payment, event->refund_key, event->refund_amount.minor, &event->refund);
}

struct known_event {
	struct uuid  id;
	struct bytes hash;
};

static const struct member known_event_members[] = {
	M_ID(struct known_event, id, "id"),
	M_BYTES(struct known_event, hash, "payload_hash", DIGEST),
};
SHAPE(struct known_event, known_event_shape, "KnownEvent", known_event_members);

/* What an event about a webhook tells. */
struct webhook_state {
	struct uuid id;
	const char *provider, *event_id, *type;
};

static const struct member webhook_state_members[] = {
	M_ID(struct webhook_state, id, "id"),
	M_TEXT(struct webhook_state, provider, "provider", 32, .required = true),
	M_TEXT(struct webhook_state, event_id, "event_id", 191, .required = true),
	M_TEXT(struct webhook_state, type, "type", 100, .required = true),
};
SHAPE(struct webhook_state, webhook_state_shape, "WebhookState", webhook_state_members);

/* The event was stored before: is it the same one? */
static const struct problem *
compare_with_stored(struct work *work, const struct received_event *received, enum inbox_outcome *outcome)
{
	struct known_event *known;

	TRY(db_row(work->db, &known_event_shape, &known,
	    "SELECT id, payload_hash FROM webhook_events WHERE provider = ? AND event_id = ?", P(received->provider->name),
	    P(received->event->id)));
	if (known == NULL)
		return problem(DATABASE_BUSY, "the event is being stored; send it again");
	*outcome = OUTCOME_ALREADY;
	if (known->hash.length == DIGEST && memcmp(known->hash.bytes, received->hash, DIGEST) == 0)
		return OK;
	log_error("an event id came again with another payload", LOG_ID("provider", received->provider->name),
	    LOG_ID("event", received->event->id));
	*outcome = OUTCOME_COLLISION;
	TRY(db_run(work->db, NULL, "UPDATE webhook_events SET collision_count = collision_count + 1 WHERE id = ?", P(known->id)));
	return event_record(work, EVENT_WEBHOOK_COLLISION, known->id, &webhook_state_shape,
	    &(struct webhook_state) { known->id, received->provider->name, received->event->id, received->event->type });
}

static const struct problem *
store_event(struct work *work, const struct received_event *received, enum inbox_status status, const char *error)
{
	struct instant next = instant_add_seconds(instant_now(), status == INBOX_DEFERRED ? FIRST_WAIT_SECONDS : 0);
	struct uuid    id = uuid_new();

	transaction_witness(work, "SELECT COUNT(*) FROM webhook_events WHERE id = ?", id);
	return db_run(work->db, NULL,
	    "INSERT INTO webhook_events (id, provider, event_id, type, payload, payload_hash, signatures, status, next_attempt_at, "
	    "error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    P(id), P(received->provider->name), P(received->event->id), P(received->event->type), P(received->payload),
	    P(((struct bytes) { received->hash, DIGEST })), P(received->signatures), P(inbox_status_values[status]),
	    P(status == INBOX_DEFERRED || status == INBOX_UNVERIFIED ? &next : (struct instant *)NULL), P(error));
}

/* Stored first: a second delivery of the same event waits here until the first has committed. */
static const struct problem *
store_and_apply(struct work *work, const struct received_event *received, enum inbox_outcome *outcome)
{
	bool ignored = received->event->kind == EVENT_IS_IGNORED, done;

	*outcome = ignored ? OUTCOME_IGNORED : OUTCOME_PROCESSED;
	TRY(store_event(work, received, ignored ? INBOX_IGNORED : INBOX_PROCESSED, NULL));
	TRY(apply_event(work, received->provider, received->event, &done));
	return done ? OK : problem(NOT_FOUND, "the payment is not known yet");
}

static const struct problem *
store_deferred(struct work *work, const struct received_event *received, const char *error, enum inbox_outcome *outcome)
{
	struct instant when = instant_add_seconds(instant_now(), FIRST_WAIT_SECONDS);

	*outcome = OUTCOME_DEFERRED;
	TRY(store_event(work, received, INBOX_DEFERRED, error));
	return job_enqueue(work, JOB_REPLAY_WEBHOOK, "replay_webhooks", &when, NULL, NULL);
}

static const struct problem *
store_unverified(struct work *work, const struct received_event *received, enum inbox_outcome *outcome)
{
	*outcome = OUTCOME_DEFERRED;
	TRY(store_event(work, received, INBOX_UNVERIFIED, NULL));
	return job_enqueue(work, JOB_CONFIRM_WEBHOOK, "confirm_webhooks", NULL, NULL, NULL);
}

/* The values of the provider's signature headers, a line for each. */
static const char *
join_signatures(struct arena *arena, const struct provider *provider, const char *const *signatures)
{
	struct text lines = text_new(arena, 512);

	for (size_t i = 0; provider->signature_headers[i] != NULL; i++) {
		if (signatures[i] != NULL)
			text_add_string(&lines, signatures[i]);
		text_add_char(&lines, '\n');
	}
	return lines.bytes;
}

/* What another attempt of the sender's would settle better than one of ours is left to the sender: it gets 503. */
static bool
is_for_the_sender(const struct problem *problem)
{
	return problem_is(problem, PROBLEM_DATABASE_LOST) || problem_is(problem, PROBLEM_OUTCOME_UNCERTAIN);
}

const struct problem *
take_event(struct work *work, const struct provider *provider, const struct provider_event *event, const char *const *signatures,
    struct bytes body, enum inbox_outcome *outcome)
{
	struct received_event received = { .provider = provider,
		.event = event,
		.payload = provider_strip(work->arena, provider, (const char *)body.bytes, body.length) };
	const struct problem *problem;

	sha256(body.bytes, body.length, received.hash);
	if (provider->confirm_event != NULL) {
		received.signatures = join_signatures(work->arena, provider, signatures);
		received.payload = arena_copy(work->arena, (const char *)body.bytes, body.length);
		problem = db_transaction(work, store_unverified(work, &received, outcome));
	} else {
		problem = db_transaction(work, store_and_apply(work, &received, outcome));
	}
	if (problem != OK && provider->confirm_event == NULL && !is_for_the_sender(problem) &&
	    !db_duplicate(work->db, problem, UNIQUE_EVENT)) {
		const char *error = problem->message;

		problem = db_transaction(work, store_deferred(work, &received, error, outcome));
	}
	if (db_duplicate(work->db, problem, UNIQUE_EVENT))
		problem = db_transaction(work, compare_with_stored(work, &received, outcome));
	return problem;
}
