/*
 * What is special to PayPal: money is taken by us once the payer has agreed, and only while it is wanted; events are verified by a
 * certificate that has to be fetched first; tokens end before their time.
 */
#include "tests/api/shopping.h"

#include <string.h>
#include <unistd.h>

static struct person seller, customer, admin;
static struct goods  goods;
static const char   *address;

static struct attempt
begin(void)
{
	struct attempt attempt;

	if (seller.id == NULL) {
		seller = person_new("shopkeeper");
		customer = person_new("customer");
		admin = person_new("admin");
		goods = goods_new(&seller, "20.00", 1000);
		address = address_new(&customer);
	}
	attempt.order = order_new(&customer, address, &goods, 1);
	attempt.answer = payment_new(&customer, attempt.order, "paypal");
	EXPECT(attempt.answer, 201);
	attempt.reference = text_at(&attempt.answer, "reference");
	attempt.transaction = text_at(&attempt.answer, "provider_transaction_id");
	attempt.total = sql_number("SELECT amount_minor FROM payments WHERE reference = '%s'", attempt.reference);
	return attempt;
}

static void
act(const char *what, const struct attempt *attempt)
{
	CHECK_INT(sandbox_post(form("/sandbox/paypal/%s/%s", what, attempt->transaction), NULL), 200);
}

static void
wait_status(const struct attempt *attempt, const char *status)
{
	WAIT_FOR(status, "SELECT status FROM payments WHERE reference = '%s'", attempt->reference);
}

static void
come_back(const struct attempt *attempt, const char *status)
{
	struct answer answer = api_get(form("/payments/return/paypal?token=%s&PayerID=X", attempt->transaction), NULL);

	EXPECT(answer, 303);
	CHECK(strstr(header_of(&answer, "Location"), form("status=%s", status)) != NULL);
}

/* The provider is asked, as after its own time. */
static void
compare(const struct attempt *attempt)
{
	sql_run("UPDATE payments SET next_check_at = NOW(3) WHERE reference = '%s'", attempt->reference);
	run_job_now("reconcile_payments");
}

/* How many captures of its order have been answered. */
static int64_t
captures(const struct attempt *attempt)
{
	return sql_number("SELECT COUNT(*) FROM payment_answers a JOIN payments p ON p.id = a.payment_id "
			  "WHERE p.reference = '%s' AND a.kind = 'capture'",
	    attempt->reference);
}

static struct answer
refund(const struct attempt *attempt, const char *amount)
{
	return api_post(form("/payments/%s/refunds", attempt->reference), admin.access,
	    form("{\"amount\": \"%s\", \"reason\": \"a scratch\"}", amount));
}

static void
wait_refunded(const struct attempt *attempt, int64_t minor)
{
	WAIT_FOR(
	    form("%lld", (long long)minor), "SELECT refunded_minor FROM payments WHERE reference = '%s'", attempt->reference);
}

static struct attempt
paid(void)
{
	struct attempt attempt = begin();

	act("pay", &attempt);
	wait_status(&attempt, "succeeded");
	return attempt;
}

/* Whoever comes first takes the money: the event's job, or the browser that is back. */
static void
test_is_taken_once_the_payer_agrees(void)
{
	struct attempt attempt = begin();

	CHECK_TEXT(text_at(&attempt.answer, "status"), "requires_action");
	CHECK(strstr(text_at(&attempt.answer, "redirect_url"), form("/paypal/pay/%s", attempt.transaction)) != NULL);
	act("pay", &attempt);
	WAIT_FOR("paid paid", "SELECT CONCAT(status, ' ', payment_status) FROM orders WHERE id = '%s'", attempt.order);
	come_back(&attempt, "succeeded");
	attempt = begin();
	sandbox_switch(attempt.order, "{\"webhook_never\": true}");
	act("pay", &attempt);
	come_back(&attempt, "succeeded");
	CHECK_INT(captures(&attempt), 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payment_answers a JOIN payments p ON p.id = a.payment_id "
			     "WHERE p.reference = '%s' AND (a.body LIKE '%%@%%' OR a.body LIKE '%%access_token%%')",
		      attempt.reference),
	    0);
}

