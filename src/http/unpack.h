/*
 * unpack.h: gzip taken apart as it comes, in bounded memory; what is not gzip passes as it is.
 *
 * Whether it is gzip the first two bytes tell.  What it unpacks to is at most UNPACK_TIMES as long, so that a small upload does
 * not fill the disk.
 */
#ifndef UNPACK_H
#define UNPACK_H

#include "base/problem.h"

#include <stdint.h>

struct arena;
struct unpack;

enum { UNPACK_TIMES = 10 };

/* `write` gets what comes out; what it answers other than OK is passed on. */
struct unpack *unpack_new(
    struct arena *arena, const struct problem *(*write)(const char *bytes, size_t length, void *argument), void *argument);

/* BAD_REQUEST when it is no gzip after all, BODY_TOO_LARGE when it unpacks to too much. */
const struct problem *unpack_feed(struct unpack *unpack, const char *bytes, size_t length);

/* BAD_REQUEST when it ended too early. */
const struct problem *unpack_finish(struct unpack *unpack);

#endif
