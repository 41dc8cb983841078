/* Subscriptions whose charge meets what it should not: keys that are lost, accounts that may not, verdicts that leave no other way. */
#include "tests/api/played.h"
#include "tests/api/subscribing.h"

#include "base/arena.h"
#include "base/config.h"
#include "payments/payment.h"
#include "payments/subscriptions/renew.h"

#include <stdlib.h>
#include <string.h>

static struct person seller, customer, admin;
static const char   *monthly;

static void
need_people(void)
{
	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	customer = person_new("customer");
	admin = person_new("admin");
	monthly = plan_new(&seller, "12.00", "\"every\": \"month\"");
}

static const char *
stored_at(const char *provider, const char *type, const char *token)
{
	struct answer answer = api_post("/payment-methods", customer.access,
	    form("{\"type\": \"%s\", \"provider\": \"%s\", \"token\": \"%s\"}", type, provider, token));

	EXPECT(answer, 201);
	return text_at(&answer, "id");
}

static const char *
stored_at_paypal(const char *kind)
{
	struct answer answer = sandbox_call(
	    form("/sandbox/paypal/store/%s", kind), form("{\"email\": \"%s\", \"owner\": \"%s\"}", customer.email, customer.id));

	EXPECT(answer, 200);
	return stored_at("paypal", "paypal", text_at(&answer, "data.token"));
}

static const char *
charged(const char *method)
{
	return subscription_new(&customer, monthly, form(", \"payment_method_id\": \"%s\"", method));
}

static const char *
state_of(const char *id)
{
	return sql_text("SELECT status FROM subscriptions WHERE id = '%s'", id);
}

/* Of the newest payment by which the subscription's method was charged. */
static const char *
last_payment(const char *id, const char *column)
{
	return sql_text("SELECT p.%s FROM subscription_periods d JOIN payments p ON p.period_id = d.id "
			"WHERE d.subscription_id = '%s' ORDER BY p.id DESC LIMIT 1",
	    column, id);
}

static int64_t
charges_of(const char *id)
{
	return sql_number("SELECT COUNT(*) FROM payments p JOIN subscription_periods d ON d.id = p.period_id "
			  "WHERE d.subscription_id = '%s'",
	    id);
}

static const char *
period_text(const char *id, const char *path)
{
	struct answer answer = subscription_of(&customer, id);

	return has_at(&answer, path) ? text_at(&answer, path) : NULL;
}

static long
counted(const char *series)
{
	struct answer answer = api_get("/metrics", NULL);
	const char   *at = strstr(answer.body, form("\n%s", series));

	return at == NULL ? 0 : strtol(at + 1 + strlen(series), NULL, 10);
}

/* ---- a verdict is booked, though the payer cannot be asked any more ---- */

struct verdict {
	struct payment_id payment;
};

/* By a worker whose shop has only cash on delivery left. */
static const struct problem *
play_verdict(struct work *work, void *argument)
{
	static const char *const     left[] = { "cod", NULL };
	const struct verdict        *verdict = argument;
	const struct provider_answer lost = { .status = PAYMENT_FAILED,
		.failure_code = "lost_card",
		.failure_reason = "the card is lost",
		.failure_advice = "do_not_try_again" };
	struct config               *config = ARENA_NEW(work->arena, struct config);

	*config = *work->config;
	config->payments.providers = left;
	work->config = config;
	return apply_answer(work, verdict->payment, &lost);
}

