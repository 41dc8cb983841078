/* One's stored payment methods, and what one is charged for again and again. */
#include "pages/money_page.h"

#include "base/arena.h"
#include "pages/pages.h"
#include "pages/site_problem.h"
#include "payments/subscriptions/manage.h"
#include "store/list.h"

enum { SUBSCRIPTIONS_SHOWN = 50 };

static const char page_path[] = "/account/payments";

static const struct member method_view_members[] = {
	M_ID(struct method_view, id, "id"),
	M_TEXT(struct method_view, label, "label", 100),
	M_ENUM(struct method_view, method_type, "method_type", payment_method_type_values),
	M_ENUM(struct method_view, method_status, "method_status", payment_method_status_values),
	M_BOOLEAN(struct method_view, is_default, "is_default"),
	M_BOOLEAN(struct method_view, is_unusable, "is_unusable"),
	M_TIME(struct method_view, expires, "expires"),
};
SHAPE(struct method_view, method_view_shape, "MethodView", method_view_members);

static const struct member subscription_view_members[] = {
	M_ID(struct subscription_view, id, "id"),
	M_TEXT(struct subscription_view, name, "name", 150),
	M_TEXT(struct subscription_view, payment_url, "payment_url", 1024),
	M_MONEY(struct subscription_view, amount, "amount"),
	M_ENUM(struct subscription_view, every, "every", every_values),
	M_ENUM(struct subscription_view, subscription_status, "subscription_status", subscription_status_values),
	M_INTEGER(struct subscription_view, count, "count", 1, INT32_MAX),
	M_TIME(struct subscription_view, current_period_end, "current_period_end"),
	M_BOOLEAN(struct subscription_view, is_ending, "is_ending"),
	M_BOOLEAN(struct subscription_view, is_over, "is_over"),
	M_BOOLEAN(struct subscription_view, can_pause, "can_pause"),
	M_BOOLEAN(struct subscription_view, can_resume, "can_resume"),
	M_BOOLEAN(struct subscription_view, can_cancel, "can_cancel"),
};
SHAPE(struct subscription_view, subscription_view_shape, "SubscriptionView", subscription_view_members);

static const struct member money_view_members[] = {
	M_SITE(struct money_view),
	M_FRAME(struct money_view),
	M_ARRAY(struct money_view, methods, n_methods, "methods", method_view_shape, METHODS_MAX),
	M_ARRAY(struct money_view, subscriptions, n_subscriptions, "subscriptions", subscription_view_shape, SUBSCRIPTIONS_SHOWN),
};
SHAPE_SHARED(struct money_view, money_view_shape, "MoneyView", money_view_members);

static const struct problem *
add_methods(struct work *work, struct money_view *view)
{
	struct payment_method *methods;

	TRY(list_methods(work, &methods, &view->n_methods));
	view->methods = ARENA_ARRAY(work->arena, view->n_methods, struct method_view);
	for (size_t i = 0; i < view->n_methods; i++)
		view->methods[i] = (struct method_view) { .id = methods[i].id,
			.label = methods[i].label,
			.method_type = methods[i].type,
			.method_status = methods[i].status,
			.is_default = methods[i].is_default,
			.is_unusable = methods[i].status != METHOD_ACTIVE,
			.expires = methods[i].expires };
	return OK;
}

static struct subscription_view
view_of(const struct request *request, const struct subscription *s)
{
	const struct period *open = open_period(s);
	const bool           is_over = s->status == SUBSCRIPTION_CANCELLED || s->status == SUBSCRIPTION_ENDED;
	const bool           is_running = s->status == SUBSCRIPTION_ACTIVE || s->status == SUBSCRIPTION_TRIALING;

	return (struct subscription_view) { .id = s->id,
		.name = s->plan.name,
		.payment_url = open == NULL || open->payment_reference == NULL
		    ? NULL
		    : site_address(request, arena_format(request->work->arena, "/pay/%s", open->payment_reference)),
		.amount = s->plan.amount,
		.every = s->plan.every,
		.subscription_status = s->status,
		.count = s->plan.count,
		.current_period_end = s->current_period_end,
		.is_ending = s->cancel_at_period_end && !is_over,
		.is_over = is_over,
		.can_pause = is_running && !s->cancel_at_period_end,
		.can_resume = s->status == SUBSCRIPTION_PAUSED || (is_running && s->cancel_at_period_end && s->ended_by_customer),
		.can_cancel = !is_over };
}

static const struct problem *
add_subscriptions(struct request *request, struct money_view *view)
{
	struct page_request  page = { .limit = SUBSCRIPTIONS_SHOWN };
	struct subscription *subscriptions;
	struct listed        listed;

	TRY(list_subscriptions(request->work, NULL, &page, &subscriptions, &listed));
	view->n_subscriptions = listed.count;
	view->subscriptions = ARENA_ARRAY(request->work->arena, listed.count, struct subscription_view);
	for (size_t i = 0; i < listed.count; i++)
		view->subscriptions[i] = view_of(request, &subscriptions[i]);
	return OK;
}

