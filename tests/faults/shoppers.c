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

struct crowd {
	struct shopper shoppers[SHOPPERS_MAX];
	size_t         count, orders, payments, troubles, first_intent;
	struct goods   goods;
	const char    *user_list;
	bool           closing;
};

struct crowd *
crowd_new(size_t shoppers)
{
	struct crowd *crowd = ARENA_NEW(api_arena(), struct crowd);
	struct person seller = person_new("shopkeeper");
	struct answer intents;

	REQUIRE(shoppers <= SHOPPERS_MAX);
	sandbox_calm();
	intents = sandbox_intents();
	*crowd = (struct crowd) { .count = shoppers, .goods = goods_new(&seller, "12.50", STOCK), .user_list = "''",
		.first_intent = length_at(&intents, "payment_intents") };
	for (size_t i = 0; i < shoppers; i++) {
		crowd->shoppers[i].person = person_new("customer");
		crowd->shoppers[i].address = address_new(&crowd->shoppers[i].person);
		crowd->shoppers[i].turn = (unsigned)i;
		crowd->user_list = form("%s, '%s'", crowd->user_list, crowd->shoppers[i].person.id);
	}
	return crowd;
}

size_t
crowd_orders(const struct crowd *crowd)
{
	return crowd->orders;
}

size_t
crowd_payments(const struct crowd *crowd)
{
	return crowd->payments;
}

size_t
crowd_troubles(const struct crowd *crowd)
{
	return crowd->troubles;
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
browse(const struct crowd *crowd, const struct shopper *shopper)
{
	const char *const paths[] = { "/products?limit=12", form("/products/%s", crowd->goods.product), "/categories/tree", "/cart" };

	return (struct call) { .method = "GET", .path = paths[shopper->turn % 4], .token = shopper->person.access };
}

static struct call
next_call(const struct crowd *crowd, struct shopper *shopper)
{
	struct call call = { .method = "POST", .token = shopper->person.access, .headers = shopper->key_header };

	switch (shopper->step) {
	case BROWSE:
		return browse(crowd, shopper);
	case ORDER:
		call.path = "/orders";
		call.body = form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", "
		    "\"items\": [{\"variant_id\": \"%s\", \"quantity\": 1}]}", shopper->address, crowd->goods.variant);
		return call;
	case PAY:
		call.path = "/payments";
		call.body = form("{\"order_id\": \"%s\", \"provider\": \"stripe\"}", shopper->bought->order);
		return call;
	default:
		return (struct call) { .method = "GET", .path = form("/orders/%s/payments", shopper->bought->order),
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
pay_at_provider(struct crowd *crowd, struct shopper *shopper, const char *transaction)
{
	REQUIRE(transaction != NULL);
	shopper->bought->transaction = transaction;
	sandbox_act("pay", transaction);
	crowd->payments++;
	go_on(shopper, BROWSE);
}

static void
note_order(struct crowd *crowd, struct shopper *shopper, const struct answer *answer)
{
	struct bought *bought = ARENA_NEW(api_arena(), struct bought);

	*bought = (struct bought) { .order = text_at(answer, "id"), .next = shopper->bought };
	shopper->bought = bought;
	shopper->orders++;
	crowd->orders++;
	go_on(shopper, PAY);
}

/* The attempt that a lost answer told of: its transaction, or none yet. */
static void
take_live_attempt(struct crowd *crowd, struct shopper *shopper, const struct answer *answer)
{
	for (size_t i = 0; i < length_at(answer, "results"); i++) {
		const char *status = text_at(answer, form("results.%zu.status", i));
		const char *transaction = text_at(answer, form("results.%zu.provider_transaction_id", i));

		if (strcmp(status, "pending") == 0 && transaction != NULL) {
			pay_at_provider(crowd, shopper, transaction);
			return;
		}
	}
	go_on(shopper, PAY);
}

static void
take_answer(struct crowd *crowd, struct shopper *shopper, const struct answer *answer)
{
	if (is_trouble(answer)) {
		crowd->troubles++;
		return;
	}
	switch (shopper->step) {
	case BROWSE:
		EXPECT(*answer, 200);
		shopper->turn++;
		if (!crowd->closing && shopper->turn % 3 == 0)
			go_on(shopper, ORDER);
		return;
	case ORDER:
		EXPECT(*answer, 201);
		note_order(crowd, shopper, answer);
		return;
	case PAY:
		if (says(answer, "payment_in_progress")) {
			go_on(shopper, LOOK);
			return;
		}
		EXPECT(*answer, 201);
		pay_at_provider(crowd, shopper, text_at(answer, "provider_transaction_id"));
		return;
	case LOOK:
		EXPECT(*answer, 200);
		take_live_attempt(crowd, shopper, answer);
	}
}

void
crowd_round(struct crowd *crowd)
{
	struct call   calls[SHOPPERS_MAX];
	struct answer answers[SHOPPERS_MAX];
	size_t        troubles = crowd->troubles;

	for (size_t i = 0; i < crowd->count; i++)
		calls[i] = next_call(crowd, &crowd->shoppers[i]);
	api_calls(calls, crowd->count, answers);
	for (size_t i = 0; i < crowd->count; i++)
		take_answer(crowd, &crowd->shoppers[i], &answers[i]);
	if (crowd->troubles > troubles)
		pause_ms(BREATH_MS);
}

void
crowd_shop_for(struct crowd *crowd, long milliseconds)
{
	int64_t end = monotonic_ms() + milliseconds;

	while (monotonic_ms() < end)
		crowd_round(crowd);
}

static bool
is_busy(const struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->count; i++)
		if (crowd->shoppers[i].step != BROWSE)
			return true;
	return false;
}

void
crowd_finish(struct crowd *crowd)
{
	int64_t end = monotonic_ms() + FINISH_MS, left = 1;

	crowd->closing = true;
	while (is_busy(crowd) && monotonic_ms() < end)
		crowd_round(crowd);
	CHECK(!is_busy(crowd));
	for (end = monotonic_ms() + SETTLE_MS; left > 0 && monotonic_ms() < end; pause_ms(NUDGE_MS)) {
		run_job_now("reconcile_payments");
		left = sql_number("SELECT COUNT(*) FROM orders WHERE user_id IN (%s) AND status <> 'paid'", crowd->user_list);
	}
	check_int(left, 0, "orders that were paid and are not", __FILE__, __LINE__);
}

static void
check_shopper(const struct shopper *shopper)
{
	CHECK_INT(sql_number("SELECT COUNT(*) FROM orders WHERE user_id = '%s'", shopper->person.id), shopper->orders);
	for (const struct bought *bought = shopper->bought; bought != NULL; bought = bought->next) {
		CHECK_INT(sql_number("SELECT COUNT(*) FROM orders WHERE id = '%s' AND user_id = '%s' AND status = 'paid'",
		    bought->order, shopper->person.id), 1);
		CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE order_id = '%s' AND status = 'succeeded' "
		    "AND provider_transaction_id = '%s'", bought->order, bought->transaction), 1);
		CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE order_id = '%s' AND status NOT IN ('succeeded', 'failed')",
		    bought->order), 0);
	}
}

void
crowd_check(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->count; i++)
		check_shopper(&crowd->shoppers[i]);
	CHECK_INT(sql_number("SELECT on_hand FROM inventory WHERE variant_id = '%s'", crowd->goods.variant), STOCK - crowd->orders);
	CHECK_INT(sql_number("SELECT reserved FROM inventory WHERE variant_id = '%s'", crowd->goods.variant), 0);
	expect_sandbox_agrees(crowd->first_intent);
	EXPECT_CONSISTENT();
}
