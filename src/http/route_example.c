#include "http/route_example.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/providers.h"
#include "base/text.h"

#include <assert.h>
#include <json-c/json.h>

static const struct {
	const char *name, *example;
} parameters[] = {
	{ "id", "0192f0c1-8f00-7000-8000-5a1b2c3d4e5f" },
	{ "variant", "0192f0c1-8f00-7000-8000-5a1b2c3d4e60" },
	{ "shop", "0192f0c1-8f00-7000-8000-5a1b2c3d4e61" },
	{ "return", "0192f0c1-8f00-7000-8000-5a1b2c3d4e62" },
	{ "product", "clay-water-pitcher" },
	{ "category", "kitchen" },
	{ "brand", "aarong" },
	{ "number", "ORD-7K3M9Q2XAB" },
	{ "reference", "PAY-7Q2M9XKD4T" },
	{ "kind", "products-1.xml" },
	{ "version", "0123456789ab" },
	{ "file", "logo.svg" },
	{ "token", "TOKEN" },
};

const char *
route_example_parameter(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++)
		if (strncmp(parameters[i].name, name, length) == 0 && parameters[i].name[length] == '\0')
			return parameters[i].example;
	/* A name that stands for itself in capitals would be no example: providers, and what is new. */
	return strncmp(name, "provider", length) == 0 ? provider_names[0] : parameters[0].example;
}

const char *
route_example_query(struct text *out, const struct member *member)
{
	struct text         json = text_new(out->arena, 64);
	struct json_object *array;

	/* A scalar by itself is no document. */
	TEXT_ADD(&json, "[");
	shape_example_member(member, SCHEMA_BODY, &json);
	TEXT_ADD(&json, "]");
	array = json_read(out->arena, json.bytes, json.length);
	return percent_encode(out->arena, json_object_get_string(json_object_array_get_idx(array, 0)));
}

void
route_example_path(struct text *out, const struct route *route)
{
	const char *between = "?";

	text_add_string(out, route->outside ? "" : "/api/v1");
	for (const char *c = route->outside || strcmp(route->path, "/") != 0 ? route->path : ""; *c != '\0'; c++)
		if (*c == '{') {
			size_t length = strcspn(c + 1, "}");

			text_add_string(out, route_example_parameter(c + 1, length));
			c += length + 1;
		} else {
			text_add_char(out, *c);
		}
	for (size_t i = 0; route->query != NULL && i < route->query->count; i++) {
		const struct member *member = &route->query->members[i];

		if (!member->required)
			continue;
		text_addf(out, "%s%s=%s", between, member->name, route_example_query(out, member));
		between = "&";
	}
}

void
route_example_body(struct text *out, const struct shape *shape, enum schema_use use)
{
	struct text         json = text_new(out->arena, 1024);
	struct json_object *read;

	shape_example(shape, use, &json);
	read = json_read(out->arena, json.bytes, json.length);
	assert(read != NULL);
	text_add_string(out,
	    json_object_to_json_string_ext(
		read, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE));
}
