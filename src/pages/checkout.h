/* checkout.h: who orders, where to, how it is sent and how it is paid: one page.  For the files of this folder. */
#ifndef PAGES_CHECKOUT_H
#define PAGES_CHECKOUT_H

#include "accounts/accounts.h"
#include "orders/order.h"
#include "pages/cart_page.h"
#include "pages/country_choice.h"
#include "pages/form_view.h"
#include "pages/site.h"
#include "pages/trouble.h"

/* What a step chooses from. */
struct place_choice {
	struct address *address;
	bool            chosen;
};
struct sending_choice {
	int          method; /* enum shipping_method */
	struct money price;
	bool         chosen;
};
struct paying_choice {
	const char *name, *title;
	bool        is_cash, chosen;
};

/* What was chosen so far: the query of the page. */
struct checkout_query {
	struct address_id *address;  /* NULL: the default one */
	int               *method;   /* NULL: the first there is */
	const char        *provider; /* in no query, but of a form that was not taken; NULL: none */
};
SHAPE_DECLARE(struct checkout_query, checkout_query_shape);

/* Why somebody is not known yet: what the step says. */
struct who_fault {
	bool    asks_password, is_wrong, is_code_wrong, asks_code, is_disabled, is_limited;
	int64_t seconds;
};

enum { SEEN_MAX = 64 };

struct checkout_view {
	struct site            site;
	struct trouble         trouble;
	bool                   is_wrong; /* fields of a form are marked */
	bool                   is_known, may_order;
	struct user           *customer; /* NULL: a guest */
	struct who_fault       who_fault;
	struct form_field      full_name, email, phone; /* of a guest; or with the rest of a new address */
	struct form_field      line1, line2, city, state, postal_code, country;
	struct country_choice *countries;
	size_t                 n_countries;
	bool                   adds_place; /* the form of a new address is open */
	struct place_choice   *places;
	struct sending_choice *sendings;
	struct paying_choice  *payings;
	size_t                 n_places, n_sendings, n_payings;
	struct cart_row       *rows;
	size_t                 n_rows;
	struct money           subtotal; /* of the cart, while there is no quote */
	struct order          *quote;    /* NULL: something is missing, or in the way */
	const char            *coupon;   /* of the cart */
	const char            *key;      /* new for each time the page is shown */
	const char            *seen;     /* of the quote: order_seen */
	struct sending_choice *sending;  /* that is chosen; NULL: none */
	struct address        *place;
};
SHAPE_DECLARE(struct checkout_view, checkout_view_shape);

/* Fills what the request's viewer is shown with that choice.  CART_EMPTY. */
const struct problem *fill_checkout(struct request *request, const struct checkout_query *chosen, struct checkout_view *view);

/* What somebody agrees to who orders that, of a quote or an order: the total and what it is for, whatever stands first. */
const char *order_seen(struct arena *arena, const struct order *order);

/* Where the page is, with that choice. */
const char *checkout_url(struct request *request, const struct checkout_query *chosen);

#endif
