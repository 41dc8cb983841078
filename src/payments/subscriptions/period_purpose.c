#include "payments/subscriptions/period_purpose.h"

#include "base/arena.h"
#include "base/log.h"
#include "payments/link.h"
#include "payments/risk/review.h"
#include "payments/subscriptions/period.h"
#include "store/db.h"

struct owner {
	struct subscription_id subscription;
};
static const struct member owner_members[] = {
	M_ID(struct owner, subscription, "subscription_id"),
};
SHAPE(struct owner, owner_shape, "PeriodOwner", owner_members, .noun = "period");

const struct problem *
lock_period(struct work *work, struct period_id id, struct period_target **target)
{
	struct period_target *found = ARENA_NEW(work->arena, struct period_target);
	struct owner         *owner;

	TRY(db_one(work->db, &owner_shape, &owner, "SELECT subscription_id FROM subscription_periods WHERE id = ?", P(id)));
	TRY(lock_subscription(work, owner->subscription, &found->subscription));
	found->period = found->subscription->period;
	if (found->period == NULL || !ID_EQUAL(found->period->id, id))
		TRY(read_period(work, id, &found->period));
	*target = found;
	return OK;
}

bool
period_is_open(const struct period_target *target)
{
	const struct period *open = open_period(target->subscription);

	return open != NULL && ID_EQUAL(open->id, target->period->id);
}

static const struct problem *
lock(struct work *work, struct uuid id, void **target)
{
	struct period_target *found;

	TRY(lock_period(work, (struct period_id) { id }, &found));
	*target = found;
	return OK;
}

/* Nothing is charged while it is paused. */
static const struct problem *
is_payable(struct work *work, const void *target, struct money *amount)
{
	const struct period_target *period = target;

	if (!period_is_open(period) || period->subscription->status == SUBSCRIPTION_PAUSED)
		return subscription_state_problem(work, period->subscription);
	if (!period->subscription->merchant_active)
		return problem(MERCHANT_INACTIVE, "the merchant is not active and cannot take payments");
	*amount = period->period->amount;
	return OK;
}

static const struct merchant_id *
merchant(const void *target)
{
	return &((const struct period_target *)target)->subscription->merchant;
}

static const struct problem *
begun(struct work *work, void *target, const struct payment *payment, const struct provider *provider)
{
	(void)work;
	(void)target;
	(void)payment;
	(void)provider;
	return OK;
}

static const struct problem *
nothing(struct work *work, const struct payment *payment)
{
	(void)work;
	(void)payment;
	return OK;
}

static const struct problem *
may_cancel(const struct payment *payment)
{
	(void)payment;
	return OK;
}

/* Begun before the shop was suspended: the money is not for it, and the period is charged again once it sells. */
static const struct problem *
may_take(struct work *work, const struct payment *payment, bool *taken)
{
	const struct period_target *target = payment->target;

	(void)work;
	*taken = period_is_open(target) && target->subscription->merchant_active;
	return OK;
}

static const struct problem *
succeeded(struct work *work, const struct payment *payment)
{
	const struct period_target *target = payment->target;

	TRY(post_own_money(work, payment, target->subscription->merchant));
	return period_was_paid(work, target->subscription, payment->id);
}

static const struct problem *
end_others(struct work *work, const struct payment *payment)
{
	return end_attempts_soon(work, ((const struct period_target *)payment->target)->period->id);
}

/*
 * The method is not charged again for the period: by the link, where the merchant can be paid by one.  Where it cannot, the period
 * is tried, and ends, without money; what the provider has said is booked all the same.
 */
static const struct problem *
no_more_by_method(struct work *work, struct subscription *subscription)
{
	const struct problem *problem = pay_by_link(work, subscription);

	if (!cannot_be_asked(problem))
		TRY(problem);
	subscription->period->by_link = true;
	return OK;
}

/* Refused for what the bank was told before, which is no fault of the payer's: it is charged anew at once, without that. */
static bool
was_told_in_vain(const struct subscription *subscription, const struct payment *payment)
{
	return subscription->status != SUBSCRIPTION_PAUSED && subscription->notice_reference != NULL &&
	    strcmp(subscription->notice_reference, payment->reference) == 0 && payment->failure_advice != NULL &&
	    strcmp(payment->failure_advice, ADVICE_CHARGE_ANEW) == 0;
}

/* Where the bank advises against another try with the same method, the payer is to pay by a link instead. */
static const struct problem *
failed(struct work *work, const struct payment *payment)
{
	const struct period_target *target = payment->target;

	if (!period_is_open(target))
		return OK;
	if (was_told_in_vain(target->subscription, payment)) {
		drop_notice(target->subscription);
		target->period->next_attempt_at = ARENA_NEW(work->arena, struct instant);
		*target->period->next_attempt_at = instant_now();
		return save_subscription(work, target->subscription);
	}
	if (payment->failure_advice != NULL && strcmp(payment->failure_advice, "do_not_try_again") == 0)
		TRY(no_more_by_method(work, target->subscription));
	return period_was_not_paid(work, target->subscription, payment->failure_code);
}

