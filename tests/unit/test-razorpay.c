/* What Razorpay's events say, which amounts it takes, and its signatures. */
#include "base/arena.h"
#include "base/config.h"
#include "payments/provider.h"
#include "tests/suite.h"

#include <string.h>

#define ENTITY(members) \
	"{\"entity\":\"event\",\"account_id\":\"acc_1\",\"event\":\"%s\",\"contains\":[\"payment\"],\"payload\":{" members \
	"},\"created_at\":1767323045}"
#define PAYMENT(members) \
	"\"payment\":{\"entity\":{\"id\":\"pay_1\",\"entity\":\"payment\",\"amount\":5000,\"currency\":\"INR\"," \
	"\"order_id\":\"order_1\",\"notes\":[]" members "}}"

static const struct provider *
razorpay(void)
{
	return provider_known("razorpay");
}

static struct bytes
bytes_of(const char *text)
{
	return (struct bytes) { (const unsigned char *)text, strlen(text) };
}

static struct provider_event
read_event(struct arena *arena, const char *body)
{
	struct provider_events *events = ARENA_NEW(arena, struct provider_events);

	REQUIRE(razorpay()->parse_events(arena, bytes_of(body), events) == OK);
	CHECK_INT(events->count, 1);
	return events->list[0];
}

static const struct {
	const char *type, *members;
	int         status;
	bool        authorised;
} payments[] = {
	{ "payment.created", ",\"status\":\"created\"", PAYMENT_PENDING, false },
	{ "payment.authorized", ",\"status\":\"authorized\"", PAYMENT_PROCESSING, true },
	{ "payment.captured", ",\"status\":\"captured\",\"captured\":true", PAYMENT_SUCCEEDED, false },
	{ "order.paid", ",\"status\":\"captured\",\"refund_status\":\"partial\"", PAYMENT_SUCCEEDED, false },
	{ "payment.captured", ",\"status\":\"captured\",\"captured\":\"1\"", PAYMENT_SUCCEEDED, false },
	{ "payment.captured", ",\"status\":\"captured\",\"captured\":false", PAYMENT_PENDING, false },
	{ "payment.captured", ",\"status\":\"refunded\",\"refund_status\":\"full\",\"captured\":true", PAYMENT_SUCCEEDED, false },
	{ "order.paid", ",\"status\":\"refunded\",\"refund_status\":\"full\",\"captured\":1", PAYMENT_SUCCEEDED, false },
	/* Authorised, not captured in time, let go. */
	{ "payment.failed", ",\"status\":\"refunded\",\"refund_status\":\"full\",\"captured\":false", PAYMENT_FAILED, false },
	{ "payment.failed", ",\"status\":\"refunded\",\"refund_status\":\"full\"", PAYMENT_FAILED, false },
	{ "payment.failed", ",\"status\":\"failed\",\"error_reason\":\"payment_failed\"", PAYMENT_FAILED, false },
	{ "payment.failed", ",\"status\":\"failed\",\"error_reason\":\"payment_cancelled\"", PAYMENT_FAILED, false },
	{ "payment.failed", ",\"status\":\"something new\"", PAYMENT_PENDING, false },
};

static void
test_payment_events(void)
{
	struct arena *arena = arena_new(1 << 20);

	for (size_t i = 0; i < sizeof payments / sizeof *payments; i++) {
		const char *body =
		    arena_format(arena, ENTITY("%s"), payments[i].type, arena_format(arena, PAYMENT("%s"), payments[i].members));
		struct provider_event event = read_event(arena, body);

		CHECK_TEXT(event.type, payments[i].type);
		CHECK_INT(event.kind, EVENT_IS_PAYMENT);
		CHECK(event.id == NULL);
		CHECK_INT(event.payment.status, payments[i].status);
		CHECK_INT(event.payment.authorised, payments[i].authorised);
		CHECK_TEXT(event.transaction_id, "order_1");
		CHECK_TEXT(event.payment.charge_id, "pay_1");
		CHECK_INT(event.payment.amount.minor, 5000);
		CHECK_TEXT(event.payment.amount.currency, "INR");
	}
	arena_free(arena);
}

#define REFUND(members) \
	"\"refund\":{\"entity\":{\"id\":\"rfnd_1\",\"entity\":\"refund\",\"amount\":700,\"currency\":\"INR\"," \
	"\"payment_id\":\"pay_1\"," members "}},"

