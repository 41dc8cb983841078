/*
 * A refund's credit notes.
 *
 * What is given back for a seller's part, or for goods that came back to them, is taken from their invoice.  What nobody's part
 * stands for is taken from all in proportion to what is left of each, so that the last refund takes the remainder; and within an
 * invoice from what was taxed by each rate in the same way.  A refund that did not arrive keeps its notes: what is
 * given back in its place makes no new ones, so no part is ever credited for more than what went back for it.  Cash that nobody will
 * collect is credited like what was given back.
 */
#include "invoices/invoice.h"

#include "base/arena.h"
#include "base/log.h"
#include "base/money.h"
#include "events/job.h"
#include "events/record.h"
#include "store/db.h"
#include "store/work.h"

struct refunded {
	struct order_id     order;
	struct merchant_id *merchant; /* whose part it is for; NULL: nobody's */
	int64_t             amount;
};

static const struct member refunded_members[] = {
	M_ID(struct refunded, order, "order_id", .computed = true),
	M_ID(struct refunded, merchant, "merchant_id"),
	M_INTEGER(struct refunded, amount, "amount_minor", 0, INT64_MAX),
};
SHAPE(struct refunded, refunded_shape, "Refunded", refunded_members);

/* An invoice with what was credited of it, in total and by rate. */
struct credited {
	const struct invoice_row *row;
	struct invoice            invoice;
	int64_t                   left;
	int64_t                   net_left[INVOICE_TAXES_MAX], tax_left[INVOICE_TAXES_MAX]; /* as invoice.taxes */
};

static void
take_from_rates(struct credited *credited, const struct invoice *of, int sign)
{
	const char *currency = of->currency;

	for (size_t i = 0; i < of->n_taxes; i++)
		for (size_t k = 0; k < credited->invoice.n_taxes; k++) {
			if (!invoice_same_rate(credited->invoice.taxes[k].rate, of->taxes[i].rate))
				continue;
			credited->net_left[k] += sign * invoice_minor(of->taxes[i].net, currency);
			credited->tax_left[k] += sign * invoice_minor(of->taxes[i].tax, currency);
		}
}

/* The invoices of the order with what is left of each. */
static const struct problem *
read_credited(struct work *work, const struct invoice_row *rows, size_t count, struct credited *credited, size_t *n_credited)
{
	*n_credited = 0;
	for (size_t i = 0; i < count; i++) {
		struct credited *one = &credited[*n_credited];

		if (rows[i].kind != INVOICE_SALE)
			continue;
		one->row = &rows[i];
		one->left = rows[i].total_minor;
		TRY(invoice_read(work, &rows[i], &one->invoice));
		take_from_rates(one, &one->invoice, 1);
		++*n_credited;
	}
	for (size_t i = 0; i < count; i++) {
		struct invoice note = { .lines = NULL };

		if (rows[i].kind != INVOICE_CREDIT)
			continue;
		TRY(invoice_read(work, &rows[i], &note));
		for (size_t k = 0; k < *n_credited; k++)
			if (uuid_equal(credited[k].row->merchant, rows[i].merchant)) {
				credited[k].left -= rows[i].total_minor;
				take_from_rates(&credited[k], &note, -1);
			}
	}
	return OK;
}

/* The share of each rate, its tax in proportion to what is left of it. */
static const struct problem *
tell_rates(struct arena *arena, const struct credited *credited, int64_t amount, struct invoice *note)
{
	const char *currency = note->currency;
	size_t      count = credited->invoice.n_taxes;
	int64_t     gross[INVOICE_TAXES_MAX], shares[INVOICE_TAXES_MAX], all_tax = 0;

	for (size_t i = 0; i < count; i++)
		gross[i] = credited->net_left[i] + credited->tax_left[i];
	if (!minor_split(amount, gross, count, shares))
		return problem(INTERNAL, "internal error");
	note->taxes = ARENA_ARRAY(arena, count, struct invoice_tax);
	for (size_t i = 0; i < count; i++) {
		int64_t tax = 0;

		if (shares[i] == 0)
			continue;
		if (!minor_scale(shares[i], credited->tax_left[i], gross[i], &tax))
			return problem(INTERNAL, "internal error");
		all_tax += tax;
		note->taxes[note->n_taxes++] = (struct invoice_tax) { .rate = credited->invoice.taxes[i].rate,
			.net = invoice_amount(arena, shares[i] - tax, currency),
			.tax = invoice_amount(arena, tax, currency),
			.total = invoice_amount(arena, shares[i], currency) };
	}
	note->tax = all_tax == 0 ? NULL : invoice_amount(arena, all_tax, currency);
	return OK;
}

