/* Products as a file has them: see product_export.h. */
#include "catalog/product_export.h"

#include "base/arena.h"
#include "base/config.h"
#include "catalog/category.h"
#include "media/media.h"
#include "store/db.h"

static const struct member exported_variant_members[] = {
	M_ID(struct exported_variant, product, "product_id", .hidden = true, .computed = true),
	M_TEXT(struct exported_variant, sku, "sku", 64, .required = true),
	M_MONEY(struct exported_variant, price, "price"),
	M_TEXT(struct exported_variant, currency, "currency", 3, .hidden = true, .computed = true),
	M_MAP(struct exported_variant, options, "options", OPTIONS_MAX, .required = true),
	M_TEXT(struct exported_variant, barcode, "barcode", 64),
	M_INTEGER(struct exported_variant, weight_grams, "weight_grams", 0, INT32_MAX),
	M_INTEGER(struct exported_variant, on_hand, "on_hand", 0, INT64_MAX, .computed = true),
};
SHAPE(struct exported_variant, exported_variant_shape, "ExportedVariant", exported_variant_members);

static const struct member exported_image_members[] = {
	M_ID(struct exported_image, id, "id"),
	M_TEXT(struct exported_image, alt, "alt", MEDIA_ALT_MAX),
	M_TEXT(struct exported_image, url, "url", 1000,
	    .description = "Where it came from, or is: what a shop fetches it from that does not know its id."),
};
SHAPE_SHARED(struct exported_image, exported_image_shape, "ExportedImage", exported_image_members);

static const struct member exported_product_members[] = {
	M_ID(struct exported_product, id, "id", .hidden = true),
	M_TIME(struct exported_product, created_at, "created_at", .hidden = true),
	M_TEXT(struct exported_product, slug, "slug", 230, .required = true),
	M_TEXT(struct exported_product, name, "name", 200, .required = true),
	M_TEXT(struct exported_product, description, "description", 20000, .required = true, .multiline = true),
	M_TEXT(struct exported_product, category, "category", 2500, .required = true, .computed = true),
	M_TEXT(struct exported_product, brand, "brand", 120, .computed = true),
	M_MONEY(struct exported_product, price, "price"),
	M_MONEY(struct exported_product, compare_at_price, "compare_at_price"),
	M_MONEY(struct exported_product, cost_price, "cost_price"),
	M_TEXT(struct exported_product, currency, "currency", 3, .required = true),
	M_TEXT(struct exported_product, tax_class, "tax_class", 32, .required = true),
	M_ENUM(struct exported_product, status, "status", product_status_values),
	M_BOOLEAN(struct exported_product, is_featured, "is_featured"),
	M_JSON(struct exported_product, options, "options", product_option_shape, OPTIONS_BYTES, .required = true),
	M_ARRAY(struct exported_product, images, n_images, "images", exported_image_shape, IMAGES_MAX),
	M_SPECS(struct exported_product, .required = true),
	M_METADATA(struct exported_product, metadata, .required = true),
	M_ARRAY(struct exported_product, variants, n_variants, "variants", exported_variant_shape, VARIANTS_MAX),
};
SHAPE_SHARED(struct exported_product, exported_product_shape, "ExportedProduct", exported_product_members);

#define EXPORT_SELECT \
	"SELECT {p}, " CATEGORY_PATH( \
	    "p.category_id") " AS category, " \
			     "(SELECT b.name FROM brands b WHERE b.id = p.brand_id) AS brand FROM products p "

/* The rows of a product among those of many, which stand in the order of the products' ids, each with its id first. */
static void *
rows_of(struct product_id product, void *rows, size_t size, size_t n, size_t *count)
{
	const char *row = rows;
	size_t      from = 0, to = n;

	while (from < to) { /* the first that is not before the product */
		size_t half = from + (to - from) / 2;

		if (uuid_compare(row + half * size, &product.uuid) < 0)
			from = half + 1;
		else
			to = half;
	}
	for (*count = 0; from + *count < n && uuid_compare(row + (from + *count) * size, &product.uuid) == 0;)
		++*count;
	return (char *)rows + from * size;
}

