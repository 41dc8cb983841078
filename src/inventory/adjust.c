/* Stock as sellers and warehouse see and correct it. */
#include "inventory/stock_view.h"

#include "events/record.h"
#include "http/request.h"
#include "store/db.h"

enum { STOCK_MAX = 1000000000 };

static const struct member stock_members[] = {
	M_ID(struct stock, variant, "variant_id"),
	M_ID(struct stock, product, "product_id"),
	M_TEXT(struct stock, sku, "sku", 64, .required = true, .example = "\"PITCHER-1L\""),
	M_INTEGER(struct stock, on_hand, "on_hand", 0, INT32_MAX, .description = "On the shelf."),
	M_INTEGER(struct stock, reserved, "reserved", 0, INT32_MAX, .description = "Of that, held by orders."),
	M_INTEGER(struct stock, available, "available", 0, INT32_MAX, .description = "What can still be ordered."),
	M_INTEGER(struct stock, low_stock, "low_stock", 0, INT32_MAX, .description = "At or below this it counts as low."),
	M_BOOLEAN(struct stock, is_low, "is_low"),
};
SHAPE_SHARED(struct stock, stock_shape, "Stock", stock_members);

static const struct member adjustment_members[] = {
	M_INTEGER(struct adjustment, delta, "delta", -STOCK_MAX, STOCK_MAX, .required = true, .example = "25"),
	M_TEXT(struct adjustment, reason, "reason", 100, .required = true, .min = 1, .example = "\"delivery\""),
	M_TEXT(struct adjustment, note, "note", 390, .example = "\"invoice 4711\""),
};
SHAPE_SHARED(struct adjustment, adjustment_shape, "StockAdjustment", adjustment_members);

static const struct member threshold_members[] = {
	M_INTEGER(struct threshold, low_stock, "low_stock", 0, STOCK_MAX, .required = true, .example = "10"),
};
SHAPE_SHARED(struct threshold, threshold_shape, "StockThreshold", threshold_members);

/* Whose stock may be seen: NULL for a seller without a shop, who sees none; staff see all. */
#define MINE "(? OR p.merchant_id = ?)"

const struct problem *
read_stock(struct request *request, struct variant_id variant, struct stock **stock)
{
	TRY(db_row(request->work->db, &stock_shape, stock,
	    "SELECT i.variant_id, v.product_id, v.sku, i.on_hand, i.reserved, i.on_hand - i.reserved AS available, i.low_stock, "
	    "i.on_hand - i.reserved <= i.low_stock AS is_low FROM inventory i JOIN variants v ON v.id = i.variant_id "
	    "JOIN products p ON p.id = v.product_id WHERE i.variant_id = ? AND " MINE,
	    P(variant), P(MAY(request->work, INVENTORY_WRITE)), P(request->work->viewer.merchant)));
	if (*stock == NULL)
		return problem(NOT_FOUND, "there is no such variant, or it is not yours");
	return OK;
}

static const struct problem *
answer_stock(struct request *request, struct variant_id variant)
{
	struct stock *stock;

	TRY(read_stock(request, variant, &stock));
	return respond(request, stock);
}

const struct problem *
show_stock(struct request *request)
{
	struct variant_id variant;

	TRY(path_id(request, "variant", &variant.uuid));
	return answer_stock(request, variant);
}

/* Reason and note stand together in the movement: "damaged: two broken in transport". */
static const char *
movement_note(struct arena *arena, const struct adjustment *adjustment)
{
	if (adjustment->note == NULL || adjustment->note[0] == '\0')
		return adjustment->reason;
	return arena_format(arena, "%s: %s", adjustment->reason, adjustment->note);
}

static const struct problem *
apply_adjustment(struct work *work, struct variant_id variant, int64_t delta)
{
	int64_t changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE inventory SET on_hand = on_hand + ? WHERE variant_id = ? AND on_hand + ? BETWEEN reserved AND ?",
	    P(delta), P(variant), P(delta), P(STOCK_MAX)));
	if (changed > 0)
		return OK;
	if (delta < 0)
		return problem_at(work->arena, PROBLEM_INSUFFICIENT_STOCK, "delta", "takes more than is available");
	return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "delta", "brings the stock above 1000000000");
}

const struct problem *
adjust_stock(struct request *request)
{
	const struct adjustment *adjustment = BODY(request, struct adjustment);
	struct work             *work = request->work;
	struct variant_id        variant;
	struct stock            *stock;

	TRY(path_id(request, "variant", &variant.uuid));
	if (adjustment->delta == 0)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "delta", "must not be 0");
	TRY(read_stock(request, variant, &stock)); /* theirs? */
	TRY(apply_adjustment(work, variant, adjustment->delta));
	TRY(db_run(work->db, NULL,
	    "INSERT INTO inventory_movements (id, variant_id, delta_on_hand, reason, note, actor_id) "
	    "VALUES (?, ?, ?, 'adjustment', ?, ?)",
	    P(uuid_new()), P(variant), P(adjustment->delta), P(movement_note(work->arena, adjustment)), P(work->viewer.user)));
	TRY(event_record(work, EVENT_INVENTORY_ADJUSTED, variant.uuid, NULL, NULL));
	return answer_stock(request, variant);
}

const struct problem *
change_threshold(struct request *request)
{
	struct variant_id variant;
	struct stock     *stock;

	TRY(path_id(request, "variant", &variant.uuid));
	TRY(read_stock(request, variant, &stock));
	TRY(db_run(request->work->db, NULL, "UPDATE inventory SET low_stock = ? WHERE variant_id = ?",
	    P(BODY(request, struct threshold)->low_stock), P(variant)));
	return answer_stock(request, variant);
}
