/* What the rows of a step are about: a lookup for each kind of name, of all rows at once. */
#include "base/arena.h"
#include "settlements/step.h"

#include <stdlib.h>
#include <string.h>

#define WHAT_CAME "IFNULL(p.received_minor, p.amount_minor)"
#define HAS_MONEY "p.status IN ('succeeded', 'partially_refunded', 'refunded', 'disputed')"
#define PAYMENT_COLUMNS \
	"p.id, p.reference, p.provider_transaction_id AS transaction, p.provider_charge AS charge, " WHAT_CAME \
	" AS amount, p.currency, " \
	"p.fee_minor AS fee, p.fee_currency, " HAS_MONEY " AS has_money"

static const struct member known_payment_members[] = {
	M_ID(struct known_payment, id, "id"),
	M_TEXT(struct known_payment, reference, "reference", 20),
	M_TEXT(struct known_payment, transaction, "transaction", 191),
	M_TEXT(struct known_payment, charge, "charge", 64),
	M_INTEGER(struct known_payment, amount_minor, "amount", 0, INT64_MAX),
	M_TEXT(struct known_payment, currency, "currency", 3),
	M_INTEGER(struct known_payment, fee, "fee", 0, INT64_MAX),
	M_TEXT(struct known_payment, fee_currency, "fee_currency", 3),
	M_BOOLEAN(struct known_payment, has_money, "has_money"),
};
SHAPE(struct known_payment, known_payment_shape, "KnownPayment", known_payment_members);

static const struct member known_refund_members[] = {
	M_ID(struct known_refund, id, "id"),
	M_TEXT(struct known_refund, name, "name", 191),
	M_INTEGER(struct known_refund, amount_minor, "amount", 0, INT64_MAX),
	M_TEXT(struct known_refund, currency, "currency", 3),
	M_TEXT(struct known_refund, status, "status", 16),
	M_BOOLEAN(struct known_refund, has_gone, "has_gone"),
	M_BOOLEAN(struct known_refund, has_bounced, "has_bounced"),
};
SHAPE(struct known_refund, known_refund_shape, "KnownRefund", known_refund_members);

static const struct member known_dispute_members[] = {
	M_ID(struct known_dispute, id, "id"),
	M_ID(struct known_dispute, payment, "payment_id"),
	M_TEXT(struct known_dispute, name, "name", 191),
	M_INTEGER(struct known_dispute, amount_minor, "amount", 0, INT64_MAX),
	M_TEXT(struct known_dispute, currency, "currency", 3),
	M_INTEGER(struct known_dispute, fee, "fee", 0, INT64_MAX),
	M_TEXT(struct known_dispute, fee_currency, "fee_currency", 3),
	M_BOOLEAN(struct known_dispute, is_won, "is_won"),
	M_BOOLEAN(struct known_dispute, is_contested, "is_contested"),
};
SHAPE(struct known_dispute, known_dispute_shape, "KnownDispute", known_dispute_members);

struct known_row {
	const char *row_key;
};

static const struct member known_row_members[] = {
	M_TEXT(struct known_row, row_key, "row_key", SETTLEMENT_KEY_MAX),
};
SHAPE(struct known_row, known_row_shape, "KnownRow", known_row_members);

/* The text of a row that a lookup goes by, or NULL. */
typedef const char *name_of_row(const struct step_row *row);

static bool
counts(const struct step_row *row)
{
	return row->fault == NULL && !row->duplicate;
}

static const char *
key_of(const struct step_row *row)
{
	return row->fault == NULL ? row->record.key : NULL;
}

static const char *
transaction_of(const struct step_row *row)
{
	return counts(row) ? row->record.transaction : NULL;
}

static const char *
reference_of(const struct step_row *row)
{
	return counts(row) && row->record.transaction == NULL ? row->record.reference : NULL;
}

static const char *
refund_of(const struct step_row *row)
{
	return counts(row) ? row->record.refund : NULL;
}

static const char *
dispute_of(const struct step_row *row)
{
	return counts(row) ? row->record.dispute : NULL;
}

/* PayPal's fees of disputes name what was paid. */
static const char *
disputed_charge_of(const struct step_row *row)
{
	return counts(row) && row->record.kind == SETTLED_DISPUTE_FEE ? row->record.charge : NULL;
}

/*
 * Rows of the database by the provider and a name of each row; none when no row has one.  The list of names is filled up with its
 * last one, so that one statement serves all steps.
 */
