#include "tests/api/check.h"

#include "base/arena.h"
#include "base/locale.h"
#include "base/shape.h"
#include "http/nginx.h"
#include "http/route.h"
#include "http/request.h"

#include <fcntl.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const problem_codes[] = {
#define X(name, status, code, meaning) code,
	PROBLEMS(X)
#undef X
	    NULL
};

/* What nginx answers by itself, before or instead of a worker. */
static bool
is_of_nginx(const char *code)
{
	for (const struct nginx_error *error = nginx_errors; error->status != 0; error++)
		if (strcmp(error->code, code) == 0)
			return true;
	return false;
}

/* A failure that belongs to no line of the test: it says which call, and what came. */
static void
refuse(const struct answer *answer, const char *why)
{
	char says[1200];

	snprintf(says, sizeof says, "%s: %s: %d %.600s", answer->asked, why, answer->status, answer->body);
	CU_assertImplementation(CU_FALSE, 0, says, "(every answer)", "", CU_FALSE);
}

static void
refuse_faults(const struct answer *answer, const char *shape, const struct faults *faults)
{
	char   why[500];
	size_t at = (size_t)snprintf(why, sizeof why, "is no '%s'", shape);

	for (size_t i = 0; i < faults->count && at < sizeof why; i++)
		at += (size_t)snprintf(why + at, sizeof why - at, "; %s %s", faults->list[i].where, faults->list[i].what);
	refuse(answer, why);
}

const char *
routes_hit_path(void)
{
	const char *directory = getenv("HAAT_TEST_DIR");

	return form("%s/routes-hit", directory == NULL ? shop_directory() : directory);
}

/*
 * The records of the audit that a call left, where they are to be counted: a call may change nothing and then leaves none, so
 * until one of the route's calls has left some.
 */
static long
audited(const struct route *route, const struct answer *answer)
{
	static long counted[ROUTES_MAX];
	long       *records = &counted[route_index(route)];

	if (route->method != GET && route->unaudited == NULL && *records == 0)
		*records =
		    sql_number("SELECT COUNT(*) FROM audit_records WHERE request_id = '%s'", header_of(answer, "X-Request-Id"));
	return *records;
}

/*
 * The route's id, the fewest round trips it took, and the records of the audit.  One short write to the end of the file, so that programs at the same
 * time do not mix their lines.
 */
