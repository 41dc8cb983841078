#include "template/tags.h"

#include "base/arena.h"

#include <string.h>

enum { DELIMITER_MAX = 16, WHOLE_MAX = 60 };

struct reading {
	struct arena     *arena;
	const char       *at, *end;
	const char       *open, *close; /* the delimiters */
	size_t            open_length, close_length;
	size_t            line, line_start; /* line_start: index of the line's first tag in the list */
	struct tags      *tags;
	struct tag_fault *fault;
};

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct tag *
add_tag(struct reading *reading, enum tag_kind kind, const char *bytes, size_t length)
{
	struct tags *tags = reading->tags;
	struct tag  *tag;

	if (tags->count == tags->room) {
		struct tag *more = ARENA_ARRAY(reading->arena, 2 * tags->room + 16, struct tag);

		if (tags->count > 0)
			memcpy(more, tags->list, tags->count * sizeof *more);
		tags->list = more;
		tags->room = 2 * tags->room + 16;
	}
	tag = &tags->list[tags->count++];
	*tag = (struct tag) { .kind = kind, .bytes = bytes, .length = length, .line = reading->line };
	return tag;
}

static bool
is_text_blank(const struct tag *tag)
{
	for (size_t i = 0; i < tag->length; i++)
		if (!is_blank(tag->bytes[i]))
			return false;
	return true;
}

/* Does the tag leave something of itself in the page? */
static bool
prints(enum tag_kind kind)
{
	return kind == TAG_VALUE || kind == TAG_LOCAL || kind == TAG_MESSAGE;
}

/* A line that holds nothing but blanks and tags that print nothing themselves leaves nothing of itself. */
static void
end_line(struct reading *reading)
{
	struct tag *first, *end;
	bool        tagged = false;

	if (reading->tags->list == NULL)
		return;
	first = reading->tags->list + reading->line_start;
	end = reading->tags->list + reading->tags->count;
	reading->line_start = reading->tags->count;
	for (struct tag *tag = first; tag < end; tag++) {
		if (prints(tag->kind) || (tag->kind == TAG_TEXT && !is_text_blank(tag)))
			return;
		tagged = tagged || tag->kind != TAG_TEXT;
	}
	if (!tagged)
		return;
	if (end - first >= 2 && first[0].kind == TAG_TEXT && first[1].kind == TAG_PARTIAL) {
		first[1].indent = first[0].bytes;
		first[1].indent_length = first[0].length;
	}
	for (struct tag *tag = first; tag < end; tag++)
		if (tag->kind == TAG_TEXT)
			tag->length = 0;
}

static bool
fail(struct reading *reading, const char *start, const char *what)
{
	size_t length = (size_t)(reading->end - start), stop;

	stop = length < WHOLE_MAX ? length : WHOLE_MAX;
	for (size_t i = 0; i < stop; i++)
		if (start[i] == '\n' || start[i] == '\0')
			stop = i;
	*reading->fault = (struct tag_fault) { reading->line, arena_copy(reading->arena, start, stop), what };
	return false;
}

/* {{=<% %>=}}: the text between the equals signs. */
static bool
set_delimiters(struct reading *reading, const char *bytes, size_t length)
{
	const char *end = bytes + length, *first = bytes, *gap, *second;

	for (gap = first; gap < end && !is_blank(*gap); gap++)
		;
	for (second = gap; second < end && is_blank(*second); second++)
		;
	if (gap == first || second == end || gap - first > DELIMITER_MAX || end - second > DELIMITER_MAX)
		return false;
	for (const char *c = first; c < end; c++)
		if (*c == '=' || *c == '\0' || (c >= second && is_blank(*c)))
			return false;
	reading->open = first;
	reading->open_length = (size_t)(gap - first);
	reading->close = second;
	reading->close_length = (size_t)(end - second);
	return true;
}

static bool
is_name(const char *bytes, size_t length, enum tag_kind kind)
{
	bool is_partial = kind == TAG_PARTIAL;
	bool dotted = true; /* a name begins here */

	if (length == 1 && bytes[0] == '.')
		return !is_partial && kind != TAG_MESSAGE;
	for (size_t i = 0; i < length; i++) {
		const char c = bytes[i];

		if (c == '.' && !dotted && !is_partial)
			dotted = true;
		else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
		    (c == '-' && is_partial))
			dotted = false;
		else
			return false;
	}
	return !dotted;
}

