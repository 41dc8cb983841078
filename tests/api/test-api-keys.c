/* API keys: what a shop's own servers may do with them, and for how long. */
#include "tests/api/lone_worker.h"
#include "tests/api/shopping.h"

#include <string.h>
#include <unistd.h>

#define INITIALIZE \
	"{\"amount\": \"5.00\", \"currency\": \"USD\", \"customer\": {\"email\": \"a@example.test\"}, " \
	"\"return_url\": \"https://merchant.example/\"}"

struct made_key {
	const char *id, *key;
};

static struct made_key
key_new(const struct person *seller, const char *scopes)
{
	struct answer answer =
	    api_post("/merchants/me/api-keys", seller->access, form("{\"name\": \"web shop\", \"scopes\": %s}", scopes));

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return (struct made_key) { text_at(&answer, "id"), text_at(&answer, "key") };
}

#define ALL_SCOPES "[\"payment:take_own\", \"payment:read_own\", \"payment:refund_own\"]"

static void
test_shown_once_and_kept_as_a_hash(void)
{
	struct person seller = person_new("shopkeeper"), other = person_new("shopkeeper");
	struct answer answer = api_post("/merchants/me/api-keys", seller.access,
	    "{\"name\": \"web shop\", \"scopes\": [\"payment:take_own\", \"payment:read_own\", \"payment:take_own\"]}");
	const char   *id, *key;

	EXPECT(answer, 201);
	id = text_at(&answer, "id");
	key = text_at(&answer, "key");
	CHECK(strncmp(key, "hk_test_", 8) == 0 && strlen(key) == 8 + 43);
	CHECK(strncmp(key, text_at(&answer, "prefix"), strlen(text_at(&answer, "prefix"))) == 0);
	CHECK_INT(length_at(&answer, "scopes"), 2);
	answer = api_get("/merchants/me/api-keys", seller.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.id"), id);
	CHECK(!has_at(&answer, "results.0.key") && !has_at(&answer, "results.0.last_used_at"));
	CHECK(strstr(answer.body, key + 16) == NULL);
	CHECK_INT(sql_number("SELECT key_hash = UNHEX(SHA2('%s', 256)) FROM api_keys WHERE id = '%s'", key, id), 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action = 'api_key.created' "
			     "AND LOCATE('%s', after_state) = 0",
		      id, key + 16),
	    1);
	answer = api_get("/merchants/me/api-keys", other.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 0);
	EXPECT(api_delete(form("/merchants/me/api-keys/%s", id), other.access), 404);
	EXPECT(api_post(form("/merchants/me/api-keys/%s/rotate", id), other.access, NULL), 404);
}

static void
test_what_a_key_cannot_have(void)
{
	struct person seller = person_new("shopkeeper");

	EXPECT_FAULT(api_post("/merchants/me/api-keys", seller.access, "{\"name\": \"x\", \"scopes\": [\"api_key:manage_own\"]}"),
	    "scopes.0");
	EXPECT_FAULT(api_post("/merchants/me/api-keys", seller.access,
			 "{\"name\": \"x\", \"scopes\": [\"payment:read_own\", \"payment:read_all\"]}"),
	    "scopes.1");
	EXPECT_FAULT(
	    api_post("/merchants/me/api-keys", seller.access, "{\"name\": \"x\", \"scopes\": [\"order:place\"]}"), "scopes.0");
	EXPECT_FAULT(
	    api_post("/merchants/me/api-keys", seller.access, "{\"name\": \"x\", \"scopes\": [\"nothing\"]}"), "scopes.0");
	EXPECT_FAULT(api_post("/merchants/me/api-keys", seller.access, "{\"name\": \"x\", \"scopes\": []}"), "scopes");
}

