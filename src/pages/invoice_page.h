/* invoice_page.h: an order's invoices, as their template sees them.  For the files of this folder. */
#ifndef PAGES_INVOICE_PAGE_H
#define PAGES_INVOICE_PAGE_H

#include "invoices/invoice.h"
#include "pages/site.h"

struct invoice_page {
	struct site     site;
	const char     *style, *order_number;
	bool            waits; /* they are being made */
	struct invoice *invoices;
	size_t          n_invoices;
};
SHAPE_DECLARE(struct invoice_page, invoice_page_shape);

#endif
