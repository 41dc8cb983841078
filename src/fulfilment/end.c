/*
 * A part ends: cancelled before it leaves, or back from a customer who did not take it.  What was paid for it is claimed in the
 * same transaction, and given back by the refund's job; what of cash was to be collected for it is struck.
 */
#include "fulfilment/fulfilment.h"

#include "base/arena.h"
#include "inventory/inventory.h"
#include "payments/collect.h"
#include "payments/order_purpose.h"
#include "payments/provider.h"

/* A part with its order's payment, both locked. */
struct ending {
	struct step     step;
	struct payment *payment; /* paid, or its cash is being collected; NULL: nothing was to be paid */
};

static const struct problem *
begin_end(struct work *work, struct fulfilment_id id, enum stepper who, enum fulfilment_status to, struct ending *ending)
{
	struct order_row *order;
	struct order_id   order_id;

	TRY(find_part(work, id, who, &order_id));
	TRY(lock_paid_order(work, order_id, &order, &ending->payment));
	TRY(lock_part(work, order, id, &ending->step));
	if (!fulfilment_may_become((enum fulfilment_status)ending->step.part->status, to))
		return fulfilment_state_problem(work, ending->step.part);
	return ending->payment == NULL ? OK : refuse_while_disputed(work, ending->payment);
}

/* Is it the last one, and has none left?  Then shipping goes back with it, and whatever else remains. */
static bool
takes_the_rest(const struct step *step)
{
	for (size_t i = 0; i < step->parts.count; i++)
		if (&step->parts.rows[i] != step->part && step->parts.rows[i].status != FULFILMENT_CANCELLED)
			return false;
	return true;
}

static void
set_refund(struct ending *ending, bool with_the_rest)
{
	struct fulfilment *part = ending->step.part;
	int64_t            left;

	part->refunded.minor = 0;
	if (ending->payment == NULL || !payment_has_money(ending->payment))
		return;
	left = payment_left(ending->payment);
	part->refunded.minor =
	    refund_fitting(ending->payment, with_the_rest || part->total.minor > left ? left : part->total.minor);
}

static const struct problem *
end_end(struct work *work, struct ending *ending, const char *reason)
{
	TRY(follow_fulfilments(work, ending->step.order, &ending->step.parts));
	TRY(post_free_order_later(work, ending->step.order));
	if (ending->payment != NULL && !payment_has_money(ending->payment))
		return strike_part(work, ending->payment, &ending->step.parts, ending->step.part, reason);
	if (ending->step.part->refunded.minor == 0)
		return OK;
	return claim_refund_of_seller(
	    work, ending->payment, ending->step.part->merchant, ending->step.part->refunded.minor, reason, NULL);
}

const struct problem *
cancel_fulfilment(struct work *work, struct fulfilment_id id, const char *reason)
{
	struct ending ending;

	TRY(begin_end(work, id, CUSTOMER_STEPS_TOO, FULFILMENT_CANCELLED, &ending));
	set_refund(&ending, takes_the_rest(&ending.step));
	TRY(cancel_unshipped(work, &(struct parts) { ending.step.part, 1 }, reason));
	return end_end(work, &ending, "a part of the order was cancelled");
}

/* ---- back from the door ---- */

static const struct order_line *
line_of(const struct fulfilment *part, struct order_line_id id)
{
	for (size_t i = 0; i < part->n_lines; i++)
		if (ID_EQUAL(part->lines[i].id, id))
			return &part->lines[i];
	return NULL;
}

/* Those lines that are to be sold again; VALIDATION_FAILED about each that is not of the part, or is named twice. */
static const struct problem *
read_restocked(
    struct work *work, const struct fulfilment *part, const struct parcel_return *back, struct stock_line *lines, size_t *count)
{
	struct faults faults = { .count = 0 };

	*count = 0;
	for (size_t i = 0; i < back->n_lines; i++) {
		const struct order_line *line = line_of(part, back->lines[i].line);
		const char              *at = arena_format(work->arena, "lines.%zu.line_id", i);

		if (line == NULL)
			faults_add(&faults, at, "is not a line of the fulfilment");
		for (size_t k = 0; k < i; k++)
			if (ID_EQUAL(back->lines[k].line, back->lines[i].line))
				faults_add(&faults, at, "is named twice");
		if (line != NULL && back->lines[i].restock)
			lines[(*count)++] = (struct stock_line) { .variant = line->variant, .quantity = line->quantity };
	}
	return faults.count == 0 ? OK : problem_faults(work->arena, PROBLEM_VALIDATION_FAILED, "the body is invalid", &faults);
}

const struct problem *
return_fulfilment(struct work *work, struct fulfilment_id id, const struct parcel_return *back)
{
	struct stock_line lines[ORDER_LINES_MAX];
	struct ending     ending;
	size_t            count;

	TRY(begin_end(work, id, SELLER_STEPS, FULFILMENT_RETURNED, &ending));
	TRY(read_restocked(work, ending.step.part, back, lines, &count));
	set_refund(&ending, false);
	ending.step.part->reason = back->reason;
	TRY(move_fulfilment(work, ending.step.part, FULFILMENT_RETURNED, EVENT_FULFILMENT_RETURNED));
	if (count > 0)
		TRY(restock_lines(work, ending.step.order->id, lines, count));
	return end_end(work, &ending, "a parcel of the order came back");
}
