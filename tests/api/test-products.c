/* Products and variants: made, shown, listed, searched, changed, taken away and brought back, each by whom it is theirs. */
#include "tests/api/shopping.h"

#include <json-c/json.h>
#include <string.h>

static struct person admin, seller, rival, customer;
static const char   *category, *brand;

static const char *
unique(const char *word)
{
	static int number;

	return form("%s-%s-%d", word, seller.merchant + 24, ++number);
}

static void
prepare(void)
{
	struct answer answer;

	if (admin.access != NULL)
		return;
	admin = person_new("admin");
	seller = shopkeeper_new("USD");
	rival = shopkeeper_new("USD");
	customer = person_new("customer");
	answer = api_post("/categories", admin.access, form("{\"name\": \"%s\"}", unique("Products")));
	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	category = text_at(&answer, "id");
	answer = api_post("/brands", admin.access, form("{\"name\": \"%s\"}", unique("Brand")));
	EXPECT(answer, 201);
	brand = text_at(&answer, "id");
}

/* A body with the members that are needed and `more`. */
static const char *
body_with(const char *name, const char *price, const char *more)
{
	return form(
	    "{\"name\": \"%s\", \"category_id\": \"%s\", \"price\": \"%s\", \"variants\": [{\"sku\": \"%s\", \"on_hand\": 5}]%s}",
	    name, category, price, unique("SKU"), more);
}

static struct answer
make(const char *name, const char *price, const char *more)
{
	struct answer answer = api_post("/products", seller.access, body_with(name, price, more));

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return answer;
}

static const char *
path_of(const struct answer *product, const char *more)
{
	return form("/products/%s%s", text_at(product, "id"), more);
}

static const char published[] = ", \"status\": \"published\"";

static void
a_product_is_created_and_shown(void)
{
	struct answer made, shown;

	prepare();
	made = api_post("/products", seller.access,
	    form(
		"{\"name\": \"Größe & Form Nº %s\", \"description\": \"Line one.\\nLine two.\", "
		"\"category_id\": \"%s\", \"brand_id\": \"%s\", \"price\": \"1299.5\", \"compare_at_price\": 1500, \"cost_price\": \"700.00\", "
		"\"currency\": \"USD\", \"tax_class\": \"reduced\", \"status\": \"published\", \"is_featured\": true, "
		"\"options\": [{\"name\": \"size\", \"values\": [\"S\", \"M\"]}], "
		"\"images\": [{\"url\": \"https://127.0.0.1/a.webp\", \"alt\": \"front\"}, {\"url\": \"https://127.0.0.1/b.jpg\"}], "
		"\"variants\": [{\"sku\": \"%s\", \"options\": {\"size\": \"S\"}, \"on_hand\": 3}, "
		"{\"sku\": \"%s\", \"options\": {\"size\": \"M\"}, \"price\": \"1399.00\", \"barcode\": \"890\", \"weight_grams\": 250}]}",
		seller.merchant + 24, category, brand, unique("A"), unique("A")));
	EXPECT(made, 201);
	CHECK_TEXT(text_at(&made, "slug"), form("größe-form-no-%s", seller.merchant + 24));
	CHECK_TEXT(text_at(&made, "price"), "1299.50");
	CHECK_TEXT(text_at(&made, "compare_at_price"), "1500.00");
	CHECK_TEXT(text_at(&made, "cost_price"), "700.00");
	CHECK_TEXT(text_at(&made, "merchant.id"), seller.merchant);
	CHECK_TEXT(text_at(&made, "category.id"), category);
	CHECK_TEXT(text_at(&made, "brand.id"), brand);
	CHECK_TEXT(text_at(&made, "image.alt"), "front");
	CHECK(!has_at(&made, "image.url"));
	CHECK_INT(length_at(&made, "images"), 2);
	CHECK_TEXT(text_at(&made, "options.0.values.1"), "M");
	CHECK_INT(length_at(&made, "variants"), 2);
	CHECK_TEXT(text_at(&made, "variants.0.price"), "1299.50");
	CHECK_INT(number_at(&made, "variants.0.available"), 3);
	CHECK_TEXT(text_at(&made, "variants.1.price"), "1399.00");
	CHECK_TEXT(text_at(&made, "variants.1.options.size"), "M");
	CHECK_INT(number_at(&made, "variants.1.weight_grams"), 250);
	CHECK(bool_at(&made, "in_stock") && bool_at(&made, "is_featured"));
	shown = api_get(path_of(&made, ""), NULL);
	EXPECT(shown, 200);
	CHECK_TEXT(text_at(&shown, "description"), "Line one.\nLine two.");
	CHECK(strstr(shown.body, "cost_price") == NULL);
	CHECK_INT(api_round_trips(path_of(&made, ""), NULL), 0);         /* from memcached */
	CHECK_INT(api_round_trips(path_of(&made, ""), rival.access), 3); /* who asks, the product, its variants */
	shown = api_get(path_of(&made, ""), rival.access);
	CHECK(strstr(shown.body, "cost_price") == NULL);
	shown = api_get(path_of(&made, ""), seller.access);
	CHECK_TEXT(text_at(&shown, "cost_price"), "700.00");
	shown = api_get(path_of(&made, ""), admin.access);
	CHECK_TEXT(text_at(&shown, "cost_price"), "700.00");
	shown = api_get(form("/products/%s", text_at(&made, "slug")), NULL);
	EXPECT(shown, 200);
	CHECK_TEXT(text_at(&shown, "id"), text_at(&made, "id"));
	CHECK_INT(sql_number("SELECT SUM(delta_on_hand) FROM inventory_movements m JOIN variants v ON v.id = m.variant_id "
			     "WHERE v.product_id = '%s'",
		      text_at(&made, "id")),
	    3);
}

static void
slugs_are_made_unique(void)
{
	const char   *name = (prepare(), unique("Twin"));
	struct answer first = make(name, "1", ""), second = make(name, "1", ""), third = make(name, "1", "");

	CHECK_TEXT(text_at(&second, "slug"), form("%s-2", text_at(&first, "slug")));
	CHECK_TEXT(text_at(&third, "slug"), form("%s-3", text_at(&first, "slug")));
}

static void
bad_bodies_are_refused(void)
{
	struct answer answer;

	prepare();
	answer = api_post("/products", seller.access, "{}");
	EXPECT_FAULT(answer, "name");
	EXPECT_FAULT(answer, "category_id");
	EXPECT_FAULT(answer, "price");
	EXPECT_FAULT(answer, "variants");
	answer = api_post("/products", seller.access, body_with("X", "1.999", ""));
	EXPECT_FAULT(answer, "price");
	answer = api_post("/products", seller.access, body_with("X", "-1", ""));
	EXPECT_FAULT(answer, "price");
	answer = api_post("/products", seller.access, body_with("X", "999999999999999999", ""));
	EXPECT_FAULT(answer, "price");
	answer = api_post("/products", seller.access, body_with("X", "1", ", \"currency\": \"EUR\""));
	EXPECT_FAULT(answer, "currency");
	answer = api_post("/products", seller.access, body_with("X", "1", ", \"colour\": \"red\""));
	EXPECT_FAULT(answer, "colour");
	answer =
	    api_post("/products", seller.access, body_with("X", "1", ", \"brand_id\": \"0192f0c1-8f00-7000-8000-5a1b2c3d4e5f\""));
	EXPECT_FAULT(answer, "brand_id");
	answer = api_post("/products", seller.access, body_with("X", "1", ", \"images\": [{\"url\": \"javascript:alert(1)\"}]"));
	EXPECT_FAULT(answer, "images.0.url");
	answer = api_post("/products", seller.access, body_with("X", "1", ", \"images\": [{\"url\": \"//evil.test/a.png\"}]"));
	EXPECT_FAULT(answer, "images.0.url");
	answer = api_post("/products", seller.access, body_with("X", "1", ", \"images\": [{\"alt\": \"a\"}]"));
	EXPECT_FAULT(answer, "images.0");
	answer = api_post(
	    "/products", seller.access, body_with("X", "1", ", \"options\": [{\"name\": \"size\", \"values\": [\"S\"]}]"));
	EXPECT_FAULT(answer, "variants.0.options.size");
	answer = api_post("/products", seller.access,
	    body_with("X", "1",
		", \"options\": [{\"name\": \"a\", \"values\": [\"S\", \"S\"]}, {\"name\": \"a\", \"values\": [\"M\"]}]"));
	EXPECT_FAULT(answer, "options.1.name");
	EXPECT_FAULT(answer, "options.0.values.1");
	answer = api_post("/products", admin.access, body_with("X", "1", ""));
	EXPECT_FAULT(answer, "merchant_id");
}

