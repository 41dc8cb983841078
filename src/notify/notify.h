/*
 * notify.h: what leaves the shop: the routes of webhook endpoints and their deliveries.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include "http/route.h"

extern const struct route_table webhook_endpoints_table;

#endif
