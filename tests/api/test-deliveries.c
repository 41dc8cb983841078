/* Events by webhook: what endpoints are told, in which order, how often, and what becomes of those that fail. */
#include "tests/api/receiver.h"
#include "tests/api/shopping.h"
#include "tests/api/subscribing.h"

#include "verify/haatverify.h"

#include <json-c/json.h>
#include <string.h>
#include <time.h>

/* Somebody who sells, and is told of it. */
struct told {
	struct person    seller;
	struct receiver *receiver;
	const char      *endpoint, *secret;
};

static void
listen_to(struct told *told, const char *types)
{
	struct answer made;

	told->receiver = receiver_new();
	made = api_post("/webhook-endpoints", told->seller.access,
	    form("{\"url\": \"%s\", \"event_types\": %s}", receiver_url(told->receiver, "hooks"), types));
	EXPECT(made, 201);
	told->endpoint = text_at(&made, "id");
	told->secret = text_at(&made, "secret");
}

static struct told
told_new(const char *types)
{
	struct told told = { .seller = person_new("shopkeeper") };

	listen_to(&told, types);
	return told;
}

/* Changes of one product: its name tells which. */
static void
rename_product(const struct told *told, const char *product, const char *name)
{
	EXPECT(api_patch(form("/products/%s", product), told->seller.access, form("{\"name\": \"%s\"}", name)), 200);
}

/* What it is due for is due now. */
static void
hurry(const struct told *told)
{
	sql_run("UPDATE webhook_endpoints SET paused_until = NULL WHERE id = '%s'", told->endpoint);
	sql_run("UPDATE webhook_queue SET due_at = NOW(3) WHERE endpoint_id = '%s'", told->endpoint);
}

/* A member of what was received: "data.name". */
static const char *
said(struct receiver *receiver, size_t number, const char *path)
{
	struct answer answer = { .json = json_tokener_parse(receiver_got(receiver, number).body) };
	const char   *text = text_at(&answer, path);

	json_object_put(answer.json);
	return text;
}

static enum haat_verify_result
verify(const struct received *got, const char *secret)
{
	return haat_verify_standard(got->id, got->timestamp, got->signature, got->body, strlen(got->body),
	    (const char *const[]) { secret, NULL }, (int64_t)time(NULL), 300);
}

static void
test_signed(void)
{
	struct told     told = told_new("[\"product.*\"]");
	struct goods    goods = goods_new(&told.seller, "20.00", 5);
	struct received got;

	REQUIRE(receiver_wait(told.receiver, 1) >= 1);
	got = receiver_got(told.receiver, 0);
	CHECK_TEXT(got.path, "/hooks");
	CHECK_INT(verify(&got, told.secret), HAAT_VERIFY_OK);
	CHECK_TEXT(said(told.receiver, 0, "type"), "product.created");
	CHECK_TEXT(said(told.receiver, 0, "data.id"), goods.product);
	CHECK_TEXT(said(told.receiver, 0, "data.price"), "20.00");
	CHECK_TEXT(
	    got.id, sql_text("SELECT id FROM events WHERE aggregate_id = '%s' AND type = 'product.created'", goods.product));
	WAIT_FOR("delivered", "SELECT status FROM webhook_deliveries WHERE endpoint_id = '%s' AND event_id = '%s'", told.endpoint,
	    got.id);
	CHECK_INT(sql_number("SELECT answer_status FROM webhook_deliveries WHERE endpoint_id = '%s' AND event_id = '%s'",
		      told.endpoint, got.id),
	    200);
	CHECK_TEXT(sql_text("SELECT answer_body FROM webhook_deliveries WHERE endpoint_id = '%s' AND event_id = '%s'",
		       told.endpoint, got.id),
	    "heard\n");
}

static void
test_two_secrets(void)
{
	struct told     told = told_new("[\"product.created\"]");
	struct answer   rotated = api_post(form("/webhook-endpoints/%s/rotate-secret", told.endpoint), told.seller.access, NULL);
	struct received got;
	const char     *new_secret;

	EXPECT(rotated, 200);
	new_secret = text_at(&rotated, "secret");
	CHECK(strcmp(new_secret, told.secret) != 0 && has_at(&rotated, "old_secret_until"));
	goods_new(&told.seller, "20.00", 5);
	REQUIRE(receiver_wait(told.receiver, 1) == 1);
	got = receiver_got(told.receiver, 0);
	CHECK(strchr(got.signature, ' ') != NULL);
	CHECK_INT(verify(&got, told.secret), HAAT_VERIFY_OK);
	CHECK_INT(verify(&got, new_secret), HAAT_VERIFY_OK);
	/* A day later only the new one. */
	sql_run("UPDATE webhook_endpoints SET old_secret_until = NOW(3) - INTERVAL 1 SECOND WHERE id = '%s'", told.endpoint);
	goods_new(&told.seller, "20.00", 5);
	REQUIRE(receiver_wait(told.receiver, 2) == 2);
	got = receiver_got(told.receiver, 1);
	CHECK(strchr(got.signature, ' ') == NULL);
	CHECK(verify(&got, told.secret) != HAAT_VERIFY_OK);
	CHECK_INT(verify(&got, new_secret), HAAT_VERIFY_OK);
}

