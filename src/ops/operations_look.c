/* What each part of the shop looks like from here. */
#include "ops/operations.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "base/recent.h"
#include "events/worker.h"
#include "net/circuit.h"
#include "store/db.h"
#include "store/schema.h"
#include "store/work.h"

enum {
	REQUESTS_ENOUGH = 20, /* before their errors mean anything */
	BUSY_LONG_MS = 1000,
	QUEUE_OLD_SECONDS = 300,
	FOLDS_OLD_SECONDS = 60,
	CONNECTIONS_PERCENT = 90,
	FORGED_ENOUGH = 10, /* anybody may send a few */
	CARDS_TESTED = 50,  /* attempts refused in five minutes */
};

#define FOUND(part, condition, ...) operations_found(operations, part, condition, arena_format(work->arena, __VA_ARGS__))

static const char unknown[] = "not known while the database does not answer";

static struct instant *
instant_of(struct arena *arena, int64_t unix_time)
{
	struct instant *instant = NULL;

	if (unix_time != 0) {
		instant = ARENA_NEW(arena, struct instant);
		instant->unix_ms = unix_time * 1000;
	}
	return instant;
}

void
look_at_pools(struct work *work, struct operations *operations)
{
	for (unsigned pool = 0; pool < POOL__COUNT; pool++) {
		struct pool_report *report = &operations->pools[pool];
		struct recent_pool  recent;

		recent_read(pool, &recent);
		*report = (struct pool_report) { pool_values[pool], recent.workers, recent.busy, recent.busy_longest_ms,
			recent.requests, recent.errors, recent.p50_us, recent.p99_us };
		if (recent.workers == 0)
			FOUND(PART_POOLS, CONDITION_DOWN, "no worker of the pool '%s' lives on this machine", report->pool);
		else if (recent.busy == recent.workers && recent.busy_longest_ms > BUSY_LONG_MS)
			FOUND(PART_POOLS, CONDITION_DEGRADED, "all %lld workers of the pool '%s' are busy",
			    (long long)recent.workers, report->pool);
		else if (recent.requests >= REQUESTS_ENOUGH && recent.errors * 100 > recent.requests)
			FOUND(PART_POOLS, CONDITION_DEGRADED, "%lld of %lld requests to the pool '%s' failed in five minutes",
			    (long long)recent.errors, (long long)recent.requests, report->pool);
	}
}

void
look_at_cache(struct work *work, struct operations *operations)
{
	operations->cache =
	    (struct cache_report) { metric_value(METRIC_CACHE, CACHE_HIT, 0), metric_value(METRIC_CACHE, CACHE_MISS, 0),
		    metric_value(METRIC_CACHE, CACHE_FAILURE, 0) + metric_value(METRIC_CACHE, CACHE_CIRCUIT_OPEN, 0) };
	if (operations->ready.checks.cache == PART_FAILED)
		FOUND(PART_CACHE, CONDITION_DOWN, "memcached does not answer");
}

static const struct member database_members[] = {
	M_INTEGER(struct database_report, connections, "connections", 0, INT64_MAX),
	M_INTEGER(struct database_report, connections_max, "connections_max", 0, INT64_MAX),
	M_INTEGER(struct database_report, uptime_seconds, "uptime_seconds", 0, INT64_MAX),
};
SHAPE(struct database_report, database_row_shape, "DatabaseRow", database_members);

static const struct member migrations_members[] = {
	M_INTEGER(struct migrations_report, applied, "applied", 0, INT64_MAX),
	M_INTEGER(struct migrations_report, newest, "newest", 0, INT64_MAX),
	M_TEXT(struct migrations_report, name, "name", 100),
	M_TEXT(struct migrations_report, checksum, "checksum", 64),
};
SHAPE(struct migrations_report, migrations_row_shape, "MigrationsRow", migrations_members);

static const struct problem *
read_database(struct work *work, struct operations *operations)
{
	int64_t begun = monotonic_us();

	TRY(db_row(work->db, &database_row_shape, &operations->database,
	    WITHIN_SECONDS(
		0.5) "SELECT CAST(MAX(IF(VARIABLE_NAME = 'THREADS_CONNECTED', VARIABLE_VALUE, 0)) AS UNSIGNED) AS connections, "
		     "@@max_connections AS connections_max, "
		     "CAST(MAX(IF(VARIABLE_NAME = 'UPTIME', VARIABLE_VALUE, 0)) AS UNSIGNED) AS uptime_seconds "
		     "FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME IN ('THREADS_CONNECTED', 'UPTIME')"));
	operations->database->answer_us = monotonic_us() - begun;
	TRY(db_row(work->db, &migrations_row_shape, &operations->migrations,
	    WITHIN_SECONDS(
		0.5) "SELECT (SELECT COUNT(*) FROM schema_migrations WHERE state = 'applied') AS applied, m.number AS newest, "
		     "m.name, LOWER(HEX(m.checksum)) AS checksum FROM schema_migrations m WHERE m.state = 'applied' "
		     "ORDER BY m.number DESC LIMIT 1"));
	if (operations->migrations != NULL)
		operations->migrations->expected = schema_expected();
	return read_backlog(work, &operations->backlog);
}

