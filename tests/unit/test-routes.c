/* The tables of routes as a whole: what the API document promises of them, the parsers keep. */
#include "base/arena.h"
#include "base/encoding.h"
#include "base/text.h"
#include "store/slug.h"
#include "http/nginx.h"
#include "http/openapi.h"
#include "http/route.h"
#include "shop.h"
#include "tests/suite.h"

#include <json-c/json.h>
#include <string.h>

static struct arena *arena;

static void
begin(void)
{
	routes_use(shop_tables);
	if (arena == NULL)
		arena = arena_new(64 << 20);
}

static const struct route *
route_at(size_t wanted)
{
	const struct route_table *const *tables = routes_tables();

	for (; *tables != NULL; tables++)
		if (wanted < (*tables)->count)
			return &(*tables)->routes[wanted];
		else
			wanted -= (*tables)->count;
	return NULL;
}

/* All faults in one line, for the message. */
static const char *
words_of(const char *id, const struct faults *faults)
{
	struct text out = text_new(arena, 256);

	text_add_string(&out, id);
	for (size_t i = 0; i < faults->count; i++)
		text_addf(&out, "; %s %s", faults->list[i].where, faults->list[i].what);
	return out.bytes;
}

static void
the_tables_are_sound(void)
{
	struct text faults;

	begin();
	faults = text_new(arena, 256);
	CHECK(routes_lint(&faults));
	CHECK_TEXT(faults.bytes, "");
}

#define SHARED NOT_FOUND, CART_EMPTY

static const struct route listing = { GET, "/carts", .permission = PUBLIC, .any_query = true,
	.errors = ERRORS(SHARED, DUPLICATE_KEY) };
static const struct route look = { GET, "/carts/{id}", .permission = SIGNED_IN };
static const struct route bare = { POST, "/carts/{id}", .permission = SIGNED_IN, .writes = WRITES_DATABASE };

static void
a_route_answers_what_it_lists_and_what_follows(void)
{
	CHECK(route_may_answer(&listing, PROBLEM_NOT_FOUND) && route_may_answer(&listing, PROBLEM_CART_EMPTY));
	CHECK(route_may_answer(&listing, PROBLEM_DUPLICATE_KEY) && route_may_answer(&listing, PROBLEM_INTERNAL));
	CHECK(!route_may_answer(&listing, PROBLEM_VALIDATION_FAILED) && !route_may_answer(&listing, PROBLEM_CONFLICT));
	CHECK(!route_may_answer(&listing, PROBLEM_UNAUTHENTICATED));
	CHECK(route_may_answer(&bare, PROBLEM_NOT_FOUND) && route_may_answer(&bare, PROBLEM_IDEMPOTENCY_RUNNING));
	CHECK(!route_may_answer(&bare, PROBLEM_CART_EMPTY));
	/* By a browser's cookie from a page that is not ours. */
	CHECK(route_may_answer(&bare, PROBLEM_FORBIDDEN) && !route_may_answer(&look, PROBLEM_FORBIDDEN));
}

static bool
lint_says(const struct route *routes, size_t count, const char *says)
{
	const struct route_table        table = { "Test", "for the linter", routes, count };
	const struct route_table *const tables[] = { &table, NULL };
	struct text                     faults = text_new(arena, 256);

	routes_use(tables);
	routes_lint(&faults);
	routes_use(shop_tables);
	if (strstr(faults.bytes, says) == NULL)
		CHECK_TEXT(faults.bytes, says);
	return strstr(faults.bytes, says) != NULL;
}

static const struct route lists_twice[] = { { GET, "/carts", .id = "x", .errors = ERRORS(CONFLICT, SHARED, CONFLICT) } };

static const struct route meeting[] = {
	{ GET, "/things/{id}/parts", .id = "parts", .pool = POOL_BULK },
	{ GET, "/things/{id}", .id = "thing", .pool = POOL_PAY },
	{ GET, "/things/new", .id = "new" },
	{ GET, "/things/new/{part}", .id = "part", .pool = POOL_HOOKS },
	{ POST, "/things/{id}", .id = "change", .limit = LIMIT_SIGN_IN, .pool = POOL_PAY },
	{ POST, "/things/from/{sender}", .id = "take", .permission = PUBLIC, .limit = LIMIT_WEBHOOK, .pool = POOL_HOOKS },
	{ GET, "/things", .id = "things", .permission = PUBLIC },
};
static const struct route_table        meeting_table = { "Test", "rows that match the same paths", meeting,
	       sizeof meeting / sizeof *meeting };
