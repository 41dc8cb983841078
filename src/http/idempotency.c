#include "http/idempotency.h"

#include "base/config.h"
#include "base/encoding.h"
#include "http/request.h"
#include "store/db.h"

enum { KEY_MAX = 255, DIGEST = 32, BODY_MAX = 1 << 20 };

struct stored {
	struct bytes request_hash, response_body;
	bool         done, leased;
	int64_t     *response_status;
};

static const struct member stored_members[] = {
	M_BYTES(struct stored, request_hash, "request_hash", DIGEST),
	M_BYTES(struct stored, response_body, "response_body", BODY_MAX),
	M_BOOLEAN(struct stored, done, "done"),
	M_BOOLEAN(struct stored, leased, "leased"),
	M_INTEGER(struct stored, response_status, "response_status", 0, 599),
};
SHAPE(struct stored, stored_shape, "StoredAnswer", stored_members);

/* The two digests of a request; scope.bytes is NULL when there is no key to keep. */
struct key {
	struct bytes scope, request;
};

static struct bytes
digest(struct arena *arena, const struct text *text)
{
	unsigned char *bytes = arena_alloc(arena, DIGEST);

	sha256(text->bytes, text->length, bytes);
	return (struct bytes) { bytes, DIGEST };
}

static const struct problem *
read_key(struct request *request, struct key *key)
{
	struct arena       *arena = request->work->arena;
	const struct route *route = request->route;
	const char         *header = request_header(request, "HTTP_IDEMPOTENCY_KEY");
	struct text         text = text_new(arena, request->raw.length + 512);

	*key = (struct key) { { NULL, 0 }, { NULL, 0 } };
	if (header == NULL || request->method != POST || route->keyless)
		return OK;
	if (header[0] == '\0' || strlen(header) > KEY_MAX)
		return problem(BAD_REQUEST, "the Idempotency-Key must have 1 to 255 characters");
	for (const char *c = header; *c != '\0'; c++)
		if (*c < 0x20 || *c > 0x7e)
			return problem(BAD_REQUEST, "the Idempotency-Key must be printable ASCII");
	text_add(&text, &request->work->viewer.user, sizeof request->work->viewer.user);
	text_addf(&text, "%s\n%s", route->id, header);
	key->scope = digest(arena, &text);
	text.length = 0;
	text_addf(&text, "%s?%s\n", request->path, request->query);
	text_add(&text, request->raw.bytes, request->raw.length);
	key->request = digest(arena, &text);
	return OK;
}

static const struct problem *
read_stored(struct request *request, const struct key *key, struct stored **stored)
{
	return db_row(request->work->db, &stored_shape, stored,
	    "SELECT request_hash, response_body, response_status, status = 'done' AS done, "
	    "status = 'running' AND lease_until > NOW(3) AS leased FROM idempotency_keys WHERE scope = ?",
	    P(key->scope));
}

/* What a key that was there before means for this request. */
static const struct problem *
replay(struct request *request, const struct key *key, const struct stored *stored)
{
	if (stored->request_hash.length != DIGEST || memcmp(stored->request_hash.bytes, key->request.bytes, DIGEST) != 0)
		return problem(IDEMPOTENCY_MISMATCH, "the Idempotency-Key was used with another request");
	if (!stored->done)
		return problem(IDEMPOTENCY_RUNNING, "a request with this Idempotency-Key is still running");
	request->answered = true;
	request->status = (int)*stored->response_status;
	request->content_type = stored->response_body.length > 0 ? "application/json; charset=utf-8" : NULL;
	request->out = text_new(request->work->arena, stored->response_body.length);
	text_add(&request->out, stored->response_body.bytes, stored->response_body.length);
	respond_header(request, "Idempotent-Replayed", "true");
	return OK;
}

const struct problem *
idempotency_open(struct request *request, bool *replayed)
{
	const struct problem *problem;
	struct stored        *stored;
	struct key            key;
	int64_t               changed;

	*replayed = false;
	TRY(read_key(request, &key));
	if (key.scope.bytes == NULL)
		return OK;
	/* 1 row when it is new, 2 when it was there: then its first owner has committed, for until then this waits. */
	problem = db_run(request->work->db, &changed,
	    "INSERT INTO idempotency_keys (scope, request_hash, status, lease_until) VALUES (?, ?, 'running', NOW(3)) "
	    "ON DUPLICATE KEY UPDATE seen = seen + 1",
	    P(key.scope), P(key.request));
	if (problem_is(problem, PROBLEM_DATABASE_BUSY) && !db_rolled_back(request->work->db))
		return problem(IDEMPOTENCY_RUNNING, "a request with this Idempotency-Key is still running");
	TRY(problem);
	if (changed == 1)
		return OK;
	TRY(read_stored(request, &key, &stored));
	*replayed = true;
	return stored == NULL ? problem(DATABASE_BUSY, "the key has just expired; try again") : replay(request, &key, stored);
}