static void
test_verdict_without_another_way(void)
{
	struct verdict verdict;
	const char    *id;

	need_people();
	id = charged(stored_at("stripe", "card", "pm_card_authenticationRequired"));
	CHECK_TEXT(last_payment(id, "status"), "requires_action");
	CHECK(uuid_parse(last_payment(id, "id"), &verdict.payment.uuid));
	played_run(sql_text("SELECT DATE_FORMAT(UTC_TIMESTAMP(), '%%Y-%%m-%%dT%%H:%%i:%%sZ')"), play_verdict, &verdict);
	/* By the events: a declined payment is asked about again, and then has the words of the stand-in. */
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE type = 'payment.failed' AND aggregate_id = '%s' AND "
			     "JSON_VALUE(payload, '$.failure_code') = 'lost_card'",
		      last_payment(id, "id")),
	    1);
	CHECK_INT(subscription_events(id, "charge_failed"), 1);
	CHECK_TEXT(state_of(id), "past_due");
	CHECK_TEXT(period_text(id, "period.failure_code"), "lost_card");
	/* Nor is the card charged again: by the link, since the shop can be paid by one again. */
	sql_run("UPDATE subscription_periods SET next_attempt_at = NOW(3) WHERE subscription_id = '%s'", id);
	subscription_renew(id);
	CHECK_INT(charges_of(id), 1);
	CHECK(period_text(id, "payment_url") != NULL);
	EXPECT_CONSISTENT();
}

/* ---- the key of a stored method is lost ---- */

static void
lose_key(const char *method)
{
	CHECK_INT(sql_run("UPDATE payment_methods SET sealed_with = 'lost' WHERE id = '%s'", method), 1);
}

/* Nothing is sent: the payer is asked by a link, and operators are told. */
static void
test_key_is_lost(void)
{
	const char *method, *id;
	long        before;

	need_people();
	method = stored_at("stripe", "card", "pm_card_visa");
	id = charged(method);
	before = counted("haat_payment_methods_unreadable_total ");
	lose_key(method);
	subscription_run_out(id);
	CHECK_TEXT(period_text(id, "period.failure_code"), "payment_method_unusable");
	CHECK(period_text(id, "payment_url") != NULL);
	CHECK_INT(charges_of(id), 1);
	CHECK(counted("haat_payment_methods_unreadable_total ") > before);
	subscription_pay_link(id);
	EXPECT_CONSISTENT();
}

/* A charge by the method that was sent six hours ago, of which nothing was heard, and about which nobody asks yet; its reference. */
static const char *
sent(const char *id, const char *method, const char *provider)
{
	const char *reference = form("PAY-%.10s", sql_text("SELECT UPPER(REPLACE(UUID(), '-', ''))"));

	sql_run("UPDATE subscriptions SET payment_method_id = '%s' WHERE id = '%s'", method, id);
	CHECK_INT(
	    sql_run(
		"INSERT INTO payments (id, reference, purpose_kind, purpose_id, user_id, merchant_id, provider, amount_minor, "
		"currency, payment_method_id, idempotency_key, charge_key, charge_sent_at, next_check_at) "
		"SELECT UNHEX(REPLACE(UUID(), '-', '')), '%s', 'subscription_period', d.id, s.user_id, s.merchant_id, '%s', "
		"d.amount_minor, d.currency, s.payment_method_id, CONCAT('pay:', UUID()), CONCAT('lost:', UUID()), "
		"NOW(3) - INTERVAL 6 HOUR, NOW(3) + INTERVAL 1 HOUR FROM subscription_periods d JOIN subscriptions s ON s.id = d.subscription_id "
		"WHERE s.id = '%s' AND d.status = 'due'",
		reference, provider, id),
	    1);
	return reference;
}

static void
ask_about(const char *reference)
{
	sql_run("UPDATE payments SET next_check_at = NOW(3) WHERE reference = '%s'", reference);
	run_job_now("reconcile_payments");
}

/* Sent, and not at its provider: it has failed for good, with its reason, and the payer is asked. */
static void
test_sent_and_not_there(void)
{
	const char *id, *reference, *method;

	need_people();
	id = charged(stored_at("stripe", "card", "pm_card_chargeDeclined"));
	method = stored_at("stripe", "card", "pm_card_visa");
	reference = sent(id, method, "stripe");
	lose_key(method);
	ask_about(reference);
	WAIT_FOR("failed", "SELECT status FROM payments WHERE reference = '%s'", reference);
	CHECK_TEXT(sql_text("SELECT failure_code FROM payments WHERE reference = '%s'", reference), "payment_method_unusable");
	CHECK(period_text(id, "payment_url") != NULL);
	subscription_pay_link(id);
	EXPECT_CONSISTENT();
}

