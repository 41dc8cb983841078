/*
 * resume.h: a form whose sender must first say who they are: what was typed goes with the page that asks for that, and is sent on
 * afterwards.  For the files of this folder.
 *
 * It travels sealed in a field of that page, so that nothing is stored here and nobody makes up what somebody else sends on.  Only what a page
 * of ours has sent is taken along; passwords, codes and files never are.
 */
#ifndef PAGES_RESUME_H
#define PAGES_RESUME_H

#include "pages/site.h"

enum { RESUME_MAX = 128 * 1024 };

struct resume_field {
	const char *name, *value;
};

struct resume_view {
	struct site          site;
	const char          *action; /* where the form goes, with the language */
	struct resume_field *fields;
	size_t               n_fields;
	const char          *next;      /* the page where it was typed; NULL: unknown */
	bool                 is_signed; /* by a sign-in; else by a confirmation, and script sends it on by itself */
};
SHAPE_DECLARE(struct resume_view, resume_view_shape);

/* The form that this request has sent, in the request's arena; NULL: there is none, or too much of it to be taken along. */
const char *resume_take(struct request *request);

/* The page of ours from which this request was sent; of a GET itself; NULL: unknown. */
const char *page_before(struct request *request);

/*
 * Answers with the page that sends the form on, to who has now signed in or, with is_signed false, confirmed who they are.  Where there
 * is no such form, it has become too old or is of somebody else, leads to `url`.
 */
const struct problem *resume_or_go(
    struct request *request, const char *resume, const char *next, const char *url, bool is_signed);

#endif
