/*
 * Bands: what a merchant or a provider does in an hour is held against the same hour of the eight weeks before.  The middle is
 * the median and the width comes from the median distance from it, so that one odd week moves neither; little is never odd.
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/text.h"
#include "events/job.h"
#include "events/record.h"
#include "payments/risk/jobs.h"
#include "store/db.h"
#include "store/work.h"

#include <stdlib.h>

enum {
	WEEKS = 8,
	WEEKS_MIN = 4,
	WEEK_SECONDS = 7 * 24 * 3600,
	HOUR_SECONDS = 3600,
	HOUR_MS = 1000 * HOUR_SECONDS,
	SUBJECTS_MAX = 20000,
	HOURS_AT_ONCE = 24,
	BASIS_POINTS = 10000,
	RATE_WIDTH_MIN = 1000,
	KEPT_DAYS = 120,
	DAY_SECONDS = 24 * 3600,
	AT_ONCE = 1000
};

/* The width of a band, in median distances: about 5 standard deviations of what is normally distributed (1.4826 each). */
static const int64_t width_tenths = 74;

struct hour {
	struct uuid         id;
	struct instant      hour_at;
	struct merchant_id *merchant; /* one of the two */
	const char         *provider;
	int64_t             attempts, failed, paid, refunded;
	int64_t             usual_attempts;
	const char         *left_bands;
};

#define HOUR_MEMBERS \
	M_ID(struct hour, id, "id"), M_TIME(struct hour, hour_at, "hour_at"), M_ID(struct hour, merchant, "merchant_id"), \
	    M_TEXT(struct hour, provider, "provider", 32), M_INTEGER(struct hour, attempts, "attempts", 0, INT64_MAX), \
	    M_INTEGER(struct hour, failed, "failed", 0, INT64_MAX), M_INTEGER(struct hour, paid, "paid", 0, INT64_MAX), \
	    M_INTEGER(struct hour, refunded, "refunded", 0, INT64_MAX), M_TEXT(struct hour, left_bands, "left_bands", 64)

static const struct member hour_members[] = { HOUR_MEMBERS };
SHAPE(struct hour, hour_shape, "RiskHour", hour_members);

static const struct member hour_state_members[] = {
	HOUR_MEMBERS,
	M_INTEGER(struct hour, usual_attempts, "usual_attempts", 0, INT64_MAX),
};
SHAPE(struct hour, hour_state_shape, "RiskHourState", hour_state_members);

