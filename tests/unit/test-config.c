#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "tests/suite.h"

#include <unistd.h>

static struct arena *arena;
static struct config config;
static char          path[64], secret_path[64], top_directory[400];

/* Nothing of the machine's environment, and the forgiving profile unless a test says otherwise. */
static void
fresh(void)
{
	clearenv();
	setenv("HAAT_PROFILE", "development", 1);
	arena_reset(arena);
}

static void
write_file(const char *name, const char *content)
{
	FILE *file = fopen(name, "w");

	REQUIRE(file != NULL);
	fputs(content, file);
	fclose(file);
}

/* The faults of a file with this content; "" when there are none. */
static const char *
faults_of(const char *content)
{
	struct text faults = text_new(arena, 0);
	bool        loaded;

	write_file(path, content);
	loaded = config_load(path, arena, &config, &faults);
	CHECK_INT(loaded, faults.length == 0);
	return faults.bytes;
}

static const char *
faults_without_file(void)
{
	struct text faults = text_new(arena, 0);
	bool        loaded;

	loaded = config_load(NULL, arena, &config, &faults);
	CHECK_INT(loaded, faults.length == 0);
	return faults.bytes;
}

static void
test_defaults(void)
{
	fresh();
	CHECK_TEXT(faults_without_file(), "");
	CHECK_INT(config.profile, PROFILE_DEVELOPMENT);
	CHECK_TEXT(config.database.socket, "/run/mysqld/mysqld.sock");
	CHECK_TEXT(config.database.user, "haat");
	CHECK_TEXT(config.database.host, "");
	CHECK_INT(config.auth.bcrypt_cost, 12);
	CHECK_INT(config.auth.access_seconds, 3600);
	CHECK_INT(config.auth.refresh_seconds, 86400);
	CHECK_INT(config.auth.sessions_max, 3);
	CHECK_INT(config.http.json_bytes, 262144);
	CHECK_INT(config.http.webhook_bytes, 1048576);
	CHECK_INT(config.http.upload_bytes, 52428800);
	CHECK_INT(config.workers.slots, 64);
	CHECK_INT(config.workers.request_memory_bytes, 16 << 20);
	CHECK_INT(config.limits.sign_in_account, 10);
	CHECK_INT(config.limits.reads_a_minute, 600);
	CHECK_INT(config.limits.enabled, false);
	CHECK_INT(config.orders.expire_minutes, 30);
	CHECK_TEXT(config.payments.providers[0], "stripe");
	CHECK_TEXT(config.payments.providers[1], "cod");
	CHECK(config.payments.providers[2] == NULL);
	CHECK(config.http.origins != NULL && config.http.origins[0] == NULL);
	CHECK(config.auth.jwt_old_keys != NULL && config.auth.jwt_old_keys[0] == NULL);
	CHECK_TEXT(config.payments.stripe.api_version, "2026-10-28.endive");
}

static void
test_file(void)
{
	fresh();
	CHECK_TEXT(faults_of("; a comment\n# another\nlog_level = debug\n\n[database]\n  port = 3307\nhost=db.example\n"
			     "password = a ; b # c = d\n[limits]\nenabled = yes\n[payments.stripe]\n"
			     "webhook_secret = whsec_one, whsec_two ,,\n[orders]\n"
			     "tax = standard:*:20:inclusive, books:GB:0:inclusive\n"),
	    "");
	CHECK_TEXT(config.log_level, "debug");
	CHECK_INT(config.database.port, 3307);
	CHECK_TEXT(config.database.host, "db.example");
	CHECK_TEXT(config.database.password, "a ; b # c = d");
	CHECK_INT(config.limits.enabled, true);
	CHECK_TEXT(config.payments.stripe.webhook_secrets[0], "whsec_one");
	CHECK_TEXT(config.payments.stripe.webhook_secrets[1], "whsec_two");
	CHECK(config.payments.stripe.webhook_secrets[2] == NULL);
	CHECK_TEXT(config.orders.tax[1], "books:GB:0:inclusive");
}

/* Values far longer than inih's own line; the file may lack its last line's end. */
static void
test_long_lines(void)
{
	struct text content = text_new(arena, 0);

	fresh();
	content = text_new(arena, 0);
	TEXT_ADD(&content, "\n[orders]\nshipping = pickup:*:*:0:0");
	for (int i = 0; i < 300; i++)
		TEXT_ADD(&content, ", standard:BD:BDT:60.00:5.50");
	TEXT_ADD(&content, "\nline_max = 0");
	CHECK_TEXT(faults_of(content.bytes), "orders.line_max: must be at least 1 (line 4)\n");
	CHECK_TEXT(config.orders.shipping[300], "standard:BD:BDT:60.00:5.50");
	CHECK(config.orders.shipping[301] == NULL);
}

