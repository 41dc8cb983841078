/* What the workers have done in the last minutes, on a clock that the test moves; who lives, by processes of its own. */
#include "base/instant.h"
#include "base/log.h"
#include "base/parts.h"
#include "base/recent.h"
#include "base/seams.h"
#include "tests/suite.h"

#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POOL = 2, MINUTE_US = 60 * 1000 * 1000 };

static int64_t now_us = 1800000000LL * 1000000;

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

static const struct clock moved = { wall, monotonic, skip };
static char               directory[] = "/tmp/haat-recent-XXXXXX";

static void
begin(void)
{
	static bool begun;

	clock_use(&moved);
	if (!begun && mkdtemp(directory) != NULL) {
		log_open("test-recent", LOG_LEVEL_ERROR);
		recent_open(directory);
		recent_worker_begins(POOL, 0);
	}
	begun = true;
}

static void
request(bool failed, int64_t microseconds)
{
	recent_request_begins();
	now_us += microseconds;
	recent_request_ends(failed, microseconds);
}

static void
requests_of_five_minutes_count(void)
{
	struct recent_pool pool;

	begin();
	for (int i = 0; i < 98; i++)
		request(false, 800);
	request(true, 700000);
	request(true, 700000);
	recent_read(POOL, &pool);
	CHECK_INT(pool.requests, 100);
	CHECK_INT(pool.errors, 2);
	CHECK(pool.p50_us > 0 && pool.p50_us <= 1000);
	CHECK(pool.p99_us > 500000 && pool.p99_us <= 1000000);
	now_us += 3 * (int64_t)MINUTE_US;
	request(false, 800);
	recent_read(POOL, &pool);
	CHECK_INT(pool.requests, 101);
	now_us += 2 * (int64_t)MINUTE_US;
	recent_read(POOL, &pool);
	CHECK_INT(pool.requests, 1);
	/* The place of a minute is used again, empty. */
	now_us += (int64_t)MINUTE_US;
	request(false, 800);
	recent_read(POOL, &pool);
	CHECK_INT(pool.requests, 2);
	now_us += 10 * (int64_t)MINUTE_US;
	recent_read(POOL, &pool);
	CHECK_INT(pool.requests, 0);
	CHECK_INT(pool.p99_us, 0);
}

static void
the_busy_are_those_that_live(void)
{
	struct recent_pool pool;
	int                ready[2];
	char               byte;
	pid_t              child;

	begin();
	CHECK(pipe(ready) == 0);
	child = fork();
	if (child == 0) {
		recent_worker_begins(POOL, 5);
		recent_request_begins();
		_exit(write(ready[1], "+", 1) == 1 && pause() == 0);
	}
	CHECK_INT(read(ready[0], &byte, 1), 1);
	now_us += 1500 * 1000;
	recent_read(POOL, &pool);
	CHECK_INT(pool.workers, 2); /* with this process */
	CHECK_INT(pool.busy, 1);
	CHECK_INT(pool.busy_longest_ms, 1500);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	recent_read(POOL, &pool);
	CHECK_INT(pool.workers, 1);
	CHECK_INT(pool.busy, 0);
	close(ready[0]);
	close(ready[1]);
}

static void
what_was_refused_is_forgotten(void)
{
	begin();
	recent_add(RECENT_LIMITED);
	recent_add(RECENT_LIMITED);
	recent_add(RECENT_RISK_LIMITED);
	CHECK_INT(recent_sum(RECENT_LIMITED), 2);
	CHECK_INT(recent_sum(RECENT_RISK_LIMITED), 1);
	now_us += 5 * (int64_t)MINUTE_US;
	CHECK_INT(recent_sum(RECENT_LIMITED), 0);
}

static void
a_part_is_so_since_it_was_seen_so(void)
{
	int64_t began, later;

	begin();
	began = part_seen(PART_CACHE, CONDITION_OK);
	CHECK_INT(began, unix_seconds());
	now_us += MINUTE_US;
	CHECK_INT(part_seen(PART_CACHE, CONDITION_OK), began);
	later = part_seen(PART_CACHE, CONDITION_DOWN);
	CHECK_INT(later, unix_seconds());
	now_us += MINUTE_US;
	CHECK_INT(part_seen(PART_CACHE, CONDITION_DOWN), later);
	CHECK_INT(part_seen(PART_CACHE, CONDITION_OK), unix_seconds());
}

static void
nothing_stays(void)
{
	char   path[100];
	glob_t files;

	snprintf(path, sizeof path, "%s/recent-*", directory);
	CHECK_INT(glob(path, 0, NULL, &files), 0);
	CHECK_INT(files.gl_pathc, 1);
	CHECK_INT(unlink(files.gl_pathv[0]), 0);
	globfree(&files);
	CHECK_INT(rmdir(directory), 0);
}

SUITE("recent", TEST(requests_of_five_minutes_count), TEST(the_busy_are_those_that_live), TEST(what_was_refused_is_forgotten),
    TEST(a_part_is_so_since_it_was_seen_so), TEST(nothing_stays))