/* Of each kind of thing: who hears of it, and who does not. */
static void
test_each_of_its_own(void)
{
	struct told              one = told_new("[\"*\"]"), other = told_new("[\"*\"]");
	struct person            customer = person_new("customer");
	struct goods             goods = goods_new(&one.seller, "20.00", 5);
	struct attempt           attempt = attempt_paid(&customer, order_new(&customer, address_new(&customer), &goods, 1));
	struct answer            refund;
	static const char *const kinds[] = { "product", "variant", "order", "payment", "refund", "dispute" };

	EXPECT(api_post(
		   form("/inventory/%s/adjustments", goods.variant), one.seller.access, "{\"delta\": 1, \"reason\": \"found\"}"),
	    200);
	refund = api_post(form("/payments/%s/refunds", attempt.reference), one.seller.access,
	    "{\"amount\": \"1.00\", \"reason\": \"scratched\"}");
	EXPECT(refund, 201);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/dispute/%s", attempt.transaction), "{}"), 200);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		WAIT_FOR("1",
		    "SELECT COUNT(*) > 0 FROM webhook_deliveries d JOIN events e ON e.id = d.event_id WHERE d.endpoint_id = '%s' "
		    "AND e.aggregate_type = '%s' AND d.status = 'delivered'",
		    one.endpoint, kinds[i]);
	}
	/* All of its events, each once, and in the order in which they were fanned out. */
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events e WHERE e.batch IS NOT NULL AND e.aggregate_id IN (SELECT id FROM "
			     "payments WHERE reference = '%s') AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE "
			     "d.event_id = e.id AND d.endpoint_id = '%s')",
		      attempt.reference, one.endpoint),
	    0);
	/* That the shop was made and verified may be fanned out once its owner listens already. */
	CHECK_INT(sql_number("SELECT COUNT(*) FROM webhook_deliveries WHERE endpoint_id = '%s' "
			     "AND event_type NOT IN ('merchant.created', 'merchant.activated')",
		      other.endpoint),
	    0);
	for (size_t i = 0; i < receiver_count(other.receiver); i++) {
		const char *type = said(other.receiver, i, "type");

		CHECK(strcmp(type, "merchant.created") == 0 || strcmp(type, "merchant.activated") == 0);
	}
	/* Of people nothing. */
	for (size_t i = 0; i < receiver_count(one.receiver); i++) {
		CHECK(strstr(receiver_got(one.receiver, i).body, customer.email) == NULL);
		CHECK(strstr(receiver_got(one.receiver, i).body, customer.phone) == NULL);
		CHECK(strstr(receiver_got(one.receiver, i).body, customer.name) == NULL);
	}
}

/* Of what names its merchant: payment requests, subscriptions, payouts (as their events are written), the shop itself. */
static void
test_each_that_names_its_merchant(void)
{
	struct told              one = told_new("[\"*\"]"), other = told_new("[\"*\"]");
	struct person            customer = person_new("customer"), admin = person_new("admin");
	static const char *const kinds[] = { "payment_request", "subscription", "payout", "merchant" };

	EXPECT(api_post("/payments/initialize", one.seller.access,
		   "{\"amount\": \"50.00\", \"currency\": \"USD\", \"customer\": {\"email\": \"payer@example.test\"}, "
		   "\"return_url\": \"https://merchant.example/thanks\"}"),
	    201);
	subscription_active(&customer, plan_new(&one.seller, "10.00", "\"every\": \"month\""));
	sql_run(
	    "INSERT INTO events (id, type, aggregate_type, aggregate_id, payload) SELECT "
	    "UNHEX(CONCAT(LPAD(HEX(FLOOR(UNIX_TIMESTAMP(NOW(3)) * 1000)), 12, '0'), '7000', RIGHT(HEX(UUID_SHORT()), 16))), "
	    "'payout.drafted', 'payout', UNHEX(REPLACE(UUID(), '-', '')), JSON_OBJECT('status', 'draft', 'merchant_id', '%.8s' '%s')",
	    one.seller.merchant, one.seller.merchant + 8);
	EXPECT(api_post(form("/merchants/%s/suspend", one.seller.merchant), admin.access, NULL), 200);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		WAIT_FOR("1",
		    "SELECT COUNT(*) > 0 FROM webhook_deliveries d JOIN events e ON e.id = d.event_id WHERE d.endpoint_id = '%s' "
		    "AND e.aggregate_type = '%s' AND d.status = 'delivered'",
		    one.endpoint, kinds[i]);
	/* (That it was activated may have been fanned out late.) */
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM webhook_deliveries WHERE endpoint_id = '%s' AND event_type NOT LIKE 'merchant.%%'",
		other.endpoint),
	    0);
	for (size_t i = 0; i < receiver_count(one.receiver); i++)
		CHECK(strstr(receiver_got(one.receiver, i).body, "payer@example.test") == NULL);
}

