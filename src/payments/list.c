/* Payments, newest first: one's own, those of orders with one's goods, or all of them. */
#include "payments/payment.h"

#include "http/permission.h"
#include "store/list.h"

static const struct list_order by_id[] = { { .id = "p.id", .descending = true } };

#define SELLERS_PART \
	"SELECT {p}, IF(EXISTS (SELECT 1 FROM order_merchants o WHERE o.order_id = m.order_id AND o.merchant_id <> m.merchant_id), " \
	"m.total_minor, NULL) AS part"

const struct problem *
list_payments(struct work *work, const int *status, const bool *held, const struct page_request *page, struct payment **payments,
    struct listed *listed)
{
	bool        all = MAY(work, PAYMENT_READ_ALL), seller = !all && work->viewer.merchant != NULL;
	struct list list = list_begin(work, seller ? SELLERS_PART : "SELECT {p}, NULL AS part", "FROM payments p");

	if (seller)
		list_append(
		    &list, "JOIN order_merchants m ON m.order_id = p.order_id AND m.merchant_id = ?", P(*work->viewer.merchant));
	else if (!all)
		list_where(&list, "p.user_id = ?", P(work->viewer.user));
	if (status != NULL)
		list_where(&list, "p.status = ?", P(payment_status_values[*status]));
	if (held != NULL && *held)
		list_where(&list, "p.hold_reason IS NOT NULL");
	else if (held != NULL)
		list_where(&list, "p.hold_reason IS NULL");
	return list_page(&list, &seen_payment_shape, by_id, page, payments, listed);
}
