/*
 * PayPal-Request-Id.  What a key's call has made is remembered, not what was answered: the same call again, even after an answer
 * that failed on the way, is told what the object has become.
 */
#include "base/arena.h"
#include "base/encoding.h"
#include "sandbox/paypal/paypal.h"

enum { KEY_MAX = 108 };

static const char *
fingerprint_of(struct call *call)
{
	const char   *whole = arena_format(call->arena, "%s\n%s", call->path, call->body.bytes);
	unsigned char hash[32];

	sha256(whole, strlen(whole), hash);
	return hex_encode(call->arena, hash, sizeof hash);
}

static void
answer_again(struct call *call, const struct json_object *record)
{
	const char               *table = get_text(record, "table");
	const struct json_object *object = state_find(call->sandbox, table, get_text(record, "object"));

	call->replayed = true;
	if (strcmp(table, PAYPAL_VAULT) == 0)
		answer_json(call, 200, paypal_vault_view(object));
	else if (strcmp(table, PAYPAL_SETUPS) == 0)
		answer_json(call, 200, paypal_sent(object));
	else
		paypal_answer_object(
		    call, 200, strcmp(table, PAYPAL_ORDERS) == 0 ? paypal_order_sent(call, object) : paypal_sent(object));
}

bool
paypal_begin(struct call *call)
{
	const char         *key = call_header(call, "PayPal-Request-Id");
	struct json_object *record;

	if (key == NULL)
		return true;
	if (*key == '\0' || strlen(key) > KEY_MAX) {
		paypal_answer_issue(call, 400, "INVALID_REQUEST", "INVALID_STRING_LENGTH", "PayPal-Request-Id");
		return false;
	}
	call->fingerprint = fingerprint_of(call);
	if (get_text(call->sandbox->running_keys, key) != NULL) {
		paypal_answer_issue(call, 409, "RESOURCE_CONFLICT", "PREVIOUS_REQUEST_IN_PROGRESS", NULL);
		return false;
	}
	record = state_find(call->sandbox, PAYPAL_KEYS, key);
	if (record != NULL && strcmp(get_text(record, "fingerprint"), call->fingerprint) != 0) {
		paypal_answer_unprocessable(call, "DUPLICATE_REQUEST_ID", "PayPal-Request-Id");
		return false;
	}
	if (record != NULL) {
		answer_again(call, record);
		return false;
	}
	call->key = arena_string(call->arena, key);
	put_text(call->sandbox->running_keys, key, call->fingerprint);
	return true;
}

void
paypal_end(struct call *call)
{
	if (call->key != NULL)
		json_object_object_del(call->sandbox->running_keys, call->key);
}

void
paypal_executed(struct call *call, const char *table, const struct json_object *object)
{
	struct json_object *record;

	call->executed = true;
	if (call->key == NULL)
		return;
	record = json_object_new_object();
	put_text(record, "id", call->key);
	put_text(record, "fingerprint", call->fingerprint);
	put_text(record, "table", table);
	put_text(record, "object", get_text(object, "id"));
	state_save(call->sandbox, PAYPAL_KEYS, record);
}
