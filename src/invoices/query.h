/* query.h: which of an order's invoices a request asks for; for the routes of the PDF and of the page. */
#ifndef INVOICES_QUERY_H
#define INVOICES_QUERY_H

#include "http/permission.h"
#include "http/request.h"

#define INVOICE_READERS (PERMISSION(ORDER_PLACE) | PERMISSION(ORDER_READ_ALL) | PERMISSION(ORDER_READ_OWN))

struct invoice_query {
	const char *merchant; /* an id, or "shop" for what the shop itself sold; NULL: all */
};
SHAPE_DECLARE(struct invoice_query, invoice_query_shape);

/* The seller asked for, in *seller, *of pointing to it; *of NULL: all.  VALIDATION_FAILED. */
const struct problem *invoice_query_seller(struct request *request, struct uuid *seller, const struct uuid **of);

#endif
