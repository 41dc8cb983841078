/* Payments by a method that was stored at Stripe: charged while the payer is away, once, whatever becomes of the answer. */
#include "tests/api/lone_worker.h"
#include "tests/api/shopping.h"

#include <string.h>
#include <time.h>

static struct person seller, customer, admin;
static struct goods  goods;
static const char   *address;

static void
need_people(void)
{
	if (seller.id != NULL)
		return;
	seller = shopkeeper_new("USD");
	customer = person_new("customer");
	admin = person_new("admin");
	goods = goods_new(&seller, "20.00", 1000);
	address = address_new(&customer);
}

/* The customer has stored one of Stripe's test methods; its id. */
static const char *
stored(const char *test_method)
{
	need_people();
	return method_new(&customer, "stripe", test_method);
}

static const char *
stored_at_paypal(void)
{
	need_people();
	return method_new(&customer, "paypal", token_new(&customer, "paypal"));
}

/* Begun, as by a worker that died before it called Stripe: the next who looks charges it. */
static struct attempt
begin(const char *method, const char *switches)
{
	struct attempt attempt = { .reference = form("PAY-%.10s", sql_text("SELECT UPPER(REPLACE(UUID(), '-', ''))")) };

	need_people();
	attempt.order = order_new(&customer, address, &goods, 1);
	REQUIRE(attempt.order != NULL);
	attempt.total = sql_number("SELECT total_minor FROM orders WHERE id = '%s'", attempt.order);
	if (switches != NULL)
		sandbox_switch(attempt.order, switches);
	CHECK_INT(
	    sql_run("INSERT INTO payments (id, reference, purpose_kind, purpose_id, user_id, provider, amount_minor, currency, "
		    "payment_method_id, idempotency_key) SELECT UNHEX(REPLACE(UUID(), '-', '')), '%s', 'order', o.id, o.user_id, "
		    "m.provider, o.total_minor, o.currency, m.id, CONCAT('pay:', UUID()) FROM orders o JOIN payment_methods m "
		    "ON m.id = '%s' WHERE o.id = '%s'",
		attempt.reference, method, attempt.order),
	    1);
	return attempt;
}

static const char *
status_of(const struct attempt *attempt)
{
	return sql_text("SELECT status FROM payments WHERE reference = '%s'", attempt->reference);
}

/* Reconciliation comes by, again and again. */
static void
reconcile_until(const struct attempt *attempt, const char *status)
{
	for (int i = 0; i < 300 && strcmp(status_of(attempt), status) != 0; i++) {
		sql_run("UPDATE payments SET next_check_at = NOW(3) WHERE reference = '%s'", attempt->reference);
		run_job_now("reconcile_payments");
		nanosleep(&(struct timespec) { 0, 100000000L }, NULL);
	}
	CHECK_TEXT(status_of(attempt), status);
}

static const char *
failure_of(const struct attempt *attempt)
{
	return sql_text("SELECT failure_code FROM payments WHERE reference = '%s'", attempt->reference);
}

static const char *
transaction_of(const struct attempt *attempt)
{
	return sql_text("SELECT provider_transaction_id FROM payments WHERE reference = '%s'", attempt->reference);
}

/* What Stripe has of the attempt: how many intents, and a sum over them. */
static int64_t
at_stripe(const struct attempt *attempt, const char *member)
{
	struct answer intents = sandbox_intents();
	int64_t       sum = 0;

	for (size_t i = 0; i < length_at(&intents, "payment_intents"); i++) {
		const char *reference = text_at(&intents, form("payment_intents.%zu.metadata.reference", i));

		if (reference != NULL && strcmp(reference, attempt->reference) == 0)
			sum += member == NULL ? 1 : number_at(&intents, form("payment_intents.%zu.%s", i, member));
	}
	return sum;
}

