/*
 * Flutterwave, API v3: transactions on its own page, refunds and events (Flutterwave API reference; header in libhaatverify).
 *
 * Our payment reference is tx_ref; Flutterwave's own number of a transaction is asked for where a call needs it.  Refunds carry
 * their id as comment, by which one whose answer was lost is found before it is sent again.  Amounts are JSON numbers of whole
 * units, read and written as text.  An event's header proves that the sender knows a word and says nothing of the body, so
 * Flutterwave is asked about each event before it counts.  Under one reference there can be several transactions: flutterwave_twice.c.
 */
#include "payments/providers/flutterwave.h"

#include "base/config.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"
#include "store/db.h"
#include "verify/haatverify.h"

#include <json-c/json.h>

enum { SAID_MAX = 65536, PAGES_MAX = 20, SESSION_MINUTES_MAX = 1440, PLACES_MAX = 2 };

/* An answer of Flutterwave's, as it is kept. */
struct said {
	struct bytes body;
};

static const struct member said_members[] = {
	M_BYTES(struct said, body, "body", SAID_MAX),
};
SHAPE(struct said, said_shape, "FlutterwaveSaid", said_members);

static enum amount_fit
flutterwave_takes(struct money amount)
{
	int places = currency_exponent(amount.currency);

	return amount.minor > 0 && places >= 0 && places <= PLACES_MAX ? AMOUNT_FITS : AMOUNT_IS_INEXACT;
}

static const char *const *
flutterwave_currencies(const struct config *config)
{
	return config->payments.flutterwave.currencies;
}

static const char *const *
flutterwave_limits(const struct config *config)
{
	return config->payments.flutterwave.limits;
}

static int64_t
flutterwave_keeps_stock_seconds(const struct config *config)
{
	return config->orders.expire_minutes * 60;
}

/*
 * Back from the page before anything was tried.  Only the browser says so, but all it can do is end an attempt of which Flutterwave
 * knows nothing, and money that comes after all takes that up again.
 */
static const struct problem *
flutterwave_returned(struct work *work, const struct payment *payment, const char *query, struct provider_answer *answer)
{
	const char         *status = query_value(work->arena, query, "status");
	struct json_object *data;

	TRY(flutterwave_ask(work, payment, answer, &data));
	if (data == NULL && status != NULL && strcmp(status, "cancelled") == 0)
		answer->status = PAYMENT_CANCELLED;
	return OK;
}

static const char *
decimal_text(struct arena *arena, struct money amount)
{
	char digits[MONEY_TEXT_SIZE];

	money_write(amount, digits);
	return arena_string(arena, digits);
}

/* The payer's e-mail address is the one thing that Flutterwave must have; it goes nowhere else. */
static const struct problem *
make_request(struct work *work, const struct payment *payment, struct text *body)
{
	int64_t     minutes = work->config->orders.expire_minutes;
	const char *email;

	if (flutterwave_takes(payment->amount) != AMOUNT_FITS)
		return problem(PROVIDER_REFUSED, "the payment provider cannot charge exactly this amount");
	TRY(payer_email(work, payment, &email));
	text_addf(body, "{\"tx_ref\":\"%s\",\"amount\":%s,\"currency\":\"%s\",\"redirect_url\":", payment->reference,
	    decimal_text(work->arena, payment->amount), payment->amount.currency);
	text_add_json(body, arena_format(work->arena, "%s/api/v1/payments/return/flutterwave", work->config->public_url));
	TEXT_ADD(body, ",\"customer\":{\"email\":");
	text_add_json(body, email);
	text_addf(body, "},\"session_duration\":%lld,\"meta\":{\"reference\":\"%s\"",
	    (long long)(minutes < SESSION_MINUTES_MAX ? minutes : SESSION_MINUTES_MAX), payment->reference);
	if (payment->order != NULL)
		text_addf(body, ",\"order_id\":\"%s\"", uuid_text(work->arena, payment->order->uuid));
	TEXT_ADD(body, "}}");
	return OK;
}

