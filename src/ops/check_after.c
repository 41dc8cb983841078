/* The rules of `haatctl check` about what comes after the sale; see check_rules.h. */
#include "ops/check_rules.h"

const struct rule check_rules_after[] = {
	{ "every picture is used as often as it counts", false,
	    FOUND("'media ', " ID("s.id") ", ': counts ', s.uses, ', is named ', s.named",
		"FROM (SELECT m.id, m.uses, (SELECT COUNT(*) FROM media_uses u WHERE u.media_id = m.id) AS named FROM media m) s "
		"WHERE s.uses <> s.named") },
	{ "the tokens of deleted payment methods are forgotten within a day", true,
	    FOUND("'payment method ', " ID("m.id") ", ' (', m.provider, '): deleted ', m.deleted_at",
		"FROM payment_methods m WHERE m.forget_at IS NOT NULL AND m.deleted_at < NOW(3) - INTERVAL 1 DAY") },
	/* Invoices. */
	{ "the numbers of invoices and credit notes have no gaps", false,
	    FOUND("'series ', c.kind, ' ', c.year, ' of merchant ', " ID("c.merchant_id") ", ': ', IFNULL(s.count, 0), ' numbers from ', "
		  "IFNULL(s.first, 0), ' to ', IFNULL(s.last, 0), ', counted to ', c.last",
		"FROM invoice_counters c LEFT JOIN (SELECT merchant_id, kind, year, COUNT(*) AS count, MIN(sequence) AS first, "
		"MAX(sequence) AS last FROM invoices GROUP BY merchant_id, kind, year) s ON s.merchant_id = c.merchant_id "
		"AND s.kind = c.kind AND s.year = c.year WHERE NOT (s.first <=> 1 AND s.last <=> c.last AND s.count <=> c.last)") },
	{ "the invoices of an order add up to its total", false,
	    FOUND("'order ', o.number, ': ', o.total_minor, ', invoiced ', s.total",
		"FROM (SELECT order_id, SUM(total_minor) AS total FROM invoices WHERE kind = 'invoice' GROUP BY order_id) s "
		"JOIN orders o ON o.id = s.order_id WHERE s.total <> o.total_minor") },
	{ "no invoice is credited for more than it was", false,
	    FOUND("'invoice ', i.number, ' of merchant ', " ID("i.merchant_id") ", ': ', i.total_minor, ', credited ', s.total",
		"FROM (SELECT order_id, merchant_id, SUM(total_minor) AS total FROM invoices WHERE kind = 'credit_note' "
		"GROUP BY order_id, merchant_id) s JOIN invoices i ON i.source_id = s.order_id AND i.merchant_id = s.merchant_id "
		"AND i.kind = 'invoice' WHERE s.total > i.total_minor") },
};
const size_t check_rule_after_count = sizeof check_rules_after / sizeof *check_rules_after;
