/* Refunds as the provider has them: made at its desk, forgotten here, sent back by a bank, of another amount. */
#include "tests/api/shopping.h"

#include <string.h>
#include <unistd.h>

static struct person seller, customer, admin;
static struct goods  goods;
static const char   *address;

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

static struct attempt
paid(void)
{
	need_people();
	return attempt_paid(&customer, order_new(&customer, address, &goods, 1));
}

static void
never_tell(const struct attempt *attempt)
{
	sandbox_switch(attempt->transaction, "{\"webhook_never\": true}");
}

static void
refund_at_desk(const struct attempt *attempt, const char *amount)
{
	CHECK_INT(sandbox_post(form("/sandbox/stripe/refund/%s", attempt->transaction), amount), 200);
}

static void
wait_refunded(const struct attempt *attempt, const char *minor)
{
	WAIT_FOR(minor, "SELECT refunded_minor FROM payments WHERE reference = '%s'", attempt->reference);
}

static int64_t
given_back(const struct attempt *attempt)
{
	struct answer intents = sandbox_intents();

	for (size_t i = 0; i < length_at(&intents, "payment_intents"); i++)
		if (strcmp(text_at(&intents, form("payment_intents.%zu.id", i)), attempt->transaction) == 0)
			return number_at(&intents, form("payment_intents.%zu.amount_refunded", i));
	return -1;
}

static struct answer
refund(const struct attempt *attempt, const char *amount)
{
	return api_post(form("/payments/%s/refunds", attempt->reference), admin.access,
	    amount == NULL ? "{\"reason\": \"a scratch\"}" : form("{\"amount\": \"%s\", \"reason\": \"a scratch\"}", amount));
}

static struct answer
tell(const struct attempt *attempt, const char *type, const char *object)
{
	static unsigned number;
	const char     *body = form(
		"{\"id\": \"evt_%s_%u\", \"object\": \"event\", \"type\": \"%s\", \"created\": 1767323040, \"data\": {\"object\": %s}}",
		attempt->reference, number++, type, object);
	const char *headers[] = { stripe_signature(body, 0), NULL };

	return api_call("POST", "/webhooks/stripe", NULL, body, headers);
}

static struct answer
tell_refund(const struct attempt *attempt, const char *id, const char *key, int amount)
{
	return tell(attempt, "refund.updated",
	    form("{\"id\": \"%s\", \"object\": \"refund\", \"amount\": %d, \"currency\": \"usd\", \"status\": \"succeeded\", "
		 "\"payment_intent\": \"%s\", \"metadata\": {\"refund_id\": \"%s\"}}",
		id, amount, attempt->transaction, key));
}

/* A restored database lacks the row of a refund that the provider has made. */
static void
test_lost_refund_is_written_down(void)
{
	struct attempt attempt = paid();
	struct answer  answer;
	const char    *id;

	refund_at_desk(&attempt, "amount=700&metadata[refund_id]=01a00000-0000-7000-8000-000000000001");
	wait_refunded(&attempt, "700");
	WAIT_FOR("partially_refunded", "SELECT payment_status FROM orders WHERE id = '%s'", attempt.order);
	/* Told again it is the same one. */
	id =
	    sql_text("SELECT r.provider_refund_id FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s'",
		attempt.reference);
	answer = tell_refund(&attempt, id, "01a00000-0000-7000-8000-000000000001", 700);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "processed");
	wait_refunded(&attempt, "700");
}

/* The job that an event asked for has asked. */
static void
wait_asked(const struct attempt *attempt)
{
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE unique_key = 'reconcile:%s'",
	    sql_text("SELECT id FROM payments WHERE reference = '%s'", attempt->reference));
}

/* What an event says of a refund that is not ours counts once the provider says so, too. */
static void
test_refund_that_the_provider_does_not_have(void)
{
	struct attempt attempt = paid();
	struct answer  answer;

	answer = tell_refund(&attempt, form("re_lost_%s", attempt.reference), "01a00000-0000-7000-8000-000000000002", 700);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "processed");
	wait_asked(&attempt);
	wait_refunded(&attempt, "0");
}

