/* Subscriptions whose customer is charged while away: what is charged, when again, and what is not charged twice. */
#include "tests/api/subscribing.h"

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

static struct answer
act(const char *id, const char *what, const struct person *person, const char *body)
{
	return api_post(form("/subscriptions/%s/%s", id, what), person->access, body);
}

static const char *
state_of(const char *id)
{
	return sql_text("SELECT status FROM subscriptions WHERE id = '%s'", id);
}

static const char *
charged(const char *method)
{
	return subscription_new(&customer, monthly, form(", \"payment_method_id\": \"%s\"", method));
}

/* How many payments there are for it, by a method and by links, of those statuses. */
static int64_t
payments_of(const char *id, const char *statuses)
{
	return sql_number("SELECT COUNT(*) FROM subscription_periods d JOIN payments p ON p.period_id = d.id OR p.request_id IN "
			  "(SELECT r.id FROM payment_requests r WHERE r.period_id = d.id) "
			  "WHERE d.subscription_id = '%s' AND FIND_IN_SET(p.status, '%s')",
	    id, statuses);
}

static int64_t
periods_of(const char *id, const char *status)
{
	return sql_number("SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s' AND status = '%s'", id, status);
}

/* The next charge of the open period is due now. */
static void
try_again(const char *id)
{
	sql_run(
	    "UPDATE subscription_periods SET next_attempt_at = NOW(3), asked_until = NULL WHERE subscription_id = '%s' AND status = 'due'",
	    id);
	subscription_renew(id);
}

static const char *
last_transaction(const char *id)
{
	return sql_text("SELECT p.provider_transaction_id FROM subscription_periods d JOIN payments p ON p.period_id = d.id "
			"WHERE d.subscription_id = '%s' ORDER BY p.id DESC LIMIT 1",
	    id);
}

/* At once, and again when a period is over; once each. */
static void
test_charged_each_period(void)
{
	const char *id;

	need_people();
	id = charged(method_new(&customer, "stripe", "pm_card_visa"));
	CHECK_TEXT(state_of(id), "active");
	CHECK_INT(subscription_events(id, "charged"), 1);
	subscription_renew(id);
	CHECK_INT(payments_of(id, "succeeded"), 1);
	for (int i = 2; i < 4; i++) {
		subscription_run_out(id);
		CHECK_TEXT(state_of(id), "active");
		CHECK_INT(periods_of(id, "paid"), i);
		CHECK_INT(payments_of(id, "succeeded"), i);
		CHECK_INT(subscription_events(id, "charged"), i);
	}
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments p JOIN subscription_periods d ON d.id = p.period_id "
			     "WHERE d.subscription_id = '%s' AND p.user_id = '%s' AND p.merchant_id = '%s'",
		      id, customer.id, seller.merchant),
	    3);
	EXPECT_CONSISTENT();
}

static void
test_declined_and_tried_again(void)
{
	const char *id, *good, *bad;

	need_people();
	good = method_new(&customer, "stripe", "pm_card_visa");
	bad = method_new(&customer, "stripe", "pm_card_chargeDeclinedInsufficientFunds");
	id = charged(good);
	EXPECT(act(id, "change", &customer, form("{\"payment_method_id\": \"%s\"}", bad)), 200);
	CHECK_INT(payments_of(id, "succeeded"), 1);
	subscription_run_out(id);
	CHECK_TEXT(state_of(id), "past_due");
	CHECK_INT(payments_of(id, "failed"), 1);
	CHECK_INT(subscription_events(id, "charge_failed"), 1);
	CHECK_TEXT(sql_text("SELECT failure_code FROM subscription_periods WHERE subscription_id = '%s' AND status = 'due'", id),
	    "insufficient_funds");
	/* Not before its day. */
	subscription_renew(id);
	CHECK_INT(payments_of(id, "failed,cancelled"), 1);
	for (int i = 2; i <= 5; i++) {
		try_again(id);
		CHECK_INT(payments_of(id, "failed,cancelled"), i);
		CHECK_INT(subscription_events(id, "charge_failed"), i);
	}
	CHECK_TEXT(state_of(id), "ended");
	CHECK_INT(periods_of(id, "void"), 1);
	CHECK_INT(subscription_events(id, "ended"), 1);
	EXPECT_CONSISTENT();
}

