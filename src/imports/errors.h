/* errors.h: what is wrong with the rows of a batch. */
#ifndef IMPORT_ERRORS_H
#define IMPORT_ERRORS_H

#include "base/text.h"
#include "imports/import.h"

struct error_list {
	struct import_error *list;
	size_t               count, room;
};

void add_error(struct arena *arena, struct error_list *errors, int64_t row, const char *member, const char *message);

/*
 * Write them in the transaction of their batch: the first into the table, all behind import->error_bytes of the file, which is on
 * the disk for certain then; *bytes is its new length.  INTERNAL, logged, when the disk does not take it.
 */
const struct problem *write_errors(
    struct work *work, const struct import *import, const struct error_list *errors, int64_t *bytes);

#endif
