/*
 * receiver.h: a server on loopback that is told of events by webhook, with the manners that a test wants.
 *
 * Each connection has a thread and answers any number of requests.  What came is kept until the program ends.
 */
#ifndef RECEIVER_H
#define RECEIVER_H

#include <stddef.h>
#include <stdint.h>

struct receiver;

enum manner {
	ANSWERS, /* with the status and headers that were set, 200 at first */
	HANGS,   /* takes the request and says nothing, until it is told otherwise */
	DRIPS,   /* a byte in 200 ms, for ever */
	BABBLES, /* far more than anybody wants to read */
	WAITS    /* as ANSWERS, after 300 ms */
};

struct received {
	const char *path, *head, *id, *timestamp, *signature, *body; /* head: its lines up to the body */
	int64_t     at_ms;                                           /* of the monotonic clock */
};

struct receiver *receiver_new(void);

/* "http://127.0.0.1:PORT/PATH" */
const char *receiver_url(const struct receiver *receiver, const char *path);

/* From now on, also for those that hang. */
void receiver_manner(struct receiver *receiver, enum manner manner, int status, const char *headers);

/* How many requests have come in whole, and how many were there at once at most. */
size_t receiver_count(struct receiver *receiver);
size_t receiver_most(struct receiver *receiver);

/* The request of that number, from 0: it must have come. */
struct received receiver_got(struct receiver *receiver, size_t number);

/* Wait until so many have come, at most 30 s; how many have. */
size_t receiver_wait(struct receiver *receiver, size_t count);

#endif
