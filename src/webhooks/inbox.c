#include "webhooks/inbox.h"

#include "base/encoding.h"
#include "base/log.h"
#include "events/job.h"
#include "events/record.h"
#include "store/db.h"

enum { DIGEST = 32, FIRST_WAIT_SECONDS = 2 };

const char *const inbox_status_values[] = { "processed", "deferred", "ignored", "dead", "dropped", NULL };

struct delivery {
	const struct provider       *provider;
	const struct provider_event *event;
	struct bytes                 payload, hash;
	bool                         apply;
	const char                  *error; /* why it was deferred */
	enum inbox_outcome           outcome;
};

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

/* The event was here before: with the same payload it is a repetition, with another one somebody errs or lies. */
static const struct problem *
meet_again(struct work *work, void *argument)
{
	struct delivery    *delivery = argument;
	struct known_event *known;

	TRY(db_row(work->db, &known_event_shape, &known,
	    "SELECT id, payload_hash FROM webhook_events WHERE provider = ? AND event_id = ?",
	    P(delivery->provider->name), P(delivery->event->id)));
	if (known == NULL)
		return problem(DATABASE_BUSY, "the event is being taken in; send it again");
	if (known->hash.length == DIGEST && memcmp(known->hash.bytes, delivery->hash.bytes, DIGEST) == 0) {
		delivery->outcome = OUTCOME_ALREADY;
		return OK;
	}
	log_error("an event id came with another payload", LOG_ID("provider", delivery->provider->name),
	    LOG_TEXT("event", delivery->event->id));
	delivery->outcome = OUTCOME_COLLISION;
	TRY(db_run(work->db, NULL, "UPDATE webhook_events SET collision_count = collision_count + 1 WHERE id = ?", P(known->id)));
	return event_record(work, EVENT_WEBHOOK_COLLISION, known->id, NULL, NULL);
}

static const struct problem *
store_event(struct work *work, const struct delivery *delivery, enum inbox_status status)
{
	struct instant next = instant_add_seconds(instant_now(), FIRST_WAIT_SECONDS);
	struct uuid    id = uuid_new();

	transaction_witness(work, "SELECT COUNT(*) FROM webhook_events WHERE id = ?", id);
	return db_run(work->db, NULL,
	    "INSERT INTO webhook_events (id, provider, event_id, type, payload, payload_hash, status, next_attempt_at, error) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    P(id), P(delivery->provider->name), P(delivery->event->id), P(delivery->event->type), P(delivery->payload),
	    P(delivery->hash), P(inbox_status_values[status]), P(status == INBOX_DEFERRED ? &next : (struct instant *)NULL), P(delivery->error));
}

/* Stored first: a second delivery of the same event waits here until the first has committed. */
static const struct problem *
store_and_apply(struct work *work, void *argument)
{
	struct delivery *delivery = argument;
	bool             ignored = delivery->event->kind == EVENT_IS_IGNORED, done;

	TRY(store_event(work, delivery, ignored ? INBOX_IGNORED : INBOX_PROCESSED));
	delivery->outcome = ignored ? OUTCOME_IGNORED : OUTCOME_PROCESSED;
	TRY(apply_event(work, delivery->provider, delivery->event, &done));
	return done ? OK : problem(NOT_FOUND, "the payment is not known yet");
}

static const struct problem *
store_deferred(struct work *work, void *argument)
{
	struct delivery *delivery = argument;
	struct instant   when = instant_add_seconds(instant_now(), FIRST_WAIT_SECONDS);

	delivery->outcome = OUTCOME_DEFERRED;
	TRY(store_event(work, delivery, INBOX_DEFERRED));
	return job_enqueue(work, JOB_REPLAY_WEBHOOK, "replay_webhooks", &when, NULL, NULL);
}

/* What another attempt of the sender's would settle better than one of ours is left to the sender: it gets 503. */
static bool
is_for_the_sender(const struct problem *problem)
{
	return problem_is(problem, PROBLEM_DATABASE_LOST) || problem_is(problem, PROBLEM_OUTCOME_UNCERTAIN);
}

const struct problem *
take_event(struct work *work, const struct provider *provider, const struct provider_event *event, struct bytes payload,
    enum inbox_outcome *outcome)
{
	struct delivery       delivery = { .provider = provider, .event = event, .payload = payload };
	const struct problem *problem;
	unsigned char         hash[DIGEST];

	sha256(payload.bytes, payload.length, hash);
	delivery.hash = (struct bytes) { hash, DIGEST };
	problem = db_transaction(work, store_and_apply(work, &delivery));
	if (db_duplicate(work->db, problem, "uq_webhook_events_event"))
		problem = db_transaction(work, meet_again(work, &delivery));
	else if (problem != OK && !is_for_the_sender(problem)) {
		delivery.error = problem->message;
		problem = db_transaction(work, store_deferred(work, &delivery));
		if (db_duplicate(work->db, problem, "uq_webhook_events_event"))
			problem = db_transaction(work, meet_again(work, &delivery));
	}
	*outcome = delivery.outcome;
	return problem;
}
