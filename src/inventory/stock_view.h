/*
 * stock_view.h: between the files that show and correct stock.
 */
#ifndef STOCK_VIEW_H
#define STOCK_VIEW_H

#include "inventory/inventory.h"

struct stock {
	struct variant_id variant;
	struct product_id product;
	const char       *sku;
	int64_t           on_hand, reserved, available, low_stock;
	bool              is_low;
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

/* The stock of a variant that the signed-in user may see; NOT_FOUND. */
const struct problem *read_stock(struct request *request, struct variant_id variant, struct stock **stock);

extern const struct shape movement_query_shape, movement_page_shape;

const struct problem *show_stock(struct request *request);
const struct problem *adjust_stock(struct request *request);
const struct problem *change_threshold(struct request *request);
const struct problem *list_movements(struct request *request);

#endif
