/* The demo shop's first customers and what they bought: orders that are paid, with everything that a paid order leaves behind. */
#include "ops/seed.h"

#include "base/arena.h"
#include "ops/seed_sale.h"

enum { BATCH_ORDERS = 500, BATCH_CUSTOMERS = 1000, ORDERS_PER_CUSTOMER = 8, SHIPPING_MINOR = 500 };

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

const struct problem *
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

struct user_id
seed_customer_id(const struct seed *seed, int64_t index)
{
	return (struct user_id) { customer_id(seed, index) };
}

const char *
seed_customer_address(const struct seed *seed, int64_t index)
{
	struct arena *arena = seed->work->arena;
	struct dice   person = seed_dice(seed, SEED_CUSTOMER, (uint64_t)index);
	const char   *name = seed_person(&person, arena);

	return seed_address_json(&person, name, seed_phone(10000000 + (uint64_t)index, arena), arena);
}

static const struct problem *
add_order(struct selling *selling, int64_t index, int64_t customers)
{
	static const char *const statuses[] = { "completed", "completed", "completed", "delivered", "shipped", "processing",
		NULL };
	const struct seed       *seed = selling->seed;
	struct dice              dice = seed_dice(seed, SEED_ORDER, (uint64_t)index);
	int64_t                  customer = dice_below(&dice, customers);
	struct instant           at = seed_order_time(index);
	struct sale              sale = { .index = (uint64_t)index,
			     .order = seed_order_uuid(seed, index),
			     .user = seed_customer_id(seed, customer),
			     .address = seed_customer_address(seed, customer),
			     .at = at,
			     .arrived = at };

	sale_fill(selling, &dice, &sale);
	sale.status = dice_word(&dice, statuses);
	sale.in_cash = sale_has_arrived(&sale) && dice_below(&dice, 4) == 0;
	sale.provider = sale_provider(sale.in_cash);
	sale.shipping = dice_below(&dice, 8) == 0 ? 0 : SHIPPING_MINOR;
	return sale_add(selling, &sale);
}

const struct problem *
seed_orders(const struct seed *seed, int64_t *added)
{
	struct selling selling = { .seed = seed, .arena = seed->work->arena };
	int64_t        index, customers = seed->orders / ORDERS_PER_CUSTOMER + 10;

	if (seed->orders == 0)
		return OK;
	TRY(seed_customers(seed, customers, added));
	TRY(seed_done(seed, seed_order_uuid, "SELECT COUNT(*) FROM orders WHERE id = ?", seed->orders, &index));
	if (index < seed->orders)
		TRY(sale_accounts(seed));
	while (index < seed->orders) {
		int64_t        from = index, to = index + BATCH_ORDERS < seed->orders ? index + BATCH_ORDERS : seed->orders;
		struct instant opened = { seed_order_time(from).unix_ms - 1 };

		TRY(sale_read_accounts(&selling));
		TRY(sale_batch(&selling, from / BATCH_ORDERS * 97, (uint64_t)from, opened));
		for (; index < to; index++)
			TRY(add_order(&selling, index, customers));
		TRY(sale_write(&selling, seed_order_uuid(seed, to - 1)));
		*added += to - from;
		arena_reset(seed->work->arena);
	}
	return OK;
}
