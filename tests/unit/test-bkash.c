/* What bKash tells by Amazon SNS, as it is read and as it is stored; its amounts. */
#include "base/arena.h"
#include "payments/provider.h"
#include "tests/suite.h"

#include <string.h>

static struct arena          *arena;
static struct provider_events events;

#define ENVELOPE(type, more) "{\"Type\":\"" type "\",\"MessageId\":\"m-1\",\"TopicArn\":\"arn:aws:sns:a:1:b\"," more "}"
#define MONEY(invoice) \
	"\"Message\":\"{\\\"debitMSISDN\\\":\\\"8801700000001\\\",\\\"trxID\\\":\\\"4J420ANOXC\\\",\\\"amount\\\":\\\"500.5\\\"" invoice \
	"}\",\"UnsubscribeURL\":\"https://sns.example/?Action=Unsubscribe\""
#define OURS MONEY(",\\\"merchantInvoiceNumber\\\":\\\"PAY-7Q2M9XKD4T\\\"")

static const struct provider_event *
read_event(const char *body)
{
	arena = arena == NULL ? arena_new(1 << 20) : arena;
	if (provider_known("bkash")->parse_events(arena, (struct bytes) { (const unsigned char *)body, strlen(body) }, &events) !=
	    OK)
		return NULL;
	CHECK_INT(events.count, 1);
	return &events.list[0];
}

static void
test_money_of_ours_is_a_reason_to_ask(void)
{
	const struct provider_event *event = read_event(ENVELOPE("Notification", OURS));

	REQUIRE(event != NULL);
	CHECK_TEXT(event->id, "m-1");
	CHECK_INT(event->kind, EVENT_IS_PAYMENT);
	CHECK_TEXT(event->reference, "PAY-7Q2M9XKD4T");
	CHECK(event->payment.authorised);
	CHECK(event->payment.status != PAYMENT_SUCCEEDED);
	CHECK(event->content != NULL && strstr(event->content, "4J420ANOXC") != NULL);
}

static void
test_other_messages(void)
{
	static const char *const     ignored[] = { ENVELOPE("Notification", MONEY("")),
		    ENVELOPE("Notification", MONEY(",\\\"merchantInvoiceNumber\\\":\\\"INV-1\\\"")),
		    ENVELOPE("Notification", MONEY(",\\\"merchantInvoiceNumber\\\":\\\"PAY-7Q2M9XKD4T-AND-MORE\\\"")),
		    ENVELOPE("Notification", "\"Message\":\"hello\""),
		    ENVELOPE("Notification", "\"Message\":{\"merchantInvoiceNumber\":1}"),
		    ENVELOPE("UnsubscribeConfirmation", "\"SubscribeURL\":\"https://sns.example/?Action=x\""),
		    ENVELOPE("SubscriptionConfirmation", "\"Token\":\"t\"") };
	const struct provider_event *event;

	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) {
		event = read_event(ignored[i]);
		REQUIRE(event != NULL);
		CHECK_INT(event->kind, EVENT_IS_IGNORED);
		CHECK(event->reference == NULL);
	}
	event = read_event(ENVELOPE("SubscriptionConfirmation", "\"SubscribeURL\":\"https://sns.example/?Action=x\""));
	REQUIRE(event != NULL);
	CHECK_INT(event->kind, EVENT_IS_SUBSCRIPTION);
	CHECK_TEXT(event->address, "https://sns.example/?Action=x");
	CHECK(read_event("{\"Type\":\"Notification\"}") == NULL);
	CHECK(read_event("[]") == NULL);
	CHECK(read_event("") == NULL);
}

/* The payer's number stands in a text within the message. */
static void
test_what_is_stored(void)
{
	static const char            body[] = ENVELOPE("Notification", OURS);
	const struct provider       *bkash = provider_known("bkash");
	const struct provider_event *event;
	const char                  *stored;

	arena = arena == NULL ? arena_new(1 << 20) : arena;
	stored = provider_strip(arena, bkash, body, sizeof body - 1);
	CHECK(strstr(stored, "8801700000001") == NULL);
	CHECK(strstr(stored, "Unsubscribe") == NULL);
	event = read_event(stored);
	REQUIRE(event != NULL);
	CHECK_INT(event->kind, EVENT_IS_PAYMENT);
	CHECK_TEXT(event->reference, "PAY-7Q2M9XKD4T");
	stored = provider_strip(arena, bkash, ENVELOPE("Notification", "\"Message\":\"call 8801700000001\""),
	    strlen(ENVELOPE("Notification", "\"Message\":\"call 8801700000001\"")));
	CHECK(strstr(stored, "8801700000001") == NULL);
}

static void
test_amounts(void)
{
	const struct provider *bkash = provider_known("bkash");

	CHECK_INT(bkash->takes((struct money) { 1, "BDT" }), AMOUNT_FITS);
	CHECK_INT(bkash->takes((struct money) { 0, "BDT" }), AMOUNT_IS_INEXACT);
	CHECK_INT(bkash->takes((struct money) { 100, "USD" }), AMOUNT_IS_INEXACT);
}

SUITE("bkash", TEST(test_money_of_ours_is_a_reason_to_ask), TEST(test_other_messages), TEST(test_what_is_stored),
    TEST(test_amounts))
