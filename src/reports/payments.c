/* Payments by provider and outcome, from what the fold has added up. */
#include "reports/payments.h"

#include "base/arena.h"
#include "payments/provider.h"
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

/* Parameters: the merchant, the range, the currency (NULL: all). */
#define OF_RANGE \
	"FROM report_payments r WHERE r.merchant_id = ? AND r.quarter >= ? AND r.quarter < ? AND r.currency = IFNULL(?, r.currency) "
#define COUNT_OF(outcome) "CAST(SUM(IF(r.outcome = '" outcome "', r.payments, 0)) AS SIGNED) AS " outcome
#define SUMS_OF(amount) \
	"SELECT r.provider, CAST(SUM(r.payments) AS SIGNED) AS payments, " COUNT_OF("succeeded") ", " COUNT_OF("failed") ", " COUNT_OF( \
	    "cancelled") ", " COUNT_OF("expired") ", CAST(SUM(IF(r.outcome = 'succeeded', r." amount \
						  ", 0)) AS SIGNED) AS volume " OF_RANGE \
						  "GROUP BY r.provider HAVING payments > 0 ORDER BY volume DESC, payments DESC, r.provider"

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

const struct problem *
payments_report(struct report *report, struct payments_report *payments)
{
	static const struct uuid shop;
	struct db               *db = report->work->db;
	const struct parameter   whose = P(report->merchant == NULL ? shop : report->merchant->uuid);
	const struct parameter   from = P(report->range.from), to = P(report->range.to);
	const struct parameter   currency = P(report->converted ? NULL : report->currency);
	struct summed           *sums;
	size_t                   count;

	TRY(db_rows(db, &summed_shape, PAYMENT_ROWS_MAX, &sums, &count,
	    report->converted ? SUMS_OF("r_amount_minor") : SUMS_OF("amount_minor"), whose, from, to, currency));
	fill_rows(report, sums, count, payments);
	return db_rows(db, &failure_shape, FAILURE_ROWS_MAX, &payments->failures, &payments->n_failures,
	    "SELECT r.provider, r.reason, CAST(SUM(r.payments) AS SIGNED) AS payments " OF_RANGE
	    "AND r.outcome = 'failed' GROUP BY r.provider, r.reason HAVING payments > 0 "
	    "ORDER BY payments DESC, r.provider, r.reason LIMIT ?",
	    whose, from, to, currency, P((int64_t)FAILURE_ROWS_MAX));
}
