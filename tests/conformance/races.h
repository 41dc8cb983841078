/*
 * races.h: scenes in which many come at the same moment about the same money of one provider.
 */
#ifndef RACES_H
#define RACES_H

/* Each of the provider's own events about a payment comes fifty times at once: it counts once. */
void told_fifty_times(void);

/* The payer has agreed, and many come back at once: the money is taken once. */
void taken_many_times(void);

/* More refunds at once than there is money: what fits is given back, the rest refused. */
void refunds_at_once(void);

/* Orders are cancelled in the moment in which they are paid: whoever comes first, nothing is kept. */
void cancel_against_success(void);

#endif
