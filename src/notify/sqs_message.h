/*
 * sqs_message.h: an event as a message of an Amazon SQS FIFO queue.
 *
 * Group "merchant-<id>" of the one merchant that it concerns, "shop" when that is none or several; deduplication id: the event's;
 * attributes eventType, merchantId, paymentId, timestamp as far as they are known; body {eventId, eventType, timestamp, data
 * {paymentId, reference, merchantId, orderId, amount, currency, status}}, null what an event has not.
 */
#ifndef SQS_MESSAGE_H
#define SQS_MESSAGE_H

#include "base/shape.h"

struct feed;
struct text;
struct work;

enum { MD5_TEXT = 32 };

struct sqs_message {
	struct event_id event;
	const char     *type, *aggregate_type;
	struct uuid     aggregate;
	const char    *payment, *reference, *order, *amount, *currency, *status; /* of the payload, which may be large; or NULL */
	struct instant created_at;
	int64_t        batch, merchants; /* how many merchants it concerns */
	struct merchant_id *merchant;    /* one of them */
	const char         *group;
	int64_t             position, attempts;
};

/* The messages of the batches behind the feed's up to `last`, in their order. */
const struct problem *sqs_messages_of(
    struct work *work, const struct feed *feed, int64_t last, struct sqs_message **messages, size_t *count);

/* Those that were refused and are due again with all behind them in their groups, group by group: at most `limit`. */
const struct problem *sqs_messages_again(struct work *work, size_t limit, struct sqs_message **messages, size_t *count);

/*
 * Append the entry of SendMessageBatch, its Id the number; what SQS must answer as digests of body and attributes goes into the
 * two texts (hexadecimal).  Source: SQS API reference, SendMessageBatch, and "Calculating the MD5 message digest for message
 * attributes".
 */
void sqs_print_entry(struct arena *arena, const struct sqs_message *message, size_t number, struct text *out, char body_md5[],
    char attributes_md5[]);

#endif
