#include "base/arena.h"
#include "base/encoding.h"
#include "sandbox/stripe/stripe.h"

enum { KEY_MAX = 255 };

/* Equal for calls to the same place with the same parameters, in whatever order they came. */
static const char *
take_fingerprint(struct call *call)
{
	const char *whole =
	    arena_format(call->arena, "%s %s\n%s", call->method, call->path, form_canonical(call->arena, &call->form));
	unsigned char hash[32];

	sha256(whole, strlen(whole), hash);
	return hex_encode(call->arena, hash, sizeof hash);
}

static void
replay_answer(struct call *call, const struct json_object *record)
{
	call->status = (int)get_integer(record, "status");
	call->answer = strdup(get_text(record, "body"));
	if (call->answer == NULL)
		abort();
	call->replayed = true;
}

/* Is the call the same as the one the key was first used for?  Answers the error when it is not. */
static bool
is_same(struct call *call, const char *first)
{
	if (strcmp(first, call->fingerprint) == 0)
		return true;
	answer_error(call, 400, "idempotency_error", NULL, NULL,
	    "Keys for idempotent requests can only be used with the same parameters they were first used with.");
	return false;
}

bool
idempotency_begin(struct call *call)
{
	const char         *key = call_header(call, "Idempotency-Key");
	struct json_object *record;
	const char         *running;

	if (key == NULL)
		return true;
	if (*key == '\0' || strlen(key) > KEY_MAX) {
		answer_invalid(call, NULL, NULL, "Idempotency-Key must be 1 to 255 characters.");
		return false;
	}
	call->fingerprint = take_fingerprint(call);
	running = get_text(call->sandbox->running_keys, key);
	if (running != NULL) {
		if (is_same(call, running))
			answer_error(call, 409, "idempotency_error", "idempotency_key_in_use", NULL,
			    "There is currently another in-progress request using this Idempotency-Key.");
		return false;
	}
	record = state_find(call->sandbox, TABLE_KEYS, key);
	if (record != NULL) {
		if (is_same(call, get_text(record, "fingerprint")))
			replay_answer(call, record);
		return false;
	}
	call->key = arena_string(call->arena, key);
	put_text(call->sandbox->running_keys, key, call->fingerprint);
	return true;
}

void
idempotency_end(struct call *call)
{
	struct json_object *record;

	if (call->key == NULL)
		return;
	json_object_object_del(call->sandbox->running_keys, call->key);
	if (!call->executed)
		return;
	record = json_object_new_object();
	put_text(record, "id", call->key);
	put_text(record, "fingerprint", call->fingerprint);
	put_integer(record, "status", call->status);
	put_text(record, "body", call->answer);
	state_save(call->sandbox, TABLE_KEYS, record);
}

/* A day has gone by: the key is a new one when it comes again. */
void
key_expires(struct call *call)
{
	struct json_object *keys = state_table(call->sandbox, TABLE_KEYS);

	if (keys != NULL)
		json_object_object_del(keys, call->captured[0]);
	answer_json(call, 200, json_object_new_object());
}