static void
test_all_faults_at_once(void)
{
	fresh();
	CHECK_TEXT(
	    faults_of("x = 1\n[database]\nport = 99999\nprot = 3306\n[nope]\na = b\nc = d\n[auth]\nbcrypt_cost = 12x\n"
		      "access_seconds\njwt_secret = short\n[limits]\nenabled = maybe\n[payments]\nproviders = stripe, cash\n"
		      "[auth]\nsessions_max = 2\nsessions_max = 3\nissuer =\n[limits]\nwrites = -99999999999999999999\n"),
	    "x: unknown key (line 1)\n"
	    "database.prot: unknown key (line 4)\n"
	    "[nope]: unknown section (line 5)\n"
	    "auth.access_seconds: the key has no '=' (line 10)\n"
	    "auth.sessions_max: is already set on line 17 (line 18)\n"
	    "database.port: must be at most 65535 (line 3)\n"
	    "auth.jwt_secret: must be at least 32 bytes (line 11)\n"
	    "auth.issuer: must be at least 1 byte (line 19)\n"
	    "auth.bcrypt_cost: must be a whole number (line 9)\n"
	    "limits.enabled: must be true or false (line 13)\n"
	    "limits.writes: must be at least 1 (line 21)\n"
	    "payments.providers: must be one of stripe, cod, paystack, razorpay, flutterwave, bkash, paypal (line 15)\n");
	CHECK(config.payments.providers != NULL);
	CHECK_TEXT(config.auth.issuer, "");
}

/* A value ends with its line: an indented one is a key of its own, also where the library could continue values. */
static void
test_lines_do_not_continue(void)
{
	fresh();
	CHECK_TEXT(faults_of("[database]\nuser = a\n  name\n\tport = 5\n"), "database.name: the key has no '=' (line 3)\n");
	CHECK_TEXT(config.database.user, "a");
	CHECK_INT(config.database.port, 5);
}

static void
test_bounds(void)
{
	struct text many;

	fresh();
	CHECK_TEXT(faults_of("[database]\nport = 65535\n"), "");
	CHECK_TEXT(faults_of("[database]\nport = 65536\n"), "database.port: must be at most 65535 (line 2)\n");
	CHECK_TEXT(faults_of("[database]\nport = 1\n[catalog]\nlow_stock = 0\n"), "");
	CHECK_TEXT(
	    faults_of("run_directory = /0123456789012345678901234567890123456789012345678901234567890123456789012345678\n"), "");
	CHECK_TEXT(
	    faults_of("run_directory = /01234567890123456789012345678901234567890123456789012345678901234567890123456789\n"),
	    "run_directory: must be at most 80 bytes (line 1)\n");
	many = text_new(arena, 0);
	TEXT_ADD(&many, "[payments]\nproviders = stripe");
	for (int i = 1; i < 100; i++)
		TEXT_ADD(&many, ",cod");
	CHECK_TEXT(faults_of(many.bytes), "");
	CHECK_TEXT(config.payments.providers[99], "cod");
	TEXT_ADD(&many, ",cod");
	CHECK_TEXT(faults_of(many.bytes), "payments.providers: must have at most 100 elements (line 2)\n");
}

static void
test_unreadable_files(void)
{
	struct text faults = text_new(arena, 0);

	fresh();
	faults = text_new(arena, 0);
	CHECK(!config_load("/nonexistent/haat.conf", arena, &config, &faults));
	CHECK(!config_load("/tmp", arena, &config, &faults));
	CHECK_TEXT(faults.bytes,
	    "cannot open '/nonexistent/haat.conf': No such file or directory\n"
	    "cannot open '/tmp': Is a directory\n");
	CHECK(strstr(faults_of("[database\nport = 1\n"), "cannot parse") != NULL);
}

static void
test_environment_wins(void)
{
	fresh();
	setenv("HAAT_DATABASE_PORT", "4000", 1);
	setenv("HAAT_PAYMENTS_STRIPE_WEBHOOK_SECRET", "whsec_env", 1);
	setenv("HAAT_CONFIG", "/x", 1);
	setenv("HAAT_RUN", "/x", 1);
	setenv("HAAT_PORT", "1", 1);
	setenv("HAAT_TEST_ANYTHING", "1", 1);
	setenv("NOT_HAAT_X", "1", 1);
	CHECK_TEXT(faults_of("[database]\nport = 3307\n[payments.stripe]\nwebhook_secret_file = /nonexistent\n"), "");
	CHECK_INT(config.database.port, 4000);
	CHECK_TEXT(config.payments.stripe.webhook_secrets[0], "whsec_env");
}

static void
test_environment_faults(void)
{
	fresh();
	setenv("HAAT_DATABASE_PORT", "0", 1);
	setenv("HAAT_NONSENSE", "1", 1);
	setenv("HAAT_DATABASE_PORT_FILE", "/x", 1); /* no secret: has no file */
	CHECK_TEXT(faults_without_file(),
	    "HAAT_NONSENSE: unknown setting\n"
	    "HAAT_DATABASE_PORT_FILE: unknown setting\n"
	    "database.port: must be at least 1 (HAAT_DATABASE_PORT)\n");
	fresh();
	setenv("HAAT_DATABASE_PASSWORD", "x", 1);
	setenv("HAAT_DATABASE_PASSWORD_FILE", "/x", 1);
	CHECK_TEXT(
	    faults_without_file(), "database.password: is also given as HAAT_DATABASE_PASSWORD (HAAT_DATABASE_PASSWORD_FILE)\n");
}

