/*
 * imported.h: closed orders of another system: history, which is shown, and nothing else is ever done with.  haatctl import writes
 * them; reports take their sums as a source of their own.
 */
#ifndef ORDERS_IMPORTED_H
#define ORDERS_IMPORTED_H

#include "http/page.h"
#include "orders/order.h"

struct imported_filter {
	const int                *status;
	const struct merchant_id *merchant;
	const struct user_id     *customer;
};

/* To a seller the total and the pieces are those of their part. */
struct imported_summary {
	struct order_id id;
	const char     *number, *currency;
	struct user_id *customer;
	int             status;
	bool            imported;
	int64_t         item_count;
	struct money    total;
	struct instant  placed_at;
};
SHAPE_DECLARE(struct imported_summary, imported_summary_shape);

struct imported_order_line {
	const char         *sku, *name;
	struct merchant_id *merchant;
	struct product_id  *product;
	int64_t             quantity;
	struct money        unit_price, discount, tax, total;
};

struct imported_payment {
	const char    *number, *provider, *method;
	int            status;
	struct money   amount, refunded;
	struct instant paid_at;
};

enum { IMPORTED_PAYMENTS_MAX = 100 };

struct imported_detail {
	struct order_id             id;
	const char                 *number, *currency;
	struct user_id             *customer;
	int                         status;
	bool                        imported, whole;
	int64_t                     item_count;
	struct money                total;
	struct money               *discount, *shipping, *tax, *refunded;
	struct instant              placed_at;
	struct imported_order_line *lines;
	size_t                      n_lines;
	struct imported_payment    *payments;
	size_t                      n_payments;
};
SHAPE_DECLARE(struct imported_detail, imported_detail_shape);

/* One page, newest first: of customers their own, of sellers those with goods of theirs, of staff all. */
const struct problem *list_imported(struct work *work, const struct imported_filter *filter, const struct page_request *page,
    struct imported_summary **orders, struct listed *listed);

/* Whether there are any of the viewer's own. */
const struct problem *has_imported(struct work *work, bool *has);

/* One that the viewer may see, else NOT_FOUND; a seller sees the lines of the own part, and no payments. */
const struct problem *read_imported(struct work *work, struct order_id id, struct imported_detail **order);

#endif
