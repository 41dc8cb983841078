/* A provider that acts and says it failed, repeats itself, talks backwards or too early, or not at all; and late money. */
#include "tests/faults/stack.h"

#include "base/instant.h"

#include <string.h>

enum { CROWD = 32, GIVE_UP_MS = 60000, NUDGE_MS = 300 };

static struct person seller, customer, admin;
static struct goods  goods;
static const char   *address;
static size_t        first_intent;

static void
need_people(void)
{
	struct answer intents;

	if (admin.id != NULL)
		return;
	seller = person_new("shopkeeper");
	customer = person_new("customer");
	goods = goods_new(&seller, "40.00", 100000);
	address = address_new(&customer);
	admin = person_new("admin");
	intents = sandbox_intents();
	first_intent = length_at(&intents, "payment_intents");
}

/* What is begun is made, or a job has looked after it before its client came back: then it is open. */
static bool
is_made(const struct answer *answer)
{
	return answer->status == 201 || (answer->status == 409 && strcmp(text_at(answer, "code"), "payment_in_progress") == 0);
}

/* The same calls again and again, all that are not done at once, until what each wants is made. */
static void
call_until(const struct call *calls, size_t count, struct answer *answers)
{
	int64_t end = monotonic_ms() + GIVE_UP_MS;
	size_t  left = count;

	memset(answers, 0, count * sizeof *answers);
	while (left > 0 && monotonic_ms() < end) {
		struct call   again[CROWD];
		struct answer got[CROWD];
		size_t        n = 0;

		for (size_t i = 0; i < count; i++)
			if (!is_made(&answers[i]))
				again[n++] = calls[i];
		api_calls(again, n, got);
		n = left = 0;
		for (size_t i = 0; i < count; i++)
			if (!is_made(&answers[i])) {
				answers[i] = got[n++];
				CHECK(is_made(&answers[i]) || answers[i].status >= 502);
				left += !is_made(&answers[i]);
			}
		if (left > 0)
			pause_ms(NUDGE_MS);
	}
	CHECK_INT(left, 0);
}

static void
order_crowd(const struct goods *what, struct attempt *attempts)
{
	struct call   calls[CROWD];
	struct answer answers[CROWD];

	for (size_t i = 0; i < CROWD; i++)
		calls[i] = (struct call) { .method = "POST",
			.path = "/orders",
			.token = customer.access,
			.body = form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"items\": "
				     "[{\"variant_id\": \"%s\", \"quantity\": 1}]}",
			    address, what->variant) };
	call_until(calls, CROWD, answers);
	for (size_t i = 0; i < CROWD; i++)
		attempts[i] = (struct attempt) { .order = text_at(&answers[i], "id") };
}

static void
begin_to_pay(struct attempt *attempts)
{
	struct call   calls[CROWD];
	struct answer answers[CROWD];

	for (size_t i = 0; i < CROWD; i++)
		calls[i] = (struct call) { .method = "POST",
			.path = "/payments",
			.token = customer.access,
			.body = form("{\"order_id\": \"%s\", \"provider\": \"stripe\"}", attempts[i].order) };
	call_until(calls, CROWD, answers);
	for (size_t i = 0; i < CROWD; i++) {
		struct answer made = api_get(form("/orders/%s/payments", attempts[i].order), customer.access);
		size_t        last = length_at(&made, "results") - 1;

		attempts[i].reference = text_at(&made, form("results.%zu.reference", last));
		attempts[i].transaction = text_at(&made, form("results.%zu.provider_transaction_id", last));
	}
}

static void
begin_crowd(const struct goods *what, struct attempt *attempts)
{
	order_crowd(what, attempts);
	begin_to_pay(attempts);
}

/* The same switches for each of the first `count` orders. */
static void
switch_first(const struct attempt *attempts, size_t count, const char *switches)
{
	for (size_t i = 0; i < count; i++)
		sandbox_switch(attempts[i].order, switches);
}

static void
act_all(const char *act, const struct attempt *attempts)
{
	for (size_t i = 0; i < CROWD; i++)
		sandbox_act(act, attempts[i].transaction);
}

/* The ids of the crowd's orders, for IN (...). */
static const char *
orders_of(const struct attempt *attempts)
{
	const char *list = form("'%s'", attempts[0].order);

	for (size_t i = 1; i < CROWD; i++)
		list = form("%s, '%s'", list, attempts[i].order);
	return list;
}

/* Waits until the query counts `wanted`, letting the jobs that look after such things run now. */
static void
nudge_until(int64_t wanted, const char *query)
{
	static const char *const jobs[] = { "reconcile_payments", "refund_payment", "expire_orders" };
	int64_t                  end = monotonic_ms() + GIVE_UP_MS, got;

	while ((got = sql_number("%s", query)) != wanted && monotonic_ms() < end) {
		for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++)
			run_job_now(jobs[i]);
		pause_ms(NUDGE_MS);
	}
	check_int(got, wanted, query, __FILE__, __LINE__);
}