static const struct {
	const char *type, *members;
	int         kind, status;
	const char *key;
} refunds[] = {
	{ "refund.created", "\"notes\":[],\"status\":\"pending\"", EVENT_IS_REFUND, REFUND_PENDING, NULL },
	{ "refund.processed", "\"notes\":{\"refund_id\":\"0197\"},\"status\":\"processed\"", EVENT_IS_REFUND, REFUND_SUCCEEDED,
	    "0197" },
	{ "refund.failed", "\"notes\":{\"refund_id\":\"0197\"},\"status\":\"failed\"", EVENT_IS_REFUND, REFUND_FAILED, "0197" },
	{ "refund.processed", "\"notes\":{\"paid_twice\":\"yes\"},\"status\":\"processed\"", EVENT_IS_IGNORED, REFUND_PENDING,
	    NULL },
};

static void
test_refund_events(void)
{
	struct arena *arena = arena_new(1 << 20);

	for (size_t i = 0; i < sizeof refunds / sizeof *refunds; i++) {
		const char *body = arena_format(
		    arena, ENTITY("%s" PAYMENT("")), refunds[i].type, arena_format(arena, REFUND("%s"), refunds[i].members));
		struct provider_event event = read_event(arena, body);

		CHECK_INT(event.kind, refunds[i].kind);
		if (event.kind == EVENT_IS_IGNORED)
			continue;
		CHECK_INT(event.refund.status, refunds[i].status);
		CHECK_INT(event.refund.amount.minor, 700);
		CHECK_TEXT(event.refund.provider_refund_id, "rfnd_1");
		CHECK_TEXT(event.transaction_id, "order_1");
		CHECK_TEXT(event.payment.charge_id, "pay_1");
		CHECK((event.refund.key == NULL) == (refunds[i].key == NULL));
		if (refunds[i].key != NULL)
			CHECK_TEXT(event.refund.key, refunds[i].key);
	}
	arena_free(arena);
}

static const struct {
	const char *type, *members;
	int         status;
	bool        moved;
} disputes[] = {
	{ "payment.dispute.created", "\"status\":\"open\",\"phase\":\"chargeback\",\"amount_deducted\":0", DISPUTE_OPEN, false },
	{ "payment.dispute.action_required", "\"status\":\"open\",\"phase\":\"arbitration\",\"amount_deducted\":0", DISPUTE_OPEN,
	    false },
	{ "payment.dispute.under_review", "\"status\":\"under_review\",\"amount_deducted\":0", DISPUTE_SUBMITTED, false },
	{ "payment.dispute.won", "\"status\":\"won\",\"amount_deducted\":0", DISPUTE_WON, false },
	{ "payment.dispute.lost", "\"status\":\"lost\",\"amount_deducted\":3900", DISPUTE_LOST, true },
	{ "payment.dispute.closed", "\"status\":\"closed\",\"phase\":\"fraud\",\"amount_deducted\":0", DISPUTE_CLOSED, false },
};

/* Nothing is taken until one is lost. */
static void
test_dispute_events(void)
{
	struct arena *arena = arena_new(1 << 20);

	for (size_t i = 0; i < sizeof disputes / sizeof *disputes; i++) {
		struct provider_event event = read_event(arena,
		    arena_format(arena, ENTITY("%s"), disputes[i].type,
			arena_format(arena,
			    "\"dispute\":{\"entity\":{\"id\":\"disp_1\",\"payment_id\":\"pay_1\",\"amount\":4000,\"currency\":\"INR\","
			    "\"reason_code\":\"fraud\",\"respond_by\":1767923045,%s}}," PAYMENT(""),
			    disputes[i].members)));

		CHECK_INT(event.kind, EVENT_IS_DISPUTE);
		CHECK_INT(event.dispute.status, disputes[i].status);
		CHECK_INT(event.dispute.money_moved, disputes[i].moved);
		CHECK_INT(event.dispute.moved.minor, disputes[i].moved ? 3900 : 0);
		CHECK_INT(event.dispute.amount.minor, 4000);
		CHECK_INT(event.dispute.evidence_due_at, 1767923045);
		CHECK_INT(event.dispute.told_at, 1767323045);
		CHECK_TEXT(event.dispute.provider_dispute_id, "disp_1");
		CHECK_TEXT(event.transaction_id, "order_1");
	}
	arena_free(arena);
}

