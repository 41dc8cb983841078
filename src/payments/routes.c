/* The routes of payments: tables and thin handlers. */
#include "payments/payments.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "http/limit.h"
#include "http/page.h"
#include "http/request.h"
#include "payments/collect.h"
#include "payments/deliver.h"
#include "payments/jobs.h"
#include "payments/method.h"
#include "payments/payment.h"
#include "payments/provider.h"
#include "payments/refund_state.h"
#include "payments/risk/review.h"
#include "payments/request.h"
#include "payments/return_url.h"
#include "store/metadata.h"

struct payment_body {
	struct order_id           order;
	const char               *provider, *return_url, *metadata;
	struct payment_method_id *method;
	bool                      store_method;
};

static const struct member payment_body_members[] = {
	M_ID(struct payment_body, order, "order_id", .required = true),
	M_TEXT(struct payment_body, provider, "provider", 32, .min = 1, .example = "\"stripe\"",
	    .description = "One of the shop's enabled providers; that of the payment method if absent."),
	M_ID(struct payment_body, method, "payment_method_id",
	    .description = "One of your stored payment methods, which is charged at once."),
	M_BOOLEAN(struct payment_body, store_method, "store_method", .defaulted = true, .preset = 0,
	    .description = "Whether to store what is paid with as a payment method, where the provider can."),
	M_TEXT(struct payment_body, return_url, "return_url", 1000, .format = FORMAT_URL,
	    .description = "Where the payer's browser is finally redirected to; must begin with a configured prefix."),
	M_METADATA_BODY(struct payment_body, metadata),
};
SHAPE(struct payment_body, payment_body_shape, "PaymentRequest", payment_body_members);

struct collection_body {
	struct fulfilment_id *part;
};

static const struct member collection_body_members[] = {
	M_ID(struct collection_body, part, "fulfilment_id", .description = "The parcel; all that were delivered if absent."),
};
SHAPE(struct collection_body, collection_body_shape, "CashCollection", collection_body_members);

struct reason_body {
	const char *reason;
};

static const struct member reason_body_members[] = {
	M_TEXT(struct reason_body, reason, "reason", 500, .required = true, .min = 1, .example = "\"agreed with the customer\""),
};
SHAPE(struct reason_body, reason_body_shape, "HoldDecision", reason_body_members);

struct checkout_body {
	const char *payment, *order, *signature;
};

static const struct member checkout_body_members[] = {
	M_TEXT(struct checkout_body, payment, "razorpay_payment_id", 64, .min = 1, .example = "\"pay_IH4NVgf4Dreq1l\""),
	M_TEXT(struct checkout_body, order, "razorpay_order_id", 64, .min = 1, .example = "\"order_IEIaMR65cu6nz3\""),
	M_TEXT(struct checkout_body, signature, "razorpay_signature", 128, .min = 1,
	    .description = "As Razorpay's Checkout handed all three to the page; absent with other providers."),
};
SHAPE(struct checkout_body, checkout_body_shape, "CheckoutResult", checkout_body_members);

struct payments_query {
	struct list_query list;
	int              *status;
	bool             *held;
	int              *risk;
};

static const char *const risk_filter_values[] = { "review", NULL };

static const struct member payments_query_members[] = {
	LIST_QUERY(struct payments_query),
	LIST_FORMAT(struct payments_query),
	M_ENUM(struct payments_query, status, "status", payment_status_values),
	M_BOOLEAN(struct payments_query, held, "held", .description = "Only payments that are held for review, or only others."),
	M_ENUM(struct payments_query, risk, "risk", risk_filter_values,
	    .description = "Only those that look like fraud and wait for a decision: for staff, without other filters."),
};
SHAPE(struct payments_query, payments_query_shape, "PaymentsQuery", payments_query_members);

PAGE(struct payment_page, payment_page_shape, "PaymentPage", payment_shape);
PAGE(struct refund_page, refund_page_shape, "RefundPage", refund_shape);

static const struct problem *
find_named(struct request *request, bool all, struct payment **payment)
{
	return find_payment(request->work, path_text(request, "reference"), all, payment);
}