static void
test_secrets_from_files(void)
{
	fresh();
	write_file(secret_path, "0123456789abcdef0123456789abcdef\n");
	setenv("HAAT_AUTH_SEAL_SECRET_FILE", secret_path, 1);
	CHECK_TEXT(faults_of(arena_format(arena, "[auth]\njwt_secret_file = %s\n", secret_path)), "");
	CHECK_TEXT(config.auth.jwt_secret, "0123456789abcdef0123456789abcdef");
	CHECK_TEXT(config.auth.seal_secret, "0123456789abcdef0123456789abcdef");
	write_file(secret_path, "short\n");
	CHECK_TEXT(faults_of(arena_format(arena,
		       "[auth]\njwt_secret_file = %s\n[database]\nport_file = /x\n"
		       "password_file = /nonexistent/p\npassword = x\n",
		       secret_path)),
	    "database.port_file: unknown key (line 4)\n"
	    "database.password: is already set on line 5 (line 6)\n"
	    "database.password: cannot read '/nonexistent/p': No such file or directory (line 5)\n"
	    "auth.jwt_secret: must be at least 32 bytes (line 2)\n"
	    "auth.seal_secret: must be at least 32 bytes (HAAT_AUTH_SEAL_SECRET_FILE)\n");
	CHECK(strstr(faults_of("[database]\npassword_file = /dev/zero\n"), "is not a text file") != NULL);
	CHECK(strstr(faults_of("[database]\npassword_file = /tmp\n"), "cannot read '/tmp': Is a directory") != NULL);
}

static void
check_form(const char *section, const char *key, const char *value, bool good)
{
	const char *faults = faults_of(arena_format(arena, "[%s]\n%s = %s\n", section, key, value));

	if ((*faults == '\0') != good)
		printf("'%s' ", value);
	CHECK_INT(*faults == '\0', good);
}

static void
test_forms(void)
{
	fresh();
	check_form("http", "origins", "https://shop.example, http://localhost:3000", true);
	check_form("http", "origins", "https://shop.example/", false);
	check_form("http", "origins", "shop.example", false);
	check_form("payments", "return_urls", "https://shop.example/thanks/", true);
	check_form("payments", "return_urls", "javascript:alert(1)", false);
	check_form("payments.stripe", "base_url", "http://127.0.0.1:8444", true);
	check_form("payments.stripe", "base_url", "http://127.0.0.1:8444/", false);
	check_form("payments.stripe", "base_url", "https://", false);
	check_form("payments.stripe", "currencies", "USD, JPY", true);
	check_form("payments.stripe", "currencies", "USD, usd", false);
	check_form("payments.stripe", "currencies", "USD, IQD", false);
	check_form("payments.cod", "currencies", "USD, IQD", true);
	CHECK_TEXT(faults_of("[payments.flutterwave]\nversion = v4\n"),
	    "payments.flutterwave.version: must be v3: v4 has no payment page (line 2)\n");
	CHECK_TEXT(faults_of("[payments.stripe]\ncurrencies = USD, LYD, EUR\n"),
	    "payments.stripe.currencies: must not contain LYD, which the provider does not support (line 2)\n");
	check_form("payments.cod", "currencies", "XAU", false);
	check_form("auth", "jwt_old_keys", "k1:0123456789abcdef0123456789abcdef", true);
	check_form("auth", "jwt_old_keys", "k1:short", false);
	check_form("auth", "jwt_old_keys", "0123456789abcdef0123456789abcdef", false);
	check_form("auth", "jwt_secret", "0123456789abcdef0123456789abcde\x01", false);
	check_form("auth", "issuer", "\xff\xfe", false);
	check_form("payments.stripe", "limits", "USD:0.50:-, JPY:50:99999999, EUR:-:100", true);
	check_form("payments.stripe", "limits", "USD:0.505:-", false);
	check_form("payments.stripe", "limits", "USD:0.50", false);
	check_form("payments.stripe", "limits", "*:1:-", false);
	check_form("orders", "shipping", "express:US:USD:9.99:0.50", true);
	check_form("orders", "shipping", "express:*:JPY:900:0", true);
	check_form("orders", "shipping", "express:*:JPY:9.99:0", false);
	check_form("orders", "shipping", "express:*:*:9.99:0", false);
	check_form("orders", "shipping", "express:*:*:9:0", false); /* nine of what? */
	check_form("orders", "shipping", "express:*:*:0:1", false);
	check_form("orders", "shipping", "pickup:*:*:0:0.00, pickup:GB:*:0:0", true);
	check_form("orders", "shipping", "pickup:*:*:-0:0", false);
	check_form("orders", "shipping", "express:*:USD:+1:0", false);
	check_form("orders", "shipping", "express:*:USD:1e1:0", false);
	check_form("orders", "shipping", "express:*:USD: 1:0", false);
	check_form("orders", "shipping", "express:*:usd:1:0", false);
	check_form("orders", "shipping", "express:GB:GBP:1:0", true);
	check_form("orders", "shipping", "express:UK:GBP:1:0", false);
	check_form("orders", "shipping", "express:XX:USD:1:0", false);
	check_form("orders", "shipping", "teleport:*:*:1:0", false);
	check_form("orders", "shipping", "express:usa:USD:1:0", false);
	check_form("orders", "shipping", "express:US:USD:1", false);
	check_form("orders", "shipping", "express:US:USD:-1:0", false);
	check_form("orders", "shipping", "express:US:USD:1:0:0", false);
	check_form("orders", "tax", "standard:DE:19:inclusive", true);
	check_form("orders", "tax", "standard:DE:8.25:exclusive", true);
	check_form("orders", "tax", "standard:DE:100.0:exclusive", true);
	check_form("orders", "tax", "standard:DE:100.1:inclusive", false);
	check_form("orders", "tax", "standard:DE:101:inclusive", false);
	check_form("orders", "tax", "standard:DE:-0:inclusive", false);
	check_form("orders", "tax", "standard:UK:20:inclusive", false);
	check_form("orders", "tax", "standard:ZZ:20:inclusive", false);
	check_form("orders", "tax", "Standard:DE:19:inclusive", false);
	check_form("orders", "tax", "*:GB:20:inclusive", true);
	check_form("orders", "tax", "standard:DE:19:maybe", false);
	check_form("orders", "tax", "", true);
	check_form("orders", "tax", "books:*:7:inclusive, standard:*:19:inclusive", true);
	check_form("orders", "tax", "books:*:7:inclusive, *:DE:19:inclusive", true);
	check_form("orders", "tax", "standard-books:*:7:inclusive", false);
	CHECK_TEXT(faults_of("[orders]\ntax = books:*:7:inclusive\n"),
	    "orders.tax: must have a rule for the class standard or for * (line 2)\n");
	check_form("database", "socket", "", false);
}

