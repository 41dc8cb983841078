/* Events of those who are no provider, and events that are made up for who develops against the shop. */
#include "base/arena.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "tests/api/shopping.h"
#include "tests/private_bodies.h"

#include <glob.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
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

static const char *
secret_of(const char *name)
{
	char  line[128] = "";
	FILE *file = fopen(form("%s/secrets/%s", shop_directory(), name), "re");

	REQUIRE(file != NULL && fgets(line, sizeof line, file) != NULL);
	fclose(file);
	line[strcspn(line, "\r\n")] = '\0';
	return form("%s", line);
}

static const char *
keyed_hex(const EVP_MD *digest, const char *key, const char *text)
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	unsigned      length = 0;
	char         *hex = form("%*s", 2 * EVP_MAX_MD_SIZE, "");

	REQUIRE(HMAC(digest, key, (int)strlen(key), (const unsigned char *)text, strlen(text), bytes, &length) != NULL);
	for (unsigned i = 0; i < length; i++)
		snprintf(hex + (size_t)2 * i, 3, "%02x", bytes[i]);
	return hex;
}

/* Signed as the provider does; NULL when it signs with a key that only it has. */
static const char *
signature_of(const char *provider, const char *body)
{
	if (strcmp(provider, "stripe") == 0)
		return stripe_signature(body, 0);
	if (strcmp(provider, "razorpay") == 0)
		return form("X-Razorpay-Signature: %s", keyed_hex(EVP_sha256(), secret_of("razorpay-webhook"), body));
	if (strcmp(provider, "paystack") == 0)
		return form("x-paystack-signature: %s", keyed_hex(EVP_sha512(), secret_of("paystack"), body));
	return strcmp(provider, "flutterwave") == 0 ? form("verif-hash: %s", secret_of("flutterwave-webhook")) : NULL;
}

/* Does the text stand in one of the shop's logs? */
static bool
is_logged(const char *text)
{
	glob_t files;
	char  *line = NULL;
	size_t room = 0;
	bool   found = false;

	REQUIRE(glob(form("%s/log/*.log", shop_directory()), 0, NULL, &files) == 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		FILE *file = fopen(files.gl_pathv[i], "re");

		while (file != NULL && getline(&line, &room, file) > 0)
			found = found || strstr(line, text) != NULL;
		if (file != NULL)
			fclose(file);
	}
	free(line);
	globfree(&files);
	return found;
}

static void
check_nowhere(const char *text)
{
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM webhook_events WHERE payload LIKE '%%%s%%' OR signatures LIKE '%%%s%%'", text, text),
	    0);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payment_answers WHERE body LIKE '%%%s%%'", text), 0);
	CHECK(!is_logged(text));
}

