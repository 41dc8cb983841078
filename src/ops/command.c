#include "ops/command.h"

#include "base/problem.h"

#include <errno.h>
#include <stdarg.h>

static void
complain(const char *format, va_list arguments)
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
	complain(format, arguments);
	va_end(arguments);
	return COMMAND_CANNOT;
}

int
command_misused(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	complain(format, arguments);
	va_end(arguments);
	return COMMAND_USAGE;
}

int
command_problem(const struct problem *problem)
{
	command_cannot("%s (%s)", problem->message, problem_name(problem->code));
	for (size_t i = 0; problem->faults != NULL && i < problem->faults->count; i++)
		fprintf(stderr, "  %s: %s\n", problem->faults->list[i].where, problem->faults->list[i].what);
	return COMMAND_CANNOT;
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
