#include "accounts/login_limit.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "http/limit.h"
#include "store/db.h"
#include "store/work.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>

enum { WAIT_MAX_SECONDS = 3600, DIGEST = 32 };

static struct bytes
digest(struct arena *arena, const char *text, size_t length)
{
	unsigned char *into = arena_alloc(arena, DIGEST);

	sha256(text, length, into);
	return (struct bytes) { into, DIGEST };
}

/* The database compares e-mail addresses without regard to case, so the counter must, too. */
static struct bytes
account_key(struct work *work, const char *email)
{
	size_t       length;
	uint8_t     *lower = u8_casefold((const uint8_t *)email, strlen(email), NULL, NULL, NULL, &length);
	struct bytes key = lower == NULL ? digest(work->arena, email, strlen(email)) : digest(work->arena, (char *)lower, length);

	free(lower);
	return key;
}

bool
login_limit_same_account(const char *email, const char *other)
{
	int difference;

	return u8_casecmp(
		   (const uint8_t *)email, strlen(email), (const uint8_t *)other, strlen(other), NULL, NULL, &difference) == 0 &&
	    difference == 0;
}

static struct bytes
address_key(struct work *work)
{
	const char *subject = limit_subject(work->arena, work->address);

	return digest(work->arena, subject, strlen(subject));
}

static const struct problem *
must_wait(struct work *work, int64_t milliseconds)
{
	return problem_later(
	    work->arena, PROBLEM_LOGIN_LIMITED, "too many wrong passwords; see Retry-After", (int)((milliseconds + 999) / 1000));
}

const struct problem *
login_limit_check(struct work *work, const char *email)
{
	int64_t milliseconds;

	TRY(db_value(work->db, &milliseconds,
	    "SELECT CAST(MAX(TIMESTAMPDIFF(MICROSECOND, NOW(3), blocked_until)) DIV 1000 AS SIGNED) FROM login_attempts "
	    "WHERE (kind = 'account' AND key_hash = ?) OR (kind = 'address' AND key_hash = ? AND ?)",
	    P(account_key(work, email)), P(address_key(work)), P(work->config->limits.enabled)));
	return milliseconds <= 0 ? OK : must_wait(work, milliseconds);
}

/*
 * One statement counts one key; its assignments are evaluated in order, each sees those before it.  A new window begins
 * when the old one and the wait after it are over.
 */
static const struct problem *
count_failure(struct work *work, const char *kind, struct bytes key)
{
	int64_t window = work->config->limits.login_window_seconds, limit = work->config->limits.login_failures;

	return db_run(work->db, NULL,
	    "INSERT INTO login_attempts (kind, key_hash, window_started_at, failures, strikes, blocked_until) "
	    "VALUES (?, ?, NOW(3), 1, ? = 1, IF(? = 1, NOW(3) + INTERVAL ? SECOND, NULL)) ON DUPLICATE KEY UPDATE "
	    "strikes = IF(updated_at < NOW(3) - INTERVAL 1 DAY, 0, strikes), "
	    "failures = IF(window_started_at <= NOW(3) - INTERVAL ? SECOND AND IFNULL(blocked_until <= NOW(3), TRUE), "
	    "1, failures + 1), "
	    "window_started_at = IF(failures = 1, NOW(3), window_started_at), "
	    "strikes = strikes + (failures = ?), "
	    "blocked_until = IF(failures = ?, NOW(3) + INTERVAL LEAST(? * POW(2, LEAST(strikes - 1, 20)), ?) SECOND, blocked_until)",
	    P(kind), P(key), P(limit), P(limit), P(window), P(window), P(limit), P(limit), P(window), P(WAIT_MAX_SECONDS));
}

/* *failures: of the two counters, the higher one. */
static const struct problem *
count_failures(struct work *work, const char *email, int64_t *failures)
{
	struct bytes account = account_key(work, email), address = address_key(work);

	TRY(count_failure(work, "account", account));
	if (work->config->limits.enabled)
		TRY(count_failure(work, "address", address));
	return db_value(work->db, failures,
	    "SELECT CAST(MAX(failures) AS SIGNED) FROM login_attempts "
	    "WHERE (kind = 'account' AND key_hash = ?) OR (kind = 'address' AND key_hash = ? AND ?)",
	    P(account), P(address), P(work->config->limits.enabled));
}

const struct problem *
login_limit_failed(struct work *work, const char *email)
{
	int64_t failures = 0;

	TRY(db_transaction(work, count_failures(work, email, &failures)));
	return failures <= work->config->limits.login_failures ? OK : login_limit_check(work, email);
}

const struct problem *
login_limit_succeeded(struct work *work, const char *email)
{
	return db_run(
	    work->db, NULL, "DELETE FROM login_attempts WHERE kind = 'account' AND key_hash = ?", P(account_key(work, email)));
}
