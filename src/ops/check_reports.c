/* The rules of `haatctl check` about reports: they say what the ledger says; see check_rules.h. */
#include "ops/check_rules.h"

#include "reports/rollup_tables.h"

/* What entries of the accounts `a` say; and facts `f`. */
#define ENTRIES_OF(kinds) "SUM(IF(a.kind IN (" kinds "), e.amount_minor, 0))"
#define FACTS_OF(subjects, amount) "SUM(IF(f.subject IN (" subjects "), " amount ", 0))"

/*
 * The sums of the transactions' entries beside those of their facts, without those that are not counted yet.  `some` says which
 * transactions t: the same of both sides.
 */
#define FACTS_OF_ENTRIES(some_entries, some_facts) \
	"FROM (SELECT e.transaction_id, e.currency, CONCAT_WS(' ', -" ENTRIES_OF("'merchant', 'commission', 'tax', 'discount', 'shipping'") ", -" ENTRIES_OF("'tax'") ", -" ENTRIES_OF("'commission'") ", " ENTRIES_OF( \
	    "'fee'") ", -" ENTRIES_OF("'difference'") ") AS posted " \
						      "FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id " some_entries \
						      " GROUP BY e.transaction_id, e.currency) s " \
						      "LEFT JOIN (SELECT f.transaction_id, f.currency, CONCAT_WS(' ', " FACTS_OF( \
							  "'line', 'own', 'shipping'", \
							  "f.gross_minor - f.discount_minor") " - " FACTS_OF("'charge', 'payout'", \
							  "f.gross_minor") ", SUM(f.tax_minor), " \
									   "SUM(f.commission_minor), " FACTS_OF("'fee'", \
									       "f.gross_minor") ", " FACTS_OF("'difference'", \
									       "f.gross_minor") ") AS counted " \
												"FROM report_facts f " some_facts \
												" GROUP BY f.transaction_id, f.currency) c " \
												"ON c.transaction_id = s.transaction_id AND c.currency = s.currency " \
												"WHERE s.posted <> IFNULL(c.counted, '0 0 0 0 0') " \
												"AND NOT EXISTS (SELECT 1 FROM report_queue q WHERE q.transaction_id = s.transaction_id)"

#define WHAT_DIFFERS \
	"'transaction ', " ID( \
	    "s.transaction_id") ", ' ', s.currency, ': earned, tax, commission, fees, differences ', s.posted, '; counted: ', " \
				"IFNULL(c.counted, 'nothing')"

/* The id of the thousandth-last transaction: a bound of keys. */
#define LATEST "IFNULL((SELECT t.id FROM ledger_transactions t ORDER BY t.id DESC LIMIT 1 OFFSET 1000), REPEAT(CHAR(0), 16))"

/*
 * A table of rollup_tables.h beside its facts: what one has more than the other.  `some` says which rows, FACTS_LESS's `some` which facts:
 * the same of both.
 */
#define LESS(column, condition, value) ", -IFNULL(SUM(IF(" condition ", " value ", 0)), 0)"
#define SUM_UP(column, condition, value) ", SUM(u." column ") AS " column
#define OR_DIFFERS(column, condition, value) " OR " column " <> 0"
#define FACTS_LESS(of_fact, which, measures, some) \
	" UNION ALL SELECT " of_fact measures(LESS) " FROM report_facts f WHERE " which " AND " some " GROUP BY " of_fact
#define ROWS_AND_FACTS(table, key, measures, some, facts) \
	"FROM (SELECT " key measures(SUM_UP) " FROM (SELECT " key measures( \
	    MEASURE_COLUMN) " FROM " table " WHERE " some facts ") u GROUP BY " key " HAVING 0" measures(OR_DIFFERS) ") s"

/* The latest: rows and facts of the same time. */
#define LAST_QUARTERS "quarter >= NOW() - INTERVAL 1 DAY"
#define LAST_QUARTERS_BY_MOVED "moved IN (0, 1) AND " LAST_QUARTERS
#define FACTS_OF_QUARTERS "f.quarter >= NOW() - INTERVAL 1 DAY AND f.posted_at >= NOW() - INTERVAL 1 DAY"
#define LAST_DAYS "day >= CURRENT_DATE() - INTERVAL 1 DAY"
#define FACTS_OF_DAYS "f.posted_at >= CURRENT_DATE() - INTERVAL 1 DAY"

