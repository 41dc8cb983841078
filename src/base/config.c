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
static const char *const log_levels[] = { "debug", "info", "warning", "error", NULL };

/* What Stripe's secrets begin with: keys of the live mode, restricted ones too, and secrets of webhook endpoints. */
static const char *const stripe_live_keys[] = { "sk_live_", "rk_live_", NULL };
static const char *const stripe_webhook_secrets[] = { "whsec_", NULL };

enum {
	DAY = 86400,
	MEBIBYTE = 1 << 20,
	SOCKET_PATH_MAX = 107,
	CURRENCIES_MAX = 200,
};

/* About five US dollars and fifteen, in each currency that a provider takes by default. */
#define DEFAULT_SHIPPING \
	"standard:*:USD:5:0, standard:*:EUR:5:0, standard:*:GBP:4:0, standard:*:JPY:750:0, standard:*:BDT:600:0, " \
	"standard:*:INR:400:0, standard:*:NGN:7500:0, express:*:USD:15:0, express:*:EUR:15:0, express:*:GBP:12:0, " \
	"express:*:JPY:2250:0, express:*:BDT:1800:0, express:*:INR:1200:0, express:*:NGN:22500:0, pickup:*:*:0:0"

/* The profile comes first: defaults and checks of later rows depend on it. */
const struct key config_keys[] = {
	K_CHOICE(
	    profile, profiles, "production", "Development switches limits off and takes demo secrets; production refuses both."),
	K_TEXT(public_url, "https://localhost", "Where browsers find the shop, without a slash at the end; https in production.",
	    .form = FORM_BASE_URL),
	K_TEXT(run_directory, "/run/haat", "Directory of the doorbell sockets and of the metrics file.", .min = 1, .max = 80),
	K_TEXT(log_level, "info", "The lowest level that is logged.", .choices = log_levels),

	K_INTEGER(workers.api, 1, WORKERS_MAX, "4", "Processes that answer from the database alone."),
	K_INTEGER(workers.auth, 1, WORKERS_MAX, "2", "Processes that hash passwords."),
	K_INTEGER(workers.pay, 1, WORKERS_MAX, "2", "Processes that wait for payment providers."),
	K_INTEGER(workers.hooks, 1, WORKERS_MAX, "2", "Processes that take webhooks."),
	K_INTEGER(workers.bulk, 1, WORKERS_MAX, "1", "Processes that take uploads and send exports."),
	K_INTEGER(
	    workers.jobs_money, 1, JOB_WORKERS_MAX, "2", "Processes that give money back and ask providers about payments."),
	K_INTEGER(workers.jobs_webhooks, 1, JOB_WORKERS_MAX, "1", "Processes that confirm and apply deferred webhooks."),
	K_INTEGER(
	    workers.jobs_upkeep, 1, JOB_WORKERS_MAX, "1", "Processes that run all other jobs: counters, listings, the purge."),
	K_INTEGER(workers.request_memory_bytes, MEBIBYTE, 1024 * MEBIBYTE, "16777216", "Ceiling of the memory of one request."),
	K_INTEGER(workers.slots, 1, SLOTS_MAX, "64", "Connections of nginx that one worker of the api pool keeps."),

	K_TEXT(database.socket, "/run/mysqld/mysqld.sock", "MariaDB's Unix socket; empty: host and port count.",
	    .max = SOCKET_PATH_MAX),
	K_TEXT(database.host, "", "MariaDB's host, when socket is empty.", .max = 255),
	K_INTEGER(database.port, 1, 65535, "3306", "MariaDB's port on that host."),
	K_TEXT(database.user, "haat", "MariaDB's account.", .min = 1, .max = 80),
	K_TEXT(database.password, "", "Its password; empty where the socket tells who we are.", .secret = true),
	K_TEXT(database.name, "haat", "The database.", .min = 1, .max = 64),
	K_INTEGER(database.connect_timeout_seconds, 1, 60, "5", "Longest wait for a connection."),
	K_INTEGER(database.io_timeout_seconds, 1, 600, "12",
	    "Longest wait for an answer on a connection: longer than a statement may take, shorter than nginx waits."),
	K_INTEGER(database.statement_timeout_ms, 10, 600000, "10000", "Longest time of one statement in the server."),
	K_INTEGER(database.lock_wait_seconds, 1, 50, "2",
	    "Longest wait for a row lock before a transaction is tried again, and for the first request with an Idempotency-Key."),

	K_TEXT(cache.servers, "--SOCKET=\"/run/haat/memcached.sock\"",
	    "memcached, as libmemcached writes it (--SERVER=host:port on the network); empty: none."),
	K_TEXT(cache.prefix, "haat:", "Stands before every key.", .max = 32),
	K_INTEGER(cache.timeout_ms, 1, 10000, "50", "Longest wait for memcached."),
	K_INTEGER(cache.circuit_failures, 1, 1000, "3", "Failures in a row after which it is left alone."),
	K_INTEGER(cache.circuit_open_seconds, 1, 3600, "5", "How long it is left alone."),

	K_TEXT(auth.jwt_key_id, "1", "Key id in the header of new access tokens.", .min = 1, .max = 64),
	K_TEXT(auth.jwt_secret, "", "Signs access tokens; at least 32 bytes.", .min = 32, .secret = true, .need = NEED_ALWAYS),
	K_LIST(auth.jwt_old_keys, "", "Retired keys, \"key id:secret\", that still verify until their tokens expire.",
	    .form = FORM_OLD_KEY, .max = OLD_KEYS_MAX, .secret = true),
	K_TEXT(auth.issuer, "haat", "iss of access tokens.", .min = 1, .max = 255),
	K_TEXT(auth.audience, "haat", "aud of access tokens.", .min = 1, .max = 255),
	K_INTEGER(auth.access_seconds, 30, DAY, "3600", "Life of an access token."),
	K_INTEGER(auth.refresh_seconds, 60, 365 * DAY, "86400", "Life of a refresh token."),
	K_INTEGER(auth.refresh_overlap_seconds, 0, 300, "10",
	    "Within this of its exchange a refresh token that comes again, as from two tabs, does not end its session."),
	K_INTEGER(auth.sessions_max, 1, 100, "3", "Live sessions of one account; the oldest goes."),
	K_INTEGER(auth.bcrypt_cost, 4, 20, "12", "Cost of a password hash; each step doubles it. Below 10 only in development."),
	K_TEXT(
	    auth.common_passwords, "/usr/share/haat/common-passwords.txt", "List of passwords that are refused, one in a line."),
	K_TEXT(auth.seal_secret, "", "Seals cursors; at least 32 bytes.", .min = 32, .secret = true, .need = NEED_ALWAYS),

	K_LIST(http.origins, "", "Origins whose pages may call the API with credentials; development adds every localhost.",
	    .form = FORM_ORIGIN),
	K_INTEGER(http.json_bytes, 1024, 16 * MEBIBYTE, "262144", "Largest JSON body or form, and all fields of an upload."),
	K_INTEGER(http.file_bytes, 1024, 1024 * MEBIBYTE, "10485760", "Largest file of an upload."),
	K_INTEGER(http.upload_bytes, 1024, 1024 * MEBIBYTE, "52428800",
	    "Largest upload; client_max_body_size of nginx's pool bulk must let it pass."),
	K_TEXT(http.upload_directory, "/var/tmp",
	    "Directory of the files of an upload while it is read; they have no names there.", .min = 1, .max = 80),
	K_INTEGER(http.webhook_bytes, 1024, WEBHOOK_BYTES_MAX, "1048576", "Largest webhook."),
	K_LIST(http.watchers, "127.0.0.0/8, ::1", "Networks that may ask /health, /ready and /metrics.", .form = FORM_NETWORK),
	K_INTEGER_IN(http.draining_seconds, 0, 60, "5", "0",
	    "How long a pool that is told to stop goes on while /ready says `draining`, so that a load balancer can turn away."),
	K_INTEGER(http.idempotency_hours, 1, 720, "24", "How long an Idempotency-Key is remembered."),
	K_INTEGER(http.idempotency_lease_seconds, 1, 3600, "60",
	    "After this a request that called a provider and vanished may be repeated."),

	K_BOOLEAN(limits.enabled, "true", "Count requests; production refuses to go without.", .in_development = "false"),
	K_INTEGER(limits.login_failures, 1, 1000, "5",
	    "Wrong passwords in the window, per account and, where limits are enabled, per address."),
	K_INTEGER(limits.login_window_seconds, 1, DAY, "60", "That window."),
	K_INTEGER(limits.window_seconds, 1, DAY, "900", "The window of all limits below that do not name another."),
	K_INTEGER(limits.sign_in_account, 1, LIMIT_CALLS_MAX, "10", "Sign-ins and changes of the password, per account."),
	K_INTEGER(limits.sign_in_address, 1, LIMIT_CALLS_MAX, "30", "The same and registrations, per address."),
	K_INTEGER(limits.coupon_address, 1, LIMIT_CALLS_MAX, "20", "Quotes and orders that name a coupon, per address."),
	K_INTEGER(limits.payment_account, 1, LIMIT_CALLS_MAX, "10", "Payments begun, per account."),
	K_INTEGER(limits.payment_address, 1, LIMIT_CALLS_MAX, "60", "Payments begun, per address."),
	K_INTEGER(limits.anonymous_writes, 1, LIMIT_CALLS_MAX, "100",
	    "Other writes of nobody who is signed in, and webhooks that nobody known has signed, per address."),
	K_INTEGER(limits.writes, 1, LIMIT_CALLS_MAX, "100", "Other writes of a customer, per account."),
	K_INTEGER(limits.writes_a_day, 1, LIMIT_CALLS_MAX, "1000", "The same, in 24 hours."),
	K_INTEGER(limits.staff_factor, 1, STAFF_FACTOR_MAX, "10", "How many times as many writes sellers and staff have."),
	K_INTEGER(limits.reads_a_minute, 1, LIMIT_CALLS_MAX, "600", "Signed-in reads in a minute, per account."),
	K_INTEGER(limits.return_seconds, 1, 3600, "5",
	    "A payer who comes back makes us ask the provider about the payment no more often."),

	K_INTEGER(catalog.cache_seconds, 1, DAY, "3600", "How long the category tree is cached at most."),
	K_INTEGER(catalog.low_stock, 0, 1000000, "10", "Threshold of low stock of a new variant."),

	K_INTEGER(orders.expire_minutes, 1, 10080, "30", "How long an unpaid order keeps its stock."),
	K_INTEGER(orders.cod_expire_hours, 1, 720, "72", "How long an unconfirmed order with cash on delivery keeps it."),
	K_INTEGER(orders.line_max, 1, 100, "100", "Lines of one cart or order."),
	K_INTEGER(orders.quantity_max, 1, 99, "99", "Quantity of one line."),
	K_INTEGER_IN(
	    orders.open_max, 0, 100000, "5", "0", "Orders of one account that wait to be paid or confirmed; 0: any number."),
	K_INTEGER_IN(orders.open_units_max, 0, 1000000, "100", "0", "Units of stock that those hold together; 0: any number."),
	K_INTEGER_IN(orders.open_address_max, 0, 1000000, "50", "0",
	    "Such orders that one address on the network (IPv6: one /64) may have placed; 0: any number."),
	K_LIST(orders.shipping, DEFAULT_SHIPPING,
	    "\"method:country:currency:base:per item\"; * for any country, and for any currency where both amounts are 0; the first "
	    "that fits counts.",
	    .form = FORM_SHIPPING, .max = RATES_MAX),
	K_LIST(orders.tax, "standard:*:0:exclusive, reduced:*:0:exclusive, zero:*:0:exclusive",
	    "\"class:country:percent:inclusive or exclusive\", * for any; the first that fits counts. These are the classes that "
	    "products may have.",
	    .form = FORM_TAX, .max = RATES_MAX),

	K_LIST(payments.providers, "stripe, cod", "Enabled providers.", .choices = provider_names),
	K_INTEGER(payments.commission_basis_points, 0, 10000, "500", "Our part of a sale, in hundredths of a percent."),
	K_INTEGER(payments.connect_timeout_ms, 10, 60000, "3000", "Longest wait for a connection to a provider."),
	K_INTEGER(payments.timeout_ms, 10, 120000, "20000", "Longest call of a provider."),
	K_INTEGER(payments.circuit_failures, 1, 1000, "5", "Failures in a row after which a provider is left alone."),
	K_INTEGER(payments.circuit_open_seconds, 1, 3600, "30", "How long it is left alone."),
	K_INTEGER(payments.bulkhead, 1, BULKHEAD_MAX, "8", "Calls of one provider at the same time."),
	K_INTEGER(payments.reconcile_after_seconds, 1, DAY, "60", "Age at which a provider is asked about an open payment."),
	K_LIST(payments.return_urls, "", "What a return_url may begin with, besides public_url.", .form = FORM_URL),
	K_TEXT(payments.stripe.base_url, "https://api.stripe.com", "Stripe's API.", .min = 1, .form = FORM_BASE_URL),
	K_TEXT(payments.stripe.secret_key, "", "Stripe's secret key; in production one of the live mode.", .secret = true,
	    .live = stripe_live_keys, .need = NEED_WHEN_ENABLED),
	K_TEXT(payments.stripe.api_version, "2026-10-28.endive", "The version of Stripe's API we speak.", .min = 1, .max = 64),
	K_LIST_AS("payments.stripe.webhook_secret", payments.stripe.webhook_secrets, "",
	    "Secrets of Stripe's webhook endpoint; several while one is rotated.", .max = 8, .secret = true,
	    .live = stripe_webhook_secrets, .need = NEED_WHEN_ENABLED),
	K_LIST(payments.stripe.currencies, "USD, EUR, GBP, JPY, BDT, INR, NGN", "Currencies taken by card.",
	    .form = FORM_CURRENCY, .never = stripe_never_takes, .max = CURRENCIES_MAX),
	K_LIST(payments.cod.currencies, "USD, EUR, BDT, INR, NGN", "Currencies taken in cash.", .form = FORM_CURRENCY,
	    .max = CURRENCIES_MAX),

	K_INTEGER(jobs.lease_seconds, 1, 3600, "60", "After this a job whose worker is silent is taken again."),
	K_INTEGER(jobs.attempts, 1, 100, "5", "Tries before a job is dead."),
	K_INTEGER(jobs.backoff_max_seconds, 1, DAY, "3600", "Longest pause between tries; it doubles from two seconds on."),
	K_INTEGER(jobs.poll_seconds, 1, 3600, "5", "How often an idle worker looks without being rung."),
	K_INTEGER(jobs.event_days, 1, 3650, "90", "How long events are kept; they go a whole month (UTC) at a time."),
	K_INTEGER(jobs.session_days, 1, 3650, "30", "How long ended sessions are kept."),
	K_INTEGER(jobs.webhook_days, 1, 3650, "90", "How long processed webhooks are kept."),

	K_INTEGER(sandbox.port, 1, 65535, "8444", "Port of the sandbox on 127.0.0.1."),
	K_TEXT(sandbox.state_file, "", "Journal of the sandbox; empty: memory only."),
	K_TEXT(sandbox.webhook_url, "https://localhost:8443/api/v1/webhooks/stripe", "Where the sandbox sends Stripe's webhooks.",
	    .form = FORM_URL),
	K_TEXT(sandbox.ca_file, "", "Certificates trusted when it does; empty: the system's."),
};
const size_t config_key_count = sizeof config_keys / sizeof *config_keys;

