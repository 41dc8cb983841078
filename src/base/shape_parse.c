/* JSON and query strings into structs. */
#include "base/arena.h"
#include "base/encoding.h"
#include "base/shape.h"
#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>

enum { LEVELS_MAX = 16, MAP_TEXT_MAX = 64, SEEN_MAX = 64 };

/* Where in the body we are: members and indexes from the root, joined only when there is a fault to report. */
struct place {
	const struct place *outer;
	const char         *name; /* NULL for an element */
	size_t              index;
};

struct parse {
	struct arena  *arena;
	struct faults *faults;
	bool           answer; /* shape_check: every member must be there */
};

static void parse_object(struct parse *, const struct shape *, struct json_object *, void *into, const struct place *);

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

static void
fault(struct parse *parse, const struct place *place, const char *what)
{
	struct text where = text_new(parse->arena, 32);

	write_place(&where, place);
	faults_add(parse->faults, where.length == 0 ? "body" : where.bytes, what);
}

static void
fault_bound(struct parse *parse, const struct place *place, const char *before, int64_t bound, const char *after)
{
	fault(parse, place, arena_format(parse->arena, "%s%lld%s", before, (long long)bound, after));
}

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

static bool
is_space(char c)
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

static void
take_text(struct parse *parse, const struct member *member, const char *bytes, const char **into,
    const struct place *place)
{
	size_t      length = strlen(bytes), count;
	const char *text, *what;

	if (!member->verbatim && !parse->answer) {
		for (; is_space(*bytes); bytes++, length--)
			;
		while (length > 0 && is_space(bytes[length - 1]))
			length--;
	}
	text = arena_copy(parse->arena, bytes, length);
	count = utf8_length(text);
	if (count == 0 && member->min > 0)
		fault(parse, place, "must not be empty");
	else if (count < (size_t)member->min)
		fault_bound(parse, place, "must be at least ", member->min, " characters");
	else if (count > (size_t)member->max)
		fault_bound(parse, place, "must be at most ", member->max, " characters");
	else if (has_control(text, member->multiline || member->verbatim))
		fault(parse, place, "must not contain control characters");
	else if ((what = format_fault(member->format, text)) != NULL)
		fault(parse, place, what);
	else
		*into = text;
}

static void
parse_text(struct parse *parse, const struct member *member, struct json_object *json, const char **into,
    const struct place *place)
{
	const char *bytes = plain_string(json);

	if (bytes == NULL)
		fault(parse, place, json_object_is_type(json, json_type_string) ? "must not contain NUL" : "must be a string");
	else
		take_text(parse, member, bytes, into, place);
}

static void
take_integer(struct parse *parse, const struct member *member, int64_t value, int64_t *into, const struct place *place)
{
	if (value < member->min)
		fault_bound(parse, place, "must be at least ", member->min, "");
	else if (value > member->max)
		fault_bound(parse, place, "must be at most ", member->max, "");
	else
		*into = value;
}

static void
parse_integer(struct parse *parse, const struct member *member, struct json_object *json, int64_t *into,
    const struct place *place)
{
	int64_t value = json_object_get_int64(json);

	/* json-c clamps what it cannot hold. */
	if (!json_object_is_type(json, json_type_int) || (value > 0 && json_object_get_uint64(json) > INT64_MAX) ||
	    value == INT64_MIN)
		fault(parse, place, "must be an integer");
	else
		take_integer(parse, member, value, into, place);
}

static void
take_uuid(struct parse *parse, const char *bytes, struct uuid *into, const struct place *place)
{
	if (bytes == NULL || !uuid_parse(bytes, into))
		fault(parse, place, "must be a UUID");
}

static void
take_enum(struct parse *parse, const struct member *member, const char *bytes, int *into, const struct place *place)
{
	struct text what;
	int         index = bytes == NULL ? -1 : word_index(member->words, bytes);

	if (index >= 0) {
		*into = index;
		return;
	}
	what = text_new(parse->arena, 128);
	TEXT_ADD(&what, "must be one of ");
	for (size_t i = 0; member->words[i] != NULL; i++)
		text_addf(&what, "%s%s", i > 0 ? ", " : "", member->words[i]);
	fault(parse, place, what.bytes);
}

