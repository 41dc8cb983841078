/* What the demo shop's merchants got of their sales: month by month the greater part of what they had earned by two weeks before. */
#include "ops/seed.h"

#include "base/arena.h"
#include "ops/seed_sale.h"

enum { DAY_SECONDS = 24 * 3600, MONTHS = 14, PART_OF_HUNDRED = 80, SETTLED_AFTER = 14, PAID_AFTER = 2 };

struct payout_batches {
	struct batch payouts, transactions, entries;
};

/* Two people: one drafts, the other approves. */
static struct user_id
staff_id(const struct seed *seed, int number)
{
	return (struct user_id) { seed_id(seed, SEED_STAFF, (uint64_t)number + 10, seed_opening(), (unsigned)number + 10) };
}

static const struct problem *
add_staff(const struct seed *seed)
{
	struct arena *arena = seed->work->arena;
	struct batch  users = batch_new(arena,
	     "INSERT INTO users (id, email, phone, full_name, role, email_verified, created_at, updated_at) "
	      "VALUES [(?, ?, ?, ?, 'accountant', TRUE, ?, ?)] ON DUPLICATE KEY UPDATE email = VALUES(email)",
	     6);

	for (int i = 0; i < 2; i++) {
		struct dice dice = seed_dice(seed, SEED_STAFF, (uint64_t)i + 10);

		BATCH_ADD(&users, P(staff_id(seed, i)), P(i == 0 ? "books@haat.test" : "payouts@haat.test"),
		    P(seed_phone(7000010 + (uint64_t)i, arena)), P(seed_person(&dice, arena)), P(seed_opening()),
		    P(seed_opening()));
	}
	return batches_write(seed->work, &users, 1, "SELECT COUNT(*) FROM users WHERE id = ?", staff_id(seed, 0).uuid);
}

/* One step of a payout: the sum goes from one account to another. */
static void
add_step(const struct seed *seed, struct payout_batches *batches, struct uuid payout, uint64_t number, const char *kind,
    struct uuid from, struct uuid to, int64_t amount, const char *currency, struct instant at)
{
	struct uuid transaction = seed_id(seed, SEED_PAYOUT, number, at, 1);

	BATCH_ADD(&batches->transactions, P(transaction), P(kind), P(payout), P(payout), P(at));
	BATCH_ADD(&batches->entries, P(seed_id(seed, SEED_PAYOUT, number, at, 2)), P(transaction), P(from), P(amount),
	    P(currency), P(at));
	BATCH_ADD(&batches->entries, P(seed_id(seed, SEED_PAYOUT, number, at, 3)), P(transaction), P(to), P(-amount), P(currency),
	    P(at));
}

/* What the account holds at that time, of what a merchant has earned. */
static const struct problem *
read_earned(const struct seed *seed, int64_t merchant, struct instant until, struct uuid *account, int64_t *earned)
{
	struct earned {
		struct uuid id;
		int64_t     earned;
	} * row;
	static const struct member members[] = {
		M_ID(struct earned, id, "id"),
		M_INTEGER(struct earned, earned, "earned", INT64_MIN, INT64_MAX),
	};
	static const struct shape shape = SHAPE_IS_(struct earned, "SeedEarned", members);

	TRY(db_row(seed->work->db, &shape, &row,
	    "SELECT a.id, CAST(IFNULL((SELECT -SUM(e.amount_minor) FROM ledger_entries e WHERE e.account_id = a.id "
	    "AND e.currency = a.currency AND e.id < ?), 0) AS SIGNED) AS earned FROM ledger_accounts a "
	    "WHERE a.kind = 'merchant' AND a.owner = ? AND a.currency = ?",
	    P(seed_id_lowest(until)), P(seed_merchant_id(seed, merchant)), P(seed_currency(merchant))));
	if (row == NULL)
		return problem(INTERNAL, "a ledger account is missing");
	*account = row->id;
	*earned = row->earned;
	return OK;
}

