#include "ops/operations.h"

#include "base/arena.h"
#include "base/config.h"
#include "store/work.h"

#define COUNT(S, field, ...) M_INTEGER(S, field, #field, 0, INT64_MAX, ##__VA_ARGS__)

static const struct member part_members[] = {
	M_ENUM(struct part_report, part, "name", part_values),
	M_ENUM(struct part_report, condition, "status", condition_values),
	M_TIME(struct part_report, since, "since", .description = "When it was first seen so."),
	M_TEXT(struct part_report, note, "note", 500, .description = "What is wrong.", .example = "\"2 dead jobs\""),
	M_TEXT(struct part_report, runbook, "runbook", 100, .description = "What to do: the place in the operator's handbook.",
	    .example = "\"OPERATIONS.md#jobs\""),
};
SHAPE(struct part_report, part_shape, "OperationsPart", part_members);

static const struct member pool_members[] = {
	M_TEXT(struct pool_report, pool, "pool", 16, .example = "\"api\""),
	COUNT(struct pool_report, workers),
	COUNT(struct pool_report, busy, .description = "Workers that have a request at this moment."),
	COUNT(struct pool_report, busy_longest_ms, .description = "How long the oldest of those requests has taken so far."),
	COUNT(struct pool_report, requests, .description = "In the last five minutes, as what follows."),
	COUNT(struct pool_report, errors, .description = "Answers of 500 and above."),
	COUNT(struct pool_report, p50_us),
	COUNT(struct pool_report, p99_us),
};
SHAPE(struct pool_report, pool_shape, "OperationsPool", pool_members);

static const struct member database_members[] = {
	COUNT(struct database_report, answer_us),
	COUNT(struct database_report, connections),
	COUNT(struct database_report, connections_max),
	COUNT(struct database_report, uptime_seconds),
};
SHAPE(struct database_report, database_shape, "OperationsDatabase", database_members);

static const struct member cache_members[] = {
	COUNT(struct cache_report, hits),
	COUNT(struct cache_report, misses),
	COUNT(struct cache_report, failures),
};
SHAPE(struct cache_report, cache_report_shape, "OperationsCache", cache_members);

static const struct member lane_members[] = {
	M_TEXT(struct lane_report, lane, "lane", 16, .example = "\"money\""),
	COUNT(struct lane_report, waiting, .description = "What is due, will be, or runs; of more than 20,000 so many."),
	COUNT(struct lane_report, oldest_seconds, .description = "How long the oldest of what is due has waited."),
	M_TIME(struct lane_report, seen_at, "seen_at", .description = "The last sign of life of the lane's workers."),
};
SHAPE(struct lane_report, lane_shape, "OperationsLane", lane_members);

static const struct member inbox_members[] = {
	M_TEXT(struct inbox_report, provider, "provider", 16, .example = "\"stripe\""),
	COUNT(struct inbox_report, applied),
	COUNT(struct inbox_report, deferred),
	COUNT(struct inbox_report, ignored),
	COUNT(struct inbox_report, forged, .description = "Those whose signature was missing or wrong."),
	COUNT(struct inbox_report, collisions),
	M_TIME(struct inbox_report, last_at, "last_at", .description = "When the last one came whose signature was right."),
};
SHAPE(struct inbox_report, inbox_shape, "OperationsWebhooks", inbox_members);

static const struct member breaker_members[] = {
	M_TEXT(struct breaker_report, service, "service", 16, .example = "\"paypal\""),
	M_BOOLEAN(
	    struct breaker_report, open, "open", .description = "The service does not answer and is not called at present."),
};
SHAPE(struct breaker_report, breaker_shape, "OperationsBreaker", breaker_members);

static const struct member limit_members[] = {
	M_TEXT(struct limit_report, kind, "kind", 32, .example = "\"sign_in_address\""),
	COUNT(struct limit_report, requests),
};
SHAPE(struct limit_report, limit_shape, "OperationsLimit", limit_members);

static const struct member disk_members[] = {
	M_TEXT(struct disk_report, directory, "directory", 4096, .example = "\"/var/lib/haat/media\""),
	COUNT(struct disk_report, free_bytes),
	COUNT(struct disk_report, size_bytes),
};
SHAPE(struct disk_report, disk_shape, "OperationsDisk", disk_members);

static const struct member certificate_members[] = {
	M_TEXT(struct certificate_report, file, "file", 4096, .example = "\"/etc/haat/tls/server.pem\""),
	M_TIME(struct certificate_report, ends_at, "ends_at"),
	M_INTEGER(struct certificate_report, days_left, "days_left", -100000, 100000,
	    .description = "Whole days; below zero: it has ended."),
};
SHAPE(struct certificate_report, certificate_shape, "OperationsCertificate", certificate_members);

