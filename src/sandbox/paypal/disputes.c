/* A payer asks PayPal for the money back. */
#include "base/arena.h"
#include "base/instant.h"
#include "sandbox/paypal/paypal.h"

enum { ANSWER_SECONDS = 10 * 86400, FEE_MINOR = 1500 };

/* What moves between the seller's balance and the payer. */
static void
move_money(struct call *call, struct json_object *dispute, const char *type, const char *reason, struct money amount)
{
	struct json_object *movement = json_object_new_object();

	put_text(movement, "affected_party", "SELLER");
	json_object_object_add(movement, "amount", paypal_amount_object(amount));
	put_text(movement, "initiated_time", time_text(call->arena));
	put_text(movement, "type", type);
	put_text(movement, "reason", reason);
	json_object_array_add(json_object_object_get(dispute, "money_movements"), movement);
}

static struct json_object *
dispute_new(struct call *call, const struct json_object *capture)
{
	struct json_object *dispute = json_object_new_object(), *transactions = json_object_new_array(),
			   *transaction = json_object_new_object(), *buyer = json_object_new_object();
	struct money amount = paypal_amount_of(capture);
	char         due[INSTANT_TEXT_SIZE];

	put_text(buyer, "name", "Jane Roe");
	put_text(buyer, "email", "jane@example.org");
	put_text(transaction, "seller_transaction_id", get_text(capture, "id"));
	put_copy(transaction, "invoice_number", json_object_object_get(capture, "invoice_id"));
	put_copy(transaction, "custom", json_object_object_get(capture, "custom_id"));
	json_object_object_add(transaction, "buyer", buyer);
	json_object_array_add(transactions, transaction);
	put_text(dispute, "id", arena_format(call->arena, "PP-D-%s", paypal_id(call->arena)));
	put_text(dispute, "dispute_id", get_text(dispute, "id"));
	json_object_object_add(dispute, "disputed_transactions", transactions);
	put_text(dispute, "reason", "MERCHANDISE_OR_SERVICE_NOT_RECEIVED");
	json_object_object_add(dispute, "dispute_amount", paypal_amount_object(amount));
	put_text(dispute, "dispute_life_cycle_stage", "CHARGEBACK");
	put_text(dispute, "dispute_channel", "INTERNAL");
	json_object_object_add(dispute, "money_movements", json_object_new_array());
	instant_write(instant_add_seconds(instant_now(), ANSWER_SECONDS), due);
	put_text(dispute, "seller_response_due_date", arena_copy(call->arena, due, sizeof due));
	put_text(dispute, "create_time", time_text(call->arena));
	put_text(dispute, "_capture", get_text(capture, "id"));
	put_text(dispute, "_order", get_text(capture, "_order"));
	return dispute;
}

/* As PayPal shows it: its id has another name there, and what can be done about it has links. */
static struct json_object *
dispute_sent(struct call *call, const struct json_object *dispute)
{
	struct json_object *sent = paypal_sent(dispute);
	const char         *path = arena_format(call->arena, "/v1/customer/disputes/%s", get_text(dispute, "id"));

	json_object_object_del(sent, "id");
	paypal_add_link(call, sent, "self", "GET", path);
	if (strcmp(get_text(dispute, "status"), "WAITING_FOR_SELLER_RESPONSE") == 0) {
		paypal_add_link(call, sent, "provide_evidence", "POST", arena_format(call->arena, "%s/provide-evidence", path));
		paypal_add_link(call, sent, "accept_claim", "POST", arena_format(call->arena, "%s/accept-claim", path));
	}
	return sent;
}

static void
tell(struct call *call, struct json_object *dispute, const char *event, const char *status, const char *outcome)
{
	put_text(dispute, "status", status);
	put_text(dispute, "update_time", time_text(call->arena));
	if (outcome != NULL) {
		struct json_object *ended = json_object_new_object();

		put_text(ended, "outcome_code", outcome);
		json_object_object_add(dispute, "dispute_outcome", ended);
	}
	state_save(call->sandbox, PAYPAL_DISPUTES, dispute);
	paypal_event(call, event, "dispute", dispute_sent(call, dispute));
	answer_json(call, 200, dispute_sent(call, dispute));
}

/* The newest of the order, or the one of that id. */
static struct json_object *
find_dispute(struct call *call)
{
	struct json_object  *found = state_find(call->sandbox, PAYPAL_DISPUTES, call->captured[0]);
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, PAYPAL_DISPUTES, call->arena, &count);

	for (size_t i = 0; i < count && found == NULL; i++)
		if (strcmp(get_text(list[i], "_order"), call->captured[0]) == 0)
			found = list[i];
	return found;
}

void
paypal_dispute_opens(struct call *call)
{
	const struct json_object *order = state_find(call->sandbox, PAYPAL_ORDERS, call->captured[0]);
	const struct json_object *capture = order == NULL ? NULL : paypal_capture_of(call, order);

	if (capture == NULL || get_integer(capture, "_taken") == 0)
		paypal_answer_missing(call);
	else
		tell(call, dispute_new(call, capture), "CUSTOMER.DISPUTE.CREATED", "WAITING_FOR_SELLER_RESPONSE", NULL);
}

