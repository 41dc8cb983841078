/*
 * deliver.h: the process that delivers events to webhook endpoints.
 *
 * One process does it at a time, under the lease of its cursor (events/feed.h); it reads what was fanned out, queues it for the
 * endpoints that hear it, and drives the transfers, all in one loop that waits for nothing but the database.  Under way at once
 * are at most one delivery of an endpoint and aggregate (which keeps their order), DELIVERIES_OF_ENDPOINT of an endpoint, one while
 * its last delivery failed, and DELIVERIES_UNDER_WAY in all: so an endpoint that hangs holds its own lane and no other.  Their bodies
 * are bounded, too (notify/transfer.h).
 *
 * A delivery is recorded after its answer.  A process that dies in between, or loses its lease, which ends all its transfers,
 * makes another deliver again: at least once, and receivers know a repeat by the event's id.
 */
#ifndef NOTIFY_DELIVER_H
#define NOTIFY_DELIVER_H

struct work;

enum { DELIVERIES_OF_ENDPOINT = 8, DELIVERIES_UNDER_WAY = 400 };

/* Delivers until TERM or INT, which are blocked; then what is under way is finished.  `doorbell`: of its lane. */
void deliver_webhooks(struct work *work, int doorbell);

#endif
