#include "base/arena.h"
#include "base/instant.h"
#include "sandbox/stripe/parameters.h"
#include "sandbox/stripe/stripe.h"

/* The charge that is to be given back: named itself, or as the latest of an intent. */
static struct json_object *
find_charge(struct call *call)
{
	const char         *intent_id = form_get(&call->form, "payment_intent"), *id = form_get(&call->form, "charge");
	struct json_object *intent, *charge;

	if (intent_id != NULL) {
		intent = state_find(call->sandbox, TABLE_INTENTS, intent_id);
		if (intent == NULL) {
			answer_no_such(call, "payment_intent", intent_id);
			return NULL;
		}
		id = get_text(intent, "latest_charge");
	}
	charge = id == NULL ? NULL : state_find(call->sandbox, TABLE_CHARGES, id);
	if (charge == NULL && intent_id != NULL)
		answer_invalid(call, NULL, "payment_intent", "This PaymentIntent does not have a successful charge to refund.");
	else if (charge == NULL)
		answer_no_such(call, "charge", id);
	return charge;
}

/* What may still be given back, all of it when no amount is named; answers the error when that is too much. */
static bool
check_refund_amount(struct call *call, const struct json_object *charge, int64_t *amount)
{
	int64_t left = get_integer(charge, "amount_captured") - get_integer(charge, "amount_refunded");

	if (get_integer(charge, "amount_captured") == 0) {
		answer_invalid(call, NULL, "payment_intent", "This PaymentIntent does not have a successful charge to refund.");
		return false;
	}
	if (left == 0) {
		answer_invalid(call, "charge_already_refunded", NULL,
		    arena_format(call->arena, "Charge %s has already been refunded.", get_text(charge, "id")));
		return false;
	}
	if (charge_is_disputed(call, charge)) {
		answer_invalid(call, "charge_disputed", NULL,
		    arena_format(call->arena, "Charge %s has been charged back; no refund is possible.", get_text(charge, "id")));
		return false;
	}
	*amount = left;
	if (!check_integer(call, "amount", amount))
		return false;
	if (*amount < 1) {
		answer_invalid(call, "parameter_invalid_integer", "amount", "Invalid positive integer.");
		return false;
	}
	if (*amount > left) {
		answer_invalid(call, "amount_too_large", "amount",
		    arena_format(call->arena, "Refund amount (%lld) is greater than unrefunded amount on charge (%lld).",
			(long long)*amount, (long long)left));
		return false;
	}
	return true;
}

static struct json_object *
refund_new(struct call *call, const struct json_object *charge, int64_t amount)
{
	struct json_object *refund = json_object_new_object();

	put_text(refund, "id", id_new(call->arena, "re_"));
	put_text(refund, "object", "refund");
	put_integer(refund, "amount", amount);
	put_null(refund, "balance_transaction");
	put_text(refund, "charge", get_text(charge, "id"));
	put_integer(refund, "created", unix_seconds());
	put_text(refund, "currency", get_text(charge, "currency"));
	json_object_object_add(refund, "metadata", metadata_object(call));
	put_text(refund, "payment_intent", get_text(charge, "payment_intent"));
	put_text(refund, "reason", form_get(&call->form, "reason"));
	put_null(refund, "receipt_number");
	put_text(refund, "status", switches_of(call)->refund_pending ? "pending" : "succeeded");
	return refund;
}

/* Stripe tells a refund three times: as itself, as a change of the charge, and when the bank has its details. */
static void
send_refund_events(struct call *call, const struct json_object *refund, const struct json_object *charge, int64_t before)
{
	struct json_object *previous = json_object_new_object();

	event_make(call, "refund.created", refund, NULL);
	put_integer(previous, "amount_refunded", before);
	event_make(call, "charge.refunded", charge, previous);
	event_make(call, "refund.updated", refund, NULL);
}

