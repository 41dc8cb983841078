#include "http/claims.h"

#include <json-c/json.h>
#include <string.h>

static json_object *
member(json_object *object, const char *name, json_type type)
{
	json_object *value;

	if (!json_object_object_get_ex(object, name, &value) || !json_object_is_type(value, type))
		return NULL;
	return value;
}

bool
claim_text(json_object *payload, const char *name, const char **into)
{
	json_object *value = member(payload, name, json_type_string);

	if (value == NULL)
		return false;
	*into = json_object_get_string(value);
	return strlen(*into) == (size_t)json_object_get_string_len(value);
}

bool
claim_boolean(json_object *payload, const char *name, bool *into)
{
	json_object *value = member(payload, name, json_type_boolean);

	*into = value != NULL && json_object_get_boolean(value);
	return value != NULL;
}

bool
claim_integer(json_object *payload, const char *name, int64_t *into)
{
	json_object *value = member(payload, name, json_type_int);

	*into = value == NULL ? 0 : json_object_get_int64(value);
	return value != NULL;
}
