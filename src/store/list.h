/*
 * list.h: lists: one SELECT put together from constant fragments, with its conditions, its order and its page.
 *
 *     struct list list = list_begin(work, "SELECT {o}", "FROM orders o");
 *     list_where(&list, "o.user_id = ?", P(work->viewer.user));
 *     list_filter(&list, "o.status = ?", P(filter->status));       // left out when the parameter is NULL
 *     return list_page(&list, &order_shape, newest_first, page, &orders, listed);
 *
 * Fragments are constants of the program and values are always parameters, so nothing a client sends becomes SQL.
 *
 * Two kinds of pages.  What grows is paged by key: a page begins behind (or, going back, before) the row that a cursor
 * names by its sort value and id, so it costs the same at the end as at the beginning, and rows that come or go between
 * two pages make none appear twice.  Small sets have numbered pages and a count.  A use-case takes a struct page_request
 * and gives back its rows and a struct listed; what a cursor looks like outside is known to http/page.h alone.
 */
#ifndef LIST_H
#define LIST_H

#include "base/shape.h"
#include "base/text.h"
#include "store/db.h"
#include "store/work.h"

enum { LIST_PARAMETERS_MAX = 160 };

/* The row that a page begins behind. */
struct list_key {
	int64_t     number; /* by an integer, an amount, a time in milliseconds, or the row's position */
	const char *text;   /* by a text; NULL: the number counts */
	struct uuid id;
};

/* Which page is asked for. */
struct page_request {
	int64_t         limit;
	int             ordering; /* an index of the list's own orderings */
	bool            given;    /* there is a cursor; false: the first page */
	bool            backward; /* the rows before `key`, not those behind it */
	struct list_key key;
};

/* What a page has, besides its rows. */
struct listed {
	size_t           count;           /* rows of this page */
	int64_t          total;           /* rows of all pages: numbered pages only */
	struct list_key *next, *previous; /* where the neighbours begin, NULL when there is none */
};

/*
 * One ordering.  `member` is the member of the row's shape that the column fills: its kind says what kind of key it is.
 * Ties, and lists without a column, are ordered by the id in the same direction.
 */
struct list_order {
	const char *column; /* "l.price_minor"; NULL: by id alone */
	const char *member; /* "price" */
	const char *id;     /* the column of the row's member "id": "l.product_id" */
	bool        descending;
	const char *mark; /* how a parameter of the column's type is written; NULL: "?" */
};

struct list {
	struct work     *work;
	const char      *select;
	struct text      from;
	struct parameter parameters[LIST_PARAMETERS_MAX];
	size_t           n;
	bool             has_conditions;
};

/* `select` is "SELECT ..." without parameters, `from` begins with "FROM". */
struct list list_begin(struct work *work, const char *select, const char *from);

/* A list of the rows of another, whose statement stands behind FROM in brackets; `from` goes on with its alias. */
struct list list_of_rows(const char *select, const struct list *rows, const char *from);

/* Add a fragment behind what stands there, with its parameters: a join, an index hint. */
#define list_append(list, fragment, ...) list_append_((list), (fragment), PARAMETERS_(__VA_ARGS__))

/* Add a condition: behind WHERE the first, behind AND each further one. */
#define list_where(list, condition, ...) list_where_((list), (condition), PARAMETERS_(__VA_ARGS__))

/* The same when the parameter, its only one, is not NULL. */
void list_filter(struct list *list, const char *condition, struct parameter parameter);

/* Read what was put together, as it stands: at most `limit` rows, more are an error (db_rows). */
const struct problem *list_read(struct list *list, const struct shape *shape, size_t limit, void *rows, size_t *count);

/*
 * Read one page by key, in the ordering of the request: `orders` is the array of the list's orderings.  BAD_CURSOR when
 * it has no such ordering.  *rows (a `struct thing **`) becomes the array of listed->count rows, in the list's order.
 */
#define list_page(list, shape, orders, page, rows, listed) \
	list_page_((list), NULL, 0, (shape), (orders), sizeof(orders) / sizeof *(orders), (page), (rows), (listed))

/*
 * The same of a list whose filters are looked at on the way along an index: at most `max` rows are walked, so a page may be
 * short and still have a neighbour, which begins where the walk ended.  `keys` is the list without what the index does not
 * range over, and selects the same keys.
 */
#define list_page_walked(list, keys, max, shape, orders, page, rows, listed) \
	list_page_((list), (keys), (max), (shape), (orders), sizeof(orders) / sizeof *(orders), (page), (rows), (listed))

/*
 * A page of few rows in an order that is no column's (the best match first): its key is the position of a row.  Read one row
 * more than the window's limit, from its first one on; list_window_found says what the page has of the `count` that there are.
 */
struct list_window {
	int64_t first, limit;
};
struct list_window list_window(const struct page_request *page);
void               list_window_found(struct arena *arena, const struct list_window *window, size_t count, struct listed *listed);

/* Read page `number` (from 1) of `size` rows, and count the rows of all pages. */
const struct problem *list_numbered(struct list *list, const struct shape *shape, const char *order, int64_t number, int64_t size,
    void *rows, struct listed *listed);

/* The LIKE pattern of texts that begin with this one: its own '%', '_' and '\' mean themselves. */
const char *like_prefix(struct arena *arena, const char *text);

/* The same of texts that hold it anywhere. */
const char *like_part(struct arena *arena, const char *text);

void                  list_append_(struct list *list, const char *fragment, size_t n, const struct parameter *parameters);
void                  list_where_(struct list *list, const char *condition, size_t n, const struct parameter *parameters);
const struct problem *list_page_(const struct list *list, const struct list *keys, int64_t max, const struct shape *shape,
    const struct list_order *orders, size_t n_orders, const struct page_request *page, void *rows, struct listed *listed);

#endif