static void
variants_must_fit_the_options(void)
{
	static const char form_of[] = "{\"name\": \"V\", \"category_id\": \"%s\", \"price\": \"1\", "
				      "\"options\": [{\"name\": \"size\", \"values\": [\"S\", \"M\"]}], \"variants\": [%s]}";
	struct answer     answer;

	prepare();
	answer =
	    api_post("/products", seller.access, form(form_of, category, "{\"sku\": \"x1\", \"options\": {\"size\": \"L\"}}"));
	EXPECT_FAULT(answer, "variants.0.options.size");
	answer = api_post("/products", seller.access,
	    form(form_of, category, "{\"sku\": \"x1\", \"options\": {\"size\": \"S\", \"colour\": \"red\"}}"));
	EXPECT_FAULT(answer, "variants.0.options");
	answer = api_post("/products", seller.access,
	    form(form_of, category,
		"{\"sku\": \"x1\", \"options\": {\"size\": \"S\"}}, {\"sku\": \"x1\", \"options\": {\"size\": \"S\"}}"));
	EXPECT_FAULT(answer, "variants.1.sku");
	EXPECT_FAULT(answer, "variants.1.options");
	answer = api_post("/products", seller.access,
	    form("{\"name\": \"V\", \"category_id\": \"%s\", \"price\": \"1\", "
		 "\"variants\": [{\"sku\": \"x1\"}, {\"sku\": \"x2\"}]}",
		category));
	EXPECT_FAULT(answer, "variants");
}

static void
skus_are_unique(void)
{
	const char *sku = (prepare(), unique("TAKEN"));
	const char *body = form(
	    "{\"name\": \"S\", \"category_id\": \"%s\", \"price\": \"1\", \"variants\": [{\"sku\": \"%s\"}]}", category, sku);
	struct answer answer = api_post("/products", seller.access, body);

	EXPECT(answer, 201);
	answer = api_post("/products", rival.access, body);
	EXPECT_PROBLEM(answer, 409, "sku_taken");
	CHECK(strstr(answer.body, "\"variants.0.sku\"") != NULL);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM products WHERE merchant_id = '%s'", rival.merchant), 0);
}

