/*
 * outside.h: calls to a store outside.  For the files storage_*.c.
 */
#ifndef MEDIA_OUTSIDE_H
#define MEDIA_OUTSIDE_H

#include "net/http_client.h"
#include "base/shape.h"
#include "store/work.h"

/* What a name stands for never changes (media/file.h). */
#define OUTSIDE_CACHE_CONTROL "public, max-age=31536000, immutable"

/* *body: what stands before, the bytes of the file, what stands behind; freed with what is in the arena.  INTERNAL. */
const struct problem *outside_read(
    struct work *work, const char *path, const char *before, const char *behind, struct bytes *body);

/*
 * Call the store (timeouts and roots are filled in); OK when it says 2xx.  NOT_READY, which waits: it does not answer, has too much
 * to do, or refuses our credentials or settings; INTERNAL: it will not have this call.  Not inside a transaction.
 */
const struct problem *outside_call(struct work *work, struct http_call *call, struct http_reply *reply);

#endif
