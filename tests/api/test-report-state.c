/* Reports about how the shop stands: the dashboard, its stock, its payments, its webhooks, its customers; and how long answers are kept. */
#include "tests/api/shopping.h"

#include "http/route.h"
#include "reports/reports.h"

#include <string.h>

static struct person seller, customer, admin, warehouse, accountant, manager;
static struct goods  goods;
static const char   *address;

static void
need_shop(void)
{
	if (seller.id != NULL)
		return;
	seller = shopkeeper_new("EUR");
	customer = person_new("customer");
	admin = person_new("admin");
	warehouse = person_new("warehouse");
	accountant = person_new("accountant");
	manager = person_new("account_manager");
	goods = goods_new(&seller, "20.00", 1000);
	address = address_new(&customer);
}

static struct answer
report(const char *what, const char *query, const struct person *person)
{
	need_shop();
	return api_get(form("/reports/%s%s", what, query), person->access);
}

static void
wait_for_fold(void)
{
	run_job_now("fold_reports");
	WAIT_FOR("0",
	    "SELECT (SELECT COUNT(*) FROM report_queue) + (SELECT COUNT(*) FROM report_cart_queue) + (SELECT COUNT(*) FROM report_payment_queue)");
}

/* What changes without a fold is seen five minutes later, or when the next fold has renewed the mark. */
static void
renew_mark(void)
{
	sql_run("UPDATE report_mark SET mark = UNHEX(REPLACE(UUID(), '-', ''))");
}

/* "1234.50" in minor units. */
static int64_t
minor_at(const struct answer *answer, const char *path)
{
	const char *text = text_at(answer, path);
	int64_t     minor = 0;

	for (const char *c = text; *c != '\0'; c++)
		if (*c >= '0' && *c <= '9')
			minor = minor * 10 + *c - '0';
	return *text == '-' ? -minor : minor;
}

static const char *
day(int ahead)
{
	return sql_text("SELECT CAST(CURRENT_DATE + INTERVAL %d DAY AS CHAR)", ahead);
}

/* The report of so many days from today on, and what is before them. */
static struct answer
dashboard(int from, int to, const struct person *person)
{
	wait_for_fold();
	return report("dashboard", form("?from=%s&to=%s&tz=UTC&currency=EUR", day(from), day(to)), person);
}

static void
test_a_period_and_the_one_before(void)
{
	struct attempt one, two;
	struct answer  answer;
	int64_t        revenue;

	need_shop();
	one = attempt_paid(&customer, order_new(&customer, address, &goods, 1));
	two = attempt_paid(&customer, order_new(&customer, address, &goods, 3));
	revenue = sql_number("SELECT SUM(total_minor) FROM order_merchants WHERE merchant_id = '%s'", seller.merchant);
	answer = dashboard(0, 0, &seller);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 2);
	CHECK_TEXT(text_at(&answer, "results.0.from"), day(0));
	CHECK_TEXT(text_at(&answer, "results.1.to"), day(-1));
	CHECK_INT(number_at(&answer, "results.0.orders"), 2);
	CHECK_INT(number_at(&answer, "results.0.units"), 4);
	CHECK_INT(minor_at(&answer, "results.0.revenue"), revenue);
	CHECK_INT(minor_at(&answer, "results.0.average_order"), revenue / 2);
	CHECK(!has_at(&answer, "results.0.carts") && !has_at(&answer, "results.0.new_customers"));
	/* Nothing was before: nothing can be said of how it has grown. */
	CHECK(!has_at(&answer, "results.1.average_order") && !has_at(&answer, "change.revenue_percent"));
	/* Of tomorrow, today is what was before; of the three days from today on too, which end after it. */
	answer = dashboard(1, 1, &seller);
	EXPECT(answer, 200);
	CHECK_INT(minor_at(&answer, "results.1.revenue"), revenue);
	CHECK_TEXT(text_at(&answer, "change.revenue_percent"), "-100.00");
	CHECK_TEXT(text_at(&answer, "change.orders_percent"), "-100.00");
	answer = dashboard(1, 3, &seller);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.1.from"), day(-2));
	CHECK_INT(minor_at(&answer, "results.1.revenue"), revenue);
	CHECK(one.total + two.total >= revenue);
}