/* Reconciliation comes by once, and Stripe has heard of it. */
static void
reconcile_once(const struct attempt *attempt)
{
	int64_t before = sql_number("SELECT checks FROM payments WHERE reference = '%s'", attempt->reference);

	sql_run("UPDATE payments SET next_check_at = NOW(3) WHERE reference = '%s'", attempt->reference);
	run_job_now("reconcile_payments");
	WAIT_FOR("1", "SELECT checks <> %d OR status = 'succeeded' FROM payments WHERE reference = '%s'", (int)before,
	    attempt->reference);
	for (int i = 0; i < 1500 && at_stripe(attempt, NULL) != 1; i++)
		nanosleep(&(struct timespec) { 0, 20000000L }, NULL);
	CHECK_INT(at_stripe(attempt, NULL), 1);
	sql_run(
	    "UPDATE payments SET next_check_at = NULL WHERE reference = '%s'", attempt->reference); /* and not by itself again */
}

static void
expect_charged_once(const struct attempt *attempt)
{
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", attempt->order);
	CHECK_INT(at_stripe(attempt, NULL), 1);
	CHECK_INT(at_stripe(attempt, "amount_received"), attempt->total);
}

static void
test_charged_while_the_payer_is_away(void)
{
	const char    *method = stored("pm_card_visa");
	struct attempt attempt = begin(method, "{\"webhook_never\": true}");
	struct answer  shown;

	reconcile_until(&attempt, "succeeded");
	expect_charged_once(&attempt);
	shown = api_get(form("/payments/%s", attempt.reference), customer.access);
	EXPECT(shown, 200);
	CHECK_TEXT(text_at(&shown, "status"), "succeeded");
	CHECK(strstr(shown.body, "pm_") == NULL && strstr(shown.body, "cus_") == NULL);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payment_answers a JOIN payments p ON p.id = a.payment_id "
			     "WHERE p.reference = '%s' AND a.kind = 'create' AND a.body REGEXP '\"4242\"|42424242'",
		      attempt.reference),
	    0);
}

