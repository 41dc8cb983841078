/*
 * body.h: the body of a request, as far as its route takes one: JSON or a form into the struct of .body, the parts of an
 * upload onto the disk, raw bytes as they are.  For dispatch.c.
 */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include "http/request.h"

/* What fits into memory is read now, before anything is known of the caller; an upload is left for body_parse. */
const struct problem *body_read(struct request *request);

/*
 * Sets request->body, and request->uploads where the route takes multipart.  UNSUPPORTED_MEDIA_TYPE when the route does
 * not take the Content-Type, MALFORMED_JSON, VALIDATION_FAILED with every fault, BODY_TOO_LARGE, BAD_REQUEST.
 */
const struct problem *body_parse(struct request *request);

/* A form sends the fields that were left empty, too: of a page they count as not sent.  "a=1&b=" without b, in the arena. */
const char *without_empty(struct arena *arena, const char *fields);

#endif
