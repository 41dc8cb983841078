/* What is usual in the shop these days, worked out every night: amounts by currency, and the products that sell best by far. */
#include "payments/risk/jobs.h"
#include "store/db.h"
#include "store/work.h"

enum { AMOUNT_DAYS = 90, HOT_DAYS = 14, DAY_SECONDS = 24 * 3600 };

static struct uuid
days_ago(struct instant now, int64_t days)
{
	return uuid_floor(instant_add_seconds(now, -days * DAY_SECONDS).unix_ms);
}

/* Of very many the newest 100,000: what is usual is known from those. */
static const struct problem *
note_amounts(struct work *work, struct instant now)
{
	return db_run(work->db, NULL,
	    "REPLACE INTO risk_amounts (currency, payments, median_minor, high_minor, updated_at) "
	    "SELECT DISTINCT p.currency, COUNT(*) OVER (PARTITION BY p.currency), "
	    "PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY p.amount_minor) OVER (PARTITION BY p.currency), "
	    "PERCENTILE_DISC(0.95) WITHIN GROUP (ORDER BY p.amount_minor) OVER (PARTITION BY p.currency), ? "
	    "FROM (SELECT l.currency, l.amount_minor FROM payments l WHERE l.id >= ? AND l.id < ? AND l.risk_unpaid = 0 "
	    "ORDER BY l.id DESC LIMIT 100000) p",
	    P(now), P(days_ago(now, AMOUNT_DAYS)), P(days_ago(now, 0)));
}

/* Hot is what sells two and a half times as often as a product that sells at all, and not only by chance. */
static const struct problem *
note_hot_products(struct work *work, struct instant now)
{
	TRY(db_run(work->db, NULL, "DELETE FROM risk_hot_products"));
	return db_run(work->db, NULL,
	    "INSERT INTO risk_hot_products (product_id, orders, updated_at) "
	    "WITH sold AS (SELECT l.product_id, COUNT(*) AS orders FROM orders o JOIN order_lines l ON l.order_id = o.id "
	    "WHERE o.id >= ? AND o.id < ? AND o.status NOT IN ('pending', 'expired', 'cancelled') GROUP BY l.product_id) "
	    "SELECT s.product_id, s.orders, ? FROM sold s JOIN products p ON p.id = s.product_id WHERE s.orders >= 5 "
	    "AND s.orders >= 2.5 * (SELECT AVG(t.orders) FROM sold t) ORDER BY s.orders DESC LIMIT 1000",
	    P(days_ago(now, HOT_DAYS)), P(days_ago(now, 0)), P(now));
}

const struct problem *
risk_learn_usual(struct work *work, struct instant now)
{
	TRY(db_transaction(work, note_amounts(work, now)));
	return db_transaction(work, note_hot_products(work, now));
}