/* What was given up is not taken, though the payer agrees afterwards. */
static void
test_what_was_given_up_is_never_taken(void)
{
	struct attempt attempt = begin();

	EXPECT(api_post(form("/payments/%s/cancel", attempt.reference), customer.access, NULL), 200);
	wait_status(&attempt, "cancelled");
	act("pay", &attempt);
	come_back(&attempt, "cancelled");
	WAIT_FOR(
	    "1", "SELECT COUNT(*) FROM webhook_events WHERE payload LIKE '%%%s%%' AND status = 'processed'", attempt.transaction);
	run_job_now("reconcile_payments");
	wait_status(&attempt, "cancelled");
	CHECK_INT(captures(&attempt), 0);
}

static void
test_declined_and_slow(void)
{
	struct attempt attempt = begin();

	act("fail", &attempt);
	wait_status(&attempt, "failed");
	CHECK_TEXT(sql_text("SELECT failure_code FROM payments WHERE reference = '%s'", attempt.reference),
	    "declined_by_risk_fraud_filters");
	attempt = begin();
	act("process", &attempt);
	wait_status(&attempt, "processing");
	act("pay", &attempt);
	wait_status(&attempt, "succeeded");
	CHECK_INT(captures(&attempt), 1);
}

/* PayPal is asked about it twice more, as after its own time.  Asked once would not do: the job that asks may be past this payment. */
static void
ask_twice(const struct attempt *attempt)
{
	enum { TRIES = 50, PAUSE_US = 600000 };
	static const char count[] = "SELECT COUNT(*) FROM payment_answers a JOIN payments p ON p.id = a.payment_id "
				    "WHERE p.reference = '%s' AND a.kind = 'fetch'";
	int64_t           before = sql_number(count, attempt->reference);

	for (int i = 0; i < TRIES && sql_number(count, attempt->reference) < before + 2; i++) {
		compare(attempt);
		usleep(PAUSE_US);
	}
	CHECK(sql_number(count, attempt->reference) >= before + 2);
}

static void
wait_refused(const struct attempt *attempt, const char *expected)
{
	WAIT_FOR(expected, "SELECT CONCAT(status, ' ', IFNULL(failure_code, '')) FROM payments WHERE reference = '%s'",
	    attempt->reference);
}

/* The order stays approved, but nothing is captured again before the payer has chosen another way to pay. */
static void
test_declined_means_are_the_payers_to_change(void)
{
	struct attempt attempt = begin();
	int64_t        before;

	act("decline", &attempt);
	wait_refused(&attempt, "requires_action instrument_declined");
	CHECK(strstr(sql_text("SELECT redirect_url FROM payments WHERE reference = '%s'", attempt.reference),
		  form("/paypal/pay/%s", attempt.transaction)) != NULL);
	ask_twice(&attempt); /* who began to capture it beside the event has come to an end */
	before = captures(&attempt);
	ask_twice(&attempt);
	wait_refused(&attempt, "requires_action instrument_declined");
	CHECK_INT(captures(&attempt), before);
	act("pay", &attempt);
	wait_status(&attempt, "succeeded");
	attempt = begin();
	sandbox_switch(attempt.order, "{\"webhook_never\": true}");
	act("decline", &attempt);
	come_back(&attempt, "requires_action");
	act("pay", &attempt);
	come_back(&attempt, "succeeded");
}

/* What PayPal does not capture for good is not asked for again, and makes room for another attempt. */
static void
test_a_refused_capture_is_final(void)
{
	struct attempt attempt = begin();
	struct answer  second;
	int64_t        before;

	act("refuse", &attempt);
	wait_refused(&attempt, "failed transaction_refused");
	ask_twice(&attempt);
	before = captures(&attempt);
	ask_twice(&attempt);
	come_back(&attempt, "failed");
	wait_refused(&attempt, "failed transaction_refused");
	CHECK_INT(captures(&attempt), before);
	second = payment_new(&customer, attempt.order, "paypal");
	EXPECT(second, 201);
	CHECK_INT(sandbox_post(form("/sandbox/paypal/pay/%s", text_at(&second, "provider_transaction_id")), NULL), 200);
	WAIT_FOR("succeeded", "SELECT status FROM payments WHERE reference = '%s'", text_at(&second, "reference"));
	CHECK_INT(captures(&attempt), before);
}