static void
note_hit(const struct route *route, const struct answer *answer)
{
	static long fewest[ROUTES_MAX]; /* and one; 0 before the route was hit */
	static long noted[ROUTES_MAX];
	long        records = audited(route, answer), *least = &fewest[route_index(route)];
	const char *line = form("%s %ld %ld\n", route->id, answer->round_trips, records);
	int         file;

	if (*least != 0 && *least <= answer->round_trips + 1 && noted[route_index(route)] == records)
		return;
	*least = *least == 0 || answer->round_trips + 1 < *least ? answer->round_trips + 1 : *least;
	noted[route_index(route)] = records;
	file = open(routes_hit_path(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (file < 0 || write(file, line, strlen(line)) < 0)
		perror("routes-hit");
	if (file >= 0)
		close(file);
}

static bool
is_type(struct json_object *json, const char *name, enum json_type type)
{
	struct json_object *member;

	return json_object_object_get_ex(json, name, &member) && json_object_is_type(member, type);
}

/* details: member -> list of texts. */
static bool
details_are_right(struct json_object *details)
{
	json_object_object_foreach(details, name, list)
	{
		(void)name;
		if (!json_object_is_type(list, json_type_array) || json_object_array_length(list) == 0)
			return false;
		for (size_t i = 0; i < json_object_array_length(list); i++)
			if (!json_object_is_type(json_object_array_get_idx(list, i), json_type_string))
				return false;
	}
	return true;
}

static bool
has_error_shape(const struct answer *answer)
{
	struct json_object *json = answer->json;

	return json_object_is_type(json, json_type_object) && json_object_object_length(json) == 6 && bool_at(answer, "error") &&
	    is_type(json, "status_code", json_type_int) && number_at(answer, "status_code") == answer->status &&
	    is_type(json, "code", json_type_string) && is_type(json, "message", json_type_string) &&
	    is_type(json, "request_id", json_type_string) && is_type(json, "details", json_type_object) &&
	    details_are_right(value_at(answer, "details"));
}

/* A page for people: of its type, with the status of a problem that it lists. */
static void
check_error_page(const struct answer *answer, const struct route *route)
{
	const char *type = header_of(answer, "Content-Type");
	bool        listed = answer->status == 410; /* the page of something that is over is no error */

	for (unsigned code = 0; code < PROBLEM__COUNT; code++)
		listed = listed ||
		    (problem_status((enum problem_code)code) == answer->status &&
			route_may_answer(route, (enum problem_code)code));
	if (type == NULL || strncmp(type, route->answer_type, strlen(route->answer_type)) != 0)
		refuse(answer, "is not shown as a page");
	if (!listed)
		refuse(answer, "the route lists no code of the status");
}

static bool
has_type(const struct answer *answer, const char *type)
{
	return strncmp(header_of(answer, "Content-Type"), type, strcspn(type, "*")) == 0;
}

static bool
asks_for_page(const struct call *call)
{
	for (size_t i = 0; call->headers != NULL && call->headers[i] != NULL; i++)
		if (strncmp(call->headers[i], "Accept: text/html", strlen("Accept: text/html")) == 0)
			return true;
	return false;
}

static void
check_error(const struct call *call, const struct answer *answer, const struct route *route)
{
	const char *code;
	int         number;

	if (strcmp(call->method, "HEAD") == 0)
		return;
	if (route != NULL && route->show_problem != NULL && has_type(answer, "text/html")) {
		check_error_page(answer, route);
		return;
	}
	/* A path that there is none of is told to people on a page. */
	if (route == NULL && answer->status == 404 && asks_for_page(call) && has_type(answer, "text/html"))
		return;
	if (!has_error_shape(answer)) {
		refuse(answer, "is not the error shape");
		return;
	}
	code = text_at(answer, "code");
	number = value_index(problem_codes, code);
	if (number < 0 ? !is_of_nginx(code) : problem_status((enum problem_code)number) != answer->status)
		refuse(answer, "the code is not one of the API, or has another status");
	else if (route != NULL && !is_of_nginx(code) && !route_may_answer(route, (enum problem_code)number))
		refuse(answer, "the route does not list the code");
	/* nginx's own answers end in a line break. */
	else if (route != NULL && number >= 0 && !route_may_answer(route, (enum problem_code)number) &&
	    answer->body[answer->length - 1] != '\n')
		refuse(answer, "the route does not list the code");
}

static void
check_success(const struct call *call, const struct answer *answer, const struct route *route)
{
	struct faults faults = { .count = 0 };

	if (answer->status == 304 || answer->status == 303 || answer->status == 308 || answer->status == 204 ||
	    (answer->status == 202 && answer->length == 0)) {
		if (answer->length != 0)
			refuse(answer, "has a body");
	} else if (route->answer.shape != NULL && strcmp(call->method, "HEAD") != 0 &&
	    !(route->csv && has_type(answer, "text/csv")) &&
	    (route->other_type == NULL || !has_type(answer, route->other_type))) {
		if (answer->json == NULL)
			refuse(answer, "is not JSON");
		else if (!shape_check(route->answer.shape, answer->json, api_arena(), &faults))
			refuse_faults(answer, route->answer.shape->name, &faults);
	} else if (route->answer_type != NULL && !has_type(answer, route->answer_type) &&
	    (route->other_type == NULL || !has_type(answer, route->other_type))) {
		refuse(answer, "has another Content-Type than the route says");
	}
	if (!route->tagged && (answer->status == 304 || (route->method == GET && header_of(answer, "ETag") != NULL)))
		refuse(answer, "the route does not say that it is tagged");
	if (answer->status != 304 && header_of(answer, "Idempotent-Replayed") == NULL)
		note_hit(route, answer);
}

/* The path of a page, without its language. */
static const char *
page_path(const char *path)
{
	path += path[0] == '/' && path[1] == '/';
	for (size_t i = 1; locale_code(i) != NULL; i++) {
		const char  *code = locale_code(i);
		const size_t length = strlen(code);

		if (strncmp(path + 1, code, length) == 0 && strncmp(path + 1 + length, "/api/", 5) != 0 &&
		    (path[1 + length] == '/' || path[1 + length] == '\0'))
			return path[1 + length] == '\0' ? "/" : path + 1 + length;
	}
	return path;
}

void
check_answer(const struct call *call, const struct answer *answer)
{
	struct path_parameter parameters[PARAMETERS_OF_PATH_MAX];
	const char           *path = form("%.*s", (int)strcspn(call->path, "?"), call->path);
	int                   method = value_index(method_values, strcmp(call->method, "HEAD") == 0 ? "GET" : call->method);
	const struct route   *route = NULL;
	unsigned              allowed;

	if (method >= 0 && path[1] != '/')
		route = route_find((enum method)method, form("/api/v1%s", path), parameters, &allowed);
	if (route == NULL && method >= 0)
		route = route_find((enum method)method, page_path(path), parameters, &allowed);
	if (answer->status == 0)
		refuse(answer, "there was no answer");
	else if (answer->status >= 400)
		check_error(call, answer, route);
	else if (route == NULL && strcmp(call->method, "OPTIONS") != 0 && strncmp(path, "/media/", 7) != 0) /* files */
		refuse(answer, "success, and no such route");
	else if (route != NULL)
		check_success(call, answer, route);
	if (answer->status != 0 && header_of(answer, "X-Request-Id") == NULL)
		refuse(answer, "has no X-Request-Id");
}

void
expect_status(const struct answer *answer, int status, const char *file, unsigned line)
{
	char says[1200];

	snprintf(says, sizeof says, "%s answered %d, expected %d: %.800s", answer->asked, answer->status, status, answer->body);
	CU_assertImplementation(answer->status == status ? CU_TRUE : CU_FALSE, line, says, file, "", CU_TRUE);
}

void
expect_problem(const struct answer *answer, int status, const char *code, const char *file, unsigned line)
{
	const char *got = text_at(answer, "code");
	bool        same = answer->status == status && got != NULL && strcmp(got, code) == 0;
	char        says[1200];

	snprintf(says, sizeof says, "%s answered %d %s, expected %d %s: %.600s", answer->asked, answer->status,
	    got == NULL ? "" : got, status, code, answer->body);
	CU_assertImplementation(same ? CU_TRUE : CU_FALSE, line, says, file, "", CU_TRUE);
}

void
expect_fault(const struct answer *answer, const char *member, const char *file, unsigned line)
{
	struct json_object *details = value_at(answer, "details");
	char                says[1200];
	bool                named = answer->status == 400 && details != NULL && json_object_object_get_ex(details, member, NULL);

	snprintf(says, sizeof says, "%s answered %d, expected a fault of '%s': %.600s", answer->asked, answer->status, member,
	    answer->body);
	CU_assertImplementation(named ? CU_TRUE : CU_FALSE, line, says, file, "", CU_FALSE);
}

long
api_round_trips(const char *path, const char *token)
{
	enum { CALLS = 24 };
	long least = -1;

	for (int i = 0; i < CALLS; i++) {
		struct answer answer = api_get(path, token);

		EXPECT(answer, 200);
		if (least < 0 || answer.round_trips < least)
			least = answer.round_trips;
	}
	return least;
}
