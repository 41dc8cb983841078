/*
 * bKash tokenized checkout: the payer agrees on bKash's page, `execute` takes the money; refunds by its second API; news by
 * Amazon SNS.
 *
 * bKash says Initiated of whatever was not executed, whether the payer has agreed, declined or left, and has no call that
 * cancels: what is given up here is never executed any more, and so never paid.  It answers 200 to nearly everything, and a
 * code in the body tells how the call went.  There are no idempotency keys: after a call of which nobody knows what it did,
 * bKash is asked before anything is called again.
 */
#include "payments/providers/bkash_call.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"
#include "store/db.h"

#include <json-c/json.h>

/* bKash ends a call after 30 seconds: an execution that was begun longer ago is over. */
enum { ID_MAX = 191, EXECUTING_SECONDS = 60, CREATED_MAX = 65536 };

/* The answer to a create, without what is not stored. */
struct created {
	struct bytes body;
};

static const struct member created_members[] = {
	M_BYTES(struct created, body, "body", CREATED_MAX),
};
SHAPE(struct created, created_shape, "BkashCreated", created_members);

struct own_refund {
	struct refund_id id;
};

static const struct member own_refund_members[] = {
	M_ID(struct own_refund, id, "id"),
};
SHAPE(struct own_refund, own_refund_shape, "BkashRefund", own_refund_members);

static const char *const *
bkash_currencies(const struct config *config)
{
	return config->payments.bkash.currencies;
}

static const char *const *
bkash_limits(const struct config *config)
{
	return config->payments.bkash.limits;
}

static int64_t
bkash_keeps_stock_seconds(const struct config *config)
{
	return config->orders.expire_minutes * 60;
}

static enum amount_fit
bkash_takes(struct money amount)
{
	return amount.minor > 0 && strcmp(amount.currency, "BDT") == 0 ? AMOUNT_FITS : AMOUNT_IS_INEXACT;
}

static void
add_member(struct text *body, const char *name, const char *value)
{
	text_add_char(body, body->length == 0 ? '{' : ',');
	text_add_json(body, name);
	text_add_char(body, ':');
	text_add_json(body, value);
}

static const char *
amount_text(struct arena *arena, struct money amount)
{
	struct text text = text_new(arena, MONEY_TEXT_SIZE);

	text_add_money(&text, amount);
	return text.bytes;
}

/* Taka, whose zeros at the end may be missing; currency "" when it makes no amount. */
static struct money
read_amount(struct arena *arena, struct json_object *json, const char *name)
{
	const char *text = json_text_at(arena, json, name, MONEY_TEXT_SIZE), *currency = json_text_at(arena, json, "currency", 3);
	struct money   amount = { 0, "" };
	struct decimal decimal;

	if (text != NULL && decimal_parse(text, strlen(text), &decimal))
		decimal_to_money(decimal, currency == NULL ? "BDT" : currency, &amount);
	return amount;
}

/* False for a word that bKash is not known to say. */
static bool
read_status(const char *word, int *status)
{
	static const struct {
		const char         *word;
		enum payment_status status;
	} statuses[] = {
		{ "Initiated", PAYMENT_REQUIRES_ACTION },
		{ "Completed", PAYMENT_SUCCEEDED },
		{ "Authorized", PAYMENT_PROCESSING },
		{ "Cancelled", PAYMENT_CANCELLED },
		{ "Failed", PAYMENT_FAILED },
		{ "Declined", PAYMENT_FAILED },
		{ "Expired", PAYMENT_EXPIRED },
	};

	for (size_t i = 0; word != NULL && i < sizeof statuses / sizeof *statuses; i++)
		if (strcmp(statuses[i].word, word) == 0) {
			*status = statuses[i].status;
			return true;
		}
	return false;
}

