/*
 * page.h: lists: opaque cursors for what grows, numbered pages for small sets.
 *
 * A cursor says where a page begins: the sort value and id of a row, in which ordering, and whether to go forward or
 * back.  It is sealed for its route, so one that was changed or belongs to another list is BAD_CURSOR.  A use-case reads
 * limit + 1 rows behind (or before) the cursor; page_links cuts the extra row, turns a backward page round, and makes
 * the relative URLs of its neighbours from the present query with the cursor replaced.
 */
#ifndef PAGE_H
#define PAGE_H

#include "base/shape.h"

struct request;

/* Where a page begins.  The key is one of number and text, by what the ordering sorts. */
struct cursor {
	int         ordering;  /* an index of the list's own orderings */
	bool        backward;
	bool        given;     /* false: the first page */
	int64_t     number;
	const char *text;      /* NULL: the number counts */
	struct uuid id;
};

/*
 * Reads the "cursor" text of the query (NULL: the first page in `ordering`).  The cursor's own ordering wins, so that
 * a page's neighbours are in its order; an `ordering` given beside it must be the same (BAD_CURSOR).
 */
const struct problem *cursor_read(struct request *request, const char *text, const int *ordering, int fallback,
    struct cursor *cursor);

/*
 * After reading at most limit + 1 rows from `cursor` (in reversed order when it goes backward): *count becomes at most
 * limit, the rows stand in the list's order, *next and *previous are relative URLs or NULL.  key_of(row, argument, into)
 * fills number or text, and id, of a row.
 */
void page_links(struct request *request, const struct cursor *cursor, int64_t limit, void *rows, size_t row_size,
    size_t *count, void (*key_of)(const void *row, int ordering, struct cursor *into), const char **next,
    const char **previous);

/* The query members that every list with a cursor has: put LIST_QUERY(struct mine) into its member table. */
struct list_query {
	const char *cursor;
	int64_t     limit;
};
#define LIST_QUERY(S)                                                                          \
	M_TEXT(S, list.cursor, "cursor", 4096, .min = 1, .example = "\"AQAB\"",                \
	    .description = "Where the page begins: the next or previous of another page."),           \
	M_INTEGER(S, list.limit, "limit", 1, 100, .defaulted = true, .preset = 12, .description = "Rows of a page.")

/* The same for numbered pages. */
struct numbered_query {
	int64_t page, page_size;
};
#define NUMBERED_QUERY(S)                                                                      \
	M_INTEGER(S, list.page, "page", 1, 1000000, .defaulted = true, .preset = 1, .description = "The page, from 1."), \
	M_INTEGER(S, list.page_size, "page_size", 1, 100, .defaulted = true, .preset = 20, .description = "Rows of a page.")

/* The relative URLs of the neighbours of a numbered page. */
void numbered_links(struct request *request, int64_t page, int64_t page_size, int64_t count, const char **next,
    const char **previous);

/*
 * The answer of a list: PAGE(struct order_page, order_page_shape, "OrderPage", order_summary_shape) defines the struct
 * { results, n_results, next, previous } and its shape; PAGE_NUMBERED adds count.
 */
#define PAGE_STRUCT_(S, item) S { __typeof__(item##_struct) *results; size_t n_results; const char *next, *previous; int64_t count; };
#define PAGE_MEMBERS_(S, item)                                                                 \
	M_ARRAY(S, results, n_results, "results", item, 1000),                                 \
	M_TEXT(S, next, "next", 4400, .description = "Relative URL of the next page, or null.",       \
	    .example = "null"),                                                                \
	M_TEXT(S, previous, "previous", 4400, .description = "Relative URL of the page before, or null.", \
	    .example = "null")
#define PAGE(S, shape_, title, item)                                                           \
	PAGE_STRUCT_(S, item)                                                                  \
	static const struct member shape_##_members[] = { PAGE_MEMBERS_(S, item) };            \
	SHAPE(S, shape_, title, shape_##_members)
#define PAGE_NUMBERED(S, shape_, title, item)                                                  \
	PAGE_STRUCT_(S, item)                                                                  \
	static const struct member shape_##_members[] = {                                      \
		M_INTEGER(S, count, "count", 0, INT64_MAX, .description = "Rows in all pages together."), \
		PAGE_MEMBERS_(S, item)                                                         \
	};                                                                                     \
	SHAPE(S, shape_, title, shape_##_members)

#endif
