/*
 * Goods that have come back.  What was paid for those that are accepted is claimed in this transaction; the return is refunded once
 * that refund has succeeded.
 */
#include "base/arena.h"
#include "events/job.h"
#include "fulfilment/fulfilments.h"
#include "fulfilment/return.h"
#include "inventory/inventory.h"
#include "payments/order_purpose.h"
#include "payments/payment.h"
#include "store/db.h"

static const struct received_line *
received_of(const struct receipt *receipt, struct order_line_id line)
{
	for (size_t i = 0; i < receipt->n_lines; i++)
		if (ID_EQUAL(receipt->lines[i].line, line))
			return &receipt->lines[i];
	return NULL;
}

static const struct return_line *
line_of(const struct goods_return *back, struct order_line_id id)
{
	for (size_t i = 0; i < back->n_lines; i++)
		if (ID_EQUAL(back->lines[i].line, id))
			return &back->lines[i];
	return NULL;
}

static const struct problem *
check_receipt(struct work *work, const struct goods_return *back, const struct receipt *receipt)
{
	struct faults faults = { .count = 0 };

	for (size_t i = 0; i < receipt->n_lines; i++) {
		const struct return_line *line = line_of(back, receipt->lines[i].line);
		const int64_t            *quantity = receipt->lines[i].quantity;
		const char               *at = arena_format(work->arena, "lines.%zu.line_id", i);

		if (line == NULL)
			faults_add(&faults, at, "is not a line of the return");
		if (received_of(receipt, receipt->lines[i].line) != &receipt->lines[i])
			faults_add(&faults, at, "is named twice");
		if (line != NULL && quantity != NULL && *quantity > line->quantity)
			faults_add(&faults, arena_format(work->arena, "lines.%zu.quantity", i),
			    arena_format(work->arena, "is more than the %lld of the return", (long long)line->quantity));
	}
	return faults.count == 0 ? OK : problem_faults(work->arena, PROBLEM_VALIDATION_FAILED, "the body is invalid", &faults);
}

/* Writes what of the line is accepted; *accepted: how many. */
static const struct problem *
accept_line(struct work *work, struct return_line *line, const struct received_line *received, int64_t *accepted)
{
	line->accepted = ARENA_NEW(work->arena, int64_t);
	line->restocked = ARENA_NEW(work->arena, bool);
	*accepted = received == NULL ? 0 : received->quantity == NULL ? line->quantity : *received->quantity;
	*line->accepted = *accepted;
	*line->restocked = *accepted > 0 && received->restock;
	return db_run(work->db, NULL, "UPDATE return_lines SET accepted = ?, restocked = ? WHERE return_id = ? AND line_id = ?",
	    P(*accepted), P(*line->restocked), P(line->of), P(line->line));
}

/* Of a line, how many had been accepted before. */
struct line_back {
	struct order_line_id line;
	int64_t              accepted;
};

static const struct member line_back_members[] = {
	M_ID(struct line_back, line, "line_id"),
	M_INTEGER(struct line_back, accepted, "accepted", 0, INT64_MAX),
};
SHAPE(struct line_back, line_back_shape, "LineBack", line_back_members);

static int64_t
accepted_before(const struct line_back *rows, size_t count, struct order_line_id line)
{
	for (size_t i = 0; i < count; i++)
		if (ID_EQUAL(rows[i].line, line))
			return rows[i].accepted;
	return 0;
}

/*
 * What all that is back of the seller's lines is worth, less what it was worth before: so much of each line's total that its returns
 * together are never more than it, and in amounts that the provider has, so that what one return is short of comes with the next.
 */
static const struct problem *
set_price(struct work *work, const struct order_row *order, const struct payment *payment, struct goods_return *back)
{
	struct line_back *rows;
	size_t            count;
	int64_t           before = 0, until = 0;

	TRY(db_rows(work->db, &line_back_shape, ORDER_LINES_MAX, &rows, &count,
	    "SELECT x.line_id, CAST(SUM(x.accepted) AS SIGNED) AS accepted FROM returns t JOIN return_lines x ON x.return_id = t.id "
	    "WHERE t.order_id = ? AND t.merchant_id = ? AND t.id <> ? AND t.status IN ('received', 'refunded') "
	    "GROUP BY x.line_id LIMIT ?",
	    P(back->order), P(back->merchant), P(back->id), P((int64_t)ORDER_LINES_MAX)));
	for (size_t i = 0; i < order->n_lines; i++) {
		const struct order_line  *bought = &order->lines[i];
		const struct return_line *line = line_of(back, bought->id);
		int64_t                   done = accepted_before(rows, count, bought->id), was, is;

		if (!minor_scale(bought->total.minor, done, bought->quantity, &was) ||
		    !minor_scale(bought->total.minor, done + (line == NULL ? 0 : *line->accepted), bought->quantity, &is))
			return problem(INTERNAL, "internal error");
		before += was;
		until += is;
	}
	back->amount.minor = payment == NULL ? 0 : refund_fitting(payment, until) - refund_fitting(payment, before);
	return OK;
}

/* Takes in what is accepted; *count: of the lines that are. */
static const struct problem *
accept_goods(
    struct work *work, const struct order_row *order, struct goods_return *back, const struct receipt *receipt, size_t *count)
{
	struct stock_line restocked[ORDER_LINES_MAX];
	size_t            n_restocked = 0;
	int64_t           accepted;

