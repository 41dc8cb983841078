/*
 * What identifies a ware and what it refers to: SKUs that come free again, slugs that are made for many at once, options that
 * change together with their variants, and names that are looked up.
 */
#include "tests/api/shopping.h"

#include <string.h>

static struct person admin, seller, rival;
static const char   *category;

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
	answer = api_post("/categories", admin.access, form("{\"name\": \"%s\"}", unique("Wares")));
	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	category = text_at(&answer, "id");
}

/* A body of one product with `more` members behind those that are needed. */
static const char *
body_of(const char *name, const char *more)
{
	return form("{\"name\": \"%s\", \"category_id\": \"%s\", \"price\": \"10\"%s}", name, category, more);
}

static const char *
plain(const char *name, const char *sku)
{
	return body_of(name, form(", \"variants\": [{\"sku\": \"%s\", \"on_hand\": 2}]", sku));
}

static struct answer
make(const char *body)
{
	struct answer answer = api_post("/products", seller.access, body);

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return answer;
}

static const char *
path_of(const struct answer *product, const char *more)
{
	return form("/products/%s%s", text_at(product, "id"), more);
}

/* A product in the sizes S and M. */
static struct answer
make_sized(void)
{
	return make(body_of("Sized",
	    form(", \"options\": [{\"name\": \"size\", \"values\": [\"S\", \"M\"]}], \"variants\": ["
		 "{\"sku\": \"%s\", \"options\": {\"size\": \"S\"}, \"on_hand\": 3}, "
		 "{\"sku\": \"%s\", \"options\": {\"size\": \"M\"}, \"on_hand\": 4}]",
		unique("S"), unique("M"))));
}

/* ---- options and variants change together ---- */

static void
a_product_gains_an_option(void)
{
	struct answer product, answer;

	prepare();
	product = make_sized();
	answer = api_patch(path_of(&product, ""), seller.access,
	    form(
		"{\"options\": [{\"name\": \"size\", \"values\": [\"S\", \"M\"]}, {\"name\": \"colour\", \"values\": [\"red\"]}], "
		"\"variants\": [{\"id\": \"%s\", \"options\": {\"size\": \"S\", \"colour\": \"red\"}}, "
		"{\"sku\": \"%s\", \"options\": {\"size\": \"M\", \"colour\": \"red\"}}]}",
		text_at(&product, "variants.0.id"), text_at(&product, "variants.1.sku")));
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "options"), 2);
	CHECK_TEXT(text_at(&answer, "variants.0.id"), text_at(&product, "variants.0.id"));
	CHECK_TEXT(text_at(&answer, "variants.1.id"), text_at(&product, "variants.1.id"));
	CHECK_TEXT(text_at(&answer, "variants.1.options.colour"), "red");
	CHECK_INT(number_at(&answer, "variants.1.available"), 4);
	/* From none to one as well. */
	product = make(plain("Plain", unique("P")));
	answer = api_patch(path_of(&product, ""), seller.access,
	    form(
		"{\"options\": [{\"name\": \"size\", \"values\": [\"S\"]}], \"variants\": [{\"id\": \"%s\", \"options\": {\"size\": "
		"\"S\"}}]}",
		text_at(&product, "variants.0.id")));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "variants.0.id"), text_at(&product, "variants.0.id"));
	CHECK_TEXT(text_at(&answer, "variants.0.options.size"), "S");
}

static void
a_product_loses_its_options(void)
{
	struct answer product, answer;

	prepare();
	product = make_sized();
	EXPECT_FAULT(api_patch(path_of(&product, ""), seller.access, "{\"options\": []}"), "options");
	answer = api_patch(path_of(&product, ""), seller.access,
	    form("{\"options\": [], \"variants\": [{\"id\": \"%s\", \"options\": {}}]}", text_at(&product, "variants.1.id")));
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "options"), 0);
	CHECK_INT(length_at(&answer, "variants"), 1);
	CHECK_TEXT(text_at(&answer, "variants.0.id"), text_at(&product, "variants.1.id"));
	CHECK_INT(number_at(&answer, "variants.0.available"), 4);
	/* By PUT too, where a variant that says no options has none. */
	product = make_sized();
	answer = api_put(path_of(&product, ""), seller.access,
	    body_of("Sized", form(", \"variants\": [{\"sku\": \"%s\"}]", text_at(&product, "variants.0.sku"))));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "variants.0.id"), text_at(&product, "variants.0.id"));
}

