/* What is told when the quantity that can be ordered crosses a mark: the variant's threshold, or nothing. */
#include "inventory/stock_view.h"

#include "catalog/catalog.h"
#include "events/record.h"
#include "store/db.h"

enum { LEVELS_MAX = 100, CROSSED_NOTHING = -1 };

/* Straight to nothing is one event, and so is back above the threshold. */
static int
crossed(const struct level *level)
{
	if ((level->before > 0) != (level->after > 0))
		return level->after > 0 ? EVENT_INVENTORY_BACK : EVENT_INVENTORY_ZERO;
	if (level->before > level->low_stock && level->after <= level->low_stock)
		return EVENT_INVENTORY_LOW;
	return CROSSED_NOTHING;
}

static int
event_of(const struct level *levels, size_t count, struct variant_id variant)
{
	for (size_t i = 0; i < count; i++)
		if (ID_EQUAL(levels[i].variant, variant))
			return crossed(&levels[i]);
	return CROSSED_NOTHING;
}

const struct problem *
tell_levels(struct work *work, const struct level *levels, size_t count)
{
	struct parameter  *told = ARENA_ARRAY(work->arena, count, struct parameter);
	struct variant_id *sold_out = ARENA_ARRAY(work->arena, count, struct variant_id); /* or back */
	struct new_event  *events;
	struct stock      *stocks;
	size_t             n_told = 0, n_sold_out = 0, n_stocks;

	for (size_t i = 0; i < count; i++) {
		if (crossed(&levels[i]) == CROSSED_NOTHING)
			continue;
		told[n_told++] = P(levels[i].variant);
		if (crossed(&levels[i]) != EVENT_INVENTORY_LOW)
			sold_out[n_sold_out++] = levels[i].variant;
	}
	if (n_told == 0)
		return OK;
	TRY(db_rows_many(work->db, &stock_shape, LEVELS_MAX, &stocks, &n_stocks, STOCK_SELECT " WHERE i.variant_id IN ([?])",
	    n_told, n_told, told));
	events = ARENA_ARRAY(work->arena, n_stocks, struct new_event);
	for (size_t i = 0; i < n_stocks; i++)
		events[i] = (struct new_event) { (enum event_type)event_of(levels, count, stocks[i].variant),
			stocks[i].variant.uuid, &stocks[i] };
	TRY(event_record_many(work, &stock_state_shape, events, n_stocks));
	return catalog_stock_crossed(work, sold_out, n_sold_out);
}
