#include "orders/expire.h"

#include "inventory/inventory.h"
#include "orders/state.h"
#include "store/db.h"

struct due_order {
	struct order_id id;
};

static const struct member due_order_members[] = {
	M_ID(struct due_order, id, "id"),
};
SHAPE(struct due_order, due_order_shape, "DueOrder", due_order_members);

const struct problem *
due_orders(struct work *work, size_t limit, struct order_id **orders, size_t *count)
{
	struct due_order *rows;

	TRY(db_rows(work->db, &due_order_shape, limit, &rows, count,
	    "SELECT id FROM orders WHERE status = 'pending' AND expires_at <= NOW(3) ORDER BY expires_at LIMIT ?", P(limit)));
	*orders = ARENA_ARRAY(work->arena, *count, struct order_id);
	for (size_t i = 0; i < *count; i++)
		(*orders)[i] = rows[i].id;
	return OK;
}

const struct problem *
expire_order(struct work *work, struct order_id id)
{
	struct order_row *order;
	int64_t           due;

	TRY(lock_order(work, id, &order));
	TRY(db_value(
	    work->db, &due, "SELECT COUNT(*) FROM orders WHERE id = ? AND status = 'pending' AND expires_at <= NOW(3)", P(id)));
	if (due == 0)
		return OK;
	TRY(move_order(work, order, ORDER_EXPIRED));
	TRY(record_order_event(work, EVENT_ORDER_EXPIRED, order));
	return release_stock(work, id);
}