/* A new method is charged at once for what is past due; the same request again charges nothing more. */
static void
test_new_method_is_charged_at_once(void)
{
	const char   *key = form("Idempotency-Key: %s", fresh_phone() + 1), *id, *body, *end;
	struct answer answer;

	need_people();
	id = charged(method_new(&customer, "stripe", "pm_card_chargeDeclined"));
	CHECK_TEXT(state_of(id), "past_due");
	end = sql_text("SELECT current_period_end FROM subscriptions WHERE id = '%s'", id);
	EXPECT_PROBLEM(
	    act(id, "change", &seller, form("{\"payment_method_id\": \"%s\"}", method_new(&customer, "stripe", "pm_card_visa"))),
	    403, "forbidden");
	EXPECT_PROBLEM(
	    act(id, "change", &customer, form("{\"payment_method_id\": \"%s\"}", method_new(&seller, "stripe", "pm_card_visa"))),
	    409, "payment_method_unusable");
	EXPECT_PROBLEM(act(id, "change", &customer, "{}"), 400, "validation_failed");
	body = form("{\"payment_method_id\": \"%s\"}", method_new(&customer, "stripe", "pm_card_visa"));
	for (int i = 0; i < 2; i++) {
		answer = api_call("POST", form("/subscriptions/%s/change", id), customer.access, body, HEADERS(key));
		EXPECT(answer, 200);
		CHECK_TEXT(text_at(&answer, "status"), "active");
	}
	CHECK_INT(payments_of(id, "succeeded"), 1);
	CHECK_TEXT(sql_text("SELECT current_period_end FROM subscriptions WHERE id = '%s'", id), end);
}

/* The worker died behind the charge and before its answer was kept: there is one subscription, charged once. */
static void
test_subscribed_once_under_its_key(void)
{
	const char   *key = form("Idempotency-Key: subscribe-%s", fresh_phone() + 1), *body, *id;
	struct answer first, again;

	need_people();
	body = form(
	    "{\"plan_id\": \"%s\", \"payment_method_id\": \"%s\"}", monthly, method_new(&customer, "stripe", "pm_card_visa"));
	first = api_call("POST", "/subscriptions", customer.access, body, HEADERS(key));
	EXPECT(first, 201);
	id = text_at(&first, "id");
	CHECK_INT(sql_run("UPDATE idempotency_keys SET status = 'running', response_status = NULL, response_body = NULL, "
			  "lease_until = NOW(3) - INTERVAL 1 SECOND WHERE made IN ('%s', '%s')",
		      id,
		      sql_text("SELECT p.id FROM payments p JOIN subscription_periods d ON d.id = p.period_id "
			       "WHERE d.subscription_id = '%s'",
			  id)),
	    1);
	again = api_call("POST", "/subscriptions", customer.access, body, HEADERS(key));
	EXPECT(again, 201);
	CHECK_TEXT(text_at(&again, "id"), id);
	CHECK_TEXT(text_at(&again, "status"), "active");
	CHECK_INT(payments_of(id, "succeeded"), 1);
}

/* The bank advises against another try with the same card: the payer is sent a link instead. */
static void
test_not_to_be_tried_again(void)
{
	struct answer answer;
	const char   *id;

	need_people();
	id = charged(method_new(&customer, "stripe", "pm_card_chargeDeclinedLostCard"));
	answer = subscription_of(&customer, id);
	CHECK_TEXT(text_at(&answer, "status"), "past_due");
	CHECK_TEXT(text_at(&answer, "period.failure_code"), "lost_card");
	CHECK(has_at(&answer, "payment_url"));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE type = 'subscription.charge_failed' AND aggregate_id = '%s' AND "
			     "JSON_VALUE(payload, '$.period.payment_reference') IS NOT NULL",
		      id),
	    1);
	try_again(id);
	CHECK_INT(payments_of(id, "failed,cancelled,succeeded"), 1);
	CHECK_INT(subscription_events(id, "charge_failed"), 2);
	subscription_pay_link(id);
	CHECK_INT(payments_of(id, "succeeded"), 1);
	EXPECT_CONSISTENT();
}