/* A bank's debit takes days; its event settles it like any other. */
static void
test_debit_takes_its_time(void)
{
	struct attempt attempt = begin(stored("pm_usBankAccount_success"), NULL);

	reconcile_until(&attempt, "processing");
	sandbox_act("pay", transaction_of(&attempt));
	WAIT_FOR("succeeded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	expect_charged_once(&attempt);
}

/* The same intent waits for its payer, who finds a page, and nobody charges it again without them. */
static void
test_bank_wants_to_see_the_payer(void)
{
	struct attempt attempt = begin(stored("pm_card_authenticationRequired"), NULL);
	struct answer  shown;

	reconcile_until(&attempt, "requires_action");
	CHECK_TEXT(failure_of(&attempt), "authentication_required");
	shown = api_get(form("/payments/%s", attempt.reference), customer.access);
	CHECK(has_at(&shown, "client_secret") && has_at(&shown, "redirect_url"));
	reconcile_once(&attempt);
	CHECK_TEXT(status_of(&attempt), "requires_action");
	CHECK_INT(at_stripe(&attempt, NULL), 1);
	sandbox_act("fail", transaction_of(&attempt));
	WAIT_FOR("failed", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	sandbox_act("pay", transaction_of(&attempt));
	WAIT_FOR("succeeded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK(failure_of(&attempt) == NULL);
	expect_charged_once(&attempt);
}

/* What was declined says why, and is closed at Stripe once something else pays. */
static void
test_declined(void)
{
	static const char *const cases[][2] = { { "pm_card_chargeDeclined", "generic_decline" },
		{ "pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds" },
		{ "pm_card_chargeDeclinedLostCard", "lost_card" }, { "pm_card_chargeDeclinedStolenCard", "stolen_card" },
		{ "pm_card_chargeDeclinedExpiredCard", "expired_card" } };
	struct attempt           attempt = { 0 }, again;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		attempt = begin(stored(cases[i][0]), NULL);
		reconcile_until(&attempt, "failed");
		CHECK_TEXT(failure_of(&attempt), cases[i][1]);
		CHECK(transaction_of(&attempt) != NULL);
		CHECK_INT(at_stripe(&attempt, NULL), 1);
	}
	again = attempt_paid(&customer, attempt.order);
	CHECK_INT(again.answer.status, 201);
	CHECK_TEXT(status_of(&attempt), "cancelled");
	CHECK_INT(at_stripe(&attempt, "amount_received"), 0);
}

/* Nothing to charge: no intent is made, the attempt says what is missing, and the method is not charged again. */
static void
test_method_is_gone(void)
{
	const char    *gone = stored("pm_haat_mandateInactive"), *taken = stored("pm_card_visa");
	struct attempt attempt = begin(gone, NULL);
	struct answer  shown, methods;

	reconcile_until(&attempt, "failed");
	CHECK_TEXT(failure_of(&attempt), "payment_intent_mandate_invalid");
	CHECK(transaction_of(&attempt) == NULL);
	CHECK_INT(at_stripe(&attempt, NULL), 0);
	shown = api_get(form("/payment-methods/%s", gone), customer.access);
	CHECK_TEXT(text_at(&shown, "status"), "disabled");
	attempt = begin(gone, NULL);
	reconcile_until(&attempt, "failed");
	CHECK_TEXT(failure_of(&attempt), "payment_method_unusable");

	methods = sandbox_call(
	    form("/sandbox/stripe/methods/%s",
		sql_text("SELECT customer FROM provider_customers WHERE owner_id = '%s' AND provider = 'stripe'", customer.id)),
	    NULL);
	EXPECT(sandbox_call(form("/sandbox/stripe/detach/%s", text_at(&methods, "data.0.id")), "{}"), 200);
	WAIT_FOR("removed_at_provider", "SELECT disabled_reason FROM payment_methods WHERE id = '%s'", taken);
	attempt = begin(taken, NULL);
	reconcile_until(&attempt, "failed");
	CHECK_TEXT(failure_of(&attempt), "payment_method_unusable");
	/* Had its event been lost, Stripe would refuse. */
	sql_run("UPDATE payment_methods SET disabled_reason = NULL WHERE id = '%s'", taken);
	attempt = begin(taken, NULL);
	reconcile_until(&attempt, "failed");
	CHECK_TEXT(failure_of(&attempt), "refused");
	CHECK_INT(at_stripe(&attempt, NULL), 0);
}

/* Charged, and nobody knows: it is found, or asked for again under its key, and money is taken once. */
static void
test_answer_is_lost(void)
{
	static const char *const cases[] = { "{\"fail_after_charge\": 1, \"webhook_never\": true}",
		"{\"cut_answer\": 1, \"webhook_never\": true}", "{\"malformed_json\": 1, \"webhook_never\": true}",
		"{\"fail_before\": 1, \"webhook_never\": true}", "{\"too_many_requests\": 1, \"webhook_never\": true}" };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct attempt attempt = begin(stored("pm_card_visa"), cases[i]);

		reconcile_until(&attempt, "succeeded");
		expect_charged_once(&attempt);
	}
}

/* The event that comes instead of the answer names the payment. */
static void
test_event_instead_of_an_answer(void)
{
	struct attempt attempt = begin(stored("pm_card_visa"), "{\"cut_answer\": 1}");

	reconcile_once(&attempt);
	WAIT_FOR("succeeded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	expect_charged_once(&attempt);
}

/* Stripe fails for good: nothing was taken, and the attempt ends. */
static void
test_stripe_fails_again_and_again(void)
{
	struct attempt attempt = begin(stored("pm_card_visa"), "{\"fail_before\": 2}");

	reconcile_until(&attempt, "failed");
	CHECK_TEXT(failure_of(&attempt), "provider_error");
	CHECK_INT(at_stripe(&attempt, NULL), 0);
}

/* After a day Stripe has forgotten the key: what it has charged is looked for before it is asked again. */
static void
test_key_is_forgotten(void)
{
	struct attempt attempt = begin(stored("pm_card_visa"), "{\"cut_answer\": 1, \"webhook_never\": true}");
	const char    *key = sql_text("SELECT idempotency_key FROM payments WHERE reference = '%s'", attempt.reference);

	reconcile_once(&attempt);
	CHECK_TEXT(status_of(&attempt), "pending");
	CHECK_INT(at_stripe(&attempt, NULL), 1);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/expire-key/%s:create", key), "{}"), 200);
	sql_run("UPDATE payments SET created_at = created_at - INTERVAL 2 DAY WHERE reference = '%s'", attempt.reference);
	reconcile_until(&attempt, "succeeded");
	expect_charged_once(&attempt);
}

/* Who gives up an attempt of which nothing was heard is not charged for it; and is told when it was too late. */
static void
test_given_up_before_its_answer(void)
{
	struct attempt attempt = begin(stored("pm_card_visa"), NULL);
	struct answer  answer = api_post(form("/payments/%s/cancel", attempt.reference), customer.access, NULL);

	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "cancelled");
	CHECK_INT(at_stripe(&attempt, NULL), 0);

	attempt = begin(stored("pm_card_visa"), "{\"cut_answer\": 1, \"webhook_never\": true}");
	reconcile_once(&attempt);
	EXPECT_PROBLEM(api_post(form("/payments/%s/cancel", attempt.reference), customer.access, NULL), 409, "payment_state");
	CHECK_TEXT(status_of(&attempt), "succeeded");
	expect_charged_once(&attempt);

	attempt = begin(stored("pm_card_authenticationRequired"), "{\"cut_answer\": 1, \"webhook_never\": true}");
	reconcile_once(&attempt);
	answer = api_post(form("/payments/%s/cancel", attempt.reference), customer.access, NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "cancelled");
	CHECK_INT(at_stripe(&attempt, "amount_received"), 0);
	EXPECT_CONSISTENT();
}

/* Deleted, and its token forgotten, between the check and the charge: nothing was sent, and nothing will be. */
static void
test_method_is_forgotten_before_the_charge(void)
{
	const char    *method = stored("pm_card_visa");
	struct attempt attempt = begin(method, NULL);

	sql_run("UPDATE payment_methods SET deleted_at = NOW(3), sealed = NULL, sealed_with = NULL, token_digest = NULL, "
		"is_default = FALSE WHERE id = '%s'",
	    method);
	reconcile_until(&attempt, "failed");
	CHECK_TEXT(failure_of(&attempt), "payment_method_unusable");
	CHECK_INT(at_stripe(&attempt, NULL), 0);
}

/* PayPal has charged the method, and its answer was lost. */
static struct attempt
lost_at_paypal(const char *method)
{
	struct attempt attempt = begin(method, NULL);
	struct answer  switches;
	int            waited = 0;

	sandbox_switch(attempt.reference, "{\"cut_answer\": 1, \"webhook_never\": true}");
	sql_run("UPDATE payments SET next_check_at = NOW(3) WHERE reference = '%s'", attempt.reference);
	run_job_now("reconcile_payments");
	do {
		nanosleep(&(struct timespec) { 0, 20000000L }, NULL);
		switches = sandbox_call(form("/sandbox/switches/%s", attempt.reference), NULL);
	} while (number_at(&switches, "cut_answer") != 0 && ++waited < 1500);
	CHECK_INT(number_at(&switches, "cut_answer"), 0);
	sql_run(
	    "UPDATE payments SET next_check_at = NULL WHERE reference = '%s'", attempt.reference); /* and not by itself again */
	CHECK_TEXT(status_of(&attempt), "pending");
	return attempt;
}

static void
expect_not_given_up(const struct attempt *attempt)
{
	EXPECT_PROBLEM(
	    api_post(form("/payments/%s/cancel", attempt->reference), customer.access, NULL), 502, "provider_unavailable");
	CHECK_TEXT(status_of(attempt), "pending");
}

/* A repetition that does not leave says nothing of what was sent before. */
static void
test_repetition_that_cannot_leave(void)
{
	static const char *const settings[] = { "HAAT_PAYMENTS_PAYPAL_BASE_URL=http://127.0.0.1:9", NULL };
	const char              *method = stored_at_paypal();
	struct attempt           attempt = lost_at_paypal(method);
	struct answer            answer;

	lone_workers_start(settings);
	answer = lone_call("192.0.2.1", "POST", "/payments", customer.access,
	    form("{\"order_id\": \"%s\", \"payment_method_id\": \"%s\"}", attempt.order, method));
	CHECK_INT(answer.status, 502);
	lone_workers_stop();
	CHECK_INT(sql_number("SELECT charge_sent_at IS NOT NULL FROM payments WHERE reference = '%s'", attempt.reference), 1);
	expect_not_given_up(&attempt);
	reconcile_until(&attempt, "succeeded");
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE order_id = '%s'", attempt.order), 1);
}

static struct answer
decide(const struct attempt *attempt, const char *what)
{
	return api_post(form("/payments/%s/%s", attempt->reference, what), admin.access, "{\"reason\": \"looked at PayPal\"}");
}

/* PayPal tells by the same request only, and not for ever: until then nobody gives it up, afterwards a person decides. */
static void
test_paypal_is_asked_before_it_is_given_up(void)
{
	const char    *method = stored_at_paypal();
	struct attempt attempt = lost_at_paypal(method);

	sql_run(
	    "UPDATE payments SET charge_sent_at = charge_sent_at - INTERVAL 20 MINUTE WHERE reference = '%s'", attempt.reference);
	expect_not_given_up(&attempt);
	reconcile_until(&attempt, "succeeded");

	attempt = lost_at_paypal(method);
	sql_run("UPDATE payments SET charge_sent_at = charge_sent_at - INTERVAL 6 HOUR, next_check_at = NOW(3) "
		"WHERE reference = '%s'",
	    attempt.reference);
	run_job_now("reconcile_payments");
	WAIT_FOR("pending 1",
	    "SELECT CONCAT(status, ' ', IFNULL(hold_reason, '') LIKE 'outcome_unknown%%') FROM payments WHERE reference = '%s'",
	    attempt.reference);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE type = 'payment.held' AND aggregate_id = "
			     "(SELECT id FROM payments WHERE reference = '%s')",
		      attempt.reference),
	    1);
	EXPECT_PROBLEM(payment_new(&customer, attempt.order, "stripe"), 409, "payment_in_progress");
	EXPECT_PROBLEM(api_post(form("/payments/%s/cancel", attempt.reference), customer.access, NULL), 409, "payment_state");
	EXPECT_PROBLEM(decide(&attempt, "release"), 409, "payment_state");
	EXPECT(decide(&attempt, "refund-held"), 200);
	CHECK_TEXT(status_of(&attempt), "failed");
	CHECK_TEXT(failure_of(&attempt), "outcome_unknown");
	EXPECT_PROBLEM(decide(&attempt, "refund-held"), 409, "payment_state");
	EXPECT(payment_new(&customer, attempt.order, "stripe"), 201);
	EXPECT_CONSISTENT();
}

SUITE("stored", TEST(test_charged_while_the_payer_is_away), TEST(test_debit_takes_its_time),
    TEST(test_bank_wants_to_see_the_payer), TEST(test_declined), TEST(test_method_is_gone), TEST(test_answer_is_lost),
    TEST(test_event_instead_of_an_answer), TEST(test_stripe_fails_again_and_again), TEST(test_key_is_forgotten),
    TEST(test_given_up_before_its_answer), TEST(test_method_is_forgotten_before_the_charge),
    TEST(test_repetition_that_cannot_leave), TEST(test_paypal_is_asked_before_it_is_given_up))
