/* Orders of several sellers, of shops that were suspended, and of many attempts: what is seen of their money, and where it goes. */
#include "tests/api/shopping.h"

#include <string.h>

static struct person first, second, customer, admin;
static struct goods  dear, cheap;
static const char   *address;

static void
need_people(void)
{
	if (first.id != NULL)
		return;
	first = person_new("shopkeeper");
	second = person_new("shopkeeper");
	customer = person_new("customer");
	admin = person_new("admin");
	dear = goods_new(&first, "30.00", 1000);
	cheap = goods_new(&second, "10.00", 1000);
	address = address_new(&customer);
}

/* An order of three of the first seller's and one of the second's, or of the first alone. */
static const char *
place(bool both)
{
	struct answer answer = api_post("/orders", customer.access,
	    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"items\": [{\"variant_id\": \"%s\", "
		 "\"quantity\": 3}%s]}",
		address, dear.variant, both ? form(", {\"variant_id\": \"%s\", \"quantity\": 1}", cheap.variant) : ""));

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return text_at(&answer, "id");
}

static struct attempt
begin(bool both)
{
	return attempt_new(&customer, place(both));
}

static void
await(const char *status, const struct attempt *attempt)
{
	WAIT_FOR(status, "SELECT status FROM payments WHERE reference = '%s'", attempt->reference);
}

static struct attempt
pay(bool both)
{
	struct attempt attempt = begin(both);

	sandbox_act("pay", attempt.transaction);
	await("succeeded", &attempt);
	return attempt;
}

/* What stands at `at` in the answer is the seller's part of the payment, and names nothing of the rest. */
static void
expect_part(const struct answer *answer, const char *at, const char *amount, const char *refunded)
{
	static const char *const hidden[] = { "provider_transaction_id", "failure_code", "failure_reason", "hold_reason",
		"client_secret", "redirect_url" };

	CHECK_TEXT(text_at(answer, form("%samount", at)), amount);
	CHECK_TEXT(text_at(answer, form("%srefunded", at)), refunded);
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		CHECK(!has_at(answer, form("%s%s", at, hidden[i])));
}

static void
a_seller_sees_their_part_of_a_payment(void)
{
	struct attempt attempt;
	struct answer  answer;

	need_people();
	attempt = pay(true);
	sql_run("UPDATE payments SET hold_reason = 'amount_mismatch: got 105.00', failure_reason = 'said the bank', "
		"failure_code = 'x' WHERE reference = '%s'",
	    attempt.reference);
	for (int i = 0; i < 2; i++) {
		const struct person *seller = i == 0 ? &first : &second;
		const char          *amount = i == 0 ? "90.00" : "10.00";

		answer = api_get(form("/payments/%s", attempt.reference), seller->access);
		EXPECT(answer, 200);
		expect_part(&answer, "", amount, "0.00");
		answer = api_get(form("/orders/%s/payments", attempt.order), seller->access);
		EXPECT(answer, 200);
		expect_part(&answer, "results.0.", amount, "0.00");
		answer = api_get("/payments?limit=1", seller->access);
		EXPECT(answer, 200);
		CHECK_TEXT(text_at(&answer, "results.0.reference"), attempt.reference);
		expect_part(&answer, "results.0.", amount, "0.00");
		/* It is no more than the order's own view shows. */
		answer = api_get(form("/orders/%s", attempt.order), seller->access);
		CHECK_TEXT(text_at(&answer, "total"), amount);
	}
	answer = api_get(form("/payments/%s", attempt.reference), customer.access);
	CHECK_TEXT(text_at(&answer, "amount"), "105.00");
	CHECK_TEXT(text_at(&answer, "provider_transaction_id"), attempt.transaction);
	answer = api_get(form("/payments/%s", attempt.reference), admin.access);
	CHECK_TEXT(text_at(&answer, "amount"), "105.00");
	CHECK_TEXT(text_at(&answer, "failure_reason"), "said the bank");
	sql_run("UPDATE payments SET hold_reason = NULL WHERE reference = '%s'", attempt.reference);
}