/* The payer is to pay the same intent on its page; unpaid for three days it is past due, and then charged anew. */
static void
test_bank_asks_the_payer(void)
{
	struct answer answer, page;
	const char   *id, *transaction;

	need_people();
	id = charged(method_new(&customer, "stripe", "pm_card_authenticationRequired"));
	answer = subscription_of(&customer, id);
	CHECK_INT(subscription_events(id, "payment_asked"), 1);
	CHECK_TEXT(text_at(&answer, "period.payment_reference"),
	    sql_text(
		"SELECT p.reference FROM payments p JOIN subscription_periods d ON d.id = p.period_id WHERE d.subscription_id = '%s'",
		id));
	CHECK(has_at(&answer, "payment_url"));
	/* On the page the same payment is confirmed, and nothing else can be begun. */
	page = api_get(form("/pay/%s", text_at(&answer, "period.payment_reference")), NULL);
	EXPECT(page, 200);
	CHECK(strstr(page.body, "\"stored\":\"yes\"") != NULL && strstr(page.body, "<form") == NULL);
	page = api_call("POST", form("/pay/%s", text_at(&answer, "period.payment_reference")), NULL, "provider=paypal",
	    HEADERS("Content-Type: application/x-www-form-urlencoded"));
	EXPECT(page, 409);
	sandbox_act("pay", last_transaction(id));
	WAIT_FOR("active", "SELECT status FROM subscriptions WHERE id = '%s'", id);
	subscription_run_out(id);
	CHECK_TEXT(state_of(id), "active");
	CHECK_INT(subscription_events(id, "payment_asked"), 2);
	transaction = last_transaction(id);
	sql_run("UPDATE subscription_periods SET asked_until = NOW(3) WHERE subscription_id = '%s' AND status = 'due'", id);
	subscription_renew(id);
	CHECK_TEXT(state_of(id), "past_due");
	try_again(id);
	CHECK(strcmp(transaction, last_transaction(id)) != 0);
	CHECK_INT(payments_of(id, "cancelled"), 1);
	CHECK_INT(payments_of(id, "requires_action"), 1);
	CHECK_INT(subscription_events(id, "payment_asked"), 3);
	sandbox_act("pay", last_transaction(id));
	WAIT_FOR("active", "SELECT status FROM subscriptions WHERE id = '%s'", id);
	CHECK_INT(payments_of(id, "succeeded"), 2);
	EXPECT_CONSISTENT();
}

static const char *
last_reference(const char *id)
{
	return sql_text("SELECT p.reference FROM subscription_periods d JOIN payments p ON p.period_id = d.id "
			"WHERE d.subscription_id = '%s' ORDER BY p.id DESC LIMIT 1",
	    id);
}

static int64_t
failures_of(const char *id)
{
	return sql_number(
	    "SELECT failures FROM subscription_periods WHERE subscription_id = '%s' ORDER BY number DESC LIMIT 1", id);
}

static void
cancel_payment_of(const char *id)
{
	EXPECT(api_post(form("/payments/%s/cancel", last_reference(id)), customer.access, NULL), 200);
}

/* An attempt that ends without money is a failure of its period, and not made again at once for ever. */
static void
test_cancelled_attempt_is_a_failure(void)
{
	const char *id;

	need_people();
	id = charged(method_new(&customer, "stripe", "pm_card_authenticationRequired"));
	for (int i = 1; i <= 5; i++) {
		/* As if its bank had not asked for the payer. */
		sql_run("UPDATE subscription_periods SET asked_until = NULL, payment_reference = NULL, "
			"next_attempt_at = NOW(3) + INTERVAL 1 HOUR WHERE subscription_id = '%s'",
		    id);
		cancel_payment_of(id);
		CHECK_INT(failures_of(id), i);
		CHECK_INT(subscription_events(id, "charge_failed"), i);
		if (i == 5)
			break;
		CHECK(sql_number("SELECT TIMESTAMPDIFF(HOUR, NOW(3), next_attempt_at) FROM subscription_periods "
				 "WHERE subscription_id = '%s'",
			  id) >= 23);
		subscription_renew(id);
		CHECK_INT(payments_of(id, "cancelled"), i);
		CHECK_INT(payments_of(id, "pending,requires_action,processing"), 0);
		try_again(id);
		CHECK_INT(payments_of(id, "requires_action"), 1);
	}
	CHECK_TEXT(state_of(id), "ended");
	EXPECT_CONSISTENT();
}

/* The attempt has ended, by who did not tell the period. */
static void
end_untold(const char *reference)
{
	sql_run("UPDATE payments SET status = 'expired', next_check_at = NULL WHERE reference = '%s'", reference);
	sql_run(
	    "UPDATE events SET payload = JSON_SET(payload, '$.status', 'expired') "
	    "WHERE aggregate_id = (SELECT p.id FROM payments p WHERE p.reference = '%s') ORDER BY created_at DESC, id DESC LIMIT 1",
	    reference);
	sql_run("UPDATE subject_history SET state = JSON_SET(state, '$.status', 'expired') WHERE subject_id = (SELECT p.id FROM "
		"payments p WHERE p.reference = '%s') ORDER BY created_at DESC, event_id DESC LIMIT 1",
	    reference);
}

/* What the payer was asked for is gone at the provider: another link is sent at once, and nothing is counted. */
static void
test_mailed_link_is_gone(void)
{
	const char *id, *reference;

	need_people();
	for (int told = 0; told < 2; told++) {
		id = charged(method_new(&customer, "stripe", "pm_card_authenticationRequired"));
		reference = last_reference(id);
		if (told)
			cancel_payment_of(id);
		else
			end_untold(reference);
		subscription_renew(id);
		CHECK_INT(subscription_events(id, "payment_asked"), 2);
		CHECK_INT(failures_of(id), 0);
		CHECK(strcmp(reference,
			  text_at((struct answer[]) { subscription_of(&customer, id) }, "period.payment_reference")) != 0);
		subscription_renew(id);
		CHECK_INT(subscription_events(id, "payment_asked"), 2);
		subscription_pay_link(id);
		CHECK_INT(payments_of(id, "succeeded"), 1);
	}
}

