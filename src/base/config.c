#include "base/config_keys.h"

#include "base/arena.h"
#include "base/providers.h"
#include "base/text.h"

/* The offset of a member of struct config; does not compile when the member has another type. */
#define AT(field, type) offsetof(struct config, field) + 0 * _Generic(((struct config *)NULL)->field, type : 1)

#define ROW(name_, kind_, offset_, default_, doc_, ...) \
	{ \
		.name = name_, .kind = kind_, .offset = offset_, .fallback = default_, .doc = doc_, ##__VA_ARGS__ \
	}
#define K_TEXT(field, default_, doc_, ...) ROW(#field, KIND_TEXT, AT(field, const char *), default_, doc_, ##__VA_ARGS__)
#define K_INTEGER(field, min_, max_, default_, doc_) \
	ROW(#field, KIND_INTEGER, AT(field, int64_t), default_, doc_, .min = min_, .max = max_)
#define K_INTEGER_IN(field, min_, max_, default_, development_, doc_) \
	ROW(#field, KIND_INTEGER, AT(field, int64_t), default_, doc_, .min = min_, .max = max_, .in_development = development_)
#define K_BOOLEAN(field, default_, doc_, ...) ROW(#field, KIND_BOOLEAN, AT(field, bool), default_, doc_, ##__VA_ARGS__)
#define K_LIST_AS(name_, field, default_, doc_, ...) \
	ROW(name_, KIND_LIST, AT(field, const char *const *), default_, doc_, ##__VA_ARGS__)
#define K_LIST(field, default_, doc_, ...) K_LIST_AS(#field, field, default_, doc_, ##__VA_ARGS__)
#define K_CHOICE(field, choices_, default_, doc_) ROW(#field, KIND_CHOICE, AT(field, int), default_, doc_, .choices = choices_)

/* In the order of enum profile. */
static const char *const profiles[] = { "development", "production", NULL };
static const char *const signed_bytes[] = { "timestamp.body", "body", NULL };
static const char *const mail_tls_values[] = { "starttls", "tls", "none", NULL };       /* in the order of enum mail_tls */
static const char *const same_site_values[] = { "strict", "lax", "none", NULL };        /* in the order of enum same_site */
static const char *const staff_totp_values[] = { "required", "optional", "off", NULL }; /* in the order of enum staff_totp */
static const char *const signature_hashes[] = { "sha1", "sha256", NULL };               /* in the order of enum signature_hash */
static const char *const log_levels[] = { "debug", "info", "warning", "error", NULL };

/* What Stripe's secrets begin with: keys of the live mode, restricted ones too, and secrets of webhook endpoints. */
static const char *const stripe_live_keys[] = { "sk_live_", "rk_live_", NULL };
/* Least amounts (Stripe docs, "Supported currencies"). */
#define STRIPE_LIMITS \
	"AED:2.00:-, AUD:0.50:-, BRL:0.50:-, CAD:0.50:-, CHF:0.50:-, CZK:15.00:-, DKK:2.50:-, " \
	"EUR:0.50:-, GBP:0.30:-, HKD:4.00:-, HUF:175.00:-, INR:0.50:-, JPY:50:-, MXN:10.00:-, MYR:2.00:-, " \
	"NOK:3.00:-, NZD:0.50:-, PLN:2.00:-, RON:2.00:-, SEK:3.00:-, SGD:0.50:-, THB:10.00:-, USD:0.50:-"

/* Least amounts (Paystack docs); XOF is for accounts that have confirmed how it is counted. */
#define PAYSTACK_LIMITS "NGN:50.00:-, USD:2.00:-, GHS:0.10:-, ZAR:1.00:-, KES:3.00:-, XOF:1:-"

static const char *const flutterwave_versions[] = { "v3", "v4", NULL };
static const char *const flutterwave_live_keys[] = { "FLWSECK-", NULL };
static const char *const paystack_live_keys[] = { "sk_live_", NULL };
static const char *const paystack_currencies[] = { "NGN", "GHS", "ZAR", "KES", "USD", "EGP", "XOF", NULL };
static const char *const razorpay_live_keys[] = { "rzp_live_", NULL };
static const char *const paypal_environments[] = { "live", "sandbox", NULL };
static const char *const stripe_webhook_secrets[] = { "whsec_", NULL };

const char *const media_storage_values[] = { "local", "s3", "cloudinary", NULL };

enum {
	DAY = 86400,
	MEBIBYTE = 1 << 20,
	SOCKET_PATH_MAX = 107,
	CURRENCIES_MAX = 200,
};

#define LIMITS_DESCRIPTION "\"currency:least:greatest\" amount to be charged, - for none."

/* About five US dollars and fifteen, in each currency that a provider takes by default. */
#define DEFAULT_SHIPPING \
	"standard:*:USD:5:0, standard:*:EUR:5:0, standard:*:GBP:4:0, standard:*:JPY:750:0, standard:*:BDT:600:0, " \
	"standard:*:INR:400:0, standard:*:NGN:7500:0, express:*:USD:15:0, express:*:EUR:15:0, express:*:GBP:12:0, " \
	"express:*:JPY:2250:0, express:*:BDT:1800:0, express:*:INR:1200:0, express:*:NGN:22500:0, pickup:*:*:0:0"

/* The profile comes first: defaults and checks of later rows depend on it. */
const struct key config_keys[] = {
	K_CHOICE(
	    profile, profiles, "production", "Development disables limits and accepts demo secrets; production allows neither."),
	K_TEXT(public_url, "https://localhost", "The shop's public URL, without a trailing slash; https in production.",
	    .form = FORM_BASE_URL),
	K_TEXT(run_directory, "/run/haat", "Directory of the doorbell sockets and the metrics file.", .min = 1, .max = 80),
	K_TEXT(log_level, "info", "Messages below this level are not logged.", .choices = log_levels),

	K_INTEGER(workers.api, 1, WORKERS_MAX, "4", "Processes for requests that need only the database."),
	K_INTEGER(workers.auth, 1, WORKERS_MAX, "2", "Processes that hash passwords."),
	K_INTEGER(
	    workers.pay, 1, WORKERS_MAX, "4", "Processes that call payment providers; one provider has all but one at most."),
	K_INTEGER(workers.hooks, 1, WORKERS_MAX, "2", "Processes that receive webhooks."),
	K_INTEGER(workers.bulk, 1, WORKERS_MAX, "1", "Processes for uploads and exports."),
	K_INTEGER(
	    workers.jobs_money, 1, JOB_WORKERS_MAX, "2", "Processes that issue refunds and reconcile payments with providers."),
	K_INTEGER(workers.jobs_webhooks, 1, JOB_WORKERS_MAX, "1", "Processes that confirm and apply deferred webhooks."),
	K_INTEGER(workers.jobs_upkeep, 1, JOB_WORKERS_MAX, "1", "Processes that run all other jobs: counters, listings, purges."),
	K_INTEGER(workers.jobs_mail, 1, JOB_WORKERS_MAX, "2", "Processes that write and send mail."),
	K_INTEGER(workers.jobs_media, 1, JOB_WORKERS_MAX, "1",
	    "Processes that make the sizes of pictures, one picture at a time each."),
	K_INTEGER(workers.request_memory_bytes, MEBIBYTE, 1024 * MEBIBYTE, "16777216", "Maximum memory of one request."),
	K_INTEGER(workers.slots, 1, SLOTS_MAX, "64", "nginx connections that one worker of the api pool keeps open."),

	K_TEXT(database.socket, "/run/mysqld/mysqld.sock", "MariaDB's Unix socket; if empty, host and port are used.",
	    .max = SOCKET_PATH_MAX),
	K_TEXT(database.host, "", "MariaDB's host, if socket is empty.", .max = 255),
	K_INTEGER(database.port, 1, 65535, "3306", "MariaDB's port on that host."),
	K_TEXT(database.user, "haat", "MariaDB user.", .min = 1, .max = 80),
	K_TEXT(database.password, "", "Its password; empty for authentication by Unix socket.", .secret = true),
	K_TEXT(database.name, "haat", "Name of the database.", .min = 1, .max = 64),
	K_INTEGER(database.connect_timeout_seconds, 1, 60, "5", "Timeout for connecting."),
	K_INTEGER(database.io_timeout_seconds, 1, 600, "12",
	    "Timeout for reading and writing on a connection: above the statement timeout, below nginx's."),
	K_INTEGER(database.statement_timeout_ms, 10, 600000, "10000", "Timeout for one statement, enforced by the server."),
	K_INTEGER(database.lock_wait_seconds, 1, 50, "2",
	    "Timeout for a row lock, after which the transaction is retried, and for a concurrent request with the same Idempotency-Key."),

	K_TEXT(cache.servers, "--SOCKET=\"/run/haat/memcached.sock\"",
	    "memcached, in libmemcached's syntax (--SERVER=host:port over the network); empty: none."),
	K_TEXT(cache.prefix, "haat:", "Prefix of every key.", .max = 32),
	K_INTEGER(cache.timeout_ms, 1, 10000, "50", "Timeout for memcached."),
	K_INTEGER(cache.circuit_failures, 1, 1000, "3", "Consecutive failures after which the circuit opens."),
	K_INTEGER(cache.circuit_open_seconds, 1, 3600, "5", "How long the circuit stays open before the next attempt."),

	K_TEXT(certificates.roots_file, "/etc/ssl/certs/ca-certificates.crt",
	    "Roots (PEM) that certificates which sign webhooks, and the servers they are fetched from, must lead to.", .min = 1),
	K_LIST(certificates.watched_files, "",
	    "Certificates (PEM) whose end the operator is told of in time: that of nginx, and others; the workers must be able to read them.",
	    .max = 16),
	K_LIST(certificates.connect_to, "",
	    "For tests: where those servers are reached instead, \"host:port:other host:other port\"."),

	K_INTEGER(auth.face_seconds, 300, 365 * DAY, "2592000",
	    "How long a browser stays signed in after its last use of the storefront or the console."),
	K_INTEGER(auth.face_staff_seconds, 300, 365 * DAY, "43200", "The same for staff."),
	K_TEXT(auth.jwt_key_id, "1", "Key id (kid) in the header of new access tokens.", .min = 1, .max = 64),
	K_TEXT(auth.jwt_secret, "", "Secret that signs access tokens; at least 32 bytes.", .min = 32, .secret = true,
	    .need = NEED_ALWAYS),
	K_LIST(auth.jwt_old_keys, "", "Retired keys, \"key id:secret\", that remain valid until their tokens expire.",
	    .form = FORM_OLD_KEY, .max = OLD_KEYS_MAX, .secret = true),
	K_TEXT(auth.issuer, "haat", "Issuer (iss) of access tokens.", .min = 1, .max = 255),
	K_TEXT(auth.audience, "haat", "Audience (aud) of access tokens.", .min = 1, .max = 255),
	K_INTEGER(auth.access_seconds, 30, DAY, "3600", "Lifetime of an access token."),
	K_INTEGER(auth.refresh_seconds, 60, 365 * DAY, "86400", "Lifetime of a refresh token."),
	K_INTEGER(auth.refresh_overlap_seconds, 0, 300, "10",
	    "A refresh token reused within this time of its exchange, as by two tabs, does not end its session."),
	K_INTEGER(auth.confirm_seconds, 10, DAY, "600",
	    "How long a sign-in, or a confirmation of the password, is enough for payouts, roles, keys and secrets."),
	K_INTEGER(auth.verify_seconds, 60, 30 * DAY, "86400",
	    "Lifetime of the tokens in letters that verify an e-mail address, change it, or let a new user set a password."),
	K_INTEGER(auth.reset_seconds, 60, DAY, "1800", "Lifetime of the token in a letter that resets a password."),
	K_INTEGER(auth.sessions_max, 1, 100, "3", "Maximum active sessions per account; the oldest is ended."),
	K_CHOICE(auth.cookie_same_site, same_site_values, "strict",
	    "SameSite of the refresh token's cookie; lax or none for a front end on another listed origin (http.origins), and then "
	    "refresh and logout want the header X-Requested-With."),
	K_CHOICE(auth.staff_totp, staff_totp_values, "optional",
	    "The second factor of staff: required (who has none may only set one up), optional, or off (none is asked for)."),
	K_INTEGER(auth.bcrypt_cost, 4, 20, "12",
	    "bcrypt cost of password hashes; each step doubles the time. Below 10 only in development."),
	K_TEXT(
	    auth.common_passwords, "/usr/share/haat/common-passwords.txt", "File of passwords that are rejected, one per line."),
	K_TEXT(auth.seal_secret, "", "Secret that authenticates cursors; at least 32 bytes.", .min = 32, .secret = true,
	    .need = NEED_ALWAYS),
	K_INTEGER(auth.keys_again_seconds, 1, 3600, "60",
	    "Keys of Google and Firebase that are kept are asked for again at most so often when an ID token names another."),
	K_TEXT(auth.google.issuer, "https://accounts.google.com",
	    "Who signs in with Google; its addresses are found under /.well-known/openid-configuration.", .min = 1, .max = 200,
	    .form = FORM_BASE_URL),
	K_TEXT(auth.google.client_id, "",
	    "Client id of Google's console, whose redirect URI is PUBLIC_URL/api/v1/auth/google/callback; empty: no sign-in with Google.",
	    .max = 255),
	K_TEXT(auth.google.client_secret, "", "Secret of that client.", .secret = true),
	K_TEXT(auth.google.hosted_domain, "",
	    "Domain of a Google Workspace; only its accounts can sign in with Google. Empty: everybody's.", .max = 253,
	    .form = FORM_HOST),
	K_TEXT(auth.firebase.project_id, "", "Project of Firebase that signs people in by phone; empty: none does.", .max = 64),
	K_TEXT(auth.firebase.issuer, "https://securetoken.google.com", "Issuer of its ID tokens, without the project.", .min = 1,
	    .max = 200, .form = FORM_BASE_URL),
	K_TEXT(auth.firebase.keys_url, "https://www.googleapis.com/robot/v1/metadata/x509/securetoken@system.gserviceaccount.com",
	    "Where the certificates that sign them are published.", .min = 1, .max = 200, .form = FORM_URL),
	K_TEXT(auth.firebase.api_key, "",
	    "Web API key of the project, which is public, for the page /signin/phone; empty: there is no such page.", .max = 200),
	K_TEXT(auth.firebase.identity_url, "https://identitytoolkit.googleapis.com", "Base URL that the page calls.", .min = 1,
	    .max = 200, .form = FORM_BASE_URL),
	K_TEXT(auth.firebase.captcha_url, "https://www.google.com/recaptcha",
	    "Where its captcha comes from; https://www.recaptcha.net/recaptcha where google.com is blocked.", .min = 1,
	    .max = 200, .form = FORM_BASE_URL),

	K_LIST(http.origins, "",
	    "Origins whose pages may call the API with credentials (CORS); development also allows any localhost.",
	    .form = FORM_ORIGIN),
	K_INTEGER(http.json_bytes, 1024, 16 * MEBIBYTE, "262144",
	    "Maximum size of a JSON body or form, and of all fields of an upload."),
	K_INTEGER(http.file_bytes, 1024, 1024 * MEBIBYTE, "10485760", "Maximum size of one uploaded file."),
	K_INTEGER(http.upload_bytes, 1024, 1024 * MEBIBYTE, "52428800",
	    "Maximum size of an upload; nginx's client_max_body_size for the bulk pool must allow it."),
	K_TEXT(http.upload_directory, "/var/tmp", "Directory for files while an upload is processed; they are unlinked.",
	    .min = 1, .max = 80),
	K_INTEGER(http.import_bytes, 1024, INT64_C(4096) * MEBIBYTE, "1073741824",
	    "Maximum size of a settlement or import file, as it is sent; nginx's client_max_body_size for such routes must allow it."),
	K_TEXT(http.import_directory, "/var/lib/haat/imports",
	    "Directory of such files until a job has read them; one for all machines that run workers.", .min = 1, .max = 80),
	K_INTEGER(http.webhook_bytes, 1024, WEBHOOK_BYTES_MAX, "1048576", "Maximum size of a webhook body."),
	K_LIST(
	    http.watchers, "127.0.0.0/8, ::1", "Networks that may request /health, /ready and /metrics.", .form = FORM_NETWORK),
	K_INTEGER_IN(http.draining_seconds, 0, 60, "5", "0",
	    "How long a stopping pool keeps serving while /ready returns `draining`, so that a load balancer can remove it."),
	K_INTEGER(http.idempotency_hours, 1, 720, "24", "How long an Idempotency-Key is kept."),
	K_INTEGER(http.idempotency_lease_seconds, 1, 3600, "60",
	    "When a request that calls a provider was interrupted, it may be repeated after this time."),

	K_BOOLEAN(limits.enabled, "true", "Enables rate limits; required in production.", .in_development = "false"),
	K_INTEGER(limits.login_failures, 1, 1000, "5",
	    "Wrong passwords in the window, per account and, if limits are enabled, per address."),
	K_INTEGER(limits.login_window_seconds, 1, DAY, "60", "Length of that window."),
	K_INTEGER(limits.window_seconds, 1, DAY, "900", "Window of the limits below, unless they name another."),
	K_INTEGER(limits.sign_in_account, 1, LIMIT_CALLS_MAX, "10", "Sign-ins and password changes, per account."),
	K_INTEGER(limits.sign_in_address, 1, LIMIT_CALLS_MAX, "30", "Sign-ins, password changes and registrations, per address."),
	K_INTEGER(limits.coupon_address, 1, LIMIT_CALLS_MAX, "20", "Quotes and orders with a coupon, per address."),
	K_INTEGER(limits.payment_account, 1, LIMIT_CALLS_MAX, "10", "Payments created, per account."),
	K_INTEGER(limits.payment_address, 1, LIMIT_CALLS_MAX, "600",
	    "Payments created, per address; what is unpaid is limited by risk."),
	K_INTEGER(limits.refresh_token, 1, LIMIT_CALLS_MAX, "10", "Attempts to exchange the same refresh token."),
	K_INTEGER(limits.refresh_address, 1, LIMIT_CALLS_MAX, "1000", "Exchanges of refresh tokens, per address."),
	K_INTEGER(limits.anonymous_writes, 1, LIMIT_CALLS_MAX, "100", "Other writes without sign-in, per address."),
	K_INTEGER(limits.forged_webhooks, 1, LIMIT_CALLS_MAX, "100", "Webhooks without a valid signature, per address."),
	K_INTEGER(limits.search_address, 1, LIMIT_CALLS_MAX, "60", "Searches and lists with facets in a minute, per address."),
	K_INTEGER(limits.suggest_address, 1, LIMIT_CALLS_MAX, "60", "Suggestions in a minute, per address."),
	K_INTEGER(limits.writes, 1, LIMIT_CALLS_MAX, "100", "Other writes by a customer, per account."),
	K_INTEGER(limits.writes_a_day, 1, LIMIT_CALLS_MAX, "1000", "Other writes by a customer in 24 hours, per account."),
	K_INTEGER(
	    limits.staff_factor, 1, STAFF_FACTOR_MAX, "10", "Factor by which the write limits of sellers and staff are higher."),
	K_INTEGER(limits.key_calls, 1, LIMIT_CALLS_MAX, "1000",
	    "Calls in a minute with all API keys of a merchant who has no own limit."),
	K_INTEGER(limits.reads_a_minute, 1, LIMIT_CALLS_MAX, "600", "Reads per minute, per signed-in account."),
	K_INTEGER(
	    limits.return_seconds, 1, 3600, "5", "Minimum interval between queries to the provider when the payer returns."),

	K_INTEGER(catalog.cache_seconds, 1, DAY, "3600", "Maximum time a document is kept in memcached."),
	K_INTEGER(catalog.low_stock, 0, 1000000, "10", "Default low-stock threshold of a new variant."),

	K_TEXT(media.public_url, "",
	    "Where pictures and videos are served, without the slash at the end: of a CDN in front of /media, of the bucket, or of "
	    "Cloudinary's cloud. Empty: these themselves.",
	    .form = FORM_BASE_URL, .max = 300),
	K_TEXT(media.directory, "/var/lib/haat/media", "Directory of the pictures and videos that nginx serves below /media.",
	    .min = 1, .max = 80),
	K_TEXT(media.originals_directory, "/var/lib/haat/originals",
	    "Directory of the files as they were uploaded, which are never served; on the same disk as media.directory.",
	    .min = 1, .max = 80),
	K_TEXT(media.thumbnailer, "vipsthumbnail", "Program that makes the sizes of pictures (package libvips-tools).", .min = 1,
	    .max = 200),
	K_INTEGER(media.child_bytes, 64 * MEBIBYTE, INT64_C(16384) * MEBIBYTE, "1073741824", "Memory that it may use."),
	K_INTEGER(media.child_seconds, 1, 600, "30", "Time that one run of it may take."),
	K_CHOICE(media.store, media_storage_values, "local",
	    "Where the sizes of pictures, and videos, are stored from now on; what is stored stays where it is."),
	K_INTEGER(media.connect_timeout_ms, 10, 60000, "3000", "Timeout for connecting to S3 or Cloudinary."),
	K_INTEGER(
	    media.timeout_ms, 10, 600000, "20000", "Timeout for storing one file there; at most half of jobs.lease_seconds."),
	K_TEXT(media.s3.bucket, "", "Name of the bucket, whose objects anybody, or the CDN of media.public_url, may read.",
	    .max = 63),
	K_TEXT(media.s3.region, "us-east-1", "The bucket's region.", .min = 1, .max = 64),
	K_TEXT(media.s3.access_key_id, "", "Access key id of a user that may put and delete objects of the bucket.", .max = 128),
	K_TEXT(media.s3.secret_access_key, "", "The secret that goes with it.", .secret = true, .max = 256),
	K_TEXT(media.s3.base_url, "",
	    "Base URL of another service that speaks S3; the bucket's name goes into the path. Empty: Amazon's.",
	    .form = FORM_BASE_URL, .max = 200),
	K_TEXT(media.cloudinary.cloud_name, "", "Name of Cloudinary's product environment.", .max = 64),
	K_TEXT(media.cloudinary.api_key, "", "Its API key.", .max = 64),
	K_TEXT(media.cloudinary.api_secret, "", "The key's secret.", .secret = true, .max = 128),
	K_TEXT(media.cloudinary.folder, "products", "Folder that public ids begin with; empty: none.", .max = 100),
	K_CHOICE(
	    media.cloudinary.signature, signature_hashes, "sha1", "Hash of signatures, as the environment's settings have it."),
	K_TEXT(media.cloudinary.base_url, "https://api.cloudinary.com", "Base URL of Cloudinary's upload API.", .min = 1,
	    .form = FORM_BASE_URL, .max = 200),

	K_INTEGER(orders.expire_minutes, 1, 10080, "30", "How long an unpaid order keeps its stock."),
	K_INTEGER(orders.cod_expire_hours, 1, 720, "72", "How long an unconfirmed cash-on-delivery order keeps its stock."),
	K_INTEGER(orders.line_max, 1, 100, "100", "Maximum lines of a cart or order."),
	K_INTEGER(orders.quantity_max, 1, 99, "99", "Maximum quantity of one line."),
	K_INTEGER(orders.guest_cart_days, 1, 365, "30", "Days that a guest's cart is kept after it was last changed."),
	K_INTEGER_IN(orders.open_max, 0, 100000, "5", "0", "Maximum unpaid or unconfirmed orders per account; 0: no limit."),
	K_INTEGER_IN(
	    orders.open_units_max, 0, 1000000, "100", "0", "Maximum units of stock that these orders may reserve; 0: no limit."),
	K_INTEGER_IN(orders.open_address_max, 0, 1000000, "50", "0",
	    "Maximum such orders per client address (IPv6: per /64); 0: no limit."),
	K_INTEGER(orders.deliver_days, 1, 365, "30", "Days after which a parcel counts as delivered where nobody says so."),
	K_INTEGER(orders.return_days, 0, 365, "14", "Days after its delivery in which a customer may return goods."),
	K_INTEGER(orders.return_expire_days, 1, 365, "30", "Days in which the goods of an approved return must have come."),
	K_INTEGER(orders.complete_days, 0, 365, "14", "Days after its delivery until an order is completed."),
	K_LIST(orders.shipping, DEFAULT_SHIPPING,
	    "\"method:country:currency:base:per item\"; * for any country, and for any currency if both amounts are 0; the first "
	    "match applies.",
	    .form = FORM_SHIPPING, .max = RATES_MAX),
	K_LIST(orders.tax, "standard:*:0:exclusive, reduced:*:0:exclusive, zero:*:0:exclusive",
	    "\"class:country:percent:inclusive or exclusive\", * for any; the first match applies. Products may have only "
	    "these classes, and standard: a table needs a rule for it or for *.",
	    .form = FORM_TAX, .max = RATES_MAX),
	K_LIST(orders.carriers, "",
	    "\"name:https://...\", where a carrier shows its parcels: {tracking} stands for the number. Letters link to it.",
	    .form = FORM_CARRIER, .max = CARRIERS_MAX),

	K_INTEGER(risk.review_score, 1, 101, "40", "Score from which a payment is put under review; 101: none is."),
	K_INTEGER_IN(risk.refuse_score, 1, 101, "80", "101", "Score from which an attempt to pay is refused; 101: none is."),
	K_INTEGER(risk.window_seconds, 60, DAY, "3600", "Window of the limits below, which are checked if limits are enabled."),
	K_INTEGER(risk.attempts_purpose, 1, 100000, "12", "Attempts to pay the same order or request."),
	K_INTEGER(risk.attempts_session, 1, 100000, "12", "Unpaid attempts of a session."),
	K_INTEGER(risk.attempts_account, 1, 100000, "15", "Unpaid attempts of an account."),
	K_INTEGER(risk.attempts_address, 1, 100000, "30",
	    "Unpaid attempts from an address (IPv6: a /64) beyond those paid there; accounts that have paid before are exempt."),
	K_INTEGER(risk.attempts_network, 1, 100000, "90", "The same from its network (IPv4: /24, IPv6: /48)."),
	K_INTEGER(risk.declines_purpose, 1, 100000, "8", "Declines of attempts to pay the same order or request."),
	K_INTEGER(risk.declines_account, 1, 100000, "8", "Declines of an account in 24 hours without a success between them."),
	K_INTEGER(risk.declines_address, 1, 100000, "20",
	    "Declines at an address beyond what was paid there; accounts that have paid before are exempt."),
	K_INTEGER(risk.declines_network, 1, 100000, "50", "The same of its network."),
	K_INTEGER(risk.declines_payment, 1, 100000, "6", "Declines of one attempt, after which it is closed at its provider."),
	K_TEXT(risk.disposable_domains, "/usr/share/haat/disposable-domains.txt",
	    "File of domains of disposable e-mail addresses, one per line."),
	K_LIST(risk.countries, "",
	    "Files that say in which country a network is, as regional registries publish them (delegated-NAME-extended-latest)."),
	K_INTEGER(risk.address_days, 7, 3650, "90", "How long the addresses of payers are kept."),
	K_INTEGER(risk.band_attempts_min, 1, 1000000, "20",
	    "Attempts in an hour below which a merchant or provider is never out of its usual band."),

	K_LIST(payments.providers, "stripe, cod", "Enabled providers.", .choices = provider_names),
	K_INTEGER(payments.commission_basis_points, 0, 10000, "500", "The shop's commission on a sale, in basis points."),
	K_BOOLEAN(payments.dispute_fee_to_merchant, "true",
	    "Charges the provider's fee of a lost dispute to the merchants of the sale; else the shop bears it."),
	K_INTEGER(payments.connect_timeout_ms, 10, 60000, "3000", "Timeout for connecting to a provider."),
	K_INTEGER(payments.timeout_ms, 10, 120000, "20000", "Timeout for a call to a provider."),
	K_INTEGER(payments.request_ms, 100, 55000, "45000",
	    "Timeout for all calls to providers of one request; nginx waits 60 s for its answer."),
	K_INTEGER(payments.circuit_failures, 1, 1000, "5",
	    "Consecutive failures of a provider, or of the mail server, after which its circuit opens."),
	K_INTEGER(payments.circuit_open_seconds, 1, 3600, "30", "How long the circuit stays open before the next attempt."),
	K_INTEGER(payments.bulkhead, 1, BULKHEAD_MAX, "8",
	    "Maximum concurrent calls to one provider; those of requests are always fewer than workers.pay."),
	K_INTEGER(
	    payments.reconcile_after_seconds, 1, DAY, "60", "Age at which an open payment is reconciled with its provider."),
	K_INTEGER(payments.setup_minutes, 5, 4320, "60",
	    "How long a payment method can be stored without a payment once that was begun."),
	K_INTEGER(payments.request_hours, 1, 8760, "168", "How long a payment request can be paid when it does not say."),
	K_LIST(payments.return_urls, "", "Allowed prefixes of return_url, besides public_url.", .form = FORM_URL),
	K_TEXT(payments.method_key, "",
	    "Key that encrypts the tokens of stored payment methods, \"key id:secret\"; empty: no methods are stored.",
	    .form = FORM_OLD_KEY, .secret = true),
	K_LIST(payments.method_old_keys, "",
	    "Former keys, \"key id:secret\", until `haatctl methods keys` shows that no method is encrypted with them any more.",
	    .form = FORM_OLD_KEY, .max = OLD_KEYS_MAX, .secret = true),
	K_TEXT(payments.stripe.base_url, "https://api.stripe.com", "Base URL of Stripe's API.", .min = 1, .form = FORM_BASE_URL),
	K_TEXT(payments.stripe.secret_key, "", "Stripe's secret key; in production a live-mode key.", .secret = true,
	    .live = stripe_live_keys, .need = NEED_WHEN_ENABLED),
	K_TEXT(payments.stripe.api_version, "2026-10-28.endive", "Version of Stripe's API that requests specify.", .min = 1,
	    .max = 64),
	K_TEXT(payments.stripe.publishable_key, "",
	    "Stripe's publishable key, for the payment page; without it the page does not offer Stripe.", .max = 255),
	K_TEXT(payments.stripe.script_url, "https://js.stripe.com/v3", "Stripe's script for the payment page.", .min = 1,
	    .form = FORM_BASE_URL),
	K_LIST_AS("payments.stripe.webhook_secret", payments.stripe.webhook_secrets, "",
	    "Signing secrets of Stripe's webhook endpoint; several during rotation.", .max = 8, .secret = true,
	    .live = stripe_webhook_secrets, .need = NEED_WHEN_ENABLED),
	K_LIST(payments.stripe.currencies, "USD, EUR, GBP, JPY, BDT, INR, NGN", "Currencies accepted by card.",
	    .form = FORM_CURRENCY, .never = stripe_never_takes, .max = CURRENCIES_MAX),
	K_LIST(payments.stripe.limits, STRIPE_LIMITS, LIMITS_DESCRIPTION, .form = FORM_LIMIT, .max = CURRENCIES_MAX),
	K_TEXT(payments.razorpay.base_url, "https://api.razorpay.com", "Base URL of Razorpay's API.", .min = 1,
	    .form = FORM_BASE_URL),
	K_TEXT(payments.razorpay.key_id, "", "Razorpay's key id; in production a live-mode key.", .live = razorpay_live_keys,
	    .need = NEED_WHEN_ENABLED),
	K_TEXT(payments.razorpay.key_secret, "", "The key's secret, with which Checkout's results are signed too.",
	    .secret = true, .need = NEED_WHEN_ENABLED),
	K_TEXT(payments.razorpay.script_url, "https://checkout.razorpay.com/v1/checkout.js",
	    "Razorpay's script for the payment page.", .min = 1, .form = FORM_BASE_URL),
	K_LIST_AS("payments.razorpay.webhook_secret", payments.razorpay.webhook_secrets, "",
	    "Secrets of Razorpay's webhook; the old one too for a day after a change.", .max = 8, .secret = true,
	    .need = NEED_WHEN_ENABLED),
	K_LIST(payments.razorpay.currencies, "INR", "Currencies accepted by Razorpay.", .form = FORM_CURRENCY,
	    .max = CURRENCIES_MAX),
	K_LIST(payments.razorpay.limits, "INR:1.00:-", LIMITS_DESCRIPTION, .form = FORM_LIMIT, .max = CURRENCIES_MAX),
	K_LIST(payments.cod.currencies, "USD, EUR, BDT, INR, NGN", "Currencies accepted in cash.", .form = FORM_CURRENCY,
	    .max = CURRENCIES_MAX),
	K_TEXT(payments.paystack.base_url, "https://api.paystack.co", "Base URL of Paystack's API.", .min = 1,
	    .form = FORM_BASE_URL),
	K_TEXT(payments.paystack.secret_key, "",
	    "Paystack's secret key, by which it also signs webhooks; in production a live-mode key.", .secret = true,
	    .live = paystack_live_keys, .need = NEED_WHEN_ENABLED),
	K_LIST_AS("payments.paystack.old_secret_key", payments.paystack.old_secret_keys, "",
	    "Earlier secret keys, whose signatures are still accepted during rotation.", .max = 8, .secret = true),
	K_LIST(payments.paystack.currencies, "NGN, GHS, ZAR, KES, USD",
	    "Currencies accepted by Paystack; XOF only where the account was seen to count it in hundredths.",
	    .form = FORM_CURRENCY, .choices = paystack_currencies, .max = CURRENCIES_MAX),
	K_LIST(payments.paystack.limits, PAYSTACK_LIMITS, LIMITS_DESCRIPTION, .form = FORM_LIMIT, .max = CURRENCIES_MAX),
	K_CHOICE(payments.flutterwave.version, flutterwave_versions, "v3",
	    "Version of Flutterwave's API. v4 is not supported: it has no payment page, so card data would have to pass "
	    "through the shop."),
	K_TEXT(payments.flutterwave.base_url, "https://api.flutterwave.com/v3", "Base URL of Flutterwave's API.", .min = 1,
	    .form = FORM_BASE_URL),
	K_TEXT(payments.flutterwave.secret_key, "", "Flutterwave's secret key; in production a live-mode key.", .secret = true,
	    .live = flutterwave_live_keys, .need = NEED_WHEN_ENABLED),
	K_LIST_AS("payments.flutterwave.webhook_secret", payments.flutterwave.webhook_secrets, "",
	    "Secret hashes of Flutterwave's webhooks; several during rotation.", .max = 8, .secret = true,
	    .need = NEED_WHEN_ENABLED),
	K_LIST(payments.flutterwave.currencies, "NGN, GHS, KES, ZAR, USD, EUR, GBP, UGX, TZS, RWF, ZMW, XAF, XOF",
	    "Currencies accepted by Flutterwave.", .form = FORM_CURRENCY, .max = CURRENCIES_MAX),
	K_LIST(payments.flutterwave.limits, "", LIMITS_DESCRIPTION, .form = FORM_LIMIT, .max = CURRENCIES_MAX),
	K_TEXT(payments.bkash.base_url, "https://tokenized.pay.bka.sh",
	    "bKash's host, to which paths are added; its sandbox is https://tokenized.sandbox.bka.sh.", .min = 1,
	    .form = FORM_BASE_URL),
	K_TEXT(payments.bkash.username, "", "The merchant's user name at bKash.", .secret = true, .need = NEED_WHEN_ENABLED),
	K_TEXT(payments.bkash.password, "", "The password that goes with it.", .secret = true, .need = NEED_WHEN_ENABLED),
	K_TEXT(payments.bkash.app_key, "", "The application's key at bKash.", .secret = true, .need = NEED_WHEN_ENABLED),
	K_TEXT(payments.bkash.app_secret, "", "The application's secret at bKash.", .secret = true, .need = NEED_WHEN_ENABLED),
	K_BOOLEAN(
	    payments.bkash.bearer, "false", "Whether the token is sent behind \"Bearer\"; bKash's own clients send it bare."),
	K_INTEGER(payments.bkash.expire_hours, 1, 720, "24",
	    "How long a payer has to agree on bKash's page: bKash itself never says that it is too late."),
	K_LIST_AS("payments.bkash.topic", payments.bkash.topics, "",
	    "Amazon resource names (arn:aws:sns:...) of the topics by which bKash tells of money; empty: its webhooks are refused.",
	    .max = 8),
	K_BOOLEAN(payments.bkash.sns_version_1, "true",
	    "Whether webhooks may be signed with SHA-1 (version 1 of Amazon SNS), as bKash's are documented to be."),
	K_LIST(payments.bkash.currencies, "BDT", "Currencies accepted by bKash.", .form = FORM_CURRENCY, .max = CURRENCIES_MAX),
	K_LIST(payments.bkash.limits, "BDT:1.00:-", LIMITS_DESCRIPTION, .form = FORM_LIMIT, .max = CURRENCIES_MAX),
	K_TEXT(payments.paypal.base_url, "https://api-m.paypal.com",
	    "Base URL of PayPal's API; of its sandbox https://api-m.sandbox.paypal.com.", .min = 1, .form = FORM_BASE_URL),
	K_CHOICE(payments.paypal.environment, paypal_environments, "live", "Whose events are accepted: live or sandbox."),
	K_TEXT(payments.paypal.client_id, "", "Client id of the app.", .need = NEED_WHEN_ENABLED),
	K_TEXT(payments.paypal.client_secret, "", "Secret of the app.", .secret = true, .need = NEED_WHEN_ENABLED),
	K_TEXT(payments.paypal.webhook_id, "", "Id of the webhook as PayPal's dashboard shows it.", .max = 64,
	    .need = NEED_WHEN_ENABLED),
	K_TEXT(payments.paypal.script_url, "https://www.paypal.com/sdk/js", "PayPal's script for the payment page.", .min = 1,
	    .form = FORM_BASE_URL),
	K_LIST(payments.paypal.currencies, "USD, EUR, GBP, JPY", "Currencies accepted by PayPal.", .form = FORM_CURRENCY,
	    .choices = paypal_takes, .max = CURRENCIES_MAX),
	K_LIST(payments.paypal.limits, "", LIMITS_DESCRIPTION, .form = FORM_LIMIT, .max = CURRENCIES_MAX),

	K_INTEGER(ledger.fold_after_seconds, 30, DAY, "300",
	    "How far behind the postings the balances of accounts are added up; longer than any transaction takes."),

	K_TEXT(reports.currency, "USD",
	    "Currency in which reports show sums of several currencies; empty: they show none. What was sold keeps its conversion: choose it "
	    "before the first order (\"haatctl check\" finds a later change).",
	    .form = FORM_CURRENCY),
	K_INTEGER(reports.estimated_cost_percent, 0, 100, "60",
	    "What goods have cost of what they were sold for, where nobody told their cost."),
	K_INTEGER(
	    reports.expenses_percent, 0, 100, "30", "What of the revenue the shop's running expenses are, for profit and loss."),
	K_INTEGER(reports.dead_stock_days, 1, 3650, "60", "Stock that has not been sold for so many days is dead."),
	K_INTEGER(reports.vip_orders, 1, 1000000, "3", "A VIP customer has paid for at least so many orders ..."),
	K_INTEGER(reports.vip_revenue, 0, 1000000000000, "10000",
	    "... and, less what was given back, so much in the report's currency (whole units)."),
	K_INTEGER(reports.loyal_orders, 1, 1000000, "2", "A loyal customer has paid for at least so many orders."),

	K_LIST(settlements.paystack_columns,
	    "id:id, reference:reference, amount:amount, fees:fees, currency:currency, paid_at:paid_at",
	    "What the columns of Paystack's settlement files are called: \"ours:theirs\".", .form = FORM_COLUMN),

	K_INTEGER(payouts.return_days, 0, 365, "14",
	    "A merchant's part of an order is not paid out for this long after its delivery: it may be returned."),
	K_LIST(
	    payouts.minimum, "", "Least amounts of a payout: \"currency:least:-\".", .form = FORM_LIMIT, .max = CURRENCIES_MAX),

	K_LIST(subscriptions.retry_days, "1, 3, 5, 7",
	    "Days after the first failed charge of a period on which it is tried again, ascending; then the subscription ends.",
	    .form = FORM_DAYS, .max = 20),
	K_INTEGER(subscriptions.link_days, 1, 60, "3",
	    "Days that a payer has to pay a period by the link sent, before the subscription is past due."),
	K_INTEGER(subscriptions.notice_days, 0, 60, "3", "Days before a charge at which its customer is told; 0: never."),

	K_LIST_AS("webhooks.secret", webhooks.secrets, "",
	    "Secrets with which others sign events about payments (POST /webhooks/payment); several during rotation; none: nobody may.",
	    .max = 8, .secret = true),
	K_TEXT(webhooks.signature_header, "X-Signature",
	    "Header with the HMAC-SHA-256 in hexadecimal, with or without \"sha256=\".", .min = 1, .max = 64,
	    .form = FORM_HEADER),
	K_TEXT(webhooks.timestamp_header, "X-Timestamp", "Header with the Unix time of signing.", .min = 1, .max = 64,
	    .form = FORM_HEADER),
	K_TEXT(webhooks.id_header, "", "Header with the event's id; empty: the digest of the body is its id.", .max = 64,
	    .form = FORM_HEADER),
	K_CHOICE(webhooks.signed_bytes, signed_bytes, "timestamp.body",
	    "What is signed; the body alone protects from no replay but that of an id."),
	K_INTEGER(webhooks.tolerance_seconds, 1, 3600, "300", "How far the signed time may be from now, before or after."),

	K_TEXT(mail.host, "", "Mail server (SMTP submission) that takes the shop's letters; empty: none are sent.", .max = 253,
	    .form = FORM_HOST),
	K_INTEGER(mail.port, 1, 65535, "587", "Its port; usually 587 with starttls, 465 with tls."),
	K_CHOICE(mail.tls, mail_tls_values, "starttls",
	    "starttls encrypts an open connection, tls from the first byte; none is accepted only for the host itself."),
	K_TEXT(mail.username, "", "User name at the mail server; empty: none is given.", .max = 255),
	K_TEXT(mail.password, "", "The password that goes with it.", .max = 255, .secret = true),
	K_TEXT(mail.ca_file, "", "Roots (PEM) that the server's certificate must lead to; empty: the system's."),
	K_TEXT(mail.from, "", "Address that letters come from; its domain is that of their Message-IDs. Required with a host.",
	    .max = 254, .form = FORM_EMAIL),
	K_TEXT(mail.from_name, "haat", "Name shown with it, and in the letters' text as that of the shop.", .min = 1, .max = 100),
	K_TEXT(mail.reply_to, "", "Address that answers go to; empty: from.", .max = 254, .form = FORM_EMAIL),
	K_INTEGER(mail.connect_timeout_ms, 10, 60000, "5000", "Timeout for connecting to the mail server."),
	K_INTEGER(mail.timeout_ms, 10, 600000, "20000",
	    "Timeout for sending one letter; at most half of jobs.lease_seconds, for the server may be slow to say goodbye, too."),
	K_INTEGER(mail.message_bytes, 10000, 50 * MEBIBYTE, "1048576", "Maximum size of a letter."),
	K_INTEGER(mail.retry_seconds, 1, DAY, "300",
	    "Delay before the second of three attempts when the server asks to come later (4xx); the third waits four times as long."),
	K_TEXT(mail.directory, "", "Development: directory into which letters are written when there is no host.", .max = 400),
	K_TEXT(mail.templates, "/usr/share/haat/mail", "Directory of the letters' templates, one folder per language.", .min = 1,
	    .max = 400),
	K_TEXT(mail.own_templates, "", "Directory of the shop's own templates, each of which takes the place of the one above.",
	    .max = 400),

	K_TEXT(shop.name, "", "Name of the shop itself on invoices of what it earns, the shipping; empty: mail.from_name.",
	    .max = 200),
	K_LIST(shop.address, "", "Its address, line by line, on those invoices.", .max = 6),
	K_TEXT(shop.tax_number, "", "Its tax number on them.", .max = 64),
	K_TEXT(shop.time_zone, "UTC", "Time zone in which the shop's days and years begin: \"Asia/Kolkata\".", .min = 1,
	    .max = 64, .form = FORM_ZONE),

	K_TEXT(invoices.program, "/usr/sbin/haat-pdf", "Program that makes PDFs of invoices.", .min = 1, .max = 400),
	K_INTEGER(
	    invoices.file_days, 1, 3650, "30", "How long the PDF of an invoice is kept; it is made again when asked for later."),

	K_TEXT(pages.templates, "/usr/share/haat/pages", "Directory of the pages' templates.", .min = 1, .max = 400),
	K_TEXT(pages.own_templates, "",
	    "Directory of the shop's own templates, messages (\"bn.json\") and look (\"own.css\", \"logo.svg\"): see docs/DRESSING.md.",
	    .max = 400),
	K_TEXT(pages.messages, "/usr/share/haat/messages", "Directory of what the pages say, a file for each language.", .min = 1,
	    .max = 400),
	K_LIST(pages.languages, "en, bn, hi", "Languages of the storefront; the first at /, each other below its code (/bn)."),
	K_LIST(pages.currencies, "USD, EUR, GBP, INR, BDT, NGN",
	    "In which visitors may have prices of lists shown besides, at the rates of the day."),
	K_INTEGER(pages.sitemap_urls, 1, 50000, "50000", "Addresses in a part of the sitemap."),

	K_INTEGER(jobs.lease_seconds, 1, 3600, "60", "Time without a heartbeat after which a job is retried by another worker."),
	K_INTEGER(jobs.attempts, 1, 100, "5", "Attempts before a job is dead."),
	K_INTEGER(
	    jobs.backoff_max_seconds, 1, DAY, "3600", "Maximum delay between attempts; delays start at two seconds and double."),
	K_INTEGER(jobs.poll_seconds, 1, 3600, "5", "How often an idle worker polls the queue."),
	K_INTEGER(jobs.event_days, 1, 3650, "90", "How long events are kept; they are deleted by whole months (UTC)."),
	K_INTEGER(jobs.session_days, 1, 3650, "30", "How long ended sessions are kept."),
	K_INTEGER(jobs.webhook_days, 1, 3650, "90", "How long processed webhooks are kept."),
	K_INTEGER(jobs.payer_days, 1, 3650, "30", "How long it is kept who was to pay a payment request that has ended."),
	K_INTEGER(jobs.erase_days, 0, 3650, "30", "How long after an account was deleted what is kept of the person is erased."),
	K_INTEGER(jobs.delivery_days, 7, 3650, "30",
	    "How long the log of outgoing webhooks is kept; it is deleted by whole months (UTC)."),

	K_INTEGER(deliveries.connect_timeout_ms, 10, 60000, "5000", "Timeout for connecting to a webhook endpoint."),
	K_INTEGER(deliveries.timeout_ms, 10, 60000, "15000", "Timeout for one attempt to deliver to it."),
	K_INTEGER(deliveries.give_up_hours, 1, 168, "24", "How long a delivery is retried before it is dead."),
	K_INTEGER(deliveries.disable_days, 1, 30, "3",
	    "An endpoint is disabled once all deliveries have failed for so long; while disabled, deliveries are kept as long."),
	K_INTEGER(deliveries.disable_after, 1, 10000, "10", "The least number of failed deliveries for that."),
	K_LIST(deliveries.allow_networks, "",
	    "Networks that are not public in which endpoints may be all the same; in development also by plain http.",
	    .in_development = "127.0.0.0/8, ::1", .form = FORM_NETWORK),

	K_TEXT(sqs.queue_url, "", "URL of the Amazon SQS FIFO queue that events are sent to; empty: none.", .form = FORM_URL),
	K_TEXT(sqs.region, "us-east-1", "The queue's AWS region.", .min = 1, .max = 64),
	K_TEXT(sqs.access_key_id, "", "Access key id of an IAM user that may send to the queue.", .max = 128),
	K_TEXT(sqs.secret_access_key, "", "The secret that goes with it.", .secret = true, .max = 256),
	K_INTEGER(sqs.connect_timeout_ms, 10, 60000, "3000", "Timeout for connecting to SQS."),
	K_INTEGER(sqs.timeout_ms, 10, 60000, "10000", "Timeout for a call to SQS."),
	K_INTEGER(sqs.calls, 1, SQS_CALLS_MAX, "8", "Concurrent calls to SQS, of up to 10 messages each."),

	K_BOOLEAN(live.enabled, "true",
	    "Tells browsers of orders as they change; needs nginx's module Nchan and the places for it in nginx's haat.conf."),

	K_TEXT(telemetry.sentry_dsn, "",
	    "Where errors of the log are sent to, masked: the DSN of a project of Sentry or of what speaks its protocol; empty: nowhere.",
	    .secret = true, .form = FORM_DSN),
	K_TEXT(telemetry.otlp_url, "",
	    "Collector of OpenTelemetry (OTLP/HTTP, \"http://127.0.0.1:4318\") that spans of traced requests are sent to; empty: none.",
	    .form = FORM_COLLECTOR),
	K_TEXT(telemetry.otlp_authorization, "",
	    "What is sent to it as Authorization (\"Bearer x\", \"Basic x\"); empty: nothing.", .secret = true),
	K_INTEGER(telemetry.sample_percent, 1, 100, "1",
	    "How many of a hundred requests are traced; those that their caller traces are besides."),
	K_TEXT(telemetry.environment, "", "What both are told as the environment; empty: the profile.", .max = 64),

	K_INTEGER(sandbox.port, 1, 65535, "8444", "Port of the sandbox on 127.0.0.1."),
	K_TEXT(sandbox.state_file, "", "Journal file of the sandbox; empty: memory only."),
	K_TEXT(sandbox.webhook_url, "https://localhost:8443/api/v1/webhooks",
	    "URL of haat's webhooks, to which the sandbox adds the provider's name.", .form = FORM_BASE_URL),
	K_TEXT(sandbox.ca_file, "", "CA certificates trusted for that; empty: the system's."),
	K_TEXT(sandbox.paypal_key_file, "", "Private key (PEM) by which the sandbox signs PayPal's webhooks."),
	K_TEXT(sandbox.sns_key_file, "", "Private key (PEM) by which the sandbox signs bKash's webhooks."),
	K_TEXT(sandbox.google_key_file, "",
	    "Private RSA key (PEM) by which the sandbox signs ID tokens of Google and Firebase; empty: one of its own."),
};
const size_t config_key_count = sizeof config_keys / sizeof *config_keys;
