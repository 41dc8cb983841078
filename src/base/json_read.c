/* A JSON text into json-c's tree, more strictly than json-c alone. */
#include "base/arena.h"
#include "base/encoding.h"
#include "base/shape.h"

#include <json-c/json.h>
#include <limits.h>

enum { LEVELS_MAX = 16 };

static void
put(void *json)
{
	json_object_put(json);
}

static size_t
count_members(struct json_object *json)
{
	size_t count = 0;

	if (json_object_is_type(json, json_type_object)) {
		count = (size_t)json_object_object_length(json);
		json_object_object_foreach(json, name, value) {
			(void)name;
			count += count_members(value);
		}
	} else if (json_object_is_type(json, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(json); i++)
			count += count_members(json_object_array_get_idx(json, i));
	}
	return count;
}

/*
 * The string that begins at bytes[start]: the index of its closing quote.  `length` when a control character stands in
 * it, or when it has an escaped NUL and is a name: json-c would cut the name there.
 */
static size_t
skip_string(const char *bytes, size_t length, size_t start)
{
	bool   nul = false;
	size_t end, next;

	for (end = start + 1; end < length && bytes[end] != '"'; end++) {
		if ((unsigned char)bytes[end] < 0x20)
			return length;
		if (bytes[end] == '\\') {
			nul = nul || (length - end > 5 && memcmp(bytes + end, "\\u0000", 6) == 0);
			end++;
		}
	}
	for (next = end + 1; next < length && strchr(" \t\r\n", bytes[next]) != NULL && bytes[next] != '\0'; next++)
		;
	return nul && next < length && bytes[next] == ':' ? length : end;
}

/*
 * Colons outside strings, one for each member that was written; SIZE_MAX when something stands there that JSON does not
 * have (json-c takes 'single quotes', NaN, Infinity, "1." and line breaks in strings).
 */
static size_t
count_colons(const char *bytes, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '"')
			i = skip_string(bytes, length, i);
		else if (bytes[i] == ':')
			count++;
		else if (bytes[i] == '\0' || strchr(" \t\r\n{}[],0123456789+-.eEtrufalsn", bytes[i]) == NULL)
			return SIZE_MAX;
		if (i >= length || (bytes[i] == '.' && (i + 1 == length || bytes[i + 1] < '0' || bytes[i + 1] > '9')))
			return SIZE_MAX;
	}
	return count;
}

struct json_object *
json_read(struct arena *arena, const char *bytes, size_t length)
{
	struct json_tokener *tokener;
	struct json_object  *json;
	bool                 whole;

	if (length == 0 || length > INT_MAX || !utf8_valid(bytes, length) || (tokener = json_tokener_new_ex(LEVELS_MAX)) == NULL)
		return NULL;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	json = json_tokener_parse_ex(tokener, bytes, (int)length);
	whole = json_tokener_get_error(tokener) == json_tokener_success && json_tokener_get_parse_end(tokener) == length;
	json_tokener_free(tokener);
	if (json != NULL)
		arena_defer(arena, put, json);
	/* json-c keeps the last of two members with one name: then more were written than the tree has. */
	whole = whole && (json_object_is_type(json, json_type_object) || json_object_is_type(json, json_type_array));
	return whole && count_colons(bytes, length) == count_members(json) ? json : NULL;
}
