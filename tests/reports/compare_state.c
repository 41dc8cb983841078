/* The dashboard, customers, payments, stock and webhooks: of moves, and of the rows of orders, payments, stock and events. */
#include "base/arena.h"
#include "reports/customers.h"
#include "reports/dashboard.h"
#include "reports/inbox.h"
#include "reports/payments.h"
#include "reports/stock.h"
#include "tests/reports/asked.h"
#include "tests/reports/shop.h"
#include "tests/suite.h"

#include <mysql.h>
#include <string.h>

enum { GROUPS_MAX = 200, VIP_ORDERS = 3, LOYAL_ORDERS = 2 };

/* 100 * part / whole with two decimals, half to even; NULL of nothing.  In the arena. */
static const char *
percent(int64_t part, int64_t whole)
{
	int64_t hundredths;

	if (whole == 0)
		return NULL;
	hundredths = half_even(part, 10000, whole);
	return arena_format(
	    shop.work.arena, "%s%lld.%02lld", hundredths < 0 ? "-" : "", llabs(hundredths) / 100, llabs(hundredths) % 100);
}

/* Of that statement's rows (milliseconds, currency): how many are of the question, between these days. */
static int64_t
count_rows(const struct asked *asked, const char *sql, int64_t first, int64_t last)
{
	MYSQL_RES *rows = books_rows(sql);
	MYSQL_ROW  row;
	int64_t    count = 0;

	while ((row = mysql_fetch_row(rows)) != NULL) {
		int64_t day = moment_of(strtoll(row[0], NULL, 10)).day;

		count += first <= day && day <= last &&
		    (row[1] == NULL || asked->question->currency == NULL || strcmp(row[1], asked->question->currency) == 0);
	}
	mysql_free_result(rows);
	return count;
}

/* ---- the dashboard ---- */

struct period {
	int64_t first, last, revenue, refunds, orders, units, customers, carts;
};

static struct period
period_of(const struct asked *asked, int64_t first, int64_t last)
{
	struct period period = { .first = first, .last = last };
	bool          whole = uuid_is_nil(asked->question->merchant.uuid);

	for (size_t i = 0; i < asked->moves->count; i++) {
		const struct move *move = &asked->moves->rows[i];
		int64_t            day = when(asked, move).day;

		if (!is_asked_for(asked, move) || day < first || day > last)
			continue;
		period.orders += whole ? move->first_of_order : move->first_of_part;
		period.units += is_sale(move) ? move->quantity : 0;
		if (is_back(move))
			period.refunds -= paid_of(asked, move);
		else
			period.revenue += paid_of(asked, move);
	}
	period.customers = count_rows(asked,
	    "SELECT CAST(UNIX_TIMESTAMP(created_at) * 1000 AS SIGNED), NULL FROM users WHERE role = 'customer'", first, last);
	period.carts = count_rows(asked,
	    "SELECT CAST(UNIX_TIMESTAMP(created_at) * 1000 AS SIGNED), JSON_VALUE(payload, '$.currency') FROM events "
	    "WHERE type = 'cart.started'",
	    first, last);
	return period;
}

static void
compare_period(struct asked *asked, const struct dashboard_row *row, const struct period *period)
{
	char from[DAY_SIZE], to[DAY_SIZE];

	day_write(period->first, from);
	day_write(period->last, to);
	same_text(asked, "from", row->from, from);
	same_text(asked, "to", row->to, to);
	same_money(asked, "revenue", row->revenue, period->revenue);
	same_money(asked, "refunds", row->refunds, period->refunds);
	same_money(asked, "net", row->net, period->revenue - period->refunds);
	same(asked, "orders", row->orders, period->orders);
	same(asked, "units", row->units, period->units);
	same(asked, "has an average", row->average_order != NULL, period->orders != 0);
	if (row->average_order != NULL)
		same_money(asked, "average", *row->average_order, half_even(period->revenue, 1, period->orders));
	if (!uuid_is_nil(asked->question->merchant.uuid))
		return;
	same(asked, "new customers", *row->new_customers, period->customers);
	same(asked, "carts", *row->carts, period->carts);
	same_text(asked, "conversion", row->conversion_percent, percent(period->orders, period->carts));
}

