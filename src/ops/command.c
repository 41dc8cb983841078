#include "ops/command.h"

#include "base/problem.h"
#include "base/shape.h"
#include "base/text.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdarg.h>

static void
print_error(const char *format, va_list arguments)
{
	fflush(stdout);
	fputs("haatctl: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
}

int
command_cannot(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_error(format, arguments);
	va_end(arguments);
	return COMMAND_CANNOT;
}

int
command_misused(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_error(format, arguments);
	va_end(arguments);
	return COMMAND_USAGE;
}

int
command_problem(const struct problem *problem)
{
	const struct faults *faults = problem->faults;

	/* One fault alone is often the message itself. */
	if (faults != NULL && faults->count == 1 && strcmp(faults->list[0].what, problem->message) == 0)
		return command_cannot("%s: %s (%s)", faults->list[0].where, problem->message, problem_name(problem->code));
	command_cannot("%s (%s)", problem->message, problem_name(problem->code));
	for (size_t i = 0; faults != NULL && i < faults->count; i++)
		fprintf(stderr, "  %s: %s\n", faults->list[i].where, faults->list[i].what);
	return COMMAND_CANNOT;
}

int
command_missing(const struct problem *problem)
{
	command_problem(problem);
	return problem_is(problem, PROBLEM_NOT_FOUND) ? COMMAND_FINDING : COMMAND_CANNOT;
}

/* Replaces each member `payload` or `body` that is JSON in a text by what it holds. */
static void
unwrap(struct arena *arena, struct json_object *json)
{
	static const char *const names[] = { "payload", "body" };

	if (json_object_is_type(json, json_type_array))
		for (size_t i = 0; i < json_object_array_length(json); i++)
			unwrap(arena, json_object_array_get_idx(json, i));
	if (!json_object_is_type(json, json_type_object))
		return;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct json_object *text = json_object_object_get(json, names[i]), *inner;

		if (!json_object_is_type(text, json_type_string))
			continue;
		inner = json_read(arena, json_object_get_string(text), (size_t)json_object_get_string_len(text));
		if (inner != NULL)
			json_object_object_add(json, names[i], json_object_get(inner));
	}
	json_object_object_foreach(json, name, value)
	{
		(void)name;
		unwrap(arena, value);
	}
}

void
command_print(struct arena *arena, const struct shape *shape, const void *row)
{
	struct text         text = text_new(arena, 2000);
	struct json_object *json;

	shape_print(shape, row, &text);
	json = json_read(arena, text.bytes, text.length);
	if (json == NULL) { /* deeper than we read */
		puts(text.bytes);
		return;
	}
	unwrap(arena, json);
	puts(json_object_to_json_string_ext(
	    json, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE));
}

bool
command_number(const char *text, long long min, long long max, long long *into)
{
	char     *end;
	long long value;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || value < min || value > max)
		return false;
	*into = value;
	return true;
}
