/* Refunds as rows, and what becomes of them when their provider has spoken. */
#include "payments/refund_state.h"

#include "base/log.h"
#include "base/metrics.h"
#include "payments/dispute.h"
#include "payments/provider.h"
#include "payments/purpose.h"
#include "store/db.h"

/* The refund `r` bounced, and nobody has decided yet what to do. */
#define UNDECIDED "r.status = 'bounced' AND r.bounce_decided_at IS NULL"

struct refund
refund_new(const struct work *work, const struct payment *payment, int64_t amount_minor, bool automatic)
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
claim(struct work *work, const struct payment *payment, int64_t amount_minor)
{
	int64_t changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE payments SET refund_claimed_minor = refund_claimed_minor + ? "
	    "WHERE id = ? AND status IN ('succeeded', 'partially_refunded', 'disputed') "
	    "AND refund_claimed_minor + disputed_minor + ? <= ?",
	    P(amount_minor), P(payment->id), P(amount_minor), P(payment_refundable(payment))));
	return changed == 0 ? problem(REFUND_TOO_LARGE, "the amount exceeds what remains of the payment") : OK;
}

const struct problem *
refund_insert(struct work *work, const struct payment *payment, const struct refund *made, const char *reason)
{
	TRY(claim(work, payment, made->amount.minor));
	return db_run(work->db, NULL,
	    "INSERT INTO refunds (id, payment_id, provider, amount_minor, currency, kind, merchant_id, reason, automatic, requested_by, "
	    "idempotency_key, next_attempt_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, IF(?, NULL, NOW(3)), ?)",
	    P(made->id), P(made->payment), P(made->provider), P(made->amount.minor), P(made->amount.currency),
	    P(refund_kind_values[made->kind]), P(made->merchant), P(reason), P(made->automatic), P(made->requested_by),
	    P(arena_format(work->arena, "refund:%s", uuid_text(work->arena, made->id.uuid))), P(collected_by_carrier(payment)),
	    P(made->created_at));
}

const struct problem *
refund_read(struct work *work, struct refund_id id, struct refund **refund)
{
	return db_one(work->db, &refund_shape, refund, "SELECT {r} FROM refunds r WHERE r.id = ?", P(id));
}

const struct problem *
decide_bounces(struct work *work, const struct payment *payment, const struct refund *by)
{
	int64_t bounced;

	if (by == NULL)
		return db_run(work->db, NULL,
		    "UPDATE refunds r SET r.bounce_decided_at = NOW(3) WHERE r.payment_id = ? AND " UNDECIDED, P(payment->id));
	/* What bounced after it had been asked for is not what it makes up for. */
	TRY(db_value(work->db, &bounced,
	    "SELECT IFNULL(SUM(r.amount_minor), 0) FROM refunds r WHERE r.payment_id = ? AND r.updated_at <= ? AND " UNDECIDED,
	    P(payment->id), P(by->created_at)));
	return db_run(work->db, NULL,
	    "UPDATE refunds SET bounce_decided_at = NOW(3) WHERE payment_id = ? AND updated_at <= ? AND status = 'bounced' "
	    "AND bounce_decided_at IS NULL AND (? <= ? OR amount_minor = ?) ORDER BY id LIMIT ?",
	    P(payment->id), P(by->created_at), P(bounced), P(by->amount.minor), P(by->amount.minor),
	    P(bounced <= by->amount.minor ? INT64_MAX : 1));
}

