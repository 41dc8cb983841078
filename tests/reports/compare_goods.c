/* Reports by product, by merchant and by tax. */
#include "base/arena.h"
#include "reports/merchants.h"
#include "reports/products.h"
#include "reports/tax.h"
#include "tests/reports/asked.h"
#include "tests/reports/shop.h"
#include "tests/suite.h"

#include <string.h>

enum { GROUPS_MAX = 200 };

/* What the moves of a product, a merchant, or a country and rate come to. */
struct group {
	struct uuid id;
	const char *country, *rate;
	bool        seen; /* in the report */
	int64_t     orders, quantity, returned, revenue, refunds, tax, commission, cost, estimated, charges, payouts;
	int64_t     taxed, taxed_tax, back_taxed, back_tax;
};

struct groups {
	struct group rows[GROUPS_MAX];
	size_t       count;
};

static struct group *
group_of(struct groups *groups, struct uuid id, const char *country, const char *rate)
{
	for (size_t i = 0; i < groups->count; i++)
		if (uuid_equal(groups->rows[i].id, id) && strcmp(groups->rows[i].country, country) == 0 &&
		    strcmp(groups->rows[i].rate, rate) == 0)
			return &groups->rows[i];
	REQUIRE(groups->count < GROUPS_MAX);
	groups->rows[groups->count] = (struct group) { .id = id, .country = country, .rate = rate };
	return &groups->rows[groups->count++];
}

static void
add_move(const struct asked *asked, const struct move *move, struct group *group)
{
	int64_t paid = paid_of(asked, move), tax = amount_of(asked, move, TAX);

	group->orders += move->first_of_part;
	if (move->of == OF_A_CHARGE)
		group->charges += amount_of(asked, move, GROSS);
	if (move->of == OF_A_PAYOUT)
		group->payouts += amount_of(asked, move, GROSS);
	if (is_back(move)) {
		group->refunds -= paid;
		group->back_taxed -= paid - tax;
		group->back_tax -= tax;
		group->returned -= move->kind == GIVEN_BACK ? move->quantity : 0;
	} else if (is_sale(move)) {
		group->revenue += paid;
		group->taxed += paid - tax;
		group->taxed_tax += tax;
		group->quantity += move->quantity;
	} else {
		return;
	}
	group->tax += tax;
	group->commission += amount_of(asked, move, COMMISSION);
	group->cost += amount_of(asked, move, COST);
	group->estimated += amount_of(asked, move, ESTIMATED);
}

static bool
moved_anything(const struct group *group)
{
	return group->quantity != 0 || group->revenue != 0 || group->refunds != 0;
}

/* ---- products ---- */

static void
compare_product(struct asked *asked, const struct product_row *row, struct group *group)
{
	int64_t net = group->revenue - group->refunds;

	group->seen = true;
	same(asked, "quantity", row->quantity, group->quantity);
	same(asked, "returned", row->returned, group->returned);
	same_money(asked, "revenue", row->revenue, group->revenue);
	same_money(asked, "refunds", row->refunds, group->refunds);
	same_money(asked, "net", row->net, net);
	same_money(asked, "tax", row->tax, group->tax);
	same_money(asked, "commission", row->commission, group->commission);
	same_money(asked, "cost", row->cost, group->cost);
	same_money(asked, "estimated_cost", row->estimated_cost, group->estimated);
	same_money(asked, "margin", row->margin, net - group->cost);
}

static int64_t
sorted_by(const struct product_row *row, enum product_sort sort)
{
	const int64_t by[] = { row->revenue.minor, row->quantity, row->margin.minor, row->refunds.minor };

	return by[sort];
}

static void
compare_order(struct asked *asked, const struct product_row *rows, size_t count, enum product_sort sort, enum product_order order)
{
	int64_t sign = order == ORDER_TOP ? 1 : -1;

	for (size_t i = 1; i < count; i++) {
		int64_t before = sign * sorted_by(&rows[i - 1], sort), here = sign * sorted_by(&rows[i], sort);

		same(asked, "order of rows",
		    before > here || (before == here && memcmp(&rows[i - 1].product, &rows[i].product, sizeof rows->product) < 0),
		    true);
	}
}

