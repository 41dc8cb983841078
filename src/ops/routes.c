/* The routes for operators: health, readiness, metrics and the API document. */
#include "ops/ops.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/metrics.h"
#include "http/master.h"
#include "http/openapi.h"
#include "http/request.h"
#include "ops/gauges.h"
#include "ops/operations.h"
#include "ops/ready.h"
#include "reference/postman.h"

static const char *const alive_values[] = { "ok", NULL };

struct health {
	int status;
};

static const struct member health_members[] = {
	M_ENUM(struct health, status, "status", alive_values),
};
SHAPE(struct health, health_shape, "Health", health_members);

static const struct problem *
show_health(struct request *request)
{
	return respond(request, &(struct health) { 0 });
}

struct api {
	const char *name, *version, *docs, *openapi;
};

static const struct member api_members[] = {
	M_TEXT(struct api, name, "name", 20, .required = true, .example = "\"haat\""),
	M_TEXT(struct api, version, "version", 20, .required = true, .example = "\"" PACKAGE_VERSION "\""),
	M_TEXT(struct api, docs, "docs", 2048, .required = true, .example = "\"https://shop.example/docs\"",
	    .description = "Where people read about it."),
	M_TEXT(struct api, openapi, "openapi", 2048, .required = true, .example = "\"https://shop.example/api/v1/openapi.json\""),
};
SHAPE(struct api, api_shape, "Api", api_members);

static const struct problem *
show_api(struct request *request)
{
	const char *url = request->work->config->public_url;

	return respond(request,
	    &(struct api) { .name = "haat",
		.version = PACKAGE_VERSION,
		.docs = arena_format(request->work->arena, "%s/docs", url),
		.openapi = arena_format(request->work->arena, "%s/api/v1/openapi.json", url) });
}

static const struct problem *
show_ready(struct request *request)
{
	struct ready ready;

	if (worker_draining())
		return problem(DRAINING, "the server is shutting down; send requests elsewhere");
	TRY(check_ready(request->work, &ready));
	return respond(request, &ready);
}

static const struct problem *
show_metrics(struct request *request)
{
	struct text              out = text_new(request->work->arena, 64 * 1024);
	const struct operations *operations = read_operations(request->work);

	metrics_print(request->work->config->profile == PROFILE_PRODUCTION ? "production" : "development", &out);
	print_gauges(operations, &out);
	return respond_text(request, "text/plain; version=0.0.4; charset=utf-8", out.bytes, out.length);
}

static const struct problem *
show_operations(struct request *request)
{
	return respond(request, read_operations(request->work));
}

static const struct problem *
show_openapi(struct request *request)
{
	struct text out = text_new(request->work->arena, 256 * 1024);

	openapi_print(request->work->config->public_url, &out);
	respond_header(request, "Cache-Control", "public, max-age=300");
	return respond_json(request, out.bytes, out.length);
}

static const struct problem *
show_postman(struct request *request)
{
	struct text out = text_new(request->work->arena, 512 * 1024);

	postman_print(request->work->config->public_url, &out);
	respond_header(request, "Cache-Control", "public, max-age=300");
	return respond_json(request, out.bytes, out.length);
}

static const struct route ops_routes[] = {
	{ GET, "/health", .id = "showHealth", .permission = PUBLIC, .limit = LIMIT_NONE, .outside = true, .local = true,
	    .answer = { 200, &health_shape }, .summary = "Check that a worker responds", .handler = show_health },
	{ GET, "/ready", .id = "showReady", .permission = PUBLIC, .limit = LIMIT_NONE, .outside = true, .local = true,
	    .answer = { 200, &ready_shape }, .errors = ERRORS(NOT_READY, DRAINING), .summary = "Check whether the shop is ready",
	    .description =
		"Each check takes at most a second. Without database, migrations or disk space it returns 503, and details name "
		"what failed; without cache or job workers the shop is serving, but degraded. While shutting down it returns 503 "
		"draining.",
	    .handler = show_ready },
	{ GET, "/metrics", .id = "showMetrics", .permission = PUBLIC, .limit = LIMIT_NONE, .outside = true, .local = true,
	    .answer = { 200, NULL }, .answer_type = "text/plain", .summary = "Show the metrics of all workers, for Prometheus",
	    .handler = show_metrics },
	{ GET, "/operations", .id = "showOperations", .permission = PERMISSION(OPERATE), .answer = { 200, &operations_shape },
	    .summary = "Show how each part of the shop is, since when, and what to do",
	    .description =
		"What the workers of the machine that answers have counted, and what the database, the cache and the disks say. "
		"A part that does not answer takes less than a second. Without the database nobody can be let in: "
		"`haatctl top` shows the same on the machine itself.",
	    .handler = show_operations },
	{ GET, "/", .id = "showApi", .permission = PUBLIC, .answer = { 200, &api_shape },
	    .summary = "Show what this is, its version, and where it is described", .handler = show_api },
	{ GET, "/openapi.json", .id = "showOpenApi", .permission = PUBLIC, .answer = { 200, NULL },
	    .answer_type = "application/json", .summary = "Show the API document", .handler = show_openapi },
	{ GET, "/postman.json", .id = "showPostman", .permission = PUBLIC, .answer = { 200, NULL },
	    .answer_type = "application/json", .summary = "Show the API as a collection of Postman", .handler = show_postman },
};

ROUTE_TABLE(ops_table, "Operation", "Health, readiness, metrics and the API document.", ops_routes);
