/*
 * What an order does to stock: reserve, commit, release, return, reserve again.
 *
 * Inventory rows are locked by ascending variant id, each behind its reservation, which nobody wants who has not locked the
 * order; as late as possible.  Only then is what is available read, so that exactly one transaction sees each crossing of
 * a mark and tells of it.
 */
#include "inventory/stock_view.h"

#include "catalog/catalog.h"
#include "store/db.h"

#include <assert.h>

enum { LINES_MAX = 100 };

enum reservation_status { HELD, COMMITTED, RELEASED };
static const char *const reservation_values[] = { "held", "committed", "released", NULL };

struct reservation {
	struct variant_id variant;
	int64_t           quantity;
	int64_t           available, low_stock; /* of the variant, before anything changes */
};

static const struct member reservation_members[] = {
	M_ID(struct reservation, variant, "variant_id"),
	M_INTEGER(struct reservation, quantity, "quantity", 1, INT32_MAX),
	M_INTEGER(struct reservation, available, "available", 0, INT64_MAX, .computed = true),
	M_INTEGER(struct reservation, low_stock, "low_stock", 0, INT32_MAX, .computed = true),
};
SHAPE(struct reservation, reservation_shape, "Reservation", reservation_members);

/* An order's reservations of one status, locked with their stock, by variant id ascending. */
struct held {
	struct reservation *rows;
	size_t              count;
};

static const struct problem *
lock_reservations(struct work *work, struct order_id order, enum reservation_status status, struct held *held)
{
	return db_rows(work->db, &reservation_shape, LINES_MAX, &held->rows, &held->count,
	    "SELECT {r}, IFNULL(i.on_hand - i.reserved, 0) AS available, IFNULL(i.low_stock, 0) AS low_stock FROM reservations r LEFT JOIN inventory i ON i.variant_id = r.variant_id "
	    "WHERE r.order_id = ? AND r.status = ? ORDER BY r.variant_id FOR UPDATE",
	    P(order), P(reservation_values[status]));
}

/*
 * One conditional UPDATE of the order's reservations of a status and their stock, over the primary keys of both and in
 * the order of the variants; how many lines matched.
 */
#define STOCK_OF "UPDATE reservations r STRAIGHT_JOIN inventory i ON i.variant_id = r.variant_id "

static const struct problem *
move_stock(struct work *work, const char *sql, struct order_id order, size_t *moved)
{
	int64_t changed;

	TRY(db_run(work->db, &changed, sql, P(order)));
	*moved = (size_t)changed / 2; /* a row of each table for each line */
	return OK;
}

/* A movement of a line; the caller's sign is that of what is on hand. */
struct line_movement {
	struct variant_id variant;
	int64_t           delta;
};

static const struct problem *
write_movements(struct work *work, struct order_id order, const char *sql, const struct line_movement *movements, size_t count)
{
	enum { COLUMNS = 5 };
	struct parameter *values = ARENA_ARRAY(work->arena, count * COLUMNS, struct parameter);

	for (size_t i = 0; i < count; i++) {
		const struct parameter row[COLUMNS] = { P(uuid_new()), P(movements[i].variant), P(movements[i].delta), P(order),
			P(acting_user(work)) };

		memcpy(&values[i * COLUMNS], row, sizeof row);
	}
	return db_run_many(work->db, NULL, sql, count, COLUMNS, values);
}

/* What was available was read under the lock of its row. */
static const struct problem *
tell_marks(struct work *work, const struct held *held, bool taken)
{
	struct level *levels = ARENA_ARRAY(work->arena, held->count, struct level);

	for (size_t i = 0; i < held->count; i++) {
		const struct reservation *row = &held->rows[i];

		levels[i] = (struct level) { row->variant, row->available,
			row->available + (taken ? -row->quantity : row->quantity), row->low_stock };
	}
	return tell_levels(work, levels, held->count);
}

