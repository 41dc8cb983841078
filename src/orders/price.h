/*
 * price.h: what an order costs: one pure calculation for the quote and the order, so that they cannot differ.
 *
 * subtotal = sum of quantity * unit price; each line's tax by its class and the place it is sent to, rounded half to even
 * for each line; a tax the prices hold already (inclusive) is told but not added; shipping is not taxed.  So
 *     total = subtotal - discount + shipping + tax - tax_included
 * for the order, and the same without shipping for a line.  All amounts are minor units of one currency.
 */
#ifndef PRICE_H
#define PRICE_H

#include "base/problem.h"
#include "orders/rates.h"

/* The largest total, and the largest sum of a part of it: far below what sums over many orders could overflow with. */
#define PRICE_MAX_MINOR INT64_C(1000000000000000)

struct price_line {
	/* given */
	int64_t     quantity, unit_price;
	const char *tax_class;
	/* calculated */
	int64_t subtotal, discount, tax, tax_included, total;
};

struct price {
	/* given */
	enum shipping_method method;
	const char          *country, *currency;
	struct price_line   *lines;
	size_t               count;
	/* calculated */
	int64_t subtotal, discount, shipping, tax, tax_included, total;
};

/* Fills what is calculated.  NOT_SHIPPED_THERE; TOTAL_TOO_LARGE when anything goes beyond PRICE_MAX_MINOR. */
const struct problem *price_order(const struct rates *rates, struct price *price);

#endif
