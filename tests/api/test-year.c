/*
 * Twelve months of subscriptions, played: month ends, a leap day, two changes of the summer time that its workers live in, a worker killed in each
 * period at another point; and one period never charged twice.
 */
#include "tests/api/played.h"
#include "tests/api/subscribing.h"

#include "base/arena.h"
#include "http/permission.h"
#include "payments/payment.h"
#include "payments/subscriptions/manage.h"
#include "payments/subscriptions/renew.h"
#include "store/db.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static struct person seller, customer;

/* What a worker is to do, and with what. */
struct task {
	struct subscription_id subscription;
	struct subscribe_body  body;
	struct user_id         customer;
};

static void
need_people(void)
{
	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	customer = person_new("customer");
}

static const struct problem *
play_subscribe(struct work *work, void *argument)
{
	struct task         *task = argument;
	struct subscription *subscription;

	work->viewer = (struct viewer) { .user = task->customer, .permissions = PERMISSION(ORDER_PLACE) };
	TRY(subscribe(work, &task->body, &subscription));
	task->subscription = subscription->id;
	return OK;
}

static const struct problem *
play_renewal(struct work *work, void *argument)
{
	return renew_subscription(work, ((const struct task *)argument)->subscription);
}

/* As reconciliation does, when it comes by: what is not final is asked about. */
static const struct problem *
play_reconciliation(struct work *work, void *argument)
{
	const struct task *task = argument;
	struct payment    *payments;
	size_t             count;

	TRY(db_rows(work->db, &payment_shape, 20, &payments, &count,
	    "SELECT {p} FROM payments p JOIN subscription_periods d ON d.id = p.period_id WHERE d.subscription_id = ? AND p.live = 1",
	    P(task->subscription)));
	for (size_t i = 0; i < count; i++)
		TRY(reconcile_payment(work, &payments[i]));
	return OK;
}

