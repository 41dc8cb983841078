/*
 * reports.h: what was sold, and what came of it: made of the ledger (fact.h), asked by days (range.h).
 */
#ifndef REPORTS_H
#define REPORTS_H

#include "http/route.h"

extern const struct route_table report_table, report_state_table, goods_report_table;

#endif
