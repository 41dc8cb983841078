/*
 * operations.h: how the shop is, part by part: for the operator's page, `haatctl top`, and the metrics that are asked for.
 *
 * What the workers count comes from the files that all processes of the host share (base/metrics.h, base/recent.h, net/circuit.h), the rest from
 * the database, the cache and the files themselves; a part that does not answer takes at most 0.7 s, and the others are told
 * all the same.  "Since when" is when it was first seen so, by whoever looked: the job WATCH_PARTS looks every ten seconds.
 */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include "base/parts.h"
#include "base/providers.h"
#include "events/job.h"
#include "http/route.h"
#include "ops/backlog.h"
#include "ops/ready.h"

struct work;

enum {
	OPERATIONS_DISKS_MAX = 8,
	OPERATIONS_CERTIFICATES_MAX = 16,
	OPERATIONS_BREAKERS_MAX = PROVIDER__COUNT + 3,
	OPERATIONS_QUEUED_MAX = 500,
	OPERATIONS_LIMITS_MAX = 64
};

/* Since the shop's start, but for workers and what is busy (now) and requests, errors and durations (in five minutes). */
struct pool_report {
	const char *pool;
	int64_t     workers, busy, busy_longest_ms, requests, errors, p50_us, p99_us;
};

struct part_report {
	int            part, condition; /* enum part, enum part_condition */
	struct instant since;
	const char    *note; /* what is wrong; NULL: nothing */
	const char    *runbook;
};

struct database_report {
	int64_t answer_us, connections, connections_max, uptime_seconds;
};

struct cache_report {
	int64_t hits, misses, failures;
};

struct lane_report {
	const char     *lane;
	int64_t         waiting, oldest_seconds;
	struct instant *seen_at; /* NULL: never */
};

struct inbox_report {
	const char     *provider;
	int64_t         applied, deferred, ignored, forged, collisions;
	struct instant *last_at; /* NULL: never */
};

struct breaker_report {
	const char *service;
	bool        open;
};

struct limit_report {
	const char *kind;
	int64_t     requests;
};

struct disk_report {
	const char *directory;
	int64_t     free_bytes, size_bytes;
};

struct certificate_report {
	const char     *file;
	struct instant *ends_at; /* NULL: cannot be read */
	int64_t        *days_left;
};

struct migrations_report {
	int64_t     applied, expected, newest;
	const char *name, *checksum;
};

struct folds_report {
	int64_t waiting, age_seconds;
};

struct operations {
	int                        condition; /* enum part_condition: of the whole */
	struct instant             as_of;
	struct part_report         parts[PART__COUNT], *parts_list;
	size_t                     n_parts;
	struct pool_report         pools[POOL__COUNT], *pools_list;
	size_t                     n_pools;
	struct database_report    *database; /* NULL, as all that comes from it: it does not answer */
	struct cache_report        cache;
	struct lane_report         lanes[LANE__COUNT], *lanes_list;
	size_t                     n_lanes;
	struct queued             *jobs;
	size_t                     n_jobs;
	struct inbox_report       *inboxes;
	size_t                     n_inboxes;
	int64_t                   *dead_webhooks;
	struct breaker_report      breakers[OPERATIONS_BREAKERS_MAX], *breakers_list;
	size_t                     n_breakers;
	struct limit_report       *limits;
	size_t                     n_limits;
	struct disk_report         disks[OPERATIONS_DISKS_MAX], *disks_list;
	size_t                     n_disks;
	struct certificate_report *certificates;
	size_t                     n_certificates;
	struct migrations_report  *migrations;
	struct folds_report       *folds;

	struct ready   ready;   /* what /ready says */
	struct backlog backlog; /* all members NULL: it could not be read */
};
SHAPE_DECLARE(struct operations, operations_shape);

/* Looks at all of it; into the arena of `work`.  Never fails: what does is what it tells of. */
struct operations *read_operations(struct work *work);

/* The job WATCH_PARTS. */
const struct problem *watch_parts_job(struct work *work, const struct job *job);

/* operations_look.c: each fills in what it sees of its part, and says what is wrong by operations_found. */
void look_at_pools(struct work *work, struct operations *operations);
void look_at_cache(struct work *work, struct operations *operations);
void look_at_database(struct work *work, struct operations *operations);
void look_at_queues(struct work *work, struct operations *operations);
void look_at_webhooks(struct work *work, struct operations *operations);
void look_at_breakers(struct work *work, struct operations *operations);
void look_at_limits(struct work *work, struct operations *operations);

/* operations_files.c: the same of what lies on the disk. */
void look_at_disks(struct work *work, struct operations *operations);
void look_at_certificates(struct work *work, struct operations *operations);

/* operations_found.c: a part is in that condition, and why; the worst that is said of it counts. */
void operations_found(struct operations *operations, enum part part, enum part_condition condition, const char *note);

#endif
