/* What each table keeps of a person, and what becomes of it once the account is erased. */
#include "people/people.h"

/* Of an address in an order: what says where it was taxed stays. */
#define WITHOUT_PERSON(column) \
	"JSON_SET(" column \
	", '$.full_name', 'Deleted account', '$.phone', '-', '$.line1', '-', '$.line2', NULL, '$.postal_code', '-')"

const struct holding holdings[] = {
	{ "mails", "DELETE FROM mails WHERE recipient_id = ?", NULL },
	{ "mails", "DELETE m FROM mails m JOIN one_time_tokens t ON t.id = m.recipient_id WHERE t.user_id = ?", NULL },
	{ "mails", "DELETE m FROM mails m JOIN former_emails f ON f.id = m.recipient_id WHERE f.user_id = ?", NULL },
	{ "one_time_tokens", "DELETE FROM one_time_tokens WHERE user_id = ?", NULL },
	{ "user_identities", "DELETE FROM user_identities WHERE user_id = ?", NULL },
	{ "sign_in_codes", "DELETE FROM sign_in_codes WHERE user_id = ?", NULL },
	{ "former_emails", "DELETE FROM former_emails WHERE user_id = ?", NULL },
	{ "review_likes", NULL, "nothing: forget_reviewer takes them away" },
	{ "reviews", NULL, "what was said of a product, by nobody: forget_reviewer" },
	{ "recovery_codes", "DELETE FROM recovery_codes WHERE user_id = ?", NULL },
	{ "wishlist_items", "DELETE FROM wishlist_items WHERE user_id = ?", NULL },
	{ "return_lines", "UPDATE return_lines l JOIN returns r ON r.id = l.return_id SET l.reason = NULL WHERE r.user_id = ?",
	    "what came back" },
	{ "returns", NULL, "the books: what came back, and when" },
	{ "addresses", "DELETE FROM addresses WHERE user_id = ?", NULL },
	{ "cart_items", "DELETE i FROM cart_items i JOIN carts c ON c.id = i.cart_id WHERE c.user_id = ?", NULL },
	{ "carts", "DELETE FROM carts WHERE user_id = ?", NULL },
	{ "sessions", "DELETE FROM sessions WHERE user_id = ?", NULL },
	{ "user_permissions", "DELETE FROM user_permissions WHERE user_id = ?", NULL },
	{ "payment_declines", "DELETE FROM payment_declines WHERE user_id = ?", NULL },
	{ "method_setups", "DELETE FROM method_setups WHERE user_id = ?", NULL },
	{ "provider_customers", "DELETE FROM provider_customers WHERE owner_id = ?", NULL },
	{ "payment_methods", "UPDATE payment_methods SET label = NULL WHERE user_id = ?",
	    "which method paid; its token was forgotten when it was deleted" },
	{ "payment_answers",
	    "UPDATE payment_answers a JOIN payments p ON p.id = a.payment_id SET a.body = '{}' WHERE p.user_id = ?",
	    "that a provider answered, and when" },
	{ "payments",
	    "UPDATE payments SET client_secret = NULL, redirect_url = NULL, failure_reason = NULL, risk_address = NULL, "
	    "risk_network = NULL, risk_session = NULL, risk_place = NULL, updated_at = updated_at WHERE user_id = ?",
	    "the books: amounts, times, and the provider's number" },
	{ "payment_requests",
	    "UPDATE payment_requests r JOIN subscription_periods p ON p.id = r.period_id JOIN subscriptions s "
	    "ON s.id = p.subscription_id SET r.customer_email = NULL, r.customer_name = NULL, r.updated_at = r.updated_at "
	    "WHERE s.user_id = ?",
	    "the books: amounts and times" },
	{ "subscriptions", NULL, "the books: which plan was paid, and when" },
	{ "orders",
	    "UPDATE orders SET shipping_address = " WITHOUT_PERSON("shipping_address") ", billing_address = " WITHOUT_PERSON(
		"billing_address") ", cancel_reason = NULL, updated_at = updated_at WHERE user_id = ?",
	    "the books: what was sold, for how much, and to which country, state and town for its tax" },
	{ "invoices", NULL, "issued documents, which name whom they were made out to for as long as books are kept" },
	{ "merchants", "UPDATE merchants SET contact = NULL, description = '', metadata = '{}' WHERE user_id = ?",
	    "the seller's name and numbers, which invoices are to name" },
	{ "media", NULL, "pictures of a shop or a review: files without what a camera writes into them" },
	{ "events",
	    "UPDATE events SET payload = JSON_SET(payload, '$.metadata', JSON_OBJECT()) WHERE aggregate_id = ? "
	    "AND aggregate_type = 'user'",
	    "what happened to the account, until the events of that month go" },
	{ "users",
	    "UPDATE users SET email = NULL, phone = NULL, full_name = 'Deleted account', "
	    "password_hash = NULL, totp_since = NULL, totp_secret = NULL, totp_step = NULL, locale = NULL, metadata = '{}', email_verified = FALSE, phone_verified = FALSE, "
	    "erased_at = NOW(3) WHERE id = ?",
	    "an id, so that what stays belongs to somebody" },
	{ "user_grams", "DELETE FROM user_grams WHERE user_id = ?", NULL },
};
const size_t holdings_count = sizeof holdings / sizeof *holdings;
