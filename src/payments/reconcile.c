/*
 * Asking providers about attempts that are not final, so that nothing depends on a webhook arriving: soon at first, then
 * less and less often.
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/text.h"
#include "events/job.h"
#include "events/record.h"
#include "orders/expire.h"
#include "orders/state.h"
#include "payments/compare.h"
#include "payments/jobs.h"
#include "payments/order_purpose.h"
#include "payments/payment.h"
#include "payments/provider.h"
#include "payments/refund_state.h"
#include "store/db.h"

enum {
	BATCH = 50,
	CHECKS_MAX = 60,
	CLOSING_CHECKS_MAX = 200,
	COMPARISONS = 7,
	SLICE_MS = 10000,
	LATE_CHECKS_MAX = 18, /* a week */
	WAIT_MAX_SECONDS = 3600,
	LATE_WAIT_MAX_SECONDS = 86400,
	EXPIRE_AGAIN_SECONDS = 60
};

/* How often one that has ended without money, or was declined, is asked about: until it is closed at its provider, if it can be. */
static int64_t
checks_max(const struct payment *payment)
{
	const struct provider *provider = provider_known(payment->provider);

	if (payment->status == PAYMENT_FAILED)
		return CLOSING_CHECKS_MAX;
	return provider != NULL && provider->stays_payable ? LATE_CHECKS_MAX : 0;
}

/*
 * Before asking, so that a provider that hangs is not asked by every worker at once; doubling from the configured wait, up to an
 * hour, or a day where nobody waits.  One that has succeeded since it was read has its next comparison noted already.
 */
static const struct problem *
note_check(struct work *work, const struct payment *payment)
{
	bool    ended = payment->status == PAYMENT_CANCELLED || payment->status == PAYMENT_EXPIRED;
	int64_t seconds = work->config->payments.reconcile_after_seconds, max = ended ? LATE_WAIT_MAX_SECONDS : WAIT_MAX_SECONDS;

	for (int64_t i = 0; i < payment->checks && seconds < max; i++)
		seconds *= 2;
	if (seconds > max)
		seconds = max;
	return db_run(work->db, NULL,
	    "UPDATE payments SET checks = checks + 1, "
	    "next_check_at = IF(live = 1 OR (status IN ('failed', 'cancelled', 'expired') AND provider_transaction_id IS NOT NULL "
	    "AND checks < ?), NOW(3) + INTERVAL ? SECOND, NULL) WHERE id = ? AND succeeded_at IS NULL",
	    P(checks_max(payment)), P(seconds), P(payment->id));
}

/* Before asking: no other worker asks meanwhile, and what cannot be asked now is asked in an hour. */
static const struct problem *
claim_comparison(struct work *work, const struct payment *payment)
{
	return db_run(work->db, NULL, "UPDATE payments SET next_check_at = NOW(3) + INTERVAL ? SECOND WHERE id = ?",
	    P((int64_t)WAIT_MAX_SECONDS), P(payment->id));
}

/* What went back of a payment is looked at after a day, two, four, ... until nobody may ask for it any more. */
static const struct problem *
note_comparison(struct work *work, const struct payment *payment)
{
	return db_run(work->db, NULL,
	    "UPDATE payments SET checks = checks + 1, "
	    "next_check_at = IF(? < ?, NOW(3) + INTERVAL ? DAY, NULL) WHERE id = ?",
	    P(payment->checks), P((int64_t)COMPARISONS), P(INT64_C(1) << (payment->checks < COMPARISONS ? payment->checks : 0)),
	    P(payment->id));
}

/* Was the attempt declined, and another one begun or paid since, or has its payer had two days to try again? */
static const struct problem *
is_given_up(struct work *work, const struct payment *payment, bool *given_up)
{
	int64_t others = payment->checks >= CHECKS_MAX;

	if (payment->status == PAYMENT_FAILED && others == 0)
		TRY(db_value(work->db, &others,
		    "SELECT COUNT(*) FROM payments p WHERE p.purpose_kind = ? AND p.purpose_id = ? AND p.id <> ? "
		    "AND (p.live = 1 OR p.succeeded_at IS NOT NULL)",
		    P(purpose_kind_values[payment->purpose_kind]), P(payment->purpose), P(payment->id)));
	*given_up = payment->status == PAYMENT_FAILED && others > 0;
	return OK;
}

static const struct problem *
ask_fee(struct work *work, const struct payment *payment)
{
	const struct provider *provider = provider_known(payment->provider);
	struct provider_answer answer;

	if (provider == NULL || !provider->tells_fees || payment->fee != NULL)
		return OK;
	TRY(ask_provider(work, payment, NULL, &answer));
	return apply_answer(work, payment->id, &answer);
}

