/* One order, whole or a seller's part of it, in two round trips. */
#include "orders/order.h"

#include "base/log.h"
#include "http/permission.h"
#include "store/db.h"

/* A viewer who is neither staff nor the customer sees the part of their own merchant. */
#define ORDER_SELECT(which) \
	"SELECT {o}, IF(o.whole, o.subtotal_minor, m.subtotal_minor) AS subtotal_minor, " \
	"IF(o.whole, o.discount_minor, m.discount_minor) AS discount_minor, " \
	"IF(o.whole, o.shipping_minor, 0) AS shipping_minor, IF(o.whole, o.tax_minor, m.tax_minor) AS tax_minor, " \
	"IF(o.whole, o.tax_included_minor, m.tax_included_minor) AS tax_included_minor, " \
	"IF(o.whole, o.total_minor, m.total_minor) AS total_minor, IF(o.whole, o.refunded_minor, NULL) AS refunded_minor, " \
	"IF(o.whole, o.billing_address, NULL) AS billing_json, " \
	"IFNULL((SELECT JSON_ARRAYAGG(JSON_OBJECT('type', e.type, 'created_at', " \
	"CONCAT(DATE_FORMAT(e.created_at, '%Y-%m-%dT%H:%i:%s.'), LPAD(MICROSECOND(e.created_at) DIV 1000, 3, '0'), 'Z')) " \
	"ORDER BY e.created_at LIMIT 100) FROM order_history e WHERE e.order_id = o.id), '[]') AS timeline " \
	"FROM (SELECT *, (? OR user_id = ?) AS whole FROM orders WHERE " which " = ?) AS o " \
	"LEFT JOIN order_merchants m ON m.order_id = o.id AND m.merchant_id = ? " \
	"WHERE o.whole OR m.merchant_id IS NOT NULL"

_Static_assert(TIMELINE_MAX == 100, "the statement says so");

/* The copy in the order's row, which the same shape printed. */
static const struct problem *
read_address(struct work *work, const char *json, struct order_address **address)
{
	struct json_object *parsed;
	struct faults       faults;

	*address = NULL;
	if (json == NULL)
		return OK;
	parsed = json_read(work->arena, json, strlen(json));
	*address = ARENA_NEW(work->arena, struct order_address);
	if (parsed != NULL && shape_parse(&order_address_shape, parsed, work->arena, *address, &faults))
		return OK;
	log_error("cannot read an order's address");
	return problem(INTERNAL, "internal error");
}

const struct problem *
read_order(struct work *work, const char *id_or_number, struct order **order)
{
	const struct viewer *viewer = &work->viewer;
	bool                 all = MAY(work, ORDER_READ_ALL);
	struct order        *found;
	struct uuid          id;

	if (uuid_parse(id_or_number, &id))
		TRY(db_one(
		    work->db, &order_shape, &found, ORDER_SELECT("id"), P(all), P(viewer->user), P(id), P(viewer->merchant)));
	else
		TRY(db_one(work->db, &order_shape, &found, ORDER_SELECT("number"), P(all), P(viewer->user),
		    P(reference_read(work->arena, id_or_number)), P(viewer->merchant)));
	TRY(read_address(work, found->shipping_json, &found->shipping_address));
	TRY(read_address(work, found->billing_json, &found->billing_address));
	TRY(db_rows(work->db, &order_line_shape, ORDER_LINES_MAX, &found->lines, &found->n_lines,
	    "SELECT {l} FROM (SELECT *, ? AS currency FROM order_lines WHERE order_id = ? AND (? OR merchant_id = ?)) AS l "
	    "ORDER BY l.position",
	    P(found->currency), P(found->id), P(found->whole), P(viewer->merchant)));
	*order = found;
	return OK;
}