static void
only_owners_and_staff_write(void)
{
	struct answer product, answer;

	prepare();
	product = make("Mine", "10", published);
	answer = api_post("/products", NULL, body_with("X", "1", ""));
	EXPECT_PROBLEM(answer, 401, "unauthenticated");
	answer = api_post("/products", customer.access, body_with("X", "1", ""));
	EXPECT_PROBLEM(answer, 403, "forbidden");
	answer = api_post("/products", rival.access, body_with("X", "1", form(", \"merchant_id\": \"%s\"", seller.merchant)));
	EXPECT_FAULT(answer, "merchant_id");
	answer = api_patch(path_of(&product, ""), rival.access, "{\"price\": \"1\"}");
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_delete(path_of(&product, ""), rival.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_delete(form("/variants/%s", text_at(&product, "variants.0.id")), rival.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_patch(form("/variants/%s", text_at(&product, "variants.0.id")), rival.access, "{\"price\": \"1\"}");
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer =
	    api_post("/products", admin.access, body_with("By staff", "1", form(", \"merchant_id\": \"%s\"", seller.merchant)));
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "merchant.id"), seller.merchant);
	answer = api_patch(path_of(&product, ""), admin.access, "{\"price\": \"11\"}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "price"), "11.00");
}

static void
drafts_are_hidden(void)
{
	struct answer product, answer;

	prepare();
	product = make("Draft", "10", "");
	CHECK_TEXT(text_at(&product, "status"), "draft");
	answer = api_get(path_of(&product, ""), NULL);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_get(path_of(&product, ""), rival.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_get(path_of(&product, ""), seller.access);
	EXPECT(answer, 200);
	answer = api_get("/products?status=draft&limit=100", seller.access);
	EXPECT(answer, 200);
	CHECK(strstr(answer.body, text_at(&product, "id")) != NULL);
	answer = api_get("/products?status=draft", NULL);
	EXPECT_PROBLEM(answer, 401, "unauthenticated");
	answer = api_get("/products?status=draft", customer.access);
	EXPECT_PROBLEM(answer, 403, "forbidden");
	answer = api_get(form("/products?status=any&merchant=%s", seller.merchant), rival.access);
	EXPECT_PROBLEM(answer, 403, "forbidden");
	answer = api_get(form("/products?status=any&merchant=%s&ordering=name&limit=1", seller.merchant), admin.access);
	EXPECT(answer, 200);
	answer = api_get(text_at(&answer, "next") + strlen("/api/v1"), admin.access);
	EXPECT(answer, 200);
	CHECK(has_at(&answer, "previous"));
	answer = api_get("/products?status=any&ordering=name", admin.access);
	EXPECT_FAULT(answer, "ordering");
	answer = api_get("/products?status=published&limit=3", admin.access);
	EXPECT(answer, 200);
}

static int64_t
found_by(const struct person *person, const char *query)
{
	struct answer answer = api_get(form("/products?limit=100&%s", query), person->access);

	EXPECT(answer, 200);
	return length_at(&answer, "results");
}

static void
staff_find_products_of_all_shops(void)
{
	const char   *mark, *slug;
	struct answer answer;

	prepare();
	mark = unique("Kettle");
	slug = sql_text("SELECT slug FROM categories WHERE id = '%s'", category);
	make(form("%s red", mark), "10", form(", \"brand_id\": \"%s\", \"is_featured\": true", brand));
	make(form("%s blue", mark), "10", published);
	answer = api_post("/products", rival.access, body_with(form("%s green", mark), "10", ""));
	EXPECT(answer, 201);
	CHECK_INT(found_by(&admin, form("status=any&search=%s", mark)), 3);
	CHECK_INT(found_by(&admin, form("status=draft&search=%s", mark)), 2);
	CHECK_INT(found_by(&admin, form("status=archived&search=%s", mark)), 0);
	CHECK_INT(found_by(&admin, form("status=any&search=%s", text_at(&answer, "variants.0.sku"))), 1);
	CHECK_INT(found_by(&admin, form("status=any&search=%s&merchant=%s", mark, rival.merchant)), 1);
	CHECK_INT(found_by(&admin, form("status=any&search=%s&brand=%s", mark, brand)), 1);
	CHECK_INT(found_by(&admin, form("status=any&search=%s&is_featured=false", mark)), 2);
	CHECK_INT(found_by(&admin, form("status=any&search=%s&in_stock=true", mark)), 3);
	CHECK_INT(found_by(&admin, form("status=any&search=%s&in_stock=false", mark)), 0);
	CHECK_INT(found_by(&admin, form("status=any&search=%s&currency=EUR", mark)), 0);
	CHECK_INT(found_by(&admin, form("status=any&search=%s&category=%s", mark, slug)), 3);
	CHECK_INT(found_by(&seller, form("status=any&search=%s&category=%s", mark, category)), 2);
	CHECK_INT(found_by(&seller, form("status=any&search=%s&category=nowhere", mark)), 0);
	CHECK_INT(found_by(&seller, form("status=any&search=%s&brand=nobody", mark)), 0);
	answer = api_get(form("/products?status=any&search=%s&limit=2", mark), admin.access);
	CHECK_INT(length_at(&answer, "results"), 2);
	answer = api_get(text_at(&answer, "next") + strlen("/api/v1"), admin.access);
	CHECK_INT(length_at(&answer, "results"), 1);
	EXPECT_FAULT(api_get("/products?status=any&currency=USD&min_price=1", admin.access), "min_price");
	EXPECT_FAULT(api_get("/products?status=any&rating_gte=4", seller.access), "rating_gte");
}

/* ---- listings follow every change ---- */

static int64_t
listings_of(const struct answer *product)
{
	return sql_number("SELECT COUNT(*) FROM product_listings WHERE product_id = '%s'", text_at(product, "id"));
}

static void
listings_follow_the_product(void)
{
	struct answer product, answer;

	prepare();
	product = make("Listed", "10", "");
	CHECK_INT(listings_of(&product), 0);
	answer = api_patch(path_of(&product, ""), seller.access, "{\"status\": \"published\"}");
	EXPECT(answer, 200);
	CHECK_INT(listings_of(&product), 2);
	answer = api_patch(path_of(&product, ""), seller.access, "{\"price\": \"12.34\", \"name\": \"Renamed\"}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "slug"), text_at(&product, "slug"));
	CHECK_INT(sql_number(
		      "SELECT COUNT(*) FROM product_listings WHERE product_id = '%s' AND price_minor = 1234 AND name = 'Renamed'",
		      text_at(&product, "id")),
	    2);
	answer = api_delete(path_of(&product, ""), seller.access);
	EXPECT(answer, 204);
	CHECK_INT(listings_of(&product), 0);
	answer = api_get(path_of(&product, ""), seller.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_get("/products?status=deleted&limit=100", seller.access);
	CHECK(strstr(answer.body, text_at(&product, "id")) != NULL);
	answer = api_post(path_of(&product, "/restore"), seller.access, "{}");
	EXPECT(answer, 200);
	CHECK_INT(listings_of(&product), 2);
	answer = api_post(path_of(&product, "/restore"), seller.access, "{}");
	EXPECT_PROBLEM(answer, 404, "not_found");
}

static void
inactive_merchants_do_not_sell(void)
{
	struct answer product, answer;

	prepare();
	product = make("Suspended", "10", published);
	sql_run("UPDATE merchants SET status = 'suspended' WHERE id = '%s'", seller.merchant);
	answer = api_get(path_of(&product, ""), NULL);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_post("/products", seller.access, body_with("X", "1", published));
	EXPECT_PROBLEM(answer, 403, "merchant_inactive");
	answer = api_patch(path_of(&product, ""), seller.access, "{\"status\": \"published\"}");
	EXPECT_PROBLEM(answer, 403, "merchant_inactive");
	answer = api_post("/products", seller.access, body_with("X", "1", ""));
	EXPECT(answer, 201);
	sql_run("UPDATE merchants SET status = 'active' WHERE id = '%s'", seller.merchant);
}

/* Staff suspend a merchant: a job takes the products out of the shop, and brings them back. */
static void
listings_follow_the_merchant(void)
{
	struct answer product, other, answer;
	const char   *listed;

	prepare();
	product = make("Follows", "10", published);
	other = make("Follows as a draft", "10", "");
	listed = form("SELECT COUNT(*) FROM product_listings WHERE merchant_id = '%s' AND product_id IN ('%s', '%s')",
	    seller.merchant, text_at(&product, "id"), text_at(&other, "id"));
	WAIT_FOR("2", "%s", listed);
	answer = api_post(form("/merchants/%s/suspend", seller.merchant), admin.access, "{}");
	EXPECT(answer, 200);
	WAIT_FOR("0", "%s", listed);
	WAIT_FOR("0", "SELECT COUNT(*) FROM product_listings WHERE merchant_id = '%s'", seller.merchant);
	answer = api_post(form("/merchants/%s/activate", seller.merchant), admin.access, "{}");
	EXPECT(answer, 200);
	WAIT_FOR("2", "%s", listed);
}

/* ---- entity tags ---- */

static void
entity_tags_change_with_the_answer(void)
{
	const char   *tag, *headers[2] = { NULL, NULL };
	struct answer product, answer;

	prepare();
	product = make("Tagged", "10", published);
	answer = api_get(path_of(&product, ""), NULL);
	tag = header_of(&answer, "ETag");
	REQUIRE(tag != NULL);
	headers[0] = form("If-None-Match: %s", tag);
	answer = api_call("GET", path_of(&product, ""), NULL, NULL, headers);
	EXPECT(answer, 304);
	CHECK_INT(answer.length, 0);
	headers[0] = form("If-None-Match: W/%s", tag);
	answer = api_call("GET", path_of(&product, ""), NULL, NULL, headers);
	EXPECT(answer, 304);
	answer = api_post(form("/inventory/%s/adjustments", text_at(&product, "variants.0.id")), seller.access,
	    "{\"delta\": -1, \"reason\": \"count\"}");
	EXPECT(answer, 200);
	answer = api_call("GET", path_of(&product, ""), NULL, NULL, headers);
	EXPECT(answer, 200);
	/* The version is the same: a seller's edit is not held up by a sale. */
	headers[0] = form("If-Match: %s", tag);
	answer = api_call("PATCH", path_of(&product, ""), seller.access, "{\"price\": \"11\"}", headers);
	EXPECT(answer, 200);
	answer = api_call("PATCH", path_of(&product, ""), seller.access, "{\"price\": \"12\"}", headers);
	EXPECT_PROBLEM(answer, 412, "version_mismatch");
	answer = api_call("DELETE", path_of(&product, ""), seller.access, NULL, headers);
	EXPECT_PROBLEM(answer, 412, "version_mismatch");
	headers[0] = "If-Match: *";
	answer = api_call("PATCH", path_of(&product, ""), seller.access, "{\"price\": \"12\"}", headers);
	EXPECT(answer, 200);
}

/* ---- change ---- */

static void
null_clears_and_absent_members_stay(void)
{
	struct answer product, answer;

	prepare();
	product =
	    make("Partly", "10", form(", \"brand_id\": \"%s\", \"compare_at_price\": \"20\", \"cost_price\": \"5\"", brand));
	answer = api_patch(path_of(&product, ""), seller.access, "{\"price\": \"11\"}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "compare_at_price"), "20.00");
	CHECK_TEXT(text_at(&answer, "brand.id"), brand);
	CHECK_INT(number_at(&answer, "version"), 2);
	answer = api_patch(
	    path_of(&product, ""), seller.access, "{\"compare_at_price\": null, \"brand_id\": null, \"cost_price\": null}");
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "compare_at_price") && !has_at(&answer, "brand") && !has_at(&answer, "cost_price"));
	answer = api_patch(path_of(&product, ""), seller.access, "{\"price\": null}");
	EXPECT_FAULT(answer, "price");
	answer = api_patch(path_of(&product, ""), seller.access, "{\"price\": \"1.001\"}");
	EXPECT_FAULT(answer, "price");
	answer = api_patch(path_of(&product, ""), seller.access, "{\"options\": [{\"name\": \"size\", \"values\": [\"S\"]}]}");
	EXPECT_FAULT(answer, "options");
	answer = api_patch(path_of(&product, ""), seller.access, "{\"category_id\": \"0192f0c1-8f00-7000-8000-5a1b2c3d4e5f\"}");
	EXPECT_FAULT(answer, "category_id");
	answer = api_patch(
	    path_of(&product, ""), seller.access, "{\"images\": [{\"url\": \"https://127.0.0.1/c.webp\", \"alt\": \"c\"}]}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "image.alt"), "c");
}

static void
variants_are_created_updated_and_deleted(void)
{
	struct answer product, answer;
	const char   *first, *added;

	prepare();
	product = api_post("/products", seller.access,
	    form("{\"name\": \"Shirt\", \"category_id\": \"%s\", \"price\": \"10\", "
		 "\"options\": [{\"name\": \"size\", \"values\": [\"S\", \"M\", \"L\"]}], "
		 "\"variants\": [{\"sku\": \"%s\", \"options\": {\"size\": \"S\"}}]}",
		category, unique("SHIRT")));
	EXPECT(product, 201);
	first = text_at(&product, "variants.0.id");
	answer = api_post(path_of(&product, "/variants"), seller.access,
	    form("{\"sku\": \"%s\", \"options\": {\"size\": \"S\"}}", unique("SHIRT")));
	EXPECT_FAULT(answer, "options");
	answer = api_post(path_of(&product, "/variants"), seller.access,
	    form("{\"sku\": \"%s\", \"options\": {\"size\": \"XL\"}}", unique("SHIRT")));
	EXPECT_FAULT(answer, "options.size");
	answer = api_post(path_of(&product, "/variants"), seller.access,
	    form("{\"sku\": \"%s\", \"options\": {\"size\": \"M\"}, \"price\": \"12\", \"on_hand\": 7}",
		text_at(&product, "variants.0.sku")));
	EXPECT_PROBLEM(answer, 409, "sku_taken");
	answer = api_post(path_of(&product, "/variants"), seller.access,
	    form("{\"sku\": \"%s\", \"options\": {\"size\": \"M\"}, \"price\": \"12\", \"on_hand\": 7}", unique("SHIRT")));
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "price"), "12.00");
	CHECK_INT(number_at(&answer, "available"), 7);
	added = text_at(&answer, "id");
	answer = api_patch(form("/variants/%s", added), seller.access, "{\"options\": {\"size\": \"S\"}}");
	EXPECT_FAULT(answer, "options");
	answer =
	    api_patch(form("/variants/%s", added), seller.access, form("{\"sku\": \"%s\"}", text_at(&product, "variants.0.sku")));
	EXPECT_PROBLEM(answer, 409, "sku_taken");
	answer = api_patch(
	    form("/variants/%s", added), seller.access, "{\"price\": null, \"weight_grams\": 3, \"options\": {\"size\": \"L\"}}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "price"), "10.00");
	CHECK_TEXT(text_at(&answer, "options.size"), "L");
	answer = api_patch(path_of(&product, ""), seller.access, "{\"options\": [{\"name\": \"size\", \"values\": [\"S\"]}]}");
	EXPECT_FAULT(answer, "options");
	answer = api_delete(form("/variants/%s", first), seller.access);
	EXPECT(answer, 204);
	answer = api_delete(form("/variants/%s", first), seller.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_delete(form("/variants/%s", added), seller.access);
	EXPECT_PROBLEM(answer, 409, "conflict");
	answer = api_get(path_of(&product, ""), seller.access);
	CHECK_INT(length_at(&answer, "variants"), 1);
	CHECK_INT(number_at(&answer, "version"), 4);
}

/* A shirt in two sizes, with everything that a PUT may reset. */
static struct answer
make_shirt(void)
{
	struct answer answer = api_post("/products", seller.access,
	    form(
		"{\"name\": \"Shirt\", \"category_id\": \"%s\", \"price\": \"10\", "
		"\"brand_id\": \"%s\", \"description\": \"Warm.\", \"compare_at_price\": \"20\", \"tax_class\": \"reduced\", \"is_featured\": true, "
		"\"status\": \"published\", \"images\": [{\"url\": \"https://127.0.0.1/c.webp\"}], "
		"\"options\": [{\"name\": \"size\", \"values\": [\"S\", \"M\"]}], \"variants\": ["
		"{\"sku\": \"%s\", \"options\": {\"size\": \"S\"}, \"on_hand\": 3, \"price\": \"9\", \"barcode\": \"890\"}, "
		"{\"sku\": \"%s\", \"options\": {\"size\": \"M\"}, \"on_hand\": 4}]}",
		category, brand, unique("PUT-S"), unique("PUT-M")));

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return answer;
}

static void
a_product_is_replaced(void)
{
	static const char form_of[] =
	    "{\"name\": \"Shirt\", \"category_id\": \"%s\", \"price\": \"11\", "
	    "\"options\": [{\"name\": \"size\", \"values\": [\"S\", \"L\"]}], \"variants\": ["
	    "{\"sku\": \"%s\", \"options\": {\"size\": \"L\"}, \"on_hand\": 7}, {\"sku\": \"%s\", \"options\": {\"size\": \"S\"}}]}";
	struct answer product, answer, again;
	const char   *small, *body, *tag, *path, *large = (prepare(), unique("PUT-L"));

	product = make_shirt();
	path = path_of(&product, "");
	small = text_at(&product, "variants.0.id");
	tag = form("If-Match: %s", header_of(&product, "ETag"));
	body = form(form_of, category, large, text_at(&product, "variants.0.sku"));
	EXPECT_PROBLEM(api_put(path, rival.access, body), 404, "not_found");
	EXPECT_PROBLEM(api_put(path, customer.access, body), 403, "forbidden");
	answer = api_call("PUT", path, seller.access, body, HEADERS(tag));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "slug"), text_at(&product, "slug"));
	CHECK_TEXT(text_at(&answer, "price"), "11.00");
	CHECK_TEXT(text_at(&answer, "description"), "");
	CHECK_TEXT(text_at(&answer, "tax_class"), "standard");
	CHECK_TEXT(text_at(&answer, "status"), "draft");
	CHECK(!has_at(&answer, "brand") && !has_at(&answer, "compare_at_price") && !has_at(&answer, "image"));
	CHECK_INT(length_at(&answer, "variants"), 2);
	CHECK_TEXT(text_at(&answer, "variants.0.sku"), large);
	CHECK_INT(number_at(&answer, "variants.0.available"), 7);
	CHECK_TEXT(text_at(&answer, "variants.1.id"), small);
	CHECK_TEXT(text_at(&answer, "variants.1.price"), "11.00");
	CHECK(!has_at(&answer, "variants.1.barcode"));
	CHECK_INT(number_at(&answer, "variants.1.available"), 3);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM variants WHERE product_id = '%s' AND deleted_at IS NOT NULL",
		      text_at(&product, "id")),
	    1);
	CHECK_INT(listings_of(&product), 0);
	EXPECT_PROBLEM(api_call("PUT", path, seller.access, body, HEADERS(tag)), 412, "version_mismatch");
	EXPECT_PROBLEM(api_put(path, seller.access, body), 400, "adjust_stock"); /* the large one is known by now */
	body = form("{\"name\": \"Shirt\", \"category_id\": \"%s\", \"price\": \"11\", \"variants\": [{\"sku\": \"%s\"}]}",
	    category, large);
	answer = api_put(path, seller.access, body);
	EXPECT(answer, 200);
	again = api_put(path, seller.access, body);
	EXPECT(again, 200);
	CHECK_INT(number_at(&again, "version"), number_at(&answer, "version") + 1);
	CHECK_INT(length_at(&again, "options"), 0);
	CHECK_TEXT(text_at(&again, "variants.0.id"), text_at(&answer, "variants.0.id"));
	CHECK_INT(number_at(&again, "variants.0.available"), 7);
}

