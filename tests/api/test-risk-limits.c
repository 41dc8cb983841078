/*
 * What risk refuses to a payer: nothing of it is charged later, a page tells them so, and each limit counts what it is of.
 * The workers have limits as production has them, only lower.
 */
#include "tests/api/lone_worker.h"
#include "tests/api/subscribing.h"

#include <string.h>

enum {
	ATTEMPTS_PURPOSE = 2,
	ATTEMPTS_SESSION = 3,
	ATTEMPTS_ACCOUNT = 5,
	DECLINES_PURPOSE = 2,
	DECLINES_ADDRESS = 2,
	DECLINES_PAYMENT = 6
};

static struct person seller, accountant;
static struct goods  goods;
static const char   *monthly;

static const char  loopback[] = "127.0.0.1";
static const char *form_type = "Content-Type: application/x-www-form-urlencoded", *from_page = "Sec-Fetch-Site: same-origin";

static void
begin(void)
{
	static const char *const settings[] = { "HAAT_LIMITS_ENABLED=true", "HAAT_RISK_REFUSE_SCORE=100",
		"HAAT_RISK_ATTEMPTS_PURPOSE=2", "HAAT_RISK_ATTEMPTS_SESSION=3", "HAAT_RISK_ATTEMPTS_ACCOUNT=5",
		"HAAT_RISK_DECLINES_PURPOSE=2", "HAAT_RISK_DECLINES_ACCOUNT=50", "HAAT_RISK_DECLINES_ADDRESS=2",
		"HAAT_RISK_DECLINES_NETWORK=3", NULL };

	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	accountant = person_new("accountant");
	goods = goods_new(&seller, "20.00", 1000);
	monthly = plan_new(&seller, "12.00", "\"every\": \"month\"");
	lone_workers_start(settings);
}

static const char *
order_of(const struct person *customer)
{
	return order_new(customer, address_new(customer), &goods, 1);
}

/* ---- subscriptions ---- */

/* Of subscriptions, charged or tried. */
static int64_t
charges_of(const struct person *customer)
{
	return sql_number(
	    "SELECT COUNT(*) FROM payments WHERE user_id = '%s' AND purpose_kind = 'subscription_period'", customer->id);
}

static int64_t
refusals_of(const struct person *customer)
{
	return sql_number("SELECT COUNT(*) FROM audit_records WHERE action = 'payment.refused' AND actor_id = '%s' "
			  "AND subject_type = 'subscription_period'",
	    customer->id);
}

static struct answer
subscribe_by(const struct person *customer, const char *method)
{
	return lone_call(loopback, "POST", "/subscriptions", customer->access,
	    form("{\"plan_id\": \"%s\", \"payment_method_id\": \"%s\"}", monthly, method));
}

static int64_t
subscriptions_of(const struct person *customer)
{
	return sql_number("SELECT COUNT(*) FROM subscriptions WHERE user_id = '%s'", customer->id);
}

static void
test_a_refused_subscriber_has_no_subscription(void)
{
	struct person customer;
	const char   *method;

	begin();
	customer = suspect_new();
	method = method_new(&customer, "stripe", "pm_card_visa");
	suspect_mail(&accountant, 100);
	EXPECT_PROBLEM(subscribe_by(&customer, method), 402, "payment_refused");
	CHECK_INT(subscriptions_of(&customer), 0);
	CHECK_INT(refusals_of(&customer), 1);
	/* Not by any job either. */
	run_job_now("renew_subscriptions");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE type LIKE 'subscription.%%' "
			     "AND payload LIKE '%%%s%%'",
		      customer.id),
	    0);
	suspect_mail(&accountant, 16);
	EXPECT(subscribe_by(&customer, method), 201);
	CHECK_INT(charges_of(&customer), 1);
}

static void
test_a_limit_refuses_a_subscriber_too(void)
{
	struct person customer;
	const char   *method;
	struct answer answer;

	begin();
	customer = person_new("customer");
	method = method_new(&customer, "stripe", "pm_card_visa");
	for (int i = 0; i < ATTEMPTS_ACCOUNT; i++)
		attempt_new(&customer, order_of(&customer));
	answer = subscribe_by(&customer, method);
	EXPECT_PROBLEM(answer, 429, "too_many_attempts");
	CHECK(header_of(&answer, "Retry-After") != NULL);
	CHECK_INT(subscriptions_of(&customer), 0);
}

