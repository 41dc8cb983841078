/* Which products sold best, or worst: found by what they are sorted by, then read with all that the report says of them. */
#include "reports/products.h"

#include "base/arena.h"
#include "base/text.h"
#include "reports/cover.h"
#include "reports/rollup_tables.h"
#include "store/db.h"
#include "store/work.h"

const char *const product_sort_values[] = { "revenue", "quantity", "margin", "refunds", NULL };
const char *const product_order_values[] = { "top", "worst", NULL };

/* What products are compared by. */
struct ranked {
	struct product_id product;
	int64_t           quantity, revenue, refunds, margin;
};

static const struct member ranked_members[] = {
	M_ID(struct ranked, product, "product_id"),
	M_INTEGER(struct ranked, quantity, "sum_quantity", INT64_MIN, INT64_MAX),
	M_INTEGER(struct ranked, revenue, "sum_revenue", INT64_MIN, INT64_MAX),
	M_INTEGER(struct ranked, refunds, "sum_refunds", INT64_MIN, INT64_MAX),
	M_INTEGER(struct ranked, margin, "sum_margin", INT64_MIN, INT64_MAX),
};
SHAPE(struct ranked, ranked_shape, "RankedProduct", ranked_members);

/* What a product comes to, in minor units. */
struct product_sums {
	struct product_id  product;
	struct merchant_id merchant;
	const char        *name, *shop_name;
	int64_t            quantity, returned, revenue, refunds, tax, commission, cost, estimated;
};

static const struct member sums_members[] = {
	M_ID(struct product_sums, product, "product_id"),
	M_ID(struct product_sums, merchant, "merchant_id"),
	M_TEXT(struct product_sums, name, "name", 200),
	M_TEXT(struct product_sums, shop_name, "shop_name", 200),
#define SUM_MEMBER(name) M_INTEGER(struct product_sums, name, #name, INT64_MIN, INT64_MAX)
	SUM_MEMBER(quantity),
	SUM_MEMBER(returned),
	SUM_MEMBER(revenue),
	SUM_MEMBER(refunds),
	SUM_MEMBER(tax),
	SUM_MEMBER(commission),
	SUM_MEMBER(cost),
	SUM_MEMBER(estimated),
};
SHAPE(struct product_sums, product_sums_shape, "ProductSums", sums_members);

#define RANK_MEASURES(X, p) \
	X("quantity", SOLD, "f.quantity") \
	X(p "revenue_minor", EARNED_BY_SALE, "f." p "gross_minor - f." p "discount_minor") \
	X(p "refunds_minor", CAME_BACK, "f." p "discount_minor - f." p "gross_minor") \
	X(p "cost_minor", EARNED, "f." p "cost_minor")
#define ALL_OF(X, p) PRODUCT_COUNTS(X) NET_AMOUNTS(X, p)

#define SUM_AS(column, name) ", CAST(SUM(u.sign * u." column ") AS SIGNED) AS " name
#define SUMS(p) \
	SUM_AS("quantity", "quantity") \
	SUM_AS("back_quantity", "returned") \
	SUM_AS(p "revenue_minor", "revenue") \
	SUM_AS(p "refunds_minor", "refunds") \
	SUM_AS(p "tax_minor", "tax") \
	SUM_AS(p "commission_minor", "commission") SUM_AS(p "cost_minor", "cost") SUM_AS(p "estimated_minor", "estimated")

/*
 * Hundreds of thousands of rows are compared, and MariaDB adds up integers as decimals, which takes twice as long as doubles do.  They
 * are as exact up to 2^53, and say nothing but the order: what is shown is added up exactly.  Temporary tables of this size stay in memory.
 */
#define RANKED_IN_MEMORY "SET STATEMENT tmp_memory_table_size = 67108864, max_heap_table_size = 67108864 FOR "
#define RANK_AS(value, name) ", CAST(SUM(u.sign * (" value ") + 0e0) AS SIGNED) AS sum_" name
#define RANKS(p) \
	RANK_AS("u.quantity", "quantity") \
	RANK_AS("u." p "revenue_minor", "revenue") \
	RANK_AS("u." p "refunds_minor", "refunds") \
	RANK_AS("u." p "revenue_minor - u." p "refunds_minor - u." p "cost_minor", "margin")
#define MOVED_ANYTHING " HAVING sum_quantity <> 0 OR sum_revenue <> 0 OR sum_refunds <> 0"

/* By enum product_sort. */
static const char *const sorted[] = { "sum_revenue", "sum_quantity", "sum_margin", "sum_refunds" };

