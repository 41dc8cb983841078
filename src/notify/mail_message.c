#include "notify/mail_message.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/text.h"

#include <string.h>

enum {
	BODY_LINE_MAX = 76,    /* of an encoded body (RFC 2045) */
	HEADER_PLAIN_MAX = 60, /* a longer text is split into words */
	WORD_BYTES_MAX = 45,   /* of UTF-8 in one encoded word: 60 characters of base64 and 12 around them, of 75 */
	ADDRESS_MAX = 254
};

bool
mail_address_is_plain(const char *address)
{
	const char *at = strchr(address, '@');

	if (at == NULL || at == address || at[1] == '\0' || strchr(at + 1, '@') != NULL || strlen(address) > ADDRESS_MAX ||
	    !utf8_valid(address, strlen(address)))
		return false;
	for (const char *c = address; *c != '\0'; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f || strchr("<>()[],;:\\\"", *c) != NULL)
			return false;
	return true;
}

static const char *
domain_of(const char *address)
{
	return strrchr(address, '@') + 1;
}

const char *
mail_message_id(struct arena *arena, struct uuid id, const char *from)
{
	return arena_format(arena, "<mail.%s@%s>", uuid_text(arena, id), domain_of(from));
}

/* ---- headers ---- */

/* One line: what would end it, and every other control character, is a space. */
static char *
without_controls(struct arena *arena, const char *string)
{
	char *copy = arena_string(arena, string);

	for (char *c = copy; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	return copy;
}

static bool
is_ascii(const char *string)
{
	for (; *string != '\0'; string++)
		if ((unsigned char)*string >= 0x80)
			return false;
	return true;
}

/* How many bytes of it go into one word: whole characters. */
static size_t
word_length(const char *string)
{
	size_t left = strlen(string), length = 0, character;

	while (length < left && (character = utf8_character(string + length, left - length)) > 0 &&
	    length + character <= WORD_BYTES_MAX)
		length += character;
	return length;
}

/* Words of base64 on lines of their own; the white space between them does not count. */
static void
add_words(struct arena *arena, struct text *out, const char *string)
{
	for (size_t length; *string != '\0'; string += length) {
		length = word_length(string);
		if (length == 0)
			return; /* no UTF-8: what can be shown has been */
		text_addf(out, "=?UTF-8?B?%s?=", base64_encode(arena, string, length));
		if (string[length] != '\0')
			TEXT_ADD(out, "\r\n ");
	}
}

/* A text in a header that may be any. */
static void
add_unstructured(struct arena *arena, struct text *out, const char *string)
{
	if (is_ascii(string) && strstr(string, "=?") == NULL && strlen(string) <= HEADER_PLAIN_MAX)
		text_add_string(out, string);
	else
		add_words(arena, out, string);
}

/* A name before an address: in quotes, or as words. */
static void
add_phrase(struct arena *arena, struct text *out, const char *name)
{
	if (!is_ascii(name) || strstr(name, "=?") != NULL || strlen(name) > HEADER_PLAIN_MAX) {
		add_words(arena, out, name);
		return;
	}
	text_add_char(out, '"');
	for (; *name != '\0'; name++) {
		if (*name == '"' || *name == '\\')
			text_add_char(out, '\\');
		text_add_char(out, *name);
	}
	text_add_char(out, '"');
}

static void
add_mailbox(struct arena *arena, struct text *out, const char *header, const struct mail_mailbox *mailbox)
{
	const char *name = mailbox->name == NULL ? "" : without_controls(arena, mailbox->name);

	text_addf(out, "%s: ", header);
	if (text_is_blank(name)) {
		text_addf(out, "%s\r\n", mailbox->address);
		return;
	}
	add_phrase(arena, out, name);
	text_addf(out, "\r\n <%s>\r\n", mailbox->address);
}

static void
add_date(struct text *out, struct instant date)
{
	static const char *const days[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" }; /* 1970 began on a Thursday */
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
		"Dec" };
	enum { DAY_MS = 24 * 3600 * 1000 };
	struct civil civil = instant_civil(date);

	text_addf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", days[date.unix_ms / DAY_MS % 7], civil.day,
	    months[civil.month - 1], civil.year, civil.hour, civil.minute, civil.second);
}

/* ---- bodies ---- */

