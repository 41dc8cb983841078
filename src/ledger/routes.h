/* routes.h: the routes of the ledger. */
#ifndef LEDGER_ROUTES_H
#define LEDGER_ROUTES_H

#include "http/route.h"

extern const struct route_table ledger_table;

#endif
