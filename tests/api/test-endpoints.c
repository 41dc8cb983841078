/* Webhook endpoints as their owners see them; what is sent to them is in test-deliveries. */
#include "tests/api/shopping.h"

#include <string.h>

#define URL "http://127.0.0.1:9/hooks"

static struct answer
endpoint_new(const struct person *owner, const char *types)
{
	return api_post("/webhook-endpoints", owner->access, form("{\"url\": \"" URL "\", \"event_types\": %s}", types));
}

static void
test_life(void)
{
	struct person seller = person_new("shopkeeper");
	struct answer made, answer;
	const char   *id;

	made = api_post("/webhook-endpoints", seller.access,
	    "{\"url\": \"" URL "\", \"event_types\": [\"order.paid\", \"payment.*\"], \"description\": \"ours\"}");
	EXPECT(made, 201);
	id = text_at(&made, "id");
	CHECK_TEXT(text_at(&made, "merchant_id"), seller.merchant);
	CHECK_TEXT(text_at(&made, "status"), "active");
	CHECK_TEXT(text_at(&made, "event_types.1"), "payment.*");
	REQUIRE(has_at(&made, "secret"));
	CHECK(strncmp(text_at(&made, "secret"), "whsec_", 6) == 0 && strlen(text_at(&made, "secret")) == 6 + 44);
	/* Shown this once, and nowhere in the database as it is. */
	answer = api_get(form("/webhook-endpoints/%s", id), seller.access);
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "secret"));
	CHECK_INT(sql_number("SELECT LOCATE(FROM_BASE64('%s'), secret) FROM webhook_endpoints WHERE id = '%s'",
		      text_at(&made, "secret") + 6, id),
	    0);
	EXPECT_PROBLEM(api_call("PATCH", form("/webhook-endpoints/%s", id), seller.access, "{\"description\": null}",
			   HEADERS("If-Match: \"00000000-1\"")),
	    412, "version_mismatch");
	answer = api_call("PATCH", form("/webhook-endpoints/%s", id), seller.access, "{\"description\": null}",
	    HEADERS(form("If-Match: %s", header_of(&answer, "ETag"))));
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "description"));
	CHECK_INT(number_at(&answer, "version"), 2);
	answer = api_put(form("/webhook-endpoints/%s", id), seller.access, "{\"url\": \"" URL "/2\", \"event_types\": [\"*\"]}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "url"), URL "/2");
	CHECK_INT(length_at(&answer, "event_types"), 1);
	CHECK_TEXT(text_at(&answer, "merchant_id"), seller.merchant);
	answer = api_get("/webhook-endpoints", seller.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.id"), id);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action IN "
			     "('webhook_endpoint.created', 'webhook_endpoint.changed') AND actor_id = '%s'",
		      id, seller.id),
	    3);
	EXPECT(api_delete(form("/webhook-endpoints/%s", id), seller.access), 204);
	EXPECT_PROBLEM(api_get(form("/webhook-endpoints/%s", id), seller.access), 404, "not_found");
}

static void
test_types(void)
{
	struct person            seller = person_new("shopkeeper");
	static const char *const wrong[] = { "[\"order.lost\"]", "[\"ord*\"]", "[\"*.paid\"]", "[\"order.p*\"]", "[\"order\"]",
		"[\"nothing.*\"]", "[\"order.**\"]", "[\"\"]" };

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		EXPECT_PROBLEM(endpoint_new(&seller, wrong[i]), 400, "validation_failed");
	EXPECT_FAULT(endpoint_new(&seller, "[]"), "event_types");
	EXPECT(endpoint_new(&seller, "[\"*\", \"order.*\", \"webhook_endpoint.disabled\"]"), 201);
}

/* What a machine of ours could reach and others cannot: refused by name and number, in every spelling. */
static void
test_addresses(void)
{
	struct person            seller = person_new("shopkeeper");
	static const char *const refused[] = { "https://10.0.0.1/", "https://192.168.1.1/", "https://172.16.9.9/",
		"https://169.254.169.254/latest/meta-data", "https://100.100.100.200/", "https://[fd00:ec2::254]/",
		"https://[fe80::1]/", "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://[2002:a00:1::1]/",
		"https://0x0a000001/", "https://167772161/", "https://012.0.0.1/", "https://0.0.0.0/", "https://[::]/",
		"http://192.168.1.1/", "http://8.8.8.8/", "ftp://127.0.0.1/", "file:///etc/passwd", "https://user@127.0.0.1/",
		"https://127.0.0.1/#x", "https://no-such-host.invalid/" };
	static const char *const fine[] = { "https://8.8.8.8/x", "https://[2606:4700::1111]:8443/", "https://[64:ff9b::808:808]/",
		"https://127.0.0.1:9/" };

	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		EXPECT_FAULT(api_post("/webhook-endpoints", seller.access,
				 form("{\"url\": \"%s\", \"event_types\": [\"*\"]}", refused[i])),
		    "url");
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
		EXPECT(api_post("/webhook-endpoints", seller.access,
			   form("{\"url\": \"%s\", \"event_types\": [\"webhook_endpoint.disabled\"]}", fine[i])),
		    201);
}