static void
test_retry_days(void)
{
	fresh();
	check_form("subscriptions", "retry_days", "1, 3, 5, 7", true);
	check_form("subscriptions", "retry_days", "365", true);
	check_form("subscriptions", "retry_days", "", true);
	check_form("subscriptions", "retry_days", "0, 1", false);
	check_form("subscriptions", "retry_days", "1.5", false);
	check_form("subscriptions", "retry_days", "366", false);
	check_form("subscriptions", "retry_days", "week", false);
	CHECK_TEXT(
	    faults_of("[subscriptions]\nretry_days = 1, 5, 5\n"), "subscriptions.retry_days: must be ascending (line 2)\n");
}

/* What others have room for is what the check lets pass, to the last one. */
static void
test_bounds_of_users(void)
{
	static const struct {
		const char *section, *key;
		int         max;
	} bounds[] = {
		{ "workers", "api", WORKERS_MAX },
		{ "workers", "auth", WORKERS_MAX },
		{ "workers", "pay", WORKERS_MAX },
		{ "workers", "hooks", WORKERS_MAX },
		{ "workers", "bulk", WORKERS_MAX },
		{ "workers", "jobs_money", JOB_WORKERS_MAX },
		{ "workers", "jobs_webhooks", JOB_WORKERS_MAX },
		{ "workers", "jobs_mail", JOB_WORKERS_MAX },
		{ "workers", "jobs_media", JOB_WORKERS_MAX },
		{ "workers", "jobs_upkeep", JOB_WORKERS_MAX },
		{ "workers", "slots", SLOTS_MAX },
		{ "payments", "bulkhead", BULKHEAD_MAX },
		{ "http", "webhook_bytes", WEBHOOK_BYTES_MAX },
		{ "limits", "sign_in_account", LIMIT_CALLS_MAX },
		{ "limits", "writes", LIMIT_CALLS_MAX },
		{ "limits", "staff_factor", STAFF_FACTOR_MAX },
		{ "limits", "writes_a_day", LIMIT_CALLS_MAX },
	};

	fresh();
	for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
		const char *fault =
		    arena_format(arena, "%s.%s: must be at most %d (line 2)\n", bounds[i].section, bounds[i].key, bounds[i].max);

		CHECK_TEXT(
		    faults_of(arena_format(arena, "[%s]\n%s = %d\n", bounds[i].section, bounds[i].key, bounds[i].max)), "");
		CHECK_TEXT(faults_of(arena_format(arena, "[%s]\n%s = %d\n", bounds[i].section, bounds[i].key, bounds[i].max + 1)),
		    fault);
	}
}

static const char good_production[] =
    "public_url = https://shop.example\n[auth]\njwt_secret = 0123456789abcdef0123456789abcdef\n"
    "seal_secret = 0123456789abcdef0123456789abcdef\n[payments.stripe]\nsecret_key = sk_live_1\nwebhook_secret = whsec_1\n";