/* It acts for its shop, within its scopes, and is nobody's session. */
static void
test_acts_for_its_shop(void)
{
	struct person   seller = person_new("shopkeeper"), other = person_new("shopkeeper");
	struct made_key whole = key_new(&seller, ALL_SCOPES),
			reads = key_new(&seller, "[\"payment:read_own\", \"dispute:manage_own\"]");
	struct made_key others = key_new(&other, ALL_SCOPES);
	struct answer   answer = api_post("/payments/initialize", whole.key, INITIALIZE);
	const char     *reference;

	EXPECT(answer, 201);
	reference = text_at(&answer, "reference");
	CHECK_TEXT(text_at(&answer, "merchant_id"), seller.merchant);
	CHECK_INT(sql_number("SELECT a.api_key_id = k.id FROM audit_records a JOIN payment_requests r ON r.id = a.subject_id "
			     "JOIN api_keys k ON k.id = '%s' WHERE r.reference = '%s' AND a.action = 'payment_request.created'",
		      whole.id, reference),
	    1);
	EXPECT_PROBLEM(api_post("/payments/initialize", reads.key, INITIALIZE), 403, "forbidden");
	EXPECT(api_get(form("/payments/%s", reference), reads.key), 200);
	EXPECT(api_get(form("/payments/%s", reference), others.key), 404);
	answer = api_get("/payments", reads.key);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	EXPECT(api_get("/disputes", reads.key), 200);
	EXPECT_PROBLEM(
	    api_put(form("/payments/%s/status", reference), reads.key, "{\"status\": \"cancelled\", \"reason\": \"x\"}"), 403,
	    "forbidden");
	EXPECT(api_put(form("/payments/%s/status", reference), whole.key, "{\"status\": \"cancelled\", \"reason\": \"x\"}"), 200);
	CHECK_INT(sql_number("SELECT a.api_key_id = k.id FROM audit_records a JOIN payment_requests r ON r.id = a.subject_id "
			     "JOIN api_keys k ON k.id = '%s' WHERE r.reference = '%s' AND a.action = 'payment_request.cancelled'",
		      whole.id, reference),
	    1);
	/* The log tells which key it was, and never the key. */
	CHECK(logs_hold(form("\"key_id\":\"%s\"", whole.id)));
	CHECK(!logs_hold(whole.key + 16));
	EXPECT_PROBLEM(api_get("/accounts/me", whole.key), 401, "unauthenticated");
	EXPECT_PROBLEM(api_get("/merchants/me/api-keys", whole.key), 403, "forbidden");
	EXPECT_PROBLEM(api_post("/orders", whole.key, "{}"), 403, "forbidden");
	/* What anybody may call it calls as anybody. */
	EXPECT(api_get("/products", whole.key), 200);
	EXPECT(api_get("/products", "hk_test_nonsense"), 200);
	EXPECT_PROBLEM(api_get("/payments", "hk_test_nonsense"), 401, "unauthenticated");
	EXPECT_PROBLEM(api_get("/payments", "haat_test_nonsense"), 401, "unauthenticated");
	EXPECT_PROBLEM(api_get("/payments", form("%sx", whole.key)), 401, "unauthenticated");
}

/* What each scope opens by itself, and that the others do not open it. */
static void
test_one_scope_opens_what_is_its_own(void)
{
	static const struct {
		const char *scope, *paths[5];
	} opens[] = {
		{ "payment:read_own", { "/payments", "/disputes" } },
		{ "payout:read_own", { "/merchants/{id}/balance", "/payouts" } },
		{ "subscription:manage_own", { "/subscriptions" } },
		{ "webhook:write_own", { "/webhook-endpoints" } },
	};
	enum { SCOPES = sizeof opens / sizeof *opens };
	struct person seller = person_new("shopkeeper");

	for (size_t k = 0; k < SCOPES; k++) {
		struct made_key key = key_new(&seller, form("[\"%s\"]", opens[k].scope));

		for (size_t i = 0; i < SCOPES; i++)
			for (size_t at = 0; at < 5 && opens[i].paths[at] != NULL; at++) {
				const char   *path = opens[i].paths[at], *id = strstr(path, "{id}");
				struct answer answer = api_get(id == NULL
					? path
					: form("%.*s%s%s", (int)(id - path), path, seller.merchant, id + strlen("{id}")),
				    key.key);

				if (answer.status != (i == k ? 200 : 403))
					CU_assertImplementation(CU_FALSE, __LINE__,
					    form("%s with %s: %d %.200s", path, opens[k].scope, answer.status, answer.body),
					    __FILE__, "", CU_FALSE);
			}
	}
}

