/*
 * inbox.h: the stored events of providers.
 *
 * An event is known by (provider, event id) and kept with its payload, without what the provider's row calls private, and
 * the hash of the whole body, which tells a repetition from another event under the same id.  It is `processed` or
 * `ignored` when it was applied in the transaction that stored it; else `deferred`, taken up again after 2^attempts
 * seconds, and `dead` after the last attempt, until somebody replays or drops it.  Where only the provider can tell whether
 * an event is genuine it is `unverified` at first, with its signatures and the body as it came, until a job has asked.
 */
#ifndef INBOX_H
#define INBOX_H

#include "payments/provider.h"

enum inbox_status { INBOX_PROCESSED, INBOX_DEFERRED, INBOX_IGNORED, INBOX_DEAD, INBOX_DROPPED, INBOX_UNVERIFIED };
extern const char *const inbox_status_values[];

enum inbox_outcome { OUTCOME_PROCESSED, OUTCOME_IGNORED, OUTCOME_DEFERRED, OUTCOME_ALREADY, OUTCOME_COLLISION };

/*
 * Take an event of a verified body: store it once, apply it, and say how that went.  One transaction when it can be applied;
 * when it cannot, nothing of the attempt stays but the deferred event.
 */
const struct problem *take_event(struct work *work, const struct provider *provider, const struct provider_event *event,
    const char *const *signatures, struct bytes body, enum inbox_outcome *outcome);

/* confirm.c: an event whose provider must be asked whether it is genuine. */
struct unverified_event {
	struct uuid  id;
	const char  *provider, *event_id;
	struct bytes payload, signatures;
	int64_t      attempts, age_seconds;
};

/* Some of the unverified events whose time has come, longest overdue first. */
const struct problem *unverified_events(struct work *work, struct unverified_event **events, size_t *count);

/*
 * Ask the provider, outside a transaction.  A genuine event is applied, ignored or deferred as if it had just come; one that is
 * not, or that nobody could confirm for ten minutes, is deleted; else it is asked about again later.
 */
const struct problem *confirm_event(struct work *work, const struct provider *provider, const struct unverified_event *event);

/* Apply a parsed event; *done is false when it is about a payment that we do not know (yet). */
const struct problem *apply_event(
    struct work *work, const struct provider *provider, const struct provider_event *event, bool *done);

#endif
