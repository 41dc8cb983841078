/*
 * Money that is a merchant's own: there is no order, and neither tax of ours nor shipping.  Of what came instead of what was
 * asked for the merchant gets no more than either: an excess is kept apart, and nobody makes good what is missing.
 */
#include "base/config.h"
#include "payments/purpose.h"
#include "store/db.h"

const struct problem *
post_own_money(struct work *work, const struct payment *payment, struct merchant_id merchant)
{
	struct posting postings[] = {
		received_posting(payment),
		{ .role = LEDGER_MERCHANT, .merchant = merchant, .amount = payment->amount },
		{ .role = LEDGER_COMMISSION, .amount = payment->amount },
		{ .role = LEDGER_DIFFERENCE, .amount = payment->amount },
	};
	int64_t received = postings[0].amount.minor, taken = payment->amount.minor, basis_points, kept;

	TRY(db_value(work->db, &basis_points, "SELECT IFNULL(commission_basis_points, ?) FROM merchants WHERE id = ?",
	    P(work->config->payments.commission_basis_points), P(merchant)));
	if (received < taken)
		taken = received;
	if (!minor_scale(taken, basis_points, 10000, &kept))
		return problem(INTERNAL, "internal error");
	postings[1].amount.minor = kept - taken;
	postings[2].amount.minor = -kept;
	postings[3].amount.minor = taken - received;
	return ledger_post(work, payment_source(payment), postings, sizeof postings / sizeof *postings);
}
