/* Events of those who are no provider, and events that are made up for who develops against the shop. */
#include "base/arena.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "tests/api/shopping.h"

#include <stdio.h>
#include <string.h>

static struct person seller, customer;
static struct goods  goods;
static const char   *address;

static struct attempt
begin(void)
{
	if (seller.id == NULL) {
		seller = person_new("shopkeeper");
		customer = person_new("customer");
		goods = goods_new(&seller, "20.00", 1000);
		address = address_new(&customer);
	}
	return attempt_new(&customer, order_new(&customer, address, &goods, 1));
}

/* Paid at the provider, which says nothing about it. */
static struct attempt
paid_silently(void)
{
	struct attempt attempt = begin();

	sandbox_switch(attempt.transaction, "{\"webhook_never\": true}");
	sandbox_act("pay", attempt.transaction);
	return attempt;
}

static const char *
hmac(const char *text)
{
	static struct arena *arena;
	static char          secret[128];
	unsigned char        digest[32];

	if (arena == NULL) {
		FILE *file = fopen(form("%s/secrets/payment-webhook", shop_directory()), "re");

		arena = arena_new(1 << 20);
		REQUIRE(file != NULL && fgets(secret, sizeof secret, file) != NULL);
		fclose(file);
		secret[strcspn(secret, "\r\n")] = '\0';
	}
	hmac_sha256(secret, strlen(secret), text, strlen(text), digest);
	return hex_encode(arena, digest, sizeof digest);
}

static struct answer
send_at(const char *body, const char *id, int64_t age_seconds, const char *prefix)
{
	const char *time = form("%lld", (long long)(unix_seconds() - age_seconds));

	return api_call("POST", "/webhooks/payment", NULL, body,
	    HEADERS(form("X-Signature: %s%s", prefix, hmac(form("%s.%s", time, body))), form("X-Timestamp: %s", time),
		form("X-Event-Id: %s", id)));
}

static const char *
fresh_id(void)
{
	return form("ours-%s", fresh_phone() + 1);
}

static void
check_status(struct answer answer, const char *status)
{
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), status);
}

/* Whatever it says: the provider is asked, and its word counts. */
static void
test_provider_is_asked(void)
{
	struct attempt attempt = paid_silently(), other = paid_silently(), unpaid = begin();

	check_status(send_at(form("{\"event\":\"payment.failed\",\"data\":{\"reference\":\"%s\"}}", attempt.reference),
			 fresh_id(), 0, "sha256="),
	    "processed");
	WAIT_FOR("succeeded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	check_status(
	    send_at(form("{\"event\":\"x\",\"data\":{\"provider\":\"stripe\",\"transaction_id\":\"%s\"}}", other.transaction),
		fresh_id(), 0, ""),
	    "processed");
	WAIT_FOR("succeeded", "SELECT status FROM payments WHERE reference = '%s'", other.reference);
	check_status(send_at(form("{\"event\":\"payment.succeeded\",\"data\":{\"reference\":\"%s\"}}", unpaid.reference),
			 fresh_id(), 0, "sha256="),
	    "processed");
	WAIT_FOR("1",
	    "SELECT COUNT(*) > 0 FROM payment_answers a JOIN payments p ON p.id = a.payment_id "
	    "WHERE p.reference = '%s' AND a.kind = 'fetch'",
	    unpaid.reference);
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", unpaid.reference), "pending");
}

static void
test_inbox(void)
{
	const char *id = fresh_id(),
		   *body = form("{\"event\":\"a\",\"data\":{\"reference\":\"PAY-0000000000\"},\"x\":\"%s\"}", id);

	check_status(send_at("{\"event\":\"ping\",\"data\":{}}", fresh_id(), 0, ""), "ignored");
	check_status(send_at(body, id, 0, ""), "deferred");
	check_status(send_at(body, id, 1, ""), "already_processed");
	EXPECT_PROBLEM(send_at(form("%s ", body), id, 0, ""), 409, "event_collision");
	EXPECT_PROBLEM(send_at("{\"data\":{}}", fresh_id(), 0, ""), 400, "bad_request");
	/* It will never be known: out of the way of those who look for dead events. */
	sql_run(
	    "UPDATE webhook_events SET status = 'dropped', next_attempt_at = NULL WHERE provider = 'payment' AND event_id = '%s'",
	    id);
}

