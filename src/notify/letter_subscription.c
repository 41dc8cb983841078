/* Letters to who has subscribed to a merchant's plan: before each charge and after it. */
#include "notify/letter.h"

#include "accounts/accounts.h"
#include "base/arena.h"
#include "base/config.h"
#include "payments/subscriptions/subscription.h"
#include "store/db.h"

enum { DATE_LENGTH = 10 };

/* What they all may say; NULL: it is not so. */
struct subscription_letter {
	struct letter_head head;
	const char        *merchant, *plan, *currency;
	struct money       amount;     /* of the period that the letter is about */
	const char        *begins_on;  /* the day on which that period begins, and */
	const char        *ends_on;    /* the next one */
	const char        *next_try;   /* the day on which it is charged again */
	const char        *pay_before; /* the day until which the link can be paid */
	const char        *url;        /* where it can be paid by hand */
	bool               by_link;    /* nothing is charged: the payer is asked */
	bool               unpaid;     /* it has ended for want of money */
};

#define DAY_MEMBER(field, ...) \
	M_TEXT(struct subscription_letter, field, #field, DATE_LENGTH, .example = "\"2026-12-01\"", ##__VA_ARGS__)

static const struct member subscription_letter_members[] = {
	LETTER_MEMBERS(struct subscription_letter),
	M_TEXT(struct subscription_letter, merchant, "merchant", 150, .required = true, .example = "\"Dhaka Bells\""),
	M_TEXT(struct subscription_letter, plan, "plan", 150, .required = true, .example = "\"A bell a month\""),
	M_TEXT(struct subscription_letter, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_MONEY(struct subscription_letter, amount, "amount"),
	DAY_MEMBER(begins_on, .required = true),
	DAY_MEMBER(ends_on),
	DAY_MEMBER(next_try),
	DAY_MEMBER(pay_before),
	M_TEXT(struct subscription_letter, url, "url", 1100, .example = "\"https://shop.example/pay/PAY-7Q2M9XKD4T\""),
	M_BOOLEAN(struct subscription_letter, by_link, "by_link"),
	M_BOOLEAN(struct subscription_letter, unpaid, "unpaid"),
};
SHAPE(struct subscription_letter, subscription_letter_shape, "SubscriptionLetter", subscription_letter_members);

static const struct problem *
find_subscriber(struct work *work, struct uuid subscription, struct uuid *reader)
{
	return letter_find(work, "SELECT user_id AS id FROM subscriptions WHERE id = ?", subscription, reader);
}

/* "2026-12-01", in UTC, as periods are counted. */
static const char *
day_of(struct work *work, const struct instant *instant)
{
	char text[INSTANT_TEXT_SIZE];

	if (instant == NULL)
		return NULL;
	instant_write(*instant, text);
	return arena_copy(work->arena, text, DATE_LENGTH);
}

/* Of the plan, with nothing about a period yet. */
static const struct problem *
new_letter(struct work *work, const struct subscription *subscription, const struct plan *plan, struct subscription_letter **into)
{
	struct subscription_letter *letter = ARENA_NEW(work->arena, struct subscription_letter);
	struct merchant            *merchant;

	TRY(read_merchant(work, subscription->merchant, &merchant));
	letter->merchant = merchant->shop_name;
	letter->plan = plan->name;
	letter->amount = plan->amount;
	letter->currency = plan->currency;
	letter->begins_on = day_of(work, &subscription->current_period_start);
	letter->ends_on = day_of(work, &subscription->current_period_end);
	letter->by_link = subscription->payment_method == NULL;
	*into = letter;
	return OK;
}

/* Of its period, by the plan that was the subscription's then. */
static const struct problem *
new_period_letter(
    struct work *work, const struct letter_told *told, const struct subscription *subscription, struct subscription_letter **into)
{
	const struct period *period = subscription->period;
	const struct plan   *plan = &subscription->plan;
	struct plan         *then;

	if (period != NULL && !ID_EQUAL(period->plan, plan->id)) {
		TRY(read_plan(work, period->plan, &then));
		plan = then;
	}
	TRY(new_letter(work, subscription, plan, into));
	if (period == NULL)
		return OK;
	(*into)->amount = period->amount;
	(*into)->currency = period->currency;
	(*into)->begins_on = day_of(work, &period->starts_at);
	(*into)->ends_on = day_of(work, &period->ends_at);
	(*into)->next_try = day_of(work, period->next_attempt_at);
	(*into)->pay_before = day_of(work, period->asked_until);
	if (period->status == PERIOD_DUE && period->payment_reference != NULL)
		(*into)->url = arena_format(work->arena, "%s/pay/%s", told->pages, period->payment_reference);
	return OK;
}

/* *subscription is NULL when there is none any more. */
static const struct problem *
read_it(struct work *work, struct uuid id, struct subscription **subscription)
{
	const struct problem *problem = read_subscription(work, (struct subscription_id) { id }, subscription);

	if (!problem_is(problem, PROBLEM_NOT_FOUND))
		return problem;
	*subscription = NULL;
	return OK;
}

/* ---- a charge that is coming ---- */

static bool
charge_is_coming(const struct subscription *subscription)
{
	return (subscription->status == SUBSCRIPTION_ACTIVE || subscription->status == SUBSCRIPTION_TRIALING) &&
	    !subscription->cancel_at_period_end && subscription->announced == subscription->number + 1;
}

static const struct problem *
read_coming(struct work *work, const struct letter_told *told, void **members)
{
	struct subscription_letter *letter;
	struct subscription        *subscription;
	const struct plan          *plan;
	struct plan                *next;

	TRY(read_it(work, told->aggregate, &subscription));
	*members = NULL;
	if (subscription == NULL || !charge_is_coming(subscription))
		return OK;
	plan = &subscription->plan;
	if (subscription->next_plan != NULL) {
		TRY(read_plan(work, *subscription->next_plan, &next));
		plan = next;
	}
	TRY(new_letter(work, subscription, plan, &letter));
	letter->begins_on = letter->ends_on;
	letter->ends_on = NULL;
	*members = letter;
	return OK;
}

const struct letter subscription_coming_letter = {
	.name = "subscription-coming",
	.event = EVENT_SUBSCRIPTION_CHARGE_COMING,
	.to = LETTER_TO_USER,
	.shape = &subscription_letter_shape,
	.find_reader = find_subscriber,
	.read = read_coming,
};

/* ---- what became of a period ---- */

struct told_period {
	struct period_id *id; /* NULL: it told of none */
};

static const struct member told_period_members[] = {
	M_ID(struct told_period, id, "id", .computed = true),
};
SHAPE(struct told_period, told_period_shape, "ToldPeriod", told_period_members);

/*
 * The period that the event told of, as it is now, takes the place of the last one: another may have begun since.  An event that is
 * purged tells nothing.
 */
static const struct problem *
take_told_period(struct work *work, struct event_id event, struct subscription *subscription)
{
	struct told_period *told;
	struct period      *last = subscription->period;

	TRY(db_row(work->db, &told_period_shape, &told,
	    "SELECT UNHEX(REPLACE(JSON_VALUE(e.payload, '$.period.id'), '-', '')) AS id FROM events e WHERE e.id = ?", P(event)));
	if (told == NULL || (told->id != NULL && last != NULL && ID_EQUAL(last->id, *told->id)))
		return OK;
	subscription->period = NULL;
	return told->id == NULL ? OK : read_period(work, *told->id, &subscription->period);
}

/* Is it still so?  Each letter about a period has its own question. */
static const struct problem *
read_if(struct work *work, const struct letter_told *told, bool (*holds)(const struct subscription *subscription), void **members)
{
	struct subscription_letter *letter;
	struct subscription        *subscription;

	TRY(read_it(work, told->aggregate, &subscription));
	*members = NULL;
	if (subscription == NULL)
		return OK;
	TRY(take_told_period(work, told->event, subscription));
	if (!holds(subscription))
		return OK;
	TRY(new_period_letter(work, told, subscription, &letter));
	letter->unpaid = subscription->period != NULL && subscription->period->failed_at != NULL &&
	    subscription->period->status == PERIOD_VOID;
	*members = letter;
	return OK;
}

static bool
is_asked(const struct subscription *subscription)
{
	const struct period *period = open_period(subscription);

	return period != NULL && period->payment_reference != NULL && period->asked_until != NULL;
}

static const struct problem *
read_asked(struct work *work, const struct letter_told *told, void **members)
{
	return read_if(work, told, is_asked, members);
}

const struct letter subscription_asked_letter = {
	.name = "subscription-asked",
	.event = EVENT_SUBSCRIPTION_PAYMENT_ASKED,
	.to = LETTER_TO_USER,
	.shape = &subscription_letter_shape,
	.find_reader = find_subscriber,
	.read = read_asked,
};

static bool
is_charged(const struct subscription *subscription)
{
	return subscription->period != NULL && subscription->period->status == PERIOD_PAID;
}

static const struct problem *
read_charged(struct work *work, const struct letter_told *told, void **members)
{
	return read_if(work, told, is_charged, members);
}

const struct letter subscription_charged_letter = {
	.name = "subscription-charged",
	.event = EVENT_SUBSCRIPTION_CHARGED,
	.to = LETTER_TO_USER,
	.shape = &subscription_letter_shape,
	.find_reader = find_subscriber,
	.read = read_charged,
};

static bool
is_past_due(const struct subscription *subscription)
{
	return subscription->status == SUBSCRIPTION_PAST_DUE && open_period(subscription) != NULL;
}

static const struct problem *
read_failed(struct work *work, const struct letter_told *told, void **members)
{
	return read_if(work, told, is_past_due, members);
}

const struct letter subscription_failed_letter = {
	.name = "subscription-failed",
	.event = EVENT_SUBSCRIPTION_CHARGE_FAILED,
	.to = LETTER_TO_USER,
	.shape = &subscription_letter_shape,
	.find_reader = find_subscriber,
	.read = read_failed,
};

/* ---- the end ---- */

static bool
is_over(const struct subscription *subscription)
{
	return subscription->status == SUBSCRIPTION_CANCELLED || subscription->status == SUBSCRIPTION_ENDED;
}

static const struct problem *
read_over(struct work *work, const struct letter_told *told, void **members)
{
	return read_if(work, told, is_over, members);
}

const struct letter subscription_ended_letter = {
	.name = "subscription-ended",
	.event = EVENT_SUBSCRIPTION_ENDED,
	.to = LETTER_TO_USER,
	.to_disabled = true,
	.shape = &subscription_letter_shape,
	.find_reader = find_subscriber,
	.read = read_over,
};

const struct letter subscription_cancelled_letter = {
	.name = "subscription-cancelled",
	.event = EVENT_SUBSCRIPTION_CANCELLED,
	.to = LETTER_TO_USER,
	.to_disabled = true,
	.shape = &subscription_letter_shape,
	.find_reader = find_subscriber,
	.read = read_over,
};
