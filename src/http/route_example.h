/*
 * route_example.h: how a call of a route looks, with examples for what its path and query have; for documents that people read or
 * try the API with.
 */
#ifndef HTTP_ROUTE_EXAMPLE_H
#define HTTP_ROUTE_EXAMPLE_H

#include "base/shape.h"
#include "http/route.h"

struct text;

/* The host of examples, which is nobody's (RFC 2606). */
#define EXAMPLE_URL "https://shop.example"

/* An example of the path parameter whose name begins at `name` and is `length` long.  A constant; it needs no escaping in a URL. */
const char *route_example_parameter(const char *name, size_t length);

/* An example of a query parameter as it stands in a URL, percent-encoded, in the text's arena. */
const char *route_example_query(struct text *out, const struct member *member);

/* Appends the path with examples in place of its parameters, and those query parameters that must be there. */
void route_example_path(struct text *out, const struct route *route);

/* Appends an example of what a shape describes, laid out over several lines. */
void route_example_body(struct text *out, const struct shape *shape, enum schema_use use);

#endif