/* The answer to the capture is lost: it is looked for, and nothing is taken twice. */
static void
test_a_lost_capture_is_found(void)
{
	struct attempt attempt = begin();

	sandbox_switch(attempt.order, "{\"webhook_never\": true, \"fail_after_charge\": 1}");
	act("pay", &attempt);
	EXPECT(api_get(form("/payments/return/paypal?token=%s", attempt.transaction), NULL), 303);
	compare(&attempt);
	wait_status(&attempt, "succeeded");
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
}

static void
test_a_token_that_ends_early(void)
{
	struct attempt attempt = begin();

	CHECK_INT(sandbox_post("/sandbox/paypal/expire-tokens", NULL), 200);
	sandbox_switch(attempt.order, "{\"webhook_never\": true}");
	act("pay", &attempt);
	come_back(&attempt, "succeeded");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM remote_values WHERE name = 'paypal.token'"), 1);
}

static void
test_gives_back(void)
{
	struct attempt attempt = paid();

	sandbox_switch(attempt.order, "{\"fail_after_charge\": 1}");
	EXPECT(refund(&attempt, "5.00"), 201);
	run_job_now("refund_payment");
	wait_refunded(&attempt, 500);
	/* In the dashboard, without a mark of ours. */
	CHECK_INT(sandbox_post(form("/sandbox/paypal/refund/%s", attempt.transaction), "{\"amount\": 200}"), 200);
	wait_refunded(&attempt, 700);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s'",
		      attempt.reference),
	    2);
	CHECK_INT(sandbox_post(form("/sandbox/paypal/bounce/%s",
				   sql_text("SELECT r.provider_refund_id FROM refunds r JOIN payments p ON p.id = r.payment_id "
					    "WHERE p.reference = '%s' AND r.amount_minor = 500",
				       attempt.reference)),
		      NULL),
	    200);
	wait_refunded(&attempt, 200);
	sandbox_switch(attempt.order, "{\"refund_pending\": true}");
	EXPECT(refund(&attempt, "3.00"), 201);
	act("refunds-arrive", &attempt);
	wait_refunded(&attempt, 500);
}

/* Sent so many seconds ago. */
static struct answer
send_event_of(int64_t age_seconds, const char *certificate, const char *body)
{
	const char *time = sql_text(
	    "SELECT DATE_FORMAT(UTC_TIMESTAMP() - INTERVAL %lld SECOND, '%%Y-%%m-%%dT%%H:%%i:%%sZ')", (long long)age_seconds);

	return api_call("POST", "/webhooks/paypal", NULL, body,
	    HEADERS("PayPal-Transmission-Id: 69cd13f0-d67a-11e5", form("PayPal-Transmission-Time: %s", time),
		"PayPal-Transmission-Sig: c2lnbmF0dXJl", "PayPal-Auth-Algo: SHA256withRSA",
		form("PayPal-Cert-Url: https://api.sandbox.paypal.com/v1/notifications/certs/%s", certificate)));
}

static struct answer
send_event(const char *certificate, const char *body)
{
	return send_event_of(0, certificate, body);
}

/* An event whose certificate is not here is kept until a job has fetched it; a forged one does not last. */
static void
test_unverified_events(void)
{
	static const char forged[] = "{\"id\":\"WH-FORGED-1\",\"event_type\":\"PAYMENT.CAPTURE.COMPLETED\",\"resource\":{}}";
	struct answer     answer;

	sql_run("DELETE FROM remote_values WHERE name LIKE 'certificate %%'");
	paid();
	WAIT_FOR("1", "SELECT COUNT(*) FROM remote_values WHERE name LIKE 'certificate %%CERT-haat-sandbox'");
	EXPECT_PROBLEM(send_event("CERT-haat-sandbox", forged), 401, "bad_signature");
	answer = send_event("CERT-another", forged);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "deferred");
	WAIT_FOR("0", "SELECT COUNT(*) FROM webhook_events WHERE event_id = 'WH-FORGED-1'");
}

