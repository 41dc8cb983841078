/* Payments that somebody has to look at: listed, taken as they came, or given back; and what else ends a hold. */
#include "tests/api/shopping.h"

#include <string.h>

static struct person seller, customer, admin;
static struct goods  goods;
static const char   *address;

static struct attempt
begin(void)
{
	if (seller.id == NULL) {
		seller = person_new("shopkeeper");
		customer = person_new("customer");
		admin = person_new("admin");
		goods = goods_new(&seller, "20.00", 1000);
		address = address_new(&customer);
	}
	return attempt_new(&customer, order_new(&customer, address, &goods, 1));
}

static void
wait_held(const struct attempt *attempt)
{
	WAIT_FOR("1", "SELECT hold_reason IS NOT NULL FROM payments WHERE reference = '%s'", attempt->reference);
}

static struct attempt
paid_short(void)
{
	struct attempt attempt = begin();

	sandbox_switch(attempt.transaction, "{\"wrong_amount\": 1}");
	sandbox_act("pay", attempt.transaction);
	wait_held(&attempt);
	return attempt;
}

static struct answer
tell(const struct attempt *attempt, const char *type, const char *object)
{
	static unsigned number;
	const char *body = form("{\"id\": \"evt_%s_%u\", \"object\": \"event\", \"type\": \"%s\", \"data\": {\"object\": %s}}",
	    attempt->reference, number++, type, object);
	const char *headers[] = { stripe_signature(body, 0), NULL };

	return api_call("POST", "/webhooks/stripe", NULL, body, headers);
}

static struct answer
tell_success_in(const struct attempt *attempt, int64_t amount, const char *currency)
{
	return tell(attempt, "payment_intent.succeeded",
	    form("{\"id\": \"%s\", \"object\": \"payment_intent\", \"status\": \"succeeded\", \"amount_received\": %lld, "
		 "\"currency\": \"%s\", \"metadata\": {}}",
		attempt->transaction, (long long)amount, currency));
}

static struct answer
tell_success(const struct attempt *attempt, int64_t amount)
{
	return tell_success_in(attempt, amount, "usd");
}

static struct answer
decide(const struct attempt *attempt, const char *what)
{
	return api_post(form("/payments/%s/%s", attempt->reference, what), admin.access, "{\"reason\": \"agreed on the phone\"}");
}

static void
check_payment(const struct attempt *attempt, const char *expected)
{
	WAIT_FOR(expected, "SELECT CONCAT(status, IF(hold_reason IS NULL, '', ' held')) FROM payments WHERE reference = '%s'",
	    attempt->reference);
}

/* Without what the provider keeps of it, which is told at some time. */
static int64_t
balance(const struct attempt *attempt, const char *account)
{
	return sql_number(
	    "SELECT IFNULL(SUM(e.amount_minor), 0) FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id "
	    "JOIN ledger_accounts a ON a.id = e.account_id JOIN payments p ON p.id = t.origin_id "
	    "WHERE a.kind = '%s' AND p.reference = '%s' AND t.source_kind <> 'fee'",
	    account, attempt->reference);
}

static void
check_decided(const struct attempt *attempt)
{
	EXPECT_PROBLEM(decide(attempt, "release"), 409, "payment_state");
	EXPECT_PROBLEM(decide(attempt, "refund-held"), 409, "payment_state");
}

/* Told once, with the whole state, and in the audit trail by whom. */
static void
check_released(const struct attempt *attempt, const char *status, const char *held_by)
{
	const char *id = sql_text("SELECT id FROM payments WHERE reference = '%s'", attempt->reference);

	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE type = 'payment.released' AND aggregate_id = '%s' AND "
			     "JSON_VALUE(payload, '$.status') = '%s' AND JSON_VALUE(payload, '$.reference') = '%s' AND "
			     "JSON_VALUE(payload, '$.hold_reason') IS NULL AND LOCATE('phone', payload) = 0",
		      id, status, attempt->reference),
	    1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE action = 'payment.released' AND subject_id = '%s' AND "
			     "actor_id = '%s' AND JSON_VALUE(before_state, '$.hold_reason') LIKE '%s%%' AND "
			     "JSON_VALUE(after_state, '$.hold_reason') IS NULL AND JSON_VALUE(after_state, '$.status') = '%s'",
		      id, admin.id, held_by, status),
	    1);
}

