/* form_page.h: a page with one form, or with none: what a link in a letter leads to.  For the files of this folder. */
#ifndef PAGES_FORM_PAGE_H
#define PAGES_FORM_PAGE_H

#include "base/shape.h"

struct form_page {
	const char *style, *script; /* addresses of the assets; script: NULL */
	const char *title, *says;
	const char *notice; /* what did not work; NULL: nothing */
	const char *action; /* where the form goes; NULL: there is none */
	const char *button;
	const char *token; /* that goes with it; NULL: none */
	bool        asks_email, asks_password;
};
SHAPE_DECLARE(struct form_page, form_page_shape);

#endif
