/* See seed_sale.h: the ledger's accounts, the goods, the order, its parcels and its payment. */
#include "ops/seed_sale.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "ops/seed_sale_rows.h"
#include "payments/provider.h"

enum { GOODS = 400, ACCOUNTS_MAX = 1000 };

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

struct seed_account {
	struct uuid id;
	const char *kind, *provider, *currency;
};

static const struct member account_members[] = {
	M_ID(struct seed_account, id, "id"),
	M_TEXT(struct seed_account, kind, "kind", 20),
	M_TEXT(struct seed_account, provider, "provider", 32),
	M_TEXT(struct seed_account, currency, "currency", 3),
};
SHAPE(struct seed_account, account_shape, "SeedAccount", account_members);

/* ---- the ledger's accounts ---- */

const struct provider *
sale_provider(bool carrier)
{
	int number = 0;

	while (number < PROVIDER__COUNT - 1 &&
	    providers[number]->collects != (carrier ? COLLECTED_BY_CARRIER : COLLECTED_BY_PROVIDER))
		number++;
	return providers[number];
}

/* A running shop may have made them already: then they stay, with their own ids. */
const struct problem *
sale_accounts(const struct seed *seed)
{
	static const char *const kinds[] = { "commission", "shipping", "tax", "fee", "disputed", "payout_due", "bank" };
	struct batch             accounts = batch_new(seed->work->arena,
			"INSERT INTO ledger_accounts (id, kind, provider, merchant_id, currency, created_at) "
				    "VALUES [(?, ?, ?, ?, ?, ?)] ON DUPLICATE KEY UPDATE currency = VALUES(currency)",
			6);
	uint64_t                 number = 1 << 20; /* those below had another order once */

#define ADD(kind, provider, merchant, currency) \
	BATCH_ADD(&accounts, P(seed_id(seed, SEED_ACCOUNT, number, seed_opening(), (unsigned)number % 4096)), P(kind), \
	    P(provider), P(merchant), P(currency), P(seed_opening())), \
	    number++
	for (int64_t i = 0; i < CURRENCIES; i++) {
		for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
			ADD(kinds[k], (const char *)NULL, (const struct uuid *)NULL, seed_currency(i));
		for (int k = 0; k < PROVIDER__COUNT; k++)
			ADD(providers[k]->collects == COLLECTED_BY_CARRIER ? "carrier" : "clearing", providers[k]->name,
			    (const struct uuid *)NULL, seed_currency(i));
	}
	for (int64_t i = 0; i < seed->merchants; i++)
		ADD("merchant", (const char *)NULL, seed_merchant_id(seed, i), seed_currency(i));
#undef ADD
	return batches_write(seed->work, &accounts, 1, "SELECT COUNT(*) > 0 FROM ledger_accounts WHERE id = ?",
	    seed_id(seed, SEED_ACCOUNT, 0, seed_opening(), 0));
}

const struct problem *
sale_read_accounts(struct selling *selling)
{
	return db_rows(selling->seed->work->db, &account_shape, ACCOUNTS_MAX, &selling->accounts, &selling->n_accounts,
	    "SELECT id, kind, IFNULL(provider, '') AS provider, currency FROM ledger_accounts WHERE kind IN ('clearing', 'carrier', "
	    "'commission', 'shipping', 'tax', 'fee', 'disputed', 'payout_due', 'bank') LIMIT ?",
	    P((int64_t)ACCOUNTS_MAX));
}

struct uuid
sale_account(const struct selling *selling, const char *kind, const char *provider, const char *currency)
{
	size_t i = 0;

	while (i < selling->n_accounts - 1 &&
	    (strcmp(selling->accounts[i].kind, kind) != 0 || strcmp(selling->accounts[i].currency, currency) != 0 ||
		strcmp(selling->accounts[i].provider, provider == NULL ? "" : provider) != 0))
		i++;
	return selling->accounts[i].id;
}

/* ---- goods ---- */

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