static void
take_decimal(struct parse *parse, const struct member *member, const char *bytes, struct decimal *into,
    const struct place *place)
{
	struct decimal value;

	if (bytes == NULL || !decimal_parse(bytes, strlen(bytes), &value))
		fault(parse, place, "must be a decimal number, like \"12.50\"");
	else if (value.digits < 0 && member->min >= 0)
		fault(parse, place, "must not be negative");
	else if (value.digits == 0 && member->min > 0)
		fault(parse, place, "must be more than 0");
	else
		*into = value;
}

/* A string, or a number whose own digits json-c has kept. */
static void
parse_decimal(struct parse *parse, const struct member *member, struct json_object *json, struct decimal *into,
    const struct place *place)
{
	bool        number = json_object_is_type(json, json_type_int) || json_object_is_type(json, json_type_double);
	const char *bytes = number ? json_object_to_json_string(json) : plain_string(json);

	take_decimal(parse, member, bytes, into, place);
}

static void
take_time(struct parse *parse, const char *bytes, struct instant *into, const struct place *place)
{
	if (bytes == NULL || !instant_parse(bytes, into))
		fault(parse, place, "must be a time like 2026-01-31T08:00:00Z");
}

static bool
elements_fit(struct parse *parse, const struct member *member, struct json_object *json, size_t *count,
    const struct place *place)
{
	if (!json_object_is_type(json, json_type_array)) {
		fault(parse, place, "must be an array");
		return false;
	}
	*count = json_object_array_length(json);
	if (*count < (size_t)member->min)
		fault_bound(parse, place, "must have at least ", member->min, member->min == 1 ? " element" : " elements");
	else if (*count > (size_t)member->max)
		fault_bound(parse, place, "must have at most ", member->max, " elements");
	else
		return true;
	return false;
}

static void
parse_array(struct parse *parse, const struct member *member, struct json_object *json, void *struct_,
    const struct place *place)
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
parse_texts(struct parse *parse, const struct member *member, struct json_object *json, void *struct_,
    const struct place *place)
{
	struct member each = { .min = 1, .max = member->preset > 0 ? member->preset : MAP_TEXT_MAX };
	const char  **texts;
	size_t        count;

	if (!elements_fit(parse, member, json, &count, place))
		return;
	texts = ARENA_ARRAY(parse->arena, count, const char *);
	for (size_t i = 0; i < count; i++)
		parse_text(parse, &each, json_object_array_get_idx(json, i), &texts[i],
		    &(struct place) { .outer = place, .index = i });
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
parse_map(struct parse *parse, const struct member *member, struct json_object *json, const char **into,
    const struct place *place)
{
	struct member each = { .min = 1, .max = MAP_TEXT_MAX };
	struct text   out = text_new(parse->arena, 64);
	const char  **names;
	size_t        count = 0, n;

	if (!json_object_is_type(json, json_type_object)) {
		fault(parse, place, "must be an object of strings");
		return;
	}
	n = (size_t)json_object_object_length(json);
	if (n > (size_t)member->max) {
		fault_bound(parse, place, "must have at most ", member->max, " members");
		return;
	}
	names = ARENA_ARRAY(parse->arena, n, const char *);
	json_object_object_foreach(json, name, value) {
		(void)value;
		names[count++] = arena_string(parse->arena, name);
	}
	qsort(names, n, sizeof *names, compare_names);
	text_add_char(&out, '{');
	for (size_t i = 0; i < n; i++) {
		const char        *kept = "", *ignored = NULL;
		struct place       inner = { .outer = place, .name = names[i] };
		struct json_object *text = NULL;

		json_object_object_get_ex(json, names[i], &text);
		take_text(parse, &each, names[i], &ignored, &inner);
		parse_text(parse, &each, text, &kept, &inner);
		text_addf(&out, "%s", i > 0 ? "," : "");
		text_add_json(&out, names[i]);
		text_add_char(&out, ':');
		text_add_json(&out, kept);
	}
	text_add_char(&out, '}');
	*into = out.bytes;
}

static size_t
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
	case MEMBER_JSON:
	case MEMBER_BYTES:
	case MEMBER__COUNT:
		break;
	}
	assert(!"a kind without a pointer form");
	return 0;
}

/* Where the member's value goes: the field itself, or new memory that the field now points to. */
static void *
member_room(struct arena *arena, const struct member *member, void *struct_)
{
	void *field = (char *)struct_ + member->offset, *room;

	if (!member->pointer)
		return field;
	room = arena_alloc(arena, kind_size(member));
	memcpy(field, &room, sizeof room);
	return room;
}

