/*
 * A year that nobody looked at while the rules were tuned: of what was planted at least 8 of 10 attempts are refused or put
 * under review, of the honest at most 1 of 1,000 is put under review, and none is refused.
 */
#include "base/arena.h"
#include "base/log.h"
#include "payments/risk/jobs.h"
#include "payments/risk/review.h"
#include "payments/risk/risk.h"
#include "store/db.h"
#include "tests/private_database.h"
#include "tests/risk/play.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

static void
test_a_year_not_seen_before(void)
{
	const char   *asked = getenv("HAAT_YEAR_SEED");
	struct year  *year = year_make(asked == NULL ? 20290711 : strtoull(asked, NULL, 10));
	struct played played = { .counts = { { 0 } } };
	size_t        planted = 0, found = 0, honest = 0;
	const size_t *of_honest = played.counts[YEAR_HONEST];

	play_year(year, &played);
	for (int pattern = 0; pattern < YEAR_PATTERNS__COUNT; pattern++) {
		const size_t *counts = played.counts[pattern];
		size_t all = counts[PLAYED_PASSED] + counts[PLAYED_REVIEWED] + counts[PLAYED_REFUSED] + counts[PLAYED_LIMITED];

		printf("    %-42s %6zu: %6zu passed, %4zu reviewed, %4zu refused, %4zu limited\n", year_pattern_names[pattern],
		    all, counts[PLAYED_PASSED], counts[PLAYED_REVIEWED], counts[PLAYED_REFUSED], counts[PLAYED_LIMITED]);
		if (pattern == YEAR_HONEST)
			honest = all;
		else
			planted += all;
		if (pattern != YEAR_HONEST)
			found += all - counts[PLAYED_PASSED];
	}
	printf("    found %zu of %zu planted\n", found, planted);
	CHECK(found * 10 >= planted * 8);
	CHECK(of_honest[PLAYED_REVIEWED] * 1000 <= honest);
	CHECK_INT(of_honest[PLAYED_REFUSED], 0);
	CHECK_INT(of_honest[PLAYED_LIMITED], 0);
	year_free(year);
}

/* What a year has taught stays in shadow, and finds what was disputed among payments that it was not taught. */
static void
test_points_are_learned_in_shadow(void)
{
	struct instant end = { year_begin_ms() + INT64_C(365) * 24 * 3600 * 1000 };
	int64_t        points = private_value(play_root(), "SELECT SUM(points * (bound + 1)) FROM risk_rules");

	CHECK(risk_learn_points(&play_work, end) == OK);
	CHECK_INT(private_value(play_root(), "SELECT SUM(points * (bound + 1)) FROM risk_rules"), points);
	CHECK(private_value(play_root(), "SELECT COUNT(*) FROM risk_rules WHERE learned_points > 0") > 5);
	CHECK_INT(private_value(play_root(), "SELECT COUNT(*) FROM risk_models WHERE switched_on_at IS NULL"), 1);
	CHECK(private_value(play_root(), "SELECT frauds FROM risk_models") > 100);
	CHECK(private_value(play_root(), "SELECT learned_recall FROM risk_models") > 3000);
	CHECK(private_value(play_root(), "SELECT learned_precision FROM risk_models") > 5000);
	printf("    live: precision %lld, recall %lld; learned: precision %lld, recall %lld (of 10,000)\n",
	    (long long)private_value(play_root(), "SELECT live_precision FROM risk_models"),
	    (long long)private_value(play_root(), "SELECT live_recall FROM risk_models"),
	    (long long)private_value(play_root(), "SELECT learned_precision FROM risk_models"),
	    (long long)private_value(play_root(), "SELECT learned_recall FROM risk_models"));
}

/* ---- bands ---- */

enum { HOUR = 3600, WEEK = 7 * 24 * HOUR };

