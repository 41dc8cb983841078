/*
 * message.h: between the files of this folder: who hears what, and the table of it.
 */
#ifndef LIVE_MESSAGE_H
#define LIVE_MESSAGE_H

#include "base/ids.h"
#include "base/instant.h"
#include "base/shape.h"
#include "orders/summary.h"
#include "store/db.h"
#include "store/work.h"

enum { LIVE_MISSED_MAX = 100 };

enum live_kind { LIVE_ORDER_UPDATE, LIVE_ORDER_NEW };
extern const char *const live_kind_values[]; /* "order-update", ... NULL */

/* What a page is told: the event, and the order as it is now. */
struct live_message {
	int                  kind; /* enum live_kind */
	struct event_id      event;
	const char          *type;
	struct instant       created_at;
	struct order_summary order; /* to a seller that of their part */
};
SHAPE_DECLARE(struct live_message, live_message_shape);

/* A message and who hears it: a customer's or a merchant's id, or zeros, which are for staff. */
struct live_row {
	struct uuid         hearer;
	struct live_message message;
};
SHAPE_DECLARE(struct live_row, live_row_shape);

/*
 * Write down who is to hear the events of the batches behind `after` up to `last`: inside a transaction, and again without harm.
 * *count: how many messages.
 */
const struct problem *write_live_messages(struct work *work, int64_t after, int64_t last, int64_t *count);

/* Each message of those batches, in their order: db_each of struct live_row. */
const struct problem *each_live_message(struct work *work, int64_t after, int64_t last, db_each_function *each, void *argument);

/* What a hearer missed; `after` NULL: nothing is asked for.  `order` nil: of all orders. */
struct live_missed {
	struct live_message *messages;
	size_t               n_messages;
	bool complete; /* false: `after` is not known (any longer), or they are more than LIVE_MISSED_MAX: the first */
	struct event_id *last_event; /* the newest message of anybody; NULL: there is none */
};

const struct problem *read_missed(
    struct work *work, struct uuid hearer, struct uuid order, const struct event_id *after, struct live_missed *missed);

/*
 * The channel of a hearer for one order, or for all (nil): the key's secret is in its name, so nobody who has not been told it can
 * guess it.
 */
const char *live_channel(struct work *work, struct uuid hearer, struct uuid order);

#endif
