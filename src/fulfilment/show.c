/* The parts of an order, as its customer, its sellers and staff see them. */
#include "fulfilment/fulfilment.h"

#include "store/db.h"

static const struct member fulfilment_line_members[] = {
	M_ID(struct order_line, id, "line_id"),
	M_ID(struct order_line, variant, "variant_id"),
	M_ID(struct order_line, product, "product_id"),
	M_TEXT(struct order_line, name, "name", 200, .required = true),
	M_TEXT(struct order_line, sku, "sku", 64, .required = true),
	M_MAP(struct order_line, options, "options", 3, .required = true),
	M_INTEGER(struct order_line, quantity, "quantity", 1, ORDER_QUANTITY_MAX),
	M_MONEY(struct order_line, total, "total"),
};
SHAPE(struct order_line, fulfilment_line_shape, "FulfilmentLine", fulfilment_line_members);

static const struct member seller_members[] = {
	M_ID(struct seller, id, "id"),
	M_TEXT(struct seller, shop_name, "shop_name", 150, .required = true),
};
SHAPE(struct seller, seller_shape, "Seller", seller_members);

static const struct member fulfilment_members[] = {
	M_ID(struct shown_fulfilment, row.id, "id"),
	M_ID(struct shown_fulfilment, row.merchant, "merchant_id", .hidden = true),
	M_ID(struct shown_fulfilment, row.order, "order_id"),
	M_OBJECT(struct shown_fulfilment, seller, "merchant", seller_shape, .required = true),
	M_ENUM(struct shown_fulfilment, row.status, "status", fulfilment_status_values),
	M_ARRAY(struct shown_fulfilment, row.lines, row.n_lines, "lines", fulfilment_line_shape, ORDER_LINES_MAX),
	M_MONEY(struct shown_fulfilment, row.total, "total", .computed = true,
	    .description = "Of its lines: after discount, with tax, without shipping."),
	M_MONEY(struct shown_fulfilment, row.refunded, "refunded",
	    .description = "What was claimed back from the payment when it was cancelled or returned."),
	M_MONEY(struct shown_fulfilment, row.collected, "collected",
	    .description = "The cash that its carrier has brought; of the first parcel that is paid with the order's shipping."),
	M_TEXT(struct shown_fulfilment, row.currency, "currency", 3, .required = true, .computed = true, .example = "\"USD\""),
	M_TEXT(struct shown_fulfilment, row.carrier, "carrier", CARRIER_MAX, .example = "\"Pathao\""),
	M_TEXT(struct shown_fulfilment, row.tracking, "tracking", TRACKING_MAX, .example = "\"PT-20417\""),
	M_TEXT(struct shown_fulfilment, row.reason, "reason", CANCEL_REASON_MAX,
	    .description = "Why it was cancelled, or came back.", .example = "null"),
	M_TIME(struct shown_fulfilment, row.packed_at, "packed_at"),
	M_TIME(struct shown_fulfilment, row.shipped_at, "shipped_at"),
	M_TIME(struct shown_fulfilment, row.delivered_at, "delivered_at"),
	M_TIME(struct shown_fulfilment, row.collected_at, "collected_at", .description = "When its cash was collected."),
	M_TIME(struct shown_fulfilment, row.ended_at, "ended_at", .description = "When it was cancelled, or had come back."),
	M_TIME(struct shown_fulfilment, row.created_at, "created_at"),
};
SHAPE_SHARED(struct shown_fulfilment, fulfilment_shape, "Fulfilment", fulfilment_members, .noun = "fulfilment");

/* Behind {f}. */
#define WITH_SELLER \
	", m.total_minor, m.currency, {s merchant} FROM fulfilments f JOIN order_merchants m ON m.order_id = f.order_id " \
	"AND m.merchant_id = f.merchant_id JOIN merchants s ON s.id = f.merchant_id "

const struct problem *
fulfilments_of_order(struct work *work, const char *id_or_number, struct shown_fulfilment **fulfilments, size_t *count)
{
	struct order *order;

	TRY(read_order(work, id_or_number, &order));
	TRY(db_rows(work->db, &fulfilment_shape, FULFILMENTS_MAX, fulfilments, count,
	    "SELECT {f}" WITH_SELLER "WHERE f.order_id = ? AND (? OR f.merchant_id = ?) ORDER BY f.id", P(order->id),
	    P(order->whole), P(work->viewer.merchant)));
	for (size_t i = 0; i < *count; i++)
		take_lines(work->arena, order->lines, order->n_lines, &(*fulfilments)[i].row);
	return OK;
}

const struct problem *
read_fulfilment(struct work *work, struct fulfilment_id id, struct shown_fulfilment **fulfilment)
{
	struct fulfilment *row;

	TRY(db_one(work->db, &fulfilment_shape, fulfilment, "SELECT {f}" WITH_SELLER "WHERE f.id = ?", P(id)));
	row = &(*fulfilment)->row;
	return db_rows(work->db, &order_line_shape, ORDER_LINES_MAX, &row->lines, &row->n_lines,
	    "SELECT {l} FROM (SELECT *, ? AS currency FROM order_lines WHERE order_id = ? AND merchant_id = ?) AS l "
	    "ORDER BY l.position",
	    P(row->currency), P(row->order), P(row->merchant));
}
