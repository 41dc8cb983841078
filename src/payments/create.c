/*
 * An attempt to pay an order: written first, then the provider is called, then its answer is applied.  A crash between
 * any two of these leaves a row that the same request, or reconciliation, takes up again with the same key.
 */
#include "base/config.h"
#include "base/log.h"
#include "http/idempotency.h"
#include "orders/state.h"
#include "payments/payment.h"
#include "payments/provider.h"
#include "store/db.h"

enum { REFERENCE_TRIES = 5 };

struct attempt {
	struct order_id        order;
	const struct provider *provider;
	const char            *return_url;
	struct payment        *payment;
};

static const struct problem *
insert_payment(struct work *work, struct attempt *attempt, const struct order_row *order, struct payment_id id)
{
	const struct config *config = work->config;
	const struct problem *problem = OK;
	struct instant        check = instant_add_seconds(instant_now(), config->payments.reconcile_after_seconds);
	bool                  asked = attempt->provider->collects == COLLECTED_BY_PROVIDER;

	for (int i = 0; i < REFERENCE_TRIES; i++) {
		problem = db_run(work->db, NULL,
		    "INSERT INTO payments (id, reference, order_id, user_id, provider, amount_minor, currency, return_url, "
		    "idempotency_key, next_check_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		    P(id), P(reference_new(work->arena, "PAY-")), P(order->id), P(order->user), P(attempt->provider->name),
		    P(order->total.minor), P(order->total.currency), P(attempt->return_url),
		    P(arena_format(work->arena, "pay:%s", uuid_text(work->arena, id.uuid))),
		    P(asked ? &check : (const struct instant *)NULL), P(work->viewer.user));
		if (!db_duplicate(work->db, problem, "uq_payments_reference"))
			break;
	}
	return problem;
}

/* The same request again, after its worker died: its attempt goes on, unless it was given up before it was begun. */
static const struct problem *
made_before(struct work *work, struct attempt *attempt, bool *made)
{
	struct payment_id id;

	TRY(idempotency_made(work, &id.uuid, made));
	if (!*made)
		return OK;
	TRY(read_payment(work, id, &attempt->payment));
	*made = attempt->payment->status <= PAYMENT_PROCESSING || attempt->payment->transaction_id != NULL;
	return OK;
}

static const struct problem *
begin_attempt(struct work *work, void *argument)
{
	struct attempt   *attempt = argument;
	struct payment_id id = NEW_ID(payment_id);
	struct order_row *order;
	bool              made;

	TRY(lock_order(work, attempt->order, &order));
	if (!ID_EQUAL(order->user, work->viewer.user))
		return problem(NOT_FOUND, "there is no such order, or it is not yours");
	TRY(made_before(work, attempt, &made));
	if (made)
		return OK;
	if (order->status != ORDER_PENDING || order->total.minor <= 0)
		return problem(ORDER_NOT_PAYABLE, "the order's state does not take a payment");
	TRY(provider_takes(work->config, attempt->provider, order->total));
	TRY(db_row(work->db, &payment_shape, &attempt->payment,
	    "SELECT " PAYMENT_COLUMNS " FROM payments p WHERE p.order_id = ? AND p.live = 1", P(order->id)));
	if (attempt->payment != NULL) {
		/* Begun, but the provider was never heard: the same attempt goes on. */
		if (strcmp(attempt->payment->provider, attempt->provider->name) == 0 && attempt->payment->transaction_id == NULL)
			return OK;
		return problem(PAYMENT_IN_PROGRESS, "another payment of the order is still live: finish it or cancel it");
	}
	TRY(insert_payment(work, attempt, order, id));
	TRY(set_order_payment_method(work, order, attempt->provider->order_method,
	    attempt->provider->keeps_stock_seconds(work->config)));
	TRY(idempotency_make(work, id.uuid));
	TRY(read_payment(work, id, &attempt->payment));
	return record_payment_event(work, EVENT_PAYMENT_CREATED, attempt->payment);
}

const struct problem *
create_payment(struct work *work, struct order_id order, const struct provider *provider, const char *return_url,
    struct payment **payment)
{
	struct attempt         attempt = { .order = order, .provider = provider, .return_url = return_url };
	const struct problem  *problem;
	struct provider_answer answer;

	TRY(db_transaction(work, begin_attempt(work, &attempt)));
	*payment = attempt.payment;
	if (attempt.payment->transaction_id != NULL)
		return OK;
	problem = provider->create(work, attempt.payment, &answer);
	if (problem_is(problem, PROBLEM_PROVIDER_REFUSED)) {
		answer = (struct provider_answer) { .status = PAYMENT_FAILED, .failure_code = "refused",
			.failure_reason = "the provider refused to take the payment" };
		TRY(apply_answer(work, attempt.payment->id, &answer));
		return problem;
	}
	TRY(problem); /* nobody knows: the attempt stays, and goes on when it is asked for again or reconciled */
	TRY(apply_answer(work, attempt.payment->id, &answer));
	if (answer.transaction_id == NULL)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider failed; try again");
	return read_payment(work, attempt.payment->id, payment);
}
