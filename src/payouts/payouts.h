/* payouts.h: the routes of payouts, balances and statements. */
#ifndef PAYOUTS_H
#define PAYOUTS_H

#include "http/route.h"

extern const struct route_table payouts_table;

#endif
