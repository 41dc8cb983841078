/* The entries of an account. */
#include "base/arena.h"
#include "ledger/account.h"
#include "store/list.h"

static const struct member ledger_entry_members[] = {
	M_ID(struct ledger_entry, id, "id"),
	M_ID(struct ledger_entry, transaction, "transaction_id"),
	M_MONEY(struct ledger_entry, amount, "amount", .description = "Debits are positive, credits negative."),
	M_TEXT(struct ledger_entry, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_ENUM(struct ledger_entry, source_kind, "source_kind", ledger_source_kind_values, .computed = true),
	M_ID(struct ledger_entry, source, "source_id", .computed = true,
	    .description = "Of the payment, refund, payout, ... that was posted."),
	M_ID(struct ledger_entry, origin, "origin_id", .computed = true,
	    .description = "Of what it takes back from or belongs to: a refund's payment."),
	M_TIME(struct ledger_entry, created_at, "created_at"),
};
SHAPE_SHARED(struct ledger_entry, ledger_entry_shape, "LedgerEntry", ledger_entry_members);

static const struct list_order newest_first[] = { { .id = "e.id", .descending = true } };

struct named_account {
	const char *currency;
};

static const struct member named_account_members[] = {
	M_TEXT(struct named_account, currency, "currency", 3),
};
SHAPE(struct named_account, named_account_shape, "LedgerAccountName", named_account_members, .noun = "ledger account");

const struct problem *
list_entries(struct work *work, struct uuid account, const struct entry_filter *filter, const struct page_request *page,
    struct ledger_entry **entries, struct listed *listed)
{
	struct list           list = list_begin(work, "SELECT {e}, t.source_kind, t.source_id, t.origin_id",
		      "FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id");
	struct named_account *named;
	struct uuid           from, to;

	TRY(db_one(
	    work->db, &named_account_shape, &named, "SELECT a.currency FROM ledger_accounts a WHERE a.id = ?", P(account)));
	list_where(&list, "e.account_id = ?", P(account));
	list_where(&list, "e.currency = ?", P(filter->currency == NULL ? named->currency : filter->currency));
	if (filter->from != NULL) {
		from = uuid_floor(filter->from->unix_ms);
		list_where(&list, "e.id >= ?", P(from));
	}
	if (filter->to != NULL) {
		to = uuid_floor(filter->to->unix_ms);
		list_where(&list, "e.id < ?", P(to));
	}
	return list_page(&list, &ledger_entry_shape, newest_first, page, entries, listed);
}
