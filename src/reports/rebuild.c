#include "reports/rebuild.h"

#include "reports/range.h"
#include "reports/rollup.h"
#include "reports/rollup_tables.h"
#include "store/db.h"
#include "store/work.h"

enum { DAY_MS = 24 * 3600 * 1000, CUSTOMERS_AT_ONCE = 500 };

/* Before the first fact, and behind the last one: bounds of what must not be there. */
static const struct instant always = { 0 }, never = { INT64_C(253370764800000) /* 9999-01-01 */ };

enum stage { STAGE_MONTHS, STAGE_CUSTOMERS };
static const char *const stage_values[] = { "months", "customers", NULL };

/* How far it has come: until before `day`, or including `user`; none: nothing of its stage is done. */
struct progress {
	int            *stage; /* NULL: none is under way */
	const char     *day;
	struct user_id *user;
};

static const struct member progress_members[] = {
	M_ENUM(struct progress, stage, "stage", stage_values),
	M_TEXT(struct progress, day, "day", 10),
	M_ID(struct progress, user, "user_id"),
};
SHAPE(struct progress, progress_shape, "RebuildProgress", progress_members);

struct fact_time {
	struct instant posted_at;
};
static const struct member fact_time_members[] = { M_TIME(struct fact_time, posted_at, "posted_at") };
SHAPE(struct fact_time, fact_time_shape, "FactTime", fact_time_members);

struct fact_user {
	struct user_id user;
};
static const struct member fact_user_members[] = { M_ID(struct fact_user, user, "user_id") };
SHAPE(struct fact_user, fact_user_shape, "FactUser", fact_user_members);

struct month {
	struct instant last_day;
};
static const struct member month_members[] = { M_TIME(struct month, last_day, "last_day") };
SHAPE(struct month, month_shape, "ReportMonth", month_members);

#define WRITE(some, more_columns, more_values, table, key, of_fact, which, measures) \
	"INSERT INTO " table " (" key more_columns measures(MEASURE_COLUMN) ") SELECT " of_fact more_values measures( \
	    MEASURE_SUM) " FROM report_facts f WHERE " which " AND " some " GROUP BY " of_fact,
#define WRITE_DAY(table, key, of_fact, which, measures) \
	WRITE("f.posted_at >= ? AND f.posted_at < ?", "", "", table, key, of_fact, which, measures)
#define WRITE_CUSTOMERS(table, key, of_fact, which, measures) \
	WRITE("f.user_id > ? AND f.user_id <= ?", ", first_at, last_at", CUSTOMER_TIMES, table, key, of_fact, which, measures)

/* A window's rows, then what they are made anew of; each takes from when on and until before when. */
static const char *const of_days[] = { "DELETE FROM report_quarters WHERE quarter >= ? AND quarter < ?",
	"DELETE FROM report_merchant_days WHERE day >= ? AND day < ?",
	"DELETE FROM report_product_days WHERE day >= ? AND day < ?", "DELETE FROM report_tax_days WHERE day >= ? AND day < ?",
	"DELETE FROM report_shop_quarters WHERE moved IN (0, 1) AND quarter >= ? AND quarter < ?",
	"DELETE FROM report_shop_tax_days WHERE day >= ? AND day < ?",
	SHOP_QUARTERS(WRITE_DAY) CONVERTED_QUARTERS(WRITE_DAY) MERCHANT_QUARTERS(WRITE_DAY) MERCHANT_DAYS(WRITE_DAY)
	    PRODUCT_DAYS(WRITE_DAY) TAX_DAYS(WRITE_DAY) SHOP_TAX_DAYS(WRITE_DAY) };
static const char *const of_customers[] = { "DELETE FROM report_customers WHERE user_id > ? AND user_id <= ?",
	CUSTOMERS(WRITE_CUSTOMERS) CUSTOMERS_CONVERTED(WRITE_CUSTOMERS) };

/* The totals of the month before, and the days of this one, which are written anew by then. */
#define TOTAL(column, condition, value) ", SUM(u." column ")"
#define WRITE_MONTH(table, key, of_fact, which, measures) \
	"INSERT INTO " table " (month, " key measures(MEASURE_COLUMN) ") SELECT ?, " key measures(TOTAL) " FROM (SELECT " key \
	measures(MEASURE_COLUMN) " FROM " table " WHERE month = LAST_DAY(? - INTERVAL 1 MONTH) UNION ALL SELECT " key \
	measures( \
	    MEASURE_COLUMN) " FROM report_product_days WHERE day > LAST_DAY(? - INTERVAL 1 MONTH) AND day <= ?) u GROUP BY " key

static const struct problem *
run_all(struct work *work, const char *const *statements, size_t count, struct parameter from, struct parameter to)
{
	for (size_t i = 0; i < count; i++)
		TRY(db_run(work->db, NULL, statements[i], from, to));
	return OK;
}
#define RUN_ALL(work, statements, from, to) run_all(work, statements, sizeof(statements) / sizeof *(statements), from, to)

