/*
 * Templates: the first part of the input is one, the second its partial, the rest a text that comes from outside.  What was
 * accepted can be printed, whatever the values are; and the values change no markup: a text of the worst characters leaves as
 * many of them in the page as a harmless one does.
 */
#include "base/shape.h"
#include "base/text.h"
#include "template/template.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

struct line {
	const char *text;
	int64_t     number;
};
static const struct member line_members[] = {
	M_TEXT(struct line, text, "text", 100),
	M_INTEGER(struct line, number, "number", 0, 100),
};
SHAPE(struct line, line_shape, "Line", line_members);

struct sheet {
	const char        *text, *none;
	bool               yes;
	int64_t           *limit;
	struct money       amount;
	struct instant     at;
	struct line        object, *absent, *lines;
	size_t             n_lines;
	const char *const *words;
	size_t             n_words;
};
static const struct member sheet_members[] = {
	M_TEXT(struct sheet, text, "text", 100),
	M_TEXT(struct sheet, none, "none", 100),
	M_BOOLEAN(struct sheet, yes, "yes"),
	M_INTEGER(struct sheet, limit, "limit", 0, 100),
	M_MONEY(struct sheet, amount, "amount"),
	M_TIME(struct sheet, at, "at"),
	M_OBJECT(struct sheet, object, "object", line_shape),
	M_OBJECT(struct sheet, absent, "absent", line_shape),
	M_ARRAY(struct sheet, lines, n_lines, "lines", line_shape, 10),
	M_TEXTS(struct sheet, words, n_words, "words", 10),
};
SHAPE(struct sheet, sheet_shape, "Sheet", sheet_members);

struct files {
	const char *template, *partial;
};

static const char *
read_file(struct arena *arena, void *argument, const char *name, size_t *length, const char **why)
{
	const struct files *files = argument;
	const char *text = strncmp(name, "t.", 2) == 0 ? files->template : strncmp(name, "p.", 2) == 0 ? files->partial : NULL;

	(void)arena;
	*why = "no such file";
	*length = text == NULL ? 0 : strlen(text);
	return text;
}

/* The page with that text wherever a text can be. */
static const char *
print(const struct template *template, const char *text)
{
	struct line        lines[] = { { text, 1 }, { text, 0 } };
	const char *const  words[] = { text, text };
	const struct sheet sheet = { .text = text,
		.yes = true,
		.amount = { 100, "EUR" },
		.object = lines[0],
		.lines = lines,
		.n_lines = 2,
		.words = words,
		.n_words = 2 };
	struct text        out = text_new(fuzz_arena(), 256);

	template_print(template, &sheet, &out);
	PROPERTY(strlen(out.bytes) == out.length);
	return out.bytes;
}

static size_t
count(const char *text, char c)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == c;
	return n;
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	static const char            worst[] = "javascript:\"'<>&`=</script></title>\\\xe2\x80\xa8";
	struct files                 files;
	const struct template_source source = { .read = read_file, .argument = &files, .place = "fuzz" };
	const char                  *error = NULL, *text, *one, *other;
	struct template *template;

	files.template = fuzz_part(&bytes, &length);
	files.partial = fuzz_part(&bytes, &length);
	text = length == 0 ? "text" : arena_copy(fuzz_arena(), bytes, length);
	template = template_read(fuzz_arena(), &source, "t.txt", &sheet_shape, &error);
	PROPERTY(template != NULL || strncmp(error, "template 'fuzz/", 15) == 0);
	if (template != NULL)
		print(template, text);
	template = template_read(fuzz_arena(), &source, "t.html", &sheet_shape, &error);
	PROPERTY(template != NULL || strncmp(error, "template 'fuzz/", 15) == 0);
	if (template == NULL)
		return;
	print(template, text);
	one = print(template, worst);
	other = print(template, "harmless");
	PROPERTY(count(one, '<') == count(other, '<') && count(one, '>') == count(other, '>'));
	/* JSON brings quotes of its own, with a backslash. */
	if (strcasestr(files.template, "json") == NULL && strcasestr(files.partial, "json") == NULL)
		PROPERTY(count(one, '"') == count(other, '"') && count(one, '\'') == count(other, '\''));
}
