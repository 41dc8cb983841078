/* browsing.h: calls as a browser makes them on the shop's own pages: forms, and cookies. */
#ifndef BROWSING_H
#define BROWSING_H

#include "tests/api/api.h"

/* What a browser says of a call from a page of the shop. */
#define OURS "Sec-Fetch-Site: same-origin"

/* Sends the fields of a form to the page; `site` and `cookie` are headers; cookie NULL: none. */
struct answer send_form(const char *path, const char *fields, const char *site, const char *cookie);

/* The page; without a language "/account", with one "/bn/account". */
struct answer open_page(const char *path, const char *cookie);

/* A cookie that the answer sets, as a header to send; NULL: it sets none of the name. */
const char *cookie_of(const struct answer *answer, const char *name);

/* The form for sign-in, filled in; `more`: further fields ("&next=/cart"). */
struct answer sign_in_on_page(const struct person *person, const char *password, const char *more);

/* The cookie of the person, who signs in. */
const char *signed_in(const struct person *person);

/* Is the text in the answer's body? */
bool says(const struct answer *answer, const char *text);

#endif
