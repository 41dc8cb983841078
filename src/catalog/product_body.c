/* Bodies of products and variants: see product_body.h. */
#include "catalog/product_body.h"

#include "base/arena.h"

#include <json-c/json.h>

enum { STOCK_MAX = 1000000000 };

static const struct member option_body_members[] = {
	M_TEXT(struct product_option, name, "name", 64, .required = true, .min = 1, .example = "\"size\""),
	M_TEXTS(struct product_option, values, n_values, "values", OPTION_VALUES_MAX, .required = true, .min = 1),
};
SHAPE(struct product_option, option_body_shape, "ProductOptionBody", option_body_members);

static const struct member image_body_members[] = {
	M_ID(struct image_body, id, "id", .description = "Of what was uploaded (POST /media)."),
	M_TEXT(struct image_body, url, "url", 1000, .nullable = true, .example = "\"https://pictures.example/pitcher.jpg\"",
	    .description = "Without an id: where a job fetches the picture, once."),
	M_TEXT(struct image_body, alt, "alt", MEDIA_ALT_MAX, .nullable = true, .example = "\"A pitcher of red clay\""),
};
SHAPE(struct image_body, image_body_shape, "ProductImageBody", image_body_members);

#define VARIANT_MEMBERS(first_required) \
	M_TEXT(struct variant_body, sku, "sku", 64, .required = (first_required), .min = 1, .example = "\"PITCHER-1L\""), \
	    M_DECIMAL( \
		struct variant_body, price, "price", .nullable = true, .description = "Absent or null: the product's price."), \
	    M_MAP(struct variant_body, options, "options", OPTIONS_MAX, \
		.description = "One value for each of the product's options."), \
	    M_TEXT(struct variant_body, barcode, "barcode", 64, .nullable = true, .example = "\"8901234567890\""), \
	    M_INTEGER(struct variant_body, weight_grams, "weight_grams", 0, 10000000, .nullable = true, .example = "1200")

static const struct member variant_create_members[] = {
	VARIANT_MEMBERS(true),
	M_INTEGER(struct variant_body, on_hand, "on_hand", 0, STOCK_MAX, .description = "The initial stock; by default 0."),
};
extern struct variant_body variant_create_shape_struct;
const struct shape         variant_create_shape = SHAPE_IS_(
	    struct variant_body, "VariantCreate", variant_create_members, .seen_offset = SEEN(struct variant_body, seen), .whole = true);

static const struct member variant_change_members[] = { VARIANT_MEMBERS(false) };
const struct shape         variant_change_shape =
    SHAPE_IS_(struct variant_body, "VariantChange", variant_change_members, .seen_offset = SEEN(struct variant_body, seen));

/* Elements of a product's `variants` where the product is replaced or changed. */
#define KNOWN_VARIANT_MEMBERS(first_required) \
	M_ID(struct variant_body, id, "id", \
	    .description = "The id of a variant of this product; if absent, the SKU identifies it."), \
	    VARIANT_MEMBERS(first_required), \
	    M_INTEGER(struct variant_body, on_hand, "on_hand", 0, STOCK_MAX, \
		.description = "The initial stock of a new variant, by default 0; not for an existing one.")

static const struct member listed_replace_members[] = { KNOWN_VARIANT_MEMBERS(true) };
SHAPE(struct variant_body, listed_replace_shape, "ListedVariantReplace", listed_replace_members,
    .seen_offset = SEEN(struct variant_body, seen), .whole = true);

static const struct member listed_change_members[] = { KNOWN_VARIANT_MEMBERS(false) };
SHAPE(struct variant_body, listed_change_shape, "ListedVariantChange", listed_change_members,
    .seen_offset = SEEN(struct variant_body, seen));

#define PRODUCT_MEMBERS(needed) \
	M_TEXT(struct product_body, name, "name", 200, .required = (needed), .min = 1, .example = "\"Clay water pitcher\""), \
	    M_TEXT( \
		struct product_body, description, "description", 20000, .multiline = true, .example = "\"Keeps water cool.\""), \
	    M_ID(struct product_body, category, "category_id", .required = (needed)), \
	    M_ID(struct product_body, brand, "brand_id", .nullable = true), \
	    M_DECIMAL(struct product_body, price, "price", .required = (needed), .description = "In the merchant's currency."), \
	    M_DECIMAL(struct product_body, compare_at_price, "compare_at_price", .nullable = true), \
	    M_DECIMAL( \
		struct product_body, cost_price, "cost_price", .nullable = true, .description = "Not visible to customers."), \
	    M_TEXT(struct product_body, currency, "currency", 3, .format = FORMAT_CURRENCY, \
		.description = "The merchant's currency; optional."), \
	    M_TEXT(struct product_body, tax_class, "tax_class", 32, .format = FORMAT_SLUG, .min = 1, .example = "\"standard\""), \
	    M_ENUM(struct product_body, status, "status", product_status_values, \
		.description = "A published product is visible while its merchant is active; by default draft."), \
	    M_BOOLEAN(struct product_body, is_featured, "is_featured"), \
	    M_ARRAY(struct product_body, options, n_options, "options", option_body_shape, OPTIONS_MAX, \
		.example = "[{\"name\":\"size\",\"values\":[\"small\",\"large\"]}]"), \
	    M_ARRAY(struct product_body, images, n_images, "images", image_body_shape, IMAGES_MAX), \
	    M_SPECS(struct product_body), M_METADATA_BODY(struct product_body, metadata)

