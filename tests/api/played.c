#include "tests/api/played.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/seams.h"
#include "base/text.h"
#include "net/circuit.h"
#include "shop.h"
#include "store/cache.h"
#include "store/db.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ARENA_BYTES = 64 << 20, CONFIG_BYTES = 16 << 20 };

static const struct clock *system_clock;
static int64_t             ahead_ms, kill_point;
static int64_t            *points; /* of the last worker, in memory that it shares with this program */

static void
pass_point(void)
{
	if (++*points == kill_point)
		raise(SIGKILL);
}

static int64_t
played_wall(void)
{
	pass_point();
	return system_clock->wall_ms() + ahead_ms;
}

static int64_t
played_monotonic(void)
{
	pass_point();
	return system_clock->monotonic_us();
}

static void
played_pause(int64_t microseconds)
{
	system_clock->pause_us(microseconds);
}

static const struct clock played_clock = { played_wall, played_monotonic, played_pause };

/* Its own directory: it rings at no door of the shop's, whose workers live in another time. */
static void
load(struct config *config)
{
	struct arena *arena = arena_new(CONFIG_BYTES);
	struct text   faults = text_new(arena, 256);
	char         *directory = form("%s/played", shop_directory());

	if (!config_load(form("%s/haat.conf", shop_directory()), arena, config, &faults)) {
		fprintf(stderr, "%s", faults.bytes);
		_exit(3);
	}
	(void)!mkdir(directory, 0700);
	config->run_directory = directory;
}

/*
 * A worker's clock on the wall is that of Berlin, by its rule, so that no file of time zones is needed: what reckons in local time and
 * not in UTC comes out an hour wrong in summer.
 */
static void
live_in_berlin(void)
{
	static const time_t summer = 1782907200; /* 2026-07-01T12:00:00Z */
	struct tm           local = { 0 };

	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	if (localtime_r(&summer, &local) == NULL || local.tm_hour != 14) {
		fprintf(stderr, "this system knows no summer time, so nothing would be shown\n");
		_exit(4);
	}
}

static int
work_as_worker(const char *instant, played_function *function, void *argument)
{
	static struct config config;
	struct arena        *arena = arena_new(ARENA_BYTES);
	struct work          work = {
			 .arena = arena, .config = &config, .viewer = SYSTEM_VIEWER, .request_id = "", .traceparent = "", .address = ""
	};
	const struct problem *problem;
	struct instant        now;

	live_in_berlin();
	load(&config);
	log_open("played", LOG_LEVEL_ERROR);
	routes_use(shop_tables);
	shop_metrics_open(config.run_directory);
	circuit_open_shared(&config, CIRCUIT_FOR_JOBS);
	work.db = db_open(&config, arena);
	work.cache = cache_open(&config, arena);
	system_clock = the_clock;
	instant_parse(instant, &now);
	ahead_ms = now.unix_ms - system_clock->wall_ms();
	clock_use(&played_clock);
	problem = function(&work, argument);
	if (problem != OK)
		fprintf(stderr, "played at %s: %s\n", instant, problem->message);
	return problem == OK ? 0 : 1;
}

pid_t
played_start(const char *instant, int64_t kill_at, played_function *function, void *argument)
{
	pid_t worker;

	if (points == NULL)
		points = mmap(NULL, sizeof *points, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	*points = 0;
	kill_point = kill_at;
	fflush(NULL);
	worker = fork();
	if (worker == 0)
		_exit(work_as_worker(instant, function, argument));
	return worker;
}

bool
played_wait(pid_t worker, bool *killed)
{
	int status = -1;

	waitpid(worker, &status, 0);
	*killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void
played_run(const char *instant, played_function *function, void *argument)
{
	bool killed;

	CHECK(played_wait(played_start(instant, 0, function, argument), &killed));
}

int64_t
played_points(void)
{
	return *points;
}
