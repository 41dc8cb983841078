/*
 * What our templates print, so that it can be held against another engine of Mustache.
 *
 *   print-templates DIRECTORY NAME...
 *
 * The first line is the value that they are filled from, as JSON; then comes a line for each: what it prints as a JSON string, or
 * why it cannot be read as an object with one member.
 */
#include "base/arena.h"
#include "base/shape.h"
#include "base/text.h"
#include "template/template.h"

#include <stdio.h>

enum { ARENA_BYTES = 64 << 20 };

static const char *const colours[] = { "red", "green", NULL };

struct line {
	const char *name;
	int64_t     quantity;
};
static const struct member line_members[] = {
	M_TEXT(struct line, name, "name", 100),
	M_INTEGER(struct line, quantity, "quantity", 0, 100),
};
SHAPE(struct line, line_shape, "Line", line_members);

struct parcel {
	const char  *label;
	struct line *lines;
	size_t       n_lines;
};
static const struct member parcel_members[] = {
	M_TEXT(struct parcel, label, "label", 100),
	M_ARRAY(struct parcel, lines, n_lines, "lines", line_shape, 10),
};
SHAPE(struct parcel, parcel_shape, "Parcel", parcel_members);

struct letter {
	const char        *title, *empty, *none;
	int64_t            zero, seven, *nothing;
	bool               yes, no;
	struct money       amount;
	struct instant     at;
	struct uuid        id;
	int                colour;
	struct line        first, *last;
	struct parcel     *parcels, *no_parcels;
	size_t             n_parcels, n_no_parcels;
	const char *const *words;
	size_t             n_words;
};
static const struct member letter_members[] = {
	M_TEXT(struct letter, title, "title", 100),
	M_TEXT(struct letter, empty, "empty", 100),
	M_TEXT(struct letter, none, "none", 100),
	M_INTEGER(struct letter, zero, "zero", 0, 100),
	M_INTEGER(struct letter, seven, "seven", 0, 100),
	M_INTEGER(struct letter, nothing, "nothing", 0, 100),
	M_BOOLEAN(struct letter, yes, "yes"),
	M_BOOLEAN(struct letter, no, "no"),
	M_MONEY(struct letter, amount, "amount"),
	M_TIME(struct letter, at, "at"),
	M_ID(struct letter, id, "id"),
	M_ENUM(struct letter, colour, "colour", colours),
	M_OBJECT(struct letter, first, "first", line_shape),
	M_OBJECT(struct letter, last, "last", line_shape),
	M_ARRAY(struct letter, parcels, n_parcels, "parcels", parcel_shape, 10),
	M_ARRAY(struct letter, no_parcels, n_no_parcels, "no_parcels", parcel_shape, 10),
	M_TEXTS(struct letter, words, n_words, "words", 10),
};
SHAPE(struct letter, letter_shape, "Letter", letter_members);

static struct line         lines[] = { { "Tea & <cake>", 2 }, { "{{title}}", 0 }, { "", 1 } };
static struct parcel       parcels[] = { { "one\ntwo", lines, 3 }, { NULL, NULL, 0 }, { "`=/'\"", lines, 1 } };
static const char *const   words[] = { "w\xc3\xb6rd", "", "a\\b\"c" };
static const struct letter letter = {
	.title = "\"Hello\" & 'you' <b>",
	.empty = "",
	.seven = 7,
	.yes = true,
	.amount = { 123456, "USD" },
	.at = { 1767225600000 },
	.colour = 1,
	.first = { "First", 1 },
	.parcels = parcels,
	.n_parcels = 3,
	.words = words,
	.n_words = 3,
};

static void
print(struct arena *arena, const char *directory, const char *name)
{
	const char                  *error = NULL;
	const struct template_source source = { .read = template_file, .argument = (void *)directory, .place = directory };
	struct template *template = template_read(arena, &source, name, &letter_shape, &error);
	struct text line = text_new(arena, 1024), printed = text_new(arena, 1024);

	if (template == NULL) {
		TEXT_ADD(&line, "{\"error\":");
		text_add_json(&line, error);
		text_add_char(&line, '}');
	} else {
		template_print(template, &letter, &printed);
		text_add_json(&line, printed.bytes);
	}
	puts(line.bytes);
}

int
main(int argc, char **argv)
{
	struct arena *arena = arena_new(ARENA_BYTES);
	struct text   data = text_new(arena, 1024);

	shape_print(&letter_shape, &letter, &data);
	puts(data.bytes);
	for (int i = 2; i < argc; i++) {
		print(arena, argv[1], argv[i]);
		arena_reset(arena);
	}
	arena_free(arena);
	return 0;
}
