/*
 * publish.h: the process that gives nginx what browsers are to be told of orders.
 *
 * It reads the fan-out by a cursor of its own under a lease (events/feed.h), a batch at a time: writes down who hears what, posts each
 * message to nginx over its Unix socket, and then moves the cursor.  A process that is killed in between does the batch again: a
 * message may come twice, never not at all.  Where nginx is away, nobody listens: the messages are counted and left to those who will
 * ask what they missed.
 */
#ifndef LIVE_PUBLISH_H
#define LIVE_PUBLISH_H

struct work;

/* Publishes until TERM or INT, which are blocked.  Without live.enabled it only keeps its cursor up to date.  `doorbell`: of its lane. */
void publish_live(struct work *work, int doorbell);

#endif
