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

static const struct problem *
apply_all(struct work *work, const struct payment *payment, const struct provider_refunds *refunds)
{
	for (size_t i = 0; i < refunds->count; i++)
		TRY(apply_told_refund(work, payment, &refunds->list[i]));
	return OK;
}

const struct problem *
compare_refunds(struct work *work, const struct payment *payment)
{
	struct provider_refunds *refunds;

	TRY(ask_for_refunds(work, payment, &refunds));
	return apply_all(work, payment, refunds);
}

/* Does the provider have this one, and how many of which nothing is known here? */
static const struct problem *
look_for(struct work *work, const struct payment *payment, const struct provider_refunds *refunds, const struct refund *refund,
    bool *found, size_t *unknown)
{
	struct refund *row;

	*found = false;
	*unknown = 0;
	for (size_t i = 0; i < refunds->count; i++) {
		TRY(refund_find(work, payment, &refunds->list[i], &row));
		*found = *found || (row != NULL && ID_EQUAL(row->id, refund->id));
		*unknown += row == NULL && refunds->list[i].status != REFUND_FAILED;
	}
	return OK;
}

const struct problem *
look_first(struct work *work, const struct payment *payment, const struct refund *refund, bool *settled)
{
	static const struct refund_answer superseded = { .status = REFUND_FAILED,
		.failure_code = "refunded_at_provider",
		.failure_reason = "the provider has refunds that were not known here; see what remains, and refund again" };
	struct provider_refunds          *refunds;
	size_t                            unknown;
	bool                              given_up;

	TRY(ask_for_refunds(work, payment, &refunds));
	TRY(look_for(work, payment, refunds, refund, settled, &unknown));
	given_up = !*settled && unknown > 0 && refund->attempts == 0;
	if (given_up) {
		log_error("the provider has refunds that were not known: refund not sent");
		TRY(refund_apply(work, refund->id, &superseded));
		*settled = true;
	}
	TRY(apply_all(work, payment, refunds));
	/* What is owed by itself is counted anew. */
	return given_up && refund->automatic ? db_transaction(work, purpose_of(payment)->end_others(work, payment)) : OK;
}