/* Who comes back from a pause is charged at once, too, or stays paused. */
static void
test_a_refused_payer_stays_paused(void)
{
	struct person customer;
	const char   *id, *path;

	begin();
	customer = suspect_new();
	id = subscription_new(
	    &customer, monthly, form(", \"payment_method_id\": \"%s\"", method_new(&customer, "stripe", "pm_card_visa")));
	path = form("/subscriptions/%s/resume", id);
	EXPECT(api_post(form("/subscriptions/%s/pause", id), customer.access, NULL), 200);
	subscription_run_out(id);
	suspect_mail(&accountant, 100);
	EXPECT_PROBLEM(lone_call(loopback, "POST", path, customer.access, NULL), 402, "payment_refused");
	subscription_renew(id);
	CHECK_TEXT(sql_text("SELECT status FROM subscriptions WHERE id = '%s'", id), "paused");
	CHECK_INT(charges_of(&customer), 1);
	suspect_mail(&accountant, 16);
	EXPECT(lone_call(loopback, "POST", path, customer.access, NULL), 200);
	CHECK_INT(charges_of(&customer), 2);
	EXPECT_CONSISTENT();
}

/* And another method is not taken for what is past due. */
static void
test_a_refused_method_is_not_kept(void)
{
	struct person customer;
	const char   *id, *path, *method;

	begin();
	customer = suspect_new();
	method = method_new(&customer, "stripe", "pm_card_visa");
	id = subscription_new(&customer, monthly, "");
	path = form("/subscriptions/%s/change", id);
	suspect_mail(&accountant, 100);
	EXPECT_PROBLEM(lone_call(loopback, "POST", path, customer.access, form("{\"payment_method_id\": \"%s\"}", method)), 402,
	    "payment_refused");
	suspect_mail(&accountant, 16);
	subscription_renew(id);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM subscriptions WHERE id = '%s' AND payment_method_id IS NULL", id), 1);
	CHECK_INT(charges_of(&customer), 0);
}

/* Judged when it is made, it is refused all the same: only the payer can go on, by the link. */
static void
test_a_refused_charge_goes_on_by_link(void)
{
	struct person customer;
	const char   *id;
	struct answer answer;

	begin();
	customer = suspect_new();
	id = subscription_new(&customer, monthly, "");
	sql_run("UPDATE subscriptions SET payment_method_id = '%s' WHERE id = '%s'",
	    method_new(&customer, "stripe", "pm_card_visa"), id);
	sql_run("UPDATE subscription_periods SET next_attempt_at = NOW(3), asked_until = NULL, by_link = 0 "
		"WHERE subscription_id = '%s'",
	    id);
	suspect_mail(&accountant, 100);
	answer = lone_call(
	    loopback, "POST", form("/subscriptions/%s/change", id), customer.access, form("{\"plan_id\": \"%s\"}", monthly));
	suspect_mail(&accountant, 16);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "period.failure_code"), "payment_refused");
	CHECK(text_at(&answer, "payment_url") != NULL);
	subscription_renew(id);
	CHECK_INT(charges_of(&customer), 0);
	subscription_pay_link(id);
	EXPECT_CONSISTENT();
}

/* Declined so many times, from the first of these numbers on. */
static void
fail_times(const char *transaction, int from, int to)
{
	for (int i = from; i <= to; i++) {
		sandbox_act("fail", transaction);
		WAIT_FOR(form("%d", i),
		    "SELECT COUNT(*) FROM payment_declines d JOIN payments p ON p.id = d.payment_id "
		    "WHERE p.provider_transaction_id = '%s'",
		    transaction);
		WAIT_FOR("failed",
		    "SELECT IF(status = 'cancelled', 'failed', status) FROM payments WHERE provider_transaction_id = '%s'",
		    transaction);
	}
}

/* ---- the page ---- */

static struct answer
choose(const char *reference, const char *provider)
{
	return lone_call_with(
	    loopback, "POST", form("/pay/%s", reference), NULL, form("provider=%s", provider), HEADERS(form_type, from_page));
}

static void
check_refused(const struct answer *answer, int status, const char *says)
{
	EXPECT(*answer, status);
	CHECK(strstr(answer->body, "role=\"alert\"") != NULL);
	CHECK(strstr(answer->body, says) != NULL);
	CHECK(strstr(answer->body, "Nothing was paid") != NULL || strstr(answer->body, "nothing was paid") != NULL);
	CHECK(strstr(answer->body, "value=\"paypal\"") != NULL);
}

static void
test_the_page_says_that_it_was_refused(void)
{
	struct person  customer;
	struct attempt attempt;
	struct answer  answer;

	begin();
	customer = suspect_new();
	attempt = attempt_new(&customer, order_of(&customer));
	EXPECT(api_post(form("/payments/%s/cancel", attempt.reference), customer.access, NULL), 200);
	suspect_mail(&accountant, 100);
	answer = choose(attempt.reference, "stripe");
	suspect_mail(&accountant, 16);
	check_refused(&answer, 402, "was not accepted");
	CHECK(strstr(answer.body, "mail") == NULL);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE order_id = '%s'", attempt.order), 1);
}