/* The customers who bought last, and all they have bought. */
#define LAST_BUYERS \
	"(SELECT user_id FROM (SELECT f.user_id FROM report_facts f WHERE f.user_id IS NOT NULL ORDER BY f.posted_at DESC LIMIT 200) l)"
#define OF_LAST_BUYERS "user_id IN " LAST_BUYERS
#define FACTS_OF_LAST_BUYERS "f.user_id IN " LAST_BUYERS

/* Of the whole shop, and of merchants: one table. */
#define WITH_FACTS(table, key, of_fact, which, measures) FACTS_LESS(of_fact, which, measures, FACTS_OF_QUARTERS)
#define WITH_ALL_FACTS(table, key, of_fact, which, measures) FACTS_LESS(of_fact, which, measures, "TRUE")
#define WITH_FACTS_OF_BUYERS(table, key, of_fact, which, measures) FACTS_LESS(of_fact, which, measures, FACTS_OF_LAST_BUYERS)
#define QUARTERS(some, facts) \
	ROWS_AND_FACTS("report_quarters", "merchant_id, currency, quarter, moved", SHOP_QUARTER_MEASURES, some, \
	    SHOP_QUARTERS(facts) MERCHANT_QUARTERS(facts))
#define CONVERTED(table, key, of_fact, which, measures) \
	ROWS_AND_FACTS(table, key, measures, LAST_QUARTERS_BY_MOVED, FACTS_LESS(of_fact, which, measures, FACTS_OF_QUARTERS))
#define BUYERS(some, facts) \
	ROWS_AND_FACTS( \
	    "report_customers", "currency, user_id", CUSTOMER_OWN_MEASURES, some, CUSTOMERS(facts) CUSTOMERS_CONVERTED(facts))
#define DAYS(table, key, of_fact, which, measures) \
	ROWS_AND_FACTS(table, key, measures, LAST_DAYS, FACTS_LESS(of_fact, which, measures, FACTS_OF_DAYS))
#define ALL_DAYS(table, key, of_fact, which, measures) \
	ROWS_AND_FACTS(table, key, measures, "TRUE", FACTS_LESS(of_fact, which, measures, "TRUE"))

/* Running totals less those of the month before and less the days of their month. */
#define NEGATIVE(column, condition, value) ", -" column
#define MONTHS_(key, measures, some) \
	"FROM (SELECT month, " key measures(SUM_UP) " FROM (SELECT month, " key measures( \
	    MEASURE_COLUMN) " FROM report_product_months WHERE " some " UNION ALL SELECT n.month, " key \
	measures( \
	    NEGATIVE) " FROM report_product_months p JOIN (SELECT month, LAST_DAY(month - INTERVAL 1 " \
		      "MONTH) AS before_it FROM report_months WHERE " some \
		      ") n ON p.month = n.before_it UNION ALL SELECT LAST_DAY(day), " key \
		      measures( \
			  NEGATIVE) " FROM report_product_days WHERE day > (SELECT LAST_DAY(MIN(month) - INTERVAL 1 MONTH) FROM report_months WHERE " some \
				    ")) u GROUP BY month, " key " HAVING 0" measures(OR_DIFFERS) ") s"
#define MONTHS(table, key, of_fact, which, measures) MONTHS_(key, measures, "month = (SELECT MAX(month) FROM report_months)")
#define ALL_MONTHS(table, key, of_fact, which, measures) MONTHS_(key, measures, "TRUE")

#define QUARTER_THAT_DIFFERS \
	"'merchant ', " ID( \
	    "s.merchant_id") ", ', ', s.quarter, ' ', s.currency, ': orders ', s.orders, ', quantity ', s.quantity, " \
			     "', gross ', s.gross_minor, ', refunds ', s.refunds_minor, ', tax ', s.tax_minor, ' more than its facts'"