static const char *
change(int64_t now, int64_t before)
{
	return percent(now - before, before);
}

static void
compare_change(struct asked *asked, const struct dashboard_change *by, const struct period *now, const struct period *before)
{
	same_text(asked, "change of revenue", by->revenue, change(now->revenue, before->revenue));
	same_text(asked, "change of net", by->net, change(now->revenue - now->refunds, before->revenue - before->refunds));
	same_text(asked, "change of orders", by->orders, change(now->orders, before->orders));
	same_text(asked, "change of units", by->units, change(now->units, before->units));
	if (now->orders != 0 && before->orders != 0)
		same_text(asked, "change of average", by->average_order,
		    change(half_even(now->revenue, 1, now->orders), half_even(before->revenue, 1, before->orders)));
	if (uuid_is_nil(asked->question->merchant.uuid) && now->carts != 0 && before->carts != 0)
		same_text(asked, "change of conversion", by->conversion,
		    change(now->orders * before->carts, before->orders * now->carts));
}

/* Parcels whose cash is still to come, and the shipping where none has brought it. */
static void
compare_cash(struct asked *asked, const struct dashboard *dashboard)
{
	const struct question *question = asked->question;
	bool                   whole = uuid_is_nil(question->merchant.uuid);
	MYSQL_RES             *rows = books_rows(arena_format(shop.work.arena,
			"SELECT m.currency, SUM(m.total_minor) + SUM(IF(%d AND m.merchant_id = (SELECT MIN(f.merchant_id) FROM fulfilments f "
				    "WHERE f.order_id = m.order_id AND f.collected_at IS NULL AND f.status NOT IN ('cancelled', 'returned')) AND NOT EXISTS "
				    "(SELECT 1 FROM fulfilments f WHERE f.order_id = m.order_id AND f.collected_at IS NOT NULL), o.shipping_minor, 0)), "
				    "COUNT(DISTINCT p.id) FROM payments p JOIN orders o ON o.id = p.order_id JOIN order_merchants m ON m.order_id = o.id "
				    "JOIN fulfilments f ON f.order_id = m.order_id AND f.merchant_id = m.merchant_id WHERE p.provider = 'cod' "
				    "AND p.status = 'processing' AND f.collected_at IS NULL AND f.status NOT IN ('cancelled', 'returned') "
				    "AND (%d OR HEX(m.merchant_id) = REPLACE('%s', '-', '')) AND m.currency LIKE '%s' GROUP BY m.currency "
				    "ORDER BY m.currency",
			whole, whole, uuid_text(shop.work.arena, question->merchant.uuid),
            question->currency == NULL ? "%" : question->currency));
	MYSQL_ROW              row;
	size_t                 at = 0;

	while ((row = mysql_fetch_row(rows)) != NULL) {
		REQUIRE(at < dashboard->n_cash);
		same_text(asked, "cash", dashboard->cash[at].currency, row[0]);
		same(asked, "cash under way", dashboard->cash[at].amount.minor, strtoll(row[1], NULL, 10));
		same(asked, "payments in cash", dashboard->cash[at++].payments, strtoll(row[2], NULL, 10));
	}
	same(asked, "currencies of cash", (int64_t)dashboard->n_cash, (int64_t)at);
	mysql_free_result(rows);
}

void
compare_dashboard(struct asked *asked)
{
	int64_t           days = asked->last - asked->first + 1;
	struct period     now = period_of(asked, asked->first, asked->last);
	struct period     before = period_of(asked, asked->first - days, asked->first - 1);
	struct dashboard *dashboard = ARENA_NEW(shop.work.arena, struct dashboard);

	asked->of = "dashboard";
	REQUIRE(dashboard_report(&asked->report, dashboard) == OK);
	compare_period(asked, &dashboard->rows[0], &now);
	compare_period(asked, &dashboard->rows[1], &before);
	compare_change(asked, &dashboard->change, &now, &before);
	compare_cash(asked, dashboard);
}

/* ---- customers ---- */

struct customer {
	int64_t orders, net, first_ms, last_ms;
};

