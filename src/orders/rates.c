#include "orders/rates.h"

#include "base/shape.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SHIPPING_PARTS = 5, TAX_PARTS = 4 };

const char *const shipping_method_values[] = { "standard", "express", "pickup", NULL };

struct tax_rule {
	char class[RULE_PART_BYTES], country[RULE_PART_BYTES], percent[RULE_PART_BYTES];
	struct tax_rate rate;
};

struct rates {
	const char *const *shipping_source, *const *tax_source;
	struct rates         *next;
	struct shipping_rule *shipping;
	struct tax_rule      *taxes;
	size_t                n_shipping, n_taxes;
};

static size_t
list_length(const char *const *list)
{
	size_t length = 0;

	while (list[length] != NULL)
		length++;
	return length;
}

static void
split(const char *rule, size_t count, char parts[][RULE_PART_BYTES])
{
	for (size_t i = 0; i < count; i++) {
		size_t length = strcspn(rule, ":");

		assert(length < RULE_PART_BYTES);
		memcpy(parts[i], rule, length);
		parts[i][length] = '\0';
		rule += length + (rule[length] == ':');
	}
}

static struct decimal
number(const char *part)
{
	struct decimal decimal = { 0, 0 };
	bool           read = decimal_parse(part, strlen(part), &decimal);

	assert(read); /* config_load has checked it */
	(void)read;
	return decimal;
}

static struct shipping_rule
read_shipping(const char *text)
{
	char                 parts[SHIPPING_PARTS][RULE_PART_BYTES];
	struct shipping_rule rule;

	split(text, SHIPPING_PARTS, parts);
	rule.method = value_index(shipping_method_values, parts[0]);
	memcpy(rule.country, parts[1], RULE_PART_BYTES);
	memcpy(rule.currency, parts[2], RULE_PART_BYTES);
	rule.base = number(parts[3]);
	rule.per_item = number(parts[4]);
	return rule;
}

/* "7.5" percent is 75 / 1000. */
static struct tax_rule
read_tax(const char *text)
{
	char            parts[TAX_PARTS][RULE_PART_BYTES];
	struct tax_rule rule;
	struct decimal  percent;

	split(text, TAX_PARTS, parts);
	memcpy(rule.class, parts[0], RULE_PART_BYTES);
	memcpy(rule.country, parts[1], RULE_PART_BYTES);
	memcpy(rule.percent, parts[2], RULE_PART_BYTES);
	percent = number(parts[2]);
	rule.rate = (struct tax_rate) { percent.digits, 100, strcmp(parts[3], "inclusive") == 0, NULL };
	for (int scale = 0; scale < percent.scale; scale++)
		rule.rate.denominator *= 10;
	return rule;
}

static struct rates *
read_rates(const struct config *config)
{
	struct rates *rates = calloc(1, sizeof *rates);

	if (rates == NULL)
		abort();
	rates->shipping_source = config->orders.shipping;
	rates->tax_source = config->orders.tax;
	rates->n_shipping = list_length(config->orders.shipping);
	rates->n_taxes = list_length(config->orders.tax);
	rates->shipping = calloc(rates->n_shipping + 1, sizeof *rates->shipping);
	rates->taxes = calloc(rates->n_taxes + 1, sizeof *rates->taxes);
	if (rates->shipping == NULL || rates->taxes == NULL)
		abort();
	for (size_t i = 0; i < rates->n_shipping; i++)
		rates->shipping[i] = read_shipping(config->orders.shipping[i]);
	for (size_t i = 0; i < rates->n_taxes; i++)
		rates->taxes[i] = read_tax(config->orders.tax[i]);
	return rates;
}

const struct rates *
rates_of(const struct config *config)
{
	static struct rates *known;
	struct rates        *rates;

	for (rates = known; rates != NULL; rates = rates->next)
		if (rates->shipping_source == config->orders.shipping && rates->tax_source == config->orders.tax)
			return rates;
	rates = read_rates(config);
	rates->next = known;
	known = rates;
	return rates;
}

const struct shipping_rule *
shipping_rules(const struct rates *rates, size_t *count)
{
	*count = rates->n_shipping;
	return rates->shipping;
}

bool
rule_matches(const char *part, const char *value)
{
	return strcmp(part, "*") == 0 || strcmp(part, value) == 0;
}

bool
shipping_rate(
    const struct rates *rates, enum shipping_method method, const char *country, const char *currency, struct shipping_rate *into)
{
	for (size_t i = 0; i < rates->n_shipping; i++) {
		const struct shipping_rule *rule = &rates->shipping[i];
		struct money                base, per_item;

		if (rule->method != (int)method || !rule_matches(rule->country, country) ||
		    !rule_matches(rule->currency, currency))
			continue;
		if (!decimal_to_money(rule->base, currency, &base) || !decimal_to_money(rule->per_item, currency, &per_item))
			return false;
		*into = (struct shipping_rate) { base.minor, per_item.minor };
		return true;
	}
	return false;
}

struct tax_rate
tax_rate(const struct rates *rates, const char *tax_class, const char *country)
{
	for (size_t i = 0; i < rates->n_taxes; i++)
		if (rule_matches(rates->taxes[i].class, tax_class) && rule_matches(rates->taxes[i].country, country))
			return (struct tax_rate) { rates->taxes[i].rate.numerator, rates->taxes[i].rate.denominator,
				rates->taxes[i].rate.inclusive, rates->taxes[i].percent };
	return (struct tax_rate) { 0, 100, false, NULL };
}