static void
give_back(struct call *call, struct json_object *charge, int64_t amount)
{
	int64_t             before = get_integer(charge, "amount_refunded");
	struct json_object *refund;

	call->executed = true;
	put_integer(charge, "amount_refunded", before + amount);
	put_bool(charge, "refunded", before + amount == get_integer(charge, "amount_captured"));
	state_save(call->sandbox, TABLE_CHARGES, charge);
	refund = refund_new(call, charge, amount);
	state_save(call->sandbox, TABLE_REFUNDS, refund);
	send_refund_events(call, refund, charge, before);
	answer_object(call, refund);
}

void
refund_create(struct call *call)
{
	static const char *const known[] = { "payment_intent", "charge", "amount", "reason", "metadata[]", NULL };
	static const char *const reasons[] = { "duplicate", "fraudulent", "requested_by_customer", NULL };
	struct json_object      *charge;
	int64_t                  amount;

	if (!check_known(call, known) || !check_one_of(call, "reason", reasons) || !check_metadata(call))
		return;
	if (form_get(&call->form, "charge") == NULL && !check_present(call, "payment_intent"))
		return;
	if ((charge = find_charge(call)) == NULL || !check_refund_amount(call, charge, &amount))
		return;
	if (switches_of(call)->no_balance) {
		answer_invalid(
		    call, "balance_insufficient", NULL, "Insufficient funds in your Stripe balance to refund this amount.");
		return;
	}
	give_back(call, charge, amount);
}

void
refund_show(struct call *call)
{
	struct json_object *refund = state_find(call->sandbox, TABLE_REFUNDS, call->captured[0]);

	if (refund == NULL)
		answer_no_such(call, "refund", call->captured[0]);
	else
		answer_object(call, refund);
}

/* Somebody refunds in the dashboard: no mark of the shop. */
void
refund_at_desk(struct call *call)
{
	struct json_object *intent = state_find(call->sandbox, TABLE_INTENTS, call->captured[0]), *charge = NULL;
	int64_t             amount;

	/* As a form, like the API, or as JSON, like the other stand-ins' desks. */
	if (get_integer(call->json, "amount") > 0)
		form_add(&call->form, "amount", arena_format(call->arena, "%lld", (long long)get_integer(call->json, "amount")));
	if (intent != NULL && get_text(intent, "latest_charge") != NULL)
		charge = state_find(call->sandbox, TABLE_CHARGES, get_text(intent, "latest_charge"));
	if (charge == NULL)
		answer_no_such(call, "charge of payment_intent", call->captured[0]);
	else if (check_refund_amount(call, charge, &amount))
		give_back(call, charge, amount);
}

/* The pending refunds of an intent reach its payer. */
void
refunds_arrive(struct call *call)
{
	size_t               count;
	struct json_object **list = state_newest_first(call->sandbox, TABLE_REFUNDS, call->arena, &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(get_text(list[i], "status"), "pending") != 0 ||
		    strcmp(get_text(list[i], "payment_intent"), call->captured[0]) != 0)
			continue;
		put_text(list[i], "status", "succeeded");
		state_save(call->sandbox, TABLE_REFUNDS, list[i]);
		event_make(call, "refund.updated", list[i], NULL);
	}
	answer_json(call, 200, json_object_new_object());
}

/* The payer's bank sends a refund back. */
void
refund_bounces(struct call *call)
{
	struct json_object *refund = state_find(call->sandbox, TABLE_REFUNDS, call->captured[0]), *charge;

	if (refund == NULL || strcmp(get_text(refund, "status"), "succeeded") != 0) {
		answer_no_such(call, "successful refund", call->captured[0]);
		return;
	}
	charge = state_find(call->sandbox, TABLE_CHARGES, get_text(refund, "charge"));
	put_integer(charge, "amount_refunded", get_integer(charge, "amount_refunded") - get_integer(refund, "amount"));
	put_bool(charge, "refunded", false);
	state_save(call->sandbox, TABLE_CHARGES, charge);
	put_text(refund, "status", "failed");
	put_text(refund, "failure_reason", "lost_or_stolen_card");
	state_save(call->sandbox, TABLE_REFUNDS, refund);
	event_make(call, "refund.failed", refund, NULL);
	answer_object(call, refund);
}
