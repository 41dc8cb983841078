/* by_phone.h: sign-in by a phone number for which Firebase vouches. */
#ifndef BY_PHONE_H
#define BY_PHONE_H

#include "accounts/session.h"

/*
 * Sign in by Firebase's ID token, at most five minutes old, of `from` (without e-mail address and password); opens its own transactions and
 * asks outside for keys.  *is_new: the account was made by it.  A viewer who is signed in proves the number of their own account by it.
 * SIGN_IN_DISABLED, SIGN_IN_UNAVAILABLE, ID_TOKEN_INVALID; as identity_user and pass_factor, after which the token stays good.
 */
const struct problem *sign_in_by_phone(
    struct work *work, const char *id_token, const struct sign_in *from, struct tokens *tokens, bool *is_new);

#endif
