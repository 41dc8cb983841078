/*
 * csv.h: records of comma-separated text (RFC 4180), read one at a time out of a caller's buffer, in bounded memory.
 *
 * Lines end in LF, CR LF or CR; cells may be quoted, "" is a quote; a BOM is skipped; the separator (comma, semicolon or tab) is
 * the one that the first line has most of.  What cannot be read is one bad record, and the next begins at the next line.
 */
#ifndef CSV_H
#define CSV_H

#include <stdbool.h>
#include <stddef.h>

enum { CSV_CELLS_MAX = 128, CSV_RECORD_MAX = 64 * 1024 };

struct csv {
	char        separator; /* 0 until the first record */
	char       *cells[CSV_CELLS_MAX];
	size_t      count;
	const char *fault; /* of a bad record, a constant */
};

enum csv_found {
	CSV_RECORD, /* csv->cells, in the buffer, NUL-terminated; an empty line has one empty cell */
	CSV_BAD,    /* csv->fault says why */
	CSV_MORE,   /* the buffer ends within a record; nothing was changed */
	CSV_END,    /* nothing is left */
};

/*
 * The record at the beginning of `bytes`: *used of them.  `last`: nothing comes behind them.  One byte behind the `length` must be
 * the caller's to write.  Never CSV_MORE when `last`, or with CSV_RECORD_MAX bytes.
 */
enum csv_found csv_next(struct csv *csv, char *bytes, size_t length, bool last, size_t *used);

/*
 * Append a cell as it is written, in quotes where it needs them.  One that a spreadsheet would take for a formula (it begins with
 * =, +, -, @ or a tab or line break) gets an apostrophe before it, which csv_plain takes away again; so does one that begins so behind apostrophes.
 */
struct text;
void csv_add_cell(struct text *text, const char *cell);

/* A cell without the apostrophe that csv_add_cell has put there. */
const char *csv_plain(const char *cell);

/* A header's name as names are compared: trimmed, blanks collapsed, ASCII letters in lower case.  In place. */
void csv_fold_name(char *name);

#endif
