/* Coupons: who makes them, what they take off an order, how often, and who bears it. */
#include "tests/api/shopping.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static struct person seller, other, admin, customer;
static const char   *address;
static struct goods  tea, cup;

static void
need_shop(void)
{
	if (customer.id != NULL)
		return;
	seller = person_new("shopkeeper");
	other = person_new("shopkeeper");
	admin = person_new("admin");
	tea = goods_new(&seller, "20.00", 1000);
	cup = goods_new(&other, "7.25", 1000);
	customer = person_new("customer");
	address = address_new(&customer);
}

/* A code that nobody had yet. */
static const char *
fresh_code(void)
{
	static int  count;
	const char *id = form("%s", customer.id);

	return sql_text("SELECT UPPER('T%.8s%d')", id + 28, ++count);
}

/* A coupon of `maker`; its code.  `rest` begins with a comma. */
static const char *
coupon_new(const struct person *maker, const char *kind, const char *value, const char *rest)
{
	const char   *code = (need_shop(), fresh_code());
	struct answer answer = api_post("/coupons", maker->access,
	    form("{\"code\": \"%s\", \"kind\": \"%s\", \"value\": \"%s\"%s}", code, kind, value, rest));

	EXPECT(answer, 201);
	return text_at(&answer, "code");
}

static const char *
id_of(const char *code)
{
	return sql_text("SELECT id FROM readable_coupons WHERE code = '%s'", code);
}

static const char *
order_body(const char *coupon, int teas, int cups)
{
	return form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"coupon\": \"%s\", \"items\": "
		    "[{\"variant_id\": \"%s\", \"quantity\": %d}, {\"variant_id\": \"%s\", \"quantity\": %d}]}",
	    address, coupon, tea.variant, teas, cup.variant, cups);
}

static struct answer
quote(const char *coupon, int teas, int cups)
{
	return api_post("/orders/quote", customer.access, order_body(coupon, teas, cups));
}

static struct answer
place(const char *coupon)
{
	return api_post("/orders", customer.access, order_body(coupon, 1, 1));
}

static int64_t
uses(const char *code)
{
	return sql_number("SELECT uses FROM coupons WHERE code = '%s'", code);
}

static void
test_made(void)
{
	struct answer answer;
	const char   *code;

	need_shop();
	code = fresh_code();
	answer = api_post("/coupons", seller.access,
	    form("{\"code\": \" %s \", \"kind\": \"percent\", \"value\": 12.5, \"minimum\": \"15\", \"limit_total\": 9, "
		 "\"starts_at\": \"2026-01-01T00:00:00Z\", \"ends_at\": \"2099-01-01T00:00:00Z\"}",
		in_lower_case(code)));
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "code"), code);
	CHECK_TEXT(text_at(&answer, "value"), "12.5");
	CHECK_TEXT(text_at(&answer, "minimum"), "15.00");
	CHECK_TEXT(text_at(&answer, "currency"), "USD");
	CHECK_TEXT(text_at(&answer, "merchant_id"), seller.merchant);
	CHECK_INT(number_at(&answer, "limit_total"), 9);
	CHECK(!has_at(&answer, "limit_per_user"));
	CHECK_INT(number_at(&answer, "uses"), 0);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action = 'coupon.created'",
		      text_at(&answer, "id")),
	    1);
	EXPECT_PROBLEM(
	    api_post("/coupons", other.access, form("{\"code\": \"%s\", \"kind\": \"percent\", \"value\": \"5\"}", code)), 409,
	    "coupon_code_taken");
	answer = api_get(form("/coupons?search=%.6s&limit=100", code), seller.access);
	EXPECT(answer, 200);
	CHECK(strstr(answer.body, code) != NULL);
	answer = api_get(form("/coupons?search=%s", code), other.access);
	CHECK_INT(length_at(&answer, "results"), 0);
	/* Everybody may ask, in whatever case; what a seller keeps to himself is not told. */
	answer = api_get(form("/coupons/check?code=%s", in_lower_case(code)), NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "value"), "12.5");
	CHECK(!has_at(&answer, "uses") && !has_at(&answer, "limit_total"));
	EXPECT_PROBLEM(api_get("/coupons/check?code=no-such-code", NULL), 409, "no_such_coupon");
	EXPECT_PROBLEM(api_get("/coupons/check?code=%C3%9CBER", NULL), 409, "no_such_coupon");
	EXPECT_FAULT(api_get("/coupons/check", NULL), "code");
}

