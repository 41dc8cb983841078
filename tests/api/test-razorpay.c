/* What is special to Razorpay: an order with several payments, money that we take ourselves, and what Checkout hands over. */
#include "base/arena.h"
#include "base/encoding.h"
#include "tests/api/shopping.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static struct person seller, customer;
static struct goods  goods;
static const char   *address;

static void
need_people(void)
{
	if (seller.id != NULL)
		return;
	seller = shopkeeper_new("INR");
	customer = person_new("customer");
	goods = goods_new(&seller, "2000.00", 1000);
	address = address_new(&customer);
}

static struct attempt
begin(void)
{
	struct attempt attempt;

	need_people();
	attempt.order = order_new(&customer, address, &goods, 1);
	REQUIRE(attempt.order != NULL);
	attempt.answer = payment_new(&customer, attempt.order, "razorpay");
	EXPECT(attempt.answer, 201);
	attempt.reference = text_at(&attempt.answer, "reference");
	attempt.transaction = text_at(&attempt.answer, "provider_transaction_id");
	attempt.total = sql_number("SELECT total_minor FROM orders WHERE id = '%s'", attempt.order);
	REQUIRE(attempt.transaction != NULL);
	return attempt;
}

/* The payer does something at Razorpay; the id of the payment there. */
static const char *
act(const char *what, const struct attempt *attempt, const char *body)
{
	struct answer answer = sandbox_call(form("/sandbox/razorpay/%s/%s", what, attempt->transaction), body);

	EXPECT(answer, 200);
	return text_at(&answer, "id");
}

static void
wait_for(const struct attempt *attempt, const char *status)
{
	WAIT_FOR(status, "SELECT status FROM payments WHERE reference = '%s'", attempt->reference);
}

static struct attempt
paid(void)
{
	struct attempt attempt = begin();

	act("pay", &attempt, "{}");
	wait_for(&attempt, "succeeded");
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
	return attempt;
}

/* What the stand-in took and gave back for the attempt. */
static int64_t
at_razorpay(const struct attempt *attempt, const char *member)
{
	struct answer answer = sandbox_call("/sandbox/razorpay/transactions", NULL);

	for (size_t i = 0; i < length_at(&answer, "results"); i++)
		if (strcmp(text_at(&answer, form("results.%zu.id", i)), attempt->transaction) == 0)
			return number_at(&answer, form("results.%zu.%s", i, member));
	return -1;
}

static void
wait_at_razorpay(const struct attempt *attempt, const char *member, int64_t expected)
{
	for (int i = 0; i < 1500 && at_razorpay(attempt, member) != expected; i++)
		nanosleep(&(struct timespec) { 0, 20000000L }, NULL);
	CHECK_INT(at_razorpay(attempt, member), expected);
}

static const char *
secret(const char *name)
{
	char  line[128] = "";
	FILE *file = fopen(form("%s/secrets/%s", shop_directory(), name), "re");

	REQUIRE(file != NULL && fgets(line, sizeof line, file) != NULL);
	fclose(file);
	line[strcspn(line, "\r\n")] = '\0';
	return form("%s", line);
}

static const char *
hmac(const char *key, const char *text)
{
	static struct arena *arena;
	unsigned char        digest[32];

	if (arena == NULL)
		arena = arena_new(1 << 20);
	hmac_sha256(key, strlen(key), text, strlen(text), digest);
	return hex_encode(arena, digest, sizeof digest);
}

/* As Checkout hands it to the page. */
static const char *
handed_over(const char *order, const char *charge, const char *signature)
{
	return form("{\"razorpay_order_id\": \"%s\", \"razorpay_payment_id\": \"%s\", \"razorpay_signature\": \"%s\"}", order,
	    charge, signature);
}

