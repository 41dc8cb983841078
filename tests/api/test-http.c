/* HTTP itself, through nginx and TLS: methods, types, bodies and queries that are not what they should be, headers. */
#include "base/instant.h"
#include "tests/api/api.h"
#include "tests/api/lone_worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char address_body[] = "{\"kind\":\"shipping\",\"full_name\":\"Amina Khatun\",\"phone\":\"+8801700000001\","
				   "\"line1\":\"12 Green Road\",\"city\":\"Dhaka\",\"postal_code\":\"1205\",\"country\":\"BD\"}";

static const char *
long_text(char c, size_t length)
{
	char *text = form("%*s", (int)length, "");

	memset(text, c, length);
	return text;
}

static bool
has_header(const struct answer *answer, const char *name, const char *part)
{
	const char *value = header_of(answer, name);

	return value != NULL && strstr(value, part) != NULL;
}

static void
paths_that_lead_nowhere(void)
{
	static const char *const paths[] = { "/nothing", "/addresses//", "/products/a/b/c/d", "/%00", "/products/%ff",
		"/products/%zz", "/../", "/../../index.html", "/../v2/products", "/Products", "//products",
		"/health"
		"x" };

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct answer answer = api_get(paths[i], NULL);

		CHECK(answer.status == 404 || answer.status == 400);
		CHECK(has_header(&answer, "Content-Type", "application/json"));
	}
}

/* A redirect would lose the body of a POST. */
static void
one_slash_at_the_end(void)
{
	struct person     person = person_new("customer");
	const char *const headers[] = { form("Idempotency-Key: slash-%s", person.id), NULL };
	struct answer     answer = api_get("/brands/?page_size=1", NULL), again;

	EXPECT(answer, 200);
	CHECK(text_at(&answer, "next") == NULL || strstr(text_at(&answer, "next"), "/brands?") != NULL);
	answer = api_call("POST", "/addresses", person.access, address_body, headers);
	EXPECT(answer, 201);
	again = api_call("POST", "/addresses/", person.access, address_body, headers);
	EXPECT(again, 201);
	CHECK_TEXT(header_of(&again, "Idempotent-Replayed"), "true");
	CHECK_TEXT(text_at(&again, "id"), text_at(&answer, "id"));
	answer = api_get(form("/addresses/%s/", text_at(&again, "id")), person.access);
	EXPECT(answer, 200);
	answer = api_post("/accounts/login/", NULL, "{}");
	EXPECT_PROBLEM(answer, 400, "validation_failed");
	answer = api_post("/webhooks/stripe/", NULL, "{}");
	EXPECT_PROBLEM(answer, 401, "bad_signature");
	answer = api_get("/brands//", NULL);
	EXPECT_PROBLEM(answer, 404, "not_found");
}

/* nginx's routes.conf of another version: the worker says so in its log, and does nothing. */
static void
a_worker_of_another_pool_refuses(void)
{
	const char *const settings[] = { "HAAT_LOG_LEVEL=info", NULL };
	const char       *address = "198.51.100.9";
	struct answer     answer;

	lone_workers_start(settings);
	answer = lone_call(address, "GET", "/brands", NULL, NULL);
	CHECK_INT(answer.status, 200);
	answer = lone_call_to(POOL_HOOKS, address, "GET", "/brands", NULL, NULL);
	CHECK_INT(answer.status, 500);
	CHECK_TEXT(text_at(&answer, "code"), "internal_error");
	answer = lone_call_to(POOL_API, address, "POST", "/accounts/login", NULL, "{}");
	CHECK_INT(answer.status, 500);
	answer = lone_call_to(POOL_BULK, address, "GET", "/nothing", NULL, NULL);
	CHECK_INT(answer.status, 404);
}

