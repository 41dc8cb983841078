/*
 * invoice.h: what was sold, told once and never changed.
 *
 * An order that is paid or confirmed has an invoice of each of its sellers; what the shop itself earns, the shipping, has one of the
 * shop's (a nil merchant).  Each refund has a credit note to those that it takes from.  Numbers have no gaps in a seller's series of
 * a kind and year of the shop's time zone: the counter moves in the transaction that writes the invoice, and is locked last.
 *
 * An invoice is kept as the document that was told: texts, amounts as people read them.  Pages (pages/invoice_page.h) and PDFs
 * (file.h) are made of it whenever they are wanted.
 */
#ifndef INVOICES_INVOICE_H
#define INVOICES_INVOICE_H

#include "base/shape.h"

struct job;
struct work;

enum invoice_kind { INVOICE_SALE, INVOICE_CREDIT };
extern const char *const invoice_kind_values[]; /* "invoice", "credit_note" */

enum {
	INVOICE_LINES_MAX = 100,
	INVOICE_TAXES_MAX = 101,
	INVOICE_ADDRESS_MAX = 6,
	INVOICE_ADDRESS_LINE_MAX = 500, /* the longest of an address, and what the settings say of the shop */
	INVOICE_NUMBER_MAX = 32,
	INVOICES_OF_ORDER_MAX = 1000,
	INVOICE_BYTES = 200000
};

struct invoice_party {
	const char        *name, *business_id, *tax_number;
	const char *const *address; /* lines */
	size_t             n_address;
};

struct invoice_line {
	const char *name, *sku, *options; /* "size: M, colour: red"; NULL: none */
	int64_t     quantity;
	const char *unit_price, *discount, *tax_rate, *tax, *total; /* discount, tax_rate NULL: none */
};

/* What was taxed by one rate; rate NULL: what was not taxed. */
struct invoice_tax {
	const char *rate, *net, *tax, *total;
};

/* The document.  Amounts are decimal strings of `currency`. */
struct invoice {
	int                  kind;
	const char          *number, *order_number, *currency;
	const char          *credits;   /* of a credit note: the number of its invoice */
	const char          *issued_on; /* date in the shop's time zone: "2026-11-29" */
	const char          *ordered_on;
	struct invoice_party seller, buyer;
	struct invoice_line *lines; /* a credit note has none: what it takes back is told by rate of tax */
	size_t               n_lines;
	struct invoice_tax  *taxes;
	size_t               n_taxes;
	const char          *shipping, *discount, *tax, *tax_included, *total; /* NULL: nothing */
};
SHAPE_DECLARE(struct invoice, invoice_shape);

/* The row around it. */
struct invoice_row {
	struct uuid    id, source;
	int            kind;
	struct uuid    merchant; /* nil: the shop */
	const char    *number, *currency, *document;
	int64_t        total_minor;
	struct instant issued_at;
};
SHAPE_DECLARE(struct invoice_row, invoice_row_shape);

/* document.c */
const struct problem *invoice_read(struct work *work, const struct invoice_row *row, struct invoice *invoice);
const char           *invoice_amount(struct arena *arena, int64_t minor, const char *currency);
int64_t               invoice_minor(const char *amount, const char *currency); /* of an amount of a document; 0 for NULL */

/* Of struct invoice_tax; NULL is a rate of its own. */
bool invoice_same_rate(const char *one, const char *other);

/* The date of an instant in the shop's time zone: "2026-11-29". */
const char *invoice_date(struct work *work, struct instant instant);

/* number.c: give the invoice the next number of its series, and write it.  Inside a transaction, last. */
const struct problem *write_invoice(struct work *work, struct order_id order, struct uuid merchant, struct uuid source,
    int64_t total_minor, struct invoice *invoice);

/* issue.c: the invoices of a sold order that has none yet.  Locks the order; inside a transaction. */
const struct problem *issue_invoices(struct work *work, struct order_id order);

/* Jobs: of an order that was sold, of a refund that has arrived.  They run in their transaction. */
const struct problem *issue_invoices_job(struct work *work, const struct job *job);
const struct problem *credit_refund_job(struct work *work, const struct job *job);

/* SQL: was the order of that alias paid or confirmed?  An order from before its history was kept has only the time. */
#define ORDER_WAS_SOLD(o) \
	"(" o ".paid_at IS NOT NULL OR EXISTS (SELECT 1 FROM order_history h WHERE h.order_id = " o ".id " \
	"AND h.type IN ('order.paid', 'order.confirmed')))"

/*
 * show.c: the invoices of an order that the viewer may see, of all its sellers or of one (`merchant`; nil: of the shop), in the order of
 * their numbers.  NOT_FOUND when the order is not theirs, or was never sold.  None: they are being made, of an order that was sold
 * before there were invoices because somebody asks.
 */
struct invoice_set {
	struct order_id     order;
	struct invoice_row *rows;
	size_t              count;
};
const struct problem *find_invoices(
    struct work *work, const char *id_or_number, const struct uuid *merchant, struct invoice_set *set);
const struct problem *read_invoices(struct work *work, const struct invoice_set *set, struct invoice **invoices);

#endif