static const struct problem *
flutterwave_create(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	struct text         body = text_new(work->arena, 512);
	struct http_reply   reply;
	struct json_object *json;

	TRY(make_request(work, payment, &body));
	arena_scrub(work->arena, body.bytes, body.length);
	TRY(flutterwave_call(work, payment->id, "create", "/payments", &body, &reply, &json));
	if (reply.status >= 400 && flutterwave_says(work, json, "duplicate"))
		return provider_take_up_lost(work, providers[PROVIDER_FLUTTERWAVE], payment, answer);
	if (!flutterwave_is_taken(work, &reply, json))
		return flutterwave_refused(work, &reply, json);
	*answer = (struct provider_answer) {
		.status = PAYMENT_PENDING,
		.transaction_id = payment->reference,
		.redirect_url = json_text_at(work->arena, json, "data.link", 2000),
	};
	if (answer->redirect_url == NULL)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	return OK;
}

/* There is no way to close a page but its time: what is not paid ends here, and money that comes later is given back. */
static const struct problem *
flutterwave_cancel(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	TRY(flutterwave_fetch(work, payment, answer));
	if (answer->status <= PAYMENT_REQUIRES_ACTION || answer->status == PAYMENT_FAILED)
		answer->status = PAYMENT_CANCELLED;
	return OK;
}

/* completed, completed-mpgs, completed-bank-transfer, successful; failed, disburse-failed; all else may still become either. */
static int
refund_status_of(const char *status)
{
	size_t length = strlen(status);

	if (strncmp(status, "completed", 9) == 0 || strcmp(status, "successful") == 0)
		return REFUND_SUCCEEDED;
	return length >= 6 && strcmp(status + length - 6, "failed") == 0 ? REFUND_FAILED : REFUND_PENDING;
}

/* The refund's currency is its transaction's, and is not told again. */
static bool
read_refund(struct arena *arena, struct json_object *data, const char *currency, struct refund_answer *answer)
{
	const char *status = json_text_at(arena, data, "status", 64);

	*answer = (struct refund_answer) {
		.key = json_text_at(arena, data, "comment", UUID_TEXT_LENGTH),
		.provider_refund_id = flutterwave_number_at(arena, data, "id"),
	};
	if (status == NULL || answer->provider_refund_id == NULL)
		return false;
	if (answer->key == NULL)
		answer->key = json_text_at(arena, data, "comments", UUID_TEXT_LENGTH);
	answer->status = refund_status_of(status);
	if (answer->status == REFUND_FAILED)
		answer->failure_code = "failed";
	json_money_at(data, "amount_refunded", currency, &answer->amount);
	return true;
}

/* The number by which Flutterwave knows the payment (where it was paid twice, that of what counts), and the currency in which it came. */
static const struct problem *
find_number(struct work *work, const struct payment *payment, const char **number, const char **currency)
{
	struct provider_answer answer;
	struct json_object    *data;

	*currency = payment->amount.currency;
	*number = payment->charge_id;
	if (*number != NULL)
		return OK;
	TRY(flutterwave_ask(work, payment, &answer, &data));
	if (answer.amount.currency[0] != '\0')
		*currency = arena_string(work->arena, answer.amount.currency);
	*number = answer.charge_id;
	return *number == NULL ? problem(PROVIDER_UNAVAILABLE, "the payment provider does not find what it is asked about") : OK;
}

static const struct problem *
flutterwave_refund(struct work *work, const struct payment *payment, const struct refund *refund, struct refund_answer *answer)
{
	struct text         body = text_new(work->arena, 256);
	struct http_reply   reply;
	struct json_object *json;
	const char         *number, *currency;

	TRY(find_number(work, payment, &number, &currency));
	text_addf(&body, "{\"amount\":%s,\"comments\":\"%s\"}", decimal_text(work->arena, refund->amount),
	    uuid_text(work->arena, refund->id.uuid));
	TRY(flutterwave_call(
	    work, payment->id, "refund", arena_format(work->arena, "/transactions/%s/refund", number), &body, &reply, &json));
	if (!flutterwave_is_taken(work, &reply, json))
		return provider_refund_refused(
		    work, refund, NULL, json_text_at(work->arena, json, "message", 500), flutterwave_refused(work, &reply, json));
	if (!read_refund(work->arena, json_at(json, "data"), currency, answer))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	return OK;
}

/* One page of the list, which is narrowed to the transaction and all the same looked through. */
static const struct problem *
read_page(struct work *work, const struct payment *payment, const char *number, const char *currency, int page,
    struct provider_refunds *refunds, bool *more)
{
	struct http_reply   reply;
	struct json_object *json, *list;
	int64_t             pages = 1;

