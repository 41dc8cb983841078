/*
 * crowd.h: customers who all come at the same moment.
 *
 * A crowd is a few people (each account costs two slow hashes) of whom each has many windows open: every call of api_calls
 * is on a connection of its own, so the shop sees as many clients as there are calls.
 */
#ifndef CROWD_H
#define CROWD_H

#include "tests/api/shopping.h"

enum { CROWD_PEOPLE = 8, CROWD_MAX = 64 };

struct crowd {
	struct person people[CROWD_PEOPLE];
	const char   *addresses[CROWD_PEOPLE];
};

/* The same crowd each time it is asked for. */
const struct crowd *crowd(void);

/* The seller of what the races are about. */
const struct person *crowd_seller(void);

/* POST /orders by the crowd's member `i` (of as many as one likes), for one or two variants. */
struct call order_call(size_t i, const char *first, int first_quantity, const char *second, int second_quantity);

/* How many of the answers have the status. */
size_t count_status(const struct answer *answers, size_t count, int status);

/* The same, of those whose text member is the word. */
size_t count_saying(const struct answer *answers, size_t count, int status, const char *member, const char *word);

/* A column of a variant's inventory row. */
int64_t stock_of(const char *column, const char *variant);

#endif