/* What a provider did in the hour of each of eight weeks before. */
static void
usual_hours(const char *provider, struct instant hour, int attempts, int failed)
{
	for (int week = 1; week <= 8; week++)
		CHECK(
		    db_run(play_work.db, NULL,
			"INSERT INTO risk_hours (id, hour_at, provider, attempts, failed, paid, refunded) VALUES (?, ?, ?, ?, ?, ?, 1)",
			P(uuid_new()), P(instant_add_seconds(hour, -(int64_t)week * WEEK)), P(provider),
			P(attempts + week % 3 - 1), P(failed + week % 2), P(attempts - failed)) == OK);
}

static void
payments_of_hour(const char *provider, struct instant hour, int paid, int failed)
{
	static int64_t number;

	for (int i = 0; i < paid + failed; i++) {
		struct uuid id = uuid_floor(hour.unix_ms + ++number);

		CHECK(
		    db_run(play_work.db, NULL,
			"INSERT INTO payments (id, reference, purpose_kind, purpose_id, provider, amount_minor, currency, idempotency_key, status) "
			"VALUES (?, ?, 'order', ?, ?, 100, 'INR', ?, ?)",
			P(id), P(arena_format(play_work.arena, "%s-%d", provider, i)), P(uuid_new()), P(provider),
			P(arena_format(play_work.arena, "%s:%d", provider, i)), P(i < paid ? "succeeded" : "failed")) == OK);
	}
}

static void
check_left(const char *provider, const char *expected)
{
	CHECK_INT(
	    private_value(play_root(),
		arena_format(play_work.arena,
		    "SELECT COUNT(*) FROM risk_hours h WHERE h.provider = '%s' AND h.hour_at = '2026-02-02 10:00:00' AND h.left_bands = '%s'",
		    provider, expected)),
	    1);
}

static void
test_who_leaves_a_band_is_named(void)
{
	struct instant hour;

	CHECK(instant_parse("2026-02-02T10:00:00.000Z", &hour));
	play_clear();
	usual_hours("stripe", hour, 100, 5);
	payments_of_hour("stripe", hour, 60, 41);
	usual_hours("paypal", hour, 100, 5);
	payments_of_hour("paypal", hour, 93, 6);
	usual_hours("bkash", hour, 100, 5); /* and nothing now */
	usual_hours("paystack", hour, 3, 0);
	payments_of_hour("paystack", hour, 0, 9);
	usual_hours("razorpay", hour, 40, 2);
	payments_of_hour("razorpay", hour, 290, 10);
	CHECK(risk_watch_hour(&play_work, hour) == OK);
	check_left("stripe", "failures");
	check_left("paypal", "");
	check_left("bkash", "volume");
	check_left("paystack", "");
	check_left("razorpay", "volume");
	CHECK_INT(private_value(play_root(), "SELECT COUNT(*) FROM events WHERE type = 'risk.band_left'"), 3);
}

/* Of a merchant: one payment of an order with its goods for each, or of what it asks for itself. */
static void
merchant_hour(
    const struct uuid *merchant, const char *name, struct instant hour, bool by_order, int paid, int failed, int refunds)
{
	static int64_t number = 500000;

	for (int i = 0; i < paid + failed; i++) {
		struct uuid id = uuid_floor(hour.unix_ms + ++number % 1000000), purpose = uuid_new();

		CHECK(
		    db_run(play_work.db, NULL,
			"INSERT INTO payments (id, reference, purpose_kind, purpose_id, merchant_id, provider, amount_minor, currency, "
			"idempotency_key, status) VALUES (?, ?, ?, ?, ?, 'flutterwave', 100, 'INR', ?, ?)",
			P(id), P(arena_format(play_work.arena, "%s-%d", name, i)), P(by_order ? "order" : "request"), P(purpose),
			P(by_order ? NULL : merchant), P(arena_format(play_work.arena, "%s:%d", name, i)),
			P(i < paid ? "succeeded" : "failed")) == OK);
		if (by_order)
			CHECK(db_run(play_work.db, NULL,
				  "INSERT INTO order_merchants (order_id, merchant_id, currency, subtotal_minor, total_minor) "
				  "VALUES (?, ?, 'INR', 100, 100)",
				  P(purpose), P(*merchant)) == OK);
		if (i < refunds)
			CHECK(db_run(play_work.db, NULL,
				  "INSERT INTO refunds (id, payment_id, provider, amount_minor, currency, idempotency_key) "
				  "VALUES (?, ?, 'flutterwave', 1, 'INR', ?)",
				  P(uuid_floor(hour.unix_ms + number)), P(id),
				  P(arena_format(play_work.arena, "r:%s:%d", name, i))) == OK);
	}
}

