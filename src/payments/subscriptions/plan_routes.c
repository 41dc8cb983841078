/* The routes of plans. */
#include "http/page.h"
#include "http/request.h"
#include "payments/subscriptions/plan.h"
#include "payments/subscriptions/subscriptions.h"

PAGE(struct plan_page, plan_page_shape, "PlanPage", plan_shape);

struct plans_query {
	struct list_query   list;
	struct merchant_id *merchant;
	int                *status;
};
static const struct member plans_query_members[] = {
	LIST_QUERY(struct plans_query),
	LIST_FORMAT(struct plans_query),
	M_ID(struct plans_query, merchant, "merchant"),
	M_ENUM(struct plans_query, status, "status", plan_status_values,
	    .description = "Archived ones are shown to their merchant and to staff."),
};
SHAPE(struct plans_query, plans_query_shape, "PlansQuery", plans_query_members);

static const struct problem *
respond_plan(struct request *request, const struct plan *plan)
{
	return respond_tagged(request, plan, plan->id.uuid, plan->version);
}

static const struct problem *
handle_list_plans(struct request *request)
{
	const struct plans_query *query = QUERY(request, struct plans_query);
	struct plan_filter        filter = { query->merchant, query->status };
	struct plan_page          answer;
	struct page_request       page;
	struct listed             listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_plans(request->work, &filter, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
handle_show_plan(struct request *request)
{
	struct plan_id id;
	struct plan   *plan;

	TRY(path_id(request, "id", &id.uuid));
	TRY(find_plan(request->work, id, &plan));
	return respond_plan(request, plan);
}

static const struct problem *
handle_create_plan(struct request *request)
{
	struct plan *plan;

	TRY(create_plan(request->work, BODY(request, struct plan_body), &plan));
	return respond_plan(request, plan);
}

static const struct problem *
handle_change_plan(struct request *request)
{
	struct plan_id id;
	struct plan   *plan;

	TRY(path_id(request, "id", &id.uuid));
	TRY(change_plan(request->work, id, BODY(request, struct plan_change), expected_version(request), &plan));
	return respond_plan(request, plan);
}

#define WRITERS (PERMISSION(PLAN_WRITE) | PERMISSION(PLAN_WRITE_OWN))

static const struct route plan_routes[] = {
	{ GET, "/plans", .id = "listPlans", .permission = PUBLIC, .optional_user = true, .csv = true, .query = &plans_query_shape,
	    .answer = { 200, &plan_page_shape }, .errors = ERRORS(BAD_CURSOR), .summary = "List plans, newest first",
	    .description = "Everybody sees the active plans of active merchants; a merchant their own, archived ones too.",
	    .handler = handle_list_plans },
	{ GET, "/plans/{id}", .id = "showPlan", .permission = PUBLIC, .optional_user = true, .tagged = true,
	    .answer = { 200, &plan_shape }, .summary = "Show a plan", .handler = handle_show_plan },
	{ POST, "/plans", .id = "createPlan", .permission = WRITERS, .by_key = true, .writes = WRITES_DATABASE,
	    .body = &plan_create_shape, .answer = { 201, &plan_shape }, .errors = ERRORS(NOT_FOUND, MERCHANT_INACTIVE),
	    .summary = "Create a plan", .handler = handle_create_plan },
	{ PATCH, "/plans/{id}", .id = "changePlan", .permission = WRITERS, .by_key = true, .writes = WRITES_DATABASE,
	    .body = &plan_change_shape, .answer = { 200, &plan_shape }, .errors = ERRORS(VERSION_MISMATCH, CONFLICT),
	    .summary = "Rename or archive a plan",
	    .description = "An archived plan goes on for who has it. Amount and times never change.",
	    .handler = handle_change_plan },
};
ROUTE_TABLE(plans_table, "Plans", "What merchants charge again and again.", plan_routes);
