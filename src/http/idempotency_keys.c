#include "http/idempotency_keys.h"

#include "base/encoding.h"
#include "base/text.h"
#include "http/idempotency.h"
#include "http/limit.h"
#include "store/db.h"
#include "store/work.h"

enum { BODY_MAX = 1 << 20 };

static const struct member stored_members[] = {
	M_BYTES(struct stored_answer, request_hash, "request_hash", KEY_DIGEST_SIZE),
	M_BYTES(struct stored_answer, response_body, "response_body", BODY_MAX),
	M_BOOLEAN(struct stored_answer, done, "done"),
	M_BOOLEAN(struct stored_answer, leased, "leased"),
	M_INTEGER(struct stored_answer, response_status, "response_status", 0, 599),
};
SHAPE(struct stored_answer, stored_shape, "StoredAnswer", stored_members);

struct bytes
key_scope(const struct work *work, const char *route, const char *header)
{
	struct text    text = text_new(work->arena, 512);
	unsigned char *bytes = arena_alloc(work->arena, KEY_DIGEST_SIZE);

	/* Whatever a shop's servers have begun with one key they go on with by the next one; no person's key is theirs. */
	if (work->viewer.key != NULL)
		text_add(&text, work->viewer.merchant, sizeof *work->viewer.merchant);
	else
		text_add(&text, &work->viewer.user, sizeof work->viewer.user);
	if (uuid_is_nil(work->viewer.user.uuid))
		text_addf(&text, "%s\n", limit_subject(work->arena, work->address));
	text_addf(&text, "%s\n%s", route, header);
	sha256(text.bytes, text.length, bytes);
	return (struct bytes) { bytes, KEY_DIGEST_SIZE };
}

const struct problem *
key_insert(struct work *work, const struct key *key, int64_t lease_seconds, bool *is_new)
{
	int64_t changed; /* 1 row when it is new, 2 when it was there */

	*is_new = false;
	TRY(db_run(work->db, &changed,
	    "INSERT INTO idempotency_keys (scope, request_hash, status, lease_until) "
	    "VALUES (?, ?, 'running', NOW(3) + INTERVAL ? SECOND) ON DUPLICATE KEY UPDATE seen = seen + 1",
	    P(key->scope), P(key->request), P(lease_seconds)));
	*is_new = changed == 1;
	return OK;
}

const struct problem *
key_insert_done(struct work *work, const struct key *key, int status, struct bytes body, bool *is_new)
{
	int64_t changed; /* as above */

	*is_new = false;
	TRY(db_run(work->db, &changed,
	    "INSERT INTO idempotency_keys (scope, request_hash, status, response_status, response_body) "
	    "VALUES (?, ?, 'done', ?, ?) ON DUPLICATE KEY UPDATE seen = seen + 1",
	    P(key->scope), P(key->request), P(status), P(body)));
	*is_new = changed == 1;
	return OK;
}

const struct problem *
key_read(struct work *work, const struct key *key, struct stored_answer **stored)
{
	return db_row(work->db, &stored_shape, stored,
	    "SELECT request_hash, response_body, response_status, status = 'done' AS done, "
	    "status = 'running' AND lease_until > NOW(3) AS leased FROM idempotency_keys WHERE scope = ?",
	    P(key->scope));
}

const struct problem *
key_extend(struct work *work, const struct key *key, int64_t lease_seconds)
{
	return db_run(work->db, NULL, "UPDATE idempotency_keys SET lease_until = NOW(3) + INTERVAL ? SECOND WHERE scope = ?",
	    P(lease_seconds), P(key->scope));
}

const struct problem *
key_store_answer(struct work *work, const struct key *key, int status, struct bytes body)
{
	return db_run(work->db, NULL,
	    "UPDATE idempotency_keys SET status = 'done', lease_until = NULL, response_status = ?, response_body = ? "
	    "WHERE scope = ?",
	    P(status), P(body), P(key->scope));
}

const struct problem *
key_release(struct work *work, const struct key *key)
{
	TRY(db_run(work->db, NULL, "DELETE FROM idempotency_keys WHERE scope = ? AND made IS NULL", P(key->scope)));
	/* What was made stays known by its key; whoever sends the request again may go on with it at once. */
	return db_run(work->db, NULL, "UPDATE idempotency_keys SET lease_until = NOW(3) WHERE scope = ? AND status = 'running'",
	    P(key->scope));
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
	return (struct bytes) { work->leased_key, KEY_DIGEST_SIZE };
}

const struct problem *
idempotency_made(struct work *work, struct uuid *id, bool *made)
{
	struct made *row;

	*made = false;
	if (work->leased_key == NULL)
		return OK;
	TRY(db_row(
	    work->db, &made_shape, &row, "SELECT made FROM idempotency_keys WHERE scope = ? FOR UPDATE", P(leased_key(work))));
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
