/* columns.h: the columns of a CSV file of products, read and written. */
#ifndef IMPORT_COLUMNS_H
#define IMPORT_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct json_object;

/* What a cell is, and what an empty one says. */
enum cell_kind {
	CELL_TEXT,     /* empty: nothing */
	CELL_NULLABLE, /* empty: null */
	CELL_ANY_TEXT, /* empty: an empty text */
	CELL_NUMBER,   /* empty: nothing */
	CELL_NULLABLE_NUMBER,
	CELL_BOOLEAN,
	CELL_JSON,
	CELL_PAIRS, /* JSON, or "size=M; colour=red" */
	CELL_IMAGES /* JSON, or URLs with blanks between */
};

struct import_column {
	const char    *name, *member;
	bool           of_variant;
	enum cell_kind kind;
};
enum { IMPORT_COLUMNS = 26 };
extern const struct import_column import_columns[IMPORT_COLUMNS];

/* The column of that name, in any case; -1: none. */
int import_column_named(char *name);

/* Sets what the cell says in the object; the fault, NULL when there is none. */
const char *import_cell(struct arena *arena, const struct import_column *column, const char *cell, struct json_object *into);

#endif
