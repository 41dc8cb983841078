#include "reference/postman.h"

#include "base/text.h"
#include "http/route.h"
#include "http/route_example.h"

/* {"key":..., "value":...} without the brace that closes it. */
static void
open_pair(struct text *out, const char **between, const char *key, const char *value)
{
	text_addf(out, "%s{\"key\":", *between);
	text_add_json(out, key);
	TEXT_ADD(out, ",\"value\":");
	text_add_json(out, value);
	*between = ",";
}

static void
add_description(struct text *out, const char *description)
{
	if (description == NULL)
		return;
	TEXT_ADD(out, ",\"description\":");
	text_add_json(out, description);
}

/* What may be sent besides, ready to be switched on. */
static void
add_option(struct text *out, const char **between, const char *name, const char *value)
{
	open_pair(out, between, name, value);
	TEXT_ADD(out, ",\"disabled\":true}");
}

static bool
sends_json(const struct route *route)
{
	return route->body != NULL && (route->takes == 0 || (route->takes & TAKES_JSON) != 0);
}

static void
add_headers(struct text *out, const struct route *route)
{
	const char *between = "";

	TEXT_ADD(out, "\"header\":[");
	if (sends_json(route)) {
		open_pair(out, &between, "Content-Type", "application/json");
		TEXT_ADD(out, "}");
	}
	if (route_takes_key(route))
		add_option(out, &between, "Idempotency-Key", "{{$guid}}");
	if (route->guest)
		add_option(out, &between, "X-Cart-Token", "");
	if (route->tagged)
		add_option(out, &between, "If-None-Match", "");
	if (route_may_answer(route, PROBLEM_VERSION_MISMATCH))
		add_option(out, &between, "If-Match", "");
	TEXT_ADD(out, "],");
}

/* The words of a path as JSON texts, and ":id" for "{id}". */
static void
add_path(struct text *out, const char *path)
{
	TEXT_ADD(out, "\"path\":[\"api\",\"v1\"");
	while (*path == '/' && path[1] != '\0') {
		size_t length = strcspn(++path, "/");

		if (*path == '{')
			text_addf(out, ",\":%.*s\"", (int)length - 2, path + 1);
		else
			text_addf(out, ",\"%.*s\"", (int)length, path);
		path += length;
	}
	TEXT_ADD(out, "]");
}

static void
add_raw_url(struct text *out, const char *path)
{
	TEXT_ADD(out, "{\"raw\":\"{{base_url}}/api/v1");
	for (const char *c = strcmp(path, "/") == 0 ? "" : path; *c != '\0'; c++)
		if (*c == '{')
			text_add_char(out, ':');
		else if (*c != '}')
			text_add_char(out, *c);
	TEXT_ADD(out, "\",\"host\":[\"{{base_url}}\"],");
}

static void
add_query(struct text *out, const struct shape *query)
{
	const char *between = "";

	TEXT_ADD(out, ",\"query\":[");
	for (size_t i = 0; i < query->count; i++) {
		const struct member *member = &query->members[i];

		if (member->hidden)
			continue;
		open_pair(out, &between, member->name, route_example_query(out, member));
		add_description(out, member->description);
		text_add_string(out, member->required ? "}" : ",\"disabled\":true}");
	}
	TEXT_ADD(out, "]");
}

static void
add_path_variables(struct text *out, const char *path)
{
	const char *between = "";

	TEXT_ADD(out, ",\"variable\":[");
	for (const char *brace = strchr(path, '{'); brace != NULL; brace = strchr(brace + 1, '{')) {
		size_t length = strcspn(brace + 1, "}");

		text_addf(out, "%s{\"key\":\"%.*s\",\"value\":\"%s\"}", between, (int)length, brace + 1,
		    route_example_parameter(brace + 1, length));
		between = ",";
	}
	TEXT_ADD(out, "]");
}

static void
add_url(struct text *out, const struct route *route)
{
	TEXT_ADD(out, "\"url\":");
	add_raw_url(out, route->path);
	add_path(out, route->path);
	if (route->query != NULL)
		add_query(out, route->query);
	if (strchr(route->path, '{') != NULL)
		add_path_variables(out, route->path);
	TEXT_ADD(out, "}");
}

