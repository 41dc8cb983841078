/*
 * Cash at the door, parcel by parcel: what each brings is posted at once, what nobody will bring is struck, and the payment succeeds
 * with what came, or fails when that is nothing.
 */
#include "tests/api/shopping.h"

#include <stdio.h>
#include <string.h>

enum { DEAR = 9000, CHEAP = 1000, SHIPPING = 500, TOTAL = DEAR + CHEAP + SHIPPING };

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

/* An order of both sellers that is to be paid at the door. */
struct sale {
	const char *order, *reference, *first, *second; /* the parts */
};

static const char *
place(const char *coupon)
{
	struct answer answer = api_post("/orders", customer.access,
	    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", %s\"items\": [{\"variant_id\": \"%s\", "
		 "\"quantity\": 3}, {\"variant_id\": \"%s\", \"quantity\": 1}]}",
		address, coupon == NULL ? "" : form("\"coupon\": \"%s\", ", coupon), dear.variant, cheap.variant));

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return text_at(&answer, "id");
}

static const char *
part_of(const char *order, const struct person *seller)
{
	return sql_text("SELECT id FROM fulfilments WHERE order_id = '%s' AND merchant_id = '%s'", order, seller->merchant);
}

static struct sale
sell(const char *coupon)
{
	struct sale sale = { .order = place(coupon) };

	sale.reference = cash_confirmed(&customer, &admin, sale.order);
	sale.first = part_of(sale.order, &first);
	sale.second = part_of(sale.order, &second);
	return sale;
}

/* `part` NULL: all that was delivered. */
static struct answer
collect(const struct sale *sale, const struct person *by, const char *part)
{
	return api_post(form("/payments/%s/collect", sale->reference), by->access,
	    part == NULL ? NULL : form("{\"fulfilment_id\": \"%s\"}", part));
}

static struct answer
step(const char *part, const char *verb, const char *body)
{
	return api_post(form("/fulfilments/%s/%s", part == NULL ? "none" : part, verb), admin.access, body);
}

static void
ship(const char *part)
{
	EXPECT(step(part, "pack", NULL), 200);
	EXPECT(step(part, "ship", "{\"carrier\": \"Pathao\"}"), 200);
}

/* The payment's status, what it has of its amount, and what the order says of it. */
static void
expect_payment(const struct sale *sale, const char *status, int64_t collected, const char *order)
{
	CHECK_TEXT(
	    sql_text("SELECT CONCAT(status, ' ', collected_minor, ' ', refunded_minor) FROM payments WHERE reference = '%s'",
		sale->reference),
	    form("%s %lld 0", status, (long long)collected));
	CHECK_TEXT(sql_text("SELECT CONCAT(status, ' ', payment_status) FROM orders WHERE id = '%s'", sale->order), order);
}

/* What stands in the carrier's account of it, and (of a seller) what is posted for their goods; both in minor units. */
static int64_t
posted(const struct sale *sale, const struct person *seller)
{
	return sql_number(
	    "SELECT IFNULL(SUM(e.amount_minor), 0) FROM payments p JOIN ledger_transactions t ON t.origin_id = p.id "
	    "JOIN ledger_entries e ON e.transaction_id = t.id JOIN ledger_accounts a ON a.id = e.account_id "
	    "WHERE p.reference = '%s' AND %s",
	    sale->reference, seller == NULL ? "a.kind = 'carrier'" : form("e.merchant_id = '%s'", seller->merchant));
}

static int64_t
struck(const struct sale *sale)
{
	return sql_number("SELECT IFNULL(SUM(r.amount_minor), 0) FROM payments p JOIN refunds r ON r.payment_id = p.id "
			  "WHERE p.reference = '%s' AND r.kind = 'not_collected' AND r.status = 'succeeded'",
	    sale->reference);
}

