/* Disputes as rows, and what becomes of them when their provider has spoken. */
#include "payments/dispute.h"

#include "base/arena.h"
#include "base/log.h"
#include "payments/provider.h"
#include "payments/purpose.h"
#include "payments/risk/review.h"
#include "store/db.h"

#define TO(status) (1u << DISPUTE_##status)
#define ENDS (TO(WON) | TO(LOST) | TO(ACCEPTED) | TO(CLOSED))

/* What an event may do whenever it comes.  All else only who has asked knows: a second stage, a verdict that was changed. */
static const unsigned forward[DISPUTE_STATUS__COUNT] = {
	[DISPUTE_INQUIRY] = TO(OPEN) | TO(SUBMITTED) | ENDS,
	[DISPUTE_OPEN] = TO(SUBMITTED) | ENDS,
	[DISPUTE_SUBMITTED] = ENDS,
};

bool
dispute_may_become(enum dispute_status from, enum dispute_status to)
{
	return (forward[from] >> to & 1) != 0;
}

static const enum event_type status_events[DISPUTE_STATUS__COUNT] = {
	[DISPUTE_OPEN] = EVENT_DISPUTE_OPENED,
	[DISPUTE_SUBMITTED] = EVENT_DISPUTE_SUBMITTED,
	[DISPUTE_WON] = EVENT_DISPUTE_WON,
	[DISPUTE_LOST] = EVENT_DISPUTE_LOST,
	[DISPUTE_ACCEPTED] = EVENT_DISPUTE_ACCEPTED,
	[DISPUTE_INQUIRY] = EVENT_DISPUTE_OPENED,
	[DISPUTE_CLOSED] = EVENT_DISPUTE_CLOSED,
};

static const struct problem *
find_known(struct work *work, const char *provider, const char *provider_dispute_id, struct dispute **dispute)
{
	return db_row(work->db, &dispute_shape, dispute,
	    "SELECT {d} FROM disputes d WHERE d.provider = ? AND d.provider_dispute_id = ?", P(provider), P(provider_dispute_id));
}

static struct instant *
instant_of(struct work *work, int64_t unix_seconds)
{
	struct instant *instant;

	if (unix_seconds <= 0)
		return NULL;
	instant = ARENA_NEW(work->arena, struct instant);
	*instant = instant_add_seconds((struct instant) { 0 }, unix_seconds);
	return instant;
}

/* What it took of it, where that is told and is not the amount. */
static int64_t *
moved_of(struct work *work, const struct dispute *dispute, const struct dispute_answer *answer)
{
	int64_t *moved;

	if (!answer->money_moved || answer->moved.minor <= 0 || answer->moved.minor == dispute->amount.minor ||
	    strcmp(answer->moved.currency, dispute->amount.currency) != 0)
		return NULL;
	moved = ARENA_NEW(work->arena, int64_t);
	*moved = answer->moved.minor;
	return moved;
}

/* The dispute as the provider says it is.  What it does not say, and what we did, stays. */
static struct dispute
as_told(struct work *work, const struct payment *payment, const struct dispute *known, const struct dispute_answer *answer)
{
	struct dispute dispute = {
		.id = known == NULL ? NEW_ID(dispute_id) : known->id, .created_at = instant_now(), .amount = payment->amount
	};

	if (known != NULL)
		dispute = *known;
	dispute.payment = payment->id;
	dispute.provider = payment->provider;
	dispute.provider_dispute_id = answer->provider_dispute_id;
	dispute.status = answer->status;
	/* Providers call one lost that was accepted. */
	if (answer->status == DISPUTE_LOST && dispute.accepted_at != NULL)
		dispute.status = DISPUTE_ACCEPTED;
	dispute.money_moved = answer->money_moved;
	dispute.reason = answer->reason != NULL ? answer->reason : dispute.reason;
	if (answer->amount.currency[0] != '\0' && answer->amount.minor > 0)
		dispute.amount = answer->amount;
	dispute.moved = moved_of(work, &dispute, answer);
	if (answer->fee.currency[0] != '\0') {
		dispute.fee = ARENA_NEW(work->arena, int64_t);
		*dispute.fee = answer->fee.minor;
		dispute.fee_currency = arena_string(work->arena, answer->fee.currency);
	}
	if (answer->evidence_due_at > 0)
		dispute.evidence_due_at = instant_of(work, answer->evidence_due_at);
	if (answer->told_at > 0)
		dispute.told_at = instant_of(work, answer->told_at);
	dispute.currency = arena_string(work->arena, dispute.amount.currency);
	return dispute;
}

static bool
is_same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
is_same_number(const int64_t *a, const int64_t *b)
{
	return a == NULL || b == NULL ? a == b : *a == *b;
}

static bool
is_same(const struct dispute *a, const struct dispute *b)
{
	return a->status == b->status && a->amount.minor == b->amount.minor &&
	    strcmp(a->amount.currency, b->amount.currency) == 0 && a->money_moved == b->money_moved &&
	    is_same_number(a->fee, b->fee) && is_same_number(a->moved, b->moved) &&
	    is_same_text(a->fee_currency, b->fee_currency) && is_same_text(a->reason, b->reason) &&
	    (a->evidence_due_at == NULL || b->evidence_due_at == NULL
		    ? a->evidence_due_at == b->evidence_due_at
		    : a->evidence_due_at->unix_ms == b->evidence_due_at->unix_ms);
}