/* What goes on with a payment after it has succeeded: its fee, which may be told late, refunds and disputes.  None waits for another. */
static const struct problem *
compare_payment(struct work *work, const struct payment *payment)
{
	static const struct problem *(*const parts[])(
	    struct work * work, const struct payment *payment) = { ask_fee, compare_refunds, compare_disputes };
	const struct problem *first = OK;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		const struct problem *problem = parts[i](work, payment);

		first = first == OK ? problem : first;
	}
	return first;
}

/* One of the comparisons whose time comes by itself.  What the books contradict is said, and will be so in an hour, too. */
static const struct problem *
compare_in_turn(struct work *work, const struct payment *payment)
{
	const struct problem *problem;

	TRY(claim_comparison(work, payment));
	problem = compare_payment(work, payment);
	if (problem == OK || problem_is(problem, PROBLEM_CONFLICT))
		TRY(note_comparison(work, payment));
	return problem;
}

static const struct problem *
ask_about_open(struct work *work, const struct payment *payment, const char *query)
{
	struct provider_answer answer;
	bool                   given_up;

	TRY(note_check(work, payment));
	if (payment->transaction_id == NULL && payment->status > PAYMENT_PROCESSING)
		return OK; /* given up before the provider named it */
	TRY(is_given_up(work, payment, &given_up));
	if (given_up && payment_is_open(payment))
		return cancel_payment(work, payment);
	TRY(ask_provider(work, payment, query, &answer));
	TRY(apply_answer(work, payment->id, &answer));
	return payment->hold_reason == NULL ? OK : compare_refunds(work, payment);
}

const struct problem *
reconcile_returned(struct work *work, const struct payment *payment, const char *query)
{
	log_about_payment(work, payment, NULL);
	return payment_has_money(payment) ? compare_payment(work, payment) : ask_about_open(work, payment, query);
}

const struct problem *
reconcile_payment(struct work *work, const struct payment *payment)
{
	return reconcile_returned(work, payment, NULL);
}

static const struct problem *
reconcile_in_turn(struct work *work, const struct payment *payment)
{
	log_about_payment(work, payment, NULL);
	return payment_has_money(payment) ? compare_in_turn(work, payment) : ask_about_open(work, payment, NULL);
}

/* Asked for because of an event, which may be about a refund of what has only now succeeded here. */
const struct problem *
reconcile_payment_job(struct work *work, const struct job *job)
{
	struct reconcile_job payload;
	struct payment      *payment;
	bool                 compared;

	TRY(job_payload(work, job, &reconcile_job_shape, &payload));
	TRY(read_payment(work, payload.payment, &payment));
	compared = payment_has_money(payment);
	TRY(reconcile_returned(work, payment, "")); /* something has happened there */
	if (compared)
		return OK;
	TRY(read_payment(work, payload.payment, &payment));
	return payment_has_money(payment) ? compare_refunds(work, payment) : OK;
}

/* Each try moves the time of the next one on; what is long past it has no job any more: it waits for its provider, or was given up after a few hours. */
static const struct problem *
resume_refunds(struct work *work, const struct job *job)
{
	struct refund *refunds;
	size_t         count;

	TRY(db_rows(work->db, &refund_shape, BATCH, &refunds, &count,
	    "SELECT {r} FROM refunds r WHERE r.status = 'pending' "
	    "AND r.next_attempt_at <= NOW(3) - INTERVAL 10 MINUTE ORDER BY r.next_attempt_at LIMIT 50"));
	for (size_t i = 0; i < count; i++) {
		const struct problem *problem = send_refund(work, refunds[i].id);

		if (problem != OK)
			log_warning("refund still pending at the provider", LOG_TEXT("cause", problem->message));
		TRY(job_heartbeat(work, job));
	}
	return OK;
}

/* Those whose time has come, longest overdue first, for a while. */
static const struct problem *
reconcile_due(struct work *work, const struct job *job, const char *due)
{
	int64_t         end_ms = monotonic_ms() + SLICE_MS;
	struct payment *payments;
	size_t          count;

	do {
		struct arena_mark mark = arena_mark(work->arena);

		TRY(db_rows(work->db, &payment_shape, BATCH, &payments, &count, due));
		for (size_t i = 0; i < count; i++) {
			const struct problem *problem = reconcile_in_turn(work, &payments[i]);

			if (problem != OK)
				log_warning("cannot reconcile a payment", LOG_TEXT("cause", problem->message));
			TRY(job_heartbeat(work, job));
		}
		arena_release(work->arena, mark);
	} while (count == BATCH && monotonic_ms() < end_ms);
	return OK;
}

#define DUE(statuses) \
	"SELECT {p} FROM payments p WHERE p.status IN (" statuses ") AND p.next_check_at <= NOW(3) " \
	"ORDER BY p.next_check_at LIMIT 50"

