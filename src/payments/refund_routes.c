/* The routes that refund a payment, and the list of all refunds. */
#include "http/request.h"
#include "ledger/ledger.h"
#include "payments/payment.h"
#include "payments/payments.h"
#include "payments/refund_list.h"
#include "payments/refund_state.h"

#define AMOUNT(S) \
	M_DECIMAL(S, amount, "amount", .min = 1, .description = "In the payment's currency; the remaining amount if absent.")

struct refund_body {
	struct decimal *amount;
	const char     *reason;
};

static const struct member refund_body_members[] = {
	AMOUNT(struct refund_body),
	M_TEXT(struct refund_body, reason, "reason", 500, .required = true, .min = 1, .example = "\"damaged on the way\""),
};
SHAPE(struct refund_body, refund_body_shape, "RefundRequest", refund_body_members);

struct preview_query {
	struct decimal *amount;
};

static const struct member preview_query_members[] = {
	AMOUNT(struct preview_query),
};
SHAPE(struct preview_query, preview_query_shape, "RefundPreviewQuery", preview_query_members);

static const struct member refund_part_members[] = {
	M_ENUM(struct ledger_part, role, "account", ledger_role_values),
	M_ID(struct ledger_part, merchant, "merchant_id", .description = "Whose account, or for whose goods; null: nobody's."),
	M_MONEY(struct ledger_part, amount, "amount", .description = "Below zero: a credit."),
};
SHAPE(struct ledger_part, refund_part_shape, "RefundPosting", refund_part_members);

static const struct member refund_preview_members[] = {
	M_TEXT(struct refund_preview, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_MONEY(struct refund_preview, amount, "amount"),
	M_MONEY(struct refund_preview, left, "left", .description = "What can be refunded at most."),
	M_ARRAY(struct refund_preview, postings, n_postings, "postings", refund_part_shape, POSTINGS_MAX,
	    .description = "What the ledger will post once the provider has refunded it, if nothing else happens meanwhile."),
};
SHAPE(struct refund_preview, refund_preview_shape, "RefundPreview", refund_preview_members);

PAGE(struct refund_summary_page, refund_summary_page_shape, "RefundSummaryPage", refund_summary_shape);

/* Staff refund any payment, a seller one that is of nobody else's goods. */
static const struct problem *
find_refundable(struct request *request, struct payment **payment)
{
	bool all = MAY(request->work, PAYMENT_REFUND);

	TRY(find_begun_payment(request->work, path_text(request, "reference"), all, payment));
	return all ? OK : is_sole_seller(request->work, *payment);
}

static const struct problem *
preview_refund_route(struct request *request)
{
	struct refund_preview preview;
	struct payment       *payment;

	TRY(find_refundable(request, &payment));
	TRY(preview_refund(request->work, payment, QUERY(request, struct preview_query)->amount, &preview));
	return respond(request, &preview);
}

static const struct problem *
refund_payment_route(struct request *request)
{
	const struct refund_body *body = BODY(request, struct refund_body);
	struct payment           *payment;
	struct refund            *refund;

	TRY(find_refundable(request, &payment));
	TRY(refund_payment(request->work, payment, body->amount, body->reason, &refund));
	return respond(request, refund);
}

static const struct problem *
show_refunds(struct request *request)
{
	const struct refunds_query *query = QUERY(request, struct refunds_query);
	struct refund_summary_page  answer;
	struct page_request         page;
	struct listed               listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_refunds(request->work, &query->filter, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct route refund_routes[] = {
	{ POST, "/payments/{reference}/refunds", .id = "refundPayment",
	    .permission = PERMISSION(PAYMENT_REFUND) | PERMISSION(PAYMENT_REFUND_OWN), .by_key = true, .pool = POOL_PAY,
	    .writes = WRITES_PROVIDER, .body = &refund_body_shape, .answer = { 201, &refund_shape },
	    .errors = ERRORS(PAYMENT_STATE, REFUND_TOO_LARGE, MERCHANT_INACTIVE),
	    .summary = "Refund a payment, in full or in part",
	    .description =
		"The amount is reserved before the provider is called; a refund to which the provider has not yet responded stays "
		"pending and is retried automatically.",
	    .handler = refund_payment_route },
	{ GET, "/payments/{reference}/refunds/preview", .id = "previewRefund",
	    .permission = PERMISSION(PAYMENT_REFUND) | PERMISSION(PAYMENT_REFUND_OWN), .by_key = true,
	    .query = &preview_query_shape, .answer = { 200, &refund_preview_shape },
	    .errors = ERRORS(PAYMENT_STATE, REFUND_TOO_LARGE), .summary = "Show what a refund would post, without making it",
	    .handler = preview_refund_route },
	{ GET, "/refunds", .id = "listAllRefunds", .permission = PERMISSION(PAYMENT_READ_ALL), .csv = true,
	    .query = &refunds_query_shape, .answer = { 200, &refund_summary_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List the refunds of all payments, newest first",
	    .description =
		"A page may be short, or empty, and still have a next one: filters look at some refunds at a time. Sellers "
		"find theirs at their payments.",
	    .handler = show_refunds },
};

ROUTE_TABLE(refunds_table, "Refunds", "What is given back.", refund_routes);