static void
add_upload(struct text *out, const struct route *route)
{
	const char *between = "";

	TEXT_ADD(out, ",\"body\":{\"mode\":\"formdata\",\"formdata\":[");
	if (route->upload.files != NULL) {
		text_addf(out, "{\"key\":\"%s\",\"type\":\"file\",\"src\":[]}", route->upload.files);
		between = ",";
	}
	if (route->body != NULL && route->upload.json != NULL) {
		struct text example = text_new(out->arena, 1024);

		route_example_body(&example, route->body, SCHEMA_BODY);
		open_pair(out, &between, route->upload.json, example.bytes);
		TEXT_ADD(out, ",\"type\":\"text\"}");
	}
	TEXT_ADD(out, "]}");
}

static void
add_body(struct text *out, const struct route *route)
{
	if (sends_json(route)) {
		struct text example = text_new(out->arena, 1024);

		route_example_body(&example, route->body, SCHEMA_BODY);
		TEXT_ADD(out, ",\"body\":{\"mode\":\"raw\",\"raw\":");
		text_add_json(out, example.bytes);
		TEXT_ADD(out, ",\"options\":{\"raw\":{\"language\":\"json\"}}}");
	} else if ((route->takes & TAKES_MULTIPART) != 0) {
		add_upload(out, route);
	} else if ((route->takes & (TAKES_FILE | TAKES_RAW)) != 0) {
		TEXT_ADD(out, ",\"body\":{\"mode\":\"file\",\"file\":{\"src\":null}}");
	}
}

static void
add_item(struct text *out, const struct route *route)
{
	TEXT_ADD(out, "{\"name\":");
	text_add_json(out, route->summary);
	text_addf(out, ",\"request\":{\"method\":\"%s\",", method_values[route->method]);
	if (route->permission == PUBLIC && !route->optional_user)
		TEXT_ADD(out, "\"auth\":{\"type\":\"noauth\"},");
	add_headers(out, route);
	add_url(out, route);
	add_body(out, route);
	add_description(out, route->description);
	TEXT_ADD(out, "},\"response\":[]}");
}

/* Pages and what asks the machine itself are no calls of the API. */
static void
add_folder(struct text *out, const struct route_table *table, const char **between)
{
	const char *comma = "";

	for (size_t i = 0; i < table->count; i++) {
		if (table->routes[i].outside)
			continue;
		if (*comma == '\0') {
			text_addf(out, "%s{\"name\":", *between);
			text_add_json(out, table->tag);
			add_description(out, table->description);
			TEXT_ADD(out, ",\"item\":[");
			*between = ",";
		}
		text_add_string(out, comma);
		add_item(out, &table->routes[i]);
		comma = ",";
	}
	if (*comma != '\0')
		TEXT_ADD(out, "]}");
}

void
postman_print(const char *server_url, struct text *out)
{
	const char *between = "";

	TEXT_ADD(out,
	    "{\"info\":{\"name\":\"haat\",\"version\":\"" PACKAGE_VERSION "\",\"schema\":"
	    "\"https://schema.getpostman.com/json/collection/v2.1.0/collection.json\",\"description\":\"Log in and copy the member "
	    "access of the answer into the variable token; an API key will do as well where it may call.\"},"
	    "\"auth\":{\"type\":\"bearer\",\"bearer\":[{\"key\":\"token\",\"value\":\"{{token}}\",\"type\":\"string\"}]},\"variable\":[");
	open_pair(out, &between, "base_url", server_url);
	TEXT_ADD(out, ",\"type\":\"string\"}");
	open_pair(out, &between, "token", "");
	TEXT_ADD(out, ",\"type\":\"string\"}],\"item\":[");
	between = "";
	for (const struct route_table *const *table = routes_tables(); *table != NULL; table++)
		add_folder(out, *table, &between);
	TEXT_ADD(out, "]}");
}