static void
methods_that_a_path_does_not_know(void)
{
	struct answer answer = api_call("DELETE", "/brands", NULL, NULL, NULL);

	EXPECT_PROBLEM(answer, 405, "method_not_allowed");
	CHECK_TEXT(header_of(&answer, "Allow"), "GET, POST");
	answer = api_call("PUT", "/orders/x/cancel", NULL, "{}", NULL);
	EXPECT_PROBLEM(answer, 405, "method_not_allowed");
	CHECK_TEXT(header_of(&answer, "Allow"), "POST");
	/* Methods that no path knows, on paths with one and with several methods. */
	answer = api_call("OPTIONS", "/brands", NULL, NULL, NULL);
	EXPECT_PROBLEM(answer, 405, "method_not_allowed");
	CHECK_TEXT(header_of(&answer, "Allow"), "GET, POST");
	answer = api_call("PROPFIND", "/brands/x", NULL, NULL, NULL);
	EXPECT_PROBLEM(answer, 405, "method_not_allowed");
	CHECK_TEXT(header_of(&answer, "Allow"), "GET, PUT, PATCH, DELETE");
	answer = api_call("get", "/brands", NULL, NULL, NULL);
	CHECK(answer.status == 400 || answer.status == 405);
	answer = api_call("TRACE", "/brands", NULL, NULL, NULL);
	EXPECT_PROBLEM(answer, 405, "method_not_allowed");
	answer = api_call("OPTIONS", "/nothing", NULL, NULL, NULL);
	EXPECT_PROBLEM(answer, 404, "not_found");
}

static void
head_is_get_without_body(void)
{
	struct answer got = api_get("/brands", NULL), answer = api_call("HEAD", "/brands", NULL, NULL, NULL);

	EXPECT(got, 200);
	EXPECT(answer, 200);
	CHECK_INT(answer.length, 0);
	CHECK_TEXT(header_of(&answer, "Content-Type"), header_of(&got, "Content-Type"));
	answer = api_call("HEAD", "/nothing", NULL, NULL, NULL);
	EXPECT(answer, 404);
	CHECK_INT(answer.length, 0);
	/* A HEAD with a token is a GET to all checks, too. */
	answer = api_call("HEAD", "/accounts/me", NULL, NULL, NULL);
	EXPECT(answer, 401);
}

static void
bodies_of_another_type(void)
{
	static const char *const types[] = { "Content-Type: text/plain", "Content-Type: application/x-www-form-urlencoded",
		"Content-Type: application/jsonx", "Content-Type: application/json+ld",
		"Content-Type:", "Content-Type: text/json" };
	/* Of nobody: wrong passwords are counted by e-mail. */
	const char *body = form("{\"email\":\"%s\",\"password\":\"x\"}", fresh_email("nobody"));

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		struct answer answer = api_call("POST", "/accounts/login", NULL, body, HEADERS(types[i]));

		EXPECT_PROBLEM(answer, 415, "unsupported_media_type");
	}
	EXPECT_PROBLEM(api_call("POST", "/accounts/login", NULL, body, HEADERS("Content-Type: application/json; charset=utf-8")),
	    401, "bad_credentials");
	EXPECT_PROBLEM(
	    api_call("POST", "/accounts/login", NULL, body, HEADERS("Content-Type: APPLICATION/JSON")), 401, "bad_credentials");
}

static void
bodies_that_are_packed(void)
{
	const char   *body = form("{\"email\":\"%s\",\"password\":\"x\"}", fresh_email("nobody"));
	struct answer answer;

	EXPECT_PROBLEM(
	    api_call("POST", "/accounts/login", NULL, body, HEADERS("Content-Encoding: identity")), 401, "bad_credentials");
	answer = api_call("POST", "/accounts/login", NULL, body, HEADERS("Content-Encoding: gzip"));
	EXPECT_PROBLEM(answer, 415, "unsupported_media_type");
	CHECK_TEXT(header_of(&answer, "Accept-Encoding"), "identity");
	EXPECT_PROBLEM(api_call("POST", "/webhooks/stripe", NULL, "{}", HEADERS("Content-Encoding: gzip, br")), 415,
	    "unsupported_media_type");
}

