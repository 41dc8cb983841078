/* The movements of a variant's stock, newest first. */
#include "inventory/stock_view.h"

#include "store/list.h"

static const char *const kind_values[] = { "initial", "adjustment", "sale", "return", NULL };

static const struct member movement_members[] = {
	M_ID(struct movement, id, "id"),
	M_INTEGER(struct movement, delta, "delta", INT32_MIN, INT32_MAX, .column = "delta_on_hand"),
	M_ENUM(struct movement, kind, "kind", kind_values, .column = "reason"),
	M_TEXT(
	    struct movement, reason, "reason", 500, .required = true, .column = "note", .example = "\"delivery: invoice 4711\""),
	M_ID(struct movement, order, "order_id"),
	M_ID(struct movement, actor, "actor_id"),
	M_TIME(struct movement, created_at, "created_at"),
};
SHAPE_SHARED(struct movement, movement_shape, "StockMovement", movement_members);

static const struct list_order by_id[] = { { .id = "m.id", .descending = true } };

const struct problem *
list_movements(struct work *work, struct variant_id variant, const struct page_request *page, struct movement **movements,
    struct listed *listed)
{
	struct list list =
	    list_begin(work, "SELECT {m}", "FROM inventory_movements m FORCE INDEX (ix_inventory_movements_variant)");
	struct stock *stock;

	TRY(read_stock(work, variant, &stock)); /* NOT_FOUND for another seller's */
	list_where(&list, "m.variant_id = ?", P(variant));
	return list_page(&list, &movement_shape, by_id, page, movements, listed);
}
