/* A payout is drafted: its amount is held from then on. */
#include "payouts/payout.h"

#include "base/arena.h"
#include "base/config.h"
#include "ledger/account.h"
#include "store/db.h"

#include <string.h>

/* payouts.minimum: "currency:least:-". */
static const struct problem *
check_minimum(const struct config *config, struct money amount)
{
	for (const char *const *row = config->payouts.minimum; *row != NULL; row++) {
		const char    *least = *row + 4;
		struct decimal decimal;
		struct money   minimum;

		if (strncmp(*row, amount.currency, 3) == 0 && decimal_parse(least, strcspn(least, ":"), &decimal) &&
		    decimal_to_money(decimal, amount.currency, &minimum) && amount.minor < minimum.minor)
			return problem(PAYOUT_TOO_SMALL, "the amount is below the minimum of its currency");
	}
	return OK;
}

struct payee {
	bool active, email_verified;
};

static const struct member payee_members[] = {
	M_BOOLEAN(struct payee, active, "is_active"),
	M_BOOLEAN(struct payee, email_verified, "email_verified"),
};
SHAPE(struct payee, payee_shape, "Payee", payee_members);

static const struct problem *
check_merchant(struct work *work, struct merchant_id merchant)
{
	struct payee *payee;

	TRY(db_row(work->db, &payee_shape, &payee,
	    "SELECT m.status = 'active' AS is_active, u.email_verified FROM merchants m JOIN users u ON u.id = m.user_id "
	    "WHERE m.id = ?",
	    P(merchant)));
	if (payee == NULL)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "merchant_id", "is unknown");
	if (!payee->active)
		return problem(MERCHANT_INACTIVE, "the merchant is not active");
	return payee->email_verified ? OK : problem(EMAIL_UNVERIFIED, "the owner's e-mail address is not verified");
}

static const struct problem *
insert(struct work *work, const struct payout *payout)
{
	return db_run(work->db, NULL,
	    "INSERT INTO payouts (id, merchant_id, amount_minor, currency, created_by, updated_by, created_at) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?)",
	    P(payout->id), P(payout->merchant), P(payout->amount.minor), P(payout->currency), P(acting_user(work)),
	    P(acting_user(work)), P(payout->created_at));
}

const struct problem *
draft_payout(struct work *work, const struct payout_request *request, struct payout *payout)
{
	struct ledger_account *account;
	struct balance         balance;

	*payout = (struct payout) { .id = NEW_ID(payout_id),
		.merchant = request->merchant,
		.currency = request->currency,
		.status = PAYOUT_DRAFT,
		.created_at = instant_now() };
	if (acting_user(work) != NULL) {
		payout->drafted_by = ARENA_NEW(work->arena, struct user_id);
		*payout->drafted_by = *acting_user(work);
	}
	if (!decimal_to_money(request->amount, request->currency, &payout->amount) || payout->amount.minor <= 0)
		return problem_at(
		    work->arena, PROBLEM_VALIDATION_FAILED, "amount", "must be above 0, with at most the currency's digits");
	TRY(check_merchant(work, request->merchant));
	TRY(check_minimum(work->config, payout->amount));
	TRY(lock_merchant_account(work, request->merchant, request->currency, &account));
	if (account == NULL)
		return problem(PAYOUT_TOO_LARGE, "nothing was earned in this currency");
	TRY(read_balance(work, account, &balance));
	if (payout->amount.minor > balance.available.minor)
		return problem(PAYOUT_TOO_LARGE, "the amount exceeds what is available");
	TRY(insert(work, payout));
	return record_payout(work, EVENT_PAYOUT_DRAFTED, "payout.drafted", NULL, payout);
}