static const char *
guest_cart(void)
{
	struct answer answer = api_post("/carts", NULL, "{}");

	EXPECT(answer, 201);
	return text_at(&answer, "token");
}

/* A guest's cart, which comes to its owner, is one cart; nothing else counts as one. */
static void
test_conversion(void)
{
	struct answer before = dashboard(0, 0, &admin), answer;
	const char   *token = guest_cart(), *item = form("{\"variant_id\": \"%s\", \"quantity\": 1}", goods.variant);
	struct person other = person_new("customer");

	EXPECT(before, 200);
	EXPECT(api_call("POST", "/cart/items", NULL, item, HEADERS(form("X-Cart-Token: %s", token))), 200);
	EXPECT(api_call("POST", "/cart/items", NULL, item, HEADERS(form("X-Cart-Token: %s", token))), 200);
	EXPECT(api_post("/cart/merge", other.access, form("{\"token\": \"%s\"}", token)), 200);
	EXPECT(api_post("/cart/items", customer.access, item), 200);
	answer = dashboard(0, 0, &admin);
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "results.0.carts") - number_at(&before, "results.0.carts"), 2);
	CHECK_INT(number_at(&answer, "results.0.orders"), number_at(&before, "results.0.orders"));
	CHECK_INT(number_at(&answer, "results.0.new_customers") - number_at(&before, "results.0.new_customers"), 1);
	CHECK_INT(minor_at(&answer, "results.0.conversion_percent"),
	    (20000 * number_at(&answer, "results.0.orders") + number_at(&answer, "results.0.carts")) /
		(2 * number_at(&answer, "results.0.carts")));
}

static int64_t
cash(const struct person *person)
{
	struct answer answer;

	renew_mark();
	answer = report("dashboard", "?range=7days&currency=EUR", person);

	EXPECT(answer, 200);
	return length_at(&answer, "cash_under_way") == 0 ? 0 : minor_at(&answer, "cash_under_way.0.amount");
}

/* Cash is no revenue until somebody has collected it. */
static void
test_cash_under_way(void)
{
	int64_t       before, revenue;
	struct answer answer = dashboard(0, 0, &seller);
	const char   *order, *reference, *fulfilment;

	EXPECT(answer, 200);
	revenue = minor_at(&answer, "results.0.revenue");
	before = cash(&admin);
	order = order_new(&customer, address, &goods, 2);
	reference = cash_confirmed(&customer, &admin, order);
	CHECK_INT(cash(&admin) - before, sql_number("SELECT total_minor FROM orders WHERE id = '%s'", order));
	CHECK_INT(cash(&seller), sql_number("SELECT total_minor FROM order_merchants WHERE order_id = '%s'", order));
	answer = dashboard(0, 0, &seller);
	CHECK_INT(minor_at(&answer, "results.0.revenue"), revenue);
	fulfilment = parcel_delivered(&admin, order, &seller);
	CHECK(fulfilment != NULL);
	EXPECT(api_post(form("/payments/%s/collect", reference), admin.access, "{}"), 200);
	CHECK_INT(cash(&admin), before);
	CHECK_INT(cash(&seller), 0);
	answer = dashboard(0, 0, &seller);
	CHECK_INT(minor_at(&answer, "results.0.revenue") - revenue,
	    sql_number("SELECT total_minor FROM order_merchants WHERE order_id = '%s'", order));
}

static void
test_csv(void)
{
	const char head[] = "from,to,revenue,refunds,net,orders,units,average_order,new_customers,carts,conversion_percent\r\n";
	struct answer answer = report("dashboard", "?range=7days&currency=EUR&tz=UTC&format=csv", &seller);

	EXPECT(answer, 200);
	CHECK(strncmp(header_of(&answer, "Content-Type"), "text/csv", 8) == 0);
	CHECK(strncmp(answer.body, head, strlen(head)) == 0);
	EXPECT_PROBLEM(report("dashboard", "", &customer), 403, "forbidden");
	EXPECT_PROBLEM(report("dashboard", "", &warehouse), 403, "forbidden");
}

