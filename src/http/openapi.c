#include "http/openapi.h"

#include "base/arena.h"
#include "base/text.h"
#include "http/nginx.h"
#include "http/route.h"

#include <assert.h>
#include <strings.h>

enum { SHAPES_MAX = 512 };

/* Shapes met on the way, each with its use; printed once under components. */
struct document {
	struct text        *out;
	const struct shape *shapes[SHAPES_MAX];
	enum schema_use     uses[SHAPES_MAX];
	size_t              n_shapes;
};

static void
note_shape(struct document *document, const struct shape *shape, enum schema_use use)
{
	for (size_t i = 0; i < document->n_shapes; i++)
		if (document->shapes[i] == shape || strcmp(document->shapes[i]->name, shape->name) == 0) {
			/* One name, one schema: a shape is either sent or answered. */
			assert(document->shapes[i] == shape && document->uses[i] == use);
			return;
		}
	assert(document->n_shapes < SHAPES_MAX);
	document->shapes[document->n_shapes] = shape;
	document->uses[document->n_shapes++] = use;
	for (size_t i = 0; i < shape->count; i++)
		if (shape->members[i].of != NULL && !shape->members[i].hidden)
			note_shape(document, shape->members[i].of, use);
}

static void
print_path_parameters(struct text *out, const char *path, const char **between)
{
	for (const char *brace = strchr(path, '{'); brace != NULL; brace = strchr(brace + 1, '{')) {
		int length = (int)strcspn(brace + 1, "}");

		text_addf(out, "%s{\"name\":\"%.*s\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"string\"}}",
		    *between, length, brace + 1);
		*between = ",";
	}
}

static void
print_query_parameters(struct text *out, const struct shape *shape, const char **between)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[i];

		text_addf(out, "%s{\"name\":\"%s\",\"in\":\"query\",\"required\":%s,", *between, member->name,
		    member->required ? "true" : "false");
		if (member->description != NULL) {
			TEXT_ADD(out, "\"description\":");
			text_add_json(out, member->description);
			text_add_char(out, ',');
		}
		TEXT_ADD(out, "\"schema\":");
		shape_schema_member(member, SCHEMA_BODY, out);
		text_add_char(out, '}');
		*between = ",";
	}
}

static void
print_header_parameter(struct text *out, const char **between, const char *name)
{
	text_addf(out, "%s{\"$ref\":\"#/components/parameters/%s\"}", *between, name);
	*between = ",";
}

static void
print_parameters(struct document *document, const struct route *route)
{
	struct text *out = document->out;
	const char  *between = "";

	TEXT_ADD(out, "\"parameters\":[");
	print_path_parameters(out, route->path, &between);
	if (route->query != NULL)
		print_query_parameters(out, route->query, &between);
	if (route_takes_key(route))
		print_header_parameter(out, &between, "IdempotencyKey");
	if (route->guest)
		print_header_parameter(out, &between, "CartToken");
	if (route->tagged)
		print_header_parameter(out, &between, "IfNoneMatch");
	if (route_may_answer(route, PROBLEM_VERSION_MISMATCH))
		print_header_parameter(out, &between, "IfMatch");
	TEXT_ADD(out, "],");
}

/* The parts of an upload: the files, and the JSON part or the fields. */
static void
print_upload(struct text *out, const struct route *route)
{
	TEXT_ADD(out, "{\"schema\":{\"type\":\"object\",\"properties\":{");
	if (route->upload.files != NULL)
		text_addf(out,
		    "\"%s\":{\"type\":\"array\",\"maxItems\":%u,\"items\":{\"type\":\"string\",\"format\":\"binary\"}}",
		    route->upload.files, route->upload.max);
	if (route->body != NULL && route->upload.json != NULL)
		text_addf(out, "%s\"%s\":{\"$ref\":\"#/components/schemas/%s\"}", route->upload.files != NULL ? "," : "",
		    route->upload.json, route->body->name);
	for (size_t i = 0; route->body != NULL && route->upload.json == NULL && i < route->body->count; i++) {
		text_addf(out, "%s\"%s\":", i > 0 || route->upload.files != NULL ? "," : "", route->body->members[i].name);
		shape_schema_member(&route->body->members[i], SCHEMA_BODY, out);
	}
	TEXT_ADD(out, "}}}");
}

