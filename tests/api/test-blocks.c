/* Networks that get no answer: how they are blocked, who never is, and how soon every worker knows. */
#include "base/instant.h"
#include "tests/api/lone_worker.h"
#include "tests/api/shopping.h"

#include <string.h>

enum {
	KNOWN_WITHIN_MS = 5000,
	IN_A_ROW = 12 /* answers alike: of both workers */
};

static struct person admin;

static void
begin(void)
{
	if (admin.access != NULL)
		return;
	admin = person_new("admin");
	lone_workers_start((const char *const[]) { "HAAT_HTTP_WATCHERS=192.0.2.0/28,2001:db8:ffff::1", NULL });
}

/* A network of this run's own, which no other call comes from. */
static struct answer
block(const char *network, const char *more)
{
	begin();
	return api_post("/blocks", admin.access, form("{\"network\": \"%s\", \"reason\": \"tries cards\"%s}", network, more));
}

static bool
is_blocked(const struct answer *answer)
{
	const char *code = text_at(answer, "code");

	return answer->status == 403 && code != NULL && strcmp(code, "blocked") == 0;
}

/* Do all workers come to answer the address so, and within the time that is promised? */
static bool
comes_to(const char *address, bool blocked)
{
	const int64_t until = monotonic_ms() + KNOWN_WITHIN_MS;
	int           alike = 0;

	while (alike < IN_A_ROW) {
		struct answer answer = lone_call(address, "GET", "/currencies", NULL, NULL);

		alike = is_blocked(&answer) == blocked ? alike + 1 : 0;
		if (alike == 0 && monotonic_ms() > until)
			return false;
	}
	return true;
}

static struct answer
newest_record(const char *subject)
{
	struct answer answer = api_get(form("/audit?subject=%s&limit=1", subject), admin.access);

	EXPECT(answer, 200);
	REQUIRE(length_at(&answer, "results") == 1);
	return answer;
}

static void
what_is_no_network_and_what_is_too_much(void)
{
	static const char *const wrong[] = { "nowhere", "203.0.113.1/24", "203.0.113.0/33", "0.0.0.0/0", "128.0.0.0/1",
		"64.0.0.0/7", "::/0", "::/16", "2000::/3", "::ffff:0:0/96", "127.0.0.1", "127.0.0.0/8", "::1", "::/120" };
	struct answer            answer;

	begin();
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		EXPECT_FAULT(block(wrong[i], ""), "network");
	EXPECT_FAULT(block("203.0.113.0/24", ", \"until\": \"2020-01-01T00:00:00Z\""), "until");
	answer = block("nowhere", ", \"until\": \"2020-01-01T00:00:00Z\"");
	EXPECT_FAULT(answer, "network");
	EXPECT_FAULT(answer, "until");
	EXPECT_FAULT(block("203.0.113.0/24", ", \"for\": 5"), "for");
	EXPECT_FAULT(api_post("/blocks", admin.access, "{\"network\": \"203.0.113.0/24\"}"), "reason");
	EXPECT_FAULT(api_get("/blocks?address=nowhere", admin.access), "address");
	EXPECT_PROBLEM(api_delete("/blocks/01890000-0000-7000-8000-00000000dead", admin.access), 404, "not_found");
}

/* By the worker that knows of watchers, from an address that is no watcher's. */
static void
nobody_blocks_themselves_or_watchers(void)
{
	static const char *const wrong[] = { "198.51.100.77", "198.51.100.64/26", "192.0.2.3", "192.0.2.0/24",
		"2001:db8:ffff::/48", "::ffff:198.51.100.77" };

	begin();
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct answer answer = lone_call("198.51.100.77", "POST", "/blocks", admin.access,
		    form("{\"network\": \"%s\", \"reason\": \"by mistake\"}", wrong[i]));

		CHECK_INT(answer.status, 400);
		CHECK(has_at(&answer, "details.network"));
	}
	CHECK_INT(sql_number("SELECT COUNT(*) FROM blocks WHERE reason = 'by mistake'"), 0);
}

static void
everything_from_there_is_refused(void)
{
	struct answer answer = block("203.0.113.0/25", "");
	const char   *id;

	EXPECT(answer, 201);
	id = text_at(&answer, "id");
	CHECK_TEXT(text_at(&answer, "network"), "203.0.113.0/25");
	CHECK_TEXT(text_at(&answer, "created_by"), admin.id);
	CHECK(!has_at(&answer, "until"));
	CHECK(comes_to("203.0.113.9", true));
	answer = lone_call("203.0.113.9", "GET", "/accounts/me", admin.access, NULL);
	CHECK(is_blocked(&answer));
	answer = lone_call("203.0.113.9", "POST", "/accounts/login", NULL, "{}");
	CHECK(is_blocked(&answer));
	answer = lone_call("::ffff:203.0.113.9", "GET", "/nowhere", NULL, NULL);
	CHECK(is_blocked(&answer));
	answer = lone_call("203.0.113.9", "POST", "/webhooks/stripe", NULL, "{}");
	CHECK(is_blocked(&answer));
	answer = lone_call("203.0.113.9", "GET", "//signin", NULL, NULL); /* a page */
	CHECK_INT(answer.status, 403);
	answer = lone_call("203.0.113.9", "GET", "/health", NULL, NULL);
	CHECK_TEXT(text_at(&answer, "code"), "forbidden");
	CHECK_INT(lone_call("203.0.113.200", "GET", "/currencies", NULL, NULL).status, 200);
	answer = api_get("/metrics", NULL);
	CHECK(strstr(answer.body, "\nhaat_blocked_requests_total ") != NULL &&
	    strstr(answer.body, "\nhaat_blocked_requests_total 0\n") == NULL);

	EXPECT(api_delete(form("/blocks/%s", id), admin.access), 204);
	CHECK(comes_to("203.0.113.9", false));
	answer = newest_record(id);
	CHECK_TEXT(text_at(&answer, "results.0.action"), "block.ended");
	CHECK_TEXT(text_at(&answer, "results.0.actor_id"), admin.id);
	CHECK(strstr(text_at(&answer, "results.0.before"), "203.0.113.0/25") != NULL && !has_at(&answer, "results.0.after"));
}

