/* Customers and their mandates; and what is debited by one, which is under way for days: the payer's acts on its order end it. */
#include "base/arena.h"
#include "base/instant.h"
#include "sandbox/razorpay/razorpay.h"

static struct json_object *
customer_of(struct call *call, const char *email)
{
	struct json_object *customers = state_table(call->sandbox, RAZORPAY_CUSTOMERS), *customer;

	if (customers != NULL) {
		json_object_object_foreach(customers, id, known)
		{
			(void)id;
			if (strcmp(get_text(known, "email"), email) == 0)
				return known;
		}
	}
	customer = json_object_new_object();
	put_text(customer, "id", id_new(call->arena, "cust_"));
	put_text(customer, "entity", "customer");
	put_text(customer, "email", email);
	put_integer(customer, "created_at", unix_seconds());
	state_save(call->sandbox, RAZORPAY_CUSTOMERS, customer);
	return customer;
}

void
razorpay_customer_create(struct call *call)
{
	static const char *const known[] = { "name", "email", "contact", "fail_existing", "gstin", "notes", NULL };
	const char              *email = get_text(call->json, "email"), *fails = get_text(call->json, "fail_existing");

	if (!razorpay_check_members(call, known) || !razorpay_check_text(call, "name", 150) ||
	    !razorpay_check_text(call, "contact", 16))
		return;
	if (email == NULL || strchr(email, '@') == NULL || fails == NULL || strcmp(fails, "0") != 0) {
		razorpay_invalid(call, "email", "The email must be valid; the stand-in has no customer made twice.");
		return;
	}
	call->executed = true;
	answer_copy(call, 200, customer_of(call, email));
}

static struct json_object *
find_token(struct call *call, const char *customer, const char *id)
{
	struct json_object *token = id == NULL ? NULL : state_find(call->sandbox, RAZORPAY_TOKENS, id);

	if (token != NULL && customer != NULL && strcmp(get_text(token, "customer_id"), customer) == 0 &&
	    get_text(token, "kind") != NULL)
		return token;
	razorpay_invalid(call, "token", "The token id provided does not exist");
	return NULL;
}

void
razorpay_token_show(struct call *call)
{
	struct json_object *token = find_token(call, call->captured[0], call->captured[1]);

	if (token != NULL)
		answer_copy(call, 200, token);
}

void
razorpay_token_delete(struct call *call)
{
	struct json_object *token = find_token(call, call->captured[0], call->captured[1]), *body;

	if (token == NULL)
		return;
	call->executed = true;
	put_null(token, "kind");
	state_save(call->sandbox, RAZORPAY_TOKENS, token);
	body = json_object_new_object();
	put_bool(body, "deleted", true);
	answer_json(call, 200, body);
}

static void
put_status(struct json_object *token, const char *status)
{
	struct json_object *details = json_object_new_object();

	put_text(details, "status", status);
	put_null(details, "failure_reason");
	json_object_object_add(token, "recurring_details", details);
}

/* A mandate that the bank has confirmed: POST /sandbox/razorpay/store/KIND with the customer's e-mail address. */
void
razorpay_token_store(struct call *call)
{
	const char         *email = get_text(call->json, "email");
	struct json_object *token, *body, *data;

	if (email == NULL) {
		razorpay_invalid(call, "email", "The email field is required.");
		return;
	}
	token = json_object_new_object();
	put_text(token, "id", id_new(call->arena, "token_"));
	put_text(token, "entity", "token");
	put_text(token, "method", "card");
	put_bool(token, "recurring", true);
	put_integer(token, "max_amount", 1500000);
	put_integer(token, "expired_at", unix_seconds() + 365 * 86400);
	put_text(token, "customer_id", get_text(customer_of(call, email), "id"));
	put_text(token, "kind", call->captured[0]);
	put_status(token, "confirmed");
	state_save(call->sandbox, RAZORPAY_TOKENS, token);
	body = json_object_new_object();
	data = json_object_new_object();
	put_text(data, "token", get_text(token, "id"));
	json_object_object_add(body, "data", data);
	answer_json(call, 200, body);
}

/* What the payer or the bank does to a mandate: the act, what the mandate is then, and what Razorpay tells of it. */
static const struct {
	const char *act, *status, *event;
} acts[] = {
	{ "cancel", "cancelled", "token.cancelled" },
	{ "reject", "rejected", "token.rejected" },
	{ "pause", "paused", "token.paused" },
	{ "resume", "confirmed", "token.resumed" },
	{ "confirm", "confirmed", "token.confirmed" },
};