static bool
is_asked_for(const struct period *period, const struct payment *payment)
{
	return period->payment_reference != NULL && strcmp(period->payment_reference, payment->reference) == 0;
}

static const char *
end_code(const struct payment *payment)
{
	if (is_declined(payment))
		return "review_declined";
	if (payment->failure_code != NULL)
		return payment->failure_code;
	return payment->status == PAYMENT_EXPIRED ? "payment_expired" : "payment_cancelled";
}

/*
 * No money has come, and none will by this attempt: the period was not paid, as if its charge had failed.  The payer who was asked
 * for it, and whose page is gone with it, is asked by a link instead.  One that the payer did not pay in time has been counted, and
 * the next charge closes it itself; while the shop does not sell nothing is the payer's fault.
 */
static const struct problem *
ended(struct work *work, const struct payment *payment)
{
	const struct period_target *target = payment->target;
	struct subscription        *subscription = target->subscription;
	struct period              *period = target->period;

	if (!period_is_open(target) || period->by_link || !subscription->merchant_active)
		return OK;
	if (is_declined(payment)) {
		TRY(no_more_by_method(work, subscription));
		return period_was_not_paid(work, subscription, end_code(payment));
	}
	if (!is_asked_for(period, payment))
		return period_was_not_paid(work, subscription, end_code(payment));
	if (period->asked_until == NULL)
		return OK;
	ask_by_link_soon(work, subscription);
	return save_subscription(work, subscription);
}

const struct problem *
period_was_refunded(struct work *work, const struct period_target *target, const struct payment *payment, bool whole)
{
	struct period *period = target->period;

	if (!whole || period->status != PERIOD_PAID || !ID_EQUAL(*period->payment, payment->id))
		return OK;
	period->status = PERIOD_REFUNDED;
	return save_period(work, period);
}

const struct problem *
period_refund_bounced(struct work *work, const struct period_target *target, const struct payment *payment)
{
	struct period *period = target->period;

	if (period->status != PERIOD_REFUNDED || !ID_EQUAL(*period->payment, payment->id))
		return OK;
	period->status = PERIOD_PAID;
	return save_period(work, period);
}

static const struct problem *
refunded(struct work *work, const struct payment *payment, int64_t amount_minor, bool whole)
{
	(void)amount_minor;
	return period_was_refunded(work, payment->target, payment, whole);
}

static const struct problem *
refund_bounced(struct work *work, const struct payment *payment, int64_t amount_minor)
{
	(void)amount_minor;
	return period_refund_bounced(work, payment->target, payment);
}

struct period_seen {
	int            status;
	struct money   amount;
	bool           sells, paused;
	const char    *payee;
	struct user_id payer;
};

static const struct member period_seen_members[] = {
	M_ENUM(struct period_seen, status, "status", period_status_values),
	M_MONEY(struct period_seen, amount, "amount"),
	M_BOOLEAN(struct period_seen, sells, "sells"),
	M_BOOLEAN(struct period_seen, paused, "paused"),
	M_TEXT(struct period_seen, payee, "payee", 150),
	M_ID(struct period_seen, payer, "user_id"),
};
SHAPE(struct period_seen, period_seen_shape, "PeriodSeen", period_seen_members, .noun = "payment");

/* A charge of the stored method that its owner is wanted for goes on at its provider; another is not begun here. */
static const struct problem *
describe(struct work *work, struct uuid id, struct payment_link *link)
{
	struct period_seen *period;

	TRY(db_one(work->db, &period_seen_shape, &period,
	    "SELECT p.status, p.amount_minor, p.currency, m.status = 'active' AS sells, s.status = 'paused' AS paused, "
	    "m.shop_name AS payee, s.user_id FROM subscription_periods p JOIN subscriptions s ON s.id = p.subscription_id "
	    "JOIN merchants m ON m.id = s.merchant_id WHERE p.id = ?",
	    P(id)));
	link->amount = period->amount;
	link->payee = period->payee;
	link->payer = period->payer;
	if (period->status == PERIOD_VOID)
		link->state = LINK_CANCELLED;
	else if (period->status == PERIOD_DUE && period->sells && !period->paused && link->attempt != NULL &&
	    link->attempt->status <= PAYMENT_REQUIRES_ACTION && link->attempt->transaction_id != NULL) {
		link->state = LINK_PAYABLE;
		link->provider = link->attempt->provider;
	}
	return OK;
}

const struct purpose period_purpose = {
	.describe = describe,
	.lock = lock,
	.is_payable = is_payable,
	.merchant = merchant,
	.begun = begun,
	.processing = nothing,
	.taken_up = nothing,
	.may_cancel = may_cancel,
	.may_take = may_take,
	.succeeded = succeeded,
	.end_others = end_others,
	.failed = failed,
	.ended = ended,
	.refunded = refunded,
	.refund_bounced = refund_bounced,
};
