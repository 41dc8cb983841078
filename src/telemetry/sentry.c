#include "telemetry/sentry.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/dsn.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/shape.h"
#include "base/text.h"
#include "store/work.h"
#include "telemetry/resource.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

enum { QUIET_SECONDS = 60, QUIET_MAX = 86400, MASKED_BYTES = 8192, PLACE_BYTES = 128 };

const char *
sentry_url(struct arena *arena, const char *dsn)
{
	struct dsn parts;

	if (!dsn_parse(dsn, &parts))
		return "";
	return arena_format(arena, "%.*s%.*s/api/%s/envelope/", (int)parts.scheme_length, parts.scheme, (int)parts.server_length,
	    parts.server, parts.project);
}

const char *
sentry_authorization(struct arena *arena, const char *dsn)
{
	struct dsn parts;

	if (!dsn_parse(dsn, &parts))
		return "";
	return arena_format(arena,
	    "X-Sentry-Auth: Sentry sentry_version=7, sentry_client=haat/" PACKAGE_VERSION ", sentry_key=%.*s",
	    (int)parts.key_length, parts.key);
}

/* ---- the event ---- */

static const char *
member(struct json_object *line, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(line, name, &value) ? json_object_get_string(value) : "";
}

static bool
is_one_of(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

/* ,"name":"value", unless it is empty */
static void
add_member(struct text *event, const char *name, const char *value)
{
	if (*value == '\0')
		return;
	text_addf(event, ",\"%s\":", name);
	text_add_json(event, value);
}

/* The members of the line that `names` has, or has not, as an object; without the comma before its first. */
static void
add_object(struct text *event, const char *name, struct json_object *line, const char *const *names, bool has)
{
	char   masked[MASKED_BYTES];
	size_t begin;

	text_addf(event, ",\"%s\":{", name);
	begin = event->length;
	json_object_object_foreach(line, key, value)
	{
		if (is_one_of(key, names) != has)
			continue;
		log_mask(json_object_get_string(value), masked, sizeof masked);
		if (event->length > begin)
			text_add_char(event, ',');
		text_add_json(event, key);
		text_add_char(event, ':');
		text_add_json(event, has ? json_object_get_string(value) : masked);
	}
	text_add_char(event, '}');
}

/* "src/orders/place.c:112" as the only frame of a stack. */
static void
add_exception(struct text *event, struct json_object *line)
{
	const char *place = member(line, "place"), *number = strrchr(place, ':');
	char        file[PLACE_BYTES];

	text_addf(event, ",\"exception\":{\"values\":[{\"type\":");
	text_add_json(event, member(line, "message"));
	text_addf(event, ",\"value\":");
	text_add_json(event, member(line, "cause"));
	if (number != NULL) {
		snprintf(file, sizeof file, "%.*s", (int)(number - place), place);
		text_addf(event, ",\"stacktrace\":{\"frames\":[{\"filename\":");
		text_add_json(event, file);
		text_addf(event, ",\"lineno\":%ld,\"in_app\":true}]}", strtol(number + 1, NULL, 10));
		text_addf(event, "}]},\"fingerprint\":[");
		text_add_json(event, file);
	} else {
		text_addf(event, "}]},\"fingerprint\":[\"\"");
	}
	/* Not the line: it moves with every version, and the error is the same. */
	text_add_char(event, ',');
	text_add_json(event, member(line, "message"));
	text_add_char(event, ']');
}

static void
add_trace(struct text *event, struct json_object *line)
{
	const char *trace = member(line, "trace_id"), *span = member(line, "span_id");

	if (*trace == '\0' || *span == '\0')
		return;
	text_addf(event, ",\"contexts\":{\"trace\":{\"trace_id\":");
	text_add_json(event, trace);
	text_addf(event, ",\"span_id\":");
	text_add_json(event, span);
	text_addf(event, "}}");
}

/* What is searched for, and what has its own place in the event or is somebody's: neither stands among the rest. */
static const char *const tags[] = { "request_id", "order", "payment", "refund", "event", "provider", "kind", NULL };
static const char *const not_extra[] = { "request_id", "order", "payment", "refund", "event", "provider", "kind", "time", "level",
	"message", "program", "place", "cause", "route", "trace_id", "span_id", "user_id", "key_id", "user", "address", "network",
	"ip", "email", "path", "url", "answer", NULL };

static void
print_event(struct work *work, const struct outlet_item *item, struct json_object *line, struct text *event)
{
	const char *time = member(line, "time"), *program = member(line, "program");

	text_addf(event, "{\"event_id\":\"%s\",\"timestamp\":", item->id);
	text_add_json(event, time);
	text_addf(event, ",\"platform\":\"native\",\"level\":\"error\"");
	add_member(event, "logger", program);
	text_addf(event, ",\"release\":\"haat@" PACKAGE_VERSION "\"");
	add_member(event, "environment", telemetry_environment(work->config));
	add_member(event, "server_name", telemetry_host());
	add_member(event, "transaction", member(line, "route"));
	add_exception(event, line);
	add_object(event, "tags", line, tags, true);
	add_object(event, "extra", line, not_extra, false);
	add_trace(event, line);
	text_add_char(event, '}');
}

/* A header line of the envelope, one of the item, the item: each ends in a line feed, which JSON has nowhere else. */
static void
print_envelope(struct work *work, struct outlet_item *const *items, size_t count, struct text *body)
{
	const struct outlet_item *item = items[0];
	struct json_object       *line = json_read(work->arena, item->bytes, item->length);
	struct text               event = text_new(work->arena, 4096);
	char                      now[INSTANT_TEXT_SIZE];

	(void)count; /* of errors a call has one */
	if (line == NULL || !json_object_is_type(line, json_type_object))
		line = json_read(work->arena, "{}", 2);
	print_event(work, item, line, &event);
	instant_write(instant_now(), now);
	text_addf(body, "{\"event_id\":\"%s\",\"sent_at\":\"%s\"}\n", item->id, now);
	text_addf(body, "{\"type\":\"event\",\"length\":%zu,\"content_type\":\"application/json\"}\n", event.length);
	text_add(body, event.bytes, event.length);
	text_add_char(body, '\n');
}

/* ---- its answer ---- */

/* Is "error", or everything (no category at all), among the categories of a limit? */
static bool
is_for_errors(const char *categories, size_t length)
{
	static const char ours[] = "error";

	if (length == 0)
		return true;
	for (size_t at = 0; at < length;) {
		size_t end = at;

		while (end < length && categories[end] != ';')
			end++;
		if (end - at == sizeof ours - 1 && strncmp(categories + at, ours, end - at) == 0)
			return true;
		at = end + 1;
	}
	return false;
}

int64_t
sentry_quiet_seconds(const char *rate_limits, int status, int64_t retry_after_seconds)
{
	int64_t longest = 0;

	for (const char *at = rate_limits; *at != '\0'; at += *at == ',') {
		char       *end;
		const char *limit = at;
		int64_t     seconds = strtoll(limit, &end, 10);

		at += strcspn(at, ",");
		if (end == limit || *end != ':' || seconds <= longest)
			continue;
		if (is_for_errors(end + 1, strcspn(end + 1, ":,")))
			longest = seconds;
	}
	if (*rate_limits == '\0' && status == 429)
		longest = retry_after_seconds > 0 ? retry_after_seconds : QUIET_SECONDS;
	return longest < QUIET_MAX ? longest : QUIET_MAX;
}

static void
read_answer(struct work *work, struct outlet_answer *answer)
{
	(void)work;
	answer->quiet_seconds = sentry_quiet_seconds(answer->rate_limits, answer->status, answer->retry_after_seconds);
}

const struct collector sentry_collector = {
	.kind = TELEMETRY_ERRORS, .batch = 1, .wait_ms = 0, .print = print_envelope, .read_answer = read_answer
};