static const struct problem *
store_answer(struct request *request, const struct key *key)
{
	return db_run(request->work->db, NULL,
	    "UPDATE idempotency_keys SET status = 'done', lease_until = NULL, response_status = ?, response_body = ? "
	    "WHERE scope = ?",
	    P(request->status), P(((struct bytes) { (const unsigned char *)request->out.bytes, request->out.length })),
	    P(key->scope));
}

const struct problem *
idempotency_close(struct request *request)
{
	struct key key;

	TRY(read_key(request, &key));
	if (key.scope.bytes == NULL)
		return OK;
	if (request->status < 200 || request->status > 299)
		return OK;
	return store_answer(request, &key);
}

struct lease {
	struct request *request;
	struct key      key;
	bool           *replayed;
};

static const struct problem *
take_lease(struct work *work, void *argument)
{
	struct lease  *lease = argument;
	int64_t        seconds = work->config->http.idempotency_lease_seconds, changed;
	struct stored *stored;

	*lease->replayed = false;
	TRY(db_run(work->db, &changed,
	    "INSERT INTO idempotency_keys (scope, request_hash, status, lease_until) "
	    "VALUES (?, ?, 'running', NOW(3) + INTERVAL ? SECOND) ON DUPLICATE KEY UPDATE seen = seen + 1",
	    P(lease->key.scope), P(lease->key.request), P(seconds)));
	if (changed == 1)
		return OK;
	TRY(read_stored(lease->request, &lease->key, &stored));
	if (stored == NULL)
		return problem(DATABASE_BUSY, "the key has just expired; try again");
	if (!stored->done && !stored->leased && memcmp(stored->request_hash.bytes, lease->key.request.bytes, DIGEST) == 0)
		/* Whoever had it died; the row is locked by the INSERT above, so only one takes it over. */
		return db_run(work->db, NULL,
		    "UPDATE idempotency_keys SET lease_until = NOW(3) + INTERVAL ? SECOND WHERE scope = ?",
		    P(seconds), P(lease->key.scope));
	*lease->replayed = true;
	return replay(lease->request, &lease->key, stored);
}

const struct problem *
idempotency_lease(struct request *request, bool *replayed)
{
	struct lease lease = { .request = request, .replayed = replayed };

	*replayed = false;
	TRY(read_key(request, &lease.key));
	if (lease.key.scope.bytes == NULL)
		return OK;
	TRY(db_transaction(request->work, take_lease(request->work, &lease)));
	request->work->leased_key = lease.key.scope.bytes;
	return OK;
}

struct made {
	struct uuid *made;
};

static const struct member made_members[] = {
	M_ID(struct made, made, "made"),
};
SHAPE(struct made, made_shape, "MadeUnderKey", made_members);

static struct bytes
leased_key(const struct work *work)
{
	return (struct bytes) { work->leased_key, DIGEST };
}

const struct problem *
idempotency_made(struct work *work, struct uuid *id, bool *made)
{
	struct made *row;

	*made = false;
	if (work->leased_key == NULL)
		return OK;
	TRY(db_row(work->db, &made_shape, &row, "SELECT made FROM idempotency_keys WHERE scope = ? FOR UPDATE",
	    P(leased_key(work))));
	if (row == NULL) /* the lease ran out, and who took it over has given the key back */
		return problem(IDEMPOTENCY_RUNNING, "a request with this Idempotency-Key is still running");
	*made = row->made != NULL;
	if (*made)
		*id = *row->made;
	return OK;
}

const struct problem *
idempotency_make(struct work *work, struct uuid id)
{
	if (work->leased_key == NULL)
		return OK;
	return db_run(work->db, NULL, "UPDATE idempotency_keys SET made = ? WHERE scope = ?", P(id), P(leased_key(work)));
}

static const struct problem *
settle(struct work *work, void *argument)
{
	struct lease *lease = argument;

	if (lease->request->status >= 200 && lease->request->status <= 299)
		return store_answer(lease->request, &lease->key);
	TRY(db_run(work->db, NULL, "DELETE FROM idempotency_keys WHERE scope = ? AND made IS NULL", P(lease->key.scope)));
	/* What was made stays known by its key; whoever sends the request again may go on with it at once. */
	return db_run(work->db, NULL, "UPDATE idempotency_keys SET lease_until = NOW(3) WHERE scope = ? AND status = 'running'",
	    P(lease->key.scope));
}

const struct problem *
idempotency_settle(struct request *request, const struct problem *problem)
{
	struct lease lease = { .request = request };

	if (problem_is(problem, PROBLEM_OUTCOME_UNCERTAIN))
		return problem;
	TRY(read_key(request, &lease.key));
	if (lease.key.scope.bytes == NULL)
		return problem;
	if (problem != OK)
		request->status = problem_status(problem->code);
	/* The money has moved already; a key that cannot be stored is only a key whose lease runs out. */
	(void)db_transaction(request->work, settle(request->work, &lease));
	return problem;
}
