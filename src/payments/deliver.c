#include "payments/deliver.h"

#include "inventory/inventory.h"
#include "orders/state.h"
#include "payments/provider.h"
#include "store/db.h"

static const struct problem *
lock_delivery(struct work *work, struct payment_id id, struct payment **payment, struct order_row **order)
{
	TRY(lock_payment(work, id, payment, order));
	if (!collected_by_carrier(*payment) || *order == NULL)
		return problem(PAYMENT_STATE, "only cash on delivery is confirmed, collected and failed by hand");
	if ((*payment)->status != PAYMENT_PENDING && (*payment)->status != PAYMENT_PROCESSING)
		return problem(PAYMENT_STATE, "the payment's state does not allow that");
	return OK;
}

static const struct problem *
confirm(struct work *work, void *argument)
{
	struct payment        *payment;
	struct order_row      *order;
	struct provider_answer answer;

	TRY(lock_delivery(work, *(struct payment_id *)argument, &payment, &order));
	if (payment->status != PAYMENT_PENDING)
		return problem(PAYMENT_STATE, "the payment was confirmed before");
	TRY(commit_stock(work, order->id));
	TRY(move_order(work, order, ORDER_CONFIRMED));
	TRY(provider_known(payment->provider)->fetch(work, payment, &answer));
	answer.status = PAYMENT_PROCESSING;
	TRY(apply_answer(work, payment->id, &answer));
	return record_order_event(work, EVENT_ORDER_CONFIRMED, order);
}

const struct problem *
confirm_delivery(struct work *work, struct payment_id payment)
{
	return db_transaction(work, confirm(work, &payment));
}

static const struct problem *
collect(struct work *work, void *argument)
{
	struct payment        *payment;
	struct order_row      *order;
	struct provider_answer answer;

	TRY(lock_delivery(work, *(struct payment_id *)argument, &payment, &order));
	if (payment->status != PAYMENT_PROCESSING)
		return problem(PAYMENT_STATE, "the payment must be confirmed before it is collected");
	TRY(provider_known(payment->provider)->fetch(work, payment, &answer));
	answer.status = PAYMENT_SUCCEEDED;
	return apply_answer(work, payment->id, &answer);
}

const struct problem *
collect_delivery(struct work *work, struct payment_id payment)
{
	return db_transaction(work, collect(work, &payment));
}

static const struct problem *
fail(struct work *work, void *argument)
{
	struct payment        *payment;
	struct order_row      *order;
	struct provider_answer answer;

	TRY(lock_delivery(work, *(struct payment_id *)argument, &payment, &order));
	TRY(provider_known(payment->provider)->fetch(work, payment, &answer));
	answer.status = PAYMENT_FAILED;
	answer.failure_code = "not_collected";
	answer.failure_reason = "the payment was not collected at the door";
	TRY(apply_answer(work, payment->id, &answer));
	TRY(set_order_payment_status(work, order, ORDER_PAYMENT_FAILED));
	if (order->status != ORDER_CONFIRMED && order->status != ORDER_PROCESSING)
		return OK;
	TRY(return_stock(work, order->id));
	TRY(move_order(work, order, ORDER_CANCELLED));
	return record_order_event(work, EVENT_ORDER_CANCELLED, order);
}

const struct problem *
fail_delivery(struct work *work, struct payment_id payment)
{
	return db_transaction(work, fail(work, &payment));
}
