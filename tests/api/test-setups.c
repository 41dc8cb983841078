/* Payment methods that are stored without a payment: how they begin, how they end, and that they are stored once. */
#include "tests/api/subscribing.h"

#include <string.h>

static const char    back[] = "http://localhost/wallet?from=shop", fragment[] = "#cards";
static struct person seller;
static struct goods  goods;

static void
need_shop(void)
{
	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	goods = goods_new(&seller, "20.00", 1000);
}

static struct answer
begin_with(const struct person *person, const char *provider, const char *more)
{
	return api_post("/payment-methods", person->access,
	    form("{\"provider\": \"%s\", \"return_url\": \"%s%s\"%s}", provider, back, fragment, more));
}

/* What has been begun, and what the provider calls it. */
struct begun {
	const char   *id, *setup;
	struct answer answer;
};

static struct begun
begun_at(const struct person *person, const char *provider)
{
	struct begun begun = { .answer = begin_with(person, provider, "") };

	EXPECT(begun.answer, 201);
	REQUIRE(begun.answer.status == 201);
	begun.id = text_at(&begun.answer, "id");
	begun.setup = sql_text("SELECT setup FROM method_setups WHERE id = '%s'", begun.id);
	REQUIRE(begun.setup != NULL);
	return begun;
}

static struct answer
come_back(const char *id)
{
	return api_get(form("/payment-methods/%s/return?redirect_status=succeeded", id), NULL);
}

static struct answer
show(const struct person *person, const char *id)
{
	return api_get(form("/payment-methods/%s", id), person->access);
}

static void
wait_for_status(const char *id, const char *status)
{
	WAIT_FOR(status, "SELECT status FROM method_setups WHERE id = '%s'", id);
}

static int64_t
methods_of(const struct person *person)
{
	return sql_number("SELECT COUNT(*) FROM payment_methods WHERE user_id = '%s' AND deleted_at IS NULL", person->id);
}

static const char *
order_of(const struct person *person)
{
	need_shop();
	return order_new(person, address_new(person), &goods, 1);
}

static struct answer
pay_by(const struct person *person, const char *order, const char *method)
{
	return api_post(
	    "/payments", person->access, form("{\"order_id\": \"%s\", \"payment_method_id\": \"%s\"}", order, method));
}

/* ---- stored ---- */

static void
test_stored_and_charged(void)
{
	struct person customer = person_new("customer"), other = person_new("customer");
	struct begun  begun = begun_at(&customer, "stripe");
	const char   *order = order_of(&customer), *secret = text_at(&begun.answer, "client_secret");
	struct answer answer;

	CHECK_TEXT(text_at(&begun.answer, "status"), "pending");
	CHECK(strncmp(secret, begun.setup, strlen(begun.setup)) == 0);
	CHECK(strstr(text_at(&begun.answer, "url"), form("/pay/methods/%s", begun.id)) != NULL);
	answer = show(&customer, begun.id);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "client_secret"), secret);
	EXPECT_PROBLEM(show(&other, begun.id), 404, "not_found");
	EXPECT_PROBLEM(api_delete(form("/payment-methods/%s", begun.id), other.access), 404, "not_found");
	EXPECT_PROBLEM(pay_by(&customer, order, begun.id), 409, "payment_method_unusable");
	answer = api_get("/payment-methods", customer.access);
	CHECK_INT(length_at(&answer, "results"), 0);
	answer = come_back(begun.id);
	EXPECT(answer, 303);
	CHECK_TEXT(header_of(&answer, "Location"), form("%s&payment_method=%s&status=pending%s", back, begun.id, fragment));
	/* The event alone does it: nobody comes back. */
	sandbox_act("pay", begun.setup);
	wait_for_status(begun.id, "stored");
	answer = show(&customer, begun.id);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "active");
	CHECK_TEXT(text_at(&answer, "type"), "card");
	CHECK_TEXT(text_at(&answer, "expires"), "2035-01-01T00:00:00.000Z");
	CHECK(bool_at(&answer, "is_default"));
	CHECK(!has_at(&answer, "client_secret") && !has_at(&answer, "url") && !has_at(&answer, "redirect_url"));
	answer = pay_by(&customer, order, begun.id);
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "succeeded");
	answer = come_back(begun.id);
	CHECK_TEXT(header_of(&answer, "Location"), form("%s&payment_method=%s&status=stored%s", back, begun.id, fragment));
	/* What could be charged or stored by stands nowhere in the clear. */
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM method_setups WHERE id = '%s' AND COALESCE(client_secret, redirect_url) IS NOT NULL",
		begun.id),
	    0);
	CHECK_INT(sql_number("SELECT LOCATE('pm_', sealed) FROM payment_methods WHERE id = '%s'", begun.id), 0);
	CHECK(!logs_hold(secret));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM webhook_events WHERE type LIKE 'setup\\_intent.%%' AND payload LIKE '%%%s%%' "
			     "AND (payload LIKE '%%\\_secret\\_%%' OR payload LIKE '%%pm\\_%%' OR payload LIKE '%%cus\\_%%')",
		      begun.setup),
	    0);
}

