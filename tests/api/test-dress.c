/* A shop wears its own, as docs/DRESSING.md says: on workers beside the running shop, which keeps its look. */
#include "base/instant.h"
#include "tests/api/browsing.h"
#include "tests/api/lone_worker.h"
#include "tests/api/shopping.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000 };

static char        directory[] = "/tmp/haat-dress-XXXXXX";
static const char *slug;

static void
put_on(const char *name, const char *text)
{
	FILE *file = fopen(form("%s/%s", directory, name), "w");

	REQUIRE(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void
take_off(void)
{
	DIR           *files = opendir(directory);
	struct dirent *entry;

	while (files != NULL && (entry = readdir(files)) != NULL)
		if (entry->d_name[0] != '.')
			unlink(form("%s/%s", directory, entry->d_name));
	if (files != NULL)
		closedir(files);
	rmdir(directory);
}

static struct answer
look_at(const char *path)
{
	return lone_call("198.51.100.30", "GET", form("/%s", path), NULL, NULL);
}

/* The workers are replaced one by one; no call fails meanwhile. */
static bool
comes_to_say(const char *path, const char *text)
{
	const int64_t until = monotonic_ms() + PATIENCE_MS;
	struct answer answer;

	lone_workers_signal(POOL_API, SIGHUP);
	do {
		answer = look_at(path);
		CHECK_INT(answer.status, 200);
	} while (!says(&answer, text) && monotonic_ms() < until);
	return says(&answer, text);
}

static void
a_shop_is_dressed(void)
{
	struct person seller = shopkeeper_new("USD");
	const char *settings[] = { form("HAAT_PAGES_OWN_TEMPLATES=%s", mkdtemp(directory)), "HAAT_PAGES_LANGUAGES=en, hi", NULL };
	const char *product;
	struct goods  goods = goods_new(&seller, "10.00", 5);
	struct answer answer;

	answer = api_get(form("/products/%s", goods.product), NULL);
	slug = text_at(&answer, "slug");
	product = form("/products/%s", slug);
	put_on("card-first.html",
	    "<li class=\"card\">\n{{> card-body}}\n<p class=\"mark\">{{@ product.to_cart}}</p>\n{{> heart}}\n</li>\n");
	put_on("own.css", ":root { --act: #7a1f5c; }\n");
	put_on("logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 1\"><path d=\"M0 0h4v1H0z\"/></svg>\n");
	put_on("en.json", "{\"product.to_cart\": \"Into the basket\"}");
	put_on("hi.json", "{\"product.to_cart\": \"टोकरी में\"}");
	lone_workers_start(settings);
	CHECK(says((answer = look_at("/"), &answer), "<img class=\"logo\" src=\"/dress/"));
	CHECK(says(&answer, "/own.css\">"));
	CHECK(says((answer = look_at(form("/shops/%s", seller.merchant)), &answer), "<p class=\"mark\">Into the basket</p>"));
	CHECK(says((answer = look_at(product), &answer), "Into the basket"));
	CHECK(says((answer = look_at(form("/hi%s", product)), &answer), "टोकरी में"));
	CHECK_INT(look_at(form("/bn%s", product)).status, 404);
	/* The same page of the shop beside them, which keeps it in the same place, is another. */
	answer = api_get(form("/%s", product), NULL);
	CHECK(!says(&answer, "Into the basket") && !says(&answer, "/dress/"));
}

/* The files of the look are kept for ever under their version, and never under another. */
static void
browsers_get_its_files(void)
{
	struct answer answer = look_at("/");
	const char   *at = strstr(answer.body, "/dress/"), *path;

	REQUIRE(at != NULL);
	path = form("%.*s", (int)strcspn(at, "\""), at);
	answer = look_at(path);
	EXPECT(answer, 200);
	CHECK_TEXT(header_of(&answer, "Content-Type"), "text/css; charset=utf-8");
	CHECK_TEXT(answer.body, ":root { --act: #7a1f5c; }\n");
	CHECK_TEXT(header_of(&answer, "Cache-Control"), "public, max-age=31536000, immutable");
	answer = look_at("/dress/another/logo.svg");
	EXPECT(answer, 200);
	CHECK_TEXT(header_of(&answer, "Content-Type"), "image/svg+xml");
	CHECK_TEXT(header_of(&answer, "Cache-Control"), "no-cache");
	CHECK_INT(look_at("/dress/another/en.json").status, 404);
	CHECK_INT(look_at("/dress/another/card.html").status, 404);
	CHECK_INT(look_at("/dress/another/..%2fown.css").status, 404);
}

/* The shop of the tests reads its look anew, and shows it or no longer. */
static void
expect_worn(bool is_worn)
{
	const int64_t until = monotonic_ms() + PATIENCE_MS;
	struct answer answer;
	FILE         *file = fopen(form("%s/pid/api", shop_directory()), "re");
	int           master = 0;

	REQUIRE(file != NULL && fscanf(file, "%d", &master) == 1 && fclose(file) == 0 && master > 1);
	kill(master, SIGHUP);
	do
		answer = api_get("//", NULL);
	while (says(&answer, "/dress/") != is_worn && monotonic_ms() < until);
	CHECK(says(&answer, "/dress/") == is_worn);
}

/* The same through nginx, whose answer is held against the route. */
static void
it_comes_through_nginx(void)
{
	const char   *path = form("%s/dress/own.css", shop_directory()), *at;
	FILE         *file = fopen(path, "w");
	struct answer answer;

	EXPECT_PROBLEM(api_get("//dress/another/own.css", NULL), 404, "not_found");
	REQUIRE(file != NULL && fputs("/* nothing else */", file) >= 0 && fclose(file) == 0);
	expect_worn(true);
	answer = api_get("//", NULL);
	at = strstr(answer.body, "/dress/");
	REQUIRE(at != NULL);
	answer = api_get(form("/%.*s", (int)strcspn(at, "\""), at), NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(answer.body, "/* nothing else */");
	CHECK_TEXT(header_of(&answer, "Cache-Control"), "public, max-age=31536000, immutable");
	unlink(path);
	expect_worn(false);
}

/* A page that is kept is another at once; what is wrong changes nothing, and the log says where it is. */
static void
it_changes_under_way(void)
{
	const char   *product = form("/products/%s", slug), *wrong;
	struct answer answer;

	for (int i = 0; i < 3; i++)
		EXPECT(look_at(product), 200);
	put_on("en.json", "{\"product.to_cart\": \"Buy this\"}");
	CHECK(comes_to_say(product, "Buy this"));
	put_on("card.html", "<li>\n{{colour}}\n</li>\n");
	put_on("en.json", "{\"product.to_cart\": \"Never shown\"}");
	wrong = form("template '%s/card.html' line 2: '{{colour}}'", directory);
	lone_workers_signal(POOL_API, SIGHUP);
	for (int64_t until = monotonic_ms() + PATIENCE_MS; monotonic_ms() < until && !logs_hold(wrong);)
		EXPECT(look_at(product), 200);
	CHECK(logs_hold(wrong) && logs_hold("the pages cannot be read: keeping the previous ones"));
	answer = look_at(product);
	CHECK(says(&answer, "Buy this") && !says(&answer, "Never shown"));
	lone_workers_stop();
	take_off();
}

SUITE(
    "api: dress", TEST(a_shop_is_dressed), TEST(browsers_get_its_files), TEST(it_comes_through_nginx), TEST(it_changes_under_way))
