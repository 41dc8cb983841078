/* What somebody has paid with is stored because they have asked for it, after their payment: the provider says what it has kept. */
#include "payments/method.h"

#include "base/arena.h"
#include "base/log.h"
#include "events/job.h"
#include "payments/jobs.h"
#include "payments/payment.h"
#include "payments/provider.h"

const struct problem *
keep_soon(struct work *work, struct payment_id payment)
{
	struct reconcile_job payload = { payment };

	return job_enqueue(work, JOB_KEEP_METHOD, arena_format(work->arena, "keep:%s", uuid_text(work->arena, payment.uuid)),
	    NULL, &reconcile_job_shape, &payload);
}

const struct problem *
keep_method_job(struct work *work, const struct job *job)
{
	struct reconcile_job   payload;
	struct kept_token      kept = { .type = METHOD_CARD };
	const struct provider *provider;
	struct method_owner   *owner;
	struct payment        *payment;

	TRY(job_payload(work, job, &reconcile_job_shape, &payload));
	TRY(read_payment(work, payload.payment, &payment));
	log_about_payment(work, payment, NULL);
	provider = provider_known(payment->provider);
	if (provider == NULL || provider->methods == NULL || provider->methods->kept == NULL || payment->user == NULL ||
	    !sealing_is_configured(work->config))
		return OK;
	TRY(owner_of_user(work, *payment->user, &owner));
	TRY(provider->methods->kept(work, payment, owner, &kept));
	if (kept.stored.token == NULL) {
		log_info("the provider has stored nothing of what was paid with");
		return OK;
	}
	return keep_token(work, owner, provider, &kept);
}
