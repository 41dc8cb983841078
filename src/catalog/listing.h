/*
 * listing.h: product_listings, what the storefront shows, kept true in the transaction of every change.
 *
 * A product has a row for its category, one for each above, and one for the whole shop, while it is published, not
 * deleted, and its merchant is active; else none.  Whoever changes a product, moves a category or finds a merchant's
 * status changed calls one of these before the commit.
 */
#ifndef LISTING_H
#define LISTING_H

#include "base/ids.h"
#include "store/work.h"

/* Write a product's listings anew.  The caller has the product's row locked or has just made it. */
const struct problem *refresh_listing(struct work *work, struct product_id product);

/*
 * The products below `category` leave the categories `old_ancestors` and are listed under what is above it now.  After
 * category_ancestors was rewritten.
 */
const struct problem *list_moved_category(struct work *work, struct category_id category,
    const struct category_id *old_ancestors, size_t n_old);

/* The brand has another name now; or, NULL, it is about to be deleted and its products lose it. */
const struct problem *refresh_brand_listings(struct work *work, struct brand_id brand, const char *new_name);

#endif
