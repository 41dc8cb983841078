#include "payments/refund_list.h"

#include "store/db.h"
#include "store/list.h"

static const struct member refund_summary_members[] = {
	M_ID(struct refund_summary, id, "id"),
	M_TEXT(struct refund_summary, reference, "payment_reference", 20, .required = true, .computed = true,
	    .example = "\"PAY-7Q2M9XKD4T\""),
	M_ID(struct refund_summary, order, "order_id", .computed = true),
	M_ID(struct refund_summary, merchant, "merchant_id",
	    .description = "Who bears it; null: all sellers and the shipping, in proportion."),
	M_TEXT(struct refund_summary, provider, "provider", 32, .required = true, .example = "\"stripe\""),
	M_MONEY(struct refund_summary, amount, "amount"),
	M_TEXT(struct refund_summary, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_ENUM(struct refund_summary, kind, "kind", refund_kind_values),
	M_ENUM(struct refund_summary, status, "status", refund_status_values),
	M_TEXT(struct refund_summary, reason, "reason", 500, .example = "\"damaged on the way\""),
	M_BOOLEAN(struct refund_summary, automatic, "automatic"),
	M_TEXT(struct refund_summary, failure_code, "failure_code", 64),
	M_TIME(struct refund_summary, created_at, "created_at"),
	M_TIME(struct refund_summary, finished_at, "finished_at"),
};
SHAPE_SHARED(struct refund_summary, refund_summary_shape, "RefundSummary", refund_summary_members);

static const struct member refunds_query_members[] = {
	LIST_QUERY(struct refunds_query),
	LIST_FORMAT(struct refunds_query),
	M_ENUM(struct refunds_query, filter.status, "status", refund_status_values),
	M_ENUM(struct refunds_query, filter.kind, "kind", refund_kind_values),
	M_TEXT(struct refunds_query, filter.provider, "provider", 32, .min = 1, .example = "\"stripe\""),
};
SHAPE_SHARED(struct refunds_query, refunds_query_shape, "RefundsQuery", refunds_query_members);

static const struct list_order by_id[] = { { .id = "r.id", .descending = true } };

/* Few of many rows may be what a filter wants: the walk ends there, and the page has a neighbour. */
enum { WALK_ROWS = 4000 };

const struct problem *
list_refunds(struct work *work, const struct refund_filter *filter, const struct page_request *page,
    struct refund_summary **refunds, struct listed *listed)
{
	struct list list =
	    list_begin(work, "SELECT STRAIGHT_JOIN {r}, p.reference AS payment_reference, p.order_id", "FROM refunds r");
	struct list walked = list_begin(work, "SELECT r.id AS id", "FROM refunds r");
	const char *status = filter->status == NULL ? NULL : refund_status_values[*filter->status];

	list_append(&list, status == NULL ? "FORCE INDEX (PRIMARY)" : "FORCE INDEX (ix_refunds_status)");
	list_append(&walked, status == NULL ? "FORCE INDEX (PRIMARY)" : "FORCE INDEX (ix_refunds_status)");
	list_append(&list, "JOIN payments p ON p.id = r.payment_id");
	list_filter(&list, "r.status = ?", P(status));
	list_filter(&walked, "r.status = ?", P(status));
	list_filter(&list, "r.provider = ?", P(filter->provider));
	if (filter->kind != NULL)
		list_where(&list, "r.kind = ?", P(refund_kind_values[*filter->kind]));
	return list_page_walked(&list, &walked, WALK_ROWS, &refund_summary_shape, by_id, page, refunds, listed);
}
