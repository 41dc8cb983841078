/*
 * link.h: paying by a link.  Who has the reference of a payment may pay what it is for, whoever they are, and sees what has to be
 * seen for that: how much, to whom, and how far it is; nothing of a person.
 */
#ifndef LINK_H
#define LINK_H

#include "payments/payment.h"

enum link_state {
	LINK_PAYABLE,
	LINK_CANCELLED,
	LINK_EXPIRED,
	LINK_CLOSED, /* there is nothing to pay here: paid in another way, or none that pays here */
};

struct payment_link {
	enum purpose_kind kind;
	struct uuid       purpose;
	const char       *reference; /* by which the payer knows it */
	enum link_state   state;     /* of what is paid for */
	struct money      amount;
	const char       *payee;
	const char       *return_url; /* where the payer goes on when it is paid; NULL: nowhere */
	const char       *provider;   /* the only one that is wanted; NULL: any */
	struct user_id    payer;      /* in whose name it is paid; nil: nobody's */
	struct payment   *attempt; /* the one that counts: that has the money, else that is live, else the last; NULL: none yet */
};

/* By the reference of a payment or a payment request; NOT_FOUND.  The attempt is whole: not to be shown as it is. */
const struct problem *find_payment_link(struct work *work, const char *reference, struct payment_link *link);

/* The same of an order that the viewer may see; its reference is that of the attempt, NULL when there is none. */
const struct problem *find_order_link(struct work *work, struct order_id order, struct payment_link *link);

/*
 * Begins to pay with that provider, or goes on where that was begun.  An attempt with another one is cancelled first.  The problems
 * of create_payment and begin_request_attempt, and PAYMENT_STATE when the other attempt does not end any more.
 */
const struct problem *begin_by_link(
    struct work *work, const struct payment_link *link, const struct provider *provider, struct payment **payment);

#endif
