/* Events that nobody sent, for who develops against the shop: the way of a true one from its signature on. */
#include "base/arena.h"
#include "base/instant.h"
#include "base/log.h"
#include "webhooks/receive.h"
#include "webhooks/sender.h"

static const struct problem *
wrong(struct work *work, const char *member, const char *why)
{
	return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, member, why);
}

/* Plain words: the type goes into JSON as it stands. */
static bool
is_type(const char *type)
{
	return type[strspn(type, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")] == '\0';
}

const struct problem *
simulate_webhook(struct work *work, const char *name, const char *type, const char *reference, enum inbox_outcome *told)
{
	const struct provider *sender = sender_enabled(work->config, name);
	struct simulated_event event = { .body = NULL };
	const struct problem  *problem;
	struct payment        *payment;
	struct bytes           body;

	if (sender == NULL)
		return wrong(work, "provider", "is not enabled");
	if (sender->simulate == NULL)
		return wrong(work, "provider", "signs with a key that only the provider has");
	TRY(find_payment(work, reference, true, &payment));
	if (provider_known(name) != NULL && strcmp(payment->provider, name) != 0)
		return wrong(work, "provider", "is not the payment's");
	if (payment->transaction_id == NULL)
		return problem(PAYMENT_STATE, "the provider does not know the payment yet");
	if (!is_type(type) || !sender->simulate(work, payment, type, &event))
		return wrong(work, "type", "is not an event that can be simulated");
	log_warning("simulated webhook", LOG_ID("provider", name), LOG_ID("type", type), LOG_ID("payment", payment->reference));
	body = (struct bytes) { (const unsigned char *)event.body, strlen(event.body) };
	problem = sender->verify(work, event.signatures, body, unix_seconds());
	if (problem != OK && !problem_is(problem, PROBLEM_EVENT_UNVERIFIED))
		return problem;
	return receive_body(work, sender, event.signatures, body, problem == OK, told);
}
