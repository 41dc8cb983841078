/* What is added up for reports, of random facts: equal to the facts in any range of any zone, and after any rebuild. */
#include "base/arena.h"
#include "base/config.h"
#include "reports/merchants.h"
#include "reports/products.h"
#include "reports/rebuild.h"
#include "reports/rollup.h"
#include "reports/tax.h"
#include "store/db.h"
#include "store/work.h"
#include "tests/private_database.h"
#include "tests/private_schema.h"
#include "tests/suite.h"

#include <mysql.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARENA_BYTES = 64 << 20, FACTS = 1500 };

static struct config config;
static struct arena *arena;
static MYSQL        *root;
static struct work   work;

static const char *const tables[] = { "report_quarters", "report_merchant_days", "report_product_days", "report_months",
	"report_product_months", "report_customers", "report_tax_days", "report_shop_quarters", "report_shop_tax_days" };
enum { TABLES = sizeof tables / sizeof *tables };

static int64_t
value(const char *sql)
{
	return private_value(root, sql);
}

/*
 * Facts of `count` transactions from number `first` on, spread over five months: of eight products of three merchants, each of
 * a currency, one of which has no rate; every fifth came back 40 days later, and counts on the day of sale in rows of its own.
 */
static const struct problem *
add_batch(int64_t first, int64_t count)
{
	struct parameter  *ids = ARENA_ARRAY(arena, (size_t)count, struct parameter);
	struct rollup_span span;

	REQUIRE(instant_parse("2026-01-05T00:00:00Z", &span.first) && instant_parse("2026-08-01T00:00:00Z", &span.last));
	TRY(hold_rollups(&work));
	TRY(db_run(work.db, NULL,
	    "INSERT INTO report_facts (transaction_id, position, kind, subject, posted_at, sold_at, quarter, moved, merchant_id, "
	    "product_id, user_id, tax_country, tax_rate, currency, opens_order, opens_part, quantity, gross_minor, discount_minor, "
	    "tax_minor, commission_minor, cost_minor, estimated_minor, r_gross_minor, r_discount_minor, r_tax_minor, "
	    "r_commission_minor, r_cost_minor, r_estimated_minor) "
	    "SELECT UNHEX(LPAD(HEX(b.n), 32, '0')), p.position, p.kind, 'line', b.at + INTERVAL p.days DAY, b.at, b.quarter + INTERVAL "
	    "p.days DAY, p.moved, UNHEX(LPAD(HEX(b.k MOD 3 + 1), 32, '0')), UNHEX(LPAD(HEX(b.k + 1), 32, '0')), "
	    "UNHEX(LPAD(HEX(b.n MOD 5 + 1), 32, '0')), ELT(b.n MOD 2 + 1, 'IN', 'DE'), ELT(b.n MOD 3 + 1, '18', '5', ''), "
	    "ELT(b.k MOD 3 + 1, 'USD', 'EUR', 'JPY'), p.position = 0, p.position = 0, p.sign * (b.n MOD 3 + 1), p.sign * b.g, "
	    "p.sign * (b.g DIV 10), p.sign * (b.g DIV 12), p.sign * (b.g DIV 20), p.sign * (b.g DIV 2), 0, p.sign * b.g * b.rate, "
	    "p.sign * (b.g DIV 10) * b.rate, p.sign * (b.g DIV 12) * b.rate, p.sign * (b.g DIV 20) * b.rate, "
	    "p.sign * (b.g DIV 2) * b.rate, 0 * b.rate FROM (SELECT a.*, FROM_UNIXTIME(UNIX_TIMESTAMP(a.at) DIV 900 * 900) AS quarter, "
	    "IF(a.k MOD 3 = 2, NULL, 3) AS rate FROM (SELECT CAST(seq AS SIGNED) AS n, TIMESTAMP '2026-01-05 00:00:00' + INTERVAL CRC32(CONCAT('t', seq)) MOD "
	    "13000000 SECOND AS at, CAST(CRC32(CONCAT('k', seq)) MOD 8 AS SIGNED) AS k, CAST(CRC32(CONCAT('g', seq)) MOD 10000 + 1 AS SIGNED) AS g "
	    "FROM seq_1_to_100000 WHERE seq >= ? AND seq < ?) a) b JOIN (SELECT 0 AS position, 'sale' AS kind, 0 AS days, 1 AS sign, "
	    "0 AS moved UNION ALL SELECT 1, 'refund', 40, -1, 0 UNION ALL SELECT 2, 'refund', 40, 1, 1 UNION ALL "
	    "SELECT 3, 'refund', 0, -1, 1) p ON p.position = 0 OR b.n MOD 5 = 0",
	    P(first), P(first + count)));
	for (int64_t i = 0; i < count; i++) {
		struct uuid id = { { 0 } };

		for (int byte = 0; byte < 8; byte++)
			id.bytes[15 - byte] = (uint8_t)((first + i) >> (8 * byte));
		ids[i] = P(id);
	}
	return add_to_rollups(&work, &span, (size_t)count, ids);
}

