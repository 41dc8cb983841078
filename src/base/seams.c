#include "base/seams.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

static int64_t
system_wall_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t
system_monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void
system_pause_us(int64_t microseconds)
{
	nanosleep(&(struct timespec) { microseconds / 1000000, microseconds % 1000000 * 1000 }, NULL);
}

static void
system_fill(void *into, size_t length)
{
	unsigned char *at = into;

	while (length > 0) {
		ssize_t got = getrandom(at, length, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			abort();
		at += got;
		length -= (size_t)got;
	}
}

static const struct clock         system_clock = { system_wall_ms, system_monotonic_us, system_pause_us };
static const struct random_source system_random = { system_fill };

const struct clock         *the_clock = &system_clock;
const struct random_source *the_random = &system_random;

void
clock_use(const struct clock *clock)
{
	the_clock = clock != NULL ? clock : &system_clock;
}

void
random_use(const struct random_source *source)
{
	the_random = source != NULL ? source : &system_random;
}
