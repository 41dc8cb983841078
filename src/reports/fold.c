/* Transactions of report_queue become facts, and the facts are added to what is added up: all in one transaction. */
#include "reports/fact.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/shape.h"
#include "events/job.h"
#include "exchange/display.h"
#include "exchange/rates.h"
#include "orders/order.h"
#include "reports/rollup.h"
#include "store/db.h"
#include "store/work.h"

#include <assert.h>
#include <string.h>

enum { TAKEN_AT_ONCE = 200, ENTRIES_OF_ONE = 500, COLUMNS = 33, QUARTER_MS = 15 * 60 * 1000 };

static const struct member source_members[] = {
	M_ID(struct fact_source, id, "id"),
	M_ENUM(struct fact_source, source_kind, "source_kind", ledger_source_kind_values),
	M_ID(struct fact_source, source, "source_id"),
	M_ID(struct fact_source, origin, "origin_id"),
	M_TIME(struct fact_source, posted_at, "created_at"),
	M_TIME(struct fact_source, sold_at, "sold_at"),
	M_ID(struct fact_source, order, "order_id"),
	M_ID(struct fact_source, user, "user_id"),
	M_TEXT(struct fact_source, provider, "provider", 32),
	M_TEXT(struct fact_source, country, "country", 2),
	M_BOOLEAN(struct fact_source, of_dispute, "of_dispute"),
};
SHAPE(struct fact_source, source_shape, "FactSource", source_members);

static const struct member entry_members[] = {
	M_ID(struct fact_entry, transaction, "transaction_id"),
	M_ENUM(struct fact_entry, role, "kind", ledger_role_values),
	M_ID(struct fact_entry, merchant, "merchant_id"),
	M_TEXT(struct fact_entry, currency, "currency", 3),
	M_INTEGER(struct fact_entry, amount, "amount", INT64_MIN, INT64_MAX),
};
SHAPE(struct fact_entry, entry_shape, "FactEntry", entry_members);

static const struct member line_members[] = {
	M_ID(struct fact_line, order, "order_id"),
	M_ID(struct fact_line, id, "id"),
	M_ID(struct fact_line, merchant, "merchant_id"),
	M_ID(struct fact_line, product, "product_id"),
	M_INTEGER(struct fact_line, quantity, "quantity", 1, INT64_MAX),
	M_INTEGER(struct fact_line, discount, "discount", 0, INT64_MAX, .column = "discount_minor"),
	M_INTEGER(struct fact_line, tax, "tax", 0, INT64_MAX, .column = "tax_minor"),
	M_INTEGER(struct fact_line, total, "total", 0, INT64_MAX, .column = "total_minor"),
	M_TEXT(struct fact_line, tax_rate, "tax_rate", 64),
	M_INTEGER(struct fact_line, cost, "cost", 0, INT64_MAX, .column = "cost_minor"),
};
SHAPE(struct fact_line, line_shape, "FactLine", line_members);

static const struct member return_members[] = {
	M_ID(struct fact_return, transaction, "transaction_id", .computed = true),
	M_ID(struct fact_return, line, "line_id"),
	M_INTEGER(struct fact_return, accepted, "accepted", 0, INT64_MAX),
};
SHAPE(struct fact_return, return_shape, "FactReturn", return_members);

/* An order, or a merchant's part of it, that was counted before. */
struct opened {
	struct order_id    order;
	struct merchant_id merchant;
};

static const struct member opened_members[] = {
	M_ID(struct opened, order, "order_id"),
	M_ID(struct opened, merchant, "merchant_id"),
};
SHAPE(struct opened, opened_shape, "FactOpened", opened_members);

struct taken {
	struct uuid id;
};

static const struct member taken_members[] = {
	M_ID(struct taken, id, "transaction_id"),
};
SHAPE(struct taken, taken_shape, "ReportQueue", taken_members);

/* One step of the fold. */
struct fold {
	struct work        *work;
	size_t              count; /* of transactions, and of the parameters that name them */
	struct parameter   *ids;
	struct fact_source *sources;
	struct fact_entry  *entries;
	struct fact_line   *lines;
	struct fact_return *returns;
	struct opened      *opened;
	size_t              n_sources, n_entries, n_lines, n_returns, n_opened;

