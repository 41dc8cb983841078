/* What bKash tells by Amazon SNS, as it is read and as it is stored; its amounts. */
#include "base/arena.h"
#include "payments/providers/bkash_call.h"
#include "tests/suite.h"

#include <stdio.h>
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

/* bKash's list of errors, row by row. */
static const struct {
	const char *codes;
	enum code_class class;
} rows[] = {
	{ "0000 0", CODE_OK },
	{ "2001 2048 2049 2064", CODE_OURS },
	{ "2007 2008 2031 2063 2065", CODE_REQUEST },
	{ "2004 2005 2006", CODE_AMOUNT },
	{ "2002 2033", CODE_LOST },
	{ "2003 2020 2024 503", CODE_UNCLEAR },
	{ "2009 2014 2015 2016 2017 2018 2019 2057 2058", CODE_DECLINED },
	{ "2023 2029 2037 2038 2039 2040 2041", CODE_DECLINED },
	{ "2054 2056 2060 2062 2068 2117", CODE_STATE },
	{ "2069", CODE_CANCELLED },
	{ "2026 2034 2071 2072 2073 2074 2075 2076 2077 2078 2079 2080 2081 2082", CODE_REFUND },
	/* Of agreements, which there are none; and what nobody has told us of: it may have been done all the same. */
	{ "2050 2051 2052 2053 2055 2066 2067", CODE_UNCLEAR },
	{ "1 2000 2010 2013 2021 2022 2025 2030 2035 2036 2042 2070 2083 2116 2118 9999 -2023 2023.0 2023x x", CODE_UNCLEAR },
};

static void
test_codes(void)
{
	char code[16];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (const char *at = rows[i].codes; *at != '\0'; at += strspn(at, " ")) {
			size_t length = strcspn(at, " ");

			snprintf(code, sizeof code, "%.*s", (int)length, at);
			if (bkash_class_of(code) != rows[i].class)
				printf("%s: ", code);
			CHECK_INT(bkash_class_of(code), rows[i].class);
			at += length;
		}
	CHECK_INT(bkash_class_of(NULL), CODE_UNCLEAR);
}

SUITE("bkash", TEST(test_codes), TEST(test_money_of_ours_is_a_reason_to_ask), TEST(test_other_messages),
    TEST(test_what_is_stored), TEST(test_amounts))
