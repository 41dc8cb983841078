/*
 * seal.h: opaque values that come back from clients as we gave them, or not at all: cursors of lists.
 *
 * A sealed value is base64url(payload || the first 16 bytes of HMAC-SHA-256 over purpose and payload).  It is readable to
 * who cares to look, so nothing secret goes into it; it only cannot be made or changed by anybody else.  The purpose ("the
 * list of orders by date") keeps a value from being used where it was not made for.
 */
#ifndef SEAL_H
#define SEAL_H

#include <stddef.h>

struct arena;

enum { SEAL_BYTES_MAX = 3000, SEAL_TEXT_MAX = 4096 };

/* Seals `length` bytes, at most SEAL_BYTES_MAX. */
const char *seal(struct arena *arena, const char *secret, const char *purpose, const void *bytes, size_t length);

/*
 * The bytes in the arena, a NUL behind them, *length without it; NULL when the text was not made by seal() with this
 * secret and purpose.
 */
unsigned char *unseal(struct arena *arena, const char *secret, const char *purpose, const char *text, size_t *length);

#endif
