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

/* Bodies are addresses too: id, version and times of them do not count. */
SHAPE_DECLARE(struct address, address_create_shape);
SHAPE_DECLARE(struct address, address_change_shape);

/* All of them, newest first. */
const struct problem *list_addresses(struct work *work, struct address **addresses, size_t *count);

/* NOT_FOUND, also for another's and a deleted one. */
const struct problem *read_address(struct work *work, struct address_id id, struct address **address);

/* CONFLICT beyond ADDRESSES_MAX. */
const struct problem *create_address(struct work *work, const struct address *body, struct address **address);

/*
 * `shape` says what the body is: of address_create_shape it replaces the address, of address_change_shape its absent members
 * stay as they are.  NOT_FOUND, VERSION_MISMATCH.
 */
const struct problem *update_address(struct work *work, struct address_id id, const struct shape *shape,
    const struct address *body, const struct expected_version *expected, struct address **address);

/* Deletion is soft.  NOT_FOUND, VERSION_MISMATCH. */
const struct problem *delete_address(struct work *work, struct address_id id, const struct expected_version *expected);

#endif
