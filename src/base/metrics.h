/*
 * metrics.h: counters, gauges and histograms summed over all worker processes, in Prometheus' text format.
 *
 * METRICS is the one list of families: name, type, help, and up to three labels.  The values live in a file
 * mapped shared by every process of the host (config run_directory), changed by relaxed atomic additions; a process that
 * dies leaves its counts.  The file's name carries a fingerprint of the layout, so old and new binaries do not meet.
 * Without a file (tools, unit tests) the values are private memory; counting never fails.
 *
 * Where the list below names an enum, the label's values are the family's own and the enum is their index.  The values of the other labels are fixed before metrics_open, by metrics_label_values (routes, providers, kinds
 * and lanes of jobs); pools (in the order of enum pool) and statuses are known without.  An index outside counts under one more
 * value, "other".
 */
#ifndef METRICS_H
#define METRICS_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct text;

enum metric_label {
	LABEL_NONE,
	LABEL_ROUTE,
	LABEL_STATUS,
	LABEL_PROVIDER,
	LABEL_TYPE,
	LABEL_OUTCOME,
	LABEL_POOL,
	LABEL_KIND,
	LABEL_LANE,
	LABEL_PART,
	LABEL__COUNT
};

/* The values of labels that one family owns, each list once: the name in C and the value. */
/* clang-format off */
#define WEBHOOK_OUTCOMES(X) X(WEBHOOK_PROCESSED, "processed") X(WEBHOOK_ALREADY, "already_processed") X(WEBHOOK_DEFERRED, "deferred") \
	X(WEBHOOK_IGNORED, "ignored") X(WEBHOOK_BAD_SIGNATURE, "bad_signature") X(WEBHOOK_COLLISION, "collision")
#define WEBHOOK_TYPES(X) X(WEBHOOK_OF_NOTHING, "other") X(WEBHOOK_OF_PAYMENT, "payment") X(WEBHOOK_OF_REFUND, "refund") X(WEBHOOK_OF_DISPUTE, "dispute")
#define DATABASE_KINDS(X) X(DB_SELECT, "select") X(DB_WRITE, "write") X(DB_TRANSACTION, "transaction")
#define DATABASE_FAILURES(X) X(FAIL_DUPLICATE, "duplicate") X(FAIL_RETRY, "retry") X(FAIL_LOST, "lost") \
	X(FAIL_UNCERTAIN, "uncertain") X(FAIL_ERROR, "error")
#define PROVIDER_OUTCOMES(X) X(CALL_OK, "ok") X(CALL_REFUSED, "refused") X(CALL_UNAUTHORIZED, "unauthorized") X(CALL_NO_ENDPOINT, "no_endpoint") X(CALL_FAILED, "failed") X(CALL_TIMEOUT, "timeout") \
	X(CALL_CIRCUIT_OPEN, "circuit_open")
#define CACHE_OUTCOMES(X) X(CACHE_HIT, "hit") X(CACHE_MISS, "miss") X(CACHE_FAILURE, "failure") X(CACHE_CIRCUIT_OPEN, "circuit_open")
#define DOCUMENT_OUTCOMES(X) X(DOCUMENT_FOUND, "found") X(DOCUMENT_UNCHANGED, "unchanged") X(DOCUMENT_MADE, "made") \
	X(DOCUMENT_AWAITED, "awaited") X(DOCUMENT_BYPASSED, "bypassed")
#define JOB_OUTCOMES(X) X(RAN_DONE, "done") X(RAN_RETRIED, "retried") X(RAN_DEAD, "dead")
#define MAIL_OUTCOMES(X) X(MAILS_SENT, "sent") X(MAILS_DEFERRED, "deferred") X(MAILS_REFUSED, "refused") X(MAILS_UNAVAILABLE, "unavailable") \
	X(MAILS_UNKNOWN, "unknown") X(MAILS_DROPPED, "dropped")
#define DELIVERY_OUTCOMES(X) X(DELIVERIES_IN_TIME, "in_time") X(DELIVERIES_LATE, "late") X(DELIVERIES_FAILED, "failed") X(DELIVERIES_DEAD, "dead")
#define SQS_OUTCOMES(X) X(SQS_SENT, "sent") X(SQS_REFUSED, "refused") X(SQS_DEAD, "dead") X(SQS_FAILED, "failed")
#define LIVE_OUTCOMES(X) X(LIVE_PUBLISHED, "published") X(LIVE_FAILED, "failed")
#define TELEMETRY_KINDS(X) X(TELEMETRY_ERRORS, "error") X(TELEMETRY_SPANS, "span")
#define TELEMETRY_OUTCOMES(X) X(TELEMETRY_SENT, "sent") X(TELEMETRY_REFUSED, "refused") X(TELEMETRY_DROPPED, "dropped")
#define LOGIN_OUTCOMES(X) X(LOGIN_OK, "ok") X(LOGIN_BAD_CREDENTIALS, "bad_credentials") X(LOGIN_TOO_MANY, "limited") \
	X(LOGIN_DISABLED, "disabled")