static void
bad_replacements_are_refused(void)
{
	static const char form_of[] = "{\"name\": \"Shirt\", \"category_id\": \"%s\", \"price\": \"11\", "
				      "\"options\": [{\"name\": \"size\", \"values\": [\"S\", \"M\"]}]%s, \"variants\": [%s]}";
	struct answer     product, other, answer;
	const char       *path, *first, *second;

	prepare();
	product = make_shirt();
	other = make_shirt();
	path = path_of(&product, "");
	first = form("{\"sku\": \"%s\", \"options\": {\"size\": \"S\"}}", text_at(&product, "variants.0.sku"));
	second = form("{\"sku\": \"%s\", \"options\": {\"size\": \"M\"}}", text_at(&product, "variants.1.sku"));
	answer = api_put(path, seller.access, "{\"price\": \"1\"}");
	EXPECT_FAULT(answer, "name");
	EXPECT_FAULT(answer, "variants");
	EXPECT_FAULT(api_put(path, seller.access, form(form_of, category, "", "")), "variants");
	EXPECT_FAULT(
	    api_put(path, seller.access, form(form_of, category, "", "{\"options\": {\"size\": \"S\"}}")), "variants.0.sku");
	EXPECT_FAULT(
	    api_put(path, seller.access, form(form_of, category, "", "{\"sku\": \"x\", \"options\": {\"size\": \"XL\"}}")),
	    "variants.0.options.size");
	EXPECT_FAULT(api_put(path, seller.access, form(form_of, category, "", form("%s, %s", first, first))), "variants.1");
	EXPECT_FAULT(api_put(path, seller.access,
			 form(form_of, category, "",
			     form("%s, {\"id\": \"%s\", \"sku\": \"y\"}", first, text_at(&other, "variants.0.id")))),
	    "variants.1.id");
	EXPECT_FAULT(
	    api_put(path, seller.access, form(form_of, category, form(", \"merchant_id\": \"%s\"", rival.merchant), first)),
	    "merchant_id");
	EXPECT_FAULT(api_put(path, seller.access, form(form_of, category, ", \"currency\": \"EUR\"", first)), "currency");
	EXPECT_PROBLEM(api_put(path, seller.access,
			   form(form_of, category, "",
			       form("{\"sku\": \"%s\", \"options\": {\"size\": \"S\"}}", text_at(&other, "variants.0.sku")))),
	    409, "sku_taken");
	EXPECT_PROBLEM(api_put(path, seller.access,
			   form(form_of, category, "",
			       form("{\"id\": \"%s\", \"sku\": \"%s\", "
				    "\"options\": {\"size\": \"S\"}}",
				   text_at(&product, "variants.0.id"), text_at(&other, "variants.0.sku")))),
	    409, "sku_taken");
	answer = api_get(path, seller.access);
	CHECK_INT(number_at(&answer, "version"), 1);
	CHECK_INT(length_at(&answer, "variants"), 2);
	answer = api_put(path, seller.access, form(form_of, category, "", form("%s, %s", second, first)));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "variants.0.id"), text_at(&product, "variants.1.id"));
}

