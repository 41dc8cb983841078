/* account_frame.h: what the pages of an account have in common: their list of sections, and what was just done.  For this folder. */
#ifndef PAGES_ACCOUNT_FRAME_H
#define PAGES_ACCOUNT_FRAME_H

#include "pages/form_view.h"
#include "pages/site.h"

enum account_section { SECTION_PROFILE, SECTION_ADDRESSES, SECTION_SECURITY, SECTION_PAYMENTS, SECTION_DATA };

/* What was done; each is a message "done.…", and the word of the query that says it. */
enum account_done {
	DONE_SAVED,
	DONE_ADDED,
	DONE_REMOVED,
	DONE_SHOP,
	DONE_LETTER,
	DONE_PICTURE,
	DONE_PASSWORD,
	DONE_SESSION,
	DONE_SUBSCRIPTION,
	DONE_EXPORT,
	DONE_MOVE
};

/* The member "frame" of each page. */
struct account_frame {
	bool in_profile, in_addresses, in_security, in_payments, in_data; /* one of them */
	bool buys;                                                        /* has addresses and orders */
	bool stores_methods;
	bool is_wrong; /* the form comes back */
	int *done;     /* enum account_done; NULL: nothing */
};
SHAPE_DECLARE(struct account_frame, account_frame_shape);
#define M_FRAME(S) M_OBJECT(S, frame, "frame", account_frame_shape)

struct account_query {
	int *done;
};
SHAPE_DECLARE(struct account_query, account_query_shape);

/* The frame of a page of the section; `problem`: what its form ended with, or NULL. */
struct account_frame account_frame(struct request *request, enum account_section section, const struct problem *problem);

/* Answer with the page, which nobody keeps; of a problem with its status. */
const struct problem *account_show(
    struct request *request, enum site_template page, const void *view, const struct problem *problem);

/* Go on to the page ("/account/addresses"), which says what was done. */
const struct problem *account_go_on(struct request *request, const char *path, enum account_done done);

/* The columns that each route of these pages has. */
#define ACCOUNT_PAGE .outside = true, .query = &account_query_shape, .answer = { 200, NULL }, .answer_type = PAGE_TYPE
#define ACCOUNT_FORM .outside = true, .keyless = true, .takes = TAKES_FORM, .answer = { 303, NULL }, .answer_type = PAGE_TYPE

#endif
