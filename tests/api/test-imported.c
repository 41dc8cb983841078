/* Orders of a former system: shown to whom they concern, reported as a source of their own, and nothing can be done with them. */
#include "tests/api/played.h"
#include "tests/api/shopping.h"

static struct person seller, other, customer, stranger, admin;
static struct goods  goods;
static const char   *id, *number;

/* One of the customer, with a line of the seller and another that nobody sells here. */
static void
need_history(void)
{
	if (id != NULL)
		return;
	seller = person_new("shopkeeper");
	other = person_new("shopkeeper");
	customer = person_new("customer");
	stranger = person_new("customer");
	admin = person_new("admin");
	goods = goods_new(&seller, "20.00", 10);
	number = form("WEB-%s", goods.variant);
	id = sql_text(
	    "SELECT CAST(UNHEX(CONCAT('018e0e14ada07', SUBSTR(MD5(RAND()), 1, 3), '8', SUBSTR(MD5(RAND()), 1, 15))) AS UUID)");
	sql_run(
	    "INSERT INTO imported_orders (id, number, user_id, status, currency, item_count, subtotal_minor, discount_minor, "
	    "shipping_minor, tax_minor, total_minor, refunded_minor, placed_at) VALUES ('%s', '%s', '%s', 'completed', 'USD', 3, 4500, 200, "
	    "500, 0, 4800, 0, '2024-03-05 10:07:00')",
	    id, number, customer.id);
	sql_run(
	    "INSERT INTO imported_lines (order_id, position, merchant_id, product_id, sku, name, quantity, currency, unit_price_minor, "
	    "discount_minor, tax_minor, total_minor) VALUES ('%s', 0, '%s', '%s', 'A', 'Cup', 2, 'USD', 2000, 200, 0, 3800)",
	    id, seller.merchant, goods.product);
	sql_run(
	    "INSERT INTO imported_lines (order_id, position, sku, name, quantity, currency, unit_price_minor, discount_minor, tax_minor, "
	    "total_minor) VALUES ('%s', 1, 'B', 'Bowl', 1, 'USD', 500, 0, 0, 500)",
	    id);
	sql_run("INSERT INTO imported_parts (merchant_id, order_id, item_count, total_minor) VALUES ('%s', '%s', 2, 3800)",
	    seller.merchant, id);
	sql_run(
	    "INSERT INTO imported_payments (number, order_id, provider, status, amount_minor, refunded_minor, currency, paid_at) "
	    "VALUES ('P-%s', '%s', 'Card', 'succeeded', 4800, 0, 'USD', '2024-03-05 10:08:00')",
	    number, id);
	sql_run(
	    "INSERT INTO report_imported (merchant_id, currency, quarter, orders, quantity, gross_minor, discount_minor, shipping_minor) "
	    "VALUES (REPEAT(CHAR(0), 16), 'USD', '2024-03-05 10:00:00', 1, 3, 4500, 200, 500) ON DUPLICATE KEY UPDATE orders = orders + 1, "
	    "quantity = quantity + 3, gross_minor = gross_minor + 4500, discount_minor = discount_minor + 200, "
	    "shipping_minor = shipping_minor + 500");
	sql_run("INSERT INTO report_imported (merchant_id, currency, quarter, orders, quantity, gross_minor, discount_minor) "
		"VALUES ('%s', 'USD', '2024-03-05 10:00:00', 1, 2, 4000, 200)",
	    seller.merchant);
}