static void
test_faults(void)
{
	static const char *const cases[][2] = {
		{ "\"code\": \"AB\", \"kind\": \"percent\", \"value\": \"5\"", "code" },
		{ "\"code\": \"A B C\", \"kind\": \"percent\", \"value\": \"5\"", "code" },
		{ "\"kind\": \"percent\", \"value\": \"5\"", "code" },
		{ "\"code\": \"FAULT\", \"kind\": \"gift\", \"value\": \"5\"", "kind" },
		{ "\"code\": \"FAULT\", \"kind\": \"percent\"", "value" },
		{ "\"code\": \"FAULT\", \"kind\": \"percent\", \"value\": \"0\"", "value" },
		{ "\"code\": \"FAULT\", \"kind\": \"percent\", \"value\": \"-5\"", "value" },
		{ "\"code\": \"FAULT\", \"kind\": \"percent\", \"value\": \"100.01\"", "value" },
		{ "\"code\": \"FAULT\", \"kind\": \"percent\", \"value\": \"5.125\"", "value" },
		{ "\"code\": \"FAULT\", \"kind\": \"percent\", \"value\": \"999999999999999999\"", "value" },
		{ "\"code\": \"FAULT\", \"kind\": \"fixed\", \"value\": \"5.125\"", "value" },
		{ "\"code\": \"FAULT\", \"kind\": \"fixed\", \"value\": \"5\", \"currency\": \"EUR\"", "currency" },
		{ "\"code\": \"FAULT\", \"kind\": \"percent\", \"value\": \"5\", \"minimum\": \"0\"", "minimum" },
		{ "\"code\": \"FAULT\", \"kind\": \"percent\", \"value\": \"5\", \"limit_total\": 0", "limit_total" },
		{ "\"code\": \"FAULT\", \"kind\": \"percent\", \"value\": \"5\", \"limit_per_user\": 0", "limit_per_user" },
		{ "\"code\": \"FAULT\", \"kind\": \"percent\", \"value\": \"5\", \"uses\": 0", "uses" },
		{ "\"code\": \"FAULT\", \"kind\": \"percent\", \"value\": \"5\", \"starts_at\": \"2026-02-01T00:00:00Z\", "
		  "\"ends_at\": \"2026-01-01T00:00:00Z\"",
		    "ends_at" },
		{ "\"code\": \"FAULT\", \"kind\": \"percent\", \"value\": \"5\", "
		  "\"category_id\": \"018f0000-0000-7000-8000-000000000000\"",
		    "category_id" },
		{ "\"code\": \"FAULT\", \"kind\": \"percent\", \"value\": \"5\", "
		  "\"merchant_id\": \"018f0000-0000-7000-8000-000000000000\"",
		    "merchant_id" },
	};

	need_shop();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		EXPECT_FAULT(api_post("/coupons", seller.access, form("{%s}", cases[i][0])), cases[i][1]);
	EXPECT_FAULT(
	    api_post("/coupons", admin.access, "{\"code\": \"FAULT\", \"kind\": \"fixed\", \"value\": \"5\"}"), "currency");
	EXPECT_FAULT(api_post("/coupons", admin.access,
			 "{\"code\": \"FAULT\", \"kind\": \"percent\", \"value\": \"5\", "
			 "\"merchant_id\": \"018f0000-0000-7000-8000-000000000000\"}"),
	    "merchant_id");
}

