/* What a question means to moves; sales, hours, profit and what each report says of itself. */
#include "base/arena.h"
#include "base/text.h"
#include "reports/profit.h"
#include "reports/sales.h"
#include "tests/reports/asked.h"
#include "tests/reports/shop.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

enum { TOLD_MAX = 40, TIMES_MAX = 2, EXPENSES_PERCENT = 30, THURSDAY = 3 };

/* ---- the question ---- */

bool
is_asked_for(const struct asked *asked, const struct move *move)
{
	const struct question *question = asked->question;

	return (question->currency == NULL || strcmp(question->currency, move->currency) == 0) &&
	    (uuid_is_nil(question->merchant.uuid) || uuid_equal(question->merchant.uuid, move->merchant));
}

bool
is_sale(const struct move *move)
{
	return move->kind == SALE && (move->of == OF_A_LINE || move->of == OF_NO_LINE);
}

static bool
is_shipping(const struct move *move)
{
	return move->kind == SALE && move->of == OF_SHIPPING_COST;
}

bool
is_back(const struct move *move)
{
	return (move->kind == GIVEN_BACK || move->kind == DISPUTED) &&
	    (move->of == OF_A_LINE || move->of == OF_NO_LINE || move->of == OF_SHIPPING_COST);
}

struct moment
when(const struct asked *asked, const struct move *move)
{
	return asked->question->by_sale && is_back(move) ? move->sold : move->posted;
}

bool
counts(const struct asked *asked, const struct move *move)
{
	int64_t day = when(asked, move).day;

	return asked->first <= day && day <= asked->last && is_asked_for(asked, move);
}

int64_t
amount_of(const struct asked *asked, const struct move *move, enum amount amount)
{
	if (asked->question->currency != NULL)
		return move->own[amount];
	return move->has_rate ? move->converted[amount] : 0;
}

int64_t
paid_of(const struct asked *asked, const struct move *move)
{
	return is_sale(move) || is_shipping(move) || is_back(move)
	    ? amount_of(asked, move, GROSS) - amount_of(asked, move, DISCOUNT)
	    : 0;
}

/* ---- what differs is told, not too often ---- */

/* Which report and number was told how often: the first ones are enough. */
static bool
is_told_enough(const char *of, const char *what)
{
	static struct {
		const char *of, *what;
		int         times;
	} told[TOLD_MAX];
	size_t at = 0;

	while (at < TOLD_MAX && told[at].of != NULL && (strcmp(told[at].of, of) != 0 || strcmp(told[at].what, what) != 0))
		at++;
	if (at == TOLD_MAX)
		return true;
	told[at].of = of;
	told[at].what = what;
	return told[at].times++ >= TIMES_MAX;
}

static void
tell(const struct asked *asked, const char *what, const char *got, const char *expected)
{
	const struct question *q = asked->question;

	if (is_told_enough(asked->of, what))
		return;
	printf("\n    %s: %s is %s, the books say %s (%s, %s to %s, %s%s%s)", asked->of, what, got, expected, q->zone, q->from,
	    q->to, q->currency == NULL ? "converted" : q->currency, q->by_sale ? ", by sale" : "",
	    uuid_is_nil(q->merchant.uuid) ? "" : ", one merchant");
	CU_FAIL("a report differs from the books");
}

void
same_text(struct asked *asked, const char *what, const char *got, const char *expected)
{
	asked->compared++;
	if (got == NULL || expected == NULL ? got != expected : strcmp(got, expected) != 0)
		tell(asked, what, got == NULL ? "nothing" : got, expected == NULL ? "nothing" : expected);
}

void
same(struct asked *asked, const char *what, int64_t got, int64_t expected)
{
	char texts[2][24];

	asked->compared++;
	if (got == expected)
		return;
	snprintf(texts[0], sizeof texts[0], "%lld", (long long)got);
	snprintf(texts[1], sizeof texts[1], "%lld", (long long)expected);
	tell(asked, what, texts[0], texts[1]);
}

void
same_money(struct asked *asked, const char *what, struct money got, int64_t expected)
{
	same(asked, what, got.minor, expected);
	same_text(asked, what, got.currency,
	    asked->question->currency == NULL ? shop.config.reports.currency : asked->question->currency);
}

/* ---- sales ---- */

/* The first day of the day's step. */
static int64_t
step_begins(int64_t day, enum report_step step)
{
	char text[DAY_SIZE];

	if (step == STEP_WEEK)
		return day - (day + THURSDAY) % 7;
	if (step == STEP_DAY)
		return day;
	day_write(day, text);
	strcpy(text + 8, "01");
	return day_number(text);
}