/* The disputes of its own shop alone. */
static void
test_a_key_that_reads_payments_reads_their_disputes(void)
{
	struct person   seller = person_new("shopkeeper"), other = person_new("shopkeeper"), customer = person_new("customer");
	struct made_key key = key_new(&seller, "[\"payment:read_own\"]"), others = key_new(&other, "[\"payment:read_own\"]");
	struct goods    goods = goods_new(&seller, "20.00", 5);
	struct attempt  attempt = attempt_paid(&customer, order_new(&customer, address_new(&customer), &goods, 1));
	struct answer   answer;
	const char     *path;

	CHECK_INT(sandbox_post(form("/sandbox/stripe/dispute/%s", attempt.transaction), "{}"), 200);
	WAIT_FOR("disputed", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	answer = api_get("/disputes", key.key);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.payment"), attempt.reference);
	path = form("/disputes/%s", text_at(&answer, "results.0.id"));
	EXPECT(api_get(path, key.key), 200);
	EXPECT_PROBLEM(api_get(path, others.key), 404, "not_found");
	answer = api_get("/disputes", others.key);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 0);
	EXPECT_PROBLEM(api_get("/disputes", customer.access), 403, "forbidden");
	EXPECT_PROBLEM(api_get(path, customer.access), 403, "forbidden");
}

static void
test_costs_no_more_round_trips_than_a_session(void)
{
	struct person   seller = person_new("shopkeeper");
	struct made_key key = key_new(&seller, ALL_SCOPES);
	struct answer   answer = api_post("/payments/initialize", key.key, INITIALIZE);
	const char     *path;

	EXPECT(answer, 201);
	path = form("/payments/%s", text_at(&answer, "reference"));
	CHECK_INT(api_round_trips(path, key.key), api_round_trips(path, seller.access));
	CHECK_INT(api_round_trips("/payments", key.key), api_round_trips("/payments", seller.access));
}

static void
test_last_use_is_true_to_five_minutes(void)
{
	struct person   seller = person_new("shopkeeper");
	struct made_key key = key_new(&seller, ALL_SCOPES);
	const char     *used = form("SELECT last_used_at FROM api_keys WHERE id = '%s'", key.id), *first;

	EXPECT(api_get("/payments", key.key), 200);
	first = sql_text("%s", used);
	CHECK(first != NULL);
	EXPECT(api_get("/payments", key.key), 200);
	CHECK_TEXT(sql_text("%s", used), first);
	sql_run("UPDATE api_keys SET last_used_at = NOW(3) - INTERVAL 6 MINUTE WHERE id = '%s'", key.id);
	EXPECT(api_get("/payments", key.key), 200);
	CHECK_INT(sql_number("SELECT last_used_at > NOW(3) - INTERVAL 1 MINUTE FROM api_keys WHERE id = '%s'", key.id), 1);
}