static void
expect_refused(struct answer answer, int status, const char *code, const char *what)
{
	const char *got = text_at(&answer, "code");

	if (answer.status != status || got == NULL || strcmp(got, code) != 0)
		CHECK_TEXT(
		    form("%s: %d %s", what, (int)answer.status, got == NULL ? "" : got), form("%s: %d %s", what, status, code));
}

static void
test_one_parcel_after_the_other(void)
{
	struct sale   sale;
	struct answer answer;

	need_people();
	sale = sell(NULL);
	parcel_delivered(&admin, sale.order, &second);
	answer = collect(&sale, &second, sale.second);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "collected"), "10.00"); /* a seller sees no shipping */
	expect_payment(&sale, "processing", CHEAP + SHIPPING, "processing pending");
	CHECK_INT(posted(&sale, NULL), CHEAP + SHIPPING);
	CHECK_INT(posted(&sale, &second), -CHEAP);
	CHECK_INT(posted(&sale, &first), 0);
	answer = api_get(form("/orders/%s/fulfilments", sale.order), second.access);
	CHECK_TEXT(text_at(&answer, "results.0.collected"), "15.00");
	CHECK(text_at(&answer, "results.0.collected_at") != NULL);
	EXPECT_CONSISTENT();
	parcel_delivered(&admin, sale.order, &first);
	answer = collect(&sale, &admin, NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "succeeded");
	CHECK_TEXT(text_at(&answer, "collected"), "105.00");
	expect_payment(&sale, "succeeded", TOTAL, "delivered paid");
	CHECK_INT(posted(&sale, NULL), TOTAL);
	CHECK_INT(struck(&sale), 0);
	CHECK_INT(sql_number("SELECT received_minor IS NULL FROM payments WHERE reference = '%s'", sale.reference), 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM order_timeline WHERE order_id = '%s' AND type IN ('fulfilment.collected', "
			     "'payment.succeeded')",
		      sale.order),
	    3);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM audit_records WHERE action = 'fulfilment.collected' AND subject_id IN ('%s', '%s')",
		sale.first, sale.second),
	    2);
}

/* One parcel is paid for, the other comes back: it succeeds with what came, and that is what can be refunded. */
static void
test_one_parcel_comes_back(void)
{
	struct sale   sale;
	struct answer answer;
	const char   *refund;

	need_people();
	sale = sell(NULL);
	parcel_delivered(&admin, sale.order, &first);
	EXPECT(collect(&sale, &first, NULL), 200);
	ship(sale.second);
	answer = step(sale.second, "return", "{\"reason\": \"nobody at home\", \"lines\": []}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "refunded"), "0.00");
	expect_payment(&sale, "succeeded", DEAR + SHIPPING, "delivered paid");
	CHECK_INT(struck(&sale), CHEAP);
	CHECK_INT(posted(&sale, &second), 0);
	answer = api_get(form("/payments/%s/refunds", sale.reference), customer.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.kind"), "not_collected");
	CHECK_TEXT(text_at(&answer, "results.0.status"), "succeeded");
	CHECK_TEXT(text_at(&answer, "results.0.amount"), "10.00");
	CHECK_TEXT(text_at(&answer, "results.0.merchant_id"), second.merchant);
	WAIT_FOR("10.00",
	    "SELECT CAST(SUM(total_minor) / 100 AS DECIMAL(9, 2)) FROM invoices WHERE order_id = '%s' AND kind = 'credit_note' "
	    "AND merchant_id = '%s'",
	    sale.order, second.merchant);
	EXPECT_CONSISTENT();
	EXPECT_PROBLEM(api_post(form("/payments/%s/refunds", sale.reference), admin.access,
			   "{\"amount\": \"95.01\", \"reason\": \"too much\"}"),
	    409, "refund_too_large");
	answer = api_post(form("/payments/%s/refunds", sale.reference), admin.access, "{\"reason\": \"torn\"}");
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "amount"), "95.00");
	CHECK_TEXT(text_at(&answer, "status"), "pending");
	CHECK_TEXT(text_at(&answer, "kind"), "refund");
	refund = text_at(&answer, "id");
	CHECK_INT(posted(&sale, NULL), DEAR + SHIPPING);
	EXPECT(api_post(form("/refunds/%s/paid", refund), admin.access, "{\"reason\": \"at the counter\"}"), 200);
	CHECK_TEXT(sql_text("SELECT CONCAT(status, ' ', refunded_minor) FROM payments WHERE reference = '%s'", sale.reference),
	    "refunded 9500");
	CHECK_TEXT(
	    sql_text("SELECT CONCAT(status, ' ', payment_status) FROM orders WHERE id = '%s'", sale.order), "refunded refunded");
	CHECK_INT(posted(&sale, NULL), 0);
	CHECK_INT(posted(&sale, &first), 0);
}

