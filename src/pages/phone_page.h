/* phone_page.h: the page on which people sign in by phone, as its template sees it.  For the files of this folder. */
#ifndef PAGES_PHONE_PAGE_H
#define PAGES_PHONE_PAGE_H

#include "pages/site.h"

struct phone_view {
	struct site site;
	const char *settings; /* what phone.js is told */
	const char *next;     /* where to go on; NULL: unknown, or told by the settings */
};
SHAPE_DECLARE(struct phone_view, phone_view_shape);

#endif
