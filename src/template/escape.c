#include "template/escape.h"

#include "base/html.h"
#include "base/text.h"

#include <string.h>
#include <strings.h>

/* U+202A to U+202E and U+2066 to U+2069 turn what stands behind them until they are ended. */
static bool
is_direction_mark(const char *bytes, size_t length)
{
	return length >= 3 && bytes[0] == '\xe2' &&
	    ((bytes[1] == '\x80' && bytes[2] >= '\xaa' && bytes[2] <= '\xae') ||
		(bytes[1] == '\x81' && bytes[2] >= '\xa6' && bytes[2] <= '\xa9'));
}

/* May it hold letters from right to left, or marks of a direction?  By the blocks of Unicode, a few others among them. */
static bool
has_direction(const char *bytes, size_t length)
{
	for (size_t i = 0; i + 1 < length; i++) {
		const unsigned char first = (unsigned char)bytes[i], second = (unsigned char)bytes[i + 1];

		if ((first >= 0xd6 && first <= 0xdf) || (first == 0xe0 && second < 0xa4) ||
		    (first == 0xe2 && is_direction_mark(bytes + i, length - i)) ||
		    (first == 0xef && second >= 0xac && second <= 0xbb) || (first == 0xf0 && (second == 0x90 || second == 0x9e)))
			return true;
	}
	return false;
}

/*
 * A text of somebody else's between ours: in an element of its own, which has its own direction, and without the marks that
 * reach out of it (an end mark in the text would end the element's isolation).
 */
static void
add_text(struct text *out, const char *bytes, size_t length)
{
	size_t from = 0;

	if (!has_direction(bytes, length)) {
		html_add_bytes(out, bytes, length);
		return;
	}
	TEXT_ADD(out, "<bdi>");
	for (size_t i = 0; i < length; i++)
		if (is_direction_mark(bytes + i, length - i)) {
			html_add_bytes(out, bytes + from, i - from);
			i += 2;
			from = i + 1;
		}
	html_add_bytes(out, bytes + from, length - from);
	TEXT_ADD(out, "</bdi>");
}

/* Is it relative, or of a scheme that runs nothing? */
static bool
is_url_allowed(const char *bytes, size_t length)
{
	static const char *const schemes[] = { "http", "https", "mailto" };
	size_t                   before = 0;

	while (before < length && strchr(":/?#", bytes[before]) == NULL)
		before++;
	if (before == length || bytes[before] != ':')
		return true;
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (strlen(schemes[i]) == before && strncasecmp(bytes, schemes[i], before) == 0)
			return true;
	return false;
}

/* What an URL may consist of stays (RFC 3986); spaces, quotes, backslashes and all that is not ASCII are percent-encoded. */
static void
add_url(struct text *out, const char *bytes, size_t length, const char *kept)
{
	for (size_t i = 0; i < length; i++) {
		const unsigned char c = (unsigned char)bytes[i];

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    (c != '\0' && strchr(kept, c) != NULL)) {
			html_add_bytes(out, bytes + i, 1);
			continue;
		}
		text_addf(out, "%%%02X", c);
	}
}

/* Within strings alone these mean anything but themselves, so that JSON stays what it was. */
static void
add_json(struct text *out, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (strchr("<>&", bytes[i]) != NULL && bytes[i] != '\0')
			text_addf(out, "\\u%04x", (unsigned)bytes[i]);
		else if (length - i >= 3 && (memcmp(bytes + i, "\u2028", 3) == 0 || memcmp(bytes + i, "\u2029", 3) == 0)) {
			text_addf(out, "\\u%s", bytes[i + 2] == '\xa8' ? "2028" : "2029");
			i += 2;
		} else
			text_add_char(out, bytes[i]);
	}
}

void
escape(struct text *out, enum escaping escaping, const char *bytes, size_t length)
{
	static const char unreserved[] = "-._~", whole[] = "-._~:/?#[]@!$&'()*+,;=%", in_set[] = "-._~:/?#[]@!$&'()*+;=%",
			  address[] = "-._~@";

	switch (escaping) {
	case ESCAPE_NOTHING:
		text_add(out, bytes, length);
		break;
	case ESCAPE_TEXT:
		add_text(out, bytes, length);
		break;
	case ESCAPE_HTML:
		html_add_bytes(out, bytes, length);
		break;
	case ESCAPE_URL:
	case ESCAPE_SET:
		if (is_url_allowed(bytes, length))
			add_url(out, bytes, length, escaping == ESCAPE_SET ? in_set : whole);
		else
			text_add_char(out, '#');
		break;
	case ESCAPE_PART:
		add_url(out, bytes, length, unreserved);
		break;
	case ESCAPE_ADDRESS:
		add_url(out, bytes, length, address);
		break;
	case ESCAPE_JSON:
		add_json(out, bytes, length);
	}
}
