/* Entries added up by account and day, behind the postings. */
#include "ledger/account.h"

#include "base/arena.h"
#include "base/config.h"
#include "events/job.h"
#include "store/db.h"
#include "store/work.h"

enum { FOLDED_AT_ONCE = 20000, DAY_MS = 24 * 3600 * 1000, DATE_SIZE = 11 };

struct mark {
	struct uuid id;
};

static const struct member mark_members[] = {
	M_ID(struct mark, id, "id"),
};
SHAPE(struct mark, mark_shape, "LedgerMark", mark_members);

/* The 48 bits of a UUIDv7. */
static int64_t
milliseconds_of(struct uuid id)
{
	int64_t ms = 0;

	for (int i = 0; i < 6; i++)
		ms = ms << 8 | id.bytes[i];
	return ms;
}

static struct uuid
earlier(struct uuid a, struct uuid b)
{
	return uuid_compare(&a, &b) < 0 ? a : b;
}

/* Up to where the next step goes, and of which day it is. */
static const struct problem *
find_end(struct work *work, struct uuid from, struct uuid limit, struct uuid *end, const char **day)
{
	struct mark *first, *last;
	struct civil civil;
	int64_t      ms;

	*end = limit;
	*day = NULL;
	TRY(db_row(work->db, &mark_shape, &first, "SELECT id FROM ledger_entries WHERE id >= ? AND id < ? ORDER BY id LIMIT 1",
	    P(from), P(limit)));
	if (first == NULL)
		return OK;
	TRY(db_row(work->db, &mark_shape, &last,
	    "SELECT id FROM ledger_entries WHERE id >= ? AND id < ? ORDER BY id LIMIT 1 OFFSET ?", P(from), P(limit),
	    P(FOLDED_AT_ONCE)));
	ms = milliseconds_of(first->id);
	civil = instant_civil((struct instant) { ms });
	*day = arena_format(work->arena, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
	*end = earlier(*end, uuid_floor(ms - ms % DAY_MS + DAY_MS));
	if (last != NULL)
		*end = earlier(*end, last->id);
	return OK;
}

static const struct problem *
fold_step(struct work *work, struct uuid limit, bool *more)
{
	struct uuid  from = { { 0 } }, end;
	struct mark *mark;
	const char  *day;

	*more = false;
	/* The lock first: one at a time. */
	TRY(db_run(work->db, NULL, "INSERT INTO ledger_fold (the_one, mark) VALUES (1, ?) ON DUPLICATE KEY UPDATE at = NOW(3)",
	    P(from)));
	TRY(db_row(work->db, &mark_shape, &mark, "SELECT mark AS id FROM ledger_fold"));
	if (mark != NULL)
		from = mark->id;
	if (uuid_compare(&from, &limit) >= 0)
		return OK;
	TRY(find_end(work, from, limit, &end, &day));
	*more = uuid_compare(&end, &limit) < 0;
	if (day != NULL)
		TRY(db_run(work->db, NULL,
		    "INSERT INTO ledger_days (account_id, day, balance_minor, entries) "
		    "SELECT s.account_id, ?, s.amount + IFNULL((SELECT d.balance_minor FROM ledger_days d "
		    "WHERE d.account_id = s.account_id ORDER BY d.day DESC LIMIT 1), 0), "
		    "s.posted + IFNULL((SELECT d.entries FROM ledger_days d WHERE d.account_id = s.account_id "
		    "ORDER BY d.day DESC LIMIT 1), 0) "
		    "FROM (SELECT e.account_id, CAST(SUM(e.amount_minor) AS SIGNED) AS amount, COUNT(*) AS posted "
		    "FROM ledger_entries e FORCE INDEX (PRIMARY) WHERE e.id >= ? AND e.id < ? GROUP BY e.account_id) s "
		    "ON DUPLICATE KEY UPDATE balance_minor = VALUES(balance_minor), entries = VALUES(entries)",
		    P(day), P(from), P(end)));
	return db_run(work->db, NULL, "UPDATE ledger_fold SET mark = ? WHERE the_one = 1", P(end));
}

const struct problem *
ledger_fold(struct work *work, struct instant before, bool *more)
{
	return db_transaction(work, fold_step(work, uuid_floor(before.unix_ms), more));
}

const struct problem *
fold_ledger_job(struct work *work, const struct job *job)
{
	struct instant before = instant_add_seconds(instant_now(), -work->config->ledger.fold_after_seconds);
	bool           more;

	do {
		struct arena_mark mark = arena_mark(work->arena);

		TRY(ledger_fold(work, before, &more));
		TRY(job_heartbeat(work, job));
		arena_release(work->arena, mark);
	} while (more);
	return OK;
}

static const struct problem *
unfold(struct work *work)
{
	TRY(db_run(work->db, NULL, "DELETE FROM ledger_fold"));
	return db_run(work->db, NULL, "DELETE FROM ledger_days");
}

const struct problem *
ledger_unfold(struct work *work)
{
	return db_transaction(work, unfold(work));
}
