/* The pages of a customer's orders: what they show, whose they are, and what can be done on them. */
#include "tests/api/shopping.h"

#include <string.h>

static struct person admin, seller, customer;
static const char   *address;

static void
prepare(void)
{
	if (admin.access != NULL)
		return;
	admin = person_new("admin");
	seller = shopkeeper_new("USD");
	customer = person_new("customer");
	address = address_new(&customer);
}

static const char *
order_of(int quantity)
{
	struct goods goods = (prepare(), goods_new(&seller, "12.50", 9));
	const char  *order = order_new(&customer, address, &goods, quantity);

	REQUIRE(order != NULL);
	return order;
}

static const char *
number_of(const char *order)
{
	return sql_text("SELECT number FROM orders WHERE id = '%s'", order);
}

static struct answer
page_of(const char *path, const struct person *person)
{
	return api_get(form("/%s", path), person == NULL ? NULL : person->access);
}

static struct answer
order_page(const char *order)
{
	return page_of(form("/orders/%s", number_of(order)), &customer);
}

static struct answer
send_form(const char *path, const char *fields, const struct person *person)
{
	return api_call("POST", form("/%s", path), person == NULL ? NULL : person->access, fields,
	    HEADERS("Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: same-origin"));
}

static struct answer
send_to(const char *order, const char *what, const char *fields)
{
	return send_form(form("/orders/%s/%s", number_of(order), what), fields, &customer);
}

#define CHECK_SAYS(answer, text) CHECK(strstr((answer).body, (text)) != NULL)
#define CHECK_SILENT(answer, text) CHECK(strstr((answer).body, (text)) == NULL)

static void
orders_are_listed(void)
{
	const char   *first = order_of(1), *second = order_of(2);
	struct person nobody = person_new("customer");
	struct answer answer = page_of("/orders?limit=1", &customer);

	EXPECT(answer, 200);
	CHECK_TEXT(header_of(&answer, "Cache-Control"), "no-store");
	CHECK_SAYS(answer, form("href=\"/orders/%s\"", number_of(second)));
	CHECK_SILENT(answer, number_of(first));
	CHECK_SAYS(answer, "Waiting for payment");
	CHECK_SAYS(answer, "2 items");
	CHECK_SAYS(answer, "href=\"/orders?limit=1&amp;cursor=");
	answer = page_of("/bn/orders", &customer);
	CHECK_SAYS(answer, form("href=\"/bn/orders/%s\"", number_of(first)));
	CHECK_SAYS(answer, "পেমেন্টের অপেক্ষায়");
	answer = page_of("/orders", &nobody);
	EXPECT(answer, 200);
	CHECK_SAYS(answer, "You have no orders yet.");
	CHECK_INT(page_of("/orders?cursor=x", &customer).status, 400);
	/* Who is not signed in does so first, and comes back here. */
	answer = page_of("/orders?limit=1", NULL);
	CHECK_INT(answer.status, 401);
	CHECK_SAYS(answer, "name=\"next\" value=\"/orders?limit=1\"");
	CHECK_INT(page_of("/orders", &seller).status, 403);
}

/* Neither read nor changed by anybody else; it is as if there were none. */
static void
an_order_is_its_customers(void)
{
	const char   *order = order_of(1), *path = form("/orders/%s", number_of(order));
	struct person other = person_new("customer");

	EXPECT(page_of(path, &customer), 200);
	/* A number keeps its plus in front where lines run from right to left. */
	CHECK_SAYS(page_of(path, &customer), "<bdi dir=\"ltr\">+");
	CHECK_INT(page_of(path, &other).status, 404);
	CHECK_INT(page_of(path, NULL).status, 401);
	CHECK_INT(page_of("/orders/ORD-0000000000", &customer).status, 404);
	CHECK_INT(page_of("/orders/%ff", &customer).status, 404);
	CHECK_INT(send_form(form("%s/cancel", path), "", &other).status, 404);
	CHECK_INT(send_form(form("%s/pay", path), "provider=stripe", &other).status, 404);
	CHECK_INT(send_form(form("%s/returns", path), form("line_id=%s&reason=x", order), &other).status, 404);
	CHECK_INT(send_form(form("%s/returns/%s/cancel", path, order), "", &other).status, 404);
	CHECK_INT(send_form(form("%s/cancel", path), "", NULL).status, 401);
	CHECK_TEXT(sql_text("SELECT status FROM orders WHERE id = '%s'", order), "pending");
}