static void
bodies_that_are_not_json(void)
{
	static const char *const bodies[] = { "{", "}", "{}x", "{} {}", "null", "\"x\"", "1", "[1,]", "{\"email\":1,}",
		"{'email':1}", "{\"email\":NaN}", "{\"email\":Infinity}", "{\"email\":-Infinity}", "{\"email\":01}",
		"{\"email\":1.}", "{\"email\":.5}", "{\"email\":+1}", "{\"email\":0x10}", "{\"email\":1e}", "{email:1}",
		"{\"email\":undefined}", "{\"email\":tru}", "{\"email\":TRUE}", "{\"email\":1/**/}", "// x\n{}",
		"{\"email\":\"\xff\"}", "{\"email\":\"\xc0\xaf\"}", "{\"email\":\"\xed\xa0\x80\"}", "\xef\xbb\xbf{}",
		"{\"email\":\"a\nb\"}", "{\"email\":\"\\x41\"}", "{\"email\":\"\\u12\"}", "{\"email\":\"a",
		"{\"email\":1,\"email\":2}", "{\"email\":1,\"\\u0065mail\":2}", "{\"a\":{\"b\":1,\"b\":2}}",
		"{\"email\\u0000x\":\"a@haat.test\"}", "[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]", " ", "\t\n" };

	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct answer answer = api_post("/accounts/login", NULL, bodies[i]);

		EXPECT_PROBLEM(answer, 400, "malformed_json");
	}
	EXPECT_PROBLEM(api_post("/accounts/login", NULL, form("%s%s", long_text('[', 100000), long_text(']', 100000))), 400,
	    "malformed_json");
}

static void
members_that_are_not_what_they_should_be(void)
{
	static const struct {
		const char *body, *member;
	} bodies[] = {
		{ "{}", "email" },
		{ "{}", "password" },
		{ "[]", "body" },
		{ "{\"email\":null,\"password\":\"x\"}", "email" },
		{ "{\"email\":1,\"password\":\"x\"}", "email" },
		{ "{\"email\":1e400,\"password\":\"x\"}", "email" },
		{ "{\"email\":[],\"password\":\"x\"}", "email" },
		{ "{\"email\":\"a\\u0000b@haat.test\",\"password\":\"x\"}", "email" },
		{ "{\"email\":\"a@haat.test\",\"password\":\"x\",\"role\":\"admin\"}", "role" },
		{ "{\"email\":\"a@haat.test\",\"password\":\"x\",\"\":1}", "" },
		{ "{\"email\":\"a@haat.test\",\"password\":\"x\",\"Email\":1}", "Email" },
		{ "{\"email\":\"a@haat.test\",\"password\":\"x\",\"__proto__\":{}}", "__proto__" },
	};

	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct answer answer = api_post("/accounts/login", NULL, bodies[i].body);

		EXPECT_PROBLEM(answer, 400, "validation_failed");
		if (*bodies[i].member != '\0' && strcmp(bodies[i].member, "body") != 0)
			EXPECT_FAULT(answer, bodies[i].member);
	}
}

static void
numbers_out_of_range(void)
{
	static const char *const quantities[] = { "0", "-1", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
		"1e3", "1.0", "123456789012345678901234567890", "\"1\"", "true", "null", "1E400" };
	struct person            person = person_new("customer");

	for (size_t i = 0; i < sizeof quantities / sizeof *quantities; i++) {
		struct answer answer = api_post("/cart/items", person.access,
		    form("{\"variant_id\":\"0192f0c1-8f00-7000-8000-5a1b2c3d4e5f\",\"quantity\":%s}", quantities[i]));

		EXPECT_PROBLEM(answer, 400, "validation_failed");
		EXPECT_FAULT(answer, "quantity");
	}
}

static void
queries_that_are_wrong(void)
{
	static const struct {
		const char *query, *parameter;
	} queries[] = {
		{ "colour=red", "colour" },
		{ "limit=0", "limit" },
		{ "limit=101", "limit" },
		{ "limit=x", "limit" },
		{ "limit=", "limit" },
		{ "limit=1&limit=2", "limit" },
		{ "limit=1&%6cimit=2", "limit" },
		{ "limit=99999999999999999999", "limit" },
		{ "limit=%zz", "limit" },
		{ "limit=%00", "limit" },
		{ "cursor=%c3%28", "cursor" },
		{ "limit=1e1", "limit" },
		{ "limit=+5", "limit" },
		{ "limit[]=5", "limit[]" },
		{ "Limit=5", "Limit" },
		{ "%ff=1", "query" },
	};

	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
		struct answer answer = api_get(form("/products?%s", queries[i].query), NULL);

		EXPECT_PROBLEM(answer, 400, "validation_failed");
		EXPECT_FAULT(answer, queries[i].parameter);
	}
	EXPECT(api_get("/products?", NULL), 200);
	EXPECT(api_get("/products?&&limit=1&", NULL), 200);
	EXPECT_FAULT(api_get("/openapi.json?x=1", NULL), "x");
	EXPECT_PROBLEM(api_get("/products?cursor=AQAB", NULL), 400, "bad_cursor");
}

