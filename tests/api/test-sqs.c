/* Events as messages of SQS: what they say, their order, and what becomes of those that are refused. */
#include "tests/api/shopping.h"

#include <json-c/json.h>
#include <string.h>

static void
switch_sqs(const char *json)
{
	struct answer answer = sandbox_call("/sandbox/sqs/switches", json);

	CHECK_INT(answer.status, 200);
}

static struct answer
messages_of(const struct person *seller)
{
	return sandbox_call(form("/sandbox/sqs/messages/merchant-%s", seller->merchant), NULL);
}

/* Until so many have come; at most 30 s. */
static struct answer
wait_for_messages(const struct person *seller, int64_t count)
{
	struct answer answer = messages_of(seller);

	for (int tries = 0; tries < 300 && number_at(&answer, "count") < count; tries++) {
		sql_number("SELECT SLEEP(0.1)");
		answer = messages_of(seller);
	}
	CHECK_INT(number_at(&answer, "count"), count);
	return answer;
}

/* A member of the body of a message. */
static const char *
said(const struct answer *messages, int64_t number, const char *path)
{
	struct answer body = { .json = json_tokener_parse(text_at(messages, form("messages.%lld.body", (long long)number))) };
	const char   *text = text_at(&body, path);

	json_object_put(body.json);
	return text;
}

static void
rename_product(const struct person *seller, const char *product, const char *name)
{
	EXPECT(api_patch(form("/products/%s", product), seller->access, form("{\"name\": \"%s\"}", name)), 200);
}

static void
test_what_is_said(void)
{
	struct person  seller = person_new("shopkeeper"), customer = person_new("customer");
	struct goods   goods = goods_new(&seller, "20.00", 5);
	struct attempt attempt = attempt_paid(&customer, order_new(&customer, address_new(&customer), &goods, 1));
	const char    *payment = sql_text("SELECT id FROM payments WHERE reference = '%s'", attempt.reference);
	const char   *event = sql_text("SELECT id FROM events WHERE aggregate_id = '%s' AND type = 'payment.succeeded'", payment);
	struct answer messages;
	bool          found = false;

	WAIT_FOR("0",
	    "SELECT COUNT(*) FROM events e JOIN event_cursors c ON c.consumer = 'sqs' WHERE e.id = '%s' AND "
	    "IFNULL(e.batch, c.batch + 1) > c.batch",
	    event);
	messages = messages_of(&seller);
	for (int64_t i = 0; i < number_at(&messages, "count"); i++) {
		const char *at = form("messages.%lld", (long long)i);

		if (strcmp(text_at(&messages, form("%s.id", at)), event) != 0)
			continue;
		found = true;
		CHECK_TEXT(said(&messages, i, "eventId"), event);
		CHECK_TEXT(said(&messages, i, "eventType"), "payment.succeeded");
		CHECK_TEXT(said(&messages, i, "data.paymentId"), payment);
		CHECK_TEXT(said(&messages, i, "data.reference"), attempt.reference);
		CHECK_TEXT(said(&messages, i, "data.merchantId"), seller.merchant);
		CHECK_TEXT(said(&messages, i, "data.orderId"), attempt.order);
		CHECK_TEXT(said(&messages, i, "data.currency"), "USD");
		CHECK_TEXT(said(&messages, i, "data.status"), "succeeded");
		CHECK(said(&messages, i, "data.amount") != NULL);
		CHECK_TEXT(text_at(&messages, form("%s.attributes.eventType.StringValue", at)), "payment.succeeded");
		CHECK_TEXT(text_at(&messages, form("%s.attributes.merchantId.StringValue", at)), seller.merchant);
		CHECK_TEXT(text_at(&messages, form("%s.attributes.paymentId.StringValue", at)), payment);
		CHECK_TEXT(text_at(&messages, form("%s.attributes.timestamp.StringValue", at)), said(&messages, i, "timestamp"));
		CHECK(strstr(text_at(&messages, form("%s.body", at)), customer.email) == NULL);
	}
	CHECK(found);
}

