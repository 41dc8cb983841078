/* The routes of webhook endpoints and deliveries: a table and thin handlers. */
#include "http/page.h"
#include "http/request.h"
#include "notify/delivery.h"
#include "notify/endpoint.h"
#include "notify/notify.h"

struct endpoints_query {
	struct list_query list;
};

static const struct member endpoints_query_members[] = {
	LIST_QUERY(struct endpoints_query),
	LIST_FORMAT(struct endpoints_query),
};
SHAPE(struct endpoints_query, endpoints_query_shape, "WebhookEndpointsQuery", endpoints_query_members);

PAGE(struct endpoint_page, endpoint_page_shape, "WebhookEndpointPage", endpoint_shape);

static const struct problem *
show_endpoints(struct request *request)
{
	struct endpoint_page answer;
	struct page_request  page;
	struct listed        listed;

	TRY(page_read(request, &QUERY(request, struct endpoints_query)->list, NULL, 0, &page));
	TRY(list_endpoints(request->work, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
respond_endpoint(struct request *request, const struct endpoint *endpoint)
{
	if (request_not_modified(request, endpoint->id.uuid, endpoint->version))
		return OK;
	return respond(request, endpoint);
}

/* The name is resolved before the transaction, and only for who has not made it before. */
static const struct problem *
handle_create_endpoint(struct request *request)
{
	const struct endpoint *body = BODY(request, struct endpoint);
	struct endpoint       *endpoint;

	TRY(db_transaction(request->work, endpoint_made_before(request->work, &endpoint)));
	if (endpoint != NULL)
		return respond_endpoint(request, endpoint);
	TRY(check_endpoint(request->work, body));
	TRY(db_transaction(request->work, create_endpoint(request->work, body, &endpoint)));
	return respond_endpoint(request, endpoint);
}

static const struct problem *
handle_show_endpoint(struct request *request)
{
	struct endpoint_id id;
	struct endpoint   *endpoint;

	TRY(path_id(request, "id", &id.uuid));
	TRY(read_endpoint(request->work, id, &endpoint));
	return respond_endpoint(request, endpoint);
}

static const struct problem *
handle_update_endpoint(struct request *request)
{
	const struct endpoint *body = BODY(request, struct endpoint);
	struct endpoint_id     id;
	struct endpoint       *endpoint;

	TRY(path_id(request, "id", &id.uuid));
	TRY(check_endpoint(request->work, body));
	TRY(db_transaction(
	    request->work, update_endpoint(request->work, id, request->route->body, body, expected_version(request), &endpoint)));
	return respond_endpoint(request, endpoint);
}

static const struct problem *
handle_delete_endpoint(struct request *request)
{
	struct endpoint_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(delete_endpoint(request->work, id, expected_version(request)));
	return respond_nothing(request);
}

static const struct problem *
handle_rotate_secret(struct request *request)
{
	struct endpoint_id id;
	struct endpoint   *endpoint;

	TRY(path_id(request, "id", &id.uuid));
	TRY(db_transaction(request->work, rotate_endpoint_secret(request->work, id, &endpoint)));
	return respond_endpoint(request, endpoint);
}

static const struct problem *
handle_test_endpoint(struct request *request)
{
	struct endpoint_id id;
	struct delivery   *delivery;

	TRY(path_id(request, "id", &id.uuid));
	TRY(test_endpoint(request->work, id, &delivery));
	return respond(request, delivery);
}

struct deliveries_query {
	struct list_query list;
	int              *status;
};

static const struct member deliveries_query_members[] = {
	LIST_QUERY(struct deliveries_query),
	LIST_FORMAT(struct deliveries_query),
	M_ENUM(struct deliveries_query, status, "status", delivery_status_values),
};
SHAPE(struct deliveries_query, deliveries_query_shape, "WebhookDeliveriesQuery", deliveries_query_members);

PAGE(struct delivery_page, delivery_page_shape, "WebhookDeliveryPage", delivery_shape);

static const struct problem *
show_deliveries(struct request *request)
{
	const struct deliveries_query *query = QUERY(request, struct deliveries_query);
	struct endpoint_id             id;
	struct delivery_page           answer;
	struct page_request            page;
	struct listed                  listed;

	TRY(path_id(request, "id", &id.uuid));
	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_deliveries(request->work, id, query->status, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
handle_resend_delivery(struct request *request)
{
	struct delivery_id id;
	struct delivery   *delivery;

	TRY(path_id(request, "id", &id.uuid));
	TRY(resend_delivery(request->work, id, &delivery));
	return respond(request, delivery);
}

struct recover_body {
	struct instant since;
};

static const struct member recover_body_members[] = {
	M_TIME(struct recover_body, since, "since", .required = true),
};
SHAPE(struct recover_body, recover_body_shape, "RecoverRequest", recover_body_members);

static const struct member recovered_members[] = {
	M_INTEGER(struct recovered, deliveries, "deliveries", 0, INT64_MAX, .description = "How many were put in."),
	M_TIME(struct recovered, more_since, "more_since",
	    .description = "There may be more: ask again since this time.  Null: those were all.", .example = "null"),
};
SHAPE(struct recovered, recovered_shape, "Recovered", recovered_members);

static const struct problem *
handle_recover_endpoint(struct request *request)
{
	struct endpoint_id id;
	struct recovered   recovered;

	TRY(path_id(request, "id", &id.uuid));
	TRY(recover_endpoint(request->work, id, BODY(request, struct recover_body)->since, &recovered));
	return respond(request, &recovered);
}

#define WRITERS (PERMISSION(WEBHOOK_WRITE) | PERMISSION(WEBHOOK_WRITE_OWN))

static const struct route endpoint_routes[] = {
	{ GET, "/webhook-endpoints", .id = "listWebhookEndpoints", .permission = WRITERS, .by_key = true, .csv = true,
	    .query = &endpoints_query_shape, .answer = { 200, &endpoint_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List webhook endpoints, newest first", .handler = show_endpoints },
	{ POST, "/webhook-endpoints", .id = "createWebhookEndpoint", .permission = WRITERS, .by_key = true, .pool = POOL_BULK,
	    .writes = WRITES_PROVIDER, .retold = true, .body = &endpoint_create_shape, .answer = { 201, &new_endpoint_shape },
	    .errors = ERRORS(CONFLICT), .summary = "Register an endpoint that events are sent to",
	    .description =
		"Deliveries are POSTs of {type, timestamp, data}, signed by the Standard Webhooks scheme; data is the state of the "
		"thing after the change, without personal data.  A merchant's endpoint hears of that merchant's objects only, and of an "
		"order with parts of several merchants gets its own items without the order's sums.  Events about one thing come in "
		"order, each at least once: webhook-id names the event and stays the same when it is sent again.  Any 2xx within 15 "
		"seconds is success; else it is tried again for a day, and later events about the same thing wait.",
	    .handler = handle_create_endpoint },
	{ GET, "/webhook-endpoints/{id}", .id = "showWebhookEndpoint", .permission = WRITERS, .by_key = true, .tagged = true,
	    .answer = { 200, &endpoint_shape }, .errors = ERRORS(NOT_FOUND), .summary = "Show a webhook endpoint",
	    .handler = handle_show_endpoint },
	{ PUT, "/webhook-endpoints/{id}", .id = "replaceWebhookEndpoint", .permission = WRITERS, .by_key = true,
	    .pool = POOL_BULK, .writes = WRITES_ITSELF, .body = &endpoint_create_shape, .answer = { 200, &endpoint_shape },
	    .errors = ERRORS(NOT_FOUND, VERSION_MISMATCH),
	    .summary = "Replace a webhook endpoint; its owner, status and secret stay", .handler = handle_update_endpoint },
	{ PATCH, "/webhook-endpoints/{id}", .id = "changeWebhookEndpoint", .permission = WRITERS, .by_key = true,
	    .pool = POOL_BULK, .writes = WRITES_ITSELF, .body = &endpoint_change_shape, .answer = { 200, &endpoint_shape },
	    .errors = ERRORS(NOT_FOUND, VERSION_MISMATCH), .summary = "Update, disable or enable a webhook endpoint",
	    .description =
		"While it is disabled, pending deliveries and new ones are kept for three days, and sent in order once it is enabled.",
	    .handler = handle_update_endpoint },
	{ DELETE, "/webhook-endpoints/{id}", .id = "deleteWebhookEndpoint", .permission = WRITERS, .by_key = true,
	    .writes = WRITES_DATABASE, .answer = { 204, NULL }, .errors = ERRORS(NOT_FOUND, VERSION_MISMATCH),
	    .summary = "Delete a webhook endpoint", .description = "What it still was to get is not sent.",
	    .handler = handle_delete_endpoint },
	{ POST, "/webhook-endpoints/{id}/rotate-secret", .id = "rotateWebhookSecret", .permission = WRITERS, .confirmed = true,
	    .by_key = true, .writes = WRITES_ITSELF, .keyless = true, .answer = { 200, &new_endpoint_shape },
	    .errors = ERRORS(NOT_FOUND), .summary = "Give a webhook endpoint a new secret",
	    .description = "For 24 hours deliveries carry two signatures, one by the old secret.",
	    .handler = handle_rotate_secret },
	{ POST, "/webhook-endpoints/{id}/test", .id = "testWebhookEndpoint",
	    .unaudited = "the delivery is kept, and changes nothing", .permission = WRITERS, .by_key = true,
	    .writes = WRITES_DATABASE, .answer = { 202, &delivery_shape }, .errors = ERRORS(NOT_FOUND, ENDPOINT_DISABLED),
	    .summary = "Send a test event", .handler = handle_test_endpoint },
	{ POST, "/webhook-endpoints/{id}/recover", .id = "recoverWebhookEndpoint", .permission = WRITERS, .by_key = true,
	    .writes = WRITES_DATABASE, .body = &recover_body_shape, .answer = { 202, &recovered_shape },
	    .errors = ERRORS(NOT_FOUND, ENDPOINT_DISABLED), .summary = "Deliver again what is dead since a time",
	    .description = "At most 500 at once.", .handler = handle_recover_endpoint },
	{ GET, "/webhook-endpoints/{id}/deliveries", .id = "listWebhookDeliveries", .permission = WRITERS, .by_key = true,
	    .csv = true, .query = &deliveries_query_shape, .answer = { 200, &delivery_page_shape },
	    .errors = ERRORS(NOT_FOUND, BAD_CURSOR),
	    .summary = "List an endpoint's deliveries with their last answers, newest first", .handler = show_deliveries },
	{ POST, "/webhook-deliveries/{id}/resend", .id = "resendWebhookDelivery", .permission = WRITERS, .by_key = true,
	    .writes = WRITES_DATABASE, .answer = { 201, &delivery_shape }, .errors = ERRORS(NOT_FOUND, ENDPOINT_DISABLED),
	    .summary = "Deliver an event again, by a new delivery", .handler = handle_resend_delivery },
};

ROUTE_TABLE(webhook_endpoints_table, "Webhook endpoints", "Where events are sent, and what became of them.", endpoint_routes);
