#include "orders/price.h"

#include "base/money.h"

/* *sum += more; false when the sum exceeds PRICE_MAX_MINOR. */
static bool
add(int64_t *sum, int64_t more)
{
	return !__builtin_add_overflow(*sum, more, sum) && *sum <= PRICE_MAX_MINOR;
}

static bool
multiply(int64_t a, int64_t b, int64_t *product)
{
	return !__builtin_mul_overflow(a, b, product) && *product <= PRICE_MAX_MINOR;
}

/* An inclusive tax is part of the taxed amount: rate / (1 + rate) of it. */
static bool
tax_of(const struct tax_rate *rate, int64_t taxed, int64_t *tax)
{
	return minor_scale(
	    taxed, rate->numerator, rate->inclusive ? rate->denominator + rate->numerator : rate->denominator, tax);
}

static bool
price_line(const struct rates *rates, const char *country, struct price_line *line)
{
	struct tax_rate rate = tax_rate(rates, line->tax_class, country);
	int64_t         taxed;

	line->tax_rate = rate.percent;
	if (!multiply(line->quantity, line->unit_price, &line->subtotal))
		return false;
	taxed = line->subtotal - line->discount;
	if (!tax_of(&rate, taxed, &line->tax) || !tax_of(&rate, line->subtotal, &line->full_tax_included))
		return false;
	line->tax_included = rate.inclusive ? line->tax : 0;
	line->full_tax_included = rate.inclusive ? line->full_tax_included : 0;
	line->total = taxed;
	return add(&line->total, line->tax - line->tax_included);
}

static bool
price_shipping(const struct shipping_rate *rate, struct price *price)
{
	int64_t items = 0;

	for (size_t i = 0; i < price->count; i++)
		if (!add(&items, price->lines[i].quantity))
			return false;
	return multiply(rate->per_item_minor, items, &price->shipping) && add(&price->shipping, rate->base_minor);
}

static bool
price_all(const struct rates *rates, const struct shipping_rate *rate, struct price *price)
{
	price->subtotal = price->discount = price->tax = price->tax_included = price->total = 0;
	if (!price_shipping(rate, price))
		return false;
	for (size_t i = 0; i < price->count; i++) {
		struct price_line *line = &price->lines[i];

		if (!price_line(rates, price->country, line) || !add(&price->subtotal, line->subtotal) ||
		    !add(&price->tax, line->tax) || !add(&price->total, line->total))
			return false;
		price->discount += line->discount;
		price->tax_included += line->tax_included;
	}
	return add(&price->total, price->shipping);
}

const struct problem *
price_order(const struct rates *rates, struct price *price)
{
	struct shipping_rate rate;

	if (!shipping_rate(rates, price->method, price->country, price->currency, &rate))
		return problem(NOT_SHIPPED_THERE, "the shipping method is not available for this address and currency");
	if (!price_all(rates, &rate, price))
		return problem(TOTAL_TOO_LARGE, "the order's total is too large");
	return OK;
}
