/*
 * One subscription at a time: a transaction decides what is due, on the locked row, and what has to be asked of a provider is
 * asked behind it.  A worker that dies in between leaves an attempt that has a row or was never made; the next one sees which.
 */
#include "payments/subscriptions/renew.h"

#include "base/arena.h"
#include "base/log.h"
#include "events/job.h"
#include "events/record.h"
#include "payments/payment.h"
#include "payments/request.h"
#include "payments/subscriptions/methods.h"
#include "payments/subscriptions/notice.h"
#include "payments/subscriptions/period.h"
#include "store/db.h"

enum {
	BATCH = 100,
	STEPS_MAX = 40,
	CLAIMED_SECONDS = 600, /* a subscription that is in the queue is not put in again */
	CALL_SECONDS = 600,    /* after which a charge of which nothing is known is looked at */
	LOOK_SECONDS = 3600
};

/* What is to be done behind the transaction. */
enum next { NEXT_NOTHING, NEXT_AGAIN, NEXT_CHARGE, NEXT_CLOSE, NEXT_NOTICE };

struct step {
	enum next            next;
	struct subscription *subscription;
	struct payment      *live;
};

static bool
has_come(const struct instant *instant)
{
	return instant != NULL && instant->unix_ms <= instant_now().unix_ms;
}

static struct instant *
from_now(struct work *work, int64_t seconds)
{
	struct instant *instant = ARENA_NEW(work->arena, struct instant);

	*instant = instant_add_seconds(instant_now(), seconds);
	return instant;
}

static const struct problem *
announce(struct work *work, struct subscription *subscription)
{
	subscription->announced = subscription->number + 1;
	TRY(save_subscription(work, subscription));
	return record_subscription_event(work, EVENT_SUBSCRIPTION_CHARGE_COMING, subscription);
}

/* What runs is paid, or a trial. */
static const struct problem *
decide_paid(struct work *work, struct subscription *subscription, struct step *step)
{
	struct instant turn = subscription_turn(work, subscription), notice;

	if (!has_come(&turn))
		return save_subscription(work, subscription);
	if (!has_come(&subscription->current_period_end) && notice_turn(subscription, &notice) && has_come(&notice)) {
		step->next = NEXT_NOTICE;
		return reserve_notice(work, subscription);
	}
	step->next = NEXT_AGAIN;
	if (!has_come(&subscription->current_period_end))
		return announce(work, subscription);
	if (subscription->merchant_active)
		return begin_next_period(work, subscription);
	step->next = NEXT_NOTHING;
	subscription->waits_for_merchant = true;
	return save_subscription(work, subscription);
}

/* The payer was asked, and has not paid yet. */
static const struct problem *
decide_asked(struct work *work, struct subscription *subscription, const struct payment *live, struct step *step)
{
	struct period *period = subscription->period;

	/* The provider has forgotten what the payer was asked for. */
	if (live == NULL && !period->by_link) {
		step->next = NEXT_AGAIN;
		ask_by_link_soon(work, subscription);
		return save_subscription(work, subscription);
	}
	if (!has_come(period->asked_until))
		return save_subscription(work, subscription);
	if (live != NULL && live->status != PAYMENT_REQUIRES_ACTION) {
		period->asked_until = from_now(work, LOOK_SECONDS); /* the money is on its way */
		return save_subscription(work, subscription);
	}
	step->next = NEXT_AGAIN;
	return period_was_not_paid(work, subscription, "link_unpaid");
}

/* By the link: asked for once, and then each time that it is tried again; one that its merchant has cancelled is followed by another. */
static const struct problem *
ask_by_link(struct work *work, struct subscription *subscription)
{
	const struct period  *period = subscription->period;
	const char           *before = period->by_link ? period->payment_reference : NULL;
	const struct problem *problem = pay_by_link(work, subscription);

	if (cannot_be_asked(problem))
		return period_was_not_paid(work, subscription, "provider_unsupported");
	TRY(problem);
	if (before != NULL && strcmp(before, period->payment_reference) == 0)
		return period_was_not_paid(work, subscription, "link_unpaid");
	return ask_payer(work, subscription, period->payment_reference);
}

