/*
 * shown.h: the catalogue's documents in memcached (store/stamped.h): what they are called, and what stamps they stand under.
 *
 * A list page stands under its category's stamp (or the whole shop's), a product under its own, each by id and by slug as
 * they may be asked for; all under SHOWN_STAMP too (accounts/merchants.h), for what shows in many: names of categories and
 * brands, the state of a merchant.  Pages ordered by sales stand under a stamp of their own besides, which each sale renews.
 * How many there are of a variant is shown by its product alone: an order renews the products' stamps, and no page's unless a
 * product sells out or is there again.
 *
 * Who writes says so within the transaction (catalog_changed and its like in catalog.h); the stamps are renewed after it.
 */
#ifndef SHOWN_H
#define SHOWN_H

#include "base/ids.h"
#include "base/problem.h"
#include "store/stamped.h"
#include "store/work.h"

/*
 * The key of a page of published products: `query` as the client sent it, `category` by id or slug (NULL: the whole shop).
 * False when such a page is not kept.
 */
bool shown_page_key(struct work *work, const char *query, const char *category, bool by_sales, struct stamped_key *key);

/* The key of a product, by id or slug. */
bool shown_product_key(struct work *work, const char *id_or_slug, struct stamped_key *key);

/* Makes the key that of the document in another currency (NULL: it stays), which stands under the stamp of the rates, too. */
void shown_displayed(struct work *work, const char *display_currency, struct stamped_key *key);

/* The key of a shop's page, by id or slug: it stands under a stamp that each change of one of its products renews. */
bool shown_shop_key(struct work *work, const char *id_or_slug, struct stamped_key *key);
/*
 * The key of what belongs to a product and is shown beside it: `part` ("reviews"), by id or slug; `query` as the client sent it.
 * False when it is not kept.
 */
bool shown_part_key(struct work *work, const char *part, const char *id_or_slug, const char *query, struct stamped_key *key);

/*
 * The same of other products that are shown beside one: they stand under the stamp of the whole shop, too, and those that are
 * in the order of their sales under that of the sales.
 */
bool shown_beside_key(
    struct work *work, const char *part, const char *id_or_slug, const char *query, bool by_sales, struct stamped_key *key);

/* What only its own document shows of a product has changed. */
void shown_product_changed(struct work *work, struct product_id product);

/* A product was sold: its counter, and the order of the best sold. */
void shown_sales_changed(struct work *work, struct product_id product);

/* What shows in many documents has changed. */
void shown_all_changed(struct work *work);

/* A product is about to be listed elsewhere, or no longer: notes where it is listed now. */
const struct problem *shown_unlisting(struct work *work, struct product_id product);

/* Products were listed that were not before: the pages that list them now. */
const struct problem *shown_listed(struct work *work, const struct product_id *products, size_t count);

#endif
