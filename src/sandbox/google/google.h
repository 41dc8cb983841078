/*
 * google.h: the stand-in for Google: sign-in (OpenID Connect) and Firebase's sign-in by phone.
 *
 * Whoever is sent to its page may be anybody: it asks for an address and a name and vouches for both.  Every phone number
 * gets the code 123456.  Tokens are signed with the key of sandbox.google_key_file.
 */
#ifndef SANDBOX_GOOGLE_H
#define SANDBOX_GOOGLE_H

#include "sandbox/sandbox.h"

#define GOOGLE_CODES "google_codes"       /* given to browsers: what each stands for */
#define GOOGLE_SESSIONS "google_sessions" /* numbers to which a code was sent */

extern const struct stand_in google_stand_in;

/* answer.c: answers in Google's form of an error. */
void google_error(struct call *call, int status, const char *error, const char *description);

/* sign.c: the token of these claims, which are released; the keys that verify it, as each API publishes them. */
const char *google_sign(struct call *call, struct json_object *claims);
void        google_show_keys(struct call *call);
void        google_show_certificates(struct call *call);

/* sign_in.c */
void google_discover(struct call *call);
void google_authorize(struct call *call);
void google_decide(struct call *call);
void google_token(struct call *call);

/* phone.c */
void google_captcha_config(struct call *call);
void google_captcha_key(struct call *call);
void google_captcha_script(struct call *call);
void google_send_code(struct call *call);
void google_check_code(struct call *call);
void google_may_ask(struct call *call);
void google_phone_token(struct call *call);

#endif