static const struct route_table *const meeting_tables[] = { &meeting_table, NULL };

static const char *
found(const char *path)
{
	struct path_parameter parameters[PARAMETERS_OF_PATH_MAX];
	unsigned              allowed;
	const struct route   *route = route_find(GET, path, parameters, &allowed);

	return route == NULL ? "nothing" : route->id;
}

static void
a_fixed_word_goes_before_a_parameter(void)
{
	begin();
	routes_use(meeting_tables);
	CHECK_TEXT(found("/api/v1/things/new"), "new");
	CHECK_TEXT(found("/api/v1/things/new/"), "new");
	CHECK_TEXT(found("/api/v1/things/newer"), "thing");
	CHECK_TEXT(found("/api/v1/things/new/parts"), "part");
	CHECK_TEXT(found("/api/v1/things/x/parts"), "parts");
	CHECK_TEXT(found("/api/v1/things/x/y"), "nothing");
	routes_use(shop_tables);
}

static const char *const of_paths[] = { "/things", "/things/new", "/things/new/parts", "/things/new/{part}", "/things/{id}",
	"/things/{id}/parts", "/things/{id}/{part}", "/{kind}", "/{kind}/new" };

/* By the leftmost segment in which one has a word and the other a parameter; else the shorter one, which the other begins with. */
static void
what_goes_first_is_told_by_the_leftmost_segment(void)
{
	static const struct {
		const char *first, *then;
	} pairs[] = { { "/things/new", "/things/{id}" }, { "/things/new/{part}", "/things/{id}/parts" },
		{ "/things/new/parts", "/things/new/{part}" }, { "/things", "/things/new" },
		{ "/things/{id}", "/things/{id}/parts" }, { "/things/new/{part}", "/things/{id}" },
		{ "/things/{id}/{part}", "/{kind}" } };

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		const struct route first = { GET, pairs[i].first }, then = { GET, pairs[i].then };

		CHECK(route_goes_first(&first, &then));
		CHECK(!route_goes_first(&then, &first));
	}
}

static bool
has_no_order(const struct route *one, const struct route *other)
{
	return !route_goes_first(one, other) && !route_goes_first(other, one);
}

/* So that each route finds its place among the others, whatever the order in which they come: those without an order are alike. */
static void
what_goes_first_is_one_order(void)
{
	const size_t n = sizeof of_paths / sizeof *of_paths;

	for (size_t a = 0; a < n; a++)
		for (size_t b = 0; b < n; b++)
			for (size_t c = 0; c < n; c++) {
				const struct route one = { GET, of_paths[a] }, other = { GET, of_paths[b] },
						   third = { GET, of_paths[c] };

				CHECK(!(route_goes_first(&one, &other) && route_goes_first(&other, &one)));
				if (route_goes_first(&one, &other) && route_goes_first(&other, &third))
					CHECK(route_goes_first(&one, &third));
				if (has_no_order(&one, &other) && has_no_order(&other, &third))
					CHECK(has_no_order(&one, &third));
			}
}

/* nginx takes the first entry that matches: a row of "api" needs one where it goes before a row of another pool. */
static void
nginx_prefers_the_same_rows(void)
{
	static const char *const senders[] = { "stripe", "paypal", NULL };
	struct text              out;
	const char              *first;

	begin();
	out = text_new(arena, 256);
	routes_use(meeting_tables);
	nginx_print(&out, senders);
	routes_use(shop_tables);
	first = strstr(out.bytes, "GET:/api/v1/things/new\n\t)/?$\" api;");
	CHECK(first != NULL && first < strstr(out.bytes, "GET:/api/v1/things/[^/]+\n"));
	CHECK(strstr(out.bytes, "GET:/api/v1/things/new/[^/]+\n\t)/?$\" hooks;") <
	    strstr(out.bytes, "GET:/api/v1/things/[^/]+/parts"));
	CHECK(strstr(out.bytes, "\t\"~^POST:/api/v1/things/from/(?<haat_sender>stripe|paypal)/?$\" $haat_sender;\n") != NULL);
	/* What the entries count by is printed with them, not left to a site that an operator has kept. */
	CHECK(strstr(out.bytes, "map $remote_addr $haat_client {\n") != NULL);
	CHECK(strstr(strstr(out.bytes, "$haat_public_read"), "GET:/api/v1/things\n\t)/?$\" $haat_client;") != NULL);
	CHECK(strstr(strstr(out.bytes, "$haat_sensitive"), "POST:/api/v1/things/[^/]+\n\t)/?$\" $haat_client;") != NULL);
}

