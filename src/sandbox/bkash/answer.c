#include "base/arena.h"
#include "base/instant.h"
#include "sandbox/bkash/bkash.h"

void
bkash_answer_done(struct call *call, struct json_object *body)
{
	put_text(body, "statusCode", "0000");
	put_text(body, "statusMessage", "Successful");
	answer_json(call, 200, body);
}

void
bkash_answer_code(struct call *call, const char *code, const char *message)
{
	struct json_object *body = json_object_new_object();

	put_text(body, "statusCode", code);
	put_text(body, "statusMessage", message);
	answer_json(call, 200, body);
}

void
bkash_answer_refund_code(struct call *call, const char *code, const char *message)
{
	struct json_object *body = json_object_new_object();

	put_text(body, "internalCode", "refund_refused");
	put_text(body, "externalCode", code);
	put_text(body, "errorMessageEn", message);
	put_text(body, "errorMessageBn", message);
	answer_json(call, 200, body);
}

const char *
bkash_need_text(struct call *call, const char *name)
{
	const char *text = get_text(call->json, name);

	if (text != NULL && *text != '\0')
		return text;
	bkash_answer_code(call, "2065", arena_format(call->arena, "Mandatory field '%s' is missing or no text", name));
	return NULL;
}

bool
read_taka(const char *text, int64_t *paisa)
{
	struct decimal decimal;
	struct money   money;

	if (!decimal_parse(text, strlen(text), &decimal) || decimal.scale > 2 || !decimal_to_money(decimal, "BDT", &money))
		return false;
	*paisa = money.minor;
	return true;
}

const char *
taka(struct call *call, int64_t paisa)
{
	char text[MONEY_TEXT_SIZE];

	money_write((struct money) { paisa, "BDT" }, text);
	return arena_string(call->arena, text);
}

const char *
short_taka(struct call *call, int64_t paisa)
{
	char  *text = arena_string(call->arena, taka(call, paisa));
	size_t length = strlen(text);

	while (text[length - 1] == '0')
		text[--length] = '\0';
	if (text[length - 1] == '.')
		text[length - 1] = '\0';
	return text;
}

const char *
dhaka_time(struct call *call)
{
	struct civil now = instant_civil(instant_add_seconds(instant_now(), 6 * 3600));

	return arena_format(call->arena, "%04d-%02d-%02dT%02d:%02d:%02d:%03d GMT+0600", now.year, now.month, now.day, now.hour,
	    now.minute, now.second, now.millisecond);
}