/* With the tax that is in it; of foreign money in the account's currency. */
static void
test_fees(void)
{
	struct arena         *arena = arena_new(1 << 20);
	struct provider_event event = read_event(
	    arena, arena_format(arena, ENTITY(PAYMENT(",\"status\":\"captured\",\"fee\":118,\"tax\":18")), "payment.captured"));

	CHECK_INT(event.payment.fee.minor, 118);
	CHECK_TEXT(event.payment.fee.currency, "INR");
	event = read_event(arena,
	    arena_format(
		arena, ENTITY(PAYMENT(",\"status\":\"captured\",\"fee\":118,\"base_currency\":\"MYR\"")), "payment.captured"));
	CHECK_TEXT(event.payment.fee.currency, "MYR");
	event = read_event(
	    arena, arena_format(arena, ENTITY(PAYMENT(",\"status\":\"authorized\",\"fee\":null")), "payment.authorized"));
	CHECK_TEXT(event.payment.fee.currency, "");
	arena_free(arena);
}

#define NOTICE(type) \
	"{\"entity\":\"event\",\"account_id\":\"acc_1\",\"event\":\"order.notification." type \
	"\",\"contains\":[\"notification\"],\"payload\":{" \
	"\"notification\":{\"entity\":{\"id\":\"notification_1\",\"entity\":\"notification\",\"order_id\":\"order_7\"," \
	"\"token_id\":\"token_1\",\"status\":\"" type "\",\"payment_after\":1634057114}}},\"created_at\":1595456636}"

/* Of a notice only its loss is news, and it names nothing but the order. */
static void
test_notices(void)
{
	struct arena         *arena = arena_new(1 << 20);
	struct provider_event event = read_event(arena, NOTICE("failed"));

	CHECK_INT(event.kind, EVENT_IS_NOTICE_LOST);
	CHECK_TEXT(event.transaction_id, "order_7");
	CHECK_INT(read_event(arena, NOTICE("delivered")).kind, EVENT_IS_IGNORED);
	CHECK_INT(read_event(arena, "{\"entity\":\"event\",\"event\":\"order.notification.failed\",\"payload\":{}}").kind,
	    EVENT_IS_IGNORED);
	arena_free(arena);
}

/* Refused in the end because the bank was not told, it is charged anew. */
static void
test_refused_for_its_notice(void)
{
	struct arena         *arena = arena_new(1 << 20);
	struct provider_event event = read_event(arena,
	    "{\"entity\":\"event\",\"event\":\"payment.failed\",\"payload\":{\"payment\":{\"entity\":{\"id\":\"pay_1\",\"order_id\":"
	    "\"order_7\",\"amount\":100,\"currency\":\"INR\",\"status\":\"failed\",\"error_code\":\"BAD_REQUEST_ERROR\","
	    "\"error_reason\":\"pre_debit_notification_not_sent\"}}}}");

	CHECK_INT(event.kind, EVENT_IS_PAYMENT);
	CHECK_INT(event.payment.status, PAYMENT_FAILED);
	CHECK_TEXT(event.payment.failure_advice, ADVICE_CHARGE_ANEW);
	arena_free(arena);
}

/* Payments that belong to no order, and what is told of other things, are none of ours. */
static void
test_other_events(void)
{
	static const char *const ignored[] = {
		"{\"entity\":\"event\",\"event\":\"invoice.paid\",\"payload\":{}}",
		"{\"entity\":\"event\",\"event\":\"payment.captured\",\"payload\":{\"payment\":{\"entity\":{\"id\":\"pay_1\","
		"\"order_id\":null,\"status\":\"captured\"}}}}",
		"{\"entity\":\"event\",\"event\":\"refund.processed\",\"payload\":{}}",
	};
	static const char *const none[] = { "", "{}", "[]", "null", "{\"entity\":\"event\"}",
		"{\"entity\":\"payment\",\"event\":\"x\"}" };
	struct arena            *arena = arena_new(1 << 20);
	struct provider_events  *events = ARENA_NEW(arena, struct provider_events);

	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
		CHECK_INT(read_event(arena, ignored[i]).kind, EVENT_IS_IGNORED);
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		CHECK(problem_is(razorpay()->parse_events(arena, bytes_of(none[i]), events), PROBLEM_BAD_REQUEST));
	arena_free(arena);
}