	/* The rates of the last day that was asked for. */
	const char    *day;
	struct display rates;
};

/* Those that nobody is about to write: a transaction that has not committed yet holds its row. */
static const struct problem *
take(struct fold *fold)
{
	struct taken *taken;

	TRY(db_rows(fold->work->db, &taken_shape, TAKEN_AT_ONCE, &taken, &fold->count,
	    "SELECT {} FROM report_queue ORDER BY transaction_id LIMIT ? FOR UPDATE SKIP LOCKED", P((int64_t)TAKEN_AT_ONCE)));
	fold->ids = ARENA_ARRAY(fold->work->arena, fold->count + 1, struct parameter);
	for (size_t i = 0; i < fold->count; i++)
		fold->ids[i] = P(taken[i].id);
	return OK;
}

/* A sale's own transaction, or the first of its parcels that was paid, is when it was sold. */
/* What a settlement posts, a hundred thousand times, has one origin, and nothing of it was sold: it is not looked through. */
static const struct problem *
read_sources(struct fold *fold)
{
	return db_rows_many(fold->work->db, &source_shape, TAKEN_AT_ONCE, &fold->sources, &fold->n_sources,
	    "SELECT t.id, t.source_kind, t.source_id, t.origin_id, t.created_at, IF(p.id IS NULL AND f.id IS NULL, t.created_at, "
	    "IFNULL((SELECT MIN(s.created_at) FROM ledger_transactions s WHERE s.origin_id = IFNULL(p.id, t.origin_id) "
	    "AND s.source_kind IN ('payment', 'collection', 'free_sale')), t.created_at)) AS sold_at, "
	    "o.id AS order_id, IFNULL(o.user_id, p.user_id) AS user_id, p.provider, "
	    "JSON_VALUE(o.shipping_address, '$.country') AS country, d.id IS NOT NULL AS of_dispute "
	    "FROM ledger_transactions t LEFT JOIN disputes d ON d.id = t.origin_id "
	    "LEFT JOIN payments p ON p.id = IFNULL(d.payment_id, t.origin_id) LEFT JOIN fulfilments f ON f.id = t.origin_id "
	    "LEFT JOIN orders o ON o.id = IFNULL(p.order_id, f.order_id) WHERE t.id IN ([?]) ORDER BY t.id",
	    fold->count, fold->count, fold->ids);
}

static const struct problem *
read_moves(struct fold *fold)
{
	struct db *db = fold->work->db;

	TRY(db_rows_many(db, &entry_shape, (size_t)TAKEN_AT_ONCE * ENTRIES_OF_ONE, &fold->entries, &fold->n_entries,
	    "SELECT e.transaction_id, a.kind, IFNULL(e.merchant_id, a.merchant_id) AS merchant_id, e.currency, "
	    "CAST(SUM(e.amount_minor) AS SIGNED) AS amount FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id "
	    "WHERE e.transaction_id IN ([?]) GROUP BY e.transaction_id, a.kind, IFNULL(e.merchant_id, a.merchant_id), e.currency "
	    "ORDER BY e.transaction_id, merchant_id, a.kind",
	    fold->count, fold->count, fold->ids));
	return db_rows_many(db, &return_shape, (size_t)TAKEN_AT_ONCE * ORDER_LINES_MAX, &fold->returns, &fold->n_returns,
	    "SELECT {x}, t.id AS transaction_id FROM ledger_transactions t LEFT JOIN returns r ON r.refund_id = t.source_id "
	    "LEFT JOIN returns f ON f.id = t.source_id JOIN return_lines x ON x.return_id = IFNULL(r.id, f.id) "
	    "WHERE t.id IN ([?]) AND x.accepted > 0 ORDER BY t.id, x.line_id",
	    fold->count, fold->count, fold->ids);
}

