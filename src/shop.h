/*
 * shop.h: the whole shop, listed: what the programs and the tests wire together.
 */
#ifndef SHOP_H
#define SHOP_H

#include "http/route.h"

/* Every route table, NULL at the end. */
extern const struct route_table *const shop_tables[];

#endif