static const struct member product_create_members[] = {
	PRODUCT_MEMBERS(true),
	M_ID(struct product_body, merchant, "merchant_id", .description = "Required for staff; for sellers their own."),
	M_ARRAY(struct product_body, variants, n_variants, "variants", variant_create_shape, VARIANTS_MAX, .required = true,
	    .min = 1),
};
const struct shape product_create_shape = SHAPE_IS_(struct product_body, "ProductCreate", product_create_members);

#define ALL_VARIANTS "Existing variants, found by SKU or id, are updated, others created; those not listed are deleted."

static const struct member product_replace_members[] = {
	PRODUCT_MEMBERS(true),
	M_ID(struct product_body, merchant, "merchant_id", .description = "The product's merchant; optional."),
	M_ARRAY(struct product_body, variants, n_variants, "variants", listed_replace_shape, VARIANTS_MAX, .required = true,
	    .min = 1, .description = ALL_VARIANTS),
};
const struct shape product_replace_shape = SHAPE_IS_(struct product_body, "ProductReplace", product_replace_members,
    .seen_offset = SEEN(struct product_body, seen), .whole = true);

static const struct member product_change_members[] = {
	PRODUCT_MEMBERS(false),
	M_ARRAY(struct product_body, variants, n_variants, "variants", listed_change_shape, VARIANTS_MAX, .min = 1,
	    .description = ALL_VARIANTS),
};
const struct shape product_change_shape =
    SHAPE_IS_(struct product_body, "ProductChange", product_change_members, .seen_offset = SEEN(struct product_body, seen));

static const struct member product_import_members[] = {
	PRODUCT_MEMBERS(false),
	M_ID(struct product_body, merchant, "merchant_id", .description = "The import's merchant; optional."),
	M_ARRAY(struct product_body, variants, n_variants, "variants", listed_change_shape, VARIANTS_MAX, .required = true,
	    .min = 1, .description = "Existing variants, found by SKU, are updated, others created; those not listed stay."),
	M_BOOLEAN(struct product_body, delete_missing_variants, "delete_missing_variants", .defaulted = true, .preset = 0,
	    .description = "Delete those variants of an existing product that are not listed."),
	M_TEXT(struct product_body, category_path, "category", 2500, .min = 1, .example = "\"home/kitchen\"",
	    .description = "In place of category_id: the category's slug, with those above before it or not."),
	M_TEXT(struct product_body, brand_name, "brand", 120, .nullable = true, .example = "\"Kashphul\"",
	    .description = "In place of brand_id: the brand's name."),
	M_TEXT(struct product_body, slug, "slug", 230, .min = 1, .format = FORMAT_SLUG, .nullable = true,
	    .description = "Of a new product, where it is free; by default made from its name."),
};
const struct shape product_import_shape =
    SHAPE_IS_(struct product_body, "ProductImport", product_import_members, .seen_offset = SEEN(struct product_body, seen));

void
check_options(const struct product_option *options, size_t count, struct arena *arena, struct faults *faults)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < i; j++)
			if (strcmp(options[i].name, options[j].name) == 0)
				faults_add(faults, arena_format(arena, "options.%zu.name", i), "is repeated");
		for (size_t a = 0; a < options[i].n_values; a++)
			for (size_t b = 0; b < a; b++)
				if (strcmp(options[i].values[a], options[i].values[b]) == 0)
					faults_add(faults, arena_format(arena, "options.%zu.values.%zu", i, a), "is repeated");
	}
}

static bool
has_value(const struct product_option *option, const char *value)
{
	for (size_t i = 0; i < option->n_values; i++)
		if (strcmp(option->values[i], value) == 0)
			return true;
	return false;
}

/* What an option's values become beside those of the other, which comes first. */
static struct product_option
join_values(struct arena *arena, const struct product_option *first, const struct product_option *second)
{
	const char          **values = ARENA_ARRAY(arena, first->n_values + second->n_values, const char *);
	struct product_option joined = { .name = first->name, .values = values, .n_values = first->n_values };

	for (size_t i = 0; i < first->n_values; i++)
		values[i] = first->values[i];
	for (size_t i = 0; i < second->n_values; i++)
		if (!has_value(first, second->values[i]))
			values[joined.n_values++] = second->values[i];
	return joined;
}

