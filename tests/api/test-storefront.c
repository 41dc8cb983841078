/* The public pages of the storefront: what they show, in which language, and that a change shows at once. */
#include "tests/api/browsing.h"
#include "tests/api/shopping.h"

#include <string.h>
#include <unistd.h>

static struct person admin, seller;

static void
prepare(void)
{
	if (admin.access != NULL)
		return;
	admin = person_new("admin");
	seller = shopkeeper_new("INR");
}

static const char *
fresh_word(const char *word)
{
	static unsigned number;

	return form("%s%d%u", word, (int)getpid(), number++);
}

static struct answer
page_of(const char *path)
{
	struct answer answer = api_get(form("/%s", path), NULL);

	CHECK_TEXT(header_of(&answer, "Content-Type"), "text/html; charset=utf-8");
	return answer;
}

static const char *
field(const struct goods *goods, const char *name)
{
	struct answer answer = api_get(form("/products/%s", goods->product), NULL);

	EXPECT(answer, 200);
	return text_at(&answer, name);
}

/* Names and prices are shown as text, whatever a seller calls a thing. */
static void
a_product_is_shown(void)
{
	struct goods  goods = (prepare(), goods_new(&seller, "1234567.50", 5));
	const char   *slug = field(&goods, "slug");
	struct answer answer;

	EXPECT(api_patch(form("/products/%s", goods.product), seller.access,
		   "{\"name\": \"<script>alert(1)</script> \\u202e& \\\"pot\\\"\", \"description\": \"</script><b>Red clay\"}"),
	    200);
	answer = page_of(form("/products/%s", slug));
	EXPECT(answer, 200);
	CHECK(says(&answer, "<h1><bdi>&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;pot&quot;</bdi></h1>"));
	CHECK(!says(&answer, "<script>alert"));
	CHECK(!says(&answer, "</script><b>Red"));
	CHECK(says(&answer, "₹1,234,567.50"));
	CHECK(says(&answer, "\"price\":\"1234567.50\",\"priceCurrency\":\"INR\""));
	CHECK(says(&answer, form("value=\"%s\"", goods.variant)));
	CHECK(says(&answer, form("<link rel=\"canonical\" href=\"%s/products/%s\">", api_origin(), slug)));
	/* By its id it is the same page. */
	answer = page_of(form("/bn/products/%s", goods.product));
	CHECK(says(&answer, form("<link rel=\"canonical\" href=\"%s/bn/products/%s\">", api_origin(), slug)));
	CHECK(says(&answer, form("hreflang=\"hi\" href=\"%s/hi/products/%s\"", api_origin(), slug)));
	answer = page_of(form("/products/%s", slug));
	CHECK(strstr(header_of(&answer, "Content-Security-Policy"), "script-src 'self'") != NULL);
	/* What only its seller sees is on no page. */
	CHECK(!says(&answer, "cost"));
}

static void
each_language_has_its_words(void)
{
	struct goods  goods = (prepare(), goods_new(&seller, "1234567.50", 5));
	const char   *slug = field(&goods, "slug");
	struct answer answer;

	answer = page_of(form("/bn/products/%s", slug));
	EXPECT(answer, 200);
	CHECK(says(&answer, "<html lang=\"bn\" dir=\"ltr\">"));
	CHECK(says(&answer, "১২,৩৪,৫৬৭.৫০₹"));
	CHECK(says(&answer, "কার্টে রাখুন"));
	CHECK(says(&answer, "<link rel=\"alternate\" hreflang=\"hi\" href=\""));
	CHECK(says(&answer, "<link rel=\"alternate\" hreflang=\"x-default\" href=\""));
	answer = page_of(form("/hi/products/%s", slug));
	CHECK(says(&answer, "₹12,34,567.50"));
	EXPECT(page_of("/bn"), 200);
	/* The first language has no address of its own, and one that the shop does not speak none at all. */
	CHECK_INT(api_get("//en/search", NULL).status, 404);
	CHECK_INT(api_get("//xx/search", NULL).status, 404);
	/* The API has no languages. */
	CHECK_INT(api_get("//bn/api/v1/products", NULL).status, 404);
}

