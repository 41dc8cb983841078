/* How a handler answers, and how an answer goes out. */
#include "http/respond.h"

#include "base/config.h"
#include "base/log.h"

#include <assert.h>

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
respond_status(struct request *request, int status, const void *answer)
{
	assert(request->route->answer.shape != NULL);
	request->out = text_new(request->work->arena, OUT_ROOM);
	shape_print(request->route->answer.shape, answer, &request->out);
	return answered(request, status, json_type);
}

const struct problem *
respond(struct request *request, const void *answer)
{
	return respond_status(request, request->route->answer.status, answer);
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
respond_problem(struct request *request, const struct problem *problem)
{
	struct text *out = &request->out;

	request->out = text_new(request->work->arena, 512);
	request->answered = true;
	request->status = problem_status(problem->code);
	request->content_type = json_type;
	request->etag = NULL;
	text_addf(out, "{\"error\":true,\"status_code\":%d,\"code\":\"%s\",\"message\":", request->status,
	    problem_name(problem->code));
	text_add_json(out, problem->message);
	TEXT_ADD(out, ",\"details\":");
	print_details(problem->faults, out);
	TEXT_ADD(out, ",\"request_id\":");
	text_add_json(out, request->work->request_id);
	text_add_char(out, '}');
	if (problem->retry_after_seconds > 0)
		text_addf(&request->headers, "Retry-After: %d\r\n", problem->retry_after_seconds);
	else if (request->status == 503)
		text_addf(&request->headers, "Retry-After: 1\r\n");
	if (request->status == 401)
		text_addf(&request->headers, "WWW-Authenticate: Bearer realm=\"haat\"\r\n");
}

void
send_answer(struct request *request, uint64_t round_trips)
{
	struct text head = text_new(request->work->arena, 1024);

	TEXT_ADD(&head, "Status: ");
	text_add_integer(&head, request->status);
	if (request->content_type != NULL) {
		TEXT_ADD(&head, "\r\nContent-Type: ");
		text_add_string(&head, request->content_type);
	}
	if (request->status != 204 && request->status != 304) { /* without it nginx sends the body in chunks */
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
		text_add_integer(&head, (int64_t)round_trips);
		TEXT_ADD(&head, "\r\n");
	}
	TEXT_ADD(&head, "\r\n");
	FCGX_PutStr(head.bytes, (int)head.length, request->fcgi->out);
	FCGX_PutStr(request->out.bytes, (int)request->out.length, request->fcgi->out);
}