/* A secret that works nowhere, or moves no money, is told before the first payment: by its key, not by its value. */
static void
test_secrets_of_production(void)
{
	static const struct {
		const char *variable, *value, *says;
	} cases[] = {
		{ "SECRET_KEY", "sk_test_demo0123456789",
		    "secret_key: is a demo secret, which the production profile does not accept" },
		{ "SECRET_KEY", "sk_test_4eC39HqLyjWDarjt",
		    "secret_key: must begin with sk_live_ or rk_live_ in the production profile" },
		{ "SECRET_KEY", "rk_test_4eC39HqLyjWDarjt",
		    "secret_key: must begin with sk_live_ or rk_live_ in the production profile" },
		{ "SECRET_KEY", "pk_live_4eC39HqLyjWDarjt",
		    "secret_key: must begin with sk_live_ or rk_live_ in the production profile" },
		{ "SECRET_KEY", "sk_live_", "secret_key: must begin with sk_live_ or rk_live_ in the production profile" },
		{ "SECRET_KEY", "\"sk_live_1\"", "secret_key: must not contain quotes or spaces" },
		{ "SECRET_KEY", "sk_live_1 ", "secret_key: must not contain quotes or spaces" },
		{ "SECRET_KEY", "rk_live_1", NULL },
		{ "WEBHOOK_SECRET", "whsec_demo1",
		    "webhook_secret: is a demo secret, which the production profile does not accept" },
		{ "WEBHOOK_SECRET", "'whsec_1'", "webhook_secret: must not contain quotes or spaces" },
		{ "WEBHOOK_SECRET", "whsec_1, \"whsec_2\"", "webhook_secret: must not contain quotes or spaces" },
		{ "WEBHOOK_SECRET", "sk_live_1", "webhook_secret: must begin with whsec_ in the production profile" },
		{ "WEBHOOK_SECRET", "whsec_1, we_1", "webhook_secret: must begin with whsec_ in the production profile" },
		{ "WEBHOOK_SECRET", "whsec_1, whsec_2", NULL },
		{ "BASE_URL", "http://api.stripe.com", "base_url: must begin with https:// in the production profile" },
		{ "BASE_URL", "https://stripe.example", NULL },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *variable, *faults;

		fresh();
		unsetenv("HAAT_PROFILE");
		variable = arena_format(arena, "HAAT_PAYMENTS_STRIPE_%s", cases[i].variable);
		setenv(variable, cases[i].value, 1);
		faults = faults_of(good_production);
		CHECK_TEXT(faults,
		    cases[i].says == NULL ? "" : arena_format(arena, "payments.stripe.%s (%s)\n", cases[i].says, variable));
		setenv("HAAT_PROFILE", "development", 1);
		CHECK_TEXT(faults_of(good_production), "");
	}
}

static void
test_production(void)
{
	const char *good = good_production;

	fresh();
	unsetenv("HAAT_PROFILE"); /* nothing said is production */
	CHECK_TEXT(faults_of(good), "");
	CHECK_INT(config.profile, PROFILE_PRODUCTION);
	CHECK_INT(config.limits.enabled, true);
	CHECK_TEXT(faults_without_file(),
	    "auth.jwt_secret: is required in the production profile\n"
	    "auth.seal_secret: is required in the production profile\n"
	    "payments.stripe.secret_key: is required in the production profile\n"
	    "payments.stripe.webhook_secret: is required in the production profile\n");
	setenv("HAAT_PAYMENTS_PROVIDERS", "cod", 1);
	CHECK(strstr(faults_without_file(), "stripe") == NULL);
	unsetenv("HAAT_PAYMENTS_PROVIDERS");
	setenv("HAAT_AUTH_SEAL_SECRET", "short", 1); /* one fault, not a second one for being missing */
	CHECK_TEXT(faults_of(good), "auth.seal_secret: must be at least 32 bytes (HAAT_AUTH_SEAL_SECRET)\n");
	unsetenv("HAAT_AUTH_SEAL_SECRET");
	setenv("HAAT_AUTH_JWT_SECRET", "demo-0123456789abcdef0123456789abcdef", 1);
	setenv("HAAT_AUTH_JWT_OLD_KEYS", "k:demo-0123456789abcdef0123456789abcdef", 1);
	setenv("HAAT_PAYMENTS_STRIPE_WEBHOOK_SECRET", "whsec_1,demo_2", 1);
	setenv("HAAT_AUTH_SEAL_SECRET", "0123456789abcdef_demo_0123456789abcdef", 1);
	setenv("HAAT_LIMITS_ENABLED", "false", 1);
	setenv("HAAT_PUBLIC_URL", "http://shop.example", 1);
	setenv("HAAT_AUTH_BCRYPT_COST", "4", 1);
	CHECK_TEXT(faults_of(good),
	    "public_url: must begin with https:// in the production profile (HAAT_PUBLIC_URL)\n"
	    "auth.jwt_secret: is a demo secret, which the production profile does not accept (HAAT_AUTH_JWT_SECRET)\n"
	    "auth.jwt_old_keys: is a demo secret, which the production profile does not accept (HAAT_AUTH_JWT_OLD_KEYS)\n"
	    "auth.seal_secret: is a demo secret, which the production profile does not accept (HAAT_AUTH_SEAL_SECRET)\n"
	    "payments.stripe.webhook_secret: is a demo secret, which the production profile does not accept "
	    "(HAAT_PAYMENTS_STRIPE_WEBHOOK_SECRET)\n"
	    "limits.enabled: must be true in the production profile (HAAT_LIMITS_ENABLED)\n"
	    "auth.bcrypt_cost: must be at least 10 in the production profile (HAAT_AUTH_BCRYPT_COST)\n");
	setenv("HAAT_PROFILE", "development", 1);
	CHECK_TEXT(faults_of(good), "");
	write_file(secret_path, "\n");
	fresh();
	setenv("HAAT_PROFILE", "production", 1);
	setenv("HAAT_AUTH_JWT_SECRET_FILE", secret_path, 1);
	CHECK(strstr(faults_without_file(), "auth.jwt_secret: is required in the production profile (HAAT_AUTH_JWT") != NULL);
}

