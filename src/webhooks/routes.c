#include "webhooks/webhooks.h"

#include "base/config.h"
#include "base/metrics.h"
#include "http/request.h"
#include "webhooks/inbox.h"

/* METRIC_WEBHOOKS, by outcome. */
enum { COUNT_PROCESSED, COUNT_ALREADY, COUNT_DEFERRED, COUNT_IGNORED, COUNT_BAD_SIGNATURE, COUNT_COLLISION };

static const char *const answer_values[] = { "processed", "ignored", "deferred", "already_processed", NULL };

struct webhook_answer {
	int status; /* answer_values: enum inbox_outcome */
};

static const struct member webhook_answer_members[] = {
	M_ENUM(struct webhook_answer, status, "status", answer_values),
};
SHAPE(struct webhook_answer, webhook_answer_shape, "WebhookAnswer", webhook_answer_members);

static void
count_webhook(const struct provider *provider, size_t outcome)
{
	metric_add(METRIC_WEBHOOKS, metric_label_index(LABEL_PROVIDER, provider->name), outcome, 1);
}

static const struct problem *
verify_signature(struct request *request, const struct provider *provider)
{
	bool                  twice;
	const char           *signature = request_single_header(request, provider->signature_header, &twice);
	const struct problem *problem = twice ? problem(BAD_SIGNATURE, "the signature header is there twice")
	    : provider->verify(request->work, signature, request->raw);

	if (problem != OK)
		count_webhook(provider, COUNT_BAD_SIGNATURE);
	return problem;
}

static const struct problem *
receive_webhook(struct request *request)
{
	static const size_t counters[] = { [OUTCOME_PROCESSED] = COUNT_PROCESSED, [OUTCOME_IGNORED] = COUNT_IGNORED,
		[OUTCOME_DEFERRED] = COUNT_DEFERRED, [OUTCOME_ALREADY] = COUNT_ALREADY, [OUTCOME_COLLISION] = COUNT_COLLISION };
	const char            *name = path_text(request, "provider");
	const struct provider *provider = name == NULL ? NULL : provider_enabled(request->work->config, name);
	struct provider_event  event;
	enum inbox_outcome     outcome = OUTCOME_PROCESSED;

	if (provider == NULL || provider->signature_header == NULL)
		return problem(NOT_FOUND, "there is no such provider, or it is not enabled");
	TRY(verify_signature(request, provider));
	TRY(provider->parse_event(request->work, request->raw, &event));
	TRY(take_event(request->work, provider, &event, request->raw, &outcome));
	count_webhook(provider, counters[outcome]);
	if (outcome == OUTCOME_COLLISION)
		return problem(EVENT_COLLISION, "the event id was seen with another payload");
	return respond(request, &(struct webhook_answer) { (int)outcome });
}

static const struct route webhook_routes[] = {
	{ POST, "/webhooks/{provider}", .id = "receiveWebhook", .permission = PUBLIC, .pool = POOL_HOOKS,
	  .writes = WRITES_ITSELF, .limit = LIMIT_NONE, .keyless = true, .raw_body = true,
	  .answer = { 200, &webhook_answer_shape },
	  .errors = ERRORS(BAD_SIGNATURE, EVENT_COLLISION, OUTCOME_UNCERTAIN),
	  .summary = "An event from a payment provider",
	  .description = "The body is the provider's own and signed by it. Deferred means stored: it is applied later.",
	  .handler = receive_webhook },
};

ROUTE_TABLE(webhooks_table, "Webhooks", "What payment providers tell the shop.", webhook_routes);