static void
test_label_and_default_are_kept(void)
{
	struct person customer = person_new("customer");
	struct begun  first = begun_at(&customer, "stripe");
	struct answer answer;
	const char   *id;

	sandbox_act("pay", first.setup);
	wait_for_status(first.id, "stored");
	answer = begin_with(&customer, "stripe", ", \"label\": \"Travel\", \"is_default\": true");
	EXPECT(answer, 201);
	id = text_at(&answer, "id");
	CHECK(!bool_at(&answer, "is_default"));
	sandbox_act("pay", sql_text("SELECT setup FROM method_setups WHERE id = '%s'", id));
	wait_for_status(id, "stored");
	answer = show(&customer, id);
	CHECK_TEXT(text_at(&answer, "label"), "Travel");
	CHECK(bool_at(&answer, "is_default"));
	answer = show(&customer, first.id);
	CHECK(!bool_at(&answer, "is_default"));
}

/* Browsers that come back at the same time, an event that is sent again, and one that comes too late. */
static void
test_heard_often_stored_once(void)
{
	struct person customer = person_new("customer");
	struct begun  begun = begun_at(&customer, "stripe");
	struct call   calls[6];
	struct answer answers[6];
	const char   *late;

	sandbox_switch(begun.id, "{\"webhook_copies\": 3}");
	sandbox_act("pay", begun.setup);
	for (size_t i = 0; i < 6; i++)
		calls[i] = (struct call) { .method = "GET", .path = form("/payment-methods/%s/return", begun.id) };
	api_calls(calls, 6, answers);
	for (size_t i = 0; i < 6; i++)
		EXPECT(answers[i], 303);
	wait_for_status(begun.id, "stored");
	late = form(
	    "{\"id\": \"evt_late%s\", \"object\": \"event\", \"type\": \"setup_intent.setup_failed\", \"data\": {\"object\": "
	    "{\"id\": \"%s\", \"object\": \"setup_intent\", \"status\": \"requires_payment_method\"}}}",
	    begun.setup, begun.setup);
	EXPECT(api_call("POST", "/webhooks/stripe", NULL, late, HEADERS(stripe_signature(late, 0))), 200);
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE unique_key = 'setup:%s' AND status <> 'dead'", begun.id);
	CHECK_INT(methods_of(&customer), 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action = 'payment_method.created'",
		      begun.id),
	    1);
	wait_for_status(begun.id, "stored");
}

/* A trial that nobody pays needs a method all the same: it is charged when the trial is over. */
static void
test_trial_without_paying(void)
{
	struct person customer = person_new("customer");
	struct begun  begun = begun_at(&customer, "stripe");
	struct answer answer;
	const char   *plan, *id, *body;

	need_shop();
	plan = plan_new(&seller, "12.00", "\"every\": \"month\", \"trial_days\": 14");
	body = form("{\"plan_id\": \"%s\", \"payment_method_id\": \"%s\"}", plan, begun.id);
	EXPECT_PROBLEM(api_post("/subscriptions", customer.access, body), 409, "payment_method_unusable");
	sandbox_act("pay", begun.setup);
	wait_for_status(begun.id, "stored");
	answer = api_post("/subscriptions", customer.access, body);
	EXPECT(answer, 201);
	id = text_at(&answer, "id");
	CHECK_TEXT(text_at(&answer, "status"), "trialing");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE user_id = '%s'", customer.id), 0);
	subscription_run_out(id);
	WAIT_FOR("active", "SELECT status FROM subscriptions WHERE id = '%s'", id);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE user_id = '%s' AND payment_method_id = '%s' AND "
			     "status = 'succeeded'",
		      customer.id, begun.id),
	    1);
}