static const struct problem *
respond_seen(struct request *request, struct payment *payment)
{
	payment_as_seen(request->work, payment);
	return respond_tagged(request, payment, payment->id.uuid, metadata_version(payment->metadata));
}

/* The same of what somebody has begun to pay. */
static const struct problem *
find_attempt(struct request *request, bool all, struct payment **payment)
{
	return find_begun_payment(request->work, path_text(request, "reference"), all, payment);
}

/* After a use-case: the payment as it is now. */
static const struct problem *
respond_payment(struct request *request, bool all)
{
	struct payment *payment;

	TRY(find_named(request, all, &payment));
	return respond_seen(request, payment);
}

/* What the payer has chosen: a stored method, or a provider. */
static const struct problem *
read_wish(struct work *work, const struct payment_body *body, struct wish *wish)
{
	struct payment_method *method;

	if (body->method == NULL && body->provider == NULL)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "provider", "is required without a payment method");
	if (body->method != NULL) {
		TRY(usable_method(work, *body->method, work->viewer.user.uuid, &method, &wish->provider));
		if (body->provider != NULL && strcmp(body->provider, method->provider) != 0)
			return problem_at(
			    work->arena, PROBLEM_VALIDATION_FAILED, "provider", "is not the payment method's provider");
	} else {
		wish->provider = provider_enabled(work->config, body->provider);
	}
	if (wish->provider == NULL)
		return problem(PROVIDER_UNSUPPORTED, "the provider is not enabled");
	if (body->store_method && (wish->provider->methods == NULL || wish->provider->methods->kept == NULL))
		return problem(PROVIDER_UNSUPPORTED, "the provider stores no payment methods");
	return OK;
}

static const struct problem *
create_payment_route(struct request *request)
{
	const struct payment_body *body = BODY(request, struct payment_body);
	struct wish                wish = { .kind = PURPOSE_ORDER,
			       .purpose = body->order.uuid,
			       .user = acting_user(request->work),
			       .method = body->method,
			       .keeps_method = body->store_method && body->method == NULL,
			       .return_url = body->return_url,
			       .metadata = body->metadata };
	struct payment            *payment;

	TRY(read_wish(request->work, body, &wish));
	if (body->return_url != NULL && !is_return_url(request->work->config, body->return_url))
		return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, "return_url",
		    "does not begin with a configured prefix (payments.return_urls)");
	TRY(create_payment(request->work, &wish, &payment));
	return respond_seen(request, payment);
}

static const struct problem *
show_payment(struct request *request)
{
	struct payment *payment;

	TRY(find_named(request, MAY(request->work, PAYMENT_READ_ALL), &payment));
	return respond_seen(request, payment);
}

struct payment_change {
	const char       *metadata;
	struct shape_seen seen;
};

static const struct member payment_change_members[] = {
	M_METADATA_BODY(struct payment_change, metadata),
};
SHAPE_PATCH(struct payment_change, payment_change_shape, "PaymentChange", payment_change_members, seen);

static const struct problem *
change_payment_route(struct request *request)
{
	const struct payment_change *body = BODY(request, struct payment_change);
	bool                         all = MAY(request->work, PAYMENT_REFUND);
	struct payment              *payment;

	TRY(find_named(request, all, &payment));
	if (!all)
		TRY(is_sole_seller(request->work, payment));
	TRY(change_payment(request->work, payment, shape_has(&payment_change_shape, body, "metadata"), body->metadata,
	    expected_version(request)));
	return respond_payment(request, all);
}

/* Was the provider asked a moment ago because the payer wanted it so? */
static bool
is_asked_often(struct work *work, const struct payment *payment)
{
	return !limit_interval(
	    work, arena_format(work->arena, "return:%s", payment->reference), work->config->limits.return_seconds);
}

