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

extern const struct route_table category_table, brand_table, product_table;

/* A variant as buyers see it: the rows of catalog_offers. */
struct offer {
	struct variant_id  variant;
	struct product_id  product;
	struct merchant_id merchant;
	struct category_id category;
	const char        *name, *slug, *sku;
	const char        *options; /* JSON object of strings, names in order: {"colour":"red","size":"M"} */
	const char        *image;   /* URL or path, or NULL */
	const char        *tax_class;
	struct money       price;     /* the variant's own or its product's */
	bool               on_sale;   /* published, not deleted, by an active merchant */
	int64_t            available; /* in stock and not reserved */
};
SHAPE_DECLARE(struct offer, offer_shape);

enum { OFFERS_MAX = 100 };

/*
 * The offers of at most OFFERS_MAX variants in one round trip: offers[i] is that of variants[i], NULL when there is no
 * such variant.  A variant may occur more than once.
 */
const struct problem *catalog_offers(struct work *work, const struct variant_id *variants, size_t count, struct offer ***offers);

/* Add `quantity` to the sales counter of a product and to its listings; inside a transaction. */
const struct problem *catalog_count_sales(struct work *work, struct product_id product, int64_t quantity);

/*
 * The available quantity of these variants has become 0 or has come from 0: brings the state of their products up to date
 * (catalog/document.h).  The last statements of the transaction that changed the stock, whose rows it has locked; a variant
 * that did not cross does no harm.
 */
const struct problem *catalog_stock_crossed(struct work *work, const struct variant_id *variants, size_t n);

/* Jobs: forget the cached category tree again; refresh a merchant's listings after its status changed. */
const struct problem *invalidate_tree_job(struct work *work, const struct job *job);
const struct problem *relist_merchant_job(struct work *work, const struct job *job);

/* The job that prints the documents that are out of date. */
const struct problem *print_documents_job(struct work *work, const struct job *job);

#endif
