/* Reviews: from when they count, what waits for them, and what a decline gives back where there is no order, or too late. */
#include "tests/api/subscribing.h"

#include <stdlib.h>
#include <string.h>

static struct person seller, accountant;
static struct goods  goods;

static void
begin(void)
{
	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	accountant = person_new("accountant");
	goods = goods_new(&seller, "20.00", 1000);
}

static const char *
order_of(const struct person *customer, const struct goods *wares)
{
	return order_new(customer, address_new(customer), wares, 1);
}

/* By a suspect; nobody has decided yet. */
static struct attempt
reviewed_new(const struct goods *wares)
{
	struct person  customer = suspect_new();
	struct attempt attempt;

	begin();
	suspect_mail(&accountant, 50);
	attempt = attempt_new(&customer, order_of(&customer, wares));
	suspect_mail(&accountant, 16);
	CHECK_TEXT(sql_text("SELECT review FROM payments WHERE reference = '%s'", attempt.reference), "pending");
	return attempt;
}

static void
decide(const char *reference, const char *what)
{
	EXPECT(api_post(form("/payments/%s/%s", reference, what), accountant.access, "{\"reason\": \"looked at\"}"), 200);
}

static int64_t
refunds_of(const char *reference)
{
	return sql_number("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s' "
			  "AND r.kind <> 'not_collected'",
	    reference);
}

static void
wait_refunded(const char *reference)
{
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", reference);
	CHECK_INT(refunds_of(reference), 1);
}