static int
by_value(const void *a, const void *b)
{
	const int64_t *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

static int64_t
median(int64_t *values, size_t count)
{
	qsort(values, count, sizeof *values, by_value);
	return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

struct band {
	int64_t low, middle, high;
};

/* Changes the values. */
static struct band
band_of(int64_t *values, size_t count, int64_t width_min)
{
	struct band band = { .middle = median(values, count) };
	int64_t     width;

	for (size_t i = 0; i < count; i++)
		values[i] = llabs(values[i] - band.middle);
	width = median(values, count) * width_tenths / 10;
	if (width < width_min)
		width = width_min;
	band.low = band.middle - width;
	band.high = band.middle + width;
	return band;
}

static int64_t
rate(int64_t part, int64_t whole)
{
	return whole == 0 ? 0 : part * BASIS_POINTS / whole;
}

static bool
volume_left(const struct work *work, struct hour *now, const struct hour *before, size_t count)
{
	int64_t     values[WEEKS], min = work->config->risk.band_attempts_min;
	struct band band;

	for (size_t i = 0; i < count; i++)
		values[i] = before[i].attempts;
	band = band_of(values, count, min / 2);
	now->usual_attempts = band.middle;
	if (now->attempts > band.high)
		return now->attempts >= min;
	return now->attempts < band.low && band.middle >= min;
}

/* Has the rate of one count among another risen out of its band?  Weeks with too few say nothing. */
static bool
rate_left(const struct work *work, const struct hour *now, const struct hour *before, size_t count, bool of_refunds)
{
	int64_t     values[WEEKS], min = work->config->risk.band_attempts_min;
	int64_t     part = of_refunds ? now->refunded : now->failed, whole = of_refunds ? now->paid : now->attempts;
	size_t      n = 0;
	struct band band;

	for (size_t i = 0; i < count; i++) {
		int64_t of = of_refunds ? before[i].paid : before[i].attempts;

		if (of >= min)
			values[n++] = rate(of_refunds ? before[i].refunded : before[i].failed, of);
	}
	if (n < WEEKS_MIN || whole < min)
		return false;
	band = band_of(values, n, RATE_WIDTH_MIN);
	return rate(part, whole) > band.high;
}

static const struct problem *
read_before(struct work *work, const struct hour *now, struct hour **before, size_t *count)
{
	struct instant since = instant_add_seconds(now->hour_at, -(int64_t)WEEKS * WEEK_SECONDS);

	if (now->provider != NULL)
		return db_rows(work->db, &hour_shape, WEEKS, before, count,
		    "SELECT {h} FROM risk_hours h WHERE h.provider = ? AND h.hour_at >= ? AND h.hour_at < ? "
		    "AND MOD(TIMESTAMPDIFF(HOUR, h.hour_at, ?), 168) = 0",
		    P(now->provider), P(since), P(now->hour_at), P(now->hour_at));
	return db_rows(work->db, &hour_shape, WEEKS, before, count,
	    "SELECT {h} FROM risk_hours h WHERE h.merchant_id = ? AND h.hour_at >= ? AND h.hour_at < ? "
	    "AND MOD(TIMESTAMPDIFF(HOUR, h.hour_at, ?), 168) = 0",
	    P(now->merchant), P(since), P(now->hour_at), P(now->hour_at));
}

static const struct problem *
judge_hour(struct work *work, struct hour *now)
{
	struct text  left = text_new(work->arena, 32);
	struct hour *before;
	size_t       count;

	now->left_bands = "";
	TRY(read_before(work, now, &before, &count));
	if (count < WEEKS_MIN)
		return OK;
	if (volume_left(work, now, before, count))
		TEXT_ADD(&left, "volume");
	if (rate_left(work, now, before, count, false))
		text_addf(&left, "%sfailures", left.length == 0 ? "" : ",");
	if (rate_left(work, now, before, count, true))
		text_addf(&left, "%srefunds", left.length == 0 ? "" : ",");
	now->left_bands = left.bytes;
	return OK;
}

static const struct problem *
write_hour(struct work *work, struct hour *now)
{
	now->id = uuid_new();
	TRY(judge_hour(work, now));
	TRY(db_run(work->db, NULL,
	    "INSERT INTO risk_hours (id, hour_at, merchant_id, provider, attempts, failed, paid, refunded, left_bands) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    P(now->id), P(now->hour_at), P(now->merchant), P(now->provider), P(now->attempts), P(now->failed), P(now->paid),
	    P(now->refunded), P(now->left_bands)));
	if (now->left_bands[0] == '\0')
		return OK;
	log_warning("out of the usual band", LOG_TEXT("bands", now->left_bands),
	    LOG_TEXT("who", now->provider != NULL ? now->provider : uuid_text(work->arena, now->merchant->uuid)),
	    LOG_NUMBER("attempts", now->attempts), LOG_NUMBER("usual", now->usual_attempts));
	return event_record(work, EVENT_RISK_BAND_LEFT, now->id, &hour_state_shape, now);
}

#define PAID "p.status IN ('succeeded', 'partially_refunded', 'refunded', 'disputed')"
#define SUMS \
	"CAST(SUM(s.attempts) AS SIGNED) AS attempts, CAST(SUM(s.failed) AS SIGNED) AS failed, CAST(SUM(s.paid) AS SIGNED) AS paid, " \
	"CAST(SUM(s.refunded) AS SIGNED) AS refunded, NULL AS id, '' AS left_bands"
#define ATTEMPT "1 AS attempts, p.status = 'failed' AS failed, " PAID " AS paid, 0 AS refunded"
#define REFUND "0 AS attempts, 0 AS failed, 0 AS paid, 1 AS refunded"
#define OF_HOUR "p.id >= ? AND p.id < ?"
#define REFUNDS_OF_HOUR "FROM refunds r JOIN payments p ON p.id = r.payment_id AND r.kind <> 'not_collected' "

/* Of every provider that did something, or was seen in that hour of an earlier week. */
#define PROVIDERS \
	"SELECT s.provider, NULL AS merchant_id, ? AS hour_at, " SUMS " FROM (SELECT p.provider, " ATTEMPT \
	" FROM payments p WHERE " OF_HOUR " UNION ALL SELECT p.provider, " REFUND " " REFUNDS_OF_HOUR \
	"WHERE r.id >= ? AND r.id < ? " \
	"UNION ALL SELECT h.provider, 0, 0, 0, 0 FROM risk_hours h WHERE h.hour_at = ? AND h.provider IS NOT NULL) s GROUP BY s.provider"

/* The same of merchants: of orders with their goods, and of what they ask for themselves. */
#define MERCHANTS \
	"SELECT NULL AS provider, s.merchant_id, ? AS hour_at, " SUMS \
	" FROM (SELECT IFNULL(m.merchant_id, p.merchant_id) AS merchant_id, " ATTEMPT \
	" FROM payments p LEFT JOIN order_merchants m ON m.order_id = p.order_id WHERE " OF_HOUR \
	" UNION ALL SELECT IFNULL(m.merchant_id, p.merchant_id), " REFUND " " REFUNDS_OF_HOUR \
	"LEFT JOIN order_merchants m ON m.order_id = p.order_id WHERE r.id >= ? AND r.id < ? " \
	"UNION ALL SELECT h.merchant_id, 0, 0, 0, 0 FROM risk_hours h WHERE h.hour_at = ? AND h.merchant_id IS NOT NULL) s " \
	"WHERE s.merchant_id IS NOT NULL GROUP BY s.merchant_id"

static const struct problem *
watch_all(struct work *work, struct instant hour)
{
	struct instant week = instant_add_seconds(hour, -WEEK_SECONDS);
	struct uuid    first = uuid_floor(hour.unix_ms), last = uuid_floor(hour.unix_ms + HOUR_MS);
	struct hour   *providers, *merchants;
	size_t         n_providers, n_merchants;

	TRY(db_rows(work->db, &hour_shape, SUBJECTS_MAX, &providers, &n_providers, PROVIDERS, P(hour), P(first), P(last),
	    P(first), P(last), P(week)));
	TRY(db_rows(work->db, &hour_shape, SUBJECTS_MAX, &merchants, &n_merchants, MERCHANTS, P(hour), P(first), P(last),
	    P(first), P(last), P(week)));
	for (size_t i = 0; i < n_providers; i++)
		TRY(write_hour(work, &providers[i]));
	for (size_t i = 0; i < n_merchants; i++)
		TRY(write_hour(work, &merchants[i]));
	return OK;
}

const struct problem *
risk_watch_hour(struct work *work, struct instant hour)
{
	return db_transaction(work, watch_all(work, hour));
}

static const struct problem *
forget_hours(struct work *work, struct instant now, int64_t *changed)
{
	return db_run(work->db, changed, "DELETE FROM risk_hours WHERE hour_at < ? LIMIT 1000",
	    P(instant_add_seconds(now, -(int64_t)KEPT_DAYS * DAY_SECONDS)));
}

/* Each full hour once; after a pause those of the last day. */
const struct problem *
watch_bands_job(struct work *work, const struct job *job)
{
	struct instant now = instant_now(), hour = { now.unix_ms / HOUR_MS * HOUR_MS - HOURS_AT_ONCE * (int64_t)HOUR_MS };
	int64_t        done, changed;

	for (int i = 0; i < HOURS_AT_ONCE; i++, hour = instant_add_seconds(hour, HOUR_SECONDS)) {
		TRY(db_value(work->db, &done, "SELECT COUNT(*) FROM risk_hours WHERE hour_at = ?", P(hour)));
		if (done == 0)
			TRY(risk_watch_hour(work, hour));
		TRY(job_heartbeat(work, job));
	}
	do
		TRY(db_transaction(work, forget_hours(work, now, &changed)));
	while (changed >= AT_ONCE);
	return OK;
}