/* A method whose charge somebody has declined as fraud is not charged again; another one is. */
static void
test_declined_by_review(void)
{
	const char *id, *reference;

	need_people();
	id = charged(method_new(&customer, "stripe", "pm_card_authenticationRequired"));
	reference = last_reference(id);
	sql_run("UPDATE payments SET review = 'pending', risk_score = 60 WHERE reference = '%s'", reference);
	EXPECT(
	    api_post(form("/payments/%s/decline", reference), person_new("accountant").access, "{\"reason\": \"stolen\"}"), 200);
	WAIT_FOR("cancelled", "SELECT status FROM payments WHERE reference = '%s'", reference);
	CHECK_TEXT(state_of(id), "past_due");
	CHECK_INT(failures_of(id), 1);
	CHECK_INT(subscription_events(id, "charge_failed"), 1);
	CHECK(has_at((struct answer[]) { subscription_of(&customer, id) }, "payment_url"));
	try_again(id);
	/* Though nobody had told the period. */
	sql_run("UPDATE subscription_periods SET by_link = 0 WHERE subscription_id = '%s'", id);
	try_again(id);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments p JOIN subscription_periods d ON d.id = p.period_id "
			     "WHERE d.subscription_id = '%s'",
		      id),
	    1);
	EXPECT(act(id, "change", &customer,
		   form("{\"payment_method_id\": \"%s\"}", method_new(&customer, "stripe", "pm_card_visa"))),
	    200);
	CHECK_TEXT(state_of(id), "active");
	EXPECT_CONSISTENT();
}

/* The payer's money is on its way by the link: a new method is not charged beside it. */
static void
test_new_method_waits_for_the_link(void)
{
	struct answer answer;
	const char   *id, *transaction;

	need_people();
	id = subscription_new(&customer, monthly, "");
	answer = api_post(form("/payments/%s/attempts",
			      text_at((struct answer[]) { subscription_of(&customer, id) }, "period.payment_reference")),
	    NULL, "{\"provider\": \"stripe\"}");
	EXPECT(answer, 201);
	transaction = text_at(&answer, "provider_transaction_id");
	sandbox_act("process", transaction);
	WAIT_FOR("processing", "SELECT status FROM payments WHERE provider_transaction_id = '%s'", transaction);
	EXPECT(act(id, "change", &customer,
		   form("{\"payment_method_id\": \"%s\"}", method_new(&customer, "stripe", "pm_card_visa"))),
	    200);
	CHECK_INT(payments_of(id, "succeeded"), 0);
	sandbox_act("pay", transaction);
	WAIT_FOR("active", "SELECT status FROM subscriptions WHERE id = '%s'", id);
	CHECK_INT(payments_of(id, "succeeded,processing,pending,refunded"), 1);
	EXPECT_CONSISTENT();
}

/* The same when the shop was suspended meanwhile, and the period has begun anew: no other link is wanted beside that money. */
static void
test_new_method_after_the_shop_was_suspended(void)
{
	struct person shop = person_new("shopkeeper");
	const char   *id, *transaction;
	struct answer answer;

	need_people();
	id = subscription_new(&customer, plan_new(&shop, "12.00", "\"every\": \"month\""), "");
	answer = api_post(form("/payments/%s/attempts",
			      text_at((struct answer[]) { subscription_of(&customer, id) }, "period.payment_reference")),
	    NULL, "{\"provider\": \"stripe\"}");
	EXPECT(answer, 201);
	transaction = text_at(&answer, "provider_transaction_id");
	sandbox_act("process", transaction);
	WAIT_FOR("processing", "SELECT status FROM payments WHERE provider_transaction_id = '%s'", transaction);
	EXPECT(api_post(form("/merchants/%s/suspend", shop.merchant), admin.access, NULL), 200);
	subscription_renew(id);
	EXPECT(api_post(form("/merchants/%s/activate", shop.merchant), admin.access, NULL), 200);
	subscription_renew(id);
	EXPECT(act(id, "change", &customer,
		   form("{\"payment_method_id\": \"%s\"}", method_new(&customer, "stripe", "pm_card_visa"))),
	    200);
	CHECK_INT(payments_of(id, "succeeded"), 0);
	sandbox_act("pay", transaction);
	WAIT_FOR("active", "SELECT status FROM subscriptions WHERE id = '%s'", id);
	CHECK_INT(payments_of(id, "succeeded"), 1);
	CHECK_INT(payments_of(id, "succeeded,processing,pending,refunded,failed"), 1);
	EXPECT_CONSISTENT();
}