/* The payer was faster than the provider that was asked to close it. */
static void
test_money_after_a_decline_goes_back(void)
{
	struct attempt attempt;

	begin();
	attempt = reviewed_new(&goods);
	decide(attempt.reference, "decline");
	WAIT_FOR("cancelled", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/pay/%s", attempt.transaction), "force=1"), 200);
	wait_refunded(attempt.reference);
	CHECK_TEXT(sql_text("SELECT status FROM orders WHERE id = '%s'", attempt.order), "cancelled");
	EXPECT_CONSISTENT();
}

/* Even of an order that would still take it: nothing takes what was declined. */
static void
test_what_was_declined_is_not_taken(void)
{
	struct attempt attempt;

	begin();
	attempt = reviewed_new(&goods);
	sql_run("UPDATE payments SET review = 'declined', reviewed_at = NOW(3) WHERE reference = '%s'", attempt.reference);
	sandbox_act("pay", attempt.transaction);
	wait_refunded(attempt.reference);
	CHECK_TEXT(sql_text("SELECT status FROM orders WHERE id = '%s'", attempt.order), "pending");
	EXPECT_CONSISTENT();
}

static void
test_a_decline_of_a_request_only_refunds(void)
{
	struct answer answer;
	const char   *request, *reference;

	begin();
	answer = api_post("/payments/initialize", seller.access,
	    "{\"amount\": \"20.00\", \"currency\": \"USD\", \"customer\": {\"email\": \"p@people.test\"}, "
	    "\"return_url\": \"http://localhost/thanks\"}");
	EXPECT(answer, 201);
	request = text_at(&answer, "reference");
	answer = api_post(form("/payments/%s/attempts", request), NULL, "{\"provider\": \"stripe\"}");
	EXPECT(answer, 201);
	reference =
	    sql_text("SELECT p.reference FROM payment_requests r JOIN payments p ON p.request_id = r.id WHERE r.reference = '%s'",
		request);
	sql_run("UPDATE payments SET review = 'pending' WHERE reference = '%s'", reference);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/pay/%s", text_at(&answer, "provider_transaction_id")), "force=1"), 200);
	WAIT_FOR("succeeded", "SELECT status FROM payments WHERE reference = '%s'", reference);
	decide(reference, "decline");
	wait_refunded(reference);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM payment_requests WHERE reference = '%s' AND status = 'cancelled'", request), 0);
	EXPECT_CONSISTENT();
}

static void
test_a_decline_of_a_period_only_refunds(void)
{
	struct person customer = suspect_new();
	const char   *id, *plan, *reference, *method;

	begin();
	plan = plan_new(&seller, "12.00", "\"every\": \"month\"");
	method = method_new(&customer, "stripe", "pm_card_visa");
	suspect_mail(&accountant, 50);
	id = subscription_new(&customer, plan, form(", \"payment_method_id\": \"%s\"", method));
	suspect_mail(&accountant, 16);
	reference = sql_text("SELECT p.reference FROM payments p JOIN subscription_periods d ON d.payment_id = p.id "
			     "WHERE d.subscription_id = '%s' AND p.review = 'pending'",
	    id);
	REQUIRE(reference != NULL);
	decide(reference, "decline");
	wait_refunded(reference);
	WAIT_FOR("refunded", "SELECT status FROM subscription_periods WHERE subscription_id = '%s'", id);
	CHECK_INT(subscription_events(id, "cancelled") + subscription_events(id, "ended"), 0);
	EXPECT_CONSISTENT();
}

/* ---- since when ---- */

enum { LONG_AGO_DAYS = 400, DAY_SECONDS = 86400 };

static int64_t
oldest_review(void)
{
	struct answer answer = api_get("/metrics", NULL);
	const char   *at = strstr(answer.body, "\nhaat_reviews_age_seconds");

	EXPECT(answer, 200);
	REQUIRE(at != NULL);
	at += strcspn(at, " ");
	return strtoll(at, NULL, 10) / DAY_SECONDS;
}

/* Moves a time of the payment. */
static void
long_ago(const char *reference, const char *column)
{
	sql_run(
	    "UPDATE payments SET %s = NOW(3) - INTERVAL %d DAY, updated_at = IF('%s' = 'updated_at', NOW(3) - INTERVAL %d DAY, "
	    "updated_at) WHERE reference = '%s'",
	    column, LONG_AGO_DAYS, column, LONG_AGO_DAYS, reference);
}

static void
test_a_review_counts_from_the_money(void)
{
	struct attempt attempt;

	begin();
	attempt = reviewed_new(&goods);
	long_ago(attempt.reference, "created_at");
	CHECK(oldest_review() < LONG_AGO_DAYS);
	sandbox_act("pay", attempt.transaction);
	WAIT_FOR("succeeded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK(oldest_review() < LONG_AGO_DAYS);
	long_ago(attempt.reference, "succeeded_at");
	CHECK(oldest_review() >= LONG_AGO_DAYS);
	decide(attempt.reference, "approve");
	CHECK(oldest_review() < LONG_AGO_DAYS);
}

/* Cash has no money to wait for: from its confirmation on. */
static void
test_a_review_of_cash_counts_from_its_confirmation(void)
{
	struct person customer = suspect_new();
	struct answer answer;
	const char   *order, *reference;

	begin();
	order = order_of(&customer, &goods);
	suspect_mail(&accountant, 50);
	answer = payment_new(&customer, order, "cod");
	suspect_mail(&accountant, 16);
	EXPECT(answer, 201);
	reference = text_at(&answer, "reference");
	CHECK_TEXT(sql_text("SELECT review FROM payments WHERE reference = '%s'", reference), "pending");
	long_ago(reference, "updated_at");
	CHECK(oldest_review() < LONG_AGO_DAYS);
	EXPECT(api_post(form("/payments/%s/confirm", reference), seller.access, NULL), 200);
	CHECK(oldest_review() < LONG_AGO_DAYS);
	long_ago(reference, "updated_at");
	CHECK(oldest_review() >= LONG_AGO_DAYS);
	/* Nothing was paid, so nothing goes back. */
	decide(reference, "decline");
	WAIT_FOR("cancelled", "SELECT status FROM orders WHERE id = '%s'", order);
	CHECK(oldest_review() < LONG_AGO_DAYS);
	CHECK_INT(refunds_of(reference), 0);
	EXPECT_CONSISTENT();
}

/* 20.00 less 5 % of commission. */
static void
test_what_is_under_review_is_not_paid_out(void)
{
	struct person  shop = person_new("shopkeeper");
	struct goods   wares = goods_new(&shop, "20.00", 10);
	struct attempt attempt = reviewed_new(&wares);
	struct answer  answer;
	const char    *path = form("/merchants/%s/balance", shop.merchant);

	sandbox_act("pay", attempt.transaction);
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
	answer = api_get(path, shop.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.held"), "19.00");
	CHECK_TEXT(text_at(&answer, "results.0.available"), "0.00");
	EXPECT_PROBLEM(api_post("/payouts", accountant.access,
			   form("{\"merchant_id\": \"%s\", \"currency\": \"USD\", \"amount\": \"19.00\"}", shop.merchant)),
	    409, "payout_too_large");
	decide(attempt.reference, "approve");
	answer = api_get(path, shop.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.held"), "0.00");
	CHECK_TEXT(text_at(&answer, "results.0.return_window"), "19.00");
	order_delivered(&shop, attempt.order, 15);
	answer = api_get(path, shop.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.available"), "19.00");
}

/* ---- what was learned, and bands ---- */

static void
test_rules_show_what_was_learned(void)
{
	struct answer answer;

	begin();
	sql_run(
	    "INSERT INTO risk_models (id, payments, frauds, held_out, held_out_frauds, live_precision, live_recall, "
	    "learned_precision, learned_recall, switched_on_at) VALUES ('%s', 1000, 100, 300, 30, 7100, 6200, 9300, 8400, NOW(3))",
	    person_new("customer").id);
	answer = api_get("/risk/rules", accountant.access);
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "learned.live_precision"), 7100);
	CHECK_INT(number_at(&answer, "learned.live_recall"), 6200);
	CHECK_INT(number_at(&answer, "learned.learned_precision"), 9300);
	CHECK_INT(number_at(&answer, "learned.learned_recall"), 8400);
	CHECK_INT(number_at(&answer, "learned.held_out_frauds"), 30);
}

/* A shop that sold much at this hour of every week sells nothing now; the job says so, once. */
static void
test_the_job_watches_full_hours(void)
{
	struct person shop = person_new("shopkeeper");
	const char   *hour = sql_text("SELECT DATE_FORMAT(NOW() - INTERVAL 1 HOUR, '%%Y-%%m-%%d %%H:00:00')");

	sql_run("DELETE FROM risk_hours WHERE hour_at = '%s'", hour);
	for (int week = 1; week <= 8; week++)
		sql_run("INSERT INTO risk_hours (id, hour_at, merchant_id, attempts, failed, paid, refunded) "
			"SELECT UNHEX(REPLACE(UUID(), '-', '')), '%s' - INTERVAL %d WEEK, '%s', %d, 2, 90, 1",
		    hour, week, shop.merchant, 100 + week);
	sql_run("INSERT INTO risk_hours (id, hour_at, merchant_id, attempts, failed, paid, refunded) "
		"SELECT UNHEX(REPLACE(UUID(), '-', '')), '%s' - INTERVAL 130 DAY, '%s', 1, 0, 1, 0",
	    hour, shop.merchant);
	for (int i = 0; i < 2; i++) {
		run_job_now("watch_bands");
		WAIT_FOR("volume", "SELECT left_bands FROM risk_hours WHERE merchant_id = '%s' AND hour_at = '%s'", shop.merchant,
		    hour);
	}
	WAIT_FOR("0", "SELECT COUNT(*) FROM risk_hours WHERE merchant_id = '%s' AND hour_at < NOW() - INTERVAL 125 DAY",
	    shop.merchant);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events e JOIN risk_hours h ON h.id = e.aggregate_id "
			     "WHERE e.type = 'risk.band_left' AND h.merchant_id = '%s'",
		      shop.merchant),
	    1);
	sql_run("DELETE FROM risk_hours WHERE merchant_id = '%s'", shop.merchant);
}

SUITE("api: reviews", TEST(test_money_after_a_decline_goes_back), TEST(test_what_was_declined_is_not_taken),
    TEST(test_a_decline_of_a_request_only_refunds), TEST(test_a_decline_of_a_period_only_refunds),
    TEST(test_a_review_counts_from_the_money), TEST(test_a_review_of_cash_counts_from_its_confirmation),
    TEST(test_what_is_under_review_is_not_paid_out), TEST(test_rules_show_what_was_learned),
    TEST(test_the_job_watches_full_hours))
