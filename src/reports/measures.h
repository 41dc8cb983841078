/*
 * measures.h: what reports count of facts `f`, as SQL: a column of the tables that add them up, which facts it counts, and what of
 * each.  MEASURES("") is in each currency of its own, MEASURES("r_") in the reporting currency.
 *
 *   revenue = gross - discount + shipping, with all taxes; net = revenue - refunds - disputed
 */
#ifndef REPORTS_MEASURES_H
#define REPORTS_MEASURES_H

#define SOLD "f.kind = 'sale' AND f.subject IN ('line', 'own')"
#define GIVEN_BACK "f.kind IN ('refund', 'bounce') AND f.subject IN ('line', 'own', 'shipping')"
#define DISPUTED "f.kind = 'dispute' AND f.subject IN ('line', 'own', 'shipping')"

/* X(column, condition, value) */
#define MEASURES(X, p) \
	X(p "gross_minor", SOLD, "f." p "gross_minor") \
	X(p "discount_minor", SOLD, "f." p "discount_minor") \
	X(p "shipping_minor", "f.kind = 'sale' AND f.subject = 'shipping'", "f." p "gross_minor") \
	X(p "tax_minor", SOLD, "f." p "tax_minor") \
	X(p "commission_minor", SOLD, "f." p "commission_minor") \
	X(p "cost_minor", SOLD, "f." p "cost_minor") \
	X(p "estimated_minor", SOLD, "f." p "estimated_minor") \
	X(p "refunds_minor", GIVEN_BACK, "f." p "discount_minor - f." p "gross_minor") \
	X(p "back_tax_minor", GIVEN_BACK, "-f." p "tax_minor") \
	X(p "back_commission_minor", GIVEN_BACK, "-f." p "commission_minor") \
	X(p "back_cost_minor", GIVEN_BACK, "-f." p "cost_minor") \
	X(p "back_estimated_minor", GIVEN_BACK, "-f." p "estimated_minor") \
	X(p "disputed_minor", DISPUTED, "f." p "discount_minor - f." p "gross_minor") \
	X(p "disputed_tax_minor", DISPUTED, "-f." p "tax_minor") \
	X(p "disputed_commission_minor", DISPUTED, "-f." p "commission_minor") \
	X(p "fees_minor", "f.subject = 'fee'", "f." p "gross_minor") \
	X(p "charges_minor", "f.subject = 'charge'", "f." p "gross_minor") \
	X(p "differences_minor", "f.subject = 'difference'", "f." p "gross_minor") \
	X(p "payouts_minor", "f.subject = 'payout'", "f." p "gross_minor")

/* Those that are no money; `opens` is the fact's column that an order is counted by. */
#define SALE_COUNTS(X, opens) \
	X("orders", "f." opens, "1") \
	X("quantity", SOLD, "f.quantity") \
	X("back_quantity", GIVEN_BACK, "-f.quantity")
#define COUNTS(X, opens) \
	SALE_COUNTS(X, opens) \
	X("unconverted_minor", "f.r_gross_minor IS NULL AND f.kind = 'sale' AND f.subject IN ('line', 'own', 'shipping')", \
	    "f.gross_minor - f.discount_minor")

#define ALL_MEASURES(X, opens) COUNTS(X, opens) MEASURES(X, "") MEASURES(X, "r_")

/* Of all currencies together: in the reporting currency alone. */
#define CONVERTED_MEASURES(X) SALE_COUNTS(X, "opens_order") MEASURES(X, "r_")

/* What is left of the sales of products, merchants and customers: disputed is given back, too. */
#define EARNED "f.kind IN ('sale', 'refund', 'bounce', 'dispute') AND f.subject IN ('line', 'own', 'shipping')"
#define EARNED_BY_SALE "f.kind = 'sale' AND f.subject IN ('line', 'own', 'shipping')"
#define CAME_BACK "f.kind IN ('refund', 'bounce', 'dispute') AND f.subject IN ('line', 'own', 'shipping')"

#define NET_AMOUNTS(X, p) \
	X(p "revenue_minor", EARNED_BY_SALE, "f." p "gross_minor - f." p "discount_minor") \
	X(p "refunds_minor", CAME_BACK, "f." p "discount_minor - f." p "gross_minor") \
	X(p "tax_minor", EARNED, "f." p "tax_minor") \
	X(p "commission_minor", EARNED, "f." p "commission_minor") \
	X(p "cost_minor", EARNED, "f." p "cost_minor") \
	X(p "estimated_minor", EARNED, "f." p "estimated_minor")

#define PRODUCT_COUNTS(X) \
	X("quantity", SOLD, "f.quantity") \
	X("back_quantity", GIVEN_BACK, "-f.quantity")
#define PRODUCT_MEASURES(X) PRODUCT_COUNTS(X) NET_AMOUNTS(X, "") NET_AMOUNTS(X, "r_")

#define MERCHANT_COUNTS(X) X("orders", "f.opens_part", "1") PRODUCT_COUNTS(X)
#define MERCHANT_AMOUNTS(X, p) \
	NET_AMOUNTS(X, p) \
	X(p "charges_minor", "f.subject = 'charge'", "f." p "gross_minor") \
	X(p "payouts_minor", "f.subject = 'payout'", "f." p "gross_minor")
#define MERCHANT_MEASURES(X) MERCHANT_COUNTS(X) MERCHANT_AMOUNTS(X, "") MERCHANT_AMOUNTS(X, "r_")

#define CUSTOMER_MEASURES(X, p) \
	X("orders", "f.opens_order", "1") \
	X("revenue_minor", EARNED_BY_SALE, "f." p "gross_minor - f." p "discount_minor") \
	X("net_minor", EARNED, "f." p "gross_minor - f." p "discount_minor")

#define TAX_AMOUNTS(X, p) \
	X(p "taxed_minor", SOLD, "f." p "gross_minor - f." p "discount_minor - f." p "tax_minor") \
	X(p "tax_minor", SOLD, "f." p "tax_minor") \
	X(p "back_taxed_minor", CAME_BACK, "f." p "discount_minor + f." p "tax_minor - f." p "gross_minor") \
	X(p "back_tax_minor", CAME_BACK, "-f." p "tax_minor")

#define TAX_MEASURES(X) TAX_AMOUNTS(X, "") TAX_AMOUNTS(X, "r_")

/* Each begins with a comma. */
#define MEASURE_COLUMN(column, condition, value) ", " column
#define MEASURE_SUM(column, condition, value) ", IFNULL(SUM(IF(" condition ", " value ", 0)), 0)"

#endif
