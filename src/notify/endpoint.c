/* Endpoints as rows and as what is shown of them. */
#include "notify/endpoint.h"

#include "base/arena.h"
#include "events/record.h"
#include "http/permission.h"
#include "net/target.h"
#include "store/list.h"

const char *const endpoint_status_values[] = { "active", "disabled", NULL };
const char *const endpoint_end_values[] = { "owner", "failing", "gone", NULL };

#define TYPES_EXAMPLE "[\"order.paid\", \"payment.*\"]"

#define ENDPOINT_MEMBERS \
	M_ID(struct endpoint, id, "id"), \
	    M_ID(struct endpoint, merchant, "merchant_id", \
		.description = "Whose events it hears; null: the shop's own, which hears all."), \
	    M_TEXT(struct endpoint, url, "url", ENDPOINT_URL_MAX, .required = true, .example = "\"https://example.com/hooks\""), \
	    M_TEXT(struct endpoint, types, "types", 4000, .hidden = true, .column = "event_types"), \
	    M_TEXTS(struct endpoint, event_types, n_event_types, "event_types", EVENT_TYPES_MAX, .example = TYPES_EXAMPLE), \
	    M_TEXT(struct endpoint, description, "description", 255, .example = "\"our warehouse\""), \
	    M_ENUM(struct endpoint, status, "status", endpoint_status_values), \
	    M_ENUM(struct endpoint, disabled_reason, "disabled_reason", endpoint_end_values, \
		.description = \
		    "Why it is disabled: by its owner, because all deliveries failed for days, or because it answered 410."), \
	    M_TIME(struct endpoint, disabled_at, "disabled_at"), \
	    M_TIME(struct endpoint, failing_since, "failing_since", \
		.description = "Since when every delivery fails; null: the last one did not."), \
	    M_TIME(struct endpoint, old_secret_until, "old_secret_until", \
		.description = "Until when the secret before the last rotation signs too."), \
	    M_INTEGER(struct endpoint, version, "version", 1, INT64_MAX), M_TIME(struct endpoint, created_at, "created_at"), \
	    M_TIME(struct endpoint, updated_at, "updated_at")

static const struct member endpoint_members[] = { ENDPOINT_MEMBERS };
SHAPE_SHARED(struct endpoint, endpoint_shape, "WebhookEndpoint", endpoint_members, .noun = "webhook endpoint");

static const struct member new_endpoint_members[] = {
	ENDPOINT_MEMBERS,
	M_TEXT(struct endpoint, secret, "secret", 64, .required = true, .computed = true,
	    .example = "\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"",
	    .description = "Verifies the signatures of deliveries (Standard Webhooks); shown this once."),
};
SHAPE_SHARED(struct endpoint, new_endpoint_shape, "NewWebhookEndpoint", new_endpoint_members);

#define BODY_MEMBERS(needed) \
	M_TEXT(struct endpoint, url, "url", ENDPOINT_URL_MAX, .required = needed, .min = 1, .format = FORMAT_URL, \
	    .example = "\"https://example.com/hooks\"", .description = "https, leading to a public address."), \
	    M_TEXTS(struct endpoint, event_types, n_event_types, "event_types", EVENT_TYPES_MAX, .required = needed, .min = 1, \
		.example = TYPES_EXAMPLE, .description = "Names of events, families (order.*), or * for all."), \
	    M_TEXT(struct endpoint, description, "description", 255, .nullable = true, .example = "\"our warehouse\"")

static const struct member create_members[] = {
	BODY_MEMBERS(true),
	M_ID(struct endpoint, merchant, "merchant_id", .nullable = true,
	    .description = "Staff only: whose events it hears; absent or null: the shop's own, which hears all."),
};
SHAPE_SHARED(struct endpoint, endpoint_create_shape, "WebhookEndpointRequest", create_members,
    .seen_offset = SEEN(struct endpoint, seen), .whole = true);

static const struct member change_members[] = {
	BODY_MEMBERS(false),
	M_ENUM(struct endpoint, status, "status", endpoint_status_values),
};
SHAPE_SHARED(
    struct endpoint, endpoint_change_shape, "WebhookEndpointChange", change_members, .seen_offset = SEEN(struct endpoint, seen));

