#include "reports/range.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/problem.h"
#include "base/text.h"
#include "exchange/rates.h"
#include "store/db.h"
#include "store/work.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

const char *const range_kind_values[] = { "7days", "30days", "90days", "12months", "custom", NULL };

enum { DAY_MS = 24 * 3600 * 1000, HOUR_MS = 3600 * 1000, QUARTER_MS = 15 * 60 * 1000 };

int64_t
day_number(const char *text)
{
	struct civil civil = { 0 };

	sscanf(text, "%d-%d-%d", &civil.year, &civil.month, &civil.day);
	return instant_from_civil(civil).unix_ms / DAY_MS;
}

void
day_write(int64_t number, char into[DAY_SIZE])
{
	struct civil civil = instant_civil((struct instant) { number * DAY_MS });

	snprintf(into, DAY_SIZE, "%04u-%02u-%02u", (unsigned)civil.year % 10000, (unsigned)civil.month % 100,
	    (unsigned)civil.day % 100);
}

/* What the zone's clocks show, as if it were UTC. */
static int64_t
local_ms(int64_t unix_ms, const char *zone)
{
	return instant_from_civil(instant_civil_in((struct instant) { unix_ms }, zone)).unix_ms;
}

/* No zone is further from UTC than 15 hours.  Clocks that go back at midnight show the day's beginning twice: the first one counts. */
struct instant
day_begins(int64_t day, const char *zone)
{
	int64_t wanted = day * DAY_MS, at = wanted - 15 * (int64_t)HOUR_MS, step = HOUR_MS;

	while (step >= 60 * 1000) {
		while (local_ms(at + step, zone) < wanted)
			at += step;
		step = step == HOUR_MS ? QUARTER_MS : step == QUARTER_MS ? 60 * 1000 : 0;
	}
	return (struct instant) { at + 60 * 1000 };
}

static int64_t
offset_at(int64_t unix_ms, const char *zone)
{
	return (local_ms(unix_ms, zone) - unix_ms) / 1000;
}

/* The zone's offsets change at whole quarters of an hour; they are looked for day by day. */
static void
find_offsets(struct report_range *range)
{
	int64_t at = range->from.unix_ms, offset = offset_at(at, range->zone);

	range->n_offsets = 0;
	range->offsets[range->n_offsets++] = (struct zone_offset) { range->from, offset };
	while (at < range->to.unix_ms && range->n_offsets < OFFSETS_MAX) {
		int64_t next = at + DAY_MS;

		if (offset_at(next, range->zone) != offset) {
			while (offset_at(at + QUARTER_MS, range->zone) == offset)
				at += QUARTER_MS;
			next = at + QUARTER_MS;
			offset = offset_at(next, range->zone);
			range->offsets[range->n_offsets++] = (struct zone_offset) { { next }, offset };
		}
		at = next;
	}
}

/* The same day a year before; 28 February stands for the 29th. */
static int64_t
year_before(int64_t day)
{
	struct civil civil = instant_civil((struct instant) { day * DAY_MS });

	civil.year--;
	if (civil.month == 2 && civil.day == 29)
		civil.day = 28;
	return instant_from_civil(civil).unix_ms / DAY_MS;
}

static void
set_days(struct report_range *range, enum range_kind kind, int64_t today)
{
	static const int64_t days[] = { 7, 30, 90 };

	range->last = today;
	range->first = kind == RANGE_12_MONTHS ? year_before(today) + 1 : today - days[kind] + 1;
}

static void
read_custom(const struct range_query *query, struct report_range *range, struct faults *faults)
{
	static const char *const names[] = { "from", "to" };
	const char              *texts[] = { query->from, query->to };
	int64_t                  days[2] = { 0 };
	size_t                   before = faults->count;

	for (int i = 0; i < 2; i++) {
		if (texts[i] == NULL)
			faults_add(faults, names[i], "is required with range=custom");
		else if (!day_is_valid(texts[i]))
			faults_add(faults, names[i], "must be a day like 2026-01-02");
		else
			days[i] = day_number(texts[i]);
	}
	if (faults->count > before)
		return;
	range->first = days[0];
	range->last = days[1];
	if (range->first > range->last)
		faults_add(faults, "from", "must not be after to");
	else if (range->last - range->first >= RANGE_DAYS_MAX)
		faults_add(faults, "from", "must be at most five years before to");
}

static void
set_bounds(struct report_range *range)
{
	range->from = day_begins(range->first, range->zone);
	range->to = day_begins(range->last + 1, range->zone);
	find_offsets(range);
}

void
range_read(
    struct work *work, const struct range_query *query, struct instant now, struct report_range *range, struct faults *faults)
{
	bool            days = query->from != NULL || query->to != NULL;
	enum range_kind kind = query->kind != NULL ? (enum range_kind) * query->kind : days ? RANGE_CUSTOM : RANGE_30_DAYS;
	size_t          before = faults->count;

	memset(range, 0, sizeof *range);
	range->zone = query->zone == NULL ? work->config->shop.time_zone : query->zone;
	if (*range->zone == '\0' || !zone_known(range->zone)) {
		faults_add(faults, "tz", "must be a time zone, such as Asia/Kolkata");
		return;
	}
	if (kind == RANGE_CUSTOM)
		read_custom(query, range, faults);
	else if (days)
		faults_add(faults, query->from != NULL ? "from" : "to", "is of range=custom only");
	else
		set_days(range, kind, local_ms(now.unix_ms, range->zone) / DAY_MS);
	if (faults->count > before)
		return;
	set_bounds(range);
}

void
range_before(const struct report_range *range, struct report_range *before)
{
	*before = (struct report_range) {
		.zone = range->zone, .first = range->first - (range->last - range->first + 1), .last = range->first - 1
	};
	set_bounds(before);
}

size_t
range_local(const struct report_range *range, const char *column, struct text *sql, struct parameter *into)
{
	size_t n = 0;

	text_addf(sql, "(%s + INTERVAL ", column);
	if (range->n_offsets > 1)
		TEXT_ADD(sql, "CASE");
	for (size_t i = 0; i + 1 < range->n_offsets; i++) {
		text_addf(sql, " WHEN %s < ? THEN ?", column);
		into[n++] = P(range->offsets[i + 1].from);
		into[n++] = P(range->offsets[i].seconds);
	}
	text_add_string(sql, range->n_offsets > 1 ? " ELSE ? END SECOND)" : "? SECOND)");
	into[n++] = P(range->offsets[range->n_offsets - 1].seconds);
	return n;
}
