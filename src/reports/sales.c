/* Sales by days, weeks or months, and by hours of the week. */
#include "reports/sales.h"

#include "base/arena.h"
#include "store/work.h"

const char *const report_step_values[] = { "day", "week", "month", NULL };

/* The day that the step of `day` is known by: itself, its week's Monday, its month's first. */
static int64_t
step_of(int64_t day, enum report_step step)
{
	struct civil civil;

	if (step == STEP_WEEK)
		return day - (day + 3) % 7; /* 1970-01-01 was a Thursday */
	if (step == STEP_DAY)
		return day;
	civil = instant_civil((struct instant) { day * 24 * 3600 * 1000 });
	return day - civil.day + 1;
}

static const struct report_sold *
sums_of_day(const struct report_sold *sums, size_t count, int64_t day, size_t *at)
{
	while (*at < count && sums[*at].key < day)
		(*at)++;
	return *at < count && sums[*at].key == day ? &sums[*at] : NULL;
}

const struct problem *
sales_report(struct report *report, enum report_step step, struct sales_row **rows, size_t *count)
{
	struct report_sold *sums;
	size_t              found, at = 0;
	int64_t             current = INT64_MIN;
	struct sales_row   *row = NULL;

	TRY(report_sold(report, BY_DAY, &sums, &found));
	*rows = ARENA_ARRAY(report->work->arena, (size_t)(report->range.last - report->range.first + 1), struct sales_row);
	*count = 0;
	for (int64_t day = report->range.first; day <= report->range.last; day++) {
		const struct report_sold *of_day = sums_of_day(sums, found, day, &at);

		if (step_of(day, step) != current) {
			char *date = arena_alloc(report->work->arena, DAY_SIZE);

			current = step_of(day, step);
			day_write(current, date);
			row = &(*rows)[(*count)++];
			*row = (struct sales_row) { .date = date,
				.revenue = report_money(report, 0),
				.refunds = report_money(report, 0),
				.net = report_money(report, 0) };
		}
		if (of_day == NULL)
			continue;
		row->orders += of_day->orders;
		row->units += of_day->quantity;
		row->revenue.minor += of_day->revenue;
		row->refunds.minor += of_day->back;
		row->net.minor += of_day->revenue - of_day->back;
	}
	return OK;
}

const struct problem *
heatmap_report(struct report *report, struct hour_row rows[HOURS_OF_WEEK])
{
	struct report_sold *sums;
	size_t              count;

	for (int i = 0; i < HOURS_OF_WEEK; i++)
		rows[i] = (struct hour_row) { .day = i / 24, .hour = i % 24, .revenue = report_money(report, 0) };
	TRY(report_sold(report, BY_HOUR, &sums, &count));
	for (size_t i = 0; i < count; i++) {
		rows[sums[i].key].revenue.minor = sums[i].revenue;
		rows[sums[i].key].orders = sums[i].orders;
	}
	return OK;
}
