/* Bulk actions are asked for, shown and tried again: see bulk.h. */
#include "lists/bulk.h"

#include "base/arena.h"
#include "base/text.h"
#include "events/audit.h"
#include "events/job.h"
#include "http/permission.h"
#include "orders/fulfilments.h"
#include "store/db.h"
#include "store/list.h"

#include <stdlib.h>
#include <string.h>

const char *const bulk_name_values[] = {
#define X(name, text) text,
	BULK_ACTIONS(X)
#undef X
	    NULL
};
const char *const bulk_status_values[] = { "queued", "running", "done", "refused", NULL };
const char *const bulk_row_status_values[] = { "pending", "done", "failed", NULL };

static const struct member bulk_row_members[] = {
	M_INTEGER(struct bulk_row, position, "position", 1, BULK_MAX),
	M_ID(struct bulk_row, subject, "id", .column = "subject_id"),
	M_ENUM(struct bulk_row, status, "status", bulk_row_status_values),
	M_TEXT(struct bulk_row, code, "code", 64, .example = "\"fulfilment_state\""),
	M_TEXT(struct bulk_row, message, "message", 500, .example = "\"the fulfilment is shipped\""),
};
SHAPE_SHARED(struct bulk_row, bulk_row_shape, "BulkRow", bulk_row_members);

#define BULK_MEMBERS \
	M_ID(struct bulk_action, id, "id"), M_ID(struct bulk_action, user, "user_id", .hidden = true), \
	    M_ENUM(struct bulk_action, action, "action", bulk_name_values), \
	    M_ENUM(struct bulk_action, status, "status", bulk_status_values), \
	    M_TEXT(struct bulk_action, filter, "filter", BULK_FILTER_MAX, .example = "\"status=pending\""), \
	    M_INTEGER(struct bulk_action, expected, "expected", 0, BULK_MAX), \
	    M_TEXT(struct bulk_action, percent, "percent", 20, .example = "\"-10\""), \
	    M_INTEGER(struct bulk_action, delta, "delta", INT32_MIN, INT32_MAX), \
	    M_TEXT(struct bulk_action, reason, "reason", BULK_REASON_MAX), \
	    M_TEXT(struct bulk_action, carrier, "carrier", CARRIER_MAX), \
	    M_TEXT(struct bulk_action, fault, "fault", 200, .description = "Why it was refused.", .example = "null"), \
	    M_INTEGER(struct bulk_action, total, "total", 0, BULK_MAX), \
	    M_INTEGER(struct bulk_action, done, "done", 0, BULK_MAX), \
	    M_INTEGER(struct bulk_action, failed, "failed", 0, BULK_MAX), M_TIME(struct bulk_action, created_at, "created_at"), \
	    M_TIME(struct bulk_action, started_at, "started_at"), M_TIME(struct bulk_action, finished_at, "finished_at")

static const struct member bulk_action_summary_members[] = { BULK_MEMBERS };
SHAPE_SHARED(
    struct bulk_action, bulk_action_summary_shape, "BulkActionSummary", bulk_action_summary_members, .noun = "bulk action");

static const struct member bulk_action_members[] = {
	BULK_MEMBERS,
	M_ARRAY(struct bulk_action, errors, n_errors, "errors", bulk_row_shape, BULK_ERRORS_MAX,
	    .description = "The first rows that failed."),
};
SHAPE_SHARED(struct bulk_action, bulk_action_shape, "BulkAction", bulk_action_members);