int64_t
key_max(const struct key *key)
{
	if (key->max > 0 || key->kind == KIND_INTEGER)
		return key->max;
	return key->kind == KIND_LIST ? LIST_MAX_DEFAULT : TEXT_MAX_DEFAULT;
}

/* The value of a key as text: a list's elements with `between` between them, or only the first when that is NULL. */
static const char *
value_text(const struct config *config, const struct key *key, const char *between, struct arena *arena)
{
	struct text text = text_new(arena, 64);

	switch (key->kind) {
	case KIND_TEXT:
		text_add_string(&text, KEY_TEXT(config, key));
		break;
	case KIND_INTEGER:
		text_add_integer(&text, KEY_INTEGER(config, key));
		break;
	case KIND_BOOLEAN:
		text_add_string(&text, KEY_BOOLEAN(config, key) ? "true" : "false");
		break;
	case KIND_CHOICE:
		text_add_string(&text, key->choices[KEY_CHOICE(config, key)]);
		break;
	case KIND_LIST:
		for (const char *const *element = KEY_LIST(config, key); *element != NULL; element++) {
			text_add_string(&text, *element);
			if (between == NULL)
				break;
			if (element[1] != NULL)
				text_add_string(&text, between);
		}
		break;
	}
	return text.bytes;
}

