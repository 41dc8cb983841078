#include "base/arena.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/text.h"
#include "tests/suite.h"

static int64_t
random_integer(void)
{
	int64_t value;

	random_bytes(&value, sizeof value);
	return value;
}

static const char *
written(int64_t minor, const char *currency)
{
	static char  text[MONEY_TEXT_SIZE];
	struct money money = { 0 };
	size_t       length;

	CHECK(money_make(minor, currency, &money));
	length = money_write(money, text);
	CHECK_INT(length, strlen(text));
	return text;
}

static void
test_exponents(void)
{
	static const char *const none[] = { "", "X", "US", "USDX", "usd", "Usd", "XAU", "XAG", "XXX", "XTS", "XDR", "XSU", "XUA",
		"XBA", "XPT", "AAA", "ZZZ", "U$D", "HRK", "BGN", "\xff\xff\xff" };
	int                      counts[5] = { 0 };

	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		CHECK_INT(currency_exponent(none[i]), -1);
	CHECK_INT(currency_exponent("JPY"), 0);
	CHECK_INT(currency_exponent("USD"), 2);
	CHECK_INT(currency_exponent("MGA"), 2);
	CHECK_INT(currency_exponent("KWD"), 3);
	CHECK_INT(currency_exponent("UYW"), 4);
	for (char code[4] = "AAA"; code[0] <= 'Z'; code[0]++)
		for (code[1] = 'A'; code[1] <= 'Z'; code[1]++)
			for (code[2] = 'A'; code[2] <= 'Z'; code[2]++)
				if (currency_exponent(code) >= 0)
					counts[currency_exponent(code)]++;
	CHECK_INT(counts[0], 17);
	CHECK_INT(counts[1], 0);
	CHECK_INT(counts[2], 139);
	CHECK_INT(counts[3], 7);
	CHECK_INT(counts[4], 2);
}

static void
test_writing(void)
{
	struct arena *arena = arena_new(1 << 20);
	struct text   text = text_new(arena, 0);

	CHECK_TEXT(written(129900, "INR"), "1299.00");
	CHECK_TEXT(written(500, "JPY"), "500");
	CHECK_TEXT(written(0, "JPY"), "0");
	CHECK_TEXT(written(5120, "KWD"), "5.120");
	CHECK_TEXT(written(0, "USD"), "0.00");
	CHECK_TEXT(written(-5, "USD"), "-0.05");
	CHECK_TEXT(written(7, "UYW"), "0.0007");
	CHECK_TEXT(written(INT64_MIN, "USD"), "-92233720368547758.08");
	CHECK_TEXT(written(INT64_MAX, "JPY"), "9223372036854775807");
	for (int i = 0; i < 3; i++)
		text_add_money(&text, (struct money) { 1250 * i, "EUR" });
	CHECK_TEXT(text.bytes, "0.0012.5025.00");
	CHECK_TEXT((text_add_money(&text, (struct money) { 3, "???" }), text.bytes + 14), "3");
	arena_free(arena);
}

static void
test_unknown_currency_makes_no_money(void)
{
	struct money money = { 1, "USD" };

	CHECK(!money_make(5, "XAU", &money));
	CHECK(!money_make(5, "usd", &money));
	CHECK_INT(money.minor, 1);
}

static void
check_decimal(const char *text, int64_t digits, int scale)
{
	struct decimal decimal = { 0 };

	CHECK(decimal_parse(text, strlen(text), &decimal));
	CHECK_INT(decimal.digits, digits);
	CHECK_INT(decimal.scale, scale);
}

static void
test_decimals(void)
{
	static const char *const wrong[] = { "", "-", ".", ".5", "5.", "+5", "--5", "05", "00", "-05", "1e3", "1E3", "1,5", " 1",
		"1 ", "0x1", "1.2.3", "1.-2", "0.1234567", "1234567890123456789", "-1234567890123456789", "9999999999999999999",
		"99999999999999999999999", "1234567890123.123456", "NaN", "Infinity", "00.1", "-0", "-0.0", "-0.000000" };
	struct decimal           untouched = { 42, 1 };

	check_decimal("12.50", 1250, 2);
	check_decimal("0", 0, 0);
	check_decimal("-0.10", -10, 2);
	check_decimal("0.000001", 1, 6);
	check_decimal("999999999999999999", 999999999999999999, 0);
	check_decimal("-999999999999.999999", -999999999999999999, 6);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		if (decimal_parse(wrong[i], strlen(wrong[i]), &untouched))
			printf("accepted '%s' ", wrong[i]);
		CHECK(!decimal_parse(wrong[i], strlen(wrong[i]), &untouched));
	}
	CHECK(!decimal_parse("1\0002", 3, &untouched));
	CHECK_INT(untouched.digits, 42);
	CHECK(decimal_parse("12345", 2, &untouched)); /* `length` ends it, not a NUL */
	CHECK_INT(untouched.digits, 12);
}

