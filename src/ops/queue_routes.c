/* The routes of the job queue, of the events and of the audit trail: a table and thin handlers. */
#include "events/audit.h"
#include "events/dead_letter.h"
#include "events/recorded.h"
#include "http/page.h"
#include "http/request.h"
#include "ops/drop.h"
#include "ops/ops.h"

struct jobs_query {
	struct list_query list;
	int              *status;
	const char       *kind, *lane;
};

static const struct member jobs_query_members[] = {
	LIST_QUERY(struct jobs_query),
	LIST_FORMAT(struct jobs_query),
	M_ENUM(struct jobs_query, status, "status", job_status_values),
	M_TEXT(struct jobs_query, kind, "kind", 64, .min = 1, .example = "\"refund_payment\""),
	M_TEXT(struct jobs_query, lane, "lane", 16, .min = 1, .example = "\"money\""),
};
SHAPE(struct jobs_query, jobs_query_shape, "JobsQuery", jobs_query_members);

PAGE(struct job_page, job_page_shape, "JobPage", job_record_shape);

static const struct problem *
show_jobs(struct request *request)
{
	const struct jobs_query *query = QUERY(request, struct jobs_query);
	struct job_filters       filters = { query->status, query->kind, query->lane };
	struct job_page          answer;
	struct page_request      page;
	struct listed            listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_job_records(request->work, &filters, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
show_job(struct request *request)
{
	struct job_id      id;
	struct job_record *job;

	TRY(path_id(request, "id", &id.uuid));
	TRY(job_show(request->work, id, &job));
	return respond(request, job);
}

struct retry_body {
	const char *reason;
	int64_t    *priority;
};

static const struct member retry_body_members[] = {
	M_TEXT(struct retry_body, reason, "reason", 500, .required = true, .min = 1, .example = "\"the provider is back\""),
	M_INTEGER(struct retry_body, priority, "priority", 1, 9, .description = "1 goes first, 9 last; absent: as it was."),
};
SHAPE(struct retry_body, retry_body_shape, "JobRetryRequest", retry_body_members);

static const struct problem *
retry_job(struct request *request)
{
	const struct retry_body *body = BODY(request, struct retry_body);
	struct job_id            id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(job_retry(request->work, id, body->priority, body->reason));
	return show_job(request);
}

struct drop_body {
	const char *reason;
};

static const struct member drop_body_members[] = {
	M_TEXT(struct drop_body, reason, "reason", 500, .required = true, .min = 1, .example = "\"refunded by hand\""),
};
SHAPE(struct drop_body, drop_body_shape, "JobDropRequest", drop_body_members);

static const struct problem *
drop_job(struct request *request)
{
	struct job_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(drop_dead_job(request->work, id, BODY(request, struct drop_body)->reason));
	return respond_nothing(request);
}

struct events_query {
	struct list_query list;
	const char       *type;
	struct uuid      *aggregate;
};

static const struct member events_query_members[] = {
	LIST_QUERY(struct events_query),
	LIST_FORMAT(struct events_query),
	M_TEXT(struct events_query, type, "type", 64, .min = 1, .example = "\"order.paid\""),
	M_ID(struct events_query, aggregate, "aggregate", .description = "Of one thing: its id."),
};
SHAPE(struct events_query, events_query_shape, "EventsQuery", events_query_members);

PAGE(struct event_page, event_page_shape, "EventPage", recorded_event_shape);

static const struct problem *
show_events(struct request *request)
{
	const struct events_query *query = QUERY(request, struct events_query);
	struct recorded_filters    filters = { query->type, query->aggregate };
	struct event_page          answer;
	struct page_request        page;
	struct listed              listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_recorded_events(request->work, &filters, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

struct audit_query {
	struct list_query list;
	struct uuid      *subject, *by, *key;
	const char       *action, *subject_type;
	struct instant   *from, *to;
};

static const struct member audit_query_members[] = {
	LIST_QUERY(struct audit_query),
	LIST_FORMAT(struct audit_query),
	M_ID(struct audit_query, subject, "subject", .description = "Of one thing: its id."),
	M_ID(struct audit_query, by, "actor", .description = "By one person: their id."),
	M_ID(struct audit_query, key, "api_key", .description = "By one API key: its id."),
	M_TEXT(struct audit_query, subject_type, "subject_type", 32, .min = 1, .example = "\"merchant\""),
	M_TEXT(struct audit_query, action, "action", 64, .min = 1, .example = "\"merchant.suspended\""),
	M_TIME(struct audit_query, from, "from", .description = "At this time or later."),
	M_TIME(struct audit_query, to, "to", .description = "Before this time."),
};
SHAPE(struct audit_query, audit_query_shape, "AuditQuery", audit_query_members);

PAGE(struct audit_page, audit_page_shape, "AuditPage", audit_entry_shape);

static const struct problem *
show_audit(struct request *request)
{
	const struct audit_query *query = QUERY(request, struct audit_query);
	struct audit_filters      filters = { .subject = query->subject,
		     .by = query->by,
		     .key = query->key,
		     .action = query->action,
		     .subject_type = query->subject_type,
		     .from = query->from,
		     .to = query->to };
	struct audit_page         answer;
	struct page_request       page;
	struct listed             listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_audit_entries(request->work, &filters, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct route queue_routes[] = {
	{ GET, "/jobs", .id = "listJobs", .permission = PERMISSION(JOB_MANAGE), .csv = true, .query = &jobs_query_shape,
	    .answer = { 200, &job_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List the jobs of the queue, newest first",
	    .description =
		"A page may be short, or empty, and still have a next one: a filter by kind or lane looks at some jobs at a time.",
	    .handler = show_jobs },
	{ GET, "/jobs/{id}", .id = "showJob", .permission = PERMISSION(JOB_MANAGE), .answer = { 200, &job_record_shape },
	    .errors = ERRORS(NOT_FOUND), .summary = "Show a job with its data and progress",
	    .description = "A finished job is deleted.", .handler = show_job },
	{ POST, "/jobs/{id}/retry", .id = "retryJob", .permission = PERMISSION(JOB_MANAGE), .writes = WRITES_DATABASE,
	    .body = &retry_body_shape, .answer = { 200, &job_record_shape }, .errors = ERRORS(NOT_FOUND, CONFLICT),
	    .summary = "Run a dead job again, or a waiting one now", .handler = retry_job },
	{ POST, "/jobs/{id}/drop", .id = "dropJob", .permission = PERMISSION(JOB_MANAGE), .writes = WRITES_DATABASE,
	    .body = &drop_body_shape, .answer = { 204, NULL }, .errors = ERRORS(NOT_FOUND, CONFLICT),
	    .summary = "Give up a dead job", .description = "The audit trail keeps it and the reason.", .handler = drop_job },
	{ GET, "/events", .id = "listEvents", .permission = PERMISSION(AUDIT_READ), .csv = true, .query = &events_query_shape,
	    .answer = { 200, &event_page_shape }, .errors = ERRORS(BAD_CURSOR), .summary = "List what has happened, newest first",
	    .description =
		"A page may be short, or empty, and still have a next one: a filter by type looks at some events at a time.",
	    .handler = show_events },
	{ GET, "/audit", .id = "listAuditRecords", .permission = PERMISSION(AUDIT_READ), .csv = true, .query = &audit_query_shape,
	    .answer = { 200, &audit_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List who did what to what, newest first",
	    .description =
		"A page may be short, or empty, and still have a next one: a filter by action or subject_type looks at some records at a time.",
	    .handler = show_audit },
};

ROUTE_TABLE(
    queue_table, "Queue", "Jobs that wait, run or are dead; the events that they come from; and the audit trail.", queue_routes);
