/* The payment page as its server makes it: states, policies, ways on; tests/browser looks at it with a browser. */
#include "tests/api/shopping.h"

#include <string.h>

static struct person seller, customer;
static struct goods  goods;
static const char   *address;

static void
need_people(void)
{
	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	customer = person_new("customer");
	goods = goods_new(&seller, "20.00", 1000);
	address = address_new(&customer);
}

static struct attempt
begin(void)
{
	need_people();
	return attempt_new(&customer, order_new(&customer, address, &goods, 1));
}

static struct answer
page(const char *reference)
{
	return api_get(form("/pay/%s", reference), NULL);
}

/* What a browser sends that chose this provider on the page. */
static struct answer
choose(const char *reference, const char *provider)
{
	return api_call("POST", form("/pay/%s", reference), NULL, form("provider=%s", provider),
	    HEADERS("Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: same-origin"));
}

static void
check_shows(const struct answer *answer, const char *text)
{
	if (strstr(answer->body, text) == NULL)
		CHECK_TEXT(answer->body, text);
}

static void
check_hides(const struct answer *answer, const char *text)
{
	CHECK(text != NULL && strstr(answer->body, text) == NULL);
}

static void
check_page(const char *reference, int status, const char *title)
{
	struct answer answer = page(reference);

	EXPECT(answer, status);
	check_shows(&answer, form("<h1>%s</h1>", title));
	check_shows(&answer, reference);
	CHECK_TEXT(header_of(&answer, "Cache-Control"), "no-store");
	CHECK_TEXT(header_of(&answer, "Referrer-Policy"), "same-origin");
	CHECK_TEXT(header_of(&answer, "Cross-Origin-Opener-Policy"), "same-origin-allow-popups");
}

static void
test_open_page(void)
{
	struct attempt attempt = begin();
	struct answer  answer = page(attempt.reference);
	const char    *policy = header_of(&answer, "Content-Security-Policy");

	EXPECT(answer, 200);
	check_shows(&answer, "<h1>Pay</h1>");
	check_shows(&answer, attempt.reference);
	check_shows(&answer, "<dd class=\"large\">$");
	check_shows(&answer, form("<dd>%s</dd>", sql_text("SELECT shop_name FROM merchants WHERE id = '%s'", seller.merchant)));
	/* The attempt is Stripe's: its script is there, with what is public of it, and other ways to pay. */
	check_shows(&answer, "\"provider\":\"stripe\"");
	check_shows(&answer, text_at(&attempt.answer, "client_secret"));
	check_shows(&answer, "value=\"paypal\"");
	check_hides(&answer, "value=\"cod\"");
	check_hides(&answer, "value=\"bkash\"");
	/* Nothing of the person, for whoever has the reference. */
	check_hides(&answer, customer.email);
	check_hides(&answer, customer.name);
	check_hides(&answer, customer.phone);
	check_hides(&answer, attempt.order);
	REQUIRE(policy != NULL);
	CHECK(strstr(policy, "default-src 'none'; script-src 'self' http://127.0.0.1:") == policy);
	CHECK(strstr(policy, "frame-ancestors 'none'") != NULL && strstr(policy, "trusted-types") == NULL);
	CHECK(strstr(policy, "unsafe-inline") == NULL);
	CHECK(strstr(strstr(answer.headers, "Content-Security-Policy") + 1, "Content-Security-Policy") == NULL);
	/* The reference may be typed in any case. */
	EXPECT(page(in_lower_case(attempt.reference)), 200);
}