/* What a seller saves is what the next visitor sees, though the page is kept. */
static void
a_change_shows_at_once(void)
{
	struct goods  goods = (prepare(), goods_new(&seller, "10.00", 1));
	const char   *slug = field(&goods, "slug"), *path = form("/products/%s", slug), *tag;
	struct answer answer = page_of(path);

	EXPECT(answer, 200);
	for (int i = 0; i < 20 && answer.round_trips != 0; i++)
		answer = page_of(path);
	CHECK_INT(answer.round_trips, 0);
	tag = header_of(&answer, "ETag");
	REQUIRE(tag != NULL);
	CHECK_INT(api_call("GET", form("/%s", path), NULL, NULL, HEADERS(form("If-None-Match: %s", tag))).status, 304);
	EXPECT(api_patch(form("/products/%s", goods.product), seller.access, "{\"price\": \"11.00\"}"), 200);
	answer = page_of(path);
	CHECK(says(&answer, "₹11.00"));
	CHECK(!says(&answer, "₹10.00"));
	EXPECT(
	    api_post(form("/inventory/%s/adjustments", goods.variant), seller.access, "{\"delta\": -1, \"reason\": \"broken\"}"),
	    200);
	answer = page_of(path);
	CHECK(says(&answer, "This product is sold out at the moment."));
	EXPECT(api_delete(form("/products/%s", goods.product), seller.access), 204);
	CHECK_INT(page_of(path).status, 410);
}

/* A page that is kept asks the database nothing, and shows a change of what stands above its list, too. */
static void
kept_lists_ask_nothing(void)
{
	struct goods  goods = (prepare(), goods_new(&seller, "10.00", 1));
	struct answer made = api_post("/categories", admin.access, form("{\"name\": \"%s\"}", fresh_word("kept"))), answer;
	const char   *id = text_at(&made, "id"), *name = fresh_word("renamed");
	const char   *paths[] = { "/", form("/categories/%s", text_at(&made, "slug")), form("/shops/%s", seller.merchant) };

	EXPECT(made, 201);
	EXPECT(api_patch(form("/products/%s", goods.product), seller.access, form("{\"category_id\": \"%s\"}", id)), 200);
	for (size_t i = 0; i < 3; i++) {
		answer = page_of(paths[i]);
		EXPECT(answer, 200);
		for (int again = 0; again < 20 && answer.round_trips != 0; again++)
			answer = page_of(paths[i]);
		CHECK_INT(answer.round_trips, 0);
	}
	EXPECT(api_patch(form("/categories/%s", id), admin.access, form("{\"name\": \"%s\"}", name)), 200);
	answer = page_of(paths[1]);
	CHECK(says(&answer, form("<h1>%s</h1>", name)));
	EXPECT(api_patch("/merchants/me", seller.access, form("{\"shop_name\": \"%s\"}", name)), 200);
	answer = page_of(paths[2]);
	CHECK(says(&answer, form("<h1>%s</h1>", name)));
}

static void
lists_are_narrowed_by_links(void)
{
	struct goods  goods = (prepare(), goods_new(&seller, "10.00", 1));
	const char   *category = field(&goods, "category.slug"), *slug = field(&goods, "slug");
	struct answer answer = page_of(form("/categories/%s", category));

	EXPECT(answer, 200);
	CHECK(says(&answer, form("href=\"/products/%s\"", slug)));
	CHECK(says(&answer, form("/categories/%s?ordering=price", category)));
	answer = page_of(form("/categories/%s?in_stock=true&ordering=price", category));
	EXPECT(answer, 200);
	CHECK(says(&answer, "ordering=price\" aria-current=\"true\""));
	CHECK(says(&answer, form("action=\"/categories/%s\"", category)));
	CHECK(says(&answer, "name=\"in_stock\" value=\"true\" checked"));
	CHECK(says(&answer, form("/categories/%s?in_stock=true&amp;ordering=price&amp;display_currency=USD", category)));
	CHECK(says(&answer, "Clear all filters"));
	/* A form sends its empty fields, too. */
	EXPECT(page_of(form("/categories/%s?currency=INR&min_price=&max_price=9.50", category)), 200);
	CHECK(says(&answer, "noindex"));
	answer = page_of(form("/bn/categories/%s?limit=1", category));
	CHECK(!says(&answer, "href=\"/categories"));
	CHECK_INT(page_of("/categories/there-is-none").status, 404);
	CHECK_INT(page_of(form("/categories/%s?cursor=x", category)).status, 400);
}

