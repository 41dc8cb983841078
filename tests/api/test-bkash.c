/* What is special to bKash: nothing is paid before we execute it, and what was given up is never executed. */
#include "tests/api/lone_worker.h"
#include "tests/api/shopping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct person seller, customer, admin;
static const char   *address;

static void
need_people(void)
{
	if (seller.id != NULL)
		return;
	seller = shopkeeper_new("BDT");
	customer = person_new("customer");
	admin = person_new("admin");
	address = address_new(&customer);
}

/* An order that somebody has begun to pay with bKash. */
static struct attempt
begin(const char *price)
{
	struct goods   goods;
	struct attempt attempt;

	need_people();
	goods = goods_new(&seller, price, 10);
	attempt.order = order_new(&customer, address, &goods, 1);
	REQUIRE(attempt.order != NULL);
	attempt.answer = payment_new(&customer, attempt.order, "bkash");
	EXPECT(attempt.answer, 201);
	REQUIRE(attempt.answer.status == 201);
	attempt.reference = text_at(&attempt.answer, "reference");
	attempt.transaction = text_at(&attempt.answer, "provider_transaction_id");
	attempt.total = sql_number("SELECT total_minor FROM orders WHERE id = '%s'", attempt.order);
	return attempt;
}

static void
act(const char *what, const struct attempt *attempt, const char *form_body)
{
	CHECK_INT(sandbox_post(form("/sandbox/bkash/%s/%s", what, attempt->transaction), form_body), 200);
}

static void
check_status(const struct attempt *attempt, const char *status)
{
	WAIT_FOR(status, "SELECT status FROM payments WHERE reference = '%s'", attempt->reference);
}

/* How often it was executed, or that was tried. */
static int64_t
executions(const struct attempt *attempt)
{
	return sql_number("SELECT COUNT(*) FROM payment_answers a JOIN payments p ON p.id = a.payment_id "
			  "WHERE p.reference = '%s' AND a.kind = 'capture' AND a.http_status IS NULL",
	    attempt->reference);
}

/* A browser comes back from somewhere: bKash is asked. */
static void
ask_now(const struct attempt *attempt)
{
	struct answer answer = api_get(form("/payments/return/bkash?paymentID=%s", attempt->transaction), NULL);

	EXPECT(answer, 303);
}

/* The same by the job. */
static void
let_job_ask(const struct attempt *attempt)
{
	sql_run("UPDATE payments SET next_check_at = NOW(3) - INTERVAL 1 DAY WHERE reference = '%s'", attempt->reference);
	run_job_now("reconcile_payments");
}

static const char *
signature_of(const struct attempt *attempt)
{
	const char *url = sql_text("SELECT JSON_VALUE(a.body, '$.successCallbackURL') FROM payment_answers a "
				   "JOIN payments p ON p.id = a.payment_id WHERE p.reference = '%s' AND a.kind = 'create'",
	    attempt->reference);
	const char *at = url == NULL ? NULL : strstr(url, "signature=");

	CHECK(at != NULL);
	return at == NULL ? "" : form("%.10s", at + strlen("signature="));
}

static void
return_with(const struct attempt *attempt, const char *status, const char *signature)
{
	struct answer answer = api_get(form("/payments/return/bkash?paymentID=%s&status=%s&signature=%s&apiVersion=1.2.0-beta/",
					   attempt->transaction, status, signature),
	    NULL);

	EXPECT(answer, 303);
}

/* How bKash was shown the token when the payment was made. */
static const char *
token_shown(const char *transaction)
{
	struct answer answer = sandbox_call(form("/sandbox/bkash/pay/%s", transaction), "returns=0");

	EXPECT(answer, 200);
	return text_at(&answer, "token");
}

static void
test_bearer(void)
{
	struct attempt attempt = begin("500.50");
	struct goods   goods = goods_new(&seller, "501.50", 10);
	struct answer  answer;

	CHECK_TEXT(token_shown(attempt.transaction), "bare");
	lone_workers_start((const char *const[]) { "HAAT_PAYMENTS_BKASH_BEARER=true", NULL });
	answer = lone_call("198.51.100.20", "POST", "/payments", customer.access,
	    form("{\"order_id\": \"%s\", \"provider\": \"bkash\"}", order_new(&customer, address, &goods, 1)));
	lone_workers_stop();
	CHECK_INT(answer.status, 201);
	CHECK_TEXT(token_shown(text_at(&answer, "provider_transaction_id")), "Bearer");
}