/* What the page says proves at most that its provider's checkout said so, never that the money came. */
static const struct problem *
check_checkout(struct work *work, const struct payment *payment, const struct checkout_body *body)
{
	const struct provider *provider = provider_known(payment->provider);
	bool                   hands_over = provider != NULL && provider->is_from_checkout != NULL;

	if (!hands_over && (body->payment != NULL || body->order != NULL || body->signature != NULL))
		return problem_at(
		    work->arena, PROBLEM_VALIDATION_FAILED, "razorpay_signature", "must be absent with this provider");
	if (!hands_over)
		return OK;
	if (body->payment == NULL)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "razorpay_payment_id", "is required");
	if (body->order == NULL)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "razorpay_order_id", "is required");
	if (body->signature == NULL)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "razorpay_signature", "is required");
	if (payment->transaction_id == NULL || strcmp(body->order, payment->transaction_id) != 0)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "razorpay_order_id", "belongs to another payment");
	return provider->is_from_checkout(work->config, payment, body->payment, body->signature)
	    ? OK
	    : problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "razorpay_signature", "is invalid");
}

static const struct problem *
verify_payment_route(struct request *request)
{
	struct work    *work = request->work;
	struct payment *payment;

	TRY(find_attempt(request, false, &payment));
	if (payment->user == NULL || !ID_EQUAL(*payment->user, work->viewer.user))
		return problem(NOT_FOUND, "payment not found");
	TRY(check_checkout(work, payment, BODY(request, struct checkout_body)));
	if (!payment_has_money(payment) && !collected_by_carrier(payment) && !is_asked_often(work, payment))
		TRY(reconcile_payment(work, payment));
	return respond_payment(request, false);
}

static const struct problem *
cancel_payment_route(struct request *request)
{
	struct payment *payment;

	TRY(find_attempt(request, false, &payment));
	TRY(give_up_payment(request->work, &payment));
	return respond_seen(request, payment);
}

/* A seller refunds, confirms a delivery and gives it up only where the whole order is theirs. */
static const struct problem *
run_delivery(struct request *request, bool all, const struct problem *(*step)(struct work *, struct payment_id))
{
	struct payment *payment;

	TRY(find_attempt(request, all, &payment));
	if (!all)
		TRY(is_sole_seller(request->work, payment));
	TRY(step(request->work, payment->id));
	return respond_payment(request, all);
}

static const struct problem *
confirm_payment_route(struct request *request)
{
	return run_delivery(request, MAY(request->work, ORDER_FULFIL), confirm_delivery);
}

/* A seller says so of their own parcels, whoever sells the others. */
static const struct problem *
collect_payment_route(struct request *request)
{
	struct work         *work = request->work;
	bool                 all = MAY(work, ORDER_FULFIL) || MAY(work, PAYMENT_REFUND);
	const struct viewer *viewer = &work->viewer;
	struct brought brought = { .part = BODY(request, struct collection_body)->part, .seller = all ? NULL : viewer->merchant };
	struct payment *payment;

	TRY(find_attempt(request, all, &payment));
	if (!all && viewer->merchant == NULL)
		return problem(FORBIDDEN, "the order contains no items of your shop");
	if (!all && !viewer->merchant_active)
		return problem(MERCHANT_INACTIVE, "the shop is not active; only staff can manage its orders");
	TRY(collect_cash(work, payment->id, &brought));
	return respond_payment(request, all);
}

static const struct problem *
fail_payment_route(struct request *request)
{
	return run_delivery(request, MAY(request->work, ORDER_FULFIL), fail_delivery);
}

static const struct problem *
pay_refund_route(struct request *request)
{
	struct refund_id id;
	struct refund   *refund;

	TRY(path_id(request, "id", &id.uuid));
	TRY(hand_out_refund(request->work, id, BODY(request, struct reason_body)->reason, &refund));
	return respond(request, refund);
}

/* What was decided about a held payment; a refund is given back by its job. */
static const struct problem *
decide_held(struct request *request, const struct problem *(*decide)(struct work *, struct payment_id, const char *))
{
	struct payment *payment;

	TRY(find_attempt(request, true, &payment));
	TRY(decide(request->work, payment->id, BODY(request, struct reason_body)->reason));
	return respond_payment(request, true);
}

static const struct problem *
release_payment_route(struct request *request)
{
	return decide_held(request, release_payment);
}

static const struct problem *
refund_held_payment_route(struct request *request)
{
	return decide_held(request, refund_held_payment);
}