static void
a_seller_sees_their_part_of_a_refund(void)
{
	struct attempt attempt;
	struct answer  answer;
	const char    *refunds;

	need_people();
	attempt = pay(true);
	refunds = form("/payments/%s/refunds", attempt.reference);
	EXPECT(api_post(refunds, admin.access, "{\"amount\": \"21.00\", \"reason\": \"the customer's own words\"}"), 201);
	await("partially_refunded", &attempt);
	answer = api_get(refunds, first.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.amount"), "18.00"); /* 90 of 105 */
	CHECK(!has_at(&answer, "results.0.reason") && !has_at(&answer, "results.0.provider_refund_id"));
	CHECK(strstr(answer.body, "words") == NULL);
	answer = api_get(refunds, second.access);
	CHECK_TEXT(text_at(&answer, "results.0.amount"), "2.00");
	answer = api_get(form("/payments/%s", attempt.reference), second.access);
	expect_part(&answer, "", "10.00", "2.00");
	answer = api_get(refunds, customer.access);
	CHECK_TEXT(text_at(&answer, "results.0.amount"), "21.00");
	CHECK_TEXT(text_at(&answer, "results.0.reason"), "the customer's own words");
	EXPECT_PROBLEM(api_post(refunds, first.access, "{\"reason\": \"mine\"}"), 403, "forbidden");
}

/* Who sells all of an order gives its money back, and so sees it. */
static void
a_sole_seller_sees_the_whole(void)
{
	struct attempt attempt;
	struct answer  answer;

	need_people();
	attempt = pay(false);
	answer = api_get(form("/payments/%s", in_lower_case(attempt.reference)), first.access);
	CHECK_TEXT(text_at(&answer, "amount"), "95.00");
	CHECK_TEXT(text_at(&answer, "provider_transaction_id"), attempt.transaction);
	answer = api_get("/payments?limit=1", first.access);
	CHECK_TEXT(text_at(&answer, "results.0.amount"), "95.00");
	EXPECT(api_post(form("/payments/%s/refunds", attempt.reference), first.access, "{\"reason\": \"broken\"}"), 201);
	answer = api_get(form("/payments/%s/refunds", attempt.reference), first.access);
	CHECK_TEXT(text_at(&answer, "results.0.reason"), "broken");
}

static void
suspend(const struct person *seller, bool suspended)
{
	sql_run("UPDATE merchants SET status = '%s' WHERE id = '%s'", suspended ? "suspended" : "active", seller->merchant);
}

/* The pieces that an order keeps from others. */
static int64_t
held_by(const char *order)
{
	return sql_number("SELECT IFNULL(SUM(quantity), 0) FROM reservations WHERE order_id = '%s' AND status = 'held'", order);
}

/* No payment is begun for an order of a suspended shop, be it one of two; what was begun before goes back, and its order ends. */
static void
a_suspended_shop_takes_no_money(void)
{
	struct attempt attempt;
	const char    *order;

	need_people();
	order = place(true);
	attempt = begin(true);
	CHECK_INT(held_by(attempt.order), 4);
	suspend(&second, true);
	EXPECT_PROBLEM(payment_new(&customer, order, "stripe"), 409, "order_not_payable");
	EXPECT_PROBLEM(payment_new(&customer, order, "cod"), 409, "order_not_payable");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments WHERE order_id = '%s'", order), 0);
	sandbox_act("pay", attempt.transaction);
	await("refunded", &attempt);
	CHECK_TEXT(sql_text("SELECT status FROM orders WHERE id = '%s'", attempt.order), "cancelled");
	CHECK_INT(held_by(attempt.order), 0);
	suspend(&second, false);
	EXPECT(payment_new(&customer, order, "stripe"), 201);
	EXPECT(api_post(form("/orders/%s/cancel", order), customer.access, "{}"), 200);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM events WHERE aggregate_id = '%s' AND type = 'order.cancelled'", attempt.order), 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s'",
		      attempt.reference),
	    1);
	EXPECT_CONSISTENT();
}

/* However many attempts have failed before, the one that has the money is found when the order is cancelled. */
static void
many_attempts_hide_none(void)
{
	struct attempt attempt;

	need_people();
	attempt = begin(false);
	/* As if it had been tried again and again, before and after. */
	for (int i = 0; i < 2; i++)
		sql_run(
		    "INSERT INTO payments (id, reference, purpose_kind, purpose_id, user_id, provider, amount_minor, currency, "
		    "status, idempotency_key, created_at) SELECT %s, CONCAT('PAY-%d', LEFT(UPPER(SHA1(CONCAT(s.seq, p.reference))), 8)), "
		    "'order', p.purpose_id, p.user_id, 'stripe', p.amount_minor, p.currency, 'failed', "
		    "CONCAT('many:%d:', s.seq, p.reference), p.created_at FROM payments p JOIN seq_1_to_250 s "
		    "WHERE p.reference = '%s'",
		    i == 0 ? "UNHEX(CONCAT('017000000000700080', LPAD(HEX(s.seq), 4, '0'), RIGHT(HEX(p.id), 10)))"
			   : "UNHEX(CONCAT('7F0000000000700080', LPAD(HEX(s.seq), 4, '0'), RIGHT(HEX(p.id), 10)))",
		    i, i, attempt.reference);
	sandbox_act("pay", attempt.transaction);
	await("succeeded", &attempt);
	EXPECT(api_post(form("/orders/%s/cancel", attempt.order), customer.access, "{}"), 200);
	await("refunded", &attempt);
}

SUITE("api: parts", TEST(a_seller_sees_their_part_of_a_payment), TEST(a_seller_sees_their_part_of_a_refund),
    TEST(a_sole_seller_sees_the_whole), TEST(a_suspended_shop_takes_no_money), TEST(many_attempts_hide_none))
