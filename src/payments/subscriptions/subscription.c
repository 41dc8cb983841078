/* Subscriptions as rows: shapes, transitions, reading, locking, writing. */
#include "payments/subscriptions/subscription.h"

#include "base/arena.h"
#include "base/config.h"
#include "events/audit.h"
#include "http/permission.h"
#include "payments/payment.h"
#include "payments/provider.h"
#include "store/list.h"

const char *const subscription_status_values[] = { "trialing", "active", "past_due", "paused", "cancelled", "ended", NULL };
const char *const period_status_values[] = { "due", "paid", "refunded", "void", NULL };

#define TO(status) (1u << SUBSCRIPTION_##status)
#define FINAL (TO(CANCELLED) | TO(ENDED))

static const unsigned transitions[SUBSCRIPTION_STATUS__COUNT] = {
	[SUBSCRIPTION_TRIALING] = TO(ACTIVE) | TO(PAST_DUE) | TO(PAUSED) | FINAL,
	[SUBSCRIPTION_ACTIVE] = TO(PAST_DUE) | TO(PAUSED) | FINAL,
	[SUBSCRIPTION_PAST_DUE] = TO(ACTIVE) | FINAL,
	[SUBSCRIPTION_PAUSED] = TO(ACTIVE) | FINAL,
};

static bool
may_become(enum subscription_status from, enum subscription_status to)
{
	return (transitions[from] >> to & 1) != 0;
}

const struct problem *
subscription_state_problem(struct work *work, const struct subscription *subscription)
{
	return problem_at(work->arena, PROBLEM_SUBSCRIPTION_STATE, "status",
	    arena_format(work->arena, "is %s", subscription_status_values[subscription->status]));
}

const struct problem *
check_transition(struct work *work, const struct subscription *subscription, enum subscription_status to)
{
	if (may_become((enum subscription_status)subscription->status, to))
		return OK;
	return subscription_state_problem(work, subscription);
}

#define PERIOD_STATE_MEMBERS \
	M_ID(struct period, id, "id"), M_INTEGER(struct period, number, "number", 1, INT32_MAX), \
	    M_ID(struct period, plan, "plan_id"), M_TIME(struct period, starts_at, "starts_at"), \
	    M_TIME(struct period, ends_at, "ends_at"), M_MONEY(struct period, amount, "amount"), \
	    M_TEXT(struct period, currency, "currency", 3, .required = true, .example = "\"USD\""), \
	    M_ENUM(struct period, status, "status", period_status_values), \
	    M_INTEGER( \
		struct period, attempts, "attempts", 0, INT32_MAX, .description = "How often the stored method was charged."), \
	    M_INTEGER(struct period, failures, "failures", 0, INT32_MAX, .description = "How often it was not paid."), \
	    M_TIME(struct period, failed_at, "failed_at"), M_TEXT(struct period, failure_code, "failure_code", 64), \
	    M_TIME(struct period, next_attempt_at, "next_attempt_at"), \
	    M_TIME( \
		struct period, asked_until, "asked_until", .description = "Until when the payer has time to pay by the link."), \
	    M_TEXT(struct period, payment_reference, "payment_reference", 20, .example = "\"PAY-7Q2M9XKD4T\"", \
		.description = "Of the hosted page where the period can be paid, or was."), \
	    M_TIME(struct period, paid_at, "paid_at")

static const struct member period_members[] = {
	PERIOD_STATE_MEMBERS,
	M_BOOLEAN(struct period, by_link, "by_link", .hidden = true),
	M_ID(struct period, payment, "payment_id", .hidden = true),
};
SHAPE(struct period, period_shape, "SubscriptionPeriod", period_members);

#define SUBSCRIPTION_MEMBERS \
	M_ID(struct subscription, id, "id"), M_ID(struct subscription, user, "customer_id", .column = "user_id"), \
	    M_ID(struct subscription, merchant, "merchant_id"), \
	    M_ID(struct subscription, next_plan, "next_plan_id", \
		.description = "Of the next period on; null when the plan stays."), \
	    M_ID(struct subscription, payment_method, "payment_method_id", \
		.description = "Null when each period is paid by a link."), \
	    M_ENUM(struct subscription, status, "status", subscription_status_values), \
	    M_BOOLEAN(struct subscription, cancel_at_period_end, "cancel_at_period_end"), \
	    M_TIME(struct subscription, current_period_start, "current_period_start"), \
	    M_TIME(struct subscription, current_period_end, "current_period_end"), \
	    M_METADATA(struct subscription, metadata, .required = true), \
	    M_TIME(struct subscription, cancelled_at, "cancelled_at"), M_TIME(struct subscription, ended_at, "ended_at"), \
	    M_TIME(struct subscription, created_at, "created_at")

