/* The rules of `haatctl check` about what comes after the sale; see check_rules.h. */
#include "ops/check_rules.h"

const struct rule check_rules_after[] = {
	/* Coupons. */
	{ "a coupon is used as often as orders have it that are neither cancelled nor expired", false,
	    FOUND("'coupon ', s.code, ': ', s.uses, ' uses; orders: ', s.orders",
		"FROM (SELECT c.code, c.uses, (SELECT COUNT(*) FROM orders o WHERE o.coupon_id = c.id AND o.status NOT IN "
		"('cancelled', 'expired')) AS orders FROM coupons c) s WHERE s.uses <> s.orders") },
	{ "no customer has used a coupon more often than it allows", false,
	    FOUND("'coupon ', c.code, ', of ', c.limit_per_user, ': customer ', " ID("o.user_id") ", ' has used it ', COUNT(*)",
		"FROM coupons c JOIN orders o ON o.coupon_id = c.id WHERE c.limit_per_user IS NOT NULL "
		"AND o.status NOT IN ('cancelled', 'expired') GROUP BY c.id, c.code, c.limit_per_user, o.user_id HAVING COUNT(*) > c.limit_per_user") },
	{ "an order with a coupon has a discount", false,
	    FOUND("'order ', o.number, ', coupon ', o.coupon",
		"FROM orders o WHERE o.coupon_id IS NOT NULL AND o.discount_minor = 0") },
	/* What its job has not come to is let be. */
	{ "exactly what the shop's coupons paid whole is posted to its sellers, less what ended or came back", false,
	    FOUND(
		"'fulfilment ', " ID("s.id") ", ' (', s.status, '): ', s.discount, ' of ', s.subtotal_minor, ', back ', s.back, "
					     "'; posted: ', s.sold, ', left ', s.remaining, ', earned ', s.earned",
		"FROM (SELECT f.id, f.status, m.subtotal_minor, IF(o.total_minor = 0, m.discount_minor - m.own_discount_minor, 0) AS discount, "
		"IFNULL((SELECT SUM(x.accepted * l.unit_price_minor) FROM returns r JOIN return_lines x ON x.return_id = r.id "
		"JOIN order_lines l ON l.id = x.line_id WHERE r.order_id = f.order_id AND r.merchant_id = f.merchant_id "
		"AND r.status = 'refunded'), 0) AS back, IFNULL(z.sold, 0) AS sold, IFNULL(z.remaining, 0) AS remaining, "
		"IFNULL(z.earned, 0) AS earned FROM fulfilments f JOIN orders o ON o.id = f.order_id "
		"JOIN order_merchants m ON m.order_id = f.order_id AND m.merchant_id = f.merchant_id LEFT JOIN (SELECT t.origin_id, "
		"SUM(IF(t.source_kind = 'free_sale' AND a.kind = 'discount', e.amount_minor, 0)) AS sold, "
		"SUM(IF(a.kind = 'discount', e.amount_minor, 0)) AS remaining, "
		"-SUM(IF(a.kind = 'commission' OR a.merchant_id = p.merchant_id, e.amount_minor, 0)) AS earned "
		"FROM ledger_transactions t JOIN fulfilments p ON p.id = t.origin_id JOIN ledger_entries e ON e.transaction_id = t.id "
		"JOIN ledger_accounts a ON a.id = e.account_id WHERE t.source_kind IN ('free_sale', 'free_sale_ended', "
		"'free_sale_returned') GROUP BY t.origin_id) z ON z.origin_id = f.id WHERE (o.total_minor = 0 OR z.origin_id IS NOT NULL) "
		"AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.live_key = CONCAT('post_free_order:', " ID(
		    "o.id") "))) s "
			    "WHERE s.sold <> s.discount OR s.earned <> s.remaining OR ABS(s.remaining - IF(s.status IN ('cancelled', 'returned'), 0, "
			    "s.discount * (s.subtotal_minor - s.back) / s.subtotal_minor)) >= 1") },

	/* Cash.  A payment with a posting of its own was collected whole, before parcels were paid for one by one. */
	{ "what was collected of a payment is what its parcels brought, and with what was struck all that it asked for", false,
	    FOUND(
		"'payment ', s.reference, ' (', s.status, '): ', s.amount_minor, ', collected ', s.collected_minor, ', parcels ', "
		"s.brought, ', struck ', s.struck",
		"FROM (SELECT p.reference, p.status, p.amount_minor, p.collected_minor, IF(p.status IN ('processing', 'succeeded', "
		"'partially_refunded', 'refunded'), (SELECT IFNULL(SUM(f.collected_minor), 0) FROM fulfilments f "
		"WHERE f.order_id = p.order_id), 0) AS brought, (SELECT IFNULL(SUM(r.amount_minor), 0) FROM refunds r "
		"WHERE r.payment_id = p.id AND r.kind = 'not_collected') AS struck FROM payments p WHERE p.method = 'cash_on_delivery' "
		"AND NOT EXISTS (SELECT 1 FROM ledger_transactions t WHERE t.payment_id = p.id)) s "
		"WHERE s.collected_minor <> s.brought OR s.collected_minor + s.struck > s.amount_minor OR (s.status <> 'processing' "
		"AND s.collected_minor + s.struck NOT IN (0, s.amount_minor))") },
	{ "a payment in cash waits only for parcels that may still bring money", false,
	    FOUND("'payment ', p.reference, ': all parcels of order ', o.number, ' are paid for, cancelled or returned'",
		"FROM payments p JOIN orders o ON o.id = p.order_id WHERE p.status = 'processing' AND p.method = 'cash_on_delivery' "
		/* One that was cancelled as a whole has its job. */
		"AND (o.status <> 'cancelled' OR EXISTS (SELECT 1 FROM fulfilments f WHERE f.order_id = o.id AND f.status = 'returned')) "
		"AND NOT EXISTS (SELECT 1 FROM fulfilments f WHERE f.order_id = o.id AND f.collected_at IS NULL "
		"AND f.status NOT IN ('cancelled', 'returned'))") },
	{ "the cash for a parcel is posted as its part of the order says", false,
	    FOUND(
		"'fulfilment ', " ID("s.id") ", ': collected, earned, tax, discount ', IFNULL(s.said, 'nothing'), '; posted: ', "
					     "IFNULL(s.posted, 'nothing')",
		"FROM (SELECT f.id, IF(f.collected_at IS NULL, NULL, CONCAT_WS(' ', f.collected_minor, "
		"m.subtotal_minor - m.own_discount_minor - m.tax_included_minor, m.tax_minor, m.discount_minor - m.own_discount_minor)) AS said, "
		"(SELECT CONCAT_WS(' ', SUM(IF(a.kind = 'carrier', e.amount_minor, 0)), "
		"-SUM(IF(a.kind = 'commission' OR a.merchant_id = f.merchant_id, e.amount_minor, 0)), "
		"-SUM(IF(a.kind = 'tax', e.amount_minor, 0)), SUM(IF(a.kind = 'discount', e.amount_minor, 0))) "
		"FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id JOIN ledger_accounts a "
		"ON a.id = e.account_id WHERE t.source_kind = 'collection' AND t.source_id = f.id) AS posted FROM fulfilments f "
		"JOIN order_merchants m ON m.order_id = f.order_id AND m.merchant_id = f.merchant_id UNION ALL "
		"SELECT t.source_id, NULL, 'a transaction' FROM ledger_transactions t WHERE t.source_kind = 'collection' "
		"AND NOT EXISTS (SELECT 1 FROM fulfilments f WHERE f.id = t.source_id)) s "
		/* What its seller's own coupon paid whole moves nothing. */
		"WHERE NOT IFNULL(s.said, '0 0 0 0') <=> IFNULL(NULLIF(s.posted, ''), '0 0 0 0')") },

	/* What is kept beside. */
	{ "every picture is used as often as it counts", false,
	    FOUND("'media ', " ID("s.id") ", ': counts ', s.uses, ', is named ', s.named",
		"FROM (SELECT m.id, m.uses, (SELECT COUNT(*) FROM media_uses u WHERE u.media_id = m.id) AS named FROM media m) s "
		"WHERE s.uses <> s.named") },
	{ "the tokens of deleted payment methods are forgotten within a day", true,
	    FOUND("'payment method ', " ID("m.id") ", ' (', m.provider, '): deleted ', m.deleted_at",
		"FROM payment_methods m WHERE m.forget_at IS NOT NULL AND m.deleted_at < NOW(3) - INTERVAL 1 DAY") },
	/* Invoices. */
	{ "the numbers of invoices and credit notes have no gaps", false,
	    FOUND("'series ', c.kind, ' ', c.year, ' of merchant ', " ID(
		      "c.merchant_id") ", ': ', IFNULL(s.count, 0), ' numbers from ', "
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

	/* Exchange rates, which are a guide. */
	{ "no exchange rate is of a day to come", false,
	    FOUND("'currency ', r.currency, ', ', r.day", "FROM exchange_rates r WHERE r.day > CURRENT_DATE + INTERVAL 1 DAY") },
	{ "exchange rates that prices are shown at are of the last seven days", true,
	    FOUND("'currency ', s.currency, ': the newest is of ', s.day",
		"FROM (SELECT currency, MAX(day) AS day FROM exchange_rates GROUP BY currency) s "
		"WHERE s.day < CURRENT_DATE - INTERVAL 7 DAY AND (s.day = (SELECT MAX(day) FROM exchange_rates) "
		"OR EXISTS (SELECT 1 FROM merchants m WHERE m.status = 'active' AND m.currency = s.currency))") },
	{ "no exchange rate of the last thirty days is twice or half the one before it", true,
	    FOUND("'currency ', s.currency, ', ', s.day, ': ', s.rate, ' after ', s.before",
		"FROM (SELECT currency, day, rate, LAG(rate) OVER (PARTITION BY currency ORDER BY day) AS `before` FROM exchange_rates "
		"WHERE day >= CURRENT_DATE - INTERVAL 30 DAY) s WHERE s.rate >= 2 * s.before OR 2 * s.rate <= s.before") },

	/* What buyers say. */
	{ "a product's rating is that of its visible reviews", false,
	    FOUND("'product ', " ID("s.id") ", ': ', s.said, ', reviews ', s.found",
		"FROM (SELECT p.id, CONCAT_WS(' ', p.rating_count, p.rating_sum, p.rating_average) AS said, "
		"(SELECT CONCAT_WS(' ', COUNT(*), IFNULL(SUM(r.rating), 0), IFNULL(ROUND(AVG(r.rating), 2), '0.00')) FROM reviews r "
		"WHERE r.product_id = p.id AND NOT r.is_hidden) AS found FROM products p) s WHERE s.said <> s.found") },
	{ "a product shows its most liked reviews", false,
	    FOUND("'product ', " ID("s.id") ", ': ', s.said, ', reviews ', s.found",
		"FROM (SELECT p.id, IFNULL((SELECT GROUP_CONCAT(CONCAT(j.id, ' ', j.likes, ' ', j.replies) ORDER BY j.place) "
		"FROM JSON_TABLE(p.top_reviews, '$[*]' COLUMNS (place FOR ORDINALITY, id CHAR(36) PATH '$.id', "
		"likes INT PATH '$.likes', replies INT PATH '$.replies_count')) j), '') AS said, "
		"IFNULL((SELECT GROUP_CONCAT(CONCAT(" ID(
		    "t.id") ", ' ', t.likes_count, ' ', t.replies_count) "
			    "ORDER BY t.likes_count DESC, t.id DESC) FROM reviews t WHERE t.product_id = p.id AND NOT t.is_hidden "
			    "AND (SELECT COUNT(*) FROM reviews o WHERE o.product_id = p.id AND NOT o.is_hidden "
			    "AND (o.likes_count, o.id) > (t.likes_count, t.id)) < 3), '') AS found "
			    "FROM products p WHERE p.rating_count > 0 OR p.top_reviews <> '[]') s WHERE s.said <> s.found") },
	{ "a review's counts are its likes and replies", false,
	    FOUND("'review ', " ID("s.id") ", ': ', s.said, ', counted ', s.found",
		"FROM (SELECT r.id, CONCAT_WS(' ', r.likes_count, r.replies_count) AS said, "
		"CONCAT_WS(' ', (SELECT COUNT(*) FROM review_likes k WHERE k.review_id = r.id), "
		"(SELECT COUNT(*) FROM review_replies y WHERE y.review_id = r.id)) AS found FROM reviews r) s "
		"WHERE s.said <> s.found") },
	{ "what is bought together is counted on its orders", false,
	    FOUND("'products ', " ID("s.product_id") ", ' and ', " ID("s.other_id") ", ': ', s.said, ', orders ', s.found",
		"FROM (SELECT u.product_id, u.other_id, SUM(u.said) AS said, SUM(u.found) AS found FROM ("
		"SELECT product_id, other_id, orders_count AS said, 0 AS found FROM product_pairs UNION ALL "
		"SELECT a.product_id, b.product_id, 0, 1 FROM order_lines a JOIN order_lines b ON b.order_id = a.order_id "
		"AND b.product_id <> a.product_id AND b.paired WHERE a.paired) u GROUP BY u.product_id, u.other_id "
		"HAVING said <> found) s"),
	    .whole = true },
	{ "of what was cancelled nothing counts as bought together after a day", true,
	    FOUND("'order ', o.number, ': product ', " ID("l.product_id"),
		"FROM fulfilments f JOIN order_lines l ON l.order_id = f.order_id AND l.merchant_id = f.merchant_id "
		"JOIN orders o ON o.id = f.order_id WHERE f.status = 'cancelled' AND l.paired "
		"AND f.updated_at < NOW(3) - INTERVAL 1 DAY") },
	{ "a review is of a product that its author has ordered", false,
	    FOUND("'review ', " ID("r.id"),
		"FROM reviews r JOIN products p ON p.id = r.product_id WHERE r.merchant_id <> p.merchant_id "
		"OR (r.order_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = r.order_id "
		"AND l.product_id = r.product_id))") },
	{ "a bulk action has as many rows done and failed as it counts, and none left when it is done", false,
	    FOUND("'bulk action ', " ID("s.id") ", ' (', s.status, '): ', s.said, ', rows ', s.found",
		"FROM (SELECT b.id, b.status, CONCAT_WS(' ', b.total, b.done, b.failed) AS said, (SELECT CONCAT_WS(' ', COUNT(*), "
		"COUNT(IF(r.status = 'done', 1, NULL)), COUNT(IF(r.status = 'failed', 1, NULL))) FROM bulk_rows r "
		"WHERE r.bulk_id = b.id) AS found, b.status = 'done' AND b.done + b.failed < b.total AS early FROM bulk_actions b) s "
		"WHERE s.said <> s.found OR s.early") },
	{ "an import that is done has read its file whole, and keeps its first errors", false,
	    FOUND(
		"'import ', " ID("i.id") ", ' (', i.status, '): ', i.done_rows, ' rows of ', IFNULL(i.total_rows, 'none'), ', ', "
					 "i.error_count, ' errors'",
		"FROM imports i WHERE (i.status = 'done' AND NOT (i.done_rows <=> i.total_rows)) "
		"OR LEAST(i.error_count, 1000) <> (SELECT COUNT(*) FROM import_errors e WHERE e.import_id = i.id)") },
};
const size_t check_rule_after_count = sizeof check_rules_after / sizeof *check_rules_after;
