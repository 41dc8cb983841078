/* How languages write numbers, amounts and dates: as CLDR 48 has it, taken from a browser's Intl. */
#include "base/arena.h"
#include "base/country.h"
#include "base/locale.h"
#include "base/text.h"
#include "tests/suite.h"

#include <string.h>

static const struct locale *
locale_of(const char *code)
{
	const struct locale *locale = locale_find(code, strlen(code));

	REQUIRE(locale != NULL);
	return locale;
}

static void
check_money(const char *code, const char *currency, int64_t minor, const char *expected)
{
	struct arena *arena = arena_new(1 << 16);
	struct text   text = text_new(arena, 64);
	struct money  money;

	REQUIRE(money_make(minor, currency, &money));
	text_add_local_money(&text, locale_of(code), money);
	CHECK_TEXT(text.bytes, expected);
	arena_free(arena);
}

static void
check_integer(const char *code, int64_t number, const char *expected)
{
	struct arena *arena = arena_new(1 << 16);
	struct text   text = text_new(arena, 64);

	text_add_local_integer(&text, locale_of(code), number);
	CHECK_TEXT(text.bytes, expected);
	arena_free(arena);
}

static void
check_time(const char *code, const char *written, const char *zone, enum date_style style, const char *expected)
{
	struct arena  *arena = arena_new(1 << 16);
	struct text    text = text_new(arena, 64);
	struct instant instant;

	REQUIRE(instant_parse(written, &instant));
	text_add_local_time(&text, locale_of(code), instant, zone, style);
	CHECK_TEXT(text.bytes, expected);
	arena_free(arena);
}

static void
numbers(void)
{
	check_integer("en", 0, "0");
	check_integer("en", 999, "999");
	check_integer("en", -1000, "-1,000");
	check_integer("en", 123456789, "123,456,789");
	check_integer("en", INT64_MIN, "-9,223,372,036,854,775,808");
	check_integer("bn", 123456789, "১২,৩৪,৫৬,৭৮৯");
	check_integer("hi", 1234, "1,234");
	check_integer("hi", 123456789, "12,34,56,789");
}

static void
amounts(void)
{
	check_money("en", "USD", 123456750, "$1,234,567.50");
	check_money("en", "USD", -50, "-$0.50");
	check_money("en", "BDT", 123456750, "BDT\u00a01,234,567.50");
	check_money("en", "KWD", 1234567500, "KWD\u00a01,234,567.500");
	check_money("en", "JPY", 1234568, "¥1,234,568");
	check_money("en", "CNY", 5, "CN¥0.05");
	check_money("bn", "BDT", 123456750, "১২,৩৪,৫৬৭.৫০৳");
	check_money("bn", "USD", -50, "-০.৫০\u00a0US$");
	check_money("bn", "KES", 123456750, "১২,৩৪,৫৬৭.৫০\u00a0KES");
	check_money("hi", "INR", 123456750, "₹12,34,567.50");
	check_money("hi", "JPY", 1, "JP¥1");
	check_money("hi", "NPR", 123456750, "NPR\u00a012,34,567.50");
}

static void
dates(void)
{
	check_time("en", "2026-11-05T15:04:09Z", "UTC", DATE_MEDIUM, "Nov 5, 2026");
	check_time("en", "2026-11-05T15:04:09Z", "UTC", DATE_LONG, "November 5, 2026");
	check_time("en", "2026-11-05T15:04:09Z", "UTC", DATE_WITH_TIME, "Nov 5, 2026, 3:04 PM");
	check_time("en", "2026-11-05T00:05:00Z", "UTC", DATE_WITH_TIME, "Nov 5, 2026, 12:05 AM");
	check_time("en", "2026-11-05T19:00:00Z", "Asia/Dhaka", DATE_MEDIUM, "Nov 6, 2026");
	check_time("bn", "2026-11-05T15:04:09Z", "UTC", DATE_WITH_TIME, "৫ নভে, ২০২৬, ৩:০৪ PM");
	check_time("bn", "2026-01-28T15:04:09Z", "UTC", DATE_LONG, "২৮ জানুয়ারি, ২০২৬");
	check_time("hi", "2026-02-28T12:05:00Z", "UTC", DATE_WITH_TIME, "28 फ़र॰ 2026, 12:05 pm");
}

static void
check_decimal(const char *code, const char *written, const char *expected)
{
	struct arena *arena = arena_new(1 << 16);
	struct text   text = text_new(arena, 64);

	text_add_local_decimal(&text, locale_of(code), written);
	CHECK_TEXT(text.bytes, expected);
	arena_free(arena);
}

static void
decimals(void)
{
	check_decimal("en", "4.50", "4.5");
	check_decimal("en", "5.00", "5");
	check_decimal("en", "0.05", "0.05");
	check_decimal("en", "0", "0");
	check_decimal("bn", "1234567.25", "১২,৩৪,৫৬৭.২৫");
	check_decimal("hi", "-100000", "-1,00,000");
	check_decimal("en", "many", "many");
}

/* Each country has a name and a place in the order, and nothing else has. */
static void
countries(void)
{
	static const char *const codes[] = { "en", "bn", "hi" };

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		const struct locale *locale = locale_of(codes[i]);
		char                 code[3];
		bool                 seen[26][26] = { { false } };

		for (size_t n = 0; locale_country_next(locale, n, code); n++) {
			CHECK(!seen[code[0] - 'A'][code[1] - 'A']);
			seen[code[0] - 'A'][code[1] - 'A'] = true;
		}
		for (code[0] = 'A'; code[0] <= 'Z'; code[0]++)
			for (code[1] = 'A'; code[1] <= 'Z'; code[1]++) {
				CHECK(seen[code[0] - 'A'][code[1] - 'A'] == country_known(code));
				CHECK((strcmp(locale_country(locale, code), code) != 0) == country_known(code));
			}
	}
	CHECK_TEXT(locale_country(locale_of("hi"), "BD"), "बांग्लादेश");
	CHECK_TEXT(locale_country(locale_of("ar-XB"), "BD"), "Bangladesh");
	CHECK_TEXT(locale_country(locale_of("en"), "UK"), "UK");
}

static void
plurals(void)
{
	CHECK_INT(locale_plural(locale_of("en"), 1), PLURAL_ONE);
	CHECK_INT(locale_plural(locale_of("en"), 0), PLURAL_OTHER);
	CHECK_INT(locale_plural(locale_of("en"), 2), PLURAL_OTHER);
	CHECK_INT(locale_plural(locale_of("bn"), 0), PLURAL_ONE);
	CHECK_INT(locale_plural(locale_of("hi"), 1), PLURAL_ONE);
	CHECK_INT(locale_plural(locale_of("hi"), 2), PLURAL_OTHER);
}

static void
codes(void)
{
	CHECK(locale_find("xx", 2) == NULL);
	CHECK(locale_find("e", 1) == NULL);
	for (size_t i = 0; locale_code(i) != NULL; i++)
		CHECK(locale_find(locale_code(i), strlen(locale_code(i))) != NULL);
}

SUITE("locale", TEST(numbers), TEST(amounts), TEST(dates), TEST(decimals), TEST(countries), TEST(plurals), TEST(codes))
