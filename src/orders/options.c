#include "orders/order.h"

#include "base/arena.h"

#include <json-c/json.h>
#include <string.h>

const char *
order_options_text(struct arena *arena, const char *json)
{
	struct json_object *options = json == NULL ? NULL : json_read(arena, json, strlen(json));
	const char         *text = NULL;

	if (options == NULL)
		return NULL;
	json_object_object_foreach(options, name, value)
	{
		const char *option = arena_format(arena, "%s: %s", name, json_object_get_string(value));

		text = text == NULL ? option : arena_format(arena, "%s, %s", text, option);
	}
	return text;
}
