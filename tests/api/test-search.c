/* What is searched for is found: whatever the script, the case, a slip of the finger, and whoever else sells the same. */
#include "base/instant.h"
#include "tests/api/shopping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct person admin, seller, rival;
static const char   *category, *other_category;
static const char   *mark; /* a word that only this run has */

static const char *
create(const char *path, const char *body)
{
	struct answer answer = api_post(path, admin.access, body);

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return text_at(&answer, "id");
}

static const char *
unique(const char *word)
{
	static int number;

	return form("%s-%s-%d", word, mark, ++number);
}

static void
prepare(void)
{
	static char letters[13];

	if (admin.access != NULL)
		return;
	admin = person_new("admin");
	seller = shopkeeper_new("USD");
	rival = shopkeeper_new("USD");
	/* Letters only, so that it is forgiven like any word. */
	for (size_t i = 0; i < sizeof letters - 1; i++)
		letters[i] =
		    seller.merchant[24 + i] >= 'a' ? seller.merchant[24 + i] : (char)(seller.merchant[24 + i] - '0' + 'k');
	mark = letters;
	category = create("/categories", form("{\"name\": \"%s\"}", unique("Search")));
	other_category = create("/categories", form("{\"name\": \"%s\"}", unique("Other")));
}

static const char *
sell_in(const struct person *by, const char *in, const char *name, const char *more)
{
	struct answer answer = api_post("/products", by->access,
	    form("{\"name\": \"%s\", \"category_id\": \"%s\", \"price\": \"5.00\", \"status\": \"published\", "
		 "\"variants\": [{\"sku\": \"%s\", \"on_hand\": 5}]%s}",
		name, in, unique("S"), more));

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return text_at(&answer, "id");
}

static const char *
sell(const char *name)
{
	return sell_in(&seller, category, name, "");
}

static const char *
escaped(const char *text)
{
	char       *into = malloc(3 * strlen(text) + 1);
	size_t      length = 0;
	const char *kept;

	REQUIRE(into != NULL);
	for (*into = '\0'; *text != '\0'; text++)
		length += (size_t)snprintf(into + length, 4, "%%%02X", (unsigned char)*text);
	kept = form("%s", into);
	free(into);
	return kept;
}

static struct answer
search(const char *text, const char *more)
{
	struct answer answer = api_get(form("/products?search=%s%s", escaped(text), more), NULL);

	EXPECT(answer, 200);
	return answer;
}

/* Where in the first page the product is, from 1; 0: not in it. */
static size_t
place_of(const struct answer *answer, const char *id)
{
	for (size_t i = 0; i < length_at(answer, "results"); i++)
		if (strcmp(text_at(answer, form("results.%zu.id", i)), id) == 0)
			return i + 1;
	return 0;
}

static size_t
place(const char *text, const char *more, const char *id)
{
	struct answer answer = search(text, more);

	return place_of(&answer, id);
}

/* What a job has to do first. */
#define UNTIL(condition) \
	do { \
		for (int tries = 0; tries < 1200 && !(condition); tries++) \
			pause_us(50000); \
		CHECK(condition); \
	} while (0)

