/* JSON into structs. */
#include "base/arena.h"
#include "base/encoding.h"
#include "base/shape.h"
#include "base/shape_value.h"
#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>

enum { LEVELS_MAX = 16, MAP_TEXT_MAX = 64 };

static void parse_object(struct parse *, const struct shape *, struct json_object *, void *into, const struct place *);

/* The string's bytes when it is one that C can hold whole: a string without an embedded NUL; else NULL. */
static const char *
plain_string(struct json_object *json)
{
	const char *bytes;

	if (!json_object_is_type(json, json_type_string))
		return NULL;
	bytes = json_object_get_string(json);
	return strlen(bytes) == (size_t)json_object_get_string_len(json) ? bytes : NULL;
}

static void
parse_text(
    struct parse *parse, const struct member *member, struct json_object *json, const char **into, const struct place *place)
{
	const char *bytes = plain_string(json);

	if (bytes == NULL)
		value_fault(
		    parse, place, json_object_is_type(json, json_type_string) ? "must not contain NUL" : "must be a string");
	else
		take_text(parse, member, bytes, into, place);
}

static void
parse_integer(
    struct parse *parse, const struct member *member, struct json_object *json, int64_t *into, const struct place *place)
{
	int64_t value = json_object_get_int64(json);

	/* json-c clamps what it cannot hold. */
	if (!json_object_is_type(json, json_type_int) || (value > 0 && json_object_get_uint64(json) > INT64_MAX) ||
	    value == INT64_MIN)
		value_fault(parse, place, "must be an integer");
	else
		take_integer(parse, member, value, into, place);
}

/* A string, or a number whose own digits json-c has kept. */
static void
parse_decimal(
    struct parse *parse, const struct member *member, struct json_object *json, struct decimal *into, const struct place *place)
{
	bool        number = json_object_is_type(json, json_type_int) || json_object_is_type(json, json_type_double);
	const char *bytes = number ? json_object_to_json_string(json) : plain_string(json);

	take_decimal(parse, member, bytes, into, place);
}

static bool
elements_fit(struct parse *parse, const struct member *member, struct json_object *json, size_t *count, const struct place *place)
{
	if (!json_object_is_type(json, json_type_array)) {
		value_fault(parse, place, "must be an array");
		return false;
	}
	*count = json_object_array_length(json);
	if (*count < (size_t)member->min)
		value_fault_bound(parse, place, "must have at least ", member->min, member->min == 1 ? " element" : " elements");
	else if (*count > (size_t)member->max)
		value_fault_bound(parse, place, "must have at most ", member->max, " elements");
	else
		return true;
	return false;
}

static void
parse_array(struct parse *parse, const struct member *member, struct json_object *json, void *struct_, const struct place *place)
{
	unsigned char *elements;
	size_t         count;

	if (!elements_fit(parse, member, json, &count, place))
		return;
	elements = arena_array(parse->arena, count, member->of->size);
	for (size_t i = 0; i < count; i++)
		parse_object(parse, member->of, json_object_array_get_idx(json, i), elements + i * member->of->size,
		    &(struct place) { .outer = place, .index = i });
	memcpy((char *)struct_ + member->offset, &elements, sizeof elements);
	memcpy((char *)struct_ + member->count_offset, &count, sizeof count);
}