static const struct problem *
decide_due(struct work *work, struct subscription *subscription, struct payment *live, struct step *step)
{
	struct period *period = subscription->period;
	bool           declined;

	if (!has_come(period->next_attempt_at))
		return save_subscription(work, subscription);
	if (live != NULL && live->status != PAYMENT_REQUIRES_ACTION) {
		period->next_attempt_at = from_now(work, LOOK_SECONDS); /* its purpose hears what becomes of it */
		return save_subscription(work, subscription);
	}
	step->next = NEXT_AGAIN;
	if (subscription->payment_method == NULL || period->by_link)
		return ask_by_link(work, subscription);
	if (live != NULL) {
		step->next = NEXT_CLOSE; /* one attempt is live at a time */
		step->live = live;
		return save_subscription(work, subscription);
	}
	TRY(was_declined(work, subscription, &declined));
	if (declined)
		return ask_by_link(work, subscription);
	step->next = NEXT_CHARGE;
	period->attempts++;
	period->next_attempt_at = from_now(work, CALL_SECONDS);
	return save_subscription(work, subscription);
}

static const struct problem *
decide_open(struct work *work, struct subscription *subscription, struct step *step)
{
	struct period  *period = subscription->period;
	struct payment *live;

	if (!subscription->merchant_active) {
		subscription->waits_for_merchant = true;
		return save_subscription(work, subscription);
	}
	if (subscription->waits_for_merchant)
		begin_open_period_again(work, subscription);
	TRY(live_attempt(work, period, &live));
	/* The bank wants to see the payer. */
	if (live != NULL && live->payment_method != NULL && live->status == PAYMENT_REQUIRES_ACTION &&
	    (period->payment_reference == NULL || strcmp(period->payment_reference, live->reference) != 0))
		return ask_payer(work, subscription, live->reference);
	return period->asked_until != NULL ? decide_asked(work, subscription, live, step)
					   : decide_due(work, subscription, live, step);
}

static const struct problem *
decide(struct work *work, struct subscription_id id, struct step *step)
{
	struct subscription *subscription;
	int                  status;

	TRY(lock_subscription(work, id, &subscription));
	*step = (struct step) { NEXT_NOTHING, subscription, NULL };
	status = subscription->status;
	if (status == SUBSCRIPTION_CANCELLED || status == SUBSCRIPTION_ENDED)
		return OK;
	if (!subscription->user_active)
		return finish_subscription(work, subscription, SUBSCRIPTION_CANCELLED);
	if (subscription->cancel_at_period_end && has_come(&subscription->current_period_end))
		return finish_subscription(work, subscription, SUBSCRIPTION_ENDED);
	if (status == SUBSCRIPTION_PAUSED)
		return save_subscription(work, subscription);
	return open_period(subscription) == NULL ? decide_paid(work, subscription, step) : decide_open(work, subscription, step);
}

/* The stored method is not to be charged, for that reason: by the link, now. */
static const struct problem *
fall_back(struct work *work, struct subscription_id id, const char *why)
{
	struct subscription *subscription;
	struct period       *period;

	TRY(lock_subscription(work, id, &subscription));
	period = open_period(subscription);
	if (period == NULL || period->asked_until != NULL)
		return OK;
	ask_by_link_soon(work, subscription);
	period->failure_code = why;
	return save_subscription(work, subscription);
}

static const struct problem *
carry_out(struct work *work, struct step *step)
{
	const struct problem *problem;
	const char           *refused;

	if (step->next == NEXT_CLOSE) {
		problem = cancel_payment(work, step->live);
		if (problem == OK)
			return OK;
		log_warning("cannot close an attempt to pay a period", LOG_TEXT("cause", problem->message));
		step->next = NEXT_NOTHING;
		return OK;
	}
	if (step->next == NEXT_NOTICE)
		return tell_of_charge(work, step->subscription);
	if (step->next != NEXT_CHARGE)
		return OK;
	TRY(charge_period(work, step->subscription, &refused));
	return refused == NULL ? OK : db_transaction(work, fall_back(work, step->subscription->id, refused));
}