/* What PayPal cannot be repeating any more, or has not sent yet, needs no certificate to be refused. */
static void
test_old_events_are_not_kept(void)
{
	enum { HOUR = 3600, DAY = 24 * HOUR };
	static const char body[] = "{\"id\":\"WH-OLD\",\"event_type\":\"X\",\"resource\":{}}";

	EXPECT_PROBLEM(send_event_of(3 * DAY + HOUR, "CERT-another", body), 401, "bad_signature");
	EXPECT_PROBLEM(send_event_of(-HOUR, "CERT-another", body), 401, "bad_signature");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM webhook_events WHERE event_id = 'WH-OLD'"), 0);
	EXPECT(send_event_of(3 * DAY - HOUR, "CERT-another", body), 200);
	WAIT_FOR("0", "SELECT COUNT(*) FROM webhook_events WHERE event_id = 'WH-OLD'");
}

static void
test_room_for_unverified_events(void)
{
	static const char body[] = "{\"id\":\"WH-NO-ROOM\",\"event_type\":\"X\",\"resource\":{}}";
	struct answer     answer;

	CHECK_INT(
	    sql_run(
		"INSERT INTO webhook_events (id, provider, event_id, claim, type, payload, payload_hash, signatures, status, "
		"next_attempt_at) SELECT UNHEX(LPAD(HEX(s.seq), 32, '0')), 'paypal', CONCAT('WH-FILL-', s.seq), 'x', 'X', '{}', "
		"REPEAT('x', 32), 's', 'unverified', NOW(3) + INTERVAL 1 HOUR FROM seq_1_to_200 s"),
	    200);
	answer = send_event("CERT-another", body);
	sql_run("DELETE FROM webhook_events WHERE event_id LIKE 'WH-FILL-%%'");
	EXPECT_PROBLEM(answer, 503, "event_unverified");
	CHECK_TEXT(header_of(&answer, "Retry-After"), "60");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM webhook_events WHERE event_id = 'WH-NO-ROOM'"), 0);
}

static const char *
dispute_of(const struct attempt *attempt)
{
	return sql_text("SELECT d.status FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
	    attempt->reference);
}

/* PayPal is asked until its dispute is so, with that fee: the job that asks may be past this payment already. */
static void
compare_until(const struct attempt *attempt, const char *expected)
{
	enum { TRIES = 50, PAUSE_US = 600000 };
	const char *now = "";

	for (int i = 0; i < TRIES && strcmp(now, expected) != 0; i++) {
		compare(attempt);
		usleep(PAUSE_US);
		now = sql_text("SELECT IFNULL(MAX(CONCAT(d.status, ' ', IFNULL(d.fee_minor, '-'))), 'none') FROM disputes d "
			       "JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
		    attempt->reference);
	}
	CHECK_TEXT(now, expected);
}

static void
compare_until_refunded(const struct attempt *attempt)
{
	enum { TRIES = 50, PAUSE_US = 600000 };

	for (int i = 0;
	     i < TRIES && sql_number("SELECT refunded_minor FROM payments WHERE reference = '%s'", attempt->reference) == 0;
	     i++) {
		compare(attempt);
		usleep(PAUSE_US);
	}
}

static void
test_disputes(void)
{
	struct attempt attempt = paid();

	act("dispute", &attempt);
	wait_status(&attempt, "disputed");
	CHECK_TEXT(dispute_of(&attempt), "open");
	act("dispute-win", &attempt);
	wait_status(&attempt, "succeeded");
	CHECK_TEXT(dispute_of(&attempt), "won");
	attempt = paid();
	sandbox_switch(attempt.order, "{\"webhook_never\": true}");
	act("dispute", &attempt);
	compare_until(&attempt, "open -");
	wait_status(&attempt, "disputed");
	act("dispute-lose", &attempt);
	compare_until(&attempt, "lost 1500");
	CHECK_INT(
	    sql_number("SELECT d.money_moved FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
		attempt.reference),
	    1);
}

static const char *
new_dispute(struct attempt *attempt)
{
	*attempt = paid();
	act("dispute", attempt);
	wait_status(attempt, "disputed");
	return sql_text(
	    "SELECT d.id FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'", attempt->reference);
}

