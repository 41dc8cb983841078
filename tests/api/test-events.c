/* What events tell of a purchase: the whole business state, and nothing of the person. */
#include "tests/api/subscribing.h"

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
	    form("JSON_VALUE(payload, '$.variants[0].price') = '21.50' AND "
		 "JSON_VALUE(payload, '$.variants[0].id') LIKE '%s%%'",
		goods.variant));
	EXPECT(api_delete(form("/products/%s", goods.product), seller.access), 204);
	expect_event("product.deleted", goods.product, "JSON_VALUE(payload, '$.deleted') IN ('true', '1')");
}

static void
expect_count(const char *type, const char *aggregate, int count)
{
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE type = '%s' AND aggregate_id = '%s'", type, aggregate), count);
}

/* Each mark is told once when it is crossed, whoever takes or brings back. */
static void
test_events_of_stock(void)
{
	struct person seller = person_new("shopkeeper"), customer = person_new("customer");
	const char   *address = address_new(&customer), *order;
	struct goods  goods = goods_new(&seller, "20.00", 12); /* low at 10 */

	order_new(&customer, address, &goods, 1);
	expect_count("inventory.low", goods.variant, 0);
	order = order_new(&customer, address, &goods, 2);
	order_new(&customer, address, &goods, 1);
	expect_count("inventory.low", goods.variant, 1);
	expect_event("inventory.low", goods.variant,
	    "JSON_VALUE(payload, '$.available') = 9 AND JSON_VALUE(payload, '$.low_stock') = 10 AND "
	    "JSON_VALUE(payload, '$.is_low') IN ('true', '1')");
	expect_count("inventory.zero", goods.variant, 0);
	EXPECT(
	    api_post(form("/inventory/%s/adjustments", goods.variant), seller.access, "{\"delta\": -8, \"reason\": \"broken\"}"),
	    200);
	expect_event(
	    "inventory.zero", goods.variant, "JSON_VALUE(payload, '$.available') = 0 AND JSON_VALUE(payload, '$.on_hand') = 4");
	expect_count("inventory.back", goods.variant, 0);
	EXPECT(api_post(form("/orders/%s/cancel", order), customer.access, NULL), 200);
	expect_event("inventory.back", goods.variant, "JSON_VALUE(payload, '$.available') = 2");
	order_new(&customer, address, &goods, 2);
	expect_count("inventory.zero", goods.variant, 2);
	expect_count("inventory.low", goods.variant, 1);
	expect_count("inventory.back", goods.variant, 1);
}

static int64_t
carts_started(const struct person *customer, const struct goods *goods)
{
	return sql_number("SELECT COUNT(*) FROM events WHERE type = 'cart.started' AND actor_id = '%s' AND aggregate_id = "
			  "(SELECT id FROM carts WHERE user_id = '%s') AND JSON_VALUE(payload, '$.items[0].variant_id') = "
			  "CAST(CAST('%s' AS UUID) AS CHAR) AND JSON_VALUE(payload, '$.items[0].quantity') = 2",
	    customer->id, customer->id, goods->variant);
}

/* The first item of an empty cart, and no other. */
static void
test_events_of_a_cart(void)
{
	struct person seller = person_new("shopkeeper"), customer = person_new("customer");
	struct goods  goods = goods_new(&seller, "20.00", 12), others = goods_new(&seller, "5.00", 12);
	const char   *two = form("{\"variant_id\": \"%s\", \"quantity\": 2}", goods.variant);

	EXPECT(api_post("/cart/items", customer.access, two), 200);
	EXPECT(api_post("/cart/items", customer.access, two), 200);
	EXPECT(api_post("/cart/items", customer.access, form("{\"variant_id\": \"%s\", \"quantity\": 1}", others.variant)), 200);
	CHECK_INT(carts_started(&customer, &goods), 1);
	EXPECT(api_delete("/cart", customer.access), 204);
	EXPECT(api_post("/cart/items", customer.access, two), 200);
	CHECK_INT(carts_started(&customer, &goods), 2);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE type = 'cart.started' AND actor_id = '%s'", customer.id), 2);
}

