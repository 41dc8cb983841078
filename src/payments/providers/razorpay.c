/*
 * Razorpay: orders, their payments, refunds and events (Razorpay's API documentation; signatures in libhaatverify).
 *
 * Our transaction is Razorpay's order, which the payer may try to pay several times; each try is a payment of its own.  The one
 * that counts is the one that was captured, which we remember (charge_id), else the one that is authorised, else the newest.
 * Orders are made so that nothing is captured but by us: what comes after the attempt was given up is never taken, and
 * Razorpay lets go of it by itself after some days.  What was captured beside the one that counts (at Razorpay's desk, or by a
 * setting of the account) is money that came twice: it is given back here, and never reaches the books.
 *
 * Amounts go as integers of the smallest unit, those of currencies with three decimals end in 0.  Refunds carry
 * X-Refund-Idempotency; an order made twice has no payer the first time.
 */
#include "payments/providers/razorpay.h"

#include "base/config.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>

enum { PAYMENTS_MAX = 100, PAGE_MAX = 100 };

static enum amount_fit
razorpay_takes(struct money amount)
{
	int exponent = currency_exponent(amount.currency);

	if (amount.minor <= 0 || exponent < 0 || exponent > 3 || (exponent == 3 && amount.minor % 10 != 0))
		return AMOUNT_IS_INEXACT;
	return AMOUNT_FITS;
}

static const char *const *
razorpay_currencies(const struct config *config)
{
	return config->payments.razorpay.currencies;
}

static const char *const *
razorpay_limits(const struct config *config)
{
	return config->payments.razorpay.limits;
}

static int64_t
razorpay_keeps_stock_seconds(const struct config *config)
{
	return config->orders.expire_minutes * 60;
}

/* What was captured counts before what is authorised, and what is known to count before all. */
static int
rank_of(const struct payment *payment, const struct provider_answer *answer)
{
	if (answer->status == PAYMENT_SUCCEEDED)
		return payment->charge_id != NULL && strcmp(answer->charge_id, payment->charge_id) == 0 ? 3 : 2;
	return answer->authorised ? 1 : 0;
}

/* Of several captured ones the first counts, so that it stays the same one; of others the newest. */
static bool
counts_before(int rank, int64_t begun, int other_rank, int64_t other_begun)
{
	return rank != other_rank ? rank > other_rank : rank >= 2 ? begun < other_begun : begun >= other_begun;
}

/* The payment of the order that counts; charge_id NULL when there is none. */
static void
choose(struct arena *arena, const struct payment *payment, struct json_object *items, struct provider_answer *chosen)
{
	int64_t chosen_begun = 0;
	int     chosen_rank = -1;

	*chosen = (struct provider_answer) { .status = PAYMENT_PENDING, .transaction_id = payment->transaction_id };
	for (size_t i = 0; i < json_object_array_length(items); i++) {
		struct json_object    *item = json_object_array_get_idx(items, i);
		struct provider_answer answer;
		int64_t                begun = 0;

		json_integer_at(item, "created_at", &begun);
		if (razorpay_read_payment(arena, item, &answer) &&
		    counts_before(rank_of(payment, &answer), begun, chosen_rank, chosen_begun)) {
			*chosen = answer;
			chosen_begun = begun;
			chosen_rank = rank_of(payment, &answer);
		}
	}
}

static const struct problem *
give_back(struct work *work, const struct payment *payment, const char *charge, int64_t refunded, int64_t left)
{
	struct arena       *arena = work->arena;
	struct http_reply   reply;
	struct json_object *json;

	log_error("paid twice: the second charge is given back", LOG_ID("charge", charge));
	TRY(razorpay_call(work, payment->id, "refund", arena_format(arena, "/v1/payments/%s/refund", charge),
	    arena_format(
		arena, "{\"amount\":%lld,\"speed\":\"normal\",\"notes\":{\"" RAZORPAY_TWICE "\":\"yes\"}}", (long long)left),
	    arena_format(arena, "twice-%s-%lld", charge, (long long)refunded), &reply, &json));
	return reply.status >= 400 ? razorpay_refused(work, &reply, json) : OK;
}