static int64_t
converted(int64_t digits, int scale, const char *currency)
{
	struct money money = { 0 };

	return decimal_to_money((struct decimal) { digits, scale }, currency, &money) ? money.minor : INT64_MIN;
}

static void
test_decimal_to_money(void)
{
	CHECK_INT(converted(1250, 2, "USD"), 1250);
	CHECK_INT(converted(125, 1, "USD"), 1250);
	CHECK_INT(converted(12, 0, "USD"), 1200);
	CHECK_INT(converted(12500, 3, "USD"), 1250);
	CHECK_INT(converted(12501, 3, "USD"), INT64_MIN);
	CHECK_INT(converted(-12500, 3, "USD"), -1250);
	CHECK_INT(converted(50000, 2, "JPY"), 500);
	CHECK_INT(converted(50001, 2, "JPY"), INT64_MIN);
	CHECK_INT(converted(512, 2, "KWD"), 5120);
	CHECK_INT(converted(5124, 3, "KWD"), 5124);
	CHECK_INT(converted(1, 0, "XAU"), INT64_MIN);
	CHECK_INT(converted(1, 0, "usd"), INT64_MIN);
	CHECK_INT(converted(922337203685477580, 0, "USD"), INT64_MIN);
	CHECK_INT(converted(92233720368547758, 0, "USD"), 9223372036854775800);
	CHECK_INT(converted(92233720368547759, 0, "USD"), INT64_MIN);
	CHECK_INT(converted(-92233720368547759, 0, "USD"), INT64_MIN);
	CHECK_INT(converted(0, 6, "JPY"), 0);
}

/* What is written reads back as the same amount, in every kind of currency. */
static void
test_random_amounts_round_trip(void)
{
	static const char *const currencies[] = { "JPY", "USD", "KWD", "CLF" };
	int                      wrong = 0;

	for (int i = 0; i < 100000; i++) {
		const char    *currency = currencies[i % 4], *text;
		int64_t        minor = random_integer() % 1000000000000000000 >> (i % 60);
		struct decimal decimal = { 0 };

		text = written(minor, currency);
		wrong += !decimal_parse(text, strlen(text), &decimal);
		wrong += converted(decimal.digits, decimal.scale, currency) != minor;
		wrong += decimal.scale != currency_exponent(currency);
	}
	CHECK_INT(wrong, 0);
}

static void
test_arithmetic(void)
{
	struct money a = { 100, "USD" }, b = { 250, "USD" }, yen = { 1, "JPY" }, got = { 0 };

	CHECK(money_add(a, b, &got));
	CHECK_INT(got.minor, 350);
	CHECK_TEXT(got.currency, "USD");
	CHECK(money_multiply(b, -3, &got));
	CHECK_INT(got.minor, -750);
	CHECK(money_add(a, b, &a));
	CHECK_INT(a.minor, 350);
	CHECK(!money_add(a, yen, &got));
	a.minor = INT64_MAX;
	CHECK(!money_add(a, b, &got));
	CHECK(!money_multiply(a, 2, &got));
	CHECK(!money_multiply((struct money) { INT64_MIN, "USD" }, -1, &got));
	CHECK(!money_add((struct money) { INT64_MIN, "USD" }, (struct money) { -1, "USD" }, &got));
	CHECK_INT(got.minor, -750);
}

static int64_t
scaled(int64_t minor, int64_t numerator, int64_t denominator)
{
	int64_t result = 0;

	CHECK(minor_scale(minor, numerator, denominator, &result));
	return result;
}

static void
test_rounding_is_half_to_even(void)
{
	int64_t untouched = 9;

	CHECK_INT(scaled(1, 1, 2), 0);
	CHECK_INT(scaled(3, 1, 2), 2);
	CHECK_INT(scaled(5, 1, 2), 2);
	CHECK_INT(scaled(7, 1, 2), 4);
	CHECK_INT(scaled(-1, 1, 2), 0);
	CHECK_INT(scaled(-3, 1, 2), -2);
	CHECK_INT(scaled(-5, 1, 2), -2);
	CHECK_INT(scaled(5, -1, 2), -2);
	CHECK_INT(scaled(7, 1, 3), 2);
	CHECK_INT(scaled(8, 1, 3), 3);
	CHECK_INT(scaled(-8, 1, 3), -3);
	CHECK_INT(scaled(1050, 500, 10000), 52);
	CHECK_INT(scaled(1051, 500, 10000), 53);
	CHECK_INT(scaled(INT64_MAX, INT64_MAX, INT64_MAX), INT64_MAX);
	CHECK_INT(scaled(INT64_MIN, INT64_MAX, INT64_MAX), INT64_MIN);
	CHECK(!minor_scale(INT64_MIN, INT64_MIN, INT64_MAX, &untouched));
	CHECK(!minor_scale(INT64_MAX, 2, 1, &untouched));
	CHECK(!minor_scale(INT64_MIN, -1, 1, &untouched));
	CHECK(!minor_scale(1, 1, 0, &untouched));
	CHECK(!minor_scale(1, 1, -1, &untouched));
	CHECK_INT(untouched, 9);
}

