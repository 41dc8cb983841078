/* What customers put aside, and what is recommended to them. */
#include "tests/api/shopping.h"

#include <string.h>

static void
products_are_put_aside(void)
{
	struct person seller = person_new("shopkeeper"), customer = person_new("customer"), other = person_new("customer");
	struct goods  first = goods_new(&seller, "3.00", 5), second = goods_new(&seller, "4.00", 5);
	const char   *slug = sql_text("SELECT slug FROM products WHERE id = '%s'", second.product);
	struct answer answer;

	EXPECT(api_put(form("/wishlist/%s", first.product), customer.access, NULL), 204);
	EXPECT(api_put(form("/wishlist/%s", slug), customer.access, NULL), 204);
	EXPECT(api_put(form("/wishlist/%s", first.product), customer.access, NULL), 204);
	EXPECT_PROBLEM(api_put("/wishlist/no-such-product", customer.access, NULL), 404, "not_found");
	answer = api_get("/wishlist?limit=1", customer.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.id"), second.product);
	CHECK_TEXT(text_at(&answer, "results.0.price"), "4.00");
	answer = api_get(text_at(&answer, "next") + strlen("/api/v1"), customer.access);
	CHECK_TEXT(text_at(&answer, "results.0.id"), first.product);
	CHECK(!has_at(&answer, "next"));
	answer = api_get("/wishlist", other.access);
	CHECK_INT(length_at(&answer, "results"), 0);
	/* One that is not shown any more is left out, and can be removed. */
	EXPECT(api_patch(form("/products/%s", first.product), seller.access, "{\"status\": \"archived\"}"), 200);
	answer = api_get("/wishlist", customer.access);
	CHECK_INT(length_at(&answer, "results"), 1);
	EXPECT(api_delete(form("/wishlist/%s", first.product), customer.access), 204);
	EXPECT(api_delete(form("/wishlist/%s", first.product), customer.access), 204);
	EXPECT(api_delete(form("/wishlist/%s", slug), customer.access), 204);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM wishlist_items WHERE user_id = '%s'", customer.id), 0);
}

static void
products_move_to_the_cart(void)
{
	struct person seller = person_new("shopkeeper"), customer = person_new("customer");
	struct goods  goods = goods_new(&seller, "3.00", 2);
	const char   *variants[2], *product, *path = form("/wishlist/%s/to-cart", goods.product);
	struct answer answer;

	EXPECT_PROBLEM(api_post(path, customer.access, NULL), 404, "not_found");
	EXPECT(api_put(form("/wishlist/%s", goods.product), customer.access, NULL), 204);
	/* What cannot be put into the cart stays here. */
	EXPECT_PROBLEM(api_post(path, customer.access, "{\"quantity\": 3}"), 409, "insufficient_stock");
	EXPECT_FAULT(api_post(path, customer.access, "{\"quantity\": 0}"), "quantity");
	answer = api_get("/wishlist", customer.access);
	CHECK_INT(length_at(&answer, "results"), 1);
	answer = api_post(path, customer.access, "{\"quantity\": 2}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "items.0.variant_id"), goods.variant);
	CHECK_INT(number_at(&answer, "items.0.quantity"), 2);
	answer = api_get("/wishlist", customer.access);
	CHECK_INT(length_at(&answer, "results"), 0);

	goods_variants(&seller, "5.00", 3, 2, variants);
	product = sql_text("SELECT product_id FROM variants WHERE id = '%s'", variants[0]);
	path = form("/wishlist/%s/to-cart", product);
	EXPECT(api_put(form("/wishlist/%s", product), customer.access, NULL), 204);
	EXPECT_FAULT(api_post(path, customer.access, NULL), "variant_id");
	EXPECT_FAULT(api_post(path, customer.access, form("{\"variant_id\": \"%s\"}", goods.variant)), "variant_id");
	answer = api_post(path, customer.access, form("{\"variant_id\": \"%s\"}", variants[1]));
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "items"), 2);
}

