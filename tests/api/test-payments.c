/* Payments as the payer, the seller and staff see them, with the sandbox as the provider and the real webhooks. */
#include "tests/api/shopping.h"

#include <stdio.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static struct person seller, customer, admin;
static struct goods  goods;
static const char   *address;

/* Everybody the tests need, made once. */
static void
need_people(void)
{
	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	customer = person_new("customer");
	admin = person_new("admin");
	goods = goods_new(&seller, "20.00", 1000);
	address = address_new(&customer);
}

static void
check_order(const char *order, const char *status, const char *payment_status)
{
	WAIT_FOR(status, "SELECT status FROM orders WHERE id = '%s'", order);
	WAIT_FOR(payment_status, "SELECT payment_status FROM orders WHERE id = '%s'", order);
}

static int64_t
on_hand(void)
{
	return sql_number("SELECT on_hand FROM inventory WHERE variant_id = '%s'", goods.variant);
}

static int64_t
reserved(void)
{
	return sql_number("SELECT reserved FROM inventory WHERE variant_id = '%s'", goods.variant);
}

/* An order of one, with a card payment begun. */
static struct attempt
begin(void)
{
	return attempt_new(&customer, order_new(&customer, address, &goods, 1));
}

static struct attempt
paid(void)
{
	struct attempt attempt = begin();

	sandbox_act("pay", attempt.transaction);
	check_order(attempt.order, "paid", "paid");
	return attempt;
}

static void
test_card_is_paid_once(void)
{
	struct attempt attempt;
	struct answer  answer;
	int64_t        before;

	need_people();
	before = on_hand();
	attempt = begin();
	CHECK_TEXT(text_at(&attempt.answer, "status"), "pending");
	CHECK_TEXT(text_at(&attempt.answer, "order_id"), attempt.order);
	CHECK(has_at(&attempt.answer, "client_secret"));
	CHECK(has_at(&attempt.answer, "redirect_url"));
	CHECK_INT(on_hand(), before);
	sandbox_act("pay", attempt.transaction);
	check_order(attempt.order, "paid", "paid");
	CHECK_INT(on_hand(), before - 1);
	answer = api_get(form("/payments/%s", attempt.reference), customer.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "succeeded");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM ledger_transactions t JOIN payments p ON p.id = t.origin_id "
			     "WHERE p.reference = '%s'",
		      attempt.reference),
	    1);
	CHECK_INT(
	    sql_number("SELECT SUM(e.amount_minor) FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id "
		       "JOIN payments p ON p.id = t.origin_id WHERE p.reference = '%s'",
		attempt.reference),
	    0);
	answer = api_get(form("/orders/%s/payments", attempt.order), customer.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
}

static void
test_commission_is_taken(void)
{
	struct attempt attempt;

	need_people();
	attempt = paid();
	CHECK_INT(sql_number("SELECT COUNT(*) FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id "
			     "JOIN ledger_transactions t ON t.id = e.transaction_id JOIN payments p ON p.id = t.origin_id "
			     "WHERE p.reference = '%s' AND a.kind = 'merchant' AND a.merchant_id = '%s' AND e.amount_minor < 0",
		      attempt.reference, seller.merchant),
	    1);
	CHECK_INT(sql_number("SELECT SUM(e.amount_minor) FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id "
			     "JOIN ledger_transactions t ON t.id = e.transaction_id JOIN payments p ON p.id = t.origin_id "
			     "WHERE p.reference = '%s' AND a.kind = 'clearing' AND t.source_kind <> 'fee'",
		      attempt.reference),
	    sql_number("SELECT total_minor FROM orders WHERE id = '%s'", attempt.order));
}