static void
an_option_is_renamed(void)
{
	struct answer product, answer;

	prepare();
	product = make_sized();
	answer = api_patch(path_of(&product, ""), seller.access,
	    form("{\"options\": [{\"name\": \"Größe\", \"values\": [\"klein\", \"M\"]}], \"variants\": ["
		 "{\"id\": \"%s\", \"options\": {\"Größe\": \"klein\"}}, {\"id\": \"%s\", \"options\": {\"Größe\": \"M\"}}]}",
		text_at(&product, "variants.0.id"), text_at(&product, "variants.1.id")));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "variants.0.options.Größe"), "klein");
	CHECK_TEXT(text_at(&answer, "variants.0.id"), text_at(&product, "variants.0.id"));
	CHECK_TEXT(text_at(&answer, "variants.0.sku"), text_at(&product, "variants.0.sku"));
	CHECK_INT(number_at(&answer, "version"), 2);
}

static void
variants_swap_what_they_have(void)
{
	struct answer product, answer, again;
	const char   *first, *second, *third;

	prepare();
	product = make_sized();
	first = text_at(&product, "variants.0.sku");
	second = text_at(&product, "variants.1.sku");
	third = unique("T");
	answer = api_patch(path_of(&product, ""), seller.access,
	    form("{\"variants\": [{\"id\": \"%s\", \"sku\": \"%s\", \"options\": {\"size\": \"M\"}}, "
		 "{\"id\": \"%s\", \"sku\": \"%s\", \"options\": {\"size\": \"S\"}}]}",
		text_at(&product, "variants.0.id"), second, text_at(&product, "variants.1.id"), first));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "variants.0.sku"), second);
	CHECK_TEXT(text_at(&answer, "variants.1.sku"), first);
	CHECK_TEXT(text_at(&answer, "variants.1.options.size"), "S");
	CHECK_INT(length_at(&answer, "variants"), 2);
	/* In a row: each takes the SKU of the next, the last a new one; and a new variant takes one that came free. */
	again = api_patch(path_of(&product, ""), seller.access,
	    form(
		"{\"options\": [{\"name\": \"size\", \"values\": [\"S\", \"M\", \"L\"]}], \"variants\": [{\"id\": \"%s\", \"sku\": \"%s\"}, "
		"{\"id\": \"%s\", \"sku\": \"%s\"}, {\"sku\": \"%s\", \"options\": {\"size\": \"L\"}}]}",
		text_at(&product, "variants.0.id"), first, text_at(&product, "variants.1.id"), third, second));
	EXPECT_FAULT(again, "variants.2"); /* the SKU tells which, and so it is the first once more */
	again = api_patch(path_of(&product, ""), seller.access,
	    form("{\"variants\": [{\"id\": \"%s\", \"sku\": \"%s\"}, {\"id\": \"%s\", \"sku\": \"%s\"}]}",
		text_at(&product, "variants.0.id"), first, text_at(&product, "variants.1.id"), third));
	EXPECT(again, 200);
	CHECK_TEXT(text_at(&again, "variants.0.sku"), first);
	CHECK_TEXT(text_at(&again, "variants.1.sku"), third);
	/* Another's SKU is another's in such a call, too. */
	answer = make(plain("Other", unique("O")));
	EXPECT_PROBLEM(api_patch(path_of(&product, ""), seller.access,
			   form("{\"variants\": [{\"id\": \"%s\", \"sku\": \"%s\"}, {\"id\": \"%s\", \"sku\": \"%s\"}]}",
			       text_at(&product, "variants.0.id"), third, text_at(&product, "variants.1.id"),
			       text_at(&answer, "variants.0.sku"))),
	    409, "sku_taken");
	answer = api_get(path_of(&product, ""), seller.access);
	CHECK_INT(length_at(&answer, "variants"), 2);
	CHECK_TEXT(text_at(&answer, "variants.0.sku"), first);
}

