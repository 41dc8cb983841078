/* The routes of live updates: tickets, and what nginx asks when one is used. */
#include "base/arena.h"
#include "base/config.h"
#include "http/request.h"
#include "live/live.h"
#include "live/message.h"
#include "live/ticket.h"

struct ticket_request {
	struct event_id *after;
};

static const struct member ticket_request_members[] = {
	M_ID(struct ticket_request, after, "after", .nullable = true,
	    .description = "The event_id of the last message that was heard, or last_event_id of the ticket before."),
};
SHAPE(struct ticket_request, ticket_request_shape, "LiveTicketRequest", ticket_request_members);

struct ticket_answer {
	const char          *url, *ticket;
	struct instant       expires_at;
	struct live_message *missed;
	size_t               n_missed;
	bool                 complete;
	struct event_id     *last_event;
};

static const struct member ticket_answer_members[] = {
	M_TEXT(struct ticket_answer, url, "url", 1000, .required = true, .example = "\"https://shop.example/live?ticket=AZ...\"",
	    .description = "To open with EventSource, or as wss: with WebSocket; a plain GET waits for one message."),
	M_TEXT(struct ticket_answer, ticket, "ticket", LIVE_TICKET_MAX, .required = true, .example = "\"AZ...\""),
	M_TIME(struct ticket_answer, expires_at, "expires_at", .description = "Until then a connection can be opened."),
	M_ARRAY(struct ticket_answer, missed, n_missed, "missed", live_message_shape, LIVE_MISSED_MAX,
	    .description = "What came behind `after`, the oldest first."),
	M_BOOLEAN(struct ticket_answer, complete, "complete",
	    .description =
		"False: `after` is unknown or more than a day old, or more was missed than is shown; read the orders anew."),
	M_ID(struct ticket_answer, last_event, "last_event_id",
	    .description = "Where the messages stand now: `after` of the next ticket when none was heard."),
};
SHAPE(struct ticket_answer, ticket_answer_shape, "LiveTicket", ticket_answer_members);

/* `order`: nil for all of the viewer's. */
static const struct problem *
give_ticket(struct request *request, struct uuid hearer, struct uuid order)
{
	struct work         *work = request->work;
	struct instant       expires_at = instant_add_seconds(instant_now(), LIVE_TICKET_SECONDS);
	const char          *ticket = live_ticket(work, order, expires_at);
	struct live_missed   missed;
	struct ticket_answer answer;

	TRY(read_missed(work, hearer, order, BODY(request, struct ticket_request)->after, &missed));
	answer = (struct ticket_answer) { .url = arena_format(work->arena, "%s/live?ticket=%s", work->config->public_url, ticket),
		.ticket = ticket,
		.expires_at = expires_at,
		.missed = missed.messages,
		.n_missed = missed.n_messages,
		.complete = missed.complete,
		.last_event = missed.last_event };
	return respond(request, &answer);
}

static const struct problem *
check_enabled(const struct request *request)
{
	return request->work->config->live.enabled ? OK : problem(LIVE_UNAVAILABLE, "live updates are not set up here");
}

/* As whom the viewer hears of an order that they may see. */
static struct uuid
hearer_of(const struct work *work, const struct seen_order *order, bool own)
{
	if (!order->whole)
		return work->viewer.merchant->uuid;
	return own ? work->viewer.user.uuid : (struct uuid) { { 0 } };
}

static const struct problem *
find_hearer(struct work *work, const char *id_or_number, struct uuid *hearer, struct uuid *order)
{
	struct seen_order *seen;

	TRY(find_seen_order(work, id_or_number, &seen));
	*hearer = hearer_of(work, seen, !MAY(work, ORDER_READ_ALL));
	*order = seen->id.uuid;
	return OK;
}

