/*
 * catalog.h: what is sold: categories, brands, products and their variants.
 *
 * A product belongs to a merchant and is sold in its variants, at least one; what can be bought is a variant.  Product
 * and variant rows are written here only.  product_listings, what the storefront shows, is updated by listing.c in
 * the transaction of every change.  Stock is inventory's, but for the initial stock of a new variant.
 */
#ifndef CATALOG_H
#define CATALOG_H

#include "base/shape.h"
#include "store/work.h"

struct job;
struct route_table;

extern const struct route_table category_table, brand_table, product_table, shop_table;

/* A variant as buyers see it. */
struct offer {
	struct variant_id  variant;
	struct product_id  product;
	struct merchant_id merchant;
	const char        *name, *slug, *sku;
	const char        *options; /* JSON object of strings, names in order: {"colour":"red","size":"M"} */
	const char        *tax_class;
	struct money       price;     /* the variant's own or its product's */
	bool               on_sale;   /* published, not deleted, by an active merchant */
	int64_t            available; /* in stock and not reserved */
};
/* The members of a row that is an offer, or has one `at` ("offer."), their columns, and where those come from. */
#define OFFER_MEMBERS(row, at) \
	M_ID(row, at variant, "variant_id", .computed = true), M_ID(row, at product, "product_id", .column = "id"), \
	    M_ID(row, at merchant, "merchant_id"), M_TEXT(row, at name, "name", 200, .required = true), \
	    M_TEXT(row, at slug, "slug", 230, .required = true), \
	    M_TEXT(row, at sku, "sku", 64, .required = true, .computed = true), \
	    M_MAP(row, at options, "options", 3, .required = true, .computed = true), \
	    M_TEXT(row, at tax_class, "tax_class", 32, .required = true), M_MONEY(row, at price, "price", .computed = true), \
	    M_BOOLEAN(row, at on_sale, "on_sale", .computed = true), \
	    M_INTEGER(row, at available, "available", 0, INT64_MAX, .computed = true)
#define OFFER_COLUMNS \
	"{p}, v.id AS variant_id, v.sku, v.options, IFNULL(v.price_minor, p.price_minor) AS price_minor, p.currency, " \
	"v.deleted_at IS NULL AND p.deleted_at IS NULL AND p.status = 'published' AND m.status = 'active' AS on_sale, " \
	"i.on_hand - i.reserved AS available"
#define OFFER_TABLES \
	"variants v JOIN products p ON p.id = v.product_id JOIN merchants m ON m.id = p.merchant_id " \
	"JOIN inventory i ON i.variant_id = v.id"

/* The offer of a variant; *offer is NULL when there is no such variant. */
const struct problem *catalog_offer(struct work *work, struct variant_id variant, struct offer **offer);

/* A product that everybody may see. */
struct product_name {
	struct product_id  id;
	struct merchant_id merchant;
	struct category_id category;
	const char        *slug;
};

/* By id or slug (NULL: not found); NOT_FOUND, also for one that is not listed. */
const struct problem *catalog_find(struct work *work, const char *id_or_slug, struct product_name **product);

/*
 * The first lock of who writes what belongs to a product, of which it counts or shows something.  Inside a transaction.
 * NOT_FOUND for one that never was.
 */
const struct problem *catalog_lock(struct work *work, struct product_id product);

/*
 * The product's reviews have changed: `count` more of them are visible (fewer below 0), with `sum` more in their ratings, and
 * `top` is the JSON array of the most liked.  The caller has locked the product (catalog_lock).
 */
const struct problem *catalog_reviewed(struct work *work, struct product_id product, int64_t count, int64_t sum, const char *top);

/* Add `quantity` to the sales counter of a product and to its listings; inside a transaction. */
const struct problem *catalog_count_sales(struct work *work, struct product_id product, int64_t quantity);

/*
 * The available quantity of these variants has become 0 or has come from 0: brings the state of their products up to date
 * (catalog/document.h).  The last statements of the transaction that changed the stock, whose rows it has locked; a variant
 * that did not cross does no harm.
 */
const struct problem *catalog_stock_crossed(struct work *work, const struct variant_id *variants, size_t n);

/*
 * What memcached keeps of the catalogue (catalog/shown.h), within the transaction of the change: what a product's document or
 * its row in a list shows has changed; or only how many there are of some variants.
 */
void catalog_changed(struct work *work, const struct product_id *products, size_t n);
void catalog_stock_changed(struct work *work, const struct variant_id *variants, size_t n);

/* The same of a product's variants, by the slug that the transaction has read of it while it was on sale. */
void catalog_stock_taken(struct work *work, struct product_id product, const char *slug);

/* Jobs: forget the cached category tree again; refresh a merchant's listings after its status changed. */
const struct problem *invalidate_tree_job(struct work *work, const struct job *job);
const struct problem *relist_merchant_job(struct work *work, const struct job *job);

/* The job that prints the documents that are out of date. */
const struct problem *show_media_job(struct work *work, const struct job *job); /* a picture is ready */
const struct problem *print_documents_job(struct work *work, const struct job *job);
/* Jobs: the search follows a category or a brand; how many products have each of its words. */
const struct problem *search_category_job(struct work *work, const struct job *job);
const struct problem *search_brand_job(struct work *work, const struct job *job);
const struct problem *search_products_job(struct work *work, const struct job *job);
const struct problem *count_words_job(struct work *work, const struct job *job);

#endif
