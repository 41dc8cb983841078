/* A provider that hangs: nobody else waits for it, its callers are let go in time, and the same payment goes on later. */
#include "tests/faults/stack.h"

#include "base/instant.h"

#include <stdio.h>
#include <string.h>

/* tests/faults/run gives a call of the provider 1 s, and opens the circuit for 1 s after 5 failures. */
enum {
	HANG_MS = 4000,
	CALL_MS = 1000,
	FREE_MS = 1500 /* less than two calls, that whoever stood behind them would wait */,
	SLACK_MS = 1500,
	QUICK_MS = 500,
	ORDERS = 8,
	READS = 40,
	CASH = 4,
	HEALED_MS = 30000
};

static struct person seller, customer;
static struct goods  goods;
static const char   *address;

static void
need_people(void)
{
	if (address != NULL)
		return;
	seller = person_new("shopkeeper");
	customer = person_new("customer");
	goods = goods_new(&seller, "30.00", 1000);
	address = address_new(&customer);
}

/* POST /payments for the order under a key that belongs to the order. */
static struct call
pay_call(const char *order)
{
	const char **headers = (const char **)form("%*s", (int)(2 * sizeof *headers), "");

	headers[0] = form("Idempotency-Key: pay-%s", order);
	headers[1] = NULL;
	return (struct call) { .method = "POST",
		.path = "/payments",
		.token = customer.access,
		.headers = headers,
		.body = form("{\"order_id\": \"%s\", \"provider\": \"stripe\"}", order) };
}

static size_t
intents_of(const char *order)
{
	struct answer intents = sandbox_intents();
	size_t        found = 0;

	for (size_t i = 0; i < length_at(&intents, "payment_intents"); i++) {
		const char *of = text_at(&intents, form("payment_intents.%zu.metadata.order_id", i));

		found += of != NULL && strcmp(of, order) == 0;
	}
	return found;
}

/* The same request under the same key, until it is done. */
static void
pay_in_the_end(const char *order)
{
	struct call   call = pay_call(order);
	int64_t       end = monotonic_ms() + HEALED_MS;
	struct answer answer;

	for (;;) {
		api_calls(&call, 1, &answer);
		if (answer.status == 201 || monotonic_ms() > end)
			break;
		CHECK(answer.status == 502 || answer.status == 409);
		pause_ms(50);
	}
	EXPECT(answer, 201);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE order_id = '%s'", order), 1);
	sandbox_act("pay", text_at(&answer, "provider_transaction_id"));
}

static void
check_reads(const struct answer *answers, size_t count)
{
	long longest = 0;

	for (size_t i = 0; i < count; i++) {
		EXPECT(answers[i], 200);
		longest = answers[i].milliseconds > longest ? answers[i].milliseconds : longest;
	}
	printf("(reads within %ld ms) ", longest);
	CHECK(longest < FREE_MS);
}

/* Cash needs no provider: to begin to pay with it, and to confirm. */
static void
cash_calls(struct call *calls)
{
	for (size_t i = 0; i < CASH; i++) {
		const char *order = order_new(&customer, address, &goods, 1);

		calls[i] = (struct call) { .method = "POST",
			.path = "/payments",
			.token = customer.access,
			.body = form("{\"order_id\": \"%s\", \"provider\": \"cod\"}", order) };
		if (i >= CASH / 2) {
			struct answer begun = payment_new(&customer, order, "cod");

			EXPECT(begun, 201);
			calls[i] = (struct call) { .method = "POST",
				.path = form("/payments/%s/confirm", text_at(&begun, "reference")),
				.token = seller.access };
		}
	}
}

static void
test_hanging_provider_holds_up_nobody_else(void)
{
	struct call   calls[ORDERS + READS + CASH], late;
	struct answer answers[ORDERS + READS + CASH], answer, *cash = &answers[ORDERS + READS];
	const char   *orders[ORDERS];
	int64_t       hung_until;

	need_people();
	for (size_t i = 0; i < ORDERS; i++)
		orders[i] = order_new(&customer, address, &goods, 1);
	for (size_t i = 0; i < ORDERS; i++) {
		sandbox_switch(orders[i], form("{\"hang_ms\": %d}", HANG_MS));
		calls[i] = pay_call(orders[i]);
	}
	for (size_t i = ORDERS; i < ORDERS + READS; i++)
		calls[i] = (struct call) { .method = "GET",
			.path = i % 2 == 0 ? "/products?limit=12" : "/cart",
			.token = i % 2 == 0 ? NULL : customer.access };
	cash_calls(&calls[ORDERS + READS]);
	api_calls(calls, ORDERS + READS + CASH, answers);
	check_reads(answers + ORDERS, READS);
	for (size_t i = 0; i < CASH; i++) {
		EXPECT(cash[i], i < CASH / 2 ? 201 : 200);
		CHECK(cash[i].milliseconds < FREE_MS);
	}
	/* All workers but one, one after another; once the circuit is open, those that waited are told at once. */
	for (size_t i = 0; i < ORDERS; i++) {
		EXPECT_PROBLEM(answers[i], 502, "provider_unavailable");
		CHECK(answers[i].milliseconds < (ORDERS / 2) * CALL_MS + SLACK_MS);
	}
	late = pay_call(orders[0]);
	for (int i = 0; i < 2; i++) {
		api_calls(&late, 1, &answer);
		EXPECT_PROBLEM(answer, 502, "provider_unavailable");
	}
	CHECK(answer.milliseconds < QUICK_MS);
	hung_until = monotonic_ms() + HANG_MS;
	for (size_t i = 0; i < ORDERS; i++)
		sandbox_switch(orders[i], "{\"hang_ms\": 0}");
	for (size_t i = 0; i < ORDERS; i++)
		pay_in_the_end(orders[i]);
	for (size_t i = 0; i < ORDERS; i++)
		WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", orders[i]);
	/* The calls that were given up act all the same, late: still one intent, for all came with one key. */
	while (monotonic_ms() < hung_until)
		pause_ms(50);
	for (size_t i = 0; i < ORDERS; i++)
		CHECK_INT(intents_of(orders[i]), 1);
	EXPECT_CONSISTENT();
}

/* The process that listens there is gone: refused connections open the circuit, too. */
static void
test_absent_provider(void)
{
	const char   *order;
	struct call   call;
	struct answer answer;
	int           i;

	need_people();
	order = order_new(&customer, address, &goods, 1);
	call = pay_call(order);
	part_kill("sandbox");
	for (i = 0; i < 8; i++) {
		api_calls(&call, 1, &answer);
		EXPECT_PROBLEM(answer, 502, "provider_unavailable");
		CHECK(answer.milliseconds < QUICK_MS);
	}
	EXPECT(api_get("/products?limit=12", NULL), 200);
	part_start("sandbox");
	pay_in_the_end(order);
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", order);
	CHECK_INT(intents_of(order), 1);
	EXPECT_CONSISTENT();
}

SUITE("a provider that hangs", TEST(test_hanging_provider_holds_up_nobody_else), TEST(test_absent_provider))
