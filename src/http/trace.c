#include "http/trace.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/ids.h"

#include <string.h>

enum { VERSION_DIGITS = 2, ID_DIGITS = 32, SPAN_DIGITS = 16, FLAG_DIGITS = 2, SPAN_AT = 36, FLAGS_AT = 53, LENGTH = 55 };

/* `digits` lower-case hexadecimal digits, and something behind them that ends the field; zeros only where they may be. */
static bool
is_field(const char *text, size_t digits, char end, bool zeros)
{
	return strspn(text, "0123456789abcdef") == digits && text[digits] == end && (zeros || strspn(text, "0") < digits);
}

struct trace
trace_continue(struct arena *arena, const char *traceparent)
{
	const char   *id = traceparent + VERSION_DIGITS + 1;
	unsigned char own[SPAN_DIGITS / 2];
	struct trace  trace = { "", "" };

	if (strlen(traceparent) != LENGTH || strncmp(traceparent, "ff", 2) == 0 ||
	    !is_field(traceparent, VERSION_DIGITS, '-', true) || !is_field(id, ID_DIGITS, '-', false) ||
	    !is_field(traceparent + SPAN_AT, SPAN_DIGITS, '-', false) ||
	    !is_field(traceparent + FLAGS_AT, FLAG_DIGITS, '\0', true))
		return trace;
	random_bytes(own, sizeof own);
	own[0] |= 1; /* a span of zeros is none */
	trace.id = arena_copy(arena, id, ID_DIGITS);
	trace.traceparent =
	    arena_format(arena, "00-%s-%s-%s", trace.id, hex_encode(arena, own, sizeof own), traceparent + FLAGS_AT);
	return trace;
}