void
join_options(struct arena *arena, const struct product_body *before, struct product_body *added, struct faults *faults)
{
	struct product_option *joined = ARENA_ARRAY(arena, before->n_options + added->n_options, struct product_option);
	size_t                 count = before->n_options;

	for (size_t i = 0; i < count; i++)
		joined[i] = before->options[i];
	for (size_t i = 0; i < added->n_options; i++) {
		size_t at = 0;

		while (at < count && strcmp(joined[at].name, added->options[i].name) != 0)
			at++;
		if (at == count)
			joined[count++] = added->options[i];
		else
			joined[at] = join_values(arena, &joined[at], &added->options[i]);
		if (joined[at].n_values > OPTION_VALUES_MAX)
			faults_add(faults, "options",
			    arena_format(arena, "must have at most %d values each, with those there are", OPTION_VALUES_MAX));
	}
	if (count > OPTIONS_MAX)
		faults_add(faults, "options", arena_format(arena, "must be at most %d, with those there are", OPTIONS_MAX));
	added->options = joined;
	added->n_options = count;
}

void
check_images(const struct image_body *images, size_t count, struct arena *arena, struct faults *faults)
{
	for (size_t i = 0; i < count; i++) {
		if (images[i].id == NULL && images[i].url == NULL)
			faults_add(faults, arena_format(arena, "images.%zu", i), "needs an id or a url");
		else if (images[i].id == NULL && format_fault(FORMAT_URL, images[i].url) != NULL)
			faults_add(faults, arena_format(arena, "images.%zu.url", i), "must be an absolute http or https URL");
	}
}

void
check_choice(const struct product_option *options, size_t count, const char *choice, const char *where, struct arena *arena,
    struct faults *faults)
{
	struct json_object *json = json_read(arena, choice == NULL ? "{}" : choice, choice == NULL ? 2 : strlen(choice));
	size_t              known = 0;

	for (size_t i = 0; i < count; i++) {
		struct json_object *value;

		if (!json_object_object_get_ex(json, options[i].name, &value)) {
			faults_add(faults, arena_format(arena, "%s.%s", where, options[i].name), "is required");
			continue;
		}
		known++;
		if (!has_value(&options[i], json_object_get_string(value)))
			faults_add(
			    faults, arena_format(arena, "%s.%s", where, options[i].name), "is not one of the option's values");
	}
	if (known < (size_t)json_object_object_length(json))
		faults_add(faults, where, "has an option that the product does not have");
}

static const char *
choice_text(const struct variant_body *variant)
{
	return variant->options == NULL ? "{}" : variant->options;
}

void
check_variants(const struct product_option *options, size_t n_options, const struct variant_body *variants, size_t count,
    struct arena *arena, struct faults *faults)
{
	if (n_options == 0 && count != 1)
		faults_add(faults, "variants", "must have exactly one element if the product has no options");
	for (size_t i = 0; i < count; i++) {
		check_choice(
		    options, n_options, variants[i].options, arena_format(arena, "variants.%zu.options", i), arena, faults);
		for (size_t j = 0; j < i; j++) {
			if (strcmp(variants[i].sku, variants[j].sku) == 0)
				faults_add(faults, arena_format(arena, "variants.%zu.sku", i), "is repeated");
			if (n_options > 0 && strcmp(choice_text(&variants[i]), choice_text(&variants[j])) == 0)
				faults_add(
				    faults, arena_format(arena, "variants.%zu.options", i), "are the same as another variant's");
		}
	}
}

int64_t *
amount_minor(const struct decimal *amount, const char *currency, const char *where, struct arena *arena, struct faults *faults)
{
	struct money money;
	int64_t     *minor;

	if (amount == NULL)
		return NULL;
	if (!decimal_to_money(*amount, currency, &money)) {
		faults_add(faults, where,
		    arena_format(arena, "is too large, or has more than the %d decimal places of %s", currency_exponent(currency),
			currency));
		return NULL;
	}
	minor = ARENA_NEW(arena, int64_t);
	*minor = money.minor;
	return minor;
}

struct decimal *
amount_as_body(const int64_t *minor, const char *currency, struct arena *arena)
{
	struct decimal *amount;

	if (minor == NULL)
		return NULL;
	amount = ARENA_NEW(arena, struct decimal);
	*amount = (struct decimal) { *minor, currency_exponent(currency) };
	return amount;
}

void
parse_options(const char *json, struct arena *arena, struct product_option **options, size_t *count)
{
	struct json_object *array = json_read(arena, json, strlen(json));
	struct faults       ignored = { .count = 0 };

	*count = array == NULL ? 0 : json_object_array_length(array);
	*options = ARENA_ARRAY(arena, *count, struct product_option);
	for (size_t i = 0; i < *count; i++)
		shape_parse(&option_body_shape, json_object_array_get_idx(array, i), arena, &(*options)[i], &ignored);
}

const struct problem *
adjust_problem(struct arena *arena, const struct faults *faults)
{
	if (faults->count == 0)
		return OK;
	return problem_faults(
	    arena, PROBLEM_ADJUST_STOCK, "the stock of an existing variant can only be changed by an adjustment", faults);
}
