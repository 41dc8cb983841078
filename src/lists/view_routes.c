/* The routes of saved views. */
#include "http/request.h"
#include "lists/lists.h"
#include "lists/view.h"

struct views_query {
	int *list;
};

static const struct member views_query_members[] = {
	M_ENUM(struct views_query, list, "list", viewed_list_values, .description = "Only views of this list."),
};
SHAPE(struct views_query, views_query_shape, "SavedViewsQuery", views_query_members);

struct view_list {
	struct saved_view *results;
	size_t             n_results;
};

static const struct member view_list_members[] = {
	M_ARRAY(struct view_list, results, n_results, "results", saved_view_shape, VIEWS_MAX + VIEWS_SHARED_MAX),
};
SHAPE(struct view_list, view_list_shape, "SavedViewList", view_list_members);

static const struct problem *
handle_list_views(struct request *request)
{
	struct view_list answer;

	TRY(list_saved_views(request->work, QUERY(request, struct views_query)->list, &answer.results, &answer.n_results));
	return respond(request, &answer);
}

static const struct problem *
handle_create_view(struct request *request)
{
	struct saved_view *view;

	TRY(create_saved_view(request->work, BODY(request, struct saved_view_body), &view));
	return respond(request, view);
}

static const struct problem *
handle_delete_view(struct request *request)
{
	struct saved_view_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(delete_saved_view(request->work, id));
	return respond_nothing(request);
}

static const struct route view_routes[] = {
	{ GET, "/saved-views", .id = "listSavedViews", .permission = SIGNED_IN, .query = &views_query_shape,
	    .answer = { 200, &view_list_shape }, .summary = "List your saved views, and those shared with you, by list and name",
	    .handler = handle_list_views },
	{ POST, "/saved-views", .id = "createSavedView", .permission = SIGNED_IN, .writes = WRITES_DATABASE,
	    .body = &saved_view_body_shape, .answer = { 201, &saved_view_shape },
	    .errors = ERRORS(FORBIDDEN, CONFLICT, DUPLICATE_KEY), .summary = "Save a view of a list",
	    .description =
		"A shared one is seen by the staff, or the people of the seller's shop, who may see the list; customers share none.",
	    .handler = handle_create_view },
	{ DELETE, "/saved-views/{id}", .id = "deleteSavedView", .permission = SIGNED_IN, .writes = WRITES_DATABASE,
	    .answer = { 204, NULL }, .errors = ERRORS(NOT_FOUND, FORBIDDEN), .summary = "Delete a saved view",
	    .description = "Your own; who manages users may also delete what the staff share.", .handler = handle_delete_view },
};

ROUTE_TABLE(
    saved_views_table, "Saved views", "Lists of the console under a name, with their filters, columns and order.", view_routes);
