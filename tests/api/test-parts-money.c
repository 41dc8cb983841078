/*
 * Whose money a refund of a part of an order is: what is given back for one seller's goods leaves the other's balance as it was, to
 * the cent, whoever bears a coupon and whether prices include the tax.
 */
#include "tests/api/shopping.h"

#include <string.h>

static struct person first, second, customer, admin;
static struct goods  dear, cheap;
static const char   *address, *coupons[3];

static const char *
coupon_new(const struct person *maker, const char *code)
{
	struct answer answer =
	    api_post("/coupons", maker->access, form("{\"code\": \"%s\", \"kind\": \"percent\", \"value\": \"7\"}", code));

	EXPECT(answer, 201);
	return text_at(&answer, "code");
}

static void
need_people(void)
{
	if (first.id != NULL)
		return;
	first = person_new("shopkeeper");
	second = person_new("shopkeeper");
	customer = person_new("customer");
	admin = person_new("admin");
	dear = goods_new(&first, "33.33", 1000);
	cheap = goods_new(&second, "10.01", 1000);
	address = address_new(&customer);
	coupons[1] = coupon_new(&admin, form("S%.8s", customer.id + 28));
	coupons[2] = coupon_new(&first, form("O%.8s", customer.id + 28));
}

/* As if a table of taxes had been laid down before the order was placed. */
enum taxes { UNTAXED, TAX_ADDED, TAX_INCLUDED, TAXES };

static void
tax_order(const char *order, enum taxes taxes)
{
	if (taxes == UNTAXED)
		return;
	if (taxes == TAX_ADDED)
		sql_run("UPDATE order_lines SET tax_rate = '0.15', tax_minor = ROUND(total_minor * 0.15), "
			"total_minor = total_minor + tax_minor WHERE order_id = '%s'",
		    order);
	else
		sql_run(
		    "UPDATE order_lines SET tax_rate = '0.2', tax_minor = ROUND(total_minor / 6), tax_included_minor = tax_minor "
		    "WHERE order_id = '%s'",
		    order);
	sql_run("UPDATE order_merchants m JOIN (SELECT merchant_id, SUM(tax_minor) AS tax, SUM(tax_included_minor) AS included, "
		"SUM(total_minor) AS total FROM order_lines WHERE order_id = '%s' GROUP BY merchant_id) l "
		"ON l.merchant_id = m.merchant_id SET m.tax_minor = l.tax, m.tax_included_minor = l.included, "
		"m.total_minor = l.total WHERE m.order_id = '%s'",
	    order, order);
	sql_run(
	    "UPDATE orders o JOIN (SELECT SUM(tax_minor) AS tax, SUM(tax_included_minor) AS included, SUM(total_minor) AS total "
	    "FROM order_lines WHERE order_id = '%s') l SET o.tax_minor = l.tax, o.tax_included_minor = l.included, "
	    "o.total_minor = l.total + o.shipping_minor WHERE o.id = '%s'",
	    order, order);
}

/* A paid order of three of the first seller's goods and one of the second's. */
static struct attempt
paid_order(const char *coupon, enum taxes taxes)
{
	struct answer  answer = api_post("/orders", customer.access,
	     form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", %s\"items\": [{\"variant_id\": \"%s\", "
		   "\"quantity\": 3}, {\"variant_id\": \"%s\", \"quantity\": 1}]}",
		 address, coupon == NULL ? "" : form("\"coupon\": \"%s\", ", coupon), dear.variant, cheap.variant));
	struct attempt attempt;

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	tax_order(text_at(&answer, "id"), taxes);
	attempt = attempt_paid(&customer, text_at(&answer, "id"));
	sql_run("UPDATE payments SET review = NULL WHERE reference = '%s'", attempt.reference);
	return attempt;
}

static const char *
part_of(const char *order, const struct person *seller)
{
	return sql_text("SELECT id FROM fulfilments WHERE order_id = '%s' AND merchant_id = '%s'", order, seller->merchant);
}

static int64_t
total_of(const char *order, const struct person *seller)
{
	return sql_number(
	    "SELECT total_minor FROM order_merchants WHERE order_id = '%s' AND merchant_id = '%s'", order, seller->merchant);
}

/* What the books still hold of the order for a seller's goods, account by account; NULL: of what is nobody's. */
static const char *
held_for(const struct attempt *attempt, const struct person *seller)
{
	return sql_text("SELECT GROUP_CONCAT(CONCAT(s.kind, ' ', s.left_minor) ORDER BY s.kind) FROM (SELECT a.kind, "
			"SUM(e.amount_minor) AS left_minor FROM payments p JOIN ledger_transactions t ON t.origin_id = p.id "
			"JOIN ledger_entries e ON e.transaction_id = t.id JOIN ledger_accounts a ON a.id = e.account_id "
			"WHERE p.reference = '%s' AND a.kind NOT IN ('clearing', 'carrier') AND e.merchant_id %s "
			"GROUP BY a.kind HAVING left_minor <> 0) s",
	    attempt->reference, seller == NULL ? "IS NULL" : form("= '%s'", seller->merchant));
}

