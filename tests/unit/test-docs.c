/* The pages of the reference: everything that the tables hold is on them, each link leads somewhere, and they run no script. */
#include "base/arena.h"
#include "base/html.h"
#include "base/text.h"
#include "http/nginx.h"
#include "http/route.h"
#include "http/route_example.h"
#include "reference/reference.h"
#include "reference/html.h"
#include "shop.h"
#include "tests/suite.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGES_MAX = 128 };

static struct arena *arena;

static struct page {
	const char *address, *html;
} pages[PAGES_MAX];
static size_t n_pages;

static const char *
read_file(const char *path)
{
	struct text text = text_new(arena, 128 * 1024);
	char        piece[8192];
	size_t      got;
	FILE       *file = fopen(path, "re");

	REQUIRE(file != NULL);
	while ((got = fread(piece, 1, sizeof piece, file)) > 0)
		text_add(&text, piece, got);
	fclose(file);
	return text.bytes;
}

static void
read_pages(const char *directory)
{
	const char    *below = arena_format(arena, "%s/reference", directory);
	DIR           *listed = opendir(below);
	struct dirent *entry;

	REQUIRE(listed != NULL);
	while ((entry = readdir(listed)) != NULL) {
		const char *ending = strstr(entry->d_name, ".html"), *path = arena_format(arena, "%s/%s", below, entry->d_name);

		if (ending == NULL)
			continue;
		REQUIRE(n_pages < PAGES_MAX);
		pages[n_pages++] = (struct page) { .address = strcmp(entry->d_name, "index.html") == 0
			    ? "/docs/reference"
			    : arena_format(arena, "/docs/reference/%.*s", (int)(ending - entry->d_name), entry->d_name),
			.html = read_file(path) };
		CHECK_INT(unlink(path), 0);
	}
	closedir(listed);
	CHECK_INT(rmdir(below), 0);
}

static void
begin(void)
{
	char        directory[] = "/tmp/haat-docs-XXXXXX";
	const char *failed;

	routes_use(shop_tables);
	if (arena != NULL)
		return;
	arena = arena_new(256 << 20);
	REQUIRE(mkdtemp(directory) != NULL);
	REQUIRE(docs_write(arena, directory, &failed));
	read_pages(directory);
	CHECK_INT(rmdir(directory), 0);
}

static const struct page *
page_at(const char *address, size_t length)
{
	for (size_t i = 0; i < n_pages; i++)
		if (strlen(pages[i].address) == length && strncmp(pages[i].address, address, length) == 0)
			return &pages[i];
	return NULL;
}

static const struct page *
page_of(const struct route_table *table)
{
	struct text address = text_new(arena, 64);

	docs_add_address(&address, table);
	return page_at(address.bytes, address.length);
}

static size_t
count_of(const char *html, const char *part)
{
	size_t count = 0;

	for (; (html = strstr(html, part)) != NULL; html += strlen(part))
		count++;
	return count;
}

static void
each_subject_has_a_page_of_its_own(void)
{
	size_t tables = 0;

	begin();
	for (const struct route_table *const *table = routes_tables(); *table != NULL; table++, tables++)
		CHECK(page_of(*table) != NULL);
	CHECK_INT(n_pages, tables + 1);
}

/* Path, summary, permissions, parameters, examples, and every error that the route may answer. */
static void
each_route_is_there_whole(void)
{
	begin();
	for (const struct route_table *const *table = routes_tables(); *table != NULL; table++)
		for (size_t i = 0; i < (*table)->count; i++) {
			const struct route *route = &(*table)->routes[i];
			const char *at = strstr(page_of(*table)->html, arena_format(arena, "<h3 id=\"%s\">", route->id)), *end;
			const char *part;
			size_t      errors = 0;

			REQUIRE(at != NULL);
			end = strstr(at, "</section>");
			part = arena_copy(arena, at, (size_t)(end - at));
			for (unsigned code = 0; code < PROBLEM__COUNT; code++)
				errors += route_may_answer(route, (enum problem_code)code);
			CHECK_INT(count_of(part, "#error-"), errors);
			CHECK_INT(count_of(part, "<h4>Example</h4>"), 1);
			CHECK(strstr(part, "curl") != NULL && strstr(part, "<h4>Answer</h4>") != NULL);
			CHECK(route->answer.shape == NULL || count_of(part, "<pre>") == 2);
			CHECK(route->query == NULL || strstr(part, "<h4>Query</h4>") != NULL);
			CHECK(route->body == NULL || strstr(part, "<h4>Body</h4>") != NULL);
			for (unsigned bit = 0; bit < PERMISSION__COUNT && route->permission < STAFF; bit++)
				if (route->permission >> bit & 1)
					CHECK(strstr(part, permission_name((enum permission_bit)bit)) != NULL);
		}
}