static void
usual_of_merchant(const struct uuid *merchant, struct instant hour)
{
	for (int week = 1; week <= 8; week++)
		CHECK(db_run(play_work.db, NULL,
			  "INSERT INTO risk_hours (id, hour_at, merchant_id, attempts, failed, paid, refunded) "
			  "VALUES (?, ?, ?, ?, ?, ?, ?)",
			  P(uuid_new()), P(instant_add_seconds(hour, -(int64_t)week * WEEK)), P(*merchant), P(100 + week % 3),
			  P(5 + week % 2), P(95), P(1 + week % 2)) == OK);
}

static void
check_merchant_left(const struct uuid *merchant, const char *expected)
{
	CHECK_INT(private_value(play_root(),
		      arena_format(play_work.arena,
			  "SELECT COUNT(*) FROM risk_hours h WHERE h.merchant_id = '%s' AND h.hour_at = "
			  "'2026-02-02 10:00:00' AND h.left_bands = '%s'",
			  uuid_text(play_work.arena, *merchant), expected)),
	    1);
}

static void
test_merchants_have_bands_too(void)
{
	struct uuid    usual = uuid_new(), refunding = uuid_new(), failing = uuid_new(), away = uuid_new();
	struct instant hour;

	CHECK(instant_parse("2026-02-02T10:00:00.000Z", &hour));
	play_clear();
	usual_of_merchant(&usual, hour);
	merchant_hour(&usual, "usual", hour, false, 93, 6, 2);
	usual_of_merchant(&refunding, hour);
	merchant_hour(&refunding, "refunding", hour, false, 95, 6, 40);
	usual_of_merchant(&failing, hour);
	merchant_hour(&failing, "failing", hour, true, 60, 41, 1);
	usual_of_merchant(&away, hour);
	CHECK(risk_watch_hour(&play_work, hour) == OK);
	check_merchant_left(&usual, "");
	check_merchant_left(&refunding, "refunds");
	check_merchant_left(&failing, "failures");
	check_merchant_left(&away, "volume");
}

/* ---- reviews ---- */

static struct order_id
reviewed(const char *name, const char *provider, const char *status, const char *review, bool paid)
{
	struct instant  now = instant_now(), *succeeded_at = paid ? &now : NULL, *decided_at = NULL;
	struct order_id order = NEW_ID(order_id);

	if (strcmp(review, "pending") != 0)
		decided_at = &now;
	CHECK(
	    db_run(play_work.db, NULL,
		"INSERT INTO payments (id, reference, purpose_kind, purpose_id, provider, amount_minor, currency, idempotency_key, status, "
		"review, reviewed_at, succeeded_at, method) VALUES (?, ?, 'order', ?, ?, 100, 'INR', ?, ?, ?, ?, ?, ?)",
		P(uuid_new()), P(name), P(order), P(provider), P(name), P(status), P(review), P(decided_at), P(succeeded_at),
		P(strcmp(provider, "cod") == 0 ? "cash_on_delivery" : "card")) == OK);
	return order;
}

static void
check_packing(const char *name, const char *provider, const char *status, const char *review, bool paid, bool waits)
{
	const struct problem *problem = check_not_under_review(&play_work, reviewed(name, provider, status, review, paid));

	CHECK(waits ? problem_is(problem, PROBLEM_UNDER_REVIEW) : problem == OK);
}

