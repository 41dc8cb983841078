/* The tree of categories: its form, its cache, and what is listed under it; and brands. */
#include "base/ids.h"
#include "tests/api/api.h"
#include "tests/api/check.h"
#include "tests/api/shopping.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct person admin, seller;

static const char *
unique(const char *word)
{
	static int number;

	return form("%s %s %d", word, seller.merchant + 24, ++number);
}

static void
prepare(void)
{
	if (admin.access != NULL)
		return;
	admin = person_new("admin");
	seller = shopkeeper_new("USD");
}

/* A category below `parent` (NULL: at the top); its id. */
static const char *
category_new(const char *name, const char *parent)
{
	struct answer answer = api_post("/categories", admin.access,
	    parent == NULL ? form("{\"name\": \"%s\"}", name) : form("{\"name\": \"%s\", \"parent_id\": \"%s\"}", name, parent));

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return text_at(&answer, "id");
}

static const char *
thing(const char *category, const char *status)
{
	return form("{\"name\": \"Thing\", \"category_id\": \"%s\", \"price\": \"5\", "
		    "\"status\": \"%s\", \"variants\": [{\"sku\": \"%s\", \"on_hand\": 1}]}",
	    category, status, unique("SKU"));
}

static const char *
product_in(const char *category)
{
	struct answer answer = api_post("/products", seller.access, thing(category, "published"));

	EXPECT(answer, 201);
	return text_at(&answer, "id");
}

static bool
tree_shows(const char *text)
{
	struct answer answer = api_get("/categories/tree", NULL);

	EXPECT(answer, 200);
	return strstr(answer.body, text) != NULL;
}

static bool
is_listed(const char *product, const char *category)
{
	struct answer answer = api_get(form("/products?category=%s&limit=100", category), NULL);

	EXPECT(answer, 200);
	return strstr(answer.body, product) != NULL;
}

static void
a_category_is_created_and_shown(void)
{
	struct answer answer, shown;
	const char   *name;

	prepare();
	name = unique("Küche");
	answer = api_post("/categories", admin.access, form("{\"name\": \"%s\", \"position\": 3}", name));
	EXPECT(answer, 201);
	CHECK_INT(number_at(&answer, "depth"), 1);
	CHECK_INT(number_at(&answer, "position"), 3);
	CHECK(!has_at(&answer, "parent_id"));
	shown = api_get(form("/categories/%s", text_at(&answer, "slug")), NULL);
	EXPECT(shown, 200);
	CHECK_TEXT(text_at(&shown, "id"), text_at(&answer, "id"));
	shown = api_get(form("/categories/%s", text_at(&answer, "id")), NULL);
	EXPECT(shown, 200);
	shown = api_post("/categories", admin.access, form("{\"name\": \"%s\"}", name));
	EXPECT(shown, 201);
	CHECK_TEXT(text_at(&shown, "slug"), form("%s-2", text_at(&answer, "slug")));
	shown = api_post("/categories", admin.access, form("{\"name\": \"x\", \"slug\": \"%s\"}", text_at(&answer, "slug")));
	EXPECT_PROBLEM(shown, 409, "slug_taken");
	shown = api_post("/categories", seller.access, "{\"name\": \"x\"}");
	EXPECT_PROBLEM(shown, 403, "forbidden");
	shown = api_post("/categories", admin.access, "{\"name\": \"\"}");
	EXPECT_FAULT(shown, "name");
	shown =
	    api_post("/categories", admin.access, "{\"name\": \"x\", \"parent_id\": \"0192f0c1-8f00-7000-8000-5a1b2c3d4e5f\"}");
	EXPECT_FAULT(shown, "parent_id");
	shown = api_get("/categories/no-such-category-at-all", NULL);
	EXPECT_PROBLEM(shown, 404, "not_found");
	shown = api_get(form("/categories?parent=%s", text_at(&answer, "id")), NULL);
	EXPECT(shown, 200);
	CHECK_INT(number_at(&shown, "count"), 0);
}

