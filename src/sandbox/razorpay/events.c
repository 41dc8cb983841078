#include "base/arena.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "sandbox/razorpay/razorpay.h"

const char *
razorpay_event_id(const char *text, char into[20])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	unsigned char     hash[32];

	sha256(text, strlen(text), hash);
	for (size_t i = 0; i < 14; i++)
		into[i] = digits[hash[i] % (sizeof digits - 1)];
	into[14] = '\0';
	return into;
}

static void
add_entity(struct json_object *payload, struct json_object *contains, const char *name, const struct json_object *entity)
{
	struct json_object *wrapped;

	if (entity == NULL)
		return;
	wrapped = json_object_new_object();
	put_copy(wrapped, "entity", entity);
	json_object_object_add(payload, name, wrapped);
	json_object_array_add(contains, json_object_new_string(name));
}

void
razorpay_tell(struct call *call, const char *type, const struct razorpay_told *told)
{
	struct json_object *body = json_object_new_object(), *payload = json_object_new_object();
	struct json_object *contains = json_object_new_array(), *event = json_object_new_object();
	char                id[20];

	put_text(body, "entity", "event");
	put_text(body, "account_id", "acc_HaatSandbox001");
	put_text(body, "event", type);
	json_object_object_add(body, "contains", contains);
	add_entity(payload, contains, "refund", told->refund);
	add_entity(payload, contains, "dispute", told->dispute);
	add_entity(payload, contains, "payment", told->payment);
	add_entity(payload, contains, "order", told->order);
	add_entity(payload, contains, "token", told->token);
	add_entity(payload, contains, "notification", told->notification);
	json_object_object_add(body, "payload", payload);
	put_integer(body, "created_at", unix_seconds());
	put_text(event, "id", razorpay_event_id(json_text(body), id));
	json_object_object_add(event, "sent", body);
	state_save(call->sandbox, RAZORPAY_EVENTS, event);
	delivery_tell(call, json_text(body));
}
