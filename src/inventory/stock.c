/*
 * What an order does to stock: reserve, commit, release, return, reserve again.
 *
 * Reservation rows are locked first, by ascending variant id, then inventory rows in the same order, as late as possible.
 */
#include "inventory/inventory.h"

#include "store/db.h"

#include <assert.h>

enum { LINES_MAX = 100 };

enum reservation_status { HELD, COMMITTED, RELEASED };
static const char *const reservation_values[] = { "held", "committed", "released", NULL };

struct reservation {
	struct variant_id variant;
	int64_t           quantity;
	int               status;
};

static const struct member reservation_members[] = {
	M_ID(struct reservation, variant, "variant_id"),
	M_INTEGER(struct reservation, quantity, "quantity", 1, INT32_MAX),
	M_ENUM(struct reservation, status, "status", reservation_values),
};
SHAPE(struct reservation, reservation_shape, "Reservation", reservation_members);

/* An order's reservations, locked, by variant id ascending. */
struct held {
	struct reservation *rows;
	size_t              count;
};

static const struct problem *
lock_reservations(struct work *work, struct order_id order, enum reservation_status status, struct held *held)
{
	size_t kept = 0;

	TRY(db_rows(work->db, &reservation_shape, LINES_MAX, &held->rows, &held->count,
	    "SELECT {r} FROM reservations r WHERE r.order_id = ? ORDER BY r.variant_id FOR UPDATE", P(order)));
	for (size_t i = 0; i < held->count; i++)
		if (held->rows[i].status == (int)status)
			held->rows[kept++] = held->rows[i];
	held->count = kept;
	return OK;
}

/*
 * One conditional UPDATE of the order's reservations of a status and their stock, over the primary keys of both and in
 * the order of the variants; *whole when each of the held rows matched.
 */
#define STOCK_OF "UPDATE reservations r STRAIGHT_JOIN inventory i ON i.variant_id = r.variant_id "

static const struct problem *
move_stock(struct work *work, const char *sql, struct order_id order, const struct held *held, bool *whole)
{
	int64_t changed;

	TRY(db_run(work->db, &changed, sql, P(order)));
	*whole = changed == 2 * (int64_t)held->count; /* a row of each table for each line */
	return OK;
}

static const struct problem *
write_movements(struct work *work, struct order_id order, const char *sql, const struct held *held, int sign)
{
	enum { COLUMNS = 5 };
	struct parameter *values = ARENA_ARRAY(work->arena, held->count * COLUMNS, struct parameter);

	for (size_t i = 0; i < held->count; i++) {
		const struct parameter row[COLUMNS] = { P(uuid_new()), P(held->rows[i].variant), P(sign * held->rows[i].quantity),
			P(order), P(acting_user(work)) };

		memcpy(&values[i * COLUMNS], row, sizeof row);
	}
	return db_run_many(work->db, NULL, sql, held->count, COLUMNS, values);
}

/* ---- reserve ---- */

static int
by_variant(const void *a, const void *b)
{
	return uuid_compare(&((const struct stock_line *)a)->variant.uuid, &((const struct stock_line *)b)->variant.uuid);
}

struct shortage {
	struct variant_id variant;
	int64_t           available;
};

static const struct member shortage_members[] = {
	M_ID(struct shortage, variant, "variant_id"),
	M_INTEGER(struct shortage, available, "available", 0, INT64_MAX),
};
SHAPE(struct shortage, shortage_shape, "Shortage", shortage_members);

/* Names the lines that were short: their reservations are still released. */
static const struct problem *
report_short_lines(struct work *work, struct order_id order, const struct stock_line *lines, size_t count)
{
	struct shortage *shortages;
	struct faults    faults = { .count = 0 };
	size_t           n_shortages;

	TRY(db_rows(work->db, &shortage_shape, LINES_MAX, &shortages, &n_shortages,
	    "SELECT r.variant_id, IFNULL(i.on_hand - i.reserved, 0) AS available FROM reservations r "
	    "LEFT JOIN inventory i ON i.variant_id = r.variant_id WHERE r.order_id = ? AND r.status = 'released'",
	    P(order)));
	for (size_t line = 0; line < count; line++)
		for (size_t i = 0; i < n_shortages; i++)
			if (ID_EQUAL(shortages[i].variant, lines[line].variant))
				faults_add(&faults, arena_format(work->arena, "items.%zu.quantity", line),
				    arena_format(work->arena, "only %lld left", (long long)shortages[i].available));
	return problem_faults(work->arena, PROBLEM_INSUFFICIENT_STOCK, "not enough stock is left; see details", &faults);
}

