/*
 * The way of a request: match, blocked networks, authenticate, limits, permission, body, idempotency, handler, answer, log line.
 * Read `serve` from top to bottom.
 */
#include "http/face.h"
#include "http/request.h"

#include "base/config.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "base/locale.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/network.h"
#include "base/recent.h"
#include "base/span.h"
#include "base/telemetry.h"
#include "http/authenticate.h"
#include "http/body.h"
#include "http/cors.h"
#include "http/idempotency.h"
#include "http/limit.h"
#include "http/respond.h"
#include "http/server.h"
#include "http/table.h"
#include "http/trace.h"
#include "http/upload.h"
#include "store/db.h"
#include "store/trust.h"

#include <assert.h>
#include <setjmp.h>
#include <strings.h>

enum { REQUEST_ID_MAX = 64, STATUS_MAX = 599 };

static const char *
parameter(FCGX_Request *fcgi, const char *name)
{
	const char *value = FCGX_GetParam(name, fcgi->envp);

	return value == NULL ? "" : value;
}

static bool
is_plain_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
}

/* Letters, digits, '-', '_', '.': what cannot break a log line or a header. */
static bool
is_plain(const char *text, size_t max)
{
	size_t length = 0;

	while (is_plain_character(text[length]))
		length++;
	return length > 0 && length <= max && text[length] == '\0';
}

/* What nginx has checked and named, or an id of our own.  Copies: the log line is written when the library's are gone. */
static void
identify(struct request *request, int64_t started_us)
{
	struct work *work = request->work;
	const char  *id = parameter(request->fcgi, "REQUEST_ID");
	struct trace trace =
	    trace_continue(work->arena, parameter(request->fcgi, "HTTP_TRACEPARENT"), telemetry_sample_percent());

	work->request_id = is_plain(id, REQUEST_ID_MAX) ? arena_string(work->arena, id) : uuid_text(work->arena, uuid_new());
	work->traceparent = trace.traceparent;
	request->trace_id = trace.id;
	request->span_id = trace.span;
	if (trace.is_recorded)
		span_open(trace.id, trace.span, trace.parent, started_us);
	work->address = arena_string(work->arena, parameter(request->fcgi, "REMOTE_ADDR"));
	work->calls_until_ms = monotonic_ms() + work->config->payments.request_ms;
}

/* From here on each line of the log says which request it belongs to, as far as that is known. */
static void
name_in_log(const struct request *request)
{
	const struct work *work = request->work;
	bool               nobody = uuid_is_nil(work->viewer.user.uuid);

	log_context(&(struct log_context) { .request_id = work->request_id,
	    .trace_id = request->trace_id,
	    .span_id = request->span_id,
	    .route = request->route == NULL ? "none" : request->route->id,
	    .user_id = nobody ? "" : uuid_text(work->arena, work->viewer.user.uuid),
	    .key_id = work->viewer.key == NULL ? "" : uuid_text(work->arena, work->viewer.key->uuid) });
}

/* "/bn/cart" is the cart in Bengali: the path without the language of pages that it begins with. */
static char *
skip_language(struct request *request, char *path)
{
	static char              top[] = "/";
	const char *const *const languages = request->work->config->pages.languages;

	for (size_t i = 1; path[0] == '/' && languages != NULL && languages[0] != NULL && languages[i] != NULL; i++) {
		const size_t length = strlen(languages[i]);

		if (strncmp(path + 1, languages[i], length) != 0 || (path[1 + length] != '/' && path[1 + length] != '\0'))
			continue;
		request->locale = locale_find(languages[i], length);
		return path[1 + length] == '\0' ? arena_copy(request->work->arena, top, 1) : path + 1 + length;
	}
	return path;
}

