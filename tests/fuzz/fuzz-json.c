/* Bodies: a JSON text read, taken into a struct, printed, and taken again. */
#include "base/shape.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/shapes.h"

#include <json-c/json.h>
#include <string.h>
#include <unistr.h>

enum { LEVELS_MAX = 16 };

/*
 * RFC 8259 by itself, to hold json_read against: a cursor that moves over what it accepts.  Members that come twice and
 * names with a NUL are left to json_read.
 */
struct reader {
	const uint8_t *at, *end;
	int            level;
	bool           nul; /* somewhere stands \u0000 */
};

static bool read_value(struct reader *reader);

static void
skip_space(struct reader *reader)
{
	while (reader->at < reader->end && memchr(" \t\r\n", *reader->at, 4) != NULL)
		reader->at++;
}

static bool
take(struct reader *reader, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0)
		return false;
	reader->at += length;
	return true;
}

static bool
take_digits(struct reader *reader)
{
	const uint8_t *from = reader->at;

	while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
		reader->at++;
	return reader->at > from;
}

static bool
read_number(struct reader *reader)
{
	take(reader, "-");
	if (!take(reader, "0") && !take_digits(reader))
		return false;
	if (take(reader, ".") && !take_digits(reader))
		return false;
	if (take(reader, "e") || take(reader, "E")) {
		if (!take(reader, "+"))
			take(reader, "-");
		return take_digits(reader);
	}
	return true;
}

static bool
read_escape(struct reader *reader)
{
	if (reader->at == reader->end)
		return false;
	if (*reader->at++ != 'u')
		return memchr("\"\\/bfnrt", reader->at[-1], 8) != NULL;
	if (reader->end - reader->at < 4)
		return false;
	reader->nul |= memcmp(reader->at, "0000", 4) == 0;
	for (int i = 0; i < 4; i++)
		if (memchr("0123456789abcdefABCDEF", *reader->at++, 22) == NULL)
			return false;
	return true;
}

static bool
read_string(struct reader *reader)
{
	if (!take(reader, "\""))
		return false;
	while (reader->at < reader->end && *reader->at != '"') {
		if (*reader->at < 0x20)
			return false;
		if (*reader->at++ == '\\' && !read_escape(reader))
			return false;
	}
	return take(reader, "\"");
}

static bool
read_members(struct reader *reader, bool named, const char *close)
{
	skip_space(reader);
	if (!take(reader, close))
		do {
			skip_space(reader);
			if (named) {
				if (!read_string(reader))
					return false;
				skip_space(reader);
				if (!take(reader, ":"))
					return false;
			}
			if (!read_value(reader))
				return false;
			skip_space(reader);
			if (take(reader, close))
				break;
			if (!take(reader, ","))
				return false;
		} while (true);
	return true;
}

static bool
read_any(struct reader *reader)
{
	if (take(reader, "{"))
		return read_members(reader, true, "}");
	if (take(reader, "["))
		return read_members(reader, false, "]");
	/* What begins as a string is one or nothing: it is not tried again from where it broke off. */
	if (reader->at < reader->end && *reader->at == '"')
		return read_string(reader);
	return take(reader, "true") || take(reader, "false") || take(reader, "null") || read_number(reader);
}

/* What stands in the innermost brackets is a level, too. */
static bool
read_value(struct reader *reader)
{
	bool read;

	skip_space(reader);
	if (reader->level == LEVELS_MAX)
		return false;
	reader->level++;
	read = read_any(reader);
	reader->level--;
	return read;
}

static bool
is_json(const uint8_t *bytes, size_t length, bool *nul)
{
	struct reader reader = { .at = bytes, .end = bytes + length };
	bool          whole = read_value(&reader);

	skip_space(&reader);
	*nul = reader.nul;
	return whole && reader.at == reader.end && u8_check(bytes, length) == NULL;
}

/* Two members of one name anywhere: the reason for which json_read may refuse what the grammar allows. */
static bool
refused_rightly(const uint8_t *bytes, size_t length)
{
	/* Written again by json-c, which keeps one of two: shorter by a colon outside strings.  Escapes are why not by bytes. */
	struct json_tokener *tokener = json_tokener_new_ex(LEVELS_MAX + 1);
	struct json_object  *json = json_tokener_parse_ex(tokener, (const char *)bytes, (int)length);
	const char          *again = json == NULL ? "" : json_object_to_json_string_ext(json, JSON_C_TO_STRING_NOSLASHESCAPE);
	size_t               before = 0, after = 0;
	bool                 in_string = false;

	for (size_t i = 0; i < length; i++) {
		if (in_string && bytes[i] == '\\')
			i++;
		else if (bytes[i] == '"')
			in_string = !in_string;
		else
			before += !in_string && bytes[i] == ':';
	}
	for (in_string = false; *again != '\0'; again++) {
		if (in_string && *again == '\\')
			again++;
		else if (*again == '"')
			in_string = !in_string;
		else
			after += !in_string && *again == ':';
	}
	json_object_put(json);
	json_tokener_free(tokener);
	return before > after;
}

/* What is printed is read again as the same, and keeps what the shape promises. */
static void
print_and_parse_again(const struct fuzz_body *body)
{
	struct arena       *arena = fuzz_arena();
	struct text         first = text_new(arena, 256), second = text_new(arena, 256);
	struct fuzz_body    again = { 0 };
	struct faults       faults = { .count = 0 };
	struct json_object *json;

	shape_print(&fuzz_body_shape, body, &first);
	json = json_read(arena, first.bytes, first.length);
	PROPERTY(json != NULL);
	PROPERTY(shape_parse(&fuzz_body_shape, json, arena, &again, &faults));
	shape_print(&fuzz_body_shape, &again, &second);
	PROPERTY(strcmp(first.bytes, second.bytes) == 0);
	PROPERTY(shape_check(&fuzz_body_shape, json, arena, &faults));
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	struct arena       *arena = fuzz_arena();
	struct json_object *json = json_read(arena, (const char *)bytes, length);
	struct fuzz_body    body = { 0 };
	struct fuzz_amounts amounts = { 0 };
	struct faults       faults = { .count = 0 };
	bool                nul, grammatical = is_json(bytes, length, &nul);

	PROPERTY(json == NULL || grammatical);
	if (json == NULL) {
		bool whole = length > 0 && (bytes[0] == '{' || bytes[0] == '[') && grammatical && !nul;

		PROPERTY(!whole || refused_rightly(bytes, length));
		return;
	}
	if (shape_parse(&fuzz_body_shape, json, arena, &body, &faults))
		print_and_parse_again(&body);
	else
		PROPERTY(faults.count > 0);
	if (shape_parse(&fuzz_amounts_shape, json, arena, &amounts, &faults))
		PROPERTY(amounts.price.scale >= 0 && amounts.price.scale <= DECIMAL_SCALE_MAX && amounts.price.digits > 0);
}
