/*
 * merchants.h: merchants, as staff manage them.
 */
#ifndef MERCHANTS_H
#define MERCHANTS_H

#include "accounts/accounts.h"

struct expected_version;
struct listed;

/*
 * The stamp (store/stamped.h) of all that is shown to everybody of merchants and what they sell: new when a merchant's status
 * changes; the catalogue renews it for what shows in many products.
 */
#define SHOWN_STAMP "shown"

/* Page `number` (from 1) of the shops, newest first, `size` on each, of a status (NULL: any), whose name has `search` in it (NULL: any). */
const struct problem *list_merchants(struct work *work, const int *status, const char *search, int64_t number, int64_t size,
    struct merchant **merchants, struct listed *listed);

/*
 * Let a shop sell (from pending, suspended or inactive), or stop it (from active), inside a transaction; a shop that has the
 * status already stays as it is.  The event makes the catalogue show or hide its products.  NOT_FOUND, CONFLICT; a shop whose
 * owner is disabled or is no longer a shopkeeper is not activated.
 */
const struct problem *activate_merchant(struct work *work, struct merchant_id id, struct merchant **merchant);
const struct problem *suspend_merchant(struct work *work, struct merchant_id id, struct merchant **merchant);

/* What is agreed with a merchant; each pointer counts where its `has_` is true, and NULL is then the usual. */
struct merchant_terms {
	bool           has_commission, has_rate_limit, has_metadata;
	const int64_t *commission_basis_points, *rate_limit;
	const char    *metadata; /* laid over what is there: store/metadata.h */
	const char    *currency; /* NULL: as it is */
};

/*
 * Change what is agreed (`terms`, NULL: nothing of it) and the status (active, suspended or inactive; NULL: as it is), inside a
 * transaction; `expected`: store/version.h.  NOT_FOUND; VERSION_MISMATCH; CONFLICT when the status does not allow that, or the shop
 * has products, plans or open payments in another currency than the new one.
 */
const struct problem *change_merchant(struct work *work, struct merchant_id id, const struct merchant_terms *terms,
    const int *status, const struct expected_version *expected, struct merchant **merchant);

/*
 * Give a shop the slug that its name makes, with a number behind it when another shop has or had that; inside a transaction that
 * has locked or made the shop.  The slugs that it had before still find it.
 */
const struct problem *name_shop(struct work *work, struct merchant_id id, const char *shop_name);

/* Stop the user's shop, if there is one and it sells; *merchant is NULL else. */
const struct problem *suspend_shop_of(struct work *work, struct user_id user, struct merchant **merchant);

#endif