/* PATCH with variants: options and variants together, and what an element leaves out stays. */
static void
options_change_with_their_variants(void)
{
	struct answer product, answer;
	const char   *path;

	prepare();
	product = make_shirt();
	path = path_of(&product, "");
	EXPECT_FAULT(api_patch(path, seller.access, "{\"options\": [{\"name\": \"colour\", \"values\": [\"red\"]}]}"), "options");
	EXPECT_FAULT(api_patch(path, seller.access, "{\"variants\": [{\"price\": \"1\"}]}"), "variants.0.sku");
	EXPECT_PROBLEM(api_patch(path, seller.access,
			   form("{\"variants\": [{\"id\": \"%s\", \"on_hand\": 1}]}", text_at(&product, "variants.0.id"))),
	    400, "adjust_stock");
	answer = api_patch(path, seller.access,
	    form(
		"{\"options\": [{\"name\": \"colour\", \"values\": [\"red\", \"blue\"]}], \"variants\": ["
		"{\"id\": \"%s\", \"options\": {\"colour\": \"red\"}}, {\"sku\": \"%s\", \"options\": {\"colour\": \"blue\"}, \"on_hand\": 2}]}",
		text_at(&product, "variants.0.id"), unique("PATCH")));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "description"), "Warm.");
	CHECK_TEXT(text_at(&answer, "options.0.name"), "colour");
	CHECK_INT(length_at(&answer, "variants"), 2);
	CHECK_TEXT(text_at(&answer, "variants.0.id"), text_at(&product, "variants.0.id"));
	CHECK_TEXT(text_at(&answer, "variants.0.options.colour"), "red");
	CHECK_TEXT(text_at(&answer, "variants.0.price"), "9.00");
	CHECK_TEXT(text_at(&answer, "variants.0.barcode"), "890");
	CHECK_INT(number_at(&answer, "variants.1.available"), 2);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM variants WHERE id = '%s' AND deleted_at IS NOT NULL",
		      text_at(&product, "variants.1.id")),
	    1);
}

static void
a_variant_is_replaced(void)
{
	struct answer product, answer;
	const char   *path, *sku, *tag;

	prepare();
	product = make_shirt();
	path = form("/variants/%s", text_at(&product, "variants.0.id"));
	sku = text_at(&product, "variants.0.sku");
	tag = form("If-Match: %s", header_of(&product, "ETag"));
	EXPECT_FAULT(api_put(path, seller.access, "{\"options\": {\"size\": \"S\"}}"), "sku");
	EXPECT_FAULT(api_put(path, seller.access, form("{\"sku\": \"%s\"}", sku)), "options.size");
	EXPECT_PROBLEM(
	    api_put(path, seller.access, form("{\"sku\": \"%s\", \"options\": {\"size\": \"S\"}, \"on_hand\": 1}", sku)), 400,
	    "adjust_stock");
	EXPECT_PROBLEM(
	    api_put(path, rival.access, form("{\"sku\": \"%s\", \"options\": {\"size\": \"S\"}}", sku)), 404, "not_found");
	answer =
	    api_call("PUT", path, seller.access, form("{\"sku\": \"%s\", \"options\": {\"size\": \"S\"}}", sku), HEADERS(tag));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "price"), "10.00");
	CHECK(!has_at(&answer, "barcode"));
	CHECK_INT(number_at(&answer, "available"), 3);
	EXPECT_PROBLEM(
	    api_call("PUT", path, seller.access, form("{\"sku\": \"%s\", \"options\": {\"size\": \"S\"}}", sku), HEADERS(tag)),
	    412, "version_mismatch");
}

/* ---- lists ---- */

enum { MANY = 1000 };
static const char *many_category;

/* MANY products beside one another, with ties in every ordering. */
static void
prepare_many(void)
{
	struct answer answer, product;
	const char   *id;

	prepare();
	if (many_category != NULL)
		return;
	answer = api_post("/categories", admin.access, form("{\"name\": \"%s\"}", unique("Many")));
	EXPECT(answer, 201);
	many_category = text_at(&answer, "id");
	product = make("Pattern", "1", "");
	id = text_at(&product, "id");
	sql_run(
	    "INSERT INTO products (id, merchant_id, category_id, name, slug, description, price_minor, currency, status, "
	    "rating_average, sales_count, is_featured, created_at) "
	    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
	    "SELECT CONCAT(UNHEX(CONCAT('0199', LPAD(HEX(n.i), 4, '0'))), SUBSTRING('%s', 5)), p.merchant_id, '%s', CONCAT('Thing ', n.i %% 70), "
	    "CONCAT(p.slug, '-', n.i), 'searchable quicksilver%s', 100 * (n.i %% 90), p.currency, 'published', (n.i %% 11) / 2, n.i %% 30, "
	    "n.i %% 10 = 0, '2026-01-01' + INTERVAL n.i %% 300 SECOND FROM n JOIN products p WHERE p.id = '%s'",
	    MANY, id, many_category, seller.merchant + 24, id);
	/* Printed by nobody: their documents are out of date. */
	sql_run("INSERT INTO product_documents (product_id, currency, price_minor, in_stock) "
		"SELECT id, currency, price_minor, FALSE FROM products WHERE category_id = '%s'",
	    many_category);
	sql_run(
	    "INSERT INTO product_listings (category_id, product_id, merchant_id, currency, price_minor, price_order, in_stock, "
	    "created_at, name, rating_average, sales_count, is_featured) SELECT IF(c.n, p.category_id, "
	    "x'00000000000000000000000000000000'), p.id, p.merchant_id, p.currency, p.price_minor, "
	    "CONCAT(p.currency, LPAD(p.price_minor, 19, '0')), FALSE, p.created_at, p.name, p.rating_average, p.sales_count, "
	    "p.is_featured FROM products p JOIN (SELECT 0 AS n UNION ALL SELECT 1) c WHERE p.category_id = '%s'",
	    many_category);
	CHECK_INT(shop_command("search", "fill"), 0);
}

