/* The invoices of an order, as far as the viewer may see them. */
#include "base/arena.h"
#include "events/job.h"
#include "events/record.h"
#include "http/permission.h"
#include "invoices/invoice.h"
#include "store/db.h"
#include "store/work.h"

struct seen_order {
	struct order_id id;
	bool            whole, sold, issued;
};

static const struct member seen_order_members[] = {
	M_ID(struct seen_order, id, "id"),
	M_BOOLEAN(struct seen_order, whole, "whole", .computed = true),
	M_BOOLEAN(struct seen_order, sold, "is_sold", .computed = true),
	M_BOOLEAN(struct seen_order, issued, "is_issued", .computed = true),
};
SHAPE(struct seen_order, seen_order_shape, "SeenOrder", seen_order_members, .noun = "order");

#define SEEN_ORDER(which) \
	"SELECT {o}, (? OR o.user_id = ?) AS whole, " ORDER_WAS_SOLD( \
	    "o") " AS is_sold, EXISTS (SELECT 1 FROM invoices i WHERE i.order_id = o.id) AS is_issued " \
		 "FROM orders o LEFT JOIN order_merchants m ON m.order_id = o.id AND m.merchant_id = ? " \
		 "WHERE " which " = ? AND (? OR o.user_id = ? OR m.merchant_id IS NOT NULL)"

/* What the event of a sale asks for by itself. */
static const struct problem *
ask_to_issue(struct work *work, struct order_id order)
{
	const char *key = arena_format(work->arena, "issue:%s", uuid_text(work->arena, order.uuid));

	return job_enqueue(
	    work, JOB_ISSUE_INVOICES, key, NULL, &event_notice_shape, &(struct event_notice) { .aggregate = order.uuid });
}

const struct problem *
find_invoices(struct work *work, const char *id_or_number, const struct uuid *merchant, struct invoice_set *set)
{
	const struct viewer *viewer = &work->viewer;
	bool                 all = MAY(work, ORDER_READ_ALL);
	struct seen_order   *order;
	struct uuid          id;

	if (uuid_parse(id_or_number, &id))
		TRY(db_one(work->db, &seen_order_shape, &order, SEEN_ORDER("o.id"), P(all), P(viewer->user), P(viewer->merchant),
		    P(id), P(all), P(viewer->user)));
	else
		TRY(db_one(work->db, &seen_order_shape, &order, SEEN_ORDER("o.number"), P(all), P(viewer->user),
		    P(viewer->merchant), P(reference_read(work->arena, id_or_number)), P(all), P(viewer->user)));
	if (!order->sold)
		return problem(NOT_FOUND, "the order has no invoice: it was not paid or confirmed");
	if (!order->issued)
		TRY(db_transaction(work, ask_to_issue(work, order->id)));
	set->order = order->id;
	TRY(db_rows(work->db, &invoice_row_shape, INVOICES_OF_ORDER_MAX, &set->rows, &set->count,
	    "SELECT {i} FROM invoices i WHERE i.order_id = ? AND (? OR i.merchant_id = ?) AND (? IS NULL OR i.merchant_id = ?) "
	    "ORDER BY i.id",
	    P(order->id), P(order->whole), P(viewer->merchant), P(merchant), P(merchant)));
	return OK;
}

const struct problem *
read_invoices(struct work *work, const struct invoice_set *set, struct invoice **invoices)
{
	*invoices = ARENA_ARRAY(work->arena, set->count, struct invoice);
	for (size_t i = 0; i < set->count; i++)
		TRY(invoice_read(work, &set->rows[i], &(*invoices)[i]));
	return OK;
}
