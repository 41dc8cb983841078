#include "template/messages.h"

#include "base/arena.h"
#include "base/shape.h"
#include "base/text.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

static void
put_json(void *json)
{
	json_object_put(json);
}

/* "a" ... as a reader who knows English still reads it, and a program that forgot a message does not print it. */
static const char *
disguised_letter(char c)
{
	static const char *const small[26] = { "á", "ƀ", "ç", "ð", "é", "ƒ", "ĝ", "ĥ", "î", "ĵ", "ķ", "ļ", "ɱ", "ñ", "ó", "þ",
		"ɋ", "ŕ", "š", "ţ", "û", "ṽ", "ŵ", "ẋ", "ý", "ž" };
	static const char *const large[26] = { "Å", "Ɓ", "Ç", "Ð", "É", "Ƒ", "Ĝ", "Ĥ", "Î", "Ĵ", "Ķ", "Ļ", "Ṁ", "Ñ", "Ö", "Þ",
		"Ǫ", "Ŕ", "Š", "Ţ", "Û", "Ṽ", "Ŵ", "Ẋ", "Ý", "Ž" };

	return c >= 'a' && c <= 'z' ? small[c - 'a'] : c >= 'A' && c <= 'Z' ? large[c - 'A'] : NULL;
}

/* Accents on all letters outside of tags, and a third longer, as other languages are. */
static const char *
disguise(struct arena *arena, const char *words)
{
	struct text text = text_new(arena, 4 * strlen(words) + 16);
	size_t      letters = 0;

	text_add_char(&text, '[');
	for (const char *c = words; *c != '\0'; c++) {
		const char *tag = strncmp(c, "{{", 2) == 0 ? strstr(c, "}}") : NULL, *letter = disguised_letter(*c);

		if (tag != NULL) {
			text_add(&text, c, (size_t)(tag + 2 - c));
			c = tag + 1;
		} else if (letter != NULL) {
			text_add_string(&text, letter);
			letters++;
		} else {
			text_add_char(&text, *c);
		}
	}
	for (size_t i = 0; i < letters / 3; i++)
		text_add_char(&text, '~');
	text_add_char(&text, ']');
	return text.bytes;
}

static const char *
find_message(const void *argument, const char *key, int plural, bool *forms)
{
	struct json_object *message, *form;

	if (!json_object_object_get_ex((struct json_object *)(uintptr_t)argument, key, &message))
		return NULL;
	*forms = json_object_is_type(message, json_type_object);
	if (!*forms)
		return json_object_get_string(message);
	return json_object_object_get_ex(message, plural_names[plural], &form) ? json_object_get_string(form) : NULL;
}

/* A text, or an object of exactly the forms. */
static bool
is_message(struct json_object *message)
{
	if (json_object_is_type(message, json_type_string))
		return true;
	if (!json_object_is_type(message, json_type_object) || json_object_object_length(message) != PLURALS)
		return false;
	for (int i = 0; i < PLURALS; i++) {
		struct json_object *form;

		if (!json_object_object_get_ex(message, plural_names[i], &form) || !json_object_is_type(form, json_type_string))
			return false;
	}
	return true;
}

static struct json_object *
disguised(struct arena *arena, struct json_object *message)
{
	struct json_object *forms;

	if (json_object_is_type(message, json_type_string))
		return json_object_new_string(disguise(arena, json_object_get_string(message)));
	forms = json_object_new_object();
	json_object_object_foreach(message, name, form)
	{
		json_object_object_add(forms, name, disguised(arena, form));
	}
	return forms;
}

/* One file over what is there already. */
static bool
read_messages(struct arena *arena, const char *directory, const struct locale *locale, bool is_own, struct json_object *into,
    const char **error)
{
	const char         *name = arena_format(arena, "%s.json", locale->base == NULL ? locale->code : locale->base);
	const char         *why = NULL;
	size_t              length;
	const char         *bytes = template_file(arena, (void *)(uintptr_t)directory, name, &length, &why);
	struct json_object *json = bytes == NULL ? NULL : json_read(arena, bytes, length);

	if (json == NULL || !json_object_is_type(json, json_type_object)) {
		*error =
		    arena_format(arena, "messages '%s/%s': %s", directory, name, bytes == NULL ? why : "it is no JSON object");
		return false;
	}
	json_object_object_foreach(json, key, message)
	{
		if (!is_message(message) || (is_own && !json_object_object_get_ex(into, key, NULL))) {
			*error = arena_format(arena, "messages '%s/%s': '%s' %s", directory, name, key,
			    is_message(message) ? "is none of the pages' messages"
						: "is neither a text nor an object of \"one\" and \"other\"");
			return false;
		}
		json_object_object_add(into, key, locale->base == NULL ? json_object_get(message) : disguised(arena, message));
	}
	return true;
}

static bool
is_file(const char *directory, const char *code)
{
	char  path[600];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s.json", directory, code);
	file = fopen(path, "re");
	if (file != NULL)
		fclose(file);
	return file != NULL;
}

const struct template_language *
messages_load(struct arena *arena, const char *directory, const char *own, const struct locale *locale, const char *zone,
    const char **error)
{
	struct template_language *language = ARENA_NEW(arena, struct template_language);
	struct json_object       *all = json_object_new_object();

	arena_defer(arena, put_json, all);
	if (!read_messages(arena, directory, locale, false, all, error))
		return NULL;
	if (*own != '\0' && is_file(own, locale->code) && !read_messages(arena, own, locale, true, all, error))
		return NULL;
	*language = (struct template_language) { .locale = locale, .zone = zone, .message = find_message, .argument = all };
	return language;
}

bool
messages_match(
    struct arena *arena, const struct template_language *first, const struct template_language *other, const char **error)
{
	struct json_object *all = (struct json_object *)(uintptr_t)first->argument;
	struct json_object *others = (struct json_object *)(uintptr_t)other->argument;
	struct text         faults = text_new(arena, 256);

	json_object_object_foreach(all, key, message)
	{
		(void)message;
		if (!json_object_object_get_ex(others, key, NULL))
			text_addf(&faults, "%s'%s' is missing", faults.length == 0 ? "" : ", ", key);
	}
	json_object_object_foreach(others, name, translated)
	{
		(void)translated;
		if (!json_object_object_get_ex(all, name, NULL))
			text_addf(&faults, "%s'%s' is in no other language", faults.length == 0 ? "" : ", ", name);
	}
	if (faults.length > 0)
		*error = arena_format(arena, "messages '%s.json': %s", other->locale->code, faults.bytes);
	return faults.length == 0;
}
