#include "reports/cover.h"

#include "base/text.h"
#include "store/db.h"

enum { DAY_MS = 24 * 3600 * 1000, MONTHS_COST = 8 /* what two months' totals cost to read, in days */ };

static int64_t
day_of(int64_t ms)
{
	return ms / DAY_MS - (ms % DAY_MS < 0);
}

/* The first instant of the month of `ms`, or of the `next` one. */
static int64_t
month_begins(int64_t ms, bool next)
{
	struct civil civil = instant_civil((struct instant) { ms });

	civil = (struct civil) {
		.year = civil.year + (next && civil.month == 12), .month = next ? civil.month % 12 + 1 : civil.month, .day = 1
	};
	return instant_from_civil(civil).unix_ms;
}

static void
add_piece(struct cover *cover, enum cover_kind kind, int sign, int64_t from, int64_t to)
{
	if (from < to || kind == OF_MONTH)
		cover->pieces[cover->count++] = (struct cover_piece) { kind, sign, { from }, { to } };
}

/* Whole days, and facts at the ends. */
static void
add_between(struct cover *cover, int sign, int64_t from, int64_t to)
{
	int64_t first = (day_of(from - 1) + 1) * DAY_MS, last = day_of(to) * DAY_MS;

	if (first > last) {
		add_piece(cover, OF_FACTS, sign, from, to);
		return;
	}
	add_piece(cover, OF_FACTS, sign, from, first);
	add_piece(cover, OF_DAYS, sign, first, last);
	add_piece(cover, OF_FACTS, sign, last, to);
}

/* A day that its zone has skipped, as Samoa did, has no time; it is asked for like others, and has nothing. */
static void
add_all(struct cover *cover, int64_t from, int64_t to)
{
	cover->count = 0;
	add_between(cover, 1, from, to);
	if (cover->count == 0)
		cover->pieces[cover->count++] = (struct cover_piece) { OF_DAYS, 1, { from }, { from } };
}

void
cover_by_days(const struct report_range *range, struct cover *cover)
{
	add_all(cover, range->from.unix_ms, range->to.unix_ms);
}

static int64_t
days_to_read(int64_t from, int64_t to, int64_t now)
{
	int64_t last = day_of(now < to ? now : to), first = day_of(from);

	return last > first ? last - first : 0;
}

/* The end of a month from which less is read. */
static int64_t
nearest_month(int64_t ms, int64_t now, int64_t *days)
{
	int64_t before = month_begins(ms, false), after = month_begins(ms, true);
	int64_t down = days_to_read(before, ms, now), up = days_to_read(ms, after, now);

	*days = down <= up ? down : up;
	return down <= up ? before : after;
}

/* `sign` times what was counted until `ms`, from the totals of a month's end on. */
static void
add_since(struct cover *cover, int sign, int64_t month, int64_t ms)
{
	if (month <= ms)
		add_between(cover, sign, month, ms);
	else
		add_between(cover, -sign, ms, month);
}

void
cover_by_months(const struct report_range *range, struct instant now, struct cover *cover)
{
	int64_t from = range->from.unix_ms, to = range->to.unix_ms, from_days, to_days;
	int64_t first = nearest_month(from, now.unix_ms, &from_days), last = nearest_month(to, now.unix_ms, &to_days);

	if (first == last || days_to_read(from, to, now.unix_ms) <= from_days + to_days + MONTHS_COST) {
		add_all(cover, from, to);
		return;
	}
	cover->count = 0;
	add_piece(cover, OF_MONTH, 1, 0, last);
	add_piece(cover, OF_MONTH, -1, 0, first);
	add_since(cover, 1, last, to);
	add_since(cover, -1, first, from);
}

static void
add_of_rows(const struct cover_source *source, const struct cover_piece *piece, struct text *sql)
{
	bool months = piece->kind == OF_MONTH;

	text_addf(sql, "SELECT %s, %d AS sign%s FROM %s t WHERE %s AND t.moved <= ?", source->key, piece->sign, source->columns,
	    months ? source->months : source->days,
	    months ? "t.month = (SELECT MAX(m.month) FROM report_months m WHERE m.month < ?)" : "t.day >= ? AND t.day < ?");
}

static void
add_of_facts(const struct cover_source *source, const struct cover_piece *piece, struct text *sql)
{
	text_addf(sql,
	    "SELECT %s, %d AS sign%s FROM report_facts f FORCE INDEX (ix_report_facts_posted) "
	    "WHERE f.posted_at >= ? AND f.posted_at < ? AND %s AND f.moved <= ?",
	    source->key_of_fact, piece->sign, source->columns_of_fact, source->which);
}

/* Of whose, in what currency, and of which products. */
static size_t
add_limits(const struct report *report, const struct cover_source *source, char alias, struct text *sql, struct parameter *into)
{
	size_t n = 0;

	if (report->merchant != NULL) {
		text_addf(sql, " AND %c.merchant_id = ?", alias);
		into[n++] = P(report->merchant);
	}
	if (!report->converted) {
		text_addf(sql, " AND %c.currency = ?", alias);
		into[n++] = P(report->currency);
	}
	if (source->products == NULL)
		return n;
	for (size_t i = 0; i < source->n_products; i++) {
		if (i == 0)
			text_addf(sql, " AND %c.product_id IN (?", alias);
		else
			TEXT_ADD(sql, ", ?");
		into[n++] = source->products[i];
	}
	TEXT_ADD(sql, ")");
	return n;
}

size_t
cover_add(const struct report *report, const struct cover *cover, const struct cover_source *source, struct text *sql,
    struct parameter *into)
{
	size_t n = 0;

	TEXT_ADD(sql, "(");
	for (size_t i = 0; i < cover->count; i++) {
		const struct cover_piece *piece = &cover->pieces[i];
		bool                      facts = piece->kind == OF_FACTS;

		if (i > 0)
			TEXT_ADD(sql, " UNION ALL ");
		if (facts)
			add_of_facts(source, piece, sql);
		else
			add_of_rows(source, piece, sql);
		if (piece->kind != OF_MONTH)
			into[n++] = P(piece->from);
		into[n++] = P(piece->to);
		into[n++] = P(report->moved);
		n += add_limits(report, source, facts ? 'f' : 't', sql, &into[n]);
	}
	TEXT_ADD(sql, ") u");
	return n;
}
