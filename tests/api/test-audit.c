/* Who changed what: every write of consequence leaves a record with the state before and after it. */
#include "tests/api/shopping.h"

#include <json-c/json.h>
#include <string.h>

static struct person admin, accountant, seller, customer;
static struct goods  goods;

static void
prepare(void)
{
	if (admin.access != NULL)
		return;
	admin = person_new("admin");
	accountant = person_new("accountant");
	seller = shopkeeper_new("USD");
	customer = person_new("customer");
	goods = goods_new(&seller, "20.00", 5);
}

/* The newest record about the thing. */
static struct answer
newest(const char *subject)
{
	struct answer answer = api_get(form("/audit?subject=%s&limit=1", subject), accountant.access);

	EXPECT(answer, 200);
	REQUIRE(length_at(&answer, "results") == 1);
	return answer;
}

/* Does the state ("before", "after") of the record say that? */
static bool
says(const struct answer *answer, const char *state, const char *text)
{
	const char *json = text_at(answer, form("results.0.%s", state));

	return json != NULL && strstr(json, text) != NULL;
}

static void
a_change_of_a_product_is_kept(void)
{
	struct answer answer;

	prepare();
	answer = newest(goods.product);
	CHECK_TEXT(text_at(&answer, "results.0.action"), "product.created");
	CHECK(!has_at(&answer, "results.0.before"));
	answer = api_patch(form("/products/%s", goods.product), seller.access, "{\"price\": \"15.50\"}");
	EXPECT(answer, 200);
	answer = newest(goods.product);
	CHECK_TEXT(text_at(&answer, "results.0.action"), "product.changed");
	CHECK_TEXT(text_at(&answer, "results.0.actor_id"), seller.id);
	CHECK_TEXT(text_at(&answer, "results.0.actor_role"), "shopkeeper");
	CHECK_TEXT(text_at(&answer, "results.0.actor_name"), seller.name);
	CHECK(says(&answer, "before", "\"price\":\"20.00\"") && says(&answer, "after", "\"price\":\"15.50\""));
	EXPECT(api_patch(form("/variants/%s", goods.variant), seller.access, "{\"price\": \"14.00\"}"), 200);
	answer = newest(goods.product);
	CHECK(!says(&answer, "before", "\"price\":\"14.00\"") && says(&answer, "after", "\"price\":\"14.00\""));
	EXPECT(api_delete(form("/products/%s", goods.product), seller.access), 204);
	answer = newest(goods.product);
	CHECK(says(&answer, "before", "\"deleted\":false") && says(&answer, "after", "\"deleted\":true"));
	EXPECT(api_post(form("/products/%s/restore", goods.product), seller.access, NULL), 200);
}

/* What is refused leaves nothing. */
static void
a_refused_change_is_none(void)
{
	int64_t before;

	prepare();
	before = sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s'", goods.product);
	EXPECT_FAULT(api_patch(form("/products/%s", goods.product), seller.access, "{\"price\": \"-1\"}"), "price");
	EXPECT_PROBLEM(api_call("PATCH", form("/products/%s", goods.product), seller.access, "{\"price\": \"1\"}",
			   HEADERS("If-Match: \"x\"")),
	    412, "version_mismatch");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s'", goods.product), before);
}

static void
a_change_of_stock_is_kept(void)
{
	struct answer answer;

	prepare();
	EXPECT(
	    api_post(form("/inventory/%s/adjustments", goods.variant), seller.access, "{\"delta\": 3, \"reason\": \"delivery\"}"),
	    200);
	answer = newest(goods.variant);
	CHECK_TEXT(text_at(&answer, "results.0.action"), "inventory.adjusted");
	CHECK(says(&answer, "before", "\"on_hand\":5") && says(&answer, "after", "\"on_hand\":8"));
	CHECK(says(&answer, "before", "\"available\":5") && says(&answer, "after", "\"available\":8"));
	EXPECT(api_patch(form("/inventory/%s", goods.variant), admin.access, "{\"low_stock\": 40}"), 200);
	answer = newest(goods.variant);
	CHECK(says(&answer, "before", "\"is_low\":") && says(&answer, "after", "\"low_stock\":40") &&
	    says(&answer, "after", "\"is_low\":true"));
}

