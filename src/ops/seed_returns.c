/* What some of the demo shop's customers want to send back, or wanted to. */
#include "ops/seed.h"

#include "base/arena.h"
#include "fulfilment/return.h"

/* Of the first ones: so that a large shop is seeded in the same time. */
enum { ORDERS = 2000, EVERY = 20, FIRST = 3, DAY = 24 * 3600 };

static const char *const wishes[] = { "It is too small.", "The colour is not what I expected.", "It arrived with a crack.",
	"I have ordered one too many.", NULL };
static const char *const answers[] = { "It has been used.", "It is not one of ours.", NULL };

struct sold_line {
	struct order_line_id id;
	struct order_id      order;
	struct merchant_id   merchant;
	struct user_id       user;
	int64_t              quantity;
};

static const struct member sold_line_members[] = {
	M_ID(struct sold_line, id, "id"),
	M_ID(struct sold_line, order, "order_id"),
	M_ID(struct sold_line, merchant, "merchant_id"),
	M_ID(struct sold_line, user, "user_id", .computed = true),
	M_INTEGER(struct sold_line, quantity, "quantity", 1, INT32_MAX),
};
SHAPE(struct sold_line, sold_line_shape, "SoldLine", sold_line_members);

static struct instant
return_time(int64_t index)
{
	return instant_add_seconds(seed_order_time(index), (int64_t)7 * DAY);
}

static struct uuid
return_uuid(const struct seed *seed, int64_t index)
{
	return seed_id(seed, SEED_RETURN, (uint64_t)index, return_time(index), 0);
}

/* The first line of an order that has arrived, unless the order has led to a return already. */
static const struct problem *
read_sold(const struct seed *seed, int64_t index, struct sold_line **line)
{
	return db_row(seed->work->db, &sold_line_shape, line,
	    "SELECT {l}, o.user_id FROM orders o JOIN order_lines l ON l.order_id = o.id JOIN fulfilments f ON f.order_id = o.id "
	    "AND f.merchant_id = l.merchant_id AND f.status = 'delivered' WHERE o.id = ? "
	    "AND NOT EXISTS (SELECT 1 FROM returns r WHERE r.id = ?) ORDER BY l.position LIMIT 1",
	    P(seed_order_uuid(seed, index)), P(return_uuid(seed, index)));
}

/* Nothing of them has come back: so neither stock nor money have moved. */
static const struct problem *
add_return(const struct seed *seed, int64_t index, const struct sold_line *line)
{
	static const enum return_status statuses[] = { RETURN_REQUESTED, RETURN_REQUESTED, RETURN_REJECTED, RETURN_CANCELLED };
	struct work                    *work = seed->work;
	struct dice                     dice = seed_dice(seed, SEED_RETURN, (uint64_t)index);
	struct uuid                     id = return_uuid(seed, index);
	struct instant                  at = return_time(index), ended = instant_add_seconds(at, DAY);
	enum return_status              status = statuses[dice_below(&dice, sizeof statuses / sizeof *statuses)];
	bool                            is_open = status == RETURN_REQUESTED;

	TRY(db_run(work->db, NULL,
	    "INSERT INTO returns (id, order_id, merchant_id, user_id, status, reason, ended_at, created_at, updated_at, created_by) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    P(id), P(line->order), P(line->merchant), P(line->user), P(return_status_values[status]),
	    P(status == RETURN_REJECTED ? dice_word(&dice, answers) : (const char *)NULL), is_open ? parameter_null() : P(ended),
	    P(at), P(is_open ? at : ended), P(line->user)));
	transaction_witness(work, "SELECT COUNT(*) FROM returns WHERE id = ?", id);
	return db_run(work->db, NULL, "INSERT INTO return_lines (return_id, line_id, quantity, reason) VALUES (?, ?, ?, ?)",
	    P(id), P(line->id), P(dice_between(&dice, 1, line->quantity)), P(dice_word(&dice, wishes)));
}

const struct problem *
seed_returns(const struct seed *seed, int64_t *added)
{
	int64_t orders = seed->orders < ORDERS ? seed->orders : ORDERS;

	for (int64_t index = FIRST; index < orders; index += EVERY) {
		struct sold_line *line;

		TRY(read_sold(seed, index, &line));
		if (line != NULL) {
			TRY(db_transaction(seed->work, add_return(seed, index, line)));
			++*added;
		}
		arena_reset(seed->work->arena);
	}
	return OK;
}