#define CONVERTED_THAT_DIFFERS \
	"s.quarter, ': orders ', s.orders, ', quantity ', s.quantity, ', converted gross ', s.r_gross_minor, ', refunds ', " \
	"s.r_refunds_minor, ', tax ', s.r_tax_minor, ' more than its facts'"
#define SUMS_THAT_DIFFER(than) \
	"': revenue ', s.revenue_minor, ', refunds ', s.refunds_minor, ', cost ', s.cost_minor, ' more than " than "'"
#define MERCHANT_THAT_DIFFERS "'merchant ', " ID("s.merchant_id") ", ', ', s.day, ' ', s.currency, " SUMS_THAT_DIFFER("its facts")
#define PRODUCT_THAT_DIFFERS "'product ', " ID("s.product_id") ", ', ', s.day, ' ', s.currency, " SUMS_THAT_DIFFER("its facts")
#define MONTH_THAT_DIFFERS "'product ', " ID("s.product_id") ", ', ', s.month, ' ', s.currency, " SUMS_THAT_DIFFER("its days")
#define TAX_THAT_DIFFERS \
	"s.country, ' ', s.rate, ', ', s.day, ' ', s.currency, ': taxed ', s.taxed_minor, ', tax ', s.tax_minor, ', given back ', s.back_tax_minor, ' more than its facts'"
#define CUSTOMER_THAT_DIFFERS \
	"'customer ', " ID( \
	    "s.user_id") ", ' ', s.currency, ': orders ', s.orders, ', revenue ', s.revenue_minor, ', net ', s.net_minor, " \
			 "' more than their facts'"

/*
 * Carts of the last hours, whose events cannot be gone yet: those of an id's time, and of quarters that lie whole behind it.  Ids
 * begin with their time in milliseconds.
 */
#define HOURS_AGO "(NOW(3) - INTERVAL 2 HOUR)"
#define ID_OF_THEN "UNHEX(RPAD(LPAD(HEX(FLOOR(UNIX_TIMESTAMP(" HOURS_AGO ") * 1000)), 12, '0'), 32, '0'))"
#define QUARTER_OF(column) \
	"CAST(DATE_FORMAT(" column ", '%Y-%m-%d %H:00:00') AS DATETIME) + INTERVAL MINUTE(" column ") DIV 15 * 15 MINUTE"
#define CARTS \
	"FROM (SELECT u.quarter, SUM(u.started) AS started, SUM(u.counted) AS counted FROM (" \
	"SELECT " QUARTER_OF( \
	    "e.created_at") " AS quarter, 1 AS started, 0 AS counted FROM events e WHERE e.id >= " ID_OF_THEN \
			    " AND e.type = 'cart.started' AND NOT IFNULL(JSON_CONTAINS(e.payload, 'true', '$.merged'), FALSE) " \
			    "UNION ALL SELECT c.quarter, 0, c.carts FROM report_carts c " \
			    "UNION ALL SELECT q.quarter, 0, 1 FROM report_cart_queue q) u WHERE u.quarter >= " HOURS_AGO \
			    " GROUP BY u.quarter) s WHERE s.started <> s.counted"

/* How payments ended beside how they were counted, without those that wait to be.  `some`: which payments p. */
#define MERCHANTS_OF "IFNULL((SELECT COUNT(*) FROM order_merchants m WHERE m.order_id = p.order_id), 0)"
#define PAYMENTS_COUNTED(some) \
	"FROM (SELECT p.id, p.reference, IF(p.status IN ('pending', 'requires_action', 'processing'), NULL, CONCAT_WS(' ', " \
	"IF(p.status IN ('failed', 'cancelled', 'expired'), CAST(p.status AS CHAR), 'succeeded'), p.provider, p.currency, " \
	"IF(p.collected_minor > 0, p.collected_minor, IFNULL(p.received_minor, p.amount_minor)), " \
	"1 + IF(p.order_id IS NULL, p.merchant_id IS NOT NULL, " MERCHANTS_OF "))) AS ended, " \
	"(SELECT CONCAT_WS(' ', f.outcome, f.provider, f.currency, f.amount_minor, " \
	"(SELECT COUNT(*) FROM report_payment_facts o WHERE o.payment_id = p.id)) " \
	"FROM report_payment_facts f WHERE f.payment_id = p.id AND f.merchant_id = REPEAT(CHAR(0), 16)) AS counted FROM payments p " some \
	") s WHERE NOT s.ended <=> s.counted AND NOT EXISTS (SELECT 1 FROM report_payment_queue q WHERE q.payment_id = s.id)"
