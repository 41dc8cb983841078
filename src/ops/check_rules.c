/* The rules of `haatctl check`; see check_rules.h.  An order holds stock while it waits, has taken it once it is sold. */
#include "ops/check_rules.h"

#include "catalog/category.h"
#include "catalog/document.h"
#include "catalog/search.h"

#define RECEIVED "('succeeded', 'partially_refunded', 'refunded', 'disputed')"

/* The money of a payment `p` that its order took: its posting has nothing in `unapplied`. */
#define APPLIED \
	"EXISTS (SELECT 1 FROM ledger_transactions t WHERE t.origin_id = p.id AND t.source_kind IN ('payment', 'collection')) " \
	"AND NOT EXISTS (SELECT 1 FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id " \
	"JOIN ledger_accounts a ON a.id = e.account_id WHERE t.payment_id = p.id AND a.kind = 'unapplied')"

/* The refund `r` waits for a job that has given up. */
#define REFUND_IS_LOST \
	"EXISTS (SELECT 1 FROM jobs j WHERE j.status = 'dead' " \
	"AND j.kind = 'refund_payment' AND j.unique_key = CONCAT('refund:', " ID("r.id") "))"

/* The refunds of a payment `p` that do not wait for somebody to hand cash out, who may come for it when they like. */
#define BY_PROVIDER "NOT p.method <=> 'cash_on_delivery'"

/* What came of a payment `p`, and of what was taken as it came no more than was asked for. */
#define REFUNDABLE \
	"IF(p.release_reason IS NULL, IFNULL(p.received_minor, p.amount_minor), LEAST(p.amount_minor, IFNULL(p.received_minor, p.amount_minor)))"

/* What an order `o` can give back: of its total what came by the payment that it took. */
#define PAID \
	"IFNULL((SELECT " REFUNDABLE " FROM payments p WHERE p.order_id = o.id AND p.status IN " RECEIVED " AND " APPLIED \
	" LIMIT 1), o.total_minor)"

/* A refund of such payments `p` has bounced: what to do now is for somebody to say. */
#define BOUNCED(condition) \
	"EXISTS (SELECT 1 FROM payments p JOIN refunds r ON r.payment_id = p.id WHERE " condition " AND r.status = 'bounced')"

/* The dispute `d` may still be lost, or is. */
#define AT_STAKE "d.status IN ('open', 'submitted', 'lost', 'accepted')"

/* What stands in the ledger of the dispute `d`. */
#define STANDS(kind) \
	"IFNULL((SELECT h.amount_minor FROM dispute_postings h WHERE h.dispute_id = d.id AND h.kind = '" kind \
	"' AND h.live = 1), 0)"

/* A refund of the payment has bounced, and somebody has decided to let it be. */
#define LET_GO(payment) \
	"EXISTS (SELECT 1 FROM refunds b WHERE b.payment_id = " payment \
	" AND b.status = 'bounced' AND b.bounce_decided_at IS NOT NULL)"