enum { READERS = 23, TURNS = 60 };

/* Do the variants that an answer shows choose from the options that it shows? */
static void
check_whole(const struct answer *answer)
{
	const char *option = text_at(answer, "options.0.name");

	if (answer->status == 404)
		return; /* between its deletion and its return */
	EXPECT(*answer, 200);
	CHECK_INT(length_at(answer, "variants"), 2);
	for (size_t i = 0; option != NULL && i < length_at(answer, "variants"); i++)
		CHECK(has_at(answer, form("variants.%zu.options.%s", i, option)));
}

/* Read while it changes, a product is as it was before or as it is then, not half of each. */
static void
a_product_is_read_whole(void)
{
	static const char *const names[] = { "size", "colour" };
	struct answer            product, answers[READERS + 1];
	struct call              calls[READERS + 1];

	prepare();
	product = make_sized();
	EXPECT(api_patch(path_of(&product, ""), seller.access, "{\"status\": \"published\"}"), 200);
	for (int turn = 0; turn < TURNS; turn++) {
		const char *name = names[turn % 2];

		for (int i = 0; i < READERS + 1; i++)
			calls[i] = (struct call) {
				.method = "GET", .path = path_of(&product, ""), .token = i % 2 == 0 ? NULL : seller.access
			}; /* the document, and the tables */
		calls[turn % READERS] = (struct call) { .method = "PATCH",
			.path = path_of(&product, ""),
			.token = seller.access,
			.body = form(
			    "{\"options\": [{\"name\": \"%s\", \"values\": [\"S\", \"M\"]}], \"variants\": ["
			    "{\"id\": \"%s\", \"options\": {\"%s\": \"S\"}}, {\"id\": \"%s\", \"options\": {\"%s\": \"M\"}}]}",
			    name, text_at(&product, "variants.0.id"), name, text_at(&product, "variants.1.id"), name) };
		if (turn % 3 == 2) {
			calls[turn % READERS].method = "DELETE";
			calls[turn % READERS].body = NULL;
		}
		api_calls(calls, READERS + 1, answers);
		for (int i = 0; i < READERS + 1; i++)
			if (answers[i].status != 204)
				check_whole(&answers[i]);
		if (turn % 3 == 2)
			EXPECT(api_post(path_of(&product, "/restore"), seller.access, "{}"), 200);
	}
}

/* ---- keys of what is deleted ---- */

static void
a_deleted_variant_gives_its_sku_back(void)
{
	struct answer product, answer;
	const char   *sku;

	prepare();
	product = make_sized();
	sku = text_at(&product, "variants.0.sku");
	EXPECT_PROBLEM(api_post("/products", rival.access, plain("Mine", sku)), 409, "sku_taken");
	EXPECT(api_delete(form("/variants/%s", text_at(&product, "variants.0.id")), seller.access), 204);
	answer = api_post("/products", rival.access, plain("Mine", sku));
	EXPECT(answer, 201);
	EXPECT_PROBLEM(api_post(path_of(&product, "/variants"), seller.access,
			   form("{\"sku\": \"%s\", \"options\": {\"size\": \"S\"}}", sku)),
	    409, "sku_taken");
	/* The one that was deleted on its own stays so when its product comes back. */
	EXPECT(api_delete(path_of(&product, ""), seller.access), 204);
	answer = api_post(path_of(&product, "/restore"), seller.access, "{}");
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "variants"), 1);
	CHECK_TEXT(text_at(&answer, "variants.0.id"), text_at(&product, "variants.1.id"));
	CHECK_INT(number_at(&answer, "variants.0.available"), 4);
}

