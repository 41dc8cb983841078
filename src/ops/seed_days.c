/*
 * The demo shop's last months: what was sold on each day before today, so that reports have something to show.  A day's sales
 * follow from its number, whenever it is seeded: more on Fridays than on Mondays, more in the evening than at night.  Some customers
 * come again and again, some fail to pay, some want their money back.
 */
#include "ops/seed.h"

#include "base/arena.h"
#include "ops/seed_sale.h"
#include "payments/provider.h"

enum {
	DAY_MS = 86400000,
	HOUR_MS = 3600000,
	SALES_A_DAY_MAX = 1000, /* so that each sale of each day has a number of its own */
	SALES_LEAST = 9,
	BUYERS_A_DAY = 2,
	BUYERS_COME_BACK = 60, /* days */
	REGULARS = 6,          /* of the first customers */
	STRETCHES = 5,
	GOODS_APART = 60, /* products */
	SHIPPING_MINOR = 500
};

/* Where the orders of days begin: far above those of seed_orders.c. */
static const uint64_t first_index = UINT64_C(1) << 32;

/* Sunday first. */
static const int64_t more_on[] = { 4, 0, 0, 1, 3, 6, 5 };

/* Of a thousand orders, by the hour (UTC). */
static const int64_t by_hour[] = { 14, 10, 12, 20, 34, 52, 64, 66, 58, 50, 46, 48, 56, 68, 78, 82, 74, 58, 40, 26, 18, 12, 8, 6 };

/* Who takes payments in which currency: the first ones are used more. */
static const enum provider_number online[CURRENCIES][3] = { { PROVIDER_STRIPE, PROVIDER_STRIPE, PROVIDER_PAYPAL },
	{ PROVIDER_STRIPE, PROVIDER_PAYPAL, PROVIDER_STRIPE }, { PROVIDER_BKASH, PROVIDER_BKASH, PROVIDER_STRIPE },
	{ PROVIDER_RAZORPAY, PROVIDER_RAZORPAY, PROVIDER_STRIPE },
	{ PROVIDER_PAYSTACK, PROVIDER_FLUTTERWAVE, PROVIDER_PAYSTACK } };

static int64_t
today(void)
{
	return unix_seconds() / (24 * 3600);
}

static struct instant
buyer_time(int64_t day)
{
	return (struct instant) { day * DAY_MS + 1000 };
}

static uint64_t
buyer_number(int64_t day, int64_t turn)
{
	return (uint64_t)(day * BUYERS_A_DAY + turn);
}

static struct user_id
buyer_id(const struct seed *seed, int64_t day, int64_t turn)
{
	return (struct user_id) { seed_id(seed, SEED_BUYER, buyer_number(day, turn), buyer_time(day), (unsigned)turn) };
}

/* Those who come for the first time on that day. */
static const char *
add_buyer(const struct seed *seed, int64_t day, int64_t turn, struct batch *users)
{
	struct arena  *arena = seed->work->arena;
	uint64_t       number = buyer_number(day, turn);
	struct dice    dice = seed_dice(seed, SEED_BUYER, number);
	struct instant at = buyer_time(day);
	const char    *name = seed_person(&dice, arena), *phone = seed_phone(30000000 + number, arena);

	if (users != NULL)
		BATCH_ADD(users, P(buyer_id(seed, day, turn)),
		    P(arena_format(arena, "buyer%llu@haat.test", (unsigned long long)number)), P(phone), P(name), P(at), P(at));
	return seed_address_json(&dice, name, phone, arena);
}

static const struct problem *
add_buyers(const struct seed *seed, int64_t from, int64_t to)
{
	struct batch users = batch_new(seed->work->arena,
	    "INSERT INTO users (id, email, phone, full_name, role, email_verified, created_at, updated_at) "
	    "VALUES [(?, ?, ?, ?, 'customer', TRUE, ?, ?)] ON DUPLICATE KEY UPDATE email = VALUES(email)",
	    6);

	for (int64_t day = from; day < to; day++)
		for (int64_t turn = 0; turn < BUYERS_A_DAY; turn++)
			add_buyer(seed, day, turn, &users);
	return batches_write(seed->work, &users, 1, "SELECT COUNT(*) FROM users WHERE id = ?", buyer_id(seed, to - 1, 0).uuid);
}

static uint64_t
sale_index(int64_t day, int64_t number)
{
	return first_index + (uint64_t)(day * SALES_A_DAY_MAX + number);
}

static struct instant
time_of(struct dice *dice, int64_t day)
{
	int64_t left = dice_below(dice, 1000), hour = 0;

	while (hour < 23 && left >= by_hour[hour])
		left -= by_hour[hour++];
	return (struct instant) { day * DAY_MS + hour * HOUR_MS + dice_below(dice, HOUR_MS) };
}

