/* Query strings into structs. */
#include "base/arena.h"
#include "base/encoding.h"
#include "base/shape.h"
#include "base/shape_value.h"

#include <assert.h>
#include <errno.h>

static void
take_query_integer(struct parse *parse, const struct member *member, const char *text, int64_t *into, const struct place *place)
{
	char     *end;
	long long value;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0 || value_is_space(*text) || *text == '+')
		value_fault(parse, place, "must be an integer");
	else
		take_integer(parse, member, value, into, place);
}

static void
take_query_boolean(struct parse *parse, const char *text, bool *into, const struct place *place)
{
	if (strcmp(text, "true") == 0 || strcmp(text, "1") == 0)
		*into = true;
	else if (strcmp(text, "false") == 0 || strcmp(text, "0") == 0)
		*into = false;
	else
		value_fault(parse, place, "must be true or false");
}

static void
take_query_value(struct parse *parse, const struct member *member, const char *text, void *struct_, const struct place *place)
{
	void *into = member_room(parse->arena, member, struct_);

	switch (member->kind) {
	case MEMBER_TEXT:
		take_text(parse, member, text, into, place);
		break;
	case MEMBER_INTEGER:
		take_query_integer(parse, member, text, into, place);
		break;
	case MEMBER_BOOLEAN:
		take_query_boolean(parse, text, into, place);
		break;
	case MEMBER_UUID:
		take_uuid(parse, text, into, place);
		break;
	case MEMBER_DECIMAL:
		take_decimal(parse, member, text, into, place);
		break;
	case MEMBER_ENUM:
		take_enum(parse, member, text, into, place);
		break;
	case MEMBER_TIME:
		take_time(parse, text, into, place);
		break;
	default:
		assert(!"a kind that cannot stand in a query");
	}
}

/* One "name=value" of a query string; `seen` has a bit for each member that was there. */
static void
take_query_pair(struct parse *parse, const struct shape *shape, const char *pair, size_t length, void *into, uint64_t *seen)
{
	const char          *equals = memchr(pair, '=', length);
	size_t               name_length = equals == NULL ? length : (size_t)(equals - pair);
	const char          *name = percent_decode(parse->arena, pair, name_length, true), *value;
	const struct place   root = { .name = NULL };
	struct place         place = { .outer = &root, .name = name == NULL || name[0] == '\0' ? "query" : name };
	const struct member *member = name == NULL ? NULL : shape_member(shape, name, strlen(name));
	size_t               index;

	if (member == NULL || member->hidden) {
		value_fault(parse, &place, "is unknown");
		return;
	}
	index = (size_t)(member - shape->members);
	value = equals == NULL ? "" : percent_decode(parse->arena, equals + 1, length - name_length - 1, true);
	if (*seen >> index & 1)
		value_fault(parse, &place, "must not be repeated");
	else if (value == NULL)
		value_fault(parse, &place, "must be valid percent-encoded UTF-8");
	else
		take_query_value(parse, member, value, into, &place);
	*seen |= UINT64_C(1) << index;
	note_seen(shape, into, index);
}

bool
shape_parse_query(const struct shape *shape, const char *query, struct arena *arena, void *into, struct faults *faults)
{
	struct parse       parse = { .arena = arena, .faults = faults };
	const struct place root = { .name = NULL };
	uint64_t           seen = 0;

	assert(shape->count <= SEEN_MAX);
	faults->count = 0;
	while (*query != '\0') {
		size_t length = strcspn(query, "&");

		if (length > 0)
			take_query_pair(&parse, shape, query, length, into, &seen);
		query += length + (query[length] == '&');
	}
	for (size_t i = 0; i < shape->count; i++)
		if (!(seen >> i & 1)) {
			if (shape->members[i].required)
				value_fault(
				    &parse, &(struct place) { .outer = &root, .name = shape->members[i].name }, "is required");
			else if (shape->members[i].defaulted)
				set_default(arena, &shape->members[i], into);
		}
	return faults->count == 0;
}