/* What was sold on a day, or in a step. */
struct sold {
	int64_t orders, units, revenue, refunds;
};

static bool
opens(const struct asked *asked, const struct move *move)
{
	return uuid_is_nil(asked->question->merchant.uuid) ? move->first_of_order : move->first_of_part;
}

static void
compare_sales_row(struct asked *asked, int64_t begins, const struct sales_row *row, const struct sold *sold)
{
	char date[DAY_SIZE];

	day_write(begins, date);
	same_text(asked, "date", row->date, date);
	same(asked, "orders", row->orders, sold->orders);
	same(asked, "units", row->units, sold->units);
	same_money(asked, "revenue", row->revenue, sold->revenue);
	same_money(asked, "refunds", row->refunds, sold->refunds);
	same_money(asked, "net", row->net, sold->revenue - sold->refunds);
}

static void
compare_sales(struct asked *asked, enum report_step step)
{
	struct sold      *sold = ARENA_ARRAY(shop.work.arena, (size_t)(asked->last - asked->first) + 1, struct sold);
	struct sales_row *rows;
	size_t            count, at = 0;

	asked->of = step == STEP_DAY ? "sales by day" : step == STEP_WEEK ? "sales by week" : "sales by month";
	REQUIRE(sales_report(&asked->report, step, &rows, &count) == OK);
	for (size_t i = 0; i < asked->moves->count; i++) {
		const struct move *move = &asked->moves->rows[i];
		struct sold       *of_step;

		if (!counts(asked, move))
			continue;
		/* A step that has begun before the range is added up on its first day. */
		of_step = &sold[step_begins(when(asked, move).day, step) > asked->first
			? step_begins(when(asked, move).day, step) - asked->first
			: 0];
		of_step->orders += opens(asked, move);
		of_step->units += is_sale(move) ? move->quantity : 0;
		if (is_back(move))
			of_step->refunds -= paid_of(asked, move);
		else
			of_step->revenue += paid_of(asked, move);
	}
	for (int64_t day = asked->first; day <= asked->last; day++) {
		if (day > asked->first && step_begins(day, step) == step_begins(day - 1, step))
			continue;
		REQUIRE(at < count);
		compare_sales_row(asked, step_begins(day, step), &rows[at++], &sold[day - asked->first]);
	}
	same(asked, "rows", (int64_t)count, (int64_t)at);
}

static void
compare_heatmap(struct asked *asked)
{
	struct hour_row rows[HOURS_OF_WEEK];
	int64_t         orders[HOURS_OF_WEEK] = { 0 }, revenue[HOURS_OF_WEEK] = { 0 };

	asked->of = "heatmap";
	REQUIRE(heatmap_report(&asked->report, rows) == OK);
	for (size_t i = 0; i < asked->moves->count; i++) {
		const struct move *move = &asked->moves->rows[i];

		if (!counts(asked, move) || is_back(move))
			continue;
		orders[move->posted.hour_of_week] += opens(asked, move);
		revenue[move->posted.hour_of_week] += paid_of(asked, move);
	}
	for (int hour = 0; hour < HOURS_OF_WEEK; hour++) {
		same(asked, "hour", rows[hour].day * 24 + rows[hour].hour, hour);
		same(asked, "orders", rows[hour].orders, orders[hour]);
		same_money(asked, "revenue", rows[hour].revenue, revenue[hour]);
	}
}

/* ---- profit and loss ---- */

struct totals {
	int64_t revenue, refunds, disputed, cost, estimated, tax, fees, commission;
};

static void
add_to_totals(const struct asked *asked, const struct move *move, struct totals *totals)
{
	if (move->of == OF_PROVIDER_FEE)
		totals->fees += amount_of(asked, move, GROSS);
	if (!is_back(move))
		totals->revenue += paid_of(asked, move);
	else
		*(move->kind == DISPUTED ? &totals->disputed : &totals->refunds) -= paid_of(asked, move);
	if (!is_sale(move) && !is_back(move))
		return;
	totals->cost += amount_of(asked, move, COST);
	totals->estimated += amount_of(asked, move, ESTIMATED);
	totals->tax += amount_of(asked, move, TAX);
	totals->commission += amount_of(asked, move, COMMISSION);
}

