/*
 * import_file.h: the rows of a file that another system has written, CSV or JSON lines, as objects of a shape, read one by one in memory
 * that does not grow with the file.
 *
 * The first line of a CSV names its columns, which are members of the shape; JSON lines begin with a brace.
 */
#ifndef IMPORT_FILE_H
#define IMPORT_FILE_H

#include "base/csv.h"

#include <stdint.h>
#include <stdio.h>

struct arena;
struct json_object;
struct shape;

enum { IMPORT_BUFFER = 2 * CSV_RECORD_MAX, IMPORT_COLUMNS_MAX = 32 };

struct import_file {
	FILE               *file;
	struct arena       *arena; /* of what is read */
	const struct shape *shape;
	char                buffer[IMPORT_BUFFER + 1];
	size_t              from, to;
	bool                last; /* nothing is behind the buffer */
	bool                is_json;
	struct csv          csv;
	int64_t             row;     /* of the record that was read last, from 1; a CSV's names of columns count */
	int                 columns; /* of a CSV */
	int                 of_column[IMPORT_COLUMNS_MAX]; /* which member each is */
};

enum import_found {
	IMPORT_END,
	IMPORT_EMPTY,  /* a line without anything */
	IMPORT_OBJECT, /* *object, in the arena; of a line of JSON it may be of any type, and NULL when it is none */
	IMPORT_BAD     /* *what is wrong, with the column *where ("": none) */
};

/* Begin with the file's first bytes; false, with a message, when its first line names other columns than the shape's members. */
bool import_file_begin(struct import_file *file);

enum import_found import_file_next(struct import_file *file, struct json_object **object, const char **where, const char **what);

/* "-" is standard input; NULL, with a message, when it cannot be read. */
FILE *import_file_open(const char *path);

#endif
