/*
 * haatctl import: closed orders and payments of another system, as history.  They are shown and reported as a source of their own;
 * nothing that moves money or stock knows them.
 *
 * A row of a file of orders is a line of an order; rows of one number stand together, and the first says what is the order's.  An order
 * is written whole, with what it adds to the reports, some hundred a transaction; one whose number is known stays as it is, so that
 * a file may be imported again after its faults were put right, or when it was interrupted.
 */
#include "ops/ctl_import.h"

#include "accounts/accounts.h"
#include "base/arena.h"
#include "base/config.h"
#include "exchange/display.h"
#include "exchange/rates.h"
#include "ops/import_order.h"
#include "orders/order.h"
#include "store/db.h"
#include "store/work.h"

#include <string.h>

enum { BATCH = 100, KEPT_BYTES_MAX = 4 << 20 };

/* A row as it came. */
struct line_row {
	const char     *number, *email, *currency, *sku, *name;
	int            *status;
	struct instant *placed_at;
	struct decimal *shipping, *refunded, *total, *discount, *tax, unit_price;
	int64_t         quantity;
};

static const struct member line_row_members[] = {
	M_TEXT(struct line_row, number, "number", IMPORTED_NUMBER_MAX, .required = true, .min = 1),
	M_TEXT(struct line_row, email, "email", 254, .min = 1, .nullable = true),
	M_ENUM(struct line_row, status, "status", imported_status_values, .nullable = true),
	M_TIME(struct line_row, placed_at, "placed_at", .nullable = true),
	M_TEXT(struct line_row, currency, "currency", 3, .format = FORMAT_CURRENCY, .nullable = true),
	M_DECIMAL(struct line_row, shipping, "shipping", .min = 0, .nullable = true),
	M_DECIMAL(struct line_row, refunded, "refunded", .min = 0, .nullable = true),
	M_DECIMAL(struct line_row, total, "total", .min = 0, .nullable = true),
	M_TEXT(struct line_row, sku, "sku", 64, .nullable = true),
	M_TEXT(struct line_row, name, "name", 200, .required = true, .min = 1),
	M_INTEGER(struct line_row, quantity, "quantity", 1, 1000000, .required = true),
	M_DECIMAL(struct line_row, unit_price, "unit_price", .min = 0, .required = true),
	M_DECIMAL(struct line_row, discount, "discount", .min = 0, .nullable = true),
	M_DECIMAL(struct line_row, tax, "tax", .min = 0, .nullable = true),
};
SHAPE(struct line_row, line_row_shape, "ImportedOrderRow", line_row_members);

/* The import of orders: those that were read and are not written yet; the last one may not be whole. */
struct order_import {
	struct history_import history;
	struct imported_order orders[BATCH + 1];
	size_t                count;
	bool                  unsure; /* a row whose order is not known came after the last one's */
	struct arena         *kept;   /* of the first order, when it was the last of the batch before */
};

/* ---- reading ---- */

/* What the first row of an order must say; false, told. */
static bool
begin_order(struct order_import *import, const struct line_row *row)
{
	struct imported_order *order = &import->orders[import->count++];
	int64_t                number = import->history.file.row;
	const char            *where = "placed_at", *what = "is required in the first row of an order";

	*order = (struct imported_order) { .row = number,
		.number = row->number,
		.email = row->email,
		.currency = row->currency,
		.status = row->status == NULL ? IMPORTED_COMPLETED : (enum imported_status) * row->status,
		.told_total = -1 };
	order->lines = ARENA_ARRAY(import->history.control->arena, ORDER_LINES_MAX, struct imported_line);
	if (row->placed_at == NULL)
		return history_refuse(number, where, what), false;
	order->placed_at = *row->placed_at;
	if (row->currency == NULL)
		return history_refuse(number, "currency", what), false;
	what = "is no amount of the currency";
	if (order->placed_at.unix_ms > instant_now().unix_ms || order->placed_at.unix_ms < 0)
		return history_refuse(number, where, "must be in the past"), false;
	if (!history_amount(row->shipping, row->currency, &order->shipping))
		return history_refuse(number, "shipping", what), false;
	if (!history_amount(row->refunded, row->currency, &order->refunded))
		return history_refuse(number, "refunded", what), false;
	order->told_refunded = row->refunded != NULL;
	if (row->total != NULL && !history_amount(row->total, row->currency, &order->told_total))
		return history_refuse(number, "total", what), false;
	return true;
}