static void
they_are_shown_to_whom_they_concern(void)
{
	struct answer answer;

	need_history();
	answer = api_get("/imported-orders", customer.access);
	EXPECT(answer, 200);
	CHECK_INT((int64_t)length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.number"), number);
	CHECK_TEXT(text_at(&answer, "results.0.total"), "48.00");
	answer = api_get("/imported-orders?status=completed", seller.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.total"), "38.00");
	CHECK_INT(number_at(&answer, "results.0.item_count"), 2);
	answer = api_get("/imported-orders?status=cancelled", seller.access);
	CHECK_INT((int64_t)length_at(&answer, "results"), 0);
	answer = api_get(form("/imported-orders?merchant=%s", seller.merchant), admin.access);
	EXPECT(answer, 200);
	CHECK_INT((int64_t)length_at(&answer, "results"), 1);
	answer = api_get("/imported-orders", stranger.access);
	CHECK_INT((int64_t)length_at(&answer, "results"), 0);
	answer = api_get(form("/imported-orders?merchant=%s", seller.merchant), other.access);
	CHECK_INT((int64_t)length_at(&answer, "results"), 0);
	EXPECT_FAULT(api_get("/imported-orders?status=open", admin.access), "status");
	EXPECT_PROBLEM(api_get("/imported-orders?cursor=x", admin.access), 400, "bad_cursor");
	EXPECT_PROBLEM(api_get("/imported-orders", NULL), 401, "unauthenticated");
}

/* Of one customer, however one looks: staff see the whole, a seller the own part, and nobody sees another's. */
static void
those_of_one_customer(void)
{
	struct answer answer;

	need_history();
	answer = api_get(form("/imported-orders?customer=%s", customer.id), admin.access);
	EXPECT(answer, 200);
	CHECK_INT((int64_t)length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.total"), "48.00");
	answer = api_get(form("/imported-orders?customer=%s&merchant=%s", customer.id, seller.merchant), admin.access);
	CHECK_TEXT(text_at(&answer, "results.0.total"), "38.00");
	answer = api_get(form("/imported-orders?customer=%s", customer.id), seller.access);
	CHECK_TEXT(text_at(&answer, "results.0.total"), "38.00");
	answer = api_get(form("/imported-orders?customer=%s", customer.id), other.access);
	CHECK_INT((int64_t)length_at(&answer, "results"), 0);
	answer = api_get(form("/imported-orders?customer=%s", customer.id), stranger.access);
	CHECK_INT((int64_t)length_at(&answer, "results"), 0);
	answer = api_get(form("/imported-orders?customer=%s", stranger.id), admin.access);
	CHECK_INT((int64_t)length_at(&answer, "results"), 0);
	EXPECT_FAULT(api_get("/imported-orders?customer=me", admin.access), "customer");
}

/* In the shop they are a page of their own, which the list of orders leads to for who has some. */
static void
their_customer_finds_them_in_the_shop(void)
{
	struct answer page;

	need_history();
	page = api_get("//orders", customer.access);
	EXPECT(page, 200);
	CHECK(strstr(page.body, "href=\"/orders/imported\"") != NULL);
	page = api_get("//orders", stranger.access);
	CHECK(strstr(page.body, "/orders/imported") == NULL);
	page = api_get("//orders/imported", customer.access);
	EXPECT(page, 200);
	CHECK(strstr(page.body, number) != NULL && strstr(page.body, "$48.00") != NULL && strstr(page.body, "Completed") != NULL);
	page = api_get("//orders/imported", stranger.access);
	EXPECT(page, 200);
	CHECK(strstr(page.body, number) == NULL && strstr(page.body, "You have no orders of our former shop.") != NULL);
	CHECK_INT(api_get("//orders/imported", NULL).status, 401);
	CHECK_INT(api_get("//orders/imported", seller.access).status, 403);
}

static void
one_has_its_lines_and_payments(void)
{
	struct answer answer;

	need_history();
	answer = api_get(form("/imported-orders/%s", id), customer.access);
	EXPECT(answer, 200);
	CHECK_INT((int64_t)length_at(&answer, "lines"), 2);
	CHECK_TEXT(text_at(&answer, "payments.0.amount"), "48.00");
	CHECK_TEXT(text_at(&answer, "shipping"), "5.00");
	answer = api_get(form("/imported-orders/%s", id), seller.access);
	EXPECT(answer, 200);
	CHECK_INT((int64_t)length_at(&answer, "lines"), 1);
	CHECK_INT((int64_t)length_at(&answer, "payments"), 0);
	CHECK_TEXT(text_at(&answer, "total"), "38.00");
	EXPECT(api_get(form("/imported-orders/%s", id), admin.access), 200);
	EXPECT_PROBLEM(api_get(form("/imported-orders/%s", id), stranger.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(form("/imported-orders/%s", id), other.access), 404, "not_found");
	/* It is no order: nothing can be done with it. */
	EXPECT_PROBLEM(api_get(form("/orders/%s", id), customer.access), 404, "not_found");
	EXPECT_PROBLEM(api_post(form("/orders/%s/cancel", id), customer.access, "{}"), 404, "not_found");
	EXPECT_PROBLEM(api_post("/payments", customer.access, form("{\"order_id\": \"%s\", \"provider\": \"stripe\"}", id)), 404,
	    "not_found");
}

/* Anybody can make an account with an address that is not theirs. */
static void
who_has_not_verified_the_address_sees_nothing(void)
{
	struct answer answer;

	need_history();
	sql_run("UPDATE users SET email_verified = FALSE WHERE id = '%s'", customer.id);
	answer = api_get("/imported-orders", customer.access);
	EXPECT(answer, 200);
	CHECK_INT((int64_t)length_at(&answer, "results"), 0);
	EXPECT_PROBLEM(api_get(form("/imported-orders/%s", id), customer.access), 404, "not_found");
	sql_run("UPDATE users SET email_verified = TRUE WHERE id = '%s'", customer.id);
	answer = api_get("/imported-orders", customer.access);
	CHECK_INT((int64_t)length_at(&answer, "results"), 1);
}

static void
reports_take_them_as_a_source_of_their_own(void)
{
	static const char range[] = "from=2024-03-05&to=2024-03-05&tz=UTC&currency=USD";
	struct answer     answer;

	need_history();
	answer = api_get(form("/reports/sales?source=imported&%s", range), seller.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "about.source"), "imported");
	CHECK_TEXT(text_at(&answer, "results.0.revenue"), "38.00");
	answer = api_get(form("/reports/sales?%s", range), seller.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "about.source"), "ledger");
	CHECK_TEXT(text_at(&answer, "results.0.revenue"), "0.00");
	answer = api_get(form("/reports/profit-loss?source=imported&merchant_id=%s&%s", seller.merchant, range), admin.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "result.revenue"), "38.00");
	EXPECT(api_get(form("/reports/heatmap?source=imported&%s", range), admin.access), 200);
	EXPECT_FAULT(api_get("/reports/sales?source=both", admin.access), "source");
}

SUITE("api: imported orders", TEST(they_are_shown_to_whom_they_concern), TEST(those_of_one_customer),
    TEST(their_customer_finds_them_in_the_shop), TEST(one_has_its_lines_and_payments),
    TEST(who_has_not_verified_the_address_sees_nothing), TEST(reports_take_them_as_a_source_of_their_own))