static const struct problem *
give_ticket_of_order(struct request *request)
{
	struct uuid hearer, order;
	const char *id = path_text(request, "id");

	TRY(check_enabled(request));
	TRY(find_hearer(request->work, id == NULL ? "" : id, &hearer, &order));
	return give_ticket(request, hearer, order);
}

static const struct problem *
give_ticket_of_all(struct request *request)
{
	TRY(check_enabled(request));
	return give_ticket(request, live_hearer(request->work), (struct uuid) { { 0 } });
}

struct listen_query {
	const char *ticket;
};

static const struct member listen_query_members[] = {
	M_TEXT(struct listen_query, ticket, "ticket", LIVE_TICKET_MAX, .required = true),
};
SHAPE(struct listen_query, listen_query_shape, "LiveQuery", listen_query_members);

/* nginx asks with the request of who wants to listen, and listens in their place: it alone reads the channel's name. */
static const struct problem *
admit(struct request *request)
{
	struct work *work = request->work;
	struct uuid  hearer, order;

	TRY(check_enabled(request));
	TRY(take_live_ticket(work, QUERY(request, struct listen_query)->ticket, &order));
	hearer = live_hearer(work);
	if (!uuid_is_nil(order) && find_hearer(work, uuid_text(work->arena, order), &hearer, &order) != OK)
		return problem(FORBIDDEN, "the order is no longer shown to you");
	respond_header(request, "X-Live-Channel", live_channel(work, hearer, order));
	return respond_text(request, "text/event-stream", "", 0);
}

#define MAY_READ (PERMISSION(ORDER_PLACE) | PERMISSION(ORDER_READ_ALL) | PERMISSION(ORDER_READ_OWN))

static const struct route routes[] = {
	{ POST, "/orders/{id}/live-ticket", .id = "createOrderLiveTicket", .unaudited = "a ticket is kept nowhere",
	    .permission = MAY_READ, .keyless = true, .body = &ticket_request_shape, .answer = { 200, &ticket_answer_shape },
	    .errors = ERRORS(LIVE_UNAVAILABLE), .summary = "Get a ticket to listen to an order", .handler = give_ticket_of_order,
	    .description =
		"For its customer, for staff, and for sellers, who hear of their part. Messages are `order-update` and "
		"`order-new` and carry the order's summary as it is when they are sent." },
	{ POST, "/orders/live-ticket", .id = "createLiveTicket", .unaudited = "a ticket is kept nowhere",
	    .permission = PERMISSION(ORDER_FULFIL) | PERMISSION(ORDER_FULFIL_OWN) | PERMISSION(ORDER_PLACE), .keyless = true,
	    .body = &ticket_request_shape, .answer = { 200, &ticket_answer_shape }, .errors = ERRORS(LIVE_UNAVAILABLE),
	    .summary = "Get a ticket to listen to all of one's orders", .handler = give_ticket_of_all,
	    .description =
		"Customers hear of their own orders, sellers of their parts, staff of all; of new ones too. A page that connects "
		"again asks for a ticket with `after`, shows what was missed, and then opens the stream. nginx repeats the "
		"messages of the last minute to who opens one, so each may come twice and is known by its event_id." },
	{ GET, "/live", .id = "listen", .permission = PUBLIC, .outside = true, .limit = LIMIT_NONE, .query = &listen_query_shape,
	    .answer = { 200, NULL }, .answer_type = "text/event-stream", .other_type = "application/json",
	    .errors = ERRORS(FORBIDDEN, ACCOUNT_DISABLED, LIVE_UNAVAILABLE), .summary = "Listen with a ticket", .handler = admit,
	    .description =
		"Server-Sent Events with `Accept: text/event-stream`, a WebSocket with `Upgrade`, else a long poll for one "
		"message. A connection ends after five minutes; the page asks for another ticket then. (nginx answers; a worker "
		"only checks the ticket when a connection is opened.)" },
};
ROUTE_TABLE(live_table, "Live updates", "Orders as they change, told to browsers.", routes);
