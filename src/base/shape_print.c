/* Structs as JSON, streamed into one text. */
#include "base/shape.h"

#include "base/text.h"

#include <assert.h>

enum { SCALAR_ROOM = 40 }; /* the longest scalar: a UUID in quotes; amounts and times are shorter */

/* Names are ready with quotes and colon; the room for the value that follows is made at the same time. */
static inline void
print_key(struct text *out, const struct member *member, bool first)
{
	char *next;

	text_reserve(out, member->key_length + 1 + SCALAR_ROOM);
	next = out->bytes + out->length;
	*next = first ? '{' : ',';
	memcpy(next + 1, member->key, member->key_length);
	out->length += 1 + (size_t)member->key_length;
}

static void
print_uuid(struct text *out, const struct uuid *uuid)
{
	char *next;

	text_reserve(out, UUID_TEXT_LENGTH + 2);
	next = out->bytes + out->length;
	next[0] = '"';
	uuid_write(*uuid, next + 1);
	next[UUID_TEXT_LENGTH + 1] = '"';
	out->length += UUID_TEXT_LENGTH + 2;
	out->bytes[out->length] = '\0';
}

static void
print_time(struct text *out, const struct instant *instant)
{
	char text[INSTANT_TEXT_LENGTH + 2];

	text[0] = text[INSTANT_TEXT_LENGTH + 1] = '"';
	instant_write(*instant, text + 1);
	text_add(out, text, sizeof text);
}

static void
print_money(struct text *out, const struct money *money)
{
	char   text[MONEY_TEXT_SIZE + 2];
	size_t length = money_write(*money, text + 1);

	text[0] = text[length + 1] = '"';
	text_add(out, text, length + 2);
}

static void
print_texts(struct text *out, const struct member *member, const void *struct_)
{
	const char *const *texts;
	size_t             count;

	memcpy(&texts, (const char *)struct_ + member->offset, sizeof texts);
	memcpy(&count, (const char *)struct_ + member->count_offset, sizeof count);
	text_add_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			text_add_char(out, ',');
		text_add_json(out, texts[i]);
	}
	text_add_char(out, ']');
}

static void
print_array(struct text *out, const struct member *member, const void *struct_)
{
	const void *elements;
	size_t      count;

	memcpy(&elements, (const char *)struct_ + member->offset, sizeof elements);
	memcpy(&count, (const char *)struct_ + member->count_offset, sizeof count);
	shape_print_array(member->of, elements, count, out);
}

static void
print_raw(struct text *out, const char *json)
{
	text_add_string(out, json == NULL ? "null" : json);
}

static void
print_value(struct text *out, const struct member *member, const void *struct_, const void *from)
{
	switch (member->kind) {
	case MEMBER_TEXT:
		text_add_json(out, *(const char *const *)from);
		break;
	case MEMBER_INTEGER:
		text_add_integer(out, *(const int64_t *)from);
		break;
	case MEMBER_BOOLEAN:
		print_raw(out, *(const bool *)from ? "true" : "false");
		break;
	case MEMBER_UUID:
		print_uuid(out, from);
		break;
	case MEMBER_MONEY:
		print_money(out, from);
		break;
	case MEMBER_ENUM:
		text_add_json(out, member->values[*(const int *)from]);
		break;
	case MEMBER_TIME:
		print_time(out, from);
		break;
	case MEMBER_OBJECT:
		shape_print(member->of, from, out);
		break;
	case MEMBER_ARRAY:
		print_array(out, member, struct_);
		break;
	case MEMBER_TEXTS:
		print_texts(out, member, struct_);
		break;
	case MEMBER_MAP:
	case MEMBER_JSON:
		print_raw(out, *(const char *const *)from);
		break;
	case MEMBER_DECIMAL:
	case MEMBER_BYTES:
	case MEMBER__COUNT:
		assert(!"a kind that is never printed");
	}
}

void
shape_print(const struct shape *shape, const void *from, struct text *out)
{
	bool first = true;

	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[i];
		const void          *value = (const char *)from + member->offset;

		if (member->hidden)
			continue;
		if (member->pointer)
			memcpy(&value, value, sizeof value);
		if (member->omitted && (value == NULL || (member->kind == MEMBER_TEXT && *(const char *const *)value == NULL)))
			continue;
		print_key(out, member, first);
		first = false;
		if (value == NULL)
			TEXT_ADD(out, "null");
		else
			print_value(out, member, from, value);
	}
	if (first)
		text_add_char(out, '{');
	text_add_char(out, '}');
}

void
shape_print_array(const struct shape *shape, const void *from, size_t count, struct text *out)
{
	text_add_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			text_add_char(out, ',');
		shape_print(shape, (const char *)from + i * shape->size, out);
	}
	text_add_char(out, ']');
}
