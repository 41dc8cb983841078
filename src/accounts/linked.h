/*
 * linked.h: the identities (identity.h) that open an account without its password: what their owner sees of them, and how
 * they end.
 */
#ifndef LINKED_H
#define LINKED_H

#include "accounts/identity.h"

struct linked_identity {
	struct uuid    id;
	int            issuer; /* enum identity_issuer */
	struct instant created_at;
};
SHAPE_DECLARE(struct linked_identity, linked_identity_shape);

enum { IDENTITIES_SHOWN = 100 };

/* The values of enum identity_issuer in the API and the database; NULL at the end. */
extern const char *const identity_issuer_values[];

/* Joins the identity to the account, inside a transaction.  DUPLICATE_KEY when it opens one already. */
const struct problem *link_identity(struct work *work, const struct identity *identity, struct user_id user);

/* Those of the viewer, newest first, in the arena. */
const struct problem *list_identities(struct work *work, struct linked_identity **identities, size_t *count);

/*
 * The viewer's identity of that id opens the account no more, inside a transaction; a number that Firebase vouched for counts
 * as unproven, or the next sign-in by it would join it again.  NOT_FOUND; CONFLICT when the account has no e-mail address,
 * so that nothing else opens it.
 */
const struct problem *remove_identity(struct work *work, struct uuid id);

/* Firebase's identities of the account end with its number, inside a transaction. */
const struct problem *unlink_number(struct work *work, struct user_id user);

/*
 * What somebody may have prepared who had the account before the owner of its address came: identities and the number that goes
 * with them, and keys of its shop.  Inside a transaction.
 */
const struct problem *drop_other_ways_in(struct work *work, struct user_id user);

#endif