static void
pages_are_numbered(void)
{
	const char   *parent = (prepare(), category_new(unique("Paged"), NULL));
	struct answer answer;

	for (int i = 0; i < 5; i++)
		category_new(form("Child %d", i), parent);
	answer = api_get(form("/categories?parent=%s&page_size=2&page=2", parent), NULL);
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "count"), 5);
	CHECK_TEXT(text_at(&answer, "results.0.name"), "Child 2");
	CHECK(strstr(text_at(&answer, "next"), "page=3") != NULL);
	CHECK(strstr(text_at(&answer, "previous"), "page=1") != NULL);
	answer = api_get(form("/categories?parent=%s&page_size=2&page=3", parent), NULL);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK(!has_at(&answer, "next"));
	answer = api_get("/categories?page_size=101", NULL);
	EXPECT_FAULT(answer, "page_size");
}

static void
cycles_and_too_deep_trees_are_refused(void)
{
	const char   *top = (prepare(), category_new(unique("Top"), NULL)), *middle = category_new(unique("Middle"), top);
	const char   *low = category_new(unique("Low"), middle), *deep;
	struct answer answer;

	answer = api_patch(form("/categories/%s", top), admin.access, form("{\"parent_id\": \"%s\"}", low));
	EXPECT_PROBLEM(answer, 409, "category_cycle");
	answer = api_patch(form("/categories/%s", top), admin.access, form("{\"parent_id\": \"%s\"}", top));
	EXPECT_PROBLEM(answer, 409, "category_cycle");
	deep = low;
	for (int depth = 4; depth <= 16; depth++)
		deep = category_new(unique("Deep"), deep);
	answer = api_post("/categories", admin.access, form("{\"name\": \"x\", \"parent_id\": \"%s\"}", deep));
	EXPECT_FAULT(answer, "parent_id");
	answer = api_patch(
	    form("/categories/%s", top), admin.access, form("{\"parent_id\": \"%s\"}", category_new(unique("Above"), NULL)));
	EXPECT_FAULT(answer, "parent_id");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM category_ancestors WHERE ancestor_id = '%s'", top), 16);
	CHECK(tree_shows(deep));
}

/* Each category's ancestors, from its parents alone. */
static void
check_closure(void)
{
	CHECK_INT(
	    sql_number(
		"WITH RECURSIVE up (category_id, ancestor_id, distance) AS (SELECT id, id, 0 FROM categories UNION ALL "
		"SELECT up.category_id, c.parent_id, up.distance + 1 FROM up JOIN categories c ON c.id = up.ancestor_id "
		"WHERE c.parent_id IS NOT NULL) SELECT (SELECT COUNT(*) FROM up) - (SELECT COUNT(*) FROM category_ancestors) + "
		"(SELECT COUNT(*) FROM up LEFT JOIN category_ancestors a USING (category_id, ancestor_id, distance) WHERE a.category_id IS NULL)"),
	    0);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM categories c WHERE depth <> "
			     "(SELECT COUNT(*) FROM category_ancestors a WHERE a.category_id = c.id)"),
	    0);
}

static void
moving_moves_the_products(void)
{
	const char   *old = (prepare(), category_new(unique("Old"), NULL)), *new = category_new(unique("New"), NULL);
	const char   *moved = category_new(unique("Moved"), old), *below = category_new(unique("Below"), moved);
	const char   *product = product_in(below), *stays = product_in(old);
	struct answer answer;

	CHECK(is_listed(product, old) && is_listed(product, moved) && is_listed(stays, old) && !is_listed(product, new));
	answer = api_patch(form("/categories/%s", moved), admin.access, form("{\"parent_id\": \"%s\"}", new));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "parent_id"), new);
	CHECK(is_listed(product, new) && is_listed(product, moved) && is_listed(product, below));
	CHECK(!is_listed(product, old) && is_listed(stays, old));
	check_closure();
	answer = api_patch(form("/categories/%s", moved), admin.access, "{\"parent_id\": null}");
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "depth"), 1);
	CHECK(!is_listed(product, new) && is_listed(product, moved));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM product_listings WHERE product_id = '%s'", product), 3);
	check_closure();
}

