#include "payments/deliver.h"

#include "orders/fulfilments.h"
#include "payments/collect.h"
#include "payments/order_purpose.h"
#include "payments/provider.h"

const struct problem *
lock_delivery(struct work *work, struct payment_id id, struct payment **payment, struct order_row **order)
{
	TRY(lock_payment(work, id, payment));
	*order = payment_order(*payment);
	if (!collected_by_carrier(*payment) || *order == NULL)
		return problem(PAYMENT_STATE, "only cash-on-delivery payments can be confirmed, collected or failed manually");
	if ((*payment)->status != PAYMENT_PENDING && (*payment)->status != PAYMENT_PROCESSING)
		return problem(PAYMENT_STATE, "the payment's current state does not allow this");
	return OK;
}

/* The payment has become `status`, as nobody but us knows. */
static const struct problem *
apply_status(struct work *work, const struct payment *payment, enum payment_status status, const char *failure_code,
    const char *failure_reason)
{
	struct provider_answer answer;

	TRY(provider_known(payment->provider)->fetch(work, payment, &answer));
	answer.status = status;
	answer.failure_code = failure_code;
	answer.failure_reason = failure_reason;
	return apply_answer(work, payment->id, &answer);
}

const struct problem *
confirm_delivery(struct work *work, struct payment_id id)
{
	struct payment   *payment;
	struct order_row *order;

	TRY(lock_delivery(work, id, &payment, &order));
	if (payment->status != PAYMENT_PENDING)
		return problem(PAYMENT_STATE, "the payment has already been confirmed");
	if (order->closed)
		return problem(ORDER_NOT_PAYABLE, "a shop of the order is no longer active; cancel the order");
	TRY(commit_order_stock(work, order));
	TRY(move_order(work, order, ORDER_CONFIRMED));
	TRY(make_fulfilments(work, order));
	TRY(apply_status(work, payment, PAYMENT_PROCESSING, NULL, NULL));
	return record_order_event(work, EVENT_ORDER_CONFIRMED, order);
}

const struct problem *
fail_delivery(struct work *work, struct payment_id id)
{
	struct payment   *payment;
	struct order_row *order;
	bool              cancelled;

	TRY(lock_delivery(work, id, &payment, &order));
	TRY(apply_status(work, payment, PAYMENT_FAILED, NOT_COLLECTED, "the cash was not collected on delivery"));
	if (order->status == ORDER_PENDING)
		return OK;
	TRY(cancel_locked_order(work, order, "the cash was not collected", &cancelled));
	return cancelled ? OK : problem(PAYMENT_STATE, "a parcel of the order has been shipped; have it returned instead");
}
