/*
 * api_keys.h: keys with which a merchant's own servers call the API, as the merchant manages them.
 *
 * A key is shown once, when it is made; what is kept is its hash, by which http/viewer.c finds whose it is.  It acts for its
 * merchant, within its scopes: names of permissions for what is one's own, but never that to manage keys.
 */
#ifndef API_KEYS_H
#define API_KEYS_H

#include "base/shape.h"
#include "store/work.h"

enum { API_KEYS_MAX = 50, SCOPES_MAX = 32 };

struct api_key {
	struct api_key_id  id;
	const char        *name, *prefix;
	const char        *scope_names; /* with a space between two */
	const char *const *scopes;
	size_t             n_scopes;
	struct instant    *last_used_at, *expires_at, created_at;
	const char        *key; /* the key itself, of one that was just made; else NULL */

	/* For staff: whose it is, and since when it opens nothing. */
	struct merchant_id merchant;
	const char        *shop_name;
	struct instant    *revoked_at;
};
SHAPE_DECLARE(struct api_key, api_key_shape);
SHAPE_DECLARE(struct api_key, new_api_key_shape);   /* with the key itself */
SHAPE_DECLARE(struct api_key, staff_api_key_shape); /* as staff see it */

struct listed;
struct page_request;

/* All of the viewer's shop that are valid, newest first: at most twice API_KEYS_MAX.  FORBIDDEN without a shop. */
const struct problem *list_api_keys(struct work *work, struct api_key **keys, size_t *count);

/*
 * A new one, inside a transaction.  VALIDATION_FAILED for a scope that no key can have or the viewer lacks; CONFLICT when there
 * are API_KEYS_MAX.
 */
const struct problem *create_api_key(
    struct work *work, const char *name, const char *const *scopes, size_t n_scopes, struct api_key **key);

/*
 * A new one for an old one, which is valid for a day more, inside a transaction; CONFLICT when it was exchanged before, or
 * when, with those that were exchanged, twice API_KEYS_MAX are valid.
 */
const struct problem *rotate_api_key(struct work *work, struct api_key_id id, struct api_key **key);

/* It is valid no longer, at once.  NOT_FOUND. */
const struct problem *revoke_api_key(struct work *work, struct api_key_id id);

/* For staff, of any shop: one page of all keys that ever were, newest first (`merchant`: NULL, or of this one), BAD_CURSOR; and the end of one. */
const struct problem *list_shops_api_keys(struct work *work, const struct merchant_id *merchant, const struct page_request *page,
    struct api_key **keys, struct listed *listed);
const struct problem *revoke_shops_api_key(struct work *work, struct api_key_id id);

/* All keys of the user's shop open nothing any more, inside a transaction; whoever calls it audits why. */
const struct problem *revoke_keys_of_user(struct work *work, struct user_id user);

#endif
