/*
 * exchange.h: exchange rates (rates.h), and prices in a currency that a visitor reads more easily (display.h).
 *
 * They are a guide: whatever is sold is sold in its merchant's currency, and no amount that is owed comes from here.
 */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "http/route.h"

extern const struct route_table rate_table;

#endif