/* What an accepted execution or query says about the payment. */
static const struct problem *
take_payment(struct work *work, const struct payment *payment, struct json_object *json, struct provider_answer *answer)
{
	static const char *const invoice_names[] = { "merchantInvoiceNumber", "merchantInvoice", NULL };
	const char              *word = json_text_at(work->arena, json, "transactionStatus", 32);
	const char              *id = json_text_at(work->arena, json, "paymentID", ID_MAX);
	const char              *invoice = first_text(work->arena, json, invoice_names, ID_MAX);

	*answer = (struct provider_answer) { .transaction_id = payment->transaction_id, .method = "wallet" };
	if ((id != NULL && strcmp(id, payment->transaction_id) != 0) ||
	    (invoice != NULL && strcmp(invoice, payment->reference) != 0)) {
		log_error("bkash's response is about another payment", LOG_TEXT("invoice", invoice));
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is about another payment");
	}
	if (!read_status(word, &answer->status)) {
		log_error("bkash says an unknown status", LOG_TEXT("status", word));
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	}
	answer->amount = read_amount(work->arena, json, "amount");
	return OK;
}

static struct text
id_body(struct arena *arena, const struct payment *payment)
{
	struct text body = text_new(arena, 128);

	add_member(&body, "paymentID", payment->transaction_id);
	text_add_char(&body, '}');
	return body;
}

static const struct problem *
query(struct work *work, const struct payment *payment, const char *kind, struct said *said, struct provider_answer *answer)
{
	const struct text body = id_body(work->arena, payment);
	struct http_reply reply;

	TRY(bkash_call(work, payment->id, kind, CHECKOUT "payment/status", &body, &reply, said));
	if (said->class != CODE_OK)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider does not tell how the payment is");
	return take_payment(work, payment, said->json, answer);
}

static const struct problem *
bkash_create(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	struct text       body = text_new(work->arena, 512);
	struct http_reply reply;
	struct said       said;

	add_member(&body, "mode", "0011");
	add_member(
	    &body, "payerReference", payment->order == NULL ? payment->reference : uuid_text(work->arena, payment->order->uuid));
	add_member(&body, "callbackURL", arena_format(work->arena, "%s/api/v1/payments/return/bkash", work->config->public_url));
	add_member(&body, "amount", amount_text(work->arena, payment->amount));
	add_member(&body, "currency", payment->amount.currency);
	add_member(&body, "intent", "sale");
	add_member(&body, "merchantInvoiceNumber", payment->reference);
	text_add_char(&body, '}');
	TRY(bkash_call(work, payment->id, "create", CHECKOUT "create", &body, &reply, &said));
	if (said.class == CODE_AMOUNT)
		return problem(AMOUNT_UNSUPPORTED, "the payment provider cannot charge this amount");
	if (said.class != CODE_OK)
		return problem(PROVIDER_REFUSED, "the payment provider rejected the request");
	*answer = (struct provider_answer) { .status = PAYMENT_REQUIRES_ACTION,
		.transaction_id = json_text_at(work->arena, said.json, "paymentID", ID_MAX),
		.redirect_url = json_text_at(work->arena, said.json, "bkashURL", 2000) };
	if (answer->transaction_id == NULL || answer->redirect_url == NULL)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	return OK;
}

/*
 * Whoever executes and whoever gives up notes it first and then looks for a note of the other that was not answered: so what was
 * given up is not executed at the same time.  At least one of the two sees the other, and is told to try again.
 */
static const struct problem *
note(struct work *work, const struct payment *payment, const char *kind, const char *other)
{
	struct uuid id = uuid_new();
	int64_t     others;

	TRY(db_run(work->db, NULL,
	    "INSERT INTO payment_answers (id, payment_id, kind, http_status, body) VALUES (?, ?, ?, NULL, 'sent')", P(id),
	    P(payment->id), P(kind)));
	TRY(db_value(work->db, &others,
	    "SELECT COUNT(*) FROM payment_answers a WHERE a.payment_id = ? AND a.kind = ? AND a.http_status IS NULL "
	    "AND a.created_at > NOW(3) - INTERVAL ? SECOND AND NOT EXISTS (SELECT 1 FROM payment_answers b "
	    "WHERE b.payment_id = a.payment_id AND b.kind = a.kind AND b.http_status IS NOT NULL AND b.id > a.id)",
	    P(payment->id), P(other), P((int64_t)EXECUTING_SECONDS)));
	if (others == 0)
		return OK;
	TRY(db_run(work->db, NULL, "DELETE FROM payment_answers WHERE id = ?", P(id)));
	return problem(PROVIDER_UNAVAILABLE, "the payment is just being taken or given up; try again");
}

