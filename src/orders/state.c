#include "orders/state.h"

#include "store/db.h"

#include <assert.h>

const char *const order_status_values[] = { "pending", "confirmed", "paid", "processing", "shipped", "delivered", "completed",
	"cancelled", "expired", "refunded", NULL };
const char *const order_payment_status_values[] = { "pending", "paid", "failed", "partially_refunded", "refunded", NULL };

#define TO(status) (1u << ORDER_##status)

/* From each status, where it may go (product contract, section 5). */
static const unsigned transitions[ORDER_STATUS__COUNT] = {
	[ORDER_PENDING] = TO(PAID) | TO(CONFIRMED) | TO(CANCELLED) | TO(EXPIRED),
	[ORDER_CONFIRMED] = TO(PROCESSING) | TO(CANCELLED) | TO(REFUNDED),
	[ORDER_PAID] = TO(PROCESSING) | TO(CANCELLED) | TO(REFUNDED),
	[ORDER_PROCESSING] = TO(SHIPPED) | TO(CANCELLED) | TO(REFUNDED),
	[ORDER_SHIPPED] = TO(DELIVERED) | TO(REFUNDED),
	[ORDER_DELIVERED] = TO(COMPLETED) | TO(REFUNDED),
	[ORDER_COMPLETED] = TO(REFUNDED),
	[ORDER_CANCELLED] = 0,
	[ORDER_EXPIRED] = TO(PAID),
	[ORDER_REFUNDED] = 0,
};

bool
order_may_become(enum order_status from, enum order_status to)
{
	return (transitions[from] >> to & 1) != 0;
}

static const struct member order_row_members[] = {
	M_ID(struct order_row, id, "id"),
	M_ID(struct order_row, user, "user_id"),
	M_TEXT(struct order_row, number, "number", 20),
	M_ENUM(struct order_row, status, "status", order_status_values),
	M_ENUM(struct order_row, payment_status, "payment_status", order_payment_status_values),
	M_TEXT(struct order_row, payment_method, "payment_method", 32),
	M_MONEY(struct order_row, total, "total"),
	M_MONEY(struct order_row, refunded, "refunded"),
	M_MONEY(struct order_row, shipping, "shipping"),
	M_MONEY(struct order_row, tax, "tax"),
};
SHAPE(struct order_row, order_row_shape, "OrderRow", order_row_members);

const struct problem *
lock_order(struct work *work, struct order_id id, struct order_row **order)
{
	assert(work->depth > 0);
	TRY(db_row(work->db, &order_row_shape, order,
	    "SELECT id, user_id, number, status, payment_status, payment_method, total_minor, refunded_minor, shipping_minor, "
	    "tax_minor, currency FROM orders WHERE id = ? FOR UPDATE", P(id)));
	return *order == NULL ? problem(NOT_FOUND, "order not found") : OK;
}

const struct problem *
move_order(struct work *work, struct order_row *order, enum order_status to)
{
	if (!order_may_become((enum order_status)order->status, to))
		return problem(CONFLICT, "the order's status does not allow this");
	TRY(db_run(work->db, NULL,
	    "UPDATE orders SET status = ?, expires_at = NULL, paid_at = IF(? = 'paid', NOW(3), paid_at), "
	    "cancelled_at = IF(? = 'cancelled', NOW(3), cancelled_at), updated_by = ? WHERE id = ?",
	    P(order_status_values[to]), P(order_status_values[to]), P(order_status_values[to]),
	    P(uuid_is_nil(work->viewer.user.uuid) ? (const struct user_id *)NULL : &work->viewer.user), P(order->id)));
	order->status = to;
	return OK;
}

const struct problem *
set_order_payment_status(struct work *work, struct order_row *order, enum order_payment_status status)
{
	if (order->payment_status == (int)status)
		return OK;
	order->payment_status = status;
	return db_run(work->db, NULL, "UPDATE orders SET payment_status = ? WHERE id = ?",
	    P(order_payment_status_values[status]), P(order->id));
}

const struct problem *
set_order_payment_method(struct work *work, struct order_row *order, const char *method, int64_t keep_seconds)
{
	order->payment_method = method;
	order->payment_status = ORDER_UNPAID;
	return db_run(work->db, NULL,
	    "UPDATE orders SET payment_method = ?, payment_status = 'pending', "
	    "expires_at = IF(status = 'pending', GREATEST(IFNULL(expires_at, created_at), "
	    "LEAST(NOW(3) + INTERVAL ? SECOND, created_at + INTERVAL ? SECOND)), expires_at) WHERE id = ?",
	    P(method), P(keep_seconds), P(2 * keep_seconds), P(order->id));
}

const struct problem *
postpone_expiry(struct work *work, struct order_id id, struct instant until)
{
	return db_run(work->db, NULL,
	    "UPDATE orders SET expires_at = GREATEST(expires_at, ?) WHERE id = ? AND status = 'pending' AND expires_at IS NOT NULL",
	    P(until), P(id));
}

const struct problem *
note_order_refund(struct work *work, struct order_row *order, int64_t amount_minor)
{
	bool    whole;
	int64_t changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE orders SET refunded_minor = refunded_minor + ? WHERE id = ? AND refunded_minor + ? <= total_minor",
	    P(amount_minor), P(order->id), P(amount_minor)));
	if (changed == 0)
		return problem(REFUND_TOO_LARGE, "more than what remains of the order");
	order->refunded.minor += amount_minor;
	whole = order->refunded.minor == order->total.minor;
	TRY(set_order_payment_status(work, order, whole ? ORDER_PAYMENT_REFUNDED : ORDER_PARTIALLY_REFUNDED));
	/* A cancelled order stays cancelled; its payment status says that it was refunded. */
	if (whole && order_may_become((enum order_status)order->status, ORDER_REFUNDED))
		return move_order(work, order, ORDER_REFUNDED);
	return OK;
}