static void
what_is_searched_for_is_found(void)
{
	struct goods  goods = (prepare(), goods_new(&seller, "10.00", 1));
	const char   *word = fresh_word("zebrawood"), *slug = field(&goods, "slug");
	struct answer answer;

	EXPECT(api_patch(form("/products/%s", goods.product), seller.access, form("{\"name\": \"Box of %s\"}", word)), 200);
	answer = page_of(form("/search?q=%s", word));
	EXPECT(answer, 200);
	CHECK(says(&answer, form("/products/%s", slug)));
	CHECK(says(&answer, form("Results for “%s”", word)));
	answer = page_of("/search?q=%3Cscript%3Ealert(1)%3C/script%3E");
	EXPECT(answer, 200);
	CHECK(!says(&answer, "<script>alert"));
	answer = page_of(form("/search?q=%s-none", fresh_word("qqxxz")));
	CHECK(says(&answer, "No products found."));
	EXPECT(page_of("/search?q="), 200);
	EXPECT(page_of("/"), 200);
}

static void
a_shop_has_a_page(void)
{
	struct goods  goods = (prepare(), goods_new(&seller, "10.00", 1));
	const char   *slug = field(&goods, "slug"), *before;
	struct answer answer = page_of(form("/shops/%s", seller.merchant));

	EXPECT(answer, 200);
	CHECK(says(&answer, form("/products/%s", slug)));
	CHECK_INT(page_of("/shops/there-is-none").status, 404);
	answer = page_of(form("/products/%s/related", slug));
	EXPECT(answer, 200);
	CHECK(says(&answer, "data-related-list"));
	CHECK(!says(&answer, "Often bought together")); /* no heading without something below */
	/* By a name that the shop had before. */
	answer = api_get(form("/shops/%s", seller.merchant), NULL);
	before = text_at(&answer, "slug");
	EXPECT(api_patch("/merchants/me", seller.access, form("{\"shop_name\": \"Moved %s\"}", seller.merchant + 24)), 200);
	answer = api_call("GET", form("//bn/shops/%s?in_stock=true", before), NULL, NULL, HEADERS("Accept: text/html"));
	CHECK_INT(answer.status, 308);
	CHECK_TEXT(header_of(&answer, "Location"), form("/bn/shops/moved-%s?in_stock=true", seller.merchant + 24));
	CHECK_TEXT(header_of(&answer, "Cache-Control"), "no-cache");
	EXPECT(page_of(form("/shops/moved-%s", seller.merchant + 24)), 200);
	/* The one variant there is needs no choice. */
	EXPECT(api_patch(form("/products/%s", goods.product), seller.access,
		   form("{\"options\":[{\"name\":\"size\",\"values\":[\"S\"]}],\"variants\":[{\"id\":\"%s\",\"options\":"
			"{\"size\":\"S\"}}]}",
		       goods.variant)),
	    200);
	answer = page_of(form("/products/%s", slug));
	CHECK(says(&answer, form("value=\"%s\" required checked", goods.variant)));
	CHECK_INT(page_of("/products/there-is-none/related").status, 404);
}

