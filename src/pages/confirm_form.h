/* confirm_form.h: the page on which somebody who is signed in says again who they are.  For the files of this folder. */
#ifndef PAGES_CONFIRM_FORM_H
#define PAGES_CONFIRM_FORM_H

#include "pages/form_view.h"
#include "pages/site.h"

struct confirm_view {
	struct site       site;
	const char       *next, *resume; /* where to go on, and the form that waits (resume.h); NULL: none */
	bool              is_wrong, is_limited, asks_code;
	int64_t           seconds;
	struct form_field password, totp;
};
SHAPE_DECLARE(struct confirm_view, confirm_view_shape);

/* Answers with the page; `problem`: what its form ended with, or that it is needed. */
void show_confirm(struct request *request, const struct problem *problem, const char *next, const char *resume);

#endif