/* The events of one refund in the wrong order: that it had succeeded is older than that it failed. */
static void
test_old_success_of_a_failed_refund(void)
{
	struct attempt attempt = paid();
	struct answer  made;
	const char    *id, *provider_id;

	sandbox_switch(attempt.transaction, "{\"webhook_never\": true, \"refund_pending\": true}");
	made = refund(&attempt, "1.00");
	EXPECT(made, 201);
	id = text_at(&made, "id");
	provider_id = text_at(&made, "provider_refund_id");
	EXPECT(
	    tell(&attempt, "refund.failed",
		form("{\"id\": \"%s\", \"object\": \"refund\", \"amount\": 100, \"currency\": \"usd\", \"status\": \"failed\", "
		     "\"payment_intent\": \"%s\", \"metadata\": {\"refund_id\": \"%s\"}}",
		    provider_id, attempt.transaction, id)),
	    200);
	CHECK_TEXT(sql_text("SELECT status FROM refunds WHERE id = '%s'", id), "failed");
	EXPECT(tell_refund(&attempt, provider_id, id, 100), 200);
	wait_asked(&attempt);
	CHECK_TEXT(sql_text("SELECT status FROM refunds WHERE id = '%s'", id), "failed");
	wait_refunded(&attempt, "0");
}

static void
test_refund_looks_before_it_is_sent(void)
{
	struct attempt attempt = paid();
	struct answer  answer;

	never_tell(&attempt);
	refund_at_desk(&attempt, "amount=700");
	answer = refund(&attempt, "7.00");
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "failed");
	CHECK_TEXT(text_at(&answer, "failure_code"), "refunded_at_provider");
	wait_refunded(&attempt, "700");
	CHECK_INT(given_back(&attempt), 700);
	answer = refund(&attempt, "3.00");
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "status"), "succeeded");
	CHECK_INT(given_back(&attempt), 1000);
}

static void
test_rest_of_a_cancelled_order_goes_back(void)
{
	struct attempt attempt = paid();

	never_tell(&attempt);
	refund_at_desk(&attempt, "amount=700");
	EXPECT(api_post(form("/orders/%s/cancel", attempt.order), customer.access, "{}"), 200);
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_INT(given_back(&attempt), sql_number("SELECT total_minor FROM orders WHERE id = '%s'", attempt.order));
	WAIT_FOR("cancelled refunded", "SELECT CONCAT(status, ' ', payment_status) FROM orders WHERE id = '%s'", attempt.order);
}

static void
resume_refunds(const struct attempt *attempt)
{
	sql_run("UPDATE refunds SET next_attempt_at = NOW(3) - INTERVAL 1 HOUR WHERE status = 'pending' AND payment_id = "
		"(SELECT id FROM payments WHERE reference = '%s')",
	    attempt->reference);
	run_job_now("reconcile_payments");
}

static int64_t
refunds_of(const struct attempt *attempt, const char *condition)
{
	return sql_number("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s' AND %s",
	    attempt->reference, condition);
}

/* One that is pending at the provider is not known here, and may fail yet: ours waits for its end. */
static void
test_refund_waits_for_one_that_is_pending(void)
{
	struct attempt attempt = paid();

	sandbox_switch(attempt.transaction, "{\"webhook_never\": true, \"refund_pending\": true}");
	refund_at_desk(&attempt, "amount=700");
	EXPECT(api_post(form("/orders/%s/cancel", attempt.order), customer.access, "{}"), 200);
	WAIT_FOR("1",
	    "SELECT COUNT(*) FROM payment_answers a JOIN payments p ON p.id = a.payment_id WHERE p.reference = '%s' "
	    "AND a.kind = 'refund'",
	    attempt.reference);
	sleep(2);
	CHECK_INT(refunds_of(&attempt, "r.status = 'pending'"), 1);
	CHECK_INT(refunds_of(&attempt, "TRUE"), 1);
	CHECK_INT(given_back(&attempt), 700);
	sandbox_switch(attempt.transaction, "{\"refund_pending\": false}");
	CHECK_INT(sandbox_post(form("/sandbox/stripe/refunds-arrive/%s", attempt.transaction), NULL), 200);
	resume_refunds(&attempt);
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_INT(given_back(&attempt), sql_number("SELECT total_minor FROM orders WHERE id = '%s'", attempt.order));
}

