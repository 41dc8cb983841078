/* The routes of fulfilments: tables and thin handlers. */
#include "fulfilment/fulfilment.h"
#include "fulfilment/fulfilments.h"
#include "fulfilment/slips.h"
#include "http/page.h"
#include "http/request.h"

PAGE(struct fulfilment_page, fulfilment_page_shape, "FulfilmentPage", fulfilment_shape);

static const struct problem *
show_of_order(struct request *request)
{
	struct fulfilment_page page = { .next = NULL };
	const char            *order = path_text(request, "id");

	TRY(fulfilments_of_order(request->work, order == NULL ? "" : order, &page.results, &page.n_results));
	return respond(request, &page);
}

PAGE(struct fulfilment_summary_page, fulfilment_summary_page_shape, "FulfilmentSummaryPage", fulfilment_summary_shape);

static const struct problem *
show_fulfilments(struct request *request)
{
	const struct fulfilments_query *query = QUERY(request, struct fulfilments_query);
	struct fulfilment_summary_page  answer;
	struct page_request             page;
	struct listed                   listed;

	TRY(page_read(request, &query->list, query->ordering, 0, &page));
	TRY(list_fulfilments(request->work, &query->filter, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
respond_fulfilment(struct request *request, struct fulfilment_id id)
{
	struct shown_fulfilment *fulfilment;

	TRY(read_fulfilment(request->work, id, &fulfilment));
	return respond(request, fulfilment);
}

static const struct problem *
run_step(struct request *request, const struct problem *(*step)(struct work *, struct fulfilment_id))
{
	struct fulfilment_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(step(request->work, id));
	return respond_fulfilment(request, id);
}

static const struct problem *
pack(struct request *request)
{
	return run_step(request, pack_fulfilment);
}

static const struct problem *
unpack(struct request *request)
{
	return run_step(request, unpack_fulfilment);
}

static const struct problem *
deliver(struct request *request)
{
	return run_step(request, deliver_fulfilment);
}

static const struct member shipment_members[] = {
	M_TEXT(struct shipment, carrier, "carrier", CARRIER_MAX, .required = true, .min = 1, .example = "\"Pathao\""),
	M_TEXT(struct shipment, tracking, "tracking", TRACKING_MAX, .min = 1, .nullable = true, .example = "\"PT-20417\"",
	    .description = "The carrier's number of the parcel."),
};
SHAPE(struct shipment, shipment_shape, "Shipment", shipment_members);

static const struct problem *
ship(struct request *request)
{
	struct fulfilment_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(ship_fulfilment(request->work, id, BODY(request, struct shipment)));
	return respond_fulfilment(request, id);
}

struct ending_body {
	const char *reason;
};

static const struct member ending_body_members[] = {
	M_TEXT(
	    struct ending_body, reason, "reason", CANCEL_REASON_MAX, .required = true, .min = 1, .example = "\"out of stock\""),
};
SHAPE(struct ending_body, ending_body_shape, "FulfilmentCancelRequest", ending_body_members);

static const struct problem *
cancel(struct request *request)
{
	struct fulfilment_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(cancel_fulfilment(request->work, id, BODY(request, struct ending_body)->reason));
	return respond_fulfilment(request, id);
}

static const struct member returned_line_members[] = {
	M_ID(struct returned_line, line, "line_id", .required = true),
	M_BOOLEAN(struct returned_line, restock, "restock", .required = true, .description = "Whether it can be sold again."),
};
SHAPE(struct returned_line, returned_line_shape, "ReturnedLine", returned_line_members);

static const struct member parcel_return_members[] = {
	M_TEXT(struct parcel_return, reason, "reason", CANCEL_REASON_MAX, .required = true, .min = 1,
	    .example = "\"refused at the door\""),
	M_ARRAY(struct parcel_return, lines, n_lines, "lines", returned_line_shape, ORDER_LINES_MAX, .nullable = true,
	    .description = "Those that can be sold again, or not; a line that is left out is not."),
};
SHAPE(struct parcel_return, parcel_return_shape, "ParcelReturn", parcel_return_members);

static const struct problem *
take_back(struct request *request)
{
	struct fulfilment_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(return_fulfilment(request->work, id, BODY(request, struct parcel_return)));
	return respond_fulfilment(request, id);
}

struct slips_query {
	const char *ids;
};
static const struct member slips_query_members[] = {
	M_TEXT(struct slips_query, ids, "ids", SLIPS_MAX *(UUID_TEXT_LENGTH + 1), .required = true, .min = 1,
	    .example = "\"0192f0c1-2b3c-7d4e-8f50-617283940a1b\"",
	    .description = "Of fulfilments, with commas between them; at most 100."),
};
SHAPE(struct slips_query, slips_query_shape, "SlipsQuery", slips_query_members);

struct slip_list {
	struct slip *results;
	size_t       n_results;
};
static const struct member slip_list_members[] = {
	M_ARRAY(struct slip_list, results, n_results, "results", slip_shape, SLIPS_MAX),
};
SHAPE(struct slip_list, slip_list_shape, "PackingSlipList", slip_list_members);

static const struct problem *
show_slips(struct request *request)
{
	struct slip_list answer;

	TRY(read_slips(request->work, QUERY(request, struct slips_query)->ids, &answer.results, &answer.n_results));
	return respond(request, &answer);
}

#define READS (PERMISSION(ORDER_PLACE) | PERMISSION(ORDER_READ_ALL) | PERMISSION(ORDER_READ_OWN))
#define FULFILS (PERMISSION(ORDER_FULFIL) | PERMISSION(ORDER_FULFIL_OWN))

#define STEP_ERRORS NOT_FOUND, FULFILMENT_STATE, MERCHANT_INACTIVE

static const struct route routes[] = {
	{ GET, "/fulfilments", .id = "listAllFulfilments", .permission = PERMISSION(ORDER_READ_ALL) | FULFILS, .by_key = true,
	    .csv = true, .query = &fulfilments_query_shape, .answer = { 200, &fulfilment_summary_page_shape },
	    .errors = ERRORS(BAD_CURSOR), .summary = "List the parts of all orders: what is to be packed, shipped, delivered",
	    .handler = show_fulfilments, .description = "Sellers see their own, staff all." },
	{ GET, "/orders/{id}/fulfilments", .id = "listFulfilments", .permission = READS,
	    .answer = { 200, &fulfilment_page_shape }, .summary = "List the parts of an order, one for each of its sellers",
	    .handler = show_of_order,
	    .description = "There are none before the order is paid or confirmed. Sellers see their own." },
	{ GET, "/fulfilments/slips", .id = "showSlips", .permission = FULFILS, .by_key = true, .query = &slips_query_shape,
	    .answer = { 200, &slip_list_shape }, .errors = ERRORS(NOT_FOUND),
	    .summary = "Show the packing slips of many parts of orders: what belongs into each parcel, and where it goes",
	    .handler = show_slips },
	{ POST, "/fulfilments/{id}/pack", .id = "packFulfilment", .permission = FULFILS, .by_key = true,
	    .writes = WRITES_DATABASE, .answer = { 200, &fulfilment_shape }, .errors = ERRORS(STEP_ERRORS, UNDER_REVIEW),
	    .summary = "Pack a part of an order", .handler = pack },
	{ POST, "/fulfilments/{id}/unpack", .id = "unpackFulfilment", .permission = FULFILS, .by_key = true,
	    .writes = WRITES_DATABASE, .answer = { 200, &fulfilment_shape }, .errors = ERRORS(STEP_ERRORS),
	    .summary = "Take back that a part of an order is packed", .handler = unpack },
	{ POST, "/fulfilments/{id}/ship", .id = "shipFulfilment", .permission = FULFILS, .by_key = true,
	    .writes = WRITES_DATABASE, .body = &shipment_shape, .answer = { 200, &fulfilment_shape },
	    .errors = ERRORS(STEP_ERRORS), .summary = "Ship a part of an order, or correct its carrier and tracking",
	    .handler = ship },
	{ POST, "/fulfilments/{id}/deliver", .id = "deliverFulfilment", .permission = FULFILS, .by_key = true,
	    .writes = WRITES_DATABASE, .answer = { 200, &fulfilment_shape }, .errors = ERRORS(STEP_ERRORS),
	    .summary = "Record that a part of an order has arrived", .handler = deliver,
	    .description = "It counts as delivered by itself some weeks after it was shipped." },
	{ POST, "/fulfilments/{id}/cancel", .id = "cancelFulfilment", .permission = FULFILS | PERMISSION(ORDER_PLACE),
	    .by_key = true, .writes = WRITES_DATABASE, .body = &ending_body_shape, .answer = { 200, &fulfilment_shape },
	    .errors = ERRORS(STEP_ERRORS, PAYMENT_STATE), .summary = "Cancel a part of an order that has not been shipped",
	    .handler = cancel,
	    .description =
		"Its stock is back at once and what was paid for it is refunded: the totals of its lines, and with the last "
		"part, when none has been shipped, whatever remains." },
	{ POST, "/fulfilments/{id}/return", .id = "returnFulfilment", .permission = FULFILS, .by_key = true,
	    .writes = WRITES_DATABASE, .body = &parcel_return_shape, .answer = { 200, &fulfilment_shape },
	    .errors = ERRORS(STEP_ERRORS, PAYMENT_STATE, CONFLICT), .summary = "Record that a parcel came back undelivered",
	    .handler = take_back, .description = "What was paid for its goods is refunded; shipping is not." },
};
ROUTE_TABLE(fulfilments_table, "Fulfilments", "The parts of orders on their way to the customer.", routes);
