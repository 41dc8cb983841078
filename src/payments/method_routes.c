/* The routes of payment methods. */
#include "payments/method.h"

#include "http/request.h"
#include "payments/payments.h"

struct method_list {
	struct payment_method *results;
	size_t                 n_results;
};

static const struct member method_list_members[] = {
	M_ARRAY(struct method_list, results, n_results, "results", payment_method_shape, METHODS_MAX),
};
SHAPE(struct method_list, method_list_shape, "PaymentMethodList", method_list_members);

static const struct problem *
respond_method(struct request *request, const struct payment_method *method)
{
	if (request_not_modified(request, method->id.uuid, method->version))
		return OK;
	return respond(request, method);
}

static const struct problem *
handle_create_method(struct request *request)
{
	struct payment_method *method;

	TRY(create_method(request->work, BODY(request, struct new_method), &method));
	return respond_method(request, method);
}

static const struct problem *
handle_list_methods(struct request *request)
{
	struct method_list list;

	TRY(list_methods(request->work, &list.results, &list.n_results));
	return respond(request, &list);
}

static const struct problem *
handle_show_method(struct request *request)
{
	struct payment_method_id id;
	struct payment_method   *method;

	TRY(path_id(request, "id", &id.uuid));
	TRY(read_method(request->work, id, &method));
	return respond_method(request, method);
}

static const struct problem *
handle_update_method(struct request *request)
{
	struct payment_method_id id;
	struct payment_method   *method;

	TRY(path_id(request, "id", &id.uuid));
	TRY(update_method(request->work, id, BODY(request, struct payment_method), expected_version(request), &method));
	return respond_method(request, method);
}

static const struct problem *
handle_delete_method(struct request *request)
{
	struct payment_method_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(delete_method(request->work, id, expected_version(request)));
	return respond_nothing(request);
}

#define OWNERS PERMISSION(ORDER_PLACE) | PERMISSION(PAYMENT_TAKE_OWN)

static const struct route method_routes[] = {
	{ POST, "/payment-methods", .id = "createPaymentMethod", .permission = OWNERS, .by_key = true, .pool = POOL_PAY,
	    .writes = WRITES_PROVIDER, .limit = LIMIT_PAYMENT, .body = &new_method_shape,
	    .answer = { 201, &payment_method_shape },
	    .errors = ERRORS(PROVIDER_UNSUPPORTED, PAYMENT_METHOD_UNUSABLE, CONFLICT, PROVIDER_REFUSED, PROVIDER_UNAVAILABLE),
	    .summary = "Store a payment method",
	    .description =
		"By its provider's token, which is checked with the provider where it can be. The same token again is the "
		"same method.",
	    .handler = handle_create_method },
	{ GET, "/payment-methods", .id = "listPaymentMethods", .permission = OWNERS, .by_key = true,
	    .answer = { 200, &method_list_shape }, .summary = "List your own payment methods, newest first",
	    .handler = handle_list_methods },
	{ GET, "/payment-methods/{id}", .id = "showPaymentMethod", .tagged = true, .permission = OWNERS, .by_key = true,
	    .answer = { 200, &payment_method_shape }, .summary = "Show a payment method", .handler = handle_show_method },
	{ PATCH, "/payment-methods/{id}", .id = "changePaymentMethod", .permission = OWNERS, .by_key = true,
	    .writes = WRITES_DATABASE, .body = &method_change_shape, .answer = { 200, &payment_method_shape },
	    .errors = ERRORS(VERSION_MISMATCH), .summary = "Update a payment method", .handler = handle_update_method },
	{ DELETE, "/payment-methods/{id}", .id = "deletePaymentMethod", .permission = OWNERS, .by_key = true,
	    .writes = WRITES_DATABASE, .answer = { 204, NULL }, .errors = ERRORS(VERSION_MISMATCH),
	    .summary = "Delete a payment method",
	    .description =
		"It is charged no more, and removed from the provider. If it was the default, the newest other one becomes it.",
	    .handler = handle_delete_method },
};

ROUTE_TABLE(methods_table, "Payment methods", "What customers and merchants have stored to be charged by.", method_routes);
