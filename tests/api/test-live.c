/* Orders as they change, told to those who listen: to whom, by which connection, with which ticket, and what was missed. */
#include "tests/api/check.h"
#include "tests/api/listening.h"
#include "tests/api/shopping.h"

#include "base/arena.h"
#include "base/config.h"
#include "live/ticket.h"
#include "store/work.h"

#include <stdio.h>
#include <string.h>

static struct person first, second, customer, other, admin;
static struct goods  dear, cheap;
static const char   *address, *others_address;

static void
need_people(void)
{
	if (first.id != NULL)
		return;
	first = person_new("shopkeeper");
	second = person_new("shopkeeper");
	customer = person_new("customer");
	other = person_new("customer");
	admin = person_new("admin");
	dear = goods_new(&first, "30.00", 1000);
	cheap = goods_new(&second, "10.00", 1000);
	address = address_new(&customer);
	others_address = address_new(&other);
}

static struct listener *
listen_to(const struct person *person, const char *order)
{
	struct answer    ticket = ticket_new(person, order, "{}");
	struct listener *listener = listener_open(text_at(&ticket, "url"), BY_EVENTS, NULL);

	CHECK_INT(listener_status(listener), 200);
	return listener;
}

static const char *
cancelled_order(void)
{
	const char *order = order_new(&customer, address, &dear, 1);

	EXPECT(api_post(form("/orders/%s/cancel", order), customer.access, "{}"), 200);
	return order;
}

/* Of three of the first seller's and one of the second's. */
static const char *
order_of_two(void)
{
	struct answer answer = api_post("/orders", customer.access,
	    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"items\": ["
		 "{\"variant_id\": \"%s\", \"quantity\": 3}, {\"variant_id\": \"%s\", \"quantity\": 1}]}",
		address, dear.variant, cheap.variant));

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return text_at(&answer, "id");
}

/* What is told of an order is told in its order: once all have heard of a later one, they would have heard of an earlier. */
static void
everybody_hears_their_own(void)
{
	struct listener *listeners[4];
	const char      *mine, *theirs;

	need_people();
	listeners[0] = listen_to(&customer, NULL);
	listeners[1] = listen_to(&other, NULL);
	listeners[2] = listen_to(&first, NULL);
	listeners[3] = listen_to(&admin, NULL);
	mine = order_new(&customer, address, &dear, 2);
	theirs = order_new(&other, others_address, &cheap, 1);
	HEARS(listeners[1], form("\"order\":{\"id\":\"%s\"", theirs));
	HEARS(listeners[0], form("\"order\":{\"id\":\"%s\"", mine));
	HEARS(listeners[2], form("\"order\":{\"id\":\"%s\"", mine));
	HEARS(listeners[3], form("\"order\":{\"id\":\"%s\"", mine));
	HEARS(listeners[3], form("\"order\":{\"id\":\"%s\"", theirs));
	CHECK(listener_has(listeners[0], "event: order-new\n"));
	CHECK(listener_has(listeners[0], "\"type\":\"order.placed\""));
	EXPECT(api_post(form("/orders/%s/cancel", mine), customer.access, "{}"), 200);
	HEARS(listeners[0], "\"type\":\"order.cancelled\"");
	HEARS(listeners[2], "\"type\":\"order.cancelled\"");
	CHECK(listener_has(listeners[0], "event: order-update\n"));
	CHECK(listener_has(listeners[0], "\"status\":\"cancelled\""));
	CHECK(!listener_has(listeners[0], theirs));
	CHECK(!listener_has(listeners[1], mine));
	CHECK(!listener_has(listeners[2], theirs));
	for (size_t i = 0; i < 4; i++)
		listener_close(listeners[i]);
}

static void
sellers_hear_of_their_part(void)
{
	struct listener *whole, *part, *little;
	const char      *order;
	struct attempt   attempt;

	need_people();
	whole = listen_to(&customer, NULL);
	part = listen_to(&first, NULL);
	little = listen_to(&second, NULL);
	order = order_of_two();
	HEARS(part, form("\"order\":{\"id\":\"%s\"", order));
	HEARS(little, form("\"order\":{\"id\":\"%s\"", order));
	HEARS(whole, form("\"order\":{\"id\":\"%s\"", order));
	CHECK(listener_has(part, "\"item_count\":3,\"total\":\"90.00\""));
	CHECK(listener_has(little, "\"item_count\":1,\"total\":\"10.00\""));
	CHECK(listener_has(whole, "\"item_count\":4,\"total\":"));
	attempt = attempt_paid(&customer, order);
	sql_run("UPDATE payments SET review = NULL WHERE reference = '%s'", attempt.reference);
	EXPECT(api_post(form("/fulfilments/%s/pack",
			    sql_text("SELECT id FROM fulfilments WHERE order_id = '%s' AND merchant_id = '%s'", order,
				first.merchant)),
		   first.access, NULL),
	    200);
	HEARS(part, "\"type\":\"fulfilment.packed\"");
	HEARS(whole, "\"type\":\"fulfilment.packed\"");
	HEARS(little, "\"type\":\"order.processing\"");
	/* Of money only the customer hears, of a parcel only whose it is. */
	CHECK(listener_has(whole, "\"type\":\"payment.succeeded\""));
	CHECK(!listener_has(part, "\"type\":\"payment."));
	CHECK(!listener_has(little, "\"type\":\"fulfilment.packed\""));
	listener_close(whole);
	listener_close(part);
	listener_close(little);
}

