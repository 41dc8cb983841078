#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "sandbox/bkash/bkash.h"

#include <stdlib.h>

enum { TOKEN_SECONDS = 3600 };

/* How often all tokens have ended before their time. */
static int64_t
generation(const struct sandbox *sandbox)
{
	const struct json_object *tokens = state_find(sandbox, BKASH_TOKENS, "all");

	return tokens == NULL ? 0 : get_integer(tokens, "generation");
}

/* A token proves itself, so that one outlives a restart: its end and a digest of that with the secret. */
static const char *
token_until(struct call *call, int64_t end)
{
	const char   *whole = arena_format(call->arena, "%lld %lld %s", (long long)end, (long long)generation(call->sandbox),
	      call->sandbox->config->payments.bkash.app_secret);
	unsigned char hash[32];

	sha256(whole, strlen(whole), hash);
	return arena_format(call->arena, "%lld.%s", (long long)end, hex_encode(call->arena, hash, sizeof hash));
}

static bool
is_header(const struct call *call, const char *name, const char *expected)
{
	const char *value = call_header(call, name);

	return value != NULL && strcmp(value, expected) == 0;
}

static void
answer_stranger(struct call *call, const char *message)
{
	struct json_object *body = json_object_new_object();

	put_text(body, "message", message);
	answer_json(call, 401, body);
}

/* bKash takes it with and without "Bearer". */
bool
bkash_token_is_good(struct call *call)
{
	static const char bearer[] = "Bearer ";
	const char       *token = call_header(call, "Authorization"), *good;
	int64_t           end;

	if (!is_header(call, "X-APP-Key", call->sandbox->config->payments.bkash.app_key)) {
		answer_stranger(call, "Forbidden");
		return false;
	}
	if (token != NULL && strncmp(token, bearer, sizeof bearer - 1) == 0)
		token += sizeof bearer - 1;
	end = token == NULL ? 0 : strtoll(token, NULL, 10);
	pthread_mutex_lock(&call->sandbox->lock);
	good = token_until(call, end);
	pthread_mutex_unlock(&call->sandbox->lock);
	if (token == NULL || strcmp(token, good) != 0) {
		answer_stranger(call, "Unauthorized");
		return false;
	}
	if (end <= unix_seconds())
		answer_stranger(call, "The incoming token has expired");
	return end > unix_seconds();
}

void
bkash_token_grant(struct call *call)
{
	const struct config *config = call->sandbox->config;
	const char          *key, *secret;
	struct json_object  *body;

	if (!is_header(call, "username", config->payments.bkash.username) ||
	    !is_header(call, "password", config->payments.bkash.password)) {
		answer_stranger(call, "Unauthorized");
		return;
	}
	if ((key = bkash_need_text(call, "app_key")) == NULL || (secret = bkash_need_text(call, "app_secret")) == NULL)
		return;
	if (strcmp(key, config->payments.bkash.app_key) != 0 || strcmp(secret, config->payments.bkash.app_secret) != 0) {
		bkash_answer_code(call, "2001", "Invalid App Key");
		return;
	}
	body = json_object_new_object();
	put_text(body, "token_type", "Bearer");
	put_text(body, "id_token", token_until(call, unix_seconds() + TOKEN_SECONDS));
	put_text(body, "refresh_token", id_new(call->arena, "refresh_"));
	put_integer(body, "expires_in", TOKEN_SECONDS);
	bkash_answer_done(call, body);
}

/* All of them end before their time. */
void
bkash_expire_tokens(struct call *call)
{
	struct json_object *tokens = json_object_new_object();

	put_text(tokens, "id", "all");
	put_integer(tokens, "generation", generation(call->sandbox) + 1);
	state_save(call->sandbox, BKASH_TOKENS, tokens);
	answer_json(call, 200, json_object_new_object());
}