static enum tag_kind
kind_of(char sigil)
{
	switch (sigil) {
	case '#':
		return TAG_SECTION;
	case '^':
		return TAG_INVERTED;
	case '/':
		return TAG_CLOSE;
	case '>':
		return TAG_PARTIAL;
	case '$':
		return TAG_LOCAL;
	case '@':
		return TAG_MESSAGE;
	case '!':
	case '=':
		return TAG_COMMENT;
	default:
		return TAG_VALUE;
	}
}

/* "name second": cuts the second word off where the kind has one. */
static void
cut_second(struct tag *tag)
{
	size_t gap = 0, end;

	while (gap < tag->length && !is_blank(tag->bytes[gap]))
		gap++;
	for (end = gap; end < tag->length && is_blank(tag->bytes[end]); end++)
		;
	if ((tag->kind != TAG_LOCAL && tag->kind != TAG_MESSAGE) || end == tag->length)
		return;
	tag->second = tag->bytes + end;
	tag->second_length = tag->length - end;
	tag->length = gap;
}

/* The tag at reading->at, its opening delimiter. */
static bool
read_tag(struct reading *reading)
{
	const char   *start = reading->at, *bytes = start + reading->open_length, *stop, *behind;
	enum tag_kind kind = bytes < reading->end ? kind_of(*bytes) : TAG_VALUE;
	bool          sets = bytes < reading->end && *bytes == '=', named = kind != TAG_COMMENT;
	struct tag    cut, *tag;

	if (bytes < reading->end && (*bytes == '{' || *bytes == '&'))
		return fail(reading, start, "nothing is printed unescaped");
	if (kind != TAG_VALUE)
		bytes++;
	stop = memmem(bytes, (size_t)(reading->end - bytes), reading->close, reading->close_length);
	if (stop == NULL)
		return fail(reading, start, "the tag is not closed");
	behind = stop + reading->close_length;
	if (sets) {
		if (stop == bytes || stop[-1] != '=')
			return fail(reading, start, "malformed delimiters");
		stop--;
	}
	for (; bytes < stop && is_blank(*bytes); bytes++)
		;
	for (; stop > bytes && is_blank(stop[-1]); stop--)
		;
	if (sets && !set_delimiters(reading, bytes, (size_t)(stop - bytes)))
		return fail(reading, start, "malformed delimiters");
	cut = (struct tag) { .kind = kind, .bytes = bytes, .length = (size_t)(stop - bytes) };
	cut_second(&cut);
	if (named &&
	    (!is_name(bytes, cut.length, kind) || (cut.second != NULL && !is_name(cut.second, cut.second_length, TAG_VALUE))))
		return fail(reading, start, "malformed tag");
	tag = add_tag(reading, kind, bytes, cut.length);
	tag->second = cut.second;
	tag->second_length = cut.second_length;
	tag->whole = named ? arena_copy(reading->arena, start, (size_t)(behind - start)) : NULL;
	for (; start < behind; start++)
		reading->line += *start == '\n';
	reading->at = behind;
	return true;
}

bool
tags_read(struct arena *arena, const char *source, size_t length, struct tags *tags, struct tag_fault *fault)
{
	struct reading reading = { .arena = arena,
		.at = source,
		.end = source + length,
		.open = "{{",
		.close = "}}",
		.open_length = 2,
		.close_length = 2,
		.line = 1,
		.tags = tags,
		.fault = fault };

	*tags = (struct tags) { NULL, 0, 0 };
	while (reading.at < reading.end) {
		size_t      left = (size_t)(reading.end - reading.at);
		const char *newline = memchr(reading.at, '\n', left), *stop = newline == NULL ? reading.end : newline + 1,
			   *open = memmem(reading.at, (size_t)(stop - reading.at), reading.open, reading.open_length);

		if (open != NULL)
			stop = open;
		if (stop > reading.at)
			add_tag(&reading, TAG_TEXT, reading.at, (size_t)(stop - reading.at));
		reading.at = stop;
		if (open != NULL) {
			if (!read_tag(&reading))
				return false;
		} else if (newline != NULL) {
			reading.line++;
			end_line(&reading);
		}
	}
	end_line(&reading);
	return true;
}