/* A bank may need days: its job is done when the provider has taken it. */
static void
test_slow_refund_is_no_dead_letter(void)
{
	struct attempt attempt = paid();
	struct answer  made;

	sandbox_switch(attempt.transaction, "{\"webhook_never\": true, \"refund_pending\": true}");
	made = refund(&attempt, "7.00");
	EXPECT(made, 201);
	CHECK_TEXT(text_at(&made, "status"), "pending");
	run_job_now("refund_payment");
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE unique_key = 'refund:%s'", text_at(&made, "id"));
	CHECK_TEXT(sql_text("SELECT status FROM refunds WHERE id = '%s'", text_at(&made, "id")), "pending");
	CHECK_INT(given_back(&attempt), 700);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/refunds-arrive/%s", attempt.transaction), NULL), 200);
	resume_refunds(&attempt);
	WAIT_FOR("succeeded", "SELECT status FROM refunds WHERE id = '%s'", text_at(&made, "id"));
	wait_refunded(&attempt, "700");
}

/* Refund ours in vain, then the same amount at the desk (all of it: NULL). */
static struct attempt
refund_twice(const char *ours, const char *at_desk)
{
	struct attempt attempt = paid();
	struct answer  made;

	sandbox_switch(attempt.transaction, "{\"webhook_never\": true, \"fail_before\": 1}");
	made = refund(&attempt, ours);
	EXPECT(made, 201);
	CHECK_TEXT(text_at(&made, "status"), "pending");
	CHECK_INT(given_back(&attempt), 0);
	refund_at_desk(&attempt, at_desk);
	run_job_now("refund_payment");
	WAIT_FOR("failed refunded_at_provider", "SELECT CONCAT(status, ' ', failure_code) FROM refunds WHERE id = '%s'",
	    text_at(&made, "id"));
	return attempt;
}

static void
test_refund_looks_before_each_try(void)
{
	struct attempt attempt = refund_twice("7.00", "amount=700");

	wait_refunded(&attempt, "700");
	CHECK_INT(given_back(&attempt), 700);
	attempt = refund_twice(NULL, "");
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_INT(refunds_of(&attempt, "TRUE"), 2);
}

/* Its event says how much has gone back in all, and no more. */
static void
test_desk_refund_is_heard_of_by_its_charge(void)
{
	struct attempt attempt = paid();

	never_tell(&attempt);
	refund_at_desk(&attempt, "amount=200");
	EXPECT(tell(&attempt, "charge.refunded",
		   form("{\"id\": \"ch_1\", \"object\": \"charge\", \"amount_refunded\": 200, \"currency\": \"usd\", "
			"\"payment_intent\": \"%s\", \"metadata\": {}}",
		       attempt.transaction)),
	    200);
	wait_refunded(&attempt, "200");
	refund_at_desk(&attempt, "amount=100");
	sql_run("UPDATE payments SET next_check_at = NOW(3) - INTERVAL 1 DAY WHERE reference = '%s'", attempt.reference);
	run_job_now("reconcile_payments");
	wait_refunded(&attempt, "300");
	refund_at_desk(&attempt, "amount=100");
	CHECK_INT(shop_command("reconcile", NULL), 0);
	run_job_now("reconcile_payments");
	wait_refunded(&attempt, "400");
}

static void
let_compare(const struct attempt *attempt)
{
	sql_run("UPDATE payments SET next_check_at = NOW(3) - INTERVAL 1 DAY WHERE reference = '%s'", attempt->reference);
	run_job_now("reconcile_payments");
}

