/* Reports about how the shop stands: the dashboard. */
#include "tests/api/shopping.h"

#include <string.h>

static struct person seller, customer, admin, warehouse;
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
	WAIT_FOR("0", "SELECT (SELECT COUNT(*) FROM report_queue) + (SELECT COUNT(*) FROM report_cart_queue)");
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
	struct answer answer = report("dashboard", "?range=7days&currency=EUR", person);

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

static void
test_books_are_consistent(void)
{
	EXPECT_CONSISTENT();
}

SUITE("api: reports of the shop's state", TEST(test_a_period_and_the_one_before), TEST(test_conversion),
    TEST(test_cash_under_way), TEST(test_csv), TEST(test_books_are_consistent))
