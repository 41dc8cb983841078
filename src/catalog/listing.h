/*
 * listing.h: product_listings, what the storefront shows, updated in the transaction of every change.
 *
 * A product has a row for its category, one for each above, and one for the whole shop, while it is published, not
 * deleted, and its merchant is active; else none.  Whoever changes a product, moves a category or finds a merchant's
 * status changed calls one of these before the commit.
 */
#ifndef LISTING_H
#define LISTING_H

#include "base/ids.h"
#include "store/work.h"

/* Rewrite a product's document, its listings and its words.  The caller has locked the product's row or has just inserted it. */
const struct problem *refresh_listing(struct work *work, struct product_id product);

/*
 * List many products that were just inserted, whose merchants, categories and brands the caller has locked.  A job tells the
 * search: until then they are found in lists only.
 */
const struct problem *list_new_products(struct work *work, const struct product_id *products, size_t count);

/*
 * Find products whose listings or documents are not what they should be, as after an upgrade under which an older program
 * still worked, and list them anew, each in a transaction of its own; *repaired is how many.
 */
const struct problem *repair_listings(struct work *work, int64_t *repaired);

/*
 * After a move of the category: its products are removed from `old_ancestors` and listed in its present ancestors, which
 * category_ancestors has already.
 */
const struct problem *refresh_category_listings(
    struct work *work, struct category_id category, const struct category_id *old_ancestors, size_t n_old);

/* After a change of the category's name or slug. */
const struct problem *mark_category_documents(struct work *work, struct category_id category);

/* After a change of the brand's name or slug; with NULL before the brand is deleted: its products then have no brand. */
const struct problem *refresh_brand_listings(struct work *work, struct brand_id brand, const char *new_name);

#endif
