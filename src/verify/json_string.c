#include "verify/json_string.h"

#include <stdint.h>
#include <string.h>

enum { DEPTH_MAX = 32 };

void
json_skip_space(struct json_place *place)
{
	while (place->at < place->end && memchr(" \t\n\r", *place->at, 4) != NULL)
		place->at++;
}

bool
json_take(struct json_place *place, char c)
{
	json_skip_space(place);
	if (place->at == place->end || *place->at != (unsigned char)c)
		return false;
	place->at++;
	return true;
}

static bool
take_hex(struct json_place *place, uint32_t *into)
{
	*into = 0;
	if (place->end - place->at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		unsigned char c = *place->at++;

		if (c >= '0' && c <= '9')
			*into = *into << 4 | (uint32_t)(c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			*into = *into << 4 | (uint32_t)((c | 32) - 'a' + 10);
		else
			return false;
	}
	return true;
}

static size_t
write_utf8(char *into, uint32_t code)
{
	if (code < 0x80) {
		into[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		into[0] = (char)(0xc0 | code >> 6);
		into[1] = (char)(0x80 | (code & 63));
		return 2;
	}
	if (code < 0x10000) {
		into[0] = (char)(0xe0 | code >> 12);
		into[1] = (char)(0x80 | (code >> 6 & 63));
		into[2] = (char)(0x80 | (code & 63));
		return 3;
	}
	into[0] = (char)(0xf0 | code >> 18);
	into[1] = (char)(0x80 | (code >> 12 & 63));
	into[2] = (char)(0x80 | (code >> 6 & 63));
	into[3] = (char)(0x80 | (code & 63));
	return 4;
}

/* What stands behind a backslash; its length in UTF-8, 0 when it is nothing. */
static size_t
take_escape(struct json_place *place, char into[4])
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	const char       *letter;
	uint32_t          code, low;

	if (place->at == place->end)
		return 0;
	if (*place->at != 'u') {
		letter = memchr(letters, *place->at++, sizeof letters - 1);
		if (letter == NULL)
			return 0;
		into[0] = meanings[letter - letters];
		return 1;
	}
	place->at++;
	if (!take_hex(place, &code) || code == 0 || (code >= 0xdc00 && code <= 0xdfff))
		return 0;
	if (code >= 0xd800 && code <= 0xdbff) {
		if (place->end - place->at < 6 || place->at[0] != '\\' || place->at[1] != 'u')
			return 0;
		place->at += 2;
		if (!take_hex(place, &low) || low < 0xdc00 || low > 0xdfff)
			return 0;
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	}
	return write_utf8(into, code);
}

/* One character of well formed UTF-8, neither a control character nor overlong nor a surrogate; its length, or 0. */
static size_t
utf8_length(const struct json_place *place)
{
	const unsigned char *at = place->at;
	size_t               left = (size_t)(place->end - at), length;
	uint32_t             code;

	if (at[0] < 0x80)
		return at[0] >= 0x20;
	length = at[0] >= 0xf0 && at[0] <= 0xf4 ? 4 : at[0] >= 0xe0 && at[0] < 0xf0 ? 3 : at[0] >= 0xc2 && at[0] < 0xe0 ? 2 : 0;
	if (length == 0 || length > left)
		return 0;
	code = at[0] & (0xffu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (at[i] & 63);
	}
	if ((length == 3 && code < 0x800) || (code >= 0xd800 && code <= 0xdfff) || (length == 4 && code < 0x10000) ||
	    code > 0x10ffff)
		return 0;
	return length;
}

bool
json_take_string(struct json_place *place, char *into, size_t *length)
{
	size_t written = 0, bytes;
	char   escaped[4];

	if (!json_take(place, '"'))
		return false;
	while (place->at < place->end && *place->at != '"') {
		const void *from = place->at;

		if (*place->at == '\\') {
			place->at++;
			bytes = take_escape(place, escaped);
			from = escaped;
		} else {
			bytes = utf8_length(place);
			place->at += bytes;
		}
		if (bytes == 0)
			return false;
		if (into != NULL)
			memcpy(into + written, from, bytes);
		written += bytes;
	}
	if (place->at == place->end)
		return false;
	place->at++;
	if (into != NULL)
		into[written] = '\0';
	if (length != NULL)
		*length = written;
	return true;
}

static size_t
skip_digits(struct json_place *place)
{
	const unsigned char *from = place->at;

	while (place->at < place->end && *place->at >= '0' && *place->at <= '9')
		place->at++;
	return (size_t)(place->at - from);
}

static bool
skip_one(struct json_place *place, const char *any_of)
{
	if (place->at == place->end || *place->at == '\0' || strchr(any_of, *place->at) == NULL)
		return false;
	place->at++;
	return true;
}

static bool
skip_number(struct json_place *place)
{
	skip_one(place, "-");
	if (!skip_one(place, "0") && skip_digits(place) == 0)
		return false;
	if (skip_one(place, ".") && skip_digits(place) == 0)
		return false;
	if (!skip_one(place, "eE"))
		return true;
	skip_one(place, "+-");
	return skip_digits(place) > 0;
}

static bool
skip_word(struct json_place *place, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(place->end - place->at) < length || memcmp(place->at, word, length) != 0)
		return false;
	place->at += length;
	return true;
}

static bool skip_value(struct json_place *place, int depth);

/* The members of an object or the elements of an array, from behind the first bracket on. */
static bool
skip_elements(struct json_place *place, char closing, int depth)
{
	if (depth == 0)
		return false;
	if (json_take(place, closing))
		return true;
	do {
		if (closing == '}' && (!json_take_string(place, NULL, NULL) || !json_take(place, ':')))
			return false;
		if (!skip_value(place, depth - 1))
			return false;
	} while (json_take(place, ','));
	return json_take(place, closing);
}

static bool
skip_value(struct json_place *place, int depth)
{
	if (json_take(place, '{'))
		return skip_elements(place, '}', depth);
	if (json_take(place, '['))
		return skip_elements(place, ']', depth);
	if (place->at == place->end)
		return false;
	switch (*place->at) {
	case '"':
		return json_take_string(place, NULL, NULL);
	case 't':
		return skip_word(place, "true");
	case 'f':
		return skip_word(place, "false");
	case 'n':
		return skip_word(place, "null");
	default:
		return skip_number(place);
	}
}

bool
json_skip_value(struct json_place *place)
{
	return skip_value(place, DEPTH_MAX);
}
