/* list.h: invoices and credit notes as rows of a list. */
#ifndef INVOICES_LIST_H
#define INVOICES_LIST_H

#include "http/page.h"
#include "invoices/invoice.h"
#include "orders/order.h"

struct invoice_summary {
	struct uuid         id;
	int                 kind; /* enum invoice_kind */
	const char         *number, *order_number, *currency;
	struct order_id     order;
	struct merchant_id *merchant; /* NULL: the shop */
	struct money        total;
	struct instant      issued_at;
};
SHAPE_DECLARE(struct invoice_summary, invoice_summary_shape);

/* Each NULL: any. */
struct invoice_filter {
	int                *kind; /* enum invoice_kind */
	struct merchant_id *merchant;
};
struct invoices_query {
	struct list_query     list;
	struct invoice_filter filter;
};
SHAPE_DECLARE(struct invoices_query, invoices_query_shape);

/* One page of those of the viewer's shop or, for who may read all orders, of all, newest first.  BAD_CURSOR. */
const struct problem *list_invoices(struct work *work, const struct invoice_filter *filter, const struct page_request *page,
    struct invoice_summary **invoices, struct listed *listed);

#endif
