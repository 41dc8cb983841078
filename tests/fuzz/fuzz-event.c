/* Events of payment providers: any body, as it is read once its signature was found right. */
#include "base/arena.h"
#include "base/encoding.h"
#include "payments/provider.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void
is_text(const char *text)
{
	PROPERTY(text == NULL || utf8_valid(text, strlen(text)));
}

static void
check_event(const struct provider_event *event)
{
	PROPERTY(event->id != NULL && *event->id != '\0' && event->type != NULL);
	is_text(event->id);
	is_text(event->type);
	is_text(event->reference);
	is_text(event->refund.key);
	if (event->kind == EVENT_IS_IGNORED)
		return;
	if (event->kind == EVENT_IS_SUBSCRIPTION) {
		PROPERTY(event->address != NULL);
		return;
	}
	if (event->kind == EVENT_IS_SETUP || event->kind == EVENT_IS_METHOD) { /* about no payment */
		const char *about = event->kind == EVENT_IS_SETUP ? event->setup : event->method_token;

		PROPERTY(about != NULL);
		is_text(about);
		return;
	}
	PROPERTY(event->transaction_id != NULL || event->reference != NULL);
	is_text(event->transaction_id);
	/* An amount that cannot be read has no currency: then it is that of no payment. */
	if ((event->kind == EVENT_IS_REFUND || event->kind == EVENT_IS_REFUNDED) && event->refund.amount.currency[0] != '\0')
		PROPERTY(currency_exponent(event->refund.amount.currency) >= 0 && event->refund.amount.minor >= 0);
	if (event->kind == EVENT_IS_PAYMENT && event->payment.amount.currency[0] != '\0')
		PROPERTY(currency_exponent(event->payment.amount.currency) >= 0 && event->payment.amount.minor >= 0);
}

/* What is stored lacks what is private, and is the same events. */
static void
check_stored(const struct provider *provider, struct bytes body, const struct provider_events *events)
{
	const char             *stored = provider_strip(fuzz_arena(), provider, (const char *)body.bytes, body.length);
	struct provider_events *again = ARENA_NEW(fuzz_arena(), struct provider_events);

	PROPERTY(
	    provider->parse_events(fuzz_arena(), (struct bytes) { (const unsigned char *)stored, strlen(stored) }, again) == OK);
	PROPERTY(again->count == events->count);
	for (size_t i = 0; i < events->count; i++)
		PROPERTY(strcmp(again->list[i].id, events->list[i].id) == 0);
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	struct bytes            body = { bytes, length };
	struct provider_events *events = ARENA_NEW(fuzz_arena(), struct provider_events);

	for (size_t i = 0; i < PROVIDER__COUNT; i++) {
		const struct provider *provider = providers[i];

		if (provider->parse_events == NULL || provider->parse_events(fuzz_arena(), body, events) != OK)
			continue;
		PROPERTY(events->count <= PROVIDER_EVENTS_MAX);
		for (size_t at = 0; at < events->count; at++)
			check_event(&events->list[at]);
		check_stored(provider, body, events);
	}
}
