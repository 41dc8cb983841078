#include "base/arena.h"
#include "base/encoding.h"
#include "sandbox/razorpay/razorpay.h"

enum { KEY_MIN = 10, KEY_MAX = 64 };

/* Equal for calls to the same place with the same body. */
static const char *
take_fingerprint(struct call *call)
{
	const char   *whole = arena_format(call->arena, "%s\n%s", call->path, call->body.bytes);
	unsigned char hash[32];

	sha256(whole, strlen(whole), hash);
	return hex_encode(call->arena, hash, sizeof hash);
}

static bool
is_key(const char *key)
{
	size_t length = strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

	return key[length] == '\0' && length >= KEY_MIN && length <= KEY_MAX;
}

static bool
is_same(struct call *call, const char *first)
{
	if (strcmp(first, call->fingerprint) == 0)
		return true;
	razorpay_invalid(call, NULL, "Different request body sent for the same idempotency key");
	return false;
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

bool
razorpay_begin(struct call *call)
{
	const char         *key = call_header(call, "X-Refund-Idempotency"), *running;
	struct json_object *record;

	if (key == NULL)
		return true;
	if (!is_key(key)) {
		razorpay_invalid(call, NULL, "The idempotency key must be 10 or more letters, digits, hyphens and underscores.");
		return false;
	}
	call->fingerprint = take_fingerprint(call);
	running = get_text(call->sandbox->running_keys, key);
	if (running != NULL) {
		if (is_same(call, running))
			razorpay_error(
			    call, 409, "BAD_REQUEST_ERROR", NULL, "Request failed because another request is in progress");
		return false;
	}
	record = state_find(call->sandbox, RAZORPAY_KEYS, key);
	if (record != NULL) {
		if (is_same(call, get_text(record, "fingerprint")))
			replay_answer(call, record);
		return false;
	}
	call->key = arena_string(call->arena, key);
	put_text(call->sandbox->running_keys, key, call->fingerprint);
	return true;
}

/* What was done is answered again; a call that failed before it did anything is not. */
void
razorpay_end(struct call *call)
{
	struct json_object *record;

	if (call->key == NULL)
		return;
	json_object_object_del(call->sandbox->running_keys, call->key);
	if (!call->executed || call->status >= 500)
		return;
	record = json_object_new_object();
	put_text(record, "id", call->key);
	put_text(record, "fingerprint", call->fingerprint);
	put_integer(record, "status", call->status);
	put_text(record, "body", call->answer);
	state_save(call->sandbox, RAZORPAY_KEYS, record);
}
