/*
 * config.h: every setting of haat, read once at start.
 *
 * One table in config.c names each key with its type, bounds, default and one line of documentation; conf/haat.conf and
 * `haatctl config check` are made from it.  A key "payments.stripe.secret_key" is `secret_key` in the section
 * [payments.stripe] of the file, HAAT_PAYMENTS_STRIPE_SECRET_KEY in the environment (which wins), and for secrets also
 * `secret_key_file`, the path of a file that holds it (systemd credentials).  All faults are reported at once and the
 * program refuses to start.  The struct is constant after config_load.
 *
 * Lists are comma-separated in the file; in the struct they are arrays ended by NULL, never NULL themselves.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct text;

enum profile { PROFILE_DEVELOPMENT, PROFILE_PRODUCTION };

/*
 * The most that a key may say where others have room for no more: the table of keys refuses what is above, and each user's
 * array has this length, or a static assertion.
 */
enum {
	WORKERS_MAX = 256,           /* processes of one pool */
	JOB_WORKERS_MAX = 16,        /* of one lane */
	SLOTS_MAX = 256,             /* connections of one worker */
	BULKHEAD_MAX = 64,           /* calls of one provider under way */
	OLD_KEYS_MAX = 16,           /* retired keys of access tokens */
	LIMIT_CALLS_MAX = 10000,     /* calls in a window, each of which is remembered */
	STAFF_FACTOR_MAX = 10,       /* so many times as many, for sellers and staff */
	WEBHOOK_BYTES_MAX = 1 << 20, /* one webhook; nginx takes no more either */
	SQS_CALLS_MAX = 32,          /* calls to SQS under way */
	RATES_MAX = 1000,            /* rules of shipping, and of tax */
	CARRIERS_MAX = 200,          /* whose parcels letters link to */
	RATE_PART_BYTES = 64         /* a part of such a rule, with its NUL */
};

enum paypal_environment { PAYPAL_LIVE, PAYPAL_SANDBOX };
enum flutterwave_version { FLUTTERWAVE_V3, FLUTTERWAVE_V4 };
enum same_site { SAME_SITE_STRICT, SAME_SITE_LAX, SAME_SITE_NONE };
enum staff_totp { STAFF_TOTP_REQUIRED, STAFF_TOTP_OPTIONAL, STAFF_TOTP_OFF };
enum media_storage { MEDIA_LOCAL, MEDIA_S3, MEDIA_CLOUDINARY };
enum signature_hash { SIGNATURE_SHA1, SIGNATURE_SHA256 };
enum mail_tls { MAIL_STARTTLS, MAIL_TLS, MAIL_PLAIN };

struct config {
	int         profile;       /* enum profile */
	const char *public_url;    /* https://shop.example, no slash at the end */
	const char *run_directory; /* doorbell sockets, metrics file */
	const char *log_level;     /* debug, info, warning, error */

	struct {
		int64_t api, auth, pay, hooks, bulk;                                   /* worker processes */
		int64_t jobs_money, jobs_webhooks, jobs_upkeep, jobs_mail, jobs_media; /* the same of haat-jobs, by lane */
		int64_t request_memory_bytes;                                          /* ceiling of one request's arena */
		int64_t slots; /* kept FastCGI connections of one worker */
	} workers;

	struct {
		const char *socket, *host, *user, *password, *name; /* host only when socket is empty */
		const char *password_file;                          /* where the password was read; NULL: not in a file */
		int64_t     port, connect_timeout_seconds, io_timeout_seconds, statement_timeout_ms, lock_wait_seconds;
	} database;

	struct {
		const char *servers; /* libmemcached's form: --SOCKET="/path" or --SERVER=host:port */
		const char *prefix;  /* of every key */
		int64_t     timeout_ms, circuit_failures, circuit_open_seconds;
	} cache;

	struct {
		const char        *roots_file;    /* PEM */
		const char *const *watched_files; /* PEM */
		const char *const *connect_to;    /* libcurl's "host:port:to host:to port" */
	} certificates;

