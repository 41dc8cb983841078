/*
 * The demo shop's customers and what they bought: orders that are paid, with everything a paid order leaves behind.  Each
 * batch of orders buys from one stretch of the catalogue, read once; what it takes from the shelves is put back there by a
 * movement before it, so that the shop does not run empty.
 */
#include "ops/seed.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "payments/provider.h"

enum {
	BATCH_ORDERS = 500,
	BATCH_CUSTOMERS = 1000,
	GOODS = 400,
	LINES_MAX = 4,
	ORDERS_PER_CUSTOMER = 8,
	SHIPPING_MINOR = 500,
	CURRENCIES = 5
};

/* A variant that can be bought. */
struct good {
	struct variant_id  variant;
	struct product_id  product;
	struct merchant_id merchant;
	const char        *name, *sku, *options, *currency;
	int64_t            price, *cost, commission_basis_points;
	struct uuid        account; /* its merchant's in the ledger */
	int64_t            sold;    /* by this batch */
};

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

/* The shop's own ledger accounts in one currency. */
struct shop_accounts {
	struct uuid clearing, carrier, commission, shipping;
};

struct selling {
	const struct seed   *seed;
	struct arena        *arena;
	int64_t              customers;
	struct shop_accounts accounts[CURRENCIES];
	struct good         *goods;
	size_t               n_goods;
	struct batch        *batches;
};

enum {
	ORDERS,
	LINES,
	PARTS,
	FULFILMENTS,
	RESERVATIONS,
	PAYMENTS,
	MOVEMENTS,
	TRANSACTIONS,
	ENTRIES,
	PRODUCT_SALES,
	LISTING_SALES,
	PAIRS,
	BATCHES
};

static struct instant
customer_time(int64_t index)
{
	return (struct instant) { seed_opening().unix_ms + index * 1000 };
}

static struct uuid
customer_id(const struct seed *seed, int64_t index)
{
	return seed_id(seed, SEED_CUSTOMER, (uint64_t)index, customer_time(index), 0);
}

struct uuid
seed_order_uuid(const struct seed *seed, int64_t index)
{
	return seed_id(seed, SEED_ORDER, (uint64_t)index, seed_order_time(index), 0);
}

static const struct problem *
seed_customers(const struct seed *seed, int64_t count, int64_t *added)
{
	struct arena *arena = seed->work->arena;
	int64_t       index;

	TRY(seed_done(seed, customer_id, "SELECT COUNT(*) FROM users WHERE id = ?", count, &index));
	while (index < count) {
		int64_t      to = index + BATCH_CUSTOMERS < count ? index + BATCH_CUSTOMERS : count;
		struct batch users = batch_new(arena,
		    "INSERT INTO users (id, email, phone, full_name, role, email_verified, created_at, "
		    "updated_at) VALUES [(?, ?, ?, ?, 'customer', TRUE, ?, ?)]",
		    6);

		for (; index < to; index++, ++*added) {
			struct dice    dice = seed_dice(seed, SEED_CUSTOMER, (uint64_t)index);
			struct instant at = customer_time(index);

			BATCH_ADD(&users, P(customer_id(seed, index)),
			    P(arena_format(arena, "customer%lld@haat.test", (long long)index + 1)),
			    P(seed_phone(10000000 + (uint64_t)index, arena)), P(seed_person(&dice, arena)), P(at), P(at));
		}
		TRY(batches_write(seed->work, &users, 1, "SELECT COUNT(*) FROM users WHERE id = ?", customer_id(seed, to - 1)));
		arena_reset(arena);
	}
	return OK;
}

/* ---- the ledger's accounts ---- */

/* The provider that stands for its kind. */
static const struct provider *
provider_of(enum collector collector)
{
	int number = 0;

	while (number < PROVIDER__COUNT - 1 && providers[number]->collects != collector)
		number++;
	return providers[number];
}

/* The provider whose account it is; NULL: the shop's own. */
static const char *
shop_account_provider(int account)
{
	return account == 0 ? provider_of(COLLECTED_BY_PROVIDER)->name
	    : account == 1  ? provider_of(COLLECTED_BY_CARRIER)->name
			    : NULL;
}

