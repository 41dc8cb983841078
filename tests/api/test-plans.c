/* Plans: who makes and sees them, and what of them never changes. */
#include "tests/api/api.h"

#include <string.h>

static struct person seller, other, admin, customer;

static void
need_people(void)
{
	if (seller.id != NULL)
		return;
	seller = shopkeeper_new("EUR");
	other = person_new("shopkeeper");
	admin = person_new("admin");
	customer = person_new("customer");
}

static const char tea[] = "{\"name\": \"Tea of the month\", \"amount\": \"12.50\", \"every\": \"month\", \"trial_days\": 14}";

static const char *
plan_new(void)
{
	struct answer answer;

	need_people();
	answer = api_post("/plans", seller.access, tea);
	EXPECT(answer, 201);
	return text_at(&answer, "id");
}

static const char *
path(const char *id)
{
	return form("/plans/%s", id);
}

static void
test_made(void)
{
	struct answer answer;

	need_people();
	answer = api_post("/plans", seller.access, tea);
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "amount"), "12.50");
	CHECK_TEXT(text_at(&answer, "currency"), "EUR");
	CHECK_TEXT(text_at(&answer, "every"), "month");
	CHECK_INT(number_at(&answer, "count"), 1);
	CHECK_INT(number_at(&answer, "trial_days"), 14);
	CHECK_TEXT(text_at(&answer, "status"), "active");
	CHECK_TEXT(text_at(&answer, "merchant_id"), seller.merchant);
	/* Staff say whose it is. */
	EXPECT_FAULT(api_post("/plans", admin.access, tea), "merchant_id");
	answer = api_post("/plans", admin.access,
	    form("{\"name\": \"Staff's\", \"amount\": 3, \"every\": \"week\", \"count\": 2, \"merchant_id\": \"%s\"}",
		other.merchant));
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "currency"), "USD");
	CHECK_INT(number_at(&answer, "count"), 2);
	EXPECT_PROBLEM(
	    api_post("/plans", seller.access,
		form("{\"name\": \"Theirs\", \"amount\": 3, \"every\": \"week\", \"merchant_id\": \"%s\"}", other.merchant)),
	    404, "not_found");
}

static void
test_faults(void)
{
	static const char *const cases[][2] = {
		{ "{\"name\": \"\", \"amount\": \"1.00\", \"every\": \"month\"}", "name" },
		{ "{\"name\": \"A\", \"amount\": \"1.001\", \"every\": \"month\"}", "amount" },
		{ "{\"name\": \"A\", \"amount\": \"0.00\", \"every\": \"month\"}", "amount" },
		{ "{\"name\": \"A\", \"amount\": \"-1.00\", \"every\": \"month\"}", "amount" },
		{ "{\"name\": \"A\", \"amount\": \"1.00\", \"every\": \"hour\"}", "every" },
		{ "{\"name\": \"A\", \"amount\": \"1.00\"}", "every" },
		{ "{\"name\": \"A\", \"amount\": \"1.00\", \"every\": \"month\", \"count\": 0}", "count" },
		{ "{\"name\": \"A\", \"amount\": \"1.00\", \"every\": \"year\", \"count\": 11}", "count" },
		{ "{\"name\": \"A\", \"amount\": \"1.00\", \"every\": \"week\", \"count\": 105}", "count" },
		{ "{\"name\": \"A\", \"amount\": \"1.00\", \"every\": \"month\", \"trial_days\": -1}", "trial_days" },
		{ "{\"name\": \"A\", \"amount\": \"1.00\", \"every\": \"month\", \"currency\": \"USD\"}", "currency" },
		{ "{\"name\": \"A\", \"amount\": \"1.00\", \"every\": \"month\", \"version\": 1}", "version" },
	};

	need_people();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		EXPECT_FAULT(api_post("/plans", seller.access, cases[i][0]), cases[i][1]);
}

static void
test_changed(void)
{
	const char   *id = plan_new(), *tag;
	struct answer answer = api_get(path(id), NULL);

	EXPECT(answer, 200);
	tag = header_of(&answer, "ETag");
	REQUIRE(tag != NULL);
	EXPECT_FAULT(api_patch(path(id), seller.access, "{\"amount\": \"13.00\"}"), "amount");
	EXPECT_FAULT(api_patch(path(id), seller.access, "{\"every\": \"year\"}"), "every");
	answer = api_call("PATCH", path(id), seller.access, "{\"name\": \"Green tea\"}", HEADERS(form("If-Match: %s", tag)));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "name"), "Green tea");
	CHECK_TEXT(text_at(&answer, "amount"), "12.50");
	EXPECT_PROBLEM(
	    api_call("PATCH", path(id), seller.access, "{\"name\": \"Black tea\"}", HEADERS(form("If-Match: %s", tag))), 412,
	    "version_mismatch");
	EXPECT_PROBLEM(api_patch(path(id), other.access, "{\"name\": \"Mine\"}"), 404, "not_found");
	EXPECT(api_patch(path(id), admin.access, "{\"name\": \"Staff's\"}"), 200);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action = 'plan.changed'", id), 2);
}

static void
test_archived(void)
{
	const char   *id = plan_new();
	struct answer answer = api_patch(path(id), seller.access, "{\"status\": \"archived\"}");

	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "archived");
	EXPECT_PROBLEM(api_patch(path(id), seller.access, "{\"status\": \"active\"}"), 409, "conflict");
	EXPECT(api_patch(path(id), seller.access, "{\"status\": \"archived\"}"), 200);
	EXPECT_PROBLEM(api_get(path(id), NULL), 404, "not_found");
	EXPECT_PROBLEM(api_get(path(id), other.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(path(id), customer.access), 404, "not_found");
	EXPECT(api_get(path(id), seller.access), 200);
	EXPECT(api_get(path(id), admin.access), 200);
}

static bool
lists(const char *query, const char *token, const char *id)
{
	struct answer answer = api_get(form("/plans?limit=100&%s", query), token);

	EXPECT(answer, 200);
	for (size_t i = 0; i < length_at(&answer, "results"); i++)
		if (strcmp(text_at(&answer, form("results.%zu.id", i)), id) == 0)
			return true;
	return false;
}

static void
test_listed(void)
{
	const char *offered = plan_new(), *archived = plan_new(), *of_seller = form("merchant=%s", seller.merchant);

	EXPECT(api_patch(path(archived), seller.access, "{\"status\": \"archived\"}"), 200);
	CHECK(lists(of_seller, NULL, offered));
	CHECK(lists("", NULL, offered));
	CHECK(!lists(of_seller, NULL, archived));
	CHECK(!lists(of_seller, customer.access, archived));
	CHECK(!lists("status=archived", other.access, archived));
	CHECK(lists("", seller.access, archived));
	CHECK(lists("status=archived", seller.access, archived));
	CHECK(!lists("status=archived", seller.access, offered));
	CHECK(lists(of_seller, admin.access, archived));
	/* A shop that does not sell offers nothing. */
	EXPECT(api_post(form("/merchants/%s/suspend", seller.merchant), admin.access, NULL), 200);
	CHECK(!lists(of_seller, NULL, offered));
	EXPECT_PROBLEM(api_get(path(offered), NULL), 404, "not_found");
	EXPECT_PROBLEM(api_post("/plans", seller.access, tea), 403, "merchant_inactive");
	EXPECT(api_post(form("/merchants/%s/activate", seller.merchant), admin.access, NULL), 200);
	CHECK(lists(of_seller, NULL, offered));
}

SUITE("api: plans", TEST(test_made), TEST(test_faults), TEST(test_changed), TEST(test_archived), TEST(test_listed))
