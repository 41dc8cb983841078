/*
 * sales.h: what each seller earns by an order, as it was agreed when the order was placed.
 */
#ifndef PAYMENTS_SALES_H
#define PAYMENTS_SALES_H

#include "ledger/ledger.h"

#include <stddef.h>

struct work;

enum { SALES_MAX = 100, SALE_POSTINGS = 4 };

/* A merchant's part of an order, in minor units of its currency. */
struct sale {
	struct merchant_id merchant;
	int64_t            earned; /* without tax, and without the discount that is not the seller's */
	int64_t            tax;
	int64_t            discount; /* that the shop bears */
	int64_t            commission_basis_points;
};

/* The parts of the order, at most SALES_MAX, with the commission that holds now. */
const struct problem *read_sales(struct work *work, struct order_id order, struct sale **sales, size_t *count);

/* What is posted for the merchant's goods, in the currency of `amount`; false on overflow. */
bool sale_postings(const struct sale *sale, struct money amount, struct posting postings[SALE_POSTINGS]);

#endif
