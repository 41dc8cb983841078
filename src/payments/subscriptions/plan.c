/* Plans: made, read, listed, renamed, archived. */
#include "payments/subscriptions/plan.h"

#include "events/audit.h"
#include "http/permission.h"
#include "store/list.h"

const char *const plan_status_values[] = { "active", "archived", NULL };

enum { COUNT_MAX = 366, TRIAL_DAYS_MAX = 730 };

/* A period is at most so many of each: ten years. */
static const int64_t count_max[] = { [EVERY_DAY] = 366, [EVERY_WEEK] = 104, [EVERY_MONTH] = 36, [EVERY_YEAR] = 10 };

static const struct member plan_members[] = {
	M_ID(struct plan, id, "id"),
	M_ID(struct plan, merchant, "merchant_id"),
	M_TEXT(struct plan, name, "name", 150, .required = true, .example = "\"Tea of the month\""),
	M_MONEY(struct plan, amount, "amount"),
	M_TEXT(struct plan, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_ENUM(struct plan, every, "every", every_values),
	M_INTEGER(struct plan, count, "count", 1, COUNT_MAX, .description = "A period is so many of `every`."),
	M_INTEGER(struct plan, trial_days, "trial_days", 0, TRIAL_DAYS_MAX),
	M_ENUM(struct plan, status, "status", plan_status_values),
	M_INTEGER(struct plan, version, "version", 1, INT32_MAX),
	M_TIME(struct plan, created_at, "created_at"),
	M_TIME(struct plan, updated_at, "updated_at"),
};
SHAPE_SHARED(struct plan, plan_shape, "Plan", plan_members);

static const struct member plan_create_members[] = {
	M_ID(struct plan_body, merchant, "merchant_id", .description = "Staff only: whose plan it is."),
	M_TEXT(struct plan_body, name, "name", 150, .required = true, .min = 1, .example = "\"Tea of the month\""),
	M_DECIMAL(struct plan_body, amount, "amount", .required = true, .min = 1, .example = "\"12.00\"",
	    .description = "Never changes; for another amount create another plan."),
	M_TEXT(struct plan_body, currency, "currency", 3, .format = FORMAT_CURRENCY, .example = "\"USD\"",
	    .description = "The merchant's currency, which is the default."),
	M_ENUM(struct plan_body, every, "every", every_values, .required = true),
	M_INTEGER(struct plan_body, count, "count", 1, COUNT_MAX, .defaulted = true, .preset = 1,
	    .description = "A period is so many of `every`: at most 366 days, 104 weeks, 36 months or 10 years."),
	M_INTEGER(struct plan_body, trial_days, "trial_days", 0, TRIAL_DAYS_MAX, .defaulted = true, .preset = 0,
	    .description = "Free days before the first charge, once for each customer and plan."),
};
SHAPE_SHARED(struct plan_body, plan_create_shape, "PlanCreate", plan_create_members);

static const struct member plan_change_members[] = {
	M_TEXT(struct plan_change, name, "name", 150, .min = 1, .example = "\"Tea of the month\""),
	M_ENUM(struct plan_change, status, "status", plan_status_values,
	    .description = "archived takes no new subscriptions; it cannot be taken up again."),
};
SHAPE_SHARED(
    struct plan_change, plan_change_shape, "PlanChange", plan_change_members, .seen_offset = SEEN(struct plan_change, seen));

#define PLAN_REACH(work) REACH(work, PLAN_WRITE, PLAN_WRITE_OWN)

static const struct list_order newest_first[] = { { .id = "p.id", .descending = true } };

/* What everybody may see. */
#define OFFERED "p.status = 'active' AND (SELECT m.status FROM merchants m WHERE m.id = p.merchant_id) = 'active'"

static bool
is_own(const struct reach *reach, const struct merchant_id *merchant)
{
	return reach->merchant != NULL && merchant != NULL && ID_EQUAL(*reach->merchant, *merchant);
}

/* Without a merchant that is named, who sells sees their own plans. */
const struct problem *
list_plans(struct work *work, const struct plan_filter *filter, const struct page_request *page, struct plan **plans,
    struct listed *listed)
{
	struct reach              reach = PLAN_REACH(work);
	const struct merchant_id *merchant = filter->merchant == NULL && !reach.all ? reach.merchant : filter->merchant;
	struct list               list = list_begin(work, "SELECT {p}", "FROM plans p");

	if (merchant != NULL)
		list_where(&list, "p.merchant_id = ?", P(*merchant));
	if (filter->status != NULL)
		list_where(&list, "p.status = ?", P(plan_status_values[*filter->status]));
	if (!reach.all && !is_own(&reach, merchant))
		list_where(&list, OFFERED);
	return list_page(&list, &plan_shape, newest_first, page, plans, listed);
}

const struct problem *
read_plan(struct work *work, struct plan_id id, struct plan **plan)
{
	return db_one(work->db, &plan_shape, plan, "SELECT {p} FROM plans p WHERE p.id = ?", P(id));
}

const struct problem *
find_plan(struct work *work, struct plan_id id, struct plan **plan)
{
	struct reach reach = PLAN_REACH(work);

	return db_one(work->db, &plan_shape, plan,
	    "SELECT {p} FROM plans p WHERE p.id = ? AND (? OR p.merchant_id = ? OR (" OFFERED "))", P(id), P(reach.all),
	    P(reach.merchant));
}

const struct problem *
choose_plan(struct work *work, struct plan_id id, struct plan **plan)
{
	int64_t active;

	TRY(read_plan(work, id, plan));
	TRY(db_value(work->db, &active, "SELECT status = 'active' FROM merchants WHERE id = ?", P((*plan)->merchant)));
	if ((*plan)->status != PLAN_ACTIVE)
		return problem(PLAN_ARCHIVED, "the plan is archived and takes no new subscriptions");
	return active ? OK : problem(MERCHANT_INACTIVE, "the merchant is not active and cannot sell");
}

/* Of a merchant, what its plans must agree with. */
struct plan_seller {
	const char *currency;
	bool        active;
};
static const struct member plan_seller_members[] = {
	M_TEXT(struct plan_seller, currency, "currency", 3),
	M_BOOLEAN(struct plan_seller, active, "active"),
};
SHAPE(struct plan_seller, plan_seller_shape, "PlanSeller", plan_seller_members, .noun = "merchant");

static const struct problem *
whose(struct work *work, const struct plan_body *body, const struct merchant_id **merchant)
{
	struct reach reach = PLAN_REACH(work);

	*merchant = body->merchant == NULL ? reach.merchant : body->merchant;
	if (*merchant == NULL)
		return reach.all ? problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "merchant_id", "is required")
				 : problem(FORBIDDEN, "the account lacks the permission");
	return reach.all || is_own(&reach, *merchant) ? OK : problem(NOT_FOUND, "merchant not found");
}

