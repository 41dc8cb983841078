/*
 * sqs_dead.h: messages that SQS has refused for good, and what is done about them.  For haatctl.
 */
#ifndef SQS_DEAD_H
#define SQS_DEAD_H

#include "base/shape.h"

struct work;

/* A message as it is looked at; its id is that of its event. */
struct dead_message {
	struct uuid    event;
	const char    *group, *status;
	const char    *type, *last_error; /* or NULL; type: the event is no longer kept */
	int64_t        attempts;
	struct instant created_at, updated_at;
};
SHAPE_DECLARE(struct dead_message, dead_message_shape);

/* Dead messages, those first that died last. */
const struct problem *dead_messages(struct work *work, size_t limit, struct dead_message **messages, size_t *count);

/* One message that SQS has refused, dead or to be sent again; NOT_FOUND. */
const struct problem *show_refused_message(struct work *work, struct uuid event, struct dead_message **message);

/*
 * A dead message is sent again, with all its attempts, before those that wait in its group.  Audited.  NOT_FOUND; CONFLICT when it
 * is not dead, or its event is no longer kept.
 */
const struct problem *replay_dead_message(struct work *work, struct uuid event);

/* All dead messages whose event is kept; how many those were.  Audited as one. */
const struct problem *replay_dead_messages(struct work *work, int64_t *replayed);

/* A dead message is given up; the audit trail keeps what it was and why.  NOT_FOUND; CONFLICT when it is not dead. */
const struct problem *drop_dead_message(struct work *work, struct uuid event, const char *reason);

#endif
