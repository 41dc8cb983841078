#include "sandbox/form.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/text.h"

bool
form_add(struct form *form, const char *name, const char *value)
{
	if (*name == '\0' || form->count == FORM_MAX || form_get(form, name) != NULL)
		return false;
	form->list[form->count++] = (struct parameter) { name, value };
	return true;
}

bool
form_read(struct arena *arena, const char *bytes, size_t length, struct form *into)
{
	const char *end = bytes + length;

	while (bytes < end) {
		const char *next = memchr(bytes, '&', (size_t)(end - bytes)), *equals;
		const char *name, *value;

		if (next == NULL)
			next = end;
		equals = memchr(bytes, '=', (size_t)(next - bytes));
		if (equals == NULL)
			equals = next;
		name = percent_decode(arena, bytes, (size_t)(equals - bytes), true);
		value = equals == next ? "" : percent_decode(arena, equals + 1, (size_t)(next - equals - 1), true);
		if (name == NULL || value == NULL || !form_add(into, name, value))
			return false;
		bytes = next + 1;
	}
	return true;
}

const char *
form_get(const struct form *form, const char *name)
{
	for (size_t i = 0; i < form->count; i++)
		if (strcmp(form->list[i].name, name) == 0)
			return form->list[i].value;
	return NULL;
}

bool
form_integer(const char *value, int64_t *into)
{
	size_t length = strspn(value, "0123456789");

	if (length < 1 || length > 18 || value[length] != '\0')
		return false;
	*into = strtoll(value, NULL, 10);
	return true;
}

static bool
is_known(const char *name, const char *known)
{
	size_t length = strlen(known), named = strlen(name);

	if (length < 2 || strcmp(known + length - 2, "[]") != 0)
		return strcmp(name, known) == 0;
	return named >= length && strncmp(name, known, length - 1) == 0 && name[named - 1] == ']';
}

const char *
form_unknown(const struct form *form, const char *const *known)
{
	for (size_t i = 0; i < form->count; i++) {
		const char *const *candidate = known;

		while (*candidate != NULL && !is_known(form->list[i].name, *candidate))
			candidate++;
		if (*candidate == NULL)
			return form->list[i].name;
	}
	return NULL;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(((const struct parameter *)a)->name, ((const struct parameter *)b)->name);
}

const char *
form_canonical(struct arena *arena, const struct form *form)
{
	struct form sorted = *form;
	struct text text = text_new(arena, 256);

	qsort(sorted.list, sorted.count, sizeof *sorted.list, compare_names);
	for (size_t i = 0; i < sorted.count; i++) {
		text_add_percent(&text, sorted.list[i].name);
		text_add_char(&text, '=');
		text_add_percent(&text, sorted.list[i].value);
		text_add_char(&text, '&');
	}
	return text.bytes;
}
