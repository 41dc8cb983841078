/*
 * locale.h: how people of a language write numbers, amounts and dates, what they call countries, and which form of a
 * sentence goes with a number.
 * The table follows CLDR 48, as browsers' Intl does: what a page prints and what its script prints are the same characters.
 */
#ifndef LOCALE_H
#define LOCALE_H

#include "base/instant.h"
#include "base/money.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;

/* CLDR's categories of plurals that the languages of the table have. */
enum plural { PLURAL_ONE, PLURAL_OTHER, PLURALS };
extern const char *const plural_names[]; /* "one", "other", NULL */

enum date_style {
	DATE_MEDIUM,    /* Nov 5, 2026 */
	DATE_LONG,      /* November 5, 2026 */
	DATE_WITH_TIME, /* Nov 5, 2026, 3:04 PM */
};

struct locale {
	const char *code;      /* BCP 47: "bn" */
	const char *name;      /* in itself: "বাংলা" */
	const char *base;      /* the language whose sentences a made-up one disguises; NULL for a real one */
	const char *direction; /* "ltr" or "rtl" */
	const char *digits[10];
	bool        lakh;          /* groups of two digits above the thousands */
	bool        symbol_behind; /* an amount's currency stands behind its number */
	bool        none_is_one;   /* 0 is spoken of as 1 is */
	size_t      column;        /* of the tables of currencies and countries */
	const char *months[12], *short_months[12];
	const char *date;      /* d, M and y stand for their values, the rest for itself */
	const char *halves[2]; /* of the day */
};

/* The locale of a code; NULL when there is none. */
const struct locale *locale_find(const char *code, size_t length);

/* The codes, by number; NULL behind the last. */
const char *locale_code(size_t i);

/* Which form goes with a whole number. */
enum plural locale_plural(const struct locale *locale, int64_t number);

/* 1234567 -> "1,234,567" */
void text_add_local_integer(struct text *text, const struct locale *locale, int64_t number);

/* A decimal as the API writes it ("4.50"), without the zeros at its end; what is none stands as it is. */
void text_add_local_decimal(struct text *text, const struct locale *locale, const char *written);

/* With the currency's own digits behind the point (ISO 4217), and its symbol, or code where the language has none. */
void text_add_local_money(struct text *text, const struct locale *locale, struct money money);

/* As the zone's calendar and clock have it ("Asia/Kolkata"); programs of one thread only (instant_civil_in). */
void text_add_local_time(
    struct text *text, const struct locale *locale, struct instant instant, const char *zone, enum date_style style);

/* What a country is called by its code of ISO 3166-1; the code itself where it is none. */
const char *locale_country(const struct locale *locale, const char *code);

/* The code of the i-th country in the order of the language's alphabet; false behind the last. */
bool locale_country_next(const struct locale *locale, size_t i, char code[3]);

#endif