/* Sent, and made: it is found by its reference, and goes on without its token. */
static void
test_sent_and_there(void)
{
	const char *id, *method, *payment, *transaction;

	need_people();
	method = stored_at("stripe", "card", "pm_usBankAccount_success");
	id = charged(method);
	payment = last_payment(id, "id");
	transaction = last_payment(id, "provider_transaction_id");
	CHECK_TEXT(last_payment(id, "status"), "processing");
	lose_key(method);
	sql_run(
	    "UPDATE payments SET status = 'pending', provider_transaction_id = NULL, charge_sent_at = NOW(3) - INTERVAL 6 HOUR, "
	    "next_check_at = NOW(3) WHERE id = '%s'",
	    payment);
	run_job_now("reconcile_payments");
	WAIT_FOR("processing", "SELECT status FROM payments WHERE id = '%s'", payment);
	CHECK_TEXT(last_payment(id, "provider_transaction_id"), transaction);
	sandbox_act("pay", transaction);
	WAIT_FOR("active", "SELECT status FROM subscriptions WHERE id = '%s'", id);
	EXPECT_CONSISTENT();
}

/* Where only the same charge, sent again, would tell: a person looks. */
static void
test_sent_where_nobody_can_ask(void)
{
	const char *id, *reference, *method;

	need_people();
	id = charged(stored_at("stripe", "card", "pm_card_chargeDeclined"));
	method = stored_at_paypal("card");
	reference = sent(id, method, "paypal");
	lose_key(method);
	ask_about(reference);
	WAIT_FOR("1", "SELECT IFNULL(hold_reason, '') LIKE 'outcome_unknown%%' FROM payments WHERE reference = '%s'", reference);
	EXPECT(api_post(form("/payments/%s/refund-held", reference), admin.access, "{\"reason\": \"nothing has come\"}"), 200);
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", reference), "failed");
	EXPECT_CONSISTENT();
}

/* ---- the shop's own account at a provider may not ---- */

static void
test_account_may_not(void)
{
	static const char *const kinds[] = { "not_enabled", "forbidden" };
	const char              *series = "haat_provider_account_faults_total{provider=\"paypal\"} ";

	need_people();
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		long        before = counted(series);
		const char *method = stored_at_paypal(kinds[i]), *id = charged(method);

		CHECK_TEXT(last_payment(id, "failure_code"), "provider_account_not_enabled");
		CHECK_TEXT(state_of(id), "past_due");
		CHECK_INT(counted(series), before + 1);
		CHECK_INT(sql_number("SELECT disabled_reason IS NULL FROM payment_methods WHERE id = '%s'", method), 1);
	}
	EXPECT_CONSISTENT();
}

/* ---- somebody has declined what was paid ---- */

/* The next period is not charged by the method of which a payment was declined as fraud, though that one was of an earlier period. */
static void
test_declined_after_it_was_paid(void)
{
	const char *id, *reference;

	need_people();
	id = charged(stored_at("stripe", "card", "pm_card_visa"));
	CHECK_TEXT(state_of(id), "active");
	reference = last_payment(id, "reference");
	sql_run("UPDATE payments SET review = 'pending', risk_score = 60 WHERE reference = '%s'", reference);
	EXPECT(
	    api_post(form("/payments/%s/decline", reference), person_new("accountant").access, "{\"reason\": \"stolen\"}"), 200);
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", reference);
	subscription_run_out(id);
	CHECK_INT(charges_of(id), 1);
	CHECK_INT(subscription_events(id, "payment_asked"), 1);
	CHECK(period_text(id, "payment_url") != NULL);
	subscription_pay_link(id);
	EXPECT_CONSISTENT();
}

/* ---- the customer is disabled ---- */

