/* A cardholder asks their bank for the money back. */
#include "base/arena.h"
#include "base/instant.h"
#include "sandbox/stripe/parameters.h"
#include "sandbox/stripe/stripe.h"

enum { DISPUTE_FEE = 1500, CONTEST_FEE = 1500, ANSWER_SECONDS = 14 * 86400, EVIDENCE_TEXT_MAX = 150000 };

static const char *const evidence_names[] = { "access_activity_log", "billing_address", "cancellation_policy_disclosure",
	"cancellation_rebuttal", "customer_email_address", "customer_name", "customer_purchase_ip",
	"duplicate_charge_explanation", "duplicate_charge_id", "product_description", "refund_policy_disclosure",
	"refund_refusal_explanation", "service_date", "shipping_address", "shipping_carrier", "shipping_date",
	"shipping_tracking_number", "uncategorized_text", NULL };

/* What moves between the shop's balance and the bank. */
static void
move_money(struct call *call, struct json_object *dispute, int64_t amount, int64_t fee, const char *category)
{
	struct json_object *transaction = json_object_new_object();

	put_text(transaction, "id", id_new(call->arena, "txn_"));
	put_text(transaction, "object", "balance_transaction");
	put_integer(transaction, "amount", amount);
	put_text(transaction, "currency", get_text(dispute, "currency"));
	put_integer(transaction, "fee", fee);
	put_integer(transaction, "net", amount - fee);
	put_text(transaction, "reporting_category", category);
	json_object_array_add(json_object_object_get(dispute, "balance_transactions"), transaction);
}

static void
withdraw(struct call *call, struct json_object *dispute)
{
	move_money(call, dispute, -get_integer(dispute, "amount"), DISPUTE_FEE, "dispute");
	state_save(call->sandbox, TABLE_DISPUTES, dispute);
	event_make(call, "charge.dispute.funds_withdrawn", dispute, NULL);
}

static struct json_object *
dispute_new(struct call *call, const struct json_object *charge, int64_t amount, const char *status)
{
	struct json_object *dispute = json_object_new_object(), *details = json_object_new_object();
	const char         *reason = form_get(&call->form, "reason");

	put_integer(details, "due_by", unix_seconds() + ANSWER_SECONDS);
	put_bool(details, "has_evidence", false);
	put_bool(details, "past_due", false);
	put_integer(details, "submission_count", 0);
	put_text(dispute, "id", id_new(call->arena, "du_"));
	put_text(dispute, "object", "dispute");
	put_integer(dispute, "amount", amount);
	json_object_object_add(dispute, "balance_transactions", json_object_new_array());
	put_text(dispute, "charge", get_text(charge, "id"));
	put_integer(dispute, "created", unix_seconds());
	put_text(dispute, "currency", get_text(charge, "currency"));
	json_object_object_add(dispute, "evidence", json_object_new_object());
	json_object_object_add(dispute, "evidence_details", details);
	put_bool(dispute, "livemode", false);
	put_text(dispute, "payment_intent", get_text(charge, "payment_intent"));
	put_text(dispute, "reason", reason == NULL ? "fraudulent" : reason);
	put_text(dispute, "status", status);
	state_save(call->sandbox, TABLE_DISPUTES, dispute);
	event_make(call, "charge.dispute.created", dispute, NULL);
	return dispute;
}

bool
charge_is_disputed(const struct call *call, const struct json_object *charge)
{
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, TABLE_DISPUTES, call->arena, &count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(get_text(list[i], "charge"), get_text(charge, "id")) == 0 &&
		    status_is(list[i], "needs_response under_review appeal_needs_response"))
			return true;
	return false;
}

/* The dispute of that id, or the newest of the intent of that id. */
static struct json_object *
find_dispute(struct call *call, const char *id)
{
	struct json_object  *dispute = state_find(call->sandbox, TABLE_DISPUTES, id);
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, TABLE_DISPUTES, call->arena, &count);

	for (size_t i = 0; i < count && dispute == NULL; i++)
		if (strcmp(get_text(list[i], "payment_intent"), id) == 0)
			dispute = list[i];
	if (dispute == NULL)
		answer_no_such(call, "dispute", id);
	return dispute;
}

/* An intent's payer begins; a dispute's bank makes it one where it was an inquiry, or appeals. */
static void
dispute_begins(struct call *call, const char *status)
{
	const char         *id = call->captured[0];
	struct json_object *dispute = state_find(call->sandbox, TABLE_DISPUTES, id);
	struct json_object *intent = state_find(call->sandbox, TABLE_INTENTS, id);
	struct json_object *charge = get_text(intent, "latest_charge") == NULL
	    ? NULL
	    : state_find(call->sandbox, TABLE_CHARGES, get_text(intent, "latest_charge"));
	int64_t             amount = get_integer(charge, "amount_captured");

	if (dispute != NULL) {
		put_text(dispute, "status", status_is(dispute, "won") ? "appeal_needs_response" : "needs_response");
		withdraw(call, dispute);
		answer_object(call, dispute);
	} else if (amount == 0) {
		answer_no_such(call, "successful payment_intent", id);
	} else if (check_integer(call, "amount", &amount)) {
		dispute = dispute_new(call, charge, amount, status);
		if (strcmp(status, "needs_response") == 0)
			withdraw(call, dispute);
		answer_object(call, dispute);
	}
}

void
dispute_opens(struct call *call)
{
	dispute_begins(call, "needs_response");
}

void
inquiry_opens(struct call *call)
{
	dispute_begins(call, "warning_needs_response");
}

