/* How payments ended is counted; one that ends otherwise later is taken back and counted anew. */
#include "reports/rollup.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/shape.h"
#include "exchange/display.h"
#include "exchange/rates.h"
#include "orders/order.h"
#include "store/db.h"
#include "store/work.h"

#include <string.h>

enum { PAYMENTS_AT_ONCE = 300, QUARTER_MS = 15 * 60 * 1000, COLUMNS = 9 };

struct change {
	int64_t     id;
	struct uuid payment;
};

static const struct member change_members[] = {
	M_INTEGER(struct change, id, "number", 0, INT64_MAX),
	M_ID(struct change, payment, "payment_id"),
};
SHAPE(struct change, change_shape, "ReportPaymentQueue", change_members);

/* A payment that has ended, once for each seller of its order. */
struct ended {
	struct uuid         id;
	struct merchant_id *merchant; /* of one without an order */
	struct merchant_id *part;     /* a seller of its order; NULL: it has none */
	const char         *provider, *outcome, *reason, *currency;
	int64_t             amount, *part_amount;
	struct instant      begun_at;
};

static const struct member ended_members[] = {
	M_ID(struct ended, id, "id"),
	M_ID(struct ended, merchant, "merchant_id"),
	M_ID(struct ended, part, "part_id", .computed = true),
	M_TEXT(struct ended, provider, "provider", 32),
	M_TEXT(struct ended, outcome, "outcome", 16, .computed = true),
	M_TEXT(struct ended, reason, "reason", 64, .computed = true),
	M_TEXT(struct ended, currency, "currency", 3),
	M_INTEGER(struct ended, amount, "amount", 0, INT64_MAX, .computed = true),
	M_INTEGER(struct ended, part_amount, "part_amount", 0, INT64_MAX, .computed = true),
	M_TIME(struct ended, begun_at, "created_at"),
};
SHAPE(struct ended, ended_shape, "EndedPayment", ended_members);

struct folding {
	struct work      *work;
	size_t            count;
	struct parameter *changes, *payments;
	struct ended     *ended;
	size_t            n_ended;

	/* The rates of the last day that was asked for. */
	const char    *day;
	struct display rates;
};

static const struct problem *
take(struct folding *folding)
{
	struct arena  *arena = folding->work->arena;
	struct change *changes;

	TRY(db_rows(folding->work->db, &change_shape, PAYMENTS_AT_ONCE, &changes, &folding->count,
	    "SELECT {} FROM report_payment_queue ORDER BY number LIMIT ? FOR UPDATE SKIP LOCKED", P((int64_t)PAYMENTS_AT_ONCE)));
	folding->changes = ARENA_ARRAY(arena, folding->count + 1, struct parameter);
	folding->payments = ARENA_ARRAY(arena, folding->count + 1, struct parameter);
	for (size_t i = 0; i < folding->count; i++) {
		folding->changes[i] = P(changes[i].id);
		folding->payments[i] = P(changes[i].payment);
	}
	return OK;
}

/* Cash that was collected is what the parcels have brought; a seller's part of it, the goods of those that were. */
static const struct problem *
read_ended(struct folding *folding)
{
	return db_rows_many(folding->work->db, &ended_shape, (size_t)PAYMENTS_AT_ONCE * ORDER_LINES_MAX, &folding->ended,
	    &folding->n_ended,
	    "SELECT {p}, IF(p.status IN ('failed', 'cancelled', 'expired'), CAST(p.status AS CHAR), 'succeeded') AS outcome, "
	    "IF(p.status = 'failed', IFNULL(NULLIF(p.failure_code, ''), 'unknown'), '') AS reason, "
	    "IF(p.collected_minor > 0, p.collected_minor, IFNULL(p.received_minor, p.amount_minor)) AS amount, "
	    "m.merchant_id AS part_id, IF(p.collected_minor > 0 AND f.collected_at IS NULL, 0, m.total_minor) AS part_amount "
	    "FROM payments p LEFT JOIN order_merchants m ON m.order_id = p.order_id "
	    "LEFT JOIN fulfilments f ON f.order_id = m.order_id AND f.merchant_id = m.merchant_id "
	    "WHERE p.id IN ([?]) AND p.status NOT IN ('pending', 'requires_action', 'processing') ORDER BY p.id, m.merchant_id",
	    folding->count, folding->count, folding->payments);
}

/* NULL without a rate of the day on which it was begun, or without a reporting currency. */
static const struct problem *
convert(struct folding *folding, const struct ended *ended, int64_t amount, struct parameter *converted)
{
	const char         *currency = folding->work->config->reports.currency, *day = rates_day(folding->work, ended->begun_at);
	struct money        money;
	const struct money *shown = NULL;

	if (folding->day == NULL || strcmp(folding->day, day) != 0) {
		folding->day = day;
		TRY(display_open_on(folding->work, *currency == '\0' ? NULL : currency, day, &folding->rates));
	}
	if (money_make(amount, ended->currency, &money))
		shown = display_price(&folding->rates, money);
	*converted = shown == NULL || *shown->currency == '\0' ? parameter_null() : P(shown->minor);
	return OK;
}

