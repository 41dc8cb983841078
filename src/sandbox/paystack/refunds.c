#include "base/arena.h"
#include "base/instant.h"
#include "sandbox/paystack/paystack.h"

enum { PER_PAGE = 50, PER_PAGE_MAX = 100 };

static struct json_object *
refund_view(const struct sandbox *sandbox, const struct json_object *refund)
{
	const char               *reference = get_text(refund, "transaction");
	const struct json_object *transaction = state_find(sandbox, PAYSTACK_TRANSACTIONS, reference);
	struct json_object       *view = json_object_new_object();

	put_integer(view, "id", get_integer(refund, "number"));
	put_text(view, "domain", "test");
	put_integer(view, "transaction", get_integer(transaction, "number"));
	put_text(view, "transaction_reference", reference);
	put_integer(view, "amount", get_integer(refund, "amount"));
	put_integer(view, "deducted_amount", get_integer(refund, "amount"));
	put_bool(view, "fully_deducted", true);
	put_text(view, "currency", get_text(transaction, "currency"));
	put_text(view, "channel", "card");
	put_text(view, "status", get_text(refund, "status"));
	put_text(view, "customer_note", "Refund");
	put_text(view, "merchant_note", get_text(refund, "merchant_note"));
	put_text(view, "createdAt", get_text(refund, "created_at"));
	put_copy(view, "dispute", json_object_object_get(refund, "dispute"));
	return view;
}

/* An event about a refund names the transaction, and the refund by another name than the API, once it has one. */
static void
tell(struct call *call, const struct json_object *refund, const char *status)
{
	const char               *reference = get_text(refund, "transaction");
	const struct json_object *transaction = state_find(call->sandbox, PAYSTACK_TRANSACTIONS, reference);
	struct json_object       *data = json_object_new_object();
	bool                      named = strcmp(status, "pending") != 0;

	put_text(data, "status", status);
	put_text(data, "transaction_reference", reference);
	put_text(data, "refund_reference", named ? arena_format(call->arena, "TRF_%s", get_text(refund, "id")) : NULL);
	put_text(data, "amount", arena_format(call->arena, "%lld", (long long)get_integer(refund, "amount")));
	put_text(data, "currency", get_text(transaction, "currency"));
	put_text(data, "processor", "instant-transfer");
	put_text(data, "domain", "test");
	paystack_tell(call, arena_format(call->arena, "refund.%s", status), data);
}

/* What the transaction is after so much of it has gone back, or has come again. */
static void
count_back(struct call *call, struct json_object *transaction, int64_t amount)
{
	int64_t refunded = get_integer(transaction, "refunded") + amount;

	put_integer(transaction, "refunded", refunded);
	put_text(transaction, "status", refunded == get_integer(transaction, "received") ? "reversed" : "success");
	state_save(call->sandbox, PAYSTACK_TRANSACTIONS, transaction);
}

static void
end_refund(struct call *call, struct json_object *refund, const char *status)
{
	put_text(refund, "status", status);
	state_save(call->sandbox, PAYSTACK_REFUNDS, refund);
	tell(call, refund, status);
}

static struct json_object *
refund_new(struct call *call, const char *reference, int64_t amount, const char *note)
{
	struct json_object *refund = json_object_new_object();
	int64_t             number = paystack_number();

	put_text(refund, "id", arena_format(call->arena, "%lld", (long long)number));
	put_integer(refund, "number", number);
	put_text(refund, "transaction", reference);
	put_integer(refund, "amount", amount);
	put_text(refund, "merchant_note", note);
	put_text(refund, "status", "pending");
	put_text(refund, "created_at", time_text(call->arena));
	put_null(refund, "dispute");
	return refund;
}

/* Paystack answers before it has paid anything back. */
static void
give_back(struct call *call, struct json_object *transaction, int64_t amount, const char *note)
{
	struct json_object *refund = refund_new(call, get_text(transaction, "id"), amount, note);

	call->executed = true;
	state_save(call->sandbox, PAYSTACK_REFUNDS, refund);
	count_back(call, transaction, amount);
	paystack_answer(call, "Refund has been queued for processing", refund_view(call->sandbox, refund));
	tell(call, refund, "pending");
	if (!switches_of(call)->refund_pending)
		end_refund(call, refund, "processed");
}

void
paystack_refund_dispute(struct call *call, const struct json_object *dispute)
{
	struct json_object *refund =
	    refund_new(call, get_text(dispute, "transaction"), get_integer(dispute, "refund_amount"), "Dispute accepted");

	put_text(refund, "status", "processed");
	put_integer(refund, "dispute", get_integer(dispute, "number"));
	state_save(call->sandbox, PAYSTACK_REFUNDS, refund);
}

/* May so much of it go back?  Answers when not. */
static bool
is_refundable(struct call *call, const struct json_object *transaction, int64_t amount)
{
	int64_t left;

	if (transaction == NULL) {
		paystack_error(call, 404, "transaction_not_found", "Transaction not found");
		return false;
	}
	left = get_integer(transaction, "received") - get_integer(transaction, "refunded");
	if (left > 0 && amount <= left)
		return true;
	paystack_error(call, 400, NULL,
	    get_integer(transaction, "received") == 0 ? "Transaction has not been paid"
		: left == 0                           ? "Transaction has been fully reversed"
						      : "Refund amount cannot be more than transaction amount");
	return false;
}

