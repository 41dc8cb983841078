/* The routes of settlements: tables and thin handlers. */
#include "base/arena.h"
#include "http/page.h"
#include "http/request.h"
#include "settlements/settlement.h"
#include "settlements/settlements.h"

/* The provider: in the query, or in a field of the form. */
struct settlement_body {
	int *provider;
};

static const struct member settlement_body_members[] = {
	M_ENUM(struct settlement_body, provider, "provider", settlement_provider_values),
};
SHAPE(struct settlement_body, settlement_body_shape, "SettlementUpload", settlement_body_members);
SHAPE(struct settlement_body, settlement_query_shape, "SettlementUploadQuery", settlement_body_members);

static const struct problem *
receive(struct request *request)
{
	const struct settlement_body *body = request->body, *query = request->query_values;
	const int                    *provider = body != NULL && body->provider != NULL ? body->provider : query->provider;
	struct settlement             settlement;

	if (provider == NULL)
		return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, "provider", "is required");
	if (request->n_uploads == 0)
		return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, "file", "is required");
	TRY(receive_settlement(request->work, (enum settlement_provider) * provider, request->uploads, &settlement));
	return respond(request, &settlement);
}

struct settlements_query {
	struct list_query list;
	int              *status, *provider;
};

static const struct member settlements_query_members[] = {
	LIST_QUERY(struct settlements_query),
	LIST_FORMAT(struct settlements_query),
	M_ENUM(struct settlements_query, status, "status", settlement_status_values),
	M_ENUM(struct settlements_query, provider, "provider", settlement_provider_values),
};
SHAPE(struct settlements_query, settlements_query_shape, "SettlementsQuery", settlements_query_members);

PAGE(struct settlement_page, settlement_page_shape, "SettlementPage", settlement_summary_shape);

static const struct problem *
show_settlements(struct request *request)
{
	const struct settlements_query *query = QUERY(request, struct settlements_query);
	struct settlement_page          answer;
	struct page_request             page;
	struct listed                   listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_settlements(request->work, query->status,
	    query->provider == NULL ? NULL : settlement_provider_values[*query->provider], &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

struct differences_query {
	struct list_query list;
	int              *kind;
};

static const struct member differences_query_members[] = {
	LIST_QUERY(struct differences_query),
	LIST_FORMAT(struct differences_query),
	M_ENUM(struct differences_query, kind, "kind", difference_kind_values),
};
SHAPE(struct differences_query, differences_query_shape, "DifferencesQuery", differences_query_members);

struct settlement_answer {
	struct settlement *settlement;
	struct difference *results;
	size_t             n_results;
	const char        *next, *previous;
};

static const struct member settlement_answer_members[] = {
	M_OBJECT(struct settlement_answer, settlement, "settlement", settlement_shape, .required = true),
	M_ARRAY(struct settlement_answer, results, n_results, "results", difference_shape, 100,
	    .description = "Differences, in the order of the rows."),
	PAGE_LINKS_(struct settlement_answer),
};
SHAPE(struct settlement_answer, settlement_answer_shape, "SettlementReport", settlement_answer_members);

static const struct problem *
show_settlement(struct request *request)
{
	const struct differences_query *query = QUERY(request, struct differences_query);
	struct settlement_answer        answer;
	struct settlement_id            id;
	struct page_request             page;
	struct listed                   listed;

	TRY(path_id(request, "id", &id.uuid));
	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(find_settlement(request->work, id, &answer.settlement));
	TRY(list_differences(request->work, id, query->kind, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct route settlement_routes[] = {
	{ POST, "/settlements", .id = "receiveSettlement", .permission = PERMISSION(PAYOUT_MANAGE), .pool = POOL_BULK,
	    .writes = WRITES_DATABASE, .takes = TAKES_MULTIPART | TAKES_FILE, .query = &settlement_query_shape,
	    .body = &settlement_body_shape, .upload = { .files = "file", .max = 1, .large = true },
	    .answer = { 202, &settlement_summary_shape }, .errors = ERRORS(SETTLEMENT_KNOWN, BODY_TOO_LARGE, STORAGE_FULL),
	    .summary = "Compare a provider's settlement file with the shop's payments",
	    .description =
		"CSV as the provider writes it, plain or packed by gzip; in the body itself, or as the part `file`. A job "
		"reads it.",
	    .handler = receive },
	{ GET, "/settlements", .id = "listSettlements", .permission = PERMISSION(LEDGER_READ), .csv = true,
	    .query = &settlements_query_shape, .answer = { 200, &settlement_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List settlement files, newest first", .handler = show_settlements },
	{ GET, "/settlements/{id}", .id = "showSettlement", .permission = PERMISSION(LEDGER_READ), .csv = true,
	    .query = &differences_query_shape, .answer = { 200, &settlement_answer_shape },
	    .errors = ERRORS(BAD_CURSOR, NOT_FOUND), .summary = "Show a settlement's sums and its differences by row",
	    .handler = show_settlement },
};

ROUTE_TABLE(
    settlements_table, "Settlements", "What providers say they have settled, against the shop's books.", settlement_routes);