static void
test_redirect(void)
{
	struct attempt attempt = begin();
	struct answer  answer;
	const char    *counting, *policy;

	answer = choose(attempt.reference, "flutterwave");
	EXPECT(answer, 303);
	/* By a page of ours, so that the form may stay here; who has it alone is led on, too. */
	CHECK_TEXT(header_of(&answer, "Location"), form("/pay/on/%s", attempt.reference));
	answer = page(form("on/%s", attempt.reference));
	EXPECT(answer, 200);
	check_shows(&answer, "http-equiv=\"refresh\" content=\"0; url=http");
	check_shows(&answer, "Continuing to Flutterwave");
	CHECK(strstr(header_of(&answer, "Content-Security-Policy"), "form-action 'self';") != NULL);
	/* The first attempt has ended, and both references show the one that counts. */
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", attempt.reference), "cancelled");
	counting = sql_text("SELECT reference FROM payments WHERE purpose_id = '%s' AND live = 1", attempt.order);
	REQUIRE(counting != NULL);
	answer = page(attempt.reference);
	EXPECT(answer, 200);
	check_shows(&answer, "Continue with Flutterwave");
	policy = header_of(&answer, "Content-Security-Policy");
	CHECK(strstr(policy, "script-src 'self';") != NULL && strstr(policy, "frame-src") == NULL);
	/* In the name of the order's customer, and the same attempt when it is chosen again. */
	CHECK_TEXT(sql_text("SELECT user_id FROM payments WHERE reference = '%s'", counting), customer.id);
	EXPECT(choose(counting, "flutterwave"), 303);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE purpose_id = '%s'", attempt.order), 2);
	/* A provider with a script leads back to the page. */
	answer = choose(counting, "stripe");
	EXPECT(answer, 303);
	answer = page(form("on/%s", counting));
	EXPECT(answer, 303);
	CHECK(strncmp(header_of(&answer, "Location"), "/pay/PAY-", 9) == 0);
	CHECK_INT(page("on/PAY-0000000000").status, 404);
	answer = choose(counting, "stripe");
	CHECK_TEXT(header_of(&answer, "Location"), form("/pay/%s", counting));
}

