#include "bench/measure.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { ARGUMENTS_MAX = 24, FILE_BYTES_MAX = 1024 * 1024 };

static bool
read_number(const struct argument *argument, const char *text)
{
	char  *end;
	double number = strtod(text, &end);

	if (end == text || *end != '\0' || !(number >= argument->least && number <= argument->most))
		return false;
	if (argument->kind == ARGUMENT_NUMBER) {
		*(double *)argument->into = number;
		return true;
	}
	*(int64_t *)argument->into = (int64_t)number;
	return (double)(int64_t)number == number;
}

static bool
read_value(const struct argument *argument, const char *text)
{
	struct list *list = argument->into;

	switch (argument->kind) {
	case ARGUMENT_TEXT:
		*(const char **)argument->into = text;
		return true;
	case ARGUMENT_FLAG:
		*(bool *)argument->into = true;
		return true;
	case ARGUMENT_LIST:
		if (list->count == LIST_MAX)
			return false;
		list->items[list->count++] = text;
		return true;
	case ARGUMENT_WHOLE:
	case ARGUMENT_NUMBER:
		break;
	}
	return read_number(argument, text);
}

static bool
usage(const char *program, const struct argument *arguments, size_t count)
{
	const char *name = strrchr(program, '/');

	fprintf(stderr, "usage: %s", name == NULL ? program : name + 1);
	for (size_t i = 0; i < count; i++) {
		const struct argument *argument = &arguments[i];

		fprintf(stderr, argument->required ? " --%s" : " [--%s", argument->name);
		if (argument->value != NULL)
			fprintf(stderr, "=%s", argument->value);
		if (!argument->required)
			fputs(argument->kind == ARGUMENT_LIST ? "]..." : "]", stderr);
	}
	fputc('\n', stderr);
	return false;
}

bool
arguments_read(int argc, char **argv, const struct argument *arguments, size_t count)
{
	struct option known[ARGUMENTS_MAX + 1] = { { .name = NULL } };
	bool          given[ARGUMENTS_MAX] = { false };
	int           which, at = 0;

	if (count > ARGUMENTS_MAX)
		abort();
	for (size_t i = 0; i < count; i++)
		known[i] = (struct option) { arguments[i].name,
			arguments[i].kind == ARGUMENT_FLAG ? no_argument : required_argument, NULL, 1 };
	while ((which = getopt_long(argc, argv, "", known, &at)) != -1) {
		if (which != 1)
			return usage(argv[0], arguments, count);
		if (!read_value(&arguments[at], optarg)) {
			fprintf(stderr, "invalid value '%s' of --%s\n", optarg, arguments[at].name);
			return false;
		}
		given[at] = true;
	}
	for (size_t i = 0; i < count; i++)
		if (arguments[i].required && !given[i])
			return usage(argv[0], arguments, count);
	return optind == argc || usage(argv[0], arguments, count);
}

static bool
cannot_read(const char *path)
{
	fprintf(stderr, "cannot read '%s': %s\n", path, errno != 0 ? strerror(errno) : "it is empty");
	return false;
}

bool
lines_read(const char *path, struct lines *lines)
{
	FILE  *file;
	char  *line = NULL, *rest;
	size_t room = 0, allocated = 0;

	errno = 0;
	if ((file = fopen(path, "r")) == NULL)
		return cannot_read(path);
	while (getline(&line, &room, file) > 0) {
		size_t n = 0;

		if (lines->count == allocated) {
			allocated = allocated == 0 ? 1024 : allocated * 2;
			lines->words = realloc(lines->words, allocated * sizeof *lines->words);
			if (lines->words == NULL)
				abort();
		}
		memset(lines->words[lines->count], 0, sizeof *lines->words);
		for (char *word = strtok_r(line, " \n", &rest); word != NULL && n < WORDS_MAX;
		     word = strtok_r(NULL, " \n", &rest))
			lines->words[lines->count][n++] = strdup(word);
		lines->count++;
	}
	free(line);
	fclose(file);
	return lines->count > 0 || cannot_read(path);
}

char *
file_read(const char *path, size_t *length)
{
	FILE  *file;
	char  *bytes = calloc(1, FILE_BYTES_MAX + 1);
	size_t got;

	errno = 0;
	if (bytes == NULL || (file = fopen(path, "r")) == NULL) {
		cannot_read(path);
		free(bytes);
		return NULL;
	}
	got = fread(bytes, 1, FILE_BYTES_MAX, file);
	fclose(file);
	while (got > 0 && bytes[got - 1] == '\n')
		bytes[--got] = '\0';
	if (got == 0)
		cannot_read(path);
	if (length != NULL)
		*length = got;
	return bytes;
}

void
sample_add(struct samples *samples, int64_t us)
{
	if (samples->us == NULL && (samples->us = malloc(SAMPLES_MAX * sizeof *samples->us)) == NULL)
		abort();
	if (samples->count < SAMPLES_MAX)
		samples->us[samples->count] = us < 0 ? 0 : us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
	samples->count++;
}

static int
by_size(const void *a, const void *b)
{
	uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;

	return first < second ? -1 : first > second;
}

double
samples_percentile(struct samples *samples, double percent)
{
	size_t kept = samples->count < SAMPLES_MAX ? samples->count : SAMPLES_MAX;

	if (kept == 0)
		return 0;
	qsort(samples->us, kept, sizeof *samples->us, by_size);
	return samples->us[(size_t)((double)(kept - 1) * percent / 100)] / 1e3;
}

void
report_begin(size_t count, double seconds)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	printf("{\"per_second\": %.1f, \"seconds\": %.3f, \"cpu_us\": %lld", seconds > 0 ? (double)count / seconds : 0, seconds,
	    (long long)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 + used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

void
report_samples(struct samples *samples)
{
	report_ms("p50_ms", samples_percentile(samples, 50));
	report_ms("p95_ms", samples_percentile(samples, 95));
	report_ms("p99_ms", samples_percentile(samples, 99));
}

void
report_count(const char *name, size_t count)
{
	printf(", \"%s\": %zu", name, count);
}

void
report_ms(const char *name, double ms)
{
	printf(", \"%s\": %.3f", name, ms);
}

void
report_end(void)
{
	puts("}");
}
