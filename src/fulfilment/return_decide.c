/* What becomes of a return before the goods have come, and when nobody sends them. */
#include "base/arena.h"
#include "base/config.h"
#include "fulfilment/return.h"
#include "http/permission.h"
#include "store/db.h"

enum { BATCH = 100, DAY = 24 * 3600 };

/* Somebody else's own shop says nothing of it. */
static const struct problem *
may_manage(struct work *work, const struct goods_return *back)
{
	struct reach reach = REACH(work, RETURN_MANAGE, RETURN_MANAGE_OWN);

	return reach.all || (reach.merchant != NULL && ID_EQUAL(*reach.merchant, back->merchant))
	    ? OK
	    : problem(NOT_FOUND, "return not found");
}

const struct problem *
approve_return(struct work *work, struct return_id id)
{
	struct goods_return *back, before;

	TRY(begin_return_step(work, id, RETURN_APPROVED, &back));
	TRY(may_manage(work, back));
	before = *back;
	back->status = RETURN_APPROVED;
	back->expires_at = ARENA_NEW(work->arena, struct instant);
	*back->expires_at = instant_add_seconds(instant_now(), work->config->orders.return_expire_days * DAY);
	return end_return_step(work, EVENT_RETURN_APPROVED, &before, back);
}

const struct problem *
reject_return(struct work *work, struct return_id id, const char *reason)
{
	struct goods_return *back, before;

	TRY(begin_return_step(work, id, RETURN_REJECTED, &back));
	TRY(may_manage(work, back));
	if (back->status != RETURN_REQUESTED) /* what has come is refunded */
		return return_state_problem(work, back);
	before = *back;
	back->status = RETURN_REJECTED;
	back->reason = reason;
	return end_return_step(work, EVENT_RETURN_REJECTED, &before, back);
}

const struct problem *
cancel_return(struct work *work, struct return_id id)
{
	struct goods_return *back, before;

	TRY(begin_return_step(work, id, RETURN_CANCELLED, &back));
	if (!ID_EQUAL(back->customer, work->viewer.user))
		return problem(NOT_FOUND, "return not found");
	before = *back;
	back->status = RETURN_CANCELLED;
	back->expires_at = NULL;
	return end_return_step(work, EVENT_RETURN_CANCELLED, &before, back);
}

/* ---- by themselves ---- */

struct late_return {
	struct return_id id;
};

static const struct member late_return_members[] = { M_ID(struct late_return, id, "id") };
SHAPE(struct late_return, late_return_shape, "LateReturn", late_return_members);

static const struct problem *
expire_one(struct work *work, struct return_id id)
{
	struct goods_return *back, before;

	TRY(begin_return_step(work, id, RETURN_EXPIRED, &back));
	if (back->expires_at == NULL || back->expires_at->unix_ms > instant_now().unix_ms)
		return OK;
	before = *back;
	back->status = RETURN_EXPIRED;
	back->expires_at = NULL;
	return end_return_step(work, EVENT_RETURN_EXPIRED, &before, back);
}

const struct problem *
expire_returns(struct work *work)
{
	const struct problem *problem;
	struct late_return   *late;
	size_t                count;

	TRY(db_rows(work->db, &late_return_shape, BATCH, &late, &count,
	    "SELECT {} FROM returns WHERE status = 'approved' AND expires_at <= NOW(3) ORDER BY expires_at LIMIT ?", P(BATCH)));
	for (size_t i = 0; i < count; i++) {
		problem = db_transaction(work, expire_one(work, late[i].id));
		if (!problem_is(problem, PROBLEM_RETURN_STATE)) /* its goods have just come */
			TRY(problem);
	}
	return OK;
}
