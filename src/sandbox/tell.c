/* What a call has caused is told as the switches of its transaction say. */
#include "sandbox/sandbox.h"

void
delivery_tell(struct call *call, const char *event_text)
{
	struct switches *switches = switches_of(call);

	if (switches->webhook_never)
		return;
	if (!switches->webhook_before_answer) {
		delivery_add(call->sandbox, call->stand_in, switches, event_text);
		return;
	}
	if (call->caused == NULL)
		call->caused = json_object_new_array();
	for (int64_t copy = switches_copies(switches); copy > 0; copy--)
		json_object_array_add(call->caused, json_object_new_string(event_text));
}