/* Each provider's fullest event, and what the stand-ins tell of their payer. */
static void
test_nothing_private_is_stored(void)
{
	struct attempt attempt = { .order = NULL };
	struct answer  answer;

	(void)begin();
	answer = payment_new(&customer, order_new(&customer, address, &goods, 1), "razorpay");
	EXPECT(answer, 201);
	attempt.reference = text_at(&answer, "reference");
	attempt.transaction = text_at(&answer, "provider_transaction_id");
	for (size_t i = 0; i < sizeof private_bodies / sizeof *private_bodies; i++) {
		const char *at = strstr(private_bodies[i].body, "%s"), *name = private_bodies[i].provider;
		const char *body =
		    form("%.*s%s%s", (int)(at - private_bodies[i].body), private_bodies[i].body, fresh_phone() + 1, at + 2);

		if (!private_bodies[i].is_event)
			continue;
		if (strcmp(name, "payment") == 0)
			answer = send_at(form("%s ", body), fresh_id(), 0, "");
		else if (signature_of(name, body) != NULL)
			answer = api_call("POST", form("/webhooks/%s", name), NULL, body, HEADERS(signature_of(name, body)));
		else
			continue; /* what a certificate proves only the stand-ins sign; what is stripped of it is a test of its own */
		EXPECT(answer, 200);
		if (answer.status != 200)
			printf("(%s) ", name);
	}
	sql_run(
	    "UPDATE webhook_events SET status = 'dropped', next_attempt_at = NULL WHERE provider = 'payment' AND status = 'deferred'");
	check_nowhere(PRIVATE_MARK);
	check_nowhere(secret_of("flutterwave-webhook"));
	EXPECT(sandbox_call(form("/sandbox/razorpay/pay/%s", attempt.transaction), "{}"), 200);
	WAIT_FOR("succeeded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	check_nowhere("gaurav.kumar@example.com");
	check_nowhere("919876543210");
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

static struct attempt
begin_at(const char *provider)
{
	struct attempt attempt = begin();

	attempt.order = order_new(&customer, address, &goods, 1);
	attempt.answer = payment_new(&customer, attempt.order, provider);
	EXPECT(attempt.answer, 201);
	attempt.reference = text_at(&attempt.answer, "reference");
	attempt.transaction = text_at(&attempt.answer, "provider_transaction_id");
	return attempt;
}

static void
test_simulated_paystack(void)
{
	struct attempt attempt = begin_at("paystack");

	check_status(simulate("paystack", "refund.processed", attempt.reference), "processed");
	check_status(simulate("paystack", "charge.success", attempt.reference), "processed");
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", attempt.reference), "succeeded");
	EXPECT_FAULT(simulate("paystack", "charge.failed", attempt.reference), "type");
}

/* Flutterwave's header is no proof, so it is asked: one that it knows nothing of is forged, one that it confirms counts. */
static void
test_simulated_flutterwave(void)
{
	struct attempt attempt = begin_at("flutterwave");

	check_status(simulate("flutterwave", "charge.completed", attempt.reference), "deferred");
	WAIT_FOR("0", "SELECT COUNT(*) FROM webhook_events WHERE provider = 'flutterwave' AND status = 'unverified'");
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", attempt.reference), "pending");
	sandbox_switch(attempt.transaction, "{\"webhook_never\": true}");
	CHECK_INT(sandbox_post(form("/sandbox/flutterwave/process/%s", attempt.transaction), NULL), 200);
	EXPECT(api_get(form("/payments/return/flutterwave?tx_ref=%s", attempt.transaction), NULL), 303);
	CHECK_INT(sandbox_post(form("/sandbox/flutterwave/pay/%s", attempt.transaction), NULL), 200);
	check_status(simulate("flutterwave", "charge.completed", attempt.reference), "deferred");
	WAIT_FOR("succeeded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	EXPECT_FAULT(simulate("flutterwave", "transfer.completed", attempt.reference), "type");
}

static void
test_what_cannot_be_simulated(void)
{
	struct attempt attempt = begin();
	struct answer  answer;

	answer = simulate("paypal", "PAYMENT.CAPTURE.COMPLETED", attempt.reference);
	EXPECT_FAULT(answer, "provider");
	CHECK(strstr(answer.body, "signs with a key that only the provider has") != NULL);
	EXPECT_FAULT(simulate("bkash", "Notification", attempt.reference), "provider");
	EXPECT_FAULT(simulate("nobody", "x", attempt.reference), "provider");
	EXPECT_FAULT(simulate("cod", "x", attempt.reference), "provider");
	EXPECT_FAULT(simulate("razorpay", "payment.captured", attempt.reference), "provider");
	EXPECT_FAULT(simulate("stripe", "payment_intent.created", attempt.reference), "type");
	EXPECT_FAULT(simulate("payment", "a b", attempt.reference), "type");
	EXPECT_PROBLEM(simulate("stripe", "payment_intent.succeeded", "PAY-0000000000"), 404, "not_found");
}

SUITE("webhooks", TEST(test_provider_is_asked), TEST(test_inbox), TEST(test_signatures), TEST(test_what_is_stored),
    TEST(test_nothing_private_is_stored), TEST(test_simulated), TEST(test_simulated_paystack), TEST(test_simulated_flutterwave),
    TEST(test_what_cannot_be_simulated))
