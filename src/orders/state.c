#include "orders/state.h"

#include "base/arena.h"
#include "events/audit.h"
#include "events/job.h"
#include "events/record.h"
#include "inventory/inventory.h"
#include "orders/order.h"
#include "orders/reserved.h"
#include "promotions/promotions.h"
#include "store/db.h"

#include <assert.h>

const char *const order_status_values[] = { "pending", "confirmed", "paid", "processing", "shipped", "delivered", "completed",
	"cancelled", "expired", "refunded", NULL };
const char *const order_payment_status_values[] = { "pending", "paid", "failed", "partially_refunded", "refunded", NULL };

#define TO(status) (1u << ORDER_##status)

/* The transitions from each status. */
static const unsigned transitions[ORDER_STATUS__COUNT] = {
	[ORDER_PENDING] = TO(PAID) | TO(CONFIRMED) | TO(CANCELLED) | TO(EXPIRED),
	[ORDER_CONFIRMED] = TO(PROCESSING) | TO(CANCELLED) | TO(REFUNDED),
	[ORDER_PAID] = TO(PROCESSING) | TO(CANCELLED) | TO(REFUNDED),
	[ORDER_PROCESSING] = TO(SHIPPED) | TO(DELIVERED) | TO(CANCELLED) | TO(REFUNDED),
	[ORDER_SHIPPED] = TO(DELIVERED) | TO(CANCELLED) | TO(REFUNDED),
	[ORDER_DELIVERED] = TO(COMPLETED) | TO(REFUNDED),
	[ORDER_COMPLETED] = TO(REFUNDED),
	[ORDER_CANCELLED] = 0,
	[ORDER_EXPIRED] = TO(PAID),
	[ORDER_REFUNDED] = 0,
};

bool
order_may_become(enum order_status from, enum order_status to)
{
	return (transitions[from] >> to & 1) != 0;
}

/* A row of the order beside each of its lines. */
struct locked_order {
	struct order_row   row;
	struct order_line *line; /* NULL: it has none */
};

static const struct member order_state_line_members[] = {
	M_ID(struct order_line, id, "id"),
	M_ID(struct order_line, variant, "variant_id"),
	M_ID(struct order_line, product, "product_id"),
	M_ID(struct order_line, merchant, "merchant_id"),
	M_TEXT(struct order_line, name, "name", 200, .required = true),
	M_TEXT(struct order_line, sku, "sku", 64, .required = true),
	M_MAP(struct order_line, options, "options", 3, .required = true),
	M_INTEGER(struct order_line, quantity, "quantity", 1, ORDER_QUANTITY_MAX),
	M_MONEY(struct order_line, unit_price, "unit_price"),
	M_MONEY(struct order_line, discount, "discount"),
	M_MONEY(struct order_line, tax, "tax"),
	M_MONEY(struct order_line, tax_included, "tax_included"),
	M_MONEY(struct order_line, total, "total"),
	M_TEXT(struct order_line, currency, "currency", 3, .hidden = true, .computed = true),
};
SHAPE(struct order_line, order_state_line_shape, "OrderStateLine", order_state_line_members);

static const struct member locked_order_members[] = {
	M_ID(struct locked_order, row.id, "id"),
	M_ID(struct locked_order, row.user, "user_id"),
	M_TEXT(struct locked_order, row.number, "number", ORDER_NUMBER_MAX),
	M_ENUM(struct locked_order, row.status, "status", order_status_values),
	M_ENUM(struct locked_order, row.payment_status, "payment_status", order_payment_status_values),
	M_TEXT(struct locked_order, row.payment_method, "payment_method", PAYMENT_METHOD_MAX),
	M_ENUM(struct locked_order, row.shipping_method, "shipping_method", shipping_method_values),
	M_MONEY(struct locked_order, row.subtotal, "subtotal"),
	M_MONEY(struct locked_order, row.discount, "discount"),
	M_MONEY(struct locked_order, row.shipping, "shipping"),
	M_MONEY(struct locked_order, row.tax, "tax"),
	M_MONEY(struct locked_order, row.tax_included, "tax_included"),
	M_MONEY(struct locked_order, row.total, "total"),
	M_MONEY(struct locked_order, row.refunded, "refunded"),
	M_TEXT(struct locked_order, row.currency, "currency", 3),
	M_METADATA(struct locked_order, row.metadata),
	M_TEXT(struct locked_order, row.coupon, "coupon", COUPON_CODE_MAX),
	M_ID(struct locked_order, row.coupon_id, "coupon_id"),
	M_TIME(struct locked_order, row.expires_at, "expires_at"),
	M_TIME(struct locked_order, row.created_at, "created_at"),
	M_BOOLEAN(struct locked_order, row.closed, "is_closed", .computed = true),
	M_OBJECT(struct locked_order, line, "line", order_state_line_shape),
};
SHAPE(struct locked_order, locked_order_shape, "LockedOrder", locked_order_members);