static void
test_amounts(void)
{
	static const struct {
		struct money    amount;
		enum amount_fit fit;
	} amounts[] = {
		{ { 100, "INR" }, AMOUNT_FITS },
		{ { 500, "JPY" }, AMOUNT_FITS },
		{ { 5120, "KWD" }, AMOUNT_FITS },
		{ { 5124, "KWD" }, AMOUNT_IS_INEXACT },
		{ { 99990, "OMR" }, AMOUNT_FITS },
		{ { 10000, "CLF" }, AMOUNT_IS_INEXACT },
		{ { 0, "INR" }, AMOUNT_IS_INEXACT },
		{ { 100, "XXX" }, AMOUNT_IS_INEXACT },
	};

	for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++)
		CHECK_INT(razorpay()->takes(amounts[i].amount), amounts[i].fit);
}

/* Razorpay's least amount is known for rupees only. */
static void
test_limits(void)
{
	static const char *const currencies[] = { "INR", "USD", NULL }, *const limits[] = { "INR:1.00:-", NULL };
	struct config config = { .payments.razorpay = { .currencies = currencies, .limits = limits } };

	CHECK(provider_takes(&config, razorpay(), (struct money) { 100, "INR" }, NULL) == OK);
	CHECK(problem_is(provider_takes(&config, razorpay(), (struct money) { 99, "INR" }, NULL), PROBLEM_AMOUNT_UNSUPPORTED));
	CHECK(provider_takes(&config, razorpay(), (struct money) { 1, "USD" }, NULL) == OK);
	CHECK(problem_is(provider_takes(&config, razorpay(), (struct money) { 500, "EUR" }, NULL), PROBLEM_PROVIDER_UNSUPPORTED));
}

/* The values that Razorpay's own library accepts. */
static void
test_signatures(void)
{
	static const char body[] =
	    "{\"entity\":\"event\",\"account_id\":\"acc_BFQ7uQEaa7j2z7\",\"event\":\"payment.captured\",\"contains\":[\"payment\"],"
	    "\"payload\":{\"payment\":{\"entity\":{\"id\":\"pay_DESlfW9H8K9uqM\",\"entity\":\"payment\",\"amount\":5000,"
	    "\"currency\":\"INR\",\"status\":\"captured\",\"order_id\":\"order_DESlLckIVRkHWj\",\"captured\":true}}},"
	    "\"created_at\":1767323045}";
	static const char *const right[] = { "2057368cafab4ba97df028b45658037f2243e1aa6806a6877d0139d96a60b9e6", "a" };
	static const char *const wrong[] = { "2057368cafab4ba97df028b45658037f2243e1aa6806a6877d0139d96a60b9e7", "a" };
	static const char *const secrets[] = { "an older one", "rzp_whsec_0001", NULL };
	static const char        checkout[] = "0d4e745a1838664ad6c9c9902212a32d627d68e917290b0ad5f08ff4561bc50f";
	struct config  config = { .payments.razorpay = { .webhook_secrets = secrets, .key_secret = "EnLs21M47BllR3X8PSFtjtbd" } };
	struct arena  *arena = arena_new(1 << 16);
	struct work    work = { .config = &config, .arena = arena };
	struct payment payment = { .transaction_id = "order_IEIaMR65cu6nz3" };

	CHECK(razorpay()->verify(&work, right, bytes_of(body), 1) == OK);
	CHECK(problem_is(razorpay()->verify(&work, wrong, bytes_of(body), 1), PROBLEM_BAD_SIGNATURE));
	CHECK(razorpay()->is_from_checkout(&config, &payment, "pay_IH4NVgf4Dreq1l", checkout));
	CHECK(!razorpay()->is_from_checkout(&config, &payment, "pay_IH4NVgf4Dreq1m", checkout));
	payment.transaction_id = "order_IEIaMR65cu6nz4";
	CHECK(!razorpay()->is_from_checkout(&config, &payment, "pay_IH4NVgf4Dreq1l", checkout));
	arena_free(arena);
}

SUITE("razorpay", TEST(test_payment_events), TEST(test_refund_events), TEST(test_dispute_events), TEST(test_fees),
    TEST(test_notices), TEST(test_refused_for_its_notice), TEST(test_other_events), TEST(test_amounts), TEST(test_limits),
    TEST(test_signatures))
