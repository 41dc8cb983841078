/* Cancelling an order: its stock is released at once; the job that follows the event refunds what was paid. */
#include "orders/order.h"

#include "http/permission.h"
#include "inventory/inventory.h"
#include "orders/fulfilments.h"
#include "store/db.h"

struct order_name {
	struct order_id id;
};

static const struct member order_name_members[] = { M_ID(struct order_name, id, "id") };
SHAPE(struct order_name, order_name_shape, "OrderName", order_name_members, .noun = "order");

const struct problem *
find_own_order(struct work *work, const char *id_or_number, struct order_id *order)
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

/* Those that have not left; *count: of the lines that they have. */
static const struct problem *
cancel_rows(struct work *work, const struct parts *parts, const char *reason, struct stock_line *lines, size_t *count)
{
	*count = 0;
	for (size_t i = 0; i < parts->count; i++) {
		struct fulfilment *part = &parts->rows[i];

		if (!fulfilment_may_become((enum fulfilment_status)part->status, FULFILMENT_CANCELLED))
			continue;
		part->reason = reason;
		TRY(move_fulfilment(work, part, FULFILMENT_CANCELLED, EVENT_FULFILMENT_CANCELLED));
		for (size_t k = 0; k < part->n_lines; k++)
			lines[(*count)++] =
			    (struct stock_line) { .variant = part->lines[k].variant, .quantity = part->lines[k].quantity };
	}
	return OK;
}

const struct problem *
cancel_unshipped(struct work *work, const struct parts *parts, const char *reason)
{
	struct stock_line lines[ORDER_LINES_MAX];
	size_t            count;

	TRY(cancel_rows(work, parts, reason, lines, &count));
	return count == 0 ? OK : return_stock_lines(work, parts->rows[0].order, lines, count);
}

const struct problem *
cancel_locked_order(struct work *work, struct order_row *order, const char *reason, bool *cancelled)
{
	bool              committed = order->status != ORDER_PENDING;
	struct stock_line lines[ORDER_LINES_MAX];
	struct parts      parts;
	size_t            count;

	TRY(lock_fulfilments(work, order, &parts));
	*cancelled = order_may_become((enum order_status)order->status, ORDER_CANCELLED);
	for (size_t i = 0; i < parts.count; i++)
		*cancelled = *cancelled && !fulfilment_has_left(&parts.rows[i]);
	if (!*cancelled)
		return OK;
	TRY(move_order(work, order, ORDER_CANCELLED));
	TRY(db_run(work->db, NULL, "UPDATE orders SET cancel_reason = ? WHERE id = ?", P(reason), P(order->id)));
	TRY(record_order_event(work, EVENT_ORDER_CANCELLED, order));
	TRY(cancel_rows(work, &parts, reason, lines, &count));
	TRY(post_free_order_later(work, order));
	return committed ? return_stock(work, order->id) : release_stock(work, order->id);
}

const struct problem *
cancel_order(struct work *work, const char *id_or_number, const char *reason)
{
	struct order_id   id;
	struct order_row *order, before;
	bool              cancelled;

	TRY(find_own_order(work, id_or_number, &id));
	TRY(lock_order(work, id, &order));
	before = *order;
	TRY(cancel_locked_order(work, order, reason, &cancelled));
	if (!cancelled)
		return problem(ORDER_NOT_CANCELLABLE, "an order with this status cannot be cancelled");
	return audit_order(work, "order.cancelled", &before, order);
}