/* Goods of the part that was paid for come back from the customer, once the other parcel's cash is settled. */
static void
test_goods_of_a_paid_parcel_come_back(void)
{
	struct sale   sale;
	struct answer answer;
	const char   *line, *back;

	need_people();
	sale = sell(NULL);
	parcel_delivered(&admin, sale.order, &first);
	EXPECT(collect(&sale, &first, sale.first), 200);
	line = sql_text("SELECT id FROM order_lines WHERE order_id = '%s' AND merchant_id = '%s'", sale.order, first.merchant);
	answer = api_post(form("/orders/%s/returns", sale.order), admin.access,
	    form("{\"lines\": [{\"line_id\": \"%s\", \"quantity\": 1, \"reason\": \"torn\"}]}", line));
	EXPECT(answer, 201);
	back = text_at(&answer, "id");
	EXPECT(api_post(form("/returns/%s/approve", back), first.access, NULL), 200);
	EXPECT_PROBLEM(api_post(form("/returns/%s/receive", back), first.access,
			   form("{\"lines\": [{\"line_id\": \"%s\", \"restock\": true}]}", line)),
	    409, "payment_state");
	EXPECT_PROBLEM(
	    api_post(form("/payments/%s/refunds", sale.reference), admin.access, "{\"reason\": \"torn\"}"), 409, "payment_state");
	EXPECT(step(sale.second, "cancel", "{\"reason\": \"out of stock\"}"), 200);
	expect_payment(&sale, "succeeded", DEAR + SHIPPING, "delivered paid");
	EXPECT(api_post(form("/returns/%s/receive", back), first.access,
		   form("{\"lines\": [{\"line_id\": \"%s\", \"restock\": true}]}", line)),
	    200);
	answer = api_get(form("/payments/%s/refunds", sale.reference), first.access);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.amount"), "30.00");
	CHECK_TEXT(text_at(&answer, "results.0.status"), "pending");
	EXPECT(api_post(form("/refunds/%s/paid", text_at(&answer, "results.0.id")), admin.access, "{\"reason\": \"handed out\"}"),
	    200);
	WAIT_FOR("refunded", "SELECT status FROM returns WHERE id = '%s'", back);
	CHECK_INT(posted(&sale, &first), -(DEAR - DEAR / 3));
}

