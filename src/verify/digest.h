/*
 * digest.h: what the schemes of libhaatverify have in common: digests and how they are compared; not installed, not
 * exported.
 *
 * A message is hashed piece by piece, so that the body is never copied.  A digest that cannot be made (no memory, a
 * crypto policy) matches nothing.
 */
#ifndef VERIFY_DIGEST_H
#define VERIFY_DIGEST_H

#include "verify/haatverify.h"

#include <stdbool.h>

enum { DIGEST_BYTES = 32, DIGEST_HEX = 64, DIGEST_BASE64 = 44, DIGEST_512_BYTES = 64, DIGEST_MAX = DIGEST_512_BYTES };

/* A run of bytes that somebody else owns. */
struct piece {
	const void *bytes;
	size_t      length;
};

/* HMAC-SHA-256 over the pieces one after the other. */
bool digest_make(const void *key, size_t key_length, const struct piece *pieces, size_t count, unsigned char into[DIGEST_BYTES]);

bool digest_equal(const unsigned char a[DIGEST_BYTES], const unsigned char b[DIGEST_BYTES]);

/*
 * Is `given` the HMAC over the pieces with one of the secrets?  HMAC-SHA-256 where `bytes` is DIGEST_BYTES, HMAC-SHA-512
 * where it is DIGEST_512_BYTES.  All secrets are tried whichever fits; empty ones are skipped.
 */
bool digest_matches(
    const char *const *secrets, const struct piece *pieces, size_t count, const unsigned char *given, size_t bytes);

/* The whole of a scheme that signs the body alone, as lower-case hexadecimal. */
enum haat_verify_result digest_judge_hex(
    const char *signature, const struct piece *pieces, size_t count, size_t bytes, const char *const *secrets);

#endif
