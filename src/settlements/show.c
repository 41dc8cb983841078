/* Settlements and their differences as they are shown. */
#include "base/arena.h"
#include "settlements/settlement.h"
#include "store/list.h"

enum { SUMS_MAX = 2000 };

const char *const settlement_status_values[] = { "queued", "running", "done", "failed", NULL };

static const struct member settlement_sum_members[] = {
	M_TEXT(struct settlement_sum, currency, "currency", 3, .required = true, .example = "\"EUR\""),
	M_ENUM(struct settlement_sum, kind, "kind", settlement_kind_values),
	M_INTEGER(struct settlement_sum, entries, "rows", 1, INT64_MAX, .column = "entries"),
	M_MONEY(struct settlement_sum, gross, "gross"),
	M_MONEY(struct settlement_sum, fee, "fee"),
	M_MONEY(struct settlement_sum, net, "net"),
};
SHAPE_SHARED(struct settlement_sum, settlement_sum_shape, "SettlementSum", settlement_sum_members);

#define SUMMARY_MEMBERS \
	M_ID(struct settlement, id, "id"), \
	    M_TEXT(struct settlement, provider, "provider", 32, .required = true, .example = "\"stripe\""), \
	    M_ENUM(struct settlement, status, "status", settlement_status_values), \
	    M_TEXT(struct settlement, file_name, "file_name", 255, .example = "\"payouts-2026-01.csv\""), \
	    M_TEXT(struct settlement, fault, "fault", 500, .description = "Why it failed."), \
	    M_INTEGER(struct settlement, bytes, "bytes", 0, INT64_MAX), \
	    M_INTEGER(struct settlement, done_bytes, "done_bytes", 0, INT64_MAX, .description = "How far it is read."), \
	    M_INTEGER(struct settlement, rows, "rows", 0, INT64_MAX, .column = "data_rows"), \
	    M_INTEGER(struct settlement, matched, "matched", 0, INT64_MAX, \
		.description = "Rows whose payment, refund or dispute is known here."), \
	    M_INTEGER(struct settlement, differences, "differences", 0, INT64_MAX), \
	    M_TIME(struct settlement, period_from, "period_from"), M_TIME(struct settlement, period_to, "period_to"), \
	    M_TIME(struct settlement, started_at, "started_at"), M_TIME(struct settlement, finished_at, "finished_at"), \
	    M_INTEGER(struct settlement, header_bytes, "header_bytes", 0, INT64_MAX, .hidden = true), \
	    M_TIME(struct settlement, missing_since, "missing_since", .hidden = true), \
	    M_ID(struct settlement, missing_after, "missing_after", .hidden = true), \
	    M_TIME(struct settlement, created_at, "created_at")

static const struct member settlement_summary_members[] = {
	SUMMARY_MEMBERS,
};
SHAPE_SHARED(struct settlement, settlement_summary_shape, "SettlementSummary", settlement_summary_members, .noun = "settlement");

static const struct member settlement_members[] = {
	SUMMARY_MEMBERS,
	M_ARRAY(struct settlement, sums, n_sums, "sums", settlement_sum_shape, SUMS_MAX, .computed = true,
	    .description = "By currency and kind of row; repeated rows are left out."),
};
SHAPE_SHARED(struct settlement, settlement_shape, "Settlement", settlement_members);

static const struct member difference_members[] = {
	M_ID(struct difference, id, "id"),
	M_INTEGER(struct difference, row, "row", 1, INT64_MAX, .column = "number",
	    .description = "The row of the file, from 1; null where the file has none."),
	M_ENUM(struct difference, kind, "kind", difference_kind_values,
	    .description = "missing_here: unknown to the shop; missing_there: of the period, and in no file."),
	M_TEXT(struct difference, row_key, "provider_id", SETTLEMENT_KEY_MAX, .column = "row_key",
	    .description = "The provider's id of the row."),
	M_TEXT(struct difference, payment, "payment", 20, .computed = true, .description = "The payment's reference.",
	    .example = "\"PAY-7Q2M9XKD4T\""),
	M_ID(struct difference, refund, "refund_id"),
	M_ID(struct difference, dispute, "dispute_id"),
	M_TEXT(struct difference, theirs, "theirs", 191, .description = "What the file says.", .example = "\"20.00 EUR\""),
	M_TEXT(struct difference, ours, "ours", 191, .description = "What is known here.", .example = "\"19.00 EUR\""),
};
SHAPE_SHARED(struct difference, difference_shape, "SettlementDifference", difference_members);

const char *
settlement_file(struct arena *arena, struct settlement_id id)
{
	return arena_format(arena, "settlement-%s.csv", uuid_text(arena, id.uuid));
}

const struct problem *
find_settlement(struct work *work, struct settlement_id id, struct settlement **settlement)
{
	TRY(db_one(work->db, &settlement_summary_shape, settlement, "SELECT {s} FROM settlements s WHERE s.id = ?", P(id)));
	return db_rows(work->db, &settlement_sum_shape, SUMS_MAX, &(*settlement)->sums, &(*settlement)->n_sums,
	    "SELECT {s} FROM settlement_sums s WHERE s.settlement_id = ? ORDER BY s.currency, s.kind", P(id));
}

static const struct list_order newest_first[] = { { .id = "s.id", .descending = true } };
static const struct list_order by_row[] = { { .id = "d.id" } };

const struct problem *
list_settlements(struct work *work, const int *status, const char *provider, const struct page_request *page,
    struct settlement **settlements, struct listed *listed)
{
	struct list list = list_begin(work, "SELECT {s}", "FROM settlements s");

	list_filter(&list, "s.status = ?", P(status == NULL ? NULL : settlement_status_values[*status]));
	list_filter(&list, "s.provider = ?", P(provider));
	return list_page(&list, &settlement_summary_shape, newest_first, page, settlements, listed);
}

const struct problem *
list_differences(struct work *work, struct settlement_id id, const int *kind, const struct page_request *page,
    struct difference **differences, struct listed *listed)
{
	struct list list = list_begin(work, "SELECT {d}, p.reference AS payment",
	    "FROM settlement_differences d LEFT JOIN payments p ON p.id = d.payment_id");

	list_where(&list, "d.settlement_id = ?", P(id));
	list_filter(&list, "d.kind = ?", P(kind == NULL ? NULL : difference_kind_values[*kind]));
	return list_page(&list, &difference_shape, by_row, page, differences, listed);
}
