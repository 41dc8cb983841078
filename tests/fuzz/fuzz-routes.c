/* Bodies, queries and paths of the shop itself: each input is tried as all of them, on every route. */
#include "base/encoding.h"
#include "http/route.h"
#include "shop.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void
judge(bool accepted, const struct faults *faults)
{
	PROPERTY(accepted == (faults->count == 0));
	for (size_t i = 0; i < faults->count; i++)
		PROPERTY(utf8_valid(faults->list[i].where, strlen(faults->list[i].where)));
}

static void
try_route(const struct route *route, struct json_object *json, const char *query)
{
	struct arena *arena = fuzz_arena();
	struct faults faults = { .count = 0 };

	if (route->body != NULL && json != NULL)
		judge(shape_parse(route->body, json, arena, arena_alloc(arena, route->body->size), &faults), &faults);
	if (route->query != NULL)
		judge(shape_parse_query(route->query, query, arena, arena_alloc(arena, route->query->size), &faults), &faults);
}

/* A parameter is a piece of the path that was asked for, and never has a slash in it. */
static void
try_path(const char *path)
{
	const char *end = path + strlen(path);

	for (int method = GET; method <= METHOD__COUNT; method++) {
		struct path_parameter parameters[PARAMETERS_OF_PATH_MAX] = { { .name = NULL } };
		unsigned              allowed;
		const struct route   *route = route_find((enum method)method, path, parameters, &allowed);

		PROPERTY(route == NULL || method < METHOD__COUNT);
		for (size_t i = 0; route != NULL && i < PARAMETERS_OF_PATH_MAX && parameters[i].name != NULL; i++) {
			PROPERTY(parameters[i].text >= path && parameters[i].text + parameters[i].length <= end);
			PROPERTY(memchr(parameters[i].text, '/', parameters[i].length) == NULL);
			percent_decode(fuzz_arena(), parameters[i].text, parameters[i].length, false);
		}
	}
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	struct arena       *arena = fuzz_arena();
	const char         *text = arena_copy(arena, bytes, length);
	struct json_object *json = json_read(arena, (const char *)bytes, length);

	routes_use(shop_tables);
	for (const struct route_table *const *tables = routes_tables(); *tables != NULL; tables++)
		for (size_t i = 0; i < (*tables)->count; i++)
			try_route(&(*tables)->routes[i], json, text);
	try_path(text);
	try_path(arena_format(arena, "/api/v1%s", text));
}
