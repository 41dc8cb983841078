#include "base/arena.h"
#include "http/trace.h"
#include "tests/suite.h"

#include <string.h>

static const char good[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

static void
test_the_trace_goes_on_with_a_span_of_our_own(void)
{
	struct arena *arena = arena_new(1 << 16);
	struct trace  first = trace_continue(arena, good), second = trace_continue(arena, good);

	CHECK_TEXT(first.id, "0af7651916cd43dd8448eb211c80319c");
	CHECK_INT(strlen(first.traceparent), strlen(good));
	CHECK_INT(strncmp(first.traceparent, good, 36), 0);
	CHECK_TEXT(first.traceparent + 52, "-01");
	CHECK(strcmp(first.traceparent, good) != 0);
	CHECK(strcmp(first.traceparent, second.traceparent) != 0);
	CHECK_TEXT(trace_continue(arena, first.traceparent).id, first.id);
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
		CHECK_TEXT(trace_continue(arena, wrong[i]).id, "");
		CHECK_TEXT(trace_continue(arena, wrong[i]).traceparent, "");
	}
	arena_free(arena);
}

SUITE("trace", TEST(test_the_trace_goes_on_with_a_span_of_our_own), TEST(test_what_is_no_trace_is_ignored))