void
compare_products(struct asked *asked)
{
	static const struct uuid none;
	struct groups           *groups = ARENA_NEW(shop.work.arena, struct groups);
	struct product_row      *rows;
	size_t                   count;
	enum product_sort        sort = (enum product_sort)dice(4);
	enum product_order       order = (enum product_order)dice(2);

	asked->of = "products";
	for (size_t i = 0; i < asked->moves->count; i++)
		if (!uuid_equal(asked->moves->rows[i].product, none) && counts(asked, &asked->moves->rows[i]))
			add_move(asked, &asked->moves->rows[i], group_of(groups, asked->moves->rows[i].product, "", ""));
	REQUIRE(products_report(&asked->report, sort, order, PRODUCTS_MAX, &rows, &count) == OK);
	for (size_t i = 0; i < count; i++)
		compare_product(asked, &rows[i], group_of(groups, rows[i].product.uuid, "", ""));
	compare_order(asked, rows, count, sort, order);
	for (size_t i = 0; i < groups->count; i++)
		if (moved_anything(&groups->rows[i]))
			same(asked, "a product's row", groups->rows[i].seen, true);
}

/* ---- merchants ---- */

static void
compare_merchant(struct asked *asked, const struct merchant_row *row, const struct group *group)
{
	same(asked, "orders", row->orders, group->orders);
	same(asked, "quantity", row->quantity, group->quantity);
	same(asked, "returned", row->returned, group->returned);
	same_money(asked, "revenue", row->revenue, group->revenue);
	same_money(asked, "refunds", row->refunds, group->refunds);
	same_money(asked, "net", row->net, group->revenue - group->refunds);
	same_money(asked, "tax", row->tax, group->tax);
	same_money(asked, "commission", row->commission, group->commission);
	same_money(asked, "cost", row->cost, group->cost);
	same_money(asked, "charges", row->charges, group->charges);
	same_money(asked, "payouts", row->payouts, group->payouts);
}

void
compare_merchants(struct asked *asked)
{
	struct groups       *groups = ARENA_NEW(shop.work.arena, struct groups);
	struct merchant_row *rows;
	size_t               count;

	asked->of = "merchants";
	for (size_t i = 0; i < asked->moves->count; i++)
		if (!uuid_is_nil(asked->moves->rows[i].merchant) && counts(asked, &asked->moves->rows[i]))
			add_move(asked, &asked->moves->rows[i], group_of(groups, asked->moves->rows[i].merchant, "", ""));
	REQUIRE(merchants_report(&asked->report, MERCHANTS_MAX, &rows, &count) == OK);
	for (size_t i = 0; i < count; i++) {
		struct group *group = group_of(groups, rows[i].merchant.uuid, "", "");

		group->seen = true;
		compare_merchant(asked, &rows[i], group);
		if (i > 0)
			same(asked, "order of rows", rows[i - 1].revenue.minor >= rows[i].revenue.minor, true);
	}
	for (size_t i = 0; i < groups->count; i++)
		same(asked, "a merchant's row", groups->rows[i].seen, true);
}

/* ---- tax ---- */

void
compare_taxes(struct asked *asked)
{
	static const struct uuid none;
	struct groups           *groups = ARENA_NEW(shop.work.arena, struct groups);
	struct tax_row          *rows;
	size_t                   count;

	asked->of = "tax";
	for (size_t i = 0; i < asked->moves->count; i++) {
		const struct move *move = &asked->moves->rows[i];

		if ((move->of == OF_A_LINE || move->of == OF_NO_LINE) && counts(asked, move))
			add_move(asked, move, group_of(groups, none, move->country, move->rate));
	}
	REQUIRE(tax_report(&asked->report, &rows, &count) == OK);
	for (size_t i = 0; i < count; i++) {
		const char *country = rows[i].country == NULL ? "" : rows[i].country,
			   *rate = rows[i].rate == NULL ? "" : rows[i].rate;
		struct group *group = group_of(groups, none, country, rate);

		group->seen = true;
		same_money(asked, "taxed", rows[i].taxed, group->taxed);
		same_money(asked, "tax", rows[i].tax, group->taxed_tax);
		same_money(asked, "back_taxed", rows[i].back_taxed, group->back_taxed);
		same_money(asked, "back_tax", rows[i].back_tax, group->back_tax);
		same_money(asked, "net_tax", rows[i].net_tax, group->taxed_tax - group->back_tax);
	}
	for (size_t i = 0; i < groups->count; i++)
		same(asked, "a rate's row", groups->rows[i].seen, true);
}
