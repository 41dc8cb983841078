/* Circuits and bulkheads on a clock that the test moves. */
#include "base/config.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/seams.h"
#include "net/circuit.h"
#include "tests/suite.h"

static int64_t now_us = 1000000;

static int64_t
wall(void)
{
	return now_us / 1000;
}

static int64_t
monotonic(void)
{
	return now_us;
}

static void
skip(int64_t microseconds)
{
	now_us += microseconds;
}

static const struct clock  moved = { wall, monotonic, skip };
static const struct config config = { .run_directory = "/nonexistent",
	.payments = { .circuit_failures = 3, .circuit_open_seconds = 10, .bulkhead = 2 } };

static enum circuit_outcome
call(unsigned service, bool healthy)
{
	enum circuit_outcome outcome;
	int                  place;

	outcome = circuit_enter(service, 1000, &place);
	if (outcome == CIRCUIT_ENTERED)
		circuit_leave(service, place, healthy);
	return outcome;
}

static void
begin(void)
{
	log_open("test-circuit", LOG_LEVEL_ERROR);
	clock_use(&moved);
	circuit_open_shared(&config, CIRCUIT_FOR_JOBS);
}

static void
it_opens_after_failures_in_a_row(void)
{
	begin();
	CHECK_INT(call(0, false), CIRCUIT_ENTERED);
	CHECK_INT(call(0, false), CIRCUIT_ENTERED);
	CHECK_INT(call(0, true), CIRCUIT_ENTERED);
	for (int i = 0; i < 3; i++) {
		CHECK(!circuit_is_open(0));
		CHECK_INT(call(0, false), CIRCUIT_ENTERED);
	}
	CHECK(circuit_is_open(0) && !circuit_is_open(1));
	CHECK_INT(call(0, true), CIRCUIT_IS_OPEN);
	CHECK_INT(call(1, true), CIRCUIT_ENTERED);
}

static void
one_probe_passes_when_time_is_up(void)
{
	int place;

	begin();
	pause_us(10 * 1000000);
	CHECK(!circuit_is_open(0));
	CHECK_INT(circuit_enter(0, 1000, &place), CIRCUIT_ENTERED);
	CHECK_INT(call(0, true), CIRCUIT_IS_OPEN);
	circuit_leave(0, place, true);
	CHECK_INT(call(0, true), CIRCUIT_ENTERED);
}

static void
a_place_that_nobody_leaves_becomes_free(void)
{
	int place;

	begin();
	CHECK_INT(circuit_enter(2, 1000, &place), CIRCUIT_ENTERED);
	CHECK_INT(circuit_enter(2, 1000, &place), CIRCUIT_ENTERED);
	CHECK_INT(call(2, true), CIRCUIT_IS_FULL);
	CHECK(circuit_has_begun_since(2, 1000, 300) && !circuit_has_begun_since(1, 1000, 300));
	pause_us(301 * 1000);
	CHECK(!circuit_has_begun_since(2, 1000, 300));
	pause_us(1700 * 1000);
	CHECK_INT(call(2, true), CIRCUIT_ENTERED);
}

/* As many as the configuration takes. */
/* However wide the bulkhead: one of the workers that answer requests is left for what needs no provider, or another one. */
static void
one_worker_is_spared(void)
{
	static struct config pool;
	int                  places[3];

	begin();
	pool = config;
	pool.payments.bulkhead = 8;
	pool.workers.pay = 3;
	circuit_open_shared(&pool, CIRCUIT_FOR_REQUESTS);
	CHECK_INT(circuit_enter(5, 1000, &places[0]), CIRCUIT_ENTERED);
	CHECK_INT(circuit_enter(5, 1000, &places[1]), CIRCUIT_ENTERED);
	CHECK_INT(circuit_enter(5, 1000, &places[2]), CIRCUIT_IS_FULL);
	/* Jobs take other places. */
	circuit_open_shared(&pool, CIRCUIT_FOR_JOBS);
	CHECK_INT(circuit_enter(5, 1000, &places[2]), CIRCUIT_ENTERED);
	for (int i = 0; i < 3; i++)
		circuit_leave(5, places[i], true);
	/* A single worker may call all the same. */
	pool.workers.pay = 1;
	circuit_open_shared(&pool, CIRCUIT_FOR_REQUESTS);
	CHECK_INT(circuit_enter(5, 1000, &places[0]), CIRCUIT_ENTERED);
	circuit_leave(5, places[0], true);
}

static void
the_widest_bulkhead(void)
{
	static struct config widest;
	int                  places[BULKHEAD_MAX];

	begin();
	widest = config;
	widest.payments.bulkhead = BULKHEAD_MAX;
	circuit_open_shared(&widest, CIRCUIT_FOR_JOBS);
	for (int i = 0; i < BULKHEAD_MAX; i++)
		CHECK_INT(circuit_enter(3, 1000, &places[i]), CIRCUIT_ENTERED);
	CHECK_INT(call(3, true), CIRCUIT_IS_FULL);
	for (int i = 0; i < BULKHEAD_MAX; i++)
		circuit_leave(3, places[i], true);
	CHECK_INT(call(3, true), CIRCUIT_ENTERED);
}

SUITE("circuit", TEST(it_opens_after_failures_in_a_row), TEST(one_probe_passes_when_time_is_up),
    TEST(a_place_that_nobody_leaves_becomes_free), TEST(one_worker_is_spared), TEST(the_widest_bulkhead))
