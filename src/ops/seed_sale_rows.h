/* seed_sale_rows.h: the rows of sales, in the order in which their statements run. */
#ifndef SEED_SALE_ROWS_H
#define SEED_SALE_ROWS_H

#include "ops/seed_sale.h"

enum {
	SALE_ORDERS,
	SALE_LINES,
	SALE_PARTS,
	SALE_FULFILMENTS,
	SALE_RESERVATIONS,
	SALE_PAYMENTS,
	SALE_REFUNDS,
	SALE_RETURNS,
	SALE_RETURN_LINES,
	SALE_DISPUTES,
	SALE_DISPUTE_POSTINGS,
	SALE_MOVEMENTS,
	SALE_TRANSACTIONS,
	SALE_ENTRIES,
	SALE_OF_PRODUCTS,
	SALE_OF_LISTINGS,
	SALE_PAIRS,
	SALE_WEBHOOKS,
	SALE_BATCHES
};

/* Empty batches, in the arena. */
struct batch *sale_batches_new(struct arena *arena);

/* The tax of a line, and what its buyer pays for it. */
int64_t sale_line_tax(const struct sale *sale, int line);
int64_t sale_line_total(const struct sale *sale, int line);

/* Another id of the sale. */
struct uuid sale_id(const struct selling *selling, struct sale *sale, enum seed_kind kind, struct instant at);

/* seed_sale_money.c: the parcels, the payment and what the ledger says. */
const struct problem *sale_add_money(struct selling *selling, struct sale *sale);

#endif
