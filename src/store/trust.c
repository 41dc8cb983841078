#include "store/trust.h"

#include "base/ids.h"
#include "base/instant.h"
#include "base/log.h"
#include "store/cache.h"
#include "store/db.h"
#include "store/work.h"

#include <assert.h>

enum {
	BEGIN_MS = 1000,
	WAIT_MS = TRUST_MS + 100,   /* until every process has asked again */
	SETTLED_MS = 10 * TRUST_MS, /* lost for so long: everybody knows */
	LOSE_TRIES_MS = 10000,      /* how long a database that is away is asked */
	LOSE_PAUSE_MS = 100,
};

struct trust_row {
	int64_t epoch, lost_ms;
	bool    lost;
};

static const struct member trust_row_members[] = {
	M_INTEGER(struct trust_row, epoch, "epoch", 0, INT64_MAX),
	M_INTEGER(struct trust_row, lost_ms, "lost_ms", 0, INT64_MAX, .computed = true),
	M_BOOLEAN(struct trust_row, lost, "lost", .computed = true),
};
SHAPE(struct trust_row, trust_row_shape, "TrustRow", trust_row_members);

static int64_t
new_epoch(void)
{
	uint64_t number;

	random_bytes(&number, sizeof number);
	return (int64_t)(number >> 2);
}

/* Before the first process has begun there is no row: *row is NULL. */
static const struct problem *
read_row(struct work *work, struct trust_row **row)
{
	return db_row(work->db, &trust_row_shape, row,
	    "SELECT {t}, t.lost_at IS NOT NULL AS lost, "
	    "GREATEST(0, IFNULL(TIMESTAMPDIFF(MICROSECOND, t.lost_at, NOW(3)), 0) DIV 1000) AS lost_ms "
	    "FROM cache_trust t WHERE t.the_one = 1");
}

/* In a second or not at all: whoever begins to serve has others to answer, too. */
bool
trust_begin(struct work *work)
{
	int64_t ignored;

	work->trust.begun = db_value_within(work->db, BEGIN_MS, &ignored,
				"INSERT INTO cache_trust (the_one, epoch) VALUES (1, UUID_SHORT() & 0x7fffffffffffffff) "
				"ON DUPLICATE KEY UPDATE epoch = VALUES(epoch) RETURNING the_one") == OK;
	return work->trust.begun;
}

void
trust_renew(struct work *work)
{
	if (work->trust.owed > 0 && trust_begin(work))
		work->trust = (struct trust) { .begun = true, .owed = work->trust.owed - 1 };
}

bool
trust_epoch(struct work *work, int64_t *epoch)
{
	struct trust     *trust = &work->trust;
	struct trust_row *row;
	int64_t           now = monotonic_ms();

	if (work->depth > 0 || (!trust->begun && !trust_begin(work)))
		return false;
	if (trust->until_ms <= now) {
		trust->holds = false;
		if (read_row(work, &row) != OK || row == NULL)
			return false;
		*trust = (struct trust) {
			.begun = true, .owed = trust->owed, .until_ms = now + TRUST_MS, .epoch = row->epoch, .holds = !row->lost
		};
	}
	*epoch = trust->epoch;
	return trust->holds;
}

static const struct problem *
say_lost(struct work *work)
{
	return db_run(work->db, NULL,
	    "INSERT INTO cache_trust (the_one, epoch, lost_at) VALUES (1, ?, NOW(3)) "
	    "ON DUPLICATE KEY UPDATE lost_at = IFNULL(lost_at, NOW(3))",
	    P(new_epoch()));
}

static bool
is_long_lost(struct work *work)
{
	struct trust_row *row;

	return read_row(work, &row) == OK && row != NULL && row->lost && row->lost_ms > SETTLED_MS;
}

void
trust_lose(struct work *work)
{
	int64_t               until = monotonic_ms() + LOSE_TRIES_MS;
	const struct problem *problem;

	assert(work->depth == 0);
	if (is_long_lost(work))
		return;
	while ((problem = db_transaction(work, say_lost(work))) != OK && monotonic_ms() < until)
		pause_us(LOSE_PAUSE_MS * 1000);
	if (problem != OK) {
		log_error(
		    "neither cache nor database can be told of a change: clear the cache", LOG_TEXT("cause", problem->message));
		return;
	}
	log_warning("cache not told of a change: nobody uses it until it answers");
	for (until = monotonic_ms() + WAIT_MS; monotonic_ms() < until;)
		pause_us((until - monotonic_ms()) * 1000);
}

static const struct problem *
regain(struct work *work)
{
	return db_run(work->db, NULL,
	    "UPDATE cache_trust SET epoch = ?, lost_at = NULL WHERE the_one = 1 AND lost_at IS NOT NULL", P(new_epoch()));
}

const struct problem *
trust_regain(struct work *work)
{
	struct trust_row *row;

	TRY(read_row(work, &row));
	if (row == NULL || !row->lost)
		return OK;
	if (!cache_available(work->cache))
		return OK; /* asked again in a second */
	TRY(db_transaction(work, regain(work)));
	log_info("cache in use again");
	return OK;
}
