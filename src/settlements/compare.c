/* Where a row and what it is about do not agree. */
#include "base/arena.h"
#include "base/text.h"
#include "settlements/step.h"

#include <string.h>

const char *const difference_kind_values[] = { "missing_here", "missing_there", "amount", "fee", "currency", "status",
	"duplicate", "unknown_kind", "malformed", NULL };

/* `theirs` and `ours` may be NULL. */
static void
differs(struct step *step, const struct step_row *row, enum difference_kind kind, const char *theirs, const char *ours)
{
	struct parameter *columns = &step->differences[step->n_differences * DIFFERENCE_COLUMNS];
	bool              read = row->fault == NULL;

	if (step->n_differences == STEP_DIFFERENCES)
		return;
	step->n_differences++;
	columns[0] = P(uuid_new());
	columns[1] = P(step->settlement->id);
	columns[2] = P(row->number);
	columns[3] = P(difference_kind_values[kind]);
	columns[4] = P(read ? row->record.key : NULL);
	columns[5] = P(row->payment == NULL ? NULL : &row->payment->id);
	columns[6] = P(row->refund == NULL ? NULL : &row->refund->id);
	columns[7] = P(row->dispute == NULL ? NULL : &row->dispute->id);
	columns[8] = P(theirs);
	columns[9] = P(ours);
}

/* "20.00 EUR" */
static const char *
amount_text(struct arena *arena, int64_t minor, const char *currency)
{
	struct text  text = text_new(arena, MONEY_TEXT_SIZE + 4);
	struct money money;

	if (!money_make(minor, currency, &money))
		return currency;
	text_add_money(&text, money);
	text_addf(&text, " %s", currency);
	return text.bytes;
}

static void
compare_amount(struct arena *arena, struct step *step, struct step_row *row, int64_t minor, const char *currency, int sign)
{
	const struct money *theirs = row->record.presented.currency[0] != '\0' ? &row->record.presented : &row->record.gross;

	if (strcmp(theirs->currency, currency) != 0)
		differs(step, row, DIFFERS_CURRENCY, amount_text(arena, sign * theirs->minor, theirs->currency),
		    amount_text(arena, minor, currency));
	else if (sign * theirs->minor != minor)
		differs(step, row, DIFFERS_AMOUNT, amount_text(arena, sign * theirs->minor, theirs->currency),
		    amount_text(arena, minor, currency));
}

static void
compare_fee(struct arena *arena, struct step *step, struct step_row *row, const int64_t *fee, const char *currency)
{
	if (fee != NULL && (*fee != row->record.fee.minor || (*fee != 0 && strcmp(currency, row->record.fee.currency) != 0)))
		differs(step, row, DIFFERS_FEE, amount_text(arena, row->record.fee.minor, row->record.fee.currency),
		    amount_text(arena, *fee, currency));
}

static void
compare_payment(struct arena *arena, struct step *step, struct step_row *row)
{
	if (!row->payment->has_money) {
		differs(step, row, DIFFERS_STATUS, row->record.word, "not paid");
		return;
	}
	compare_amount(arena, step, row, row->payment->amount_minor, row->payment->currency, 1);
	compare_fee(arena, step, row, row->payment->fee, row->payment->fee_currency);
}

static void
compare_refund(struct arena *arena, struct step *step, struct step_row *row)
{
	bool bounced = row->record.kind == SETTLED_REFUND_BOUNCED;

	if (bounced ? !row->refund->has_bounced : !row->refund->has_gone)
		differs(step, row, DIFFERS_STATUS, row->record.word, row->refund->status);
	compare_amount(arena, step, row, row->refund->amount_minor, row->refund->currency, bounced ? 1 : -1);
}

/*
 * The row's fee is a part of what the dispute costs.  Less than the whole is wrong of its own row unless contesting it has cost
 * more; more than the whole is wrong unless that was given back to who won.  What the dispute does not tell the file does.
 */
static void
compare_dispute_fee(struct arena *arena, struct step *step, struct step_row *row)
{
	const struct known_dispute *dispute = row->dispute;
	const struct money         *theirs = &row->record.fee;
	bool                        own = row->record.kind == SETTLED_DISPUTE, wrong;

	if (theirs->minor <= 0 || dispute->fee == NULL)
		return;
	wrong = theirs->minor > *dispute->fee
	    ? !dispute->is_won
	    : own && theirs->minor < *dispute->fee && (dispute->is_won || !dispute->is_contested);
	if (wrong || (*dispute->fee != 0 && strcmp(dispute->fee_currency, theirs->currency) != 0))
		differs(step, row, DIFFERS_FEE, amount_text(arena, theirs->minor, theirs->currency),
		    amount_text(arena, *dispute->fee, dispute->fee_currency));
}

static void
compare_dispute(struct arena *arena, struct step *step, struct step_row *row)
{
	bool won = row->record.kind == SETTLED_DISPUTE_WON;

	compare_amount(arena, step, row, row->dispute->amount_minor, row->dispute->currency, won ? 1 : -1);
	if (!won)
		compare_dispute_fee(arena, step, row);
}

static void
compare_row(struct arena *arena, struct step *step, struct step_row *row)
{
	static const bool is_of_ours[SETTLED__COUNT] = { [SETTLED_PAYMENT] = true,
		[SETTLED_REFUND] = true,
		[SETTLED_REFUND_BOUNCED] = true,
		[SETTLED_DISPUTE] = true,
		[SETTLED_DISPUTE_WON] = true };
	int               kind = row->record.kind;
	bool              known = kind == SETTLED_PAYMENT                           ? row->payment != NULL
			 : kind == SETTLED_REFUND || kind == SETTLED_REFUND_BOUNCED ? row->refund != NULL
										    : row->dispute != NULL;

	if (kind == SETTLED_UNKNOWN)
		differs(step, row, DIFFERS_UNKNOWN_KIND, row->record.word, NULL);
	if (kind == SETTLED_DISPUTE_FEE && known) {
		step->n_matched++;
		compare_dispute_fee(arena, step, row);
	}
	if (!is_of_ours[kind])
		return;
	if (!known) {
		differs(step, row, DIFFERS_MISSING_HERE, amount_text(arena, row->record.gross.minor, row->record.gross.currency),
		    NULL);
		return;
	}
	step->n_matched++;
	if (kind == SETTLED_PAYMENT)
		compare_payment(arena, step, row);
	else if (row->refund != NULL)
		compare_refund(arena, step, row);
	else
		compare_dispute(arena, step, row);
}

void
compare_rows(struct arena *arena, struct step *step)
{
	step->differences = ARENA_ARRAY(arena, STEP_DIFFERENCES * DIFFERENCE_COLUMNS, struct parameter);
	step->n_differences = step->n_matched = 0;
	for (size_t i = 0; i < step->count; i++) {
		struct step_row *row = &step->rows[i];

		if (row->fault != NULL)
			differs(step, row, DIFFERS_MALFORMED, row->fault, NULL);
		else if (row->duplicate)
			differs(step, row, DIFFERS_DUPLICATE,
			    amount_text(arena, row->record.gross.minor, row->record.gross.currency), NULL);
		else
			compare_row(arena, step, row);
	}
}

const struct problem *
write_differences(struct work *work, struct step *step)
{
	return db_run_many(work->db, NULL,
	    "INSERT INTO settlement_differences (id, settlement_id, number, kind, row_key, payment_id, refund_id, dispute_id, theirs, "
	    "ours) VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]",
	    step->n_differences, DIFFERENCE_COLUMNS, step->differences);
}
