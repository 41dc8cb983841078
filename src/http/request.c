/* What a handler reads from a request. */
#include "http/request.h"

#include "base/encoding.h"
#include "base/text.h"

#include <assert.h>
#include <zlib.h>

const char *
path_text(struct request *request, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < PARAMETERS_OF_PATH_MAX && request->parameters[i].name != NULL; i++) {
		const struct path_parameter *parameter = &request->parameters[i];

		if (parameter->name_length == length && memcmp(parameter->name, name, length) == 0)
			return percent_decode(request->work->arena, parameter->text, parameter->length, false);
	}
	assert(!"a parameter that the path does not have");
	return NULL;
}

const struct problem *
path_id(struct request *request, const char *name, struct uuid *into)
{
	const char *text = path_text(request, name);

	if (text == NULL || !uuid_parse(text, into))
		return problem(NOT_FOUND, "there is no such thing, or it is not yours");
	return OK;
}

const char *
request_header(const struct request *request, const char *name)
{
	return FCGX_GetParam(name, request->fcgi->envp);
}

const char *
request_single_header(const struct request *request, const char *name, bool *twice)
{
	size_t      length = strlen(name), found = 0;
	const char *value = NULL;

	for (char **entry = request->fcgi->envp; *entry != NULL; entry++)
		if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=') {
			value = *entry + length + 1;
			found++;
		}
	*twice = found > 1;
	return value;
}

const char *
request_cookie(const struct request *request, const char *name)
{
	const char *cookies = request_header(request, "HTTP_COOKIE");
	size_t      length = strlen(name);

	while (cookies != NULL && *cookies != '\0') {
		size_t pair = strcspn(cookies, ";");

		if (pair > length && strncmp(cookies, name, length) == 0 && cookies[length] == '=')
			return arena_copy(request->work->arena, cookies + length + 1, pair - length - 1);
		cookies += pair;
		cookies += strspn(cookies, "; ");
	}
	return NULL;
}

/* nginx's gzip turns "abc" into W/"abc", so tags are compared by their opaque part (weak comparison, RFC 9110 8.8.3.2). */
static bool
tag_is_listed(const char *header, const char *tag, bool version_only)
{
	size_t length = strlen(tag) - version_only;

	while (*header != '\0') {
		size_t item;

		header += strspn(header, " \t,");
		if (*header == '*')
			return true;
		if (strncmp(header, "W/", 2) == 0)
			header += 2;
		item = strcspn(header, ",");
		while (item > 0 && (header[item - 1] == ' ' || header[item - 1] == '\t'))
			item--;
		if (item >= length && memcmp(header, tag, length) == 0 &&
		    (item == length || (version_only && (header[length] == '"' || header[length] == '.'))))
			return true;
		header += strcspn(header, ",");
	}
	return false;
}

/* The version alone would do for one object; the id's end keeps tags of a list's neighbours apart in caches and logs. */
static const char *
make_tag(struct arena *arena, struct uuid id, int64_t version)
{
	static const char hex[] = "0123456789abcdef";
	struct text       tag = text_new(arena, 48);

	text_add_char(&tag, '"');
	for (size_t i = sizeof id.bytes - 4; i < sizeof id.bytes; i++) {
		text_add_char(&tag, hex[id.bytes[i] >> 4]);
		text_add_char(&tag, hex[id.bytes[i] & 15]);
	}
	text_add_char(&tag, '-');
	text_add_integer(&tag, version);
	text_add_char(&tag, '"');
	return tag.bytes;
}

bool
request_not_modified(struct request *request, struct uuid id, int64_t version)
{
	const char *wanted = request_header(request, "HTTP_IF_NONE_MATCH");

	request->etag = make_tag(request->work->arena, id, version);
	if (request->method != GET || wanted == NULL || !tag_is_listed(wanted, request->etag, false))
		return false;
	request->status = 304;
	request->answered = true;
	return true;
}

const struct problem *
respond_tagged(struct request *request, const void *answer, struct uuid id, int64_t version)
{
	const char *wanted = request_header(request, "HTTP_IF_NONE_MATCH"), *tag;

	TRY(respond(request, answer));
	tag = make_tag(request->work->arena, id, version);
	request->etag = arena_format(request->work->arena, "%.*s.%08lx\"", (int)strlen(tag) - 1, tag,
	    crc32(0, (const unsigned char *)request->out.bytes, (unsigned)request->out.length));
	if (request->method != GET || wanted == NULL || !tag_is_listed(wanted, request->etag, false))
		return OK;
	request->status = 304;
	request->content_type = NULL;
	request->out.length = 0;
	return OK;
}

const struct problem *
request_if_match(const struct request *request, struct uuid id, int64_t version)
{
	const char *wanted = request_header(request, "HTTP_IF_MATCH");

	if (wanted == NULL || tag_is_listed(wanted, make_tag(request->work->arena, id, version), true))
		return OK;
	return problem(VERSION_MISMATCH, "the object has changed since; read it again");
}
