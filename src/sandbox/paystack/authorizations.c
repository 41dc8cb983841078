/* What was stored of payers: each authorization serves the e-mail address that made it. */
#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "sandbox/paystack/paystack.h"

static const struct paystack_kind kinds[] = {
	{ "card", "card", NULL, true, false },
	{ "declined", "card", "Insufficient Funds", true, false },
	{ "expired", "card", "Expired Card", true, false },
	{ "needs_payer", "card", NULL, true, true },
	{ "debit", "direct_debit", NULL, true, false },
	{ "once", "card", NULL, false, false },
};

const struct paystack_kind *
paystack_kind_of(const char *name)
{
	for (size_t i = 0; name != NULL && i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

const char *
paystack_authorization_new(struct call *call, const char *kind, const char *email)
{
	struct json_object *authorization = json_object_new_object();

	put_text(authorization, "id", id_new(call->arena, "AUTH_"));
	put_text(authorization, "kind", kind);
	put_text(authorization, "email", email);
	put_bool(authorization, "active", true);
	state_save(call->sandbox, PAYSTACK_AUTHORIZATIONS, authorization);
	return get_text(authorization, "id");
}

struct json_object *
paystack_authorization_view(const struct sandbox *sandbox, const char *code)
{
	struct json_object         *view = json_object_new_object();
	const struct json_object   *authorization = code == NULL ? NULL : state_find(sandbox, PAYSTACK_AUTHORIZATIONS, code);
	const struct paystack_kind *kind = paystack_kind_of(get_text(authorization, "kind"));

	if (kind == NULL)
		return view;
	put_text(view, "authorization_code", code);
	put_text(view, "bin", "408408");
	put_text(view, "last4", "4081");
	put_text(view, "exp_month", "12");
	put_text(view, "exp_year", "2034");
	put_text(view, "channel", kind->channel);
	put_text(view, "card_type", "visa ");
	put_text(view, "bank", "TEST BANK");
	put_text(view, "country_code", "NG");
	put_bool(view, "reusable", kind->reusable);
	put_text(view, "signature", code + strlen("AUTH_"));
	return view;
}

bool
paystack_is_active(const struct json_object *authorization)
{
	return json_object_get_boolean(json_object_object_get(authorization, "active"));
}

/* By e-mail address, with all that it can be charged by. */
void
paystack_show_customer(struct call *call)
{
	struct json_object *table = state_table(call->sandbox, PAYSTACK_AUTHORIZATIONS), *data, *list;
	const char         *email = percent_decode(call->arena, call->captured[0], strlen(call->captured[0]), false);

	list = json_object_new_array();
	if (table != NULL) {
		json_object_object_foreach(table, code, authorization)
		{
			if (email != NULL && strcmp(get_text(authorization, "email"), email) == 0 &&
			    paystack_is_active(authorization))
				json_object_array_add(list, paystack_authorization_view(call->sandbox, code));
		}
	}
	if (json_object_array_length(list) == 0) {
		json_object_put(list);
		paystack_error(call, 404, "customer_not_found", "Customer not found");
		return;
	}
	data = json_object_new_object();
	put_text(data, "email", email);
	put_text(data, "customer_code", "CUS_sandbox");
	json_object_object_add(data, "authorizations", list);
	paystack_answer(call, "Customer retrieved", data);
}

void
paystack_deactivate(struct call *call)
{
	static const char *const known[] = { "authorization_code", NULL };
	struct json_object      *authorization;
	const char              *code;

	if (!paystack_knows(call, known) || !paystack_text(call, "authorization_code", &code))
		return;
	authorization = state_find(call->sandbox, PAYSTACK_AUTHORIZATIONS, code);
	if (authorization == NULL || !paystack_is_active(authorization)) {
		paystack_error(call, 400, "invalid_params", "Authorization code does not exist or is not active");
		return;
	}
	call->executed = true;
	put_bool(authorization, "active", false);
	state_save(call->sandbox, PAYSTACK_AUTHORIZATIONS, authorization);
	paystack_answer(call, "Authorization has been deactivated", json_object_new_object());
}

/* Somebody stores a method while they are there: POST /sandbox/paystack/store/KIND with their e-mail address. */
void
paystack_store(struct call *call)
{
	const char         *email = get_text(call->json, "email");
	struct json_object *data;

	if (paystack_kind_of(call->captured[0]) == NULL || email == NULL) {
		paystack_error(call, 400, NULL, "There is no such kind, or no e-mail address");
		return;
	}
	data = json_object_new_object();
	put_text(data, "token", paystack_authorization_new(call, call->captured[0], email));
	paystack_answer(call, "Stored", data);
}
