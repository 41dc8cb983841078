/* Products as rows of CSV: a variant each, the product's own columns in its first. */
#include "base/csv.h"
#include "base/text.h"
#include "catalog/product_export.h"
#include "imports/columns.h"
#include "imports/import.h"

#include <string.h>

/* In the order of import_columns, but for what only an import reads. */
static const char *const exported[] = { "slug", "name", "description", "category", "brand", "price", "compare_at_price",
	"cost_price", "currency", "tax_class", "status", "is_featured", "options", "images", "specs", "metadata", "sku",
	"variant_price", "variant_options", "barcode", "weight_grams", "on_hand" };
enum { EXPORTED = sizeof exported / sizeof *exported, OF_PRODUCT = 16 };

void
export_csv_head(struct text *text)
{
	for (size_t i = 0; i < EXPORTED; i++)
		text_addf(text, "%s%s", i == 0 ? "" : ",", exported[i]);
	TEXT_ADD(text, "\r\n");
}

static void
add_text(struct text *text, const char *cell)
{
	csv_add_cell(text, cell == NULL ? "" : cell);
	text_add_char(text, ',');
}

static void
add_money(struct text *text, const struct money *money)
{
	if (money != NULL)
		text_add_money(text, *money);
	text_add_char(text, ',');
}

static void
add_images(struct text *text, const struct exported_product *product)
{
	struct text json = text_new(text->arena, 256);

	shape_print_array(&exported_image_shape, product->images, product->n_images, &json);
	add_text(text, json.bytes);
}

static void
add_product(struct text *text, const struct exported_product *product)
{
	add_text(text, product->slug);
	add_text(text, product->name);
	add_text(text, product->description);
	add_text(text, product->category);
	add_text(text, product->brand);
	add_money(text, &product->price);
	add_money(text, product->compare_at_price);
	add_money(text, product->cost_price);
	add_text(text, product->currency);
	add_text(text, product->tax_class);
	add_text(text, product_status_values[product->status]);
	add_text(text, product->is_featured ? "true" : "false");
	add_text(text, product->options);
	add_images(text, product);
	add_text(text, product->specs);
	add_text(text, product->metadata);
}

static void
add_variant(struct text *text, const struct exported_variant *variant)
{
	add_text(text, variant->sku);
	add_money(text, variant->price);
	add_text(text, variant->options);
	add_text(text, variant->barcode);
	if (variant->weight_grams != NULL)
		text_add_integer(text, *variant->weight_grams);
	text_add_char(text, ',');
	text_add_integer(text, variant->on_hand);
	TEXT_ADD(text, "\r\n");
}

void
export_csv(const struct exported_product *product, struct text *text)
{
	for (size_t i = 0; i < product->n_variants; i++) {
		if (i == 0)
			add_product(text, product);
		for (int column = 0; i > 0 && column < OF_PRODUCT; column++)
			text_add_char(text, ',');
		add_variant(text, &product->variants[i]);
	}
}