	*count = 0;
	for (size_t i = 0; i < back->n_lines; i++) {
		TRY(accept_line(work, &back->lines[i], received_of(receipt, back->lines[i].line), &accepted));
		if (accepted == 0)
			continue;
		++*count;
		if (*back->lines[i].restocked)
			restocked[n_restocked++] =
			    (struct stock_line) { .variant = back->lines[i].variant, .quantity = accepted };
	}
	return n_restocked == 0 ? OK : restock_lines(work, order->id, restocked, n_restocked);
}

static const struct problem *
claim(struct work *work, struct goods_return *back, const struct payment *payment)
{
	int64_t left = payment == NULL ? 0 : payment_left(payment);

	if (back->amount.minor > left)
		back->amount.minor = refund_fitting(payment, left);
	if (back->amount.minor == 0)
		return OK;
	back->refund = ARENA_NEW(work->arena, struct return_refund);
	back->refund->status = REFUND_PENDING;
	return claim_refund_of_seller(
	    work, payment, back->merchant, back->amount.minor, "goods of the order were returned", &back->refund->id);
}

static const struct problem *
may_receive(struct work *work, const struct goods_return *back)
{
	struct reach reach = REACH(work, ORDER_FULFIL, ORDER_FULFIL_OWN);

	if (!reach.all && (reach.merchant == NULL || !ID_EQUAL(*reach.merchant, back->merchant)))
		return problem(NOT_FOUND, "return not found");
	return reach.all || work->viewer.merchant_active
	    ? OK
	    : problem(MERCHANT_INACTIVE, "the shop is not active; only staff can manage its orders");
}

const struct problem *
receive_return(struct work *work, struct return_id id, const struct receipt *receipt)
{
	struct goods_return *back, before;
	struct order_row    *order;
	struct payment      *payment;
	size_t               count;

	TRY(begin_return_step(work, id, RETURN_RECEIVED, &back));
	TRY(may_receive(work, back));
	TRY(check_receipt(work, back, receipt));
	TRY(lock_paid_order(work, back->order, &order, &payment));
	if (order->total.minor > 0 && (payment == NULL || !payment_has_money(payment)))
		return problem(PAYMENT_STATE, "the cash of all parcels of the order has not been collected yet");
	if (payment != NULL)
		TRY(refuse_while_disputed(work, payment));
	before = *back;
	back->expires_at = NULL;
	TRY(accept_goods(work, order, back, receipt, &count));
	TRY(set_price(work, order, payment, back));
	TRY(claim(work, back, payment));
	back->status = RETURN_RECEIVED;
	TRY(end_return_step(work, EVENT_RETURN_RECEIVED, &before, back));
	TRY(post_free_order_later(work, order));
	if (back->refund != NULL)
		return OK;
	/* Nothing is to be waited for. */
	before = *back;
	back->status = count == 0 ? RETURN_REJECTED : RETURN_REFUNDED;
	return end_return_step(work, count == 0 ? EVENT_RETURN_REJECTED : EVENT_RETURN_REFUNDED, &before, back);
}

/* ---- its refund ---- */

struct refunded_return {
	struct return_id id;
};

static const struct member refunded_return_members[] = { M_ID(struct refunded_return, id, "id") };
SHAPE(struct refunded_return, refunded_return_shape, "RefundedReturn", refunded_return_members);

/* One whose own refund had failed before somebody refunded its amount by hand: *of is the oldest, NULL when there is none. */
static const struct problem *
find_made_up_for(struct work *work, struct refund_id refund, struct refunded_return **of)
{
	return db_row(work->db, &refunded_return_shape, of,
	    "SELECT t.id FROM refunds r JOIN payments p ON p.id = r.payment_id JOIN returns t ON t.order_id = p.order_id "
	    "AND t.status = 'received' AND t.amount_minor = r.amount_minor JOIN refunds x ON x.id = t.refund_id "
	    "AND x.status = 'failed' AND x.payment_id = p.id AND x.finished_at <= r.created_at "
	    "WHERE r.id = ? AND r.status = 'succeeded' AND r.merchant_id IS NULL AND r.automatic = FALSE ORDER BY t.id LIMIT 1",
	    P(refund));
}

const struct problem *
end_return_job(struct work *work, const struct job *job)
{
	struct event_notice     notice;
	struct refund_id        refund;
	struct refunded_return *of;
	struct goods_return    *back, before;

	TRY(job_payload(work, job, &event_notice_shape, &notice));
	refund.uuid = notice.aggregate;
	TRY(db_row(work->db, &refunded_return_shape, &of, "SELECT {} FROM returns WHERE refund_id = ? AND status = 'received'",
	    P(refund)));
	if (of == NULL)
		TRY(find_made_up_for(work, refund, &of));
	if (of == NULL)
		return OK;
	TRY(begin_return_step(work, of->id, RETURN_REFUNDED, &back));
	before = *back;
	back->refund->id = refund;
	back->refund->status = REFUND_SUCCEEDED;
	back->status = RETURN_REFUNDED;
	return end_return_step(work, EVENT_RETURN_REFUNDED, &before, back);
}