/* Those first that somebody may be waiting for. */
const struct problem *
reconcile_payments_job(struct work *work, const struct job *job)
{
	TRY(resume_refunds(work, job));
	TRY(reconcile_due(work, job, DUE("'pending', 'requires_action', 'processing', 'failed', 'cancelled', 'expired'")));
	return reconcile_due(work, job, DUE("'succeeded', 'partially_refunded', 'refunded', 'disputed'"));
}

const struct problem *
refund_payment_job(struct work *work, const struct job *job)
{
	struct refund_job payload;

	TRY(job_payload(work, job, &refund_job_shape, &payload));
	/* What the provider has taken may be pending for days: its event or resume_refunds tells how it ended. */
	return send_refund(work, payload.refund);
}

/* Those that are open or have money: a few.  However often it was tried before says nothing. */
static const struct problem *
attempts_of(struct work *work, struct uuid order, struct payment **payments, size_t *count)
{
	return db_rows(work->db, &payment_shape, 200, payments, count,
	    "SELECT {p} FROM payments p WHERE p.order_id = ? "
	    "AND (p.status IN ('pending', 'requires_action', 'processing', 'succeeded', 'partially_refunded') "
	    "OR (p.status = 'failed' AND p.provider_transaction_id IS NOT NULL)) "
	    "ORDER BY p.id DESC LIMIT 200",
	    P(order));
}

/* A cancelled order keeps no money, and what its order did not take is not kept either. */
static const struct problem *
refund_rest(struct work *work, struct payment_id id)
{
	const struct order_row *order;
	struct payment         *payment;
	int64_t                 rest, returned;
	bool                    unapplied;

	TRY(lock_payment(work, id, &payment));
	order = payment_order(payment);
	rest = payment_left(payment);
	if (order == NULL || rest <= 0 || payment->hold_reason != NULL ||
	    (payment->status != PAYMENT_SUCCEEDED && payment->status != PAYMENT_PARTIALLY_REFUNDED))
		return OK;
	TRY(ledger_touches(work, id.uuid, LEDGER_UNAPPLIED, &unapplied));
	/* Of one whose parcels have left and come back the shop has earned the shipping; their goods were claimed as they came. */
	TRY(db_value(
	    work->db, &returned, "SELECT COUNT(*) FROM fulfilments WHERE order_id = ? AND status = 'returned'", P(order->id)));
	if (order->status == ORDER_CANCELLED && (returned == 0 || unapplied))
		return claim_refund(work, payment, rest, "the order was cancelled", true, NULL);
	return unapplied ? claim_refund(work, payment, rest, "the payment could not be applied to the order", true, NULL) : OK;
}

const struct problem *
refund_order_job(struct work *work, const struct job *job)
{
	struct event_notice   notice;
	struct payment       *payments;
	size_t                count;
	const struct problem *first = OK;

	TRY(job_payload(work, job, &event_notice_shape, &notice));
	TRY(attempts_of(work, notice.aggregate, &payments, &count));
	/* What cannot be ended or given back now does not hold up the others. */
	for (size_t i = 0; i < count; i++) {
		const struct problem *problem = OK;

		if (payment_is_open(&payments[i]))
			problem = cancel_payment(work, &payments[i]);
		if (problem == OK)
			problem = db_transaction(work, refund_rest(work, payments[i].id));
		first = first == OK ? problem : first;
		TRY(job_heartbeat(work, job));
	}
	return first;
}

/* The intent goes first, so that nobody pays for what is given away; what it has become decides. */
static const struct problem *
expire_one(struct work *work, struct order_id order)
{
	struct payment *payments;
	size_t          count;

	TRY(attempts_of(work, order.uuid, &payments, &count));
	for (size_t i = 0; i < count; i++)
		if (payment_is_open(&payments[i]))
			TRY(end_attempt(work, &payments[i]));
	return db_transaction(work, expire_order(work, order));
}

const struct problem *
expire_orders_job(struct work *work, const struct job *job)
{
	struct order_id *orders;
	size_t           count;

	TRY(due_orders(work, BATCH, &orders, &count));
	for (size_t i = 0; i < count; i++) {
		const struct problem *problem = expire_one(work, orders[i]);

		if (problem != OK) {
			log_warning("cannot expire an order", LOG_ID("order", uuid_text(work->arena, orders[i].uuid)),
			    LOG_TEXT("cause", problem->message));
			/* To the end of the queue: those whose provider is silent must not hold up the others. */
			TRY(postpone_expiry(work, orders[i], instant_add_seconds(instant_now(), EXPIRE_AGAIN_SECONDS)));
		}
		TRY(job_heartbeat(work, job));
	}
	return OK;
}