static int64_t
held_in_all(const struct attempt *attempt)
{
	return sql_number("SELECT COUNT(*) FROM (SELECT e.account_id, SUM(e.amount_minor) AS left_minor FROM payments p "
			  "JOIN ledger_transactions t ON t.origin_id = p.id JOIN ledger_entries e ON e.transaction_id = t.id "
			  "WHERE p.reference = '%s' GROUP BY e.account_id, e.merchant_id HAVING left_minor <> 0) s",
	    attempt->reference);
}

static void
cancel(const char *part)
{
	EXPECT(api_post(form("/fulfilments/%s/cancel", part), admin.access, "{\"reason\": \"out of stock\"}"), 200);
}

static void
await_refunded(const struct attempt *attempt, int64_t minor)
{
	WAIT_FOR(form("%lld", (long long)minor), "SELECT refunded_minor FROM orders WHERE id = '%s'", attempt->order);
}

static void
test_a_part_is_its_sellers(void)
{
	static const struct {
		int        coupon; /* none, the shop's, the first seller's */
		enum taxes taxes;
	} cases[] = { { 0, TAX_ADDED }, { 1, TAX_INCLUDED }, { 1, TAX_ADDED }, { 2, TAX_INCLUDED } };
	enum { CASES = sizeof cases / sizeof *cases };
	struct attempt attempts[CASES];
	const char    *others[CASES];

	need_people();
	for (int i = 0; i < CASES; i++) {
		attempts[i] = paid_order(coupons[cases[i].coupon], cases[i].taxes);
		others[i] = held_for(&attempts[i], &second);
		CHECK_TEXT(held_for(&attempts[i], NULL), "shipping -500");
		cancel(part_of(attempts[i].order, &first));
	}
	for (int i = 0; i < CASES; i++) {
		await_refunded(&attempts[i], total_of(attempts[i].order, &first));
		CHECK_TEXT(held_for(&attempts[i], &first), NULL);
		CHECK_TEXT(held_for(&attempts[i], &second), others[i]);
		CHECK_TEXT(held_for(&attempts[i], NULL), "shipping -500");
		cancel(part_of(attempts[i].order, &second));
	}
	/* The last part takes the remainder, and shipping with it. */
	for (int i = 0; i < CASES; i++) {
		await_refunded(
		    &attempts[i], sql_number("SELECT amount_minor FROM payments WHERE reference = '%s'", attempts[i].reference));
		CHECK_INT(held_in_all(&attempts[i]), 0);
	}
}

/* One of three comes back, and then the others: a third of all that was posted for them, and the remainder. */
static void
test_returned_goods_are_their_sellers(void)
{
	struct attempt attempt;
	struct answer  answer;
	const char    *part, *other, *shipping, *line, *back;
	int64_t        paid;

	need_people();
	attempt = paid_order(coupons[1], TAX_ADDED);
	other = held_for(&attempt, &second);
	shipping = held_for(&attempt, NULL);
	part = part_of(attempt.order, &first);
	EXPECT(api_post(form("/fulfilments/%s/pack", part), first.access, NULL), 200);
	EXPECT(api_post(form("/fulfilments/%s/ship", part), first.access, "{\"carrier\": \"Pathao\"}"), 200);
	EXPECT(api_post(form("/fulfilments/%s/deliver", part), first.access, NULL), 200);
	line = sql_text("SELECT id FROM order_lines WHERE order_id = '%s' AND merchant_id = '%s'", attempt.order, first.merchant);
	paid = total_of(attempt.order, &first);
	for (int count = 1; count <= 2; count++) {
		answer = api_post(form("/orders/%s/returns", attempt.order), admin.access,
		    form("{\"lines\": [{\"line_id\": \"%s\", \"quantity\": %d, \"reason\": \"torn\"}]}", line, count));
		EXPECT(answer, 201);
		back = text_at(&answer, "id");
		EXPECT(api_post(form("/returns/%s/approve", back), first.access, NULL), 200);
		EXPECT(api_post(form("/returns/%s/receive", back), first.access,
			   form("{\"lines\": [{\"line_id\": \"%s\", \"restock\": false}]}", line)),
		    200);
		WAIT_FOR("refunded", "SELECT status FROM returns WHERE id = '%s'", back);
		CHECK_TEXT(held_for(&attempt, &second), other);
		CHECK_TEXT(held_for(&attempt, NULL), shipping);
		CHECK_INT(
		    sql_number("SELECT -SUM(e.amount_minor) FROM payments p JOIN ledger_transactions t ON t.origin_id = p.id "
			       "JOIN ledger_entries e ON e.transaction_id = t.id WHERE p.reference = '%s' "
			       "AND e.merchant_id = '%s'",
			attempt.reference, first.merchant),
		    count == 1 ? paid - sql_number("SELECT amount_minor FROM returns WHERE id = '%s'", back) : 0);
	}
	CHECK_INT(sql_number("SELECT refunded_minor FROM orders WHERE id = '%s'", attempt.order), paid);
}