/* An order of two shops: each hears of its own items and of no sums. */
static void
test_parts(void)
{
	struct told   one = told_new("[\"order.placed\"]"), two = told_new("[\"order.placed\"]");
	struct person customer = person_new("customer"), admin = person_new("admin");
	struct goods  ones = goods_new(&one.seller, "20.00", 5), twos = goods_new(&two.seller, "30.00", 5);
	struct told   shop = { .seller = admin };
	struct answer placed;

	listen_to(&shop, "[\"order.placed\"]");
	placed = api_post("/orders", customer.access,
	    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"items\": [{\"variant_id\": \"%s\", "
		 "\"quantity\": 1}, {\"variant_id\": \"%s\", \"quantity\": 1}]}",
		address_new(&customer), ones.variant, twos.variant));
	EXPECT(placed, 201);
	REQUIRE(receiver_wait(one.receiver, 1) == 1 && receiver_wait(two.receiver, 1) == 1);
	CHECK_TEXT(said(one.receiver, 0, "data.id"), text_at(&placed, "id"));
	CHECK_TEXT(said(one.receiver, 0, "data.items.0.variant_id"), ones.variant);
	CHECK(said(one.receiver, 0, "data.items.1.variant_id") == NULL);
	CHECK(said(one.receiver, 0, "data.total") == NULL && said(one.receiver, 0, "data.subtotal") == NULL);
	CHECK(strstr(receiver_got(one.receiver, 0).body, two.seller.merchant) == NULL);
	CHECK_TEXT(said(two.receiver, 0, "data.items.0.variant_id"), twos.variant);
	/* The shop's own has it whole. */
	for (size_t i = 0; i < receiver_wait(shop.receiver, 1); i++)
		if (strcmp(said(shop.receiver, i, "data.id"), text_at(&placed, "id")) == 0)
			CHECK_TEXT(said(shop.receiver, i, "data.total"), text_at(&placed, "total"));
	EXPECT(api_delete(form("/webhook-endpoints/%s", shop.endpoint), admin.access), 204);
}

/* The payment of that order is nobody's alone: each hears what becomes of it, and no sums; nobody hears of suspicions. */
static void
test_shared_money(void)
{
	struct told    one = told_new("[\"payment.*\"]"), two = told_new("[\"payment.*\"]");
	struct person  customer = person_new("customer");
	struct goods   ones = goods_new(&one.seller, "20.00", 5), twos = goods_new(&two.seller, "30.00", 5);
	struct attempt shared, own;
	struct answer  placed = api_post("/orders", customer.access,
	     form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"items\": [{\"variant_id\": \"%s\", "
		   "\"quantity\": 1}, {\"variant_id\": \"%s\", \"quantity\": 1}]}",
		 address_new(&customer), ones.variant, twos.variant));
	size_t         count;

	EXPECT(placed, 201);
	shared = attempt_new(&customer, text_at(&placed, "id"));
	REQUIRE(receiver_wait(two.receiver, 1) == 1);
	CHECK_TEXT(said(two.receiver, 0, "data.reference"), shared.reference);
	CHECK(said(two.receiver, 0, "data.status") != NULL && said(two.receiver, 0, "data.amount") == NULL);
	CHECK(said(two.receiver, 0, "data.customer_id") == NULL);
	own = attempt_new(&customer, order_new(&customer, address_new(&customer), &ones, 1));
	WAIT_FOR("1",
	    "SELECT COUNT(*) > 0 FROM webhook_deliveries d JOIN events e ON e.id = d.event_id JOIN payments p ON p.id = e.aggregate_id WHERE d.endpoint_id = '%s' "
	    "AND p.reference = '%s' AND d.status = 'delivered'",
	    one.endpoint, own.reference);
	count = receiver_count(one.receiver);
	for (size_t i = 0; i < count; i++) {
		bool of_own = strcmp(said(one.receiver, i, "data.reference"), own.reference) == 0;

		CHECK((said(one.receiver, i, "data.amount") != NULL) == of_own);
		CHECK(strstr(receiver_got(one.receiver, i).body, "risk_score") == NULL);
		CHECK(strstr(receiver_got(one.receiver, i).body, "\"review\"") == NULL);
	}
}

