/*
 * staff.h: user accounts, as staff manage them.
 */
#ifndef STAFF_H
#define STAFF_H

#include "accounts/accounts.h"

enum { PERMISSIONS_MAX = 61 };
_Static_assert((int)PERMISSION__COUNT <= (int)PERMISSIONS_MAX, "an account may hold them all");

/* A user as staff see one: with the permissions beyond the role's. */
struct staff_user {
	struct user        user;
	const char *const *permissions, *const *modules;
	size_t n_permissions, n_modules;
};
SHAPE_DECLARE(struct staff_user, staff_user_shape);

struct listed;

struct user_filter {
	int        *role, *status;
	const char *search; /* a part of e-mail address, name or phone number; shorter than three: how the address begins */
};

/* Page `number` (from 1) of the users, newest first, `size` on each; NULL in the filter: any. */
const struct problem *list_users(struct work *work, const struct user_filter *filter, int64_t number, int64_t size,
    struct user **users, struct listed *listed);

/* One user; NOT_FOUND. */
const struct problem *read_staff_user(struct work *work, struct user_id id, struct staff_user *user);

/* NULL: unchanged.  `permissions`: bits that replace the extra ones. */
struct user_change {
	const int      *role, *status;
	const uint64_t *permissions;
	const char     *modules; /* names that replace the assigned ones, with commas between */
	bool            has_metadata;
	const char     *metadata; /* laid over what is there: store/metadata.h */
};

/*
 * Update somebody else's role, status or extra permissions, inside a transaction; disabling ends their sessions.  The shop of
 * an owner who is disabled or demoted is suspended; enabling the owner does not activate it.  NOT_FOUND; FORBIDDEN when the
 * account holds, or would get, a staff permission that the viewer lacks; EMAIL_UNVERIFIED for who is to become staff; CONFLICT for one's own account, for the last active
 * admin, for the role shopkeeper without a shop, and for a deleted account.
 */
const struct problem *update_user(
    struct work *work, struct user_id id, const struct user_change *change, struct staff_user *user);

/*
 * Somebody else has lost their second factor: sign-ins ask for none until they set up another; inside a transaction.  NOT_FOUND;
 * FORBIDDEN when the account holds a staff permission that the viewer lacks; CONFLICT for one's own, and when there is none.
 */
const struct problem *remove_lost_factor(struct work *work, struct user_id id);

/*
 * Lock the account that the viewer is about to end, their own or somebody else's, inside a transaction; *before is it.  NOT_FOUND;
 * FORBIDDEN and CONFLICT as for update_user, but that it may be one's own.
 */
const struct problem *lock_user_to_end(struct work *work, struct user_id id, struct staff_user *before);

#endif
