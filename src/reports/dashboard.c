/* The numbers of a period beside those of the one before: one statement. */
#include "reports/dashboard.h"

#include "base/arena.h"
#include "base/text.h"
#include "payments/provider.h"
#include "reports/payments.h"
#include "store/db.h"
#include "store/work.h"

enum { PERIODS = 2 };

struct counted {
	int64_t            key; /* 0: the period, 1: the one before */
	struct report_sold sold;
	int64_t           *customers, *carts;
};

static const struct member counted_members[] = {
	M_INTEGER(struct counted, key, "key", 0, PERIODS),
	M_INTEGER(struct counted, sold.orders, "orders", INT64_MIN, INT64_MAX),
	M_INTEGER(struct counted, sold.quantity, "quantity", INT64_MIN, INT64_MAX),
	M_INTEGER(struct counted, sold.revenue, "revenue", INT64_MIN, INT64_MAX),
	M_INTEGER(struct counted, sold.back, "back", INT64_MIN, INT64_MAX),
	M_INTEGER(struct counted, customers, "customers", 0, INT64_MAX),
	M_INTEGER(struct counted, carts, "carts", 0, INT64_MAX),
};
SHAPE(struct counted, counted_shape, "DashboardSums", counted_members);

/* Its parameters are written to `into`. */
static size_t
add_period(const struct report *report, int key, const struct report_range *range, struct text *sql, struct parameter *into)
{
	size_t n = 0;

	text_addf(sql, "SELECT %d AS `key`, %s", key, report->converted ? REPORT_SOLD("r_") : REPORT_SOLD(""));
	if (report->merchant == NULL) {
		text_addf(sql,
		    ", (SELECT COUNT(*) FROM users u WHERE u.role = 'customer' AND u.created_at >= ? AND u.created_at < ?) AS customers"
		    ", (SELECT CAST(IFNULL(SUM(c.carts), 0) AS SIGNED) FROM report_carts c WHERE %sc.quarter >= ? AND c.quarter < ?) AS carts",
		    report->converted ? "" : "c.currency = ? AND ");
		into[n++] = P(range->from);
		into[n++] = P(range->to);
		if (!report->converted)
			into[n++] = P(report->currency);
		into[n++] = P(range->from);
		into[n++] = P(range->to);
	}
	return n + report_add_quarters(report, range, sql, &into[n]);
}

static const struct problem *
count_periods(const struct report *report, const struct report_range *before, struct counted **counted)
{
	struct db       *db = report->work->db;
	struct text      sql = text_new(report->work->arena, 2048);
	struct parameter parameters[PERIODS * 10];
	size_t           n, count;

	n = add_period(report, 0, &report->range, &sql, parameters);
	TEXT_ADD(&sql, " UNION ALL ");
	n += add_period(report, 1, before, &sql, &parameters[n]);
	TEXT_ADD(&sql, " ORDER BY `key`");
	return db_rows_(db, &counted_shape, PERIODS, counted, &count, db_compose(db, sql.bytes), n, parameters);
}

/* The names of the providers whose money a carrier brings, with commas between. */
static const char *
carried_by(struct arena *arena)
{
	struct text names = text_new(arena, 64);

	for (size_t i = 0; i < PROVIDER__COUNT; i++)
		if (providers[i]->collects == COLLECTED_BY_CARRIER)
			text_addf(&names, "%s%s", names.length == 0 ? "" : ",", providers[i]->name);
	return names.bytes;
}

