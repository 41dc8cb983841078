/* What is left of a payment and its refunds for who may see only a part of them. */
#include "payments/request.h"

#include "http/permission.h"
#include "store/work.h"

/* `amount` in proportion to the viewer's part of what came, as the ledger takes it back: of cash that is what was collected. */
static struct money
share_of(const struct payment *payment, struct money amount)
{
	bool    collected = payment->received != NULL && payment->collected.minor > 0;
	int64_t part = collected ? payment->own_collected : *payment->part, minor;

	amount.minor =
	    minor_scale(amount.minor, part, collected ? *payment->received : payment->amount.minor, &minor) ? minor : 0;
	return amount;
}

/* What a payment request looks like from outside, by the attempt that counts (NULL: none). */
static int
seen_status(const struct payment_request *request, const struct payment *attempt)
{
	if (attempt != NULL && payment_has_money(attempt))
		return attempt->status;
	if (request->status == REQUEST_CANCELLED)
		return PAYMENT_CANCELLED;
	if (request->status == REQUEST_EXPIRED)
		return PAYMENT_EXPIRED;
	return attempt == NULL ? PAYMENT_PENDING : attempt->status;
}

/* The reference and the id of a payment request are the same for its whole life, whichever attempt counts. */
static void
show_request(struct work *work, struct payment *payment)
{
	struct payment_request *request = payment->request;

	payment->merchant_reference = request->merchant_reference;
	payment->request_status = &request->status;
	payment->expires_at = &request->expires_at;
	payment->metadata = request->metadata;
	if (request->status == REQUEST_OPEN)
		payment->url = request_url(work, request);
	if (!payment->by_request)
		return;
	payment->status = seen_status(request, payment->provider == NULL ? NULL : payment);
	payment->id.uuid = request->id.uuid;
	payment->reference = request->reference;
	payment->created_at = request->created_at;
}

/* Who is suspected must not learn by what. */
static void
hide_risk(struct payment *payment)
{
	payment->review = NULL;
	payment->risk_score = NULL;
	payment->risk_signals = NULL;
}

void
payment_as_seen(struct work *work, struct payment *payment)
{
	if (payment->request != NULL)
		show_request(work, payment);
	if (payment->user == NULL || !ID_EQUAL(*payment->user, work->viewer.user)) {
		payment->client_secret = NULL;
		payment->redirect_url = NULL;
	}
	if (!MAY(work, PAYMENT_READ_ALL))
		hide_risk(payment);
	if (payment->part == NULL)
		return;
	payment->refunded.minor -= payment->parts_refunded;
	payment->refunded = share_of(payment, payment->refunded);
	payment->refunded.minor += payment->own_refunded;
	payment->collected.minor = payment->own_collected;
	payment->amount.minor = *payment->part;
	payment->transaction_id = NULL;
	payment->failure_code = NULL;
	payment->failure_reason = NULL;
	payment->hold_reason = NULL;
}

void
payment_as_payer_sees(struct work *work, struct payment *payment)
{
	show_request(work, payment);
	payment->metadata = "{}";
	payment->merchant_reference = NULL;
	payment->hold_reason = NULL;
	hide_risk(payment);
}

static void
hide_refund(const struct payment *payment, struct refund *refund)
{
	if (refund->merchant == NULL)
		refund->amount = share_of(payment, refund->amount);
	refund->reason = NULL;
	refund->provider_refund_id = NULL;
	refund->failure_code = NULL;
	refund->failure_reason = NULL;
}

void
refunds_as_seen(const struct work *work, const struct payment *payment, struct refund *refunds, size_t *count)
{
	const struct merchant_id *viewer = work->viewer.merchant;
	size_t                    n = 0;

	if (payment->part == NULL)
		return;
	for (size_t i = 0; i < *count; i++) {
		const struct merchant_id *whose = refunds[i].merchant;

		if (whose != NULL && (viewer == NULL || !ID_EQUAL(*whose, *viewer)))
			continue;
		refunds[n] = refunds[i];
		hide_refund(payment, &refunds[n++]);
	}
	*count = n;
}
