/*
 * shoppers.h: people who browse, order and pay while things break.
 *
 * Each shopper does one thing after another; in a round all of them make their next call at the same time.  What changes
 * something carries an Idempotency-Key and is repeated under it for as long as the answer is 502, 503 or 504, or says
 * that the first one is still at work.  Any other failure fails the test.  What they believe to have bought is held
 * against the shop in the end.
 */
#ifndef SHOPPERS_H
#define SHOPPERS_H

#include "tests/faults/stack.h"

struct shoppers;

/* So many customers before one shop's goods, signed in; the shop's parts must all run. */
struct shoppers *shoppers_new(size_t count);

/* Each makes one call. */
void shoppers_round(struct shoppers *shoppers);

/* How many orders have been placed, how many of them paid at the provider, and how many calls had to be repeated. */
size_t shoppers_orders(const struct shoppers *shoppers);
size_t shoppers_payments(const struct shoppers *shoppers);
size_t shoppers_troubles(const struct shoppers *shoppers);

/* Rounds until so many milliseconds are over. */
void shoppers_shop_for(struct shoppers *shoppers, long milliseconds);

/* Everybody finishes what they have begun and begins nothing more; then the shop settles what was paid. */
void shoppers_finish(struct shoppers *shoppers);

/* Every order exists once and is paid once, the stock is right, the provider and the ledger agree, and so does check. */
void shoppers_check(struct shoppers *shoppers);

#endif