static void
each_error_code_is_explained(void)
{
	const char *contents = (begin(), page_at("/docs/reference", strlen("/docs/reference"))->html);

	for (unsigned code = 0; code < PROBLEM__COUNT; code++)
		CHECK_INT(count_of(contents, arena_format(arena, "id=\"error-%s\"", problem_name((enum problem_code)code))), 1);
	for (const struct nginx_error *error = nginx_errors; error->status != 0; error++)
		CHECK(strstr(contents, arena_format(arena, ">%d <code>%s</code></dt>", error->status, error->code)) != NULL);
	for (unsigned bit = 0; bit < PERMISSION__COUNT; bit++)
		CHECK(strstr(contents,
			  arena_format(arena, "<dt><code>%s</code></dt>", permission_name((enum permission_bit)bit))) != NULL);
}

/* Where a link of a page leads to, if to a page of the reference. */
static bool
leads_somewhere(const struct page *from, const char *href)
{
	size_t             length = strcspn(href, "\""), path = strcspn(href, "#\"");
	const struct page *to = path == 0 ? from : page_at(href, path);

	if (path > 0 && strncmp(href, "/docs/", 6) != 0)
		return true;
	if (to == NULL)
		return false;
	return path == length ||
	    count_of(to->html, arena_format(arena, "id=\"%.*s\"", (int)(length - path - 1), href + path + 1)) == 1;
}

static void
each_link_leads_somewhere(void)
{
	size_t links = 0;

	begin();
	for (size_t i = 0; i < n_pages; i++)
		for (const char *at = pages[i].html; (at = strstr(at, "href=\"")) != NULL; links++) {
			at += strlen("href=\"");
			if (!leads_somewhere(&pages[i], at))
				CHECK_TEXT(arena_format(arena, "%s: %.*s", pages[i].address, (int)strcspn(at, "\""), at), "");
		}
	CHECK(links > 1000);
}

/* Nothing of the tables becomes markup, nothing runs, and every id is there once. */
static void
pages_are_sound(void)
{
	begin();
	for (size_t i = 0; i < n_pages; i++) {
		const char *html = pages[i].html;

		CHECK(strstr(html, "<script") == NULL && strstr(html, " style=") == NULL);
		CHECK_INT(count_of(html, "<h1>"), 1);
		for (const char *at = html; (at = strstr(at, " id=\"")) != NULL; at += 5)
			CHECK_INT(count_of(html, arena_format(arena, " id=\"%.*s\"", (int)strcspn(at + 5, "\""), at + 5)), 1);
	}
	CHECK(page_at("/docs/reference/products", strlen("/docs/reference/products")) != NULL);
}

static void
what_is_said_is_escaped(void)
{
	struct text page;

	begin();
	page = text_new(arena, 64);
	html_add(&page, "a < b && c > d");
	CHECK_TEXT(page.bytes, "a &lt; b &amp;&amp; c &gt; d");
}

/* A path of an example is found again, with its parameters and the query that it must have. */
static void
each_example_asks_for_its_route(void)
{
	begin();
	for (const struct route_table *const *table = routes_tables(); *table != NULL; table++)
		for (size_t i = 0; i < (*table)->count; i++) {
			const struct route   *route = &(*table)->routes[i];
			struct path_parameter parameters[PARAMETERS_OF_PATH_MAX];
			struct text           path = text_new(arena, 256);
			struct faults         faults = { .count = 0 };
			unsigned              allowed;
			char                 *query;

			route_example_path(&path, route);
			query = strchr(path.bytes, '?');
			if (query != NULL) {
				*query++ = '\0';
				CHECK(shape_parse_query(
				    route->query, query, arena, arena_alloc(arena, route->query->size), &faults));
			}
			CHECK(route_find(route->method, path.bytes, parameters, &allowed) == route);
		}
}

SUITE("docs", TEST(each_subject_has_a_page_of_its_own), TEST(each_route_is_there_whole), TEST(each_error_code_is_explained),
    TEST(each_link_leads_somewhere), TEST(pages_are_sound), TEST(what_is_said_is_escaped), TEST(each_example_asks_for_its_route))