static void
compare_profit(struct asked *asked)
{
	struct profit profit;
	struct totals totals = { 0 };
	int64_t       net, expenses;

	asked->of = "profit and loss";
	REQUIRE(profit_report(&asked->report, &profit) == OK);
	for (size_t i = 0; i < asked->moves->count; i++)
		if (counts(asked, &asked->moves->rows[i]))
			add_to_totals(asked, &asked->moves->rows[i], &totals);
	net = totals.revenue - totals.refunds - totals.disputed;
	expenses = half_even(net, EXPENSES_PERCENT, 100);
	same_money(asked, "revenue", profit.revenue, totals.revenue);
	same_money(asked, "refunds", profit.refunds, totals.refunds);
	same_money(asked, "disputed", profit.disputed, totals.disputed);
	same_money(asked, "net_revenue", profit.net_revenue, net);
	same_money(asked, "cost", profit.cost, totals.cost);
	same_money(asked, "estimated_cost", profit.estimated_cost, totals.estimated);
	same_money(asked, "gross_profit", profit.gross_profit, net - totals.cost);
	same_money(asked, "expenses", profit.expenses, expenses);
	same_money(asked, "operating_profit", profit.operating_profit, net - totals.cost - expenses);
	same_money(asked, "tax", profit.tax, totals.tax);
	same_money(asked, "net_profit", profit.net_profit, net - totals.cost - expenses - totals.tax);
	same_money(asked, "fees", profit.fees, totals.fees);
	same_money(asked, "commission", profit.commission, totals.commission);
}

/* ---- what each says of itself ---- */

/* Revenue without a rate, by currency, as it is printed: [{"amount":"1.250","currency":"KWD"}]. */
static const char *
left_out(const struct asked *asked)
{
	static const char *const by_name[] = { "EUR", "JPY", "KWD", "NGN", "USD" };
	struct text              text = text_new(shop.work.arena, 200);

	TEXT_ADD(&text, "\"unconverted\":[");
	for (int c = 0; c < CURRENCIES && asked->question->currency == NULL; c++) {
		struct money left = { 0 };

		money_make(0, by_name[c], &left);
		for (size_t i = 0; i < asked->moves->count; i++) {
			const struct move *move = &asked->moves->rows[i];

			if (counts(asked, move) && !move->has_rate && (is_sale(move) || is_shipping(move)) &&
			    strcmp(move->currency, by_name[c]) == 0)
				left.minor += move->own[GROSS] - move->own[DISCOUNT];
		}
		if (left.minor == 0)
			continue;
		text_addf(&text, "%s{\"amount\":\"", text.bytes[text.length - 1] == '[' ? "" : ",");
		text_add_money(&text, left);
		text_addf(&text, "\",\"currency\":\"%s\"}", by_name[c]);
	}
	TEXT_ADD(&text, "]");
	return text.bytes;
}

static void
compare_about(struct asked *asked)
{
	const struct report_about *about = &asked->report.about;
	struct text                printed = text_new(shop.work.arena, 1000);
	const char                *expected = left_out(asked), *found;

	asked->of = "about";
	shape_print(&report_about_shape, about, &printed);
	found = strstr(printed.bytes, "\"unconverted\"");
	same_text(asked, "zone", about->zone, asked->question->zone);
	same(asked, "converted", about->converted, asked->question->currency == NULL);
	same_text(asked, "unconverted", found == NULL ? NULL : arena_copy(shop.work.arena, found, strlen(expected)), expected);
}

int64_t
compare_reports(const struct moves *moves, const struct question *question)
{
	int                 refunds = question->by_sale ? REFUNDS_SOLD : REFUNDS_POSTED;
	struct merchant_id  merchant = question->merchant;
	struct report_query query = { .from = question->from,
		.to = question->to,
		.zone = question->zone,
		.currency = question->currency,
		.refunds = &refunds,
		.merchant = uuid_is_nil(merchant.uuid) ? NULL : &merchant };
	struct asked        asked = {
		       .moves = moves, .question = question, .first = day_number(question->from), .last = day_number(question->to)
	};
	struct arena_mark mark = arena_mark(shop.work.arena);

	act_as(NULL);
	REQUIRE(report_open(&shop.work, &query, UINT64_MAX, 0, &asked.report) == OK);
	compare_about(&asked);
	for (enum report_step step = STEP_DAY; step <= STEP_MONTH; step++)
		compare_sales(&asked, step);
	compare_heatmap(&asked);
	compare_profit(&asked);
	compare_products(&asked);
	compare_merchants(&asked);
	compare_taxes(&asked);
	compare_dashboard(&asked);
	compare_payments(&asked);
	/* These three say the same of every merchant and however refunds count. */
	if (!question->by_sale && uuid_is_nil(merchant.uuid)) {
		compare_customers(&asked);
		compare_stock(&asked);
		compare_inbox(&asked);
	}
	arena_release(shop.work.arena, mark);
	return asked.compared;
}