	TRY(flutterwave_call(
	    work, payment->id, "refund", arena_format(work->arena, "/refunds?id=%s&page=%d", number, page), NULL, &reply, &json));
	list = json_at(json, "data");
	if (!flutterwave_is_taken(work, &reply, json) || !json_object_is_type(list, json_type_array))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	for (size_t i = 0; i < json_object_array_length(list) && refunds->count < PROVIDER_REFUNDS_MAX; i++) {
		struct json_object *refund = json_object_array_get_idx(list, i);
		const char         *of = flutterwave_number_at(work->arena, refund, "transaction_id");

		if (of == NULL)
			of = flutterwave_number_at(work->arena, refund, "tx_id");
		if (of != NULL && strcmp(of, number) == 0 &&
		    read_refund(work->arena, refund, currency, &refunds->list[refunds->count]))
			refunds->count++;
	}
	json_integer_at(json, "meta.page_info.total_pages", &pages);
	*more = page < pages && refunds->count < PROVIDER_REFUNDS_MAX;
	return OK;
}

static const struct problem *
flutterwave_refunds(struct work *work, const struct payment *payment, struct provider_refunds *refunds)
{
	const char *number, *currency;
	bool        more = true;

	refunds->count = 0;
	TRY(find_number(work, payment, &number, &currency));
	for (int page = 1; more && page <= PAGES_MAX; page++)
		TRY(read_page(work, payment, number, currency, page, refunds, &more));
	return more ? problem(PROVIDER_UNAVAILABLE, "the payment provider has too many refunds to look through") : OK;
}

static const struct problem *
flutterwave_verify(struct work *work, const char *const *signatures, struct bytes body, int64_t now)
{
	enum haat_verify_result result = haat_verify_flutterwave(signatures[0], HAAT_VERIFY_FLUTTERWAVE_SECRET_HASH, body.bytes,
	    body.length, work->config->payments.flutterwave.webhook_secrets);

	(void)now; /* it signs no time */
	if (result == HAAT_VERIFY_OK)
		return problem(EVENT_UNVERIFIED, "the header says nothing of the body: the provider is asked");
	return provider_forged(work, haat_verify_reason(result));
}

/* Does Flutterwave say of its own transaction what the event says of it?  What has changed since is not forged: it is asked about. */
static const struct problem *
compare(const struct provider_event *event, const struct provider_answer *answer)
{
	bool same_money = answer->amount.minor == event->payment.amount.minor &&
	    strcmp(answer->amount.currency, event->payment.amount.currency) == 0;

	if (strcmp(answer->transaction_id, event->transaction_id) != 0 || !same_money)
		return problem(BAD_SIGNATURE, "the provider says otherwise of the transaction");
	if (event->payment.status != PAYMENT_SUCCEEDED || answer->status == PAYMENT_SUCCEEDED)
		return OK;
	return answer->status == PAYMENT_FAILED
	    ? problem(BAD_SIGNATURE, "the provider says that the transaction failed")
	    : problem(PROVIDER_UNAVAILABLE, "the provider does not say yet that the transaction succeeded");
}

static const struct problem *
flutterwave_confirm_event(struct work *work, const char *const *signatures, struct bytes body, const struct provider_event *event)
{
	struct json_object    *json = json_read(work->arena, (const char *)body.bytes, body.length);
	const char            *number = flutterwave_number_at(work->arena, json, "data.id");
	struct provider_answer answer;
	struct http_reply      reply;
	struct payment        *payment;

	(void)signatures; /* it has been compared, and says nothing more */
	if (event->kind != EVENT_IS_PAYMENT || number == NULL)
		return OK;
	TRY(find_payment_of_provider(work, "flutterwave", event->transaction_id, event->reference, &payment));
	if (payment == NULL)
		return OK; /* nothing of ours can come of it */
	TRY(flutterwave_call(
	    work, payment->id, "fetch", arena_format(work->arena, "/transactions/%s/verify", number), NULL, &reply, &json));
	if (flutterwave_is_untried(work, &reply, json))
		return problem(BAD_SIGNATURE, "the provider does not know the transaction");
	if (!flutterwave_is_taken(work, &reply, json))
		return flutterwave_refused(work, &reply, json);
	if (!flutterwave_read_transaction(work->arena, json_at(json, "data"), &answer))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	TRY(compare(event, &answer));
	return flutterwave_end_twice_paid(work, payment, &answer);
}

/* Who the payer is, and their card. */
static const char *const private_members[] = { "customer", "card", "ip", "device_fingerprint", "link", "email", "phone",
	"phone_number", "name", "auth_url", "authorization", "account", "account_number", "token", "narration", "sender", NULL };

