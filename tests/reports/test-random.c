/*
 * Reports of half a year and more of random trade, over the changes of the clocks of spring and autumn, while the process that folds
 * it is killed at each of its statements, beside what plain statements over the ledger and the lines of orders say.
 *
 *   HAAT_SEED=n tests/reports/test-random            the run of that seed; without it another one each time, which is told
 *   HAAT_LONG=1 tests/reports/test-random            four times as much, and each question twice
 */
#include "base/arena.h"
#include "base/seams.h"
#include "reports/fact.h"
#include "store/db.h"
#include "tests/private_database.h"
#include "tests/reports/acts.h"
#include "tests/reports/books.h"
#include "tests/reports/compare.h"
#include "tests/reports/dying.h"
#include "tests/reports/shop.h"
#include "tests/suite.h"

#include <mysql.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HOUR_MS = 3600 * 1000, DAY_MS = 24 * HOUR_MS, RUN_DAYS = 262, ACTS = 1500, ACTS_LONG = 6000, STATEMENTS_MAX = 400 };

#define OPENED "2026-03-01T00:00:00Z"

static const char *const zones[] = { "UTC", "Asia/Kathmandu", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe" };

/* The days of 23 and 25 hours in Berlin and New York, those of 23½ and 24½ on Lord Howe, and ranges around them. */
static const char *const ranges[][2] = { { "2026-03-08", "2026-03-08" }, { "2026-03-29", "2026-03-29" },
	{ "2026-04-05", "2026-04-05" }, { "2026-10-04", "2026-10-04" }, { "2026-10-25", "2026-10-25" },
	{ "2026-11-01", "2026-11-01" }, { "2026-03-23", "2026-03-29" }, { "2026-10-19", "2026-11-02" },
	{ "2026-03-01", "2026-03-31" }, { "2026-10-01", "2026-10-31" }, { "2026-05-17", "2026-09-12" },
	{ "2026-02-27", "2026-11-25" } };
enum { ZONES = sizeof zones / sizeof *zones, RANGES = sizeof ranges / sizeof *ranges };

static bool is_long;

/* ---- folding ---- */

/* How many statements the process that folds has come to: what is killed next, and whether it is before or behind it. */
static struct {
	int  statement;
	bool late;
	int  walks, kills;
} walk = { .statement = 1 };

/* A process that folds, and dies of its statement; 0: of none.  True: it died. */
static bool
fold_in_child(int statement, bool late)
{
	int   status;
	pid_t child = fork();

	REQUIRE(child >= 0);
	if (child == 0) {
		struct work own = shop.work;

		own.db = db_open(&shop.config, own.arena);
		die_at(statement, late);
		_exit(report_fold_all(&own) != OK);
	}
	REQUIRE(waitpid(child, &status, 0) == child);
	CHECK(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0);
	return WIFSIGNALED(status);
}

/* The next statement of the walk; behind the last one it begins again. */
static void
kill_a_fold(void)
{
	if (fold_in_child(walk.statement, walk.late)) {
		walk.kills++;
		walk.statement++;
		CHECK(walk.statement < STATEMENTS_MAX);
		return;
	}
	walk.statement = 1;
	walk.late = !walk.late;
	walk.walks++;
}

/* ---- the run ---- */

/* Time goes on: slowly on the days when clocks change. */
static void
let_time_pass(int64_t acts, int64_t opened_ms)
{
	int64_t mean = RUN_DAYS * (int64_t)DAY_MS / acts, now = shop_clock(), day = (now - opened_ms) / DAY_MS;
	bool    slow = day == 7 || day == 28 || day == 35 || day == 217 || day == 238 || day == 245;

	shop_set_clock(now + dice(slow ? mean / 2 : 9 * mean / 4));
}

/* Something that is posted only now, though it was begun weeks ago. */
static void
act_late(int64_t opened_ms)
{
	int64_t now = shop_clock(), back = dice(45 * (int64_t)DAY_MS);

	if (now - back > opened_ms)
		shop_set_clock(now - back);
	act_order_and_pay();
	shop_set_clock(now);
}

static void
run(int64_t acts)
{
	int64_t opened_ms = shop_clock(), until_fold = acts / 5;

	for (int64_t i = 0; i < acts || walk.walks < 2; i++) {
		if (i < acts)
			let_time_pass(acts, opened_ms);
		if (luck(2))
			act_late(opened_ms);
		act_at_random();
		if (--until_fold > 0)
			continue;
		kill_a_fold();
		until_fold = i < acts ? acts / 200 + dice(acts / 200) : 1;
	}
	CHECK(!fold_in_child(0, false));
}

static void
test_a_run_is_folded_though_killed_at_every_statement(void)
{
	int64_t passed_ms;

	shop_fill();
	run(is_long ? ACTS_LONG : ACTS);
	passed_ms = shop_clock();
	printf("\n    %d kills at %d statements; until day %lld;", walk.kills, walk.kills / 2,
	    (long long)(passed_ms / DAY_MS - 20513));
	for (const struct act_count *count = act_counts(); count->name != NULL; count++) {
		printf(" %s %lld,", count->name, (long long)count->done);
		CHECK(count->done > 0);
	}
	printf("\n    ");
	CHECK_INT(private_value(shop.root, "SELECT COUNT(*) FROM report_queue"), 0);
	CHECK_INT(private_value(shop.root, "SELECT COUNT(*) FROM report_payment_queue"), 0);
	CHECK_INT(private_value(shop.root, "SELECT COUNT(*) FROM report_cart_queue"), 0);
}

/* ---- the questions ---- */

static int64_t
ask(const struct moves *moves, struct question question)
{
	int64_t compared = 0;

	for (int way = 0; way < 8; way++) {
		question.currency = (way & 1) != 0 ? shop_currencies[dice(CURRENCIES)] : NULL;
		question.by_sale = (way & 2) != 0;
		question.merchant = (way & 4) != 0 ? shop.merchants[dice(MERCHANTS)] : (struct merchant_id) { { { 0 } } };
		compared += compare_reports(moves, &question);
	}
	return compared;
}

static void
test_every_report_is_what_ledger_and_lines_say(void)
{
	struct moves moves = moves_read();
	int64_t      compared = 0;

	for (int z = 0; z < ZONES; z++) {
		moves_in_zone(&moves, zones[z]);
		for (int r = 0; r < RANGES; r++)
			for (int turn = 0; turn < (is_long ? 2 : 1); turn++)
				compared +=
				    ask(&moves, (struct question) { .zone = zones[z], .from = ranges[r][0], .to = ranges[r][1] });
	}
	printf("%zu moves, %lld numbers ... ", moves.count, (long long)compared);
	moves_free(&moves);
}

static const struct test tests[] = { TEST(test_a_run_is_folded_though_killed_at_every_statement),
	TEST(test_every_report_is_what_ledger_and_lines_say) };

int
main(int argc, char **argv)
{
	const char    *seed_text = getenv("HAAT_SEED");
	uint64_t       seed;
	struct instant opened;

	(void)argc;
	private_database(argv);
	seed = seed_text != NULL ? strtoull(seed_text, NULL, 10) : (uint64_t)the_clock->wall_ms() % 1000000;
	is_long = getenv("HAAT_LONG") != NULL;
	/* The configuration refuses settings that it does not know. */
	unsetenv("HAAT_SEED");
	unsetenv("HAAT_LONG");
	setenv("HAAT_PROFILE", "development", 1);
	printf("HAAT_SEED=%llu%s\n", (unsigned long long)seed, is_long ? " HAAT_LONG=1" : "");
	fflush(stdout);
	instant_parse(OPENED, &opened);
	if (!shop_open(seed, opened.unix_ms))
		return 99;
	return run_suite("random", tests, sizeof tests / sizeof *tests);
}