/* The months that end within the window; behind the last fact, the one that goes on, too. */
static const struct problem *
write_months(struct work *work, struct instant from, struct instant to)
{
	struct month *months;
	size_t        count;

	TRY(db_rows(work->db, &month_shape, 12 * 8000, &months, &count,
	    "SELECT CAST(month AS DATETIME(3)) AS last_day FROM report_months WHERE month >= ? AND month < ? ORDER BY month",
	    P(from), P(to)));
	for (size_t i = 0; i < count; i++) {
		struct parameter month = P(months[i].last_day);

		TRY(db_run(work->db, NULL, "DELETE FROM report_product_months WHERE month = DATE(?)", month));
		TRY(db_run(work->db, NULL, PRODUCT_MONTHS(WRITE_MONTH), month, month, month, month));
	}
	return OK;
}

static const struct problem *
set_progress(struct work *work, const enum stage *stage, struct parameter reached)
{
	return db_run(work->db, NULL, "UPDATE report_fold SET stage = ?, reached = ? WHERE the_one = 1",
	    P(stage == NULL ? NULL : stage_values[*stage]), reached);
}

/* Months of all facts, whatever was lost. */
static const struct problem *
have_all_months(struct work *work)
{
	struct fact_time *first, *last;

	TRY(db_row(work->db, &fact_time_shape, &first, "SELECT f.posted_at FROM report_facts f ORDER BY f.posted_at LIMIT 1"));
	TRY(db_row(
	    work->db, &fact_time_shape, &last, "SELECT f.posted_at FROM report_facts f ORDER BY f.posted_at DESC LIMIT 1"));
	return first == NULL ? OK : have_months(work, &(struct rollup_span) { first->posted_at, last->posted_at });
}

/* The next day that has facts, with the days before it that have none. */
static const struct problem *
rebuild_days(struct work *work, const struct progress *progress)
{
	static const enum stage days = STAGE_MONTHS, next_stage = STAGE_CUSTOMERS;
	struct instant          from = progress->day == NULL ? always : (struct instant) { day_number(progress->day) * DAY_MS },
		       to = never;
	struct fact_time *next;
	char              day[DAY_SIZE];

	if (progress->day == NULL)
		TRY(have_all_months(work));
	TRY(db_row(work->db, &fact_time_shape, &next,
	    "SELECT f.posted_at FROM report_facts f WHERE f.posted_at >= ? ORDER BY f.posted_at LIMIT 1", P(from)));
	if (next != NULL)
		to = (struct instant) { (next->posted_at.unix_ms / DAY_MS + 1) * DAY_MS };
	TRY(RUN_ALL(work, of_days, P(from), P(to)));
	TRY(write_months(work, from, to));
	if (next == NULL)
		return set_progress(work, &next_stage, parameter_null());
	day_write(to.unix_ms / DAY_MS, day);
	return set_progress(work, &days, P((const char *)day));
}

static const struct problem *
rebuild_customers(struct work *work, const struct progress *progress)
{
	static const enum stage customers = STAGE_CUSTOMERS;
	struct user_id          from = { 0 }, to;
	struct fact_user       *last;

	if (progress->user != NULL)
		from = *progress->user;
	TRY(db_row(work->db, &fact_user_shape, &last,
	    "SELECT DISTINCT f.user_id FROM report_facts f WHERE f.user_id > ? ORDER BY f.user_id LIMIT 1 OFFSET ?", P(from),
	    P((int64_t)CUSTOMERS_AT_ONCE - 1)));
	if (last != NULL)
		to = last->user;
	else
		for (size_t i = 0; i < sizeof to.uuid.bytes; i++)
			to.uuid.bytes[i] = 0xff;
	TRY(RUN_ALL(work, of_customers, P(from), P(to)));
	if (last != NULL)
		return set_progress(work, &customers, P(to));
	TRY(renew_mark(work));
	return set_progress(work, NULL, parameter_null());
}

static const struct problem *
step(struct work *work, bool *more)
{
	struct progress *progress;

	TRY(db_row(work->db, &progress_shape, &progress,
	    "SELECT stage, IF(stage = 'months', CAST(reached AS CHAR CHARACTER SET ascii), NULL) AS day, "
	    "IF(stage = 'customers', reached, NULL) AS user_id FROM report_fold WHERE the_one = 1 FOR UPDATE"));
	*more = progress != NULL && progress->stage != NULL;
	if (!*more)
		return OK;
	return *progress->stage == STAGE_MONTHS ? rebuild_days(work, progress) : rebuild_customers(work, progress);
}

const struct problem *
rebuild_begin(struct work *work, bool *begun)
{
	int64_t changed;

	TRY(db_run(
	    work->db, &changed, "UPDATE report_fold SET stage = 'months', reached = NULL WHERE the_one = 1 AND stage IS NULL"));
	*begun = changed > 0;
	return OK;
}

const struct problem *
rebuild_step(struct work *work, bool *more)
{
	return db_transaction(work, step(work, more));
}
