/*
 * rollup_tables.h: facts added up, for reports that would read too many of them: what a row of each table is known by, which facts `f`
 * it counts, and what of them (measures.h).  The fold adds facts to them, a rebuild writes them anew and `haatctl check` compares them
 * with their facts, all three by what stands here.
 *
 * Days and months are UTC's, so that no setting changes what they mean; what a range of another zone has beyond whole ones is read from
 * the facts (cover.h).  Each table is an X-macro: X(table, columns of the key, the same of a fact, which facts, measures).
 */
#ifndef REPORTS_ROLLUP_TABLES_H
#define REPORTS_ROLLUP_TABLES_H

#include "reports/measures.h"

#define OF_NOBODY "REPEAT(CHAR(0), 16)"
#define TAXED "f.kind IN ('sale', 'refund', 'bounce', 'dispute') AND f.subject IN ('line', 'own')"

#define SHOP_QUARTER_MEASURES(Y) ALL_MEASURES(Y, "opens_order")
#define MERCHANT_QUARTER_MEASURES(Y) ALL_MEASURES(Y, "opens_part")
#define CUSTOMER_OWN_MEASURES(Y) CUSTOMER_MEASURES(Y, "")
#define CUSTOMER_R_MEASURES(Y) CUSTOMER_MEASURES(Y, "r_")

#define SHOP_QUARTERS(X) \
	X("report_quarters", "merchant_id, currency, quarter, moved", OF_NOBODY ", f.currency, f.quarter, f.moved", "TRUE", \
	    SHOP_QUARTER_MEASURES)
#define CONVERTED_QUARTERS(X) X("report_shop_quarters", "moved, quarter", "f.moved, f.quarter", "TRUE", CONVERTED_MEASURES)
#define MERCHANT_QUARTERS(X) \
	X("report_quarters", "merchant_id, currency, quarter, moved", "f.merchant_id, f.currency, f.quarter, f.moved", \
	    "f.merchant_id IS NOT NULL", MERCHANT_QUARTER_MEASURES)
#define MERCHANT_DAYS(X) \
	X("report_merchant_days", "day, merchant_id, currency, moved", "DATE(f.quarter), f.merchant_id, f.currency, f.moved", \
	    "f.merchant_id IS NOT NULL", MERCHANT_MEASURES)
#define PRODUCT_DAYS(X) \
	X("report_product_days", "day, merchant_id, currency, product_id, moved", \
	    "DATE(f.quarter), f.merchant_id, f.currency, f.product_id, f.moved", "f.product_id IS NOT NULL", PRODUCT_MEASURES)
#define TAX_DAYS(X) \
	X("report_tax_days", "day, merchant_id, currency, country, rate, moved", \
	    "DATE(f.quarter), IFNULL(f.merchant_id, " OF_NOBODY "), f.currency, f.tax_country, f.tax_rate, f.moved", TAXED, \
	    TAX_MEASURES)
#define SHOP_TAX_DAYS(X) \
	X("report_shop_tax_days", "day, currency, country, rate, moved", \
	    "DATE(f.quarter), f.currency, f.tax_country, f.tax_rate, f.moved", TAXED, TAX_MEASURES)

/* In each currency of its own, and under none in the reporting currency. */
#define CUSTOMERS(X) \
	X("report_customers", "currency, user_id", "f.currency, f.user_id", "f.user_id IS NOT NULL AND f.moved = 0", \
	    CUSTOMER_OWN_MEASURES)
#define CUSTOMERS_CONVERTED(X) \
	X("report_customers", "currency, user_id", "'', f.user_id", "f.user_id IS NOT NULL AND f.moved = 0", CUSTOMER_R_MEASURES)
#define CUSTOMER_TIMES ", MIN(IF(" EARNED_BY_SALE ", f.posted_at, NULL)), MAX(IF(" EARNED_BY_SALE ", f.posted_at, NULL))"

/* Running totals, whose month stands before the key: a fact is in those of its own month (its last day) and of all later ones. */
#define PRODUCT_MONTHS(X) \
	X("report_product_months", "merchant_id, currency, product_id, moved", \
	    "f.merchant_id, f.currency, f.product_id, f.moved", "f.product_id IS NOT NULL", PRODUCT_MEASURES)

#endif
