/*
 * telemetry.h: errors and spans on their way to haat-jobs, which sends them to whoever collects them (telemetry/forward.h).
 *
 * Each is one datagram to "<run_directory>/doorbell-telemetry", sent without waiting: what finds no room or nobody there is counted
 * (haat_telemetry_items_total) and forgotten, so that neither a slow collector nor a dead one holds up a request.  Where [telemetry]
 * names no collector nothing is sent and nothing is counted.
 */
#ifndef TELEMETRY_H
#define TELEMETRY_H

#include "base/metrics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config;

enum { TELEMETRY_COUNT_MAX = 64, TELEMETRY_BYTES_MAX = 32 << 10 /* of a datagram, with its head */ };

/* What a datagram begins with; behind it a line of the log, or spans as JSON objects with commas between them. */
struct telemetry_head {
	unsigned char kind;  /* enum telemetry_kind */
	unsigned char count; /* how many errors (1) or spans */
};

/* In a master, before it forks, and again with a new configuration. */
void telemetry_open(const struct config *config);

/* How many of a hundred requests are traced that nobody else has traced; 0: no request is traced. */
int64_t telemetry_sample_percent(void);

/* Never waits, keeps errno.  `count` from 1 to TELEMETRY_COUNT_MAX; more bytes than a datagram takes are dropped. */
void telemetry_send(enum telemetry_kind kind, size_t count, const char *bytes, size_t length);

#endif