static void
a_deleted_product_gives_its_keys_back(void)
{
	const char   *name = (prepare(), unique("Gone")), *sku = unique("GONE");
	struct answer product = make(plain(name, sku)), second, third, answer;

	EXPECT(api_delete(path_of(&product, ""), seller.access), 204);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM variants WHERE product_id = '%s' AND deleted_at IS NULL", text_at(&product, "id")),
	    0);
	second = make(plain(name, sku));
	CHECK_TEXT(text_at(&second, "slug"), text_at(&product, "slug"));
	answer = api_get(form("/products/%s", text_at(&product, "slug")), seller.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "id"), text_at(&second, "id"));
	/* While another has its SKU it cannot come back, and says which. */
	answer = api_post(path_of(&product, "/restore"), seller.access, "{}");
	EXPECT_PROBLEM(answer, 409, "sku_taken");
	CHECK_TEXT(text_at(&answer, "details.sku.0"), form("'%s' belongs to another variant", sku));
	CHECK_INT(sql_number("SELECT deleted_at IS NOT NULL FROM products WHERE id = '%s'", text_at(&product, "id")), 1);
	answer = api_patch(
	    form("/variants/%s", text_at(&second, "variants.0.id")), seller.access, form("{\"sku\": \"%s\"}", unique("OTHER")));
	EXPECT(answer, 200);
	/* The slug is made by us: it gets a number. */
	answer = api_post(path_of(&product, "/restore"), seller.access, "{}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "slug"), form("%s-2", text_at(&second, "slug")));
	CHECK_TEXT(text_at(&answer, "variants.0.sku"), sku);
	CHECK_INT(number_at(&answer, "variants.0.available"), 2);
	third = make(plain(name, unique("GONE")));
	CHECK_TEXT(text_at(&third, "slug"), form("%s-3", text_at(&second, "slug")));
	EXPECT_CONSISTENT();
}

/* Each unique key of a table whose rows are deleted softly leaves out the deleted ones. */
static void
no_deleted_row_holds_a_key(void)
{
	const char *keys = sql_text(
	    "SELECT GROUP_CONCAT(DISTINCT CONCAT(s.table_name, '.', s.index_name) ORDER BY 1) FROM information_schema.statistics s "
	    "JOIN information_schema.columns c ON c.table_schema = s.table_schema AND c.table_name = s.table_name "
	    "AND c.column_name = 'deleted_at' WHERE s.table_schema = DATABASE() AND s.non_unique = 0 AND s.index_name <> 'PRIMARY' "
	    "AND NOT EXISTS (SELECT 1 FROM information_schema.statistics m WHERE m.table_schema = s.table_schema "
	    "AND m.table_name = s.table_name AND m.index_name = s.index_name AND m.column_name LIKE '%%marker')");

	CHECK_TEXT(keys, NULL);
}

/* ---- names that we make ---- */

enum { AT_ONCE = 12, ROUNDS = 4 };

static void
many_of_one_name_at_once(void)
{
	const char *tokens[] = { (prepare(), seller.access), rival.access };

	for (int round = 0; round < ROUNDS; round++) {
		const char   *name = unique("Twelve");
		struct call   calls[AT_ONCE];
		struct answer answers[AT_ONCE];

		for (int i = 0; i < AT_ONCE; i++)
			calls[i] = (struct call) { .method = "POST",
				.path = "/products",
				.token = tokens[i % 2],
				.body = plain(name, unique("TWELVE")) };
		api_calls(calls, AT_ONCE, answers);
		for (int i = 0; i < AT_ONCE; i++) {
			EXPECT(answers[i], 201);
			for (int j = 0; j < i; j++)
				CHECK(strcmp(text_at(&answers[i], "slug"), text_at(&answers[j], "slug")) != 0);
		}
	}
}