/* Answers carry JSON text and money as JSON: judged, not kept. */
static void
check_json(struct parse *parse, const struct member *member, struct json_object *json, const struct place *place)
{
	struct decimal ignored;

	if (member->kind == MEMBER_MONEY) {
		const char *bytes = plain_string(json);

		if (bytes == NULL || !decimal_parse(bytes, strlen(bytes), &ignored))
			fault(parse, place, "must be an amount in a string");
		return;
	}
	if (!json_object_is_type(json, json_type_array)) {
		fault(parse, place, "must be an array");
		return;
	}
	for (size_t i = 0; i < json_object_array_length(json); i++)
		parse_object(parse, member->of, json_object_array_get_idx(json, i), arena_alloc(parse->arena, member->of->size),
		    &(struct place) { .outer = place, .index = i });
}

static void
parse_member(struct parse *parse, const struct member *member, struct json_object *json, void *struct_,
    const struct place *place)
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
			fault(parse, place, "must be true or false");
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

static void
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

/* May an answer's member be null? */
static bool
answer_nullable(const struct member *member)
{
	bool reference = member->pointer || member->kind == MEMBER_TEXT || member->kind == MEMBER_MAP ||
	    member->kind == MEMBER_JSON;

	return reference && !member->required;
}

static void
note_seen(const struct shape *shape, void *struct_, size_t index)
{
	if (shape->seen_offset > 0) {
		assert(index < SEEN_MAX);
		((struct shape_seen *)((char *)struct_ + shape->seen_offset - 1))->bits |= UINT64_C(1) << index;
	}
}

static void
parse_object(struct parse *parse, const struct shape *shape, struct json_object *json, void *into,
    const struct place *place)
{
	int known = 0;

	if (!json_object_is_type(json, json_type_object)) {
		fault(parse, place, "must be an object");
		return;
	}
	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[i];
		struct place         inner = { .outer = place, .name = member->name };
		struct json_object  *value;

		if (member->hidden)
			continue;
		if (!json_object_object_get_ex(json, member->name, &value)) {
			if (member->required || (parse->answer && !member->omitted))
				fault(parse, &inner, "is required");
			else if (member->defaulted)
				set_default(parse->arena, member, into);
			continue;
		}
		known++;
		note_seen(shape, into, i);
		if (value != NULL)
			parse_member(parse, member, value, into, &inner);
		else if (parse->answer ? !answer_nullable(member) : !member->nullable)
			fault(parse, &inner, "must not be null");
	}
	if (known == json_object_object_length(json))
		return;
	json_object_object_foreach(json, name, value) {
		const struct member *member = shape_member(shape, name, strlen(name));

		(void)value;
		if (member == NULL || member->hidden)
			fault(parse, &(struct place) { .outer = place, .name = arena_string(parse->arena, name) }, "is not known");
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

static void
take_query_integer(struct parse *parse, const struct member *member, const char *text, int64_t *into,
    const struct place *place)
{
	char     *end;
	long long value;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0 || is_space(*text) || *text == '+')
		fault(parse, place, "must be an integer");
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
		fault(parse, place, "must be true or false");
}

static void
take_query_value(struct parse *parse, const struct member *member, const char *text, void *struct_,
    const struct place *place)
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
take_query_pair(struct parse *parse, const struct shape *shape, const char *pair, size_t length, void *into,
    uint64_t *seen)
{
	const char          *equals = memchr(pair, '=', length);
	size_t               name_length = equals == NULL ? length : (size_t)(equals - pair);
	const char          *name = percent_decode(parse->arena, pair, name_length, true), *value;
	const struct place   root = { .name = NULL };
	struct place         place = { .outer = &root, .name = name == NULL ? "query" : name };
	const struct member *member = name == NULL ? NULL : shape_member(shape, name, strlen(name));
	size_t               index;

	if (member == NULL || member->hidden) {
		fault(parse, &place, "is not known");
		return;
	}
	index = (size_t)(member - shape->members);
	value = equals == NULL ? "" : percent_decode(parse->arena, equals + 1, length - name_length - 1, true);
	if (*seen >> index & 1)
		fault(parse, &place, "must be given once");
	else if (value == NULL)
		fault(parse, &place, "must be valid percent-encoded UTF-8");
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
				fault(&parse, &(struct place) { .outer = &root, .name = shape->members[i].name }, "is required");
			else if (shape->members[i].defaulted)
				set_default(arena, &shape->members[i], into);
		}
	return faults->count == 0;
}