static void
need_facts(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	for (int64_t first = 1; first < FACTS; first += 150)
		REQUIRE(db_transaction(&work, add_batch(first, 150)) == OK);
	for (int i = 1; i <= 8; i++) {
		if (i <= 3)
			private_run(root,
			    arena_format(arena,
				"INSERT INTO merchants (id, user_id, shop_name, business_type, business_id, currency) VALUES (UNHEX(LPAD(%d, "
				"32, '0')), UNHEX(LPAD(%d, 32, '0')), 'shop', 'business', 'b%d', 'USD')",
				i, i, i));
		private_run(root,
		    arena_format(arena,
			"INSERT INTO products (id, merchant_id, category_id, name, slug, description, price_minor, currency) VALUES "
			"(UNHEX(LPAD(%d, 32, '0')), UNHEX(LPAD(%d, 32, '0')), UNHEX(LPAD(1, 32, '0')), 'thing', 'thing-%d', '', 1, 'USD')",
			i, (i - 1) % 3 + 1, i));
	}
}

/* ---- reports against facts ---- */

/* What the facts of the report's range say: `what` summed. */
static int64_t
of_facts(const struct report *report, const char *what)
{
	char from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE];

	instant_write(report->range.from, from);
	instant_write(report->range.to, to);
	from[23] = to[23] = '\0';
	return private_value(root,
	    arena_format(arena,
		"SELECT IFNULL(SUM(%s), 0) FROM report_facts f WHERE f.posted_at >= '%s' AND f.posted_at < '%s' AND f.moved <= %d%s%s",
		what, from, to, report->moved, report->converted ? "" : " AND f.currency = 'USD'",
		report->merchant == NULL ? "" : " AND f.merchant_id = UNHEX(LPAD(1, 32, '0'))"));
}

static void
compare(const struct report *report)
{
	struct product_row  *products;
	struct merchant_row *merchants;
	struct tax_row      *taxes;
	size_t               n_products, n_merchants, n_taxes;
	int64_t              revenue = 0, refunds = 0, quantity = 0, cost = 0, earned = 0, commission = 0, tax = 0, taxed = 0;
	const char          *r = report->converted ? "r_" : "";

	REQUIRE(products_report(report, SORT_REVENUE, ORDER_TOP, PRODUCTS_MAX, &products, &n_products) == OK);
	for (size_t i = 0; i < n_products; i++) {
		revenue += products[i].revenue.minor;
		refunds += products[i].refunds.minor;
		cost += products[i].cost.minor;
		quantity += products[i].quantity;
		CHECK(i == 0 || products[i].revenue.minor <= products[i - 1].revenue.minor);
	}
	CHECK_INT(quantity, of_facts(report, "IF(f.kind = 'sale', f.quantity, 0)"));
	CHECK_INT(
	    revenue, of_facts(report, arena_format(arena, "IF(f.kind = 'sale', f.%sgross_minor - f.%sdiscount_minor, 0)", r, r)));
	CHECK_INT(
	    refunds, of_facts(report, arena_format(arena, "IF(f.kind = 'sale', 0, f.%sdiscount_minor - f.%sgross_minor)", r, r)));
	CHECK_INT(cost, of_facts(report, arena_format(arena, "f.%scost_minor", r)));
	REQUIRE(merchants_report(report, MERCHANTS_MAX, &merchants, &n_merchants) == OK);
	for (size_t i = 0; i < n_merchants; i++) {
		earned += merchants[i].net.minor;
		commission += merchants[i].commission.minor;
	}
	CHECK_INT(earned, revenue - refunds);
	CHECK_INT(commission, of_facts(report, arena_format(arena, "f.%scommission_minor", r)));
	REQUIRE(tax_report(report, &taxes, &n_taxes) == OK);
	for (size_t i = 0; i < n_taxes; i++) {
		tax += taxes[i].net_tax.minor;
		taxed += taxes[i].taxed.minor - taxes[i].back_taxed.minor;
	}
	CHECK_INT(tax, of_facts(report, arena_format(arena, "f.%stax_minor", r)));
	CHECK_INT(taxed, revenue - refunds - tax);
}