static bool
add_line(struct order_import *import, struct imported_order *order, const struct line_row *row)
{
	struct imported_line *line = &order->lines[order->n_lines];
	int64_t               number = import->history.file.row;
	const char           *what = "is no amount of the currency";

	if (order->n_lines == ORDER_LINES_MAX)
		return history_refuse(number, "", "the order has too many lines"), false;
	*line = (struct imported_line) { .sku = row->sku == NULL ? "" : row->sku, .name = row->name, .quantity = row->quantity };
	if (!history_amount(&row->unit_price, order->currency, &line->price))
		return history_refuse(number, "unit_price", what), false;
	if (!history_amount(row->discount, order->currency, &line->discount))
		return history_refuse(number, "discount", what), false;
	if (!history_amount(row->tax, order->currency, &line->tax))
		return history_refuse(number, "tax", what), false;
	if (__builtin_mul_overflow(line->price, line->quantity, &line->subtotal) || line->subtotal > INT64_C(1) << 50 ||
	    line->discount > line->subtotal)
		return history_refuse(number, "discount", "is more than the line"), false;
	line->total = line->subtotal - line->discount + line->tax;
	order->n_lines++;
	return true;
}

/* A row is lost, and with it a line of the order before it, or of the one behind: neither may be written as if it were whole. */
static void
lose_row(struct order_import *import)
{
	import->history.refused++;
	import->unsure = true;
}

/* After a row was lost. */
static void
doubt(const struct order_import *import, struct imported_order *order)
{
	if (import->unsure && !order->refused)
		history_refuse(order->row, "", "a row of the order, or next to it, cannot be read");
	order->refused = order->refused || import->unsure;
}

/* An order that goes on behind the lost row has lost its own; else it may as well be the next one's. */
static void
settle_lost_row(struct order_import *import, struct imported_order *before, bool goes_on)
{
	if (before != NULL)
		doubt(import, before);
	import->unsure = import->unsure && !goes_on;
}

static void
take_row(struct order_import *import, struct json_object *object)
{
	struct history_import *history = &import->history;
	struct line_row        row = { 0 };
	struct faults          faults = { .count = 0 };
	struct imported_order *order = import->count > 0 ? &import->orders[import->count - 1] : NULL;
	bool                   is_whole = shape_parse(&line_row_shape, object, history->control->arena, &row, &faults), is_first;

	if (!is_whole)
		history_refuse(history->file.row, faults.list[0].where, faults.list[0].what);
	if (row.number == NULL) {
		lose_row(import);
		return;
	}
	is_first = order == NULL || strcmp(row.number, order->number) != 0;
	settle_lost_row(import, order, !is_first);
	if (is_first && !is_whole)
		import->orders[import->count++] = (struct imported_order) { .number = row.number, .refused = true };
	else if (is_first && !begin_order(import, &row))
		is_whole = false;
	order = &import->orders[import->count - 1];
	if (!is_whole)
		order->refused = true;
	doubt(import, order);
	import->unsure = false;
	if (!order->refused && !add_line(import, order, &row))
		order->refused = true;
}

/* What the lines of an order come to, and whether that is what it says; told when not. */
static bool
add_up(struct imported_order *order)
{
	for (size_t i = 0; i < order->n_lines; i++) {
		const struct imported_line *line = &order->lines[i];

		order->items += line->quantity;
		order->subtotal += line->subtotal;
		order->discount += line->discount;
		order->tax += line->tax;
	}
	order->total = order->subtotal - order->discount + order->tax + order->shipping;
	if (order->told_total >= 0 && order->told_total != order->total)
		return history_refuse(order->row, "total", "is not what the lines and the shipping come to"), false;
	if (order->status == IMPORTED_REFUNDED && !order->told_refunded)
		order->refunded = order->total;
	if (order->refunded > order->total)
		return history_refuse(order->row, "refunded", "is more than the total"), false;
	return true;
}

