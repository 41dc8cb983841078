/* Asking providers for the truth about a payment: now, by whoever waits for it, or soon, by a job. */
#include "base/arena.h"
#include "events/job.h"
#include "payments/charge.h"
#include "payments/jobs.h"
#include "payments/provider.h"

static const struct member reconcile_job_members[] = {
	M_ID(struct reconcile_job, payment, "payment_id", .required = true),
};
SHAPE_SHARED(struct reconcile_job, reconcile_job_shape, "ReconcileJob", reconcile_job_members);

const struct problem *
ask_soon(struct work *work, struct payment_id payment)
{
	struct reconcile_job payload = { payment };

	return job_enqueue(work, JOB_RECONCILE_PAYMENT,
	    arena_format(work->arena, "reconcile:%s", uuid_text(work->arena, payment.uuid)), NULL, &reconcile_job_shape,
	    &payload);
}

/* Taken only while somebody wants it: the money of an attempt that was given up stays the payer's. */
static const struct problem *
take_authorised(struct work *work, const struct provider *provider, const struct payment *payment, struct provider_answer *answer)
{
	struct payment *now;

	if (!answer->authorised || provider->capture == NULL)
		return OK;
	TRY(read_payment(work, payment->id, &now));
	if (now->status > PAYMENT_PROCESSING || now->hold_reason != NULL)
		return OK;
	return provider->capture(work, now, answer);
}

const struct problem *
ask_provider(struct work *work, const struct payment *payment, const char *query, struct provider_answer *answer)
{
	const struct provider *provider = provider_known(payment->provider);
	const struct problem  *problem;

	if (provider == NULL)
		return problem(INTERNAL, "internal error");
	if (payment->transaction_id != NULL) {
		if (query != NULL && provider->returned != NULL)
			TRY(provider->returned(work, payment, query, answer));
		else
			TRY(provider->fetch(work, payment, answer));
		return take_authorised(work, provider, payment, answer);
	}
	problem = payment->payment_method != NULL ? send_charge(work, payment, answer)
						  : provider->create(work, payment, answer); /* the same key: the same attempt */
	if (!problem_is(problem, PROBLEM_PROVIDER_REFUSED) && !problem_is(problem, PROBLEM_AMOUNT_UNSUPPORTED))
		return problem;
	*answer = (struct provider_answer) {
		.status = PAYMENT_FAILED, .failure_code = "refused", .failure_reason = "the provider rejected the payment"
	};
	return OK;
}
