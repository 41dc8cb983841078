#include "payments/subscriptions/notice.h"

#include "base/arena.h"
#include "base/log.h"
#include "payments/charge.h"
#include "store/db.h"

enum { TRY_AGAIN_SECONDS = 3600 };

const struct problem *
reserve_notice(struct work *work, struct subscription *subscription)
{
	if (subscription->notice_number <= subscription->number) {
		subscription->notice_number = subscription->number + 1;
		subscription->notice_reference = reference_new(work->arena, "PAY-");
	}
	subscription->notice_try_at = ARENA_NEW(work->arena, struct instant);
	*subscription->notice_try_at = instant_add_seconds(instant_now(), TRY_AGAIN_SECONDS);
	return save_subscription(work, subscription);
}

/* It was told, or is refused, and then the charge is told when it is made. */
static const struct problem *
settle_notice(struct work *work, struct subscription_id id, const char *reference, const char *transaction)
{
	struct subscription *subscription;

	TRY(lock_subscription(work, id, &subscription));
	if (subscription->notice_reference == NULL || strcmp(subscription->notice_reference, reference) != 0)
		return OK;
	subscription->notice_try_at = NULL;
	subscription->notice_transaction = transaction;
	return save_subscription(work, subscription);
}

const struct problem *
tell_of_charge(struct work *work, const struct subscription *subscription)
{
	struct charge         charge = { .purpose = subscription->id.uuid,
			.payer = subscription->user.uuid,
			.method = *subscription->payment_method,
			.amount = subscription->plan.amount,
			.reference = subscription->notice_reference };
	const struct problem *problem;
	const char           *transaction;
	struct plan          *next;

	if (subscription->next_plan != NULL) {
		TRY(read_plan(work, *subscription->next_plan, &next));
		charge.amount = next->amount;
	}
	problem = give_notice(work, &charge, subscription->current_period_end, &transaction);
	if (problem != OK)
		log_warning("cannot tell a provider of a coming charge",
		    LOG_ID("subscription", uuid_text(work->arena, subscription->id.uuid)), LOG_TEXT("cause", problem->message));
	if (problem_is(problem, PROBLEM_PROVIDER_UNAVAILABLE))
		return OK;
	return db_transaction(work, settle_notice(work, subscription->id, charge.reference, transaction));
}

struct told {
	struct subscription_id subscription;
};
static const struct member told_members[] = {
	M_ID(struct told, subscription, "id"),
};
SHAPE(struct told, told_shape, "ToldSubscription", told_members);

const struct problem *
lose_notice(struct work *work, const char *transaction, bool *known)
{
	struct subscription *subscription;
	struct told         *told;

	TRY(db_row(work->db, &told_shape, &told, "SELECT {} FROM subscriptions WHERE notice_transaction = ?", P(transaction)));
	*known = told != NULL;
	if (told == NULL)
		return OK;
	TRY(lock_subscription(work, told->subscription, &subscription));
	/* Dropped since, or on its day: the charge itself says what becomes of it. */
	if (subscription->notice_transaction == NULL || strcmp(subscription->notice_transaction, transaction) != 0 ||
	    subscription->notice_number <= subscription->number)
		return OK;
	log_warning("the payer's bank was not told of a coming charge",
	    LOG_ID("subscription", uuid_text(work->arena, subscription->id.uuid)), LOG_TEXT("transaction", transaction));
	drop_notice(subscription);
	subscription->notice_try_at = ARENA_NEW(work->arena, struct instant);
	*subscription->notice_try_at = instant_add_seconds(instant_now(), TRY_AGAIN_SECONDS);
	return save_subscription(work, subscription);
}