static void
test_revoked_expired_and_exchanged(void)
{
	struct person   seller = person_new("shopkeeper");
	struct made_key key = key_new(&seller, ALL_SCOPES), gone = key_new(&seller, ALL_SCOPES);
	struct answer   answer;
	const char     *fresh, *fresh_id;

	EXPECT(api_get("/payments", gone.key), 200);
	EXPECT(api_delete(form("/merchants/me/api-keys/%s", gone.id), seller.access), 204);
	EXPECT_PROBLEM(api_get("/payments", gone.key), 401, "unauthenticated");
	EXPECT(api_delete(form("/merchants/me/api-keys/%s", gone.id), seller.access), 404);
	EXPECT(api_post(form("/merchants/me/api-keys/%s/rotate", gone.id), seller.access, NULL), 404);

	answer = api_post(form("/merchants/me/api-keys/%s/rotate", key.id), seller.access, NULL);
	EXPECT(answer, 201);
	fresh = text_at(&answer, "key");
	fresh_id = text_at(&answer, "id");
	CHECK(strcmp(fresh, key.key) != 0 && strcmp(fresh_id, key.id) != 0);
	CHECK_INT(length_at(&answer, "scopes"), 3);
	CHECK(!has_at(&answer, "expires_at"));
	EXPECT(api_get("/payments", fresh), 200);
	EXPECT(api_get("/payments", key.key), 200);
	CHECK_INT(sql_number("SELECT expires_at BETWEEN NOW(3) + INTERVAL 1430 MINUTE AND NOW(3) + INTERVAL 24 HOUR "
			     "AND replaced_by = '%s' FROM api_keys WHERE id = '%s'",
		      fresh_id, key.id),
	    1);
	EXPECT_PROBLEM(api_post(form("/merchants/me/api-keys/%s/rotate", key.id), seller.access, NULL), 409, "conflict");
	sql_run("UPDATE api_keys SET expires_at = NOW(3) WHERE id = '%s'", key.id);
	EXPECT_PROBLEM(api_get("/payments", key.key), 401, "unauthenticated");
	EXPECT(api_get("/payments", fresh), 200);
	answer = api_get("/merchants/me/api-keys", seller.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
}

static void
test_ends_with_its_shop(void)
{
	struct person   seller = person_new("shopkeeper"), admin = person_new("admin");
	struct made_key key = key_new(&seller, ALL_SCOPES);

	EXPECT(api_post(form("/merchants/%s/suspend", seller.merchant), admin.access, NULL), 200);
	EXPECT_PROBLEM(api_get("/payments", key.key), 403, "merchant_inactive");
	EXPECT(api_post(form("/merchants/%s/activate", seller.merchant), admin.access, NULL), 200);
	EXPECT(api_get("/payments", key.key), 200);
	EXPECT(api_patch(form("/users/%s", seller.id), admin.access, "{\"status\": \"disabled\"}"), 200);
	EXPECT_PROBLEM(api_get("/payments", key.key), 401, "unauthenticated");
}

/* A repeated request is the same by whichever key of the shop, and not by another shop's or by a person. */
static void
test_idempotency_by_shop(void)
{
	struct person   seller = person_new("shopkeeper"), other = person_new("shopkeeper");
	struct made_key one = key_new(&seller, ALL_SCOPES), two = key_new(&seller, ALL_SCOPES),
			third = key_new(&other, ALL_SCOPES);
	const char *const headers[] = { "Idempotency-Key: order-1041", NULL };
	struct answer     first = api_call("POST", "/payments/initialize", one.key, INITIALIZE, headers), again;

	EXPECT(first, 201);
	again = api_call("POST", "/payments/initialize", two.key, INITIALIZE, headers);
	EXPECT(again, 201);
	CHECK_TEXT(text_at(&again, "reference"), text_at(&first, "reference"));
	again = api_call("POST", "/payments/initialize", third.key, INITIALIZE, headers);
	EXPECT(again, 201);
	CHECK(strcmp(text_at(&again, "reference"), text_at(&first, "reference")) != 0);
	again = api_call("POST", "/payments/initialize", seller.access, INITIALIZE, headers);
	EXPECT(again, 201);
	CHECK(strcmp(text_at(&again, "reference"), text_at(&first, "reference")) != 0);
}

static void
test_terms_of_a_shop(void)
{
	struct person seller = person_new("shopkeeper"), admin = person_new("admin"), manager = person_new("account_manager");
	const char   *path = form("/merchants/%s", seller.merchant);
	struct answer before = api_get(path, admin.access), answer;
	const char   *stale[] = { form("If-Match: %s", header_of(&before, "ETag")), NULL };
	const char   *transaction, *reference;

	EXPECT(before, 200);
	CHECK(!has_at(&before, "commission_percent") && !has_at(&before, "rate_limit"));
	answer = api_call("PATCH", path, admin.access,
	    "{\"commission_percent\": \"2.00\", \"rate_limit\": 7, \"metadata\": {\"erp\": \"77\", \"tier\": \"gold\"}}", stale);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "commission_percent"), "2.00");
	CHECK_INT(number_at(&answer, "rate_limit"), 7);
	CHECK_TEXT(text_at(&answer, "metadata.erp"), "77");
	EXPECT_PROBLEM(api_call("PATCH", path, admin.access, "{\"rate_limit\": 8}", stale), 412, "version_mismatch");
	answer = api_patch(path, admin.access, "{\"metadata\": {\"erp\": null, \"note\": \"new\"}}");
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "metadata.erp"));
	CHECK_TEXT(text_at(&answer, "metadata.tier"), "gold");
	CHECK_TEXT(text_at(&answer, "metadata.note"), "new");
	CHECK_INT(number_at(&answer, "rate_limit"), 7);
	EXPECT_FAULT(api_patch(path, admin.access, "{\"commission_percent\": \"100.01\"}"), "commission_percent");
	EXPECT_FAULT(api_patch(path, admin.access, "{\"commission_percent\": \"1.005\"}"), "commission_percent");
	EXPECT_FAULT(api_patch(path, admin.access, "{\"rate_limit\": 0}"), "rate_limit");
	EXPECT_PROBLEM(api_patch(path, manager.access, "{\"rate_limit\": 8}"), 403, "forbidden");
	EXPECT_PROBLEM(api_patch(path, seller.access, "{\"rate_limit\": 8}"), 403, "forbidden");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE aggregate_id = '%s' AND type = 'merchant.changed' "
			     "AND JSON_VALUE(payload, '$.metadata.tier') = 'gold'",
		      seller.merchant),
	    2);
	/* Its commission is what its next payment is shared by. */
	answer = api_post("/payments/initialize", seller.access, INITIALIZE);
	EXPECT(answer, 201);
	reference = text_at(&answer, "reference");
	answer = api_post(form("/payments/%s/attempts", reference), NULL, "{\"provider\": \"stripe\"}");
	EXPECT(answer, 201);
	transaction = text_at(&answer, "provider_transaction_id");
	sandbox_act("pay", transaction);
	WAIT_FOR("paid", "SELECT status FROM payment_requests WHERE reference = '%s'", reference);
	CHECK_INT(
	    left_in(&(struct attempt) { .reference = sql_text(
					    "SELECT reference FROM payments WHERE provider_transaction_id = '%s'", transaction) },
		"commission"),
	    -10);
	answer = api_patch(path, admin.access, "{\"commission_percent\": null, \"rate_limit\": null, \"metadata\": null}");
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "commission_percent") && !has_at(&answer, "rate_limit") && !has_at(&answer, "metadata.tier"));
}