/* What is not executed any more becomes `status`, unless bKash says that it is paid. */
static const struct problem *
give_up(struct work *work, const struct payment *payment, enum payment_status status, struct provider_answer *answer)
{
	struct said said;

	TRY(note(work, payment, "cancel", "capture"));
	TRY(query(work, payment, "cancel", &said, answer));
	if (answer->status == PAYMENT_REQUIRES_ACTION)
		answer->status = (int)status;
	return OK;
}

static void
take_decline(struct arena *arena, const struct payment *payment, const struct said *said, struct provider_answer *answer)
{
	*answer = (struct provider_answer) { .status = PAYMENT_FAILED,
		.transaction_id = payment->transaction_id,
		.failure_code = arena_string(arena, said->code),
		.failure_reason = strcmp(said->code, "2029") == 0
		    ? "the same amount was just paid from this wallet; wait a few minutes and pay again"
		    : said->message };
}

static const struct problem *
bkash_capture(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	const struct text     body = id_body(work->arena, payment);
	const struct problem *problem;
	struct http_reply     reply = { .outcome = HTTP_UNREACHABLE };
	struct said           said, now;

	TRY(note(work, payment, "capture", "cancel"));
	problem = bkash_call(work, payment->id, "capture", CHECKOUT "execute", &body, &reply, &said);
	if (problem != OK && reply.outcome == HTTP_UNREACHABLE)
		return problem;
	if (problem == OK && said.class == CODE_OK)
		return take_payment(work, payment, said.json, answer);
	if (problem == OK && said.class != CODE_STATE && said.class != CODE_CANCELLED) {
		take_decline(work->arena, payment, &said, answer);
		return OK;
	}
	TRY(query(work, payment, "fetch", &now, answer));
	if (answer->status != PAYMENT_REQUIRES_ACTION)
		return OK;
	if (problem == OK && said.class == CODE_CANCELLED)
		answer->status = PAYMENT_CANCELLED;
	return problem;
}

/* "Initiated" never ends by itself: the payer has so long to agree. */
static bool
is_over(const struct work *work, const struct payment *payment)
{
	return instant_now().unix_ms - payment->created_at.unix_ms >= work->config->payments.bkash.expire_hours * 3600 * 1000;
}

static const struct problem *
bkash_fetch(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	struct said said;

	TRY(query(work, payment, "fetch", &said, answer));
	if (answer->status != PAYMENT_REQUIRES_ACTION)
		return OK;
	if (is_over(work, payment))
		return give_up(work, payment, PAYMENT_EXPIRED, answer);
	/* Of what was declined bKash says the same. */
	if (payment->status == PAYMENT_FAILED)
		answer->status = PAYMENT_FAILED;
	answer->authorised = answer->status == PAYMENT_REQUIRES_ACTION;
	return OK;
}

static const struct problem *
bkash_cancel(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	return give_up(work, payment, PAYMENT_CANCELLED, answer);
}