/* A neighbour's link has the cursor once, however its name was written in the query that it comes from. */
static void
links_of_pages(void)
{
	static const char *const first[] = { "/products?limit=1", "/products?%6cimit=1", "/products?&limit=1&" };

	for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
		struct answer answer = api_get(first[i], NULL);
		const char   *next;

		EXPECT(answer, 200);
		REQUIRE(has_at(&answer, "next"));
		next = strstr(text_at(&answer, "next"), "/products");
		answer = api_get(next, NULL);
		EXPECT(answer, 200);
		CHECK_INT(length_at(&answer, "results"), 1);
		/* The same page, its cursor's name escaped. */
		answer = api_get(form("/products?limit=1&%%63ursor=%s", strstr(next, "cursor=") + strlen("cursor=")), NULL);
		EXPECT(answer, 200);
		REQUIRE(has_at(&answer, "next"));
		EXPECT(api_get(strstr(text_at(&answer, "next"), "/products"), NULL), 200);
	}
}

static void
bodies_that_are_too_large(void)
{
	const char   *large = form("{\"email\":\"%s\"}", long_text('a', 256 << 10));
	struct answer answer = api_post("/accounts/login", NULL, large);

	EXPECT_PROBLEM(answer, 413, "body_too_large");
	EXPECT_PROBLEM(api_post("/addresses", NULL, large), 413, "body_too_large");
	EXPECT_PROBLEM(api_call("POST", "/addresses", NULL, large, HEADERS("Transfer-Encoding: chunked")), 413, "body_too_large");
	/* One that just fits is read, and its member refused. */
	answer = api_post("/accounts/login", NULL, form("{\"email\":\"%s\",\"password\":\"x\"}", long_text('a', 200000)));
	EXPECT_FAULT(answer, "email");
	EXPECT_PROBLEM(api_get(form("/products?search=%s", long_text('a', 20000)), NULL), 414, "uri_too_long");
	EXPECT_PROBLEM(api_call("GET", "/products", NULL, NULL, HEADERS(form("X-Long: %s", long_text('a', 20000)))), 431,
	    "headers_too_large");
}

static void
chunked_bodies(void)
{
	struct person person = person_new("customer");
	struct answer answer = api_call("POST", "/addresses", person.access, address_body, HEADERS("Transfer-Encoding: chunked"));

	EXPECT(answer, 201);
	answer = api_call("POST", "/addresses", person.access, "{", HEADERS("Transfer-Encoding: chunked"));
	EXPECT_PROBLEM(answer, 400, "malformed_json");
}

static void
origins(void)
{
	struct person     person = person_new("customer");
	const char *const ours[] = { "Origin: http://localhost:3000", NULL };
	struct answer     answer;

	/* Reads and writes, successes and errors alike. */
	const struct answer answers[] = {
		api_call("GET", "/brands", NULL, NULL, ours),
		api_call("GET", "/nothing", NULL, NULL, ours),
		api_call("POST", "/addresses", person.access, address_body, ours),
		api_call("POST", "/addresses", person.access, "{}", ours),
		api_call("POST", "/addresses", NULL, address_body, ours),
		api_call(
		    "POST", "/accounts/login", NULL, form("{\"email\":\"%s\",\"password\":\"x\"}", fresh_email("nobody")), ours),
		api_call("PATCH", "/addresses/0192f0c1-8f00-7000-8000-5a1b2c3d4e5f", person.access, "{}", ours),
	};

	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		CHECK_TEXT(header_of(&answers[i], "Access-Control-Allow-Origin"), "http://localhost:3000");
		CHECK_TEXT(header_of(&answers[i], "Access-Control-Allow-Credentials"), "true");
		CHECK(has_header(&answers[i], "Access-Control-Expose-Headers", "ETag"));
		CHECK(strstr(answers[i].headers, "Origin\r\n") != NULL);
	}
	static const char *const others[] = { "Origin: https://evil.example", "Origin: http://localhost.evil.example",
		"Origin: http://localhost:3000.evil.example", "Origin: http://evil.example/http://localhost", "Origin: null",
		"Origin: file://localhost", "Origin: http://localhost:80@evil.example" };

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		answer = api_call("POST", "/addresses", person.access, address_body, HEADERS(others[i]));
		EXPECT(answer, 201);
		CHECK(header_of(&answer, "Access-Control-Allow-Origin") == NULL);
		CHECK(strstr(answer.headers, "Origin\r\n") != NULL);
	}
}