/* Off unless it is configured; then whole, and never in the clear to another machine. */
static void
test_media(void)
{
	fresh();
	CHECK_TEXT(faults_of(""), "");
	CHECK_INT(config.media.store, MEDIA_LOCAL);
	CHECK_TEXT(faults_of("[media]\nstore = s3\n[media.s3]\nbucket = a b\naccess_key_id = AKID\n"),
	    "media.s3.secret_access_key: is required with media.store = s3\n"
	    "media.s3.bucket: is no name of a bucket (line 4)\n");
	CHECK_TEXT(faults_of("[media]\nstore = cloudinary\ntimeout_ms = 30001\n[media.cloudinary]\ncloud_name = haat\n"
			     "api_key = 1\napi_secret = s\nfolder = a&b\n"),
	    "media.cloudinary.folder: must be letters, digits, hyphens, underscores, dots and slashes (line 8)\n"
	    "media.timeout_ms: must be at most half of jobs.lease_seconds (line 3)\n");
	CHECK_TEXT(
	    faults_of("[media]\nstore = cloudinary\n[media.cloudinary]\ncloud_name = haat\napi_key = 1\napi_secret = s\n"), "");
	CHECK_INT(config.media.store, MEDIA_CLOUDINARY);
	CHECK_INT(config.media.cloudinary.signature, SIGNATURE_SHA1);
}

static void
test_google(void)
{
	fresh();
	CHECK_TEXT(faults_of("[auth.google]\nclient_id = 1.apps.googleusercontent.com\nhosted_domain = http://x y\n"),
	    "auth.google.hosted_domain: must be the name or address of a host (line 3)\n"
	    "auth.google.client_secret: is required with auth.google.client_id\n");
	CHECK_TEXT(faults_of("[auth.google]\nclient_id = 1.apps.googleusercontent.com\nclient_secret = s\n"
			     "hosted_domain = shop.example\n"),
	    "");
}

static void
test_sqs(void)
{
	fresh();
	CHECK_TEXT(faults_of(""), "");
	CHECK_TEXT(config.sqs.queue_url, "");
	CHECK_TEXT(faults_of("[sqs]\nqueue_url = https://sqs.eu-west-1.amazonaws.com/1/haat\n"),
	    "sqs.queue_url: must be the URL of a FIFO queue, which ends in .fifo (line 2)\n"
	    "sqs.access_key_id: is required with sqs.queue_url\nsqs.secret_access_key: is required with sqs.queue_url\n");
	CHECK_TEXT(faults_of("[sqs]\nqueue_url = https://sqs.eu-west-1.amazonaws.com/1/haat.fifo\naccess_key_id = AKID\n"
			     "secret_access_key = s\n"),
	    "");
	CHECK_INT(config.sqs.calls, 8);
}

static void
test_mail(void)
{
	fresh();
	CHECK_TEXT(faults_of(""), "");
	CHECK(!config_has_mail(&config));
	CHECK_TEXT(faults_of("[mail]\nhost = mx.example\nfrom = shop@haat.test\n"), "");
	CHECK(config_has_mail(&config));
	CHECK_INT(config.mail.port, 587);
	CHECK_INT(config.mail.tls, MAIL_STARTTLS);
	CHECK_TEXT(faults_of("[mail]\nhost = mx.example\n"), "mail.from: is required when letters are sent\n");
	CHECK_TEXT(faults_of("[mail]\nhost = mx.example/x\nfrom = Shop <shop@haat.test>\n"),
	    "mail.host: must be the name or address of a host (line 2)\nmail.from: must be an e-mail address (line 3)\n");
	CHECK_TEXT(faults_of("[mail]\nhost = mx.example\nfrom = shop@haat.test\ntls = none\n"),
	    "mail.tls: must be starttls or tls for a server on another machine (line 4)\n");
	CHECK_TEXT(faults_of("[mail]\nhost = localhost\nfrom = shop@haat.test\ntls = none\n"), "");
	CHECK_TEXT(faults_of("[mail]\nhost = mx.example\nfrom = shop@haat.test\nusername = haat\n"),
	    "mail.password: is required when the other of mail.username and mail.password is given\n");
	CHECK_TEXT(faults_of("[mail]\nhost = mx.example\nfrom = shop@haat.test\ntimeout_ms = 30001\n"),
	    "mail.timeout_ms: must be at most half of jobs.lease_seconds (line 4)\n");
	CHECK_TEXT(faults_of("[mail]\nhost = mx.example\nfrom = shop@haat.test\nca_file = /nowhere/ca.pem\n"),
	    "mail.ca_file: cannot read '/nowhere/ca.pem': No such file or directory (line 4)\n");
	CHECK_TEXT(faults_of("[mail]\ndirectory = /tmp\nfrom = shop@haat.test\n"), "");
	CHECK(config_has_mail(&config));
	setenv("HAAT_PROFILE", "production", 1);
	CHECK(strstr(faults_of("[mail]\ndirectory = /tmp\nfrom = shop@haat.test\n"),
		  "mail.directory: must be empty in the production profile (line 2)\n") != NULL);
}

