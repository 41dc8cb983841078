/* What PayPal says, read: amounts, statuses, events with our marks; and what is seen of a signature before its certificate is here. */
#include "base/arena.h"
#include "base/config.h"
#include "payments/provider.h"
#include "tests/suite.h"

#include <string.h>

static struct bytes
bytes_of(const char *body)
{
	return (struct bytes) { (const unsigned char *)body, strlen(body) };
}

static struct provider_event
event_of(struct arena *arena, const char *type, const char *resource)
{
	struct provider_events *events = ARENA_NEW(arena, struct provider_events);
	const char *body = arena_format(arena, "{\"id\":\"WH-1-2\",\"event_type\":\"%s\",\"resource\":%s}", type, resource);

	REQUIRE(provider_known("paypal")->parse_events(arena, bytes_of(body), events) == OK);
	CHECK_INT(events->count, 1);
	CHECK_TEXT(events->list[0].id, "WH-1-2");
	return events->list[0];
}

static struct provider_event
order_event(struct arena *arena, const char *status, const char *more)
{
	return event_of(arena, "CHECKOUT.ORDER.APPROVED",
	    arena_format(arena,
		"{\"id\":\"5O1\",\"status\":\"%s\",\"purchase_units\":[{\"custom_id\":\"PAY-7Q2M9XKD4T\",\"amount\":{"
		"\"currency_code\":\"USD\",\"value\":\"12.50\"}%s}]}",
		status, more));
}

static void
test_takes(void)
{
	static const struct {
		struct money    amount;
		enum amount_fit fit;
	} cases[] = { { { 1250, "USD" }, AMOUNT_FITS }, { { 1, "EUR" }, AMOUNT_FITS }, { { 500, "JPY" }, AMOUNT_FITS },
		{ { 10400, "HUF" }, AMOUNT_FITS }, { { 1045, "HUF" }, AMOUNT_IS_INEXACT }, { { 150, "TWD" }, AMOUNT_IS_INEXACT },
		{ { 0, "USD" }, AMOUNT_IS_INEXACT }, { { 1250, "BDT" }, AMOUNT_IS_INEXACT },
		{ { 5120, "KWD" }, AMOUNT_IS_INEXACT } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_INT(provider_known("paypal")->takes(cases[i].amount), cases[i].fit);
}

static void
test_orders(void)
{
	static const struct {
		const char *theirs;
		int         ours;
		bool        authorised;
	} cases[] = { { "CREATED", PAYMENT_PENDING, false }, { "SAVED", PAYMENT_PENDING, false },
		{ "PAYER_ACTION_REQUIRED", PAYMENT_REQUIRES_ACTION, false }, { "APPROVED", PAYMENT_PROCESSING, true },
		{ "VOIDED", PAYMENT_CANCELLED, false }, { "COMPLETED", PAYMENT_PROCESSING, false } };
	struct arena *arena = arena_new(1 << 20);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct provider_event event = order_event(arena, cases[i].theirs, "");

		CHECK_INT(event.kind, EVENT_IS_PAYMENT);
		CHECK_INT(event.payment.status, cases[i].ours);
		CHECK_INT(event.payment.authorised, cases[i].authorised);
		CHECK_TEXT(event.transaction_id, "5O1");
		CHECK_TEXT(event.reference, "PAY-7Q2M9XKD4T");
		CHECK_INT(event.payment.amount.minor, 1250);
	}
	arena_free(arena);
}

static void
test_captures(void)
{
	static const struct {
		const char *theirs;
		int         ours;
	} cases[] = { { "COMPLETED", PAYMENT_SUCCEEDED }, { "PARTIALLY_REFUNDED", PAYMENT_SUCCEEDED },
		{ "REFUNDED", PAYMENT_SUCCEEDED }, { "PENDING", PAYMENT_PROCESSING }, { "DECLINED", PAYMENT_FAILED },
		{ "FAILED", PAYMENT_FAILED }, { "NEWS", PAYMENT_PROCESSING } };
	struct arena         *arena = arena_new(1 << 20);
	struct provider_event event;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *capture = arena_format(arena,
		    "{\"id\":\"3C6\",\"status\":\"%s\",\"amount\":{\"currency_code\":\"HUF\",\"value\":\"500\"},\"custom_id\":\"PAY-1\","
		    "\"supplementary_data\":{\"related_ids\":{\"order_id\":\"5O1\"}}}",
		    cases[i].theirs);

		event = event_of(arena, "PAYMENT.CAPTURE.COMPLETED", capture);
		CHECK_INT(event.payment.status, cases[i].ours);
		CHECK_TEXT(event.transaction_id, "5O1");
		CHECK_TEXT(event.payment.transaction_id, "5O1");
		CHECK_TEXT(event.reference, "PAY-1");
		CHECK_INT(event.payment.amount.minor, 50000);
		/* In its order it says the same; of several, the one that was not declined counts. */
		event = order_event(arena, "COMPLETED",
		    arena_format(arena, ",\"payments\":{\"captures\":[{\"id\":\"0\",\"status\":\"DECLINED\"},%s]}", capture));
		CHECK_INT(event.payment.status, cases[i].ours);
		CHECK(!event.payment.authorised);
	}
	event = event_of(arena, "PAYMENT.CAPTURE.DECLINED",
	    "{\"id\":\"3C6\",\"status\":\"DECLINED\",\"custom_id\":\"PAY-1\",\"status_details\":{\"reason\":\"DECLINED_BY_X\"}}");
	CHECK_TEXT(event.payment.failure_code, "declined_by_x");
	CHECK(event.transaction_id == NULL);
	CHECK_TEXT(event.payment.amount.currency, "");
	CHECK_TEXT(
	    event_of(arena, "PAYMENT.CAPTURE.COMPLETED",
		"{\"status\":\"COMPLETED\",\"custom_id\":\"PAY-1\",\"amount\":{\"currency_code\":\"USD\",\"value\":\"-1.00\"}}")
		.payment.amount.currency,
	    "");
	/* Somebody else's, by the same account. */
	CHECK_INT(
	    event_of(arena, "PAYMENT.CAPTURE.COMPLETED", "{\"id\":\"3C6\",\"status\":\"COMPLETED\"}").kind, EVENT_IS_IGNORED);
	arena_free(arena);
}

