/* Customers by segments, from what each has bought so far. */
#include "reports/customers.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "http/permission.h"
#include "store/db.h"
#include "store/work.h"

const char *const customer_segment_values[] = { "vip", "loyal", "active", NULL };

struct bought {
	struct user_id  user;
	const char     *name;
	int64_t         orders, net;
	struct instant *first_at, *last_at;
};

static const struct member bought_members[] = {
	M_ID(struct bought, user, "user_id"),
	M_TEXT(struct bought, name, "name", 150, .computed = true),
	M_INTEGER(struct bought, orders, "orders", INT64_MIN, INT64_MAX),
	M_INTEGER(struct bought, net, "net", INT64_MIN, INT64_MAX, .column = "net_minor"),
	M_TIME(struct bought, first_at, "first_at"),
	M_TIME(struct bought, last_at, "last_at"),
};
SHAPE(struct bought, bought_shape, "BoughtByCustomer", bought_members);

static const struct member counted_members[] = {
	M_INTEGER(struct segment_row, segment, "segment", 0, SEGMENTS),
	M_INTEGER(struct segment_row, customers, "customers", 0, INT64_MAX),
	M_INTEGER(struct segment_row, orders, "orders", 0, INT64_MAX),
	M_INTEGER(struct segment_row, revenue.minor, "net", INT64_MIN, INT64_MAX),
};
SHAPE(struct segment_row, counted_shape, "CountedSegment", counted_members);

/* What a VIP has at least spent, in minor units of the report's currency. */
static int64_t
vip_minor(const struct report *report)
{
	struct money money;

	return decimal_to_money(
		   (struct decimal) { .digits = report->work->config->reports.vip_revenue }, report->currency, &money)
	    ? money.minor
	    : INT64_MAX;
}

static enum customer_segment
segment_of(const struct report *report, const struct bought *bought)
{
	const struct config *config = report->work->config;

	if (bought->orders >= config->reports.vip_orders && bought->net >= vip_minor(report))
		return SEGMENT_VIP;
	return bought->orders >= config->reports.loyal_orders ? SEGMENT_LOYAL : SEGMENT_ACTIVE;
}

/* "Ada Lovelace" is "A… L…". */
static const char *
initials(struct arena *arena, const char *name)
{
	struct text text = text_new(arena, 64);
	bool        begins = true;

	for (const char *at = name; *at != '\0';) {
		size_t length = 1;

		while ((at[length] & 0xc0) == 0x80)
			length++;
		if (*at == ' ')
			begins = true;
		else if (begins) {
			text_addf(&text, "%s%.*s…", text.length == 0 ? "" : " ", (int)length, at);
			begins = false;
		}
		at += length;
	}
	return text.bytes;
}

/* The rows of the rollup: in a currency of its own or, under none, in the reporting currency. */
static const char *
currency_of(const struct report *report)
{
	return report->converted ? "" : report->currency;
}

static const struct problem *
read_segments(struct report *report, struct segment_row *segments)
{
	const struct config *config = report->work->config;
	struct segment_row  *rows;
	size_t               count;

	for (int i = 0; i < SEGMENTS; i++)
		segments[i] = (struct segment_row) { .segment = i, .revenue = report_money(report, 0) };
	TRY(db_rows(report->work->db, &counted_shape, SEGMENTS, &rows, &count,
	    "SELECT IF(c.orders >= ? AND c.net_minor >= ?, 0, IF(c.orders >= ?, 1, 2)) AS segment, COUNT(*) AS customers, "
	    "CAST(SUM(c.orders) AS SIGNED) AS orders, CAST(SUM(c.net_minor) AS SIGNED) AS net FROM report_customers c "
	    "FORCE INDEX (ix_report_customers_net) WHERE c.currency = ? AND c.orders > 0 GROUP BY segment",
	    P(config->reports.vip_orders), P(vip_minor(report)), P(config->reports.loyal_orders), P(currency_of(report))));
	for (size_t i = 0; i < count; i++) {
		segments[rows[i].segment].customers = rows[i].customers;
		segments[rows[i].segment].orders = rows[i].orders;
		segments[rows[i].segment].revenue.minor = rows[i].revenue.minor;
	}
	return OK;
}

static const struct problem *
read_best(struct report *report, struct customers_report *customers)
{
	struct work   *work = report->work;
	struct bought *rows;

	TRY(db_rows(work->db, &bought_shape, BEST_CUSTOMERS_MAX, &rows, &customers->n_best,
	    "SELECT {c}, u.full_name AS name "
	    "FROM report_customers c FORCE INDEX (ix_report_customers_net) STRAIGHT_JOIN users u ON u.id = c.user_id "
	    "WHERE c.currency = ? AND c.orders > 0 "
	    "ORDER BY c.net_minor DESC LIMIT ?",
	    P(currency_of(report)), P((int64_t)BEST_CUSTOMERS_MAX)));
	customers->best = ARENA_ARRAY(work->arena, customers->n_best + 1, struct best_customer);
	for (size_t i = 0; i < customers->n_best; i++)
		customers->best[i] = (struct best_customer) { .id = rows[i].user,
			.name = MAY(work, USER_READ) ? rows[i].name : initials(work->arena, rows[i].name),
			.segment = segment_of(report, &rows[i]),
			.orders = rows[i].orders,
			.revenue = report_money(report, rows[i].net),
			.first_order_at = rows[i].first_at,
			.last_order_at = rows[i].last_at };
	return OK;
}

const struct problem *
customers_report(struct report *report, struct customers_report *customers)
{
	TRY(read_segments(report, customers->segments));
	return read_best(report, customers);
}
