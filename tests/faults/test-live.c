/*
 * Pages that listen to orders while nginx is reloaded, workers and the publisher die, and nginx takes no messages.  Whatever breaks,
 * an order changes at once, and each page knows of each change once: from its stream, or as missed when it comes back.
 */
#include "tests/api/listening.h"
#include "tests/faults/stack.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	PAGES = 20,
	EVENTS_MAX = 100,
	ORDERS_BETWEEN = 3,
	TRIES_MAX = 50,
	AT_ONCE_MS = 1900 /* the publisher waits for nginx for 2000 */
};

/* A page that is open, by what it knows: each event once, as a page shows it. */
struct page {
	const struct person *person;
	struct listener     *listener;
	const char          *first, *last; /* behind which it began to listen; `after` of the next ticket */
	const char          *known[EVENTS_MAX];
	size_t               n_known;
};

static struct person seller, customer;
static struct goods  goods;
static const char   *address;

static void
make_people(void)
{
	seller = person_new("shopkeeper");
	customer = person_new("customer");
	goods = goods_new(&seller, "15.00", 100000);
	address = address_new(&customer);
}

/* Placed and cancelled, which is two messages to each of the two: neither waits for who is told. */
static const char *
changed_order(void)
{
	const char   *order = order_new(&customer, address, &goods, 1);
	struct answer answer = api_post(form("/orders/%s/cancel", order), customer.access, "{}");

	EXPECT(answer, 200);
	CHECK(answer.milliseconds < AT_ONCE_MS);
	return order;
}

/* The event of its end, once that is written down for those who hear it. */
static const char *
last_event_of(const char *order)
{
	const char *rows = form("FROM live_messages WHERE order_id = '%s' AND hearer = '%s' AND type = 'order.cancelled'", order,
		       customer.id),
		   *event;

	WAIT_FOR("1", "SELECT COUNT(*) %s", rows);
	event = sql_text("SELECT event_id %s", rows);
	REQUIRE(event != NULL);
	return event;
}

/* Somebody's order at first, so that there is a last message; and people of whom nginx has nothing that it would repeat. */
static void
prepare(void)
{
	static bool begun;

	if (!begun) {
		make_people();
		(void)last_event_of(changed_order());
		begun = true;
	}
	make_people();
}

/* ---- pages ---- */

static bool
knows(const struct page *page, const char *event)
{
	for (size_t i = 0; i < page->n_known; i++)
		if (strcmp(page->known[i], event) == 0)
			return true;
	return false;
}

/* One that comes twice is known already: nginx repeats the last minute to who connects. */
static void
learn(struct page *page, const char *event)
{
	if (knows(page, event))
		return;
	REQUIRE(page->n_known < EVENTS_MAX);
	page->known[page->n_known++] = page->last = event;
}

/* What the stream has told. */
static void
learn_heard(struct page *page)
{
	static const char mark[] = "\"event_id\":\"";

	for (const char *at = listener_text(page->listener); (at = strstr(at, mark)) != NULL; at += sizeof mark - 1)
		learn(page, form("%.36s", at + sizeof mark - 1));
}

/* Is nothing told twice by the one connection? */
static bool
tells_once(const struct page *page)
{
	for (size_t i = 0; i < page->n_known; i++) {
		const char *at = strstr(listener_text(page->listener), page->known[i]);

		if (at != NULL && strstr(at + 1, page->known[i]) != NULL)
			return false;
	}
	return true;
}

/* A ticket behind what it knows, what it missed, and then the stream. */
static void
open_page(struct page *page)
{
	struct answer ticket =
	    ticket_new(page->person, NULL, page->last == NULL ? "{}" : form("{\"after\": \"%s\"}", page->last));

	CHECK(bool_at(&ticket, "complete"));
	for (size_t i = 0; i < length_at(&ticket, "missed"); i++)
		learn(page, text_at(&ticket, form("missed.%zu.event_id", i)));
	if (page->first == NULL)
		page->first = page->last = text_at(&ticket, "last_event_id");
	page->listener = listener_open(text_at(&ticket, "url"), BY_EVENTS, NULL);
	CHECK_INT(listener_status(page->listener), 200);
}