/* Is the signature the one that bKash gave with the addresses it sends the browser back to? */
static const struct problem *
is_genuine(struct work *work, const struct payment *payment, const char *query, bool *genuine)
{
	const char     *came = query_value(work->arena, query, "signature"), *saved = NULL, *url = NULL;
	struct created *created;

	TRY(db_row(work->db, &created_shape, &created,
	    "SELECT {a} FROM payment_answers a WHERE a.payment_id = ? AND a.kind = 'create' AND a.http_status = 200 "
	    "ORDER BY a.id DESC LIMIT 1",
	    P(payment->id)));
	if (created != NULL)
		url = json_text_at(work->arena, json_read(work->arena, (const char *)created->body.bytes, created->body.length),
		    "successCallbackURL", 2000);
	if (url != NULL && strchr(url, '?') != NULL)
		saved = query_value(work->arena, strchr(url, '?') + 1, "signature");
	*genuine = saved == NULL || (came != NULL && strcmp(came, saved) == 0);
	return OK;
}

/* Success is only a reason to execute, as any question is; who says that the payer has left must know the signature. */
static const struct problem *
bkash_returned(struct work *work, const struct payment *payment, const char *query, struct provider_answer *answer)
{
	const char *word = query_value(work->arena, query, "status");
	bool left = word != NULL && strcmp(word, "cancel") == 0, declined = word != NULL && strcmp(word, "failure") == 0, genuine;

	TRY(bkash_fetch(work, payment, answer));
	if (!answer->authorised || (!left && !declined))
		return OK;
	TRY(is_genuine(work, payment, query, &genuine));
	if (!genuine) {
		log_warning(
		    "browser returned with another signature than bkash's: its status is ignored", LOG_ID("status", word));
		return OK;
	}
	TRY(give_up(work, payment, left ? PAYMENT_CANCELLED : PAYMENT_FAILED, answer));
	if (answer->status == PAYMENT_FAILED)
		answer->failure_code = "failure";
	return OK;
}

/* By what a refund is asked for: bKash's number of the payment; NULL while nothing was taken. */
static const struct problem *
find_taking(struct work *work, const struct payment *payment, const char **transaction)
{
	struct provider_answer answer;
	struct said            said;

	TRY(query(work, payment, "refund", &said, &answer));
	*transaction = answer.status == PAYMENT_SUCCEEDED ? json_text_at(work->arena, said.json, "trxID", ID_MAX) : NULL;
	return OK;
}

static void
read_refund_status(const char *word, struct refund_answer *answer)
{
	answer->status = REFUND_PENDING;
	if (word != NULL && strcmp(word, "Completed") == 0)
		answer->status = REFUND_SUCCEEDED;
	else if (word != NULL && (strcmp(word, "Failed") == 0 || strcmp(word, "Cancelled") == 0 || strcmp(word, "Declined") == 0))
		answer->status = REFUND_FAILED;
}

static bool
read_refund(struct arena *arena, struct json_object *json, struct refund_answer *answer)
{
	*answer = (struct refund_answer) { .provider_refund_id = json_text_at(arena, json, "refundTrxId", ID_MAX),
		.amount = read_amount(arena, json, "refundAmount") };
	read_refund_status(json_text_at(arena, json, "refundTransactionStatus", 32), answer);
	return answer->provider_refund_id != NULL;
}

/*
 * bKash keeps no mark of ours with a refund.  One that has no row is the one that was sent, got no answer, and is of that amount, if there
 * is one: nothing is sent while there are others that are not known.
 */
static const struct problem *
find_own(struct work *work, const struct payment *payment, struct refund_answer *refund)
{
	struct own_refund *own;

	TRY(db_row(work->db, &own_refund_shape, &own,
	    "SELECT {r} FROM refunds r WHERE r.payment_id = ? AND r.status = 'pending' AND r.provider_refund_id IS NULL "
	    "AND r.attempts > 0 AND r.amount_minor = ? "
	    "AND NOT EXISTS (SELECT 1 FROM refunds k WHERE k.provider = 'bkash' AND k.provider_refund_id = ?) "
	    "ORDER BY r.id LIMIT 1",
	    P(payment->id), P(refund->amount.minor), P(refund->provider_refund_id)));
	if (own != NULL)
		refund->key = uuid_text(work->arena, own->id.uuid);
	return OK;
}

