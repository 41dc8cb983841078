/*
 * collect.h: cash at the door, parcel by parcel.
 *
 * The payment of a confirmed order is processing while one of its parcels may still bring money.  What a carrier brings for a
 * parcel is posted at once (`collected`); what a part that was cancelled or came back would have brought is struck: a refund
 * of kind `not_collected`, which moves no money and posts nothing.  When no parcel is left to wait for the payment succeeds with
 * what was collected, or fails when that is nothing.  All that was asked for is then either collected or struck.
 *
 * Inside the caller's transaction, which has locked the order, then the payment, then the parts.
 */
#ifndef COLLECT_H
#define COLLECT_H

#include "payments/payment.h"

struct fulfilment;
struct parts;

/* The failure_code of a payment whose cash nobody brought. */
#define NOT_COLLECTED "not_collected"

/* Whose cash came: that of one parcel, or (NULL) of all that were delivered; of one seller's only, or (NULL) of anybody's. */
struct brought {
	const struct fulfilment_id *part;
	const struct merchant_id   *seller;
};

/*
 * The carrier has brought it; shipping comes with the first parcel that is paid.  NOT_FOUND of a parcel
 * that is not the seller's; FULFILMENT_STATE of a parcel that was not delivered; PAYMENT_STATE when nothing is outstanding.
 */
const struct problem *collect_cash(struct work *work, struct payment_id payment, const struct brought *brought);

/* A part has ended: nothing is to be collected for it, and perhaps for nothing else. */
const struct problem *strike_part(
    struct work *work, struct payment *payment, const struct parts *parts, const struct fulfilment *part, const char *reason);

#endif
