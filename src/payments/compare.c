/* The refunds of a payment, held against those that its provider has: nothing that was given back may be unknown here. */
#include "payments/compare.h"

#include "base/arena.h"
#include "base/log.h"
#include "payments/provider.h"
#include "payments/purpose.h"
#include "payments/refund_state.h"

static const struct problem *
ask_for_refunds(struct work *work, const struct payment *payment, struct provider_refunds **refunds)
{
	const struct provider *provider = provider_known(payment->provider);

	*refunds = ARENA_NEW(work->arena, struct provider_refunds);
	if (provider == NULL || provider->refunds == NULL || payment->transaction_id == NULL)
		return OK;
	return provider->refunds(work, payment, *refunds);
}

/* What cannot be applied does not hold up the others. */
static const struct problem *
apply_all(struct work *work, const struct payment *payment, const struct provider_refunds *refunds)
{
	const struct problem *first = OK;

	for (size_t i = 0; i < refunds->count; i++) {
		const struct problem *problem = apply_answered_refund(work, payment, &refunds->list[i]);

		if (problem == OK)
			continue;
		log_error("refund at the provider cannot be applied", LOG_ID("refund", refunds->list[i].provider_refund_id),
		    LOG_TEXT("cause", problem->message));
		first = first == OK ? problem : first;
	}
	return first;
}

const struct problem *
compare_refunds(struct work *work, const struct payment *payment)
{
	struct provider_refunds *refunds;

	TRY(ask_for_refunds(work, payment, &refunds));
	return apply_all(work, payment, refunds);
}

/* What cannot be applied does not hold up the others. */
const struct problem *
compare_disputes(struct work *work, const struct payment *payment)
{
	const struct provider    *provider = provider_known(payment->provider);
	struct provider_disputes *disputes = ARENA_NEW(work->arena, struct provider_disputes);
	const struct problem     *first = OK;

	if (provider == NULL || provider->disputes == NULL || payment->transaction_id == NULL)
		return OK;
	TRY(provider->disputes(work, payment, disputes));
	for (size_t i = 0; i < disputes->count; i++) {
		const struct problem *problem = apply_dispute(work, payment->id, &disputes->list[i]);

		first = first == OK ? problem : first;
	}
	return first;
}

enum { TOLD_STATUSES = REFUND_FAILED + 1 };

/* Does the provider have this one, and how many of which nothing is known here, by their status? */
static const struct problem *
look_for(struct work *work, const struct payment *payment, const struct provider_refunds *refunds, const struct refund *refund,
    bool *found, size_t unknown[TOLD_STATUSES])
{
	struct refund *row;

	*found = false;
	for (size_t i = 0; i < refunds->count; i++) {
		TRY(refund_find(work, payment, &refunds->list[i], &row));
		*found = *found || (row != NULL && ID_EQUAL(row->id, refund->id));
		unknown[refunds->list[i].status] += row == NULL;
	}
	return OK;
}

/* What was not known is written down instead, and what is owed by itself is counted anew: all of it or nothing. */
static const struct problem *
supersede(struct work *work, struct refund_id id, const struct provider_refunds *refunds)
{
	static const struct refund_answer superseded = { .status = REFUND_FAILED,
		.failure_code = "refunded_at_provider",
		.failure_reason = "the provider has refunds that were not known here; see what remains, and refund again" };
	struct refund                    *refund;
	struct payment                   *payment;

	TRY(refund_read(work, id, &refund));
	TRY(lock_payment(work, refund->payment, &payment));
	TRY(refund_read(work, id, &refund)); /* what moved it may have waited for the same lock before us */
	if (refund->status != REFUND_PENDING)
		return OK;
	TRY(refund_apply(work, id, &superseded));
	for (size_t i = 0; i < refunds->count; i++)
		if (refunds->list[i].status == REFUND_SUCCEEDED)
			TRY(apply_answered_refund(work, payment, &refunds->list[i]));
	return refund->automatic ? purpose_of(payment)->end_others(work, payment) : OK;
}

const struct problem *
look_first(struct work *work, const struct payment *payment, const struct refund *refund, bool *settled)
{
	struct provider_refunds *refunds;
	size_t                   unknown[TOLD_STATUSES] = { 0 };

	TRY(ask_for_refunds(work, payment, &refunds));
	TRY(look_for(work, payment, refunds, refund, settled, unknown));
	if (*settled)
		return apply_all(work, payment, refunds);
	*settled = unknown[REFUND_SUCCEEDED] > 0 || unknown[REFUND_PENDING] > 0;
	if (unknown[REFUND_SUCCEEDED] > 0) {
		log_error("the provider has refunds that were not known: refund not sent");
		return db_transaction(work, supersede(work, refund->id, refunds));
	}
	if (unknown[REFUND_PENDING] > 0)
		log_warning("the provider has refunds that were not known and have not ended: refund waits");
	return apply_all(work, payment, refunds);
}
