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

/* The handler of a row: make##_kept gives the answer of `make`, kept until the next fold, at most five minutes. */
#define KEPT(make) \
	static const struct problem *make##_kept(struct request *request) \
	{ \
		return report_kept(request, make); \
	}

const struct problem *report_kept(struct request *request, const struct problem *(*make)(struct request *request));

/* What report_answer has made, as JSON or CSV. */
const struct problem *respond_report(struct request *request, const char *bytes, size_t length);

#define REPORT(path_, id_, permission_, key, query_, answer_, summary_, handler_) \
	{ \
		GET, "/reports/" path_, .id = id_, .permission = permission_, .by_key = key, .pool = POOL_BULK, .query = query_, \
					.answer = { 200, answer_ }, .other_type = "text/csv", .errors = ERRORS(NOT_FOUND), \
					.summary = summary_, .handler = handler_##_kept \
	}

#endif