static void
test_released_as_it_is(void)
{
	struct attempt attempt = paid_short();
	struct answer  answer = api_get("/payments?held=true&limit=1", admin.access);

	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.reference"), attempt.reference);
	answer = api_post(form("/payments/%s/release", attempt.reference), admin.access, "{}");
	EXPECT_FAULT(answer, "reason");
	EXPECT_PROBLEM(api_post(form("/payments/%s/release", attempt.reference), customer.access, "{\"reason\": \"please\"}"),
	    403, "forbidden");
	answer = decide(&attempt, "release");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "succeeded");
	CHECK(!has_at(&answer, "hold_reason"));
	WAIT_FOR("paid paid", "SELECT CONCAT(status, ' ', payment_status) FROM orders WHERE id = '%s'", attempt.order);
	CHECK_INT(balance(&attempt, "clearing"), attempt.total - 1);
	CHECK_INT(balance(&attempt, "difference"), 1);
	check_released(&attempt, "succeeded", "amount_mismatch");
	check_decided(&attempt);
	/* Told again it is what it was. */
	EXPECT(tell_success(&attempt, attempt.total - 1), 200);
	check_payment(&attempt, "succeeded");
	EXPECT(api_post(form("/payments/%s/refunds", attempt.reference), admin.access, "{\"reason\": \"broken\"}"), 201);
	check_payment(&attempt, "refunded");
	CHECK_INT(balance(&attempt, "clearing"), 0);
	WAIT_FOR("refunded refunded", "SELECT CONCAT(status, ' ', payment_status) FROM orders WHERE id = '%s'", attempt.order);
}

/* What came is less than the order's total, and all of it goes back. */
static void
test_released_order_is_cancelled(void)
{
	struct attempt attempt = paid_short();

	EXPECT(decide(&attempt, "release"), 200);
	EXPECT(api_post(form("/orders/%s/cancel", attempt.order), customer.access, "{\"reason\": \"too late\"}"), 200);
	check_payment(&attempt, "refunded");
	WAIT_FOR("cancelled refunded", "SELECT CONCAT(status, ' ', payment_status) FROM orders WHERE id = '%s'", attempt.order);
	EXPECT_CONSISTENT();
}

static void
test_more_than_was_asked_for(void)
{
	struct attempt attempt = begin();

	EXPECT(tell_success(&attempt, attempt.total + 500), 200);
	check_payment(&attempt, "processing held");
	EXPECT(decide(&attempt, "release"), 200);
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
	CHECK_INT(balance(&attempt, "clearing"), attempt.total + 500);
	CHECK_INT(balance(&attempt, "difference"), -500);
	EXPECT_PROBLEM(api_post(form("/payments/%s/refunds", attempt.reference), admin.access,
			   form("{\"amount\": \"%lld.%02lld\", \"reason\": \"all\"}", (long long)(attempt.total + 1) / 100,
			       (long long)(attempt.total + 1) % 100)),
	    409, "refund_too_large");
}

static void
test_held_money_is_given_back(void)
{
	struct attempt attempt = paid_short();

	EXPECT_PROBLEM(payment_new(&customer, attempt.order, "stripe"), 409, "payment_in_progress");
	EXPECT(decide(&attempt, "refund-held"), 200);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM audit_records a JOIN payments p ON p.id = a.subject_id WHERE p.reference = '%s' "
		       "AND a.action = 'payment.held_refunded' AND a.actor_id = '%s'",
		attempt.reference, admin.id),
	    1);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM audit_records a JOIN refunds r ON r.id = a.subject_id JOIN payments p "
		       "ON p.id = r.payment_id WHERE p.reference = '%s' AND a.action = 'refund.requested' AND a.actor_id = '%s'",
		attempt.reference, admin.id),
	    1);
	check_decided(&attempt);
	check_payment(&attempt, "refunded");
	CHECK_INT(balance(&attempt, "clearing"), 0);
	CHECK_INT(balance(&attempt, "unapplied"), 0);
	CHECK_TEXT(sql_text("SELECT status FROM orders WHERE id = '%s'", attempt.order), "pending");
	EXPECT(payment_new(&customer, attempt.order, "stripe"), 201);
}

static void
test_refund_at_the_desk_ends_a_hold(void)
{
	struct attempt whole = paid_short(), part = paid_short();

	CHECK_INT(sandbox_post(form("/sandbox/stripe/refund/%s", whole.transaction), NULL), 200);
	check_payment(&whole, "refunded");
	check_decided(&whole);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/refund/%s", part.transaction), "amount=100"), 200);
	check_payment(&part, "partially_refunded held");
	EXPECT_PROBLEM(decide(&part, "release"), 409, "payment_state");
	EXPECT(decide(&part, "refund-held"), 200);
	check_payment(&part, "refunded");
	CHECK_INT(balance(&part, "clearing"), 0);
}

