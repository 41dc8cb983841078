/*
 * What a settlement file adds to the books.
 *
 *   fee of a payment, not told before   clearing -> fee         by the payment, as when its provider tells
 *   the same, told otherwise            what was told comes back, and the file's goes; by the row
 *   other fees                          clearing -> fee         by the row; of a dispute: while that does not tell it
 *   paid to the bank                    clearing -> bank        by the row, with what that costs: clearing -> fee
 *
 * What is posted for disputes follows from them (payments/dispute_money.c): a fee that they tell is only compared.
 */
#include "base/arena.h"
#include "ledger/ledger.h"
#include "payments/dispute.h"
#include "settlements/step.h"

#include <string.h>

struct books {
	struct step               *step;
	struct ledger_transaction *transactions;
	size_t                     count;
};

/* From the provider's clearing account to another: `minor` of the currency. */
static void
add_move(struct books *books, struct ledger_transaction *transaction, enum ledger_role to, int64_t minor, const char *currency)
{
	struct posting *postings = &transaction->postings[transaction->count];
	struct money    amount = { .minor = minor };

	if (minor == 0)
		return;
	memcpy(amount.currency, currency, sizeof amount.currency);
	postings[0] = (struct posting) { .role = to, .amount = amount };
	amount.minor = -minor;
	postings[1] =
	    (struct posting) { .role = LEDGER_CLEARING, .provider = books->step->settlement->provider, .amount = amount };
	transaction->count += 2;
}

static struct ledger_transaction *
add_transaction(struct books *books, enum ledger_source_kind kind, struct uuid id, struct uuid origin)
{
	struct ledger_transaction *transaction = &books->transactions[books->count++];

	*transaction = (struct ledger_transaction) { .source = { kind, id, origin } };
	return transaction;
}

static struct ledger_transaction *
add_of_row(struct books *books, struct step_row *row)
{
	row->posted = true;
	return add_transaction(books, LEDGER_SETTLEMENT, row->id, books->step->settlement->id.uuid);
}

static void
post_fee_of_payment(struct books *books, struct step_row *row)
{
	const struct known_payment *payment = row->payment;
	const struct money         *fee = &row->record.fee;
	struct ledger_transaction  *transaction;

	if (payment == NULL || !payment->has_money || fee->minor < 0)
		return;
	if (payment->fee == NULL) {
		row->takes_fee = true;
		if (fee->minor > 0)
			add_move(books, add_transaction(books, LEDGER_PROVIDER_FEE, payment->id.uuid, payment->id.uuid),
			    LEDGER_FEE, fee->minor, fee->currency);
		return;
	}
	if (*payment->fee == fee->minor && (fee->minor == 0 || strcmp(payment->fee_currency, fee->currency) == 0))
		return;
	row->takes_fee = true;
	transaction = add_of_row(books, row);
	if (strcmp(payment->fee_currency, fee->currency) == 0) {
		add_move(books, transaction, LEDGER_FEE, fee->minor - *payment->fee, fee->currency);
	} else {
		add_move(books, transaction, LEDGER_FEE, -*payment->fee, payment->fee_currency);
		add_move(books, transaction, LEDGER_FEE, fee->minor, fee->currency);
	}
}

static void
post_row(struct books *books, struct step_row *row)
{
	const struct money        *fee = &row->record.fee, *gross = &row->record.gross;
	struct ledger_transaction *transaction;

	switch ((enum settlement_kind)row->record.kind) {
	case SETTLED_PAYMENT:
		post_fee_of_payment(books, row);
		break;
	case SETTLED_DISPUTE:
	case SETTLED_DISPUTE_WON:
	case SETTLED_DISPUTE_FEE:
		if (row->dispute != NULL && row->dispute->fee != NULL)
			break;
		/* fall through */
	case SETTLED_REFUND:
	case SETTLED_REFUND_BOUNCED:
	case SETTLED_FEE:
		if (fee->minor != 0)
			add_move(books, add_of_row(books, row), LEDGER_FEE, fee->minor, fee->currency);
		break;
	case SETTLED_PAYOUT:
		if (gross->minor == 0 && fee->minor == 0)
			break;
		transaction = add_of_row(books, row);
		add_move(books, transaction, LEDGER_BANK, -gross->minor, gross->currency);
		add_move(books, transaction, LEDGER_FEE, fee->minor, fee->currency);
		break;
	default:
		break;
	}
}

/* A payment that two rows are about takes the fee of one. */
static bool
is_taken(const struct step *step, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (step->rows[i].takes_fee && step->rows[i].payment == step->rows[at].payment)
			return true;
	return false;
}

const struct problem *
post_rows(struct work *work, struct step *step)
{
	struct books books = { step, ARENA_ARRAY(work->arena, STEP_ROWS, struct ledger_transaction), 0 };

	for (size_t i = 0; i < step->count; i++) {
		struct step_row *row = &step->rows[i];

		if (row->fault != NULL || row->duplicate)
			continue;
		if (row->record.kind == SETTLED_PAYMENT && row->payment != NULL && is_taken(step, i))
			continue;
		post_row(&books, row);
	}
	return ledger_post_many(work, books.transactions, books.count);
}

const struct problem *
take_fees(struct work *work, const struct step *step)
{
	if (step->count == 0)
		return OK;
	return db_run(work->db, NULL,
	    "UPDATE settlement_rows s STRAIGHT_JOIN payments p ON p.id = s.subject_id "
	    "SET p.fee_minor = s.fee_minor, p.fee_currency = s.currency "
	    "WHERE s.settlement_id = ? AND s.number BETWEEN ? AND ? AND s.takes_fee",
	    P(step->settlement->id), P(step->rows[0].number), P(step->rows[step->count - 1].number));
}

/* A fee that a dispute may still tell.  Of many of Stripe's fees only a name is known, which may be that of one. */
static bool
may_be_told(const struct step_row *row)
{
	int kind = row->record.kind;

	return row->posted && (row->record.dispute != NULL || row->payment != NULL) &&
	    (kind == SETTLED_DISPUTE || kind == SETTLED_DISPUTE_WON || kind == SETTLED_DISPUTE_FEE ||
		(kind == SETTLED_FEE && row->record.dispute != NULL));
}

const struct problem *
file_fees(struct work *work, struct step *step)
{
	struct filed_fee *fees = ARENA_ARRAY(work->arena, STEP_ROWS, struct filed_fee);
	size_t            count = 0;

	for (size_t i = 0; i < step->count; i++) {
		const struct step_row *row = &step->rows[i];

		if (may_be_told(row))
			fees[count++] = (struct filed_fee) {
				.row = row->id,
				.named = row->record.dispute,
				.payment = row->payment == NULL ? NULL : &row->payment->id,
			};
	}
	if (count == 0)
		return OK;
	TRY(file_dispute_fees(work, step->settlement->provider, fees, count));
	TRY(find_disputes(work, step, true));
	for (size_t i = 0; i < step->count; i++) {
		const struct step_row      *row = &step->rows[i];
		const struct known_dispute *dispute = row->dispute;

		if (may_be_told(row) && dispute != NULL && dispute->fee != NULL)
			TRY(undo_filed_fees(
			    work, step->settlement->provider, row->record.dispute, dispute->id, dispute->payment));
	}
	return OK;
}