/* Was the payment captured beside the one that counts, and has not all of it gone back yet? */
static bool
is_other(struct arena *arena, struct json_object *item, const char *counts, int64_t *refunded, int64_t *left)
{
	const char *status = json_text_at(arena, item, "status", 32), *charge = json_text_at(arena, item, "id", RAZORPAY_ID_MAX);
	int64_t     amount = 0;

	*refunded = 0;
	json_integer_at(item, "amount", &amount);
	json_integer_at(item, "amount_refunded", refunded);
	*left = *refunded >= 0 && *refunded < amount ? amount - *refunded : 0;
	return status != NULL && charge != NULL && strcmp(status, "captured") == 0 && strcmp(charge, counts) != 0 && *left > 0;
}

static bool
has_others(struct arena *arena, struct json_object *items, const char *counts)
{
	int64_t refunded, left;

	for (size_t i = 0; i < json_object_array_length(items); i++)
		if (is_other(arena, json_object_array_get_idx(items, i), counts, &refunded, &left))
			return true;
	return false;
}

static const struct problem *
give_back_others(struct work *work, const struct payment *payment, struct json_object *items, const char *counts)
{
	int64_t refunded, left;

	for (size_t i = 0; i < json_object_array_length(items); i++) {
		struct json_object *item = json_object_array_get_idx(items, i);

		if (is_other(work->arena, item, counts, &refunded, &left))
			TRY(give_back(work, payment, json_text_at(work->arena, item, "id", RAZORPAY_ID_MAX), refunded, left));
	}
	return OK;
}

/*
 * What counts is what the books have: `now` is the row as it was read after Razorpay had answered.  Until they have one of several,
 * none goes back: another worker may be booking any of them.  Then it is asked for again; of a held one nobody knows which counts.
 */
static const struct problem *
end_twice_paid(struct work *work, const struct payment *now, struct json_object *items, const char *counts)
{
	if (payment_has_money(now))
		return give_back_others(work, now, items, counts);
	if (now->hold_reason != NULL || !has_others(work->arena, items, counts))
		return OK;
	return db_transaction(work, ask_soon(work, now->id));
}

static const struct problem *
razorpay_fetch(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	struct http_reply   reply;
	struct json_object *json, *items;
	struct payment     *now;

	TRY(razorpay_call(work, payment->id, "fetch",
	    arena_format(work->arena, "/v1/orders/%s/payments?count=%d", payment->transaction_id, (int)PAYMENTS_MAX), NULL, NULL,
	    &reply, &json));
	if (reply.status >= 400)
		return razorpay_refused(work, &reply, json);
	items = razorpay_items_of(json);
	if (items == NULL)
		return razorpay_invalid_answer();
	TRY(read_payment(work, payment->id, &now));
	choose(work->arena, now, items, answer);
	/* A stored method is debited after days, of which the bank is told first. */
	if (payment->payment_method != NULL && answer->status < PAYMENT_PROCESSING)
		answer->status = PAYMENT_PROCESSING;
	return answer->status == PAYMENT_SUCCEEDED ? end_twice_paid(work, now, items, answer->charge_id) : OK;
}

/* The sandbox has a page of its own to pay on; Razorpay itself is paid with its script, the key's id and the order's. */
static void
add_sandbox_page(struct work *work, struct json_object *json, struct provider_answer *answer)
{
	const char *page = json_text_at(work->arena, json, "haat_sandbox_url", 1000);
	struct text url = text_new(work->arena, 512);

	if (page == NULL || work->config->profile != PROFILE_DEVELOPMENT)
		return;
	text_addf(&url, "%s?return_url=", page);
	text_add_percent(&url, arena_format(work->arena, "%s/api/v1/payments/return/razorpay", work->config->public_url));
	answer->redirect_url = url.bytes;
}

