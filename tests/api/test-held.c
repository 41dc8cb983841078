/* Payments that somebody has to look at: listed, taken as they came, or given back; and what else ends a hold. */
#include "tests/api/shopping.h"

#include <string.h>

static struct person seller, customer, admin;
static struct goods  goods;
static const char   *address;

struct attempt {
	const char *order, *reference, *transaction;
	int64_t     total;
};

static struct attempt
begin(void)
{
	struct attempt attempt;
	struct answer  answer;

	if (seller.id == NULL) {
		seller = person_new("shopkeeper");
		customer = person_new("customer");
		admin = person_new("admin");
		goods = goods_new(&seller, "20.00", 1000);
		address = address_new(&customer);
	}
	attempt.order = order_new(&customer, address, &goods, 1);
	answer = payment_new(&customer, attempt.order, "stripe");
	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	attempt.reference = text_at(&answer, "reference");
	attempt.transaction = text_at(&answer, "provider_transaction_id");
	attempt.total = sql_number("SELECT total_minor FROM orders WHERE id = '%s'", attempt.order);
	return attempt;
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
tell_success(const struct attempt *attempt, int64_t amount)
{
	const char *body = form(
	    "{\"id\": \"evt_%s_%lld\", \"object\": \"event\", \"type\": \"payment_intent.succeeded\", \"data\": {\"object\": {\"id\": \"%s\", "
	    "\"object\": \"payment_intent\", \"status\": \"succeeded\", \"amount_received\": %lld, \"currency\": \"usd\", "
	    "\"metadata\": {}}}}",
	    attempt->reference, (long long)amount, attempt->transaction, (long long)amount);
	const char *headers[] = { stripe_signature(body, 0), NULL };

	return api_call("POST", "/webhooks/stripe", NULL, body, headers);
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

static int64_t
balance(const struct attempt *attempt, const char *account)
{
	return sql_number(
	    "SELECT IFNULL(SUM(e.amount_minor), 0) FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id "
	    "JOIN ledger_accounts a ON a.id = e.account_id JOIN payments p ON p.id = t.origin_id "
	    "WHERE a.kind = '%s' AND p.reference = '%s'",
	    account, attempt->reference);
}

static void
check_decided(const struct attempt *attempt)
{
	EXPECT_PROBLEM(decide(attempt, "release"), 409, "payment_state");
	EXPECT_PROBLEM(decide(attempt, "refund-held"), 409, "payment_state");
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
	check_decided(&attempt);
	/* Told again it is what it was. */
	EXPECT(tell_success(&attempt, attempt.total - 1), 200);
	check_payment(&attempt, "succeeded");
	EXPECT(api_post(form("/payments/%s/refunds", attempt.reference), admin.access, "{\"reason\": \"broken\"}"), 201);
	check_payment(&attempt, "refunded");
	CHECK_INT(balance(&attempt, "clearing"), 0);
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

	EXPECT(decide(&attempt, "refund-held"), 200);
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

static const char *
refund_and_bounce(const struct attempt *attempt)
{
	struct answer made = api_post(
	    form("/payments/%s/refunds", attempt->reference), admin.access, "{\"amount\": \"5.00\", \"reason\": \"a dent\"}");

	EXPECT(made, 201);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/bounce/%s", text_at(&made, "provider_refund_id")), NULL), 200);
	wait_held(attempt);
	return text_at(&made, "id");
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
	check_decided(&let_go);
}

static void
test_all_is_consistent(void)
{
	EXPECT_CONSISTENT();
}

SUITE("held payments", TEST(test_released_as_it_is), TEST(test_more_than_was_asked_for), TEST(test_held_money_is_given_back),
    TEST(test_refund_at_the_desk_ends_a_hold), TEST(test_exact_success_ends_a_hold), TEST(test_bounced_refund_is_decided),
    TEST(test_all_is_consistent))
