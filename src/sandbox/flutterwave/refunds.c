#include "base/arena.h"
#include "base/instant.h"
#include "sandbox/flutterwave/flutterwave.h"

enum { PAGE_SIZE = 20 };

static struct json_object *
view(const struct sandbox *sandbox, const struct json_object *refund, const char *transaction_member)
{
	const struct json_object *transaction = state_find(sandbox, FLUTTERWAVE_TRANSACTIONS, get_text(refund, "tx_ref"));
	struct json_object       *made = json_object_new_object();

	put_integer(made, "id", get_integer(refund, "number"));
	put_integer(made, transaction_member, get_integer(transaction, "number"));
	put_text(made, "flw_ref", get_text(transaction, "flw_ref"));
	put_amount(made, "amount_refunded", get_integer(refund, "amount"), get_text(transaction, "currency"));
	put_text(made, "status", get_text(refund, "status"));
	put_text(made, "destination", "payment_source");
	put_text(made, "comment", get_text(refund, "comment"));
	put_text(made, "created_at", get_text(refund, "created_at"));
	return made;
}

static void
count_back(struct call *call, struct json_object *transaction, int64_t amount)
{
	put_integer(transaction, "refunded", get_integer(transaction, "refunded") + amount);
	state_save(call->sandbox, FLUTTERWAVE_TRANSACTIONS, transaction);
}

static void
give_back(struct call *call, struct json_object *transaction, const char *comment)
{
	int64_t             left = get_integer(transaction, "received") - get_integer(transaction, "refunded"), amount = left;
	struct json_object *refund;

	if (json_object_object_get(call->json, "amount") != NULL &&
	    !flutterwave_amount(call, get_text(transaction, "currency"), &amount))
		return;
	if (left <= 0 || amount > left) {
		flutterwave_error(call, 400, "The amount exceeds what can be refunded of the transaction");
		return;
	}
	call->executed = true;
	refund = json_object_new_object();
	put_integer(refund, "number", flutterwave_number());
	put_text(refund, "id", arena_format(call->arena, "%lld", (long long)get_integer(refund, "number")));
	put_text(refund, "tx_ref", get_text(transaction, "id"));
	put_integer(refund, "amount", amount);
	put_text(refund, "comment", comment);
	put_text(refund, "status", switches_of(call)->refund_pending ? "pending" : "completed");
	put_text(refund, "created_at", time_text(call->arena));
	state_save(call->sandbox, FLUTTERWAVE_REFUNDS, refund);
	count_back(call, transaction, amount);
	flutterwave_answer(call, "Transaction refund initiated", view(call->sandbox, refund, "tx_id"));
}

void
flutterwave_refund(struct call *call)
{
	static const char *const known[] = { "amount", "comments", NULL };
	struct json_object      *transaction = flutterwave_transaction(call->sandbox, call->captured[0]);

	if (!flutterwave_knows(call, known))
		return;
	if (transaction == NULL)
		flutterwave_error(call, 404, "No transaction was found for this id");
	else if (switches_of(call)->no_balance)
		flutterwave_error(call, 400, "Insufficient funds in your wallet to process this refund");
	else
		give_back(call, transaction, get_text(call->json, "comments"));
}

void
flutterwave_list_refunds(struct call *call)
{
	const char         *named = form_get(&call->form, "id"), *wanted = form_get(&call->form, "page");
	struct json_object *transaction = flutterwave_transaction(call->sandbox, named), **list;
	struct json_object *body = json_object_new_object(), *data = json_object_new_array();
	struct json_object *meta = json_object_new_object(), *info = json_object_new_object();
	int64_t             page = 1, total = 0;
	size_t              count;

	if (wanted != NULL && !form_integer(wanted, &page))
		page = 1;
	list = state_newest_first(call->sandbox, FLUTTERWAVE_REFUNDS, call->arena, &count);
	for (size_t i = 0; i < count; i++) {
		if (named != NULL &&
		    (transaction == NULL || strcmp(get_text(list[i], "tx_ref"), get_text(transaction, "id")) != 0))
			continue;
		if (total / PAGE_SIZE == page - 1)
			json_object_array_add(data, view(call->sandbox, list[i], "transaction_id"));
		total++;
	}
	put_integer(info, "total", total);
	put_integer(info, "current_page", page);
	put_integer(info, "total_pages", (total + PAGE_SIZE - 1) / PAGE_SIZE);
	put_integer(info, "page_size", PAGE_SIZE);
	json_object_object_add(meta, "page_info", info);
	put_text(body, "status", "success");
	put_text(body, "message", "Refunds fetched");
	json_object_object_add(body, "meta", meta);
	json_object_object_add(body, "data", data);
	answer_json(call, 200, body);
}

/* Somebody refunds in the dashboard, so many minor units: a comment of their own. */
void
flutterwave_refund_at_desk(struct call *call)
{
	struct json_object *transaction = state_find(call->sandbox, FLUTTERWAVE_TRANSACTIONS, call->captured[0]);
	int64_t             amount = get_integer(call->json, "amount");

	if (transaction == NULL) {
		flutterwave_error(call, 404, "No transaction was found for this reference");
		return;
	}
	put_amount(call->json, "amount", amount, get_text(transaction, "currency"));
	give_back(call, transaction, "Refunded in the dashboard");
}

/* The pending refunds of a transaction reach its payer. */
void
flutterwave_refunds_arrive(struct call *call)
{
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, FLUTTERWAVE_REFUNDS, call->arena, &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(get_text(list[i], "status"), "pending") != 0 ||
		    strcmp(get_text(list[i], "tx_ref"), call->captured[0]) != 0)
			continue;
		put_text(list[i], "status", "completed-bank-transfer");
		state_save(call->sandbox, FLUTTERWAVE_REFUNDS, list[i]);
	}
	answer_json(call, 200, json_object_new_object());
}

/* The payer's bank sends a refund back. */
void
flutterwave_refund_bounces(struct call *call)
{
	struct json_object *refund = state_find(call->sandbox, FLUTTERWAVE_REFUNDS, call->captured[0]);

	if (refund == NULL || strncmp(get_text(refund, "status"), "completed", 9) != 0) {
		flutterwave_error(call, 404, "No such successful refund");
		return;
	}
	count_back(call, state_find(call->sandbox, FLUTTERWAVE_TRANSACTIONS, get_text(refund, "tx_ref")),
	    -get_integer(refund, "amount"));
	put_text(refund, "status", "failed");
	state_save(call->sandbox, FLUTTERWAVE_REFUNDS, refund);
	flutterwave_answer(call, "Done", view(call->sandbox, refund, "tx_id"));
}
