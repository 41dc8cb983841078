#include "net/http_client.h"

#include "base/text.h"
#include "store/work.h"

#include <curl/curl.h>

enum { ANSWER_BYTES_MAX = 1 << 20 };

static size_t
take_bytes(char *bytes, size_t size, size_t count, void *argument)
{
	struct text *body = argument;

	if (body->length + size * count > ANSWER_BYTES_MAX)
		return 0; /* curl gives up with CURLE_WRITE_ERROR */
	text_add(body, bytes, size * count);
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
make_headers(struct work *work, const struct http_call *call)
{
	struct curl_slist *list = add_header(NULL, "Expect:");

	for (const char *const *line = call->headers; line != NULL && *line != NULL; line++)
		list = add_header(list, *line);
	if (work->request_id[0] != '\0')
		list = add_header(list, arena_format(work->arena, "X-Request-Id: %s", work->request_id));
	if (work->traceparent[0] != '\0')
		list = add_header(list, arena_format(work->arena, "traceparent: %s", work->traceparent));
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

static void
set_options(CURL *curl, const struct http_call *call, struct curl_slist *headers, struct text *body)
{
	curl_easy_setopt(curl, CURLOPT_URL, call->url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)call->connect_timeout_ms);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)call->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "haat/" PACKAGE_VERSION);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call->method);
	if (call->body != NULL) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)call->body_length);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body);
	}
}

void
http_call(struct work *work, const struct http_call *call, struct http_reply *reply)
{
	static CURL       *curl;
	struct text        body = text_new(work->arena, 4096);
	struct curl_slist *headers = make_headers(work, call);
	char               error[CURL_ERROR_SIZE] = "";
	CURLcode           code;
	long               status = 0;

	if (curl == NULL && (curl = curl_easy_init()) == NULL)
		abort();
	curl_easy_reset(curl); /* connections stay */
	set_options(curl, call, headers, &body);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_slist_free_all(headers);
	*reply = (struct http_reply) { .outcome = outcome_of(code),
		.status = (int)status,
		.body = body.bytes,
		.length = body.length,
		.error = arena_string(work->arena, error[0] != '\0' ? error : curl_easy_strerror(code)) };
}