/* The lines of their orders, and which of these are counted already. */
static const struct problem *
read_orders(struct fold *fold)
{
	struct parameter *orders = ARENA_ARRAY(fold->work->arena, fold->count + 1, struct parameter);
	size_t            n = 0;

	for (size_t i = 0; i < fold->n_sources; i++)
		if (fold->sources[i].order != NULL)
			orders[n++] = P(*fold->sources[i].order);
	if (n == 0)
		return OK;
	TRY(db_rows_many(fold->work->db, &line_shape, (size_t)TAKEN_AT_ONCE * ORDER_LINES_MAX, &fold->lines, &fold->n_lines,
	    "SELECT {l} FROM order_lines l WHERE l.order_id IN ([?]) ORDER BY l.order_id, l.position", n, n, orders));
	return db_rows_many(fold->work->db, &opened_shape, (size_t)TAKEN_AT_ONCE * ORDER_LINES_MAX, &fold->opened,
	    &fold->n_opened,
	    "SELECT DISTINCT f.order_id, f.merchant_id FROM report_facts f WHERE f.order_id IN ([?]) AND f.kind = 'sale' "
	    "AND f.merchant_id IS NOT NULL",
	    n, n, orders);
}

/* The part of rows ordered by transaction, or by order, that is of `id`. */
#define FIND_PART(rows, total, member, id, first, count) \
	do { \
		(first) = NULL; \
		(count) = 0; \
		for (size_t at_ = 0; at_ < (total); at_++) \
			if (uuid_equal((rows)[at_].member, (id))) { \
				(first) = (first) == NULL ? &(rows)[at_] : (first); \
				(count)++; \
			} \
	} while (0)

static const struct problem *
make_facts(struct fold *fold, const struct fact_source *source, struct fact **facts, size_t *count)
{
	struct fact_input input = { .source = source, .estimated_percent = fold->work->config->reports.estimated_cost_percent };

	FIND_PART(fold->entries, fold->n_entries, transaction, source->id, input.entries, input.n_entries);
	FIND_PART(fold->returns, fold->n_returns, transaction, source->id, input.returns, input.n_returns);
	if (source->order != NULL)
		FIND_PART(fold->lines, fold->n_lines, order.uuid, source->order->uuid, input.lines, input.n_lines);
	if (facts_of(fold->work->arena, &input, facts, count))
		return OK;
	log_error("the amounts of a ledger transaction are too large for a report",
	    LOG_ID("transaction", uuid_text(fold->work->arena, source->id)));
	return problem(INTERNAL, "internal error");
}

/* ---- what is written ---- */

/* The rates of the day on which the transaction was posted: most of a batch are of one. */
static const struct problem *
need_rates(struct fold *fold, const struct fact_source *source)
{
	const char *currency = fold->work->config->reports.currency, *day = rates_day(fold->work, source->posted_at);

	if (fold->day != NULL && strcmp(fold->day, day) == 0)
		return OK;
	fold->day = day;
	return display_open_on(fold->work, *currency == '\0' ? NULL : currency, day, &fold->rates);
}

/* NULL: there is no reporting currency, or no rate. */
static struct parameter
converted(const struct fold *fold, const char *currency, int64_t minor)
{
	struct money        money;
	const struct money *shown;

	if (!money_make(minor, currency, &money))
		return parameter_null();
	shown = display_price(&fold->rates, money);
	return shown == NULL || *shown->currency == '\0' ? parameter_null() : P(shown->minor);
}

/* `merchant` NULL: any. */
static bool
has_opened(const struct fold *fold, struct order_id order, const struct merchant_id *merchant)
{
	for (size_t i = 0; i < fold->n_opened; i++)
		if (ID_EQUAL(fold->opened[i].order, order) && (merchant == NULL || ID_EQUAL(fold->opened[i].merchant, *merchant)))
			return true;
	return false;
}

/* Is it the first sale of its order, and of its merchant's part?  The next one is not. */
static void
open_order(struct fold *fold, const struct fact_source *source, const struct fact *fact, bool *order, bool *part)
{
	*order = *part = false;
	if (fact->kind != FACT_SALE || fact->subject != OF_LINE || source->order == NULL)
		return;
	*order = !has_opened(fold, *source->order, NULL);
	*part = !has_opened(fold, *source->order, &fact->line->merchant);
	if (*part)
		fold->opened[fold->n_opened++] = (struct opened) { *source->order, fact->line->merchant };
}