static const struct problem *
find_route(struct request *request)
{
	const char *method = parameter(request->fcgi, "REQUEST_METHOD"), *uri = parameter(request->fcgi, "REQUEST_URI");
	size_t      length = strcspn(uri, "?");
	char       *path = arena_copy(request->work->arena, uri, length);
	int         index = value_index(method_values, strcmp(method, "HEAD") == 0 ? "GET" : method);
	unsigned    allowed;
	struct text allow;

	request->query = uri[length] == '?' ? uri + length + 1 : "";
	path = skip_language(request, path);
	request->path = path;
	length = strlen(path);
	request->method = index < 0 ? GET : (enum method)index;
	/* A method that no path knows is asked for all the same: for those that this path does know. */
	request->route = route_find(index < 0 ? METHOD__COUNT : request->method, request->path, request->parameters, &allowed);
	/* With and without a slash at the end it is the same request, for an Idempotency-Key and the links of a page too. */
	if (length > 1 && path[length - 1] == '/')
		path[length - 1] = '\0';
	if (request->route != NULL && (request->locale == NULL || request->route->show_problem != NULL))
		return OK;
	request->route = NULL;
	if (allowed == 0)
		return problem(NOT_FOUND, "path not found");
	allow = text_new(request->work->arena, 64);
	for (unsigned i = 0; i < METHOD__COUNT; i++)
		if (allowed >> i & 1)
			text_addf(&allow, "%s%s", allow.length > 0 ? ", " : "", method_values[i]);
	respond_header(request, "Allow", allow.bytes);
	return problem(METHOD_NOT_ALLOWED, "method not allowed for this path; see the Allow header");
}

/* nginx brings a body of files to the workers that may take long over it, whatever the route's pool is. */
static bool
brings_files(const struct request *request)
{
	const char *type = request_header(request, "CONTENT_TYPE");

	return type != NULL && strncasecmp(type, "multipart/form-data", strlen("multipart/form-data")) == 0;
}

/* nginx chose another pool than the row does: its routes.conf is of another version, or somebody edited it. */
static const struct problem *
check_pool(const struct request *request, enum pool pool)
{
	if (request->route->pool == pool)
		return OK;
	if (pool == POOL_BULK && request->route->pool == POOL_API && (request->route->csv || brings_files(request)))
		return OK;
	log_error("request routed to the wrong pool: check that nginx's routes.conf is from this version",
	    LOG_ID("pool", pool_values[pool]), LOG_ID("wanted", pool_values[request->route->pool]));
	return problem(INTERNAL, "the request was routed to the wrong worker pool");
}

/* Whoever is blocked learns nothing but that.  Who watches the machine is never blocked, and others are refused there anyway. */
static const struct problem *
check_blocked(struct request *request, const struct dispatcher *dispatcher)
{
	if ((request->route != NULL && request->route->local) ||
	    !blocklist_holds(&dispatcher->blocklist, request->work->address, instant_now()))
		return OK;
	metric_add(METRIC_BLOCKED, 0, 0, 1);
	respond_header(request, "X-Refusal", "blocked"); /* nginx's own questions bring it a status and headers, and no body */
	return problem(BLOCKED, "requests from this network are blocked");
}

/* What watches the machine, and whom nginx names to us, is told more than the public. */
static const struct problem *
check_watcher(const struct request *request)
{
	const char *const *watchers = request->work->config->http.watchers;
	struct network     network;

	if (!request->route->local)
		return OK;
	for (; *watchers != NULL; watchers++)
		if (network_parse(*watchers, &network) && network_contains(&network, request->work->address))
			return OK;
	return problem(FORBIDDEN, "only addresses in http.watchers may request this");
}

static const struct problem *
check_permission(const struct request *request)
{
	const struct viewer *viewer = &request->work->viewer;
	uint64_t             needed = request->route->permission;

	if (needed == PUBLIC)
		return OK;
	if (uuid_is_nil(viewer->user.uuid))
		return cart_token(request) != NULL ? OK : problem(UNAUTHENTICATED, "a valid access token is required");
	if (needed != SIGNED_IN && (viewer->permissions & needed) == 0) {
		if (viewer->factor_owed)
			return problem(TOTP_SETUP_REQUIRED, "staff need a second factor here; set one up first");
		return viewer->key != NULL ? problem(FORBIDDEN, "the API key lacks the scope")
					   : problem(FORBIDDEN, "the account lacks the permission");
	}
	if (request->route->confirmed && viewer->key == NULL && !viewer->confirmed)
		return problem(
		    CONFIRMATION_REQUIRED, "the sign-in was too long ago for this; confirm the password and try again");
	return OK;
}

static const struct shape nothing = { .name = "Nothing" };

/* Of a page's query what the page knows: others who link to it add words of their own, to see who has come from them. */
static const char *
known_to(const struct shape *shape, const char *query, struct arena *arena)
{
	struct text known = text_new(arena, strlen(query) + 1);

	for (const char *pair = query; *pair != '\0';) {
		const size_t length = strcspn(pair, "&");

		if (shape_member(shape, pair, strcspn(pair, "=&")) != NULL)
			text_addf(&known, "%s%.*s", known.length > 0 ? "&" : "", (int)length, pair);
		pair += length + (pair[length] == '&');
	}
	return known.bytes;
}

