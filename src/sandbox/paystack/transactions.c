#include "base/arena.h"
#include "base/config.h"
#include "base/ids.h"
#include "base/instant.h"
#include "sandbox/paystack/paystack.h"

enum { FEE_DIVISOR = 100, REFERENCE_MAX = 100 };

int64_t
paystack_number(void)
{
	unsigned char bytes[5];
	int64_t       number = 1;

	random_bytes(bytes, sizeof bytes);
	for (size_t i = 0; i < sizeof bytes; i++)
		number = number << 8 | bytes[i];
	return number;
}

struct json_object *
paystack_transaction(const struct sandbox *sandbox, const char *named)
{
	struct json_object *table = state_table(sandbox, PAYSTACK_TRANSACTIONS), *found;
	int64_t             number;

	if (named == NULL || table == NULL)
		return NULL;
	if ((found = json_object_object_get(table, named)) != NULL || !form_integer(named, &number))
		return found;
	json_object_object_foreach(table, reference, transaction)
	{
		(void)reference;
		if (get_integer(transaction, "number") == number)
			return transaction;
	}
	return NULL;
}

static struct json_object *
customer_view(const struct json_object *transaction)
{
	struct json_object *customer = json_object_new_object();

	put_integer(customer, "id", get_integer(transaction, "number") % 1000000);
	put_null(customer, "first_name");
	put_null(customer, "last_name");
	put_text(customer, "email", get_text(transaction, "email"));
	put_text(customer, "customer_code", "CUS_sandbox");
	put_null(customer, "phone");
	put_text(customer, "risk_action", "default");
	return customer;
}

struct json_object *
paystack_transaction_view(const struct sandbox *sandbox, const struct json_object *transaction)
{
	struct json_object *view = json_object_new_object();
	bool                paid = get_integer(transaction, "received") > 0;

	put_integer(view, "id", get_integer(transaction, "number"));
	put_text(view, "domain", "test");
	put_text(view, "status", get_text(transaction, "status"));
	put_text(view, "reference", get_text(transaction, "id"));
	put_null(view, "receipt_number");
	put_integer(view, "amount", get_integer(transaction, paid ? "received" : "amount"));
	put_integer(view, "requested_amount", get_integer(transaction, "amount"));
	put_null(view, "message");
	put_text(view, "gateway_response", get_text(transaction, "gateway_response"));
	put_text(view, "paid_at", get_text(transaction, "paid_at"));
	put_text(view, "created_at", get_text(transaction, "created_at"));
	put_text(view, "channel", "card");
	put_text(view, "currency", get_text(transaction, "currency"));
	put_text(view, "ip_address", "127.0.0.1");
	put_copy(view, "metadata", json_object_object_get(transaction, "metadata"));
	put_null(view, "log");
	if (paid)
		put_integer(view, "fees", get_integer(transaction, "received") / FEE_DIVISOR);
	else
		put_null(view, "fees");
	json_object_object_add(view, "customer", customer_view(transaction));
	json_object_object_add(
	    view, "authorization", paystack_authorization_view(sandbox, get_text(transaction, "authorization")));
	return view;
}

bool
paystack_check_currency(struct call *call, const char *currency)
{
	static const char *const taken[] = { "NGN", "GHS", "ZAR", "KES", "USD", "XOF", NULL };

	for (size_t i = 0; taken[i] != NULL; i++)
		if (strcmp(taken[i], currency) == 0)
			return true;
	paystack_error(call, 403, "unsupported_currency", "Currency not supported by merchant");
	return false;
}

bool
paystack_check_reference(struct call *call, const char *reference)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.=";

	if (strlen(reference) > REFERENCE_MAX || reference[strspn(reference, allowed)] != '\0') {
		paystack_error(call, 400, "invalid_params", "The reference may only have letters, digits and - . =");
		return false;
	}
	if (state_find(call->sandbox, PAYSTACK_TRANSACTIONS, reference) == NULL)
		return true;
	paystack_error(call, 400, "duplicate_reference", "Duplicate Transaction Reference");
	return false;
}

struct json_object *
paystack_transaction_new(struct call *call, const char *reference, const char *email, int64_t amount, const char *currency)
{
	struct json_object *transaction = json_object_new_object();

	put_text(transaction, "id", reference);
	put_integer(transaction, "number", paystack_number());
	put_text(transaction, "status", "abandoned");
	put_integer(transaction, "amount", amount);
	put_integer(transaction, "received", 0);
	put_integer(transaction, "refunded", 0);
	put_text(transaction, "currency", currency);
	put_text(transaction, "email", email);
	put_text(transaction, "gateway_response", "The transaction was not completed");
	put_text(transaction, "created_at", time_text(call->arena));
	return transaction;
}

