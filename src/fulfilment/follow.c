/*
 * What becomes of parcels by themselves: one of which nobody says that it has arrived counts as delivered; an order of which all
 * has arrived is completed once nobody can want anything of it any more.
 */
#include "base/arena.h"
#include "base/log.h"
#include "events/job.h"
#include "fulfilment/fulfilments.h"
#include "fulfilment/return.h"
#include "store/db.h"

enum { BATCH = 100 };

struct due_part {
	struct fulfilment_id id;
	struct order_id      order;
};

static const struct member due_part_members[] = {
	M_ID(struct due_part, id, "id"),
	M_ID(struct due_part, order, "order_id"),
};
SHAPE(struct due_part, due_part_shape, "DuePart", due_part_members);

static const struct problem *
look_again_tomorrow(struct work *work, const struct fulfilment *part)
{
	return db_run(work->db, NULL, "UPDATE fulfilments SET due_at = NOW(3) + INTERVAL 1 DAY WHERE id = ?", P(part->id));
}

/* A dispute, a return or a part on its way keeps it open. */
static const struct problem *
may_complete(struct work *work, const struct order_row *order, bool *may)
{
	int64_t open;

	*may = false;
	if (order->status != ORDER_DELIVERED)
		return OK;
	TRY(db_value(work->db, &open,
	    "SELECT (SELECT COUNT(*) FROM returns t WHERE t.order_id = ? AND t.status IN ('requested', 'approved', 'received')) "
	    "+ COUNT(*) FROM payments p JOIN disputes d ON d.payment_id = p.id WHERE p.order_id = ? "
	    "AND d.status IN ('open', 'submitted')",
	    P(order->id), P(order->id)));
	*may = open == 0;
	return OK;
}

static const struct problem *
complete(struct work *work, struct step *step)
{
	bool may;

	for (size_t i = 0; i < step->parts.count; i++)
		if (step->parts.rows[i].due_at != NULL && step->parts.rows[i].due_at->unix_ms > instant_now().unix_ms)
			return look_again_tomorrow(work, step->part); /* another part has arrived later */
	TRY(may_complete(work, step->order, &may));
	if (!may && step->order->status != ORDER_REFUNDED)
		return look_again_tomorrow(work, step->part);
	TRY(db_run(work->db, NULL, "UPDATE fulfilments SET due_at = NULL WHERE order_id = ?", P(step->order->id)));
	if (!may)
		return OK;
	TRY(move_order(work, step->order, ORDER_COMPLETED));
	return record_order_event(work, EVENT_ORDER_COMPLETED, step->order);
}

static const struct problem *
follow_one(struct work *work, const struct due_part *due)
{
	struct order_row *order;
	struct step       step;

	TRY(lock_order(work, due->order, &order));
	TRY(lock_part(work, order, due->id, &step));
	if (step.part->due_at == NULL || step.part->due_at->unix_ms > instant_now().unix_ms)
		return OK; /* somebody was faster */
	if (step.part->status == FULFILMENT_DELIVERED)
		return complete(work, &step);
	TRY(move_fulfilment(work, step.part, FULFILMENT_DELIVERED, EVENT_FULFILMENT_DELIVERED));
	return follow_fulfilments(work, step.order, &step.parts);
}

const struct problem *
follow_parcels_job(struct work *work, const struct job *job)
{
	struct due_part *due;
	size_t           count;

	TRY(expire_returns(work));
	do {
		struct arena_mark mark = arena_mark(work->arena);

		TRY(db_rows(work->db, &due_part_shape, BATCH, &due, &count,
		    "SELECT {} FROM fulfilments WHERE due_at <= NOW(3) ORDER BY due_at LIMIT ?", P(BATCH)));
		for (size_t i = 0; i < count; i++)
			TRY(db_transaction(work, follow_one(work, &due[i])));
		TRY(job_heartbeat(work, job));
		arena_release(work->arena, mark);
	} while (count == BATCH);
	return OK;
}
