/* site_problem.h: what the storefront shows in place of a page.  For the files of this folder. */
#ifndef PAGES_SITE_PROBLEM_H
#define PAGES_SITE_PROBLEM_H

#include "pages/site.h"

struct problem_view {
	struct site site;
	int64_t     status, seconds;
	bool        is_missing, is_gone, is_limited, is_large, is_refused, is_broken; /* one of them */
	const char *request_id;
};
SHAPE_DECLARE(struct problem_view, problem_view_shape);

/* Answers with a page that says what is wrong; to who must sign in first, with that for sign-in. */
void site_show_problem(struct request *request, const struct problem *problem);

#endif
