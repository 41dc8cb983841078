#include "webhooks/webhooks.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/metrics.h"
#include "http/limit.h"
#include "http/request.h"
#include "webhooks/inbox.h"

#include <assert.h>

static const char *const answer_values[] = { "processed", "ignored", "deferred", "already_processed", NULL };

struct webhook_answer {
	int status; /* answer_values: enum inbox_outcome */
};

static const struct member webhook_answer_members[] = {
	M_ENUM(struct webhook_answer, status, "status", answer_values),
};
SHAPE(struct webhook_answer, webhook_answer_shape, "WebhookAnswer", webhook_answer_members);

static void
count_webhook(const struct provider *provider, enum webhook_outcome outcome)
{
	metric_add(METRIC_WEBHOOKS, metric_label_index(LABEL_PROVIDER, provider->name), outcome, 1);
}

enum { HEADERS_MAX = 8, EVENT_ID_MAX = 191 };

#define PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-"

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
	struct work *work = request->work;
	bool         twice;

	for (size_t i = 0; provider->signature_headers[i] != NULL; i++) {
		assert(i < HEADERS_MAX);
		signatures[i] = request_single_header(request, cgi_name(work->arena, provider->signature_headers[i]), &twice);
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
	if (problem == OK || problem_is(problem, PROBLEM_EVENT_UNVERIFIED))
		return OK;
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

/* Of several events in one body the outcome is told that the sender must know first. */
static enum inbox_outcome
more_urgent(enum inbox_outcome one, enum inbox_outcome other)
{
	static const int urgency[] = { [OUTCOME_ALREADY] = 0,
		[OUTCOME_IGNORED] = 1,
		[OUTCOME_PROCESSED] = 2,
		[OUTCOME_DEFERRED] = 3,
		[OUTCOME_COLLISION] = 4 };

	return urgency[other] > urgency[one] ? other : one;
}

/*
 * The id of an event that does not bring it in its body: that of its header, else the digest of what it says.  A signature does
 * not cover the header; who changes it makes us look at the same event again.
 */
static const char *
id_of(struct request *request, const struct provider *provider, const struct provider_event *event, const char *const *signatures)
{
	const char   *id = provider->id_header == 0 ? NULL : signatures[provider->id_header];
	struct arena *arena = request->work->arena;
	unsigned char hash[32];

	if (id != NULL && *id != '\0' && strlen(id) <= EVENT_ID_MAX && id[strspn(id, PLAIN)] == '\0')
		return id;
	if (event->content != NULL)
		sha256(event->content, strlen(event->content), hash);
	else
		sha256(request->raw.bytes, request->raw.length, hash);
	return arena_format(arena, "sha256:%s", hex_encode(arena, hash, sizeof hash));
}

static const struct problem *
receive_webhook(struct request *request)
{
	static const enum webhook_outcome counters[] = { [OUTCOME_PROCESSED] = WEBHOOK_PROCESSED,
		[OUTCOME_IGNORED] = WEBHOOK_IGNORED,
		[OUTCOME_DEFERRED] = WEBHOOK_DEFERRED,
		[OUTCOME_ALREADY] = WEBHOOK_ALREADY,
		[OUTCOME_COLLISION] = WEBHOOK_COLLISION };
	static const enum webhook_type    types[] = { [EVENT_IS_IGNORED] = WEBHOOK_OF_NOTHING,
		   [EVENT_IS_PAYMENT] = WEBHOOK_OF_PAYMENT,
		   [EVENT_IS_REFUND] = WEBHOOK_OF_REFUND,
		   [EVENT_IS_REFUNDED] = WEBHOOK_OF_REFUND };
	struct work                      *work = request->work;
	const char                       *name = path_text(request, "provider");
	const struct provider            *provider = name == NULL ? NULL : provider_enabled(work->config, name);
	struct provider_events           *events = ARENA_NEW(work->arena, struct provider_events);
	const char                       *signatures[HEADERS_MAX] = { NULL };
	enum inbox_outcome                told = OUTCOME_ALREADY, outcome = OUTCOME_ALREADY;
	bool                              verified;

	if (provider == NULL || provider->signature_headers == NULL)
		return refuse_stranger(request);
	TRY(verify_signature(request, provider, signatures, &verified));
	TRY(provider->parse_events(work->arena, request->raw, events));
	for (size_t i = 0; i < events->count; i++) {
		if (events->list[i].id == NULL)
			events->list[i].id = id_of(request, provider, &events->list[i], signatures);
		TRY(take_event(work, provider, &events->list[i], verified ? NULL : signatures, request->raw, &outcome));
		count_webhook(provider, counters[outcome]);
		metric_add_third(METRIC_WEBHOOK_EVENTS, metric_label_index(LABEL_PROVIDER, provider->name),
		    types[events->list[i].kind], counters[outcome], 1);
		told = more_urgent(told, outcome);
	}
	if (told == OUTCOME_COLLISION)
		return problem(EVENT_COLLISION, "an event with this id but a different payload was received before");
	return respond(request, &(struct webhook_answer) { (int)told });
}

static const struct route webhook_routes[] = {
	{ POST, "/webhooks/{provider}", .id = "receiveWebhook", .permission = PUBLIC, .pool = POOL_HOOKS, .writes = WRITES_ITSELF,
	    .limit = LIMIT_WEBHOOK, .keyless = true, .takes = TAKES_RAW, .answer = { 200, &webhook_answer_shape },
	    .errors = ERRORS(BAD_SIGNATURE, EVENT_COLLISION, EVENT_UNVERIFIED, OUTCOME_UNCERTAIN),
	    .summary = "Receive an event from a payment provider",
	    .description =
		"The body is in the provider's format and signed by it. Status deferred: the event is stored and will be applied later.",
	    .handler = receive_webhook },
};

ROUTE_TABLE(webhooks_table, "Webhooks", "Events from payment providers.", webhook_routes);