static void
nobody_is_pushed_out_of_a_word(void)
{
	const char   *plate, *bowl, *word;
	struct answer answer;

	prepare();
	word = form("zorgl%s", mark);
	plate = sell(form("%s plate", word));
	bowl = sell_in(&rival, other_category, form("%s bowl", word), "");
	EXPECT(api_patch(form("/products/%s", bowl), rival.access, "{\"price\": \"1000\"}"), 200);
	sql_run(
	    "INSERT INTO products (id, merchant_id, category_id, name, slug, description, price_minor, currency, status) "
	    "SELECT CONCAT(UNHEX(CONCAT('0199', LPAD(HEX(n.seq), 4, '0'))), SUBSTRING('%s', 5)), p.merchant_id, p.category_id, p.name, "
	    "CONCAT(p.slug, '-', n.seq), '', 500, p.currency, 'published' FROM seq_1_to_1060 n JOIN products p WHERE p.id = '%s'",
	    plate, plate);
	sql_run("INSERT IGNORE INTO product_documents (product_id, currency, price_minor, in_stock) "
		"SELECT id, currency, price_minor, FALSE FROM products WHERE category_id = '%s' AND name LIKE 'zorgl%%'",
	    category);
	sql_run(
	    "INSERT IGNORE INTO product_listings (category_id, product_id, merchant_id, currency, price_minor, price_order, in_stock, "
	    "created_at, name) SELECT IF(c.n, p.category_id, x'00000000000000000000000000000000'), p.id, p.merchant_id, p.currency, "
	    "p.price_minor, CONCAT(p.currency, LPAD(p.price_minor, 19, '0')), FALSE, p.created_at, p.name "
	    "FROM products p JOIN (SELECT 0 AS n UNION ALL SELECT 1) c WHERE p.category_id = '%s' AND p.name LIKE 'zorgl%%'",
	    category);
	CHECK_INT(shop_command("search", "fill"), 0);
	CHECK_INT(place(word, form("&merchant=%s", rival.merchant), bowl), 1);
	CHECK_INT(place(word, form("&category=%s", other_category), bowl), 1);
	CHECK_INT(place(word, "&currency=USD&min_price=900", bowl), 1);
	CHECK_INT(place(word, "&ordering=-price", bowl), 1);
	CHECK_INT(place(form("%s bowl", word), "", bowl), 1);
	CHECK_INT(place(form("bowl %s", word), "&ordering=-price", bowl), 1);
	answer = search(word, "&limit=100");
	CHECK_INT(length_at(&answer, "results"), 100);
	CHECK(!has_at(&answer, "truncated"));
	/* They have no variants: no list of this shop could be checked with them in it. */
	sql_run("UPDATE products SET status = 'archived' WHERE category_id = '%s' AND name LIKE 'zorgl%%' AND id <> '%s'",
	    category, plate);
	sql_run("DELETE l FROM products p JOIN product_listings l ON l.product_id = p.id "
		"WHERE p.category_id = '%s' AND p.status = 'archived'",
	    category);
	sql_run("DELETE d FROM products p JOIN product_documents d ON d.product_id = p.id "
		"WHERE p.category_id = '%s' AND p.status = 'archived'",
	    category);
	sql_run("DELETE w, d FROM products p JOIN search_documents d ON d.product_id = p.id JOIN search_postings w "
		"ON w.document = d.number WHERE p.category_id = '%s' AND p.status = 'archived'",
	    category);
}

/* The demo's products all have the word. */
static void
what_is_cut_off_says_so(void)
{
	static const char *const filters[] = { "", "&ordering=price", "&in_stock=true", "&currency=USD&max_price=1" };
	bool                     more =
	    sql_number("SELECT COUNT(*) FROM search_postings p JOIN search_words w ON w.number = p.word WHERE w.text = 'from'") >
	    2000;

	prepare();
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
		struct answer answer = search("from", filters[i]);

		CHECK_INT(has_at(&answer, "truncated"), more);
		CHECK(!more || bool_at(&answer, "truncated"));
	}
}

static void
names_are_found_as_they_are_written(void)
{
	static const char *const names[] = { "Under_score Tea", "Lego™ City set", "The Will", "4K TV", "煎茶", "シャツ",
		"Crème Brûlée", "ชาเขียว", "ខ្មែរតែ", "မြန်မာ", "মাটির কলস", "Levi's 501", "5㎏ Rice", "L’Été" };
	const char              *id;

	prepare();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		id = sell(form("%s", names[i]));
		CHECK_INT(place(names[i], form("&merchant=%s&category=%s", seller.merchant, category), id) > 0, 1);
		if (place(names[i], form("&merchant=%s", seller.merchant), id) == 0)
			CHECK_TEXT(names[i], "found");
	}
}

