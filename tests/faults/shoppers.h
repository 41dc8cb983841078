/*
 * shoppers.h: a crowd that browses, orders and pays while things break.
 *
 * Each shopper does one thing after another; in a round all of them make their next call at the same time.  What changes
 * something carries an Idempotency-Key and is repeated under it for as long as the answer is 502, 503 or 504, or says
 * that the first one is still at work.  Any other failure fails the test.  What they believe to have bought is held
 * against the shop in the end.
 */
#ifndef SHOPPERS_H
#define SHOPPERS_H

#include "tests/faults/stack.h"

struct crowd;

/* So many customers before one shop's goods, signed in; the shop's parts must all run. */
struct crowd *crowd_new(size_t shoppers);

/* Each makes one call. */
void crowd_round(struct crowd *crowd);

/* How many orders have been placed, how many of them paid at the provider, and how many calls had to be repeated. */
size_t crowd_orders(const struct crowd *crowd);
size_t crowd_payments(const struct crowd *crowd);
size_t crowd_troubles(const struct crowd *crowd);

/* Rounds until so many milliseconds are over. */
void crowd_shop_for(struct crowd *crowd, long milliseconds);

/* Everybody finishes what they have begun and begins nothing more; then the shop settles what was paid. */
void crowd_finish(struct crowd *crowd);

/* Every order exists once and is paid once, the stock is right, the provider and the ledger agree, and so does check. */
void crowd_check(struct crowd *crowd);

#endif
