/*
 * cover.h: a range put together of what is added up.
 *
 * What was counted until an instant is the running totals of the nearest end of a month, more or less the days between, and at the
 * ends, where the instant is not midnight UTC, facts.  A range is the difference of two of these; a short one is its days.
 */
#ifndef REPORTS_COVER_H
#define REPORTS_COVER_H

#include "reports/report.h"

struct text;
struct parameter;

enum cover_kind { OF_MONTH, OF_DAYS, OF_FACTS };

/* Counts `sign` times: all until `to` (OF_MONTH), or what lies from `from` until before `to`. */
struct cover_piece {
	enum cover_kind kind;
	int             sign;
	struct instant  from, to;
};

enum { COVER_PIECES = 8, COVER_PRODUCTS = 100, COVER_PARAMETERS = 5 + COVER_PRODUCTS };

struct cover {
	struct cover_piece pieces[COVER_PIECES];
	size_t             count;
};

/* By days alone; or by running totals, too, where that reads less: of the days after `now` there is nothing to read. */
void cover_by_days(const struct report_range *range, struct cover *cover);
void cover_by_months(const struct report_range *range, struct instant now, struct cover *cover);

/* What is read: of tables `t` and of facts `f`, each column in the report's currency.  Columns begin with a comma. */
struct cover_source {
	const char             *months, *days;             /* tables; months NULL: cover_by_days() */
	const char             *key, *key_of_fact, *which; /* which: the facts that count */
	const char             *columns, *columns_of_fact;
	const struct parameter *products; /* these alone, at most COVER_PRODUCTS; NULL: all */
	size_t                  n_products;
};

/* One column of an X-macro of measures.h, of either; what has no rate is in no sum, as in the tables. */
#define OF_ROW(column, condition, value) ", t." column
#define OF_FACT(column, condition, value) ", IF(" condition ", IFNULL(" value ", 0), 0) AS " column

/*
 * Add "(SELECT key, sign, columns ... UNION ALL ...) u" of the report's shop, currency and way of counting refunds.  Returns how many
 * parameters were written to `into`: at most COVER_PIECES * COVER_PARAMETERS.
 */
size_t cover_add(const struct report *report, const struct cover *cover, const struct cover_source *source, struct text *sql,
    struct parameter *into);

#endif