static const struct member migrations_members[] = {
	COUNT(struct migrations_report, applied),
	COUNT(struct migrations_report, expected, .description = "How many the running program knows."),
	COUNT(struct migrations_report, newest, .description = "The number of the last that is applied."),
	M_TEXT(struct migrations_report, name, "name", 100, .example = "\"report_quarters\""),
	M_TEXT(struct migrations_report, checksum, "checksum", 64, .description = "Its SHA-256, in hexadecimal.",
	    .example = "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\""),
};
SHAPE(struct migrations_report, migrations_shape, "OperationsMigrations", migrations_members);

static const struct member folds_members[] = {
	COUNT(struct folds_report, waiting,
	    .description = "Postings of the ledger that no report has yet; of more than 20,000 so many."),
	COUNT(struct folds_report, age_seconds, .description = "How long the oldest of them has waited."),
};
SHAPE(struct folds_report, folds_shape, "OperationsReports", folds_members);

#define LIST(field, count, json, shape, max, ...) M_ARRAY(struct operations, field, count, json, shape, max, ##__VA_ARGS__)
#define SINCE_START "Counted since the shop's start."
static const struct member operations_members[] = {
	M_ENUM(struct operations, condition, "status", condition_values,
	    .description = "Down: it cannot serve; degraded: it serves, but a part is not well."),
	M_TIME(struct operations, as_of, "as_of"),
	LIST(parts_list, n_parts, "parts", part_shape, PART__COUNT),
	LIST(pools_list, n_pools, "pools", pool_shape, POOL__COUNT),
	M_OBJECT(struct operations, database, "database", database_shape,
	    .description = "Absent, as all that is read from it, when it does not answer."),
	M_OBJECT(struct operations, cache, "cache", cache_report_shape, .description = SINCE_START),
	LIST(lanes_list, n_lanes, "queues", lane_shape, LANE__COUNT),
	LIST(jobs, n_jobs, "jobs", queued_shape, OPERATIONS_QUEUED_MAX),
	LIST(inboxes, n_inboxes, "webhooks", inbox_shape, PROVIDER__COUNT + 1, .description = SINCE_START),
	M_INTEGER(struct operations, dead_webhooks, "dead_webhooks", 0, INT64_MAX),
	LIST(breakers_list, n_breakers, "breakers", breaker_shape, OPERATIONS_BREAKERS_MAX),
	LIST(limits, n_limits, "limits", limit_shape, OPERATIONS_LIMITS_MAX, .description = SINCE_START " Those that were hit."),
	LIST(disks_list, n_disks, "disks", disk_shape, OPERATIONS_DISKS_MAX),
	LIST(certificates, n_certificates, "certificates", certificate_shape, OPERATIONS_CERTIFICATES_MAX),
	M_OBJECT(struct operations, migrations, "migrations", migrations_shape),
	M_OBJECT(struct operations, folds, "reports", folds_shape),
};
SHAPE_SHARED(struct operations, operations_shape, "Operations", operations_members);

/* The shop as a whole is down with what /ready refuses for, or without workers; anything else degrades it. */
static void
judge(struct work *work, struct operations *operations)
{
	static const bool needed[PART__COUNT] = {
		[PART_DATABASE] = true, [PART_MIGRATIONS] = true, [PART_DISK] = true, [PART_POOLS] = true
	};

	for (int part = 0; part < PART__COUNT; part++) {
		struct part_report *report = &operations->parts[part];
		int condition = report->condition == CONDITION_DOWN && !needed[part] ? CONDITION_DEGRADED : report->condition;

		report->part = part;
		report->runbook = arena_format(work->arena, "OPERATIONS.md#%s", part_values[part]);
		report->since = (struct instant) { part_seen((enum part)part, (enum part_condition)report->condition) * 1000 };
		if (condition > operations->condition)
			operations->condition = condition;
	}
}

/* Arrays of a fixed length are shown as lists. */
static void
show_lists(struct operations *operations)
{
	operations->parts_list = operations->parts;
	operations->n_parts = PART__COUNT;
	operations->pools_list = operations->pools;
	operations->n_pools = POOL__COUNT;
	operations->lanes_list = operations->lanes;
	operations->n_lanes = LANE__COUNT;
	operations->breakers_list = operations->breakers;
	operations->disks_list = operations->disks;
}

struct operations *
read_operations(struct work *work)
{
	struct operations *operations = ARENA_NEW(work->arena, struct operations);

	operations->as_of = instant_now();
	(void)check_ready(work, &operations->ready);
	look_at_database(work, operations);
	look_at_queues(work, operations);
	look_at_pools(work, operations);
	look_at_cache(work, operations);
	look_at_webhooks(work, operations);
	look_at_breakers(work, operations);
	look_at_limits(work, operations);
	look_at_disks(work, operations);
	look_at_certificates(work, operations);
	judge(work, operations);
	show_lists(operations);
	return operations;
}

const struct problem *
watch_parts_job(struct work *work, const struct job *job)
{
	(void)job;
	(void)read_operations(work);
	return OK;
}