static const char *
row_of(const struct answer *answer, const char *variant, const char *state)
{
	for (size_t i = 0; i < length_at(answer, "results"); i++)
		if (strcmp(text_at(answer, form("results.%zu.variant_id", i)), variant) == 0 &&
		    strcmp(text_at(answer, form("results.%zu.state", i)), state) == 0)
			return form("results.%zu", i);
	return NULL;
}

static struct answer
stock_of(const struct person *person, const char *query)
{
	renew_mark();
	return report("inventory", query, person);
}

static void
test_low_and_dead_stock(void)
{
	struct person other = shopkeeper_new("EUR");
	struct goods  few = goods_new(&other, "5.00", 9), idle = goods_new(&other, "5.00", 50);
	struct answer answer;
	const char   *row, *today = form("?from=%s&to=%s&tz=UTC&currency=EUR", day(0), day(0));

	need_shop();
	sql_run("UPDATE inventory SET created_at = NOW(3) - INTERVAL 61 DAY WHERE variant_id = '%s'", idle.variant);
	attempt_paid(&customer, order_new(&customer, address, &few, 2));
	answer = stock_of(&other, today);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 2);
	CHECK_INT(number_at(&answer, "low"), 1);
	CHECK_INT(number_at(&answer, "dead"), 1);
	CHECK_INT(number_at(&answer, "dead_units"), 50);
	row = row_of(&answer, few.variant, "low");
	CHECK(row != NULL);
	CHECK_INT(number_at(&answer, form("%s.available", row)), 7);
	CHECK_INT(number_at(&answer, form("%s.sold", row)), 2);
	CHECK_INT(number_at(&answer, form("%s.days_of_cover", row)), 4); /* 3.5, half to even */
	row = row_of(&answer, idle.variant, "dead");
	CHECK(row != NULL && !has_at(&answer, form("%s.days_of_cover", row)) && !has_at(&answer, form("%s.last_sold_at", row)));
	/* What is sold once is dead no more, nor what nothing is left of. */
	attempt_paid(&customer, order_new(&customer, address, &idle, 1));
	CHECK_INT(number_at((struct answer[]) { stock_of(&other, today) }, "dead"), 0);
	sql_run("UPDATE inventory SET last_sold_at = NOW(3) - INTERVAL 60 DAY - INTERVAL 1 MINUTE WHERE variant_id = '%s'",
	    idle.variant);
	CHECK_INT(number_at((struct answer[]) { stock_of(&other, today) }, "dead"), 1);
	EXPECT(api_post(form("/inventory/%s/adjustments", idle.variant), other.access, "{\"delta\": -49, \"reason\": \"lost\"}"),
	    200);
	CHECK_INT(number_at((struct answer[]) { stock_of(&other, today) }, "dead"), 0);
	/* Each sees the own shop, the warehouse all. */
	EXPECT(stock_of(&warehouse, today), 200);
	answer = stock_of(&seller, today);
	CHECK(row_of(&answer, few.variant, "low") == NULL);
	EXPECT_PROBLEM(report("inventory", today, &customer), 403, "forbidden");
	answer = report("inventory", form("%s&format=csv", today), &other);
	CHECK(strncmp(answer.body, "state,variant_id,product_id,", 28) == 0);
}

static struct answer
payments_of(const struct person *person)
{
	wait_for_fold();
	return report("payments", form("?from=%s&to=%s&tz=UTC&currency=EUR", day(0), day(0)), person);
}

static int64_t
failures_at(const struct answer *answer, const char *reason)
{
	for (size_t i = 0; i < length_at(answer, "failures"); i++)
		if (strcmp(text_at(answer, form("failures.%zu.reason", i)), reason) == 0)
			return number_at(answer, form("failures.%zu.payments", i));
	return 0;
}