static void
test_changed(void)
{
	const char   *code = coupon_new(&seller, "percent", "10", ""), *path = form("/coupons/%s", id_of(code)), *tag;
	struct answer answer = api_get(path, seller.access);

	EXPECT(answer, 200);
	tag = header_of(&answer, "ETag");
	REQUIRE(tag != NULL);
	answer =
	    api_call("PATCH", path, seller.access, "{\"value\": \"20\", \"limit_total\": 5}", HEADERS(form("If-Match: %s", tag)));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "value"), "20");
	CHECK_TEXT(text_at(&answer, "code"), code);
	EXPECT_PROBLEM(api_call("PATCH", path, seller.access, "{\"value\": \"30\"}", HEADERS(form("If-Match: %s", tag))), 412,
	    "version_mismatch");
	answer = api_patch(path, seller.access, "{\"limit_total\": null, \"kind\": \"fixed\"}");
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "limit_total"));
	CHECK_TEXT(text_at(&answer, "value"), "20.00");
	answer = api_put(path, seller.access, form("{\"code\": \"%s\", \"kind\": \"percent\", \"value\": \"0.25\"}", code));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "value"), "0.25");
	/* Nobody else's. */
	EXPECT_PROBLEM(api_get(path, other.access), 404, "not_found");
	EXPECT_PROBLEM(api_patch(path, other.access, "{\"value\": \"30\"}"), 404, "not_found");
	EXPECT_PROBLEM(api_delete(path, other.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(path, customer.access), 403, "forbidden");
	EXPECT(api_get(path, admin.access), 200);
	answer = api_get(form("/coupons?merchant=%s&limit=1", seller.merchant), admin.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.code"), code);
	answer = api_get(form("/coupons?merchant=%s", seller.merchant), other.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 0);
	/* Its code is another's then. */
	EXPECT(api_delete(path, seller.access), 204);
	EXPECT_PROBLEM(api_get(path, seller.access), 404, "not_found");
	EXPECT_PROBLEM(quote(code, 1, 1), 409, "no_such_coupon");
	EXPECT(
	    api_post("/coupons", other.access, form("{\"code\": \"%s\", \"kind\": \"percent\", \"value\": \"5\"}", code)), 201);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_type = 'coupon' AND subject_id = "
			     "(SELECT id FROM coupons WHERE code = '%s' AND deleted_at IS NOT NULL)",
		      code),
	    5);
}

static void
test_amounts(void)
{
	struct answer answer = quote(coupon_new(&admin, "percent", "10", ""), 2, 1);

	EXPECT(answer, 200); /* 47.25 of goods: 4.725 is 4.72, of which 4.00 is the tea's */
	CHECK_TEXT(text_at(&answer, "discount"), "4.72");
	CHECK_TEXT(text_at(&answer, "items.0.discount"), "4.00");
	CHECK_TEXT(text_at(&answer, "items.1.discount"), "0.72");
	CHECK_TEXT(text_at(&answer, "subtotal"), "47.25");
	CHECK_TEXT(text_at(&answer, "total"), "47.53");
	CHECK(has_at(&answer, "coupon"));
	/* A seller's is for the seller's goods. */
	answer = quote(coupon_new(&other, "fixed", "50.00", ""), 2, 1);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "discount"), "7.25");
	CHECK_TEXT(text_at(&answer, "items.0.discount"), "0.00");
	CHECK_TEXT(text_at(&answer, "items.1.total"), "0.00");
	/* The order says what the quote has said. */
	answer = api_post("/orders", customer.access, order_body(coupon_new(&other, "percent", "50", ""), 1, 1));
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "discount"), "3.62");
	answer = api_get(form("/orders/%s", text_at(&answer, "id")), seller.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "discount"), "0.00");
	CHECK_TEXT(text_at(&answer, "total"), "20.00");
	answer = api_get(form("/orders/%s", text_at(&answer, "id")), other.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "total"), "3.63");
	CHECK(sql_number("SELECT JSON_VALUE(state, '$.coupon') IS NOT NULL FROM order_history WHERE order_id = '%s' "
			 "AND type = 'order.placed'",
	    text_at(&answer, "id")));
}

