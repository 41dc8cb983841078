#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "sandbox/paypal/paypal.h"

enum { LIFE_SECONDS = 32400 };

static void
answer_token_error(struct call *call, int status, const char *error, const char *description)
{
	struct json_object *body = json_object_new_object();

	put_text(body, "error", error);
	put_text(body, "error_description", description);
	answer_json(call, status, body);
}

/* POST /v1/oauth2/token, with the app's id and secret. */
void
paypal_grant(struct call *call)
{
	const struct config *config = call->sandbox->config;
	const char          *pair =
	    arena_format(call->arena, "%s:%s", config->payments.paypal.client_id, config->payments.paypal.client_secret);
	const char         *wanted = arena_format(call->arena, "Basic %s", base64_encode(call->arena, pair, strlen(pair)));
	const char         *given = call_header(call, "Authorization"), *type = form_get(&call->form, "grant_type");
	struct json_object *token, *body;

	if (given == NULL || *config->payments.paypal.client_id == '\0' || strcmp(given, wanted) != 0) {
		answer_token_error(call, 401, "invalid_client", "Client Authentication failed");
		return;
	}
	if (type == NULL || strcmp(type, "client_credentials") != 0) {
		answer_token_error(call, 400, "unsupported_grant_type", "Grant Type is NULL");
		return;
	}
	token = json_object_new_object();
	put_text(token, "id", id_new(call->arena, "A21AA"));
	put_integer(token, "until", unix_seconds() + LIFE_SECONDS);
	state_save(call->sandbox, PAYPAL_TOKENS, token);
	body = json_object_new_object();
	put_text(body, "scope", "https://uri.paypal.com/services/payments/payment");
	put_text(body, "access_token", get_text(token, "id"));
	put_text(body, "token_type", "Bearer");
	put_integer(body, "expires_in", LIFE_SECONDS);
	answer_json(call, 200, body);
}

bool
paypal_token_is_good(struct call *call)
{
	static const char         bearer[] = "Bearer ";
	const char               *given = call_header(call, "Authorization");
	const struct json_object *token;
	bool                      good;

	pthread_mutex_lock(&call->sandbox->lock);
	token = given == NULL || strncmp(given, bearer, sizeof bearer - 1) != 0
	    ? NULL
	    : state_find(call->sandbox, PAYPAL_TOKENS, given + sizeof bearer - 1);
	good = token != NULL && get_integer(token, "until") > unix_seconds();
	pthread_mutex_unlock(&call->sandbox->lock);
	if (!good)
		answer_token_error(call, 401, "invalid_token", "Token signature verification failed");
	return good;
}

/* All of them end before their time. */
void
paypal_expire_tokens(struct call *call)
{
	size_t               count;
	struct json_object **tokens = state_newest_first(call->sandbox, PAYPAL_TOKENS, call->arena, &count);

	for (size_t i = 0; i < count; i++) {
		put_integer(tokens[i], "until", 0);
		state_save(call->sandbox, PAYPAL_TOKENS, tokens[i]);
	}
	answer_json(call, 200, json_object_new_object());
}