static void
categories_in_use_cannot_be_deleted(void)
{
	const char   *parent = (prepare(), category_new(unique("Parent"), NULL)), *child = category_new(unique("Child"), parent);
	const char   *product = product_in(child);
	struct answer answer;

	answer = api_delete(form("/categories/%s", parent), admin.access);
	EXPECT_PROBLEM(answer, 409, "in_use");
	answer = api_delete(form("/categories/%s", child), admin.access);
	EXPECT_PROBLEM(answer, 409, "in_use");
	answer = api_patch(form("/products/%s", product), seller.access, form("{\"category_id\": \"%s\"}", parent));
	EXPECT(answer, 200);
	answer = api_delete(form("/categories/%s", child), admin.access);
	EXPECT(answer, 204);
	answer = api_get(form("/categories/%s", child), NULL);
	EXPECT_PROBLEM(answer, 404, "not_found");
	CHECK(!tree_shows(child));
}

static void
if_match_is_checked(void)
{
	const char   *id = (prepare(), category_new(unique("Tagged"), NULL)), *headers[2] = { NULL, NULL };
	struct answer answer = api_get(form("/categories/%s", id), NULL);

	headers[0] = form("If-None-Match: %s", header_of(&answer, "ETag"));
	answer = api_call("GET", form("/categories/%s", id), NULL, NULL, headers);
	EXPECT(answer, 304);
	headers[0] = form("If-Match%s", headers[0] + strlen("If-None-Match"));
	answer = api_call("PATCH", form("/categories/%s", id), admin.access, "{\"position\": 1}", headers);
	EXPECT(answer, 200);
	answer = api_call("PATCH", form("/categories/%s", id), admin.access, "{\"position\": 2}", headers);
	EXPECT_PROBLEM(answer, 412, "version_mismatch");
}

static void
a_category_is_replaced(void)
{
	const char   *top = (prepare(), category_new(unique("Above"), NULL)), *name = unique("Replaced");
	const char   *path = form("/categories/%s", category_new(name, top)), *tag, *slug;
	struct answer answer = api_patch(path, admin.access, "{\"position\": 7, \"is_active\": false}");

	EXPECT(answer, 200);
	tag = form("If-Match: %s", header_of(&answer, "ETag"));
	slug = text_at(&answer, "slug");
	EXPECT_FAULT(api_put(path, admin.access, "{\"position\": -1}"), "name");
	EXPECT_FAULT(api_put(path, admin.access, form("{\"name\": \"x\", \"parent_id\": \"%s\"}", good_password)), "parent_id");
	EXPECT_FAULT(api_put(path, admin.access, "{\"name\": \"x\", \"parent_id\": \"01890000-0000-7000-8000-00000000dead\"}"),
	    "parent_id");
	EXPECT_PROBLEM(api_put(path, seller.access, "{\"name\": \"x\"}"), 403, "forbidden");
	answer = api_call("PUT", path, admin.access, form("{\"name\": \"%s\", \"parent_id\": \"%s\"}", name, top), HEADERS(tag));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "slug"), slug);
	CHECK_TEXT(text_at(&answer, "parent_id"), top);
	CHECK_INT(number_at(&answer, "position"), 0);
	CHECK_TEXT(sql_text("SELECT is_active FROM categories WHERE id = '%s'", text_at(&answer, "id")), "1");
	EXPECT_PROBLEM(
	    api_call("PUT", path, admin.access, form("{\"name\": \"%s\"}", name), HEADERS(tag)), 412, "version_mismatch");
	answer = api_put(path, admin.access, form("{\"name\": \"%s\"}", name));
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "parent_id"));
	CHECK_INT(number_at(&answer, "depth"), 1);
	EXPECT_PROBLEM(
	    api_put(path, admin.access, form("{\"name\": \"%s\", \"parent_id\": \"%s\"}", name, text_at(&answer, "id"))), 409,
	    "category_cycle");
}

/* ---- the cached tree ---- */

/* No change of before is about to make the tree anew. */
static void
wait_until_quiet(void)
{
	WAIT_FOR("0",
	    "SELECT (SELECT COUNT(*) FROM events WHERE pending = 1 AND type = 'category.changed') + "
	    "(SELECT COUNT(*) FROM jobs WHERE kind = 'invalidate_tree')");
}

