/*
 * letter_lines.h: what was ordered, and what it comes to, as letters about orders say it: the partials `lines` and `totals` of
 * conf/mail/en print these members.
 */
#ifndef LETTER_LINES_H
#define LETTER_LINES_H

#include "base/ids.h"
#include "base/shape.h"

struct work;

struct letter_line {
	const char  *name, *sku, *options; /* options: "size: M", NULL: none */
	const char  *options_json;
	int64_t      quantity;
	struct money amount; /* quantity times unit price */
};
SHAPE_DECLARE(struct letter_line, letter_line_shape);

struct letter_lines {
	struct letter_line *lines;
	size_t              count;
};

/* NULL: there is none, and nothing is said of it. */
struct letter_totals {
	struct money  subtotal, total;
	struct money *discount, *shipping, *tax_added, *tax_included; /* tax_added: to the prices */
};

#define LETTER_LINES_MEMBER(S) M_ARRAY(S, lines.lines, lines.count, "lines", letter_line_shape, ORDER_LINES_MAX, .computed = true)
/* The last two are examples, as JSON. */
#define LETTER_TOTALS_MEMBERS(S, shipping_example, total_example) \
	M_MONEY(S, totals.subtotal, "subtotal", .computed = true, .example = "\"40.00\""), \
	    M_MONEY(S, totals.discount, "discount", .computed = true, .example = "\"4.00\""), \
	    M_MONEY(S, totals.shipping, "shipping", .computed = true, .example = shipping_example), \
	    M_MONEY(S, totals.tax_added, "tax_added", .computed = true, .example = "\"2.70\""), \
	    M_MONEY(S, totals.tax_included, "tax_included", .computed = true, .example = "null"), \
	    M_MONEY(S, totals.total, "total", .computed = true, .example = total_example)

/* The columns that fill the members: of the row `a` with the amounts, without its shipping. */
#define LETTER_TOTALS_COLUMNS(a) \
	a ".subtotal_minor, NULLIF(" a ".discount_minor, 0) AS discount_minor, " a ".total_minor, NULLIF(" a ".tax_minor - " a \
	  ".tax_included_minor, 0) AS tax_added_minor, NULLIF(" a ".tax_included_minor, 0) AS tax_included_minor"

/* The lines of an order, or only those of a merchant; NULL: of all. */
const struct problem *read_letter_lines(
    struct work *work, struct uuid order, const struct uuid *merchant, const char *currency, struct letter_lines *lines);

#endif
