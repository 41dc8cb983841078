/*
 * plan.h: what a merchant charges again and again.
 *
 * A plan's amount and times never change; who wants others makes a new plan.  An archived plan takes no new subscriptions
 * and goes on for who has it.  Use-cases that write run in the transaction of their caller.
 */
#ifndef PLAN_H
#define PLAN_H

#include "base/shape.h"
#include "payments/subscriptions/interval.h"
#include "store/version.h"
#include "store/work.h"

struct listed;
struct page_request;

enum plan_status { PLAN_ACTIVE, PLAN_ARCHIVED };
extern const char *const plan_status_values[];

struct plan {
	struct plan_id     id;
	struct merchant_id merchant;
	const char        *name;
	struct money       amount;
	const char        *currency;
	int                every; /* enum every */
	int64_t            count, trial_days;
	int                status; /* enum plan_status */
	int64_t            version;
	struct instant     created_at, updated_at;
};
SHAPE_DECLARE(struct plan, plan_shape);

static inline struct interval
plan_interval(const struct plan *plan)
{
	return (struct interval) { plan->every, plan->count };
}

/* What a client sends; NULL: absent. */
struct plan_body {
	struct merchant_id *merchant; /* whose it is; a merchant's own need not say so */
	const char         *name, *currency;
	struct decimal      amount;
	int                 every;
	int64_t             count, trial_days;
};
SHAPE_DECLARE(struct plan_body, plan_create_shape);

struct plan_change {
	const char       *name;
	int              *status;
	struct shape_seen seen;
};
SHAPE_DECLARE(struct plan_change, plan_change_shape);

/* Which plans: NULL is any. */
struct plan_filter {
	const struct merchant_id *merchant;
	const int                *status;
};

/*
 * One page, newest first, of the plans that the viewer may see: everybody the active ones of active merchants, a merchant
 * their own, staff with plan:write all.
 */
const struct problem *list_plans(struct work *work, const struct plan_filter *filter, const struct page_request *page,
    struct plan **plans, struct listed *listed);

/* NOT_FOUND when the viewer may not see it. */
const struct problem *find_plan(struct work *work, struct plan_id id, struct plan **plan);

const struct problem *read_plan(struct work *work, struct plan_id id, struct plan **plan);

/* One that takes subscriptions; NOT_FOUND, PLAN_ARCHIVED, MERCHANT_INACTIVE. */
const struct problem *choose_plan(struct work *work, struct plan_id id, struct plan **plan);

/* MERCHANT_INACTIVE; a merchant has plans in its own currency only. */
const struct problem *create_plan(struct work *work, const struct plan_body *body, struct plan **plan);

/* VERSION_MISMATCH; CONFLICT when an archived one is to be taken up again. */
const struct problem *change_plan(struct work *work, struct plan_id id, const struct plan_change *change,
    const struct expected_version *expected, struct plan **plan);

#endif
