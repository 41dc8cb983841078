/*
 * What becomes of a payment when something is known about it, by whichever way.  One transaction: lock what is paid for and the
 * payment, move the payment forward, and on success ask its purpose whether it takes the money.
 */
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "payments/collect.h"
#include "payments/method.h"
#include "payments/payment.h"
#include "payments/provider.h"
#include "payments/purpose.h"
#include "payments/risk/review.h"
#include "payments/strike.h"
#include "store/db.h"

static void
count_payment(const struct payment *payment, enum payment_outcome outcome)
{
	metric_add(METRIC_PAYMENTS, metric_label_index(LABEL_PROVIDER, payment->provider), outcome, 1);
}

/* The statuses that the table of transitions leads to by an answer. */
static const enum event_type move_events[PAYMENT_STATUS__COUNT] = {
	[PAYMENT_REQUIRES_ACTION] = EVENT_PAYMENT_REQUIRES_ACTION,
	[PAYMENT_PROCESSING] = EVENT_PAYMENT_PROCESSING,
	[PAYMENT_SUCCEEDED] = EVENT_PAYMENT_SUCCEEDED,
	[PAYMENT_FAILED] = EVENT_PAYMENT_FAILED,
	[PAYMENT_CANCELLED] = EVENT_PAYMENT_CANCELLED,
	[PAYMENT_EXPIRED] = EVENT_PAYMENT_EXPIRED,
};

/* May its provider have more to say while it has that status, though no money has come? */
static bool
is_asked_about(const struct payment *payment, enum payment_status status)
{
	const struct provider *provider = provider_known(payment->provider);
	bool                   ended = status == PAYMENT_CANCELLED || status == PAYMENT_EXPIRED;

	return status <= PAYMENT_PROCESSING || status == PAYMENT_FAILED || (ended && provider != NULL && provider->stays_payable);
}

/* Write the status and whatever else the answer tells; what is known already is not forgotten. */
static const struct problem *
move_payment(struct work *work, struct payment *payment, enum payment_status to, const struct provider_answer *answer)
{
	const char *word = payment_status_values[to];
	bool        asked = !collected_by_carrier(payment), open = asked && is_asked_about(payment, to);
	bool        compared = asked && to == PAYMENT_SUCCEEDED; /* with the refunds that the provider has of it, later */

	TRY(db_run(work->db, NULL,
	    "UPDATE payments SET status = ?, provider_transaction_id = IFNULL(provider_transaction_id, ?), "
	    "provider_charge = IF(? = 'succeeded', IFNULL(provider_charge, ?), provider_charge), "
	    "client_secret = IFNULL(?, client_secret), redirect_url = IFNULL(?, redirect_url), method = IFNULL(?, method), "
	    "failure_code = IF(? = 'succeeded', NULL, IFNULL(?, failure_code)), "
	    "failure_reason = IF(? = 'succeeded', NULL, IFNULL(?, failure_reason)), "
	    "failure_advice = IF(? = 'succeeded', NULL, IFNULL(?, failure_advice)), "
	    "succeeded_at = IF(? = 'succeeded', NOW(3), succeeded_at), checks = IF(? = 'succeeded', 0, checks), "
	    "hold_reason = IF(? = 'succeeded', NULL, hold_reason), received_minor = IF(? = 'succeeded', NULL, received_minor), "
	    "next_check_at = IF(?, IFNULL(next_check_at, NOW(3)), IF(?, NOW(3) + INTERVAL 1 DAY, NULL)) WHERE id = ?",
	    P(word), P(answer->transaction_id), P(word), P(answer->charge_id), P(answer->client_secret), P(answer->redirect_url),
	    P(answer->method), P(word), P(answer->failure_code), P(word), P(answer->failure_reason), P(word),
	    P(answer->failure_advice), P(word), P(word), P(word), P(word), P(open), P(compared), P(payment->id)));
	payment->status = to;
	if (payment->transaction_id == NULL)
		payment->transaction_id = answer->transaction_id;
	if (answer->method != NULL)
		payment->method = answer->method;
	if (answer->failure_advice != NULL)
		payment->failure_advice = answer->failure_advice;
	if (to == PAYMENT_SUCCEEDED)
		payment->failure_code = payment->failure_advice = payment->hold_reason = NULL;
	else if (answer->failure_code != NULL)
		payment->failure_code = answer->failure_code;
	return OK;
}

