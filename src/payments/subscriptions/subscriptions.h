/*
 * subscriptions.h: the routes of plans and subscriptions; what they do by themselves stands in renew.h.
 */
#ifndef SUBSCRIPTIONS_H
#define SUBSCRIPTIONS_H

#include "http/route.h"

extern const struct route_table plans_table, subscriptions_table;

#endif