static void
nudge_until_paid(const struct attempt *attempts)
{
	nudge_until(CROWD,
	    form("SELECT COUNT(*) FROM orders WHERE status = 'paid' AND payment_status = 'paid' AND id IN (%s)",
		orders_of(attempts)));
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM payments WHERE status = 'succeeded' AND order_id IN (%s)", orders_of(attempts)),
	    CROWD);
}

static void
check_books(void)
{
	expect_sandbox_agrees(first_intent);
	EXPECT_CONSISTENT();
}

static int64_t
stock(const char *column, const struct goods *what)
{
	return sql_number("SELECT %s FROM inventory WHERE variant_id = '%s'", column, what->variant);
}

static void
test_create_that_fails_after_acting(void)
{
	struct attempt attempts[CROWD];
	int64_t        on_hand;

	need_people();
	on_hand = stock("on_hand", &goods);
	order_crowd(&goods, attempts);
	switch_first(attempts, CROWD / 2, "{\"fail_after_charge\": 1}");
	begin_to_pay(attempts);
	act_all("pay", attempts);
	nudge_until_paid(attempts);
	CHECK_INT(stock("on_hand", &goods), on_hand - CROWD);
	check_books();
}

static void
refund_crowd(const struct attempt *attempts)
{
	struct call   calls[CROWD];
	struct answer answers[CROWD];

	for (size_t i = 0; i < CROWD; i++)
		calls[i] = (struct call) { .method = "POST",
			.path = form("/payments/%s/refunds", attempts[i].reference),
			.token = admin.access,
			.body = "{\"amount\": \"1.50\", \"reason\": \"a scratch\"}" };
	api_calls(calls, CROWD, answers);
	for (size_t i = 0; i < CROWD; i++)
		EXPECT(answers[i], 201);
	nudge_until(CROWD,
	    form("SELECT COUNT(*) FROM payments WHERE status = 'partially_refunded' AND refunded_minor = 150 "
		 "AND refund_claimed_minor = 150 AND order_id IN (%s)",
		orders_of(attempts)));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.order_id IN (%s)",
		      orders_of(attempts)),
	    CROWD);
	check_books();
}

/* Half of the refunds are made and answered with a 500; all are asked for again under their keys. */
static void
test_refund_that_fails_after_acting(void)
{
	struct attempt attempts[CROWD];

	need_people();
	begin_crowd(&goods, attempts);
	act_all("pay", attempts);
	nudge_until_paid(attempts);
	switch_first(attempts, CROWD, "{\"webhook_never\": true}");
	switch_first(attempts, CROWD / 2, "{\"fail_after_charge\": 1}");
	refund_crowd(attempts);
}

/* The refund's event arrives before the answer to the call that made it. */
static void
test_refund_event_before_the_answer(void)
{
	struct attempt attempts[CROWD];

	need_people();
	begin_crowd(&goods, attempts);
	act_all("pay", attempts);
	nudge_until_paid(attempts);
	switch_first(attempts, CROWD, "{\"webhook_before_answer\": true}");
	refund_crowd(attempts);
}

/* A refused card, then a good one; every event three times and the newest first. */
static void
test_repeated_and_reversed_events(void)
{
	struct attempt attempts[CROWD];
	int64_t        on_hand;

	need_people();
	on_hand = stock("on_hand", &goods);
	begin_crowd(&goods, attempts);
	switch_first(attempts, CROWD, "{\"webhook_copies\": 3, \"webhook_reverse\": true}");
	for (size_t i = 0; i < CROWD; i++) {
		sandbox_act("fail", attempts[i].transaction);
		sandbox_act("pay", attempts[i].transaction);
	}
	CHECK_INT(sandbox_post("/sandbox/flush", NULL), 200);
	nudge_until_paid(attempts);
	CHECK_INT(stock("on_hand", &goods), on_hand - CROWD);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM events WHERE type = 'order.paid' AND aggregate_id IN (%s)", orders_of(attempts)),
	    CROWD);
	check_books();
}

/* The payer pays every intent there is for the orders. */
static void
pay_known_intents(const char *orders)
{
	struct answer intents = sandbox_intents();

	for (size_t i = first_intent; i < length_at(&intents, "payment_intents"); i++) {
		const char *order = text_at(&intents, form("payment_intents.%zu.metadata.order_id", i));
		const char *status = text_at(&intents, form("payment_intents.%zu.status", i));

		if (order != NULL && strstr(orders, order) != NULL && strcmp(status, "requires_payment_method") == 0)
			sandbox_act("pay", text_at(&intents, form("payment_intents.%zu.id", i)));
	}
}