static const struct member subscription_members[] = {
	SUBSCRIPTION_MEMBERS,
	M_OBJECT(struct subscription, plan, "plan", plan_shape),
	M_OBJECT(struct subscription, period, "period", period_shape,
	    .description = "The last period that was to be paid; null while there was none."),
	M_TEXT(struct subscription, payment_url, "payment_url", 1024, .computed = true, .example = "null",
	    .description = "Where the open period can be paid by hand; null when it is not to be."),
	M_TIME(struct subscription, anchor, "anchor_at", .hidden = true),
	M_INTEGER(struct subscription, anchor_months, "anchor_months", 0, INT32_MAX, .hidden = true),
	M_INTEGER(struct subscription, number, "period_number", 0, INT32_MAX, .hidden = true),
	M_INTEGER(struct subscription, announced, "announced_number", 0, INT32_MAX, .hidden = true),
	M_BOOLEAN(struct subscription, waits_for_merchant, "waits_for_merchant", .hidden = true),
	M_BOOLEAN(struct subscription, merchant_active, "merchant_active", .hidden = true, .computed = true),
	M_BOOLEAN(struct subscription, user_active, "user_active", .hidden = true, .computed = true),
	M_TIME(struct subscription, next_action_at, "next_action_at", .hidden = true),
	M_TEXT(struct subscription, method_provider, "method_provider", 32, .hidden = true, .computed = true),
	M_INTEGER(struct subscription, notice_number, "notice_number", 0, INT32_MAX, .hidden = true),
	M_TEXT(struct subscription, notice_reference, "notice_reference", 20, .hidden = true),
	M_TEXT(struct subscription, notice_transaction, "notice_transaction", 191, .hidden = true),
	M_TIME(struct subscription, notice_try_at, "notice_try_at", .hidden = true),
	M_BOOLEAN(struct subscription, ended_by_customer, "ended_by_customer", .hidden = true),
};
SHAPE_SHARED(struct subscription, subscription_shape, "Subscription", subscription_members);

#define SELECT_SUBSCRIPTION \
	"SELECT {s}, {p plan}, {d period}, (SELECT m.status = 'active' FROM merchants m WHERE m.id = s.merchant_id) AS merchant_active, " \
	"(SELECT u.status = 'active' FROM users u WHERE u.id = s.user_id) AS user_active, " \
	"(SELECT pm.provider FROM payment_methods pm WHERE pm.id = s.payment_method_id) AS method_provider "
#define FROM_SUBSCRIPTIONS \
	"FROM subscriptions s JOIN plans p ON p.id = s.plan_id " \
	"LEFT JOIN subscription_periods d ON d.subscription_id = s.id AND d.number = s.period_number "

const struct problem *
read_subscription(struct work *work, struct subscription_id id, struct subscription **subscription)
{
	return db_one(
	    work->db, &subscription_shape, subscription, SELECT_SUBSCRIPTION FROM_SUBSCRIPTIONS "WHERE s.id = ?", P(id));
}

/* The row alone is locked: its plan is everybody's. */
const struct problem *
lock_subscription(struct work *work, struct subscription_id id, struct subscription **subscription)
{
	int64_t there;

	TRY(db_value(work->db, &there, "SELECT 1 FROM subscriptions WHERE id = ? FOR UPDATE", P(id)));
	return read_subscription(work, id, subscription);
}

const struct problem *
lock_own_subscription(struct work *work, struct subscription_id id, struct subscription **subscription)
{
	struct reach reach = REACH(work, SUBSCRIPTION_MANAGE, SUBSCRIPTION_MANAGE_OWN);
	bool         own;

	TRY(lock_subscription(work, id, subscription));
	own = ID_EQUAL((*subscription)->user, work->viewer.user) ||
	    (reach.merchant != NULL && ID_EQUAL((*subscription)->merchant, *reach.merchant));
	return reach.all || own ? OK : problem(NOT_FOUND, "subscription not found");
}

/* ---- what the job does next, and when ---- */

static struct instant
earlier(struct instant a, struct instant b)
{
	return a.unix_ms < b.unix_ms ? a : b;
}

enum { LOOK_AGAIN_SECONDS = 3600, DAY_SECONDS = 86400 };

bool
notice_turn(const struct subscription *subscription, struct instant *at)
{
	const char                    *name = subscription->method_provider;
	const struct provider         *provider = name == NULL ? NULL : provider_known(name);
	const struct provider_methods *methods = provider == NULL ? NULL : provider->methods;
	struct instant                 end = subscription->current_period_end;

	if (methods == NULL || methods->give_notice == NULL || subscription->cancel_at_period_end ||
	    !subscription->merchant_active || !subscription->user_active)
		return false;
	if (subscription->notice_number > subscription->number) {
		if (subscription->notice_try_at != NULL)
			*at = *subscription->notice_try_at;
		return subscription->notice_try_at != NULL;
	}
	*at = instant_add_seconds(end, -methods->notice_seconds);
	if (subscription->notice_try_at != NULL && subscription->notice_try_at->unix_ms > at->unix_ms)
		*at = *subscription->notice_try_at; /* it was told in vain before */
	return instant_add_seconds(end, -methods->notice_least_seconds).unix_ms > instant_now().unix_ms;
}

