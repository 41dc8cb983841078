/*
 * Placing an order: one transaction, and as many round trips for a hundred lines as for two.  Stock is reserved last, so
 * that the rows all orders compete for are locked for the shortest time; a use of the coupon just before.
 */
#include "orders/order.h"

#include "base/config.h"
#include "base/text.h"
#include "cart/cart.h"
#include "inventory/inventory.h"
#include "orders/reserved.h"
#include "orders/fulfilments.h"
#include "promotions/promotions.h"
#include "store/db.h"

enum { NUMBER_TRIES = 5 };

static const char *
address_json(struct work *work, const struct order_address *address)
{
	struct text json = text_new(work->arena, 512);

	shape_print(&order_address_shape, address, &json);
	return json.bytes;
}

static int64_t
units_of(const struct order *order)
{
	int64_t units = 0;

	for (size_t i = 0; i < order->n_lines; i++)
		units += order->lines[i].quantity;
	return units;
}

#define INSERT_ORDER \
	"INSERT INTO orders (id, number, user_id, currency, subtotal_minor, discount_minor, shipping_minor, tax_minor, " \
	"tax_included_minor, total_minor, shipping_method, shipping_address, billing_address, expires_at, created_at, " \
	"created_by, open_from, units, metadata, coupon_id, coupon) " \
	"SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM DUAL"
#define ORDER_PARAMETERS \
	P(order->id), P(order->number), P(work->viewer.user), P(price->currency), P(price->subtotal), P(price->discount), \
	    P(price->shipping), P(price->tax), P(price->tax_included), P(price->total), \
	    P(shipping_method_values[price->method]), P(address_json(work, &draft->shipping_address)), \
	    P(address_json(work, &draft->billing_address)), P(order->expires_at), P(order->created_at), P(work->viewer.user), \
	    P(from), P(units), P(order->metadata), P(order->coupon_id), P(order->coupon)

/*
 * Numbers are random; in the rare case that one is taken another is drawn.  What is open already is counted by the statement
 * that adds to it, and only where it is limited.
 */
static const struct problem *
insert_order(struct work *work, const struct draft *draft, struct order *order)
{
	const struct price   *price = &draft->price;
	const struct problem *problem = OK;
	const char           *from = placed_from(work);
	int64_t               units = units_of(order), inserted = 0;

	for (int tries = 0; tries < NUMBER_TRIES; tries++) {
		order->number = reference_new(work->arena, "ORD-");
		if (is_room_limited(work))
			problem = db_run(work->db, &inserted, INSERT_ORDER " WHERE " ROOM_FOR_ORDER, ORDER_PARAMETERS,
			    ROOM_PARAMETERS(work, units, from));
		else
			problem = db_run(work->db, &inserted, INSERT_ORDER, ORDER_PARAMETERS);
		if (problem == OK || !db_duplicate(work->db, problem, "uq_orders_number"))
			break;
	}
	TRY(problem);
	return inserted > 0 ? OK : say_what_is_reserved(work, units);
}

static const struct problem *
insert_lines(struct work *work, const struct order *order)
{
	enum { LINE_COLUMNS = 17 };
	struct parameter *rows = ARENA_ARRAY(work->arena, order->n_lines * LINE_COLUMNS, struct parameter);

	for (size_t i = 0; i < order->n_lines; i++) {
		struct order_line *line = &order->lines[i];

		line->id = NEW_ID(order_line_id);
		memcpy(&rows[i * LINE_COLUMNS],
		    ((struct parameter[LINE_COLUMNS]) { P(line->id), P(order->id), P(i), P(line->merchant), P(line->product),
			P(line->variant), P(line->name), P(line->sku), P(line->options), P(line->quantity),
			P(line->unit_price.minor), P(line->cost_minor), P(line->discount.minor), P(line->tax_rate),
			P(line->tax.minor), P(line->tax_included.minor), P(line->total.minor) }),
		    LINE_COLUMNS * sizeof *rows);
	}
	return db_run_many(work->db, NULL,
	    "INSERT INTO order_lines (id, order_id, position, merchant_id, product_id, variant_id, name, sku, options, quantity, "
	    "unit_price_minor, cost_minor, discount_minor, tax_rate, tax_minor, tax_included_minor, total_minor) "
	    "VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]",
	    order->n_lines, LINE_COLUMNS, rows);
}

/* Each seller's part: the sums of their lines. */
struct part {
	struct merchant_id merchant;
	int64_t            subtotal, discount, own_discount, tax, tax_included, total;
};

/*
 * What of a line's discount its seller bears: the whole of the seller's own coupon.  Of the shop's nothing: the seller earns as
 * much without tax as for the full price.  A tax that the price includes is less of less, which would leave the seller more, so
 * that much is taken off.
 */
static int64_t
own_discount(const struct draft *draft, const struct price_line *line)
{
	return draft->coupon != NULL && draft->coupon->merchant != NULL ? line->discount
									: line->full_tax_included - line->tax_included;
}

