/*
 * Cash on delivery: no outside service.  The order holds its stock until staff or the seller confirms it; the carrier
 * brings the money, which collect_delivery records.
 */
#include "payments/provider.h"

#include "base/config.h"

static const char *const *
cod_currencies(const struct config *config)
{
	return config->payments.cod.currencies;
}

static int64_t
cod_keeps_stock_seconds(const struct config *config)
{
	return config->orders.cod_expire_hours * 3600;
}

static enum amount_fit
cod_takes(struct money amount)
{
	return amount.minor > 0 ? AMOUNT_FITS : AMOUNT_TOO_SMALL;
}

/* There is nobody to ask: what the row says is the answer. */
static const struct problem *
cod_fetch(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	(void)work;
	*answer = (struct provider_answer) { .status = payment->status,
		.transaction_id = payment->reference,
		.method = "cash_on_delivery",
		.amount = payment->amount };
	return OK;
}

static const struct problem *
cod_cancel(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	TRY(cod_fetch(work, payment, answer));
	answer->status = PAYMENT_CANCELLED;
	return OK;
}

const struct provider provider_cod = {
	.name = "cod",
	.title = "Cash on delivery",
	.number = PROVIDER_COD,
	.order_method = "cash_on_delivery",
	.collects = COLLECTED_BY_CARRIER,
	.refunds_by_key = true,
	.currencies = cod_currencies,
	.keeps_stock_seconds = cod_keeps_stock_seconds,
	.takes = cod_takes,
	.create = cod_fetch,
	.fetch = cod_fetch,
	.cancel = cod_cancel,
	.refund = NULL, /* somebody hands the cash out, and says so: hand_out.c */
};
