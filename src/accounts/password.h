/*
 * password.h: the rules of passwords, and their bcrypt hashes ("$2b$") of the configured cost.
 *
 * Hashes that were brought along from elsewhere verify as well: Django's "pbkdf2_sha256$ITERATIONS$SALT$BASE64",
 * "bcrypt$HASH" and "bcrypt_sha256$HASH" (django.contrib.auth.hashers), and Node's "$2a$" and "$2b$".  The next sign-in
 * replaces them by ours.
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

/* Check it against the rules, and hash it: *hash is in the arena.  VALIDATION_FAILED with every rule that it breaks, at "password". */
const struct problem *hash_new_password(
    struct work *work, const char *password, const char *email, const char *full_name, const char **hash);

/* The hash, in the arena. */
const char *password_hash(struct work *work, const char *password);

/*
 * Is it the password of the hash?  With a NULL hash the answer is false after the same time as for one of the configured
 * cost, so that an unknown account cannot be told from a wrong password; so it is for a password of more than
 * PASSWORD_BYTES_MAX, of which bcrypt would look at the beginning only.  Django's other two take such a one.
 */
bool password_verify(struct work *work, const char *password, const char *hash);

/* Can the hash be verified, within seconds where our own are of this cost?  One that would take longer is refused like a foreign one. */
bool password_hash_known(const char *hash, int64_t own_cost);

/* Should the password, which is that of the hash, be hashed anew: is the hash not one of ours, or cheaper than configured? */
bool password_hash_outdated(const struct work *work, const char *password, const char *hash);

#endif