static void
one_order(void)
{
	struct listener *socket, *staff, *seller;
	struct answer    ticket;
	const char      *order, *another;

	need_people();
	order = order_new(&customer, address, &dear, 1);
	ticket = ticket_new(&customer, order, "{}");
	socket = listener_open(text_at(&ticket, "url"), BY_WEBSOCKET, NULL);
	CHECK_INT(listener_status(socket), 101);
	staff = listen_to(&admin, sql_text("SELECT number FROM orders WHERE id = '%s'", order));
	seller = listen_to(&first, order);
	another = cancelled_order();
	EXPECT(api_post(form("/orders/%s/cancel", order), customer.access, "{}"), 200);
	HEARS(socket, "\"type\":\"order.cancelled\"");
	HEARS(staff, "\"type\":\"order.cancelled\"");
	HEARS(seller, "\"type\":\"order.cancelled\"");
	CHECK(listener_has(socket, form("\"order\":{\"id\":\"%s\"", order)));
	CHECK(!listener_has(socket, another) && !listener_has(staff, another) && !listener_has(seller, another));
	listener_close(socket);
	listener_close(staff);
	listener_close(seller);
	EXPECT_PROBLEM(api_post(form("/orders/%s/live-ticket", order), other.access, "{}"), 404, "not_found");
	EXPECT_PROBLEM(api_post(form("/orders/%s/live-ticket", order), second.access, "{}"), 404, "not_found");
	EXPECT_PROBLEM(api_post("/orders/none/live-ticket", customer.access, "{}"), 404, "not_found");
	EXPECT_FAULT(api_post("/orders/live-ticket", customer.access, "{\"after\": \"x\"}"), "after");
}

/* The stream's own ids end with nginx's memory; ours are no ids of it.  Whoever sends either hears what comes. */
static void
other_connections(void)
{
	static const char *const ids[] = { "Last-Event-ID: 1600000000:0", "Last-Event-ID: 01942580-b6e0-7000-a227-231bce844df4" };
	struct listener         *streams[2], *poll;
	struct person            fresh = person_new("customer");
	const char              *home = address_new(&fresh), *order;
	struct answer            ticket = ticket_new(&fresh, NULL, "{}");

	need_people();
	for (size_t i = 0; i < 2; i++)
		streams[i] = listener_open(text_at(&ticket, "url"), BY_EVENTS, ids[i]);
	poll = listener_open(text_at(&ticket, "url"), BY_LONG_POLL, NULL);
	order = order_new(&fresh, home, &dear, 1);
	HEARS(streams[0], order);
	HEARS(streams[1], order);
	HEARS(poll, form("\"order\":{\"id\":\"%s\"", order));
	ENDS(poll);
	CHECK_INT(listener_status(poll), 200);
	listener_close(streams[0]);
	listener_close(streams[1]);
	listener_close(poll);
}

/* A ticket of the person that has run out, sealed as the shop does it. */
static const char *
expired_ticket(const struct person *person)
{
	static struct config config;
	static char          secret[200];
	FILE                *file = fopen(form("%s/secrets/seal", shop_directory()), "re");
	struct work          work = { .arena = api_arena(), .config = &config };

	REQUIRE(file != NULL && fgets(secret, sizeof secret, file) != NULL);
	fclose(file);
	config.auth.seal_secret = secret;
	REQUIRE(uuid_parse(person->id, &work.viewer.user.uuid) && uuid_parse(person->session, &work.viewer.session.uuid));
	return form("%s", live_ticket(&work, (struct uuid) { { 0 } }, instant_add_seconds(instant_now(), -1)));
}

static void
expect_refused(const char *ticket)
{
	struct answer answer = api_get(form("/live?ticket=%s", ticket), NULL);

	EXPECT_PROBLEM(answer, 403, "forbidden");
}

