#include "base/text.h"

#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <unictype.h>
#include <unistr.h>

struct text
text_new(struct arena *arena, size_t room)
{
	struct text text = { .arena = arena, .bytes = arena_room(arena, room + 1), .room = room };

	text.bytes[0] = '\0';
	return text;
}

void
text_reserve(struct text *text, size_t more)
{
	size_t needed, room = text->room > 64 ? text->room : 64;
	char  *bytes;

	if (more <= text->room - text->length)
		return;
	if (__builtin_add_overflow(text->length, more, &needed))
		needed = SIZE_MAX - 1; /* the arena refuses it */
	while (room < needed)
		room = room > SIZE_MAX / 2 ? needed : room * 2;
	bytes = arena_room(text->arena, room + 1);
	memcpy(bytes, text->bytes, text->length);
	bytes[text->length] = '\0';
	text->bytes = bytes;
	text->room = room;
}

void
text_add(struct text *text, const void *bytes, size_t length)
{
	text_reserve(text, length);
	if (length > 0)
		memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
	text->bytes[text->length] = '\0';
}

void
text_add_string(struct text *text, const char *string)
{
	text_add(text, string, strlen(string));
}

void
text_add_char(struct text *text, char c)
{
	text_add(text, &c, 1);
}

void
text_add_integer(struct text *text, int64_t value)
{
	char     digits[20], *first = digits + sizeof digits;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	do
		*--first = (char)('0' + rest % 10);
	while ((rest /= 10) != 0);
	if (value < 0)
		text_add_char(text, '-');
	text_add(text, first, (size_t)(digits + sizeof digits - first));
}

/* The escape of one byte, written to `escape`; returns its length. */
static size_t
json_escape(unsigned char c, char escape[6])
{
	static const char hex[] = "0123456789abcdef";
	static const char letters[] = "btn\0fr"; /* from 0x08 on */

	escape[0] = '\\';
	if (c == '"' || c == '\\') {
		escape[1] = (char)c;
		return 2;
	}
	if (c >= 0x08 && c <= 0x0d && c != 0x0b) {
		escape[1] = letters[c - 0x08];
		return 2;
	}
	memcpy(escape + 1, "u00", 3);
	escape[4] = hex[c >> 4];
	escape[5] = hex[c & 15];
	return 6;
}

void
text_add_json(struct text *text, const char *string)
{
	const char *run = string;
	char        escape[6];

	if (string == NULL) {
		TEXT_ADD(text, "null");
		return;
	}
	text_add_char(text, '"');
	for (;; string++) {
		unsigned char c = (unsigned char)*string;

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		text_add(text, run, (size_t)(string - run));
		if (c == '\0')
			break;
		text_add(text, escape, json_escape(c, escape));
		run = string + 1;
	}
	text_add_char(text, '"');
}

void
text_addf(struct text *text, const char *format, ...)
{
	va_list args, again;
	int     length;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	assert(length >= 0);
	text_reserve(text, (size_t)length);
	vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
	text->length += (size_t)length;
	va_end(again);
	va_end(args);
}

/*
 * Letters by their category that are marks by their nature, and weigh nothing in a collation: tatweel, vowel signs with a place
 * of their own, voiced sound marks; and the empty braille cell.  tests/store/test-migrate.c holds them against the server's.
 */
static const struct {
	ucs4_t first, last;
} weightless[] = { { 0x640, 0x640 }, { 0x7fa, 0x7fa }, { 0x824, 0x824 }, { 0x828, 0x828 }, { 0x180a, 0x180a }, { 0x1cd3, 0x1cd3 },
	{ 0x1cf2, 0x1cf3 }, { 0x2800, 0x2800 }, { 0xfc5e, 0xfc63 }, { 0xfcf2, 0xfcf4 }, { 0xfe70, 0xfe74 }, { 0xfe76, 0xfe7f },
	{ 0xff9e, 0xff9f } };

/* What shows nothing by itself: blanks, control and format characters, marks without a letter. */
static bool
is_invisible(ucs4_t c)
{
	for (size_t i = 0; i < sizeof weightless / sizeof *weightless; i++)
		if (c >= weightless[i].first && c <= weightless[i].last)
			return true;
	return uc_is_property_white_space(c) || uc_is_property_default_ignorable_code_point(c) ||
	    uc_is_general_category_withtable(
		c, UC_CATEGORY_MASK_Z | UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_M);
}

bool
text_is_blank(const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	ucs4_t         c;

	while ((at = u8_next(&c, at)) != NULL)
		if (!is_invisible(c))
			return false;
	return true;
}