const struct problem *
create_plan(struct work *work, const struct plan_body *body, struct plan **plan)
{
	struct plan_id            id = NEW_ID(plan_id);
	const struct merchant_id *merchant;
	struct plan_seller       *seller;
	struct money              amount;

	TRY(whose(work, body, &merchant));
	TRY(db_one(work->db, &plan_seller_shape, &seller,
	    "SELECT currency, status = 'active' AS active FROM merchants WHERE id = ?", P(*merchant)));
	if (!seller->active)
		return problem(MERCHANT_INACTIVE, "the merchant is not active and cannot sell");
	if (body->currency != NULL && strcmp(body->currency, seller->currency) != 0)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "currency", "must be the merchant's currency");
	if (!decimal_to_money(body->amount, seller->currency, &amount))
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "amount",
		    "has more decimal places than the currency, or is too large");
	if (body->count > count_max[body->every])
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "count", "makes the period too long");
	TRY(db_run(work->db, NULL,
	    "INSERT INTO plans (id, merchant_id, name, amount_minor, currency, every, count, trial_days, created_by, updated_by) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    P(id), P(*merchant), P(body->name), P(amount.minor), P((const char *)amount.currency), P(every_values[body->every]),
	    P(body->count), P(body->trial_days), P(acting_user(work)), P(acting_user(work))));
	TRY(read_plan(work, id, plan));
	return audit_record(work, "plan.created", "plan", id.uuid, &plan_shape, NULL, *plan);
}

const struct problem *
change_plan(struct work *work, struct plan_id id, const struct plan_change *change, const struct expected_version *expected,
    struct plan **plan)
{
	struct reach       reach = PLAN_REACH(work);
	struct plan       *before;
	struct plan_change merged;

	TRY(db_one(work->db, &plan_shape, &before,
	    "SELECT {p} FROM plans p WHERE p.id = ? AND (? OR p.merchant_id = ?) FOR UPDATE", P(id), P(reach.all),
	    P(reach.merchant)));
	TRY(check_version(expected, id.uuid, before->version));
	merged = (struct plan_change) { .name = before->name, .status = &before->status };
	shape_merge(&plan_change_shape, change, &merged);
	if (before->status == PLAN_ARCHIVED && *merged.status == PLAN_ACTIVE)
		return problem(CONFLICT, "the plan is archived and cannot be taken up again");
	TRY(db_run(work->db, NULL, "UPDATE plans SET name = ?, status = ?, version = version + 1, updated_by = ? WHERE id = ?",
	    P(merged.name), P(plan_status_values[*merged.status]), P(acting_user(work)), P(id)));
	TRY(read_plan(work, id, plan));
	return audit_record(work, "plan.changed", "plan", id.uuid, &plan_shape, before, *plan);
}
