/*
 * wishlist.h: the products that the viewer has put aside to buy later.
 *
 * A product that is not shown any more stays on the list, and is left out of it until it is shown again.
 */
#ifndef WISHLIST_H
#define WISHLIST_H

#include "base/ids.h"
#include "store/work.h"

struct listed;
struct page_request;
struct text;

enum { WISHLIST_MAX = 500, BACK_TOLD_DAYS = 7 };

/* One page of the viewer's, the last added first, as a JSON array of product summaries; their prices also in the display currency (NULL:
 * in none).  BAD_CURSOR. */
const struct problem *list_wishlist(struct work *work, const struct page_request *page, const char *display_currency,
    struct text *products, struct listed *listed);

/* By id or slug; twice is once.  NOT_FOUND; CONFLICT beyond WISHLIST_MAX.  Inside a transaction. */
const struct problem *add_to_wishlist(struct work *work, const char *id_or_slug);

/* One that is not on the list does no harm.  NOT_FOUND for a product that is not shown and named by its slug. */
const struct problem *remove_from_wishlist(struct work *work, const char *id_or_slug);

/*
 * Moves the product to the cart: `variant` of it, or with NULL its only one.  NOT_FOUND unless it is on the list;
 * VALIDATION_FAILED at "variant_id"; else what add_to_cart says.  Inside a transaction.
 */
const struct problem *move_to_cart(struct work *work, const char *id_or_slug, const struct variant_id *variant, int64_t quantity);

/*
 * The next of those who have the product on their list and are to be told that it can be bought again: at most `limit`, each
 * at most once in BACK_TOLD_DAYS, however often the stock comes and goes.  Inside a transaction, which has told them.
 */
const struct problem *claim_told_back(
    struct work *work, struct product_id product, size_t limit, struct user_id *users, size_t *count);

/*
 * The same of those who are to be told that it costs less: can be bought, and for less than when they put it aside and than
 * they were told before.  The price that it has now is then what they know.
 */
const struct problem *claim_told_price(
    struct work *work, struct product_id product, size_t limit, struct user_id *users, size_t *count);

#endif