	struct {
		const char        *jwt_key_id;
		const char        *jwt_secret;   /* at least 32 bytes */
		const char *const *jwt_old_keys; /* "kid:secret": still verified */
		const char        *issuer, *audience;
		int64_t            access_seconds, refresh_seconds, refresh_overlap_seconds, confirm_seconds, face_seconds,
		    face_staff_seconds;
		int64_t     verify_seconds, reset_seconds; /* of tokens in letters */
		int64_t     sessions_max, bcrypt_cost;
		int         staff_totp;       /* enum staff_totp */
		int         cookie_same_site; /* enum same_site */
		const char *common_passwords; /* path of the list */
		const char *seal_secret;      /* cursors: at least 32 bytes */
		int64_t     keys_again_seconds;
		struct {
			const char *issuer, *client_id, *client_secret; /* off while an id or secret is empty */
			const char *hosted_domain; /* of the workspace that alone signs in; empty: everybody */
		} google;
		struct {
			const char *project_id; /* empty: off */
			const char *issuer, *keys_url;
			const char *api_key; /* of the page; empty: there is none */
			const char *identity_url, *captcha_url;
		} firebase;
	} auth;

	struct {
		const char *const *origins; /* CORS */
		int64_t            json_bytes, file_bytes, upload_bytes, webhook_bytes;
		int64_t            import_bytes;
		const char        *upload_directory; /* of files while they are read */
		const char        *import_directory; /* of those that jobs read */
		const char *const *watchers;         /* networks that may ask /health, /ready, /metrics */
		int64_t            draining_seconds; /* from a pool's TERM to that of its workers */
		int64_t            idempotency_hours, idempotency_lease_seconds;
	} http;

	struct {
		bool    enabled;
		int64_t login_failures, login_window_seconds;
		int64_t window_seconds; /* of all that do not name another */
		int64_t sign_in_account, sign_in_address, coupon_address, payment_account, payment_address;
		int64_t refresh_token, refresh_address;
		int64_t anonymous_writes, forged_webhooks; /* per address */
		int64_t search_address, suggest_address;
		int64_t writes, writes_a_day, reads_a_minute, key_calls; /* per account */
		int64_t staff_factor;   /* how many times a customer's writes sellers and staff have */
		int64_t return_seconds; /* between two questions to the provider because a payer came back */
	} limits;

	struct {
		int64_t cache_seconds; /* documents in memcached */
		int64_t low_stock;     /* default threshold */
	} catalog;

	struct {
		const char *public_url;          /* in front of what is served; "" for the shop's own /media */
		const char *directory;           /* of what nginx serves */
		const char *originals_directory; /* of what was uploaded, on the same disk */
		const char *thumbnailer;         /* vipsthumbnail */
		int64_t     child_bytes, child_seconds;
		int         store;                          /* enum media_storage: where what is made from now on goes */
		int64_t     connect_timeout_ms, timeout_ms; /* of a call to a store outside */
		struct {
			const char *bucket; /* empty: none */
			const char *region, *access_key_id, *secret_access_key;
			const char *base_url; /* "" for AWS itself */
		} s3;
		struct {
			const char *cloud_name; /* empty: none */
			const char *api_key, *api_secret, *folder, *base_url;
			int         signature; /* enum signature_hash */
		} cloudinary;
	} media;

	struct {
		int64_t expire_minutes, cod_expire_hours;
		int64_t line_max, quantity_max, guest_cart_days;
		int64_t open_max, open_units_max, open_address_max; /* unpaid orders; 0: any number */
		int64_t deliver_days, complete_days, return_days,
		    return_expire_days;      /* of what nobody says anything more about */
		const char *const *shipping; /* "method:country or *:currency:base:per item"; 0:0 for currency * */
		const char *const *tax;      /* "class:country or *:percent:inclusive|exclusive" */
		const char *const *carriers; /* "name:URL with {tracking}" */
	} orders;