/* All that they have ever bought, whoever sold it. */
static struct customer
customer_of(const struct asked *asked, struct user_id user)
{
	const char     *currency = asked->question->currency;
	struct customer customer = { .first_ms = INT64_MAX };

	for (size_t i = 0; i < asked->moves->count; i++) {
		const struct move *move = &asked->moves->rows[i];

		if (!uuid_equal(move->user, user.uuid) || (currency != NULL && strcmp(move->currency, currency) != 0))
			continue;
		customer.orders += move->first_of_order;
		customer.net += paid_of(asked, move);
		if (move->kind != SALE || move->of > OF_SHIPPING_COST)
			continue;
		customer.first_ms = move->posted_ms < customer.first_ms ? move->posted_ms : customer.first_ms;
		customer.last_ms = move->posted_ms > customer.last_ms ? move->posted_ms : customer.last_ms;
	}
	return customer;
}

static enum customer_segment
segment_of(const struct asked *asked, const struct customer *customer)
{
	int64_t vip = shop.config.reports.vip_revenue;

	for (int i = 0; i < currency_exponent(asked->report.currency); i++)
		vip *= 10;
	if (customer->orders >= VIP_ORDERS && customer->net >= vip)
		return SEGMENT_VIP;
	return customer->orders >= LOYAL_ORDERS ? SEGMENT_LOYAL : SEGMENT_ACTIVE;
}

static void
compare_best(struct asked *asked, const struct best_customer *best, const struct customer *customer)
{
	same(asked, "orders", best->orders, customer->orders);
	same_money(asked, "revenue", best->revenue, customer->net);
	same(asked, "segment", best->segment, segment_of(asked, customer));
	same(asked, "first order", best->first_order_at->unix_ms, customer->first_ms);
	same(asked, "last order", best->last_order_at->unix_ms, customer->last_ms);
}

void
compare_customers(struct asked *asked)
{
	struct customers_report report;
	struct segment_row      segments[SEGMENTS] = { 0 };
	size_t                  buyers = 0;

	asked->of = "customers";
	REQUIRE(customers_report(&asked->report, &report) == OK);
	for (int i = 0; i < CUSTOMERS; i++) {
		struct customer     customer = customer_of(asked, shop.customers[i]);
		struct segment_row *segment = &segments[segment_of(asked, &customer)];

		if (customer.orders == 0)
			continue;
		buyers++;
		segment->customers++;
		segment->orders += customer.orders;
		segment->revenue.minor += customer.net;
		for (size_t k = 0; k < report.n_best; k++)
			if (ID_EQUAL(report.best[k].id, shop.customers[i]))
				compare_best(asked, &report.best[k], &customer);
	}
	same(asked, "buyers", (int64_t)report.n_best, (int64_t)buyers);
	for (int i = 0; i < SEGMENTS; i++) {
		same(asked, "customers of a segment", report.segments[i].customers, segments[i].customers);
		same(asked, "orders of a segment", report.segments[i].orders, segments[i].orders);
		same_money(asked, "revenue of a segment", report.segments[i].revenue, segments[i].revenue.minor);
	}
}

/* ---- payments ---- */

struct ended {
	const char *provider, *reason; /* of failures; NULL: all of a provider */
	int64_t     payments, succeeded, failed, cancelled, expired, volume;
};

struct endings {
	struct ended rows[GROUPS_MAX];
	size_t       count;
	int64_t      volume, cash;
};

static struct ended *
ended_of(struct endings *endings, const char *provider, const char *reason)
{
	for (size_t i = 0; i < endings->count; i++)
		if (strcmp(endings->rows[i].provider, provider) == 0 &&
		    (reason == NULL ? endings->rows[i].reason == NULL
				    : endings->rows[i].reason != NULL && strcmp(endings->rows[i].reason, reason) == 0))
			return &endings->rows[i];
	REQUIRE(endings->count < GROUPS_MAX);
	endings->rows[endings->count] = (struct ended) { .provider = arena_string(shop.work.arena, provider),
		.reason = reason == NULL ? NULL : arena_string(shop.work.arena, reason) };
	return &endings->rows[endings->count++];
}