static void
test_order_of_a_group(void)
{
	enum { CHANGES = 25 };
	struct person seller = person_new("shopkeeper");
	struct goods  goods = goods_new(&seller, "20.00", 5);
	struct answer messages = messages_of(&seller);
	const char   *mine;
	int64_t       before;

	WAIT_FOR("0",
	    "SELECT COUNT(*) FROM events e JOIN event_cursors c ON c.consumer = 'sqs' WHERE e.aggregate_id = '%s' AND "
	    "IFNULL(e.batch, c.batch + 1) > c.batch",
	    goods.product);
	messages = messages_of(&seller);
	before = number_at(&messages, "count");
	for (int i = 0; i < CHANGES; i++)
		rename_product(&seller, goods.product, form("name %d", i));
	messages = wait_for_messages(&seller, before + CHANGES);
	for (int i = 0; i < CHANGES; i++) {
		mine = sql_text("SELECT id FROM events WHERE aggregate_id = '%s' AND JSON_VALUE(payload, '$.name') = 'name %d'",
		    goods.product, i);
		CHECK_TEXT(text_at(&messages, form("messages.%lld.id", (long long)(before + i))), mine);
	}
}

/* One entry is refused and the rest of its batch is not: later ones of its group wait for it. */
static void
refuse_one(const char *how)
{
	struct person seller = person_new("shopkeeper"), other = person_new("shopkeeper");
	struct goods  goods = goods_new(&seller, "20.00", 5), others = goods_new(&other, "20.00", 5);
	struct answer messages, beside;
	int64_t       before, before_beside;

	WAIT_FOR("0",
	    "SELECT COUNT(*) FROM events e JOIN event_cursors c ON c.consumer = 'sqs' WHERE e.aggregate_id = '%s' AND "
	    "IFNULL(e.batch, c.batch + 1) > c.batch",
	    others.product);
	messages = messages_of(&seller);
	before = number_at(&messages, "count");
	beside = messages_of(&other);
	before_beside = number_at(&beside, "count");
	switch_sqs(form("{\"fail_entries\": 1000, %s, \"group\": \"merchant-%s\"}", how, seller.merchant));
	for (int i = 0; i < 3; i++)
		rename_product(&seller, goods.product, form("n%d", i));
	WAIT_FOR("3", "SELECT COUNT(*) FROM sqs_queue WHERE group_id = 'merchant-%s'", seller.merchant);
	rename_product(&other, others.product, "goes on");
	beside = wait_for_messages(&other, before_beside + 1);
	switch_sqs("{}");
	sql_run("UPDATE sqs_queue SET due_at = NOW(3)");
	messages = wait_for_messages(&seller, before + 3);
	for (int i = 0; i < 3; i++)
		CHECK_TEXT(text_at(&messages, form("messages.%lld.id", (long long)(before + i))),
		    sql_text("SELECT id FROM events WHERE aggregate_id = '%s' AND JSON_VALUE(payload, '$.name') = 'n%d'",
			goods.product, i));
	WAIT_FOR("0", "SELECT COUNT(*) FROM sqs_queue WHERE group_id = 'merchant-%s'", seller.merchant);
}

static void
test_refused_entries(void)
{
	refuse_one("\"code\": \"InternalError\"");
	refuse_one("\"code\": \"RequestThrottled\", \"sender_fault\": 1");
}

