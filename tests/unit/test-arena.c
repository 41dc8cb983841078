#include "base/arena.h"
#include "base/text.h"
#include "tests/suite.h"

#include <setjmp.h>
#include <stdint.h>

static jmp_buf out_of_memory;

static void
abandon(void *argument)
{
	(void)argument;
	longjmp(out_of_memory, 1);
}

static void
test_memory_is_zeroed_and_aligned(void)
{
	struct arena *arena = arena_new(1 << 20);

	for (size_t bytes = 1; bytes < 4000; bytes = bytes * 3 + 1) {
		unsigned char *memory = arena_alloc(arena, bytes);

		CHECK_INT((uintptr_t)memory % 16, 0);
		for (size_t i = 0; i < bytes; i++)
			CHECK_INT(memory[i], 0);
		memset(memory, 0xff, bytes);
	}
	arena_free(arena);
}

static void
count_close(void *object)
{
	++*(int *)object;
}

static void
test_release_goes_back_to_the_mark(void)
{
	struct arena     *arena = arena_new(1 << 20);
	int               outer = 0, inner = 0;
	char             *kept = arena_copy(arena, "kept", 4);
	struct arena_mark mark;
	size_t            used;

	arena_defer(arena, count_close, &outer);
	used = arena_used(arena);
	mark = arena_mark(arena);
	for (int i = 0; i < 100; i++) { /* ten times what it may hold */
		memset(arena_alloc(arena, 100), 0xff, 100);
		memset(arena_alloc(arena, 100000), 0xff, 100000);
		arena_defer(arena, count_close, &inner);
		arena_release(arena, mark);
		CHECK_INT(arena_used(arena), used);
	}
	CHECK_INT(inner, 100);
	CHECK_INT(outer, 0);
	CHECK_TEXT(kept, "kept");
	CHECK_INT(*(unsigned char *)arena_alloc(arena, 100), 0);
	arena_free(arena);
	CHECK_INT(inner, 100);
	CHECK_INT(outer, 1);
}

static void
test_reset_gives_clean_memory_again(void)
{
	struct arena  *arena = arena_new(1 << 20);
	unsigned char *memory;

	memset(arena_alloc(arena, 1000), 0xff, 1000);
	memset(arena_alloc(arena, 200000), 0xff, 200000);
	CHECK(arena_used(arena) >= 201000);
	arena_reset(arena);
	CHECK_INT(arena_used(arena), 0);
	memory = arena_alloc(arena, 1000);
	for (size_t i = 0; i < 1000; i++)
		CHECK_INT(memory[i], 0);
	arena_free(arena);
}

static void
test_ceiling_abandons(void)
{
	struct arena   *arena = arena_new(10000);
	volatile size_t volatile_half = SIZE_MAX / 2;
	volatile int    reached = 0;

	arena_on_exhausted(arena, abandon, NULL);
	if (setjmp(out_of_memory) == 0) {
		arena_alloc(arena, 6000);
		reached = 1;
		arena_alloc(arena, 6000);
		reached = 2;
	}
	CHECK_INT(reached, 1);
	arena_reset(arena);
	if (setjmp(out_of_memory) == 0) {
		arena_array(arena, volatile_half, 4);
		reached = 3;
	}
	CHECK_INT(reached, 1);
	arena_free(arena);
}

static char order[8];

static void
note(void *object)
{
	order[strlen(order)] = *(char *)object;
}

static void
test_deferred_runs_in_reverse(void)
{
	struct arena *arena = arena_new(1 << 20);
	char          secret[] = "secret";

	memset(order, 0, sizeof order);
	arena_defer(arena, note, "a");
	arena_defer(arena, note, "b");
	arena_scrub(arena, secret, sizeof secret);
	CHECK_TEXT(order, "");
	arena_reset(arena);
	CHECK_TEXT(order, "ba");
	CHECK_TEXT(secret, "");
	arena_reset(arena);
	CHECK_TEXT(order, "ba");
	arena_free(arena);
}

/* What is handed over when there is no room to note it is closed all the same, and a secret is gone. */
static void
test_deferred_without_room(void)
{
	struct arena *arena = arena_new(1024);
	char          secret[] = "secret";

	memset(order, 0, sizeof order);
	arena_on_exhausted(arena, abandon, NULL);
	arena_room(arena, 1024);
	if (setjmp(out_of_memory) == 0)
		arena_defer(arena, note, "a");
	CHECK_TEXT(order, "a");
	if (setjmp(out_of_memory) == 0)
		arena_scrub(arena, secret, sizeof secret);
	CHECK_TEXT(secret, "");
	arena_reset(arena);
	CHECK_TEXT(order, "a");
	arena_free(arena);
}

static void
test_text_grows(void)
{
	struct arena *arena = arena_new(1 << 22);
	struct text   text = text_new(arena, 0);

	for (int i = 0; i < 10000; i++)
		TEXT_ADD(&text, "0123456789");
	CHECK_INT(text.length, 100000);
	CHECK_INT(strlen(text.bytes), 100000);
	CHECK_INT(memcmp(text.bytes + 99990, "0123456789", 10), 0);
	arena_free(arena);
}

static void
test_text_integers(void)
{
	struct arena *arena = arena_new(1 << 20);
	struct text   text = text_new(arena, 8);

	text_add_integer(&text, 0);
	text_add_integer(&text, INT64_MIN);
	text_add_integer(&text, INT64_MAX);
	text_addf(&text, "|%s|%d", "x", 7);
	CHECK_TEXT(text.bytes, "0-92233720368547758089223372036854775807|x|7");
	arena_free(arena);
}

static void
test_text_json_escapes(void)
{
	struct arena *arena = arena_new(1 << 20);
	struct text   text = text_new(arena, 8);

	text_add_json(&text, "a\"b\\c\n\t\x01\x0b\x1f\x7f/é");
	CHECK_TEXT(text.bytes, "\"a\\\"b\\\\c\\n\\t\\u0001\\u000b\\u001f\x7f/é\"");
	text = text_new(arena, 8);
	text_add_json(&text, NULL);
	text_add_json(&text, "");
	CHECK_TEXT(text.bytes, "null\"\"");
	arena_free(arena);
}

SUITE("arena and text", TEST(test_memory_is_zeroed_and_aligned), TEST(test_release_goes_back_to_the_mark),
    TEST(test_reset_gives_clean_memory_again), TEST(test_ceiling_abandons), TEST(test_deferred_runs_in_reverse),
    TEST(test_deferred_without_room), TEST(test_text_grows), TEST(test_text_integers), TEST(test_text_json_escapes))
