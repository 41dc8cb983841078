/*
 * order_purpose.h: payments of orders.
 */
#ifndef ORDER_PURPOSE_H
#define ORDER_PURPOSE_H

#include "payments/purpose.h"

struct order_row;

extern const struct purpose order_purpose;

/* The order that a locked payment pays for; NULL when it pays for something else. */
struct order_row *payment_order(const struct payment *payment);

#endif