/* What came was something else, or nobody knows: the message is sent again, and SQS keeps it once. */
static void
test_lies(void)
{
	static const char *const lies[] = { "{\"wrong_digests\": 1}", "{\"unnamed_entries\": 1}" };
	struct person            seller = person_new("shopkeeper");
	struct goods             goods = goods_new(&seller, "20.00", 5);
	struct answer            messages;

	WAIT_FOR("0",
	    "SELECT COUNT(*) FROM events e JOIN event_cursors c ON c.consumer = 'sqs' WHERE e.aggregate_id = '%s' AND "
	    "IFNULL(e.batch, c.batch + 1) > c.batch",
	    goods.product);
	for (int i = 0; i < 2; i++) {
		int64_t before;

		messages = messages_of(&seller);
		before = number_at(&messages, "count");
		switch_sqs(lies[i]);
		rename_product(&seller, goods.product, form("lie %d", i));
		WAIT_FOR("1", "SELECT COUNT(*) > 0 FROM sqs_queue WHERE status = 'waiting'");
		switch_sqs("{}");
		sql_run("UPDATE sqs_queue SET due_at = NOW(3)");
		WAIT_FOR("0", "SELECT COUNT(*) FROM sqs_queue WHERE status = 'waiting'");
		wait_for_messages(&seller, before + 1);
	}
}

/* What SQS will never take is a dead letter and holds up nobody; by hand it is sent again, once. */
static void
test_dead(void)
{
	struct person seller = person_new("shopkeeper");
	struct goods  goods = goods_new(&seller, "20.00", 5);
	struct answer messages;
	const char   *dead;
	int64_t       before;

	WAIT_FOR("0",
	    "SELECT COUNT(*) FROM events e JOIN event_cursors c ON c.consumer = 'sqs' WHERE e.aggregate_id = '%s' AND "
	    "IFNULL(e.batch, c.batch + 1) > c.batch",
	    goods.product);
	messages = messages_of(&seller);
	before = number_at(&messages, "count");
	switch_sqs(
	    form("{\"fail_entries\": 1, \"code\": \"InvalidMessageContents\", \"sender_fault\": 1, \"group\": \"merchant-%s\"}",
		seller.merchant));
	rename_product(&seller, goods.product, "never");
	dead = sql_text(
	    "SELECT id FROM events WHERE aggregate_id = '%s' AND JSON_VALUE(payload, '$.name') = 'never'", goods.product);
	WAIT_FOR("dead", "SELECT status FROM sqs_queue WHERE event_id = '%s'", dead);
	rename_product(&seller, goods.product, "next");
	wait_for_messages(&seller, before + 1);
	switch_sqs("{}");
	CHECK_INT(shop_command("dlq replay", dead), 0);
	messages = wait_for_messages(&seller, before + 2);
	CHECK_TEXT(text_at(&messages, form("messages.%lld.id", (long long)before + 1)), dead);
	WAIT_FOR("0", "SELECT COUNT(*) FROM sqs_queue WHERE event_id = '%s'", dead);
}

/* While SQS is away nothing is lost, and webhooks go on. */
static void
test_away(void)
{
	struct person seller = person_new("shopkeeper");
	struct goods  goods = goods_new(&seller, "20.00", 5);
	struct answer messages;
	int64_t       before;

	WAIT_FOR("0",
	    "SELECT COUNT(*) FROM events e JOIN event_cursors c ON c.consumer = 'sqs' WHERE e.aggregate_id = '%s' AND "
	    "IFNULL(e.batch, c.batch + 1) > c.batch",
	    goods.product);
	messages = messages_of(&seller);
	before = number_at(&messages, "count");
	switch_sqs("{\"status\": 503}");
	rename_product(&seller, goods.product, "waits");
	WAIT_FOR("0",
	    "SELECT COUNT(*) FROM events e JOIN event_cursors c ON c.consumer = 'webhooks' WHERE e.aggregate_id = '%s' AND "
	    "IFNULL(e.batch, c.batch + 1) > c.batch",
	    goods.product);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM sqs_queue WHERE group_id = 'merchant-%s'", seller.merchant), 0);
	messages = messages_of(&seller);
	CHECK_INT(number_at(&messages, "count"), before);
	switch_sqs("{}");
	wait_for_messages(&seller, before + 1);
}

SUITE("api: sqs", TEST(test_what_is_said), TEST(test_order_of_a_group), TEST(test_refused_entries), TEST(test_lies),
    TEST(test_dead), TEST(test_away))
