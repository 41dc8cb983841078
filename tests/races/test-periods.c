/* Many at once about one period of a subscription: it is charged once, whoever comes in between. */
#include "tests/api/played.h"
#include "tests/api/subscribing.h"

#include "payments/subscriptions/renew.h"

#include <string.h>

enum { WORKERS = 6, ROUNDS = 4, DUELS = 8 };

static struct person seller, customer;
static const char   *monthly, *method;

static void
need_people(void)
{
	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	customer = person_new("customer");
	monthly = plan_new(&seller, "12.00", "\"every\": \"month\"");
	method = method_new(&customer, "stripe", "pm_card_visa");
}

static const char *
charged(void)
{
	const char *id;

	need_people();
	id = subscription_new(&customer, monthly, form(", \"payment_method_id\": \"%s\"", method));
	CHECK_TEXT(sql_text("SELECT status FROM subscriptions WHERE id = '%s'", id), "active");
	return id;
}

/* Its next period is due, but for the job that looks for it. */
static void
make_due(const char *id, const char *next_action)
{
	sql_run(
	    "UPDATE subscription_periods SET starts_at = starts_at - INTERVAL 1 MONTH, ends_at = NOW(3) WHERE subscription_id = '%s'",
	    id);
	sql_run(
	    "UPDATE subscriptions SET current_period_start = current_period_start - INTERVAL 1 MONTH, current_period_end = NOW(3), "
	    "anchor_at = NOW(3), anchor_months = 0, next_action_at = %s WHERE id = '%s'",
	    next_action, id);
}

static int64_t
count(const char *id, const char *what)
{
	return sql_number("SELECT COUNT(*) FROM subscription_periods d LEFT JOIN payments p ON p.period_id = d.id "
			  "WHERE d.subscription_id = '%s' AND %s",
	    id, what);
}

static const struct problem *
play_renewal(struct work *work, void *argument)
{
	return renew_subscription(work, *(const struct subscription_id *)argument);
}

/* By workers who all look at it at the same moment, and have all seen that it is due. */
static void
test_charged_by_many_workers(void)
{
	for (int round = 0; round < ROUNDS; round++) {
		const char            *id = charged();
		struct subscription_id subscription;
		pid_t                  workers[WORKERS];
		bool                   killed;

		CHECK(uuid_parse(id, &subscription.uuid));
		make_due(id, "NOW(3) + INTERVAL 1 HOUR");
		for (size_t i = 0; i < WORKERS; i++)
			workers[i] =
			    played_start(sql_text("SELECT DATE_FORMAT(NOW(3) + INTERVAL 1 SECOND, '%%Y-%%m-%%dT%%H:%%i:%%sZ')"),
				0, play_renewal, &subscription);
		for (size_t i = 0; i < WORKERS; i++)
			CHECK(played_wait(workers[i], &killed));
		subscription_renew(id);
		WAIT_FOR("2", "SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s' AND status = 'paid'", id);
		CHECK_INT(count(id, "p.succeeded_at IS NOT NULL"), 2);
		CHECK_INT(subscription_events(id, "charged"), 2);
	}
	EXPECT_CONSISTENT();
}

/* What was being charged when it was paused is kept, or never taken; resumed at once, no period is charged twice. */
static void
test_paused_while_charging(void)
{
	for (int round = 0; round < DUELS; round++) {
		const char *id = charged(), *path = form("/subscriptions/%s", id);

		make_due(id, "NOW(3)");
		run_job_now("renew_subscriptions");
		EXPECT(api_post(form("%s/pause", path), customer.access, NULL), 200);
		EXPECT(api_post(form("%s/resume", path), customer.access, NULL), 200);
		subscription_renew(id);
		WAIT_FOR("2", "SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s' AND status = 'paid'", id);
		CHECK_TEXT(sql_text("SELECT status FROM subscriptions WHERE id = '%s'", id), "active");
		CHECK_INT(count(id, "p.status = 'succeeded'"), 2);
	}
	EXPECT_CONSISTENT();
}

/* Cancelled in between the period was paid, or is void and whatever came for it has gone back. */
static void
test_cancelled_while_charging(void)
{
	for (int round = 0; round < DUELS; round++) {
		const char *id = charged();

		make_due(id, "NOW(3)");
		run_job_now("renew_subscriptions");
		EXPECT(api_post(form("/subscriptions/%s/cancel", id), customer.access, "{}"), 200);
		WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE unique_key = 'renew_subscription:%s'", id);
		CHECK_TEXT(sql_text("SELECT status FROM subscriptions WHERE id = '%s'", id), "cancelled");
		WAIT_FOR("0",
		    "SELECT COUNT(*) FROM subscription_periods d JOIN payments p ON p.period_id = d.id "
		    "WHERE d.subscription_id = '%s' AND d.status = 'void' AND (p.live = 1 OR p.status = 'succeeded')",
		    id);
		CHECK_INT(count(id, "d.status = 'due'"), 0);
		CHECK_INT(count(id, "d.status = 'paid'"), count(id, "d.status = 'paid' AND p.status = 'succeeded'"));
	}
	EXPECT_CONSISTENT();
}

/* Subscribed once by the same request, sent many times at once. */
static void
test_one_request_many_times(void)
{
	struct call   calls[8];
	struct answer answers[8];
	const char  **headers = (const char **)form("%*s", (int)(2 * sizeof *headers), "");
	const char   *before;

	need_people();
	headers[0] = form("Idempotency-Key: %s", fresh_phone() + 1);
	headers[1] = NULL;
	before = sql_text("SELECT COUNT(*) FROM subscriptions WHERE user_id = '%s'", customer.id);
	for (size_t i = 0; i < 8; i++)
		calls[i] = (struct call) { .method = "POST",
			.path = "/subscriptions",
			.token = customer.access,
			.body = form("{\"plan_id\": \"%s\", \"payment_method_id\": \"%s\"}", monthly, method),
			.headers = headers };
	api_calls(calls, 8, answers);
	for (size_t i = 0; i < 8; i++)
		CHECK(answers[i].status == 201 || answers[i].status == 409);
	CHECK_INT(sql_number("SELECT COUNT(*) - %s FROM subscriptions WHERE user_id = '%s'", before, customer.id), 1);
}

/* Who subscribes many times at once has one trial of the plan. */
static void
test_one_trial(void)
{
	struct call   calls[8];
	struct answer answers[8];
	const char   *trial;

	need_people();
	for (int round = 0; round < ROUNDS; round++) {
		trial = plan_new(&seller, "12.00", "\"every\": \"month\", \"trial_days\": 14");
		for (size_t i = 0; i < 8; i++)
			calls[i] = (struct call) { .method = "POST",
				.path = "/subscriptions",
				.token = customer.access,
				.body = form("{\"plan_id\": \"%s\"}", trial) };
		api_calls(calls, 8, answers);
		CHECK_INT(
		    sql_number("SELECT COUNT(*) FROM subscriptions WHERE plan_id = '%s' AND status = 'trialing'", trial), 1);
	}
}

SUITE("races: periods", TEST(test_charged_by_many_workers), TEST(test_paused_while_charging), TEST(test_cancelled_while_charging),
    TEST(test_one_request_many_times), TEST(test_one_trial))
