/* What ledger transactions mean to reports, to the last unit, and where days begin. */
#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "reports/fact.h"
#include "reports/range.h"
#include "store/db.h"
#include "store/work.h"
#include "tests/suite.h"

#include <string.h>

static struct arena      *arena;
static struct merchant_id first = { { { 1 } } }, second = { { { 2 } } };
static struct fact       *facts;
static size_t             count;

static void
need_arena(void)
{
	if (arena == NULL)
		arena = arena_new(1 << 20);
}

static void
test_spread(void)
{
	int64_t shares[4];

	/* Each half to even, the remainder to the last: 2.5 -> 2, 2.5 -> 2, then what is left. */
	REQUIRE(facts_spread(10, (int64_t[]) { 1, 1, 1, 1 }, 4, shares));
	CHECK_INT(shares[0], 2);
	CHECK_INT(shares[2], 2);
	CHECK_INT(shares[3], 4);
	/* Who has no weight gets nothing, also when it is the last. */
	REQUIRE(facts_spread(-7, (int64_t[]) { 3, 0, 1, 0 }, 4, shares));
	CHECK_INT(shares[0], -5);
	CHECK_INT(shares[1], 0);
	CHECK_INT(shares[2], -2);
	CHECK_INT(shares[3], 0);
	CHECK(!facts_spread(1, (int64_t[]) { INT64_MAX, 1 }, 2, shares));
}

static struct fact_line
line(int n, struct merchant_id merchant, int64_t quantity, int64_t discount, int64_t tax, int64_t total, int64_t *cost)
{
	return (struct fact_line) { .id = { { { 100, (uint8_t)n } } },
		.merchant = merchant,
		.quantity = quantity,
		.discount = discount,
		.tax = tax,
		.total = total,
		.cost = cost };
}

static int64_t
sum_of(size_t offset)
{
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		if (facts[i].subject == OF_LINE || facts[i].subject == OF_OWN || facts[i].subject == OF_SHIPPING)
			sum += *(const int64_t *)((const char *)&facts[i].sums + offset);
	return sum;
}
#define SUM_OF(member) sum_of(offsetof(struct fact_sums, member))

/* Two lines of one seller, one of another; the shop's coupon; shipping; the provider's fee of a later transaction is not here. */
static int64_t cost = 400;

static struct fact_input
sold(struct fact_line *lines, struct fact_entry *entries)
{
	static struct fact_source source = { .source_kind = LEDGER_PAYMENT };

	lines[0] = line(1, first, 2, 100, 50, 1900, &cost);
	lines[1] = line(2, first, 1, 0, 25, 1000, NULL);
	lines[2] = line(3, second, 3, 30, 0, 270, NULL);
	entries[0] = (struct fact_entry) { .role = LEDGER_CLEARING, .currency = "USD", .amount = 3670 };
	entries[1] = (struct fact_entry) { .role = LEDGER_MERCHANT, .merchant = &first, .currency = "USD", .amount = -2780 };
	entries[2] = (struct fact_entry) { .role = LEDGER_COMMISSION, .merchant = &first, .currency = "USD", .amount = -145 };
	entries[3] = (struct fact_entry) { .role = LEDGER_TAX, .merchant = &first, .currency = "USD", .amount = -75 };
	entries[4] = (struct fact_entry) { .role = LEDGER_DISCOUNT, .merchant = &first, .currency = "USD", .amount = 100 };
	entries[5] = (struct fact_entry) { .role = LEDGER_MERCHANT, .merchant = &second, .currency = "USD", .amount = -285 };
	entries[6] = (struct fact_entry) { .role = LEDGER_COMMISSION, .merchant = &second, .currency = "USD", .amount = -15 };
	entries[7] = (struct fact_entry) { .role = LEDGER_DISCOUNT, .merchant = &second, .currency = "USD", .amount = 30 };
	entries[8] = (struct fact_entry) { .role = LEDGER_SHIPPING, .currency = "USD", .amount = -500 };
	return (struct fact_input) {
		.source = &source, .entries = entries, .n_entries = 9, .lines = lines, .n_lines = 3, .estimated_percent = 60
	};
}