static void
test_refunds(void)
{
	static const struct {
		const char *theirs;
		int         ours;
	} cases[] = { { "COMPLETED", REFUND_SUCCEEDED }, { "PENDING", REFUND_PENDING }, { "FAILED", REFUND_FAILED },
		{ "CANCELLED", REFUND_FAILED } };
	struct arena         *arena = arena_new(1 << 20);
	struct provider_event event;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		event = event_of(arena, "PAYMENT.CAPTURE.REFUNDED",
		    arena_format(arena,
			"{\"id\":\"1JU\",\"status\":\"%s\",\"amount\":{\"currency_code\":\"USD\",\"value\":\"1.00\"},"
			"\"custom_id\":\"PAY-7Q2M9XKD4T:01a2253d-2f6a-726f-b64b-3d7a600ede55\"}",
			cases[i].theirs));
		CHECK_INT(event.kind, EVENT_IS_REFUND);
		CHECK_INT(event.refund.status, cases[i].ours);
		CHECK_TEXT(event.refund.key, "01a2253d-2f6a-726f-b64b-3d7a600ede55");
		CHECK_TEXT(event.refund.provider_refund_id, "1JU");
		CHECK_TEXT(event.reference, "PAY-7Q2M9XKD4T");
		CHECK_INT(event.refund.amount.minor, 100);
	}
	/* Made in the dashboard it bears the mark of its capture. */
	event =
	    event_of(arena, "PAYMENT.REFUND.FAILED", "{\"id\":\"1JU\",\"status\":\"FAILED\",\"invoice_id\":\"PAY-7Q2M9XKD4T\"}");
	CHECK_INT(event.kind, EVENT_IS_REFUND);
	CHECK_TEXT(event.reference, "PAY-7Q2M9XKD4T");
	CHECK(event.refund.key == NULL);
	event = event_of(arena, "PAYMENT.CAPTURE.REVERSED",
	    "{\"id\":\"1JU\",\"custom_id\":\"PAY-1\",\"amount\":{\"currency_code\":\"USD\",\"value\":\"9.00\"}}");
	CHECK_INT(event.kind, EVENT_IS_REFUNDED);
	CHECK_INT(event.refund.amount.minor, -1); /* what was taken is no sum of all that went back */
	arena_free(arena);
}