const struct problem *
renew_subscription(struct work *work, struct subscription_id id)
{
	struct step step = { .next = NEXT_AGAIN };

	for (int i = 0; i < STEPS_MAX && step.next != NEXT_NOTHING; i++) {
		TRY(db_transaction(work, decide(work, id, &step)));
		TRY(carry_out(work, &step));
	}
	return OK;
}

/* ---- jobs ---- */

struct renew_job {
	struct subscription_id subscription;
};
static const struct member renew_job_members[] = {
	M_ID(struct renew_job, subscription, "subscription_id", .required = true),
};
SHAPE(struct renew_job, renew_job_shape, "RenewJob", renew_job_members);

static const struct member due_members[] = {
	M_ID(struct renew_job, subscription, "id"),
};
SHAPE(struct renew_job, due_shape, "DueSubscription", due_members);

static const struct problem *
enqueue_due(struct work *work, size_t *count)
{
	struct instant    now = instant_now(), later = instant_add_seconds(now, CLAIMED_SECONDS);
	struct renew_job *due;

	TRY(db_rows(work->db, &due_shape, BATCH, &due, count,
	    "SELECT {} FROM subscriptions WHERE next_action_at <= ? ORDER BY next_action_at LIMIT 100 FOR UPDATE SKIP LOCKED",
	    P(now)));
	for (size_t i = 0; i < *count; i++) {
		const char *id = uuid_text(work->arena, due[i].subscription.uuid);

		TRY(db_run(work->db, NULL, "UPDATE subscriptions SET next_action_at = ?, updated_at = updated_at WHERE id = ?",
		    P(later), P(due[i].subscription)));
		TRY(job_enqueue(work, JOB_RENEW_SUBSCRIPTION,
		    arena_format(work->arena, "%s:%s", job_kind_name(JOB_RENEW_SUBSCRIPTION), id), NULL, &renew_job_shape,
		    &due[i]));
	}
	return OK;
}

const struct problem *
renew_subscriptions_job(struct work *work, const struct job *job)
{
	size_t count;

	do {
		struct arena_mark mark = arena_mark(work->arena);

		TRY(db_transaction(work, enqueue_due(work, &count)));
		arena_release(work->arena, mark);
		TRY(job_heartbeat(work, job));
	} while (count == BATCH);
	return OK;
}

const struct problem *
renew_subscription_job(struct work *work, const struct job *job)
{
	struct renew_job payload;

	TRY(job_payload(work, job, &renew_job_shape, &payload));
	return renew_subscription(work, payload.subscription);
}

/* Those that can still bring money. */
static const struct problem *
open_attempts_of(struct work *work, struct uuid period, struct payment **payments, size_t *count)
{
	return db_rows(work->db, &payment_shape, BATCH, payments, count,
	    "SELECT {p} FROM payments p WHERE p.purpose_kind = 'subscription_period' AND p.purpose_id = ? "
	    "AND p.status IN ('pending', 'requires_action', 'processing', 'failed') ORDER BY p.id DESC LIMIT 100",
	    P(period));
}

const struct problem *
end_period_attempts_job(struct work *work, const struct job *job)
{
	struct event_notice   notice;
	struct payment       *payments;
	size_t                count;
	const struct problem *first;

	TRY(job_payload(work, job, &event_notice_shape, &notice));
	first = end_period_request(work, (struct period_id) { notice.aggregate });
	TRY(open_attempts_of(work, notice.aggregate, &payments, &count));
	for (size_t i = 0; i < count; i++) {
		const struct problem *problem = payment_is_open(&payments[i]) ? cancel_payment(work, &payments[i]) : OK;

		first = first == OK ? problem : first;
		TRY(job_heartbeat(work, job));
	}
	return first;
}
