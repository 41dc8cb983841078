/* What events tell of a purchase: the whole business state, and nothing of the person. */
#include "tests/api/shopping.h"

#include <string.h>

/* Words that no shop's own text holds. */
static const char *const secrets[] = { "Zuleikha", "Quettawala", "Xanadu Lane", "Yonder Flat", "Zzyzxville", "ZX-4711",
	"wrong size, sorry", NULL };

static struct person
secretive_customer(void)
{
	struct person person = { .email = fresh_email("customer"), .phone = fresh_phone(), .password = good_password };
	struct answer answer = api_post("/accounts/register/customer", NULL,
	    form(
		"{\"email\": \"%s\", \"phone\": \"%s\", \"password\": \"%s\", \"password_confirm\": \"%s\", \"full_name\": \"%s %s\"}",
		person.email, person.phone, person.password, person.password, secrets[0], secrets[1]));

	EXPECT(answer, 201);
	person_login(&person);
	return person;
}

static const char *
secret_address(const struct person *person)
{
	struct answer answer = api_post("/addresses", person->access,
	    form("{\"kind\": \"shipping\", \"full_name\": \"%s %s\", \"phone\": \"%s\", \"line1\": \"1 %s\", \"line2\": \"%s\", "
		 "\"city\": \"%s\", \"postal_code\": \"%s\", \"country\": \"US\"}",
		secrets[0], secrets[1], person->phone, secrets[2], secrets[3], secrets[4], secrets[5]));

	EXPECT(answer, 201);
	return text_at(&answer, "id");
}

/* No event since `first` holds the text. */
static void
expect_nowhere(const char *text, const char *first)
{
	const char *found = sql_text("SELECT CONCAT(type, ' ', payload) FROM events WHERE created_at >= '%s' AND "
				     "LOCATE('%s', payload) > 0 LIMIT 1",
	    first, text);

	if (found != NULL)
		CU_assertImplementation(CU_FALSE, __LINE__, form("'%s' stands in %s", text, found), __FILE__, "", CU_FALSE);
}

static void
expect_event(const char *type, const char *aggregate, const char *condition)
{
	if (sql_number(
		"SELECT COUNT(*) FROM events WHERE type = '%s' AND aggregate_id = '%s' AND %s", type, aggregate, condition) != 1)
		CU_assertImplementation(CU_FALSE, __LINE__, form("no %s where %s", type, condition), __FILE__, "", CU_FALSE);
}