static const struct problem *
set_row(struct folding *folding, const struct ended *ended, struct uuid merchant, int64_t amount, struct parameter *row)
{
	int64_t begun = ended->begun_at.unix_ms;
	size_t  n = 0;

	row[n++] = P(ended->id);
	row[n++] = P(merchant);
	row[n++] = P((struct instant) { begun - begun % QUARTER_MS });
	row[n++] = P(ended->provider);
	row[n++] = P(ended->outcome);
	row[n++] = P(ended->reason);
	row[n++] = P(ended->currency);
	row[n++] = P(amount);
	return convert(folding, ended, amount, &row[n]);
}

static const struct problem *
write_facts(struct folding *folding)
{
	static const struct uuid shop;
	struct parameter        *rows = ARENA_ARRAY(folding->work->arena, 2 * folding->n_ended * COLUMNS + 1, struct parameter);
	size_t                   n = 0;

	for (size_t i = 0; i < folding->n_ended; i++) {
		const struct ended *ended = &folding->ended[i];

		if (i == 0 || !uuid_equal(ended->id, ended[-1].id))
			TRY(set_row(folding, ended, shop, ended->amount, &rows[n++ * COLUMNS]));
		if (ended->part != NULL)
			TRY(set_row(folding, ended, ended->part->uuid, *ended->part_amount, &rows[n++ * COLUMNS]));
		else if (ended->merchant != NULL)
			TRY(set_row(folding, ended, ended->merchant->uuid, ended->amount, &rows[n++ * COLUMNS]));
	}
	return db_run_many(folding->work->db, NULL,
	    "INSERT INTO report_payment_facts (payment_id, merchant_id, quarter, provider, outcome, reason, currency, amount_minor, "
	    "r_amount_minor) VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?)]",
	    n, COLUMNS, rows);
}

/* `sign` is "" or "-"; `time` is the table's column of `when` the payment was begun. */
#define ADD_FACTS(sign, table, time, when) \
	"INSERT INTO " table " (merchant_id, " time \
	", provider, outcome, reason, currency, payments, amount_minor, r_amount_minor) " \
	"SELECT f.merchant_id, " when ", f.provider, f.outcome, f.reason, f.currency, " sign "COUNT(*), " sign \
	"SUM(f.amount_minor), " sign "IFNULL(SUM(f.r_amount_minor), 0) FROM report_payment_facts f WHERE f.payment_id IN ([?]) " \
	"GROUP BY f.merchant_id, " when ", f.provider, f.outcome, f.reason, f.currency ON DUPLICATE KEY UPDATE " \
	"payments = payments + VALUES(payments), amount_minor = " table ".amount_minor + VALUES(amount_minor), " \
	"r_amount_minor = " table ".r_amount_minor + VALUES(r_amount_minor)"
#define ADD_TO_BOTH(sign) \
	{ \
		ADD_FACTS(sign, "report_payments", "quarter", "f.quarter"), \
		    ADD_FACTS(sign, "report_payment_days", "day", "DATE(f.quarter)") \
	}

/* What is counted of the payments is added to the sums, or taken from them. */
static const struct problem *
add_facts(const struct folding *folding, bool taken_back)
{
	static const char *const statements[2][2] = { ADD_TO_BOTH(""), ADD_TO_BOTH("-") };

	for (int i = 0; i < 2; i++)
		TRY(db_run_many(folding->work->db, NULL, statements[taken_back][i], folding->count, 1, folding->payments));
	return OK;
}

static const struct problem *
fold_some(struct work *work, bool *more)
{
	struct folding folding = { .work = work };
	struct db     *db = work->db;

	TRY(hold_rollups(work));
	TRY(take(&folding));
	*more = folding.count == PAYMENTS_AT_ONCE;
	if (folding.count == 0)
		return OK;
	TRY(read_ended(&folding));
	TRY(add_facts(&folding, true));
	TRY(db_run_many(
	    db, NULL, "DELETE FROM report_payment_facts WHERE payment_id IN ([?])", folding.count, 1, folding.payments));
	TRY(write_facts(&folding));
	TRY(add_facts(&folding, false));
	TRY(db_run_many(db, NULL, "DELETE FROM report_payment_queue WHERE number IN ([?])", folding.count, 1, folding.changes));
	return renew_mark(work);
}

const struct problem *
fold_payments(struct work *work, bool *more)
{
	return db_transaction(work, fold_some(work, more));
}
