/* How a handler answers, and how an answer goes out. */
#include "http/respond.h"

#include "base/config.h"
#include "base/encoding.h"
#include "base/log.h"
#include "store/db.h"

#include <assert.h>
#include <sys/socket.h>
#include <unistd.h>
#include <unistd.h>

enum { OUT_ROOM = 8 * 1024 };

static const struct problem *
answered(struct request *request, int status, const char *content_type)
{
	assert(!request->answered);
	request->answered = true;
	request->status = status;
	request->content_type = content_type;
	return OK;
}

static const char json_type[] = "application/json; charset=utf-8";

const struct problem *
respond(struct request *request, const void *answer)
{
	assert(request->route->answer.shape != NULL);
	request->out = text_new(request->work->arena, OUT_ROOM);
	shape_print(request->route->answer.shape, answer, &request->out);
	return answered(request, request->route->answer.status, json_type);
}

const struct problem *
respond_text(struct request *request, const char *content_type, const char *bytes, size_t length)
{
	/* Not copied: it is only read from here on. */
	request->out = (struct text) { .arena = request->work->arena, .bytes = (char *)bytes, .length = length, .room = length };
	return answered(request, request->route->answer.status, content_type);
}

const struct problem *
respond_json(struct request *request, const char *json, size_t length)
{
	return respond_text(request, json_type, json, length);
}

const struct problem *
respond_nothing(struct request *request)
{
	return answered(request, 204, NULL);
}

const struct problem *
respond_redirect(struct request *request, const char *url)
{
	respond_header(request, "Location", url);
	request->location = url;
	return answered(request, 303, NULL);
}

void
respond_header(struct request *request, const char *name, const char *value)
{
	assert(strpbrk(name, "\r\n:") == NULL && strpbrk(value, "\r\n") == NULL);
	text_add_string(&request->headers, name);
	TEXT_ADD(&request->headers, ": ");
	text_add_string(&request->headers, value);
	TEXT_ADD(&request->headers, "\r\n");
}

/* {"email": ["must be an e-mail address", ...], ...}: faults of one place stand together, in the order they were found. */
static void
print_details(const struct faults *faults, struct text *out)
{
	const char *between = "";

	text_add_char(out, '{');
	for (size_t i = 0; faults != NULL && i < faults->count; i++) {
		const char *where = faults->list[i].where;
		bool        seen = false;

		for (size_t j = 0; j < i && !seen; j++)
			seen = strcmp(faults->list[j].where, where) == 0;
		if (seen)
			continue;
		text_add_string(out, between);
		text_add_json(out, where);
		TEXT_ADD(out, ":[");
		for (size_t j = i, n = 0; j < faults->count; j++)
			if (strcmp(faults->list[j].where, where) == 0) {
				if (n++ > 0)
					text_add_char(out, ',');
				text_add_json(out, faults->list[j].what);
			}
		text_add_char(out, ']');
		between = ",";
	}
	text_add_char(out, '}');
}

void
respond_forget(struct request *request)
{
	request->answered = false;
	request->headers.length = request->headers_before;
	request->headers.bytes[request->headers.length] = '\0';
	request->etag = NULL;
	request->out.length = 0;
}

/* The one error shape. */
static void
print_problem(struct request *request, const struct problem *problem)
{
	struct text *out = &request->out;

	request->out = text_new(request->work->arena, 512);
	request->answered = true;
	request->content_type = json_type;
	text_addf(
	    out, "{\"error\":true,\"status_code\":%d,\"code\":\"%s\",\"message\":", request->status, problem_name(problem->code));
	text_add_json(out, problem->message);
	TEXT_ADD(out, ",\"details\":");
	print_details(problem->faults, out);
	TEXT_ADD(out, ",\"request_id\":");
	text_add_json(out, request->work->request_id);
	text_add_char(out, '}');
}

/* People who ask for a path that there is none of are told so on a page, as on the shop's first one; programs in JSON. */
static const struct route *
route_that_tells(struct request *request)
{
	const char *accepted = request_header(request, "HTTP_ACCEPT");
	unsigned    allowed;

	if (request->route != NULL)
		return request->route;
	if (request->method != GET || accepted == NULL || strstr(accepted, "text/html") == NULL || request->path == NULL ||
	    strncmp(request->path, "/api/", strlen("/api/")) == 0)
		return NULL;
	return route_find(GET, "/", request->parameters, &allowed);
}

void
respond_problem(struct request *request, const struct problem *problem)
{
	const struct route *own = request->route, *telling = route_that_tells(request);

	request->status = problem_status(problem->code);
	request->etag = NULL;
	request->answered = false;
	if (telling != NULL && telling->show_problem != NULL) {
		request->route = telling;
		telling->show_problem(request, problem);
		request->route = own;
		request->status = problem_status(problem->code);
	} else {
		print_problem(request, problem);
	}
	if (problem->retry_after_seconds > 0)
		text_addf(&request->headers, "Retry-After: %d\r\n", problem->retry_after_seconds);
	else if (request->status == 503)
		text_addf(&request->headers, "Retry-After: 1\r\n");
	if (request->status == 401)
		text_addf(&request->headers, "WWW-Authenticate: Bearer realm=\"haat\"\r\n");
}

