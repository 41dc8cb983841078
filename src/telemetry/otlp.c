#include "telemetry/otlp.h"

#include "base/shape.h"
#include "base/text.h"
#include "store/work.h"
#include "telemetry/resource.h"

#include <json-c/json.h>
#include <string.h>

enum { BATCH = 512, BATCH_WAIT_MS = 5000 };

static void
add_attribute(struct text *body, const char *name, const char *value)
{
	text_addf(body, "{\"key\":\"%s\",\"value\":{\"stringValue\":", name);
	text_add_json(body, value);
	text_addf(body, "}}");
}

/* The spans are JSON already (base/span.h). */
static void
print_spans(struct work *work, struct outlet_item *const *items, size_t count, struct text *body)
{
	text_addf(body, "{\"resourceSpans\":[{\"resource\":{\"attributes\":[");
	add_attribute(body, "service.name", "haat");
	text_add_char(body, ',');
	add_attribute(body, "service.version", PACKAGE_VERSION);
	text_add_char(body, ',');
	add_attribute(body, "deployment.environment.name", telemetry_environment(work->config));
	text_add_char(body, ',');
	add_attribute(body, "host.name", telemetry_host());
	text_addf(body, "]},\"scopeSpans\":[{\"scope\":{\"name\":\"haatd\",\"version\":\"" PACKAGE_VERSION "\"},\"spans\":[");
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			text_add_char(body, ',');
		text_add(body, items[i]->bytes, items[i]->length);
	}
	text_addf(body, "]}]}]}");
}

/* {"partialSuccess": {"rejectedSpans": "2"}}: refused for good, though the call has succeeded. */
static void
read_answer(struct work *work, struct outlet_answer *answer)
{
	struct json_object *json = json_read(work->arena, answer->body, strlen(answer->body)), *partial, *rejected;

	answer->again |= answer->status == 429;
	if (json_object_is_type(json, json_type_object) && json_object_object_get_ex(json, "partialSuccess", &partial) &&
	    json_object_is_type(partial, json_type_object) && json_object_object_get_ex(partial, "rejectedSpans", &rejected)) {
		int64_t count = json_object_get_int64(rejected); /* of a text, too */

		answer->refused = count > 0 ? (size_t)count : 0;
	}
}

const struct collector otlp_collector = {
	.kind = TELEMETRY_SPANS, .batch = BATCH, .wait_ms = BATCH_WAIT_MS, .print = print_spans, .read_answer = read_answer
};
