/* The routes of payment requests: tables and thin handlers.  They are shown and listed as payments. */
#include "payments/payments.h"

#include "accounts/accounts.h"
#include "base/arena.h"
#include "base/config.h"
#include "http/idempotency.h"
#include "http/request.h"
#include "payments/charge.h"
#include "payments/provider.h"
#include "payments/request.h"
#include "payments/return_url.h"

struct payer_body {
	const char *email, *name;
};

static const struct member payer_body_members[] = {
	M_TEXT(struct payer_body, email, "email", 254, .required = true, .format = FORMAT_EMAIL),
	M_TEXT(struct payer_body, name, "name", 150, .min = 1),
};
SHAPE(struct payer_body, payer_body_shape, "Payer", payer_body_members);

struct initialize_body {
	struct decimal    amount;
	const char       *currency, *merchant_reference, *provider, *return_url, *metadata;
	struct payer_body customer;
	struct instant   *expires_at;

	struct payment_method_id *method;
};

static const struct member initialize_body_members[] = {
	M_DECIMAL(struct initialize_body, amount, "amount", .required = true, .min = 1, .example = "\"49.90\""),
	M_TEXT(
	    struct initialize_body, currency, "currency", 3, .required = true, .format = FORMAT_CURRENCY, .example = "\"USD\""),
	M_TEXT(struct initialize_body, merchant_reference, "merchant_reference", 64, .min = 1, .example = "\"INV-2041\"",
	    .description = "Your own name of it; no two of your shop's have the same."),
	M_OBJECT(struct initialize_body, customer, "customer", payer_body_shape, .required = true,
	    .description = "Who is to pay: for letters only, and shown to nobody."),
	M_TEXT(struct initialize_body, provider, "provider", 32, .min = 1, .example = "\"stripe\"",
	    .description = "The only one to be paid by; the payer chooses if absent."),
	M_ID(struct initialize_body, method, "payment_method_id",
	    .description =
		"One of the shop's stored payment methods, which is charged at once; what comes of that is paid by the page."),
	M_TEXT(struct initialize_body, return_url, "return_url", 1000, .required = true, .format = FORMAT_URL,
	    .description = "Where the payer's browser is finally redirected to, by https."),
	M_METADATA_BODY(struct initialize_body, metadata),
	M_TIME(struct initialize_body, expires_at, "expires_at",
	    .description = "Until when it can be paid, at most a year; as configured if absent."),
};
SHAPE(struct initialize_body, initialize_body_shape, "InitializeRequest", initialize_body_members);

struct attempt_body {
	const char *provider;
};

static const struct member attempt_body_members[] = {
	M_TEXT(struct attempt_body, provider, "provider", 32, .min = 1, .example = "\"stripe\"",
	    .description = "One of the shop's enabled providers; the one that the payment request names if absent."),
};
SHAPE(struct attempt_body, attempt_body_shape, "AttemptRequest", attempt_body_members);

enum wanted_status { WANTED_CANCELLED, WANTED_FAILED };
static const char *const wanted_status_values[] = { "cancelled", "failed", NULL };

struct status_body {
	int         status;
	const char *reason;
};

static const struct member status_body_members[] = {
	M_ENUM(struct status_body, status, "status", wanted_status_values, .required = true),
	M_TEXT(struct status_body, reason, "reason", 500, .required = true, .min = 1, .example = "\"ordered twice\""),
};
SHAPE(struct status_body, status_body_shape, "PaymentStatusRequest", status_body_members);

/* Once under the request's key, since a method may be charged behind it. */
static const struct problem *
initialize_once(struct work *work, const struct new_request *wanted, struct payment **payment)
{
	struct payment_request_id id;
	struct payment_request   *made_before;
	bool                      made;

	TRY(idempotency_made(work, &id.uuid, &made));
	if (made) {
		TRY(lock_request(work, id.uuid, &made_before));
		return find_requested(work, made_before->reference, true, payment);
	}
	TRY(initialize_payment(work, wanted, payment));
	return idempotency_make(work, (*payment)->request->id.uuid);
}