/* Who may not sign in any more is not charged: the subscription is cancelled, and whoever listens is told. */
static void
test_disabled_customer(void)
{
	struct person gone = person_new("customer");
	const char   *id;

	need_people();
	id = subscription_new(
	    &gone, monthly, form(", \"payment_method_id\": \"%s\"", method_new(&gone, "stripe", "pm_card_visa")));
	CHECK_INT(payments_of(id, "succeeded"), 1);
	sql_run("UPDATE users SET status = 'disabled' WHERE id = '%s'", gone.id);
	subscription_run_out(id);
	CHECK_TEXT(state_of(id), "cancelled");
	CHECK_INT(subscription_events(id, "cancelled"), 1);
	CHECK_INT(payments_of(id, "succeeded"), 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s'", id), 1);
}

static void
test_method_is_gone(void)
{
	struct answer answer;

	need_people();
	for (int expired = 0; expired < 2; expired++) {
		const char *method = method_new(&customer, "stripe", "pm_card_visa"), *id = charged(method);

		if (expired)
			sql_run("UPDATE payment_methods SET expires_at = NOW(3) WHERE id = '%s'", method);
		else
			EXPECT(api_delete(form("/payment-methods/%s", method), customer.access), 204);
		subscription_run_out(id);
		answer = subscription_of(&customer, id);
		CHECK_TEXT(text_at(&answer, "status"), "active");
		CHECK_TEXT(text_at(&answer, "period.failure_code"), "payment_method_unusable");
		CHECK(has_at(&answer, "payment_url"));
		CHECK_INT(subscription_events(id, "payment_asked"), 1);
		/* A new one is charged at once, and the link is not wanted any more. */
		answer = act(id, "change", &customer,
		    form("{\"payment_method_id\": \"%s\"}", method_new(&customer, "stripe", "pm_card_visa")));
		EXPECT(answer, 200);
		CHECK_TEXT(text_at(&answer, "period.status"), "paid");
		WAIT_FOR("cancelled",
		    "SELECT r.status FROM payment_requests r JOIN subscription_periods d ON d.id = r.period_id "
		    "WHERE d.subscription_id = '%s'",
		    id);
	}
	EXPECT_PROBLEM(
	    api_post("/subscriptions", customer.access,
		form("{\"plan_id\": \"%s\", \"payment_method_id\": \"01890000-0000-7000-8000-00000000dead\"}", monthly)),
	    409, "payment_method_unusable");
}

/* ---- a bank that must be told of a debit ---- */

/* A subscription of an Indian shop's that is charged by a mandate, and is paid. */
static const char *
by_mandate(const struct person **payer)
{
	static struct person indian, payer_of_mandate;
	static const char   *plan;
	struct answer        answer;
	const char          *id;

	if (plan == NULL) {
		indian = shopkeeper_new("INR");
		payer_of_mandate = person_new("customer");
		plan = plan_new(&indian, "499.00", "\"every\": \"month\", \"currency\": \"INR\"");
	}
	*payer = &payer_of_mandate;
	answer = sandbox_call("/sandbox/razorpay/store/card", form("{\"email\": \"%s\"}", payer_of_mandate.email));
	EXPECT(answer, 200);
	answer = api_post("/payment-methods", payer_of_mandate.access,
	    form("{\"type\": \"card\", \"provider\": \"razorpay\", \"token\": \"%s\"}", text_at(&answer, "data.token")));
	EXPECT(answer, 201);
	id = subscription_new(&payer_of_mandate, plan, form(", \"payment_method_id\": \"%s\"", text_at(&answer, "id")));
	EXPECT(sandbox_call(form("/sandbox/razorpay/pay/%s", last_transaction(id)), "{}"), 200);
	WAIT_FOR("active", "SELECT status FROM subscriptions WHERE id = '%s'", id);
	return id;
}

/* Its period ends in so many hours, and the job has looked at it; the reference that Razorpay was told of, or NULL. */
static const char *
told_before(const char *id, int hours)
{
	sql_run("UPDATE subscriptions SET current_period_end = NOW(3) + INTERVAL %d HOUR, anchor_at = current_period_end, "
		"anchor_months = 0 WHERE id = '%s'",
	    hours, id);
	sql_run("UPDATE subscription_periods d JOIN subscriptions s ON s.id = d.subscription_id AND s.period_number = d.number "
		"SET d.ends_at = s.current_period_end WHERE s.id = '%s'",
	    id);
	subscription_renew(id);
	return sql_text("SELECT notice_reference FROM subscriptions WHERE id = '%s' AND notice_try_at IS NULL", id);
}

/* The one order that Razorpay has of that reference: a member of it. */
static const char *
at_razorpay(const char *reference, const char *member)
{
	struct answer list = sandbox_call("/sandbox/razorpay/transactions", NULL);
	const char   *value = NULL;
	int           count = 0;

	EXPECT(list, 200);
	for (size_t i = 0; i < length_at(&list, "results"); i++)
		if (strcmp(text_at(&list, form("results.%zu.reference", i)), reference) == 0) {
			value = text_at(&list, form("results.%zu.%s", i, member));
			count++;
		}
	CHECK_INT(count, 1);
	return value;
}

/* Two days before its day the bank is told; on its day that very order is debited, once. */
static void
test_bank_is_told_before(void)
{
	const struct person *payer;
	const char          *id = by_mandate(&payer), *reference, *order;

	CHECK(told_before(id, 49) == NULL);
	reference = told_before(id, 47);
	REQUIRE(reference != NULL);
	order = at_razorpay(reference, "id");
	CHECK_TEXT(at_razorpay(reference, "attempts"), "0");
	CHECK_TEXT(at_razorpay(reference, "notification.payment_after"),
	    sql_text("SELECT FLOOR(UNIX_TIMESTAMP(current_period_end)) FROM subscriptions WHERE id = '%s'", id));
	/* Nothing is charged, and nobody is told twice. */
	subscription_renew(id);
	CHECK_TEXT(sql_text("SELECT notice_reference FROM subscriptions WHERE id = '%s'", id), reference);
	CHECK_TEXT(at_razorpay(reference, "attempts"), "0");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s'", id), 1);
	EXPECT(sandbox_call(form("/sandbox/razorpay/notice-over/%s", order), "{}"), 200);
	subscription_run_out(id);
	CHECK_TEXT(last_transaction(id), order);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE reference = '%s' AND status = 'processing'", reference), 1);
	subscription_renew(id);
	CHECK_TEXT(at_razorpay(reference, "attempts"), "1");
	EXPECT(sandbox_call(form("/sandbox/razorpay/pay/%s", order), "{}"), 200);
	WAIT_FOR("2", "SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s' AND status = 'paid'", id);
	CHECK_INT(payments_of(id, "succeeded"), 2);
	CHECK_INT(
	    sql_number(
		"SELECT COUNT(*) FROM subscription_periods a JOIN subscription_periods b ON b.subscription_id = a.subscription_id "
		"AND b.number = a.number + 1 AND b.starts_at = a.ends_at WHERE a.subscription_id = '%s'",
		id),
	    1);
	CHECK_TEXT(state_of(id), "active");
	EXPECT_CONSISTENT();
}

/* What the bank was told does not bind: another plan is another amount, and what it refuses is charged anew another day. */
static void
test_what_the_bank_was_told_changes(void)
{
	const struct person *payer;
	const char          *id = by_mandate(&payer), *reference = told_before(id, 47), *plan;
	struct answer        answer;

	REQUIRE(reference != NULL);
	plan = sql_text("SELECT plan_id FROM subscriptions WHERE id = '%s'", id);
	answer = act(id, "change", payer, form("{\"plan_id\": \"%s\"}", plan));
	EXPECT(answer, 200);
	subscription_renew(id);
	CHECK(strcmp(sql_text("SELECT notice_reference FROM subscriptions WHERE id = '%s'", id), reference) != 0);
	/* The stand-in's day has not come: nothing is taken, and it is debited at once by an order of which the bank is told then. */
	subscription_run_out(id);
	CHECK_TEXT(state_of(id), "active");
	CHECK_INT(sql_number("SELECT failures FROM subscription_periods WHERE subscription_id = '%s' AND status = 'due'", id), 0);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments p JOIN subscription_periods d ON d.id = p.period_id "
			     "WHERE d.subscription_id = '%s' AND p.failure_code = 'too_early'",
		      id),
	    1);
	CHECK_INT(payments_of(id, "processing"), 1);
	subscription_renew(id);
	CHECK_INT(payments_of(id, "processing"), 1);
	EXPECT(sandbox_call(form("/sandbox/razorpay/pay/%s", last_transaction(id)), "{}"), 200);
	WAIT_FOR("2", "SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s' AND status = 'paid'", id);
	CHECK_INT(payments_of(id, "succeeded"), 2);
	/* Too late to be told in time: told when it is charged. */
	CHECK(told_before(id, 30) == NULL ||
	    sql_number("SELECT notice_number <= period_number FROM subscriptions WHERE id = '%s'", id) == 1);
	EXPECT_CONSISTENT();
}

