/*
 * error_pages.h: what nginx shows people where no worker can, printed beforehand ("haatctl pages"): one page a language for
 * each kind of error, from the template and the messages of the workers' own.
 */
#ifndef PAGES_ERROR_PAGES_H
#define PAGES_ERROR_PAGES_H

struct locale;
struct text;
struct work;

/* Stands where nginx puts the request's id (sub_filter in nginx/common.conf). */
#define ERROR_PAGE_NUMBER "haat-request-id"

/* The kinds, each by one status that it is of; ended by a name of NULL.  The names are nginx's too ($haat_error_kind). */
extern const struct error_page {
	const char *name;
	int         status;
} error_pages[];

/* Append the page in a language of the shop's, NULL: its first; after pages_load.  The arena is that of `work`. */
void error_page_print(struct work *work, const struct locale *locale, const struct error_page *page, struct text *out);

#endif
