/* A cardholder asks their bank for the money back. */
#include "base/arena.h"
#include "base/instant.h"
#include "sandbox/paystack/paystack.h"

enum { ANSWER_SECONDS = 2 * 86400 };

static struct json_object *
dispute_view(const struct sandbox *sandbox, const struct json_object *dispute)
{
	const struct json_object *transaction = state_find(sandbox, PAYSTACK_TRANSACTIONS, get_text(dispute, "transaction"));
	struct json_object       *view = json_object_new_object();

	put_integer(view, "id", get_integer(dispute, "number"));
	put_integer(view, "refund_amount", get_integer(dispute, "refund_amount"));
	put_text(view, "currency", get_text(transaction, "currency"));
	put_text(view, "status", get_text(dispute, "status"));
	put_text(view, "resolution", get_text(dispute, "resolution"));
	put_text(view, "domain", "test");
	json_object_object_add(view, "transaction", paystack_transaction_view(sandbox, transaction));
	put_text(view, "category", "chargeback");
	put_text(view, "bin", "408408");
	put_text(view, "last4", "4081");
	put_text(view, "dueAt", get_text(dispute, "due_at"));
	put_text(view, "createdAt", get_text(dispute, "created_at"));
	put_text(view, "updatedAt", get_text(dispute, "updated_at"));
	return view;
}

static void
save(struct call *call, struct json_object *dispute, const char *event)
{
	put_text(dispute, "updated_at", time_text(call->arena));
	state_save(call->sandbox, PAYSTACK_DISPUTES, dispute);
	paystack_tell(call, event, dispute_view(call->sandbox, dispute));
	paystack_answer(call, "Done", dispute_view(call->sandbox, dispute));
}

void
paystack_dispute_opens(struct call *call)
{
	const struct json_object *transaction = state_find(call->sandbox, PAYSTACK_TRANSACTIONS, call->captured[0]);
	struct instant            due = instant_add_seconds(instant_now(), ANSWER_SECONDS);
	struct json_object       *dispute;
	char                      text[INSTANT_TEXT_SIZE];
	int64_t                   number = paystack_number();

	if (transaction == NULL || get_integer(transaction, "received") == 0) {
		paystack_error(call, 404, "transaction_not_found", "No such paid transaction");
		return;
	}
	instant_write(due, text);
	dispute = json_object_new_object();
	put_text(dispute, "id", arena_format(call->arena, "%lld", (long long)number));
	put_integer(dispute, "number", number);
	put_text(dispute, "transaction", get_text(transaction, "id"));
	put_integer(dispute, "refund_amount", get_integer(transaction, "received"));
	put_text(dispute, "status", "awaiting-merchant-feedback");
	put_null(dispute, "resolution");
	put_text(dispute, "due_at", arena_copy(call->arena, text, sizeof text));
	put_text(dispute, "created_at", time_text(call->arena));
	save(call, dispute, "charge.dispute.create");
}

/* The open one of the transaction; NULL, answered, when there is none. */
static struct json_object *
find_open(struct call *call)
{
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, PAYSTACK_DISPUTES, call->arena, &count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(get_text(list[i], "transaction"), call->captured[0]) == 0 &&
		    strcmp(get_text(list[i], "status"), "resolved") != 0)
			return list[i];
	paystack_error(call, 404, "dispute_not_found", "No such open dispute");
	return NULL;
}

void
paystack_dispute_wins(struct call *call)
{
	struct json_object *dispute = find_open(call);

	if (dispute == NULL)
		return;
	put_text(dispute, "status", "resolved");
	put_text(dispute, "resolution", "declined");
	save(call, dispute, "charge.dispute.resolve");
}