/* Authorised first; we take the money, and remember of which payment. */
static void
test_authorised_money_is_taken(void)
{
	struct attempt attempt = paid();

	CHECK_TEXT(text_at(&attempt.answer, "status"), "pending");
	CHECK(has_at(&attempt.answer, "redirect_url"));
	CHECK_INT(at_razorpay(&attempt, "received"), attempt.total);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE reference = '%s' AND provider_charge LIKE 'pay\\_%%'",
		      attempt.reference),
	    1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payment_answers a JOIN payments p ON p.id = a.payment_id "
			     "WHERE p.reference = '%s' AND a.kind = 'capture'",
		      attempt.reference),
	    1);
}

/* Nothing arrives but what the page was handed, and that is asked about. */
static void
test_checkout_is_verified(void)
{
	struct attempt attempt = begin(), other = begin();
	const char    *path = form("/payments/%s/verify", attempt.reference), *charge, *good;
	struct person  stranger = person_new("customer");

	sandbox_switch(attempt.reference, "{\"webhook_never\": true}");
	charge = act("pay", &attempt, "{}");
	good = hmac(secret("razorpay"), form("%s|%s", attempt.transaction, charge));
	EXPECT_FAULT(api_post(path, customer.access, "{}"), "razorpay_payment_id");
	EXPECT_FAULT(
	    api_post(path, customer.access, handed_over(attempt.transaction, charge, hmac("x", "y"))), "razorpay_signature");
	EXPECT_FAULT(api_post(path, customer.access, handed_over(attempt.transaction, "pay_other", good)), "razorpay_signature");
	EXPECT_FAULT(
	    api_post(path, customer.access,
		handed_over(other.transaction, charge, hmac(secret("razorpay"), form("%s|%s", other.transaction, charge)))),
	    "razorpay_order_id");
	CHECK_INT(at_razorpay(&attempt, "received"), 0);
	EXPECT_PROBLEM(api_post(path, stranger.access, handed_over(attempt.transaction, charge, good)), 404, "not_found");
	EXPECT_PROBLEM(api_post(path, seller.access, handed_over(attempt.transaction, charge, good)), 403, "forbidden");
	attempt.answer = api_post(path, customer.access, handed_over(attempt.transaction, charge, good));
	EXPECT(attempt.answer, 200);
	CHECK_TEXT(text_at(&attempt.answer, "status"), "succeeded");
	CHECK_INT(at_razorpay(&attempt, "received"), attempt.total);
	/* A true signature proves that a payment was begun, and not that it was paid. */
	sandbox_switch(other.reference, "{\"webhook_never\": true}");
	charge = act("process", &other, "{}");
	other.answer = api_post(form("/payments/%s/verify", other.reference), customer.access,
	    handed_over(other.transaction, charge, hmac(secret("razorpay"), form("%s|%s", other.transaction, charge))));
	EXPECT(other.answer, 200);
	CHECK_TEXT(text_at(&other.answer, "status"), "pending");
}

/* Not live when it was asked about, so nobody took the money; live from then on, so it is taken without waiting. */
static void
test_authorised_after_a_decline(void)
{
	struct attempt attempt = begin();
	const char    *charge, *signature;

	act("fail", &attempt, "{}");
	wait_for(&attempt, "failed");
	sandbox_switch(attempt.reference, "{\"webhook_never\": true}");
	charge = act("pay", &attempt, "{}");
	signature = hmac(secret("razorpay"), form("%s|%s", attempt.transaction, charge));
	EXPECT(api_post(form("/payments/%s/verify", attempt.reference), customer.access,
		   handed_over(attempt.transaction, charge, signature)),
	    200);
	wait_for(&attempt, "succeeded");
	CHECK_INT(at_razorpay(&attempt, "received"), attempt.total);
}

/* Others hand nothing over: they are only asked. */
static void
test_verify_of_others(void)
{
	struct attempt attempt;
	const char    *path;

	need_people();
	attempt = attempt_new(&customer, order_new(&customer, address, &goods, 1));
	path = form("/payments/%s/verify", attempt.reference);
	sandbox_switch(attempt.transaction, "{\"webhook_never\": true}");
	sandbox_act("pay", attempt.transaction);
	EXPECT_FAULT(api_post(path, customer.access, handed_over("order_1", "pay_1", "00")), "razorpay_signature");
	attempt.answer = api_post(path, customer.access, "{}");
	EXPECT(attempt.answer, 200);
	CHECK_TEXT(text_at(&attempt.answer, "status"), "succeeded");
}