static size_t
add_up_parts(const struct draft *draft, struct part *parts)
{
	size_t count = 0;

	for (size_t i = 0; i < draft->price.count; i++) {
		const struct price_line *line = &draft->price.lines[i];
		size_t                   at = 0;

		while (at < count && !ID_EQUAL(parts[at].merchant, draft->lines[i].merchant))
			at++;
		if (at == count)
			parts[count++].merchant = draft->lines[i].merchant;
		parts[at].subtotal += line->subtotal;
		parts[at].discount += line->discount;
		parts[at].own_discount += own_discount(draft, line);
		parts[at].tax += line->tax;
		parts[at].tax_included += line->tax_included;
		parts[at].total += line->total;
	}
	return count;
}

static const struct problem *
insert_parts(struct work *work, const struct draft *draft, struct order_id order)
{
	enum { PART_COLUMNS = 9 };
	struct part      *parts = ARENA_ARRAY(work->arena, draft->price.count, struct part);
	size_t            count = add_up_parts(draft, parts);
	struct parameter *rows = ARENA_ARRAY(work->arena, count * PART_COLUMNS, struct parameter);

	for (size_t i = 0; i < count; i++)
		memcpy(&rows[i * PART_COLUMNS],
		    ((struct parameter[PART_COLUMNS]) { P(order), P(parts[i].merchant), P(draft->price.currency),
			P(parts[i].subtotal), P(parts[i].discount), P(parts[i].own_discount), P(parts[i].tax),
			P(parts[i].tax_included), P(parts[i].total) }),
		    PART_COLUMNS * sizeof *rows);
	return db_run_many(work->db, NULL,
	    "INSERT INTO order_merchants (order_id, merchant_id, currency, subtotal_minor, discount_minor, own_discount_minor, tax_minor, "
	    "tax_included_minor, total_minor) VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?)]",
	    count, PART_COLUMNS, rows);
}

static const struct problem *
reserve(struct work *work, const struct order *order)
{
	struct stock_line *lines = ARENA_ARRAY(work->arena, order->n_lines, struct stock_line);

	for (size_t i = 0; i < order->n_lines; i++)
		lines[i] = (struct stock_line) { order->lines[i].variant, order->lines[i].quantity, order->lines[i].product,
			order->lines[i].slug };
	return reserve_stock(work, order->id, lines, order->n_lines);
}

static struct order_row
row_of(const struct order *order)
{
	struct order_row row = { .id = order->id,
		.coupon_id = order->coupon_id,
		.user = order->customer,
		.number = order->number,
		.status = order->status,
		.payment_status = order->payment_status,
		.shipping_method = order->shipping_method,
		.subtotal = order->subtotal,
		.discount = order->discount,
		.shipping = order->shipping,
		.tax = order->tax,
		.tax_included = order->tax_included,
		.total = order->total,
		.refunded = order->total,
		.currency = order->currency,
		.expires_at = order->expires_at,
		.created_at = order->created_at,
		.metadata = order->metadata,
		.coupon = order->coupon,
		.lines = order->lines,
		.n_lines = order->n_lines };

	row.refunded.minor = 0;
	return row;
}

/* An order whose total is 0 is paid as soon as it is placed. */
static const struct problem *
settle_free_order(struct work *work, struct order *order)
{
	struct order_row row = row_of(order);

	TRY(move_order(work, &row, ORDER_PAID));
	TRY(commit_order_stock(work, &row));
	TRY(make_fulfilments(work, &row));
	TRY(record_order_event(work, EVENT_ORDER_PAID, &row));
	TRY(post_free_order_later(work, &row));
	order->status = row.status;
	order->payment_status = row.payment_status;
	order->expires_at = NULL;
	return OK;
}

static struct order *
begin_order(struct work *work, const struct draft *draft)
{
	struct order *order = ARENA_NEW(work->arena, struct order);

	draft_show(draft, order);
	order->id = NEW_ID(order_id);
	order->customer = work->viewer.user;
	order->status = ORDER_PENDING;
	order->payment_status = ORDER_UNPAID;
	order->created_at = instant_now();
	order->expires_at = ARENA_NEW(work->arena, struct instant);
	*order->expires_at = instant_add_seconds(order->created_at, work->config->orders.expire_minutes * 60);
	order->shipping_address = ARENA_NEW(work->arena, struct order_address);
	*order->shipping_address = draft->shipping_address;
	order->billing_address = ARENA_NEW(work->arena, struct order_address);
	*order->billing_address = draft->billing_address;
	order->metadata = draft->request->metadata == NULL ? "{}" : draft->request->metadata;
	return order;
}

const struct problem *
place_order(struct work *work, const struct order_request *request, struct order **placed)
{
	struct draft      draft;
	struct order     *order;
	struct order_row  row;
	struct cart_owner cart = own_cart(work);

	TRY(draft_order(work, request, true, &draft));
	order = *placed = begin_order(work, &draft);
	TRY(insert_order(work, &draft, order));
	TRY(insert_lines(work, order));
	TRY(insert_parts(work, &draft, order->id));
	if (draft.from_cart)
		TRY(cart_clear(work, &cart));
	row = row_of(order);
	TRY(record_order_event(work, EVENT_ORDER_PLACED, &row));
	if (order->coupon_id != NULL)
		TRY(take_coupon(work, *order->coupon_id, order->customer, order->id));
	TRY(reserve(work, order));
	return order->total.minor == 0 ? settle_free_order(work, order) : OK;
}