static void
test_declined_card_can_try_again(void)
{
	struct attempt attempt;
	struct answer  second;

	need_people();
	attempt = begin();
	sandbox_act("fail", attempt.transaction);
	WAIT_FOR("failed", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	check_order(attempt.order, "pending", "failed");
	CHECK(sql_text("SELECT failure_code FROM payments WHERE reference = '%s'", attempt.reference) != NULL);
	second = payment_new(&customer, attempt.order, "stripe");
	EXPECT(second, 201);
	CHECK_TEXT(sql_text("SELECT payment_status FROM orders WHERE id = '%s'", attempt.order), "pending");
	sandbox_act("pay", text_at(&second, "provider_transaction_id"));
	check_order(attempt.order, "paid", "paid");
}

static void
test_one_attempt_is_live(void)
{
	struct attempt attempt;
	struct answer  answer;

	need_people();
	attempt = begin();
	answer = payment_new(&customer, attempt.order, "stripe");
	EXPECT_PROBLEM(answer, 409, "payment_in_progress");
	answer = api_post(form("/payments/%s/cancel", attempt.reference), customer.access, NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "cancelled");
	answer = api_post(form("/payments/%s/cancel", attempt.reference), customer.access, NULL);
	EXPECT_PROBLEM(answer, 409, "payment_state");
	answer = payment_new(&customer, attempt.order, "stripe");
	EXPECT(answer, 201);
}

static void
test_refusals(void)
{
	struct person  other;
	struct attempt attempt;
	struct answer  answer;

	need_people();
	other = person_new("customer");
	attempt = begin();
	answer = payment_new(&other, attempt.order, "stripe");
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_get(form("/payments/%s", attempt.reference), other.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_get(form("/orders/%s/payments", attempt.order), other.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_post(form("/payments/%s/cancel", attempt.reference), other.access, NULL);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = payment_new(&customer, attempt.order, "barter");
	EXPECT_PROBLEM(answer, 409, "provider_unsupported");
	answer = api_post("/payments", customer.access,
	    form("{\"order_id\": \"%s\", \"provider\": \"stripe\", "
		 "\"return_url\": \"http://localhost.evil.test/x\"}",
		attempt.order));
	EXPECT_FAULT(answer, "return_url");
	answer = api_post("/payments", customer.access,
	    form("{\"order_id\": \"%s\", \"provider\": \"stripe\", "
		 "\"return_url\": \"http://localhost:x@evil.test/x\"}",
		attempt.order));
	EXPECT_FAULT(answer, "return_url");
	answer = api_post("/payments", customer.access, "{\"provider\": \"stripe\", \"colour\": 1}");
	EXPECT_FAULT(answer, "order_id");
	EXPECT_FAULT(answer, "colour");
	answer = api_get("/payments/PAY-0000000000", customer.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_get(form("/payments/%s", attempt.reference), seller.access);
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "client_secret"));
}

/* What a provider would refuse it is not asked for. */
static void
test_least_amount(void)
{
	struct goods  cheap;
	struct answer order, answer;

	need_people();
	cheap = goods_new(&seller, "0.20", 10);
	order = api_post("/orders", customer.access,
	    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"pickup\", \"items\": [{\"variant_id\": \"%s\", "
		 "\"quantity\": 1}]}",
		address, cheap.variant));
	EXPECT(order, 201);
	CHECK_TEXT(text_at(&order, "total"), "0.20");
	answer = payment_new(&customer, text_at(&order, "id"), "stripe");
	EXPECT_PROBLEM(answer, 422, "amount_unsupported");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE order_id = '%s'", text_at(&order, "id")), 0);
	EXPECT(payment_new(&customer, text_at(&order, "id"), "cod"), 201);
}

static void
test_refunds_never_exceed(void)
{
	struct attempt attempt;
	struct answer  answer;
	const char    *path, *total;

	need_people();
	attempt = paid();
	path = form("/payments/%s/refunds", attempt.reference);
	total = text_at(&attempt.answer, "amount");
	answer = api_post(path, customer.access, "{\"reason\": \"I want it back\"}");
	EXPECT_PROBLEM(answer, 403, "forbidden");
	answer = api_post(path, admin.access, "{\"amount\": \"1.005\", \"reason\": \"odd\"}");
	EXPECT_FAULT(answer, "amount");
	answer = api_post(path, admin.access, "{\"amount\": \"0\", \"reason\": \"nothing\"}");
	EXPECT_FAULT(answer, "amount");
	answer = api_post(path, admin.access, "{\"amount\": \"5.00\", \"reason\": \"a scratch\"}");
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "amount"), "5.00");
	CHECK_TEXT(text_at(&answer, "status"), "succeeded");
	check_order(attempt.order, "paid", "partially_refunded");
	answer = api_post(path, admin.access, form("{\"amount\": \"%s\", \"reason\": \"all of it again\"}", total));
	EXPECT_PROBLEM(answer, 409, "refund_too_large");
	answer = api_post(path, seller.access, "{\"reason\": \"the rest\"}");
	EXPECT(answer, 201);
	check_order(attempt.order, "refunded", "refunded");
	answer = api_post(path, admin.access, "{\"reason\": \"once more\"}");
	EXPECT_PROBLEM(answer, 409, "payment_state");
	answer = api_get(path, customer.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 2);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM (SELECT e.account_id FROM ledger_entries e JOIN ledger_transactions t "
			     "ON t.id = e.transaction_id JOIN payments p ON p.id = t.origin_id WHERE p.reference = '%s' "
			     "GROUP BY e.account_id HAVING SUM(e.amount_minor) <> 0) unbalanced",
		      attempt.reference),
	    0);
}

/* The worker dies behind the claim and before its answer is kept: the key's lease runs out, and the client asks again. */
static void
test_refund_is_claimed_once_under_its_key(void)
{
	struct attempt    attempt;
	struct answer     first, again;
	const char       *path;
	const char       *body = "{\"amount\": \"1.00\", \"reason\": \"a scratch\"}";
	const char *const headers[] = { form("Idempotency-Key: scratch-%s", fresh_phone()), NULL };

	need_people();
	attempt = paid();
	path = form("/payments/%s/refunds", attempt.reference);
	first = api_call("POST", path, admin.access, body, headers);
	EXPECT(first, 201);
	CHECK_INT(sql_run("UPDATE idempotency_keys SET status = 'running', response_status = NULL, response_body = NULL, "
			  "lease_until = NOW(3) - INTERVAL 1 SECOND WHERE made = '%s'",
		      text_at(&first, "id")),
	    1);
	again = api_call("POST", path, admin.access, body, headers);
	EXPECT(again, 201);
	CHECK_TEXT(text_at(&again, "id"), text_at(&first, "id"));
	CHECK_INT(sql_number("SELECT refund_claimed_minor FROM payments WHERE reference = '%s'", attempt.reference), 100);
	again = api_call("POST", path, admin.access, body, headers);
	EXPECT(again, 201);
	CHECK_TEXT(header_of(&again, "Idempotent-Replayed"), "true");
}

