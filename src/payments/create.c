/*
 * An attempt to pay: written first, then the provider is called, then its answer is applied.  A crash between any two of
 * these leaves a row that the same request, or reconciliation, takes up again with the same key.
 */
#include "base/config.h"
#include "base/log.h"
#include "http/idempotency.h"
#include "payments/charge.h"
#include "payments/provider.h"
#include "payments/purpose.h"
#include "payments/risk/risk.h"
#include "store/db.h"

enum { REFERENCE_TRIES = 5, DECLINED_MAX = 20 };

/* What of it is still open. */
struct attempts {
	struct payment     *open;
	size_t              n_open;
	bool                closed;  /* the providers of the open ones were asked to close them */
	struct risk_case    about;   /* what is judged ... */
	struct risk_verdict verdict; /* ... and what was made of it */
};

/* How long its provider may be asked to begin it by whoever does. */
static int64_t
call_seconds(const struct work *work)
{
	return work->config->payments.request_ms / 1000 + 1;
}

static const struct problem *
insert_payment(struct work *work, struct payment_id id, const struct wish *wish, const struct risk_verdict *risk,
    const struct merchant_id *merchant, struct money amount)
{
	const struct problem *problem = OK;
	int64_t               changed = 0;
	struct instant        check = instant_add_seconds(instant_now(), work->config->payments.reconcile_after_seconds);
	bool                  asked = wish->provider->collects == COLLECTED_BY_PROVIDER;

	for (int i = 0; i < REFERENCE_TRIES && changed == 0; i++) {
		const char *reference = i == 0 && wish->reference != NULL ? wish->reference : reference_new(work->arena, "PAY-");

		problem = db_run(work->db, &changed,
		    "INSERT INTO payments (id, reference, purpose_kind, purpose_id, merchant_id, user_id, provider, amount_minor, "
		    "currency, payment_method_id, keeps_method, charge_key, return_url, metadata, "
		    "idempotency_key, next_check_at, begun_until, created_by, risk_address, risk_network, risk_country, risk_session, "
		    "risk_place, risk_young, risk_score, risk_signals, risk_facts, review) "
		    "SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, JSON_MERGE_PATCH('{}', ?), ?, ?, " TURN_UNTIL
		    ", ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? "
		    "FROM DUAL "
		    "WHERE NOT EXISTS (SELECT 1 FROM payment_requests r WHERE r.reference = ?)",
		    P(id), P(reference), P(purpose_kind_values[wish->kind]), P(wish->purpose), P(merchant), P(wish->user),
		    P(wish->provider->name), P(amount.minor), P((const char *)amount.currency), P(wish->method),
		    P(wish->keeps_method), P(wish->charge_key), P(wish->return_url),
		    P(wish->metadata == NULL ? "{}" : wish->metadata),
		    P(arena_format(work->arena, "pay:%s", uuid_text(work->arena, id.uuid))),
		    P(asked ? &check : (const struct instant *)NULL), P(call_seconds(work)), P(acting_user(work)),
		    P(risk->address), P(risk->network), P(risk->country), P(risk->session), P(risk->place), P(risk->young),
		    P(risk->score), P(risk->signals), P(risk->facts), P(risk->review), P(reference));
		/* Another attempt has just become live: the next run of the transaction sees it. */
		if (db_duplicate(work->db, problem, "uq_payments_live"))
			return problem(DATABASE_BUSY, "another payment of it is being begun just now; try again");
		if (problem != OK && !db_duplicate(work->db, problem, "uq_payments_reference"))
			return problem;
	}
	return problem == OK && changed == 0 ? problem(INTERNAL, "internal error") : problem;
}

/* The same request again, after its worker died: its attempt goes on, unless it was given up before it was begun. */
static const struct problem *
made_before(struct work *work, const struct wish *wish, struct payment **payment, bool *made)
{
	struct payment_id id;

	if (wish->charge_key != NULL) {
		TRY(db_row(
		    work->db, &payment_shape, payment, "SELECT {p} FROM payments p WHERE p.charge_key = ?", P(wish->charge_key)));
		*made = *payment != NULL;
		return OK;
	}
	TRY(idempotency_made(work, &id.uuid, made));
	if (!*made)
		return OK;
	TRY(read_payment(work, id, payment));
	*made = (*payment)->status <= PAYMENT_PROCESSING || (*payment)->transaction_id != NULL;
	return OK;
}

/* The attempts for the purpose by which money can come: one that is live, held or not, and those that were declined; newest first. */
static const struct problem *
open_attempts(struct work *work, const struct wish *wish, struct payment **attempts, size_t *count)
{
	return db_rows(work->db, &payment_shape, DECLINED_MAX, attempts, count,
	    "SELECT {p} FROM payments p WHERE p.purpose_kind = ? AND p.purpose_id = ? AND (p.live = 1 "
	    "OR (p.status = 'failed' AND p.hold_reason IS NULL AND p.provider_transaction_id IS NOT NULL AND p.next_check_at IS NOT NULL)) "
	    "ORDER BY p.live DESC, p.id DESC LIMIT ?",
	    P(purpose_kind_values[wish->kind]), P(wish->purpose), P(DECLINED_MAX));
}

/* Is it the same attempt, of which the provider never knew? */
static bool
goes_on(const struct wish *wish, const struct payment *open)
{
	bool same = wish->method == NULL ? open->payment_method == NULL
					 : open->payment_method != NULL && ID_EQUAL(*open->payment_method, *wish->method);

	return strcmp(open->provider, wish->provider->name) == 0 && open->transaction_id == NULL && same &&
	    wish->charge_key == NULL;
}