/* Its errors say why. */
static void
test_refusals(void)
{
	struct answer answer;
	const char   *top, *below;

	EXPECT_PROBLEM(quote(coupon_new(&admin, "percent", "5", ", \"starts_at\": \"2099-01-01T00:00:00Z\""), 1, 1), 409,
	    "coupon_not_started");
	EXPECT_PROBLEM(
	    quote(coupon_new(&admin, "percent", "5", ", \"ends_at\": \"2026-01-01T00:00:00Z\""), 1, 1), 409, "coupon_ended");
	EXPECT_PROBLEM(quote(coupon_new(&seller, "percent", "5", ", \"minimum\": \"20.01\""), 1, 9), 409, "coupon_minimum");
	EXPECT(quote(coupon_new(&seller, "percent", "5", ", \"minimum\": \"20.00\""), 1, 9), 200);
	EXPECT_PROBLEM(quote(coupon_new(&admin, "fixed", "5", ", \"currency\": \"EUR\""), 1, 1), 409, "coupon_other_currency");
	EXPECT_PROBLEM(quote(coupon_new((struct person[]) { person_new("shopkeeper") }, "percent", "5", ""), 1, 1), 409,
	    "coupon_not_for_these");
	EXPECT_PROBLEM(quote("NEVER-MADE", 1, 1), 409, "no_such_coupon");
	EXPECT_PROBLEM(quote("*", 1, 1), 409, "no_such_coupon");
	/* A category with what is below it. */
	answer = api_post("/categories", admin.access, form("{\"name\": \"Coupons %s\"}", customer.id));
	EXPECT(answer, 201);
	top = text_at(&answer, "id");
	answer = api_post("/categories", admin.access, form("{\"name\": \"Below %s\", \"parent_id\": \"%s\"}", customer.id, top));
	EXPECT(answer, 201);
	below = text_at(&answer, "id");
	EXPECT_PROBLEM(quote(coupon_new(&admin, "percent", "10", form(", \"category_id\": \"%s\"", top)), 1, 1), 409,
	    "coupon_not_for_these");
	EXPECT(api_patch(form("/products/%s", cup.product), other.access, form("{\"category_id\": \"%s\"}", below)), 200);
	answer = quote(coupon_new(&admin, "percent", "10", form(", \"category_id\": \"%s\"", top)), 1, 1);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "discount"), "0.72");
}

static void
test_uses(void)
{
	const char   *code = coupon_new(&admin, "percent", "10", ", \"limit_total\": 2"), *first, *path;
	struct answer answer = place(code);

	EXPECT(answer, 201);
	first = text_at(&answer, "id");
	EXPECT(place(code), 201);
	CHECK_INT(uses(code), 2);
	EXPECT_PROBLEM(place(code), 409, "coupon_spent");
	EXPECT_PROBLEM(quote(code, 1, 1), 409, "coupon_spent");
	EXPECT_PROBLEM(api_get(form("/coupons/check?code=%s", code), NULL), 409, "coupon_spent");
	/* No limit is lowered below what was used. */
	path = form("/coupons/%s", id_of(code));
	EXPECT_FAULT(api_patch(path, admin.access, "{\"limit_total\": 1}"), "limit_total");
	EXPECT_FAULT(api_patch(path, admin.access, "{\"limit_per_user\": 1}"), "limit_per_user");
	/* It comes back with the whole order, once. */
	EXPECT(api_post(form("/orders/%s/cancel", first), customer.access, "{}"), 200);
	EXPECT_PROBLEM(api_post(form("/orders/%s/cancel", first), customer.access, "{}"), 409, "order_not_cancellable");
	CHECK_INT(uses(code), 1);
	answer = place(code);
	EXPECT(answer, 201);
	sql_run("UPDATE orders SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE id = '%s'", text_at(&answer, "id"));
	run_job_now("expire_orders");
	WAIT_FOR("expired", "SELECT status FROM orders WHERE id = '%s'", text_at(&answer, "id"));
	CHECK_INT(uses(code), 1);
}

static void
test_uses_of_a_customer(void)
{
	const char   *code = coupon_new(&admin, "percent", "10", ", \"limit_per_user\": 1");
	struct answer answer = place(code);

	EXPECT(answer, 201);
	EXPECT_PROBLEM(place(code), 409, "coupon_spent");
	EXPECT_PROBLEM(api_get(form("/coupons/check?code=%s", code), customer.access), 409, "coupon_spent");
	EXPECT(api_get(form("/coupons/check?code=%s", code), NULL), 200);
	EXPECT(api_post(form("/orders/%s/cancel", text_at(&answer, "id")), customer.access, "{}"), 200);
	EXPECT(place(code), 201);
}

