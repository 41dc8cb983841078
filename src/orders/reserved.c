#include "orders/reserved.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "http/limit.h"
#include "store/db.h"

#include <string.h>

/* Gates are few rows that are locked and hold nothing: two accounts that share one only wait for each other. */
enum { GATES = 4096, DIGEST = 32 };

static int64_t
gate_of(const void *subject, size_t length)
{
	unsigned char digest[DIGEST];

	sha256(subject, length, digest);
	return (digest[0] << 8 | digest[1]) % GATES;
}

const char *
placed_from(const struct work *work)
{
	return work->address[0] == '\0' ? NULL : limit_subject(work->arena, work->address);
}

struct turn
turn_of(const struct work *work, bool with_coupon)
{
	const struct config *config = work->config;
	const char          *from = placed_from(work);
	int64_t              account = gate_of(&work->viewer.user, sizeof work->viewer.user);
	int64_t              address = from == NULL ? account : gate_of(from, strlen(from));

	if (!with_coupon && config->orders.open_max == 0 && config->orders.open_units_max == 0)
		account = address;
	if (config->orders.open_address_max == 0)
		address = account;
	return (struct turn) { account, address };
}

const struct problem *
make_gates(struct work *work, const struct turn *turn)
{
	bool account_first = turn->account < turn->address;

	return db_run(work->db, NULL,
	    "INSERT INTO order_gates (number) VALUES (?), (?) ON DUPLICATE KEY UPDATE number = VALUES(number)",
	    P(account_first ? turn->account : turn->address), P(account_first ? turn->address : turn->account));
}

const struct problem *
wait_for_customer(struct work *work, struct user_id customer)
{
	int64_t     gate = gate_of(&customer, sizeof customer), locked;
	struct turn turn = { gate, gate };

	TRY(db_value(work->db, &locked, "SELECT COUNT(*) FROM order_gates WHERE number = ? FOR UPDATE", P(gate)));
	return locked > 0 ? OK : make_gates(work, &turn);
}

struct reserved {
	int64_t orders, units;
};

static const struct member reserved_members[] = {
	M_INTEGER(struct reserved, orders, "n_orders", 0, INT64_MAX),
	M_INTEGER(struct reserved, units, "n_units", 0, INT64_MAX),
};
SHAPE(struct reserved, reserved_shape, "Reserved", reserved_members);

const struct problem *
say_what_is_reserved(struct work *work, int64_t units)
{
	const struct config *config = work->config;
	struct reserved     *open;

	TRY(db_row(work->db, &reserved_shape, &open,
	    "SELECT COUNT(*) AS n_orders, CAST(IFNULL(SUM(units), 0) AS SIGNED) AS n_units FROM orders "
	    "WHERE user_id = ? AND status = 'pending'",
	    P(work->viewer.user)));
	if (config->orders.open_max > 0 && open->orders >= config->orders.open_max)
		return problem_at(work->arena, PROBLEM_TOO_MUCH_RESERVED, "orders",
		    arena_format(work->arena, "%lld are not paid yet: pay or cancel one of them first", (long long)open->orders));
	if (config->orders.open_units_max > 0 && open->units + units > config->orders.open_units_max)
		return problem_at(work->arena, PROBLEM_TOO_MUCH_RESERVED, "items",
		    arena_format(work->arena, "unpaid orders may hold %lld units together, and hold %lld",
			(long long)config->orders.open_units_max, (long long)open->units));
	return problem(TOO_MUCH_RESERVED, "too many unpaid orders come from your network; try again later");
}
