/* Low and dead stock: two walks along the indexes that have them in their order. */
#include "reports/stock.h"

#include "base/arena.h"
#include "base/config.h"
#include "store/db.h"
#include "store/work.h"

const char *const stock_state_values[] = { "low", "dead", NULL };

static const struct member stock_members[] = {
	M_ENUM(struct stock_row, state, "state", stock_state_values),
	M_ID(struct stock_row, variant, "variant_id"),
	M_ID(struct stock_row, product, "product_id"),
	M_ID(struct stock_row, merchant, "merchant_id"),
	M_TEXT(struct stock_row, name, "name", 200),
	M_TEXT(struct stock_row, sku, "sku", 64),
	M_INTEGER(struct stock_row, on_hand, "on_hand", 0, INT32_MAX),
	M_INTEGER(struct stock_row, available, "available", 0, INT32_MAX),
	M_INTEGER(struct stock_row, low_stock, "low_stock", 0, INT32_MAX),
	M_INTEGER(struct stock_row, sold, "sold", INT64_MIN, INT64_MAX),
	M_TIME(struct stock_row, last_sold_at, "last_sold_at"),
	M_INTEGER(struct stock_row, variants, "variants", 0, INT64_MAX),
	M_INTEGER(struct stock_row, units, "units", 0, INT64_MAX),
};
SHAPE(struct stock_row, stock_shape, "StockReportRow", stock_members);

/*
 * Of what is for sale.  What the range has sold is asked of the rows that are shown alone; ids of movements begin with their time.
 * Parameters: the range's first and last id, the condition's, the merchant twice (NULL: all).
 */
#define STOCK_SQL(state, index, condition, order) \
	"SELECT '" state \
	"' AS state, s.variant_id, s.product_id, s.merchant_id, s.name, s.sku, s.on_hand, s.available, s.low_stock, s.last_sold_at, " \
	"s.variants, s.units, (SELECT CAST(-IFNULL(SUM(m.delta_on_hand), 0) AS SIGNED) FROM inventory_movements m " \
	"WHERE m.variant_id = s.variant_id AND m.id >= ? AND m.id < ? AND m.reason = 'sale') AS sold " \
	"FROM (SELECT v.id AS variant_id, v.product_id, p.merchant_id, p.name, v.sku, i.on_hand, i.on_hand - i.reserved AS available, " \
	"i.low_stock, i.last_sold_at, i.idle_since, COUNT(*) OVER () AS variants, CAST(SUM(i.on_hand) OVER () AS SIGNED) AS units " \
	"FROM inventory i FORCE INDEX (" index ") STRAIGHT_JOIN variants v ON v.id = i.variant_id AND v.deleted_at IS NULL " \
	"STRAIGHT_JOIN products p ON p.id = v.product_id AND p.deleted_at IS NULL AND p.status = 'published' " \
	"WHERE " condition " AND (? IS NULL OR p.merchant_id = ?) ORDER BY " order ", v.id LIMIT ?) s ORDER BY " order \
	", s.variant_id"

static const struct problem *
read_rows(const struct report *report, enum stock_state state, struct stock_row **rows, size_t *count)
{
	struct db             *db = report->work->db;
	const struct parameter first = P(uuid_floor(report->range.from.unix_ms)), end = P(uuid_floor(report->range.to.unix_ms));
	const struct parameter merchant = P(report->merchant), most = P((int64_t)STOCK_ROWS_MAX);

	return state == STOCK_LOW
	    ? db_rows(db, &stock_shape, STOCK_ROWS_MAX, rows, count,
		  STOCK_SQL("low", "ix_inventory_low", "i.is_low = 1", "available"), first, end, merchant, merchant, most)
	    : db_rows(db, &stock_shape, STOCK_ROWS_MAX, rows, count,
		  STOCK_SQL("dead", "ix_inventory_idle", "i.idle_since < NOW(3) - INTERVAL ? DAY", "idle_since"), first, end,
		  P(report->work->config->reports.dead_stock_days), merchant, merchant, most);
}

/* For how many days what is available lasts when as much is sold as in the range. */
static void
set_cover(const struct report *report, struct stock_row *row)
{
	int64_t days = report->range.last - report->range.first + 1, cover;

	if (row->sold <= 0 || !minor_scale(row->available, days, row->sold, &cover))
		return;
	row->days_of_cover = ARENA_NEW(report->work->arena, int64_t);
	*row->days_of_cover = cover;
}

const struct problem *
stock_report(struct report *report, struct stock_report *stock)
{
	struct stock_row *found[2];
	size_t            counts[2];

	*stock = (struct stock_report) { .rows = ARENA_ARRAY(report->work->arena, 2 * STOCK_ROWS_MAX, struct stock_row) };
	for (enum stock_state state = STOCK_LOW; state <= STOCK_DEAD; state++) {
		TRY(read_rows(report, state, &found[state], &counts[state]));
		for (size_t i = 0; i < counts[state]; i++) {
			set_cover(report, &found[state][i]);
			stock->rows[stock->n_rows++] = found[state][i];
		}
	}
	if (counts[STOCK_LOW] > 0)
		stock->low = found[STOCK_LOW]->variants;
	if (counts[STOCK_DEAD] > 0) {
		stock->dead = found[STOCK_DEAD]->variants;
		stock->dead_units = found[STOCK_DEAD]->units;
	}
	return OK;
}