static const char *const shop_account_kinds[] = { "clearing", "carrier", "commission", "shipping" };
enum { SHOP_ACCOUNTS = 4 };

/* A running shop may have made them already: then they stay, with their own ids. */
static const struct problem *
make_accounts(const struct seed *seed)
{
	struct arena *arena = seed->work->arena;
	struct batch  accounts = batch_new(arena,
	     "INSERT INTO ledger_accounts (id, kind, provider, merchant_id, currency, created_at) "
	      "VALUES [(?, ?, ?, ?, ?, ?)] ON DUPLICATE KEY UPDATE currency = VALUES(currency)",
	     6);
	uint64_t      number = 0;

	for (int64_t currency = 0; currency < CURRENCIES; currency++)
		for (int i = 0; i < SHOP_ACCOUNTS; i++, number++)
			BATCH_ADD(&accounts, P(seed_id(seed, SEED_ACCOUNT, number, seed_opening(), (unsigned)number)),
			    P(shop_account_kinds[i]), P(shop_account_provider(i)), P((const struct uuid *)NULL),
			    P(seed_currency(currency)), P(seed_opening()));
	for (int64_t i = 0; i < seed->merchants; i++, number++)
		BATCH_ADD(&accounts, P(seed_id(seed, SEED_ACCOUNT, number, seed_opening(), 0)), P("merchant"),
		    P((const char *)NULL), P(seed_merchant_id(seed, i)), P(seed_currency(i)), P(seed_opening()));
	return batches_write(seed->work, &accounts, 1, "SELECT COUNT(*) > 0 FROM ledger_accounts WHERE id = ?",
	    seed_id(seed, SEED_ACCOUNT, 0, seed_opening(), 0));
}

struct account_row {
	struct uuid id;
};
static const struct member account_row_members[] = { M_ID(struct account_row, id, "id") };
SHAPE(struct account_row, account_row_shape, "SeedAccount", account_row_members);

static const struct problem *
read_accounts(struct selling *selling)
{
	for (int64_t currency = 0; currency < CURRENCIES; currency++) {
		struct uuid *into[] = { &selling->accounts[currency].clearing, &selling->accounts[currency].carrier,
			&selling->accounts[currency].commission, &selling->accounts[currency].shipping };

		for (int i = 0; i < SHOP_ACCOUNTS; i++) {
			struct account_row *row;

			TRY(db_row(selling->seed->work->db, &account_row_shape, &row,
			    "SELECT id FROM ledger_accounts WHERE kind = ? AND owner = IFNULL(?, '') AND currency = ?",
			    P(shop_account_kinds[i]), P(shop_account_provider(i)), P(seed_currency(currency))));
			if (row == NULL)
				return problem(INTERNAL, "a ledger account is missing");
			*into[i] = row->id;
		}
	}
	return OK;
}

static const struct shop_accounts *
accounts_in(const struct selling *selling, const char *currency)
{
	int64_t i = 0;

	while (i < CURRENCIES - 1 && strcmp(seed_currency(i), currency) != 0)
		i++;
	return &selling->accounts[i];
}

/* ---- one order ---- */

struct basket {
	const struct good *goods[LINES_MAX];
	int64_t            quantities[LINES_MAX];
	int                count;
	int64_t            subtotal, shipping, index;
	struct instant     at;
	struct uuid        order, payment;
	bool               in_cash;
	const char        *status; /* the order's */
};

/* One to four different goods of one currency. */
static void
fill_basket(struct selling *selling, struct dice *dice, struct basket *basket)
{
	int64_t wanted = dice_between(dice, 1, LINES_MAX);

	wanted = dice_between(dice, 1, wanted);
	for (int tries = 0; basket->count < wanted && tries < 32; tries++) {
		struct good *good = &selling->goods[dice_below(dice, (int64_t)selling->n_goods)];
		bool         fits = basket->count == 0 || strcmp(good->currency, basket->goods[0]->currency) == 0;

		for (int i = 0; i < basket->count; i++)
			fits = fits && good != basket->goods[i];
		if (!fits)
			continue;
		basket->goods[basket->count] = good;
		basket->quantities[basket->count] = dice_between(dice, 1, 3);
		good->sold += basket->quantities[basket->count];
		basket->subtotal += good->price * basket->quantities[basket->count++];
	}
}