void
razorpay_token_acts(struct call *call)
{
	struct json_object *token = state_find(call->sandbox, RAZORPAY_TOKENS, call->captured[1]);
	size_t              i = 0;

	while (i < sizeof acts / sizeof *acts && strcmp(acts[i].act, call->captured[0]) != 0)
		i++;
	if (token == NULL || i == sizeof acts / sizeof *acts) {
		razorpay_no_such(call);
		return;
	}
	put_status(token, acts[i].status);
	state_save(call->sandbox, RAZORPAY_TOKENS, token);
	razorpay_tell(call, acts[i].event, &(struct razorpay_told) { .token = token });
	answer_copy(call, 200, token);
}

/* What has become of the notice of an order, which is told with the order's id alone. */
static void
end_notice(struct call *call, const char *status, int64_t payment_after)
{
	struct json_object *order = state_find(call->sandbox, RAZORPAY_ORDERS, call->captured[0]), *notice, *told;

	notice = order == NULL ? NULL : json_object_object_get(order, "notification");
	if (notice == NULL) {
		razorpay_no_such(call);
		return;
	}
	put_integer(notice, "payment_after", payment_after);
	put_text(notice, "status", status);
	state_save(call->sandbox, RAZORPAY_ORDERS, order);
	told = json_object_new_object();
	put_text(told, "id", id_new(call->arena, "notification_"));
	put_text(told, "entity", "notification");
	put_text(told, "order_id", call->captured[0]);
	put_copy(told, "token_id", json_object_object_get(notice, "token_id"));
	put_text(told, "status", status);
	put_integer(told, "payment_after", payment_after);
	razorpay_tell(
	    call, arena_format(call->arena, "order.notification.%s", status), &(struct razorpay_told) { .notification = told });
	json_object_put(told);
	answer_copy(call, 200, order);
}

/* The day of which the bank was told has come. */
void
razorpay_notice_over(struct call *call)
{
	end_notice(call, "delivered", unix_seconds());
}

/* The bank did not get it: nothing is debited under its order. */
void
razorpay_notice_lost(struct call *call)
{
	end_notice(call, "failed", unix_seconds());
}

/* Is all there that Razorpay must have, and does it fit the order?  The order, or NULL when the error is answered. */
static struct json_object *
check_recurring(struct call *call)
{
	static const char *const known[] = { "email", "contact", "amount", "currency", "order_id", "customer_id", "token",
		"recurring", "description", "notes", NULL };
	static const char *const needed[] = { "email", "contact", "order_id", "customer_id", "token", NULL };
	const char              *currency;
	struct json_object      *order;
	int64_t                  amount;

	if (!razorpay_check_members(call, known) || !razorpay_check_currency(call, &currency) ||
	    !razorpay_check_amount(call, currency, true, &amount) || !razorpay_check_notes(call))
		return NULL;
	for (size_t i = 0; needed[i] != NULL; i++)
		if (get_text(call->json, needed[i]) == NULL) {
			razorpay_invalid(call, needed[i], arena_format(call->arena, "The %s field is required.", needed[i]));
			return NULL;
		}
	order = state_find(call->sandbox, RAZORPAY_ORDERS, get_text(call->json, "order_id"));
	if (order == NULL || amount != get_integer(order, "amount") || strcmp(currency, get_text(order, "currency")) != 0 ||
	    !json_object_get_boolean(json_object_object_get(call->json, "recurring"))) {
		razorpay_invalid(call, "amount", "The order does not exist, or its amount is another, or recurring is not true.");
		return NULL;
	}
	return order;
}

void
razorpay_recurring_create(struct call *call)
{
	struct json_object *order = check_recurring(call), *token, *notice, *body;

	if (order == NULL)
		return;
	token = find_token(call, get_text(call->json, "customer_id"), get_text(call->json, "token"));
	if (token == NULL)
		return;
	notice = json_object_object_get(order, "notification");
	if (notice != NULL && get_text(notice, "status") != NULL && strcmp(get_text(notice, "status"), "failed") == 0) {
		razorpay_invalid(call, "order_id", "pre_debit_notification_not_sent");
		return;
	}
	if (notice != NULL && get_integer(notice, "payment_after") > unix_seconds()) {
		razorpay_invalid(call, "order_id", "BAD_REQUEST_MANDATE_PROMISED_DEBIT_DATE_NOT_HONOURED");
		return;
	}
	if (strcmp(get_text(json_object_object_get(token, "recurring_details"), "status"), "confirmed") != 0) {
		razorpay_invalid(call, "token", "The mandate of the token is not confirmed");
		return;
	}
	if (get_integer(order, "amount") > get_integer(token, "max_amount")) {
		razorpay_invalid(call, "amount", "Amount exceeds maximum amount allowed.");
		return;
	}
	call->executed = true;
	body = json_object_new_object();
	put_text(body, "razorpay_payment_id", get_text(razorpay_payment_new(call, order, "created"), "id"));
	answer_json(call, 200, body);
}