/* The rounded value is never farther than a half from the exact one, and even at exactly a half. */
static void
test_random_scales(void)
{
	int wrong = 0;

	for (int i = 0; i < 100000; i++) {
		int64_t  minor = random_integer() >> (20 + i % 40), numerator = random_integer() >> 45, denominator = 0, got = 0;
		__int128 twice;

		denominator = (random_integer() & 0xfff) + 1;
		wrong += !minor_scale(minor, numerator, denominator, &got);
		twice = 2 * ((__int128)minor * numerator - (__int128)got * denominator);
		wrong += twice > denominator || twice < -denominator;
		wrong += (twice == denominator || twice == -denominator) && got % 2 != 0;
	}
	CHECK_INT(wrong, 0);
}

static void
check_split(int64_t total, int64_t a, int64_t b, int64_t c, int64_t first, int64_t second, int64_t third)
{
	int64_t shares[3] = { 0 };

	CHECK(minor_split(total, (int64_t[]) { a, b, c }, 3, shares));
	CHECK_INT(shares[0], first);
	CHECK_INT(shares[1], second);
	CHECK_INT(shares[2], third);
}

static void
test_splits(void)
{
	int64_t share = 5;

	check_split(100, 1, 1, 1, 34, 33, 33);
	check_split(101, 1, 1, 1, 34, 34, 33);
	check_split(-100, 1, 1, 1, -34, -33, -33);
	check_split(10, 1, 2, 3, 2, 3, 5);
	check_split(1, 0, 0, 5, 0, 0, 1);
	check_split(5, 0, 1, 1, 0, 3, 2);
	check_split(0, 0, 0, 0, 0, 0, 0);
	check_split(0, 3, 2, 1, 0, 0, 0);
	check_split(INT64_MAX, 1, 1, 1, 3074457345618258603, 3074457345618258602, 3074457345618258602);
	check_split(INT64_MIN, 0, 1, 0, 0, INT64_MIN, 0);
	CHECK(!minor_split(1, (int64_t[]) { 0 }, 1, &share));
	CHECK(!minor_split(1, (int64_t[]) { 0 }, 0, &share));
	CHECK(!minor_split(0, (int64_t[]) { -1 }, 1, &share));
	CHECK(!minor_split(1, (int64_t[]) { INT64_MAX, 1 }, 2, &share));
	CHECK(minor_split(0, NULL, 0, NULL));
	CHECK_INT(share, 5);
}

static void
test_random_splits_sum_up(void)
{
	int wrong = 0;

	for (int i = 0; i < 20000; i++) {
		int64_t weights[12], shares[12], sum = 0, all = 0, total = random_integer() >> (i % 60);
		size_t  count = 1 + (size_t)i % 12;

		for (size_t j = 0; j < count; j++)
			all += weights[j] = (random_integer() & INT64_MAX) >> (4 + (i + (int)j) % 56);
		if (all == 0)
			weights[0] = all = 1;
		wrong += !minor_split(total, weights, count, shares);
		for (size_t j = 0; j < count; j++) {
			__int128 exact = (__int128)total * weights[j], got = (__int128)shares[j] * all;

			sum += shares[j];
			wrong += got - exact >= all || exact - got >= all; /* within one unit of the exact share */
		}
		wrong += sum != total;
	}
	CHECK_INT(wrong, 0);
}

static void
check_convert(int64_t minor, const char *from, int64_t rate, int64_t rate_into, const char *into, int64_t expected)
{
	struct money money = { 0 }, got = { 0 };

	CHECK(money_make(minor, from, &money));
	CHECK(money_convert(money, rate, rate_into, into, &got));
	CHECK_INT(got.minor, expected);
	CHECK_TEXT(got.currency, into);
}