const struct problem *
reserve_stock(struct work *work, struct order_id order, const struct stock_line *lines, size_t count)
{
	enum { COLUMNS = 3 };
	struct stock_line *sorted = ARENA_ARRAY(work->arena, count, struct stock_line);
	struct parameter  *values = ARENA_ARRAY(work->arena, count * COLUMNS, struct parameter);
	int64_t            changed;

	assert(count <= LINES_MAX);
	if (count == 0)
		return OK;
	memcpy(sorted, lines, count * sizeof *lines);
	qsort(sorted, count, sizeof *sorted, by_variant);
	for (size_t i = 0; i < count; i++) {
		const struct parameter row[COLUMNS] = { P(order), P(sorted[i].variant), P(sorted[i].quantity) };

		memcpy(&values[i * COLUMNS], row, sizeof row);
	}
	/* Inserted as released, so that those for which the next statement finds too little stock can be told apart. */
	TRY(db_run_many(work->db, NULL,
	    "INSERT INTO reservations (order_id, variant_id, quantity, status) VALUES [(?, ?, ?, 'released')]", count, COLUMNS,
	    values));
	TRY(db_run(work->db, &changed,
	    STOCK_OF "SET i.reserved = i.reserved + r.quantity, r.status = 'held' "
		     "WHERE r.order_id = ? AND r.status = 'released' AND i.on_hand - i.reserved >= r.quantity",
	    P(order)));
	if (changed == 2 * (int64_t)count) /* a row of each table for each line */
		return OK;
	return report_short_lines(work, order, lines, count);
}

struct wanted {
	struct variant_id variant;
	bool              enough;
};

static const struct member wanted_members[] = {
	M_ID(struct wanted, variant, "variant_id"),
	M_BOOLEAN(struct wanted, enough, "enough"),
};
SHAPE(struct wanted, wanted_shape, "WantedStock", wanted_members);

const struct problem *
rereserve_stock(struct work *work, struct order_id order)
{
	struct wanted *wanted;
	struct held    held;
	size_t         count;
	bool           whole;

	TRY(lock_reservations(work, order, RELEASED, &held));
	if (held.count == 0)
		return OK;
	/* All rows are locked before one changes, because the caller continues when there is too little. */
	TRY(db_rows(work->db, &wanted_shape, LINES_MAX, &wanted, &count,
	    "SELECT r.variant_id, i.on_hand - i.reserved >= r.quantity AS enough FROM reservations r "
	    "STRAIGHT_JOIN inventory i ON i.variant_id = r.variant_id WHERE r.order_id = ? AND r.status = 'released' "
	    "ORDER BY r.variant_id FOR UPDATE",
	    P(order)));
	for (size_t i = 0; i < count; i++)
		if (!wanted[i].enough)
			return problem(INSUFFICIENT_STOCK, "the released stock is no longer available");
	TRY(move_stock(work,
	    STOCK_OF "SET i.reserved = i.reserved + r.quantity, r.status = 'held' "
		     "WHERE r.order_id = ? AND r.status = 'released' AND i.on_hand - i.reserved >= r.quantity",
	    order, &held, &whole));
	return whole ? OK : problem(CONFLICT, "the order's variants have no stock record");
}

/* ---- commit, release, return ---- */

const struct problem *
commit_stock(struct work *work, struct order_id order)
{
	struct held held, released;
	bool        whole;

	TRY(lock_reservations(work, order, HELD, &held));
	if (held.count == 0) {
		TRY(lock_reservations(work, order, RELEASED, &released));
		return released.count == 0 ? OK : problem(CONFLICT, "the order's stock has already been released");
	}
	TRY(move_stock(work,
	    STOCK_OF "SET i.on_hand = i.on_hand - r.quantity, i.reserved = i.reserved - r.quantity, "
		     "r.status = 'committed' WHERE r.order_id = ? AND r.status = 'held' AND i.reserved >= r.quantity",
	    order, &held, &whole));
	if (!whole)
		return problem(CONFLICT, "the order's stock is not reserved");
	return write_movements(work, order,
	    "INSERT INTO inventory_movements (id, variant_id, delta_on_hand, reason, order_id, actor_id) VALUES [(?, ?, ?, 'sale', ?, ?)]",
	    &held, -1);
}

const struct problem *
release_stock(struct work *work, struct order_id order)
{
	struct held held;
	bool        whole;

	TRY(lock_reservations(work, order, HELD, &held));
	if (held.count == 0)
		return OK;
	TRY(move_stock(work,
	    STOCK_OF "SET i.reserved = i.reserved - r.quantity, r.status = 'released' "
		     "WHERE r.order_id = ? AND r.status = 'held' AND i.reserved >= r.quantity",
	    order, &held, &whole));
	return whole ? OK : problem(CONFLICT, "the order's stock is not reserved");
}

const struct problem *
return_stock(struct work *work, struct order_id order)
{
	struct held held;
	bool        whole;

	TRY(lock_reservations(work, order, COMMITTED, &held));
	if (held.count == 0)
		return OK;
	TRY(move_stock(work,
	    STOCK_OF "SET i.on_hand = i.on_hand + r.quantity, r.status = 'released' "
		     "WHERE r.order_id = ? AND r.status = 'committed'",
	    order, &held, &whole));
	if (!whole)
		return problem(CONFLICT, "the order's variants have no stock record");
	return write_movements(work, order,
	    "INSERT INTO inventory_movements (id, variant_id, delta_on_hand, reason, order_id, actor_id) VALUES [(?, ?, ?, 'return', ?, ?)]",
	    &held, 1);
}
