/* Events are taken in: stored once, compared with what is stored, kept until they can be applied. */
#include "webhooks/inbox.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/text.h"
#include "base/vault.h"
#include "events/record.h"
#include "store/db.h"
#include "webhooks/sender.h"

enum { DIGEST = 32, FIRST_WAIT_SECONDS = 2 };

/* An event as it came: what is stored of its body, and the hash of what is its own. */
struct received_event {
	const struct provider       *provider;
	const struct provider_event *event;
	struct uuid                  id; /* of its row, once it is stored */
	struct bytes                 payload, hash;
	struct bytes                 claim;      /* empty unless the provider must be asked */
	const char                  *signatures; /* NULL unless the provider must be asked */
};

const char *const inbox_outcome_values[] = { "processed", "ignored", "deferred", "already_processed", NULL };

void
log_about_event(const char *event_id, const struct provider_event *event)
{
	log_about(LOG_EVENT, event_id);
	log_about(LOG_ORDER, NULL);
	log_about(LOG_PAYMENT, event == NULL ? NULL : event->reference);
	log_about(LOG_REFUND, event == NULL ? NULL : event->refund.key);
}

const struct provider_event *
event_of_body(struct provider_events *events, const char *event_id)
{
	for (size_t i = 0; i < events->count; i++) {
		if (events->list[i].id == NULL)
			events->list[i].id = event_id;
		if (strcmp(events->list[i].id, event_id) == 0)
			return &events->list[i];
	}
	return NULL;
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
	struct uuid    id;
	const char    *provider, *event_id, *type;
	int            status; /* enum inbox_status */
	int64_t        attempts, collision_count;
	struct instant received_at;
};

static const struct member webhook_state_members[] = {
	M_ID(struct webhook_state, id, "id"),
	M_TEXT(struct webhook_state, provider, "provider", 32, .required = true),
	M_TEXT(struct webhook_state, event_id, "event_id", 191, .required = true),
	M_TEXT(struct webhook_state, type, "type", 100, .required = true),
	M_ENUM(struct webhook_state, status, "status", inbox_status_values),
	M_INTEGER(struct webhook_state, attempts, "attempts", 0, INT32_MAX),
	M_INTEGER(struct webhook_state, collision_count, "collision_count", 0, INT32_MAX),
	M_TIME(struct webhook_state, received_at, "received_at"),
};
SHAPE(struct webhook_state, webhook_state_shape, "WebhookState", webhook_state_members, .noun = "event");

/* Who has the id; NULL: nobody, whoever may claim it. */
static const struct problem *
find_known(struct work *work, const struct provider *provider, const struct provider_event *event, struct known_event **known)
{
	return db_row(work->db, &known_event_shape, known,
	    "SELECT {w} FROM webhook_events w WHERE w.provider = ? AND w.event_id = ? AND w.claim = ''", P(provider->name),
	    P(event->id));
}

static bool
is_same(const struct known_event *known, struct bytes hash)
{
	return known->hash.length == hash.length && memcmp(known->hash.bytes, hash.bytes, hash.length) == 0;
}

static const struct problem *
record_collision(struct work *work, const struct provider *provider, struct uuid event, struct bytes body)
{
	struct webhook_state *state;

	TRY(db_run(work->db, NULL, "UPDATE webhook_events SET collision_count = collision_count + 1 WHERE id = ?", P(event)));
	TRY(db_run(work->db, NULL, "INSERT INTO webhook_collisions (id, payload) VALUES (?, ?) ON DUPLICATE KEY UPDATE id = id",
	    P(event), P(provider_strip(work->arena, provider, (const char *)body.bytes, body.length))));
	TRY(db_one(work->db, &webhook_state_shape, &state, "SELECT {w} FROM webhook_events w WHERE w.id = ?", P(event)));
	return event_record(work, EVENT_WEBHOOK_COLLISION, event, &webhook_state_shape, state);
}

const struct problem *
enqueue_taken_up(struct work *work)
{
	return job_enqueue(work, JOB_REPLAY_WEBHOOK, "replay_webhooks", NULL, NULL, NULL);
}

