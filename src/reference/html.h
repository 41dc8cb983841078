/* html.h: the pieces that the pages of the reference are put together from.  For the files of this folder. */
#ifndef REFERENCE_HTML_H
#define REFERENCE_HTML_H

#include "base/shape.h"

#include <stdbool.h>

struct route;
struct route_table;
struct text;

enum { DOCS_SHAPES_MAX = 128 };

/* The objects that a page has met, each with its use: they are described once, at its end. */
struct docs_shapes {
	const struct shape *shapes[DOCS_SHAPES_MAX];
	enum schema_use     uses[DOCS_SHAPES_MAX];
	size_t              count;
};

/* Append <code>...</code>, escaped. */
void docs_add_code(struct text *page, const char *string);

/* Append the page down to the beginning of its main part, whose heading is `title`, and from its end on. */
void docs_head(struct text *page, const char *title);
void docs_foot(struct text *page);

/* Append the address of a subject's page: "/docs/reference/api-keys". */
void docs_add_address(struct text *page, const struct route_table *table);

/* Append "POST /api/v1/orders", marked up. */
void docs_add_call(struct text *page, const struct route *route);

/* Append a list of a shape's members, each with its type, its limits and what it means; objects are noted and linked. */
void docs_add_members(struct text *page, const struct shape *shape, enum schema_use use, struct docs_shapes *met);

/* Note an object that a page links to, and append the link. */
void docs_add_object(struct text *page, const struct shape *shape, enum schema_use use, struct docs_shapes *met);

/* Append the part that describes the objects met, and those met on the way. */
void docs_add_objects(struct text *page, struct docs_shapes *met);

/* Append everything about one route. */
void docs_add_route(struct text *page, const struct route *route, struct docs_shapes *met);

/* The first page: what holds for all routes, the subjects with their routes, and every error code. */
void docs_add_contents(struct text *page);

#endif