static const struct problem *
write_dispute(struct work *work, const struct dispute *dispute)
{
	return db_run(work->db, NULL,
	    "INSERT INTO disputes (id, payment_id, provider, provider_dispute_id, status, reason, amount_minor, currency, "
	    "money_moved, moved_minor, fee_minor, fee_currency, evidence_due_at, told_at, created_at) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE "
	    "evidence_sent_at = IF(VALUES(status) = 'open' AND status NOT IN ('open', 'inquiry'), NULL, evidence_sent_at), "
	    "status = VALUES(status), "
	    "reason = VALUES(reason), amount_minor = VALUES(amount_minor), currency = VALUES(currency), "
	    "money_moved = VALUES(money_moved), moved_minor = VALUES(moved_minor), fee_minor = VALUES(fee_minor), fee_currency = VALUES(fee_currency), "
	    "evidence_due_at = VALUES(evidence_due_at), told_at = VALUES(told_at)",
	    P(dispute->id), P(dispute->payment), P(dispute->provider), P(dispute->provider_dispute_id),
	    P(dispute_status_values[dispute->status]), P(dispute->reason), P(dispute->amount.minor), P(dispute->currency),
	    P(dispute->money_moved), P(dispute->moved), P(dispute->fee), P(dispute->fee_currency), P(dispute->evidence_due_at),
	    P(dispute->told_at), P(dispute->created_at));
}

/* Disputed while one of its disputes is at stake or lost; else what its refunds make of it, with nothing posted for the sale. */
static const struct problem *
move_payment(struct work *work, const struct payment *payment)
{
	struct payment *moved;
	int64_t         disputes;

	TRY(db_value(work->db, &disputes,
	    "SELECT COUNT(*) FROM disputes WHERE payment_id = ? AND status IN ('open', 'submitted', 'lost', 'accepted')",
	    P(payment->id)));
	if ((disputes > 0) == (payment->status == PAYMENT_DISPUTED))
		return OK;
	TRY(db_run(work->db, NULL,
	    "UPDATE payments SET status = IF(?, 'disputed', IF(refunded_minor = 0, 'succeeded', "
	    "IF(refunded_minor = ?, 'refunded', 'partially_refunded'))) WHERE id = ?",
	    P(disputes > 0), P(payment_refundable(payment)), P(payment->id)));
	TRY(read_payment(work, payment->id, &moved));
	/* Of an order that was cancelled meanwhile it is to be given back, now that it can be. */
	if (disputes == 0)
		TRY(purpose_of(payment)->end_others(work, payment));
	/* The same of what was declined after review while it was disputed. */
	if (disputes == 0 && is_declined(payment))
		TRY(give_back_soon(work, payment->id));
	return record_payment_event(work, disputes > 0 ? EVENT_PAYMENT_DISPUTED : EVENT_PAYMENT_DISPUTE_ENDED, moved);
}

/* `known` (NULL: none yet) becomes `dispute`; the payment is locked. */
static const struct problem *
change_dispute(struct work *work, const struct payment *payment, const struct dispute *known, const struct dispute *dispute)
{
	bool moved = known == NULL || known->status != dispute->status;

	log_warning("dispute of a payment", LOG_ID("status", dispute_status_values[dispute->status]),
	    LOG_ID("dispute", dispute->provider_dispute_id));
	TRY(write_dispute(work, dispute));
	TRY(post_dispute(work, payment, dispute));
	TRY(move_payment(work, payment));
	/* One of the refunds may be what ended it, which only its provider can tell. */
	if (payment->refunded.minor > 0)
		TRY(ask_soon(work, payment->id));
	return event_record(
	    work, moved ? status_events[dispute->status] : EVENT_DISPUTE_UPDATED, dispute->id.uuid, &dispute_shape, dispute);
}

/* May what an event says be applied as it is? */
static bool
is_believed(const struct dispute *known, const struct dispute *dispute, bool asks)
{
	if (known == NULL || dispute_may_become((enum dispute_status)known->status, (enum dispute_status)dispute->status))
		return true;
	return !asks && dispute->told_at != NULL && known->told_at != NULL && dispute->told_at->unix_ms > known->told_at->unix_ms;
}

enum hearing { ANSWERED, TOLD, TOLD_AND_ASKS };

static const struct problem *
hear(struct work *work, struct payment_id id, const struct dispute_answer *answer, enum hearing hearing)
{
	struct payment *payment;
	struct dispute *known, dispute;

	TRY(lock_payment(work, id, &payment));
	log_about_payment(work, payment, NULL);
	TRY(book_held(work, payment));
	if (!payment_has_money(payment))
		return problem(CONFLICT, "the payment's success is not known yet");
	TRY(find_known(work, payment->provider, answer->provider_dispute_id, &known));
	if (known != NULL && !ID_EQUAL(known->payment, payment->id))
		return problem(CONFLICT, "the dispute belongs to another payment");
	dispute = as_told(work, payment, known, answer);
	if (known != NULL && is_same(known, &dispute))
		return OK;
	if (hearing == ANSWERED || is_believed(known, &dispute, hearing == TOLD_AND_ASKS))
		return change_dispute(work, payment, known, &dispute);
	if (hearing == TOLD_AND_ASKS)
		return ask_soon(work, payment->id);
	log_info("ignored old news of a dispute");
	return OK;
}

const struct problem *
apply_told_dispute(struct work *work, const struct payment *payment, const struct dispute_answer *answer)
{
	const struct provider *provider = provider_known(payment->provider);
	bool                   asks = provider != NULL && provider->disputes != NULL;

	return db_transaction(work, hear(work, payment->id, answer, asks ? TOLD_AND_ASKS : TOLD));
}

const struct problem *
apply_dispute(struct work *work, struct payment_id payment, const struct dispute_answer *answer)
{
	return db_transaction(work, hear(work, payment, answer, ANSWERED));
}
