/* What a person makes of a payment that looks like fraud: see review.h. */
#include "payments/risk/review.h"

#include "base/arena.h"
#include "base/log.h"
#include "events/audit.h"
#include "events/job.h"
#include "orders/fulfilments.h"
#include "payments/jobs.h"
#include "payments/order_purpose.h"
#include "store/list.h"

/* What the audit trail keeps of a decision. */
struct decision {
	const char *reference, *signals, *reason;
	int        *review;
	int64_t    *score;
};

static const struct member decision_members[] = {
	M_TEXT(struct decision, reference, "reference", 20),
	M_ENUM(struct decision, review, "review", payment_review_values),
	M_INTEGER(struct decision, score, "risk_score", 0, 100),
	M_TEXT(struct decision, signals, "risk_signals", 500),
	M_TEXT(struct decision, reason, "reason", 500),
};
SHAPE(struct decision, decision_shape, "ReviewDecision", decision_members);

static struct decision
decision_of(const struct payment *payment, const char *reason)
{
	return (struct decision) { .reference = payment->reference,
		.signals = payment->risk_signals,
		.reason = reason,
		.review = payment->review,
		.score = payment->risk_score };
}

/* Locks the payment and what it pays for, and writes the decision. */
static const struct problem *
decide(struct work *work, struct payment_id id, enum payment_review review, const char *reason, struct payment **payment)
{
	struct decision before, after;
	int            *decided = ARENA_NEW(work->arena, int);

	TRY(lock_payment(work, id, payment));
	log_about_payment(work, *payment, NULL);
	if ((*payment)->review == NULL || *(*payment)->review != REVIEW_PENDING)
		return problem(REVIEW_STATE, "the payment is not waiting for review");
	before = decision_of(*payment, NULL);
	*decided = (int)review;
	(*payment)->review = decided;
	after = decision_of(*payment, reason);
	TRY(db_run(work->db, NULL,
	    "UPDATE payments SET review = ?, reviewed_at = NOW(3), reviewed_by = ?, review_reason = ? WHERE id = ?",
	    P(payment_review_values[review]), P(acting_user(work)), P(reason), P(id)));
	TRY(audit_record(work, arena_format(work->arena, "payment.%s", payment_review_values[review]), "payment", id.uuid,
	    &decision_shape, &before, &after));
	return record_payment_event(work, EVENT_PAYMENT_REVIEWED, *payment);
}

static const struct problem *
approve(struct work *work, struct payment_id id, const char *reason)
{
	struct payment *payment;

	return decide(work, id, REVIEW_APPROVED, reason, &payment);
}

/* The order ends with it, and its own job refunds it then; of one that has begun to leave, what has not. */
static const struct problem *
cancel_reviewed_order(struct work *work, struct order_row *order)
{
	static const char reason[] = "the payment was declined";
	struct parts      parts;
	bool              cancelled;

	TRY(cancel_locked_order(work, order, reason, &cancelled));
	if (cancelled)
		return OK;
	TRY(lock_fulfilments(work, order, &parts));
	TRY(cancel_unshipped(work, &parts, reason));
	return follow_fulfilments(work, order, &parts);
}

const struct problem *
give_back_soon(struct work *work, struct payment_id id)
{
	struct reconcile_job payload = { id };

	return job_enqueue(work, JOB_DECLINE_REVIEWED, arena_format(work->arena, "decline:%s", uuid_text(work->arena, id.uuid)),
	    NULL, &reconcile_job_shape, &payload);
}

static const struct problem *
decline(struct work *work, struct payment_id id, const char *reason)
{
	struct payment *payment;

	TRY(decide(work, id, REVIEW_DECLINED, reason, &payment));
	/* What has ended without money pays for nothing: the order may be another attempt's by now. */
	if (payment_order(payment) != NULL && (payment_has_money(payment) || payment_is_open(payment)))
		TRY(cancel_reviewed_order(work, payment_order(payment)));
	return give_back_soon(work, id);
}

const struct problem *
approve_payment(struct work *work, struct payment_id payment, const char *reason)
{
	return db_transaction(work, approve(work, payment, reason));
}

const struct problem *
decline_payment(struct work *work, struct payment_id payment, const char *reason)
{
	return db_transaction(work, decline(work, payment, reason));
}

const struct problem *
check_not_under_review(struct work *work, struct order_id order)
{
	int64_t waiting;

	TRY(db_value(work->db, &waiting,
	    "SELECT COUNT(*) FROM payments WHERE order_id = ? AND under_review = 1 AND " REVIEW_SINCE " IS NOT NULL", P(order)));
	return waiting > 0 ? problem(UNDER_REVIEW, "a payment of the order is under review") : OK;
}

const struct problem *
list_under_review(struct work *work, const struct page_request *page, struct payment **payments, struct listed *listed)
{
	static const struct list_order by_id[] = { { .id = "p.id", .descending = true } };
	struct list                    list = list_begin(work, "SELECT {p}, NULL AS part", "FROM payments p");

	list_where(&list, "p.under_review = 1");
	return list_page(&list, &seen_payment_shape, by_id, page, payments, listed);
}

/* All that is left; while a dispute is open nothing is, and what it decides is decided there. */
static const struct problem *
give_back(struct work *work, struct payment_id id)
{
	struct payment *payment;

	TRY(lock_payment(work, id, &payment));
	if (!payment_has_money(payment) || payment->status == PAYMENT_DISPUTED || payment_left(payment) <= 0)
		return OK;
	return claim_refund(work, payment, payment_left(payment), "the payment was declined after review", true, NULL);
}

const struct problem *
decline_reviewed_job(struct work *work, const struct job *job)
{
	const struct problem *problem;
	struct reconcile_job  payload;
	struct payment       *payment;

	TRY(job_payload(work, job, &reconcile_job_shape, &payload));
	TRY(read_payment(work, payload.payment, &payment));
	if (payment_is_open(payment)) {
		problem = cancel_payment(work, payment);
		if (!problem_is(problem, PROBLEM_PAYMENT_STATE))
			TRY(problem);
	}
	return db_transaction(work, give_back(work, payload.payment));
}
