/*
 * Templates: the first part of the input is one, the second its partial, the rest a text that comes from outside.  What was
 * accepted can be printed, whatever the values are; and the values change no markup: a text of the worst characters leaves as
 * many of them in the page as a harmless one does; no URL of a scheme that runs something comes of one, and what turns the text around it
 * is not among what is shown.
 */
#include "base/locale.h"
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

/* One message for every key, in forms where the template gives a number. */
static const char *
message(const void *argument, const char *key, int plural, bool *forms)
{
	(void)argument;
	*forms = key[0] == 'f';
	return key[0] == 'n' ? NULL : *forms && plural == PLURAL_OTHER ? "{{$ limit}} <things>" : "a \"thing\"";
}

/* In what is shown, and not in an attribute or a script, where nothing stands beside it. */
static void
check_directions(const struct template *template, const char *harmless)
{
	static const char turned[] = "\xd7\x90\xe2\x80\xae\xe2\x81\xa6";
	const char       *printed = print(template, turned);
	size_t            shelters = 0;

	for (const char *at = printed; (at = strstr(at, "<bdi>\xd7\x90</bdi>")) != NULL; at++)
		shelters++;
	PROPERTY(count(printed, '<') == count(harmless, '<') + 2 * shelters);
}

static bool
mentions(const struct files *files, const char *word)
{
	return strcasestr(files->template, word) != NULL || strcasestr(files->partial, word) != NULL;
}

/* Is there an attribute href, src or action, in the quotes of a tag, that begins with the scheme of a script? */
static bool
is_url_of_script(const char *from, const char *quote)
{
	static const char *const names[] = { "href=", "src=", "action=", NULL };

	for (const char *const *name = names; *name != NULL; name++) {
		const char *begin = quote - strlen(*name);

		if (begin > from && strchr(" \t\r\n\f", begin[-1]) != NULL && strncasecmp(begin, *name, strlen(*name)) == 0)
			return strncasecmp(quote + 1, "javascript:", strlen("javascript:")) == 0;
	}
	return false;
}

static bool
runs_url(const char *at)
{
	while ((at = strchr(at, '<')) != NULL) {
		at++;
		for (const char *quote; quote = at + strcspn(at, "\"'<>"), *quote == '"' || *quote == '\'';) {
			if (is_url_of_script(at, quote))
				return true;
			at = strchr(quote + 1, *quote);
			if (at == NULL)
				return false;
			at++;
		}
	}
	return false;
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	static const char            worst[] = "javascript:\"'<>&`=</script></title>\\\xe2\x80\xa8";
	struct files                 files;
	struct template_language     language = { .locale = locale_find("bn", 2), .zone = "UTC", .message = message };
	const struct template_source source = { .read = read_file, .argument = &files, .place = "fuzz", .language = &language };
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
	if (!mentions(&files, "bdi"))
		check_directions(template, other);
	/* In a title or textarea a tag is text. */
	if (!mentions(&files, "javascript") && !mentions(&files, "<title") && !mentions(&files, "<textarea"))
		PROPERTY(!runs_url(one));
	/* JSON brings quotes of its own, with a backslash. */
	if (!mentions(&files, "json"))
		PROPERTY(count(one, '"') == count(other, '"') && count(one, '\'') == count(other, '\''));
}
