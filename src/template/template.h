/*
 * template.h: pages and mails from templates in Mustache's syntax (mustache.github.io/mustache.5), filled from structs that
 * shapes describe.
 *
 * A template is read once, at start, and knows its shape: each name in it is a member of that shape (or of a shape that
 * encloses it), found when it is read, never while it is printed.  A name that no shape has, a hidden member, an unclosed or
 * stray section, a malformed tag, and in HTML an unquoted attribute or a value in a place where no escaping helps are errors
 * that name file, line and tag.  So what has been loaded can be printed, whatever the values are.
 *
 *   {{name}} {{a.b}} {{.}}    the value, as JSON has it (amounts, instants, ids), nothing for one that is absent
 *   {{#name}} ... {{/name}}   for each element of an array or list of texts; once for an object, which is then looked into
 *                             first; once for a scalar that is there and neither false, 0 nor "" ({{.}} is its value, but
 *                             of a boolean, which has none)
 *   {{^name}} ... {{/name}}   when the section above would print nothing
 *   {{> name}}                the template "name" with the same ending, read in place, indented as the tag when that has a
 *                             line of its own; it may not include itself
 *   {{@ key}} {{@ key name}}  the message of that key in the template's language, a text with tags of its own; its form is
 *                             the one that goes with the whole number "name" where the language tells them apart
 *   {{$ name}} {{$ name date}} the value as the language writes it: amounts with their currency, whole numbers in groups,
 *                             times ("date", "long", "time": with the hour), words of an enumeration by their messages
 *                             ("member.word"); countries by their names; texts that hold a decimal, an amount or a day
 *                             ("number", "amount", "day"); an amount inside of JSON is in the currency that the second word names, by default
 *                             in the nearest "currency"
 *   {{! comment }}  {{=<% %>=}}
 *
 * The ending tells what is escaped.  ".txt": nothing.  ".html": every value by its place, which is known when the template is
 * read: text (one that may run from right to left in a <bdi>, without the marks U+202A to U+202E and U+2066 to U+2069) and quoted
 * attributes; URLs (href, src, action ...: http, https, mailto or relative, else "#"; behind the first
 * character percent-encoded); JSON (<script type="application/json">{{.}}</script> prints objects and lists, too, and strings
 * with their quotes).  Nothing may stand unescaped, so {{{name}}} and {{&name}} are refused.
 */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct locale;
struct shape;
struct template;
struct text;

/* The language of a template: NULL where the source has none, and {{@ and {{$ are errors. */
struct template_language {
	const struct locale *locale;
	const char          *zone; /* whose days its times are */
	/*
	 * The message of a key, in the form of a category of plurals (locale.h); NULL when there is none.  *forms says whether it has
	 * different ones.
	 */
	const char *(*message)(const void *argument, const char *key, int plural, bool *forms);
	const void *argument;
};

/* Where templates come from: the text of one by its name with ending, in the arena, or NULL with a reason in *why. */
struct template_source {
	const char *(*read)(struct arena *arena, void *argument, const char *name, size_t *length, const char **why);
	void                           *argument;
	const char                     *place;    /* for messages: the directory */
	const struct template_language *language; /* as long as the template, or NULL */
	/* Where there are several directories, the one that the file is read from, in place of `place`; NULL: there is one. */
	const char *(*place_of)(const void *argument, const char *name);
};

/* The file `name` of a directory: as template_source.read, with the directory for its argument. */
const char *template_file(struct arena *arena, void *directory, const char *name, size_t *length, const char **why);

/*
 * The template `name` ("pay.html") of a source.  NULL when it cannot be read or is wrong: then *error says why, in the arena.  It lives
 * as long as the arena.
 */
struct template *template_read(
    struct arena *arena, const struct template_source *source, const char *name, const struct shape *shape, const char **error);

/* Append it, filled from a struct of its shape.  Texts must be valid UTF-8. */
void template_print(const struct template *template, const void *value, struct text *out);

#endif
