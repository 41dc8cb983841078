/* What the file lacks: payments and refunds of its period that no file had. */
#include "base/arena.h"
#include "settlements/step.h"

enum { MISSING_AT_ONCE = 500, REFUNDS_MAX = 10000, DAY = 24 * 3600, REFUND_DAYS = 60 };

struct lacked {
	struct uuid    id;
	struct uuid   *payment; /* of a refund */
	int64_t        amount_minor;
	const char    *currency;
	bool           settled;
	struct instant at;
};

static const struct member lacked_members[] = {
	M_ID(struct lacked, id, "id"),
	M_ID(struct lacked, payment, "payment_id"),
	M_INTEGER(struct lacked, amount_minor, "amount", 0, INT64_MAX),
	M_TEXT(struct lacked, currency, "currency", 3),
	M_BOOLEAN(struct lacked, settled, "settled"),
	M_TIME(struct lacked, at, "at"),
};
SHAPE(struct lacked, lacked_shape, "LackedPayment", lacked_members);

static const struct problem *
write_lacked(struct work *work, const struct settlement *settlement, const struct lacked *lacked, size_t count)
{
	struct parameter *rows = ARENA_ARRAY(work->arena, count * DIFFERENCE_COLUMNS, struct parameter);
	size_t            n = 0;

	for (size_t i = 0; i < count; i++) {
		struct parameter  *columns = &rows[n * DIFFERENCE_COLUMNS];
		char               amount[MONEY_TEXT_SIZE];
		struct money       money;
		const struct uuid *payment = lacked[i].payment != NULL ? lacked[i].payment : &lacked[i].id;
		const struct uuid *refund = lacked[i].payment != NULL ? &lacked[i].id : NULL;

		if (lacked[i].settled || !money_make(lacked[i].amount_minor, lacked[i].currency, &money))
			continue;
		n++;
		money_write(money, amount);
		columns[0] = P(uuid_new());
		columns[1] = P(settlement->id);
		columns[2] = columns[4] = columns[7] = columns[8] = parameter_null();
		columns[3] = P(difference_kind_values[DIFFERS_MISSING_THERE]);
		columns[5] = P(payment);
		columns[6] = P(refund);
		columns[9] = P(arena_format(work->arena, "%s %s", amount, lacked[i].currency));
	}
	TRY(db_run_many(work->db, NULL,
	    "INSERT INTO settlement_differences (id, settlement_id, number, kind, row_key, payment_id, refund_id, dispute_id, theirs, "
	    "ours) VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]",
	    n, DIFFERENCE_COLUMNS, rows));
	return db_run(
	    work->db, NULL, "UPDATE settlements SET differences = differences + ? WHERE id = ?", P(n), P(settlement->id));
}

static const struct problem *
missing_refunds(struct work *work, const struct settlement *settlement)
{
	struct uuid    from = uuid_floor(instant_add_seconds(*settlement->period_from, -REFUND_DAYS * DAY).unix_ms);
	struct uuid    to = uuid_floor(settlement->period_to->unix_ms + 1);
	struct lacked *lacked;
	size_t         count;

	TRY(db_rows(work->db, &lacked_shape, REFUNDS_MAX, &lacked, &count,
	    "SELECT r.id, r.payment_id, r.amount_minor AS amount, r.currency, FALSE AS settled, r.created_at AS at FROM refunds r "
	    "WHERE r.id >= ? AND r.id < ? AND r.provider = ? AND r.status IN ('succeeded', 'bounced') "
	    "AND r.finished_at BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM settlement_rows s WHERE s.subject_id = r.id) "
	    "ORDER BY r.id LIMIT ?",
	    P(from), P(to), P(settlement->provider), P(settlement->period_from), P(settlement->period_to), P(REFUNDS_MAX)));
	return write_lacked(work, settlement, lacked, count);
}

const struct problem *
find_missing(struct work *work, struct settlement *settlement, bool *more)
{
	struct lacked *lacked;
	struct uuid    none = { { 0 } };
	size_t         count;

	*more = false;
	if (settlement->period_from == NULL)
		return OK;
	TRY(db_rows(work->db, &lacked_shape, MISSING_AT_ONCE, &lacked, &count,
	    "SELECT p.id, NULL AS payment_id, IFNULL(p.received_minor, p.amount_minor) AS amount, p.currency, p.succeeded_at AS at, "
	    "EXISTS (SELECT 1 FROM settlement_rows s WHERE s.subject_id = p.id AND s.kind = 'payment') AS settled FROM payments p "
	    "WHERE p.provider = ? AND p.succeeded_at BETWEEN ? AND ? AND (p.succeeded_at > ? OR p.id > ?) "
	    "AND p.status IN ('succeeded', 'partially_refunded', 'refunded', 'disputed') ORDER BY p.succeeded_at, p.id LIMIT ?",
	    P(settlement->provider), P(settlement->missing_since), P(settlement->period_to), P(settlement->missing_since),
	    P(settlement->missing_after == NULL ? &none : settlement->missing_after), P(MISSING_AT_ONCE)));
	TRY(write_lacked(work, settlement, lacked, count));
	if (count < MISSING_AT_ONCE)
		return missing_refunds(work, settlement);
	*more = true;
	return db_run(work->db, NULL, "UPDATE settlements SET missing_since = ?, missing_after = ? WHERE id = ?",
	    P(lacked[count - 1].at), P(lacked[count - 1].id), P(settlement->id));
}
