/*
 * Numbers, amounts, times, plurals and countries as our table of languages writes them, for intl.mjs: one a line, its fields
 * between tabs, the last of them what was written.  The same numbers each time: the generator begins with a fixed number.
 */
#include "base/arena.h"
#include "base/locale.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ARENA_BYTES = 1 << 16, INTEGERS = 2000, DECIMALS = 1000, AMOUNTS = 4000, TIMES = 2500, NUMBERS = 500 };

static uint64_t state;

/* Sebastiano Vigna's splitmix64 (prng.di.unimi.it/splitmix64.c, public domain). */
static uint64_t
next_number(void)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/* Of each length alike, as many negative as not. */
static int64_t
any_integer(unsigned bits)
{
	const int64_t number = (int64_t)(next_number() >> (64 - 1 - next_number() % bits));

	return next_number() % 2 == 0 ? number : -number;
}

static void
integers(struct arena *arena, const struct locale *locale)
{
	for (int i = 0; i < INTEGERS; i++) {
		const int64_t number = any_integer(62);
		struct text   text = text_new(arena, 64);

		text_add_local_integer(&text, locale, number);
		printf("%s\tinteger\t%" PRId64 "\t%s\n", locale->code, number, text.bytes);
		arena_reset(arena);
	}
}

static void
decimals(struct arena *arena, const struct locale *locale)
{
	for (int i = 0; i < DECIMALS; i++) {
		const int64_t number = any_integer(40);
		const int64_t size = number < 0 ? -number : number;
		const char   *written = arena_format(
		      arena, "%s%" PRId64 ".%02d", number < 0 && size >= 100 ? "-" : "", size / 100, (int)(size % 100));
		struct text text = text_new(arena, 64);

		text_add_local_decimal(&text, locale, written);
		printf("%s\tdecimal\t%s\t%s\n", locale->code, written, text.bytes);
		arena_reset(arena);
	}
}

/* One currency after the other. */
static void
amounts(struct arena *arena, const struct locale *locale)
{
	char currency[4] = "";

	for (int i = 0; i < AMOUNTS; i++) {
		struct text  text = text_new(arena, 64);
		struct money money;
		char         written[MONEY_TEXT_SIZE];

		if (!currency_next(currency))
			currency_next(memset(currency, 0, sizeof currency));
		if (!money_make(any_integer(56), currency, &money))
			continue;
		text_add_local_money(&text, locale, money);
		money_write(money, written);
		printf("%s\tmoney\t%s\t%s\t%s\n", locale->code, currency, written, text.bytes);
		arena_reset(arena);
	}
}

/* From 2000 to 2037, which both sides' tables of zones know alike. */
static void
times(struct arena *arena, const struct locale *locale)
{
	static const char *const zones[] = { "UTC", "Asia/Dhaka", "Asia/Kolkata", "Asia/Kathmandu", "Europe/Berlin",
		"America/New_York", "America/St_Johns", "Australia/Lord_Howe" };
	static const char *const styles[] = { [DATE_MEDIUM] = "medium", [DATE_LONG] = "long", [DATE_WITH_TIME] = "time" };

	for (int i = 0; i < TIMES; i++) {
		const char          *zone = zones[next_number() % (sizeof zones / sizeof *zones)];
		const int            style = (int)(next_number() % 3);
		const struct civil   day = { .year = 2000 + (int)(next_number() % 38),
			  .month = 1 + (int)(next_number() % 12),
			  .day = 1 + (int)(next_number() % 28),
			  .hour = (int)(next_number() % 24),
			  .minute = (int)(next_number() % 60) };
		const struct instant instant = instant_from_civil(day);
		struct text          text = text_new(arena, 128);
		char                 written[INSTANT_TEXT_SIZE];

		text_add_local_time(&text, locale, instant, zone, (enum date_style)style);
		instant_write(instant, written);
		printf("%s\ttime\t%s\t%s\t%s\t%s\n", locale->code, styles[style], zone, written, text.bytes);
		arena_reset(arena);
	}
}

static void
plurals(const struct locale *locale)
{
	for (int i = 0; i < NUMBERS; i++) {
		const int64_t number = i < 200 ? i : (int64_t)(next_number() % 10000000);

		printf("%s\tplural\t%" PRId64 "\t%s\n", locale->code, number, plural_names[locale_plural(locale, number)]);
	}
}

/* In the language's order. */
static void
countries(const struct locale *locale)
{
	char code[3];

	for (size_t i = 0; locale_country_next(locale, i, code); i++)
		printf("%s\tcountry\t%s\t%s\n", locale->code, code, locale_country(locale, code));
}

int
main(void)
{
	struct arena *arena = arena_new(ARENA_BYTES);

	for (size_t i = 0; locale_code(i) != NULL; i++) {
		const struct locale *locale = locale_find(locale_code(i), strlen(locale_code(i)));

		if (locale->base != NULL)
			continue;
		integers(arena, locale);
		decimals(arena, locale);
		amounts(arena, locale);
		times(arena, locale);
		plurals(locale);
		countries(locale);
	}
	arena_free(arena);
	return 0;
}
