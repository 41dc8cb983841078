/*
 * subscription.h: a customer's subscription, its periods, and their states.
 *
 * A subscription is charged a period at a time.  A period that is to be paid is a row of subscription_periods, the purpose of
 * its payments (period_purpose.h); at most one of a subscription is open, and the next begins only once it is paid.  So a
 * period is paid once, whoever asks for it and however often.  The row of the subscription is the lock of both.
 *
 * States: trialing, active (paid, or its payment is under way), past_due (a charge failed or a link was not paid in time; no goods),
 * paused (nothing is charged), cancelled (by somebody) and ended (by time or failure), which are final.
 *
 * What follows from time is done by the job of renew.h at next_action_at, of the clock of base/seams.h: a test can play years.
 */
#ifndef SUBSCRIPTION_H
#define SUBSCRIPTION_H

#include "events/record.h"
#include "payments/subscriptions/plan.h"

enum subscription_status {
	SUBSCRIPTION_TRIALING,
	SUBSCRIPTION_ACTIVE,
	SUBSCRIPTION_PAST_DUE,
	SUBSCRIPTION_PAUSED,
	SUBSCRIPTION_CANCELLED,
	SUBSCRIPTION_ENDED,
	SUBSCRIPTION_STATUS__COUNT
};
extern const char *const subscription_status_values[];

enum period_status { PERIOD_DUE, PERIOD_PAID, PERIOD_REFUNDED, PERIOD_VOID };
extern const char *const period_status_values[];

struct period {
	struct period_id   id;
	int64_t            number; /* of the subscription's, from 1 */
	struct plan_id     plan;
	struct instant     starts_at, ends_at;
	struct money       amount;
	const char        *currency;
	int                status;    /* enum period_status */
	int64_t            attempts;  /* how often the stored method was charged */
	int64_t            failures;  /* how often it was not paid */
	struct instant    *failed_at; /* for the first time */
	const char        *failure_code;
	struct instant    *next_attempt_at;   /* or when its charge is looked at; NULL: the payer was asked, and has time */
	struct instant    *asked_until;       /* the payer was asked to pay by the link, and has so much time */
	bool               by_link;           /* the stored method is not charged for it */
	const char        *payment_reference; /* of the hosted page where it can be paid; NULL: there is none */
	struct payment_id *payment;           /* by which it was paid */
	struct instant    *paid_at;
};

struct subscription {
	struct subscription_id    id;
	struct user_id            user;
	struct merchant_id        merchant;
	struct plan               plan;
	struct plan_id           *next_plan;      /* from the next period on; NULL: the same */
	struct payment_method_id *payment_method; /* NULL: each period is paid by a link */
	int                       status;
	bool                      cancel_at_period_end;
	bool                      ended_by_customer; /* who asked for that: only they take it back */
	struct instant            anchor;
	int64_t                   anchor_months;
	struct instant            current_period_start, current_period_end;
	int64_t                   number;             /* of the last period that was to be paid; 0: none yet */
	int64_t                   announced;          /* the period whose charge was announced */
	bool                      waits_for_merchant; /* its turn came while the merchant did not sell */
	bool                      merchant_active, user_active;
	const char               *method_provider;    /* of payment_method; NULL without one */
	int64_t                   notice_number;      /* the period that the payer's bank was told of, or is to be (notice.h) */
	const char               *notice_reference;   /* of the payment under which that one will be charged */
	const char               *notice_transaction; /* under which its provider has told it */
	struct instant           *notice_try_at;      /* when it is told, or told again; NULL: it was told, or will not be */
	struct instant           *next_action_at, *cancelled_at, *ended_at;
	struct period            *period; /* the last one that was to be paid; NULL: none yet */
	const char               *metadata;
	const char               *payment_url; /* of the open period's page: for who is answered, by routes.c */
	struct instant            created_at;
};
SHAPE_DECLARE(struct subscription, subscription_shape);

/* SUBSCRIPTION_STATE, naming the state that it has; and that unless the transition is in the table of states. */
const struct problem *subscription_state_problem(struct work *work, const struct subscription *subscription);
const struct problem *check_transition(struct work *work, const struct subscription *subscription, enum subscription_status to);

/* The open period; NULL when nothing is to be paid. */
static inline struct period *
open_period(const struct subscription *subscription)
{
	return subscription->period != NULL && subscription->period->status == PERIOD_DUE ? subscription->period : NULL;
}

/* Reads it; and inside a transaction, locked.  NOT_FOUND. */
const struct problem *read_subscription(struct work *work, struct subscription_id id, struct subscription **subscription);
const struct problem *lock_subscription(struct work *work, struct subscription_id id, struct subscription **subscription);

/* The same if the viewer may act on it: their own, their customers', or all for staff. */
const struct problem *lock_own_subscription(struct work *work, struct subscription_id id, struct subscription **subscription);

/* Writes what of a locked one may change, with its period, and when the job looks at it next. */
const struct problem *save_subscription(struct work *work, struct subscription *subscription);
const struct problem *insert_subscription(struct work *work, struct subscription *subscription);

/* A period by itself; what of it may change is written, of a locked subscription. */
const struct problem *read_period(struct work *work, struct period_id id, struct period **period);
const struct problem *save_period(struct work *work, const struct period *period);

/* When something happens next by itself to one whose current period is paid: its next charge is announced, told to the bank, or due. */
struct instant subscription_turn(struct work *work, const struct subscription *subscription);

/* Must the bank be told of the next charge, and can it still be in time?  *at: when. */
bool notice_turn(const struct subscription *subscription, struct instant *at);

/* What the bank was told does not hold any more: another method, another amount, another day. */
static inline void
drop_notice(struct subscription *subscription)
{
	subscription->notice_number = 0;
	subscription->notice_reference = NULL;
	subscription->notice_transaction = NULL;
	subscription->notice_try_at = NULL;
}

/* What the viewer may see: their own, their customers', or all with payment:read_all. */
const struct problem *find_subscription(struct work *work, struct subscription_id id, struct subscription **subscription);
const struct problem *list_subscriptions(struct work *work, const int *status, const struct page_request *page,
    struct subscription **subscriptions, struct listed *listed);

/* As it is now, for audit_subscription: who did what to it, which it has become; inside the transaction of the change. */
const struct subscription *subscription_before(struct work *work, const struct subscription *subscription);
const struct problem      *audit_subscription(
	 struct work *work, const char *action, const struct subscription *before, const struct subscription *after);

/* Records an event with the state that the struct has now, which was saved; inside the transaction of the change. */
const struct problem *record_subscription_event(struct work *work, enum event_type type, const struct subscription *subscription);

#endif
