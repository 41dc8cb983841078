/*
 * Paystack: transactions on its own page, refunds, disputes and events (Paystack API reference; signature in libhaatverify).
 *
 * Our payment reference is the transaction's reference, unique with the account: it is the idempotency of creating one.  Refunds
 * have none: ours carry their id as merchant note, by which a refund whose answer was lost is found before it is sent again.
 * Amounts are integers of hundredths, of XOF too, although that has no smaller unit.
 */
#include "payments/providers/paystack.h"

#include "base/config.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"
#include "verify/haatverify.h"

#include <json-c/json.h>

enum { PER_PAGE = 100, PAGES_MAX = 10, SHA256_BYTES = 32, SHA512_BYTES = 64, SECRETS_MAX = 8 };

static enum amount_fit
paystack_takes(struct money amount)
{
	int64_t units;

	return paystack_from_money(amount, &units) ? AMOUNT_FITS : AMOUNT_IS_INEXACT;
}

static const char *const *
paystack_currencies(const struct config *config)
{
	return config->payments.paystack.currencies;
}

static const char *const *
paystack_limits(const struct config *config)
{
	return config->payments.paystack.limits;
}

static int64_t
paystack_keeps_stock_seconds(const struct config *config)
{
	return config->orders.expire_minutes * 60;
}

/* The payer's e-mail address is the one thing that Paystack must have; it goes nowhere else. */
static const struct problem *
make_request(struct work *work, const struct payment *payment, struct text *body)
{
	const char *email;
	int64_t     units;

	if (!paystack_from_money(payment->amount, &units))
		return problem(PROVIDER_REFUSED, "the payment provider cannot charge exactly this amount");
	TRY(payer_email(work, payment, &email));
	TEXT_ADD(body, "{\"email\":");
	text_add_json(body, email);
	text_addf(body, ",\"amount\":%lld,\"currency\":\"%s\",\"reference\":\"%s\",\"callback_url\":", (long long)units,
	    payment->amount.currency, payment->reference);
	text_add_json(body, arena_format(work->arena, "%s/api/v1/payments/return/paystack", work->config->public_url));
	text_addf(body, ",\"metadata\":{\"reference\":\"%s\",\"cancel_action\":", payment->reference);
	text_add_json(body,
	    arena_format(
		work->arena, "%s/api/v1/payments/return/paystack?reference=%s", work->config->public_url, payment->reference));
	if (payment->order != NULL)
		text_addf(body, ",\"order_id\":\"%s\"", uuid_text(work->arena, payment->order->uuid));
	TEXT_ADD(body, "}}");
	return OK;
}

static const struct problem *
paystack_create(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	struct text         body = text_new(work->arena, 512);
	struct http_reply   reply;
	struct json_object *json;

	TRY(make_request(work, payment, &body));
	arena_scrub(work->arena, body.bytes, body.length);
	TRY(paystack_call(work, payment->id, "create", "POST", "/transaction/initialize", &body, &reply, &json));
	if (paystack_code_is(work, json, "duplicate_reference"))
		return provider_take_up_lost(work, providers[PROVIDER_PAYSTACK], payment, answer);
	if (!paystack_took(&reply, json))
		return paystack_refused(work, &reply, json);
	*answer = (struct provider_answer) {
		.status = PAYMENT_PENDING,
		.transaction_id = json_text_at(work->arena, json, "data.reference", PAYSTACK_ID_MAX),
		.redirect_url = json_text_at(work->arena, json, "data.authorization_url", 2000),
	};
	if (answer->transaction_id == NULL || answer->redirect_url == NULL ||
	    strcmp(answer->transaction_id, payment->reference) != 0)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	return OK;
}

/* There is no way to close a page: what is not paid ends here, and money that comes later is given back. */
static const struct problem *
paystack_cancel(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	TRY(paystack_fetch(work, payment, answer));
	if (answer->status <= PAYMENT_REQUIRES_ACTION || answer->status == PAYMENT_FAILED)
		answer->status = PAYMENT_CANCELLED;
	return OK;
}

