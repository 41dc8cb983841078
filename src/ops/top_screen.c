#include "ops/top_screen.h"

#include "base/arena.h"
#include "base/text.h"
#include "ops/operations.h"

#include <stdlib.h>

const char *const top_order_names[TOP_ORDER__COUNT] = { "as listed", "by load", "by trouble" };

struct row {
	size_t      listed; /* its place */
	int64_t     load, trouble;
	const char *line;
};

struct table {
	struct arena *arena;
	struct row   *rows;
	size_t        count;
};

static struct table
table_new(struct arena *arena, size_t rows)
{
	return (struct table) { .arena = arena, .rows = ARENA_ARRAY(arena, rows + 1, struct row) };
}

#define ADD_ROW(table, load, trouble, ...) add_row(table, load, trouble, arena_format((table)->arena, __VA_ARGS__))
static void
add_row(struct table *table, int64_t load, int64_t trouble, const char *line)
{
	table->rows[table->count] = (struct row) { table->count, load, trouble, line };
	table->count++;
}

/* The greater first; equal ones as listed. */
static int
compare(int64_t a, int64_t b, const struct row *one, const struct row *other)
{
	if (a != b)
		return a > b ? -1 : 1;
	return one->listed < other->listed ? -1 : 1;
}

static int
compare_load(const void *one, const void *other)
{
	const struct row *a = one, *b = other;

	return compare(a->load, b->load, a, b);
}

static int
compare_trouble(const void *one, const void *other)
{
	const struct row *a = one, *b = other;

	return compare(a->trouble, b->trouble, a, b);
}

static void
print_table(struct text *out, struct table *table, const char *heading, enum top_order order)
{
	if (table->count == 0)
		return;
	if (order != TOP_AS_LISTED)
		qsort(table->rows, table->count, sizeof *table->rows, order == TOP_BY_LOAD ? compare_load : compare_trouble);
	text_addf(out, "\n%s\n", heading);
	for (size_t i = 0; i < table->count; i++)
		text_addf(out, "%s\n", table->rows[i].line);
}

static const char *
time_text(struct arena *arena, const struct instant *instant)
{
	char text[INSTANT_TEXT_SIZE];

	if (instant == NULL)
		return "never";
	instant_write(*instant, text);
	return arena_format(arena, "%.19sZ", text); /* without the milliseconds */
}

static void
print_parts(struct arena *arena, const struct operations *operations, enum top_order order, struct text *out)
{
	struct table table = table_new(arena, PART__COUNT);

	for (int i = 0; i < PART__COUNT; i++) {
		const struct part_report *part = &operations->parts[i];
		const char *why = part->note == NULL ? "" : arena_format(arena, "  %s: see %s", part->note, part->runbook);

		ADD_ROW(&table, 0, part->condition, "%-13s %-9s %s%s", part_values[i], condition_values[part->condition],
		    time_text(arena, &part->since), why);
	}
	print_table(out, &table, "PART          STATE     SINCE", order);
}

static void
print_pools(struct arena *arena, const struct operations *operations, enum top_order order, struct text *out)
{
	struct table table = table_new(arena, POOL__COUNT);

	for (int i = 0; i < POOL__COUNT; i++) {
		const struct pool_report *pool = &operations->pools[i];

		ADD_ROW(&table, pool->requests, pool->errors, "%-13s %7lld %7lld %9lld %8lld %9.1f %9.1f", pool->pool,
		    (long long)pool->workers, (long long)pool->busy, (long long)pool->requests, (long long)pool->errors,
		    (double)pool->p50_us / 1000, (double)pool->p99_us / 1000);
	}
	print_table(out, &table, "POOL          WORKERS    BUSY  REQUESTS   ERRORS    P50 MS    P99 MS   (five minutes)", order);
}

static void
print_lanes(struct arena *arena, const struct operations *operations, enum top_order order, struct text *out)
{
	struct table table = table_new(arena, LANE__COUNT);

	for (int i = 0; i < LANE__COUNT; i++) {
		const struct lane_report *lane = &operations->lanes[i];

		ADD_ROW(&table, lane->waiting, lane->oldest_seconds, "%-13s %7lld %9lld  %s", lane->lane,
		    (long long)lane->waiting, (long long)lane->oldest_seconds, time_text(arena, lane->seen_at));
	}
	print_table(out, &table, "QUEUE         WAITING  OLDEST S  SEEN", order);
}

