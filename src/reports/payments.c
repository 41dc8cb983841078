/* Payments by provider and outcome, from what the fold has added up. */
#include "reports/payments.h"

#include "base/arena.h"
#include "base/text.h"
#include "payments/provider.h"
#include "reports/cover.h"
#include "store/db.h"
#include "store/work.h"

struct summed {
	const char *provider;
	int64_t     payments, succeeded, failed, cancelled, expired, volume;
};

static const struct member summed_members[] = {
	M_TEXT(struct summed, provider, "provider", 32),
	M_INTEGER(struct summed, payments, "payments", 0, INT64_MAX),
	M_INTEGER(struct summed, succeeded, "succeeded", 0, INT64_MAX),
	M_INTEGER(struct summed, failed, "failed", 0, INT64_MAX),
	M_INTEGER(struct summed, cancelled, "cancelled", 0, INT64_MAX),
	M_INTEGER(struct summed, expired, "expired", 0, INT64_MAX),
	M_INTEGER(struct summed, volume, "volume", INT64_MIN, INT64_MAX),
};
SHAPE(struct summed, summed_shape, "SummedPayments", summed_members);

static const struct member failure_members[] = {
	M_TEXT(struct failure_row, provider, "provider", 32),
	M_TEXT(struct failure_row, reason, "reason", 64),
	M_INTEGER(struct failure_row, payments, "payments", 0, INT64_MAX),
};
SHAPE(struct failure_row, failure_shape, "SummedFailures", failure_members);

const char *
percent_of_whole(struct arena *arena, int64_t part, int64_t whole)
{
	int64_t hundredths;

	if (whole < 0)
		return percent_of_whole(arena, -part, -whole);
	if (!minor_scale(part, 10000, whole, &hundredths))
		return NULL;
	return arena_format(arena, "%s%lld.%02lld", hundredths < 0 ? "-" : "", llabs((long long)hundredths) / 100,
	    llabs((long long)hundredths) % 100);
}

#define COUNT_OF(outcome) "CAST(SUM(IF(r.outcome = '" outcome "', r.payments, 0)) AS SIGNED) AS " outcome

/*
 * Add " FROM (...) r": payments and amounts of the range by provider, outcome and reason, of whole days (UTC) and, at its ends, of quarters
 * of an hour.  Returns how many parameters were written to `into`.
 */
enum { PARAMETERS_OF_PIECE = 4 };
static size_t
add_range(const struct report *report, struct text *sql, struct parameter *into)
{
	static const struct uuid shop;
	struct cover             cover;
	size_t                   n = 0;

	cover_by_days(&report->range, &cover);
	TEXT_ADD(sql, " FROM (");
	for (size_t i = 0; i < cover.count; i++) {
		bool        days = cover.pieces[i].kind == OF_DAYS;
		const char *table = days ? "report_payment_days" : "report_payments", *time = days ? "day" : "quarter";

		text_addf(sql,
		    "%sSELECT t.provider, t.outcome, t.reason, SUM(t.payments) AS payments, SUM(t.%s) AS amount FROM %s t "
		    "WHERE t.merchant_id = ? AND t.%s >= ? AND t.%s < ? AND t.currency = IFNULL(?, t.currency) "
		    "GROUP BY t.provider, t.outcome, t.reason",
		    i == 0 ? "" : " UNION ALL ", report->converted ? "r_amount_minor" : "amount_minor", table, time, time);
		into[n++] = P(report->merchant == NULL ? shop : report->merchant->uuid);
		into[n++] = P(cover.pieces[i].from);
		into[n++] = P(cover.pieces[i].to);
		into[n++] = P(report->converted ? NULL : report->currency);
	}
	TEXT_ADD(sql, ") r ");
	return n;
}

static void
fill_rows(struct report *report, const struct summed *sums, size_t count, struct payments_report *payments)
{
	struct arena *arena = report->work->arena;
	int64_t       volume = 0, cash = 0;

	for (size_t i = 0; i < count; i++) {
		const struct provider *provider = provider_known(sums[i].provider);

		volume += sums[i].volume;
		if (provider != NULL && provider->collects == COLLECTED_BY_CARRIER)
			cash += sums[i].volume;
	}
	payments->n_rows = count;
	payments->rows = ARENA_ARRAY(arena, count + 1, struct payments_row);
	for (size_t i = 0; i < count; i++)
		payments->rows[i] = (struct payments_row) { .provider = sums[i].provider,
			.payments = sums[i].payments,
			.succeeded = sums[i].succeeded,
			.failed = sums[i].failed,
			.cancelled = sums[i].cancelled,
			.expired = sums[i].expired,
			.success_percent = percent_of_whole(arena, sums[i].succeeded, sums[i].succeeded + sums[i].failed),
			.volume = report_money(report, sums[i].volume),
			.volume_percent = percent_of_whole(arena, sums[i].volume, volume) };
	payments->cash_percent = percent_of_whole(arena, cash, volume);
}

static const struct problem *
read_sums(const struct report *report, struct summed **sums, size_t *count)
{
	struct db       *db = report->work->db;
	struct text      sql = text_new(report->work->arena, 2048);
	struct parameter parameters[COVER_PIECES * PARAMETERS_OF_PIECE];
	size_t           n;

	TEXT_ADD(&sql,
	    "SELECT r.provider, CAST(SUM(r.payments) AS SIGNED) AS payments, " COUNT_OF("succeeded") ", " COUNT_OF("failed") ", " COUNT_OF(
		"cancelled") ", " COUNT_OF("expired") ", CAST(SUM(IF(r.outcome = 'succeeded', r.amount, 0)) AS SIGNED) AS volume");
	n = add_range(report, &sql, parameters);
	TEXT_ADD(&sql, "GROUP BY r.provider HAVING payments > 0 ORDER BY volume DESC, payments DESC, r.provider");
	return db_rows_(db, &summed_shape, PAYMENT_ROWS_MAX, sums, count, db_compose(db, sql.bytes), n, parameters);
}

static const struct problem *
read_failures(const struct report *report, struct failure_row **failures, size_t *count)
{
	struct db       *db = report->work->db;
	struct text      sql = text_new(report->work->arena, 2048);
	struct parameter parameters[COVER_PIECES * PARAMETERS_OF_PIECE + 1];
	size_t           n;

	TEXT_ADD(&sql, "SELECT r.provider, r.reason, CAST(SUM(r.payments) AS SIGNED) AS payments");
	n = add_range(report, &sql, parameters);
	TEXT_ADD(&sql,
	    "WHERE r.outcome = 'failed' GROUP BY r.provider, r.reason HAVING payments > 0 "
	    "ORDER BY payments DESC, r.provider, r.reason LIMIT ?");
	parameters[n++] = P((int64_t)FAILURE_ROWS_MAX);
	return db_rows_(db, &failure_shape, FAILURE_ROWS_MAX, failures, count, db_compose(db, sql.bytes), n, parameters);
}

const struct problem *
payments_report(struct report *report, struct payments_report *payments)
{
	struct summed *sums;
	size_t         count;

	TRY(read_sums(report, &sums, &count));
	fill_rows(report, sums, count, payments);
	return read_failures(report, &payments->failures, &payments->n_failures);
}
