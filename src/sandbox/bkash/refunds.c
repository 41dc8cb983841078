#include "base/arena.h"
#include "sandbox/bkash/bkash.h"

enum { REFUNDS_MAX = 10, REASON_MAX = 255 };

/* The completed payment that a refund is of; answers what is wrong. */
static struct json_object *
find_taken(struct call *call)
{
	const char         *id = get_text(call->json, "paymentId"), *transaction = get_text(call->json, "trxId");
	struct json_object *payment = id == NULL ? NULL : state_find(call->sandbox, BKASH_PAYMENTS, id);

	if (id == NULL || transaction == NULL)
		bkash_answer_refund_code(call, "2065", "paymentId and trxId are mandatory");
	else if (payment == NULL || get_text(payment, "trxID") == NULL || strcmp(get_text(payment, "trxID"), transaction) != 0)
		bkash_answer_refund_code(call, "2033", "Transaction not found");
	else
		return payment;
	return NULL;
}

/* What was given back of it, or is on its way; and by how many refunds. */
static int64_t
refunded_of(struct call *call, const struct json_object *payment, int *refunds)
{
	int64_t              sum = 0;
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, BKASH_REFUNDS, call->arena, &count);

	*refunds = 0;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(get_text(list[i], "payment"), get_text(payment, "id")) != 0)
			continue;
		++*refunds;
		if (strcmp(get_text(list[i], "refundTransactionStatus"), "Failed") != 0)
			sum += get_integer(list[i], "paisa");
	}
	return sum;
}

static bool
can_give_back(struct call *call, const struct json_object *payment, int64_t paisa)
{
	int     refunds;
	int64_t left = get_integer(payment, "received") - refunded_of(call, payment, &refunds);

	if (left == 0)
		bkash_answer_refund_code(call, "2034", "The transaction has been reversed already");
	else if (paisa > left)
		bkash_answer_refund_code(
		    call, "2026", "The reversal amount cannot be greater than the original transaction amount");
	else if (refunds >= REFUNDS_MAX)
		bkash_answer_refund_code(call, "2075", "Too many partial refunds");
	else
		return true;
	return false;
}

static struct json_object *
refund_body(struct call *call, const struct json_object *refund)
{
	struct json_object *body = json_object_new_object();

	put_text(body, "refundTrxId", get_text(refund, "id"));
	put_text(body, "refundTransactionStatus", get_text(refund, "refundTransactionStatus"));
	put_text(body, "refundAmount", short_taka(call, get_integer(refund, "paisa")));
	put_text(body, "completedTime", get_text(refund, "completedTime"));
	return body;
}

static struct json_object *
give_back(struct call *call, const struct json_object *payment, int64_t paisa)
{
	struct json_object *refund = json_object_new_object();

	call->executed = true;
	put_text(refund, "id", id_new(call->arena, "RF"));
	put_text(refund, "payment", get_text(payment, "id"));
	put_integer(refund, "paisa", paisa);
	put_text(refund, "refundTransactionStatus", switches_of(call)->refund_pending ? "Initiated" : "Completed");
	put_text(refund, "completedTime", dhaka_time(call));
	state_save(call->sandbox, BKASH_REFUNDS, refund);
	return refund;
}

void
bkash_refund_create(struct call *call)
{
	const char         *amount = get_text(call->json, "refundAmount"), *sku = get_text(call->json, "sku");
	const char         *reason = get_text(call->json, "reason");
	struct json_object *payment = find_taken(call), *body;
	int64_t             paisa;

	if (payment == NULL)
		return;
	if (amount == NULL || sku == NULL || *sku == '\0' || reason == NULL || *reason == '\0' || strlen(reason) > REASON_MAX) {
		bkash_answer_refund_code(call, "2065", "refundAmount, sku and reason are mandatory");
		return;
	}
	if (strchr(amount, '.') == NULL || strlen(strchr(amount, '.')) != 3 || !read_taka(amount, &paisa) || paisa <= 0) {
		bkash_answer_refund_code(call, "2006", "The refund amount must have two decimals");
		return;
	}
	if (switches_of(call)->no_balance) {
		bkash_answer_refund_code(call, "2023", "Insufficient Balance");
		return;
	}
	if (!can_give_back(call, payment, paisa))
		return;
	body = refund_body(call, give_back(call, payment, paisa));
	put_text(body, "originalTrxId", get_text(payment, "trxID"));
	put_text(body, "originalTrxAmount", taka(call, get_integer(payment, "received")));
	put_text(body, "originalTrxCompletedTime", get_text(payment, "paymentExecuteTime"));
	put_text(body, "currency", "BDT");
	put_text(body, "sku", sku);
	put_text(body, "reason", reason);
	answer_json(call, 200, body);
}