static const struct problem *
flutterwave_parse_events(struct arena *arena, struct bytes body, struct provider_events *events)
{
	struct json_object    *json = json_read(arena, (const char *)body.bytes, body.length), *data = json_at(json, "data");
	const char            *type = json_text_at(arena, json, "event", 100), *number = flutterwave_number_at(arena, data, "id");
	const char            *status = json_text_at(arena, data, "status", 32), *ours;
	struct provider_event *event = &events->list[0];

	if (json == NULL || type == NULL || *type == '\0' || number == NULL)
		return problem(BAD_REQUEST, "the body is not a Flutterwave event");
	events->count = 1;
	*event = (struct provider_event) { .kind = EVENT_IS_IGNORED,
		.id = arena_format(arena, "%s:%s:%s", type, number, status == NULL ? "" : status),
		.type = type };
	if (strcmp(type, "charge.completed") != 0 || !flutterwave_read_transaction(arena, data, &event->payment))
		return OK;
	event->kind = EVENT_IS_PAYMENT;
	event->payment.fee = (struct money) { 0, "" }; /* only the amount is compared with what Flutterwave says */
	event->transaction_id = event->payment.transaction_id;
	ours = json_text_at(arena, json, "meta_data.reference", FLUTTERWAVE_REFERENCE_MAX);
	if (ours != NULL && strcmp(ours, event->transaction_id) == 0)
		event->reference = ours;
	return OK;
}

/* What Flutterwave was last heard to say of the payment; NULL while it has said nothing of a transaction. */
static const struct problem *
find_said(struct work *work, const struct payment *payment, struct said **said)
{
	return db_row(work->db, &said_shape, said,
	    "SELECT {a} FROM payment_answers a WHERE a.payment_id = ? AND a.kind = 'fetch' AND a.http_status = 200 "
	    "ORDER BY a.id DESC LIMIT 1",
	    P(payment->id));
}

/* With Flutterwave's own number of the transaction where it has told that: it is asked about it, and else knows of nothing. */
static bool
flutterwave_simulate(struct work *work, const struct payment *payment, const char *type, struct simulated_event *event)
{
	const char  *secret = work->config->payments.flutterwave.webhook_secrets[0], *number = NULL;
	struct said *said;

	if (strcmp(type, "charge.completed") != 0 || secret == NULL || find_said(work, payment, &said) != OK)
		return false;
	if (said != NULL)
		number = flutterwave_number_at(
		    work->arena, json_read(work->arena, (const char *)said->body.bytes, said->body.length), "data.id");
	if (number == NULL)
		number = arena_format(work->arena, "%lld", (long long)instant_now().unix_ms);
	event->body = arena_format(work->arena,
	    "{\"event\":\"%s\",\"data\":{\"id\":%s,\"tx_ref\":\"%s\",\"amount\":%s,\"currency\":\"%s\",\"status\":\"successful\"},"
	    "\"meta_data\":{\"reference\":\"%s\"}}",
	    type, number, payment->transaction_id, decimal_text(work->arena, payment->amount), payment->amount.currency,
	    payment->reference);
	event->signatures[0] = secret;
	return true;
}

static const char *const signature_headers[] = { "verif-hash", NULL };

const struct provider provider_flutterwave = {
	.name = "flutterwave",
	.title = "Flutterwave",
	.number = PROVIDER_FLUTTERWAVE,
	.order_method = "online",
	.collects = COLLECTED_BY_PROVIDER,
	.tells_fees = true,
	.stays_payable = true,
	.charges_without_payer = true,
	.methods = &flutterwave_methods,
	.return_parameter = "tx_ref",
	.unknown_words = "transaction was found",
	.secret_in_claims = true,
	.signature_headers = signature_headers,
	.private_members = private_members,
	.currencies = flutterwave_currencies,
	.keeps_stock_seconds = flutterwave_keeps_stock_seconds,
	.takes = flutterwave_takes,
	.limits = flutterwave_limits,
	.create = flutterwave_create,
	.fetch = flutterwave_fetch,
	.returned = flutterwave_returned,
	.cancel = flutterwave_cancel,
	.refund = flutterwave_refund,
	.refunds = flutterwave_refunds,
	.verify = flutterwave_verify,
	.confirm_event = flutterwave_confirm_event,
	.parse_events = flutterwave_parse_events,
	.simulate = flutterwave_simulate,
};
