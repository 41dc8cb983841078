/* Adjusting the stock of a variant, and its threshold. */
#include "inventory/stock_view.h"

#include "catalog/catalog.h"
#include "events/audit.h"
#include "events/record.h"
#include "http/permission.h"
#include "store/db.h"

enum { STOCK_MAX = 1000000000 };

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

/* The movement keeps reason and note as one text: "damaged: two broken in transport". */
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
	    "UPDATE inventory SET on_hand = on_hand + ? WHERE variant_id = ? AND on_hand + ? BETWEEN reserved AND ?", P(delta),
	    P(variant), P(delta), P(STOCK_MAX)));
	if (changed > 0)
		return OK;
	if (delta < 0)
		return problem_at(work->arena, PROBLEM_INSUFFICIENT_STOCK, "delta", "must not take more than is available");
	return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "delta", "must not raise the stock above 1000000000");
}

const struct problem *
adjust_stock(struct work *work, struct variant_id variant, const struct adjustment *adjustment, struct stock **stock)
{
	struct level level;
	struct stock before;

	if (adjustment->delta == 0)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "delta", "must not be 0");
	TRY(read_stock(work, variant, stock)); /* NOT_FOUND for another seller's */
	TRY(apply_adjustment(work, variant, adjustment->delta));
	catalog_stock_changed(work, &variant, 1);
	TRY(db_run(work->db, NULL,
	    "INSERT INTO inventory_movements (id, variant_id, delta_on_hand, reason, note, actor_id) "
	    "VALUES (?, ?, ?, 'adjustment', ?, ?)",
	    P(uuid_new()), P(variant), P(adjustment->delta), P(movement_note(work->arena, adjustment)), P(work->viewer.user)));
	/* Its row is locked now: this is what has become of it. */
	TRY(read_stock(work, variant, stock));
	TRY(event_record(work, EVENT_INVENTORY_ADJUSTED, variant.uuid, &stock_state_shape, *stock));
	before = **stock;
	before.on_hand -= adjustment->delta;
	before.available -= adjustment->delta;
	before.is_low = before.available <= before.low_stock;
	TRY(audit_record(work, "inventory.adjusted", "variant", variant.uuid, &stock_state_shape, &before, *stock));
	level = (struct level) { variant, before.available, (*stock)->available, (*stock)->low_stock };
	return tell_levels(work, &level, 1);
}

const struct problem *
change_threshold(struct work *work, struct variant_id variant, int64_t low_stock)
{
	struct stock *stock, after;

	TRY(read_stock(work, variant, &stock)); /* NOT_FOUND for another seller's */
	TRY(db_run(work->db, NULL, "UPDATE inventory SET low_stock = ? WHERE variant_id = ?", P(low_stock), P(variant)));
	after = *stock;
	after.low_stock = low_stock;
	after.is_low = after.available <= low_stock;
	return audit_record(work, "inventory.threshold_changed", "variant", variant.uuid, &stock_state_shape, stock, &after);
}
