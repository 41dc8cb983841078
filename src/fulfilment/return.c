/* Returns as rows. */
#include "fulfilment/return.h"

#include "base/arena.h"
#include "events/audit.h"
#include "http/permission.h"
#include "payments/payment.h"
#include "store/db.h"
#include "store/list.h"

const char *const return_status_values[] = { "requested", "approved", "rejected", "cancelled", "received", "refunded", "expired",
	NULL };

#define TO(status) (1u << RETURN_##status)

static const unsigned transitions[RETURN_STATUS__COUNT] = {
	[RETURN_REQUESTED] = TO(APPROVED) | TO(REJECTED) | TO(CANCELLED),
	[RETURN_APPROVED] = TO(RECEIVED) | TO(CANCELLED) | TO(EXPIRED),
	[RETURN_RECEIVED] = TO(REFUNDED) | TO(REJECTED),
};

bool
return_may_become(enum return_status from, enum return_status to)
{
	return (transitions[from] >> to & 1) != 0;
}

static const struct member return_line_members[] = {
	M_ID(struct return_line, of, "return_id", .hidden = true),
	M_ID(struct return_line, line, "line_id"),
	M_ID(struct return_line, variant, "variant_id", .computed = true),
	M_TEXT(struct return_line, name, "name", 200, .required = true, .computed = true),
	M_TEXT(struct return_line, sku, "sku", 64, .required = true, .computed = true),
	M_INTEGER(struct return_line, quantity, "quantity", 1, ORDER_QUANTITY_MAX),
	M_TEXT(struct return_line, reason, "reason", CANCEL_REASON_MAX, .example = "\"too small\""),
	M_INTEGER(struct return_line, accepted, "accepted", 0, ORDER_QUANTITY_MAX,
	    .description = "How many of those that came were accepted; null before they came."),
	M_BOOLEAN(struct return_line, restocked, "restocked", .description = "Whether these are sold again."),
};
SHAPE(struct return_line, return_line_shape, "ReturnLine", return_line_members);

static const struct member return_refund_members[] = {
	M_ID(struct return_refund, id, "id"),
	M_ENUM(struct return_refund, status, "status", refund_status_values),
};
SHAPE(struct return_refund, return_refund_shape, "ReturnRefund", return_refund_members);

static const struct member return_members[] = {
	M_ID(struct goods_return, id, "id"),
	M_ID(struct goods_return, order, "order_id"),
	M_ID(struct goods_return, merchant, "merchant_id"),
	M_ID(struct goods_return, customer, "customer_id", .column = "user_id"),
	M_ENUM(struct goods_return, status, "status", return_status_values),
	M_ARRAY(struct goods_return, lines, n_lines, "lines", return_line_shape, ORDER_LINES_MAX),
	M_TEXT(
	    struct goods_return, reason, "reason", CANCEL_REASON_MAX, .description = "Why it was rejected.", .example = "null"),
	M_MONEY(struct goods_return, amount, "amount", .description = "What is refunded for what was accepted."),
	M_TEXT(struct goods_return, currency, "currency", 3, .required = true, .computed = true, .example = "\"USD\""),
	M_OBJECT(struct goods_return, refund, "refund", return_refund_shape),
	M_TIME(struct goods_return, expires_at, "expires_at",
	    .description = "Of one that is approved: until when the goods must have come."),
	M_TIME(struct goods_return, received_at, "received_at"),
	M_TIME(struct goods_return, ended_at, "ended_at"),
	M_TIME(struct goods_return, created_at, "created_at"),
};
SHAPE_SHARED(struct goods_return, return_shape, "Return", return_members, .noun = "return");

/* ---- what its events tell: no words of a person ---- */

static const struct member return_state_line_members[] = {
	M_ID(struct return_line, line, "line_id"),
	M_ID(struct return_line, variant, "variant_id"),
	M_INTEGER(struct return_line, quantity, "quantity", 1, ORDER_QUANTITY_MAX),
	M_INTEGER(struct return_line, accepted, "accepted", 0, ORDER_QUANTITY_MAX),
	M_BOOLEAN(struct return_line, restocked, "restocked"),
};
SHAPE(struct return_line, return_state_line_shape, "ReturnStateLine", return_state_line_members);