/* A charge is announced so many days before, but not where a period is hardly longer than that. */
static struct instant
announce_turn(struct work *work, const struct subscription *subscription)
{
	struct instant end = subscription->current_period_end;
	int64_t        notice = work->config->subscriptions.notice_days * DAY_SECONDS;
	int64_t        length = (end.unix_ms - subscription->current_period_start.unix_ms) / 1000;

	if (notice == 0 || length <= notice || subscription->cancel_at_period_end ||
	    subscription->announced > subscription->number)
		return end;
	return instant_add_seconds(end, -notice);
}

struct instant
subscription_turn(struct work *work, const struct subscription *subscription)
{
	struct instant turn = announce_turn(work, subscription), notice;

	return notice_turn(subscription, &notice) ? earlier(turn, notice) : turn;
}

static void
set_next_action(struct work *work, struct subscription *subscription)
{
	const struct period *period = open_period(subscription);
	struct instant       next = instant_add_seconds(instant_now(), LOOK_AGAIN_SECONDS);
	int                  status = subscription->status;

	subscription->next_action_at = NULL;
	if (status == SUBSCRIPTION_CANCELLED || status == SUBSCRIPTION_ENDED ||
	    (status == SUBSCRIPTION_PAUSED && !subscription->cancel_at_period_end))
		return;
	if (status == SUBSCRIPTION_PAUSED)
		next = subscription->current_period_end;
	else if (period == NULL && !subscription->waits_for_merchant)
		next = subscription_turn(work, subscription);
	else if (period != NULL && period->next_attempt_at != NULL && !subscription->waits_for_merchant)
		next = *period->next_attempt_at;
	else if (period != NULL && period->asked_until != NULL && !subscription->waits_for_merchant)
		next = *period->asked_until;
	if (subscription->cancel_at_period_end)
		next = earlier(next, subscription->current_period_end);
	subscription->next_action_at = ARENA_NEW(work->arena, struct instant);
	*subscription->next_action_at = next;
}

const struct problem *
read_period(struct work *work, struct period_id id, struct period **period)
{
	return db_one(work->db, &period_shape, period, "SELECT {} FROM subscription_periods WHERE id = ?", P(id));
}

const struct problem *
save_period(struct work *work, const struct period *period)
{
	return db_run(work->db, NULL,
	    "UPDATE subscription_periods SET starts_at = ?, ends_at = ?, status = ?, attempts = ?, failures = ?, failed_at = ?, failure_code = ?, "
	    "next_attempt_at = ?, asked_until = ?, by_link = ?, payment_reference = ?, payment_id = ?, paid_at = ? WHERE id = ?",
	    P(period->starts_at), P(period->ends_at), P(period_status_values[period->status]), P(period->attempts),
	    P(period->failures), P(period->failed_at), P(period->failure_code), P(period->next_attempt_at),
	    P(period->asked_until), P(period->by_link), P(period->payment_reference), P(period->payment), P(period->paid_at),
	    P(period->id));
}

const struct problem *
save_subscription(struct work *work, struct subscription *subscription)
{
	set_next_action(work, subscription);
	TRY(db_run(work->db, NULL,
	    "UPDATE subscriptions SET plan_id = ?, next_plan_id = ?, payment_method_id = ?, status = ?, cancel_at_period_end = ?, "
	    "anchor_at = ?, anchor_months = ?, current_period_start = ?, current_period_end = ?, period_number = ?, "
	    "announced_number = ?, waits_for_merchant = ?, next_action_at = ?, notice_number = ?, notice_reference = ?, "
	    "notice_transaction = ?, notice_try_at = ?, ended_by_customer = ?, cancelled_at = ?, ended_at = ?, updated_by = ? "
	    "WHERE id = ?",
	    P(subscription->plan.id), P(subscription->next_plan), P(subscription->payment_method),
	    P(subscription_status_values[subscription->status]), P(subscription->cancel_at_period_end), P(subscription->anchor),
	    P(subscription->anchor_months), P(subscription->current_period_start), P(subscription->current_period_end),
	    P(subscription->number), P(subscription->announced), P(subscription->waits_for_merchant),
	    P(subscription->next_action_at), P(subscription->notice_number), P(subscription->notice_reference),
	    P(subscription->notice_transaction), P(subscription->notice_try_at), P(subscription->ended_by_customer),
	    P(subscription->cancelled_at), P(subscription->ended_at), P(acting_user(work)), P(subscription->id)));
	return subscription->period == NULL ? OK : save_period(work, subscription->period);
}

