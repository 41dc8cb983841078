/* sign_in_page.h: how people sign in on our pages, and out.  For the files of this folder. */
#ifndef PAGES_SIGN_IN_PAGE_H
#define PAGES_SIGN_IN_PAGE_H

#include "pages/site.h"

struct tokens;

/* The query of a page that leads on. */
struct next_query {
	const char *next;
};
SHAPE_DECLARE(struct next_query, next_query_shape);

/* A path of ours to go on to, from what a page was asked with: "/" where it is none, or leads elsewhere. */
const char *page_after(struct request *request, const char *next);

/* Whoever these tokens are of is signed in by cookie, takes over the browser's cart, and is led to `url`. */
const struct problem *enter_by_cookie(struct request *request, const struct tokens *tokens, const char *url);

#endif