/* The page of the stand-in hands the same over, and the return asks. */
static void
test_return_asks(void)
{
	struct attempt attempt = begin();
	struct answer  answer;

	sandbox_switch(attempt.reference, "{\"webhook_never\": true}");
	answer = sandbox_call(form("/razorpay/pay/%s", attempt.transaction), NULL);
	CHECK_INT(answer.status, 200);
	CHECK(strstr(answer.body, "2,000") != NULL || strstr(answer.body, "INR") != NULL);
	act("pay", &attempt, "{}");
	answer = api_get(form("/payments/return/razorpay?razorpay_payment_id=pay_x&razorpay_order_id=%s&razorpay_signature=00",
			     attempt.transaction),
	    NULL);
	CHECK_INT(answer.status, 303);
	CHECK(strstr(header_of(&answer, "Location"), "status=succeeded") != NULL);
}

/* What was captured beside the payment that counts goes back by itself, and the books never hear of it. */
static void
test_paid_twice(void)
{
	struct attempt attempt = paid();

	/* Only the events of the capture tell of it. */
	sandbox_switch(attempt.reference, "{\"webhook_never\": true}");
	act("pay", &attempt, "force=1");
	sandbox_switch(attempt.reference, "{\"webhook_never\": false}");
	act("capture", &attempt, "{}");
	wait_at_razorpay(&attempt, "refunded", attempt.total);
	CHECK_INT(at_razorpay(&attempt, "received"), 2 * attempt.total);
	WAIT_FOR("0", "SELECT COUNT(*) FROM webhook_events WHERE provider = 'razorpay' AND status = 'deferred'");
	CHECK_INT(sql_number("SELECT refunded_minor FROM payments WHERE reference = '%s'", attempt.reference), 0);
	wait_for(&attempt, "succeeded");
	/* The refund of the payment itself is another one. */
	EXPECT(api_post(form("/payments/%s/refunds", attempt.reference), person_new("admin").access, "{\"reason\": \"x\"}"), 201);
	wait_for(&attempt, "refunded");
	CHECK_INT(at_razorpay(&attempt, "refunded"), 2 * attempt.total);
}

/* Nobody gives back one of two before the books say which of them counts. */
static void
test_what_counts_is_booked_first(void)
{
	struct attempt attempt = begin();

	sandbox_switch(attempt.reference, "{\"webhook_never\": true}");
	act("pay", &attempt, "{}");
	act("pay", &attempt, "force=1");
	act("capture", &attempt, "{}");
	CHECK_INT(at_razorpay(&attempt, "received"), 2 * attempt.total);
	api_get(form("/payments/return/razorpay?razorpay_order_id=%s", attempt.transaction), NULL);
	wait_for(&attempt, "succeeded");
	wait_at_razorpay(&attempt, "refunded", attempt.total);
	/* The answer is written down only after it has gone back there. */
	WAIT_FOR("1",
	    "SELECT MIN(a.created_at) >= MAX(p.succeeded_at) FROM payment_answers a JOIN payments p ON p.id = a.payment_id "
	    "WHERE p.reference = '%s' AND a.kind = 'refund'",
	    attempt.reference);
	CHECK_INT(sql_number("SELECT refunded_minor FROM payments WHERE reference = '%s'", attempt.reference), 0);
}