const struct problem *
insert_subscription(struct work *work, struct subscription *subscription)
{
	set_next_action(work, subscription);
	return db_run(work->db, NULL,
	    "INSERT INTO subscriptions (id, user_id, merchant_id, plan_id, payment_method_id, status, anchor_at, anchor_months, "
	    "current_period_start, current_period_end, metadata, next_action_at, created_at, created_by, updated_by) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, JSON_MERGE_PATCH('{}', ?), ?, ?, ?, ?)",
	    P(subscription->id), P(subscription->user), P(subscription->merchant), P(subscription->plan.id),
	    P(subscription->payment_method), P(subscription_status_values[subscription->status]), P(subscription->anchor),
	    P(subscription->anchor_months), P(subscription->current_period_start), P(subscription->current_period_end),
	    P(subscription->metadata), P(subscription->next_action_at), P(subscription->created_at), P(acting_user(work)),
	    P(acting_user(work)));
}

/* ---- who sees what ---- */

const struct problem *
find_subscription(struct work *work, struct subscription_id id, struct subscription **subscription)
{
	struct reach reach = REACH(work, PAYMENT_READ_ALL, SUBSCRIPTION_MANAGE_OWN);

	return db_one(work->db, &subscription_shape, subscription,
	    SELECT_SUBSCRIPTION FROM_SUBSCRIPTIONS "WHERE s.id = ? AND (? OR s.user_id = ? OR s.merchant_id = ?)", P(id),
	    P(reach.all), P(work->viewer.user), P(reach.merchant));
}

static const struct list_order newest_first[] = { { .id = "s.id", .descending = true } };

const struct problem *
list_subscriptions(struct work *work, const int *status, const struct page_request *page, struct subscription **subscriptions,
    struct listed *listed)
{
	struct reach reach = REACH(work, PAYMENT_READ_ALL, SUBSCRIPTION_MANAGE_OWN);
	struct list  list = list_begin(work, SELECT_SUBSCRIPTION, FROM_SUBSCRIPTIONS);

	if (!reach.all && reach.merchant != NULL)
		list_where(&list, "s.merchant_id = ?", P(*reach.merchant));
	else if (!reach.all)
		list_where(&list, "s.user_id = ?", P(work->viewer.user));
	if (status != NULL)
		list_where(&list, "s.status = ?", P(subscription_status_values[*status]));
	return list_page(&list, &subscription_shape, newest_first, page, subscriptions, listed);
}

/* ---- what events tell: no name of the customer, and no words of the merchant ---- */

static const struct member told_period_members[] = {
	PERIOD_STATE_MEMBERS,
	M_BOOLEAN(struct period, by_link, "by_link"),
	M_ID(struct period, payment, "payment_id"),
};
SHAPE(struct period, told_period_shape, "SubscriptionPeriodState", told_period_members);

static const struct member told_plan_members[] = {
	M_ID(struct plan, id, "id"),
	M_MONEY(struct plan, amount, "amount"),
	M_TEXT(struct plan, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_ENUM(struct plan, every, "every", every_values),
	M_INTEGER(struct plan, count, "count", 1, INT32_MAX),
	M_INTEGER(struct plan, trial_days, "trial_days", 0, INT32_MAX),
	M_ENUM(struct plan, status, "status", plan_status_values),
};
SHAPE(struct plan, told_plan_shape, "SubscribedPlanState", told_plan_members);

static const struct member subscription_state_members[] = {
	SUBSCRIPTION_MEMBERS,
	M_ID(struct subscription, plan.id, "plan_id"),
	M_OBJECT(struct subscription, plan, "plan", told_plan_shape),
	M_OBJECT(struct subscription, period, "period", told_period_shape),
	M_TIME(struct subscription, anchor, "anchor_at"),
	M_INTEGER(struct subscription, anchor_months, "anchor_months", 0, INT32_MAX),
	M_INTEGER(struct subscription, number, "period_number", 0, INT32_MAX),
};
SHAPE(struct subscription, subscription_state_shape, "SubscriptionState", subscription_state_members);

const struct problem *
record_subscription_event(struct work *work, enum event_type type, const struct subscription *subscription)
{
	return event_record(work, type, subscription->id.uuid, &subscription_state_shape, subscription);
}

const struct subscription *
subscription_before(struct work *work, const struct subscription *subscription)
{
	struct subscription *before = ARENA_NEW(work->arena, struct subscription);

	*before = *subscription;
	if (subscription->period != NULL) {
		before->period = ARENA_NEW(work->arena, struct period);
		*before->period = *subscription->period;
	}
	return before;
}

const struct problem *
audit_subscription(struct work *work, const char *action, const struct subscription *before, const struct subscription *after)
{
	return audit_record(work, action, "subscription", after->id.uuid, &subscription_state_shape, before, after);
}
