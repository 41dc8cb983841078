/* The routes of subscriptions: a table and thin handlers. */
#include "base/arena.h"
#include "base/config.h"
#include "http/page.h"
#include "http/request.h"
#include "payments/subscriptions/manage.h"
#include "payments/subscriptions/subscriptions.h"

static const struct member subscribe_members[] = {
	M_ID(struct subscribe_body, plan, "plan_id", .required = true),
	M_ID(struct subscribe_body, payment_method, "payment_method_id",
	    .description = "One of your stored methods, charged by itself; without it each period is paid by a link."),
	M_METADATA_BODY(struct subscribe_body, metadata),
};
SHAPE(struct subscribe_body, subscribe_shape, "Subscribe", subscribe_members);

struct cancel_body {
	bool at_period_end;
};
static const struct member cancel_members[] = {
	M_BOOLEAN(struct cancel_body, at_period_end, "at_period_end", .defaulted = true, .preset = 0,
	    .description = "Not now, but when the current period ends."),
};
SHAPE(struct cancel_body, cancel_shape, "CancelSubscription", cancel_members);

static const struct member change_members[] = {
	M_ID(struct change_body, plan, "plan_id", .description = "Another plan of the merchant, from the next period on."),
	M_ID(struct change_body, payment_method, "payment_method_id",
	    .description = "The customer's only: another stored method, which is charged at once for what is past due."),
};
SHAPE(struct change_body, change_shape, "ChangeSubscription", change_members);

struct subscriptions_query {
	struct list_query list;
	int              *status;
};
static const struct member subscriptions_query_members[] = {
	LIST_QUERY(struct subscriptions_query),
	LIST_FORMAT(struct subscriptions_query),
	M_ENUM(struct subscriptions_query, status, "status", subscription_status_values),
};
SHAPE(struct subscriptions_query, subscriptions_query_shape, "SubscriptionsQuery", subscriptions_query_members);

PAGE(struct subscription_page, subscription_page_shape, "SubscriptionPage", subscription_shape);

/* Where its open period can be paid. */
static void
add_url(struct work *work, struct subscription *subscription)
{
	const struct period *period = open_period(subscription);

	if (period != NULL && period->payment_reference != NULL)
		subscription->payment_url =
		    arena_format(work->arena, "%s/pay/%s", work->config->public_url, period->payment_reference);
}

static const struct problem *
respond_subscription(struct request *request, struct subscription *subscription)
{
	add_url(request->work, subscription);
	return respond(request, subscription);
}

static const struct problem *
named(struct request *request, struct subscription_id *id)
{
	return path_id(request, "id", &id->uuid);
}

