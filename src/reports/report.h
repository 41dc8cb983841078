/*
 * report.h: what every report is asked and says of itself.
 *
 * A report is of one currency, or (none asked for) of all in the reporting currency, each fact at the rate of the day on which it was posted;
 * what has no rate stands apart, never in a sum.  A seller's is of their own shop.
 */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include "reports/range.h"

struct parameter;
struct request;
struct text;
struct work;

struct unconverted;

enum report_format { REPORT_JSON, REPORT_CSV };
extern const char *const report_format_values[];
enum report_refunds { REFUNDS_POSTED, REFUNDS_SOLD };
extern const char *const report_refunds_values[];
enum report_source { SOURCE_LEDGER, SOURCE_IMPORTED };
extern const char *const report_source_values[];

struct report_query {
	int                *kind, *format, *group, *refunds, *source;
	const char         *from, *to, *zone, *currency;
	struct merchant_id *merchant;
};

/* The members that every report's query has. */
#define SHOP_REPORT_QUERY \
	M_ENUM(struct report_query, kind, "range", range_kind_values, \
	    .description = "The days until today; custom: those of from and to."), \
	    M_TEXT(struct report_query, from, "from", 10, .example = "\"2026-01-01\"", .description = "The first day."), \
	    M_TEXT(struct report_query, to, "to", 10, .example = "\"2026-01-31\"", .description = "The last day."), \
	    M_TEXT(struct report_query, zone, "tz", 64, .example = "\"Asia/Dhaka\"", \
		.description = "Whose days they are; the shop's time zone if left out."), \
	    M_TEXT(struct report_query, currency, "currency", 3, .format = FORMAT_CURRENCY, .example = "\"USD\"", \
		.description = \
		    "Count what was sold in this currency alone; if left out, all, converted to the reporting currency."), \
	    M_ENUM(struct report_query, refunds, "refunds", report_refunds_values, \
		.description = "Count what came back when it was posted, as the ledger does, or on the day of its sale."), \
	    M_ENUM(struct report_query, format, "format", report_format_values)

/* Of those that can be of one shop alone. */
#define REPORT_QUERY \
	SHOP_REPORT_QUERY, \
	    M_ID(struct report_query, merchant, "merchant_id", \
		.description = "Of this shop alone; a seller's reports always are.")

/* Of reports that add up what report_sums reads. */
#define REPORT_SOURCE \
	M_ENUM(struct report_query, source, "source", report_source_values, \
	    .description = "What the ledger has posted, or orders of a former system that were imported: never both.")

/* What a report says of itself. */
struct report_about {
	int                 source;
	const char         *from, *to, *zone, *currency;
	bool                converted;
	struct instant      as_of;
	struct unconverted *unconverted; /* revenue without a rate, by currency */
	size_t              n_unconverted;
};
SHAPE_DECLARE(struct report_about, report_about_shape);

struct report {
	struct work              *work;
	struct report_range       range;
	const struct merchant_id *merchant; /* NULL: the whole shop */
	const char               *currency;
	bool                      converted;
	enum report_source        source;
	bool                      moved; /* what came back counts when it was sold: rows of report_facts.moved count, too */
	struct report_about       about;
};

/*
 * What the query asks for, held against who asks: `all` and `own` are permissions for all shops and for one's own.  VALIDATION_FAILED,
 * FORBIDDEN; NOT_FOUND of another's shop.
 */
const struct problem *report_open(
    struct work *work, const struct report_query *query, uint64_t all, uint64_t own, struct report *report);

/* What the range comes to, in minor units of report->currency; see measures.h. */
struct report_sums {
	int64_t orders, quantity, back_quantity;
	int64_t gross, discount, shipping, tax, commission, cost, estimated;
	int64_t refunds, back_tax, back_commission, back_cost, back_estimated;
	int64_t disputed, disputed_tax, disputed_commission;
	int64_t fees, charges, differences, payouts;
};

/* In one statement; zeros when nothing was counted. */
const struct problem *report_sums(const struct report *report, struct report_sums *sums);

/* What a group of quarters of an hour sold: little enough to be added up for each day of years. */
struct report_sold {
	int64_t key; /* what the group has in common */
	int64_t orders, quantity;
	int64_t revenue, back; /* with all taxes; what was given back or disputed */
};

/* The same as SQL, of quarters `q`: `p` is "r_" where a row has other currencies, too. */
#define REPORT_SOLD(p) \
	"IFNULL(CAST(SUM(q.orders) AS SIGNED), 0) AS orders, IFNULL(CAST(SUM(q.quantity) AS SIGNED), 0) AS quantity, " \
	"IFNULL(CAST(SUM(q." p "gross_minor - q." p "discount_minor + q." p "shipping_minor) AS SIGNED), 0) AS revenue, " \
	"IFNULL(CAST(SUM(q." p "refunds_minor + q." p "disputed_minor) AS SIGNED), 0) AS back"

enum report_group {
	BY_DAY,  /* key: the day's number, of the range's zone */
	BY_HOUR, /* of the week: 0 is Sunday's first */
};

/* The groups that have anything, by key; in one statement. */
const struct problem *report_sold(const struct report *report, enum report_group group, struct report_sold **sold, size_t *count);

/* Add where what was counted in the range's quarters of an hour stands, " FROM ... q WHERE ..."; its parameters, at most 5, are written to `into`. */
size_t report_add_quarters(
    const struct report *report, const struct report_range *range, struct text *sql, struct parameter *into);

/* Revenue, with all taxes; and what is left of it. */
static inline int64_t
revenue_of(const struct report_sums *sums)
{
	return sums->gross - sums->discount + sums->shipping;
}

static inline int64_t
net_of(const struct report_sums *sums)
{
	return revenue_of(sums) - sums->refunds - sums->disputed;
}

/* An amount in the report's currency. */
struct money report_money(const struct report *report, int64_t minor);

/* Answer a report: `answer` of the route's shape, or its rows (`count` structs of `row`) as CSV where the query asks for it. */
const struct problem *report_answer(struct request *request, const struct report_query *query, const void *answer,
    const struct shape *row, const void *rows, size_t count);

#endif