static void
every_word_counts(void)
{
	const char *large, *small, *tea;

	prepare();
	large = sell(form("Shirt%s XL", mark));
	small = sell(form("Shirt%s S", mark));
	CHECK_INT(place(form("shirt%s xl", mark), "", large), 1);
	CHECK_INT(place(form("shirt%s xl", mark), "", small), 0);
	CHECK_INT(place(form("xl shirt%s", mark), "", large), 1);
	CHECK_INT(place(form("the shirt%s", mark), "", large), 0);
	CHECK(place("XL", form("&merchant=%s", seller.merchant), large) > 0);
	tea = sell(form("%s 緑茶セット", mark));
	CHECK_INT(place(form("%s 緑茶", mark), "", tea), 1);
	CHECK_INT(place(form("%s 茶セ", mark), "", tea), 1);
	CHECK(place(form("%s 茶", mark), "", tea) > 0);
	CHECK_INT(place(form("%s セット", mark), "", tea), 1);
	CHECK_INT(place(form("%s 紅茶", mark), "", tea), 0);
}

static struct answer
sell_sku(const char *skus, const char *options)
{
	return api_post("/products", seller.access,
	    form(
		"{\"name\": \"Coded\", \"category_id\": \"%s\", \"price\": \"5.00\", \"status\": \"published\", \"variants\": [%s]%s}",
		category, skus, options));
}

static void
skus_that_look_alike_are_one(void)
{
	const char   *sku, *id, *path;
	struct answer answer;

	prepare();
	sku = form("QZ-%s-é", mark);
	answer = sell_sku(form("{\"sku\": \"%s\"}", sku), "");
	EXPECT(answer, 201);
	id = text_at(&answer, "id");
	CHECK_INT(place(sku, "", id), 1);
	CHECK_INT(place(form("qz-%s-É", mark), "", id), 1);
	CHECK_INT(place(form("qz-%s-e\xcc\x81", mark), "&ordering=price", id), 1);
	answer = api_get(form("/products?status=published&search=qz-%s-%%C3%%89", mark), seller.access);
	CHECK_INT(length_at(&answer, "results"), 1);
	EXPECT_PROBLEM(sell_sku(form("{\"sku\": \"qz-%s-É\"}", mark), ""), 409, "sku_taken");
	EXPECT_PROBLEM(sell_sku(form("{\"sku\": \"QZ-%s-e\xcc\x81\"}", mark), ""), 409, "sku_taken");
	EXPECT_PROBLEM(sell_sku(form("{\"sku\": \"ＱZ-%s-é\"}", mark), ""), 409, "sku_taken");
	answer = sell_sku(
	    form("{\"sku\": \"twin-%s\", \"options\": {\"size\": \"S\"}}, {\"sku\": \"TWIN-%s\", \"options\": {\"size\": \"M\"}}",
		mark, mark),
	    ", \"options\": [{\"name\": \"size\", \"values\": [\"S\", \"M\"]}]");
	EXPECT_PROBLEM(answer, 409, "sku_taken");
	CHECK(strstr(answer.body, "variants.1.sku") != NULL);
	answer = sell_sku(form("{\"sku\": \"QZ-%s-f\"}", mark), "");
	EXPECT(answer, 201);
	path = form("/variants/%s", text_at(&answer, "variants.0.id"));
	EXPECT_PROBLEM(api_patch(path, seller.access, form("{\"sku\": \"qz-%s-é\"}", mark)), 409, "sku_taken");
	answer = api_patch(path, seller.access, form("{\"sku\": \"qz-%s-F\"}", mark));
	EXPECT(answer, 200); /* its own */
}

static void
one_wrong_letter_is_forgiven(void)
{
	const char *right, *near, *word;

	prepare();
	word = form("plunket%s", mark);
	right = sell(word);
	near = sell(form("plunkat%s", mark));
	CHECK_INT(place(word, "", right), 1);
	CHECK_INT(place(word, "", near), 2);
	CHECK_INT(place(form("plonket%s", mark), "", right), 1);
	CHECK_INT(place(form("plunkt%s", mark), "", right) > 0, 1);
	CHECK_INT(place(form("plunkeet%s", mark), "", right), 1);
	CHECK_INT(place(form("plnuket%s", mark), "", right), 1);
	CHECK_INT(place(form("plnukte%s", mark), "", right), 0);
	CHECK_INT(place(form("%s-none plunket%s", mark, mark), "", right), 0);
}

