/*
 * Refunds: claim the amount by a conditional UPDATE, call the provider, store what it answered.  The claim comes first, so
 * that concurrent refunds can never add up to more than was paid; the job that goes with it goes on where a crash or an
 * unreachable provider left off.
 */
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "events/job.h"
#include "http/idempotency.h"
#include "payments/jobs.h"
#include "payments/payment.h"
#include "payments/provider.h"
#include "payments/purpose.h"
#include "store/db.h"

enum { JOB_WAITS_SECONDS = 60 };

static const struct member refund_job_members[] = {
	M_ID(struct refund_job, refund, "refund_id", .required = true),
};
SHAPE_SHARED(struct refund_job, refund_job_shape, "RefundJob", refund_job_members);

static const struct problem *
enqueue_refund(struct work *work, struct refund_id refund, int64_t wait_seconds)
{
	struct instant    when = instant_add_seconds(instant_now(), wait_seconds);
	struct refund_job payload = { refund };

	return job_enqueue(work, JOB_REFUND_PAYMENT, arena_format(work->arena, "refund:%s", uuid_text(work->arena, refund.uuid)),
	    &when, &refund_job_shape, &payload);
}

static struct refund
new_refund(const struct work *work, const struct payment *payment, int64_t amount_minor, bool automatic)
{
	struct refund made = { .id = NEW_ID(refund_id),
		.payment = payment->id,
		.provider = payment->provider,
		.amount = payment->amount,
		.currency = payment->currency,
		.status = REFUND_PENDING,
		.automatic = automatic,
		.created_at = instant_now() };

	made.amount.minor = amount_minor;
	if (!automatic && acting_user(work) != NULL) {
		made.requested_by = ARENA_NEW(work->arena, struct user_id);
		*made.requested_by = *acting_user(work);
	}
	return made;
}

static const struct problem *
insert_refund(struct work *work, const struct refund *made, const char *reason)
{
	return db_run(work->db, NULL,
	    "INSERT INTO refunds (id, payment_id, provider, amount_minor, currency, reason, automatic, requested_by, "
	    "idempotency_key, next_attempt_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NOW(3), ?)",
	    P(made->id), P(made->payment), P(made->provider), P(made->amount.minor), P(made->amount.currency), P(reason),
	    P(made->automatic), P(made->requested_by),
	    P(arena_format(work->arena, "refund:%s", uuid_text(work->arena, made->id.uuid))), P(made->created_at));
}

static const struct problem *
claim(struct work *work, const struct payment *payment, int64_t amount_minor)
{
	int64_t changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE payments SET refund_claimed_minor = refund_claimed_minor + ? "
	    "WHERE id = ? AND status IN ('succeeded', 'partially_refunded') AND refund_claimed_minor + ? <= amount_minor",
	    P(amount_minor), P(payment->id), P(amount_minor)));
	return changed == 0 ? problem(REFUND_TOO_LARGE, "the amount exceeds what remains of the payment") : OK;
}

static const struct problem *
claim_later(struct work *work, const struct payment *payment, int64_t amount_minor, const char *reason, bool automatic,
    int64_t wait_seconds, struct refund_id *refund)
{
	struct refund made = new_refund(work, payment, amount_minor, automatic);

	TRY(claim(work, payment, amount_minor));
	TRY(insert_refund(work, &made, reason));
	TRY(enqueue_refund(work, made.id, wait_seconds));
	if (refund != NULL)
		*refund = made.id;
	return record_refund_event(work, EVENT_REFUND_REQUESTED, &made);
}

const struct problem *
claim_refund(struct work *work, const struct payment *payment, int64_t amount_minor, const char *reason, bool automatic,
    struct refund_id *refund)
{
	return claim_later(work, payment, amount_minor, reason, automatic, 0, refund);
}

const struct problem *
read_refund(struct work *work, struct refund_id id, struct refund **refund)
{
	return db_one(work->db, &refund_shape, refund, "SELECT {r} FROM refunds r WHERE r.id = ?", P(id));
}