/* What sellers and customers call things is text, wherever it comes. */
static void
hostile_names_are_text(void)
{
	const char   *order = order_of(1);
	struct answer answer;

	sql_run("UPDATE order_lines SET name = '<script>alert(1)</script>', options = '{\"<b>size\":\"<img src=x>\"}' "
		"WHERE order_id = '%s'",
	    order);
	answer = order_page(order);
	EXPECT(answer, 200);
	CHECK_SAYS(answer, "&lt;script&gt;alert(1)&lt;/script&gt;");
	CHECK_SILENT(answer, "<script>alert");
	CHECK_SILENT(answer, "<img src=x");
	CHECK_SILENT(answer, "<b>size");
	CHECK_INT(send_to(order, "cancel", "reason=%3Cscript%3Ealert(2)%3C/script%3E").status, 303);
	answer = order_page(order);
	CHECK_SILENT(answer, "<script>alert");
}

static void
an_order_is_cancelled(void)
{
	const char   *order = order_of(2);
	struct answer answer = order_page(order);

	CHECK_SAYS(answer, "Cancel the order now");
	answer = send_to(order, "cancel", "reason=ordered+twice");
	CHECK_INT(answer.status, 303);
	CHECK_TEXT(header_of(&answer, "Location"), form("/orders/%s", number_of(order)));
	answer = order_page(order);
	CHECK_SAYS(answer, "Nothing is to be paid for this order any more.");
	CHECK_SAYS(answer, "Order cancelled");
	CHECK_SILENT(answer, "Cancel the order now");
	CHECK_SILENT(answer, "name=\"provider\"");
	answer = send_to(order, "cancel", "");
	CHECK_INT(answer.status, 409);
	CHECK_SAYS(answer, "The order cannot be cancelled any more.");
	CHECK_INT(send_to(order, "pay", "provider=stripe").status, 409);
	/* In the language in which it was asked. */
	answer = send_form(form("/hi/orders/%s/cancel", number_of(order)), "", &customer);
	CHECK_SAYS(answer, "ऑर्डर अब रद्द नहीं हो सकता।");
}

/* From the first try, which is declined, to the second, which pays. */
static void
an_order_is_paid_again(void)
{
	const char   *order = order_of(1), *transaction, *reference;
	struct answer answer = order_page(order);

	CHECK_SAYS(answer, "Not paid yet");
	CHECK_SAYS(answer, "We keep your items for you until");
	CHECK_SAYS(answer, "name=\"provider\" value=\"stripe\"");
	CHECK_INT(send_to(order, "pay", "provider=nobody").status, 409);
	/* Why paying has not begun, in words of ours, and only while there is something to pay. */
	answer = page_of(form("/orders/%s?notice=provider_away", number_of(order)), &customer);
	CHECK_SAYS(answer, "does not answer at the moment");
	answer = page_of(form("/orders/%s?notice=%%3Cb%%3E", number_of(order)), &customer);
	CHECK_SILENT(answer, "role=\"alert\"");
	answer = send_to(order, "pay", "provider=stripe");
	CHECK_INT(answer.status, 303);
	reference = sql_text("SELECT reference FROM payments WHERE purpose_id = '%s'", order);
	CHECK_TEXT(header_of(&answer, "Location"), form("/pay/%s", reference));
	transaction = sql_text("SELECT provider_transaction_id FROM payments WHERE purpose_id = '%s'", order);
	sandbox_act("fail", transaction);
	WAIT_FOR("failed", "SELECT status FROM payments WHERE purpose_id = '%s'", order);
	answer = order_page(order);
	CHECK_SAYS(answer, "The payment was declined");
	CHECK_SAYS(answer, "No money was taken.");
	CHECK_SAYS(answer, "Payment did not go through");
	CHECK_SAYS(answer, "Your bank or wallet gave no reason");
	CHECK_SAYS(answer, "name=\"provider\" value=\"stripe\"");
	CHECK_INT(send_to(order, "pay", "provider=stripe").status, 303);
	transaction = sql_text("SELECT provider_transaction_id FROM payments WHERE purpose_id = '%s' AND live", order);
	sandbox_act("process", transaction);
	WAIT_FOR("processing", "SELECT status FROM payments WHERE purpose_id = '%s' ORDER BY id DESC LIMIT 1", order);
	answer = order_page(order);
	CHECK_SAYS(answer, "You may close this page");
	CHECK_SAYS(answer, "http-equiv=\"refresh\"");
	sandbox_act("pay", transaction);
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", order);
	answer = page_of(form("/orders/%s?reference=x&status=succeeded", number_of(order)), &customer);
	EXPECT(answer, 200);
	CHECK_SAYS(answer, "Thank you. The payment has arrived.");
	CHECK_SAYS(answer, form("href=\"/orders/%s/invoice\"", number_of(order)));
	CHECK_SILENT(answer, "name=\"provider\"");
	answer = page_of(form("/orders/%s?notice=provider_away", number_of(order)), &customer);
	CHECK_SILENT(answer, "does not answer at the moment");
}

