/* What accounts hold: the last row of ledger_days and the entries since. */
#include "ledger/account.h"

#include "base/arena.h"
#include "base/text.h"
#include "store/db.h"
#include "store/list.h"
#include "store/work.h"

#include <assert.h>

/* Accounts of which the entries since the mark are asked for in one statement, and the step of different texts. */
enum { ASKED_MAX = 200, ASKED_STEP = 4, DAY_MS = 24 * 3600 * 1000 };

static const struct member ledger_account_members[] = {
	M_ID(struct ledger_account, id, "id"),
	M_ENUM(struct ledger_account, kind, "kind", ledger_role_values,
	    .description = "clearing: at the provider; carrier: collected at the door and owed to the shop; payout_due: "
			   "approved, on its way to merchants."),
	M_TEXT(struct ledger_account, provider, "provider", 32, .example = "\"stripe\""),
	M_ID(struct ledger_account, merchant, "merchant_id"),
	M_MONEY(struct ledger_account, balance, "balance", .computed = true,
	    .description = "Debits are positive: what a merchant has earned is below zero."),
	M_TEXT(struct ledger_account, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_TIME(struct ledger_account, created_at, "created_at"),
	M_INTEGER(struct ledger_account, folded_minor, "folded", INT64_MIN, INT64_MAX, .hidden = true, .computed = true),
	M_ID(struct ledger_account, mark, "mark", .hidden = true, .computed = true),
};
SHAPE_SHARED(
    struct ledger_account, ledger_account_shape, "LedgerAccountBalance", ledger_account_members, .noun = "ledger account");

#define FOLDED \
	"SELECT {a}, IFNULL((SELECT d.balance_minor FROM ledger_days d WHERE d.account_id = a.id ORDER BY d.day DESC LIMIT 1), 0) " \
	"AS folded, IFNULL((SELECT f.mark FROM ledger_fold f), REPEAT(CHAR(0), 16)) AS mark"

/* What was posted to an account since the mark. */
struct tail {
	struct uuid account;
	int64_t     amount;
};

static const struct member tail_members[] = {
	M_ID(struct tail, account, "account_id"),
	M_INTEGER(struct tail, amount, "amount", INT64_MIN, INT64_MAX),
};
SHAPE(struct tail, tail_shape, "LedgerTail", tail_members);

/* One range of the account's index for each: a join would read all of an account's entries. */
static const struct problem *
read_tails(struct work *work, const struct ledger_account *accounts, size_t count, struct tail **tails, size_t *found)
{
	size_t            asked = (count + ASKED_STEP - 1) / ASKED_STEP * ASKED_STEP;
	struct parameter *parameters = ARENA_ARRAY(work->arena, asked * 3, struct parameter);
	struct text       sql = text_new(work->arena, 1024);

	TEXT_ADD(&sql, "SELECT e.account_id, CAST(SUM(e.amount_minor) AS SIGNED) AS amount FROM ledger_entries e WHERE ");
	for (size_t i = 0; i < asked; i++) {
		const struct ledger_account *account = &accounts[i < count ? i : count - 1];

		text_add_string(&sql,
		    i == 0 ? "(e.account_id = ? AND e.currency = ? AND e.id >= ?)"
			   : " OR (e.account_id = ? AND e.currency = ? AND e.id >= ?)");
		parameters[i * 3] = P(account->id);
		parameters[i * 3 + 1] = P(account->currency);
		parameters[i * 3 + 2] = P(account->mark);
	}
	TEXT_ADD(&sql, " GROUP BY e.account_id");
	return db_rows_(
	    work->db, &tail_shape, ASKED_MAX + ASKED_STEP, tails, found, db_compose(work->db, sql.bytes), asked * 3, parameters);
}

/* The rows have what is folded, all of them up to the same mark; what came since is added. */
static const struct problem *
add_tails(struct work *work, struct ledger_account *accounts, size_t count)
{
	struct tail *tails;
	size_t       found;

	if (count == 0)
		return OK;
	assert(count <= ASKED_MAX);
	TRY(read_tails(work, accounts, count, &tails, &found));
	for (size_t i = 0; i < count; i++) {
		int64_t minor = accounts[i].folded_minor;

		for (size_t j = 0; j < found; j++)
			if (uuid_equal(tails[j].account, accounts[i].id))
				minor += tails[j].amount;
		if (!money_make(minor, accounts[i].currency, &accounts[i].balance))
			return problem(INTERNAL, "internal error");
	}
	return OK;
}

static const struct list_order by_id[] = { { .id = "a.id" } };

const struct problem *
list_accounts(struct work *work, const struct account_filter *filter, const struct page_request *page,
    struct ledger_account **accounts, struct listed *listed)
{
	struct list list = list_begin(work, FOLDED, "FROM ledger_accounts a");

	list_filter(&list, "a.kind = ?", P(filter->kind == NULL ? NULL : ledger_role_values[*filter->kind]));
	list_filter(&list, "a.provider = ?", P(filter->provider));
	list_filter(&list, "a.currency = ?", P(filter->currency));
	list_filter(&list, "a.merchant_id = ?", P(filter->merchant));
	TRY(list_page(&list, &ledger_account_shape, by_id, page, accounts, listed));
	return add_tails(work, *accounts, listed->count);
}

const struct problem *
folded_accounts_of_merchant(struct work *work, struct merchant_id merchant, struct ledger_account **accounts, size_t *count)
{
	return db_rows(work->db, &ledger_account_shape, MERCHANT_ACCOUNTS_MAX, accounts, count,
	    FOLDED " FROM ledger_accounts a WHERE a.merchant_id = ? ORDER BY a.currency", P(merchant));
}

const struct problem *
accounts_of_merchant(struct work *work, struct merchant_id merchant, struct ledger_account **accounts, size_t *count)
{
	TRY(folded_accounts_of_merchant(work, merchant, accounts, count));
	return add_tails(work, *accounts, *count);
}

const struct problem *
lock_merchant_account(struct work *work, struct merchant_id merchant, const char *currency, struct ledger_account **account)
{
	int64_t locked;

	assert(work->depth > 0);
	TRY(db_row(work->db, &ledger_account_shape, account,
	    FOLDED " FROM ledger_accounts a WHERE a.merchant_id = ? AND a.currency = ?", P(merchant), P(currency)));
	if (*account == NULL)
		return OK;
	/* By the key that the foreign key of entries looks at: no other locks what a posting waits for. */
	TRY(db_value(work->db, &locked,
	    "SELECT 1 FROM ledger_accounts FORCE INDEX (uq_ledger_accounts_currency) WHERE id = ? AND currency = ? FOR UPDATE",
	    P((*account)->id), P(currency)));
	TRY(db_row(work->db, &ledger_account_shape, account,
	    FOLDED " FROM ledger_accounts a WHERE a.merchant_id = ? AND a.currency = ?", P(merchant), P(currency)));
	return *account == NULL ? OK : add_tails(work, *account, 1);
}

/* In one statement, which sees days and mark as one fold has left them. */
const struct problem *
balance_before(struct work *work, const struct ledger_account *account, struct instant day, int64_t *balance_minor)
{
	struct uuid  end = uuid_floor(day.unix_ms);
	struct civil civil = instant_civil(day);

	assert(day.unix_ms % DAY_MS == 0);
	return db_value(work->db, balance_minor,
	    "SELECT IFNULL((SELECT d.balance_minor FROM ledger_days d WHERE d.account_id = ? AND d.day < ? ORDER BY d.day DESC LIMIT 1), 0) "
	    "+ IFNULL((SELECT CAST(SUM(e.amount_minor) AS SIGNED) FROM ledger_entries e WHERE e.account_id = ? AND e.currency = ? "
	    "AND e.id >= LEAST(IFNULL((SELECT f.mark FROM ledger_fold f), REPEAT(CHAR(0), 16)), ?) AND e.id < ?), 0)",
	    P(account->id), P(arena_format(work->arena, "%04d-%02d-%02d", civil.year, civil.month, civil.day)), P(account->id),
	    P(account->currency), P(end), P(end));
}
