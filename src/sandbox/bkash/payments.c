#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "sandbox/bkash/bkash.h"

/* The same wallet does not pay the same amount twice within two minutes. */
enum { DUPLICATE_SECONDS = 120, TEXT_MAX = 255, SIGNATURE_LENGTH = 10, NUMBER_LENGTH = 10 };

/* So many capital letters and digits. */
static const char *
capitals(struct call *call, size_t length)
{
	char *text = arena_copy(call->arena, id_new(call->arena, ""), length);

	for (char *c = text; *c != '\0'; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	return text;
}

static bool
is_completed(struct call *call, const char *invoice)
{
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, BKASH_PAYMENTS, call->arena, &count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(get_text(list[i], "merchantInvoiceNumber"), invoice) == 0 &&
		    strcmp(get_text(list[i], "transactionStatus"), "Completed") == 0)
			return true;
	return false;
}

/* Answers what is wrong with it. */
static bool
check_create(struct call *call, int64_t *paisa)
{
	static const char *const needed[] = { "mode", "payerReference", "callbackURL", "amount", "currency", "intent",
		"merchantInvoiceNumber", NULL };
	const char              *url;

	for (const char *const *name = needed; *name != NULL; name++)
		if (bkash_need_text(call, *name) == NULL)
			return false;
	url = get_text(call->json, "callbackURL");
	if (strcmp(get_text(call->json, "mode"), "0011") != 0)
		bkash_answer_code(call, "2063", "Mode is not valid as per request data");
	else if (!read_taka(get_text(call->json, "amount"), paisa) || *paisa < 100)
		bkash_answer_code(call, "2006", "Invalid amount");
	else if (strcmp(get_text(call->json, "currency"), "BDT") != 0)
		bkash_answer_code(call, "2007", "Invalid currency");
	else if (strcmp(get_text(call->json, "intent"), "sale") != 0)
		bkash_answer_code(call, "2008", "Invalid intent");
	else if (strlen(get_text(call->json, "merchantInvoiceNumber")) > TEXT_MAX ||
	    strlen(get_text(call->json, "payerReference")) > TEXT_MAX)
		bkash_answer_code(call, "2031", "Invalid merchant invoice number");
	else if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
		bkash_answer_code(call, "2065", "Invalid callback URL");
	else if (is_completed(call, get_text(call->json, "merchantInvoiceNumber")))
		bkash_answer_code(call, "2062", "The payment has already been completed");
	else
		return true;
	return false;
}

static const char *
callback(struct call *call, const struct json_object *payment, const char *status)
{
	return arena_format(call->arena, "%s?paymentID=%s&status=%s&signature=%s&apiVersion=1.2.0-beta/",
	    get_text(payment, "callbackURL"), get_text(payment, "id"), status, get_text(payment, "signature"));
}

void
bkash_payment_create(struct call *call)
{
	static const char *const kept[] = { "mode", "payerReference", "callbackURL", "currency", "intent",
		"merchantInvoiceNumber", NULL };
	struct json_object      *payment, *body;
	int64_t                  paisa;

	if (!check_create(call, &paisa))
		return;
	call->executed = true;
	payment = json_object_new_object();
	put_text(payment, "id", id_new(call->arena, "TR0011"));
	for (const char *const *name = kept; *name != NULL; name++)
		put_text(payment, *name, get_text(call->json, *name));
	put_integer(payment, "paisa", paisa);
	put_text(payment, "signature", capitals(call, SIGNATURE_LENGTH));
	put_text(payment, "transactionStatus", "Initiated");
	put_text(payment, "payer", "on the page");
	put_text(payment, "token", strncmp(call_header(call, "Authorization"), "Bearer ", 7) == 0 ? "Bearer" : "bare");
	put_text(payment, "paymentCreateTime", dhaka_time(call));
	state_save(call->sandbox, BKASH_PAYMENTS, payment);

	body = json_object_new_object();
	put_text(body, "paymentID", get_text(payment, "id"));
	put_text(body, "bkashURL",
	    arena_format(call->arena, "http://127.0.0.1:%lld/bkash/pay/%s", (long long)call->sandbox->config->sandbox.port,
		get_text(payment, "id")));
	put_text(body, "callbackURL", get_text(payment, "callbackURL"));
	put_text(body, "successCallbackURL", callback(call, payment, "success"));
	put_text(body, "failureCallbackURL", callback(call, payment, "failure"));
	put_text(body, "cancelledCallbackURL", callback(call, payment, "cancel"));
	put_text(body, "amount", taka(call, paisa));
	put_text(body, "intent", get_text(payment, "intent"));
	put_text(body, "currency", get_text(payment, "currency"));
	put_text(body, "paymentCreateTime", get_text(payment, "paymentCreateTime"));
	put_text(body, "transactionStatus", "Initiated");
	put_text(body, "merchantInvoiceNumber", get_text(payment, "merchantInvoiceNumber"));
	bkash_answer_done(call, body);
}

