/* The routes of balances, payouts and statements: tables and thin handlers. */
#include "base/arena.h"
#include "http/page.h"
#include "http/request.h"
#include "ledger/ledger.h"
#include "payouts/payout.h"
#include "payouts/payouts.h"
#include "payouts/statement.h"

enum { BALANCES_MAX = 200, FLUSHED_BYTES = 32 * 1024 };

/* ---- balances ---- */

struct balances_answer {
	struct merchant_id merchant;
	struct balance    *results;
	size_t             n_results;
};

static const struct member balances_answer_members[] = {
	M_ID(struct balances_answer, merchant, "merchant_id"),
	M_ARRAY(struct balances_answer, results, n_results, "results", balance_shape, BALANCES_MAX),
};
SHAPE(struct balances_answer, balances_answer_shape, "MerchantBalances", balances_answer_members);

static const struct problem *
show_balance(struct request *request)
{
	struct balances_answer answer;

	TRY(path_id(request, "id", &answer.merchant.uuid));
	TRY(balances_of(request->work, answer.merchant, &answer.results, &answer.n_results));
	return respond(request, &answer);
}

/* ---- payouts ---- */

struct payouts_query {
	struct list_query   list;
	int                *status;
	struct merchant_id *merchant;
	const char         *currency;
};

static const struct member payouts_query_members[] = {
	LIST_QUERY(struct payouts_query),
	LIST_FORMAT(struct payouts_query),
	M_ENUM(struct payouts_query, status, "status", payout_status_values),
	M_ID(struct payouts_query, merchant, "merchant"),
	M_TEXT(struct payouts_query, currency, "currency", 3, .format = FORMAT_CURRENCY, .example = "\"USD\""),
};
SHAPE(struct payouts_query, payouts_query_shape, "PayoutsQuery", payouts_query_members);

PAGE(struct payout_page, payout_page_shape, "PayoutPage", listed_payout_shape);

