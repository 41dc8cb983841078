/*
 * Every provider plays the same scenes, against its stand-in: what the payer does, what the network does, what the provider
 * does afterwards.  After each scene the provider's own count of the money is held against the order's.
 *
 * The table of docs/PROVIDERS.md is made by this: a scene that is not as it stands there fails.
 */
#include "base/instant.h"
#include "base/providers.h"
#include "tests/api/shopping.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 30000, PAUSE_MS = 50, ASK_MS = 1000, TRIES = 30, SCENES_MAX = 24 };

/* A provider, and how its payers pay. */
static const struct means {
	const char *name, *currency, *price;
	const char *back; /* the query with which the browser comes back, before the transaction; NULL: it does not */
} all_means[] = {
	{ "stripe", "USD", "20.00", "payment_intent=" },
	{ "razorpay", "INR", "2000.00", NULL },
	{ "paystack", "NGN", "20000.00", "reference=" },
	{ "flutterwave", "NGN", "20000.00", "status=successful&tx_ref=" },
	{ "bkash", "BDT", "2000.00", "status=success&paymentID=" },
	{ "paypal", "USD", "20.00", "PayerID=QYR5Z8XDVJNXQ&token=" },
};
enum { MEANS = sizeof all_means / sizeof *all_means };

static struct person       customer, admin, sellers[MEANS];
static struct goods        goods[MEANS];
static const char         *address;
static const struct means *means; /* whose scene it is */
static const char         *results[SCENES_MAX][MEANS];
static const char         *unplayed; /* why the scene cannot be played with this provider */

/* ---- means of the scenes ---- */

static void
prepare(void)
{
	if (customer.id != NULL)
		return;
	customer = person_new("customer");
	admin = person_new("admin");
	address = address_new(&customer);
	for (int i = 0; i < MEANS; i++) {
		sellers[i] = shopkeeper_new(all_means[i].currency);
		goods[i] = goods_new(&sellers[i], all_means[i].price, 1000);
	}
}

/* One act at the provider; its status. */
static int
act(const char *what, const char *subject, const char *body)
{
	return sandbox_call(form("/sandbox/%s/%s/%s", means->name, what, subject), body == NULL ? "{}" : body).status;
}

static void
misbehave(const char *subject, const char *fault, int count)
{
	EXPECT(sandbox_call(form("/sandbox/switches%s%s", subject == NULL ? "" : "/", subject == NULL ? "" : subject),
		   form("{\"%s\": %d}", fault, count)),
	    200);
}

static const char *
new_order(void)
{
	return order_new(&customer, address, &goods[means - all_means], 1);
}

/* The attempt that is live, once the provider has named its transaction. */
static bool
live_attempt(const char *order, struct attempt *attempt)
{
	*attempt = (struct attempt) { .order = order,
		.reference = sql_text("SELECT reference FROM payments WHERE order_id = '%s' AND live = 1 "
				      "AND provider_transaction_id IS NOT NULL",
		    order),
		.transaction = sql_text("SELECT provider_transaction_id FROM payments WHERE order_id = '%s' AND live = 1", order),
		.total = sql_number("SELECT total_minor FROM orders WHERE id = '%s'", order) };
	return attempt->reference != NULL;
}

/* Begins to pay; where the network spoils that, the payer tries again. */
static struct attempt
begin_for(const char *order)
{
	struct attempt attempt;

	REQUIRE(order != NULL);
	for (int i = 0; i < TRIES; i++) {
		attempt.answer = payment_new(&customer, order, means->name);
		if (live_attempt(order, &attempt))
			return attempt;
		usleep(100000);
	}
	EXPECT(payment_new(&customer, order, means->name), 201);
	REQUIRE(live_attempt(order, &attempt));
	return attempt;
}

static struct attempt
begin(void)
{
	return begin_for(new_order());
}

static void
reconcile(const struct attempt *attempt)
{
	sql_run("UPDATE payments SET next_check_at = NOW(3) WHERE reference = '%s' AND next_check_at IS NOT NULL",
	    attempt->reference);
	run_job_now("reconcile_payments");
}

/* Waits a moment, and now and then has the jobs ask and refund; false when it has been waited for long enough. */
static bool
goes_on(const struct attempt *attempt, int64_t *waited_ms)
{
	usleep(PAUSE_MS * 1000);
	*waited_ms += PAUSE_MS;
	if (*waited_ms % ASK_MS == 0) {
		reconcile(attempt);
		run_job_now("refund_payment");
	}
	return *waited_ms < PATIENCE_MS;
}

/* Waits until the query's number is that. */
static void
wait_number(const struct attempt *attempt, int64_t expected, const char *query)
{
	for (int64_t waited = 0; sql_number("%s", query) != expected && goes_on(attempt, &waited);)
		continue;
	CHECK_INT(sql_number("%s", query), expected);
}

static void
come_back(const struct attempt *attempt)
{
	if (means->back != NULL)
		EXPECT(api_get(form("/payments/return/%s?%s%s", means->name, means->back, attempt->transaction), NULL), 303);
}

static void
pay(const struct attempt *attempt)
{
	CHECK_INT(act("pay", attempt->transaction, NULL), 200);
	come_back(attempt);
}

static bool
is_paid(const char *order)
{
	return sql_number("SELECT status = 'paid' FROM orders WHERE id = '%s'", order) == 1;
}

/* By event, return or the job that asks, whichever comes first. */
static void
wait_paid(const struct attempt *attempt)
{
	for (int64_t waited = 0; !is_paid(attempt->order) && goes_on(attempt, &waited);)
		continue;
	CHECK(is_paid(attempt->order));
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", attempt->reference), "succeeded");
}

