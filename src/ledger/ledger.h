/*
 * ledger.h: double entry.
 *
 * A transaction has a source, which is posted once, and entries that sum to zero in each currency: debits are positive,
 * credits negative.  An entry goes to the account of a role: one per provider (clearing, carrier), one per merchant, or the
 * shop's own; accounts are made at their first posting.  The ledger knows no payment, order or refund: who posts says the
 * roles.  An entry also tells for whose goods it is, so that what is given back for one merchant's goods is taken from what was
 * posted for them.  Nothing is ever changed or deleted.
 *
 *   clearing, carrier  who has the payer's money: the provider, or who collects it at the door
 *   fee                what the provider keeps for itself of a payment, and does not give back when it is refunded
 *   discount           what the shop itself adds where the payer paid less than the merchants earn
 *   merchant           what a merchant earns
 *   commission, tax, shipping   what the shop earns or owes
 *   difference         what a payment brought less or more than was asked for, and was taken all the same
 *   unapplied          money that came for nothing we could sell, until it is given back
 *   disputed           what payers dispute: taken from who earned it, and out of clearing where the provider has moved it
 *   payout_due  what was approved to be paid out to merchants
 *   bank        what has left to merchants, or come from providers
 *
 * The functions run inside the caller's transaction.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include "base/ids.h"
#include "base/money.h"
#include "base/problem.h"

#include <stddef.h>

struct work;

enum ledger_role {
	LEDGER_CLEARING,
	LEDGER_CARRIER,
	LEDGER_MERCHANT,
	LEDGER_COMMISSION,
	LEDGER_TAX,
	LEDGER_SHIPPING,
	LEDGER_FEE,
	LEDGER_DISCOUNT,
	LEDGER_UNAPPLIED,
	LEDGER_DIFFERENCE,
	LEDGER_DISPUTED,
	LEDGER_PAYOUT_DUE,
	LEDGER_BANK
};
extern const char *const ledger_role_values[];

/* One entry to be. */
struct posting {
	enum ledger_role   role;
	const char        *provider; /* of clearing and carrier, else NULL */
	struct merchant_id merchant; /* of merchant: whose account; of others: for whose goods it is, nil: nobody's */
	struct money       amount;   /* zero is left out */
};

/* Four for each merchant of an order, and what is nobody's. */
enum { POSTINGS_MAX = 420 };

/* What a transaction is about. */
enum ledger_source_kind {
	LEDGER_PAYMENT,
	LEDGER_REFUND,
	LEDGER_BOUNCE,       /* of a refund, by its id */
	LEDGER_PROVIDER_FEE, /* of a payment, by its id */
	LEDGER_DISPUTE,      /* by the id of what is posted for it */
	LEDGER_PAYOUT,       /* approved; this and the following by the payout's id */
	LEDGER_PAYOUT_REJECTED,
	LEDGER_PAYOUT_PAID,
	LEDGER_PAYOUT_BOUNCED,
	LEDGER_SETTLEMENT, /* by the id of a row of a settlement file */
	LEDGER_FREE_SALE,  /* a part of an order that the shop's coupon paid whole; this and the next by its fulfilment's id */
	LEDGER_FREE_SALE_ENDED,    /* it was cancelled, or nobody took it */
	LEDGER_FREE_SALE_RETURNED, /* by the return's id */
	LEDGER_COLLECTION          /* of the cash for a parcel, by its fulfilment's id; its origin is the payment */
};
extern const char *const ledger_source_kind_values[];

struct ledger_source {
	enum ledger_source_kind kind;
	struct uuid             id;
	struct uuid origin; /* the id of the source that this one takes back from; its own id when it takes nothing back */
};

/*
 * Post the entries, at most POSTINGS_MAX.  INTERNAL, logged, when they do not sum to zero in each currency; DUPLICATE_KEY when
 * the source was posted before.
 */
const struct problem *ledger_post(struct work *work, struct ledger_source source, const struct posting *postings, size_t count);

/* A small transaction, one of many. */
enum { LEDGER_FEW = 4 };
struct ledger_transaction {
	struct ledger_source source;
	struct posting       postings[LEDGER_FEW];
	size_t               count;
};

/* Post many transactions, of few accounts all together (POSTINGS_MAX), in a few statements. */
const struct problem *ledger_post_many(struct work *work, const struct ledger_transaction *transactions, size_t count);

/*
 * Take back `amount` of what was posted for source.origin: the money comes from who has it, everybody else gives up a part in
 * proportion to what is left of theirs, so that the last one takes the remainder.  What is given back for one merchant's goods
 * (`whose`; NULL: for no particular ones) is taken from what was posted for these first, then from what is nobody's, as shipping
 * is, and then from the others.  Fees stay.  INTERNAL, logged, when less than that is left.
 */
const struct problem *ledger_reverse(
    struct work *work, struct ledger_source source, struct money amount, const struct merchant_id *whose);

/* One entry of a reversal that is not posted: of which account, for whose goods (NULL: nobody's). */
struct ledger_part {
	int                 role; /* enum ledger_role */
	struct merchant_id *merchant;
	struct money        amount;
};

/* What ledger_reverse would post now for no particular goods: nothing when less than `amount` is left.  `parts` belong to the arena. */
const struct problem *ledger_preview(
    struct work *work, struct uuid origin, struct money amount, struct ledger_part **parts, size_t *n_parts);

/*
 * The same of what a discount has paid whole, where nobody has any money: the discount gets `amount` back, of those who earn.
 */
const struct problem *ledger_reverse_discount(struct work *work, struct ledger_source source, struct money amount);

/*
 * The same as ledger_reverse, but who has the money keeps it: what everybody else gives up is `disputed`, until that is undone or the money has
 * gone.
 */
const struct problem *ledger_hold(struct work *work, struct ledger_source source, struct money amount);

/* Post the opposite of what was posted for `undone`.  INTERNAL, logged, when that was nothing. */
const struct problem *ledger_undo(struct work *work, struct ledger_source source, struct ledger_source undone);

/* Did transactions of that origin touch an account of the role? */
const struct problem *ledger_touches(struct work *work, struct uuid origin, enum ledger_role role, bool *touches);

/* Who gives up first: all that those of a higher rank have left is taken before anything of a lower one. */
enum ledger_rank { RANK_IN_PROPORTION, RANK_NOBODYS, RANK_SELLERS, LEDGER_RANKS };

/* What an account still holds of an origin, and the share of a reversal that falls to it. */
struct ledger_share {
	enum ledger_role role;
	int64_t          left, share;
	enum ledger_rank rank;
};

/* The arithmetic of ledger_reverse: sets each share; their sum is 0.  False when less than `amount_minor` is left. */
bool ledger_split_reversal(struct ledger_share *shares, size_t count, int64_t amount_minor);

/* Of ledger_reverse_discount; their sum is 0 as well. */
bool ledger_split_discount(struct ledger_share *shares, size_t count, int64_t amount_minor);

/* And of ledger_hold: their sum is the amount. */
bool ledger_split_hold(struct ledger_share *shares, size_t count, int64_t amount_minor);

#endif