#define PAYMENT_OUTCOMES(X) X(PAYMENTS_SUCCEEDED, "succeeded") X(PAYMENTS_FAILED, "failed") X(PAYMENTS_REFUNDED, "refunded") \
	X(PAYMENTS_HELD, "held")
#define LIMIT_KINDS(X) X(LIMITED_SIGN_IN_ACCOUNT, "sign_in_account") X(LIMITED_SIGN_IN_ADDRESS, "sign_in_address") \
	X(LIMITED_COUPON_ADDRESS, "coupon_address") X(LIMITED_PAYMENT_ACCOUNT, "payment_account") \
	X(LIMITED_PAYMENT_ADDRESS, "payment_address") X(LIMITED_REFRESH_TOKEN, "refresh_token") \
	X(LIMITED_REFRESH_ADDRESS, "refresh_address") X(LIMITED_ANONYMOUS_WRITES, "anonymous_writes") \
	X(LIMITED_FORGED_WEBHOOKS, "forged_webhooks") X(LIMITED_SEARCH_ADDRESS, "search_address") \
	X(LIMITED_SUGGEST_ADDRESS, "suggest_address") \
	X(LIMITED_KEY_CALLS, "key_calls") X(LIMITED_WRITES, "writes") X(LIMITED_WRITES_A_DAY, "writes_a_day") X(LIMITED_READS_A_MINUTE, "reads_a_minute")
#define RISK_LIMITS(X) X(RISK_ATTEMPTS_OF_PURPOSE, "attempts_purpose") X(RISK_ATTEMPTS_OF_SESSION, "attempts_session") \
	X(RISK_ATTEMPTS_OF_ACCOUNT, "attempts_account") X(RISK_ATTEMPTS_OF_ADDRESS, "attempts_address") \
	X(RISK_ATTEMPTS_OF_NETWORK, "attempts_network") X(RISK_DECLINES_OF_PURPOSE, "declines_purpose") \
	X(RISK_DECLINES_OF_ACCOUNT, "declines_account") X(RISK_DECLINES_OF_ADDRESS, "declines_address") \
	X(RISK_DECLINES_OF_NETWORK, "declines_network") X(RISK_DECLINES_OF_PAYMENT, "declines_payment")
#define RISK_JUDGEMENTS(X) X(RISK_JUDGED_PASSED, "passed") X(RISK_JUDGED_REVIEWED, "review") X(RISK_JUDGED_REFUSED, "refused")
/* What an operator looks at, each with a state (base/parts.h). */
#define PARTS(X) X(PART_DATABASE, "database") X(PART_MIGRATIONS, "migrations") X(PART_DISK, "disk") X(PART_POOLS, "pools") \
	X(PART_CACHE, "cache") X(PART_QUEUES, "queues") X(PART_JOBS, "jobs") X(PART_WEBHOOKS, "webhooks") \
	X(PART_BREAKERS, "breakers") X(PART_LIMITS, "limits") X(PART_CERTIFICATES, "certificates") X(PART_REPORTS, "reports")
/* clang-format on */

#define METRIC_VALUE_(name, text) name,
enum webhook_outcome { WEBHOOK_OUTCOMES(METRIC_VALUE_) };
enum webhook_type { WEBHOOK_TYPES(METRIC_VALUE_) };
enum database_kind { DATABASE_KINDS(METRIC_VALUE_) };
enum database_failure { DATABASE_FAILURES(METRIC_VALUE_) };
enum provider_outcome { PROVIDER_OUTCOMES(METRIC_VALUE_) };
enum cache_outcome { CACHE_OUTCOMES(METRIC_VALUE_) };
enum document_outcome { DOCUMENT_OUTCOMES(METRIC_VALUE_) };
enum job_outcome { JOB_OUTCOMES(METRIC_VALUE_) };
enum mail_outcome { MAIL_OUTCOMES(METRIC_VALUE_) };
enum delivery_outcome { DELIVERY_OUTCOMES(METRIC_VALUE_) };
enum sqs_outcome { SQS_OUTCOMES(METRIC_VALUE_) };
enum live_outcome { LIVE_OUTCOMES(METRIC_VALUE_) };
enum telemetry_kind { TELEMETRY_KINDS(METRIC_VALUE_) TELEMETRY_KIND__COUNT };
enum telemetry_outcome { TELEMETRY_OUTCOMES(METRIC_VALUE_) };
enum login_outcome { LOGIN_OUTCOMES(METRIC_VALUE_) };
enum payment_outcome { PAYMENT_OUTCOMES(METRIC_VALUE_) };
enum limit_kind { LIMIT_KINDS(METRIC_VALUE_) };
enum risk_limit { RISK_LIMITS(METRIC_VALUE_) };
enum risk_judgement { RISK_JUDGEMENTS(METRIC_VALUE_) };
enum part { PARTS(METRIC_VALUE_) PART__COUNT };
#undef METRIC_VALUE_