/* What the provider has kept of all attempts of the order, in minor units, as it counts itself. */
static int64_t
kept_of(const char *order)
{
	struct answer all = sandbox_call(form("/sandbox/%s/transactions", means->name), NULL);
	int64_t       kept = 0;

	EXPECT(all, 200);
	for (size_t i = 0; i < length_at(&all, "results"); i++)
		if (sql_number("SELECT COUNT(*) FROM payments WHERE order_id = '%s' AND provider = '%s' "
			       "AND provider_transaction_id = '%s'",
			order, means->name, text_at(&all, form("results.%zu.id", i))) > 0)
			kept +=
			    number_at(&all, form("results.%zu.received", i)) - number_at(&all, form("results.%zu.refunded", i));
	return kept;
}

/* What it gives back takes its time. */
static void
wait_kept(const struct attempt *attempt, int64_t expected)
{
	for (int64_t waited = 0; kept_of(attempt->order) != expected && goes_on(attempt, &waited);)
		continue;
	CHECK_INT(kept_of(attempt->order), expected);
}

static struct attempt
paid(void)
{
	struct attempt attempt = begin();

	pay(&attempt);
	wait_paid(&attempt);
	return attempt;
}

/* An amount of the provider's currency, all of which have two digits. */
static const char *
decimal(int64_t minor)
{
	return form("%lld.%02lld", (long long)(minor / 100), (long long)(minor % 100));
}

static struct answer
refund(const struct attempt *attempt, int64_t minor)
{
	return api_post(form("/payments/%s/refunds", attempt->reference), admin.access,
	    form("{\"amount\": \"%s\", \"reason\": \"as agreed\"}", decimal(minor)));
}

/* Refunds so much and waits until it has gone back; the refund's id. */
static const char *
refund_part(const struct attempt *attempt, int64_t minor)
{
	struct answer answer = refund(attempt, minor);
	const char   *id = text_at(&answer, "id");

	EXPECT(answer, 201);
	wait_number(attempt, 1, form("SELECT COUNT(*) FROM refunds WHERE id = '%s' AND status = 'succeeded'", id));
	return id;
}

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
	act("pay", attempt.transaction, "{\"force\": 1}");
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
	refund_part(&attempt, 1000);
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
wait_status(const struct attempt *attempt, const char *status)
{
	wait_number(attempt, 1,
	    form("SELECT COUNT(*) FROM payments WHERE reference = '%s' AND status = '%s'", attempt->reference, status));
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

static void
token_expires(void)
{
	struct attempt attempt;

	if (sandbox_call(form("/sandbox/%s/expire-tokens", means->name), "{}").status != 200) {
		unplayed = "not played"; /* it has no tokens, or may not be asked for another so soon */
		return;
	}
	attempt = begin();
	EXPECT(sandbox_call(form("/sandbox/%s/expire-tokens", means->name), "{}"), 200);
	pay(&attempt);
	wait_paid(&attempt);
	wait_kept(&attempt, attempt.total);
}

/* Answers are spoiled when it begins, when it is asked about, and when money goes back. */
static void
spoiled_by(const char *fault)
{
	struct attempt attempt;
	const char    *order = new_order();

	misbehave(NULL, fault, 1);
	attempt = begin_for(order);
	misbehave(NULL, fault, 0);
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
};
enum { SCENES = sizeof scenes / sizeof *scenes };

static void
play_all(int provider)
{
	prepare();
	means = &all_means[provider];
	for (int i = 0; i < SCENES; i++) {
		unsigned before = CU_get_number_of_failures();

		unplayed = NULL;
		scenes[i].play();
		results[i][provider] = CU_get_number_of_failures() > before ? "fails" : unplayed != NULL ? unplayed : "passes";
		if (CU_get_number_of_failures() > before)
			printf("  %s: %s fails\n", means->name, scenes[i].name);
	}
}

static void
stripe_conforms(void)
{
	play_all(0);
}

static void
razorpay_conforms(void)
{
	play_all(1);
}

static void
paystack_conforms(void)
{
	play_all(2);
}

static void
flutterwave_conforms(void)
{
	play_all(3);
}

static void
bkash_conforms(void)
{
	play_all(4);
}

static void
paypal_conforms(void)
{
	play_all(5);
}

/* A provider that takes money online and plays no scene is not listed. */
static void
every_provider_plays(void)
{
	for (const char *const *name = provider_names; *name != NULL; name++) {
		bool plays = strcmp(*name, "cod") == 0;

		for (int i = 0; i < MEANS; i++)
			plays |= strcmp(*name, all_means[i].name) == 0;
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
	const char *line = "| scene |";

	for (int j = 0; j < MEANS; j++)
		line = form("%s %s |", line, all_means[j].name);
	CHECK(is_documented(line));
	for (int i = 0; i < SCENES; i++) {
		line = form("| %s |", scenes[i].name);
		for (int j = 0; j < MEANS && results[i][j] != NULL; j++)
			line = form("%s %s |", line, results[i][j]);
		if (results[i][MEANS - 1] != NULL && !is_documented(line)) {
			printf("\n%s", line);
			CHECK(!"the table of docs/PROVIDERS.md is another");
		}
	}
}

static void
all_is_consistent(void)
{
	EXPECT_CONSISTENT();
}

SUITE("conformance", TEST(stripe_conforms), TEST(razorpay_conforms), TEST(paystack_conforms), TEST(flutterwave_conforms),
    TEST(bkash_conforms), TEST(paypal_conforms), TEST(every_provider_plays), TEST(table_is_documented), TEST(all_is_consistent))
