#include "ops/history.h"

#include "base/arena.h"
#include "store/db.h"
#include "store/work.h"

enum { STATE_BYTES = 1000000 };

static const struct member entry_members[] = {
	M_TEXT(struct history_entry, type, "type", 64),
	M_TEXT(struct history_entry, state, "state", STATE_BYTES, .multiline = true),
	M_ID(struct history_entry, actor, "actor_id"),
	M_TIME(struct history_entry, created_at, "created_at"),
};
SHAPE(struct history_entry, entry_shape, "HistoryEntry", entry_members);

struct named {
	struct uuid id;
};
static const struct member named_members[] = {
	M_ID(struct named, id, "id"),
};
SHAPE(struct named, named_shape, "Named", named_members);

/* As far as an instant can be written. */
#define END_OF_TIME ((struct instant) { 253402300799999 })

/*
 * Of entries (with the columns of subject_history) from before an instant: all, or of each subject the last; and of
 * those the newest.
 */
#define LATEST(entries) \
	"SELECT {latest} FROM (SELECT * FROM (SELECT e.*, ROW_NUMBER() OVER (PARTITION BY e.subject_id ORDER BY e.created_at DESC, " \
	"e.event_id DESC) AS place FROM (" entries ") e WHERE e.created_at < ?) p WHERE ? OR p.place = 1 " \
	"ORDER BY p.created_at DESC, p.event_id DESC LIMIT ?) latest ORDER BY latest.created_at, latest.event_id"

static struct instant
end_of(const struct instant *at)
{
	return at == NULL ? END_OF_TIME : (struct instant) { at->unix_ms + 1 };
}

const struct problem *
read_order_history(struct work *work, const char *number, const struct instant *at, struct history *history)
{
	struct named *order;

	TRY(db_row(work->db, &named_shape, &order, "SELECT {o} FROM orders o WHERE o.number = ?", P(number)));
	if (order == NULL)
		return problem(NOT_FOUND, "order not found");
	TRY(db_rows(work->db, &entry_shape, HISTORY_MAX, &history->entries, &history->count,
	    /* What its timeline shows, and how each was after it. */
	    LATEST(
		"SELECT h.* FROM order_timeline t JOIN subject_history h ON h.subject_id = t.subject_id AND h.event_id = t.event_id "
		"WHERE t.order_id = ? UNION ALL SELECT h.* FROM order_history h WHERE h.order_id = ? UNION ALL "
		/* A part begins with its order and is not told of before its first step. */
		"SELECT f.id, f.id, 'fulfilment.begun', JSON_OBJECT('id', CAST(f.id AS UUID), 'merchant_id', CAST(f.merchant_id AS UUID), "
		"'status', 'pending'), NULL, f.created_at FROM fulfilments f WHERE f.order_id = ? AND ?"),
	    P(order->id), P(order->id), P(order->id), P(at != NULL), P(end_of(at)), P(at == NULL), P(HISTORY_MAX)));
	return history->count > 0 ? OK : problem(NOT_FOUND, "order not found, or not placed yet at that time");
}

const struct problem *
read_payment_history(struct work *work, const char *reference, const struct instant *at, struct history *history)
{
	struct named *payment;

	TRY(db_row(work->db, &named_shape, &payment, "SELECT {p} FROM payments p WHERE p.reference = ?", P(reference)));
	if (payment == NULL)
		return problem(NOT_FOUND, "payment not found");
	TRY(db_rows(work->db, &entry_shape, HISTORY_MAX, &history->entries, &history->count,
	    LATEST(
		"SELECT h.* FROM (SELECT ? AS id UNION ALL "
		"SELECT r.id FROM refunds r WHERE r.payment_id = ? UNION ALL SELECT d.id FROM disputes d WHERE d.payment_id = ?) s "
		"JOIN subject_history h ON h.subject_id = s.id"),
	    P(payment->id), P(payment->id), P(payment->id), P(end_of(at)), P(at == NULL), P(HISTORY_MAX)));
	return history->count > 0 ? OK : problem(NOT_FOUND, "payment not found, or not begun yet at that time");
}

/*
 * An order holds its quantity of a variant while its history says that it waits: each movement, and each event with which an order
 * began or ceased to wait.
 */
#define STOCK_STEPS \
	"SELECT CONCAT('stock.', m.reason) AS type, m.actor_id, m.created_at, m.id AS event_id, m.order_id, m.delta_on_hand AS moved, " \
	"0 AS held FROM inventory_movements m WHERE m.variant_id = ? UNION ALL " \
	"SELECT h.type, h.actor_id, h.created_at, h.event_id, h.order_id, 0, h.quantity * ((h.status = 'pending') - " \
	"(h.status_before <=> 'pending')) FROM (SELECT w.type, w.actor_id, w.created_at, w.event_id, w.order_id, r.quantity, " \
	"JSON_VALUE(w.state, '$.status') AS status, LAG(JSON_VALUE(w.state, '$.status')) OVER (PARTITION BY w.order_id " \
	"ORDER BY w.created_at, w.event_id) AS status_before FROM reservations r JOIN order_history w ON w.order_id = r.order_id " \
	"WHERE r.variant_id = ?) h"

const struct problem *
read_stock_history(struct work *work, const char *name, const struct instant *at, struct history *history)
{
	struct named *variant;
	struct uuid   id;

	if (uuid_parse(name, &id))
		TRY(db_row(work->db, &named_shape, &variant, "SELECT {v} FROM variants v WHERE v.id = ?", P(id)));
	else /* that has it, or else had it last */
		TRY(db_row(work->db, &named_shape, &variant,
		    "SELECT {v} FROM variants v WHERE v.sku = ? ORDER BY v.deleted_at IS NULL DESC, v.deleted_at DESC LIMIT 1",
		    P(name)));
	if (variant == NULL)
		return problem(NOT_FOUND, "variant not found");
	TRY(db_rows(work->db, &entry_shape, HISTORY_MAX, &history->entries, &history->count,
	    LATEST(
		"SELECT s.type, JSON_OBJECT('order_id', CAST(s.order_id AS UUID), 'moved', s.moved, 'held', s.held, "
		"'on_hand', SUM(s.moved) OVER so_far, 'reserved', SUM(s.held) OVER so_far, "
		"'available', SUM(s.moved - s.held) OVER so_far) AS state, s.actor_id, s.created_at, s.event_id, 0 AS subject_id "
		"FROM (" STOCK_STEPS
		") s WHERE s.moved <> 0 OR s.held <> 0 WINDOW so_far AS (ORDER BY s.created_at, s.event_id)"),
	    P(variant->id), P(variant->id), P(end_of(at)), P(at == NULL), P(HISTORY_MAX)));
	return history->count > 0 ? OK : problem(NOT_FOUND, "nothing has moved this variant's stock yet at that time");
}
