#include "webhooks/sender.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "payments/json_path.h"
#include "verify/haatverify.h"

#include <json-c/json.h>

/* The values of the headers, by their order. */
enum { SIGNATURE, TIMESTAMP, ID };

static const struct problem *
generic_verify(struct work *work, const char *const *signatures, struct bytes body, int64_t now)
{
	static const char       prefix[] = "sha256=";
	const char             *signature = signatures[SIGNATURE];
	bool                    by_time = work->config->webhooks.signed_bytes == 0;
	enum haat_verify_result result;

	if (signature != NULL && *signature != '\0' && strncmp(signature, prefix, sizeof prefix - 1) != 0)
		signature = arena_format(work->arena, "%s%s", prefix, signature);
	result = haat_verify_hmac(signature, signatures[TIMESTAMP],
	    by_time ? HAAT_VERIFY_OVER_TIMESTAMP_AND_BODY : HAAT_VERIFY_OVER_BODY, body.bytes, body.length,
	    work->config->webhooks.secrets, now, work->config->webhooks.tolerance_seconds);
	return provider_forged(work, result == HAAT_VERIFY_OK ? NULL : haat_verify_reason(result));
}

static const struct problem *
generic_parse_events(struct arena *arena, struct bytes body, struct provider_events *events)
{
	struct json_object    *json = json_read(arena, (const char *)body.bytes, body.length);
	struct provider_event *event = &events->list[0];

	events->count = 1;
	*event = (struct provider_event) { .kind = EVENT_IS_HINT,
		.type = json_text_at(arena, json, "event", 100),
		.reference = json_text_at(arena, json, "data.reference", 20),
		.provider = json_text_at(arena, json, "data.provider", 32),
		.transaction_id = json_text_at(arena, json, "data.transaction_id", 191) };
	if (event->type == NULL || *event->type == '\0')
		return problem(BAD_REQUEST, "the body is not an event: it needs \"event\"");
	if (event->reference == NULL && (event->provider == NULL || event->transaction_id == NULL))
		event->kind = EVENT_IS_IGNORED;
	return OK;
}

/* Any type, about any payment. */
static bool
generic_simulate(struct work *work, const struct payment *payment, const char *type, struct simulated_event *event)
{
	const char   *time = arena_format(work->arena, "%lld", (long long)unix_seconds()), *both;
	const char   *secret = work->config->webhooks.secrets[0];
	unsigned char digest[32];

	event->body = arena_format(work->arena, "{\"event\":\"%s\",\"id\":\"%s\",\"data\":{\"reference\":\"%s\"}}", type,
	    uuid_text(work->arena, uuid_new()), payment->reference);
	both = work->config->webhooks.signed_bytes == 0 ? arena_format(work->arena, "%s.%s", time, event->body) : event->body;
	hmac_sha256(secret, strlen(secret), both, strlen(both), digest);
	event->signatures[SIGNATURE] = arena_format(work->arena, "sha256=%s", hex_encode(work->arena, digest, sizeof digest));
	event->signatures[TIMESTAMP] = time;
	return true;
}

/* Nothing else of what it sends is stored. */
static const char *const kept_members[] = { "event", "id", "data", "reference", "provider", "transaction_id", NULL };

static const struct provider generic = {
	.name = "payment",
	.id_header = ID,
	.kept_members = kept_members,
	.verify = generic_verify,
	.parse_events = generic_parse_events,
	.simulate = generic_simulate,
};

const struct provider *
sender_known(const char *name)
{
	const struct provider *provider = strcmp(name, generic.name) == 0 ? &generic : provider_known(name);

	return provider != NULL && provider->parse_events != NULL ? provider : NULL;
}

const struct provider *
sender_enabled(const struct config *config, const char *name)
{
	const struct provider *sender = sender_known(name);

	if (sender == &generic)
		return config->webhooks.secrets[0] == NULL ? NULL : sender;
	return sender != NULL && provider_enabled(config, name) != NULL ? sender : NULL;
}

const char *const *
sender_headers(struct arena *arena, const struct config *config, const struct provider *sender)
{
	const char **names;

	if (sender != &generic)
		return sender->signature_headers;
	names = ARENA_ARRAY(arena, 4, const char *);
	names[SIGNATURE] = config->webhooks.signature_header;
	names[TIMESTAMP] = config->webhooks.timestamp_header;
	names[ID] = *config->webhooks.id_header == '\0' ? NULL : config->webhooks.id_header;
	return names;
}

const char *const *
sender_names(void)
{
	static const char *names[PROVIDER__COUNT + 2];
	size_t             count = 0;

	names[count++] = generic.name;
	for (size_t i = 0; i < PROVIDER__COUNT; i++)
		if (providers[i]->parse_events != NULL)
			names[count++] = providers[i]->name;
	names[count] = NULL;
	return names;
}
