/* trouble.h: why something was not done, as a page of the cart or of checkout says it.  For the files of this folder. */
#ifndef PAGES_TROUBLE_H
#define PAGES_TROUBLE_H

#include "base/shape.h"

struct arena;

/* The codes of problems that such a page has words for, as the messages "trouble.CODE"; NULL at the end. */
extern const char *const trouble_values[];

struct trouble {
	int     *code;      /* an index of trouble_values; NULL: there is none */
	int64_t *available; /* how many there are, where that was the trouble; NULL: it was not */
	int64_t *seconds;   /* how long to wait before the next try; NULL: not at all */
};

/* Members of a view that has one in `trouble`. */
#define TROUBLE_MEMBERS(S) \
	M_ENUM(S, trouble.code, "trouble", trouble_values), M_INTEGER(S, trouble.available, "available", 0, INT64_MAX), \
	    M_INTEGER(S, trouble.seconds, "seconds", 0, INT32_MAX)

/* What a problem is in words; false: the page has none for it. */
bool trouble_of(struct arena *arena, const struct problem *problem, struct trouble *trouble);

#endif