/* ---- writing ---- */

/* One that is known with other amounts is not the same, or its rows did not stand together: nobody would see what is missing. */
static void
count_order(struct history_import *history, const struct imported_order *order)
{
	if (order->differs)
		history_refuse(order->row, "number", "is that of another order, which comes to something else");
	*(order->differs ? &history->refused : order->known ? &history->known : &history->made) += 1;
}

/* The first `count` orders, which are whole. */
static const struct problem *
write_batch(struct order_import *import, size_t count)
{
	struct history_import *history = &import->history;
	struct imported_order *orders = ARENA_ARRAY(history->control->arena, count + 1, struct imported_order);
	size_t                 n = 0;
	const struct problem  *problem;

	for (size_t i = 0; i < count; i++)
		if (!import->orders[i].refused && add_up(&import->orders[i]))
			orders[n++] = import->orders[i];
		else
			history->refused++;
	problem = n == 0 ? OK : import_orders(history->control->work, orders, n, history->dry);
	if (problem != OK)
		return problem;
	for (size_t i = 0; i < n; i++)
		count_order(history, &orders[i]);
	import->count = 0;
	return OK;
}

/* The last order may go on: it moves to where it is not given up with what was read of the others. */
static void
keep_last(struct order_import *import, struct arena_mark begin)
{
	const struct imported_order *last = &import->orders[BATCH];
	struct imported_order       *kept = &import->orders[0];
	struct arena                *arena = import->kept;

	arena_reset(arena);
	*kept = *last;
	kept->number = arena_string(arena, last->number);
	kept->email = arena_string(arena, last->email);
	kept->currency = arena_string(arena, last->currency);
	kept->lines = ARENA_ARRAY(arena, ORDER_LINES_MAX, struct imported_line);
	for (size_t i = 0; i < last->n_lines; i++) {
		kept->lines[i] = last->lines[i];
		kept->lines[i].sku = arena_string(arena, last->lines[i].sku);
		kept->lines[i].name = arena_string(arena, last->lines[i].name);
	}
	import->count = 1;
	arena_release(import->history.control->arena, begin);
}

/* Behind the last row nothing goes on. */
static const struct problem *
write_rest(struct order_import *import)
{
	settle_lost_row(import, import->count > 0 ? &import->orders[import->count - 1] : NULL, true);
	return write_batch(import, import->count);
}

static const struct problem *
import_all_orders(struct history_import *history)
{
	struct order_import *import = (struct order_import *)history;
	struct arena_mark    begin = arena_mark(history->control->arena);
	struct json_object  *object;
	const char          *where, *what;

	for (;;) {
		enum import_found found = import_file_next(&history->file, &object, &where, &what);

		if (found == IMPORT_BAD) {
			history_refuse(history->file.row, where, what);
			lose_row(import);
		} else if (found == IMPORT_OBJECT)
			take_row(import, object);
		if (found == IMPORT_END)
			return write_rest(import);
		if (import->count > BATCH) {
			TRY(write_batch(import, BATCH));
			keep_last(import, begin);
		}
	}
}

/* ---- commands ---- */

static int
run_import_orders(struct control *control, int count, char **arguments)
{
	static struct order_import import;
	int                        code;

	import.kept = arena_new(KEPT_BYTES_MAX);
	code = history_run(&import.history, control, count, arguments, &line_row_shape, "orders", import_all_orders);
	arena_free(import.kept);
	return code;
}

const struct command import_commands[] = {
	{ "import orders", "[--dry-run] FILE | -", "take closed orders of another system as history, from CSV or JSON lines", 1,
	    2, false, run_import_orders },
	{ "import payments", "[--dry-run] FILE | -", "take closed payments of imported orders as history", 1, 2, false,
	    run_import_payments },
	{ 0 },
};
