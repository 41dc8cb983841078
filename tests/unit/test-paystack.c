/* What Paystack says, read: amounts, statuses, events without an id, signatures. */
#include "base/arena.h"
#include "base/config.h"
#include "payments/provider.h"
#include "tests/suite.h"

#include <string.h>

static const char secret[] = "paystack-test-secret-0001";
static const char charge[] =
    "{\"event\":\"charge.success\",\"data\":{\"id\":302961,\"domain\":\"test\",\"status\":\"success\",\"reference\":\"ref-1001\","
    "\"amount\":10000,\"currency\":\"NGN\",\"paid_at\":\"2026-01-02T03:04:05.000Z\"}}";
static const char charge_signature[] =
    "91d8a525909d7f3d055f6207b64f6ac318346f9fbf42e476d6d28e1e12db2f14dc9c07c1366674ca2cd9bd0048a0aec03cbcd580951f76273ae5e675eb427dc4";

static struct bytes
bytes_of(const char *body)
{
	return (struct bytes) { (const unsigned char *)body, strlen(body) };
}

static struct provider_event
event_of(struct arena *arena, const char *body)
{
	struct provider_events *events = ARENA_NEW(arena, struct provider_events);

	REQUIRE(provider_known("paystack")->parse_events(arena, bytes_of(body), events) == OK);
	CHECK_INT(events->count, 1);
	return events->list[0];
}

static bool
is_signed(const char *key, const char *const *old_keys, const char *signature)
{
	struct config config = { .payments.paystack = { .secret_key = key, .old_secret_keys = old_keys } };
	struct arena *arena = arena_new(1 << 20);
	struct work   work = { .arena = arena, .config = &config };
	bool          is = provider_known("paystack")->verify(&work, &signature, bytes_of(charge), 0) == OK;

	arena_free(arena);
	return is;
}

static void
test_signatures(void)
{
	static const char *const none[] = { NULL }, *const old[] = { "another", secret, NULL };

	CHECK(is_signed(secret, none, charge_signature));
	CHECK(is_signed("a new one", old, charge_signature));
	CHECK(!is_signed("a new one", none, charge_signature));
	CHECK(!is_signed("", none, charge_signature));
	CHECK(!is_signed(secret, none, NULL));
}

static void
test_takes(void)
{
	const struct provider *paystack = provider_known("paystack");

	CHECK_INT(paystack->takes((struct money) { 12345, "NGN" }), AMOUNT_FITS);
	CHECK_INT(paystack->takes((struct money) { 500, "XOF" }), AMOUNT_FITS);
	CHECK_INT(paystack->takes((struct money) { INT64_MAX / 10, "XOF" }), AMOUNT_IS_INEXACT);
	CHECK_INT(paystack->takes((struct money) { 500, "JPY" }), AMOUNT_IS_INEXACT);
	CHECK_INT(paystack->takes((struct money) { 500, "KWD" }), AMOUNT_IS_INEXACT);
}

static struct provider_answer
said(struct arena *arena, const char *status, const char *amount, const char *currency)
{
	return event_of(arena,
	    arena_format(arena,
		"{\"event\":\"charge.success\",\"data\":{\"id\":1,\"status\":\"%s\",\"reference\":\"r\",\"amount\":%s,"
		"\"currency\":\"%s\"}}",
		status, amount, currency))
	    .payment;
}

static void
test_statuses_and_amounts(void)
{
	static const struct {
		const char *theirs;
		int         ours;
	} cases[] = { { "abandoned", PAYMENT_PENDING }, { "ongoing", PAYMENT_REQUIRES_ACTION }, { "pending", PAYMENT_PROCESSING },
		{ "processing", PAYMENT_PROCESSING }, { "queued", PAYMENT_PROCESSING }, { "success", PAYMENT_SUCCEEDED },
		{ "failed", PAYMENT_FAILED }, { "reversed", PAYMENT_FAILED }, { "anything", PAYMENT_PENDING } };
	struct arena *arena = arena_new(1 << 20);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_INT(said(arena, cases[i].theirs, "100", "NGN").status, cases[i].ours);
	CHECK_INT(said(arena, "success", "12345", "NGN").amount.minor, 12345);
	CHECK_INT(said(arena, "success", "50000", "XOF").amount.minor, 500);
	CHECK_TEXT(said(arena, "success", "50050", "XOF").amount.currency, "");
	CHECK_TEXT(said(arena, "success", "100", "JPY").amount.currency, "");
	CHECK_TEXT(said(arena, "success", "-1", "NGN").amount.currency, "");
	CHECK_TEXT(said(arena, "success", "\"100\"", "NGN").amount.currency, "");
	arena_free(arena);
}

