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
		json_object_object_foreach(json, name, value)
		{
			(void)name;
			count += count_members(value);
		}
	} else if (json_object_is_type(json, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(json); i++)
			count += count_members(json_object_array_get_idx(json, i));
	}
	return count;
}

static size_t
count_digits(const char *at, const char *end)
{
	const char *from = at;

	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return (size_t)(at - from);
}

/* Bytes of the number that begins here; 0 when it is none by RFC 8259, section 6, or runs on into something else. */
static size_t
number_length(const char *from, const char *end)
{
	const char *at = from + (*from == '-');
	size_t      digits = count_digits(at, end);

	if (digits == 0 || (digits > 1 && *at == '0'))
		return 0;
	at += digits;
	if (at < end && *at == '.') {
		if ((digits = count_digits(at + 1, end)) == 0)
			return 0;
		at += 1 + digits;
	}
	if (at < end && (*at == 'e' || *at == 'E')) {
		at += 1 + (at + 1 < end && (at[1] == '+' || at[1] == '-'));
		if ((digits = count_digits(at, end)) == 0)
			return 0;
		at += digits;
	}
	return at < end && strchr("0123456789.eE+-", *at) != NULL ? 0 : (size_t)(at - from);
}

/*
 * Bytes of the string that begins here; 0 when it does not end or has a raw control character.  *nul: it has an escaped
 * NUL, at which a name of json-c's tree would end.
 */
static size_t
string_length(const char *from, const char *end, bool *nul)
{
	*nul = false;
	for (const char *at = from + 1; at < end; at++) {
		if (*at == '"')
			return (size_t)(at + 1 - from);
		if ((unsigned char)*at < 0x20)
			return 0;
		if (*at == '\\') {
			*nul |= end - at >= 6 && memcmp(at, "\\u0000", 6) == 0;
			at++;
		}
	}
	return 0;
}

static bool
is_minus_zero(const char *number, size_t length)
{
	return length == 2 && memcmp(number, "-0", 2) == 0;
}

/*
 * Colons outside strings: one for each member that was written.  SIZE_MAX when something stands there that JSON does not
 * have though json-c takes it: 'single quotes', NaN, 007, raw line breaks in strings; or a name with a NUL in it.
 * *minus_zeros: there is a -0, of which json-c's tree keeps the 0.
 */
static size_t
count_colons(const char *at, const char *end, bool *minus_zeros)
{
	size_t count = 0, length;
	bool   nul = false; /* of the string read last */

	for (; at < end; at += length) {
		length = 1;
		if (*at == '"') {
			length = string_length(at, end, &nul);
		} else if (*at == '-' || (*at >= '0' && *at <= '9')) {
			length = number_length(at, end);
			*minus_zeros |= is_minus_zero(at, length);
		} else if (*at == ':') {
			length = !nul;
			count++;
		} else if (*at == '\0' || strchr(" \t\r\n{}[],truefalsn", *at) == NULL) {
			length = 0;
		}
		if (length == 0)
			return SIZE_MAX;
	}
	return count;
}

/* Where the next number begins, outside strings. */
static const char *
find_number(const char *at, const char *end)
{
	bool nul;

	while (at < end && *at != '-' && !(*at >= '0' && *at <= '9'))
		at += *at == '"' ? string_length(at, end, &nul) : 1;
	return at;
}

/*
 * Let each -0 print as it stood, as json-c does by itself for numbers with a point: an amount has no sign before zero.  The
 * tree's numbers come in the order of the text, which `*at` goes through.
 */
static void
keep_minus_zeros(struct json_object *json, const char **at, const char *end)
{
	if (json_object_is_type(json, json_type_object)) {
		json_object_object_foreach(json, name, value)
		{
			(void)name;
			keep_minus_zeros(value, at, end);
		}
	} else if (json_object_is_type(json, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(json); i++)
			keep_minus_zeros(json_object_array_get_idx(json, i), at, end);
	} else if (json_object_is_type(json, json_type_int) || json_object_is_type(json, json_type_double)) {
		const char *number = find_number(*at, end);
		size_t      length = number_length(number, end);

		*at = number + length;
		if (is_minus_zero(number, length))
			json_object_set_serializer(json, json_object_userdata_to_json_string, (void *)"-0", NULL);
	}
}

struct json_object *
json_read(struct arena *arena, const char *bytes, size_t length)
{
	struct json_tokener *tokener;
	struct json_object  *json;
	bool                 whole, minus_zeros = false;

	/* json-c's own look at UTF-8 lets overlong forms and surrogates pass. */
	if (length == 0 || length > INT_MAX || !utf8_valid(bytes, length))
		return NULL;
	if ((tokener = json_tokener_new_ex(LEVELS_MAX)) == NULL)
		return NULL;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	json = json_tokener_parse_ex(tokener, bytes, (int)length);
	whole = json_tokener_get_error(tokener) == json_tokener_success && json_tokener_get_parse_end(tokener) == length;
	json_tokener_free(tokener);
	if (json != NULL)
		arena_defer(arena, put, json);
	/* json-c keeps the last of two members with one name: then more were written than the tree has. */
	whole = whole && (json_object_is_type(json, json_type_object) || json_object_is_type(json, json_type_array));
	if (!whole || count_colons(bytes, bytes + length, &minus_zeros) != count_members(json))
		return NULL;
	if (minus_zeros)
		keep_minus_zeros(json, &(const char *) { bytes }, bytes + length);
	return json;
}
