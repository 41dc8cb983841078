/* The routes of payment methods. */
#include "payments/method.h"

#include "http/request.h"
#include "base/arena.h"
#include "base/config.h"
#include "http/limit.h"
#include "payments/payments.h"
#include "payments/return_url.h"
#include "payments/setup.h"

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
	/* A pending one becomes another without a change of its own. */
	if (method->status == METHOD_PENDING)
		return respond(request, method);
	if (request_not_modified(request, method->id.uuid, method->version))
		return OK;
	return respond(request, method);
}

static const struct problem *
handle_create_method(struct request *request)
{
	const struct new_method *body = BODY(request, struct new_method);
	struct payment_method   *method;

	if (body->token == NULL && body->return_url == NULL)
		return problem_at(
		    request->work->arena, PROBLEM_VALIDATION_FAILED, "token", "is required unless return_url is given");
	TRY(body->token == NULL ? begin_setup(request->work, body, &method) : create_method(request->work, body, &method));
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
	const struct problem    *problem;

	TRY(path_id(request, "id", &id.uuid));
	problem = read_method(request->work, id, &method);
	TRY(problem_is(problem, PROBLEM_NOT_FOUND) ? read_pending_method(request->work, id, &method) : problem);
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
	const struct problem    *problem;

	TRY(path_id(request, "id", &id.uuid));
	problem = delete_method(request->work, id, expected_version(request));
	TRY(problem_is(problem, PROBLEM_NOT_FOUND) ? give_up_setup(request->work, id, expected_version(request)) : problem);
	return respond_nothing(request);
}

/*
 * The browser proves nothing: it only makes us ask the provider now instead of later.  When that does not answer its owner goes on all the
 * same, and the job tells the rest.
 */
static const struct problem *
handle_return(struct request *request)
{
	struct work             *work = request->work;
	struct payment_method_id id;
	struct method_setup     *setup;

	TRY(path_id(request, "id", &id.uuid));
	TRY(find_setup(work, id, &setup));
	if (setup->status == SETUP_PENDING &&
	    limit_interval(work, arena_format(work->arena, "setup:%s", uuid_text(work->arena, id.uuid)),
		work->config->limits.return_seconds)) {
		(void)settle_setup(work, id);
		TRY(find_setup(work, id, &setup));
	}
	id = setup->method != NULL ? *setup->method : id;
	return respond_redirect(request,
	    return_url_with(work->arena, setup->return_url, "payment_method", uuid_text(work->arena, id.uuid),
		setup_status_values[setup->status]));
}

#define OWNERS PERMISSION(ORDER_PLACE) | PERMISSION(PAYMENT_TAKE_OWN)

static const struct route method_routes[] = {
	{ POST, "/payment-methods", .id = "createPaymentMethod", .permission = OWNERS, .by_key = true, .pool = POOL_PAY,
	    .writes = WRITES_PROVIDER, .limit = LIMIT_PAYMENT, .body = &new_method_shape,
	    .answer = { 201, &payment_method_shape },
	    .errors = ERRORS(PROVIDER_UNSUPPORTED, STORES_WITH_PAYMENT, PAYMENT_METHOD_UNUSABLE, CONFLICT, TOO_MANY_ATTEMPTS,
		TOO_MANY_DECLINES, PROVIDER_REFUSED, PROVIDER_UNAVAILABLE),
	    .summary = "Store a payment method",
	    .description =
		"By its provider's token, which is checked with the provider where it can be; the same token again is the "
		"same method. Or, with a return_url and no token, without paying: the answer is pending, and its owner "
		"completes it at url, at redirect_url or with the provider's script and client_secret. It is active, under "
		"the same id, once the provider has confirmed it, and gone when nobody completes it.",
	    .handler = handle_create_method },
	{ GET, "/payment-methods", .id = "listPaymentMethods", .permission = OWNERS, .by_key = true,
	    .answer = { 200, &method_list_shape },
	    .summary = "List your own payment methods, newest first; not those that are pending",
	    .handler = handle_list_methods },
	{ GET, "/payment-methods/{id}", .id = "showPaymentMethod", .tagged = true, .permission = OWNERS, .by_key = true,
	    .answer = { 200, &payment_method_shape }, .summary = "Show a payment method", .handler = handle_show_method },
	{ GET, "/payment-methods/{id}/return", .id = "returnToPaymentMethod", .permission = PUBLIC, .pool = POOL_PAY,
	    .writes = WRITES_ITSELF, .limit = LIMIT_NONE, .any_query = true, .answer = { 303, NULL }, .errors = ERRORS(NOT_FOUND),
	    .summary = "Return from the provider's page on which a payment method is stored",
	    .description = "The status in the query of return_url is pending, stored, cancelled or expired.",
	    .handler = handle_return },
	{ PATCH, "/payment-methods/{id}", .id = "changePaymentMethod", .permission = OWNERS, .by_key = true,
	    .writes = WRITES_DATABASE, .body = &method_change_shape, .answer = { 200, &payment_method_shape },
	    .errors = ERRORS(VERSION_MISMATCH), .summary = "Update a payment method", .handler = handle_update_method },
	{ DELETE, "/payment-methods/{id}", .id = "deletePaymentMethod", .permission = OWNERS, .by_key = true,
	    .writes = WRITES_DATABASE, .answer = { 204, NULL }, .errors = ERRORS(VERSION_MISMATCH),
	    .summary = "Delete a payment method",
	    .description =
		"It is charged no more, and removed from the provider. If it was the default, the newest other one becomes it. "
		"A pending one is not stored any more.",
	    .handler = handle_delete_method },
};

ROUTE_TABLE(methods_table, "Payment methods", "What customers and merchants have stored to be charged by.", method_routes);