static const struct route same_twice[] = { { GET, "/carts/{id}", .id = "x" }, { GET, "/carts/{cart}", .id = "y" },
	{ POST, "/carts/{other}", .id = "z" } };
static const struct route odd_paths[] = { { GET, "/{id}", .id = "x" }, { GET, "/a/{b}/{c}/{d}/{e}", .id = "y" },
	{ GET, "/b", .id = "z", .local = true, .pool = POOL_PAY } };

static void
the_linter_finds_paths_that_cannot_be_told_apart(void)
{
	begin();
	CHECK(lint_says(same_twice, 3, "y: GET /carts/{cart} matches the same paths as /carts/{id}\n"));
	CHECK(lint_says(odd_paths, 3, "x: begins with a parameter\n"));
	CHECK(lint_says(odd_paths, 3, "y: has more parameters than PARAMETERS_OF_PATH_MAX\n"));
	CHECK(lint_says(odd_paths, 3, "z: is local, but not of pool api\n"));
}

static const struct shape nested_shape = {
	.name = "Nested", .members = (const struct member[]) { { .name = "of", .of = &nested_shape } }, .count = 1
};
static const struct route forms[] = {
	{ POST, "/a", .id = "raw", .takes = TAKES_RAW | TAKES_JSON },
	{ POST, "/b", .id = "api", .takes = TAKES_MULTIPART },
	{ POST, "/c", .id = "parts", .upload = { .files = "images" } },
	{ POST, "/d", .id = "form", .takes = TAKES_FORM, .body = &nested_shape },
	{ POST, "/f", .id = "page", .writes = WRITES_DATABASE, .answer = { 200, NULL }, .answer_type = "text/html",
	    .outside = true, .body = &nested_shape },
	{ POST, "/g", .id = "file", .writes = WRITES_PROVIDER, .sends = SENDS_FILE, .answer = { 200, NULL } },
	{ POST, "/h", .id = "limit", .limit = LIMIT_SIGN_IN, .limit_member = "email", .body = &nested_shape },
	{ POST, "/i", .id = "once", .once = true, .takes = TAKES_FORM, .writes = WRITES_ITSELF, .answer = { 303, NULL } },
	{ POST, "/e", .id = "stream", .sends = SENDS_STREAM, .writes = WRITES_DATABASE, .answer = { 200, &nested_shape } },
};

enum { N_FORMS = sizeof forms / sizeof *forms };

static void
the_linter_finds_forms_that_do_not_go_together(void)
{
	begin();
	CHECK(lint_says(forms, N_FORMS, "raw: takes a raw body and another\n"));
	CHECK(lint_says(forms, N_FORMS, "api: takes uploads, but is not of pool bulk\n"));
	CHECK(lint_says(forms, N_FORMS, "parts: names parts, but takes no multipart\n"));
	CHECK(lint_says(forms, N_FORMS, "parts: does not say how many files it takes\n"));
	CHECK(lint_says(forms, N_FORMS, "form: takes a form into members that no field can hold\n"));
	CHECK(lint_says(forms, N_FORMS, "stream: streams, but writes\n"));
	CHECK(lint_says(forms, N_FORMS, "page: keeps Idempotency-Keys, but its answer is no JSON from memory"));
	CHECK(lint_says(forms, N_FORMS, "page: is a page, but shows problems as JSON\n"));
	CHECK(lint_says(forms, N_FORMS, "page: is a page, but takes no form\n"));
	CHECK(lint_says(forms, N_FORMS, "file: keeps Idempotency-Keys, but its answer is no JSON from memory"));
	CHECK(lint_says(forms, N_FORMS, "once: is done once, but is no form that leads on from one transaction\n"));
	CHECK(lint_says(forms, N_FORMS, "limit: has a limit that looks at no text of its body\n"));
	CHECK(lint_says(forms, N_FORMS, "stream: streams or sends a file, but answers a shape\n"));
}

static void
the_linter_finds_an_error_listed_twice(void)
{
	begin();
	CHECK(lint_says(lists_twice, 1, "x: lists an error twice\n"));
}

