/* The button of checkout pressed eight times at once: one order, one attempt to pay, and every window is led to it. */
#include "tests/api/browsing.h"
#include "tests/races/crowd.h"

#include <string.h>

enum { TIMES = 8, ROUNDS = 4 };

static const char *
hidden(const struct answer *page, const char *name)
{
	const char *start = form("name=\"%s\" value=\"", name), *at = strstr(page->body, start);

	REQUIRE(at != NULL);
	at += strlen(start);
	return form("%.*s", (int)strcspn(at, "\""), at);
}

static void
press_at_once(const char *cookie, const char *provider, const char *leads_to)
{
	const char *const *headers = HEADERS("Content-Type: application/x-www-form-urlencoded", OURS, cookie);
	struct answer      page = open_page("/checkout", cookie), answers[TIMES];
	struct call        calls[TIMES];
	const char        *fields, *first = NULL;

	EXPECT(page, 200);
	fields = form("address=%s&method=%s&key=%s&seen=%s&provider=%s", hidden(&page, "address"), hidden(&page, "method"),
	    hidden(&page, "key"), hidden(&page, "seen"), provider);
	for (size_t i = 0; i < TIMES; i++)
		calls[i] = (struct call) { .method = "POST", .path = "//checkout/place", .body = fields, .headers = headers };
	api_calls(calls, TIMES, answers);
	for (size_t i = 0; i < TIMES; i++) {
		CHECK_INT(answers[i].status, 303);
		if (answers[i].status != 303)
			continue;
		CHECK(strncmp(header_of(&answers[i], "Location"), leads_to, strlen(leads_to)) == 0);
		if (first == NULL)
			first = header_of(&answers[i], "Location");
		CHECK_TEXT(header_of(&answers[i], "Location"), first);
	}
}

static void
test_double_click(void)
{
	const struct person *customer = &crowd()->people[0];
	const char          *cookie = signed_in(customer);

	for (int round = 0; round < ROUNDS; round++) {
		struct goods goods = goods_new(crowd_seller(), "20.00", 3);

		CHECK_INT(send_form("/cart/items", form("variant_id=%s&quantity=2", goods.variant), OURS, cookie).status, 303);
		press_at_once(cookie, round % 2 == 0 ? "stripe" : "cod", round % 2 == 0 ? "/pay/PAY-" : "/orders/ORD-");
		CHECK_INT(sql_number("SELECT COUNT(*) FROM order_lines WHERE variant_id = '%s'", goods.variant), 1);
		CHECK_INT(stock_of("reserved", goods.variant), 2);
		CHECK_INT(sql_number("SELECT COUNT(*) FROM payments p JOIN order_lines l ON l.order_id = p.purpose_id "
				     "WHERE l.variant_id = '%s'",
			      goods.variant),
		    1);
	}
}

static void
test_everything_agrees(void)
{
	EXPECT_CONSISTENT();
}

SUITE("races: checkout", TEST(test_double_click), TEST(test_everything_agrees))
