/* Some senders ask first whether their events are wanted here: the answer is a GET of an address that they name. */
#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "events/job.h"
#include "net/http_client.h"
#include "webhooks/inbox.h"
#include "webhooks/webhooks.h"

enum { CONNECT_MS = 3000, CALL_MS = 10000, ADDRESS_MAX = 2000 };

struct subscription_job {
	const char *provider, *address;
};

static const struct member subscription_job_members[] = {
	M_TEXT(struct subscription_job, provider, "provider", 32, .required = true),
	M_TEXT(struct subscription_job, address, "address", ADDRESS_MAX, .required = true),
};
SHAPE(struct subscription_job, subscription_job_shape, "SubscriptionJob", subscription_job_members);

const struct problem *
confirm_subscription_soon(struct work *work, const struct provider *provider, const struct provider_event *event)
{
	struct subscription_job payload = { provider->name, event->address };

	return job_enqueue(work, JOB_CONFIRM_SUBSCRIPTION, arena_format(work->arena, "subscription:%s", event->id), NULL,
	    &subscription_job_shape, &payload);
}

const struct problem *
confirm_subscription_job(struct work *work, const struct job *job)
{
	struct subscription_job payload;
	struct http_reply       reply;

	TRY(job_payload(work, job, &subscription_job_shape, &payload));
	http_call(work,
	    &(struct http_call) { .method = "GET",
		.url = payload.address,
		.connect_timeout_ms = CONNECT_MS,
		.timeout_ms = CALL_MS,
		.roots_file = work->config->certificates.roots_file,
		.connect_to = work->config->certificates.connect_to },
	    &reply);
	if (reply.outcome == HTTP_ANSWERED && reply.status == 200) {
		log_info("confirmed that events are wanted here", LOG_ID("provider", payload.provider));
		return OK;
	}
	log_error("cannot confirm that events are wanted here", LOG_ID("provider", payload.provider),
	    LOG_NUMBER("status", reply.status), LOG_TEXT("cause", reply.outcome == HTTP_ANSWERED ? "" : reply.error));
	return problem(PROVIDER_UNAVAILABLE, "the subscription cannot be confirmed");
}