static bool
read_refund(struct arena *arena, struct json_object *data, struct refund_answer *answer)
{
	const char *status = json_text_at(arena, data, "status", 32), *currency = json_text_at(arena, data, "currency", 3);
	int64_t     units;

	*answer = (struct refund_answer) {
		.status = REFUND_PENDING,
		.key = json_text_at(arena, data, "merchant_note", UUID_TEXT_LENGTH),
		.provider_refund_id = paystack_id_at(arena, data, "id"),
	};
	if (status == NULL || answer->provider_refund_id == NULL)
		return false;
	/* Paystack lacks what it needs of the payer's bank, and waits for somebody to tell it in the dashboard. */
	if (strcmp(status, "needs-attention") == 0)
		log_error("paystack's refund needs attention in the dashboard",
		    LOG_TEXT("provider_refund", answer->provider_refund_id));
	if (strcmp(status, "processed") == 0)
		answer->status = REFUND_SUCCEEDED;
	else if (strcmp(status, "failed") == 0)
		*answer = (struct refund_answer) { REFUND_FAILED, answer->key, { 0, "" }, answer->provider_refund_id, "failed",
			"the provider could not refund the payment" };
	if (json_integer_at(data, "amount", &units))
		answer->amount = paystack_to_money(units, currency);
	return true;
}

static const struct problem *
paystack_refund(struct work *work, const struct payment *payment, const struct refund *refund, struct refund_answer *answer)
{
	struct text         body = text_new(work->arena, 256);
	struct http_reply   reply;
	struct json_object *json;
	int64_t             units;

	if (!paystack_from_money(refund->amount, &units))
		return problem(PROVIDER_REFUSED, "the payment provider cannot refund exactly this amount");
	text_addf(&body, "{\"transaction\":\"%s\",\"amount\":%lld,\"currency\":\"%s\",\"merchant_note\":\"%s\"}",
	    payment->reference, (long long)units, refund->amount.currency, uuid_text(work->arena, refund->id.uuid));
	TRY(paystack_call(work, payment->id, "refund", "POST", "/refund", &body, &reply, &json));
	if (!paystack_took(&reply, json))
		return provider_refund_refused(work, refund, json_text_at(work->arena, json, "code", 64),
		    json_text_at(work->arena, json, "message", 500), paystack_refused(work, &reply, json));
	if (!read_refund(work->arena, json_at(json, "data"), answer))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	return OK;
}

/* Is the refund of the list one of that transaction, which the list names by number, by reference or whole? */
static bool
is_of(struct arena *arena, struct json_object *refund, const char *id, const char *reference)
{
	static const char *const paths[] = { "transaction", "transaction.id", "transaction.reference", "transaction_reference" };

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		const char *given = paystack_id_at(arena, refund, paths[i]);

		if (given != NULL && (strcmp(given, id) == 0 || strcmp(given, reference) == 0))
			return true;
	}
	return false;
}

/* That the list can be narrowed to a transaction is not documented, so it is also narrowed by time, and looked through here. */
static const struct problem *
read_page(
    struct work *work, const struct payment *payment, const char *id, int number, struct provider_refunds *refunds, bool *more)
{
	struct http_reply   reply;
	struct json_object *json, *list;
	char                from[INSTANT_TEXT_SIZE];

	instant_write(payment->created_at, from);
	TRY(paystack_call(work, payment->id, "refund", "GET",
	    arena_format(work->arena, "/refund?transaction=%s&from=%s&perPage=%d&page=%d", id, from, (int)PER_PAGE, number), NULL,
	    &reply, &json));
	list = json_at(json, "data");
	if (!paystack_took(&reply, json) || !json_object_is_type(list, json_type_array))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	for (size_t i = 0; i < json_object_array_length(list) && refunds->count < PROVIDER_REFUNDS_MAX; i++) {
		struct json_object *refund = json_object_array_get_idx(list, i);

		/* What a lost dispute gave back is posted as that. */
		if (json_at(refund, "dispute") == NULL && is_of(work->arena, refund, id, payment->reference) &&
		    read_refund(work->arena, refund, &refunds->list[refunds->count]))
			refunds->count++;
	}
	*more = json_object_array_length(list) >= PER_PAGE && refunds->count < PROVIDER_REFUNDS_MAX;
	return OK;
}

