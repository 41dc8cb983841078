/*
 * route.h: what the rows of all reports' tables have in common.
 */
#ifndef REPORTS_ROUTE_H
#define REPORTS_ROUTE_H

#include "http/route.h"
#include "reports/report.h"

#define SALES_ALL PERMISSION(REPORT_SALES)
#define FINANCE_ALL PERMISSION(REPORT_FINANCE)
#define OWN PERMISSION(REPORT_SALES_OWN)

/* An amount in the report's currency; one that may be NULL is a pointer. */
#define AMOUNT(S, name, ...) M_MONEY(S, name, #name, ##__VA_ARGS__)

#define REPORT(path_, id_, permission_, key, query_, answer_, summary_, handler_) \
	{ \
		GET, "/reports/" path_, .id = id_, .permission = permission_, .by_key = key, .pool = POOL_BULK, .query = query_, \
					.answer = { 200, answer_ }, .other_type = "text/csv", .errors = ERRORS(NOT_FOUND), \
					.summary = summary_, .handler = handler_ \
	}

#endif