/* What fails holds later events about the same thing, and none about another. */
static void
test_order_is_kept(void)
{
	struct told  told = told_new("[\"product.changed\"]");
	struct goods first = goods_new(&told.seller, "20.00", 5), second = goods_new(&told.seller, "20.00", 5);
	const char  *names[] = { "n0", "n1", "n2", "n3" };
	size_t       count, at = 0;

	receiver_manner(told.receiver, ANSWERS, 500, "");
	rename_product(&told, first.product, names[0]);
	REQUIRE(receiver_wait(told.receiver, 1) == 1);
	WAIT_FOR("1", "SELECT attempts FROM webhook_deliveries WHERE endpoint_id = '%s'", told.endpoint);
	for (int i = 1; i < 4; i++)
		rename_product(&told, first.product, names[i]);
	WAIT_FOR("4", "SELECT COUNT(*) FROM webhook_queue WHERE endpoint_id = '%s'", told.endpoint);
	receiver_manner(told.receiver, ANSWERS, 200, "");
	rename_product(&told, second.product, "other");
	REQUIRE(receiver_wait(told.receiver, 2) == 2);
	CHECK_TEXT(said(told.receiver, 1, "data.id"), second.product);
	hurry(&told);
	WAIT_FOR("0", "SELECT COUNT(*) FROM webhook_queue WHERE endpoint_id = '%s'", told.endpoint);
	count = receiver_count(told.receiver);
	for (size_t i = 2; i < count; i++)
		if (strcmp(said(told.receiver, i, "data.id"), first.product) == 0) {
			REQUIRE(at < 4);
			CHECK_TEXT(said(told.receiver, i, "data.name"), names[at++]);
		}
	CHECK_INT(at, 4);
	/* The same id and the same bytes, signed anew. */
	CHECK_TEXT(receiver_got(told.receiver, 2).id, receiver_got(told.receiver, 0).id);
	CHECK_TEXT(receiver_got(told.receiver, 2).body, receiver_got(told.receiver, 0).body);
}

/* At most eight at once, one of a thing, and one while the last delivery failed. */
static void
test_at_once(void)
{
	enum { THINGS = 12 };
	struct told  told = told_new("[\"product.changed\"]");
	struct goods goods[THINGS];

	for (size_t i = 0; i < THINGS; i++)
		goods[i] = goods_new(&told.seller, "20.00", 5);
	receiver_manner(told.receiver, HANGS, 200, "");
	for (size_t i = 0; i < THINGS; i++)
		for (int change = 0; change < 2; change++)
			rename_product(&told, goods[i].product, form("c%d", change));
	REQUIRE(receiver_wait(told.receiver, 8) == 8);
	WAIT_FOR("24", "SELECT COUNT(*) FROM webhook_queue WHERE endpoint_id = '%s'", told.endpoint);
	CHECK_INT(receiver_count(told.receiver), 8);
	for (size_t i = 0; i < 8; i++)
		for (size_t k = 0; k < i; k++)
			CHECK(strcmp(said(told.receiver, i, "data.id"), said(told.receiver, k, "data.id")) != 0);
	receiver_manner(told.receiver, ANSWERS, 200, "");
	REQUIRE(receiver_wait(told.receiver, 24) == 24);
	CHECK_INT(receiver_most(told.receiver), 8);
	WAIT_FOR("0", "SELECT COUNT(*) FROM webhook_queue WHERE endpoint_id = '%s'", told.endpoint);
}

/* Whatever many endpoints want at once: 400 in all. */
static void
test_all_at_once(void)
{
	enum { SELLERS = 3, ENDPOINTS = 17, THINGS = 8, MOST = 400 };
	struct receiver *receiver = receiver_new();
	struct told      told[SELLERS];
	const char      *lease;

	receiver_manner(receiver, HANGS, 200, "");
	for (size_t i = 0; i < SELLERS; i++) {
		told[i] = (struct told) { .seller = person_new("shopkeeper") };
		for (int endpoint = 0; endpoint < ENDPOINTS; endpoint++)
			EXPECT(api_post("/webhook-endpoints", told[i].seller.access,
				   form("{\"url\": \"%s\", \"event_types\": [\"product.created\"]}", receiver_url(receiver, ""))),
			    201);
	}
	for (size_t i = 0; i < SELLERS; i++)
		for (int thing = 0; thing < THINGS; thing++)
			goods_new(&told[i].seller, "20.00", 5);
	REQUIRE(receiver_wait(receiver, MOST) == MOST);
	/* The process has looked again since. */
	lease = sql_text("SELECT lease_until FROM event_cursors WHERE consumer = 'webhooks'");
	WAIT_FOR("1", "SELECT lease_until > '%s' FROM event_cursors WHERE consumer = 'webhooks'", lease);
	CHECK_INT(receiver_count(receiver), MOST);
	receiver_manner(receiver, ANSWERS, 200, "");
	REQUIRE(receiver_wait(receiver, SELLERS * ENDPOINTS * THINGS) >= SELLERS * ENDPOINTS * THINGS);
	CHECK_INT(receiver_most(receiver), MOST);
	for (size_t i = 0; i < SELLERS; i++)
		sql_run("DELETE FROM webhook_endpoints WHERE merchant_id = '%s'", told[i].seller.merchant);
}

static int64_t
rows_read(void)
{
	return sql_number(
	    "SELECT SUM(variable_value) FROM information_schema.session_status WHERE variable_name LIKE 'Handler_read%%'");
}

