/*
 * stock_view.h: between the files that show and adjust stock.
 */
#ifndef STOCK_VIEW_H
#define STOCK_VIEW_H

#include "inventory/inventory.h"

struct listed;
struct page_request;

struct stock {
	struct variant_id  variant;
	struct product_id  product;
	struct merchant_id merchant;
	const char        *sku;
	int64_t            on_hand, reserved, available, low_stock;
	bool               is_low;
};
SHAPE_DECLARE(struct stock, stock_shape);

struct adjustment {
	int64_t     delta;
	const char *reason, *note;
};
SHAPE_DECLARE(struct adjustment, adjustment_shape);

struct threshold {
	int64_t low_stock;
};
SHAPE_DECLARE(struct threshold, threshold_shape);

/* The stock of a variant; NOT_FOUND when the viewer may not see it (sellers see that of their own products). */
const struct problem *read_stock(struct work *work, struct variant_id variant, struct stock **stock);

/*
 * Adds the delta to what is on hand and writes the movement; *stock is what it has become.  NOT_FOUND; INSUFFICIENT_STOCK when it takes more than is
 * available; VALIDATION_FAILED.  Inside a transaction.
 */
const struct problem *adjust_stock(
    struct work *work, struct variant_id variant, const struct adjustment *adjustment, struct stock **stock);

/* Sets the quantity at which the stock counts as low.  NOT_FOUND.  Inside a transaction. */
const struct problem *change_threshold(struct work *work, struct variant_id variant, int64_t low_stock);

struct movement {
	struct uuid      id;
	int64_t          delta;
	int              kind;
	const char      *reason;
	struct order_id *order;
	struct user_id  *actor;
	struct instant   created_at;
};
SHAPE_DECLARE(struct movement, movement_shape);

/* One page of a variant's movements, newest first.  NOT_FOUND when the viewer may not see the variant; BAD_CURSOR. */
const struct problem *list_movements(struct work *work, struct variant_id variant, const struct page_request *page,
    struct movement **movements, struct listed *listed);

#endif
