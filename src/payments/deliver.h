/*
 * deliver.h: the three things that happen to a payment at the door.  Inside the caller's transaction.
 */
#ifndef DELIVER_H
#define DELIVER_H

#include "payments/payment.h"

/* Staff or the seller confirm the order: its stock is sold, it will be delivered. */
const struct problem *confirm_delivery(struct work *work, struct payment_id payment);

/* The carrier has brought the money: the payment has succeeded. */
const struct problem *collect_delivery(struct work *work, struct payment_id payment);

/* Nobody will take the goods, of which none has left: the payment has failed, the order is cancelled, its stock comes back. */
const struct problem *fail_delivery(struct work *work, struct payment_id payment);

#endif
