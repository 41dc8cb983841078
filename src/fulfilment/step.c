/* A part goes its way: packed, unpacked, shipped, delivered; and its order follows. */
#include "fulfilment/fulfilment.h"

#include "http/permission.h"
#include "payments/risk/review.h"
#include "store/db.h"

struct part_name {
	struct order_id order;
};

static const struct member part_name_members[] = { M_ID(struct part_name, order, "order_id") };
SHAPE(struct part_name, part_name_shape, "PartName", part_name_members, .noun = "fulfilment");

const struct problem *
find_part(struct work *work, struct fulfilment_id id, enum stepper who, struct order_id *order)
{
	struct reach          reach = REACH(work, ORDER_FULFIL, ORDER_FULFIL_OWN);
	const struct user_id *customer = who == CUSTOMER_STEPS_TOO ? acting_user(work) : NULL;
	struct part_name     *found;

	TRY(db_one(work->db, &part_name_shape, &found,
	    "SELECT {f} FROM fulfilments f JOIN orders o ON o.id = f.order_id "
	    "WHERE f.id = ? AND (? OR f.merchant_id = ? OR o.user_id = ?)",
	    P(id), P(reach.all), P(reach.merchant), P(customer)));
	*order = found->order;
	if (!reach.all && reach.merchant != NULL && !work->viewer.merchant_active)
		return problem(MERCHANT_INACTIVE, "the shop is not active; only staff can manage its orders");
	return OK;
}

const struct problem *
lock_part(struct work *work, struct order_row *order, struct fulfilment_id id, struct step *step)
{
	*step = (struct step) { .order = order };
	TRY(lock_fulfilments(work, order, &step->parts));
	for (size_t i = 0; i < step->parts.count; i++)
		if (ID_EQUAL(step->parts.rows[i].id, id))
			step->part = &step->parts.rows[i];
	return step->part != NULL ? OK : problem(NOT_FOUND, "fulfilment not found");
}

static const struct problem *
begin_step(struct work *work, struct fulfilment_id id, struct step *step)
{
	struct order_row *order;
	struct order_id   order_id;

	TRY(find_part(work, id, SELLER_STEPS, &order_id));
	TRY(lock_order(work, order_id, &order));
	return lock_part(work, order, id, step);
}

static const struct problem *
end_step(struct work *work, struct step *step, enum fulfilment_status to, enum event_type type)
{
	TRY(move_fulfilment(work, step->part, to, type));
	return follow_fulfilments(work, step->order, &step->parts);
}

/* What has been given back whole is not sent out. */
static const struct problem *
is_still_sold(const struct step *step)
{
	return step->order->status == ORDER_REFUNDED
	    ? problem(FULFILMENT_STATE, "the order has been refunded; cancel the fulfilment")
	    : OK;
}

const struct problem *
pack_fulfilment(struct work *work, struct fulfilment_id id)
{
	struct step step;

	TRY(begin_step(work, id, &step));
	TRY(is_still_sold(&step));
	if (step.part->status == FULFILMENT_PENDING)
		TRY(check_not_under_review(work, step.order->id));
	return end_step(work, &step, FULFILMENT_PACKED, EVENT_FULFILMENT_PACKED);
}

const struct problem *
unpack_fulfilment(struct work *work, struct fulfilment_id id)
{
	struct step step;

	TRY(begin_step(work, id, &step));
	return end_step(work, &step, FULFILMENT_PENDING, EVENT_FULFILMENT_UNPACKED);
}

const struct problem *
ship_fulfilment(struct work *work, struct fulfilment_id id, const struct shipment *shipment)
{
	struct step       step;
	struct fulfilment before;

	TRY(begin_step(work, id, &step));
	before = *step.part;
	step.part->carrier = shipment->carrier;
	step.part->tracking = shipment->tracking;
	if (step.part->status == FULFILMENT_SHIPPED)
		return change_fulfilment(work, &before, step.part);
	TRY(is_still_sold(&step));
	return end_step(work, &step, FULFILMENT_SHIPPED, EVENT_FULFILMENT_SHIPPED);
}

const struct problem *
deliver_fulfilment(struct work *work, struct fulfilment_id id)
{
	struct step step;

	TRY(begin_step(work, id, &step));
	return end_step(work, &step, FULFILMENT_DELIVERED, EVENT_FULFILMENT_DELIVERED);
}
