/* The collection of Postman, run: what it asks for is answered as the API promises. */
#include "tests/api/api.h"

#include <json-c/json.h>
#include <string.h>

static struct answer collection;

static void
begin(void)
{
	if (collection.status != 0)
		return;
	collection = api_get("/postman.json", NULL);
	EXPECT(collection, 200);
	CHECK_TEXT(header_of(&collection, "Cache-Control"), "public, max-age=300");
	CHECK_TEXT(text_at(&collection, "variable.0.value"), api_origin());
}

/* The path below /api/v1 of an item, with its variables and the query that is switched on. */
static const char *
path_of(const char *item)
{
	const char *path = "", *between = "?";
	size_t      words = length_at(&collection, form("%s.request.url.path", item));

	for (size_t i = 2; i < words; i++) {
		const char *word = text_at(&collection, form("%s.request.url.path.%zu", item, i));

		for (size_t k = 0; word[0] == ':' && k < length_at(&collection, form("%s.request.url.variable", item)); k++)
			if (strcmp(text_at(&collection, form("%s.request.url.variable.%zu.key", item, k)), word + 1) == 0) {
				word = text_at(&collection, form("%s.request.url.variable.%zu.value", item, k));
				break;
			}
		path = form("%s/%s", path, word);
	}
	for (size_t i = 0; has_at(&collection, form("%s.request.url.query", item)) &&
	     i < length_at(&collection, form("%s.request.url.query", item));
	     i++) {
		const char *pair = form("%s.request.url.query.%zu", item, i);

		if (bool_at(&collection, form("%s.disabled", pair)))
			continue;
		path = form("%s%s%s=%s", path, between, text_at(&collection, form("%s.key", pair)),
		    text_at(&collection, form("%s.value", pair)));
		between = "&";
	}
	return *path == '\0' ? "/" : path;
}

/* Every read by id finds nothing at worst, every list is one; api_call holds each answer against what its route promises. */
static void
its_reads_are_answered(void)
{
	struct person admin = (begin(), person_new("admin"));
	size_t        found = 0, asked = 0;

	for (size_t f = 0; f < length_at(&collection, "item"); f++)
		for (size_t i = 0; i < length_at(&collection, form("item.%zu.item", f)); i++) {
			const char   *item = form("item.%zu.item.%zu", f, i);
			const char   *path = path_of(item);
			struct answer answer;

			if (strcmp(text_at(&collection, form("%s.request.method", item)), "GET") != 0)
				continue;
			answer = api_get(path, admin.access);
			CHECK(answer.status < 500 && answer.status != 405);
			asked++;
			found += answer.status == 200;
		}
	CHECK(asked > 80 && found > 30);
}

/* The item that logs in, with the body of who asks; the token of its answer opens the rest. */
static void
who_logs_in_by_it_may_call_the_rest(void)
{
	struct person customer = (begin(), person_new("customer"));
	struct answer answer;

	for (size_t i = 0; i < length_at(&collection, "item.0.item"); i++) {
		const char         *item = form("item.0.item.%zu", i);
		struct json_object *body;

		if (strcmp(path_of(item), "/accounts/login") != 0)
			continue;
		CHECK_TEXT(text_at(&collection, form("%s.request.auth.type", item)), "noauth");
		body = json_tokener_parse(text_at(&collection, form("%s.request.body.raw", item)));
		json_object_object_add(body, "email", json_object_new_string(customer.email));
		json_object_object_add(body, "password", json_object_new_string(customer.password));
		json_object_object_del(body, "totp");
		answer = api_post("/accounts/login", NULL, json_object_to_json_string(body));
		json_object_put(body);
		EXPECT(answer, 200);
		EXPECT(api_get("/accounts/me", text_at(&answer, "access")), 200);
		return;
	}
	CHECK(!"the first folder has the login");
}

SUITE("postman", TEST(its_reads_are_answered), TEST(who_logs_in_by_it_may_call_the_rest))