void
look_at_database(struct work *work, struct operations *operations)
{
	const struct problem         *problem;
	const struct database_report *database;

	if (operations->ready.checks.database == PART_FAILED) {
		FOUND(PART_DATABASE, CONDITION_DOWN, "MariaDB does not answer");
		operations_found(operations, PART_MIGRATIONS, CONDITION_DOWN, unknown);
		return;
	}
	if (operations->ready.checks.migrations == PART_FAILED)
		FOUND(PART_MIGRATIONS, CONDITION_DOWN, "not all are applied");
	problem = read_database(work, operations);
	database = operations->database;
	if (problem != OK)
		FOUND(PART_DATABASE, CONDITION_DEGRADED, "it answers, but not to all that is asked: %s", problem->message);
	else if (database->connections * 100 >= database->connections_max * CONNECTIONS_PERCENT)
		FOUND(PART_DATABASE, CONDITION_DEGRADED, "%lld of %lld connections are taken", (long long)database->connections,
		    (long long)database->connections_max);
}

/* What waits in a lane without kinds of jobs. */
static void
add_other_queues(struct operations *operations)
{
	const struct backlog *backlog = &operations->backlog;
	struct lane_report   *lanes = operations->lanes;

	lanes[LANE_EVENTS].waiting = backlog->waiting->events;
	lanes[LANE_EVENTS].oldest_seconds = backlog->waiting->events_age;
	lanes[LANE_DELIVERIES].waiting = backlog->leaving->deliveries;
	lanes[LANE_DELIVERIES].oldest_seconds = backlog->leaving->deliveries_age;
	lanes[LANE_SQS].waiting = backlog->leaving->sqs;
	lanes[LANE_SQS].oldest_seconds = backlog->leaving->sqs_age;
}

/* The lanes' queues from the jobs by kind, and the dead among them. */
static void
add_up_jobs(struct work *work, struct operations *operations)
{
	int64_t dead = 0;

	operations->jobs = operations->backlog.queued;
	operations->n_jobs = operations->backlog.n_queued;
	for (size_t i = 0; i < operations->n_jobs; i++) {
		const struct queued *row = &operations->jobs[i];

		if (strcmp(row->status, "dead") == 0) {
			dead += row->jobs;
			continue;
		}
		for (int lane = 0; lane < LANE__COUNT; lane++) {
			struct lane_report *report = &operations->lanes[lane];

			if (strcmp(report->lane, row->lane) != 0)
				continue;
			report->waiting += row->jobs;
			if (strcmp(row->status, "ready") == 0 && row->age_seconds > report->oldest_seconds)
				report->oldest_seconds = row->age_seconds;
		}
	}
	if (dead > 0)
		FOUND(PART_JOBS, CONDITION_DEGRADED, "%lld dead jobs", (long long)dead);
}

static void
look_at_reports(struct work *work, struct operations *operations)
{
	const struct waiting *waiting = operations->backlog.waiting;

	operations->folds = ARENA_NEW(work->arena, struct folds_report);
	*operations->folds = (struct folds_report) { waiting->folds, waiting->folds_age };
	if (waiting->folds_age > FOLDS_OLD_SECONDS)
		FOUND(PART_REPORTS, CONDITION_DEGRADED, "reports are %lld s behind the ledger", (long long)waiting->folds_age);
}

void
look_at_queues(struct work *work, struct operations *operations)
{
	for (enum job_lane lane = 0; lane < LANE__COUNT; lane++) {
		struct lane_report *report = &operations->lanes[lane];

		report->lane = job_lane_name(lane);
		report->seen_at = instant_of(work->arena, metric_value(METRIC_LANE_SEEN, lane, 0));
		if (!job_lane_lives(work->config, lane))
			FOUND(PART_QUEUES, CONDITION_DOWN, "no worker of the lane '%s' gives a sign of life", report->lane);
	}
	if (operations->backlog.leaving == NULL || operations->backlog.waiting == NULL) {
		operations_found(operations, PART_QUEUES, CONDITION_DOWN, unknown);
		operations_found(operations, PART_JOBS, CONDITION_DOWN, unknown);
		operations_found(operations, PART_REPORTS, CONDITION_DOWN, unknown);
		return;
	}
	add_up_jobs(work, operations);
	add_other_queues(operations);
	look_at_reports(work, operations);
	for (int lane = 0; lane < LANE__COUNT; lane++)
		if (operations->lanes[lane].oldest_seconds > QUEUE_OLD_SECONDS)
			FOUND(PART_QUEUES, CONDITION_DEGRADED, "the lane '%s' has work that has waited for %lld s",
			    operations->lanes[lane].lane, (long long)operations->lanes[lane].oldest_seconds);
}