/* A regular, or somebody who came for the first time some days ago: rather lately than long ago. */
static void
choose_buyer(const struct seed *seed, struct dice *dice, int64_t day, struct sale *sale)
{
	int64_t turn, ago;

	if (dice_below(dice, 10) < 4) {
		turn = dice_below(dice, REGULARS);
		sale->user = seed_customer_id(seed, turn);
		sale->address = seed_customer_address(seed, turn);
		return;
	}
	ago = dice_below(dice, BUYERS_COME_BACK) * dice_below(dice, BUYERS_COME_BACK) / BUYERS_COME_BACK;
	turn = dice_below(dice, BUYERS_A_DAY);
	/* On the very day nobody buys before the own account was made. */
	sale->user = buyer_id(seed, day - ago, turn);
	sale->address = add_buyer(seed, day - ago, turn, NULL);
}

/* By its age, what has become of it: nothing happens after today. */
static void
choose_end(struct dice *dice, int64_t age, struct sale *sale)
{
	int64_t luck = dice_below(dice, 100);

	sale->status = age >= 18 ? "completed" : age >= 4 ? "delivered" : age >= 2 ? "shipped" : "processing";
	if (sale->in_cash)
		sale->end = sale_has_arrived(sale) ? SALE_KEPT : SALE_UNDER_WAY;
	else if (luck < 4)
		sale->end = SALE_UNPAID;
	else if (luck < 7 && age >= 20)
		sale->end = SALE_GIVEN_BACK;
	else if (luck < 14 && age >= 20 && sale_returnable(sale) >= 0)
		sale->end = SALE_RETURNED;
	else if (luck == 14 && age >= 45)
		sale->end = SALE_DISPUTE_LOST;
	else if (luck == 15 && age >= 45)
		sale->end = SALE_DISPUTE_WON;
	sale->failed_before = !sale->in_cash && luck >= 93;
	if (!sale->in_cash)
		sale->webhook = luck % 25 != 24 ? "processed" : age < 8 ? "dead" : "dropped";
}

static int64_t
currency_number(const char *currency)
{
	int64_t number = 0;

	while (number < CURRENCIES - 1 && strcmp(seed_currency(number), currency) != 0)
		number++;
	return number;
}

static const struct problem *
add_sale(struct selling *selling, int64_t day, int64_t number)
{
	const struct seed *seed = selling->seed;
	uint64_t           index = sale_index(day, number);
	struct dice        dice = seed_dice(seed, SEED_DAY, index);
	struct instant     at = time_of(&dice, day);
	struct sale        sale = { .index = index,
		       .order = seed_id(seed, SEED_ORDER, index, at, 0),
		       .at = at,
		       .arrived = instant_add_seconds(at, (int64_t)3 * 24 * 3600),
		       .tax_basis_points = 750,
		       .tax_rate = "7.5",
		       .fee_basis_points = 290 };
	int64_t            currency;

	choose_buyer(seed, &dice, day, &sale);
	sale_fill(selling, &dice, &sale);
	sale.shipping = dice_below(&dice, 8) == 0 ? 0 : SHIPPING_MINOR;
	currency = currency_number(sale.goods[0]->currency);
	sale.in_cash = currency >= 2 && dice_below(&dice, 10) < 4;
	sale.provider = sale.in_cash ? sale_provider(true) : providers[online[currency][dice_below(&dice, 3)]];
	choose_end(&dice, today() - day, &sale);
	return sale_add(selling, &sale);
}

/* The order by which a day is known to be there: the first that was thought of. */
static struct uuid
witness_of(const struct seed *seed, int64_t day)
{
	uint64_t    index = sale_index(day, 0);
	struct dice dice = seed_dice(seed, SEED_DAY, index);

	return seed_id(seed, SEED_ORDER, index, time_of(&dice, day), 0);
}

static const struct problem *
add_day(struct selling *selling, int64_t day, int64_t *added)
{
	const struct seed *seed = selling->seed;
	struct dice        dice = seed_dice(seed, SEED_DAY, (uint64_t)day);
	int64_t            there, sales = SALES_LEAST + more_on[(day + 4) % 7] + dice_below(&dice, 5);

	TRY(db_value(seed->work->db, &there, "SELECT COUNT(*) FROM orders WHERE id = ?", P(witness_of(seed, day))));
	if (there > 0)
		return OK;
	TRY(sale_read_accounts(selling));
	TRY(sale_batch(
	    selling, dice_below(&dice, STRETCHES) * GOODS_APART, sale_index(day, 0), (struct instant) { day * DAY_MS }));
	for (int64_t number = 0; number < sales; number++)
		TRY(add_sale(selling, day, number));
	*added += sales;
	return sale_write(selling, witness_of(seed, day));
}

const struct problem *
seed_days(const struct seed *seed, int64_t *added)
{
	struct selling selling = { .seed = seed, .arena = seed->work->arena };
	int64_t        last = today(), first = last - seed->days;

	if (seed->days == 0)
		return OK;
	TRY(sale_accounts(seed));
	TRY(seed_customers(seed, REGULARS, added));
	TRY(add_buyers(seed, first - BUYERS_COME_BACK, last));
	for (int64_t day = first; day < last; day++) {
		arena_reset(seed->work->arena);
		TRY(add_day(&selling, day, added));
	}
	return OK;
}
