/* store_page.h: the page on which a payment method is stored, as its template sees it.  For the files of this folder. */
#ifndef PAGES_STORE_PAGE_H
#define PAGES_STORE_PAGE_H

#include "pages/site.h"
#include "payments/setup.h"

struct store_page {
	struct site site;
	int         status;              /* enum setup_status: what there is to do */
	const char *provider;            /* its name for people */
	bool        done;                /* a good end */
	const char *script_url;          /* the provider's script; NULL: nothing is to be done here */
	const char *settings;            /* what pay.js is told; NULL with the script */
	const char *redirect_url, *back; /* the provider's own page; where the browser goes on.  NULL: none */
};
SHAPE_DECLARE(struct store_page, store_page_shape);

/* What of it is to be shown: nothing of whose it is.  And the status of that answer. */
void store_page_fill(struct work *work, const struct method_setup *setup, struct store_page *page);
int  store_page_status(const struct method_setup *setup);

#endif
