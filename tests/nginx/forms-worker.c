/*
 * forms-worker: a worker with routes of its own, one for each form of a body and of an answer that routes may have, on the
 * listening socket that is its standard input.
 *
 *   forms-worker --nginx     prints the maps for its routes, as haatd --nginx does for the shop's
 *   forms-worker --openapi   prints their API document
 *   forms-worker DIRECTORY [SOCKET]
 *                            serves; files of an upload go there; SOCKET: of the MariaDB that /forms/again needs
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "http/nginx.h"
#include "http/openapi.h"
#include "http/request.h"
#include "http/server.h"
#include "store/db.h"

#include <unistd.h>

struct thing {
	const char *name;
	int64_t     count;
};
static const struct member thing_members[] = {
	M_TEXT(struct thing, name, "name", 50, .min = 1, .required = true),
	M_INTEGER(struct thing, count, "count", 0, 99),
};
SHAPE(struct thing, thing_shape, "Thing", thing_members);

struct length_query {
	int64_t     rows, fail_after, big;
	const char *name;
};
static const struct member length_members[] = {
	M_INTEGER(struct length_query, rows, "rows", 0, 10000000),
	M_INTEGER(struct length_query, fail_after, "fail_after", 0, 10000000),
	M_INTEGER(struct length_query, big, "big", 0, 1),
	M_TEXT(struct length_query, name, "name", 200),
};
SHAPE(struct length_query, length_shape, "LengthQuery", length_members);

/* The sum of a file's bytes, read from its descriptor. */
static unsigned long
sum_of(int fd)
{
	unsigned char bytes[65536];
	unsigned long sum = 0;
	ssize_t       got;

	while ((got = read(fd, bytes, sizeof bytes)) > 0)
		for (ssize_t i = 0; i < got; i++)
			sum = sum * 31 % 1000003 + bytes[i];
	return sum;
}

/* What came of the body, as JSON. */
static const struct problem *
show_body(struct request *request)
{
	const struct thing *thing = BODY(request, struct thing);
	struct text         out = text_new(request->work->arena, 1024);

	TEXT_ADD(&out, "{\"name\":");
	text_add_json(&out, thing->name);
	text_addf(&out, ",\"count\":%d,\"raw\":%zu,\"memory\":%zu,\"files\":[", (int)thing->count, request->raw.length,
	    arena_used(request->work->arena));
	for (size_t i = 0; i < request->n_uploads; i++) {
		const struct upload *file = &request->uploads[i];

		text_addf(&out, "%s{\"filename\":", i > 0 ? "," : "");
		text_add_json(&out, file->filename);
		TEXT_ADD(&out, ",\"type\":");
		text_add_json(&out, file->content_type);
		text_addf(&out, ",\"size\":%lld,\"sum\":%lu}", (long long)file->size, sum_of(file->fd));
	}
	TEXT_ADD(&out, "]}");
	return respond_json(request, out.bytes, out.length);
}

/* Reads the files, and asks for another run in a new transaction, as after a deadlock. */
static const struct problem *
show_body_again(struct request *request)
{
	static bool again;

	TRY(show_body(request));
	again = !again;
	return again ? problem(DATABASE_BUSY, "too many concurrent changes to the same rows; try again") : OK;
}

static const struct problem *
show_page(struct request *request)
{
	static const char page[] = "<!doctype html><title>haat</title>";

	respond_header(request, "Content-Security-Policy", "default-src 'none'; script-src https://pay.example");
	respond_header(request, "Cross-Origin-Opener-Policy", "same-origin-allow-popups");
	return respond_text(request, "text/html; charset=utf-8", page, sizeof page - 1);
}

static const struct problem *
send_rows(struct request *request)
{
	const struct length_query *query = QUERY(request, struct length_query);
	struct text               *out = stream_begin(request, "text/csv; charset=utf-8");

	TEXT_ADD(out, "row\r\n");
	for (int64_t i = 1; i <= query->rows; i++) {
		if (query->fail_after > 0 && i > query->fail_after)
			return problem(DATABASE_LOST, "the database is not reachable");
		text_addf(out, "%lld\r\n", (long long)i);
		if (query->big > 0)
			arena_alloc(request->work->arena, 1 << 20);
		if (i % 100 == 0 && !stream_flush(request))
			return OK;
	}
	return OK;
}

static const struct problem *
send_named_file(struct request *request)
{
	const char *name = QUERY(request, struct length_query)->name;

	return respond_file(request, name, "text/csv", "Übersicht 1.csv");
}