static void
test_sale(void)
{
	struct fact_line  lines[3];
	struct fact_entry entries[9];
	struct fact_input input = sold(lines, entries);

	need_arena();
	REQUIRE(facts_of(arena, &input, &facts, &count));
	REQUIRE(count == 4);
	/* Each line as it was ordered. */
	for (size_t i = 0; i < 3; i++) {
		CHECK_INT(facts[i].kind, FACT_SALE);
		CHECK_INT(facts[i].subject, OF_LINE);
		CHECK_INT(facts[i].quantity, lines[i].quantity);
		CHECK_INT(facts[i].sums.gross, lines[i].total + lines[i].discount);
		CHECK_INT(facts[i].sums.discount, lines[i].discount);
		CHECK_INT(facts[i].sums.tax, lines[i].tax);
	}
	CHECK_INT(facts[0].sums.cost, 800);
	CHECK_INT(facts[0].sums.estimated, 0);
	CHECK_INT(facts[1].sums.cost, 600);
	CHECK_INT(facts[1].sums.estimated, 600);
	CHECK_INT(facts[0].sums.commission + facts[1].sums.commission, 145);
	CHECK_INT(facts[3].subject, OF_SHIPPING);
	CHECK_INT(facts[3].sums.gross, 500);
	CHECK_INT(SUM_OF(gross) - SUM_OF(discount), 3670);
}

/* What no sum would hold is not believed: the cost is estimated, as where nobody has told it. */
static void
test_incredible_cost(void)
{
	static int64_t    absurd = INT64_C(999999999999999999), dear = 1000000000;
	struct fact_line  lines[3];
	struct fact_entry entries[9];
	struct fact_input input = sold(lines, entries);

	need_arena();
	lines[2].quantity = 99;
	lines[2].cost = &absurd;
	lines[1].cost = &dear;
	REQUIRE(facts_of(arena, &input, &facts, &count));
	CHECK_INT(facts[2].sums.cost, 270 * 60 / 100);
	CHECK_INT(facts[2].sums.estimated, facts[2].sums.cost);
	CHECK_INT(facts[1].sums.cost, dear);
	/* Goods that are as dear as that may be sold with a loss. */
	lines[1].total = 200000000;
	dear = 2000000000;
	REQUIRE(facts_of(arena, &input, &facts, &count));
	CHECK_INT(facts[1].sums.cost, dear);
	dear++;
	REQUIRE(facts_of(arena, &input, &facts, &count));
	CHECK_INT(facts[1].sums.estimated, facts[1].sums.cost);
}

/* A third of the whole, spread over all: no unit is lost, and no goods came back. */
static void
test_part_refund(void)
{
	struct fact_line   lines[3];
	struct fact_entry  entries[9];
	struct fact_input  input = sold(lines, entries);
	struct fact_source source = { .source_kind = LEDGER_REFUND };
	int64_t            paid = 0;

	input.source = &source;
	for (size_t i = 0; i < 9; i++)
		entries[i].amount = -entries[i].amount / 3;
	for (size_t i = 1; i < 9; i++)
		paid += entries[i].amount;
	need_arena();
	REQUIRE(facts_of(arena, &input, &facts, &count));
	REQUIRE(count == 4);
	CHECK_INT(SUM_OF(gross) - SUM_OF(discount), -paid);
	CHECK_INT(SUM_OF(tax), -25);
	CHECK_INT(SUM_OF(commission), -53);
	for (size_t i = 0; i < 3; i++) {
		CHECK_INT(facts[i].kind, FACT_REFUND);
		CHECK_INT(facts[i].quantity, 0);
		CHECK_INT(facts[i].sums.cost, 0);
	}
}