static void
test_states(void)
{
	struct attempt attempt = begin();

	check_page(attempt.reference, 200, "Pay");
	sandbox_act("fail", attempt.transaction);
	WAIT_FOR("failed", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	check_page(attempt.reference, 200, "The payment did not go through");
	EXPECT(choose(attempt.reference, "stripe"), 303);
	check_page(attempt.reference, 200, "Pay");
	sandbox_act("process",
	    sql_text("SELECT provider_transaction_id FROM payments WHERE purpose_id = '%s' AND live = 1", attempt.order));
	WAIT_FOR("processing", "SELECT status FROM payments WHERE purpose_id = '%s' AND live = 1", attempt.order);
	check_page(attempt.reference, 200, "Your payment is being processed");
	/* Nothing is begun beside it. */
	EXPECT(choose(attempt.reference, "flutterwave"), 303);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE purpose_id = '%s'", attempt.order), 2);
	sandbox_act(
	    "pay", sql_text("SELECT provider_transaction_id FROM payments WHERE purpose_id = '%s' AND live = 1", attempt.order));
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
	attempt.answer = page(attempt.reference);
	EXPECT(attempt.answer, 200);
	check_shows(&attempt.answer, "<h1 class=\"done\">Paid</h1>");
	check_hides(&attempt.answer, "<form");
}

static void
test_what_is_over(void)
{
	struct attempt attempt = begin();

	EXPECT(api_post(form("/payments/%s/cancel", attempt.reference), customer.access, NULL), 200);
	check_page(attempt.reference, 200, "The payment did not go through");
	EXPECT(api_post(form("/orders/%s/cancel", attempt.order), customer.access, "{\"reason\":\"no\"}"), 200);
	check_page(attempt.reference, 410, "Cancelled");
	EXPECT(choose(attempt.reference, "stripe"), 303);
	attempt = begin();
	EXPECT(api_post(form("/payments/%s/cancel", attempt.reference), customer.access, NULL), 200);
	CHECK_INT(sql_run("UPDATE orders SET expires_at = NOW(3) - INTERVAL 1 DAY WHERE id = '%s'", attempt.order), 1);
	run_job_now("expire_orders");
	WAIT_FOR("expired", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
	check_page(attempt.reference, 410, "Expired");
}

static void
test_faults(void)
{
	struct attempt attempt = begin();
	struct answer  answer = page("PAY-0000000000");
	const char    *form_type = "Content-Type: application/x-www-form-urlencoded", *path = form("/pay/%s", attempt.reference);

	EXPECT(answer, 404);
	check_shows(&answer, "Payment not found");
	CHECK(header_of(&answer, "Content-Security-Policy") != NULL);
	EXPECT(page("nothing"), 404);
	EXPECT(page("%ff"), 404);
	EXPECT(choose("PAY-0000000000", "stripe"), 404);
	/* Of another site, by either of the two headers. */
	EXPECT(api_call("POST", path, NULL, "provider=stripe", HEADERS(form_type, "Sec-Fetch-Site: cross-site")), 403);
	EXPECT(api_call("POST", path, NULL, "provider=stripe", HEADERS(form_type, "Sec-Fetch-Site: none")), 403);
	EXPECT(api_call("POST", path, NULL, "provider=stripe", HEADERS(form_type, "Origin: https://evil.example")), 403);
	EXPECT(api_call("POST", path, NULL, "provider=stripe", HEADERS(form_type, "Origin: null")), 403);
	EXPECT(api_call("POST", path, NULL, "provider=stripe", HEADERS(form_type)), 303);
	answer = choose(attempt.reference, "cod");
	EXPECT(answer, 409);
	check_shows(&answer, "does not take this amount");
	EXPECT(choose(attempt.reference, "nobody"), 409);
	EXPECT(choose(attempt.reference, ""), 400);
	EXPECT(api_call("POST", path, NULL, "{\"provider\":\"stripe\"}", HEADERS("Content-Type: application/json")), 415);
	EXPECT(api_call("DELETE", path, NULL, NULL, NULL), 405);
}

static void
test_provider_down(void)
{
	struct attempt attempt = begin();
	struct answer  answer;

	/* The next attempt's calls fail: the page says so, with the status, and offers the others. */
	EXPECT(api_post(form("/payments/%s/cancel", attempt.reference), customer.access, NULL), 200);
	sandbox_switch(attempt.order, "{\"fail_before\":10}");
	answer = choose(attempt.reference, "stripe");
	EXPECT(answer, 502);
	check_shows(&answer, "role=\"alert\"");
	check_shows(&answer, "does not answer at the moment");
	check_shows(&answer, "value=\"paypal\"");
}

/* Nobody has to wait for the one that is silent: what was begun there nobody was led to. */
static void
test_another_provider_while_one_is_down(void)
{
	struct attempt attempt = begin();
	const char    *reference;

	EXPECT(api_post(form("/payments/%s/cancel", attempt.reference), customer.access, NULL), 200);
	EXPECT(choose(attempt.reference, "paystack"), 303);
	reference = sql_text("SELECT reference FROM payments WHERE order_id = '%s' AND provider = 'paystack'", attempt.order);
	/* Its answer was lost, and it does not say what became of that. */
	sql_run(
	    "UPDATE payments SET provider_transaction_id = NULL, redirect_url = NULL, begun_until = NULL WHERE reference = '%s'",
	    reference);
	sandbox_switch(reference, "{\"fail_before\": 1000}");
	EXPECT(choose(attempt.reference, "stripe"), 303);
	CHECK_TEXT(
	    sql_text("SELECT GROUP_CONCAT(provider, ' ', status ORDER BY id SEPARATOR ', ') FROM payments WHERE order_id = '%s'",
		attempt.order),
	    "stripe cancelled, paystack cancelled, stripe pending");
}

static void
test_return_url(void)
{
	struct attempt attempt;
	struct answer  answer;
	const char    *order, *back = "http://localhost/thanks?a=1&b=%3C";

	need_people();
	order = order_new(&customer, address, &goods, 1);
	answer = api_post("/payments", customer.access,
	    form("{\"order_id\":\"%s\",\"provider\":\"stripe\",\"return_url\":\"%s#order\"}", order, back));
	EXPECT(answer, 201);
	attempt = (struct attempt) { .order = order,
		.reference = text_at(&answer, "reference"),
		.transaction = text_at(&answer, "provider_transaction_id") };
	answer = page(attempt.reference);
	check_hides(&answer, "thanks");
	/* Another address is nobody's. */
	answer = api_get(form("/pay/%s?status=succeeded&return_url=https://evil.example", attempt.reference), NULL);
	EXPECT(answer, 200);
	check_hides(&answer, "evil");
	sandbox_act("pay", attempt.transaction);
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", order);
	answer = page(attempt.reference);
	EXPECT(answer, 200);
	check_shows(&answer,
	    form("href=\"http://localhost/thanks?a=1&amp;b=%%3C&amp;reference=%s&amp;status=succeeded#order\"",
		attempt.reference));
	answer = api_get(form("/pay/%s?reference=x&status=x", attempt.reference), NULL);
	EXPECT(answer, 303);
	CHECK_TEXT(header_of(&answer, "Location"), form("%s&reference=%s&status=succeeded#order", back, attempt.reference));
}

/* A form leads back to the page in the language that it came from. */
static void
test_languages(void)
{
	struct attempt attempt = begin();
	struct answer  answer = api_get(form("//bn/pay/%s", attempt.reference), NULL);

	EXPECT(answer, 200);
	check_shows(&answer, "<html lang=\"bn\"");
	check_shows(&answer, "<h1>পেমেন্ট করুন</h1>");
	check_shows(&answer, "data-pay=\"পেমেন্ট করুন\"");
	answer = api_call("POST", form("//hi/pay/%s", attempt.reference), NULL, "provider=stripe",
	    HEADERS("Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: same-origin"));
	EXPECT(answer, 303);
	CHECK(strncmp(header_of(&answer, "Location"), "/hi/pay/", 8) == 0);
	answer = api_call("POST", form("//hi/pay/%s", attempt.reference), NULL, "provider=nobody",
	    HEADERS("Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: same-origin"));
	check_shows(&answer, "role=\"alert\"");
	check_shows(&answer, "कोई दूसरी चुनें");
	answer = api_get("//hi/pay/PAY-0000000000", NULL);
	EXPECT(answer, 404);
	check_shows(&answer, "भुगतान नहीं मिला");
}

/* A merchant's own: one reference for its whole life, from the link that is sent to the merchant's thanks. */
static void
test_request(void)
{
	struct answer answer;
	const char   *reference, *url, *transaction;

	need_people();
	answer = api_post("/payments/initialize", seller.access,
	    "{\"amount\":\"12.50\",\"currency\":\"USD\",\"customer\":{\"email\":\"z.quettawala@example.test\",\"name\":\"Zuleikha Q\"},"
	    "\"return_url\":\"https://merchant.example/thanks?x=1\",\"metadata\":{\"secret\":\"of the merchant\"}}");
	EXPECT(answer, 201);
	reference = text_at(&answer, "reference");
	url = text_at(&answer, "url");
	CHECK(strstr(url, form("/pay/%s", reference)) != NULL);
	check_page(reference, 200, "Pay");
	answer = page(reference);
	check_shows(&answer, "$12.50");
	check_hides(&answer, "Zuleikha");
	check_hides(&answer, "quettawala");
	check_hides(&answer, "of the merchant");
	check_hides(&answer, "merchant.example");
	check_hides(&answer, "id=\"settings\"");
	EXPECT(choose(reference, "stripe"), 303);
	transaction = sql_text(
	    "SELECT provider_transaction_id FROM payments p JOIN payment_requests r ON r.id = p.purpose_id WHERE r.reference = '%s'",
	    reference);
	sandbox_act("fail", transaction);
	WAIT_FOR("failed", "SELECT status FROM payments WHERE provider_transaction_id = '%s'", transaction);
	check_page(reference, 200, "The payment did not go through");
	answer = choose(reference, "flutterwave");
	EXPECT(answer, 303);
	CHECK(strstr(header_of(&answer, "Location"), "/pay/on/") != NULL);
	/* Flutterwave's browser comes back to the page, and that leads on once it is paid. */
	CHECK_TEXT(sql_text("SELECT p.return_url FROM payments p JOIN payment_requests r ON r.id = p.purpose_id "
			    "WHERE r.reference = '%s' AND p.live = 1",
		       reference),
	    url);
	EXPECT(choose(reference, "stripe"), 303);
	/* By an attempt's reference it is the same page. */
	answer = page(sql_text("SELECT reference FROM payments WHERE provider_transaction_id = '%s'", transaction));
	EXPECT(answer, 200);
	check_shows(&answer, form("<dd>%s</dd>", reference));
	transaction = sql_text("SELECT provider_transaction_id FROM payments p JOIN payment_requests r ON r.id = p.purpose_id "
			       "WHERE r.reference = '%s' AND p.live = 1",
	    reference);
	sandbox_act("pay", transaction);
	WAIT_FOR("paid", "SELECT status FROM payment_requests WHERE reference = '%s'", reference);
	answer = page(reference);
	check_shows(&answer, "<h1 class=\"done\">Paid</h1>");
	check_shows(
	    &answer, form("href=\"https://merchant.example/thanks?x=1&amp;reference=%s&amp;status=succeeded\"", reference));
	answer = api_get(form("/api/v1/payments/return/stripe?payment_intent=%s", transaction) + strlen("/api/v1"), NULL);
	EXPECT(answer, 303);
	answer = api_get(strstr(header_of(&answer, "Location"), "/pay/"), NULL);
	EXPECT(answer, 303);
	CHECK_TEXT(
	    header_of(&answer, "Location"), form("https://merchant.example/thanks?x=1&reference=%s&status=succeeded", reference));
	/* What was given back. */
	EXPECT(
	    api_post(form("/payments/%s/refunds", reference), seller.access, "{\"amount\":\"2.50\",\"reason\":\"a part\"}"), 201);
	answer = page(reference);
	check_shows(&answer, "<h1 class=\"done\">Paid</h1>");
	check_shows(&answer, "part of it was refunded");
	EXPECT(api_post(form("/payments/%s/refunds", reference), seller.access, "{\"reason\":\"the rest\"}"), 201);
	check_page(reference, 200, "Refunded");
	EXPECT_CONSISTENT();
}

/* Another amount than was asked for is no success, and nothing to try again. */
static void
test_held(void)
{
	struct attempt attempt = begin();

	sandbox_switch(attempt.transaction, "{\"wrong_amount\": 1}");
	sandbox_act("pay", attempt.transaction);
	WAIT_FOR("1", "SELECT hold_reason IS NOT NULL FROM payments WHERE reference = '%s'", attempt.reference);
	check_page(attempt.reference, 200, "Your payment is being processed");
	attempt.answer = page(attempt.reference);
	check_hides(&attempt.answer, "<form");
	EXPECT(choose(attempt.reference, "stripe"), 303);
}

static void
test_request_is_over(void)
{
	struct answer answer;
	const char   *reference;

	need_people();
	answer = api_post("/payments/initialize", seller.access,
	    "{\"amount\":\"12.50\",\"currency\":\"USD\",\"provider\":\"paypal\","
	    "\"customer\":{\"email\":\"z.quettawala@example.test\"},\"return_url\":\"https://merchant.example/\"}");
	EXPECT(answer, 201);
	reference = text_at(&answer, "reference");
	answer = page(reference);
	check_shows(&answer, "value=\"paypal\"");
	check_hides(&answer, "value=\"stripe\"");
	EXPECT(choose(reference, "stripe"), 409);
	CHECK_INT(
	    sql_run("UPDATE payment_requests SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE reference = '%s'", reference), 1);
	check_page(reference, 410, "Expired");
	EXPECT(choose(reference, "paypal"), 303);
	CHECK_INT(
	    sql_run("UPDATE payment_requests SET expires_at = NOW(3) + INTERVAL 1 DAY WHERE reference = '%s'", reference), 1);
	EXPECT(api_put(form("/payments/%s/status", reference), seller.access, "{\"status\":\"cancelled\",\"reason\":\"a test\"}"),
	    200);
	check_page(reference, 410, "Cancelled");
}

static void
test_nobody_takes_it(void)
{
	const char   *body = "{\"amount\":\"12.50\",\"currency\":\"USD\",\"customer\":{\"email\":\"payer@example.test\"},"
			     "\"return_url\":\"https://merchant.example/\"}";
	struct person closed = person_new("shopkeeper"), admin = person_new("admin");
	struct answer answer = api_post("/payments/initialize", closed.access, body);
	const char   *reference;

	EXPECT(answer, 201);
	reference = text_at(&answer, "reference");
	/* bKash takes taka alone. */
	CHECK_INT(sql_run("UPDATE payment_requests SET provider = 'bkash' WHERE reference = '%s'", reference), 1);
	answer = page(reference);
	EXPECT(answer, 200);
	check_shows(&answer, "No payment service takes this amount");
	check_hides(&answer, "<form");
	EXPECT(api_post(form("/merchants/%s/suspend", closed.merchant), admin.access, NULL), 200);
	check_page(reference, 410, "Nothing to pay here");
	EXPECT(choose(reference, "stripe"), 303);
}

SUITE("pay-page", TEST(test_request), TEST(test_held), TEST(test_nobody_takes_it), TEST(test_request_is_over),
    TEST(test_open_page), TEST(test_redirect), TEST(test_states), TEST(test_what_is_over), TEST(test_faults),
    TEST(test_provider_down), TEST(test_another_provider_while_one_is_down), TEST(test_return_url), TEST(test_languages))