static const struct problem *
razorpay_create(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	struct arena       *arena = work->arena;
	struct http_reply   reply;
	struct json_object *json, *order;

	if (razorpay_takes(payment->amount) != AMOUNT_FITS)
		return problem(PROVIDER_REFUSED, "the payment provider cannot charge exactly this amount");
	TRY(razorpay_call(work, payment->id, "create", "/v1/orders",
	    arena_format(arena,
		"{\"amount\":%lld,\"currency\":\"%s\",\"receipt\":\"%s\",\"payment_capture\":false,"
		"\"notes\":{\"reference\":\"%s\",\"purpose_id\":\"%s\"}}",
		(long long)payment->amount.minor, payment->amount.currency, payment->reference, payment->reference,
		uuid_text(arena, payment->purpose)),
	    NULL, &reply, &json));
	order = json;
	if (reply.status == 400)
		TRY(razorpay_find_order(work, payment, &order));
	if (order == NULL || (order == json && reply.status >= 400))
		return razorpay_refused(work, &reply, json);
	*answer = (struct provider_answer) { .status = PAYMENT_PENDING,
		.transaction_id = json_text_at(arena, order, "id", RAZORPAY_ID_MAX) };
	if (answer->transaction_id == NULL)
		return razorpay_invalid_answer();
	add_sandbox_page(work, order, answer);
	return OK;
}

/* One that was captured meanwhile says so; then what the order has become is the answer. */
static const struct problem *
razorpay_capture(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	struct http_reply   reply;
	struct json_object *json;

	if (answer->charge_id == NULL || answer->amount.currency[0] == '\0')
		return razorpay_invalid_answer();
	TRY(razorpay_call(work, payment->id, "capture", arena_format(work->arena, "/v1/payments/%s/capture", answer->charge_id),
	    arena_format(
		work->arena, "{\"amount\":%lld,\"currency\":\"%s\"}", (long long)answer->amount.minor, answer->amount.currency),
	    NULL, &reply, &json));
	if (reply.status == 400)
		return razorpay_fetch(work, payment, answer);
	if (reply.status >= 400)
		return razorpay_refused(work, &reply, json);
	return razorpay_read_payment(work->arena, json, answer) ? OK : razorpay_invalid_answer();
}

/*
 * An order cannot be closed; but nothing of it is taken any more, what is authorised least of all.  But a mandate's debit that is under way
 * is captured without us, days later, and cannot be called back: it goes on until it is known how it ends.
 */
static const struct problem *
razorpay_cancel(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	TRY(razorpay_fetch(work, payment, answer));
	if (answer->status == PAYMENT_SUCCEEDED)
		return OK;
	answer->authorised = false;
	answer->status =
	    payment->payment_method != NULL && answer->status != PAYMENT_FAILED ? PAYMENT_PROCESSING : PAYMENT_CANCELLED;
	return OK;
}

/* The charge that counts; asked for where it is not known yet, and where money may have come twice since. */
static const struct problem *
charge_of(struct work *work, const struct payment *payment, const char **charge)
{
	struct provider_answer now;

	TRY(razorpay_fetch(work, payment, &now));
	*charge = now.charge_id;
	return now.status == PAYMENT_SUCCEEDED
	    ? OK
	    : problem(PROVIDER_UNAVAILABLE, "the payment provider has not taken the money yet");
}

/* Newest first; `n_read` are on the page. */
static const struct problem *
read_refunds_page(struct work *work, const struct payment *payment, const char *charge, size_t skip,
    struct provider_refunds *refunds, size_t *n_read)
{
	struct http_reply   reply;
	struct json_object *json, *items;

	TRY(razorpay_call(work, payment->id, "refund",
	    arena_format(work->arena, "/v1/payments/%s/refunds?count=%d&skip=%zu", charge, (int)PAGE_MAX, skip), NULL, NULL,
	    &reply, &json));
	items = razorpay_items_of(json);
	if (reply.status >= 400 || items == NULL)
		return razorpay_invalid_answer();
	*n_read = json_object_array_length(items);
	for (size_t i = 0; i < *n_read && refunds->count < PROVIDER_REFUNDS_MAX; i++)
		if (razorpay_read_refund(work->arena, json_object_array_get_idx(items, i), &refunds->list[refunds->count]))
			refunds->count++;
	return OK;
}

static const struct problem *
razorpay_refunds(struct work *work, const struct payment *payment, struct provider_refunds *refunds)
{
	const char *charge;
	size_t      skip = 0, n_read;

	TRY(charge_of(work, payment, &charge));
	refunds->count = 0;
	do {
		TRY(read_refunds_page(work, payment, charge, skip, refunds, &n_read));
		skip += n_read;
	} while (n_read == PAGE_MAX && skip < PROVIDER_REFUNDS_MAX);
	return OK;
}

