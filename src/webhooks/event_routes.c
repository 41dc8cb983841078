/* The routes of stored events, and of what is done about those that are dead: a table and thin handlers. */
#include "http/page.h"
#include "http/request.h"
#include "webhooks/dead_events.h"
#include "webhooks/inbox.h"
#include "webhooks/webhooks.h"

PAGE(struct event_page, event_page_shape, "StoredEventPage", stored_event_shape);

static const struct problem *
show_events(struct request *request)
{
	const struct stored_events_query *query = QUERY(request, struct stored_events_query);
	struct event_filters              filters = { query->status, query->provider, query->type };
	struct event_page                 answer;
	struct page_request               page;
	struct listed                     listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_stored_events(request->work, &filters, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
show_event(struct request *request)
{
	struct stored_event *event;
	struct uuid          id;

	TRY(path_id(request, "id", &id));
	TRY(show_stored_event(request->work, id, &event));
	return respond(request, event);
}

static const struct problem *
replay_event_route(struct request *request)
{
	struct uuid id;

	TRY(path_id(request, "id", &id));
	TRY(replay_dead_event(request->work, id));
	return show_event(request);
}

struct drop_body {
	const char *reason;
};

static const struct member drop_body_members[] = {
	M_TEXT(struct drop_body, reason, "reason", 500, .required = true, .min = 1, .example = "\"of another shop's account\""),
};
SHAPE(struct drop_body, drop_body_shape, "DropRequest", drop_body_members);

static const struct problem *
drop_event_route(struct request *request)
{
	struct uuid id;

	TRY(path_id(request, "id", &id));
	TRY(drop_dead_event(request->work, id, BODY(request, struct drop_body)->reason));
	return show_event(request);
}

struct replayed {
	int64_t events;
};

static const struct member replayed_members[] = {
	M_INTEGER(struct replayed, events, "replayed", 0, INT64_MAX, .description = "How many events were dead."),
};
SHAPE(struct replayed, replayed_shape, "ReplayedEvents", replayed_members);

static const struct problem *
replay_all_route(struct request *request)
{
	struct replayed answer;

	TRY(replay_dead_events(request->work, &answer.events));
	return respond(request, &answer);
}

static const struct route event_routes[] = {
	{ GET, "/webhook-events", .id = "listWebhookEvents", .permission = PERMISSION(WEBHOOK_READ), .csv = true,
	    .query = &stored_events_query_shape, .answer = { 200, &event_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List the events that providers have sent, newest first",
	    .description =
		"A page may be short, or empty, and still have a next one: a filter by provider or type looks at some events at a time.",
	    .handler = show_events },
	{ GET, "/webhook-events/{id}", .id = "showWebhookEvent", .permission = PERMISSION(WEBHOOK_READ),
	    .answer = { 200, &stored_event_shape }, .errors = ERRORS(NOT_FOUND), .summary = "Show an event with its payload",
	    .handler = show_event },
	{ POST, "/webhook-events/{id}/replay", .id = "replayWebhookEvent", .permission = PERMISSION(WEBHOOK_REPLAY),
	    .writes = WRITES_DATABASE, .answer = { 200, &stored_event_shape }, .errors = ERRORS(NOT_FOUND, CONFLICT),
	    .summary = "Apply a dead event again", .description = "It is deferred, with all its attempts.",
	    .handler = replay_event_route },
	{ POST, "/webhook-events/{id}/drop", .id = "dropWebhookEvent", .permission = PERMISSION(WEBHOOK_REPLAY),
	    .writes = WRITES_DATABASE, .body = &drop_body_shape, .answer = { 200, &stored_event_shape },
	    .errors = ERRORS(NOT_FOUND, CONFLICT), .summary = "Give up a dead event",
	    .description = "The reason is kept with it and in the audit trail.", .handler = drop_event_route },
	{ POST, "/webhook-events/replay-all", .id = "replayWebhookEvents", .permission = PERMISSION(WEBHOOK_REPLAY),
	    .writes = WRITES_DATABASE, .answer = { 200, &replayed_shape }, .summary = "Apply all dead events again",
	    .handler = replay_all_route },
};

ROUTE_TABLE(webhook_events_table, "Webhook events", "What providers have sent, and dead letters.", event_routes);
