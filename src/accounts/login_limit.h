/*
 * login_limit.h: wrong passwords, counted in the database for each account and each address.
 *
 * After limits.login_failures failures within limits.login_window_seconds the account, or the address, is refused for
 * that long.  Each further overflow doubles the wait, up to an hour; a day without a failure resets it.  A success resets
 * the account's failures, not the address's.  Unknown e-mail addresses are counted like known ones.  Addresses are counted
 * only when limits are on (limits.enabled), because a machine for development or tests has only one.
 */
#ifndef LOGIN_LIMIT_H
#define LOGIN_LIMIT_H

#include "base/problem.h"

#include <stdbool.h>

struct work;

/* Are both e-mail addresses counted as one account?  The database compares more loosely: it ignores accents. */
bool login_limit_same_account(const char *email, const char *other);

/* LOGIN_LIMITED with Retry-After while the account of the (normalised) e-mail or the work's address must wait. */
const struct problem *login_limit_check(struct work *work, const char *email);

/*
 * Count a failure in a transaction of its own.  OK when it was within the limit; LOGIN_LIMITED when others that ran at
 * the same time had used it up already, and then nothing may be told of the password.
 */
const struct problem *login_limit_failed(struct work *work, const char *email);

/* Reset the account's failures, inside the transaction of the success. */
const struct problem *login_limit_succeeded(struct work *work, const char *email);

#endif
