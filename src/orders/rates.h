/*
 * rates.h: shipping prices and tax rates, from the settings orders.shipping and orders.tax.
 *
 * Both are short tables of rules, "method:country:currency:base:per item" and "class:country:percent:inclusive or
 * exclusive"; a * stands for any, and the first rule that matches applies.  config_load has checked their form, and that
 * amounts for any currency are 0.  They are parsed once and kept for the life of the process.  A tax class or country without
 * a rule is not taxed; a method without a rule for the place and currency does not ship there.
 */
#ifndef ORDERS_RATES_H
#define ORDERS_RATES_H

#include "base/config.h"
#include "base/money.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rates;

enum shipping_method { SHIPPING_STANDARD, SHIPPING_EXPRESS, SHIPPING_PICKUP, SHIPPING__COUNT };
extern const char *const shipping_method_values[]; /* "standard", "express", "pickup", NULL */

/* One rule as configured; "*" for any country or currency, the amounts in the currency's major unit. */
enum { RULE_PART_BYTES = RATE_PART_BYTES };
struct shipping_rule {
	int            method;
	char           country[RULE_PART_BYTES], currency[RULE_PART_BYTES];
	struct decimal base, per_item;
};

struct shipping_rate {
	int64_t base_minor, per_item_minor; /* of the currency asked for */
};

/* numerator / denominator of the taxed amount. */
struct tax_rate {
	int64_t     numerator, denominator;
	bool        inclusive; /* the price includes the tax */
	const char *percent;   /* as the rule has it: "7.5"; NULL: no rule */
};

/* The rules of a configuration; the same pointer each time for the same configuration. */
const struct rates *rates_of(const struct config *config);

/* All shipping rules in their order. */
const struct shipping_rule *shipping_rules(const struct rates *rates, size_t *count);

/* Does the part of a rule, which may be "*", match the value? */
bool rule_matches(const char *part, const char *value);

/* False when the method does not serve the place in the currency, or the amounts overflow in it. */
bool shipping_rate(const struct rates *rates, enum shipping_method method, const char *country, const char *currency,
    struct shipping_rate *into);

/* The rate of a tax class in a country; numerator 0 when no rule matches. */
struct tax_rate tax_rate(const struct rates *rates, const char *tax_class, const char *country);

#endif
