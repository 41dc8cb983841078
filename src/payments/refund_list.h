/* refund_list.h: refunds of all payments, as accountants look for what is pending or has failed. */
#ifndef PAYMENTS_REFUND_LIST_H
#define PAYMENTS_REFUND_LIST_H

#include "http/page.h"
#include "payments/payment.h"

/* A refund among those of many payments. */
struct refund_summary {
	struct refund_id    id;
	struct order_id    *order;    /* NULL: the payment was for none */
	struct merchant_id *merchant; /* as struct refund has it */
	const char         *reference, *provider, *currency, *reason, *failure_code;
	struct money        amount;
	int                 kind, status; /* enum refund_kind, enum refund_status */
	bool                automatic;
	struct instant      created_at, *finished_at;
};
SHAPE_DECLARE(struct refund_summary, refund_summary_shape);

/* Each NULL: any. */
struct refund_filter {
	int        *status, *kind; /* enum refund_status, enum refund_kind */
	const char *provider;
};
struct refunds_query {
	struct list_query    list;
	struct refund_filter filter;
};
SHAPE_DECLARE(struct refunds_query, refunds_query_shape);

/* One page of all refunds, newest first.  BAD_CURSOR. */
const struct problem *list_refunds(struct work *work, const struct refund_filter *filter, const struct page_request *page,
    struct refund_summary **refunds, struct listed *listed);

#endif