static void
test_the_page_says_when_to_come_back(void)
{
	struct person  customer;
	struct attempt attempt;
	struct answer  answer;

	begin();
	customer = person_new("customer");
	attempt = attempt_new(&customer, order_of(&customer));
	EXPECT(choose(attempt.reference, "flutterwave"), 303);
	answer = choose(attempt.reference, "stripe");
	check_refused(&answer, 429, "too many attempts");
	CHECK(header_of(&answer, "Retry-After") != NULL);
	attempt = attempt_new(&customer, order_of(&customer));
	fail_times(attempt.transaction, 1, DECLINES_PURPOSE);
	answer = choose(attempt.reference, "stripe");
	check_refused(&answer, 429, "payments were declined");
}

/* ---- limits ---- */

static struct answer
pay(const char *address, const struct person *customer, const char *order)
{
	return lone_call(
	    address, "POST", "/payments", customer->access, form("{\"order_id\": \"%s\", \"provider\": \"stripe\"}", order));
}

static void
test_attempts_of_an_order(void)
{
	struct person customer;
	const char   *order;
	struct answer answer;

	begin();
	customer = person_new("customer");
	order = order_of(&customer);
	for (int i = 0; i < ATTEMPTS_PURPOSE; i++) {
		answer = pay(loopback, &customer, order);
		EXPECT(answer, 201);
		EXPECT(api_post(form("/payments/%s/cancel", text_at(&answer, "reference")), customer.access, NULL), 200);
	}
	EXPECT_PROBLEM(pay(loopback, &customer, order), 429, "too_many_attempts");
	/* It is the order that is tried too often, not its customer. */
	EXPECT(pay(loopback, &customer, order_of(&customer)), 201);
}

static void
test_declines_of_an_order(void)
{
	struct person customer;
	const char   *order;
	struct answer answer;

	begin();
	customer = person_new("customer");
	order = order_of(&customer);
	answer = pay(loopback, &customer, order);
	EXPECT(answer, 201);
	fail_times(text_at(&answer, "provider_transaction_id"), 1, DECLINES_PURPOSE);
	EXPECT_PROBLEM(pay(loopback, &customer, order), 429, "too_many_declines");
	EXPECT(pay(loopback, &customer, order_of(&customer)), 201);
}

static void
test_attempts_of_a_request(void)
{
	struct answer answer;
	const char   *path;

	begin();
	answer = api_post("/payments/initialize", seller.access,
	    "{\"amount\": \"20.00\", \"currency\": \"USD\", \"customer\": {\"email\": \"p@people.test\"}, "
	    "\"return_url\": \"http://localhost/thanks\"}");
	EXPECT(answer, 201);
	path = form("/payments/%s/attempts", text_at(&answer, "reference"));
	EXPECT(lone_call(loopback, "POST", path, NULL, "{\"provider\": \"stripe\"}"), 201);
	EXPECT(lone_call(loopback, "POST", path, NULL, "{\"provider\": \"flutterwave\"}"), 201);
	EXPECT_PROBLEM(lone_call(loopback, "POST", path, NULL, "{\"provider\": \"stripe\"}"), 429, "too_many_attempts");
}

/* A link is no door for trying cards: whoever has it, each card that is declined counts. */
static void
test_declines_of_a_request(void)
{
	struct answer answer;
	const char   *path, *reference;

	begin();
	answer = api_post("/payments/initialize", seller.access,
	    "{\"amount\": \"20.00\", \"currency\": \"USD\", \"customer\": {\"email\": \"p@people.test\"}, "
	    "\"return_url\": \"http://localhost/thanks\"}");
	EXPECT(answer, 201);
	reference = text_at(&answer, "reference");
	path = form("/payments/%s/attempts", reference);
	answer = lone_call(loopback, "POST", path, NULL, "{\"provider\": \"stripe\"}");
	EXPECT(answer, 201);
	fail_times(text_at(&answer, "provider_transaction_id"), 1, DECLINES_PURPOSE);
	answer = lone_call(loopback, "POST", path, NULL, "{\"provider\": \"flutterwave\"}");
	EXPECT_PROBLEM(answer, 429, "too_many_declines");
	CHECK(header_of(&answer, "Retry-After") != NULL);
	/* From another address, too, and on the page. */
	EXPECT_PROBLEM(
	    lone_call("198.51.100.77", "POST", path, NULL, "{\"provider\": \"flutterwave\"}"), 429, "too_many_declines");
	answer = choose(reference, "flutterwave");
	check_refused(&answer, 429, "payments were declined");
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM payments p JOIN payment_requests r ON r.id = p.request_id WHERE r.reference = '%s'",
		reference),
	    1);
}

