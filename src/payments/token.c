#include "payments/token.h"

#include "base/instant.h"
#include "base/log.h"
#include "net/circuit.h"
#include "net/http_client.h"
#include "net/remote_value.h"
#include "payments/json_path.h"

#include <json-c/json.h>
#include <stdlib.h>

enum { TOKEN_MAX = 8192, EARLY_SECONDS = 60 };

/* What can stand in a header. */
static bool
is_token(const char *text)
{
	size_t length = text == NULL ? 0 : strlen(text);

	for (size_t i = 0; i < length; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	return length > 0;
}

/* Some write the seconds as text. */
static bool
read_lifetime(struct arena *arena, struct json_object *json, int64_t *seconds)
{
	const char *text = json_text_at(arena, json, "expires_in", 10);
	char       *end = NULL;

	if (text != NULL)
		*seconds = strtoll(text, &end, 10);
	if (text != NULL ? *text == '\0' || *end != '\0' : !json_integer_at(json, "expires_in", seconds))
		return false;
	*seconds = *seconds > 2 * EARLY_SECONDS ? *seconds - EARLY_SECONDS : *seconds / 2;
	return *seconds > 0;
}

/* What a fetch must know: whose token, and the one that was refused (or NULL). */
struct wanted_token {
	const struct token_scheme *scheme;
	const char                *name;
	const struct bytes        *refused;
};

/* Is the one that was refused still the one that is kept?  When it has gone meanwhile, the next is an ordinary one. */
static const struct problem *
replaces_refused(struct work *work, const struct wanted_token *wanted, bool *replaces)
{
	struct bytes kept;

	*replaces = false;
	if (wanted->refused == NULL)
		return OK;
	TRY(remote_value_kept(work, wanted->name, &kept, replaces));
	*replaces =
	    *replaces && kept.length == wanted->refused->length && memcmp(kept.bytes, wanted->refused->bytes, kept.length) == 0;
	return OK;
}

/* "1767323045 eyJhbGciOi...", or "1767323045r ..." in place of one that was refused: when it was granted, and why. */
static const struct problem *
fetch_token(struct work *work, const void *argument, struct bytes *value, int64_t *seconds)
{
	const struct wanted_token *wanted = argument;
	const struct token_scheme *scheme = wanted->scheme;
	struct http_call           call = { .method = "POST" };
	struct http_reply          reply = { .outcome = HTTP_UNREACHABLE };
	struct json_object        *json;
	const char                *token;
	char                      *kept;
	bool                       replaces;

	TRY(replaces_refused(work, wanted, &replaces));
	scheme->ask(work, &call);
	TRY(provider_call(work, scheme->provider, (struct payment_id) { 0 }, NULL, &call, &reply));
	json = json_read(work->arena, reply.body, reply.length);
	token = json_text_at(work->arena, json, scheme->member, TOKEN_MAX);
	if (reply.status >= 400 || !is_token(token) || !read_lifetime(work->arena, json, seconds)) {
		log_error(
		    "provider grants no token", LOG_ID("provider", scheme->provider->name), LOG_NUMBER("status", reply.status));
		return problem(PROVIDER_UNAVAILABLE, "the payment provider is currently unavailable; try again");
	}
	kept = arena_format(work->arena, "%lld%s %s", (long long)unix_seconds(), replaces ? "r" : "", token);
	*value = (struct bytes) { (const unsigned char *)kept, strlen(kept) };
	arena_scrub(work->arena, kept, value->length);
	return OK;
}

static const struct problem *
get_token(struct work *work, const struct token_scheme *scheme, const struct bytes *refused, struct bytes *value)
{
	const char         *name = arena_format(work->arena, "%s.token", scheme->provider->name);
	struct wanted_token wanted = { scheme, name, refused };

	/* Those who wait have no place in the provider's bulkhead: were the granting to hang, they would be all workers there are. */
	return remote_value(
	    work, name, circuit_is_for_requests() ? REMOTE_OURS_IMPATIENT : REMOTE_OURS, refused, fetch_token, &wanted, value);
}

static bool
may_be_replaced(struct work *work, const struct token_scheme *scheme, struct bytes value)
{
	const char *kept = arena_copy(work->arena, (const char *)value.bytes, value.length);
	char       *reason;
	int64_t     granted = strtoll(kept, &reason, 10);

	return *reason != 'r' || unix_seconds() - granted >= scheme->pause_seconds;
}

static const struct problem *
call_once(struct work *work, const struct token_scheme *scheme, struct payment_id payment, const char *kind,
    const struct http_call *call, struct bytes value, struct http_reply *reply)
{
	const char      *kept = arena_copy(work->arena, (const char *)value.bytes, value.length), *token = strchr(kept, ' ');
	char            *authorization = arena_format(work->arena, "%s%s", scheme->prefix, token == NULL ? "" : token + 1);
	struct http_call with = *call;
	const char     **headers;
	size_t           count = 0;

	while (call->headers != NULL && call->headers[count] != NULL)
		count++;
	headers = arena_alloc(work->arena, (count + 2) * sizeof *headers);
	headers[0] = authorization;
	for (size_t i = 0; i < count; i++)
		headers[i + 1] = call->headers[i];
	headers[count + 1] = NULL;
	with.headers = headers;
	arena_scrub(work->arena, authorization, strlen(authorization));
	return provider_call(work, scheme->provider, payment, kind, &with, reply);
}

const struct problem *
provider_call_with_token(struct work *work, const struct token_scheme *scheme, struct payment_id payment, const char *kind,
    struct http_call *call, struct http_reply *reply)
{
	const struct problem *problem;
	struct bytes          value, refused;

	*reply = (struct http_reply) { .outcome = HTTP_UNREACHABLE };
	TRY(get_token(work, scheme, NULL, &value));
	problem = call_once(work, scheme, payment, kind, call, value, reply);
	if (reply->outcome != HTTP_ANSWERED || (reply->status != 401 && !(reply->status == 403 && scheme->forbids_expired)) ||
	    !may_be_replaced(work, scheme, value))
		return problem;
	refused = value;
	TRY(get_token(work, scheme, &refused, &value));
	return call_once(work, scheme, payment, kind, call, value, reply);
}