static void
send_head(struct request *request)
{
	struct text head = text_new(request->work->arena, 1024);

	TEXT_ADD(&head, "Status: ");
	text_add_integer(&head, request->status);
	if (request->content_type != NULL) {
		TEXT_ADD(&head, "\r\nContent-Type: ");
		text_add_string(&head, request->content_type);
	}
	if (request->status != 204 && request->status != 304 &&
	    !request->streaming) { /* without it nginx sends the body in chunks */
		TEXT_ADD(&head, "\r\nContent-Length: ");
		text_add_integer(&head, (int64_t)request->out.length);
	}
	TEXT_ADD(&head, "\r\n");
	if (request->etag != NULL) {
		TEXT_ADD(&head, "ETag: ");
		text_add_string(&head, request->etag);
		TEXT_ADD(&head, "\r\nCache-Control: private, no-cache\r\n");
	}
	if (request->etag == NULL && strstr(request->headers.bytes, "Cache-Control:") == NULL)
		TEXT_ADD(&head, "Cache-Control: no-store\r\n");
	text_add(&head, request->headers.bytes, request->headers.length);
	if (request->work->config->profile == PROFILE_DEVELOPMENT) {
		TEXT_ADD(&head, "X-Round-Trips: ");
		text_add_integer(&head, (int64_t)(db_round_trips(request->work->db) - request->started_trips));
		TEXT_ADD(&head, "\r\n");
	}
	TEXT_ADD(&head, "\r\n");
	FCGX_PutStr(head.bytes, (int)head.length, request->fcgi->out);
	request->head_sent = true;
}

void
send_answer(struct request *request)
{
	if (!request->head_sent)
		send_head(request);
	FCGX_PutStr(request->out.bytes, (int)request->out.length, request->fcgi->out);
}

struct text *
stream_begin(struct request *request, const char *content_type)
{
	assert(request->route->sends == SENDS_STREAM || request->route->csv);
	answered(request, request->route->answer.status, content_type);
	request->out = text_new(request->work->arena, OUT_ROOM);
	request->streaming = true;
	return &request->out;
}

bool
stream_flush(struct request *request)
{
	const char *method = request_header(request, "REQUEST_METHOD");
	bool        sent;

	if (!request->head_sent)
		send_head(request);
	sent = FCGX_PutStr(request->out.bytes, (int)request->out.length, request->fcgi->out) >= 0 &&
	    FCGX_FFlush(request->fcgi->out) == 0;

	request->out.length = 0;
	request->out.bytes[0] = '\0';
	return sent && strcmp(method, "HEAD") != 0;
}

const struct problem *
stream_file(struct request *request, struct text *out, int fd, int64_t length)
{
	enum { PIECE = 64 * 1024 };
	char   *piece = arena_room(request->work->arena, PIECE);
	int64_t at = 0;

	while (stream_flush(request) && at < length) {
		int64_t left = length - at;
		ssize_t got = pread(fd, piece, (size_t)(left < PIECE ? left : PIECE), at);

		if (got <= 0)
			return problem(INTERNAL, "a file cannot be read to its end");
		text_add(out, piece, (size_t)got);
		at += got;
	}
	return OK;
}

/*
 * nginx takes a connection that ends for the end of an answer whose length it does not know.  A record of a FastCGI version
 * that does not exist is an error to it, which it passes on: it closes the client's connection or resets the stream.
 */
void
abort_response(struct request *request, const struct problem *problem)
{
	static const char no_record[8] = { 0 };

	log_error("streamed response aborted", LOG_ID("code", problem_name(problem->code)), LOG_TEXT("cause", problem->message));
	request->status = problem_status(problem->code);
	request->out.length = 0;
	request->head_sent = true;
	send(request->fcgi->ipcFd, no_record, sizeof no_record, MSG_NOSIGNAL);
	shutdown(request->fcgi->ipcFd, SHUT_RDWR);
}

const struct problem *
respond_file(struct request *request, const char *path, const char *content_type, const char *filename)
{
	struct text target = text_new(request->work->arena, 256), disposition = text_new(request->work->arena, 256);

	assert(request->route->sends == SENDS_FILE);
	if (path[0] == '/' || path[0] == '.' || strstr(path, "/.") != NULL) {
		log_error("file path outside the file directory", LOG_TEXT("path", path));
		return problem(INTERNAL, "the file cannot be sent");
	}
	TEXT_ADD(&target, "/haat-file/");
	for (size_t length; *path != '\0'; path += length + (path[length] == '/')) {
		length = strcspn(path, "/");
		text_add_percent(&target, arena_copy(request->work->arena, path, length));
		if (path[length] == '/')
			text_add_char(&target, '/');
	}
	respond_header(request, "X-Accel-Redirect", target.bytes);
	if (filename != NULL) {
		TEXT_ADD(&disposition, "attachment; filename*=UTF-8''"); /* RFC 6266 */
		text_add_percent(&disposition, filename);
		respond_header(request, "Content-Disposition", disposition.bytes);
	}
	request->out = (struct text) { .arena = request->work->arena, .bytes = "" };
	return answered(request, request->route->answer.status, content_type);
}