static void
decide(struct call *call, struct json_object *dispute, const char *outcome)
{
	struct money amount, fee;

	if (dispute == NULL || strcmp(get_text(dispute, "status"), "RESOLVED") == 0) {
		paypal_answer_missing(call);
		return;
	}
	if (strcmp(outcome, "RESOLVED_SELLER_FAVOUR") != 0) {
		amount = fee = paypal_amount_of(state_find(call->sandbox, PAYPAL_CAPTURES, get_text(dispute, "_capture")));
		fee.minor = FEE_MINOR;
		move_money(call, dispute, "DEBIT", "DISPUTE_SETTLEMENT", amount);
		move_money(call, dispute, "DEBIT", "DISPUTE_FEE", fee);
	}
	tell(call, dispute, "CUSTOMER.DISPUTE.RESOLVED", "RESOLVED", outcome);
}

/* What a seller may do about it now; answers when there is nothing. */
static struct json_object *
answerable(struct call *call)
{
	struct json_object *dispute = state_find(call->sandbox, PAYPAL_DISPUTES, call->captured[0]);

	if (dispute == NULL)
		paypal_answer_missing(call);
	else if (strcmp(get_text(dispute, "status"), "WAITING_FOR_SELLER_RESPONSE") != 0)
		paypal_answer_unprocessable(call, "DISPUTE_STATE_NOT_ALLOWED", NULL);
	else
		return dispute;
	return NULL;
}

void
paypal_dispute_accept(struct call *call)
{
	struct json_object *dispute = answerable(call);

	if (dispute == NULL)
		return;
	if (get_text(call->json, "note") == NULL)
		paypal_answer_issue(call, 400, "INVALID_REQUEST", "MISSING_REQUIRED_PARAMETER", "/note");
	else
		decide(call, dispute, "ACCEPTED");
}

/* A form with a part "input", which is JSON. */
void
paypal_dispute_evidence(struct call *call)
{
	struct json_object *dispute = answerable(call);
	const char         *body = call->body.bytes;

	if (dispute == NULL)
		return;
	if (strstr(body, "name=\"input\"") == NULL || strstr(body, "\"evidences\":[{\"evidence_type\":\"") == NULL)
		paypal_answer_issue(call, 400, "INVALID_REQUEST", "MISSING_REQUIRED_PARAMETER", "/evidences");
	else
		tell(call, dispute, "CUSTOMER.DISPUTE.UPDATED", "UNDER_REVIEW", NULL);
}

/* News of it once more, as it is. */
void
paypal_dispute_told(struct call *call)
{
	struct json_object *dispute = find_dispute(call);

	if (dispute == NULL)
		paypal_answer_missing(call);
	else
		tell(call, dispute, "CUSTOMER.DISPUTE.UPDATED", arena_string(call->arena, get_text(dispute, "status")), NULL);
}

void
paypal_dispute_won(struct call *call)
{
	decide(call, find_dispute(call), "RESOLVED_SELLER_FAVOUR");
}

void
paypal_dispute_lost(struct call *call)
{
	decide(call, find_dispute(call), "RESOLVED_BUYER_FAVOUR");
}

void
paypal_dispute_show(struct call *call)
{
	const struct json_object *dispute = state_find(call->sandbox, PAYPAL_DISPUTES, call->captured[0]);

	if (dispute == NULL)
		paypal_answer_missing(call);
	else
		answer_json(call, 200, dispute_sent(call, dispute));
}

/* The query names it, and not the path. */
static bool
is_unlisted(struct call *call, const char *capture)
{
	const char *named = call->captured[0];
	bool        unlisted;

	call->captured[0] = capture;
	unlisted = switches_of(call)->disputes_unlisted;
	call->captured[0] = named;
	return unlisted;
}

/* Of a transaction: little of each. */
void
paypal_dispute_list(struct call *call)
{
	static const char *const said[] = { "dispute_id", "create_time", "update_time", "status", "reason", "dispute_amount" };
	const char              *capture = form_get(&call->form, "disputed_transaction_id");
	struct json_object      *body = json_object_new_object(), *items = json_object_new_array();
	size_t                   count;
	struct json_object     **list = state_newest_first(call->sandbox, PAYPAL_DISPUTES, call->arena, &count);

	for (size_t i = 0; i < count && !is_unlisted(call, capture); i++) {
		struct json_object *item;

		if (capture != NULL && strcmp(get_text(list[i], "_capture"), capture) != 0)
			continue;
		item = json_object_new_object();
		for (size_t k = 0; k < sizeof said / sizeof *said; k++)
			put_copy(item, said[k], json_object_object_get(list[i], said[k]));
		json_object_array_add(items, item);
	}
	json_object_object_add(body, "items", items);
	answer_json(call, 200, body);
}
