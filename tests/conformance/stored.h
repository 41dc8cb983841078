/*
 * stored.h: scenes of stored methods, which are charged while their owner is away.  Each returns why it cannot be played with the
 * provider, or NULL.
 */
#ifndef STORED_H
#define STORED_H

#include <stdbool.h>

/* Is anything stored at the provider, to be charged while its owner is away? */
bool can_be_stored(void);

/* The customer stores a method of that kind ("card", "declined", "needs_payer"); its id. */
const char *stored_method(const char *kind);

const char *charged_away(void);
const char *charge_is_declined(void);
const char *charge_wants_the_payer(void);
const char *charge_answer_is_lost(void);
const char *charge_is_given_up_too_late(void);
const char *charged_many_times(void);
const char *charge_is_refunded(void);
const char *stored_while_paying(void);

#endif