/* Half of them are the customer's, half the seller's. */
static void
open_pages(struct page pages[PAGES])
{
	for (size_t i = 0; i < PAGES; i++) {
		pages[i] = (struct page) { .person = i % 2 == 0 ? &customer : &seller };
		open_page(&pages[i]);
	}
}

/* They end or are ended; what they know stays. */
static void
close_page(struct page *page)
{
	learn_heard(page);
	listener_close(page->listener);
	page->listener = NULL;
}

/* Nothing is left out, doubled, or in another order than it happened. */
static void
check_page(const struct page *page)
{
	const char *hearer = page->person == &seller ? seller.merchant : customer.id, *known = "";

	for (size_t i = 0; i < page->n_known; i++)
		known = form("%s%s%s", known, i == 0 ? "" : " ", page->known[i]);
	CHECK_TEXT(known,
	    sql_text("SELECT GROUP_CONCAT(CAST(event_id AS UUID) ORDER BY position SEPARATOR ' ') FROM live_messages "
		     "WHERE hearer = '%s' AND position > (SELECT position FROM live_messages WHERE event_id = '%s' "
		     "AND hearer = '00000000-0000-0000-0000-000000000000')",
		hearer, page->first));
}

/* Orders change; each page hears of it by the connection that it has, and is right. */
static void
all_hear(struct page pages[PAGES])
{
	const char *event = NULL;

	for (int i = 0; i < ORDERS_BETWEEN; i++)
		event = last_event_of(changed_order());
	for (size_t i = 0; i < PAGES; i++) {
		HEARS(pages[i].listener, event);
		learn_heard(&pages[i]);
		check_page(&pages[i]);
	}
}

static void
close_pages(struct page pages[PAGES])
{
	for (size_t i = 0; i < PAGES; i++)
		close_page(&pages[i]);
}

/* ---- what breaks ---- */

/* Orders change before it, while it goes on, while nobody is connected, and after it. */
static void
test_nginx_is_reloaded(void)
{
	struct page pages[PAGES];

	prepare();
	open_pages(pages);
	all_hear(pages);
	CHECK_INT(kill(part_process("nginx"), SIGHUP), 0);
	for (int i = 0; i < ORDERS_BETWEEN; i++)
		changed_order();
	for (size_t i = 0; i < PAGES; i++)
		ENDS(pages[i].listener);
	close_pages(pages);
	(void)last_event_of(changed_order());
	for (size_t i = 0; i < PAGES; i++) {
		open_page(&pages[i]);
		check_page(&pages[i]); /* by what it missed alone, whatever nginx repeats */
	}
	all_hear(pages);
	for (size_t i = 0; i < PAGES; i++)
		CHECK(tells_once(&pages[i]));
	close_pages(pages);
}

/* The workers know nothing of those who listen: they are replaced, and then killed. */
static void
test_workers_are_restarted(void)
{
	pid_t       workers[PART_PROCESSES_MAX];
	struct page pages[PAGES];

	prepare();
	open_pages(pages);
	CHECK_INT(kill(part_process("api"), SIGHUP), 0);
	all_hear(pages);
	for (size_t i = part_workers("api", workers); i > 0; i--)
		kill(workers[i - 1], SIGKILL);
	wait_until_ready_says(200);
	all_hear(pages);
	close_pages(pages);
}

/* Nobody publishes for a while; whoever does next begins where the one before was. */
static void
test_publisher_is_killed(void)
{
	struct page pages[PAGES];

	prepare();
	open_pages(pages);
	part_kill("jobs");
	for (int i = 0; i < ORDERS_BETWEEN; i++)
		changed_order();
	sql_run("UPDATE event_cursors SET lease_until = NOW(3) WHERE consumer = 'live' AND holder IS NOT NULL");
	part_start("jobs");
	all_hear(pages);
	close_pages(pages);
}

/* How many messages nginx took, or did not. */
static long
messages(const char *outcome)
{
	struct answer answer = api_get("/metrics", NULL);
	const char   *at = strstr(answer.body, form("haat_live_messages_total{outcome=\"%s\"} ", outcome));

	return at == NULL ? 0 : strtol(strchr(at, ' ') + 1, NULL, 10);
}

