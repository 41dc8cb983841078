#include "payments/subscriptions/notice.h"

#include "base/arena.h"
#include "base/log.h"
#include "payments/charge.h"

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
settle_notice(struct work *work, struct subscription_id id, const char *reference)
{
	struct subscription *subscription;

	TRY(lock_subscription(work, id, &subscription));
	if (subscription->notice_reference == NULL || strcmp(subscription->notice_reference, reference) != 0)
		return OK;
	subscription->notice_try_at = NULL;
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
	struct plan          *next;

	if (subscription->next_plan != NULL) {
		TRY(read_plan(work, *subscription->next_plan, &next));
		charge.amount = next->amount;
	}
	problem = give_notice(work, &charge, subscription->current_period_end);
	if (problem != OK)
		log_warning("cannot tell a provider of a coming charge",
		    LOG_ID("subscription", uuid_text(work->arena, subscription->id.uuid)), LOG_TEXT("cause", problem->message));
	if (problem_is(problem, PROBLEM_PROVIDER_UNAVAILABLE))
		return OK;
	return db_transaction(work, settle_notice(work, subscription->id, charge.reference));
}
