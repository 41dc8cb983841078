#include "ops/ops.h"

#include "base/config.h"
#include "base/metrics.h"
#include "http/openapi.h"
#include "http/request.h"
#include "store/cache.h"
#include "store/db.h"
#include "store/schema.h"

#include <errno.h>
#include <sys/statvfs.h>

enum { FREE_BYTES_MIN = 64 << 20 };

static const char *const health_values[] = { "ok", "failed", NULL };
static const char *const alive_values[] = { "ok", NULL };
static const char *const ready_values[] = { "ready", NULL };

struct health {
	int status;
};

static const struct member health_members[] = {
	M_ENUM(struct health, status, "status", alive_values),
};
SHAPE(struct health, health_shape, "Health", health_members);

struct checks {
	int database, migrations, cache, disk; /* health_values */
};

static const struct member checks_members[] = {
	M_ENUM(struct checks, database, "database", health_values),
	M_ENUM(struct checks, migrations, "migrations", health_values),
	M_ENUM(struct checks, cache, "cache", health_values, .description = "A shop without its cache is slower, and ready."),
	M_ENUM(struct checks, disk, "disk", health_values),
};
SHAPE(struct checks, checks_shape, "ReadyChecks", checks_members);

struct ready {
	int           status;
	struct checks checks;
};

static const struct member ready_members[] = {
	M_ENUM(struct ready, status, "status", ready_values),
	M_OBJECT(struct ready, checks, "checks", checks_shape),
};
SHAPE(struct ready, ready_shape, "Ready", ready_members);

static const struct problem *
show_health(struct request *request)
{
	return respond(request, &(struct health) { 0 });
}

static bool
disk_has_room(const char *directory)
{
	struct statvfs disk;

	return statvfs(directory, &disk) == 0 && (uint64_t)disk.f_bavail * disk.f_frsize >= FREE_BYTES_MIN;
}

static const struct problem *
show_ready(struct request *request)
{
	struct work  *work = request->work;
	struct faults faults = { .count = 0 };
	bool          current = false;
	int64_t       one;
	struct ready  ready = { 0 };

	if (db_value(work->db, &one, "SELECT 1 AS value") != OK)
		faults_add(&faults, "database", "not reachable: is MariaDB running, are user and password right?");
	else if (schema_current(work->db, &current) != OK || !current)
		faults_add(&faults, "migrations", "not all applied: run 'haatctl migrate up'");
	if (!disk_has_room(work->config->run_directory))
		faults_add(&faults, "disk", "less than 64 MiB are free in the run directory");
	ready.checks.cache = cache_available(work->cache) ? 0 : 1;
	if (faults.count > 0)
		return problem_faults(work->arena, PROBLEM_NOT_READY, "a part that is needed is down; see details", &faults);
	return respond(request, &ready);
}

static const struct problem *
show_metrics(struct request *request)
{
	struct text out = text_new(request->work->arena, 64 * 1024);

	metrics_print(&out);
	return respond_text(request, "text/plain; version=0.0.4; charset=utf-8", out.bytes, out.length);
}

static const struct problem *
show_openapi(struct request *request)
{
	struct text out = text_new(request->work->arena, 256 * 1024);

	openapi_print(request->work->config->public_url, &out);
	respond_header(request, "Cache-Control", "public, max-age=300");
	return respond_json(request, out.bytes, out.length);
}

static const struct route ops_routes[] = {
	{ GET, "/health", .id = "showHealth", .permission = PUBLIC, .limit = LIMIT_NONE, .outside = true,
	  .answer = { 200, &health_shape }, .summary = "Is a worker alive?", .handler = show_health },
	{ GET, "/ready", .id = "showReady", .permission = PUBLIC, .limit = LIMIT_NONE, .outside = true,
	  .answer = { 200, &ready_shape }, .errors = ERRORS(NOT_READY),
	  .summary = "Can the shop serve?", .description = "Checks database, migrations, cache and disk; details says what failed.",
	  .handler = show_ready },
	{ GET, "/metrics", .id = "showMetrics", .permission = PUBLIC, .limit = LIMIT_NONE, .outside = true,
	  .answer = { 200, NULL }, .answer_type = "text/plain",
	  .summary = "Counters of all workers, for Prometheus", .handler = show_metrics },
	{ GET, "/openapi.json", .id = "showOpenApi", .permission = PUBLIC,
	  .answer = { 200, NULL }, .answer_type = "application/json",
	  .summary = "This document", .handler = show_openapi },
};

ROUTE_TABLE(ops_table, "Operation", "Is the shop alive, is it ready, and what does its API look like?", ops_routes);