/* All of its variants, whatever was changed, in one event a change. */
static void
test_events_tell_all_variants(void)
{
	struct person seller = person_new("shopkeeper");
	struct goods  goods = goods_new(&seller, "20.00", 5);
	const char   *sku = sql_text("SELECT sku FROM variants WHERE id = '%s'", goods.variant);

	EXPECT(
	    api_patch(form("/products/%s", goods.product), seller.access,
		form(
		    "{\"options\": [{\"name\": \"size\", \"values\": [\"S\", \"L\"]}], \"variants\": ["
		    "{\"sku\": \"%s\", \"options\": {\"size\": \"S\"}}, {\"sku\": \"%s-L\", \"options\": {\"size\": \"L\"}, \"price\": \"25.00\"}]}",
		    sku, sku)),
	    200);
	expect_event("product.changed", goods.product,
	    form("JSON_LENGTH(payload, '$.variants') = 2 AND JSON_VALUE(payload, '$.variants[0].options.size') = 'S' AND "
		 "JSON_VALUE(payload, '$.variants[0].price') IS NULL AND JSON_VALUE(payload, '$.variants[1].sku') = '%s-L' AND "
		 "JSON_VALUE(payload, '$.variants[1].price') = '25.00' AND JSON_VALUE(payload, '$.options[0].values[1]') = 'L'",
		sku));
	EXPECT(api_patch(form("/products/%s", goods.product), seller.access,
		   form("{\"variants\": [{\"sku\": \"%s-L\", \"options\": {\"size\": \"L\"}}]}", sku)),
	    200);
	expect_event("product.changed", goods.product,
	    form("JSON_LENGTH(payload, '$.variants') = 1 AND JSON_VALUE(payload, '$.variants[0].sku') = '%s-L'", sku));
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM events WHERE aggregate_id = '%s' AND type = 'product.changed'", goods.product), 2);
}

static void
test_events_of_a_category(void)
{
	struct person admin = person_new("admin");
	struct answer answer = api_post("/categories", admin.access, form("{\"name\": \"Told %s\"}", fresh_phone() + 1));
	const char   *id;

	EXPECT(answer, 201);
	id = text_at(&answer, "id");
	EXPECT(api_patch(form("/categories/%s", id), admin.access, "{\"position\": 7}"), 200);
	EXPECT(api_delete(form("/categories/%s", id), admin.access), 204);
	expect_event("category.changed", id,
	    form("JSON_VALUE(payload, '$.position') = 0 AND JSON_VALUE(payload, '$.slug') = '%s'", text_at(&answer, "slug")));
	expect_event("category.changed", id,
	    "JSON_VALUE(payload, '$.position') = 7 AND JSON_VALUE(payload, '$.version') = 2 AND "
	    "JSON_VALUE(payload, '$.deleted') IN ('false', '0')");
	expect_event("category.changed", id, "JSON_VALUE(payload, '$.deleted') IN ('true', '1')");
}

/* One of which the shop makes nothing, and another under its id. */
static void
test_events_of_a_webhook(void)
{
	const char *event = form("evt_told_%s", fresh_phone() + 1), *id;

	for (int i = 0; i < 2; i++) {
		const char *body =
		    form("{\"id\": \"%s\", \"object\": \"event\", \"type\": \"customer.created\", \"created\": 1767323040, "
			 "\"data\": {\"object\": {\"id\": \"cus_%d\", \"object\": \"customer\"}}}",
			event, i);
		const char *headers[] = { stripe_signature(body, 0), NULL };

		EXPECT(api_call("POST", "/webhooks/stripe", NULL, body, headers), i == 0 ? 200 : 409);
	}
	id = sql_text("SELECT id FROM webhook_events WHERE event_id = '%s'", event);
	expect_event("webhook.collision", id,
	    form("JSON_VALUE(payload, '$.event_id') = '%s' AND JSON_VALUE(payload, '$.provider') = 'stripe' AND "
		 "JSON_VALUE(payload, '$.status') = 'ignored' AND JSON_VALUE(payload, '$.collision_count') = 1",
		event));
}

static void
test_events_of_an_endpoint(void)
{
	struct person seller = person_new("shopkeeper");
	const char   *id, *first = sql_text("SELECT NOW(3)");
	struct answer made = api_post("/webhook-endpoints", seller.access,
	    "{\"url\": \"http://127.0.0.1:9/unheard\", \"event_types\": [\"order.*\"], \"description\": \"Zuleikha her own\"}");

	EXPECT(made, 201);
	id = text_at(&made, "id");
	EXPECT(api_post(form("/webhook-endpoints/%s/test", id), seller.access, NULL), 202);
	expect_event("webhook_endpoint.tested", id,
	    form("JSON_VALUE(payload, '$.status') = 'active' AND JSON_VALUE(payload, '$.merchant_id') LIKE '%s%%' AND "
		 "JSON_VALUE(payload, '$.event_types[0]') = 'order.*'",
		seller.merchant));
	EXPECT(api_patch(form("/webhook-endpoints/%s", id), seller.access, "{\"status\": \"disabled\"}"), 200);
	expect_event("webhook_endpoint.disabled", id,
	    "JSON_VALUE(payload, '$.status') = 'disabled' AND JSON_VALUE(payload, '$.disabled_reason') = 'owner'");
	expect_nowhere("unheard", first);
	expect_nowhere("Zuleikha her own", first);
}

