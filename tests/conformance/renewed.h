/*
 * renewed.h: a scene of subscriptions: one is paid, and paid again when its period is over; by the stored method, or by the link
 * where the provider charges nobody who is away.
 */
#ifndef RENEWED_H
#define RENEWED_H

const char *subscription_renews(void);

#endif
