/* Entity tags: what a client has already, and what it expects to change. */
#include "http/entity_tag.h"

#include "base/text.h"
#include "http/request.h"

#include <inttypes.h>
#include <stdio.h>
#include <zlib.h>

/*
 * The next tag of a list, without the W/ of a weak one; NULL at its end.  nginx's gzip turns "abc" into W/"abc", so tags
 * are compared by their opaque part (weak comparison, RFC 9110 8.8.3.2).
 */
static const char *
next_tag(const char **header, size_t *length)
{
	const char *tag = *header + strspn(*header, " \t,");
	const char *end = tag + strcspn(tag, ",");

	*header = end;
	if (strncmp(tag, "W/", 2) == 0)
		tag += 2;
	while (end > tag && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*length = (size_t)(end - tag);
	return *length == 0 ? NULL : tag;
}

bool
etag_is_listed(const char *header, const char *tag)
{
	const char *listed;
	size_t      length;

	while ((listed = next_tag(&header, &length)) != NULL)
		if (listed[0] == '*' || (length == strlen(tag) && memcmp(listed, tag, length) == 0))
			return true;
	return false;
}

/* What is behind the last full stop within the quotes. */
static const char *
end_of_tag(const char *tag, size_t *length)
{
	const char *dot;

	if (*length < 2 || tag[0] != '"' || tag[*length - 1] != '"')
		return NULL;
	tag++;
	*length -= 2;
	dot = memrchr(tag, '.', *length);
	if (dot == NULL)
		return tag;
	*length -= (size_t)(dot + 1 - tag);
	return dot + 1;
}

bool
etag_may_end_in(const char *header, size_t length)
{
	const char *tag;
	size_t      found;

	while ((tag = next_tag(&header, &found)) != NULL)
		if (end_of_tag(tag, &found) != NULL && found == length)
			return true;
	return false;
}

const char *
etag_that_ends_in(struct arena *arena, const char *header, const char *end)
{
	const char *tag, *found;
	size_t      length;

	while ((tag = next_tag(&header, &length)) != NULL) {
		size_t found_length = length;

		found = end_of_tag(tag, &found_length);
		if (found != NULL && found_length == strlen(end) && memcmp(found, end, found_length) == 0)
			return arena_copy(arena, tag, length);
	}
	return NULL;
}

/* The version alone would do for one object; the id's end keeps tags of a list's neighbours apart in caches and logs. */
const char *
etag_label(struct arena *arena, struct uuid id, int64_t version)
{
	static const char hex[] = "0123456789abcdef";
	struct text       tag = text_new(arena, 48);

	for (size_t i = sizeof id.bytes - 4; i < sizeof id.bytes; i++) {
		text_add_char(&tag, hex[id.bytes[i] >> 4]);
		text_add_char(&tag, hex[id.bytes[i] & 15]);
	}
	text_add_char(&tag, '-');
	text_add_integer(&tag, version);
	return tag.bytes;
}

static const char *
make_tag(struct arena *arena, struct uuid id, int64_t version)
{
	return arena_format(arena, "\"%s\"", etag_label(arena, id, version));
}

/* The object's version in a tag that make_tag or respond_tagged made; false for any other. */
static bool
read_tag(const char *tag, size_t length, struct object_version *into)
{
	char text[48];
	int  end = 0;

	if (length >= sizeof text)
		return false;
	memcpy(text, tag, length);
	text[length] = '\0';
	return sscanf(text, "\"%8" SCNx32 "-%18" SCNd64 "%n", &into->id_end, &into->version, &end) == 2 &&
	    (text[end] == '"' || text[end] == '.');
}

const struct expected_version *
expected_version(const struct request *request)
{
	const char              *header = request_header(request, "HTTP_IF_MATCH"), *tag;
	struct expected_version *expected;
	struct object_version   *any_of;
	size_t                   commas = 0, length;

	if (header == NULL)
		return NULL;
	for (const char *c = header; *c != '\0'; c++)
		commas += *c == ',';
	any_of = ARENA_ARRAY(request->work->arena, commas + 1, struct object_version);
	expected = ARENA_NEW(request->work->arena, struct expected_version);
	expected->any_of = any_of;
	while ((tag = next_tag(&header, &length)) != NULL) {
		if (tag[0] == '*')
			return NULL;
		expected->count += read_tag(tag, length, &any_of[expected->count]);
	}
	return expected;
}

bool
request_not_modified(struct request *request, struct uuid id, int64_t version)
{
	const char *wanted = request_header(request, "HTTP_IF_NONE_MATCH");

	request->etag = make_tag(request->work->arena, id, version);
	if (request->method != GET || wanted == NULL || !etag_is_listed(wanted, request->etag))
		return false;
	request->status = 304;
	request->answered = true;
	return true;
}

/* The tag of what has been answered; 304 in its place when If-None-Match names it. */
static const struct problem *
tag_answer(struct request *request, struct uuid id, int64_t version)
{
	const char *wanted = request_header(request, "HTTP_IF_NONE_MATCH"), *tag;

	tag = make_tag(request->work->arena, id, version);
	request->etag = arena_format(request->work->arena, "%.*s.%08lx\"", (int)strlen(tag) - 1, tag,
	    crc32(0, (const unsigned char *)request->out.bytes, (unsigned)request->out.length));
	if (request->method != GET || wanted == NULL || !etag_is_listed(wanted, request->etag))
		return OK;
	request->status = 304;
	request->content_type = NULL;
	request->out.length = 0;
	return OK;
}

const struct problem *
respond_tagged(struct request *request, const void *answer, struct uuid id, int64_t version)
{
	TRY(respond(request, answer));
	return tag_answer(request, id, version);
}

const struct problem *
respond_json_tagged(struct request *request, const char *json, size_t length, struct uuid id, int64_t version)
{
	TRY(respond_json(request, json, length));
	return tag_answer(request, id, version);
}
