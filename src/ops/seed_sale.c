/* See seed_sale.h: the goods, the order, its parcels and its payment. */
#include "ops/seed_sale.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "ops/seed_sale_rows.h"

enum { GOODS = 400 };

static const struct member good_members[] = {
	M_ID(struct good, variant, "id"),
	M_ID(struct good, product, "product_id"),
	M_ID(struct good, merchant, "merchant_id"),
	M_TEXT(struct good, name, "name", 200),
	M_TEXT(struct good, sku, "sku", 64),
	M_TEXT(struct good, options, "options", 4000),
	M_TEXT(struct good, currency, "currency", 3),
	M_INTEGER(struct good, price, "price", 0, INT64_MAX),
	M_INTEGER(struct good, cost, "cost_price_minor", 0, INT64_MAX),
	M_INTEGER(struct good, commission_basis_points, "commission_basis_points", 0, 10000),
	M_ID(struct good, account, "account_id"),
};
SHAPE(struct good, good_shape, "SeedGood", good_members);

const struct problem *
sale_batch(struct selling *selling, int64_t stretch, uint64_t first, struct instant opened)
{
	const struct seed *seed = selling->seed;
	struct uuid        from = seed_id_lowest(seed_product_time(stretch % seed->products));
	struct uuid        to = seed_id_highest(seed_product_time(seed->products - 1));

	selling->first = first;
	selling->opened = opened;
	selling->batches = sale_batches_new(selling->arena);
	TRY(db_rows(seed->work->db, &good_shape, GOODS, &selling->goods, &selling->n_goods,
	    "SELECT STRAIGHT_JOIN v.id, v.product_id, p.merchant_id, p.name, v.sku, v.options, p.currency, IFNULL(v.price_minor, p.price_minor) "
	    "AS price, p.cost_price_minor, IFNULL(m.commission_basis_points, ?) AS commission_basis_points, a.id AS account_id "
	    "FROM variants v FORCE INDEX (PRIMARY) JOIN products p ON p.id = v.product_id JOIN merchants m ON m.id = p.merchant_id "
	    "JOIN ledger_accounts a ON a.kind = 'merchant' AND a.currency = p.currency "
	    "AND a.owner = p.merchant_id "
	    "WHERE v.id BETWEEN ? AND ? AND p.status = 'published' ORDER BY v.id LIMIT ?",
	    P(seed->work->config->payments.commission_basis_points), P(from), P(to), P((int64_t)GOODS)));
	return selling->n_goods == 0 ? problem(NOT_FOUND, "no published product is available") : OK;
}

void
sale_fill(const struct selling *selling, struct dice *dice, struct sale *sale)
{
	int64_t wanted = dice_between(dice, 1, SALE_LINES_MAX);

	wanted = dice_between(dice, 1, wanted);
	for (int tries = 0; sale->count < wanted && tries < 32; tries++) {
		struct good *good = &selling->goods[dice_below(dice, (int64_t)selling->n_goods)];
		bool         fits = sale->count == 0 || strcmp(good->currency, sale->goods[0]->currency) == 0;

		for (int i = 0; i < sale->count; i++)
			fits = fits && good != sale->goods[i];
		if (!fits)
			continue;
		sale->goods[sale->count] = good;
		sale->quantities[sale->count] = dice_between(dice, 1, 3);
		sale->subtotal += good->price * sale->quantities[sale->count++];
	}
}

/* What the batch sells comes to the shelf first. */
static void
add_restock(const struct selling *selling)
{
	struct instant at = selling->opened;

	for (size_t i = 0; i < selling->n_goods; i++)
		if (selling->goods[i].sold > 0)
			BATCH_ADD(&selling->batches[SALE_MOVEMENTS],
			    P(seed_id(selling->seed, SEED_RESTOCK, selling->first * GOODS + i, at, (unsigned)i)),
			    P(selling->goods[i].variant), P(selling->goods[i].sold), P("adjustment"),
			    P((const struct uuid *)NULL), P("restocked"), P(at));
}

/* It counts as the products' sales; the variants of a product stand one behind the other. */
static void
add_sales(const struct selling *selling)
{
	int64_t sold = 0;

	for (size_t i = 0; i < selling->n_goods; i++) {
		const struct good *good = &selling->goods[i];

		sold += good->sold;
		if (sold == 0 || (i + 1 < selling->n_goods && ID_EQUAL(good[1].product, good->product)))
			continue;
		BATCH_ADD(&selling->batches[SALE_OF_PRODUCTS], P(sold), P(good->product));
		BATCH_ADD(&selling->batches[SALE_OF_LISTINGS], P(sold), P(good->product));
		sold = 0;
	}
}

const struct problem *
sale_write(struct selling *selling, struct uuid last)
{
	add_restock(selling);
	add_sales(selling);
	return batches_write(
	    selling->seed->work, selling->batches, SALE_BATCHES, "SELECT COUNT(*) FROM orders WHERE id = ?", last);
}