static bool
is_first_of_product(const struct basket *basket, int line)
{
	for (int i = 0; i < line; i++)
		if (ID_EQUAL(basket->goods[i]->product, basket->goods[line]->product))
			return false;
	return true;
}

/* As orders/pairs.c does it. */
static void
add_pairs(const struct selling *selling, const struct basket *basket)
{
	for (int i = 0; i < basket->count; i++)
		for (int k = 0; k < basket->count; k++)
			if (i != k && is_first_of_product(basket, i) && is_first_of_product(basket, k))
				BATCH_ADD(&selling->batches[PAIRS], P(basket->goods[i]->product), P(basket->goods[k]->product));
}

static void
add_lines(const struct selling *selling, const struct basket *basket)
{
	struct batch *batches = selling->batches;

	for (int i = 0; i < basket->count; i++) {
		const struct good *good = basket->goods[i];
		uint64_t           number = (uint64_t)basket->index * LINES_MAX + (uint64_t)i;

		BATCH_ADD(&batches[LINES], P(seed_id(selling->seed, SEED_LINE, number, basket->at, (unsigned)i)),
		    P(basket->order), P(i), P(good->merchant), P(good->product), P(good->variant), P(good->name), P(good->sku),
		    P(good->options), P(basket->quantities[i]), P(good->price), P(good->cost),
		    P(good->price * basket->quantities[i]), P(is_first_of_product(basket, i)));
		BATCH_ADD(&batches[RESERVATIONS], P(basket->order), P(good->variant), P(basket->quantities[i]), P(basket->at),
		    P(basket->at));
		BATCH_ADD(&batches[MOVEMENTS], P(seed_id(selling->seed, SEED_SALE, number, basket->at, (unsigned)i)),
		    P(good->variant), P(-basket->quantities[i]), P("sale"), P(basket->order), P(""), P(basket->at));
	}
}

static void
add_entry(const struct selling *selling, const struct basket *basket, struct uuid transaction, unsigned *turn,
    struct uuid account, int64_t amount, const struct merchant_id *whose)
{
	uint64_t number = (uint64_t)basket->index * (4 * LINES_MAX) + *turn;

	if (amount != 0)
		BATCH_ADD(&selling->batches[ENTRIES], P(seed_id(selling->seed, SEED_ENTRY, number, basket->at, *turn)),
		    P(transaction), P(account), P(amount), P(basket->goods[0]->currency), P(whose), P(basket->at));
	++*turn;
}

static bool
has_arrived(const struct basket *basket)
{
	return strcmp(basket->status, "delivered") == 0 || strcmp(basket->status, "completed") == 0;
}

/* The part of the seller of that line, as far on its way as its order says, with the cash that came for it; its id. */
static struct uuid
add_fulfilment(const struct selling *selling, const struct basket *basket, int line, int64_t collected)
{
	bool                  arrived = has_arrived(basket), left = arrived || strcmp(basket->status, "shipped") == 0;
	const struct instant *packed = &basket->at, *shipped = left ? &basket->at : NULL,
			     *delivered = arrived ? &basket->at : NULL, *paid = basket->in_cash ? &basket->at : NULL;
	struct uuid id = seed_id(
	    selling->seed, SEED_FULFILMENT, (uint64_t)basket->index * LINES_MAX + (uint64_t)line, basket->at, (unsigned)line);

	BATCH_ADD(&selling->batches[FULFILMENTS], P(id), P(basket->order), P(basket->goods[line]->merchant),
	    P(arrived      ? "delivered"
		    : left ? "shipped"
			   : "packed"),
	    P(left ? "Pathao" : NULL), P(packed), P(shipped), P(delivered), P(collected), P(paid), P(basket->at), P(basket->at));
	return id;
}

