/*
 * trace.h: W3C Trace Context (level 1): a caller's trace goes on through our log and our calls to others.
 */
#ifndef TRACE_H
#define TRACE_H

struct arena;

struct trace {
	const char *id;          /* 32 hexadecimal digits, for the log; "" when nobody traces */
	const char *traceparent; /* for calls to others: the same trace, a span of our own; "" likewise */
};

/*
 * Continues the trace of a traceparent header.  One that is missing or malformed (wrong lengths, upper case, all zeros,
 * version ff) is ignored, as the recommendation asks.
 */
struct trace trace_continue(struct arena *arena, const char *traceparent);

#endif