static void
tickets(void)
{
	struct person fresh = person_new("customer");
	struct answer answer = ticket_new(&fresh, NULL, "{}"), admitted;
	const char   *ticket = text_at(&answer, "ticket"), *forged = form("%s", ticket);
	const char   *channel;

	need_people();
	expect_refused("");
	expect_refused("x");
	expect_refused(form("%0401d", 0));
	expect_refused("%ff%00");
	((char *)forged)[20] = forged[20] == 'A' ? 'B' : 'A';
	expect_refused(forged);
	expect_refused(expired_ticket(&fresh));
	/* What a worker says to nginx, asked past it; and the channel is no one's id. */
	admitted = api_get(form("/live/?ticket=%s", ticket), NULL);
	EXPECT(admitted, 200);
	channel = header_of(&admitted, "X-Live-Channel");
	CHECK(channel == NULL);
	CHECK_INT(admitted.length, 0);
	EXPECT(api_post("/accounts/logout", fresh.access, NULL), 204);
	expect_refused(ticket);
	EXPECT_PROBLEM(api_post("/orders/live-ticket", NULL, "{}"), 401, "unauthenticated");
	/* Nobody but us can publish: the place is on no port. */
	EXPECT_PROBLEM(api_post("/publish?all=x&order=x", NULL, "{}"), 404, "not_found");
}

static void
what_was_missed(void)
{
	struct answer before, answer;
	const char   *order, *another, *after;

	need_people();
	before = ticket_new(&customer, NULL, "{}");
	after = text_at(&before, "last_event_id");
	CHECK(after != NULL && bool_at(&before, "complete"));
	CHECK_INT(length_at(&before, "missed"), 0);
	order = cancelled_order();
	another = order_new(&other, others_address, &dear, 1);
	WAIT_FOR("1", "SELECT COUNT(*) FROM live_messages WHERE order_id = '%s' AND hearer = '%s'", another, other.id);
	answer = ticket_new(&customer, NULL, form("{\"after\": \"%s\"}", after));
	CHECK(bool_at(&answer, "complete"));
	CHECK_INT(length_at(&answer, "missed"), 2);
	CHECK_TEXT(text_at(&answer, "missed.0.message"), "order-new");
	CHECK_TEXT(text_at(&answer, "missed.0.order.id"), order);
	CHECK_TEXT(text_at(&answer, "missed.1.message"), "order-update");
	CHECK_TEXT(text_at(&answer, "missed.1.type"), "order.cancelled");
	CHECK_TEXT(text_at(&answer, "missed.1.order.status"), "cancelled");
	/* Behind the first of them there is the second. */
	answer = ticket_new(&customer, order, form("{\"after\": \"%s\"}", text_at(&answer, "missed.0.event_id")));
	CHECK_INT(length_at(&answer, "missed"), 1);
	CHECK_TEXT(text_at(&answer, "missed.0.type"), "order.cancelled");
	answer = ticket_new(&first, another, form("{\"after\": \"%s\"}", after));
	CHECK_INT(length_at(&answer, "missed"), 1);
	/* What is not known (any longer) is said to be so. */
	answer = ticket_new(&customer, NULL, form("{\"after\": \"%s\"}", order));
	CHECK(!bool_at(&answer, "complete"));
	CHECK_INT(length_at(&answer, "missed"), 0);
}

static void
too_much_was_missed(void)
{
	struct person fresh = person_new("customer");
	const char   *order, *after;
	struct answer answer;

	need_people();
	order = order_new(&fresh, address_new(&fresh), &dear, 1);
	WAIT_FOR("1", "SELECT COUNT(*) FROM live_messages WHERE order_id = '%s' AND hearer = '%s'", order, fresh.id);
	after = sql_text("SELECT event_id FROM live_messages WHERE order_id = '%s' AND hearer = '%s'", order, fresh.id);
	sql_run("INSERT INTO live_messages SELECT l.hearer, l.position + 1000 + s.seq, l.order_id, l.event_id, 'order.paid', "
		"l.created_at FROM live_messages l JOIN seq_1_to_100 s WHERE l.order_id = '%s' AND l.hearer = '%s'",
	    order, fresh.id);
	answer = ticket_new(&fresh, NULL, form("{\"after\": \"%s\"}", after));
	CHECK(bool_at(&answer, "complete"));
	CHECK_INT(length_at(&answer, "missed"), 100);
	sql_run(
	    "INSERT INTO live_messages SELECT hearer, position + 500, order_id, event_id, type, created_at FROM live_messages "
	    "WHERE order_id = '%s' AND hearer = '%s' ORDER BY position LIMIT 1",
	    order, fresh.id);
	answer = ticket_new(&fresh, NULL, form("{\"after\": \"%s\"}", after));
	CHECK(!bool_at(&answer, "complete"));
	CHECK_INT(length_at(&answer, "missed"), 100);
	sql_run("DELETE FROM live_messages WHERE hearer = '%s'", fresh.id);
}

SUITE("api: live updates", TEST(everybody_hears_their_own), TEST(sellers_hear_of_their_part), TEST(one_order),
    TEST(other_connections), TEST(tickets), TEST(what_was_missed), TEST(too_much_was_missed))