/* The bank has ended the mandate, or it was taken back at Stripe: the next period is asked for by a link. */
static void
test_taken_back_and_asked_by_link(void)
{
	static const char *const acts[][2] = { { "detach", "removed_at_provider" }, { "mandate/inactive", "mandate_inactive" } };

	need_shop();
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
		struct person customer = person_new("customer");
		struct begun  begun = begun_at(&customer, "stripe");
		struct answer answer, at_stripe;
		const char   *id;

		sandbox_act("pay", begun.setup);
		wait_for_status(begun.id, "stored");
		id = subscription_new(&customer, plan_new(&seller, "12.00", "\"every\": \"month\""),
		    form(", \"payment_method_id\": \"%s\"", begun.id));
		WAIT_FOR("active", "SELECT status FROM subscriptions WHERE id = '%s'", id);
		at_stripe = sandbox_call(form("/sandbox/stripe/setups/%s", begun.setup), NULL);
		EXPECT(sandbox_call(form("/sandbox/stripe/%s/%s", acts[i][0], text_at(&at_stripe, "payment_method")), "{}"), 200);
		WAIT_FOR(acts[i][1], "SELECT disabled_reason FROM payment_methods WHERE id = '%s'", begun.id);
		subscription_run_out(id);
		answer = subscription_of(&customer, id);
		CHECK_TEXT(text_at(&answer, "status"), "active");
		CHECK_TEXT(text_at(&answer, "period.failure_code"), "payment_method_unusable");
		CHECK(has_at(&answer, "payment_url"));
		CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE payment_method_id = '%s'", begun.id), 1);
		subscription_pay_link(id);
	}
}

/* At PayPal nobody tells of the approval: who comes back has it asked, and if nobody does the job asks. */
static void
test_stored_at_paypal(void)
{
	struct person customer = person_new("customer");
	struct begun  begun = begun_at(&customer, "paypal"), again;
	const char   *order = order_of(&customer);
	struct answer answer;

	CHECK_TEXT(text_at(&begun.answer, "status"), "pending");
	CHECK_TEXT(text_at(&begun.answer, "type"), "paypal");
	CHECK(has_at(&begun.answer, "redirect_url") && !has_at(&begun.answer, "client_secret") && !has_at(&begun.answer, "url"));
	answer = come_back(begun.id);
	CHECK_TEXT(header_of(&answer, "Location"), form("%s&payment_method=%s&status=pending%s", back, begun.id, fragment));
	EXPECT(sandbox_call(form("/sandbox/paypal/approve-setup/%s", begun.setup), "{}"), 200);
	answer = come_back(begun.id);
	EXPECT(answer, 303);
	CHECK_TEXT(header_of(&answer, "Location"), form("%s&payment_method=%s&status=stored%s", back, begun.id, fragment));
	answer = pay_by(&customer, order, begun.id);
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "succeeded");
	/* The same payer of the same customer has the same token: the same method, which is found under the new id, too. */
	again = begun_at(&customer, "paypal");
	EXPECT(sandbox_call(form("/sandbox/paypal/approve-setup/%s", again.setup), "{}"), 200);
	sql_run("UPDATE method_setups SET check_at = NOW(3) WHERE id = '%s'", again.id);
	run_job_now("settle_setups");
	wait_for_status(again.id, "stored");
	CHECK_INT(methods_of(&customer), 1);
	answer = show(&customer, again.id);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "id"), begun.id);
	answer = come_back(again.id);
	CHECK_TEXT(header_of(&answer, "Location"), form("%s&payment_method=%s&status=stored%s", back, begun.id, fragment));
}

/* What nobody approves, and what is approved too late, is not stored. */
static void
test_expired_at_paypal(void)
{
	struct person customer = person_new("customer");
	struct begun  begun = begun_at(&customer, "paypal");

	sql_run("UPDATE method_setups SET expires_at = NOW(3) - INTERVAL 1 SECOND, check_at = NOW(3) WHERE id = '%s'", begun.id);
	run_job_now("settle_setups");
	wait_for_status(begun.id, "expired");
	EXPECT(sandbox_call(form("/sandbox/paypal/approve-setup/%s", begun.setup), "{}"), 200);
	EXPECT(come_back(begun.id), 303);
	CHECK_INT(methods_of(&customer), 0);
	CHECK_TEXT(sql_text("SELECT status FROM method_setups WHERE id = '%s'", begun.id), "expired");
}