static int64_t
compared_by(const struct product_row *row, enum product_sort sort)
{
	return sort == SORT_QUANTITY ? row->quantity
	    : sort == SORT_MARGIN    ? row->margin.minor
	    : sort == SORT_REFUNDS   ? row->refunds.minor
				     : row->revenue.minor;
}

static void
check_orders_of_products(struct report *report)
{
	struct product_row *rows;
	size_t              count;

	for (enum product_sort sort = SORT_REVENUE; sort <= SORT_REFUNDS; sort++)
		for (enum product_order order = ORDER_TOP; order <= ORDER_WORST; order++) {
			REQUIRE(products_report(report, sort, order, PRODUCTS_MAX, &rows, &count) == OK);
			for (size_t i = 1; i < count; i++)
				CHECK(order == ORDER_TOP ? compared_by(&rows[i - 1], sort) >= compared_by(&rows[i], sort)
							 : compared_by(&rows[i - 1], sort) <= compared_by(&rows[i], sort));
		}
}

static void
test_ranges_equal_their_facts(void)
{
	static const char *const  zones[] = { "UTC", "Europe/Berlin", "Pacific/Chatham" };
	static const char *const  days[][2] = { { "2026-01-10", "2026-01-10" }, { "2026-02-01", "2026-02-28" },
		 { "2026-01-20", "2026-03-10" }, { "2026-03-25", "2026-04-02" }, { "2025-11-01", "2026-12-31" },
		 { "2026-01-16", "2026-05-17" }, { "2026-03-01", "2026-12-31" } };
	static struct merchant_id first = { { { [15] = 1 } } };

	need_facts();
	for (size_t z = 0; z < sizeof zones / sizeof *zones; z++)
		for (size_t d = 0; d < sizeof days / sizeof *days; d++)
			for (int way = 0; way < 8; way++) {
				struct range_query query = { .from = days[d][0], .to = days[d][1], .zone = zones[z] };
				struct report      report = { .work = &work,
					     .currency = "USD",
					     .converted = (way & 1) != 0,
					     .moved = (way & 2) != 0,
					     .merchant = (way & 4) != 0 ? &first : NULL };
				struct faults      faults = { .count = 0 };

				range_read(&work, &query, instant_now(), &report.range, &faults);
				REQUIRE(faults.count == 0);
				compare(&report);
				if (z == 0)
					check_orders_of_products(&report);
			}
}

/* ---- rebuilding ---- */

static void
keep_tables(void)
{
	for (int i = 0; i < TABLES; i++) {
		REQUIRE(private_run(root, arena_format(arena, "DROP TABLE IF EXISTS kept_%s", tables[i])) == 0);
		REQUIRE(private_run(
			    root, arena_format(arena, "CREATE TABLE kept_%s AS SELECT * FROM %s", tables[i], tables[i])) == 0);
	}
}

static void
check_tables_are_as_kept(void)
{
	for (int i = 0; i < TABLES; i++) {
		const char *t = tables[i];
		int64_t     differ = private_value(root,
			arena_format(arena,
			    "SELECT COUNT(*) FROM ((SELECT * FROM %s EXCEPT SELECT * FROM kept_%s) UNION ALL "
				"(SELECT * FROM kept_%s EXCEPT SELECT * FROM %s)) d",
			    t, t, t, t));

		if (differ != 0)
			printf("\n    %s", t);
		CHECK_INT(differ, 0);
		CHECK(private_value(root, arena_format(arena, "SELECT COUNT(*) FROM %s", t)) > 0);
	}
}

