/*
 * form_view.h: what a form of a page shows: what was typed into each field, and beside it what is wrong with that.
 *
 * The struct that a page prints has a `struct form_field` for each field of its form, named as the field is: M_FIELD(struct
 * address_view, city).  When a call with the form ends with a problem, whether found by the route's table of members or by the
 * use-case, the route's .show_problem looks whether the form can say it, and shows the page again:
 *
 *   if (!form_says(problem)) { site_show_problem(request, problem); return; }
 *   form_typed(request, problem, &address_view_shape, &view);
 *
 * and its template writes
 *
 *   {{#city}}<label for="city">{{@ address.city}}</label>
 *   <input id="city" name="city" value="{{value}}"{{> field}}>{{> wrong}}{{/city}}
 *
 * The words are messages "wrong.required" and so on.  What a route takes as verbatim (passwords), and codes, never return.  All texts
 * live in the request's arena.  For the files of this folder.
 */
#ifndef PAGES_FORM_VIEW_H
#define PAGES_FORM_VIEW_H

#include "http/request.h"

/* One thing that is wrong; a bound of 0 says nothing. */
struct form_fault {
	int     wrong; /* of form_wrong_values */
	int64_t bound;
};

struct form_field {
	const char        *name, *value; /* value: NULL when nothing was typed */
	bool               is_wrong;
	struct form_fault *faults;
	size_t             n_faults;
};
SHAPE_DECLARE(struct form_field, form_field_shape);
#define M_FIELD(S, field) M_OBJECT(S, field, #field, form_field_shape)

/* What was typed into one field, whether or not it is shown again; NULL: nothing. */
const char *form_text(const struct request *request, const char *name);

/* The form of a request that was refused before its body was looked at, without what never returns and files; "" where there is none. */
const char *form_without_secrets(struct request *request);

/* Is the problem about what was typed? */
bool form_says(const struct problem *problem);

/*
 * Fill each field of `view`, a struct of `shape`, from the form that came with the request (of a GET: from nothing) and from what
 * the problem says of it (NULL: nothing is wrong).
 */
void form_typed(const struct request *request, const struct problem *problem, const struct shape *shape, void *view);

/* Only what the problem says, beside fields that are filled. */
void form_mark(struct arena *arena, const struct problem *problem, const struct shape *shape, void *view);

/* The same as form_typed from a thing as it stands, whose members are named as the fields are. */
void form_holds(const struct shape *of, const void *thing, const struct shape *shape, void *view);

#endif
