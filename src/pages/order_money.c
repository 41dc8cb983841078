/* How far the payment of an order is, and what can be done about it. */
#include "pages/order_view.h"

#include "base/arena.h"
#include "base/config.h"
#include "orders/state.h"
#include "payments/provider.h"

#include <string.h>

enum { DECLINE_UNSAID = 6 }; /* an index of order_declines: nobody said why */

/* The reasons of providers that payers can do something about; their codes, and what we call them. */
static const struct {
	const char *code;
	int         reason; /* an index of order_declines */
} reasons[] = {
	{ "insufficient_funds", 0 },
	{ "51", 0 },
	{ "expired_card", 1 },
	{ "incorrect_cvc", 2 },
	{ "incorrect_number", 2 },
	{ "invalid_number", 2 },
	{ "authentication_required", 3 },
	{ "authentication_failed", 3 },
	{ "payment_intent_authentication_failure", 3 },
	{ "timeout", 4 },
	{ "expired", 4 },
	{ "abandoned", 4 },
	{ "cancelled", 5 },
	{ "user_cancelled", 5 },
};

/* Nobody has declined it: the provider could not be asked. */
static bool
was_never_asked(const struct payment *attempt)
{
	return attempt->failure_code != NULL && strcmp(attempt->failure_code, "provider_error") == 0;
}

static int *
decline_of(struct work *work, const struct payment *attempt)
{
	int *reason = ARENA_NEW(work->arena, int);

	*reason = DECLINE_UNSAID;
	for (size_t i = 0; attempt->failure_code != NULL && i < sizeof reasons / sizeof *reasons; i++)
		if (strcmp(attempt->failure_code, reasons[i].code) == 0)
			*reason = reasons[i].reason;
	return reason;
}

/* Had it expired before it was paid? */
static bool
is_late(const struct order *order)
{
	const char *expired = strstr(order->timeline, "\"order.expired\"");

	return expired != NULL && order->paid_at != NULL;
}

static enum order_money
money_of(const struct order *order, const struct payment_link *link)
{
	static const enum order_money by_state[] = {
		[PAY_OPEN] = MONEY_OPEN,
		[PAY_AGAIN] = MONEY_DECLINED,
		[PAY_PROCESSING] = MONEY_PROCESSING,
		[PAY_PAID] = MONEY_PAID,
		[PAY_REFUNDED] = MONEY_REFUNDED,
		[PAY_CANCELLED] = MONEY_CANCELLED,
		[PAY_EXPIRED] = MONEY_EXPIRED,
		[PAY_CLOSED] = MONEY_CLOSED,
	};
	const bool is_over = order->status == ORDER_CANCELLED || order->status == ORDER_EXPIRED;

	if (order->payment_status == ORDER_PAYMENT_REFUNDED)
		return MONEY_REFUNDED;
	if (order->payment_status == ORDER_PAYMENT_PAID && !is_over)
		return is_late(order) ? MONEY_PAID_LATE : MONEY_PAID;
	if (order->payment_method != NULL && strcmp(order->payment_method, "cash_on_delivery") == 0 && !is_over)
		return MONEY_CASH;
	if (is_over && link->attempt == NULL)
		return order->status == ORDER_CANCELLED ? MONEY_CANCELLED : MONEY_EXPIRED;
	if (order->status == ORDER_EXPIRED && pay_state_of(link) == PAY_REFUNDED)
		return MONEY_REFUNDED_LATE;
	/* A payment that was cancelled, has run out or never began says nothing bad of how it can be paid. */
	if (pay_state_of(link) == PAY_AGAIN && (link->attempt->status != PAYMENT_FAILED || was_never_asked(link->attempt)))
		return MONEY_OPEN;
	return by_state[pay_state_of(link)];
}

bool
order_is_paid_by(struct work *work, const struct payment_link *link, const struct provider *provider)
{
	return pay_page_offers(work, link, provider) ||
	    (provider != NULL && provider->collects != COLLECTED_BY_PROVIDER &&
		provider_takes(work->config, provider, link->amount, NULL) == OK);
}

static void
fill_choices(struct work *work, const struct payment_link *link, struct order_view *view)
{
	view->choices = ARENA_ARRAY(work->arena, PROVIDER__COUNT, struct pay_choice);
	for (const char *const *name = work->config->payments.providers; *name != NULL && view->n_choices < PROVIDER__COUNT;
	     name++) {
		const struct provider *provider = provider_known(*name);

		if (order_is_paid_by(work, link, provider))
			view->choices[view->n_choices++] = (struct pay_choice) { provider->name, provider->title };
	}
}

const struct problem *
order_money_fill(struct work *work, struct order_view *view)
{
	const struct order *order = view->order;
	struct payment_link link;

	TRY(find_order_link(work, order->id, &link));
	view->money = money_of(order, &link);
	view->waits = view->money == MONEY_PROCESSING;
	view->is_money_news = view->money <= MONEY_CASH || (view->money < MONEY_CLOSED && order->status == ORDER_PAID) ||
	    view->money == MONEY_CANCELLED || view->money == MONEY_EXPIRED || view->money == MONEY_PAID_LATE;
	if (link.attempt != NULL && view->money == MONEY_DECLINED)
		view->decline = decline_of(work, link.attempt);
	if (link.state != LINK_PAYABLE || (view->money != MONEY_OPEN && view->money != MONEY_DECLINED))
		return OK;
	if (link.attempt != NULL && link.attempt->status == PAYMENT_REQUIRES_ACTION)
		view->pay_url = arena_format(work->arena, "%s/pay/%s", view->site.base, link.reference);
	fill_choices(work, &link, view);
	return OK;
}
