/*
 * payout.h: money that merchants have earned and are paid.
 *
 * One person drafts a payout, another approves it, the bank pays it.  A draft holds its amount: nothing of it can be drafted
 * again.  The approval takes it from the merchant's account; what is rejected or comes back from the bank goes there again.
 *
 *   draft     -> approved, rejected      approved: merchant -> payout_due
 *   approved  -> paid, rejected          paid: payout_due -> bank; rejected: payout_due -> merchant
 *   paid      -> bounced                 bank -> merchant
 *
 * Row locks: the merchant's account in the ledger, then the payout.
 */
#ifndef PAYOUT_H
#define PAYOUT_H

#include "base/shape.h"
#include "events/record.h"
#include "store/work.h"

struct ledger_account;
struct listed;
struct page_request;

enum payout_status { PAYOUT_DRAFT, PAYOUT_APPROVED, PAYOUT_REJECTED, PAYOUT_PAID, PAYOUT_BOUNCED, PAYOUT_STATUS__COUNT };
extern const char *const payout_status_values[];

/* Is the transition in the table? */
bool payout_may_become(enum payout_status from, enum payout_status to);

struct payout {
	struct payout_id   id;
	struct merchant_id merchant;
	struct money       amount;
	const char        *currency;
	int                status;
	const char        *bank_reference, *reason;
	const char        *shop_name; /* in lists */
	struct user_id    *drafted_by, *approved_by;
	struct instant    *approved_at, *paid_at, *ended_at;
	struct instant     created_at;
};
SHAPE_DECLARE(struct payout, payout_shape);        /* as it is shown to staff, and audited */
SHAPE_DECLARE(struct payout, payout_state_shape);  /* for events: without words */
SHAPE_DECLARE(struct payout, listed_payout_shape); /* with whose it is */

/* What a merchant has in one currency; positive is theirs. */
struct balance {
	const char  *currency;
	struct money balance;         /* what the ledger says they have earned and not been paid */
	struct money available;       /* of it, what can be drafted; below zero where they owe */
	struct money drafts;          /* in payouts that nobody has approved yet */
	struct money return_window;   /* parts of orders that may still be returned */
	struct money held;            /* of payments that are held for review */
	struct money pending_refunds; /* their part of refunds that no provider has confirmed yet */
	struct money disputed;        /* has left the balance: open disputes */
	struct money approved;        /* has left the balance: payouts on their way */
};
SHAPE_DECLARE(struct balance, balance_shape);

/* available.c: what the merchant of that account has. */
const struct problem *read_balance(struct work *work, const struct ledger_account *account, struct balance *balance);

/* The same in each currency.  NOT_FOUND when the viewer may not see the merchant. */
const struct problem *balances_of(struct work *work, struct merchant_id merchant, struct balance **balances, size_t *count);

/* Is there such a merchant, whom the viewer may see?  NOT_FOUND. */
const struct problem *may_see_merchant(struct work *work, struct merchant_id merchant);

struct payout_filter {
	const int                *status; /* enum payout_status; NULL: any, as for all of these */
	const struct merchant_id *merchant;
	const char               *currency;
};

/* One page of the payouts that the viewer may see, newest first. */
const struct problem *list_payouts(struct work *work, const struct payout_filter *filter, const struct page_request *page,
    struct payout **payouts, struct listed *listed);

/*
 * draft.c: inside a transaction.  MERCHANT_INACTIVE, PAYOUT_TOO_SMALL, and PAYOUT_TOO_LARGE when less than that is available.
 */
struct payout_request {
	struct merchant_id merchant;
	const char        *currency;
	struct decimal     amount;
};
const struct problem *draft_payout(struct work *work, const struct payout_request *request, struct payout *payout);

/*
 * decide.c: one step each, inside a transaction; PAYOUT_STATE when it is not in the table.  Who approves is not who drafted
 * (FORBIDDEN), and finds the amount still available (PAYOUT_TOO_LARGE).
 */
const struct problem *approve_payout(struct work *work, struct payout_id id, struct payout **payout);
const struct problem *pay_payout(struct work *work, struct payout_id id, const char *bank_reference, struct payout **payout);
const struct problem *reject_payout(struct work *work, struct payout_id id, const char *reason, struct payout **payout);
const struct problem *bounce_payout(struct work *work, struct payout_id id, const char *reason, struct payout **payout);

/* The event and the audit's record of a change; `before` NULL: it was drafted. */
const struct problem *record_payout(
    struct work *work, enum event_type type, const char *action, const struct payout *before, const struct payout *after);

#endif
