/* Asking to send goods back. */
#include "base/arena.h"
#include "base/config.h"
#include "fulfilment/return.h"
#include "http/permission.h"
#include "store/db.h"

enum { DAY = 24 * 3600 };

/* How many of a line are on their way back, or are back. */
struct claimed {
	struct order_line_id line;
	int64_t              quantity;
};

static const struct member claimed_members[] = {
	M_ID(struct claimed, line, "line_id"),
	M_INTEGER(struct claimed, quantity, "claimed", 0, INT64_MAX, .computed = true),
};
SHAPE(struct claimed, claimed_shape, "ReturnClaim", claimed_members);

static const struct order_line *
line_of(const struct order_row *order, struct order_line_id id)
{
	for (size_t i = 0; i < order->n_lines; i++)
		if (ID_EQUAL(order->lines[i].id, id))
			return &order->lines[i];
	return NULL;
}

/* Each is a line of the order, named once, and all are of one seller. */
static const struct problem *
check_lines(struct work *work, const struct order_row *order, const struct return_request *request, struct merchant_id *merchant)
{
	const struct order_line *first = NULL;
	struct faults            faults = { .count = 0 };

	for (size_t i = 0; i < request->n_lines; i++) {
		const struct order_line *line = line_of(order, request->lines[i].line);
		const char              *at = arena_format(work->arena, "lines.%zu.line_id", i);

		if (line == NULL)
			faults_add(&faults, at, "is not a line of the order");
		for (size_t k = 0; k < i; k++)
			if (ID_EQUAL(request->lines[k].line, request->lines[i].line))
				faults_add(&faults, at, "is named twice");
		if (line != NULL && first != NULL && !ID_EQUAL(line->merchant, first->merchant))
			faults_add(&faults, at, "is of another seller; each seller's goods are a return of their own");
		first = first == NULL ? line : first;
	}
	if (faults.count > 0)
		return problem_faults(work->arena, PROBLEM_VALIDATION_FAILED, "the body is invalid", &faults);
	*merchant = first->merchant;
	return OK;
}

/* Has that seller's part arrived, and not too long ago?  Staff may be asked at any time. */
static const struct problem *
has_arrived(struct work *work, const struct order_row *order, struct merchant_id merchant)
{
	struct instant since = instant_add_seconds(instant_now(), -work->config->orders.return_days * DAY);
	struct parts   parts;

	TRY(lock_fulfilments(work, order, &parts));
	for (size_t i = 0; i < parts.count; i++) {
		const struct fulfilment *part = &parts.rows[i];

		if (!ID_EQUAL(part->merchant, merchant) || part->status != FULFILMENT_DELIVERED)
			continue;
		if (!MAY(work, ORDER_FULFIL) && part->delivered_at->unix_ms < since.unix_ms)
			return problem(NOT_RETURNABLE, "the goods were delivered too long ago");
		return OK;
	}
	return problem(NOT_RETURNABLE, "the goods have not been delivered");
}

/* Of each line no more than was bought, with what is on its way back or was accepted. */
static const struct problem *
is_left(struct work *work, const struct order_row *order, const struct return_request *request)
{
	struct parameter *ids = ARENA_ARRAY(work->arena, request->n_lines, struct parameter);
	struct faults     faults = { .count = 0 };
	struct claimed   *claimed;
	size_t            count;

	for (size_t i = 0; i < request->n_lines; i++)
		ids[i] = P(request->lines[i].line);
	TRY(db_rows_many(work->db, &claimed_shape, request->n_lines, &claimed, &count,
	    "SELECT x.line_id, CAST(SUM(IFNULL(x.accepted, x.quantity)) AS SIGNED) AS claimed FROM return_lines x "
	    "JOIN returns t ON t.id = x.return_id WHERE x.line_id IN ([?]) "
	    "AND t.status NOT IN ('rejected', 'cancelled', 'expired') GROUP BY x.line_id",
	    request->n_lines, request->n_lines, ids));
	for (size_t i = 0; i < request->n_lines; i++) {
		int64_t left = line_of(order, request->lines[i].line)->quantity;

		for (size_t k = 0; k < count; k++)
			if (ID_EQUAL(claimed[k].line, request->lines[i].line))
				left -= claimed[k].quantity;
		if (request->lines[i].quantity > left)
			faults_add(&faults, arena_format(work->arena, "lines.%zu.quantity", i),
			    arena_format(work->arena, "only %lld can be returned", (long long)left));
	}
	return faults.count == 0
	    ? OK
	    : problem_faults(work->arena, PROBLEM_NOT_RETURNABLE, "more would be returned than was bought", &faults);
}

static const struct problem *
insert_return(struct work *work, const struct order_row *order, struct merchant_id merchant, const struct return_request *request,
    struct return_id id)
{
	enum { COLUMNS = 4 };
	struct parameter *rows = ARENA_ARRAY(work->arena, request->n_lines * COLUMNS, struct parameter);

	TRY(db_run(work->db, NULL, "INSERT INTO returns (id, order_id, merchant_id, user_id, created_by) VALUES (?, ?, ?, ?, ?)",
	    P(id), P(order->id), P(merchant), P(order->user), P(acting_user(work))));
	for (size_t i = 0; i < request->n_lines; i++) {
		rows[i * COLUMNS] = P(id);
		rows[i * COLUMNS + 1] = P(request->lines[i].line);
		rows[i * COLUMNS + 2] = P(request->lines[i].quantity);
		rows[i * COLUMNS + 3] = P(request->lines[i].reason);
	}
	return db_run_many(work->db, NULL,
	    "INSERT INTO return_lines (return_id, line_id, quantity, reason) VALUES [(?, ?, ?, ?)]", request->n_lines, COLUMNS,
	    rows);
}

const struct problem *
request_return(struct work *work, const char *id_or_number, const struct return_request *request, struct return_id *id)
{
	struct goods_return *made;
	struct merchant_id   merchant;
	struct order_row    *order;
	struct order_id      order_id;

	TRY(find_own_order(work, id_or_number, &order_id));
	TRY(lock_order(work, order_id, &order));
	TRY(check_lines(work, order, request, &merchant));
	TRY(has_arrived(work, order, merchant));
	TRY(is_left(work, order, request));
	*id = NEW_ID(return_id);
	TRY(insert_return(work, order, merchant, request, *id));
	TRY(read_return(work, *id, &made));
	return record_return(work, EVENT_RETURN_REQUESTED, NULL, made);
}
