/* Structs as JSON, streamed into one text. */
#include "base/shape.h"

#include "base/text.h"

#include <assert.h>
#include <string.h>
#include <zlib.h>

enum { HOLE = 0x01 };      /* no character of JSON: within strings it is \u0001 */
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

	instant_write(*instant, text + 1);
	text[0] = text[INSTANT_TEXT_LENGTH + 1] = '"';
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

static void print_struct(const struct shape *shape, const void *from, struct text *out, bool stored);

static void
print_structs(const struct shape *shape, const void *from, size_t count, struct text *out, bool stored)
{
	text_add_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			text_add_char(out, ',');
		print_struct(shape, (const char *)from + i * shape->size, out, stored);
	}
	text_add_char(out, ']');
}

static void
print_array(struct text *out, const struct member *member, const void *struct_, bool stored)
{
	const void *elements;
	size_t      count;

	memcpy(&elements, (const char *)struct_ + member->offset, sizeof elements);
	memcpy(&count, (const char *)struct_ + member->count_offset, sizeof count);
	print_structs(member->of, elements, count, out, stored);
}

static void
print_raw(struct text *out, const char *json)
{
	text_add_string(out, json == NULL ? "null" : json);
}

static void
print_value(struct text *out, const struct member *member, const void *struct_, const void *from, bool stored)
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
		print_struct(member->of, from, out, stored);
		break;
	case MEMBER_ARRAY:
		print_array(out, member, struct_, stored);
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

static bool
is_text(enum member_kind kind)
{
	return kind == MEMBER_TEXT || kind == MEMBER_JSON || kind == MEMBER_MAP;
}

static bool
is_no_money(const struct member *member, const void *value)
{
	return member->nullable && member->kind == MEMBER_MONEY && ((const struct money *)value)->currency[0] == '\0';
}

static void
print_hole(struct text *out, char live)
{
	const char hole[] = { HOLE, live };

	text_add(out, hole, sizeof hole);
}

static void
print_struct(const struct shape *shape, const void *from, struct text *out, bool stored)
{
	bool first = true;

	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[i];
		const void          *value = (const char *)from + member->offset;

		if (member->hidden)
			continue;
		if (member->pointer)
			memcpy(&value, value, sizeof value);
		if (member->omitted && (value == NULL || (is_text(member->kind) && *(const char *const *)value == NULL)))
			continue;
		print_key(out, member, first);
		first = false;
		if (stored && member->live != '\0')
			print_hole(out, member->live);
		else if (value == NULL || is_no_money(member, value))
			TEXT_ADD(out, "null");
		else
			print_value(out, member, from, value, stored);
	}
	if (first)
		text_add_char(out, '{');
	text_add_char(out, '}');
}

void
shape_print(const struct shape *shape, const void *from, struct text *out)
{
	print_struct(shape, from, out, false);
}

void
shape_print_array(const struct shape *shape, const void *from, size_t count, struct text *out)
{
	print_structs(shape, from, count, out, false);
}

void
shape_print_stored(const struct shape *shape, const void *from, struct text *out)
{
	print_struct(shape, from, out, true);
}

void
shape_fill(const char *stored, size_t length, struct text *out, void (*fill)(char live, struct text *out, void *argument),
    void *argument)
{
	const char *end = stored + length, *hole;

	while ((hole = memchr(stored, HOLE, (size_t)(end - stored))) != NULL && hole + 1 < end) {
		text_add(out, stored, (size_t)(hole - stored));
		fill(hole[1], out, argument);
		stored = hole + 2;
	}
	text_add(out, stored, (size_t)(end - stored));
}

static uLong
add_to_form(const struct shape *shape, uLong form)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[i];
		const unsigned char  traits[] = { (unsigned char)member->kind, (unsigned char)member->live, member->omitted };

		if (member->hidden)
			continue;
		form = crc32(form, (const unsigned char *)member->name, member->name_length);
		form = crc32(form, traits, sizeof traits);
		for (const char *const *word = member->values; word != NULL && *word != NULL; word++)
			form = crc32(form, (const unsigned char *)*word, (uInt)strlen(*word) + 1);
		if (member->of != NULL)
			form = add_to_form(member->of, form);
	}
	return form;
}

uint32_t
shape_form(const struct shape *shape)
{
	uint32_t form = (uint32_t)add_to_form(shape, crc32(0, NULL, 0));

	return form == 0 ? 1 : form;
}
