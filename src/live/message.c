#include "live/message.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "events/feed.h"
#include "live/live.h"

#include <string.h>

enum { CHANNEL_BYTES = 16 };

const char *const live_kind_values[] = { "order-update", "order-new", NULL };

static const struct member live_message_members[] = {
	M_ENUM(struct live_message, kind, "message", live_kind_values, .computed = true),
	M_ID(struct live_message, event, "event_id"),
	M_TEXT(struct live_message, type, "type", 64, .required = true, .example = "\"fulfilment.shipped\""),
	M_TIME(struct live_message, created_at, "created_at"),
	M_OBJECT(struct live_message, order, "order", order_summary_shape),
};
SHAPE_SHARED(struct live_message, live_message_shape, "LiveMessage", live_message_members);

static const struct member live_row_members[] = {
	M_ID(struct live_row, hearer, "hearer"),
	M_OBJECT(struct live_row, message, "message", live_message_shape),
};
SHAPE_SHARED(struct live_row, live_row_shape, "LiveRow", live_row_members);

static const struct uuid everybodys; /* the hearer of what staff hear */

/*
 * Which order an event is about, and which seller alone when it is not all of theirs.  Sellers hear of the order itself, of their
 * part and its returns; of payments and refunds only staff and the customer do, as in the timeline.
 */
#define TOLD \
	"SELECT e.id AS event_id, e.type, e.created_at, e.aggregate_type = 'order' AS of_all, " \
	"IF(e.aggregate_type IN ('fulfilment', 'return'), UNHEX(REPLACE(JSON_VALUE(e.payload, '$.merchant_id'), '-', '')), NULL) " \
	"AS seller_id, CASE e.aggregate_type WHEN 'order' THEN e.aggregate_id " \
	"WHEN 'refund' THEN (SELECT p.order_id FROM payments p " \
	"WHERE p.id = UNHEX(REPLACE(JSON_VALUE(e.payload, '$.payment_id'), '-', ''))) " \
	"ELSE UNHEX(REPLACE(JSON_VALUE(e.payload, '$.order_id'), '-', '')) END AS order_id, " \
	"e.batch * ? + ROW_NUMBER() OVER (PARTITION BY e.batch ORDER BY e.created_at, e.id) AS position " \
	"FROM events e WHERE e.batch > ? AND e.batch <= ? " \
	"AND e.aggregate_type IN ('order', 'payment', 'refund', 'fulfilment', 'return')"

const struct problem *
write_live_messages(struct work *work, int64_t after, int64_t last, int64_t *count)
{
	return db_run(work->db, count,
	    "INSERT INTO live_messages (hearer, position, order_id, event_id, type, created_at) WITH told AS (" TOLD ") "
	    "SELECT h.hearer, h.position, h.order_id, h.event_id, h.type, h.created_at FROM ("
	    "SELECT o.user_id AS hearer, t.* FROM told t JOIN orders o ON o.id = t.order_id "
	    "UNION ALL SELECT ?, t.* FROM told t JOIN orders o ON o.id = t.order_id "
	    "UNION ALL SELECT m.merchant_id, t.* FROM told t JOIN order_merchants m ON m.order_id = t.order_id "
	    "WHERE t.of_all OR m.merchant_id = t.seller_id) AS h "
	    "ON DUPLICATE KEY UPDATE position = h.position",
	    P(FEED_POSITIONS), P(after), P(last), P(everybodys));
}

/* A seller's row has a part; a customer's and staff's have none. */
#define MESSAGES \
	"SELECT {l}, {l message}, IF(l.type = 'order.placed', 'order-new', 'order-update') AS `message.message`, " \
	"{o message.order}, IFNULL(m.total_minor, o.total_minor) AS `message.order.total_minor`, " \
	"(SELECT SUM(i.quantity) FROM order_lines i WHERE i.order_id = o.id " \
	"AND (m.merchant_id IS NULL OR i.merchant_id = m.merchant_id)) AS `message.order.item_count` " \
	"FROM live_messages l JOIN orders o ON o.id = l.order_id " \
	"LEFT JOIN order_merchants m ON m.order_id = l.order_id AND m.merchant_id = l.hearer "