static void
test_packing_waits_for_a_review(void)
{
	play_clear();
	check_packing("R-1", "stripe", "succeeded", "pending", true, true);
	check_packing("R-2", "stripe", "succeeded", "approved", true, false);
	check_packing("R-3", "stripe", "partially_refunded", "pending", true, true);
	/* An attempt beside it that has not come to anything. */
	check_packing("R-4", "stripe", "failed", "pending", false, false);
	check_packing("R-5", "stripe", "requires_action", "pending", false, false);
	check_packing("R-6", "cod", "pending", "pending", false, false);
	check_packing("R-7", "cod", "processing", "pending", false, true);
	check_packing("R-8", "cod", "processing", "approved", false, false);
	CHECK(check_not_under_review(&play_work, NEW_ID(order_id)) == OK);
}

/* What an attempt costs more since it is judged. */
static void
test_a_judgement_is_one_round_trip(void)
{
	struct user_id      payer = NEW_ID(user_id);
	struct risk_case    attempt = { .kind = PURPOSE_ORDER, .purpose = uuid_new(), .payer = &payer };
	struct risk_verdict verdict;
	uint64_t            before;

	play_clear();
	CHECK(money_make(1000, "INR", &attempt.amount));
	CHECK(judge_attempt(&play_work, &attempt, &verdict) == OK); /* the statement is prepared by then */
	before = db_round_trips(play_work.db);
	CHECK(judge_attempt(&play_work, &attempt, &verdict) == OK);
	CHECK_INT(db_round_trips(play_work.db) - before, 1);
}

/* ---- scores ---- */

static void
test_scores(void)
{
	struct risk_rule_set set;
	struct risk_facts    facts = { .known = 0 };

	risk_rules_read(
	    "account_age_hours:24:15,account_age_hours:1:20,zodiac:1:50,amount_shop:100:30,amount_shop:200:50,paid_before:2:-10",
	    &set);
	CHECK_INT(set.count, 5);
	CHECK_INT(risk_score(&set, risk_matches(&set, risk_reached(&set, &facts))), 0);
	risk_fact(&facts, RISK_ACCOUNT_AGE, 24);
	CHECK_INT(risk_score(&set, risk_matches(&set, risk_reached(&set, &facts))), 15);
	risk_fact(&facts, RISK_ACCOUNT_AGE, 0);
	CHECK_INT(risk_score(&set, risk_matches(&set, risk_reached(&set, &facts))), 20);
	risk_fact(&facts, RISK_AMOUNT_SHOP, 199);
	CHECK_INT(risk_score(&set, risk_matches(&set, risk_reached(&set, &facts))), 50);
	risk_fact(&facts, RISK_PAID_BEFORE, 7);
	CHECK_INT(risk_score(&set, risk_matches(&set, risk_reached(&set, &facts))), 40);
	CHECK_TEXT(
	    risk_names(play_work.arena, &set, risk_matches(&set, risk_reached(&set, &facts))), "account_age_hours,amount_shop");
	risk_facts_read(risk_facts_text(play_work.arena, &facts), &facts);
	CHECK_INT(facts.values[RISK_AMOUNT_SHOP], 199);
	CHECK_INT(facts.values[RISK_PAID_BEFORE], 7);
	CHECK((facts.known >> RISK_COUNTRY & 1) == 0);
}

static const struct test tests[] = { TEST(test_scores), TEST(test_a_year_not_seen_before),
	TEST(test_points_are_learned_in_shadow), TEST(test_who_leaves_a_band_is_named), TEST(test_merchants_have_bands_too),
	TEST(test_packing_waits_for_a_review), TEST(test_a_judgement_is_one_round_trip) };

int
main(int argc, char **argv)
{
	(void)argc;
	private_database(argv);
	log_open("test-risk", LOG_LEVEL_ERROR);
	play_open("risk");
	return run_suite("risk", tests, sizeof tests / sizeof *tests);
}
