/* The routes of disputes: a table and thin handlers. */
#include "http/page.h"
#include "http/request.h"
#include "payments/dispute.h"
#include "payments/payments.h"

enum { FIELDS_MAX = 20, TEXT_MAX = 8000 };

static const struct member evidence_field_members[] = {
	M_TEXT(struct evidence_field, name, "name", 64, .required = true, .min = 1, .example = "\"shipping_tracking_number\"",
	    .description = "The provider's name of the field."),
	M_TEXT(struct evidence_field, value, "value", TEXT_MAX, .required = true, .min = 1, .example = "\"1Z999\""),
};
SHAPE(struct evidence_field, evidence_field_shape, "EvidenceField", evidence_field_members);

static const struct member evidence_members[] = {
	M_TEXT(
	    struct evidence, text, "text", TEXT_MAX, .min = 1, .example = "\"delivered on 2 January, signed by the customer\""),
	M_ARRAY(struct evidence, fields, n_fields, "fields", evidence_field_shape, FIELDS_MAX),
};
SHAPE(struct evidence, evidence_shape, "Evidence", evidence_members);

struct disputes_query {
	struct list_query list;
	int              *status;
	const char       *payment;
};

static const struct member disputes_query_members[] = {
	LIST_QUERY(struct disputes_query),
	LIST_FORMAT(struct disputes_query),
	M_ENUM(struct disputes_query, status, "status", dispute_status_values),
	M_TEXT(struct disputes_query, payment, "payment", 20, .min = 1, .example = "\"PAY-7Q2M9XKD4T\"",
	    .description = "A payment's reference."),
};
SHAPE(struct disputes_query, disputes_query_shape, "DisputesQuery", disputes_query_members);

PAGE(struct dispute_page, dispute_page_shape, "DisputePage", seen_dispute_shape);

/* Who pays may read their payments, but disputes are the seller's and the staff's; *all: of every payment. */
static const struct problem *
may_read(const struct work *work, bool *all)
{
	*all = MAY(work, PAYMENT_READ_ALL);
	return *all || work->viewer.merchant != NULL ? OK : problem(FORBIDDEN, "the account has no shop");
}

static const struct problem *
show_disputes(struct request *request)
{
	const struct disputes_query *query = QUERY(request, struct disputes_query);
	struct dispute_page          answer;
	struct page_request          page;
	struct listed                listed;
	bool                         all;

	TRY(may_read(request->work, &all));
	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_disputes(request->work, all, query->status, query->payment, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
find_named(struct request *request, bool all, struct seen_dispute **dispute)
{
	struct dispute_id id;

	TRY(path_id(request, "id", &id.uuid));
	return find_dispute(request->work, id, all, dispute);
}

static const struct problem *
show_dispute(struct request *request)
{
	struct seen_dispute *dispute;
	bool                 all;

	TRY(may_read(request->work, &all));
	TRY(find_named(request, all, &dispute));
	return respond(request, dispute);
}

/* A seller answers for an order that is theirs alone. */
static const struct problem *
find_managed(struct request *request, bool all, struct seen_dispute **dispute)
{
	struct payment *payment;

	TRY(find_named(request, all, dispute));
	if (all)
		return OK;
	TRY(read_payment(request->work, (*dispute)->dispute.payment, &payment));
	return is_sole_seller(request->work, payment);
}

static const struct problem *
send_evidence_route(struct request *request)
{
	bool                 all = MAY(request->work, DISPUTE_MANAGE);
	struct seen_dispute *dispute;

	TRY(find_managed(request, all, &dispute));
	TRY(send_evidence(request->work, &dispute->dispute, BODY(request, struct evidence)));
	TRY(find_named(request, all, &dispute));
	return respond(request, dispute);
}

static const struct problem *
accept_dispute_route(struct request *request)
{
	bool                 all = MAY(request->work, DISPUTE_MANAGE);
	struct seen_dispute *dispute;

	TRY(find_managed(request, all, &dispute));
	TRY(accept_dispute(request->work, &dispute->dispute));
	TRY(find_named(request, all, &dispute));
	return respond(request, dispute);
}

#define READERS (PERMISSION(PAYMENT_READ_ALL) | PERMISSION(PAYMENT_READ_OWN) | PERMISSION(DISPUTE_MANAGE_OWN))
#define MANAGERS (PERMISSION(DISPUTE_MANAGE) | PERMISSION(DISPUTE_MANAGE_OWN))
#define ANSWER_ERRORS \
	NOT_FOUND, DISPUTE_STATE, MERCHANT_INACTIVE, PROVIDER_UNSUPPORTED, PROVIDER_REFUSED, PROVIDER_UNAVAILABLE, CONFLICT

static const struct route dispute_routes[] = {
	{ GET, "/disputes", .id = "listDisputes", .permission = READERS, .by_key = true, .csv = true,
	    .query = &disputes_query_shape, .answer = { 200, &dispute_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List disputes, newest first: of your shop's orders, or all", .handler = show_disputes },
	{ GET, "/disputes/{id}", .id = "showDispute", .permission = READERS, .by_key = true,
	    .answer = { 200, &seen_dispute_shape }, .errors = ERRORS(NOT_FOUND), .summary = "Show a dispute",
	    .handler = show_dispute },
	{ POST, "/disputes/{id}/evidence", .id = "sendEvidence", .permission = MANAGERS, .pool = POOL_PAY,
	    .writes = WRITES_PROVIDER, .body = &evidence_shape, .answer = { 200, &seen_dispute_shape },
	    .errors = ERRORS(ANSWER_ERRORS), .summary = "Submit evidence against a dispute to the provider",
	    .description = "Final: providers take evidence once. It is passed on and not kept.", .handler = send_evidence_route },
	{ POST, "/disputes/{id}/accept", .id = "acceptDispute", .permission = MANAGERS, .pool = POOL_PAY,
	    .writes = WRITES_PROVIDER, .answer = { 200, &seen_dispute_shape }, .errors = ERRORS(ANSWER_ERRORS),
	    .summary = "Accept a dispute: the payer keeps the money", .handler = accept_dispute_route },
};

ROUTE_TABLE(disputes_table, "Disputes", "Payers who ask their bank or the provider for their money back.", dispute_routes);
