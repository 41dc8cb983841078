/* Payments, newest first: one's own, those of orders with one's goods, or all of them. */
#include "payments/payment.h"

#include "http/permission.h"
#include "store/list.h"

static const struct list_order by_id[] = { { .id = "p.id", .descending = true } };

const struct problem *
list_payments(
    struct work *work, const int *status, const struct page_request *page, struct payment **payments, struct listed *listed)
{
	struct list list = list_begin(work, "SELECT {p}", "FROM payments p");

	if (!MAY(work, PAYMENT_READ_ALL) && work->viewer.merchant != NULL)
		list_append(
		    &list, "JOIN order_merchants m ON m.order_id = p.order_id AND m.merchant_id = ?", P(*work->viewer.merchant));
	else if (!MAY(work, PAYMENT_READ_ALL))
		list_where(&list, "p.user_id = ?", P(work->viewer.user));
	if (status != NULL)
		list_where(&list, "p.status = ?", P(payment_status_values[*status]));
	return list_page(&list, &payment_shape, by_id, page, payments, listed);
}