static const struct problem *
check_method(struct work *work, const struct initialize_body *body)
{
	struct payment_method *method;
	const struct provider *provider;

	if (body->method == NULL || work->viewer.merchant == NULL)
		return OK;
	TRY(usable_method(work, *body->method, work->viewer.merchant->uuid, &method, &provider));
	return body->provider == NULL || strcmp(body->provider, method->provider) == 0
	    ? OK
	    : problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "provider", "is not the payment method's provider");
}

/* However it ends, the payment request is there: what was declined can be paid by its page. */
static const struct problem *
charge_request(struct work *work, struct payment_method_id method, struct payment **payment)
{
	const struct payment_request *request = (*payment)->request;
	struct payment               *charged;
	struct charge                 charge = { .kind = PURPOSE_REQUEST,
				.purpose = request->id.uuid,
				.payer = request->merchant.uuid,
				.method = method,
				.amount = request->amount,
				.key = arena_format(work->arena, "request:%s", uuid_text(work->arena, request->id.uuid)) };

	TRY(charge_stored_method(work, &charge, &charged));
	return find_requested(work, request->reference, true, payment);
}

static const struct problem *
initialize_route(struct request *request)
{
	struct work                  *work = request->work;
	const struct initialize_body *body = BODY(request, struct initialize_body);
	struct new_request            wanted = { .merchant_reference = body->merchant_reference,
			   .provider = body->provider,
			   .return_url = body->return_url,
			   .metadata = body->metadata,
			   .customer_email = normal_email(work->arena, body->customer.email),
			   .customer_name = body->customer.name,
			   .expires_at = body->expires_at };
	struct payment               *payment;

	if (!decimal_to_money(body->amount, body->currency, &wanted.amount))
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "amount",
		    "is too large or has more decimal places than the currency");
	if (wanted.amount.minor <= 0)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "amount", "must be greater than 0");
	if (!is_merchants_url(work->config, body->return_url))
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "return_url",
		    "must begin with https:// and name a host alone, or begin with a configured prefix (payments.return_urls)");
	TRY(check_method(work, body));
	TRY(db_transaction(work, initialize_once(work, &wanted, &payment)));
	if (body->method != NULL)
		TRY(charge_request(work, *body->method, &payment));
	payment_as_seen(work, payment);
	return respond(request, payment);
}

/*
 * Who pays has no account here.  By the shop's own key it is its server that asks, whose address says nothing of its payers:
 * they are limited by the payment request alone.
 */
static const struct problem *
begin_for_payer(struct work *work, const char *reference, const struct provider *provider, struct payment **payment)
{
	const struct viewer   before = work->viewer;
	const struct problem *problem;

	work->viewer = (struct viewer) { .merchant = before.key == NULL ? NULL : before.merchant };
	problem = begin_request_attempt(work, reference, provider, NULL, payment);
	work->viewer = before;
	return problem;
}

static const struct problem *
begin_attempt_route(struct request *request)
{
	struct work           *work = request->work;
	const char            *name = BODY(request, struct attempt_body)->provider, *reference = path_text(request, "reference");
	const struct provider *provider = name == NULL ? NULL : provider_enabled(work->config, name);
	struct payment        *payment;

	if (name != NULL && provider == NULL)
		return problem(PROVIDER_UNSUPPORTED, "the provider is not enabled");
	TRY(begin_for_payer(work, reference, provider, &payment));
	TRY(find_requested(work, reference_read(work->arena, reference), true, &payment));
	payment_as_payer_sees(work, payment);
	return respond(request, payment);
}

/* By the reference of a payment request it is that which ends; by that of an attempt, that attempt and no other. */
static const struct problem *
end_by_merchant(struct work *work, struct payment *payment, const struct status_body *body)
{
	struct payment_request *request = payment->request;

	if (request == NULL)
		return problem(PAYMENT_STATE, "the payment is of an order; cancel the order instead");
	TRY(is_sole_seller(work, payment));
	if (!payment->by_request && payment->status > PAYMENT_PROCESSING)
		return problem(PAYMENT_STATE, "only a payment that is still open can be ended");
	if (payment->by_request)
		return body->status == WANTED_FAILED ? fail_request_attempt(work, request->id, NULL, body->reason)
						     : cancel_request(work, request->id, body->reason);
	return body->status == WANTED_FAILED ? fail_request_attempt(work, request->id, &payment->id, body->reason)
					     : cancel_request_attempt(work, request->id, payment->id, body->reason);
}

