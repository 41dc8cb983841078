/* invoices.h: what other subjects may use of invoices: their route (the page is pages/'s). */
#ifndef INVOICES_H
#define INVOICES_H

#include "http/route.h"

extern const struct route_table invoices_table;

#endif
