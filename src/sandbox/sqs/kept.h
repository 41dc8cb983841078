/*
 * kept.h: what the queue has taken, for as long as somebody may ask: at least five minutes, at most ten.
 *
 * Everything lies in two halves, the younger of which is filled; after five minutes it becomes the older, which is forgotten.  So
 * the memory is bounded by what comes in ten minutes; of messages, by twice MESSAGES_OF_HALF, too.  Under the sandbox's lock.
 */
#ifndef SANDBOX_SQS_KEPT_H
#define SANDBOX_SQS_KEPT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

enum { DEDUPLICATION_SECONDS = 300, MESSAGES_OF_HALF = 50000 };

/* Has this deduplication id come within the last five minutes?  If not it has from now on. */
bool sqs_is_repeat(const char *deduplication);

/* Takes a reference of the message. */
void sqs_keep_message(const char *group, struct json_object *message);

/* The last `shown` messages of the group, the oldest first, as a new array; *count: how many are kept. */
struct json_object *sqs_kept_messages(const char *group, int64_t shown, int64_t *count);

/* How many ids and messages of all groups are kept. */
void sqs_count_kept(int64_t *ids, int64_t *messages);

#endif
