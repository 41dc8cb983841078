#include "webhooks/receive.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/instant.h"

enum { EVENT_ID_MAX = 191 };

#define PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-"

void
count_webhook(const struct provider *sender, enum webhook_outcome outcome)
{
	size_t provider = metric_label_index(LABEL_PROVIDER, sender->name);

	metric_add(METRIC_WEBHOOKS, provider, outcome, 1);
	if (outcome != WEBHOOK_BAD_SIGNATURE)
		metric_set(METRIC_WEBHOOK_SEEN, provider, 0, unix_seconds());
}

static void
count_event(const struct provider *sender, const struct provider_event *event, enum inbox_outcome outcome)
{
	static const enum webhook_outcome counters[] = { [OUTCOME_PROCESSED] = WEBHOOK_PROCESSED,
		[OUTCOME_IGNORED] = WEBHOOK_IGNORED,
		[OUTCOME_DEFERRED] = WEBHOOK_DEFERRED,
		[OUTCOME_ALREADY] = WEBHOOK_ALREADY,
		[OUTCOME_COLLISION] = WEBHOOK_COLLISION };
	static const enum webhook_type    types[] = { [EVENT_IS_IGNORED] = WEBHOOK_OF_NOTHING,
		   [EVENT_IS_PAYMENT] = WEBHOOK_OF_PAYMENT,
		   [EVENT_IS_HINT] = WEBHOOK_OF_PAYMENT,
		   [EVENT_IS_REFUND] = WEBHOOK_OF_REFUND,
		   [EVENT_IS_REFUNDED] = WEBHOOK_OF_REFUND,
		   [EVENT_IS_DISPUTE] = WEBHOOK_OF_DISPUTE,
		   [EVENT_IS_FRAUD_WARNING] = WEBHOOK_OF_DISPUTE,
		   [EVENT_IS_SETUP] = WEBHOOK_OF_NOTHING,
		   [EVENT_IS_METHOD] = WEBHOOK_OF_NOTHING,
		   [EVENT_IS_NOTICE_LOST] = WEBHOOK_OF_NOTHING,
		   [EVENT_IS_SUBSCRIPTION] = WEBHOOK_OF_NOTHING };

	size_t provider = metric_label_index(LABEL_PROVIDER, sender->name);

	count_webhook(sender, counters[outcome]);
	metric_add_third(METRIC_WEBHOOK_EVENTS, provider, types[event->kind], counters[outcome], 1);
}

/* Of several events in one body the outcome is told that the sender must know first. */
static enum inbox_outcome
more_urgent(enum inbox_outcome one, enum inbox_outcome other)
{
	static const int urgency[] = { [OUTCOME_ALREADY] = 0,
		[OUTCOME_IGNORED] = 1,
		[OUTCOME_PROCESSED] = 2,
		[OUTCOME_DEFERRED] = 3,
		[OUTCOME_COLLISION] = 4 };

	return urgency[other] > urgency[one] ? other : one;
}

/*
 * The id of an event that does not bring it in its body: that of its header, else the digest of what it says.  A signature does
 * not cover the header; who changes it makes us look at the same event again.
 */
static const char *
id_of(struct arena *arena, const struct provider *sender, const struct provider_event *event, const char *const *signatures,
    struct bytes body)
{
	const char   *id = sender->id_header == 0 ? NULL : signatures[sender->id_header];
	unsigned char hash[32];

	if (id != NULL && *id != '\0' && strlen(id) <= EVENT_ID_MAX && id[strspn(id, PLAIN)] == '\0')
		return id;
	if (event->content != NULL)
		sha256(event->content, strlen(event->content), hash);
	else
		sha256(body.bytes, body.length, hash);
	return arena_format(arena, "sha256:%s", hex_encode(arena, hash, sizeof hash));
}

const struct problem *
receive_body(struct work *work, const struct provider *sender, const char *const *signatures, struct bytes body, bool verified,
    enum inbox_outcome *told)
{
	struct provider_events *events = ARENA_NEW(work->arena, struct provider_events);
	enum inbox_outcome      outcome = OUTCOME_ALREADY;
	int64_t                 began_us = monotonic_us();

	*told = OUTCOME_ALREADY;
	TRY(sender->parse_events(work->arena, body, events));
	for (size_t i = 0; i < events->count; i++) {
		if (events->list[i].id == NULL)
			events->list[i].id = id_of(work->arena, sender, &events->list[i], signatures, body);
		TRY(take_event(work, sender, &events->list[i], verified ? NULL : signatures, body, &outcome));
		count_event(sender, &events->list[i], outcome);
		if (outcome == OUTCOME_PROCESSED)
			metric_observe_us(METRIC_WEBHOOK_SECONDS, metric_label_index(LABEL_PROVIDER, sender->name), 0,
			    monotonic_us() - began_us);
		*told = more_urgent(*told, outcome);
	}
	return *told == OUTCOME_COLLISION
	    ? problem(EVENT_COLLISION, "an event with this id but a different payload was received before")
	    : OK;
}
