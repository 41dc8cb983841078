/*
 * The books of an order that the shop's coupon paid whole.  No payment posts it, and no refund takes it back: this job posts each
 * part by its fulfilment's id, so that what is taken back comes from its own seller, and then takes back what ended or came
 * back.  It looks at what the order is and at what is posted, so it may come late, once for several changes, or again.
 */
#include "events/job.h"
#include "events/record.h"
#include "fulfilment/fulfilments.h"
#include "fulfilment/return.h"
#include "ledger/ledger.h"
#include "orders/fulfilments.h"
#include "payments/sales.h"
#include "store/db.h"

static const struct problem *
is_posted(struct work *work, enum ledger_source_kind kind, struct fulfilment_id part, bool *posted)
{
	int64_t found;

	TRY(db_value(work->db, &found, "SELECT COUNT(*) FROM ledger_transactions WHERE source_kind = ? AND source_id = ?",
	    P(ledger_source_kind_values[kind]), P(part)));
	*posted = found > 0;
	return OK;
}

static const struct problem *
post_sale(struct work *work, const struct fulfilment *part, const struct sale *sale)
{
	struct posting postings[SALE_POSTINGS];
	bool           posted;

	TRY(is_posted(work, LEDGER_FREE_SALE, part->id, &posted));
	if (posted)
		return OK;
	if (!sale_postings(sale, part->total, postings))
		return problem(INTERNAL, "internal error");
	return ledger_post(
	    work, (struct ledger_source) { LEDGER_FREE_SALE, part->id.uuid, part->id.uuid }, postings, SALE_POSTINGS);
}

static const struct problem *
end_sale(struct work *work, const struct fulfilment *part)
{
	bool posted;

	TRY(is_posted(work, LEDGER_FREE_SALE_ENDED, part->id, &posted));
	if (posted)
		return OK;
	return ledger_undo(work, (struct ledger_source) { LEDGER_FREE_SALE_ENDED, part->id.uuid, part->id.uuid },
	    (struct ledger_source) { LEDGER_FREE_SALE, part->id.uuid, part->id.uuid });
}

/* ---- what customers send back ---- */

struct returned {
	struct return_id id;
	int64_t          price; /* of what was accepted, before any discount */
	bool             posted;
};

static const struct member returned_members[] = {
	M_ID(struct returned, id, "id"),
	M_INTEGER(struct returned, price, "price", 0, INT64_MAX),
	M_BOOLEAN(struct returned, posted, "posted", .computed = true),
};
SHAPE(struct returned, returned_shape, "FreeReturn", returned_members);

/* Returns of a seller's lines that are settled, those that stand in the ledger first. */
static const struct problem *
read_returned(struct work *work, const struct fulfilment *part, struct returned **returned, size_t *count)
{
	return db_rows(work->db, &returned_shape, ORDER_LINES_MAX, returned, count,
	    "SELECT r.id, CAST(SUM(x.accepted * l.unit_price_minor) AS SIGNED) AS price, EXISTS (SELECT 1 FROM ledger_transactions t "
	    "WHERE t.source_kind = ? AND t.source_id = r.id) AS posted FROM returns r JOIN return_lines x ON x.return_id = r.id "
	    "JOIN order_lines l ON l.id = x.line_id WHERE r.order_id = ? AND r.merchant_id = ? AND r.status = 'refunded' "
	    "GROUP BY r.id ORDER BY posted DESC, r.id LIMIT ?",
	    P(ledger_source_kind_values[LEDGER_FREE_SALE_RETURNED]), P(part->order), P(part->merchant), P(ORDER_LINES_MAX));
}

/* So much of the discount for each that all returns together never take more than it, and the last one takes the rest. */
static const struct problem *
take_returns_back(struct work *work, const struct fulfilment *part, const struct sale *sale)
{
	struct returned *returned;
	struct money     amount = part->total;
	int64_t          whole = 0, back = 0, before, until;
	size_t           count;

	for (size_t i = 0; i < part->n_lines; i++)
		whole += part->lines[i].unit_price.minor * part->lines[i].quantity;
	TRY(read_returned(work, part, &returned, &count));
	for (size_t i = 0; i < count; i++) {
		if (!minor_scale(sale->discount, back, whole, &before) ||
		    !minor_scale(sale->discount, back + returned[i].price, whole, &until))
			return problem(INTERNAL, "internal error");
		back += returned[i].price;
		amount.minor = until - before;
		if (returned[i].posted || amount.minor == 0)
			continue;
		TRY(ledger_reverse_discount(
		    work, (struct ledger_source) { LEDGER_FREE_SALE_RETURNED, returned[i].id.uuid, part->id.uuid }, amount));
	}
	return OK;
}

static const struct problem *
post_part(struct work *work, const struct fulfilment *part, const struct sale *sale)
{
	if (sale->discount == 0) /* its seller's own coupon, or goods that cost nothing */
		return OK;
	TRY(post_sale(work, part, sale));
	if (fulfilment_has_ended(part))
		return end_sale(work, part);
	return take_returns_back(work, part, sale);
}

const struct problem *
post_free_order_job(struct work *work, const struct job *job)
{
	struct event_notice notice;
	struct order_row   *order;
	struct parts        parts;
	struct sale        *sales;
	size_t              count;

	TRY(job_payload(work, job, &event_notice_shape, &notice));
	TRY(lock_order(work, (struct order_id) { notice.aggregate }, &order));
	TRY(lock_fulfilments(work, order, &parts));
	TRY(read_sales(work, order->id, &sales, &count));
	for (size_t i = 0; i < parts.count; i++)
		for (size_t k = 0; k < count; k++)
			if (ID_EQUAL(parts.rows[i].merchant, sales[k].merchant))
				TRY(post_part(work, &parts.rows[i], &sales[k]));
	return OK;
}
