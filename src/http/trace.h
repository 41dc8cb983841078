/*
 * trace.h: W3C Trace Context (level 1): a caller's trace goes on through our log and our calls to others, and some requests begin
 * one.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stdint.h>

struct arena;

struct trace {
	const char *id;          /* 32 hexadecimal digits, for the log; "" when nobody traces */
	const char *span;        /* 16, of this request in it; "" likewise */
	const char *parent;      /* 16, of the caller's span; "" when the trace begins here */
	const char *traceparent; /* for calls to others: the same trace, this span; "" when nobody traces */
	bool        is_recorded; /* its spans are sent to a collector */
};

/*
 * Continues the trace of a traceparent header.  One that is missing or malformed (wrong lengths, upper case, all zeros,
 * version ff) is ignored, as the recommendation asks.
 *
 * Recorded is what the caller records, at most TRACE_CALLERS_MAX requests a second and process, since a caller may be anybody; and
 * of all else `sample_percent` of a hundred, by the last digits of the trace's id, so that all who go by the same share record the same
 * traces.  A request without a trace begins one when it is recorded.  With 0 nothing is recorded, and none begins.
 */
struct trace trace_continue(struct arena *arena, const char *traceparent, int64_t sample_percent);

enum { TRACE_CALLERS_MAX = 20 };

#endif