/* The card scheme of an intent's payer says so before anybody disputes it. */
void
fraud_is_warned_of(struct call *call)
{
	const char         *id = call->captured[0], *charge;
	struct json_object *warning, *intent = state_find(call->sandbox, TABLE_INTENTS, id);

	charge = intent == NULL ? NULL : get_text(intent, "latest_charge");
	if (charge == NULL) {
		answer_no_such(call, "successful payment_intent", id);
		return;
	}
	warning = json_object_new_object();
	put_text(warning, "id", id_new(call->arena, "issfr_"));
	put_text(warning, "object", "radar.early_fraud_warning");
	put_bool(warning, "actionable", true);
	put_text(warning, "charge", charge);
	put_integer(warning, "created", unix_seconds());
	put_text(warning, "fraud_type", "made_with_stolen_card");
	put_bool(warning, "livemode", false);
	put_text(warning, "payment_intent", id);
	event_make(call, "radar.early_fraud_warning.created", warning, NULL);
	answer_json(call, 200, warning);
}

static void
dispute_ends(struct call *call, struct json_object *dispute, const char *status)
{
	bool inquiry = status_is(dispute, "warning_needs_response warning_under_review");

	put_text(dispute, "status", inquiry ? "warning_closed" : status);
	if (!inquiry && strcmp(status, "won") == 0) {
		move_money(call, dispute, get_integer(dispute, "amount"), 0, "dispute_reversal");
		if (get_integer(json_object_object_get(dispute, "evidence_details"), "submission_count") > 0)
			move_money(call, dispute, CONTEST_FEE, 0, "fee");
	}
	state_save(call->sandbox, TABLE_DISPUTES, dispute);
	event_make(call, "charge.dispute.closed", dispute, NULL);
	if (!inquiry && strcmp(status, "won") == 0)
		event_make(call, "charge.dispute.funds_reinstated", dispute, NULL);
	answer_object(call, dispute);
}

static void
bank_decides(struct call *call, const char *status)
{
	struct json_object *dispute = find_dispute(call, call->captured[0]);

	if (dispute == NULL)
		return;
	if (status_is(dispute, "won lost warning_closed"))
		answer_invalid(call, NULL, NULL, "This dispute has already been decided.");
	else
		dispute_ends(call, dispute, status);
}

void
dispute_wins(struct call *call)
{
	bank_decides(call, "won");
}

void
dispute_loses(struct call *call)
{
	bank_decides(call, "lost");
}

void
dispute_show(struct call *call)
{
	struct json_object *dispute = state_find(call->sandbox, TABLE_DISPUTES, call->captured[0]);

	if (dispute == NULL)
		answer_no_such(call, "dispute", call->captured[0]);
	else
		answer_object(call, dispute);
}

/* Can it still be answered? */
static struct json_object *
find_open(struct call *call)
{
	struct json_object *dispute = state_find(call->sandbox, TABLE_DISPUTES, call->captured[0]);

	if (dispute == NULL) {
		answer_no_such(call, "dispute", call->captured[0]);
		return NULL;
	}
	if (status_is(dispute, "needs_response warning_needs_response appeal_needs_response"))
		return dispute;
	answer_invalid(call, NULL, NULL, "This dispute can not be updated or closed any more.");
	return NULL;
}

/* evidence[NAME]: texts that Stripe knows, not too long together. */
static bool
take_evidence(struct call *call, struct json_object *evidence)
{
	size_t total = 0;

	for (size_t i = 0; i < call->form.count; i++) {
		const char *name = call->form.list[i].name, *value = call->form.list[i].value;
		size_t      length = strlen(name);
		char        inner[64];

		if (strncmp(name, "evidence[", 9) != 0 || length < 11 || length - 10 >= sizeof inner)
			continue;
		snprintf(inner, sizeof inner, "%.*s", (int)(length - 10), name + 9);
		for (size_t known = 0; strcmp(evidence_names[known], inner) != 0;)
			if (evidence_names[++known] == NULL) {
				answer_invalid(call, "parameter_unknown", name, "Received unknown parameter.");
				return false;
			}
		put_text(evidence, inner, value);
		total += strlen(value);
	}
	if (total <= EVIDENCE_TEXT_MAX)
		return true;
	answer_invalid(call, NULL, "evidence", "The evidence may have at most 150,000 characters.");
	return false;
}

void
dispute_update(struct call *call)
{
	static const char *const known[] = { "evidence[]", "submit", "metadata[]", NULL };
	static const char *const booleans[] = { "true", "false", NULL };
	struct json_object      *dispute, *details;
	const char              *submit = form_get(&call->form, "submit");

	if (!check_known(call, known) || !check_one_of(call, "submit", booleans) || (dispute = find_open(call)) == NULL ||
	    !take_evidence(call, json_object_object_get(dispute, "evidence")))
		return;
	call->executed = true;
	details = json_object_object_get(dispute, "evidence_details");
	put_bool(details, "has_evidence", true);
	if (submit == NULL || strcmp(submit, "true") == 0) {
		put_integer(details, "submission_count", get_integer(details, "submission_count") + 1);
		if (!status_is(dispute, "warning_needs_response"))
			move_money(call, dispute, -CONTEST_FEE, 0, "fee");
		put_text(
		    dispute, "status", status_is(dispute, "warning_needs_response") ? "warning_under_review" : "under_review");
	}
	state_save(call->sandbox, TABLE_DISPUTES, dispute);
	event_make(call, "charge.dispute.updated", dispute, NULL);
	answer_object(call, dispute);
}

/* The shop admits it. */
void
dispute_close(struct call *call)
{
	struct json_object *dispute = find_open(call);

	if (dispute == NULL)
		return;
	call->executed = true;
	dispute_ends(call, dispute, "lost");
}
