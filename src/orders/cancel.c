/* Cancelling: the stock goes back at once; what was paid goes back by the job that follows the event. */
#include "orders/order.h"

#include "events/record.h"
#include "inventory/inventory.h"
#include "orders/state.h"
#include "store/db.h"

struct cancelling {
	struct order_id order;
	const char     *reason;
};

struct cancel_notice {
	const char *reason;
};

static const struct member cancel_notice_members[] = {
	M_TEXT(struct cancel_notice, reason, "reason", CANCEL_REASON_MAX, .omitted = true),
};
SHAPE(struct cancel_notice, cancel_notice_shape, "CancelNotice", cancel_notice_members);

static const struct problem *
cancel(struct work *work, void *argument)
{
	struct cancelling   *cancelling = argument;
	struct cancel_notice notice = { cancelling->reason };
	struct order_row    *order;
	bool                 committed;

	TRY(lock_order(work, cancelling->order, &order));
	if (!order_may_become((enum order_status)order->status, ORDER_CANCELLED))
		return problem(ORDER_NOT_CANCELLABLE, "the order's state does not allow cancelling");
	committed = order->status != ORDER_PENDING;
	TRY(move_order(work, order, ORDER_CANCELLED));
	TRY(db_run(work->db, NULL, "UPDATE orders SET cancel_reason = ? WHERE id = ?", P(cancelling->reason), P(order->id)));
	TRY(event_record(work, EVENT_ORDER_CANCELLED, order->id.uuid, &cancel_notice_shape, &notice));
	return committed ? return_stock(work, order->id) : release_stock(work, order->id);
}

const struct problem *
cancel_order(struct work *work, struct order_id id, const char *reason)
{
	struct cancelling cancelling = { id, reason };

	return db_transaction(work, cancel(work, &cancelling));
}
