/* Calls over TLS, many at once if need be, through libcurl. */
#include "tests/api/api.h"

#include "base/arena.h"
#include "base/shape.h"
#include "base/text.h"
#include "http/route.h"
#include "shop.h"
#include "tests/api/check.h"

#include <assert.h>
#include <ctype.h>
#include <curl/curl.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <zlib.h>

enum { MEMORY_BYTES = 1 << 30, CALLS_MAX = 256, TIMEOUT_MS = 60000, SKIPPED = 77, ANSWER_LEVELS = 40 };

static struct {
	struct arena *arena;
	CURLM        *multi;
	const char   *run, *url, *ca;
	pid_t         owner;
} api;

static void
skip_program(const char *why)
{
	printf("skipped: %s\n0 passed, 0 failed, 1 skipped\n", why);
	exit(SKIPPED);
}

/* Which shop, and the tables it is held against. */
static void
open_api(void)
{
	const char *port = getenv("HAAT_PORT");

	if (api.multi != NULL && api.owner == getpid())
		return;
	if (api.multi != NULL) { /* a child that was forked must not speak on its parent's connections */
		api.owner = getpid();
		api.multi = curl_multi_init();
		return;
	}
	api.owner = getpid();
	api.arena = arena_new(MEMORY_BYTES);
	api.run = getenv("HAAT_RUN");
	if (api.run == NULL)
		skip_program("HAAT_RUN does not name a running shop");
	api.ca = arena_format(api.arena, "%s/tls/ca.pem", api.run);
	if (access(api.ca, R_OK) != 0)
		skip_program("there is no shop in HAAT_RUN");
	api.url = arena_format(api.arena, "https://localhost:%s", port == NULL ? "8443" : port);
	routes_use(shop_tables);
	assert(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
	api.multi = curl_multi_init();
	assert(api.multi != NULL);
}

struct arena *
api_arena(void)
{
	open_api();
	return api.arena;
}

const char *
api_origin(void)
{
	open_api();
	return api.url;
}

const char *
shop_directory(void)
{
	open_api();
	return api.run;
}

char *
form(const char *format, ...)
{
	va_list list;
	char   *text;
	int     length;

	va_start(list, format);
	length = vsnprintf(NULL, 0, format, list);
	va_end(list);
	assert(length >= 0);
	text = arena_alloc(api_arena(), (size_t)length + 1);
	va_start(list, format);
	vsnprintf(text, (size_t)length + 1, format, list);
	va_end(list);
	return text;
}

/* One call under way. */
struct transfer {
	CURL              *easy;
	struct curl_slist *lines;
	struct text        headers, body;
};

static size_t
take(char *bytes, size_t size, size_t count, void *into)
{
	text_add(into, bytes, size * count);
	return size * count;
}

/* The headers of the last answer only: an interim one (100) goes before it. */
static size_t
take_header(char *bytes, size_t size, size_t count, void *into)
{
	struct text *headers = into;

	if (size * count > 5 && memcmp(bytes, "HTTP/", 5) == 0)
		headers->length = 0;
	return take(bytes, size, count, into);
}

static const char *
full_url(const char *path)
{
	static const char *const pages[] = { "/pay/", "/signin/", "/unsubscribe/", "/verify", "/reset", "/live" };
	bool outside = strcmp(path, "/health") == 0 || strcmp(path, "/ready") == 0 || strcmp(path, "/metrics") == 0 ||
	    (strncmp(path, "/media/", 7) == 0 && strchr(path + 7, '/') != NULL);

	if (path[0] == '/' && path[1] == '/') /* "//products/x": the page of that path, not the call */
		return form("%s%s", api.url, path + 1);
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		outside = outside || strncmp(path, pages[i], strlen(pages[i])) == 0;
	return form("%s%s%s", api.url, outside ? "" : "/api/v1", path);
}

static bool
names_header(const char *const *headers, const char *name)
{
	for (; headers != NULL && *headers != NULL; headers++)
		if (strncasecmp(*headers, name, strlen(name)) == 0)
			return true;
	return false;
}

static void
start_transfer(const struct call *call, struct transfer *transfer)
{
	CURL *easy = curl_easy_init();

	assert(easy != NULL);
	*transfer = (struct transfer) { .easy = easy, .headers = text_new(api.arena, 1024), .body = text_new(api.arena, 4096) };
	if (call->token != NULL)
		transfer->lines = curl_slist_append(transfer->lines, form("Authorization: Bearer %s", call->token));
	if (call->body != NULL && !names_header(call->headers, "Content-Type:"))
		transfer->lines = curl_slist_append(transfer->lines, "Content-Type: application/json");
	transfer->lines = curl_slist_append(transfer->lines, "Expect:");
	for (const char *const *header = call->headers; header != NULL && *header != NULL; header++)
		transfer->lines = curl_slist_append(transfer->lines, *header);
	curl_easy_setopt(easy, CURLOPT_URL, full_url(call->path));
	curl_easy_setopt(easy, CURLOPT_CAINFO, api.ca);
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method);
	if (strcmp(call->method, "HEAD") == 0)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	if (call->body != NULL) {
		curl_easy_setopt(
		    easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(call->length > 0 ? call->length : strlen(call->body)));
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->body);
	}
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->lines);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer->body);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer->headers);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_multi_add_handle(api.multi, easy);
}

static void
put_json(void *json)
{
	json_object_put(json);
}

