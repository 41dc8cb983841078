/* The shipping methods that can be chosen: the configured rules, by place and currency. */
#include "orders/order.h"

#include "base/config.h"
#include "base/text.h"

static const struct member shipping_query_members[] = {
	M_TEXT(struct shipping_query, country, "country", 2, .format = FORMAT_COUNTRY,
	    .description = "Only methods that ship to this country."),
	M_TEXT(struct shipping_query, currency, "currency", 3, .format = FORMAT_CURRENCY,
	    .description = "Only methods for orders in this currency."),
};
SHAPE_SHARED(struct shipping_query, shipping_query_shape, "ShippingQuery", shipping_query_members);

static const struct member shipping_method_members[] = {
	M_ENUM(struct shipping_method_row, method, "method", shipping_method_values),
	M_TEXT(struct shipping_method_row, country, "country", 2, .description = "Null: any."),
	M_TEXT(struct shipping_method_row, currency, "currency", 3, .description = "Null: any; the amounts are then 0."),
	M_TEXT(
	    struct shipping_method_row, base, "base", 24, .required = true, .example = "\"5.00\"", .description = "Per order."),
	M_TEXT(struct shipping_method_row, per_item, "per_item", 24, .required = true, .example = "\"0.50\"",
	    .description = "Per item, in addition."),
};
SHAPE(struct shipping_method_row, shipping_method_shape, "ShippingMethod", shipping_method_members);

static const struct member shipping_methods_members[] = {
	M_ARRAY(struct shipping_methods, results, n_results, "results", shipping_method_shape, RATES_MAX),
};
SHAPE_SHARED(struct shipping_methods, shipping_methods_shape, "ShippingMethods", shipping_methods_members);

/* With the currency's decimals; a rule for any currency has none, like JPY. */
static const char *
amount(struct arena *arena, struct decimal decimal, const char *currency)
{
	struct money money = { 0, "" };
	struct text  text = text_new(arena, MONEY_TEXT_SIZE);

	decimal_to_money(decimal, currency == NULL ? "JPY" : currency, &money);
	text_add_money(&text, money);
	return text.bytes;
}

static bool
is_any(const char *part)
{
	return strcmp(part, "*") == 0;
}

static struct shipping_method_row
row_of(struct arena *arena, const struct shipping_rule *rule, const struct shipping_query *query)
{
	const char *currency = query->currency != NULL ? query->currency : is_any(rule->currency) ? NULL : rule->currency;

	return (struct shipping_method_row) { .method = rule->method,
		.currency = currency,
		.country = query->country != NULL ? query->country
		    : is_any(rule->country)       ? NULL
						  : rule->country,
		.base = amount(arena, rule->base, currency),
		.per_item = amount(arena, rule->per_item, currency) };
}

struct shipping_methods
shipping_methods(struct work *work, const struct shipping_query *query)
{
	size_t                      count;
	const struct shipping_rule *rules = shipping_rules(rates_of(work->config), &count);
	struct shipping_methods     methods = { ARENA_ARRAY(work->arena, count, struct shipping_method_row), 0 };
	bool                        settled[SHIPPING__COUNT] = { false };

	for (size_t i = 0; i < count; i++) {
		if ((query->country != NULL && !rule_matches(rules[i].country, query->country)) ||
		    (query->currency != NULL && !rule_matches(rules[i].currency, query->currency)) || settled[rules[i].method])
			continue;
		methods.results[methods.n_results++] = row_of(work->arena, &rules[i], query);
		/* The first rule that matches applies; without place and currency any of them might. */
		settled[rules[i].method] = query->country != NULL && query->currency != NULL;
	}
	return methods;
}