static int
let_in(const char *key, int tries)
{
	int count = 0;

	for (int i = 0; i < tries; i++) {
		struct answer answer = lone_call("198.51.100.77", "GET", "/payments", key, NULL);

		if (answer.status == 200) {
			count++;
			continue;
		}
		CHECK_INT(answer.status, 429);
		CHECK_TEXT(text_at(&answer, "code"), "rate_limited");
		CHECK(header_of(&answer, "Retry-After") != NULL);
		break;
	}
	return count;
}

/* Who exchanges a key again and again has no more of them than anybody: each is valid for a day after its exchange. */
static void
test_exchanged_without_end(void)
{
	enum { VALID_MAX = 100 };
	struct person seller = person_new("shopkeeper");
	const char   *id = key_new(&seller, ALL_SCOPES).id, *first = id;
	struct answer answer;

	for (int i = 1; i < VALID_MAX; i++) {
		answer = api_post(form("/merchants/me/api-keys/%s/rotate", id), seller.access, NULL);
		EXPECT(answer, 201);
		REQUIRE(answer.status == 201);
		id = text_at(&answer, "id");
	}
	EXPECT_PROBLEM(api_post(form("/merchants/me/api-keys/%s/rotate", id), seller.access, NULL), 409, "conflict");
	answer = api_get("/merchants/me/api-keys", seller.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), VALID_MAX);
	CHECK_TEXT(text_at(&answer, form("results.%d.id", VALID_MAX - 1)), first);
	EXPECT(api_delete(form("/merchants/me/api-keys/%s", first), seller.access), 204);
	EXPECT(api_post(form("/merchants/me/api-keys/%s/rotate", id), seller.access, NULL), 201);
}

