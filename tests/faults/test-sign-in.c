/* Google hangs or is away: who signs in is told so in time, nobody else waits for it, and it goes on when Google is back. */
#include "tests/api/vouched.h"
#include "tests/faults/stack.h"

#include "base/instant.h"

#include <stdio.h>
#include <string.h>

/* tests/faults/run gives a call outside 1 s, and opens the circuit for 1 s after 5 failures. */
enum {
	HANG_MS = 8000,
	CALL_MS = 1000,
	FREE_MS = 1500, /* less than two calls, that whoever stood behind them would wait */
	SLACK_MS = 1500,
	QUICK_MS = 500,
	BROWSERS = 8,
	READS = 40,
	PAYMENTS = 4,
	TRIES = 20,
	HEALED_MS = 30000
};

static struct call
callback(const struct browser *browser)
{
	const char **headers = (const char **)form("%*s", (int)(2 * sizeof *headers), "");

	headers[0] = form("Cookie: %s", browser->cookie);
	headers[1] = NULL;
	return (struct call) { .method = "GET", .path = browser->back, .headers = headers };
}

/* Until Google is back. */
static void
sign_in_in_the_end(const struct browser *browser)
{
	int64_t       end = monotonic_ms() + HEALED_MS;
	struct answer answer = browser_return(browser);

	while (answer.status == 503 && monotonic_ms() < end) {
		pause_ms(50);
		answer = browser_return(browser);
	}
	EXPECT(answer, 303);
	CHECK(sent_with(&answer, "code") != NULL);
}

static void
expect_away(const struct answer *answer)
{
	EXPECT_PROBLEM(*answer, 503, "sign_in_unavailable");
	CHECK_TEXT(header_of(answer, "Retry-After"), "1");
}

/* Nothing is asked any more: the answer comes at once. */
static void
expect_open_circuit(const struct browser *browser)
{
	struct answer answer = browser_return(browser);

	for (int i = 0; i < TRIES && answer.milliseconds >= QUICK_MS; i++) {
		expect_away(&answer);
		answer = browser_return(browser);
	}
	expect_away(&answer);
	CHECK(answer.milliseconds < QUICK_MS);
}

static void
others_go_on(struct call *calls)
{
	struct person seller = person_new("shopkeeper"), customer = person_new("customer");
	struct goods  goods = goods_new(&seller, "30.00", 1000);
	const char   *address = address_new(&customer);

	for (size_t i = 0; i < READS; i++)
		calls[i] = (struct call) { .method = "GET",
			.path = i % 2 == 0 ? "/products?limit=12" : "/cart",
			.token = i % 2 == 0 ? NULL : customer.access };
	for (size_t i = 0; i < PAYMENTS; i++)
		calls[READS + i] = (struct call) { .method = "POST",
			.path = "/payments",
			.token = customer.access,
			.body =
			    form("{\"order_id\": \"%s\", \"provider\": \"stripe\"}", order_new(&customer, address, &goods, 1)) };
}

static void
google_that_hangs_holds_up_nobody_else(void)
{
	struct browser browsers[BROWSERS], other;
	struct call    calls[BROWSERS + READS + PAYMENTS];
	struct answer  answers[BROWSERS + READS + PAYMENTS];
	long           longest = 0;

	others_go_on(calls + BROWSERS);
	for (size_t i = 0; i < BROWSERS; i++) {
		const char *email = fresh_email("hanging");

		browsers[i] = browser_begin();
		browser_decide(&browsers[i], "allow", email, "");
		sandbox_switch(email, form("{\"hang_ms\": %d}", HANG_MS));
		calls[i] = callback(&browsers[i]);
	}
	other = browser_begin();
	browser_decide(&other, "allow", fresh_email("other"), "");
	api_calls(calls, BROWSERS + READS + PAYMENTS, answers);
	for (size_t i = 0; i < BROWSERS; i++) {
		expect_away(&answers[i]);
		CHECK(answers[i].milliseconds < (BROWSERS / 2) * CALL_MS + SLACK_MS);
	}
	for (size_t i = BROWSERS; i < BROWSERS + READS + PAYMENTS; i++) {
		EXPECT(answers[i], i < BROWSERS + READS ? 200 : 201);
		CHECK(answers[i].milliseconds < FREE_MS);
		longest = answers[i].milliseconds > longest ? answers[i].milliseconds : longest;
	}
	printf("(others within %ld ms) ", longest);
	expect_open_circuit(&browsers[0]);
	/* A call that does not hang closes it. */
	sign_in_in_the_end(&other);
}

/* What is kept needs nobody: the page to sign in at is found, and a token of Firebase is checked. */
static void
google_that_is_away_is_missed_only_where_it_is_needed(void)
{
	static const char return_here[] = "/auth/google?return_url=https%3A%2F%2Flocalhost%2Fsignin";
	struct browser    browser = browser_begin();
	const char       *phone = fresh_phone(), *token = phone_token(phone, "");
	struct answer     answer;

	EXPECT(api_post("/auth/phone-login", NULL, form("{\"id_token\": \"%s\"}", token)), 200);
	browser_decide(&browser, "allow", fresh_email("away"), "");
	part_kill("sandbox");
	for (int i = 0; i < BROWSERS; i++) {
		answer = browser_return(&browser);
		expect_away(&answer);
		CHECK(answer.milliseconds < QUICK_MS);
	}
	EXPECT(api_get(return_here, NULL), 303);
	EXPECT(api_post("/auth/phone-login", NULL, form("{\"id_token\": \"%s\"}", token)), 200);
	EXPECT(api_get("/products?limit=12", NULL), 200);
	CHECK(sql_run("DELETE FROM remote_values WHERE name LIKE '%%/google/%%'") >= 2);
	answer = api_get(return_here, NULL);
	expect_away(&answer);
	answer = api_post("/auth/phone-login", NULL, form("{\"id_token\": \"%s\"}", token));
	expect_away(&answer);
	part_start("sandbox");
	sign_in_in_the_end(&browser);
	EXPECT(api_post("/auth/phone-login", NULL, form("{\"id_token\": \"%s\"}", token)), 200);
	EXPECT_CONSISTENT();
}

SUITE("sign-in while Google is sick", TEST(google_that_hangs_holds_up_nobody_else),
    TEST(google_that_is_away_is_missed_only_where_it_is_needed))
