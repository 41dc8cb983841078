/* A refund is claimed and written first, in one transaction; then its job, or who asked for it, gives it back. */
#include "base/arena.h"
#include "events/job.h"
#include "payments/jobs.h"
#include "payments/provider.h"
#include "payments/refund_state.h"

static const struct member refund_job_members[] = {
	M_ID(struct refund_job, refund, "refund_id", .required = true),
};
SHAPE_SHARED(struct refund_job, refund_job_shape, "RefundJob", refund_job_members);

static const struct problem *
enqueue_refund(struct work *work, struct refund_id refund, int64_t wait_seconds)
{
	struct instant    when = instant_add_seconds(instant_now(), wait_seconds);
	struct refund_job payload = { refund };

	return job_enqueue(work, JOB_REFUND_PAYMENT, arena_format(work->arena, "refund:%s", uuid_text(work->arena, refund.uuid)),
	    &when, &refund_job_shape, &payload);
}

const struct problem *
refund_claim(struct work *work, const struct payment *payment, const struct refund *made, const char *reason,
    int64_t wait_seconds, struct refund_id *refund)
{
	TRY(refund_insert(work, payment, made, reason));
	if (!collected_by_carrier(payment)) /* else somebody hands it out: hand_out.c */
		TRY(enqueue_refund(work, made->id, wait_seconds));
	if (refund != NULL)
		*refund = made->id;
	TRY(record_refund_event(work, EVENT_REFUND_REQUESTED, made));
	return made->automatic ? OK : audit_refund(work, "refund.requested", NULL, made);
}

const struct problem *
refund_claim_later(struct work *work, const struct payment *payment, int64_t amount_minor, const char *reason, bool automatic,
    int64_t wait_seconds, struct refund_id *refund)
{
	struct refund made = refund_new(work, payment, amount_minor, automatic);

	return refund_claim(work, payment, &made, reason, wait_seconds, refund);
}

const struct problem *
claim_refund(struct work *work, const struct payment *payment, int64_t amount_minor, const char *reason, bool automatic,
    struct refund_id *refund)
{
	return refund_claim_later(work, payment, amount_minor, reason, automatic, 0, refund);
}

/* Units of a currency that is told in finer ones than its provider's are ten, a hundred or a thousand of them. */
int64_t
refund_fitting(const struct payment *payment, int64_t amount_minor)
{
	const struct provider *provider = provider_known(payment->provider);
	struct money           amount = payment->amount;

	for (int64_t unit = 1; provider != NULL && unit <= 1000; unit *= 10) {
		amount.minor = amount_minor - amount_minor % unit;
		if (amount.minor <= 0)
			return 0;
		if (provider->takes(amount) != AMOUNT_IS_INEXACT)
			return amount.minor;
	}
	return amount_minor;
}

const struct problem *
claim_refund_of_seller(struct work *work, const struct payment *payment, struct merchant_id seller, int64_t amount_minor,
    const char *reason, struct refund_id *refund)
{
	struct refund made = refund_new(work, payment, amount_minor, true);

	made.merchant = &seller;
	return refund_claim(work, payment, &made, reason, 0, refund);
}