static const struct problem *
move_payment_on(struct work *work, struct payment *payment, enum payment_status to, const struct provider_answer *answer)
{
	struct payment before = *payment;

	TRY(move_payment(work, payment, to, answer));
	TRY(record_payment_event(work, move_events[to], payment));
	/* What a provider tells is kept as it came; a person answers for what they do. */
	return acting_user(work) == NULL ? OK : audit_payment(work, event_type_name(move_events[to]), &before, payment);
}

/* May a declined attempt be live again?  One is live at a time, and another may have been begun since. */
static const struct problem *
may_be_live(struct work *work, const struct payment *payment, bool *may)
{
	int64_t others;

	*may = payment->status <= PAYMENT_PROCESSING;
	if (payment->status != PAYMENT_FAILED)
		return OK;
	TRY(db_value(work->db, &others,
	    "SELECT COUNT(*) FROM payments p WHERE p.purpose_kind = ? AND p.purpose_id = ? AND p.live = 1",
	    P(purpose_kind_values[payment->purpose_kind]), P(payment->purpose)));
	*may = others == 0;
	return OK;
}

/* The failure_code of what ended because its money, in another currency, went back. */
static const char given_back[] = "refunded_at_provider";

static bool
has_code(const struct payment *payment, const char *code)
{
	return payment->failure_code != NULL && strcmp(payment->failure_code, code) == 0;
}

static bool
is_given_back(const struct payment *payment)
{
	return has_code(payment, given_back);
}

/* It may be given back at a provider that tells of no refunds. */
#define ASKED_SLOWLY "NOW(3) + INTERVAL 1 HOUR"

/* Held by code that did not note what came, or for money in another currency. */
static const struct problem *
note_received(struct work *work, const struct payment *payment, const int64_t *received, const char *reason)
{
	return db_run(work->db, NULL,
	    "UPDATE payments SET hold_reason = IF(received_minor IS NULL, ?, hold_reason), "
	    "received_minor = IFNULL(received_minor, ?), next_check_at = " ASKED_SLOWLY " WHERE id = ?",
	    P(reason), P(received), P(payment->id));
}

/* Money that nobody can match to what was asked: kept as it is, alarmed, never fulfilled. */
static const struct problem *
hold_payment(struct work *work, struct payment *payment, const struct provider_answer *answer)
{
	struct text reason = text_new(work->arena, 128);
	bool        live, in_kind = strcmp(answer->amount.currency, payment->amount.currency) == 0 && answer->amount.minor > 0;

	if (!in_kind && is_given_back(payment)) {
		log_info("ignored money in another currency: it went back");
		return OK;
	}
	TEXT_ADD(&reason, "amount_mismatch: got ");
	if (answer->amount.currency[0] != '\0')
		text_add_money(&reason, answer->amount);
	text_addf(&reason, " %s, expected ", answer->amount.currency[0] != '\0' ? answer->amount.currency : "an invalid amount");
	text_add_money(&reason, payment->amount);
	text_addf(&reason, " %s", payment->amount.currency);
	if (payment->hold_reason != NULL && !is_held_unknown(payment))
		return note_received(work, payment, in_kind ? &answer->amount.minor : NULL, reason.bytes);
	log_error("payment held for review", LOG_TEXT("reason", reason.bytes));
	count_payment(payment, PAYMENTS_HELD);
	payment->hold_reason = reason.bytes;
	TRY(db_run(work->db, NULL,
	    "UPDATE payments SET hold_reason = ?, received_minor = ?, next_check_at = " ASKED_SLOWLY " WHERE id = ?",
	    P(reason.bytes), P(in_kind ? &answer->amount.minor : NULL), P(payment->id)));
	TRY(may_be_live(work, payment, &live));
	if (live) {
		TRY(db_run(work->db, NULL,
		    "UPDATE payments SET status = 'processing', provider_transaction_id = IFNULL(provider_transaction_id, ?) "
		    "WHERE id = ?",
		    P(answer->transaction_id), P(payment->id)));
		payment->status = PAYMENT_PROCESSING;
		if (payment->transaction_id == NULL)
			payment->transaction_id = answer->transaction_id;
	}
	return record_payment_event(work, EVENT_PAYMENT_HELD, payment);
}

