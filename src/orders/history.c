#include "orders/history.h"

#include "store/db.h"
#include "store/work.h"

enum { STATE_BYTES = 100000 };

static const struct member entry_members[] = {
	M_TEXT(struct order_history_entry, type, "type", 64),
	M_TEXT(struct order_history_entry, state, "state", STATE_BYTES, .multiline = true),
	M_ID(struct order_history_entry, actor, "actor_id"),
	M_TIME(struct order_history_entry, created_at, "created_at"),
};
SHAPE(struct order_history_entry, entry_shape, "OrderHistoryEntry", entry_members);

const struct problem *
read_order_history(struct work *work, const char *number, size_t limit, struct order_history_entry **entries, size_t *count)
{
	TRY(db_rows(work->db, &entry_shape, limit, entries, count,
	    "SELECT {} FROM (SELECT h.* FROM orders o JOIN order_history h ON h.order_id = o.id WHERE o.number = ? "
	    "ORDER BY h.created_at DESC LIMIT ?) AS latest ORDER BY created_at",
	    P(number), P(limit)));
	return *count > 0 ? OK : problem(NOT_FOUND, "order not found");
}

const struct problem *
read_order_at(struct work *work, const char *number, struct instant at, struct order_history_entry **entry)
{
	struct instant after = { at.unix_ms + 1 };

	TRY(db_row(work->db, &entry_shape, entry,
	    "SELECT {h} FROM orders o JOIN order_history h ON h.order_id = o.id WHERE o.number = ? AND h.created_at < ? "
	    "ORDER BY h.created_at DESC, h.event_id DESC LIMIT 1",
	    P(number), P(after)));
	return *entry != NULL ? OK : problem(NOT_FOUND, "order not found, or not placed yet at that time");
}