/* Nothing comes: by its parts, one cancelled and one back from the door, or before any has left. */
static void
test_nothing_comes(void)
{
	struct sale sale;

	need_people();
	sale = sell(NULL);
	EXPECT(api_post(form("/fulfilments/%s/cancel", sale.first), customer.access, "{\"reason\": \"not any more\"}"), 200);
	expect_payment(&sale, "processing", 0, "confirmed pending");
	CHECK_INT(struck(&sale), DEAR);
	ship(sale.second);
	EXPECT(step(sale.second, "return", "{\"reason\": \"refused\", \"lines\": []}"), 200);
	expect_payment(&sale, "failed", 0, "cancelled failed");
	CHECK_INT(struck(&sale), TOTAL);
	CHECK_TEXT(sql_text("SELECT failure_code FROM payments WHERE reference = '%s'", sale.reference), "not_collected");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM ledger_transactions t JOIN payments p ON p.id = t.origin_id "
			     "WHERE p.reference = '%s'",
		      sale.reference),
	    0);
	WAIT_FOR(form("%d", TOTAL),
	    "SELECT IFNULL(SUM(total_minor), 0) FROM invoices WHERE order_id = '%s' AND kind = 'credit_note'", sale.order);

	sale = sell(NULL);
	EXPECT(api_post(form("/payments/%s/fail", sale.reference), admin.access, NULL), 200);
	expect_payment(&sale, "failed", 0, "cancelled failed");
	CHECK_INT(struck(&sale), TOTAL);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM fulfilments WHERE order_id = '%s' AND status = 'cancelled'", sale.order), 2);

	sale = sell(NULL);
	EXPECT(api_post(form("/orders/%s/cancel", sale.order), customer.access, "{\"reason\": \"no\"}"), 200);
	WAIT_FOR("cancelled", "SELECT status FROM payments WHERE reference = '%s'", sale.reference);
	CHECK_INT(struck(&sale), TOTAL);
}

static void
test_what_is_refused(void)
{
	struct sale   sale, other;
	struct person stranger, third, keeper;
	const char   *unconfirmed, *nobody = "01890000-0000-7000-8000-00000000dead";
	struct answer answer;

	need_people();
	stranger = person_new("customer");
	third = person_new("shopkeeper");
	keeper = person_new("warehouse");
	sale = sell(NULL);
	other = sell(NULL);
	expect_refused(collect(&sale, &admin, NULL), 409, "payment_state", "nothing delivered");
	expect_refused(collect(&sale, &admin, sale.first), 409, "fulfilment_state", "pending");
	EXPECT(step(sale.first, "pack", NULL), 200);
	expect_refused(collect(&sale, &admin, sale.first), 409, "fulfilment_state", "packed");
	EXPECT(step(sale.first, "ship", "{\"carrier\": \"Pathao\"}"), 200);
	expect_refused(collect(&sale, &admin, sale.first), 409, "fulfilment_state", "shipped");
	expect_refused(
	    api_post(form("/payments/%s/fail", sale.reference), admin.access, NULL), 409, "payment_state", "failed when shipped");
	expect_payment(&sale, "processing", 0, "processing pending");
	EXPECT(step(sale.first, "deliver", NULL), 200);
	expect_refused(collect(&sale, &admin, other.first), 404, "not_found", "another order's");
	expect_refused(collect(&sale, &admin, nobody), 404, "not_found", "nobody's");
	expect_refused(collect(&sale, &second, sale.first), 404, "not_found", "another seller's");
	expect_refused(collect(&sale, &second, NULL), 409, "payment_state", "own not delivered");
	expect_refused(collect(&sale, &third, sale.first), 404, "not_found", "a stranger shop");
	expect_refused(collect(&sale, &customer, sale.first), 403, "forbidden", "the customer");
	expect_refused(collect(&sale, &stranger, sale.first), 403, "forbidden", "a stranger");
	EXPECT_FAULT(
	    api_post(form("/payments/%s/collect", sale.reference), admin.access, "{\"fulfilment_id\": \"1\"}"), "fulfilment_id");
	EXPECT_FAULT(api_post(form("/payments/%s/collect", sale.reference), admin.access, "{\"amount\": \"1.00\"}"), "amount");
	EXPECT(collect(&sale, &keeper, sale.first), 200);
	expect_refused(collect(&sale, &admin, sale.first), 409, "payment_state", "twice");
	expect_refused(collect(&sale, &admin, NULL), 409, "payment_state", "all of nothing");
	expect_refused(
	    step(sale.first, "return", "{\"reason\": \"late\", \"lines\": []}"), 409, "fulfilment_state", "back when paid");
	EXPECT(step(sale.second, "cancel", "{\"reason\": \"gone\"}"), 200);
	expect_refused(collect(&sale, &admin, sale.first), 409, "payment_state", "ended");
	expect_refused(step(sale.second, "cancel", "{\"reason\": \"gone\"}"), 409, "fulfilment_state", "struck twice");
	CHECK_INT(struck(&sale), CHEAP);

	answer = payment_new(&customer, place(NULL), "cod");
	unconfirmed = text_at(&answer, "reference");
	expect_refused(
	    api_post(form("/payments/%s/collect", unconfirmed), admin.access, NULL), 409, "payment_state", "not confirmed");
	answer = attempt_paid(&customer, order_new(&customer, address, &dear, 1)).answer;
	expect_refused(api_post(form("/payments/%s/collect", text_at(&answer, "reference")), admin.access, NULL), 409,
	    "payment_state", "a card's");
}