/* Of cash that nobody has collected, what is still to be paid; a seller's is what their parcels bring. */
static const struct problem *
read_cash(const struct report *report, struct dashboard *dashboard)
{
	static const struct member cash_members[] = {
		M_MONEY(struct cash_under_way, amount, "amount"),
		M_TEXT(struct cash_under_way, currency, "currency", 3),
		M_INTEGER(struct cash_under_way, payments, "payments", 0, INT64_MAX),
	};
	static const struct shape cash_shape = SHAPE_IS_(struct cash_under_way, "CashUnderWay", cash_members);
	struct db                *db = report->work->db;
	const char               *currency = report->converted ? NULL : report->currency;

	if (report->merchant == NULL)
		return db_rows(db, &cash_shape, CASH_CURRENCIES_MAX, &dashboard->cash, &dashboard->n_cash,
		    "SELECT p.currency, COUNT(*) AS payments, CAST(SUM(p.amount_minor - p.collected_minor - IFNULL("
		    "(SELECT SUM(r.amount_minor) FROM refunds r WHERE r.payment_id = p.id AND r.kind = 'not_collected'), 0)) AS SIGNED) "
		    "AS amount_minor FROM payments p WHERE p.status = 'processing' AND FIND_IN_SET(p.provider, ?) > 0 "
		    "AND p.currency = IFNULL(?, p.currency) GROUP BY p.currency ORDER BY p.currency",
		    P(carried_by(report->work->arena)), P(currency));
	return db_rows(db, &cash_shape, CASH_CURRENCIES_MAX, &dashboard->cash, &dashboard->n_cash,
	    "SELECT m.currency, COUNT(*) AS payments, CAST(SUM(m.total_minor) AS SIGNED) AS amount_minor FROM payments p "
	    "JOIN fulfilments f ON f.order_id = p.order_id AND f.merchant_id = ? AND f.collected_at IS NULL "
	    "AND f.status NOT IN ('cancelled', 'returned') "
	    "JOIN order_merchants m ON m.order_id = f.order_id AND m.merchant_id = f.merchant_id "
	    "WHERE p.status = 'processing' AND FIND_IN_SET(p.provider, ?) > 0 AND m.currency = IFNULL(?, m.currency) "
	    "GROUP BY m.currency ORDER BY m.currency",
	    P(report->merchant), P(carried_by(report->work->arena)), P(currency));
}

/* ---- what is made of them ---- */

static void
fill_row(struct report *report, const struct report_range *range, const struct counted *counted, struct dashboard_row *row)
{
	struct arena *arena = report->work->arena;
	int64_t       average;
	char         *days = arena_alloc(arena, 2 * DAY_SIZE);

	day_write(range->first, days);
	day_write(range->last, days + DAY_SIZE);
	*row = (struct dashboard_row) { .from = days,
		.to = days + DAY_SIZE,
		.revenue = report_money(report, counted->sold.revenue),
		.refunds = report_money(report, counted->sold.back),
		.net = report_money(report, counted->sold.revenue - counted->sold.back),
		.orders = counted->sold.orders,
		.units = counted->sold.quantity,
		.new_customers = counted->customers,
		.carts = counted->carts };
	if (minor_scale(row->revenue.minor, 1, row->orders, &average)) {
		row->average_order = ARENA_NEW(arena, struct money);
		*row->average_order = report_money(report, average);
	}
	if (row->carts != NULL)
		row->conversion_percent = percent_of_whole(arena, row->orders, *row->carts);
}

static const char *
change(struct arena *arena, int64_t now, int64_t before)
{
	return percent_of_whole(arena, now - before, before);
}

/* orders / carts, compared without rounding either: (now.orders / now.carts) / (before.orders / before.carts) - 1. */
static const char *
change_of_conversion(struct arena *arena, const struct dashboard_row *now, const struct dashboard_row *before)
{
	int64_t here, there;

	if (now->conversion_percent == NULL || before->conversion_percent == NULL ||
	    __builtin_mul_overflow(now->orders, *before->carts, &here) ||
	    __builtin_mul_overflow(before->orders, *now->carts, &there))
		return NULL;
	return change(arena, here, there);
}

static void
fill_change(struct arena *arena, const struct dashboard_row *now, const struct dashboard_row *before, struct dashboard_change *by)
{
	*by = (struct dashboard_change) { .revenue = change(arena, now->revenue.minor, before->revenue.minor),
		.net = change(arena, now->net.minor, before->net.minor),
		.orders = change(arena, now->orders, before->orders),
		.units = change(arena, now->units, before->units),
		.conversion = change_of_conversion(arena, now, before) };
	if (now->average_order != NULL && before->average_order != NULL)
		by->average_order = change(arena, now->average_order->minor, before->average_order->minor);
	if (now->new_customers != NULL)
		by->new_customers = change(arena, *now->new_customers, *before->new_customers);
}

const struct problem *
dashboard_report(struct report *report, struct dashboard *dashboard)
{
	struct report_range before;
	struct counted     *counted;

	range_before(&report->range, &before);
	TRY(count_periods(report, &before, &counted));
	fill_row(report, &report->range, &counted[0], &dashboard->rows[0]);
	fill_row(report, &before, &counted[1], &dashboard->rows[1]);
	fill_change(report->work->arena, &dashboard->rows[0], &dashboard->rows[1], &dashboard->change);
	return read_cash(report, dashboard);
}
