/* pay_on_page.h: the page that leads on to the provider's own.  For the files of this folder. */
#ifndef PAGES_PAY_ON_PAGE_H
#define PAGES_PAY_ON_PAGE_H

#include "pages/site.h"

struct pay_on_view {
	struct site  site;
	const char  *provider, *payee, *url, *back; /* url: the provider's page; back: ours, with other ways to pay */
	struct money amount;
};
SHAPE_DECLARE(struct pay_on_view, pay_on_view_shape);

#endif