/* A subscription of that time, by a worker that tells its id. */
static struct task
subscribed(const char *instant, const char *plan, const char *method)
{
	struct task              *task = mmap(NULL, sizeof *task, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct payment_method_id *id = (struct payment_method_id *)form("%*s", (int)sizeof *id, "");

	REQUIRE(task != MAP_FAILED);
	CHECK(uuid_parse(plan, &task->body.plan.uuid) && uuid_parse(customer.id, &task->customer.uuid));
	CHECK(uuid_parse(method, &id->uuid));
	task->body.payment_method = id;
	played_run(instant, play_subscribe, task);
	return *task;
}

static const char *
id_of(const struct task *task)
{
	char text[UUID_TEXT_LENGTH + 1] = { 0 };

	uuid_write(task->subscription.uuid, text);
	return form("%s", text);
}

static int64_t
paid(const char *id)
{
	return sql_number("SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s' AND status = 'paid'", id);
}

/* Sooner or later its payment is there, whoever has died. */
static void
settle(const char *day, const char *hours[], struct task *task, int64_t expected)
{
	const char *id = id_of(task);

	for (size_t i = 0; hours[i] != NULL && paid(id) < expected; i++) {
		played_run(form("%sT%s", day, hours[i]), play_renewal, task);
		played_run(form("%sT%s", day, hours[i]), play_reconciliation, task);
	}
	if (paid(id) != expected)
		CU_assertImplementation(CU_FALSE, __LINE__,
		    form("%s: %lld periods are paid, expected %lld", day, (long long)paid(id), (long long)expected), __FILE__, "",
		    CU_FALSE);
}

/* What Stripe has taken for the subscription: how many charges. */
static int64_t
taken_at_stripe(const char *id)
{
	struct answer intents = sandbox_intents();
	const char   *references = sql_text("SELECT GROUP_CONCAT(p.reference) FROM payments p JOIN subscription_periods d "
					      "ON d.id = p.period_id WHERE d.subscription_id = '%s'",
	      id);
	int64_t       count = 0;

	for (size_t i = 0; i < length_at(&intents, "payment_intents"); i++) {
		const char *reference = text_at(&intents, form("payment_intents.%zu.metadata.reference", i));

		if (reference != NULL && references != NULL && strstr(references, reference) != NULL)
			count += number_at(&intents, form("payment_intents.%zu.amount_received", i)) > 0;
	}
	return count;
}

/* The moment at which each period begins: the 31st, or the last day of a shorter month. */
static const char *const boundaries[] = { "2027-10-31", "2027-11-30", "2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31",
	"2028-04-30", "2028-05-31", "2028-06-30", "2028-07-31", "2028-08-31", "2028-09-30", "2028-10-31" };
enum { BOUNDARIES = sizeof boundaries / sizeof *boundaries };

static void
test_twelve_months(void)
{
	static const char *hours[] = { "01:31:00Z", "02:45:00Z", "04:00:00Z", "06:00:00Z", "09:00:00Z", "12:00:00Z", NULL };
	struct task        task, other;
	const char        *id, *method, *plan;
	int64_t            points;

	need_people();
	method = method_new(&customer, "stripe", "pm_card_visa");
	plan = plan_new(&seller, "12.00", "\"every\": \"month\"");
	/* How many points a renewal has, of one that nobody disturbs. */
	other = subscribed("2027-10-31T01:30:00Z", plan, method);
	played_run("2027-11-30T01:31:00Z", play_renewal, &other);
	points = played_points();
	CHECK(points > BOUNDARIES && paid(id_of(&other)) == 2);
	task = subscribed("2027-10-31T01:30:00Z", plan, method);
	id = id_of(&task);
	CHECK_INT(paid(id), 1);
	for (size_t i = 1; i < BOUNDARIES; i++) {
		bool  killed;
		pid_t worker;

		/* A day before nothing is due. */
		played_run(form("%sT01:29:00Z", boundaries[i]), play_renewal, &task);
		CHECK_INT(paid(id), i);
		worker = played_start(
		    form("%sT01:30:10Z", boundaries[i]), points * (int64_t)i * 2 / (BOUNDARIES * 3), play_renewal, &task);
		CHECK(!played_wait(worker, &killed));
		CHECK(killed);
		settle(boundaries[i], hours, &task, (int64_t)i + 1);
	}
	for (size_t i = 0; i + 1 < BOUNDARIES; i++) {
		CHECK_TEXT(sql_text("SELECT DATE_FORMAT(starts_at, '%%Y-%%m-%%d %%H:%%i') FROM subscription_periods "
				    "WHERE subscription_id = '%s' AND number = %zu",
			       id, i + 1),
		    form("%s 01:30", boundaries[i]));
		CHECK_TEXT(sql_text("SELECT DATE_FORMAT(ends_at, '%%Y-%%m-%%d %%H:%%i') FROM subscription_periods "
				    "WHERE subscription_id = '%s' AND number = %zu",
			       id, i + 1),
		    form("%s 01:30", boundaries[i + 1]));
	}
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments p JOIN subscription_periods d ON d.id = p.period_id "
			     "WHERE d.subscription_id = '%s' AND p.succeeded_at IS NOT NULL",
		      id),
	    BOUNDARIES);
	CHECK_INT(taken_at_stripe(id), BOUNDARIES);
	CHECK_INT(subscription_events(id, "charged"), BOUNDARIES);
	CHECK_INT(subscription_events(id, "charge_failed"), 0);
	EXPECT_CONSISTENT();
}

/* A leap day is the last of February in other years, and comes back. */
static void
test_leap_day(void)
{
	static const char *const days[] = { "2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29" };
	struct task              task;

	need_people();
	task = subscribed("2028-02-29T12:00:00Z", plan_new(&seller, "90.00", "\"every\": \"year\""),
	    method_new(&customer, "stripe", "pm_card_visa"));
	for (size_t i = 1; i < 5; i++) {
		played_run(form("%sT11:59:00Z", days[i]), play_renewal, &task);
		CHECK_INT(paid(id_of(&task)), i);
		played_run(form("%sT12:00:10Z", days[i]), play_renewal, &task);
		CHECK_INT(paid(id_of(&task)), i + 1);
		CHECK_TEXT(
		    sql_text("SELECT DATE(current_period_start) FROM subscriptions WHERE id = '%s'", id_of(&task)), days[i]);
	}
}

/* The job was away for a quarter: each period is charged, in its order and once; and one that was announced is due as announced. */
static void
test_away_for_a_quarter(void)
{
	struct task task;
	const char *id;

	need_people();
	task = subscribed("2027-11-15T00:00:00Z", plan_new(&seller, "3.00", "\"every\": \"month\""),
	    method_new(&customer, "stripe", "pm_card_visa"));
	id = id_of(&task);
	played_run("2027-12-12T00:00:10Z", play_renewal, &task);
	CHECK_INT(subscription_events(id, "charge_coming"), 1);
	CHECK_INT(paid(id), 1);
	played_run("2028-02-20T00:00:00Z", play_renewal, &task);
	CHECK_INT(paid(id), 4);
	CHECK_INT(taken_at_stripe(id), 4);
	CHECK_TEXT(sql_text("SELECT DATE(current_period_end) FROM subscriptions WHERE id = '%s'", id), "2028-03-15");
}