/* Ordered, paid, refunded in part, cancelled, and so refunded whole: by one order. */
static void
test_events_of_a_purchase(void)
{
	const char   *first = sql_text("SELECT NOW(3)"), *order, *reference, *payment, *refund;
	struct person seller = person_new("shopkeeper"), admin = person_new("admin"), customer = secretive_customer();
	struct goods  goods = goods_new(&seller, "20.00", 5);
	struct answer answer;

	order = order_new(&customer, secret_address(&customer), &goods, 2);
	REQUIRE(order != NULL);
	answer = payment_new(&customer, order, "stripe");
	EXPECT(answer, 201);
	reference = text_at(&answer, "reference");
	sandbox_act("pay", text_at(&answer, "provider_transaction_id"));
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", order);
	answer = api_post(form("/payments/%s/refunds", reference), admin.access,
	    form("{\"amount\": \"1.00\", \"reason\": \"%s\"}", secrets[6]));
	EXPECT(answer, 201);
	refund = text_at(&answer, "id");
	WAIT_FOR("succeeded", "SELECT status FROM refunds WHERE id = '%s'", refund);
	EXPECT(api_post(form("/orders/%s/cancel", order), customer.access, form("{\"reason\": \"%s\"}", secrets[6])), 200);
	WAIT_FOR("refunded", "SELECT payment_status FROM orders WHERE id = '%s'", order);
	payment = sql_text("SELECT id FROM payments WHERE reference = '%s'", reference);

	for (size_t i = 0; secrets[i] != NULL; i++)
		expect_nowhere(secrets[i], first);
	expect_nowhere(customer.email, first);
	expect_nowhere(customer.phone, first);

	expect_event("user.created", customer.id, "JSON_VALUE(payload, '$.role') = 'customer'");
	expect_event("order.placed", order,
	    form(
		"JSON_VALUE(payload, '$.status') = 'pending' AND JSON_VALUE(payload, '$.items[0].quantity') = 2 "
		"AND JSON_VALUE(payload, '$.items[0].unit_price') = '20.00' AND JSON_VALUE(payload, '$.items[0].merchant_id') LIKE '%s%%'",
		seller.merchant));
	expect_event("payment.created", payment,
	    form("JSON_VALUE(payload, '$.status') = 'pending' AND JSON_VALUE(payload, '$.reference') = '%s'", reference));
	expect_event("payment.succeeded", payment,
	    "JSON_VALUE(payload, '$.status') = 'succeeded' "
	    "AND JSON_VALUE(payload, '$.provider_transaction_id') IS NOT NULL");
	expect_event("order.paid", order,
	    form(
		"JSON_VALUE(payload, '$.status') = 'paid' AND JSON_VALUE(payload, '$.payment_status') = 'paid' "
		"AND JSON_VALUE(payload, '$.items[0].variant_id') LIKE '%s%%' AND JSON_VALUE(payload, '$.items[0].unit_price') = '20.00'",
		goods.variant));
	expect_event("refund.requested", refund,
	    "JSON_VALUE(payload, '$.amount') = '1.00' AND JSON_VALUE(payload, '$.status') = 'pending'");
	expect_event("refund.succeeded", refund,
	    form("JSON_VALUE(payload, '$.status') = 'succeeded' AND "
		 "JSON_VALUE(payload, '$.payment_id') LIKE '%s%%'",
		payment));
	expect_event("order.cancelled", order,
	    "JSON_VALUE(payload, '$.status') = 'cancelled' AND JSON_VALUE(payload, '$.refunded') = '1.00'");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE type = 'order.refunded' AND aggregate_id = '%s'", order), 2);
	/* An order's history is a copy of its events; the timeline of the API is read from it. */
	CHECK_INT(sql_number("SELECT COUNT(*) FROM order_history h JOIN events e ON e.id = h.event_id AND e.type = h.type "
			     "AND e.payload = h.state AND e.created_at = h.created_at WHERE h.order_id = '%s'",
		      order),
	    5);
	answer = api_get(form("/orders/%s", order), customer.access);
	CHECK_INT(length_at(&answer, "timeline"), 5);
	CHECK_TEXT(text_at(&answer, "timeline.0.type"), "order.placed");
	/* Placed and paid, it told the same but for what had changed. */
	CHECK_INT(
	    sql_number(
		"SELECT COUNT(DISTINCT JSON_EXTRACT(payload, '$.items'), JSON_VALUE(payload, '$.total'), "
		"JSON_VALUE(payload, '$.shipping'), JSON_VALUE(payload, '$.customer_id')) FROM events WHERE aggregate_id = '%s' "
		"AND aggregate_type = 'order'",
		order),
	    1);
}

static void
test_events_of_goods(void)
{
	struct person seller = person_new("shopkeeper");
	struct goods  goods = goods_new(&seller, "20.00", 5);

	expect_event("product.created", goods.product,
	    form("JSON_VALUE(payload, '$.price') = '20.00' AND "
		 "JSON_VALUE(payload, '$.merchant_id') LIKE '%s%%' AND JSON_VALUE(payload, '$.status') = 'published'",
		seller.merchant));
	EXPECT(api_post(form("/inventory/%s/adjustments", goods.variant), seller.access,
		   "{\"delta\": -2, \"reason\": \"lost by Zuleikha\"}"),
	    200);
	expect_event("inventory.adjusted", goods.variant,
	    "JSON_VALUE(payload, '$.on_hand') = 3 AND JSON_VALUE(payload, '$.available') = 3 "
	    "AND LOCATE('Zuleikha', payload) = 0");
	EXPECT(api_patch(form("/variants/%s", goods.variant), seller.access, "{\"price\": \"21.50\"}"), 200);
	expect_event("product.changed", goods.product,
	    form("JSON_VALUE(payload, '$.variant.price') = '21.50' AND "
		 "JSON_VALUE(payload, '$.variant.id') LIKE '%s%%'",
		goods.variant));
	EXPECT(api_delete(form("/products/%s", goods.product), seller.access), 204);
	expect_event("product.deleted", goods.product, "JSON_VALUE(payload, '$.deleted') IN ('true', '1')");
}

SUITE("api: events", TEST(test_events_of_a_purchase), TEST(test_events_of_goods))
