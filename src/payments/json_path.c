#include "payments/json_path.h"

#include "base/arena.h"
#include "base/money.h"
#include "base/shape.h"

#include <json-c/json.h>

struct json_object *
json_at(struct json_object *json, const char *path)
{
	char name[64];

	while (json != NULL && *path != '\0') {
		size_t length = strcspn(path, ".");

		if (length >= sizeof name || !json_object_is_type(json, json_type_object))
			return NULL;
		snprintf(name, sizeof name, "%.*s", (int)length, path);
		json = json_object_object_get(json, name);
		path += length + (path[length] == '.');
	}
	return json;
}

void
json_remove(struct json_object *json, const char *const *names)
{
	if (names == NULL)
		return;
	if (json_object_is_type(json, json_type_array))
		for (size_t i = 0; i < json_object_array_length(json); i++)
			json_remove(json_object_array_get_idx(json, i), names);
	if (!json_object_is_type(json, json_type_object))
		return;
	for (const char *const *name = names; *name != NULL; name++)
		json_object_object_del(json, *name);
	json_object_object_foreach(json, name, value)
	{
		(void)name;
		json_remove(value, names);
	}
}

void
json_keep(struct json_object *json, const char *const *names)
{
	struct json_object_iterator at, end;

	if (names == NULL)
		return;
	if (json_object_is_type(json, json_type_array))
		for (size_t i = 0; i < json_object_array_length(json); i++)
			json_keep(json_object_array_get_idx(json, i), names);
	if (!json_object_is_type(json, json_type_object))
		return;
	for (at = json_object_iter_begin(json), end = json_object_iter_end(json); !json_object_iter_equal(&at, &end);) {
		const char         *name = json_object_iter_peek_name(&at);
		struct json_object *value = json_object_iter_peek_value(&at);
		bool                kept = value_index(names, name) >= 0;

		json_object_iter_next(&at);
		if (kept)
			json_keep(value, names);
		else
			json_object_object_del(json, name);
	}
}

const char *
json_text_at(struct arena *arena, struct json_object *json, const char *path, size_t max)
{
	struct json_object *value = json_at(json, path);
	size_t              length;

	if (!json_object_is_type(value, json_type_string))
		return NULL;
	length = (size_t)json_object_get_string_len(value);
	if (length > max || strlen(json_object_get_string(value)) != length)
		return NULL;
	return arena_copy(arena, json_object_get_string(value), length);
}

/* json-c keeps the text of a number with a point. */
bool
json_money_at(struct json_object *json, const char *path, const char *currency, struct money *into)
{
	struct json_object *value = json_at(json, path);
	const char         *text = json_object_get_string(value);
	struct decimal      decimal;
	bool is_amount = json_object_is_type(value, json_type_int) || json_object_is_type(value, json_type_double) ||
	    json_object_is_type(value, json_type_string);

	*into = (struct money) { 0, "" };
	return is_amount && currency != NULL && decimal_parse(text, strlen(text), &decimal) && decimal.digits >= 0 &&
	    decimal_to_money(decimal, currency, into);
}

bool
json_integer_at(struct json_object *json, const char *path, int64_t *into)
{
	struct json_object *value = json_at(json, path);

	if (!json_object_is_type(value, json_type_int))
		return false;
	*into = json_object_get_int64(value);
	return true;
}
