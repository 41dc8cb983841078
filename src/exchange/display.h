/*
 * display.h: prices in a currency that a visitor reads more easily, beside their own: ?display_currency=.
 */
#ifndef DISPLAY_H
#define DISPLAY_H

#include "base/shape.h"

struct arena;
struct exchange_rate;
struct work;

/* In queries: const char *display_currency.  In answers: struct money *, left out when not asked for, null without a rate. */
#define M_DISPLAY_CURRENCY(S) \
	M_TEXT(S, display_currency, "display_currency", 3, .format = FORMAT_CURRENCY, .example = "\"EUR\"", \
	    .description = "Also show prices in this currency, at the rates of GET /rates: a guide, the sale is in their own.")
#define M_DISPLAY_PRICE(S, field, json, of_) \
	M_MONEY(S, field, json, .computed = true, .omitted = true, .nullable = true, \
	    .description = "The " of_ " in display_currency, if requested; null if there is no rate.")

/* A query of nothing else. */
struct display_query {
	const char *display_currency;
};
SHAPE_DECLARE(struct display_query, display_query_shape);

/* The rates in force, for one answer. */
struct display {
	struct arena         *arena;
	const char           *currency; /* NULL: prices are shown in their own alone */
	struct exchange_rate *rates;
	size_t                count;
};

/* One statement, or none when `currency` is NULL. */
const struct problem *display_open(struct work *work, const char *currency, struct display *display);

/* The same at the rates that were in force on a day, "2026-01-02". */
const struct problem *display_open_on(struct work *work, const char *currency, const char *day, struct display *display);

/*
 * A price in the currency of display, in the arena; NULL when there is none; without a currency, which is printed as null, when one
 * of the two has no rate or the amount is too large.
 */
struct money *display_price(const struct display *display, struct money price);

#endif