#define LATEST_PAYMENTS \
	"WHERE p.id >= IFNULL((SELECT x.id FROM payments x ORDER BY x.id DESC LIMIT 1 OFFSET 1000), REPEAT(CHAR(0), 16))"

/* Sums of payments beside what they are of. */
#define SUM_OF(time) "CONCAT_WS(' ', " ID("merchant_id") ", " time ", provider, outcome, reason, currency) AS sum_of"
#define PAYMENTS_SUMMED \
	"FROM (SELECT sum_of, SUM(payments) AS payments, SUM(amount) AS amount, SUM(converted) AS converted FROM (" \
	"SELECT " SUM_OF( \
	    "quarter") ", payments, amount_minor AS amount, r_amount_minor AS converted FROM report_payments " \
		       "UNION ALL SELECT " SUM_OF( \
			   "quarter") ", -1, -amount_minor, -IFNULL(r_amount_minor, 0) FROM report_payment_facts) u " \
				      "GROUP BY sum_of HAVING payments <> 0 OR amount <> 0 OR converted <> 0) s"
#define SUM_THAT_DIFFERS \
	"'payments of merchant ', s.sum_of, ': payments ', s.payments, ', amount ', s.amount, ' more than they are'"

#define DAYS_OF_PAYMENTS \
	"FROM (SELECT sum_of, SUM(payments) AS payments, SUM(amount) AS amount, SUM(converted) AS converted FROM (" \
	"SELECT " SUM_OF("day") ", payments, amount_minor AS amount, r_amount_minor AS converted FROM report_payment_days " \
				"UNION ALL SELECT " SUM_OF( \
				    "DATE(quarter)") ", -payments, -amount_minor, -r_amount_minor FROM report_payments) u " \
						     "GROUP BY sum_of HAVING payments <> 0 OR amount <> 0 OR converted <> 0) s"

/* Imported orders beside what reports of them have of the whole shop, by quarters of an hour: orders, gross, discount, shipping, refunds. */
#define IMPORTED \
	"FROM (SELECT u.currency, u.quarter, SUM(u.orders) AS orders, SUM(u.gross) AS gross, SUM(u.discount) AS discount, " \
	"SUM(u.shipping) AS shipping, SUM(u.refunds) AS refunds FROM (SELECT o.currency, " QUARTER_OF( \
	    "o.placed_at") " AS quarter, 1 AS orders, o.subtotal_minor + o.tax_minor AS gross, o.discount_minor AS discount, " \
			   "o.shipping_minor AS shipping, o.refunded_minor AS refunds FROM imported_orders o WHERE o.status <> 'cancelled' " \
			   "UNION ALL SELECT r.currency, r.quarter, -r.orders, -r.gross_minor, -r.discount_minor, -r.shipping_minor, " \
			   "-r.refunds_minor FROM report_imported r WHERE r.merchant_id = REPEAT(CHAR(0), 16)) u " \
			   "GROUP BY u.currency, u.quarter HAVING orders <> 0 OR gross <> 0 OR discount <> 0 OR shipping <> 0 OR refunds <> 0) s"

