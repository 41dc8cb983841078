#include "payouts/statement.h"

#include "base/arena.h"
#include "ledger/account.h"
#include "payouts/payout.h"
#include "store/db.h"

#include <string.h>

enum { KINDS_MAX = 32 };

static const struct member statement_line_members[] = {
	M_ENUM(struct statement_line, kind, "kind", ledger_source_kind_values,
	    .description =
		"payment: sales; free_sale: sales that a coupon of the shop paid whole; payout: what was approved to be paid out."),
	M_INTEGER(struct statement_line, entries, "entries", 1, INT64_MAX),
	M_MONEY(struct statement_line, amount, "amount"),
	M_TEXT(struct statement_line, currency, "currency", 3, .hidden = true),
};
SHAPE_SHARED(struct statement_line, statement_line_shape, "StatementLine", statement_line_members);

static const struct member statement_members[] = {
	M_TEXT(struct statement, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_MONEY(struct statement, opening, "opening_balance"),
	M_ARRAY(struct statement, lines, n_lines, "lines", statement_line_shape, KINDS_MAX),
	M_MONEY(struct statement, closing, "closing_balance"),
};
SHAPE_SHARED(struct statement, statement_shape, "Statement", statement_members);

static const struct member statement_entry_members[] = {
	M_ID(struct statement_entry, id, "id"),
	M_ENUM(struct statement_entry, kind, "source_kind", ledger_source_kind_values),
	M_TEXT(struct statement_entry, payment, "reference", 20),
	M_INTEGER(struct statement_entry, amount_minor, "amount", INT64_MIN, INT64_MAX),
	M_TIME(struct statement_entry, created_at, "created_at"),
};
SHAPE(struct statement_entry, statement_entry_shape, "StatementEntry", statement_entry_members);

static bool
two_digits(const char *text, int *into)
{
	if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
		return false;
	*into = (text[0] - '0') * 10 + text[1] - '0';
	return true;
}

const struct problem *
month_read(struct work *work, const char *text, struct month *month)
{
	struct civil civil = { .day = 1 };
	int          century, year;

	if (strlen(text) != 7 || text[4] != '-' || !two_digits(text, &century) || !two_digits(text + 2, &year) ||
	    !two_digits(text + 5, &civil.month) || civil.month < 1 || civil.month > 12 || century < 19)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "month", "must be a month: YYYY-MM");
	civil.year = century * 100 + year;
	month->from = instant_from_civil(civil);
	civil.year += civil.month == 12;
	civil.month = civil.month % 12 + 1;
	month->to = instant_from_civil(civil);
	return OK;
}

/* What the account shows is the shop's view: credits below zero. */
static const struct problem *
state(struct work *work, const struct ledger_account *account, const struct month *month, struct statement *statement)
{
	struct uuid from = uuid_floor(month->from.unix_ms), to = uuid_floor(month->to.unix_ms);
	int64_t     balance, closing;

	*statement = (struct statement) { .account = account->id, .currency = account->currency };
	TRY(balance_before(work, account, month->from, &balance));
	TRY(db_rows(work->db, &statement_line_shape, KINDS_MAX, &statement->lines, &statement->n_lines,
	    "SELECT t.source_kind AS kind, COUNT(*) AS entries, CAST(-SUM(e.amount_minor) AS SIGNED) AS amount_minor, e.currency "
	    "FROM ledger_entries e STRAIGHT_JOIN ledger_transactions t ON t.id = e.transaction_id "
	    "WHERE e.account_id = ? AND e.currency = ? AND e.id >= ? AND e.id < ? GROUP BY t.source_kind, e.currency",
	    P(account->id), P(account->currency), P(from), P(to)));
	closing = -balance;
	for (size_t i = 0; i < statement->n_lines; i++)
		closing += statement->lines[i].amount.minor;
	if (!money_make(-balance, account->currency, &statement->opening) ||
	    !money_make(closing, account->currency, &statement->closing))
		return problem(INTERNAL, "internal error");
	return OK;
}

const struct problem *
statements_of(
    struct work *work, struct merchant_id merchant, const struct month *month, struct statement **statements, size_t *count)
{
	struct ledger_account *accounts;

	TRY(may_see_merchant(work, merchant));
	TRY(folded_accounts_of_merchant(work, merchant, &accounts, count));
	*statements = ARENA_ARRAY(work->arena, *count, struct statement);
	for (size_t i = 0; i < *count; i++)
		TRY(state(work, &accounts[i], month, &(*statements)[i]));
	return OK;
}

const struct problem *
each_statement_entry(struct work *work, const struct statement *statement, const struct month *month,
    const struct problem *(*each)(void *entry, void *argument), void *argument)
{
	return db_each(work->db, &statement_entry_shape, each, argument,
	    "SELECT e.id, t.source_kind, p.reference, -e.amount_minor AS amount, e.created_at FROM ledger_entries e "
	    "STRAIGHT_JOIN ledger_transactions t ON t.id = e.transaction_id LEFT JOIN payments p ON p.id = t.origin_id "
	    "WHERE e.account_id = ? AND e.currency = ? AND e.id >= ? AND e.id < ? ORDER BY e.id",
	    P(statement->account), P(statement->currency), P(uuid_floor(month->from.unix_ms)), P(uuid_floor(month->to.unix_ms)));
}
