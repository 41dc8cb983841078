#include "payments/subscriptions/period.h"

#include "base/arena.h"
#include "base/config.h"
#include "events/job.h"
#include "payments/payment.h"
#include "store/db.h"

#include <stdlib.h>

enum { DAY_SECONDS = 86400, LEAST_WAIT_SECONDS = 60 };

static struct instant *
kept(struct work *work, struct instant instant)
{
	struct instant *copy = ARENA_NEW(work->arena, struct instant);

	*copy = instant;
	return copy;
}

static struct schedule
subscription_schedule(const struct subscription *subscription)
{
	return (struct schedule) { .anchor = subscription->anchor,
		.start = subscription->current_period_start,
		.end = subscription->current_period_end,
		.months = subscription->anchor_months };
}

void
set_schedule(struct subscription *subscription, struct schedule schedule)
{
	subscription->anchor = schedule.anchor;
	subscription->anchor_months = schedule.months;
	subscription->current_period_start = schedule.start;
	subscription->current_period_end = schedule.end;
}

static const struct problem *
take_next_plan(struct work *work, struct subscription *subscription)
{
	struct plan *plan;

	if (subscription->next_plan == NULL)
		return OK;
	TRY(read_plan(work, *subscription->next_plan, &plan));
	subscription->plan = *plan;
	subscription->next_plan = NULL;
	return OK;
}

/* The keys refuse a second one of that number, and one beside another that is open. */
static const struct problem *
insert_period(struct work *work, struct subscription *subscription)
{
	struct period *period = ARENA_NEW(work->arena, struct period);

	subscription->number++;
	*period = (struct period) { .id = NEW_ID(period_id),
		.number = subscription->number,
		.plan = subscription->plan.id,
		.starts_at = subscription->current_period_start,
		.ends_at = subscription->current_period_end,
		.amount = subscription->plan.amount,
		.currency = subscription->plan.currency,
		.status = PERIOD_DUE,
		.next_attempt_at = kept(work, instant_now()) };
	subscription->period = period;
	TRY(db_run(work->db, NULL,
	    "INSERT INTO subscription_periods (id, subscription_id, number, plan_id, starts_at, ends_at, amount_minor, currency, "
	    "next_attempt_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    P(period->id), P(subscription->id), P(period->number), P(period->plan), P(period->starts_at), P(period->ends_at),
	    P(period->amount.minor), P(period->currency), P(period->next_attempt_at)));
	return save_subscription(work, subscription);
}

const struct problem *
begin_next_period(struct work *work, struct subscription *subscription)
{
	if (subscription->waits_for_merchant)
		return begin_period_now(work, subscription);
	TRY(take_next_plan(work, subscription));
	set_schedule(subscription, schedule_next(plan_interval(&subscription->plan), subscription_schedule(subscription)));
	return insert_period(work, subscription);
}

const struct problem *
begin_period_now(struct work *work, struct subscription *subscription)
{
	TRY(take_next_plan(work, subscription));
	subscription->waits_for_merchant = false;
	drop_notice(subscription);
	set_schedule(subscription, schedule_begin(plan_interval(&subscription->plan), instant_now()));
	return insert_period(work, subscription);
}

static void
begin_again(struct subscription *subscription)
{
	struct period *period = subscription->period;

	subscription->waits_for_merchant = false;
	set_schedule(subscription, schedule_begin(plan_interval(&subscription->plan), instant_now()));
	period->starts_at = subscription->current_period_start;
	period->ends_at = subscription->current_period_end;
}

void
begin_open_period_again(struct work *work, struct subscription *subscription)
{
	struct period *period = open_period(subscription);

	begin_again(subscription);
	if (period->asked_until == NULL)
		return;
	period->asked_until = NULL;
	period->payment_reference = NULL;
	period->next_attempt_at = kept(work, instant_now());
}

void
ask_by_link_soon(struct work *work, struct subscription *subscription)
{
	struct period *period = open_period(subscription);

	period->by_link = true;
	period->payment_reference = NULL;
	period->asked_until = NULL;
	period->next_attempt_at = kept(work, instant_now());
}

const struct problem *
ask_payer(struct work *work, struct subscription *subscription, const char *reference)
{
	struct period *period = open_period(subscription);
	int64_t        seconds = work->config->subscriptions.link_days * DAY_SECONDS;

	period->payment_reference = reference;
	period->next_attempt_at = NULL;
	period->asked_until = kept(work, instant_add_seconds(instant_now(), seconds));
	TRY(save_subscription(work, subscription));
	return record_subscription_event(work, EVENT_SUBSCRIPTION_PAYMENT_ASKED, subscription);
}

