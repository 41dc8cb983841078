/* The rules of `haatctl check` about reports: they say what the ledger says; see check_rules.h. */
#include "ops/check_rules.h"

#include "reports/measures.h"

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

/* Quarters of an hour beside the facts of the whole shop (under zeros) and of merchants: what one has more than the other. */
#define LESS(column, condition, value) ", -IFNULL(SUM(IF(" condition ", " value ", 0)), 0)"
#define SUM_UP(column, condition, value) ", SUM(u." column ") AS " column
#define OR_DIFFERS(column, condition, value) " OR " column " <> 0"
#define QUARTERS_OF_FACTS(some_quarters, some_facts) \
	"FROM (SELECT u.merchant_id, u.currency, u.quarter" ALL_MEASURES(SUM_UP, \
	    "") " FROM (" \
		"SELECT merchant_id, currency, quarter" ALL_MEASURES(MEASURE_COLUMN, \
		    "") " FROM report_quarters " some_quarters \
			" UNION ALL SELECT REPEAT(CHAR(0), 16), f.currency, f.quarter" ALL_MEASURES(LESS, \
			    "opens_order") " FROM report_facts f WHERE " some_facts " GROUP BY f.currency, f.quarter" \
					   " UNION ALL SELECT f.merchant_id, f.currency, f.quarter" ALL_MEASURES(LESS, \
					       "opens_part") " FROM report_facts f WHERE f.merchant_id IS NOT NULL AND " some_facts \
							     " GROUP BY f.merchant_id, f.currency, f.quarter) u " \
							     "GROUP BY u.merchant_id, u.currency, u.quarter HAVING 0" ALL_MEASURES( \
								 OR_DIFFERS, "") ") s"

#define QUARTER_THAT_DIFFERS \
	"'merchant ', " ID( \
	    "s.merchant_id") ", ', ', s.quarter, ' ', s.currency, ': orders ', s.orders, ', quantity ', s.quantity, " \
			     "', gross ', s.gross_minor, ', refunds ', s.refunds_minor, ', tax ', s.tax_minor, ' more than its facts'"

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
#define SUM_OF "CONCAT_WS(' ', " ID("merchant_id") ", quarter, provider, outcome, reason, currency) AS sum_of"
#define PAYMENTS_SUMMED \
	"FROM (SELECT sum_of, SUM(payments) AS payments, SUM(amount) AS amount, SUM(converted) AS converted FROM (" \
	"SELECT " SUM_OF ", payments, amount_minor AS amount, r_amount_minor AS converted FROM report_payments " \
	"UNION ALL SELECT " SUM_OF ", -1, -amount_minor, -IFNULL(r_amount_minor, 0) FROM report_payment_facts) u " \
	"GROUP BY sum_of HAVING payments <> 0 OR amount <> 0 OR converted <> 0) s"
#define SUM_THAT_DIFFERS \
	"'payments of merchant ', s.sum_of, ': payments ', s.payments, ', amount ', s.amount, ' more than they are'"

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
	    FOUND(QUARTER_THAT_DIFFERS,
		QUARTERS_OF_FACTS("WHERE quarter >= NOW() - INTERVAL 1 DAY",
		    "f.quarter >= NOW() - INTERVAL 1 DAY AND f.posted_at >= NOW() - INTERVAL 1 DAY")) },
	{ "every quarter of an hour of reports is the sum of its facts", false,
	    FOUND(QUARTER_THAT_DIFFERS, QUARTERS_OF_FACTS("", "TRUE")), .whole = true },
};
const size_t check_rule_reports_count = sizeof check_rules_reports / sizeof *check_rules_reports;