/* All ids of a list from a path on, page by page, "next" or "previous"; each page's in order. */
static size_t
walk(const char *path, const char *direction, const char **ids, size_t room, const char **last)
{
	size_t count = 0;

	while (path != NULL && count < room) {
		struct answer page = api_get(path, NULL);
		size_t        length = length_at(&page, "results");

		EXPECT(page, 200);
		if (page.status != 200)
			break;
		for (size_t i = 0; i < length && count < room; i++) {
			size_t index = direction[0] == 'n' ? i : length - 1 - i;

			ids[count++] = text_at(&page, form("results.%zu.id", index));
		}
		*last = path;
		path = has_at(&page, direction) ? text_at(&page, direction) + strlen("/api/v1") : NULL;
	}
	return count;
}

static void
check_walk(const char *path, const char *sql_order, const char *where)
{
	static const char *forward[MANY + 1], *backward[MANY + 1];
	const char        *last = path, *expected;
	size_t             n = walk(path, "next", forward, MANY + 1, &last), back;

	CHECK_INT(n, sql_number("SELECT COUNT(*) FROM products l WHERE category_id = '%s' AND %s", many_category, where));
	back = walk(last, "previous", backward, MANY + 1, &last);
	CHECK_INT(back, n);
	for (size_t i = 0; i < n && i < back; i++)
		if (strcmp(forward[i], backward[n - 1 - i]) != 0) {
			CHECK_TEXT(backward[n - 1 - i], forward[i]);
			break;
		}
	sql_run("SET SESSION group_concat_max_len = 1000000");
	expected = sql_text(
	    "SELECT GROUP_CONCAT(CAST(id AS UUID) ORDER BY %s SEPARATOR '') FROM products l WHERE category_id = '%s' AND %s",
	    sql_order, many_category, where);
	for (size_t i = 0; i < n && expected != NULL; i++)
		if (strncmp(expected + 36 * i, forward[i], 36) != 0) {
			CHECK_TEXT(forward[i], form("%.36s", expected + 36 * i));
			break;
		}
}

static void
cursors_go_forward_and_back(void)
{
	prepare_many();
	check_walk(form("/products?category=%s&limit=100", many_category), "created_at DESC, id DESC", "TRUE");
	check_walk(form("/products?category=%s&limit=97&ordering=created_at", many_category), "created_at, id", "TRUE");
	check_walk(form("/products?category=%s&limit=100&ordering=price", many_category), "price_minor, id", "TRUE");
	check_walk(form("/products?category=%s&limit=99&ordering=-price", many_category), "price_minor DESC, id DESC", "TRUE");
	check_walk(form("/products?category=%s&limit=100&ordering=name", many_category), "name, id", "TRUE");
	check_walk(
	    form("/products?category=%s&limit=100&ordering=-rating", many_category), "rating_average DESC, id DESC", "TRUE");
	check_walk(form("/products?category=%s&limit=100&ordering=rating", many_category), "rating_average, id", "TRUE");
	check_walk(form("/products?category=%s&limit=100&ordering=-sales", many_category), "sales_count DESC, id DESC", "TRUE");
}

static void
filters_select_what_matches(void)
{
	prepare_many();
	check_walk(form("/products?category=%s&limit=100&currency=USD&min_price=10&max_price=20.00", many_category),
	    "created_at DESC, id DESC", "price_minor BETWEEN 1000 AND 2000");
	check_walk(form("/products?category=%s&limit=100&is_featured=true&ordering=price", many_category), "price_minor, id",
	    "is_featured");
	check_walk(form("/products?category=%s&limit=100&rating_gte=4.5&ordering=name", many_category), "name, id",
	    "rating_average >= 4.5");
	check_walk(form("/products?category=%s&limit=100&merchant=%s", many_category, seller.merchant),
	    "created_at DESC, id DESC", "TRUE");
	check_walk(form("/products?category=%s&limit=100&merchant=%s", many_category, rival.merchant), "created_at DESC, id DESC",
	    "FALSE");
	check_walk(form("/products?category=%s&limit=100&brand=%s", many_category, brand), "created_at DESC, id DESC", "FALSE");
	check_walk(form("/products?category=%s&limit=100&in_stock=true", many_category), "created_at DESC, id DESC", "FALSE");
	check_walk(form("/products?category=%s&limit=100&in_stock=false&currency=USD", many_category), "created_at DESC, id DESC",
	    "TRUE");
	check_walk(form("/products?category=%s&limit=100&currency=EUR", many_category), "created_at DESC, id DESC", "FALSE");
}

/* Of pages that nobody has asked for yet, so that memcached has none; now and then a worker asks whether to believe it. */
static int64_t
first_page_trips(const char *id_or_slug)
{
	int64_t fewest = INT64_MAX;

	for (int limit = 20; limit < 28; limit++) {
		struct answer answer = api_get(form("/products?category=%s&limit=%d", id_or_slug, limit), NULL);

		EXPECT(answer, 200);
		CHECK_INT(length_at(&answer, "results"), limit);
		fewest = answer.round_trips < fewest ? answer.round_trips : fewest;
	}
	return fewest;
}

static void
category_and_brand_by_slug(void)
{
	struct answer answer;
	const char   *slug;

	prepare_many();
	sql_run("UPDATE jobs SET run_at = NOW(3) WHERE kind = 'print_documents'");
	WAIT_FOR("0", "SELECT COUNT(*) FROM product_documents WHERE form = 0");
	slug = sql_text("SELECT slug FROM categories WHERE id = '%s'", many_category);
	answer = api_get(form("/products?category=%s&limit=5", slug), NULL);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 5);
	CHECK_INT(first_page_trips(slug), 1);
	CHECK_INT(first_page_trips(many_category), 1);
	check_walk(form("/products?category=%s&limit=97", slug), "created_at DESC, id DESC", "TRUE");
	answer = api_get("/products?category=no-such-category-here", NULL);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 0);
	CHECK(!has_at(&answer, "next"));
	answer = api_get(form("/products?brand=%s&limit=5", sql_text("SELECT slug FROM brands WHERE id = '%s'", brand)), NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.brand.id"), brand);
	answer = api_get("/products?brand=no-such-brand-here", NULL);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 0);
}

/* Asked for packed, it comes packed, once; whoever has it already gets 304 without the database being asked. */
static void
expect_kept(const char *path)
{
	struct answer plain = api_get(path, NULL), answer, first;
	const char   *tag, *vary;

	EXPECT(plain, 200);
	CHECK(header_of(&plain, "Content-Encoding") == NULL);
	first = api_call("GET", path, NULL, NULL, HEADERS("Accept-Encoding: br, gzip"));
	answer = api_call("GET", path, NULL, NULL, HEADERS("Accept-Encoding: gzip;q=0.5"));
	EXPECT(answer, 200);
	CHECK_TEXT(header_of(&answer, "Content-Encoding"), "gzip");
	CHECK(answer.length == first.length && memcmp(answer.body, first.body, first.length) == 0);
	CHECK(answer.length * 2 < plain.length);
	CHECK_TEXT(json_object_to_json_string(answer.json), json_object_to_json_string(plain.json));
	vary = strstr(answer.headers, "Accept-Encoding");
	CHECK(vary != NULL && strstr(vary + 1, "Accept-Encoding") == NULL);
	tag = header_of(&answer, "ETag");
	REQUIRE(tag != NULL && strncmp(tag, "W/", 2) == 0);
	CHECK_TEXT(header_of(&plain, "ETag"), tag + 2);
	answer = api_call("GET", path, NULL, NULL, HEADERS("Accept-Encoding: gzip;q=0, identity"));
	CHECK(header_of(&answer, "Content-Encoding") == NULL);
	for (int i = 0; i < 20; i++) { /* now and then a worker asks whether memcached is to be believed */
		answer = api_call("GET", path, NULL, NULL, HEADERS(form("If-None-Match: \"other\", %s", i % 2 ? tag : tag + 2)));
		EXPECT(answer, 304);
		if (answer.round_trips == 0)
			break;
	}
	CHECK_INT(answer.round_trips, 0);
	CHECK_INT(answer.length, 0);
	CHECK_TEXT(header_of(&answer, "ETag"), tag + 2);
	CHECK(strstr(answer.headers, "Accept-Encoding") != NULL);
	EXPECT(api_call("GET", path, NULL, NULL, HEADERS(form("If-None-Match: \"%.9s.0123456789abcdef\"", tag + 3))), 200);
}

