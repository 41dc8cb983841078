/*
 * acts_of_money.h: the acts of acts.h that move money, and how a thing is chosen.  Each act does one step in transactions of its own;
 * NOTHING: there was nothing it could be done to.
 */
#ifndef TESTS_REPORTS_ACTS_OF_MONEY_H
#define TESTS_REPORTS_ACTS_OF_MONEY_H

#include "payments/payment.h"

#define NOTHING problem(NOT_FOUND, "there is nothing to be done")

/* One of the ids that the statement finds, in whatever order; false when it finds none.  In _OF, %s is an id. */
bool choose(struct uuid *id, const char *sql);
#define CHOOSE_OF(id, sql, of) choose(id, arena_format(shop.work.arena, sql, uuid_text(shop.work.arena, of)))

/* An attempt of who acts, at a provider that answers nothing yet, or in cash; then the provider says that it was paid. */
const struct problem *begin_to_pay(enum purpose_kind kind, struct uuid purpose, bool in_cash, struct payment **payment);
const struct problem *pay(const struct payment *payment);

/* What the job of a cancelled order does. */
const struct problem *give_back_order(struct uuid order);

const struct problem *answer_payment(void);
const struct problem *confirm_cash(void);
const struct problem *collect_some_cash(void);
const struct problem *ask_for_refund(void);
const struct problem *end_refund(void);
const struct problem *bounce_refund(void);
const struct problem *decide_held(void);
const struct problem *open_dispute(void);
const struct problem *end_dispute(void);
const struct problem *pay_request(void);
const struct problem *move_payout(void);
const struct problem *post_free_order(void);
const struct problem *settle_something(void);

#endif
