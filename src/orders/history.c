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