const struct rule check_rules[] = {
	/* Stock. */
	{ "every variant has an inventory row", false,
	    FOUND("'variant ', " ID("v.id") ", ' (', v.sku, ') has none'",
		"FROM variants v LEFT JOIN inventory i ON i.variant_id = v.id WHERE i.variant_id IS NULL") },
	{ "the movements of a variant sum to its quantity on hand", false,
	    FOUND("'variant ', " ID("s.variant_id") ", ': on hand ', s.on_hand, ', movements ', s.moved",
		"FROM (SELECT i.variant_id, i.on_hand, (SELECT IFNULL(SUM(m.delta_on_hand), 0) FROM inventory_movements m "
		"WHERE m.variant_id = i.variant_id) AS moved FROM inventory i) s WHERE s.on_hand <> s.moved") },
	{ "the reserved quantity of a variant is the sum of its reservations", false,
	    FOUND("'variant ', " ID("s.variant_id") ", ': reserved ', s.reserved, ', held by orders ', s.held",
		"FROM (SELECT i.variant_id, i.reserved, (SELECT IFNULL(SUM(r.quantity), 0) FROM reservations r "
		"WHERE r.variant_id = i.variant_id AND r.status = 'held') AS held FROM inventory i) s WHERE s.reserved <> s.held") },
	{ "stock on hand is never negative or below the reserved quantity", false,
	    FOUND("'variant ', " ID("i.variant_id") ", ': on hand ', i.on_hand, ', reserved ', i.reserved",
		"FROM inventory i WHERE i.on_hand < 0 OR i.reserved < 0 OR i.reserved > i.on_hand") },
	{ "an order's stock movements match its committed reservations", false,
	    FOUND("'order ', " ID("s.order_id") ", ', variant ', " ID(
		      "s.variant_id") ", ': ', s.status, ' ', s.quantity, ', movements ', s.moved",
		"FROM (SELECT r.order_id, r.variant_id, r.status, r.quantity, (SELECT IFNULL(SUM(m.delta_on_hand), 0) "
		"FROM inventory_movements m WHERE m.order_id = r.order_id AND m.variant_id = r.variant_id) AS moved "
		"FROM (SELECT order_id, variant_id, status, quantity - restocked AS quantity FROM reservations) r) s "
		"WHERE s.moved <> IF(s.status = 'committed', -s.quantity, 0)") },

	/* What the storefront shows. */
	{ "a category is shown while it and all above it are active", false,
	    FOUND("'category ', " ID("c.id") ", ' (', c.slug, '): shown ', c.is_shown",
		"FROM categories c WHERE c.is_shown <> " CATEGORY_SHOWN("c.id")) },
	{ "every listed product has a document and its listings", false,
	    FOUND("'product ', " ID("p.id") ", ': ', p.listings, ' listings, expected ', p.expected, ', documents ', p.documents",
		"FROM (SELECT p.id, (SELECT COUNT(*) FROM product_listings l WHERE l.product_id = p.id) AS listings, "
		"(SELECT COUNT(*) FROM product_documents d WHERE d.product_id = p.id) AS documents, "
		"IF(p.status = 'published' AND p.deleted_at IS NULL, 1 + (SELECT COUNT(*) FROM category_ancestors a "
		"WHERE a.category_id = p.category_id), 0) AS expected FROM products p JOIN merchants m ON m.id = p.merchant_id "
		"WHERE m.status = 'active') p WHERE p.listings <> p.expected OR p.documents <> (p.expected > 0)") },
	{ "the stock state and the prices of a document are those of its variants", false,
	    FOUND("'product ', " ID("s.id") ", ': ', s.said, ', variants ', s.found",
		"FROM (SELECT p.id, CONCAT_WS(' ', d.in_stock, d.price_minor, d.price_max_minor, d.currency) AS said, "
		"CONCAT_WS(' ', " STATE_IN_STOCK ", " STATE_PRICE ", " STATE_PRICE_MAX ", p.currency) AS found "
		"FROM product_documents d JOIN products p ON p.id = d.product_id " STATE_JOINS
		" GROUP BY p.id, p.currency, d.in_stock, d.price_minor, d.price_max_minor, d.currency) s WHERE s.said <> s.found") },
	{ "a listing says what the product and its document say", false,
	    FOUND("'product ', " ID("l.product_id") ", ', category ', " ID("l.category_id"),
		"FROM product_listings l JOIN products p ON p.id = l.product_id JOIN product_documents d ON d.product_id = p.id "
		"WHERE l.merchant_id <> p.merchant_id OR NOT l.brand_id <=> p.brand_id OR l.currency <> p.currency "
		"OR l.price_minor <> d.price_minor OR l.in_stock <> d.in_stock OR l.created_at <> p.created_at OR l.name <> p.name "
		"OR l.rating_average <> p.rating_average OR l.sales_count <> p.sales_count OR l.is_featured <> p.is_featured "
		"OR l.price_order <> " PRICE_ORDER("d.currency", "d.price_minor")) },
	{ "the search knows every listed product and no other", false,
	    FOUND("'product ', " ID("s.product_id") ", s.what",
		"FROM (SELECT l.product_id, ' is not known' AS what FROM product_listings l "
		"LEFT JOIN search_documents d ON d.product_id = l.product_id "
		"WHERE l.category_id = x'00000000000000000000000000000000' AND d.number IS NULL "
		"AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.kind = 'search_products') "
		"UNION ALL SELECT d.product_id, ' is not listed' FROM search_documents d LEFT JOIN product_listings l "
		"ON l.category_id = x'00000000000000000000000000000000' AND l.product_id = d.product_id "
		"WHERE l.product_id IS NULL) s") },
	{ "the search filters and orders by what the listing says", false,
	    FOUND("'product ', " ID("d.product_id"),
		"FROM search_documents d JOIN product_listings l ON l.category_id = x'00000000000000000000000000000000' "
		"AND l.product_id = d.product_id WHERE NOT (" SEARCH_DOCUMENT_FOLLOWS ")") },
	{ "the words of the search belong to products that it knows", false,
	    FOUND("'document ', p.document",
		"FROM (SELECT DISTINCT document FROM search_postings) p LEFT JOIN search_documents d ON d.number = p.document "
		"WHERE d.number IS NULL") },

	/* Orders and the stock they hold. */
	{ "every order has lines", false,
	    FOUND("'order ', o.number, ' has none'",
		"FROM orders o WHERE NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id)") },
	{ "every order line's reservation matches the order's status", false,
	    FOUND("'order ', o.number, ' (', o.status, '), variant ', " ID(
		      "l.variant_id") ", ': line ', l.quantity, ', reservation ', "
				      "IFNULL(CONCAT(r.status, ' ', r.quantity), 'none')",
		"FROM orders o JOIN order_lines l ON l.order_id = o.id "
		"LEFT JOIN reservations r ON r.order_id = o.id AND r.variant_id = l.variant_id "
		"LEFT JOIN fulfilments f ON f.order_id = o.id AND f.merchant_id = l.merchant_id "
		"WHERE r.order_id IS NULL OR r.quantity <> l.quantity OR NOT CASE WHEN o.status = 'pending' THEN r.status = 'held' "
		"WHEN o.status = 'expired' THEN r.status = 'released' WHEN f.id IS NOT NULL THEN r.status = IF(f.status = 'cancelled', 'released', 'committed') "
		"WHEN o.status = 'cancelled' THEN r.status = 'released' "
		"WHEN o.status = 'refunded' THEN r.status <> 'held' ELSE r.status = 'committed' END") },
	{ "every reservation belongs to an order line", false,
	    FOUND("'order ', " ID("r.order_id") ", ' has no line of variant ', " ID(
		      "r.variant_id") ", ', of which it has ', r.status, ' ', r.quantity",
		"FROM reservations r LEFT JOIN order_lines l ON l.order_id = r.order_id AND l.variant_id = r.variant_id "
		"WHERE l.id IS NULL") },

	/* Orders and their parts. */
	{ "an order that is paid or confirmed has a fulfilment for each of its sellers", false,
	    FOUND("'order ', o.number, ' (', o.status, '), merchant ', " ID("m.merchant_id") ", ' has none'",
		"FROM orders o JOIN order_merchants m ON m.order_id = o.id LEFT JOIN fulfilments f ON f.order_id = o.id "
		"AND f.merchant_id = m.merchant_id WHERE f.id IS NULL "
		"AND o.status IN ('paid', 'confirmed', 'processing', 'shipped', 'delivered', 'completed')") },
	{ "an order is where its fulfilments are", false,
	    FOUND("'order ', s.number, ' (', s.status, '): its fulfilments ', s.words",
		"FROM (SELECT o.number, o.status, GROUP_CONCAT(f.status ORDER BY f.status) AS words, COUNT(*) AS parts, "
		"SUM(f.status IN ('cancelled', 'returned')) AS ended, SUM(f.status IN ('pending', 'packed')) AS here, "
		"SUM(f.status = 'shipped') AS away, SUM(f.status = 'pending') AS untouched, "
		"SUM(f.status IN ('packed', 'shipped', 'delivered', 'returned')) AS begun FROM orders o "
		"JOIN fulfilments f ON f.order_id = o.id WHERE o.status <> 'refunded' GROUP BY o.id, o.number, o.status) s "
		"WHERE NOT CASE s.status WHEN 'cancelled' THEN s.ended = s.parts "
		"WHEN 'delivered' THEN s.here + s.away = 0 AND s.ended < s.parts "
		"WHEN 'completed' THEN s.here + s.away = 0 AND s.ended < s.parts "
		"WHEN 'shipped' THEN s.here = 0 AND s.away > 0 WHEN 'processing' THEN s.here > 0 "
		"WHEN 'paid' THEN s.begun = 0 AND s.untouched > 0 WHEN 'confirmed' THEN s.begun = 0 AND s.untouched > 0 "
		"ELSE FALSE END") },

	{ "what was claimed for the fulfilments of an order was claimed of its payments", false,
	    FOUND("'order ', " ID("s.order_id") ", ': ', s.told, ', refunds ', s.asked",
		"FROM (SELECT f.order_id, SUM(f.refunded_minor) AS told, (SELECT IFNULL(SUM(r.amount_minor), 0) FROM payments p "
		"JOIN refunds r ON r.payment_id = p.id WHERE p.order_id = f.order_id) AS asked FROM fulfilments f "
		"GROUP BY f.order_id HAVING told > 0) s WHERE s.told > s.asked") },

	{ "no more of an order line is sent back than was bought", false,
	    FOUND("'line ', " ID("s.id") ", ' of order ', " ID("s.order_id") ", ': bought ', s.quantity, ', sent back ', s.back",
		"FROM (SELECT l.id, l.order_id, l.quantity, SUM(IFNULL(x.accepted, x.quantity)) AS back FROM return_lines x "
		"JOIN returns t ON t.id = x.return_id AND t.status NOT IN ('rejected', 'cancelled', 'expired') "
		"JOIN order_lines l ON l.id = x.line_id GROUP BY l.id, l.order_id, l.quantity) s WHERE s.back > s.quantity") },
	{ "what is back on the shelf of an order is what its returns say", false,
	    FOUND("'order ', " ID("s.order_id") ", ', variant ', " ID("s.variant_id") ", ': ', s.restocked, ', returns ', s.back",
		"FROM (SELECT r.order_id, r.variant_id, r.restocked, (SELECT IFNULL(SUM(IF(x.restocked, x.accepted, 0)), 0) "
		"FROM order_lines l JOIN return_lines x ON x.line_id = l.id WHERE l.order_id = r.order_id "
		"AND l.variant_id = r.variant_id) AS back FROM reservations r JOIN order_lines k ON k.order_id = r.order_id "
		"AND k.variant_id = r.variant_id JOIN fulfilments f ON f.order_id = k.order_id AND f.merchant_id = k.merchant_id "
		"WHERE f.status = 'delivered') s WHERE s.restocked <> s.back") },
	{ "the refund of a return is of its amount, and of its order's payment", false,
	    FOUND("'return ', " ID("t.id") ", ' (', t.status, '): ', t.amount_minor, ', refund ', "
					   "IFNULL(CONCAT(r.status, ' ', r.amount_minor), 'none')",
		"FROM returns t LEFT JOIN refunds r ON r.id = t.refund_id LEFT JOIN payments p ON p.id = r.payment_id "
		"WHERE (t.amount_minor > 0 AND (r.id IS NULL OR r.amount_minor <> t.amount_minor OR NOT p.order_id <=> t.order_id)) "
		"OR (t.status = 'refunded' AND t.amount_minor > 0 AND r.status NOT IN ('succeeded', 'bounced'))") },

	/* Orders and their amounts. */
	{ "an order's amounts are the sums of its lines, plus shipping in the total", false,
	    FOUND("'order ', s.number, ': subtotal, discount, tax, tax included, total ', s.said, '; its lines ', "
		  "IFNULL(s.summed, 'none')",
		"FROM (SELECT o.number, CONCAT_WS(' ', o.subtotal_minor, o.discount_minor, o.tax_minor, o.tax_included_minor, "
		"o.total_minor - o.shipping_minor) AS said, (SELECT CONCAT_WS(' ', SUM(l.quantity * l.unit_price_minor), "
		"SUM(l.discount_minor), SUM(l.tax_minor), SUM(l.tax_included_minor), SUM(l.total_minor)) FROM order_lines l "
		"WHERE l.order_id = o.id) AS summed FROM orders o) s WHERE s.said <> s.summed") },
	{ "a seller's part of an order is the sum of the seller's lines", false,
	    FOUND("'order ', " ID("s.order_id") ", ', merchant ', " ID(
		      "s.merchant_id") ", ': subtotal, discount, tax, tax included, total ', s.said, "
				       "'; its lines ', IFNULL(s.summed, 'none')",
		"FROM (SELECT p.order_id, p.merchant_id, CONCAT_WS(' ', p.subtotal_minor, p.discount_minor, p.tax_minor, "
		"p.tax_included_minor, p.total_minor) AS said, (SELECT CONCAT_WS(' ', SUM(l.quantity * l.unit_price_minor), "
		"SUM(l.discount_minor), SUM(l.tax_minor), SUM(l.tax_included_minor), SUM(l.total_minor)) FROM order_lines l "
		"WHERE l.order_id = p.order_id AND l.merchant_id = p.merchant_id) AS summed FROM order_merchants p) s "
		"WHERE s.said <> IFNULL(s.summed, '')") },
	{ "every seller of an order has a part in it, in the order's currency", false,
	    FOUND("'order ', o.number, ' (', o.currency, '), merchant ', " ID(
		      "l.merchant_id") ", ': ', IFNULL(p.currency, 'no part')",
		"FROM orders o JOIN order_lines l ON l.order_id = o.id LEFT JOIN order_merchants p ON p.order_id = o.id "
		"AND p.merchant_id = l.merchant_id WHERE p.order_id IS NULL OR p.currency <> o.currency") },

	/* Orders and their payments. */
	/* One that costs nothing is paid as it is placed, by no payment. */
	{ "a paid order has exactly one payment, of its total; an unpaid order has none", false,
	    FOUND(
		"'order ', s.number, ' (', s.payment_status, '): total ', s.total_minor, ' ', s.currency, ', payments that it took: ', "
		"IFNULL(s.paid, 'none')",
		"FROM (SELECT o.number, o.payment_status, o.total_minor, o.currency, (SELECT GROUP_CONCAT(p.amount_minor, ' ', p.currency "
		"SEPARATOR ', ') FROM payments p WHERE p.order_id = o.id AND p.status IN " RECEIVED " AND " APPLIED ") AS paid "
		"FROM orders o) s WHERE IFNULL(s.paid, 'none') <> IF(s.total_minor > 0 AND s.payment_status IN "
		"('paid', 'partially_refunded', 'refunded'), CONCAT(s.total_minor, ' ', s.currency), 'none')") },
	{ "an order's status is consistent with its payment status", false,
	    FOUND("'order ', o.number, ': ', o.status, ', payment ', o.payment_status, IF(o.payment_method IS NULL, '', "
		  "CONCAT(', ', o.payment_method))",
		"FROM orders o WHERE CASE WHEN o.status IN ('pending', 'expired') THEN o.payment_status NOT IN ('pending', 'failed') "
		"WHEN o.status = 'paid' THEN o.payment_status NOT IN ('paid', 'partially_refunded') "
		"WHEN o.status = 'refunded' THEN o.payment_status <> 'refunded' AND NOT " BOUNCED(
		    "p.order_id = o.id") " "
					 "WHEN o.status IN ('processing', 'shipped', 'delivered', 'completed') "
					 "THEN o.payment_method = 'online' AND o.payment_status IN ('pending', 'failed') ELSE FALSE END") },
	{ "an order's refunded amount equals that of its payment", false,
	    FOUND("'order ', s.number, ': refunded ', s.refunded_minor, ', its payment ', s.given_back",
		"FROM (SELECT o.number, o.refunded_minor, (SELECT IFNULL(SUM(p.refunded_minor), 0) FROM payments p "
		"WHERE p.order_id = o.id AND p.refunded_minor > 0 AND " APPLIED ") AS given_back FROM orders o) s "
		"WHERE s.refunded_minor <> s.given_back") },
	{ "an order's payment status matches its refunded amount", false,
	    FOUND("'order ', o.number, ' (', o.payment_status, '): refunded ', o.refunded_minor, ' of ', o.total_minor",
		"FROM orders o WHERE CASE o.payment_status WHEN 'refunded' THEN o.refunded_minor <> " PAID
		" WHEN 'partially_refunded' THEN o.refunded_minor = 0 OR o.refunded_minor >= " PAID " "
		"ELSE o.refunded_minor <> 0 END") },

	{ "a paid payment request has exactly one payment that it took, the one that counts, of its amount; any other has none",
	    false,
	    FOUND(
		"'payment request ', s.reference, ' (', s.status, '): ', s.amount_minor, ' ', s.currency, ', payments that it took: ', "
		"IFNULL(s.taken, 'none')",
		"FROM (SELECT r.reference, r.status, r.amount_minor, r.currency, r.attempt_id, (SELECT GROUP_CONCAT(" ID(
		    "p.id") ", ' ', "
			    "p.amount_minor, ' ', p.currency SEPARATOR ', ') FROM payments p WHERE p.request_id = r.id AND p.status IN " RECEIVED
			    " AND " APPLIED
			    ") AS taken FROM payment_requests r) s WHERE IFNULL(s.taken, 'none') <> IF(s.status = 'paid', CONCAT(" ID(
				"s.attempt_id") ", ' ', s.amount_minor, ' ', s.currency), 'none')") },

	{ "what is paid by an attempt is what its payment request asks for, and what counts of one is its own", false,
	    FOUND(
		"'payment request ', s.reference, ': payment ', s.payment, ' of ', s.amount_minor, ' ', s.currency, ' to ', s.merchant",
		"FROM (SELECT r.reference, p.reference AS payment, p.amount_minor, p.currency, IFNULL(CAST(" ID(
		    "p.merchant_id") " AS CHAR(36)), 'nobody') "
				     "AS merchant FROM payment_requests r JOIN payments p ON p.request_id = r.id WHERE NOT p.merchant_id <=> r.merchant_id "
				     "OR p.amount_minor <> r.amount_minor OR p.currency <> r.currency UNION ALL SELECT r.reference, p.reference, "
				     "p.amount_minor, p.currency, 'somebody else' FROM payment_requests r JOIN payments p ON p.id = r.attempt_id "
				     "WHERE NOT p.request_id <=> r.id) s") },

	/* Subscriptions. */
	{ "a period is paid by its amount, to its subscription's merchant", false,
	    FOUND("'subscription ', " ID("d.subscription_id") ", ', period ', d.number, ': ', d.amount_minor, ' ', d.currency, "
							      "', payment ', p.reference, ': ', p.amount_minor, ' ', p.currency",
		"FROM subscription_periods d JOIN payments p ON p.id = d.payment_id JOIN subscriptions s ON s.id = d.subscription_id "
		"WHERE p.amount_minor <> d.amount_minor OR p.currency <> d.currency OR NOT p.merchant_id <=> s.merchant_id") },
	{ "a paid period has exactly one payment that it took, by its subscription's method or its link; any other has none",
	    false,
	    FOUND("'subscription ', " ID(
		      "s.subscription_id") ", ', period ', s.number, ' (', s.status, '): payments that it took: ', "
					   "IFNULL(s.taken, 'none')",
		"FROM (SELECT d.subscription_id, d.number, d.status, d.payment_id, NULLIF(CONCAT_WS(', ', (SELECT GROUP_CONCAT(" ID(
		    "p.id") " SEPARATOR ', ') FROM payments p WHERE p.period_id = d.id AND p.status IN " RECEIVED " AND " APPLIED
			    "), (SELECT GROUP_CONCAT(" ID(
				"p.id") " SEPARATOR ', ') FROM payment_requests r JOIN payments p ON p.request_id = r.id "
					"WHERE r.period_id = d.id AND p.status IN " RECEIVED " AND " APPLIED
					")), '') AS taken FROM subscription_periods d) s WHERE IFNULL(s.taken, 'none') <> "
					"IFNULL(CONCAT(" ID("s.payment_id") "), 'none')") },
	{ "no time of a subscription is paid twice", false,
	    FOUND("'subscription ', " ID(
		      "d.subscription_id") ", ': period ', d.number, ' begins before period ', b.number, ' ends'",
		"FROM subscription_periods d JOIN subscription_periods b ON b.subscription_id = d.subscription_id AND b.number < d.number "
		"WHERE d.status = 'paid' AND b.status = 'paid' AND b.ends_at > d.starts_at") },
	{ "a subscription's period that is due is charged within a day", false,
	    FOUND("'subscription ', " ID("s.id") ", ' (', s.status, '): due since ', s.due",
		"FROM (SELECT s.id, s.status, IF(d.id IS NULL, s.current_period_end, IFNULL(d.next_attempt_at, d.asked_until)) AS due "
		"FROM subscriptions s JOIN merchants m ON m.id = s.merchant_id "
		"LEFT JOIN subscription_periods d ON d.subscription_id = s.id AND d.status = 'due' "
		"WHERE s.status IN ('trialing', 'active', 'past_due') AND m.status = 'active') s WHERE s.due < NOW(3) - INTERVAL 1 DAY") },

	/* Payments, refunds and the ledger. */
	{ "exactly the payments received are posted to the ledger, with their amounts", false,
	    FOUND("'payment ', s.reference, ' (', s.status, '): ', s.amount, '; posted: ', IFNULL(s.posted, 'nothing')",
		"FROM (SELECT p.reference, p.status, CONCAT(IFNULL(p.received_minor, p.amount_minor), ' ', p.currency) AS amount, "
		"(SELECT CONCAT(IFNULL(SUM(IF(a.kind IN ('clearing', 'carrier', 'fee'), e.amount_minor, 0)), 0), ' ', "
		"IFNULL(MIN(e.currency), 'none')) FROM ledger_transactions t LEFT JOIN ledger_entries e ON e.transaction_id = t.id "
		"LEFT JOIN ledger_accounts a ON a.id = e.account_id WHERE t.origin_id = p.id AND t.source_kind IN ('payment', 'collection') "
		"GROUP BY t.origin_id) AS posted, CONCAT(p.collected_minor, ' ', p.currency) AS collected FROM payments p) s "
		/* Cash comes parcel by parcel, before the payment has succeeded. */
		"WHERE IF(s.status IN " RECEIVED
		", NOT s.amount <=> s.posted, s.posted IS NOT NULL AND NOT (s.status = 'processing' AND s.posted = s.collected))") },
	{ "a payment is posted to the merchants who sold what it paid for, and to no other", false,
	    FOUND("'payment ', p.reference, ': ', -e.amount_minor, ' ', e.currency, ' to merchant ', " ID("a.merchant_id"),
		"FROM ledger_accounts a JOIN ledger_entries e ON e.account_id = a.id JOIN ledger_transactions t ON t.id = e.transaction_id "
		"JOIN payments p ON p.id = t.origin_id WHERE a.kind = 'merchant' AND NOT IF(p.order_id IS NULL, "
		"p.merchant_id <=> a.merchant_id, EXISTS (SELECT 1 FROM order_merchants o WHERE o.order_id = p.order_id "
		"AND o.merchant_id = a.merchant_id))") },
	{ "an order's discount, tax, shipping and what its sellers and the shop earn are posted as it says", false,
	    FOUND("'order ', s.number, ': ', s.said, '; posted: ', s.posted",
		"FROM (SELECT o.number, CONCAT_WS(' ', o.discount_minor - p.own, o.tax_minor, o.shipping_minor, "
		"o.subtotal_minor - p.own - o.tax_included_minor) AS said, "
		/* From the order on, whatever the statistics say: the other way it reads the whole ledger for each order. */
		"(SELECT STRAIGHT_JOIN CONCAT_WS(' ', SUM(IF(a.kind = 'discount', e.amount_minor, 0)), -SUM(IF(a.kind = 'tax', e.amount_minor, 0)), "
		"-SUM(IF(a.kind = 'shipping', e.amount_minor, 0)), -SUM(IF(a.kind IN ('merchant', 'commission'), e.amount_minor, 0))) "
		"FROM payments p JOIN ledger_transactions t ON t.payment_id = p.id JOIN ledger_entries e ON e.transaction_id = t.id "
		"JOIN ledger_accounts a ON a.id = e.account_id WHERE p.order_id = o.id GROUP BY t.id "
		"HAVING SUM(a.kind = 'unapplied') = 0 LIMIT 1) AS posted FROM orders o JOIN (SELECT order_id, SUM(own_discount_minor) AS own "
		"FROM order_merchants GROUP BY order_id) p ON p.order_id = o.id) s WHERE s.posted <> s.said") },
	{ "exactly the refunds that succeeded are posted to the ledger, with their amounts", false,
	    FOUND("'refund ', " ID("s.id") ", ' (', s.status, '): ', s.amount, '; posted: ', IFNULL(s.posted, 'nothing')",
		"FROM (SELECT r.id, IF(r.kind = 'not_collected', r.kind, r.status) AS status, CONCAT(r.amount_minor, ' ', r.currency) AS amount, "
		"(SELECT CONCAT(IFNULL(-SUM(IF(a.kind IN ('clearing', 'carrier'), e.amount_minor, 0)), 0), ' ', "
		"IFNULL(MIN(e.currency), 'none')) FROM ledger_transactions t LEFT JOIN ledger_entries e ON e.transaction_id = t.id "
		"LEFT JOIN ledger_accounts a ON a.id = e.account_id WHERE t.refund_id = r.id "
		"GROUP BY t.id) AS posted FROM refunds r) s "
		"WHERE IF(s.status IN ('succeeded', 'bounced'), NOT s.amount <=> s.posted, s.posted IS NOT NULL)") },
	{ "what is refunded for a seller's part is taken from that seller", false,
	    FOUND("'payment ', s.reference, ', merchant ', " ID(
		      "s.merchant_id") ", ', to whose goods is left: ', s.due, ', posted: ', s.posted",
		"FROM (SELECT p.reference, m.merchant_id, IF(p.refunded_minor = IFNULL(p.received_minor, p.amount_minor), 0, "
		"GREATEST(0, m.total_minor - (SELECT IFNULL(SUM(f.amount_minor), 0) FROM refunds f WHERE f.payment_id = p.id "
		"AND f.merchant_id = m.merchant_id AND f.status = 'succeeded' AND f.kind <> 'not_collected'))) AS due, "
		"(SELECT -SUM(e.amount_minor) FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id "
		"WHERE t.origin_id = p.id AND e.merchant_id = m.merchant_id) AS posted FROM (SELECT DISTINCT payment_id FROM refunds "
		"WHERE merchant_id IS NOT NULL) r JOIN payments p ON p.id = r.payment_id AND (p.received_minor IS NULL OR p.collected_minor > 0) "
		"JOIN order_merchants m ON m.order_id = p.order_id WHERE NOT EXISTS (SELECT 1 FROM disputes d WHERE d.payment_id = p.id) "
		"AND NOT EXISTS (SELECT 1 FROM refunds o WHERE o.payment_id = p.id AND (o.status IN ('failed', 'bounced') "
		"OR (o.merchant_id IS NULL AND o.status = 'succeeded' AND o.kind <> 'not_collected')))) s WHERE s.due <> s.posted") },
	{ "exactly the bounced refunds are taken back from the ledger, with their amounts", false,
	    FOUND("'refund ', " ID("s.id") ", ' (', s.status, '): ', s.amount, '; posted: ', IFNULL(s.posted, 'nothing')",
		"FROM (SELECT r.id, r.status, CONCAT(r.amount_minor, ' ', r.currency) AS amount, "
		"(SELECT CONCAT(IFNULL(SUM(IF(a.kind IN ('clearing', 'carrier'), e.amount_minor, 0)), 0), ' ', "
		"IFNULL(MIN(e.currency), 'none')) FROM ledger_transactions t LEFT JOIN ledger_entries e ON e.transaction_id = t.id "
		"LEFT JOIN ledger_accounts a ON a.id = e.account_id WHERE t.source_kind = 'bounce' AND t.source_id = r.id "
		"GROUP BY t.id) AS posted FROM refunds r) s "
		"WHERE IF(s.status = 'bounced', NOT s.amount <=> s.posted, s.posted IS NOT NULL)") },
	{ "a payment's refund totals match its refunds", false,
	    FOUND(
		"'payment ', s.reference, ' (', s.status, '): refunded ', s.refunded_minor, ' of ', s.amount_minor, ', claimed ', "
		"s.refund_claimed_minor, '; refunds: succeeded ', s.succeeded, ', not failed ', s.claimed",
		"FROM (SELECT p.reference, p.status, " REFUNDABLE
		" AS amount_minor, p.refunded_minor, p.refund_claimed_minor, p.disputed_minor, "
		"(SELECT IFNULL(SUM(r.amount_minor), 0) FROM refunds r WHERE r.payment_id = p.id AND r.status = 'succeeded' "
		"AND r.kind <> 'not_collected') AS succeeded, (SELECT IFNULL(SUM(r.amount_minor), 0) FROM refunds r "
		"WHERE r.payment_id = p.id AND r.status NOT IN ('failed', 'bounced') AND r.kind <> 'not_collected') AS claimed "
		"FROM payments p) s WHERE s.refunded_minor <> s.succeeded OR s.refund_claimed_minor <> s.claimed "
		"OR s.claimed + s.disputed_minor > s.amount_minor OR CASE s.status WHEN 'refunded' THEN s.refunded_minor <> s.amount_minor "
		"WHEN 'partially_refunded' THEN s.refunded_minor = 0 OR s.refunded_minor >= s.amount_minor "
		"WHEN 'disputed' THEN FALSE ELSE s.refunded_minor <> 0 END") },
	{ "exactly the fees that providers told of are posted to the ledger", false,
	    FOUND("'payment ', s.reference, ' (', s.status, '): ', IFNULL(s.fee, 'none'), '; posted: ', s.posted",
		"FROM (SELECT p.reference, p.status, p.fee_minor, CONCAT(NULLIF(p.fee_minor, 0), ' ', p.fee_currency) AS fee, "
		"IFNULL(f.posted, 0) AS posted FROM payments p LEFT JOIN (SELECT x.payment_id, x.currency, SUM(x.amount_minor) AS posted "
		"FROM (SELECT t.source_id AS payment_id, e.currency, SUM(e.amount_minor) AS amount_minor FROM ledger_accounts a "
		"JOIN ledger_entries e ON e.account_id = a.id JOIN ledger_transactions t ON t.id = e.transaction_id "
		"WHERE a.kind = 'fee' AND t.source_kind = 'fee' GROUP BY t.source_id, e.currency "
		"UNION ALL SELECT r.subject_id, e.currency, SUM(e.amount_minor) "
		"FROM ledger_accounts a JOIN ledger_entries e ON e.account_id = a.id "
		"JOIN ledger_transactions t ON t.id = e.transaction_id JOIN settlement_rows r ON r.id = t.source_id "
		"WHERE a.kind = 'fee' AND t.source_kind = 'settlement' AND r.kind = 'payment' GROUP BY r.subject_id, e.currency) x "
		"GROUP BY x.payment_id, x.currency) f "
		"ON f.payment_id = p.id AND f.currency = IFNULL(p.fee_currency, f.currency)) s "
		"WHERE s.posted <> IFNULL(s.fee_minor, 0)") },
	{ "exactly the rows of settlement files that say so are posted to the ledger, once", false,
	    FOUND("'row ', s.row_key, ' (', s.kind, '): expected ', IFNULL(s.expected, 'something'), '; posted: ', "
		  "IFNULL(s.booked, 'nothing')",
		"FROM (SELECT r.row_key, r.kind, CASE r.kind WHEN 'payment' THEN NULL WHEN 'payout' THEN r.fee_minor - r.gross_minor "
		"ELSE r.fee_minor END AS expected, (SELECT SUM(e.amount_minor) FROM ledger_transactions t JOIN ledger_entries e "
		"ON e.transaction_id = t.id JOIN ledger_accounts a ON a.id = e.account_id AND a.kind IN ('fee', 'bank') "
		"WHERE t.source_kind = 'settlement' AND t.source_id = r.id) AS booked FROM settlement_rows r WHERE r.posted "
		"UNION ALL SELECT CAST(" ID(
		    "t.source_id") " AS CHAR(36)), 'unknown', 'nothing', NULL FROM ledger_transactions t "
				   "WHERE t.source_kind = 'settlement' AND NOT EXISTS (SELECT 1 FROM settlement_rows r WHERE r.id = t.source_id "
				   "AND r.posted) AND NOT EXISTS (SELECT 1 FROM filed_dispute_fees f WHERE f.undone_by = t.source_id)) s WHERE NOT s.booked <=> IFNULL(s.expected, s.booked) OR s.booked IS NULL") },
	{ "no row of a settlement file posts a fee that its dispute posts", false,
	    FOUND("'row ', r.row_key, ': ', r.fee_minor, ' ', r.currency, ', dispute ', " ID("d.id"),
		"FROM settlement_rows r JOIN (SELECT s.id AS row_id, s.subject_id AS dispute_id FROM disputes o "
		"STRAIGHT_JOIN settlement_rows s ON s.subject_id = o.id AND s.posted UNION SELECT f.row_id, o.id FROM disputes o "
		"STRAIGHT_JOIN filed_dispute_fees f ON f.provider = o.provider AND f.named = o.provider_dispute_id) x ON x.row_id = r.id "
		"JOIN disputes d ON d.id = x.dispute_id AND d.fee_minor IS NOT NULL "
		"WHERE NOT EXISTS (SELECT 1 FROM filed_dispute_fees f WHERE f.row_id = r.id AND f.undone_by IS NOT NULL)") },
	{ "what a settlement file posted and a dispute tells is taken back whole, once", false,
	    FOUND("'row ', s.row_key, ': ', s.fee_minor, '; taken back: ', IFNULL(s.back, 'nothing')",
		"FROM (SELECT r.row_key, r.fee_minor, (SELECT -SUM(e.amount_minor) FROM ledger_transactions t JOIN ledger_entries e "
		"ON e.transaction_id = t.id JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'fee' "
		"WHERE t.source_kind = 'settlement' AND t.source_id = f.undone_by) AS back FROM filed_dispute_fees f "
		"JOIN settlement_rows r ON r.id = f.row_id WHERE f.undone_by IS NOT NULL) s WHERE NOT s.fee_minor <=> s.back") },
	{ "a payment is disputed exactly while a dispute of it is at stake or lost", false,
	    FOUND("'payment ', s.reference, ' (', s.status, '): ', s.disputes, ' disputes'",
		"FROM (SELECT p.reference, p.status, (SELECT COUNT(*) FROM disputes d WHERE d.payment_id = p.id AND " AT_STAKE
		") AS disputes FROM payments p) s WHERE (s.status = 'disputed') <> (s.disputes > 0)") },
	{ "what is disputed of a payment is what its disputes hold", false,
	    FOUND("'payment ', s.reference, ': disputed ', s.disputed_minor, ', held ', s.held",
		"FROM (SELECT p.reference, p.disputed_minor, (SELECT IFNULL(SUM(h.amount_minor), 0) FROM disputes d "
		"JOIN dispute_postings h ON h.dispute_id = d.id AND h.kind = 'hold' AND h.live = 1 WHERE d.payment_id = p.id) AS held "
		"FROM payments p) s WHERE s.disputed_minor <> s.held") },
	{ "what is posted for a dispute is as the dispute stands", false,
	    FOUND("'dispute ', " ID(
		      "s.id") ", ' (', s.status, '): hold ', s.held, ', take ', s.taken, ', fee ', s.fee, ', expected ', "
			      "s.expected",
		"FROM (SELECT d.id, d.status, " STANDS("hold") " AS held, " STANDS("take") " AS taken, " STANDS(
		    "fee") " AS fee, "
			   "CONCAT(IF(d.money_moved, GREATEST(IFNULL(d.moved_minor, d.amount_minor) - IFNULL((SELECT SUM(r.amount_minor) "
			   "FROM refunds r WHERE r.payment_id = d.payment_id AND r.provider_dispute_id = d.provider_dispute_id "
			   "AND r.status = 'succeeded' AND r.currency = d.currency), 0), 0), 0), ' ', IFNULL(d.fee_minor, 0)) AS expected, " AT_STAKE
			   " AS at_stake FROM disputes d) s "
			   "WHERE CONCAT(s.taken, ' ', s.fee) <> s.expected OR (s.held <> 0 AND NOT s.at_stake)") },
	{ "a lost dispute leaves nothing in the disputed account", false,
	    FOUND("'dispute ', " ID("s.id") ", ': ', s.rest",
		"FROM (SELECT d.id, " STANDS("take") " - " STANDS("hold") " - " STANDS("settle") " - " STANDS(
		    "convert") " AS rest "
			       "FROM disputes d WHERE d.status IN ('lost', 'accepted') AND d.money_moved) s WHERE s.rest <> 0") },
	{ "exactly what is posted for disputes stands in the ledger", false,
	    FOUND("'posting ', " ID("s.id") ", ' (', s.kind, '): ', s.amount, '; ledger: ', IFNULL(s.posted, 'nothing'), "
					    "IF(s.undone, ', undone', '')",
		"FROM (SELECT h.id, h.kind, CONCAT(h.amount_minor, ' ', h.currency) AS amount, (SELECT CONCAT(SUM(CASE "
		"WHEN h.kind = 'hold' AND a.kind = 'disputed' THEN -e.amount_minor WHEN h.kind = 'take' AND a.kind = 'disputed' "
		"THEN e.amount_minor WHEN h.kind = 'fee' AND a.kind = 'fee' THEN e.amount_minor WHEN h.kind = 'charge' "
		"AND a.kind = 'fee' THEN -e.amount_minor WHEN h.kind IN ('settle', 'convert') AND a.kind = 'difference' "
		"THEN e.amount_minor ELSE 0 END), ' ', MIN(e.currency)) FROM ledger_transactions t "
		"JOIN ledger_entries e ON e.transaction_id = t.id JOIN ledger_accounts a ON a.id = e.account_id "
		"WHERE t.source_kind = 'dispute' AND t.source_id = h.id) AS posted, h.undone_by IS NOT NULL AS undone, "
		"(SELECT COUNT(*) FROM ledger_transactions t WHERE t.source_kind = 'dispute' AND t.source_id = h.undone_by) AS undoings "
		"FROM dispute_postings h UNION ALL SELECT t.source_id, 'unknown', 'nothing', 'a transaction', FALSE, 0 "
		"FROM ledger_transactions t WHERE t.source_kind = 'dispute' AND NOT EXISTS (SELECT 1 FROM dispute_postings h "
		"WHERE h.id = t.source_id) AND NOT EXISTS (SELECT 1 FROM dispute_postings h WHERE h.undone_by = t.source_id)) s "
		"WHERE NOT s.amount <=> s.posted OR s.undone <> s.undoings") },
	{ "a refund has its payment's currency", false,
	    FOUND("'refund ', " ID("r.id") ", ': ', r.currency, ', payment ', p.reference, ': ', p.currency",
		"FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.currency <> p.currency") },
	{ "every ledger transaction sums to zero in each currency", false,
	    FOUND("'transaction ', " ID("s.transaction_id") ", ': ', s.balance, ' ', s.currency",
		"FROM (SELECT e.transaction_id, e.currency, SUM(e.amount_minor) AS balance FROM ledger_entries e "
		"GROUP BY e.transaction_id, e.currency HAVING balance <> 0) s") },
	{ "every ledger transaction has entries", false,
	    FOUND("'transaction ', " ID("t.id") ", ' (', t.source_kind, ') has none'",
		"FROM ledger_transactions t WHERE NOT EXISTS (SELECT 1 FROM ledger_entries e WHERE e.transaction_id = t.id)") },
	{ "the ledger sums to zero in each currency", false,
	    FOUND("s.balance, ' ', s.currency",
		"FROM (SELECT e.currency, SUM(e.amount_minor) AS balance FROM ledger_entries e GROUP BY e.currency "
		"HAVING balance <> 0) s") },
	{ "the balances of accounts by day are the sums of their entries", false,
	    FOUND(
		"'account ', " ID(
		    "c.account_id") ", ', ', c.day, ': ', c.balance, ' in ', c.entries, ' entries; written: ', "
				    "IFNULL(CONCAT(d.balance_minor, ' in ', d.entries), 'nothing'), '; ''haatctl ledger refold'' adds them up anew'",
		"FROM (SELECT s.account_id, s.day, SUM(s.amount) OVER (PARTITION BY s.account_id ORDER BY s.day) AS balance, "
		"SUM(s.posted) OVER (PARTITION BY s.account_id ORDER BY s.day) AS entries FROM (SELECT u.account_id, u.day, "
		"SUM(u.amount_minor) AS amount, SUM(u.posted) AS posted FROM (SELECT e.account_id, "
		"DATE(FROM_UNIXTIME(CONV(HEX(LEFT(e.id, 6)), 16, 10) / 1000)) AS day, e.amount_minor, 1 AS posted "
		"FROM ledger_entries e WHERE e.id < (SELECT f.mark FROM ledger_fold f) "
		"UNION ALL SELECT d.account_id, d.day, 0, 0 FROM ledger_days d) u GROUP BY u.account_id, u.day) s) c "
		"LEFT JOIN ledger_days d ON d.account_id = c.account_id AND d.day = c.day "
		"WHERE NOT (d.balance_minor <=> c.balance AND d.entries <=> c.entries)") },
	{ "exactly the steps that payouts have made are posted to the ledger", false,
	    FOUND("'payout ', " ID("s.id") ", ' (', s.status, '): merchant, due, bank expected ', IFNULL(s.expected, 'nothing'), "
					   "'; posted: ', IFNULL(s.posted, 'nothing')",
		"FROM (SELECT p.id, p.status, CASE WHEN p.status = 'approved' THEN CONCAT(p.amount_minor, ' ', -p.amount_minor, ' 0') "
		"WHEN p.status = 'paid' THEN CONCAT(p.amount_minor, ' 0 ', -p.amount_minor) "
		"WHEN p.status = 'bounced' OR p.approved_at IS NOT NULL THEN '0 0 0' END AS expected, "
		"(SELECT CONCAT(SUM(IF(a.merchant_id <=> p.merchant_id, e.amount_minor, 0)), ' ', "
		"SUM(IF(a.kind = 'payout_due', e.amount_minor, 0)), ' ', SUM(IF(a.kind = 'bank', e.amount_minor, 0))) "
		"FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id JOIN ledger_accounts a "
		"ON a.id = e.account_id WHERE t.origin_id = p.id AND t.source_kind LIKE 'payout%' AND e.currency = p.currency) AS posted "
		"FROM payouts p UNION ALL SELECT t.source_id, 'unknown', NULL, 'a transaction' FROM ledger_transactions t "
		"WHERE t.source_kind LIKE 'payout%' AND NOT EXISTS (SELECT 1 FROM payouts p WHERE p.id = t.source_id)) s "
		"WHERE NOT s.expected <=> s.posted") },
	{ "a payout that was approved was drafted by one person and approved by another", false,
	    FOUND("'payout ', " ID("p.id") ", ' (', p.status, '): drafted by ', IFNULL(CAST(" ID(
		      "p.created_by") " AS CHAR(36)), 'nobody'), "
				      "', approved by ', IFNULL(CAST(" ID("p.approved_by") " AS CHAR(36)), 'nobody')",
		"FROM payouts p WHERE (p.status IN ('approved', 'paid', 'bounced') OR p.approved_at IS NOT NULL) "
		"AND NOT IFNULL(p.created_by <> p.approved_by, FALSE)") },
	{ "every ledger entry has its account's currency", false,
	    FOUND("'entry ', " ID("e.id") ", ': ', e.currency, ', account ', a.kind, ' ', " ID("a.id") ", ': ', a.currency",
		"FROM ledger_accounts a JOIN ledger_entries e ON e.account_id = a.id WHERE e.currency <> a.currency") },
	{ "payments that could not be applied to an order are refunded", false,
	    FOUND("'payment ', p.reference, ': ', IF(p.refund_claimed_minor < " REFUNDABLE ", " REFUNDABLE " - "
		  "p.refund_claimed_minor, " REFUNDABLE
		  " - p.refunded_minor), ' ', p.currency, IF(p.refund_claimed_minor < " REFUNDABLE
		  ", ' has no refund', ' has a refund that does not arrive')",
		"FROM ledger_accounts a JOIN ledger_entries e ON e.account_id = a.id AND e.currency = a.currency "
		"JOIN ledger_transactions t ON t.id = e.transaction_id JOIN payments p ON p.id = t.payment_id "
		"WHERE a.kind = 'unapplied' AND p.hold_reason IS NULL AND p.status <> 'disputed' AND NOT " LET_GO(
		    "p.id") " AND (p.refund_claimed_minor < " REFUNDABLE " "
			    "OR EXISTS (SELECT 1 FROM refunds r WHERE r.payment_id = p.id AND r.status = 'pending' "
			    "AND " BY_PROVIDER " AND (r.created_at < NOW(3) - INTERVAL 24 HOUR OR " REFUND_IS_LOST ")))") },

	/* What its job could not give back, or had a day for, nobody will give back. */
	{ "cancelled orders are refunded within a day", false,
	    FOUND("'order ', o.number, ': ', o.total_minor - o.refunded_minor, ' ', o.currency, ', cancelled ', "
		  "IFNULL(o.cancelled_at, o.updated_at)",
		"FROM orders o WHERE o.status = 'cancelled' AND o.payment_status IN ('paid', 'partially_refunded') "
		"AND o.total_minor > 0 AND NOT EXISTS (SELECT 1 FROM fulfilments f WHERE f.order_id = o.id AND f.status = 'returned') "
		"AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.order_id = o.id AND (p.hold_reason IS NOT NULL OR p.status = 'disputed')) "
		"AND NOT EXISTS (SELECT 1 FROM payments p JOIN refunds r ON r.payment_id = p.id WHERE p.order_id = o.id "
		"AND r.status = 'pending' AND NOT " BY_PROVIDER ") "
		"AND (IFNULL(o.cancelled_at, o.updated_at) < NOW(3) - INTERVAL 24 HOUR "
		"OR EXISTS (SELECT 1 FROM jobs j WHERE j.status = 'dead' AND j.kind = 'refund_order' "
		"AND JSON_VALUE(j.payload, '$.aggregate_id') = " ID(
		    "o.id") ") "
			    "OR EXISTS (SELECT 1 FROM payments p JOIN refunds r ON r.payment_id = p.id WHERE p.order_id = o.id "
			    "AND ((r.status = 'failed' AND NOT EXISTS (SELECT 1 FROM refunds n WHERE n.payment_id = p.id AND n.status = 'pending')) "
			    "OR (r.status = 'pending' AND " REFUND_IS_LOST "))))") },
	/* Its job is given an hour; what a dispute holds it decides. */
	{ "what a review has declined is given back", false,
	    FOUND("'payment ', p.reference, ' (', p.status, '): ', " REFUNDABLE
		  " - p.refund_claimed_minor - p.disputed_minor, ' ', p.currency",
		"FROM payments p WHERE p.review = 'declined' AND p.status IN ('succeeded', 'partially_refunded') "
		"AND p.reviewed_at < NOW(3) - INTERVAL 1 HOUR AND " REFUNDABLE " > p.refund_claimed_minor + p.disputed_minor "
		"AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.payment_id = p.id AND r.status IN ('failed', 'bounced'))") },

	/* What will be right soon, or that somebody has to look at. */
	{ "no refund is pending", true,
	    FOUND(
		"'refund ', " ID(
		    "r.id") ", ' of payment ', p.reference, ': ', r.amount_minor, ' ', r.currency, ', ', r.attempts, ' attempts'",
		"FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.status = 'pending'") },
	{ "no cancelled order is awaiting its refund", true,
	    FOUND("'order ', o.number, ': ', o.total_minor - o.refunded_minor, ' ', o.currency",
		"FROM orders o WHERE o.status = 'cancelled' AND o.payment_status IN ('paid', 'partially_refunded') "
		"AND o.total_minor > 0 AND NOT EXISTS (SELECT 1 FROM fulfilments f WHERE f.order_id = o.id AND f.status = 'returned')") },
	{ "the refund of every return that was received arrives", true,
	    FOUND("'return ', " ID("t.id") ", ', refund ', " ID("r.id") ", ': ', r.status",
		"FROM returns t JOIN refunds r ON r.id = t.refund_id WHERE t.status = 'received' AND r.status = 'failed'") },
	{ "a payment method is charged for its owner only, by its provider", false,
	    FOUND("'payment ', p.reference, ': method ', " ID(
		      "m.id") ", ' of another ', IF(p.provider <> m.provider, 'provider', 'owner')",
		"FROM payments p JOIN payment_methods m ON m.id = p.payment_method_id WHERE p.provider <> m.provider "
		"OR m.user_id <> p.user_id OR m.merchant_id <> p.merchant_id") },
	{ "what became of every charge is known within a day", true,
	    FOUND("'payment ', p.reference, ' (', p.provider, '): sent ', p.charge_sent_at",
		"FROM payments p WHERE p.status IN ('pending', 'requires_action', 'processing') AND p.provider_transaction_id IS NULL "
		"AND p.charge_sent_at < NOW(3) - INTERVAL 1 DAY") },
	{ "every charge of a stored method is sent within a day", true,
	    FOUND("'payment ', p.reference, ' (', p.provider, '): begun ', p.created_at, ', never sent'",
		"FROM payments p WHERE p.status IN ('pending', 'requires_action', 'processing') AND p.provider_transaction_id IS NULL "
		"AND p.payment_method_id IS NOT NULL AND p.charge_sent_at IS NULL AND p.created_at < NOW(3) - INTERVAL 1 DAY") },
	{ "no payment is on hold", true,
	    FOUND("'payment ', p.reference, ' (', p.status, '): ', p.hold_reason",
		"FROM payments p WHERE p.hold_reason IS NOT NULL") },
	{ "no payment is under review", true,
	    FOUND("'payment ', p.reference, ' (', p.status, '): ', IFNULL(p.risk_signals, '')",
		"FROM payments p WHERE p.under_review = 1") },
	{ "no dispute awaits evidence", true,
	    FOUND("'dispute ', " ID("d.id") ", ' of payment ', p.reference, ': ', d.amount_minor, ' ', d.currency, ', due ', "
					    "IFNULL(d.evidence_due_at, 'at any time')",
		"FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE d.status = 'open'") },
	{ "no webhook event is dead", true,
	    FOUND("'webhook ', " ID("w.id") ", ' (', w.provider, ' ', w.type, '): ', IFNULL(w.error, '')",
		"FROM webhook_events w WHERE w.status = 'dead'") },
	{ "no job is dead", true,
	    FOUND(
		"'job ', " ID("j.id") ", ' (', j.kind, '): ', IFNULL(j.last_error, '')", "FROM jobs j WHERE j.status = 'dead'") },
	{ "no job has exceeded its lease", true,
	    FOUND("'job ', " ID("j.id") ", ' (', j.kind, '), worker ', IFNULL(j.worker, ''), ', lease until ', j.lease_until",
		"FROM jobs j WHERE j.status = 'running' AND j.lease_until < NOW(3)") },
};
const size_t check_rule_count = sizeof check_rules / sizeof *check_rules;