static const struct problem *
finish_refund(struct work *work, const struct refund *refund, const struct payment *payment)
{
	struct ledger_source source = { LEDGER_REFUND, refund->id.uuid, payment->id.uuid };
	struct payment      *become;
	bool                 whole = payment->refunded.minor + refund->amount.minor == payment_refundable(payment), unapplied;

	/* What is back is held no longer, nor is a payment whose bounced refunds have all been made again. */
	TRY(decide_bounces(work, payment, whole ? NULL : refund));
	TRY(db_run(work->db, NULL,
	    "UPDATE payments SET refunded_minor = refunded_minor + ?, status = IF(status = 'disputed', status, ?), "
	    "hold_reason = IF(? OR (hold_reason LIKE 'refund_bounced%' AND NOT EXISTS "
	    "(SELECT 1 FROM refunds r WHERE r.payment_id = ? AND " UNDECIDED ")), NULL, hold_reason) WHERE id = ?",
	    P(refund->amount.minor), P(payment_status_values[whole ? PAYMENT_REFUNDED : PAYMENT_PARTIALLY_REFUNDED]), P(whole),
	    P(payment->id), P(payment->id)));
	TRY(ledger_reverse(work, source, refund->amount, refund->merchant));
	metric_add(METRIC_PAYMENTS, metric_label_index(LABEL_PROVIDER, payment->provider), PAYMENTS_REFUNDED, 1);
	TRY(record_refund_event(work, EVENT_REFUND_SUCCEEDED, refund));
	TRY(read_payment(work, payment->id, &become));
	TRY(record_payment_event(work, EVENT_PAYMENT_REFUNDED, become));
	/* Money that its purpose has not taken is not refunded to it. */
	TRY(ledger_touches(work, payment->id.uuid, LEDGER_UNAPPLIED, &unapplied));
	return unapplied ? OK : purpose_of(payment)->refunded(work, payment, refund->amount.minor, whole);
}

static const struct problem *
give_up_refund(struct work *work, const struct refund *refund)
{
	log_error("refund failed at the provider", LOG_TEXT("cause", refund->failure_code));
	TRY(db_run(work->db, NULL, "UPDATE payments SET refund_claimed_minor = refund_claimed_minor - ? WHERE id = ?",
	    P(refund->amount.minor), P(refund->payment)));
	return record_refund_event(work, EVENT_REFUND_FAILED, refund);
}

/* Taken back from the books: it can be refunded again, which somebody has to decide, so the payment is listed for review. */
static const struct problem *
reopen(struct work *work, const struct refund *refund, struct payment *payment)
{
	struct ledger_source undone = { LEDGER_REFUND, refund->id.uuid, payment->id.uuid };
	bool                 unapplied;

	TRY(db_run(work->db, NULL,
	    "UPDATE payments SET refunded_minor = refunded_minor - ?, refund_claimed_minor = refund_claimed_minor - ?, "
	    "status = IF(status = 'disputed', status, IF(refunded_minor > 0, 'partially_refunded', 'succeeded')), "
	    "hold_reason = IF(hold_reason LIKE 'amount_mismatch%', hold_reason, ?) WHERE id = ?",
	    P(refund->amount.minor), P(refund->amount.minor),
	    P(arena_format(work->arena, "refund_bounced: %s", uuid_text(work->arena, refund->id.uuid))), P(payment->id)));
	TRY(ledger_undo(work, (struct ledger_source) { LEDGER_BOUNCE, refund->id.uuid, payment->id.uuid }, undone));
	TRY(ledger_touches(work, payment->id.uuid, LEDGER_UNAPPLIED, &unapplied));
	return unapplied ? OK : purpose_of(payment)->refund_bounced(work, payment, refund->amount.minor);
}

/* A bank sent back what had been refunded, days later. */
static const struct problem *
bounce_refund(struct work *work, struct refund *refund, struct payment *payment, const struct refund_answer *answer)
{
	log_error("refund failed at the provider after it had succeeded");
	TRY(db_run(work->db, NULL, "UPDATE refunds SET status = 'bounced', failure_code = ?, failure_reason = ? WHERE id = ?",
	    P(answer->failure_code), P(answer->failure_reason), P(refund->id)));
	refund->status = REFUND_BOUNCED;
	refund->failure_code = answer->failure_code;
	TRY(reopen(work, refund, payment));
	TRY(record_refund_event(work, EVENT_REFUND_BOUNCED, refund));
	TRY(read_payment(work, payment->id, &payment));
	return record_payment_event(work, EVENT_PAYMENT_HELD, payment);
}

