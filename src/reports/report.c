#include "reports/report.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "http/permission.h"
#include "store/db.h"
#include "store/work.h"

#include <string.h>

enum { CURRENCIES = 200 };

const char *const report_format_values[] = { "json", "csv", NULL };
const char *const report_source_values[] = { "ledger", "imported", NULL };
const char *const report_refunds_values[] = { "posted", "sold", NULL };

struct unconverted {
	struct money amount;
	const char  *currency;
};

static const struct member unconverted_members[] = {
	M_MONEY(
	    struct unconverted, amount, "amount", .description = "Revenue in a currency that had no rate when it was posted."),
	M_TEXT(struct unconverted, currency, "currency", 3),
};
SHAPE(struct unconverted, unconverted_shape, "ReportUnconverted", unconverted_members);

static const struct member about_members[] = {
	M_TEXT(struct report_about, from, "from", 10, .example = "\"2026-01-01\""),
	M_TEXT(struct report_about, to, "to", 10, .example = "\"2026-01-31\""),
	M_TEXT(struct report_about, zone, "tz", 64, .example = "\"Asia/Dhaka\""),
	M_TEXT(struct report_about, currency, "currency", 3, .example = "\"USD\""),
	M_ENUM(struct report_about, source, "source", report_source_values),
	M_BOOLEAN(struct report_about, converted, "converted",
	    .description = "Amounts of all currencies, each at the rate of the day on which it was posted."),
	M_TIME(struct report_about, as_of, "as_of", .description = "All that the ledger had posted by then is counted."),
	M_ARRAY(struct report_about, unconverted, n_unconverted, "unconverted", unconverted_shape, CURRENCIES,
	    .description = "Revenue that had no rate and is in no amount, by currency."),
};
SHAPE_SHARED(struct report_about, report_about_shape, "ReportAbout", about_members);

static const struct member sold_members[] = {
	M_INTEGER(struct report_sold, key, "key", INT64_MIN, INT64_MAX),
	M_INTEGER(struct report_sold, orders, "orders", INT64_MIN, INT64_MAX),
	M_INTEGER(struct report_sold, quantity, "quantity", INT64_MIN, INT64_MAX),
	M_INTEGER(struct report_sold, revenue, "revenue", INT64_MIN, INT64_MAX),
	M_INTEGER(struct report_sold, back, "back", INT64_MIN, INT64_MAX),
};
SHAPE(struct report_sold, sold_shape, "ReportSold", sold_members);

static const struct member sums_members[] = {
#define SUM_MEMBER(name) M_INTEGER(struct report_sums, name, #name, INT64_MIN, INT64_MAX)
	SUM_MEMBER(orders),
	SUM_MEMBER(quantity),
	SUM_MEMBER(back_quantity),
	SUM_MEMBER(gross),
	SUM_MEMBER(discount),
	SUM_MEMBER(shipping),
	SUM_MEMBER(tax),
	SUM_MEMBER(commission),
	SUM_MEMBER(cost),
	SUM_MEMBER(estimated),
	SUM_MEMBER(refunds),
	SUM_MEMBER(back_tax),
	SUM_MEMBER(back_commission),
	SUM_MEMBER(back_cost),
	SUM_MEMBER(back_estimated),
	SUM_MEMBER(disputed),
	SUM_MEMBER(disputed_tax),
	SUM_MEMBER(disputed_commission),
	SUM_MEMBER(fees),
	SUM_MEMBER(charges),
	SUM_MEMBER(differences),
	SUM_MEMBER(payouts),
};
SHAPE(struct report_sums, sums_shape, "ReportSums", sums_members);

#define SUM(p, name) ", IFNULL(CAST(SUM(q." p #name "_minor) AS SIGNED), 0) AS " #name
#define SUMS(p) \
	"IFNULL(CAST(SUM(q.orders) AS SIGNED), 0) AS orders, IFNULL(CAST(SUM(q.quantity) AS SIGNED), 0) AS quantity, " \
	"IFNULL(CAST(SUM(q.back_quantity) AS SIGNED), 0) AS back_quantity" SUM(p, gross) SUM(p, discount) SUM(p, shipping) \
	    SUM(p, tax) SUM(p, commission) SUM(p, cost) SUM(p, estimated) SUM(p, refunds) SUM(p, back_tax) \
		SUM(p, back_commission) SUM(p, back_cost) SUM(p, back_estimated) SUM(p, disputed) SUM(p, disputed_tax) \
		    SUM(p, disputed_commission) SUM(p, fees) SUM(p, charges) SUM(p, differences) SUM(p, payouts)

static struct uuid
whose(const struct report *report)
{
	static const struct uuid nobody;

	return report->merchant == NULL ? nobody : report->merchant->uuid;
}

size_t
report_add_quarters(const struct report *report, const struct report_range *range, struct text *sql, struct parameter *into)
{
	bool   of_all = report->converted && report->merchant == NULL && report->source == SOURCE_LEDGER;
	size_t n = 0;

	text_add_string(sql,
	    of_all                                ? " FROM report_shop_quarters q FORCE INDEX (PRIMARY) WHERE "
		: report->source == SOURCE_LEDGER ? " FROM report_quarters q WHERE q.merchant_id = ? AND "
						  : " FROM report_imported q WHERE q.merchant_id = ? AND ");
	if (!of_all)
		into[n++] = P(whose(report));
	if (!report->converted) {
		TEXT_ADD(sql, "q.currency = ? AND ");
		into[n++] = P(report->currency);
	}
	TEXT_ADD(sql, "q.quarter >= ? AND q.quarter < ? AND q.moved IN (0, ?)");
	into[n++] = P(range->from);
	into[n++] = P(range->to);
	into[n++] = P(report->moved);
	return n;
}