static void
spoil_tables(void)
{
	REQUIRE(
	    private_run(root, "UPDATE report_quarters SET r_gross_minor = r_gross_minor + 1 WHERE MINUTE(quarter) = 15") == 0);
	REQUIRE(private_run(root, "DELETE FROM report_merchant_days WHERE DAYOFMONTH(day) < 9") == 0);
	REQUIRE(private_run(root, "UPDATE report_product_days SET day = day - INTERVAL 1 YEAR WHERE DAYOFMONTH(day) = 3") == 0);
	REQUIRE(private_run(root, "UPDATE report_product_months SET cost_minor = 5 WHERE MONTH(month) = 2") == 0);
	REQUIRE(private_run(root, "DELETE FROM report_product_months WHERE MONTH(month) = 4") == 0);
	REQUIRE(private_run(root, "UPDATE report_customers SET user_id = REVERSE(user_id), orders = 0") == 0);
	REQUIRE(private_run(root, "DELETE FROM report_tax_days WHERE country = 'IN'") == 0);
	REQUIRE(private_run(root, "UPDATE report_shop_quarters SET r_tax_minor = 3 WHERE moved OR MINUTE(quarter) = 30") == 0);
	REQUIRE(private_run(root, "UPDATE report_shop_tax_days SET tax_minor = 0") == 0);
}

static const struct problem *
rebuild(struct work *of, int told)
{
	bool begun, more = true;

	TRY(rebuild_begin(of, &begun));
	while (more) {
		if (told >= 0 && write(told, "", 1) != 1)
			_exit(1);
		TRY(rebuild_step(of, &more));
	}
	return OK;
}

/* A process that rebuilds, killed while it is at its step number `steps`; false when it had done all by then. */
static bool
rebuild_killed(int steps)
{
	int   pipes[2], status;
	char  byte;
	pid_t child;

	REQUIRE(pipe(pipes) == 0);
	child = fork();
	if (child == 0) {
		struct work own = { .arena = arena,
			.db = db_open(&config, arena),
			.config = &config,
			.viewer = SYSTEM_VIEWER,
			.request_id = "" };

		close(pipes[0]);
		_exit(rebuild(&own, pipes[1]) != OK);
	}
	close(pipes[1]);
	for (int i = 0; i < steps && read(pipes[0], &byte, 1) == 1; i++)
		;
	kill(child, SIGKILL);
	REQUIRE(waitpid(child, &status, 0) == child);
	close(pipes[0]);
	CHECK(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
	return WIFSIGNALED(status);
}

static void
test_a_rebuild_mends_what_was_spoilt(void)
{
	need_facts();
	keep_tables();
	spoil_tables();
	REQUIRE(rebuild(&work, -1) == OK);
	check_tables_are_as_kept();
}

/* Killed again and again, while facts go on to be added; then the same as a rebuild that nobody disturbs. */
static void
test_a_killed_rebuild_goes_on(void)
{
	int64_t next = 50000;
	int     killed = 0;

	need_facts();
	keep_tables();
	spoil_tables();
	for (int steps = 1; steps < 40; steps += 5) {
		killed += rebuild_killed(steps);
		if (steps == 16)
			CHECK(value("SELECT stage IS NOT NULL FROM report_fold") == 1);
		REQUIRE(db_transaction(&work, add_batch(next, 20)) == OK);
		next += 20;
	}
	CHECK(killed >= 5);
	REQUIRE(rebuild(&work, -1) == OK);
	CHECK_INT(value("SELECT COUNT(*) FROM report_fold WHERE stage IS NOT NULL"), 0);
	keep_tables();
	REQUIRE(rebuild(&work, -1) == OK);
	check_tables_are_as_kept();
	CHECK_INT(value("SELECT SUM(gross_minor) FROM report_quarters WHERE merchant_id = REPEAT(CHAR(0), 16)"),
	    value("SELECT SUM(gross_minor) FROM report_facts WHERE kind = 'sale'"));
}

static const struct test tests[] = { TEST(test_ranges_equal_their_facts), TEST(test_a_rebuild_mends_what_was_spoilt),
	TEST(test_a_killed_rebuild_goes_on) };

int
main(int argc, char **argv)
{
	(void)argc;
	private_database(argv);
	arena = arena_new(ARENA_BYTES);
	root = private_shop("rollups", &config, arena, &work);
	if (root == NULL)
		return 99;
	/* Of products and merchants reports need the names alone. */
	if (private_run(root, "SET foreign_key_checks = 0, time_zone = '+00:00'") != 0)
		return 99;
	return run_suite("rollups", tests, sizeof tests / sizeof *tests);
}