/* A debit that takes days: paused meanwhile, it is taken, and resuming charges nothing more. */
/* The bank did not get the notice: it is told anew in an hour, and where that is too late the order is debited without. */
static void
test_bank_was_not_told(void)
{
	const struct person *payer;
	const char          *id = by_mandate(&payer), *reference = told_before(id, 47), *again;

	REQUIRE(reference != NULL);
	EXPECT(sandbox_call(form("/sandbox/razorpay/notice-lost/%s", at_razorpay(reference, "id")), "{}"), 200);
	WAIT_FOR("1", "SELECT notice_reference IS NULL FROM subscriptions WHERE id = '%s'", id);
	CHECK_INT(sql_number("SELECT TIMESTAMPDIFF(MINUTE, NOW(3), notice_try_at) BETWEEN 50 AND 60 AND next_action_at = "
			     "notice_try_at FROM subscriptions WHERE id = '%s'",
		      id),
	    1);
	subscription_renew(id);
	CHECK_INT(sql_number("SELECT notice_reference IS NULL FROM subscriptions WHERE id = '%s'", id), 1);
	sql_run("UPDATE subscriptions SET notice_try_at = NOW(3) WHERE id = '%s'", id);
	subscription_renew(id);
	again = sql_text("SELECT notice_reference FROM subscriptions WHERE id = '%s' AND notice_try_at IS NULL", id);
	REQUIRE(again != NULL);
	CHECK(strcmp(again, reference) != 0);
	/* Lost again, and nobody has heard: the order is refused on its day, and another is debited. */
	sql_run("UPDATE subscriptions SET notice_transaction = NULL WHERE id = '%s'", id);
	EXPECT(sandbox_call(form("/sandbox/razorpay/notice-lost/%s", at_razorpay(again, "id")), "{}"), 200);
	subscription_run_out(id);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM payments WHERE reference = '%s' AND failure_code = 'notice_not_sent'", again), 1);
	CHECK_TEXT(state_of(id), "active");
	CHECK_INT(payments_of(id, "processing"), 1);
	EXPECT(sandbox_call(form("/sandbox/razorpay/pay/%s", last_transaction(id)), "{}"), 200);
	WAIT_FOR("2", "SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s' AND status = 'paid'", id);
	EXPECT_CONSISTENT();
}

