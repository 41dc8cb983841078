/*
 * webhooks.h: what providers tell us: verified, stored once, applied in the same transaction or later.
 */
#ifndef WEBHOOKS_H
#define WEBHOOKS_H

#include "http/route.h"

struct job;
struct work;

extern const struct route_table webhooks_table;

/* event_routes.c */
extern const struct route_table webhook_events_table;

/* Job: apply stored events that could not be applied when they came; after the last attempt they are dead. */
const struct problem *replay_webhooks_job(struct work *work, const struct job *job);

/* Job: ask providers whether the stored events that they alone can tell are genuine. */
const struct problem *confirm_webhooks_job(struct work *work, const struct job *job);

/* Job: tell a sender that its events are wanted here. */
const struct problem *confirm_subscription_job(struct work *work, const struct job *job);

#endif
