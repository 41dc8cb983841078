/*
 * identity.h: accounts of people for whom somebody else vouches: Google by an e-mail address, Firebase by a phone number.
 *
 * The other side's lasting name of somebody (issuer and subject, a row of user_identities) is who they are; addresses and
 * numbers change hands.  The first sign-in joins it to the account that has *proven* the same address or number, or makes
 * one.  It is never joined to an account that merely claims them: whoever registered with somebody else's address before
 * would keep the password to it.  Whoever prepared one that its owner then proved by following a link keeps nothing either: the
 * first time Google is joined to an account ends its password, sessions, keys and other identities.
 */
#ifndef IDENTITY_H
#define IDENTITY_H

#include "accounts/session.h"

enum identity_issuer { IDENTITY_GOOGLE, IDENTITY_FIREBASE };

/* What is vouched for: either the address or the number. */
struct identity {
	enum identity_issuer issuer;
	const char          *subject, *email, *phone;
	const char          *name;   /* as they are called there; NULL: unknown */
	const char          *locale; /* of letters to a new account, as in struct user; NULL: not said */
};

/*
 * The user, whose account is made when there is none (*is_new); opens its own transactions.  Many at once make one.  A viewer
 * who is signed in proves the number of their own account by it.  ACCOUNT_DISABLED; IDENTITY_UNPROVEN when an account
 * claims the address or number without having proven it; CONFIRMATION_REQUIRED when the viewer's sign-in is too old to prove
 * it; EMAIL_TAKEN when another's is the same to the database.
 */
const struct problem *identity_user(struct work *work, const struct identity *identity, struct user_id *user, bool *is_new);

/* A code that is good once, for a minute, for the tokens of the user; opens its own transaction. */
const struct problem *sign_in_code_new(struct work *work, struct user_id user, bool is_new, const char **code);

/*
 * Its exchange, by `from` (without e-mail address and password); opens its own transactions.  SIGN_IN_CODE_INVALID,
 * ACCOUNT_DISABLED; TOTP_REQUIRED, LOGIN_LIMITED: the code stays good.
 */
const struct problem *sign_in_code_exchange(
    struct work *work, const char *code, const struct sign_in *from, struct tokens *tokens, bool *is_new);

#endif