void
bkash_refund_list(struct call *call)
{
	struct json_object  *payment = find_taken(call), *body, *refunds;
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, BKASH_REFUNDS, call->arena, &count);

	if (payment == NULL)
		return;
	refunds = json_object_new_array();
	for (size_t i = 0; i < count; i++)
		if (strcmp(get_text(list[i], "payment"), get_text(payment, "id")) == 0)
			json_object_array_add(refunds, refund_body(call, list[i]));
	body = json_object_new_object();
	put_text(body, "originalTrxId", get_text(payment, "trxID"));
	put_text(body, "originalTrxAmount", taka(call, get_integer(payment, "received")));
	json_object_object_add(body, "refundTransactions", refunds);
	answer_json(call, 200, body);
}

/* Somebody refunds in bKash's portal. */
void
bkash_refund_at_desk(struct call *call)
{
	struct json_object *payment = state_find(call->sandbox, BKASH_PAYMENTS, call->captured[0]);
	int64_t             paisa = get_integer(call->json, "amount");
	int                 refunds;

	if (payment == NULL || get_text(payment, "trxID") == NULL) {
		call->stand_in->answer_fault(call, 404, NULL, "No such completed payment.");
		return;
	}
	if (paisa == 0)
		paisa = get_integer(payment, "received") - refunded_of(call, payment, &refunds);
	if (can_give_back(call, payment, paisa))
		answer_json(call, 200, refund_body(call, give_back(call, payment, paisa)));
}

/* The pending refunds of a payment reach its payer. */
void
bkash_refunds_arrive(struct call *call)
{
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, BKASH_REFUNDS, call->arena, &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(get_text(list[i], "refundTransactionStatus"), "Initiated") != 0 ||
		    strcmp(get_text(list[i], "payment"), call->captured[0]) != 0)
			continue;
		put_text(list[i], "refundTransactionStatus", "Completed");
		state_save(call->sandbox, BKASH_REFUNDS, list[i]);
	}
	answer_json(call, 200, json_object_new_object());
}

/* The payer's wallet does not take it. */
void
bkash_refund_bounces(struct call *call)
{
	struct json_object *refund = state_find(call->sandbox, BKASH_REFUNDS, call->captured[0]);

	if (refund == NULL) {
		call->stand_in->answer_fault(call, 404, NULL, "No such refund.");
		return;
	}
	put_text(refund, "refundTransactionStatus", "Failed");
	state_save(call->sandbox, BKASH_REFUNDS, refund);
	answer_json(call, 200, refund_body(call, refund));
}

static struct json_object *
transaction_line(struct call *call, const struct json_object *payment)
{
	struct json_object *line = json_object_new_object();
	const char         *payer = get_text(payment, "payer");
	bool                completed = get_text(payment, "trxID") != NULL;
	int                 refunds;

	put_text(line, "id", get_text(payment, "id"));
	put_text(line, "reference", get_text(payment, "merchantInvoiceNumber"));
	put_text(line, "status", completed ? "succeeded" : strcmp(payer, "declined") == 0 ? "failed" : "open");
	put_text(line, "currency", "BDT");
	put_integer(line, "received", get_integer(payment, "received"));
	put_integer(line, "refunded", refunded_of(call, payment, &refunds));
	return line;
}

/* What a checker holds against the shop's books. */
void
bkash_transactions_list(struct call *call)
{
	struct json_object *body = json_object_new_object(), *results = json_object_new_array();

	if (state_table(call->sandbox, BKASH_PAYMENTS) != NULL) {
		json_object_object_foreach(state_table(call->sandbox, BKASH_PAYMENTS), id, payment)
		{
			(void)id;
			json_object_array_add(results, transaction_line(call, payment));
		}
	}
	json_object_object_add(body, "results", results);
	answer_json(call, 200, body);
}
