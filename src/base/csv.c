#include "base/csv.h"

#include "base/text.h"

#include <string.h>

static const char bom[] = "\xef\xbb\xbf";

/* Where a record ends, and how: no cell of it has been touched yet. */
struct extent {
	size_t length; /* without its line end */
	size_t used;   /* with it */
	bool   whole;  /* false: the buffer ends first */
	bool   open;   /* within quotes */
};

static bool
ends_line(char c)
{
	return c == '\n' || c == '\r';
}

static struct extent
measure(const char *bytes, size_t length, bool last, char separator)
{
	struct extent extent = { 0 };
	bool          begins = true; /* a cell */

	for (size_t i = 0; i < length; i++) {
		char c = bytes[i];

		if (extent.open) {
			if (c == '"' && i + 1 < length && bytes[i + 1] == '"')
				i++;
			else if (c == '"')
				extent.open = false;
		} else if (begins && c == '"') {
			extent.open = true;
		} else if (ends_line(c)) {
			if (c == '\r' && i + 1 == length && !last)
				break;
			extent.length = i;
			extent.used = i + (c == '\r' && i + 1 < length && bytes[i + 1] == '\n' ? 2 : 1);
			extent.whole = true;
			return extent;
		}
		begins = c == separator && !extent.open;
	}
	extent.length = extent.used = length;
	extent.whole = last;
	return extent;
}

static char
choose_separator(const char *bytes, size_t length)
{
	static const char candidates[] = ",;\t";
	size_t            counts[sizeof candidates] = { 0 }, best = 0;
	bool              quoted = false;

	for (size_t i = 0; i < length && !ends_line(bytes[i]); i++) {
		const char *found = bytes[i] == '\0' ? NULL : strchr(candidates, bytes[i]);

		if (bytes[i] == '"')
			quoted = !quoted;
		else if (found != NULL && !quoted)
			counts[found - candidates]++;
	}
	for (size_t i = 1; candidates[i] != '\0'; i++)
		if (counts[i] > counts[best])
			best = i;
	return candidates[best];
}

/*
 * Unquotes the cell at *at, moving it together, and goes on behind its separator; *more: there was one.  NULL when what follows its
 * quotes is neither a separator nor the end.
 */
static char *
take_cell(char **at, const char *end, char separator, bool *more)
{
	char *cell = *at, *to = *at, *from = *at;

	if (from < end && *from == '"') {
		for (from++; from < end; from++) {
			if (*from == '"' && from + 1 < end && from[1] == '"')
				from++;
			else if (*from == '"')
				break;
			*to++ = *from;
		}
		from++;
		if (from < end && *from != separator)
			return NULL;
	} else {
		while (from < end && *from != separator)
			*to++ = *from++;
	}
	*more = from < end;
	*at = from + *more;
	*to = '\0';
	return cell;
}

static enum csv_found
bad(struct csv *csv, const char *fault)
{
	csv->fault = fault;
	csv->count = 0;
	return CSV_BAD;
}

static enum csv_found
split(struct csv *csv, char *bytes, size_t length)
{
	char *at = bytes, *end = bytes + length;
	bool  more = true;

	for (csv->count = 0; more; csv->count++) {
		if (csv->count == CSV_CELLS_MAX)
			return bad(csv, "has too many cells");
		csv->cells[csv->count] = take_cell(&at, end, csv->separator, &more);
		if (csv->cells[csv->count] == NULL)
			return bad(csv, "has text behind a closing quote");
	}
	return CSV_RECORD;
}

static size_t
first_line(const char *bytes, size_t length)
{
	size_t end = 0;

	while (end < length && !ends_line(bytes[end]))
		end++;
	return end < length ? end + 1 : length;
}

enum csv_found
csv_next(struct csv *csv, char *bytes, size_t length, bool last, size_t *used)
{
	size_t        skipped = 0;
	char          separator = csv->separator;
	struct extent extent;

	*used = 0;
	csv->fault = NULL;
	if (csv->separator == '\0') {
		/* All of the first line must be there, and the BOM is no part of it. */
		if (!last && length < CSV_RECORD_MAX && memchr(bytes, '\n', length) == NULL &&
		    memchr(bytes, '\r', length) == NULL)
			return CSV_MORE;
		if (length >= sizeof bom - 1 && memcmp(bytes, bom, sizeof bom - 1) == 0)
			skipped = sizeof bom - 1;
	}
	if (length == skipped) {
		*used = skipped;
		return last ? CSV_END : CSV_MORE;
	}
	if (separator == '\0')
		separator = choose_separator(bytes + skipped, length - skipped);
	extent = measure(bytes + skipped, length - skipped, last, separator);
	*used = skipped + extent.used;
	if (!extent.whole && length < CSV_RECORD_MAX) {
		*used = 0;
		return CSV_MORE;
	}
	csv->separator = separator;
	if (extent.open) {
		*used = skipped + first_line(bytes + skipped, length - skipped);
		return bad(csv, "has a quote that is not closed");
	}
	if (extent.length > CSV_RECORD_MAX || !extent.whole)
		return bad(csv, "is too long");
	if (memchr(bytes + skipped, '\0', extent.length) != NULL)
		return bad(csv, "has a NUL character");
	return split(csv, bytes + skipped, extent.length);
}

void
csv_fold_name(char *name)
{
	char *to = name;

	for (const char *from = name; *from != '\0'; from++) {
		char c = *from == '\t' || *from == '\n' || *from == '\r' ? ' ' : *from;

		if (c == ' ' && (to == name || to[-1] == ' '))
			continue;
		*to++ = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
	}
	while (to > name && to[-1] == ' ')
		to--;
	*to = '\0';
}

/* Does it begin as a formula does, behind apostrophes and blanks or not?  In some countries also in full width. */
static bool
is_formula(const char *cell)
{
	static const char        no_break_space[] = "\u00a0";
	static const char *const begins[] = { "=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20" };

	for (;;) {
		if (*cell == '\'')
			cell++;
		else if (strncmp(cell, no_break_space, sizeof no_break_space - 1) == 0)
			cell += sizeof no_break_space - 1;
		else
			break;
	}
	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		if (strncmp(cell, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

void
csv_add_cell(struct text *text, const char *cell)
{
	bool formula = is_formula(cell), quoted = strpbrk(cell, ",;\t\"\r\n") != NULL;

	if (quoted)
		text_add_char(text, '"');
	if (formula)
		text_add_char(text, '\'');
	for (; *cell != '\0'; cell++) {
		if (*cell == '"')
			text_add_char(text, '"');
		text_add_char(text, *cell);
	}
	if (quoted)
		text_add_char(text, '"');
}

const char *
csv_plain(const char *cell)
{
	return cell[0] == '\'' && is_formula(cell) ? cell + 1 : cell;
}
