/*
 * rate_file.h: the European Central Bank's files of reference rates: the day's and the history.
 *
 * The first line names the columns, "Date" and the codes of currencies; each other line has a day, "2 January 2026" or
 * "2026-01-02", and what one euro cost.  Blanks around cells, and empty cells behind the last column, are let be.  "N/A" and an
 * empty cell are no rate, and so is a column of a currency that is no money any more.
 */
#ifndef RATE_FILE_H
#define RATE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct faults;

enum { FILE_RATES_MAX = 500000 };

struct file_rate {
	const char *currency, *day;
	int64_t     millionths;
};

struct rate_file {
	struct file_rate *rates; /* day after day, as they stand */
	size_t            count;
	int64_t           days;
	const char       *first_day, *last_day;
	const char       *left_out; /* codes of columns that are no money, with ", " between; "" for none */
};

/*
 * Read a whole file: `length` bytes, and one behind them that may be written; they are changed.  None of its days may be behind
 * `today`.  False when anything is wrong; faults says what in which row.
 */
bool rate_file_read(
    struct arena *arena, char *bytes, size_t length, const char *today, struct rate_file *file, struct faults *faults);

#endif
