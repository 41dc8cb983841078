/* elsewhere.h: what the sign-ins by way of somebody else have in common on our pages.  For the files of this folder. */
#ifndef PAGES_ELSEWHERE_H
#define PAGES_ELSEWHERE_H

#include "pages/site.h"

/* The second step of one whose account has a second factor. */
struct factor_view {
	struct site site;
	const char *action;             /* where the form goes, without the language */
	const char *proof_name, *proof; /* the field that shows the first step */
	const char *next;
	bool        is_wrong, is_limited;
	int64_t     seconds;
};
SHAPE_DECLARE(struct factor_view, factor_view_shape);

/*
 * The sign-in with that view (its proof, next) and code (NULL: none yet) ended with the problem: answers with the page for the code when that
 * is what is wrong, else returns the problem.
 */
const struct problem *ask_factor(
    struct request *request, const struct problem *problem, struct factor_view *view, const char *code);

/* Answers with the page for sign-in, which says what went wrong; false: it has no words for that. */
bool show_elsewhere(struct request *request, const struct problem *problem, const char *next);

/* The same of a problem of a route, else as any page does. */
void show_elsewhere_problem(struct request *request, const struct problem *problem);

/* What the callback told by its name; NULL: nothing that is known. */
const struct problem *problem_told(struct work *work, const char *name);

#endif