static void
test_disputes_are_answered(void)
{
	struct attempt attempt;
	const char    *id = new_dispute(&attempt);
	struct answer  answer = api_post(form("/disputes/%s/evidence", id), admin.access,
	     "{\"text\": \"It was delivered & signed for: 100 %.\", \"fields\": [{\"name\": \"tracking_number\", \"value\": \"1Z999\"}]}");

	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "submitted");
	id = new_dispute(&attempt);
	answer = api_post(form("/disputes/%s/accept", id), admin.access, NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "accepted");
}

/* What the payment and its dispute have left at PayPal, in the loss, and in the dispute. */
static void
check_given_back_once(const struct attempt *attempt)
{
	CHECK_INT(sql_number("SELECT refunded_minor FROM payments WHERE reference = '%s'", attempt->reference), attempt->total);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s' "
			     "AND r.status = 'succeeded'",
		      attempt->reference),
	    1);
	CHECK_INT(left_in(attempt, "clearing"), -1500); /* what the dispute costs */
	CHECK_INT(left_in(attempt, "difference"), 0);
	CHECK_INT(left_in(attempt, "disputed"), 0);
	CHECK_INT(left_in(attempt, "merchant"), 1500);
}

/* PayPal lists what ended the dispute as a movement of it and as a refund: it is given back once, whichever is heard of first. */
static void
test_refund_that_ended_a_dispute(void)
{
	struct attempt attempt = paid();

	act("dispute", &attempt);
	wait_status(&attempt, "disputed");
	act("dispute-refund", &attempt);
	WAIT_FOR("lost", "SELECT d.status FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
	    attempt.reference);
	compare_until_refunded(&attempt);
	check_given_back_once(&attempt);
	attempt = paid();
	sandbox_switch(attempt.order, "{\"webhook_never\": true}");
	act("dispute", &attempt);
	act("dispute-refund", &attempt);
	compare_until(&attempt, "lost 1500");
	compare_until_refunded(&attempt);
	check_given_back_once(&attempt);
}

static const char *
named_dispute(const struct attempt *attempt)
{
	return sql_text("SELECT IFNULL(MAX(r.provider_dispute_id), 'none') FROM refunds r JOIN payments p ON p.id = r.payment_id "
			"WHERE p.reference = '%s'",
	    attempt->reference);
}

/* The refund is written down while PayPal does not list the dispute yet, and gets its name once it does. */
static void
test_refund_that_ended_a_dispute_unlisted(void)
{
	struct attempt attempt = paid();

	sandbox_switch(attempt.order, "{\"disputes_unlisted\": true, \"webhook_never\": true}");
	act("dispute", &attempt);
	act("dispute-refund", &attempt);
	compare_until_refunded(&attempt);
	CHECK_TEXT(named_dispute(&attempt), "none");
	sandbox_switch(attempt.order, "{\"disputes_unlisted\": false, \"webhook_never\": false}");
	act("dispute-tell", &attempt);
	WAIT_FOR("1",
	    "SELECT COUNT(*) FROM refunds r JOIN disputes d ON d.payment_id = r.payment_id "
	    "AND d.provider_dispute_id = r.provider_dispute_id JOIN payments p ON p.id = r.payment_id "
	    "WHERE p.reference = '%s' AND d.status = 'lost'",
	    attempt.reference);
	check_given_back_once(&attempt);
}

static void
test_fee_is_noted(void)
{
	struct attempt attempt = paid();

	WAIT_FOR(form("%lld", (long long)(attempt.total * 349 / 10000 + 49)),
	    "SELECT fee_minor FROM payments WHERE reference = '%s'", attempt.reference);
}

static void
test_books(void)
{
	EXPECT_CONSISTENT();
}

SUITE("paypal", TEST(test_is_taken_once_the_payer_agrees), TEST(test_what_was_given_up_is_never_taken),
    TEST(test_declined_and_slow), TEST(test_declined_means_are_the_payers_to_change), TEST(test_a_refused_capture_is_final),
    TEST(test_a_lost_capture_is_found), TEST(test_a_token_that_ends_early), TEST(test_gives_back), TEST(test_unverified_events),
    TEST(test_old_events_are_not_kept), TEST(test_room_for_unverified_events), TEST(test_disputes),
    TEST(test_disputes_are_answered), TEST(test_refund_that_ended_a_dispute), TEST(test_refund_that_ended_a_dispute_unlisted),
    TEST(test_fee_is_noted), TEST(test_books))
