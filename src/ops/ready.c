/* Whether the shop can serve requests: the parts that it needs are checked one by one. */
#include "ops/ready.h"

#include "base/config.h"
#include "store/cache.h"
#include "store/db.h"
#include "store/schema.h"

#include <sys/statvfs.h>

enum { FREE_BYTES_MIN = 64 << 20 };

static const char *const check_values[] = { "ok", "failed", NULL };
static const char *const ready_values[] = { "ready", NULL };

static const struct member checks_members[] = {
	M_ENUM(struct ready_checks, database, "database", check_values),
	M_ENUM(struct ready_checks, migrations, "migrations", check_values),
	M_ENUM(struct ready_checks, cache, "cache", check_values,
	    .description = "The shop is ready without its cache, only slower."),
	M_ENUM(struct ready_checks, disk, "disk", check_values),
};
SHAPE(struct ready_checks, ready_checks_shape, "ReadyChecks", checks_members);

static const struct member ready_members[] = {
	M_ENUM(struct ready, status, "status", ready_values),
	M_OBJECT(struct ready, checks, "checks", ready_checks_shape),
};
SHAPE_SHARED(struct ready, ready_shape, "Ready", ready_members);

static bool
disk_has_room(const char *directory)
{
	struct statvfs disk;

	return statvfs(directory, &disk) == 0 && (uint64_t)disk.f_bavail * disk.f_frsize >= FREE_BYTES_MIN;
}

const struct problem *
check_ready(struct work *work, struct ready *ready)
{
	struct faults faults = { .count = 0 };
	bool          current = false;
	int64_t       one;

	*ready = (struct ready) { 0 };
	if (db_value(work->db, &one, WITHIN_SECONDS(1) "SELECT 1") != OK)
		faults_add(&faults, "database", "not reachable: check that MariaDB is running, and its user and password");
	else if (schema_current(work->db, &current) != OK || !current)
		faults_add(&faults, "migrations", "not all applied: run 'haatctl migrate up'");
	if (!disk_has_room(work->config->run_directory))
		faults_add(&faults, "disk", "less than 64 MiB are free in the run directory");
	ready->checks.cache = cache_available(work->cache) ? 0 : 1;
	return faults.count == 0
	    ? OK
	    : problem_faults(work->arena, PROBLEM_NOT_READY, "a required part is down; see details", &faults);
}