static const struct problem *
look_up(struct work *work, const struct step *step, name_of_row *name, const char *sql, const struct shape *shape, void *found,
    size_t *count)
{
	struct parameter *parameters = ARENA_ARRAY(work->arena, STEP_ROWS + 1, struct parameter);
	size_t            n = 1;

	*count = 0;
	parameters[0] = P(step->settlement->provider);
	for (size_t i = 0; i < step->count; i++) {
		const char *text = name(&step->rows[i]);

		if (text != NULL)
			parameters[n++] = P(text);
	}
	if (n == 1)
		return OK;
	for (; n <= STEP_ROWS; n++)
		parameters[n] = parameters[n - 1];
	return db_rows_many(work->db, shape, 2 * STEP_ROWS, found, count, sql, STEP_ROWS, n, parameters);
}

/* ---- finding the row's own among what was found, by a text ---- */

/* The text stands first, or at `offset`, in each element. */
struct sorted {
	char  *elements;
	size_t count, size, offset;
};

static const char *
text_in(const void *element, size_t offset)
{
	const char *text = *(const char *const *)((const char *)element + offset);

	return text == NULL ? "" : text;
}

static int
compare_texts(const void *a, const void *b, void *offset)
{
	return strcmp(text_in(a, *(size_t *)offset), text_in(b, *(size_t *)offset));
}

static struct sorted
sort(void *elements, size_t count, size_t size, size_t offset)
{
	if (count > 1)
		qsort_r(elements, count, size, compare_texts, &offset);
	return (struct sorted) { elements, count, size, offset };
}