/* The worker died between writing the attempt and storing the answer: the same request gets the same attempt. */
static void
test_attempt_goes_on_under_its_key(void)
{
	const char       *order, *body;
	struct answer     first, again;
	const char *const headers[] = { form("Idempotency-Key: attempt-%s", fresh_phone()), NULL };

	need_people();
	order = order_new(&customer, address, &goods, 1);
	body = form("{\"order_id\": \"%s\", \"provider\": \"stripe\"}", order);
	first = api_call("POST", "/payments", customer.access, body, headers);
	EXPECT(first, 201);
	CHECK_INT(sql_run("UPDATE idempotency_keys SET status = 'running', response_status = NULL, response_body = NULL, "
			  "lease_until = NOW(3) - INTERVAL 1 SECOND WHERE made = '%s'",
		      text_at(&first, "id")),
	    1);
	again = api_call("POST", "/payments", customer.access, body, headers);
	EXPECT(again, 201);
	CHECK_TEXT(text_at(&again, "reference"), text_at(&first, "reference"));
	CHECK_TEXT(text_at(&again, "provider_transaction_id"), text_at(&first, "provider_transaction_id"));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE order_id = '%s'", order), 1);
}

/* The refund's own job has given up, hours ago; the money is owed all the same. */
static void
test_forgotten_refund_is_taken_up(void)
{
	struct attempt attempt;
	struct answer  answer;
	const char    *refund;

	need_people();
	attempt = paid();
	sandbox_switch(attempt.transaction, "{\"fail_before\": 1}");
	answer = api_post(form("/payments/%s/refunds", attempt.reference), admin.access, "{\"reason\": \"broken\"}");
	EXPECT(answer, 201);
	refund = text_at(&answer, "id");
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE unique_key = 'refund:%s' AND status = 'running'", refund);
	sql_run("DELETE FROM jobs WHERE unique_key = 'refund:%s'", refund);
	sql_run("UPDATE refunds SET next_attempt_at = NOW(3) - INTERVAL 1 HOUR WHERE id = '%s'", refund);
	run_job_now("reconcile_payments");
	WAIT_FOR("succeeded", "SELECT status FROM refunds WHERE id = '%s'", refund);
}

static void
test_cash_on_delivery(void)
{
	const char   *order, *reference;
	struct answer answer;
	int64_t       before;

	need_people();
	before = on_hand();
	order = order_new(&customer, address, &goods, 2);
	answer = payment_new(&customer, order, "cod");
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "pending");
	reference = text_at(&answer, "reference");
	CHECK(sql_number("SELECT expires_at > NOW(3) + INTERVAL 71 HOUR FROM orders WHERE id = '%s'", order) == 1);
	answer = api_post(form("/payments/%s/collect", reference), admin.access, NULL);
	EXPECT_PROBLEM(answer, 409, "payment_state");
	answer = api_post(form("/payments/%s/confirm", reference), customer.access, NULL);
	EXPECT_PROBLEM(answer, 403, "forbidden");
	answer = api_post(form("/payments/%s/confirm", reference), seller.access, NULL);
	EXPECT(answer, 200);
	check_order(order, "confirmed", "pending");
	CHECK_INT(on_hand(), before - 2);
	answer = api_post(form("/payments/%s/cancel", reference), customer.access, NULL);
	EXPECT_PROBLEM(answer, 409, "payment_state");
	sql_run("UPDATE payments SET review = NULL WHERE reference = '%s'", reference);
	parcel_delivered(&seller, order, &seller);
	answer = api_post(form("/payments/%s/collect", reference), admin.access, NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "succeeded");
	check_order(order, "delivered", "paid");
	answer = api_post(form("/payments/%s/collect", reference), admin.access, NULL);
	EXPECT_PROBLEM(answer, 409, "payment_state");
}

/* Cash that was collected; its reference. */
static const char *
collected(void)
{
	const char *order = order_new(&customer, address, &goods, 2), *reference = cash_confirmed(&customer, &seller, order);

	parcel_delivered(&seller, order, &seller);
	EXPECT(api_post(form("/payments/%s/collect", reference), admin.access, NULL), 200);
	return reference;
}

static struct answer
hand_out(const char *refund, const struct person *by)
{
	return api_post(form("/refunds/%s/paid", refund), by->access, "{\"reason\": \"at the counter\"}");
}

/* Since when the oldest refund waits that an alarm is about.  A busy database does not say everything in its half second each time. */
static int64_t
refunds_wait_seconds(void)
{
	enum { TRIES = 60 };
	static const char name[] = "\nhaat_refunds_age_seconds ";
	const char       *at = NULL;

	for (int i = 0; at == NULL && i < TRIES; i++)
		at = strstr(api_get("/metrics", NULL).body, name);
	return at == NULL ? INT64_MAX : strtoll(at + strlen(name), NULL, 10);
}

