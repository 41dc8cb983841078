/* Payments as whoever asks may find them: one by its reference or that of its payment request, those of an order. */
#include "payments/request.h"

#include "http/permission.h"
#include "store/db.h"

enum { ATTEMPTS_SHOWN = 1000 };

/* The total of the viewer's part where others sell the rest; takes "all", the viewer and their merchant, three times. */
#define PART \
	"IF(? OR p.user_id = ?, NULL, (SELECT m.total_minor FROM order_merchants m WHERE m.order_id = p.order_id " \
	"AND m.merchant_id = ? AND EXISTS (SELECT 1 FROM order_merchants o WHERE o.order_id = m.order_id " \
	"AND o.merchant_id <> m.merchant_id))) AS part, " REFUNDS_OF_PARTS("?") " "

const struct problem *
find_payment(struct work *work, const char *reference, bool all, struct payment **payment)
{
	const struct viewer *viewer = &work->viewer;

	reference = reference == NULL ? NULL : reference_read(work->arena, reference);
	TRY(db_row(work->db, &seen_payment_shape, payment,
	    "SELECT {p}, {r request}, " PART "FROM payments p LEFT JOIN payment_requests r ON r.id = p.request_id "
	    "WHERE p.reference = ? AND (? OR p.user_id = ? OR p.merchant_id = ? OR "
	    "EXISTS (SELECT 1 FROM order_merchants m WHERE m.order_id = p.order_id AND m.merchant_id = ?))",
	    P(all), P(viewer->user), P(viewer->merchant), P(viewer->merchant), P(viewer->merchant), P(reference), P(all),
	    P(viewer->user), P(viewer->merchant), P(viewer->merchant)));
	if (*payment == NULL)
		TRY(find_requested(work, reference, all, payment));
	return *payment == NULL ? problem(NOT_FOUND, "payment not found") : OK;
}

const struct problem *
find_begun_payment(struct work *work, const char *reference, bool all, struct payment **payment)
{
	TRY(find_payment(work, reference, all, payment));
	return (*payment)->provider != NULL ? OK : problem(PAYMENT_STATE, "nobody has begun to pay the payment request");
}

const struct problem *
payments_of_order(struct work *work, const char *order, struct payment **payments, size_t *count)
{
	const struct viewer *viewer = &work->viewer;
	bool                 all = MAY(work, PAYMENT_READ_ALL);
	struct uuid          id = { { 0 } };
	int64_t              visible;

	if (order != NULL && !uuid_parse(order, &id))
		order = reference_read(work->arena, order);
	TRY(db_value(work->db, &visible,
	    "SELECT COUNT(*) FROM orders o WHERE (o.id = ? OR o.number = ?) AND (? OR o.user_id = ? OR EXISTS "
	    "(SELECT 1 FROM order_merchants m WHERE m.order_id = o.id AND m.merchant_id = ?))",
	    P(id), P(order), P(all), P(viewer->user), P(viewer->merchant)));
	if (visible == 0)
		return problem(NOT_FOUND, "order not found");
	return db_rows(work->db, &seen_payment_shape, ATTEMPTS_SHOWN, payments, count,
	    "SELECT {p}, " PART "FROM (SELECT p.* FROM orders o JOIN payments p ON p.order_id = o.id "
	    "WHERE o.id = ? OR o.number = ? ORDER BY p.id DESC LIMIT ?) p ORDER BY p.id",
	    P(all), P(viewer->user), P(viewer->merchant), P(viewer->merchant), P(viewer->merchant), P(id), P(order),
	    P(ATTEMPTS_SHOWN));
}
