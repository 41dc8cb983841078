/*
 * page.h: the pages of lists, as requests and answers have them.
 *
 * A route that lists reads which page is asked for (page_read), gives that to its use-case, which puts the list together
 * with store/list.h, and fills its answer from what comes back (page_fill).  The cursor of a page is sealed for its route,
 * so one that was changed or belongs to another list is BAD_CURSOR; the URLs of the neighbours are relative, the present
 * query with the cursor replaced.
 */
#ifndef PAGE_H
#define PAGE_H

#include "base/shape.h"
#include "store/list.h"

struct request;

/* The query members that every list with a cursor has: put LIST_QUERY(struct mine) into its member table. */
struct list_query {
	const char *cursor;
	int64_t     limit;
	int         format;
};
#define LIST_QUERY(S) \
	M_TEXT(S, list.cursor, "cursor", 4096, .min = 1, .example = "\"AQAB\"", \
	    .description = "The cursor from next or previous of another page."), \
	    M_INTEGER( \
		S, list.limit, "limit", 1, 100, .defaulted = true, .preset = 12, .description = "Number of items per page.")

/*
 * Of a list that may be had as a table (its row says .csv, see http/table.h), behind LIST_QUERY or NUMBERED_QUERY: all of it from
 * the page that was asked for on.
 */
enum list_format { LIST_JSON, LIST_CSV };
extern const char *const list_format_values[];
#define LIST_FORMAT(S) \
	M_ENUM(S, list.format, "format", list_format_values, .defaulted = true, .preset = LIST_JSON, \
	    .description = "csv: all pages, one behind the other, as one file.")

/*
 * Which page the query asks for: the first in `ordering` (`fallback` when it is NULL), or what its cursor says.  The
 * cursor's own ordering wins, so that a page's neighbours are in its order; an `ordering` given beside it must be the same
 * (BAD_CURSOR).
 */
const struct problem *page_read(
    struct request *request, const struct list_query *query, const int *ordering, int fallback, struct page_request *page);

/* The relative URLs of the neighbours of a page, NULL where there is none. */
void page_links(struct request *request, const struct page_request *page, const struct listed *listed, const char **next,
    const char **previous);

/* Fill a PAGE's answer, whose results stand already. */
#define page_fill(request, page, listed, answer) \
	((answer)->n_results = (listed)->count, page_links((request), (page), (listed), &(answer)->next, &(answer)->previous))

/* The same of a page whose results are JSON already: only the neighbours. */
#define page_fill_links(request, page, listed, answer) \
	page_links((request), (page), (listed), &(answer)->next, &(answer)->previous)

/* The same for numbered pages. */
struct numbered_query {
	int64_t page, page_size;
	int     format;
};
#define NUMBERED_QUERY(S) \
	M_INTEGER(S, list.page, "page", 1, 1000000, .defaulted = true, .preset = 1, .description = "The page number, from 1."), \
	    M_INTEGER(S, list.page_size, "page_size", 1, 100, .defaulted = true, .preset = 20, \
		.description = "Number of items per page.")

void numbered_links(
    struct request *request, const struct numbered_query *query, int64_t total, const char **next, const char **previous);

#define numbered_fill(request, query, listed, answer) \
	((answer)->n_results = (listed)->count, (answer)->count = (listed)->total, \
	    numbered_links((request), (query), (listed)->total, &(answer)->next, &(answer)->previous))

/*
 * The answer of a list: PAGE(struct order_page, order_page_shape, "OrderPage", order_summary_shape) defines the struct
 * { results, n_results, next, previous } and its shape; PAGE_NUMBERED adds count.
 */
#define PAGE_STRUCT_(S, item) \
	S \
	{ \
		__typeof__(item##_struct) *results; \
		size_t                     n_results; \
		const char                *next, *previous; \
		int64_t                    count; \
	};
#define PAGE_MEMBERS_(S, item) M_ARRAY(S, results, n_results, "results", item, 1000), PAGE_LINKS_(S)
#define PAGE_LINKS_(S) \
	M_TEXT(S, next, "next", 4400, .description = "Relative URL of the next page, or null.", .example = "null"), \
	    M_TEXT( \
		S, previous, "previous", 4400, .description = "Relative URL of the previous page, or null.", .example = "null")
#define PAGE(S, shape_, title, item) \
	PAGE_STRUCT_(S, item) \
	static const struct member shape_##_members[] = { PAGE_MEMBERS_(S, item) }; \
	SHAPE(S, shape_, title, shape_##_members)
#define PAGE_NUMBERED(S, shape_, title, item) \
	PAGE_STRUCT_(S, item) \
	static const struct member shape_##_members[] = { M_INTEGER(S, count, "count", 0, INT64_MAX, \
							      .description = "Number of items on all pages."), \
		PAGE_MEMBERS_(S, item) }; \
	SHAPE(S, shape_, title, shape_##_members)

#endif