/* Money that came for nothing. */
static const struct problem *
post_unapplied(struct work *work, const struct payment *payment)
{
	struct posting postings[] = { received_posting(payment), received_posting(payment) };

	postings[1].role = LEDGER_UNAPPLIED;
	postings[1].provider = NULL;
	postings[1].amount.minor = -postings[0].amount.minor;
	return ledger_post(work, payment_source(payment), postings, 2);
}

/* Money that its purpose cannot take is given back. */
static const struct problem *
refund_unapplied(struct work *work, const struct payment *payment)
{
	log_warning("payment cannot be applied: refunding it");
	TRY(post_unapplied(work, payment));
	TRY(claim_refund(
	    work, payment, payment_refundable(payment), "the payment could not be applied to the order", true, NULL));
	return purpose_of(payment)->ended(work, payment);
}

/* Nothing takes what somebody has declined after looking at it. */
static const struct problem *
may_take(struct work *work, const struct payment *payment, bool *taken)
{
	*taken = false;
	return is_declined(payment) ? OK : purpose_of(payment)->may_take(work, payment, taken);
}

/* What came has come, whatever was asked for. */
static const struct problem *
receive(struct work *work, struct payment *payment)
{
	struct provider_answer as_it_is = { .status = PAYMENT_SUCCEEDED };

	TRY(move_payment_on(work, payment, PAYMENT_SUCCEEDED, &as_it_is));
	count_payment(payment, PAYMENTS_SUCCEEDED);
	return db_run(
	    work->db, NULL, "UPDATE payments SET received_minor = ? WHERE id = ?", P(payment->received), P(payment->id));
}

const struct problem *
release_held(struct work *work, struct payment *payment, const char *reason)
{
	bool taken;

	TRY(receive(work, payment));
	TRY(may_take(work, payment, &taken));
	if (!taken)
		return refund_unapplied(work, payment);
	TRY(db_run(work->db, NULL, "UPDATE payments SET release_reason = ? WHERE id = ?", P(reason), P(payment->id)));
	TRY(purpose_of(payment)->succeeded(work, payment));
	return purpose_of(payment)->end_others(work, payment);
}

/* It stays held until all of it has gone back. */
const struct problem *
book_held(struct work *work, struct payment *payment)
{
	const char *reason = payment->hold_reason;

	if (reason == NULL || payment->received == NULL || payment_has_money(payment))
		return OK;
	TRY(receive(work, payment));
	TRY(db_run(work->db, NULL, "UPDATE payments SET hold_reason = ? WHERE id = ?", P(reason), P(payment->id)));
	payment->hold_reason = reason;
	return post_unapplied(work, payment);
}

static const struct problem *
succeed(struct work *work, struct payment *payment, const struct provider_answer *answer)
{
	bool taken, was_live;

	if (answer->amount.minor != payment->amount.minor || strcmp(answer->amount.currency, payment->amount.currency) != 0)
		return hold_payment(work, payment, answer);
	payment->received = NULL; /* should it have been held: now it is what was asked for */
	was_live = payment->status <= PAYMENT_PROCESSING;
	TRY(move_payment_on(work, payment, PAYMENT_SUCCEEDED, answer));
	count_payment(payment, PAYMENTS_SUCCEEDED);
	if (payment->keeps_method)
		TRY(keep_soon(work, payment->id));
	TRY(may_take(work, payment, &taken));
	if (!taken)
		return refund_unapplied(work, payment);
	TRY(purpose_of(payment)->succeeded(work, payment));
	/* One attempt is live at a time: if this one was, none is to be ended but declined ones, which reconciliation closes. */
	return was_live ? OK : purpose_of(payment)->end_others(work, payment);
}

/* Is it the provider's verdict on how the payer wanted to pay?  What has failed by ourselves tests no card. */
static bool
is_verdict(const struct provider_answer *answer)
{
	static const char *const ours[] = { FAILED_BY_MERCHANT, "refused", "payment_method_unusable", "not_received",
		"outcome_unknown", "provider_error" };

	for (size_t i = 0; answer->failure_code != NULL && i < sizeof ours / sizeof *ours; i++)
		if (strcmp(answer->failure_code, ours[i]) == 0)
			return false;
	return true;
}

