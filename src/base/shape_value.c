/* One value that came from outside: taken into a struct, or named as a fault. */
#include "base/shape_value.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/text.h"

#include <assert.h>

static void
write_place(struct text *out, const struct place *place)
{
	if (place->outer != NULL) {
		write_place(out, place->outer);
		if (place->outer->outer != NULL)
			text_add_char(out, '.');
	}
	if (place->name != NULL)
		text_add_string(out, place->name);
	else if (place->outer != NULL)
		text_add_integer(out, (int64_t)place->index);
}

void
value_fault(struct parse *parse, const struct place *place, const char *what)
{
	struct text where = text_new(parse->arena, 32);

	write_place(&where, place);
	faults_add(parse->faults, where.length == 0 ? "body" : where.bytes, what);
}

void
value_fault_bound(struct parse *parse, const struct place *place, const char *before, int64_t bound, const char *after)
{
	value_fault(parse, place, arena_format(parse->arena, "%s%lld%s", before, (long long)bound, after));
}

bool
value_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* NUL, other control characters and line breaks have no place in names and addresses. */
static bool
has_control(const char *text, bool multiline)
{
	for (; *text != '\0'; text++)
		if (((unsigned char)*text < 0x20 && !(multiline && (*text == '\n' || *text == '\t' || *text == '\r'))) ||
		    *text == 0x7f)
			return true;
	return false;
}

void
take_text(struct parse *parse, const struct member *member, const char *bytes, const char **into, const struct place *place)
{
	size_t      length = strlen(bytes), count;
	const char *text, *what;

	if (!member->verbatim && !parse->answer) {
		for (; value_is_space(*bytes); bytes++, length--)
			;
		while (length > 0 && value_is_space(bytes[length - 1]))
			length--;
	}
	text = arena_copy(parse->arena, bytes, length);
	count = utf8_length(text);
	if (member->min > 0 && (member->verbatim || parse->answer ? count == 0 : text_is_blank(text)))
		value_fault(parse, place, "must not be empty");
	else if (count < (size_t)member->min)
		value_fault_bound(parse, place, "must be at least ", member->min, " characters");
	else if (count > (size_t)member->max)
		value_fault_bound(parse, place, "must be at most ", member->max, " characters");
	else if (has_control(text, member->multiline || member->verbatim))
		value_fault(parse, place, "must not contain control characters");
	else if ((what = format_fault(member->format, text)) != NULL)
		value_fault(parse, place, what);
	else
		*into = text;
}

void
take_integer(struct parse *parse, const struct member *member, int64_t value, int64_t *into, const struct place *place)
{
	if (value < member->min)
		value_fault_bound(parse, place, "must be at least ", member->min, "");
	else if (value > member->max)
		value_fault_bound(parse, place, "must be at most ", member->max, "");
	else
		*into = value;
}

void
take_uuid(struct parse *parse, const char *bytes, struct uuid *into, const struct place *place)
{
	if (bytes == NULL || !uuid_parse(bytes, into))
		value_fault(parse, place, "must be a UUID");
}

void
take_enum(struct parse *parse, const struct member *member, const char *bytes, int *into, const struct place *place)
{
	struct text what;
	int         index = bytes == NULL ? -1 : value_index(member->values, bytes);

	if (index >= 0) {
		*into = index;
		return;
	}
	what = text_new(parse->arena, 128);
	TEXT_ADD(&what, "must be one of ");
	for (size_t i = 0; member->values[i] != NULL; i++)
		text_addf(&what, "%s%s", i > 0 ? ", " : "", member->values[i]);
	value_fault(parse, place, what.bytes);
}

void
take_decimal(struct parse *parse, const struct member *member, const char *bytes, struct decimal *into, const struct place *place)
{
	struct decimal value;

	if (bytes == NULL || !decimal_parse(bytes, strlen(bytes), &value))
		value_fault(parse, place, "must be a decimal number, like \"12.50\"");
	else if (value.digits < 0 && member->min >= 0)
		value_fault(parse, place, "must not be negative");
	else if (value.digits == 0 && member->min > 0)
		value_fault(parse, place, "must be greater than 0");
	else
		*into = value;
}

void
take_time(struct parse *parse, const char *bytes, struct instant *into, const struct place *place)
{
	if (bytes == NULL || !instant_parse(bytes, into))
		value_fault(parse, place, "must be a time like 2026-01-31T08:00:00Z");
}

size_t
kind_size(const struct member *member)
{
	switch (member->kind) {
	case MEMBER_INTEGER:
		return sizeof(int64_t);
	case MEMBER_BOOLEAN:
		return sizeof(bool);
	case MEMBER_UUID:
		return sizeof(struct uuid);
	case MEMBER_MONEY:
		return sizeof(struct money);
	case MEMBER_DECIMAL:
		return sizeof(struct decimal);
	case MEMBER_ENUM:
		return sizeof(int);
	case MEMBER_TIME:
		return sizeof(struct instant);
	case MEMBER_OBJECT:
		return member->of->size;
	case MEMBER_TEXT:
	case MEMBER_ARRAY:
	case MEMBER_TEXTS:
	case MEMBER_MAP:
		return sizeof(void *);
	case MEMBER_JSON:
	case MEMBER_BYTES:
	case MEMBER__COUNT:
		break;
	}
	assert(!"a kind that no body has");
	return 0;
}

/* Where the member's value goes: the field itself, or new memory that the field now points to. */
void *
member_room(struct arena *arena, const struct member *member, void *struct_)
{
	void *field = (char *)struct_ + member->offset, *room;

	if (!member->pointer)
		return field;
	room = arena_alloc(arena, kind_size(member));
	memcpy(field, &room, sizeof room);
	return room;
}

void
set_default(struct arena *arena, const struct member *member, void *struct_)
{
	void *into = member_room(arena, member, struct_);

	if (member->kind == MEMBER_INTEGER)
		*(int64_t *)into = member->preset;
	else if (member->kind == MEMBER_ENUM)
		*(int *)into = (int)member->preset;
	else if (member->kind == MEMBER_BOOLEAN)
		*(bool *)into = member->preset != 0;
	else
		assert(!"a kind without a default");
}

void
note_seen(const struct shape *shape, void *struct_, size_t index)
{
	if (shape->seen_offset > 0) {
		assert(index < SEEN_MAX);
		((struct shape_seen *)((char *)struct_ + shape->seen_offset - 1))->bits |= UINT64_C(1) << index;
	}
}