/* What is asked for, as a new transaction; NULL when the error is answered. */
static struct json_object *
read_request(struct call *call)
{
	static const char *const known[] = { "email", "amount", "currency", "reference", "callback_url", "channels", "metadata",
		NULL };
	const char              *email, *currency, *reference, *callback;
	struct json_object      *transaction, *metadata = json_object_object_get(call->json, "metadata");
	int64_t                  amount;

	if (!paystack_knows(call, known) || !paystack_text(call, "email", &email) || !paystack_amount(call, &amount) ||
	    !paystack_text(call, "currency", &currency) || !paystack_text(call, "reference", &reference) ||
	    !paystack_text(call, "callback_url", &callback) || !paystack_check_currency(call, currency) ||
	    !paystack_check_reference(call, reference))
		return NULL;
	if (strchr(email, '@') == NULL || (metadata != NULL && !json_object_is_type(metadata, json_type_object))) {
		paystack_error(call, 400, "invalid_params", "Invalid Email Address Passed, or metadata that is no object");
		return NULL;
	}
	transaction = paystack_transaction_new(call, reference, email, amount, currency);
	put_text(transaction, "callback_url", callback);
	put_copy(transaction, "metadata", metadata);
	return transaction;
}

void
paystack_initialize(struct call *call)
{
	struct json_object *transaction = read_request(call), *data;
	const char         *reference;

	if (transaction == NULL)
		return;
	call->executed = true;
	state_save(call->sandbox, PAYSTACK_TRANSACTIONS, transaction);
	reference = get_text(transaction, "id");
	data = json_object_new_object();
	put_text(data, "authorization_url",
	    arena_format(
		call->arena, "http://127.0.0.1:%lld/paystack/pay/%s", (long long)call->sandbox->config->sandbox.port, reference));
	put_text(data, "access_code", id_new(call->arena, ""));
	put_text(data, "reference", reference);
	paystack_answer(call, "Authorization URL created", data);
}

void
paystack_verify(struct call *call)
{
	const struct json_object *transaction = state_find(call->sandbox, PAYSTACK_TRANSACTIONS, call->captured[0]);

	if (transaction == NULL)
		paystack_error(call, 400, "transaction_not_found", "Transaction reference not found.");
	else
		paystack_answer(call, "Verification successful", paystack_transaction_view(call->sandbox, transaction));
}

void
paystack_pay(struct call *call, struct json_object *transaction)
{
	int64_t amount = get_integer(transaction, "amount");

	if (switch_take(&switches_of(call)->wrong_amount))
		amount--;
	if (switch_take(&switches_of(call)->wrong_currency))
		put_text(transaction, "currency", "CHF");
	if (get_text(transaction, "authorization") == NULL)
		put_text(transaction, "authorization", paystack_authorization_new(call, "card", get_text(transaction, "email")));
	put_integer(transaction, "received", amount);
	put_text(transaction, "status", "success");
	put_text(transaction, "gateway_response", "Successful");
	put_text(transaction, "paid_at", time_text(call->arena));
	state_save(call->sandbox, PAYSTACK_TRANSACTIONS, transaction);
	paystack_tell(call, "charge.success", paystack_transaction_view(call->sandbox, transaction));
}

/* Of what was declined or goes on Paystack tells nobody who does not ask. */
void
paystack_decline(struct call *call, struct json_object *transaction, const char *response)
{
	put_text(transaction, "status", "failed");
	put_text(transaction, "gateway_response", response);
	state_save(call->sandbox, PAYSTACK_TRANSACTIONS, transaction);
}

static void
fail(struct call *call, struct json_object *transaction)
{
	paystack_decline(call, transaction, "Declined");
}

static void
process(struct call *call, struct json_object *transaction)
{
	put_text(transaction, "status", "processing");
	state_save(call->sandbox, PAYSTACK_TRANSACTIONS, transaction);
}

static void
abandon(struct call *call, struct json_object *transaction)
{
	(void)call, (void)transaction;
}

struct json_object *
paystack_act(struct call *call, const char *act, const char *reference)
{
	static const struct {
		const char *name;
		void (*act)(struct call *call, struct json_object *transaction);
	} acts[] = { { "pay", paystack_pay }, { "fail", fail }, { "process", process }, { "abandon", abandon } };
	struct json_object *transaction = state_find(call->sandbox, PAYSTACK_TRANSACTIONS, reference);

	if (transaction == NULL) {
		paystack_error(call, 404, "transaction_not_found", "Transaction not found.");
		return NULL;
	}
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
		if (strcmp(acts[i].name, act) != 0)
			continue;
		if (acts[i].act != abandon && get_integer(transaction, "received") > 0) {
			paystack_error(call, 400, NULL, "The transaction has been paid.");
			return NULL;
		}
		acts[i].act(call, transaction);
		return transaction;
	}
	paystack_error(call, 400, NULL, "A payer can pay, fail, process or abandon.");
	return NULL;
}

void
paystack_payer_acts(struct call *call)
{
	const struct json_object *transaction = paystack_act(call, call->captured[0], call->captured[1]);

	if (transaction != NULL)
		paystack_answer(call, "Done", paystack_transaction_view(call->sandbox, transaction));
}