static const char *
publishing_socket(const char *end)
{
	return form("%s/live.sock%s", shop_directory(), end);
}

static void
restart(const char *part)
{
	part_stop(part);
	part_start(part);
}

/*
 * nginx has no such place, as without its module; or, at `silent`, one that takes a connection and never answers: the socket.  The
 * publisher keeps its connection, so it begins anew.
 */
static int
break_publishing(bool silent)
{
	struct sockaddr_un place = { .sun_family = AF_UNIX };
	int                wire = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CHECK_INT(rename(publishing_socket(""), publishing_socket(".aside")), 0);
	snprintf(place.sun_path, sizeof place.sun_path, "%s", publishing_socket(""));
	if (silent)
		CHECK(bind(wire, (struct sockaddr *)&place, sizeof place) == 0 && listen(wire, 16) == 0);
	restart("jobs");
	return wire;
}

/* And waits until the publisher, which tries again once in a while, has seen that it is back. */
static void
mend_publishing(int wire)
{
	long published;

	CHECK_INT(rename(publishing_socket(".aside"), publishing_socket("")), 0);
	close(wire);
	published = messages("published");
	for (int tries = 0; messages("published") == published && tries < TRIES_MAX; tries++) {
		(void)last_event_of(changed_order());
		pause_ms(100);
	}
	CHECK(messages("published") > published);
}

/* The page's connection stays and is silent meanwhile; what it did not hear is missed, and what comes afterwards heard. */
static void
nothing_is_published(bool silent)
{
	struct page page = { .person = &customer };
	const char *event = NULL;
	long        failed = messages("failed");
	int         wire;

	prepare();
	open_page(&page);
	HEARS(page.listener, last_event_of(changed_order()));
	wire = break_publishing(silent);
	for (int i = 0; i < ORDERS_BETWEEN; i++)
		event = last_event_of(changed_order());
	for (int tries = 0; messages("failed") == failed && tries < TRIES_MAX; tries++)
		pause_ms(100);
	CHECK(messages("failed") > failed);
	mend_publishing(wire);
	HEARS(page.listener, last_event_of(changed_order()));
	CHECK(!listener_has(page.listener, event));
	listener_close(page.listener);
	page = (struct page) { .person = &customer, .first = page.first, .last = page.first };
	open_page(&page);
	CHECK(knows(&page, event));
	HEARS(page.listener, last_event_of(changed_order()));
	close_page(&page);
	check_page(&page);
}

static void
test_nginx_takes_no_messages(void)
{
	nothing_is_published(false);
}

static void
test_nginx_hangs_with_a_message(void)
{
	nothing_is_published(true);
}

static void
restart_with(const char *enabled)
{
	if (enabled != NULL)
		setenv("HAAT_LIVE_ENABLED", enabled, 1);
	else
		unsetenv("HAAT_LIVE_ENABLED");
	restart("api");
	restart("jobs");
}

/* Who asks is told so; orders go on.  Switched on again, all is as it was. */
static void
test_switched_off(void)
{
	struct page   page = { .person = &customer };
	struct answer ticket;
	const char   *order;

	prepare();
	ticket = ticket_new(&customer, NULL, "{}");
	restart_with("false");
	EXPECT_PROBLEM(api_post("/orders/live-ticket", customer.access, "{}"), 503, "live_unavailable");
	order = changed_order();
	EXPECT_PROBLEM(api_post(form("/orders/%s/live-ticket", order), customer.access, "{}"), 503, "live_unavailable");
	/* Of a worker's refusal nginx tells listeners only the status. */
	EXPECT_PROBLEM(api_get(form("/live?ticket=%s", text_at(&ticket, "ticket")), NULL), 503, "unavailable");
	restart_with(NULL);
	(void)last_event_of(changed_order());
	open_page(&page);
	HEARS(page.listener, last_event_of(changed_order()));
	close_page(&page);
	EXPECT_CONSISTENT();
}

SUITE("pages that listen while things break", TEST(test_nginx_is_reloaded), TEST(test_workers_are_restarted),
    TEST(test_publisher_is_killed), TEST(test_nginx_takes_no_messages), TEST(test_nginx_hangs_with_a_message),
    TEST(test_switched_off))
