/*
 * Cash on delivery: no outside service.  The order holds its stock until staff or the seller confirms it; the carrier
 * brings the money, which `collect` writes down.
 */
#include "payments/provider.h"

#include "base/config.h"

enum { SERVICE_COD = 1 };

static const char *const *
cod_currencies(const struct config *config)
{
	return config->payments.cod.currencies;
}

static bool
cod_takes(struct money amount)
{
	return amount.minor > 0;
}

/* Nobody but us knows of it: what we know is the answer. */
static const struct problem *
cod_fetch(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	(void)work;
	*answer = (struct provider_answer) { .status = payment->status, .transaction_id = payment->reference,
		.method = "cash_on_delivery", .amount = payment->amount };
	return OK;
}

static const struct problem *
cod_cancel(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	TRY(cod_fetch(work, payment, answer));
	answer->status = PAYMENT_CANCELLED;
	return OK;
}

/* The shop gives the money back by hand; writing it down is the refund. */
static const struct problem *
cod_refund(struct work *work, const struct payment *payment, const struct refund *refund, struct refund_answer *answer)
{
	(void)payment;
	*answer = (struct refund_answer) { .status = REFUND_SUCCEEDED,
		.provider_refund_id = uuid_text(work->arena, refund->id.uuid) };
	return OK;
}

const struct provider provider_cod = {
	.name = "cod",
	.service = SERVICE_COD,
	.order_method = "cash_on_delivery",
	.currencies = cod_currencies,
	.takes = cod_takes,
	.create = cod_fetch,
	.fetch = cod_fetch,
	.cancel = cod_cancel,
	.refund = cod_refund,
};