static void
writes_are_visible_at_once(void)
{
	const char   *name, *id, *headers[2] = { NULL, NULL };
	struct answer answer;

	prepare();
	for (int i = 0; i < 5; i++) {
		name = unique("Instant");
		id = category_new(name, NULL);
		for (int worker = 0; worker < 8; worker++)
			CHECK(tree_shows(name));
		answer = api_patch(form("/categories/%s", id), admin.access, "{\"is_active\": false}");
		EXPECT(answer, 200);
		for (int worker = 0; worker < 8; worker++)
			CHECK(!tree_shows(name));
	}
	wait_until_quiet(); /* the job behind each change gives the tree another tag */
	answer = api_get("/categories/tree", NULL);
	for (int i = 0; i < 20 && answer.round_trips != 0;
	     i++) /* now and then a worker asks whether memcached is to be believed */
		answer = api_get("/categories/tree", NULL);
	CHECK_INT(answer.round_trips, 0); /* from memcached */
	headers[0] = form("If-None-Match: %s", header_of(&answer, "ETag"));
	answer = api_call("GET", "/categories/tree", NULL, NULL, headers);
	EXPECT(answer, 304);
}

static void
inactive_branches_are_hidden(void)
{
	const char *parent = (prepare(), category_new(unique("Hidden"), NULL)), *child = category_new(unique("Beneath"), parent);
	struct answer answer = api_patch(form("/categories/%s", parent), admin.access, "{\"is_active\": false}");

	EXPECT(answer, 200);
	CHECK(!tree_shows(child));
	answer = api_get("/categories?page_size=100", admin.access);
	EXPECT(answer, 200);
	answer = api_patch(form("/categories/%s", parent), admin.access, "{\"is_active\": true}");
	CHECK(tree_shows(child));
}

static const char *
slug_of(const char *category)
{
	return sql_text("SELECT slug FROM categories WHERE id = '%s'", category);
}

/* By id, by slug, in lists and as a filter: an inactive category and what is below it are there for staff only. */
static void
inactive_categories_are_not_found(void)
{
	const char   *parent = (prepare(), category_new(unique("Closed"), NULL)), *child = category_new(unique("Below"), parent);
	const char   *product = product_in(child), *of_parent = form("/categories?parent=%s", parent);
	const char   *paths[] = { form("/categories/%s", parent), form("/categories/%s", slug_of(parent)),
		  form("/categories/%s", child), form("/categories/%s", slug_of(child)) };
	struct answer answer;

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		EXPECT(api_get(paths[i], NULL), 200);
	CHECK(is_listed(product, child) && is_listed(product, slug_of(parent)));
	EXPECT(api_patch(paths[0], admin.access, "{\"is_active\": false}"), 200);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		EXPECT_PROBLEM(api_get(paths[i], NULL), 404, "not_found");
		EXPECT_PROBLEM(api_get(paths[i], seller.access), 404, "not_found");
		EXPECT(api_get(paths[i], admin.access), 200);
	}
	CHECK(!is_listed(product, child) && !is_listed(product, slug_of(parent)));
	answer = api_get(of_parent, NULL);
	CHECK_INT(number_at(&answer, "count"), 0);
	answer = api_get(of_parent, admin.access);
	CHECK_INT(number_at(&answer, "count"), 1);
	EXPECT(api_patch(paths[0], admin.access, "{\"is_active\": true}"), 200);
	EXPECT(api_get(paths[3], NULL), 200);
	CHECK(is_listed(product, child));
}

/* What is made or moved below an inactive category is listed no more than what was there before. */
static void
moved_below_an_inactive_category(void)
{
	const char *closed = (prepare(), category_new(unique("Shut"), NULL)), *moving = category_new(unique("Moving"), NULL);
	const char *below = category_new(unique("Under"), moving), *product = product_in(below),
		   *path = form("/categories/%s", moving);

	EXPECT(api_patch(form("/categories/%s", closed), admin.access, "{\"is_active\": false}"), 200);
	CHECK(is_listed(product, below) && is_listed(product, slug_of(moving)));
	EXPECT(api_patch(path, admin.access, form("{\"parent_id\": \"%s\"}", closed)), 200);
	CHECK(!is_listed(product, below) && !is_listed(product, slug_of(moving)));
	EXPECT(api_patch(path, admin.access, "{\"parent_id\": null}"), 200);
	CHECK(is_listed(product, below) && is_listed(product, slug_of(moving)));
	CHECK_TEXT(sql_text("SELECT is_shown FROM categories WHERE id = '%s'", category_new(unique("New"), closed)), "0");
}

