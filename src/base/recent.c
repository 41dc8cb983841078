#include "base/recent.h"

#include "base/config.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/shared_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { PLACES = RECENT_MINUTES + 1, BUCKETS = METRIC_BOUNDS + 1 };

/* Every member is changed by atomic operations only. */
struct pool_minute {
	int64_t requests, errors, buckets[BUCKETS];
};

struct minute {
	int64_t            number; /* since 1970 */
	int64_t            counts[RECENT__COUNT];
	struct pool_minute pools[RECENT_POOLS_MAX];
};

struct shared {
	struct minute minutes[PLACES];
	int64_t       begun_ms[RECENT_POOLS_MAX][WORKERS_MAX]; /* monotonic; 0: idle */
};

static struct shared  private_memory;
static struct shared *shared = &private_memory;
static int            lock_fd = -1;
static int64_t       *own_begun_ms; /* NULL: this process is no worker */
static unsigned       own_pool;

#define READ(cell) __atomic_load_n(&(cell), __ATOMIC_RELAXED)
#define WRITE(cell, value) __atomic_store_n(&(cell), (value), __ATOMIC_RELAXED)
#define INCREASE(cell) __atomic_fetch_add(&(cell), 1, __ATOMIC_RELAXED)

void
recent_open(const char *directory)
{
	char  path[4096];
	void *mapped;

	snprintf(path, sizeof path, "%s/recent-%zu", directory, sizeof *shared);
	mapped = shared_file_map(path, sizeof *shared, &lock_fd);
	if (mapped == NULL)
		log_warning("cannot share what the workers do", LOG_ID("path", path), LOG_TEXT("cause", strerror(errno)));
	else
		shared = mapped;
}

/* A byte of the file for each place: who lives holds it, and loses it when it ends. */
static struct flock
place_lock(unsigned pool, unsigned place, short type)
{
	return (
	    struct flock) { .l_type = type, .l_whence = SEEK_SET, .l_start = (off_t)(pool * WORKERS_MAX + place), .l_len = 1 };
}

void
recent_worker_begins(unsigned pool, unsigned place)
{
	struct flock lock = place_lock(pool, place, F_RDLCK); /* with a predecessor that still drains */

	assert(pool < RECENT_POOLS_MAX && place < WORKERS_MAX);
	own_pool = pool;
	own_begun_ms = &shared->begun_ms[pool][place];
	WRITE(*own_begun_ms, 0);
	if (lock_fd >= 0 && fcntl(lock_fd, F_SETLK, &lock) != 0)
		log_warning("cannot say that the worker lives", LOG_TEXT("cause", strerror(errno)));
}

/* The counts of this minute, emptied when they are of an earlier one. */
static struct minute *
this_minute(void)
{
	int64_t        number = unix_seconds() / 60;
	struct minute *minute = &shared->minutes[number % PLACES];
	int64_t        found = READ(minute->number);

	if (found != number &&
	    __atomic_compare_exchange_n(&minute->number, &found, number, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
		for (int count = 0; count < RECENT__COUNT; count++)
			WRITE(minute->counts[count], 0);
		for (int pool = 0; pool < RECENT_POOLS_MAX; pool++) {
			WRITE(minute->pools[pool].requests, 0);
			WRITE(minute->pools[pool].errors, 0);
			for (int bucket = 0; bucket < BUCKETS; bucket++)
				WRITE(minute->pools[pool].buckets[bucket], 0);
		}
	}
	return minute;
}

void
recent_request_begins(void)
{
	if (own_begun_ms != NULL)
		WRITE(*own_begun_ms, monotonic_ms());
}

void
recent_request_ends(bool failed, int64_t microseconds)
{
	struct pool_minute *minute;

	if (own_begun_ms == NULL)
		return;
	minute = &this_minute()->pools[own_pool];
	INCREASE(minute->requests);
	if (failed)
		INCREASE(minute->errors);
	INCREASE(minute->buckets[metric_bucket(microseconds)]);
	WRITE(*own_begun_ms, 0);
}

void
recent_add(enum recent_count count)
{
	INCREASE(this_minute()->counts[count]);
}

/* Those of the last five minutes, this one included. */
#define FOR_EACH_RECENT(minute) \
	for (const struct minute *minute = shared->minutes; minute < shared->minutes + PLACES; minute++) \
		if (READ(minute->number) > unix_seconds() / 60 - RECENT_MINUTES)

int64_t
recent_sum(enum recent_count count)
{
	int64_t sum = 0;

	FOR_EACH_RECENT(minute)
	sum += READ(minute->counts[count]);
	return sum;
}

/* The duration below which `percent` of the requests stay, as Prometheus reckons it: evenly within a bucket. */
static int64_t
quantile_us(const int64_t buckets[BUCKETS], int64_t requests, int percent)
{
	int64_t before = 0, rank = (requests * percent + 99) / 100;

	for (int bucket = 0; bucket < METRIC_BOUNDS && requests > 0; bucket++) {
		int64_t from = bucket == 0 ? 0 : metric_bounds_us[bucket - 1];

		if (before + buckets[bucket] >= rank)
			return from + (metric_bounds_us[bucket] - from) * (rank - before) / buckets[bucket];
		before += buckets[bucket];
	}
	return requests == 0 ? 0 : metric_bounds_us[METRIC_BOUNDS - 1];
}

static void
read_workers(unsigned pool, struct recent_pool *into)
{
	int64_t now = monotonic_ms();

	for (unsigned place = 0; place < WORKERS_MAX && lock_fd >= 0; place++) {
		struct flock lock = place_lock(pool, place, F_WRLCK);
		int64_t      begun = READ(shared->begun_ms[pool][place]);

		if (fcntl(lock_fd, F_OFD_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
			continue;
		into->workers++;
		into->busy += begun != 0;
		if (begun != 0 && now - begun > into->busy_longest_ms)
			into->busy_longest_ms = now - begun;
	}
}

void
recent_read(unsigned pool, struct recent_pool *into)
{
	int64_t buckets[BUCKETS] = { 0 }, counted = 0;

	assert(pool < RECENT_POOLS_MAX);
	*into = (struct recent_pool) { 0 };
	read_workers(pool, into);
	FOR_EACH_RECENT(minute)
	{
		into->requests += READ(minute->pools[pool].requests);
		into->errors += READ(minute->pools[pool].errors);
		for (int bucket = 0; bucket < BUCKETS; bucket++) {
			int64_t count = READ(minute->pools[pool].buckets[bucket]);

			buckets[bucket] += count;
			counted += count;
		}
	}
	into->p50_us = quantile_us(buckets, counted, 50);
	into->p99_us = quantile_us(buckets, counted, 99);
}
