#include "tests/faults/shoppers.h"

#include "base/arena.h"
#include "base/ids.h"
#include "base/instant.h"
#include "tests/api/check.h"

#include <stdlib.h>
#include <string.h>

enum { SHOPPERS_MAX = 64, STOCK = 100000, FINISH_MS = 60000, SETTLE_MS = 60000, BREATH_MS = 20, NUDGE_MS = 500 };

enum step { BROWSE, ORDER, PAY, LOOK };

struct bought {
	const char    *order, *transaction;
	struct bought *next;
};

struct shopper {
	struct person  person;
	const char    *address, *key, *key_header[2];
	enum step      step;
	unsigned       turn;
	struct bought *bought; /* the latest first */
	size_t         orders;
};

struct shoppers {
	struct shopper list[SHOPPERS_MAX];
	size_t         count, orders, payments, troubles, first_intent;
	struct goods   goods;
	const char    *user_list;
	bool           closing;
};

struct shoppers *
shoppers_new(size_t count)
{
	struct shoppers *shoppers = ARENA_NEW(api_arena(), struct shoppers);
	struct person    seller = person_new("shopkeeper");
	struct answer    intents;

	REQUIRE(count <= SHOPPERS_MAX);
	intents = sandbox_intents();
	*shoppers = (struct shoppers) { .count = count,
		.goods = goods_new(&seller, "12.50", STOCK),
		.user_list = "''",
		.first_intent = length_at(&intents, "payment_intents") };
	for (size_t i = 0; i < count; i++) {
		shoppers->list[i].person = person_new("customer");
		shoppers->list[i].address = address_new(&shoppers->list[i].person);
		shoppers->list[i].turn = (unsigned)i;
		shoppers->user_list = form("%s, '%s'", shoppers->user_list, shoppers->list[i].person.id);
	}
	return shoppers;
}

size_t
shoppers_orders(const struct shoppers *shoppers)
{
	return shoppers->orders;
}

size_t
shoppers_payments(const struct shoppers *shoppers)
{
	return shoppers->payments;
}

size_t
shoppers_troubles(const struct shoppers *shoppers)
{
	return shoppers->troubles;
}

/* The next step, under a key of its own. */
static void
go_on(struct shopper *shopper, enum step step)
{
	shopper->step = step;
	shopper->key = form("Idempotency-Key: %s", uuid_text(api_arena(), uuid_new()));
	shopper->key_header[0] = shopper->key;
}

static struct call
browse(const struct shoppers *shoppers, const struct shopper *shopper)
{
	const char *const paths[] = { "/products?limit=12", form("/products/%s", shoppers->goods.product), "/categories/tree",
		"/cart" };

	return (struct call) { .method = "GET", .path = paths[shopper->turn % 4], .token = shopper->person.access };
}

static struct call
next_call(const struct shoppers *shoppers, struct shopper *shopper)
{
	struct call call = { .method = "POST", .token = shopper->person.access, .headers = shopper->key_header };

	switch (shopper->step) {
	case BROWSE:
		return browse(shoppers, shopper);
	case ORDER:
		call.path = "/orders";
		call.body = form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", "
				 "\"items\": [{\"variant_id\": \"%s\", \"quantity\": 1}]}",
		    shopper->address, shoppers->goods.variant);
		return call;
	case PAY:
		call.path = "/payments";
		call.body = form("{\"order_id\": \"%s\", \"provider\": \"stripe\"}", shopper->bought->order);
		return call;
	default:
		return (struct call) { .method = "GET",
			.path = form("/orders/%s/payments", shopper->bought->order),
			.token = shopper->person.access };
	}
}

static bool
says(const struct answer *answer, const char *code)
{
	const char *got = text_at(answer, "code");

	return got != NULL && strcmp(got, code) == 0;
}

/* The shop is in trouble and says so: the same again. */
static bool
is_trouble(const struct answer *answer)
{
	return answer->status == 502 || answer->status == 503 || answer->status == 504 || says(answer, "idempotency_key_in_use");
}

static void
pay_at_provider(struct shoppers *shoppers, struct shopper *shopper, const char *transaction)
{
	REQUIRE(transaction != NULL);
	shopper->bought->transaction = transaction;
	sandbox_act("pay", transaction);
	shoppers->payments++;
	go_on(shopper, BROWSE);
}

static void
note_order(struct shoppers *shoppers, struct shopper *shopper, const struct answer *answer)
{
	struct bought *bought = ARENA_NEW(api_arena(), struct bought);

	*bought = (struct bought) { .order = text_at(answer, "id"), .next = shopper->bought };
	shopper->bought = bought;
	shopper->orders++;
	shoppers->orders++;
	go_on(shopper, PAY);
}