static struct text
refund_body(struct arena *arena, const struct payment *payment, const char *transaction)
{
	struct text body = text_new(arena, 512);

	add_member(&body, "paymentId", payment->transaction_id);
	add_member(&body, "trxId", transaction);
	return body;
}

static const struct problem *
bkash_refunds(struct work *work, const struct payment *payment, struct provider_refunds *refunds)
{
	struct http_reply   reply;
	struct said         said;
	struct text         body;
	struct json_object *list;
	const char         *transaction;

	refunds->count = 0;
	TRY(find_taking(work, payment, &transaction));
	if (transaction == NULL)
		return OK;
	body = refund_body(work->arena, payment, transaction);
	text_add_char(&body, '}');
	TRY(bkash_call(work, payment->id, "refund", REFUNDS "status", &body, &reply, &said));
	list = json_at(said.json, "refundTransactions");
	if (said.class != CODE_OK || (list != NULL && !json_object_is_type(list, json_type_array)))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	for (size_t i = 0; list != NULL && i < json_object_array_length(list) && refunds->count < PROVIDER_REFUNDS_MAX; i++)
		if (read_refund(work->arena, json_object_array_get_idx(list, i), &refunds->list[refunds->count]))
			TRY(find_own(work, payment, &refunds->list[refunds->count++]));
	return OK;
}

/* Too little in it, or it may not pay (bKash's list of errors): of a refund's these are the shop's to mend. */
static const char *const our_wallet[] = { "2023", "2037", "2038", "2039", "2040", "2041", NULL };

static const struct problem *
bkash_refund(struct work *work, const struct payment *payment, const struct refund *refund, struct refund_answer *answer)
{
	struct http_reply reply;
	struct said       said;
	struct text       body;
	const char       *transaction;

	TRY(find_taking(work, payment, &transaction));
	if (transaction == NULL)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider does not name what is to be refunded");
	body = refund_body(work->arena, payment, transaction);
	add_member(&body, "refundAmount", amount_text(work->arena, refund->amount));
	add_member(&body, "sku", payment->reference);
	add_member(&body, "reason", arena_format(work->arena, "refund of %s", payment->reference));
	text_add_char(&body, '}');
	TRY(bkash_call(work, payment->id, "refund", REFUNDS "transaction", &body, &reply, &said));
	/* It is our wallet that pays back. */
	if (said.class == CODE_DECLINED && value_index(our_wallet, said.code) >= 0)
		return provider_refund_waits(work, refund, said.code);
	if (said.class != CODE_OK) {
		*answer =
		    (struct refund_answer) { .status = REFUND_FAILED, .failure_code = said.code, .failure_reason = said.message };
		return OK;
	}
	if (!read_refund(work->arena, said.json, answer))
		return problem(PROVIDER_UNAVAILABLE, "the payment provider's response is invalid; try again");
	return OK;
}

/* Who the payer is, and what could pay. */
static const char *const private_members[] = { "id_token", "refresh_token", "bkashURL", "customerMsisdn", "payerMsisdn",
	"payerAccount", "debitMSISDN", "UnsubscribeURL", "SubscribeURL", "Token", NULL };

const struct provider provider_bkash = {
	.name = "bkash",
	.title = "bKash",
	.number = PROVIDER_BKASH,
	.order_method = "online",
	.collects = COLLECTED_BY_PROVIDER,
	.return_parameter = "paymentID",
	.signature_headers = bkash_signature_headers,
	.private_members = private_members,
	.wrapped_member = "Message",
	.currencies = bkash_currencies,
	.keeps_stock_seconds = bkash_keeps_stock_seconds,
	.takes = bkash_takes,
	.limits = bkash_limits,
	.create = bkash_create,
	.fetch = bkash_fetch,
	.returned = bkash_returned,
	.capture = bkash_capture,
	.cancel = bkash_cancel,
	.refund = bkash_refund,
	.refunds = bkash_refunds,
	.verify = bkash_verify,
	.confirm_event = bkash_confirm_event,
	.parse_events = bkash_parse_events,
};
