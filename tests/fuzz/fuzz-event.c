/* Events of payment providers: any body, as it is read once its signature was found right. */
#include "base/encoding.h"
#include "payments/provider.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void
is_text(const char *text)
{
	PROPERTY(text == NULL || utf8_valid(text, strlen(text)));
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	const struct provider *stripe = provider_known("stripe");
	struct provider_events events;
	struct provider_event  event;

	if (stripe->parse_events(fuzz_arena(), (struct bytes) { bytes, length }, &events) != OK)
		return;
	PROPERTY(events.count == 1);
	event = events.list[0];
	PROPERTY(event.id != NULL && *event.id != '\0' && event.type != NULL);
	is_text(event.id);
	is_text(event.type);
	is_text(event.reference);
	is_text(event.refund.key);
	if (event.kind == EVENT_IS_IGNORED)
		return;
	PROPERTY(event.transaction_id != NULL);
	is_text(event.transaction_id);
	/* An amount that cannot be read has no currency: then it is that of no payment. */
	if ((event.kind == EVENT_IS_REFUND || event.kind == EVENT_IS_REFUNDED) && event.refund.amount.currency[0] != '\0')
		PROPERTY(currency_exponent(event.refund.amount.currency) >= 0 && event.refund.amount.minor >= 0);
}
