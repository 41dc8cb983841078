#include "reports/merchants.h"

#include "base/arena.h"
#include "base/text.h"
#include "reports/cover.h"
#include "reports/rollup_tables.h"
#include "store/db.h"
#include "store/work.h"

/* What a merchant's days come to, in minor units. */
struct merchant_sums {
	struct merchant_id merchant;
	const char        *shop_name;
	int64_t            orders, quantity, returned, revenue, refunds, tax, commission, cost, charges, payouts;
};

static const struct member sums_members[] = {
	M_ID(struct merchant_sums, merchant, "merchant_id"),
	M_TEXT(struct merchant_sums, shop_name, "shop_name", 150),
#define SUM_MEMBER(name) M_INTEGER(struct merchant_sums, name, #name, INT64_MIN, INT64_MAX)
	SUM_MEMBER(orders),
	SUM_MEMBER(quantity),
	SUM_MEMBER(returned),
	SUM_MEMBER(revenue),
	SUM_MEMBER(refunds),
	SUM_MEMBER(tax),
	SUM_MEMBER(commission),
	SUM_MEMBER(cost),
	SUM_MEMBER(charges),
	SUM_MEMBER(payouts),
};
SHAPE(struct merchant_sums, merchant_sums_shape, "MerchantSums", sums_members);

#define COLUMNS(X, p) MERCHANT_COUNTS(X) MERCHANT_AMOUNTS(X, p)
#define SUM_AS(column, name) ", CAST(SUM(u.sign * u." column ") AS SIGNED) AS " name
#define SUMS(p) \
	SUM_AS("orders", "orders") \
	SUM_AS("quantity", "quantity") \
	SUM_AS("back_quantity", "returned") \
	SUM_AS(p "revenue_minor", "revenue") \
	SUM_AS(p "refunds_minor", "refunds") \
	SUM_AS(p "tax_minor", "tax") \
	SUM_AS(p "commission_minor", "commission") \
	SUM_AS(p "cost_minor", "cost") SUM_AS(p "charges_minor", "charges") SUM_AS(p "payouts_minor", "payouts")
#define SOURCE(p) \
	{ \
		.days = "report_merchant_days", .key = "t.merchant_id", .key_of_fact = "f.merchant_id", \
		.which = "f.merchant_id IS NOT NULL", .columns = COLUMNS(OF_ROW, p), .columns_of_fact = COLUMNS(OF_FACT, p) \
	}

static const struct problem *
read_merchants(const struct report *report, int64_t limit, struct merchant_sums **sums, size_t *count)
{
	static const struct cover_source sources[] = { SOURCE(""), SOURCE("r_") };
	struct db                       *db = report->work->db;
	struct text                      sql = text_new(report->work->arena, 8192);
	struct parameter *parameters = ARENA_ARRAY(report->work->arena, COVER_PIECES * COVER_PARAMETERS + 1, struct parameter);
	struct cover      cover;
	size_t            n;

	cover_by_days(&report->range, &cover);
	/* Added up first: a hundred thousand days need no name. */
	text_addf(&sql, "SELECT s.*, m.shop_name FROM (SELECT u.merchant_id%s FROM ", report->converted ? SUMS("r_") : SUMS(""));
	n = cover_add(report, &cover, &sources[report->converted], &sql, parameters);
	TEXT_ADD(&sql,
	    " GROUP BY u.merchant_id) s JOIN merchants m ON m.id = s.merchant_id ORDER BY s.revenue DESC, s.merchant_id LIMIT ?");
	parameters[n++] = P(limit);
	return db_rows_(db, &merchant_sums_shape, MERCHANTS_MAX, sums, count, db_compose(db, sql.bytes), n, parameters);
}

const struct problem *
merchants_report(const struct report *report, int64_t limit, struct merchant_row **rows, size_t *count)
{
	struct merchant_sums *sums;

	TRY(read_merchants(report, limit, &sums, count));
	*rows = ARENA_ARRAY(report->work->arena, *count + 1, struct merchant_row);
	for (size_t i = 0; i < *count; i++)
		(*rows)[i] = (struct merchant_row) { .merchant = sums[i].merchant,
			.shop_name = sums[i].shop_name,
			.orders = sums[i].orders,
			.quantity = sums[i].quantity,
			.returned = sums[i].returned,
			.revenue = report_money(report, sums[i].revenue),
			.refunds = report_money(report, sums[i].refunds),
			.net = report_money(report, sums[i].revenue - sums[i].refunds),
			.tax = report_money(report, sums[i].tax),
			.commission = report_money(report, sums[i].commission),
			.cost = report_money(report, sums[i].cost),
			.charges = report_money(report, sums[i].charges),
			.payouts = report_money(report, sums[i].payouts) };
	return OK;
}