/* Nothing appears where nobody can see it; what is there already can be changed and taken away. */
static void
nothing_is_published_in_an_inactive_category(void)
{
	const char   *closed = (prepare(), category_new(unique("Shut"), NULL)), *below = category_new(unique("Under"), closed);
	const char   *open = category_new(unique("Open"), NULL), *there = product_in(below), *elsewhere = product_in(open);
	const char   *path = form("/products/%s", there), *moving = form("/products/%s", elsewhere);
	struct answer draft;

	EXPECT(api_patch(form("/categories/%s", closed), admin.access, "{\"is_active\": false}"), 200);
	EXPECT_FAULT(api_post("/products", seller.access, thing(below, "published")), "category_id");
	draft = api_post("/products", seller.access, thing(below, "draft"));
	EXPECT(draft, 201);
	EXPECT_FAULT(
	    api_patch(form("/products/%s", text_at(&draft, "id")), seller.access, "{\"status\": \"published\"}"), "category_id");
	EXPECT_FAULT(api_patch(moving, seller.access, form("{\"category_id\": \"%s\"}", below)), "category_id");
	EXPECT(api_patch(moving, seller.access, form("{\"category_id\": \"%s\", \"status\": \"draft\"}", below)), 200);
	EXPECT(api_patch(path, seller.access, "{\"price\": \"6\"}"), 200);
	EXPECT(api_patch(path, seller.access, "{\"status\": \"archived\"}"), 200);
	EXPECT_FAULT(api_patch(path, seller.access, "{\"status\": \"published\"}"), "category_id");
	EXPECT(api_patch(form("/categories/%s", closed), admin.access, "{\"is_active\": true}"), 200);
	EXPECT(api_patch(path, seller.access, "{\"status\": \"published\"}"), 200);
}

