/*
 * page.h: the page on which a payer pays at a stand-in.
 *
 * It says what is to be paid and how far it is, and has a button for each thing that the payer can do: pay, decline, walk away.
 * What a button does is the stand-in's, whose route PATH/ACT it posts to; the page knows nothing of any provider.
 */
#ifndef SANDBOX_PAGE_H
#define SANDBOX_PAGE_H

#include "base/money.h"
#include "sandbox/sandbox.h"

enum { PAGE_BUTTONS_MAX = 8 };

struct pay_button {
	const char *act, *label;
};

struct pay_page {
	const char       *path;        /* each button posts to PATH/ACT */
	const char       *id, *status; /* of the transaction, in the provider's words */
	const char       *description; /* what is paid for; NULL: nothing to say */
	struct money      amount;      /* currency "": nothing is paid */
	const char       *return_url;  /* goes along with each button as return_url; NULL: the stand-in knows it */
	struct pay_button buttons[PAGE_BUTTONS_MAX + 1]; /* act NULL at the end */
};

/* Answers 200 with a text of that type. */
void page_answer_text(struct call *call, const char *type, const char *text);

/* Answers with a script for the shop's own page. */
void script_answer(struct call *call, const char *javascript);

/* Answers with the page. */
void page_answer(struct call *call, const struct pay_page *page);

/*
 * Where the payer goes afterwards: named by the query or form as return_url, else `known` (may be NULL).  In the call's arena;
 * NULL when there is none, or it is no http address in one line.
 */
const char *page_return_url(const struct call *call, const char *known);

/* Sends the payer there, with these parameters of the query; a page that is answered already stays the body. */
void page_leave(struct call *call, const char *url, const char *parameters);

#endif
