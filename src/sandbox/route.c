#include "base/arena.h"
#include "base/log.h"
#include "sandbox/sandbox.h"

static const struct route core_routes[] = {
	{ "GET", "/sandbox/switches", ROUTE_OPEN, switches_show },
	{ "POST", "/sandbox/switches", ROUTE_OPEN, switches_change },
	{ "GET", "/sandbox/switches/{}", ROUTE_OPEN, switches_show },
	{ "POST", "/sandbox/switches/{}", ROUTE_OPEN, switches_change },
	{ "POST", "/sandbox/reset", ROUTE_OPEN, sandbox_reset },
	{ "POST", "/sandbox/flush", ROUTE_WAITS, delivery_flush },
	{ "POST", "/sandbox/deliver/{}", ROUTE_WAITS, delivery_again },
	{ "GET", "/sandbox/events/{}", ROUTE_WAITS, delivery_show },
};

/* Does the path fit the pattern?  What stands for each {} is captured. */
static bool
fits(struct call *call, const char *pattern)
{
	const char *path = call->path;
	size_t      captured = 0;

	while (*pattern != '\0') {
		if (strncmp(pattern, "{}", 2) == 0) {
			size_t length = strcspn(path, "/");

			if (length == 0 || captured == 2)
				return false;
			call->captured[captured++] = arena_copy(call->arena, path, length);
			path += length;
			pattern += 2;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *path == '\0';
}

/* What lies between us and the provider: the answer does not arrive as it was given. */
static void
spoil_answer(struct call *call)
{
	struct switches *state = switches_of(call);

	if (switch_take(&state->malformed_json)) {
		free(call->answer);
		call->answer = strdup("{\"id\": \"half of an ans");
		if (call->answer == NULL)
			abort();
	}
	call->huge = switch_take(&state->huge_answer);
	call->cut = switch_take(&state->cut_answer);
}

/* Until the switch is undone; the lock is not held meanwhile. */
static void
hold(struct call *call, size_t flag)
{
	struct sandbox *sandbox = call->sandbox;

	sandbox->held_calls++;
	while (!sandbox->stopping && *(const int64_t *)((const char *)switches_of(call) + flag) != 0)
		pthread_cond_wait(&sandbox->changed, &sandbox->lock);
	sandbox->held_calls--;
}

static void
serve_api(struct call *call, const struct route *route)
{
	struct sandbox *sandbox = call->sandbox;
	bool            post = strcmp(call->method, "GET") != 0;
	int64_t         hang_ms;

	if (!call->stand_in->is_admitted(call))
		return;
	pthread_mutex_lock(&sandbox->lock);
	hold(call, offsetof(struct switches, hold_calls));
	if (post && call->stand_in->begin != NULL && !call->stand_in->begin(call)) {
		pthread_mutex_unlock(&sandbox->lock);
		return;
	}
	hang_ms = switches_of(call)->hang_ms;
	pthread_mutex_unlock(&sandbox->lock);
	sandbox_stall(sandbox, hang_ms);
	pthread_mutex_lock(&sandbox->lock);
	if (switches_of(call)->refuse_key)
		call->stand_in->answer_fault(call, 401, NULL, "The key is wrong.");
	else if (switches_of(call)->missing_endpoint)
		call->stand_in->answer_fault(call, 404, NULL, "There is nothing here.");
	else if (switch_take(&switches_of(call)->too_many_requests))
		call->stand_in->answer_fault(call, 429, NULL, "Too many requests.");
	else if (post && switch_take(&switches_of(call)->fail_before))
		call->stand_in->answer_failure(call);
	else
		route->serve(call);
	if (call->executed && switch_take(&switches_of(call)->fail_after_charge))
		call->stand_in->answer_failure(call);
	if (post && call->stand_in->end != NULL)
		call->stand_in->end(call);
	if (call->executed)
		hold(call, offsetof(struct switches, hold_answers));
	spoil_answer(call);
	pthread_mutex_unlock(&sandbox->lock);
}

static void
serve_route(struct call *call, const struct route *route)
{
	bool has_body = strcmp(call->method, "GET") != 0 && route->serve != switches_change;
	bool readable = has_body ? call_read_body(call) : call_read_query(call);

	if (!readable) {
		call->stand_in->answer_fault(call, 400, NULL, "The parameters are malformed.");
		return;
	}
	if (route->kind == ROUTE_API) {
		serve_api(call, route);
	} else if (route->kind == ROUTE_WAITS) {
		route->serve(call);
	} else {
		pthread_mutex_lock(&call->sandbox->lock);
		route->serve(call);
		pthread_mutex_unlock(&call->sandbox->lock);
	}
	delivery_before_answer(call);
}

static const struct route *
find_among(struct call *call, const struct route *routes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(routes[i].method, call->method) == 0 && fits(call, routes[i].path))
			return &routes[i];
	return NULL;
}

/* The route, and whose it is; what belongs to none is answered in the form of the first. */
static const struct route *
find_route(struct call *call)
{
	const struct route *route = find_among(call, core_routes, sizeof core_routes / sizeof *core_routes);

	call->stand_in = stand_ins[0];
	for (size_t i = 0; route == NULL && stand_ins[i] != NULL; i++)
		if ((route = find_among(call, stand_ins[i]->routes, stand_ins[i]->route_count)) != NULL)
			call->stand_in = stand_ins[i];
	return route;
}

void
call_serve(struct call *call)
{
	const struct route *route = find_route(call);

	if (call->too_large)
		call->stand_in->answer_fault(call, 413, NULL, "The body is too large.");
	else if (route == NULL)
		call->stand_in->answer_fault(call, 404, NULL,
		    arena_format(call->arena, "Unrecognized request URL (%s: %.500s).", call->method, call->path));
	else
		serve_route(call, route);
	log_info("call", LOG_TEXT("method", call->method), LOG_TEXT("path", call->path), LOG_NUMBER("status", call->status),
	    LOG_ID("request_id", call->request_id));
}