/* A name that a category had before leads to the one it has, until another takes it. */
static void
a_category_that_was_renamed(void)
{
	struct person editor = person_new("admin");
	const char   *before = form("was-%s", editor.id + 24), *now = form("is-%s", editor.id + 24);
	struct answer answer,
	    made = api_post("/categories", editor.access, form("{\"name\":\"%s\",\"slug\":\"%s\"}", before, before));
	const char *path;

	EXPECT(made, 201);
	path = form("/categories/%s", text_at(&made, "id"));
	EXPECT(page_of(form("/categories/%s", before)), 200);
	EXPECT(api_patch(path, editor.access, form("{\"slug\":\"%s\"}", now)), 200);
	answer = api_call("GET", form("//bn/categories/%s?in_stock=true", before), NULL, NULL, HEADERS("Accept: text/html"));
	CHECK_INT(answer.status, 308);
	CHECK_TEXT(header_of(&answer, "Location"), form("/bn/categories/%s?in_stock=true", now));
	CHECK_TEXT(header_of(&answer, "Cache-Control"), "no-cache");
	answer = api_get(form("/categories/%s", before), NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "slug"), now);
	/* Twice: each old name leads to the last one, at once. */
	EXPECT(api_patch(path, editor.access, form("{\"slug\":\"%s-too\"}", now)), 200);
	answer = api_call("GET", form("//categories/%s", before), NULL, NULL, HEADERS("Accept: text/html"));
	CHECK_TEXT(header_of(&answer, "Location"), form("/categories/%s-too", now));
	/* Taken by another, it is the other's; taken back, it leads nowhere else. */
	made = api_post("/categories", editor.access, form("{\"name\":\"%s\",\"slug\":\"%s\"}", before, before));
	EXPECT(made, 201);
	EXPECT(page_of(form("/categories/%s", before)), 200);
	/* Also while that one is hidden. */
	EXPECT(api_patch(form("/categories/%s", text_at(&made, "id")), editor.access, "{\"is_active\":false}"), 200);
	CHECK_INT(page_of(form("/categories/%s", before)).status, 404);
	EXPECT(api_patch(path, editor.access, form("{\"slug\":\"%s\"}", now)), 200);
	EXPECT(page_of(form("/categories/%s", now)), 200);
	EXPECT(api_delete(path, editor.access), 204);
	CHECK_INT(page_of(form("/categories/%s-too", now)).status, 404);
}

/* What was sold once is gone, as search engines want to know; what nobody ever saw is not there. */
static void
a_product_that_was_deleted(void)
{
	struct goods  goods = (prepare(), goods_new(&seller, "10.00", 1));
	const char   *slug = field(&goods, "slug");
	struct answer answer;

	EXPECT(page_of(form("/products/%s", slug)), 200);
	EXPECT(api_delete(form("/products/%s", goods.product), seller.access), 204);
	answer = page_of(form("/products/%s", slug));
	CHECK_INT(answer.status, 410);
	CHECK(says(&answer, "href=\"/search") || says(&answer, "action=\"/search\""));
	CHECK_TEXT(header_of(&answer, "Cache-Control"), "no-store");
	CHECK_INT(api_get(form("/products/%s", slug), NULL).status, 404);
	EXPECT(api_post(form("/products/%s/restore", goods.product), seller.access, "{}"), 200);
	CHECK(page_of(form("/products/%s", slug)).status != 410);
}

/* People are told on a page, programs in JSON; the API has no pages. */
static void
paths_that_there_are_none_of(void)
{
	const char *const people = "Accept: text/html,application/xhtml+xml,*/*;q=0.8";
	struct answer     answer = api_call("GET", "//there-is-none", NULL, NULL, HEADERS(people));

	EXPECT(answer, 404);
	CHECK_TEXT(header_of(&answer, "Content-Type"), "text/html; charset=utf-8");
	CHECK(says(&answer, "We cannot find this page"));
	answer = api_call("GET", "//bn/there/is/none", NULL, NULL, HEADERS(people));
	EXPECT(answer, 404);
	CHECK(says(&answer, "lang=\"bn\""));
	answer = api_call("GET", "//there-is-none", NULL, NULL, HEADERS("Accept: */*"));
	EXPECT(answer, 404);
	CHECK_TEXT(text_at(&answer, "code"), "not_found");
	answer = api_call("GET", "/there-is-none", NULL, NULL, HEADERS(people));
	EXPECT(answer, 404);
	CHECK_TEXT(text_at(&answer, "code"), "not_found");
	answer = api_call("POST", "//there-is-none", NULL, "{}", HEADERS(people));
	EXPECT(answer, 404);
	CHECK_TEXT(text_at(&answer, "code"), "not_found");
}

