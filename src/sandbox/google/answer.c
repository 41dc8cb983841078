#include "sandbox/google/google.h"

void
google_error(struct call *call, int status, const char *error, const char *description)
{
	struct json_object *body = json_object_new_object();

	put_text(body, "error", error);
	put_text(body, "error_description", description);
	answer_json(call, status, body);
}