static const struct problem *
finish_refund(struct work *work, const struct refund *refund, const struct payment *payment)
{
	struct ledger_source source = { LEDGER_REFUND, refund->id.uuid, payment->id.uuid };
	bool                 whole = payment->refunded.minor + refund->amount.minor == payment->amount.minor, unapplied;

	TRY(db_run(work->db, NULL, "UPDATE payments SET refunded_minor = refunded_minor + ?, status = ? WHERE id = ?",
	    P(refund->amount.minor), P(payment_status_values[whole ? PAYMENT_REFUNDED : PAYMENT_PARTIALLY_REFUNDED]),
	    P(payment->id)));
	TRY(ledger_reverse(work, source, refund->amount));
	metric_add(METRIC_PAYMENTS, metric_label_index(LABEL_PROVIDER, payment->provider), PAYMENTS_REFUNDED, 1);
	TRY(record_refund_event(work, EVENT_REFUND_SUCCEEDED, refund));
	/* Money that its purpose has not taken is not refunded to it. */
	TRY(ledger_touches(work, payment->id.uuid, LEDGER_UNAPPLIED, &unapplied));
	return unapplied ? OK : purpose_of(payment)->refunded(work, payment, refund->amount.minor);
}

static const struct problem *
give_up_refund(struct work *work, const struct refund *refund)
{
	log_error("refund failed at the provider", LOG_TEXT("cause", refund->failure_code));
	TRY(db_run(work->db, NULL, "UPDATE payments SET refund_claimed_minor = refund_claimed_minor - ? WHERE id = ?",
	    P(refund->amount.minor), P(refund->payment)));
	return record_refund_event(work, EVENT_REFUND_FAILED, refund);
}

/* A bank sent back what had been refunded: somebody must pay the customer in another way, so it is listed for review. */
static const struct problem *
handle_bounced_refund(struct work *work, const struct refund *refund, struct payment *payment)
{
	log_error("refund failed at the provider after it had succeeded");
	TRY(record_refund_event(work, EVENT_REFUND_BOUNCED, refund));
	if (payment->hold_reason != NULL)
		return OK;
	payment->hold_reason = arena_format(work->arena, "refund_bounced: %s", uuid_text(work->arena, refund->id.uuid));
	TRY(db_run(work->db, NULL, "UPDATE payments SET hold_reason = ? WHERE id = ?", P(payment->hold_reason), P(payment->id)));
	return record_payment_event(work, EVENT_PAYMENT_HELD, payment);
}

/* The payment's lock is held: whoever finds the refund pending decides what becomes of it, once. */
static const struct problem *
move_refund(struct work *work, struct refund_id id, const struct refund_answer *answer, bool *moved)
{
	const char *status = refund_status_values[answer->status];
	int64_t     changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE refunds SET status = ?, provider_refund_id = IFNULL(provider_refund_id, ?), failure_code = ?, "
	    "failure_reason = ?, finished_at = IF(? = 'pending', NULL, NOW(3)), "
	    "next_attempt_at = IF(? = 'pending', next_attempt_at, NULL) WHERE id = ? AND status = 'pending'",
	    P(status), P(answer->provider_refund_id), P(answer->failure_code), P(answer->failure_reason), P(status), P(status),
	    P(id)));
	*moved = changed > 0;
	return OK;
}

static const struct problem *
settle_refund(struct work *work, struct refund_id id, const struct refund_answer *answer)
{
	struct refund  *refund;
	struct payment *payment;
	bool            moved;

	TRY(read_refund(work, id, &refund));
	TRY(lock_payment(work, refund->payment, &payment));
	log_about_payment(work, payment, refund);
	TRY(move_refund(work, id, answer, &moved));
	if (!moved)
		TRY(read_refund(work, id, &refund)); /* what moved it may have waited for the same lock before us */
	if (!moved && refund->status == REFUND_SUCCEEDED && answer->status == REFUND_FAILED)
		return handle_bounced_refund(work, refund, payment);
	if (!moved || answer->status == REFUND_PENDING)
		return OK;
	refund->status = answer->status;
	refund->failure_code = answer->failure_code;
	if (refund->provider_refund_id == NULL)
		refund->provider_refund_id = answer->provider_refund_id;
	return answer->status == REFUND_SUCCEEDED ? finish_refund(work, refund, payment) : give_up_refund(work, refund);
}

/* What is known about a refund has become `answer`. */
static const struct problem *
apply_refund_answer(struct work *work, struct refund_id refund, const struct refund_answer *answer)
{
	return db_transaction(work, settle_refund(work, refund, answer));
}

/*
 * Call the provider about a pending refund and apply what it says.  PROVIDER_UNAVAILABLE leaves it pending; a refusal
 * fails it and frees the claim.
 */
