/*
 * price.h: the price of an order: one pure calculation for quotes and orders, so that they cannot differ.
 *
 * subtotal = sum of quantity * unit price; each line's tax is of what its discount leaves, by its tax class and the shipping country, rounded half to
 * even per line; a tax that the prices include (inclusive) is reported but not added; shipping is not taxed.  So
 *     total = subtotal - discount + shipping + tax - tax_included
 * for the order, and the same without shipping for a line.  All amounts are minor units of one currency.
 */
#ifndef PRICE_H
#define PRICE_H

#include "base/problem.h"
#include "orders/rates.h"

/* The largest total, and the largest sum of a part of it: small enough that sums over many orders do not overflow. */
#define PRICE_MAX_MINOR INT64_C(1000000000000000)

struct price_line {
	/* given */
	int64_t     quantity, unit_price, discount;
	const char *tax_class;
	/* calculated */
	int64_t     subtotal, tax, tax_included, total;
	int64_t     full_tax_included; /* what would be without the discount */
	const char *tax_rate;          /* percent: "7.5"; NULL: not taxed */
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

/* Calculates the amounts.  NOT_SHIPPED_THERE; TOTAL_TOO_LARGE when an amount exceeds PRICE_MAX_MINOR. */
const struct problem *price_order(const struct rates *rates, struct price *price);

#endif