const char *
config_get(const struct config *config, const char *name, struct arena *arena)
{
	for (const struct key *key = config_keys; key < config_keys + config_key_count; key++)
		if (strcmp(key->name, name) == 0)
			return value_text(config, key, NULL, arena);
	return NULL;
}

void
config_each(const struct config *config, struct arena                                   *arena,
    void (*each)(const char *key, const char *value, bool secret, void *argument), void *argument)
{
	for (const struct key *key = config_keys; key < config_keys + config_key_count; key++)
		each(key->name, value_text(config, key, ", ", arena), key->secret, argument);
}

static void
document_choices(struct text *out, const struct key *key)
{
	TEXT_ADD(out, " of ");
	for (const char *const *choice = key->choices; *choice != NULL; choice++) {
		text_add_string(out, *choice);
		if (choice[1] != NULL)
			TEXT_ADD(out, ", ");
	}
}

/* "whole number from 1 to 65535" and the like. */
static void
document_type(struct text *out, const struct key *key)
{
	static const char *const kinds[] = { "text", "whole number", "true or false", "list", "one" };
	long long                min = (long long)key->min, max = (long long)key_max(key);

	text_add_string(out, kinds[key->kind]);
	if (key->choices != NULL)
		document_choices(out, key);
	else if (key->kind == KIND_INTEGER)
		text_addf(out, " from %lld to %lld", min, max);
	else if (key->kind == KIND_TEXT && min > 1)
		text_addf(out, " of %lld to %lld bytes", min, max);
	else if (key->kind == KIND_TEXT)
		text_addf(out, " of at most %lld bytes", max);
	else if (key->kind == KIND_LIST)
		text_addf(out, " of at most %lld", max);
}

