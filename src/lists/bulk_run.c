/*
 * The job: finds what a bulk action is done to, then does it row by row, each in a transaction of its own.  After a slice of time it
 * gives way to what else waits in its lane and is queued again.
 */
#include "lists/bulk.h"

#include "base/arena.h"
#include "events/job.h"
#include "http/viewer.h"
#include "store/db.h"
#include "store/list.h"

enum { SLICE_MS = 5000, ROWS_AT_ONCE = 100 };

/* ---- what it is done to ---- */

static const struct problem *
refuse(struct work *work, const struct bulk_action *action, const char *fault)
{
	return db_run(work->db, NULL,
	    "UPDATE bulk_actions SET status = 'refused', fault = LEFT(?, 200), finished_at = NOW(3) WHERE id = ?", P(fault),
	    P(action->id));
}

static bool
is_refusal(const struct problem *problem)
{
	return problem != OK && problem_status(problem->code) < 500;
}

/* In one transaction, and so in one snapshot: the rows are those that there were at one moment. */
static const struct problem *
take_rows(struct work *work, const struct bulk_action *action)
{
	struct uuid          *found;
	size_t                count;
	const struct problem *problem = find_bulk(work, action->action, action->filter, &found, &count);

	if (is_refusal(problem))
		return refuse(work, action, problem->message);
	TRY(problem);
	if (count > BULK_MAX)
		return refuse(work, action, "the filter matches more than 10000");
	if ((int64_t)count != *action->expected)
		return refuse(work, action,
		    arena_format(work->arena, "the filter matches %zu, not %lld", count, (long long)*action->expected));
	TRY(add_bulk_rows(work, action->id, found, count));
	return db_run(
	    work->db, NULL, "UPDATE bulk_actions SET status = 'running', started_at = NOW(3) WHERE id = ?", P(action->id));
}

/* ---- doing it ---- */

/* Marks a row that is still to be done; CONFLICT when another worker was faster. */
static const struct problem *
mark(struct work *work, const struct bulk_action *action, const struct bulk_row *row, const struct problem *why)
{
	int64_t changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE bulk_rows SET status = ?, code = ?, message = LEFT(?, 500) WHERE bulk_id = ? AND position = ? AND status = 'pending'",
	    P(bulk_row_status_values[why == OK ? BULK_ROW_DONE : BULK_ROW_FAILED]), P(why == OK ? NULL : problem_name(why->code)),
	    P(why == OK ? NULL
		    : why->faults != NULL && why->faults->count > 0
		    ? arena_format(work->arena, "%s: %s", why->faults->list[0].where, why->faults->list[0].what)
		    : why->message),
	    P(action->id), P(row->position)));
	if (changed == 0)
		return problem(CONFLICT, "the row is done");
	return db_run(work->db, NULL, "UPDATE bulk_actions SET done = done + ?, failed = failed + ? WHERE id = ?", P(why == OK),
	    P(why != OK), P(action->id));
}

/* The row first: whoever has it marked has it done. */
static const struct problem *
do_row(struct work *work, const struct bulk_action *action, const struct bulk_row *row)
{
	TRY(mark(work, action, row, OK));
	return bulk_kinds[action->action].apply(work, row->subject, action);
}

/* As whoever has asked for it is now. */
static const struct problem *
do_as_asker(struct work *work, const struct bulk_action *action, const struct bulk_row *row)
{
	TRY(read_user_viewer(work, action->user));
	if ((work->viewer.permissions & bulk_kinds[action->action].permissions) == 0)
		return problem(FORBIDDEN, "the account lacks the permission");
	return db_transaction(work, do_row(work, action, row));
}

/* Where a row is at fault, that is written down; what is wrong with the machine is not the row's fault. */
static bool
is_of_machine(const struct problem *problem)
{
	return problem_is(problem, PROBLEM_DATABASE_BUSY) || problem_is(problem, PROBLEM_DATABASE_LOST) ||
	    problem_is(problem, PROBLEM_OUTCOME_UNCERTAIN) || problem_is(problem, PROBLEM_OVERLOADED);
}