static void
many_categories_of_one_name_at_once(void)
{
	const char   *name = (prepare(), unique("Many"));
	struct call   calls[AT_ONCE];
	struct answer answers[AT_ONCE];

	for (int i = 0; i < AT_ONCE; i++)
		calls[i] = (struct call) {
			.method = "POST", .path = "/categories", .token = admin.access, .body = form("{\"name\": \"%s\"}", name)
		};
	api_calls(calls, AT_ONCE, answers);
	for (int i = 0; i < AT_ONCE; i++)
		EXPECT(answers[i], 201);
}

static void
products_named_like_paths_are_read_by_slug(void)
{
	static const char *const names[] = { "0192F0C1-8F00-7000-8000-5A1B2C3D4E5F", "Import", "export", "SUGGEST" };
	struct answer            product, answer;

	prepare();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		product = make(plain(names[i], unique("PATH")));
		answer = api_get(form("/products/%s", text_at(&product, "slug")), seller.access);
		EXPECT(answer, 200);
		CHECK_TEXT(text_at(&answer, "id"), text_at(&product, "id"));
		CHECK(text_at(&answer, "slug")[strlen(names[i])] == '-');
	}
}

/* ---- names that are looked up, and amounts that fit together ---- */

static void
tax_classes_are_looked_up(void)
{
	static const char says[] = "must be one of standard, reduced, zero";
	struct answer     product, answer;

	prepare();
	answer = api_post("/products", seller.access,
	    body_of("Taxed", form(", \"tax_class\": \"standrad\", \"variants\": [{\"sku\": \"%s\"}]", unique("TAX"))));
	EXPECT_FAULT(answer, "tax_class");
	CHECK_TEXT(text_at(&answer, "details.tax_class.0"), says);
	product = make(body_of("Taxed", form(", \"tax_class\": \"reduced\", \"variants\": [{\"sku\": \"%s\"}]", unique("TAX"))));
	answer = api_patch(path_of(&product, ""), seller.access, "{\"tax_class\": \"reduce\"}");
	EXPECT_FAULT(answer, "tax_class");
	CHECK_TEXT(text_at(&answer, "details.tax_class.0"), says);
	EXPECT(api_patch(path_of(&product, ""), seller.access, "{\"tax_class\": \"zero\"}"), 200);
	/* A class that has gone from the settings holds nothing up. */
	sql_run("UPDATE products SET tax_class = 'books' WHERE id = '%s'", text_at(&product, "id"));
	EXPECT(api_patch(path_of(&product, ""), seller.access, "{\"price\": \"11\"}"), 200);
	EXPECT(api_patch(path_of(&product, ""), seller.access, "{\"tax_class\": \"standard\"}"), 200);
	EXPECT_FAULT(api_patch(path_of(&product, ""), seller.access, "{\"tax_class\": \"books\"}"), "tax_class");
}

static void
options_that_look_alike_are_refused(void)
{
	static const char form_of[] = ", \"options\": %s, \"variants\": [{\"sku\": \"%s\", \"options\": %s}]";
	struct answer     product, answer;

	prepare();
	answer = api_post("/products", seller.access,
	    body_of("Twins",
		form(form_of, "[{\"name\": \"Size\", \"values\": [\"S\"]}, {\"name\": \"size\", \"values\": [\"S\"]}]",
		    unique("TW"), "{\"Size\": \"S\", \"size\": \"S\"}")));
	EXPECT_PROBLEM(answer, 409, "already_exists");
	CHECK(strstr(answer.body, "\"options.1.name\":[\"is equivalent to \\\"Size\\\"\"]") != NULL);
	answer = api_post("/products", seller.access,
	    body_of(
		"Twins", form(form_of, "[{\"name\": \"size\", \"values\": [\"s\", \"S\"]}]", unique("TW"), "{\"size\": \"S\"}")));
	EXPECT_PROBLEM(answer, 409, "already_exists");
	CHECK(strstr(answer.body, "\"options.0.values.1\"") != NULL);
	product = make(body_of("Marks",
	    form(form_of, "[{\"name\": \"size\", \"values\": [\"ハ\", \"パ\", \"o\", \"ö\"]}]", unique("TW"),
		"{\"size\": \"パ\"}")));
	EXPECT_PROBLEM(
	    api_patch(path_of(&product, ""), seller.access,
		form("{\"options\": [{\"name\": \"size\", \"values\": [\"S\"]}, {\"name\": \"SIZE\", \"values\": [\"S\"]}], "
		     "\"variants\": [{\"id\": \"%s\", \"options\": {\"size\": \"S\", \"SIZE\": \"S\"}}]}",
		    text_at(&product, "variants.0.id"))),
	    409, "already_exists");
	/* What is so already is not in the way of another change. */
	sql_run("UPDATE products SET options = JSON_ARRAY(JSON_OBJECT('name', 'size', 'values', JSON_ARRAY('S', 's', 'パ'))) "
		"WHERE id = '%s'",
	    text_at(&product, "id"));
	EXPECT(api_patch(path_of(&product, ""), seller.access, "{\"price\": \"11\"}"), 200);
}

