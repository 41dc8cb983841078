/* What Flutterwave says, read: amounts as they stand, statuses, events. */
#include "base/arena.h"
#include "base/config.h"
#include "payments/json_path.h"
#include "payments/provider.h"
#include "tests/suite.h"

#include <json-c/json.h>
#include <string.h>

static struct bytes
bytes_of(const char *body)
{
	return (struct bytes) { (const unsigned char *)body, strlen(body) };
}

static struct provider_event
event_of(struct arena *arena, const char *body)
{
	struct provider_events *events = ARENA_NEW(arena, struct provider_events);

	REQUIRE(provider_known("flutterwave")->parse_events(arena, bytes_of(body), events) == OK);
	CHECK_INT(events->count, 1);
	return events->list[0];
}

static struct provider_answer
said(struct arena *arena, const char *status, const char *amount, const char *currency)
{
	return event_of(arena,
	    arena_format(arena,
		"{\"event\":\"charge.completed\",\"data\":{\"id\":1,\"status\":\"%s\",\"tx_ref\":\"r\",\"amount\":%s,\"currency\":\"%s\"}}",
		status, amount, currency))
	    .payment;
}

/* A number is read by its text: no rounding, no exponent, no more places than the currency has. */
static void
test_amounts(void)
{
	static const struct {
		const char *text, *currency;
		int64_t     minor;
	} good[] = { { "100", "NGN", 10000 }, { "100.5", "NGN", 10050 }, { "0.1", "NGN", 10 },
		{ "1234567890123.45", "NGN", 123456789012345 }, { "4503599627370497.5", "USD", 450359962737049750 },
		{ "100.00", "XOF", 100 }, { "500", "UGX", 500 }, { "\"12.30\"", "KES", 1230 } };
	static const char *const bad[] = { "100.001", "1e3", "-1", "99999999999999999999", "true", "null", "\"\"", "{}" };
	struct arena            *arena = arena_new(1 << 20);

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct money amount = said(arena, "successful", good[i].text, good[i].currency).amount;

		CHECK_TEXT(amount.currency, good[i].currency);
		CHECK_INT(amount.minor, good[i].minor);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_TEXT(said(arena, "successful", bad[i], "NGN").amount.currency, "");
	CHECK_TEXT(said(arena, "successful", "1.5", "XOF").amount.currency, "");
	CHECK_TEXT(said(arena, "successful", "1", "ABC").amount.currency, "");
	arena_free(arena);
}

/* What an event says of a fee nobody has compared. */
static void
test_no_fee_from_events(void)
{
	struct arena         *arena = arena_new(1 << 20);
	struct provider_event event = event_of(arena,
	    "{\"event\":\"charge.completed\",\"data\":{\"id\":1,\"tx_ref\":\"r\",\"amount\":100,\"amount_settled\":98.6,"
	    "\"currency\":\"NGN\",\"status\":\"successful\"}}");

	CHECK_INT(event.payment.amount.minor, 10000);
	CHECK_TEXT(event.payment.fee.currency, "");
	arena_free(arena);
}

static void
test_statuses(void)
{
	struct arena *arena = arena_new(1 << 20);

	CHECK_INT(said(arena, "successful", "1", "NGN").status, PAYMENT_SUCCEEDED);
	CHECK_INT(said(arena, "pending", "1", "NGN").status, PAYMENT_PROCESSING);
	CHECK_INT(said(arena, "failed", "1", "NGN").status, PAYMENT_FAILED);
	CHECK_INT(said(arena, "completed", "1", "NGN").status, PAYMENT_PENDING);
	arena_free(arena);
}

static void
test_takes(void)
{
	const struct provider *flutterwave = provider_known("flutterwave");

	CHECK_INT(flutterwave->takes((struct money) { 1, "NGN" }), AMOUNT_FITS);
	CHECK_INT(flutterwave->takes((struct money) { 500, "XOF" }), AMOUNT_FITS);
	CHECK_INT(flutterwave->takes((struct money) { 5120, "KWD" }), AMOUNT_IS_INEXACT);
}

static void
test_events(void)
{
	static const char ours[] =
	    "{\"event\":\"charge.completed\",\"data\":{\"id\":285959875,\"tx_ref\":\"PAY-1\",\"amount\":100,\"currency\":\"NGN\","
	    "\"status\":\"successful\",\"customer\":{\"email\":\"jane@example.org\"},\"ip\":\"192.0.2.7\"},"
	    "\"meta_data\":{\"reference\":\"PAY-1\"},\"event.type\":\"CARD_TRANSACTION\"}";
	struct arena          *arena = arena_new(1 << 20);
	const struct provider *flutterwave = provider_known("flutterwave");
	struct provider_events events;
	struct provider_event  event = event_of(arena, ours);
	const char            *stored = provider_strip(arena, flutterwave, ours, strlen(ours));

	CHECK_INT(event.kind, EVENT_IS_PAYMENT);
	CHECK_TEXT(event.id, "charge.completed:285959875:successful");
	CHECK_TEXT(event.transaction_id, "PAY-1");
	CHECK_TEXT(event.reference, "PAY-1");
	CHECK(strstr(stored, "jane") == NULL && strstr(stored, "192.0.2.7") == NULL);
	CHECK_TEXT(event_of(arena, stored).id, event.id);
	CHECK(event_of(arena, "{\"event\":\"charge.completed\",\"data\":{\"id\":1,\"tx_ref\":\"x\",\"status\":\"failed\"}}")
		  .reference == NULL);
	CHECK_INT(event_of(arena, "{\"event\":\"transfer.completed\",\"data\":{\"id\":1,\"status\":\"SUCCESSFUL\"}}").kind,
	    EVENT_IS_IGNORED);
	CHECK(flutterwave->parse_events(arena, bytes_of("{\"event\":\"charge.completed\",\"data\":{}}"), &events) != OK);
	CHECK(flutterwave->parse_events(
		  arena, bytes_of("{\"type\":\"charge.completed\",\"data\":{\"id\":\"chg_1\"}}"), &events) != OK);
	arena_free(arena);
}

static bool
is_known(const char *word)
{
	static const char *const words[] = { "flw-secret-hash-0001", NULL };
	struct config            config = { .payments.flutterwave.webhook_secrets = words };
	struct arena            *arena = arena_new(1 << 20);
	struct work              work = { .arena = arena, .config = &config };
	/* It is never proof enough. */
	bool is = problem_is(provider_known("flutterwave")->verify(&work, &word, bytes_of("{}"), 0), PROBLEM_EVENT_UNVERIFIED);

	arena_free(arena);
	return is;
}

static void
test_the_word(void)
{
	CHECK(is_known("flw-secret-hash-0001"));
	CHECK(!is_known("flw-secret-hash-0002"));
	CHECK(!is_known(""));
	CHECK(!is_known(NULL));
}

SUITE("flutterwave", TEST(test_amounts), TEST(test_no_fee_from_events), TEST(test_statuses), TEST(test_takes), TEST(test_events),
    TEST(test_the_word))
