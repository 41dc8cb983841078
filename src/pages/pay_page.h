/* pay_page.h: the payment page as its template sees it.  For the files of this folder. */
#ifndef PAGES_PAY_PAGE_H
#define PAGES_PAY_PAGE_H

#include "pages/site.h"
#include "payments/link.h"

struct provider;

enum pay_state { PAY_OPEN, PAY_AGAIN, PAY_PROCESSING, PAY_PAID, PAY_REFUNDED, PAY_CANCELLED, PAY_EXPIRED, PAY_CLOSED };

/* What there is to do, in a sentence. */
enum pay_says {
	SAYS_CHOOSE,
	SAYS_CHOOSE_AGAIN,
	SAYS_WAIT,
	SAYS_THANKS,
	SAYS_REFUNDED,
	SAYS_CANCELLED,
	SAYS_EXPIRED,
	SAYS_CLOSED,
	SAYS_PARTLY_REFUNDED,
	SAYS_NOBODY_TAKES_IT,
	SAYS_COMPLETE,
	SAYS_COMPLETE_OR_CHOOSE,
};

/* What went wrong when the payer tried. */
enum pay_notice {
	PAY_NO_NOTICE,
	PAY_UNAVAILABLE,
	PAY_REFUSED,
	PAY_UNSUPPORTED,
	PAY_UNDER_WAY,
	PAY_NOT_ACCEPTED,
	PAY_DECLINES,
	PAY_ATTEMPTS,
};

struct pay_choice {
	const char *name, *title;
};

struct pay_page {
	struct site        site;
	int                state, says; /* enum pay_state, enum pay_says */
	const char        *reference, *payee;
	struct money       amount;
	bool               waits;   /* it looks again by itself */
	bool               done;    /* a good end */
	int               *notice;  /* enum pay_notice; NULL: nothing went wrong */
	struct pay_choice *current; /* whose script is on the page, or whose page the payer goes to; NULL: none */
	const char        *current_url, *script_url, *settings; /* of the current provider; NULL: none */
	const char        *nonce; /* of scripts that the provider's script adds; NULL: it adds none */
	struct pay_choice *choices;
	size_t             n_choices;
	const char        *back; /* where the payer goes on; NULL: nowhere */
};
SHAPE_DECLARE(struct pay_page, pay_page_shape);

/* What of a link is to be shown. */
enum pay_state pay_state_of(const struct payment_link *link);
void           pay_page_fill(struct work *work, const struct payment_link *link, struct pay_page *page);

/* The status of an answer with that state. */
int pay_state_status(enum pay_state state);

/* The provider whose script the page needs; NULL: none. */
const struct provider *pay_page_script_provider(struct work *work, const struct payment_link *link);

/* Is it offered? */
bool pay_page_offers(struct work *work, const struct payment_link *link, const struct provider *provider);

/* Where a payer goes on who has just paid: its return_url with the reference and the payment's status; NULL: nowhere. */
const char *pay_page_back(struct work *work, const struct payment_link *link);

#endif
