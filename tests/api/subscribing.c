#include "tests/api/subscribing.h"

#include <string.h>

const char *
plan_new(const struct person *seller, const char *amount, const char *members)
{
	struct answer answer =
	    api_post("/plans", seller->access, form("{\"name\": \"Tea of the month\", \"amount\": \"%s\", %s}", amount, members));

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return text_at(&answer, "id");
}

const char *
subscription_new(const struct person *customer, const char *plan, const char *members)
{
	struct answer answer = api_post("/subscriptions", customer->access, form("{\"plan_id\": \"%s\"%s}", plan, members));

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return text_at(&answer, "id");
}

struct answer
subscription_of(const struct person *person, const char *id)
{
	struct answer answer = api_get(form("/subscriptions/%s", id), person->access);

	EXPECT(answer, 200);
	return answer;
}

void
subscription_pay_link(const char *id)
{
	const char   *reference = sql_text("SELECT d.payment_reference FROM subscription_periods d "
					     "WHERE d.subscription_id = '%s' AND d.status = 'due'",
	      id);
	struct answer answer;

	REQUIRE(reference != NULL);
	answer = api_post(form("/payments/%s/attempts", reference), NULL, "{\"provider\": \"stripe\"}");
	EXPECT(answer, 201);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/pay/%s", text_at(&answer, "provider_transaction_id")), "force=1"), 200);
	WAIT_FOR("active", "SELECT status FROM subscriptions WHERE id = '%s'", id);
}

const char *
subscription_active(const struct person *customer, const char *plan)
{
	const char *id = subscription_new(customer, plan, "");

	subscription_pay_link(id);
	return id;
}

void
subscription_renew(const char *id)
{
	sql_run("UPDATE subscriptions SET next_action_at = NOW(3) - INTERVAL 1 SECOND WHERE id = '%s'", id);
	for (int i = 0; i < 3; i++) {
		run_job_now("renew_subscriptions");
		WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE unique_key = 'renew_subscription:%s'", id);
	}
	WAIT_FOR("0", "SELECT COUNT(*) FROM subscriptions WHERE id = '%s' AND next_action_at <= NOW(3)", id);
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE unique_key = 'renew_subscription:%s'", id);
}

void
subscription_run_out(const char *id)
{
	long long left_us = (long long)sql_number(
	    "SELECT GREATEST(0, TIMESTAMPDIFF(MICROSECOND, NOW(3), current_period_end)) FROM subscriptions WHERE id = '%s'", id);

	sql_run("UPDATE subscription_periods SET starts_at = starts_at - INTERVAL %lld MICROSECOND, "
		"ends_at = ends_at - INTERVAL %lld MICROSECOND WHERE subscription_id = '%s' ORDER BY number",
	    left_us, left_us, id);
	sql_run(
	    "UPDATE subscriptions SET current_period_start = current_period_start - INTERVAL %lld MICROSECOND, "
	    "current_period_end = current_period_end - INTERVAL %lld MICROSECOND, anchor_at = current_period_end, anchor_months = 0 "
	    "WHERE id = '%s'",
	    left_us, left_us, id);
	subscription_renew(id);
}

int64_t
subscription_events(const char *id, const char *type)
{
	return sql_number("SELECT COUNT(*) FROM events WHERE type = 'subscription.%s' AND aggregate_id = '%s'", type, id);
}