static void
test_cash_is_given_back_by_hand(void)
{
	const char   *reference, *id;
	struct answer answer;

	need_people();
	reference = collected();
	answer =
	    api_post(form("/payments/%s/refunds", reference), seller.access, "{\"amount\": \"1.00\", \"reason\": \"scratched\"}");
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "pending");
	id = text_at(&answer, "id");
	CHECK_INT(sql_number("SELECT next_attempt_at IS NULL FROM refunds WHERE id = '%s'", id), 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM jobs WHERE unique_key = 'refund:%s'", id), 0);
	sql_run("UPDATE refunds SET created_at = created_at - INTERVAL 2 DAY WHERE id = '%s'", id);
	CHECK(refunds_wait_seconds() < 24 * 3600);
	/* Nor does the job come by again and again, should it have been told to before. */
	sql_run("UPDATE refunds SET next_attempt_at = NOW(3) - INTERVAL 1 HOUR WHERE id = '%s'", id);
	run_job_now("reconcile_payments");
	WAIT_FOR("1", "SELECT next_attempt_at IS NULL FROM refunds WHERE id = '%s'", id);
	CHECK_INT(sql_number("SELECT refunded_minor FROM payments WHERE reference = '%s'", reference), 0);
	EXPECT_PROBLEM(hand_out(id, &seller), 403, "forbidden");
	EXPECT_PROBLEM(hand_out("01890000-0000-7000-8000-00000000dead", &admin), 404, "not_found");
	answer = hand_out(id, &admin);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "succeeded");
	CHECK_INT(sql_number("SELECT refunded_minor FROM payments WHERE reference = '%s'", reference), 100);
	CHECK_TEXT(sql_text("SELECT paid_reason FROM refunds WHERE id = '%s'", id), "at the counter");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE action = 'refund.paid' AND subject_id = '%s'", id), 1);
	answer = hand_out(id, &admin);
	EXPECT_PROBLEM(answer, 409, "payment_state");
	CHECK_INT(sql_number("SELECT refunded_minor FROM payments WHERE reference = '%s'", reference), 100);
}