static const struct problem *
handle_list(struct request *request)
{
	const struct subscriptions_query *query = QUERY(request, struct subscriptions_query);
	struct subscription_page          answer;
	struct page_request               page;
	struct listed                     listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_subscriptions(request->work, query->status, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	for (size_t i = 0; i < answer.n_results; i++)
		add_url(request->work, &answer.results[i]);
	return respond(request, &answer);
}

static const struct problem *
handle_show(struct request *request)
{
	struct subscription_id id;
	struct subscription   *subscription;

	TRY(named(request, &id));
	TRY(find_subscription(request->work, id, &subscription));
	return respond_subscription(request, subscription);
}

static const struct problem *
handle_subscribe(struct request *request)
{
	struct subscription *subscription;

	TRY(subscribe(request->work, BODY(request, struct subscribe_body), &subscription));
	return respond_subscription(request, subscription);
}

static const struct problem *
handle_cancel(struct request *request)
{
	struct subscription_id id;
	struct subscription   *subscription;

	TRY(named(request, &id));
	TRY(cancel_subscription(request->work, id, BODY(request, struct cancel_body)->at_period_end, &subscription));
	return respond_subscription(request, subscription);
}

static const struct problem *
handle_pause(struct request *request)
{
	struct subscription_id id;
	struct subscription   *subscription;

	TRY(named(request, &id));
	TRY(pause_subscription(request->work, id, &subscription));
	return respond_subscription(request, subscription);
}

static const struct problem *
handle_resume(struct request *request)
{
	struct subscription_id id;
	struct subscription   *subscription;

	TRY(named(request, &id));
	TRY(resume_subscription(request->work, id, &subscription));
	return respond_subscription(request, subscription);
}

static const struct problem *
handle_change(struct request *request)
{
	struct subscription_id id;
	struct subscription   *subscription;

	TRY(named(request, &id));
	TRY(change_subscription(request->work, id, BODY(request, struct change_body), &subscription));
	return respond_subscription(request, subscription);
}

#define MANAGERS (PERMISSION(SUBSCRIPTION_MANAGE) | PERMISSION(SUBSCRIPTION_MANAGE_OWN) | PERMISSION(ORDER_PLACE))
#define READERS (PERMISSION(PAYMENT_READ_ALL) | PERMISSION(SUBSCRIPTION_MANAGE_OWN) | PERMISSION(ORDER_PLACE))

static const struct route subscription_routes[] = {
	{ GET, "/subscriptions", .id = "listSubscriptions", .permission = READERS, .by_key = true, .csv = true,
	    .query = &subscriptions_query_shape, .answer = { 200, &subscription_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List subscriptions, newest first: your own, your shop's, or all", .handler = handle_list },
	{ GET, "/subscriptions/{id}", .id = "showSubscription", .permission = READERS, .by_key = true,
	    .answer = { 200, &subscription_shape }, .summary = "Show a subscription", .handler = handle_show },
	{ POST, "/subscriptions", .id = "subscribe", .permission = PERMISSION(ORDER_PLACE), .pool = POOL_PAY,
	    .writes = WRITES_PROVIDER, .limit = LIMIT_PAYMENT, .body = &subscribe_shape, .answer = { 201, &subscription_shape },
	    .errors = ERRORS(NOT_FOUND, PLAN_ARCHIVED, MERCHANT_INACTIVE, PAYMENT_METHOD_UNUSABLE, PAYMENT_REFUSED,
		TOO_MANY_ATTEMPTS, TOO_MANY_DECLINES, PROVIDER_UNAVAILABLE),
	    .summary = "Subscribe to a plan",
	    .description =
		"The first period is charged at once, unless the plan has a trial. The status tells how that went: "
		"active, or past_due until the first charge has succeeded; payment_url is where it can be paid by hand.",
	    .handler = handle_subscribe },
	{ POST, "/subscriptions/{id}/cancel", .id = "cancelSubscription", .permission = MANAGERS, .by_key = true,
	    .writes = WRITES_DATABASE, .body = &cancel_shape, .answer = { 200, &subscription_shape },
	    .errors = ERRORS(SUBSCRIPTION_STATE), .summary = "Cancel a subscription, now or at the end of its period",
	    .description = "Nothing that was paid is given back; a charge that is under way is, should it succeed.",
	    .handler = handle_cancel },
	{ POST, "/subscriptions/{id}/pause", .id = "pauseSubscription", .permission = MANAGERS, .by_key = true,
	    .writes = WRITES_DATABASE, .answer = { 200, &subscription_shape }, .errors = ERRORS(SUBSCRIPTION_STATE),
	    .summary = "Pause a subscription", .description = "Nothing is charged while it is paused; what was paid runs out.",
	    .handler = handle_pause },
	{ POST, "/subscriptions/{id}/resume", .id = "resumeSubscription", .permission = MANAGERS, .by_key = true,
	    .pool = POOL_PAY, .writes = WRITES_PROVIDER, .limit = LIMIT_PAYMENT, .answer = { 200, &subscription_shape },
	    .errors = ERRORS(NOT_FOUND, SUBSCRIPTION_STATE, MERCHANT_INACTIVE, PAYMENT_REFUSED, TOO_MANY_ATTEMPTS,
		TOO_MANY_DECLINES, PROVIDER_UNAVAILABLE),
	    .summary = "Resume a paused subscription, or take back its cancellation at the end of its period",
	    .description =
		"Of a paused one a new period begins now and is charged, unless one that was paid, or the trial, still runs. One that is "
		"not paused and has cancel_at_period_end goes on: before that end, and only if who has cancelled it, the customer or "
		"the other side, takes it back.",
	    .handler = handle_resume },
	{ POST, "/subscriptions/{id}/change", .id = "changeSubscription", .permission = MANAGERS, .pool = POOL_PAY,
	    .writes = WRITES_PROVIDER, .limit = LIMIT_PAYMENT, .body = &change_shape, .answer = { 200, &subscription_shape },
	    .errors = ERRORS(NOT_FOUND, SUBSCRIPTION_STATE, PLAN_ARCHIVED, MERCHANT_INACTIVE, PAYMENT_METHOD_UNUSABLE,
		PAYMENT_REFUSED, TOO_MANY_ATTEMPTS, TOO_MANY_DECLINES, PROVIDER_UNAVAILABLE),
	    .summary = "Change the plan or the payment method of a subscription",
	    .description = "Who is not the customer may only change to a plan that costs no more.", .handler = handle_change },
};
ROUTE_TABLE(subscriptions_table, "Subscriptions", "What customers are charged again and again.", subscription_routes);