static void
an_order_expires_and_is_paid_late(void)
{
	const char    *order = order_of(1);
	struct attempt attempt = attempt_new(&customer, order);

	sql_run("UPDATE orders SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE id = '%s'", order);
	run_job_now("expire_orders");
	WAIT_FOR("expired", "SELECT status FROM orders WHERE id = '%s'", order);
	CHECK_SAYS(order_page(order), "The time to pay is over");
	WAIT_FOR("cancelled", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/pay/%s", attempt.transaction), "force=1"), 200);
	WAIT_FOR("paid", "SELECT payment_status FROM orders WHERE id = '%s'", order);
	CHECK_SAYS(order_page(order), "Paid late");
}

/* Its parcel is followed, and one of its pieces is sent back; the other is wanted after all. */
static void
goods_are_sent_back(void)
{
	const char   *order, *line, *part, *id;
	struct answer answer;

	/* Of somebody who has not been declined before. */
	prepare();
	customer = person_new("customer");
	address = address_new(&customer);
	order = order_of(2);
	attempt_paid(&customer, order);
	line = sql_text("SELECT id FROM order_lines WHERE order_id = '%s'", order);
	answer = order_page(order);
	CHECK_SAYS(answer, "Not packed yet");
	CHECK_SILENT(answer, "Return this item");
	CHECK_INT(send_to(order, "returns", form("line_id=%s&quantity=1&reason=too+small", line)).status, 409);
	part = parcel_delivered(&admin, order, &seller);
	answer = order_page(order);
	CHECK_SAYS(answer, "Pathao");
	CHECK_SAYS(answer, "Parcel delivered");
	CHECK_SAYS(answer, "Return this item");
	CHECK_SILENT(answer, "Cancel the order now");
	CHECK_INT(send_to(order, "cancel", form("part=%s&reason=late", part)).status, 409);
	/* What was typed is there again. */
	answer = send_to(order, "returns", form("line_id=%s&quantity=9&reason=too+%%3Cb%%3Esmall", line));
	CHECK_INT(answer.status, 409);
	CHECK_SAYS(answer, "So many pieces cannot be sent back.");
	CHECK_SAYS(answer, "too &lt;b&gt;small</textarea>");
	answer = send_to(order, "returns", form("line_id=%s&quantity=1&reason=", line));
	CHECK_INT(answer.status, 400);
	CHECK_SAYS(answer, "Please say why.");
	CHECK_INT(send_to(order, "returns", form("line_id=%s&quantity=2&reason=too+small", line)).status, 303);
	id = sql_text("SELECT id FROM returns WHERE order_id = '%s'", order);
	answer = order_page(order);
	CHECK_SAYS(answer, "Return requested");
	CHECK_SAYS(answer, "Cancel the return");
	CHECK_SILENT(answer, "Return this item");
	CHECK_INT(send_to(order, form("returns/%s/cancel", id), "").status, 303);
	answer = send_to(order, form("returns/%s/cancel", id), "");
	CHECK_INT(answer.status, 409);
	CHECK_SAYS(answer, "The return has gone on meanwhile");
	/* A return or a parcel of another order is none of this one's. */
	CHECK_INT(send_to(order_of(1), form("returns/%s/cancel", id), "").status, 404);
	CHECK_INT(send_to(order_of(1), "cancel", form("part=%s&reason=x", part)).status, 404);
}

SUITE("api: order pages", TEST(orders_are_listed), TEST(an_order_is_its_customers), TEST(hostile_names_are_text),
    TEST(an_order_is_cancelled), TEST(an_order_is_paid_again), TEST(an_order_expires_and_is_paid_late), TEST(goods_are_sent_back))
