/* lists.h: the routes of what the console does with lists. */
#ifndef LISTS_H
#define LISTS_H

#include "http/route.h"

extern const struct route_table bulk_table, saved_views_table;

#endif
