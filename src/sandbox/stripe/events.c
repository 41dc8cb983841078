#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "sandbox/stripe/stripe.h"

void
event_make(struct call *call, const char *type, const struct json_object *object, struct json_object *previous)
{
	struct sandbox     *sandbox = call->sandbox;
	struct json_object *event = json_object_new_object(), *data = json_object_new_object();
	struct json_object *request = json_object_new_object();

	put_copy(data, "object", object);
	if (previous != NULL)
		json_object_object_add(data, "previous_attributes", previous);
	put_text(request, "id", call->request_id);
	put_text(request, "idempotency_key", call->key);
	put_text(event, "id", id_new(call->arena, "evt_"));
	put_text(event, "object", "event");
	put_text(event, "api_version", sandbox->config->payments.stripe.api_version);
	put_integer(event, "created", unix_seconds());
	json_object_object_add(event, "data", data);
	put_bool(event, "livemode", false);
	put_integer(event, "pending_webhooks", 1);
	json_object_object_add(event, "request", request);
	put_text(event, "type", type);
	state_save(sandbox, TABLE_EVENTS, event);

	delivery_tell(call, json_text(event));
}

void
event_show(struct call *call)
{
	struct json_object *event = state_find(call->sandbox, TABLE_EVENTS, call->captured[0]);

	if (event == NULL)
		answer_no_such(call, "event", call->captured[0]);
	else
		answer_object(call, event);
}