static struct json_object *
find_answerable(struct call *call)
{
	struct json_object *dispute = state_find(call->sandbox, PAYSTACK_DISPUTES, call->captured[0]);

	if (dispute != NULL && strcmp(get_text(dispute, "status"), "awaiting-merchant-feedback") == 0)
		return dispute;
	paystack_error(call, dispute == NULL ? 404 : 400, NULL, "Dispute not found, or not awaiting the merchant's feedback");
	return NULL;
}

void
paystack_take_evidence(struct call *call)
{
	static const char *const known[] = { "customer_email", "customer_name", "customer_phone", "service_details",
		"delivery_address", "delivery_date", NULL };
	static const char *const needed[] = { "customer_email", "customer_name", "customer_phone", "service_details", NULL };
	struct json_object      *dispute, *data;
	const char              *text;

	if (!paystack_knows(call, known) || (dispute = find_answerable(call)) == NULL)
		return;
	for (size_t i = 0; needed[i] != NULL; i++)
		if (!paystack_text(call, needed[i], &text))
			return;
	call->executed = true;
	put_integer(dispute, "evidence", paystack_number());
	state_save(call->sandbox, PAYSTACK_DISPUTES, dispute);
	data = json_object_new_object();
	put_integer(data, "id", get_integer(dispute, "evidence"));
	put_integer(data, "dispute", get_integer(dispute, "number"));
	paystack_answer(call, "Evidence created", data);
}

/* The payer gets the money, by a refund that names the dispute. */
static void
lose(struct call *call, struct json_object *dispute, const char *resolution)
{
	struct json_object *transaction = state_find(call->sandbox, PAYSTACK_TRANSACTIONS, get_text(dispute, "transaction"));

	put_text(transaction, "status", "reversed");
	state_save(call->sandbox, PAYSTACK_TRANSACTIONS, transaction);
	paystack_refund_dispute(call, dispute);
	put_text(dispute, "status", "resolved");
	put_text(dispute, "resolution", resolution);
	save(call, dispute, "charge.dispute.resolve");
}

/* The merchant declines, and the bank decides; or accepts. */
void
paystack_resolve_dispute(struct call *call)
{
	static const char *const known[] = { "resolution", "message", "refund_amount", "uploaded_filename", "evidence", NULL };
	struct json_object      *dispute;
	const char              *resolution, *message;

	if (!paystack_knows(call, known) || (dispute = find_answerable(call)) == NULL ||
	    !paystack_text(call, "resolution", &resolution) || !paystack_text(call, "message", &message))
		return;
	if (json_object_object_get(call->json, "evidence") != NULL &&
	    get_integer(call->json, "evidence") != get_integer(dispute, "evidence")) {
		paystack_error(call, 400, NULL, "Evidence not found");
		return;
	}
	call->executed = true;
	if (strcmp(resolution, "declined") != 0) {
		lose(call, dispute, "merchant-accepted");
		return;
	}
	put_text(dispute, "status", "awaiting-bank-feedback");
	put_text(dispute, "updated_at", time_text(call->arena));
	state_save(call->sandbox, PAYSTACK_DISPUTES, dispute);
	paystack_answer(call, "Dispute updated", dispute_view(call->sandbox, dispute));
}

void
paystack_dispute_loses(struct call *call)
{
	struct json_object *dispute = find_open(call);

	if (dispute != NULL)
		lose(call, dispute, "auto-accepted");
}

/* Narrowed to a transaction by its number. */
void
paystack_list_disputes(struct call *call)
{
	const struct json_object *transaction = paystack_transaction(call->sandbox, form_get(&call->form, "transaction"));
	struct json_object       *data = json_object_new_array(), **list;
	size_t                    count;

	list = state_newest_first(call->sandbox, PAYSTACK_DISPUTES, call->arena, &count);
	for (size_t i = 0; i < count; i++)
		if (transaction != NULL && strcmp(get_text(list[i], "transaction"), get_text(transaction, "id")) == 0)
			json_object_array_add(data, dispute_view(call->sandbox, list[i]));
	paystack_answer(call, "Disputes retrieved", data);
}