/* A payment is compared so many times after days and weeks: neither events nor a silent provider use that up. */
static void
test_comparisons_are_not_used_up(void)
{
	struct attempt attempt = paid();

	never_tell(&attempt);
	EXPECT(tell(&attempt, "charge.refunded",
		   form("{\"id\": \"ch_2\", \"object\": \"charge\", \"amount_refunded\": 200, \"currency\": \"usd\", "
			"\"payment_intent\": \"%s\", \"metadata\": {}}",
		       attempt.transaction)),
	    200);
	wait_asked(&attempt);
	CHECK_TEXT(sql_text("SELECT CONCAT(checks, ' ', next_check_at > NOW(3) + INTERVAL 20 HOUR) FROM payments "
			    "WHERE reference = '%s'",
		       attempt.reference),
	    "0 1");
	sandbox_switch(attempt.transaction, "{\"too_many_requests\": 1000}");
	let_compare(&attempt);
	WAIT_FOR("0 1",
	    "SELECT CONCAT(checks, ' ', next_check_at BETWEEN NOW(3) + INTERVAL 30 MINUTE AND NOW(3) + INTERVAL 2 HOUR) "
	    "FROM payments WHERE reference = '%s'",
	    attempt.reference);
	run_job_now("reconcile_payments"); /* waits for the one that runs */
	sandbox_switch(attempt.transaction, "{\"too_many_requests\": 0}");
	let_compare(&attempt);
	WAIT_FOR("1 1",
	    "SELECT CONCAT(checks, ' ', next_check_at > NOW(3) + INTERVAL 20 HOUR) FROM payments WHERE reference = '%s'",
	    attempt.reference);
}

/* A key that was used in another way says nothing of the refund, which looks for what was made, and takes a new one. */
static void
test_key_was_used_in_another_way(void)
{
	struct attempt attempt = paid();
	struct answer  first = refund(&attempt, "1.00"), second;
	const char    *key, *id;

	EXPECT(first, 201);
	key = sql_text("SELECT idempotency_key FROM refunds WHERE id = '%s'", text_at(&first, "id"));
	sandbox_switch(attempt.transaction, "{\"too_many_requests\": 1000}");
	second = refund(&attempt, "2.00");
	EXPECT(second, 201);
	id = text_at(&second, "id");
	sql_run("UPDATE refunds SET idempotency_key = '%s:used' WHERE id = '%s'", key, text_at(&first, "id"));
	sql_run("UPDATE refunds SET idempotency_key = '%s' WHERE id = '%s'", key, id);
	sandbox_switch(attempt.transaction, "{\"too_many_requests\": 0}");
	run_job_now("refund_payment");
	WAIT_FOR("1", "SELECT key_number FROM refunds WHERE id = '%s'", id);
	run_job_now("refund_payment");
	wait_refunded(&attempt, "300");
	CHECK_INT(given_back(&attempt), 300);
}

static int64_t
left_with_provider(const struct attempt *attempt)
{
	return sql_number(
	    "SELECT SUM(e.amount_minor) FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id "
	    "JOIN ledger_accounts a ON a.id = e.account_id JOIN payments p ON p.id = t.origin_id "
	    "WHERE a.kind = 'clearing' AND p.reference = '%s' AND t.source_kind <> 'fee'",
	    attempt->reference);
}

static void
bounce(const struct answer *made)
{
	CHECK_INT(sandbox_post(form("/sandbox/stripe/bounce/%s", text_at(made, "provider_refund_id")), NULL), 200);
	WAIT_FOR("bounced", "SELECT status FROM refunds WHERE id = '%s'", text_at(made, "id"));
}

static const char *
payment_id(const struct attempt *attempt)
{
	return sql_text("SELECT CAST(id AS UUID) FROM payments WHERE reference = '%s'", attempt->reference);
}

/* The last event of a thing, and the states that it tells. */
static void
check_told(const char *aggregate, const char *id, const char *type, const char *states)
{
	CHECK_TEXT(sql_text("SELECT CONCAT(type, ' ', JSON_VALUE(payload, '$.status'), ' ', "
			    "IFNULL(JSON_VALUE(payload, '$.payment_status'), '-')) FROM events WHERE aggregate_type = '%s' "
			    "AND aggregate_id = '%s' ORDER BY created_at DESC, id DESC LIMIT 1",
		       aggregate, id),
	    form("%s %s", type, states));
}