/* ---- not stored ---- */

static void
test_what_cannot_be_begun(void)
{
	static const char *const with_payment[] = { "paystack", "flutterwave", "razorpay", "cod", "bkash" };
	static const char *const bad[][2] = {
		{ "{\"provider\": \"stripe\"}", "token" },
		{ "{\"provider\": \"stripe\", \"token\": \"pm_card_visa\"}", "type" },
		{ "{\"provider\": \"stripe\", \"type\": \"card\", \"token\": \"pm_card_visa\", \"return_url\": \"http://localhost/\"}",
		    "return_url" },
		{ "{\"provider\": \"stripe\", \"return_url\": \"https://evil.example/\"}", "return_url" },
		{ "{\"provider\": \"stripe\", \"return_url\": \"http://localhost:x@evil.example/\"}", "return_url" },
		{ "{\"provider\": \"stripe\", \"return_url\": \"javascript:alert(1)\"}", "return_url" },
		{ "{\"provider\": \"stripe\", \"return_url\": \"http://localhost/\", \"label\": \"4242 4242 4242 4242\"}",
		    "label" },
		{ "{\"provider\": \"stripe\", \"return_url\": \"http://localhost/\", \"expires\": \"2034-01-01T00:00:00Z\"}",
		    "expires" },
		{ "{\"provider\": \"stripe\", \"return_url\": \"http://localhost/\", \"type\": \"cheque\"}", "type" },
	};
	struct person customer = person_new("customer");

	for (size_t i = 0; i < sizeof with_payment / sizeof *with_payment; i++)
		EXPECT_PROBLEM(begin_with(&customer, with_payment[i], ""), 422, "stores_with_payment");
	EXPECT_PROBLEM(begin_with(&customer, "nobody", ""), 409, "provider_unsupported");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		EXPECT_FAULT(api_post("/payment-methods", customer.access, bad[i][0]), bad[i][1]);
	EXPECT_PROBLEM(api_get("/payment-methods/0190f7a0-0000-7000-8000-000000000000/return", NULL), 404, "not_found");
	EXPECT_PROBLEM(api_get("/payment-methods/nothing/return", NULL), 404, "not_found");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM method_setups WHERE user_id = '%s'", customer.id), 0);
}

static const char *
status_at_stripe(const char *setup)
{
	struct answer answer = sandbox_call(form("/sandbox/stripe/setups/%s", setup), NULL);

	EXPECT(answer, 200);
	return text_at(&answer, "status");
}

static void
test_abandoned_expires(void)
{
	struct person customer = person_new("customer");
	struct begun  begun = begun_at(&customer, "stripe");
	struct answer answer;

	sql_run("UPDATE method_setups SET expires_at = NOW(3) - INTERVAL 1 SECOND, check_at = NOW(3) WHERE id = '%s'", begun.id);
	run_job_now("settle_setups");
	wait_for_status(begun.id, "expired");
	CHECK_TEXT(status_at_stripe(begun.setup), "canceled");
	EXPECT_PROBLEM(show(&customer, begun.id), 404, "not_found");
	answer = come_back(begun.id);
	EXPECT(answer, 303);
	CHECK_TEXT(header_of(&answer, "Location"), form("%s&payment_method=%s&status=expired%s", back, begun.id, fragment));
	EXPECT(api_get(form("/pay/methods/%s", begun.id), NULL), 410);
	CHECK_INT(methods_of(&customer), 0);
}

/* No event came: the job asks, and finds it confirmed, even when its time is over by then. */
static void
test_asked_without_an_event(void)
{
	struct person customer = person_new("customer");
	struct begun  begun = begun_at(&customer, "stripe");

	sandbox_switch(begun.id, "{\"webhook_never\": true}");
	sandbox_act("pay", begun.setup);
	sql_run("UPDATE method_setups SET expires_at = NOW(3) - INTERVAL 1 SECOND, check_at = NOW(3) WHERE id = '%s'", begun.id);
	run_job_now("settle_setups");
	wait_for_status(begun.id, "stored");
	CHECK_INT(methods_of(&customer), 1);
}

