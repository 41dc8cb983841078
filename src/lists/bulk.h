/*
 * bulk.h: one action on many things: publish, archive, price, stock, pack, ship, hide, replay, drop.
 *
 * What it is done to is named by ids, or by the query of a list and how many rows the asker has seen it match: a job finds them
 * in one snapshot, and does nothing when they are not so many any more.  Then each row is a transaction of its own, in which the
 * ordinary use-case runs on behalf of the asker, whose rights are read anew for it, and which marks the row as done.  So a
 * row is done once however often the job's worker is killed, and one that is refused stops no other; it keeps why, and can be
 * tried again.
 */
#ifndef LISTS_BULK_H
#define LISTS_BULK_H

#include "base/shape.h"
#include "http/page.h"
#include "store/work.h"

struct job;

enum {
	BULK_MAX = 10000,
	BULK_IDS_MAX = 5000,
	BULK_ERRORS_MAX = 100,
	BULK_OPEN_MAX = 5,
	BULK_FILTER_MAX = 2000,
	BULK_REASON_MAX = 100
};

#define BULK_ACTIONS(X) \
	X(PUBLISH, "publish") \
	X(ARCHIVE, "archive") \
	X(PRICE, "price") \
	X(STOCK, "stock") \
	X(PACK, "pack") \
	X(SHIP, "ship") \
	X(HIDE_REVIEW, "hide_review") \
	X(REPLAY, "replay") \
	X(DROP, "drop")

enum bulk_name {
#define X(name, text) BULK_##name,
	BULK_ACTIONS(X)
#undef X
	    BULK_NAME__COUNT
};
extern const char *const bulk_name_values[];

enum bulk_status { BULK_QUEUED, BULK_RUNNING, BULK_DONE, BULK_REFUSED };
extern const char *const bulk_status_values[];

enum bulk_row_status { BULK_ROW_PENDING, BULK_ROW_DONE, BULK_ROW_FAILED };
extern const char *const bulk_row_status_values[];

struct bulk_row {
	int64_t     position; /* from 1 */
	struct uuid subject;
	int         status;         /* enum bulk_row_status */
	const char *code, *message; /* why it failed */
};
SHAPE_DECLARE(struct bulk_row, bulk_row_shape);

struct bulk_action {
	struct bulk_action_id id;
	struct user_id        user;
	int                   action, status; /* enum bulk_name, bulk_status */
	const char           *filter, *percent, *reason, *carrier, *fault;
	int64_t              *expected, *delta;
	int64_t               total, done, failed;
	struct bulk_row      *errors;
	size_t                n_errors;
	struct instant        created_at, *started_at, *finished_at;
};
SHAPE_DECLARE(struct bulk_action, bulk_action_shape);         /* with the first errors */
SHAPE_DECLARE(struct bulk_action, bulk_action_summary_shape); /* without */

struct bulk_request {
	int                action; /* enum bulk_name */
	const char *const *ids;
	size_t             n_ids;
	const char        *filter, *reason, *carrier;
	int64_t           *expected, *delta;
	struct decimal    *percent;
};
SHAPE_DECLARE(struct bulk_request, bulk_request_shape);

/* bulk.c: queue one.  VALIDATION_FAILED, FORBIDDEN for who lacks the action's permission.  Inside a transaction. */
const struct problem *request_bulk(struct work *work, const struct bulk_request *request, struct bulk_action **action);

/* One of the viewer's own; NOT_FOUND. */
const struct problem *read_bulk(struct work *work, struct bulk_action_id id, struct bulk_action **action);

/* The viewer's own, newest first.  BAD_CURSOR. */
const struct problem *list_bulk(
    struct work *work, const struct page_request *page, struct bulk_action **actions, struct listed *listed);

/* The rows of one of the viewer's own, in their order.  NOT_FOUND, BAD_CURSOR. */
const struct problem *list_bulk_rows(struct work *work, struct bulk_action_id id, const int *status,
    const struct page_request *page, struct bulk_row **rows, struct listed *listed);

/* How many a filter matches, up to BULK_MAX. */
struct bulk_match {
	int64_t count;
	bool    more; /* than BULK_MAX */
};
SHAPE_DECLARE(struct bulk_match, bulk_match_shape);

/* What a filter of an action would be done to.  FORBIDDEN for who lacks the action's permission; the problems of the list. */
const struct problem *count_bulk(struct work *work, int action, const char *filter, struct bulk_match *match);

/* Try the rows that failed again.  NOT_FOUND; CONFLICT while it runs, or when none has failed.  Inside a transaction. */
const struct problem *retry_bulk(struct work *work, struct bulk_action_id id, struct bulk_action **action);

/* bulk_kinds.c: the list that a filter is a query of. */
struct bulk_list {
	const struct shape *query;
	/* One page of it, for the viewer: the ids of listed->count rows.  The problems of the list. */
	const struct problem *(*find)(
	    struct work *work, const void *query, const struct page_request *page, struct uuid **ids, struct listed *listed);
};

/* Which parameters an action has. */
enum { BULK_TAKES_REASON = 1, BULK_NEEDS_REASON = 2, BULK_NEEDS_PERCENT = 4, BULK_NEEDS_DELTA = 8, BULK_NEEDS_CARRIER = 16 };

struct bulk_kind {
	uint64_t                permissions; /* one of these bits is enough */
	unsigned                parameters;
	const struct bulk_list *list;
	const struct problem *(*apply)(struct work *work, struct uuid id, const struct bulk_action *action);
};
extern const struct bulk_kind bulk_kinds[BULK_NAME__COUNT];

/* The filter as the list's query; VALIDATION_FAILED at "filter". */
const struct problem *read_bulk_filter(struct work *work, const struct bulk_list *list, const char *filter, void **query);

/*
 * All that the filter matches for the viewer, up to one more than BULK_MAX: the ids, and how many.  VALIDATION_FAILED at "filter";
 * the problems of the list.
 */
const struct problem *find_bulk(struct work *work, int action, const char *filter, struct uuid **found, size_t *count);

/* bulk.c: names of what it is done to, as rows, inside a transaction; and the job that goes on with it. */
const struct problem *add_bulk_rows(struct work *work, struct bulk_action_id id, const struct uuid *ids, size_t count);
const struct problem *continue_bulk(struct work *work, struct bulk_action_id id);

struct bulk_job {
	struct bulk_action_id action;
};
SHAPE_DECLARE(struct bulk_job, bulk_job_shape);

/* bulk_run.c */
const struct problem *run_bulk_job(struct work *work, const struct job *job);

/* Forget those that ended before that, with their rows, of which *removed says about how many: at most ten at once. */
const struct problem *remove_bulk(struct work *work, struct instant before, int64_t *removed);

#endif
