/* What an event of a provider does. */
#include "webhooks/inbox.h"

#include "base/log.h"
#include "payments/risk/review.h"
#include "payments/subscriptions/notice.h"
#include "store/db.h"

/* What somebody else does with the same account of the provider is told to us, too. */
static const struct problem *
ignore_foreign(struct work *work, struct uuid row)
{
	log_info("ignored an event about a payment that is not the shop's");
	return db_run(work->db, NULL, "UPDATE webhook_events SET status = 'ignored' WHERE id = ?", P(row));
}

/* Nothing that it says is believed: the payment's own provider is asked, if one can be. */
static const struct problem *
apply_hint(struct work *work, const struct provider_event *event, enum inbox_outcome *outcome)
{
	struct payment *payment = NULL;

	if (event->reference != NULL)
		TRY(find_payment(work, event->reference, true, &payment));
	else
		TRY(find_payment_of_provider(work, event->provider, event->transaction_id, NULL, &payment));
	if (payment == NULL)
		return problem(NOT_FOUND, "the payment is not known yet");
	*outcome = OUTCOME_PROCESSED;
	return collected_by_carrier(payment) ? OK : ask_soon(work, payment->id);
}

/* Other applications may use the same names for their marks. */
static bool
has_our_mark(const struct provider_event *event)
{
	struct uuid refund;

	return (event->reference != NULL && is_reference(event->reference, "PAY-")) ||
	    (event->refund.key != NULL && uuid_parse(event->refund.key, &refund));
}

/* What is about no payment, but about a stored method or what was announced of a charge by one. */
static const struct problem *
apply_to_method(struct work *work, const struct provider *provider, const struct provider_event *event, bool *known)
{
	switch (event->kind) {
	case EVENT_IS_METHOD:
		return apply_method_event(
		    work, provider->name, event->method_token, event->method_gone, event->method_expires, known);
	case EVENT_IS_SETUP:
		return apply_setup_event(work, provider->name, event->setup, event->setup_declined, known);
	default:
		return lose_notice(work, event->transaction_id, known);
	}
}

static const struct problem *
apply_to_payment(struct work *work, const struct payment *payment, const struct provider_event *event)
{
	if (event->kind != EVENT_IS_PAYMENT && is_another_charge(payment, event->payment.charge_id))
		return ask_soon(work, payment->id);
	switch (event->kind) {
	case EVENT_IS_PAYMENT:
		return apply_told(work, payment->id, &event->payment);
	case EVENT_IS_REFUNDED:
		return event->refund.amount.minor == payment->refunded.minor ? OK : ask_soon(work, payment->id);
	case EVENT_IS_DISPUTE:
		return apply_told_dispute(work, payment, &event->dispute);
	case EVENT_IS_FRAUD_WARNING:
		return apply_fraud_warning(work, payment->id);
	default:
		return apply_told_refund(work, payment, &event->refund);
	}
}

const struct problem *
apply_event(struct work *work, const struct provider *provider, const struct provider_event *event, struct uuid row,
    enum inbox_outcome *outcome)
{
	struct payment *payment;
	bool            known;

	*outcome = OUTCOME_IGNORED;
	switch (event->kind) {
	case EVENT_IS_IGNORED:
		return OK;
	case EVENT_IS_HINT:
		return apply_hint(work, event, outcome);
	case EVENT_IS_SUBSCRIPTION:
		*outcome = OUTCOME_PROCESSED;
		return confirm_subscription_soon(work, provider, event);
	case EVENT_IS_METHOD:
	case EVENT_IS_SETUP:
	case EVENT_IS_NOTICE_LOST:
		TRY(apply_to_method(work, provider, event, &known));
		*outcome = known ? OUTCOME_PROCESSED : OUTCOME_IGNORED;
		return OK;
	default:
		TRY(find_payment_of_provider(work, provider->name, event->transaction_id, event->reference, &payment));
		if (payment == NULL && !has_our_mark(event))
			return ignore_foreign(work, row);
		if (payment == NULL)
			return problem(NOT_FOUND, "the payment is not known yet");
		*outcome = OUTCOME_PROCESSED;
		return apply_to_payment(work, payment, event);
	}
}
