/*
 * addresses.h: the viewer's own addresses for shipping and billing.
 *
 * At most one address of each kind is the default, and the first of a kind is.  The user's row is locked while the
 * addresses change, so that this holds however many requests come at once.  When the default is deleted or changes its
 * kind, the newest other one of its kind becomes the default.  Use-cases that write run in the transaction of their caller.
 */
#ifndef ADDRESSES_H
#define ADDRESSES_H

#include "accounts/accounts.h"
#include "store/version.h"

enum { ADDRESSES_MAX = 100 };

/* What a client sends to update one; NULL: absent, and shape_has tells an absent line2 or state from null. */
struct address_body {
	int              *kind;
	const char       *full_name, *phone, *line1, *line2, *city, *state, *postal_code, *country;
	bool             *is_default;
	struct shape_seen seen;
};
SHAPE_DECLARE(struct address, address_create_shape);
SHAPE_DECLARE(struct address_body, address_change_shape);

/* All of them, newest first. */
const struct problem *list_addresses(struct work *work, struct address **addresses, size_t *count);

/* NOT_FOUND, also for another's and a deleted one. */
const struct problem *read_address(struct work *work, struct address_id id, struct address **address);

/* CONFLICT beyond ADDRESSES_MAX.  id, version and times of `body` do not count. */
const struct problem *create_address(struct work *work, const struct address *body, struct address **address);

/* Absent members stay as they are.  NOT_FOUND, VERSION_MISMATCH. */
const struct problem *update_address(struct work *work, struct address_id id, const struct address_body *body,
    const struct expected_version *expected, struct address **address);

/* Deletion is soft.  NOT_FOUND, VERSION_MISMATCH. */
const struct problem *delete_address(struct work *work, struct address_id id, const struct expected_version *expected);

#endif
