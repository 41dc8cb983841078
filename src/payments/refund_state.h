/*
 * refund_state.h: refunds as rows, and what becomes of them.  For the files of this folder that ask for refunds.
 */
#ifndef REFUND_STATE_H
#define REFUND_STATE_H

#include "payments/payment.h"

/* A pending refund of the payment, not written yet. */
struct refund refund_new(const struct work *work, const struct payment *payment, int64_t amount_minor, bool automatic);

/* Claims its amount, so that all refunds together never exceed the payment, and writes it; inside a transaction.  REFUND_TOO_LARGE. */
const struct problem *refund_insert(
    struct work *work, const struct payment *payment, const struct refund *made, const char *reason);

/*
 * claim.c: claims and writes a refund that is new; its job gives it back, when nobody has by then.  `refund`, if not NULL, is set to
 * its id.
 */
const struct problem *refund_claim(struct work *work, const struct payment *payment, const struct refund *made,
    const char *reason, int64_t wait_seconds, struct refund_id *refund);

/* The same of so much of the payment, for nobody's part. */
const struct problem *refund_claim_later(struct work *work, const struct payment *payment, int64_t amount_minor,
    const char *reason, bool automatic, int64_t wait_seconds, struct refund_id *refund);

/*
 * hand_out.c: cash was handed out to whom it was owed, inside a transaction; *refund as it is then.  NOT_FOUND; PAYMENT_STATE of
 * one that a provider gives back, and of one that has ended.
 */
const struct problem *hand_out_refund(struct work *work, struct refund_id id, const char *reason, struct refund **refund);

const struct problem *refund_read(struct work *work, struct refund_id id, struct refund **refund);

/* The refund that the provider means: by our id of it if it has a row, else by the provider's id.  *refund NULL: no row. */
const struct problem *refund_find(
    struct work *work, const struct payment *payment, const struct refund_answer *answer, struct refund **refund);

/*
 * What to do about the refunds of the payment that bounced has been decided: about all, or (`by`, which has succeeded) about those
 * that it makes up for: all if it is enough, else one of its amount.  Inside a transaction.
 */
const struct problem *decide_bounces(struct work *work, const struct payment *payment, const struct refund *by);

/* What is known about a refund has become `answer`.  In a transaction of its own, or the caller's. */
const struct problem *refund_apply(struct work *work, struct refund_id refund, const struct refund_answer *answer);

#endif
