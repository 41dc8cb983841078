/*
 * charge.h: a stored payment method is charged while its payer is away: a subscription's period, an order that is paid by one.
 *
 * A charge is a payment like any other: its attempt is written first, bound to what it pays for, and ends in the purpose's own
 * functions (purpose.h), whichever way its end is heard of.  It is sent once: who is to send it claims it (payments.charge_sent_at), and
 * what was sent and not answered is looked for at the provider before anything else is done; where the provider makes one
 * charge of those that bear the same key it is then sent again under that key, elsewhere never.
 *
 *     struct charge charge = { .kind = PURPOSE_PERIOD, .purpose = period.uuid, .payer = subscription->customer.uuid,
 *         .user = &subscription->customer, .method = *subscription->method, .amount = period->amount,
 *         .key = arena_format(arena, "period:%s:%lld", uuid_text(arena, period.uuid), attempt_number) };
 *     TRY(charge_stored_method(work, &charge, &payment));
 *
 * What it has become stands in payment->status:
 *   succeeded        paid; the purpose's `succeeded` has run
 *   processing       the provider has it in hand, for days where a bank debits; the purpose hears of the end
 *   requires_action  the bank wants the payer: send them a link (payment->redirect_url, or the hosted page), to the same payment
 *   failed           declined: payment->failure_code says why; payment->failure_advice "do_not_try_again" that the same method
 *                    will not do ("try_again_later", "confirm_card_data" else, or NULL); the purpose's `failed` has run
 *   pending          nobody knows yet: reconciliation asks, and the purpose hears of the end
 */
#ifndef CHARGE_H
#define CHARGE_H

#include "payments/payment.h"

struct charge {
	enum purpose_kind        kind;
	struct uuid              purpose; /* the purpose's is_payable must allow it, for a viewer who is the system, too */
	struct uuid              payer;   /* whose method it must be: a user or a merchant */
	struct user_id          *user;    /* payments.user_id; NULL: none */
	struct payment_method_id method;
	struct money             amount;    /* must be what the purpose says that is to be paid */
	const char              *reference; /* the payment's, which give_notice was called with; NULL: a new one */
	const char *key; /* names the effect, at most 100 characters of ASCII: asked for again under it is the same payment */
};

/*
 * *payment is the charge as it stands now, made by this call or by an earlier one under the same key.  Calls the provider; outside
 * transactions.  Problems mean that there is no charge: PAYMENT_METHOD_UNUSABLE (not the payer's, expired, disabled, deleted, its provider not
 * enabled), PROVIDER_UNSUPPORTED (charges nobody who is away, or not this currency), AMOUNT_UNSUPPORTED, CONFLICT (another amount than
 * the purpose's), PAYMENT_IN_PROGRESS (another attempt is live), what the purpose's is_payable says.
 */
const struct problem *charge_stored_method(struct work *work, const struct charge *charge, struct payment **payment);

/*
 * The same charge is coming on that day: its provider has the payer's bank told of it, where that must be, and takes nothing.  Needs the
 * charge's method, payer, amount, reference, and what it is for; again it tells nothing new.  *transaction, in the arena, is
 * what its provider calls it in events; NULL when nothing was told.  Problems as above, and PROVIDER_UNAVAILABLE: try again.
 */
const struct problem *give_notice(struct work *work, const struct charge *charge, struct instant due, const char **transaction);

/*
 * send_charge.c: what becomes of a payment with a stored method of whose transaction nothing is known: charged now, or, where that was
 * tried, looked for.  PROVIDER_UNAVAILABLE: nobody knows yet.  `answer` as by the provider's `create`.
 */
const struct problem *send_charge(struct work *work, const struct payment *payment, struct provider_answer *answer);

/* The same for who gives the payment up: looked for, never charged. */
const struct problem *look_for_charge(struct work *work, const struct payment *payment, struct provider_answer *answer);

#endif
