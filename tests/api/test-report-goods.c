/* Reports by product, merchant and tax: of a shop that was just opened, against its lines and its ledger. */
#include "tests/api/played.h"
#include "tests/api/shopping.h"

#include <string.h>

static struct person seller, other, customer, admin, accountant, warehouse;
static struct goods  dear, cheap;

/* Sold: three of the one product and one of the other; a part of the dear ones' money was given back. */
static void
need_sales(void)
{
	struct attempt paid, more;
	const char    *address;

	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	other = person_new("shopkeeper");
	customer = person_new("customer");
	admin = person_new("admin");
	accountant = person_new("accountant");
	warehouse = person_new("warehouse");
	dear = goods_new(&seller, "30.00", 100);
	cheap = goods_new(&seller, "10.00", 100);
	address = address_new(&customer);
	paid = attempt_paid(&customer, order_new(&customer, address, &dear, 3));
	more = attempt_paid(&customer, order_new(&customer, address, &cheap, 1));
	sql_run("UPDATE payments SET review = NULL WHERE reference IN ('%s', '%s')", paid.reference, more.reference);
	EXPECT(api_post(form("/payments/%s/refunds", paid.reference), admin.access,
		   "{\"amount\": \"6.00\", \"reason\": \"a scratch\"}"),
	    201);
	WAIT_FOR("partially_refunded", "SELECT status FROM payments WHERE reference = '%s'", paid.reference);
	WAIT_FOR("0",
	    "SELECT COUNT(*) FROM report_queue q JOIN ledger_transactions t ON t.id = q.transaction_id "
	    "JOIN payments p ON p.id = t.origin_id WHERE p.reference IN ('%s', '%s')",
	    paid.reference, more.reference);
}

static struct answer
report(const char *what, const char *query, const struct person *person)
{
	need_sales();
	return api_get(form("/reports/%s%s", what, query), person->access);
}

static void
test_products(void)
{
	struct answer top = report("products", "?range=7days&currency=USD&tz=UTC", &seller);
	struct answer worst = report("products", "?range=7days&currency=USD&tz=Asia/Kathmandu&order=worst&limit=1", &seller);

	EXPECT(top, 200);
	CHECK_INT(length_at(&top, "results"), 2);
	CHECK_TEXT(text_at(&top, "results.0.product_id"), dear.product);
	CHECK_INT(number_at(&top, "results.0.quantity"), 3);
	CHECK_TEXT(text_at(&top, "results.0.revenue"), "90.00");
	CHECK_TEXT(text_at(&top, "results.1.revenue"), "10.00");
	/* Nobody has told what they cost: 60 percent. */
	CHECK_TEXT(text_at(&top, "results.1.cost"), "6.00");
	CHECK_TEXT(text_at(&top, "results.1.estimated_cost"), "6.00");
	CHECK_TEXT(text_at(&top, "results.1.margin"), "4.00");
	EXPECT(worst, 200);
	CHECK_INT(length_at(&worst, "results"), 1);
	CHECK_TEXT(text_at(&worst, "results.0.product_id"), cheap.product);
}

static void
test_products_add_up_to_the_shop(void)
{
	struct answer top = report("products", "?range=12months&currency=USD&tz=UTC&sort=quantity", &seller);

	EXPECT(top, 200);
	CHECK_INT(length_at(&top, "results"), 2);
	CHECK_INT(
	    sql_number("SELECT SUM(d.refunds_minor) FROM report_product_days d WHERE d.merchant_id = '%s'", seller.merchant),
	    sql_number("SELECT SUM(e.amount_minor) FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id "
		       "JOIN ledger_accounts a ON a.id = e.account_id WHERE t.source_kind = 'refund' AND e.merchant_id = '%s'",
		seller.merchant));
}

static void
test_merchants(void)
{
	struct answer own = report("merchants", "?range=7days&currency=USD&tz=UTC", &seller);
	struct answer all = report("merchants", form("?range=7days&tz=UTC&merchant_id=%s", seller.merchant), &accountant);
	struct answer none = report("merchants", "?range=7days&currency=USD&tz=UTC", &other);

	EXPECT(own, 200);
	CHECK_INT(length_at(&own, "results"), 1);
	CHECK_TEXT(text_at(&own, "results.0.merchant_id"), seller.merchant);
	CHECK_TEXT(text_at(&own, "results.0.revenue"), "100.00");
	CHECK_INT(number_at(&own, "results.0.orders"), 2);
	EXPECT(all, 200);
	CHECK_TEXT(text_at(&all, "results.0.revenue"), "100.00");
	EXPECT(none, 200);
	CHECK_INT(length_at(&none, "results"), 0);
}

static void
test_tax(void)
{
	struct answer tax = report("tax", "?range=7days&currency=USD&tz=UTC", &seller);

	EXPECT(tax, 200);
	CHECK_INT(length_at(&tax, "results"), 1);
	CHECK(text_at(&tax, "results.0.country") != NULL);
	CHECK_TEXT(text_at(&tax, "results.0.taxed"), "100.00");
}

static void
test_refunds_by_sale(void)
{
	struct answer posted = report("profit-loss", "?range=7days&currency=USD&tz=UTC", &seller);
	struct answer sold = report("profit-loss", "?range=7days&currency=USD&tz=UTC&refunds=sold", &seller);

	EXPECT(posted, 200);
	EXPECT(sold, 200);
	CHECK_TEXT(text_at(&sold, "result.refunds"), text_at(&posted, "result.refunds"));
	EXPECT_FAULT(report("sales", "?refunds=never", &seller), "refunds");
}

static void
test_csv(void)
{
	struct answer products = report("products", "?range=7days&currency=USD&format=csv", &seller);
	struct answer tax = report("tax", "?range=7days&currency=USD&format=csv", &seller);

	EXPECT(products, 200);
	CHECK(strncmp(products.body, "product_id,name,merchant_id,shop_name,quantity,", 47) == 0);
	CHECK(strstr(products.body, ",90.00,") != NULL);
	EXPECT(tax, 200);
	CHECK(strncmp(tax.body, "country,rate,taxed,tax,back_taxed,back_tax,net_tax\r\n", 52) == 0);
}

static void
test_rights_and_faults(void)
{
	EXPECT_PROBLEM(report("products", form("?merchant_id=%s", other.merchant), &seller), 404, "not_found");
	EXPECT_PROBLEM(report("tax", form("?merchant_id=%s", other.merchant), &seller), 404, "not_found");
	EXPECT_PROBLEM(report("merchants", "", &warehouse), 403, "forbidden");
	EXPECT_PROBLEM(report("products", "", &customer), 403, "forbidden");
	EXPECT_FAULT(report("products", "?limit=101", &admin), "limit");
	EXPECT_FAULT(report("products", "?sort=colour", &admin), "sort");
	EXPECT_FAULT(report("merchants", "?tz=Mars/Olympus", &admin), "tz");
	EXPECT_FAULT(report("tax", "?from=2026-01-02&to=2026-01-01", &admin), "from");
}

SUITE("api: reports by subject", TEST(test_products), TEST(test_products_add_up_to_the_shop), TEST(test_merchants),
    TEST(test_tax), TEST(test_refunds_by_sale), TEST(test_csv), TEST(test_rights_and_faults))