static void
parse_texts(struct parse *parse, const struct member *member, struct json_object *json, void *struct_, const struct place *place)
{
	struct member each = { .min = 1, .max = member->preset > 0 ? member->preset : MAP_TEXT_MAX };
	const char  **texts;
	size_t        count;

	if (!elements_fit(parse, member, json, &count, place))
		return;
	texts = ARENA_ARRAY(parse->arena, count, const char *);
	for (size_t i = 0; i < count; i++)
		parse_text(
		    parse, &each, json_object_array_get_idx(json, i), &texts[i], &(struct place) { .outer = place, .index = i });
	memcpy((char *)struct_ + member->offset, &texts, sizeof texts);
	memcpy((char *)struct_ + member->count_offset, &count, sizeof count);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Kept as JSON text with the names in order, so that equal maps are equal texts. */
static void
parse_map(
    struct parse *parse, const struct member *member, struct json_object *json, const char **into, const struct place *place)
{
	struct member each = { .min = 1, .max = member->name_max > 0 ? member->name_max : MAP_TEXT_MAX };
	struct member its_value = { .min = member->value_max > 0 ? 0 : 1,
		.max = member->value_max > 0 ? member->value_max : MAP_TEXT_MAX };
	struct text   out = text_new(parse->arena, 64);
	const char  **names;
	size_t        count = 0, n;

	if (!json_object_is_type(json, json_type_object)) {
		value_fault(parse, place, "must be an object of strings");
		return;
	}
	n = (size_t)json_object_object_length(json);
	if (n > (size_t)member->max) {
		value_fault_bound(parse, place, "must have at most ", member->max, " members");
		return;
	}
	names = ARENA_ARRAY(parse->arena, n, const char *);
	json_object_object_foreach(json, name, value)
	{
		(void)value;
		names[count++] = arena_string(parse->arena, name);
	}
	qsort(names, n, sizeof *names, compare_names);
	text_add_char(&out, '{');
	for (size_t i = 0; i < n; i++) {
		const char         *kept = "", *ignored = NULL;
		struct place        inner = { .outer = place, .name = names[i] };
		struct json_object *text = NULL;

		json_object_object_get_ex(json, names[i], &text);
		take_text(parse, &each, names[i], &ignored, &inner);
		text_addf(&out, "%s", i > 0 ? "," : "");
		text_add_json(&out, names[i]);
		text_add_char(&out, ':');
		if (text == NULL && member->removes) {
			TEXT_ADD(&out, "null");
			continue;
		}
		parse_text(parse, &its_value, text, &kept, &inner);
		text_add_json(&out, kept);
	}
	text_add_char(&out, '}');
	*into = out.bytes;
}

/* Answers carry JSON text and money as JSON: judged, not kept. */
static void
check_json(struct parse *parse, const struct member *member, struct json_object *json, const struct place *place)
{
	struct decimal ignored;

	if (member->kind == MEMBER_MONEY) {
		const char *bytes = plain_string(json);

		if (bytes == NULL || !decimal_parse(bytes, strlen(bytes), &ignored))
			value_fault(parse, place, "must be an amount as a string");
		return;
	}
	if (member->single) {
		parse_object(parse, member->of, json, arena_alloc(parse->arena, member->of->size), place);
		return;
	}
	if (!json_object_is_type(json, json_type_array)) {
		value_fault(parse, place, "must be an array");
		return;
	}
	for (size_t i = 0; i < json_object_array_length(json); i++)
		parse_object(parse, member->of, json_object_array_get_idx(json, i), arena_alloc(parse->arena, member->of->size),
		    &(struct place) { .outer = place, .index = i });
}

static void
parse_member(struct parse *parse, const struct member *member, struct json_object *json, void *struct_, const struct place *place)
{
	void *into = member_room(parse->arena, member, struct_);

	switch (member->kind) {
	case MEMBER_TEXT:
		parse_text(parse, member, json, into, place);
		break;
	case MEMBER_INTEGER:
		parse_integer(parse, member, json, into, place);
		break;
	case MEMBER_BOOLEAN:
		if (json_object_is_type(json, json_type_boolean))
			*(bool *)into = json_object_get_boolean(json);
		else
			value_fault(parse, place, "must be true or false");
		break;
	case MEMBER_UUID:
		take_uuid(parse, plain_string(json), into, place);
		break;
	case MEMBER_DECIMAL:
		parse_decimal(parse, member, json, into, place);
		break;
	case MEMBER_ENUM:
		take_enum(parse, member, plain_string(json), into, place);
		break;
	case MEMBER_TIME:
		take_time(parse, plain_string(json), into, place);
		break;
	case MEMBER_OBJECT:
		parse_object(parse, member->of, json, into, place);
		break;
	case MEMBER_ARRAY:
		parse_array(parse, member, json, struct_, place);
		break;
	case MEMBER_TEXTS:
		parse_texts(parse, member, json, struct_, place);
		break;
	case MEMBER_MAP:
		parse_map(parse, member, json, into, place);
		break;
	case MEMBER_MONEY:
	case MEMBER_JSON:
		assert(parse->answer);
		check_json(parse, member, json, place);
		break;
	case MEMBER_BYTES:
	case MEMBER__COUNT:
		assert(!"a kind that is never in JSON");
	}
}

/* May an answer's member be null? */
static bool
answer_nullable(const struct member *member)
{
	bool reference =
	    member->pointer || member->kind == MEMBER_TEXT || member->kind == MEMBER_MAP || member->kind == MEMBER_JSON;

	return reference && !member->required;
}

static void
parse_object(struct parse *parse, const struct shape *shape, struct json_object *json, void *into, const struct place *place)
{
	int known = 0;

	if (!json_object_is_type(json, json_type_object)) {
		value_fault(parse, place, "must be an object");
		return;
	}
	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[i];
		struct place         inner = { .outer = place, .name = member->name };
		struct json_object  *value;

		if (member->hidden)
			continue;
		if (!json_object_object_get_ex(json, member->name, &value)) {
			if (shape->whole)
				note_seen(shape, into, i);
			if (member->required || (parse->answer && !member->omitted))
				value_fault(parse, &inner, "is required");
			else if (member->defaulted)
				set_default(parse->arena, member, into);
			continue;
		}
		known++;
		note_seen(shape, into, i);
		if (value != NULL)
			parse_member(parse, member, value, into, &inner);
		else if (parse->answer ? !answer_nullable(member) : !member->nullable)
			value_fault(parse, &inner, "must not be null");
	}
	if (known == json_object_object_length(json))
		return;
	json_object_object_foreach(json, name, value)
	{
		const struct member *member = shape_member(shape, name, strlen(name));

		(void)value;
		if (member == NULL || member->hidden)
			value_fault(
			    parse, &(struct place) { .outer = place, .name = arena_string(parse->arena, name) }, "is unknown");
	}
}

bool
shape_parse(const struct shape *shape, struct json_object *json, struct arena *arena, void *into, struct faults *faults)
{
	struct parse       parse = { .arena = arena, .faults = faults };
	const struct place root = { .name = NULL };

	faults->count = 0;
	parse_object(&parse, shape, json, into, &root);
	return faults->count == 0;
}

bool
shape_check(const struct shape *shape, struct json_object *json, struct arena *arena, struct faults *faults)
{
	struct parse       parse = { .arena = arena, .faults = faults, .answer = true };
	const struct place root = { .name = NULL };

	faults->count = 0;
	parse_object(&parse, shape, json, arena_alloc(arena, shape->size), &root);
	return faults->count == 0;
}
