/* Whether the shop can serve requests: the parts that it needs are checked one by one. */
#include "ops/ready.h"

#include "base/config.h"
#include "events/worker.h"
#include "store/cache.h"
#include "store/db.h"
#include "store/schema.h"

#include <sys/statvfs.h>

enum { FREE_MEBIBYTES_MIN = 64, ANSWER_MS = 700 };

static const char *const check_values[] = { "ok", "failed", "off", NULL };
static const char *const ready_values[] = { "ready", "degraded", NULL };

static const struct member checks_members[] = {
	M_ENUM(struct ready_checks, database, "database", check_values),
	M_ENUM(struct ready_checks, migrations, "migrations", check_values),
	M_ENUM(struct ready_checks, disk, "disk", check_values, .description = "Free space in the configured directories."),
	M_ENUM(struct ready_checks, cache, "cache", check_values,
	    .description = "Without it the shop is slower, and only nginx's limits apply."),
	M_ENUM(struct ready_checks, job_workers, "job_workers", check_values,
	    .description = "Without them the shop accepts orders, but refunds, deferred webhooks and counters are delayed."),
};
SHAPE(struct ready_checks, ready_checks_shape, "ReadyChecks", checks_members);

static const struct member ready_members[] = {
	M_ENUM(struct ready, status, "status", ready_values,
	    .description = "Degraded: the shop is serving, but a check failed; see checks."),
	M_OBJECT(struct ready, checks, "checks", ready_checks_shape),
};
SHAPE_SHARED(struct ready, ready_shape, "Ready", ready_members);

static void
check_database(struct work *work, struct ready_checks *checks, struct faults *faults)
{
	bool                  current = false;
	const struct problem *problem = schema_current(work->db, ANSWER_MS, &current);

	if (problem_is(problem, PROBLEM_DATABASE_LOST) || problem_is(problem, PROBLEM_DATABASE_BUSY)) {
		checks->database = PART_FAILED;
		faults_add(faults, "database", "not responding: check that MariaDB is running, and its user and password");
	} else if (problem != OK || !current) {
		checks->migrations = PART_FAILED;
		faults_add(faults, "migrations", "not all applied: run 'haatctl migrate up'");
	}
}

static void
check_directory(struct work *work, const char *directory, struct ready_checks *checks, struct faults *faults)
{
	struct statvfs disk;

	if (statvfs(directory, &disk) == 0 && (uint64_t)disk.f_bavail * disk.f_frsize >= (uint64_t)FREE_MEBIBYTES_MIN << 20)
		return;
	checks->disk = PART_FAILED;
	faults_add(faults, "disk", arena_format(work->arena, "less than %d MiB are free in '%s'", FREE_MEBIBYTES_MIN, directory));
}

const struct problem *
check_ready(struct work *work, struct ready *ready)
{
	const struct config *config = work->config;
	struct faults        faults = { .count = 0 };

	*ready = (struct ready) { 0 };
	check_database(work, &ready->checks, &faults);
	check_directory(work, config->run_directory, &ready->checks, &faults);
	check_directory(work, config->http.upload_directory, &ready->checks, &faults);
	ready->checks.cache = *config->cache.servers == '\0' ? PART_OFF : cache_available(work->cache) ? PART_OK : PART_FAILED;
	ready->checks.job_workers = job_lanes_live(config) ? PART_OK : PART_FAILED;
	if (ready->checks.cache == PART_FAILED || ready->checks.job_workers == PART_FAILED)
		ready->status = SHOP_DEGRADED;
	return faults.count == 0
	    ? OK
	    : problem_faults(work->arena, PROBLEM_NOT_READY, "a required component is unavailable; see details", &faults);
}
