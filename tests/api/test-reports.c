/* Reports say what the ledger says: of a shop that was just opened, and of everything that other tests have sold. */
#include "tests/api/played.h"
#include "tests/api/shopping.h"

#include <string.h>

static struct person seller, customer, admin, accountant, warehouse;
static struct goods  goods;
static const char   *address, *reference;

/* A shop of its own that has sold twice, and given a part back. */
static void
need_sales(void)
{
	struct attempt whole, part;

	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	customer = person_new("customer");
	admin = person_new("admin");
	accountant = person_new("accountant");
	warehouse = person_new("warehouse");
	goods = goods_new(&seller, "20.00", 1000);
	address = address_new(&customer);
	part = attempt_paid(&customer, order_new(&customer, address, &goods, 1));
	whole = attempt_paid(&customer, order_new(&customer, address, &goods, 3));
	sql_run("UPDATE payments SET review = NULL WHERE reference IN ('%s', '%s')", whole.reference, part.reference);
	reference = whole.reference;
	EXPECT(api_post(form("/payments/%s/refunds", part.reference), admin.access,
		   "{\"amount\": \"5.00\", \"reason\": \"a scratch\"}"),
	    201);
	WAIT_FOR("partially_refunded", "SELECT status FROM payments WHERE reference = '%s'", part.reference);
	WAIT_FOR("0",
	    "SELECT COUNT(*) FROM report_queue q JOIN ledger_transactions t ON t.id = q.transaction_id "
	    "JOIN payments p ON p.id = t.origin_id WHERE p.reference IN ('%s', '%s')",
	    whole.reference, part.reference);
}

static struct answer
report(const char *what, const char *query, const struct person *person)
{
	need_sales();
	return api_get(form("/reports/%s%s", what, query), person->access);
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

static void
test_a_seller_sees_the_own_shop(void)
{
	struct answer answer;
	int64_t       revenue, refunds, orders = 0, last = 6;

	answer = report("sales", "?range=7days&currency=USD&tz=UTC", &seller);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "about.tz"), "UTC");
	CHECK_INT(number_at(&answer, "results.6.orders"), 2);
	CHECK_INT(number_at(&answer, "results.6.units"), 4);
	/* Each order's goods and what they say of themselves; days without sales are there, too. */
	CHECK_TEXT(text_at(&answer, "results.0.revenue"), "0.00");
	revenue = sql_number("SELECT SUM(total_minor) FROM order_merchants WHERE merchant_id = '%s'", seller.merchant);
	refunds =
	    sql_number("SELECT SUM(e.amount_minor) FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id "
		       "JOIN ledger_accounts a ON a.id = e.account_id WHERE t.source_kind = 'refund' AND e.merchant_id = '%s'",
		seller.merchant);
	CHECK_INT(minor_at(&answer, form("results.%lld.revenue", (long long)last)), revenue);
	CHECK_INT(minor_at(&answer, form("results.%lld.refunds", (long long)last)), refunds);
	CHECK_INT(minor_at(&answer, form("results.%lld.net", (long long)last)), revenue - refunds);
	/* A week and a month have as much. */
	answer = report("sales", "?range=7days&currency=USD&tz=UTC&group=month", &seller);
	EXPECT(answer, 200);
	for (size_t i = 0; i < length_at(&answer, "results"); i++)
		orders += number_at(&answer, form("results.%zu.orders", i));
	CHECK_INT(orders, 2);
	EXPECT_PROBLEM(report("sales", form("?merchant_id=%s", goods.product), &seller), 404, "not_found");
}

static void
test_profit_and_loss(void)
{
	struct answer answer = report("profit-loss", "?range=7days&currency=USD", &accountant), own;
	int64_t       net;

	EXPECT(answer, 200);
	net = minor_at(&answer, "result.net_revenue");
	CHECK_INT(
	    minor_at(&answer, "result.revenue") - minor_at(&answer, "result.refunds") - minor_at(&answer, "result.disputed"),
	    net);
	CHECK_INT(minor_at(&answer, "result.gross_profit"), net - minor_at(&answer, "result.cost"));
	CHECK_INT(minor_at(&answer, "result.net_profit"),
	    minor_at(&answer, "result.gross_profit") - minor_at(&answer, "result.expenses") - minor_at(&answer, "result.tax"));
	/* Nobody has told what the goods of this shop cost. */
	own = report("profit-loss", "?range=7days&currency=USD", &seller);
	EXPECT(own, 200);
	CHECK_INT(minor_at(&own, "result.cost"), 4 * 2000 * 60 / 100);
	CHECK_INT(minor_at(&own, "result.estimated_cost"), minor_at(&own, "result.cost"));
}

/* What was posted since that day (UTC), whoever has sold it: asked of the ledger itself. */
static int64_t
posted_since(const char *day, const char *currency)
{
	return sql_number(
	    "SELECT -SUM(e.amount_minor) FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id "
	    "JOIN ledger_accounts a ON a.id = e.account_id WHERE t.created_at >= '%s' AND e.currency = '%s' "
	    "AND a.kind IN ('merchant', 'commission', 'tax', 'discount', 'shipping') AND (t.source_kind IN ('payment', "
	    "'collection', 'free_sale', 'refund', 'bounce', 'free_sale_ended', 'free_sale_returned') "
	    "OR (t.source_kind = 'dispute' AND NOT EXISTS (SELECT 1 FROM disputes d WHERE d.id = t.origin_id)))",
	    day, currency);
}

