#include "reports/tax.h"

#include "base/arena.h"
#include "base/text.h"
#include "reports/cover.h"
#include "reports/rollup_tables.h"
#include "store/db.h"
#include "store/work.h"

/* What was taxed at one rate in one country, in minor units. */
struct tax_sums {
	const char *country, *rate;
	int64_t     taxed, tax, back_taxed, back_tax;
};

static const struct member sums_members[] = {
	M_TEXT(struct tax_sums, country, "country", 2),
	M_TEXT(struct tax_sums, rate, "rate", 64),
#define SUM_MEMBER(name) M_INTEGER(struct tax_sums, name, #name, INT64_MIN, INT64_MAX)
	SUM_MEMBER(taxed),
	SUM_MEMBER(tax),
	SUM_MEMBER(back_taxed),
	SUM_MEMBER(back_tax),
};
SHAPE(struct tax_sums, tax_sums_shape, "TaxSums", sums_members);

#define SUM_AS(column, name) ", CAST(SUM(u.sign * u." column ") AS SIGNED) AS " name
#define SUMS(p) \
	SUM_AS(p "taxed_minor", "taxed") \
	SUM_AS(p "tax_minor", "tax") SUM_AS(p "back_taxed_minor", "back_taxed") SUM_AS(p "back_tax_minor", "back_tax")
#define SOURCE(table, p) \
	{ \
		.days = table, .key = "t.country, t.rate", .key_of_fact = "f.tax_country AS country, f.tax_rate AS rate", \
		.which = TAXED, .columns = TAX_AMOUNTS(OF_ROW, p), .columns_of_fact = TAX_AMOUNTS(OF_FACT, p) \
	}

static const struct problem *
read_taxes(const struct report *report, struct tax_sums **sums, size_t *count)
{
	static const struct cover_source of_shop[] = { SOURCE("report_shop_tax_days", ""), SOURCE("report_shop_tax_days", "r_") };
	static const struct cover_source of_one[] = { SOURCE("report_tax_days", ""), SOURCE("report_tax_days", "r_") };
	struct db                       *db = report->work->db;
	struct text                      sql = text_new(report->work->arena, 8192);
	struct parameter *parameters = ARENA_ARRAY(report->work->arena, COVER_PIECES * COVER_PARAMETERS, struct parameter);
	struct cover      cover;
	size_t            n;

	cover_by_days(&report->range, &cover);
	text_addf(&sql, "SELECT NULLIF(u.country, '') AS country, NULLIF(u.rate, '') AS rate%s FROM ",
	    report->converted ? SUMS("r_") : SUMS(""));
	n = cover_add(report, &cover, report->merchant == NULL ? &of_shop[report->converted] : &of_one[report->converted], &sql,
	    parameters);
	TEXT_ADD(&sql, " GROUP BY u.country, u.rate ORDER BY u.country, CAST(u.rate AS DECIMAL(20, 6)), u.rate");
	return db_rows_(db, &tax_sums_shape, TAX_ROWS_MAX, sums, count, db_compose(db, sql.bytes), n, parameters);
}

const struct problem *
tax_report(const struct report *report, struct tax_row **rows, size_t *count)
{
	struct tax_sums *sums;

	TRY(read_taxes(report, &sums, count));
	*rows = ARENA_ARRAY(report->work->arena, *count + 1, struct tax_row);
	for (size_t i = 0; i < *count; i++)
		(*rows)[i] = (struct tax_row) { .country = sums[i].country,
			.rate = sums[i].rate,
			.taxed = report_money(report, sums[i].taxed),
			.tax = report_money(report, sums[i].tax),
			.back_taxed = report_money(report, sums[i].back_taxed),
			.back_tax = report_money(report, sums[i].back_tax),
			.net_tax = report_money(report, sums[i].tax - sums[i].back_tax) };
	return OK;
}
