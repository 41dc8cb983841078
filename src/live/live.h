/*
 * live.h: browsers hear of orders as they change: what other subjects may use of it.
 *
 * nginx's module Nchan holds the connections (Server-Sent Events, WebSocket, long polls) at /live; no worker is ever bound to one.
 * A signed-in page gets a ticket (ticket.h) that opens one; a worker is asked once, when it does.  What is to be told is written
 * into live_messages and given to nginx by haat-jobs (publish.h), each message to the channels of those who may hear it.  A page
 * that connects again gets what it missed from the table: nothing depends on what nginx remembers.
 */
#ifndef LIVE_H
#define LIVE_H

#include "http/route.h"

#include "base/instant.h"

struct work;

enum { LIVE_KEEP_SECONDS = 24 * 3600 }; /* what was missed can be asked for so long */

extern const struct route_table live_table;

/* Of the purge: forget at most 1000 messages from before `before`; *removed of them. */
const struct problem *forget_live_messages(struct work *work, struct instant before, int64_t *removed);

#endif
