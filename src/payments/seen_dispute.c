/* Disputes as their viewers see them: of all payments, or of orders with one's goods and of one's payment requests. */
#include "base/arena.h"
#include "payments/dispute.h"
#include "store/list.h"

static const struct member seen_dispute_members[] = {
	M_ID(struct seen_dispute, dispute.id, "id"),
	M_ID(struct seen_dispute, dispute.payment, "payment_id", .hidden = true),
	M_TEXT(struct seen_dispute, payment, "payment", 20, .required = true, .computed = true, .example = "\"PAY-7Q2M9XKD4T\""),
	M_TEXT(struct seen_dispute, dispute.provider, "provider", 32, .required = true, .example = "\"stripe\""),
	M_TEXT(struct seen_dispute, dispute.provider_dispute_id, "provider_dispute_id", 191,
	    .description = "Null for sellers of only a part of the order."),
	M_ENUM(struct seen_dispute, dispute.status, "status", dispute_status_values),
	M_TEXT(struct seen_dispute, dispute.reason, "reason", 64, .example = "\"fraudulent\"",
	    .description = "In the provider's words."),
	M_MONEY(struct seen_dispute, dispute.amount, "amount"),
	M_TEXT(struct seen_dispute, dispute.currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_BOOLEAN(struct seen_dispute, dispute.money_moved, "money_moved",
	    .description = "The provider has taken the amount from the shop's balance."),
	M_INTEGER(struct seen_dispute, dispute.fee, "fee_minor", 0, INT64_MAX, .hidden = true),
	M_MONEY(struct seen_dispute, fee, "fee", .computed = true, .description = "What the provider charges for the dispute."),
	M_TEXT(struct seen_dispute, dispute.fee_currency, "fee_currency", 3, .example = "\"USD\""),
	M_TIME(struct seen_dispute, dispute.evidence_due_at, "evidence_due_at"),
	M_TIME(struct seen_dispute, dispute.evidence_sent_at, "evidence_sent_at"),
	M_TIME(struct seen_dispute, dispute.accepted_at, "accepted_at"),
	M_TIME(struct seen_dispute, dispute.created_at, "created_at"),
	M_INTEGER(struct seen_dispute, part, "part", 0, INT64_MAX, .hidden = true, .computed = true),
	M_INTEGER(struct seen_dispute, payment_total, "payment_total", 0, INT64_MAX, .hidden = true, .computed = true),
};
SHAPE_SHARED(struct seen_dispute, seen_dispute_shape, "Dispute", seen_dispute_members);

/* Rows that a page of a seller's walks: some ten milliseconds. */
enum { WALKED_MAX = 20000 };

static const struct list_order by_id[] = { { .id = "d.id", .descending = true } };

/* By whichever reference its seller knows the payment. */
#define REFERENCE "IFNULL((SELECT r.reference FROM payment_requests r WHERE r.id = p.request_id), p.reference) AS payment"
#define WHOLE "SELECT {d}, " REFERENCE ", NULL AS part, p.amount_minor AS payment_total"
#define PART \
	"SELECT {d}, " REFERENCE ", IF(EXISTS (SELECT 1 FROM order_merchants o WHERE o.order_id = m.order_id " \
	"AND o.merchant_id <> m.merchant_id), m.total_minor, NULL) AS part, p.amount_minor AS payment_total"

static void
as_seen(struct work *work, struct seen_dispute *seen)
{
	struct dispute *dispute = &seen->dispute;
	int64_t         share;

	if (seen->part != NULL) {
		dispute->amount.minor = minor_scale(dispute->amount.minor, *seen->part, seen->payment_total, &share) ? share : 0;
		dispute->provider_dispute_id = dispute->fee_currency = NULL;
		dispute->fee = NULL;
	}
	if (dispute->fee == NULL)
		return;
	seen->fee = ARENA_NEW(work->arena, struct money);
	money_make(*dispute->fee, dispute->fee_currency, seen->fee);
}

static struct list
visible(struct work *work, bool all)
{
	struct list list = list_begin(work, all ? WHOLE : PART, "FROM disputes d JOIN payments p ON p.id = d.payment_id");

	if (all)
		return list;
	list_append(
	    &list, "LEFT JOIN order_merchants m ON m.order_id = p.order_id AND m.merchant_id = ?", P(work->viewer.merchant));
	list_where(&list, "(m.order_id IS NOT NULL OR p.merchant_id = ?)", P(work->viewer.merchant));
	return list;
}

const struct problem *
list_disputes(struct work *work, bool all, const int *status, const char *payment, const struct page_request *page,
    struct seen_dispute **disputes, struct listed *listed)
{
	const char *wanted = status == NULL ? NULL : dispute_status_values[*status];
	struct list list = visible(work, all);
	struct list keys = list_begin(work, "SELECT d.id AS id", "FROM disputes d");

	list_filter(&list, "d.status = ?", P(wanted));
	list_filter(&keys, "d.status = ?", P(wanted));
	if (payment != NULL)
		list_where(&list,
		    "(p.reference = ? OR p.request_id = (SELECT r.id FROM payment_requests r WHERE r.reference = ?))", P(payment),
		    P(payment));
	/* The named payment is found first; but no index knows a seller's disputes, of which there may be few among many. */
	if (all || payment != NULL)
		TRY(list_page(&list, &seen_dispute_shape, by_id, page, disputes, listed));
	else
		TRY(list_page_walked(&list, &keys, WALKED_MAX, &seen_dispute_shape, by_id, page, disputes, listed));
	for (size_t i = 0; i < listed->count; i++)
		as_seen(work, &(*disputes)[i]);
	return OK;
}

const struct problem *
find_dispute(struct work *work, struct dispute_id id, bool all, struct seen_dispute **dispute)
{
	struct list list = visible(work, all);
	size_t      count;

	list_where(&list, "d.id = ?", P(id));
	TRY(list_read(&list, &seen_dispute_shape, 1, dispute, &count));
	if (count == 0)
		return problem(NOT_FOUND, "dispute not found");
	as_seen(work, *dispute);
	return OK;
}