/* The sender has not given up what was given up here: it is tried again. */
static const struct problem *
take_up_dead(struct work *work, const struct provider *provider, const struct provider_event *event, enum inbox_outcome *outcome)
{
	int64_t changed;

	TRY(db_run(work->db, &changed, TAKE_UP_DEAD "status = 'dead' AND provider = ? AND event_id = ? AND claim = ''",
	    P(provider->name), P(event->id)));
	if (changed == 0)
		return OK;
	*outcome = OUTCOME_DEFERRED;
	return enqueue_taken_up(work);
}

const struct problem *
compare_with_stored(struct work *work, const struct provider *provider, const struct provider_event *event, struct bytes hash,
    struct bytes body, enum inbox_outcome *outcome)
{
	struct known_event *known;

	TRY(find_known(work, provider, event, &known));
	if (known == NULL)
		return problem(DATABASE_BUSY, "the event is being processed by another request; send it again");
	*outcome = OUTCOME_ALREADY;
	if (is_same(known, hash))
		return take_up_dead(work, provider, event, outcome);
	log_error("event id received again with a different payload", LOG_ID("provider", provider->name));
	*outcome = OUTCOME_COLLISION;
	return record_collision(work, provider, known->id, body);
}

static const struct problem *
store_event(struct work *work, struct received_event *received, enum inbox_status status, const char *error)
{
	struct instant next = instant_add_seconds(instant_now(), status == INBOX_DEFERRED ? FIRST_WAIT_SECONDS : 0);

	received->id = uuid_new();
	transaction_witness(work, "SELECT COUNT(*) FROM webhook_events WHERE id = ?", received->id);
	return db_run(work->db, NULL,
	    "INSERT INTO webhook_events (id, provider, event_id, claim, type, payload, payload_hash, signatures, status, "
	    "next_attempt_at, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    P(received->id), P(received->provider->name), P(received->event->id), P(received->claim), P(received->event->type),
	    P(received->payload), P(received->hash), P(received->signatures), P(inbox_status_values[status]),
	    P(status == INBOX_DEFERRED || status == INBOX_UNVERIFIED ? &next : (struct instant *)NULL), P(error));
}

/* Stored first: a second delivery of the same event waits here until the first has committed. */
static const struct problem *
store_and_apply(struct work *work, struct received_event *received, enum inbox_outcome *outcome)
{
	bool ignored = received->event->kind == EVENT_IS_IGNORED;

	TRY(store_event(work, received, ignored ? INBOX_IGNORED : INBOX_PROCESSED, NULL));
	return apply_event(work, received->provider, received->event, received->id, outcome);
}

static const struct problem *
store_deferred(struct work *work, struct received_event *received, const char *error, enum inbox_outcome *outcome)
{
	struct instant when = instant_add_seconds(instant_now(), FIRST_WAIT_SECONDS);

	*outcome = OUTCOME_DEFERRED;
	TRY(store_event(work, received, INBOX_DEFERRED, error));
	return job_enqueue(work, JOB_REPLAY_WEBHOOK, "replay_webhooks", &when, NULL, NULL);
}

/* What another attempt of the sender's would settle better than one of ours is left to the sender: it gets 503. */
static bool
is_for_the_sender(const struct problem *problem)
{
	return problem_is(problem, PROBLEM_DATABASE_LOST) || problem_is(problem, PROBLEM_OUTCOME_UNCERTAIN);
}

static const struct problem *
take_verified(struct work *work, struct received_event *received, struct bytes body, enum inbox_outcome *outcome)
{
	const char           *stripped = provider_strip(work->arena, received->provider, (const char *)body.bytes, body.length);
	const struct problem *problem;

	received->payload = (struct bytes) { (const unsigned char *)stripped, strlen(stripped) };
	problem = db_transaction(work, store_and_apply(work, received, outcome));
	if (problem != OK && !is_for_the_sender(problem) && !db_duplicate(work->db, problem, UNIQUE_EVENT)) {
		const char *error = problem->message;

		problem = db_transaction(work, store_deferred(work, received, error, outcome));
	}
	if (db_duplicate(work->db, problem, UNIQUE_EVENT))
		problem = db_transaction(
		    work, compare_with_stored(work, received->provider, received->event, received->hash, body, outcome));
	return problem;
}