static void
what_is_typed_so_far_is_found(void)
{
	const char *id;

	prepare();
	id = sell(form("Whole%s Kettle", mark));
	CHECK_INT(place(form("whole%s ket", mark), "", id), 1);
	CHECK_INT(place(form("whole%s kettle", mark), "", id), 1);
	CHECK_INT(place(form("ket whole%s", mark), "", id), 0);
}

/* One seller's invented words do not take a beginning from the words that are used. */
static void
used_words_come_before_invented_ones(void)
{
	const char   *used, *junk;
	struct answer answer;
	bool          suggested = false;

	prepare();
	used = sell(form("zqzz%s", mark));
	sell(form("zqzz%s again", mark));
	for (int i = 0; i < 2; i++) {
		junk = "";
		for (int k = 0; k < 300; k++)
			junk = form("%s zqa%d%s", junk, i * 300 + k, mark + 6);
		sell_in(&rival, category, form("Junk %d %s", i, mark), form(", \"description\": \"%s\"", junk));
	}
	run_job_now("count_words");
	UNTIL(sql_number("SELECT products FROM search_words WHERE text = 'zqzz%s'", mark) == 2);
	CHECK(place("zq", "", used) > 0);
	answer = api_get("/products/suggest?q=zq", NULL);
	for (size_t i = 0; i < length_at(&answer, "results"); i++)
		suggested = suggested || strncmp(text_at(&answer, form("results.%zu.name", i)), "zqzz", 4) == 0;
	CHECK(suggested);
}

/* A word that is also a SKU: all that have the word are on the pages. */
static void
a_sku_that_is_a_word_ends_no_list(void)
{
	enum { LAMPS = 30 };
	const char   *word, *path;
	struct answer page;
	size_t        seen = 0;

	prepare();
	word = form("lampsku%s", mark);
	for (int i = 0; i < LAMPS; i++)
		EXPECT(api_post("/products", seller.access,
			   form("{\"name\": \"%s %d\", \"category_id\": \"%s\", \"price\": \"5.00\", \"status\": \"published\", "
				"\"variants\": [{\"sku\": \"%s\"}]}",
			       word, i, category, i == 7 ? word : unique("LAMP"))),
		    201);
	for (path = form("/products?search=%s&limit=12", word); path != NULL;
	     path = has_at(&page, "next") ? text_at(&page, "next") + strlen("/api/v1") : NULL) {
		page = api_get(path, NULL);
		EXPECT(page, 200);
		seen += length_at(&page, "results");
	}
	CHECK_INT(seen, LAMPS);
}

/* A brand of signs alone has no word; given a name, its products are found by that. */
static void
a_brand_without_words_gains_one(void)
{
	const char *brand, *id;

	prepare();
	brand = create("/brands", form("{\"name\": \"+++\", \"slug\": \"plus-%s\"}", mark));
	id = sell_in(&seller, category, form("Wordless%s", mark), form(", \"brand_id\": \"%s\"", brand));
	EXPECT(api_patch(form("/brands/%s", brand), admin.access, form("{\"name\": \"Plusmark%s\"}", mark)), 200);
	CHECK_INT(place(form("plusmark%s", mark), "", id), 1);
}

