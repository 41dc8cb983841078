#include "http/trace.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "base/instant.h"

#include <endian.h>
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
	END_DIGITS = 8,
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

static const char *
random_span(struct arena *arena)
{
	unsigned char bytes[SPAN_DIGITS / 2];

	random_bytes(bytes, sizeof bytes);
	bytes[0] |= 1; /* zeros are no id */
	return hex_encode(arena, bytes, sizeof bytes);
}

/* Is an id that ends in these four bytes among so many of a hundred?  The end of an id is random (level 2, "random-trace-id"). */
static bool
is_in_share(uint32_t end, int64_t percent)
{
	return (int64_t)end * 100 < percent << 32;
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

/* Most requests are not recorded: for those one draw is all. */
static struct trace
trace_begin(struct arena *arena, int64_t sample_percent)
{
	struct trace  trace = { "", "", "", "", false };
	unsigned char id[ID_DIGITS / 2];
	uint32_t      end;

	if (sample_percent == 0)
		return trace;
	random_bytes(id, sizeof id);
	memcpy(&end, id + sizeof id - sizeof end, sizeof end);
	if (!is_in_share(be32toh(end), sample_percent))
		return trace;
	id[0] |= 1; /* zeros are no id */
	trace.id = hex_encode(arena, id, sizeof id);
	trace.span = random_span(arena);
	trace.traceparent = arena_format(arena, "00-%s-%s-01", trace.id, trace.span);
	trace.is_recorded = true;
	return trace;
}

struct trace
trace_continue(struct arena *arena, const char *traceparent, int64_t sample_percent)
{
	struct trace trace;
	unsigned     flags;
	uint32_t     end;

	if (!is_traceparent(traceparent))
		return trace_begin(arena, sample_percent);
	flags = (unsigned)strtoul(traceparent + FLAGS_AT, NULL, 16);
	trace.id = arena_copy(arena, traceparent + VERSION_DIGITS + 1, ID_DIGITS);
	trace.parent = arena_copy(arena, traceparent + SPAN_AT, SPAN_DIGITS);
	trace.span = random_span(arena);
	end = (uint32_t)strtoul(trace.id + ID_DIGITS - END_DIGITS, NULL, 16);
	trace.is_recorded =
	    sample_percent > 0 && (is_in_share(end, sample_percent) || ((flags & FLAG_RECORDED) != 0 && caller_may()));
	trace.traceparent =
	    arena_format(arena, "00-%s-%s-%02x", trace.id, trace.span, flags | (trace.is_recorded ? FLAG_RECORDED : 0));
	return trace;
}