/* Each counts as it ended last, and once. */
static void
test_payments(void)
{
	struct person  other = shopkeeper_new("EUR");
	struct goods   thing = goods_new(&other, "10.00", 100);
	struct attempt paid, refused;
	const char    *order, *reference;
	int64_t        sold, brought;
	struct answer  answer;

	need_shop();
	paid = attempt_paid(&customer, order_new(&customer, address, &thing, 1));
	refused = attempt_new(&customer, order_new(&customer, address, &thing, 1));
	sandbox_act("fail", refused.transaction);
	WAIT_FOR("failed", "SELECT status FROM payments WHERE reference = '%s'", refused.reference);
	sold = sql_number("SELECT SUM(m.total_minor) FROM order_merchants m WHERE m.order_id = '%s'", paid.order);
	answer = payments_of(&other);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.provider"), "stripe");
	CHECK_INT(number_at(&answer, "results.0.payments"), 2);
	CHECK_INT(number_at(&answer, "results.0.succeeded"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.success_percent"), "50.00");
	CHECK_INT(minor_at(&answer, "results.0.volume"), sold);
	CHECK_INT(length_at(&answer, "failures"), 1);
	CHECK_TEXT(text_at(&answer, "cash_on_delivery_percent"), "0.00");
	/* It ends otherwise, and again as before. */
	sql_run("UPDATE payments SET status = 'failed', failure_code = 'of_a_test' WHERE reference = '%s'", paid.reference);
	answer = payments_of(&other);
	CHECK_INT(number_at(&answer, "results.0.failed"), 2);
	CHECK_INT(failures_at(&answer, "of_a_test"), 1);
	CHECK_INT(minor_at(&answer, "results.0.volume"), 0);
	sql_run("UPDATE payments SET status = 'succeeded', failure_code = NULL WHERE reference = '%s'", paid.reference);
	answer = payments_of(&other);
	CHECK_INT(number_at(&answer, "results.0.succeeded"), 1);
	CHECK_INT(failures_at(&answer, "of_a_test"), 0);
	CHECK_INT(minor_at(&answer, "results.0.volume"), sold);
	/* Cash counts when it is there. */
	order = order_new(&customer, address, &thing, 2);
	reference = cash_confirmed(&customer, &admin, order);
	CHECK_INT(length_at((struct answer[]) { payments_of(&other) }, "results"), 1);
	parcel_delivered(&admin, order, &other);
	EXPECT(api_post(form("/payments/%s/collect", reference), admin.access, "{}"), 200);
	brought = sql_number("SELECT total_minor FROM order_merchants WHERE order_id = '%s'", order);
	answer = payments_of(&other);
	CHECK_TEXT(text_at(&answer, "results.0.provider"), "cod");
	CHECK_INT(minor_at(&answer, "results.0.volume"), brought);
	CHECK_INT(minor_at(&answer, "cash_on_delivery_percent") / 100, 100 * brought / (sold + brought));
	answer = payments_of(&accountant);
	EXPECT(answer, 200);
	CHECK(minor_at(&answer, "results.0.volume") >= brought);
	EXPECT_PROBLEM(report("payments", "", &manager), 403, "forbidden");
}

/* One payment in the first quarter of an hour of Dhaka's 10 March, one in that of UTC's 12 March: ranges that begin or end there. */
static void
test_payments_of_days(void)
{
	static const struct {
		const char *range;
		int64_t     payments;
	} asked[] = { { "from=2025-03-10&to=2025-03-12&tz=Asia/Dhaka", 2 }, { "from=2025-03-11&to=2025-03-12&tz=Asia/Dhaka", 1 },
		{ "from=2025-03-08&to=2025-03-09&tz=Asia/Dhaka", 0 }, { "from=2025-03-11&to=2025-03-11&tz=Asia/Dhaka", 0 },
		{ "from=2025-03-12&to=2025-03-12&tz=Asia/Dhaka", 1 }, { "from=2025-03-09&to=2025-03-11&tz=UTC", 1 },
		{ "from=2025-03-10&to=2025-03-11&tz=UTC", 0 }, { "from=2025-03-10&to=2025-03-12&tz=UTC", 1 } };
	struct person  other = shopkeeper_new("EUR");
	struct goods   thing = goods_new(&other, "10.00", 100);
	struct attempt first, last;

	need_shop();
	first = attempt_paid(&customer, order_new(&customer, address, &thing, 1));
	last = attempt_paid(&customer, order_new(&customer, address, &thing, 1));
	sql_run("UPDATE payments SET created_at = '2025-03-09 18:00:00' WHERE reference = '%s'", first.reference);
	sql_run("UPDATE payments SET created_at = '2025-03-12 00:00:00' WHERE reference = '%s'", last.reference);
	sql_run("INSERT INTO report_payment_queue (payment_id) SELECT id FROM payments WHERE reference IN ('%s', '%s')",
	    first.reference, last.reference);
	payments_of(&other);
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		struct answer answer = report("payments", form("?currency=EUR&%s", asked[i].range), &other);

		EXPECT(answer, 200);
		CHECK_INT(length_at(&answer, "results") == 0 ? 0 : number_at(&answer, "results.0.payments"), asked[i].payments);
	}
}

static int64_t
failed_events(const struct answer *answer, const char *error)
{
	for (size_t i = 0; i < length_at(answer, "results"); i++)
		if (has_at(answer, form("results.%zu.error", i)) &&
		    strcmp(text_at(answer, form("results.%zu.error", i)), error) == 0)
			return number_at(answer, form("results.%zu.events", i));
	return 0;
}

static void
test_webhooks_that_failed(void)
{
	struct answer before, answer;
	const char   *query = "?range=7days&tz=UTC&currency=EUR";

	need_shop();
	renew_mark();
	before = report("webhooks", query, &accountant);
	EXPECT(before, 200);
	for (int i = 0; i < 3; i++)
		sql_run(
		    "INSERT INTO webhook_events (id, provider, event_id, type, payload, payload_hash, status, attempts, error, received_at) "
		    "VALUES (UNHEX(REPLACE(UUID(), '-', '')), 'stripe', CONCAT('evt_', UUID()), 'charge.refunded', '{}', REPEAT('h', 32), "
		    "'dead', 5, 'no such charge of a test', NOW(3) - INTERVAL %d DAY)",
		    4 * i);
	renew_mark();
	answer = report("webhooks", query, &accountant);
	sql_run("DELETE FROM webhook_events WHERE error = 'no such charge of a test'");
	EXPECT(answer, 200);
	CHECK_INT(failed_events(&answer, "no such charge of a test"), 2); /* one is older */
	CHECK_INT(number_at(&answer, "dead_letters") - number_at(&before, "dead_letters"), 3);
	EXPECT_PROBLEM(report("webhooks", query, &manager), 403, "forbidden");
	EXPECT_PROBLEM(report("webhooks", query, &seller), 403, "forbidden");
}

static struct answer
customers(const struct person *person)
{
	renew_mark();
	return report("customers", "?range=7days&tz=UTC&currency=CHF", person);
}

/* In a currency in which nobody buys. */
static void
test_segments_of_customers(void)
{
	static const struct {
		int orders, net;
	} bought[] = { { 3, 1000000 }, { 3, 999999 }, { 2, 5000000 }, { 1, 9000000 }, { 4, 1500000 } };
	struct person people[5];
	struct answer answer;

	need_shop();
	for (size_t i = 0; i < 5; i++) {
		people[i] = person_new("customer");
		sql_run("INSERT INTO report_customers (currency, user_id, orders, revenue_minor, net_minor, first_at, last_at) "
			"VALUES ('CHF', '%s', %d, %d, %d, NOW(3), NOW(3))",
		    people[i].id, bought[i].orders, bought[i].net, bought[i].net);
	}
	answer = customers(&manager);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.segment"), "vip");
	CHECK_INT(number_at(&answer, "results.0.customers"), 2);
	CHECK_INT(number_at(&answer, "results.0.orders"), 7);
	CHECK_TEXT(text_at(&answer, "results.0.revenue"), "25000.00");
	CHECK_INT(number_at(&answer, "results.1.customers"), 2);
	CHECK_INT(number_at(&answer, "results.2.customers"), 1);
	CHECK_TEXT(text_at(&answer, "best.0.id"), people[3].id);
	CHECK_TEXT(text_at(&answer, "best.0.name"), people[3].name);
	CHECK_TEXT(text_at(&answer, "best.0.segment"), "active");
	/* Who may not read users sees initials, also where the other's answer is kept. */
	answer = report("customers", "?range=7days&tz=UTC&currency=CHF", &accountant);
	sql_run("DELETE FROM report_customers WHERE currency = 'CHF'");
	EXPECT(answer, 200);
	CHECK(strstr(answer.body, people[3].name) == NULL && strstr(text_at(&answer, "best.0.name"), "…") != NULL);
	EXPECT_PROBLEM(report("customers", "", &seller), 403, "forbidden");
	/* Whose customers they are is nobody's but the shop's: no numbers of all are shown as those of one. */
	EXPECT_FAULT(report("customers", form("?merchant_id=%s", seller.merchant), &admin), "merchant_id");
	EXPECT_FAULT(report("webhooks", form("?merchant_id=%s", seller.merchant), &admin), "merchant_id");
}

/* One round trip says that nothing was folded since; whoever asks from elsewhere, or by other rights, has an answer of their own. */
static void
test_answers_are_kept(void)
{
	const char   *query = "?range=30days&tz=UTC&currency=EUR";
	struct answer first, again, other;

	wait_for_fold();
	renew_mark();
	first = report("dashboard", query, &admin);
	again = report("dashboard", query, &admin);
	EXPECT(again, 200);
	CHECK_TEXT(again.body, first.body);
	CHECK_INT(first.round_trips - again.round_trips, 3);
	other = report("dashboard", query, &seller);
	CHECK(has_at(&again, "results.0.carts") && !has_at(&other, "results.0.carts"));
	attempt_paid(&customer, order_new(&customer, address, &goods, 1));
	wait_for_fold();
	again = report("dashboard", query, &admin);
	CHECK_INT(number_at(&again, "results.0.orders") - number_at(&first, "results.0.orders"), 1);
	CHECK(strcmp(text_at(&again, "about.as_of"), text_at(&first, "about.as_of")) > 0);
	first = report("dashboard", form("%s&format=csv", query), &admin);
	again = report("dashboard", form("%s&format=csv", query), &admin);
	CHECK_TEXT(again.body, first.body);
	CHECK(strncmp(header_of(&again, "Content-Type"), "text/csv", 8) == 0);
	CHECK(strstr(header_of(&again, "Content-Disposition"), "attachment") != NULL);
}

/* Every report refuses what it cannot answer, at the member. */
static void
test_faults_of_every_report(void)
{
	static const struct route_table *const tables[] = { &report_table, &report_state_table, &goods_report_table };
	static const struct {
		const char *query, *member;
	} faults[] = { { "?range=custom", "from" }, { "?range=custom", "to" }, { "?from=2026-01-02&to=2026-01-01", "from" },
		{ "?from=2020-01-01&to=2026-01-01", "from" }, { "?tz=Mars/Olympus", "tz" }, { "?currency=ZZZ", "currency" },
		{ "?range=1day", "range" }, { "?range=7days&from=2026-01-01", "from" }, { "?format=xml", "format" } };

	need_shop();
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (size_t j = 0; j < tables[i]->count; j++)
			for (size_t k = 0; k < sizeof faults / sizeof *faults; k++)
				EXPECT_FAULT(api_get(form("%s%s", tables[i]->routes[j].path, faults[k].query), admin.access),
				    faults[k].member);
}

/* Days without sales are there, also those of 23 and of 25 hours. */
static void
test_days_of_a_zone(void)
{
	struct answer answer = report("sales", "?from=2026-03-28&to=2026-03-30&tz=Europe/Berlin&currency=EUR", &seller);

	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 3);
	CHECK_TEXT(text_at(&answer, "results.1.date"), "2026-03-29");
	CHECK_TEXT(text_at(&answer, "results.1.revenue"), "0.00");
	answer = report("dashboard", "?from=2025-10-26&to=2025-10-26&tz=Europe/Berlin&currency=EUR", &seller);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.1.from"), "2025-10-25");
	CHECK_TEXT(text_at(&answer, "results.1.to"), "2025-10-25");
}