static void
test_cash_of_a_refunded_order_waits_for_its_payer(void)
{
	const char   *reference, *order;
	struct answer answer;

	need_people();
	reference = collected();
	order = sql_text("SELECT CAST(order_id AS UUID) FROM payments WHERE reference = '%s'", reference);
	EXPECT(api_post(form("/payments/%s/refunds", reference), admin.access, "{\"reason\": \"broken\"}"), 201);
	check_order(order, "delivered", "paid");
	answer = api_get(form("/payments/%s/refunds", reference), customer.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.status"), "pending");
	EXPECT(hand_out(text_at(&answer, "results.0.id"), &admin), 200);
	check_order(order, "refunded", "refunded");
}

static void
test_no_hand_gives_a_providers_money_back(void)
{
	struct attempt attempt;
	const char    *id;
	struct answer  answer;

	need_people();
	attempt = paid();
	sandbox_switch(attempt.transaction, "{\"webhook_never\": true, \"refund_pending\": true}");
	answer = api_post(form("/payments/%s/refunds", attempt.reference), admin.access, "{\"reason\": \"late\"}");
	EXPECT(answer, 201);
	id = text_at(&answer, "id");
	CHECK_TEXT(text_at(&answer, "status"), "pending");
	EXPECT_PROBLEM(hand_out(id, &admin), 409, "payment_state");
	CHECK_TEXT(sql_text("SELECT status FROM refunds WHERE id = '%s'", id), "pending");
}

static void
test_suspended_seller_moves_no_money(void)
{
	struct answer answer;
	const char   *order, *reference;

	need_people();
	order = order_new(&customer, address, &goods, 1);
	answer = payment_new(&customer, order, "cod");
	EXPECT(answer, 201);
	reference = text_at(&answer, "reference");
	sql_run("UPDATE merchants SET status = 'suspended' WHERE id = '%s'", seller.merchant);
	EXPECT_PROBLEM(api_post(form("/payments/%s/confirm", reference), seller.access, NULL), 403, "merchant_inactive");
	EXPECT_PROBLEM(
	    api_post(form("/payments/%s/refunds", reference), seller.access, "{\"reason\": \"mine\"}"), 403, "merchant_inactive");
	/* Nor does anybody send its goods out; what is on its way is paid for. */
	EXPECT_PROBLEM(api_post(form("/payments/%s/confirm", reference), admin.access, NULL), 409, "order_not_payable");
	check_order(order, "pending", "pending");
	sql_run("UPDATE merchants SET status = 'active' WHERE id = '%s'", seller.merchant);
	EXPECT(api_post(form("/payments/%s/confirm", reference), admin.access, NULL), 200);
	sql_run("UPDATE payments SET review = NULL WHERE reference = '%s'", reference);
	parcel_delivered(&seller, order, &seller);
	sql_run("UPDATE merchants SET status = 'suspended' WHERE id = '%s'", seller.merchant);
	EXPECT_PROBLEM(api_post(form("/payments/%s/collect", reference), seller.access, NULL), 403, "merchant_inactive");
	EXPECT(api_post(form("/payments/%s/collect", reference), admin.access, NULL), 200);
	sql_run("UPDATE merchants SET status = 'active' WHERE id = '%s'", seller.merchant);
}

static void
test_cash_that_nobody_paid(void)
{
	const char   *order, *reference;
	struct answer answer;
	int64_t       before;

	need_people();
	before = on_hand();
	order = order_new(&customer, address, &goods, 1);
	answer = payment_new(&customer, order, "cod");
	reference = text_at(&answer, "reference");
	EXPECT(api_post(form("/payments/%s/confirm", reference), admin.access, NULL), 200);
	answer = api_post(form("/payments/%s/fail", reference), seller.access, NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "failed");
	check_order(order, "cancelled", "failed");
	CHECK_INT(on_hand(), before);
}

static void
test_cancelled_paid_order_is_refunded(void)
{
	struct attempt attempt;
	int64_t        before;

	need_people();
	before = on_hand();
	attempt = paid();
	EXPECT(api_post(form("/orders/%s/cancel", attempt.order), customer.access, "{\"reason\": \"changed my mind\"}"), 200);
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	check_order(attempt.order, "cancelled", "refunded");
	CHECK_INT(on_hand(), before);
}

static void
test_cancelled_order_ends_its_attempt(void)
{
	struct attempt attempt;

	need_people();
	attempt = begin();
	EXPECT(api_post(form("/orders/%s/cancel", attempt.order), customer.access, "{}"), 200);
	WAIT_FOR("cancelled", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
}

static void
expire(const char *order)
{
	sql_run("UPDATE orders SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE id = '%s'", order);
	run_job_now("expire_orders");
	WAIT_FOR("expired", "SELECT status FROM orders WHERE id = '%s'", order);
}

static void
test_late_money_reserves_again(void)
{
	struct attempt attempt;
	int64_t        before_hand, before_reserved;

	need_people();
	before_hand = on_hand();
	before_reserved = reserved();
	attempt = begin();
	expire(attempt.order);
	CHECK_INT(reserved(), before_reserved);
	WAIT_FOR("cancelled", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/pay/%s", attempt.transaction), "force=1"), 200);
	check_order(attempt.order, "paid", "paid");
	CHECK_INT(on_hand(), before_hand - 1);
}

static void
test_late_money_without_stock_goes_back(void)
{
	struct goods  last;
	const char   *order, *reference, *transaction;
	struct answer answer;

	need_people();
	last = goods_new(&seller, "7.00", 1);
	order = order_new(&customer, address, &last, 1);
	answer = payment_new(&customer, order, "stripe");
	reference = text_at(&answer, "reference");
	transaction = text_at(&answer, "provider_transaction_id");
	expire(order);
	CHECK(order_new(&customer, address, &last, 1) != NULL);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/pay/%s", transaction), "force=1"), 200);
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", reference);
	check_order(order, "expired", "pending");
	CHECK_INT(sql_number("SELECT on_hand FROM inventory WHERE variant_id = '%s'", last.variant), 1);
}

static void
test_second_success_goes_back(void)
{
	struct attempt attempt;
	struct answer  second;

	need_people();
	attempt = begin();
	sandbox_act("fail", attempt.transaction);
	WAIT_FOR("failed", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	second = payment_new(&customer, attempt.order, "stripe");
	EXPECT(second, 201);
	sandbox_act("pay", text_at(&second, "provider_transaction_id"));
	check_order(attempt.order, "paid", "paid");
	CHECK_INT(sandbox_post(form("/sandbox/stripe/pay/%s", attempt.transaction), "force=1"), 200);
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	check_order(attempt.order, "paid", "paid");
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", text_at(&second, "reference")), "succeeded");
}

static void
test_wrong_amount_is_held(void)
{
	struct attempt attempt;

	need_people();
	attempt = begin();
	sandbox_switch(attempt.transaction, "{\"wrong_amount\": 1}");
	sandbox_act("pay", attempt.transaction);
	WAIT_FOR("1", "SELECT hold_reason LIKE 'amount_mismatch%%' FROM payments WHERE reference = '%s'", attempt.reference);
	check_order(attempt.order, "pending", "pending");
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", attempt.reference), "processing");
}

static void
test_silent_provider_is_asked(void)
{
	struct attempt attempt;

	need_people();
	attempt = begin();
	sandbox_switch(attempt.transaction, "{\"webhook_never\": true}");
	sandbox_act("pay", attempt.transaction);
	sql_run("UPDATE payments SET next_check_at = NOW(3) WHERE reference = '%s'", attempt.reference);
	run_job_now("reconcile_payments");
	check_order(attempt.order, "paid", "paid");
}

static void
test_return_asks_at_once(void)
{
	struct attempt attempt;
	struct answer  answer;

	need_people();
	attempt = begin();
	sandbox_switch(attempt.transaction, "{\"webhook_never\": true}");
	sandbox_act("pay", attempt.transaction);
	answer = api_get(form("/payments/return/stripe?payment_intent=%s&redirect_status=succeeded", attempt.transaction), NULL);
	EXPECT(answer, 303);
	CHECK(strstr(header_of(&answer, "Location"), "status=succeeded") != NULL);
	check_order(attempt.order, "paid", "paid");
	answer = api_get("/payments/return/stripe?payment_intent=pi_unknown", NULL);
	EXPECT_PROBLEM(answer, 404, "not_found");
}

/* As a page of a bank sends it: with no cookie, from another site. */
static struct answer
returned_by_form(const char *provider, const char *fields)
{
	return api_call("POST", form("/payments/return/%s", provider), NULL, fields,
	    HEADERS(
		"Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: cross-site", "Origin: https://bank.example"));
}

static void
test_return_by_form(void)
{
	const char   *long_value = form("razorpay_order_id=%05000d", 7);
	struct answer answer = returned_by_form("razorpay", "razorpay_order_id=order_1&error%5Bcode%5D=BAD+CARD");

	EXPECT(answer, 303);
	CHECK_TEXT(header_of(&answer, "Location"),
	    "/api/v1/payments/return/razorpay?razorpay_order_id=order_1&error%5Bcode%5D=BAD+CARD");
	EXPECT_PROBLEM(returned_by_form("nobody", "a=b"), 404, "not_found");
	EXPECT_PROBLEM(returned_by_form("cod", "a=b"), 404, "not_found");
	EXPECT_PROBLEM(returned_by_form("razorpay", "a=b\r\nSet-Cookie: x=y"), 404, "not_found");
	EXPECT_PROBLEM(returned_by_form("razorpay", "a=b#c"), 404, "not_found");
	EXPECT_PROBLEM(returned_by_form("razorpay", long_value), 404, "not_found");
}

static void
test_provider_that_fails_after_acting(void)
{
	struct answer  answer;
	struct attempt attempt = { .order = NULL };
	const char    *path;

	need_people();
	attempt.order = order_new(&customer, address, &goods, 1);
	sandbox_switch(attempt.order, "{\"fail_after_charge\": 1}");
	answer = payment_new(&customer, attempt.order, "stripe");
	EXPECT_PROBLEM(answer, 502, "provider_unavailable");
	answer = payment_new(&customer, attempt.order, "stripe");
	EXPECT(answer, 201);
	path = form("/payments/%s/refunds", text_at(&answer, "reference"));
	sandbox_act("pay", text_at(&answer, "provider_transaction_id"));
	check_order(attempt.order, "paid", "paid");
	/* The refund is made, the answer is a 500: it is found and not made again. */
	sandbox_switch(attempt.order, "{\"fail_after_charge\": 1, \"webhook_never\": true}");
	answer = api_post(path, admin.access, "{\"amount\": \"3.00\", \"reason\": \"a dent\"}");
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "pending");
	run_job_now("refund_payment");
	WAIT_FOR("succeeded", "SELECT status FROM refunds WHERE id = '%s'", text_at(&answer, "id"));
	CHECK_INT(sql_number("SELECT refunded_minor FROM payments WHERE order_id = '%s' AND status = 'partially_refunded'",
		      attempt.order),
	    300);
}

/* --- webhooks ------------------------------------------------------------------------------------------------------ */

static struct answer
deliver(const char *body, const char *signature)
{
	const char *headers[] = { signature, NULL };

	return api_call("POST", "/webhooks/stripe", NULL, body, headers);
}

static const char *
success_event(const char *id, const char *transaction, int64_t amount)
{
	return form(
	    "{\"id\": \"%s\", \"object\": \"event\", \"type\": \"payment_intent.succeeded\", \"created\": 1767323040, "
	    "\"data\": {\"object\": {\"id\": \"%s\", \"object\": \"payment_intent\", \"status\": \"succeeded\", \"amount\": %lld, "
	    "\"amount_received\": %lld, \"currency\": \"usd\", \"metadata\": {}}}}",
	    id, transaction, (long long)amount, (long long)amount);
}

static void
test_webhook_is_taken_once(void)
{
	struct attempt attempt;
	const char    *event, *body;
	struct answer  answer;
	int64_t        total;

	need_people();
	attempt = begin();
	total = sql_number("SELECT total_minor FROM orders WHERE id = '%s'", attempt.order);
	event = form("evt_test_%s", attempt.reference);
	body = success_event(event, attempt.transaction, total);
	answer = deliver(body, stripe_signature(body, 0));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "processed");
	check_order(attempt.order, "paid", "paid");
	answer = deliver(body, stripe_signature(body, 10));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "already_processed");
	body = success_event(event, attempt.transaction, total + 1);
	answer = deliver(body, stripe_signature(body, 0));
	EXPECT_PROBLEM(answer, 409, "event_collision");
	CHECK_INT(sql_number("SELECT collision_count FROM webhook_events WHERE event_id = '%s'", event), 1);
}

/* How often one event that settles an order asks the database: the fewest of several, as a worker's first has to connect. */
static void
test_settling_keeps_its_budget(void)
{
	long fewest = LONG_MAX;

	need_people();
	for (int i = 0; i < 8; i++) {
		struct attempt attempt = begin();
		const char    *body = success_event(form("evt_budget_%s", attempt.reference), attempt.transaction,
		       sql_number("SELECT total_minor FROM orders WHERE id = '%s'", attempt.order));
		struct answer  answer = deliver(body, stripe_signature(body, 0));

		EXPECT(answer, 200);
		CHECK_TEXT(text_at(&answer, "status"), "processed");
		fewest = answer.round_trips < fewest ? answer.round_trips : fewest;
	}
	if (fewest > 18)
		printf("%ld round trips\n", fewest);
	CHECK(fewest <= 18);
}

/* A success that is told again while the payment is disputed wins no dispute, and posts nothing. */
static void
test_dispute_is_not_won_by_a_repetition(void)
{
	struct attempt attempt;
	const char    *body;
	struct answer  answer;
	int64_t        total, posted;

	need_people();
	attempt = paid();
	total = sql_number("SELECT total_minor FROM orders WHERE id = '%s'", attempt.order);
	sql_run("UPDATE payments SET status = 'disputed', next_check_at = NULL WHERE reference = '%s'", attempt.reference);
	posted = sql_number("SELECT COUNT(*) FROM ledger_entries");
	body = success_event(form("evt_again_%s", attempt.reference), attempt.transaction, total);
	answer = deliver(body, stripe_signature(body, 0));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "processed");
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", attempt.reference), "disputed");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM ledger_entries"), posted);
	sql_run("UPDATE payments SET status = 'succeeded' WHERE reference = '%s'", attempt.reference);
}

