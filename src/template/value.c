#include "template/value.h"

#include "base/arena.h"
#include "base/text.h"

#include <assert.h>
#include <json-c/json.h>
#include <string.h>

static enum member_kind
kind_of(const struct reference *reference)
{
	return reference->element ? MEMBER_TEXT : reference->member->kind;
}

static bool
is_absent(struct value value)
{
	return value.field == NULL && value.json == NULL;
}

/* The text of JSON that a field holds, read once a page. */
static struct json_object *
parse(struct stack *stack, const char *text)
{
	struct json_object *json;

	if (text == NULL)
		return NULL;
	for (size_t i = 0; i < stack->n_parsed; i++)
		if (stack->parsed[i].text == text)
			return stack->parsed[i].json;
	json = json_read(stack->arena, text, strlen(text));
	if (stack->n_parsed < PARSED_MAX) {
		stack->parsed[stack->n_parsed].text = text;
		stack->parsed[stack->n_parsed++].json = json;
	}
	return json;
}

/* What a field of JSON holds. */
static struct value
opened(struct stack *stack, const struct member *member, struct value value)
{
	if (value.field == NULL || (member->kind != MEMBER_JSON && member->kind != MEMBER_MAP))
		return value;
	return (struct value) { .json = parse(stack, *(const char *const *)value.field) };
}

static struct value
member_of(struct stack *stack, const struct member *outer, const struct member *member, struct value value)
{
	const void *field, *pointed;

	if (outer != NULL)
		value = opened(stack, outer, value);
	if (value.json != NULL) {
		struct json_object *inner = NULL;

		json_object_object_get_ex(value.json, member->name, &inner);
		return (struct value) { .json = inner };
	}
	if (value.field == NULL)
		return value;
	value.owner = value.field;
	field = (const char *)value.field + member->offset;
	if (member->pointer)
		memcpy(&pointed, field, sizeof pointed);
	value.field = member->pointer ? pointed : field;
	return value;
}

struct value
value_find(struct stack *stack, const struct reference *reference)
{
	struct value value = stack->values[reference->frame];

	for (size_t i = 0; i < reference->count && !is_absent(value); i++)
		value = member_of(stack, i == 0 ? NULL : reference->path[i - 1], reference->path[i], value);
	/* An object of JSON is entered by its members. */
	return reference->shape != NULL && reference->member != NULL ? opened(stack, reference->member, value) : value;
}

static size_t
count_of(const struct member *member, struct value value)
{
	size_t count;

	memcpy(&count, (const char *)value.owner + member->count_offset, sizeof count);
	return count;
}

static bool
is_true_json(enum member_kind kind, struct json_object *json)
{
	switch (kind) {
	case MEMBER_TEXT:
		return json_object_get_string_len(json) > 0;
	case MEMBER_INTEGER:
		return json_object_get_int64(json) != 0;
	case MEMBER_BOOLEAN:
		return json_object_get_boolean(json);
	case MEMBER_MAP:
		return json_object_object_length(json) > 0;
	case MEMBER_ARRAY:
	case MEMBER_TEXTS:
		return json_object_array_length(json) > 0;
	case MEMBER_JSON:
		return !json_object_is_type(json, json_type_array) || json_object_array_length(json) > 0;
	default:
		return true;
	}
}

bool
value_is_true(struct stack *stack, const struct reference *reference, struct value value)
{
	if (reference->shape != NULL)
		return !is_absent(value);
	value = reference->element ? value : opened(stack, reference->member, value);
	if (is_absent(value))
		return false;
	if (value.json != NULL)
		return is_true_json(kind_of(reference), value.json);
	switch (kind_of(reference)) {
	case MEMBER_TEXT:
		return *(const char *const *)value.field != NULL && **(const char *const *)value.field != '\0';
	case MEMBER_INTEGER:
		return *(const int64_t *)value.field != 0;
	case MEMBER_BOOLEAN:
		return *(const bool *)value.field;
	case MEMBER_ARRAY:
	case MEMBER_TEXTS:
		return count_of(reference->member, value) > 0;
	default:
		return true;
	}
}

bool
value_is_list(const struct reference *reference)
{
	const enum member_kind kind = reference->shape != NULL || reference->element ? MEMBER_OBJECT : reference->member->kind;

	return kind == MEMBER_ARRAY || kind == MEMBER_TEXTS || kind == MEMBER_JSON || kind == MEMBER_MAP;
}

