/* What integrators keep with an order: changed by whoever runs the shop, or sells all of the order's goods. */
#include "orders/order.h"

#include "http/permission.h"
#include "orders/state.h"
#include "store/db.h"
#include "store/metadata.h"

struct sold_order {
	struct order_id id;
	bool            shared;
};

static const struct member sold_order_members[] = {
	M_ID(struct sold_order, id, "id"),
	M_BOOLEAN(struct sold_order, shared, "shared"),
};
SHAPE(struct sold_order, sold_order_shape, "SoldOrder", sold_order_members, .noun = "order");

/* Of an order that several sell nobody's names may be another's. */
static const struct problem *
find_changeable(struct work *work, const char *id_or_number, struct order_id *order)
{
	struct reach       reach = REACH(work, ORDER_FULFIL, ORDER_FULFIL_OWN);
	struct uuid        id = { { 0 } };
	struct sold_order *found;

	if (!uuid_parse(id_or_number, &id))
		id_or_number = reference_read(work->arena, id_or_number);
	TRY(db_one(work->db, &sold_order_shape, &found,
	    "SELECT o.id, EXISTS (SELECT 1 FROM order_merchants s WHERE s.order_id = o.id AND NOT s.merchant_id <=> ?) AS shared "
	    "FROM orders o WHERE (o.id = ? OR o.number = ?) AND (? OR EXISTS (SELECT 1 FROM order_merchants m "
	    "WHERE m.order_id = o.id AND m.merchant_id = ?))",
	    P(reach.merchant), P(id), P(id_or_number), P(reach.all), P(reach.merchant)));
	*order = found->id;
	return reach.all || !found->shared ? OK : problem(FORBIDDEN, "the order contains items of other shops, too");
}

const struct problem *
change_order(
    struct work *work, const char *id_or_number, bool has_metadata, const char *metadata, const struct expected_version *expected)
{
	struct order_id   id;
	struct order_row *before, *order;

	TRY(find_changeable(work, id_or_number, &id));
	TRY(lock_order(work, id, &before));
	TRY(check_version(expected, id.uuid, metadata_version(before->metadata)));
	TRY(metadata_problem(work,
	    db_run(work->db, NULL, "UPDATE orders SET metadata = " METADATA_PATCH ", updated_by = ? WHERE id = ?",
		METADATA_PARAMETERS(has_metadata, metadata), P(acting_user(work)), P(id)),
	    "ck_orders_metadata"));
	TRY(lock_order(work, id, &order));
	TRY(record_order_event(work, EVENT_ORDER_CHANGED, order));
	return audit_order(work, "order.changed", before, order);
}