/* A parcel's number must not choose the host, and each rule has one place for it. */
static void
test_carriers(void)
{
	static const char *const wrong[] = { "Pathao", "Pathao:https://pathao.example/track", "https://pathao.example/{tracking}",
		":https://pathao.example/{tracking}", "Pathao:http://pathao.example/{tracking}",
		"Pathao:https://{tracking}.example/", "Pathao:https:///{tracking}",
		"Pathao:https://pathao.example/{tracking}/{tracking}", "{tracking}:https://pathao.example/",
		"Pathao:https://pathao.example/<{tracking}>", "Pathao:https://pathao.example/{tracking}\"" };

	fresh();
	CHECK_TEXT(
	    faults_of(
		"[orders]\ncarriers = Pathao:https://pathao.example/a?n={tracking}&x=1, Royal Mail:https://b.example/{tracking}\n"),
	    "");
	CHECK_TEXT(config.orders.carriers[1], "Royal Mail:https://b.example/{tracking}");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK_TEXT(faults_of(arena_format(arena, "[orders]\ncarriers = %s\n", wrong[i])),
		    "orders.carriers: must be a name, a colon and an https URL with {tracking} once, behind its host (line 2)\n");
}

static void
test_get(void)
{
	fresh();
	CHECK_TEXT(faults_of("[payments.stripe]\nwebhook_secret = whsec_one, whsec_two\n"), "");
	CHECK_TEXT(config_get(&config, "payments.stripe.webhook_secret", arena), "whsec_one");
	CHECK_TEXT(config_get(&config, "database.port", arena), "3306");
	CHECK_TEXT(config_get(&config, "limits.enabled", arena), "false");
	CHECK_TEXT(config_get(&config, "profile", arena), "development");
	CHECK_TEXT(config_get(&config, "http.origins", arena), "");
	CHECK(config_get(&config, "payments.stripe.webhook_secrets", arena) == NULL);
	CHECK(config_get(&config, "", arena) == NULL);
}

/* A secret takes as much room as it is long: there are many. */
static void
test_secrets_are_as_large_as_they_are(void)
{
	struct arena *small = arena_new(1 << 17);

	fresh();
	write_file(secret_path, "0123456789abcdef0123456789abcdef\n");
	for (int i = 0; i < 40; i++)
		CHECK_TEXT(secret_read(small, secret_path), "0123456789abcdef0123456789abcdef");
	arena_free(small);
}

/* Off where nobody says otherwise; what is wrong is refused at its line, and no secret stands in the fault. */
static void
test_telemetry(void)
{
	static const char dsn_fault[] = "telemetry.sentry_dsn: must be a DSN like https://key@host/project (line 2)\n";
	static const char url_fault[] =
	    "telemetry.otlp_url: must be an http or https URL without user, query and fragment (line 2)\n";

	fresh();
	CHECK_TEXT(faults_of(""), "");
	CHECK_TEXT(config.telemetry.sentry_dsn, "");
	CHECK_TEXT(config.telemetry.otlp_url, "");
	CHECK_TEXT(faults_of("[telemetry]\nsentry_dsn = https://key@sentry.example.test/1\n"
			     "otlp_url = http://127.0.0.1:4318\notlp_authorization = Bearer x\nsample_percent = 100\n"),
	    "");
	CHECK_INT(config.telemetry.sample_percent, 100);
	CHECK_TEXT(faults_of("[telemetry]\nsentry_dsn = https://sentry.example.test/1\n"), dsn_fault);
	CHECK_TEXT(faults_of("[telemetry]\nsentry_dsn = https://key@sentry.example.test\n"), dsn_fault);
	CHECK_TEXT(faults_of("[telemetry]\notlp_url = 127.0.0.1:4318\n"), url_fault);
	CHECK_TEXT(faults_of("[telemetry]\notlp_url = https://user:secret@collector.test\n"), url_fault);
	CHECK_TEXT(faults_of("[telemetry]\notlp_url = https://collector.test/?key=secret\n"), url_fault);
	CHECK_TEXT(faults_of("[telemetry]\nsample_percent = 0\n"), "telemetry.sample_percent: must be at least 1 (line 2)\n");
}

