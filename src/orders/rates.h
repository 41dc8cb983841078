/*
 * rates.h: what shipping costs and which tax applies, from the settings orders.shipping and orders.tax.
 *
 * Both are short tables of rules, "method:country:currency:base:per item" and "class:country:percent:inclusive or
 * exclusive"; a * stands for any, and the first rule that fits counts.  config_load has checked their form.  They are
 * read once and kept for the life of the process.  A tax class or country without a rule is not taxed; a method without
 * a rule for the place and currency does not ship there.
 */
#ifndef RATES_H
#define RATES_H

#include "base/money.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config;
struct rates;

enum shipping_method { SHIPPING_STANDARD, SHIPPING_EXPRESS, SHIPPING_PICKUP, SHIPPING__COUNT };
extern const char *const shipping_method_values[]; /* "standard", "express", "pickup", NULL */

/* One rule as it was set; "*" for any country or currency, the amounts in major units. */
enum { RULE_PART_BYTES = 64 };
struct shipping_rule {
	int            method;
	char           country[RULE_PART_BYTES], currency[RULE_PART_BYTES];
	struct decimal base, per_item;
};

struct shipping_rate {
	int64_t base_minor, per_item_minor; /* of the currency asked for */
};

/* A part of the price: numerator / denominator of what is taxed. */
struct tax_rate {
	int64_t numerator, denominator;
	bool    inclusive; /* the price holds the tax already */
};

/* The rules of a configuration; the same pointer each time for the same configuration. */
const struct rates *rates_of(const struct config *config);

/* All shipping rules in their order. */
const struct shipping_rule *shipping_rules(const struct rates *rates, size_t *count);

/* Is the part of a rule any, or what was asked for? */
bool rule_fits(const char *part, const char *asked);

/* False when the method does not serve the place in the currency, or the amounts overflow in it. */
bool shipping_rate(const struct rates *rates, enum shipping_method method, const char *country, const char *currency,
    struct shipping_rate *into);

/* The rate of a class of goods that are sent to a country; numerator 0 when there is no rule. */
struct tax_rate tax_rate(const struct rates *rates, const char *tax_class, const char *country);

#endif
