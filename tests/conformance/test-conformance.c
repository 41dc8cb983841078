/*
 * Every provider plays the same scenes, against its stand-in: what the payer does, what the network does, what the provider
 * does afterwards.  After each scene the provider's own count of the money is held against the order's.
 *
 *   test-conformance --providers   names all of them
 *   test-conformance PROVIDER      plays the scenes with one, and keeps how each came out
 *   test-conformance               holds that against the table of docs/PROVIDERS.md: a scene that is not as it stands there fails
 */
#include "base/providers.h"
#include "tests/conformance/races.h"
#include "tests/conformance/scenes.h"
#include "tests/conformance/renewed.h"
#include "tests/conformance/stored.h"

#include <CUnit/TestRun.h>
#include <stdio.h>
#include <string.h>

enum { RESULT_MAX = 40 };

static const char *unplayed; /* why the scene cannot be played with this provider */

/* ---- scenes ---- */

static void
pays(void)
{
	struct attempt attempt = paid();

	wait_kept(&attempt, attempt.total);
}

static void
declines_and_pays(void)
{
	struct attempt first = begin(), second;

	CHECK_INT(act("fail", first.transaction, NULL), 200);
	come_back(&first);
	reconcile(&first);
	CHECK(!is_paid(first.order));
	if (sql_number("SELECT COUNT(*) FROM payments WHERE reference = '%s' AND live = 1", first.reference) == 1)
		EXPECT(api_post(form("/payments/%s/cancel", first.reference), customer.access, "{}"), 200);
	second = begin_for(first.order);
	pay(&second);
	wait_paid(&second);
	wait_kept(&first, first.total);
}

static struct attempt
expired(void)
{
	struct attempt attempt = begin();

	act("abandon", attempt.transaction, NULL);
	sql_run("UPDATE orders SET expires_at = NOW(3) - INTERVAL 1 SECOND WHERE id = '%s'", attempt.order);
	run_job_now("expire_orders");
	WAIT_FOR("0", "SELECT COUNT(*) FROM payments WHERE reference = '%s' AND live = 1", attempt.reference);
	return attempt;
}

static void
abandons(void)
{
	struct attempt attempt = expired();

	WAIT_FOR("1", "SELECT status IN ('expired', 'cancelled') FROM orders WHERE id = '%s'", attempt.order);
	CHECK_INT(kept_of(attempt.order), 0);
}

/* The provider takes it, or has closed it; the shop takes it, or gives it back. */
static void
pays_late(void)
{
	struct attempt attempt = expired();

	if (act("pay", attempt.transaction, NULL) == 200)
		come_back(&attempt);
	reconcile(&attempt);
	for (int64_t waited = 0;
	     kept_of(attempt.order) != (is_paid(attempt.order) ? attempt.total : 0) && goes_on(&attempt, &waited);)
		continue;
	CHECK_INT(kept_of(attempt.order), is_paid(attempt.order) ? attempt.total : 0);
}

static void
pays_twice(void)
{
	struct attempt attempt = begin();

	misbehave(attempt.transaction, "webhook_copies", 3);
	pay(&attempt);
	CHECK_INT(act("pay", attempt.transaction, "force=1") == 200, means->pays_again);
	come_back(&attempt);
	wait_paid(&attempt);
	wait_kept(&attempt, attempt.total);
}

static void
pays_what_was_given_up(void)
{
	struct attempt first = begin(), second;

	EXPECT(api_post(form("/payments/%s/cancel", first.reference), customer.access, "{}"), 200);
	second = begin_for(first.order);
	pay(&second);
	wait_paid(&second);
	if (act("pay", first.transaction, NULL) == 200)
		come_back(&first);
	wait_kept(&first, first.total);
	CHECK(is_paid(first.order));
}

/* A refund whose first call failed is sent again once that call can run no more, for which no scene waits: its time passes here. */
static void
refund_part_in_time(const struct attempt *attempt, int64_t minor)
{
	struct answer answer = refund(attempt, minor);
	const char   *id = text_at(&answer, "id"),
		   *done = form("SELECT COUNT(*) FROM refunds WHERE id = '%s' AND status = 'succeeded'", id);

	EXPECT(answer, 201);
	for (int64_t waited = 0; sql_number("%s", done) != 1 && goes_on(attempt, &waited);)
		sql_run("UPDATE refunds SET sent_at = sent_at - INTERVAL 1 DAY WHERE id = '%s'", id);
	CHECK_INT(sql_number("%s", done), 1);
}