static void
test_bounced_refund_is_open_again(void)
{
	struct attempt attempt = paid();
	struct answer  made, again;
	int64_t        total = left_with_provider(&attempt);

	made = refund(&attempt, "5.00");
	EXPECT(made, 201);
	CHECK_INT(left_with_provider(&attempt), total - 500);
	bounce(&made);
	CHECK_INT(left_with_provider(&attempt), total);
	CHECK_TEXT(sql_text("SELECT CONCAT(status, ' ', refunded_minor, ' ', refund_claimed_minor) FROM payments "
			    "WHERE reference = '%s'",
		       attempt.reference),
	    "succeeded 0 0");
	CHECK_TEXT(
	    sql_text("SELECT CONCAT(status, ' ', payment_status) FROM orders WHERE id = '%s'", attempt.order), "paid paid");
	again = refund(&attempt, NULL);
	EXPECT(again, 201);
	CHECK_INT(left_with_provider(&attempt), 0);
	check_told("order", attempt.order, "order.refunded", "refunded refunded");
	check_told("payment", payment_id(&attempt), "payment.refunded", "refunded -");
	/* One that had closed the order, too. */
	bounce(&again);
	CHECK_INT(left_with_provider(&attempt), total);
	CHECK_TEXT(
	    sql_text("SELECT CONCAT(status, ' ', payment_status) FROM orders WHERE id = '%s'", attempt.order), "refunded paid");
	check_told("order", attempt.order, "order.refund_bounced", "refunded paid");
	check_told("payment", payment_id(&attempt), "payment.held", "succeeded -");
	EXPECT_CONSISTENT();
	again = refund(&attempt, NULL);
	EXPECT(again, 201);
	CHECK_TEXT(sql_text("SELECT CONCAT(status, ' ', payment_status) FROM orders WHERE id = '%s'", attempt.order),
	    "refunded refunded");
	CHECK_INT(given_back(&attempt), total);
}

static void
test_refund_of_another_amount(void)
{
	struct attempt attempt = paid();
	struct answer  made, answer;
	const char    *id;

	sandbox_switch(attempt.transaction, "{\"refuse_key\": true}");
	made = refund(&attempt, "1.00");
	EXPECT(made, 201);
	id = text_at(&made, "id");
	answer = tell_refund(&attempt, form("re_more_%s", attempt.reference), id, 200);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "deferred");
	CHECK_TEXT(sql_text("SELECT status FROM refunds WHERE id = '%s'", id), "pending");
	sql_run(
	    "DELETE FROM webhook_events WHERE provider = 'stripe' AND status = 'deferred' AND error LIKE '%%amount differs%%'");
	sandbox_switch(attempt.transaction, "{\"refuse_key\": false}");
	run_job_now("refund_payment");
	WAIT_FOR("succeeded", "SELECT status FROM refunds WHERE id = '%s'", id);
}

/* Given up here, and made there all the same. */
static void
test_failed_refund_that_was_made(void)
{
	struct attempt attempt = paid();
	struct answer  made;
	const char    *id;

	sandbox_switch(attempt.transaction, "{\"refuse_key\": true}");
	made = refund(&attempt, "1.00");
	id = text_at(&made, "id");
	sql_run("UPDATE refunds SET status = 'failed', next_attempt_at = NULL WHERE id = '%s'", id);
	sql_run("UPDATE payments SET refund_claimed_minor = 0 WHERE reference = '%s'", attempt.reference);
	sandbox_switch(attempt.transaction, "{\"refuse_key\": false}");
	refund_at_desk(&attempt, form("amount=100&metadata[refund_id]=%s", id));
	WAIT_FOR("succeeded", "SELECT status FROM refunds WHERE id = '%s'", id);
	wait_refunded(&attempt, "100");
}

/* What it would be replaced by cannot be booked: then it has not failed, either. */
static void
test_refund_is_replaced_whole_or_not_at_all(void)
{
	struct attempt attempt = paid();
	struct answer  most, little;

	sandbox_switch(attempt.transaction, "{\"webhook_never\": true, \"refuse_key\": true}");
	most = refund(&attempt, form("%lld.%02lld", (long long)(attempt.total - 100) / 100, (long long)attempt.total % 100));
	EXPECT(most, 201);
	sql_run("UPDATE jobs SET run_at = NOW(3) + INTERVAL 1 HOUR WHERE unique_key = 'refund:%s'", text_at(&most, "id"));
	refund_at_desk(&attempt, "amount=700");
	sandbox_switch(attempt.transaction, "{\"refuse_key\": false}");
	little = refund(&attempt, "1.00");
	EXPECT(little, 201);
	CHECK_TEXT(text_at(&little, "status"), "pending");
	CHECK_INT(refunds_of(&attempt, "r.status = 'pending'"), 2);
	CHECK_INT(
	    sql_number("SELECT refund_claimed_minor FROM payments WHERE reference = '%s'", attempt.reference), attempt.total);
	run_job_now("refund_payment");
	WAIT_FOR("failed refunded_at_provider", "SELECT CONCAT(status, ' ', failure_code) FROM refunds WHERE id = '%s'",
	    text_at(&most, "id"));
	CHECK_INT(refunds_of(&attempt, "r.amount_minor = 700 AND r.status = 'succeeded'"), 1);
}