static void *
find(const struct sorted *sorted, const char *text)
{
	size_t low = 0, high = sorted->count;

	while (text != NULL && low < high) {
		size_t middle = low + (high - low) / 2;
		char  *element = sorted->elements + middle * sorted->size;
		int    order = strcmp(text, text_in(element, sorted->offset));

		if (order == 0)
			return element;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* ---- duplicates ---- */

static int
compare_rows_by_key(const void *a, const void *b)
{
	const struct step_row *one = *(struct step_row *const *)a, *other = *(struct step_row *const *)b;
	int                    order = strcmp(one->record.key, other->record.key);

	return order != 0 ? order : one->number < other->number ? -1 : 1;
}

/* Standing in the step twice, or in an earlier step or file. */
static const struct problem *
find_duplicates(struct work *work, struct step *step)
{
	struct step_row **by_key = ARENA_ARRAY(work->arena, step->count, struct step_row *);
	struct known_row *known;
	struct sorted     sorted;
	size_t            count, n = 0;

	TRY(look_up(work, step, key_of, "SELECT r.row_key FROM settlement_rows r WHERE r.provider = ? AND r.row_key IN ([?])",
	    &known_row_shape, &known, &count));
	sorted = sort(known, count, sizeof *known, offsetof(struct known_row, row_key));
	for (size_t i = 0; i < step->count; i++)
		if (step->rows[i].fault == NULL)
			by_key[n++] = &step->rows[i];
	qsort(by_key, n, sizeof *by_key, compare_rows_by_key);
	for (size_t i = 0; i < n; i++)
		by_key[i]->duplicate = (i > 0 && strcmp(by_key[i - 1]->record.key, by_key[i]->record.key) == 0) ||
		    find(&sorted, by_key[i]->record.key) != NULL;
	return OK;
}

/* ---- payments, refunds, disputes ---- */

/* Locked: a fee that is told meanwhile waits.  Another charge of the same transaction is not what was taken. */
static const struct problem *
find_payments(struct work *work, struct step *step)
{
	struct known_payment *by_transaction, *by_reference;
	struct sorted         transactions, references;
	size_t                count;

	TRY(look_up(work, step, transaction_of,
	    "SELECT " PAYMENT_COLUMNS " FROM payments p WHERE p.provider = ? AND p.provider_transaction_id IN ([?]) FOR UPDATE",
	    &known_payment_shape, &by_transaction, &count));
	transactions = sort(by_transaction, count, sizeof *by_transaction, offsetof(struct known_payment, transaction));
	TRY(look_up(work, step, reference_of,
	    "SELECT " PAYMENT_COLUMNS " FROM payments p WHERE p.provider = ? AND p.reference IN ([?]) FOR UPDATE",
	    &known_payment_shape, &by_reference, &count));
	references = sort(by_reference, count, sizeof *by_reference, offsetof(struct known_payment, reference));
	for (size_t i = 0; i < step->count; i++) {
		struct step_row                *row = &step->rows[i];
		const struct settlement_record *record = &row->record;

		if (!counts(row))
			continue;
		row->payment = find(&transactions, record->transaction);
		if (row->payment == NULL)
			row->payment = find(&references, record->reference);
		if (row->payment != NULL && record->kind == SETTLED_PAYMENT && record->charge != NULL &&
		    row->payment->charge != NULL && strcmp(record->charge, row->payment->charge) != 0)
			row->payment = NULL;
	}
	return OK;
}

static const struct problem *
find_refunds(struct work *work, struct step *step)
{
	struct known_refund *refunds;
	struct sorted        sorted;
	size_t               count;

	TRY(look_up(work, step, refund_of,
	    "SELECT r.id, r.provider_refund_id AS name, r.amount_minor AS amount, r.currency, r.status, "
	    "r.status IN ('succeeded', 'bounced') AS has_gone, r.status = 'bounced' AS has_bounced FROM refunds r "
	    "WHERE r.provider = ? AND r.provider_refund_id IN ([?])",
	    &known_refund_shape, &refunds, &count));
	sorted = sort(refunds, count, sizeof *refunds, offsetof(struct known_refund, name));
	for (size_t i = 0; i < step->count; i++)
		step->rows[i].refund = find(&sorted, refund_of(&step->rows[i]));
	return OK;
}

#define DISPUTE_COLUMNS_BUT_NAME \
	"d.id, d.payment_id, IFNULL(d.moved_minor, d.amount_minor) AS amount, d.currency, d.fee_minor AS fee, d.fee_currency, " \
	"d.status = 'won' AS is_won, d.status IN ('submitted', 'lost') OR d.evidence_sent_at IS NOT NULL AS is_contested"
#define DISPUTE_COLUMNS DISPUTE_COLUMNS_BUT_NAME ", d.provider_dispute_id AS name"

/* Of several about a payment the last is meant. */
#define BY_NAME "SELECT " DISPUTE_COLUMNS " FROM disputes d WHERE d.provider = ? AND d.provider_dispute_id IN ([?])"
#define BY_CHARGE \
	"SELECT " DISPUTE_COLUMNS_BUT_NAME ", p.provider_charge AS name FROM disputes d " \
	"STRAIGHT_JOIN payments p ON p.id = d.payment_id WHERE d.provider = ? AND p.provider_charge IN ([?]) " \
	"AND d.id = (SELECT MAX(l.id) FROM disputes l WHERE l.payment_id = d.payment_id)"
#define BY_PAYMENT "SELECT " DISPUTE_COLUMNS " FROM disputes d WHERE d.payment_id = ? ORDER BY d.id DESC LIMIT 1"

/* Of rows whose file names no dispute, those that are about one of a payment. */
static bool
names_payment_only(const struct step_row *row)
{
	int kind = row->record.kind;

	if (!counts(row) || row->payment == NULL || row->dispute != NULL)
		return false;
	return kind == SETTLED_DISPUTE_FEE ||
	    ((kind == SETTLED_DISPUTE || kind == SETTLED_DISPUTE_WON) && row->record.dispute == NULL);
}

const struct problem *
find_disputes(struct work *work, struct step *step, bool locked)
{
	struct known_dispute *disputes, *of_charges;
	struct sorted         sorted, charges;
	size_t                count;

	TRY(look_up(work, step, dispute_of, locked ? BY_NAME " FOR UPDATE" : BY_NAME, &known_dispute_shape, &disputes, &count));
	sorted = sort(disputes, count, sizeof *disputes, offsetof(struct known_dispute, name));
	/* The provider's disputes are few. */
	TRY(look_up(work, step, disputed_charge_of, locked ? BY_CHARGE " FOR UPDATE" : BY_CHARGE, &known_dispute_shape,
	    &of_charges, &count));
	charges = sort(of_charges, count, sizeof *of_charges, offsetof(struct known_dispute, name));
	for (size_t i = 0; i < step->count; i++) {
		struct step_row *row = &step->rows[i];

		row->dispute = find(&sorted, dispute_of(row));
		if (row->dispute == NULL)
			row->dispute = find(&charges, disputed_charge_of(row));
		if (row->dispute != NULL && row->record.kind == SETTLED_FEE)
			row->record.kind = SETTLED_DISPUTE_FEE;
		if (names_payment_only(row))
			TRY(db_row(work->db, &known_dispute_shape, &row->dispute, locked ? BY_PAYMENT " FOR UPDATE" : BY_PAYMENT,
			    P(row->payment->id)));
	}
	return OK;
}

const struct problem *
find_subjects(struct work *work, struct step *step)
{
	for (size_t i = 0; i < step->count; i++) { /* it may run again */
		struct step_row *row = &step->rows[i];

		row->duplicate = row->takes_fee = row->posted = false;
		row->payment = NULL;
		row->refund = NULL;
		row->dispute = NULL;
	}
	TRY(find_duplicates(work, step));
	TRY(find_payments(work, step));
	TRY(find_refunds(work, step));
	return find_disputes(work, step, false);
}
