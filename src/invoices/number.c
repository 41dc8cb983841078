/* Numbers without gaps: the counter and the invoice move together, or not at all. */
#include "invoices/invoice.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "store/db.h"
#include "store/work.h"

static const char *const prefixes[] = { [INVOICE_SALE] = "INV", [INVOICE_CREDIT] = "CN" };

const struct problem *
write_invoice(struct work *work, struct order_id order, struct uuid merchant, struct uuid source, int64_t total_minor,
    struct invoice *invoice)
{
	struct instant now = instant_now();
	int            year = instant_civil_in(now, work->config->shop.time_zone).year;
	const char    *kind = invoice_kind_values[invoice->kind];
	struct text    document = text_new(work->arena, 4096);
	int64_t        sequence;

	TRY(db_run(work->db, NULL,
	    "INSERT INTO invoice_counters (merchant_id, kind, year, last) VALUES (?, ?, ?, 1) ON DUPLICATE KEY UPDATE last = last + 1",
	    P(merchant), P(kind), P(year)));
	TRY(db_value(work->db, &sequence, "SELECT last FROM invoice_counters WHERE merchant_id = ? AND kind = ? AND year = ?",
	    P(merchant), P(kind), P(year)));
	invoice->number = arena_format(work->arena, "%s-%d-%05lld", prefixes[invoice->kind], year, (long long)sequence);
	invoice->issued_on = invoice_date(work, now);
	shape_print(&invoice_shape, invoice, &document);
	return db_run(work->db, NULL,
	    "INSERT INTO invoices (id, kind, order_id, merchant_id, source_id, year, sequence, number, currency, total_minor, "
	    "document, issued_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    P(uuid_new()), P(kind), P(order), P(merchant), P(source), P(year), P(sequence), P(invoice->number),
	    P(invoice->currency), P(total_minor), P(document.bytes), P(now));
}