/* What is no text is nobody's name: it is not found, and ends no worker. */
static void
paths_that_are_no_text(void)
{
	static const char *const paths[] = { "/products/%ff", "/categories/%ff", "/shops/%ff", "/bn/products/%e0%a4",
		"/products/%ff/related", "/products/%ff/reviews", "/unsubscribe/%ff" };

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		CHECK_INT(page_of(paths[i]).status, 404);
	CHECK_INT(api_call("GET", "//dress/%ff/%ff", NULL, NULL, NULL).status, 404);
}

/* No text becomes code: not by script, not by an attribute, not in a frame.  (What /pay and /signin/phone may: their own tests.) */
static void
what_pages_may_run(void)
{
	struct goods      goods = (prepare(), goods_new(&seller, "10.00", 1));
	const char *const paths[] = { "/", form("/products/%s", field(&goods, "slug")), "/search?q=a", "/cart", "/signin",
		"/register", form("/shops/%s", seller.merchant), "/products/there-is-none" };

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct answer answer = api_call("GET", form("/%s", paths[i]), NULL, NULL, HEADERS("Accept: text/html"));
		const char   *policy = header_of(&answer, "Content-Security-Policy");

		REQUIRE(policy != NULL);
		CHECK(strstr(policy, "script-src 'self';") != NULL && strstr(policy, "unsafe") == NULL);
		CHECK(strstr(policy, "require-trusted-types-for 'script'; trusted-types 'none'") != NULL);
		CHECK(strstr(policy, "frame-ancestors 'none'") != NULL && strstr(policy, "form-action 'self'") != NULL);
		CHECK(says(&answer, "</html>") && !says(&answer, " style=") && !says(&answer, "<style"));
	}
}

/* Who links to a page adds words of their own to its address; they are nothing to us, and go no further. */
static void
what_others_add_is_left_out(void)
{
	struct goods  goods = (prepare(), goods_new(&seller, "10.00", 1));
	const char   *slug = field(&goods, "slug");
	struct answer answer = page_of(form("/products/%s?fbclid=x&utm_source=%%22%%3E", slug));

	EXPECT(answer, 200);
	CHECK(!says(&answer, "fbclid") && !says(&answer, "utm_source"));
	answer = page_of("/search?q=a&gclid=x&in_stock=true");
	EXPECT(answer, 200);
	CHECK(!says(&answer, "gclid"));
	CHECK(says(&answer, "/search?q=a&amp;in_stock=true&amp;ordering=price"));
	CHECK_INT(page_of("/search?q=a&in_stock=perhaps").status, 400);
}

/* How one visitor spells an address is in nobody else's page. */
static void
each_spelling_has_its_own_page(void)
{
	struct goods  goods = (prepare(), goods_new(&seller, "10.00", 1));
	const char   *slug = field(&goods, "slug"), *odd = form("/products/%%%02x%s", (unsigned)slug[0], slug + 1);
	struct answer answer;

	for (int i = 0; i < 2; i++) {
		answer = page_of(odd);
		EXPECT(answer, 200);
		CHECK(says(&answer, form("%s?display_currency=", odd)));
	}
	answer = page_of(form("/products/%s", slug));
	EXPECT(answer, 200);
	CHECK(!says(&answer, odd));
}