/* The answers to our creating calls are lost, so the events tell of transactions that we do not know yet. */
static void
test_success_before_our_own_commit(void)
{
	struct attempt attempts[CROWD];
	struct call    calls[CROWD];
	struct answer  answers[CROWD];
	const char    *list;

	need_people();
	order_crowd(&goods, attempts);
	list = orders_of(attempts);
	switch_first(attempts, CROWD, "{\"hang_ms\": 1500}");
	for (size_t i = 0; i < CROWD; i++)
		calls[i] = (struct call) { .method = "POST",
			.path = "/payments",
			.token = customer.access,
			.body = form("{\"order_id\": \"%s\", \"provider\": \"stripe\"}", attempts[i].order) };
	api_calls(calls, CROWD, answers);
	for (size_t i = 0; i < CROWD; i++)
		EXPECT_PROBLEM(answers[i], 502, "provider_unavailable");
	switch_first(attempts, CROWD, "{\"hang_ms\": 0}");
	pay_known_intents(list);
	/* What the provider was never asked for is asked for by the reconciliation, under the attempt's own key. */
	nudge_until(0,
	    form("SELECT COUNT(*) FROM payments WHERE provider_transaction_id IS NULL AND status = 'pending' "
		 "AND order_id IN (%s)",
		list));
	CHECK_INT(sql_number("SELECT COUNT(DISTINCT order_id) FROM payments WHERE order_id IN (%s)", list), CROWD);
	pay_known_intents(list);
	nudge_until_paid(attempts);
	check_books();
}

static void
test_silent_provider_is_asked(void)
{
	struct attempt attempts[CROWD];

	need_people();
	begin_crowd(&goods, attempts);
	switch_first(attempts, CROWD, "{\"webhook_never\": true}");
	act_all("pay", attempts);
	nudge_until_paid(attempts);
	check_books();
}

/* Half of what the expired orders gave back is sold to others before the money comes for all of them at once. */
static void
test_late_money_for_expired_orders(void)
{
	struct goods   rare;
	struct attempt attempts[CROWD];
	const char    *list, *other_address;
	struct person  other;

	need_people();
	rare = goods_new(&seller, "9.00", CROWD);
	begin_crowd(&rare, attempts);
	list = orders_of(attempts);
	sql_run("UPDATE orders SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE id IN (%s)", list);
	nudge_until(CROWD, form("SELECT COUNT(*) FROM orders WHERE status = 'expired' AND id IN (%s)", list));
	CHECK_INT(stock("reserved", &rare), 0);
	other = person_new("customer");
	other_address = address_new(&other);
	CHECK(order_new(&other, other_address, &rare, CROWD / 2) != NULL);
	for (size_t i = 0; i < CROWD; i++)
		CHECK_INT(sandbox_post(form("/sandbox/stripe/pay/%s", attempts[i].transaction), "force=1"), 200);
	nudge_until(CROWD / 2, form("SELECT COUNT(*) FROM orders WHERE status = 'paid' AND id IN (%s)", list));
	nudge_until(CROWD / 2, form("SELECT COUNT(*) FROM payments WHERE status = 'refunded' AND order_id IN (%s)", list));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE status = 'succeeded' AND order_id IN (%s)", list), CROWD / 2);
	CHECK_INT(stock("on_hand", &rare), CROWD / 2);
	CHECK_INT(stock("reserved", &rare), CROWD / 2);
	check_books();
}

/* Both attempts of each order succeed in the same moment: one pays, the other goes back. */
static void
test_second_success_goes_back(void)
{
	struct attempt first[CROWD], second[CROWD];
	const char    *list;
	int64_t        on_hand;

	need_people();
	on_hand = stock("on_hand", &goods);
	begin_crowd(&goods, first);
	list = orders_of(first);
	act_all("fail", first);
	nudge_until(CROWD, form("SELECT COUNT(*) FROM payments WHERE status = 'failed' AND order_id IN (%s)", list));
	memcpy(second, first, sizeof second);
	begin_to_pay(second);
	/* Who hears of the first payment closes the other attempt: nobody does before both are paid.  The declined ones are closed
	 * already, and paid all the same. */
	switch_first(second, CROWD, "{\"webhook_delay_ms\": 300}");
	for (size_t i = 0; i < CROWD; i++) {
		CHECK(strcmp(first[i].transaction, second[i].transaction) != 0);
		for (size_t j = 0; j < 2; j++)
			CHECK_INT(sandbox_post(form("/sandbox/stripe/pay/%s",
						   (i + j) % 2 == 0 ? first[i].transaction : second[i].transaction),
				      "force=1"),
			    200);
	}
	nudge_until(CROWD, form("SELECT COUNT(*) FROM payments WHERE status = 'refunded' AND order_id IN (%s)", list));
	nudge_until_paid(first);
	CHECK_INT(
	    sql_number("SELECT COUNT(DISTINCT order_id) FROM payments WHERE status = 'succeeded' AND order_id IN (%s)", list),
	    CROWD);
	CHECK_INT(stock("on_hand", &goods), on_hand - CROWD);
	check_books();
}

SUITE("a provider that lies", TEST(test_create_that_fails_after_acting), TEST(test_refund_that_fails_after_acting),
    TEST(test_refund_event_before_the_answer), TEST(test_repeated_and_reversed_events), TEST(test_success_before_our_own_commit),
    TEST(test_silent_provider_is_asked), TEST(test_late_money_for_expired_orders), TEST(test_second_success_goes_back))
