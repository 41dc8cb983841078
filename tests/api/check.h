/*
 * check.h: what every answer is held against, without being asked: between api.c and check.c.
 */
#ifndef CHECK_H
#define CHECK_H

#include "tests/api/api.h"

/* Fails the running test when the answer is not what the tables of routes, shapes and problems promise of it. */
void check_answer(const struct call *call, const struct answer *answer);

/* The program's memory. */
struct arena *api_arena(void);

#endif