/* The price in another currency goes along from the list to the product, and stands in the address alone. */
static void
prices_are_shown_in_another_currency(void)
{
	struct goods  goods = (prepare(), goods_new(&seller, "10.00", 1));
	const char   *slug = field(&goods, "slug");
	struct answer answer = page_of(form("/categories/%s?display_currency=EUR", field(&goods, "category.slug")));

	EXPECT(answer, 200);
	CHECK(says(&answer, form("href=\"/products/%s?display_currency=EUR\"", slug)));
	answer = page_of(form("/products/%s?display_currency=EUR", slug));
	EXPECT(answer, 200);
	CHECK(says(&answer, "≈ €"));
	CHECK(says(&answer, form("data-related=\"/products/%s/related?display_currency=EUR\"", slug)));
	CHECK(says(&answer, form("href=\"/products/%s\" rel=\"nofollow\"", slug)));
	CHECK(says(&answer, form("<link rel=\"canonical\" href=\"%s/products/%s\">", api_origin(), slug)));
	EXPECT(page_of(form("/products/%s/related?display_currency=EUR", slug)), 200);
	answer = page_of(form("/products/%s", slug));
	CHECK(!says(&answer, "≈"));
	CHECK_INT(page_of(form("/products/%s?display_currency=euro", slug)).status, 400);
}

/* The first page begins with what the shop wants to be seen; behind it, it is a list like others. */
static void
the_first_page_has_shelves(void)
{
	struct goods  goods = (prepare(), goods_new(&seller, "10.00", 3));
	const char   *slug = field(&goods, "slug"), *picks = "id=\"picks\"";
	struct answer answer;

	EXPECT(api_patch(form("/products/%s", goods.product), seller.access, "{\"is_featured\": true}"), 200);
	answer = page_of("/");
	EXPECT(answer, 200);
	REQUIRE(says(&answer, picks));
	CHECK(strstr(strstr(answer.body, picks), form("/products/%s\"", slug)) != NULL);
	answer = page_of("/?limit=2");
	CHECK(says(&answer, "New arrivals") && !says(&answer, picks) && !says(&answer, "class=\"hero\""));
}

/* Each filter can be taken away by itself, and the others stay. */
static void
filters_are_taken_away_one_by_one(void)
{
	struct answer answer = (prepare(), page_of("/search?in_stock=true&currency=INR&min_price=5&max_price=90"));

	EXPECT(answer, 200);
	CHECK(says(&answer, "href=\"/search?currency=INR&amp;min_price=5&amp;max_price=90\""));
	CHECK(says(&answer, "href=\"/search?in_stock=true\""));
	answer = page_of("/search");
	CHECK(!says(&answer, "Active filters"));
}

/* How it is sent, in its currency; machines are told the range of its prices. */
static void
a_product_says_how_it_is_sent(void)
{
	struct goods  goods = (prepare(), goods_new(&seller, "10.00", 3));
	struct answer answer = page_of(form("/products/%s", field(&goods, "slug")));
	const char   *variants[2];

	CHECK(says(&answer, "Standard delivery: ₹"));
	CHECK(says(&answer, "Returns within"));
	CHECK(says(&answer, "\"offers\":{\"@type\":\"Offer\",\"price\":\"10.00\""));
	goods_variants(&seller, "10.00", 3, 2, variants);
	EXPECT(api_patch(form("/variants/%s", variants[1]), seller.access, "{\"price\": \"12.00\"}"), 200);
	answer = page_of(form("/products/%s", sql_text("SELECT product_id FROM variants WHERE id = '%s'", variants[0])));
	CHECK(says(&answer, "\"@type\":\"AggregateOffer\",\"lowPrice\":\"10.00\",\"highPrice\":\"12.00\""));
}

SUITE("api: storefront", TEST(a_product_is_shown), TEST(each_language_has_its_words), TEST(a_change_shows_at_once),
    TEST(kept_lists_ask_nothing), TEST(lists_are_narrowed_by_links), TEST(what_is_searched_for_is_found), TEST(a_shop_has_a_page),
    TEST(a_category_that_was_renamed), TEST(a_product_that_was_deleted), TEST(paths_that_there_are_none_of),
    TEST(paths_that_are_no_text), TEST(what_pages_may_run), TEST(what_others_add_is_left_out),
    TEST(each_spelling_has_its_own_page), TEST(prices_are_shown_in_another_currency), TEST(the_first_page_has_shelves),
    TEST(filters_are_taken_away_one_by_one), TEST(a_product_says_how_it_is_sent))