/* What the delivering process reads to find what is due, less what asking for the count reads. */
static int64_t
rows_of_a_look(const char *endpoint)
{
	int64_t before = rows_read(), after;

	sql_number(
	    "SELECT COUNT(*) FROM (SELECT q.delivery_id FROM webhook_queue q LEFT JOIN events v ON v.id = q.event_id WHERE "
	    "q.endpoint_id = '%s' AND q.due_at <= NOW(3) AND NOT EXISTS (SELECT 1 FROM webhook_queue f WHERE f.endpoint_id = "
	    "q.endpoint_id AND f.aggregate_id = q.aggregate_id AND (f.position < q.position OR f.position = q.position AND "
	    "f.delivery_id < q.delivery_id)) ORDER BY q.due_at, q.position LIMIT 16) d",
	    endpoint);
	after = rows_read();
	return 2 * after - before - rows_read();
}

/* Twenty thousand that were delivered cost the next one nothing. */
static void
test_long_log(void)
{
	struct told told = told_new("[\"order.paid\"]");
	int64_t     before = rows_of_a_look(told.endpoint), after;

	sql_run(
	    "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, cause, status) SELECT "
	    "UNHEX(CONCAT('019100000000', '70008000', LPAD(HEX(seq), 12, '0'))), '%s', UNHEX(LPAD(HEX(seq), 32, '0')), 'order.paid', "
	    "'event', 'delivered' FROM seq_1_to_20000",
	    told.endpoint);
	after = rows_of_a_look(told.endpoint);
	CHECK(after - before < 20);
	sql_run("DELETE FROM webhook_deliveries WHERE endpoint_id = '%s'", told.endpoint);
}

static void
test_one_while_it_fails(void)
{
	enum { THINGS = 6 };
	struct told      told = told_new("[\"product.changed\"]");
	struct receiver *second;
	struct goods     goods[THINGS];

	for (size_t i = 0; i < THINGS; i++)
		goods[i] = goods_new(&told.seller, "20.00", 5);
	receiver_manner(told.receiver, ANSWERS, 500, "");
	rename_product(&told, goods[0].product, "fails");
	WAIT_FOR("1", "SELECT failing_since IS NOT NULL FROM webhook_endpoints WHERE id = '%s'", told.endpoint);
	second = receiver_new();
	receiver_manner(second, WAITS, 500, "");
	sql_run("UPDATE webhook_endpoints SET url = '%s' WHERE id = '%s'", receiver_url(second, ""), told.endpoint);
	for (size_t i = 1; i < THINGS; i++)
		rename_product(&told, goods[i].product, "waits");
	REQUIRE(receiver_wait(second, THINGS - 1) >= THINGS - 1);
	CHECK_INT(receiver_most(second), 1);
}

/* An endpoint that hangs costs others nothing. */
static void
test_hanging(void)
{
	struct told     slow = told_new("[\"product.*\"]"), quick = { .seller = slow.seller };
	struct goods    goods;
	struct received got;
	struct timespec now;

	listen_to(&quick, "[\"product.*\"]");
	receiver_manner(slow.receiver, HANGS, 200, "");
	for (int i = 0; i < 10; i++)
		goods_new(&slow.seller, "20.00", 5);
	REQUIRE(receiver_wait(slow.receiver, 8) == 8);
	REQUIRE(receiver_wait(quick.receiver, 10) == 10);
	clock_gettime(CLOCK_MONOTONIC, &now);
	goods = goods_new(&slow.seller, "21.00", 5);
	REQUIRE(receiver_wait(quick.receiver, 11) == 11);
	got = receiver_got(quick.receiver, 10);
	CHECK_TEXT(said(quick.receiver, 10, "data.id"), goods.product);
	CHECK(got.at_ms - ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000) < 5000);
	receiver_manner(slow.receiver, ANSWERS, 200, "");
	WAIT_FOR("0", "SELECT COUNT(*) FROM webhook_queue WHERE endpoint_id = '%s'", slow.endpoint);
}

/* An answer that never ends and one that is far too long. */
static void
test_long_answers(void)
{
	struct told told = told_new("[\"product.created\"]");

	receiver_manner(told.receiver, BABBLES, 200, "");
	goods_new(&told.seller, "20.00", 5);
	WAIT_FOR("delivered", "SELECT status FROM webhook_deliveries WHERE endpoint_id = '%s'", told.endpoint);
	CHECK_INT(sql_number("SELECT LENGTH(answer_body) FROM webhook_deliveries WHERE endpoint_id = '%s'", told.endpoint), 1024);
	receiver_manner(told.receiver, DRIPS, 200, "");
	goods_new(&told.seller, "20.00", 5);
	WAIT_FOR("1", "SELECT COUNT(*) FROM webhook_deliveries WHERE endpoint_id = '%s' AND status = 'pending' AND attempts = 1",
	    told.endpoint);
	CHECK_INT(sql_number("SELECT duration_ms BETWEEN 14000 AND 20000 FROM webhook_deliveries WHERE endpoint_id = '%s' AND "
			     "status = 'pending'",
		      told.endpoint),
	    1);
}