/* ---- what is asked for under an Idempotency-Key, by workers that are killed ---- */

struct errand {
	struct task        task;
	struct change_body change;
	unsigned char      scope[32];
	bool               resumes;
};

/* A key that was leased, as the routes do before they call a provider. */
static void
lease(struct errand *errand)
{
	char hex[sizeof errand->scope * 2 + 1] = "";

	random_bytes(errand->scope, sizeof errand->scope);
	for (size_t i = 0; i < sizeof errand->scope; i++)
		snprintf(hex + 2 * i, 3, "%02x", errand->scope[i]);
	CHECK_INT(
	    sql_run("INSERT INTO idempotency_keys (scope, request_hash, status) VALUES (UNHEX('%s'), UNHEX('%s'), 'running')",
		hex, hex),
	    1);
}

static const struct problem *
play_errand(struct work *work, void *argument)
{
	struct errand       *errand = argument;
	struct subscription *subscription;

	work->viewer =
	    (struct viewer) { .user = errand->task.customer, .session = { uuid_new() }, .permissions = PERMISSION(ORDER_PLACE) };
	work->leased_key = errand->scope;
	if (errand->resumes)
		return resume_subscription(work, errand->task.subscription, &subscription);
	return change_subscription(work, errand->task.subscription, &errand->change, &subscription);
}

/* Killed at one point after the other, and sent again: what it is about is charged once. */
static void
run_errand(struct errand *errand, int64_t kill_at, const char *day)
{
	static const char *hours[] = { "01:00:00Z", "02:15:00Z", "04:00:00Z", "06:00:00Z", NULL };
	const char        *id = id_of(&errand->task);
	int64_t            before = paid(id);
	bool               killed;

	lease(errand);
	(void)played_wait(played_start(form("%sT00:00:00Z", day), kill_at, play_errand, errand), &killed);
	played_run(form("%sT00:01:00Z", day), play_errand, errand);
	settle(day, hours, &errand->task, before + 1);
	played_run(form("%sT08:00:00Z", day), play_errand, errand);
	CHECK_INT(paid(id), before + 1);
	CHECK_INT(taken_at_stripe(id), before + 1);
	CHECK_TEXT(sql_text("SELECT status FROM subscriptions WHERE id = '%s'", id), "active");
}

static void
test_killed_while_resuming(void)
{
	const char *plan, *method;

	need_people();
	plan = plan_new(&seller, "4.00", "\"every\": \"month\"");
	method = method_new(&customer, "stripe", "pm_card_visa");
	for (int64_t point = 2; point <= 58; point += 8) {
		struct errand errand = { .task = subscribed("2027-11-15T00:00:00Z", plan, method), .resumes = true };

		EXPECT(api_post(form("/subscriptions/%s/pause", id_of(&errand.task)), customer.access, NULL), 200);
		run_errand(&errand, point, "2028-01-20");
		CHECK_INT(subscription_events(id_of(&errand.task), "resumed"), 1);
	}
	EXPECT_CONSISTENT();
}

static void
test_killed_while_changing(void)
{
	const char               *plan, *bad;
	struct payment_method_id *good = (struct payment_method_id *)form("%*s", (int)sizeof *good, "");

	need_people();
	plan = plan_new(&seller, "5.00", "\"every\": \"month\"");
	bad = method_new(&customer, "stripe", "pm_card_chargeDeclined");
	CHECK(uuid_parse(method_new(&customer, "stripe", "pm_card_visa"), &good->uuid));
	for (int64_t point = 2; point <= 58; point += 8) {
		struct errand errand = { .task = subscribed("2027-11-15T00:00:00Z", plan, bad),
			.change = { .payment_method = good } };

		CHECK_TEXT(sql_text("SELECT status FROM subscriptions WHERE id = '%s'", id_of(&errand.task)), "past_due");
		run_errand(&errand, point, "2027-11-15");
	}
	EXPECT_CONSISTENT();
}

SUITE("api: a year of subscriptions", TEST(test_twelve_months), TEST(test_leap_day), TEST(test_away_for_a_quarter),
    TEST(test_killed_while_resuming), TEST(test_killed_while_changing))
