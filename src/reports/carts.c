/* Carts are counted, and answers that were kept are outdated. */
#include "reports/rollup.h"

#include "base/arena.h"
#include "base/shape.h"
#include "store/db.h"
#include "store/work.h"

enum { CARTS_AT_ONCE = 1000 };

struct started {
	struct uuid event;
};

static const struct member started_members[] = {
	M_ID(struct started, event, "event_id"),
};
SHAPE(struct started, started_shape, "ReportCartQueue", started_members);

/* Those that nobody is about to write. */
static const struct problem *
fold_some(struct work *work, bool *more)
{
	struct started   *started;
	struct parameter *ids;
	size_t            count;

	TRY(db_rows(work->db, &started_shape, CARTS_AT_ONCE, &started, &count,
	    "SELECT {} FROM report_cart_queue ORDER BY event_id LIMIT ? FOR UPDATE SKIP LOCKED", P((int64_t)CARTS_AT_ONCE)));
	*more = count == CARTS_AT_ONCE;
	if (count == 0)
		return OK;
	ids = ARENA_ARRAY(work->arena, count, struct parameter);
	for (size_t i = 0; i < count; i++)
		ids[i] = P(started[i].event);
	TRY(db_run_many(work->db, NULL,
	    "INSERT INTO report_carts (currency, quarter, carts) SELECT q.currency, q.quarter, COUNT(*) FROM report_cart_queue q "
	    "WHERE q.event_id IN ([?]) GROUP BY q.currency, q.quarter ON DUPLICATE KEY UPDATE carts = carts + VALUES(carts)",
	    count, 1, ids));
	TRY(db_run_many(work->db, NULL, "DELETE FROM report_cart_queue WHERE event_id IN ([?])", count, 1, ids));
	return renew_mark(work);
}

const struct problem *
fold_carts(struct work *work, bool *more)
{
	return db_transaction(work, fold_some(work, more));
}

const struct problem *
renew_mark(struct work *work)
{
	return db_run(work->db, NULL,
	    "INSERT INTO report_mark (the_one, mark) VALUES (1, ?) ON DUPLICATE KEY UPDATE mark = VALUES(mark)", P(uuid_new()));
}

struct mark {
	struct uuid mark;
};

static const struct member mark_members[] = {
	M_ID(struct mark, mark, "mark"),
};
SHAPE(struct mark, mark_shape, "ReportMark", mark_members);

const struct problem *
read_mark(struct work *work, struct uuid *mark)
{
	static const struct uuid none;
	struct mark             *found;

	TRY(db_row(work->db, &mark_shape, &found, "SELECT {} FROM report_mark WHERE the_one = 1"));
	*mark = found == NULL ? none : found->mark;
	return OK;
}