/* The catalogue hears of all, for the documents that show how many there are. */
static const struct problem *
tell_stock(struct work *work, const struct held *held, bool taken)
{
	for (size_t i = 0; i < held->count; i++)
		catalog_stock_changed(work, &held->rows[i].variant, 1);
	return tell_marks(work, held, taken);
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
	M_INTEGER(struct shortage, available, "available", 0, INT64_MAX, .computed = true),
};
SHAPE(struct shortage, shortage_shape, "Shortage", shortage_members);

static int64_t
available_of(const struct shortage *rows, size_t count, struct variant_id variant)
{
	for (size_t i = 0; i < count; i++)
		if (ID_EQUAL(rows[i].variant, variant))
			return rows[i].available;
	return 0;
}

/* Names the lines that are short, of which nothing was reserved.  The first of them is locked, so there is one. */
static const struct problem *
report_short_lines(struct work *work, const struct stock_line *lines, size_t count)
{
	struct parameter *variants = ARENA_ARRAY(work->arena, count, struct parameter);
	struct shortage  *rows;
	struct faults     faults = { .count = 0 };
	size_t            n_rows;

	for (size_t i = 0; i < count; i++)
		variants[i] = P(lines[i].variant);
	TRY(db_rows_many(work->db, &shortage_shape, count, &rows, &n_rows,
	    "SELECT {i}, i.on_hand - i.reserved AS available FROM inventory i WHERE i.variant_id IN ([?])", count, count,
	    variants));
	for (size_t i = 0; i < count; i++) {
		int64_t available = available_of(rows, n_rows, lines[i].variant);

		if (available < lines[i].quantity)
			faults_add(&faults, arena_format(work->arena, "items.%zu.quantity", i),
			    arena_format(work->arena, "only %lld left", (long long)available));
	}
	return problem_faults(work->arena, PROBLEM_INSUFFICIENT_STOCK, "not enough stock is left; see details", &faults);
}

/*
 * All lines in one statement, which the table's CHECK refuses as a whole when one of them is short: then nothing has
 * changed, and *enough is false.
 */
static const struct problem *
take_stock(struct work *work, const struct stock_line *sorted, size_t count, bool *enough)
{
	struct parameter     *values = ARENA_ARRAY(work->arena, count * 3, struct parameter);
	const struct problem *problem;
	int64_t               changed;

	for (size_t i = 0; i < count; i++) {
		values[2 * i] = values[2 * count + i] = P(sorted[i].variant);
		values[2 * i + 1] = P(sorted[i].quantity);
	}
	problem = db_run_many(work->db, &changed,
	    "UPDATE inventory FORCE INDEX (PRIMARY) SET reserved = reserved + CASE variant_id[ WHEN ? THEN ?] END WHERE variant_id IN ([?])",
	    count, 3, values);
	*enough = problem == OK;
	if (problem_is(problem, PROBLEM_CONFLICT) && strcmp(db_clash(work->db), "ck_inventory_reserved") == 0)
		return OK;
	TRY(problem);
	return changed == (int64_t)count ? OK : problem(CONFLICT, "the order's variants have no stock record");
}

const struct problem *
reserve_stock(struct work *work, struct order_id order, const struct stock_line *lines, size_t count)
{
	enum { COLUMNS = 3 };
	struct stock_line *sorted = ARENA_ARRAY(work->arena, count, struct stock_line);
	struct parameter  *values = ARENA_ARRAY(work->arena, count * COLUMNS, struct parameter);
	struct held        held;
	bool               enough;

	assert(count <= LINES_MAX);
	if (count == 0)
		return OK;
	memcpy(sorted, lines, count * sizeof *lines);
	qsort(sorted, count, sizeof *sorted, by_variant);
	TRY(take_stock(work, sorted, count, &enough));
	if (!enough)
		return report_short_lines(work, lines, count);
	for (size_t i = 0; i < count; i++) {
		const struct parameter row[COLUMNS] = { P(order), P(sorted[i].variant), P(sorted[i].quantity) };

		memcpy(&values[i * COLUMNS], row, sizeof row);
	}
	/* Its row is locked by now: what was left before is what is left and what was taken. */
	TRY(db_rows_many(work->db, &reservation_shape, LINES_MAX, &held.rows, &held.count,
	    "INSERT INTO reservations (order_id, variant_id, quantity, status) VALUES [(?, ?, ?, 'held')] RETURNING {}, "
	    "quantity + (SELECT i.on_hand - i.reserved FROM inventory i WHERE i.variant_id = reservations.variant_id) AS available, "
	    "(SELECT i.low_stock FROM inventory i WHERE i.variant_id = reservations.variant_id) AS low_stock",
	    count, count * COLUMNS, values));
	for (size_t i = 0; i < count; i++)
		catalog_stock_taken(work, lines[i].product, lines[i].slug);
	return tell_marks(work, &held, true);
}

