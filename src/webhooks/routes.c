#include "webhooks/webhooks.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "base/log.h"
#include "http/limit.h"
#include "http/request.h"
#include "webhooks/receive.h"
#include "webhooks/sender.h"

#include <assert.h>

struct webhook_answer {
	int status; /* inbox_outcome_values */
};

static const struct member webhook_answer_members[] = {
	M_ENUM(struct webhook_answer, status, "status", inbox_outcome_values),
};
SHAPE(struct webhook_answer, webhook_answer_shape, "WebhookAnswer", webhook_answer_members);

/* "Stripe-Signature" as it stands among the request's parameters: "HTTP_STRIPE_SIGNATURE". */
static const char *
cgi_name(struct arena *arena, const char *header)
{
	char *name = arena_format(arena, "HTTP_%s", header);

	for (char *c = name; *c != '\0'; c++)
		*c = *c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
	return name;
}

/* Reads the request's signatures, and what they are worth. */
static const struct problem *
judge_signatures(struct request *request, const struct provider *provider, const char **signatures)
{
	struct work       *work = request->work;
	const char *const *headers = sender_headers(work->arena, work->config, provider);
	bool               twice;

	for (size_t i = 0; headers[i] != NULL; i++) {
		assert(i < SIGNATURES_OF_SENDER_MAX);
		signatures[i] = request_single_header(request, cgi_name(work->arena, headers[i]), &twice);
		if (twice)
			return problem(BAD_SIGNATURE, "a signature header is repeated");
	}
	return provider->verify(work, signatures, request->raw, unix_seconds());
}

/* *verified is false when a job has to find out. */
static const struct problem *
verify_signature(struct request *request, const struct provider *provider, const char **signatures, bool *verified)
{
	const struct problem *problem = judge_signatures(request, provider, signatures);

	*verified = problem == OK;
	if (problem == OK)
		return OK;
	/* Anybody can send what looks like this, so that one address gets but a part of the room there is for it. */
	if (problem_is(problem, PROBLEM_EVENT_UNVERIFIED))
		return provider->secret_in_claims ? OK : limit_forgery(request);
	if (!problem_is(problem, PROBLEM_BAD_SIGNATURE))
		return problem;
	log_warning("webhook signature rejected", LOG_ID("provider", provider->name), LOG_TEXT("cause", problem->message));
	count_webhook(provider, WEBHOOK_BAD_SIGNATURE);
	TRY(limit_forgery(request));
	return problem(BAD_SIGNATURE, "the webhook's signature is missing or invalid");
}

static const struct problem *
refuse_stranger(struct request *request)
{
	TRY(limit_forgery(request));
	return problem(NOT_FOUND, "webhook provider not found or not enabled");
}

static const struct problem *
receive_webhook(struct request *request)
{
	struct work           *work = request->work;
	const char            *name = path_text(request, "provider");
	const struct provider *sender = name == NULL ? NULL : sender_enabled(work->config, name);
	const char            *signatures[SIGNATURES_OF_SENDER_MAX] = { NULL };
	enum inbox_outcome     told;
	bool                   verified;

	if (sender == NULL)
		return refuse_stranger(request);
	TRY(verify_signature(request, sender, signatures, &verified));
	TRY(receive_body(work, sender, signatures, request->raw, verified, &told));
	return respond(request, &(struct webhook_answer) { (int)told });
}

struct simulation {
	const char *provider, *type, *reference;
};

static const struct member simulation_members[] = {
	M_TEXT(struct simulation, provider, "provider", 32, .required = true, .min = 1, .example = "\"stripe\"",
	    .description = "Whose event it is; payment for the generic sender."),
	M_TEXT(struct simulation, type, "type", 100, .required = true, .min = 1, .example = "\"payment_intent.succeeded\""),
	M_TEXT(struct simulation, reference, "reference", 20, .required = true, .min = 1, .example = "\"PAY-7Q2M9XKD4T\""),
};
SHAPE(struct simulation, simulation_shape, "WebhookSimulation", simulation_members);

static const struct problem *
simulate_webhook_route(struct request *request)
{
	struct work             *work = request->work;
	const struct simulation *body = BODY(request, struct simulation);
	enum inbox_outcome       told;

	if (work->config->profile != PROFILE_DEVELOPMENT && !MAY(work, WEBHOOK_REPLAY))
		return problem(FORBIDDEN, "the account lacks the permission");
	TRY(simulate_webhook(work, body->provider, body->type, body->reference, &told));
	return respond(request, &(struct webhook_answer) { (int)told });
}

static const struct route webhook_routes[] = {
	{ POST, "/webhooks/{provider}", .id = "receiveWebhook", .unaudited = "the event is kept as it came", .permission = PUBLIC,
	    .pool = POOL_HOOKS, .writes = WRITES_ITSELF, .limit = LIMIT_WEBHOOK, .keyless = true, .takes = TAKES_RAW,
	    .answer = { 200, &webhook_answer_shape },
	    .errors = ERRORS(BAD_SIGNATURE, EVENT_COLLISION, EVENT_UNVERIFIED, OUTCOME_UNCERTAIN),
	    .summary = "Receive an event from a payment provider",
	    .description =
		"The body is in the provider's format and signed by it. Status deferred: the event is stored and will be applied later.",
	    .handler = receive_webhook },
	{ POST, "/webhooks/simulate", .id = "simulateWebhook", .unaudited = "the event is kept as one that came",
	    .permission = PUBLIC, .optional_user = true, .pool = POOL_HOOKS, .writes = WRITES_ITSELF, .keyless = true,
	    .body = &simulation_shape, .answer = { 200, &webhook_answer_shape },
	    .errors = ERRORS(FORBIDDEN, NOT_FOUND, PAYMENT_STATE, EVENT_COLLISION, OUTCOME_UNCERTAIN),
	    .summary = "Take an event about a payment as if its provider had sent it",
	    .description = "For everybody in the development profile; else webhook:replay is needed.",
	    .handler = simulate_webhook_route },
};

ROUTE_TABLE(webhooks_table, "Webhooks", "Events from payment providers.", webhook_routes);
