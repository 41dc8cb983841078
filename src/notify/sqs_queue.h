/*
 * sqs_queue.h: messages that SQS has refused, and those behind them: the table sqs_queue.
 */
#ifndef SQS_QUEUE_H
#define SQS_QUEUE_H

#include "notify/sqs_message.h"

#include <stdbool.h>

struct feed;

enum sqs_kind { SQS_IS_SENT, SQS_IS_PUT_BY, SQS_IS_BEHIND, SQS_IS_DEAD };

/* What became of a message. */
struct sqs_result {
	const struct sqs_message *message;
	enum sqs_kind             kind;
	const char               *error;
};

/* A group in which messages wait. */
struct sqs_group {
	const char *name;
	int64_t     due; /* 1: the time of the last of them has come */
};

/*
 * The one before `name` in the order of names, which is SQS_GROUPS_END to begin with; NULL: there is none.  Reads one row, however many
 * wait; the groups are few as a rule.
 */
#define SQS_GROUPS_END "\177"
const struct problem *sqs_group_before(struct work *work, const char *name, struct sqs_group **group);

/*
 * Write down what became of a window, in one transaction while the lease is ours, and move the cursor to `last`; `again`: those
 * messages stand in the table already.
 */
const struct problem *sqs_record(
    struct work *work, const struct feed *feed, int64_t last, bool again, const struct sqs_result *outcomes, size_t count);

#endif
