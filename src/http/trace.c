#include "http/trace.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "base/instant.h"

#include <stdlib.h>
#include <string.h>

enum {
	VERSION_DIGITS = 2,
	ID_DIGITS = 32,
	SPAN_DIGITS = 16,
	FLAG_DIGITS = 2,
	SPAN_AT = 36,
	FLAGS_AT = 53,
	LENGTH = 55,
	SHARE_DIGITS = 8, /* the end of an id is random (level 2, "random-trace-id") */
	FLAG_RECORDED = 1
};

/* `digits` lower-case hexadecimal digits, and something behind them that ends the field; zeros only where they may be. */
static bool
is_field(const char *text, size_t digits, char end, bool zeros)
{
	return strspn(text, "0123456789abcdef") == digits && text[digits] == end && (zeros || strspn(text, "0") < digits);
}

static bool
is_traceparent(const char *text)
{
	return strlen(text) == LENGTH && strncmp(text, "ff", 2) != 0 && is_field(text, VERSION_DIGITS, '-', true) &&
	    is_field(text + VERSION_DIGITS + 1, ID_DIGITS, '-', false) && is_field(text + SPAN_AT, SPAN_DIGITS, '-', false) &&
	    is_field(text + FLAGS_AT, FLAG_DIGITS, '\0', true);
}

/* Hexadecimal digits of random bytes that are not all zeros. */
static const char *
random_digits(struct arena *arena, size_t digits)
{
	unsigned char bytes[ID_DIGITS / 2];

	random_bytes(bytes, digits / 2);
	bytes[0] |= 1;
	return hex_encode(arena, bytes, digits / 2);
}

/* Is the id among so many of a hundred? */
static bool
is_in_share(const char *id, int64_t percent)
{
	return strtoll(id + ID_DIGITS - SHARE_DIGITS, NULL, 16) * 100 < percent << (4 * SHARE_DIGITS);
}

/* Has this second room for one more that a caller wants recorded? */
static bool
caller_may(void)
{
	static int64_t second, count;

	if (second != monotonic_ms() / 1000) {
		second = monotonic_ms() / 1000;
		count = 0;
	}
	return ++count <= TRACE_CALLERS_MAX;
}

static struct trace
trace_begin(struct arena *arena, int64_t sample_percent)
{
	struct trace trace = { "", "", "", "", false };
	const char  *id = sample_percent > 0 ? random_digits(arena, ID_DIGITS) : "";

	if (sample_percent == 0 || !is_in_share(id, sample_percent))
		return trace;
	trace.id = id;
	trace.span = random_digits(arena, SPAN_DIGITS);
	trace.traceparent = arena_format(arena, "00-%s-%s-01", trace.id, trace.span);
	trace.is_recorded = true;
	return trace;
}

struct trace
trace_continue(struct arena *arena, const char *traceparent, int64_t sample_percent)
{
	struct trace trace;
	unsigned     flags;

	if (!is_traceparent(traceparent))
		return trace_begin(arena, sample_percent);
	flags = (unsigned)strtoul(traceparent + FLAGS_AT, NULL, 16);
	trace.id = arena_copy(arena, traceparent + VERSION_DIGITS + 1, ID_DIGITS);
	trace.parent = arena_copy(arena, traceparent + SPAN_AT, SPAN_DIGITS);
	trace.span = random_digits(arena, SPAN_DIGITS);
	trace.is_recorded =
	    sample_percent > 0 && (is_in_share(trace.id, sample_percent) || ((flags & FLAG_RECORDED) != 0 && caller_may()));
	trace.traceparent =
	    arena_format(arena, "00-%s-%s-%02x", trace.id, trace.span, flags | (trace.is_recorded ? FLAG_RECORDED : 0));
	return trace;
}
