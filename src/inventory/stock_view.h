/*
 * stock_view.h: between the files that show and adjust stock.
 */
#ifndef STOCK_VIEW_H
#define STOCK_VIEW_H

#include "http/page.h"
#include "inventory/inventory.h"

struct stock {
	struct variant_id  variant;
	struct product_id  product;
	struct merchant_id merchant;
	const char        *sku, *product_name, *currency;
	struct money       price;
	int64_t            on_hand, reserved, available, low_stock;
	bool               is_low;
};
SHAPE_DECLARE(struct stock, stock_shape);
SHAPE_DECLARE(struct stock, stock_state_shape); /* what events tell */

/* The rows of stock_shape. */
#define STOCK_SELECT \
	"SELECT {i}, v.product_id, p.name AS product_name, p.merchant_id, v.sku, IFNULL(v.price_minor, p.price_minor) AS price_minor, " \
	"p.currency, i.on_hand - i.reserved AS available, " \
	"i.on_hand - i.reserved <= i.low_stock AS is_low FROM inventory i JOIN variants v ON v.id = i.variant_id " \
	"JOIN products p ON p.id = v.product_id"

struct adjustment {
	int64_t     delta;
	const char *reason, *note;
};
SHAPE_DECLARE(struct adjustment, adjustment_shape);

struct threshold {
	int64_t low_stock;
};
SHAPE_DECLARE(struct threshold, threshold_shape);

/* Each NULL: any. */
struct stock_filter {
	struct merchant_id *merchant;
	struct product_id  *product;
	bool               *low;
	const char         *search;
};
struct stock_query {
	struct list_query   list;
	struct stock_filter filter;
};
SHAPE_DECLARE(struct stock_query, stock_query_shape);

/* One page of the stock of variants that are not deleted, of the viewer's reach, newest first.  BAD_CURSOR. */
const struct problem *list_stock(struct work *work, const struct stock_filter *filter, const struct page_request *page,
    struct stock **stock, struct listed *listed);

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

/* How many of a variant could be ordered before a change and how many can be now, and its threshold. */
struct level {
	struct variant_id variant;
	int64_t           before, after, low_stock;
};

/*
 * Records inventory.zero, .low or .back for each variant that crossed such a mark, and tells the catalogue which are sold out or
 * back.  Their rows are locked, so that exactly one transaction sees each crossing; each variant stands there once.  A constant
 * number of round trips; none when nothing was crossed.  Inside a transaction.
 */
const struct problem *tell_levels(struct work *work, const struct level *levels, size_t count);

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
