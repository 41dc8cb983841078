#include "base/span.h"

#include "base/ids.h"
#include "base/instant.h"
#include "base/telemetry.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CALLS_MAX = 16, METHOD_BYTES = 8, HOST_BYTES = 128, ROUTE_BYTES = 256, KIND_SERVER = 2, KIND_CLIENT = 3, FAILED = 2 };

struct ended_call {
	char    id[SPAN_ID_SIZE], method[METHOD_BYTES], host[HOST_BYTES];
	int     status;
	int64_t started_us, ended_us;
};

/* Spans as text; what no longer fits makes it too long, and telemetry_send drops it. */
struct spans {
	char   bytes[TELEMETRY_BYTES_MAX];
	size_t length;
};

static struct {
	bool              is_open;
	char              trace[TRACE_ID_SIZE], span[SPAN_ID_SIZE], parent[SPAN_ID_SIZE];
	int64_t           started_us, unix_us_of_zero; /* what the monotonic clock's 0 was in Unix time */
	struct ended_call calls[CALLS_MAX];
	size_t            kept, made; /* calls; the first are kept */
} running;

void
span_open(const char *trace, const char *span, const char *parent, int64_t started_us)
{
	running.is_open = true;
	running.kept = running.made = 0;
	snprintf(running.trace, sizeof running.trace, "%s", trace);
	snprintf(running.span, sizeof running.span, "%s", span);
	snprintf(running.parent, sizeof running.parent, "%s", parent);
	running.started_us = started_us;
	running.unix_us_of_zero = instant_now().unix_ms * 1000 - monotonic_us();
}

struct span_call
span_call_begins(void)
{
	struct span_call call = { .id = "", .started_us = monotonic_us() };
	uint64_t         random;

	if (!running.is_open)
		return call;
	random_bytes(&random, sizeof random);
	snprintf(call.id, sizeof call.id, "%016llx", (unsigned long long)random | 1); /* zeros are no id */
	return call;
}

void
span_call_traceparent(const struct span_call *call, char into[TRACEPARENT_SIZE])
{
	snprintf(into, TRACEPARENT_SIZE, "00-%s-%s-01", running.trace, call->id);
}

/* The host of a URL without user, port and path; of one with other characters than hosts have, nothing. */
static void
copy_host(const char *url, char into[HOST_BYTES])
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
	const char       *at = strstr(url, "://"), *host = at == NULL ? url : at + 3;
	size_t            length = strcspn(host, "/?#");
	const char       *user = memchr(host, '@', length);

	if (user != NULL) {
		length -= (size_t)(user + 1 - host);
		host = user + 1;
	}
	length = length < strcspn(host, ":") ? length : strcspn(host, ":");
	if (length >= HOST_BYTES || strspn(host, allowed) < length)
		length = 0;
	memcpy(into, host, length);
	into[length] = '\0';
}

void
span_call_ends(const struct span_call *call, const char *method, const char *url, int status)
{
	struct ended_call *ended;

	if (!running.is_open || call->id[0] == '\0' || ++running.made > CALLS_MAX)
		return;
	ended = &running.calls[running.kept++];
	memcpy(ended->id, call->id, sizeof ended->id);
	snprintf(ended->method, sizeof ended->method, "%s", method);
	copy_host(url, ended->host);
	ended->status = status;
	ended->started_us = call->started_us;
	ended->ended_us = monotonic_us();
}

static void __attribute__((format(printf, 2, 3))) put(struct spans *spans, const char *format, ...)
{
	size_t  room = sizeof spans->bytes - spans->length;
	va_list arguments;
	int     length;

	va_start(arguments, format);
	length = vsnprintf(spans->bytes + spans->length, room, format, arguments);
	va_end(arguments);
	spans->length += length < 0 || (size_t)length >= room ? room : (size_t)length;
}

/* Up to the attributes.  64-bit numbers are decimal texts, enumerations numbers (OTLP's JSON). */
static void
put_head(struct spans *spans, const char *id, const char *parent, int kind, int64_t started_us, int64_t ended_us)
{
	put(spans, "%s{\"traceId\":\"%s\",\"spanId\":\"%s\",", spans->length > 0 ? "," : "", running.trace, id);
	if (*parent != '\0')
		put(spans, "\"parentSpanId\":\"%s\",", parent);
	put(spans, "\"kind\":%d,\"startTimeUnixNano\":\"%lld000\",\"endTimeUnixNano\":\"%lld000\"", kind,
	    (long long)(running.unix_us_of_zero + started_us), (long long)(running.unix_us_of_zero + ended_us));
}

static void
put_text(struct spans *spans, const char *name, const char *value)
{
	put(spans, ",{\"key\":\"%s\",\"value\":{\"stringValue\":\"%s\"}}", name, value);
}

static void
put_number(struct spans *spans, const char *name, int64_t value)
{
	put(spans, ",{\"key\":\"%s\",\"value\":{\"intValue\":\"%lld\"}}", name, (long long)value);
}

/* The first attribute, which every span has. */
static void
put_method(struct spans *spans, const char *method)
{
	put(spans, ",\"attributes\":[{\"key\":\"http.request.method\",\"value\":{\"stringValue\":\"%s\"}}", method);
}

static void
put_request(struct spans *spans, const struct span_request *request)
{
	char route[ROUTE_BYTES] = "";

	if (request->route != NULL)
		snprintf(route, sizeof route, "%s%s", request->base, request->route);
	put_head(spans, running.span, running.parent, KIND_SERVER, running.started_us, monotonic_us());
	put(spans, ",\"name\":\"%s%s%s\"", request->method, route[0] == '\0' ? "" : " ", route);
	put_method(spans, request->method);
	if (route[0] != '\0')
		put_text(spans, "http.route", route);
	put_number(spans, "http.response.status_code", request->status);
	put_text(spans, "haat.request_id", request->request_id);
	put_number(spans, "haat.database.round_trips", request->round_trips);
	put_number(spans, "haat.database.duration_us", request->database_us);
	put_number(spans, "haat.calls", (int64_t)running.made);
	put(spans, "],\"status\":{\"code\":%d}}", request->status >= 500 ? FAILED : 0);
}

/* Of a call that was refused (4xx) the caller has failed as well (OpenTelemetry, "Semantic conventions for HTTP spans"). */
static void
put_call(struct spans *spans, const struct ended_call *call)
{
	put_head(spans, call->id, running.span, KIND_CLIENT, call->started_us, call->ended_us);
	put(spans, ",\"name\":\"%s\"", call->method);
	put_method(spans, call->method);
	put_text(spans, "server.address", call->host);
	if (call->status != 0)
		put_number(spans, "http.response.status_code", call->status);
	put(spans, "],\"status\":{\"code\":%d}}", call->status == 0 || call->status >= 400 ? FAILED : 0);
}

void
span_close(const struct span_request *request)
{
	static struct spans spans;

	if (!running.is_open)
		return;
	running.is_open = false;
	if (request == NULL)
		return;
	spans.length = 0;
	put_request(&spans, request);
	for (size_t i = 0; i < running.kept; i++)
		put_call(&spans, &running.calls[i]);
	telemetry_send(TELEMETRY_SPANS, 1 + running.kept, spans.bytes, spans.length);
}