/* An order that is paid late has its coupon again, if that is still to be had; else its money goes back. */
static void
test_paid_late(void)
{
	for (int taken = 0; taken < 2; taken++) {
		const char    *code = coupon_new(&admin, "percent", "10", ", \"limit_total\": 1");
		struct answer  answer = place(code);
		struct attempt attempt;

		EXPECT(answer, 201);
		attempt = attempt_new(&customer, text_at(&answer, "id"));
		sql_run("UPDATE orders SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE id = '%s'", attempt.order);
		run_job_now("expire_orders");
		WAIT_FOR("expired", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
		CHECK_INT(uses(code), 0);
		if (taken)
			EXPECT(place(code), 201);
		CHECK_INT(sandbox_post(form("/sandbox/stripe/pay/%s", attempt.transaction), "force=1"), 200);
		WAIT_FOR(
		    taken ? "refunded" : "succeeded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
		CHECK_TEXT(sql_text("SELECT status FROM orders WHERE id = '%s'", attempt.order), taken ? "expired" : "paid");
		CHECK_INT(uses(code), 1);
	}
}

/* Who bears it: the shop its own, and the sellers earn as much as without; a seller the seller's. */
static void
test_who_bears_it(void)
{
	struct answer  answer = place(coupon_new(&admin, "fixed", "10.00", ", \"currency\": \"USD\""));
	struct attempt attempt;

	EXPECT(answer, 201);
	attempt = attempt_paid(&customer, text_at(&answer, "id"));
	CHECK_INT(attempt.total, 2725 + 500 - 1000);
	CHECK_INT(left_in(&attempt, "discount"), 1000);
	CHECK_INT(left_in(&attempt, "merchant") + left_in(&attempt, "commission"), -2725);
	/* A part goes back in proportion, and then the rest. */
	EXPECT(api_post(form("/payments/%s/refunds", attempt.reference), admin.access,
		   "{\"amount\": \"5.00\", \"reason\": \"a scratch\"}"),
	    201);
	WAIT_FOR("partially_refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_INT(left_in(&attempt, "discount"), 1000 - 225); /* 1000 * 500 / 2225 = 224.7 */
	EXPECT(api_post(form("/payments/%s/refunds", attempt.reference), admin.access, "{\"reason\": \"broken\"}"), 201);
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_INT(left_in(&attempt, "discount"), 0);
	CHECK_INT(left_in(&attempt, "merchant"), 0);

	answer = place(coupon_new(&seller, "percent", "25", ""));
	EXPECT(answer, 201);
	attempt = attempt_paid(&customer, text_at(&answer, "id"));
	CHECK_INT(left_in(&attempt, "discount"), 0);
	CHECK_INT(left_in(&attempt, "merchant") + left_in(&attempt, "commission"), -(1500 + 725));
}

/* ---- an order that the shop's coupon pays whole ---- */

/* Three of the one seller's, one of the other's, fetched, for nothing; the order's id. */
static const char *
free_order(const char *coupon)
{
	struct answer answer = api_post("/orders", customer.access,
	    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"pickup\", \"coupon\": \"%s\", \"items\": "
		 "[{\"variant_id\": \"%s\", \"quantity\": 3}, {\"variant_id\": \"%s\", \"quantity\": 1}]}",
		address, coupon, tea.variant, cup.variant));

	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "total"), "0.00");
	CHECK_TEXT(text_at(&answer, "status"), "paid");
	return text_at(&answer, "id");
}

static const char *
part_of(const char *order, const struct person *of)
{
	return sql_text("SELECT id FROM fulfilments WHERE order_id = '%s' AND merchant_id = '%s'", order, of->merchant);
}

/* Wait until the order's books hold this: of each part, the discount and what is its seller's and the shop's commission. */
static void
await_books(const char *order, const char *kinds, const char *expected, unsigned line)
{
	wait_for_sql(expected,
	    form(
		"SELECT IFNULL(GROUP_CONCAT(s.amount ORDER BY s.amount SEPARATOR ' '), 'none') FROM (SELECT SUM(e.amount_minor) AS amount "
		"FROM fulfilments f JOIN ledger_transactions t ON t.origin_id = f.id JOIN ledger_entries e ON e.transaction_id = t.id "
		"JOIN ledger_accounts a ON a.id = e.account_id WHERE f.order_id = '%s' AND a.kind IN (%s) GROUP BY f.id) s",
		order, kinds),
	    __FILE__, line);
}
#define AWAIT_DISCOUNT(order, expected) await_books((order), "'discount'", (expected), __LINE__)
#define AWAIT_EARNED(order, expected) await_books((order), "'merchant', 'commission'", (expected), __LINE__)

static void
await_no_job(const char *order)
{
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE live_key = 'post_free_order:%s'", order);
}