static void
test_paid_when_the_browser_comes_back(void)
{
	struct attempt attempt = begin("500.50");
	struct answer  answer;

	CHECK_TEXT(text_at(&attempt.answer, "status"), "requires_action");
	CHECK(strstr(text_at(&attempt.answer, "redirect_url"), attempt.transaction) != NULL);
	act("pay", &attempt, NULL);
	check_status(&attempt, "succeeded");
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
	CHECK_INT(executions(&attempt), 1);
	answer = api_get(form("/payments/%s", attempt.reference), customer.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "amount"), text_at(&attempt.answer, "amount"));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payment_answers a JOIN payments p ON p.id = a.payment_id "
			     "WHERE p.reference = '%s' AND (a.body LIKE '%%Msisdn%%' OR a.body LIKE '%%bkashURL%%')",
		      attempt.reference),
	    0);
	EXPECT_CONSISTENT();
}

/* The payer entered the PIN and closed the browser: bKash says Initiated, and only executing it tells. */
static void
test_paid_when_the_browser_is_lost(void)
{
	struct attempt attempt = begin("510.00");

	act("pay", &attempt, "returns=0");
	CHECK_INT(executions(&attempt), 0);
	let_job_ask(&attempt);
	check_status(&attempt, "succeeded");
}

static void
test_initiated_ends_by_our_clock(void)
{
	struct attempt attempt = begin("520.00");

	ask_now(&attempt);
	check_status(&attempt, "requires_action");
	sql_run("UPDATE payments SET created_at = created_at - INTERVAL 25 HOUR WHERE reference = '%s'", attempt.reference);
	ask_now(&attempt);
	check_status(&attempt, "expired");
	act("pay", &attempt, NULL);
	check_status(&attempt, "expired");
	CHECK_INT(executions(&attempt), 1);
}

/* Who says that the payer has gone away must know what bKash gave the payer's browser. */
static void
test_return_without_the_signature(void)
{
	struct attempt attempt = begin("530.00");

	return_with(&attempt, "cancel", "XXXXXXXXXX");
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", attempt.reference), "requires_action");
	return_with(&attempt, "cancel", signature_of(&attempt));
	check_status(&attempt, "cancelled");
	act("pay", &attempt, NULL);
	check_status(&attempt, "cancelled");
	attempt = begin("531.00");
	return_with(&attempt, "failure", signature_of(&attempt));
	check_status(&attempt, "failed");
	ask_now(&attempt); /* bKash still says Initiated */
	check_status(&attempt, "failed");
}

static void
test_given_up_is_never_executed(void)
{
	struct attempt attempt = begin("540.00");
	struct answer  answer = api_post(form("/payments/%s/cancel", attempt.reference), customer.access, NULL);

	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "cancelled");
	act("pay", &attempt, NULL);
	check_status(&attempt, "cancelled");
	CHECK_INT(executions(&attempt), 0);
}

/* While an execution may be under way nobody gives up. */
static void
test_no_giving_up_during_an_execution(void)
{
	struct attempt attempt = begin("541.00");
	struct answer  answer;

	sql_run("INSERT INTO payment_answers (id, payment_id, kind, http_status, body) "
		"SELECT UNHEX(REPLACE(UUID(), '-', '')), id, 'capture', NULL, 'sent' FROM payments WHERE reference = '%s'",
	    attempt.reference);
	answer = api_post(form("/payments/%s/cancel", attempt.reference), customer.access, NULL);
	EXPECT_PROBLEM(answer, 502, "provider_unavailable");
	sql_run(
	    "UPDATE payment_answers a JOIN payments p ON p.id = a.payment_id SET a.created_at = a.created_at - INTERVAL 2 MINUTE "
	    "WHERE p.reference = '%s'",
	    attempt.reference);
	answer = api_post(form("/payments/%s/cancel", attempt.reference), customer.access, NULL);
	EXPECT(answer, 200);
}

static void
test_declined(void)
{
	struct attempt attempt = begin("550.00");
	struct answer  again;

	act("fail", &attempt, "returns=0");
	ask_now(&attempt);
	check_status(&attempt, "failed");
	CHECK_TEXT(sql_text("SELECT failure_code FROM payments WHERE reference = '%s'", attempt.reference), "2023");
	again = payment_new(&customer, attempt.order, "bkash");
	EXPECT(again, 201);
	attempt.reference = text_at(&again, "reference");
	attempt.transaction = text_at(&again, "provider_transaction_id");
	act("pay", &attempt, NULL);
	check_status(&attempt, "succeeded");
}

/* bKash takes the same amount from the same wallet once within two minutes. */
static void
test_same_wallet_and_amount(void)
{
	struct attempt first = begin("560.00"), second = begin("560.00");
	const char    *wallet = form("wallet=018%s", first.reference + 4);

	act("pay", &first, wallet);
	check_status(&first, "succeeded");
	act("pay", &second, wallet);
	check_status(&second, "failed");
	CHECK_TEXT(sql_text("SELECT failure_code FROM payments WHERE reference = '%s'", second.reference), "2029");
	CHECK(strstr(sql_text("SELECT failure_reason FROM payments WHERE reference = '%s'", second.reference), "wait") != NULL);
}

