/*
 * login_limit.h: wrong passwords, counted in the database for each account and each address.
 *
 * So many in a window (limits.login_failures, limits.login_window_seconds) and the account, or the address, is refused
 * for as long as the window; each time it overflows again the wait doubles, up to an hour; a day without a failure
 * forgets that.  A success forgets the account's failures, not the address's.  An unknown e-mail is counted like a known
 * one.  Addresses are counted only where limits are on (limits.enabled): one machine that develops or tests has only one.
 */
#ifndef LOGIN_LIMIT_H
#define LOGIN_LIMIT_H

#include "base/problem.h"

#include <stdbool.h>

struct work;

/* Do both e-mails have one counter?  The database finds more alike than that: accents make no difference to it. */
bool login_limit_same_account(const char *email, const char *other);

/* LOGIN_LIMITED with Retry-After while the account of the (normalised) e-mail or the work's address must wait. */
const struct problem *login_limit_check(struct work *work, const char *email);

/*
 * Count a failure in a transaction of its own.  OK when it was within the limit; LOGIN_LIMITED when others that ran at
 * the same time had used it up already, and then nothing may be told of the password.
 */
const struct problem *login_limit_failed(struct work *work, const char *email);

/* Forget the account's failures, inside the transaction of the success. */
const struct problem *login_limit_succeeded(struct work *work, const char *email);

#endif
