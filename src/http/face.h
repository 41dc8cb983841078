/*
 * face.h: the cookies of browsers that use haat's own pages.
 *
 * Who has signed in there has one with an opaque secret, which script cannot read (HttpOnly) and other sites cannot make the browser
 * send with a form (SameSite=Lax; and see face_is_same_site).  A guest's cart has one of the same kind.  A third, which says nothing,
 * tells script whether there is either, so that pages without any fetch nothing.
 */
#ifndef FACE_H
#define FACE_H

#include "base/problem.h"

#include <stdbool.h>
#include <stdint.h>

struct request;

/* The secret of the session, and the token of the guest's cart; NULL when the browser has none, or a script of another origin asks. */
const char *face_session(const struct request *request);
const char *face_cart(const struct request *request);

/* The token of a guest's cart, of the header or a browser's cookie, where nobody is signed in and the row says .guest; else NULL. */
const char *cart_token(const struct request *request);

/* Give the browser a session or a guest's cart, for so many seconds; "" and 0 take it away. */
void face_set_session(struct request *request, const char *secret, int64_t seconds);
void face_set_cart(struct request *request, const char *token, int64_t seconds);

/*
 * What a sign-in that goes by way of another host has begun with in this browser, NULL: nothing; and begin it, or with NULL end it.  It comes
 * along from there (Lax), and lasts as long as the way may take.
 */
const char *face_begun(const struct request *request);
void        face_set_begun(struct request *request, const char *state);

/*
 * FORBIDDEN unless the page that sends this is ours: by Sec-Fetch-Site, where the browser has none by Origin.  For everything that a
 * cookie lets change something.
 */
const struct problem *face_check_site(const struct request *request);

#endif