static void
a_price_is_not_above_what_it_is_reduced_from(void)
{
	struct answer product;
	const char   *path;

	prepare();
	EXPECT_FAULT(
	    api_post("/products", seller.access,
		body_of("Dear", form(", \"compare_at_price\": \"9.99\", \"variants\": [{\"sku\": \"%s\"}]", unique("DEAR")))),
	    "compare_at_price");
	product =
	    make(body_of("Fair", form(", \"compare_at_price\": \"10\", \"variants\": [{\"sku\": \"%s\"}]", unique("FAIR"))));
	path = path_of(&product, "");
	EXPECT_FAULT(api_patch(path, seller.access, "{\"price\": \"10.01\"}"), "compare_at_price");
	EXPECT_FAULT(api_patch(path, seller.access, "{\"compare_at_price\": \"9.99\"}"), "compare_at_price");
	EXPECT(api_patch(path, seller.access, "{\"price\": \"12\", \"compare_at_price\": \"15\"}"), 200);
	EXPECT(api_patch(path, seller.access, "{\"price\": \"16\", \"compare_at_price\": null}"), 200);
	EXPECT_FAULT(api_put(path, seller.access,
			 body_of("Fair",
			     form(", \"compare_at_price\": \"5\", \"variants\": [{\"sku\": \"%s\"}]",
				 text_at(&product, "variants.0.sku")))),
	    "compare_at_price");
	sql_run("UPDATE products SET compare_at_price_minor = 1 WHERE id = '%s'", text_at(&product, "id"));
	EXPECT(api_patch(path, seller.access, "{\"name\": \"Fair enough\"}"), 200);
}

/* What holds for the product's price holds for the price of each variant that has its own. */
static void
no_variant_is_dearer_than_what_it_is_reduced_from(void)
{
	struct answer product;
	const char   *path, *variant, *id;

	prepare();
	EXPECT_FAULT(api_post("/products", seller.access,
			 body_of("Dear",
			     form(", \"compare_at_price\": \"20\", \"variants\": [{\"sku\": \"%s\", \"price\": \"20.01\"}]",
				 unique("DEAR")))),
	    "variants.0.price");
	product = make(body_of("Fair",
	    form(", \"compare_at_price\": \"20\", \"options\": [{\"name\": \"size\", \"values\": [\"S\", \"M\"]}], "
		 "\"variants\": [{\"sku\": \"%s\", \"price\": \"20\", \"options\": {\"size\": \"S\"}}]",
		unique("FAIR"))));
	path = path_of(&product, "");
	id = text_at(&product, "variants.0.id");
	variant = form("/variants/%s", id);
	EXPECT_FAULT(api_patch(variant, seller.access, "{\"price\": \"20.01\"}"), "price");
	EXPECT_FAULT(api_post(path_of(&product, "/variants"), seller.access,
			 form("{\"sku\": \"%s\", \"price\": \"21\", \"options\": {\"size\": \"M\"}}", unique("FAIR"))),
	    "price");
	EXPECT_FAULT(api_patch(path, seller.access, form("{\"variants\": [{\"id\": \"%s\", \"price\": \"21\"}]}", id)),
	    "variants.0.price");
	EXPECT_FAULT(api_patch(path, seller.access, "{\"compare_at_price\": \"19.99\"}"), "compare_at_price");
	EXPECT_FAULT(
	    api_patch(path, seller.access, form("{\"compare_at_price\": \"19.99\", \"variants\": [{\"id\": \"%s\"}]}", id)),
	    "variants.0.price");
	EXPECT(api_patch(path, seller.access,
		   form("{\"compare_at_price\": \"25\", \"variants\": [{\"id\": \"%s\", \"price\": \"25\"}]}", id)),
	    200);
	sql_run("UPDATE variants SET price_minor = 9900 WHERE id = '%s'", id);
	EXPECT(api_patch(variant, seller.access, form("{\"sku\": \"%s\"}", unique("FAIR"))), 200);
	EXPECT(api_patch(path, seller.access, "{\"compare_at_price\": null}"), 200);
	EXPECT(api_patch(variant, seller.access, "{\"price\": \"98\"}"), 200);
}