static size_t
add_sums(const struct fold *fold, const struct fact *fact, struct parameter *row)
{
	const int64_t sums[] = { fact->sums.gross, fact->sums.discount, fact->sums.tax, fact->sums.commission, fact->sums.cost,
		fact->sums.estimated };
	size_t        n = sizeof sums / sizeof *sums;

	for (size_t i = 0; i < n; i++) {
		row[i] = P(sums[i]);
		row[n + i] = converted(fold, fact->currency, sums[i]);
	}
	return 2 * n;
}

static struct instant
quarter_of(struct instant at)
{
	return (struct instant) { at.unix_ms - at.unix_ms % QUARTER_MS };
}

/* `at` is when it counts, which is when it was posted unless it is `moved`. */
static void
set_row(struct fold *fold, const struct fact_source *source, const struct fact *fact, struct instant at, bool is_moved,
    size_t position, struct parameter *row)
{
	bool   order, part;
	size_t n = 0;

	open_order(fold, source, fact, &order, &part);
	row[n++] = P(source->id);
	row[n++] = P(position);
	row[n++] = P(fact_kind_values[fact->kind]);
	row[n++] = P(fact_subject_values[fact->subject]);
	row[n++] = P(at);
	row[n++] = P(source->sold_at);
	row[n++] = P(quarter_of(at));
	row[n++] = P(is_moved);
	row[n++] = P(source->order);
	row[n++] = fact->line == NULL ? parameter_null() : P(fact->line->id);
	row[n++] = P(fact->merchant);
	row[n++] = fact->line == NULL ? parameter_null() : P(fact->line->product);
	row[n++] = P(source->user);
	row[n++] = P(source->provider);
	row[n++] = P(fact->line == NULL || source->country == NULL ? "" : source->country);
	row[n++] = P(fact->line == NULL || fact->line->tax_rate == NULL ? "" : fact->line->tax_rate);
	row[n++] = P(fact->currency);
	row[n++] = P(order);
	row[n++] = P(part);
	row[n++] = P(fact->quantity);
	row[n++] = P(*fold->work->config->reports.currency == '\0' ? NULL : fold->work->config->reports.currency);
	n += add_sums(fold, fact, &row[n]);
	assert(n == COLUMNS);
}

/* Does refunds=sold count the fact at another time than that of its posting? */
static bool
is_moved(const struct fact_source *source, const struct fact *fact)
{
	return (fact->kind == FACT_REFUND || fact->kind == FACT_BOUNCE || fact->kind == FACT_DISPUTE) &&
	    (fact->subject == OF_LINE || fact->subject == OF_OWN || fact->subject == OF_SHIPPING) &&
	    quarter_of(source->posted_at).unix_ms != quarter_of(source->sold_at).unix_ms;
}

static struct fact
negative(const struct fact *fact)
{
	struct fact less = *fact;

	less.quantity = -fact->quantity;
	less.sums = (struct fact_sums) { .gross = -fact->sums.gross,
		.discount = -fact->sums.discount,
		.tax = -fact->sums.tax,
		.commission = -fact->sums.commission,
		.cost = -fact->sums.cost,
		.estimated = -fact->sums.estimated };
	return less;
}

/* The rows of a transaction's facts, and of what moves of them.  Returns how many. */
static size_t
set_rows(struct fold *fold, const struct fact_source *source, const struct fact *facts, size_t count, struct parameter *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++, n++)
		set_row(fold, source, &facts[i], source->posted_at, false, n, &rows[n * COLUMNS]);
	for (size_t i = 0; i < count; i++) {
		struct fact less = negative(&facts[i]);

		if (!is_moved(source, &facts[i]))
			continue;
		set_row(fold, source, &less, source->posted_at, true, n, &rows[n * COLUMNS]);
		n++;
		set_row(fold, source, &facts[i], source->sold_at, true, n, &rows[n * COLUMNS]);
		n++;
	}
	return n;
}