static void
split_types(struct arena *arena, struct endpoint *endpoint)
{
	const char **words = ARENA_ARRAY(arena, EVENT_TYPES_MAX, const char *);
	const char  *at = endpoint->types;

	endpoint->n_event_types = 0;
	while (*at != '\0' && endpoint->n_event_types < EVENT_TYPES_MAX) {
		size_t length = strcspn(at, ",");

		words[endpoint->n_event_types++] = arena_format(arena, "%.*s", (int)length, at);
		at += length + (at[length] == ',');
	}
	endpoint->event_types = words;
}

static const struct list_order newest_first[] = { { .id = "e.id", .descending = true } };

const struct problem *
list_endpoints(struct work *work, const struct page_request *page, struct endpoint **endpoints, struct listed *listed)
{
	struct reach reach = REACH(work, WEBHOOK_WRITE, WEBHOOK_WRITE_OWN);
	struct list  list = list_begin(work, "SELECT {e}", "FROM webhook_endpoints e");

	list_where(&list, "e.deleted_at IS NULL");
	if (!reach.all)
		list_where(&list, "e.merchant_id = ?", P(reach.merchant));
	TRY(list_page(&list, &endpoint_shape, newest_first, page, endpoints, listed));
	for (size_t i = 0; i < listed->count; i++)
		split_types(work->arena, &(*endpoints)[i]);
	return OK;
}

const struct problem *
read_endpoint(struct work *work, struct endpoint_id id, struct endpoint **endpoint)
{
	struct reach reach = REACH(work, WEBHOOK_WRITE, WEBHOOK_WRITE_OWN);

	TRY(db_one(work->db, &endpoint_shape, endpoint,
	    "SELECT {e} FROM webhook_endpoints e WHERE e.id = ? AND e.deleted_at IS NULL AND (? OR e.merchant_id = ?)", P(id),
	    P(reach.all), P(reach.merchant)));
	split_types(work->arena, *endpoint);
	return OK;
}

const struct problem *
lock_endpoint(struct work *work, struct endpoint_id id, struct endpoint **endpoint)
{
	struct reach reach = REACH(work, WEBHOOK_WRITE, WEBHOOK_WRITE_OWN);

	TRY(db_one(work->db, &endpoint_shape, endpoint,
	    "SELECT {e} FROM webhook_endpoints e WHERE e.id = ? AND e.deleted_at IS NULL AND (? OR e.merchant_id = ?) FOR UPDATE",
	    P(id), P(reach.all), P(reach.merchant)));
	split_types(work->arena, *endpoint);
	return OK;
}

/* A name of an event, or a family of them. */
static bool
is_event_type(const char *word)
{
	size_t family = strcspn(word, ".");
	bool   all = strcmp(word + family, ".*") == 0;

	for (enum event_type type = 0; type < EVENT__COUNT; type++) {
		const char *name = event_type_name(type);

		if (all ? strncmp(name, word, family + 1) == 0 : strcmp(name, word) == 0)
			return true;
	}
	return strcmp(word, "*") == 0;
}

const struct problem *
check_endpoint(struct work *work, const struct endpoint *body)
{
	for (size_t i = 0; i < body->n_event_types; i++)
		if (!is_event_type(body->event_types[i]))
			return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, arena_format(work->arena, "event_types.%zu", i),
			    "is no type of event, no family of them, and not *");
	return body->url == NULL ? OK : target_check(work, body->url);
}

/*
 * Nothing of the URL, the description or the secrets: what leads to the owner's own service is told to nobody else.
 */
static const struct member endpoint_state_members[] = {
	M_ID(struct endpoint, id, "id"),
	M_ID(struct endpoint, merchant, "merchant_id"),
	M_TEXTS(struct endpoint, event_types, n_event_types, "event_types", EVENT_TYPES_MAX),
	M_ENUM(struct endpoint, status, "status", endpoint_status_values),
	M_ENUM(struct endpoint, disabled_reason, "disabled_reason", endpoint_end_values),
	M_TIME(struct endpoint, disabled_at, "disabled_at"),
	M_TIME(struct endpoint, failing_since, "failing_since"),
	M_INTEGER(struct endpoint, version, "version", 1, INT64_MAX),
	M_TIME(struct endpoint, created_at, "created_at"),
};
SHAPE(struct endpoint, endpoint_state_shape, "WebhookEndpointState", endpoint_state_members);

const struct problem *
record_endpoint_event(struct work *work, int type, const struct endpoint *endpoint, struct event_id *event)
{
	return event_record_as(work, (enum event_type)type, endpoint->id.uuid, &endpoint_state_shape, endpoint, event);
}
