/* The page of a wishlist: what is put aside, taken away and moved to the cart by forms, and whose it is. */
#include "tests/api/shopping.h"

#include <string.h>

static struct person admin, seller, other_seller, customer;

static void
prepare(void)
{
	if (admin.access != NULL)
		return;
	admin = person_new("admin");
	seller = shopkeeper_new("USD");
	other_seller = shopkeeper_new("INR");
	customer = person_new("customer");
}

static struct answer
page_of(const char *path, const struct person *person)
{
	return api_get(form("/%s", path), person == NULL ? NULL : person->access);
}

static struct answer
send_to(const struct goods *goods, const char *what, const struct person *person)
{
	return api_call("POST", form("//wishlist/%s%s", goods->product, what), person == NULL ? NULL : person->access, "",
	    HEADERS("Content-Type: application/x-www-form-urlencoded"));
}

#define CHECK_SAYS(answer, text) CHECK(strstr((answer).body, (text)) != NULL)
#define CHECK_SILENT(answer, text) CHECK(strstr((answer).body, (text)) == NULL)

static void
products_are_put_aside_and_taken_away(void)
{
	struct goods  goods = (prepare(), goods_new(&seller, "12.50", 3));
	const char   *action = form("action=\"/wishlist/%s/remove\"", goods.product);
	struct answer answer = page_of("/wishlist", &customer);

	EXPECT(answer, 200);
	CHECK_SAYS(answer, "Your wishlist is empty.");
	CHECK_TEXT(header_of(&answer, "Cache-Control"), "no-store");
	for (int i = 0; i < 2; i++) {
		answer = send_to(&goods, "", &customer);
		CHECK_INT(answer.status, 303);
		CHECK_TEXT(header_of(&answer, "Location"), "/wishlist");
	}
	EXPECT(api_patch(
		   form("/products/%s", goods.product), seller.access, "{\"name\": \"<img src=x onerror=alert(1)> \\u202epot\"}"),
	    200);
	answer = page_of("/wishlist", &customer);
	CHECK_SAYS(answer, action);
	CHECK_SAYS(answer, "&lt;img src=x onerror=alert(1)&gt;");
	CHECK_SILENT(answer, "<img src=x");
	CHECK_SAYS(page_of("/bn/wishlist", &customer), "কার্টে নিন");
	CHECK_INT(send_to(&goods, "/remove", &customer).status, 303);
	CHECK_SILENT(page_of("/wishlist", &customer), action);
	/* One that is not on it does no harm. */
	CHECK_INT(send_to(&goods, "/remove", &customer).status, 303);
	CHECK_INT(page_of("/wishlist?cursor=x", &customer).status, 400);
}

/* Each has their own, and who is nobody has none. */
static void
a_wishlist_is_its_owners(void)
{
	struct goods  goods = (prepare(), goods_new(&seller, "12.50", 3));
	struct person other = person_new("customer");

	CHECK_INT(send_to(&goods, "", &customer).status, 303);
	CHECK_SILENT(page_of("/wishlist", &other), goods.product);
	CHECK_INT(send_to(&goods, "/to-cart", &other).status, 404);
	CHECK_INT(send_to(&goods, "/remove", &other).status, 303);
	CHECK_SAYS(page_of("/wishlist", &customer), goods.product);
	CHECK_INT(page_of("/wishlist", NULL).status, 401);
	CHECK_INT(send_to(&goods, "", NULL).status, 401);
	CHECK_INT(send_to(&goods, "", &seller).status, 403);
	goods.product = "there-is-none";
	CHECK_INT(send_to(&goods, "", &customer).status, 404);
}

static void
products_move_to_the_cart(void)
{
	struct goods  goods = (prepare(), goods_new(&seller, "12.50", 1)), foreign = goods_new(&other_seller, "3.00", 1);
	const char   *variants[2], *several;
	struct answer answer;

	goods_variants(&seller, "5.00", 2, 2, variants);
	several = sql_text("SELECT product_id FROM variants WHERE id = '%s'", variants[0]);
	CHECK_INT(send_to(&goods, "", &customer).status, 303);
	answer = send_to(&goods, "/to-cart", &customer);
	CHECK_INT(answer.status, 303);
	CHECK_TEXT(header_of(&answer, "Location"), "/cart");
	answer = api_get("/cart", customer.access);
	CHECK_TEXT(text_at(&answer, "items.0.variant_id"), goods.variant);
	CHECK_SILENT(page_of("/wishlist", &customer), form("/wishlist/%s/remove", goods.product));
	/* What cannot be moved stays, and it is said why. */
	CHECK_INT(send_to(&goods, "", &customer).status, 303);
	answer = send_to(&goods, "/to-cart", &customer);
	CHECK_INT(answer.status, 409);
	CHECK_SAYS(answer, "There are no more of it than are in your cart already.");
	CHECK_SAYS(answer, form("/wishlist/%s/remove", goods.product));
	CHECK_INT(send_to(&foreign, "", &customer).status, 303);
	CHECK_SAYS(send_to(&foreign, "/to-cart", &customer), "Your cart has products in another currency.");
	/* Of which kind is chosen on the product's page. */
	CHECK_INT(send_to(&(struct goods) { .product = several }, "", &customer).status, 303);
	answer = send_to(&(struct goods) { .product = several }, "/to-cart", &customer);
	CHECK_INT(answer.status, 303);
	CHECK_TEXT(header_of(&answer, "Location"), form("/products/%s", several));
}

/* The heart is a form, on cards and on the product's page, and the same for everybody. */
static void
hearts_are_forms(void)
{
	struct goods goods = (prepare(), goods_new(&seller, "12.50", 3));
	const char  *heart = form("<form class=\"heart\" method=\"post\" action=\"/wishlist/%s\">", goods.product);

	CHECK_INT(send_to(&goods, "", &customer).status, 303);
	CHECK_SAYS(page_of(form("/products/%s", goods.product), NULL), heart);
	CHECK_SAYS(page_of(form("/shops/%s", seller.merchant), NULL), heart);
	CHECK_SILENT(page_of(form("/products/%s", goods.product), &customer), "aria-pressed");
}

SUITE("api: wishlist pages", TEST(products_are_put_aside_and_taken_away), TEST(a_wishlist_is_its_owners),
    TEST(products_move_to_the_cart), TEST(hearts_are_forms))