static struct json_object *
find_payment(struct call *call)
{
	const char         *id = bkash_need_text(call, "paymentID");
	struct json_object *payment = id == NULL ? NULL : state_find(call->sandbox, BKASH_PAYMENTS, id);

	if (id != NULL && payment == NULL)
		bkash_answer_code(call, "2002", "Invalid Payment ID");
	return payment;
}

/* Query and execution tell the same; the amount without zeros at its end, where it was given with them. */
static struct json_object *
payment_body(struct call *call, const struct json_object *payment)
{
	static const char *const told[] = { "mode", "payerReference", "currency", "intent", "merchantInvoiceNumber",
		"transactionStatus", "paymentCreateTime", "trxID", "customerMsisdn", "paymentExecuteTime", NULL };
	bool                     completed = get_text(payment, "trxID") != NULL;
	struct json_object      *body = json_object_new_object();

	put_text(body, "paymentID", get_text(payment, "id"));
	for (const char *const *name = told; *name != NULL; name++)
		if (get_text(payment, *name) != NULL)
			put_text(body, *name, get_text(payment, *name));
	put_text(body, "amount", short_taka(call, get_integer(payment, completed ? "received" : "paisa")));
	return body;
}

static bool
is_repeated(struct call *call, const struct json_object *payment)
{
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, BKASH_PAYMENTS, call->arena, &count);

	for (size_t i = 0; i < count; i++)
		if (get_text(list[i], "trxID") != NULL && get_integer(list[i], "paisa") == get_integer(payment, "paisa") &&
		    strcmp(get_text(list[i], "customerMsisdn"), get_text(payment, "wallet")) == 0 &&
		    get_integer(list[i], "executed_at") > unix_seconds() - DUPLICATE_SECONDS)
			return true;
	return false;
}

void
bkash_payment_execute(struct call *call)
{
	struct json_object *payment = find_payment(call);
	int64_t             paisa;

	if (payment == NULL)
		return;
	if (get_text(payment, "trxID") != NULL) {
		bkash_answer_code(call, "2062", "The payment has already been completed");
		return;
	}
	if (strcmp(get_text(payment, "payer"), "declined") == 0) {
		bkash_answer_code(call, "2023", "Insufficient Balance");
		return;
	}
	if (strcmp(get_text(payment, "payer"), "agreed") != 0) {
		bkash_answer_code(call, "2056", "Invalid Payment State");
		return;
	}
	if (is_repeated(call, payment)) {
		bkash_answer_code(call, "2029", "Duplicate for All Transactions");
		return;
	}
	call->executed = true;
	paisa = get_integer(payment, "paisa") - switch_take(&switches_of(call)->wrong_amount);
	if (switch_take(&switches_of(call)->wrong_currency))
		put_text(payment, "currency", "CHF");
	put_text(payment, "trxID", capitals(call, NUMBER_LENGTH));
	put_text(payment, "transactionStatus", "Completed");
	put_text(payment, "customerMsisdn", get_text(payment, "wallet"));
	put_text(payment, "paymentExecuteTime", dhaka_time(call));
	put_integer(payment, "received", paisa);
	put_integer(payment, "executed_at", unix_seconds());
	state_save(call->sandbox, BKASH_PAYMENTS, payment);
	bkash_event_make(call, payment);
	bkash_answer_done(call, payment_body(call, payment));
}

void
bkash_payment_show(struct call *call)
{
	struct json_object *payment = find_payment(call);

	if (payment != NULL)
		bkash_answer_done(call, payment_body(call, payment));
}