static void
test_signatures(void)
{
	static const char body[] = "{\"event\":\"ping\"}";
	const char       *time = form("%lld", (long long)unix_seconds()), *good = hmac(form("%s.%s", time, body));

	check_status(send_at(body, fresh_id(), 250, "sha256="), "ignored");
	EXPECT_PROBLEM(send_at(body, fresh_id(), 320, "sha256="), 401, "bad_signature");
	EXPECT_PROBLEM(send_at(body, fresh_id(), -320, "sha256="), 401, "bad_signature");
	EXPECT_PROBLEM(send_at(body, fresh_id(), 0, "sha512="), 401, "bad_signature");
	EXPECT_PROBLEM(api_post("/webhooks/payment", NULL, body), 401, "bad_signature");
	EXPECT_PROBLEM(api_call("POST", "/webhooks/payment", NULL, body, HEADERS(form("X-Signature: sha256=%s", good))), 401,
	    "bad_signature");
	EXPECT_PROBLEM(api_call("POST", "/webhooks/payment", NULL, body,
			   HEADERS(form("X-Signature: sha256=%s", hmac(body)), form("X-Timestamp: %s", time))),
	    401, "bad_signature");
	EXPECT_PROBLEM(api_call("POST", "/webhooks/payment", NULL, body,
			   HEADERS(form("X-Signature: %s", good), form("X-Signature: %s", good), form("X-Timestamp: %s", time))),
	    401, "bad_signature");
}

/* Of a stranger's event only what names the payment is kept. */
static void
test_what_is_stored(void)
{
	struct attempt attempt = begin();
	const char    *id = fresh_id();

	check_status(send_at(form("{\"event\":\"x\",\"id\":\"1\",\"customer\":{\"name\":\"Jane\",\"data\":{\"reference\":\"y\"}},"
				  "\"data\":{\"reference\":\"%s\",\"email\":\"jane@example.org\",\"card\":[{\"id\":\"4242\"}]}}",
				 attempt.reference),
			 id, 0, ""),
	    "processed");
	CHECK_TEXT(
	    sql_text(
		"SELECT CONVERT(payload USING utf8mb4) FROM webhook_events WHERE provider = 'payment' AND event_id = '%s'", id),
	    form("{\"event\":\"x\",\"id\":\"1\",\"data\":{\"reference\":\"%s\"}}", attempt.reference));
}

static struct answer
simulate(const char *provider, const char *type, const char *reference)
{
	return api_post("/webhooks/simulate", NULL,
	    form("{\"provider\": \"%s\", \"type\": \"%s\", \"reference\": \"%s\"}", provider, type, reference));
}

/* Signed, verified, stored and applied as a true one. */
static void
test_simulated(void)
{
	struct attempt attempt = begin(), paid = paid_silently();
	const char    *order = order_new(&customer, address, &goods, 1);
	struct answer  razorpay = payment_new(&customer, order, "razorpay");

	check_status(simulate("stripe", "payment_intent.processing", attempt.reference), "processed");
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", attempt.reference), "processing");
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM webhook_events WHERE provider = 'stripe' AND event_id LIKE 'evt\\_simulated%%' "
		       "AND payload LIKE '%%%s%%'",
		attempt.reference),
	    1);
	check_status(simulate("payment", "anything.you-like", paid.reference), "processed");
	WAIT_FOR("succeeded", "SELECT status FROM payments WHERE reference = '%s'", paid.reference);
	EXPECT(razorpay, 201);
	check_status(simulate("razorpay", "payment.failed", text_at(&razorpay, "reference")), "processed");
}

static void
test_what_cannot_be_simulated(void)
{
	struct attempt attempt = begin();

	EXPECT_FAULT(simulate("nobody", "x", attempt.reference), "provider");
	EXPECT_FAULT(simulate("cod", "x", attempt.reference), "provider");
	EXPECT_FAULT(simulate("razorpay", "payment.captured", attempt.reference), "provider");
	EXPECT_FAULT(simulate("stripe", "payment_intent.created", attempt.reference), "type");
	EXPECT_FAULT(simulate("payment", "a b", attempt.reference), "type");
	EXPECT_PROBLEM(simulate("stripe", "payment_intent.succeeded", "PAY-0000000000"), 404, "not_found");
}

SUITE("webhooks", TEST(test_provider_is_asked), TEST(test_inbox), TEST(test_signatures), TEST(test_what_is_stored),
    TEST(test_simulated), TEST(test_what_cannot_be_simulated))