/* What a return brought back is about its lines alone; its seller's money is given back for these. */
static void
test_return(void)
{
	struct fact_line   lines[3];
	struct fact_entry  entries[9];
	struct fact_input  input = sold(lines, entries);
	struct fact_source source = { .source_kind = LEDGER_REFUND };
	struct fact_return returned = { .accepted = 1 };
	struct fact_entry  back[] = { { .role = LEDGER_CLEARING, .currency = "USD", .amount = -950 },
		 { .role = LEDGER_MERCHANT, .merchant = &first, .currency = "USD", .amount = 900 },
		 { .role = LEDGER_COMMISSION, .merchant = &first, .currency = "USD", .amount = 25 },
		 { .role = LEDGER_TAX, .merchant = &first, .currency = "USD", .amount = 25 } };

	input.source = &source;
	input.entries = back;
	input.n_entries = 4;
	returned.line = lines[0].id;
	input.returns = &returned;
	input.n_returns = 1;
	need_arena();
	REQUIRE(facts_of(arena, &input, &facts, &count));
	REQUIRE(count == 1);
	CHECK(facts[0].line == &lines[0]);
	CHECK_INT(facts[0].quantity, -1);
	CHECK_INT(facts[0].sums.gross - facts[0].sums.discount, -950);
	CHECK_INT(facts[0].sums.discount, -50);
	CHECK_INT(facts[0].sums.cost, -400);
	/* The other seller gives up a part as well: of all that is theirs, since none of it came back. */
	back[1].merchant = back[2].merchant = back[3].merchant = &second;
	need_arena();
	REQUIRE(facts_of(arena, &input, &facts, &count));
	REQUIRE(count == 1);
	CHECK(facts[0].line == &lines[2]);
	CHECK_INT(facts[0].quantity, 0);
	CHECK_INT(facts[0].sums.gross - facts[0].sums.discount, -950);
}

static void
test_what_is_not_sold(void)
{
	struct fact_source source = { .source_kind = LEDGER_PAYOUT };
	struct fact_entry  entries[] = { { .role = LEDGER_MERCHANT, .merchant = &first, .currency = "USD", .amount = 900 },
		 { .role = LEDGER_PAYOUT_DUE, .currency = "USD", .amount = -900 } };
	struct fact_input  input = { .source = &source, .entries = entries, .n_entries = 2 };

	need_arena();
	REQUIRE(facts_of(arena, &input, &facts, &count));
	REQUIRE(count == 1);
	CHECK_INT(facts[0].subject, OF_PAYOUT);
	CHECK_INT(facts[0].sums.gross, 900);
	/* A dispute's fee that its merchant bears. */
	source = (struct fact_source) { .source_kind = LEDGER_DISPUTE, .of_dispute = true };
	entries[1].role = LEDGER_FEE;
	need_arena();
	REQUIRE(facts_of(arena, &input, &facts, &count));
	REQUIRE(count == 2);
	CHECK_INT(facts[0].subject, OF_CHARGE);
	CHECK_INT(facts[0].sums.gross, 900);
	CHECK_INT(facts[1].subject, OF_FEE);
	CHECK_INT(facts[1].sums.gross, -900);
}

static void
check_day(const char *day, const char *zone, const char *begins)
{
	char text[INSTANT_TEXT_SIZE];

	instant_write(day_begins(day_number(day), zone), text);
	CHECK_TEXT(text, begins);
}

static void
test_days(void)
{
	char day[DAY_SIZE];

	day_write(day_number("2028-02-29"), day);
	CHECK_TEXT(day, "2028-02-29");
	check_day("2026-01-02", "UTC", "2026-01-02T00:00:00.000Z");
	check_day("2026-01-02", "Asia/Kolkata", "2026-01-01T18:30:00.000Z");
	check_day("2026-01-02", "Pacific/Kiritimati", "2026-01-01T10:00:00.000Z");
	check_day("2026-01-02", "Pacific/Chatham", "2026-01-01T10:15:00.000Z");
	/* 23 and 25 hours. */
	check_day("2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00.000Z");
	check_day("2026-03-30", "Europe/Berlin", "2026-03-29T22:00:00.000Z");
	check_day("2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00.000Z");
	check_day("2026-10-26", "Europe/Berlin", "2026-10-25T23:00:00.000Z");
	/* Midnight does not exist, and exists twice. */
	check_day("2026-03-29", "Asia/Beirut", "2026-03-28T22:00:00.000Z");
	check_day("2025-11-02", "America/Havana", "2025-11-02T04:00:00.000Z");
}

