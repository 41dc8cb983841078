/*
 * notice.h: some banks must be told of a debit days before it.  The payment of the next period has its reference then already, and
 * its provider makes under it what will be debited: nothing is taken before the period begins, and then it is found and charged once.
 */
#ifndef NOTICE_H
#define NOTICE_H

#include "payments/subscriptions/subscription.h"

/* The next period's charge is to be told now: its reference is chosen, and it is tried again later unless notice_given.  Saves; inside a transaction. */
const struct problem *reserve_notice(struct work *work, struct subscription *subscription);

/* Tells its provider.  What that comes to is logged; a problem is the database's.  Outside transactions. */
const struct problem *tell_of_charge(struct work *work, const struct subscription *subscription);

/*
 * What was told under that transaction has not reached the bank: it is told anew in an hour, while it can still be in time; else the
 * charge is made without, and its provider tells the bank then.  *known is false when nothing was told under it.  Inside a transaction.
 */
const struct problem *lose_notice(struct work *work, const char *transaction, bool *known);

#endif