/* A transaction of the ledger about the payment, with the entries of who has its money and of the shipping; its id. */
static struct uuid
add_transaction(const struct selling *selling, const struct basket *basket, int line, struct uuid source, unsigned *turn,
    int64_t amount, int64_t shipping)
{
	const struct shop_accounts *accounts = accounts_in(selling, basket->goods[0]->currency);
	struct uuid                 id = seed_id(
			    selling->seed, SEED_TRANSACTION, (uint64_t)basket->index * LINES_MAX + (uint64_t)line, basket->at, (unsigned)line);

	BATCH_ADD(&selling->batches[TRANSACTIONS], P(id), P(basket->in_cash ? "collection" : "payment"), P(source),
	    P(basket->payment), P(basket->at));
	add_entry(selling, basket, id, turn, basket->in_cash ? accounts->carrier : accounts->clearing, amount, NULL);
	add_entry(selling, basket, id, turn, accounts->shipping, -shipping, NULL);
	return id;
}

/* What the seller of that line earns by all of theirs; 0 when an earlier line is theirs. */
static int64_t
earned_by(const struct basket *basket, int line)
{
	int64_t earned = 0;

	for (int other = 0; other < basket->count; other++)
		if (ID_EQUAL(basket->goods[other]->merchant, basket->goods[line]->merchant)) {
			if (other < line)
				return 0;
			earned += basket->goods[other]->price * basket->quantities[other];
		}
	return earned;
}

/* The parts of the sellers, and the posting of the payment, of cash by its parcels: as order_purpose.c and collect.c do it. */
static const struct problem *
add_parts(const struct selling *selling, const struct basket *basket)
{
	const struct shop_accounts *accounts = accounts_in(selling, basket->goods[0]->currency);
	struct uuid                 transaction = { { 0 } };
	int64_t                     commission;
	unsigned                    turn = 0;

	if (!basket->in_cash)
		transaction = add_transaction(
		    selling, basket, 0, basket->payment, &turn, basket->subtotal + basket->shipping, basket->shipping);
	for (int i = 0; i < basket->count; i++) {
		const struct good *good = basket->goods[i];
		int64_t            earned = earned_by(basket, i), shipping = i == 0 ? basket->shipping : 0;
		struct uuid        part;

		if (earned == 0)
			continue;
		if (!minor_scale(earned, good->commission_basis_points, 10000, &commission))
			return problem(INTERNAL, "a commission is too large");
		BATCH_ADD(&selling->batches[PARTS], P(basket->order), P(good->merchant), P(good->currency), P(earned), P(earned));
		part = add_fulfilment(selling, basket, i, basket->in_cash ? earned + shipping : 0);
		if (basket->in_cash)
			transaction = add_transaction(selling, basket, i, part, &turn, earned + shipping, shipping);
		add_entry(selling, basket, transaction, &turn, good->account, commission - earned, &good->merchant);
		add_entry(selling, basket, transaction, &turn, accounts->commission, -commission, &good->merchant);
	}
	return OK;
}

static const struct problem *
add_order(struct selling *selling, int64_t index)
{
	static const char *const statuses[] = { "completed", "completed", "completed", "delivered", "shipped", "processing",
		NULL };
	const struct seed       *seed = selling->seed;
	struct dice              dice = seed_dice(seed, SEED_ORDER, (uint64_t)index);
	const struct provider   *provider;
	struct basket            basket = { .index = index, .at = seed_order_time(index), .order = seed_order_uuid(seed, index) };
	int64_t                  customer = dice_below(&dice, selling->customers), total;
	struct dice              person = seed_dice(seed, SEED_CUSTOMER, (uint64_t)customer);
	const char              *name = seed_person(&person, selling->arena),
		   *phone = seed_phone(10000000 + (uint64_t)customer, selling->arena);
	const char *address = seed_address_json(&person, name, phone, selling->arena), *reference, *currency;

	fill_basket(selling, &dice, &basket);
	basket.status = dice_word(&dice, statuses);
	basket.in_cash = has_arrived(&basket) && dice_below(&dice, 4) == 0;
	provider = provider_of(basket.in_cash ? COLLECTED_BY_CARRIER : COLLECTED_BY_PROVIDER);
	basket.shipping = dice_below(&dice, 8) == 0 ? 0 : SHIPPING_MINOR;
	basket.payment = seed_id(seed, SEED_PAYMENT, (uint64_t)index, basket.at, 0);
	reference = seed_reference(seed, "PAY-", (uint64_t)index);
	currency = basket.goods[0]->currency;
	total = basket.subtotal + basket.shipping;
	BATCH_ADD(&selling->batches[ORDERS], P(basket.order), P(seed_reference(seed, "ORD-", (uint64_t)index)),
	    P(customer_id(seed, customer)), P(basket.status), P(provider->order_method), P(currency), P(basket.subtotal),
	    P(basket.shipping), P(total), P(basket.shipping == 0 ? "pickup" : "standard"), P(address), P(address), P(basket.at),
	    P(basket.at), P(basket.at));
	BATCH_ADD(&selling->batches[PAYMENTS], P(basket.payment), P(reference), P(basket.order), P(customer_id(seed, customer)),
	    P(provider->name), P(basket.in_cash ? reference : arena_format(selling->arena, "pi_seed_%s", reference + 4)),
	    P(total), P(currency), P(basket.in_cash ? "cash_on_delivery" : "card"),
	    P(arena_format(selling->arena, "seed:%s", reference)), P(basket.in_cash ? total : 0),
	    P(basket.in_cash ? &basket.at : NULL), P(basket.at), P(basket.at), P(basket.at));
	add_lines(selling, &basket);
	add_pairs(selling, &basket);
	return add_parts(selling, &basket);
}