const struct problem *
each_live_message(struct work *work, int64_t after, int64_t last, db_each_function *each, void *argument)
{
	int64_t first = (after + 1) * FEED_POSITIONS, end = (last + 1) * FEED_POSITIONS;

	return db_each(work->db, &live_row_shape, each, argument,
	    MESSAGES "WHERE l.position >= ? AND l.position < ? ORDER BY l.position, l.hearer", P(first), P(end));
}

static const struct member last_event_members[] = {
	M_ID(struct live_message, event, "event_id"),
};
SHAPE(struct live_message, last_event_shape, "LastLiveEvent", last_event_members);

/* One more than is told, to see whether there are more. */
static const struct problem *
read_rows(struct work *work, struct uuid hearer, struct uuid order, int64_t after, struct live_row **rows, size_t *count)
{
	int64_t most = LIVE_MISSED_MAX + 1;

	if (uuid_is_nil(order))
		return db_rows(work->db, &live_row_shape, LIVE_MISSED_MAX + 1, rows, count,
		    MESSAGES "WHERE l.hearer = ? AND l.position > ? ORDER BY l.position LIMIT ?", P(hearer), P(after), P(most));
	return db_rows(work->db, &live_row_shape, LIVE_MISSED_MAX + 1, rows, count,
	    MESSAGES "WHERE l.order_id = ? AND l.hearer = ? AND l.position > ? ORDER BY l.position LIMIT ?", P(order), P(hearer),
	    P(after), P(most));
}

/*
 * The newest message is looked up before the others: what comes in between is told twice at worst.  Staff hear of all, so their rows
 * know where any event stands.
 */
const struct problem *
read_missed(struct work *work, struct uuid hearer, struct uuid order, const struct event_id *after, struct live_missed *missed)
{
	struct live_message *newest;
	struct live_row     *rows;
	int64_t              position;
	size_t               count;

	*missed = (struct live_missed) { .complete = true };
	TRY(db_row(work->db, &last_event_shape, &newest,
	    "SELECT {} FROM live_messages WHERE hearer = ? ORDER BY position DESC LIMIT 1", P(everybodys)));
	if (newest != NULL)
		missed->last_event = &newest->event;
	if (after == NULL)
		return OK;
	TRY(db_value(work->db, &position, "SELECT position FROM live_messages WHERE event_id = ? AND hearer = ?", P(after),
	    P(everybodys)));
	missed->complete = position > 0;
	if (position == 0)
		return OK;
	TRY(read_rows(work, hearer, order, position, &rows, &count));
	missed->complete = count <= LIVE_MISSED_MAX;
	missed->n_messages = missed->complete ? count : LIVE_MISSED_MAX;
	missed->messages = ARENA_ARRAY(work->arena, missed->n_messages, struct live_message);
	for (size_t i = 0; i < missed->n_messages; i++)
		missed->messages[i] = rows[i].message;
	return OK;
}

const char *
live_channel(struct work *work, struct uuid hearer, struct uuid order)
{
	const char   *secret = work->config->auth.seal_secret;
	unsigned char name[sizeof "live channel" + 2 * sizeof(struct uuid)] = "live channel", mac[32];

	memcpy(name + sizeof "live channel", hearer.bytes, sizeof hearer.bytes);
	memcpy(name + sizeof "live channel" + sizeof hearer.bytes, order.bytes, sizeof order.bytes);
	hmac_sha256(secret, strlen(secret), name, sizeof name, mac);
	return hex_encode(work->arena, mac, CHANNEL_BYTES);
}

const struct problem *
forget_live_messages(struct work *work, struct instant before, int64_t *removed)
{
	return db_run(work->db, removed, "DELETE FROM live_messages WHERE created_at < ? LIMIT 1000", P(before));
}
