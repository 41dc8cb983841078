/* reference.h: what stands below /docs: the start of the API's console, and the reference as plain pages. */
#ifndef REFERENCE_H
#define REFERENCE_H

#include <stdbool.h>

struct arena;

/*
 * Writes the files below `directory`, which is made where it is not there, from the tables given to routes_use:
 * reference/index.html, and reference/SUBJECT.html for each table.  False: *failed is the file, errno says why.
 */
bool docs_write(struct arena *arena, const char *directory, const char **failed);

#endif