static void
test_webhook_signature_is_needed(void)
{
	const char   *body = success_event("evt_forged", "pi_x", 100);
	struct answer answer;

	need_people();
	answer = api_call("POST", "/webhooks/stripe", NULL, body, NULL);
	EXPECT_PROBLEM(answer, 401, "bad_signature");
	answer =
	    deliver(body, "Stripe-Signature: t=1767323045,v1=975686aa27530225d05aa1faaae1ac353168fbc9e63d1692d94ba3cbbc2fc2ec");
	EXPECT_PROBLEM(answer, 401, "bad_signature");
	answer = deliver(body, stripe_signature("another body", 0));
	EXPECT_PROBLEM(answer, 401, "bad_signature");
	answer = deliver(body, stripe_signature(body, 302));
	EXPECT_PROBLEM(answer, 401, "bad_signature");
	answer = deliver(body, stripe_signature(body, -302));
	EXPECT_PROBLEM(answer, 401, "bad_signature");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM webhook_events WHERE event_id = 'evt_forged'"), 0);
	answer = deliver("{\"id\": \"evt_thin\", \"object\": \"v2.core.event\", \"type\": \"v1.x\"}",
	    stripe_signature("{\"id\": \"evt_thin\", \"object\": \"v2.core.event\", \"type\": \"v1.x\"}", 0));
	EXPECT_PROBLEM(answer, 400, "bad_request");
	answer = api_call("POST", "/webhooks/cod", NULL, body, NULL);
	EXPECT_PROBLEM(answer, 404, "not_found");
}