/* The payer closed the bank's page, and tries again with the same order. */
static void
test_one_cancelled_try_ends_nothing(void)
{
	struct attempt attempt = begin();

	act("process", &attempt, "{}");
	act("abandon", &attempt, "{}");
	wait_for(&attempt, "failed");
	act("pay", &attempt, "{}");
	for (int i = 0;
	     i < 50 && sql_number("SELECT status = 'succeeded' FROM payments WHERE reference = '%s'", attempt.reference) == 0;
	     i++) {
		sql_run("UPDATE payments SET next_check_at = NOW(3) - INTERVAL 1 DAY WHERE reference = '%s'", attempt.reference);
		run_job_now("reconcile_payments");
		nanosleep(&(struct timespec) { 0, 600000000L }, NULL);
	}
	wait_for(&attempt, "succeeded");
	CHECK_INT(at_razorpay(&attempt, "received"), attempt.total);
}

/* The books name one charge; what Razorpay keeps of another one is not of this payment. */
static void
test_fee_of_another_charge(void)
{
	struct attempt attempt = begin();

	sql_run("UPDATE payments SET provider_charge = 'pay_another' WHERE reference = '%s'", attempt.reference);
	act("pay", &attempt, "{}");
	wait_for(&attempt, "succeeded");
	CHECK_INT(sql_number("SELECT fee_minor IS NULL FROM payments WHERE reference = '%s'", attempt.reference), 1);
}

/* What the payer agrees to after the attempt was given up is never taken. */
static void
test_given_up_is_not_taken(void)
{
	struct attempt attempt = begin();

	EXPECT(api_post(form("/payments/%s/cancel", attempt.reference), customer.access, NULL), 200);
	wait_for(&attempt, "cancelled");
	act("pay", &attempt, "{}");
	WAIT_FOR("processed",
	    "SELECT MAX(status) FROM webhook_events WHERE provider = 'razorpay' AND type = 'payment.authorized' "
	    "AND payload LIKE '%%%s%%'",
	    attempt.transaction);
	CHECK_INT(shop_command("reconcile", NULL), 0);
	wait_for(&attempt, "cancelled");
	CHECK_INT(at_razorpay(&attempt, "received"), 0);
}

/* An order whose answer was lost is found by its receipt. */
static void
test_lost_order_is_found(void)
{
	const char   *order;
	struct answer answer;

	need_people();
	order = order_new(&customer, address, &goods, 1);
	sandbox_switch(order, "{\"fail_after_charge\": 1}");
	EXPECT_PROBLEM(payment_new(&customer, order, "razorpay"), 502, "provider_unavailable");
	answer = payment_new(&customer, order, "razorpay");
	EXPECT(answer, 201);
	CHECK(has_at(&answer, "provider_transaction_id"));
}

/* A refund whose answer was lost is made once; one at the desk is booked; one that bounces is open again. */
static void
test_refunds(void)
{
	struct attempt attempt = paid();
	const char    *admin = person_new("admin").access, *path = form("/payments/%s/refunds", attempt.reference);

	sandbox_switch(attempt.reference, "{\"no_balance\": true}");
	EXPECT(api_post(path, admin, "{\"amount\": \"500.00\", \"reason\": \"x\"}"), 201);
	CHECK_TEXT(sql_text("SELECT r.status FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s'",
		       attempt.reference),
	    "pending");
	sandbox_switch(attempt.reference, "{\"no_balance\": false, \"fail_after_charge\": 1}");
	run_job_now("refund_payment");
	WAIT_FOR("50000", "SELECT refunded_minor FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_INT(at_razorpay(&attempt, "refunded"), 50000);
	act("refund", &attempt, "{\"amount\": 30000}");
	WAIT_FOR("80000", "SELECT refunded_minor FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_INT(sandbox_post(form("/sandbox/razorpay/bounce/%s",
				   sql_text("SELECT r.provider_refund_id FROM refunds r JOIN payments p ON p.id = r.payment_id "
					    "WHERE p.reference = '%s' AND r.amount_minor = 50000",
				       attempt.reference)),
		      NULL),
	    200);
	WAIT_FOR("30000", "SELECT refunded_minor FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_INT(
	    sql_number("SELECT hold_reason LIKE 'refund_bounced%%' FROM payments WHERE reference = '%s'", attempt.reference), 1);
}