static void
the_search_follows_its_products(void)
{
	const char *id, *brand, *in;

	prepare();
	brand = create("/brands", form("{\"name\": \"Marke%s\"}", mark));
	in = create("/categories", form("{\"name\": \"Gattung%s\", \"parent_id\": \"%s\"}", mark, category));
	id = sell_in(
	    &seller, in, form("Follower%s", mark), form(", \"brand_id\": \"%s\", \"description\": \"wordy%s\"", brand, mark));
	CHECK_INT(place(form("marke%s gattung%s", mark, mark), "", id), 1);
	CHECK_INT(place(form("wordy%s", mark), form("&brand=%s", brand), id), 1);
	CHECK_INT(place(form("wordy%s", mark), form("&category=%s", category), id), 1);
	EXPECT(api_patch(form("/products/%s", id), seller.access, form("{\"description\": \"other%s\"}", mark)), 200);
	CHECK_INT(place(form("wordy%s", mark), "", id), 0);
	EXPECT(api_patch(form("/brands/%s", brand), admin.access, form("{\"name\": \"Firma%s\"}", mark)), 200);
	EXPECT(api_patch(form("/categories/%s", in), admin.access,
		   form("{\"name\": \"Klasse%s\", \"parent_id\": \"%s\"}", mark, other_category)),
	    200);
	UNTIL(place(form("firma%s klasse%s", mark, mark), form("&category=%s", other_category), id) == 1);
	CHECK_INT(place(form("marke%s", mark), "", id), 0);
	EXPECT(api_delete(form("/brands/%s", brand), admin.access), 204);
	UNTIL(place(form("firma%s", mark), "", id) == 0);
	EXPECT(api_patch(form("/products/%s", id), seller.access, "{\"status\": \"archived\"}"), 200);
	CHECK_INT(place(form("follower%s", mark), "", id), 0);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM search_documents WHERE product_id = '%s'", id), 0);
	EXPECT(api_patch(form("/products/%s", id), seller.access, "{\"status\": \"published\"}"), 200);
	CHECK_INT(place(form("follower%s", mark), "", id), 1);
	EXPECT(api_post(form("/merchants/%s/suspend", seller.merchant), admin.access, "{}"), 200);
	UNTIL(place(form("follower%s", mark), "", id) == 0);
	EXPECT(api_post(form("/merchants/%s/activate", seller.merchant), admin.access, "{}"), 200);
	UNTIL(place(form("follower%s", mark), "", id) == 1);
}

/* What a search is filtered and ordered by is what the list has, whatever changed it. */
static void
filters_follow_the_products(void)
{
	const char   *word = form("fluss%s", (prepare(), mark)), *cheap = sell(word), *dear, *variant, *brand;
	struct answer answer;

	brand = create("/brands", form("{\"name\": \"Ufer%s\"}", mark));
	dear = sell_in(&seller, category, form("%s two", word), form(", \"brand_id\": \"%s\"", brand));
	CHECK_INT(place(word, "&ordering=price&currency=USD&min_price=9", dear), 0);
	EXPECT(api_patch(form("/products/%s", dear), seller.access, "{\"price\": \"9.50\", \"is_featured\": true}"), 200);
	CHECK_INT(place(word, "&ordering=price", cheap), 1);
	CHECK_INT(place(word, "&ordering=-price", dear), 1);
	CHECK_INT(place(word, "&ordering=price&currency=USD&min_price=9", dear), 1);
	CHECK_INT(place(word, "&currency=USD&max_price=9", dear), 0);
	CHECK_INT(place(word, "&is_featured=true", dear), 1);
	CHECK_INT(place(word, "&is_featured=true", cheap), 0);
	CHECK_INT(place(form("two %s", word), "&is_featured=true&in_stock=true", dear), 1);
	answer = api_get(form("/products/%s", dear), NULL);
	EXPECT(answer, 200);
	variant = text_at(&answer, "variants.0.id");
	EXPECT(
	    api_post(form("/inventory/%s/adjustments", variant), seller.access, "{\"delta\": -5, \"reason\": \"count\"}"), 200);
	CHECK_INT(place(word, "&in_stock=true", dear), 0);
	CHECK_INT(place(word, "&in_stock=false", dear), 1);
	EXPECT(api_post(form("/inventory/%s/adjustments", variant), seller.access, "{\"delta\": 5, \"reason\": \"count\"}"), 200);
	CHECK_INT(place(word, "&in_stock=true&ordering=-price", dear), 1);
	sql_run("UPDATE product_listings SET sales_count = 3 WHERE product_id = '%s'", cheap);
	CHECK_INT(place(word, "&ordering=-sales", cheap), 1);
	sql_run("UPDATE product_listings SET sales_count = 0 WHERE product_id = '%s'", cheap);
	CHECK_INT(place(word, "&ordering=name", cheap), 1);
	CHECK_INT(place(word, form("&brand=%s", brand), dear), 1);
	CHECK_INT(place(word, form("&brand=%s", brand), cheap), 0);
	EXPECT(api_delete(form("/brands/%s", brand), admin.access), 204);
	CHECK_INT(place(word, "&is_featured=true", dear), 1);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM search_documents WHERE product_id = '%s' AND brand_id IS NOT NULL", dear), 0);
}