static const struct member bulk_request_members[] = {
	M_ENUM(struct bulk_request, action, "action", bulk_name_values, .required = true),
	M_TEXTS(struct bulk_request, ids, n_ids, "ids", BULK_IDS_MAX,
	    .description = "Of products, variants, fulfilments, reviews or webhook events, as the action is.",
	    .example = "[\"0192f0c1-2b3c-7d4e-8f50-617283940a1b\"]"),
	M_TEXT(struct bulk_request, filter, "filter", BULK_FILTER_MAX, .nullable = true, .example = "null",
	    .description = "In place of ids: the query of the list that they are found by, like status=pending."),
	M_INTEGER(struct bulk_request, expected, "expected", 0, BULK_MAX, .nullable = true, .example = "1",
	    .description = "How many there are; required with a filter. Nothing is done when there are more or fewer by then."),
	M_DECIMAL(struct bulk_request, percent, "percent", .nullable = true, .min = -95, .example = "null",
	    .description = "Of price: by how much, from -95 to 500."),
	M_INTEGER(struct bulk_request, delta, "delta", -1000000000, 1000000000, .nullable = true, .example = "null",
	    .description = "Of stock: how many more, or fewer."),
	M_TEXT(struct bulk_request, reason, "reason", BULK_REASON_MAX, .nullable = true, .min = 1, .example = "null",
	    .description = "Of stock, drop and hide_review."),
	M_TEXT(struct bulk_request, carrier, "carrier", CARRIER_MAX, .nullable = true, .min = 1, .example = "null",
	    .description = "Of ship."),
};
SHAPE_SHARED(struct bulk_request, bulk_request_shape, "BulkRequest", bulk_request_members);

static const struct member bulk_match_members[] = {
	M_INTEGER(struct bulk_match, count, "count", 0, BULK_MAX),
	M_BOOLEAN(struct bulk_match, more, "more", .description = "There are more than a bulk action may have."),
};
SHAPE_SHARED(struct bulk_match, bulk_match_shape, "BulkMatch", bulk_match_members);

static const struct member bulk_job_members[] = { M_ID(struct bulk_job, action, "action") };
SHAPE_SHARED(struct bulk_job, bulk_job_shape, "BulkJob", bulk_job_members);

/* ---- asking ---- */

static void
check_parameter(const char *name, bool given, bool needed, bool taken, struct faults *faults)
{
	if (needed && !given)
		faults_add(faults, name, "is required for this action");
	if (given && !needed && !taken)
		faults_add(faults, name, "is not for this action");
}

static void
check_percent(const struct decimal *percent, struct faults *faults)
{
	int64_t one = 1;

	if (percent == NULL)
		return;
	for (int place = 0; place < percent->scale; place++)
		one *= 10;
	if (percent->scale > 2 || percent->digits < -95 * one || percent->digits > 500 * one || percent->digits == 0)
		faults_add(faults, "percent", "must be from -95 to 500, not 0, with at most two places");
}

static void
check_request(const struct bulk_request *request, struct faults *faults)
{
	unsigned parameters = bulk_kinds[request->action].parameters;

	check_parameter("percent", request->percent != NULL, (parameters & BULK_NEEDS_PERCENT) != 0, false, faults);
	check_parameter("delta", request->delta != NULL, (parameters & BULK_NEEDS_DELTA) != 0, false, faults);
	check_parameter("reason", request->reason != NULL, (parameters & BULK_NEEDS_REASON) != 0,
	    (parameters & BULK_TAKES_REASON) != 0, faults);
	check_parameter("carrier", request->carrier != NULL, (parameters & BULK_NEEDS_CARRIER) != 0, false, faults);
	check_percent(request->percent, faults);
	if (request->delta != NULL && *request->delta == 0)
		faults_add(faults, "delta", "must not be 0");
	if ((request->n_ids > 0) == (request->filter != NULL))
		faults_add(faults, "ids", "must be given, or a filter, and not both");
	if (request->filter != NULL && request->expected == NULL)
		faults_add(faults, "expected", "is required with a filter");
	if (request->n_ids > 0 && request->expected != NULL && *request->expected != (int64_t)request->n_ids)
		faults_add(faults, "expected", "is not the number of ids");
}

static struct uuid *
read_ids(struct arena *arena, const struct bulk_request *request, struct faults *faults)
{
	struct uuid *ids = ARENA_ARRAY(arena, request->n_ids, struct uuid), *sorted;

	for (size_t i = 0; i < request->n_ids; i++)
		if (!uuid_parse(request->ids[i], &ids[i]))
			faults_add(faults, arena_format(arena, "ids.%zu", i), "must be a UUID");
	sorted = arena_room(arena, request->n_ids * sizeof *ids + 1);
	memcpy(sorted, ids, request->n_ids * sizeof *ids);
	qsort(sorted, request->n_ids, sizeof *sorted, uuid_compare);
	for (size_t i = 1; i < request->n_ids; i++)
		if (faults->count == 0 && uuid_equal(sorted[i - 1], sorted[i]))
			faults_add(faults, "ids", "has an id twice");
	return ids;
}

