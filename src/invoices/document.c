/* The document of an invoice: its shape, and the texts in it. */
#include "invoices/invoice.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "store/work.h"

#include <string.h>

const char *const invoice_kind_values[] = { "invoice", "credit_note", NULL };

static const struct member invoice_party_members[] = {
	M_TEXT(struct invoice_party, name, "name", 200, .required = true),
	M_TEXT(struct invoice_party, business_id, "business_id", 64, .nullable = true),
	M_TEXT(struct invoice_party, tax_number, "tax_number", 64, .nullable = true),
	M_TEXTS(struct invoice_party, address, n_address, "address", INVOICE_ADDRESS_MAX, .nullable = true,
	    .preset = INVOICE_ADDRESS_LINE_MAX),
};
SHAPE(struct invoice_party, invoice_party_shape, "InvoiceParty", invoice_party_members);

enum { AMOUNT_MAX = 40 };

static const struct member invoice_line_members[] = {
	M_TEXT(struct invoice_line, name, "name", 255, .required = true),
	M_TEXT(struct invoice_line, sku, "sku", 64, .required = true),
	M_TEXT(struct invoice_line, options, "options", 1000, .nullable = true),
	M_INTEGER(struct invoice_line, quantity, "quantity", 0, INT32_MAX),
	M_TEXT(struct invoice_line, unit_price, "unit_price", AMOUNT_MAX, .required = true),
	M_TEXT(struct invoice_line, discount, "discount", AMOUNT_MAX, .nullable = true),
	M_TEXT(struct invoice_line, tax_rate, "tax_rate", 64, .nullable = true),
	M_TEXT(struct invoice_line, tax, "tax", AMOUNT_MAX, .required = true),
	M_TEXT(struct invoice_line, total, "total", AMOUNT_MAX, .required = true),
};
SHAPE(struct invoice_line, invoice_line_shape, "InvoiceLine", invoice_line_members);

static const struct member invoice_tax_members[] = {
	M_TEXT(struct invoice_tax, rate, "rate", 64, .nullable = true),
	M_TEXT(struct invoice_tax, net, "net", AMOUNT_MAX, .required = true),
	M_TEXT(struct invoice_tax, tax, "tax", AMOUNT_MAX, .required = true),
	M_TEXT(struct invoice_tax, total, "total", AMOUNT_MAX, .required = true),
};
SHAPE(struct invoice_tax, invoice_tax_shape, "InvoiceTax", invoice_tax_members);

static const struct member invoice_members[] = {
	M_ENUM(struct invoice, kind, "kind", invoice_kind_values),
	M_TEXT(struct invoice, number, "number", INVOICE_NUMBER_MAX, .required = true),
	M_TEXT(struct invoice, order_number, "order_number", INVOICE_NUMBER_MAX, .required = true),
	M_TEXT(struct invoice, currency, "currency", 3, .required = true),
	M_TEXT(struct invoice, credits, "credits", INVOICE_NUMBER_MAX, .nullable = true),
	M_TEXT(struct invoice, issued_on, "issued_on", 10, .required = true),
	M_TEXT(struct invoice, ordered_on, "ordered_on", 10, .required = true),
	M_OBJECT(struct invoice, seller, "seller", invoice_party_shape),
	M_OBJECT(struct invoice, buyer, "buyer", invoice_party_shape),
	M_ARRAY(struct invoice, lines, n_lines, "lines", invoice_line_shape, INVOICE_LINES_MAX),
	M_ARRAY(struct invoice, taxes, n_taxes, "taxes", invoice_tax_shape, INVOICE_TAXES_MAX),
	M_TEXT(struct invoice, shipping, "shipping", AMOUNT_MAX, .nullable = true),
	M_TEXT(struct invoice, discount, "discount", AMOUNT_MAX, .nullable = true),
	M_TEXT(struct invoice, tax, "tax", AMOUNT_MAX, .nullable = true),
	M_TEXT(struct invoice, tax_included, "tax_included", AMOUNT_MAX, .nullable = true),
	M_TEXT(struct invoice, total, "total", AMOUNT_MAX, .required = true),
};
SHAPE_SHARED(struct invoice, invoice_shape, "Invoice", invoice_members);

static const struct member invoice_row_members[] = {
	M_ID(struct invoice_row, id, "id"),
	M_ID(struct invoice_row, source, "source_id"),
	M_ENUM(struct invoice_row, kind, "kind", invoice_kind_values),
	M_ID(struct invoice_row, merchant, "merchant_id"),
	M_TEXT(struct invoice_row, number, "number", INVOICE_NUMBER_MAX),
	M_TEXT(struct invoice_row, currency, "currency", 3),
	M_TEXT(struct invoice_row, document, "document", INVOICE_BYTES, .multiline = true),
	M_INTEGER(struct invoice_row, total_minor, "total_minor", 0, INT64_MAX),
	M_TIME(struct invoice_row, issued_at, "issued_at"),
};
SHAPE_SHARED(struct invoice_row, invoice_row_shape, "InvoiceRow", invoice_row_members);

const struct problem *
invoice_read(struct work *work, const struct invoice_row *row, struct invoice *invoice)
{
	struct json_object *parsed = json_read(work->arena, row->document, strlen(row->document));
	struct faults       faults;

	if (parsed != NULL && shape_parse(&invoice_shape, parsed, work->arena, invoice, &faults))
		return OK;
	log_error("cannot read the document of an invoice", LOG_ID("invoice", row->number));
	return problem(INTERNAL, "internal error");
}

const char *
invoice_amount(struct arena *arena, int64_t minor, const char *currency)
{
	struct money money = { .minor = minor };
	char         text[MONEY_TEXT_SIZE];

	(void)money_make(minor, currency, &money);
	return arena_copy(arena, text, money_write(money, text));
}

int64_t
invoice_minor(const char *amount, const char *currency)
{
	struct decimal decimal;
	struct money   money;

	if (amount == NULL || !decimal_parse(amount, strlen(amount), &decimal) || !decimal_to_money(decimal, currency, &money))
		return 0;
	return money.minor;
}

bool
invoice_same_rate(const char *one, const char *other)
{
	return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

const char *
invoice_date(struct work *work, struct instant instant)
{
	struct civil civil = instant_civil_in(instant, work->config->shop.time_zone);

	return arena_format(work->arena, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
}
