/* What becomes of a payout: approved, paid, rejected, sent back. */
#include "payouts/payout.h"

#include "base/arena.h"
#include "ledger/account.h"
#include "store/db.h"

/* Locks the merchant's account, then the payout, and reads it; PAYOUT_STATE when it cannot become `to`. */
static const struct problem *
begin_step(struct work *work, struct payout_id id, enum payout_status to, struct payout **payout, struct ledger_account **account)
{
	TRY(db_one(work->db, &payout_shape, payout, "SELECT {p} FROM payouts p WHERE p.id = ?", P(id)));
	TRY(lock_merchant_account(work, (*payout)->merchant, (*payout)->currency, account));
	TRY(db_one(work->db, &payout_shape, payout, "SELECT {p} FROM payouts p WHERE p.id = ? FOR UPDATE", P(id)));
	if (*account == NULL)
		return problem(INTERNAL, "internal error");
	if (!payout_may_become((enum payout_status)(*payout)->status, to))
		return problem_at(work->arena, PROBLEM_PAYOUT_STATE, "status",
		    arena_format(work->arena, "is %s", payout_status_values[(*payout)->status]));
	return OK;
}

static struct instant *
now(struct work *work)
{
	struct instant *instant = ARENA_NEW(work->arena, struct instant);

	*instant = instant_now();
	return instant;
}

/* Write what the step has made of the payout, and tell it. */
static const struct problem *
end_step(struct work *work, enum event_type type, const struct payout *before, const struct payout *after)
{
	TRY(db_run(work->db, NULL,
	    "UPDATE payouts SET status = ?, bank_reference = ?, reason = ?, approved_by = ?, approved_at = ?, paid_at = ?, "
	    "ended_at = ?, updated_by = ? WHERE id = ?",
	    P(payout_status_values[after->status]), P(after->bank_reference), P(after->reason), P(after->approved_by),
	    P(after->approved_at), P(after->paid_at), P(after->ended_at), P(acting_user(work)), P(after->id)));
	return record_payout(work, type, event_type_name(type), before, after);
}

/* The payout's amount moves from one account to another. */
static const struct problem *
post_step(
    struct work *work, enum ledger_source_kind kind, const struct payout *payout, enum ledger_role from, enum ledger_role to)
{
	struct ledger_source source = { kind, payout->id.uuid, payout->id.uuid };
	struct posting       postings[] = {
		      { .role = from, .merchant = payout->merchant, .amount = payout->amount },
		      { .role = to, .merchant = payout->merchant, .amount = payout->amount },
	};

	postings[1].amount.minor = -payout->amount.minor;
	return ledger_post(work, source, postings, 2);
}

/* Its own amount is among the drafts already. */
static const struct problem *
is_available(struct work *work, const struct payout *payout, const struct ledger_account *account)
{
	struct balance balance;
	int64_t        active;

	TRY(db_value(
	    work->db, &active, "SELECT COUNT(*) FROM merchants m WHERE m.id = ? AND m.status = 'active'", P(payout->merchant)));
	if (active == 0)
		return problem(MERCHANT_INACTIVE, "the merchant is not active");
	TRY(read_balance(work, account, &balance));
	return balance.available.minor < 0 ? problem(PAYOUT_TOO_LARGE, "the amount exceeds what is available") : OK;
}

const struct problem *
approve_payout(struct work *work, struct payout_id id, struct payout **payout)
{
	struct ledger_account *account;
	struct payout          before;

	TRY(begin_step(work, id, PAYOUT_APPROVED, payout, &account));
	if (acting_user(work) == NULL || ((*payout)->drafted_by != NULL && ID_EQUAL(*(*payout)->drafted_by, *acting_user(work))))
		return problem(FORBIDDEN, "another person than who drafted it must approve the payout");
	TRY(is_available(work, *payout, account));
	before = **payout;
	(*payout)->status = PAYOUT_APPROVED;
	(*payout)->approved_by = ARENA_NEW(work->arena, struct user_id);
	*(*payout)->approved_by = *acting_user(work);
	(*payout)->approved_at = now(work);
	TRY(post_step(work, LEDGER_PAYOUT, *payout, LEDGER_MERCHANT, LEDGER_PAYOUT_DUE));
	return end_step(work, EVENT_PAYOUT_APPROVED, &before, *payout);
}

const struct problem *
pay_payout(struct work *work, struct payout_id id, const char *bank_reference, struct payout **payout)
{
	struct ledger_account *account;
	struct payout          before;

	TRY(begin_step(work, id, PAYOUT_PAID, payout, &account));
	before = **payout;
	(*payout)->status = PAYOUT_PAID;
	(*payout)->bank_reference = bank_reference;
	(*payout)->paid_at = now(work);
	TRY(post_step(work, LEDGER_PAYOUT_PAID, *payout, LEDGER_PAYOUT_DUE, LEDGER_BANK));
	return end_step(work, EVENT_PAYOUT_PAID, &before, *payout);
}

const struct problem *
reject_payout(struct work *work, struct payout_id id, const char *reason, struct payout **payout)
{
	struct ledger_account *account;
	struct payout          before;

	TRY(begin_step(work, id, PAYOUT_REJECTED, payout, &account));
	before = **payout;
	(*payout)->status = PAYOUT_REJECTED;
	(*payout)->reason = reason;
	(*payout)->ended_at = now(work);
	if (before.status == PAYOUT_APPROVED)
		TRY(post_step(work, LEDGER_PAYOUT_REJECTED, *payout, LEDGER_PAYOUT_DUE, LEDGER_MERCHANT));
	return end_step(work, EVENT_PAYOUT_REJECTED, &before, *payout);
}

const struct problem *
bounce_payout(struct work *work, struct payout_id id, const char *reason, struct payout **payout)
{
	struct ledger_account *account;
	struct payout          before;

	TRY(begin_step(work, id, PAYOUT_BOUNCED, payout, &account));
	before = **payout;
	(*payout)->status = PAYOUT_BOUNCED;
	(*payout)->reason = reason;
	(*payout)->ended_at = now(work);
	TRY(post_step(work, LEDGER_PAYOUT_BOUNCED, *payout, LEDGER_BANK, LEDGER_MERCHANT));
	return end_step(work, EVENT_PAYOUT_BOUNCED, &before, *payout);
}