/* The money has moved, and the answer says that it failed. */
static void
fails_after_charging(void)
{
	struct attempt attempt = begin();

	misbehave(attempt.transaction, "fail_after_charge", 1);
	pay(&attempt);
	wait_paid(&attempt);
	wait_kept(&attempt, attempt.total);
	misbehave(attempt.transaction, "fail_after_charge", 1);
	refund_part(&attempt, 1000);
	CHECK_INT(kept_of(attempt.order), attempt.total - 1000);
	misbehave(attempt.transaction, "fail_before", 1);
	refund_part_in_time(&attempt, 1000);
	CHECK_INT(kept_of(attempt.order), attempt.total - 2000);
}

static void
wait_held(const struct attempt *attempt)
{
	wait_number(attempt, 1,
	    form("SELECT COUNT(*) FROM payments WHERE reference = '%s' AND hold_reason LIKE 'amount_mismatch:%%'",
		attempt->reference));
	CHECK(!is_paid(attempt->order));
}

static void
takes_another_amount(void)
{
	struct attempt attempt = begin();

	misbehave(attempt.transaction, "wrong_amount", 1);
	pay(&attempt);
	wait_held(&attempt);
	EXPECT(
	    api_post(form("/payments/%s/refund-held", attempt.reference), admin.access, "{\"reason\": \"not what was asked\"}"),
	    200);
	wait_kept(&attempt, 0);
}

static void
takes_another_currency(void)
{
	struct attempt attempt = begin();

	misbehave(attempt.transaction, "wrong_currency", 1);
	pay(&attempt);
	wait_held(&attempt);
	/* It can only be given back where it is. */
	CHECK_INT(act("refund", attempt.transaction, form("{\"amount\": %lld}", (long long)kept_of(attempt.order))), 200);
	wait_number(&attempt, 1,
	    form("SELECT COUNT(*) FROM payments WHERE reference = '%s' AND status = 'cancelled' AND hold_reason IS NULL",
		attempt.reference));
	wait_kept(&attempt, 0);
}

static void
refunds_part_and_rest(void)
{
	struct attempt attempt = paid();

	refund_part(&attempt, 1000);
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", attempt.reference), "partially_refunded");
	CHECK_INT(kept_of(attempt.order), attempt.total - 1000);
	EXPECT_PROBLEM(refund(&attempt, attempt.total - 999), 409, "refund_too_large");
	refund_part(&attempt, attempt.total - 1000);
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", attempt.reference), "refunded");
	CHECK_INT(kept_of(attempt.order), 0);
	EXPECT(refund(&attempt, 1), 409);
}

static void
refunds_at_the_desk(void)
{
	struct attempt attempt = paid();

	if (act("refund", attempt.transaction, "{\"amount\": 1000}") != 200) {
		unplayed = "no desk";
		return;
	}
	wait_number(&attempt, 1000, form("SELECT refunded_minor FROM payments WHERE reference = '%s'", attempt.reference));
	CHECK_INT(kept_of(attempt.order), attempt.total - 1000);
}

static void
refund_bounces(void)
{
	struct attempt attempt = paid();
	const char    *id = refund_part(&attempt, 1000);

	if (act("bounce", sql_text("SELECT provider_refund_id FROM refunds WHERE id = '%s'", id), NULL) != 200) {
		unplayed = "none known";
		return;
	}
	wait_number(&attempt, 1, form("SELECT COUNT(*) FROM refunds WHERE id = '%s' AND status = 'bounced'", id));
	CHECK_INT(sql_number("SELECT refunded_minor FROM payments WHERE reference = '%s'", attempt.reference), 0);
	wait_kept(&attempt, attempt.total);
}

static void
dispute(const char *end, const char *status)
{
	struct attempt attempt = paid();

	if (act("dispute", attempt.transaction, NULL) != 200) {
		unplayed = "by hand";
		return;
	}
	wait_status(&attempt, "disputed");
	CHECK_INT(act(end, attempt.transaction, NULL), 200);
	WAIT_FOR(strcmp(end, "dispute-win") == 0 ? "won" : "lost",
	    "SELECT d.status FROM disputes d JOIN payments p ON p.id = d.payment_id WHERE p.reference = '%s'", attempt.reference);
	wait_status(&attempt, status);
}

static void
dispute_is_won(void)
{
	dispute("dispute-win", "succeeded");
}

static void
dispute_is_lost(void)
{
	dispute("dispute-lose", "disputed");
}

/* No token is known any more: some providers grant two an hour, and no scene waits for the next one. */
static void
in_another_hour(void)
{
	sql_run("DELETE FROM remote_values WHERE name = '%s.token'", means->name);
}

enum { TOKEN_TRIES = 5 };

