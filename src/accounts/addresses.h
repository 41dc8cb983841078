/*
 * addresses.h: where the work's actor has things sent and billed; nobody sees another's.
 *
 * At most one address of each kind is the default, and the first of a kind is.  The user's row is locked while the
 * addresses change, so that holds however many requests come at once.  When the default goes, the newest that is left of
 * its kind takes its place.
 */
#ifndef ADDRESSES_H
#define ADDRESSES_H

#include "accounts/accounts.h"

enum { ADDRESSES_MAX = 100 };

/* NULL: stays as it is; *line2 and *state are taken when their has_ says so, and may be NULL then. */
struct address_change {
	const int  *kind;
	const char *full_name, *phone, *line1, *line2, *city, *state, *postal_code, *country;
	bool        has_line2, has_state;
	const bool *is_default;
};

const struct problem *list_addresses(struct work *work, struct address **addresses, size_t *count);

/* CONFLICT beyond ADDRESSES_MAX.  id, version and times of `address` do not count. */
const struct problem *add_address(struct work *work, const struct address *address, struct address **added);

/*
 * NOT_FOUND.  `check` is called with the present address while it is locked; its problem is returned and nothing is
 * changed (If-Match).
 */
const struct problem *change_address(struct work *work, struct address_id id, const struct address_change *change,
    const struct problem *(*check)(const struct address *address, void *argument), void *argument, struct address **changed);

const struct problem *delete_address(struct work *work, struct address_id id,
    const struct problem *(*check)(const struct address *address, void *argument), void *argument);

#endif