/* Who wrote and when is the event's own; what is left out of every payload. */
#define OF_THE_EVENT "updated_at,created_by,updated_by"

/*
 * The columns of each thing that its events do not tell, each for a reason; all others they do, and those of rows below it.
 * A column that is added to a table belongs into the payload or here.
 */
static const struct {
	const char *aggregate, *table, *at, *left_out;
} told[] = {
	{ "order", "orders", "$",
	    "user_id,"                                                  /* as customer_id */
	    "shipping_address,billing_address,cancel_reason,open_from," /* of the person */
	    "paid_at,cancelled_at,"                                     /* the times of the events of that name */
	    "units" /* the sum of the items' quantities */ },
	{ "order", "order_lines", "$.items[0]",
	    "order_id,position," /* its place in the list */
	    "cost_minor,"        /* the seller's books, which the other sellers of the order do not see */
	    "tax_rate,"          /* the invoice's; tax says what it came to */
	    "paired" /* is it counted among what is bought together */ },
	{ "payment", "payments", "$",
	    "user_id,"                                /* as customer_id */
	    "failure_reason,release_reason,"          /* the provider's words, and somebody's */
	    "keeps_method,"                           /* the payer's */
	    "charge_key,charge_sent_at,"              /* how it is charged once */
	    "provider_charge,fee_minor,fee_currency," /* the shop's books, which the seller does not see */
	    "collected_at,"                           /* the time of fulfilment.collected */
	    "received_minor,"                         /* in hold_reason while it is held; then the ledger has the difference */
	    "client_secret,redirect_url,return_url,idempotency_key,"
	    "request_id,period_id,"                  /* the purpose_id of such a purpose */
	    "next_check_at,checks,live,begun_until," /* how it is asked about */
	    "risk_address,risk_network,risk_country,risk_session,risk_place,risk_young,risk_signals,risk_facts,risk_unpaid," /* who may be suspected by what */
	    "under_review,reviewed_at,reviewed_by,review_reason," /* of review, its time and somebody's words */
	    "succeeded_at" /* the time of payment.succeeded */ },
	{ "payment_request", "payment_requests", "$",
	    "customer_email,customer_name,return_url," /* of a person, or may be */
	    "status_reason" /* somebody's words */ },
	{ "refund", "refunds", "$",
	    "reason,failure_reason,paid_reason,"                           /* somebody's words */
	    "idempotency_key,key_number,attempts,next_attempt_at,sent_at," /* how it is asked for */
	    "finished_at,paid_by,"                                         /* the time of refund.succeeded, and its actor */
	    "provider_dispute_id," /* of the dispute as which it is posted: that tells it */
	    "bounce_decided_at" /* what was decided is told as a refund, or by the payment */ },
	{ "dispute", "disputes", "$",
	    "moved_minor,fee_minor,fee_currency" /* in their own names: the currency is another than the amount's */ },
	{ "payout", "payouts", "$",
	    "reason," /* somebody's words */
	    "approved_by" /* one of the staff */ },
	{ "product", "products", "$",
	    "description,deleted_at,live_marker," /* as deleted */
	    "rating_average,rating_count,rating_sum,top_reviews,sales_count" /* counted without an event */ },
	{ "review", "reviews", "$",
	    "user_id,order_id,user_name," /* who wrote it */
	    "title,text,images,hidden_reason" /* somebody's words and pictures */ },
	{ "product", "variants", "$.variants[0]",
	    "product_id,deleted_at,deleted_with_product,live_marker,sku_folded" /* for the keys */ },
	{ "category", "categories", "$", "is_shown" /* is_active of it and of all above it */ },
	{ "variant", "inventory", "$",
	    "created_at,"
	    "last_sold_at,idle_since" /* follow from its movements, for a report */ },
	{ "cart", "carts", "$",
	    "created_at,guest_token_hash,expires_at,"
	    "coupon," /* of an order that may never be */
	    "user_id" /* as customer_id */ },
	{ "cart", "cart_items", "$.items[0]",
	    "id,cart_id,created_at," /* for the keys */
	    "seen_price_minor,seen_currency" /* what it cost then; the product tells what it costs */ },
	{ "merchant", "merchants", "$",
	    "shop_name,business_id,business_key,gst_number,slug,description,contact" /* may be a person's */ },
	{ "user", "users", "$",
	    "email,phone,full_name,locale,news,avatar,password_hash,"
	    "assigned_modules,"                 /* the administration's own */
	    "totp_secret,totp_since,totp_step," /* how it is guarded */
	    "deleted_at,erased_at,live_marker" },
	{ "subscription", "subscriptions", "$",
	    "user_id,"           /* as customer_id */
	    "ended_by_customer," /* who may take back cancel_at_period_end; the audit trail has who asked for it */
	    "announced_number,notice_number,notice_reference,notice_transaction,notice_try_at,waits_for_merchant,next_action_at" /* when the job looks at it */ },
	{ "subscription", "subscription_periods", "$.period", "subscription_id,created_at,open" /* for the key */ },
	{ "webhook_endpoint", "webhook_endpoints", "$",
	    "url,description,secret,old_secret,old_secret_until," /* lead into the owner's own service */
	    "failed_deliveries,paused_until,enabled_at,deleted_at" /* how it is treated, and since when */ },
	{ "webhook_event", "webhook_events", "$",
	    "payload,payload_hash,signatures,claim,error," /* the provider's words */
	    "next_attempt_at" },
};