/* All tokens end, and a payment begins all the same; unless one of the jobs, which go on meanwhile, has used up the hour's second. */
static int
begin_without_token(void)
{
	struct answer answer = { 0 };

	for (int i = 0; i < TOKEN_TRIES && answer.status != 201; i++) {
		in_another_hour();
		begin();
		EXPECT(sandbox_call(form("/sandbox/%s/expire-tokens", means->name), "{}"), 200);
		answer = payment_new(&customer, new_order(), means->name);
	}
	in_another_hour();
	return answer.status;
}

static void
token_expires(void)
{
	struct attempt attempt;

	if (sandbox_call(form("/sandbox/%s/expire-tokens", means->name), "{}").status != 200) {
		unplayed = "no tokens";
		return;
	}
	CHECK_INT(begin_without_token(), 201);
	attempt = begin();
	EXPECT(sandbox_call(form("/sandbox/%s/expire-tokens", means->name), "{}"), 200);
	pay(&attempt);
	if (!is_paid(attempt.order))
		in_another_hour();
	wait_paid(&attempt);
	wait_kept(&attempt, attempt.total);
	in_another_hour();
}

/* Answers are spoiled when it begins, when it is asked about, and when money goes back. */
static void
spoiled_by(const char *fault)
{
	struct attempt attempt;
	const char    *order = new_order();

	misbehave(order, fault, 1);
	attempt = begin_for(order);
	CHECK(!still_misbehaves(order, fault));
	misbehave(attempt.transaction, fault, 1);
	pay(&attempt);
	wait_paid(&attempt);
	wait_kept(&attempt, attempt.total);
	misbehave(attempt.transaction, fault, 1);
	refund_part(&attempt, 1000);
	CHECK_INT(kept_of(order), attempt.total - 1000);
}

static void
too_many_requests(void)
{
	spoiled_by("too_many_requests");
}

static void
malformed_answers(void)
{
	spoiled_by("malformed_json");
}

static void
huge_answers(void)
{
	spoiled_by("huge_answer");
}

static void
cut_answers(void)
{
	spoiled_by("cut_answer");
}

#define STORED_SCENE(name) \
	static void scene_##name(void) \
	{ \
		unplayed = name(); \
	}
STORED_SCENE(stored_while_paying)
STORED_SCENE(charged_away)
STORED_SCENE(charge_is_declined)
STORED_SCENE(charge_wants_the_payer)
STORED_SCENE(charge_answer_is_lost)
STORED_SCENE(charge_is_given_up_too_late)
STORED_SCENE(charged_many_times)
STORED_SCENE(charge_is_refunded)
STORED_SCENE(subscription_renews)

/* ---- the table ---- */

static const struct scene {
	const char *name;
	void (*play)(void);
} scenes[] = {
	{ "pays", pays },
	{ "declined, pays again", declines_and_pays },
	{ "abandoned", abandons },
	{ "pays late", pays_late },
	{ "pays twice, told thrice", pays_twice },
	{ "pays what was given up", pays_what_was_given_up },
	{ "fails after charging or refunding", fails_after_charging },
	{ "takes another amount", takes_another_amount },
	{ "takes another currency", takes_another_currency },
	{ "refund of a part, the rest, too much", refunds_part_and_rest },
	{ "refund in the dashboard", refunds_at_the_desk },
	{ "refund bounces", refund_bounces },
	{ "dispute won", dispute_is_won },
	{ "dispute lost", dispute_is_lost },
	{ "token expires", token_expires },
	{ "too many requests", too_many_requests },
	{ "malformed answers", malformed_answers },
	{ "answers of 10 MB", huge_answers },
	{ "answers cut in the middle", cut_answers },
	{ "told fifty times at once", told_fifty_times },
	{ "captured twice and more at once", taken_many_times },
	{ "refunds beyond the amount at once", refunds_at_once },
	{ "cancelled while it succeeds", cancel_against_success },
	{ "stored while paying, then charged", scene_stored_while_paying },
	{ "charged without the payer", scene_charged_away },
	{ "charge declined", scene_charge_is_declined },
	{ "charge wants the payer, who pays", scene_charge_wants_the_payer },
	{ "charge's answer lost, then found", scene_charge_answer_is_lost },
	{ "charge under way given up: too late", scene_charge_is_given_up_too_late },
	{ "charged many times at once: once", scene_charged_many_times },
	{ "charge refunded in part", scene_charge_is_refunded },
	{ "subscription renews", scene_subscription_renews },
};
enum { SCENES = sizeof scenes / sizeof *scenes };

static const char *player, *results[SCENES];

static const char *
results_path(const char *provider)
{
	return form("%s/conformance-%s", shop_directory(), provider);
}

