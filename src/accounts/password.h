/*
 * password.h: the rules of passwords, and their bcrypt hashes ("$2b$") of the configured cost.
 *
 * Hashing costs tens to hundreds of milliseconds on purpose: call it outside transactions, in the auth pool.
 */
#ifndef PASSWORD_H
#define PASSWORD_H

#include "base/problem.h"

#include <stdbool.h>
#include <stdint.h>

struct work;

/* bcrypt reads no further: a longer password would be cut, so it is refused. */
enum { PASSWORD_CHARACTERS_MIN = 8, PASSWORD_BYTES_MAX = 72 };

/*
 * Adds each rule that `password` breaks to `faults`, at `where`.  `email` and `full_name` are its owner's; it must not be
 * similar to them.  INTERNAL, logged, when the list of common passwords cannot be read.
 */
const struct problem *password_rules(
    struct work *work, const char *where, const char *password, const char *email, const char *full_name, struct faults *faults);

/* The hash, in the arena. */
const char *password_hash(struct work *work, const char *password);

/*
 * Is it the password of the hash?  With a NULL hash the answer is false after the same time as for one of the configured
 * cost, so that an unknown account cannot be told from a wrong password; so it is for a password of more than
 * PASSWORD_BYTES_MAX, of which bcrypt would look at the beginning only.
 */
bool password_verify(struct work *work, const char *password, const char *hash);

#endif