/* What the group is known by; its parameters are written to `into`. */
static size_t
add_key(const struct report *report, enum report_group group, struct text *sql, struct parameter *into)
{
	size_t n = 0;

	if (group == BY_DAY) {
		TEXT_ADD(sql, "TO_DAYS(");
		n = range_local(&report->range, "q.quarter", sql, into);
		TEXT_ADD(sql, ") - 719528"); /* of 1970-01-01 */
		return n;
	}
	TEXT_ADD(sql, "HOUR(");
	n = range_local(&report->range, "q.quarter", sql, into);
	TEXT_ADD(sql, ") + 24 * (DAYOFWEEK(");
	n += range_local(&report->range, "q.quarter", sql, &into[n]);
	TEXT_ADD(sql, ") - 1)");
	return n;
}

const struct problem *
report_sold(const struct report *report, enum report_group group, struct report_sold **sold, size_t *count)
{
	struct db       *db = report->work->db;
	struct text      sql = text_new(report->work->arena, 2048);
	struct parameter parameters[4 * OFFSETS_MAX + 8];
	size_t           n;

	TEXT_ADD(&sql, "SELECT ");
	n = add_key(report, group, &sql, parameters);
	TEXT_ADD(&sql, " AS `key`, ");
	text_add_string(&sql, report->converted ? REPORT_SOLD("r_") : REPORT_SOLD(""));
	n += report_add_quarters(report, &report->range, &sql, &parameters[n]);
	TEXT_ADD(&sql, " GROUP BY `key` ORDER BY `key`");
	return db_rows_(db, &sold_shape, RANGE_DAYS_MAX + 2, sold, count, db_compose(db, sql.bytes), n, parameters);
}

const struct problem *
report_sums(const struct report *report, struct report_sums *sums)
{
	struct db          *db = report->work->db;
	struct text         sql = text_new(report->work->arena, 4096);
	struct parameter    parameters[8];
	struct report_sums *found;
	size_t              n, count;

	TEXT_ADD(&sql, "SELECT ");
	text_add_string(&sql, report->converted ? SUMS("r_") : SUMS(""));
	n = report_add_quarters(report, &report->range, &sql, parameters);
	TRY(db_rows_(db, &sums_shape, 1, &found, &count, db_compose(db, sql.bytes), n, parameters));
	*sums = found[0];
	return OK;
}

/* Revenue that has no rate, of a merchant in a range: `rows` are those that have any. */
#define UNCONVERTED(table, rows) \
	"SELECT q.currency, CAST(SUM(q.unconverted_minor) AS SIGNED) AS amount_minor FROM " table " q " \
	"WHERE q.merchant_id = ? AND q.quarter >= ? AND q.quarter < ? AND " rows " GROUP BY q.currency " \
	"ORDER BY q.currency"

static const struct problem *
read_about(struct report *report)
{
	struct report_about *about = &report->about;
	struct work         *work = report->work;
	char                *days = arena_alloc(work->arena, 2 * DAY_SIZE);
	struct as_of {
		struct instant at;
	} * as_of;
	static const struct member as_of_members[] = { M_TIME(struct as_of, at, "at") };
	static const struct shape  as_of_shape = SHAPE_IS_(struct as_of, "ReportAsOf", as_of_members);

	day_write(report->range.first, days);
	day_write(report->range.last, days + DAY_SIZE);
	*about = (struct report_about) { .source = report->source,
		.from = days,
		.to = days + DAY_SIZE,
		.zone = report->range.zone,
		.currency = report->currency,
		.converted = report->converted };
	TRY(db_row(work->db, &as_of_shape, &as_of,
	    "SELECT IFNULL((SELECT t.created_at FROM report_queue q JOIN ledger_transactions t ON t.id = q.transaction_id "
	    "ORDER BY q.transaction_id LIMIT 1), NOW(3)) AS at"));
	about->as_of = as_of->at;
	if (!report->converted)
		return OK;
	return db_rows(work->db, &unconverted_shape, CURRENCIES, &about->unconverted, &about->n_unconverted,
	    report->source == SOURCE_IMPORTED ? UNCONVERTED("report_imported", "q.unconverted_minor <> 0")
					      : UNCONVERTED("report_quarters", "q.has_unconverted = 1"),
	    P(whose(report)), P(report->range.from), P(report->range.to));
}

const struct problem *
report_open(struct work *work, const struct report_query *query, uint64_t all, uint64_t own, struct report *report)
{
	struct range_query range = { query->kind, query->from, query->to, query->zone };
	const char        *reporting = work->config->reports.currency;
	struct faults      faults = { .count = 0 };

	*report = (struct report) {
		.work = work, .currency = query->currency, .moved = query->refunds != NULL && *query->refunds == REFUNDS_SOLD
	};
	report->source = query->source == NULL ? SOURCE_LEDGER : (enum report_source) * query->source;
	range_read(work, &range, instant_now(), &report->range, &faults);
	if (query->currency == NULL) {
		report->converted = true;
		report->currency = reporting;
		if (*reporting == '\0')
			faults_add(&faults, "currency", "is required: the shop has no reporting currency");
	}
	if ((work->viewer.permissions & all) != 0)
		report->merchant = query->merchant;
	else if ((work->viewer.permissions & own) == 0 || work->viewer.merchant == NULL)
		return problem(FORBIDDEN, "you may not see reports");
	else
		report->merchant = work->viewer.merchant;
	if (query->merchant != NULL && !ID_EQUAL(*query->merchant, *report->merchant))
		return problem(NOT_FOUND, "merchant not found");
	TRY(faults_problem(work->arena, &faults));
	return read_about(report);
}

struct money
report_money(const struct report *report, int64_t minor)
{
	struct money money = { 0 };

	money_make(minor, report->currency, &money);
	return money;
}