/* What is paid while it is paused stays paused: its charge was under way. */
static void
become_active(struct subscription *subscription)
{
	struct period  *period = subscription->period;
	struct schedule now;

	if (subscription->status == SUBSCRIPTION_PAUSED)
		return;
	if (subscription->waits_for_merchant)
		begin_again(subscription);
	else if (subscription->status == SUBSCRIPTION_PAST_DUE && period->ends_at.unix_ms <= instant_now().unix_ms) {
		now = schedule_at(plan_interval(&subscription->plan), subscription_schedule(subscription), instant_now());
		set_schedule(subscription, now);
		period->starts_at = now.start;
		period->ends_at = now.end;
	}
	subscription->status = SUBSCRIPTION_ACTIVE;
}

const struct problem *
period_was_paid(struct work *work, struct subscription *subscription, struct payment_id payment)
{
	struct period *period = open_period(subscription);

	become_active(subscription);
	period->status = PERIOD_PAID;
	period->payment = ARENA_NEW(work->arena, struct payment_id);
	*period->payment = payment;
	period->paid_at = kept(work, instant_now());
	period->failure_code = NULL;
	period->next_attempt_at = period->asked_until = NULL;
	TRY(save_subscription(work, subscription));
	if (period->payment_reference != NULL)
		TRY(end_attempts_soon(work, period->id)); /* the other way to pay it */
	return record_subscription_event(work, EVENT_SUBSCRIPTION_CHARGED, subscription);
}

/* After how many days of the first failure it is tried again, having failed so often; -1: no more. */
static int64_t
retry_days(struct work *work, int64_t failures)
{
	const char *const *days = work->config->subscriptions.retry_days;

	for (; *days != NULL && failures > 1; failures--)
		days++;
	return *days == NULL ? -1 : strtoll(*days, NULL, 10);
}

/* When it is tried again: never at once, though the job should have been away for days. */
static struct instant
next_try(const struct period *period, int64_t days, struct instant now)
{
	struct instant planned = instant_add_seconds(*period->failed_at, days * DAY_SECONDS);
	struct instant least = instant_add_seconds(now, LEAST_WAIT_SECONDS);

	return planned.unix_ms > least.unix_ms ? planned : least;
}

const struct problem *
period_was_not_paid(struct work *work, struct subscription *subscription, const char *code)
{
	struct period *period = open_period(subscription);
	struct instant now = instant_now();
	int64_t        days;

	if (subscription->status == SUBSCRIPTION_PAUSED)
		return give_up_period(work, subscription);
	period->failures++;
	period->failure_code = code;
	period->asked_until = NULL;
	if (period->failed_at == NULL)
		period->failed_at = kept(work, now);
	subscription->status = SUBSCRIPTION_PAST_DUE;
	days = retry_days(work, period->failures);
	period->next_attempt_at = days < 0 ? NULL : kept(work, next_try(period, days, now));
	TRY(save_subscription(work, subscription));
	TRY(record_subscription_event(work, EVENT_SUBSCRIPTION_CHARGE_FAILED, subscription));
	return days < 0 ? finish_subscription(work, subscription, SUBSCRIPTION_ENDED) : OK;
}

const struct problem *
end_attempts_soon(struct work *work, struct period_id period)
{
	struct event_notice notice = { .aggregate = period.uuid };

	return job_enqueue(work, JOB_END_PERIOD_ATTEMPTS,
	    arena_format(work->arena, "%s:%s", job_kind_name(JOB_END_PERIOD_ATTEMPTS), uuid_text(work->arena, period.uuid)), NULL,
	    &event_notice_shape, &notice);
}

const struct problem *
give_up_period(struct work *work, struct subscription *subscription)
{
	struct period *period = open_period(subscription);

	if (period == NULL)
		return save_subscription(work, subscription);
	period->status = PERIOD_VOID;
	period->next_attempt_at = period->asked_until = NULL;
	TRY(save_subscription(work, subscription));
	return end_attempts_soon(work, period->id);
}

const struct problem *
finish_subscription(struct work *work, struct subscription *subscription, enum subscription_status status)
{
	bool cancelled = status == SUBSCRIPTION_CANCELLED;

	subscription->status = (int)status;
	*(cancelled ? &subscription->cancelled_at : &subscription->ended_at) = kept(work, instant_now());
	TRY(give_up_period(work, subscription));
	return record_subscription_event(work, cancelled ? EVENT_SUBSCRIPTION_CANCELLED : EVENT_SUBSCRIPTION_ENDED, subscription);
}
