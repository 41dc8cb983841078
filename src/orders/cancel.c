/* Cancelling an order: its stock is released at once; the job that follows the event refunds what was paid. */
#include "orders/order.h"

#include "http/permission.h"
#include "inventory/inventory.h"
#include "orders/state.h"
#include "store/db.h"

struct order_name {
	struct order_id id;
};

static const struct member order_name_members[] = { M_ID(struct order_name, id, "id") };
SHAPE(struct order_name, order_name_shape, "OrderName", order_name_members, .noun = "order");

/* Sellers see an order but cannot cancel it: other sellers may have a part in it. */
static const struct problem *
find_cancellable(struct work *work, const char *id_or_number, struct order_id *order)
{
	bool               any = MAY(work, ORDER_FULFIL);
	struct order_name *found;
	struct uuid        id;

	if (uuid_parse(id_or_number, &id))
		TRY(db_one(work->db, &order_name_shape, &found, "SELECT {} FROM orders WHERE id = ? AND (? OR user_id = ?)",
		    P(id), P(any), P(work->viewer.user)));
	else
		TRY(db_one(work->db, &order_name_shape, &found, "SELECT {} FROM orders WHERE number = ? AND (? OR user_id = ?)",
		    P(reference_read(work->arena, id_or_number)), P(any), P(work->viewer.user)));
	*order = found->id;
	return OK;
}

const struct problem *
cancel_order(struct work *work, const char *id_or_number, const char *reason)
{
	struct order_id   id;
	struct order_row *order, before;
	bool              committed;

	TRY(find_cancellable(work, id_or_number, &id));
	TRY(lock_order(work, id, &order));
	if (!order_may_become((enum order_status)order->status, ORDER_CANCELLED))
		return problem(ORDER_NOT_CANCELLABLE, "an order with this status cannot be cancelled");
	before = *order;
	committed = order->status != ORDER_PENDING;
	TRY(move_order(work, order, ORDER_CANCELLED));
	TRY(db_run(work->db, NULL, "UPDATE orders SET cancel_reason = ? WHERE id = ?", P(reason), P(order->id)));
	TRY(record_order_event(work, EVENT_ORDER_CANCELLED, order));
	TRY(audit_order(work, "order.cancelled", &before, order));
	return committed ? return_stock(work, order->id) : release_stock(work, order->id);
}
