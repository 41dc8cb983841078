/*
 * asked.h: between compare*.c: one question, the report that it opens, and how moves are counted for it.
 */
#ifndef TESTS_REPORTS_ASKED_H
#define TESTS_REPORTS_ASKED_H

#include "base/money.h"
#include "reports/report.h"
#include "tests/reports/compare.h"

struct asked {
	const struct moves    *moves;
	const struct question *question;
	int64_t                first, last; /* its days */
	struct report          report;
	const char            *of; /* which report's numbers are compared */
	int64_t                compared;
};

/* Is it of the question's currency and merchant? */
bool is_asked_for(const struct asked *asked, const struct move *move);

/* When it counts, and whether that is from the first day to the last one. */
struct moment when(const struct asked *asked, const struct move *move);
bool          counts(const struct asked *asked, const struct move *move);

/* In the question's currency; 0 where it has no rate. */
int64_t amount_of(const struct asked *asked, const struct move *move, enum amount amount);

/* Gross less discount, of goods, shipping and a merchant's own: 0 of all else. */
int64_t paid_of(const struct asked *asked, const struct move *move);

bool is_sale(const struct move *move); /* of goods, or of a merchant's own */
bool is_back(const struct move *move); /* given back or disputed, shipping too */

/* One number: it must be the same. */
void same(struct asked *asked, const char *what, int64_t got, int64_t expected);
void same_money(struct asked *asked, const char *what, struct money got, int64_t expected);
void same_text(struct asked *asked, const char *what, const char *got, const char *expected);

/* compare_goods.c: products, merchants and tax. */
void compare_products(struct asked *asked);
void compare_merchants(struct asked *asked);
void compare_taxes(struct asked *asked);

/* compare_state.c: the dashboard, customers, payments, stock and webhooks. */
void compare_dashboard(struct asked *asked);
void compare_customers(struct asked *asked);
void compare_payments(struct asked *asked);
void compare_stock(struct asked *asked);
void compare_inbox(struct asked *asked);

#endif