static const struct problem *
list_payment_refunds(struct request *request)
{
	struct refund_page page = { .next = NULL };
	struct payment    *payment;

	TRY(find_named(request, MAY(request->work, PAYMENT_READ_ALL), &payment));
	TRY(refunds_of(request->work, payment->id, &page.results, &page.n_results));
	refunds_as_seen(request->work, payment, page.results, &page.n_results);
	return respond(request, &page);
}

static const struct problem *
list_order_payments(struct request *request)
{
	struct payment_page page = { .next = NULL };

	TRY(payments_of_order(request->work, path_text(request, "id"), &page.results, &page.n_results));
	for (size_t i = 0; i < page.n_results; i++)
		payment_as_seen(request->work, &page.results[i]);
	return respond(request, &page);
}

static const struct problem *
show_payments(struct request *request)
{
	const struct payments_query *query = QUERY(request, struct payments_query);
	struct payment_page          answer;
	struct page_request          page;
	struct listed                listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	if (query->risk != NULL && !MAY(request->work, RISK_MANAGE))
		return problem(FORBIDDEN, "the account may not see reviews");
	if (query->risk != NULL)
		TRY(list_under_review(request->work, &page, &answer.results, &listed));
	else
		TRY(list_payments(request->work, query->status, query->held, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	for (size_t i = 0; i < answer.n_results; i++)
		payment_as_seen(request->work, &answer.results[i]);
	return respond(request, &answer);
}

/*
 * The browser proves nothing: it only makes us ask the provider now instead of later.  When the provider does not answer
 * the payer goes on all the same, and webhook or reconciliation tell the rest.
 */
static const struct problem *
return_from_provider(struct request *request)
{
	struct work           *work = request->work;
	const char            *name = path_text(request, "provider");
	const struct provider *provider = name == NULL ? NULL : provider_enabled(work->config, name);
	const char            *transaction;
	const char            *reference;
	struct payment        *payment;
	const char            *url;

	if (provider == NULL || provider->return_parameter == NULL ||
	    (transaction = query_value(work->arena, request->query, provider->return_parameter)) == NULL)
		return problem(NOT_FOUND, "payment not found");
	TRY(find_payment_of_provider(work, provider->name, transaction, NULL, &payment));
	if (payment == NULL)
		return problem(NOT_FOUND, "payment not found");
	if (!payment_has_money(payment) && !is_asked_often(work, payment))
		(void)reconcile_returned(work, payment, request->query);
	TRY(read_payment(work, payment->id, &payment));
	TRY(payers_reference(work, payment, &reference));
	url = payment->return_url != NULL ? payment->return_url
					  : arena_format(work->arena, "%s/pay/%s", work->config->public_url, reference);
	return respond_redirect(
	    request, return_url_with(work->arena, url, "reference", reference, payment_status_values[payment->status]));
}

enum { RETURN_FORM_MAX = 4096 };

/* What browsers send of a form, and nothing that ends an address or a header (WHATWG URL, "application/x-www-form-urlencoded"). */
static bool
is_form(struct bytes body)
{
	for (size_t i = 0; i < body.length; i++) {
		const int byte = body.bytes[i];

		if (!(byte >= 'a' && byte <= 'z') && !(byte >= 'A' && byte <= 'Z') && !(byte >= '0' && byte <= '9') &&
		    (byte == '\0' || strchr("&=%+*-._", byte) == NULL))
			return false;
	}
	return body.length <= RETURN_FORM_MAX;
}

/*
 * Banks and some checkouts send the browser back by a form.  Such a POST of another site brings no cookie (SameSite=Lax), so whoever is
 * signed in would be a stranger: the browser comes again by GET, with the same fields.
 */
static const struct problem *
return_by_form(struct request *request)
{
	struct arena          *arena = request->work->arena;
	const char            *name = path_text(request, "provider");
	const struct provider *provider = name == NULL ? NULL : provider_enabled(request->work->config, name);
	const struct bytes     form = request->raw;

	if (provider == NULL || provider->return_parameter == NULL || !is_form(form))
		return problem(NOT_FOUND, "payment not found");
	return respond_redirect(request,
	    arena_format(arena, "/api/v1/payments/return/%s?%.*s", provider->name, (int)form.length, (const char *)form.bytes));
}

#define READERS (PERMISSION(PAYMENT_READ_ALL) | PERMISSION(PAYMENT_READ_OWN))
#define FULFILS (PERMISSION(ORDER_FULFIL) | PERMISSION(ORDER_FULFIL_OWN))

static const struct route payment_routes[] = {
	{ POST, "/payments", .id = "createPayment", .unaudited = "the payment and its event keep who began it, when and how much",
	    .permission = PERMISSION(ORDER_PLACE), .pool = POOL_PAY, .writes = WRITES_PROVIDER, .limit = LIMIT_PAYMENT,
	    .body = &payment_body_shape, .answer = { 201, &payment_shape },
	    .errors = ERRORS(NOT_FOUND, ORDER_NOT_PAYABLE, PAYMENT_IN_PROGRESS, PAYMENT_METHOD_UNUSABLE, PAYMENT_REFUSED,
		TOO_MANY_ATTEMPTS, TOO_MANY_DECLINES, PROVIDER_UNSUPPORTED, AMOUNT_UNSUPPORTED, CONFLICT, PROVIDER_REFUSED,
		PROVIDER_UNAVAILABLE),
	    .summary = "Create a payment for an order", .handler = create_payment_route },
	{ GET, "/payments", .id = "listPayments", .permission = READERS, .by_key = true, .csv = true,
	    .query = &payments_query_shape, .answer = { 200, &payment_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List payments, newest first: your own, your shop's, or all", .handler = show_payments },
	{ GET, "/payments/{reference}", .id = "showPayment", .tagged = true, .permission = READERS, .by_key = true,
	    .answer = { 200, &payment_shape }, .summary = "Show a payment", .handler = show_payment },
	{ PATCH, "/payments/{reference}", .id = "changePayment",
	    .permission = PERMISSION(PAYMENT_REFUND) | PERMISSION(PAYMENT_TAKE_OWN), .by_key = true, .writes = WRITES_DATABASE,
	    .body = &payment_change_shape, .answer = { 200, &payment_shape },
	    .errors = ERRORS(MERCHANT_INACTIVE, VERSION_MISMATCH),
	    .summary = "Change what is kept with a payment or a payment request",
	    .description =
		"For staff, and for the shop that asked for it or sells all that it pays for. If-Match is of the metadata "
		"alone: nothing else that happens to the payment meanwhile refuses the change.",
	    .handler = change_payment_route },
	{ POST, "/payments/{reference}/cancel", .id = "cancelPayment", .permission = PERMISSION(ORDER_PLACE), .pool = POOL_PAY,
	    .writes = WRITES_PROVIDER, .answer = { 200, &payment_shape },
	    .errors = ERRORS(PAYMENT_STATE, PROVIDER_REFUSED, PROVIDER_UNAVAILABLE),
	    .summary = "Cancel a payment that is still open", .handler = cancel_payment_route },
	{ POST, "/payments/{reference}/verify", .id = "verifyPayment", .permission = PERMISSION(ORDER_PLACE), .pool = POOL_PAY,
	    .writes = WRITES_PROVIDER, .body = &checkout_body_shape, .answer = { 200, &payment_shape },
	    .errors = ERRORS(NOT_FOUND, PROVIDER_REFUSED, PROVIDER_UNAVAILABLE),
	    .summary = "Ask the provider about your own payment now",
	    .description = "With what the provider's checkout handed to the page, where it hands over anything (Razorpay).",
	    .handler = verify_payment_route },
	{ POST, "/payments/{reference}/confirm", .id = "confirmPayment", .permission = FULFILS, .writes = WRITES_DATABASE,
	    .answer = { 200, &payment_shape },
	    .errors = ERRORS(PAYMENT_STATE, ORDER_NOT_PAYABLE, CONFLICT, INSUFFICIENT_STOCK, MERCHANT_INACTIVE),
	    .summary = "Confirm a cash-on-delivery order", .handler = confirm_payment_route },
	{ POST, "/payments/{reference}/collect", .id = "collectPayment", .permission = FULFILS | PERMISSION(PAYMENT_REFUND),
	    .writes = WRITES_DATABASE, .body = &collection_body_shape, .answer = { 200, &payment_shape },
	    .errors = ERRORS(NOT_FOUND, PAYMENT_STATE, FULFILMENT_STATE, CONFLICT, MERCHANT_INACTIVE),
	    .summary = "Record that the carrier has collected the cash",
	    .description =
		"Of one parcel that was delivered, or of all that were: what it brought is posted at once, the shipping with the "
		"first. The payment succeeds with what was collected once every parcel is paid for, cancelled or returned. Sellers "
		"collect for their own parcels.",
	    .handler = collect_payment_route },
	{ POST, "/payments/{reference}/fail", .id = "failPayment", .permission = FULFILS, .writes = WRITES_DATABASE,
	    .answer = { 200, &payment_shape }, .errors = ERRORS(PAYMENT_STATE, CONFLICT, MERCHANT_INACTIVE),
	    .summary = "Record that a cash-on-delivery order was not accepted",
	    .description = "While none of its parcels has been shipped; those that have are returned.",
	    .handler = fail_payment_route },
	{ POST, "/payments/{reference}/release", .id = "releasePayment", .permission = PERMISSION(PAYMENT_REFUND),
	    .writes = WRITES_DATABASE, .body = &reason_body_shape, .answer = { 200, &payment_shape },
	    .errors = ERRORS(PAYMENT_STATE, CONFLICT), .summary = "Accept a held payment as it is",
	    .description = "The order is paid with the amount that came; the ledger shows the difference.",
	    .handler = release_payment_route },
	{ POST, "/payments/{reference}/refund-held", .id = "refundHeldPayment", .permission = PERMISSION(PAYMENT_REFUND),
	    .writes = WRITES_DATABASE, .body = &reason_body_shape, .answer = { 200, &payment_shape },
	    .errors = ERRORS(PAYMENT_STATE, REFUND_TOO_LARGE), .summary = "Refund a held payment, as much as was received",
	    .handler = refund_held_payment_route },
	{ GET, "/payments/{reference}/refunds", .id = "listRefunds", .permission = READERS, .by_key = true,
	    .answer = { 200, &refund_page_shape }, .summary = "List a payment's refunds", .handler = list_payment_refunds },
	{ POST, "/refunds/{id}/paid", .id = "payRefund", .permission = PERMISSION(PAYMENT_REFUND), .writes = WRITES_DATABASE,
	    .body = &reason_body_shape, .answer = { 200, &refund_shape }, .errors = ERRORS(NOT_FOUND, PAYMENT_STATE),
	    .summary = "Record that a refund of cash was handed out",
	    .description = "Until then it is pending: no provider gives it back.", .handler = pay_refund_route },
	{ GET, "/payments/return/{provider}", .id = "returnFromProvider", .permission = PUBLIC, .pool = POOL_PAY,
	    .writes = WRITES_ITSELF, .limit = LIMIT_NONE, .any_query = true, .answer = { 303, NULL }, .errors = ERRORS(NOT_FOUND),
	    .summary = "Return from the provider's payment page", .handler = return_from_provider },
	{ POST, "/payments/return/{provider}", .id = "returnFromProviderByForm", .permission = PUBLIC, .pool = POOL_PAY,
	    .unaudited = "nothing is written: the browser comes again", .writes = WRITES_NOTHING, .limit = LIMIT_NONE,
	    .keyless = true, .takes = TAKES_RAW, .answer = { 303, NULL }, .errors = ERRORS(NOT_FOUND),
	    .summary = "Return from the provider's payment page by a form",
	    .description = "Leads to the GET of the same address, with the fields of the form in its query.",
	    .handler = return_by_form },
	{ GET, "/orders/{id}/payments", .id = "listOrderPayments", .permission = READERS, .answer = { 200, &payment_page_shape },
	    .summary = "List an order's payments", .handler = list_order_payments },
};

ROUTE_TABLE(payments_table, "Payments", "Payments, their results, and refunds.", payment_routes);
