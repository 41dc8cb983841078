/* Rates in their table: see rates.h. */
#include "exchange/rates.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "events/audit.h"
#include "exchange/rate_file.h"
#include "store/db.h"
#include "store/stamped.h"
#include "store/work.h"

#include <stdio.h>
#include <string.h>

enum { ROWS_AT_ONCE = 500, COLUMNS = 4 };

static const char *const sources[] = { "file", "typed", NULL };

static const struct member exchange_rate_members[] = {
	M_ID(struct exchange_rate, id, "id", .hidden = true),
	M_TEXT(struct exchange_rate, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_TEXT(struct exchange_rate, day, "date", DAY_LENGTH, .column = "day", .required = true, .example = "\"2026-01-02\""),
	M_TEXT(struct exchange_rate, rate, "rate", 16, .computed = true, .required = true, .example = "\"1.1626\"",
	    .description = "What one unit of the base costs."),
	M_ENUM(struct exchange_rate, source, "source", sources, .description = "file: of the central bank's; typed: by hand."),
};
SHAPE_SHARED(struct exchange_rate, exchange_rate_shape, "ExchangeRate", exchange_rate_members);

static const struct member rate_body_members[] = {
	M_TEXT(struct rate_body, currency, "currency", 3, .required = true, .format = FORMAT_CURRENCY, .example = "\"BDT\""),
	M_DECIMAL(struct rate_body, rate, "rate", .required = true, .min = 0, .example = "\"141.25\"",
	    .description = "What one euro costs, to six decimal places."),
	M_TEXT(struct rate_body, day, "date", DAY_LENGTH, .example = "\"2026-01-02\"", .description = "By default today."),
};
SHAPE_SHARED(struct rate_body, rate_body_shape, "RateBody", rate_body_members);

const char *
rates_day(struct work *work, struct instant instant)
{
	struct civil civil = instant_civil_in(instant, work->config->shop.time_zone);

	return arena_format(work->arena, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
}

const char *
rates_today(struct work *work)
{
	return rates_day(work, instant_now());
}

bool
day_is_valid(const char *text)
{
	char           whole[INSTANT_TEXT_SIZE];
	struct instant instant;

	if (strlen(text) != DAY_LENGTH)
		return false;
	snprintf(whole, sizeof whole, "%sT00:00:00Z", text);
	return instant_parse(whole, &instant);
}

bool
rate_millionths(struct decimal rate, int64_t *millionths)
{
	*millionths = rate.digits;
	for (int scale = rate.scale; scale < RATE_PLACES && *millionths <= RATE_MILLIONTHS_MAX; scale++)
		*millionths *= 10;
	return *millionths > 0 && *millionths <= RATE_MILLIONTHS_MAX;
}

/* As the column takes it. */
static const char *
rate_text(struct arena *arena, int64_t millionths)
{
	return arena_format(arena, "%lld.%06lld", (long long)(millionths / 1000000), (long long)(millionths % 1000000));
}

#define RATE_SELECT "SELECT {r}, TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM r.rate)) AS rate "

/* The newest of each currency is found by one step in the key. */
const struct problem *
rates_in_force(struct work *work, const char *day, struct exchange_rate **rates, size_t *count)
{
	if (day == NULL)
		day = "9999-12-31";
	return db_rows(work->db, &exchange_rate_shape, CURRENCIES_MAX, rates, count,
	    RATE_SELECT
	    "FROM (SELECT currency, MAX(day) AS day FROM exchange_rates WHERE day <= ? GROUP BY currency) n "
	    "STRAIGHT_JOIN exchange_rates r ON r.currency = n.currency AND r.day = n.day WHERE r.source = 'typed' OR r.day > "
	    "(SELECT MAX(day) FROM exchange_rates WHERE source = 'file' AND day <= ?) - INTERVAL ? DAY ORDER BY n.currency",
	    P(day), P(day), P(FILE_RATE_DAYS));
}

static void
renew_rates(struct work *work, void *argument)
{
	(void)argument;
	stamps_renew(work, (const char *const[]) { RATES_STAMP }, 1);
}

static const struct problem *
check_body(struct work *work, const struct rate_body *body, const char **day, int64_t *millionths)
{
	struct faults faults = { .count = 0 };
	const char   *today = rates_today(work);

	*day = body->day == NULL ? today : body->day;
	if (strcmp(body->currency, RATES_BASE) == 0)
		faults_add(&faults, "currency", "is what the rates are of");
	if (!rate_millionths(*body->rate, millionths))
		faults_add(&faults, "rate", "must be above 0 and below 100000000");
	if (!day_is_valid(*day))
		faults_add(&faults, "date", "must be a day like 2026-01-02");
	else if (strcmp(*day, today) > 0)
		faults_add(&faults, "date", "must not be in the future");
	return faults.count == 0
	    ? OK
	    : problem_faults(work->arena, PROBLEM_VALIDATION_FAILED, "the rate is invalid; see details", &faults);
}

#define ONE_RATE RATE_SELECT "FROM exchange_rates r WHERE r.currency = ? AND r.day = ?"

const struct problem *
type_rate(struct work *work, const struct rate_body *body, struct exchange_rate **rate)
{
	struct exchange_rate *before;
	const char           *day;
	int64_t               millionths;

	TRY(check_body(work, body, &day, &millionths));
	TRY(db_row(work->db, &exchange_rate_shape, &before, ONE_RATE " FOR UPDATE", P(body->currency), P(day)));
	TRY(db_run(work->db, NULL,
	    "INSERT INTO exchange_rates (id, currency, day, rate, source) VALUES (?, ?, ?, ?, 'typed') "
	    "ON DUPLICATE KEY UPDATE rate = VALUES(rate), source = 'typed'",
	    P(uuid_new()), P(body->currency), P(day), P(rate_text(work->arena, millionths))));
	TRY(db_one(work->db, &exchange_rate_shape, rate, ONE_RATE, P(body->currency), P(day)));
	work_after_commit(work, renew_rates, NULL);
	return audit_record(work, "exchange_rate.typed", "exchange_rate", (*rate)->id, &exchange_rate_shape, before, *rate);
}

static const struct problem *
keep_some(struct work *work, const struct file_rate *rates, size_t count)
{
	struct parameter *rows = ARENA_ARRAY(work->arena, count * COLUMNS, struct parameter);

	for (size_t i = 0; i < count; i++)
		memcpy(&rows[i * COLUMNS],
		    (struct parameter[COLUMNS]) {
			P(uuid_new()), P(rates[i].currency), P(rates[i].day), P(rate_text(work->arena, rates[i].millionths)) },
		    COLUMNS * sizeof *rows);
	return db_run_many(work->db, NULL,
	    "INSERT INTO exchange_rates (id, currency, day, rate, source) VALUES [(?, ?, ?, ?, 'file')] "
	    "ON DUPLICATE KEY UPDATE rate = IF(source = 'typed', rate, VALUES(rate))",
	    count, COLUMNS, rows);
}

/* What the audit keeps of a file. */
struct loaded {
	const char *first_day, *last_day;
	int64_t     days, rates;
};

static const struct member loaded_members[] = {
	M_TEXT(struct loaded, first_day, "first_day", DAY_LENGTH),
	M_TEXT(struct loaded, last_day, "last_day", DAY_LENGTH),
	M_INTEGER(struct loaded, days, "days", 0, INT64_MAX),
	M_INTEGER(struct loaded, rates, "rates", 0, INT64_MAX),
};
SHAPE(struct loaded, loaded_shape, "LoadedRates", loaded_members);

const struct problem *
keep_rates(struct work *work, const struct rate_file *file)
{
	const struct loaded loaded = { file->first_day, file->last_day, file->days, (int64_t)file->count };

	for (size_t at = 0; at < file->count; at += ROWS_AT_ONCE) {
		struct arena_mark mark = arena_mark(work->arena);
		size_t            left = file->count - at;

		TRY(keep_some(work, file->rates + at, left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE));
		arena_release(work->arena, mark);
	}
	work_after_commit(work, renew_rates, NULL);
	return audit_record(work, "exchange_rates.loaded", "exchange_rates", uuid_new(), &loaded_shape, NULL, &loaded);
}