	struct {
		int64_t     review_score, refuse_score;
		int64_t     window_seconds; /* of what follows */
		int64_t     attempts_purpose, attempts_session, attempts_account, attempts_address, attempts_network; /* unpaid */
		int64_t     declines_purpose, declines_account, declines_address, declines_network, declines_payment;
		const char *disposable_domains;       /* path of the list */
		const char *const *countries;         /* paths of registries' tables */
		int64_t            address_days;      /* how long addresses of payers are kept */
		int64_t            band_attempts_min; /* in an hour, below which no band is left */
	} risk;

	struct {
		const char *const *providers; /* enabled */
		int64_t            commission_basis_points;
		bool               dispute_fee_to_merchant;
		int64_t            connect_timeout_ms, timeout_ms, request_ms;
		int64_t            circuit_failures, circuit_open_seconds, bulkhead;
		int64_t            reconcile_after_seconds, request_hours, setup_minutes;
		const char *const *return_urls; /* prefixes a return_url may begin with */
		const char        *method_key;  /* "key id:secret" that seals stored payment methods; "": none are stored */
		const char *const *method_old_keys;
		struct {
			const char        *base_url, *secret_key, *api_version, *publishable_key, *script_url;
			const char *const *webhook_secrets; /* key payments.stripe.webhook_secret */
			const char *const *currencies;
			const char *const *limits; /* "currency:least:greatest", - for none */
		} stripe;
		struct {
			const char        *base_url, *key_id, *key_secret, *script_url;
			const char *const *webhook_secrets; /* key payments.razorpay.webhook_secret */
			const char *const *currencies;
			const char *const *limits; /* "currency:least:greatest", - for none */
		} razorpay;
		struct {
			const char *const *currencies;
		} cod;
		struct {
			const char        *base_url, *secret_key;
			const char *const *old_secret_keys; /* key payments.paystack.old_secret_key */
			const char *const *currencies, *const *limits;
		} paystack;
		struct {
			int                version; /* of its API: enum flutterwave_version */
			const char        *base_url, *secret_key;
			const char *const *webhook_secrets; /* key payments.flutterwave.webhook_secret */
			const char *const *currencies, *const *limits;
		} flutterwave;
		struct {
			const char        *base_url, *username, *password, *app_key, *app_secret;
			const char *const *currencies, *const *limits, *const *topics; /* topics: key payments.bkash.topic */
			int64_t expire_hours;
			bool    bearer, sns_version_1;
		} bkash;
		struct {
			const char        *base_url, *client_id, *client_secret, *webhook_id, *script_url;
			int                environment; /* enum paypal_environment */
			const char *const *currencies;
			const char *const *limits;
		} paypal;
	} payments;

	struct {
		int64_t fold_after_seconds; /* how far balances are kept behind the postings */
	} ledger;

	struct {
		const char *currency; /* "": no report is of several currencies */
		int64_t     estimated_cost_percent, expenses_percent;
		int64_t     dead_stock_days;
		int64_t     vip_orders, vip_revenue, loyal_orders; /* vip_revenue: whole units of currency */
	} reports;

	struct {
		const char *const *paystack_columns; /* "ours:theirs" */
	} settlements;

	struct {
		int64_t            return_days; /* a part of an order is not paid out for so long after its delivery */
		const char *const *minimum;     /* "currency:least:-" */
	} payouts;

	struct {
		const char *const *retry_days; /* numbers, ascending */
		int64_t            link_days, notice_days;
	} subscriptions;

	struct {
		const char *const *secrets; /* key webhooks.secret; none: nobody sends them */
		const char        *signature_header, *timestamp_header, *id_header;
		int                signed_bytes; /* 0: timestamp.body, 1: body */
		int64_t            tolerance_seconds;
	} webhooks;

	struct {
		const char *host; /* empty: directory, or mail is off */
		int64_t     port;
		int         tls; /* enum mail_tls */
		const char *username, *password, *ca_file;
		const char *from, *from_name, *reply_to;
		int64_t     connect_timeout_ms, timeout_ms, message_bytes, retry_seconds;
		const char *directory; /* where letters are written instead, in development */
		const char *templates, *own_templates;
	} mail;