static void
every_example_of_a_body_is_one(void)
{
	size_t bodies = 0;

	begin();
	for (size_t i = 0; i < routes_count(); i++) {
		const struct route *route = route_at(i);
		struct faults       faults = { .count = 0 };
		struct text         example = text_new(arena, 512);
		struct json_object *json;

		if (route->body == NULL)
			continue;
		bodies++;
		shape_example(route->body, SCHEMA_BODY, &example);
		json = json_read(arena, example.bytes, example.length);
		CHECK(json != NULL);
		if (json != NULL && !shape_parse(route->body, json, arena, arena_alloc(arena, route->body->size), &faults))
			CHECK_TEXT(words_of(route->id, &faults), "");
	}
	CHECK(bodies > 10);
}

/* A text member that must not be empty takes nothing that only looks empty. */
static void
refuse_blanks(const struct shape *shape, const char *route, size_t *members)
{
	static const char *const blanks[] = { "\\u200b", " ", "\\u00a0\\u3000", "\\u2060\\ufeff", "\\u0301", "\\u2800", "\\u3164",
		"\\u00ad \\u034f", "\\udb40\\udc20" };

	for (size_t m = 0; m < shape->count; m++) {
		const struct member *member = &shape->members[m];

		if (member->of != NULL)
			refuse_blanks(member->of, route, members);
		if (member->kind != MEMBER_TEXT || member->min == 0 || member->verbatim || member->hidden)
			continue;
		++*members;
		for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
			const char   *body = arena_format(arena, "{\"%s\": \"%s\"}", member->name, blanks[i]);
			struct faults faults;
			bool          named = false;

			shape_parse(shape, json_read(arena, body, strlen(body)), arena, arena_alloc(arena, shape->size), &faults);
			for (size_t f = 0; f < faults.count; f++)
				named = named ||
				    (strcmp(faults.list[f].where, member->name) == 0 &&
					strcmp(faults.list[f].what, "must not be empty") == 0);
			if (!named)
				CHECK_TEXT(body, route);
		}
	}
}

static void
nothing_passes_for_a_text(void)
{
	size_t members = 0;

	begin();
	for (size_t i = 0; i < routes_count(); i++)
		if (route_at(i)->body != NULL)
			refuse_blanks(route_at(i)->body, route_at(i)->id, &members);
	CHECK(members > 20);
}

static void
every_example_of_a_query_is_one(void)
{
	size_t queries = 0;

	begin();
	for (size_t i = 0; i < routes_count(); i++) {
		const struct route *route = route_at(i);
		struct faults       faults = { .count = 0 };
		struct text         query = text_new(arena, 512);

		if (route->query == NULL)
			continue;
		queries++;
		for (size_t m = 0; m < route->query->count; m++) {
			struct text         example = text_new(arena, 64);
			struct json_object *value;

			if (route->query->members[m].hidden)
				continue;
			shape_example_member(&route->query->members[m], SCHEMA_BODY, &example);
			value = json_tokener_parse(example.bytes);
			text_addf(&query, "&%s=", route->query->members[m].name);
			text_add_percent(&query, json_object_get_string(value));
			json_object_put(value);
		}
		if (!shape_parse_query(route->query, query.bytes, arena, arena_alloc(arena, route->query->size), &faults))
			CHECK_TEXT(words_of(route->id, &faults), "");
	}
	CHECK(queries > 5);
}

static void
every_route_is_found_by_its_path(void)
{
	begin();
	for (size_t i = 0; i < routes_count(); i++) {
		const struct route   *route = route_at(i);
		struct path_parameter parameters[PARAMETERS_OF_PATH_MAX];
		const char           *path = arena_format(arena, "%s%s", route->outside ? "" : "/api/v1", route->path);
		unsigned              allowed;

		CHECK_TEXT(route_find(route->method, path, parameters, &allowed)->id, route->id);
		CHECK_TEXT(route_find(route->method, arena_format(arena, "%s/", path), parameters, &allowed)->id, route->id);
		CHECK(route_find(METHOD__COUNT, path, parameters, &allowed) == NULL);
		CHECK(allowed >> route->method & 1);
	}
}