#define THING_BODY \
	.permission = PUBLIC, .pool = POOL_BULK, .writes = WRITES_ITSELF, .keyless = true, .body = &thing_shape, \
	.answer = { 200, NULL }, .answer_type = "application/json", .handler = show_body
static const struct route routes[] = {
	{ POST, "/forms/form", .id = "sendForm", THING_BODY, .takes = TAKES_JSON | TAKES_FORM, .summary = "A form or JSON" },
	{ POST, "/forms/upload", .id = "sendUpload", THING_BODY, .takes = TAKES_MULTIPART,
	    .upload = { .files = "images", .max = 3 }, .summary = "Fields and files" },
	{ POST, "/forms/thing", .id = "sendThing", THING_BODY, .takes = TAKES_JSON | TAKES_MULTIPART,
	    .upload = { .files = "images", .max = 1, .json = "thing" }, .summary = "JSON alone or beside files" },
	{ POST, "/forms/again", .id = "sendAgain", .permission = PUBLIC, .pool = POOL_BULK, .writes = WRITES_DATABASE,
	    .keyless = true, .body = &thing_shape, .answer = { 200, NULL }, .answer_type = "application/json",
	    .takes = TAKES_MULTIPART, .upload = { .files = "images", .max = 3 }, .summary = "Files that are read in two runs",
	    .handler = show_body_again },
	{ GET, "/forms/page", .id = "showPage", .permission = PUBLIC, .pool = POOL_BULK, .answer = { 200, NULL },
	    .answer_type = "text/html", .summary = "A page with a policy of its own", .handler = show_page },
	{ GET, "/forms/rows", .id = "sendRows", .permission = PUBLIC, .pool = POOL_BULK, .query = &length_shape,
	    .sends = SENDS_STREAM, .answer = { 200, NULL }, .answer_type = "text/csv", .summary = "As many rows as are asked for",
	    .handler = send_rows },
	{ GET, "/forms/file", .id = "sendFile", .permission = PUBLIC, .pool = POOL_BULK, .query = &length_shape,
	    .sends = SENDS_FILE, .answer = { 200, NULL }, .answer_type = "text/csv", .summary = "A file from the disk",
	    .handler = send_named_file },
};
ROUTE_TABLE(forms_table, "Forms", "Every form of a body and of an answer.", routes);
static const struct route_table *const tables[] = { &forms_table, NULL };

static int
serve(struct arena *arena, const char *directory, const char *database)
{
	static const char *const none[] = { NULL };
	struct config            config = { .profile = PROFILE_PRODUCTION,
			   .public_url = "https://localhost",
			   .database = { .socket = database,
			       .host = "",
			       .user = "root",
			       .password = "",
			       .name = "mysql",
			       .connect_timeout_seconds = 5,
			       .io_timeout_seconds = 10,
			       .statement_timeout_ms = 5000,
			       .lock_wait_seconds = 2 },
			   .http = { .origins = none,
			       .json_bytes = 4096,
			       .file_bytes = 10 << 20,
			       .upload_bytes = 12 << 20,
			       .webhook_bytes = 1 << 20,
			       .upload_directory = directory } };
	struct work              work = { .arena = arena, .config = &config, .request_id = "", .traceparent = "", .address = "" };
	struct dispatcher        dispatcher = { .work = &work, .pool = POOL_BULK };
	struct server            server = {
			   .listen_fd = 0, .slots = 1, .serve = dispatch, .finished = dispatch_finished, .argument = &dispatcher
	};

	log_open("forms-worker", LOG_LEVEL_INFO);
	metrics_label_values(LABEL_ROUTE, route_ids(), routes_count());
	work.db = db_open(&config, arena);
	return server_run(&server) == 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	struct arena *arena = arena_new(2 << 20);
	struct text   out = text_new(arena, 1 << 16);

	if (argc < 2 || argc > 3)
		return 2;
	routes_use(tables);
	if (!routes_lint(&out)) {
		fputs(out.bytes, stderr);
		return 3;
	}
	if (argv[1][0] != '-')
		return serve(arena, argv[1], argc == 3 ? argv[2] : "/nonexistent");
	if (strcmp(argv[1], "--nginx") == 0)
		nginx_print(&out, (const char *const[]) { NULL });
	else
		openapi_print("https://localhost", &out);
	puts(out.bytes);
	arena_free(arena);
	return 0;
}