static const char *
image_url(struct work *work, const struct media *media)
{
	if (media->source != NULL || media->url == NULL || media->n_sizes == 0)
		return media->source;
	return *media->url == '/' ? arena_format(work->arena, "%s%s", work->config->public_url, media->url) : media->url;
}

static const struct problem *
give_images(struct work *work, struct exported_product *products, size_t count)
{
	struct uuid       *ids = ARENA_ARRAY(work->arena, count, struct uuid);
	struct media_list *lists;

	for (size_t i = 0; i < count; i++)
		ids[i] = products[i].id.uuid;
	TRY(media_of(work, MEDIA_OF_PRODUCT, ids, count, &lists));
	for (size_t i = 0; i < count; i++) {
		products[i].images = ARENA_ARRAY(work->arena, lists[i].n, struct exported_image);
		products[i].n_images = lists[i].n;
		for (size_t k = 0; k < lists[i].n; k++) {
			const struct media *media = &lists[i].media[k];

			products[i].images[k] = (struct exported_image) { media->id, media->alt, image_url(work, media) };
		}
	}
	return OK;
}

static const struct problem *
give_parts(struct work *work, struct exported_product *products, size_t count)
{
	struct parameter        *ids = ARENA_ARRAY(work->arena, count, struct parameter);
	struct exported_variant *variants;
	size_t                   n_variants;

	if (count == 0)
		return OK;
	for (size_t i = 0; i < count; i++)
		ids[i] = P(products[i].id);
	TRY(db_rows_many(work->db, &exported_variant_shape, count * VARIANTS_MAX, &variants, &n_variants,
	    "SELECT {v}, v.product_id, p.currency, i.on_hand FROM products p JOIN variants v ON v.product_id = p.id "
	    "JOIN inventory i ON i.variant_id = v.id WHERE p.id IN ([?]) AND v.deleted_at IS NULL "
	    "ORDER BY v.product_id, v.position, v.id",
	    count, count, ids));
	for (size_t i = 0; i < count; i++)
		products[i].variants = rows_of(products[i].id, variants, sizeof *variants, n_variants, &products[i].n_variants);
	return give_images(work, products, count);
}

const struct problem *
read_exported(struct work *work, const struct product_id *ids, size_t n, struct exported_product **products, size_t *count)
{
	struct parameter *values = ARENA_ARRAY(work->arena, n, struct parameter);

	*count = 0;
	if (n == 0)
		return OK;
	for (size_t i = 0; i < n; i++)
		values[i] = P(ids[i]);
	TRY(db_rows_many(work->db, &exported_product_shape, n, products, count, EXPORT_SELECT "WHERE p.id IN ([?]) ORDER BY p.id",
	    n, n, values));
	return give_parts(work, *products, *count);
}

const struct problem *
export_page(struct work *work, const struct merchant_id *merchant, struct export_place *place, struct exported_product **products,
    size_t *count)
{
	if (merchant != NULL)
		TRY(db_rows(work->db, &exported_product_shape, EXPORT_PAGE, products, count,
		    EXPORT_SELECT
		    "FORCE INDEX (ix_products_merchant) WHERE p.merchant_id = ? AND p.created_at >= ? "
		    "AND (p.created_at > ? OR p.id > ?) AND p.deleted_at IS NULL ORDER BY p.created_at, p.id LIMIT ?",
		    P(merchant), P(place->created_at), P(place->created_at), P(place->id), P(EXPORT_PAGE)));
	else
		TRY(db_rows(work->db, &exported_product_shape, EXPORT_PAGE, products, count,
		    EXPORT_SELECT "FORCE INDEX (ix_products_created) WHERE p.created_at >= ? AND (p.created_at > ? OR p.id > ?) "
				  "AND p.deleted_at IS NULL ORDER BY p.created_at, p.id LIMIT ?",
		    P(place->created_at), P(place->created_at), P(place->id), P(EXPORT_PAGE)));
	if (*count > 0)
		*place = (struct export_place) { (*products)[*count - 1].created_at, (*products)[*count - 1].id };
	return give_parts(work, *products, *count);
}