static void
test_the_shop_equals_its_ledger(void)
{
	static const char *const currencies[] = { "USD", "EUR", "HUF", "INR", "BDT", "JPY" };
	struct answer            answer = report("profit-loss", "?range=7days&tz=UTC", &admin);
	const char              *today = text_at(&answer, "about.to");
	const char              *begins[] = { "2024-07-01", "2025-06-15", text_at(&answer, "about.from") };

	for (size_t i = 0; i < sizeof begins / sizeof *begins * (sizeof currencies / sizeof *currencies); i++) {
		const char *currency = currencies[i / 3], *begin = begins[i % 3];
		const char *query = form("?from=%s&to=%s&tz=UTC&currency=%s", begin, today, currency);

		/* What is posted while we ask is in one of the two: then they are asked again. */
		for (int again = 0; again < 50; again++) {
			int64_t posted = posted_since(begin, currency);

			answer = report("profit-loss", query, &admin);
			EXPECT(answer, 200);
			if (minor_at(&answer, "result.net_revenue") == posted || again == 49) {
				CHECK_INT(minor_at(&answer, "result.net_revenue"), posted);
				break;
			}
		}
	}
}

static void
test_hours(void)
{
	struct answer answer = report("heatmap", "?range=7days&currency=USD&tz=Asia/Kolkata", &seller);
	int64_t       orders = 0, revenue = 0;

	EXPECT(answer, 200);
	for (int i = 0; i < 7 * 24; i++) {
		CHECK_INT(number_at(&answer, form("results.%d.day", i)), i / 24);
		CHECK_INT(number_at(&answer, form("results.%d.hour", i)), i % 24);
		orders += number_at(&answer, form("results.%d.orders", i));
		revenue += minor_at(&answer, form("results.%d.revenue", i));
	}
	CHECK_INT(orders, 2);
	CHECK_INT(revenue, sql_number("SELECT SUM(total_minor) FROM order_merchants WHERE merchant_id = '%s'", seller.merchant));
}

static void
test_csv(void)
{
	struct answer answer = report("sales", "?range=7days&currency=USD&tz=UTC&format=csv", &seller);

	EXPECT(answer, 200);
	CHECK(strncmp(header_of(&answer, "Content-Type"), "text/csv", 8) == 0);
	CHECK(strncmp(answer.body, "date,orders,units,revenue,refunds,net\r\n", 39) == 0);
	CHECK(strstr(answer.body, ",0,0,0.00,0.00,0.00\r\n") != NULL);
	CHECK(strstr(answer.body, ",2,4,") != NULL);
}

static void
test_all_currencies_together(void)
{
	struct answer answer = report("sales", "?range=7days", &admin);

	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "about.currency"), "USD");
	CHECK(strstr(answer.body, "\"converted\":true") != NULL);
}

static void
test_faults_of_queries(void)
{
	need_sales();
	EXPECT_FAULT(report("sales", "?range=custom&to=2026-01-01", &admin), "from");
	EXPECT_FAULT(report("sales", "?from=2026-01-02&to=2026-01-01", &admin), "from");
	EXPECT_FAULT(report("sales", "?from=2020-01-02&to=2026-01-01", &admin), "from");
	EXPECT_FAULT(report("heatmap", "?tz=Mars/Olympus", &admin), "tz");
	EXPECT_FAULT(report("heatmap", "?currency=XYZ", &admin), "currency");
	EXPECT_FAULT(report("profit-loss", "?range=1day", &admin), "range");
	need_sales();
	EXPECT_PROBLEM(report("sales", "", &customer), 403, "forbidden");
	EXPECT_PROBLEM(report("profit-loss", "", &warehouse), 403, "forbidden");
}

/* Samoa went to bed on the 29th and woke on the 31st. */
static void
test_a_day_that_never_was(void)
{
	static const char *const all[] = { "sales", "dashboard", "products", "heatmap", "inventory", "customers", "payments",
		"profit-loss", "tax", "merchants", "webhooks" };

	need_sales();
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		EXPECT(report(all[i], "?from=2011-12-30&to=2011-12-30&tz=Pacific/Apia", &admin), 200);
	EXPECT_FAULT(report("heatmap", "?tz=Asia", &admin), "tz");
}

/* What one seller says of the own goods stops nobody's reports. */
static void
test_an_absurd_cost_does_not_end_the_fold(void)
{
	struct goods   dear = goods_new(&seller, "0.50", 100);
	struct attempt paid;

	EXPECT(api_patch(form("/products/%s", dear.product), seller.access, "{\"cost_price\": \"9999999999999999.99\"}"), 200);
	paid = attempt_paid(&customer, order_new(&customer, address, &dear, 99));
	WAIT_FOR("0",
	    "SELECT COUNT(*) FROM report_queue q JOIN ledger_transactions t ON t.id = q.transaction_id "
	    "JOIN payments p ON p.id = t.origin_id WHERE p.reference = '%s'",
	    paid.reference);
	CHECK_INT(sql_number(
		      "SELECT MAX(f.cost_minor) FROM report_facts f WHERE f.product_id = '%s' AND f.kind = 'sale'", dear.product),
	    99 * 50 * 60 / 100);
}

static void
test_books_are_consistent(void)
{
	EXPECT_CONSISTENT();
}

SUITE("api: reports", TEST(test_a_seller_sees_the_own_shop), TEST(test_profit_and_loss), TEST(test_the_shop_equals_its_ledger),
    TEST(test_hours), TEST(test_csv), TEST(test_all_currencies_together), TEST(test_faults_of_queries),
    TEST(test_a_day_that_never_was), TEST(test_an_absurd_cost_does_not_end_the_fold), TEST(test_books_are_consistent))