/* Columns: begun at, provider, status, failure code, currency, amount. */
static void
add_payment(const struct asked *asked, struct endings *endings, MYSQL_ROW row)
{
	int64_t       begun_ms = strtoll(row[0], NULL, 10), amount = strtoll(row[5], NULL, 10), converted;
	struct ended *ended = ended_of(endings, row[1], NULL);
	bool          has_rate = convert_on(begun_ms, row[4], amount, &converted);

	if (asked->question->currency == NULL)
		amount = has_rate ? converted : 0;
	ended->payments++;
	if (strcmp(row[2], "failed") == 0) {
		ended->failed++;
		ended_of(endings, row[1], row[3] == NULL || *row[3] == '\0' ? "unknown" : row[3])->payments++;
	} else if (strcmp(row[2], "cancelled") == 0)
		ended->cancelled++;
	else if (strcmp(row[2], "expired") == 0)
		ended->expired++;
	else {
		ended->succeeded++;
		ended->volume += amount;
		endings->volume += amount;
		endings->cash += strcmp(row[1], "cod") == 0 ? amount : 0;
	}
}

/* Of one seller it is what their part brought; of cash that has not come for it, nothing. */
static const char *
payments_statement(const struct question *question)
{
#define PAYMENTS \
	"SELECT CAST(UNIX_TIMESTAMP(p.created_at) * 1000 AS SIGNED), p.provider, p.status, p.failure_code, p.currency, %s FROM payments p " \
	"%s WHERE p.status NOT IN ('pending', 'requires_action', 'processing')"

	if (uuid_is_nil(question->merchant.uuid))
		return arena_format(shop.work.arena, PAYMENTS,
		    "IF(p.collected_minor > 0, p.collected_minor, IFNULL(p.received_minor, p.amount_minor))", "");
	return arena_format(shop.work.arena, PAYMENTS " AND HEX(IFNULL(m.merchant_id, p.merchant_id)) = REPLACE('%s', '-', '')",
	    "IF(m.merchant_id IS NULL, IFNULL(p.received_minor, p.amount_minor), IF(p.collected_minor > 0 AND NOT EXISTS "
	    "(SELECT 1 FROM fulfilments f WHERE f.order_id = m.order_id AND f.merchant_id = m.merchant_id AND f.collected_at IS NOT NULL), "
	    "0, m.total_minor))",
	    "LEFT JOIN order_merchants m ON m.order_id = p.order_id", uuid_text(shop.work.arena, question->merchant.uuid));
}

static void
compare_provider(struct asked *asked, const struct payments_row *row, struct endings *endings)
{
	const struct ended *ended = ended_of(endings, row->provider, NULL);

	same(asked, "payments", row->payments, ended->payments);
	same(asked, "succeeded", row->succeeded, ended->succeeded);
	same(asked, "failed", row->failed, ended->failed);
	same(asked, "cancelled", row->cancelled, ended->cancelled);
	same(asked, "expired", row->expired, ended->expired);
	same_money(asked, "volume", row->volume, ended->volume);
	same_text(asked, "success", row->success_percent, percent(ended->succeeded, ended->succeeded + ended->failed));
	same_text(asked, "share", row->volume_percent, percent(ended->volume, endings->volume));
}

void
compare_payments(struct asked *asked)
{
	struct endings        *endings = ARENA_NEW(shop.work.arena, struct endings);
	struct payments_report report = { .n_rows = 0 };
	MYSQL_RES             *rows = books_rows(payments_statement(asked->question));
	MYSQL_ROW              row;
	size_t                 n_providers = 0;

	asked->of = "payments";
	while ((row = mysql_fetch_row(rows)) != NULL) {
		int64_t day = moment_of(strtoll(row[0], NULL, 10)).day;

		if (asked->first <= day && day <= asked->last &&
		    (asked->question->currency == NULL || strcmp(asked->question->currency, row[4]) == 0))
			add_payment(asked, endings, row);
	}
	mysql_free_result(rows);
	REQUIRE(payments_report(&asked->report, &report) == OK);
	for (size_t i = 0; i < endings->count; i++)
		n_providers += endings->rows[i].reason == NULL;
	same(asked, "providers", (int64_t)report.n_rows, (int64_t)n_providers);
	same(asked, "reasons of failures", (int64_t)report.n_failures, (int64_t)(endings->count - n_providers));
	same_text(asked, "cash", report.cash_percent, percent(endings->cash, endings->volume));
	for (size_t i = 0; i < report.n_rows; i++)
		compare_provider(asked, &report.rows[i], endings);
	for (size_t i = 0; i < report.n_failures; i++)
		same(asked, "failures", report.failures[i].payments,
		    ended_of(endings, report.failures[i].provider, report.failures[i].reason)->payments);
}

