/* The routes of returns: tables and thin handlers. */
#include "fulfilment/fulfilments.h"
#include "fulfilment/return.h"
#include "http/page.h"
#include "http/request.h"

static const struct member wanted_line_members[] = {
	M_ID(struct wanted_line, line, "line_id", .required = true),
	M_INTEGER(struct wanted_line, quantity, "quantity", 1, ORDER_QUANTITY_MAX, .required = true),
	M_TEXT(struct wanted_line, reason, "reason", CANCEL_REASON_MAX, .required = true, .min = 1, .example = "\"too small\""),
};
SHAPE(struct wanted_line, wanted_line_shape, "ReturnLineRequest", wanted_line_members);

static const struct member return_request_members[] = {
	M_ARRAY(struct return_request, lines, n_lines, "lines", wanted_line_shape, ORDER_LINES_MAX, .min = 1, .required = true),
};
SHAPE(struct return_request, return_request_shape, "ReturnRequest", return_request_members);

static const struct problem *
respond_return(struct request *request, struct return_id id)
{
	struct goods_return *back;

	TRY(read_return(request->work, id, &back));
	return respond(request, back);
}

static const struct problem *
ask_for_return(struct request *request)
{
	const char      *order = path_text(request, "id");
	struct return_id id;

	TRY(request_return(request->work, order == NULL ? "" : order, BODY(request, struct return_request), &id));
	return respond_return(request, id);
}

struct returns_query {
	struct list_query list;
	int              *status;
	struct order_id  *order;
};

static const struct member returns_query_members[] = {
	LIST_QUERY(struct returns_query),
	LIST_FORMAT(struct returns_query),
	M_ENUM(struct returns_query, status, "status", return_status_values),
	M_ID(struct returns_query, order, "order"),
};
SHAPE(struct returns_query, returns_query_shape, "ReturnsQuery", returns_query_members);

PAGE(struct return_page, return_page_shape, "ReturnPage", return_shape);

static const struct problem *
show_returns(struct request *request)
{
	const struct returns_query *query = QUERY(request, struct returns_query);
	struct return_filter        filter = { query->status, query->order };
	struct return_page          answer;
	struct page_request         page;
	struct listed               listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_returns(request->work, &filter, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
show_return(struct request *request)
{
	struct return_id id;

	TRY(path_id(request, "id", &id.uuid));
	return respond_return(request, id);
}

static const struct problem *
approve(struct request *request)
{
	struct return_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(approve_return(request->work, id));
	return respond_return(request, id);
}

struct rejection {
	const char *reason;
};

static const struct member rejection_members[] = {
	M_TEXT(struct rejection, reason, "reason", CANCEL_REASON_MAX, .required = true, .min = 1, .example = "\"worn\""),
};
SHAPE(struct rejection, rejection_shape, "ReturnRejection", rejection_members);

static const struct problem *
reject(struct request *request)
{
	struct return_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(reject_return(request->work, id, BODY(request, struct rejection)->reason));
	return respond_return(request, id);
}

static const struct problem *
cancel(struct request *request)
{
	struct return_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(cancel_return(request->work, id));
	return respond_return(request, id);
}

static const struct member received_line_members[] = {
	M_ID(struct received_line, line, "line_id", .required = true),
	M_INTEGER(struct received_line, quantity, "quantity", 0, ORDER_QUANTITY_MAX, .nullable = true,
	    .description = "How many are accepted; by default as many as the return has."),
	M_BOOLEAN(struct received_line, restock, "restock", .required = true, .description = "Whether they can be sold again."),
};
SHAPE(struct received_line, received_line_shape, "ReceivedLine", received_line_members);

static const struct member receipt_members[] = {
	M_ARRAY(struct receipt, lines, n_lines, "lines", received_line_shape, ORDER_LINES_MAX, .required = true,
	    .description = "A line that is left out is not accepted."),
};
SHAPE(struct receipt, receipt_shape, "ReturnReceipt", receipt_members);

static const struct problem *
receive(struct request *request)
{
	struct return_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(receive_return(request->work, id, BODY(request, struct receipt)));
	return respond_return(request, id);
}

#define READS (PERMISSION(ORDER_PLACE) | PERMISSION(ORDER_READ_ALL) | PERMISSION(ORDER_READ_OWN))
#define MANAGES (PERMISSION(RETURN_MANAGE) | PERMISSION(RETURN_MANAGE_OWN))

static const struct route routes[] = {
	{ POST, "/orders/{id}/returns", .id = "requestReturn", .permission = PERMISSION(ORDER_PLACE) | PERMISSION(ORDER_FULFIL),
	    .writes = WRITES_DATABASE, .body = &return_request_shape, .answer = { 201, &return_shape },
	    .errors = ERRORS(NOT_FOUND, NOT_RETURNABLE), .summary = "Ask to return goods of an order", .handler = ask_for_return,
	    .description = "Goods of one seller, for some days after their delivery; staff may ask at any time." },
	{ GET, "/returns", .id = "listReturns", .permission = READS, .csv = true, .query = &returns_query_shape,
	    .answer = { 200, &return_page_shape }, .errors = ERRORS(BAD_CURSOR), .summary = "List returns, newest first",
	    .handler = show_returns, .description = "Customers see their own, sellers those of their goods, staff all." },
	{ GET, "/returns/{id}", .id = "showReturn", .permission = READS, .answer = { 200, &return_shape },
	    .errors = ERRORS(NOT_FOUND), .summary = "Show a return", .handler = show_return },
	{ POST, "/returns/{id}/approve", .id = "approveReturn", .permission = MANAGES, .writes = WRITES_DATABASE,
	    .answer = { 200, &return_shape }, .errors = ERRORS(NOT_FOUND, RETURN_STATE), .summary = "Approve a return",
	    .handler = approve, .description = "The goods must come within some weeks, else it expires." },
	{ POST, "/returns/{id}/reject", .id = "rejectReturn", .permission = MANAGES, .writes = WRITES_DATABASE,
	    .body = &rejection_shape, .answer = { 200, &return_shape }, .errors = ERRORS(NOT_FOUND, RETURN_STATE),
	    .summary = "Reject a return", .handler = reject },
	{ POST, "/returns/{id}/receive", .id = "receiveReturn",
	    .permission = PERMISSION(ORDER_FULFIL) | PERMISSION(ORDER_FULFIL_OWN), .writes = WRITES_DATABASE,
	    .body = &receipt_shape, .answer = { 200, &return_shape },
	    .errors = ERRORS(NOT_FOUND, RETURN_STATE, PAYMENT_STATE, MERCHANT_INACTIVE, CONFLICT),
	    .summary = "Record which goods of a return have come", .handler = receive,
	    .description =
		"What was paid for those that are accepted is refunded; a return of which nothing is accepted is rejected." },
	{ POST, "/returns/{id}/cancel", .id = "cancelReturn", .permission = PERMISSION(ORDER_PLACE), .writes = WRITES_DATABASE,
	    .answer = { 200, &return_shape }, .errors = ERRORS(NOT_FOUND, RETURN_STATE),
	    .summary = "Cancel a return of your own before the goods have come", .handler = cancel },
};
ROUTE_TABLE(returns_table, "Returns", "Goods that customers send back.", routes);