const struct rule check_rules_reports[] = {
	{ "payments are counted as they ended", false,
	    FOUND("'payment ', s.reference, ': ', IFNULL(s.ended, 'live'), '; counted: ', IFNULL(s.counted, 'nothing')",
		PAYMENTS_COUNTED(LATEST_PAYMENTS)) },
	{ "every payment is counted as it ended", false,
	    FOUND("'payment ', s.reference, ': ', IFNULL(s.ended, 'live'), '; counted: ', IFNULL(s.counted, 'nothing')",
		PAYMENTS_COUNTED("")),
	    .whole = true },
	{ "every sum of payments is that of its payments", false, FOUND(SUM_THAT_DIFFERS, PAYMENTS_SUMMED), .whole = true },
	{ "every day of payments is the sum of its quarters of an hour", false, FOUND(SUM_THAT_DIFFERS, DAYS_OF_PAYMENTS),
	    .whole = true },
	{ "imported orders are counted as they are in reports of their own", false,
	    FOUND(
		"s.quarter, ' ', s.currency, ': orders ', s.orders, ', gross ', s.gross, ', refunds ', s.refunds, ' not counted'",
		IMPORTED) },
	{ "carts are counted as often as they were started", false,
	    FOUND("s.quarter, ': ', s.started, ' carts, counted ', s.counted", CARTS) },
	{ "the facts of a ledger transaction sum to its entries", false,
	    FOUND(WHAT_DIFFERS, FACTS_OF_ENTRIES("WHERE e.transaction_id >= " LATEST, "WHERE f.transaction_id >= " LATEST)) },
	{ "the facts of every ledger transaction sum to its entries", false, FOUND(WHAT_DIFFERS, FACTS_OF_ENTRIES("", "")),
	    .whole = true },
	{ "the quarters of an hour of reports are the sums of their facts", false,
	    FOUND(QUARTER_THAT_DIFFERS, QUARTERS(LAST_QUARTERS, WITH_FACTS)) },
	{ "every quarter of an hour of reports is the sum of its facts", false,
	    FOUND(QUARTER_THAT_DIFFERS, QUARTERS("TRUE", WITH_ALL_FACTS)), .whole = true },
	{ "the whole shop's quarters of an hour are the sums of their facts", false,
	    FOUND(CONVERTED_THAT_DIFFERS, CONVERTED_QUARTERS(CONVERTED)) },
	{ "every quarter of an hour of the whole shop is the sum of its facts", false,
	    FOUND(CONVERTED_THAT_DIFFERS, CONVERTED_QUARTERS(ALL_DAYS)), .whole = true },
	{ "the merchants' days of reports are the sums of their facts", false,
	    FOUND(MERCHANT_THAT_DIFFERS, MERCHANT_DAYS(DAYS)) },
	{ "every merchant's day of reports is the sum of its facts", false, FOUND(MERCHANT_THAT_DIFFERS, MERCHANT_DAYS(ALL_DAYS)),
	    .whole = true },
	{ "the products' days of reports are the sums of their facts", false, FOUND(PRODUCT_THAT_DIFFERS, PRODUCT_DAYS(DAYS)) },
	{ "every product's day of reports is the sum of its facts", false, FOUND(PRODUCT_THAT_DIFFERS, PRODUCT_DAYS(ALL_DAYS)),
	    .whole = true },
	{ "the products' last month of reports is the one before and its days", false,
	    FOUND(MONTH_THAT_DIFFERS, PRODUCT_MONTHS(MONTHS)) },
	{ "every product's month of reports is the one before and its days", false,
	    FOUND(MONTH_THAT_DIFFERS, PRODUCT_MONTHS(ALL_MONTHS)), .whole = true },
	{ "the days of taxes of reports are the sums of their facts", false, FOUND(TAX_THAT_DIFFERS, TAX_DAYS(DAYS)) },
	{ "every day of taxes of reports is the sum of its facts", false, FOUND(TAX_THAT_DIFFERS, TAX_DAYS(ALL_DAYS)),
	    .whole = true },
	{ "the whole shop's days of taxes are the sums of their facts", false, FOUND(TAX_THAT_DIFFERS, SHOP_TAX_DAYS(DAYS)) },
	{ "every day of taxes of the whole shop is the sum of its facts", false, FOUND(TAX_THAT_DIFFERS, SHOP_TAX_DAYS(ALL_DAYS)),
	    .whole = true },
	{ "the last buyers of reports have bought what their facts say", false,
	    FOUND(CUSTOMER_THAT_DIFFERS, BUYERS(OF_LAST_BUYERS, WITH_FACTS_OF_BUYERS)) },
	{ "every customer of reports has bought what their facts say", false,
	    FOUND(CUSTOMER_THAT_DIFFERS, BUYERS("TRUE", WITH_ALL_FACTS)), .whole = true },
};
const size_t check_rule_reports_count = sizeof check_rules_reports / sizeof *check_rules_reports;