static void
set_status(const struct person *person, const char *status)
{
	EXPECT(api_patch(form("/users/%s", person->id), admin.access, form("{\"status\": \"%s\"}", status)), 200);
}

/* What was to be sent is not, though it was written before. */
static void
test_disabled_before_it_was_sent(void)
{
	const char *id, *reference, *method;

	need_people();
	customer = person_new("customer");
	id = charged(stored_at("stripe", "card", "pm_card_chargeDeclined"));
	method = stored_at("stripe", "card", "pm_card_visa");
	reference = sent(id, method, "stripe");
	sql_run("UPDATE payments SET charge_sent_at = NULL WHERE reference = '%s'", reference);
	set_status(&customer, "disabled");
	ask_about(reference);
	WAIT_FOR("failed", "SELECT status FROM payments WHERE reference = '%s'", reference);
	CHECK_TEXT(sql_text("SELECT failure_code FROM payments WHERE reference = '%s'", reference), "payment_method_unusable");
	subscription_renew(id);
	CHECK_TEXT(state_of(id), "cancelled");
	EXPECT_CONSISTENT();
	customer = person_new("customer");
}

/* It ends at its next turn, and who is disabled hears of that, and of nothing else. */
static void
test_disabled_is_told_of_the_end(void)
{
	const char *id;

	need_people();
	id = charged(stored_at("stripe", "card", "pm_card_visa"));
	WAIT_FOR("sent", "SELECT status FROM mails WHERE kind = 'subscription-charged' AND about_id = '%s'", id);
	set_status(&customer, "disabled");
	subscription_run_out(id);
	CHECK_TEXT(state_of(id), "cancelled");
	WAIT_FOR("sent", "SELECT status FROM mails WHERE kind = 'subscription-cancelled' AND about_id = '%s'", id);
	CHECK_INT(charges_of(id), 1);
	customer = person_new("customer");
}

/* ---- on which days a failed charge is tried again says the configuration ---- */

/* By a worker whose shop tries once more, after two days. */
static const struct problem *
play_renewal(struct work *work, void *argument)
{
	static const char *const days[] = { "2", NULL };
	struct config           *config = ARENA_NEW(work->arena, struct config);

	*config = *work->config;
	config->subscriptions.retry_days = days;
	work->config = config;
	return renew_subscription(work, *(const struct subscription_id *)argument);
}

static const char *
in_hours(int hours)
{
	return sql_text("SELECT DATE_FORMAT(UTC_TIMESTAMP() + INTERVAL %d HOUR, '%%Y-%%m-%%dT%%H:%%i:%%sZ')", hours);
}

static int64_t
failures_of(const char *id)
{
	return sql_number(
	    "SELECT failures FROM subscription_periods WHERE subscription_id = '%s' ORDER BY number DESC LIMIT 1", id);
}

static void
test_configured_days(void)
{
	struct subscription_id subscription;
	const char            *id;

	need_people();
	id = charged(stored_at("stripe", "card", "pm_card_visa"));
	CHECK(uuid_parse(id, &subscription.uuid));
	/* Its next period is due, however long the month is, and its card is declined. */
	sql_run("UPDATE subscriptions SET payment_method_id = '%s', next_action_at = NOW(3) + INTERVAL 1 YEAR WHERE id = '%s'",
	    stored_at("stripe", "card", "pm_card_chargeDeclined"), id);
	played_run(in_hours(24 * 31 + 1), play_renewal, &subscription);
	CHECK_INT(failures_of(id), 1);
	CHECK_INT(sql_number("SELECT ROUND(TIMESTAMPDIFF(MINUTE, failed_at, next_attempt_at) / 60) FROM subscription_periods "
			     "WHERE subscription_id = '%s' AND status = 'due'",
		      id),
	    48);
	/* A clock that goes backwards charges nothing. */
	played_run(in_hours(24 * 20), play_renewal, &subscription);
	played_run(in_hours(24 * 31 + 48), play_renewal, &subscription);
	CHECK_INT(failures_of(id), 1);
	CHECK_INT(charges_of(id), 2);
	played_run(in_hours(24 * 31 + 50), play_renewal, &subscription);
	CHECK_INT(failures_of(id), 2);
	CHECK_TEXT(state_of(id), "ended");
	CHECK_INT(charges_of(id), 3);
	EXPECT_CONSISTENT();
}

