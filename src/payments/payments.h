/*
 * payments.h: the routes of payments; what else others may use stands in payment.h, provider.h and jobs.h.
 */
#ifndef PAYMENTS_H
#define PAYMENTS_H

#include "http/route.h"

extern const struct route_table payments_table;
extern const struct route_table refunds_table;
extern const struct route_table requests_table;
extern const struct route_table disputes_table;
extern const struct route_table methods_table;
extern const struct route_table risk_table;

#endif