/* What has no rate on the day of its posting is in no sum, and stands apart. */
static void
test_unconverted(void)
{
	struct person other = shopkeeper_new("EUR");
	struct goods  thing = goods_new(&other, "10.00", 100);
	struct answer answer;
	int64_t       sold;
	const char   *order;

	need_shop();
	wait_for_fold();
	sql_run("CREATE TABLE rates_kept SELECT * FROM exchange_rates WHERE currency IN ('EUR', 'USD')");
	sql_run("DELETE FROM exchange_rates WHERE currency IN ('EUR', 'USD')");
	order = attempt_paid(&customer, order_new(&customer, address, &thing, 1)).order;
	wait_for_fold();
	sql_run("INSERT INTO exchange_rates SELECT * FROM rates_kept");
	sql_run("DROP TABLE rates_kept");
	sold = sql_number("SELECT total_minor FROM order_merchants WHERE order_id = '%s'", order);
	answer = report("dashboard", "?range=7days&tz=UTC", &other);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "about.currency"), "USD");
	CHECK(bool_at(&answer, "about.converted"));
	CHECK_TEXT(text_at(&answer, "results.0.revenue"), "0.00");
	CHECK_INT(number_at(&answer, "results.0.orders"), 1);
	CHECK_INT(length_at(&answer, "about.unconverted"), 1);
	CHECK_TEXT(text_at(&answer, "about.unconverted.0.currency"), "EUR");
	CHECK_INT(minor_at(&answer, "about.unconverted.0.amount"), sold);
	/* In its own currency it is all there; and what is said is of now. */
	answer = report("dashboard", "?range=7days&tz=UTC&currency=EUR", &other);
	CHECK_INT(minor_at(&answer, "results.0.revenue"), sold);
	CHECK_INT(length_at(&answer, "about.unconverted"), 0);
	CHECK_INT(sql_number("SELECT STR_TO_DATE(LEFT('%s', 19), '%%Y-%%m-%%dT%%H:%%i:%%s') > NOW() - INTERVAL 1 MINUTE",
		      text_at(&answer, "about.as_of")),
	    1);
}

