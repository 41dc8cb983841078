/*
 * sqs.h: the process that sends events to an Amazon SQS FIFO queue.
 *
 * It reads the fan-out by a cursor of its own under a lease (events/feed.h), a window of batches at a time, and has some calls of
 * SendMessageBatch under way at once.  Of a group (a merchant) one message is under way and none behind it, so that a failure
 * of one never lets a later one of its group go first.  What SQS refuses is put by into sqs_queue, and what comes behind it in its
 * group too; it is tried again with growing delay, and what can never be taken is a dead letter there.  The cursor moves when a
 * whole window is sent or put by.  While SQS is not reached at all nothing moves.
 *
 * Sent at least once; SQS drops what it gets a second time within five minutes by the deduplication id.
 */
#ifndef SQS_H
#define SQS_H

struct work;

/* Sends until TERM or INT, which are blocked.  Without sqs.queue_url it only keeps its cursor up to date.  `doorbell`: of its lane. */
void send_to_sqs(struct work *work, int doorbell);

#endif
