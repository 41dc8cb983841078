/* The routes of bulk actions. */
#include "http/request.h"
#include "lists/bulk.h"
#include "lists/lists.h"

struct bulk_query {
	struct list_query list;
};
static const struct member bulk_query_members[] = { LIST_QUERY(struct bulk_query) };
SHAPE(struct bulk_query, bulk_query_shape, "BulkActionsQuery", bulk_query_members);
PAGE(struct bulk_page, bulk_page_shape, "BulkActionPage", bulk_action_summary_shape);

struct bulk_rows_query {
	struct list_query list;
	int              *status;
};
static const struct member bulk_rows_query_members[] = {
	LIST_QUERY(struct bulk_rows_query),
	LIST_FORMAT(struct bulk_rows_query),
	M_ENUM(struct bulk_rows_query, status, "status", bulk_row_status_values),
};
SHAPE(struct bulk_rows_query, bulk_rows_query_shape, "BulkRowsQuery", bulk_rows_query_members);
PAGE(struct bulk_row_page, bulk_row_page_shape, "BulkRowPage", bulk_row_shape);

struct bulk_match_query {
	int         action;
	const char *filter;
};
static const struct member bulk_match_query_members[] = {
	M_ENUM(struct bulk_match_query, action, "action", bulk_name_values, .required = true),
	M_TEXT(struct bulk_match_query, filter, "filter", BULK_FILTER_MAX, .required = true, .example = "\"status=draft\"",
	    .description = "The query of the action's list, like status=pending; empty: all of it."),
};
SHAPE(struct bulk_match_query, bulk_match_query_shape, "BulkMatchQuery", bulk_match_query_members);

static const struct problem *
handle_list_bulk(struct request *request)
{
	struct page_request page;
	struct bulk_page    answer;
	struct listed       listed;

	TRY(page_read(request, &QUERY(request, struct bulk_query)->list, NULL, 0, &page));
	TRY(list_bulk(request->work, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
handle_count_bulk(struct request *request)
{
	const struct bulk_match_query *query = QUERY(request, struct bulk_match_query);
	struct bulk_match              match;

	TRY(count_bulk(request->work, query->action, query->filter, &match));
	return respond(request, &match);
}

static const struct problem *
handle_request_bulk(struct request *request)
{
	struct bulk_action *action;

	TRY(request_bulk(request->work, BODY(request, struct bulk_request), &action));
	return respond(request, action);
}

static const struct problem *
handle_show_bulk(struct request *request)
{
	struct bulk_action_id id;
	struct bulk_action   *action;

	TRY(path_id(request, "id", &id.uuid));
	TRY(read_bulk(request->work, id, &action));
	return respond(request, action);
}

static const struct problem *
handle_list_bulk_rows(struct request *request)
{
	const struct bulk_rows_query *query = QUERY(request, struct bulk_rows_query);
	struct bulk_action_id         id;
	struct page_request           page;
	struct bulk_row_page          answer;
	struct listed                 listed;

	TRY(path_id(request, "id", &id.uuid));
	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_bulk_rows(request->work, id, query->status, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
handle_retry_bulk(struct request *request)
{
	struct bulk_action_id id;
	struct bulk_action   *action;

	TRY(path_id(request, "id", &id.uuid));
	TRY(retry_bulk(request->work, id, &action));
	return respond(request, action);
}

/* Those of all actions (bulk_kinds.c); which one it is for is the action's own. */
#define BULK_ACTORS \
	(PERMISSION(CATALOG_WRITE) | PERMISSION(CATALOG_WRITE_OWN) | PERMISSION(INVENTORY_WRITE) | \
	    PERMISSION(INVENTORY_WRITE_OWN) | PERMISSION(ORDER_FULFIL) | PERMISSION(ORDER_FULFIL_OWN) | \
	    PERMISSION(REVIEW_MODERATE) | PERMISSION(WEBHOOK_REPLAY))

static const struct route bulk_routes[] = {
	{ GET, "/bulk-actions", .id = "listBulkActions", .permission = SIGNED_IN, .query = &bulk_query_shape,
	    .answer = { 200, &bulk_page_shape }, .errors = ERRORS(BAD_CURSOR), .summary = "List your bulk actions, newest first",
	    .handler = handle_list_bulk },
	{ POST, "/bulk-actions", .id = "requestBulkAction", .permission = BULK_ACTORS, .writes = WRITES_DATABASE,
	    .body = &bulk_request_shape, .answer = { 202, &bulk_action_shape },
	    .errors = ERRORS(FORBIDDEN, UNAUTHENTICATED, BAD_CURSOR, CONFLICT), .summary = "Do something to many things",
	    .description =
		"A job does it row by row with your rights at that moment; a row that is refused stops no other. With a filter it is "
		"done to what the list finds by then, or to nothing when that is not `expected`. At most 10000 rows, 5000 by ids, and five "
		"actions of an account at once.",
	    .handler = handle_request_bulk },
	{ GET, "/bulk-actions/matches", .id = "countBulkMatches", .permission = BULK_ACTORS, .query = &bulk_match_query_shape,
	    .answer = { 200, &bulk_match_shape }, .errors = ERRORS(FORBIDDEN, UNAUTHENTICATED, BAD_CURSOR),
	    .summary = "Count what an action with that filter would be done to",
	    .description = "At most 10000: what is told is what `expected` of the action wants.", .handler = handle_count_bulk },
	{ GET, "/bulk-actions/{id}", .id = "showBulkAction", .permission = SIGNED_IN, .answer = { 200, &bulk_action_shape },
	    .summary = "Show how far a bulk action is, and what has failed", .handler = handle_show_bulk },
	{ GET, "/bulk-actions/{id}/rows", .id = "listBulkRows", .permission = SIGNED_IN, .csv = true,
	    .query = &bulk_rows_query_shape, .answer = { 200, &bulk_row_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List what became of each row of a bulk action", .handler = handle_list_bulk_rows },
	{ POST, "/bulk-actions/{id}/retry", .id = "retryBulkAction", .permission = BULK_ACTORS, .writes = WRITES_DATABASE,
	    .answer = { 202, &bulk_action_shape }, .errors = ERRORS(CONFLICT), .summary = "Try the rows that failed again",
	    .handler = handle_retry_bulk },
};

ROUTE_TABLE(bulk_table, "Bulk actions", "One action on many things, in the background.", bulk_routes);
