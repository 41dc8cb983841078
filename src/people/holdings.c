/* What a table keeps of a person, what becomes of it once the account is erased, and what of it the person gets to see. */
#include "people/people.h"

/* Columns as members of a JSON object. */
#define PLAIN(column) "'" #column "', " #column ", "
#define ID(column) "'" #column "', CAST(" #column " AS UUID), "
#define TIME(column) "'" #column "', CONCAT(LEFT(DATE_FORMAT(" #column ", '%Y-%m-%dT%T.%f'), 23), 'Z'), "
#define FLAG(column) "'" #column "', " #column " <> 0, "
#define JSON(column) "'" #column "', JSON_COMPACT(" #column "), "

#define OF_USER "WHERE user_id = ?"
#define OF_ORDERS "WHERE order_id IN (SELECT o.id FROM orders o WHERE o.user_id = ?)"
/* History came with an e-mail address: it is given to who has verified that. */
#define OF_IMPORTED \
	"WHERE order_id IN (SELECT o.id FROM imported_orders o JOIN users u ON u.id = o.user_id AND u.email_verified WHERE o.user_id = ?)"
#define OF_SUBSCRIPTIONS "WHERE subscription_id IN (SELECT s.id FROM subscriptions s WHERE s.user_id = ?)"

/* Of an address in an order: what says where it was taxed stays. */
#define WITHOUT_PERSON(column) \
	"JSON_SET(" column \
	", '$.full_name', 'Deleted account', '$.phone', '-', '$.line1', '-', '$.line2', NULL, '$.postal_code', '-')"

/* What integrators keep with the user's rows of `owners`, in a copy of their state. */
#define WITHOUT_METADATA(table, column, owners, key) \
	"UPDATE " table " t JOIN " owners " o ON o.id = " key " SET t." column " = JSON_REPLACE(t." column \
	", '$.metadata', JSON_OBJECT()) WHERE o.user_id = ?"