static const struct member return_state_members[] = {
	M_ID(struct goods_return, id, "id"),
	M_ID(struct goods_return, order, "order_id"),
	M_ID(struct goods_return, merchant, "merchant_id"),
	M_ID(struct goods_return, customer, "customer_id"),
	M_ENUM(struct goods_return, status, "status", return_status_values),
	M_ARRAY(struct goods_return, lines, n_lines, "lines", return_state_line_shape, ORDER_LINES_MAX),
	M_MONEY(struct goods_return, amount, "amount"),
	M_TEXT(struct goods_return, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_OBJECT(struct goods_return, refund, "refund", return_refund_shape),
	M_TIME(struct goods_return, created_at, "created_at"),
};
SHAPE(struct goods_return, return_state_shape, "ReturnState", return_state_members);

const struct problem *
record_return(struct work *work, enum event_type type, const struct goods_return *before, const struct goods_return *after)
{
	TRY(event_record(work, type, after->id.uuid, &return_state_shape, after));
	if (acting_user(work) == NULL)
		return OK;
	return audit_record(work, event_type_name(type), "return", after->id.uuid, &return_state_shape, before, after);
}

/* ---- reading ---- */

#define RETURN_SELECT "SELECT {t}, o.currency, {r refund}"
#define RETURN_FROM "FROM returns t JOIN orders o ON o.id = t.order_id LEFT JOIN refunds r ON r.id = t.refund_id"

static const struct problem *
read_lines(struct work *work, struct goods_return *returns, size_t count)
{
	struct parameter   *ids = ARENA_ARRAY(work->arena, count, struct parameter);
	struct return_line *lines;
	size_t              n_lines;

	if (count == 0)
		return OK;
	for (size_t i = 0; i < count; i++)
		ids[i] = P(returns[i].id);
	TRY(db_rows_many(work->db, &return_line_shape, count * ORDER_LINES_MAX, &lines, &n_lines,
	    "SELECT {x}, l.variant_id, l.name, l.sku FROM return_lines x JOIN order_lines l ON l.id = x.line_id "
	    "WHERE x.return_id IN ([?]) ORDER BY x.return_id, l.position",
	    count, count, ids));
	for (size_t i = 0; i < count; i++) {
		returns[i].n_lines = 0;
		for (size_t k = 0; k < n_lines; k++)
			if (ID_EQUAL(lines[k].of, returns[i].id) && returns[i].n_lines++ == 0)
				returns[i].lines = &lines[k];
	}
	return OK;
}

const struct problem *
read_return(struct work *work, struct return_id id, struct goods_return **found)
{
	TRY(db_one(work->db, &return_shape, found,
	    RETURN_SELECT " " RETURN_FROM " WHERE t.id = ? AND (? OR t.user_id = ? OR t.merchant_id = ?)", P(id),
	    P(MAY(work, ORDER_READ_ALL)), P(work->viewer.user), P(work->viewer.merchant)));
	return read_lines(work, *found, 1);
}

static const struct list_order newest_first[] = { { .id = "t.id", .descending = true } };

const struct problem *
list_returns(struct work *work, const struct return_filter *filter, const struct page_request *page,
    struct goods_return **returns, struct listed *listed)
{
	struct list list = list_begin(work, RETURN_SELECT, RETURN_FROM);

	if (!MAY(work, ORDER_READ_ALL) && work->viewer.merchant != NULL)
		list_where(&list, "t.merchant_id = ?", P(work->viewer.merchant));
	else if (!MAY(work, ORDER_READ_ALL))
		list_where(&list, "t.user_id = ?", P(work->viewer.user));
	list_filter(&list, "t.status = ?", P(filter->status == NULL ? NULL : return_status_values[*filter->status]));
	list_filter(&list, "t.order_id = ?", P(filter->order));
	TRY(list_page(&list, &return_shape, newest_first, page, returns, listed));
	return read_lines(work, *returns, listed->count);
}

/* ---- steps ---- */

const struct problem *
return_state_problem(struct work *work, const struct goods_return *back)
{
	return problem_at(
	    work->arena, PROBLEM_RETURN_STATE, "status", arena_format(work->arena, "is %s", return_status_values[back->status]));
}

const struct problem *
begin_return_step(struct work *work, struct return_id id, enum return_status to, struct goods_return **found)
{
	struct order_row *order;

	TRY(read_return(work, id, found));
	TRY(lock_order(work, (*found)->order, &order));
	TRY(read_return(work, id, found)); /* who moved it may have waited for the same lock before us */
	return return_may_become((enum return_status)(*found)->status, to) ? OK : return_state_problem(work, *found);
}

const struct problem *
end_return_step(struct work *work, enum event_type type, const struct goods_return *before, const struct goods_return *after)
{
	const char *status = return_status_values[after->status];
	int64_t     changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE returns SET status = ?, reason = ?, amount_minor = ?, refund_id = ?, expires_at = ?, "
	    "received_at = IF(? = 'received', NOW(3), received_at), "
	    "ended_at = IF(? IN ('requested', 'approved', 'received'), NULL, NOW(3)), updated_by = ? WHERE id = ? AND status = ?",
	    P(status), P(after->reason), P(after->amount.minor), P(after->refund == NULL ? NULL : &after->refund->id),
	    P(after->expires_at), P(status), P(status), P(acting_user(work)), P(after->id),
	    P(return_status_values[before->status])));
	return changed == 1 ? record_return(work, type, before, after) : problem(CONFLICT, "the return has changed meanwhile");
}
