/* Rules of a product's body that need more than the body: the tax classes there are, and names that only look different. */
#include "catalog/product_write.h"

#include "base/config.h"
#include "base/text.h"

#include <unicase.h>
#include <uninorm.h>

static const char standard_class[] = "standard";

static bool
is_class_of(const char *rule, const char *tax_class, size_t length)
{
	return strncmp(rule, tax_class, length) == 0 && rule[length] == ':';
}

/* Does a rule that stands before this one name its class too? */
static bool
named_before(const char *const *rules, const char *const *rule, size_t length)
{
	for (; rules < rule; rules++)
		if (is_class_of(*rules, *rule, length))
			return true;
	return false;
}

void
check_tax_class(struct work *work, const char *tax_class, struct faults *faults)
{
	const char *const *rules = work->config->orders.tax;
	struct text        all = text_new(work->arena, 128);

	TEXT_ADD(&all, "must be one of ");
	text_add_string(&all, standard_class);
	if (strcmp(tax_class, standard_class) == 0)
		return;
	for (const char *const *rule = rules; *rule != NULL; rule++) {
		size_t length = strcspn(*rule, ":");

		if (is_class_of(*rule, tax_class, strlen(tax_class)) && **rule != '*')
			return;
		if (**rule != '*' && !is_class_of(*rule, standard_class, length) && !named_before(rules, rule, length))
			text_addf(&all, ", %.*s", (int)length, *rule);
	}
	faults_add(faults, "tax_class", all.bytes);
}

bool
looks_equal(const char *a, const char *b)
{
	int order = 1;

	if (u8_casecmp((const uint8_t *)a, strlen(a), (const uint8_t *)b, strlen(b), NULL, UNINORM_NFKC, &order) != 0)
		abort(); /* no memory: the names are valid UTF-8 */
	return order == 0;
}

const struct problem *
check_option_twins(struct work *work, const struct product_option *options, size_t count)
{
	struct faults twins = { .count = 0 };

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < i; j++)
			if (looks_equal(options[i].name, options[j].name))
				faults_add(&twins, arena_format(work->arena, "options.%zu.name", i),
				    arena_format(work->arena, "is equivalent to \"%s\"", options[j].name));
		for (size_t a = 0; a < options[i].n_values; a++)
			for (size_t b = 0; b < a; b++)
				if (looks_equal(options[i].values[a], options[i].values[b]))
					faults_add(&twins, arena_format(work->arena, "options.%zu.values.%zu", i, a),
					    arena_format(work->arena, "is equivalent to \"%s\"", options[i].values[b]));
	}
	if (twins.count == 0)
		return OK;
	return problem_faults(
	    work->arena, PROBLEM_DUPLICATE_KEY, "two options, or two values of an option, are equivalent; see details", &twins);
}

void
check_reduction(const int64_t *price_minor, const int64_t *compare_at_price_minor, struct faults *faults)
{
	if (price_minor != NULL && compare_at_price_minor != NULL && *compare_at_price_minor < *price_minor)
		faults_add(faults, "compare_at_price", "must not be below the price");
}

void
check_variant_reduction(
    const int64_t *price_minor, const int64_t *compare_at_price_minor, const char *where, struct faults *faults)
{
	if (price_minor != NULL && compare_at_price_minor != NULL && *compare_at_price_minor < *price_minor)
		faults_add(faults, where, "must not be above the product's compare_at_price");
}
