/* The routes of the ledger: tables and thin handlers. */
#include "http/page.h"
#include "http/request.h"
#include "ledger/account.h"
#include "ledger/routes.h"

struct accounts_query {
	struct list_query   list;
	int                *kind;
	const char         *provider, *currency;
	struct merchant_id *merchant;
};

static const struct member accounts_query_members[] = {
	LIST_QUERY(struct accounts_query),
	LIST_FORMAT(struct accounts_query),
	M_ENUM(struct accounts_query, kind, "kind", ledger_role_values),
	M_TEXT(struct accounts_query, provider, "provider", 32, .min = 1, .example = "\"stripe\""),
	M_TEXT(struct accounts_query, currency, "currency", 3, .format = FORMAT_CURRENCY, .example = "\"USD\""),
	M_ID(struct accounts_query, merchant, "merchant"),
};
SHAPE(struct accounts_query, accounts_query_shape, "LedgerAccountsQuery", accounts_query_members);

PAGE(struct account_page, account_page_shape, "LedgerAccountPage", ledger_account_shape);

static const struct problem *
show_accounts(struct request *request)
{
	const struct accounts_query *query = QUERY(request, struct accounts_query);
	struct account_filter        filter = { query->kind, query->provider, query->currency, query->merchant };
	struct account_page          answer;
	struct page_request          page;
	struct listed                listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_accounts(request->work, &filter, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

struct entries_query {
	struct list_query list;
	struct instant   *from, *to;
	const char       *currency;
};

static const struct member entries_query_members[] = {
	LIST_QUERY(struct entries_query),
	LIST_FORMAT(struct entries_query),
	M_TIME(struct entries_query, from, "from", .description = "Posted at this time or later."),
	M_TIME(struct entries_query, to, "to", .description = "Posted before this time."),
	M_TEXT(struct entries_query, currency, "currency", 3, .format = FORMAT_CURRENCY, .example = "\"USD\""),
};
SHAPE(struct entries_query, entries_query_shape, "LedgerEntriesQuery", entries_query_members);

PAGE(struct entry_page, entry_page_shape, "LedgerEntryPage", ledger_entry_shape);

static const struct problem *
show_entries(struct request *request)
{
	const struct entries_query *query = QUERY(request, struct entries_query);
	struct entry_filter         filter = { query->from, query->to, query->currency };
	struct entry_page           answer;
	struct page_request         page;
	struct listed               listed;
	struct uuid                 account;

	TRY(path_id(request, "id", &account));
	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_entries(request->work, account, &filter, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct route ledger_routes[] = {
	{ GET, "/ledger/accounts", .id = "listLedgerAccounts", .permission = PERMISSION(LEDGER_READ), .csv = true,
	    .query = &accounts_query_shape, .answer = { 200, &account_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List the ledger's accounts with their balances", .handler = show_accounts },
	{ GET, "/ledger/accounts/{id}/entries", .id = "listLedgerEntries", .permission = PERMISSION(LEDGER_READ), .csv = true,
	    .query = &entries_query_shape, .answer = { 200, &entry_page_shape }, .errors = ERRORS(BAD_CURSOR, NOT_FOUND),
	    .summary = "List the entries of an account, newest first", .handler = show_entries },
};

ROUTE_TABLE(ledger_table, "Ledger", "The shop's books: double entry, append-only.", ledger_routes);