/* ---- each provider that charges without the payer does so for periods, once each ---- */

static void
test_each_provider(void)
{
	static const struct {
		const char *provider, *type, *currency, *amount;
	} rows[] = { { "paypal", "paypal", "USD", "12.00" }, { "paystack", "card", "NGN", "12000.00" },
		{ "flutterwave", "card", "NGN", "12000.00" } };

	need_people();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct person shop = shopkeeper_new(rows[i].currency);
		const char   *plan = plan_new(&shop, rows[i].amount, "\"every\": \"month\""), *id;
		struct answer answer = sandbox_call(form("/sandbox/%s/store/card", rows[i].provider),
		    form("{\"email\": \"%s\", \"owner\": \"%s\"}", customer.email, customer.id));

		EXPECT(answer, 200);
		id = subscription_new(&customer, plan,
		    form(", \"payment_method_id\": \"%s\"",
			stored_at(rows[i].provider, rows[i].type, text_at(&answer, "data.token"))));
		CHECK_TEXT(state_of(id), "active");
		subscription_run_out(id);
		CHECK_TEXT(state_of(id), "active");
		CHECK_INT(
		    sql_number(
			"SELECT COUNT(*) FROM subscription_periods d JOIN payments p ON p.id = d.payment_id "
			"WHERE d.subscription_id = '%s' AND d.status = 'paid' AND p.status = 'succeeded' AND p.provider = '%s'",
			id, rows[i].provider),
		    2);
		CHECK_INT(charges_of(id), 2);
	}
	EXPECT_CONSISTENT();
}

/* ---- currencies without decimals, and with three ---- */

/* An amount is what the plan says: charged by a card, and asked for by a link. */
static void
test_decimals(void)
{
	static const struct {
		const char *currency, *amount, *minor, *too_fine;
		bool        by_card;
	} rows[] = { { "JPY", "1200", "1200", "12.5", true }, { "KWD", "12.340", "12340", "12.3405", false } };

	need_people();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct person shop = shopkeeper_new(rows[i].currency);
		const char   *plan = plan_new(&shop, rows[i].amount, "\"every\": \"month\""), *id;
		const char   *card = rows[i].by_card ? stored_at("stripe", "card", "pm_card_visa") : NULL;
		struct answer answer;

		id = subscription_new(&customer, plan, card == NULL ? "" : form(", \"payment_method_id\": \"%s\"", card));
		answer = subscription_of(&customer, id);
		CHECK_TEXT(text_at(&answer, "status"), card == NULL ? "past_due" : "active");
		CHECK_TEXT(text_at(&answer, "period.amount"), rows[i].amount);
		CHECK_TEXT(card != NULL ? last_payment(id, "amount_minor")
					: sql_text("SELECT r.amount_minor FROM payment_requests r JOIN subscription_periods d "
						   "ON d.id = r.period_id WHERE d.subscription_id = '%s'",
					      id),
		    rows[i].minor);
		EXPECT_FAULT(api_post("/plans", shop.access,
				 form("{\"name\": \"Tea\", \"amount\": \"%s\", \"every\": \"month\"}", rows[i].too_fine)),
		    "amount");
	}
	EXPECT_CONSISTENT();
}

SUITE("api: faults of charges", TEST(test_verdict_without_another_way), TEST(test_key_is_lost), TEST(test_sent_and_not_there),
    TEST(test_sent_and_there), TEST(test_sent_where_nobody_can_ask), TEST(test_account_may_not),
    TEST(test_declined_after_it_was_paid), TEST(test_disabled_before_it_was_sent), TEST(test_disabled_is_told_of_the_end),
    TEST(test_configured_days), TEST(test_each_provider), TEST(test_decimals))
