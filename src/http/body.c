#include "http/body.h"

#include "base/config.h"
#include "base/text.h"
#include "http/server.h"
#include "http/upload.h"

#include <strings.h>

static const struct shape nothing = { .name = "Nothing" };

static const char *
content_type(const struct request *request)
{
	const char *type = request_header(request, "CONTENT_TYPE");

	return type == NULL ? "" : type;
}

static bool
has_type(const struct request *request, const char *type)
{
	const char *given = content_type(request);
	size_t      length = strcspn(given, "; ");

	return length == strlen(type) && strncasecmp(given, type, length) == 0;
}

static unsigned
takes(const struct request *request)
{
	return request->route == NULL || request->route->takes == 0 ? TAKES_JSON : request->route->takes;
}

static bool
is_upload(const struct request *request)
{
	return (takes(request) & TAKES_MULTIPART) != 0 && has_type(request, "multipart/form-data");
}

/* A packed one is told by its first bytes. */
static bool
is_file(const struct request *request)
{
	return (takes(request) & TAKES_FILE) != 0 &&
	    (has_type(request, "text/csv") || has_type(request, "application/gzip") || has_type(request, "application/jsonl") ||
		has_type(request, "application/x-ndjson"));
}

const struct problem *
body_read(struct request *request)
{
	const struct config *config = request->work->config;
	size_t      limit = (size_t)((takes(request) & TAKES_RAW) != 0 ? config->http.webhook_bytes : config->http.json_bytes);
	struct text body;
	enum body   outcome;

	if (is_upload(request) || is_file(request))
		return OK;
	body = text_new(request->work->arena, 1024);
	outcome = request_body_read(request->fcgi, &body, limit);
	request->raw = (struct bytes) { (const unsigned char *)body.bytes, body.length };
	if (outcome == BODY_TOO_LARGE)
		return problem(BODY_TOO_LARGE, "the body is too large");
	if (outcome == BODY_CUT_OFF)
		return problem(BAD_REQUEST, "the body is shorter than its Content-Length");
	return OK;
}

static const struct problem *
parse_json(struct request *request, const char *text, size_t length)
{
	const struct shape *shape = request->route->body != NULL ? request->route->body : &nothing;
	struct arena       *arena = request->work->arena;
	struct json_object *json = json_read(arena, text, length);
	struct faults       faults;
	void               *into;

	if (json == NULL)
		return problem(MALFORMED_JSON, "the body is not valid JSON in UTF-8");
	into = arena_alloc(arena, shape->size);
	if (!shape_parse(shape, json, arena, into, &faults))
		return problem_faults(
		    arena, PROBLEM_VALIDATION_FAILED, "some members of the body are invalid; see details", &faults);
	request->body = into;
	return OK;
}

/* No member of any body: it says which form this is. */
static const char key_field[] = "form_key=";

static const char *
find_form_key(struct arena *arena, const char *fields)
{
	const size_t name = sizeof key_field - 1;

	for (; *fields != '\0'; fields += strcspn(fields, "&"), fields += *fields == '&')
		if (strncmp(fields, key_field, name) == 0 && strcspn(fields, "&") > name)
			return arena_copy(arena, fields + name, strcspn(fields, "&") - name);
	return NULL;
}

const char *
without_empty(struct arena *arena, const char *fields)
{
	struct text kept = text_new(arena, strlen(fields) + 1);

	for (const char *pair = fields; *pair != '\0';) {
		const size_t length = strcspn(pair, "&");

		if (length > 0 && pair[length - 1] != '=' && strncmp(pair, key_field, sizeof key_field - 1) != 0) {
			if (kept.length > 0)
				text_add_char(&kept, '&');
			text_add(&kept, pair, length);
		}
		pair += length + (pair[length] == '&');
	}
	return kept.bytes;
}

/* `text` in application/x-www-form-urlencoded. */
static const struct problem *
parse_form(struct request *request, const char *text, size_t length)
{
	const struct shape *shape = request->route->body != NULL ? request->route->body : &nothing;
	struct arena       *arena = request->work->arena;
	struct faults       faults;
	void               *into = arena_alloc(arena, shape->size);

	if (memchr(text, '\0', length) != NULL)
		return problem(BAD_REQUEST, "the form must not contain NUL");
	if (request->route->show_problem != NULL) {
		request->form_key = find_form_key(arena, text);
		text = without_empty(arena, text);
	}
	if (!shape_parse_query(shape, text, arena, into, &faults))
		return problem_faults(
		    arena, PROBLEM_VALIDATION_FAILED, "some fields of the form are invalid; see details", &faults);
	request->body = into;
	return OK;
}

static const struct problem *
parse_upload(struct request *request)
{
	struct upload_fields fields;

	TRY(upload_read(request, content_type(request), &fields));
	if (request->route->upload.json == NULL)
		return parse_form(request, fields.form.bytes, fields.form.length);
	if (fields.json == NULL)
		return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, request->route->upload.json, "is required");
	return parse_json(request, fields.json, strlen(fields.json));
}

/* "the Content-Type must be application/json or multipart/form-data" */
static const struct problem *
wrong_type(const struct request *request)
{
	struct text message = text_new(request->work->arena, 128);

	TEXT_ADD(&message, "the Content-Type must be ");
	for (unsigned i = 0, n = 0; body_types[i].takes != 0; i++)
		if ((takes(request) & body_types[i].takes) != 0)
			text_addf(&message, "%s%s", n++ > 0 ? " or " : "", body_types[i].name);
	return problem_later(request->work->arena, PROBLEM_UNSUPPORTED_MEDIA_TYPE, message.bytes, 0);
}

/* Nothing here unpacks but files, and a body that is taken for another than it is would be read wrong or signed wrong. */
static const struct problem *
check_coding(struct request *request)
{
	const char *coding = request_header(request, "HTTP_CONTENT_ENCODING");

	if (is_file(request) && coding != NULL && strcasecmp(coding, "gzip") == 0)
		return OK;
	if (coding == NULL || coding[0] == '\0' || strcasecmp(coding, "identity") == 0)
		return OK;
	respond_header(request, "Accept-Encoding", "identity");
	return problem(UNSUPPORTED_MEDIA_TYPE, "the body must come without a Content-Encoding");
}

const struct problem *
body_parse(struct request *request)
{
	const char *text = (const char *)request->raw.bytes;
	size_t      length = request->raw.length;
	unsigned    taken = takes(request);

	if (request->method == GET || request->method == DELETE)
		return OK;
	TRY(check_coding(request));
	if ((taken & TAKES_RAW) != 0)
		return OK;
	if (is_upload(request))
		return parse_upload(request);
	if (is_file(request))
		return upload_read_file(request, content_type(request));
	/* A body where none is expected may be left out or be {}; so may one without required members. */
	if (length == 0)
		return parse_json(request, "{}", 2);
	if ((taken & TAKES_JSON) != 0 && has_type(request, "application/json"))
		return parse_json(request, text, length);
	if ((taken & TAKES_FORM) != 0 && has_type(request, "application/x-www-form-urlencoded"))
		return parse_form(request, text, length);
	return wrong_type(request);
}