/* Storing without a payment tries cards as well: the account's declines and what it has begun are counted. */
static void
test_limits_of_storing(void)
{
	static const char *const body = "{\"provider\": \"stripe\", \"return_url\": \"http://localhost/wallet\"}";
	struct person            customer, other;
	struct answer            answer;
	const char              *setup;

	begin();
	customer = person_new("customer");
	other = person_new("customer");
	answer = lone_call("203.0.113.9", "POST", "/payment-methods", customer.access, body);
	EXPECT(answer, 201);
	setup = sql_text("SELECT setup FROM method_setups WHERE id = '%s'", text_at(&answer, "id"));
	for (int i = 0; i < DECLINES_ADDRESS; i++)
		sandbox_act("fail", setup);
	WAIT_FOR("2", "SELECT declines FROM method_setups WHERE setup = '%s'", setup);
	EXPECT_PROBLEM(lone_call("203.0.113.9", "POST", "/payment-methods", other.access, body), 429, "too_many_declines");
	for (int i = 0; i < ATTEMPTS_ACCOUNT; i++)
		EXPECT(lone_call(loopback, "POST", "/payment-methods", other.access, body), 201);
	answer = lone_call(loopback, "POST", "/payment-methods", other.access, body);
	EXPECT_PROBLEM(answer, 429, "too_many_attempts");
	CHECK(header_of(&answer, "Retry-After") != NULL);
	sql_run("DELETE FROM method_setups WHERE user_id IN ('%s', '%s')", customer.id, other.id);
}

static void
test_attempts_of_a_session(void)
{
	struct person customer;

	begin();
	customer = person_new("customer");
	for (int i = 0; i < ATTEMPTS_SESSION; i++)
		EXPECT(pay(loopback, &customer, order_of(&customer)), 201);
	EXPECT_PROBLEM(pay(loopback, &customer, order_of(&customer)), 429, "too_many_attempts");
	person_login(&customer);
	EXPECT(pay(loopback, &customer, order_of(&customer)), 201);
}

/* Two declines close an address, three its network, whosever they were. */
static void
test_declines_of_addresses_and_networks(void)
{
	const char   *network = form("198.%lld.%lld", (long long)sql_number("SELECT 100 + FLOOR(RAND() * 100)"),
	      (long long)sql_number("SELECT FLOOR(RAND() * 250)"));
	const char   *first = form("%s.1", network), *second = form("%s.2", network);
	struct person customer;
	struct answer answer;

	begin();
	customer = person_new("customer");
	answer = pay(first, &customer, order_of(&customer));
	EXPECT(answer, 201);
	fail_times(text_at(&answer, "provider_transaction_id"), 1, 2);
	customer = person_new("customer");
	EXPECT_PROBLEM(pay(first, &customer, order_of(&customer)), 429, "too_many_declines");
	answer = pay(second, &customer, order_of(&customer));
	EXPECT(answer, 201);
	fail_times(text_at(&answer, "provider_transaction_id"), 1, 1);
	customer = person_new("customer");
	EXPECT_PROBLEM(pay(form("%s.3", network), &customer, order_of(&customer)), 429, "too_many_declines");
}

/* Card testing on one attempt: it is closed at its provider. */
static void
test_what_is_declined_too_often_is_closed(void)
{
	struct person  customer = person_new("customer");
	struct attempt attempt;

	begin();
	attempt = attempt_new(&customer, order_of(&customer));
	fail_times(attempt.transaction, 1, DECLINES_PAYMENT - 1);
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", attempt.reference), "failed");
	fail_times(attempt.transaction, DECLINES_PAYMENT, DECLINES_PAYMENT);
	WAIT_FOR("cancelled", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
}

SUITE("api: what risk refuses", TEST(test_a_refused_subscriber_has_no_subscription), TEST(test_a_limit_refuses_a_subscriber_too),
    TEST(test_a_refused_payer_stays_paused), TEST(test_a_refused_method_is_not_kept), TEST(test_a_refused_charge_goes_on_by_link),
    TEST(test_the_page_says_that_it_was_refused), TEST(test_the_page_says_when_to_come_back), TEST(test_attempts_of_an_order),
    TEST(test_declines_of_an_order), TEST(test_attempts_of_a_request), TEST(test_declines_of_a_request),
    TEST(test_limits_of_storing), TEST(test_attempts_of_a_session), TEST(test_declines_of_addresses_and_networks),
    TEST(test_what_is_declined_too_often_is_closed))
