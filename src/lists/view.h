/*
 * view.h: saved views: a list with its filters, columns and order, under a name.
 *
 * What is kept is the query of the list's address, as the console has it; the shop does not look into it, for the list itself
 * checks it when it is opened.  A view is its maker's own, or shared: within the staff, or within the shop of a shopkeeper, with
 * those who may see the list.
 * Customers have no lists to share.  Use-cases that write run in the transaction of their caller.
 */
#ifndef LISTS_VIEW_H
#define LISTS_VIEW_H

#include "base/shape.h"
#include "store/work.h"

enum { VIEWS_MAX = 100, VIEWS_SHARED_MAX = 200, VIEW_NAME_MAX = 80, VIEW_QUERY_MAX = 2000 };

/* The names of the lists that the console has. */
extern const char *const viewed_list_values[];

struct saved_view {
	struct saved_view_id id;
	int                  list; /* of viewed_list_values */
	const char          *name, *query;
	bool                 shared, own; /* own: the viewer has made it */
	struct instant       created_at;
};
SHAPE_DECLARE(struct saved_view, saved_view_shape);

struct saved_view_body {
	int         list;
	const char *name, *query;
	bool        shared;
};
SHAPE_DECLARE(struct saved_view_body, saved_view_body_shape);

/* Those that the viewer has made or that are shared with them, of one list (NULL: of all), by list and name. */
const struct problem *list_saved_views(struct work *work, const int *list, struct saved_view **views, size_t *count);

/*
 * VALIDATION_FAILED for a query that is none; DUPLICATE_KEY when the viewer has one of that name; FORBIDDEN to share for who
 * is neither staff nor has a shop; CONFLICT beyond VIEWS_MAX of one's own or VIEWS_SHARED_MAX that are shared.
 */
const struct problem *create_saved_view(struct work *work, const struct saved_view_body *body, struct saved_view **view);

/* One's own; staff who manage users may delete what the staff share.  NOT_FOUND; FORBIDDEN for a shared one of another. */
const struct problem *delete_saved_view(struct work *work, struct saved_view_id id);

#endif
