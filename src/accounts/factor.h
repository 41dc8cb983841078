/*
 * factor.h: the second factor of staff: codes of an authenticator app (RFC 6238), and ten recovery codes for when that is lost.
 *
 * The secret is sealed (base/vault.h) for its user, and is asked for from the moment that a code of it has been given.  A code is
 * taken once, as is a recovery code; a wrong one counts as a wrong password (login_limit.h).
 */
#ifndef FACTOR_H
#define FACTOR_H

#include "accounts/accounts.h"

enum { RECOVERY_CODES = 10, FACTOR_CODE_MAX = 32 };

struct new_factor {
	const char *secret; /* in base32, to be typed */
	const char *otpauth_url;
};

/*
 * A new secret for the viewer, who has to show a code of it (confirm_factor) before it counts; inside a transaction.  It takes the
 * place of one that was never confirmed.  CONFLICT when the account has a second factor.
 */
const struct problem *begin_factor(struct work *work, struct new_factor *factor);

/*
 * The viewer has shown the secret's first code; from now on sign-ins ask for one.  Opens its own transactions.  *codes are ten
 * recovery codes, which are told only now.  VALIDATION_FAILED when the code is wrong, LOGIN_LIMITED; CONFLICT when nothing was
 * begun, or it was confirmed before.
 */
const struct problem *confirm_factor(struct work *work, const char *code, const char *const **codes);

/* The user's is no longer asked for; inside a transaction.  CONFLICT when there is none. */
const struct problem *remove_factor(struct work *work, struct user_id user);

/*
 * Whoever signs in as the user has shown the first factor, and sent this as the code of the second (NULL: nothing).  Opens its own
 * transaction.  TOTP_REQUIRED when the account has one and the code is missing, wrong or was used before; LOGIN_LIMITED.
 */
const struct problem *pass_factor(struct work *work, struct user_id user, const char *code);

/*
 * The viewer's session has said who they are (profile.h, confirm_password), by a code, which is used up; opens its own transactions.
 * VALIDATION_FAILED when it is wrong, or the account has no second factor; LOGIN_LIMITED.
 */
const struct problem *confirm_by_factor(struct work *work, const char *code);

#endif
