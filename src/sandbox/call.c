#include "base/arena.h"
#include "sandbox/sandbox.h"

#include <microhttpd.h>
#include <strings.h>

const char *
call_header(const struct call *call, const char *name)
{
	return MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND, name);
}

static enum MHD_Result
add_argument(void *argument, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct call *call = argument;

	(void)kind;
	return form_add(&call->form, name, value == NULL ? "" : value) ? MHD_YES : MHD_NO;
}

bool
call_read_query(struct call *call)
{
	int arguments = MHD_get_connection_values(call->connection, MHD_GET_ARGUMENT_KIND, NULL, NULL);

	call->form.count = 0;
	MHD_get_connection_values(call->connection, MHD_GET_ARGUMENT_KIND, add_argument, call);
	return (size_t)arguments == call->form.count;
}

bool
call_read_body(struct call *call)
{
	const char *type = call_header(call, "Content-Type");

	call->form.count = 0;
	if (type != NULL &&
	    (strncasecmp(type, "application/json", 16) == 0 || strncasecmp(type, "application/x-amz-json", 22) == 0)) {
		call->json = json_tokener_parse(call->body.bytes);
		return call->json != NULL || call->body.length == 0;
	}
	/* Parts of a form are for the route to read. */
	if (type != NULL && strncasecmp(type, "multipart/form-data", 19) == 0)
		return true;
	return form_read(call->arena, call->body.bytes, call->body.length, &call->form);
}

void
answer_copy(struct call *call, int status, const struct json_object *body)
{
	free(call->answer);
	call->status = status;
	call->answer = strdup(json_text(body));
	if (call->answer == NULL)
		abort();
}

void
answer_json(struct call *call, int status, struct json_object *body)
{
	answer_copy(call, status, body);
	json_object_put(body);
}