/* In production no provider's sandbox takes the money; and what is no secret is looked at, too. */
static void
test_sandboxes_of_production(void)
{
	static const struct {
		const char *more, *fault;
	} cases[] = {
		{ "[payments.paypal]\nenvironment = sandbox\n",
		    "payments.paypal.environment: must be live in the production profile (line 9)\n" },
		{ "[payments.paypal]\nbase_url = https://api-m.sandbox.paypal.com\n",
		    "payments.paypal.base_url: must not be PayPal's sandbox in the production profile (line 9)\n" },
		{ "[payments.paypal]\nenvironment = live\n", "" },
		{ "[payments.bkash]\nbase_url = https://tokenized.sandbox.bka.sh\n",
		    "payments.bkash.base_url: must not be bKash's sandbox in the production profile (line 9)\n" },
		{ "[payments.razorpay]\nkey_id = rzp_test_1\n",
		    "payments.razorpay.key_id: must begin with rzp_live_ in the production profile (line 9)\n" },
		{ "[payments.razorpay]\nkey_id = rzp_live_1\n", "" },
		{ "[payments]\nproviders = paypal\n[payments.paypal]\nclient_secret = s\nwebhook_id = w\n",
		    "payments.paypal.client_id: is required in the production profile\n" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		fresh();
		unsetenv("HAAT_PROFILE");
		CHECK_TEXT(faults_of(arena_format(arena, "%s%s", good_production, cases[i].more)), cases[i].fault);
		setenv("HAAT_PROFILE", "development", 1);
		CHECK_TEXT(faults_of(arena_format(arena, "%s%s", good_production, cases[i].more)), "");
	}
}

static void
note_value(const char *key, const char *value, bool secret, void *argument)
{
	struct text *seen = argument;

	if (secret || strcmp(key, "payments.providers") == 0)
		text_addf(seen, "%s=%s;", key, value);
}

static void
test_each(void)
{
	struct text seen;

	fresh();
	CHECK_TEXT(faults_of("[database]\npassword = p\n"), "");
	seen = text_new(arena, 0);
	config_each(&config, arena, note_value, &seen);
	CHECK_TEXT(seen.bytes,
	    "database.password=p;auth.jwt_secret=;auth.jwt_old_keys=;auth.seal_secret=;auth.google.client_secret=;"
	    "media.s3.secret_access_key=;media.cloudinary.api_secret=;"
	    "payments.providers=stripe, cod;payments.method_key=;payments.method_old_keys=;payments.stripe.secret_key=;payments.stripe.webhook_secret=;"
	    "payments.razorpay.key_secret=;payments.razorpay.webhook_secret=;"
	    "payments.paystack.secret_key=;payments.paystack.old_secret_key=;"
	    "payments.flutterwave.secret_key=;payments.flutterwave.webhook_secret=;"
	    "payments.bkash.username=;payments.bkash.password=;payments.bkash.app_key=;payments.bkash.app_secret=;"
	    "payments.paypal.client_secret=;webhooks.secret=;mail.password=;sqs.secret_access_key=;"
	    "telemetry.sentry_dsn=;telemetry.otlp_authorization=;");
}

/* What config_document prints stands in conf/haat.conf, and with its defaults uncommented it loads without a fault. */
static void
test_document(void)
{
	struct text document, active;
	char       *committed = NULL;
	size_t      room = 0;
	FILE       *file;

	fresh();
	document = text_new(arena, 0);
	active = text_new(arena, 0);
	config_document(&document);
	file = fopen(arena_format(arena, "%s/conf/haat.conf", top_directory), "r");
	REQUIRE(file != NULL);
	CHECK(getdelim(&committed, &room, '\0', file) > 0);
	fclose(file);
	CHECK_TEXT(committed, document.bytes);
	free(committed);
	for (const char *line = document.bytes; *line != '\0'; line += strcspn(line, "\n") + 1) {
		bool setting = line[0] == '#' && line[1] >= 'a' && line[1] <= 'z';

		if (setting && memmem(line, strcspn(line, "\n"), "_file = /etc", 12) != NULL)
			continue;
		text_add(&active, line + setting, strcspn(line, "\n") + 1 - setting);
	}
	CHECK_TEXT(faults_of(active.bytes), "");
}

int
main(void)
{
	static const struct test tests[] = { TEST(test_document), TEST(test_defaults), TEST(test_file), TEST(test_long_lines),
		TEST(test_all_faults_at_once), TEST(test_lines_do_not_continue), TEST(test_bounds), TEST(test_unreadable_files),
		TEST(test_environment_wins), TEST(test_environment_faults), TEST(test_secrets_from_files), TEST(test_forms),
		TEST(test_retry_days), TEST(test_bounds_of_users), TEST(test_production), TEST(test_secrets_of_production),
		TEST(test_sandboxes_of_production), TEST(test_mail), TEST(test_carriers), TEST(test_media), TEST(test_google),
		TEST(test_sqs), TEST(test_telemetry), TEST(test_get), TEST(test_secrets_are_as_large_as_they_are),
		TEST(test_each) };
	int                      result;

	snprintf(top_directory, sizeof top_directory, "%s", getenv("srcdir") == NULL ? "." : getenv("srcdir"));
	snprintf(path, sizeof path, "/tmp/haat-test-config-%d.conf", (int)getpid());
	snprintf(secret_path, sizeof secret_path, "/tmp/haat-test-config-%d.secret", (int)getpid());
	arena = arena_new(1 << 26);
	result = run_suite("config", tests, sizeof tests / sizeof *tests);
	arena_free(arena);
	unlink(path);
	unlink(secret_path);
	return result;
}