/* Is it a query of the list, which the asker may see? */
static const struct problem *
try_filter(struct work *work, const struct bulk_list *list, const char *filter)
{
	struct page_request page = { .limit = 1 };
	struct listed       listed;
	struct uuid        *ids;
	void               *query;

	TRY(read_bulk_filter(work, list, filter, &query));
	return list->find(work, query, &page, &ids, &listed);
}

static const char *
percent_text(struct arena *arena, const struct decimal *percent)
{
	struct text text = text_new(arena, 24);
	int64_t     digits, one = 1;

	if (percent == NULL)
		return NULL;
	for (int place = 0; place < percent->scale; place++)
		one *= 10;
	digits = percent->digits < 0 ? -percent->digits : percent->digits;
	text_addf(&text, "%s%lld", percent->digits < 0 ? "-" : "", (long long)(digits / one));
	if (percent->scale > 0)
		text_addf(&text, ".%0*lld", percent->scale, (long long)(digits % one));
	return text.bytes;
}

const struct problem *
add_bulk_rows(struct work *work, struct bulk_action_id id, const struct uuid *ids, size_t count)
{
	enum { COLUMNS = 3 };
	struct parameter *rows = ARENA_ARRAY(work->arena, count * COLUMNS, struct parameter);

	for (size_t i = 0; i < count; i++) {
		rows[COLUMNS * i] = P(id);
		rows[COLUMNS * i + 1] = P(i + 1);
		rows[COLUMNS * i + 2] = P(ids[i]);
	}
	TRY(db_run_many(
	    work->db, NULL, "INSERT INTO bulk_rows (bulk_id, position, subject_id) VALUES [(?, ?, ?)]", count, COLUMNS, rows));
	return db_run(work->db, NULL, "UPDATE bulk_actions SET total = ? WHERE id = ?", P(count), P(id));
}

const struct problem *
continue_bulk(struct work *work, struct bulk_action_id id)
{
	return job_enqueue(work, JOB_RUN_BULK, arena_format(work->arena, "run_bulk:%s", uuid_text(work->arena, id.uuid)), NULL,
	    &bulk_job_shape, &(struct bulk_job) { id });
}

static const struct problem *
insert_action(struct work *work, struct bulk_action_id id, const struct bulk_request *request)
{
	transaction_witness(work, "SELECT COUNT(*) FROM bulk_actions WHERE id = ?", id.uuid);
	return db_run(work->db, NULL,
	    "INSERT INTO bulk_actions (id, user_id, action, filter, expected, percent, delta, reason, carrier) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    P(id), P(work->viewer.user), P(bulk_name_values[request->action]), P(request->filter), P(request->expected),
	    P(percent_text(work->arena, request->percent)), P(request->delta), P(request->reason), P(request->carrier));
}

/* Their jobs take turns: whoever asked for many would keep all others waiting.  The asker's row is locked, so that the bound holds. */
static const struct problem *
check_room(struct work *work)
{
	int64_t count;

	TRY(db_value(work->db, &count, "SELECT 1 FROM users WHERE id = ? FOR UPDATE", P(work->viewer.user)));
	TRY(db_value(work->db, &count, "SELECT COUNT(*) FROM bulk_actions WHERE user_id = ? AND finished_at IS NULL",
	    P(work->viewer.user)));
	return count < BULK_OPEN_MAX ? OK : problem(CONFLICT, "an account has at most 5 bulk actions under way");
}

const struct problem *
request_bulk(struct work *work, const struct bulk_request *request, struct bulk_action **action)
{
	const struct bulk_kind *kind = &bulk_kinds[request->action];
	struct bulk_action_id   id = NEW_ID(bulk_action_id);
	struct faults           faults = { .count = 0 };
	struct uuid            *ids;

	if ((work->viewer.permissions & kind->permissions) == 0)
		return problem(FORBIDDEN, "the account lacks the permission for this action");
	check_request(request, &faults);
	ids = read_ids(work->arena, request, &faults);
	TRY(faults_problem(work->arena, &faults));
	if (request->filter != NULL)
		TRY(try_filter(work, kind->list, request->filter));
	TRY(check_room(work));
	TRY(insert_action(work, id, request));
	if (request->filter == NULL)
		TRY(add_bulk_rows(work, id, ids, request->n_ids));
	TRY(continue_bulk(work, id));
	TRY(read_bulk(work, id, action));
	return audit_record(work, "bulk_action.requested", "bulk_action", id.uuid, &bulk_action_summary_shape, NULL, *action);
}

