/*
 * order_view.h: what the pages of a customer's orders show.  For the files of this folder.
 */
#ifndef PAGES_ORDER_VIEW_H
#define PAGES_ORDER_VIEW_H

#include "fulfilment/return.h"
#include "orders/imported.h"
#include "orders/order.h"
#include "pages/pay_page.h"
#include "pages/site.h"

struct request;

/* One order of the list. */
struct order_card {
	struct order_summary *order;
	int                   status; /* enum order_status */
};

struct order_list_view {
	struct site        site;
	const char        *script;
	struct order_card *orders;
	size_t             n_orders;
	const char        *next, *previous;
	bool               imported; /* there are orders of a former system, too; known at the end of the list */
};
SHAPE_DECLARE(struct order_list_view, order_list_view_shape);

/* One order of a former system. */
struct imported_card {
	struct imported_summary *order;
	int                      status; /* imported_status_values */
};

struct imported_list_view {
	struct site           site;
	struct imported_card *orders;
	size_t                n_orders;
	const char           *next, *previous;
};
SHAPE_DECLARE(struct imported_list_view, imported_list_view_shape);

/* What is said of an order's payment. */
enum order_money {
	MONEY_OPEN,
	MONEY_DECLINED,
	MONEY_PROCESSING,
	MONEY_CASH,
	MONEY_PAID,
	MONEY_PAID_LATE,
	MONEY_REFUNDED,
	MONEY_REFUNDED_LATE, /* it came when the goods were gone */
	MONEY_CANCELLED,
	MONEY_EXPIRED,
	MONEY_CLOSED
};

/* Why something that was asked for on the page has not been done. */
enum order_notice {
	NOTICE_NOT_CANCELLABLE,
	NOTICE_PART_HAS_LEFT,
	NOTICE_NOT_RETURNABLE,
	NOTICE_RETURN_HAS_MOVED,
	NOTICE_REASON_MISSING,
	NOTICE_TOO_MANY_PIECES,
	NOTICE_NOT_PAYABLE,
	NOTICE_PAYMENT_WAITS,
	NOTICE_PROVIDER_AWAY,
	NOTICE_PROVIDER_REFUSED,
	NOTICE_TOO_MANY_TRIES
};

struct order_step {
	int            what; /* an index of order_steps */
	struct instant created_at;
};

struct line_view {
	struct order_line_id line;
	struct product_id    product;
	const char          *name, *options, *typed; /* typed: the reason that was not enough */
	int64_t              quantity, returnable;   /* returnable: how many can be sent back now */
	struct money         total;
	bool                 is_asked; /* its form was sent, and is shown again */
};

struct parcel_view {
	struct fulfilment_id *part; /* NULL: there are no parcels yet, and the order's lines stand together */
	int                  *status;
	const char           *seller, *carrier, *tracking, *tracking_url, *reason;
	struct instant       *shipped_at, *delivered_at;
	bool                  may_cancel;
	struct line_view     *lines;
	size_t                n_lines;
};

struct return_view {
	struct goods_return *back;
	int                  status; /* enum return_status */
	bool                 may_cancel;
};

struct order_view {
	struct site         site;
	const char         *script;
	struct order       *order;
	int                 status;  /* enum order_status */
	int                 money;   /* enum order_money */
	int                *notice;  /* enum order_notice; NULL: none */
	int                *decline; /* an index of order_declines; NULL: it was not declined */
	struct pay_choice  *choices;
	size_t              n_choices;
	const char         *pay_url; /* where a payment that was begun goes on; NULL: nowhere */
	struct order_step  *steps;
	size_t              n_steps;
	struct parcel_view *parcels;
	size_t              n_parcels;
	struct return_view *returns;
	size_t              n_returns;
	bool                waits, may_cancel, has_invoice, is_money_news, is_refunded;
	/* Not shown. */
	const struct order_line_id *asked; /* the line whose form was sent */
	const char                 *typed;
	int64_t                     asked_left; /* how many pieces of it can be sent back */
};
SHAPE_DECLARE(struct order_view, order_view_shape);

/* Their names, in the order of enum order_notice; NULL at the end. */
extern const char *const order_notices[];

/* order_pages.c: what the page says of a problem; false: it is none of the page's. */
bool order_notice_of(const struct problem *problem, int *notice);

/* The order in the path, which must be the viewer's own as its customer, with all that belongs to it.  NOT_FOUND. */
const struct problem *order_view_fill(struct request *request, struct order_view *view);

/* order_money.c: how far its payment is, and how it can be paid. */
const struct problem *order_money_fill(struct work *work, struct order_view *view);
bool                  order_is_paid_by(struct work *work, const struct payment_link *link, const struct provider *provider);

#endif
