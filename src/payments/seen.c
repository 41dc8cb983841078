/* What is left of a payment and its refunds for who may see only a part of them. */
#include "payments/payment.h"

#include "store/work.h"

/* `amount` in proportion to the viewer's part of the payment, as the ledger takes it back. */
static struct money
share_of(const struct payment *payment, struct money amount)
{
	int64_t minor;

	amount.minor = minor_scale(amount.minor, *payment->part, payment->amount.minor, &minor) ? minor : 0;
	return amount;
}

void
payment_as_seen(const struct work *work, struct payment *payment)
{
	if (payment->user == NULL || !ID_EQUAL(*payment->user, work->viewer.user)) {
		payment->client_secret = NULL;
		payment->redirect_url = NULL;
	}
	if (payment->part == NULL)
		return;
	payment->refunded = share_of(payment, payment->refunded);
	payment->amount.minor = *payment->part;
	payment->transaction_id = NULL;
	payment->failure_code = NULL;
	payment->failure_reason = NULL;
	payment->hold_reason = NULL;
}

void
refund_as_seen(const struct payment *payment, struct refund *refund)
{
	if (payment->part == NULL)
		return;
	refund->amount = share_of(payment, refund->amount);
	refund->reason = NULL;
	refund->provider_refund_id = NULL;
	refund->failure_code = NULL;
	refund->failure_reason = NULL;
}
