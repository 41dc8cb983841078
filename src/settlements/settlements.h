/* settlements.h: the routes of settlements. */
#ifndef SETTLEMENTS_H
#define SETTLEMENTS_H

#include "http/route.h"

extern const struct route_table settlements_table;

#endif