static const struct problem *
add_payout(const struct selling *selling, struct payout_batches *batches, int64_t merchant, struct instant at)
{
	const struct seed *seed = selling->seed;
	const char        *currency = seed_currency(merchant);
	struct instant     drafted = instant_add_seconds(at, -(int64_t)PAID_AFTER * DAY_SECONDS),
		       approved = instant_add_seconds(at, -DAY_SECONDS);
	uint64_t    number = ((uint64_t)at.unix_ms / 1000 / DAY_SECONDS) * 1000000 + (uint64_t)merchant * 10;
	struct uuid id = seed_id(seed, SEED_PAYOUT, number, drafted, (unsigned)merchant % 4096), account,
		    due = sale_account(selling, "payout_due", NULL, currency),
		    bank = sale_account(selling, "bank", NULL, currency);
	int64_t there, earned, amount;

	TRY(db_value(seed->work->db, &there, "SELECT COUNT(*) FROM payouts WHERE id = ?", P(id)));
	if (there > 0)
		return OK;
	TRY(read_earned(seed, merchant, instant_add_seconds(at, -(int64_t)SETTLED_AFTER * DAY_SECONDS), &account, &earned));
	amount = earned / 100 * PART_OF_HUNDRED;
	if (amount <= 0)
		return OK;
	BATCH_ADD(&batches->payouts, P(id), P(seed_merchant_id(seed, merchant)), P(amount), P(currency),
	    P(seed_reference(seed, "BANK-", number)), P(staff_id(seed, 1)), P(approved), P(at), P(drafted), P(at),
	    P(staff_id(seed, 0)));
	add_step(seed, batches, id, number + 1, "payout", account, due, amount, currency, approved);
	add_step(seed, batches, id, number + 2, "payout_paid", due, bank, amount, currency, at);
	return OK;
}

/* On the first of a month, of all merchants. */
static const struct problem *
add_month(struct selling *selling, struct instant at)
{
	struct arena         *arena = selling->arena;
	struct payout_batches batches = {
		batch_new(arena,
		    "INSERT INTO payouts (id, merchant_id, amount_minor, currency, status, bank_reference, approved_by, approved_at, "
		    "paid_at, created_at, updated_at, created_by) VALUES [(?, ?, ?, ?, 'paid', ?, ?, ?, ?, ?, ?, ?)]",
		    11),
		batch_new(arena,
		    "INSERT INTO ledger_transactions (id, source_kind, source_id, origin_id, created_at) VALUES [(?, ?, ?, ?, ?)]",
		    5),
		batch_new(arena,
		    "INSERT INTO ledger_entries (id, transaction_id, account_id, amount_minor, currency, created_at) "
		    "VALUES [(?, ?, ?, ?, ?, ?)]",
		    6),
	};
	struct batch in_order[3];

	TRY(sale_read_accounts(selling));
	for (int64_t merchant = 0; merchant < selling->seed->merchants && merchant < CURRENCIES * 4; merchant++)
		TRY(add_payout(selling, &batches, merchant, at));
	if (batches.payouts.count == 0)
		return OK;
	in_order[0] = batches.payouts;
	in_order[1] = batches.transactions;
	in_order[2] = batches.entries;
	return batches_write(
	    selling->seed->work, in_order, 3, "SELECT COUNT(*) FROM payouts WHERE id = ?", batches.payouts.rows[0].uuid);
}

const struct problem *
seed_payouts(const struct seed *seed)
{
	struct selling selling = { .seed = seed, .arena = seed->work->arena };
	struct instant now = instant_now(), first = instant_add_seconds(now, -(seed->days - 20) * DAY_SECONDS);
	struct civil   civil = instant_civil(first);

	if (seed->days == 0)
		return OK;
	TRY(add_staff(seed));
	civil = (struct civil) { .year = civil.year, .month = civil.month, .day = 1, .hour = 9 };
	for (int i = 0; i < MONTHS; i++) {
		struct instant at = instant_from_civil(civil);

		if (at.unix_ms > first.unix_ms && at.unix_ms < now.unix_ms)
			TRY(add_month(&selling, at));
		arena_reset(seed->work->arena);
		civil.year += civil.month / 12;
		civil.month = civil.month % 12 + 1;
	}
	return OK;
}
