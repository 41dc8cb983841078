/*
 * multipart.h: multipart/form-data (RFC 7578) read piece by piece, however it is cut, in bounded memory.
 *
 * The reader is told of parts in their order: begin, data (any number of times), end.  What its functions answer other than
 * OK ends the reading and is passed on.  It holds no more than a boundary and the head of one part.
 */
#ifndef MULTIPART_H
#define MULTIPART_H

#include "base/problem.h"

struct arena;
struct multipart;

struct multipart_part {
	const char *name;         /* UTF-8 without control characters; in the arena, as all of these */
	const char *filename;     /* as the client sent it, the same; NULL: a field of the form */
	const char *content_type; /* "text/plain" when the part does not say */
};

struct multipart_reader {
	const struct problem *(*begin)(const struct multipart_part *part, void *argument);
	const struct problem *(*data)(const char *bytes, size_t length, void *argument);
	const struct problem *(*end)(void *argument);
	void *argument;
};

enum { MULTIPART_HEAD_MAX = 4096 }; /* bytes of the head of a part */

/* BAD_REQUEST when the Content-Type has no boundary of 1 to 70 characters. */
const struct problem *multipart_new(
    struct arena *arena, const char *content_type, const struct multipart_reader *reader, struct multipart **into);

/* The next bytes of the body.  BAD_REQUEST when they are not multipart; nothing may be fed after a problem. */
const struct problem *multipart_feed(struct multipart *multipart, const char *bytes, size_t length);

/* BAD_REQUEST when the body ended before its last boundary. */
const struct problem *multipart_finish(const struct multipart *multipart);

#endif