static void
an_amount_has_one_way_to_be_nothing(void)
{
	static const char *const wrong[] = { "-0", "-0.00", "\"-0\"", "\"-0.00\"", "\"+1\"", "\" 1\"", "\"1e2\"", "1e2" };
	struct answer            product;

	prepare();
	product = make(plain("Cheap", unique("CHEAP")));
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		EXPECT_FAULT(api_patch(path_of(&product, ""), seller.access, form("{\"price\": %s}", wrong[i])), "price");
		EXPECT_FAULT(api_patch(form("/variants/%s", text_at(&product, "variants.0.id")), seller.access,
				 form("{\"price\": %s}", wrong[i])),
		    "price");
	}
	EXPECT(api_patch(path_of(&product, ""), seller.access, "{\"price\": 0}"), 200);
	EXPECT_FAULT(api_get("/products?currency=USD&min_price=-0", NULL), "min_price");
	EXPECT_FAULT(api_get("/products?currency=USD&max_price=%2B5", NULL), "max_price");
}

/* ---- conditional deletion ---- */

static void
a_variant_is_deleted_conditionally(void)
{
	struct answer product;
	const char   *old, *fresh, *path;

	prepare();
	product = make_sized();
	path = form("/variants/%s", text_at(&product, "variants.0.id"));
	old = form("If-Match: %s", header_of(&product, "ETag"));
	EXPECT(api_patch(path, seller.access, "{\"price\": \"9\"}"), 200);
	EXPECT_PROBLEM(api_call("DELETE", path, seller.access, NULL, HEADERS(old)), 412, "version_mismatch");
	product = api_get(path_of(&product, ""), seller.access);
	CHECK_INT(length_at(&product, "variants"), 2);
	fresh = form("If-Match: %s", header_of(&product, "ETag"));
	EXPECT(api_call("DELETE", path, seller.access, NULL, HEADERS(fresh)), 204);
}

SUITE("api: wares", TEST(a_product_gains_an_option), TEST(a_product_loses_its_options), TEST(an_option_is_renamed),
    TEST(variants_swap_what_they_have), TEST(a_product_is_read_whole), TEST(a_deleted_variant_gives_its_sku_back),
    TEST(a_deleted_product_gives_its_keys_back), TEST(no_deleted_row_holds_a_key), TEST(many_of_one_name_at_once),
    TEST(many_categories_of_one_name_at_once), TEST(products_named_like_paths_are_read_by_slug), TEST(tax_classes_are_looked_up),
    TEST(options_that_look_alike_are_refused), TEST(a_price_is_not_above_what_it_is_reduced_from),
    TEST(no_variant_is_dearer_than_what_it_is_reduced_from), TEST(an_amount_has_one_way_to_be_nothing),
    TEST(a_variant_is_deleted_conditionally))