/*
 * The families: the name in C, the type, the name and the help that Prometheus sees, and up to three labels.  A label whose
 * values are the family's own names their list above, and its enum is the index.
 */
/* clang-format off */
#define METRICS(X) \
	X(REQUEST_SECONDS, HISTOGRAM, "haat_request_duration_seconds", "Time from receiving a request's headers to sending its response.", { LABEL_ROUTE }, { LABEL_STATUS }) \
	X(WORKER_STARTS, COUNTER, "haat_worker_starts_total", "Worker processes started.", { LABEL_POOL }) \
	X(WEBHOOKS, COUNTER, "haat_webhooks_total", "Webhooks received, by provider.", { LABEL_PROVIDER }, { LABEL_OUTCOME, OWN(WEBHOOK_OUTCOMES) }) \
	X(WEBHOOK_EVENTS, COUNTER, "haat_webhook_events_total", "Verified events of webhooks, by provider and what they are about.", \
	    { LABEL_PROVIDER }, { LABEL_TYPE, OWN(WEBHOOK_TYPES) }, { LABEL_OUTCOME, OWN(WEBHOOK_OUTCOMES) }) \
	X(DATABASE_SECONDS, HISTOGRAM, "haat_database_duration_seconds", "Duration of statements and transactions.", { LABEL_KIND, OWN(DATABASE_KINDS) }) \
	X(DATABASE_FAILURES, COUNTER, "haat_database_failures_total", "Failed statements.", { LABEL_KIND, OWN(DATABASE_FAILURES) }) \
	X(PROVIDER_SECONDS, HISTOGRAM, "haat_provider_duration_seconds", "Duration of calls to payment providers.", { LABEL_PROVIDER }, { LABEL_OUTCOME, OWN(PROVIDER_OUTCOMES) }) \
	X(CACHE, COUNTER, "haat_cache_requests_total", "Keys requested from the cache.", { LABEL_OUTCOME, OWN(CACHE_OUTCOMES) }) \
	X(DOCUMENTS, COUNTER, "haat_cached_documents_total", "Requests for documents kept in the cache, by how they were answered.", { LABEL_OUTCOME, OWN(DOCUMENT_OUTCOMES) }) \
	X(JOBS, COUNTER, "haat_jobs_total", "Jobs run, by result.", { LABEL_KIND }, { LABEL_OUTCOME, OWN(JOB_OUTCOMES) }) \
	X(MAILS, COUNTER, "haat_mails_total", "Attempts to send a letter, by result.", { LABEL_OUTCOME, OWN(MAIL_OUTCOMES) }) \
	X(DELIVERIES, COUNTER, "haat_deliveries_total", "Attempts to deliver to webhook endpoints; in time: within 30 seconds of the event.", { LABEL_OUTCOME, OWN(DELIVERY_OUTCOMES) }) \
	X(DELIVERY_SECONDS, HISTOGRAM, "haat_delivery_duration_seconds", "Time from an event to its successful delivery.", { LABEL_NONE }) \
	X(SQS_MESSAGES, COUNTER, "haat_sqs_messages_total", "Messages sent to SQS, by outcome.", { LABEL_OUTCOME, OWN(SQS_OUTCOMES) }) \
	X(LIVE_MESSAGES, COUNTER, "haat_live_messages_total", "Messages about orders for browsers, by what nginx made of them.", { LABEL_OUTCOME, OWN(LIVE_OUTCOMES) }) \
	X(TELEMETRY, COUNTER, "haat_telemetry_items_total", "Errors and spans for collectors outside, by what became of them.", \
	    { LABEL_KIND, OWN(TELEMETRY_KINDS) }, { LABEL_OUTCOME, OWN(TELEMETRY_OUTCOMES) }) \
	X(WEBHOOK_SECONDS, HISTOGRAM, "haat_webhook_apply_duration_seconds", "Time from receiving a webhook to applying it.", { LABEL_PROVIDER }) \
	X(LOGINS, COUNTER, "haat_logins_total", "Login attempts.", { LABEL_OUTCOME, OWN(LOGIN_OUTCOMES) }) \
	X(PAYMENTS, COUNTER, "haat_payments_total", "Payments by outcome.", { LABEL_PROVIDER }, { LABEL_OUTCOME, OWN(PAYMENT_OUTCOMES) }) \
	X(ACCOUNT_FAULTS, COUNTER, "haat_provider_account_faults_total", "Charges that a provider refused for what the shop's own account there may not do.", { LABEL_PROVIDER }) \
	X(METHODS_UNREADABLE, COUNTER, "haat_payment_methods_unreadable_total", "Stored payment methods that were needed and could not be opened.", { LABEL_NONE }) \
	X(LIMITED, COUNTER, "haat_limited_requests_total", "Requests rejected by a rate limit.", { LABEL_KIND, OWN(LIMIT_KINDS) }) \
	X(BLOCKED, COUNTER, "haat_blocked_requests_total", "Requests from blocked networks.", { LABEL_NONE }) \
	X(RISK_LIMITED, COUNTER, "haat_risk_limited_total", "Payments refused, or attempts closed, for too many attempts or declines.", { LABEL_KIND, OWN(RISK_LIMITS) }) \
	X(RISK_JUDGED, COUNTER, "haat_risk_judged_total", "Attempts to pay by what their score made of them.", { LABEL_OUTCOME, OWN(RISK_JUDGEMENTS) }) \
	X(LANE_SEEN, GAUGE, "haat_job_lane_seen_timestamp_seconds", "Unix time of the last heartbeat from a job worker of the lane.", { LABEL_LANE }) \
	X(WEBHOOK_SEEN, GAUGE, "haat_webhook_seen_timestamp_seconds", "Unix time of the last webhook of the provider whose signature was right.", { LABEL_PROVIDER }) \
	X(PART_STATE, GAUGE, "haat_part_state", "How a part of the shop is: 0 well, 1 degraded, 2 down.", { LABEL_PART, OWN(PARTS) }) \
	X(PART_SINCE, GAUGE, "haat_part_since_timestamp_seconds", "Unix time since when it has been seen so.", { LABEL_PART, OWN(PARTS) }) \
	X(CHECK_FINDINGS, GAUGE, "haat_check_findings", "Rows at fault that the last haatctl check has found.", { LABEL_NONE }) \
	X(CHECK_SEEN, GAUGE, "haat_check_timestamp_seconds", "Unix time of the last haatctl check.", { LABEL_NONE })