/* Categories below the third level have no lists of their own. */
static void
deep_categories_are_searched(void)
{
	enum { LEVELS = 6 };
	const char *word = form("tief%s", (prepare(), mark)), *levels[LEVELS], *ids[LEVELS], *beside;

	for (int i = 0; i < LEVELS; i++) {
		levels[i] = create("/categories",
		    form("{\"name\": \"%s\", \"parent_id\": \"%s\"}", unique("Deep"), i == 0 ? category : levels[i - 1]));
		ids[i] = sell_in(&seller, levels[i], form("%s %d", word, i), "");
	}
	beside = create("/categories", form("{\"name\": \"%s\", \"parent_id\": \"%s\"}", unique("Beside"), levels[2]));
	for (int in = 0; in < LEVELS; in++)
		for (int i = 0; i < LEVELS; i++) {
			CHECK_INT(place(word, form("&category=%s", levels[in]), ids[i]) > 0, i >= in);
			CHECK_INT(place(form("%s %d", word, i),
				      form("&category=%s&ordering=price&merchant=%s", levels[in], seller.merchant), ids[i]) > 0,
			    i >= in);
		}
	EXPECT(api_patch(form("/categories/%s", levels[4]), admin.access, form("{\"parent_id\": \"%s\"}", beside)), 200);
	UNTIL(place(word, form("&category=%s", beside), ids[5]) > 0);
	CHECK_INT(place(word, form("&category=%s", levels[3]), ids[5]), 0);
	CHECK_INT(place(word, form("&category=%s", levels[3]), ids[3]), 1);
}

/* Where a word of everybody's stands beside a rare one, or is asked for within a merchant, it is read from the shorter list. */
static void
the_shortest_list_is_read(void)
{
	const char   *word = form("selten%s", (prepare(), mark)), *id;
	struct answer answer;

	id = sell_in(&seller, category, word, ", \"description\": \"Comes from far.\"");
	CHECK_INT(place(form("from %s", word), "", id), 1);
	CHECK_INT(place(form("%s from", word), "&ordering=price", id), 1);
	answer = search(form("from %s", word), "");
	CHECK(!has_at(&answer, "truncated"));
	answer = search("from", form("&merchant=%s&ordering=price", seller.merchant));
	CHECK(place_of(&answer, id) > 0);
	CHECK(!has_at(&answer, "truncated"));
	answer = search("from", form("&category=%s&in_stock=true", category));
	CHECK(place_of(&answer, id) > 0);
	CHECK(!has_at(&answer, "truncated"));
}

/* An older program, which may still work while the shop is upgraded, knows nothing of what stands beside the words. */
static void
a_fill_mends_what_an_older_program_wrote(void)
{
	const char *word = form("altes%s", (prepare(), mark)), *id = sell(form("%s thing", word));

	sql_run("UPDATE search_documents SET words = '', digest = 1 WHERE product_id = '%s'", id);
	CHECK_INT(place(form("%s thing", word), "", id), 0);
	CHECK_INT(shop_command("search", "fill"), 0);
	CHECK_INT(place(form("%s thing", word), "", id), 1);
	sql_run("UPDATE search_documents SET merchant_id = NULL, price_order = '' WHERE product_id = '%s'", id);
	CHECK_INT(place(word, form("&merchant=%s&currency=USD", seller.merchant), id), 0);
	CHECK_INT(shop_command("search", "fill"), 0);
	CHECK_INT(place(word, form("&merchant=%s&currency=USD", seller.merchant), id), 1);
}

