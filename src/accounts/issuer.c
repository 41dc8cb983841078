#include "accounts/issuer.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "base/log.h"
#include "net/circuit.h"
#include "net/http_client.h"
#include "net/remote_value.h"
#include "store/work.h"

#include <stdlib.h>

enum { CONNECT_MS = 3000, CALL_MS = 5000, KEPT_SECONDS_MAX = 86400, HEAD_MAX = 64 };

const struct problem *
issuer_is_away(struct work *work)
{
	return problem_later(work->arena, PROBLEM_SIGN_IN_UNAVAILABLE,
	    "the service that signs people in is not responding; try again", (int)work->config->payments.circuit_open_seconds);
}

/* No longer than whoever waits for the answer, or than a provider gets. */
static int64_t
time_for_call(const struct work *work)
{
	int64_t most = work->config->payments.timeout_ms < CALL_MS ? work->config->payments.timeout_ms : CALL_MS;
	int64_t left = work->calls_until_ms == 0 ? most : work->calls_until_ms - monotonic_ms();

	return left < most ? left : most;
}

/* Who signs in waits a little longer for a place than who pays, as long as others come and go. */
static bool
enter(int64_t longest_call_ms, int *place)
{
	enum { TRIES = 5 };
	enum circuit_outcome outcome = CIRCUIT_IS_FULL;

	for (int i = 0; i < TRIES && outcome == CIRCUIT_IS_FULL; i++)
		outcome = circuit_enter_soon(CIRCUIT_ISSUER, longest_call_ms, place);
	return outcome == CIRCUIT_ENTERED;
}

const struct problem *
issuer_call(struct work *work, struct http_call *call, struct http_reply *reply)
{
	int place;

	call->connect_timeout_ms = CONNECT_MS;
	call->timeout_ms = time_for_call(work);
	if (call->timeout_ms <= 0 || !enter(call->timeout_ms, &place)) {
		log_warning("Google not called: circuit open or too many concurrent calls");
		return issuer_is_away(work);
	}
	http_call(work, call, reply);
	circuit_leave(CIRCUIT_ISSUER, place, reply->outcome == HTTP_ANSWERED && reply->status < 500);
	if (reply->outcome == HTTP_ANSWERED && reply->status < 500)
		return OK;
	log_error("a call to Google failed", LOG_NUMBER("status", reply->status),
	    LOG_TEXT("cause", reply->outcome == HTTP_ANSWERED ? "" : reply->error));
	return issuer_is_away(work);
}

/* ---- what is published ---- */

/* A document as it is kept: "FETCHED UNTIL " in Unix seconds, then its text. */
struct document {
	struct bytes kept, json;
	int64_t      fetched, until;
};

static bool
read_document(struct arena *arena, struct bytes kept, struct document *document)
{
	const char *text = arena_copy(arena, (const char *)kept.bytes, kept.length);
	char       *end;

	*document = (struct document) { .kept = kept };
	document->fetched = strtoll(text, &end, 10);
	document->until = strtoll(end, &end, 10);
	if (*end != ' ')
		return false;
	document->json = (struct bytes) { (const unsigned char *)end + 1, kept.length - (size_t)(end + 1 - text) };
	return true;
}

static struct bytes
write_document(struct arena *arena, int64_t fetched, int64_t until, const char *json, size_t length)
{
	char *kept = arena_alloc(arena, length + HEAD_MAX);
	int   head = snprintf(kept, HEAD_MAX, "%lld %lld ", (long long)fetched, (long long)until);

	memcpy(kept + head, json, length);
	return (struct bytes) { (const unsigned char *)kept, (size_t)head + length };
}

struct wanted {
	const char            *url;
	const struct document *old; /* that is good but lacks a key; NULL: none is there */
};

/* Were the old document not kept anew when nobody answers, each token with an unknown key would ask again. */
static const struct problem *
fetch_document(struct work *work, const void *argument, struct bytes *value, int64_t *seconds)
{
	const struct wanted  *wanted = argument;
	struct http_call      call = { .method = "GET", .url = wanted->url, .answer_bytes_max = REMOTE_VALUE_MAX - HEAD_MAX };
	struct http_reply     reply;
	const struct problem *problem = issuer_call(work, &call, &reply);
	int64_t               now = unix_seconds();

	if (problem == OK && reply.status == 200 && json_read(work->arena, reply.body, reply.length) != NULL) {
		*seconds = reply.max_age_seconds < KEPT_SECONDS_MAX ? reply.max_age_seconds : KEPT_SECONDS_MAX;
		*value = write_document(work->arena, now, now + *seconds, reply.body, reply.length);
		return OK;
	}
	log_error("what Google publishes cannot be read", LOG_TEXT("url", wanted->url));
	if (wanted->old == NULL || wanted->old->until <= now)
		return problem == OK ? issuer_is_away(work) : problem;
	*seconds = wanted->old->until - now;
	*value =
	    write_document(work->arena, now, wanted->old->until, (const char *)wanted->old->json.bytes, wanted->old->json.length);
	return OK;
}

static const struct problem *
get_document(struct work *work, const char *url, const struct document *old, struct document *document)
{
	const struct wanted   wanted = { url, old };
	struct bytes          kept;
	const struct problem *problem =
	    remote_value(work, url, REMOTE_OURS_IMPATIENT, old == NULL ? NULL : &old->kept, fetch_document, &wanted, &kept);

	/* Another worker waits for it, or has waited in vain. */
	if (problem_is(problem, PROBLEM_PROVIDER_UNAVAILABLE))
		return issuer_is_away(work);
	TRY(problem);
	return read_document(work->arena, kept, document) ? OK : issuer_is_away(work);
}

const struct problem *
issuer_document(struct work *work, const char *url, struct bytes *json)
{
	struct document document;

	TRY(get_document(work, url, NULL, &document));
	*json = document.json;
	return OK;
}

const struct problem *
issuer_check(
    struct work *work, const char *keys_url, const struct id_expected *expected, const char *token, struct id_claims *claims)
{
	struct document       document, newer;
	enum id_token_outcome outcome;
	const char           *why;

	TRY(get_document(work, keys_url, NULL, &document));
	outcome = id_token_check(work->arena, expected, token, document.json, claims, &why);
	if (outcome == ID_TOKEN_KEY_UNKNOWN && unix_seconds() - document.fetched >= work->config->auth.keys_again_seconds) {
		TRY(get_document(work, keys_url, &document, &newer));
		outcome = id_token_check(work->arena, expected, token, newer.json, claims, &why);
	}
	if (outcome == ID_TOKEN_VALID)
		return OK;
	log_warning("an ID token was refused", LOG_TEXT("cause", why));
	return problem(ID_TOKEN_INVALID, "the ID token is not valid here; sign in again");
}