static void
test_whose(void)
{
	struct person seller = person_new("shopkeeper"), other = person_new("shopkeeper"), admin = person_new("admin");
	struct answer made = endpoint_new(&seller, "[\"*\"]"), answer;
	const char   *id = text_at(&made, "id");

	EXPECT(made, 201);
	EXPECT_PROBLEM(api_get(form("/webhook-endpoints/%s", id), other.access), 404, "not_found");
	EXPECT_PROBLEM(api_patch(form("/webhook-endpoints/%s", id), other.access, "{}"), 404, "not_found");
	EXPECT_PROBLEM(api_delete(form("/webhook-endpoints/%s", id), other.access), 404, "not_found");
	EXPECT_PROBLEM(api_post(form("/webhook-endpoints/%s/rotate-secret", id), other.access, NULL), 404, "not_found");
	EXPECT_PROBLEM(api_post(form("/webhook-endpoints/%s/test", id), other.access, NULL), 404, "not_found");
	EXPECT_PROBLEM(api_get(form("/webhook-endpoints/%s/deliveries", id), other.access), 404, "not_found");
	EXPECT(api_get(form("/webhook-endpoints/%s", id), admin.access), 200);
	EXPECT_FAULT(api_post("/webhook-endpoints", other.access,
			 form("{\"url\": \"" URL "\", \"event_types\": [\"*\"], \"merchant_id\": \"%s\"}", seller.merchant)),
	    "merchant_id");
	answer = api_post("/webhook-endpoints", admin.access,
	    form("{\"url\": \"" URL "\", \"event_types\": [\"*\"], \"merchant_id\": \"%s\"}", seller.merchant));
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "merchant_id"), seller.merchant);
	answer = endpoint_new(&admin, "[\"merchant.created\"]");
	EXPECT(answer, 201);
	CHECK(!has_at(&answer, "merchant_id"));
	EXPECT(api_delete(form("/webhook-endpoints/%s", text_at(&answer, "id")), admin.access), 204);
}

static void
test_not_too_many(void)
{
	struct person seller = person_new("shopkeeper");

	for (int i = 0; i < 20; i++)
		EXPECT(endpoint_new(&seller, "[\"order.paid\"]"), 201);
	EXPECT_PROBLEM(endpoint_new(&seller, "[\"order.paid\"]"), 409, "conflict");
}

/* A request that is sent again makes no second one, and is told the secret again, which stands nowhere as it is. */
static void
test_made_once(void)
{
	struct person            seller = person_new("shopkeeper");
	const char *const       *key = HEADERS(form("Idempotency-Key: endpoint-%s", seller.id));
	static const char *const body = "{\"url\": \"" URL "\", \"event_types\": [\"order.paid\"]}";
	struct answer            first = api_call("POST", "/webhook-endpoints", seller.access, body, key), again;

	EXPECT(first, 201);
	again = api_call("POST", "/webhook-endpoints", seller.access, body, key);
	EXPECT(again, 201);
	CHECK_TEXT(text_at(&again, "id"), text_at(&first, "id"));
	CHECK_TEXT(text_at(&again, "secret"), text_at(&first, "secret"));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM webhook_endpoints WHERE merchant_id = '%s'", seller.merchant), 1);
	CHECK_INT(sql_number(
		      "SELECT COUNT(*) FROM idempotency_keys WHERE made = '%s' AND response_body IS NULL", text_at(&first, "id")),
	    1);
	EXPECT_PROBLEM(
	    api_call("POST", "/webhook-endpoints", seller.access, "{\"url\": \"" URL "\", \"event_types\": [\"*\"]}", key), 422,
	    "idempotency_key_reused");
	EXPECT(api_delete(form("/webhook-endpoints/%s", text_at(&first, "id")), seller.access), 204);
	EXPECT_PROBLEM(api_call("POST", "/webhook-endpoints", seller.access, body, key), 409, "conflict");
}

SUITE("api: webhook endpoints", TEST(test_life), TEST(test_types), TEST(test_addresses), TEST(test_whose),
    TEST(test_not_too_many), TEST(test_made_once))