static void
preflights(void)
{
	struct answer answer = api_call("OPTIONS", "/addresses", NULL, NULL,
	    HEADERS("Origin: http://localhost:3000", "Access-Control-Request-Method: POST",
		"Access-Control-Request-Headers: authorization, content-type"));

	EXPECT(answer, 204);
	CHECK_TEXT(header_of(&answer, "Access-Control-Allow-Origin"), "http://localhost:3000");
	CHECK(has_header(&answer, "Access-Control-Allow-Methods", "POST"));
	CHECK(has_header(&answer, "Access-Control-Allow-Headers", "Authorization"));
	CHECK(has_header(&answer, "Access-Control-Allow-Headers", "Idempotency-Key"));
	CHECK(has_header(&answer, "Access-Control-Allow-Headers", "X-Correlation-Id"));
	CHECK(header_of(&answer, "Access-Control-Max-Age") != NULL);
	answer = api_call(
	    "OPTIONS", "/addresses", NULL, NULL, HEADERS("Origin: https://evil.example", "Access-Control-Request-Method: POST"));
	EXPECT(answer, 204);
	CHECK(header_of(&answer, "Access-Control-Allow-Origin") == NULL);
	CHECK(header_of(&answer, "Access-Control-Allow-Methods") == NULL);
}

static void
request_ids(void)
{
	static const char *const sane[] = { "abcdefgh", "A.b_c-0123456789" };
	const char *wrong[] = { "short", "with space inside", "semi;colon;semi", "<script>alert", long_text('a', 65) };

	for (size_t i = 0; i < sizeof sane / sizeof *sane; i++) {
		struct answer answer = api_call("GET", "/nothing", NULL, NULL, HEADERS(form("X-Request-Id: %s", sane[i])));

		CHECK_TEXT(header_of(&answer, "X-Request-Id"), sane[i]);
		CHECK_TEXT(text_at(&answer, "request_id"), sane[i]);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct answer answer = api_call("GET", "/nothing", NULL, NULL, HEADERS(form("X-Request-Id: %s", wrong[i])));

		EXPECT(answer, 404);
		CHECK(strcmp(header_of(&answer, "X-Request-Id"), wrong[i]) != 0);
		CHECK_TEXT(text_at(&answer, "request_id"), header_of(&answer, "X-Request-Id"));
	}
}

/* Is there a line with both texts in the log of the pool?  The last line of a request is written after its answer. */
static bool
is_logged(const char *pool, const char *text, const char *also)
{
	char  *line = NULL;
	size_t room = 0;
	bool   found = false;

	for (int i = 0; i < 100 && !found; i++) {
		FILE *log = fopen(form("%s/log/%s.log", shop_directory(), pool), "r");

		while (log != NULL && !found && getline(&line, &room, log) > 0)
			found = strstr(line, text) != NULL && strstr(line, also) != NULL;
		if (log != NULL)
			fclose(log);
		if (!found)
			usleep(20000);
	}
	free(line);
	return found;
}