/* As strictly as a body, but deeper: a tree of 16 categories has 34 levels. */
static struct json_object *
read_answer(const char *bytes, size_t length)
{
	struct json_object  *json = json_read(api.arena, bytes, length);
	struct json_tokener *tokener;

	if (json != NULL)
		return json;
	tokener = json_tokener_new_ex(ANSWER_LEVELS);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	json = json_tokener_parse_ex(tokener, bytes, (int)length);
	if (json_tokener_get_parse_end(tokener) == length && json != NULL)
		arena_defer(api.arena, put_json, json);
	else
		json = NULL;
	json_tokener_free(tokener);
	return json;
}

/* What was packed; as it is when it was not. */
static struct json_object *
read_packed_answer(const struct answer *answer)
{
	enum { UNPACKED_MAX = 4 << 20 };
	const char *encoding = header_of(answer, "Content-Encoding");
	z_stream    stream = { .next_in = (unsigned char *)answer->body, .avail_in = (unsigned)answer->length };
	char       *unpacked;
	bool        whole;

	if (encoding == NULL || strcmp(encoding, "gzip") != 0)
		return read_answer(answer->body, answer->length);
	unpacked = arena_alloc(api.arena, UNPACKED_MAX);
	stream.next_out = (unsigned char *)unpacked;
	stream.avail_out = UNPACKED_MAX;
	if (inflateInit2(&stream, 15 + 16) != Z_OK)
		return NULL;
	whole = inflate(&stream, Z_FINISH) == Z_STREAM_END;
	inflateEnd(&stream);
	return whole ? read_answer(unpacked, stream.total_out) : NULL;
}

static struct answer
finish_transfer(const struct call *call, struct transfer *transfer)
{
	struct answer answer = { .asked = form("%s %s", call->method, call->path),
		.headers = transfer->headers.bytes,
		.body = transfer->body.bytes,
		.length = transfer->body.length,
		.round_trips = -1 };
	const char   *trips, *type;
	long          status = 0;
	curl_off_t    microseconds = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(transfer->easy, CURLINFO_TOTAL_TIME_T, &microseconds);
	curl_multi_remove_handle(api.multi, transfer->easy);
	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->lines);
	answer.status = (int)status;
	answer.milliseconds = (long)(microseconds / 1000);
	type = header_of(&answer, "Content-Type");
	if (type != NULL && strncmp(type, "application/json", 16) == 0 && answer.length > 0)
		answer.json = read_packed_answer(&answer);
	trips = header_of(&answer, "X-Round-Trips");
	if (trips != NULL)
		answer.round_trips = strtol(trips, NULL, 10);
	return answer;
}

void
api_calls(const struct call *calls, size_t count, struct answer *answers)
{
	static struct transfer transfers[CALLS_MAX];
	int                    running;

	assert(count <= CALLS_MAX);
	open_api();
	for (size_t i = 0; i < count; i++)
		start_transfer(&calls[i], &transfers[i]);
	do {
		assert(curl_multi_perform(api.multi, &running) == CURLM_OK);
		if (running > 0)
			curl_multi_poll(api.multi, NULL, 0, 1000, NULL);
	} while (running > 0);
	for (size_t i = 0; i < count; i++) {
		answers[i] = finish_transfer(&calls[i], &transfers[i]);
		check_answer(&calls[i], &answers[i]);
	}
}

struct answer
api_call(const char *method, const char *path, const char *token, const char *body, const char *const *headers)
{
	struct call   call = { method, path, token, body, headers };
	struct answer answer;

	api_calls(&call, 1, &answer);
	return answer;
}

char *
in_lower_case(const char *text)
{
	char *copy = form("%s", text);

	for (char *c = copy; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

const char *
header_of(const struct answer *answer, const char *name)
{
	size_t length = strlen(name);

	for (const char *line = answer->headers; line != NULL && *line != '\0';
	     line += strcspn(line, "\n"), line += *line == '\n')
		if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
			line += length + 1;
			line += strspn(line, " ");
			return form("%.*s", (int)strcspn(line, "\r\n"), line);
		}
	return NULL;
}

struct json_object *
value_at(const struct answer *answer, const char *path)
{
	struct json_object *json = answer->json;

	while (json != NULL && *path != '\0') {
		size_t length = strcspn(path, ".");
		char  *name = form("%.*s", (int)length, path);

		if (json_object_is_type(json, json_type_array)) {
			json = json_object_array_get_idx(json, strtoul(name, NULL, 10));
		} else {
			struct json_object *member = NULL;

			if (json_object_is_type(json, json_type_object))
				json_object_object_get_ex(json, name, &member);
			json = member;
		}
		path += length + (path[length] == '.');
	}
	return json;
}

const char *
text_at(const struct answer *answer, const char *path)
{
	struct json_object *json = value_at(answer, path);

	return json == NULL ? NULL : form("%s", json_object_get_string(json));
}

int64_t
number_at(const struct answer *answer, const char *path)
{
	return json_object_get_int64(value_at(answer, path));
}

bool
bool_at(const struct answer *answer, const char *path)
{
	return json_object_get_boolean(value_at(answer, path));
}

bool
has_at(const struct answer *answer, const char *path)
{
	return value_at(answer, path) != NULL;
}

size_t
length_at(const struct answer *answer, const char *path)
{
	struct json_object *json = value_at(answer, path);

	return json_object_is_type(json, json_type_array) ? json_object_array_length(json) : 0;
}