const struct problem *
rereserve_stock(struct work *work, struct order_id order)
{
	struct held held;
	size_t      moved;

	/* All rows are locked before one changes, because the caller continues when there is too little. */
	TRY(lock_reservations(work, order, RELEASED, &held));
	if (held.count == 0)
		return OK;
	for (size_t i = 0; i < held.count; i++)
		if (held.rows[i].available < held.rows[i].quantity)
			return problem(INSUFFICIENT_STOCK, "the released stock is no longer available");
	TRY(move_stock(work,
	    STOCK_OF "SET i.reserved = i.reserved + r.quantity, r.status = 'held' "
		     "WHERE r.order_id = ? AND r.status = 'released' AND i.on_hand - i.reserved >= r.quantity",
	    order, &moved));
	return moved == held.count ? tell_stock(work, &held, true)
				   : problem(CONFLICT, "the order's variants have no stock record");
}

/* ---- commit, release, return ---- */

/* Nothing was held, or too little: OK when the order has nothing released either, so that all is committed. */
static const struct problem *
expect_committed(struct work *work, struct order_id order, size_t moved)
{
	struct held held, released;

	TRY(lock_reservations(work, order, HELD, &held));
	if (moved > 0 || held.count > 0)
		return problem(CONFLICT, "the order's stock is not reserved");
	TRY(lock_reservations(work, order, RELEASED, &released));
	return released.count == 0 ? OK : problem(CONFLICT, "the order's stock has already been released");
}

const struct problem *
commit_stock(struct work *work, struct order_id order, const struct stock_line *lines, size_t count)
{
	struct line_movement *movements = ARENA_ARRAY(work->arena, count, struct line_movement);
	size_t                moved;

	TRY(move_stock(work,
	    STOCK_OF "SET i.on_hand = i.on_hand - r.quantity, i.reserved = i.reserved - r.quantity, "
		     "r.status = 'committed' WHERE r.order_id = ? AND r.status = 'held' AND i.reserved >= r.quantity",
	    order, &moved));
	if (moved == 0 || moved != count)
		return expect_committed(work, order, moved);
	for (size_t i = 0; i < count; i++)
		movements[i] = (struct line_movement) { lines[i].variant, -lines[i].quantity };
	return write_movements(work, order,
	    "INSERT INTO inventory_movements (id, variant_id, delta_on_hand, reason, order_id, actor_id) VALUES [(?, ?, ?, 'sale', ?, ?)]",
	    movements, count);
}

const struct problem *
release_stock(struct work *work, struct order_id order)
{
	struct held held;
	size_t      moved;

	TRY(lock_reservations(work, order, HELD, &held));
	if (held.count == 0)
		return OK;
	TRY(move_stock(work,
	    STOCK_OF "SET i.reserved = i.reserved - r.quantity, r.status = 'released' "
		     "WHERE r.order_id = ? AND r.status = 'held' AND i.reserved >= r.quantity",
	    order, &moved));
	return moved == held.count ? tell_stock(work, &held, false) : problem(CONFLICT, "the order's stock is not reserved");
}

/* What was sold is back on hand: a movement of each line, which the catalogue and who waits for it hear of. */
static const struct problem *
tell_returned(struct work *work, struct order_id order, const struct held *held)
{
	struct line_movement *movements = ARENA_ARRAY(work->arena, held->count, struct line_movement);

	for (size_t i = 0; i < held->count; i++)
		movements[i] = (struct line_movement) { held->rows[i].variant, held->rows[i].quantity };
	TRY(write_movements(work, order,
	    "INSERT INTO inventory_movements (id, variant_id, delta_on_hand, reason, order_id, actor_id) VALUES [(?, ?, ?, 'return', ?, ?)]",
	    movements, held->count));
	return tell_stock(work, held, false);
}