/* A trace goes into the log, and so do the id and the route; one of another form goes nowhere, and does no harm. */
static void
traces(void)
{
	static const char *const wrong[] = { "x", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
		"00-\"af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
	const char              *trace = form("%032llx", (unsigned long long)instant_now().unix_ms);
	struct answer            answer =
	    api_call("GET", "/brands", NULL, NULL, HEADERS(form("traceparent: 00-%s-b7ad6b7169203331-01", trace)));

	EXPECT(answer, 200);
	CHECK(is_logged("api", trace, "\"route\":\"listBrands\""));
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		EXPECT(api_call("GET", "/brands", NULL, NULL, HEADERS(form("traceparent: %s", wrong[i]))), 200);
	/* Not only the line at the end. */
	EXPECT(api_call("POST", "/webhooks/stripe", NULL, "{}",
		   HEADERS("Stripe-Signature: x", form("traceparent: 00-%s-b7ad6b7169203331-01", trace))),
	    401);
	CHECK(is_logged("hooks", trace, "signature rejected"));
}

static void
tokens_in_odd_places(void)
{
	struct person person = person_new("customer");
	const char   *bearer = form("Authorization: Bearer %s", person.access);
	struct answer answer = api_call("GET", "/accounts/me", NULL, NULL, HEADERS(bearer, bearer));

	CHECK(answer.status == 400 || answer.status == 401);
	answer = api_call("GET", "/accounts/me", NULL, NULL, HEADERS("Authorization: Bearer x", bearer));
	CHECK(answer.status == 400 || answer.status == 401);
	EXPECT_PROBLEM(api_call("GET", "/accounts/me", long_text('a', 5000), NULL, NULL), 401, "unauthenticated");
	EXPECT_PROBLEM(api_call("GET", "/accounts/me", form("%s.%s", person.access, long_text('a', 3000)), NULL, NULL), 401,
	    "unauthenticated");
	EXPECT_PROBLEM(api_get(form("/accounts/me?access_token=%s", person.access), NULL), 401, "unauthenticated");
	answer = api_get("/accounts/me", NULL);
	EXPECT_PROBLEM(answer, 401, "unauthenticated");
	CHECK(has_header(&answer, "WWW-Authenticate", "Bearer"));
	EXPECT(api_call("GET", "/accounts/me", NULL, NULL, HEADERS(form("Authorization: bearer   %s", person.access))), 200);
}

static void
entity_tags(void)
{
	struct person person = person_new("customer");
	struct answer added = api_post("/addresses", person.access, address_body), other, answer;
	const char   *path, *tag;

	EXPECT(added, 201);
	path = form("/addresses/%s", text_at(&added, "id"));
	answer = api_get(path, person.access);
	EXPECT(answer, 200);
	tag = header_of(&answer, "ETag");
	REQUIRE(tag != NULL && tag[0] == '"');
	CHECK(has_header(&answer, "Cache-Control", "private"));
	EXPECT(api_call("GET", path, person.access, NULL, HEADERS(form("If-None-Match: %s", tag))), 304);
	EXPECT(api_call("GET", path, person.access, NULL, HEADERS(form("If-None-Match: \"x\", W/%s", tag))), 304);
	EXPECT(api_call("GET", path, person.access, NULL, HEADERS("If-None-Match: *")), 304);
	EXPECT(api_call("GET", path, person.access, NULL, HEADERS("If-None-Match: \"x\"")), 200);
	EXPECT(api_call("GET", path, person.access, NULL, HEADERS("If-None-Match: ,,,")), 200);
	answer = api_call("HEAD", path, person.access, NULL, HEADERS(form("If-None-Match: %s", tag)));
	EXPECT(answer, 304);
	CHECK_TEXT(header_of(&answer, "ETag"), tag);
	answer = api_call("PATCH", path, person.access, "{\"city\":\"Khulna\"}", HEADERS("If-Match: \"x\""));
	EXPECT(answer, 412);
	/* Another object of the same version has another tag; of several tags one is enough. */
	other = api_post("/addresses", person.access, address_body);
	EXPECT(api_call("PATCH", form("/addresses/%s", text_at(&other, "id")), person.access, "{\"city\":\"Khulna\"}",
		   HEADERS(form("If-Match: %s", tag))),
	    412);
	EXPECT(api_call("PATCH", path, person.access, "{\"city\":\"Khulna\"}", HEADERS(form("If-Match: \"x\", W/%s", tag))), 200);
	EXPECT(api_call("PATCH", path, person.access, "{\"city\":\"Sylhet\"}", HEADERS(form("If-Match: %s", tag))), 412);
	EXPECT(api_call("GET", path, person.access, NULL, HEADERS(form("If-None-Match: %s", tag))), 200);
	EXPECT(api_call("PATCH", path, person.access, "{\"city\":\"Sylhet\"}", HEADERS("If-Match: *")), 200);
	/* Nobody else learns from a tag that the address is there. */
	EXPECT_PROBLEM(api_call("GET", path, person_new("customer").access, NULL, HEADERS("If-None-Match: *")), 404, "not_found");
}

static void
compression(void)
{
	struct answer plain = api_get("/openapi.json", NULL);
	struct answer answer = api_call("GET", "/openapi.json", NULL, NULL, HEADERS("Accept-Encoding: gzip"));
	const char   *tag = header_of(&answer, "ETag");

	EXPECT(plain, 200);
	CHECK(header_of(&plain, "Content-Encoding") == NULL);
	CHECK_TEXT(header_of(&answer, "Content-Encoding"), "gzip");
	CHECK(answer.length * 3 < plain.length);
	CHECK(strstr(answer.headers, "Accept-Encoding") != NULL);
	if (tag != NULL)
		EXPECT(api_call("GET", "/openapi.json", NULL, NULL, HEADERS(form("If-None-Match: %s", tag))), 304);
}

static void
headers_on_every_answer(void)
{
	const struct answer answers[] = { api_get("/brands", NULL), api_get("/nothing", NULL), api_get("/accounts/me", NULL),
		api_call("OPTIONS", "/brands", NULL, NULL, NULL), api_post("/accounts/login", NULL, long_text('a', 300 << 10)) };

	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		const struct answer *answer = &answers[i];

		CHECK_TEXT(header_of(answer, "X-Content-Type-Options"), "nosniff");
		CHECK_TEXT(header_of(answer, "X-Frame-Options"), "DENY");
		CHECK_TEXT(header_of(answer, "Cross-Origin-Opener-Policy"), "same-origin");
		CHECK(has_header(answer, "Referrer-Policy", "strict-origin"));
		CHECK(has_header(answer, "Content-Security-Policy", "default-src 'self'"));
		CHECK(has_header(answer, "Content-Security-Policy", "frame-ancestors 'none'"));
		CHECK(!has_header(answer, "Content-Security-Policy", "unsafe"));
		CHECK_TEXT(header_of(answer, "Server"), "nginx");
		CHECK(header_of(answer, "X-Powered-By") == NULL);
		CHECK_TEXT(header_of(answer, "Content-Type"), "application/json; charset=utf-8");
	}
	CHECK_TEXT(header_of(&answers[2], "Cache-Control"), "no-store");
}