/* Those of one transaction. */
struct made {
	struct fact *facts;
	size_t       count;
};

static const struct problem *
write_facts(struct fold *fold)
{
	struct made      *made = ARENA_ARRAY(fold->work->arena, fold->n_sources + 1, struct made);
	struct opened    *opened;
	struct parameter *rows;
	size_t            total = 0, n = 0;

	for (size_t i = 0; i < fold->n_sources; i++) {
		TRY(make_facts(fold, &fold->sources[i], &made[i].facts, &made[i].count));
		total += made[i].count;
	}
	rows = ARENA_ARRAY(fold->work->arena, 3 * total * COLUMNS + 1, struct parameter);
	opened = ARENA_ARRAY(fold->work->arena, fold->n_opened + total + 1, struct opened);
	for (size_t i = 0; i < fold->n_opened; i++)
		opened[i] = fold->opened[i];
	fold->opened = opened;
	for (size_t i = 0; i < fold->n_sources; i++) {
		TRY(need_rates(fold, &fold->sources[i]));
		n += set_rows(fold, &fold->sources[i], made[i].facts, made[i].count, &rows[n * COLUMNS]);
	}
	return db_run_many(fold->work->db, NULL,
	    "INSERT INTO report_facts (transaction_id, position, kind, subject, posted_at, sold_at, quarter, moved, order_id, line_id, merchant_id, "
	    "product_id, user_id, provider, tax_country, tax_rate, currency, opens_order, opens_part, quantity, r_currency, gross_minor, discount_minor, tax_minor, "
	    "commission_minor, cost_minor, estimated_minor, r_gross_minor, r_discount_minor, r_tax_minor, r_commission_minor, r_cost_minor, "
	    "r_estimated_minor) VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]",
	    n, COLUMNS, rows);
}

static struct rollup_span
span_of(const struct fold *fold)
{
	struct rollup_span span = { { INT64_MAX }, { INT64_MIN } };

	for (size_t i = 0; i < fold->n_sources; i++) {
		const struct fact_source *source = &fold->sources[i];

		if (source->sold_at.unix_ms < span.first.unix_ms)
			span.first = source->sold_at;
		if (source->posted_at.unix_ms > span.last.unix_ms)
			span.last = source->posted_at;
	}
	return span;
}

static const struct problem *
fold_step(struct work *work, bool *more)
{
	struct fold        fold = { .work = work };
	struct rollup_span span;

	TRY(hold_rollups(work));
	TRY(take(&fold));
	*more = fold.count == TAKEN_AT_ONCE;
	if (fold.count == 0)
		return OK;
	TRY(read_sources(&fold));
	TRY(read_moves(&fold));
	TRY(read_orders(&fold));
	TRY(write_facts(&fold));
	span = span_of(&fold);
	if (fold.n_sources > 0)
		TRY(add_to_rollups(work, &span, fold.count, fold.ids));
	TRY(renew_mark(work));
	return db_run_many(work->db, NULL, "DELETE FROM report_queue WHERE transaction_id IN ([?])", fold.count, 1, fold.ids);
}

static const struct problem *
report_fold(struct work *work, bool *more)
{
	return db_transaction(work, fold_step(work, more));
}

/* With a job's heartbeat after each step, where it is one. */
static const struct problem *
fold_all(struct work *work, const struct job *job)
{
	static const struct problem *(*const folds[])(struct work *, bool *) = { report_fold, fold_carts, fold_payments };

	for (size_t i = 0; i < sizeof folds / sizeof *folds; i++)
		for (bool more = true; more;) {
			struct arena_mark mark = arena_mark(work->arena);

			TRY(folds[i](work, &more));
			if (job != NULL)
				TRY(job_heartbeat(work, job));
			arena_release(work->arena, mark);
		}
	return OK;
}

const struct problem *
report_fold_all(struct work *work)
{
	return fold_all(work, NULL);
}

const struct problem *
fold_reports_job(struct work *work, const struct job *job)
{
	return fold_all(work, job);
}
