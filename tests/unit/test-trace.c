#include "base/arena.h"
#include "base/instant.h"
#include "http/trace.h"
#include "tests/suite.h"

#include <string.h>

static const char good[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

static void
test_the_trace_goes_on_with_a_span_of_our_own(void)
{
	struct arena *arena = arena_new(1 << 16);
	struct trace  first = trace_continue(arena, good, 0), second = trace_continue(arena, good, 0);

	CHECK_TEXT(first.id, "0af7651916cd43dd8448eb211c80319c");
	CHECK_INT(strlen(first.traceparent), strlen(good));
	CHECK_INT(strncmp(first.traceparent, good, 36), 0);
	CHECK_TEXT(first.traceparent + 52, "-01");
	CHECK(strcmp(first.traceparent, good) != 0);
	CHECK(strcmp(first.traceparent, second.traceparent) != 0);
	CHECK_TEXT(trace_continue(arena, first.traceparent, 0).id, first.id);
	arena_free(arena);
}

static void
test_what_is_no_trace_is_ignored(void)
{
	static const char *const wrong[] = { "", "x", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
		"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
		"00-00000000000000000000000000000000-b7ad6b7169203331-01",
		"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
		"ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
		"00-\"af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
		"00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
		"00-0af7651916cd43dd8448eb211c80319cb-7ad6b7169203331-01" };
	struct arena            *arena = arena_new(1 << 16);

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		CHECK_TEXT(trace_continue(arena, wrong[i], 0).id, "");
		CHECK_TEXT(trace_continue(arena, wrong[i], 0).traceparent, "");
	}
	arena_free(arena);
}

/* By the last digits of the id: all who go by one share record the same traces, and each tenth of a tenth of them. */
static void
test_shares_of_traces(void)
{
	static const char format[] = "00-0af7651916cd43dd8448eb21%08x-b7ad6b7169203331-00";
	struct arena     *arena = arena_new(1 << 20);
	int               recorded = 0, begun = 0;

	for (unsigned i = 0; i < 1000; i++) {
		const char  *header = arena_format(arena, format, i * (UINT32_MAX / 1000) + UINT32_MAX / 2000);
		struct trace trace = trace_continue(arena, header, 10);

		CHECK(trace.is_recorded == trace_continue(arena, header, 10).is_recorded);
		CHECK(!trace.is_recorded || trace_continue(arena, header, 50).is_recorded);
		CHECK_TEXT(trace.traceparent + 52, trace.is_recorded ? "-01" : "-00");
		CHECK_TEXT(trace.parent, "b7ad6b7169203331");
		CHECK(strlen(trace.span) == 16 && strncmp(trace.span, trace.traceparent + 36, 16) == 0);
		CHECK(trace_continue(arena, header, 100).is_recorded);
		CHECK(!trace_continue(arena, header, 0).is_recorded);
		recorded += trace.is_recorded;
		arena_reset(arena);
	}
	CHECK_INT(recorded, 100);
	for (int i = 0; i < 1000; i++) {
		struct trace trace = trace_continue(arena, "", 50);

		CHECK(trace.is_recorded == (trace.id[0] != '\0'));
		CHECK_TEXT(trace.parent, "");
		begun += trace.is_recorded;
		arena_reset(arena);
	}
	CHECK(begun > 350 && begun < 650);
	CHECK_TEXT(trace_continue(arena, "", 0).id, "");
	arena_free(arena);
}

/* A caller may be anybody: what they want recorded is, so many a second. */
static void
test_callers_record_within_bounds(void)
{
	static const char header[] = "00-0af7651916cd43dd8448eb21ffffffff-b7ad6b7169203331-01";
	struct arena     *arena = arena_new(1 << 20);
	int64_t           started = monotonic_ms();
	int               recorded = 0;

	for (int i = 0; i < 1000; i++) {
		struct trace trace = trace_continue(arena, header, 1);

		CHECK_TEXT(trace.traceparent + 52, "-01");
		recorded += trace.is_recorded;
		arena_reset(arena);
	}
	CHECK(recorded >= TRACE_CALLERS_MAX && recorded <= TRACE_CALLERS_MAX * (2 + (monotonic_ms() - started) / 1000));
	CHECK(!trace_continue(arena, header, 0).is_recorded);
	arena_free(arena);
}

SUITE("trace", TEST(test_the_trace_goes_on_with_a_span_of_our_own), TEST(test_what_is_no_trace_is_ignored),
    TEST(test_shares_of_traces), TEST(test_callers_record_within_bounds))