static void
test_exact_success_ends_a_hold(void)
{
	struct attempt attempt = begin();

	EXPECT(tell_success(&attempt, attempt.total - 7), 200);
	check_payment(&attempt, "processing held");
	EXPECT(tell_success(&attempt, attempt.total), 200);
	check_payment(&attempt, "succeeded");
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
	CHECK_INT(balance(&attempt, "clearing"), attempt.total);
	check_decided(&attempt);
}

static struct answer
tell_foreign_refund(const struct attempt *attempt, const char *type)
{
	return tell(attempt, type,
	    form(
		"{\"id\": \"re_%s\", \"object\": \"refund\", \"amount\": 2000, \"currency\": \"eur\", \"status\": \"succeeded\", "
		"\"payment_intent\": \"%s\", \"metadata\": {}}",
		attempt->reference, attempt->transaction));
}

/* The books cannot hold it; somebody gives it back at the provider, and the customer pays anew. */
static void
test_money_in_another_currency(void)
{
	struct attempt attempt = begin();
	struct answer  answer;

	EXPECT(tell_success_in(&attempt, attempt.total, "eur"), 200);
	check_payment(&attempt, "processing held");
	check_decided(&attempt);
	EXPECT_PROBLEM(payment_new(&customer, attempt.order, "stripe"), 409, "payment_in_progress");
	answer = tell_foreign_refund(&attempt, "refund.created");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "processed");
	check_payment(&attempt, "cancelled");
	/* Told again, the refund and the money are what they were. */
	answer = tell_foreign_refund(&attempt, "refund.updated");
	CHECK_TEXT(text_at(&answer, "status"), "processed");
	EXPECT(tell_success_in(&attempt, attempt.total, "eur"), 200);
	check_payment(&attempt, "cancelled");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s'",
		      attempt.reference),
	    0);
	EXPECT(payment_new(&customer, attempt.order, "stripe"), 201);
	EXPECT_CONSISTENT();
}

static void
refund_and_bounce_of(const struct attempt *attempt, const char *amount)
{
	struct answer made = api_post(form("/payments/%s/refunds", attempt->reference), admin.access,
	    form("{\"amount\": \"%s\", \"reason\": \"a dent\"}", amount));

	EXPECT(made, 201);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/bounce/%s", text_at(&made, "provider_refund_id")), NULL), 200);
	WAIT_FOR("bounced", "SELECT status FROM refunds WHERE id = '%s'", text_at(&made, "id"));
}

static void
refund_and_bounce(const struct attempt *attempt)
{
	refund_and_bounce_of(attempt, "5.00");
	wait_held(attempt);
}

static struct attempt
bounced_twice(void)
{
	struct attempt attempt = begin();
	struct answer  first, second;

	sandbox_act("pay", attempt.transaction);
	check_payment(&attempt, "succeeded");
	first = api_post(
	    form("/payments/%s/refunds", attempt.reference), admin.access, "{\"amount\": \"5.00\", \"reason\": \"a dent\"}");
	second = api_post(
	    form("/payments/%s/refunds", attempt.reference), admin.access, "{\"amount\": \"3.00\", \"reason\": \"a scratch\"}");
	EXPECT(first, 201);
	EXPECT(second, 201);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/bounce/%s", text_at(&first, "provider_refund_id")), NULL), 200);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/bounce/%s", text_at(&second, "provider_refund_id")), NULL), 200);
	check_payment(&attempt, "succeeded held");
	return attempt;
}

/* All that bounced is given back at once, or one after the other; held until none is left. */
static void
test_several_bounced_refunds(void)
{
	struct attempt at_once = bounced_twice(), each = bounced_twice();

	EXPECT(decide(&at_once, "refund-held"), 200);
	check_payment(&at_once, "partially_refunded");
	CHECK_INT(balance(&at_once, "clearing"), at_once.total - 800);
	EXPECT(
	    api_post(form("/payments/%s/refunds", each.reference), admin.access, "{\"amount\": \"3.00\", \"reason\": \"again\"}"),
	    201);
	check_payment(&each, "partially_refunded held");
	EXPECT(decide(&each, "refund-held"), 200);
	check_payment(&each, "partially_refunded");
	WAIT_FOR(form("%lld", (long long)800), "SELECT refunded_minor FROM payments WHERE reference = '%s'", each.reference);
	CHECK_INT(balance(&each, "clearing"), each.total - 800);
	refund_and_bounce_of(&at_once, "2.00");
	EXPECT(decide(&at_once, "refund-held"), 200);
	WAIT_FOR("1000", "SELECT refunded_minor FROM payments WHERE reference = '%s'", at_once.reference);
}