static void
test_paused_while_charging(void)
{
	const char *id;

	need_people();
	id = charged(method_new(&customer, "stripe", "pm_card_visa"));
	EXPECT(act(id, "change", &customer,
		   form("{\"payment_method_id\": \"%s\"}", method_new(&customer, "stripe", "pm_usBankAccount_success"))),
	    200);
	subscription_run_out(id);
	CHECK_TEXT(state_of(id), "active");
	CHECK_INT(payments_of(id, "processing"), 1);
	subscription_renew(id);
	CHECK_INT(payments_of(id, "processing"), 1);
	EXPECT(act(id, "pause", &customer, NULL), 200);
	sandbox_act("pay", last_transaction(id));
	WAIT_FOR("2", "SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s' AND status = 'paid'", id);
	CHECK_TEXT(state_of(id), "paused");
	EXPECT(act(id, "resume", &seller, NULL), 200);
	CHECK_TEXT(state_of(id), "active");
	CHECK_INT(payments_of(id, "succeeded,processing,pending"), 2);
	EXPECT_CONSISTENT();
}

/* The same, cancelled meanwhile: what comes is given back. */
static void
test_cancelled_while_charging(void)
{
	const char *id;

	need_people();
	id = charged(method_new(&customer, "stripe", "pm_usBankAccount_success"));
	CHECK_TEXT(state_of(id), "past_due");
	EXPECT(act(id, "cancel", &customer, "{}"), 200);
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE kind = 'end_period_attempts' AND status = 'running'");
	sandbox_act("pay", last_transaction(id));
	WAIT_FOR("1",
	    "SELECT COUNT(*) FROM payments p JOIN subscription_periods d ON d.id = p.period_id WHERE d.subscription_id = '%s' "
	    "AND p.status IN ('refunded', 'cancelled')",
	    id);
	CHECK_TEXT(state_of(id), "cancelled");
	CHECK_INT(periods_of(id, "void"), 1);
	EXPECT_CONSISTENT();
}

/* After a pause that was longer than what was paid a new period begins at once, and is charged once. */
static void
test_resumed_and_charged(void)
{
	const char   *key = form("Idempotency-Key: %s", fresh_phone() + 1), *id;
	struct answer answer;

	need_people();
	id = charged(method_new(&customer, "stripe", "pm_card_visa"));
	EXPECT(act(id, "pause", &customer, NULL), 200);
	subscription_run_out(id);
	CHECK_INT(payments_of(id, "succeeded"), 1);
	for (int i = 0; i < 2; i++) {
		answer = api_call("POST", form("/subscriptions/%s/resume", id), customer.access, NULL, HEADERS(key));
		EXPECT(answer, 200);
		CHECK_TEXT(text_at(&answer, "period.status"), "paid");
	}
	CHECK_INT(payments_of(id, "succeeded"), 2);
	EXPECT_PROBLEM(act(id, "resume", &customer, NULL), 409, "subscription_state");
	CHECK_INT(payments_of(id, "succeeded"), 2);
}

