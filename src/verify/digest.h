/*
 * digest.h: what the schemes of libhaatverify have in common; not installed, not exported.
 *
 * A message is hashed piece by piece, so that the body is never copied.  A digest that cannot be made (no memory, a
 * crypto policy) matches nothing.
 */
#ifndef VERIFY_DIGEST_H
#define VERIFY_DIGEST_H

#include "verify/haatverify.h"

#include <stdbool.h>

enum { DIGEST_BYTES = 32, DIGEST_HEX = 64, TIMESTAMP_DIGITS = 12 };

/* A run of bytes that somebody else owns. */
struct piece {
	const void *bytes;
	size_t      length;
};

/* HMAC-SHA-256 over the pieces one after the other. */
bool digest_make(const void *key, size_t key_length, const struct piece *pieces, size_t count, unsigned char into[DIGEST_BYTES]);

/* 64 lower-case hexadecimal digits; false (and `into` of no meaning) when they are anything else. */
bool digest_read_hex(const char *text, size_t length, unsigned char into[DIGEST_BYTES]);

bool digest_equal(const unsigned char a[DIGEST_BYTES], const unsigned char b[DIGEST_BYTES]);

/* Unix seconds in 1 to 12 decimal digits without a sign or needless zeros. */
bool timestamp_read(const char *text, size_t length, int64_t *into);

/* OK, TOO_OLD or TOO_NEW. */
enum haat_verify_result timestamp_judge(int64_t timestamp, int64_t now, int64_t tolerance_seconds);

#endif