static int64_t
sources(const char *order, const char *kind)
{
	return sql_number("SELECT COUNT(*) FROM ledger_transactions t JOIN fulfilments f ON f.id = t.origin_id WHERE "
			  "f.order_id = '%s' AND t.source_kind = '%s'",
	    order, kind);
}

static int64_t
withheld(const struct person *of)
{
	struct answer answer = api_get(form("/merchants/%s/balance", of->merchant), of->access);

	EXPECT(answer, 200);
	return has_at(&answer, "results.0") ? (int64_t)(atof(text_at(&answer, "results.0.return_window")) * 100 + 0.5) : 0;
}

static void
send_back(const char *order, int quantity)
{
	const char *line = sql_text("SELECT id FROM order_lines WHERE order_id = '%s' AND variant_id = '%s'", order, tea.variant);
	struct answer answer = api_post(form("/orders/%s/returns", order), customer.access,
	    form("{\"lines\": [{\"line_id\": \"%s\", \"quantity\": %d, \"reason\": \"too strong\"}]}", line, quantity));
	const char   *id = text_at(&answer, "id");

	EXPECT(answer, 201);
	EXPECT(api_post(form("/returns/%s/approve", id), seller.access, NULL), 200);
	answer = api_post(form("/returns/%s/receive", id), seller.access,
	    form("{\"lines\": [{\"line_id\": \"%s\", \"restock\": true}]}", line));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "refunded");
}

static void
test_free_order_pays_its_sellers(void)
{
	const char *code = coupon_new(&admin, "percent", "100", ""), *order, *part;
	int64_t     before = withheld(&seller), commission;

	order = free_order(code);
	AWAIT_DISCOUNT(order, "725 6000");
	AWAIT_EARNED(order, "-6000 -725");
	commission =
	    sql_number("SELECT -SUM(e.amount_minor) FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id "
		       "JOIN ledger_accounts a ON a.id = e.account_id WHERE t.source_kind = 'free_sale' AND t.source_id = '%s' "
		       "AND a.kind = 'commission'",
		part_of(order, &seller));
	CHECK(commission > 0);
	CHECK_INT(withheld(&seller) - before, 6000 - commission); /* it can still be returned */

	/* Delivered, and one after the other sent back. */
	part = part_of(order, &seller);
	EXPECT(api_post(form("/fulfilments/%s/pack", part), seller.access, NULL), 200);
	EXPECT(api_post(form("/fulfilments/%s/ship", part), seller.access, "{\"carrier\": \"Pathao\"}"), 200);
	EXPECT(api_post(form("/fulfilments/%s/deliver", part), seller.access, NULL), 200);
	send_back(order, 1);
	AWAIT_DISCOUNT(order, "725 4000");
	AWAIT_EARNED(order, "-4000 -725");
	/* A part that does not leave gives back its own. */
	EXPECT(api_post(form("/fulfilments/%s/cancel", part_of(order, &other)), other.access, "{\"reason\": \"out of stock\"}"),
	    200);
	AWAIT_DISCOUNT(order, "0 4000");
	send_back(order, 2);
	AWAIT_EARNED(order, "0 0");
	await_no_job(order);
	CHECK_INT(sources(order, "free_sale"), 2);
	CHECK_INT(sources(order, "free_sale_ended"), 1);
	CHECK_INT(sources(order, "free_sale_returned"), 2);
	CHECK_INT(withheld(&seller), before);
}

static void
test_free_order_cancelled(void)
{
	const char *order = free_order(coupon_new(&admin, "percent", "100", ""));

	EXPECT(api_post(form("/orders/%s/cancel", order), customer.access, "{\"reason\": \"changed my mind\"}"), 200);
	CHECK_TEXT(
	    sql_text("SELECT CONCAT(status, ' ', payment_status) FROM orders WHERE id = '%s'", order), "cancelled refunded");
	AWAIT_DISCOUNT(order, "0 0");
	await_no_job(order);
	CHECK_INT(sources(order, "free_sale"), 2);
	CHECK_INT(sources(order, "free_sale_ended"), 2);
	/* Its job once more, as after a crash: everything is posted once. */
	sql_run(
	    "INSERT INTO jobs (id, kind, lane, payload, priority, max_attempts, unique_key) SELECT id, 'post_free_order', 'money', "
	    "JSON_OBJECT('event_id', CAST(id AS UUID), 'aggregate_id', CAST(id AS UUID)), 3, 1, CONCAT('post_free_order:', CAST(id AS UUID)) FROM orders "
	    "WHERE id = '%s'",
	    order);
	await_no_job(order);
	CHECK_INT(sources(order, "free_sale") + sources(order, "free_sale_ended"), 4);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM jobs WHERE kind = 'post_free_order' AND status = 'dead'"), 0);
}