/* The payment's lock is held: whoever finds the refund pending decides what becomes of it, once. */
static const struct problem *
move_refund(struct work *work, struct refund *refund, const struct refund_answer *answer)
{
	const char *status = refund_status_values[answer->status];

	TRY(db_run(work->db, NULL,
	    "UPDATE refunds SET status = ?, provider_refund_id = IFNULL(provider_refund_id, ?), failure_code = ?, "
	    "failure_reason = ?, finished_at = IF(? = 'pending', NULL, NOW(3)), "
	    "next_attempt_at = IF(? = 'pending', next_attempt_at, NULL) WHERE id = ?",
	    P(status), P(answer->provider_refund_id), P(answer->failure_code), P(answer->failure_reason), P(status), P(status),
	    P(refund->id)));
	refund->status = answer->status;
	refund->failure_code = answer->failure_code;
	if (refund->provider_refund_id == NULL)
		refund->provider_refund_id = answer->provider_refund_id;
	return OK;
}

/* Something of another amount was given back: nobody can say what the books would have to say. */
static const struct problem *
check_amount(const struct refund *refund, const struct refund_answer *answer)
{
	if (answer->amount.currency[0] == '\0' ||
	    (answer->amount.minor == refund->amount.minor && strcmp(answer->amount.currency, refund->amount.currency) == 0))
		return OK;
	log_error("refund at the provider is of another amount than was requested");
	return problem(CONFLICT, "the refund's amount differs from what was requested");
}

static const struct problem *
settle_refund(struct work *work, struct refund_id id, const struct refund_answer *answer)
{
	struct refund  *refund;
	struct payment *payment;

	TRY(refund_read(work, id, &refund));
	TRY(lock_payment(work, refund->payment, &payment));
	TRY(refund_read(work, id, &refund)); /* what moved it may have waited for the same lock before us */
	log_about_payment(work, payment, refund);
	TRY(check_amount(refund, answer));
	if (refund->status == REFUND_SUCCEEDED && answer->status == REFUND_FAILED) {
		TRY(bounce_refund(work, refund, payment, answer));
		return post_dispute_of(work, payment->id, refund->provider_dispute_id);
	}
	/* Given up here, and made there all the same: the money is gone. */
	if (refund->status == REFUND_FAILED && answer->status == REFUND_SUCCEEDED) {
		TRY(make_room(work, payment, refund->amount.minor));
		TRY(claim(work, payment, refund->amount.minor));
	} else if (refund->status != REFUND_PENDING)
		return OK;
	TRY(move_refund(work, refund, answer));
	if (answer->status == REFUND_PENDING)
		return OK;
	if (answer->status == REFUND_FAILED)
		return give_up_refund(work, refund);
	TRY(finish_refund(work, refund, payment));
	return post_dispute_of(work, payment->id, refund->provider_dispute_id);
}

const struct problem *
refund_apply(struct work *work, struct refund_id refund, const struct refund_answer *answer)
{
	return db_transaction(work, settle_refund(work, refund, answer));
}

const struct problem *
refund_find(struct work *work, const struct payment *payment, const struct refund_answer *answer, struct refund **refund)
{
	struct refund_id ours;

	*refund = NULL;
	if (answer->key != NULL && uuid_parse(answer->key, &ours.uuid))
		TRY(db_row(work->db, &refund_shape, refund, "SELECT {r} FROM refunds r WHERE r.id = ?", P(ours)));
	if (*refund == NULL)
		TRY(db_row(work->db, &refund_shape, refund,
		    "SELECT {r} FROM refunds r WHERE r.provider = ? AND r.provider_refund_id = ?", P(payment->provider),
		    P(answer->provider_refund_id)));
	return OK;
}
