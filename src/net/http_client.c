#include "net/http_client.h"

#include "base/span.h"
#include "store/work.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_BYTES_MAX = 1 << 20, ANSWER_ROOM = 4096 };

/*
 * What came of an answer.  Its bytes are malloc's, and the arena frees them: an arena that is full jumps away, and out of
 * libcurl that would leave the handle, and the circuit, in the middle of a call.
 */
struct answer {
	char  *bytes;
	size_t length, room, most;
	char   error[CURL_ERROR_SIZE];
};

static void
free_answer(void *object)
{
	free(((struct answer *)object)->bytes);
}

static struct answer *
new_answer(struct arena *arena, size_t most)
{
	struct answer *answer = ARENA_NEW(arena, struct answer);

	answer->room = ANSWER_ROOM;
	answer->most = most > 0 && most < ANSWER_BYTES_MAX ? most : ANSWER_BYTES_MAX;
	answer->bytes = calloc(1, answer->room);
	if (answer->bytes == NULL)
		abort();
	arena_defer(arena, free_answer, answer);
	return answer;
}

/* Less than it was given makes curl give up with CURLE_WRITE_ERROR. */
static size_t
take_bytes(char *bytes, size_t size, size_t count, void *argument)
{
	struct answer *answer = argument;
	size_t         length = answer->length + size * count, room = answer->room;
	char          *larger;

	if (length > answer->most)
		return 0;
	while (length + 1 > room)
		room *= 2;
	if (room > answer->room) {
		if ((larger = realloc(answer->bytes, room)) == NULL)
			return 0;
		answer->bytes = larger;
		answer->room = room;
	}
	memcpy(answer->bytes + answer->length, bytes, size * count);
	answer->length = length;
	answer->bytes[length] = '\0';
	return size * count;
}

static struct curl_slist *
add_header(struct curl_slist *list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(list, line);

	if (longer == NULL)
		abort();
	return longer;
}

static struct curl_slist *
make_headers(struct work *work, const struct http_call *call, const struct span_call *span)
{
	const char        *request_id = arena_format(work->arena, "X-Request-Id: %s", work->request_id);
	const char        *traceparent;
	char               parent[TRACEPARENT_SIZE];
	struct curl_slist *list = call->signing == NULL ? add_header(NULL, "Expect:") : NULL;

	for (const char *const *line = call->headers; line != NULL && *line != NULL; line++)
		list = add_header(list, *line);
	if (work->request_id[0] != '\0')
		list = add_header(list, request_id);
	if (span->id[0] != '\0')
		span_call_traceparent(span, parent);
	else
		snprintf(parent, sizeof parent, "%s", work->traceparent);
	traceparent = arena_format(work->arena, "traceparent: %s", parent);
	if (parent[0] != '\0')
		list = add_header(list, traceparent);
	return list;
}

/* Only a connection that was never made is certain to have had no effect. */
static enum http_outcome
outcome_of(CURLcode code)
{
	switch (code) {
	case CURLE_OK:
		return HTTP_ANSWERED;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_CONNECT:
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
		return HTTP_UNREACHABLE;
	default:
		return HTTP_UNKNOWN;
	}
}

/*
 * "Expect:", which takes the header away, would be signed and not sent: so the header goes along with a large body, and nobody waits
 * for what is said to it.
 */
static void
set_signing(struct arena *arena, CURL *curl, const struct http_signing *signing)
{
	curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, arena_format(arena, "aws:amz:%s:%s", signing->region, signing->service));
	curl_easy_setopt(curl, CURLOPT_USERNAME, signing->key_id);
	curl_easy_setopt(curl, CURLOPT_PASSWORD, signing->secret);
	curl_easy_setopt(curl, CURLOPT_EXPECT_100_TIMEOUT_MS, 1L);
}

static void
set_options(
    CURL *curl, const struct http_call *call, struct curl_slist *headers, struct curl_slist *elsewhere, struct answer *answer)
{
	curl_easy_setopt(curl, CURLOPT_URL, call->url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)call->connect_timeout_ms);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)call->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, answer->error);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "haat/" PACKAGE_VERSION);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call->method);
	if (call->roots_file != NULL)
		curl_easy_setopt(curl, CURLOPT_CAINFO, call->roots_file);
	if (elsewhere != NULL)
		curl_easy_setopt(curl, CURLOPT_CONNECT_TO, elsewhere);
	if (call->body != NULL) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)call->body_length);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body);
	}
}

/* The first header of the name; "" when there is none. */
static const char *
header_of(CURL *curl, const char *name)
{
	struct curl_header *header;

	return curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK ? header->value : "";
}

/* Directives are separated by commas, their names in any case; what a cache on the way has used up of it is gone (RFC 9111, 4.2.3). */
static int64_t
max_age_of(CURL *curl)
{
	static const char name[] = "max-age=";
	int64_t           seconds = 0, age = strtoll(header_of(curl, "Age"), NULL, 10);

	for (const char *at = header_of(curl, "Cache-Control"); *at != '\0'; at += strcspn(at, ",")) {
		at += strspn(at, ", \t");
		if (strncasecmp(at, "no-store", 8) == 0 || strncasecmp(at, "no-cache", 8) == 0)
			return 0;
		if (strncasecmp(at, name, sizeof name - 1) == 0)
			seconds = strtoll(at + sizeof name - 1, NULL, 10);
	}
	if (age > 0)
		seconds -= age < seconds ? age : seconds;
	return seconds < 0 ? 0 : seconds;
}

void
http_call(struct work *work, const struct http_call *call, struct http_reply *reply)
{
	static CURL       *curl;
	struct answer     *answer = new_answer(work->arena, call->answer_bytes_max);
	struct span_call   span = span_call_begins();
	struct curl_slist *headers = make_headers(work, call, &span);
	struct curl_slist *elsewhere = NULL;
	CURLcode           code;
	long               status = 0;

	if (curl == NULL && (curl = curl_easy_init()) == NULL)
		abort();
	curl_easy_reset(curl); /* connections stay */
	for (const char *const *line = call->connect_to; line != NULL && *line != NULL; line++)
		elsewhere = add_header(elsewhere, *line);
	set_options(curl, call, headers, elsewhere, answer);
	if (call->signing != NULL)
		set_signing(work->arena, curl, call->signing);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL); /* it goes with the arena, the handle stays */
	curl_slist_free_all(headers);
	curl_slist_free_all(elsewhere);
	span_call_ends(&span, call->method, call->url, code == CURLE_OK ? (int)status : 0);
	*reply = (struct http_reply) { .outcome = outcome_of(code),
		.status = (int)status,
		.body = answer->bytes,
		.length = answer->length,
		.max_age_seconds = max_age_of(curl),
		.error = answer->error[0] != '\0' ? answer->error : curl_easy_strerror(code) };
}