const struct holding holdings[] = {
	{ "mails", "DELETE FROM mails WHERE recipient_id = ?", NULL,
	    .told = ID(id) PLAIN(kind) PLAIN(status) TIME(sent_at) TIME(created_at),
	    .of = "WHERE recipient_id = ? AND recipient_kind = 'user'" },
	{ "mails", "DELETE m FROM mails m JOIN one_time_tokens t ON t.id = m.recipient_id WHERE t.user_id = ?", NULL },
	{ "mails", "DELETE m FROM mails m JOIN former_emails f ON f.id = m.recipient_id WHERE f.user_id = ?", NULL },
	{ "mails", "DELETE FROM mails WHERE about_id = ?", NULL },
	{ "one_time_tokens", "DELETE FROM one_time_tokens WHERE user_id = ?", NULL, .untold = "secrets, good for hours" },
	{ "user_identities", "DELETE FROM user_identities WHERE user_id = ?", NULL,
	    .told = PLAIN(issuer) PLAIN(subject) TIME(created_at), .of = OF_USER },
	{ "sign_in_codes", "DELETE FROM sign_in_codes WHERE user_id = ?", NULL, .untold = "secrets, good for a minute" },
	{ "former_emails", "DELETE FROM former_emails WHERE user_id = ?", NULL, .told = PLAIN(email) TIME(created_at),
	    .of = OF_USER },
	{ "review_likes", NULL, "nothing: forget_reviewer takes them away", .told = ID(review_id) TIME(created_at),
	    .of = OF_USER },
	{ "reviews", NULL, "what was said of a product, by nobody: forget_reviewer",
	    .told = ID(id) ID(product_id) ID(order_id) PLAIN(user_name) PLAIN(rating) PLAIN(title) PLAIN(text) JSON(images)
		FLAG(is_hidden) PLAIN(hidden_reason) PLAIN(likes_count) PLAIN(replies_count) TIME(created_at) TIME(updated_at),
	    .of = OF_USER },
	{ "bulk_actions", "DELETE FROM bulk_actions WHERE user_id = ?", NULL,
	    .told = ID(id) PLAIN(action) PLAIN(status) PLAIN(filter) PLAIN(reason) PLAIN(total) PLAIN(done) PLAIN(failed)
		TIME(created_at),
	    .of = OF_USER },
	{ "saved_views", "DELETE FROM saved_views WHERE user_id = ?", NULL,
	    .told = ID(id) PLAIN(list) PLAIN(name) PLAIN(query) FLAG(shared) TIME(created_at), .of = OF_USER },
	{ "recovery_codes", "DELETE FROM recovery_codes WHERE user_id = ?", NULL, .untold = "hashes of secrets" },
	{ "wishlist_items", "DELETE FROM wishlist_items WHERE user_id = ?", NULL, .told = ID(product_id) TIME(created_at),
	    .of = OF_USER },
	{ "return_lines", "UPDATE return_lines l JOIN returns r ON r.id = l.return_id SET l.reason = NULL WHERE r.user_id = ?",
	    "what came back", .told = ID(return_id) ID(line_id) PLAIN(quantity) PLAIN(reason) PLAIN(accepted),
	    .of = "WHERE return_id IN (SELECT r.id FROM returns r WHERE r.user_id = ?)" },
	{ "returns", NULL, "the books: what came back, and when",
	    .told = ID(id) ID(order_id) PLAIN(status) PLAIN(reason) PLAIN(amount_minor) ID(refund_id) TIME(expires_at)
		TIME(received_at) TIME(ended_at) TIME(created_at),
	    .of = OF_USER },
	{ "addresses", "DELETE FROM addresses WHERE user_id = ?", NULL,
	    .told = ID(id) PLAIN(kind) PLAIN(full_name) PLAIN(phone) PLAIN(line1) PLAIN(line2) PLAIN(city) PLAIN(state)
		PLAIN(postal_code) PLAIN(country) FLAG(is_default) TIME(deleted_at) TIME(created_at) TIME(updated_at),
	    .of = OF_USER },
	{ "cart_items", "DELETE i FROM cart_items i JOIN carts c ON c.id = i.cart_id WHERE c.user_id = ?", NULL,
	    .told = ID(variant_id) PLAIN(quantity) TIME(created_at) TIME(updated_at),
	    .of = "WHERE cart_id IN (SELECT c.id FROM carts c WHERE c.user_id = ?)" },
	{ "carts", "DELETE FROM carts WHERE user_id = ?", NULL, .told = ID(id) TIME(created_at) TIME(updated_at), .of = OF_USER },
	{ "sessions", "DELETE FROM sessions WHERE user_id = ?", NULL,
	    .told = ID(id) PLAIN(ip) PLAIN(user_agent) TIME(created_at) TIME(last_active_at) TIME(expires_at) TIME(ended_at)
		PLAIN(end_reason),
	    .of = OF_USER },
	{ "user_permissions", "DELETE FROM user_permissions WHERE user_id = ?", NULL, .told = PLAIN(permission) TIME(created_at),
	    .of = OF_USER },
	{ "payment_declines", "DELETE FROM payment_declines WHERE user_id = ?", NULL, .told = ID(payment_id) TIME(declined_at),
	    .of = OF_USER },
	{ "method_setups", "DELETE FROM method_setups WHERE user_id = ?", NULL,
	    .told =
		ID(id) PLAIN(provider) PLAIN(type) PLAIN(status) PLAIN(label) FLAG(is_default) TIME(expires_at) TIME(created_at),
	    .of = OF_USER },
	{ "provider_customers", "DELETE FROM provider_customers WHERE owner_id = ?", NULL,
	    .told = PLAIN(provider) PLAIN(customer) TIME(created_at), .of = "WHERE owner_id = ?" },
	{ "payment_methods", "UPDATE payment_methods SET label = NULL WHERE user_id = ?",
	    "which method paid; its token was forgotten when it was deleted",
	    .told = ID(id) PLAIN(provider) PLAIN(type) PLAIN(label) FLAG(is_default) TIME(expires_at) TIME(deleted_at)
		TIME(created_at),
	    .of = OF_USER },
	{ "payment_answers",
	    "UPDATE payment_answers a JOIN payments p ON p.id = a.payment_id SET a.body = '{}' WHERE p.user_id = ?",
	    "that a provider answered, and when",
	    .untold = "what providers wrote to the shop, with secrets of payments in it; what it says stands in the payments" },
	{ "payments",
	    "UPDATE payments SET client_secret = NULL, redirect_url = NULL, failure_reason = NULL, risk_address = NULL, "
	    "risk_network = NULL, risk_session = NULL, risk_place = NULL, metadata = '{}', updated_at = updated_at WHERE user_id = ?",
	    "the books: amounts, times, and the provider's number",
	    .told = ID(id) PLAIN(reference) PLAIN(purpose_kind) ID(order_id) PLAIN(provider) PLAIN(provider_transaction_id)
		PLAIN(amount_minor) PLAIN(currency) PLAIN(status) PLAIN(method) PLAIN(failure_code) PLAIN(failure_reason)
		    PLAIN(received_minor) PLAIN(collected_minor) PLAIN(refunded_minor) PLAIN(risk_country) JSON(metadata)
			TIME(succeeded_at) TIME(created_at) TIME(updated_at),
	    .of = OF_USER },
	{ "payment_requests",
	    "UPDATE payment_requests r JOIN subscription_periods p ON p.id = r.period_id JOIN subscriptions s "
	    "ON s.id = p.subscription_id SET r.customer_email = NULL, r.customer_name = NULL, r.metadata = '{}', r.updated_at = r.updated_at "
	    "WHERE s.user_id = ?",
	    "the books: amounts and times",
	    .told = ID(id) PLAIN(reference) PLAIN(amount_minor) PLAIN(currency) PLAIN(status) PLAIN(customer_email)
		PLAIN(customer_name) TIME(expires_at) TIME(paid_at) TIME(ended_at) TIME(created_at),
	    .of = "WHERE period_id IN (SELECT p.id FROM subscription_periods p JOIN subscriptions s ON s.id = p.subscription_id "
		  "WHERE s.user_id = ?)" },
	{ "subscriptions", "UPDATE subscriptions SET metadata = '{}', updated_at = updated_at WHERE user_id = ?",
	    "the books: which plan was paid, and when",
	    .told = ID(id) ID(merchant_id) ID(plan_id) ID(next_plan_id) ID(payment_method_id) PLAIN(status)
		FLAG(cancel_at_period_end) TIME(current_period_start) TIME(current_period_end) JSON(metadata) TIME(cancelled_at)
		    TIME(ended_at) TIME(created_at),
	    .of = OF_USER },
	{ "orders",
	    "UPDATE orders SET shipping_address = " WITHOUT_PERSON("shipping_address") ", billing_address = " WITHOUT_PERSON(
		"billing_address") ", cancel_reason = NULL, metadata = '{}', updated_at = updated_at WHERE user_id = ?",
	    "the books: what was sold, for how much, and to which country, state and town for its tax",
	    .told = ID(id) PLAIN(number) PLAIN(status) PLAIN(payment_status) PLAIN(payment_method) PLAIN(currency)
		PLAIN(subtotal_minor) PLAIN(discount_minor) PLAIN(shipping_minor) PLAIN(tax_minor) PLAIN(tax_included_minor)
		    PLAIN(total_minor) PLAIN(refunded_minor) PLAIN(shipping_method) JSON(shipping_address) JSON(billing_address)
			PLAIN(coupon) JSON(metadata) TIME(paid_at) TIME(cancelled_at) PLAIN(cancel_reason) TIME(created_at)
			    TIME(updated_at),
	    .of = OF_USER },
	{ "invoices", NULL, "issued documents, which name whom they were made out to for as long as books are kept",
	    .told =
		ID(id) PLAIN(kind) PLAIN(number) ID(order_id) PLAIN(currency) PLAIN(total_minor) JSON(document) TIME(issued_at),
	    .of = OF_ORDERS },
	{ "report_facts", NULL, "the books as reports count them: of which order so much was paid",
	    .untold = "what was paid stands in the orders and their payments" },
	{ "report_customers", NULL, "the same, added up for each buyer",
	    .untold = "what was paid stands in the orders and their payments" },
	{ "imported_orders", NULL, "the books of an earlier shop: what was sold, and for how much",
	    .told = ID(id) PLAIN(number) PLAIN(status) PLAIN(currency) PLAIN(item_count) PLAIN(subtotal_minor)
		PLAIN(discount_minor) PLAIN(shipping_minor) PLAIN(tax_minor) PLAIN(total_minor) PLAIN(refunded_minor)
		    TIME(placed_at) TIME(created_at),
	    .of = "WHERE user_id = (SELECT u.id FROM users u WHERE u.id = ? AND u.email_verified)" },
	{ "imported_lines", NULL, "the books: what belongs to what stays",
	    .told = ID(order_id) PLAIN(position) ID(merchant_id) ID(product_id) PLAIN(sku) PLAIN(name) PLAIN(quantity)
		PLAIN(currency) PLAIN(unit_price_minor) PLAIN(discount_minor) PLAIN(tax_minor) PLAIN(total_minor),
	    .of = OF_IMPORTED },
	{ "imported_payments", NULL, "the books: what belongs to what stays",
	    .told = PLAIN(number) ID(order_id) PLAIN(provider) PLAIN(method) PLAIN(status) PLAIN(amount_minor)
		PLAIN(refunded_minor) PLAIN(currency) TIME(paid_at) TIME(created_at),
	    .of = OF_IMPORTED },
	{ "merchants", "UPDATE merchants SET contact = NULL, description = '', metadata = '{}' WHERE user_id = ?",
	    "the seller's name and numbers, which invoices are to name",
	    .told = ID(id) PLAIN(shop_name) PLAIN(slug) PLAIN(description) PLAIN(contact) PLAIN(business_type) PLAIN(business_id)
		PLAIN(gst_number) PLAIN(status) PLAIN(currency) JSON(metadata) TIME(created_at) TIME(updated_at),
	    .of = OF_USER },
	{ "media", NULL, "pictures of a shop or a review: files without what a camera writes into them",
	    .told = ID(id) PLAIN(kind) PLAIN(type) PLAIN(bytes) PLAIN(width) PLAIN(height) PLAIN(source_url) TIME(created_at),
	    .of = OF_USER },
	{ "events",
	    "UPDATE events SET payload = JSON_SET(payload, '$.metadata', JSON_OBJECT()) WHERE aggregate_id = ? "
	    "AND aggregate_type = 'user'",
	    "what happened to the account, until the events of that month go",
	    .untold = "what has happened to the account stands in the files of what it has happened to" },
	{ "events", WITHOUT_METADATA("events", "payload", "orders", "t.aggregate_id"),
	    "what happened to the orders, until the events of that month go", .untold = "it stands in the orders" },
	{ "events", WITHOUT_METADATA("events", "payload", "payments", "t.aggregate_id"),
	    "what happened to the payments, until the events of that month go", .untold = "it stands in the payments" },
	{ "events", WITHOUT_METADATA("events", "payload", "subscriptions", "t.aggregate_id"),
	    "what happened to the subscriptions, until the events of that month go", .untold = "it stands in the subscriptions" },
	{ "order_history", WITHOUT_METADATA("order_history", "state", "orders", "t.order_id"),
	    "the books: what an order was after each change", .untold = "it stands in the orders" },
	{ "subject_history", WITHOUT_METADATA("subject_history", "state", "payments", "t.subject_id"),
	    "the books: what a payment was after each change", .untold = "it stands in the payments" },
	{ "users",
	    "UPDATE users SET email = NULL, phone = NULL, full_name = 'Deleted account', "
	    "password_hash = NULL, totp_since = NULL, totp_secret = NULL, totp_step = NULL, locale = NULL, avatar = NULL, metadata = '{}', email_verified = FALSE, phone_verified = FALSE, "
	    "erased_at = NOW(3) WHERE id = ?",
	    "an id, so that what stays belongs to somebody",
	    .told = ID(id) PLAIN(email) PLAIN(phone) PLAIN(full_name) PLAIN(role) PLAIN(status) FLAG(email_verified)
		FLAG(phone_verified) PLAIN(locale) FLAG(news) PLAIN(avatar) PLAIN(assigned_modules) TIME(totp_since)
		    JSON(metadata) TIME(created_at) TIME(updated_at),
	    .of = "WHERE id = ?" },
	{ "user_grams", "DELETE FROM user_grams WHERE user_id = ?", NULL,
	    .untold = "pieces of name and address, by which staff find the account" },
	{ "data_exports", "DELETE FROM data_exports WHERE user_id = ?", NULL, .untold = "that this file was asked for" },
	/* What names a person by an order, a payment or a subscription: nothing else of it is theirs alone. */
	{ "order_lines", NULL, "the books: what belongs to what stays",
	    .told = ID(id) ID(order_id) ID(merchant_id) ID(product_id) ID(variant_id) PLAIN(name) PLAIN(sku) JSON(options)
		PLAIN(quantity) PLAIN(unit_price_minor) PLAIN(discount_minor) PLAIN(tax_rate) PLAIN(tax_minor)
		    PLAIN(tax_included_minor) PLAIN(total_minor),
	    .of = OF_ORDERS },
	{ "fulfilments", "UPDATE fulfilments f JOIN orders o ON o.id = f.order_id SET f.reason = NULL WHERE o.user_id = ?",
	    "the books: what belongs to what stays",
	    .told = ID(id) ID(order_id) ID(merchant_id) PLAIN(status) PLAIN(carrier) PLAIN(tracking) PLAIN(reason)
		PLAIN(refunded_minor) TIME(packed_at) TIME(shipped_at) TIME(delivered_at) TIME(ended_at),
	    .of = OF_ORDERS },
	{ "refunds", NULL, "the books: what belongs to what stays",
	    .told = ID(id) ID(payment_id) PLAIN(provider) PLAIN(provider_refund_id) PLAIN(amount_minor) PLAIN(currency)
		PLAIN(status) PLAIN(reason) TIME(created_at) TIME(finished_at),
	    .of = "WHERE payment_id IN (SELECT p.id FROM payments p WHERE p.user_id = ?)" },
	{ "subscription_periods", NULL, "the books: what belongs to what stays",
	    .told = ID(id) ID(subscription_id) PLAIN(number) ID(plan_id) TIME(starts_at) TIME(ends_at) PLAIN(amount_minor)
		PLAIN(currency) PLAIN(status) PLAIN(payment_reference) TIME(paid_at),
	    .of = OF_SUBSCRIPTIONS },
};
const size_t holdings_count = sizeof holdings / sizeof *holdings;