static void
many_at_once_are_once(void)
{
	struct person seller = person_new("shopkeeper"), customer = person_new("customer");
	struct goods  goods = goods_new(&seller, "3.00", 100);
	struct call   calls[16];
	struct answer answers[16];
	size_t        moved = 0;

	for (size_t i = 0; i < 16; i++)
		calls[i] = (struct call) { "PUT", form("/wishlist/%s", goods.product), customer.access, NULL, NULL };
	api_calls(calls, 16, answers);
	for (size_t i = 0; i < 16; i++)
		EXPECT(answers[i], 204);
	for (size_t i = 0; i < 16; i++)
		calls[i] = (struct call) { "POST", form("/wishlist/%s/to-cart", goods.product), customer.access, "{}", NULL };
	api_calls(calls, 16, answers);
	for (size_t i = 0; i < 16; i++)
		moved += answers[i].status == 200;
	CHECK_INT(moved, 1);
	sql_run("INSERT INTO wishlist_items (user_id, product_id) SELECT '%s', p.id FROM products p "
		"WHERE p.id <> '%s' LIMIT 500",
	    customer.id, goods.product);
	EXPECT_PROBLEM(api_put(form("/wishlist/%s", goods.product), customer.access, NULL), 409, "conflict");
}

/* In a tree of its own: what is near comes first, what is sold out never. */
static void
what_is_near_is_recommended(void)
{
	struct person seller = person_new("shopkeeper"), customer = person_new("customer"), admin = person_new("admin");
	struct goods  here = goods_new(&seller, "3.00", 5), near = goods_new(&seller, "4.00", 50),
		     sold = goods_new(&seller, "4.00", 5), far = goods_new(&seller, "4.00", 5),
		     out = goods_new(&seller, "4.00", 1);
	const char   *category[3], *path = form("/products/%s/recommendations", here.product);
	const char   *where[] = { here.product, near.product, sold.product, out.product, far.product };
	struct answer answer;

	for (int i = 0; i < 3; i++) {
		answer = api_post("/categories", admin.access,
		    form("{\"name\": \"Near %s %d\"%s}", seller.merchant + 24, i,
			i == 0 ? "" : form(", \"parent_id\": \"%s\"", category[0])));
		EXPECT(answer, 201);
		category[i] = text_at(&answer, "id");
	}
	for (int i = 0; i < 5; i++)
		EXPECT(api_patch(form("/products/%s", where[i]), seller.access,
			   form("{\"category_id\": \"%s\"}", category[i < 4 ? 1 : 2])),
		    200);
	attempt_paid(&customer, order_new(&customer, address_new(&customer), &sold, 1));
	order_new(&customer, address_new(&customer), &out, 1);
	WAIT_FOR("1", "SELECT sales_count FROM products WHERE id = '%s'", sold.product);
	answer = api_get(path, NULL);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 3);
	CHECK_TEXT(text_at(&answer, "results.0.id"), sold.product);
	CHECK_TEXT(text_at(&answer, "results.1.id"), near.product);
	CHECK_TEXT(text_at(&answer, "results.2.id"), far.product);
	CHECK_INT(api_round_trips(path, NULL), 0);
	/* It is kept, and follows stock, ratings and what is listed. */
	attempt_paid(&customer, order_new(&customer, address_new(&customer), &near, 40));
	WAIT_FOR("40", "SELECT sales_count FROM products WHERE id = '%s'", near.product);
	/* The job renews the stamps just behind its commit. */
	for (int tries = 0; tries < 200 && strcmp(text_at(&answer, "results.0.id"), near.product) != 0; tries++)
		answer = api_get(path, NULL);
	CHECK_TEXT(text_at(&answer, "results.0.id"), near.product);
	EXPECT(api_delete(form("/products/%s", near.product), seller.access), 204);
	answer = api_get(form("%s?limit=1", path), NULL);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.id"), sold.product);
	EXPECT_FAULT(api_get(form("%s?limit=25", path), NULL), "limit");
	EXPECT_PROBLEM(api_get("/products/no-such-product/recommendations", NULL), 404, "not_found");
}

SUITE("api: wishlist", TEST(products_are_put_aside), TEST(products_move_to_the_cart), TEST(many_at_once_are_once),
    TEST(what_is_near_is_recommended))
