#include "orders/fulfilments.h"

#include "base/arena.h"
#include "base/config.h"
#include "events/audit.h"
#include "store/db.h"

#include <assert.h>

enum { DAY = 24 * 3600 };

const char *const fulfilment_status_values[] = { "pending", "packed", "shipped", "delivered", "cancelled", "returned", NULL };

#define TO(status) (1u << FULFILMENT_##status)

static const unsigned transitions[FULFILMENT_STATUS__COUNT] = {
	[FULFILMENT_PENDING] = TO(PACKED) | TO(CANCELLED),
	[FULFILMENT_PACKED] = TO(PENDING) | TO(SHIPPED) | TO(CANCELLED),
	[FULFILMENT_SHIPPED] = TO(DELIVERED) | TO(RETURNED),
};

bool
fulfilment_may_become(enum fulfilment_status from, enum fulfilment_status to)
{
	return (transitions[from] >> to & 1) != 0;
}

static const struct member fulfilment_row_members[] = {
	M_ID(struct fulfilment, id, "id"),
	M_ID(struct fulfilment, order, "order_id"),
	M_ID(struct fulfilment, merchant, "merchant_id"),
	M_ENUM(struct fulfilment, status, "status", fulfilment_status_values),
	M_TEXT(struct fulfilment, carrier, "carrier", CARRIER_MAX),
	M_TEXT(struct fulfilment, tracking, "tracking", TRACKING_MAX),
	M_TEXT(struct fulfilment, reason, "reason", CANCEL_REASON_MAX),
	M_MONEY(struct fulfilment, total, "total", .computed = true),
	M_MONEY(struct fulfilment, refunded, "refunded"),
	M_MONEY(struct fulfilment, collected, "collected"),
	M_TEXT(struct fulfilment, currency, "currency", 3, .computed = true),
	M_TIME(struct fulfilment, packed_at, "packed_at"),
	M_TIME(struct fulfilment, shipped_at, "shipped_at"),
	M_TIME(struct fulfilment, delivered_at, "delivered_at"),
	M_TIME(struct fulfilment, collected_at, "collected_at"),
	M_TIME(struct fulfilment, ended_at, "ended_at"),
	M_TIME(struct fulfilment, due_at, "due_at"),
	M_TIME(struct fulfilment, created_at, "created_at"),
};
SHAPE_SHARED(struct fulfilment, fulfilment_row_shape, "FulfilmentRow", fulfilment_row_members, .noun = "fulfilment");

static const struct member fulfilment_state_line_members[] = {
	M_ID(struct order_line, id, "line_id"),
	M_ID(struct order_line, variant, "variant_id"),
	M_ID(struct order_line, product, "product_id"),
	M_INTEGER(struct order_line, quantity, "quantity", 1, ORDER_QUANTITY_MAX),
	M_MONEY(struct order_line, total, "total"),
};
SHAPE(struct order_line, fulfilment_state_line_shape, "FulfilmentStateLine", fulfilment_state_line_members);

