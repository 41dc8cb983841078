/*
 * What orders do to stock.  Each step is two to four statements however many lines there are, joined over the order's
 * reservations; rows are locked by ascending variant id, the primary key's order.
 */
#include "inventory/inventory.h"
#include "store/db.h"

#include <assert.h>

enum { LINES_MAX = 100 };

static int
compare_lines(const void *a, const void *b)
{
	return uuid_compare(&((const struct stock_line *)a)->variant, &((const struct stock_line *)b)->variant);
}

struct held {
	struct variant_id variant;
};

static const struct member held_members[] = {
	M_ID(struct held, variant, "variant_id"),
};
SHAPE(struct held, held_shape, "HeldVariant", held_members);

/* The lines that have no reservation are those that lacked stock. */
static const struct problem *
name_lacking(struct work *work, struct order_id order, const struct stock_line *lines, size_t count)
{
	struct faults faults = { .count = 0 };
	struct held  *held;
	size_t        n_held;

	TRY(db_rows(work->db, &held_shape, LINES_MAX, &held, &n_held,
	    "SELECT variant_id FROM reservations WHERE order_id = ? AND status = 'held'", P(order)));
	for (size_t i = 0; i < count; i++) {
		bool found = false;

		for (size_t j = 0; j < n_held && !found; j++)
			found = ID_EQUAL(held[j].variant, lines[i].variant);
		if (!found)
			faults_add(&faults, arena_format(work->arena, "items.%zu.quantity", i), "is more than what is left");
	}
	return problem_faults(work->arena, PROBLEM_INSUFFICIENT_STOCK, "not enough is left of some lines; see details", &faults);
}

const struct problem *
reserve_stock(struct work *work, struct order_id order, const struct stock_line *lines, size_t count)
{
	struct stock_line *sorted = ARENA_ARRAY(work->arena, count, struct stock_line);
	struct parameter  *rows = ARENA_ARRAY(work->arena, count * 4, struct parameter);
	int64_t            held;

	assert(work->depth > 0 && count > 0 && count <= LINES_MAX);
	memcpy(sorted, lines, count * sizeof *lines);
	qsort(sorted, count, sizeof *sorted, compare_lines);
	for (size_t i = 0; i < count; i++) {
		rows[i * 4] = P(order);
		rows[i * 4 + 1] = P(sorted[i].quantity);
		rows[i * 4 + 2] = P(sorted[i].variant);
		rows[i * 4 + 3] = P(sorted[i].quantity);
	}
	/* FOR UPDATE: the rows stay ours until the UPDATE below, and those who want the same variant queue here. */
	TRY(db_run_many(work->db, &held,
	    "INSERT INTO reservations (order_id, variant_id, quantity) SELECT ?, variant_id, ? FROM inventory "
	    "WHERE variant_id = ? AND on_hand - reserved >= ? FOR UPDATE",
	    count, 4, rows));
	if (held < (int64_t)count)
		return name_lacking(work, order, lines, count);
	return db_run(work->db, NULL,
	    "UPDATE inventory i JOIN reservations r ON r.variant_id = i.variant_id SET i.reserved = i.reserved + r.quantity "
	    "WHERE r.order_id = ?",
	    P(order));
}

/* How many of the order's reservations are in a status. */
static const struct problem *
count_reservations(struct work *work, struct order_id order, const char *status, int64_t *count)
{
	return db_value(work->db, count, "SELECT COUNT(*) FROM reservations WHERE order_id = ? AND status = ?", P(order),
	    P(status));
}

static const struct problem *
move_reservations(struct work *work, struct order_id order, const char *from, const char *to, int64_t *changed)
{
	return db_run(work->db, changed, "UPDATE reservations SET status = ? WHERE order_id = ? AND status = ?", P(to),
	    P(order), P(from));
}

/* One movement for each line of the order, signed; each with an id of its own, made here. */
static const struct problem *
write_movements(struct work *work, struct order_id order, const char *reason, int sign)
{
	const struct user_id *actor = uuid_is_nil(work->actor.uuid) ? NULL : &work->actor;
	struct held          *lines;
	struct parameter     *rows;
	size_t                count;

	TRY(db_rows(work->db, &held_shape, LINES_MAX, &lines, &count,
	    "SELECT variant_id FROM reservations WHERE order_id = ? ORDER BY variant_id", P(order)));
	rows = ARENA_ARRAY(work->arena, count * 6, struct parameter);
	for (size_t i = 0; i < count; i++)
		memcpy(&rows[i * 6], ((struct parameter[]) { P(uuid_new()), P(sign), P(reason), P(actor), P(order),
		    P(lines[i].variant) }), 6 * sizeof *rows);
	return db_run_many(work->db, NULL,
	    "INSERT INTO inventory_movements (id, variant_id, delta_on_hand, reason, order_id, actor_id) "
	    "SELECT ?, r.variant_id, ? * r.quantity, ?, r.order_id, ? FROM reservations r WHERE r.order_id = ? "
	    "AND r.variant_id = ?",
	    count, 6, rows);
}

const struct problem *
commit_stock(struct work *work, struct order_id order)
{
	int64_t moved, committed;

	TRY(move_reservations(work, order, "held", "committed", &moved));
	if (moved == 0) {
		TRY(count_reservations(work, order, "committed", &committed));
		return committed > 0 ? OK : problem(CONFLICT, "the order's stock was given up");
	}
	TRY(db_run(work->db, NULL,
	    "UPDATE inventory i JOIN reservations r ON r.variant_id = i.variant_id "
	    "SET i.on_hand = i.on_hand - r.quantity, i.reserved = i.reserved - r.quantity WHERE r.order_id = ?",
	    P(order)));
	return write_movements(work, order, "sale", -1);
}

const struct problem *
release_stock(struct work *work, struct order_id order)
{
	int64_t moved;

	TRY(move_reservations(work, order, "held", "released", &moved));
	if (moved == 0)
		return OK;
	return db_run(work->db, NULL,
	    "UPDATE inventory i JOIN reservations r ON r.variant_id = i.variant_id SET i.reserved = i.reserved - r.quantity "
	    "WHERE r.order_id = ?",
	    P(order));
}

const struct problem *
return_stock(struct work *work, struct order_id order)
{
	int64_t moved;

	TRY(move_reservations(work, order, "committed", "released", &moved));
	if (moved == 0)
		return OK;
	TRY(db_run(work->db, NULL,
	    "UPDATE inventory i JOIN reservations r ON r.variant_id = i.variant_id SET i.on_hand = i.on_hand + r.quantity "
	    "WHERE r.order_id = ?",
	    P(order)));
	return write_movements(work, order, "return", 1);
}

const struct problem *
rereserve_stock(struct work *work, struct order_id order)
{
	int64_t released, taken;

	TRY(count_reservations(work, order, "released", &released));
	if (released == 0)
		return OK;
	/* All or nothing: what lacks keeps every row from being counted, and the caller's transaction decides what then. */
	TRY(db_run(work->db, &taken,
	    "UPDATE inventory i JOIN reservations r ON r.variant_id = i.variant_id SET i.reserved = i.reserved + r.quantity "
	    "WHERE r.order_id = ? AND NOT EXISTS (SELECT 1 FROM (SELECT l.variant_id FROM reservations q "
	    "JOIN inventory l ON l.variant_id = q.variant_id WHERE q.order_id = ? AND l.on_hand - l.reserved < q.quantity "
	    "FOR UPDATE) lacking)",
	    P(order), P(order)));
	if (taken == 0)
		return problem(INSUFFICIENT_STOCK, "what the order had given back is sold");
	return move_reservations(work, order, "released", "held", &released);
}