static void
print_body(struct document *document, const struct route *route)
{
	struct text *out = document->out;
	bool         required = route->upload.files != NULL;
	const char  *between = "";
	unsigned     takes = route->takes == 0 ? TAKES_JSON : route->takes;

	if (route->body == NULL && route->upload.files == NULL)
		return;
	for (size_t i = 0; route->body != NULL && i < route->body->count; i++)
		required = required || route->body->members[i].required;
	/* The fields of a form stand where they are, and nothing refers to their shape. */
	if (route->body != NULL && ((takes & ~(unsigned)(TAKES_MULTIPART | TAKES_FILE)) != 0 || route->upload.json != NULL))
		note_shape(document, route->body, SCHEMA_BODY);
	text_addf(out, "\"requestBody\":{\"required\":%s,\"content\":{", required ? "true" : "false");
	for (const struct body_type *type = body_types; type->takes != 0; type++) {
		if ((takes & type->takes) == 0 || ((type->takes & (TAKES_MULTIPART | TAKES_FILE)) == 0 && route->body == NULL))
			continue;
		text_addf(out, "%s\"%s\":", between, type->name);
		between = ",";
		if (type->takes == TAKES_MULTIPART) {
			print_upload(out, route);
			continue;
		}
		if (type->takes == TAKES_FILE) {
			TEXT_ADD(out, "{\"schema\":{\"type\":\"string\",\"format\":\"binary\"}}");
			continue;
		}
		text_addf(out, "{\"schema\":{\"$ref\":\"#/components/schemas/%s\"},\"example\":", route->body->name);
		shape_example(route->body, SCHEMA_BODY, out);
		text_add_char(out, '}');
	}
	TEXT_ADD(out, "}},");
}

static const char *
status_meaning(int status)
{
	switch (status) {
	case 200:
		return "Success.";
	case 201:
		return "Created.";
	case 202:
		return "Accepted.";
	case 204:
		return "Success, without a body.";
	case 303:
		return "See the Location header.";
	default:
		return "Done.";
	}
}

static void
print_answer(struct document *document, const struct route *route)
{
	struct text *out = document->out;

	text_addf(out, "\"%d\":{\"description\":\"%s\"", route->answer.status, status_meaning(route->answer.status));
	if (route->answer.shape != NULL) {
		note_shape(document, route->answer.shape, SCHEMA_ANSWER);
		text_addf(out,
		    ",\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/%s\"},\"example\":",
		    route->answer.shape->name);
		shape_example(route->answer.shape, SCHEMA_ANSWER, out);
		text_add_char(out, '}');
		if (route->csv || route->other_type != NULL)
			text_addf(out, ",\"%s\":{\"schema\":{}}", route->csv ? "text/csv" : route->other_type);
		text_add_char(out, '}');
	} else if (route->answer_type != NULL) {
		text_addf(out, ",\"content\":{\"%s\":{\"schema\":{}}", route->answer_type);
		if (route->other_type != NULL)
			text_addf(out, ",\"%s\":{\"schema\":{}}", route->other_type);
		text_add_char(out, '}');
	}
	if (route->tagged)
		TEXT_ADD(out,
		    ",\"headers\":{\"ETag\":{\"schema\":{\"type\":\"string\"}}}},"
		    "\"304\":{\"description\":\"Not modified: If-None-Match names the current ETag.\"");
	text_add_char(out, '}');
}

static bool
answers_status(const struct route *route, enum problem_code code, int status)
{
	return problem_status(code) == status && route_may_answer(route, code);
}

/* One response object for each status, naming the codes that share it. */
static void
print_errors(struct text *out, const struct route *route)
{
	for (int status = 400; status < 600; status++) {
		const char *between = "";
		bool        any = false;

		for (unsigned code = 0; code < PROBLEM__COUNT && !any; code++)
			any = answers_status(route, (enum problem_code)code, status);
		if (!any)
			continue;
		text_addf(out, ",\"%d\":{\"description\":\"", status);
		for (unsigned code = 0; code < PROBLEM__COUNT; code++)
			if (answers_status(route, (enum problem_code)code, status)) {
				text_addf(out, "%s`%s`: %s", between, problem_name((enum problem_code)code),
				    problem_meaning((enum problem_code)code));
				between = " ";
			}
		if (route->show_problem != NULL)
			text_addf(out, "\",\"content\":{\"%s\":{\"schema\":{}}}}", route->answer_type);
		else
			TEXT_ADD(
			    out, "\",\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Error\"}}}}");
	}
}

