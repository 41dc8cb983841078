#include "base/arena.h"
#include "base/config.h"
#include "base/ids.h"
#include "base/instant.h"
#include "sandbox/flutterwave/flutterwave.h"

enum { FEE_DIVISOR = 100 };

int64_t
flutterwave_number(void)
{
	unsigned char bytes[5];
	int64_t       number = 1;

	random_bytes(bytes, sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++)
		number = number << 8 | bytes[i];
	return number;
}

static bool
is_tried(const struct json_object *transaction)
{
	return get_text(transaction, "status") != NULL;
}

struct json_object *
flutterwave_transaction(const struct sandbox *sandbox, const char *named)
{
	struct json_object *table = state_table(sandbox, FLUTTERWAVE_TRANSACTIONS);
	int64_t             number;

	if (named == NULL || table == NULL || !form_integer(named, &number))
		return NULL;
	json_object_object_foreach(table, tx_ref, transaction)
	{
		(void)tx_ref;
		if (get_integer(transaction, "number") == number && is_tried(transaction))
			return transaction;
	}
	return NULL;
}

static struct json_object *
card_view(const struct json_object *transaction)
{
	struct json_object *card = json_object_new_object();

	put_text(card, "first_6digits", "408408");
	put_text(card, "last_4digits", "4081");
	put_text(card, "issuer", "TEST BANK");
	put_text(card, "country", "NG");
	put_text(card, "type", "VISA");
	put_text(card, "token", get_text(transaction, "token"));
	put_text(card, "expiry", "12/34");
	return card;
}

struct json_object *
flutterwave_view(const struct json_object *transaction)
{
	struct json_object *made = json_object_new_object(), *customer = json_object_new_object();
	const char         *currency = get_text(transaction, "currency");
	int64_t             amount = get_integer(transaction, get_integer(transaction, "received") > 0 ? "received" : "amount");
	int64_t             fee = amount / FEE_DIVISOR;

	put_integer(customer, "id", get_integer(transaction, "number") % 1000000);
	put_text(customer, "name", "Anonymous customer");
	put_null(customer, "phone_number");
	put_text(customer, "email", get_text(transaction, "email"));
	put_integer(made, "id", get_integer(transaction, "number"));
	put_text(made, "tx_ref", get_text(transaction, get_text(transaction, "first") == NULL ? "id" : "first"));
	put_text(made, "flw_ref", get_text(transaction, "flw_ref"));
	put_text(made, "device_fingerprint", "N/A");
	put_amount(made, "amount", amount, currency);
	put_text(made, "currency", currency);
	put_amount(made, "charged_amount", amount, currency);
	put_amount(made, "app_fee", fee, currency);
	put_amount(made, "amount_settled", amount - fee, currency);
	put_text(made, "processor_response", get_text(transaction, "processor_response"));
	put_text(made, "ip", "127.0.0.1");
	put_text(made, "narration", "CARD Transaction");
	put_text(made, "status", get_text(transaction, "status"));
	put_text(made, "auth_model", get_text(transaction, "auth_model"));
	put_text(made, "payment_type", "card");
	if (get_integer(transaction, "received") > 0)
		json_object_object_add(made, "card", card_view(transaction));
	put_text(made, "created_at", get_text(transaction, "created_at"));
	json_object_object_add(made, "customer", customer);
	put_copy(made, "meta", json_object_object_get(transaction, "meta"));
	return made;
}

const char *
flutterwave_required(struct call *call, const struct json_object *object, const char *name)
{
	const char *text = get_text(object, name);

	if (text != NULL && *text != '\0')
		return text;
	flutterwave_error(call, 400, arena_format(call->arena, "%s is required", name));
	return NULL;
}

struct json_object *
flutterwave_transaction_new(struct call *call, const char *tx_ref, const char *email, int64_t amount, const char *currency)
{
	struct json_object *transaction = json_object_new_object();

	put_text(transaction, "id", tx_ref);
	put_integer(transaction, "number", flutterwave_number());
	put_text(transaction, "flw_ref", id_new(call->arena, "FLW-MOCK-"));
	put_null(transaction, "status");
	put_integer(transaction, "amount", amount);
	put_integer(transaction, "received", 0);
	put_integer(transaction, "refunded", 0);
	put_text(transaction, "currency", currency);
	put_text(transaction, "email", email);
	put_text(transaction, "auth_model", "PIN");
	put_text(transaction, "created_at", time_text(call->arena));
	return transaction;
}

/* What is asked for, as a new transaction that nobody has tried to pay; NULL when the error is answered. */
static struct json_object *
read_request(struct call *call)
{
	static const char *const  known[] = { "tx_ref", "amount", "currency", "redirect_url", "customer", "session_duration",
		 "max_retry_attempt", "meta", "customizations", NULL };
	const struct json_object *customer = json_object_object_get(call->json, "customer");
	int64_t                   duration = get_integer(call->json, "session_duration"), amount;
	const char               *tx_ref, *currency, *redirect, *email;
	struct json_object       *transaction;

	if (!flutterwave_knows(call, known) || (tx_ref = flutterwave_required(call, call->json, "tx_ref")) == NULL ||
	    (currency = flutterwave_required(call, call->json, "currency")) == NULL ||
	    (redirect = flutterwave_required(call, call->json, "redirect_url")) == NULL ||
	    (email = flutterwave_required(call, customer, "email")) == NULL || !flutterwave_amount(call, currency, &amount))
		return NULL;
	if (strchr(email, '@') == NULL || duration < 0 || duration > 1440) {
		flutterwave_error(call, 400, "customer.email must be valid, session_duration at most 1440");
		return NULL;
	}
	if (state_find(call->sandbox, FLUTTERWAVE_TRANSACTIONS, tx_ref) != NULL) {
		flutterwave_error(call, 400, "Duplicate transaction reference");
		return NULL;
	}
	transaction = flutterwave_transaction_new(call, tx_ref, email, amount, currency);
	put_text(transaction, "redirect_url", redirect);
	put_copy(transaction, "meta", json_object_object_get(call->json, "meta"));
	return transaction;
}