static const struct cover_source *
source_of(bool converted, bool ranks)
{
#define SOURCE(of_row, of_fact) \
	{ \
		.months = "report_product_months", .days = "report_product_days", .key = "t.product_id", \
		.key_of_fact = "f.product_id", .which = "f.product_id IS NOT NULL", .columns = of_row, \
		.columns_of_fact = of_fact \
	}
	static const struct cover_source sources[2][2] = {
		{ SOURCE(ALL_OF(OF_ROW, ""), ALL_OF(OF_FACT, "")), SOURCE(ALL_OF(OF_ROW, "r_"), ALL_OF(OF_FACT, "r_")) },
		{ SOURCE(RANK_MEASURES(OF_ROW, ""), RANK_MEASURES(OF_FACT, "")),
		    SOURCE(RANK_MEASURES(OF_ROW, "r_"), RANK_MEASURES(OF_FACT, "r_")) },
	};

	return &sources[ranks][converted];
}

static const struct problem *
find_products(const struct report *report, const struct cover *cover, enum product_sort sort, enum product_order order,
    int64_t limit, struct ranked **found, size_t *count)
{
	struct db        *db = report->work->db;
	struct text       sql = text_new(report->work->arena, 4096);
	struct parameter *parameters = ARENA_ARRAY(report->work->arena, COVER_PIECES * COVER_PARAMETERS + 1, struct parameter);
	size_t            n;

	text_addf(&sql, RANKED_IN_MEMORY "SELECT u.product_id%s FROM ", report->converted ? RANKS("r_") : RANKS(""));
	n = cover_add(report, cover, source_of(report->converted, true), &sql, parameters);
	text_addf(&sql, " GROUP BY u.product_id" MOVED_ANYTHING " ORDER BY %s%s, u.product_id LIMIT ?", sorted[sort],
	    order == ORDER_TOP ? " DESC" : "");
	parameters[n++] = P(limit);
	return db_rows_(db, &ranked_shape, PRODUCTS_MAX, found, count, db_compose(db, sql.bytes), n, parameters);
}

static const struct problem *
read_products(const struct report *report, const struct cover *cover, const struct ranked *found, size_t count,
    struct product_sums **sums, size_t *n_sums)
{
	struct db          *db = report->work->db;
	struct text         sql = text_new(report->work->arena, 8192);
	struct parameter   *parameters = ARENA_ARRAY(report->work->arena, COVER_PIECES * COVER_PARAMETERS, struct parameter);
	struct parameter   *products = ARENA_ARRAY(report->work->arena, count, struct parameter);
	struct cover_source source = *source_of(report->converted, false);
	size_t              n;

	for (size_t i = 0; i < count; i++)
		products[i] = P(found[i].product);
	source.products = products;
	source.n_products = count;
	text_addf(
	    &sql, "SELECT u.product_id, p.merchant_id, p.name, m.shop_name%s FROM ", report->converted ? SUMS("r_") : SUMS(""));
	n = cover_add(report, cover, &source, &sql, parameters);
	TEXT_ADD(&sql,
	    " JOIN products p ON p.id = u.product_id JOIN merchants m ON m.id = p.merchant_id "
	    "GROUP BY u.product_id, p.merchant_id, p.name, m.shop_name");
	return db_rows_(db, &product_sums_shape, PRODUCTS_MAX, sums, n_sums, db_compose(db, sql.bytes), n, parameters);
}

static struct product_row
row_of(const struct report *report, const struct product_sums *sums)
{
	int64_t net = sums->revenue - sums->refunds;

	return (struct product_row) { .product = sums->product,
		.merchant = sums->merchant,
		.name = sums->name,
		.shop_name = sums->shop_name,
		.quantity = sums->quantity,
		.returned = sums->returned,
		.revenue = report_money(report, sums->revenue),
		.refunds = report_money(report, sums->refunds),
		.net = report_money(report, net),
		.tax = report_money(report, sums->tax),
		.commission = report_money(report, sums->commission),
		.cost = report_money(report, sums->cost),
		.estimated_cost = report_money(report, sums->estimated),
		.margin = report_money(report, net - sums->cost) };
}

const struct problem *
products_report(const struct report *report, enum product_sort sort, enum product_order order, int64_t limit,
    struct product_row **rows, size_t *count)
{
	struct cover         cover;
	struct ranked       *found;
	struct product_sums *sums;
	size_t               n_found, n_sums;

	*count = 0;
	cover_by_months(&report->range, instant_now(), &cover);
	TRY(find_products(report, &cover, sort, order, limit, &found, &n_found));
	if (n_found == 0)
		return OK;
	TRY(read_products(report, &cover, found, n_found, &sums, &n_sums));
	*rows = ARENA_ARRAY(report->work->arena, n_found, struct product_row);
	for (size_t i = 0; i < n_found; i++)
		for (size_t j = 0; j < n_sums; j++)
			if (ID_EQUAL(found[i].product, sums[j].product))
				(*rows)[(*count)++] = row_of(report, &sums[j]);
	return OK;
}