/* With our mark: the database was restored to a time before the payment, or it is about to be written. */
static const char *
marked_event(const char *id)
{
	return form("{\"id\": \"%s\", \"object\": \"event\", \"type\": \"payment_intent.succeeded\", \"data\": {\"object\": "
		    "{\"id\": \"pi_%s\", \"object\": \"payment_intent\", \"status\": \"succeeded\", \"amount\": 100, "
		    "\"amount_received\": 100, \"currency\": \"usd\", \"metadata\": {\"reference\": \"PAY-0000000000\"}}}}",
	    id, id);
}

static void
test_unknown_payment_is_deferred(void)
{
	const char   *event, *body;
	struct answer answer;

	need_people();
	event = form("evt_early_%s", fresh_phone() + 1);
	body = marked_event(event);
	answer = deliver(body, stripe_signature(body, 0));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "deferred");
	CHECK_TEXT(sql_text("SELECT status FROM webhook_events WHERE event_id = '%s'", event), "deferred");
	/* It is tried again, and after its last attempt it is dead, until it is sent again. */
	sql_run("UPDATE webhook_events SET attempts = 4, next_attempt_at = NOW(3) WHERE event_id = '%s'", event);
	run_job_now("replay_webhook");
	WAIT_FOR("dead", "SELECT status FROM webhook_events WHERE event_id = '%s'", event);
	answer = deliver(body, stripe_signature(body, 1));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "deferred");
	WAIT_FOR("deferred 1", "SELECT CONCAT(status, ' ', attempts) FROM webhook_events WHERE event_id = '%s'", event);
	sql_run("UPDATE webhook_events SET attempts = 4, next_attempt_at = NOW(3) WHERE event_id = '%s'", event);
	run_job_now("replay_webhook");
	WAIT_FOR("dead", "SELECT status FROM webhook_events WHERE event_id = '%s'", event);
	body =
	    form("{\"id\": \"%s-b\", \"object\": \"event\", \"type\": \"customer.created\", \"data\": {\"object\": {}}}", event);
	answer = deliver(body, stripe_signature(body, 0));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "ignored");
}

/* Another application uses the same account: its payments and refunds bear no mark of ours. */
static void
test_events_of_others_are_ignored(void)
{
	const char   *event, *body;
	struct answer answer;

	need_people();
	event = form("evt_other_%s", fresh_phone() + 1);
	body = success_event(event, form("pi_%s", event), 100);
	answer = deliver(body, stripe_signature(body, 0));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "ignored");
	CHECK_TEXT(sql_text("SELECT status FROM webhook_events WHERE event_id = '%s'", event), "ignored");
	body = form("{\"id\": \"%s-r\", \"object\": \"event\", \"type\": \"refund.updated\", \"data\": {\"object\": {\"id\": "
		    "\"re_%s\", \"object\": \"refund\", \"amount\": 100, \"currency\": \"usd\", \"status\": \"succeeded\", "
		    "\"payment_intent\": \"pi_%s\", \"metadata\": {}}}}",
	    event, event, event);
	answer = deliver(body, stripe_signature(body, 0));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "ignored");
	/* It may use the same names for marks of its own. */
	body = form("{\"id\": \"%s-m\", \"object\": \"event\", \"type\": \"refund.updated\", \"data\": {\"object\": {\"id\": "
		    "\"re_%s\", \"object\": \"refund\", \"amount\": 100, \"currency\": \"usd\", \"status\": \"succeeded\", "
		    "\"payment_intent\": \"pi_%s\", \"metadata\": {\"refund_id\": \"17\"}}}}",
	    event, event, event);
	answer = deliver(body, stripe_signature(body, 0));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "ignored");
	body = form("{\"id\": \"%s-n\", \"object\": \"event\", \"type\": \"payment_intent.succeeded\", \"data\": {\"object\": {"
		    "\"id\": \"pi_%s\", \"object\": \"payment_intent\", \"status\": \"succeeded\", \"amount_received\": 100, "
		    "\"currency\": \"usd\", \"metadata\": {\"reference\": \"INVOICE-17\"}}}}",
	    event, event);
	answer = deliver(body, stripe_signature(body, 0));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "ignored");
}