static void
print_description(struct text *out, const struct route *route)
{
	struct text says = text_new(out->arena, 256);

	if (route->description != NULL)
		text_addf(&says, "%s\n\n", route->description);
	if (route->once)
		TEXT_ADD(&says, "With the same `form_key` beside the same fields nothing is done again.\n\n");
	if (route->permission == STAFF)
		TEXT_ADD(&says, "For staff.");
	else if (route->permission != PUBLIC && route->permission != SIGNED_IN) {
		const char *between = "";

		TEXT_ADD(&says, "Permission: ");
		for (unsigned bit = 0; bit < PERMISSION__COUNT; bit++)
			if (route->permission >> bit & 1) {
				text_addf(&says, "%s`%s`", between, permission_name((enum permission_bit)bit));
				between = " or ";
			}
		TEXT_ADD(&says, ".");
	}
	TEXT_ADD(out, "\"description\":");
	text_add_json(out, says.bytes);
	text_add_char(out, ',');
}

static void
print_operation(struct document *document, const struct route_table *table, const struct route *route)
{
	struct text *out = document->out;
	char         method[8];
	size_t       length = strlen(method_values[route->method]);

	for (size_t i = 0; i <= length; i++)
		method[i] = (char)(method_values[route->method][i] | (i < length ? 0x20 : 0));
	text_addf(out, "\"%s\":{\"operationId\":\"%s\",\"tags\":[\"%s\"],\"summary\":", method, route->id, table->tag);
	text_add_json(out, route->summary);
	text_add_char(out, ',');
	print_description(out, route);
	if (route->permission == PUBLIC)
		text_addf(out, "\"security\":[%s%s],", route->optional_user ? "{},{\"accessToken\":[]}" : "",
		    route->by_key ? ",{\"apiKey\":[]}" : "");
	else if (route->by_key)
		TEXT_ADD(out, "\"security\":[{\"accessToken\":[]},{\"apiKey\":[]}],");
	else if (route->guest)
		TEXT_ADD(out, "\"security\":[{},{\"accessToken\":[]}],");
	print_parameters(document, route);
	print_body(document, route);
	TEXT_ADD(out, "\"responses\":{");
	print_answer(document, route);
	print_errors(out, route);
	TEXT_ADD(out, ",\"default\":{\"$ref\":\"#/components/responses/Server\"}}}");
}

/* A path of the API is another one than the same path of a page. */
static bool
is_same_path(const struct route *one, const struct route *other)
{
	return one->outside == other->outside && strcmp(one->path, other->path) == 0;
}

/* All methods of one path stand together, where the path is first met: does it stand in an earlier row? */
static bool
was_met(const struct route_table *const *tables, size_t table, size_t row)
{
	const struct route *route = &tables[table]->routes[row];

	for (size_t t = 0; t <= table; t++)
		for (size_t r = 0; r < (t < table ? tables[t]->count : row); r++)
			if (is_same_path(&tables[t]->routes[r], route))
				return true;
	return false;
}

/* All rows of the path, of whichever tables. */
static void
print_path(struct document *document, const struct route_table *const *tables, const struct route *first)
{
	const char *separator = "";

	for (; *tables != NULL; tables++)
		for (size_t r = 0; r < (*tables)->count; r++)
			if (is_same_path(&(*tables)->routes[r], first)) {
				text_add_string(document->out, separator);
				print_operation(document, *tables, &(*tables)->routes[r]);
				separator = ",";
			}
}

static void
print_paths(struct document *document)
{
	const struct route_table *const *tables = routes_tables();
	const char                      *between = "";

	for (size_t t = 0; tables[t] != NULL; t++)
		for (size_t r = 0; r < tables[t]->count; r++) {
			const struct route *first = &tables[t]->routes[r];

			if (was_met(tables, t, r))
				continue;
			text_addf(document->out, "%s\"%s%s\":{", between, first->outside ? "" : "/api/v1",
			    first->outside || strcmp(first->path, "/") != 0 ? first->path : "");
			print_path(document, tables, first);
			text_add_char(document->out, '}');
			between = ",";
		}
}