/* The same connection serves whatever comes next, also after a body that nobody wanted. */
static void
odd_requests_leave_nothing_behind(void)
{
	for (int i = 0; i < 20; i++) {
		EXPECT(api_call("DELETE", "/openapi.json", NULL, long_text('x', 70000), NULL), 405);
		EXPECT(api_call("GET", "/brands", NULL, "{\"a\":", NULL), 200);
		EXPECT(api_post("/nothing", NULL, long_text('x', 70000)), 404);
		EXPECT(api_get("/brands", NULL), 200);
	}
}

/* With and without a slash at the end. */
static void
the_api_says_what_it_is(void)
{
	static const char *const paths[] = { "/", "//api/v1" };

	for (int i = 0; i < 2; i++) {
		struct answer answer = api_get(paths[i], NULL);

		EXPECT(answer, 200);
		CHECK_TEXT(text_at(&answer, "name"), "haat");
		CHECK_TEXT(text_at(&answer, "openapi"), form("%s/api/v1/openapi.json", api_origin()));
	}
}

SUITE("api: HTTP", TEST(the_api_says_what_it_is), TEST(paths_that_lead_nowhere), TEST(one_slash_at_the_end),
    TEST(a_worker_of_another_pool_refuses), TEST(methods_that_a_path_does_not_know), TEST(head_is_get_without_body),
    TEST(bodies_of_another_type), TEST(bodies_that_are_packed), TEST(bodies_that_are_not_json),
    TEST(members_that_are_not_what_they_should_be), TEST(numbers_out_of_range), TEST(queries_that_are_wrong),
    TEST(links_of_pages), TEST(bodies_that_are_too_large), TEST(chunked_bodies), TEST(origins), TEST(preflights),
    TEST(request_ids), TEST(traces), TEST(tokens_in_odd_places), TEST(entity_tags), TEST(compression),
    TEST(headers_on_every_answer), TEST(odd_requests_leave_nothing_behind))
