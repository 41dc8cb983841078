/* Declines, each of them: an attempt can be tried with one card after another without a word to us but the provider's. */
#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/recent.h"
#include "events/job.h"
#include "payments/jobs.h"
#include "payments/provider.h"
#include "payments/risk/review.h"
#include "store/db.h"

/* The row of a decline that is known only by the other way. */
static const struct problem *
join_decline(struct work *work, const struct payment *payment, bool told, int64_t *joined)
{
	if (told)
		return db_run(work->db, joined,
		    "UPDATE payment_declines SET told = TRUE WHERE payment_id = ? AND NOT told ORDER BY id LIMIT 1",
		    P(payment->id));
	return db_run(
	    work->db, joined, "UPDATE payment_declines SET seen = TRUE WHERE payment_id = ? AND NOT seen", P(payment->id));
}

static const struct problem *
close_when_tested(struct work *work, const struct payment *payment)
{
	struct reconcile_job payload = { payment->id };
	struct instant       since = instant_add_seconds(instant_now(), -work->config->risk.window_seconds);
	int64_t              declines;

	TRY(db_value(work->db, &declines, "SELECT COUNT(*) FROM payment_declines WHERE payment_id = ? AND declined_at > ?",
	    P(payment->id), P(since)));
	if (declines < work->config->risk.declines_payment)
		return OK;
	log_warning("a payment is declined again and again: closing it", LOG_NUMBER("declines", declines));
	metric_add(METRIC_RISK_LIMITED, RISK_DECLINES_OF_PAYMENT, 0, 1);
	recent_add(RECENT_RISK_LIMITED);
	return job_enqueue(work, JOB_CLOSE_TESTED,
	    arena_format(work->arena, "close_tested:%s", uuid_text(work->arena, payment->id.uuid)), NULL, &reconcile_job_shape,
	    &payload);
}

const struct problem *
note_decline(struct work *work, const struct payment *payment, bool told)
{
	int64_t joined;

	if (collected_by_carrier(payment))
		return OK;
	TRY(join_decline(work, payment, told, &joined));
	if (joined > 0)
		return OK;
	TRY(db_run(work->db, NULL,
	    "INSERT INTO payment_declines (id, payment_id, user_id, risk_address, risk_network, told, seen, declined_at) "
	    "SELECT ?, p.id, p.user_id, p.risk_address, p.risk_network, ?, ?, ? FROM payments p WHERE p.id = ?",
	    P(uuid_new()), P(told), P(!told), P(instant_now()), P(payment->id)));
	return close_when_tested(work, payment);
}

const struct problem *
close_tested_job(struct work *work, const struct job *job)
{
	const struct problem *problem;
	struct reconcile_job  payload;
	struct payment       *payment;

	TRY(job_payload(work, job, &reconcile_job_shape, &payload));
	TRY(read_payment(work, payload.payment, &payment));
	if (!payment_is_open(payment))
		return OK;
	problem = cancel_payment(work, payment);
	return problem_is(problem, PROBLEM_PAYMENT_STATE) ? OK : problem;
}