/* Two per cent and the tax on that is what the stand-in keeps; a dispute moves nothing until it is lost. */
static void
test_fee_and_dispute(void)
{
	struct attempt attempt = paid();
	int64_t        fee = attempt.total / 50 + attempt.total / 50 * 18 / 100;

	CHECK_INT(sql_number("SELECT fee_minor FROM payments WHERE reference = '%s'", attempt.reference), fee);
	act("dispute", &attempt, "{}");
	wait_for(&attempt, "disputed");
	act("dispute-win", &attempt, "{}");
	wait_for(&attempt, "succeeded");
	attempt = paid();
	act("dispute", &attempt, "{}");
	wait_for(&attempt, "disputed");
	act("dispute-lose", &attempt, "{}");
	WAIT_FOR("lost", "SELECT d.status FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
	    attempt.reference);
	CHECK_INT(
	    sql_number("SELECT d.money_moved FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
		attempt.reference),
	    1);
	wait_for(&attempt, "disputed");
}

/* What counts is what Razorpay has deducted: the rest of a lost dispute is still there, and can be given back. */
static void
test_dispute_that_takes_less(void)
{
	struct attempt attempt = paid();

	act("dispute", &attempt, "{}");
	wait_for(&attempt, "disputed");
	act("dispute-lose", &attempt, form("{\"deducted\": %lld}", (long long)attempt.total - 5000));
	WAIT_FOR("lost", "SELECT d.status FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
	    attempt.reference);
	CHECK_INT(left_in(&attempt, "clearing"), 5000);
	CHECK_INT(left_in(&attempt, "disputed"), 0);
	CHECK_INT(left_in(&attempt, "difference"), 0);
	EXPECT(api_post(form("/payments/%s/refunds", attempt.reference), person_new("admin").access,
		   "{\"amount\": \"50.00\", \"reason\": \"x\"}"),
	    201);
	WAIT_FOR("5000", "SELECT refunded_minor FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_INT(left_in(&attempt, "clearing"), 0);
}

/* Its id here, once it is known. */
static const char *
disputed(struct attempt *attempt)
{
	*attempt = paid();
	act("dispute", attempt, "{}");
	wait_for(attempt, "disputed");
	return sql_text(
	    "SELECT d.id FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'", attempt->reference);
}

static void
wait_dispute(const char *id, const char *status)
{
	WAIT_FOR(status, "SELECT status FROM disputes WHERE id = '%s'", id);
}

/* Razorpay wants documents: words become one, and uploaded ones are named. */
static void
test_evidence(void)
{
	struct person  admin = person_new("admin");
	struct attempt attempt;
	const char    *path = form("/disputes/%s/evidence", disputed(&attempt));
	struct answer  answer;

	EXPECT_FAULT(api_post(path, admin.access, "{\"fields\": [{\"name\": \"uncategorized_text\", \"value\": \"x\"}]}"),
	    "fields.0.name");
	EXPECT_FAULT(api_post(path, admin.access, "{\"text\": \"টাকা পেয়েছে\"}"), "text");
	EXPECT_PROBLEM(
	    api_post(path, admin.access, "{\"fields\": [{\"name\": \"shipping_proof\", \"value\": \"doc_NobodysDocument\"}]}"),
	    502, "provider_refused");
	CHECK_TEXT(sql_text("SELECT d.status FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'",
		       attempt.reference),
	    "open");
	answer = api_post(path, admin.access,
	    form("{\"text\": \"delivered for ₹2000 %s\", \"fields\": [{\"name\": \"shipping_proof\", \"value\": \"1Z999\"}, "
		 "{\"name\": \"explanation_letter\", \"value\": \"as agreed\"}]}",
		form("%01500d", 0)));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "submitted");
	CHECK(has_at(&answer, "evidence_sent_at"));
	EXPECT_PROBLEM(api_post(path, admin.access, "{\"text\": \"more\"}"), 409, "dispute_state");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payment_answers a JOIN payments p ON p.id = a.payment_id "
			     "WHERE p.reference = '%s' AND a.kind = 'dispute' AND a.body LIKE '%%delivered%%'",
		      attempt.reference),
	    0);
	act("dispute-win", &attempt, "{}");
	wait_for(&attempt, "succeeded");
}