/* What every operation may answer before a worker sees it, or instead of one. */
static void
print_server_response(struct text *out)
{
	const char *between = "";

	TEXT_ADD(out, "\"Server\":{\"description\":\"What the web server answers by itself, in the form of all errors. ");
	for (const struct nginx_error *error = nginx_errors; error->status != 0; error++) {
		text_addf(out, "%s%d `%s`: %s.", between, error->status, error->code, error->message);
		between = " ";
	}
	TEXT_ADD(out, "\",\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Error\"}}}}");
}

static void
print_error_schema(struct text *out)
{
	TEXT_ADD(out,
	    "\"Error\":{\"type\":\"object\",\"additionalProperties\":false,\"description\":\"Every error has this form.\","
	    "\"required\":[\"error\",\"status_code\",\"code\",\"message\",\"details\",\"request_id\"],\"properties\":{"
	    "\"error\":{\"type\":\"boolean\",\"const\":true},\"status_code\":{\"type\":\"integer\"},"
	    "\"code\":{\"type\":\"string\",\"enum\":[");
	for (unsigned code = 0; code < PROBLEM__COUNT; code++)
		text_addf(out, "%s\"%s\"", code > 0 ? "," : "", problem_name((enum problem_code)code));
	for (const struct nginx_error *error = nginx_errors; error->status != 0; error++)
		if (nginx_error_is_own(error))
			text_addf(out, ",\"%s\"", error->code);
	TEXT_ADD(out,
	    "]},\"message\":{\"type\":\"string\"},\"details\":{\"type\":\"object\",\"additionalProperties\":"
	    "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}},\"request_id\":{\"type\":\"string\"}}}");
}

void
openapi_print(const char *server_url, struct text *out)
{
	struct document                  document = { .out = out };
	const struct route_table *const *tables = routes_tables();

	TEXT_ADD(out,
	    "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"haat\",\"version\":\"" PACKAGE_VERSION "\","
	    "\"summary\":\"A self-hosted marketplace and payments backend.\",\"license\":{\"name\":\"See the project's licence\","
	    "\"identifier\":\"LicenseRef-haat\"}},\"servers\":[{\"url\":");
	text_add_json(out, server_url);
	TEXT_ADD(out, "}],\"security\":[{\"accessToken\":[]}],\"tags\":[");
	for (size_t t = 0; tables[t] != NULL; t++) {
		text_addf(out, "%s{\"name\":\"%s\",\"description\":", t > 0 ? "," : "", tables[t]->tag);
		text_add_json(out, tables[t]->description);
		text_add_char(out, '}');
	}
	TEXT_ADD(out, "],\"paths\":{");
	print_paths(&document);
	TEXT_ADD(out,
	    "},\"components\":{\"securitySchemes\":{\"accessToken\":{\"type\":\"http\",\"scheme\":\"bearer\","
	    "\"bearerFormat\":\"JWT\"},\"apiKey\":{\"type\":\"http\",\"scheme\":\"bearer\",\"bearerFormat\":\"hk_live_...\","
	    "\"description\":\"A key of a shop's own servers, with the permission among its scopes.\"}},\"parameters\":{\"IdempotencyKey\":{\"name\":\"Idempotency-Key\",\"in\":\"header\","
	    "\"description\":\"A request that is repeated with the same key is executed once; the stored response is returned.\","
	    "\"schema\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":255}},"
	    "\"CartToken\":{\"name\":\"X-Cart-Token\",\"in\":\"header\",\"description\":\"The token of a guest's cart, of POST /carts; "
	    "for nobody who is signed in.\",\"schema\":{\"type\":\"string\"}},"
	    "\"IfNoneMatch\":{\"name\":\"If-None-Match\",\"in\":\"header\",\"description\":\"ETags of what the client has.\","
	    "\"schema\":{\"type\":\"string\"}},"
	    "\"IfMatch\":{\"name\":\"If-Match\",\"in\":\"header\",\"description\":\"ETags of what may be changed.\","
	    "\"schema\":{\"type\":\"string\"}}},\"responses\":{");
	print_server_response(out);
	TEXT_ADD(out, "},\"schemas\":{");
	print_error_schema(out);
	for (size_t i = 0; i < document.n_shapes; i++) {
		text_addf(out, ",\"%s\":", document.shapes[i]->name);
		shape_schema(document.shapes[i], document.uses[i], out);
	}
	TEXT_ADD(out, "}}}");
}