static const struct problem *
settle_row(struct work *work, const struct bulk_action *action, const struct bulk_row *row)
{
	const struct problem *problem = do_as_asker(work, action, row), *marked;

	work->viewer = SYSTEM_VIEWER;
	if (problem == OK || is_of_machine(problem))
		return problem;
	marked = db_transaction(work, mark(work, action, row, problem));
	return problem_is(marked, PROBLEM_CONFLICT) ? OK : marked;
}

/* Some rows that are left, until the slice is over; *left: there may be more. */
static const struct problem *
do_rows(struct work *work, const struct job *job, const struct bulk_action *action, int64_t until_ms, bool *left)
{
	struct bulk_row *rows;
	size_t           count;

	TRY(db_rows(work->db, &bulk_row_shape, ROWS_AT_ONCE, &rows, &count,
	    "SELECT {r} FROM bulk_rows r WHERE r.bulk_id = ? AND r.status = 'pending' ORDER BY r.position LIMIT ?", P(action->id),
	    P(ROWS_AT_ONCE)));
	TRY(job_heartbeat(work, job));
	*left = count > 0;
	for (size_t i = 0; i < count && monotonic_ms() < until_ms; i++) {
		struct arena_mark here = arena_mark(work->arena);

		TRY(settle_row(work, action, &rows[i]));
		arena_release(work->arena, here);
	}
	return OK;
}

static const struct problem *
end_action(struct work *work, const struct bulk_action *action)
{
	return db_run(work->db, NULL,
	    "UPDATE bulk_actions SET status = 'done', finished_at = NOW(3) WHERE id = ? AND status = 'running' AND done + failed = total",
	    P(action->id));
}

static const struct problem *
read_action(struct work *work, struct bulk_action_id id, struct bulk_action **action)
{
	return db_row(work->db, &bulk_action_summary_shape, action, "SELECT {b} FROM bulk_actions b WHERE b.id = ?", P(id));
}

/* The rows of a filter are found once, on behalf of the asker; those of ids are there. */
static const struct problem *
start(struct work *work, struct bulk_action **action)
{
	const struct problem *problem;

	if ((*action)->status != BULK_QUEUED)
		return OK;
	if ((*action)->filter == NULL) {
		TRY(db_run(work->db, NULL, "UPDATE bulk_actions SET status = 'running', started_at = NOW(3) WHERE id = ?",
		    P((*action)->id)));
	} else {
		problem = read_user_viewer(work, (*action)->user);
		if (problem == OK)
			problem = db_transaction(work, take_rows(work, *action));
		else if (is_refusal(problem))
			problem = refuse(work, *action, problem->message);
		work->viewer = SYSTEM_VIEWER;
		TRY(problem);
	}
	return read_action(work, (*action)->id, action);
}

const struct problem *
run_bulk_job(struct work *work, const struct job *job)
{
	int64_t             until_ms = monotonic_ms() + SLICE_MS;
	struct bulk_action *action;
	struct bulk_job     payload = { 0 };
	bool                left = true;

	TRY(job_payload(work, job, &bulk_job_shape, &payload));
	TRY(read_action(work, payload.action, &action));
	if (action == NULL)
		return OK;
	TRY(start(work, &action));
	while (left && action->status == BULK_RUNNING && monotonic_ms() < until_ms) {
		struct arena_mark here = arena_mark(work->arena);

		TRY(do_rows(work, job, action, until_ms, &left));
		arena_release(work->arena, here);
	}
	if (action->status != BULK_RUNNING)
		return OK;
	return left ? db_transaction(work, continue_bulk(work, action->id)) : db_transaction(work, end_action(work, action));
}

const struct problem *
remove_bulk(struct work *work, struct instant before, int64_t *removed)
{
	TRY(db_run(work->db, removed, "DELETE FROM bulk_actions WHERE finished_at < ? LIMIT 10", P(before)));
	*removed *= ROWS_AT_ONCE;
	return OK;
}