static const struct problem *
show_payouts(struct request *request)
{
	const struct payouts_query *query = QUERY(request, struct payouts_query);
	struct payout_filter        filter = { query->status, query->merchant, query->currency };
	struct payout_page          answer;
	struct page_request         page;
	struct listed               listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_payouts(request->work, &filter, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct member payout_request_members[] = {
	M_ID(struct payout_request, merchant, "merchant_id", .required = true),
	M_TEXT(struct payout_request, currency, "currency", 3, .required = true, .format = FORMAT_CURRENCY, .example = "\"USD\""),
	M_DECIMAL(struct payout_request, amount, "amount", .required = true, .example = "\"120.00\""),
};
SHAPE(struct payout_request, payout_request_shape, "PayoutRequest", payout_request_members);

static const struct problem *
draft(struct request *request)
{
	struct payout payout;

	TRY(draft_payout(request->work, BODY(request, struct payout_request), &payout));
	return respond(request, &payout);
}

struct paid_body {
	const char *bank_reference;
};

static const struct member paid_body_members[] = {
	M_TEXT(
	    struct paid_body, bank_reference, "bank_reference", 64, .required = true, .min = 1, .example = "\"SEPA-2026-0117\""),
};
SHAPE(struct paid_body, paid_body_shape, "PayoutPaid", paid_body_members);

struct reason_body {
	const char *reason;
};

static const struct member reason_body_members[] = {
	M_TEXT(struct reason_body, reason, "reason", 500, .required = true, .min = 1, .example = "\"account closed\""),
};
SHAPE(struct reason_body, reason_body_shape, "PayoutReason", reason_body_members);

static const struct problem *
approve(struct request *request)
{
	struct payout_id id;
	struct payout   *payout;

	TRY(path_id(request, "id", &id.uuid));
	TRY(approve_payout(request->work, id, &payout));
	return respond(request, payout);
}

static const struct problem *
pay(struct request *request)
{
	struct payout_id id;
	struct payout   *payout;

	TRY(path_id(request, "id", &id.uuid));
	TRY(pay_payout(request->work, id, BODY(request, struct paid_body)->bank_reference, &payout));
	return respond(request, payout);
}

static const struct problem *
reject(struct request *request)
{
	struct payout_id id;
	struct payout   *payout;

	TRY(path_id(request, "id", &id.uuid));
	TRY(reject_payout(request->work, id, BODY(request, struct reason_body)->reason, &payout));
	return respond(request, payout);
}

static const struct problem *
bounced(struct request *request)
{
	struct payout_id id;
	struct payout   *payout;

	TRY(path_id(request, "id", &id.uuid));
	TRY(bounce_payout(request->work, id, BODY(request, struct reason_body)->reason, &payout));
	return respond(request, payout);
}

/* ---- statements ---- */

struct statements_query {
	const char *month;
};

static const struct member statements_query_members[] = {
	M_TEXT(struct statements_query, month, "month", 7, .required = true, .min = 7, .example = "\"2026-11\"",
	    .description = "A month in UTC."),
};
SHAPE(struct statements_query, statements_query_shape, "StatementsQuery", statements_query_members);

struct statements_answer {
	struct merchant_id merchant;
	const char        *month;
	struct statement  *results;
	size_t             n_results;
};

static const struct member statements_answer_members[] = {
	M_ID(struct statements_answer, merchant, "merchant_id"),
	M_TEXT(struct statements_answer, month, "month", 7, .required = true, .example = "\"2026-11\""),
	M_ARRAY(struct statements_answer, results, n_results, "results", statement_shape, BALANCES_MAX),
};
SHAPE(struct statements_answer, statements_answer_shape, "MerchantStatements", statements_answer_members);

static const struct problem *
read_statements(struct request *request, struct month *month, struct statements_answer *answer)
{
	answer->month = QUERY(request, struct statements_query)->month;
	TRY(path_id(request, "id", &answer->merchant.uuid));
	TRY(month_read(request->work, answer->month, month));
	return statements_of(request->work, answer->merchant, month, &answer->results, &answer->n_results);
}

static const struct problem *
show_statements(struct request *request)
{
	struct statements_answer answer;
	struct month             month;

	TRY(read_statements(request, &month, &answer));
	return respond(request, &answer);
}

/* What the lines of one currency are written with. */
struct written {
	struct request *request;
	struct text    *out;
	struct money    balance;
	bool            unread; /* nobody reads any more */
};

static void
write_line(struct written *written, struct instant at, const char *kind, const char *payment, struct money amount)
{
	char time[INSTANT_TEXT_SIZE];

	instant_write(at, time);
	text_addf(written->out, "%s,%s,%s,", time, kind, payment == NULL ? "" : payment);
	text_add_money(written->out, amount);
	text_addf(written->out, ",%s,", written->balance.currency);
	text_add_money(written->out, written->balance);
	TEXT_ADD(written->out, "\r\n");
}

static const struct problem *
write_entry(void *row, void *argument)
{
	const struct statement_entry *entry = row;
	struct written               *written = argument;
	struct money                  amount = written->balance;

	amount.minor = entry->amount_minor;
	written->balance.minor += entry->amount_minor;
	write_line(written, entry->created_at, ledger_source_kind_values[entry->kind], entry->payment, amount);
	if (written->out->length > FLUSHED_BYTES && !written->unread)
		written->unread = !stream_flush(written->request);
	if (written->unread)
		written->out->length = 0;
	return OK;
}

static const struct problem *
export_statements(struct request *request)
{
	struct statements_answer answer;
	struct month             month;
	struct written           written = { .request = request };

	TRY(read_statements(request, &month, &answer));
	respond_header(request, "Content-Disposition",
	    arena_format(request->work->arena, "attachment; filename=\"statement-%s.csv\"", answer.month));
	written.out = stream_begin(request, "text/csv; charset=utf-8");
	TEXT_ADD(written.out, "time,kind,payment,amount,currency,balance\r\n");
	for (size_t i = 0; i < answer.n_results; i++) {
		written.balance = answer.results[i].opening;
		write_line(&written, month.from, "opening_balance", NULL, written.balance);
		TRY(each_statement_entry(request->work, &answer.results[i], &month, write_entry, &written));
		write_line(&written, month.to, "closing_balance", NULL, written.balance);
	}
	stream_flush(request);
	return OK;
}

#define READERS (PERMISSION(PAYOUT_MANAGE) | PERMISSION(PAYOUT_READ_OWN))
#define STEP(path_, id_, body_, errors_, summary_, handler_) \
	{ \
		POST, "/payouts/{id}/" path_, .id = id_, .permission = PERMISSION(PAYOUT_MANAGE), .confirmed = true, \
					      .writes = WRITES_DATABASE, .body = body_, .answer = { 200, &payout_shape }, \
					      .errors = errors_, .summary = summary_, .handler = handler_ \
	}

static const struct route payout_routes[] = {
	{ GET, "/merchants/{id}/balance", .id = "showMerchantBalance", .permission = READERS, .by_key = true,
	    .answer = { 200, &balances_answer_shape }, .errors = ERRORS(NOT_FOUND),
	    .summary = "Show what a merchant has earned and can be paid, by currency", .handler = show_balance },
	{ GET, "/merchants/{id}/statements", .id = "listStatements", .permission = READERS, .pool = POOL_BULK,
	    .query = &statements_query_shape, .answer = { 200, &statements_answer_shape }, .errors = ERRORS(NOT_FOUND),
	    .summary = "A merchant's statement of a month, by currency", .handler = show_statements },
	{ GET, "/merchants/{id}/statements.csv", .id = "exportStatements", .permission = READERS, .pool = POOL_BULK,
	    .sends = SENDS_STREAM, .query = &statements_query_shape, .answer = { 200, NULL }, .answer_type = "text/csv",
	    .errors = ERRORS(NOT_FOUND), .summary = "The same with every entry, as CSV", .handler = export_statements },
	{ GET, "/payouts", .id = "listPayouts", .permission = READERS, .by_key = true, .csv = true, .query = &payouts_query_shape,
	    .answer = { 200, &payout_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List payouts, newest first: of your shop, or all", .handler = show_payouts },
	{ POST, "/payouts", .id = "draftPayout", .permission = PERMISSION(PAYOUT_MANAGE), .confirmed = true,
	    .writes = WRITES_DATABASE, .body = &payout_request_shape, .answer = { 201, &payout_shape },
	    .errors = ERRORS(MERCHANT_INACTIVE, EMAIL_UNVERIFIED, PAYOUT_TOO_LARGE, PAYOUT_TOO_SMALL),
	    .summary = "Draft a payout to a merchant; another person approves it", .handler = draft },
	STEP("approve", "approvePayout", NULL, ERRORS(NOT_FOUND, PAYOUT_STATE, PAYOUT_TOO_LARGE, FORBIDDEN, MERCHANT_INACTIVE),
	    "Approve a payout that another person drafted", approve),
	STEP(
	    "pay", "payPayout", &paid_body_shape, ERRORS(NOT_FOUND, PAYOUT_STATE), "Record that the bank has paid a payout", pay),
	STEP("reject", "rejectPayout", &reason_body_shape, ERRORS(NOT_FOUND, PAYOUT_STATE),
	    "Reject a payout that is not paid yet", reject),
	STEP("bounced", "bouncePayout", &reason_body_shape, ERRORS(NOT_FOUND, PAYOUT_STATE),
	    "Record that a paid payout came back", bounced),
};

ROUTE_TABLE(payouts_table, "Payouts", "What merchants have earned, and how they are paid.", payout_routes);