const struct problem *
send_refund(struct work *work, struct refund_id id)
{
	const struct problem  *problem;
	const struct provider *provider;
	struct refund         *refund;
	struct payment        *payment;
	struct refund_answer   answer = { .status = REFUND_FAILED, .failure_code = "refused" };

	TRY(read_refund(work, id, &refund));
	if (refund->status != REFUND_PENDING)
		return OK;
	TRY(read_payment(work, refund->payment, &payment));
	log_about_payment(work, payment, refund);
	provider = provider_known(payment->provider);
	if (provider == NULL)
		return problem(INTERNAL, "internal error");
	TRY(db_run(work->db, NULL,
	    "UPDATE refunds SET attempts = attempts + 1, next_attempt_at = NOW(3) + INTERVAL 1 HOUR "
	    "WHERE id = ?",
	    P(id)));
	refund->attempts++;
	problem = provider->refund(work, payment, refund, &answer);
	if (problem != OK && !problem_is(problem, PROBLEM_PROVIDER_REFUSED))
		return problem;
	return apply_refund_answer(work, id, &answer);
}

static const struct problem *
request_refund(
    struct work *work, struct payment_id id, const struct decimal *wanted, const char *reason, struct refund_id *refund)
{
	struct payment *payment;
	struct money    amount;
	bool            made;

	TRY(lock_payment(work, id, &payment));
	TRY(idempotency_made(work, &refund->uuid, &made));
	if (made)
		return OK;
	if (payment->status != PAYMENT_SUCCEEDED && payment->status != PAYMENT_PARTIALLY_REFUNDED)
		return problem(PAYMENT_STATE, "only a successful payment can be refunded");
	amount = payment->amount;
	amount.minor -= payment->refund_claimed.minor;
	if (wanted != NULL && !decimal_to_money(*wanted, payment->amount.currency, &amount))
		return problem_at(
		    work->arena, PROBLEM_VALIDATION_FAILED, "amount", "has more decimal places than the payment's currency");
	if (amount.minor <= 0)
		return problem(REFUND_TOO_LARGE, "the amount exceeds what remains of the payment");
	if (!provider_known(payment->provider)->takes(amount))
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "amount", "cannot be refunded exactly by the provider");
	TRY(claim_later(work, payment, amount.minor, reason, false, JOB_WAITS_SECONDS, refund));
	return idempotency_make(work, refund->uuid);
}

const struct problem *
refund_payment(
    struct work *work, const struct payment *payment, const struct decimal *amount, const char *reason, struct refund **refund)
{
	const struct problem *problem;
	struct refund_id      id;

	TRY(db_transaction(work, request_refund(work, payment->id, amount, reason, &id)));
	problem = send_refund(work, id);
	if (problem != OK) /* it stays pending, and its job goes on */
		log_warning("refund pending at the provider", LOG_TEXT("cause", problem->message));
	return read_refund(work, id, refund);
}

/* Made at the provider itself: claimed and finished in one go. */
static const struct problem *
record_foreign_refund(struct work *work, struct payment_id id, int64_t amount_minor, const struct refund_answer *answer)
{
	struct payment *payment;
	struct refund   made;
	int64_t         known;

	TRY(lock_payment(work, id, &payment));
	TRY(db_value(work->db, &known, "SELECT COUNT(*) FROM refunds WHERE provider = ? AND provider_refund_id = ?",
	    P(payment->provider), P(answer->provider_refund_id)));
	if (known > 0)
		return OK;
	TRY(claim(work, payment, amount_minor));
	made = new_refund(work, payment, amount_minor, true);
	TRY(insert_refund(work, &made, "refunded at the provider"));
	return apply_refund_answer(work, made.id, answer);
}

const struct problem *
apply_refund_event(struct work *work, const struct payment *payment, const char *refund_key, int64_t amount_minor,
    const struct refund_answer *answer)
{
	struct refund   *refund;
	struct refund_id ours;

	if (refund_key != NULL && uuid_parse(refund_key, &ours.uuid)) {
		TRY(read_refund(work, ours, &refund));
		if (!ID_EQUAL(refund->payment, payment->id))
			return problem(CONFLICT, "the refund belongs to another payment");
		return apply_refund_answer(work, ours, answer);
	}
	TRY(db_row(work->db, &refund_shape, &refund,
	    "SELECT {r} FROM refunds r WHERE r.provider = ? AND r.provider_refund_id = ?", P(payment->provider),
	    P(answer->provider_refund_id)));
	if (refund != NULL)
		return apply_refund_answer(work, refund->id, answer);
	return answer->status == REFUND_SUCCEEDED
	    ? db_transaction(work, record_foreign_refund(work, payment->id, amount_minor, answer))
	    : OK;
}
