/* What a provider keeps of a payment, when it tells. */
#include "payments/payment.h"
#include "store/db.h"

const struct problem *
note_fee(struct work *work, const struct payment *payment, const struct provider_answer *answer)
{
	struct ledger_source source = { LEDGER_PROVIDER_FEE, payment->id.uuid, payment->id.uuid };
	struct posting       postings[] = {
		      { .role = LEDGER_FEE, .amount = answer->fee },
		      { .role = LEDGER_CLEARING, .provider = payment->provider, .amount = answer->fee },
	};
	int64_t changed;

	if (answer->fee.currency[0] == '\0' || answer->fee.minor < 0 || payment->fee != NULL)
		return OK;
	/* Held money is nobody's yet: its fee is told again. */
	TRY(db_run(work->db, &changed,
	    "UPDATE payments SET fee_minor = ?, fee_currency = ? WHERE id = ? AND fee_minor IS NULL "
	    "AND status IN ('succeeded', 'partially_refunded', 'refunded', 'disputed')",
	    P(answer->fee.minor), P((const char *)answer->fee.currency), P(payment->id)));
	if (changed == 0 || answer->fee.minor == 0)
		return OK;
	postings[1].amount.minor = -answer->fee.minor;
	return ledger_post(work, source, postings, 2);
}
