/* The page of an order's invoices and credit notes, one below the other; each prints on a sheet of its own. */
#include "pages/invoice_page.h"

static const struct member invoice_page_members[] = {
	M_SITE(struct invoice_page),
	M_TEXT(struct invoice_page, style, "style", 100),
	M_TEXT(struct invoice_page, order_number, "order_number", INVOICE_NUMBER_MAX),
	M_BOOLEAN(struct invoice_page, waits, "waits"),
	M_ARRAY(struct invoice_page, invoices, n_invoices, "invoices", invoice_shape, INVOICES_OF_ORDER_MAX),
};
SHAPE_SHARED(struct invoice_page, invoice_page_shape, "InvoicePage", invoice_page_members);
