/*
 * ticket.h: between the files of this folder: what lets a page listen.
 *
 * A ticket names its user, their session, and one order or all.  It is sealed (http/seal.h) and kept nowhere: what it may hear is
 * found anew when it is used, from what its user may see then.
 */
#ifndef LIVE_TICKET_H
#define LIVE_TICKET_H

#include "base/ids.h"
#include "base/instant.h"
#include "base/problem.h"

struct work;

enum { LIVE_TICKET_SECONDS = 600, LIVE_TICKET_MAX = 400 };

/* A ticket of the viewer, who may see that order; nil: all of theirs. */
const char *live_ticket(struct work *work, struct uuid order, struct instant expires_at);

/*
 * Signs the work's viewer in as the ticket's user, and *order is what it is for (nil: all).  FORBIDDEN: not ours, or no longer valid;
 * a session that has ended or an account that is disabled is the same.
 */
const struct problem *take_live_ticket(struct work *work, const char *ticket, struct uuid *order);

/*
 * As whom the viewer hears of all orders: zeros for staff who fulfil orders, the merchant's id for a seller, else the user's own.
 */
struct uuid live_hearer(const struct work *work);

#endif