/* One statement more than without. */
static void
test_costs_one_statement(void)
{
	const char *code = coupon_new(&admin, "percent", "1", ", \"limit_total\": 1000, \"limit_per_user\": 1000");
	const char *body = order_body(code, 1, 1);
	const char *without = form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"items\": "
				   "[{\"variant_id\": \"%s\", \"quantity\": 1}, {\"variant_id\": \"%s\", \"quantity\": 1}]}",
	    address, tea.variant, cup.variant);
	long        fewest[2] = { LONG_MAX, LONG_MAX };

	for (int i = 0; i < 24; i++)
		for (int with = 0; with < 2; with++) {
			struct answer answer = api_post("/orders", customer.access, with ? body : without);

			EXPECT(answer, 201);
			fewest[with] = answer.round_trips < fewest[with] ? answer.round_trips : fewest[with];
			EXPECT(api_post(form("/orders/%s/cancel", text_at(&answer, "id")), customer.access, "{}"), 200);
		}
	CHECK_INT(fewest[1], fewest[0] + 1);
}

/* What goods had cost their seller is kept with what was sold, and shown to no customer. */
static void
test_cost_when_sold(void)
{
	struct answer answer;

	need_shop();
	EXPECT(api_patch(form("/products/%s", tea.product), seller.access, "{\"cost_price\": \"11.30\"}"), 200);
	answer = api_post("/orders", customer.access,
	    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"items\": [{\"variant_id\": \"%s\", "
		 "\"quantity\": 2}, {\"variant_id\": \"%s\", \"quantity\": 1}]}",
		address, tea.variant, cup.variant));
	EXPECT(answer, 201);
	CHECK(strstr(answer.body, "cost") == NULL);
	EXPECT(api_patch(form("/products/%s", tea.product), seller.access, "{\"cost_price\": \"12.00\"}"), 200);
	CHECK_TEXT(sql_text("SELECT GROUP_CONCAT(IFNULL(cost_minor, 'unknown') ORDER BY position) FROM order_lines WHERE "
			    "order_id = '%s'",
		       text_at(&answer, "id")),
	    "1130,unknown");
	answer = api_get(form("/orders/%s", text_at(&answer, "id")), customer.access);
	EXPECT(answer, 200);
	CHECK(strstr(answer.body, "cost") == NULL);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM order_history WHERE state LIKE '%%cost%%' AND order_id = '%s'",
		      text_at(&answer, "id")),
	    0);
}

static void
test_books_are_consistent(void)
{
	EXPECT_CONSISTENT();
}

/* The statement that takes its use; the rest of what is to be known of it comes with what is read anyway. */
static void
test_an_order_costs_one_statement_more(void)
{
	const char   *code = coupon_new(&seller, "percent", "10", "");
	struct answer plain, reduced;

	/* What a worker asks once is not the order's. */
	for (int i = 0; i < 2; i++) {
		plain = api_post("/orders", customer.access,
		    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"items\": "
			 "[{\"variant_id\": \"%s\", \"quantity\": 1}, {\"variant_id\": \"%s\", \"quantity\": 1}]}",
			address, tea.variant, cup.variant));
		EXPECT(plain, 201);
		reduced = place(code);
		EXPECT(reduced, 201);
	}
	printf("(%ld and %ld) ", plain.round_trips, reduced.round_trips);
	CHECK(plain.round_trips > 0);
	CHECK(reduced.round_trips <= plain.round_trips + 1);
}

SUITE("api: coupons", TEST(test_made), TEST(test_faults), TEST(test_changed), TEST(test_amounts), TEST(test_refusals),
    TEST(test_uses), TEST(test_uses_of_a_customer), TEST(test_paid_late), TEST(test_who_bears_it),
    TEST(test_free_order_pays_its_sellers), TEST(test_free_order_cancelled), TEST(test_costs_one_statement),
    TEST(test_cost_when_sold), TEST(test_books_are_consistent), TEST(test_an_order_costs_one_statement_more))