static size_t
suggested(const char *text, const char *kind, const char *id)
{
	struct answer answer = api_get(form("/products/suggest?q=%s", escaped(text)), NULL);

	EXPECT(answer, 200);
	CHECK(length_at(&answer, "results") <= 8);
	for (size_t i = 0; i < length_at(&answer, "results"); i++)
		if (strcmp(text_at(&answer, form("results.%zu.id", i)), id) == 0 &&
		    strcmp(text_at(&answer, form("results.%zu.kind", i)), kind) == 0)
			return i + 1;
	return 0;
}

static void
names_and_categories_are_suggested(void)
{
	const char   *id, *in, *name = form("Angelo%s Füllhorn", (prepare(), mark));
	struct answer answer;

	in = create("/categories", form("{\"name\": \"Angelo%s Things\"}", mark));
	id = sell_in(&seller, in, name, "");
	for (int i = 0; i < 10; i++)
		sell_in(&seller, in, form("Angelo%s Bulk%s", mark, mark), "");
	CHECK_INT(suggested(form("angelo%.6s", mark), "category", in), 1);
	CHECK(suggested(form("angelo%.6s", mark), "product", id) > 1);
	CHECK_INT(suggested(form("angelo%s fu", mark), "product", id), 1);
	CHECK_INT(suggested(form("angelo%s füllhorn", mark), "product", id), 1);
	CHECK_INT(suggested(form("angelo%s thi", mark), "category", in), 1);
	CHECK_INT(suggested(form("angelo%s none", mark), "product", id), 0);
	/* A beginning of which no other test makes words: only the most used of them are looked for. */
	answer = api_get(form("/products/suggest?q=angelo%s+bulk%.6s", mark, mark), NULL);
	CHECK_INT(length_at(&answer, "results"), 1); /* ten of one name are one */
	EXPECT_FAULT(api_get("/products/suggest", NULL), "q");
	answer = api_get("/products/suggest?q=%2B", NULL);
	CHECK_INT(length_at(&answer, "results"), 0);
}

/* ---- relevance ---- */

enum { DRAWN = 100, FIRST = 5 };

static uint64_t dice;

static size_t
below(size_t bound)
{
	uint64_t z = dice += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (size_t)((z ^ z >> 31) % bound);
}

/* A word that nobody knows, as it is written and without its marks. */
static void
draw_word(char written[64], char plain[64])
{
	static const char *const syllables[][2] = { { "ba", "ba" }, { "ké", "ke" }, { "lö", "lo" }, { "ři", "ri" },
		{ "ñu", "nu" }, { "sha", "sha" }, { "tōm", "tom" }, { "vel", "vel" }, { "gra", "gra" }, { "dü", "du" },
		{ "pe", "pe" }, { "zi", "zi" }, { "ço", "co" }, { "mar", "mar" }, { "ły", "ly" }, { "hå", "ha" } };
	size_t                   count = 3 + below(2);

	*written = *plain = '\0';
	for (size_t i = 0; i < count; i++) {
		size_t syllable = below(sizeof syllables / sizeof *syllables);

		snprintf(written + strlen(written), 64 - strlen(written), "%s", syllables[syllable][0]);
		snprintf(plain + strlen(plain), 64 - strlen(plain), "%s", syllables[syllable][1]);
	}
}

struct drawn {
	const char *id, *name, *plain, *brand, *category, *sku;
};

static struct drawn drawn[DRAWN];

/* Names of words that several have: 40 words in all, three or four of them each. */
static void
draw_products(void)
{
	enum { WORDS = 40, GROUPS = 10 };
	static char words[WORDS][64], plain_words[WORDS][64];
	const char *brands[GROUPS], *brand_names[GROUPS], *categories[GROUPS], *category_names[GROUPS];

	dice = strtoull(seller.merchant + 24, NULL, 16);
	printf("  drawn by seed %llu\n", (unsigned long long)dice);
	for (size_t i = 0; i < WORDS; i++)
		draw_word(words[i], plain_words[i]);
	for (size_t i = 0; i < GROUPS; i++) {
		char written[64], plain[64];

		draw_word(written, plain);
		brand_names[i] = form("%s%s %zu", written, mark, i);
		brands[i] = create("/brands", form("{\"name\": \"%s\"}", brand_names[i]));
		category_names[i] = form("%s %s %zu", written, mark, i);
		categories[i] = create("/categories", form("{\"name\": \"%s\"}", category_names[i]));
	}
	for (size_t i = 0; i < DRAWN; i++) {
		size_t      count = 3 + below(2), brand = i % GROUPS, of = i / GROUPS % GROUPS, word;
		const char *name = form("%s", mark), *plain = name;

		for (size_t w = 0; w < count; w++) {
			word = below(WORDS);
			name = form("%s %s", name, words[word]);
			plain = form("%s %s", plain, plain_words[word]);
		}
		drawn[i] =
		    (struct drawn) { .name = name, .plain = plain, .brand = brand_names[brand], .category = category_names[of] };
		drawn[i].id = sell_in(&seller, categories[of], name, form(", \"brand_id\": \"%s\"", brands[brand]));
		drawn[i].sku = sql_text("SELECT sku FROM variants WHERE product_id = '%s'", drawn[i].id);
	}
}

