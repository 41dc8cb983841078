#include "base/arena.h"
#include "base/config.h"
#include "base/ids.h"
#include "sandbox/paypal/paypal.h"

#include <strings.h>

struct json_object *
paypal_sent(const struct json_object *object)
{
	struct json_object *sent = json_object_new_object();

	json_object_object_foreach((struct json_object *)object, name, value)
	{
		if (*name != '_')
			put_copy(sent, name, value);
	}
	return sent;
}

void
paypal_answer_object(struct call *call, int status, struct json_object *object)
{
	const char *prefer = call_header(call, "Prefer");

	if (prefer == NULL || strcasecmp(prefer, "return=representation") != 0) {
		struct json_object *minimal = json_object_new_object();

		put_copy(minimal, "id", json_object_object_get(object, "id"));
		put_copy(minimal, "status", json_object_object_get(object, "status"));
		put_copy(minimal, "links", json_object_object_get(object, "links"));
		json_object_put(object);
		object = minimal;
	}
	answer_json(call, status, object);
}

void
paypal_answer_issue_with(
    struct call *call, int status, const char *name, const char *issue, const char *field, struct json_object *links)
{
	struct json_object *body = json_object_new_object(), *details = json_object_new_array(),
			   *detail = json_object_new_object();

	put_text(detail, "issue", issue);
	put_text(detail, "description", "The sandbox found this wrong.");
	if (field != NULL)
		put_text(detail, "field", field);
	json_object_array_add(details, detail);
	put_text(body, "name", name);
	put_text(body, "message", "The request cannot be done.");
	put_text(body, "debug_id", call->request_id + 4);
	json_object_object_add(body, "details", details);
	json_object_object_add(body, "links", links);
	answer_json(call, status, body);
}

void
paypal_answer_issue(struct call *call, int status, const char *name, const char *issue, const char *field)
{
	paypal_answer_issue_with(call, status, name, issue, field, json_object_new_array());
}

void
paypal_answer_missing(struct call *call)
{
	paypal_answer_issue(call, 404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID", NULL);
}

void
paypal_answer_unprocessable(struct call *call, const char *issue, const char *field)
{
	paypal_answer_issue(call, 422, "UNPROCESSABLE_ENTITY", issue, field);
}

void
paypal_add_link(struct call *call, struct json_object *object, const char *rel, const char *method, const char *path)
{
	struct json_object *links = json_object_object_get(object, "links"), *link = json_object_new_object();

	if (links == NULL) {
		links = json_object_new_array();
		json_object_object_add(object, "links", links);
	}
	put_text(link, "href", arena_format(call->arena, "%s%s", call->sandbox->config->payments.paypal.base_url, path));
	put_text(link, "rel", rel);
	put_text(link, "method", method);
	json_object_array_add(links, link);
}

const char *
paypal_id(struct arena *arena)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	unsigned char     bytes[17];
	struct text       text = text_new(arena, 18);

	random_bytes(bytes, sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++)
		text_add_char(&text, alphabet[bytes[i] % (sizeof alphabet - 1)]);
	return text.bytes;
}

const char *
paypal_text(const struct json_object *object, const char *name, size_t max)
{
	const char *text = get_text(object, name);

	return text != NULL && strlen(text) <= max ? text : NULL;
}