/* The values of the provider's signature headers, a line for each. */
static const char *
join_signatures(struct work *work, const struct provider *provider, const char *const *signatures)
{
	const char *const *headers = sender_headers(work->arena, work->config, provider);
	struct text        lines = text_new(work->arena, 512);

	for (size_t i = 0; headers[i] != NULL; i++) {
		if (signatures[i] != NULL)
			text_add_string(&lines, signatures[i]);
		text_add_char(&lines, '\n');
	}
	return lines.bytes;
}

static struct bytes
hash_of(struct arena *arena, const void *bytes, size_t length)
{
	unsigned char *hash = arena_alloc(arena, DIGEST);

	sha256(bytes, length, hash);
	return (struct bytes) { hash, DIGEST };
}

/* The body and what speaks for it: the same claim comes once. */
static struct bytes
claim_of(struct arena *arena, const char *signatures, struct bytes body)
{
	unsigned char both[2 * DIGEST];

	sha256(signatures, strlen(signatures), both);
	sha256(body.bytes, body.length, both + DIGEST);
	return hash_of(arena, both, sizeof both);
}

/* Not more than there is room for, with the one just stored; whoever is true sends it again. */
static const struct problem *
check_room(struct work *work, const struct provider *provider)
{
	enum { AGAIN_SECONDS = 60 };
	int64_t kept;

	TRY(db_value(work->db, &kept, "SELECT COUNT(*) FROM webhook_events WHERE status = 'unverified' AND provider = ?",
	    P(provider->name)));
	if (kept <= UNVERIFIED_MAX)
		return OK;
	log_error("too many webhook events are waiting to be verified", LOG_ID("provider", provider->name));
	return problem_later(work->arena, PROBLEM_EVENT_UNVERIFIED,
	    "too many events are waiting to be verified; send it again, see Retry-After", AGAIN_SECONDS);
}

static const struct problem *
store_unverified(struct work *work, struct received_event *received)
{
	TRY(store_event(work, received, INBOX_UNVERIFIED, NULL));
	TRY(check_room(work, received->provider));
	return confirm_soon(work, received->provider->name, NULL);
}

/* Whoever claims the id of an event with another content is kept, too: nobody knows yet which of them is forged. */
static const struct problem *
take_unverified(struct work *work, struct received_event *received, const char *const *signatures, struct bytes body,
    enum inbox_outcome *outcome)
{
	struct known_event   *known;
	const char           *joined;
	struct bytes          sealed;
	const struct problem *problem;

	*outcome = OUTCOME_ALREADY;
	TRY(find_known(work, received->provider, received->event, &known));
	if (known != NULL && is_same(known, received->hash))
		return db_transaction(
		    work, compare_with_stored(work, received->provider, received->event, received->hash, body, outcome));
	joined = join_signatures(work, received->provider, signatures);
	received->claim = claim_of(work->arena, joined, body);
	/* As it came, for what proves it covers every byte: so nobody but the job reads it. */
	received->payload = vault_seal(work->arena, work->config->auth.seal_secret, SEALED_PAYLOAD, body);
	sealed = vault_seal(work->arena, work->config->auth.seal_secret, SEALED_SIGNATURES,
	    (struct bytes) { (const unsigned char *)joined, strlen(joined) });
	received->signatures = base64url_encode(work->arena, sealed.bytes, sealed.length);
	*outcome = OUTCOME_DEFERRED;
	problem = db_transaction(work, store_unverified(work, received));
	return db_duplicate(work->db, problem, UNIQUE_EVENT) ? OK : problem;
}

const struct problem *
take_event(struct work *work, const struct provider *provider, const struct provider_event *event, const char *const *signatures,
    struct bytes body, enum inbox_outcome *outcome)
{
	bool                  part = event->content != NULL;
	const void           *own = part ? (const void *)event->content : body.bytes;
	struct received_event received = { .provider = provider,
		.event = event,
		.hash = hash_of(work->arena, own, part ? strlen(event->content) : body.length),
		.claim = { (const unsigned char *)"", 0 } };

	log_about_event(event->id, event);
	return signatures == NULL ? take_verified(work, &received, body, outcome)
				  : take_unverified(work, &received, signatures, body, outcome);
}