static void
print_jobs(struct arena *arena, const struct operations *operations, enum top_order order, struct text *out)
{
	struct table table = table_new(arena, operations->n_jobs);

	for (size_t i = 0; i < operations->n_jobs; i++) {
		const struct queued *job = &operations->jobs[i];

		ADD_ROW(&table, job->jobs, job->age_seconds, "%-26s %-10s %-8s %7lld %9lld", job->kind, job->lane, job->status,
		    (long long)job->jobs, (long long)job->age_seconds);
	}
	print_table(out, &table, "JOBS                       LANE       STATUS    NUMBER  OLDEST S", order);
}

static void
print_inboxes(struct arena *arena, const struct operations *operations, enum top_order order, struct text *out)
{
	struct table table = table_new(arena, operations->n_inboxes);

	for (size_t i = 0; i < operations->n_inboxes; i++) {
		const struct inbox_report *inbox = &operations->inboxes[i];

		if (inbox->last_at != NULL || inbox->forged > 0)
			ADD_ROW(&table, inbox->applied, inbox->forged, "%-13s %7lld %8lld %7lld  %s", inbox->provider,
			    (long long)inbox->applied, (long long)inbox->deferred, (long long)inbox->forged,
			    time_text(arena, inbox->last_at));
	}
	print_table(out, &table, "WEBHOOKS OF   APPLIED DEFERRED  FORGED  LAST   (since the start)", order);
}

/* What is a line each: the database, the cache, what the parts above do not say of the rest. */
static void
print_rest(const struct operations *operations, struct text *out)
{
	const struct database_report *database = operations->database;
	int64_t                       asked = operations->cache.hits + operations->cache.misses;

	TEXT_ADD(out, "\n");
	if (database != NULL)
		text_addf(out, "database: answers in %.1f ms, %lld of %lld connections\n", (double)database->answer_us / 1000,
		    (long long)database->connections, (long long)database->connections_max);
	if (asked > 0)
		text_addf(out, "cache: %lld %% of %lld keys found, %lld failures\n",
		    (long long)(operations->cache.hits * 100 / asked), (long long)asked, (long long)operations->cache.failures);
	if (operations->folds != NULL)
		text_addf(out, "reports: %lld postings wait, the oldest for %lld s\n", (long long)operations->folds->waiting,
		    (long long)operations->folds->age_seconds);
	if (operations->migrations != NULL)
		text_addf(out, "migrations: %lld of %lld, the newest %04lld_%s %.12s\n",
		    (long long)operations->migrations->applied, (long long)operations->migrations->expected,
		    (long long)operations->migrations->newest, operations->migrations->name, operations->migrations->checksum);
	for (size_t i = 0; i < operations->n_disks; i++)
		text_addf(out, "disk: %lld of %lld MiB free in %s\n", (long long)operations->disks[i].free_bytes >> 20,
		    (long long)operations->disks[i].size_bytes >> 20, operations->disks[i].directory);
	for (size_t i = 0; i < operations->n_certificates; i++)
		if (operations->certificates[i].days_left != NULL)
			text_addf(out, "certificate: %lld days left of %s\n", (long long)*operations->certificates[i].days_left,
			    operations->certificates[i].file);
	for (size_t i = 0; i < operations->n_breakers; i++)
		if (operations->breakers[i].open)
			text_addf(out, "breaker: %s is not called\n", operations->breakers[i].service);
	for (size_t i = 0; i < operations->n_limits; i++)
		text_addf(
		    out, "limit: %s was hit %lld times\n", operations->limits[i].kind, (long long)operations->limits[i].requests);
}

void
top_print(struct arena *arena, const struct operations *operations, enum top_order order, struct text *out)
{
	text_addf(out, "haat " PACKAGE_VERSION ": %s at %s\n", condition_values[operations->condition],
	    time_text(arena, &operations->as_of));
	print_parts(arena, operations, order, out);
	print_pools(arena, operations, order, out);
	print_lanes(arena, operations, order, out);
	print_jobs(arena, operations, order, out);
	print_inboxes(arena, operations, order, out);
	print_rest(operations, out);
}
