/*
 * vouched.h: a browser that signs in with Google, which the sandbox plays, and tokens of Firebase.
 */
#ifndef VOUCHED_H
#define VOUCHED_H

#include "tests/api/shopping.h"

/* A browser on its way. */
struct browser {
	const char *cookie; /* "haat_google=..." as it is sent */
	const char *asked;  /* the query with which Google was asked */
	const char *back;   /* the path of the callback, to which Google sends it */
};

/* Begins a sign-in that ends at RETURN_URL. */
extern const char return_url[];
struct browser    browser_begin(void);

/* Google lets it in as this address, or does ("deny") not; `more` is further form ("&sub=1") or "". */
void browser_decide(struct browser *browser, const char *act, const char *email, const char *more);

/* The callback's answer, and the value of that parameter in the place it sends to; NULL: it has none. */
struct answer browser_return(const struct browser *browser);
const char   *sent_with(const struct answer *answer, const char *name);

/* From the beginning to the exchange of the code. */
struct answer sign_in_with_google(const char *email, const char *more);

/* A token of Firebase for the number; `more` is further JSON (",\"method\":\"password\"") or "". */
const char *phone_token(const char *phone, const char *more);

#endif
