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
 * The gates of an order's account and address: the one twice where the other is not limited.  `with_coupon`: of the account in any
 * case, since what one customer uses of a coupon is counted too.
 */
struct turn {
	int64_t account, address;
};
struct turn turn_of(const struct work *work, bool with_coupon);

/* Waits, with an order of the customer's locked, until none of theirs is being placed, and keeps others from it. */
const struct problem *wait_for_customer(struct work *work, struct user_id customer);

/*
 * A column of the statement that reads what an order is made of: how many of the order's gates there are.  It waits until no
 * other transaction that places an order of this account, or from this address, is under way, and locks nothing but those
 * rows, in the order of their numbers, so that nobody waits in a circle.  Before anything of the order is locked, and in a
 * statement before the one that counts, which must see what the others have committed.
 */
#define GATES_LOCKED "(SELECT COUNT(*) FROM order_gates g WHERE g.number IN (?, ?) FOR UPDATE)"

/* Some are missing, which no migration leaves so: makes them, locked. */
const struct problem *make_gates(struct work *work, const struct turn *turn);

/* orders.open_from of an order that is placed now; NULL where nobody knows. */
const char *placed_from(const struct work *work);

/* Is there any limit?  Without one nothing is asked of the database. */
static inline bool
is_room_limited(const struct work *work)
{
	return work->config->orders.open_max != 0 || work->config->orders.open_units_max != 0 ||
	    work->config->orders.open_address_max != 0;
}

/* The condition under which an order of so many units may be inserted, and its parameters: counted from indexes alone. */
#define ROOM_FOR_ORDER \
	"(? OR (SELECT (? = 0 OR COUNT(*) < ?) AND (? = 0 OR ? + IFNULL(SUM(o.units), 0) <= ?) FROM orders o " \
	"FORCE INDEX (ix_orders_user_units) WHERE o.user_id = ? AND o.status = 'pending')) " \
	"AND (? = 0 OR (SELECT COUNT(*) FROM orders o WHERE o.open_from = ?) < ?)"
#define ROOM_PARAMETERS(work, units, from) \
	P((work)->config->orders.open_max == 0 && (work)->config->orders.open_units_max == 0), \
	    P((work)->config->orders.open_max), P((work)->config->orders.open_max), P((work)->config->orders.open_units_max), \
	    P(units), P((work)->config->orders.open_units_max), P((work)->viewer.user), \
	    P((work)->config->orders.open_address_max), P(from), P((work)->config->orders.open_address_max)

/* There was no room: TOO_MUCH_RESERVED, and why. */
const struct problem *say_what_is_reserved(struct work *work, int64_t units);

#endif