/* Of what is no text nothing is called, whatever the route: no handler has to ask. */
static const struct problem *
check_path(struct request *request)
{
	struct arena *arena = request->work->arena;

	for (size_t i = 0; i < PARAMETERS_OF_PATH_MAX && request->parameters[i].name != NULL; i++) {
		const struct path_parameter *parameter = &request->parameters[i];

		if (percent_decode(arena, parameter->text, parameter->length, false) == NULL)
			return problem(NOT_FOUND, "the path is no valid UTF-8");
	}
	return OK;
}

static const struct problem *
parse_query(struct request *request)
{
	const struct shape *shape = request->route->query != NULL ? request->route->query : &nothing;
	struct faults       faults;
	void               *into;

	if (request->route->any_query)
		return OK;
	if (request->route->show_problem != NULL)
		request->query = known_to(shape, without_empty(request->work->arena, request->query), request->work->arena);
	into = arena_alloc(request->work->arena, shape->size);
	if (!shape_parse_query(shape, request->query, request->work->arena, into, &faults))
		return problem_faults(
		    request->work->arena, PROBLEM_VALIDATION_FAILED, "some query parameters are invalid; see details", &faults);
	request->query_values = into;
	return OK;
}

static const struct problem *
run_handler(struct work *work, void *argument)
{
	struct request *request = argument;

	(void)work;
	respond_forget(request);
	TRY(upload_rewind(request));
	TRY(request->route->handler(request));
	assert(request->answered);
	return idempotency_keep(request);
}

/* The handler, inside the transaction where its row says so. */
static const struct problem *
run(struct request *request)
{
	const struct problem *problem;
	bool                  replayed = false;

	request->headers_before = request->headers.length;
	if (table_is_asked(request))
		return table_send(request, parse_query);
	if (request->route->writes == WRITES_DATABASE) {
		problem = db_transaction(request->work, run_handler(request->work, request));
		return problem == OK ? OK : idempotency_replay(request, problem);
	}
	if (request->route->writes == WRITES_PROVIDER)
		TRY(idempotency_lease(request, &replayed));
	if (replayed)
		return OK;
	TRY(upload_rewind(request));
	problem = request->route->handler(request);
	assert(problem != OK || request->answered);
	if (request->route->writes == WRITES_PROVIDER)
		return idempotency_settle(request, problem);
	return problem;
}

static const struct problem *
serve(struct request *request, const struct dispatcher *dispatcher)
{
	const struct problem *found, *body, *known;

	identify(request, dispatcher->started_us);
	found = find_route(request);
	name_in_log(request);
	cors_headers(request);
	TRY(check_blocked(request, dispatcher));
	body = body_read(request);
	if (cors_is_preflight(request))
		return respond_nothing(request);
	TRY(found);
	TRY(check_pool(request, dispatcher->pool));
	TRY(check_watcher(request));
	TRY(body);
	known = authenticate(request, dispatcher->keys);
	name_in_log(request);
	/* A token that has expired is refused before it is counted: its client learns to refresh it, and uses up nobody's limit. */
	TRY(known);
	TRY(limit_call(request));
	TRY(check_permission(request));
	TRY(check_path(request));
	TRY(parse_query(request));
	TRY(body_parse(request));
	TRY(limit_body(request));
	return run(request);
}

static jmp_buf abandoned;

static void
abandon(void *argument)
{
	(void)argument;
	longjmp(abandoned, 1);
}

/* The arena is full: reset it and answer from a clean one. */
static void
answer_overload(struct dispatcher *dispatcher, FCGX_Request *fcgi)
{
	static const struct problem overload = { .code = PROBLEM_OVERLOADED, .message = "the request exceeded its memory limit" };
	struct work                *work = dispatcher->work;
	struct request             *request = dispatcher->request;

	if (request != NULL && request->streaming) {
		work_abandon(work);
		abort_response(request, &overload);
		return;
	}
	work_abandon(work);
	log_context(NULL);
	arena_reset(work->arena);
	request = dispatcher->request = ARENA_NEW(work->arena, struct request);
	*request = (struct request) { .work = work,
		.fcgi = fcgi,
		.path = "",
		.query = "",
		.trace_id = "",
		.span_id = "",
		.started_trips = dispatcher->started_trips };
	request->headers = text_new(work->arena, 256);
	identify(request, dispatcher->started_us);
	name_in_log(request);
	log_error("request exceeded its memory limit");
	respond_problem(request, &overload);
	send_answer(request);
}