/* The attempt that a lost answer told of: its transaction, or none yet. */
static void
take_live_attempt(struct shoppers *shoppers, struct shopper *shopper, const struct answer *answer)
{
	for (size_t i = 0; i < length_at(answer, "results"); i++) {
		const char *status = text_at(answer, form("results.%zu.status", i));
		const char *transaction = text_at(answer, form("results.%zu.provider_transaction_id", i));

		if (strcmp(status, "pending") == 0 && transaction != NULL) {
			pay_at_provider(shoppers, shopper, transaction);
			return;
		}
	}
	go_on(shopper, PAY);
}

static void
take_answer(struct shoppers *shoppers, struct shopper *shopper, const struct answer *answer)
{
	if (is_trouble(answer)) {
		shoppers->troubles++;
		return;
	}
	switch (shopper->step) {
	case BROWSE:
		EXPECT(*answer, 200);
		shopper->turn++;
		if (!shoppers->closing && shopper->turn % 3 == 0)
			go_on(shopper, ORDER);
		return;
	case ORDER:
		EXPECT(*answer, 201);
		note_order(shoppers, shopper, answer);
		return;
	case PAY:
		if (says(answer, "payment_in_progress")) {
			go_on(shopper, LOOK);
			return;
		}
		EXPECT(*answer, 201);
		pay_at_provider(shoppers, shopper, text_at(answer, "provider_transaction_id"));
		return;
	case LOOK:
		EXPECT(*answer, 200);
		take_live_attempt(shoppers, shopper, answer);
	}
}

void
shoppers_round(struct shoppers *shoppers)
{
	struct call   calls[SHOPPERS_MAX];
	struct answer answers[SHOPPERS_MAX];
	size_t        troubles = shoppers->troubles;

	for (size_t i = 0; i < shoppers->count; i++)
		calls[i] = next_call(shoppers, &shoppers->list[i]);
	api_calls(calls, shoppers->count, answers);
	for (size_t i = 0; i < shoppers->count; i++)
		take_answer(shoppers, &shoppers->list[i], &answers[i]);
	if (shoppers->troubles > troubles)
		pause_ms(BREATH_MS);
}

void
shoppers_shop_for(struct shoppers *shoppers, long milliseconds)
{
	int64_t end = monotonic_ms() + milliseconds;

	while (monotonic_ms() < end)
		shoppers_round(shoppers);
}

static bool
is_busy(const struct shoppers *shoppers)
{
	for (size_t i = 0; i < shoppers->count; i++)
		if (shoppers->list[i].step != BROWSE)
			return true;
	return false;
}

void
shoppers_finish(struct shoppers *shoppers)
{
	int64_t end = monotonic_ms() + FINISH_MS, left = 1;

	shoppers->closing = true;
	while (is_busy(shoppers) && monotonic_ms() < end)
		shoppers_round(shoppers);
	CHECK(!is_busy(shoppers));
	for (end = monotonic_ms() + SETTLE_MS; left > 0 && monotonic_ms() < end; pause_ms(NUDGE_MS)) {
		run_job_now("reconcile_payments");
		left = sql_number("SELECT COUNT(*) FROM orders WHERE user_id IN (%s) AND status <> 'paid'", shoppers->user_list);
	}
	check_int(left, 0, "orders that were paid and are not", __FILE__, __LINE__);
}

static void
check_shopper(const struct shopper *shopper)
{
	CHECK_INT(sql_number("SELECT COUNT(*) FROM orders WHERE user_id = '%s'", shopper->person.id), shopper->orders);
	for (const struct bought *bought = shopper->bought; bought != NULL; bought = bought->next) {
		CHECK_INT(sql_number("SELECT COUNT(*) FROM orders WHERE id = '%s' AND user_id = '%s' AND status = 'paid'",
			      bought->order, shopper->person.id),
		    1);
		CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE order_id = '%s' AND status = 'succeeded' "
				     "AND provider_transaction_id = '%s'",
			      bought->order, bought->transaction),
		    1);
		CHECK_INT(
		    sql_number("SELECT COUNT(*) FROM payments WHERE order_id = '%s' AND status NOT IN ('succeeded', 'failed')",
			bought->order),
		    0);
	}
}

void
shoppers_check(struct shoppers *shoppers)
{
	for (size_t i = 0; i < shoppers->count; i++)
		check_shopper(&shoppers->list[i]);
	CHECK_INT(sql_number("SELECT on_hand FROM inventory WHERE variant_id = '%s'", shoppers->goods.variant),
	    STOCK - shoppers->orders);
	CHECK_INT(sql_number("SELECT reserved FROM inventory WHERE variant_id = '%s'", shoppers->goods.variant), 0);
	expect_sandbox_agrees(shoppers->first_intent);
	EXPECT_CONSISTENT();
}