static void
read_range(struct range_query query, struct report_range *range, struct faults *faults)
{
	struct config  config = { .shop.time_zone = "Europe/Berlin" };
	struct work    work = { .config = &config };
	struct instant now;

	need_arena();
	work.arena = arena;
	REQUIRE(instant_parse("2026-11-30T23:30:00Z", &now));
	faults->count = 0;
	range_read(&work, &query, now, range, faults);
}

static void
test_ranges(void)
{
	struct report_range range;
	struct faults       faults;
	int                 kinds[] = { RANGE_7_DAYS, RANGE_30_DAYS, RANGE_90_DAYS, RANGE_12_MONTHS, RANGE_CUSTOM };

	/* It is already the first of December there. */
	read_range((struct range_query) { .kind = &kinds[0] }, &range, &faults);
	REQUIRE(faults.count == 0);
	CHECK_INT(range.last, day_number("2026-12-01"));
	CHECK_INT(range.first, day_number("2026-11-25"));
	CHECK_INT(range.from.unix_ms, day_begins(day_number("2026-11-25"), "Europe/Berlin").unix_ms);
	CHECK_INT(range.n_offsets, 1);
	CHECK_INT(range.offsets[0].seconds, 3600);
	/* Two changes of the clocks in a year. */
	read_range((struct range_query) { .kind = &kinds[3] }, &range, &faults);
	REQUIRE(faults.count == 0);
	CHECK_INT(range.first, day_number("2025-12-02"));
	CHECK_INT(range.n_offsets, 3);
	CHECK_INT(range.offsets[1].seconds, 7200);
	CHECK_INT(range.offsets[1].from.unix_ms % (15 * 60 * 1000), 0);
	/* A zone of one's own, and days. */
	read_range((struct range_query) { .from = "2026-01-01", .to = "2026-01-01", .zone = "UTC" }, &range, &faults);
	REQUIRE(faults.count == 0);
	CHECK_INT(range.to.unix_ms - range.from.unix_ms, 24 * 3600 * 1000);
}

static void
check_fault(struct range_query query, const char *where)
{
	struct report_range range;
	struct faults       faults;

	read_range(query, &range, &faults);
	REQUIRE(faults.count >= 1);
	CHECK_TEXT(faults.list[0].where, where);
}

static void
test_range_faults(void)
{
	int seven = RANGE_7_DAYS, custom = RANGE_CUSTOM;

	check_fault((struct range_query) { .kind = &custom, .to = "2026-01-01" }, "from");
	check_fault((struct range_query) { .kind = &custom, .from = "2026-01-01" }, "to");
	check_fault((struct range_query) { .from = "2026-01-02", .to = "2026-01-01" }, "from");
	check_fault((struct range_query) { .from = "2021-01-01", .to = "2026-01-02" }, "from");
	check_fault((struct range_query) { .from = "2026-02-30", .to = "2026-03-01" }, "from");
	check_fault((struct range_query) { .zone = "Mars/Olympus" }, "tz");
	check_fault((struct range_query) { .zone = "../../etc/passwd" }, "tz");
	check_fault((struct range_query) { .zone = "Asia" }, "tz");
	check_fault((struct range_query) { .zone = "Asia/Dhaka\n" }, "tz");
	check_fault((struct range_query) { .zone = "tzdata.zi" }, "tz");
	check_fault((struct range_query) { .zone = "." }, "tz");
	check_fault((struct range_query) { .zone = "right/Asia/Dhaka" }, "tz"); /* it counts leap seconds */
	check_fault((struct range_query) { .kind = &seven, .from = "2026-01-01" }, "from");
}

SUITE("reports", TEST(test_spread), TEST(test_sale), TEST(test_incredible_cost), TEST(test_part_refund), TEST(test_return),
    TEST(test_what_is_not_sold), TEST(test_days), TEST(test_ranges), TEST(test_range_faults))