static void
a_cancelled_order_is_kept(void)
{
	const char   *order = (prepare(), order_new(&customer, address_new(&customer), &goods, 1));
	struct answer answer;

	REQUIRE(order != NULL);
	EXPECT(api_post(form("/orders/%s/cancel", order), customer.access, "{\"reason\": \"too late\"}"), 200);
	answer = newest(order);
	CHECK_TEXT(text_at(&answer, "results.0.action"), "order.cancelled");
	CHECK_TEXT(text_at(&answer, "results.0.actor_id"), customer.id);
	CHECK(says(&answer, "before", "\"status\":\"pending\"") && says(&answer, "after", "\"status\":\"cancelled\""));
}

static void
brands_and_categories_are_kept(void)
{
	struct answer answer;
	const char   *brand, *category;

	prepare();
	answer = api_post("/brands", admin.access, form("{\"name\": \"Audited %s\"}", admin.id));
	EXPECT(answer, 201);
	brand = text_at(&answer, "id");
	EXPECT(api_delete(form("/brands/%s", brand), admin.access), 204);
	answer = newest(brand);
	CHECK_TEXT(text_at(&answer, "results.0.action"), "brand.deleted");
	CHECK(says(&answer, "before", "\"name\":\"Audited ") && !has_at(&answer, "results.0.after"));
	answer = api_post("/categories", admin.access, form("{\"name\": \"Audited %s\"}", admin.id));
	EXPECT(answer, 201);
	category = text_at(&answer, "id");
	EXPECT(api_patch(form("/categories/%s", category), admin.access, "{\"position\": 7}"), 200);
	answer = newest(category);
	CHECK_TEXT(text_at(&answer, "results.0.action"), "category.changed");
	CHECK(says(&answer, "before", "\"position\":0") && says(&answer, "after", "\"position\":7"));
}

/* A record can be recognised by who knows the person, and tells nobody else who it is. */
static void
people_are_masked(void)
{
	struct answer answer = (prepare(), newest(customer.id));

	CHECK_TEXT(text_at(&answer, "results.0.action"), "user.created");
	CHECK(!says(&answer, "after", customer.email) && !says(&answer, "after", customer.phone));
	CHECK(!says(&answer, "after", customer.name));
}

static void
records_are_found_by_time(void)
{
	struct answer answer = (prepare(), newest(goods.product));
	const char   *at = text_at(&answer, "results.0.created_at");

	answer = api_get(form("/audit?subject=%s&to=2020-01-01T00:00:00Z", goods.product), accountant.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 0);
	answer = api_get(form("/audit?subject=%s&from=2020-01-01T00:00:00Z&to=%s", goods.product, at), accountant.access);
	EXPECT(answer, 200);
	CHECK(length_at(&answer, "results") > 0);
	answer = api_get("/audit?from=2999-01-01T00:00:00Z", accountant.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 0);
	EXPECT_FAULT(api_get("/audit?from=yesterday", accountant.access), "from");
	EXPECT_FAULT(api_get("/audit?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", accountant.access), "to");
}

/* Everything of a kind, by one person: what the other filters let through is walked along. */
static void
records_are_found_by_kind_and_actor(void)
{
	struct answer answer;

	prepare();
	EXPECT(api_patch(form("/products/%s", goods.product), seller.access, "{\"price\": \"16.00\"}"), 200);
	answer = api_get(form("/audit?actor=%s&subject_type=product", seller.id), accountant.access);
	EXPECT(answer, 200);
	REQUIRE(length_at(&answer, "results") > 0);
	for (size_t i = 0; i < length_at(&answer, "results"); i++) {
		CHECK_TEXT(text_at(&answer, form("results.%zu.subject_type", i)), "product");
		CHECK_TEXT(text_at(&answer, form("results.%zu.actor_id", i)), seller.id);
	}
	answer = api_get(form("/audit?actor=%s&subject_type=product&action=product.deleted", accountant.id), accountant.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 0);
}

SUITE("api: audit", TEST(a_change_of_a_product_is_kept), TEST(a_refused_change_is_none), TEST(a_change_of_stock_is_kept),
    TEST(a_cancelled_order_is_kept), TEST(brands_and_categories_are_kept), TEST(people_are_masked),
    TEST(records_are_found_by_time), TEST(records_are_found_by_kind_and_actor))
