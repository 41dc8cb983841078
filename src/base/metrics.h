/*
 * metrics.h: counters, gauges and histograms summed over all worker processes, in Prometheus' text format.
 *
 * METRICS in metrics.c is the one list of families: name, type, help, and up to two labels.  The values live in a file
 * mapped shared by every process of the host (config run_directory), changed by relaxed atomic additions; a process that
 * dies leaves its counts.  The file's name carries a fingerprint of the layout, so old and new binaries do not meet.
 * Without a file (tools, unit tests) the values are private memory; counting never fails.
 *
 * Where the list below names a label's values in brackets, they are the family's own and their index is their place
 * there.  The values of the other labels are fixed before metrics_open, by metrics_label_values (routes, providers, kinds
 * of jobs); pools (in the order of enum pool) and statuses are known without.  An index outside counts under one more
 * value, "other".
 */
#ifndef METRICS_H
#define METRICS_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct text;

enum metric_label { LABEL_NONE, LABEL_ROUTE, LABEL_STATUS, LABEL_PROVIDER, LABEL_TYPE, LABEL_OUTCOME, LABEL_POOL, LABEL_KIND, LABEL__COUNT };

enum metric {
	METRIC_REQUEST_SECONDS,     /* histogram by route and status */
	METRIC_REQUESTS_RUNNING,    /* gauge by pool */
	METRIC_WORKER_STARTS,       /* counter by pool */
	METRIC_WEBHOOKS,            /* counter by provider and outcome (processed, already_processed, deferred, ignored, bad_signature, collision) */
	METRIC_DATABASE_SECONDS,    /* histogram by kind (select, write, transaction) */
	METRIC_DATABASE_FAILURES,   /* counter by kind (duplicate, retry, lost, uncertain, error) */
	METRIC_PROVIDER_SECONDS,    /* histogram by provider and outcome (ok, refused, failed, timeout, circuit_open) */
	METRIC_CACHE,               /* counter by outcome (hit, miss, failure, circuit_open) */
	METRIC_JOBS,                /* counter by kind and outcome (done, retried, dead) */
	METRIC_LOGINS,              /* counter by outcome (ok, bad_credentials, limited, disabled) */
	METRIC_PAYMENTS,            /* counter by provider and outcome (succeeded, failed, refunded, held) */
	METRIC_LIMITED,             /* counter by kind (sensitive, write, account, catalogue) */
	METRIC__COUNT
};

/* Fix a label's values (an array that stays), before metrics_open. */
void metrics_label_values(enum metric_label label, const char *const *values, size_t count);

/* Map the shared file in `directory` (NULL: private memory). */
void metrics_open(const char *directory);

/* Add to a counter or gauge; `first` and `second` are indexes of label values (0 where the family has no such label). */
void metric_add(enum metric metric, size_t first, size_t second, int64_t amount);

/* Record a duration in a histogram (buckets 1 ms to 10 s). */
void metric_observe_us(enum metric metric, size_t first, size_t second, int64_t microseconds);

/* The index of a value of a label that families share; the index of "other" when it is not listed. */
size_t metric_label_index(enum metric_label label, const char *value);

/* The index of a value of a label in one family, its own values included. */
size_t metric_index(enum metric metric, enum metric_label label, const char *value);

/* Read one value back: for tests and `ready`.  A histogram's is its count. */
int64_t metric_value(enum metric metric, size_t first, size_t second);

/* The whole in Prometheus' text format 0.0.4, series that were never touched left out. */
void metrics_print(struct text *out);

#endif
