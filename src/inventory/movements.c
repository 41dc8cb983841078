/* The movements of a variant's stock, newest first. */
#include "inventory/stock_view.h"

#include "http/page.h"
#include "http/request.h"
#include "store/db.h"

static const char *const kind_values[] = { "initial", "adjustment", "sale", "return", NULL };

struct movement {
	struct uuid      id;
	int64_t          delta;
	int              kind;
	const char      *reason;
	struct order_id *order;
	struct user_id  *actor;
	struct instant   created_at;
};

static const struct member movement_members[] = {
	M_ID(struct movement, id, "id"),
	M_INTEGER(struct movement, delta, "delta", INT32_MIN, INT32_MAX),
	M_ENUM(struct movement, kind, "kind", kind_values),
	M_TEXT(struct movement, reason, "reason", 500, .required = true, .example = "\"delivery: invoice 4711\""),
	M_ID(struct movement, order, "order_id"),
	M_ID(struct movement, actor, "actor_id"),
	M_TIME(struct movement, created_at, "created_at"),
};
SHAPE(struct movement, movement_shape, "StockMovement", movement_members);

struct movement_page { struct movement *results; size_t n_results; const char *next, *previous; };
static const struct member movement_page_members[] = { PAGE_MEMBERS_(struct movement_page, movement_shape) };
SHAPE_SHARED(struct movement_page, movement_page_shape, "StockMovementPage", movement_page_members);

struct movement_query {
	struct list_query list;
};
static const struct member movement_query_members[] = { LIST_QUERY(struct movement_query) };
SHAPE_SHARED(struct movement_query, movement_query_shape, "StockMovementQuery", movement_query_members);

static void
movement_key(const void *row, int ordering, struct cursor *into)
{
	(void)ordering;
	into->id = ((const struct movement *)row)->id;
}

#define MOVEMENT_SELECT                                                                        \
	"SELECT id, delta_on_hand AS delta, reason AS kind, note AS reason, order_id, actor_id, created_at " \
	"FROM inventory_movements FORCE INDEX (ix_inventory_movements_variant) WHERE variant_id = ? "

const struct problem *
list_movements(struct request *request)
{
	const struct list_query *list = &QUERY(request, struct movement_query)->list;
	struct db               *db = request->work->db;
	struct movement_page     page = { .n_results = 0 };
	size_t                   limit = (size_t)list->limit + 1;
	struct variant_id        variant;
	struct cursor            cursor;
	struct stock            *stock;

	TRY(path_id(request, "variant", &variant.uuid));
	TRY(cursor_read(request, list->cursor, NULL, 0, &cursor));
	TRY(read_stock(request->work, variant, &stock)); /* NOT_FOUND for another seller's */
	if (!cursor.given)
		TRY(db_rows(db, &movement_shape, limit, &page.results, &page.n_results, MOVEMENT_SELECT "ORDER BY id DESC LIMIT ?",
		    P(variant), P(limit)));
	else if (cursor.backward)
		TRY(db_rows(db, &movement_shape, limit, &page.results, &page.n_results,
		    MOVEMENT_SELECT "AND id > ? ORDER BY id LIMIT ?", P(variant), P(cursor.id), P(limit)));
	else
		TRY(db_rows(db, &movement_shape, limit, &page.results, &page.n_results,
		    MOVEMENT_SELECT "AND id < ? ORDER BY id DESC LIMIT ?", P(variant), P(cursor.id), P(limit)));
	page_links(request, &cursor, list->limit, page.results, sizeof *page.results, &page.n_results, movement_key, &page.next,
	    &page.previous);
	return respond(request, &page);
}