/* The answer to the execution is lost: bKash is asked, and nothing is executed twice. */
static void
test_lost_answer_to_the_execution(void)
{
	struct attempt attempt = begin("570.00");

	sandbox_switch(attempt.transaction, "{\"fail_after_charge\": 1}");
	act("pay", &attempt, NULL);
	check_status(&attempt, "succeeded");
	CHECK_INT(executions(&attempt), 1);
}

static struct answer
refund(const struct attempt *attempt, const char *amount)
{
	return api_post(form("/payments/%s/refunds", attempt->reference), admin.access,
	    amount == NULL ? "{\"reason\": \"broken\"}" : form("{\"reason\": \"broken\", \"amount\": \"%s\"}", amount));
}

/* No mark of ours comes back with a refund: it is known by its amount when the answer to it was lost. */
static void
test_refunds(void)
{
	struct attempt attempt = begin("580.00");
	struct answer  answer;

	act("pay", &attempt, NULL);
	check_status(&attempt, "succeeded");
	answer = refund(&attempt, "80.5");
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "succeeded");
	sandbox_switch(attempt.transaction, "{\"fail_after_charge\": 1}");
	answer = refund(&attempt, "100.00");
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "pending");
	sql_run("UPDATE jobs SET run_at = NOW(3) WHERE kind = 'refund_payment' AND status = 'ready'");
	run_job_now("refund_payment");
	WAIT_FOR("succeeded",
	    "SELECT r.status FROM refunds r JOIN payments p ON p.id = r.payment_id "
	    "WHERE p.reference = '%s' AND r.amount_minor = 10000",
	    attempt.reference);
	CHECK_INT(sandbox_post(form("/sandbox/bkash/refund/%s", attempt.transaction), "{\"amount\": 5000}"), 200);
	let_job_ask(&attempt);
	WAIT_FOR("23050", "SELECT refunded_minor FROM payments WHERE reference = '%s'", attempt.reference);
	answer = refund(&attempt, NULL);
	EXPECT(answer, 201);
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s'",
		      attempt.reference),
	    4);
	EXPECT_CONSISTENT();
}

/* bKash lets a call run for half a minute and does not list its refund meanwhile: what was just sent is not sent again. */
static void
test_refund_is_not_sent_again_at_once(void)
{
	struct attempt attempt = begin("585.00");
	struct answer  made;
	const char    *id;

	act("pay", &attempt, NULL);
	check_status(&attempt, "succeeded");
	sandbox_switch(attempt.transaction, "{\"no_balance\": true}"); /* which is no verdict either */
	made = refund(&attempt, "80.00");
	EXPECT(made, 201);
	id = text_at(&made, "id");
	CHECK_TEXT(text_at(&made, "status"), "pending");
	sandbox_switch(attempt.transaction, "{\"no_balance\": false}");
	sql_run("UPDATE refunds SET sent_at = NOW(3) WHERE id = '%s'", id);
	run_job_now("refund_payment");
	WAIT_FOR(
	    "1", "SELECT COUNT(*) FROM jobs WHERE unique_key = 'refund:%s' AND last_error LIKE '%%may still be running%%'", id);
	CHECK_TEXT(sql_text("SELECT status FROM refunds WHERE id = '%s'", id), "pending");
	sql_run("UPDATE refunds SET sent_at = sent_at - INTERVAL 1 DAY WHERE id = '%s'", id);
	run_job_now("refund_payment");
	WAIT_FOR("succeeded", "SELECT status FROM refunds WHERE id = '%s'", id);
}

/* What is told of a payment is a reason to ask: here the payer has agreed, and nobody has executed it yet. */
static void
test_told_by_event(void)
{
	struct attempt attempt = begin("590.00");

	act("pay", &attempt, "returns=0");
	act("tell", &attempt, NULL);
	check_status(&attempt, "succeeded");
	CHECK_INT(executions(&attempt), 1);
	WAIT_FOR("2",
	    "SELECT COUNT(*) FROM webhook_events WHERE provider = 'bkash' AND status = 'processed' AND payload LIKE '%%%s%%'",
	    attempt.reference);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM webhook_events WHERE provider = 'bkash' AND payload LIKE '%%%s%%' "
			     "AND (payload LIKE '%%debitMSISDN%%' OR payload LIKE '%%UnsubscribeURL%%')",
		      attempt.reference),
	    0);
	EXPECT_CONSISTENT();
}