/*
 * Its provider is asked again, as nobody knows what became of the first call; but not while that may still run.  Where a call has
 * no idempotency key the second would be told that there is such a payment, which looks like one whose page was lost.
 */
static const struct problem *
take_over(struct work *work, const struct payment *open)
{
	bool taken;

	TRY(take_turn(work, open->id, call_seconds(work), &taken));
	return taken
	    ? OK
	    : problem_later(work->arena, PROBLEM_PAYMENT_IN_PROGRESS, "the payment is being begun just now; try again", 1);
}

static const struct problem *
is_payable(struct work *work, const struct wish *wish, const void *target, struct money *amount)
{
	TRY(purposes[wish->kind]->is_payable(work, target, amount));
	if (wish->amount != NULL &&
	    (wish->amount->minor != amount->minor || strcmp(wish->amount->currency, amount->currency) != 0))
		return problem(CONFLICT, "another amount is to be paid");
	return provider_takes(work->config, wish->provider, *amount, wish->method != NULL);
}

/* An attempt as a row; or the one that was begun and of which the provider never knew, which goes on.  NULL: close first. */
static const struct problem *
begin_attempt(struct work *work, const struct wish *wish, struct attempts *attempts, struct payment **payment)
{
	struct payment_id id = NEW_ID(payment_id);
	struct money      amount;
	void             *target;
	bool              made;

	TRY(purposes[wish->kind]->lock(work, wish->purpose, &target));
	TRY(made_before(work, wish, payment, &made));
	if (made)
		return OK;
	TRY(is_payable(work, wish, target, &amount));
	TRY(open_attempts(work, wish, payment, &attempts->n_open));
	attempts->open = *payment;
	if (attempts->n_open > 0 && (*payment)->status <= PAYMENT_PROCESSING) {
		if ((*payment)->hold_reason != NULL)
			return problem(PAYMENT_IN_PROGRESS, "another payment of it is held for review");
		if (goes_on(wish, *payment))
			return take_over(work, *payment);
		return problem(PAYMENT_IN_PROGRESS, "another payment of it is still open; complete or cancel it first");
	}
	*payment = NULL;
	if (attempts->n_open > 0 && !attempts->closed)
		return OK;
	attempts->about = (struct risk_case) { .kind = wish->kind,
		.purpose = wish->purpose,
		.amount = amount,
		.payer = wish->user,
		.cash = wish->provider->collects != COLLECTED_BY_PROVIDER };
	TRY(judge_attempt(work, &attempts->about, &attempts->verdict));
	TRY(insert_payment(work, id, wish, &attempts->verdict, purposes[wish->kind]->merchant(target), amount));
	/* Under the request's key stands what it is charged for. */
	if (wish->charge_key == NULL)
		TRY(idempotency_make(work, id.uuid));
	TRY(read_payment(work, id, payment));
	TRY(purposes[wish->kind]->begun(work, target, *payment, wish->provider));
	return record_payment_event(work, EVENT_PAYMENT_CREATED, *payment);
}

/*
 * By an attempt that was declined the payer could still pay, a second time.  It is closed before another begins, unless its
 * provider cannot be reached: then reconciliation closes it.
 */
static void
close_declined(struct work *work, struct attempts *attempts)
{
	for (size_t i = 0; i < attempts->n_open; i++) {
		const struct problem *problem = cancel_payment(work, &attempts->open[i]);

		if (problem != OK)
			log_warning("declined payment not closed at the provider", LOG_TEXT("cause", problem->message));
	}
	attempts->closed = true;
}

static const struct problem *
call_provider(struct work *work, const struct wish *wish, const struct payment *payment, struct provider_answer *answer)
{
	return payment->payment_method == NULL ? wish->provider->create(work, payment, answer)
					       : send_charge(work, payment, answer);
}

const struct problem *
create_payment(struct work *work, const struct wish *wish, struct payment **payment)
{
	const struct problem  *problem;
	struct provider_answer answer;
	struct attempts        attempts = { NULL };

	problem = db_transaction(work, begin_attempt(work, wish, &attempts, payment));
	if (problem == OK && *payment == NULL) {
		close_declined(work, &attempts);
		problem = db_transaction(work, begin_attempt(work, wish, &attempts, payment));
	}
	if (problem_is(problem, PROBLEM_PAYMENT_REFUSED))
		TRY(audit_refusal(work, &attempts.about, &attempts.verdict));
	TRY(problem);
	if ((*payment)->transaction_id != NULL || (*payment)->status > PAYMENT_PROCESSING)
		return OK;
	log_about_payment(work, *payment, NULL);
	problem = call_provider(work, wish, *payment, &answer);
	if (problem_is(problem, PROBLEM_PROVIDER_REFUSED) || problem_is(problem, PROBLEM_AMOUNT_UNSUPPORTED)) {
		answer = (struct provider_answer) {
			.status = PAYMENT_FAILED, .failure_code = "refused", .failure_reason = "the provider rejected the payment"
		};
		TRY(apply_answer(work, (*payment)->id, &answer));
		return problem;
	}
	if (problem != OK) { /* nobody knows: the attempt stays, and goes on when it is asked for again or reconciled */
		TRY(end_turn(work, (*payment)->id));
		return problem;
	}
	TRY(apply_answer(work, (*payment)->id, &answer));
	/* Where nobody waits to pay the attempt tells by itself what has become of it. */
	if (answer.transaction_id == NULL && wish->method == NULL)
		return problem(PROVIDER_UNAVAILABLE, "the payment provider failed; try again");
	return read_payment(work, (*payment)->id, payment);
}