/* One letter of a word of five and more is another, missing, there twice, or changes places with the next. */
static const char *
with_a_slip(const char *plain)
{
	char  *wrong = form("%s ", plain);
	size_t length = strlen(plain), at, begin, end;

	do {
		at = strlen(mark) + 1 + below(length - strlen(mark) - 1);
		for (begin = at; begin > 0 && wrong[begin - 1] != ' '; begin--)
			;
		end = at + strcspn(wrong + at, " ");
	} while (end - begin < 5 || at + 1 >= end || wrong[at] == wrong[at + 1]);
	switch (below(4)) {
	case 0:
		wrong[at] = wrong[at] == 'q' ? 'x' : 'q';
		break;
	case 1:
		memmove(wrong + at, wrong + at + 1, strlen(wrong + at));
		break;
	case 2:
		memmove(wrong + at + 1, wrong + at, length - at);
		wrong[length + 1] = '\0';
		break;
	default:
		begin = (unsigned char)wrong[at];
		wrong[at] = wrong[at + 1];
		wrong[at + 1] = (char)begin;
	}
	return wrong;
}

static size_t
missed(const char *rule, const char *text, const char *id)
{
	size_t at = place(text, "", id);

	if (at >= 1 && at <= FIRST)
		return 0;
	printf("  %s: '%s' at %zu\n", rule, text, at);
	return 1;
}

static void
relevance_by_rule(void)
{
	size_t names = 0, plain = 0, slips = 0, begun = 0, kinds = 0, skus = 0;

	prepare();
	draw_products();
	for (size_t i = 0; i < DRAWN; i++) {
		const struct drawn *one = &drawn[i];

		names += missed("full name", one->name, one->id);
		plain += missed("name without marks", one->plain, one->id);
		slips += missed("one letter wrong", with_a_slip(one->plain), one->id);
		begun += missed("last word cut short", form("%.*s", (int)strlen(one->plain) - 1, one->plain), one->id);
		kinds += missed("brand and category", form("%s %s", one->brand, one->category), one->id);
		skus += missed("SKU in lower case", in_lower_case(one->sku), one->id);
	}
	CHECK_INT(names, 0);
	CHECK_INT(plain, 0);
	CHECK_INT(slips, 0);
	CHECK_INT(begun, 0);
	CHECK_INT(kinds, 0);
	CHECK_INT(skus, 0);
}

SUITE("api: search", TEST(nobody_is_pushed_out_of_a_word), TEST(what_is_cut_off_says_so),
    TEST(names_are_found_as_they_are_written), TEST(every_word_counts), TEST(skus_that_look_alike_are_one),
    TEST(used_words_come_before_invented_ones), TEST(a_sku_that_is_a_word_ends_no_list), TEST(a_brand_without_words_gains_one),
    TEST(one_wrong_letter_is_forgiven), TEST(what_is_typed_so_far_is_found), TEST(the_search_follows_its_products),
    TEST(filters_follow_the_products), TEST(deep_categories_are_searched), TEST(the_shortest_list_is_read),
    TEST(a_fill_mends_what_an_older_program_wrote), TEST(names_and_categories_are_suggested), TEST(relevance_by_rule))
