/* The collection of Postman: it keeps the format 2.1.0, and has each call of the API once. */
#include "base/arena.h"
#include "base/shape.h"
#include "base/text.h"
#include "http/route.h"
#include "reference/postman.h"
#include "shop.h"
#include "tests/suite.h"

#include <json-c/json.h>
#include <string.h>

static struct arena       *arena;
static struct json_object *collection;

static void
begin(void)
{
	struct text out;

	routes_use(shop_tables);
	if (arena != NULL)
		return;
	arena = arena_new(256 << 20);
	out = text_new(arena, 1 << 20);
	postman_print("https://shop.example", &out);
	collection = json_read(arena, out.bytes, out.length);
	REQUIRE(collection != NULL);
}

static struct json_object *
at(struct json_object *object, const char *name)
{
	struct json_object *found = NULL;

	json_object_object_get_ex(object, name, &found);
	return found;
}

static const char *
text_of(struct json_object *object, const char *name)
{
	struct json_object *found = at(object, name);

	return json_object_is_type(found, json_type_string) ? json_object_get_string(found) : "";
}

static bool
is_one_of(const char *word, const char *const *words)
{
	return value_index(words, word) >= 0;
}

/* A list of the format's pairs: each has a key, and a value or the file of a form; nothing the format does not know. */
static void
check_pairs(struct json_object *list)
{
	static const char *const known[] = { "key", "value", "type", "description", "disabled", "src", NULL };

	REQUIRE(json_object_is_type(list, json_type_array));
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *pair = json_object_array_get_idx(list, i);

		CHECK(*text_of(pair, "key") != '\0');
		CHECK(json_object_is_type(at(pair, "value"), json_type_string) || strcmp(text_of(pair, "type"), "file") == 0);
		json_object_object_foreach(pair, name, value)
		{
			CHECK(is_one_of(name, known));
			CHECK(strcmp(name, "disabled") != 0 || json_object_is_type(value, json_type_boolean));
		}
	}
}

static void
check_url(struct json_object *url)
{
	struct json_object *path = at(url, "path"), *variables = at(url, "variable");
	struct text         built = text_new(arena, 256);
	size_t              parameters = 0;

	CHECK_TEXT(json_object_get_string(json_object_array_get_idx(at(url, "host"), 0)), "{{base_url}}");
	TEXT_ADD(&built, "{{base_url}}");
	for (size_t i = 0; i < json_object_array_length(path); i++) {
		const char *word = json_object_get_string(json_object_array_get_idx(path, i));

		text_addf(&built, "/%s", word);
		parameters += *word == ':';
	}
	CHECK_TEXT(text_of(url, "raw"), built.bytes);
	CHECK_INT(variables == NULL ? 0 : json_object_array_length(variables), parameters);
	if (variables != NULL)
		check_pairs(variables);
	if (at(url, "query") != NULL)
		check_pairs(at(url, "query"));
}

static void
check_body(struct json_object *body)
{
	static const char *const modes[] = { "raw", "urlencoded", "formdata", "file", "graphql", NULL };
	const char              *mode = text_of(body, "mode");

	CHECK(is_one_of(mode, modes) && at(body, mode) != NULL);
	if (strcmp(mode, "raw") == 0)
		CHECK(json_read(arena, text_of(body, "raw"), strlen(text_of(body, "raw"))) != NULL);
	if (strcmp(mode, "formdata") == 0)
		check_pairs(at(body, mode));
}

static void
check_item(struct json_object *item)
{
	struct json_object *request = at(item, "request");

	CHECK(*text_of(item, "name") != '\0' && json_object_is_type(at(item, "response"), json_type_array));
	CHECK(is_one_of(text_of(request, "method"), method_values));
	check_pairs(at(request, "header"));
	check_url(at(request, "url"));
	if (at(request, "body") != NULL)
		check_body(at(request, "body"));
	if (at(request, "auth") != NULL)
		CHECK_TEXT(text_of(at(request, "auth"), "type"), "noauth");
	CHECK(at(item, "event") == NULL); /* no scripts */
}

static void
it_keeps_the_format(void)
{
	struct json_object *folders = (begin(), at(collection, "item")), *info = at(collection, "info");

	CHECK_TEXT(text_of(info, "name"), "haat");
	CHECK_TEXT(text_of(info, "schema"), "https://schema.getpostman.com/json/collection/v2.1.0/collection.json");
	CHECK_TEXT(text_of(at(collection, "auth"), "type"), "bearer");
	check_pairs(at(at(collection, "auth"), "bearer"));
	check_pairs(at(collection, "variable"));
	CHECK_TEXT(text_of(json_object_array_get_idx(at(collection, "variable"), 0), "value"), "https://shop.example");
	for (size_t i = 0; i < json_object_array_length(folders); i++) {
		struct json_object *folder = json_object_array_get_idx(folders, i), *items = at(folder, "item");

		CHECK(*text_of(folder, "name") != '\0' && json_object_array_length(items) > 0);
		for (size_t k = 0; k < json_object_array_length(items); k++)
			check_item(json_object_array_get_idx(items, k));
	}
}

/* In the order of the tables; pages are none. */
static void
it_has_each_call_of_the_api_once(void)
{
	struct json_object *folders = (begin(), at(collection, "item"));
	size_t              folder = 0;

	for (const struct route_table *const *table = routes_tables(); *table != NULL; table++) {
		size_t inside = 0;

		for (size_t i = 0; i < (*table)->count; i++) {
			const struct route *route = &(*table)->routes[i];
			struct json_object *item;

			if (route->outside)
				continue;
			item = json_object_array_get_idx(at(json_object_array_get_idx(folders, folder), "item"), inside++);
			CHECK_TEXT(text_of(item, "name"), route->summary);
			CHECK_TEXT(text_of(at(item, "request"), "method"), method_values[route->method]);
		}
		folder += inside > 0;
	}
	CHECK_INT(json_object_array_length(folders), folder);
}

SUITE("postman", TEST(it_keeps_the_format), TEST(it_has_each_call_of_the_api_once))
