/*
 * rows.h: the products of a file of an import, one after the other, in constant memory.  Nothing here knows a database.
 *
 * JSON lines: a product a line, as POST /products takes it.  CSV: the first row names the columns (columns.h); a row is a variant,
 * and one whose columns of the product are all empty belongs to the product above it.
 */
#ifndef IMPORT_ROWS_H
#define IMPORT_ROWS_H

#include "base/csv.h"
#include "imports/import.h"

#include <stddef.h>

struct json_object;

enum { ROWS_BUFFER = 1024 * 1024, ROWS_LINE_MAX = 512 * 1024, COLUMNS_MAX = CSV_CELLS_MAX };

struct rows {
	struct arena      *arena; /* of what is read: reset it only between two calls of rows_seek */
	enum import_format format;
	int                fd;
	char              *buffer;    /* of ROWS_BUFFER + 1 bytes */
	size_t             from, to;  /* what of it is not read yet */
	int64_t            at, bytes; /* the file's byte at buffer[from]; all of them */
	int64_t            number;    /* of the last row, without the one with the names of the columns */
	struct csv         csv;
	int                columns[COLUMNS_MAX]; /* what each cell is; an index of import_columns */
	size_t             n_columns;
	enum csv_found     found;    /* the record at hand */
	int64_t            found_at; /* its first byte */
	bool               pending;  /* it is the next product's first */
	const char        *fault;    /* why the file cannot be read at all */
};

/* A product of the file. */
struct file_product {
	int64_t             row, rows;    /* its first row, as a spreadsheet or an editor numbers it, and how many it has */
	int64_t             begins, ends; /* bytes */
	int64_t             number;       /* of the last row before `ends` */
	struct json_object *json;         /* NULL: fault says why */
	const char         *fault, *fault_member;
	bool                derived_options; /* from those of its variants */
};

/* Begin to read; INTERNAL when that cannot be, rows->fault when it is no such file. */
const struct problem *rows_begin(struct rows *rows, struct arena *arena, enum import_format format, int fd, int64_t bytes);

/* Go on at a byte, behind which the row after `number` begins. */
void rows_seek(struct rows *rows, int64_t at, int64_t number);

/* The next product; *found is false at the end. */
const struct problem *rows_next(struct rows *rows, struct file_product *product, bool *found);

/* How many rows there are behind this place; the reader stands at the end then. */
const struct problem *rows_count(struct rows *rows, int64_t *count);

/* Where a fault of a product's member stands in the file: the row and what the column is called. */
void rows_place(const struct rows *rows, struct arena *arena, const struct file_product *product, const char *member,
    int64_t *row, const char **column);

#endif