/* It bears the mark of another payment's refund; the one before it is written down all the same. */
static void
test_one_bad_refund_does_not_hide_others(void)
{
	struct attempt other = paid(), attempt = paid();
	struct answer  made = refund(&other, "1.00");

	EXPECT(made, 201);
	never_tell(&attempt);
	refund_at_desk(&attempt, "amount=200");
	refund_at_desk(&attempt, form("amount=100&metadata[refund_id]=%s", text_at(&made, "id")));
	sql_run("UPDATE payments SET next_check_at = NOW(3) - INTERVAL 1 DAY WHERE reference = '%s'", attempt.reference);
	run_job_now("reconcile_payments");
	wait_refunded(&attempt, "200");
	wait_refunded(&other, "100");
}

/* One attempt cannot be closed at the provider; the money of the other goes back. */
static void
test_open_attempt_does_not_block_a_refund(void)
{
	struct attempt late, open;
	const char    *order;

	need_people();
	order = order_new(&customer, address, &goods, 1);
	late = attempt_new(&customer, order);
	sandbox_act("fail", late.transaction);
	WAIT_FOR("failed", "SELECT status FROM payments WHERE reference = '%s'", late.reference);
	open = attempt_new(&customer, order);
	sandbox_switch(open.transaction, "{\"refuse_key\": true}");
	CHECK_INT(sandbox_post(form("/sandbox/stripe/pay/%s", late.transaction), "force=1"), 200);
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", order);
	EXPECT(api_post(form("/orders/%s/cancel", order), customer.access, "{}"), 200);
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", late.reference);
	sandbox_switch(open.transaction, "{\"refuse_key\": false}");
	run_job_now("refund_order");
	WAIT_FOR("cancelled", "SELECT status FROM payments WHERE reference = '%s'", open.reference);
}

/* More than a page of the provider's list. */
static void
test_many_refunds_are_compared(void)
{
	struct attempt attempt = paid();

	never_tell(&attempt);
	for (int i = 0; i < 105; i++)
		refund_at_desk(&attempt, "amount=1");
	sql_run("UPDATE payments SET next_check_at = NOW(3) - INTERVAL 1 DAY WHERE reference = '%s'", attempt.reference);
	run_job_now("reconcile_payments");
	wait_refunded(&attempt, "105");
}

static void
test_all_is_consistent(void)
{
	need_people();
	EXPECT_CONSISTENT();
}

SUITE("refunds", TEST(test_lost_refund_is_written_down), TEST(test_refund_looks_before_it_is_sent),
    TEST(test_refund_waits_for_one_that_is_pending), TEST(test_slow_refund_is_no_dead_letter),
    TEST(test_refund_looks_before_each_try), TEST(test_rest_of_a_cancelled_order_goes_back),
    TEST(test_desk_refund_is_heard_of_by_its_charge), TEST(test_comparisons_are_not_used_up),
    TEST(test_key_was_used_in_another_way), TEST(test_bounced_refund_is_open_again), TEST(test_refund_of_another_amount),
    TEST(test_failed_refund_that_was_made), TEST(test_refund_that_the_provider_does_not_have),
    TEST(test_old_success_of_a_failed_refund), TEST(test_refund_is_replaced_whole_or_not_at_all),
    TEST(test_one_bad_refund_does_not_hide_others), TEST(test_open_attempt_does_not_block_a_refund),
    TEST(test_many_refunds_are_compared), TEST(test_all_is_consistent))
