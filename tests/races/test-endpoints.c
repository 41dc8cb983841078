/* A webhook endpoint that is disabled, or gets a new secret, while events are on their way to it. */
#include "tests/api/receiver.h"
#include "tests/races/crowd.h"
#include "verify/haatverify.h"

#include <json-c/json.h>
#include <string.h>
#include <time.h>

enum { CHANGES = 20 };

struct told {
	struct person    seller;
	struct receiver *receiver;
	const char      *endpoint, *secret, *product;
};

static struct told
told_new(void)
{
	struct told   told = { .seller = person_new("shopkeeper"), .receiver = receiver_new() };
	struct answer made;

	told.product = goods_new(&told.seller, "20.00", 5).product;
	made = api_post("/webhook-endpoints", told.seller.access,
	    form("{\"url\": \"%s\", \"event_types\": [\"product.changed\"]}", receiver_url(told.receiver, "")));
	EXPECT(made, 201);
	told.endpoint = text_at(&made, "id");
	told.secret = text_at(&made, "secret");
	return told;
}

static void
change_names(const struct told *told, int from, int to)
{
	for (int i = from; i < to; i++)
		EXPECT(
		    api_patch(form("/products/%s", told->product), told->seller.access, form("{\"name\": \"name %d\"}", i)), 200);
}

/* Each name came, and none before one that it follows; a repeat is allowed. */
static void
expect_in_order(struct receiver *receiver, int count)
{
	int next = 0;

	for (size_t i = 0; i < receiver_count(receiver); i++) {
		struct answer body = { .json = json_tokener_parse(receiver_got(receiver, i).body) };
		int           number = -1;

		sscanf(text_at(&body, "data.name"), "name %d", &number);
		CHECK(number <= next);
		if (number == next)
			next++;
	}
	CHECK_INT(next, count);
}

static void
test_disabled_while_delivering(void)
{
	struct told told = told_new();

	receiver_manner(told.receiver, HANGS, 200, "");
	change_names(&told, 0, CHANGES / 2);
	REQUIRE(receiver_wait(told.receiver, 1) == 1);
	EXPECT(api_patch(form("/webhook-endpoints/%s", told.endpoint), told.seller.access, "{\"status\": \"disabled\"}"), 200);
	receiver_manner(told.receiver, ANSWERS, 200, "");
	/* What was on its way has arrived and counts; nothing else is begun. */
	WAIT_FOR("1", "SELECT COUNT(*) FROM webhook_deliveries WHERE endpoint_id = '%s' AND status = 'delivered'", told.endpoint);
	change_names(&told, CHANGES / 2, CHANGES);
	WAIT_FOR(form("%d", CHANGES - 1), "SELECT COUNT(*) FROM webhook_queue WHERE endpoint_id = '%s'", told.endpoint);
	CHECK_INT(receiver_count(told.receiver), 1);
	EXPECT(api_patch(form("/webhook-endpoints/%s", told.endpoint), told.seller.access, "{\"status\": \"active\"}"), 200);
	WAIT_FOR("0", "SELECT COUNT(*) FROM webhook_queue WHERE endpoint_id = '%s'", told.endpoint);
	expect_in_order(told.receiver, CHANGES);
	CHECK_INT(receiver_count(told.receiver), CHANGES);
}

static void
test_rotated_while_delivering(void)
{
	struct told   told = told_new();
	struct answer rotated;

	receiver_manner(told.receiver, WAITS, 200, "");
	change_names(&told, 0, CHANGES / 2);
	REQUIRE(receiver_wait(told.receiver, 2) >= 2);
	rotated = api_post(form("/webhook-endpoints/%s/rotate-secret", told.endpoint), told.seller.access, NULL);
	EXPECT(rotated, 200);
	change_names(&told, CHANGES / 2, CHANGES);
	/* An empty queue tells nothing: what happened last may not have come to it yet. */
	WAIT_FOR(form("%d", CHANGES), "SELECT COUNT(*) FROM webhook_deliveries WHERE endpoint_id = '%s' AND status = 'delivered'",
	    told.endpoint);
	expect_in_order(told.receiver, CHANGES);
	/* Who still has the old secret understands all of them; who has the new one, all from then on. */
	for (size_t i = 0; i < receiver_count(told.receiver); i++) {
		struct received got = receiver_got(told.receiver, i);

		CHECK_INT(haat_verify_standard(got.id, got.timestamp, got.signature, got.body, strlen(got.body),
			      (const char *const[]) { told.secret, NULL }, (int64_t)time(NULL), 300),
		    HAAT_VERIFY_OK);
		if (i + 1 == receiver_count(told.receiver))
			CHECK_INT(haat_verify_standard(got.id, got.timestamp, got.signature, got.body, strlen(got.body),
				      (const char *const[]) { text_at(&rotated, "secret"), NULL }, (int64_t)time(NULL), 300),
			    HAAT_VERIFY_OK);
	}
}

/* Many at once for the last places of an owner. */
static void
test_last_place(void)
{
	enum { MANY = 30, PLACES = 20 };
	struct person seller = person_new("shopkeeper");
	struct call   calls[MANY];
	struct answer answers[MANY];

	for (size_t i = 0; i < MANY; i++)
		calls[i] = (struct call) { "POST", "/webhook-endpoints", seller.access,
			"{\"url\": \"http://127.0.0.1:9/\", \"event_types\": [\"order.paid\"]}", NULL };
	api_calls(calls, MANY, answers);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM webhook_endpoints WHERE merchant_id = '%s'", seller.merchant),
	    count_status(answers, MANY, 201));
	CHECK(count_status(answers, MANY, 201) <= PLACES);
	CHECK_INT(count_status(answers, MANY, 201) + count_status(answers, MANY, 409) + count_status(answers, MANY, 503), MANY);
}

SUITE(
    "races: webhook endpoints", TEST(test_disabled_while_delivering), TEST(test_rotated_while_delivering), TEST(test_last_place))