/* What is accepted is lost, and Razorpay takes the money. */
static void
test_acceptance(void)
{
	struct person  admin = person_new("admin");
	struct attempt attempt;
	const char    *id = disputed(&attempt), *path = form("/disputes/%s/accept", id);
	struct answer  answer = api_post(path, admin.access, NULL);

	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "accepted");
	CHECK_INT(sql_number("SELECT money_moved FROM disputes WHERE id = '%s'", id), 1);
	EXPECT_PROBLEM(api_post(path, admin.access, NULL), 409, "dispute_state");
	sandbox_post("/sandbox/flush", "{}");
	wait_dispute(id, "accepted");
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", attempt.reference), "disputed");
}

/* More refunds than are told at once: each is known, those of the desk, too. */
static void
test_many_refunds(void)
{
	struct attempt attempt = paid();

	sandbox_switch(attempt.reference, "{\"webhook_never\": true}");
	for (int i = 0; i < 101; i++)
		act("refund", &attempt, "{\"amount\": 100}");
	sql_run("UPDATE payments SET next_check_at = NOW(3) WHERE reference = '%s'", attempt.reference);
	run_job_now("reconcile_payments");
	WAIT_FOR("101", "SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s'",
	    attempt.reference);
}

static struct answer
deliver(const char *body, const char *id)
{
	return api_call("POST", "/webhooks/razorpay", NULL, body,
	    HEADERS(
		form("X-Razorpay-Signature: %s", hmac(secret("razorpay-webhook"), body)), form("X-Razorpay-Event-Id: %s", id)));
}

/* The event's id stands in a header. */
static void
test_event_ids(void)
{
	const char   *id = form("evt%s", fresh_phone() + 1);
	const char   *body = form("{\"entity\":\"event\",\"event\":\"invoice.paid\",\"payload\":{},\"note\":\"%s\"}", id);
	struct answer answer;

	answer = deliver(body, id);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "ignored");
	answer = deliver(body, id);
	CHECK_TEXT(text_at(&answer, "status"), "already_processed");
	EXPECT_PROBLEM(deliver(form("%s ", body), id), 409, "event_collision");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM webhook_events WHERE provider = 'razorpay' AND event_id = '%s'", id), 1);
	EXPECT_PROBLEM(api_call("POST", "/webhooks/razorpay", NULL, body,
			   HEADERS(form("X-Razorpay-Signature: %s", hmac("another", body)), "X-Razorpay-Event-Id: x")),
	    401, "bad_signature");
	/* Without one what was sent is its own id. */
	answer = api_call("POST", "/webhooks/razorpay", NULL, body,
	    HEADERS(form("X-Razorpay-Signature: %s", hmac(secret("razorpay-webhook"), body))));
	EXPECT(answer, 200);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM webhook_events WHERE provider = 'razorpay' AND event_id LIKE 'sha256:%%' "
			     "AND payload LIKE '%%%s%%'",
		      id),
	    1);
}

static void
test_books_agree(void)
{
	EXPECT_CONSISTENT();
}

SUITE("razorpay", TEST(test_authorised_money_is_taken), TEST(test_checkout_is_verified), TEST(test_authorised_after_a_decline),
    TEST(test_verify_of_others), TEST(test_return_asks), TEST(test_paid_twice), TEST(test_what_counts_is_booked_first),
    TEST(test_one_cancelled_try_ends_nothing), TEST(test_fee_of_another_charge), TEST(test_given_up_is_not_taken),
    TEST(test_lost_order_is_found), TEST(test_refunds), TEST(test_fee_and_dispute), TEST(test_dispute_that_takes_less),
    TEST(test_evidence), TEST(test_acceptance), TEST(test_many_refunds), TEST(test_event_ids), TEST(test_books_agree))
