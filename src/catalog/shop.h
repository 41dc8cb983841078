/*
 * shop.h: a merchant's shop as everybody sees it, and as its owner edits it.
 *
 * It stands above the products, because its page counts them and each of them shows its name.
 */
#ifndef SHOP_PAGE_H
#define SHOP_PAGE_H

#include "accounts/accounts.h"
#include "media/media.h"
#include "store/version.h"

/* The public page. */
struct shop {
	struct merchant_id id;
	const char        *shop_name, *slug, *description, *contact;
	struct media      *logo;
	const char        *rating; /* "4.50": the mean of all ratings of its products */
	int64_t            rating_count, product_count;
	struct instant     created_at;
};
SHAPE_DECLARE(struct shop, shop_shape);

/* The page of an active shop, by id or by a slug that it has or had; NOT_FOUND. */
const struct problem *read_shop(struct work *work, const char *id_or_slug, struct shop **shop);

/* What an owner changes; NULL: absent, or null where `seen` says that it is there. */
struct shop_change {
	const char       *shop_name, *description, *contact, *gst_number, *business_id;
	const char       *logo; /* the id of an uploaded picture */
	int              *business_type;
	struct shape_seen seen;
};
SHAPE_DECLARE(struct shop_change, shop_change_shape);

/* The owner's view. */
struct own_shop {
	struct merchant merchant;
	struct media   *logo;
};
SHAPE_DECLARE(struct own_shop, own_shop_shape);

/* The viewer's shop; FORBIDDEN for an account without one. */
const struct problem *read_own_shop(struct work *work, struct own_shop **shop);

/*
 * Change the viewer's shop, inside a transaction.  What the shop was verified by (business_type, business_id) changes only while it
 * is pending: CONFLICT.  FORBIDDEN, VERSION_MISMATCH, VALIDATION_FAILED, BUSINESS_ID_TAKEN.
 */
const struct problem *change_own_shop(
    struct work *work, const struct shop_change *change, const struct expected_version *expected, struct own_shop **shop);

#endif