static void
test_conversions(void)
{
	static const int64_t one = 1000000;
	struct money         money = { 1, "USD" }, got = { 7, "JPY" };

	check_convert(2000, "USD", 1250000, 160 * one, "JPY", 2560);
	check_convert(1, "JPY", 160 * one, 375000, "KWD", 2); /* 2.34 */
	check_convert(1234, "KWD", 375000, 1250000, "USD", 411);
	check_convert(5120, "BHD", 375000, 375000, "KWD", 5120);
	check_convert(1, "CLF", one, one, "JPY", 0);
	check_convert(3, "JPY", one, one, "CLF", 30000);
	/* Half to even, whatever the sign. */
	check_convert(50, "USD", one, one, "JPY", 0);
	check_convert(150, "USD", one, one, "JPY", 2);
	check_convert(250, "USD", one, one, "JPY", 2);
	check_convert(-50, "USD", one, one, "JPY", 0);
	check_convert(-150, "USD", one, one, "JPY", -2);
	check_convert(-250, "USD", one, one, "JPY", -2);
	check_convert(-251, "USD", one, one, "JPY", -3);
	check_convert(5, "KWD", one, one, "USD", 0); /* 0.5 cents */
	check_convert(15, "KWD", one, one, "USD", 2);
	/* To the ends. */
	check_convert(INT64_MAX, "USD", one, one, "EUR", INT64_MAX);
	check_convert(INT64_MIN, "USD", RATE_MILLIONTHS_MAX, RATE_MILLIONTHS_MAX, "EUR", INT64_MIN);
	check_convert(INT64_MAX, "JPY", RATE_MILLIONTHS_MAX, 1, "JPY", 92234);
	CHECK(!money_convert((struct money) { INT64_MAX, "JPY" }, 1, RATE_MILLIONTHS_MAX, "CLF", &got));
	CHECK(!money_convert((struct money) { INT64_MAX, "USD" }, one, one + 1, "EUR", &got));
	CHECK(!money_convert((struct money) { INT64_MIN, "USD" }, one, one + 1, "EUR", &got));
	CHECK(!money_convert((struct money) { INT64_MAX, "USD" }, one, one, "KWD", &got));
	CHECK(!money_convert(money, 0, one, "EUR", &got));
	CHECK(!money_convert(money, one, 0, "EUR", &got));
	CHECK(!money_convert(money, -1, one, "EUR", &got));
	CHECK(!money_convert(money, one, RATE_MILLIONTHS_MAX + 1, "EUR", &got));
	CHECK(!money_convert(money, one, one, "XXX", &got));
	CHECK(!money_convert((struct money) { 1, "" }, one, one, "EUR", &got));
	CHECK_INT(got.minor, 7);
}

/* There and back by the same rates is off by what two roundings are worth, at most. */
static void
test_random_conversions(void)
{
	static const char *const codes[] = { "JPY", "USD", "KWD", "CLF" };
	int                      wrong = 0;

	for (int i = 0; i < 20000; i++) {
		int64_t rate = 1 + (random_integer() & INT64_MAX) % RATE_MILLIONTHS_MAX,
			into = 1 + (random_integer() & INT64_MAX) % RATE_MILLIONTHS_MAX;
		const char  *from = codes[i % 4], *to = codes[i / 4 % 4];
		struct money money = { 0 }, there = { 0 }, back = { 0 };
		__int128     off, unit;

		money_make(random_integer() >> 24, from, &money);
		if (!money_convert(money, rate, into, to, &there) || !money_convert(there, into, rate, from, &back))
			continue;
		off = (__int128)back.minor - money.minor;
		/* Half a unit of `to` as it is in `from`, and half a unit of that. */
		unit = (__int128)rate * (int64_t[]) { 1, 100, 1000, 10000 }[i % 4];
		unit = unit / into / (int64_t[]) { 1, 100, 1000, 10000 }[i / 4 % 4] / 2 + 2;
		wrong += off > unit || off < -unit;
	}
	CHECK_INT(wrong, 0);
}

static void
test_currencies_in_order(void)
{
	char code[4] = "", before[4] = "";
	int  count = 0, wrong = 0;

	for (; currency_next(code); count++) {
		wrong += strcmp(before, code) >= 0 || currency_exponent(code) < 0;
		memcpy(before, code, sizeof code);
	}
	CHECK_INT(wrong, 0);
	CHECK_INT(count > 150, 1);
	CHECK_TEXT(before, "ZWG");
	CHECK(!currency_next(code));
}

SUITE("money", TEST(test_conversions), TEST(test_random_conversions), TEST(test_currencies_in_order), TEST(test_exponents),
    TEST(test_writing), TEST(test_unknown_currency_makes_no_money), TEST(test_decimals), TEST(test_decimal_to_money),
    TEST(test_random_amounts_round_trip), TEST(test_arithmetic), TEST(test_rounding_is_half_to_even), TEST(test_random_scales),
    TEST(test_splits), TEST(test_random_splits_sum_up))