static const struct member fulfilment_state_members[] = {
	M_ID(struct fulfilment, id, "id"),
	M_ID(struct fulfilment, order, "order_id"),
	M_ID(struct fulfilment, merchant, "merchant_id"),
	M_ENUM(struct fulfilment, status, "status", fulfilment_status_values),
	M_TEXT(struct fulfilment, carrier, "carrier", CARRIER_MAX),
	M_TEXT(struct fulfilment, tracking, "tracking", TRACKING_MAX),
	M_ARRAY(struct fulfilment, lines, n_lines, "lines", fulfilment_state_line_shape, ORDER_LINES_MAX),
	M_MONEY(struct fulfilment, total, "total"),
	M_MONEY(struct fulfilment, refunded, "refunded"),
	M_MONEY(struct fulfilment, collected, "collected"),
	M_TEXT(struct fulfilment, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_TIME(struct fulfilment, created_at, "created_at"),
};
SHAPE_SHARED(struct fulfilment, fulfilment_state_shape, "FulfilmentState", fulfilment_state_members);

/* ---- rows ---- */

const struct problem *
make_fulfilments(struct work *work, const struct order_row *order)
{
	enum { COLUMNS = 3 };
	struct parameter *rows = ARENA_ARRAY(work->arena, order->n_lines * COLUMNS, struct parameter);
	size_t            count = 0;

	for (size_t i = 0; i < order->n_lines; i++) {
		size_t other = 0;

		while (!ID_EQUAL(order->lines[other].merchant, order->lines[i].merchant))
			other++;
		if (other < i)
			continue;
		rows[count * COLUMNS] = P(uuid_new());
		rows[count * COLUMNS + 1] = P(order->id);
		rows[count * COLUMNS + 2] = P(order->lines[i].merchant);
		count++;
	}
	return db_run_many(
	    work->db, NULL, "INSERT INTO fulfilments (id, order_id, merchant_id) VALUES [(?, ?, ?)]", count, COLUMNS, rows);
}

void
take_lines(struct arena *arena, const struct order_line *lines, size_t count, struct fulfilment *part)
{
	part->lines = ARENA_ARRAY(arena, count, struct order_line);
	part->n_lines = 0;
	for (size_t i = 0; i < count; i++)
		if (ID_EQUAL(lines[i].merchant, part->merchant))
			part->lines[part->n_lines++] = lines[i];
}

const struct problem *
lock_fulfilments(struct work *work, const struct order_row *order, struct parts *parts)
{
	assert(work->depth > 0);
	TRY(db_rows(work->db, &fulfilment_row_shape, FULFILMENTS_MAX, &parts->rows, &parts->count,
	    "SELECT {f}, m.total_minor, m.currency FROM fulfilments f JOIN order_merchants m ON m.order_id = f.order_id "
	    "AND m.merchant_id = f.merchant_id WHERE f.order_id = ? ORDER BY f.id FOR UPDATE",
	    P(order->id)));
	for (size_t i = 0; i < parts->count; i++)
		take_lines(work->arena, order->lines, order->n_lines, &parts->rows[i]);
	return OK;
}

/* ---- changes ---- */

const struct problem *
fulfilment_state_problem(struct work *work, const struct fulfilment *part)
{
	return problem_at(work->arena, PROBLEM_FULFILMENT_STATE, "status",
	    arena_format(work->arena, "is %s", fulfilment_status_values[part->status]));
}

static const struct problem *
tell(struct work *work, enum event_type type, const struct fulfilment *before, const struct fulfilment *after)
{
	TRY(event_record(work, type, after->id.uuid, &fulfilment_state_shape, after));
	if (acting_user(work) == NULL && work->viewer.key == NULL)
		return OK;
	return audit_record(work, event_type_name(type), "fulfilment", after->id.uuid, &fulfilment_state_shape, before, after);
}

/* When nobody says that it has arrived, it has; and some time after that its order is over. */
static struct instant *
due_after(struct work *work, enum fulfilment_status status)
{
	struct instant *due;
	int64_t         days;

	if (status == FULFILMENT_SHIPPED)
		days = work->config->orders.deliver_days;
	else if (status == FULFILMENT_DELIVERED)
		days = work->config->orders.complete_days;
	else
		return NULL;
	due = ARENA_NEW(work->arena, struct instant);
	*due = instant_add_seconds(instant_now(), days * DAY);
	return due;
}

const struct problem *
move_fulfilment(struct work *work, struct fulfilment *part, enum fulfilment_status to, enum event_type type)
{
	struct fulfilment before = *part;
	const char       *word = fulfilment_status_values[to];
	int64_t           changed;

	if (!fulfilment_may_become((enum fulfilment_status)part->status, to))
		return fulfilment_state_problem(work, part);
	part->status = (int)to;
	part->due_at = due_after(work, to);
	TRY(db_run(work->db, &changed,
	    "UPDATE fulfilments SET status = ?, carrier = ?, tracking = ?, reason = ?, refunded_minor = ?, due_at = ?, "
	    "packed_at = CASE ? WHEN 'packed' THEN NOW(3) WHEN 'pending' THEN NULL ELSE packed_at END, "
	    "shipped_at = IF(? = 'shipped', NOW(3), shipped_at), delivered_at = IF(? = 'delivered', NOW(3), delivered_at), "
	    "ended_at = IF(? IN ('cancelled', 'returned'), NOW(3), ended_at), updated_by = ? WHERE id = ? AND status = ?",
	    P(word), P(part->carrier), P(part->tracking), P(part->reason), P(part->refunded.minor), P(part->due_at), P(word),
	    P(word), P(word), P(word), P(acting_user(work)), P(part->id), P(fulfilment_status_values[before.status])));
	return changed == 0 ? fulfilment_state_problem(work, &before) : tell(work, type, &before, part);
}

const struct problem *
change_fulfilment(struct work *work, const struct fulfilment *before, struct fulfilment *part)
{
	TRY(db_run(work->db, NULL, "UPDATE fulfilments SET carrier = ?, tracking = ?, updated_by = ? WHERE id = ?",
	    P(part->carrier), P(part->tracking), P(acting_user(work)), P(part->id)));
	return tell(work, EVENT_FULFILMENT_CHANGED, before, part);
}

const struct problem *
collect_fulfilment(struct work *work, struct fulfilment *part, int64_t amount_minor)
{
	struct fulfilment before = *part;
	struct instant    now = instant_now();
	int64_t           changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE fulfilments SET collected_minor = ?, collected_at = ?, updated_by = ? "
	    "WHERE id = ? AND status = 'delivered' AND collected_at IS NULL",
	    P(amount_minor), P(now), P(acting_user(work)), P(part->id)));
	if (changed == 0)
		return fulfilment_state_problem(work, part);
	part->collected.minor = amount_minor;
	part->collected_at = ARENA_NEW(work->arena, struct instant);
	*part->collected_at = now;
	return tell(work, EVENT_FULFILMENT_COLLECTED, &before, part);
}