const struct problem *
count_bulk(struct work *work, int action, const char *filter, struct bulk_match *match)
{
	struct uuid *found;
	size_t       count;

	if ((work->viewer.permissions & bulk_kinds[action].permissions) == 0)
		return problem(FORBIDDEN, "the account lacks the permission for this action");
	TRY(find_bulk(work, action, filter, &found, &count));
	*match = (struct bulk_match) { .count = count > BULK_MAX ? BULK_MAX : (int64_t)count, .more = count > BULK_MAX };
	return OK;
}

/* ---- showing ---- */

const struct problem *
read_bulk(struct work *work, struct bulk_action_id id, struct bulk_action **action)
{
	TRY(db_one(work->db, &bulk_action_summary_shape, action,
	    "SELECT {b} FROM bulk_actions b WHERE b.id = ? AND b.user_id = ?", P(id), P(work->viewer.user)));
	return db_rows(work->db, &bulk_row_shape, BULK_ERRORS_MAX, &(*action)->errors, &(*action)->n_errors,
	    "SELECT {r} FROM bulk_rows r WHERE r.bulk_id = ? AND r.status = 'failed' ORDER BY r.position LIMIT ?", P(id),
	    P(BULK_ERRORS_MAX));
}

static const struct list_order by_id[] = { { .id = "b.id", .descending = true } };

const struct problem *
list_bulk(struct work *work, const struct page_request *page, struct bulk_action **actions, struct listed *listed)
{
	struct list list = list_begin(work, "SELECT {b}", "FROM bulk_actions b");

	list_where(&list, "b.user_id = ?", P(work->viewer.user));
	return list_page(&list, &bulk_action_summary_shape, by_id, page, actions, listed);
}

static const struct list_order by_position[] = { { .column = "r.position", .member = "position", .id = "r.subject_id" } };

const struct problem *
list_bulk_rows(struct work *work, struct bulk_action_id id, const int *status, const struct page_request *page,
    struct bulk_row **rows, struct listed *listed)
{
	struct list         list = list_begin(work, "SELECT {r}", "FROM bulk_rows r");
	struct bulk_action *action;

	TRY(db_one(work->db, &bulk_action_summary_shape, &action,
	    "SELECT {b} FROM bulk_actions b WHERE b.id = ? AND b.user_id = ?", P(id), P(work->viewer.user)));
	list_where(&list, "r.bulk_id = ?", P(id));
	if (status != NULL)
		list_where(&list, "r.status = ?", P(bulk_row_status_values[*status]));
	return list_page(&list, &bulk_row_shape, by_position, page, rows, listed);
}

/* ---- again ---- */

const struct problem *
retry_bulk(struct work *work, struct bulk_action_id id, struct bulk_action **action)
{
	struct bulk_action *before;

	TRY(check_room(work));
	TRY(db_one(work->db, &bulk_action_summary_shape, &before,
	    "SELECT {b} FROM bulk_actions b WHERE b.id = ? AND b.user_id = ? FOR UPDATE", P(id), P(work->viewer.user)));
	if (before->status != BULK_DONE)
		return problem(CONFLICT, "the bulk action has not ended, or was refused");
	if (before->failed == 0)
		return problem(CONFLICT, "no row has failed");
	TRY(db_run(work->db, NULL,
	    "UPDATE bulk_rows SET status = 'pending', code = NULL, message = NULL WHERE bulk_id = ? AND status = 'failed'",
	    P(id)));
	TRY(db_run(
	    work->db, NULL, "UPDATE bulk_actions SET status = 'running', failed = 0, finished_at = NULL WHERE id = ?", P(id)));
	TRY(continue_bulk(work, id));
	TRY(read_bulk(work, id, action));
	return audit_record(work, "bulk_action.retried", "bulk_action", id.uuid, &bulk_action_summary_shape, before, *action);
}