const struct problem *
lock_order(struct work *work, struct order_id id, struct order_row **order)
{
	struct locked_order *rows;
	size_t               count;

	assert(work->depth > 0);
	TRY(db_rows(work->db, &locked_order_shape, ORDER_LINES_MAX, &rows, &count,
	    "SELECT {o}, {l line}, IF(l.id IS NULL, NULL, o.currency) AS `line.currency`, "
	    "EXISTS (SELECT 1 FROM order_merchants p JOIN merchants m ON m.id = p.merchant_id "
	    "WHERE p.order_id = o.id AND m.status <> 'active') AS is_closed "
	    "FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id WHERE o.id = ? ORDER BY l.position FOR UPDATE",
	    P(id)));
	if (count == 0)
		return problem(NOT_FOUND, "order not found");
	*order = &rows[0].row;
	(*order)->lines = ARENA_ARRAY(work->arena, count, struct order_line);
	for (size_t i = 0; i < count && rows[i].line != NULL; i++)
		(*order)->lines[(*order)->n_lines++] = *rows[i].line;
	return OK;
}

/* ---- what its events tell ---- */

static const struct member order_state_members[] = {
	M_ID(struct order_row, id, "id"),
	M_ID(struct order_row, user, "customer_id"),
	M_TEXT(struct order_row, number, "number", ORDER_NUMBER_MAX, .required = true, .example = "\"ORD-7K3M9Q2XAB\""),
	M_ENUM(struct order_row, status, "status", order_status_values),
	M_ENUM(struct order_row, payment_status, "payment_status", order_payment_status_values),
	M_TEXT(struct order_row, payment_method, "payment_method", PAYMENT_METHOD_MAX),
	M_ENUM(struct order_row, shipping_method, "shipping_method", shipping_method_values),
	M_ARRAY(struct order_row, lines, n_lines, "items", order_state_line_shape, ORDER_LINES_MAX),
	M_MONEY(struct order_row, subtotal, "subtotal"),
	M_MONEY(struct order_row, discount, "discount"),
	M_MONEY(struct order_row, shipping, "shipping"),
	M_MONEY(struct order_row, tax, "tax"),
	M_MONEY(struct order_row, tax_included, "tax_included"),
	M_MONEY(struct order_row, total, "total"),
	M_MONEY(struct order_row, refunded, "refunded"),
	M_TEXT(struct order_row, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_ID(struct order_row, coupon_id, "coupon_id"),
	M_TEXT(struct order_row, coupon, "coupon", COUPON_CODE_MAX),
	M_METADATA(struct order_row, metadata, .required = true),
	M_TIME(struct order_row, expires_at, "expires_at"),
	M_TIME(struct order_row, created_at, "created_at"),
};
SHAPE(struct order_row, order_state_shape, "OrderState", order_state_members);

const struct problem *
record_order_event(struct work *work, enum event_type type, const struct order_row *order)
{
	return event_record(work, type, order->id.uuid, &order_state_shape, order);
}

const struct problem *
audit_order(struct work *work, const char *action, const struct order_row *before, const struct order_row *after)
{
	return audit_record(work, action, "order", after->id.uuid, &order_state_shape, before, after);
}

/* ---- changes ---- */

const struct problem *
give_order_coupon_back(struct work *work, const struct order_row *order)
{
	return order->coupon_id == NULL ? OK : give_coupon_back(work, *order->coupon_id);
}

const struct problem *
retake_order_coupon(struct work *work, const struct order_row *order)
{
	if (order->coupon_id == NULL)
		return OK;
	TRY(wait_for_customer(work, order->user));
	return take_coupon(work, *order->coupon_id, order->user, order->id);
}

const struct problem *
move_order(struct work *work, struct order_row *order, enum order_status to)
{
	/* Of one that cost nothing all is given back with its goods: no refund comes to say so. */
	bool free_and_over = to == ORDER_CANCELLED && order->total.minor == 0 && order->payment_status == ORDER_PAYMENT_PAID;

	if (!order_may_become((enum order_status)order->status, to))
		return problem(CONFLICT, "the order's status does not allow this");
	TRY(db_run(work->db, NULL,
	    "UPDATE orders SET status = ?, expires_at = NULL, open_from = NULL, paid_at = IF(? = 'paid', NOW(3), paid_at), "
	    "payment_status = IF(? = 'paid', 'paid', IF(?, 'refunded', payment_status)), "
	    "cancelled_at = IF(? = 'cancelled', NOW(3), cancelled_at), updated_by = ? WHERE id = ?",
	    P(order_status_values[to]), P(order_status_values[to]), P(order_status_values[to]), P(free_and_over),
	    P(order_status_values[to]), P(acting_user(work)), P(order->id)));
	if (to == ORDER_CANCELLED || to == ORDER_EXPIRED)
		TRY(give_order_coupon_back(work, order));
	order->status = to;
	if (to == ORDER_PAID || free_and_over)
		order->payment_status = free_and_over ? ORDER_PAYMENT_REFUNDED : ORDER_PAYMENT_PAID;
	order->expires_at = NULL;
	return OK;
}

const struct problem *
commit_order_stock(struct work *work, const struct order_row *order)
{
	struct stock_line *lines = ARENA_ARRAY(work->arena, order->n_lines, struct stock_line);

	for (size_t i = 0; i < order->n_lines; i++)
		lines[i] = (struct stock_line) { .variant = order->lines[i].variant, .quantity = order->lines[i].quantity };
	return commit_stock(work, order->id, lines, order->n_lines);
}

const struct problem *
set_order_payment_status(struct work *work, struct order_row *order, enum order_payment_status status)
{
	if (order->payment_status == (int)status)
		return OK;
	order->payment_status = status;
	return db_run(work->db, NULL, "UPDATE orders SET payment_status = ? WHERE id = ?", P(order_payment_status_values[status]),
	    P(order->id));
}

const struct problem *
set_order_payment_method(struct work *work, struct order_row *order, const char *method, int64_t keep_seconds)
{
	order->payment_method = method;
	order->payment_status = ORDER_UNPAID;
	return db_run(work->db, NULL,
	    "UPDATE orders SET payment_method = ?, payment_status = 'pending', "
	    "expires_at = IF(status = 'pending', GREATEST(IFNULL(expires_at, created_at), "
	    "LEAST(NOW(3) + INTERVAL ? SECOND, created_at + INTERVAL ? SECOND)), expires_at) WHERE id = ?",
	    P(method), P(keep_seconds), P(2 * keep_seconds), P(order->id));
}

const struct problem *
postpone_expiry(struct work *work, struct order_id id, struct instant until)
{
	return db_run(work->db, NULL,
	    "UPDATE orders SET expires_at = GREATEST(expires_at, ?) WHERE id = ? AND status = 'pending' AND expires_at IS NOT NULL",
	    P(until), P(id));
}

const struct problem *
note_order_refund(struct work *work, struct order_row *order, int64_t amount_minor, bool whole)
{
	int64_t changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE orders SET refunded_minor = refunded_minor + ? WHERE id = ? AND refunded_minor + ? <= total_minor",
	    P(amount_minor), P(order->id), P(amount_minor)));
	if (changed == 0)
		return problem(REFUND_TOO_LARGE, "the amount exceeds what remains of the order");
	order->refunded.minor += amount_minor;
	TRY(set_order_payment_status(work, order, whole ? ORDER_PAYMENT_REFUNDED : ORDER_PARTIALLY_REFUNDED));
	/* A cancelled order stays cancelled; its payment status says that it was refunded. */
	if (whole && order_may_become((enum order_status)order->status, ORDER_REFUNDED))
		return move_order(work, order, ORDER_REFUNDED);
	return OK;
}

const struct problem *
undo_order_refund(struct work *work, struct order_row *order, int64_t amount_minor)
{
	TRY(db_run(
	    work->db, NULL, "UPDATE orders SET refunded_minor = refunded_minor - ? WHERE id = ?", P(amount_minor), P(order->id)));
	order->refunded.minor -= amount_minor;
	return set_order_payment_status(work, order, order->refunded.minor > 0 ? ORDER_PARTIALLY_REFUNDED : ORDER_PAYMENT_PAID);
}

const struct problem *
post_free_order_later(struct work *work, const struct order_row *order)
{
	struct event_notice notice = { .aggregate = order->id.uuid };

	if (order->total.minor > 0 || order->coupon_id == NULL)
		return OK;
	return job_enqueue(work, JOB_POST_FREE_ORDER,
	    arena_format(work->arena, "%s:%s", job_kind_name(JOB_POST_FREE_ORDER), uuid_text(work->arena, order->id.uuid)), NULL,
	    &event_notice_shape, &notice);
}