static const struct problem *
paystack_refunds(struct work *work, const struct payment *payment, struct provider_refunds *refunds)
{
	const char *number;
	bool        more = true;

	refunds->count = 0;
	TRY(paystack_find_number(work, payment, &number));
	for (int page = 1; more && page <= PAGES_MAX; page++)
		TRY(read_page(work, payment, number, page, refunds, &more));
	return more && refunds->count < PROVIDER_REFUNDS_MAX
	    ? problem(PROVIDER_UNAVAILABLE, "the payment provider has too many refunds to look through")
	    : OK;
}

static const struct problem *
paystack_verify(struct work *work, const char *const *signatures, struct bytes body, int64_t now)
{
	const char *const      *old = work->config->payments.paystack.old_secret_keys;
	const char             *keys[SECRETS_MAX + 2] = { work->config->payments.paystack.secret_key };
	enum haat_verify_result result;

	(void)now; /* it signs no time */
	for (size_t i = 0; i < SECRETS_MAX && old[i] != NULL; i++)
		keys[i + 1] = old[i];
	result = haat_verify_paystack(signatures[0], body.bytes, body.length, keys);
	return provider_forged(work, result == HAAT_VERIFY_OK ? NULL : haat_verify_reason(result));
}

/* Whose numbers, names, cards and addresses they are is the payer's and the bank's. */
static const char *const private_members[] = { "customer", "authorization", "authorization_url", "access_code", "ip_address",
	"log", "email", "phone", "first_name", "last_name", "customer_note", "customer_email", "customer_name", "customer_phone",
	"delivery_address", "evidence", "history", "messages", "recipient", "account_number", "account_name", "bin", "last4",
	"receiver_bank_account_number", "sender_name", "sender_bank_account_number", "narration", NULL };

/*
 * Events have no id.  A transaction succeeds once, a dispute is opened and resolved once, a refund is in each state once; where
 * even that has no name, and what comes again and again, is known by its content, in the form in which it is stored.
 */
static const char *
id_of(struct arena *arena, struct json_object *json, const char *type)
{
	const char   *id = strncmp(type, "refund.", 7) == 0 ? paystack_id_at(arena, json, "data.refund_reference") : NULL;
	unsigned char hash[SHA256_BYTES];
	const char   *content;

	if (id == NULL && strcmp(type, "charge.dispute.remind") != 0)
		id = paystack_id_at(arena, json, "data.id");
	if (id != NULL)
		return arena_format(arena, "%s:%s", type, id);
	content = json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	sha256(content, strlen(content), hash);
	return arena_format(arena, "%s:%s", type, hex_encode(arena, hash, sizeof hash));
}

static void
read_charge_event(struct arena *arena, struct json_object *data, struct provider_event *event)
{
	const char *ours = json_text_at(arena, data, "metadata.reference", PAYSTACK_ID_MAX);

	if (!paystack_read_transaction(arena, data, &event->payment))
		return;
	event->kind = EVENT_IS_PAYMENT;
	event->transaction_id = event->payment.transaction_id;
	if (ours != NULL && strcmp(ours, event->transaction_id) == 0)
		event->reference = ours;
}

/* It tells neither our note nor, at first, any name of the refund: it is a reason to look at all of the transaction's. */
static void
read_refund_event(struct arena *arena, struct json_object *data, struct provider_event *event)
{
	event->transaction_id = json_text_at(arena, data, "transaction_reference", PAYSTACK_ID_MAX);
	if (event->transaction_id == NULL)
		event->transaction_id = json_text_at(arena, data, "transaction.reference", PAYSTACK_ID_MAX);
	if (event->transaction_id == NULL)
		return;
	event->kind = EVENT_IS_REFUNDED;
	event->refund.amount.minor = -1; /* it is not said */
}