void
paystack_refund(struct call *call)
{
	static const char *const known[] = { "transaction", "amount", "currency", "customer_note", "merchant_note", NULL };
	struct json_object      *transaction;
	const char              *named, *currency = get_text(call->json, "currency");
	int64_t                  amount;

	if (!paystack_knows(call, known) || !paystack_text(call, "transaction", &named) || !paystack_amount(call, &amount))
		return;
	transaction = paystack_transaction(call->sandbox, named);
	if (!is_refundable(call, transaction, amount))
		return;
	if (switches_of(call)->no_balance) {
		paystack_error(call, 400, "insufficient_balance", "Your balance is not enough to fulfil this request");
		return;
	}
	if (currency != NULL && strcmp(currency, get_text(transaction, "currency")) != 0)
		paystack_error(call, 400, NULL, "Currency must be that of the transaction");
	else
		give_back(call, transaction, amount, get_text(call->json, "merchant_note"));
}

void
paystack_show_refund(struct call *call)
{
	const struct json_object *refund = state_find(call->sandbox, PAYSTACK_REFUNDS, call->captured[0]);

	if (refund == NULL)
		paystack_error(call, 404, "refund_not_found", "Refund not found");
	else
		paystack_answer(call, "Refund retrieved", refund_view(call->sandbox, refund));
}

/* Narrowed to a transaction by its number. */
void
paystack_list_refunds(struct call *call)
{
	const char               *named = form_get(&call->form, "transaction"), *per_page = form_get(&call->form, "perPage");
	const char               *page = form_get(&call->form, "page");
	struct json_object       *data = json_object_new_array(), **list;
	const struct json_object *transaction = paystack_transaction(call->sandbox, named);
	int64_t                   size = PER_PAGE, number = 1, place = 0;
	size_t                    count;

	if ((per_page != NULL && (!form_integer(per_page, &size) || size < 1 || size > PER_PAGE_MAX)) ||
	    (page != NULL && (!form_integer(page, &number) || number < 1))) {
		json_object_put(data);
		paystack_error(call, 400, NULL, "Invalid page");
		return;
	}
	list = state_newest_first(call->sandbox, PAYSTACK_REFUNDS, call->arena, &count);
	for (size_t i = 0; i < count; i++) {
		if (named != NULL &&
		    (transaction == NULL || strcmp(get_text(list[i], "transaction"), get_text(transaction, "id")) != 0))
			continue;
		if (place >= size * (number - 1) && place < size * number)
			json_object_array_add(data, refund_view(call->sandbox, list[i]));
		place++;
	}
	paystack_answer(call, "Refunds retrieved", data);
}

/* Somebody refunds in the dashboard: a note of their own. */
void
paystack_refund_at_desk(struct call *call)
{
	struct json_object *transaction = state_find(call->sandbox, PAYSTACK_TRANSACTIONS, call->captured[0]);
	int64_t             amount;

	if (paystack_amount(call, &amount) && is_refundable(call, transaction, amount))
		give_back(call, transaction, amount, "Refunded in the dashboard");
}

static bool
waits(const struct json_object *refund)
{
	const char *status = get_text(refund, "status");

	return strcmp(status, "pending") == 0 || strcmp(status, "needs-attention") == 0;
}

/* The pending refunds of a transaction reach its payer. */
void
paystack_refunds_arrive(struct call *call)
{
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, PAYSTACK_REFUNDS, call->arena, &count);

	for (size_t i = 0; i < count; i++)
		if (waits(list[i]) && strcmp(get_text(list[i], "transaction"), call->captured[0]) == 0)
			end_refund(call, list[i], "processed");
	answer_json(call, 200, json_object_new_object());
}

/* The pending refunds of a transaction wait for somebody to tell Paystack the payer's account. */
void
paystack_refunds_stick(struct call *call)
{
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, PAYSTACK_REFUNDS, call->arena, &count);

	for (size_t i = 0; i < count; i++) {
		if (!waits(list[i]) || strcmp(get_text(list[i], "transaction"), call->captured[0]) != 0)
			continue;
		put_text(list[i], "status", "needs-attention");
		state_save(call->sandbox, PAYSTACK_REFUNDS, list[i]);
		tell(call, list[i], "needs-attention");
	}
	answer_json(call, 200, json_object_new_object());
}

/* The payer's bank sends a refund back. */
void
paystack_refund_bounces(struct call *call)
{
	struct json_object *refund = state_find(call->sandbox, PAYSTACK_REFUNDS, call->captured[0]);

	if (refund == NULL || strcmp(get_text(refund, "status"), "processed") != 0) {
		paystack_error(call, 404, "refund_not_found", "No such successful refund");
		return;
	}
	count_back(call, state_find(call->sandbox, PAYSTACK_TRANSACTIONS, get_text(refund, "transaction")),
	    -get_integer(refund, "amount"));
	end_refund(call, refund, "failed");
	paystack_answer(call, "Done", refund_view(call->sandbox, refund));
}
