/*
 * Fees of disputes that settlement files have told before the disputes did.
 *
 * Either side writes its own row first and then reads the other's locking it, so whichever comes later sees both; two that come
 * together deadlock, and one of them begins anew.
 */
#include "base/arena.h"
#include "ledger/ledger.h"
#include "payments/dispute.h"
#include "store/db.h"

enum { FEE_COLUMNS = 4, UNDONE_MAX = 200 };

struct filed_row {
	struct uuid row;
};

static const struct member filed_row_members[] = {
	M_ID(struct filed_row, row, "row_id"),
};
SHAPE(struct filed_row, filed_row_shape, "FiledFee", filed_row_members);

const struct problem *
file_dispute_fees(struct work *work, const char *provider, const struct filed_fee *fees, size_t count)
{
	struct parameter *rows = ARENA_ARRAY(work->arena, count * FEE_COLUMNS, struct parameter);

	for (size_t i = 0; i < count; i++) {
		struct parameter *columns = &rows[i * FEE_COLUMNS];

		columns[0] = P(fees[i].row);
		columns[1] = P(provider);
		columns[2] = P(fees[i].named);
		columns[3] = P(fees[i].payment);
	}
	return db_run_many(work->db, NULL,
	    "INSERT INTO filed_dispute_fees (row_id, provider, named, payment_id) VALUES [(?, ?, ?, ?)]", count, FEE_COLUMNS,
	    rows);
}

/* By the transaction that the row has posted, whatever its amount. */
static const struct problem *
undo(struct work *work, struct uuid row, struct dispute_id dispute)
{
	struct uuid by = uuid_new();
	int64_t     changed;

	TRY(db_run(work->db, &changed, "UPDATE filed_dispute_fees SET undone_by = ? WHERE row_id = ? AND undone_by IS NULL",
	    P(by), P(row)));
	if (changed == 0)
		return OK; /* found by both its names */
	TRY(db_run(work->db, NULL, "UPDATE settlement_rows SET subject_id = ? WHERE id = ?", P(dispute), P(row)));
	return ledger_undo(
	    work, (struct ledger_source) { LEDGER_SETTLEMENT, by, row }, (struct ledger_source) { LEDGER_SETTLEMENT, row, row });
}

const struct problem *
undo_filed_fees(struct work *work, const char *provider, const char *provider_dispute_id, struct dispute_id dispute,
    struct payment_id payment)
{
	struct filed_row *rows;
	size_t            count;

	TRY(db_rows(work->db, &filed_row_shape, UNDONE_MAX, &rows, &count,
	    "(SELECT f.row_id FROM filed_dispute_fees f WHERE f.provider = ? AND f.named IN (?, "
	    "(SELECT p.provider_charge FROM payments p WHERE p.id = ?)) AND f.undone_by IS NULL FOR UPDATE) UNION ALL "
	    "(SELECT f.row_id FROM filed_dispute_fees f WHERE f.payment_id = ? AND f.undone_by IS NULL FOR UPDATE)",
	    P(provider), P(provider_dispute_id), P(payment), P(payment)));
	for (size_t i = 0; i < count; i++)
		TRY(undo(work, rows[i].row, dispute));
	return OK;
}