static void
test_retry_after(void)
{
	struct told told = told_new("[\"product.created\"]");

	receiver_manner(told.receiver, ANSWERS, 429, "Retry-After: 777\r\n");
	goods_new(&told.seller, "20.00", 5);
	WAIT_FOR("1", "SELECT attempts FROM webhook_deliveries WHERE endpoint_id = '%s'", told.endpoint);
	CHECK_INT(sql_number("SELECT TIMESTAMPDIFF(SECOND, NOW(3), due_at) BETWEEN 700 AND 777 FROM webhook_queue "
			     "WHERE endpoint_id = '%s'",
		      told.endpoint),
	    1);
	/* Nothing else goes there meanwhile. */
	CHECK_INT(sql_number("SELECT TIMESTAMPDIFF(SECOND, NOW(3), paused_until) BETWEEN 700 AND 777 FROM webhook_endpoints "
			     "WHERE id = '%s'",
		      told.endpoint),
	    1);
	receiver_manner(told.receiver, ANSWERS, 502, "");
	hurry(&told);
	WAIT_FOR("2", "SELECT attempts FROM webhook_deliveries WHERE endpoint_id = '%s'", told.endpoint);
	CHECK_INT(sql_number("SELECT TIMESTAMPDIFF(SECOND, NOW(3), paused_until) BETWEEN 10 AND 30 FROM webhook_endpoints "
			     "WHERE id = '%s'",
		      told.endpoint),
	    1);
}

/* However much waits behind what has failed, all of it waits as long. */
static void
test_long_lane(void)
{
	enum { BEHIND = 2500 };
	struct told  told = told_new("[\"product.changed\"]");
	struct goods goods = goods_new(&told.seller, "20.00", 5);

	receiver_manner(told.receiver, ANSWERS, 500, "Retry-After: 3000\r\n");
	/* The last come first, not yet: none of their events is there. */
	sql_run(
	    "INSERT INTO webhook_queue (delivery_id, endpoint_id, aggregate_id, event_id, position, due_at, give_up_at) SELECT "
	    "UNHEX(CONCAT('0191', LEFT(MD5(CONCAT(seq, '%s')), 28))), '%s', '%s', UNHEX(LPAD(HEX(seq), 32, '0')), "
	    "4000000000000000000 - seq, NOW(3) + INTERVAL 5 MINUTE, NOW(3) + INTERVAL 1 DAY FROM seq_1_to_%d",
	    told.endpoint, told.endpoint, goods.product, BEHIND);
	rename_product(&told, goods.product, "fails");
	WAIT_FOR(form("%d", BEHIND + 1),
	    "SELECT COUNT(*) FROM webhook_queue WHERE endpoint_id = '%s' AND due_at > NOW(3) + INTERVAL 10 MINUTE",
	    told.endpoint);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM webhook_deliveries WHERE endpoint_id = '%s' AND attempts = 1", told.endpoint), 1);
	CHECK_INT(receiver_count(told.receiver), 1);
	sql_run("DELETE FROM webhook_queue WHERE endpoint_id = '%s' AND position > 3000000000000000000", told.endpoint);
}

static void
test_redirects_lead_nowhere(void)
{
	struct told      told = told_new("[\"product.created\"]");
	struct receiver *elsewhere = receiver_new();

	receiver_manner(told.receiver, ANSWERS, 302, form("Location: %s\r\n", receiver_url(elsewhere, "")));
	goods_new(&told.seller, "20.00", 5);
	WAIT_FOR("302", "SELECT answer_status FROM webhook_deliveries WHERE endpoint_id = '%s'", told.endpoint);
	CHECK_INT(receiver_count(elsewhere), 0);
	CHECK_TEXT(sql_text("SELECT status FROM webhook_deliveries WHERE endpoint_id = '%s'", told.endpoint), "pending");
}

/* An address that was public when it was registered, and is not any more. */
static void
test_moved_inside(void)
{
	struct told told = told_new("[\"product.created\"]");

	sql_run("UPDATE webhook_endpoints SET url = 'https://10.9.8.7/' WHERE id = '%s'", told.endpoint);
	goods_new(&told.seller, "20.00", 5);
	WAIT_FOR("its address is not public", "SELECT error FROM webhook_deliveries WHERE endpoint_id = '%s'", told.endpoint);
}