static const struct problem *
set_status_route(struct request *request)
{
	const char     *reference = path_text(request, "reference");
	struct payment *payment;

	TRY(find_payment(request->work, reference, false, &payment));
	TRY(end_by_merchant(request->work, payment, BODY(request, struct status_body)));
	TRY(find_payment(request->work, reference, false, &payment));
	payment_as_seen(request->work, payment);
	return respond(request, payment);
}

static const struct route request_routes[] = {
	{ POST, "/payments/initialize", .id = "initializePayment", .permission = PERMISSION(PAYMENT_TAKE_OWN), .by_key = true,
	    .pool = POOL_PAY, .writes = WRITES_PROVIDER, .body = &initialize_body_shape, .answer = { 201, &payment_shape },
	    .errors = ERRORS(MERCHANT_INACTIVE, MERCHANT_REFERENCE_TAKEN, PROVIDER_UNSUPPORTED, AMOUNT_UNSUPPORTED,
		PAYMENT_METHOD_UNUSABLE, PAYMENT_STATE, PAYMENT_IN_PROGRESS, CONFLICT, PAYMENT_REFUSED, TOO_MANY_ATTEMPTS,
		TOO_MANY_DECLINES, PROVIDER_REFUSED, PROVIDER_UNAVAILABLE),
	    .summary = "Ask somebody to pay an amount, without an order",
	    .description =
		"The answer's url is the page to send the payer to. The reference stays the same however often the payer "
		"tries; the payment shown under it is the attempt that counts.",
	    .handler = initialize_route },
	{ POST, "/payments/{reference}/attempts", .id = "beginAttempt",
	    .unaudited = "the payment and its event keep what was begun and when", .permission = PUBLIC, .optional_user = true,
	    .by_key = true, .pool = POOL_PAY, .writes = WRITES_PROVIDER, .limit = LIMIT_PAYMENT, .body = &attempt_body_shape,
	    .answer = { 201, &payment_shape },
	    .errors = ERRORS(NOT_FOUND, PAYMENT_STATE, PAYMENT_IN_PROGRESS, PAYMENT_REFUSED, TOO_MANY_ATTEMPTS, TOO_MANY_DECLINES,
		MERCHANT_INACTIVE, PROVIDER_UNSUPPORTED, AMOUNT_UNSUPPORTED, PROVIDER_REFUSED, PROVIDER_UNAVAILABLE,
		RATE_LIMITED),
	    .summary = "Begin to pay a payment request, or go on with it",
	    .description =
		"For whoever has its reference: one attempt is open at a time. The page at the payment request's url does "
		"the same. Your own servers name one of the shop's API keys, so that all of your payers are not taken for one.",
	    .handler = begin_attempt_route },
	{ PUT, "/payments/{reference}/status", .id = "setPaymentStatus", .permission = PERMISSION(PAYMENT_TAKE_OWN),
	    .by_key = true, .pool = POOL_PAY, .writes = WRITES_PROVIDER, .body = &status_body_shape,
	    .answer = { 200, &payment_shape },
	    .errors =
		ERRORS(NOT_FOUND, PAYMENT_STATE, PAYMENT_IN_PROGRESS, MERCHANT_INACTIVE, PROVIDER_REFUSED, PROVIDER_UNAVAILABLE),
	    .summary = "End a payment request of your shop",
	    .description =
		"cancelled ends it; failed ends only the attempt that is open, and it can be paid by another. What is open "
		"is closed at its provider first.",
	    .handler = set_status_route },
};

ROUTE_TABLE(requests_table, "Payment requests", "What a shop asks somebody to pay, without an order.", request_routes);
