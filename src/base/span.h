/*
 * span.h: the running request of a traced one, and its calls to other servers, as spans of OpenTelemetry.
 *
 * A process serves one request at a time, so there is one open span.  What a span says are names of ours and numbers: method, route
 * (not the path), status, the other server's name; no address, no query, nobody's id.
 */
#ifndef SPAN_H
#define SPAN_H

#include <stdbool.h>
#include <stdint.h>

enum { SPAN_ID_SIZE = 17, TRACE_ID_SIZE = 33, TRACEPARENT_SIZE = 56 }; /* with the NUL */

/* The request that began at `started_us` (monotonic) is traced.  Ids in hexadecimal digits, copied; `parent` "": it is the first. */
void span_open(const char *trace, const char *span, const char *parent, int64_t started_us);

/* What is known of the request when it was answered; texts that need no escapes in JSON. */
struct span_request {
	const char *method, *base, *route; /* "GET", "/api/v1", "/orders/{id}"; route NULL: none was found */
	const char *request_id;
	int         status;
	int64_t     round_trips, database_us;
};

/* The open span, if there is one, has ended now: it is sent with its calls.  `request` NULL: it is forgotten. */
void span_close(const struct span_request *request);

/* A call of the open span; `id` is "" while none is open. */
struct span_call {
	char    id[SPAN_ID_SIZE];
	int64_t started_us;
};

struct span_call span_call_begins(void);

/* What the other server is told: the trace, and the call as its parent.  The call must have an id. */
void span_call_traceparent(const struct span_call *call, char into[TRACEPARENT_SIZE]);

/* `status` 0: there was no answer. */
void span_call_ends(const struct span_call *call, const char *method, const char *url, int status);

#endif