/* As an earlier release left them: nobody noted what came, or that a refund had bounced. */
static void
test_held_by_an_earlier_release(void)
{
	struct attempt attempt = paid_short(), bounced = begin();
	struct answer  made;

	sql_run("UPDATE payments SET received_minor = NULL, next_check_at = NOW(3) - INTERVAL 1 DAY WHERE reference = '%s'",
	    attempt.reference);
	EXPECT_PROBLEM(decide(&attempt, "release"), 409, "payment_state");
	run_job_now("reconcile_payments");
	WAIT_FOR(form("%lld", (long long)(attempt.total - 1)), "SELECT received_minor FROM payments WHERE reference = '%s'",
	    attempt.reference);
	/* It is asked about slowly, for it may be given back at its provider. */
	CHECK_INT(
	    sql_number("SELECT next_check_at BETWEEN NOW(3) + INTERVAL 30 MINUTE AND NOW(3) + INTERVAL 1 HOUR FROM payments "
		       "WHERE reference = '%s'",
		attempt.reference),
	    1);
	EXPECT(decide(&attempt, "release"), 200);
	check_payment(&attempt, "succeeded");

	sandbox_act("pay", bounced.transaction);
	check_payment(&bounced, "succeeded");
	made = api_post(
	    form("/payments/%s/refunds", bounced.reference), admin.access, "{\"amount\": \"5.00\", \"reason\": \"a dent\"}");
	EXPECT(made, 201);
	sql_run("UPDATE payments SET hold_reason = 'refund_bounced: %s' WHERE reference = '%s'", text_at(&made, "id"),
	    bounced.reference);
	check_decided(&bounced);
	check_payment(&bounced, "partially_refunded held");
	CHECK_INT(sandbox_post(form("/sandbox/stripe/bounce/%s", text_at(&made, "provider_refund_id")), NULL), 200);
	check_payment(&bounced, "succeeded held");
	EXPECT(decide(&bounced, "refund-held"), 200);
	check_payment(&bounced, "partially_refunded");
	CHECK_INT(balance(&bounced, "clearing"), bounced.total - 500);
}

static void
test_bounced_refund_is_decided(void)
{
	struct attempt again = begin(), let_go = begin();

	sandbox_act("pay", again.transaction);
	sandbox_act("pay", let_go.transaction);
	check_payment(&again, "succeeded");
	check_payment(&let_go, "succeeded");
	refund_and_bounce(&again);
	EXPECT(decide(&again, "refund-held"), 200);
	check_payment(&again, "partially_refunded");
	CHECK_INT(balance(&again, "clearing"), again.total - 500);
	refund_and_bounce(&let_go);
	EXPECT(decide(&let_go, "release"), 200);
	check_payment(&let_go, "succeeded");
	CHECK_INT(balance(&let_go, "clearing"), let_go.total);
	check_released(&let_go, "succeeded", "refund_bounced");
	check_decided(&let_go);
}

/* Late money for a cancelled order went back by itself, and its bank sent it back: the customer was paid in another way. */
static void
test_bounced_refund_of_unapplied_money(void)
{
	struct attempt attempt = begin();
	const char    *refund;

	EXPECT(api_post(form("/orders/%s/cancel", attempt.order), customer.access, "{}"), 200);
	check_payment(&attempt, "cancelled");
	CHECK_INT(sandbox_post(form("/sandbox/stripe/pay/%s", attempt.transaction), "force=1"), 200);
	check_payment(&attempt, "refunded");
	refund = sql_text("SELECT r.provider_refund_id FROM refunds r JOIN payments p ON p.id = r.payment_id "
			  "WHERE p.reference = '%s' AND r.automatic",
	    attempt.reference);
	REQUIRE(refund != NULL);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/bounce/%s", refund), NULL), 200);
	check_payment(&attempt, "succeeded held");
	CHECK_INT(balance(&attempt, "unapplied"), -attempt.total);
	EXPECT(decide(&attempt, "release"), 200);
	check_payment(&attempt, "succeeded");
	CHECK_INT(balance(&attempt, "clearing"), attempt.total);
	check_decided(&attempt);
	EXPECT_CONSISTENT();
}

static void
test_all_is_consistent(void)
{
	EXPECT_CONSISTENT();
}

SUITE("held payments", TEST(test_released_as_it_is), TEST(test_released_order_is_cancelled), TEST(test_more_than_was_asked_for),
    TEST(test_held_money_is_given_back), TEST(test_refund_at_the_desk_ends_a_hold), TEST(test_exact_success_ends_a_hold),
    TEST(test_bounced_refund_is_decided), TEST(test_money_in_another_currency), TEST(test_several_bounced_refunds),
    TEST(test_held_by_an_earlier_release), TEST(test_bounced_refund_of_unapplied_money), TEST(test_all_is_consistent))
