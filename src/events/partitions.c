#include "events/partitions.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/text.h"
#include "store/db.h"
#include "store/work.h"

#include <stdio.h>
#include <time.h>

/* The tables that are partitioned so. */
enum monthly { EVENTS, DELIVERIES, MONTHLY__COUNT };
static const char *const tables[MONTHLY__COUNT] = { "events", "webhook_deliveries" };

enum { AHEAD = 2, MONTHS_MAX = 8000, NAME_MAX_BYTES = 64, AT_ONCE = 1000 };

/* Months since the year 0: 12 * year + month (0 to 11). */

static int64_t
month_of(struct instant instant)
{
	time_t    seconds = (time_t)(instant.unix_ms / 1000);
	struct tm utc;

	gmtime_r(&seconds, &utc);
	return 12 * (utc.tm_year + INT64_C(1900)) + utc.tm_mon;
}

static struct instant
month_start(int64_t month)
{
	struct tm utc = { .tm_year = (int)(month / 12 - 1900), .tm_mon = (int)(month % 12), .tm_mday = 1 };

	return (struct instant) { (int64_t)timegm(&utc) * 1000 };
}

static const char *
month_name(struct arena *arena, int64_t month)
{
	return arena_format(arena, "m%04lld%02lld", (long long)(month / 12), (long long)(month % 12 + 1));
}

/* The first id that is not of the month, as a literal. */
static const char *
month_end_id(struct arena *arena, int64_t month)
{
	struct uuid end = uuid_floor(month_start(month + 1).unix_ms);
	struct text hex = text_new(arena, 2 + 2 * sizeof end.bytes);

	TEXT_ADD(&hex, "0x");
	for (size_t i = 0; i < sizeof end.bytes; i++)
		text_addf(&hex, "%02x", end.bytes[i]);
	return hex.bytes;
}

struct partition {
	const char *name;
};

static const struct member partition_members[] = {
	M_TEXT(struct partition, name, "name", NAME_MAX_BYTES),
};
SHAPE(struct partition, partition_shape, "Partition", partition_members);

/* The months that have partitions, the oldest first. */
static const struct problem *
read_months(struct work *work, enum monthly table, int64_t **months, size_t *count)
{
	struct partition *rows;
	size_t            n;

	TRY(db_rows(work->db, &partition_shape, MONTHS_MAX, &rows, &n,
	    "SELECT partition_name AS name FROM information_schema.partitions "
	    "WHERE table_schema = DATABASE() AND table_name = ? AND partition_name LIKE 'm%' "
	    "ORDER BY partition_ordinal_position LIMIT ?",
	    P(tables[table]), P(MONTHS_MAX)));
	*months = ARENA_ARRAY(work->arena, n, int64_t);
	*count = 0;
	for (size_t i = 0; i < n; i++) {
		int year, month;

		if (sscanf(rows[i].name, "m%4d%2d", &year, &month) == 2)
			(*months)[(*count)++] = 12 * (int64_t)year + month - 1;
	}
	return OK;
}

static const struct problem *
add_months(struct work *work, enum monthly table, struct instant now)
{
	int64_t    *months, first, last = month_of(now) + AHEAD;
	size_t      count;
	struct text sql = text_new(work->arena, 1024);

	TRY(read_months(work, table, &months, &count));
	first = count == 0 ? month_of(now) : months[count - 1] + 1;
	if (first > last)
		return OK;
	text_addf(&sql, "ALTER TABLE %s WAIT 1 REORGANIZE PARTITION later INTO (", tables[table]);
	for (int64_t month = first; month <= last; month++)
		text_addf(&sql, "PARTITION %s VALUES LESS THAN (%s), ", month_name(work->arena, month),
		    month_end_id(work->arena, month));
	TEXT_ADD(&sql, "PARTITION later VALUES LESS THAN (MAXVALUE))");
	return db_run(work->db, NULL, db_compose(work->db, sql.bytes));
}

const struct problem *
event_months_add(struct work *work, struct instant now)
{
	for (enum monthly table = 0; table < MONTHLY__COUNT; table++)
		TRY(add_months(work, table, now));
	return OK;
}

/* What somebody was not told yet stays, however old; so does the log of what is still to be delivered. */
static const char *const kept[MONTHLY__COUNT] = {
	[EVENTS] =
	    "SELECT EXISTS (SELECT 1 FROM events WHERE pending = 1 AND id < ?) "
	    "OR EXISTS (SELECT 1 FROM events WHERE id < ? AND batch > (SELECT MIN(c.batch) FROM event_cursors c)) "
	    "OR EXISTS (SELECT 1 FROM webhook_queue WHERE event_id < ?) OR EXISTS (SELECT 1 FROM sqs_queue WHERE event_id < ? AND status = 'waiting')",
	[DELIVERIES] = "SELECT EXISTS (SELECT 1 FROM webhook_queue WHERE delivery_id < ?) OR ? IS NULL OR ? IS NULL OR ? IS NULL",
};

static const struct problem *
drop_month(struct work *work, enum monthly table, int64_t month, bool *dropped)
{
	struct uuid end = uuid_floor(month_start(month + 1).unix_ms);
	int64_t     needed;

	TRY(db_value(work->db, &needed, kept[table], P(end), P(end), P(end), P(end)));
	*dropped = needed == 0;
	if (!*dropped)
		return OK;
	TRY(db_run(work->db, NULL,
	    db_compose(work->db,
		arena_format(
		    work->arena, "ALTER TABLE %s WAIT 1 DROP PARTITION %s", tables[table], month_name(work->arena, month)))));
	log_info("dropped a month", LOG_ID("table", tables[table]), LOG_ID("month", month_name(work->arena, month)));
	return OK;
}

static const struct problem *
drop_months(struct work *work, enum monthly table, struct instant before)
{
	int64_t *months;
	size_t   count;
	bool     fine = true;

	TRY(read_months(work, table, &months, &count));
	for (size_t i = 0; fine && i < count && month_start(months[i] + 1).unix_ms <= before.unix_ms; i++)
		TRY(drop_month(work, table, months[i], &fine));
	return OK;
}

static const struct problem *
forget_some(struct work *work, struct uuid before, int64_t *forgotten)
{
	return db_run(work->db, forgotten,
	    "DELETE FROM sqs_queue WHERE event_id < ? AND status = 'dead' "
	    "AND NOT EXISTS (SELECT 1 FROM events e WHERE e.id = event_id) LIMIT ?",
	    P(before), P(AT_ONCE));
}

/* Messages that SQS has refused for good hold no month; without their event nobody can send them again. */
static const struct problem *
forget_dead_messages(struct work *work)
{
	int64_t *months, forgotten;
	size_t   count;

	TRY(read_months(work, EVENTS, &months, &count));
	if (count == 0)
		return OK;
	do
		TRY(db_transaction(work, forget_some(work, uuid_floor(month_start(months[0]).unix_ms), &forgotten)));
	while (forgotten == AT_ONCE);
	return OK;
}

const struct problem *
event_months_drop(struct work *work, struct instant now)
{
	const int64_t days[MONTHLY__COUNT] = { work->config->jobs.event_days, work->config->jobs.delivery_days };

	for (enum monthly table = 0; table < MONTHLY__COUNT; table++)
		TRY(drop_months(work, table, instant_add_seconds(now, -days[table] * 24 * 3600)));
	return forget_dead_messages(work);
}
