/* letter_view.h: the pages that links in letters lead to: one thing that is said, and one form or none.  For the files of this folder. */
#ifndef PAGES_LETTER_VIEW_H
#define PAGES_LETTER_VIEW_H

#include "pages/form_view.h"
#include "pages/site.h"

/* What is said; each has messages "letter.…" (the title) and "letter_says.…", and "letter_button.…" where it has a form. */
enum letter_said {
	LETTER_UNSUBSCRIBE,
	LETTER_UNSUBSCRIBED,
	LETTER_VERIFY,
	LETTER_VERIFIED,
	LETTER_FORGOT,
	LETTER_SENT,
	LETTER_RESET,
	LETTER_RESET_DONE,
	LETTER_BROKEN,
	LETTER_OVER,
	LETTER_TAKEN
};

struct letter_view {
	struct site       site;
	int               said;   /* enum letter_said */
	const char       *action; /* where the form goes, without the language; NULL: there is none */
	const char       *token;  /* that goes with it; NULL: none */
	bool              is_wrong, asks_email, asks_password, leads_to_sign_in;
	struct form_field email, password, password_confirm;
};
SHAPE_DECLARE(struct letter_view, letter_view_shape);

#endif