const struct problem *
return_stock(struct work *work, struct order_id order)
{
	struct held held;
	size_t      moved;

	TRY(lock_reservations(work, order, COMMITTED, &held));
	if (held.count == 0)
		return OK;
	TRY(move_stock(work,
	    STOCK_OF "SET i.on_hand = i.on_hand + r.quantity, r.status = 'released' "
		     "WHERE r.order_id = ? AND r.status = 'committed'",
	    order, &moved));
	if (moved != held.count)
		return problem(CONFLICT, "the order's variants have no stock record");
	return tell_returned(work, order, &held);
}

/* ---- a part of an order ---- */

/* The committed reservations of some of its variants, all of which it must have. */
static const struct problem *
lock_sold(struct work *work, struct order_id order, const struct stock_line *lines, size_t count, struct held *held)
{
	struct parameter *values = ARENA_ARRAY(work->arena, count + 1, struct parameter);

	assert(count <= LINES_MAX);
	values[0] = P(order);
	for (size_t i = 0; i < count; i++)
		values[1 + i] = P(lines[i].variant);
	TRY(db_rows_many(work->db, &reservation_shape, LINES_MAX, &held->rows, &held->count,
	    "SELECT {r}, IFNULL(i.on_hand - i.reserved, 0) AS available, IFNULL(i.low_stock, 0) AS low_stock FROM reservations r "
	    "LEFT JOIN inventory i ON i.variant_id = r.variant_id WHERE r.order_id = ? AND r.status = 'committed' "
	    "AND r.variant_id IN ([?]) ORDER BY r.variant_id FOR UPDATE",
	    count, count + 1, values));
	return held->count == count ? OK : problem(CONFLICT, "the order has not sold these lines, or they are back already");
}

const struct problem *
return_stock_lines(struct work *work, struct order_id order, const struct stock_line *lines, size_t count)
{
	struct parameter *values = ARENA_ARRAY(work->arena, 2 * count, struct parameter);
	struct held       held;
	int64_t           changed;

	TRY(lock_sold(work, order, lines, count, &held));
	for (size_t i = 0; i < count; i++) {
		values[2 * i] = P(order);
		values[2 * i + 1] = P(lines[i].variant);
	}
	TRY(db_run_many(work->db, &changed,
	    STOCK_OF "SET i.on_hand = i.on_hand + r.quantity, r.status = 'released' "
		     "WHERE r.status = 'committed' AND (FALSE[ OR (r.order_id = ? AND r.variant_id = ?)])",
	    count, 2, values));
	return changed == 2 * (int64_t)count ? tell_returned(work, order, &held)
					     : problem(CONFLICT, "the order's variants have no stock record");
}

static int64_t
quantity_of(const struct stock_line *lines, size_t count, struct variant_id variant)
{
	for (size_t i = 0; i < count; i++)
		if (ID_EQUAL(lines[i].variant, variant))
			return lines[i].quantity;
	return 0;
}

const struct problem *
restock_lines(struct work *work, struct order_id order, const struct stock_line *lines, size_t count)
{
	struct held held;
	int64_t     changed;

	TRY(lock_sold(work, order, lines, count, &held));
	for (size_t i = 0; i < held.count; i++) {
		held.rows[i].quantity = quantity_of(lines, count, held.rows[i].variant);
		TRY(db_run(work->db, &changed,
		    STOCK_OF
		    "SET i.on_hand = i.on_hand + ?, r.restocked = r.restocked + ? "
		    "WHERE r.order_id = ? AND r.variant_id = ? AND r.status = 'committed' AND r.restocked + ? <= r.quantity",
		    P(held.rows[i].quantity), P(held.rows[i].quantity), P(order), P(held.rows[i].variant),
		    P(held.rows[i].quantity)));
		if (changed != 2)
			return problem(CONFLICT, "more of a line would come back than was sold");
	}
	return tell_returned(work, order, &held);
}