/* ---- a batch ---- */

/* Goods from a stretch of the catalogue that moves on from batch to batch. */
static const struct problem *
read_goods(struct selling *selling, int64_t batch)
{
	const struct seed *seed = selling->seed;
	struct uuid        first = seed_id_lowest(seed_product_time(batch * 97 % seed->products));
	struct uuid        last = seed_id_highest(seed_product_time(seed->products - 1));

	return db_rows(seed->work->db, &good_shape, GOODS, &selling->goods, &selling->n_goods,
	    "SELECT STRAIGHT_JOIN v.id, v.product_id, p.merchant_id, p.name, v.sku, v.options, p.currency, IFNULL(v.price_minor, p.price_minor) "
	    "AS price, p.cost_price_minor, IFNULL(m.commission_basis_points, ?) AS commission_basis_points, a.id AS account_id "
	    "FROM variants v FORCE INDEX (PRIMARY) JOIN products p ON p.id = v.product_id JOIN merchants m ON m.id = p.merchant_id "
	    "JOIN ledger_accounts a ON a.kind = 'merchant' AND a.currency = p.currency "
	    "AND a.owner = p.merchant_id "
	    "WHERE v.id BETWEEN ? AND ? AND p.status = 'published' ORDER BY v.id LIMIT ?",
	    P(seed->work->config->payments.commission_basis_points), P(first), P(last), P(GOODS));
}

/* What the batch sells comes to the shelf first. */
static void
add_restock(const struct selling *selling, int64_t from)
{
	struct instant at = { seed_order_time(from).unix_ms - 1 };

	for (size_t i = 0; i < selling->n_goods; i++)
		if (selling->goods[i].sold > 0)
			BATCH_ADD(&selling->batches[MOVEMENTS],
			    P(seed_id(selling->seed, SEED_RESTOCK, (uint64_t)from * GOODS + i, at, (unsigned)i)),
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
		BATCH_ADD(&selling->batches[PRODUCT_SALES], P(sold), P(good->product));
		BATCH_ADD(&selling->batches[LISTING_SALES], P(sold), P(good->product));
		sold = 0;
	}
}

/* What was sold of each product, as rows (sold, id): the SELECT that finds none names the columns. */
#define SALES "(SELECT 0 AS sold, CAST('' AS BINARY(16)) AS id FROM DUAL WHERE FALSE UNION ALL VALUES [(?, ?)]) s"