/* The scene that has the running test's name.  One that ends early has failed. */
static void
play(void)
{
	unsigned before = CU_get_number_of_failures();
	int      i = 0;

	while (strcmp(scenes[i].name, CU_get_current_test()->pName) != 0)
		i++;
	results[i] = "fails";
	unplayed = NULL;
	scenes_of(player);
	scenes[i].play();
	if (CU_get_number_of_failures() == before)
		results[i] = unplayed != NULL ? unplayed : "passes";
}

/* Of every order of these scenes, but for what waits for somebody's decision: payments on hold, and disputes. */
static void
counts_agree(void)
{
	const char *order;

	for (int i = 0; (order = sql_text("SELECT id FROM orders o WHERE user_id = '%s' AND NOT EXISTS (SELECT 1 FROM payments p "
					  "LEFT JOIN disputes d ON d.payment_id = p.id WHERE p.order_id = o.id "
					  "AND (p.hold_reason LIKE 'amount_mismatch%%' OR d.id IS NOT NULL)) "
					  "ORDER BY id LIMIT 1 OFFSET %d",
			     customer.id, i)) != NULL;
	     i++) {
		struct attempt attempt = { .order = order, .reference = "" };

		for (int64_t waited = 0; kept_of(order) != booked_of(order) && goes_on(&attempt, &waited);)
			continue;
		CHECK_INT(kept_of(order), booked_of(order));
	}
}

static int
play_all(const char *provider)
{
	struct test tests[SCENES + 1];
	FILE       *file = fopen(results_path(provider), "w");
	int         status;

	if (file == NULL)
		return 99;
	player = provider;
	for (int i = 0; i < SCENES; i++)
		tests[i] = (struct test) { scenes[i].name, play };
	tests[SCENES] = (struct test)TEST(counts_agree);
	status = run_suite(form("%s plays", provider), tests, SCENES + 1);
	for (int i = 0; i < SCENES; i++)
		fprintf(file, "%s\n", results[i] == NULL ? "not played" : results[i]);
	return fclose(file) == 0 ? status : 99;
}

/* ---- when all have played ---- */

/* A provider that takes money online and plays no scene is not listed. */
static void
every_provider_plays(void)
{
	for (const char *const *name = provider_names; *name != NULL; name++) {
		bool plays = strcmp(*name, "cod") == 0;

		for (const struct means *with = all_means; with->name != NULL; with++)
			plays |= strcmp(*name, with->name) == 0;
		CHECK(plays);
	}
}

/* Does the document have the line? */
static bool
is_documented(const char *line)
{
	const char *directory = getenv("srcdir");
	FILE       *file = fopen(form("%s/docs/PROVIDERS.md", directory == NULL ? TEST_SOURCE_DIRECTORY : directory), "r");
	char        read[1000];
	bool        found = false;

	REQUIRE(file != NULL);
	while (!found && fgets(read, sizeof read, file) != NULL)
		found = strncmp(read, line, strlen(line)) == 0 && read[strlen(line)] == '\n';
	fclose(file);
	return found;
}

/* Each line of the table as it came about: to be put there when it is another. */
static void
table_is_documented(void)
{
	const char *lines[SCENES], *head = "| scene |";
	char        result[RESULT_MAX] = "";

	for (int i = 0; i < SCENES; i++)
		lines[i] = form("| %s |", scenes[i].name);
	for (const struct means *with = all_means; with->name != NULL; with++) {
		FILE *file = fopen(results_path(with->name), "r");

		REQUIRE(file != NULL);
		head = form("%s %s |", head, with->name);
		for (int i = 0; i < SCENES; i++)
			lines[i] = form("%s %.*s |", lines[i], (int)strcspn(result, "\n"),
			    fgets(result, sizeof result, file) == NULL ? "" : result);
		fclose(file);
	}
	CHECK(is_documented(head));
	for (int i = 0; i < SCENES; i++)
		if (!is_documented(lines[i])) {
			printf("\n%s", lines[i]);
			CHECK(!"the table of docs/PROVIDERS.md is another");
		}
}

static void
all_is_consistent(void)
{
	EXPECT_CONSISTENT();
}

static int
list_providers(void)
{
	for (const struct means *with = all_means; with->name != NULL; with++)
		puts(with->name);
	return 0;
}

int
main(int count, char **arguments)
{
	static const struct test at_the_end[] = { TEST(every_provider_plays), TEST(table_is_documented),
		TEST(all_is_consistent) };

	if (count == 1)
		return run_suite("conformance", at_the_end, sizeof at_the_end / sizeof *at_the_end);
	return strcmp(arguments[1], "--providers") == 0 ? list_providers() : play_all(arguments[1]);
}