/* An end of line, however it was written, is CRLF. */
static struct text
with_crlf(struct arena *arena, const char *string)
{
	struct text lines = text_new(arena, strlen(string) + 64);

	for (; *string != '\0'; string++) {
		if (*string == '\r' && string[1] == '\n')
			continue;
		if (*string == '\n' || *string == '\r')
			TEXT_ADD(&lines, "\r\n");
		else
			text_add_char(&lines, *string);
	}
	if (lines.length < 2 || memcmp(lines.bytes + lines.length - 2, "\r\n", 2) != 0)
		TEXT_ADD(&lines, "\r\n");
	return lines;
}

/* May the byte stand as it is?  White space must not end a line, and a line that begins with "From " is changed on the way. */
static bool
is_literal(const char *at, size_t column)
{
	unsigned char c = (unsigned char)*at;

	if (c == ' ' || c == '\t')
		return at[1] != '\r';
	if (column == 0 && (c == '.' || strncmp(at, "From ", 5) == 0))
		return false;
	return c > ' ' && c < 0x7f && c != '=';
}

static void
add_quoted_printable(struct text *out, const char *lines)
{
	size_t column = 0;

	for (; *lines != '\0'; lines++) {
		size_t width;

		if (lines[0] == '\r' && lines[1] == '\n') {
			TEXT_ADD(out, "\r\n");
			column = 0;
			lines++;
			continue;
		}
		width = is_literal(lines, column) ? 1 : 3;
		if (column + width > BODY_LINE_MAX - 1) { /* the last place is the soft break's */
			TEXT_ADD(out, "=\r\n");
			column = 0;
			width = is_literal(lines, column) ? 1 : 3;
		}
		if (width == 1)
			text_add_char(out, *lines);
		else
			text_addf(out, "=%02X", (unsigned)(unsigned char)*lines);
		column += width;
	}
}

static void
add_base64(struct arena *arena, struct text *out, const struct text *lines)
{
	const char *encoded = base64_encode(arena, lines->bytes, lines->length);

	for (size_t left = strlen(encoded), length; left > 0; left -= length, encoded += length) {
		length = left < BODY_LINE_MAX ? left : BODY_LINE_MAX;
		text_add(out, encoded, length);
		TEXT_ADD(out, "\r\n");
	}
}

/* A byte that is not ASCII takes three as quoted-printable, four thirds as base64. */
static bool
is_mostly_ascii(const struct text *lines)
{
	size_t others = 0;

	for (size_t i = 0; i < lines->length; i++)
		others += (unsigned char)lines->bytes[i] >= 0x80;
	return others * 6 <= lines->length;
}

static void
add_part(struct arena *arena, struct text *out, const char *boundary, const char *type, const char *body)
{
	struct text lines = with_crlf(arena, body);
	bool        readable = is_mostly_ascii(&lines);

	text_addf(out, "--%s\r\nContent-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n", boundary, type,
	    readable ? "quoted-printable" : "base64");
	if (readable)
		add_quoted_printable(out, lines.bytes);
	else
		add_base64(arena, out, &lines);
}

const struct problem *
mail_message_write(struct arena *arena, const struct mail_message *message, struct text *out)
{
	/* Neither encoding has "=_" in it. */
	const char *boundary = arena_format(arena, "=_%s", uuid_text(arena, message->id));

	if (!mail_address_is_plain(message->from.address) || !mail_address_is_plain(message->to.address) ||
	    (*message->reply_to != '\0' && !mail_address_is_plain(message->reply_to)))
		return problem(BAD_REQUEST, "an address of the letter is not one");
	add_date(out, message->date);
	add_mailbox(arena, out, "From", &message->from);
	if (*message->reply_to != '\0')
		text_addf(out, "Reply-To: %s\r\n", message->reply_to);
	add_mailbox(arena, out, "To", &message->to);
	TEXT_ADD(out, "Subject: ");
	add_unstructured(arena, out, without_controls(arena, message->subject));
	text_addf(out, "\r\nMessage-ID: %s\r\n", mail_message_id(arena, message->id, message->from.address));
	TEXT_ADD(out, "Auto-Submitted: auto-generated\r\n");
	if (message->unsubscribe_url != NULL)
		text_addf(out, "List-Unsubscribe:\r\n <%s>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
		    without_controls(arena, message->unsubscribe_url));
	text_addf(out, "Content-Language: %s\r\n", without_controls(arena, message->language));
	text_addf(out, "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n", boundary);
	add_part(arena, out, boundary, "text/plain", message->text);
	add_part(arena, out, boundary, "text/html", message->html);
	text_addf(out, "--%s--\r\n", boundary);
	return OK;
}
