#include "net/remote_value.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "base/vault.h"
#include "store/db.h"
#include "store/work.h"

#include <string.h>

/* A fetch is over well before its lease; others wait for it, and leave a failure alone for a moment. */
enum { LEASE_SECONDS = 30, BACKOFF_SECONDS = 2, WAIT_MS = 5000, PAUSE_US = 50000, SEALED_MAX = REMOTE_VALUE_MAX + 64 };

struct kept_value {
	struct bytes value; /* sealed */
};
static const struct member kept_value_members[] = { M_BYTES(struct kept_value, value, "value", SEALED_MAX) };
SHAPE(struct kept_value, kept_value_shape, "KeptValue", kept_value_members);

/* Is there one that is valid, readable and not the one that was refused? */
static const struct problem *
read_kept(struct work *work, const char *name, const struct bytes *refused, struct bytes *value, bool *found)
{
	struct kept_value *kept;

	TRY(db_row(work->db, &kept_value_shape, &kept,
	    "SELECT {r} FROM remote_values r WHERE r.name = ? AND r.valid_until > NOW(3)", P(name)));
	*found = kept != NULL && vault_open(work->arena, work->config->auth.seal_secret, name, kept->value, value) &&
	    (refused == NULL || value->length != refused->length || memcmp(value->bytes, refused->bytes, value->length) != 0);
	return OK;
}

const struct problem *
remote_value_kept(struct work *work, const char *name, struct bytes *value, bool *found)
{
	return read_kept(work, name, NULL, value, found);
}

static const struct problem *
take_lease(struct work *work, const char *name, int64_t *taken)
{
	TRY(db_run(
	    work->db, NULL, "INSERT INTO remote_values (name) VALUES (?) ON DUPLICATE KEY UPDATE name = VALUES(name)", P(name)));
	return db_run(work->db, taken,
	    "UPDATE remote_values SET fetching_until = NOW(3) + INTERVAL ? SECOND "
	    "WHERE name = ? AND (fetching_until IS NULL OR fetching_until <= NOW(3))",
	    P(LEASE_SECONDS), P(name));
}

static const struct problem *
keep(struct work *work, const char *name, struct bytes value, int64_t seconds)
{
	return db_run(work->db, NULL,
	    "UPDATE remote_values SET value = ?, valid_until = NOW(3) + INTERVAL ? SECOND, fetching_until = NULL WHERE name = ?",
	    P(vault_seal(work->arena, work->config->auth.seal_secret, name, value)), P(seconds), P(name));
}

static const struct problem *
give_up(struct work *work, const char *name, enum remote_manner manner)
{
	if (manner == REMOTE_OF_STRANGERS)
		TRY(db_run(work->db, NULL, "DELETE FROM remote_values WHERE name = ? AND value IS NULL", P(name)));
	return db_run(work->db, NULL, "UPDATE remote_values SET fetching_until = NOW(3) + INTERVAL ? SECOND WHERE name = ?",
	    P(BACKOFF_SECONDS), P(name));
}

static const struct problem *
release(struct work *work, const char *name)
{
	return db_run(work->db, NULL, "UPDATE remote_values SET fetching_until = NULL WHERE name = ?", P(name));
}

/* Under the lease.  Another process may have fetched it between our look and the lease. */
static const struct problem *
fetch_leased(struct work *work, const char *name, enum remote_manner manner, const struct bytes *refused, remote_fetch *fetch,
    const void *argument, struct bytes *value)
{
	int64_t               seconds = 0;
	const struct problem *problem;
	bool                  found;

	TRY(read_kept(work, name, refused, value, &found));
	if (found)
		return db_transaction(work, release(work, name));
	problem = fetch(work, argument, value, &seconds);
	if (problem == OK && value->length > REMOTE_VALUE_MAX)
		problem = problem(PROVIDER_UNAVAILABLE, "the value is too long");
	if (problem == OK)
		return db_transaction(work, keep(work, name, *value, seconds));
	TRY(db_transaction(work, give_up(work, name, manner)));
	return problem;
}

/* Did the fetch that others wait for begin a moment ago?  What failed lately, or has hung so far, did not. */
static const struct problem *
is_fresh(struct work *work, const char *name, bool *fresh)
{
	int64_t count;

	TRY(db_value(work->db, &count,
	    "SELECT COUNT(*) FROM remote_values WHERE name = ? AND "
	    "fetching_until > NOW(3) + INTERVAL ? SECOND - INTERVAL ? MICROSECOND",
	    P(name), P(LEASE_SECONDS), P(REMOTE_PATIENCE_MS * 1000)));
	*fresh = count > 0;
	return OK;
}

const struct problem *
remote_value(struct work *work, const char *name, enum remote_manner manner, const struct bytes *refused, remote_fetch *fetch,
    const void *argument, struct bytes *value)
{
	int64_t until_ms = monotonic_ms() + WAIT_MS, taken;
	bool    found, fresh = true;

	for (;;) {
		TRY(read_kept(work, name, refused, value, &found));
		if (found)
			return OK;
		TRY(db_transaction(work, take_lease(work, name, &taken)));
		if (taken == 1)
			return fetch_leased(work, name, manner, refused, fetch, argument, value);
		if (manner == REMOTE_OURS_IMPATIENT)
			TRY(is_fresh(work, name, &fresh));
		if (!fresh || monotonic_ms() > until_ms)
			return problem(PROVIDER_UNAVAILABLE, "another process is fetching this value; try again");
		pause_us(PAUSE_US);
	}
}
