/*
 * measure.h: what the programs of the bench share: their command lines, their files of values, and what they counted.
 *
 * Nothing here is freed: the programs end soon.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WORDS_MAX = 16, LIST_MAX = 8, SAMPLES_MAX = 4000000 };

/* Texts of an option that may be given several times. */
struct list {
	const char *items[LIST_MAX];
	size_t      count;
};

enum argument_kind { ARGUMENT_TEXT, ARGUMENT_WHOLE, ARGUMENT_NUMBER, ARGUMENT_FLAG, ARGUMENT_LIST };

/* One option, --name=VALUE, or --name for a flag. */
struct argument {
	const char        *name, *value; /* the value as the usage calls it */
	enum argument_kind kind;
	void              *into;
	bool               required;
	double             least, most; /* of numbers */
};

#define ARGUMENT_KIND(into) \
	_Generic((into),                                                                                                    \
	    const char **: ARGUMENT_TEXT,                                                                                   \
	    int64_t *: ARGUMENT_WHOLE,                                                                                      \
	    double *: ARGUMENT_NUMBER,                                                                                      \
	    bool *: ARGUMENT_FLAG,                                                                                          \
	    struct list *: ARGUMENT_LIST)
#define ARGUMENT(name_, value_, into_, ...) \
	{ \
		.name = name_, .value = value_, .into = into_, .kind = ARGUMENT_KIND(into_), __VA_ARGS__ \
	}

/* Fills what the options point to; false, said to stderr with the usage, when they are wrong. */
bool arguments_read(int argc, char **argv, const struct argument *arguments, size_t count);

/* A file with some words in each line; words that a line has not are NULL. */
struct lines {
	char *(*words)[WORDS_MAX];
	size_t count;
};

/* False, said to stderr, when the file cannot be read or is empty. */
bool lines_read(const char *path, struct lines *lines);

/* The file's bytes, NUL-terminated, without a line end at the end; NULL, said to stderr. */
char *file_read(const char *path, size_t *length);

/* Durations in microseconds; from SAMPLES_MAX on only counted. */
struct samples {
	uint32_t *us;
	size_t    count;
};

void sample_add(struct samples *samples, int64_t us);

/* The duration below which `percent` of them are, in milliseconds; 0 when there are none.  Sorts them. */
double samples_percentile(struct samples *samples, double percent);

/* A line of JSON with what was counted: it begins with the rate and with the processor time that this program used itself. */
void report_begin(size_t count, double seconds);
void report_samples(struct samples *samples);
void report_count(const char *name, size_t count);
void report_ms(const char *name, double ms);
void report_end(void);

#endif
