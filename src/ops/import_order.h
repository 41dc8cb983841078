/* import_order.h: closed orders of another system are written, with what they add to the reports. */
#ifndef IMPORT_ORDER_H
#define IMPORT_ORDER_H

#include "base/ids.h"
#include "base/instant.h"
#include "base/problem.h"
#include "orders/order.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct work;

struct imported_line {
	const char *sku, *name;
	int64_t     quantity, price, subtotal, discount, tax, total; /* minor units */
	/* Known by its SKU; NULL: not sold here. */
	const struct product_id  *product;
	const struct merchant_id *merchant;
};

struct imported_order {
	int64_t               row; /* of the file, its first */
	const char           *number, *email, *currency;
	enum imported_status  status;
	struct instant        placed_at;
	int64_t               shipping, refunded, told_total;         /* told_total -1: it says none */
	bool                  told_refunded, refused, known, differs; /* differs: known with another total */
	struct imported_line *lines;
	size_t                n_lines;
	int64_t               items, subtotal, discount, tax, total;
	struct uuid           id;
	struct user_id       *user;
};

/* Write those that are not known by their number, in a transaction; `known` of the others is set, and
 * `differs`.  `dry`: nothing stays. */
const struct problem *import_orders(struct work *work, struct imported_order *orders, size_t count, bool dry);

#endif