static void
test_disputes(void)
{
	static const struct {
		const char *theirs, *outcome;
		int         ours;
	} cases[] = { { "OPEN", "", DISPUTE_OPEN }, { "WAITING_FOR_SELLER_RESPONSE", "", DISPUTE_OPEN },
		{ "WAITING_FOR_BUYER_RESPONSE", "", DISPUTE_OPEN }, { "UNDER_REVIEW", "", DISPUTE_SUBMITTED },
		{ "RESOLVED", "RESOLVED_SELLER_FAVOUR", DISPUTE_WON }, { "RESOLVED", "CANCELED_BY_BUYER", DISPUTE_WON },
		{ "RESOLVED", "DENIED", DISPUTE_WON }, { "RESOLVED", "RESOLVED_WITH_PAYOUT", DISPUTE_WON },
		{ "RESOLVED", "RESOLVED_BUYER_FAVOUR", DISPUTE_LOST }, { "RESOLVED", "ACCEPTED", DISPUTE_ACCEPTED },
		{ "RESOLVED", "NONE", DISPUTE_CLOSED } };
	struct arena         *arena = arena_new(1 << 20);
	struct provider_event event;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		event = event_of(arena, "CUSTOMER.DISPUTE.UPDATED",
		    arena_format(arena,
			"{\"dispute_id\":\"PP-D-1\",\"status\":\"%s\",\"reason\":\"UNAUTHORISED\",\"update_time\":\"2026-01-02T03:04:05Z\","
			"\"dispute_amount\":{\"currency_code\":\"USD\",\"value\":\"12.50\"},\"dispute_outcome\":{\"outcome_code\":\"%s\"},"
			"\"disputed_transactions\":[{\"seller_transaction_id\":\"3C6\",\"custom\":\"PAY-1\"}]}",
			cases[i].theirs, cases[i].outcome));
		CHECK_INT(event.kind, EVENT_IS_DISPUTE);
		CHECK_INT(event.dispute.status, cases[i].ours);
		CHECK_TEXT(event.dispute.provider_dispute_id, "PP-D-1");
		CHECK_TEXT(event.dispute.reason, "unauthorised");
		CHECK_TEXT(event.reference, "PAY-1");
		CHECK_INT(event.dispute.amount.minor, 1250);
		CHECK_INT(event.dispute.told_at, 1767323045);
		CHECK(!event.dispute.money_moved);
	}
	event = event_of(arena, "CUSTOMER.DISPUTE.RESOLVED",
	    "{\"dispute_id\":\"PP-D-1\",\"status\":\"RESOLVED\",\"dispute_outcome\":{\"outcome_code\":\"NONE\"},"
	    "\"disputed_transactions\":[{\"invoice_number\":\"PAY-1\"}],\"money_movements\":["
	    "{\"affected_party\":\"BUYER\",\"type\":\"CREDIT\",\"amount\":{\"currency_code\":\"USD\",\"value\":\"9.00\"}},"
	    "{\"affected_party\":\"SELLER\",\"type\":\"DEBIT\",\"amount\":{\"currency_code\":\"USD\",\"value\":\"9.00\"},"
	    "\"reason\":\"DISPUTE_SETTLEMENT\"},{\"affected_party\":\"SELLER\",\"type\":\"DEBIT\",\"amount\":{\"currency_code\":\"USD\","
	    "\"value\":\"15.00\"},\"reason\":\"DISPUTE_FEE\"}]}");
	CHECK_INT(event.dispute.status, DISPUTE_LOST);
	CHECK(event.dispute.money_moved);
	CHECK_INT(event.dispute.moved.minor, 900);
	CHECK_INT(event.dispute.fee.minor, 1500);
	CHECK_INT(event_of(arena, "CUSTOMER.DISPUTE.CREATED", "{\"dispute_id\":\"PP-D-1\",\"status\":\"OPEN\"}").kind,
	    EVENT_IS_IGNORED);
	arena_free(arena);
}

static void
test_other_events(void)
{
	static const char *const none[] = { "{}", "[]", "{\"id\":\"WH-1\",\"event_type\":\"X\"}",
		"{\"id\":\"\",\"event_type\":\"X\",\"resource\":{}}", "{\"event_type\":\"X\",\"resource\":{}}",
		"{\"id\":\"WH-1\",\"resource\":{}}", "{\"id\":\"WH-1\",\"event_type\":\"X\",\"resource\":[]}" };
	struct arena            *arena = arena_new(1 << 20);
	struct provider_events   events;
	struct provider_event    event = event_of(arena, "CHECKOUT.PAYMENT-APPROVAL.REVERSED", "{\"order_id\":\"5O1\"}");

	CHECK_INT(event.kind, EVENT_IS_PAYMENT);
	CHECK_INT(event.payment.status, PAYMENT_EXPIRED);
	CHECK_TEXT(event.transaction_id, "5O1");
	CHECK_INT(event_of(arena, "BILLING.PLAN.CREATED", "{\"id\":\"P-1\"}").kind, EVENT_IS_IGNORED);
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		CHECK(provider_known("paypal")->parse_events(arena, bytes_of(none[i]), &events) != OK);
	arena_free(arena);
}

/* The cheap checks, for which nothing has to be here. */
static void
test_what_is_refused_at_once(void)
{
#define CERTIFICATE "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1"
	static const char *const good[] = { "69cd13f0", "2026-01-02T03:04:06Z", "c2lnbmF0dXJl", CERTIFICATE, "SHA256withRSA" };
	static const struct {
		size_t      header;
		const char *value;
	} wrong[] = { { 0, NULL }, { 1, "yesterday" }, { 2, "*" }, { 3, "https://evil.example/v1/notifications/certs/CERT-1" },
		{ 3, "https://api.paypal.com/v1/notifications/certs/CERT-1" }, { 4, "SHA1withRSA" } };
	struct arena *arena = arena_new(1 << 20);
	struct config config = { .payments.paypal = { .environment = 1, .webhook_id = "1JE" } };
	struct work   work = { .arena = arena, .config = &config };

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		const char *signatures[5];

		memcpy(signatures, good, sizeof good);
		signatures[wrong[i].header] = wrong[i].value;
		CHECK(problem_is(
		    provider_known("paypal")->verify(&work, signatures, bytes_of("{}"), 1767323046), PROBLEM_BAD_SIGNATURE));
	}
	arena_free(arena);
}

SUITE("paypal", TEST(test_takes), TEST(test_orders), TEST(test_captures), TEST(test_refunds), TEST(test_disputes),
    TEST(test_other_events), TEST(test_what_is_refused_at_once))
