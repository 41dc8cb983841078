#include "base/arena.h"
#include "sandbox/paystack/paystack.h"

/* What is sent has no id of its own. */
void
paystack_tell(struct call *call, const char *type, struct json_object *data)
{
	struct json_object *event = json_object_new_object(), *sent = json_object_new_object();

	put_text(sent, "event", type);
	json_object_object_add(sent, "data", data);
	put_text(event, "id", id_new(call->arena, "paystack_"));
	json_object_object_add(event, "sent", sent);
	state_save(call->sandbox, PAYSTACK_EVENTS, event);
	delivery_tell(call, json_text(sent));
}
