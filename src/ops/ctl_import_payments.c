/* haatctl import payments: what was paid for imported orders elsewhere; see ctl_import.c. */
#include "ops/ctl_import.h"

#include "base/arena.h"
#include "ops/seed.h"
#include "orders/order.h"

#include <string.h>

enum { BATCH = 200 };

struct payment_row {
	const char     *number, *order_number, *provider, *method, *currency;
	int             status;
	struct decimal  amount, *refunded;
	struct instant  paid_at;
	int64_t         row, minor, back;
	bool            known;
	struct order_id order;
};

static const struct member payment_row_members[] = {
	M_TEXT(struct payment_row, number, "number", IMPORTED_NUMBER_MAX, .required = true, .min = 1),
	M_TEXT(struct payment_row, order_number, "order_number", IMPORTED_NUMBER_MAX, .required = true, .min = 1),
	M_TEXT(struct payment_row, provider, "provider", 64, .required = true, .min = 1),
	M_TEXT(struct payment_row, method, "method", 64, .nullable = true),
	M_ENUM(struct payment_row, status, "status", imported_payment_status_values, .required = true),
	M_DECIMAL(struct payment_row, amount, "amount", .min = 0, .required = true),
	M_DECIMAL(struct payment_row, refunded, "refunded", .min = 0, .nullable = true),
	M_TEXT(struct payment_row, currency, "currency", 3, .format = FORMAT_CURRENCY, .required = true),
	M_TIME(struct payment_row, paid_at, "paid_at", .required = true),
};
SHAPE(struct payment_row, payment_row_shape, "ImportedPaymentRow", payment_row_members);

struct named {
	struct order_id id;
	const char     *number;
};
static const struct member named_members[] = {
	M_ID(struct named, id, "id"),
	M_TEXT(struct named, number, "number", IMPORTED_NUMBER_MAX),
};
SHAPE(struct named, named_shape, "ImportedNumber", named_members);

struct payment_import {
	struct history_import history;
	struct payment_row    rows[BATCH];
	size_t                count;
};

static void
take_row(struct payment_import *import, struct json_object *object)
{
	struct history_import *history = &import->history;
	struct payment_row    *row = &import->rows[import->count];
	struct faults          faults = { .count = 0 };

	*row = (struct payment_row) { .row = history->file.row };
	if (!shape_parse(&payment_row_shape, object, history->control->arena, row, &faults))
		history_refuse(history->file.row, faults.list[0].where, faults.list[0].what);
	else if (!history_amount(&row->amount, row->currency, &row->minor))
		history_refuse(history->file.row, "amount", "is no amount of the currency");
	else if (!history_amount(row->refunded, row->currency, &row->back))
		history_refuse(history->file.row, "refunded", "is no amount of the currency");
	else if (row->back > row->minor)
		history_refuse(history->file.row, "refunded", "is more than the amount");
	else {
		if (row->refunded == NULL && row->status == IMPORTED_PAYMENT_REFUNDED)
			row->back = row->minor;
		import->count++;
		return;
	}
	history->refused++;
}

static const struct problem *
find_known(struct payment_import *import, struct parameter *names)
{
	struct named *found;
	size_t        n;

	for (size_t i = 0; i < import->count; i++)
		names[i] = P(import->rows[i].number);
	TRY(db_rows_many(import->history.control->work->db, &named_shape, import->count, &found, &n,
	    "SELECT order_id AS id, number FROM imported_payments WHERE number IN ([?])", import->count, import->count, names));
	for (size_t i = 0; i < import->count; i++) {
		struct payment_row *row = &import->rows[i];

		row->known = false;
		for (size_t k = 0; k < n; k++)
			row->known = row->known || strcmp(found[k].number, row->number) == 0;
		for (size_t k = 0; k < i; k++)
			row->known = row->known || strcmp(import->rows[k].number, row->number) == 0;
	}
	return OK;
}

/* `orders[i]` is whether the order of the row is there. */
static const struct problem *
find_orders(struct payment_import *import, struct parameter *names, bool *orders)
{
	struct named *found;
	size_t        n;

	for (size_t i = 0; i < import->count; i++)
		names[i] = P(import->rows[i].order_number);
	TRY(db_rows_many(import->history.control->work->db, &named_shape, import->count, &found, &n,
	    "SELECT {} FROM imported_orders WHERE number IN ([?])", import->count, import->count, names));
	for (size_t i = 0; i < import->count; i++) {
		orders[i] = false;
		for (size_t k = 0; k < n; k++)
			if (strcmp(found[k].number, import->rows[i].order_number) == 0) {
				import->rows[i].order = found[k].id;
				orders[i] = true;
			}
	}
	return OK;
}

static const struct problem *
write_rows(struct payment_import *import, bool *orders)
{
	struct work      *work = import->history.control->work;
	struct parameter *names = ARENA_ARRAY(work->arena, import->count + 1, struct parameter);
	struct batch      batch = batch_new(work->arena,
		 "INSERT INTO imported_payments (number, order_id, provider, method, status, amount_minor, refunded_minor, currency, paid_at) "
		      "VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?)]",
		 9);

	TRY(find_known(import, names));
	TRY(find_orders(import, names, orders));
	for (size_t i = 0; i < import->count; i++) {
		const struct payment_row *row = &import->rows[i];

		if (row->known || !orders[i])
			continue;
		BATCH_ADD(&batch, P(row->number), P(row->order), P(row->provider), P(row->method),
		    P(imported_payment_status_values[row->status]), P(row->minor), P(row->back), P(row->currency),
		    P(row->paid_at));
	}
	TRY(batches_add(work, &batch, 1));
	return import->history.dry ? problem(CONFLICT, "a dry run") : OK;
}

static const struct problem *
write_batch(struct payment_import *import)
{
	struct history_import *history = &import->history;
	bool                   orders[BATCH];
	const struct problem  *problem = db_transaction(history->control->work, write_rows(import, orders));

	if (problem != OK && !(history->dry && problem_is(problem, PROBLEM_CONFLICT)))
		return problem;
	for (size_t i = 0; i < import->count; i++) {
		if (import->rows[i].known)
			history->known++;
		else if (orders[i])
			history->made++;
		else {
			history_refuse(import->rows[i].row, "order_number", "is of no imported order");
			history->refused++;
		}
	}
	import->count = 0;
	return OK;
}

static const struct problem *
import_all_payments(struct history_import *history)
{
	struct payment_import *import = (struct payment_import *)history;
	struct arena_mark      mark = arena_mark(history->control->arena);
	struct json_object    *object;
	const char            *where, *what;
	enum import_found      found;

	do {
		found = import_file_next(&history->file, &object, &where, &what);
		if (found == IMPORT_BAD) {
			history_refuse(history->file.row, where, what);
			history->refused++;
		} else if (found == IMPORT_OBJECT)
			take_row(import, object);
		if (import->count == BATCH || (found == IMPORT_END && import->count > 0))
			TRY(write_batch(import));
		if (import->count == 0)
			arena_release(history->control->arena, mark);
	} while (found != IMPORT_END);
	return OK;
}

int
run_import_payments(struct control *control, int count, char **arguments)
{
	static struct payment_import import;

	return history_run(&import.history, control, count, arguments, &payment_row_shape, "payments", import_all_payments);
}