/* clang-format on */

enum metric {
#define X(name, ...) METRIC_##name,
	METRICS(X)
#undef X
	    METRIC__COUNT
};

/* Fix a label's values (an array that stays), before metrics_open. */
void metrics_label_values(enum metric_label label, const char *const *values, size_t count);

/* Map the shared file in `directory` (NULL: private memory). */
void metrics_open(const char *directory);

/* Add to a counter; `first` and `second` are indexes of label values (0 where the family has no such label). */
void metric_add(enum metric metric, size_t first, size_t second, int64_t amount);

/* The same in a family of three labels. */
void metric_add_third(enum metric metric, size_t first, size_t second, size_t third, int64_t amount);

/* Give a gauge its value. */
void metric_set(enum metric metric, size_t first, size_t second, int64_t value);

/* The upper bounds of a histogram's buckets, 1 ms to 10 s; one more bucket takes what is longer. */
enum { METRIC_BOUNDS = 13 };
extern const int64_t metric_bounds_us[METRIC_BOUNDS];

/* The bucket of a duration: 0 to METRIC_BOUNDS. */
size_t metric_bucket(int64_t microseconds);

/* Record a duration in a histogram. */
void metric_observe_us(enum metric metric, size_t first, size_t second, int64_t microseconds);

/* The index of a value of a label that families share; the index of "other" when it is not listed. */
size_t metric_label_index(enum metric_label label, const char *value);

/* The index of a value of a label in one family, its own values included. */
size_t metric_index(enum metric metric, enum metric_label label, const char *value);

/* Read one value back: for tests and `ready`.  A histogram's is its count. */
int64_t metric_value(enum metric metric, size_t first, size_t second);

/* The whole in Prometheus' text format 0.0.4, series that were never touched left out.  `environment` is the profile. */
void metrics_print(const char *environment, struct text *out);

#endif
