/* Clock and random bytes can be replaced, and everything that asks follows. */
#include "base/arena.h"
#include "base/ids.h"
#include "base/instant.h"
#include "base/seams.h"
#include "tests/suite.h"

#include <string.h>

static int64_t wall, monotonic, paused;

static int64_t
frozen_wall(void)
{
	return wall;
}

static int64_t
frozen_monotonic(void)
{
	return monotonic;
}

/* A pause costs a simulation nothing but its own time. */
static void
skip(int64_t microseconds)
{
	paused += microseconds;
	monotonic += microseconds;
}

static void
fill_with_sevens(void *into, size_t length)
{
	memset(into, 7, length);
}

static const struct clock         frozen = { frozen_wall, frozen_monotonic, skip };
static const struct random_source sevens = { fill_with_sevens };

static void
a_replaced_clock_is_the_only_one(void)
{
	wall = 1795180455016;
	monotonic = 5000000;
	paused = 0;
	clock_use(&frozen);
	CHECK_INT(instant_now().unix_ms, 1795180455016);
	CHECK_INT(unix_seconds(), 1795180455);
	CHECK_INT(monotonic_us(), 5000000);
	pause_us(3600 * INT64_C(1000000));
	CHECK_INT(monotonic_ms(), 5000 + 3600 * 1000);
	CHECK_INT(paused, 3600 * INT64_C(1000000));
	clock_use(NULL);
	CHECK(instant_now().unix_ms != wall);
	CHECK(monotonic_us() != monotonic);
}

static void
the_system_clock_goes_on(void)
{
	int64_t before = monotonic_us();

	pause_us(2000);
	CHECK(monotonic_us() - before >= 2000);
}

static void
replaced_random_bytes_are_the_only_ones(void)
{
	unsigned char bytes[4];
	struct arena *arena = arena_new(1 << 16);
	struct uuid   id;

	wall = INT64_C(4102444800000); /* ahead of every id made so far: ids never go back */
	clock_use(&frozen);
	random_use(&sevens);
	random_bytes(bytes, sizeof bytes);
	CHECK(memcmp(bytes, "\7\7\7\7", 4) == 0);
	id = uuid_new();
	CHECK_TEXT(uuid_text(arena, id), "03bb2cc3-d800-741c-8707-070707070707");
	CHECK_TEXT(reference_new(arena, "ORD-"), "ORD-7777777777");
	random_use(NULL);
	clock_use(NULL);
	random_bytes(bytes, sizeof bytes);
	CHECK(memcmp(bytes, "\7\7\7\7", 4) != 0);
	arena_free(arena);
}

SUITE("seams", TEST(a_replaced_clock_is_the_only_one), TEST(the_system_clock_goes_on),
    TEST(replaced_random_bytes_are_the_only_ones))