static void
test_gone(void)
{
	struct told   told = told_new("[\"product.changed\"]");
	struct goods  goods = goods_new(&told.seller, "20.00", 5);
	struct answer answer;
	const char   *delivery;

	receiver_manner(told.receiver, ANSWERS, 410, "");
	rename_product(&told, goods.product, "first");
	WAIT_FOR("gone", "SELECT disabled_reason FROM webhook_endpoints WHERE id = '%s'", told.endpoint);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE type = 'webhook_endpoint.disabled' AND aggregate_id = '%s'",
		      told.endpoint),
	    1);
	/* What comes while it is disabled is kept, and nothing can be sent by hand. */
	rename_product(&told, goods.product, "second");
	WAIT_FOR("2", "SELECT COUNT(*) FROM webhook_queue WHERE endpoint_id = '%s'", told.endpoint);
	delivery = sql_text("SELECT MIN(id) FROM webhook_deliveries WHERE endpoint_id = '%s'", told.endpoint);
	EXPECT_PROBLEM(
	    api_post(form("/webhook-deliveries/%s/resend", delivery), told.seller.access, NULL), 409, "endpoint_disabled");
	EXPECT_PROBLEM(
	    api_post(form("/webhook-endpoints/%s/test", told.endpoint), told.seller.access, NULL), 409, "endpoint_disabled");
	EXPECT_PROBLEM(api_post(form("/webhook-endpoints/%s/recover", told.endpoint), told.seller.access,
			   "{\"since\": \"2026-01-01T00:00:00.000Z\"}"),
	    409, "endpoint_disabled");
	CHECK_INT(receiver_count(told.receiver), 1);
	/* Enabled, it gets them in order. */
	receiver_manner(told.receiver, ANSWERS, 200, "");
	answer = api_patch(form("/webhook-endpoints/%s", told.endpoint), told.seller.access, "{\"status\": \"active\"}");
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "disabled_at") && !has_at(&answer, "disabled_reason"));
	REQUIRE(receiver_wait(told.receiver, 3) == 3);
	CHECK_TEXT(receiver_got(told.receiver, 1).id, receiver_got(told.receiver, 0).id);
	CHECK_TEXT(said(told.receiver, 2, "data.name"), "second");
}

/* Three days of nothing but failures, ten of them at least. */
static void
test_disabled_for_failing(void)
{
	struct told told = told_new("[\"product.created\"]");

	receiver_manner(told.receiver, ANSWERS, 500, "");
	goods_new(&told.seller, "20.00", 5);
	WAIT_FOR("1", "SELECT failed_deliveries FROM webhook_endpoints WHERE id = '%s'", told.endpoint);
	sql_run("UPDATE webhook_endpoints SET failing_since = NOW(3) - INTERVAL 4 DAY, failed_deliveries = 8 WHERE id = '%s'",
	    told.endpoint);
	goods_new(&told.seller, "20.00", 5);
	WAIT_FOR("9", "SELECT failed_deliveries FROM webhook_endpoints WHERE id = '%s'", told.endpoint);
	CHECK_TEXT(sql_text("SELECT status FROM webhook_endpoints WHERE id = '%s'", told.endpoint), "active");
	goods_new(&told.seller, "20.00", 5);
	WAIT_FOR("failing", "SELECT disabled_reason FROM webhook_endpoints WHERE id = '%s'", told.endpoint);
	/* For three days its deliveries are kept, and given up then. */
	CHECK_INT(sql_number("SELECT COUNT(*) FROM webhook_queue WHERE endpoint_id = '%s'", told.endpoint), 3);
	sql_run("UPDATE webhook_endpoints SET disabled_at = NOW(3) - INTERVAL 73 HOUR WHERE id = '%s'", told.endpoint);
	run_job_now("purge");
	WAIT_FOR("3", "SELECT COUNT(*) FROM webhook_deliveries WHERE endpoint_id = '%s' AND status = 'dead'", told.endpoint);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM webhook_queue WHERE endpoint_id = '%s'", told.endpoint), 0);
}