/* A job follows each change of a category, which has everything made anew: what is read before it may be another afterwards. */
static void
wait_until_quiet(void)
{
	WAIT_FOR("0",
	    "SELECT (SELECT COUNT(*) FROM events WHERE pending = 1) + (SELECT COUNT(*) FROM jobs WHERE kind = 'invalidate_tree')");
}

static void
what_everybody_reads_is_kept(void)
{
	const char   *list, *path, *tag, *own;
	struct answer answer;

	prepare();
	answer = api_post("/categories", admin.access, form("{\"name\": \"%s\"}", unique("Kept")));
	EXPECT(answer, 201);
	own = text_at(&answer, "id");
	for (int i = 0; i < 5; i++) {
		answer = api_post("/products", seller.access,
		    form("{\"name\": \"%s\", \"price\": \"3.00\", \"status\": \"published\", \"category_id\": \"%s\", "
			 "\"description\": \"%01500d\", \"variants\": [{\"sku\": \"%s\"}]}",
			unique("Kept"), own, 0, unique("KEPT")));
		EXPECT(answer, 201);
	}
	wait_until_quiet();
	list = form("/products?category=%s&limit=20&ordering=-name", own);
	path = path_of(&answer, "");
	expect_kept(list);
	expect_kept(path);
	/* With what it is known by, it can be changed; and then it is another, in the list, too. */
	answer = api_get(path, NULL);
	tag = header_of(&answer, "ETag");
	answer = api_call(
	    "PATCH", path, seller.access, form("{\"name\": \"%s\"}", unique("Kept")), HEADERS(form("If-Match: %s", tag)));
	EXPECT(answer, 200);
	EXPECT_PROBLEM(api_call("PATCH", path, seller.access, "{\"name\": \"x\"}", HEADERS(form("If-Match: %s", tag))), 412,
	    "version_mismatch");
	EXPECT(api_call("GET", path, NULL, NULL, HEADERS(form("If-None-Match: %s", tag))), 200);
	CHECK(strstr(api_get(list, NULL).body, text_at(&answer, "name")) != NULL);
	CHECK_TEXT(text_at((struct answer[]) { api_get(path, NULL) }, "name"), text_at(&answer, "name"));
	/* What only some see, or was searched for, is not kept. */
	CHECK(header_of((struct answer[]) { api_get(list, seller.access) }, "ETag") == NULL);
	CHECK(header_of((struct answer[]) { api_get(form("%s&in_stock=true", list), NULL) }, "ETag") == NULL);
	CHECK(header_of((struct answer[]) { api_get("/products?search=kept", NULL) }, "ETag") == NULL);
	CHECK(header_of((struct answer[]) { api_get("/products?facets=true", NULL) }, "ETag") == NULL);
}

/* Is what was read under this tag in force still, by the stamps alone? */
static bool
still_kept(const char *path, const char *tag)
{
	struct answer answer = { .status = 304, .round_trips = 1 };

	for (int i = 0; i < 20 && answer.status == 304 && answer.round_trips > 0; i++)
		answer = api_call("GET", path, NULL, NULL, HEADERS(form("If-None-Match: %s", tag)));
	return answer.status == 304 && answer.round_trips == 0;
}

/* Has what memcached holds been believed since the epoch? */
static bool
is_believed_since(const char *epoch)
{
	return sql_number("SELECT COUNT(*) FROM cache_trust WHERE lost_at IS NULL AND epoch = %s", epoch) == 1;
}

/* A list and a product of its own category. */
static void
set_apart(const char *paths[2])
{
	struct answer answer = api_post("/categories", admin.access, form("{\"name\": \"%s\"}", unique("Apart")));
	const char   *of = text_at(&answer, "id");

	EXPECT(answer, 201);
	answer = api_post("/products", seller.access,
	    form("{\"name\": \"%s\", \"price\": \"3.00\", \"status\": \"published\", \"category_id\": \"%s\", "
		 "\"variants\": [{\"sku\": \"%s\", \"on_hand\": 5}]}",
		unique("Apart"), of, unique("APART")));
	EXPECT(answer, 201);
	paths[0] = form("/products?category=%s", of);
	paths[1] = path_of(&answer, "");
}

/* A change makes anew what shows it, and nothing else; false when memcached was not believed all the while, which says nothing. */
static bool
change_is_apart(void)
{
	struct answer here;
	const char   *paths[4], *tags[4], *epoch;
	bool          kept[4];

	set_apart(&paths[0]);
	set_apart(&paths[2]);
	wait_until_quiet();
	WAIT_FOR("1", "SELECT COUNT(*) FROM cache_trust WHERE lost_at IS NULL");
	epoch = sql_text("SELECT epoch FROM cache_trust");
	for (int i = 0; i < 4; i++)
		tags[i] = header_of((struct answer[]) { api_get(paths[i], NULL) }, "ETag");
	here = api_get(paths[1], NULL);
	/* Stock that crosses no zero: in the detail alone. */
	EXPECT(api_post(form("/inventory/%s/adjustments", text_at(&here, "variants.0.id")), seller.access,
		   "{\"delta\": -1, \"reason\": \"count\"}"),
	    200);
	for (int i = 0; i < 4; i++)
		kept[i] = still_kept(paths[i], tags[i]);
	if (!is_believed_since(epoch))
		return false;
	CHECK(kept[0] && !kept[1] && kept[2] && kept[3]);
	/* A name: in the pages of its category, too. */
	EXPECT(api_patch(paths[1], seller.access, form("{\"name\": \"%s\"}", unique("Apart"))), 200);
	for (int i = 0; i < 4; i++)
		kept[i] = still_kept(paths[i], tags[i]);
	if (!is_believed_since(epoch))
		return false;
	CHECK(!kept[0] && !kept[1] && kept[2] && kept[3]);
	return true;
}

static void
what_shows_no_change_stays(void)
{
	bool said = false;

	prepare();
	for (int i = 0; i < 10 && !said; i++)
		said = change_is_apart();
	CHECK(said);
}

static void
facets_are_counted_on_demand(void)
{
	struct answer answer;

	prepare_many();
	answer = api_get(form("/products?category=%s&limit=1", many_category), NULL);
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "facets"));
	answer = api_get(form("/products?category=%s&limit=1&facets=1&ordering=price", many_category), NULL);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "facets.brands"), 0);
	CHECK_TEXT(text_at(&answer, "facets.categories.0.id"), many_category);
	CHECK_INT(number_at(&answer, "facets.categories.0.count"), MANY);
	CHECK_TEXT(text_at(&answer, "facets.prices.0.min"), "0.00");
	CHECK_TEXT(text_at(&answer, "facets.prices.0.max"), "89.00");
	CHECK_TEXT(text_at(&answer, "facets.prices.0.currency"), "USD");
	answer = api_get(form("/products?category=%s&limit=1&facets=1&is_featured=true", many_category), NULL);
	CHECK_INT(number_at(&answer, "facets.categories.0.count"), MANY / 10);
	answer = api_get(form("/products?brand=%s&facets=true", brand), NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "facets.brands.0.id"), brand);
	CHECK_INT(number_at(&answer, "facets.brands.0.count"), length_at(&answer, "results"));
	answer = api_get("/products?search=lamp&facets=1", NULL);
	EXPECT_FAULT(answer, "facets");
}