/* ---- stock and webhooks ---- */

/* Pieces that orders took, by the movement of each, in the days of the question. */
static int64_t
sold_of(const struct asked *asked, struct variant_id variant)
{
	MYSQL_RES *rows = books_rows(arena_format(shop.work.arena,
	    "SELECT CAST(CONV(HEX(SUBSTR(m.id, 1, 6)), 16, 10) AS SIGNED), l.quantity FROM inventory_movements m "
	    "JOIN order_lines l ON l.order_id = m.order_id AND l.variant_id = m.variant_id "
	    "WHERE m.reason = 'sale' AND HEX(m.variant_id) = REPLACE('%s', '-', '')",
	    uuid_text(shop.work.arena, variant.uuid)));
	MYSQL_ROW  row;
	int64_t    sold = 0;

	while ((row = mysql_fetch_row(rows)) != NULL) {
		int64_t day = moment_of(strtoll(row[0], NULL, 10)).day;

		sold += asked->first <= day && day <= asked->last ? strtoll(row[1], NULL, 10) : 0;
	}
	mysql_free_result(rows);
	return sold;
}

void
compare_stock(struct asked *asked)
{
	struct stock_report report;

	asked->of = "stock";
	REQUIRE(stock_report(&asked->report, &report) == OK);
	for (size_t i = 0; i < report.n_rows; i++) {
		const struct stock_row *row = &report.rows[i];
		int64_t                 sold = sold_of(asked, row->variant), days = asked->last - asked->first + 1;

		same(asked, "sold", row->sold, sold);
		same(asked, "has days of cover", row->days_of_cover != NULL, sold > 0);
		if (row->days_of_cover != NULL)
			same(asked, "days of cover", *row->days_of_cover, half_even(row->available, days, sold));
	}
}

static bool
is_of_row(MYSQL_ROW row, const struct inbox_row *reported)
{
	return strcmp(row[1], reported->provider) == 0 && strcmp(row[2], reported->type) == 0 &&
	    strcmp(row[3], reported->status) == 0 && strcmp(row[4], reported->error) == 0;
}

void
compare_inbox(struct asked *asked)
{
	MYSQL_RES *events =
	    books_rows("SELECT CAST(UNIX_TIMESTAMP(received_at) * 1000 AS SIGNED), provider, type, status, error, attempts "
		       "FROM webhook_events WHERE status <> 'processed'");
	struct inbox_row *rows;
	size_t            count;
	int64_t           dead, found = 0, all_dead = 0;

	asked->of = "webhooks";
	REQUIRE(inbox_report(&asked->report, &rows, &count, &dead) == OK);
	for (MYSQL_ROW row = mysql_fetch_row(events); row != NULL; row = mysql_fetch_row(events)) {
		int64_t at = strtoll(row[0], NULL, 10), day = moment_of(at).day;

		all_dead += strcmp(row[3], "dead") == 0;
		for (size_t i = 0; i < count && asked->first <= day && day <= asked->last; i++) {
			if (!is_of_row(row, &rows[i]))
				continue;
			found++;
			rows[i].events--;
			rows[i].attempts -= strtoll(row[5], NULL, 10);
			same(asked, "first and last seen", rows[i].first_seen.unix_ms <= at && at <= rows[i].last_seen.unix_ms,
			    true);
		}
	}
	mysql_free_result(events);
	same(asked, "dead", dead, all_dead);
	for (size_t i = 0; i < count; i++) {
		same(asked, "events that are none", rows[i].events, 0);
		same(asked, "attempts that were none", rows[i].attempts, 0);
	}
	same(asked, "events", found,
	    count_rows(asked,
		"SELECT CAST(UNIX_TIMESTAMP(received_at) * 1000 AS SIGNED), NULL FROM webhook_events WHERE status <> 'processed'",
		asked->first, asked->last));
}