/* Each of the sellers sees the refunds for their own part, and those that are for everybody's, but not the other's. */
static void
test_who_sees_it(void)
{
	struct attempt attempt;
	struct answer  answer;
	const char    *path;

	need_people();
	attempt = paid_order(NULL, UNTAXED);
	path = form("/payments/%s/refunds", attempt.reference);
	cancel(part_of(attempt.order, &first));
	await_refunded(&attempt, 9999);
	answer = api_get(path, first.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.amount"), "99.99");
	CHECK_TEXT(text_at(&answer, "results.0.merchant_id"), first.merchant);
	answer = api_get(path, second.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 0);
	answer = api_get(path, customer.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	answer = api_get(form("/payments/%s", attempt.reference), first.access);
	CHECK_TEXT(text_at(&answer, "refunded"), "99.99");
	answer = api_get(form("/payments/%s", attempt.reference), second.access);
	CHECK_TEXT(text_at(&answer, "refunded"), "0.00");
	answer = api_get("/payments?limit=1", second.access);
	CHECK_TEXT(text_at(&answer, "results.0.refunded"), "0.00");
	answer = api_get(form("/payments/%s", attempt.reference), admin.access);
	CHECK_TEXT(text_at(&answer, "refunded"), "99.99");
}

/* What is asked for but not given back yet is withheld from that seller's payouts alone. */
static void
test_pending_refunds_are_withheld(void)
{
	struct attempt attempt;
	struct answer  answer;

	need_people();
	attempt = paid_order(NULL, UNTAXED);
	sandbox_switch(attempt.order, "{\"refund_pending\": true}");
	sql_run("UPDATE payments SET succeeded_at = NOW(3) - INTERVAL 40 DAY WHERE reference = '%s'", attempt.reference);
	cancel(part_of(attempt.order, &first));
	answer = api_get(form("/merchants/%s/balance", first.merchant), first.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.pending_refunds"),
	    sql_text("SELECT CAST(-SUM(e.amount_minor) / 100 AS DECIMAL(12, 2)) FROM payments p "
		     "JOIN ledger_transactions t ON t.origin_id = p.id JOIN ledger_entries e ON e.transaction_id = t.id "
		     "JOIN ledger_accounts a ON a.id = e.account_id WHERE p.reference = '%s' AND a.merchant_id = '%s'",
		attempt.reference, first.merchant));
	answer = api_get(form("/merchants/%s/balance", second.merchant), second.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.pending_refunds"), "0.00");
}

/* A bank sends back what was refunded for one seller's part: given back again, it is that seller's again. */
static void
test_what_bounced_is_its_sellers(void)
{
	struct attempt attempt;
	const char    *other, *shipping, *refund;

	need_people();
	attempt = paid_order(NULL, UNTAXED);
	other = held_for(&attempt, &second);
	shipping = held_for(&attempt, NULL);
	cancel(part_of(attempt.order, &first));
	await_refunded(&attempt, 9999);
	refund = sql_text("SELECT r.provider_refund_id FROM refunds r JOIN payments p ON p.id = r.payment_id "
			  "WHERE p.reference = '%s'",
	    attempt.reference);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/bounce/%s", refund), NULL), 200);
	await_refunded(&attempt, 0);
	EXPECT(api_post(form("/payments/%s/refund-held", attempt.reference), admin.access, "{\"reason\": \"another account\"}"),
	    200);
	await_refunded(&attempt, 9999);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s' "
			     "AND r.merchant_id = '%s' AND r.amount_minor = 9999",
		      attempt.reference, first.merchant),
	    2);
	CHECK_TEXT(held_for(&attempt, &first), NULL);
	CHECK_TEXT(held_for(&attempt, &second), other);
	CHECK_TEXT(held_for(&attempt, NULL), shipping);
}

static void
test_consistent(void)
{
	EXPECT_CONSISTENT();
}

SUITE("api: parts' money", TEST(test_a_part_is_its_sellers), TEST(test_returned_goods_are_their_sellers), TEST(test_who_sees_it),
    TEST(test_pending_refunds_are_withheld), TEST(test_what_bounced_is_its_sellers), TEST(test_consistent))