/* Deleted while published, a product does not come back so where it could not be published now. */
static void
nothing_is_restored_into_an_inactive_category(void)
{
	const char   *closed = (prepare(), category_new(unique("Shut"), NULL)), *below = category_new(unique("Under"), closed);
	const char   *path = form("/products/%s", product_in(below));
	struct answer answer;

	EXPECT(api_delete(path, seller.access), 204);
	answer = api_post(form("%s/restore", path), seller.access, "{}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "published");
	EXPECT(api_delete(path, seller.access), 204);
	EXPECT(api_patch(form("/categories/%s", closed), admin.access, "{\"is_active\": false}"), 200);
	answer = api_post(form("%s/restore", path), seller.access, "{}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "draft");
}

/* A slug that the path could not mean gets a number where we make it, and is refused where it is given. */
static void
reserved_words_are_no_slugs(void)
{
	static const char *const words[] = { "Tree", "IMPORT", "Export", "Suggest", "Search",
		"0192F0C1-8F00-7000-8000-5A1B2C3D4E5F" };
	struct answer            answer;

	prepare();
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		answer = api_post("/categories", admin.access, form("{\"name\": \"%s\"}", words[i]));
		EXPECT(answer, 201);
		CHECK_INT(strncasecmp(text_at(&answer, "slug"), words[i], strlen(words[i])), 0);
		CHECK(text_at(&answer, "slug")[strlen(words[i])] == '-');
		answer = api_get(form("/categories/%s", text_at(&answer, "slug")), NULL);
		EXPECT(answer, 200);
		CHECK_TEXT(text_at(&answer, "name"), words[i]);
		EXPECT(
		    api_put(form("/categories/%s", text_at(&answer, "id")), admin.access, form("{\"name\": \"%s\"}", words[i])),
		    200);
		EXPECT(api_delete(form("/categories/%s", text_at(&answer, "id")), admin.access), 204);
	}
	EXPECT_FAULT(api_post("/categories", admin.access, "{\"name\": \"x\", \"slug\": \"tree\"}"), "slug");
	EXPECT_FAULT(api_post("/brands", admin.access, "{\"name\": \"x\", \"slug\": \"import\"}"), "slug");
	answer = api_post("/brands", admin.access, form("{\"name\": \"%s\"}", unique("Word")));
	EXPECT_FAULT(api_patch(form("/brands/%s", text_at(&answer, "id")), admin.access,
			 "{\"slug\": \"0192f0c1-8f00-7000-8000-5a1b2c3d4e5f\"}"),
	    "slug");
	EXPECT_FAULT(
	    api_patch(form("/categories/%s", category_new(unique("Word"), NULL)), admin.access, "{\"slug\": \"tree\"}"), "slug");
}

/* Marks make letters: these are two brands each, and two spellings of one letter, or two cases, are one. */
static void
marks_tell_brands_apart(void)
{
	static const char *const pairs[][2] = { { "ハハ", "パパ" }, { "ড", "ড়" }, { "Möve", "Move" }, { "क", "क़" } };
	const char              *tail;

	prepare();
	tail = unique("");
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		for (size_t j = 0; j < 2; j++)
			EXPECT(api_post("/brands", admin.access, form("{\"name\": \"%s %s\"}", pairs[i][j], tail)), 201);
	EXPECT_PROBLEM(api_post("/brands", admin.access, form("{\"name\": \"mo\u0308ve %s\"}", tail)), 409, "already_exists");
	EXPECT_PROBLEM(api_post("/brands", admin.access, form("{\"name\": \"MOVE %s\"}", tail)), 409, "already_exists");
}

/* A command to memcached in its text protocol; the first bytes of what it says. */
static const char *
memcached(const char *command)
{
	static char        said[65536];
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t             length = 0;
	ssize_t            got;
	int                wire = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s/memcached.sock", shop_directory());
	REQUIRE(connect(wire, (struct sockaddr *)&address, sizeof address) == 0);
	REQUIRE(write(wire, command, strlen(command)) == (ssize_t)strlen(command));
	REQUIRE(write(wire, "version\r\n", 9) == 9); /* whose answer ends what it says */
	said[0] = '\0';
	while (strstr(said, "VERSION ") == NULL && length < sizeof said - 1 &&
	    (got = read(wire, said + length, sizeof said - 1 - length)) > 0)
		said[length += (size_t)got] = '\0';
	close(wire);
	return said;
}

/* A value as memcached holds it. */
static const char *
cached_value(const char *key)
{
	const char *said = memcached(form("get haat:%s\r\n", key)), *value = strchr(said, '\n');

	return strncmp(said, "VALUE ", 6) != 0
	    ? NULL
	    : form("%.*s", (int)strtol(strrchr(form("%.*s", (int)(value - said - 1), said), ' '), NULL, 10), value + 1);
}

/* Puts a tree into memcached under a head, which is an epoch and a stamp. */
static void
plant_tree(const char *head, const char *tree)
{
	const char *value = form("%s p \n%s", head, tree);

	memcached(form("set haat:tree 0 600 %zu\r\n%s\r\n", strlen(value), value));
}

static void
an_outdated_tree_is_not_used(void)
{
	const char   *old = "{\"results\":[\"old\"]}", *version, *head, *tree;
	struct answer answer;

	prepare();
	wait_until_quiet();
	answer = api_get("/categories/tree", NULL);
	version = cached_value("tree:version");
	tree = cached_value("tree");
	REQUIRE(version != NULL && tree != NULL);
	head = form("%.*s", (int)(strstr(tree, " p ") - tree), tree);
	CHECK(strstr(head, form(" %s", version)) != NULL);
	/* Of another version. */
	plant_tree(form("%s0", head), old);
	CHECK(!tree_shows("\"old\""));
	/* Of another epoch. */
	plant_tree(form("1%s", head), old);
	CHECK(!tree_shows("\"old\""));
	/* Of the version before memcached forgot the version but not the tree. */
	plant_tree(head, old);
	memcached("delete haat:tree:version\r\n");
	CHECK(!tree_shows("\"old\""));
	CHECK(cached_value("tree:version") != NULL && strcmp(cached_value("tree:version"), version) != 0);
	/* The control: of the version in force it is believed, so the above looked in the right place. */
	head = form("%.*s %s", (int)strcspn(head, " "), head, cached_value("tree:version"));
	plant_tree(head, "{\"results\":[]}");
	answer = api_get("/categories/tree", NULL);
	CHECK_INT(length_at(&answer, "results"), 0);
	CHECK(tree_shows(category_new(unique("Anew"), NULL)));
}

/* How many documents the shop has made for the cache. */
static long
documents_made(void)
{
	struct answer answer = api_get("/metrics", NULL);
	const char   *series = "haat_cached_documents_total{outcome=\"made\"", *at = strstr(answer.body, series);

	return at == NULL ? 0 : strtol(strchr(at, '}') + 1, NULL, 10);
}

static void
one_fills_the_cache_while_others_wait(void)
{
	enum { CALLS = 24 };
	struct call   calls[CALLS];
	struct answer answers[CALLS];
	long          made;

	prepare();
	wait_until_quiet();
	made = documents_made();
	memcached("flush_all\r\n");
	for (int i = 0; i < CALLS; i++)
		calls[i] = (struct call) { .method = "GET", .path = "/categories/tree" };
	api_calls(calls, CALLS, answers);
	for (int i = 0; i < CALLS; i++) {
		EXPECT(answers[i], 200);
		CHECK_TEXT(answers[i].body, answers[0].body);
	}
	CHECK_INT(documents_made() - made, 1);
}

static void
without_memcached_the_database_answers(void)
{
	long        process = 0;
	FILE       *file = fopen(form("%s/pid/memcached", shop_directory()), "re");
	const char *name;

	prepare();
	if (file == NULL || fscanf(file, "%ld", &process) != 1 || process <= 1) {
		skip_test("memcached's process is not known");
		return;
	}
	fclose(file);
	name = unique("Before");
	category_new(name, NULL);
	CHECK(tree_shows(name));
	kill((pid_t)process, SIGSTOP);
	for (int i = 0; i < 12; i++) {
		name = unique("Meanwhile");
		category_new(name, NULL);
		CHECK(tree_shows(name));
	}
	kill((pid_t)process, SIGCONT);
	/* What was raised while it slept is raised by the job. */
	for (int i = 0; i < 600 && !tree_shows(name); i++)
		usleep(100000);
	CHECK(tree_shows(name));
	name = unique("After");
	category_new(name, NULL);
	for (int i = 0; i < 600 && !tree_shows(name); i++)
		usleep(100000);
	CHECK(tree_shows(name));
}

static void
siblings_are_ordered(void)
{
	const char   *parent = (prepare(), category_new(unique("Ordered"), NULL)), *second = category_new("Zebra", parent);
	const char   *third = category_new("Apple", parent), *first = category_new("Mango", parent);
	struct answer answer;
	const char   *at;

	answer = api_patch(form("/categories/%s", second), admin.access, "{\"position\": 5}");
	answer = api_patch(form("/categories/%s", third), admin.access, "{\"position\": 6}");
	EXPECT(answer, 200);
	answer = api_get("/categories/tree", NULL);
	at = strstr(answer.body, parent);
	REQUIRE(at != NULL);
	CHECK(strstr(at, first) < strstr(at, second));
	CHECK(strstr(at, second) < strstr(at, third));
}

/* ---- brands ---- */

static void
brands_are_created_updated_and_deleted(void)
{
	const char   *name, *id, *product, *category;
	struct answer answer;

	prepare();
	name = unique("Marke");
	answer = api_post("/brands", admin.access, form("{\"name\": \"%s\", \"description\": \"Fine things.\"}", name));
	EXPECT(answer, 201);
	id = text_at(&answer, "id");
	answer = api_post("/brands", admin.access, form("{\"name\": \"%s\"}", name));
	EXPECT_PROBLEM(answer, 409, "already_exists");
	answer = api_post("/brands", seller.access, "{\"name\": \"x\"}");
	EXPECT_PROBLEM(answer, 403, "forbidden");
	answer = api_get("/brands?page_size=2", NULL);
	EXPECT(answer, 200);
	CHECK(number_at(&answer, "count") > 0);
	category = category_new(unique("Branded"), NULL);
	product = product_in(category);
	answer = api_patch(form("/products/%s", product), seller.access, form("{\"brand_id\": \"%s\"}", id));
	EXPECT(answer, 200);
	answer = api_get(form("/products?brand=%s", id), NULL);
	CHECK_INT(length_at(&answer, "results"), 1);
	answer = api_patch(form("/brands/%s", id), admin.access, form("{\"name\": \"%s\"}", unique("Quarzmarke")));
	EXPECT(answer, 200);
	answer = api_get(form("/products?search=quarzmarke&brand=%s", id), NULL);
	CHECK_INT(length_at(&answer, "results"), 1);
	answer = api_get(form("/brands/%s", text_at(&answer, "results.0.brand.slug")), NULL);
	EXPECT(answer, 200);
	answer = api_delete(form("/brands/%s", id), admin.access);
	EXPECT(answer, 204);
	answer = api_get(form("/brands/%s", id), NULL);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_get(form("/products/%s", product), NULL);
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "brand"));
	answer = api_get(form("/products?brand=%s", id), NULL);
	CHECK_INT(length_at(&answer, "results"), 0);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM products WHERE id = '%s' AND brand_name = '' AND version = 3", product), 1);
}

