/* phone_page.h: the page on which people sign in by phone, as its template sees it.  For the files of this folder. */
#ifndef PAGES_PHONE_PAGE_H
#define PAGES_PHONE_PAGE_H

#include "base/shape.h"

struct work;

struct phone_page {
	const char *style, *script; /* addresses of the assets */
	const char *settings;       /* what phone.js is told */
};
SHAPE_DECLARE(struct phone_page, phone_page_shape);

/* The page that goes on to `return_url`, checked by the caller; false: sign-in by phone is not set up for browsers. */
bool phone_page_fill(struct work *work, const char *return_url, struct phone_page *page);

#endif
