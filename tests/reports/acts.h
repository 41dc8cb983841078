/*
 * acts.h: what happens in the shop: each act is one step of somebody, by the shop's own use-cases, of a thing chosen by dice.
 */
#ifndef TESTS_REPORTS_ACTS_H
#define TESTS_REPORTS_ACTS_H

#include <stddef.h>
#include <stdint.h>

/* Done once, or not, when there is nothing it could be done to. */
void act_at_random(void);

/* An order that is placed and paid at once. */
void act_order_and_pay(void);

/* How often each act has changed anything, by its name; ends with a NULL name. */
struct act_count {
	const char *name;
	int64_t     done;
};
const struct act_count *act_counts(void);

#endif
