/*
 * inbox.h: the stored events of providers.
 *
 * An event is known by (provider, event id) and kept with its payload, without what the provider's row calls private, and
 * the hash of what came, which tells a repetition from another event under the same id.  It is `processed` or `ignored`
 * when it was applied in the transaction that stored it; else `deferred`, taken up again after 2^attempts seconds, and
 * `dead` after the last attempt, until somebody replays or drops it.
 *
 * Where what would prove an event genuine is not here (its certificate, or only the provider knows) it is `unverified` at
 * first, with its signatures and the body as it came, until a job has found out; ten minutes at most, and no more than
 * UNVERIFIED_MAX of a provider, for anybody can send them.  Until then it claims its id and does not have it: there may be several
 * claims to one id, told apart by body and signatures, so that a forged event cannot stand in the way of the true one.
 */
#ifndef INBOX_H
#define INBOX_H

#include "events/job.h"
#include "payments/provider.h"

/* What an unverified event is sealed for (base/vault.h): its body, and its signatures (in base64url). */
#define SEALED_PAYLOAD "webhook_events.payload"
#define SEALED_SIGNATURES "webhook_events.signatures"

enum inbox_status { INBOX_PROCESSED, INBOX_DEFERRED, INBOX_IGNORED, INBOX_DEAD, INBOX_DROPPED, INBOX_UNVERIFIED };
extern const char *const inbox_status_values[];

enum inbox_outcome { OUTCOME_PROCESSED, OUTCOME_IGNORED, OUTCOME_DEFERRED, OUTCOME_ALREADY, OUTCOME_COLLISION };
extern const char *const inbox_outcome_values[]; /* as a sender is told them; a collision is an error */

/* The unique key of (provider, event id), among those that have it and not only claim it. */
#define UNIQUE_EVENT "uq_webhook_events_event"

enum { UNVERIFIED_MAX = 200 };

/*
 * Take an event of a verified body: store it once, apply it, and say how that went.  One transaction when it can be applied;
 * when it cannot, nothing of the attempt stays but the deferred event.  With `signatures` (NULL when it is verified) it is kept
 * until a job has found out what they are worth, which is DEFERRED, too; EVENT_UNVERIFIED with the time to come back when
 * there is no room for it.
 */
const struct problem *take_event(struct work *work, const struct provider *provider, const struct provider_event *event,
    const char *const *signatures, struct bytes body, enum inbox_outcome *outcome);

/* The lines of the log from here on are about the event, and the payment that it names (NULL: what it says is not known). */
void log_about_event(const char *event_id, const struct provider_event *event);

/* due.c: what is asked for of an event whose time has come; its payload is read when its turn is. */
struct due_event {
	struct uuid id;
	const char *provider, *event_id;
	int64_t     attempts;
};

/* Some of the provider's ("": any's) events of that status (deferred or unverified) whose time has come, longest overdue first. */
const struct problem *due_events(
    struct work *work, enum inbox_status status, const char *provider, struct due_event **events, size_t *count);

/* When the next of them is due, if one is *waiting. */
const struct problem *when_due(
    struct work *work, enum inbox_status status, const char *provider, struct instant *when, bool *waiting);

/* Each provider's unverified events have a job of their own, so that those forged of one stand before the true ones of no other. */
struct confirmation {
	const char *provider; /* NULL: any's; older programs had one job for all */
};
SHAPE_DECLARE(struct confirmation, confirmation_shape);

/* That job runs at `when` (NULL: now).  Inside a transaction. */
const struct problem *confirm_soon(struct work *work, const char *provider, const struct instant *when);

/* The event among those that came in one body with it, or alone in a body without ids; NULL when it is not there. */
const struct provider_event *event_of_body(struct provider_events *events, const char *event_id);

/*
 * An event came whose id is taken: ALREADY when it is the same one, or DEFERRED when that was dead and is taken up again; else
 * COLLISION, which is counted and told, and of which the first body is kept, without what the provider's row calls private, for
 * people to hold it against the event's.  *outcome is not touched when nobody has the id (any more): DATABASE_BUSY.
 */
const struct problem *compare_with_stored(struct work *work, const struct provider *provider, const struct provider_event *event,
    struct bytes hash, struct bytes body, enum inbox_outcome *outcome);

/*
 * confirm.c: find out about an unverified event, outside a transaction.  A genuine one is applied, ignored or deferred as if it
 * had just come; one that is not genuine is deleted; where that cannot be told it is tried again later, and deleted ten minutes
 * after it came.
 */
const struct problem *confirm_event(struct work *work, const struct provider *provider, const struct due_event *event);

/*
 * apply.c: apply a parsed event, whose row is stored: PROCESSED; or IGNORED when it is about nothing of ours, which the row then says, too.
 * NOT_FOUND when it bears our mark and is about a payment that we do not know (yet).
 */
const struct problem *apply_event(struct work *work, const struct provider *provider, const struct provider_event *event,
    struct uuid row, enum inbox_outcome *outcome);

/* subscription.c: a job answers the sender who wants to know whether its events are wanted here.  Inside a transaction. */
const struct problem *confirm_subscription_soon(
    struct work *work, const struct provider *provider, const struct provider_event *event);

/* The beginning of a statement that takes dead events up again, with all their attempts.  And the job that goes on with them. */
#define TAKE_UP_DEAD "UPDATE webhook_events SET status = 'deferred', attempts = 0, next_attempt_at = NOW(3) WHERE "
const struct problem *enqueue_taken_up(struct work *work);

#endif