static void
test_webhook_before_our_own_commit(void)
{
	const char   *order;
	struct answer answer;

	need_people();
	order = order_new(&customer, address, &goods, 1);
	sandbox_switch(order, "{\"webhook_before_answer\": true, \"webhook_copies\": 2}");
	answer = payment_new(&customer, order, "stripe");
	EXPECT(answer, 201);
	sandbox_act("pay", text_at(&answer, "provider_transaction_id"));
	check_order(order, "paid", "paid");
}

/* A bank may send back a refund days after it succeeded: nobody is told that it was, but the payment is listed. */
static void
test_bounced_refund_is_held(void)
{
	struct attempt attempt;
	struct answer  answer;
	const char    *refund, *body;

	need_people();
	attempt = paid();
	answer = api_post(
	    form("/payments/%s/refunds", attempt.reference), admin.access, "{\"amount\": \"1.00\", \"reason\": \"late\"}");
	EXPECT(answer, 201);
	refund = text_at(&answer, "id");
	CHECK_TEXT(text_at(&answer, "status"), "succeeded");
	body = form(
	    "{\"id\": \"evt_bounce_%s\", \"object\": \"event\", \"type\": \"refund.failed\", \"data\": {\"object\": {\"id\": \"%s\", "
	    "\"object\": \"refund\", \"amount\": 100, \"currency\": \"usd\", \"status\": \"failed\", \"payment_intent\": \"%s\", "
	    "\"metadata\": {\"refund_id\": \"%s\"}}}}",
	    refund, text_at(&answer, "provider_refund_id"), attempt.transaction, refund);
	answer = deliver(body, stripe_signature(body, 0));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "processed");
	CHECK_TEXT(sql_text("SELECT hold_reason FROM payments WHERE reference = '%s'", attempt.reference),
	    form("refund_bounced: %s", refund));
	CHECK_TEXT(sql_text("SELECT status FROM refunds WHERE id = '%s'", refund), "bounced");
}

/* Beginning to pay again and again does not keep the goods for ever. */
static void
test_stock_is_not_kept_for_ever(void)
{
	const char   *order;
	struct answer answer;

	need_people();
	order = order_new(&customer, address, &goods, 1);
	sql_run("UPDATE orders SET created_at = created_at - INTERVAL 143 HOUR WHERE id = '%s'", order);
	answer = payment_new(&customer, order, "cod");
	EXPECT(answer, 201);
	CHECK_INT(sql_number("SELECT expires_at < NOW(3) + INTERVAL 2 HOUR FROM orders WHERE id = '%s'", order), 1);
	EXPECT(api_post(form("/payments/%s/cancel", text_at(&answer, "reference")), customer.access, NULL), 200);
	EXPECT(api_post(form("/orders/%s/cancel", order), customer.access, "{}"), 200);
}

static void
test_lists(void)
{
	struct attempt attempt;
	struct answer  answer;

	need_people();
	attempt = paid();
	attempt = paid();
	answer = api_get("/payments?limit=1", customer.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.reference"), attempt.reference);
	REQUIRE(has_at(&answer, "next"));
	answer = api_get(text_at(&answer, "next") + strlen("/api/v1"), customer.access);
	EXPECT(answer, 200);
	CHECK(has_at(&answer, "previous"));
	CHECK(strcmp(text_at(&answer, "results.0.reference"), attempt.reference) != 0);
	EXPECT(api_get("/payments?status=succeeded", seller.access), 200);
	EXPECT(api_get("/payments", admin.access), 200);
	answer = api_get("/payments?cursor=AAAA", admin.access);
	EXPECT_PROBLEM(answer, 400, "bad_cursor");
}

static void
test_all_is_consistent(void)
{
	need_people();
	EXPECT_CONSISTENT();
}

SUITE("payments", TEST(test_card_is_paid_once), TEST(test_commission_is_taken), TEST(test_declined_card_can_try_again),
    TEST(test_one_attempt_is_live), TEST(test_refusals), TEST(test_least_amount), TEST(test_refunds_never_exceed),
    TEST(test_refund_is_claimed_once_under_its_key), TEST(test_attempt_goes_on_under_its_key),
    TEST(test_forgotten_refund_is_taken_up), TEST(test_cash_on_delivery), TEST(test_cash_that_nobody_paid),
    TEST(test_suspended_seller_moves_no_money), TEST(test_cash_is_given_back_by_hand),
    TEST(test_cash_of_a_refunded_order_waits_for_its_payer), TEST(test_no_hand_gives_a_providers_money_back),
    TEST(test_cancelled_paid_order_is_refunded), TEST(test_cancelled_order_ends_its_attempt),
    TEST(test_late_money_reserves_again), TEST(test_late_money_without_stock_goes_back), TEST(test_second_success_goes_back),
    TEST(test_wrong_amount_is_held), TEST(test_silent_provider_is_asked), TEST(test_return_asks_at_once),
    TEST(test_return_by_form), TEST(test_provider_that_fails_after_acting), TEST(test_webhook_is_taken_once),
    TEST(test_settling_keeps_its_budget), TEST(test_dispute_is_not_won_by_a_repetition), TEST(test_webhook_signature_is_needed),
    TEST(test_unknown_payment_is_deferred), TEST(test_events_of_others_are_ignored), TEST(test_webhook_before_our_own_commit),
    TEST(test_bounced_refund_is_held), TEST(test_stock_is_not_kept_for_ever), TEST(test_lists), TEST(test_all_is_consistent))