static const struct problem *
razorpay_refund(struct work *work, const struct payment *payment, const struct refund *refund, struct refund_answer *answer)
{
	struct arena       *arena = work->arena;
	const char         *id = uuid_text(arena, refund->id.uuid), *charge = payment->charge_id;
	struct http_reply   reply;
	struct json_object *json;

	if (razorpay_takes(refund->amount) != AMOUNT_FITS)
		return problem(PROVIDER_REFUSED, "the payment provider cannot refund exactly this amount");
	if (charge == NULL)
		TRY(charge_of(work, payment, &charge));
	TRY(razorpay_call(work, payment->id, "refund", arena_format(arena, "/v1/payments/%s/refund", charge),
	    arena_format(arena, "{\"amount\":%lld,\"speed\":\"normal\",\"receipt\":\"%s\",\"notes\":{\"refund_id\":\"%s\"}}",
		(long long)refund->amount.minor, id, id),
	    refund->key_number == 0 ? id : arena_format(arena, "%s-%lld", id, (long long)refund->key_number), &reply, &json));
	if (reply.status >= 400)
		return provider_refund_refused(work, refund, json_text_at(arena, json, "error.code", 64),
		    json_text_at(arena, json, "error.description", 500), razorpay_refused(work, &reply, json));
	return razorpay_read_refund(arena, json, answer) ? OK : razorpay_invalid_answer();
}

static const char *const signature_headers[] = { "X-Razorpay-Signature", "X-Razorpay-Event-Id", NULL };

/* Who the payer is and what could pay again. */
static const char *const private_members[] = { "email", "contact", "name", "card", "card_id", "vpa", "upi", "bank_account",
	"account_number", "ifsc", "beneficiary_name", "customer", "customer_id", "customer_details", "token", "token_id",
	"acquirer_data", "address", "billing_address", "shipping_address", "phone", "last4", "iin", "international_details",
	"wallet_details", "key_secret", "secret", "evidence", NULL };

/* Checkout (Razorpay's documentation, "Content security policy"). */
static const char *
script_url(struct work *work, struct money amount)
{
	(void)amount;
	return work->config->payments.razorpay.script_url;
}

static void
add_settings(struct work *work, const struct payment *payment, struct text *json)
{
	TEXT_ADD(json, "\"key\":");
	text_add_json(json, work->config->payments.razorpay.key_id);
	TEXT_ADD(json, ",\"order\":");
	text_add_json(json, payment->transaction_id);
	text_add_char(json, ',');
}

/* It publishes no list: what shops let in whose Checkout works.  It lays its window over the page by styles in the page. */
static const struct provider_page page = {
	.script = (const char *const[]) { "https://checkout.razorpay.com", "https://cdn.razorpay.com", NULL },
	.frame = (const char *const[]) { "https://api.razorpay.com", "https://checkout.razorpay.com", NULL },
	.connect = (const char *const[]) { "https://*.razorpay.com", NULL },
	.image = (const char *const[]) { "https://*.razorpay.com", NULL },
	.style = (const char *const[]) { "'unsafe-inline'", NULL },
	.opener_policy = "same-origin-allow-popups",
	.script_url = script_url,
	.add_settings = add_settings,
};

const struct provider provider_razorpay = {
	.name = "razorpay",
	.title = "Razorpay",
	.number = PROVIDER_RAZORPAY,
	.order_method = "online",
	.collects = COLLECTED_BY_PROVIDER,
	.refunds_by_key = true,
	.tells_fees = true,
	.charges_without_payer = true,
	.methods = &razorpay_methods,
	.return_parameter = "razorpay_order_id",
	.signature_headers = signature_headers,
	.id_header = 1,
	.evidence_fields = razorpay_evidence_fields,
	.private_members = private_members,
	.page = &page,
	.currencies = razorpay_currencies,
	.limits = razorpay_limits,
	.keeps_stock_seconds = razorpay_keeps_stock_seconds,
	.takes = razorpay_takes,
	.create = razorpay_create,
	.fetch = razorpay_fetch,
	.capture = razorpay_capture,
	.cancel = razorpay_cancel,
	.refund = razorpay_refund,
	.refunds = razorpay_refunds,
	.evidence = razorpay_evidence,
	.accept = razorpay_accept,
	.verify = razorpay_verify,
	.is_from_checkout = razorpay_is_from_checkout,
	.parse_events = razorpay_parse_events,
	.simulate = razorpay_simulate,
};