/* A thing that is read by its slug is not read by a word that another route has in the same place. */
static void
words_beside_a_slug_are_reserved(void)
{
	static const char *const by_slug[] = { "/products/", "/categories/", "/brands/", "/shops/" };
	size_t                   words = 0;

	begin();
	for (size_t i = 0; i < routes_count(); i++)
		for (size_t j = 0; j < sizeof by_slug / sizeof *by_slug; j++) {
			const char *path = route_at(i)->path;
			size_t      length = strlen(by_slug[j]);

			if (strncmp(path, by_slug[j], length) != 0 || path[length] == '{')
				continue;
			words++;
			if (!slug_reserved(arena_copy(arena, path + length, strcspn(path + length, "/"))))
				CHECK_TEXT(path, "a word that slug.c reserves");
		}
	CHECK(words > 0); /* /categories/tree */
	CHECK(slug_reserved("import") && slug_reserved("export") && slug_reserved("suggest"));
	CHECK(slug_reserved("0192f0c1-8f00-7000-8000-5a1b2c3d4e5f"));
	CHECK(!slug_reserved("trees") && !slug_reserved("tree-2") && !slug_reserved("0192f0c1-8f00-7000-8000-5a1b2c3d4e5f-2"));
}

static bool
takes_if_match(const struct route *route)
{
	for (const enum problem_code *error = route->errors; error != NULL && *error != PROBLEM__COUNT; error++)
		if (*error == PROBLEM_VERSION_MISMATCH)
			return true;
	return false;
}

/* Whoever changes a thing under the condition that it is as they saw it wants to delete it so, too. */
static void
all_writes_of_a_path_are_conditional_or_none(void)
{
	begin();
	for (size_t i = 0; i < routes_count(); i++)
		for (size_t j = 0; j < routes_count(); j++) {
			const struct route *change = route_at(i), *other = route_at(j);

			if (change->method == PATCH && takes_if_match(change) &&
			    (other->method == PUT || other->method == DELETE) && strcmp(change->path, other->path) == 0 &&
			    !takes_if_match(other))
				CHECK_TEXT(other->id, "a route that takes If-Match");
		}
}

static void
odd_paths_lead_nowhere(void)
{
	static const char *const paths[] = { "", "///", "/api/v1///", "api/v1/brands", "/api/v1/brands//", "/api/v1brands",
		"/brands", "/api/v1/health", "/api/v1/orders//cancel" };
	struct path_parameter    parameters[PARAMETERS_OF_PATH_MAX];
	unsigned                 allowed;

	begin();
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		/* A copy of its exact size, for AddressSanitizer. */
		char *path = strdup(paths[i]);

		for (int method = GET; method < METHOD__COUNT; method++)
			CHECK(route_find((enum method)method, path, parameters, &allowed) == NULL);
		CHECK_INT(allowed, 0);
		free(path);
	}
}

static size_t
count_of(const char *text, const char *part)
{
	size_t count = 0;

	for (; (text = strstr(text, part)) != NULL; text += strlen(part))
		count++;
	return count;
}

static void
the_document_is_json(void)
{
	struct text         out;
	struct json_object *json, *paths;

	begin();
	out = text_new(arena, 1 << 18);
	openapi_print("https://shop.example", &out);
	json = json_read(arena, out.bytes, out.length);
	REQUIRE(json != NULL);
	CHECK(json_object_object_get_ex(json, "paths", &paths) && json_object_object_length(paths) > 20);
	CHECK(strstr(out.bytes, "429 `too_many_requests`: too many requests; try again later.") != NULL);
	CHECK(strstr(out.bytes, ",\"version_not_supported\"") != NULL);
	CHECK(count_of(out.bytes, "\"default\":{\"$ref\":\"#/components/responses/Server\"}") == routes_count());
	CHECK(count_of(out.bytes, "\"304\":{") >= 5);
}

SUITE("routes", TEST(the_tables_are_sound), TEST(a_route_answers_what_it_lists_and_what_follows),
    TEST(a_fixed_word_goes_before_a_parameter), TEST(what_goes_first_is_told_by_the_leftmost_segment),
    TEST(what_goes_first_is_one_order), TEST(nginx_prefers_the_same_rows), TEST(the_linter_finds_paths_that_cannot_be_told_apart),
    TEST(the_linter_finds_an_error_listed_twice), TEST(the_linter_finds_forms_that_do_not_go_together),
    TEST(every_example_of_a_body_is_one), TEST(nothing_passes_for_a_text), TEST(every_example_of_a_query_is_one),
    TEST(every_route_is_found_by_its_path), TEST(odd_paths_lead_nowhere), TEST(words_beside_a_slug_are_reserved),
    TEST(all_writes_of_a_path_are_conditional_or_none), TEST(the_document_is_json))