/* Money that came to the wallet by other ways is nothing of the shop's. */
static void
test_other_money_of_the_wallet(void)
{
	int64_t before;

	need_people();
	before = sql_number("SELECT COUNT(*) FROM webhook_events WHERE provider = 'bkash' AND status = 'ignored'");
	CHECK_INT(sandbox_post("/sandbox/bkash/pay-by-code", NULL), 200);
	WAIT_FOR(
	    "1", "SELECT COUNT(*) > %lld FROM webhook_events WHERE provider = 'bkash' AND status = 'ignored'", (long long)before);
	CHECK_INT(
	    sql_number(
		"SELECT COUNT(*) FROM webhook_events WHERE provider = 'bkash' AND status = 'dead' AND event_id NOT LIKE 'evt_seed_%%'"),
	    0);
}

static void
test_topic_is_subscribed(void)
{
	static const char is_one[] = "provider = 'bkash' AND type = 'SubscriptionConfirmation' AND status = 'processed'";
	struct answer     answer;
	int64_t           before;

	need_people();
	before = sql_number("SELECT COUNT(*) FROM webhook_events WHERE %s", is_one);
	answer = sandbox_call("/sandbox/bkash/subscribe", "{}");
	EXPECT(answer, 200);
	WAIT_FOR("1", "SELECT COUNT(*) > %lld FROM webhook_events WHERE %s", (long long)before, is_one);
	/* Whoever has the token can confirm, too. */
	CHECK_INT(sql_number("SELECT COUNT(*) FROM webhook_events WHERE payload LIKE '%%%s%%'", text_at(&answer, "id")), 0);
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE kind = 'confirm_subscription'");
	answer = sandbox_call(form("/sandbox/bkash/subscription/%s", text_at(&answer, "id")), NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "confirmed");
}

static struct answer
tell(const char *topic, const char *host, const char *type_header)
{
	const char *body =
	    form("{\"Type\": \"Notification\", \"MessageId\": \"m-1\", \"TopicArn\": \"%s\", \"Message\": \"{}\", "
		 "\"Timestamp\": \"%s\", \"SignatureVersion\": \"1\", \"Signature\": \"AAAA\", "
		 "\"SigningCertURL\": \"https://%s/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem\"}",
		topic, sql_text("SELECT DATE_FORMAT(UTC_TIMESTAMP(3), '%%Y-%%m-%%dT%%H:%%i:%%s.000Z')"), host);

	return api_call("POST", "/webhooks/bkash", NULL, body, type_header == NULL ? NULL : HEADERS(type_header));
}

/*
 * Anybody can have a topic at Amazon, and sign for it.  While the certificate is not here nothing but what can be seen without it
 * keeps a message out; what passes that is kept until the certificate says that it is forged.
 */
static void
test_forged_events(void)
{
	static const char ours[] = "arn:aws:sns:ap-southeast-1:000000000000:bpt_haat",
			  host[] = "sns.ap-southeast-1.amazonaws.com";
	static const char header[] = "x-amz-sns-message-type: Notification";
	struct answer     answer;

	need_people();
	sql_run("DELETE FROM remote_values WHERE name LIKE 'certificate https://sns.%%'");
	EXPECT_PROBLEM(tell("arn:aws:sns:ap-southeast-1:111111111111:bpt_haat", host, header), 401, "bad_signature");
	EXPECT_PROBLEM(tell(ours, "sns.evil.example", header), 401, "bad_signature");
	EXPECT_PROBLEM(tell(ours, host, NULL), 401, "bad_signature");
	EXPECT_PROBLEM(tell(ours, host, "x-amz-sns-message-type: SubscriptionConfirmation"), 401, "bad_signature");
	answer = tell(ours, host, header);
	CHECK(answer.status == 200 || answer.status == 401); /* a job may have fetched the certificate meanwhile */
	WAIT_FOR("0", "SELECT COUNT(*) FROM webhook_events WHERE provider = 'bkash' AND event_id = 'm-1'");
	EXPECT_PROBLEM(tell(ours, host, header), 401, "bad_signature");
}

SUITE("bkash", TEST(test_bearer), TEST(test_paid_when_the_browser_comes_back), TEST(test_paid_when_the_browser_is_lost),
    TEST(test_initiated_ends_by_our_clock), TEST(test_return_without_the_signature), TEST(test_given_up_is_never_executed),
    TEST(test_no_giving_up_during_an_execution), TEST(test_declined), TEST(test_same_wallet_and_amount),
    TEST(test_lost_answer_to_the_execution), TEST(test_refunds), TEST(test_refund_is_not_sent_again_at_once),
    TEST(test_told_by_event), TEST(test_other_money_of_the_wallet), TEST(test_topic_is_subscribed), TEST(test_forged_events))