/* Each part bears its own share of a coupon; to the cent, and whoever pays for that. */
static void
test_coupons_go_with_their_parcels(void)
{
	const char *codes[2] = { form("S%.8s", customer.id + 28), form("O%.8s", customer.id + 28) };

	need_people();
	for (int own = 0; own < 2; own++) {
		struct sale sale;

		EXPECT(api_post("/coupons", own ? first.access : admin.access,
			   form("{\"code\": \"%s\", \"kind\": \"percent\", \"value\": \"7\"}", codes[own])),
		    201);
		sale = sell(codes[own]);
		parcel_delivered(&admin, sale.order, &first);
		EXPECT(collect(&sale, &admin, NULL), 200);
		EXPECT_CONSISTENT();
		CHECK_INT(posted(&sale, NULL),
		    sql_number(
			"SELECT m.total_minor + o.shipping_minor FROM orders o JOIN order_merchants m ON m.order_id = o.id "
			"WHERE o.id = '%s' AND m.merchant_id = '%s'",
			sale.order, first.merchant));
		parcel_delivered(&admin, sale.order, &second);
		EXPECT(collect(&sale, &admin, NULL), 200);
		CHECK_INT(posted(&sale, NULL), sql_number("SELECT total_minor FROM orders WHERE id = '%s'", sale.order));
	}
}

/* What came of one parcel may be asked back, and is not paid out, before the payment has ended. */
static void
test_fresh_cash_is_withheld(void)
{
	struct sale   sale;
	struct answer answer;
	struct person seller = person_new("shopkeeper");
	struct goods  goods = goods_new(&seller, "40.00", 10);

	need_people();
	answer = api_post("/orders", customer.access,
	    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"pickup\", \"items\": [{\"variant_id\": \"%s\", "
		 "\"quantity\": 1}, {\"variant_id\": \"%s\", \"quantity\": 1}]}",
		address, goods.variant, cheap.variant));
	EXPECT(answer, 201);
	sale = (struct sale) { .order = text_at(&answer, "id") };
	sale.reference = cash_confirmed(&customer, &admin, sale.order);
	EXPECT(collect(&sale, &seller, (parcel_delivered(&seller, sale.order, &seller))), 200);
	expect_payment(&sale, "processing", 4000, "processing pending");
	answer = api_get(form("/merchants/%s/balance", seller.merchant), seller.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.available"), "0.00");
	CHECK_TEXT(text_at(&answer, "results.0.return_window"), text_at(&answer, "results.0.balance"));
}

static void
test_consistent(void)
{
	EXPECT_CONSISTENT();
}

SUITE("api: cash", TEST(test_one_parcel_after_the_other), TEST(test_one_parcel_comes_back),
    TEST(test_goods_of_a_paid_parcel_come_back), TEST(test_nothing_comes), TEST(test_what_is_refused),
    TEST(test_coupons_go_with_their_parcels), TEST(test_fresh_cash_is_withheld), TEST(test_consistent))