static void
document_key(struct text *out, const struct key *key, const char *name)
{
	text_addf(out, "\n# %s\n# ", key->doc);
	document_type(out, key);
	if (key->in_development != NULL)
		text_addf(out, "; in development %s", key->in_development);
	if (key->need == NEED_ALWAYS)
		TEXT_ADD(out, "; needed in production");
	if (key->need == NEED_WHEN_ENABLED)
		text_addf(out, "; needed in production with %s", key_provider(key));
	if (key->secret)
		text_addf(out, "\n#%s_file = /etc/haat/secrets/%s\n", name, key->name);
	else
		text_addf(out, "\n#%s =%s%s\n", name, *key->fallback == '\0' ? "" : " ", key->fallback);
}

static const char document_head[] =
    "# haat.conf: every setting of haat, with its default.\n"
    "#\n"
    "# The environment wins over this file: HAAT_DATABASE_PORT is port in [database].  A secret may stand in a\n"
    "# file of its own, named by its key with _file behind it (or by HAAT_..._FILE).  Lists are separated by\n"
    "# commas.  A value goes to the end of its line.  `haatctl config check` says what is wrong, all at once.\n";

void
config_document(struct text *out)
{
	const char *section = "";
	size_t      section_length = 0;

	text_add_string(out, document_head);
	for (const struct key *key = config_keys; key < config_keys + config_key_count; key++) {
		const char *dot = strrchr(key->name, '.');
		size_t      length = dot == NULL ? 0 : (size_t)(dot - key->name);

		if (length != section_length || strncmp(section, key->name, length) != 0)
			text_addf(out, "\n[%.*s]\n", (int)length, key->name);
		section = key->name;
		section_length = length;
		document_key(out, key, dot == NULL ? key->name : dot + 1);
	}
}
