/*
 * An attempt to pay: written first, then the provider is called, then its answer is applied.  A crash between any two of
 * these leaves a row that the same request, or reconciliation, takes up again with the same key.
 */
#include "base/config.h"
#include "base/log.h"
#include "http/idempotency.h"
#include "payments/payment.h"
#include "payments/provider.h"
#include "payments/purpose.h"
#include "store/db.h"

enum { REFERENCE_TRIES = 5 };

static const struct problem *
insert_payment(struct work *work, struct payment_id id, enum purpose_kind kind, struct uuid purpose, struct money amount,
    const struct provider *provider, const char *return_url)
{
	const struct problem *problem = OK;
	struct instant        check = instant_add_seconds(instant_now(), work->config->payments.reconcile_after_seconds);
	bool                  asked = provider->collects == COLLECTED_BY_PROVIDER;

	for (int i = 0; i < REFERENCE_TRIES; i++) {
		problem = db_run(work->db, NULL,
		    "INSERT INTO payments (id, reference, purpose_kind, purpose_id, user_id, provider, amount_minor, currency, return_url, "
		    "idempotency_key, next_check_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		    P(id), P(reference_new(work->arena, "PAY-")), P(purpose_kind_values[kind]), P(purpose), P(work->viewer.user),
		    P(provider->name), P(amount.minor), P((const char *)amount.currency), P(return_url),
		    P(arena_format(work->arena, "pay:%s", uuid_text(work->arena, id.uuid))),
		    P(asked ? &check : (const struct instant *)NULL), P(work->viewer.user));
		if (!db_duplicate(work->db, problem, "uq_payments_reference"))
			break;
	}
	return problem;
}

/* The same request again, after its worker died: its attempt goes on, unless it was given up before it was begun. */
static const struct problem *
made_before(struct work *work, struct payment **payment, bool *made)
{
	struct payment_id id;

	TRY(idempotency_made(work, &id.uuid, made));
	if (!*made)
		return OK;
	TRY(read_payment(work, id, payment));
	*made = (*payment)->status <= PAYMENT_PROCESSING || (*payment)->transaction_id != NULL;
	return OK;
}

/* An attempt as a row; or the one that was begun and of which the provider never knew, which goes on. */
static const struct problem *
begin_attempt(struct work *work, enum purpose_kind kind, struct uuid purpose, const struct provider *provider,
    const char *return_url, struct payment **payment)
{
	struct payment_id id = NEW_ID(payment_id);
	struct money      amount;
	void             *target;
	bool              made;

	TRY(purposes[kind]->lock(work, purpose, &target));
	TRY(made_before(work, payment, &made));
	if (made)
		return OK;
	TRY(purposes[kind]->is_payable(work, target, &amount));
	TRY(provider_takes(work->config, provider, amount));
	TRY(db_row(work->db, &payment_shape, payment,
	    "SELECT {p} FROM payments p WHERE p.purpose_kind = ? AND p.purpose_id = ? AND p.live = 1",
	    P(purpose_kind_values[kind]), P(purpose)));
	if (*payment != NULL) {
		if (strcmp((*payment)->provider, provider->name) == 0 && (*payment)->transaction_id == NULL)
			return OK;
		return problem(PAYMENT_IN_PROGRESS, "another payment of the order is still open; complete or cancel it first");
	}
	TRY(insert_payment(work, id, kind, purpose, amount, provider, return_url));
	TRY(purposes[kind]->begun(work, target, provider));
	TRY(idempotency_make(work, id.uuid));
	TRY(read_payment(work, id, payment));
	return record_payment_event(work, EVENT_PAYMENT_CREATED, *payment);
}

const struct problem *
create_payment(struct work *work, enum purpose_kind kind, struct uuid purpose, const struct provider *provider,
    const char *return_url, struct payment **payment)
{
	const struct problem  *problem;
	struct provider_answer answer;

	TRY(db_transaction(work, begin_attempt(work, kind, purpose, provider, return_url, payment)));
	if ((*payment)->transaction_id != NULL)
		return OK;
	log_about_payment(work, *payment, NULL);
	problem = provider->create(work, *payment, &answer);
	if (problem_is(problem, PROBLEM_PROVIDER_REFUSED)) {
		answer = (struct provider_answer) {
			.status = PAYMENT_FAILED, .failure_code = "refused", .failure_reason = "the provider rejected the payment"
		};
		TRY(apply_answer(work, (*payment)->id, &answer));
		return problem;
	}
	TRY(problem); /* nobody knows: the attempt stays, and goes on when it is asked for again or reconciled */
	TRY(apply_answer(work, (*payment)->id, &answer));
	if (answer.transaction_id == NULL)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider failed; try again");
	return read_payment(work, (*payment)->id, payment);
}