/* Does that list of the seller's have the payment? */
static bool
is_listed(const char *list, const char *reference)
{
	struct answer answer = api_get(list, seller.access);
	bool          found = false;

	EXPECT(answer, 200);
	for (size_t i = 0; i < length_at(&answer, "results"); i++)
		found = found || strcmp(text_at(&answer, form("results.%zu.reference", i)), reference) == 0;
	return found;
}

/* The seller sees the payments of the shop's subscriptions among the others, and gives them back. */
static void
test_seen_and_refunded_by_the_seller(void)
{
	const char *id, *reference;

	need_people();
	id = charged(method_new(&customer, "stripe", "pm_card_visa"));
	reference = sql_text(
	    "SELECT p.reference FROM payments p JOIN subscription_periods d ON d.payment_id = p.id WHERE d.subscription_id = '%s'",
	    id);
	EXPECT(api_get(form("/payments/%s", reference), seller.access), 200);
	EXPECT(api_get(form("/payments/%s", reference), customer.access), 200);
	CHECK(is_listed("/payments?limit=100", reference));
	CHECK(is_listed("/payments?limit=100&status=succeeded&held=false", reference));
	CHECK(!is_listed("/payments?limit=100&status=failed", reference));
	CHECK(!is_listed("/payments?limit=100&held=true", reference));
	EXPECT(api_post(form("/payments/%s/refunds", reference), seller.access, "{\"reason\": \"sorry\"}"), 201);
	WAIT_FOR("refunded", "SELECT status FROM subscription_periods WHERE subscription_id = '%s'", id);
	EXPECT_CONSISTENT();
}

/* PayPal has charged the period or not, and nobody will be told: it is not charged again until somebody has looked. */
static void
test_nobody_knows_whether_it_was_charged(void)
{
	const char *id, *paypal, *reference = form("PAY-%.10s", sql_text("SELECT UPPER(REPLACE(UUID(), '-', ''))"));

	need_people();
	paypal = method_new(&customer, "paypal", token_new(&customer, "paypal"));
	id = charged(method_new(&customer, "stripe", "pm_card_chargeDeclined"));
	sql_run("UPDATE subscriptions SET payment_method_id = '%s' WHERE id = '%s'", paypal, id);
	CHECK_INT(
	    sql_run(
		"INSERT INTO payments (id, reference, purpose_kind, purpose_id, user_id, merchant_id, provider, amount_minor, "
		"currency, payment_method_id, idempotency_key, charge_key, charge_sent_at, next_check_at) "
		"SELECT UNHEX(REPLACE(UUID(), '-', '')), '%s', 'subscription_period', d.id, s.user_id, s.merchant_id, 'paypal', "
		"d.amount_minor, d.currency, s.payment_method_id, CONCAT('pay:', UUID()), CONCAT('lost:', UUID()), "
		"NOW(3) - INTERVAL 6 HOUR, NOW(3) FROM subscription_periods d JOIN subscriptions s ON s.id = d.subscription_id "
		"WHERE s.id = '%s' AND d.status = 'due'",
		reference, id),
	    1);
	run_job_now("reconcile_payments");
	WAIT_FOR("1", "SELECT IFNULL(hold_reason, '') LIKE 'outcome_unknown%%' FROM payments WHERE reference = '%s'", reference);
	try_again(id);
	CHECK_INT(payments_of(id, "pending"), 1);
	CHECK_INT(payments_of(id, "failed,succeeded,cancelled"), 1);
	EXPECT(api_post(form("/payments/%s/refund-held", reference), admin.access, "{\"reason\": \"nothing has come\"}"), 200);
	try_again(id);
	CHECK_TEXT(state_of(id), "active");
	CHECK_INT(payments_of(id, "succeeded"), 1);
	EXPECT_CONSISTENT();
}

SUITE("api: charged subscriptions", TEST(test_charged_each_period), TEST(test_declined_and_tried_again),
    TEST(test_new_method_is_charged_at_once), TEST(test_subscribed_once_under_its_key), TEST(test_not_to_be_tried_again),
    TEST(test_bank_asks_the_payer), TEST(test_cancelled_attempt_is_a_failure), TEST(test_mailed_link_is_gone),
    TEST(test_declined_by_review), TEST(test_new_method_waits_for_the_link), TEST(test_new_method_after_the_shop_was_suspended),
    TEST(test_disabled_customer), TEST(test_method_is_gone), TEST(test_bank_is_told_before),
    TEST(test_what_the_bank_was_told_changes), TEST(test_bank_was_not_told), TEST(test_paused_while_charging),
    TEST(test_cancelled_while_charging), TEST(test_resumed_and_charged), TEST(test_seen_and_refunded_by_the_seller),
    TEST(test_nobody_knows_whether_it_was_charged))