static const struct problem *
write_orders(struct selling *selling, int64_t from, int64_t to)
{
	struct arena *arena = selling->arena;
	struct batch  batches[BATCHES] = {
		 batch_new(arena,
		     "INSERT INTO orders (id, number, user_id, status, payment_status, payment_method, currency, "
		      "subtotal_minor, shipping_minor, total_minor, shipping_method, shipping_address, billing_address, paid_at, "
		      "created_at, updated_at) VALUES [(?, ?, ?, ?, 'paid', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]",
		     15),
		 batch_new(arena,
		     "INSERT INTO order_lines (id, order_id, position, merchant_id, product_id, variant_id, name, sku, options, "
		      "quantity, unit_price_minor, cost_minor, total_minor, paired) VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]",
		     14),
		 batch_new(arena,
		     "INSERT INTO order_merchants (order_id, merchant_id, currency, subtotal_minor, total_minor) "
		      "VALUES [(?, ?, ?, ?, ?)]",
		     5),
		 batch_new(arena,
		     "INSERT INTO fulfilments (id, order_id, merchant_id, status, carrier, packed_at, shipped_at, delivered_at, "
		      "collected_minor, collected_at, created_at, updated_at) VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]",
		     12),
		 batch_new(arena,
		     "INSERT INTO reservations (order_id, variant_id, quantity, status, counted, created_at, updated_at) "
		      "VALUES [(?, ?, ?, 'committed', TRUE, ?, ?)]",
		     5),
		 batch_new(arena,
		     "INSERT INTO payments (id, reference, purpose_kind, purpose_id, user_id, provider, provider_transaction_id, amount_minor, "
		      "currency, status, method, idempotency_key, collected_minor, collected_at, succeeded_at, created_at, updated_at) "
		      "VALUES [(?, ?, 'order', ?, ?, ?, ?, ?, ?, 'succeeded', ?, ?, ?, ?, ?, ?, ?)]",
		     15),
		 batch_new(arena,
		     "INSERT INTO inventory_movements (id, variant_id, delta_on_hand, reason, order_id, note, created_at) "
		      "VALUES [(?, ?, ?, ?, ?, ?, ?)]",
		     7),
		 batch_new(arena,
		     "INSERT INTO ledger_transactions (id, source_kind, source_id, origin_id, created_at) "
		      "VALUES [(?, ?, ?, ?, ?)]",
		     5),
		 batch_new(arena,
		     "INSERT INTO ledger_entries (id, transaction_id, account_id, amount_minor, currency, merchant_id, created_at) "
		      "VALUES [(?, ?, ?, ?, ?, ?, ?)]",
		     7),
		 batch_new(arena,
		     "UPDATE " SALES " STRAIGHT_JOIN products p ON p.id = s.id "
		      "SET p.sales_count = p.sales_count + s.sold, p.updated_at = p.updated_at",
		     2),
		 batch_new(arena,
		     "UPDATE " SALES " STRAIGHT_JOIN product_listings l ON l.product_id = s.id "
		      "SET l.sales_count = l.sales_count + s.sold",
		     2),
		 batch_new(arena,
		     "INSERT INTO product_pairs (product_id, other_id, orders_count) VALUES [(?, ?, 1)] "
		      "ON DUPLICATE KEY UPDATE orders_count = orders_count + 1",
		     2),
	};

	selling->batches = batches;
	TRY(read_goods(selling, from / BATCH_ORDERS));
	if (selling->n_goods == 0)
		return problem(NOT_FOUND, "no published product is available");
	for (int64_t index = from; index < to; index++)
		TRY(add_order(selling, index));
	add_restock(selling, from);
	add_sales(selling);
	return batches_write(selling->seed->work, batches, BATCHES, "SELECT COUNT(*) FROM orders WHERE id = ?",
	    seed_order_uuid(selling->seed, to - 1));
}

const struct problem *
seed_orders(const struct seed *seed, int64_t *added)
{
	struct selling selling = { .seed = seed, .arena = seed->work->arena };
	int64_t        index;

	if (seed->orders == 0)
		return OK;
	selling.customers = seed->orders / ORDERS_PER_CUSTOMER + 10;
	TRY(seed_customers(seed, selling.customers, added));
	TRY(seed_done(seed, seed_order_uuid, "SELECT COUNT(*) FROM orders WHERE id = ?", seed->orders, &index));
	if (index < seed->orders) {
		TRY(make_accounts(seed));
		TRY(read_accounts(&selling));
		arena_reset(seed->work->arena);
	}
	while (index < seed->orders) {
		int64_t to = index + BATCH_ORDERS < seed->orders ? index + BATCH_ORDERS : seed->orders;

		TRY(write_orders(&selling, index, to));
		*added += to - index;
		index = to;
		arena_reset(seed->work->arena);
	}
	return OK;
}