/* After a day it is dead, lets those behind it go, and can be recovered. */
static void
test_dead_and_recovered(void)
{
	struct told   told = told_new("[\"product.changed\"]");
	struct goods  goods = goods_new(&told.seller, "20.00", 5);
	struct answer answer;
	const char   *dead;

	receiver_manner(told.receiver, ANSWERS, 500, "");
	rename_product(&told, goods.product, "dies");
	WAIT_FOR("1", "SELECT attempts FROM webhook_queue WHERE endpoint_id = '%s'", told.endpoint);
	rename_product(&told, goods.product, "lives");
	WAIT_FOR("2", "SELECT COUNT(*) FROM webhook_queue WHERE endpoint_id = '%s'", told.endpoint);
	sql_run("UPDATE webhook_queue SET give_up_at = NOW(3) WHERE endpoint_id = '%s' AND attempts = 1", told.endpoint);
	sql_run("UPDATE webhook_queue SET due_at = NOW(3) WHERE endpoint_id = '%s' AND attempts = 1", told.endpoint);
	WAIT_FOR("1", "SELECT COUNT(*) FROM webhook_deliveries WHERE endpoint_id = '%s' AND status = 'dead'", told.endpoint);
	receiver_manner(told.receiver, ANSWERS, 200, "");
	hurry(&told);
	WAIT_FOR("1", "SELECT COUNT(*) FROM webhook_deliveries WHERE endpoint_id = '%s' AND status = 'delivered'", told.endpoint);
	answer = api_get(form("/webhook-endpoints/%s/deliveries?status=dead", told.endpoint), told.seller.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_INT(number_at(&answer, "results.0.answer_status"), 500);
	dead = text_at(&answer, "results.0.event_id");
	answer = api_post(form("/webhook-endpoints/%s/recover", told.endpoint), told.seller.access,
	    "{\"since\": \"2026-01-01T00:00:00.000Z\"}");
	EXPECT(answer, 202);
	CHECK_INT(number_at(&answer, "deliveries"), 1);
	CHECK(!has_at(&answer, "more_since"));
	WAIT_FOR("recover",
	    "SELECT cause FROM webhook_deliveries WHERE endpoint_id = '%s' AND event_id = '%s' AND status = "
	    "'delivered'",
	    told.endpoint, dead);
	answer = api_post(form("/webhook-endpoints/%s/recover", told.endpoint), told.seller.access,
	    "{\"since\": \"2026-01-01T00:00:00.000Z\"}");
	EXPECT(answer, 202);
	CHECK_INT(number_at(&answer, "deliveries"), 0);
}

/* It is never read, and holds nothing up. */
static void
test_too_large(void)
{
	struct told told = told_new("[\"product.created\"]");
	const char *id = sql_text("SELECT CONCAT('01910000-0000-7000-8000-', SUBSTR(MD5(RAND()), 1, 12))");

	/* Of no batch: nobody else takes it up. */
	sql_run("INSERT INTO events (id, type, aggregate_type, aggregate_id, payload, pending) VALUES ('%s', 'product.created', "
		"'product', '%s', CONCAT('{\"name\":\"', REPEAT('x', 4194304), '\"}'), NULL)",
	    id, id);
	sql_run("INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, cause) VALUES ('%s', '%s', '%s', "
		"'product.created', 'event')",
	    id, told.endpoint, id);
	sql_run(
	    "INSERT INTO webhook_queue (delivery_id, endpoint_id, aggregate_id, event_id, position, give_up_at) VALUES ('%s', "
	    "'%s', '%s', '%s', 1, NOW(3) + INTERVAL 1 DAY)",
	    id, told.endpoint, id, id);
	WAIT_FOR("dead after 1: the event is too large",
	    "SELECT CONCAT(status, ' after ', attempts, ': ', IFNULL(error, '')) FROM webhook_deliveries WHERE id = '%s'", id);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM webhook_queue WHERE delivery_id = '%s'", id), 0);
	CHECK_INT(receiver_count(told.receiver), 0);
	sql_run("DELETE FROM events WHERE id = '%s'", id);
}

static void
test_by_hand(void)
{
	struct told   told = told_new("[\"product.created\"]"), deaf = { .seller = told.seller };
	struct answer answer;
	const char   *id;

	listen_to(&deaf, "[\"*\"]");
	answer = api_post(form("/webhook-endpoints/%s/test", told.endpoint), told.seller.access, NULL);
	EXPECT(answer, 202);
	CHECK_TEXT(text_at(&answer, "cause"), "test");
	REQUIRE(receiver_wait(told.receiver, 1) == 1);
	CHECK_TEXT(said(told.receiver, 0, "type"), "webhook_endpoint.tested");
	CHECK_TEXT(said(told.receiver, 0, "data.id"), told.endpoint);
	CHECK(strstr(receiver_got(told.receiver, 0).body, "127.0.0.1") == NULL);
	goods_new(&told.seller, "20.00", 5);
	REQUIRE(receiver_wait(told.receiver, 2) == 2);
	WAIT_FOR(
	    "delivered", "SELECT status FROM webhook_deliveries WHERE endpoint_id = '%s' AND cause = 'event'", told.endpoint);
	answer = api_get(form("/webhook-endpoints/%s/deliveries?limit=1", told.endpoint), told.seller.access);
	EXPECT(answer, 200);
	id = text_at(&answer, "results.0.id");
	CHECK_TEXT(text_at(&answer, "results.0.event_type"), "product.created");
	CHECK_INT(number_at(&answer, "results.0.attempts"), 1);
	answer = api_post(form("/webhook-deliveries/%s/resend", id), told.seller.access, NULL);
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "cause"), "resend");
	CHECK(strcmp(text_at(&answer, "id"), id) != 0);
	REQUIRE(receiver_wait(told.receiver, 3) == 3);
	CHECK_TEXT(receiver_got(told.receiver, 2).id, receiver_got(told.receiver, 1).id);
	CHECK_TEXT(receiver_got(told.receiver, 2).body, receiver_got(told.receiver, 1).body);
	/* The test was for one alone; the other heard what both wanted. */
	for (size_t i = 0; i < receiver_count(deaf.receiver); i++)
		CHECK(strcmp(said(deaf.receiver, i, "type"), "webhook_endpoint.tested") != 0);
}

SUITE("api: deliveries", TEST(test_signed), TEST(test_two_secrets), TEST(test_each_of_its_own),
    TEST(test_each_that_names_its_merchant), TEST(test_parts), TEST(test_shared_money), TEST(test_order_is_kept),
    TEST(test_at_once), TEST(test_all_at_once), TEST(test_long_log), TEST(test_one_while_it_fails), TEST(test_hanging),
    TEST(test_long_answers), TEST(test_retry_after), TEST(test_long_lane), TEST(test_redirects_lead_nowhere),
    TEST(test_moved_inside), TEST(test_gone), TEST(test_disabled_for_failing), TEST(test_dead_and_recovered),
    TEST(test_too_large), TEST(test_by_hand))
