/* bKash's interface on the wire: its token, its headers, its codes. */
#include "payments/providers/bkash_call.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"
#include "payments/token.h"

#include <json-c/json.h>

/* bKash lets a token be granted twice an hour at most: the hourly one, and one in its place. */
enum { CODE_MAX = 16, TOKEN_PAUSE_SECONDS = 3600 };

const char *
first_text(struct arena *arena, struct json_object *json, const char *const *names, size_t max)
{
	const char *text = NULL;

	for (; text == NULL && *names != NULL; names++)
		text = json_text_at(arena, json, *names, max);
	return text;
}

/* Each of its interfaces names the code in another way. */
static void
read_said(struct arena *arena, const struct http_reply *reply, struct said *said)
{
	static const char *const code_names[] = { "statusCode", "errorCode", "externalCode", "internalCode", NULL };
	static const char *const message_names[] = { "statusMessage", "errorMessage", "errorMessageEn", "message", NULL };

	said->json = json_read(arena, reply->body, reply->length);
	said->code = first_text(arena, said->json, code_names, CODE_MAX);
	said->message = first_text(arena, said->json, message_names, 500);
	said->class = said->code == NULL && reply->status < 400 && said->json != NULL ? CODE_OK : bkash_class_of(said->code);
	/* What is answered so is not about the payment: another address than bKash's, too many calls at once. */
	if (reply->status == 404)
		said->class = CODE_LOST;
	if (reply->status == 409 || reply->status == 429)
		said->class = CODE_UNCLEAR;
}

static const struct problem *
judge_said(const struct http_reply *reply, const struct said *said)
{
	if (said->class == CODE_OK)
		return OK;
	log_warning("bkash rejected a call", LOG_NUMBER("status", reply->status), LOG_ID("code", said->code),
	    LOG_TEXT("cause", said->message));
	if (said->class == CODE_OURS || said->class == CODE_LOST)
		log_error(said->class == CODE_OURS ? "bkash does not accept our credentials or contract"
						   : "bkash does not find what it is asked about",
		    LOG_ID("code", said->code));
	if (said->class == CODE_OURS || said->class == CODE_LOST || said->class == CODE_UNCLEAR)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider is currently unavailable; try again");
	return OK;
}

static void
ask_for_token(struct work *work, struct http_call *call)
{
	const struct config *config = work->config;
	struct text          body = text_new(work->arena, 256);
	const char         **headers = arena_alloc(work->arena, 5 * sizeof *headers);
	char                *password = arena_format(work->arena, "password: %s", config->payments.bkash.password);

	TEXT_ADD(&body, "{\"app_key\":");
	text_add_json(&body, config->payments.bkash.app_key);
	TEXT_ADD(&body, ",\"app_secret\":");
	text_add_json(&body, config->payments.bkash.app_secret);
	TEXT_ADD(&body, "}");
	arena_scrub(work->arena, body.bytes, body.length);
	arena_scrub(work->arena, password, strlen(password));
	headers[0] = "Content-Type: application/json";
	headers[1] = "Accept: application/json";
	headers[2] = arena_format(work->arena, "username: %s", config->payments.bkash.username);
	headers[3] = password;
	headers[4] = NULL;
	*call = (struct http_call) { .method = "POST",
		.headers = headers,
		.url = arena_format(work->arena, "%s" CHECKOUT "token/grant", config->payments.bkash.base_url),
		.body = body.bytes,
		.body_length = body.length };
}

const struct problem *
bkash_call(struct work *work, struct payment_id payment, const char *kind, const char *path, const struct text *body,
    struct http_reply *reply, struct said *said)
{
	const struct config      *config = work->config;
	const char               *headers[] = { "Content-Type: application/json", "Accept: application/json",
			      arena_format(work->arena, "X-APP-Key: %s", config->payments.bkash.app_key), NULL };
	const struct token_scheme scheme = { .provider = providers[PROVIDER_BKASH],
		.prefix = config->payments.bkash.bearer ? "Authorization: Bearer " : "Authorization: ",
		.member = "id_token",
		.forbids_expired = true,
		.pause_seconds = TOKEN_PAUSE_SECONDS,
		.ask = ask_for_token };
	struct http_call          http = { .method = "POST",
			 .headers = headers,
			 .url = arena_format(work->arena, "%s%s", config->payments.bkash.base_url, path),
			 .body = body->bytes,
			 .body_length = body->length };

	*said = (struct said) { .class = CODE_UNCLEAR };
	TRY(provider_call_with_token(work, &scheme, payment, kind, &http, reply));
	read_said(work->arena, reply, said);
	return judge_said(reply, said);
}