static const struct problem *
show_money_page(struct request *request)
{
	struct money_view view = { .site = site_of(request, false), .frame = account_frame(request, SECTION_PAYMENTS, OK) };

	TRY(add_methods(request->work, &view));
	/* A merchant's subscriptions are its customers'. */
	if (view.frame.buys)
		TRY(add_subscriptions(request, &view));
	return account_show(request, SITE_MONEY, &view, OK);
}

/* ---- what is sent ---- */

static const struct problem *
remove_method(struct request *request)
{
	struct payment_method_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(delete_method(request->work, id, NULL));
	return account_go_on(request, page_path, DONE_REMOVED);
}

static const struct problem *
make_method_default(struct request *request)
{
	struct payment_method    body = { .is_default = true }, *method;
	struct payment_method_id id;

	shape_note(&method_change_shape, &body, "is_default");
	TRY(path_id(request, "id", &id.uuid));
	TRY(update_method(request->work, id, &body, NULL, &method));
	return account_go_on(request, page_path, DONE_SAVED);
}

struct cancel_form {
	bool now;
};

static const struct member cancel_form_members[] = {
	M_BOOLEAN(struct cancel_form, now, "now", .defaulted = true, .preset = 0,
	    .description = "And not when what was paid runs out."),
};
SHAPE(struct cancel_form, cancel_form_shape, "CancelForm", cancel_form_members);

static const struct problem *
cancel_on_page(struct request *request)
{
	struct subscription_id id;
	struct subscription   *subscription;

	TRY(path_id(request, "id", &id.uuid));
	TRY(cancel_subscription(request->work, id, !BODY(request, struct cancel_form)->now, &subscription));
	return account_go_on(request, page_path, DONE_SUBSCRIPTION);
}

static const struct problem *
pause_on_page(struct request *request)
{
	struct subscription_id id;
	struct subscription   *subscription;

	TRY(path_id(request, "id", &id.uuid));
	TRY(pause_subscription(request->work, id, &subscription));
	return account_go_on(request, page_path, DONE_SUBSCRIPTION);
}

static const struct problem *
resume_on_page(struct request *request)
{
	struct subscription_id id;
	struct subscription   *subscription;

	TRY(path_id(request, "id", &id.uuid));
	TRY(resume_subscription(request->work, id, &subscription));
	return account_go_on(request, page_path, DONE_SUBSCRIPTION);
}

/* Somebody else was faster, or the page was old: it is shown as things are now. */
static void
show_money_problem(struct request *request, const struct problem *problem)
{
	if (problem_is(problem, PROBLEM_SUBSCRIPTION_STATE) && show_money_page(request) == OK)
		request->status = problem_status(problem->code);
	else
		site_show_problem(request, problem);
}

#define OF_OWNERS .permission = PERMISSION(ORDER_PLACE) | PERMISSION(PAYMENT_TAKE_OWN), .show_problem = show_money_problem
#define OF_BUYERS .permission = PERMISSION(ORDER_PLACE), .show_problem = show_money_problem

static const struct route money_page_routes[] = {
	{ GET, "/account/payments", .id = "showMoneyPage", ACCOUNT_PAGE, OF_OWNERS,
	    .summary = "The page of one's payment methods and subscriptions", .handler = show_money_page },
	{ POST, "/account/methods/{id}/delete", .id = "deleteMethodOnPage", ACCOUNT_FORM, OF_OWNERS, .writes = WRITES_DATABASE,
	    .summary = "Delete a payment method", .handler = remove_method },
	{ POST, "/account/methods/{id}/default", .id = "makeMethodDefaultOnPage", ACCOUNT_FORM, OF_OWNERS,
	    .writes = WRITES_DATABASE, .summary = "Make a payment method the default", .handler = make_method_default },
	{ POST, "/account/subscriptions/{id}/cancel", .id = "cancelSubscriptionOnPage", ACCOUNT_FORM, OF_BUYERS,
	    .writes = WRITES_DATABASE, .body = &cancel_form_shape, .errors = ERRORS(SUBSCRIPTION_STATE),
	    .summary = "Cancel a subscription", .handler = cancel_on_page },
	{ POST, "/account/subscriptions/{id}/pause", .id = "pauseSubscriptionOnPage", ACCOUNT_FORM, OF_BUYERS,
	    .writes = WRITES_DATABASE, .errors = ERRORS(SUBSCRIPTION_STATE), .summary = "Pause a subscription",
	    .handler = pause_on_page },
	{ POST, "/account/subscriptions/{id}/resume", .id = "resumeSubscriptionOnPage", ACCOUNT_FORM, OF_BUYERS, .pool = POOL_PAY,
	    .writes = WRITES_PROVIDER, .limit = LIMIT_PAYMENT,
	    .errors = ERRORS(NOT_FOUND, SUBSCRIPTION_STATE, MERCHANT_INACTIVE, PAYMENT_REFUSED, TOO_MANY_ATTEMPTS,
		TOO_MANY_DECLINES, PROVIDER_UNAVAILABLE),
	    .summary = "Resume a subscription", .handler = resume_on_page },
};
ROUTE_TABLE(
    money_pages_table, "Payment pages of an account", "Stored methods and subscriptions, in a browser.", money_page_routes);