/* A map as the list of its pairs. */
static struct json_object *
pairs_of(struct arena *arena, struct json_object *map)
{
	struct text pairs = text_new(arena, 256);

	text_add_char(&pairs, '[');
	json_object_object_foreach(map, name, value)
	{
		TEXT_ADD(&pairs, "{\"name\":");
		text_add_json(&pairs, name);
		TEXT_ADD(&pairs, ",\"value\":");
		text_add_json(&pairs, json_object_get_string(value));
		TEXT_ADD(&pairs, "},");
	}
	if (pairs.length > 1)
		pairs.length--;
	text_add_char(&pairs, ']');
	return json_read(arena, pairs.bytes, pairs.length);
}

size_t
value_count(struct stack *stack, const struct reference *reference, struct value *value)
{
	*value = opened(stack, reference->member, *value);
	if (value->json == NULL)
		return value->field == NULL ? 0 : count_of(reference->member, *value);
	if (reference->member->kind == MEMBER_MAP)
		value->json = pairs_of(stack->arena, value->json);
	return json_object_is_type(value->json, json_type_array) ? json_object_array_length(value->json) : 0;
}

struct value
value_element(const struct reference *reference, struct value value, size_t i)
{
	const size_t size = reference->member->kind == MEMBER_ARRAY ? reference->member->of->size : sizeof(char *);
	const char  *elements;

	if (value.json != NULL)
		return (struct value) { .json = json_object_array_get_idx(value.json, i) };
	memcpy(&elements, value.field, sizeof elements);
	return (struct value) { .field = elements + i * size };
}

int64_t
value_integer(struct value value)
{
	return value.json != NULL ? json_object_get_int64(value.json) : value.field != NULL ? *(const int64_t *)value.field : 0;
}

const char *
value_text(struct arena *arena, const struct reference *reference, struct value value)
{
	const struct member *member = reference->member;
	struct text          text;

	if (value.json != NULL)
		return json_object_get_string(value.json);
	if (value.field == NULL)
		return NULL;
	switch (kind_of(reference)) {
	case MEMBER_TEXT:
	case MEMBER_MAP:
	case MEMBER_JSON:
		return *(const char *const *)value.field;
	case MEMBER_BOOLEAN:
		return *(const bool *)value.field ? "true" : "false";
	case MEMBER_ENUM:
		return member->values[*(const int *)value.field];
	case MEMBER_UUID:
		return uuid_text(arena, *(const struct uuid *)value.field);
	default:
		break;
	}
	text = text_new(arena, MONEY_TEXT_SIZE);
	if (member->kind == MEMBER_INTEGER)
		text_add_integer(&text, *(const int64_t *)value.field);
	else if (member->kind == MEMBER_MONEY)
		text_add_money(&text, *(const struct money *)value.field);
	else if (member->kind == MEMBER_TIME) {
		text_reserve(&text, INSTANT_TEXT_LENGTH);
		instant_write(*(const struct instant *)value.field, text.bytes);
		text.length = INSTANT_TEXT_LENGTH;
	} else
		assert(!"a kind that is never printed");
	return text.bytes;
}

static void
add_texts(struct text *json, const char *const *texts, size_t count)
{
	text_add_char(json, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			text_add_char(json, ',');
		text_add_json(json, texts[i]);
	}
	text_add_char(json, ']');
}

void
value_add_json(struct text *json, const struct reference *reference, struct value value)
{
	const struct member   *member = reference->member;
	const enum member_kind kind = reference->shape != NULL ? MEMBER_OBJECT : kind_of(reference);
	const void            *elements = NULL;
	const char            *raw;

	if (value.json != NULL) {
		text_add_string(
		    json, json_object_to_json_string_ext(value.json, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
		return;
	}
	if (value.field == NULL) {
		TEXT_ADD(json, "null");
		return;
	}
	if (kind == MEMBER_ARRAY || kind == MEMBER_TEXTS)
		memcpy(&elements, value.field, sizeof elements);
	switch (kind) {
	case MEMBER_OBJECT:
		shape_print(reference->shape, value.field, json);
		break;
	case MEMBER_ARRAY:
		shape_print_array(member->of, elements, count_of(member, value), json);
		break;
	case MEMBER_TEXTS:
		add_texts(json, elements, count_of(member, value));
		break;
	case MEMBER_INTEGER:
	case MEMBER_BOOLEAN:
		text_add_string(json, value_text(json->arena, reference, value));
		break;
	case MEMBER_MAP:
	case MEMBER_JSON:
		raw = value_text(json->arena, reference, value);
		text_add_string(json, raw == NULL ? "null" : raw);
		break;
	default:
		text_add_json(json, value_text(json->arena, reference, value));
	}
}