static const struct problem *
end_unpaid(struct work *work, struct payment *payment, enum payment_status to, const struct provider_answer *answer)
{
	bool was_live = payment->status <= PAYMENT_PROCESSING;
	bool was_awaited = payment->status == PAYMENT_PROCESSING && collected_by_carrier(payment);

	if (to == PAYMENT_CANCELLED)
		TRY(purpose_of(payment)->may_cancel(payment));
	TRY(move_payment_on(work, payment, to, answer));
	if (was_awaited)
		TRY(strike_rest(work, payment));
	if (to != PAYMENT_FAILED)
		return was_live ? purpose_of(payment)->ended(work, payment) : OK;
	count_payment(payment, PAYMENTS_FAILED);
	if (is_verdict(answer))
		TRY(note_decline(work, payment, false));
	return purpose_of(payment)->failed(work, payment);
}

const struct problem *
end_collection(struct work *work, struct payment *payment)
{
	struct provider_answer ended = { .status = PAYMENT_FAILED,
		.failure_code = NOT_COLLECTED,
		.failure_reason = "the cash was not collected on delivery" };

	if (payment->collected.minor == 0)
		return end_unpaid(work, payment, PAYMENT_FAILED, &ended);
	TRY(strike_rest(work, payment));
	if (payment->collected.minor < payment->amount.minor)
		payment->received = &payment->collected.minor;
	TRY(receive(work, payment));
	return purpose_of(payment)->succeeded(work, payment);
}

const struct problem *
end_unknown(struct work *work, struct payment *payment)
{
	struct provider_answer ended = { .status = PAYMENT_FAILED,
		.failure_code = OUTCOME_UNKNOWN,
		.failure_reason = "nothing of it is left at the provider" };

	TRY(db_run(work->db, NULL, "UPDATE payments SET hold_reason = NULL WHERE id = ?", P(payment->id)));
	payment->hold_reason = NULL;
	return payment->status <= PAYMENT_PROCESSING && payment->transaction_id == NULL
	    ? end_unpaid(work, payment, PAYMENT_FAILED, &ended)
	    : OK; /* heard of since */
}

/* While the money may come what is paid for stays reserved. */
static const struct problem *
go_on(struct work *work, struct payment *payment, enum payment_status to, const struct provider_answer *answer)
{
	if (to == PAYMENT_PROCESSING)
		TRY(purpose_of(payment)->processing(work, payment));
	return move_payment_on(work, payment, to, answer);
}

/* Told the same again, which may say more than was known. */
static const struct problem *
stay(struct work *work, struct payment *payment, const struct provider_answer *answer)
{
	enum payment_status status = (enum payment_status)payment->status;

	if (status == PAYMENT_SUCCEEDED)
		return OK;
	if (status == PAYMENT_PROCESSING)
		TRY(purpose_of(payment)->processing(work, payment));
	return move_payment(work, payment, status, answer);
}

/* The payer tries again with an attempt that was declined. */
static const struct problem *
take_up_again(struct work *work, struct payment *payment, enum payment_status to, const struct provider_answer *answer)
{
	bool may;

	TRY(may_be_live(work, payment, &may));
	if (!may) {
		log_info("ignored news of a declined payment: another one is open", LOG_ID("to", payment_status_values[to]));
		return OK;
	}
	TRY(go_on(work, payment, to, answer));
	TRY(purpose_of(payment)->taken_up(work, payment));
	/* Nobody takes the money of an attempt that is not live, and this one was not when the provider was asked. */
	return answer->authorised ? ask_soon(work, payment->id) : OK;
}

/* May what an event says be applied?  An event that comes late would end what goes on, or take up what has ended. */
static bool
is_believed(const struct payment *payment, enum payment_status to)
{
	if (to == PAYMENT_SUCCEEDED || !payment_may_become((enum payment_status)payment->status, to))
		return true;
	return payment->status <= PAYMENT_PROCESSING && to <= PAYMENT_PROCESSING && (int)to > payment->status;
}

bool
is_another_charge(const struct payment *payment, const char *charge_id)
{
	return payment->charge_id != NULL && charge_id != NULL && strcmp(payment->charge_id, charge_id) != 0;
}