static void
a_block_is_changed_and_ends_by_itself(void)
{
	struct answer answer = block("2001:DB8:7:0::/48", ""), list;
	const char   *id = text_at(&answer, "id");
	char          until[INSTANT_TEXT_SIZE];

	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "network"), "2001:db8:7::/48");
	CHECK(comes_to("2001:db8:7:1::5", true));
	instant_write(instant_add_seconds(instant_now(), 1), until);
	answer = block("2001:db8:7::/48", form(", \"until\": \"%s\"", until));
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "id"), id);
	CHECK_TEXT(text_at(&answer, "until"), until);
	answer = newest_record(id);
	CHECK_TEXT(text_at(&answer, "results.0.action"), "block.changed");
	CHECK(strstr(text_at(&answer, "results.0.before"), "\"until\":null") != NULL);
	CHECK(comes_to("2001:db8:7:1::5", false));
	list = api_get("/blocks?address=2001:db8:7:1::5", admin.access);
	EXPECT(list, 200);
	CHECK_INT(number_at(&list, "count"), 0);
	EXPECT(api_delete(form("/blocks/%s", id), admin.access), 204);
}

static void
blocks_are_found_by_what_they_hold(void)
{
	struct answer wide = block("198.18.0.0/15", ""), narrow = block("198.18.4.0/24", ""), list;

	EXPECT(wide, 201);
	EXPECT(narrow, 201);
	list = api_get("/blocks?address=198.18.4.9", admin.access);
	EXPECT(list, 200);
	CHECK_INT(number_at(&list, "count"), 2);
	CHECK_TEXT(text_at(&list, "results.0.id"), text_at(&narrow, "id"));
	list = api_get("/blocks?address=198.18.0.0/16", admin.access);
	EXPECT(list, 200);
	CHECK_INT(number_at(&list, "count"), 1);
	CHECK_TEXT(text_at(&list, "results.0.id"), text_at(&wide, "id"));
	list = api_get("/blocks?page_size=1", admin.access);
	EXPECT(list, 200);
	CHECK(number_at(&list, "count") >= 2 && has_at(&list, "next"));
	CHECK(comes_to("198.18.4.9", true));
	/* The wide one still holds it. */
	EXPECT(api_delete(form("/blocks/%s", text_at(&narrow, "id")), admin.access), 204);
	CHECK(comes_to("198.18.4.9", true));
	EXPECT(api_delete(form("/blocks/%s", text_at(&wide, "id")), admin.access), 204);
}

/* A ticket that was good before opens nothing from there, and none is given there. */
static void
tickets_to_listen_are_refused_too(void)
{
	struct person customer = person_new("customer");
	struct answer ticket, answer;

	begin();
	ticket = lone_call("198.51.100.200", "POST", "/orders/live-ticket", customer.access, "{}");
	if (ticket.status == 503)
		return; /* an nginx without Nchan */
	CHECK_INT(ticket.status, 200);
	EXPECT(block("198.51.100.200", ""), 201);
	CHECK(comes_to("198.51.100.200", true));
	answer = lone_call("198.51.100.200", "POST", "/orders/live-ticket", customer.access, "{}");
	CHECK(is_blocked(&answer));
	answer = lone_call("198.51.100.200", "GET", form("//live?ticket=%s", text_at(&ticket, "ticket")), NULL, NULL);
	CHECK(is_blocked(&answer));
	/* By which nginx, who asked, knows what to say. */
	CHECK_TEXT(header_of(&answer, "X-Refusal"), "blocked");
	CHECK_INT(
	    lone_call("198.51.100.201", "GET", form("//live?ticket=%s", text_at(&ticket, "ticket")), NULL, NULL).status, 200);
	answer = api_get("/blocks?address=198.51.100.200", admin.access);
	EXPECT(api_delete(form("/blocks/%s", text_at(&answer, "results.0.id")), admin.access), 204);
}

SUITE("api: blocks", TEST(what_is_no_network_and_what_is_too_much), TEST(nobody_blocks_themselves_or_watchers),
    TEST(everything_from_there_is_refused), TEST(a_block_is_changed_and_ends_by_itself), TEST(blocks_are_found_by_what_they_hold),
    TEST(tickets_to_listen_are_refused_too))
