/* slips.h: packing slips: what belongs into parcels, and where they go. */
#ifndef FULFILMENT_SLIPS_H
#define FULFILMENT_SLIPS_H

#include "orders/fulfilments.h"

enum { SLIPS_MAX = 100 };

struct slip_line {
	struct fulfilment_id fulfilment;
	const char          *name, *sku, *options;
	int64_t              quantity;
};

struct slip {
	struct fulfilment_id id;
	const char          *number, *shop_name, *address; /* address: JSON object, as the order has it */
	int                  status, method;               /* enum fulfilment_status, enum shipping_method */
	const char          *carrier, *tracking;
	struct instant       placed_at;
	struct slip_line    *lines;
	size_t               n_lines;
};
SHAPE_DECLARE(struct slip, slip_shape);

/*
 * The slips of parts of orders that the viewer may pack, in the order of the ids, which are joined by commas.  VALIDATION_FAILED for what
 * are no ids or more than SLIPS_MAX; NOT_FOUND when one is not there, or not theirs.
 */
const struct problem *read_slips(struct work *work, const char *ids, struct slip **slips, size_t *count);

#endif