static bool
is_number(const struct member *member)
{
	size_t length = strlen(member->name);

	return member->kind == MEMBER_INTEGER || member->kind == MEMBER_MONEY ||
	    (length > 8 && strcmp(member->name + length - 8, "_percent") == 0);
}

/* How many numbers of the shape, and of those in it, say nothing of themselves. */
static int
undefined(const char *route, const struct shape *shape)
{
	int found = 0;

	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[i];

		if (member->of != NULL)
			found += undefined(route, member->of);
		if (!is_number(member) || member->description != NULL)
			continue;
		printf("\n    %s: %s of %s has no description", route, member->name, shape->name);
		found++;
	}
	return found;
}

/* What a number means is said in the API's document, of which the console and the reference are made. */
static void
test_numbers_are_defined(void)
{
	static const struct route_table *const tables[] = { &report_table, &report_state_table, &goods_report_table };

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (size_t j = 0; j < tables[i]->count; j++)
			CHECK_INT(undefined(tables[i]->routes[j].id, tables[i]->routes[j].answer.shape), 0);
}

static void
test_books_are_consistent(void)
{
	EXPECT_CONSISTENT();
}

SUITE("api: reports of the shop's state", TEST(test_a_period_and_the_one_before), TEST(test_conversion),
    TEST(test_cash_under_way), TEST(test_csv), TEST(test_low_and_dead_stock), TEST(test_payments), TEST(test_payments_of_days),
    TEST(test_webhooks_that_failed), TEST(test_segments_of_customers), TEST(test_answers_are_kept),
    TEST(test_numbers_are_defined), TEST(test_faults_of_every_report), TEST(test_days_of_a_zone), TEST(test_unconverted),
    TEST(test_books_are_consistent))
