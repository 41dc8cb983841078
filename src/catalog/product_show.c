/* One product, whole: two round trips. */
#include "catalog/product.h"

#include "http/request.h"
#include "store/db.h"

/* What everybody may see, and what is one's own. */
#define PRODUCT_SELECT                                                                         \
	"SELECT p.id, p.slug, p.name, p.description, p.price_minor, p.compare_at_price_minor, " \
	"IF(? OR p.merchant_id = ?, p.cost_price_minor, NULL) AS cost_price_minor, p.currency, " \
	"p.merchant_id AS `merchant.id`, m.shop_name AS `merchant.shop_name`, "                \
	"p.category_id AS `category.id`, c.name AS `category.name`, c.slug AS `category.slug`, " \
	"p.brand_id AS `brand.id`, b.name AS `brand.name`, b.slug AS `brand.slug`, "           \
	"JSON_VALUE(p.images, '$[0].url') AS image, p.images, p.options, p.rating_average AS rating, p.rating_count, " \
	"p.sales_count, p.tax_class, p.status, p.is_featured, p.version, p.created_at, p.updated_at " \
	"FROM products p JOIN merchants m ON m.id = p.merchant_id JOIN categories c ON c.id = p.category_id " \
	"LEFT JOIN brands b ON b.id = p.brand_id "

#define PRODUCT_VISIBLE                                                                        \
	"AND p.deleted_at IS NULL AND ((p.status = 'published' AND m.status = 'active') OR ? OR p.merchant_id = ?)"

struct keeper
product_keeper(const struct request *request)
{
	return (struct keeper) { .staff = MAY(request->work, CATALOG_WRITE),
		.merchant = MAY(request->work, CATALOG_WRITE_OWN) ? request->work->viewer.merchant : NULL };
}

static const struct problem *
read_variants(struct work *work, struct product *product)
{
	TRY(db_rows(work->db, &variant_shape, VARIANTS_MAX, &product->variants, &product->n_variants,
	    "SELECT v.id, v.sku, v.options, IFNULL(v.price_minor, ?) AS price_minor, ? AS currency, v.barcode, v.weight_grams, "
	    "i.on_hand - i.reserved AS available "
	    "FROM variants v JOIN inventory i ON i.variant_id = v.id "
	    "WHERE v.product_id = ? AND v.deleted_at IS NULL ORDER BY v.position, v.id",
	    P(product->price.minor), P(product->currency), P(product->id)));
	for (size_t i = 0; i < product->n_variants; i++)
		product->in_stock = product->in_stock || product->variants[i].available > 0;
	return OK;
}

const struct problem *
read_product(struct work *work, const struct keeper *keeper, struct product_id id, const char *slug, struct product **product)
{
	const struct merchant_id *own = keeper->merchant;

	if (slug == NULL)
		TRY(db_row(work->db, &product_shape, product, PRODUCT_SELECT "WHERE p.id = ? " PRODUCT_VISIBLE,
		    P(keeper->staff), P(own), P(id), P(keeper->staff), P(own)));
	else
		TRY(db_row(work->db, &product_shape, product, PRODUCT_SELECT "WHERE p.slug = ? " PRODUCT_VISIBLE,
		    P(keeper->staff), P(own), P(slug), P(keeper->staff), P(own)));
	if (*product == NULL)
		return problem(NOT_FOUND, "there is no such product, or it is not yours");
	return read_variants(work, *product);
}

const struct problem *
show_product(struct request *request)
{
	struct keeper     keeper = product_keeper(request);
	const char       *name = path_text(request, "product");
	struct product_id id = { .uuid = { { 0 } } };
	struct product   *product;

	if (name == NULL)
		return problem(NOT_FOUND, "there is no such product, or it is not yours");
	TRY(read_product(request->work, &keeper, id, uuid_parse(name, &id.uuid) ? NULL : name, &product));
	return respond_tagged(request, product, product->id.uuid, product->version);
}