/* What is kept of where an attempt came from, begun from a public address by whoever has that token. */
static int
address_is_kept(const struct person *seller, const char *token)
{
	struct answer answer = api_post("/payments/initialize", seller->access, INITIALIZE);

	EXPECT(answer, 201);
	answer = lone_call("198.51.100.79", "POST", form("/payments/%s/attempts", text_at(&answer, "reference")), token,
	    "{\"provider\": \"stripe\"}");
	CHECK_INT(answer.status, 201);
	return (int)sql_number("SELECT IF(user_id IS NULL, risk_address IS NOT NULL, -1) FROM payments "
			       "WHERE provider_transaction_id = '%s'",
	    text_at(&answer, "provider_transaction_id"));
}

/* By a shop's own key its server begins to pay, which is none of its payers; whoever else does is the payer. */
static void
test_server_is_no_payer(void)
{
	struct person   seller = person_new("shopkeeper"), other = person_new("shopkeeper");
	struct made_key own = key_new(&seller, ALL_SCOPES), others = key_new(&other, ALL_SCOPES);

	lone_workers_start((const char *const[]) { NULL });
	CHECK_INT(address_is_kept(&seller, own.key), 0);
	CHECK_INT(address_is_kept(&seller, others.key), 1);
	CHECK_INT(address_is_kept(&seller, other.access), 1);
	CHECK_INT(address_is_kept(&seller, NULL), 1);
	CHECK_INT(address_is_kept(&seller, "haat_test_nonsense"), 1);
	lone_workers_stop();
}

/* As in production: so many calls a minute with all keys of a shop, as agreed with it. */
static void
test_calls_a_minute(void)
{
	struct person     seller = person_new("shopkeeper"), other = person_new("shopkeeper"), admin = person_new("admin");
	struct made_key   one = key_new(&seller, ALL_SCOPES), two = key_new(&seller, ALL_SCOPES);
	struct made_key   others = key_new(&other, ALL_SCOPES);
	const char *const settings[] = { "HAAT_LIMITS_ENABLED=true", "HAAT_LIMITS_KEY_CALLS=5", "HAAT_RISK_DECLINES_PURPOSE=100",
		"HAAT_CACHE_TIMEOUT_MS=10000", form("HAAT_CACHE_PREFIX=keys%d:", (int)getpid()), NULL };

	lone_workers_start(settings);
	CHECK_INT(let_in(one.key, 7), 5);
	CHECK_INT(let_in(two.key, 1), 0);
	CHECK_INT(let_in(others.key, 7), 5);
	EXPECT(api_patch(form("/merchants/%s", seller.merchant), admin.access, "{\"rate_limit\": 8}"), 200);
	CHECK_INT(let_in(two.key, 7), 3);
	CHECK_INT(let_in(one.key, 1), 0);
	/* Nobody's attempts at one payment request go on for ever, and none of what is refused is seen by its provider. */
	{
		struct answer answer = api_post("/payments/initialize", two.key, INITIALIZE);
		const char   *path = form("/payments/%s/attempts", text_at(&answer, "reference"));
		int           begun = 0;

		for (; begun < 12; begun++) {
			answer = lone_call("10.7.0.78", "POST", path, NULL, "{\"provider\": \"stripe\"}");
			if (answer.status != 201)
				break;
			CHECK_INT(
			    sandbox_post(form("/sandbox/stripe/fail/%s", text_at(&answer, "provider_transaction_id")), NULL),
			    200);
			WAIT_FOR("failed", "SELECT status FROM payments WHERE provider_transaction_id = '%s'",
			    text_at(&answer, "provider_transaction_id"));
		}
		CHECK_INT(begun, 10);
		CHECK_INT(answer.status, 429);
		CHECK(header_of(&answer, "Retry-After") != NULL);
	}
	lone_workers_stop();
}

