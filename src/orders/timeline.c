/* What has happened to an order and around it: its own events, and those of its payments, refunds, parts and returns. */
#include "orders/order.h"

#include "http/permission.h"
#include "store/db.h"

const char *const timeline_by_values[] = { "system", "customer", "seller", "staff", NULL };

static const struct member timeline_event_members[] = {
	M_ID(struct timeline_event, id, "id", .column = "event_id"),
	M_TEXT(struct timeline_event, type, "type", 64, .required = true, .example = "\"fulfilment.shipped\""),
	M_ID(struct timeline_event, subject, "subject_id", .description = "Of the order, payment, refund, fulfilment or return."),
	M_ID(struct timeline_event, merchant, "merchant_id", .description = "Of a fulfilment or return; else null."),
	M_ENUM(struct timeline_event, by, "by", timeline_by_values, .computed = true, .description = "Who did it."),
	M_TIME(struct timeline_event, created_at, "created_at"),
};
SHAPE(struct timeline_event, timeline_event_shape, "TimelineEvent", timeline_event_members);

static const struct member order_timeline_members[] = {
	M_ARRAY(struct order_timeline, results, n_results, "results", timeline_event_shape, TIMELINE_EVENTS_MAX),
};
SHAPE_SHARED(struct order_timeline, order_timeline_shape, "OrderTimeline", order_timeline_members);

static const struct member seen_order_members[] = {
	M_ID(struct seen_order, id, "id"),
	M_BOOLEAN(struct seen_order, whole, "whole", .computed = true),
};
SHAPE(struct seen_order, seen_order_shape, "SeenOrder", seen_order_members, .noun = "order");

#define SEEN_ORDER(which) \
	"SELECT {o}, (? OR o.user_id = ?) AS whole FROM orders o " \
	"LEFT JOIN order_merchants m ON m.order_id = o.id AND m.merchant_id = ? " \
	"WHERE " which " = ? AND (? OR o.user_id = ? OR m.merchant_id IS NOT NULL)"

const struct problem *
find_seen_order(struct work *work, const char *id_or_number, struct seen_order **order)
{
	const struct viewer *viewer = &work->viewer;
	bool                 all = MAY(work, ORDER_READ_ALL);
	struct uuid          id;

	if (uuid_parse(id_or_number, &id))
		return db_one(work->db, &seen_order_shape, order, SEEN_ORDER("o.id"), P(all), P(viewer->user),
		    P(viewer->merchant), P(id), P(all), P(viewer->user));
	return db_one(work->db, &seen_order_shape, order, SEEN_ORDER("o.number"), P(all), P(viewer->user), P(viewer->merchant),
	    P(reference_read(work->arena, id_or_number)), P(all), P(viewer->user));
}

const struct problem *
read_timeline(struct work *work, const char *id_or_number, struct order_timeline *timeline)
{
	struct seen_order *order;

	TRY(find_seen_order(work, id_or_number, &order));
	return db_rows(work->db, &timeline_event_shape, TIMELINE_EVENTS_MAX, &timeline->results, &timeline->n_results,
	    "SELECT {e}, CASE WHEN e.actor_id IS NULL THEN 'system' WHEN u.role = 'customer' THEN 'customer' "
	    "WHEN u.role = 'shopkeeper' THEN 'seller' ELSE 'staff' END AS `by` FROM ("
	    "SELECT h.event_id, h.type, h.order_id AS subject_id, NULL AS merchant_id, h.created_at, h.actor_id "
	    "FROM order_history h WHERE h.order_id = ? UNION ALL "
	    "SELECT {t}, t.actor_id FROM order_timeline t WHERE t.order_id = ? AND (? OR t.merchant_id = ?)) AS e "
	    "LEFT JOIN users u ON u.id = e.actor_id ORDER BY e.created_at, e.event_id LIMIT " TIMELINE_EVENTS_SQL,
	    P(order->id), P(order->id), P(order->whole), P(work->viewer.merchant));
}
