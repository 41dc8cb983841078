#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "sandbox/razorpay/razorpay.h"

enum { RECEIPT_MAX = 40, NOTICE_SECONDS = 86400 };

static struct json_object *
find_by_receipt(const struct call *call, const char *receipt)
{
	struct json_object *orders = state_table(call->sandbox, RAZORPAY_ORDERS);

	if (orders == NULL || receipt == NULL)
		return NULL;
	json_object_object_foreach(orders, id, order)
	{
		(void)id;
		if (get_text(order, "receipt") != NULL && strcmp(get_text(order, "receipt"), receipt) == 0)
			return order;
	}
	return NULL;
}

/* The bank is told of a debit a day before it at least. */
static bool
check_notification(struct call *call)
{
	const struct json_object *notice = json_object_object_get(call->json, "notification");

	if (notice == NULL ||
	    (state_find(call->sandbox, RAZORPAY_TOKENS, get_text(notice, "token_id")) != NULL &&
		get_integer(notice, "payment_after") > unix_seconds() + NOTICE_SECONDS))
		return true;
	razorpay_invalid(call, "notification", "The token must be there, and its debit a day away at least.");
	return false;
}

static bool
check_create(struct call *call, const char **currency, int64_t *amount)
{
	static const char *const known[] = { "amount", "currency", "receipt", "notes", "payment_capture", "partial_payment",
		"notification", NULL };
	struct json_object      *capture = json_object_object_get(call->json, "payment_capture");

	if (!razorpay_check_members(call, known) || !razorpay_check_currency(call, currency) ||
	    !razorpay_check_amount(call, *currency, true, amount) || !razorpay_check_text(call, "receipt", RECEIPT_MAX) ||
	    !razorpay_check_notes(call) || !check_notification(call))
		return false;
	if (capture != NULL && !json_object_is_type(capture, json_type_boolean) && !json_object_is_type(capture, json_type_int)) {
		razorpay_invalid(call, "payment_capture", "The payment capture field must be true or false.");
		return false;
	}
	if (find_by_receipt(call, get_text(call->json, "receipt")) == NULL)
		return true;
	razorpay_invalid(call, "receipt", "The receipt has been used for another order.");
	return false;
}

void
razorpay_order_create(struct call *call)
{
	struct json_object *order, *capture = json_object_object_get(call->json, "payment_capture");
	const char         *currency, *id;
	int64_t             amount = 0;

	if (!check_create(call, &currency, &amount))
		return;
	call->executed = true;
	order = json_object_new_object();
	id = id_new(call->arena, "order_");
	put_text(order, "id", id);
	put_text(order, "entity", "order");
	put_integer(order, "amount", amount);
	put_integer(order, "amount_paid", 0);
	put_integer(order, "amount_due", amount);
	put_text(order, "currency", currency);
	put_text(order, "receipt", get_text(call->json, "receipt"));
	put_null(order, "offer_id");
	put_text(order, "status", "created");
	put_integer(order, "attempts", 0);
	json_object_object_add(order, "notes", razorpay_notes(call));
	put_integer(order, "created_at", unix_seconds());
	if (json_object_object_get(call->json, "notification") != NULL)
		put_copy(order, "notification", json_object_object_get(call->json, "notification"));
	/* Ours: whether payments are taken by themselves, and where to pay. */
	put_bool(order, "haat_capture", json_object_get_boolean(capture));
	put_text(order, "haat_sandbox_url",
	    arena_format(
		call->arena, "http://127.0.0.1:%lld/razorpay/pay/%s", (long long)call->sandbox->config->sandbox.port, id));
	state_save(call->sandbox, RAZORPAY_ORDERS, order);
	answer_copy(call, 200, order);
}

void
razorpay_order_list(struct call *call)
{
	const char          *receipt = form_get(&call->form, "receipt");
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, RAZORPAY_ORDERS, call->arena, &count);
	struct json_object  *items = json_object_new_array();

	for (size_t i = 0; i < count; i++)
		if (receipt == NULL ||
		    (get_text(list[i], "receipt") != NULL && strcmp(get_text(list[i], "receipt"), receipt) == 0))
			json_object_array_add(items, json_object_get(list[i]));
	razorpay_answer_page(call, items);
}

void
razorpay_order_show(struct call *call)
{
	struct json_object *order = state_find(call->sandbox, RAZORPAY_ORDERS, call->captured[0]);

	if (order == NULL)
		razorpay_no_such(call);
	else
		answer_copy(call, 200, order);
}

void
razorpay_order_payments(struct call *call)
{
	if (state_find(call->sandbox, RAZORPAY_ORDERS, call->captured[0]) == NULL)
		razorpay_no_such(call);
	else
		razorpay_answer_list(call, razorpay_payments_of(call->sandbox, call->captured[0]));
}

static void
add_transaction(const struct call *call, const struct json_object *order, struct json_object *results)
{
	struct json_object *line = json_object_new_object();
	struct json_object *payments = razorpay_payments_of(call->sandbox, get_text(order, "id"));
	int64_t             received = 0, refunded = 0;
	const char         *status = "open";

	for (size_t i = 0; i < json_object_array_length(payments); i++) {
		const struct json_object *payment = json_object_array_get_idx(payments, i);

		received +=
		    json_object_get_boolean(json_object_object_get(payment, "captured")) ? get_integer(payment, "amount") : 0;
		refunded += get_integer(payment, "amount_refunded");
		status = strcmp(get_text(payment, "status"), "failed") == 0 ? "failed" : "open";
	}
	put_text(line, "id", get_text(order, "id"));
	put_text(line, "reference", get_text(order, "receipt"));
	put_text(line, "status", received > 0 ? "succeeded" : status);
	put_text(line, "currency", get_text(order, "currency"));
	put_integer(line, "received", received);
	put_integer(line, "refunded", refunded);
	put_integer(line, "attempts", (int64_t)json_object_array_length(payments));
	put_copy(line, "notification", json_object_object_get(order, "notification"));
	json_object_array_add(results, line);
	json_object_put(payments);
}

/* What a checker holds against the shop's books. */
void
razorpay_transactions(struct call *call)
{
	struct json_object *body = json_object_new_object(), *results = json_object_new_array();

	if (state_table(call->sandbox, RAZORPAY_ORDERS) != NULL) {
		json_object_object_foreach(state_table(call->sandbox, RAZORPAY_ORDERS), id, order)
		{
			(void)id;
			add_transaction(call, order, results);
		}
	}
	json_object_object_add(body, "results", results);
	answer_json(call, 200, body);
}