static const struct problem *
paystack_parse_events(struct arena *arena, struct bytes body, struct provider_events *events)
{
	struct json_object    *json = json_read(arena, (const char *)body.bytes, body.length), *data = json_at(json, "data");
	const char            *type = json_text_at(arena, json, "event", 100);
	struct provider_event *event = &events->list[0];

	if (json == NULL || type == NULL || *type == '\0' || !json_object_is_type(data, json_type_object))
		return problem(BAD_REQUEST, "the body is not a Paystack event");
	json_remove(json, private_members);
	events->count = 1;
	*event = (struct provider_event) { .kind = EVENT_IS_IGNORED, .id = id_of(arena, json, type), .type = type };
	if (strcmp(type, "charge.success") == 0)
		read_charge_event(arena, data, event);
	else if (strncmp(type, "refund.", 7) == 0)
		read_refund_event(arena, data, event);
	else if (strncmp(type, "charge.dispute.", 15) == 0)
		paystack_read_dispute_event(arena, data, event);
	return OK;
}

/* It tells of success only; of refunds it says that there is something to look at. */
static bool
paystack_simulate(struct work *work, const struct payment *payment, const char *type, struct simulated_event *event)
{
	const char   *key = work->config->payments.paystack.secret_key;
	long long     number = instant_now().unix_ms;
	unsigned char digest[SHA512_BYTES];
	int64_t       units;

	if (*key == '\0' || !paystack_from_money(payment->amount, &units))
		return false;
	if (strcmp(type, "charge.success") == 0)
		event->body = arena_format(work->arena,
		    "{\"event\":\"%s\",\"data\":{\"id\":%lld,\"domain\":\"test\",\"status\":\"success\",\"reference\":\"%s\","
		    "\"amount\":%lld,\"currency\":\"%s\",\"metadata\":{\"reference\":\"%s\"}}}",
		    type, number, payment->transaction_id, (long long)units, payment->amount.currency, payment->reference);
	else if (strcmp(type, "refund.processed") == 0 || strcmp(type, "refund.failed") == 0)
		event->body = arena_format(work->arena,
		    "{\"event\":\"%s\",\"data\":{\"id\":%lld,\"status\":\"%s\",\"transaction_reference\":\"%s\","
		    "\"currency\":\"%s\"}}",
		    type, number, type + strlen("refund."), payment->transaction_id, payment->amount.currency);
	else
		return false;
	hmac_sha512(key, strlen(key), event->body, strlen(event->body), digest);
	event->signatures[0] = hex_encode(work->arena, digest, sizeof digest);
	return true;
}

static const char *const signature_headers[] = { "x-paystack-signature", NULL };

const struct provider provider_paystack = {
	.name = "paystack",
	.title = "Paystack",
	.number = PROVIDER_PAYSTACK,
	.order_method = "online",
	.collects = COLLECTED_BY_PROVIDER,
	.tells_fees = true,
	.stays_payable = true,
	.charges_without_payer = true,
	.methods = &paystack_methods,
	.return_parameter = "reference",
	.signature_headers = signature_headers,
	.private_members = private_members,
	.currencies = paystack_currencies,
	.keeps_stock_seconds = paystack_keeps_stock_seconds,
	.takes = paystack_takes,
	.limits = paystack_limits,
	.create = paystack_create,
	.fetch = paystack_fetch,
	.cancel = paystack_cancel,
	.refund = paystack_refund,
	.refunds = paystack_refunds,
	.disputes = paystack_disputes,
	.evidence_fields = paystack_evidence_fields,
	.evidence = paystack_evidence,
	.accept = paystack_accept,
	.verify = paystack_verify,
	.parse_events = paystack_parse_events,
	.simulate = paystack_simulate,
};
