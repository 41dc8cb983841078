/* Cards that were kept, each for the e-mail address that paid with it. */
#include "base/arena.h"
#include "sandbox/flutterwave/flutterwave.h"

const char *
flutterwave_token_new(struct call *call, const char *kind, const char *email)
{
	struct json_object *token = json_object_new_object();

	put_text(token, "id", arena_format(call->arena, "%s-m03k", id_new(call->arena, "flw-t1nf-")));
	put_text(token, "kind", kind);
	put_text(token, "email", email);
	state_save(call->sandbox, FLUTTERWAVE_TOKENS, token);
	return get_text(token, "id");
}

/* Somebody stores a card while they are there: POST /sandbox/flutterwave/store/KIND with their e-mail address. */
void
flutterwave_store(struct call *call)
{
	const char         *email = get_text(call->json, "email");
	struct json_object *data;

	if (email == NULL) {
		flutterwave_error(call, 400, "email is required");
		return;
	}
	data = json_object_new_object();
	put_text(data, "token", flutterwave_token_new(call, call->captured[0], email));
	flutterwave_answer(call, "Stored", data);
}
