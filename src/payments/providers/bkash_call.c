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

/* bKash lets a token be granted twice an hour at most. */
enum { CODE_MAX = 16, TOKEN_YOUNG_SECONDS = 1800 };

static const struct {
	int first, last;
	enum code_class class;
} codes[] = {
	{ 0, 0, CODE_OK },
	{ 503, 503, CODE_UNCLEAR },
	{ 2001, 2001, CODE_OURS },
	{ 2002, 2002, CODE_LOST },
	{ 2003, 2003, CODE_UNCLEAR },
	{ 2004, 2006, CODE_AMOUNT },
	{ 2007, 2008, CODE_REQUEST },
	{ 2009, 2009, CODE_DECLINED },
	{ 2014, 2019, CODE_DECLINED },
	{ 2020, 2020, CODE_UNCLEAR },
	{ 2023, 2023, CODE_DECLINED },
	{ 2024, 2024, CODE_UNCLEAR },
	{ 2026, 2026, CODE_REFUND },
	{ 2029, 2029, CODE_DECLINED },
	{ 2031, 2031, CODE_REQUEST },
	{ 2033, 2033, CODE_LOST },
	{ 2034, 2034, CODE_REFUND },
	{ 2037, 2041, CODE_DECLINED },
	{ 2048, 2049, CODE_OURS },
	{ 2054, 2054, CODE_STATE },
	{ 2056, 2056, CODE_STATE },
	{ 2057, 2058, CODE_DECLINED },
	{ 2060, 2060, CODE_STATE },
	{ 2062, 2062, CODE_STATE },
	{ 2063, 2063, CODE_REQUEST },
	{ 2064, 2064, CODE_OURS },
	{ 2065, 2065, CODE_REQUEST },
	{ 2068, 2068, CODE_STATE },
	{ 2069, 2069, CODE_CANCELLED },
	{ 2071, 2082, CODE_REFUND },
	{ 2117, 2117, CODE_STATE },
};

/* What is not in the list may have been done all the same. */
static enum code_class
class_of(const char *code)
{
	struct decimal number;

	if (code != NULL && strspn(code, "0") == strlen(code))
		return CODE_OK;
	if (code == NULL || !decimal_parse(code, strlen(code), &number) || number.scale != 0)
		return CODE_UNCLEAR;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (number.digits >= codes[i].first && number.digits <= codes[i].last)
			return codes[i].class;
	return CODE_UNCLEAR;
}

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
	said->class = said->code == NULL && reply->status < 400 && said->json != NULL ? CODE_OK : class_of(said->code);
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
		.young_seconds = TOKEN_YOUNG_SECONDS,
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