static const struct problem *
write_note(struct work *work, const struct credited *credited, struct order_id order, struct refund_id refund, int64_t amount)
{
	const struct invoice *invoice = &credited->invoice;
	struct invoice        note = { .kind = INVOICE_CREDIT,
		       .order_number = invoice->order_number,
		       .currency = invoice->currency,
		       .credits = invoice->number,
		       .ordered_on = invoice->ordered_on,
		       .seller = invoice->seller,
		       .buyer = invoice->buyer,
		       .total = invoice_amount(work->arena, amount, invoice->currency) };

	TRY(tell_rates(work->arena, credited, amount, &note));
	return write_invoice(work, order, credited->row->merchant, refund.uuid, amount, &note);
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static const struct problem *
write_notes(struct work *work, const struct credited *credited, size_t count, const struct refunded *refund, struct refund_id id,
    int64_t amount)
{
	int64_t *left = ARENA_ARRAY(work->arena, count, int64_t), *shares = ARENA_ARRAY(work->arena, count, int64_t);
	int64_t *named = ARENA_ARRAY(work->arena, count, int64_t), all = 0;

	for (size_t i = 0; i < count; i++) {
		named[i] = refund->merchant != NULL && uuid_equal(credited[i].row->merchant, refund->merchant->uuid)
		    ? least(amount, credited[i].left)
		    : 0;
		amount -= named[i];
		all += left[i] = credited[i].left - named[i];
	}
	if (!minor_split(least(amount, all), left, count, shares))
		return problem(INTERNAL, "internal error");
	for (size_t i = 0; i < count; i++)
		if (named[i] + shares[i] > 0)
			TRY(write_note(work, &credited[i], refund->order, id, named[i] + shares[i]));
	return OK;
}

/* Money that the order has taken: of what was given back of other money there is no invoice. */
#define APPLIED \
	"NOT EXISTS (SELECT 1 FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id " \
	"JOIN ledger_accounts a ON a.id = e.account_id WHERE t.origin_id = p.id AND a.kind = 'unapplied')"

/*
 * What of the refunds for the same part has no notes: that of one that bounced counts for what was given back in its place, to
 * the same seller's part or, for nobody's, to any.  What was refunded for other parts does not enter, whichever job comes first.
 */
static const struct problem *
read_untold(struct work *work, const struct refunded *refund, int64_t *untold)
{
	return db_value(work->db, untold,
	    "SELECT CAST(SUM(IF(s.merchant_id <=> ?, s.untold, IF(? IS NULL, LEAST(0, s.untold), 0))) AS SIGNED) "
	    "FROM (SELECT r.merchant_id, SUM(IF(r.status = 'succeeded', r.amount_minor, 0) - IFNULL((SELECT SUM(i.total_minor) "
	    "FROM invoices i WHERE i.source_id = r.id), 0)) AS untold FROM payments p JOIN refunds r ON r.payment_id = p.id "
	    "WHERE p.order_id = ? AND " APPLIED " GROUP BY r.merchant_id) s",
	    P(refund->merchant), P(refund->merchant), P(refund->order));
}

static const struct problem *
credit_refund(struct work *work, struct refund_id id)
{
	struct refunded    *refund;
	struct invoice_row *rows;
	struct credited    *credited;
	size_t              count, n_credited;
	int64_t             untold;

	TRY(db_row(work->db, &refunded_shape, &refund,
	    "SELECT {r}, p.order_id FROM refunds r JOIN payments p ON p.id = r.payment_id "
	    "WHERE r.id = ? AND r.status = 'succeeded' AND p.order_id IS NOT NULL AND " APPLIED
	    " AND NOT EXISTS (SELECT 1 FROM invoices i WHERE i.source_id = r.id)",
	    P(id)));
	if (refund == NULL)
		return OK;
	TRY(issue_invoices(work, refund->order));
	TRY(read_untold(work, refund, &untold));
	if (untold <= 0)
		return OK;
	TRY(db_rows(work->db, &invoice_row_shape, INVOICES_OF_ORDER_MAX, &rows, &count,
	    "SELECT {i} FROM invoices i WHERE i.order_id = ? ORDER BY i.id", P(refund->order)));
	credited = ARENA_ARRAY(work->arena, count + 1, struct credited);
	TRY(read_credited(work, rows, count, credited, &n_credited));
	return write_notes(work, credited, n_credited, refund, id, least(refund->amount, untold));
}

const struct problem *
credit_refund_job(struct work *work, const struct job *job)
{
	struct event_notice notice;
	struct refund_id    refund;

	TRY(job_payload(work, job, &event_notice_shape, &notice));
	refund.uuid = notice.aggregate;
	return credit_refund(work, refund);
}