/* The columns of the table that are neither in the payload, a money column without its _minor, nor left out; NULL: none. */
static const char *
columns_not_told(const char *table, const char *at, const char *left_out, const char *event)
{
	return sql_text(
	    "SELECT GROUP_CONCAT(c.column_name) FROM information_schema.columns c JOIN events e ON e.id = '%s' "
	    "WHERE c.table_schema = DATABASE() AND c.table_name = '%s' AND NOT FIND_IN_SET(c.column_name, '%s') "
	    "AND NOT JSON_CONTAINS_PATH(e.payload, 'one', CONCAT('%s.', REGEXP_REPLACE(c.column_name, '_minor$', '')))",
	    event, table, left_out, at);
}

static void
test_events_tell_the_whole_state(void)
{
	struct person  seller = person_new("shopkeeper"), customer = person_new("customer");
	struct goods   goods = goods_new(&seller, "20.00", 5);
	struct attempt attempt = attempt_paid(&customer, order_new(&customer, address_new(&customer), &goods, 1));

	EXPECT(api_post(form("/products/%s/reviews", goods.product), customer.access, "{\"rating\": 5}"), 201);
	order_delivered(&seller, attempt.order, 20);
	EXPECT(api_post("/payouts", person_new("accountant").access,
		   form("{\"merchant_id\": \"%s\", \"currency\": \"USD\", \"amount\": \"1.00\"}", seller.merchant)),
	    201);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/dispute/%s", attempt.transaction), "{}"), 200);
	EXPECT(api_post("/payments/initialize", seller.access,
		   "{\"amount\": \"5.00\", \"currency\": \"USD\", \"customer\": {\"email\": \"a@example.test\"}, "
		   "\"return_url\": \"https://merchant.example/\"}"),
	    201);
	EXPECT(api_post("/cart/items", customer.access, form("{\"variant_id\": \"%s\", \"quantity\": 1}", goods.variant)), 200);
	subscription_new(&customer, plan_new(&seller, "5.00", "\"every\": \"month\""), "");
	WAIT_FOR("disputed", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		const char *left_out = form("%s,%s", OF_THE_EVENT, told[i].left_out);
		const char *event = sql_text(
		    "SELECT id FROM events WHERE aggregate_type = '%s' AND JSON_CONTAINS_PATH(payload, 'one', '%s') ORDER BY id DESC LIMIT 1",
		    told[i].aggregate, told[i].at);
		const char *missing;

		REQUIRE(event != NULL);
		missing = columns_not_told(told[i].table, told[i].at, left_out, event);
		if (missing != NULL)
			CU_assertImplementation(CU_FALSE, __LINE__,
			    form("events of a %s do not tell %s.%s", told[i].aggregate, told[i].table, missing), __FILE__, "",
			    CU_FALSE);
		/* What is left out is there to be left out, and is left out. */
		CHECK_INT(sql_number("SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND "
				     "table_name = '%s' AND FIND_IN_SET(column_name, '%s')",
			      told[i].table, told[i].left_out),
		    sql_number("SELECT IF('%s' = '', 0, 1 + LENGTH('%s') - LENGTH(REPLACE('%s', ',', '')))", told[i].left_out,
			told[i].left_out, told[i].left_out));
	}
	/* Nothing that events are about is missing above; an hour of risk is counted, no row. */
	CHECK_INT(
	    sql_number(
		"SELECT COUNT(*) FROM events WHERE aggregate_type NOT IN ('order', 'payment', 'payment_request', 'refund', 'product', "
		"'category', 'variant', 'merchant', 'user', 'webhook_event', 'webhook_endpoint', 'dispute', 'payout', 'subscription', 'cart', 'fulfilment', 'return', "
		"'risk_hour', 'review', 'import', 'media')"),
	    0);
}

SUITE("api: events", TEST(test_events_of_a_purchase), TEST(test_events_of_goods), TEST(test_events_of_stock),
    TEST(test_events_of_a_cart), TEST(test_events_tell_all_variants), TEST(test_events_of_a_category),
    TEST(test_events_of_a_webhook), TEST(test_events_of_an_endpoint), TEST(test_events_tell_the_whole_state))
