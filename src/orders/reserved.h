/*
 * reserved.h: how much stock orders may hold that nobody has paid or confirmed yet: so many of one account, so many units of
 * theirs, and so many placed from one address (orders.open_max, open_units_max, open_address_max; 0 is any number).
 *
 * An order that is placed waits for its turn among those of its account and address, so that what it counts is what there
 * is; its row is inserted only where there is room.
 */
#ifndef RESERVED_H
#define RESERVED_H

#include "base/config.h"
#include "base/problem.h"
#include "store/work.h"

/*
 * Wait until no other transaction that places an order of this account, or from this address, is under way.  Before anything
 * of the order is locked; nothing to wait for where nothing is limited.
 */
const struct problem *await_turn(struct work *work);

/* orders.open_from of an order that is placed now; NULL where nobody knows. */
const char *placed_from(const struct work *work);

/* Is there any limit?  Without one nothing is asked of the database. */
static inline bool
is_room_limited(const struct work *work)
{
	return work->config->orders.open_max != 0 || work->config->orders.open_units_max != 0 ||
	    work->config->orders.open_address_max != 0;
}

/* The condition under which an order of so many units may be inserted, and its parameters. */
#define ROOM_FOR_ORDER \
	"(? OR (SELECT (? = 0 OR COUNT(DISTINCT o.id) < ?) AND (? = 0 OR ? + IFNULL(SUM(l.quantity), 0) <= ?) FROM orders o " \
	"LEFT JOIN order_lines l ON l.order_id = o.id WHERE o.user_id = ? AND o.status = 'pending')) " \
	"AND (? = 0 OR (SELECT COUNT(*) FROM orders o WHERE o.open_from = ? AND o.status = 'pending') < ?)"
#define ROOM_PARAMETERS(work, units, from) \
	P((work)->config->orders.open_max == 0 && (work)->config->orders.open_units_max == 0), \
	    P((work)->config->orders.open_max), P((work)->config->orders.open_max), P((work)->config->orders.open_units_max), \
	    P(units), P((work)->config->orders.open_units_max), P((work)->viewer.user), \
	    P((work)->config->orders.open_address_max), P(from), P((work)->config->orders.open_address_max)

/* There was no room: TOO_MUCH_RESERVED, and why. */
const struct problem *say_what_is_reserved(struct work *work, int64_t units);

#endif