void
flutterwave_create(struct call *call)
{
	struct json_object *transaction = read_request(call), *data;

	if (transaction == NULL)
		return;
	call->executed = true;
	state_save(call->sandbox, FLUTTERWAVE_TRANSACTIONS, transaction);
	data = json_object_new_object();
	put_text(data, "link",
	    arena_format(call->arena, "http://127.0.0.1:%lld/flutterwave/pay/%s", (long long)call->sandbox->config->sandbox.port,
		get_text(transaction, "id")));
	flutterwave_answer(call, "Hosted Link", data);
}

static void
answer_transaction(struct call *call, const struct json_object *transaction)
{
	if (transaction == NULL || !is_tried(transaction))
		flutterwave_error(call, 400, "No transaction was found for this id");
	else
		flutterwave_answer(call, "Transaction fetched successfully", flutterwave_view(transaction));
}

void
flutterwave_verify(struct call *call)
{
	answer_transaction(call, flutterwave_transaction(call->sandbox, call->captured[0]));
}

void
flutterwave_verify_by_reference(struct call *call)
{
	const char *tx_ref = form_get(&call->form, "tx_ref");

	if (tx_ref == NULL)
		flutterwave_error(call, 400, "tx_ref is required");
	else
		answer_transaction(call, state_find(call->sandbox, FLUTTERWAVE_TRANSACTIONS, tx_ref));
}

/* A payment that has ended, well or not, is told; the body has no other mark than these. */
static void
tell(struct call *call, const struct json_object *transaction)
{
	struct json_object *event = json_object_new_object(), *sent = json_object_new_object();

	put_text(sent, "event", "charge.completed");
	json_object_object_add(sent, "data", flutterwave_view(transaction));
	put_copy(sent, "meta_data", json_object_object_get(transaction, "meta"));
	put_text(sent, "event.type", "CARD_TRANSACTION");
	put_text(event, "id", id_new(call->arena, "flutterwave_"));
	json_object_object_add(event, "sent", sent);
	state_save(call->sandbox, FLUTTERWAVE_EVENTS, event);
	delivery_tell(call, json_text(sent));
}

void
flutterwave_become(struct call *call, struct json_object *transaction, const char *status, const char *response)
{
	put_text(transaction, "status", status);
	put_text(transaction, "processor_response", response);
	state_save(call->sandbox, FLUTTERWAVE_TRANSACTIONS, transaction);
	if (strcmp(status, "pending") != 0)
		tell(call, transaction);
}

void
flutterwave_pay(struct call *call, struct json_object *transaction)
{
	int64_t amount = get_integer(transaction, "amount");

	if (switch_take(&switches_of(call)->wrong_amount))
		amount--;
	if (switch_take(&switches_of(call)->wrong_currency))
		put_text(transaction, "currency", "CHF");
	if (get_text(transaction, "token") == NULL)
		put_text(transaction, "token", flutterwave_token_new(call, "card", get_text(transaction, "email")));
	put_integer(transaction, "received", amount);
	flutterwave_become(call, transaction, "successful", "Approved");
}

struct json_object *
flutterwave_act(struct call *call, const char *act, const char *tx_ref)
{
	struct json_object *transaction = state_find(call->sandbox, FLUTTERWAVE_TRANSACTIONS, tx_ref);

	if (transaction == NULL)
		flutterwave_error(call, 404, "No transaction was found for this reference");
	else if (strcmp(act, "abandon") == 0)
		return transaction;
	else if (get_integer(transaction, "received") > 0)
		flutterwave_error(call, 400, "The transaction has been paid");
	else if (strcmp(act, "pay") == 0)
		flutterwave_pay(call, transaction);
	else if (strcmp(act, "fail") == 0)
		flutterwave_become(call, transaction, "failed", "Declined");
	else if (strcmp(act, "process") == 0)
		flutterwave_become(call, transaction, "pending", "Pending validation");
	else
		flutterwave_error(call, 400, "A payer can pay, fail, process or abandon");
	return call->answer == NULL ? transaction : NULL;
}

/* The payer's bank transfers once more, under the same reference. */
void
flutterwave_pays_again(struct call *call)
{
	const struct json_object *first = state_find(call->sandbox, FLUTTERWAVE_TRANSACTIONS, call->captured[0]);
	struct json_object       *second;

	if (first == NULL || get_integer(first, "received") == 0) {
		flutterwave_error(call, 404, "No paid transaction was found for this reference");
		return;
	}
	second = flutterwave_transaction_new(call, id_new(call->arena, "again_"), get_text(first, "email"),
	    get_integer(first, "amount"), get_text(first, "currency"));
	put_text(second, "first", get_text(first, "id"));
	put_copy(second, "meta", json_object_object_get(first, "meta"));
	flutterwave_pay(call, second);
	flutterwave_answer(call, "Done", flutterwave_view(second));
}

void
flutterwave_payer_acts(struct call *call)
{
	const struct json_object *transaction = flutterwave_act(call, call->captured[0], call->captured[1]);

	if (transaction != NULL)
		flutterwave_answer(call, "Done", flutterwave_view(transaction));
}