static void
a_brand_is_replaced(void)
{
	const char   *name = (prepare(), unique("Ersatz")), *tag;
	struct answer answer = api_post("/brands", admin.access,
			  form("{\"name\": \"%s\", \"slug\": \"own-%s\", \"description\": \"Fine things.\"}", name,
			      uuid_text(api_arena(), uuid_new()))),
		      again;
	const char *path = form("/brands/%s", text_at(&answer, "id"));

	EXPECT(answer, 201);
	tag = form("If-Match: %s", header_of(&answer, "ETag"));
	EXPECT_FAULT(api_put(path, admin.access, "{\"description\": \"x\"}"), "name");
	EXPECT_FAULT(api_put(path, admin.access, "{\"name\": \"x\", \"nonsense\": 1}"), "nonsense");
	EXPECT_PROBLEM(api_put(path, seller.access, "{\"name\": \"x\"}"), 403, "forbidden");
	answer = api_call("PUT", path, admin.access, form("{\"name\": \"%s\"}", name), HEADERS(tag));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "name"), name);
	CHECK_TEXT(text_at(&answer, "description"), "");
	CHECK(strstr(text_at(&answer, "slug"), "own") == NULL);
	again = api_put(path, admin.access, form("{\"name\": \"%s\"}", name));
	EXPECT(again, 200);
	CHECK_TEXT(text_at(&again, "slug"), text_at(&answer, "slug"));
	CHECK_INT(number_at(&again, "version"), number_at(&answer, "version") + 1);
	EXPECT_PROBLEM(
	    api_call("PUT", path, admin.access, form("{\"name\": \"%s\"}", name), HEADERS(tag)), 412, "version_mismatch");
	answer = api_post("/brands", admin.access, form("{\"name\": \"%s\"}", unique("Andere")));
	EXPECT(answer, 201);
	EXPECT_PROBLEM(api_put(path, admin.access, form("{\"name\": \"%s\"}", text_at(&answer, "name"))), 409, "already_exists");
	EXPECT_PROBLEM(api_put(path, admin.access, form("{\"name\": \"%s\", \"slug\": \"%s\"}", name, text_at(&answer, "slug"))),
	    409, "slug_taken");
	EXPECT_PROBLEM(
	    api_put("/brands/01890000-0000-7000-8000-00000000dead", admin.access, "{\"name\": \"x\"}"), 404, "not_found");
}

SUITE("api: categories", TEST(a_category_is_created_and_shown), TEST(pages_are_numbered),
    TEST(cycles_and_too_deep_trees_are_refused), TEST(moving_moves_the_products), TEST(categories_in_use_cannot_be_deleted),
    TEST(if_match_is_checked), TEST(a_category_is_replaced), TEST(writes_are_visible_at_once), TEST(inactive_branches_are_hidden),
    TEST(inactive_categories_are_not_found), TEST(nothing_is_published_in_an_inactive_category),
    TEST(moved_below_an_inactive_category), TEST(nothing_is_restored_into_an_inactive_category),
    TEST(reserved_words_are_no_slugs), TEST(marks_tell_brands_apart), TEST(an_outdated_tree_is_not_used),
    TEST(one_fills_the_cache_while_others_wait), TEST(without_memcached_the_database_answers), TEST(siblings_are_ordered),
    TEST(brands_are_created_updated_and_deleted), TEST(a_brand_is_replaced))