/* They have no id: what they are about makes one, and it is the same when it is read from what was stored. */
static void
test_ids(void)
{
	static const char remind[] = "{\"event\":\"charge.dispute.remind\",\"data\":{\"id\":7,\"dueAt\":\"2026-01-0%d\","
				     "\"customer\":{\"email\":\"jane@example.org\"}}}";
	static const char pending[] = "{\"event\":\"refund.pending\",\"data\":{\"status\":\"pending\",\"transaction_reference\":"
				      "\"PAY-1\",\"refund_reference\":null,\"amount\":\"%d\"}}";
	struct arena     *arena = arena_new(1 << 20);
	const struct provider *paystack = provider_known("paystack");
	const char            *first = arena_format(arena, remind, 1), *second = arena_format(arena, remind, 2), *stored;

	CHECK_TEXT(event_of(arena, charge).id, "charge.success:302961");
	CHECK_TEXT(event_of(arena, "{\"event\":\"refund.processed\",\"data\":{\"refund_reference\":\"TRF_1\",\"id\":4}}").id,
	    "refund.processed:TRF_1");
	CHECK_TEXT(event_of(arena, "{\"event\":\"refund.pending\",\"data\":{\"refund_reference\":null,\"id\":4}}").id,
	    "refund.pending:4");
	CHECK_TEXT(event_of(arena, first).id, event_of(arena, first).id);
	CHECK(strcmp(event_of(arena, first).id, event_of(arena, second).id) != 0);
	CHECK(strcmp(event_of(arena, arena_format(arena, pending, 1)).id, event_of(arena, arena_format(arena, pending, 2)).id) !=
	    0);
	stored = provider_strip(arena, paystack, first, strlen(first));
	CHECK(strstr(stored, "jane") == NULL);
	CHECK_TEXT(event_of(arena, stored).id, event_of(arena, first).id);
	arena_free(arena);
}

static void
test_events(void)
{
	struct arena          *arena = arena_new(1 << 20);
	struct provider_events events;
	struct provider_event  event = event_of(arena, charge);

	CHECK_INT(event.kind, EVENT_IS_PAYMENT);
	CHECK_TEXT(event.transaction_id, "ref-1001");
	CHECK(event.reference == NULL); /* somebody else's */
	event = event_of(arena,
	    "{\"event\":\"charge.success\",\"data\":{\"id\":1,\"status\":\"success\",\"reference\":\"PAY-1\",\"amount\":1,"
	    "\"currency\":\"NGN\",\"metadata\":{\"reference\":\"PAY-1\"}}}");
	CHECK_TEXT(event.reference, "PAY-1");
	event = event_of(
	    arena, "{\"event\":\"refund.failed\",\"data\":{\"transaction_reference\":\"PAY-1\",\"refund_reference\":\"T\"}}");
	CHECK_INT(event.kind, EVENT_IS_REFUNDED);
	CHECK_TEXT(event.transaction_id, "PAY-1");
	CHECK_INT(event_of(arena, "{\"event\":\"transfer.success\",\"data\":{\"id\":1}}").kind, EVENT_IS_IGNORED);
	CHECK(provider_known("paystack")->parse_events(arena, bytes_of("{\"event\":\"charge.success\"}"), &events) != OK);
	CHECK(provider_known("paystack")->parse_events(arena, bytes_of("{\"data\":{}}"), &events) != OK);
	CHECK(provider_known("paystack")->parse_events(arena, bytes_of("[]"), &events) != OK);
	arena_free(arena);
}

static struct provider_event
dispute_of(struct arena *arena, const char *status, const char *resolution)
{
	return event_of(arena,
	    arena_format(arena,
		"{\"event\":\"charge.dispute.resolve\",\"data\":{\"id\":7,\"status\":\"%s\",\"resolution\":%s,"
		"\"refund_amount\":5000,\"currency\":\"NGN\",\"category\":\"fraud\",\"dueAt\":\"2026-01-02T03:04:05.000Z\","
		"\"transaction\":{\"id\":1,\"reference\":\"PAY-1\"}}}",
		status, resolution));
}

static void
test_disputes(void)
{
	static const struct {
		const char *status, *resolution;
		int         ours;
		bool        moved;
	} cases[] = { { "awaiting-merchant-feedback", "null", DISPUTE_OPEN, false }, { "pending", "null", DISPUTE_OPEN, false },
		{ "awaiting-bank-feedback", "null", DISPUTE_SUBMITTED, false },
		{ "resolved", "\"declined\"", DISPUTE_WON, false },
		{ "resolved", "\"merchant-accepted\"", DISPUTE_ACCEPTED, true },
		{ "resolved", "\"auto-accepted\"", DISPUTE_LOST, true }, { "archived", "null", DISPUTE_CLOSED, false } };
	struct arena         *arena = arena_new(1 << 20);
	struct provider_event event;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		event = dispute_of(arena, cases[i].status, cases[i].resolution);
		CHECK_INT(event.kind, EVENT_IS_DISPUTE);
		CHECK_INT(event.dispute.status, cases[i].ours);
		CHECK_INT(event.dispute.money_moved, cases[i].moved);
	}
	event = dispute_of(arena, "pending", "null");
	CHECK_TEXT(event.transaction_id, "PAY-1");
	CHECK_TEXT(event.dispute.provider_dispute_id, "7");
	CHECK_TEXT(event.dispute.reason, "fraud");
	CHECK_INT(event.dispute.amount.minor, 5000);
	CHECK_INT(event.dispute.evidence_due_at, 1767323045);
	CHECK_INT(dispute_of(arena, "resolved", "\"something\"").kind, EVENT_IS_IGNORED);
	arena_free(arena);
}

SUITE("paystack", TEST(test_signatures), TEST(test_takes), TEST(test_statuses_and_amounts), TEST(test_ids), TEST(test_events),
    TEST(test_disputes))