static const struct problem *
ask_instead(struct work *work, struct payment *payment, const struct provider_answer *answer)
{
	struct provider_answer known = { .transaction_id = answer->transaction_id };

	if (payment->transaction_id == NULL)
		TRY(move_payment(work, payment, (enum payment_status)payment->status, &known));
	return ask_soon(work, payment->id);
}

/* The payment is locked. */
static const struct problem *
move_on(struct work *work, struct payment *payment, const struct provider_answer *answer, bool told)
{
	enum payment_status to = (enum payment_status)answer->status;

	if (payment->transaction_id != NULL && answer->transaction_id != NULL &&
	    strcmp(payment->transaction_id, answer->transaction_id) != 0) {
		log_error("provider response is about another transaction", LOG_TEXT("transaction", answer->transaction_id));
		return problem(CONFLICT, "the provider's response is about another transaction");
	}
	if (told && to == PAYMENT_SUCCEEDED && is_another_charge(payment, answer->charge_id))
		log_error(
		    "another charge of a payment has succeeded: its provider is asked", LOG_ID("charge", answer->charge_id));
	if (told && (answer->authorised || is_another_charge(payment, answer->charge_id) || !is_believed(payment, to)))
		return ask_instead(work, payment, answer);
	if (to != PAYMENT_SUCCEEDED && has_code(payment, FAILED_BY_MERCHANT)) {
		log_info("ignored news of a payment that its merchant has ended", LOG_ID("to", payment_status_values[to]));
		return OK;
	}
	if (to == (enum payment_status)payment->status)
		return stay(work, payment, answer);
	/* Told again, a success says nothing of a dispute: what ends that gives the status back and posts no sale. */
	if (to == PAYMENT_SUCCEEDED && payment->status == PAYMENT_DISPUTED)
		return OK;
	if (!payment_may_become((enum payment_status)payment->status, to)) {
		log_info("ignored a backward transition of a payment", LOG_ID("from", payment_status_values[payment->status]),
		    LOG_ID("to", payment_status_values[to]));
		return OK;
	}
	if (to == PAYMENT_SUCCEEDED)
		return succeed(work, payment, answer);
	if (to == PAYMENT_FAILED || to == PAYMENT_CANCELLED || to == PAYMENT_EXPIRED)
		return end_unpaid(work, payment, to, answer);
	if (payment->status == PAYMENT_FAILED)
		return take_up_again(work, payment, to, answer);
	return go_on(work, payment, to, answer);
}

static const struct problem *
settle(struct work *work, struct payment_id id, const struct provider_answer *answer, bool told)
{
	struct payment *payment;

	TRY(lock_payment(work, id, &payment));
	log_about_payment(work, payment, NULL);
	TRY(move_on(work, payment, answer, told));
	if (told && answer->status == PAYMENT_FAILED)
		TRY(note_decline(work, payment, true));
	if (answer->status != PAYMENT_SUCCEEDED || is_another_charge(payment, answer->charge_id))
		return OK;
	return note_fee(work, payment, answer);
}

const struct problem *
apply_answer(struct work *work, struct payment_id payment, const struct provider_answer *answer)
{
	return db_transaction(work, settle(work, payment, answer, false));
}

const struct problem *
apply_told(struct work *work, struct payment_id payment, const struct provider_answer *answer)
{
	return db_transaction(work, settle(work, payment, answer, true));
}

bool
is_uncounted(const struct payment *payment)
{
	return !payment_has_money(payment) && payment->received == NULL &&
	    (payment->hold_reason != NULL || is_given_back(payment));
}

const struct problem *
end_uncounted(struct work *work, const struct payment *payment)
{
	struct provider_answer ended = { .status = PAYMENT_CANCELLED };

	if (payment->hold_reason == NULL)
		return OK; /* told again */
	log_warning("held payment refunded at the provider: it ends without money", LOG_TEXT("reason", payment->hold_reason));
	TRY(db_run(work->db, NULL,
	    "UPDATE payments SET hold_reason = NULL, failure_code = ?, "
	    "failure_reason = 'its money, in another currency, was refunded at the provider' WHERE id = ?",
	    P((const char *)given_back), P(payment->id)));
	return apply_answer(work, payment->id, &ended);
}