	struct {
		const char        *name, *tax_number; /* of the shop itself, for its invoices; name empty: mail.from_name */
		const char *const *address;           /* lines */
		const char        *time_zone;         /* in which days and years begin: "Asia/Kolkata" */
	} shop;

	struct {
		const char *program; /* that makes PDFs: haat-pdf */
		int64_t     file_days;
	} invoices;

	struct {
		const char        *templates, *own_templates, *messages; /* directories */
		const char *const *languages, *const *currencies;
		int64_t sitemap_urls;
	} pages;

	struct {
		int64_t lease_seconds, attempts, backoff_max_seconds, poll_seconds;
		int64_t event_days, session_days, webhook_days, payer_days, erase_days,
		    delivery_days; /* how long finished things are kept */
	} jobs;

	struct {
		int64_t            connect_timeout_ms, timeout_ms; /* of one attempt */
		int64_t            give_up_hours;                  /* until a delivery is dead */
		int64_t            disable_days, disable_after;    /* of failures only, and how many deliveries at least */
		const char *const *allow_networks;                 /* that endpoints may be in though they are not public */
	} deliveries;

	struct {
		const char *queue_url; /* empty: off */
		const char *region, *access_key_id, *secret_access_key;
		int64_t     connect_timeout_ms, timeout_ms;
		int64_t     calls; /* under way at once */
	} sqs;

	struct {
		bool enabled; /* nginx has the module Nchan, and the site its locations */
	} live;

	struct {
		const char *sentry_dsn;                    /* empty: errors stay here */
		const char *otlp_url, *otlp_authorization; /* url empty: no request is traced */
		int64_t     sample_percent;
		const char *environment; /* empty: the profile's name */
	} telemetry;

	struct {
		int64_t     port;
		const char *state_file;      /* journal of the sandbox; empty: memory only */
		const char *webhook_url;     /* of haat's webhooks, without the provider's name */
		const char *ca_file;         /* trusted when sending webhooks; empty: the system's */
		const char *paypal_key_file; /* signs PayPal's webhooks */
		const char *sns_key_file;    /* signs bKash's */
		const char *google_key_file; /* signs ID tokens of Google and Firebase; empty: one that is made at the start */
	} sandbox;
};

/*
 * Reads `path` (NULL: environment and defaults only), then the environment.  On success *into is filled, its texts in
 * the arena.  Else false, and `faults` holds one line per fault ("database.port: must be at most 65535 (line 12)").
 * Unknown sections, keys and HAAT_ variables (but HAAT_CONFIG, HAAT_RUN, HAAT_PORT, HAAT_BUILD, HAAT_DEMO_PASSWORD, HAAT_TEST...) are faults; in the
 * production profile so are missing secrets, those of a demo or a provider's test mode, plain http, and switched-off limits.
 */
bool config_load(const char *path, struct arena *arena, struct config *into, struct text *faults);

/*
 * The same for a process that has `before` already and is told to take what has changed: the file, and the files of secrets
 * (the environment stays as it was).  A new arena with what *into holds; NULL, and each fault logged, when it is not valid.
 * The run directory stays, since what is open there stays open.
 */
struct arena *config_read_again(const char *path, size_t arena_bytes, const struct config *before, struct config *into);

/*
 * The value of one key as text in the arena (the first element of a list); NULL when the key is unknown.
 */
const char *config_get(const struct config *config, const char *key, struct arena *arena);

/* "local", "s3", "cloudinary", NULL: in the order of enum media_storage. */
extern const char *const media_storage_values[];

/* Is mail sent, or written into a folder? */
bool config_has_mail(const struct config *config);

/* The whole annotated file, every key with its documentation, type, bounds and default: conf/haat.conf. */
void config_document(struct text *out);

/*
 * The secret that the file `path` holds now, in the arena and scrubbed with it; NULL when it cannot be had: the faults of
 * the loading say why.
 */
const char *secret_read(struct arena *arena, const char *path);

/* Calls each(key, value as text, is it a secret, argument) for every key in the order of the table. */
void config_each(const struct config *config, struct arena                              *arena,
    void (*each)(const char *key, const char *value, bool secret, void *argument), void *argument);

#endif
