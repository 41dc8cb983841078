/*
 * play.h: a made-up year, played on a database of its own: each attempt is judged as it would be on its day, with what the
 * shop knew then, and written with what became of it.
 */
#ifndef PLAY_H
#define PLAY_H

#include "tests/risk/year.h"

#include "payments/risk/risk.h"

enum { PLAYED_PASSED, PLAYED_REVIEWED, PLAYED_REFUSED, PLAYED_LIMITED, PLAYED__COUNT };

struct played {
	size_t counts[YEAR_PATTERNS__COUNT][PLAYED__COUNT];
};

/* The server's schema, and `work` on it; aborts when that cannot be made. */
void play_open(const char *database);

/* What the players share; its clock is the year's. */
extern struct work play_work;

/* From the first attempt to the last; the database is empty before. */
void play_year(const struct year *year, struct played *played);

struct st_mysql;

/* What others see of it. */
struct st_mysql *play_root(void);

/* Make it empty again. */
void play_clear(void);

#endif