/* Staff see the keys of all shops, never the keys themselves, and admins end one that was lost. */
static void
test_staff_see_and_end_them(void)
{
	struct person   seller = person_new("shopkeeper"), other = person_new("shopkeeper");
	struct person   admin = person_new("admin"), manager = person_new("account_manager");
	struct made_key lost = key_new(&seller, ALL_SCOPES), kept = key_new(&seller, ALL_SCOPES);
	const char     *of_seller = form("/api-keys?merchant=%s", seller.merchant);
	struct answer   answer;

	key_new(&other, ALL_SCOPES);
	answer = api_get(of_seller, manager.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 2);
	CHECK_TEXT(text_at(&answer, "results.0.id"), kept.id);
	CHECK_TEXT(text_at(&answer, "results.1.merchant_id"), seller.merchant);
	CHECK(has_at(&answer, "results.1.shop_name") && !has_at(&answer, "results.1.revoked_at"));
	CHECK_INT(length_at(&answer, "results.1.scopes"), 3);
	CHECK(strstr(answer.body, lost.key + 16) == NULL);
	answer = api_get("/api-keys?limit=2", admin.access);
	EXPECT(answer, 200);
	CHECK(has_at(&answer, "next"));
	EXPECT_PROBLEM(api_delete(form("/api-keys/%s", lost.id), manager.access), 403, "forbidden");
	EXPECT(api_get("/payments", lost.key), 200);
	EXPECT(api_delete(form("/api-keys/%s", lost.id), admin.access), 204);
	EXPECT_PROBLEM(api_get("/payments", lost.key), 401, "unauthenticated");
	EXPECT(api_get("/payments", kept.key), 200);
	EXPECT_PROBLEM(api_delete(form("/api-keys/%s", lost.id), admin.access), 404, "not_found");
	answer = api_get(of_seller, manager.access);
	CHECK(has_at(&answer, "results.1.revoked_at") && !has_at(&answer, "results.0.revoked_at"));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action = 'api_key.revoked' "
			     "AND actor_id = '%s'",
		      lost.id, admin.id),
	    1);
}

SUITE("api keys", TEST(test_shown_once_and_kept_as_a_hash), TEST(test_what_a_key_cannot_have), TEST(test_acts_for_its_shop),
    TEST(test_one_scope_opens_what_is_its_own), TEST(test_a_key_that_reads_payments_reads_their_disputes),
    TEST(test_costs_no_more_round_trips_than_a_session), TEST(test_last_use_is_true_to_five_minutes),
    TEST(test_revoked_expired_and_exchanged), TEST(test_ends_with_its_shop), TEST(test_idempotency_by_shop),
    TEST(test_terms_of_a_shop), TEST(test_exchanged_without_end), TEST(test_server_is_no_payer), TEST(test_calls_a_minute),
    TEST(test_staff_see_and_end_them))