static void
bad_queries_are_refused(void)
{
	struct answer answer;
	const char   *cursor;
	char         *changed;

	prepare_many();
	answer = api_get("/products?min_price=1", NULL);
	EXPECT_FAULT(answer, "currency");
	answer = api_get("/products?currency=JPY&min_price=1.5", NULL);
	EXPECT_FAULT(answer, "min_price");
	answer = api_get("/products?rating_gte=6", NULL);
	EXPECT_FAULT(answer, "rating_gte");
	answer = api_get("/products?rating_gte=1.234", NULL);
	EXPECT_FAULT(answer, "rating_gte");
	answer = api_get("/products?limit=101", NULL);
	EXPECT_FAULT(answer, "limit");
	answer = api_get("/products?limit=0", NULL);
	EXPECT_FAULT(answer, "limit");
	answer = api_get("/products?ordering=cost", NULL);
	EXPECT_FAULT(answer, "ordering");
	answer = api_get("/products?colour=red", NULL);
	EXPECT_FAULT(answer, "colour");
	answer = api_get("/products?cursor=AAAA", NULL);
	EXPECT_PROBLEM(answer, 400, "bad_cursor");
	answer = api_get(form("/products?category=%s&limit=2", many_category), NULL);
	cursor = strstr(text_at(&answer, "next"), "cursor=") + strlen("cursor=");
	changed = (char *)form("%s", cursor);
	changed[20] = changed[20] == 'A' ? 'B' : 'A';
	answer = api_get(form("/products?cursor=%s", changed), NULL);
	EXPECT_PROBLEM(answer, 400, "bad_cursor");
	answer = api_get(form("/products?cursor=%s&ordering=price", cursor), NULL);
	EXPECT_PROBLEM(answer, 400, "bad_cursor");
	answer = api_get(form("/products?cursor=%s&status=any", cursor), seller.access);
	EXPECT(answer, 200);
}

/* ---- search ---- */

static void
search_finds_words_and_skus(void)
{
	struct answer product, answer;
	const char   *word, *sku;

	prepare();
	word = form("zirkon%s", seller.merchant + 24);
	product = make(form("Blue %s lamp", word), "10", published);
	sku = text_at(&product, "variants.0.sku");
	answer = api_get(form("/products?search=%s", word), NULL);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.id"), text_at(&product, "id"));
	CHECK_INT(api_round_trips(form("/products?search=%s", word), NULL), 7);
	answer = api_get(form("/products?search=LAMP+%.10s&category=%s", word, category), NULL);
	CHECK_INT(length_at(&answer, "results"), 1);
	answer = api_get(form("/products?search=%s+nowhere", word), NULL);
	CHECK_INT(length_at(&answer, "results"), 0);
	answer = api_get(form("/products?search=%s", sku), NULL);
	CHECK_TEXT(text_at(&answer, "results.0.id"), text_at(&product, "id"));
	answer = api_get(form("/products?search=%s&merchant=%s", word, rival.merchant), NULL);
	CHECK_INT(length_at(&answer, "results"), 0);
	answer = api_patch(path_of(&product, ""), seller.access, "{\"status\": \"archived\"}");
	EXPECT(answer, 200);
	answer = api_get(form("/products?search=%s", word), NULL);
	CHECK_INT(length_at(&answer, "results"), 0);
}

static void
search_takes_any_text(void)
{
	static const char *const texts[] = { "%2B-%40%3C%3E%28%29~*%22", "%22unclosed", "a", "the", "%D8%B3%D9%84%D8%A7%D9%85",
		"%25_%5C", "@distance%3A%2B", "x%2By", "%E9%99%B6%E5%99%A8", "aaa+bbb+ccc+ddd+eee+fff+ggg+hhh+iii+jjj",
		"%27%20OR%201%3D1%20--%20", "+++", "(((" };

	prepare();
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct answer answer = api_get(form("/products?search=%s", texts[i]), NULL);

		if (answer.status != 200)
			EXPECT_PROBLEM(answer, 400, "validation_failed");
	}
}

static void
search_pages_go_forward_and_back(void)
{
	static const char *forward[MANY + 1], *backward[MANY + 1];
	const char        *path, *last;
	size_t             n, back;

	prepare_many();
	for (int ordered = 0; ordered < 2; ordered++) {
		last = path = form("/products?search=quicksilver%s&category=%s&limit=90%s", seller.merchant + 24, many_category,
		    ordered ? "&ordering=-price" : "");
		n = walk(path, "next", forward, MANY + 1, &last);
		back = walk(last, "previous", backward, MANY + 1, &last);
		CHECK_INT(n, MANY);
		CHECK_INT(back, n);
		for (size_t i = 0; i < n && i < back; i++)
			if (strcmp(forward[i], backward[n - 1 - i]) != 0) {
				CHECK_TEXT(backward[n - 1 - i], forward[i]);
				break;
			}
	}
}

/* Free pairs of a product are shown, found, replaced as a whole, and told. */
static void
specs_are_shown_and_found(void)
{
	struct person owner = person_new("shopkeeper");
	struct goods  goods = goods_new(&owner, "3.00", 5);
	const char   *path = form("/products/%s", goods.product), *word = form("zinc%s", owner.merchant + 28);
	struct answer answer = api_get(path, NULL);

	CHECK(!has_at(&answer, "specs.material"));
	answer = api_patch(path, owner.access, form("{\"specs\": {\"wattage\": \"5\", \"material\": \"%s\"}}", word));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "specs.material"), word);
	answer = api_get(path, NULL);
	CHECK_TEXT(text_at(&answer, "specs.material"), word);
	CHECK_TEXT(text_at(&answer, "specs.wattage"), "5");
	answer = api_get(form("/products?search=%s", word), NULL);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE aggregate_id = '%s' AND type = 'product.changed' "
			     "AND JSON_VALUE(payload, '$.specs.material') = '%s'",
		      goods.product, word),
	    1);
	EXPECT(api_patch(path, owner.access, "{\"name\": \"Bucket\"}"), 200);
	answer = api_patch(path, owner.access, "{\"specs\": {\"height\": \"30 cm\"}}");
	CHECK(!has_at(&answer, "specs.material"));
	CHECK_TEXT(text_at(&answer, "specs.height"), "30 cm");
	answer = api_get(form("/products?search=%s", word), NULL);
	CHECK_INT(length_at(&answer, "results"), 0);
	EXPECT(api_patch(path, owner.access, "{\"specs\": {\"height\": 30}}"), 400);
	EXPECT(api_patch(path, owner.access, "{\"specs\": [\"height\"]}"), 400);
}

/* The made-up ratings of what the lists were tried with: `haatctl check` would ask for the reviews. */
static void
no_rating_is_left_without_reviews(void)
{
	sql_run(
	    "UPDATE search_documents d JOIN products p ON p.id = d.product_id SET d.rating_average = 0 WHERE p.category_id = '%s'",
	    many_category);
	sql_run(
	    "UPDATE product_listings l JOIN products p ON p.id = l.product_id SET l.rating_average = 0 WHERE p.category_id = '%s'",
	    many_category);
	sql_run("UPDATE products SET rating_average = 0 WHERE category_id = '%s'", many_category);
	sql_run("UPDATE product_documents d JOIN products p ON p.id = d.product_id SET d.form = 0 WHERE p.category_id = '%s'",
	    many_category);
	EXPECT_CONSISTENT();
}

SUITE("api: products", TEST(specs_are_shown_and_found), TEST(a_product_is_created_and_shown), TEST(slugs_are_made_unique),
    TEST(bad_bodies_are_refused), TEST(variants_must_fit_the_options), TEST(skus_are_unique), TEST(only_owners_and_staff_write),
    TEST(drafts_are_hidden), TEST(staff_find_products_of_all_shops), TEST(listings_follow_the_product),
    TEST(inactive_merchants_do_not_sell), TEST(listings_follow_the_merchant), TEST(entity_tags_change_with_the_answer),
    TEST(null_clears_and_absent_members_stay), TEST(variants_are_created_updated_and_deleted), TEST(a_product_is_replaced),
    TEST(bad_replacements_are_refused), TEST(options_change_with_their_variants), TEST(a_variant_is_replaced),
    TEST(cursors_go_forward_and_back), TEST(filters_select_what_matches), TEST(category_and_brand_by_slug),
    TEST(what_everybody_reads_is_kept), TEST(what_shows_no_change_stays), TEST(facets_are_counted_on_demand),
    TEST(bad_queries_are_refused), TEST(search_finds_words_and_skus), TEST(search_takes_any_text),
    TEST(search_pages_go_forward_and_back), TEST(no_rating_is_left_without_reviews))
