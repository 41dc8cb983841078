/*
 * subscribing.h: what tests of subscriptions need over and over: a plan, a subscriber, a period that is paid by its link.
 */
#ifndef SUBSCRIBING_H
#define SUBSCRIBING_H

#include "tests/api/shopping.h"

/* A plan of the seller's, as further members of its JSON say ("\"every\": \"month\""); its id. */
const char *plan_new(const struct person *seller, const char *amount, const char *members);

/* A subscription to it; its id. */
const char *subscription_new(const struct person *customer, const char *plan, const char *members);

/* The answer of GET /subscriptions/{id}. */
struct answer subscription_of(const struct person *person, const char *id);

/* Somebody pays its open period by the link that was sent, and it is active. */
void subscription_pay_link(const char *id);

/* The same, paid by its link: active. */
const char *subscription_active(const struct person *customer, const char *plan);

/* Its current period is over, and whatever that brings about has been done. */
void subscription_run_out(const char *id);

/* The job has looked at it. */
void subscription_renew(const char *id);

/* How many events of that type there are about it. */
int64_t subscription_events(const char *id, const char *type);

#endif
