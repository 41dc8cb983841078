/*
 * receive.h: what is done with the body of a webhook, whoever brings it.
 */
#ifndef RECEIVE_H
#define RECEIVE_H

#include "base/metrics.h"
#include "webhooks/inbox.h"

enum { SIGNATURES_OF_SENDER_MAX = 8 };

/* Takes the events of a body whose signatures were judged; *told is what the sender must know first of them. */
const struct problem *receive_body(struct work *work, const struct provider *sender, const char *const *signatures,
    struct bytes body, bool verified, enum inbox_outcome *told);

/* Counts a webhook of the sender. */
void count_webhook(const struct provider *sender, enum webhook_outcome outcome);

/*
 * An event of that type about the payment, signed as its sender would, and then taken as if it had come from there.
 * VALIDATION_FAILED where the sender cannot be simulated, has no such type, or the payment is another's.
 */
const struct problem *simulate_webhook(
    struct work *work, const char *sender, const char *type, const char *reference, enum inbox_outcome *told);

#endif