static void
look_at_inbox(struct work *work, struct operations *operations, size_t provider, struct inbox_report *report)
{
#define RECEIVED(outcome) metric_value(METRIC_WEBHOOKS, provider, outcome)
	*report = (struct inbox_report) { .provider = sender_label_names[provider],
		.applied = RECEIVED(WEBHOOK_PROCESSED),
		.deferred = RECEIVED(WEBHOOK_DEFERRED),
		.ignored = RECEIVED(WEBHOOK_IGNORED) + RECEIVED(WEBHOOK_ALREADY),
		.forged = RECEIVED(WEBHOOK_BAD_SIGNATURE),
		.collisions = RECEIVED(WEBHOOK_COLLISION),
		.last_at = instant_of(work->arena, metric_value(METRIC_WEBHOOK_SEEN, provider, 0)) };
#undef RECEIVED
	if (report->forged >= FORGED_ENOUGH && report->last_at == NULL)
		FOUND(PART_WEBHOOKS, CONDITION_DEGRADED,
		    "no webhook of %s has had a right signature: is its secret the right one?", report->provider);
}

void
look_at_webhooks(struct work *work, struct operations *operations)
{
	const struct waiting *waiting = operations->backlog.waiting;

	operations->inboxes = ARENA_ARRAY(work->arena, PROVIDER__COUNT + 1, struct inbox_report);
	for (size_t provider = 0; provider <= PROVIDER__COUNT; provider++)
		if (provider != PROVIDER_COD)
			look_at_inbox(work, operations, provider, &operations->inboxes[operations->n_inboxes++]);
	if (waiting == NULL) {
		operations_found(operations, PART_WEBHOOKS, CONDITION_DOWN, unknown);
		return;
	}
	operations->dead_webhooks = ARENA_NEW(work->arena, int64_t);
	*operations->dead_webhooks = waiting->dead;
	if (waiting->dead > 0)
		FOUND(PART_WEBHOOKS, CONDITION_DEGRADED, "%lld dead webhooks", (long long)waiting->dead);
	if (waiting->deferred_age > QUEUE_OLD_SECONDS || waiting->unverified_age > QUEUE_OLD_SECONDS)
		FOUND(PART_WEBHOOKS, CONDITION_DEGRADED, "a webhook has waited for %lld s",
		    (long long)(waiting->deferred_age > waiting->unverified_age ? waiting->deferred_age
										: waiting->unverified_age));
}

static void
add_breaker(struct work *work, struct operations *operations, const char *service, unsigned circuit)
{
	bool open = circuit_is_open(circuit);

	operations->breakers[operations->n_breakers++] = (struct breaker_report) { service, open };
	if (open)
		FOUND(PART_BREAKERS, CONDITION_DEGRADED, "'%s' does not answer and is not called at present", service);
}

void
look_at_breakers(struct work *work, struct operations *operations)
{
	for (unsigned provider = 0; provider < PROVIDER__COUNT; provider++)
		if (provider != PROVIDER_COD)
			add_breaker(work, operations, provider_names[provider], provider);
	add_breaker(work, operations, "mail", CIRCUIT_MAIL);
	add_breaker(work, operations, "sign_in", CIRCUIT_ISSUER);
	add_breaker(work, operations, "media", CIRCUIT_MEDIA);
}

/* Those that were hit: of requests by rate limits, of payments by the limits of risk. */
void
look_at_limits(struct work *work, struct operations *operations)
{
#define LIMIT_TEXT_(name, text) text,
	static const char *const kinds[] = { LIMIT_KINDS(LIMIT_TEXT_) }, *const risks[] = { RISK_LIMITS(LIMIT_TEXT_) };
	enum { KINDS = sizeof kinds / sizeof *kinds, RISKS = sizeof risks / sizeof *risks };
	int64_t tested = recent_sum(RECENT_RISK_LIMITED);

	_Static_assert((int)KINDS + (int)RISKS <= (int)OPERATIONS_LIMITS_MAX, "all of them may have been hit");
	operations->limits = ARENA_ARRAY(work->arena, KINDS + RISKS, struct limit_report);
	for (size_t i = 0; i < KINDS + RISKS; i++) {
		struct limit_report report = i < KINDS
		    ? (struct limit_report) { kinds[i], metric_value(METRIC_LIMITED, i, 0) }
		    : (struct limit_report) { risks[i - KINDS], metric_value(METRIC_RISK_LIMITED, i - KINDS, 0) };

		if (report.requests > 0)
			operations->limits[operations->n_limits++] = report;
	}
	if (tested > CARDS_TESTED)
		FOUND(PART_LIMITS, CONDITION_DEGRADED,
		    "%lld attempts to pay were refused in five minutes: somebody may be testing cards", (long long)tested);
}