static void
test_given_up(void)
{
	struct person customer = person_new("customer");
	struct begun  begun = begun_at(&customer, "stripe"), late = begun_at(&customer, "stripe");
	struct answer at_stripe;

	EXPECT(api_delete(form("/payment-methods/%s", begun.id), customer.access), 204);
	EXPECT_PROBLEM(show(&customer, begun.id), 404, "not_found");
	EXPECT_PROBLEM(api_delete(form("/payment-methods/%s", begun.id), customer.access), 404, "not_found");
	run_job_now("settle_setups");
	WAIT_FOR("1", "SELECT check_at IS NULL FROM method_setups WHERE id = '%s'", begun.id);
	CHECK_TEXT(status_at_stripe(begun.setup), "canceled");
	/* Given up while its owner confirms it: it is not kept at the provider either. */
	sql_run("UPDATE method_setups SET status = 'cancelled', client_secret = NULL, redirect_url = NULL, "
		"check_at = NOW(3) + INTERVAL 1 DAY WHERE id = '%s'",
	    late.id);
	sandbox_act("pay", late.setup);
	WAIT_FOR("1", "SELECT check_at IS NULL FROM method_setups WHERE id = '%s'", late.id);
	CHECK_INT(methods_of(&customer), 0);
	at_stripe = sandbox_call(form("/sandbox/stripe/setups/%s", late.setup), NULL);
	WAIT_FOR("1", "SELECT COUNT(*) > 0 FROM webhook_events WHERE type = 'payment_method.detached' AND payload LIKE '%%%s%%'",
	    text_at(&at_stripe, "payment_method"));
}

/* Who tries one card after the other comes to an end. */
static void
test_declined_again_and_again(void)
{
	struct person customer = person_new("customer");
	struct begun  begun = begun_at(&customer, "stripe");

	sandbox_act("fail", begun.setup);
	WAIT_FOR("1", "SELECT declines FROM method_setups WHERE id = '%s'", begun.id);
	CHECK_TEXT(sql_text("SELECT status FROM method_setups WHERE id = '%s'", begun.id), "pending");
	for (int i = 1; i < 6; i++)
		sandbox_act("fail", begun.setup);
	wait_for_status(begun.id, "cancelled");
	CHECK_TEXT(status_at_stripe(begun.setup), "canceled");
	CHECK_INT(methods_of(&customer), 0);
}

/* ---- the page ---- */

static void
test_page(void)
{
	struct person customer = person_new("customer");
	struct begun  begun = begun_at(&customer, "stripe");
	struct answer answer = api_get(form("/pay/methods/%s", begun.id), NULL);

	EXPECT(answer, 200);
	CHECK(strstr(answer.body, text_at(&begun.answer, "client_secret")) != NULL);
	CHECK(strstr(answer.body, form("/payment-methods/%s/return", begun.id)) != NULL);
	CHECK(
	    strstr(answer.body, customer.id) == NULL && strstr(answer.body, "cus_") == NULL && strchr(answer.body, '@') == NULL);
	CHECK(strstr(header_of(&answer, "Content-Security-Policy"), "default-src 'none'") != NULL);
	CHECK_TEXT(header_of(&answer, "Cache-Control"), "no-store");
	sandbox_act("pay", begun.setup);
	wait_for_status(begun.id, "stored");
	answer = api_get(form("/pay/methods/%s", begun.id), NULL);
	EXPECT(answer, 200);
	CHECK(strstr(answer.body, "was stored") != NULL && strstr(answer.body, "_secret_") == NULL);
	EXPECT(api_get("/pay/methods/0190f7a0-0000-7000-8000-000000000000", NULL), 404);
}

SUITE("api: payment methods stored without a payment", TEST(test_stored_and_charged), TEST(test_label_and_default_are_kept),
    TEST(test_heard_often_stored_once), TEST(test_trial_without_paying), TEST(test_taken_back_and_asked_by_link),
    TEST(test_stored_at_paypal), TEST(test_expired_at_paypal), TEST(test_what_cannot_be_begun), TEST(test_abandoned_expires),
    TEST(test_asked_without_an_event), TEST(test_given_up), TEST(test_declined_again_and_again), TEST(test_page))