/* Where a taken key is no answer of the route nobody has thought of it: which one it was is told to whoever looks after the shop. */
static void
note_unexpected(const struct request *request, const struct problem *problem)
{
	if (request->route != NULL && problem_is(problem, PROBLEM_DUPLICATE_KEY) &&
	    !route_may_answer(request->route, PROBLEM_DUPLICATE_KEY))
		log_error("a unique key was taken unexpectedly", LOG_TEXT("key", db_clash(request->work->db)));
}

void
dispatch(FCGX_Request *fcgi, void *argument)
{
	struct dispatcher    *dispatcher = argument;
	struct work          *work = dispatcher->work;
	struct request       *request;
	const struct problem *problem;

	dispatcher->started_us = monotonic_us();
	recent_request_begins();
	dispatcher->started_trips = db_round_trips(work->db);
	dispatcher->started_busy_us = db_busy_us(work->db);
	work->viewer = (struct viewer) { .permissions = 0 };
	work->leased_key = NULL;
	arena_on_exhausted(work->arena, abandon, NULL);
	if (setjmp(abandoned) != 0) {
		answer_overload(dispatcher, fcgi);
		return;
	}
	request = dispatcher->request = ARENA_NEW(work->arena, struct request);
	*request = (struct request) { .work = work,
		.fcgi = fcgi,
		.keys = dispatcher->keys,
		.path = "",
		.query = "",
		.trace_id = "",
		.span_id = "",
		.out = { .bytes = "" },
		.started_trips = dispatcher->started_trips };
	request->headers = text_new(work->arena, 256);
	problem = serve(request, dispatcher);
	note_unexpected(request, problem);
	if (problem != OK && request->streaming)
		abort_response(request, problem);
	else if (problem != OK)
		respond_problem(request, problem);
	send_answer(request);
}

/* The place of a status among the values of its label, looked up by its text once. */
static size_t
status_index(int status)
{
	static size_t found[STATUS_MAX + 1]; /* the place and one; 0 before it was looked up */
	char          text[12];

	assert(status >= 0 && status <= STATUS_MAX);
	if (found[status] == 0) {
		snprintf(text, sizeof text, "%d", status);
		found[status] = metric_label_index(LABEL_STATUS, text) + 1;
	}
	return found[status] - 1;
}

/* Who watches the machine asks every few seconds: that is no request of anybody's. */
static void
end_span(const struct dispatcher *dispatcher)
{
	const struct request *request = dispatcher->request;
	const struct route   *route = request->route;
	const struct db      *db = dispatcher->work->db;

	span_close(route != NULL && route->local ? NULL
						 : &(struct span_request) { .method = method_values[request->method],
						       .base = route != NULL && route->outside ? "" : "/api/v1",
						       .route = route == NULL ? NULL : route->path,
						       .request_id = request->work->request_id,
						       .status = request->status,
						       .round_trips = (int64_t)(db_round_trips(db) - dispatcher->started_trips),
						       .database_us = db_busy_us(db) - dispatcher->started_busy_us });
}

void
dispatch_finished(void *argument)
{
	struct dispatcher *dispatcher = argument;
	struct request    *request = dispatcher->request;
	struct work       *work = dispatcher->work;
	int64_t            duration_us = monotonic_us() - dispatcher->started_us;

	metric_observe_us(METRIC_REQUEST_SECONDS, request->route == NULL ? routes_count() : route_index(request->route),
	    status_index(request->status), duration_us);
	recent_request_ends(request->status >= 500, duration_us);
	log_info("request", LOG_NUMBER("status", request->status), LOG_NUMBER("duration_us", duration_us),
	    LOG_NUMBER("round_trips", (int64_t)(db_round_trips(work->db) - dispatcher->started_trips)));
	end_span(dispatcher);
	trust_renew(work);
	log_context(NULL);
	arena_reset(work->arena);
	dispatcher->request = NULL;
}

void
dispatch_idle(void *argument)
{
	struct dispatcher *dispatcher = argument;

	blocklist_refresh(&dispatcher->blocklist, dispatcher->work);
	arena_reset(dispatcher->work->arena);
}