/* ---- the order follows ---- */

/* Where its parts are; the order's own status when they do not say. */
static enum order_status
status_of(const struct order_row *order, const struct parts *parts)
{
	size_t of[FULFILMENT_STATUS__COUNT] = { 0 };

	for (size_t i = 0; i < parts->count; i++)
		of[parts->rows[i].status]++;
	if (parts->count == 0)
		return (enum order_status)order->status;
	if (of[FULFILMENT_CANCELLED] + of[FULFILMENT_RETURNED] == parts->count)
		return ORDER_CANCELLED;
	if (of[FULFILMENT_PENDING] + of[FULFILMENT_PACKED] == 0)
		return of[FULFILMENT_SHIPPED] > 0 ? ORDER_SHIPPED : ORDER_DELIVERED;
	/* Once somebody has begun it stays begun, whatever was unpacked since. */
	if (of[FULFILMENT_PENDING] + of[FULFILMENT_CANCELLED] < parts->count)
		return ORDER_PROCESSING;
	return (enum order_status)order->status;
}

const struct problem *
follow_fulfilments(struct work *work, struct order_row *order, const struct parts *parts)
{
	static const enum event_type events[ORDER_STATUS__COUNT] = {
		[ORDER_PROCESSING] = EVENT_ORDER_PROCESSING,
		[ORDER_SHIPPED] = EVENT_ORDER_SHIPPED,
		[ORDER_DELIVERED] = EVENT_ORDER_DELIVERED,
		[ORDER_CANCELLED] = EVENT_ORDER_CANCELLED,
	};
	enum order_status to = status_of(order, parts);

	/* A cancelled order has no part that moves; one that was given back whole stays so. */
	if ((int)to == order->status || !order_may_become((enum order_status)order->status, to))
		return OK;
	TRY(move_order(work, order, to));
	return record_order_event(work, events[to], order);
}
